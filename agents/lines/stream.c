/* stream.c - `kiennghi match FILE`: which earlier lines of the file may be the same petition? */
#include "agents/lines/walk.h"
#include "kiennghi/status.h"

enum { MOST = 5 };

static const char *const verdicts[] = {"new", "possible", "same"};

struct stream {
    const text_t *text;
    text_index_t *index;
    json_t *ids; /* of the lines in the index: its ids are their numbers, from 1 */
};

static json_t *answer(const struct stream *self, json_t *id, const struct match *found, size_t n)
{
    json_t *of = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct comparison *c = &found[i].comparison;
        json_t *one =
            json_pack("{sOsfss}", "id", json_array_get(self->ids, (size_t)found[i].id - 1), "score",
                      (double)c->score, "why", c->why);
        if (c->relation == TEXT_RECURRENCE)
            json_object_set_new(one, "relation", json_string("recurrence"));
        json_array_append_new(of, one);
    }
    return json_pack("{sOssso}", "id", id, "verdict",
                     verdicts[n ? found[0].comparison.verdict : TEXT_DIFFERENT], "of", of);
}

static int take(void *arg, const json_t *line, json_t **out, const char **error)
{
    struct stream *self = arg;
    struct match found[MOST];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct reading *reading = NULL;
    json_t *id = json_object_get(line, "id");
    int rc = lines_is_id(id) ? lines_read(self->text, line, &reading) : KN_E_INVALID;
    if (rc == KN_E_INVALID) {
        *error = "wants an object with id and text";
        return KN_OK;
    }
    if (rc == KN_OK) {
        size_t length = text_pack(self->text, reading, packed);
        *out = answer(self, id, found, text_index_find(self->index, packed, length, found, MOST));
        json_array_append(self->ids, id);
        rc = text_index_add(self->index, json_array_size(self->ids), packed, length);
    }
    text_reading_destroy(&reading);
    return rc;
}

int lines_stream(const text_t *text, FILE *in, FILE *out, const struct lines_options *options)
{
    struct stream self = {.text = text, .index = text_index_new(text), .ids = json_array()};
    const struct lines_job job = {take, &self};
    int rc = self.index && self.ids ? lines_walk(&job, in, out, options) : KN_E_NOMEM;
    json_decref(self.ids);
    text_index_destroy(&self.index);
    return rc;
}
