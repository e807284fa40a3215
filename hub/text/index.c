/* index.c - earlier petitions in memory: which of them may say what a new one says?
 *
 * The index keeps what comparing needs (kept.c) and, for each petition, up to KEYS keys: places
 * alone and with the matter, pairs of places, and the rarest pairs of words. Petitions of one key
 * are a chain through an array of fixed width, newest first:
 *
 *     head[bucket of key] -> slot -> before[slot] -> before[...] -> NONE      slot / KEYS: petition
 *
 * Each step is a wait for memory. So once BLOCK slots of a chain have come together they become a
 * block, which is one: slot -> slot -> block -> block -> NONE.
 *
 * A look-up walks the chains of its own keys a bounded way, adds up what each met petition shares
 * and compares the CANDIDATES best; a candidate is given up as soon as it cannot be among those
 * that are asked for. Buckets carry no keys: a stranger met in a chain shares nothing else and
 * falls off. The table of heads grows by four; then the keys are made anew from what is kept.
 * Nothing is freed before the end; what is removed is overwritten, stays in its chains and is
 * passed over there.
 */
#include "hub/text/kept.h"
#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEYS = 16,       /* slots of a petition in the chains */
    SEEN = 1024,     /* petitions met in one look-up; a power of two */
    CANDIDATES = 20, /* compared in full */
    FIRST_HEADS = 1 << 12,
    OTHER_WARD = 4, /* divides what is shared with a petition that names another ward */
    MAX_WALK = 96,  /* petitions of one chain */
    BLOCK = 15      /* petitions of a block: a line of the cache */
};
static const uint32_t NONE = UINT32_MAX, IS_BLOCK = UINT32_C(1) << 31; /* else a slot */

struct block {
    uint32_t before;         /* a slot, a block or NONE */
    uint32_t entries[BLOCK]; /* newest first */
};
enum { REMOVED = 1 }; /* in wards: what a hash there never is */

struct text_index {
    const text_t *text;
    uint64_t *ids;     /* of each entry; 0: removed */
    uint32_t *kept_at; /* of each entry, in kept */
    uint16_t *wards;   /* of each entry the hash of the one ward that is named, 0, or REMOVED */
    size_t n, room;
    kept_t *kept;
    uint32_t *before; /* KEYS for each entry */
    uint32_t *head;
    uint8_t *loose; /* slots of each head that are in no block */
    size_t n_heads;
    struct block *blocks;
    size_t n_blocks, blocks_room;
};

/* ---- keys ------------------------------------------------------------------------------------ */

struct key {
    uint32_t hash;
    uint8_t weight; /* what sharing it says */
    uint8_t walk;   /* how many petitions of it are looked at, in sixteens */
};

static uint32_t mix(uint32_t a, uint32_t b)
{
    uint64_t h = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32) ^ (uint32_t)(h >> 7);
}

static void add_key(struct key out[KEYS], size_t *n, uint32_t hash, uint8_t weight, uint8_t walk)
{
    for (size_t i = 0; i < *n; i++) {
        if (out[i].hash == hash) {
            return;
        }
    }
    if (*n < KEYS) {
        out[(*n)++] = (struct key){hash, weight, walk};
    }
}

/* A name of the text: two words of it, so that "trục Trường Chinh" meets "đường Trường Chinh". */
struct unit {
    uint32_t hash;
    int fine;
};

enum { UNITS = 6 };
struct units {
    struct unit of[UNITS];
    size_t n;
};

static void add_unit(struct units *units, uint32_t hash, int fine)
{
    for (size_t i = 0; i < units->n; i++) {
        if (units->of[i].hash == hash) {
            return;
        }
    }
    if (units->n < UNITS) {
        units->of[units->n++] = (struct unit){hash, fine};
    }
}

static uint32_t pair_of(uint16_t first, uint16_t second)
{
    return mix(first & WORD_HASH, 0x10000u | (second & WORD_HASH));
}

/* The unit of a place's name: its last two words, or the one it has; a number means what its type
 * says, but "đường 179" is "tỉnh lộ 179". */
static uint32_t name_unit(const struct place *place)
{
    const struct place_parts *parts = place->parts;
    uint16_t last = parts->n_words > 0 ? parts->words[parts->n_words - 1] : 0;
    uint16_t before = parts->n_words > 1 ? parts->words[parts->n_words - 2] : 0;
    bool number = place->key[0] >= '0' && place->key[0] <= '9';
    bool road = place->type == PLACE_STREET || place->type == PLACE_ROUTE;
    return pair_of(number && !road ? (uint16_t)place->type : before, last);
}

/* How much a name says: 4 finer than a ward, 3 a ward, 2 a number that means little alone, 1 a
 * district; 0 nothing. */
static int fineness(const struct place *place)
{
    bool number = place->key[0] >= '0' && place->key[0] <= '9';
    switch (place->type) {
    case PLACE_PROVINCE: return 0;
    case PLACE_DISTRICT: return 1;
    case PLACE_WARD: return number ? 2 : 3;
    default: return number && strlen(place->key) < 4 ? 2 : 4;
    }
}

static void add_places(const struct reading *reading, int fine, size_t most, struct units *out)
{
    size_t before = out->n;
    for (size_t i = 0; i < reading->n_places && out->n < before + most; i++) {
        if (fineness(&reading->places[i]) == fine) {
            add_unit(out, name_unit(&reading->places[i]), fine);
        }
    }
}

/* The names of a text: two finer places and a ward, what there is more of them, names in capitals,
 * then numbers and districts. */
static void collect_units(const struct reading *reading, struct units *out)
{
    const struct said *said = reading->matter;
    out->n = 0;
    add_places(reading, 4, 2, out);
    add_places(reading, 3, 1, out);
    add_places(reading, 4, 1, out);
    add_places(reading, 3, 1, out);
    for (size_t i = 0; i + 1 < said->n_words; i++) {
        if (said->words[i] & said->words[i + 1] & WORD_NAME) {
            add_unit(out, pair_of(said->words[i], said->words[i + 1]), 4);
        }
    }
    add_places(reading, 2, UNITS, out);
    add_places(reading, 1, UNITS, out);
}

/* The rarest pairs of words that stand side by side. */
static void add_rare(const text_t *text, const struct said *said, struct key out[KEYS], size_t *n)
{
    enum { RARE = 2 };
    float best[RARE] = {0};
    uint32_t hash[RARE] = {0};
    float of_first = said->n_words ? rarity_of(text->rarity, said->words[0]) : 0;
    for (size_t i = 0; i + 1 < said->n_words; i++) {
        uint16_t first = said->words[i], second = said->words[i + 1];
        float of_second = rarity_of(text->rarity, second), weight = of_first + of_second;
        of_first = of_second;
        uint32_t pair = pair_of(first, second);
        for (int k = 0; k < RARE && pair != hash[k]; k++) {
            if (weight > best[k] || (weight == best[k] && pair < hash[k])) {
                float weight_out = best[k];
                uint32_t pair_out = hash[k];
                best[k] = weight;
                hash[k] = pair;
                weight = weight_out;
                pair = pair_out;
            }
        }
    }
    for (int k = 0; k < RARE && best[k] > 5; k++) {
        add_key(out, n, hash[k], 2, 2);
    }
}

static uint32_t pair_key(uint32_t x, uint32_t y)
{
    return x < y ? mix(x, y) : mix(y, x);
}

/* A ward in its district: there are many wards of one name. */
static void add_area(const struct reading *reading, struct key out[KEYS], size_t *n)
{
    uint32_t ward = 0, district = 0;
    for (size_t i = 0; i < reading->n_places; i++) {
        const struct place *place = &reading->places[i];
        ward = place->type == PLACE_WARD && !ward ? name_unit(place) : ward;
        district = place->type == PLACE_DISTRICT && !district ? name_unit(place) : district;
    }
    if (ward && district) {
        add_key(out, n, pair_key(ward, district), 7, 2);
    }
}

static size_t keys_of(const text_t *text, const struct reading *reading, struct key out[KEYS])
{
    const struct said *said = reading->matter;
    struct units units;
    size_t n = 0, n_matters = said->n_matters < 2 ? said->n_matters : 2;
    collect_units(reading, &units);
    size_t n_units = units.n < 4 ? units.n : 4;
    for (size_t i = 0; i < n_units; i++) { /* a name alone */
        if (units.of[i].fine >= 3) {
            add_key(out, &n, units.of[i].hash, (uint8_t)units.of[i].fine, 2);
        }
    }
    for (size_t i = 0; i < n_units && i < 2; i++) { /* two names */
        for (size_t k = i + 1; k < n_units; k++) {
            add_key(out, &n, pair_key(units.of[i].hash, units.of[k].hash), 7, 2);
        }
    }
    add_area(reading, out, &n);
    for (size_t m = 0; m < n_matters; m++) { /* a name and what is wrong there */
        for (size_t i = 0; i < n_units; i++) {
            add_key(out, &n, mix(units.of[i].hash, said->matters[m].row->id), 6, 6);
        }
    }
    add_rare(text, said, out, &n);
    return n;
}

/* The hash of the one ward that a text names; 0: none, or several. */
static uint16_t ward_of(const struct reading *reading)
{
    uint16_t ward = 0;
    for (size_t i = 0; i < reading->n_places; i++) {
        const struct place *place = &reading->places[i];
        if (place->type == PLACE_WARD) {
            uint16_t hash = said_of(place->parts->hash) | WORD_COUNTS;
            if (ward && ward != hash) {
                return 0;
            }
            ward = hash;
        }
    }
    return ward;
}

/* ---- the index ------------------------------------------------------------------------------- */

text_index_t *text_index_new(const text_t *text)
{
    struct text_index *self = calloc(1, sizeof *self);
    if (self) {
        self->text = text;
        self->n_heads = FIRST_HEADS;
        self->head = malloc(self->n_heads * sizeof *self->head);
        self->loose = calloc(self->n_heads, sizeof *self->loose);
        self->kept = kept_new(text);
        if (!self->head || !self->loose || !self->kept) {
            text_index_destroy(&self);
            return NULL;
        }
        memset(self->head, 0xff, self->n_heads * sizeof *self->head);
    }
    return self;
}

void text_index_destroy(text_index_t **self_p)
{
    if (self_p && *self_p) {
        free((*self_p)->ids);
        free((*self_p)->kept_at);
        free((*self_p)->wards);
        kept_destroy(&(*self_p)->kept);
        free((*self_p)->before);
        free((*self_p)->head);
        free((*self_p)->loose);
        free((*self_p)->blocks);
        free(*self_p);
        *self_p = NULL;
    }
}

/* Makes the slots that HEAD begins with a block; false: no memory, then they stay a chain. */
static bool join(struct text_index *self, uint32_t *head)
{
    if (self->n_blocks == self->blocks_room) {
        size_t room = self->blocks_room + self->blocks_room / 32 + 256;
        struct block *blocks = realloc(self->blocks, room * sizeof *blocks);
        if (!blocks) {
            return false;
        }
        self->blocks = blocks;
        self->blocks_room = room;
    }
    struct block *block = &self->blocks[self->n_blocks];
    uint32_t slot = *head;
    for (size_t i = 0; i < BLOCK; i++) {
        block->entries[i] = slot / KEYS;
        slot = self->before[slot];
    }
    block->before = slot;
    *head = IS_BLOCK | (uint32_t)self->n_blocks++;
    return true;
}

static void chain(struct text_index *self, size_t entry, const struct key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) { /* the waits for memory overlap */
        __builtin_prefetch(&self->head[keys[i].hash & (self->n_heads - 1)], 1);
        __builtin_prefetch(&self->loose[keys[i].hash & (self->n_heads - 1)], 1);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t slot = (uint32_t)(entry * KEYS + i);
        size_t bucket = keys[i].hash & (self->n_heads - 1);
        self->before[slot] = self->head[bucket];
        self->head[bucket] = slot;
        if (self->loose[bucket] + 1 < BLOCK) {
            self->loose[bucket]++;
        } else if (join(self, &self->head[bucket])) {
            self->loose[bucket] = 0;
        }
    }
}

/* Four times as many heads; the chains are made anew. */
static int grow_heads(struct text_index *self)
{
    struct recalled recalled;
    struct key keys[KEYS];
    size_t n_heads = self->n_heads * 4;
    uint32_t *head = malloc(n_heads * sizeof *head);
    uint8_t *loose = calloc(n_heads, sizeof *loose);
    if (!head || !loose) {
        free(head);
        free(loose);
        return KN_E_NOMEM;
    }
    free(self->head);
    free(self->loose);
    self->head = head;
    self->loose = loose;
    self->n_heads = n_heads;
    self->n_blocks = 0;
    memset(head, 0xff, n_heads * sizeof *head);
    for (size_t i = 0; i < self->n; i++) {
        kept_recall(self->kept, self->kept_at[i], &recalled);
        chain(self, i, keys, keys_of(self->text, &recalled.reading, keys));
    }
    return KN_OK;
}

/* Room for one more entry. */
static int make_room(struct text_index *self)
{
    if (self->n == self->room) {
        size_t room = self->room + self->room / 32 + 1024;
        uint64_t *ids = realloc(self->ids, room * sizeof *ids);
        self->ids = ids ? ids : self->ids;
        uint32_t *kept_at = realloc(self->kept_at, room * sizeof *kept_at);
        self->kept_at = kept_at ? kept_at : self->kept_at;
        uint16_t *wards = realloc(self->wards, room * sizeof *wards);
        self->wards = wards ? wards : self->wards;
        uint32_t *before = realloc(self->before, room * KEYS * sizeof *before);
        self->before = before ? before : self->before;
        if (!ids || !kept_at || !wards || !before) {
            return KN_E_NOMEM;
        }
        self->room = room;
    }
    return self->n >= self->n_heads ? grow_heads(self) : KN_OK;
}

int text_index_add(text_index_t *self, uint64_t id, const uint8_t *packed, size_t length)
{
    struct unpacked unpacked;
    struct key keys[KEYS];
    assert(id);
    if (length > TEXT_MAX_SIGNATURE || pack_undo(self->text, packed, length, &unpacked) != 0) {
        return KN_E_INVALID;
    }
    uint32_t kept_at;
    if (self->n >= IS_BLOCK / KEYS || make_room(self) != KN_OK ||
        kept_add(self->kept, &kept_at, &unpacked.reading) != KN_OK) {
        return KN_E_NOMEM;
    }
    self->ids[self->n] = id;
    self->kept_at[self->n] = kept_at;
    self->wards[self->n] = ward_of(&unpacked.reading);
    chain(self, self->n, keys, keys_of(self->text, &unpacked.reading, keys));
    self->n++;
    return KN_OK;
}

size_t text_index_remove(text_index_t *self, uint64_t id)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n && id; i++) {
        if (self->ids[i] == id) {
            kept_forget(self->kept, self->kept_at[i]);
            self->ids[i] = 0;
            self->wards[i] = REMOVED;
            n++;
        }
    }
    return n;
}

size_t text_index_bytes(const text_index_t *self)
{
    return sizeof *self +
           self->room * (sizeof *self->ids + sizeof *self->kept_at + sizeof *self->wards +
                         KEYS * sizeof *self->before) +
           kept_bytes(self->kept) + self->n_heads * (sizeof *self->head + sizeof *self->loose) +
           self->blocks_room * sizeof *self->blocks;
}

/* ---- looking up ------------------------------------------------------------------------------ */

struct met {
    uint32_t entry; /* plus one; 0: free */
    uint32_t weight;
};

static void meet(struct met seen[SEEN], size_t *n_seen, uint32_t entry, uint32_t weight)
{
    size_t at = (entry * 2654435761u >> 16) & (SEEN - 1);
    while (seen[at].entry && seen[at].entry != entry + 1) {
        at = (at + 1) & (SEEN - 1);
    }
    if (!seen[at].entry) {
        if (*n_seen >= SEEN * 3 / 4) {
            return;
        }
        (*n_seen)++;
        seen[at].entry = entry + 1;
    }
    seen[at].weight += weight;
}

static bool is_better(const struct met *a, const struct met *b)
{
    return a->weight != b->weight ? a->weight > b->weight : a->entry > b->entry;
}

/* A walk through a chain. */
struct walk {
    uint32_t at; /* what comes next; NONE: the chain has no more */
    uint32_t n, most;
    uint32_t entries[MAX_WALK];
};

/* Goes on to the next slot or block; false: at the end, or enough. */
static bool step(const text_index_t *self, struct walk *walk)
{
    if (walk->at == NONE || walk->n == walk->most) {
        return false;
    }
    if (!(walk->at & IS_BLOCK)) {
        walk->entries[walk->n++] = walk->at / KEYS;
        walk->at = self->before[walk->at];
        return true;
    }
    const struct block *block = &self->blocks[walk->at & ~IS_BLOCK];
    uint32_t left = walk->most - walk->n, n = left < BLOCK ? left : BLOCK;
    memcpy(walk->entries + walk->n, block->entries, n * sizeof *block->entries);
    walk->n += n;
    walk->at = n == BLOCK ? block->before : walk->at;
    return true;
}

static size_t gather(const text_index_t *self, const struct reading *reading,
                     struct met best[CANDIDATES])
{
    struct met seen[SEEN] = {{0}};
    struct key keys[KEYS];
    size_t n_seen = 0, n_best = 0, n_keys = keys_of(self->text, reading, keys);
    struct walk walks[KEYS];
    size_t n_open = n_keys;
    for (size_t i = 0; i < n_keys; i++) {
        walks[i].at = self->head[keys[i].hash & (self->n_heads - 1)];
        walks[i].n = 0;
        walks[i].most = keys[i].walk * 16u;
    }
    while (n_open > 0) { /* a step in each chain: the waits for memory overlap */
        n_open = 0;
        for (size_t i = 0; i < n_keys; i++) {
            n_open += step(self, &walks[i]);
        }
    }
    for (size_t i = 0; i < n_keys; i++) {
        uint32_t weight = keys[i].weight * (walks[i].at == NONE ? 3u : 2u); /* few share it */
        for (size_t k = 0; k < walks[i].n; k++) {
            meet(seen, &n_seen, walks[i].entries[k], weight);
        }
    }
    uint16_t ward = ward_of(reading), theirs;
    for (size_t i = 0; i < SEEN; i++) {
        if (!seen[i].entry) {
            continue;
        }
        theirs = self->wards[seen[i].entry - 1];
        if (theirs == REMOVED) {
            continue;
        }
        if (ward && theirs && theirs != ward) {
            seen[i].weight /= OTHER_WARD; /* one text with its names exchanged shares the rest */
        }
        if (n_best == CANDIDATES && !is_better(&seen[i], &best[n_best - 1])) {
            continue;
        }
        size_t at = n_best < CANDIDATES ? n_best++ : n_best - 1;
        while (at > 0 && is_better(&seen[i], &best[at - 1])) {
            best[at] = best[at - 1];
            at--;
        }
        best[at] = seen[i];
    }
    return n_best;
}

/* A candidate as it is compared. */
struct candidate {
    struct recalled recalled;
    struct comparison comparison;
    struct match_reason reason; /* points into recalled */
    uint32_t entry;
};

size_t text_index_find(const text_index_t *self, const uint8_t *packed, size_t length,
                       struct match *out, size_t max)
{
    struct met best[CANDIDATES];
    struct candidate room[CANDIDATES + 1], *first[CANDIDATES], *next = room;
    struct unpacked asked;
    struct words words;
    if (pack_undo(self->text, packed, length, &asked) != KN_OK) {
        return 0;
    }
    words_part(self->text->rarity, &asked.said, &words);
    asked.said.words_apart = &words;
    size_t n = 0, n_best = gather(self, &asked.reading, best);
    for (size_t i = 0; i < n_best; i++) { /* the waits for memory overlap */
        kept_fetch(self->kept, self->kept_at[best[i].entry - 1]);
    }
    max = max < CANDIDATES ? max : CANDIDATES;
    for (size_t i = 0; i < n_best && max > 0; i++) {
        float least = n == max ? first[n - 1]->comparison.score : 0;
        next->entry = best[i].entry - 1;
        kept_recall(self->kept, self->kept_at[next->entry], &next->recalled);
        if (!match_score(self->text, &asked.reading, &next->recalled.reading, least,
                         &next->comparison, &next->reason) ||
            (n == max && next->comparison.score <= least)) {
            continue;
        }
        struct candidate *it = next;
        next = n == max ? first[n - 1] : &room[n + 1]; /* the last one's place, or a new one */
        size_t at = n < max ? n++ : n - 1;
        while (at > 0 && it->comparison.score > first[at - 1]->comparison.score) {
            first[at] = first[at - 1];
            at--;
        }
        first[at] = it;
    }
    for (size_t i = 0; i < n; i++) {
        match_conclude(self->text, &first[i]->comparison, &first[i]->reason);
        out[i].id = self->ids[first[i]->entry];
        out[i].comparison = first[i]->comparison;
    }
    return n;
}
