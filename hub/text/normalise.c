/* normalise.c - from bytes to tokens.
 *
 * Decodes (UTF-8; TCVN3, VNI, VISCII, CP1258 as bytes or as bytes once read as Latin-1), composes
 * to NFC, cuts into words and numbers, places tone marks one way (hòa, not hoà), folds a key, opens
 * abbreviations and Telex slips. A legacy encoding is taken only when its words are Vietnamese
 * syllables and the words as they stand are not; everything less certain keeps the bytes and says
 * so (doubt). Never fails on content.
 */
#include "hub/text/normalise.h"

#include "hub/text/letters.h"
#include "hub/text/table.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { WORD_MAX = 32, ABBR_WORDS = 8, ABBR_SLOTS = 1024 };

enum abbr_rule { ABBR_ALWAYS, ABBR_UPPER, ABBR_LOWER, ABBR_NAME, ABBR_UNIT, ABBR_RULES };
static const char *const rule_names[ABBR_RULES] = {"always", "upper", "lower", "name", "unit"};

struct abbr {
    const char *key;
    const char *lower; /* as in the file: a unit with marks is told from one without */
    enum abbr_rule rule;
    size_t n_words;
    struct token words[ABBR_WORDS];
    const struct abbr *next; /* the same key, in file order */
};
struct normalise {
    struct arena arena;
    const struct abbr *slots[ABBR_SLOTS];
};

/* ---- letters ------------------------------------------------------------------------------ */

static struct letter letter_of(uint32_t cp)
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

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* A letter of another script: kept as it is. */
static bool is_foreign(uint32_t cp)
{
    if (cp < 0x1b1 || (cp >= 0x2000 && cp < 0x2c00) || (cp >= 0x3000 && cp < 0x3040))
        return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

static bool is_upper(uint32_t cp)
{
    struct letter letter = letter_of(cp);
    return letter.base != 0 && letter.lower != cp;
}

/* Reads one code point; 0 at a fault (length 1). */
static uint32_t take_cp(const char *text, size_t left, size_t *length)
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

static size_t put_cp(char *out, uint32_t cp)
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}

/* ---- syllables ---------------------------------------------------------------------------- */

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

/* ---- decoding ----------------------------------------------------------------------------- */

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
        uint32_t cp = i < length ? take_cp(text + i, length - i, &step) : ' ';
        if (i == length)
            step = 1;
        struct letter letter = letter_of(cp);
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
            size += put_cp(out + size, marks[0]);
            if (marks[1] != 0)
                size += put_cp(out + size, marks[1]);
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
        size += put_cp(out + size, cp);
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
        uint32_t cp = take_cp(bytes + i, length - i, &step);
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
                uint32_t cp = take_cp(bytes + i, length - i, &step);
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

static void decode_any(const char *bytes, size_t length, struct arena *arena,
                       struct normalised *out)
{
    size_t n_bad = 0, n_good = 0, step;
    for (size_t i = 0; i < length; i += step) {
        uint32_t cp = take_cp(bytes + i, length - i, &step);
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
            uint32_t cp = take_cp(bytes + i, length - i, &step);
            damaged = cp == 0 && bytes[i] != 0;
            size += put_cp(text + size, damaged ? 0xfffd : cp);
        }
        out->encoding = TEXT_UTF8;
        out->text = compose(text, size, &out->length, arena);
        return;
    }
    out->encoding = TEXT_UNKNOWN;
    out->text = decode(cps, length, TEXT_UNKNOWN, &out->length, arena);
}

/* ---- tone placement ----------------------------------------------------------------------- */

/* hoà -> hòa, thuỷ -> thủy, hoè -> hòe: when the pair ends the word. */
static void place_tone(uint32_t *cps, size_t n)
{
    static const uint16_t rows[][7] = {
        /* the pair's second letter with tone, the toned first letters */
        {'a', 0xe0, 0xe1, 0x1ea3, 0xe3, 0x1ea1, 'o'},
        {'e', 0xe8, 0xe9, 0x1ebb, 0x1ebd, 0x1eb9, 'o'},
        {'y', 0x1ef3, 0xfd, 0x1ef7, 0x1ef9, 0x1ef5, 'u'}};
    static const uint16_t toned_o[5] = {0xf2, 0xf3, 0x1ecf, 0xf5, 0x1ecd};
    static const uint16_t toned_u[5] = {0xf9, 0xfa, 0x1ee7, 0x169, 0x1ee5};
    if (n < 2)
        return;
    uint32_t *first = &cps[n - 2], *second = &cps[n - 1];
    struct letter low_first = letter_of(*first), low_second = letter_of(*second);
    if ((low_first.lower != 'o' && low_first.lower != 'u') ||
        (low_first.lower == 'u' && n > 2 && letter_of(cps[n - 3]).lower == 'q'))
        return;
    for (size_t r = 0; r < 3; r++) {
        if (rows[r][6] != low_first.lower)
            continue;
        for (size_t k = 0; k < 5; k++) {
            if (low_second.lower != rows[r][k + 1])
                continue;
            uint32_t toned = rows[r][6] == 'o' ? toned_o[k] : toned_u[k];
            bool upper_first = is_upper(*first), upper_second = is_upper(*second);
            uint32_t plain = rows[r][0];
            *second = upper_second ? plain - 32 : plain;
            if (upper_first) /* the capitals of these letters */
                toned = toned >= 0x1ea0 || toned == 0x169 ? toned - 1 : toned - 32;
            *first = toned;
            return;
        }
    }
}

char *normalise_name(const char *text, size_t at, size_t length, struct arena *arena)
{
    char *out = arena_take(arena, length * 2 + 1);
    uint32_t word[WORD_MAX];
    size_t n = 0, size = 0, step;
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i <= length; i += step) {
        uint32_t cp = i < length ? take_cp(text + at + i, length - i, &step) : 0;
        if (i == length)
            step = 1;
        if (letter_of(cp).base != 0 && n < WORD_MAX) {
            word[n++] = cp;
            continue;
        }
        place_tone(word, n);
        for (size_t k = 0; k < n; k++)
            size += put_cp(out + size, word[k]);
        n = 0;
        bool blank = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r' || cp == 0xa0;
        if (letter_of(cp).base != 0)
            word[n++] = cp;
        else if (blank && size > 0 && out[size - 1] != ' ')
            out[size++] = ' ';
        else if (!blank && i < length)
            size += put_cp(out + size, cp);
    }
    out[size] = 0;
    return out;
}

char *normalise_lower(const char *name, struct arena *arena)
{
    size_t length = strlen(name), size = 0, step;
    char *out = arena_take(arena, length * 2 + 1);
    for (size_t i = 0; out != NULL && i < length; i += step) {
        uint32_t cp = take_cp(name + i, length - i, &step);
        struct letter letter = letter_of(cp);
        size += put_cp(out + size, letter.base != 0 ? letter.lower : cp);
    }
    return out;
}

/* ---- abbreviations ------------------------------------------------------------------------ */

static uint32_t hash_key(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++)
        hash = (hash ^ (uint8_t)*key) * 16777619u;
    return hash;
}

static const struct abbr *find_abbr(const normalise_t *self, const char *key)
{
    uint32_t slot = hash_key(key) % ABBR_SLOTS;
    for (; self->slots[slot] != NULL; slot = (slot + 1) % ABBR_SLOTS)
        if (strcmp(self->slots[slot]->key, key) == 0)
            return self->slots[slot];
    return NULL;
}

bool normalise_is_unit(const normalise_t *self, const char *text, const char *key)
{
    for (const struct abbr *row = find_abbr(self, key); row != NULL; row = row->next)
        if (row->rule == ABBR_UNIT && strcmp(text, row->lower) == 0)
            return true;
    return false;
}

/* ---- Telex -------------------------------------------------------------------------------- */

/* WORD of ASCII lower case letters typed in Telex and left as typed; true when it reads as one. */
static bool read_telex(const char *word, size_t length, uint32_t out[WORD_MAX], size_t *n_out)
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
            size += put_cp(text + size, 0x111);
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
            size += put_cp(text + size, mark);
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
        size = vowel_end + put_cp(text + vowel_end, combining[tone - 1]);
        memcpy(text + size, rest, left);
        size += left;
    }
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &nfc,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    *n_out = 0;
    for (size_t i = 0, step; n > 0 && i < (size_t)n; i += step)
        out[(*n_out)++] = take_cp((const char *)nfc + i, (size_t)n - i, &step);
    free(nfc);
    return *n_out > 0;
}

/* ---- tokens ------------------------------------------------------------------------------- */

struct cutter {
    const normalise_t *self;
    struct arena *arena;
    struct normalised *out;
    char *pool; /* strings of the tokens */
    size_t pool_left;
    enum gap gap;
    size_t n_upper, n_lower;
};

static const char *keep(struct cutter *c, const char *string, size_t length)
{
    if (c->pool_left < length + 1) {
        c->pool_left = 4096 + length;
        c->pool = arena_take(c->arena, c->pool_left);
        if (c->pool == NULL) {
            c->pool_left = 0;
            return "";
        }
    }
    char *copy = c->pool;
    memcpy(copy, string, length);
    copy[length] = 0;
    c->pool += length + 1;
    c->pool_left -= length + 1;
    return copy;
}

static struct token *add(struct cutter *c, size_t at, size_t length)
{
    struct normalised *out = c->out;
    if (out->n_tokens == TEXT_MAX_TOKENS) {
        out->truncated = true;
        return NULL;
    }
    struct token *token = &out->tokens[out->n_tokens];
    out->gaps[out->n_tokens++] = (uint8_t)c->gap;
    token->at = (uint32_t)at;
    token->length = (uint16_t)length;
    token->flags = c->gap >= GAP_DASH ? TOKEN_BREAK : 0;
    c->gap = GAP_NONE;
    return token;
}

/* Whether the text behind END goes on with a name: a capital or a digit, or a dot and a letter. */
static bool name_follows(const char *text, size_t end, size_t length, bool *dot)
{
    size_t step;
    *dot = false;
    while (end < length && (text[end] == '.' || text[end] == ' ' || text[end] == '-')) {
        *dot |= text[end] == '.';
        end++;
    }
    if (end >= length)
        return false;
    uint32_t cp = take_cp(text + end, length - end, &step);
    return is_upper(cp) || is_digit(cp) ||
           (*dot && text[end - 1] == '.' && letter_of(cp).base != 0);
}

/* The lexicon's row for the word, or NULL. */
static const struct abbr *open_abbr(struct cutter *c, const char *key, uint8_t flags, size_t end)
{
    const struct abbr *row = find_abbr(c->self, key);
    bool dot = false;
    for (; row != NULL; row = row->next) {
        bool fits = row->rule == ABBR_ALWAYS ||
                    (row->rule == ABBR_UPPER && (flags & TOKEN_UPPER)) ||
                    (row->rule == ABBR_LOWER && !(flags & TOKEN_CAPITAL));
        if (row->rule == ABBR_NAME) {
            fits = name_follows(c->out->text, end, c->out->length, &dot);
            if (fits && c->out->n_tokens > 0 && !dot &&
                (c->out->tokens[c->out->n_tokens - 1].flags & TOKEN_NUMBER) &&
                !(flags & TOKEN_CAPITAL) && c->gap <= GAP_SPACE)
                fits = false; /* "17 h 30" */
        }
        if (fits)
            return row;
    }
    return NULL;
}

/* A finished word of N code points. */
static void add_word(struct cutter *c, uint32_t *cps, size_t n, size_t at, size_t length)
{
    char text[WORD_MAX * 4], key[WORD_MAX * 4];
    size_t n_text = 0, n_key = 0, n_letters = 0, n_upper = 0;
    uint32_t telex[WORD_MAX];
    uint8_t flags = is_upper(cps[0]) ? TOKEN_CAPITAL : 0;
    bool ascii = true;
    for (size_t i = 0; i < n; i++) {
        n_letters += letter_of(cps[i]).base != 0;
        n_upper += is_upper(cps[i]);
        ascii &= cps[i] < 0x80;
    }
    c->n_upper += n_upper;
    c->n_lower += n_letters - n_upper;
    if (n_letters >= 2 && n_upper == n_letters)
        flags |= TOKEN_UPPER;
    if (!ascii)
        flags |= TOKEN_MARKED;
    for (size_t i = 0; i < n; i++) {
        struct letter letter = letter_of(cps[i]);
        if (letter.base != 0)
            key[n_key++] = letter.base;
        else if (cps[i] != '\'' && cps[i] != 0x2019)
            n_key += put_cp(key + n_key, cps[i]);
    }
    key[n_key] = 0;
    if (ascii && n_upper == 0 && !normalise_is_syllable(key, n_key) &&
        read_telex(key, n_key, telex, &n)) {
        cps = telex;
        flags |= TOKEN_MARKED;
        n_key = 0;
        for (size_t i = 0; i < n; i++)
            key[n_key++] = letter_of(cps[i]).base;
        key[n_key] = 0;
    }
    const struct abbr *abbr = n_key <= 8 ? open_abbr(c, key, flags, at + length) : NULL;
    if (abbr != NULL && abbr->rule != ABBR_UNIT) {
        for (size_t i = 0; i < abbr->n_words; i++) {
            struct token *token = add(c, at, length);
            if (token == NULL)
                return;
            token->text = abbr->words[i].text;
            token->key = abbr->words[i].key;
            token->flags |= TOKEN_EXPANDED | flags;
            c->gap = GAP_SPACE;
        }
        c->gap = GAP_NONE;
        return;
    }
    place_tone(cps, n);
    for (size_t i = 0; i < n; i++) {
        struct letter letter = letter_of(cps[i]);
        n_text += put_cp(text + n_text, letter.base != 0 ? letter.lower : cps[i]);
    }
    struct token *token = add(c, at, length);
    if (token == NULL)
        return;
    token->text = keep(c, text, n_text);
    token->key =
        n_text == n_key && memcmp(text, key, n_key) == 0 ? token->text : keep(c, key, n_key);
    token->flags |= flags;
}

/* A number from AT; returns its end. */
static size_t add_number(struct cutter *c, size_t at)
{
    const char *text = c->out->text;
    size_t length = c->out->length, i = at;
    char lower[WORD_MAX * 2];
    for (;;) {
        while (i < length && is_digit((uint8_t)text[i]))
            i++;
        size_t letters = i;
        while (letters < length && ((text[letters] >= 'a' && text[letters] <= 'z') ||
                                    (text[letters] >= 'A' && text[letters] <= 'Z')))
            letters++;
        bool marked_follows = letters < length && (uint8_t)text[letters] >= 0xc3;
        if (letters > i && letters - i <= 2 && !marked_follows) {
            char unit[4] = {0};
            memcpy(unit, text + i, letters - i);
            const struct abbr *row = find_abbr(c->self, unit);
            bool is_unit = false;
            for (; row != NULL; row = row->next)
                is_unit |= row->rule == ABBR_UNIT;
            if (is_unit && !(letters < length && is_digit((uint8_t)text[letters])))
                break;
            i = letters;
        }
        if (i + 1 < length && strchr("/.,+", text[i]) != NULL && is_digit((uint8_t)text[i + 1]))
            i++;
        else if (!(i < length && is_digit((uint8_t)text[i])))
            break;
        if (i - at > WORD_MAX)
            break;
    }
    size_t size = i - at < sizeof lower ? i - at : sizeof lower - 1;
    for (size_t k = 0; k < size; k++) {
        char ch = text[at + k];
        lower[k] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
    }
    struct token *token = add(c, at, i - at > 60000 ? 60000 : i - at);
    if (token != NULL) {
        token->text = token->key = keep(c, lower, size);
        token->flags |= TOKEN_NUMBER;
    }
    return i;
}

static enum gap gap_of(uint32_t cp)
{
    switch (cp) {
    case ',': return GAP_COMMA;
    case '-':
    case 0x2013:
    case 0x2014: return GAP_DASH;
    case '(':
    case '[':
    case '"':
    case 0x201c: return GAP_OPEN;
    case ')':
    case ']':
    case 0x201d: return GAP_CLOSE;
    case '.':
    case ':':
    case ';':
    case '!':
    case '?':
    case '\n':
    case 0x2026: return GAP_STOP;
    default: return GAP_SPACE;
    }
}

static void cut(struct cutter *c)
{
    const char *text = c->out->text;
    size_t length = c->out->length, step, i = 0;
    uint32_t word[WORD_MAX];
    c->gap = GAP_STOP;
    while (i < length && !c->out->truncated && !c->arena->failed) {
        uint32_t cp = take_cp(text + i, length - i, &step);
        if (is_digit(cp)) {
            i = add_number(c, i);
            continue;
        }
        if (letter_of(cp).base == 0 && !is_foreign(cp)) {
            struct normalised *out = c->out;
            bool short_dot = cp == '.' && out->n_tokens > 0 && c->gap == GAP_NONE &&
                             (out->tokens[out->n_tokens - 1].flags & TOKEN_EXPANDED);
            enum gap gap = short_dot ? GAP_SPACE : gap_of(cp);
            if (gap > c->gap)
                c->gap = gap;
            i += step;
            continue;
        }
        size_t at = i, n = 0;
        bool lower_before = false;
        for (; i < length && n < WORD_MAX; i += step) {
            cp = take_cp(text + i, length - i, &step);
            size_t next_step = 1;
            uint32_t next =
                i + step < length ? take_cp(text + i + step, length - i - step, &next_step) : 0;
            if (is_digit(cp)) {
                char key[WORD_MAX + 1];
                size_t k = 0;
                while (k < n && k < 8 && letter_of(word[k]).base != 0) {
                    key[k] = letter_of(word[k]).base;
                    k++;
                }
                key[k] = 0;
                if (k == n && (find_abbr(c->self, key) != NULL || n > 3))
                    break;
            } else if ((cp == '\'' || cp == 0x2019) && n > 0 && letter_of(next).base != 0) {
                ; /* M'Drắk */
            } else if (letter_of(cp).base == 0 && !is_foreign(cp)) {
                break;
            } else if (lower_before && is_upper(cp) && next != 0 && !is_upper(next) &&
                       letter_of(next).base != 0) {
                break; /* TayMo */
            }
            lower_before = letter_of(cp).base != 0 && !is_upper(cp);
            word[n++] = cp;
        }
        add_word(c, word, n, at, i - at);
    }
    if (i < length && c->out->truncated)
        c->out->truncated = true;
}

int normalise_read(const normalise_t *self, const char *bytes, size_t length, struct arena *arena,
                   struct normalised *out)
{
    memset(out, 0, sizeof *out);
    char *copy = arena_copy(arena, bytes, length);
    if (copy == NULL)
        return KN_E_NOMEM;
    decode_any(copy, length, arena, out);
    if (arena->failed || out->text == NULL)
        return KN_E_NOMEM;
    size_t max = out->length * 3 + 8;
    if (max > TEXT_MAX_TOKENS)
        max = TEXT_MAX_TOKENS;
    out->tokens = arena_take(arena, max * sizeof *out->tokens);
    out->gaps = arena_take(arena, max);
    struct cutter cutter = {.self = self, .arena = arena, .out = out};
    if (!arena->failed)
        cut(&cutter);
    size_t n_marked = 0, n_words = 0;
    for (size_t i = 0; i < out->n_tokens; i++) {
        n_marked += (out->tokens[i].flags & TOKEN_MARKED) != 0;
        n_words += (out->tokens[i].flags & (TOKEN_NUMBER | TOKEN_EXPANDED)) == 0;
    }
    out->marked = n_marked * 5 > n_words;
    out->shouted = cutter.n_upper > 20 && cutter.n_upper > cutter.n_lower * 2;
    return arena->failed ? KN_E_NOMEM : 0;
}

/* ---- public parts ------------------------------------------------------------------------- */

size_t text_fold(const char *text, size_t length, char *out, size_t size)
{
    size_t n = 0, step;
    bool blank = true;
    char bytes[4];
    for (size_t i = 0; i < length; i += step) {
        uint32_t cp = take_cp(text + i, length - i, &step);
        size_t n_bytes = 0;
        struct letter letter = letter_of(cp);
        if (letter.base != 0)
            bytes[n_bytes++] = letter.base;
        else if (cp >= 0x300 && cp < 0x370)
            continue;
        else if (cp > ' ' && cp != 0xa0)
            n_bytes = put_cp(bytes, cp);
        else if (!blank)
            bytes[n_bytes++] = ' ';
        blank = n_bytes == 0 ? blank : bytes[0] == ' ';
        for (size_t k = 0; k < n_bytes; k++, n++)
            if (n + 1 < size)
                out[n] = bytes[k];
    }
    if (n > 0 && blank)
        n--;
    if (size > 0)
        out[n < size ? n : size - 1] = 0;
    return n;
}

long text_nfc(const char *text, size_t length, char *out, size_t size)
{
    size_t step;
    bool plain = true;
    for (size_t i = 0; i < length; i += step) {
        uint32_t cp = take_cp(text + i, length - i, &step);
        if (cp == 0 && text[i] != 0)
            return KN_E_INVALID;
        plain &= cp < 0x300 || (cp >= 0x1ea0 && cp <= 0x1ef9) || (cp >= 0x2000 && cp < 0x2100);
    }
    if (plain) {
        if (size > 0) {
            size_t n = length < size ? length : size - 1;
            memcpy(out, text, n);
            out[n] = 0;
        }
        return (long)length;
    }
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length,
                                      &nfc, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0)
        return n == UTF8PROC_ERROR_NOMEM ? KN_E_NOMEM : KN_E_INVALID;
    if (size > 0) {
        size_t copy = (size_t)n < size ? (size_t)n : size - 1;
        memcpy(out, nfc, copy);
        out[copy] = 0;
    }
    free(nfc);
    return (long)n;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Reads one row of the abbreviations; the words of the expansion are cut at blanks. */
static const char *add_abbr(normalise_t *self, const char *const row[])
{
    char key[64];
    struct abbr *abbr = arena_take(&self->arena, sizeof *abbr);
    if (abbr == NULL)
        return "out of memory";
    size_t n_key = text_fold(row[0], strlen(row[0]), key, sizeof key);
    if (n_key == 0 || n_key > 8)
        return "a short form has one to eight letters";
    abbr->key = arena_copy(&self->arena, key, n_key);
    abbr->lower = arena_copy(&self->arena, row[0], strlen(row[0]));
    for (abbr->rule = 0; abbr->rule < ABBR_RULES; abbr->rule++)
        if (strcmp(row[2], rule_names[abbr->rule]) == 0)
            break;
    if (abbr->rule == ABBR_RULES)
        return "the rule is one of always, upper, lower, name, unit";
    for (const char *word = row[1]; *word;) {
        size_t n = strcspn(word, " ");
        if (abbr->n_words == ABBR_WORDS)
            return "an expansion has at most eight words";
        struct token *token = &abbr->words[abbr->n_words++];
        token->text = arena_copy(&self->arena, word, n);
        text_fold(word, n, key, sizeof key);
        token->key = arena_copy(&self->arena, key, strlen(key));
        word += n + (word[n] == ' ');
    }
    if (abbr->n_words == 0)
        return "the expansion is empty";
    if (self->arena.failed)
        return "out of memory";
    uint32_t slot = hash_key(abbr->key) % ABBR_SLOTS;
    while (self->slots[slot] != NULL && strcmp(self->slots[slot]->key, abbr->key) != 0)
        slot = (slot + 1) % ABBR_SLOTS;
    if (self->slots[slot] == NULL) {
        self->slots[slot] = abbr;
    } else {
        struct abbr *last = (struct abbr *)self->slots[slot];
        while (last->next != NULL)
            last = (struct abbr *)last->next;
        last->next = abbr;
    }
    return NULL;
}

int normalise_open(normalise_t **out, const char *folder, uint64_t *version, char *why,
                   size_t why_size)
{
    struct table table;
    normalise_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return KN_E_NOMEM;
    int rc = table_read(&table, folder, "text/abbreviations.tsv", "short\texpansion\trule", why,
                        why_size);
    for (size_t i = 0; rc == 0 && i < table.n_rows; i++) {
        const char *fault = i >= ABBR_SLOTS / 2 ? "too many rows" : add_abbr(self, table.rows[i]);
        if (fault != NULL)
            rc = table_fault(&table, i, fault, why, why_size);
    }
    *version ^= table.hash;
    table_clear(&table);
    if (rc != 0)
        normalise_close(&self);
    *out = self;
    return rc;
}

void normalise_close(normalise_t **self_p)
{
    if (*self_p == NULL)
        return;
    arena_free(&(*self_p)->arena);
    free(*self_p);
    *self_p = NULL;
}
