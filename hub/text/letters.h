/* letters.h - Vietnamese letters and code points, for the normaliser's files. */
#ifndef KN_TEXT_LETTERS_H
#define KN_TEXT_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct letter {
    uint16_t lower;
    char base; /* a-z, or 0: not a Latin letter */
};

struct letter letters_of(uint32_t cp);
bool letters_upper(uint32_t cp);
bool letters_digit(uint32_t cp);
/* A letter of another script: kept as it is. */
bool letters_foreign(uint32_t cp);
/* Reads one code point; 0 at a fault (length 1). */
uint32_t letters_take(const char *text, size_t left, size_t *length);
/* Writes one as UTF-8; how many bytes. */
size_t letters_put(char *out, uint32_t cp);
#endif
