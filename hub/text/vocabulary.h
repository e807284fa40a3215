/* vocabulary.h - words that are spelled beforehand; for normalise.c. */
#ifndef KN_TEXT_VOCABULARY_H
#define KN_TEXT_VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

struct abbr;

/* What is made of a word, as far as it does not depend on what stands around it. */
struct spelled {
    const char *text, *key; /* as of a token */
    uint64_t text_hash, key_hash;
    const struct abbr *abbr; /* the first row with this key, or NULL */
    uint8_t flags, n_letters, n_upper;
};

enum { VOCABULARY_BYTES = 16 }; /* longer words are not known */
typedef struct vocabulary vocabulary_t;

/* NULL: no memory. */
vocabulary_t *vocabulary_new(void);
void vocabulary_destroy(vocabulary_t **self_p);
/* WORD as it is written, of at most VOCABULARY_BYTES. SPELLED is borrowed; when SELF is full,
 * nothing more is taken. */
void vocabulary_add(vocabulary_t *self, const char *word, size_t length,
                    const struct spelled *spelled);
/* NULL: not known. */
const struct spelled *vocabulary_find(const vocabulary_t *self, const char *word, size_t length);
#endif
