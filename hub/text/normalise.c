/* normalise.c - from bytes to tokens.
 *
 * Decodes and composes (decode.c), cuts into words and numbers, places tone marks one way (hòa, not
 * hoà), folds a key, opens abbreviations and Telex slips (telex.c). Never fails on content.
 */
#include "hub/text/normalise.h"

#include "hub/text/letters.h"
#include "hub/text/table.h"
#include "hub/text/vocabulary.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    WORD_MAX = 32,
    WORD_BYTES = 4 * WORD_MAX + 1,
    NUMBER_MAX = 2 * WORD_MAX - 1,
    ABBR_WORDS = 8,
    ABBR_SLOTS = 1024
};

enum abbr_rule { ABBR_ALWAYS, ABBR_UPPER, ABBR_LOWER, ABBR_NAME, ABBR_UNIT, ABBR_RULES };
static const char *const rule_names[ABBR_RULES] = {"always", "upper", "lower", "name", "unit"};

struct abbr {
    const char *key;
    uint64_t hash;     /* of the key */
    const char *lower; /* as in the file: a unit with marks is told from one without */
    enum abbr_rule rule;
    size_t n_words;
    struct token words[ABBR_WORDS];
    uint64_t keys[ABBR_WORDS], texts[ABBR_WORDS]; /* their hashes */
    const struct abbr *next;                      /* the same key, in file order */
};
struct normalise {
    struct arena arena;
    vocabulary_t *vocabulary;
    const struct abbr *slots[ABBR_SLOTS];
};

/* ---- tone placement -------------------------------------------------------------------------- */

/* hoà -> hòa, thuỷ -> thủy, hoè -> hòe: when the pair ends the word. True: done. */
static bool place_tone(uint32_t *cps, size_t n)
{
    static const uint16_t rows[][7] = {
        /* the pair's second letter with tone, the toned first letters */
        {'a', 0xe0, 0xe1, 0x1ea3, 0xe3, 0x1ea1, 'o'},
        {'e', 0xe8, 0xe9, 0x1ebb, 0x1ebd, 0x1eb9, 'o'},
        {'y', 0x1ef3, 0xfd, 0x1ef7, 0x1ef9, 0x1ef5, 'u'}};
    static const uint16_t toned_o[5] = {0xf2, 0xf3, 0x1ecf, 0xf5, 0x1ecd};
    static const uint16_t toned_u[5] = {0xf9, 0xfa, 0x1ee7, 0x169, 0x1ee5};
    if (n < 2 || cps[n - 1] < 0x80)
        return false;
    uint32_t *first = &cps[n - 2], *second = &cps[n - 1];
    struct letter low_first = letters_of(*first), low_second = letters_of(*second);
    if ((low_first.lower != 'o' && low_first.lower != 'u') ||
        (low_first.lower == 'u' && n > 2 && letters_of(cps[n - 3]).lower == 'q'))
        return false;
    for (size_t r = 0; r < 3; r++) {
        if (rows[r][6] != low_first.lower)
            continue;
        for (size_t k = 0; k < 5; k++) {
            if (low_second.lower != rows[r][k + 1])
                continue;
            uint32_t toned = rows[r][6] == 'o' ? toned_o[k] : toned_u[k];
            bool upper_first = letters_upper(*first), upper_second = letters_upper(*second);
            uint32_t plain = rows[r][0];
            *second = upper_second ? plain - 32 : plain;
            if (upper_first) /* the capitals of these letters */
                toned = toned >= 0x1ea0 || toned == 0x169 ? toned - 1 : toned - 32;
            *first = toned;
            return true;
        }
    }
    return false;
}

char *normalise_name(const char *text, size_t at, size_t length, struct arena *arena)
{
    char *out = arena_take(arena, length * 2 + 1);
    uint32_t word[WORD_MAX];
    size_t n = 0, size = 0, step;
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i <= length; i += step) {
        uint32_t cp = i < length ? letters_take(text + at + i, length - i, &step) : 0;
        if (i == length)
            step = 1;
        if (letters_of(cp).base != 0 && n < WORD_MAX) {
            word[n++] = cp;
            continue;
        }
        place_tone(word, n);
        for (size_t k = 0; k < n; k++)
            size += letters_put(out + size, word[k]);
        n = 0;
        bool blank = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r' || cp == 0xa0;
        if (letters_of(cp).base != 0)
            word[n++] = cp;
        else if (blank && size > 0 && out[size - 1] != ' ')
            out[size++] = ' ';
        else if (!blank && i < length)
            size += letters_put(out + size, cp);
    }
    out[size] = 0;
    return out;
}

char *normalise_lower(const char *name, struct arena *arena)
{
    size_t length = strlen(name), size = 0, step;
    char *out = arena_take(arena, length * 2 + 1);
    for (size_t i = 0; out != NULL && i < length; i += step) {
        uint32_t cp = letters_take(name + i, length - i, &step);
        struct letter letter = letters_of(cp);
        size += letters_put(out + size, letter.base != 0 ? letter.lower : cp);
    }
    return out;
}

/* ---- abbreviations --------------------------------------------------------------------------- */

static const struct abbr *find_abbr(const normalise_t *self, const char *key, uint64_t hash)
{
    const struct abbr *row;
    for (size_t slot = hash % ABBR_SLOTS; (row = self->slots[slot]) != NULL;
         slot = (slot + 1) % ABBR_SLOTS)
        if (row->hash == hash && strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

bool normalise_is_unit(const normalise_t *self, const struct token *token, uint64_t hash)
{
    for (const struct abbr *row = find_abbr(self, token->key, hash); row != NULL; row = row->next)
        if (row->rule == ABBR_UNIT && strcmp(token->text, row->lower) == 0)
            return true;
    return false;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

struct cutter {
    const normalise_t *self;
    struct arena *arena;
    struct normalised *out;
    size_t room; /* of the arrays of tokens */
    char *pool;  /* strings of the tokens */
    size_t pool_left;
    enum gap gap;
    size_t n_upper, n_lower;
};

/* Room for SIZE bytes of strings; what is used of it is taken by `used`. */
static char *reserve(struct cutter *c, size_t size)
{
    if (c->pool_left < size) {
        c->pool_left = 2048 + size;
        c->pool = arena_room(c->arena, c->pool_left);
        if (c->pool == NULL)
            c->pool_left = 0;
    }
    return c->pool;
}

static void use(struct cutter *c, size_t size)
{
    c->pool += size;
    c->pool_left -= size;
}

/* Room for ROOM tokens; those that are there move. */
static void make_room(struct cutter *c, size_t room)
{
    struct normalised *out = c->out, old = *out;
    size_t n = old.n_tokens;
    out->tokens = arena_room(c->arena, room * sizeof *out->tokens);
    out->keys = arena_room(c->arena, room * sizeof *out->keys);
    out->texts = arena_room(c->arena, room * sizeof *out->texts);
    out->gaps = arena_room(c->arena, room * sizeof *out->gaps);
    c->room = c->arena->failed ? 0 : room;
    if (c->room > 0 && n > 0) {
        memcpy(out->tokens, old.tokens, n * sizeof *out->tokens);
        memcpy(out->keys, old.keys, n * sizeof *out->keys);
        memcpy(out->texts, old.texts, n * sizeof *out->texts);
        memcpy(out->gaps, old.gaps, n * sizeof *out->gaps);
    }
}

/* One more token; KEY and TEXT: hashes. NULL: full, or no memory. */
static inline struct token *add(struct cutter *c, size_t at, size_t length, uint64_t key,
                                uint64_t text)
{
    struct normalised *out = c->out;
    if (out->n_tokens == TEXT_MAX_TOKENS) {
        out->truncated = true;
        return NULL;
    }
    if (out->n_tokens == c->room)
        make_room(c, c->room * 2);
    if (c->room == 0)
        return NULL;
    size_t i = out->n_tokens++;
    out->gaps[i] = (uint8_t)c->gap;
    out->keys[i] = key;
    out->texts[i] = text;
    out->tokens[i] = (struct token){.at = (uint32_t)at,
                                    .length = (uint16_t)length,
                                    .flags = c->gap >= GAP_DASH ? TOKEN_BREAK : 0};
    c->gap = GAP_NONE;
    return &out->tokens[i];
}

/* Whether the text behind END goes on with a name: a capital or a digit, or a dot and a letter. */
static bool name_follows(const char *text, size_t end, size_t length, bool *dot, bool *digit)
{
    size_t step;
    *dot = *digit = false;
    while (end < length && (text[end] == '.' || text[end] == ' ' || text[end] == '-')) {
        *dot |= text[end] == '.';
        end++;
    }
    if (end >= length)
        return false;
    uint32_t cp = letters_take(text + end, length - end, &step);
    *digit = letters_digit(cp);
    return letters_upper(cp) || *digit ||
           (*dot && text[end - 1] == '.' && letters_of(cp).base != 0);
}

/* The one of the lexicon's rows from ROW on that holds for the word, or NULL. */
static const struct abbr *open_abbr(struct cutter *c, const struct abbr *row, uint8_t flags,
                                    size_t end)
{
    bool dot = false, digit = false;
    for (; row != NULL; row = row->next) {
        bool fits = row->rule == ABBR_ALWAYS ||
                    (row->rule == ABBR_UPPER && (flags & TOKEN_UPPER)) ||
                    (row->rule == ABBR_LOWER && !(flags & TOKEN_CAPITAL));
        if (row->rule == ABBR_NAME) {
            fits = name_follows(c->out->text, end, c->out->length, &dot, &digit);
            if (fits && c->out->n_tokens > 0 && !dot && digit &&
                (c->out->tokens[c->out->n_tokens - 1].flags & TOKEN_NUMBER) &&
                !(flags & TOKEN_CAPITAL) && c->gap <= GAP_SPACE)
                fits = false; /* "17 h 30", but not "tổ 17 p Tân Mai" */
        }
        if (fits)
            return row;
    }
    return NULL;
}

/* A word as it is cut out and spelled: its code points, its folded key, its text in small letters
 * with the tone where it was. */
struct word {
    uint32_t cps[WORD_MAX];
    uint32_t all; /* bits of all code points: a word of ASCII? */
    uint32_t n, n_letters, n_upper;
    uint32_t n_key, n_text;
    uint64_t hash; /* of the key, not ended */
    bool capital;  /* the first letter is one */
    char *key;     /* room for WORD_BYTES */
    char text[WORD_BYTES];
};

/* Of a letter, or of a character above ASCII. */
static inline bool is_word_byte(char byte)
{
    return (uint8_t)byte >= 0x80 || (uint8_t)((byte | 32) - 'a') < 26;
}

static inline void start(struct word *word, char *key)
{
    word->all = word->n = word->n_letters = word->n_upper = word->n_key = word->n_text = 0;
    word->hash = HASH_SEED;
    word->capital = false;
    word->key = key;
}

static inline void spell(struct word *word, uint32_t cp, struct letter letter)
{
    word->cps[word->n++] = cp;
    word->all |= cp;
    if (letter.base != 0) {
        bool upper = letter.lower != cp;
        word->capital |= upper && word->n == 1;
        word->n_letters++;
        word->n_upper += upper;
        word->key[word->n_key++] = letter.base;
        word->hash = hash_step(word->hash, letter.base);
        word->n_text += (uint32_t)letters_put(word->text + word->n_text, letter.lower);
        return;
    }
    size_t n = letters_put(word->text + word->n_text, cp);
    for (size_t i = 0; i < n && cp != '\'' && cp != 0x2019; i++) {
        word->key[word->n_key++] = word->text[word->n_text + i];
        word->hash = hash_step(word->hash, word->text[word->n_text + i]);
    }
    word->n_text += (uint32_t)n;
}

/* WORD again, of CPS. */
static void spell_again(struct word *word, const uint32_t *cps, size_t n)
{
    start(word, word->key);
    for (size_t i = 0; i < n; i++)
        spell(word, cps[i], letters_of(cps[i]));
}

/* The words of an abbreviation. */
static void add_words(struct cutter *c, const struct abbr *abbr, uint8_t flags, size_t at,
                      size_t length)
{
    for (size_t i = 0; i < abbr->n_words; i++) {
        struct token *token = add(c, at, length, abbr->keys[i], abbr->texts[i]);
        if (token == NULL)
            return;
        token->text = abbr->words[i].text;
        token->key = abbr->words[i].key;
        token->flags |= TOKEN_EXPANDED | flags;
        c->gap = GAP_SPACE;
    }
    c->gap = GAP_NONE;
}

/* Finishes WORD; its strings lie at word->key, returns how many bytes they take. */
static size_t settle(const normalise_t *self, struct word *word, struct spelled *out)
{
    bool ascii = word->all < 0x80;
    out->flags =
        (uint8_t)((word->capital ? TOKEN_CAPITAL : 0) | (ascii ? 0 : TOKEN_MARKED) |
                  (word->n_letters >= 2 && word->n_upper == word->n_letters ? TOKEN_UPPER : 0));
    out->n_letters = (uint8_t)word->n_letters;
    out->n_upper = (uint8_t)word->n_upper;
    word->key[word->n_key] = 0;
    if (ascii && word->n_upper == 0 && !normalise_is_syllable(word->key, word->n_key)) {
        uint32_t cps[WORD_MAX];
        size_t n = 0;
        if (normalise_telex(word->key, word->n_key, cps, &n)) {
            out->flags |= TOKEN_MARKED;
            spell_again(word, cps, n);
        }
    }
    if (place_tone(word->cps, word->n))
        spell_again(word, word->cps, word->n);
    word->key[word->n_key] = 0;
    out->key = out->text = word->key;
    out->key_hash = out->text_hash = hash_end(word->hash);
    out->abbr = word->n_key <= 8 ? find_abbr(self, word->key, out->key_hash) : NULL;
    if (word->all < 0x80 && word->n_text == word->n_key)
        return word->n_key + 1;
    char *text = word->key + word->n_key + 1;
    memcpy(text, word->text, word->n_text);
    text[word->n_text] = 0;
    out->text = text;
    out->text_hash = hash_bytes(text, word->n_text);
    return word->n_key + 1 + word->n_text + 1;
}

/* Puts a word down; false when its strings are not needed. */
static bool add_spelled(struct cutter *c, const struct spelled *word, size_t at, size_t length)
{
    c->n_upper += word->n_upper;
    c->n_lower += (size_t)(word->n_letters - word->n_upper);
    const struct abbr *abbr =
        word->abbr == NULL ? NULL : open_abbr(c, word->abbr, word->flags, at + length);
    if (abbr != NULL && abbr->rule != ABBR_UNIT) {
        add_words(c, abbr, word->flags, at, length);
        return false;
    }
    struct token *token = add(c, at, length, word->key_hash, word->text_hash);
    if (token == NULL)
        return false;
    token->key = word->key;
    token->text = word->text;
    token->flags |= word->flags;
    return true;
}

/* The word that the vocabulary knows at AT; returns its end, or AT. */
static size_t add_known(struct cutter *c, size_t at)
{
    const char *text = c->out->text;
    size_t end = at, length = c->out->length;
    while (end < length && is_word_byte(text[end]))
        end++;
    bool ends = end == length || !(letters_digit((uint8_t)text[end]) || text[end] == '\'');
    const struct spelled *word = ends && end - at <= VOCABULARY_BYTES
                                     ? vocabulary_find(c->self->vocabulary, text + at, end - at)
                                     : NULL;
    if (word == NULL)
        return at;
    add_spelled(c, word, at, end - at);
    return end;
}

/* A number from AT; returns its end. */
static size_t add_number(struct cutter *c, size_t at)
{
    const char *text = c->out->text;
    size_t length = c->out->length, i = at;
    for (;;) {
        while (i < length && letters_digit((uint8_t)text[i]))
            i++;
        size_t letters = i;
        while (letters < length && ((text[letters] >= 'a' && text[letters] <= 'z') ||
                                    (text[letters] >= 'A' && text[letters] <= 'Z')))
            letters++;
        bool marked_follows = letters < length && (uint8_t)text[letters] >= 0xc3;
        if (letters > i && letters - i <= 2 && !marked_follows) {
            char unit[4] = {0};
            memcpy(unit, text + i, letters - i);
            const struct abbr *row = find_abbr(c->self, unit, hash_bytes(unit, letters - i));
            bool is_unit = false;
            for (; row != NULL; row = row->next)
                is_unit |= row->rule == ABBR_UNIT;
            if (is_unit && !(letters < length && letters_digit((uint8_t)text[letters])))
                break;
            i = letters;
        }
        if (i + 1 < length && strchr("/.,+", text[i]) != NULL &&
            letters_digit((uint8_t)text[i + 1]))
            i++;
        else if (!(i < length && letters_digit((uint8_t)text[i])))
            break;
        if (i - at > WORD_MAX)
            break;
    }
    size_t size = i - at < NUMBER_MAX ? i - at : NUMBER_MAX;
    char *lower = reserve(c, NUMBER_MAX + 1);
    if (lower == NULL)
        return i;
    for (size_t k = 0; k < size; k++) {
        char ch = text[at + k];
        lower[k] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
    }
    lower[size] = 0;
    uint64_t hash = hash_bytes(lower, size);
    struct token *token = add(c, at, i - at > 60000 ? 60000 : i - at, hash, hash);
    if (token != NULL) {
        token->text = token->key = lower;
        token->flags |= TOKEN_NUMBER;
        use(c, size + 1);
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

/* Whether WORD ends before a digit: it is an abbreviation ("P13"), or long. */
static bool ends_at_digit(const struct cutter *c, struct word *word)
{
    word->key[word->n_key] = 0;
    return word->n == word->n_letters && word->n <= 8 &&
           (word->n > 3 || find_abbr(c->self, word->key, hash_end(word->hash)) != NULL);
}

/* Cuts the word that begins at AT with CP, of STEP bytes; returns its end. */
static size_t cut_word(struct cutter *c, size_t at, uint32_t cp, size_t step)
{
    const char *text = c->out->text;
    size_t length = c->out->length, i = at, next_step = 1;
    char *key = reserve(c, 2 * WORD_BYTES);
    struct word word;
    struct letter letter = letters_of(cp);
    bool lower_before = false;
    if (key == NULL)
        return length;
    start(&word, key);
    while (i < length && word.n < WORD_MAX) {
        uint32_t next =
            i + step < length ? letters_take(text + i + step, length - i - step, &next_step) : 0;
        struct letter behind = letters_of(next);
        bool upper = letter.base != 0 && letter.lower != cp;
        if (letter.base != 0) {
            if (lower_before && upper && behind.base != 0 && behind.lower == next)
                break; /* TayMo */
        } else if (letters_digit(cp)) {
            if (ends_at_digit(c, &word))
                break;
        } else if (!((cp == '\'' || cp == 0x2019) && word.n > 0 && behind.base != 0) && /* M'Drắk */
                   !letters_foreign(cp)) {
            break;
        }
        lower_before = letter.base != 0 && !upper;
        spell(&word, cp, letter);
        i += step;
        cp = next;
        letter = behind;
        step = next_step;
    }
    struct spelled spelled;
    size_t size = settle(c->self, &word, &spelled);
    if (add_spelled(c, &spelled, at, i - at))
        use(c, size);
    return i;
}

static void cut(struct cutter *c)
{
    const char *text = c->out->text;
    size_t length = c->out->length, step, i = 0;
    c->gap = GAP_STOP;
    while (i < length && !c->out->truncated && !c->arena->failed) {
        uint32_t cp = letters_take(text + i, length - i, &step);
        if (letters_digit(cp)) {
            i = add_number(c, i);
        } else if (letters_of(cp).base != 0 || letters_foreign(cp)) {
            size_t end = add_known(c, i);
            i = end > i ? end : cut_word(c, i, cp, step);
        } else {
            struct normalised *out = c->out;
            bool short_dot = cp == '.' && out->n_tokens > 0 && c->gap == GAP_NONE &&
                             (out->tokens[out->n_tokens - 1].flags & TOKEN_EXPANDED);
            enum gap gap = short_dot ? GAP_SPACE : gap_of(cp);
            if (gap > c->gap)
                c->gap = gap;
            i += step;
        }
    }
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
    struct cutter cutter = {.self = self, .arena = arena, .out = out};
    make_room(&cutter, out->length / 4 + 16);
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

/* ---- public parts ---------------------------------------------------------------------------- */

size_t text_fold(const char *text, size_t length, char *out, size_t size)
{
    size_t n = 0, step;
    bool blank = true;
    char bytes[4];
    for (size_t i = 0; i < length; i += step) {
        uint32_t cp = letters_take(text + i, length - i, &step);
        size_t n_bytes = 0;
        struct letter letter = letters_of(cp);
        if (letter.base != 0)
            bytes[n_bytes++] = letter.base;
        else if (cp >= 0x300 && cp < 0x370)
            continue;
        else if (cp > ' ' && cp != 0xa0)
            n_bytes = letters_put(bytes, cp);
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
        uint32_t cp = letters_take(text + i, length - i, &step);
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

/* ---- opening --------------------------------------------------------------------------------- */

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
        abbr->texts[abbr->n_words - 1] = hash_bytes(word, n);
        abbr->keys[abbr->n_words - 1] = hash_bytes(key, strlen(key));
        word += n + (word[n] == ' ');
    }
    if (abbr->n_words == 0)
        return "the expansion is empty";
    if (self->arena.failed)
        return "out of memory";
    abbr->hash = hash_bytes(abbr->key, n_key);
    size_t slot = abbr->hash % ABBR_SLOTS;
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

/* ---- the vocabulary -------------------------------------------------------------------------- */

enum form { AS_WRITTEN, SMALL, CAPITALISED, FORMS };

static uint32_t in_form(uint32_t cp, enum form form, bool is_first)
{
    uint32_t lower = letters_of(cp).lower;
    return form == AS_WRITTEN                ? cp
           : form == CAPITALISED && is_first ? letters_capital(lower)
                                             : lower;
}

/* Learns BYTES in FORM, unless it is more or less than one word of Latin letters. */
static void learn(normalise_t *self, const char *bytes, size_t length, enum form form)
{
    char written[VOCABULARY_BYTES + 4], key[2 * WORD_BYTES];
    struct word word;
    struct spelled *spelled;
    size_t n = 0, step;
    start(&word, key);
    for (size_t i = 0; i < length; i += step) {
        uint32_t cp = letters_take(bytes + i, length - i, &step);
        if (letters_of(cp).base == 0 || n > VOCABULARY_BYTES)
            return;
        cp = in_form(cp, form, i == 0);
        n += letters_put(written + n, cp);
        spell(&word, cp, letters_of(cp));
    }
    bool one_case =
        word.n_upper == 0 || word.n_upper == word.n || (word.n_upper == 1 && word.capital);
    if (!one_case || n > VOCABULARY_BYTES || vocabulary_find(self->vocabulary, written, n) != NULL)
        return;
    spelled = arena_take(&self->arena, sizeof *spelled);
    size_t size = settle(self, &word, spelled == NULL ? &(struct spelled){0} : spelled);
    char *strings = arena_copy(&self->arena, key, size);
    if (spelled == NULL || strings == NULL)
        return;
    spelled->text = strings + (spelled->text - key);
    spelled->key = strings;
    vocabulary_add(self->vocabulary, written, n, spelled);
}

/* All words of a data file; whether the file is as it should be is for those who read its rows. */
static void learn_file(normalise_t *self, const char *folder, const char *file)
{
    size_t size = 0;
    char *bytes = table_slurp(folder, file, &size);
    for (size_t at = 0; bytes != NULL && at < size;) {
        size_t end = at;
        while (end < size && is_word_byte(bytes[end]))
            end++;
        for (int form = 0; end > at && form < FORMS; form++)
            learn(self, bytes + at, end - at, (enum form)form);
        at = end + 1;
    }
    free(bytes);
}

static int open_vocabulary(normalise_t *self, const char *folder)
{
    static const char *const files[] = {
        "text/rarity.tsv", "text/lexicon.tsv",     "text/openings.tsv", "text/again.tsv",
        "areas.tsv",       "text/place_types.tsv", "text/matters.tsv",  "text/units.tsv"};
    self->vocabulary = vocabulary_new();
    for (size_t i = 0; self->vocabulary != NULL && i < sizeof files / sizeof *files; i++)
        learn_file(self, folder, files[i]);
    return self->vocabulary == NULL || self->arena.failed ? KN_E_NOMEM : KN_OK;
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
    if (rc == 0)
        rc = open_vocabulary(self, folder);
    if (rc != 0)
        normalise_close(&self);
    *out = self;
    return rc;
}

void normalise_close(normalise_t **self_p)
{
    if (*self_p == NULL)
        return;
    vocabulary_destroy(&(*self_p)->vocabulary);
    arena_free(&(*self_p)->arena);
    free(*self_p);
    *self_p = NULL;
}
