/* vocabulary.c - words that are spelled beforehand: bytes as written -> key, text, hashes, flags.
 *
 * Nine in ten words of a petition stand in the data files as well, in small letters or with a
 * capital; those are looked up here whole and not taken apart again. A word is at most sixteen
 * bytes, compared as two numbers. Filled when the data files are read, never changed after.
 */
#include "hub/text/vocabulary.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 32768, MOST = SLOTS / 2 };

struct bytes {
    uint64_t low, high;
};
struct known {
    struct bytes bytes;
    const struct spelled *spelled; /* NULL: the slot is free */
};
struct vocabulary {
    struct known slots[SLOTS];
    size_t n;
};

static struct bytes load(const char *word, size_t length)
{
    char padded[VOCABULARY_BYTES] = {0};
    struct bytes bytes;
    memcpy(padded, word, length);
    memcpy(&bytes, padded, sizeof bytes);
    return bytes;
}

/* Where BYTES are, or the free slot where they belong. */
static size_t slot_of(const struct vocabulary *self, struct bytes bytes)
{
    uint64_t hash =
        (bytes.low ^ bytes.high * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
    size_t at = (hash ^ hash >> 32) % SLOTS;
    while (self->slots[at].spelled != NULL &&
           (self->slots[at].bytes.low != bytes.low || self->slots[at].bytes.high != bytes.high))
        at = (at + 1) % SLOTS;
    return at;
}

vocabulary_t *vocabulary_new(void)
{
    return calloc(1, sizeof(struct vocabulary));
}

void vocabulary_destroy(vocabulary_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

void vocabulary_add(vocabulary_t *self, const char *word, size_t length,
                    const struct spelled *spelled)
{
    struct bytes bytes = load(word, length);
    size_t at = slot_of(self, bytes);
    if (self->slots[at].spelled == NULL && self->n < MOST) {
        self->slots[at] = (struct known){bytes, spelled};
        self->n++;
    }
}

const struct spelled *vocabulary_find(const vocabulary_t *self, const char *word, size_t length)
{
    return self->slots[slot_of(self, load(word, length))].spelled;
}
