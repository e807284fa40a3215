/* stream.c - `kiennghi match FILE`: which earlier lines of the file may be the same petition? */
#include "agents/lines/lines.h"
#include "kiennghi/status.h"

#include <jansson.h>
#include <stdlib.h>

enum { MOST = 5 };

static const char *const verdicts[] = {"new", "possible", "same"};

struct stream {
    const text_t *text;
    text_index_t *index;
    json_t *ids; /* of the lines in the index: its ids are their numbers */
};

static json_t *answer(const struct stream *self, json_t *id, const struct match *found, size_t n)
{
    json_t *of = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct comparison *c = &found[i].comparison;
        json_t *one = json_pack("{sOsfss}", "id", json_array_get(self->ids, (size_t)found[i].id),
                                "score", (double)c->score, "why", c->why);
        if (c->relation == TEXT_RECURRENCE)
            json_object_set_new(one, "relation", json_string("recurrence"));
        json_array_append_new(of, one);
    }
    return json_pack("{sOssso}", "id", id, "verdict",
                     verdicts[n ? found[0].comparison.verdict : TEXT_DIFFERENT], "of", of);
}

/* *OUT is the answer, or NULL with *ERROR. Negative KN_E* when the work cannot go on. */
static int take(struct stream *self, const json_t *line, json_t **out, const char **error)
{
    json_t *id = json_object_get(line, "id");
    const json_t *words = json_object_get(line, "text"),
                 *received = json_object_get(line, "received");
    struct match found[MOST];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct reading *reading = NULL;
    *out = NULL;
    if (!(json_is_string(id) || json_is_integer(id)) || !json_is_string(words)) {
        *error = "wants an object with id and text";
        return KN_OK;
    }
    int64_t at = json_is_string(received) ? lines_instant(json_string_value(received)) : 0;
    int rc =
        text_read(self->text, json_string_value(words), json_string_length(words), at, &reading);
    if (rc == KN_OK) {
        *out = answer(self, id, found, text_index_find(self->index, reading, found, MOST));
        rc = text_index_add(self->index, json_array_size(self->ids), packed,
                            text_pack(self->text, reading, packed));
        json_array_append(self->ids, id);
    }
    text_reading_destroy(&reading);
    return rc;
}

int lines_stream(const text_t *text, FILE *in, FILE *out, const struct lines_options *options)
{
    struct stream self = {.text = text, .index = text_index_new(text), .ids = json_array()};
    char *line = NULL;
    size_t size = 0, line_no = 0;
    bool refused = false;
    int rc = self.index && self.ids ? KN_OK : KN_E_NOMEM;
    for (long length; rc == KN_OK && (length = lines_take(in, &line, &size)) != -1;) {
        json_error_t fault;
        json_t *read = NULL, *told = NULL;
        const char *error = "longer than 1 MiB";
        line_no++;
        if (length >= 0) {
            read = json_loadb(line, (size_t)length, JSON_REJECT_DUPLICATES, &fault);
            error = fault.text;
        }
        if (read)
            rc = take(&self, read, &told, &error);
        if (rc == KN_OK && !told) {
            refused = true;
            told = json_pack("{sIss}", "line", (json_int_t)line_no, "error", error);
        }
        if (told && (json_dumpf(told, out, JSON_COMPACT | JSON_REAL_PRECISION(4)) != 0 ||
                     putc('\n', out) == EOF))
            rc = KN_E_IO;
        json_decref(told);
        json_decref(read);
        if (options->progress)
            options->progress(options->progress_arg, line_no);
    }
    free(line);
    json_decref(self.ids);
    text_index_destroy(&self.index);
    return rc != KN_OK ? rc : refused ? 1 : 0;
}
