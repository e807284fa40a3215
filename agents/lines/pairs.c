/* pairs.c - `kiennghi match --pairs`: do two petitions say the same? One verdict a line. */
#include "agents/lines/walk.h"
#include "kiennghi/status.h"

static const char *const verdicts[] = {"different", "possible", "same"};

static json_t *told(json_t *id, const struct comparison *found)
{
    json_t *out = json_pack("{sOsssfss}", "id", id, "verdict", verdicts[found->verdict], "score",
                            (double)found->score, "why", found->why);
    if (found->relation == TEXT_RECURRENCE)
        json_object_set_new(out, "relation", json_string("recurrence"));
    return out;
}

static int answer(void *arg, const json_t *line, json_t **out, const char **error)
{
    const text_t *text = arg;
    struct reading *a = NULL, *b = NULL;
    struct comparison found;
    json_t *id = json_object_get(line, "id");
    if (!lines_is_id(id)) {
        *error = "wants an object with id, a and b";
        return KN_OK;
    }
    int rc = lines_read(text, json_object_get(line, "a"), &a);
    if (rc == KN_OK)
        rc = lines_read(text, json_object_get(line, "b"), &b);
    if (rc == KN_OK) {
        text_compare(text, a, b, &found);
        *out = told(id, &found);
    } else if (rc == KN_E_INVALID) {
        *error = "\"a\" and \"b\" each need a \"text\"";
        rc = KN_OK;
    }
    text_reading_destroy(&a);
    text_reading_destroy(&b);
    return rc;
}

int lines_pairs(const text_t *text, FILE *in, FILE *out, const struct lines_options *options)
{
    const struct lines_job job = {answer, (void *)(uintptr_t)text};
    return lines_walk(&job, in, out, options);
}
