/* words.h - words and sentences of petitions, made by words.cmake out of the lexicon (lexicon.tsv)
 * and phrases.txt. Only for packing.c.
 */
#ifndef KN_WORDS_H
#define KN_WORDS_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t words[]; /* the lexicon, behind it the phrases, one in a line */
extern const size_t words_size, words_n_phrases; /* bytes: of both, of the phrases */

#endif
