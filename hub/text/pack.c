/* pack.c - a reading as bytes: what comparing needs, no prose, some 150 bytes.
 *
 *     format, again, places (type, ids of the gazetteer, name), matters (id, weight), words
 * (hashes)
 *
 * Ids stand for what the registers say today; a matter that a register gave up is left out when the
 * bytes are read. Numbers are little-endian. Nothing of the bytes is trusted.
 */
#include "hub/text/pack.h"

#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 2, LENGTH_FLAG = 0x80 };

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

static void put_place(struct writer *out, const struct place *place)
{
    uint32_t n_ids = place->code ? 1 : 0;
    while (!place->code && n_ids < PACK_IDS && place->candidates[n_ids]) {
        n_ids++;
    }
    put(out, (uint32_t)place->type | n_ids << 5, 1);
    put_text(out, place->name, place->former);
    for (uint32_t i = 0; i < n_ids; i++) {
        put(out, places_pack_id(place->code ? place->code : place->candidates[i]), 3);
    }
}

/* Keeps the PACK_WORDS greatest of what it is given, the least of them first (a heap). */
struct greatest {
    float of[PACK_WORDS];
    size_t n;
};

static void sink(struct greatest *self, size_t at)
{
    float value = self->of[at];
    for (size_t child; (child = 2 * at + 1) < self->n; at = child) {
        child += child + 1 < self->n && self->of[child + 1] < self->of[child];
        if (self->of[child] >= value) {
            break;
        }
        self->of[at] = self->of[child];
    }
    self->of[at] = value;
}

static void offer(struct greatest *self, float value)
{
    if (self->n < PACK_WORDS) {
        self->of[self->n++] = value;
        for (size_t at = PACK_WORDS / 2; self->n == PACK_WORDS && at-- > 0;) {
            sink(self, at);
        }
    } else if (value > self->of[0]) {
        self->of[0] = value;
        sink(self, 0);
    }
}

/* Writes the words that are kept, in order: of a long text the heaviest, and of those that weigh
 * just enough the first ones. */
static void put_words(const text_t *text, const struct said *said, struct writer *out)
{
    float weight[SAID_MAX_WORDS];
    struct greatest greatest = {.n = 0};
    size_t n = said->n_words, heavier = 0, left = n < PACK_WORDS ? n : PACK_WORDS;
    put(out, (uint32_t)left, 1);
    if (n <= PACK_WORDS) {
        for (size_t i = 0; i < n; i++) {
            put(out, said->words[i], 2);
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        weight[i] =
            rarity_of(text->rarity, said->words[i]) + (said->words[i] & WORD_NAME ? 10.0f : 0.0f);
        offer(&greatest, weight[i]);
    }
    float least = greatest.of[0];
    for (size_t i = 0; i < n; i++) {
        heavier += weight[i] > least;
    }
    size_t just_enough = left - heavier;
    for (size_t i = 0; i < n; i++) {
        bool fits = weight[i] == least && just_enough > 0;
        just_enough -= fits;
        if (fits || weight[i] > least) {
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
                   places_same_key(&reading->places[k], &reading->places[i]);
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

static void take_place(const places_t *places, struct reader *in, struct unpacked *out, size_t i)
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
    places_part(&out->parts[i], place->key);
    place->parts = &out->parts[i];
    place->areas = out->areas[i];
    place->n_areas = n_ids;
    for (uint32_t k = 0; k < n_ids; k++) {
        out->areas[i][k] = places_number_of_packed(places, take(in, 3));
    }
}

int pack_undo(const text_t *text, const uint8_t *bytes, size_t length, struct unpacked *out)
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
        take_place(text->places, &in, out, i);
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
        said_see(&out->said, out->words[i] & WORD_HASH);
    }
    out->said.words = out->words;
    out->said.n_words = n_words;
    out->reading.places = out->places;
    out->reading.n_places = n_places;
    out->reading.matter = &out->said;
    return in.short_of || in.at != in.end ? KN_E_INVALID : KN_OK;
}
