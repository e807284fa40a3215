/* classify.c - `kiennghi classify`: fields and places of each petition of a JSON-lines file. */
#include "agents/lines/lines.h"
#include "agents/lines/register.h"
#include "kiennghi/status.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

long lines_take(FILE *in, char **line, size_t *size)
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

static json_t *field_json(const struct reading *reading, const struct register_file *fields,
                          bool corpus, const char **ban)
{
    json_t *out = json_array();
    *ban = NULL;
    for (size_t i = 0; i < reading->n_fields; i++) {
        const char *code = reading->fields[i].code;
        const char *const *row = register_find(fields, code);
        if (row != NULL && i == 0)
            *ban = row[1];
        if (row != NULL && corpus)
            code = row[4];
        double score = (double)reading->fields[i].score;
        json_t *same = NULL, *item;
        size_t k;
        json_array_foreach(out, k, item) /* two of our fields may be one of the corpus's */
            if (strcmp(json_string_value(json_object_get(item, "code")), code) == 0) same = item;
        if (same != NULL)
            json_object_set_new(same, "score",
                                json_real(json_real_value(json_object_get(same, "score")) + score));
        else
            json_array_append_new(out, json_pack("{s:s, s:f}", "code", code, "score", score));
    }
    return out;
}

static json_t *places_json(const struct reading *reading)
{
    json_t *out = json_array();
    for (size_t i = 0; i < reading->n_places; i++) {
        const struct place *place = &reading->places[i];
        json_t *item = json_pack("{s:s, s:s, s:s}", "type", text_place_type_name(place->type),
                                 "name", place->name, "surface", place->surface);
        if (place->code != NULL) {
            json_object_set_new(item, "code", json_string(place->code));
            json_object_set_new(item, "era", json_stringn(place->code, strcspn(place->code, ":")));
        }
        if (place->candidates[0] != NULL) {
            json_t *candidates = json_array();
            for (size_t k = 0; k < 8 && place->candidates[k] != NULL; k++)
                json_array_append_new(candidates, json_string(place->candidates[k]));
            json_object_set_new(item, "candidates", candidates);
        }
        json_array_append_new(out, item);
    }
    return out;
}

/* The names of TYPE in text order: null, one string, or an array. What the text calls an old name
 * counts only where it gives no other. */
static json_t *named(const struct reading *reading, enum place_type type)
{
    json_t *out = json_array();
    bool only_former = true;
    for (size_t i = 0; i < reading->n_places; i++)
        only_former &= reading->places[i].type != type || reading->places[i].former;
    for (size_t i = 0; i < reading->n_places; i++) {
        const struct place *place = &reading->places[i];
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen |=
                reading->places[k].type == type && strcmp(reading->places[k].key, place->key) == 0;
        if (place->type == type && !seen && (only_former || !place->former))
            json_array_append_new(out, json_string(place->name));
    }
    size_t n = json_array_size(out);
    if (n > 1)
        return out;
    json_t *one = n == 1 ? json_incref(json_array_get(out, 0)) : json_null();
    json_decref(out);
    return one;
}

/* What follows from the gazetteer: the areas with code, their districts and their successors. */
static json_t *resolved_json(const struct register_file *areas, const struct reading *reading)
{
    json_t *out = json_array();
    for (size_t i = 0; i < reading->n_places; i++) {
        const struct place *place = &reading->places[i];
        const char *const *area = place->code == NULL ? NULL : register_find(areas, place->code);
        if (area == NULL)
            continue;
        json_t *item = json_pack("{s:s, s:s, s:s}", "code", area[0], "type",
                                 text_place_type_name(place->type), "name", area[1]);
        json_object_set_new(item, "era", json_stringn(area[0], strcspn(area[0], ":")));
        const char *const *parent = register_find(areas, area[3]);
        if (place->type == PLACE_WARD && parent != NULL && parent[3][0] != 0)
            json_object_set_new(item, "district",
                                json_pack("{s:s, s:s}", "code", parent[0], "name", parent[1]));
        if (area[6][0] != 0)
            json_object_set_new(item, "successors", json_string(area[6]));
        json_array_append_new(out, item);
    }
    return out;
}

static json_t *classify(const text_t *text, const json_t *petition,
                        const struct register_file *fields, const struct register_file *areas,
                        bool corpus, const char **error)
{
    const json_t *id = json_object_get(petition, "id"), *body = json_object_get(petition, "text"),
                 *received = json_object_get(petition, "received");
    struct reading *reading = NULL;
    const char *ban = NULL;
    if (!json_is_object(petition) || !(json_is_string(id) || json_is_integer(id))) {
        *error = "wants an object with id";
        return NULL;
    }
    if (!json_is_string(body)) {
        *error = "wants a text";
        return NULL;
    }
    int64_t at = json_is_integer(received)  ? json_integer_value(received)
                 : json_is_string(received) ? lines_instant(json_string_value(received))
                                            : 0;
    if (text_read(text, json_string_value(body), json_string_length(body), at, &reading) != 0) {
        *error = "out of memory";
        return NULL;
    }
    json_t *out = json_object();
    json_object_set(out, "id", (json_t *)id);
    json_object_set_new(out, "field", field_json(reading, fields, corpus, &ban));
    json_object_set_new(out, "ban", ban == NULL ? json_null() : json_string(ban));
    json_object_set_new(out, "places", places_json(reading));
    json_t *area = json_object();
    json_object_set_new(area, "province", named(reading, PLACE_PROVINCE));
    json_object_set_new(area, "district", named(reading, PLACE_DISTRICT));
    json_object_set_new(area, "ward", named(reading, PLACE_WARD));
    json_object_set_new(out, "area", area);
    json_object_set_new(out, "resolved", resolved_json(areas, reading));
    if (reading->doubt)
        json_object_set_new(out, "doubt", json_true());
    if (reading->encoding != TEXT_UTF8)
        json_object_set_new(out, "encoding", json_string(text_encoding_name(reading->encoding)));
    text_reading_destroy(&reading);
    return out;
}

int lines_classify(const text_t *text, FILE *in, FILE *out, const struct lines_options *options,
                   char *why, size_t why_size)
{
    struct register_file fields = {0}, areas = {0};
    char *line = NULL;
    size_t size = 0, line_no = 0;
    bool refused = false;
    long length;
    int rc = register_read(&fields, options->registers, "fields.tsv", why, why_size);
    if (rc == 0)
        rc = register_read(&areas, options->registers, "areas.tsv", why, why_size);
    while (rc == 0 && (length = lines_take(in, &line, &size)) != -1) {
        const char *error = length == -2 ? "the line is too long" : NULL;
        json_error_t fault;
        json_t *petition = NULL, *answer = NULL;
        line_no++;
        if (error == NULL) {
            petition = json_loadb(line, (size_t)length, JSON_ALLOW_NUL, &fault);
            if (petition == NULL)
                error = fault.text;
            else
                answer = classify(text, petition, &fields, &areas, options->corpus, &error);
        }
        if (answer == NULL) {
            refused = true;
            answer = json_pack("{s:I, s:s}", "line", (json_int_t)line_no, "error", error);
        }
        if (json_dumpf(answer, out, JSON_COMPACT | JSON_REAL_PRECISION(4)) != 0 ||
            putc('\n', out) == EOF) {
            snprintf(why, why_size, "the answer cannot be written");
            rc = KN_E_IO;
        }
        json_decref(answer);
        json_decref(petition);
        if (rc != 0)
            break;
        if (options->progress != NULL)
            options->progress(options->progress_arg, line_no);
    }
    free(line);
    register_clear(&fields);
    register_clear(&areas);
    return rc != 0 ? rc : refused ? 1 : 0;
}
