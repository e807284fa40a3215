/* packing.h - values made short by what their kind has in common: zstd with dictionaries.
 *
 * A petition, an entry of the log or a case is some hundred bytes: too few to be compressed by
 * themselves, but they share words and shape with all others of their kind. A dictionary holds what
 * they share. Dictionaries have numbers, 1 to 255, and never change: what was packed with one can
 * be unpacked as long as it is kept. Where they come from is the store's business (store.c).
 *
 * Any thread may teach, pack and unpack.
 */
#ifndef KN_PACKING_H
#define KN_PACKING_H

#include "hub/store.h"

typedef struct packing packing_t;

enum { PACKING_NUMBERS = 255 };

packing_t *packing_new(void); /* NULL: no memory */
void packing_destroy(packing_t **self_p);

bool packing_knows(packing_t *self, unsigned number);

/* Makes DICTIONARY known as NUMBER; nothing happens when it is. KN_OK or KN_E_NOMEM. */
int packing_teach(packing_t *self, unsigned number, struct slice dictionary);

/* Packs VALUE into OUT with a known dictionary. Gives the length; 0: it would not be shorter. */
size_t packing_pack(packing_t *self, unsigned number, void *out, size_t size, struct slice value);

/* The length of what was packed; SIZE_MAX: this is nothing that was packed. */
size_t packing_length(struct slice packed);

/* Unpacks into OUT, which has room for its LENGTH. KN_OK, KN_E_NOMEM or KN_E_CORRUPT. */
int packing_unpack(packing_t *self, unsigned number, void *out, size_t length, struct slice packed);

/* Makes a dictionary of at most SIZE bytes out of N values that lie one behind the other. Gives its
 * length; 0: they have nothing in common. */
size_t packing_learn(void *out, size_t size, const void *values, const size_t *sizes, unsigned n);

/* The dictionary for petitions that comes with the program: words and sentences that are common in
 * them (phrases.txt, lexicon.tsv), so nothing of any real one. Gives its length; 0: no memory. */
enum { PACKING_WORDS_MAX = 120 * 1024 }; /* with its name it is one record */
size_t packing_words(void *out, size_t size);

#endif
