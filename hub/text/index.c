/* index.c - earlier petitions in memory: which of them may say what a new one says?
 *
 * text_pack writes what text_compare needs of a reading, without prose: places, matters and the
 * hashes of the words. The index keeps these bytes and, for each petition, up to KEYS keys: places
 * alone and with the matter, pairs of places, and the rarest pairs of words. Petitions of one key
 * are a chain through an array of fixed width, newest first:
 *
 *     head[bucket of key] -> slot -> before[slot] -> before[...] -> NONE      slot / KEYS: petition
 *
 * A look-up walks the chains of its own keys a bounded way, adds up what each met petition shares
 * and compares the CANDIDATES best in full. Buckets carry no keys: a stranger met in a chain shares
 * nothing else and falls off. The table of heads grows by four; then the keys are made anew from
 * what is packed. Nothing is freed before the end.
 */
#include "hub/text/matter_private.h"
#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMAT = 1,
    KEYS = 16,       /* slots of a petition in the chains */
    SEEN = 1024,     /* petitions met in one look-up; a power of two */
    CANDIDATES = 20, /* compared in full */
    FIRST_HEADS = 1 << 12,
    PACK_WORDS = 60, /* kept of a text: of a longer one the names and the rarest */
    PACK_PLACES = 16,
    PACK_IDS = 4, /* of an ambiguous name */
    MAX_WALK = 96,
    LENGTH_FLAG = 0x80
};
static const uint32_t NONE = UINT32_MAX;

struct entry {
    uint64_t id;
    size_t at; /* in bytes */
};

struct text_index {
    const text_t *text;
    struct entry *entries;
    size_t n, room;
    uint8_t *bytes; /* packed readings, one behind the other, each with its length before it */
    size_t n_bytes, bytes_room;
    uint32_t *before; /* KEYS for each entry */
    uint32_t *head;
    size_t n_heads;
};

/* ---- packing --------------------------------------------------------------------------------- */

struct writer {
    uint8_t *at, *end;
    bool full;
};

static void put(struct writer *out, uint32_t value, size_t n)
{
    if ((size_t)(out->end - out->at) < n) {
        out->full = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        *out->at++ = (uint8_t)(value >> (8 * i));
    }
}

/* FLAG goes into the byte of the length. */
static void put_text(struct writer *out, const char *text, bool flag)
{
    size_t length = strlen(text) < 60 ? strlen(text) : 60;
    while (length && ((uint8_t)text[length] & 0xc0) == 0x80) {
        length--; /* never half a letter */
    }
    put(out, (uint32_t)length | (flag ? LENGTH_FLAG : 0), 1);
    for (size_t i = 0; i < length; i++) {
        put(out, (uint8_t)text[i], 1);
    }
}

/* "2025:00070": which era, and the number. */
static uint32_t id_number(const char *id)
{
    return (uint32_t)(strtoul(id + 5, NULL, 10) << 1 | (strncmp(id, "2025:", 5) == 0));
}

static void put_place(struct writer *out, const struct place *place)
{
    uint32_t n_ids = place->code ? 1 : 0;
    while (!place->code && n_ids < PACK_IDS && place->candidates[n_ids]) {
        n_ids++;
    }
    put(out, (uint32_t)place->type | n_ids << 5, 1);
    put_text(out, place->name, place->former);
    for (uint32_t i = 0; i < n_ids; i++) {
        put(out, id_number(place->code ? place->code : place->candidates[i]), 3);
    }
}

static int by_weight(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

/* Writes the words that are kept, in order. */
static void put_words(const text_t *text, const struct said *said, struct writer *out)
{
    float weight[SAID_MAX_WORDS], sorted[SAID_MAX_WORDS], least = -1;
    size_t n = said->n_words, left = n < PACK_WORDS ? n : PACK_WORDS;
    for (size_t i = 0; n > PACK_WORDS && i < n; i++) {
        weight[i] =
            rarity_of(text->rarity, said->words[i]) + (said->words[i] & WORD_NAME ? 10.0f : 0.0f);
        sorted[i] = weight[i];
    }
    if (n > PACK_WORDS) {
        qsort(sorted, n, sizeof *sorted, by_weight);
        least = sorted[PACK_WORDS - 1];
    }
    put(out, (uint32_t)left, 1);
    for (size_t i = 0; i < n && left > 0; i++) {
        bool kept = n <= PACK_WORDS || weight[i] > least;
        size_t behind = 0; /* of those that weigh just enough the last ones go */
        if (!kept && weight[i] == least) {
            for (size_t k = i + 1; k < n; k++) {
                behind += weight[k] > least;
            }
            kept = behind < left;
        }
        if (kept) {
            put(out, said->words[i], 2);
            left--;
        }
    }
    assert(left == 0);
}

size_t text_pack(const text_t *self, const struct reading *reading, uint8_t out[TEXT_MAX_SIGNATURE])
{
    const struct said *said = reading->matter;
    struct writer writer = {out, out + TEXT_MAX_SIGNATURE, false};
    uint32_t n_places = 0;
    put(&writer, FORMAT, 1);
    put(&writer, (uint32_t)said->again, 1);
    uint8_t *count = writer.at;
    put(&writer, 0, 1);
    for (size_t i = 0; i < reading->n_places && n_places < PACK_PLACES; i++) {
        bool told = false;
        for (size_t k = 0; k < i && !told; k++) {
            told = reading->places[k].type == reading->places[i].type &&
                   strcmp(reading->places[k].key, reading->places[i].key) == 0;
        }
        if (!told) {
            put_place(&writer, &reading->places[i]);
            n_places++;
        }
    }
    *count = (uint8_t)n_places;
    put(&writer, (uint32_t)said->n_matters, 1);
    for (size_t i = 0; i < said->n_matters; i++) {
        float weight = said->matters[i].weight * 8;
        put(&writer, said->matters[i].row->id, 3);
        put(&writer, weight < 255 ? (uint32_t)weight : 255, 1);
    }
    put_words(self, said, &writer);
    assert(!writer.full);
    return (size_t)(writer.at - out);
}

/* ---- unpacking ------------------------------------------------------------------------------- */

/* A reading made of packed bytes: good for text_compare, without prose and tokens. */
struct unpacked {
    struct reading reading;
    struct said said;
    struct place places[PACK_PLACES];
    uint16_t words[PACK_WORDS];
    char names[PACK_PLACES][64], keys[PACK_PLACES][64];
    char ids[PACK_PLACES][PACK_IDS][16];
};

struct reader {
    const uint8_t *at, *end;
    bool short_of;
};

static uint32_t take(struct reader *in, size_t n)
{
    uint32_t value = 0;
    if ((size_t)(in->end - in->at) < n) {
        in->short_of = true;
        in->at = in->end;
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        value |= (uint32_t)*in->at++ << (8 * i);
    }
    return value;
}

static void take_place(struct reader *in, struct unpacked *out, size_t i)
{
    struct place *place = &out->places[i];
    uint32_t head = take(in, 1), n_ids = head >> 5, length = take(in, 1);
    memset(place, 0, sizeof *place);
    place->former = length & LENGTH_FLAG;
    length &= ~(uint32_t)LENGTH_FLAG;
    place->type = (enum place_type)(head & 31);
    if (place->type >= PLACE_TYPES || n_ids > PACK_IDS || length > 60) {
        in->short_of = true;
        return;
    }
    for (uint32_t k = 0; k < length; k++) {
        out->names[i][k] = (char)take(in, 1);
    }
    out->names[i][length] = '\0';
    text_fold(out->names[i], length, out->keys[i], sizeof out->keys[i]);
    place->name = place->surface = out->names[i];
    place->key = out->keys[i];
    for (uint32_t k = 0; k < n_ids; k++) {
        uint32_t id = take(in, 3), rest = id >> 1;
        char *text = out->ids[i][k];
        memcpy(text, id & 1 ? "2025:00000" : "2018:00000", 11);
        for (char *digit = text + 9; rest && digit > text + 4; digit--, rest /= 10) {
            *digit = (char)('0' + rest % 10);
        }
        place->candidates[k] = text;
    }
    if (n_ids == 1) {
        place->code = out->ids[i][0];
        place->candidates[0] = NULL;
    }
}

static int unpack(const text_t *text, const uint8_t *bytes, size_t length, struct unpacked *out)
{
    struct reader in = {bytes, bytes + length, false};
    memset(&out->reading, 0, sizeof out->reading);
    memset(&out->said, 0, sizeof out->said);
    if (take(&in, 1) != FORMAT) {
        return KN_E_INVALID;
    }
    out->said.again = (int)take(&in, 1);
    uint32_t n_places = take(&in, 1);
    if (n_places > PACK_PLACES) {
        return KN_E_INVALID;
    }
    for (uint32_t i = 0; i < n_places && !in.short_of; i++) {
        take_place(&in, out, i);
    }
    uint32_t n_matters = take(&in, 1);
    for (uint32_t i = 0; i < n_matters && i < SAID_MATTERS; i++) {
        const struct matter_row *row = matter_find(text->matter, take(&in, 3));
        float weight = (float)take(&in, 1) / 8;
        if (row && weight > 0) { /* a matter that the register gave up is left out */
            out->said.matters[out->said.n_matters].row = row;
            out->said.matters[out->said.n_matters++].weight = weight;
        }
    }
    uint32_t n_words = take(&in, 1);
    if (n_matters > SAID_MATTERS || n_words > PACK_WORDS) {
        return KN_E_INVALID;
    }
    for (uint32_t i = 0; i < n_words; i++) {
        out->words[i] = (uint16_t)take(&in, 2);
    }
    out->said.words = out->words;
    out->said.n_words = n_words;
    out->reading.places = out->places;
    out->reading.n_places = n_places;
    out->reading.matter = &out->said;
    return in.short_of || in.at != in.end ? KN_E_INVALID : KN_OK;
}

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
    uint16_t before = 0, last = 0;
    for (const char *at = place->key; *at;) {
        size_t length = strcspn(at, " ");
        before = last;
        last = said_hash(at, length);
        at += length + (at[length] == ' ');
    }
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

/* The names of a text: finer places, wards, names in capitals, then numbers and districts. */
static void collect_units(const struct reading *reading, struct units *out)
{
    const struct said *said = reading->matter;
    out->n = 0;
    add_places(reading, 4, 3, out);
    add_places(reading, 3, 2, out);
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
    for (size_t i = 0; i + 1 < said->n_words; i++) {
        uint16_t first = said->words[i], second = said->words[i + 1];
        float weight = rarity_of(text->rarity, first) + rarity_of(text->rarity, second);
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
            uint32_t x = units.of[i].hash, y = units.of[k].hash;
            add_key(out, &n, x < y ? mix(x, y) : mix(y, x), 7, 2);
        }
    }
    for (size_t m = 0; m < n_matters; m++) { /* a name and what is wrong there */
        for (size_t i = 0; i < n_units; i++) {
            add_key(out, &n, mix(units.of[i].hash, said->matters[m].row->id), 6, 6);
        }
    }
    add_rare(text, said, out, &n);
    return n;
}

/* ---- the index ------------------------------------------------------------------------------- */

text_index_t *text_index_new(const text_t *text)
{
    struct text_index *self = calloc(1, sizeof *self);
    if (self) {
        self->text = text;
        self->n_heads = FIRST_HEADS;
        self->head = malloc(self->n_heads * sizeof *self->head);
        if (!self->head) {
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
        free((*self_p)->entries);
        free((*self_p)->bytes);
        free((*self_p)->before);
        free((*self_p)->head);
        free(*self_p);
        *self_p = NULL;
    }
}

static void chain(struct text_index *self, size_t entry, const struct key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t slot = (uint32_t)(entry * KEYS + i);
        uint32_t *head = &self->head[keys[i].hash & (self->n_heads - 1)];
        self->before[slot] = *head;
        *head = slot;
    }
}

static int unpack_entry(const struct text_index *self, size_t entry, struct unpacked *out)
{
    const uint8_t *at = self->bytes + self->entries[entry].at;
    return unpack(self->text, at + 2, (size_t)(at[0] | at[1] << 8), out);
}

/* Four times as many heads; the chains are made anew. */
static int grow_heads(struct text_index *self)
{
    struct unpacked unpacked;
    struct key keys[KEYS];
    size_t n_heads = self->n_heads * 4;
    uint32_t *head = malloc(n_heads * sizeof *head);
    if (!head) {
        return KN_E_NOMEM;
    }
    free(self->head);
    self->head = head;
    self->n_heads = n_heads;
    memset(head, 0xff, n_heads * sizeof *head);
    for (size_t i = 0; i < self->n; i++) {
        int rc = unpack_entry(self, i, &unpacked);
        assert(rc == 0); /* checked when it was added */
        chain(self, i, keys, keys_of(self->text, &unpacked.reading, keys));
    }
    return KN_OK;
}

/* Room for one more entry of LENGTH bytes. */
static int make_room(struct text_index *self, size_t length)
{
    if (self->n == self->room) {
        size_t room = self->room ? self->room + self->room / 8 : 1024;
        struct entry *entries = realloc(self->entries, room * sizeof *entries);
        self->entries = entries ? entries : self->entries;
        uint32_t *before = entries ? realloc(self->before, room * KEYS * sizeof *before) : NULL;
        if (!before) {
            return KN_E_NOMEM;
        }
        self->before = before;
        self->room = room;
    }
    if (self->n_bytes + length > self->bytes_room) {
        size_t room = self->bytes_room + self->bytes_room / 8 + 65536;
        uint8_t *bytes = realloc(self->bytes, room);
        if (!bytes) {
            return KN_E_NOMEM;
        }
        self->bytes = bytes;
        self->bytes_room = room;
    }
    return self->n >= self->n_heads ? grow_heads(self) : KN_OK;
}

int text_index_add(text_index_t *self, uint64_t id, const uint8_t *packed, size_t length)
{
    struct unpacked unpacked;
    struct key keys[KEYS];
    if (length > TEXT_MAX_SIGNATURE || unpack(self->text, packed, length, &unpacked) != 0) {
        return KN_E_INVALID;
    }
    if (self->n >= NONE / KEYS || make_room(self, length + 2) != 0) {
        return KN_E_NOMEM;
    }
    uint8_t *at = self->bytes + self->n_bytes;
    at[0] = (uint8_t)(length & 0xff);
    at[1] = (uint8_t)(length >> 8);
    memcpy(at + 2, packed, length);
    self->entries[self->n] = (struct entry){id, self->n_bytes};
    self->n_bytes += length + 2;
    chain(self, self->n, keys, keys_of(self->text, &unpacked.reading, keys));
    self->n++;
    return KN_OK;
}

size_t text_index_bytes(const text_index_t *self)
{
    return sizeof *self + self->room * (sizeof *self->entries + KEYS * sizeof *self->before) +
           self->bytes_room + self->n_heads * sizeof *self->head;
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

static size_t gather(const text_index_t *self, const struct reading *reading,
                     struct met best[CANDIDATES])
{
    struct met seen[SEEN] = {{0}};
    struct key keys[KEYS];
    size_t n_seen = 0, n_best = 0, n_keys = keys_of(self->text, reading, keys);
    uint32_t chain[KEYS][MAX_WALK], slot[KEYS];
    size_t n[KEYS] = {0}, n_open = n_keys;
    for (size_t i = 0; i < n_keys; i++) {
        slot[i] = self->head[keys[i].hash & (self->n_heads - 1)];
    }
    while (n_open > 0) { /* a step in each chain: the waits for memory overlap */
        n_open = 0;
        for (size_t i = 0; i < n_keys; i++) {
            if (slot[i] != NONE && n[i] < keys[i].walk * 16u) {
                chain[i][n[i]++] = slot[i] / KEYS;
                slot[i] = self->before[slot[i]];
                n_open++;
            }
        }
    }
    for (size_t i = 0; i < n_keys; i++) {
        uint32_t weight = keys[i].weight * (slot[i] == NONE ? 3u : 2u); /* few share it */
        for (size_t k = 0; k < n[i]; k++) {
            meet(seen, &n_seen, chain[i][k], weight);
        }
    }
    for (size_t i = 0; i < SEEN; i++) {
        if (!seen[i].entry || (n_best == CANDIDATES && !is_better(&seen[i], &best[n_best - 1]))) {
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

size_t text_index_find(const text_index_t *self, const struct reading *reading, struct match *out,
                       size_t max)
{
    struct met best[CANDIDATES];
    struct scored {
        float score;
        uint32_t entry;
    } first[CANDIDATES];
    struct unpacked asked, unpacked; /* the new one as it would be kept: equals are compared */
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct comparison judged;
    struct match_reason reason;
    int fault = unpack(self->text, packed, text_pack(self->text, reading, packed), &asked);
    assert(fault == 0);
    size_t n = 0, n_best = gather(self, &asked.reading, best);
    for (size_t i = 0; i < n_best; i++) {
        int rc = unpack_entry(self, best[i].entry - 1, &unpacked);
        assert(rc == 0); /* checked when it was added */
        match_judge(self->text, &asked.reading, &unpacked.reading, &judged, &reason);
        size_t at = n++;
        while (at > 0 && judged.score > first[at - 1].score) {
            first[at] = first[at - 1];
            at--;
        }
        first[at] = (struct scored){judged.score, best[i].entry - 1};
    }
    n = n < max ? n : max;
    for (size_t i = 0; i < n; i++) { /* the reasons of those that are told */
        int rc = unpack_entry(self, first[i].entry, &unpacked);
        assert(rc == 0);
        out[i].id = self->entries[first[i].entry].id;
        match_judge(self->text, &asked.reading, &unpacked.reading, &out[i].comparison, &reason);
        match_explain(&out[i].comparison, &reason);
    }
    return n;
}
