/* walk.c - see the header. */
#include "agents/lines/walk.h"
#include "kiennghi/status.h"

#include <stdlib.h>
#include <string.h>

/* Reads a line without its end into *LINE (malloc'ed, grows); its length, -1 at the end of the
 * file, -2 for a line over LINES_MAX_LINE, which is skipped. */
static long take_line(FILE *in, char **line, size_t *size)
{
    size_t n = 0;
    int c;
    while ((c = getc_unlocked(in)) != EOF && c != '\n') {
        if (n + 1 >= *size && n < LINES_MAX_LINE) {
            size_t room = *size == 0 ? 4096 : *size * 2;
            char *grown = realloc(*line, room);
            if (grown == NULL)
                return -2;
            *line = grown;
            *size = room;
        }
        if (n < LINES_MAX_LINE)
            (*line)[n] = (char)c;
        n++;
    }
    if (c == EOF && n == 0)
        return -1;
    if (n >= LINES_MAX_LINE)
        return -2;
    if (*size == 0 && (*line = malloc(*size = 64)) == NULL)
        return -2;
    (*line)[n] = 0;
    return (long)n;
}

int64_t lines_instant(const char *text)
{
    int year, month, day, hour = 0, minute = 0, used = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used >= 8 && month >= 1 &&
        month <= 12 && day >= 1 && day <= 31) {
        if (text[used] != 0)
            (void)sscanf(text + used + 1, "%2d:%2d", &hour, &minute);
        int64_t y = year - (month <= 2), era = y / 400, of_era = y % 400;
        int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
        return ((days * 24 + hour - 7) * 60 + minute) * 60000; /* Hà Nội is seven hours ahead */
    }
    return strspn(text, "0123456789") == strlen(text) ? strtoll(text, NULL, 10) : 0;
}

bool lines_is_id(const json_t *id)
{
    return json_is_string(id) || json_is_integer(id);
}

int lines_read(const text_t *text, const json_t *object, struct reading **out)
{
    const json_t *words = json_object_get(object, "text"),
                 *received = json_object_get(object, "received");
    if (!json_is_string(words))
        return KN_E_INVALID;
    int64_t at = json_is_integer(received)  ? json_integer_value(received)
                 : json_is_string(received) ? lines_instant(json_string_value(received))
                                            : 0;
    return text_read(text, json_string_value(words), json_string_length(words), at, out);
}

int lines_walk(const struct lines_job *job, FILE *in, FILE *out,
               const struct lines_options *options)
{
    char *line = NULL;
    size_t size = 0, line_no = 0;
    bool refused = false;
    int rc = KN_OK;
    for (long length; rc == KN_OK && (length = take_line(in, &line, &size)) != -1;) {
        const char *error = "the line is too long";
        json_error_t fault;
        json_t *read = NULL, *told = NULL;
        line_no++;
        if (length >= 0) {
            size_t mark = line_no == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
            read = json_loadb(line + mark, (size_t)length - mark,
                              JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &fault);
            error = fault.text;
        }
        if (read)
            rc = job->answer(job->self, read, &told, &error);
        if (rc == KN_OK && !told) {
            refused = true;
            told = json_pack("{sIss}", "line", (json_int_t)line_no, "error", error);
        }
        if (told && (json_dumpf(told, out, JSON_COMPACT | JSON_REAL_PRECISION(4)) != 0 ||
                     putc('\n', out) == EOF))
            rc = KN_E_IO;
        json_decref(told);
        json_decref(read);
        if (rc == KN_OK && options->progress)
            options->progress(options->progress_arg, line_no);
    }
    free(line);
    return rc != KN_OK ? rc : refused ? 1 : 0;
}
