/* text.c - the door of the library: opens the data files and walks a text through the parts. */
#include "hub/text/text.h"

#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <stdio.h>

/* What this code makes of the same files: readings that another one made are made again. */
enum { READER = 2 };

/* A reading and the arena that holds what it points to. */
struct box {
    struct reading reading; /* first: the caller's pointer is the box */
    struct arena arena;
};

int text_open(text_t **out, const char *folder, char *why, size_t why_size)
{
    uint64_t version = READER;
    *out = NULL;
    text_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return KN_E_NOMEM;
    int rc = normalise_open(&self->normalise, folder, &version, why, why_size);
    if (rc == 0)
        rc = places_open(&self->places, folder, &version, why, why_size);
    if (rc == 0)
        rc = matter_open(&self->matter, folder, &version, why, why_size);
    if (rc == 0)
        rc = rarity_open(&self->rarity, folder, &version, why, why_size);
    snprintf(self->version, sizeof self->version, "%016llx", (unsigned long long)version);
    if (rc != 0)
        text_close(&self);
    *out = self;
    return rc;
}

void text_close(text_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    text_t *self = *self_p;
    rarity_close(&self->rarity);
    matter_close(&self->matter);
    places_close(&self->places);
    normalise_close(&self->normalise);
    free(self);
    *self_p = NULL;
}

const char *text_version(const text_t *self)
{
    return self->version;
}

int text_read(const text_t *self, const char *bytes, size_t length, int64_t received_at,
              struct reading **out)
{
    struct normalised normal;
    struct place *places = NULL;
    *out = NULL;
    struct box *box = calloc(1, sizeof *box);
    if (box == NULL)
        return KN_E_NOMEM;
    struct reading *reading = &box->reading;
    int rc = normalise_read(self->normalise, bytes, length, &box->arena, &normal);
    if (rc == 0)
        rc = places_read(self->places, self->normalise, &normal, received_at, &box->arena, &places,
                         &reading->n_places);
    if (rc == 0) {
        reading->encoding = normal.encoding;
        reading->doubt = normal.doubt;
        reading->marked = normal.marked;
        reading->truncated = normal.truncated;
        reading->text = normal.text;
        reading->n_tokens = normal.n_tokens;
        reading->tokens = normal.tokens;
        reading->places = places;
        matter_read(self->matter, &normal, reading, &box->arena);
    }
    if (rc == 0 && box->arena.failed)
        rc = KN_E_NOMEM;
    if (rc != 0)
        text_reading_destroy(&reading);
    *out = reading;
    return rc;
}

void text_reading_destroy(struct reading **reading_p)
{
    if (reading_p == NULL || *reading_p == NULL)
        return;
    struct box *box = (struct box *)*reading_p;
    arena_free(&box->arena);
    free(box);
    *reading_p = NULL;
}

const char *text_place_type_name(enum place_type type)
{
    static const char *const names[PLACE_TYPES] = {
        "province", "district", "ward",   "street", "alley",    "house",  "group",  "village",
        "route",    "project",  "river",  "lake",   "market",   "school", "estate", "building",
        "bus_line", "km",       "bridge", "park",   "hospital", "other"};
    return type < PLACE_TYPES ? names[type] : "unknown";
}

const char *text_encoding_name(enum text_encoding code)
{
    static const char *const names[] = {"utf-8",  "utf-8-nfd", "tcvn3",  "vni",
                                        "viscii", "cp1258",    "unknown"};
    return code <= TEXT_UNKNOWN ? names[code] : "unknown";
}
