/* pairs.c - `kiennghi match --pairs`: do two petitions say the same? One verdict a line. */
#include "agents/lines/lines.h"
#include "kiennghi/status.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdicts[] = {"different", "possible", "same"};

static bool read_side(const text_t *text, const json_t *line, const char *side,
                      struct reading **out)
{
    const json_t *object = json_object_get(line, side);
    const json_t *words = json_object_get(object, "text");
    const json_t *received = json_object_get(object, "received");
    int64_t at = json_is_string(received) ? lines_instant(json_string_value(received)) : 0;
    return json_is_string(words) &&
           text_read(text, json_string_value(words), json_string_length(words), at, out) == 0;
}

static json_t *compare(const text_t *text, const json_t *line, const struct lines_options *options,
                       const char **error)
{
    struct reading *a = NULL, *b = NULL;
    struct comparison found;
    json_t *out = NULL;
    const json_t *id = json_object_get(line, "id");
    if (!json_is_string(id) && !json_is_integer(id)) {
        *error = "wants an object with id, a and b";
    } else if (!read_side(text, line, "a", &a) || !read_side(text, line, "b", &b)) {
        *error = "\"a\" and \"b\" each need a \"text\"";
    } else {
        text_compare(text, a, b, &found);
        out = json_pack("{sOsssfss}", "id", id, "verdict", verdicts[found.verdict], "score",
                        (double)found.score, "why", found.why);
        if (options->scores) {
            json_object_set_new(
                out, "scores",
                json_pack("[fff]", (double)found.place, (double)found.matter, (double)found.words));
        }
        if (found.relation == TEXT_RECURRENCE) {
            json_object_set_new(out, "relation", json_string("recurrence"));
        }
    }
    text_reading_destroy(&a);
    text_reading_destroy(&b);
    return out;
}

int lines_pairs(const text_t *text, FILE *in, FILE *out, const struct lines_options *options)
{
    char *line = NULL;
    size_t size = 0, n = 0;
    bool refused = false;
    for (long length; (length = lines_take(in, &line, &size)) != -1;) {
        json_error_t fault;
        const char *error = "longer than 1 MiB";
        json_t *read = NULL, *told = NULL;
        n++;
        if (length >= 0) {
            read = json_loadb(line, (size_t)length, JSON_REJECT_DUPLICATES, &fault);
            error = read ? NULL : fault.text;
            told = read ? compare(text, read, options, &error) : NULL;
        }
        if (!told) {
            told = json_pack("{sIss}", "line", (json_int_t)n, "error", error ? error : "no memory");
            refused = true;
        }
        json_dumpf(told, out, JSON_COMPACT | JSON_REAL_PRECISION(4));
        fputc('\n', out);
        json_decref(told);
        json_decref(read);
        if (options->progress) {
            options->progress(options->progress_arg, n);
        }
    }
    free(line);
    return refused ? 1 : 0;
}
