/* letters.h - Vietnamese letters and code points, for the normaliser's files.
 *
 * Every byte of every text goes through these, so what is common is inline.
 */
#ifndef KN_TEXT_LETTERS_H
#define KN_TEXT_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct letter {
    uint16_t lower;
    char base; /* a-z, or 0: not a Latin letter */
};

enum { LETTERS_LOW = 0x1b1, LETTERS_HIGH = 0x1ea0, LETTERS_HIGH_END = 0x1efa };
extern const struct letter letters_low[LETTERS_LOW];
extern const struct letter letters_high[LETTERS_HIGH_END - LETTERS_HIGH];
bool letters_foreign_rare(uint32_t cp);
uint32_t letters_take_rare(const char *text, size_t left, size_t *length);

static inline struct letter letters_of(uint32_t cp)
{
    return cp < LETTERS_LOW                                      ? letters_low[cp]
           : cp - LETTERS_HIGH < LETTERS_HIGH_END - LETTERS_HIGH ? letters_high[cp - LETTERS_HIGH]
                                                                 : (struct letter){0, 0};
}

static inline bool letters_upper(uint32_t cp)
{
    struct letter letter = letters_of(cp);
    return letter.base != 0 && letter.lower != cp;
}

/* The capital of the small letter LOWER. */
static inline uint32_t letters_capital(uint32_t lower)
{
    uint32_t capital = lower < 0x100 ? lower - 32 : lower - 1;
    return letters_of(capital).lower == lower ? capital : lower;
}

static inline bool letters_digit(uint32_t cp)
{
    return cp - '0' < 10;
}

/* A letter of another script: kept as it is. */
static inline bool letters_foreign(uint32_t cp)
{
    return cp >= LETTERS_LOW && letters_foreign_rare(cp);
}

/* Reads one code point; 0 at a fault (length 1). */
static inline uint32_t letters_take(const char *text, size_t left, size_t *length)
{
    const uint8_t *p = (const uint8_t *)text;
    *length = 1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] >= 0xc2 && p[0] < 0xe0 && left >= 2 && (p[1] & 0xc0) == 0x80) {
        *length = 2;
        return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
    }
    if (p[0] == 0xe1 && left >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *length = 3; /* as most letters with two marks */
        return 0x1000u | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    }
    return letters_take_rare(text, left, length);
}

/* Writes one as UTF-8; how many bytes: 0 for what is no code point. */
static inline size_t letters_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 63));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 63));
        out[2] = (char)(0x80 | (cp & 63));
        return 3;
    }
    if (cp > 0x10ffff)
        return 0;
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 63));
    out[2] = (char)(0x80 | (cp >> 6 & 63));
    out[3] = (char)(0x80 | (cp & 63));
    return 4;
}
#endif
