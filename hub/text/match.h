/* match.h - the rarity of words; text_compare itself is in text.h. */
#ifndef KN_TEXT_MATCH_H
#define KN_TEXT_MATCH_H

#include "hub/text/text.h"

typedef struct rarity rarity_t;

/* Reads text/rarity.tsv of FOLDER. */
int rarity_open(rarity_t **out, const char *folder, uint64_t *version, char *why, size_t why_size);
void rarity_close(rarity_t **self_p);

/* What a word (by its folded key) weighs: the rarer the more. */
float rarity_of(const rarity_t *self, const char *key);

#endif
