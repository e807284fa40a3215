/* letters.c - Vietnamese letters and code points; see letters.h.
 *
 * letters_low covers U+00C0..U+01B0, letters_high U+1EA0..U+1EF9: lower case and base letter.
 */
#include "hub/text/letters.h"

#include <utf8proc.h>

/* clang-format off */
static const struct letter letters_low[] = {
    {0x00e0, 'a'}, {0x00e1, 'a'}, {0x00e2, 'a'}, {0x00e3, 'a'}, {0x00e4, 'a'}, {0x00e5, 'a'}, {0, 0}, {0x00e7, 'c'},
    {0x00e8, 'e'}, {0x00e9, 'e'}, {0x00ea, 'e'}, {0x00eb, 'e'}, {0x00ec, 'i'}, {0x00ed, 'i'}, {0x00ee, 'i'}, {0x00ef, 'i'},
    {0, 0}, {0x00f1, 'n'}, {0x00f2, 'o'}, {0x00f3, 'o'}, {0x00f4, 'o'}, {0x00f5, 'o'}, {0x00f6, 'o'}, {0, 0},
    {0, 0}, {0x00f9, 'u'}, {0x00fa, 'u'}, {0x00fb, 'u'}, {0x00fc, 'u'}, {0x00fd, 'y'}, {0, 0}, {0, 0},
    {0x00e0, 'a'}, {0x00e1, 'a'}, {0x00e2, 'a'}, {0x00e3, 'a'}, {0x00e4, 'a'}, {0x00e5, 'a'}, {0, 0}, {0x00e7, 'c'},
    {0x00e8, 'e'}, {0x00e9, 'e'}, {0x00ea, 'e'}, {0x00eb, 'e'}, {0x00ec, 'i'}, {0x00ed, 'i'}, {0x00ee, 'i'}, {0x00ef, 'i'},
    {0, 0}, {0x00f1, 'n'}, {0x00f2, 'o'}, {0x00f3, 'o'}, {0x00f4, 'o'}, {0x00f5, 'o'}, {0x00f6, 'o'}, {0, 0},
    {0, 0}, {0x00f9, 'u'}, {0x00fa, 'u'}, {0x00fb, 'u'}, {0x00fc, 'u'}, {0x00fd, 'y'}, {0, 0}, {0x00ff, 'y'},
    {0x0101, 'a'}, {0x0101, 'a'}, {0x0103, 'a'}, {0x0103, 'a'}, {0x0105, 'a'}, {0x0105, 'a'}, {0x0107, 'c'}, {0x0107, 'c'},
    {0x0109, 'c'}, {0x0109, 'c'}, {0x010b, 'c'}, {0x010b, 'c'}, {0x010d, 'c'}, {0x010d, 'c'}, {0x010f, 'd'}, {0x010f, 'd'},
    {0x0111, 'd'}, {0x0111, 'd'}, {0x0113, 'e'}, {0x0113, 'e'}, {0x0115, 'e'}, {0x0115, 'e'}, {0x0117, 'e'}, {0x0117, 'e'},
    {0x0119, 'e'}, {0x0119, 'e'}, {0x011b, 'e'}, {0x011b, 'e'}, {0x011d, 'g'}, {0x011d, 'g'}, {0x011f, 'g'}, {0x011f, 'g'},
    {0x0121, 'g'}, {0x0121, 'g'}, {0x0123, 'g'}, {0x0123, 'g'}, {0x0125, 'h'}, {0x0125, 'h'}, {0, 0}, {0, 0},
    {0x0129, 'i'}, {0x0129, 'i'}, {0x012b, 'i'}, {0x012b, 'i'}, {0x012d, 'i'}, {0x012d, 'i'}, {0x012f, 'i'}, {0x012f, 'i'},
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0x0135, 'j'}, {0x0135, 'j'}, {0x0137, 'k'}, {0x0137, 'k'},
    {0, 0}, {0x013a, 'l'}, {0x013a, 'l'}, {0x013c, 'l'}, {0x013c, 'l'}, {0x013e, 'l'}, {0x013e, 'l'}, {0, 0},
    {0, 0}, {0, 0}, {0, 0}, {0x0144, 'n'}, {0x0144, 'n'}, {0x0146, 'n'}, {0x0146, 'n'}, {0x0148, 'n'},
    {0x0148, 'n'}, {0, 0}, {0, 0}, {0, 0}, {0x014d, 'o'}, {0x014d, 'o'}, {0x014f, 'o'}, {0x014f, 'o'},
    {0x0151, 'o'}, {0x0151, 'o'}, {0, 0}, {0, 0}, {0x0155, 'r'}, {0x0155, 'r'}, {0x0157, 'r'}, {0x0157, 'r'},
    {0x0159, 'r'}, {0x0159, 'r'}, {0x015b, 's'}, {0x015b, 's'}, {0x015d, 's'}, {0x015d, 's'}, {0x015f, 's'}, {0x015f, 's'},
    {0x0161, 's'}, {0x0161, 's'}, {0x0163, 't'}, {0x0163, 't'}, {0x0165, 't'}, {0x0165, 't'}, {0, 0}, {0, 0},
    {0x0169, 'u'}, {0x0169, 'u'}, {0x016b, 'u'}, {0x016b, 'u'}, {0x016d, 'u'}, {0x016d, 'u'}, {0x016f, 'u'}, {0x016f, 'u'},
    {0x0171, 'u'}, {0x0171, 'u'}, {0x0173, 'u'}, {0x0173, 'u'}, {0x0175, 'w'}, {0x0175, 'w'}, {0x0177, 'y'}, {0x0177, 'y'},
    {0x00ff, 'y'}, {0x017a, 'z'}, {0x017a, 'z'}, {0x017c, 'z'}, {0x017c, 'z'}, {0x017e, 'z'}, {0x017e, 'z'}, {0, 0},
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0},
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0},
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0},
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0},
    {0x01a1, 'o'}, {0x01a1, 'o'}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0},
    {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0x01b0, 'u'},
    {0x01b0, 'u'},
};
static const struct letter letters_high[] = {
    {0x1ea1, 'a'}, {0x1ea1, 'a'}, {0x1ea3, 'a'}, {0x1ea3, 'a'}, {0x1ea5, 'a'}, {0x1ea5, 'a'}, {0x1ea7, 'a'}, {0x1ea7, 'a'},
    {0x1ea9, 'a'}, {0x1ea9, 'a'}, {0x1eab, 'a'}, {0x1eab, 'a'}, {0x1ead, 'a'}, {0x1ead, 'a'}, {0x1eaf, 'a'}, {0x1eaf, 'a'},
    {0x1eb1, 'a'}, {0x1eb1, 'a'}, {0x1eb3, 'a'}, {0x1eb3, 'a'}, {0x1eb5, 'a'}, {0x1eb5, 'a'}, {0x1eb7, 'a'}, {0x1eb7, 'a'},
    {0x1eb9, 'e'}, {0x1eb9, 'e'}, {0x1ebb, 'e'}, {0x1ebb, 'e'}, {0x1ebd, 'e'}, {0x1ebd, 'e'}, {0x1ebf, 'e'}, {0x1ebf, 'e'},
    {0x1ec1, 'e'}, {0x1ec1, 'e'}, {0x1ec3, 'e'}, {0x1ec3, 'e'}, {0x1ec5, 'e'}, {0x1ec5, 'e'}, {0x1ec7, 'e'}, {0x1ec7, 'e'},
    {0x1ec9, 'i'}, {0x1ec9, 'i'}, {0x1ecb, 'i'}, {0x1ecb, 'i'}, {0x1ecd, 'o'}, {0x1ecd, 'o'}, {0x1ecf, 'o'}, {0x1ecf, 'o'},
    {0x1ed1, 'o'}, {0x1ed1, 'o'}, {0x1ed3, 'o'}, {0x1ed3, 'o'}, {0x1ed5, 'o'}, {0x1ed5, 'o'}, {0x1ed7, 'o'}, {0x1ed7, 'o'},
    {0x1ed9, 'o'}, {0x1ed9, 'o'}, {0x1edb, 'o'}, {0x1edb, 'o'}, {0x1edd, 'o'}, {0x1edd, 'o'}, {0x1edf, 'o'}, {0x1edf, 'o'},
    {0x1ee1, 'o'}, {0x1ee1, 'o'}, {0x1ee3, 'o'}, {0x1ee3, 'o'}, {0x1ee5, 'u'}, {0x1ee5, 'u'}, {0x1ee7, 'u'}, {0x1ee7, 'u'},
    {0x1ee9, 'u'}, {0x1ee9, 'u'}, {0x1eeb, 'u'}, {0x1eeb, 'u'}, {0x1eed, 'u'}, {0x1eed, 'u'}, {0x1eef, 'u'}, {0x1eef, 'u'},
    {0x1ef1, 'u'}, {0x1ef1, 'u'}, {0x1ef3, 'y'}, {0x1ef3, 'y'}, {0x1ef5, 'y'}, {0x1ef5, 'y'}, {0x1ef7, 'y'}, {0x1ef7, 'y'},
    {0x1ef9, 'y'}, {0x1ef9, 'y'},
};
/* clang-format on */

struct letter letters_of(uint32_t cp)
{
    if (cp < 0x80) {
        if (cp >= 'a' && cp <= 'z')
            return (struct letter){(uint16_t)cp, (char)cp};
        if (cp >= 'A' && cp <= 'Z')
            return (struct letter){(uint16_t)(cp + 32), (char)(cp + 32)};
    } else if (cp >= 0xc0 && cp <= 0x1b0) {
        return letters_low[cp - 0xc0];
    } else if (cp >= 0x1ea0 && cp <= 0x1ef9) {
        return letters_high[cp - 0x1ea0];
    }
    return (struct letter){0, 0};
}

bool letters_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* A letter of another script: kept as it is. */
bool letters_foreign(uint32_t cp)
{
    if (cp < 0x1b1 || (cp >= 0x2000 && cp < 0x2c00) || (cp >= 0x3000 && cp < 0x3040))
        return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool letters_upper(uint32_t cp)
{
    struct letter letter = letters_of(cp);
    return letter.base != 0 && letter.lower != cp;
}

/* Reads one code point; 0 at a fault (length 1). */
uint32_t letters_take(const char *text, size_t left, size_t *length)
{
    const uint8_t *p = (const uint8_t *)text;
    *length = 1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] >= 0xc2 && p[0] < 0xe0 && left >= 2 && (p[1] & 0xc0) == 0x80) {
        *length = 2;
        return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
    }
    if ((p[0] & 0xf0) == 0xe0 && left >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        uint32_t cp = (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
        if (cp >= 0x800 && (cp < 0xd800 || cp > 0xdfff)) {
            *length = 3;
            return cp;
        }
    }
    if ((p[0] & 0xf8) == 0xf0 && left >= 4 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 &&
        (p[3] & 0xc0) == 0x80) {
        uint32_t cp = (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 |
                      (uint32_t)(p[2] & 63) << 6 | (p[3] & 63);
        if (cp >= 0x10000 && cp <= 0x10ffff) {
            *length = 4;
            return cp;
        }
    }
    return 0;
}

size_t letters_put(char *out, uint32_t cp)
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}
