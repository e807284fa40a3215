/* decode.c - from bytes to NFC: UTF-8, and the legacy encodings TCVN3, VNI, VISCII and CP1258, as
 * bytes or as bytes that were once read as Latin-1 (or Windows-1252).
 *
 * Bytes that are UTF-8 with one Vietnamese letter beyond Latin-1 are UTF-8. Otherwise each legacy
 * table is tried and the one that yields most Vietnamese syllables wins, if it yields enough of
 * them and more than the text as it stands. What is less certain keeps its bytes or says so
 * (doubt). The tables are facts of TCVN 5712 (as the .Vn fonts use it), VNI, VISCII 1.1 and
 * Windows-1258.
 */
#include "hub/text/letters.h"
#include "hub/text/normalise.h"
#include "kiennghi/status.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* From 0x80 on; 0 = not defined. */
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
    0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0000, 0x2039,
    0x0152, 0x0000, 0x0000, 0x0000, 0x0000, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0000, 0x203a, 0x0153, 0x0000, 0x0000, 0x0178, 0x00a0, 0x00a1, 0x00a2, 0x00a3,
    0x00a4, 0x00a5, 0x00a6, 0x00a7, 0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af,
    0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7, 0x00b8, 0x00b9, 0x00ba, 0x00bb,
    0x00bc, 0x00bd, 0x00be, 0x00bf, 0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
    0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x0300, 0x00cd, 0x00ce, 0x00cf, 0x0110, 0x00d1, 0x0309, 0x00d3,
    0x00d4, 0x01a0, 0x00d6, 0x00d7, 0x00d8, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x01af, 0x0303, 0x00df,
    0x00e0, 0x00e1, 0x00e2, 0x0103, 0x00e4, 0x00e5, 0x00e6, 0x00e7, 0x00e8, 0x00e9, 0x00ea, 0x00eb,
    0x0301, 0x00ed, 0x00ee, 0x00ef, 0x0111, 0x00f1, 0x0323, 0x00f3, 0x00f4, 0x01a1, 0x00f6, 0x00f7,
    0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x01b0, 0x20ab, 0x00ff,
};
/* clang-format on */
/* VISCII keeps six capitals below the blank. */
static const struct {
    uint8_t byte;
    uint16_t letter;
} viscii_low[] = {{0x02, 0x1eb2}, {0x05, 0x1eb4}, {0x06, 0x1eaa},
                  {0x14, 0x1ef6}, {0x19, 0x1ef8}, {0x1e, 0x1ef4}};
/* What Windows-1252 makes of the bytes 0x80..0x9f; 0 = nothing. */
/* clang-format off */
static const uint16_t cp1252_low[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
    0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};
/* clang-format on */

enum { GRAVE = 0x300, ACUTE = 0x301, CIRCUMFLEX = 0x302, TILDE = 0x303, BREVE = 0x306 };
enum { HOOK = 0x309, HORN = 0x31b, DOT = 0x323 };

/* VNI writes a mark behind its vowel. Lower and upper case of a mark are 0x20 apart. */
static const struct {
    uint8_t byte;
    uint16_t quality, tone; /* combining, 0 = none */
} vni_marks[] = {
    {0xf8, 0, GRAVE},
    {0xf9, 0, ACUTE},
    {0xfb, 0, HOOK},
    {0xf5, 0, TILDE},
    {0xef, 0, DOT},
    {0xe2, CIRCUMFLEX, 0},
    {0xe0, CIRCUMFLEX, GRAVE},
    {0xe1, CIRCUMFLEX, ACUTE},
    {0xe5, CIRCUMFLEX, HOOK},
    {0xe3, CIRCUMFLEX, TILDE},
    {0xe4, CIRCUMFLEX, DOT},
    {0xea, BREVE, 0},
    {0xe8, BREVE, GRAVE},
    {0xe9, BREVE, ACUTE},
    {0xfa, BREVE, HOOK},
    {0xfc, BREVE, TILDE},
    {0xeb, BREVE, DOT},
};
static const struct {
    uint8_t byte;
    uint16_t lower, upper;
} vni_letters[] = {
    {0xf1, 0x111, 0x110}, {0xf4, 0x1a1, 0x1a0},   {0xf6, 0x1b0, 0x1af},   {0xe6, 0x1ec9, 0x1ec8},
    {0xf3, 0x129, 0x128}, {0xf2, 0x1ecb, 0x1eca}, {0xee, 0x1ef5, 0x1ef4},
};

/* Rhymes without tone, quality written as Telex writes it; sorted. */
static const char *const rhymes[] = {
    "a",     "aac",   "aam",   "aan",   "aang",  "aap",   "aat",    "aau",   "aay",   "ac",
    "ach",   "ai",    "am",    "an",    "ang",   "anh",   "ao",     "ap",    "at",    "au",
    "awc",   "awm",   "awn",   "awng",  "awp",   "awt",   "ay",     "e",     "ec",    "ee",
    "eech",  "eem",   "een",   "eeng",  "eenh",  "eep",   "eet",    "eeu",   "em",    "en",
    "eng",   "eo",    "ep",    "et",    "i",     "ia",    "ich",    "ieec",  "ieem",  "ieen",
    "ieeng", "ieep",  "ieet",  "ieeu",  "im",    "in",    "inh",    "ip",    "it",    "iu",
    "o",     "oa",    "oac",   "oach",  "oai",   "oan",   "oang",   "oanh",  "oao",   "oat",
    "oawc",  "oawm",  "oawn",  "oawng", "oawt",  "oay",   "oc",     "oe",    "oen",   "oeo",
    "oet",   "oi",    "om",    "on",    "ong",   "oo",    "ooc",    "ooi",   "oom",   "oon",
    "oong",  "oooc",  "oop",   "oot",   "op",    "ot",    "ow",     "owi",   "owm",   "own",
    "owp",   "owt",   "u",     "ua",    "uaan",  "uaang", "uaat",   "uaay",  "uc",    "uee",
    "ueech", "ueenh", "ui",    "um",    "un",    "ung",   "uooc",   "uooi",  "uoom",  "uoon",
    "uoong", "uoot",  "uow",   "up",    "ut",    "uw",    "uwa",    "uwc",   "uwi",   "uwm",
    "uwn",   "uwng",  "uwowc", "uwowi", "uwowm", "uwown", "uwowng", "uwowp", "uwowt", "uwowu",
    "uwt",   "uwu",   "uy",    "uya",   "uych",  "uyeen", "uyeet",  "uyn",   "uynh",  "uyt",
    "uyu",   "y",     "yeem",  "yeen",  "yeeng", "yeet",  "yeeu",
};
static const char *const initials[] = {"ngh", "ch", "dd", "gh", "gi", "kh", "ng", "nh", "ph", "qu",
                                       "th",  "tr", "b",  "c",  "d",  "g",  "h",  "k",  "l",  "m",
                                       "n",   "p",  "r",  "s",  "t",  "v",  "x",  ""};

/* ---- syllables ----------------------------------------------------------------------------- */

/* A word taken apart: letters in Telex spelling, its tones counted. */
struct syllable {
    char letters[16];
    size_t n;
    int n_tones;
    bool stopped_tone; /* acute or dot */
    bool foreign, marked;
};

static void add_mark(struct syllable *self, int32_t mark)
{
    char last = self->n ? self->letters[self->n - 1] : '\0';
    self->marked = true;
    switch (mark) {
    case CIRCUMFLEX:
    case BREVE:
    case HORN:
        if (self->n < sizeof self->letters - 1 && last) {
            self->letters[self->n++] = mark == CIRCUMFLEX ? last : 'w';
        }
        break;
    case GRAVE:
    case TILDE:
    case HOOK: self->n_tones++; break;
    case ACUTE:
    case DOT:
        self->n_tones++;
        self->stopped_tone = true;
        break;
    default: self->foreign = true;
    }
}

static void add_letter(struct syllable *self, int32_t c)
{
    utf8proc_int32_t parts[8];
    int class = UTF8PROC_BOUNDCLASS_START;
    c = c == 0xd0 ? 0x111 : utf8proc_tolower(c);
    if (c == 0x111) {
        add_letter(self, 'd');
        add_letter(self, 'd');
        self->marked = true;
        return;
    }
    utf8proc_ssize_t n = utf8proc_decompose_char(c, parts, 8, UTF8PROC_DECOMPOSE, &class);
    for (utf8proc_ssize_t i = 0; i < n && i < 8; i++) {
        if (parts[i] >= 0x300 && parts[i] < 0x370) {
            add_mark(self, parts[i]);
        } else if (parts[i] < 'a' || parts[i] > 'z' || self->n == sizeof self->letters - 1) {
            self->foreign = true;
        } else {
            self->letters[self->n++] = (char)parts[i];
        }
    }
}

static int by_text(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

static bool is_syllable(struct syllable *self)
{
    self->letters[self->n] = '\0';
    if (self->foreign || self->n_tones > 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof initials / sizeof *initials; i++) {
        size_t length = strlen(initials[i]);
        const char *rhyme = self->letters + length;
        if (strncmp(self->letters, initials[i], length) != 0 ||
            !bsearch(rhyme, rhymes, sizeof rhymes / sizeof *rhymes, sizeof *rhymes, by_text)) {
            continue;
        }
        char end = rhyme[strlen(rhyme) - 1];
        bool stopped = end == 'p' || end == 't' || end == 'c' ||
                       (end == 'h' && rhyme[strlen(rhyme) - 2] == 'c');
        return !stopped || self->stopped_tone;
    }
    return false;
}

/* Of the words with a character beyond ASCII: how many, and how many are Vietnamese syllables. */
struct tally {
    size_t words, good;
};

static bool is_separator(int32_t c)
{
    return c < 'A' || (c > 'Z' && c < 'a') || (c > 'z' && c < 0x80) || c == 0xa0 ||
           (c >= 0x2000 && c < 0x2100);
}

static struct tally count(const int32_t *text, size_t n)
{
    struct tally tally = {0};
    for (size_t at = 0; at < n;) {
        struct syllable syllable = {0};
        bool special = false;
        for (; at < n && !is_separator(text[at]); at++) {
            special |= text[at] >= 0x80;
            add_letter(&syllable, text[at]);
        }
        if (special) {
            tally.words++;
            tally.good += is_syllable(&syllable);
        }
        while (at < n && is_separator(text[at])) {
            at++;
        }
    }
    return tally;
}

/* ---- tables at work ------------------------------------------------------------------------ */

/* Bytes above 0x7f through TABLE; what is no byte or not defined stays. At most as long. */
static size_t by_table(const uint16_t *table, const int32_t *in, size_t n, int32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        int32_t c = in[i] >= 0x80 && in[i] < 0x100 ? table[in[i] - 0x80] : in[i];
        out[i] = c ? c : in[i];
    }
    return n;
}

/* Writes what stands for IN[0] and the mark IN[1]; returns how many of IN it took. */
static size_t vni_step(const int32_t *in, size_t n, int32_t *out, size_t *n_out)
{
    int32_t c = in[0];
    bool upper = c < 0xe0;
    for (size_t i = 0; c >= 0xc0 && i < sizeof vni_letters / sizeof *vni_letters; i++) {
        if ((c | 0x20) == vni_letters[i].byte) {
            c = upper ? vni_letters[i].upper : vni_letters[i].lower;
        }
    }
    out[(*n_out)++] = c;
    bool vowel = c == 0x1a0 || c == 0x1a1 || c == 0x1af || c == 0x1b0 ||
                 (c > 0 && c < 0x80 && strchr("aeouyAEOUY", (char)c));
    if (!vowel || n < 2 || in[1] < 0xc0 || in[1] > 0xff) {
        return 1;
    }
    for (size_t i = 0; i < sizeof vni_marks / sizeof *vni_marks; i++) {
        if ((in[1] | 0x20) == vni_marks[i].byte) {
            if (vni_marks[i].quality) {
                out[(*n_out)++] = vni_marks[i].quality;
            }
            if (vni_marks[i].tone) {
                out[(*n_out)++] = vni_marks[i].tone;
            }
            return 2;
        }
    }
    return 1;
}

/* At most 3 out for 2 in. */
static size_t by_vni(const int32_t *in, size_t n, int32_t *out)
{
    size_t n_out = 0;
    for (size_t i = 0; i < n;) {
        i += vni_step(in + i, n - i, out, &n_out);
    }
    return n_out;
}

/* As by_table, and with the letters where others have control characters. */
static size_t by_viscii(const int32_t *in, size_t n, int32_t *out)
{
    by_table(viscii, in, n, out);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; in[i] > 0xff && k < 32; k++) {
            out[i] = in[i] == cp1252_low[k] ? viscii[k] : out[i];
        }
        for (size_t k = 0; in[i] < ' ' && k < sizeof viscii_low / sizeof *viscii_low; k++) {
            out[i] = in[i] == viscii_low[k].byte ? viscii_low[k].letter : out[i];
        }
    }
    return n;
}

static size_t apply(enum text_encoding encoding, const int32_t *in, size_t n, int32_t *out)
{
    switch (encoding) {
    case TEXT_TCVN3: return by_table(tcvn3, in, n, out);
    case TEXT_VISCII: return by_viscii(in, n, out);
    case TEXT_CP1258: return by_table(cp1258, in, n, out);
    case TEXT_VNI: return by_vni(in, n, out);
    case TEXT_UTF8:
    case TEXT_UTF8_NFD:
    case TEXT_UNKNOWN: break;
    }
    memcpy(out, in, n * sizeof *in);
    return n;
}

/* ---- the door ------------------------------------------------------------------------------ */

static void write_utf8(const int32_t *in, size_t n, struct arena *arena, struct normalised *out)
{
    char *text = arena_take(arena, 3 * n + 4);
    if (text == NULL)
        return;
    out->text = text;
    out->length = 0;
    for (size_t i = 0; i < n; i++)
        out->length += letters_put(text + out->length, (uint32_t)in[i]);
}

/* NFC of the text of OUT. */
static void compose(struct arena *arena, struct normalised *out)
{
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)out->text, (utf8proc_ssize_t)out->length, &mapped,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    char *copy = n < 0 ? NULL : arena_copy(arena, (const char *)mapped, (size_t)n);
    free(mapped);
    if (copy == NULL) {
        arena->failed = true;
        return;
    }
    out->text = copy;
    out->length = (size_t)n;
}

/* The table that makes most Vietnamese of the characters IN (bytes, or Latin-1 of bytes); VALID:
 * they came as UTF-8 and stay as they are unless a table is clearly better. */
static void choose(const int32_t *in, size_t n, bool valid, struct arena *arena,
                   struct normalised *out)
{
    static const enum text_encoding tried[] = {TEXT_TCVN3, TEXT_VNI, TEXT_VISCII, TEXT_CP1258};
    int32_t *decoded = arena_take(arena, (n + n / 2 + 4) * sizeof *decoded);
    if (decoded == NULL)
        return;
    struct tally asis = count(in, n);
    size_t best = 0, second = 0;
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        struct tally tally = count(decoded, apply(tried[i], in, n, decoded));
        size_t share = tally.words ? 1000 * tally.good / tally.words : 0;
        if (share > best) {
            second = best;
            best = share;
            out->encoding = tried[i];
        } else if (share > second) {
            second = share;
        }
    }
    size_t share = asis.words ? 1000 * asis.good / asis.words : 1000;
    bool clear = best >= 600 && asis.words >= 2 && share + 200 < best;
    clear |= best >= 900 && asis.words - asis.good >= 2 && share + 50 < best;
    if (valid && !clear) {
        out->encoding = TEXT_UTF8;
        out->doubt = asis.good < asis.words && (best == 1000 || (share < 500 && asis.words > 2));
        return;
    }
    if (best < 600)
        out->encoding = TEXT_UNKNOWN;
    out->doubt = out->encoding == TEXT_UNKNOWN || best < 850 || second + 150 > best;
    write_utf8(decoded, apply(out->encoding, in, n, decoded), arena, out);
}

/* What a look at the bytes as UTF-8 shows. */
struct look {
    bool latin;      /* has U+0080..U+00FF */
    bool vietnamese; /* has a letter that Latin-1 lacks */
    bool plain;      /* NFC leaves it as it is */
    size_t n, n_wrong, n_multi, n_marks;
};

static bool is_vietnamese(int32_t c)
{
    return (c >= 0x1ea0 && c <= 0x1ef9) || (c >= 0x300 && c < 0x370) || (c | 1) == 0x103 ||
           c == 0x110 || c == 0x111 || (c | 1) == 0x129 || (c | 1) == 0x169 || (c | 1) == 0x1a1 ||
           c == 0x1af || c == 0x1b0;
}

/* A character above ASCII, 0: a wrong byte. */
static void look_closer(struct look *look, int32_t *c)
{
    look->n_wrong += *c == 0;
    *c = *c ? *c : 0xfffd;
    look->latin |= *c >= 0x80 && *c < 0x100;
    look->vietnamese |= is_vietnamese(*c);
    look->n_marks += *c >= 0x300 && *c < 0x370;
    look->plain &= *c < 0x300 || (*c >= 0x1ea0 && *c <= 0x1ef9) || (*c >= 0x2010 && *c <= 0x205e) ||
                   *c == 0xfffd;
}

static struct look look_at(const char *bytes, size_t length, int32_t *out)
{
    struct look look = {.plain = true};
    for (size_t at = 0; at < length; look.n++) {
        int32_t c = bytes[at];
        size_t taken = 1;
        if (c & 0x80) {
            c = (int32_t)letters_take(bytes + at, length - at, &taken);
            look.n_multi += c != 0;
            if (c >= 0x1ea0 && c <= 0x1ef9) {
                look.vietnamese = true;
            } else {
                look_closer(&look, &c);
            }
        }
        if (out)
            out[look.n] = c;
        at += taken;
    }
    return look;
}

void decode_any(const char *bytes, size_t length, struct arena *arena, struct normalised *out)
{
    struct look look = look_at(bytes, length, NULL);
    out->encoding = TEXT_UTF8;
    out->text = bytes;
    out->length = length;
    if (look.n_wrong > 0 || (look.latin && !look.vietnamese)) {
        int32_t *characters = arena_take(arena, (length + 1) * sizeof *characters);
        if (characters == NULL)
            return;
        bool hurt = look.n_wrong > 0 && look.vietnamese && 2 * look.n_wrong <= look.n_multi;
        bool utf8 = look.n_wrong == 0 || hurt;
        size_t n = utf8 ? look_at(bytes, length, characters).n : length;
        for (size_t i = 0; !utf8 && i < length; i++)
            characters[i] = (unsigned char)bytes[i];
        if (hurt) { /* UTF-8 that was cut or damaged */
            out->doubt = true;
            write_utf8(characters, n, arena, out);
        } else {
            choose(characters, n, utf8, arena, out);
        }
    }
    if (arena->failed || (out->encoding == TEXT_UTF8 && look.plain))
        return;
    if (out->encoding == TEXT_UTF8 && look.n_marks > 1)
        out->encoding = TEXT_UTF8_NFD;
    compose(arena, out);
}

int text_decode(char **out, enum text_encoding *encoding, bool *doubt, const char *bytes,
                size_t length)
{
    struct arena arena = {0};
    struct normalised decoded = {0};
    decode_any(bytes, length, &arena, &decoded);
    bool is_legacy = decoded.encoding != TEXT_UTF8 && decoded.encoding != TEXT_UTF8_NFD &&
                     decoded.encoding != TEXT_UNKNOWN;
    bool has_failed = arena.failed;
    *encoding = decoded.encoding;
    *doubt = decoded.doubt;
    *out = is_legacy && !has_failed ? strndup(decoded.text, decoded.length) : NULL;
    has_failed = has_failed || (is_legacy && *out == NULL);
    arena_free(&arena);
    return has_failed ? KN_E_NOMEM : KN_OK;
}
