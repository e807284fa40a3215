/* classify.c - `kiennghi classify`: fields and places of each petition of a JSON-lines file. */
#include "agents/lines/register.h"
#include "agents/lines/walk.h"
#include "kiennghi/status.h"

#include <stdlib.h>
#include <string.h>

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

struct classify {
    const text_t *text;
    struct register_file fields, areas;
    bool corpus;
};

static int answer(void *arg, const json_t *line, json_t **answer, const char **error)
{
    const struct classify *self = arg;
    json_t *id = json_object_get(line, "id");
    struct reading *reading = NULL;
    const char *ban = NULL;
    if (!lines_is_id(id)) {
        *error = "wants an object with id";
        return KN_OK;
    }
    int rc = lines_read(self->text, line, &reading);
    if (rc == KN_E_INVALID) {
        *error = "wants a text";
        return KN_OK;
    }
    if (rc != KN_OK)
        return rc;
    json_t *out = *answer = json_object();
    json_object_set(out, "id", id);
    json_object_set_new(out, "field", field_json(reading, &self->fields, self->corpus, &ban));
    json_object_set_new(out, "ban", ban == NULL ? json_null() : json_string(ban));
    json_object_set_new(out, "places", places_json(reading));
    json_t *area = json_object();
    json_object_set_new(area, "province", named(reading, PLACE_PROVINCE));
    json_object_set_new(area, "district", named(reading, PLACE_DISTRICT));
    json_object_set_new(area, "ward", named(reading, PLACE_WARD));
    json_object_set_new(out, "area", area);
    json_object_set_new(out, "resolved", resolved_json(&self->areas, reading));
    if (reading->doubt)
        json_object_set_new(out, "doubt", json_true());
    if (reading->encoding != TEXT_UTF8)
        json_object_set_new(out, "encoding", json_string(text_encoding_name(reading->encoding)));
    text_reading_destroy(&reading);
    return KN_OK;
}

int lines_classify(const text_t *text, FILE *in, FILE *out, const struct lines_options *options,
                   char *why, size_t why_size)
{
    struct classify self = {.text = text, .corpus = options->corpus};
    const struct lines_job job = {answer, &self};
    int rc = register_read(&self.fields, options->registers, "fields.tsv", why, why_size);
    if (rc == KN_OK)
        rc = register_read(&self.areas, options->registers, "areas.tsv", why, why_size);
    if (rc == KN_OK)
        rc = lines_walk(&job, in, out, options);
    register_clear(&self.fields);
    register_clear(&self.areas);
    return rc;
}
