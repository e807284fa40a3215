/* matter_private.h - what matter.c leaves with a reading for match.c and index.c. */
#ifndef KN_TEXT_MATTER_PRIVATE_H
#define KN_TEXT_MATTER_PRIVATE_H

#include "hub/text/matter.h"

#include <stddef.h>
#include <stdint.h>

struct matter_row {
    const char *code, *name; /* "drainage.flood", "úng ngập" */
    uint16_t field;          /* row of fields.tsv */
    bool is_field;           /* the field as a whole */
    uint32_t id;             /* 24 bits, of the code, not of the row: rows may move (matter_find) */
};

/* What a token says. */
enum said_role { SAID_WORD, SAID_MATTER, SAID_REQUEST, SAID_FORMULA, SAID_PLACE };

/* A word of the text as it is compared: the hash of its folded key and two flags. */
enum {
    WORD_HASH = 0x3fff,
    WORD_COUNTS = 0x4000, /* is compared as a word: not part of a place's name, not a formula */
    WORD_NAME = 0x8000    /* part of a place's name or of a name in capitals */
};

enum { SAID_MATTERS = 6, SAID_MAX_WORDS = 400, SAID_SEEN = 16 };

struct said {
    struct {
        const struct matter_row *row;
        float weight;
    } matters[SAID_MATTERS]; /* heaviest first */
    size_t n_matters;
    int again; /* 1: raised before, 2: came back after it had been dealt with */
    size_t n_words;
    const uint16_t *words;    /* in order, formulae left out */
    uint64_t seen[SAID_SEEN]; /* a bit for each hash of them: without it a word is not there */
    const struct words *words_apart; /* what words.c makes of them, or NULL: made when needed */
    size_t n_tokens;
    uint8_t *role; /* enum said_role of each token; NULL once packed */
};

/* The hash of a folded key (hash.h), as it stands in words. */
static inline uint16_t said_of(uint64_t hash)
{
    return (uint16_t)((hash ^ hash >> 14) & WORD_HASH);
}
uint16_t said_hash(const char *key, size_t length);
static inline void said_see(struct said *said, uint16_t word)
{
    said->seen[word / 64 % SAID_SEEN] |= UINT64_C(1) << word % 64;
}
static inline bool said_may_have(const struct said *said, uint16_t word)
{
    return said->seen[word / 64 % SAID_SEEN] >> word % 64 & 1;
}
/* The row of a matter's id, or NULL when the register no longer has it. */
const struct matter_row *matter_find(const matter_t *self, uint32_t id);
/* Rows by number, as long as the registers are open. */
uint32_t matter_number(const matter_t *self, const struct matter_row *row);
const struct matter_row *matter_numbered(const matter_t *self, uint32_t number);

#endif
