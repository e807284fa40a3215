/* decode.c - from bytes to NFC: UTF-8, and the legacy encodings TCVN3, VNI, VISCII and CP1258, as
 * bytes or as bytes that were once read as Latin-1.
 *
 * A legacy encoding is taken only when its words are Vietnamese syllables and the words as they
 * stand are not; everything less certain keeps the bytes and says so (doubt).
 */
#include "hub/text/letters.h"
#include "hub/text/normalise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { WORD_MAX = 32 };

/* The character of each byte from 0x80; 0: none there. */
/* clang-format off */
static const uint16_t tcvn3[128] = {
    0x00c0, 0x1ea2, 0x00c3, 0x00c1, 0x1ea0, 0x1eb6, 0x1eac, 0x00c8, 0x1eba, 0x1ebc, 0x00c9, 0x1eb8,
    0x1ec6, 0x00cc, 0x1ec8, 0x0128, 0x00cd, 0x1eca, 0x00d2, 0x1ece, 0x00d5, 0x00d3, 0x1ecc, 0x1ed8,
    0x1edc, 0x1ede, 0x1ee0, 0x1eda, 0x1ee2, 0x00d9, 0x1ee6, 0x0168, 0x00a0, 0x0102, 0x00c2, 0x00ca,
    0x00d4, 0x01a0, 0x01af, 0x0110, 0x0103, 0x00e2, 0x00ea, 0x00f4, 0x01a1, 0x01b0, 0x0111, 0x1eb0,
    0x0300, 0x0309, 0x0303, 0x0301, 0x0323, 0x00e0, 0x1ea3, 0x00e3, 0x00e1, 0x1ea1, 0x1eb2, 0x1eb1,
    0x1eb3, 0x1eb5, 0x1eaf, 0x1eb4, 0x1eae, 0x1ea6, 0x1ea8, 0x1eaa, 0x1ea4, 0x1ec0, 0x1eb7, 0x1ea7,
    0x1ea9, 0x1eab, 0x1ea5, 0x1ead, 0x00e8, 0x1ec2, 0x1ebb, 0x1ebd, 0x00e9, 0x1eb9, 0x1ec1, 0x1ec3,
    0x1ec5, 0x1ebf, 0x1ec7, 0x00ec, 0x1ec9, 0x1ec4, 0x1ebe, 0x1ed2, 0x0129, 0x00ed, 0x1ecb, 0x00f2,
    0x1ed4, 0x1ecf, 0x00f5, 0x00f3, 0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed1, 0x1ed9, 0x1edd, 0x1edf,
    0x1ee1, 0x1edb, 0x1ee3, 0x00f9, 0x1ed6, 0x1ee7, 0x0169, 0x00fa, 0x1ee5, 0x1eeb, 0x1eed, 0x1eef,
    0x1ee9, 0x1ef1, 0x1ef3, 0x1ef7, 0x1ef9, 0x00fd, 0x1ef5, 0x1ed0,
};
static const uint16_t viscii[128] = {
    0x1ea0, 0x1eae, 0x1eb0, 0x1eb6, 0x1ea4, 0x1ea6, 0x1ea8, 0x1eac, 0x1ebc, 0x1eb8, 0x1ebe, 0x1ec0,
    0x1ec2, 0x1ec4, 0x1ec6, 0x1ed0, 0x1ed2, 0x1ed4, 0x1ed6, 0x1ed8, 0x1ee2, 0x1eda, 0x1edc, 0x1ede,
    0x1eca, 0x1ece, 0x1ecc, 0x1ec8, 0x1ee6, 0x0168, 0x1ee4, 0x1ef2, 0x00d5, 0x1eaf, 0x1eb1, 0x1eb7,
    0x1ea5, 0x1ea7, 0x1ea9, 0x1ead, 0x1ebd, 0x1eb9, 0x1ebf, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ec7, 0x1ed1,
    0x1ed3, 0x1ed5, 0x1ed7, 0x1ee0, 0x01a0, 0x1ed9, 0x1edd, 0x1edf, 0x1ecb, 0x1ef0, 0x1ee8, 0x1eea,
    0x1eec, 0x01a1, 0x1edb, 0x01af, 0x00c0, 0x00c1, 0x00c2, 0x00c3, 0x1ea2, 0x0102, 0x1eb3, 0x1eb5,
    0x00c8, 0x00c9, 0x00ca, 0x1eba, 0x00cc, 0x00cd, 0x0128, 0x1ef3, 0x0110, 0x1ee9, 0x00d2, 0x00d3,
    0x00d4, 0x1ea1, 0x1ef7, 0x1eeb, 0x1eed, 0x00d9, 0x00da, 0x1ef9, 0x1ef5, 0x00dd, 0x1ee1, 0x01b0,
    0x00e0, 0x00e1, 0x00e2, 0x00e3, 0x1ea3, 0x0103, 0x1eef, 0x1eab, 0x00e8, 0x00e9, 0x00ea, 0x1ebb,
    0x00ec, 0x00ed, 0x0129, 0x1ec9, 0x0111, 0x1ef1, 0x00f2, 0x00f3, 0x00f4, 0x00f5, 0x1ecf, 0x1ecd,
    0x1ee5, 0x00f9, 0x00fa, 0x0169, 0x1ee7, 0x00fd, 0x1ee3, 0x1eee,
};
static const uint16_t cp1258[128] = {
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0, 0x2039,
    0x0152, 0, 0, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0, 0x203a, 0x0153, 0, 0, 0x0178, 0x00a0, 0x00a1, 0x00a2, 0x00a3,
    0x00a4, 0x00a5, 0x00a6, 0x00a7, 0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af,
    0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7, 0x00b8, 0x00b9, 0x00ba, 0x00bb,
    0x00bc, 0x00bd, 0x00be, 0x00bf, 0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
    0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x0300, 0x00cd, 0x00ce, 0x00cf, 0x0110, 0x00d1, 0x0309, 0x00d3,
    0x00d4, 0x01a0, 0x00d6, 0x00d7, 0x00d8, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x01af, 0x0303, 0x00df,
    0x00e0, 0x00e1, 0x00e2, 0x0103, 0x00e4, 0x00e5, 0x00e6, 0x00e7, 0x00e8, 0x00e9, 0x00ea, 0x00eb,
    0x0301, 0x00ed, 0x00ee, 0x00ef, 0x0111, 0x00f1, 0x0323, 0x00f3, 0x00f4, 0x01a1, 0x00f6, 0x00f7,
    0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x01b0, 0x20ab, 0x00ff,
};
static const uint16_t cp1252_low[32] = {
    0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x0000, 0x017d, 0x0000, 0x0000, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x0000, 0x017e, 0x0178,
};
/* clang-format on */

/* ---- syllables ------------------------------------------------------------------------------- */

static const char *const onsets[] = {"ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu",
                                     "th",  "tr", "b",  "c",  "d",  "g",  "h",  "k",  "l",
                                     "m",   "n",  "p",  "r",  "s",  "t",  "v",  "x",  ""};
static const char rhymes[] =
    " a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem"
    " ien ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oat oay oc oe"
    " oen oeo oet oi om on ong oong ooc op ot u ua uan uang uat uau uay uc ue uech uenh ui um un"
    " ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen"
    " yet yeu ak ek ok uk ih ";

bool normalise_is_syllable(const char *word, size_t length)
{
    char want[10];
    if (length == 0 || length > 7)
        return false;
    for (size_t i = 0; i < sizeof onsets / sizeof *onsets; i++) {
        size_t onset = strlen(onsets[i]);
        if (onset >= length || memcmp(word, onsets[i], onset) != 0)
            continue;
        snprintf(want, sizeof want, " %.*s ", (int)(length - onset), word + onset);
        if (strstr(rhymes, want) != NULL)
            return true;
    }
    return length == 2 && memcmp(word, "gi", 2) == 0;
}

/* ---- decoding -------------------------------------------------------------------------------- */

/* A letter of Latin-1 that Vietnamese does not have. */
static bool is_odd_letter(uint32_t cp)
{
    static const char ours[] = "\xe0\xe1\xe2\xe3\xe8\xe9\xea\xec\xed\xf2\xf3\xf4\xf5\xf9\xfa\xfd";
    return cp >= 0xc0 && cp < 0x100 && cp != 0xd7 && strchr(ours, (int)(cp | 0x20)) == NULL;
}

/* Share of the words with marks that are Vietnamese syllables; *N counts those words. */
static double plausible(const char *text, size_t length, size_t *n)
{
    size_t n_valid = 0, size = 0, step;
    char key[WORD_MAX];
    bool marked = false, odd = false;
    *n = 0;
    for (size_t i = 0; i <= length; i += step) {
        uint32_t cp = i < length ? letters_take(text + i, length - i, &step) : ' ';
        if (i == length)
            step = 1;
        struct letter letter = letters_of(cp);
        if (is_odd_letter(cp)) {
            odd = marked = true;
            continue;
        }
        if (letter.base != 0 && size < WORD_MAX) {
            key[size++] = letter.base;
            marked |= cp >= 0x80;
            continue;
        }
        bool symbol = cp >= 0x80 && cp < 0x250 && cp != 0xa0 && cp != 0xb0 && cp != 0xb2 &&
                      cp != 0xb3 && cp != 0xab && cp != 0xbb && cp != 0xb7 && cp != 0xd7;
        if (symbol || cp == 0xfffd || (cp < 0x20 && cp != '\n' && cp != '\r' && cp != '\t')) {
            odd = marked = true;
            continue;
        }
        if (marked) {
            ++*n;
            n_valid += !odd && normalise_is_syllable(key, size);
        }
        size = 0;
        marked = odd = false;
    }
    return *n == 0 ? 0 : (double)n_valid / (double)*n;
}

/* Two marks that VNI writes with one byte. */
static bool vni_marks(uint32_t cp, uint16_t out[2])
{
    static const struct {
        uint8_t byte;
        uint16_t first, second;
    } marks[] = {{0xf9, 0x301, 0},     {0xf8, 0x300, 0},     {0xfb, 0x309, 0},
                 {0xf5, 0x303, 0},     {0xef, 0x323, 0},     {0xe2, 0x302, 0},
                 {0xe1, 0x302, 0x301}, {0xe0, 0x302, 0x300}, {0xe5, 0x302, 0x309},
                 {0xe3, 0x302, 0x303}, {0xe4, 0x302, 0x323}, {0xea, 0x306, 0},
                 {0xe9, 0x306, 0x301}, {0xe8, 0x306, 0x300}, {0xfa, 0x306, 0x309},
                 {0xfc, 0x306, 0x303}, {0xeb, 0x306, 0x323}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (cp == marks[i].byte || cp == marks[i].byte - 0x20u) {
            out[0] = marks[i].first;
            out[1] = marks[i].second;
            return true;
        }
    }
    return false;
}

static uint32_t vni_single(uint32_t cp)
{
    static const uint16_t pairs[][2] = {
        {0xf4, 0x1a1},  {0xd4, 0x1a0},  {0xf6, 0x1b0}, {0xd6, 0x1af}, {0xf1, 0x111},
        {0xd1, 0x110},  {0xed, 0xed},   {0xcd, 0xcd},  {0xec, 0xec},  {0xcc, 0xcc},
        {0xe6, 0x1ec9}, {0xc6, 0x1ec8}, {0xf3, 0x129}, {0xd3, 0x128}, {0xf2, 0x1ecb},
        {0xd2, 0x1eca}, {0xee, 0x1ef5}, {0xce, 0x1ef4}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (cp == pairs[i][0])
            return pairs[i][1];
    return cp;
}

static const uint16_t *table_of(enum text_encoding encoding)
{
    return encoding == TEXT_TCVN3 ? tcvn3 : encoding == TEXT_VISCII ? viscii : cp1258;
}

/* NFC of TEXT in ARENA; the text itself when it cannot be composed. */
static const char *compose(const char *text, size_t length, size_t *out_length, struct arena *arena)
{
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length,
                                      &nfc, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0) {
        arena->failed |= n == UTF8PROC_ERROR_NOMEM;
        *out_length = length;
        return text;
    }
    const char *copy = arena_copy(arena, (const char *)nfc, (size_t)n);
    free(nfc);
    *out_length = copy == NULL ? 0 : (size_t)n;
    return copy;
}

/* Decodes N code points below 256 (others pass) by ENCODING to NFC. */
static const char *decode(const uint32_t *cps, size_t n, enum text_encoding encoding,
                          size_t *length, struct arena *arena)
{
    char *out = arena_take(arena, n * 6 + 1);
    size_t size = 0;
    uint16_t marks[2];
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        uint32_t cp = cps[i];
        if (encoding == TEXT_VNI && i > 0 && vni_marks(cp, marks) &&
            (cps[i - 1] == 0xf4 || cps[i - 1] == 0xd4 || cps[i - 1] == 0xf6 || cps[i - 1] == 0xd6 ||
             (cps[i - 1] < 0x80 && cps[i - 1] > ' ' &&
              strchr("aeouyAEOUY", (int)cps[i - 1]) != NULL))) {
            size += letters_put(out + size, marks[0]);
            if (marks[1] != 0)
                size += letters_put(out + size, marks[1]);
            continue;
        }
        if (encoding == TEXT_VNI)
            cp = vni_single(cp);
        else if (encoding == TEXT_VISCII && cp < 0x20 && memchr("\2\5\6\24\31\36", (int)cp, 6))
            cp = cp == 2    ? 0x1eb2
                 : cp == 5  ? 0x1eb4
                 : cp == 6  ? 0x1eaa
                 : cp == 20 ? 0x1ef6
                 : cp == 25 ? 0x1ef8
                            : 0x1ef4;
        else if (encoding != TEXT_UNKNOWN && cp >= 0x80 && cp < 0x100 &&
                 table_of(encoding)[cp - 0x80] != 0)
            cp = table_of(encoding)[cp - 0x80];
        size += letters_put(out + size, cp);
    }
    return compose(out, size, length, arena);
}

/* Reads bytes, or a text that once was bytes, in the legacy encoding that fits best. */
static bool decode_legacy(const uint32_t *cps, size_t n, bool raw, struct arena *arena,
                          struct normalised *out)
{
    static const enum text_encoding all[] = {TEXT_TCVN3, TEXT_VNI, TEXT_VISCII, TEXT_CP1258};
    double best = 0, second = 0;
    size_t n_words = 0;
    const char *text = NULL;
    size_t text_length = 0;
    for (size_t k = 0; k < (raw ? 4 : 3); k++) {
        size_t length = 0, n_marked = 0;
        const char *candidate = decode(cps, n, all[k], &length, arena);
        if (candidate == NULL)
            return false;
        double score = plausible(candidate, length, &n_marked);
        if (score > best) {
            second = best;
            best = score;
            out->encoding = all[k];
            text = candidate;
            text_length = length;
            n_words = n_marked;
        } else if (score > second) {
            second = score;
        }
    }
    if (best < 0.8)
        return false;
    out->text = text;
    out->length = text_length;
    out->doubt = best < 0.9 || n_words < 3 || second > best - 0.15;
    return true;
}

/* Valid UTF-8: composes when needed; a text that was legacy bytes once is read as such. */
static void decode_utf8(const char *bytes, size_t length, struct arena *arena,
                        struct normalised *out)
{
    size_t n_odd = 0, n_marks = 0, n_other = 0, n = 0, step;
    uint32_t last = 0;
    for (size_t i = 0; i < length; i += step, n++) {
        uint32_t cp = letters_take(bytes + i, length - i, &step);
        /* VNI writes "aâ", "eà": pairs that no Vietnamese word has */
        n_odd += (last == 'a' || last == 'e' || last == 'A' || last == 'E') &&
                 ((cp | 0x20) >= 0xe0 && (cp | 0x20) <= 0xe3);
        last = cp;
        n_marks += cp >= 0x300 && cp < 0x370;
        n_other += (cp >= 0x1b1 && cp < 0x2000 && !(cp >= 0x1ea0 && cp <= 0x1ef9)) || cp >= 0x2100;
        n_odd +=
            cp >= 0x80 && cp < 0x100 &&
            (cp == 0xad || cp == 0xe4 || cp == 0xe5 || cp == 0xe6 || cp == 0xeb || cp == 0xee ||
             cp == 0xef || cp == 0xf1 || cp == 0xf6 || cp == 0xf8 || cp == 0xfb || cp == 0xfc ||
             (cp < 0xc0 && cp != 0xa0 && cp != 0xab && cp != 0xb0 && cp != 0xb2 && cp != 0xb3 &&
              cp != 0xb7 && cp != 0xbb));
    }
    out->encoding = TEXT_UTF8;
    out->text = bytes;
    out->length = length;
    if (n_odd > 0) {
        size_t n_words = 0, at = 0;
        double score = plausible(bytes, length, &n_words);
        if (score < 0.6) {
            uint32_t *cps = arena_take(arena, n * sizeof *cps);
            if (cps == NULL)
                return;
            for (size_t i = 0; i < length; i += step) {
                uint32_t cp = letters_take(bytes + i, length - i, &step);
                for (uint32_t k = 0; k < 32 && cp > 0xff; k++)
                    if (cp1252_low[k] == cp)
                        cp = 0x80 + k;
                cps[at++] = cp;
            }
            if (decode_legacy(cps, at, false, arena, out))
                return;
            out->doubt = n_words > 0;
            out->encoding = TEXT_UTF8;
        }
    }
    if (n_marks + n_other > 0) {
        out->text = compose(bytes, length, &out->length, arena);
        if (n_marks > 1)
            out->encoding = TEXT_UTF8_NFD;
    }
}

void decode_any(const char *bytes, size_t length, struct arena *arena, struct normalised *out)
{
    size_t n_bad = 0, n_good = 0, step;
    for (size_t i = 0; i < length; i += step) {
        uint32_t cp = letters_take(bytes + i, length - i, &step);
        n_bad += cp == 0 && bytes[i] != 0;
        n_good += step > 1;
    }
    if (n_bad == 0) {
        decode_utf8(bytes, length, arena, out);
        return;
    }
    uint32_t *cps = arena_take(arena, length * sizeof *cps);
    if (cps == NULL)
        return;
    for (size_t i = 0; i < length; i++)
        cps[i] = (uint8_t)bytes[i];
    if (n_good < n_bad * 2 && decode_legacy(cps, length, true, arena, out))
        return;
    out->doubt = true;
    if (n_good >= n_bad * 2) { /* UTF-8 with damage */
        char *text = arena_take(arena, length * 3 + 1);
        size_t size = 0, damaged = 0;
        if (text == NULL)
            return;
        for (size_t i = 0; i < length; i += step) {
            uint32_t cp = letters_take(bytes + i, length - i, &step);
            damaged = cp == 0 && bytes[i] != 0;
            size += letters_put(text + size, damaged ? 0xfffd : cp);
        }
        out->encoding = TEXT_UTF8;
        out->text = compose(text, size, &out->length, arena);
        return;
    }
    out->encoding = TEXT_UNKNOWN;
    out->text = decode(cps, length, TEXT_UNKNOWN, &out->length, arena);
}
