/* telex.c - Telex keystrokes that stayed as typed: "nhieemx" is "nhiễm". */
#include "hub/text/letters.h"
#include "hub/text/normalise.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { WORD_MAX = 32 };

/* WORD of ASCII lower case letters typed in Telex and left as typed; true when it reads as one. */
bool normalise_telex(const char *word, size_t length, uint32_t out[static 32], size_t *n_out)
{
    static const char tones[] = "fsrxj";
    static const uint16_t combining[5] = {0x300, 0x301, 0x309, 0x303, 0x323};
    char text[WORD_MAX * 6];
    char key[WORD_MAX];
    size_t size = 0, n_key = 0, n_tone = 0, n_strong = 0, tone = 0, vowel_end = 0;
    if (length < 3 || length > 9)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = word[i], next = i + 1 < length ? word[i + 1] : 0;
        const char *t = i > 0 && i + 1 == length ? strchr(tones, c) : NULL;
        if (t != NULL) {
            tone = (size_t)(t - tones) + 1;
            n_tone++;
            continue;
        }
        uint16_t mark = 0;
        if (c == 'd' && next == 'd') {
            size += letters_put(text + size, 0x111);
            key[n_key++] = 'd';
            n_strong++;
            i++;
            continue;
        }
        if ((c == 'a' || c == 'e' || c == 'o') && next == c)
            mark = 0x302;
        else if (next == 'w' && (c == 'o' || c == 'u'))
            mark = 0x31b;
        else if (next == 'w' && c == 'a')
            mark = 0x306;
        text[size++] = c;
        key[n_key++] = c;
        if (mark != 0) {
            size += letters_put(text + size, mark);
            vowel_end = size;
            n_strong++;
            i++;
        }
    }
    if (n_strong == 0 || !normalise_is_syllable(key, n_key))
        return false;
    if (tone > 0) { /* the marked vowel carries the tone: no guess where to put it otherwise */
        if (vowel_end == 0)
            return false;
        char rest[sizeof text];
        memcpy(rest, text + vowel_end, size - vowel_end);
        size_t left = size - vowel_end;
        size = vowel_end + letters_put(text + vowel_end, combining[tone - 1]);
        memcpy(text + size, rest, left);
        size += left;
    }
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &nfc,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    *n_out = 0;
    for (size_t i = 0, step; n > 0 && i < (size_t)n; i += step)
        out[(*n_out)++] = letters_take((const char *)nfc + i, (size_t)n - i, &step);
    free(nfc);
    return *n_out > 0;
}
