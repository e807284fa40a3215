/* words.h - the rarity of words, and what two texts share of them. */
#ifndef KN_TEXT_WORDS_H
#define KN_TEXT_WORDS_H

#include "hub/text/matter_private.h"

typedef struct rarity rarity_t;

/* Reads text/rarity.tsv of FOLDER; its hash is mixed into VERSION. 0, or a negative KN_E* with the
 * reason in WHY. */
int rarity_open(rarity_t **out, const char *folder, uint64_t *version, char *why, size_t why_size);
void rarity_close(rarity_t **self_p);
struct rarity {
    float weight[WORD_HASH + 1];
};
/* What a word (of said->words) weighs: the rarer the more. */
static inline float rarity_of(const rarity_t *self, uint16_t word)
{
    return self->weight[word & WORD_HASH];
}

/* The words of a text that say something beside places and formulae, each once. */
struct words {
    uint64_t has[(WORD_HASH + 1) / 64];
    uint16_t word[SAID_MAX_WORDS];
    size_t n;
    float sum; /* what they weigh */
};
/* For a text that is compared with many: said->words_apart is OUT then. */
void words_part(const rarity_t *rarity, const struct said *said, struct words *out);

/* 0..1: the words in both, weighed by rarity. */
float words_share(const rarity_t *rarity, const struct said *a, const struct said *b);
/* Most words stand in both in the same order, and some that say something are exchanged. */
bool words_exchanged(const rarity_t *rarity, const struct said *a, const struct said *b);
#endif
