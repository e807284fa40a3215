/* index.c - which earlier petitions may say the same? Postings of fragments, then text_compare.
 *
 * A fragment is the folded name of a place (but a province) or a word that is not common. A new
 * reading's fragments vote for the earlier readings that hold them, each by its rarity in the
 * index; the best CANDIDATES are compared in full. Everything is in memory and rebuilt at start. */
#include "hub/text/match.h"
#include "hub/text/matter_private.h"
#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CANDIDATES = 48,
    MAX_FRAGMENTS = 160,
    FIRST_SLOTS = 1024,
    COMMON_LEAST = 2000, /* postings from which on a word may be too common to vote */
    COMMON_SHARE = 10,   /* and is, when one reading in so many holds it */
};

/* A word that weighs less than this stands in too many petitions to lead from one to another. */
static const float LEAST_RARE = 2.5f;

struct posting {
    uint64_t fragment; /* 0: the slot is free */
    uint32_t *entries; /* ascending */
    uint32_t n, room;
    bool is_place;
};

struct entry {
    uint64_t id;
    struct reading *reading;
};

struct text_index {
    const text_t *text;
    struct entry *entries;
    size_t n_entries, room;
    struct posting *slots; /* open addressing; a power of two */
    size_t n_slots, n_used;
};

struct fragment {
    uint64_t hash;
    bool is_place;
};

/* ---- fragments ------------------------------------------------------------------------------ */

static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash ? hash : 1;
}

static int by_hash(const void *a, const void *b)
{
    const struct fragment *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (int)y->is_place - (int)x->is_place; /* a place before the word of the same hash */
}

static size_t collect(const text_t *text, const struct reading *reading,
                      struct fragment out[MAX_FRAGMENTS])
{
    const struct said *said = reading->matter;
    size_t n = 0, n_apart = 0;
    for (size_t i = 0; i < reading->n_places && n < MAX_FRAGMENTS; i++) {
        if (reading->places[i].type != PLACE_PROVINCE)
            out[n++] = (struct fragment){hash_of(reading->places[i].key), true};
    }
    for (size_t i = 0; i < reading->n_tokens && n < MAX_FRAGMENTS; i++) {
        enum said_role role = said ? (enum said_role)said->role[i] : SAID_WORD;
        const char *key = reading->tokens[i].key;
        if ((role == SAID_WORD || role == SAID_MATTER) && rarity_of(text->rarity, key) > LEAST_RARE)
            out[n++] = (struct fragment){hash_of(key), false};
    }
    qsort(out, n, sizeof *out, by_hash);
    for (size_t i = 0; i < n; i++) {
        if (n_apart == 0 || out[n_apart - 1].hash != out[i].hash)
            out[n_apart++] = out[i];
    }
    return n_apart;
}

/* ---- postings ------------------------------------------------------------------------------- */

/* The slot of FRAGMENT, or the free one where it belongs. */
static struct posting *slot_of(struct posting *slots, size_t n_slots, uint64_t fragment)
{
    size_t at = (size_t)(fragment ^ fragment >> 29) & (n_slots - 1);
    while (slots[at].fragment && slots[at].fragment != fragment)
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

static int grow_slots(text_index_t *self)
{
    size_t n_slots = self->n_slots ? self->n_slots * 2 : FIRST_SLOTS;
    struct posting *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return KN_E_NOMEM;
    for (size_t i = 0; i < self->n_slots; i++) {
        if (self->slots[i].fragment)
            *slot_of(slots, n_slots, self->slots[i].fragment) = self->slots[i];
    }
    free(self->slots);
    self->slots = slots;
    self->n_slots = n_slots;
    return KN_OK;
}

static int post(text_index_t *self, const struct fragment *fragment, uint32_t entry)
{
    if ((self->n_used + 1) * 4 > self->n_slots * 3 && grow_slots(self) != KN_OK)
        return KN_E_NOMEM;
    struct posting *slot = slot_of(self->slots, self->n_slots, fragment->hash);
    if (slot->n == slot->room) {
        uint32_t room = slot->room ? slot->room * 2 : 2;
        uint32_t *entries = realloc(slot->entries, room * sizeof *entries);
        if (!entries)
            return KN_E_NOMEM;
        slot->entries = entries;
        slot->room = room;
    }
    self->n_used += slot->fragment == 0;
    slot->fragment = fragment->hash;
    slot->is_place |= fragment->is_place;
    slot->entries[slot->n++] = entry;
    return KN_OK;
}

/* ---- the index ------------------------------------------------------------------------------ */

text_index_t *text_index_new(const text_t *text)
{
    text_index_t *self = calloc(1, sizeof *self);
    if (self)
        self->text = text;
    if (self && grow_slots(self) != KN_OK)
        text_index_destroy(&self);
    return self;
}

void text_index_destroy(text_index_t **self_p)
{
    text_index_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n_entries; i++)
        text_reading_destroy(&self->entries[i].reading);
    for (size_t i = 0; i < self->n_slots; i++)
        free(self->slots[i].entries);
    free(self->entries);
    free(self->slots);
    free(self);
    *self_p = NULL;
}

int text_index_add(text_index_t *self, uint64_t id, struct reading **reading_p)
{
    struct fragment fragments[MAX_FRAGMENTS];
    if (self->n_entries == self->room) {
        size_t room = self->room ? self->room * 2 : 64;
        struct entry *entries =
            room <= UINT32_MAX ? realloc(self->entries, room * sizeof *entries) : NULL;
        if (!entries)
            return KN_E_NOMEM;
        self->entries = entries;
        self->room = room;
    }
    size_t n = collect(self->text, *reading_p, fragments);
    const uint32_t at = (uint32_t)self->n_entries;
    self->entries[self->n_entries++] = (struct entry){id, *reading_p};
    *reading_p = NULL;
    for (size_t i = 0; i < n; i++) {
        if (post(self, &fragments[i], at) != KN_OK)
            return KN_E_NOMEM;
    }
    return KN_OK;
}

/* Best first; of equals the earlier. */
static int by_score(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    if (x->comparison.score != y->comparison.score)
        return x->comparison.score > y->comparison.score ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

struct candidate {
    uint32_t entry;
    float votes;
};

/* Keeps the CANDIDATES with the most votes, the fewest last. */
static void keep(struct candidate *best, size_t *n, uint32_t entry, float votes)
{
    size_t at = *n;
    if (*n == CANDIDATES && votes <= best[*n - 1].votes)
        return;
    *n += *n < CANDIDATES;
    at = at < CANDIDATES ? at : CANDIDATES - 1;
    for (; at > 0 && best[at - 1].votes < votes; at--)
        best[at] = best[at - 1];
    best[at] = (struct candidate){entry, votes};
}

int text_index_find(const text_index_t *self, const struct reading *reading, struct match *out,
                    size_t max, size_t *n_out)
{
    struct fragment fragments[MAX_FRAGMENTS];
    struct candidate best[CANDIDATES];
    struct match found[CANDIDATES];
    size_t n_best = 0, n = collect(self->text, reading, fragments);
    float *votes = calloc(self->n_entries ? self->n_entries : 1, sizeof *votes);
    *n_out = 0;
    if (!votes)
        return KN_E_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct posting *slot = slot_of(self->slots, self->n_slots, fragments[i].hash);
        if (!slot->n ||
            (!slot->is_place && slot->n > COMMON_LEAST && slot->n > self->n_entries / COMMON_SHARE))
            continue;
        float vote = logf(1 + (float)self->n_entries / (float)slot->n);
        for (uint32_t k = 0; k < slot->n; k++)
            votes[slot->entries[k]] += vote;
    }
    for (size_t i = 0; i < self->n_entries; i++) {
        if (votes[i] > 0)
            keep(best, &n_best, (uint32_t)i, votes[i]);
    }
    free(votes);
    for (size_t i = 0; i < n_best; i++) {
        const struct entry *entry = &self->entries[best[i].entry];
        found[i].id = entry->id;
        text_compare(self->text, entry->reading, reading, &found[i].comparison);
    }
    qsort(found, n_best, sizeof *found, by_score);
    *n_out = n_best < max ? n_best : max;
    memcpy(out, found, *n_out * sizeof *found);
    return KN_OK;
}
