/* kept.c - what the index keeps of readings, each name once.
 *
 * Comparing a new petition takes up some twenty old ones, so they lie as comparing wants them. A
 * record is in units of four bytes:
 *
 *     head        again, how many places, matters, words: a byte each
 *     kinds       16 bits for each place: type, how many areas << 5, former << 8
 *     names       of each place, by number
 *     matters     three bytes each: row (two), weight * 8
 *     areas       of all places, as numbers of the gazetteer
 *     words       16 bits each
 *
 * Few names are new: a name, its key and what is derived from it are kept once for all. What is
 * forgotten becomes zeros, which are so many empty records.
 */
#include "hub/text/kept.h"

#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024, FORMER = 1 << 8 };
static const uint32_t NO_NAME = UINT32_MAX;

struct known_name {
    struct place_parts parts;
    const char *key;
    char name[]; /* and the key behind it */
};

struct kept {
    const text_t *text;
    uint32_t *units;
    size_t n_units, units_room;
    struct known_name **names;
    size_t n_names, names_room;
    uint32_t *slots; /* names by hash; a power of two, at most half full */
    size_t n_slots;
    struct arena arena; /* of the names */
    size_t arena_bytes;
};

kept_t *kept_new(const text_t *text)
{
    struct kept *self = calloc(1, sizeof *self);
    if (self) {
        self->text = text;
        self->n_slots = FIRST_SLOTS;
        self->slots = malloc(self->n_slots * sizeof *self->slots);
        if (!self->slots) {
            kept_destroy(&self);
            return NULL;
        }
        memset(self->slots, 0xff, self->n_slots * sizeof *self->slots);
    }
    return self;
}

void kept_destroy(kept_t **self_p)
{
    if (*self_p) {
        arena_free(&(*self_p)->arena);
        free((*self_p)->units);
        free((*self_p)->names);
        free((*self_p)->slots);
        free(*self_p);
        *self_p = NULL;
    }
}

size_t kept_bytes(const kept_t *self)
{
    return sizeof *self + self->units_room * sizeof *self->units +
           self->names_room * sizeof *self->names + self->n_slots * sizeof *self->slots +
           self->arena_bytes;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The slot of NAME, or the free one where it belongs. */
static size_t slot_of(const struct kept *self, const char *name)
{
    size_t at = hash_bytes(name, strlen(name)) & (self->n_slots - 1);
    while (self->slots[at] != NO_NAME && strcmp(self->names[self->slots[at]]->name, name) != 0) {
        at = (at + 1) & (self->n_slots - 1);
    }
    return at;
}

/* Room for one more name. */
static int make_room(struct kept *self)
{
    if (self->n_names == self->names_room) {
        size_t room = self->names_room ? self->names_room + self->names_room / 2 : 512;
        struct known_name **names = realloc(self->names, room * sizeof *names);
        if (!names || room >= NO_NAME) {
            self->names = names ? names : self->names;
            return KN_E_NOMEM;
        }
        self->names = names;
        self->names_room = room;
    }
    if (2 * self->n_names >= self->n_slots) {
        size_t n_slots = 2 * self->n_slots;
        uint32_t *slots = malloc(n_slots * sizeof *slots);
        if (!slots) {
            return KN_E_NOMEM;
        }
        free(self->slots);
        self->slots = slots;
        self->n_slots = n_slots;
        memset(slots, 0xff, n_slots * sizeof *slots);
        for (size_t i = 0; i < self->n_names; i++) {
            slots[slot_of(self, self->names[i]->name)] = (uint32_t)i;
        }
    }
    return KN_OK;
}

static int find_name(struct kept *self, uint32_t *number, const struct place *place)
{
    size_t slot = slot_of(self, place->name);
    if (self->slots[slot] != NO_NAME) {
        *number = self->slots[slot];
        return KN_OK;
    }
    size_t n_name = strlen(place->name) + 1, n_key = strlen(place->key) + 1;
    struct known_name *name = arena_room(&self->arena, sizeof *name + n_name + n_key);
    if (!name || make_room(self) != KN_OK) {
        return KN_E_NOMEM;
    }
    self->arena_bytes += sizeof *name + n_name + n_key;
    memcpy(name->name, place->name, n_name);
    memcpy(name->name + n_name, place->key, n_key);
    name->key = name->name + n_name;
    name->parts = *place->parts;
    *number = (uint32_t)self->n_names;
    self->names[self->n_names++] = name;
    self->slots[slot_of(self, place->name)] = *number;
    return KN_OK;
}

/* ---- records --------------------------------------------------------------------------------- */

static size_t units_of_matters(size_t n)
{
    return (3 * n + 3) / 4;
}

/* Room for N more units. */
static int reserve(struct kept *self, size_t n)
{
    if (self->n_units + n > self->units_room) {
        size_t room = self->units_room + self->units_room / 32 + 16384;
        uint32_t *units = room < UINT32_MAX ? realloc(self->units, room * sizeof *units) : NULL;
        if (!units) {
            return KN_E_NOMEM;
        }
        self->units = units;
        self->units_room = room;
    }
    return KN_OK;
}

int kept_add(kept_t *self, uint32_t *at, const struct reading *reading)
{
    const struct said *said = reading->matter;
    uint32_t names[PACK_PLACES];
    uint16_t kinds[PACK_PLACES + 1] = {0};
    size_t n_places = reading->n_places, n_kinds = (n_places + 1) / 2, n_areas = 0;
    assert(n_places <= PACK_PLACES && said->n_words <= PACK_WORDS);
    for (size_t i = 0; i < n_places; i++) {
        const struct place *place = &reading->places[i];
        if (find_name(self, &names[i], place) != KN_OK) {
            return KN_E_NOMEM;
        }
        kinds[i] =
            (uint16_t)((uint32_t)place->type | place->n_areas << 5 | (place->former ? FORMER : 0));
        n_areas += place->n_areas;
    }
    size_t n_words = (said->n_words + 1) / 2;
    size_t n_matters = units_of_matters(said->n_matters);
    size_t n = 1 + n_kinds + n_places + n_matters + n_areas + n_words;
    if (reserve(self, n) != KN_OK) {
        return KN_E_NOMEM;
    }
    uint32_t *unit = self->units + self->n_units;
    *at = (uint32_t)self->n_units;
    self->n_units += n;
    *unit++ = (uint32_t)said->again | (uint32_t)n_places << 8 | (uint32_t)said->n_matters << 16 |
              (uint32_t)said->n_words << 24;
    memcpy(unit, kinds, n_kinds * sizeof *unit);
    unit += n_kinds;
    memcpy(unit, names, n_places * sizeof *unit);
    unit += n_places;
    uint8_t *matter = (uint8_t *)unit;
    for (size_t i = 0; i < said->n_matters; i++) {
        uint32_t row = matter_number(self->text->matter, said->matters[i].row);
        *matter++ = (uint8_t)row;
        *matter++ = (uint8_t)(row >> 8);
        *matter++ = (uint8_t)(said->matters[i].weight * 8);
    }
    unit += n_matters;
    for (size_t i = 0; i < n_places; i++) {
        memcpy(unit, reading->places[i].areas, reading->places[i].n_areas * sizeof *unit);
        unit += reading->places[i].n_areas;
    }
    memcpy(unit, said->words, said->n_words * sizeof *said->words);
    return KN_OK;
}

void kept_fetch(const kept_t *self, uint32_t at)
{
    enum { LINE = 64 / sizeof(uint32_t), LINES = 3 };
    for (uint32_t i = 0; i < LINES; i++) {
        __builtin_prefetch(self->units + at + i * LINE);
    }
}

/* How many units the record at UNIT has. */
static size_t size_of(const uint32_t *unit)
{
    uint32_t n_places = *unit >> 8 & 0xff, n_matters = *unit >> 16 & 0xff, n_words = *unit >> 24;
    const uint16_t *kinds = (const uint16_t *)(unit + 1);
    size_t n = 1 + (n_places + 1) / 2 + n_places + units_of_matters(n_matters) + (n_words + 1) / 2;
    for (uint32_t i = 0; i < n_places; i++) {
        n += kinds[i] >> 5 & 7;
    }
    return n;
}

/* The names of the record at UNIT; returns how many. */
static size_t names_of(const uint32_t *unit, const uint32_t **names)
{
    size_t n = *unit >> 8 & 0xff;
    *names = unit + 1 + (n + 1) / 2;
    return n;
}

void kept_forget(kept_t *self, uint32_t at)
{
    uint32_t gone[PACK_PLACES];
    bool is_used[PACK_PLACES] = {false};
    const uint32_t *names;
    size_t n = names_of(self->units + at, &names);
    memcpy(gone, names, n * sizeof *gone);
    memset(self->units + at, 0, size_of(self->units + at) * sizeof *self->units);
    for (size_t other = 0; other < self->n_units && n; other += size_of(self->units + other)) {
        size_t n_other = names_of(self->units + other, &names);
        for (size_t i = 0; i < n_other; i++) {
            for (size_t k = 0; k < n; k++) {
                is_used[k] |= names[i] == gone[k];
            }
        }
    }
    for (size_t k = 0; k < n; k++) {
        struct known_name *name = self->names[gone[k]];
        if (!is_used[k]) { /* its slot stays taken, by nothing that is asked for */
            memset(name->name, 0, (size_t)(name->key - name->name) + strlen(name->key));
            memset(&name->parts, 0, sizeof name->parts);
        }
    }
}

void kept_recall(const kept_t *self, uint32_t at, struct recalled *out)
{
    const uint32_t *unit = self->units + at, head = *unit++;
    const uint16_t *kinds = (const uint16_t *)unit;
    uint32_t n_places = head >> 8 & 0xff, n_matters = head >> 16 & 0xff;
    const uint32_t *names = unit + (n_places + 1) / 2,
                   *areas = names + n_places + units_of_matters(n_matters);
    const uint8_t *matter = (const uint8_t *)(names + n_places);
    struct said *said = &out->said;
    memset(said, 0, sizeof *said);
    for (uint32_t i = 0; i < n_places; i++) {
        const struct known_name *name = self->names[names[i]];
        struct place *place = &out->places[i];
        place->type = (enum place_type)(kinds[i] & 31);
        place->name = place->surface = name->name;
        place->key = name->key;
        place->code = place->candidates[0] = NULL;
        place->former = kinds[i] & FORMER;
        place->parts = &name->parts;
        place->areas = areas;
        place->n_areas = kinds[i] >> 5 & 7;
        areas += place->n_areas;
    }
    said->again = (int)(head & 0xff);
    said->n_matters = n_matters;
    for (uint32_t i = 0; i < n_matters; i++, matter += 3) {
        uint32_t row = matter[0] | (uint32_t)matter[1] << 8;
        said->matters[i].row = matter_numbered(self->text->matter, row);
        said->matters[i].weight = (float)matter[2] / 8;
    }
    said->n_words = head >> 24;
    said->words = (const uint16_t *)areas;
    for (size_t i = 0; i < said->n_words; i++) {
        said_see(said, said->words[i] & WORD_HASH);
    }
    out->reading = (struct reading){.n_places = n_places, .places = out->places, .matter = said};
}
