/* places.c - finds the places of a text by grammar and gazetteer.
 *
 * One walk over the tokens. A type word (place_types.tsv) is followed by a name in capitals, a
 * known name, or a number; lists go on after commas, "và" and dashes. A known name without a type
 * word counts only in a context that says so ("Cử tri X", "(X)", after another place). A number
 * before a unit is a quantity. What several areas could mean stays open, with candidates.
 */
#include "hub/text/places.h"

#include "hub/text/gazetteer.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define NEW_ERA_AT INT64_C(1751302800000) /* 1 July 2025, 00:00 in Hà Nội */

enum { MAX_RUN = 6, MAX_KEY = 160 };

struct scan {
    const places_t *self;
    const normalise_t *normalise;
    const struct normalised *in;
    struct arena *arena;
    struct place *out;
    size_t n_out;
    int64_t received_at;
    bool old_words;    /* the text speaks of quận or huyện */
    bool new_words;    /* it speaks of "the ward", "the commune", without a name */
    size_t n_capitals; /* words with a capital inside a sentence */
    size_t end;        /* the token behind the last place */
    bool shut;         /* nothing bare may follow (full) */
};

static const struct token *tok(const struct scan *s, size_t i)
{
    return &s->in->tokens[i];
}

static bool has(const struct scan *s, size_t i, uint8_t flag)
{
    return i < s->in->n_tokens && (tok(s, i)->flags & flag) != 0;
}

static enum gap gap_before(const struct scan *s, size_t i)
{
    return i < s->in->n_tokens ? (enum gap)s->in->gaps[i] : GAP_STOP;
}

static bool is_word(const struct scan *s, size_t i, const char *text, const char *key)
{
    if (i >= s->in->n_tokens)
        return false;
    return strcmp(tok(s, i)->text, text) == 0 ||
           (!s->in->marked && strcmp(tok(s, i)->key, key) == 0);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The key of N tokens from I; false when it is too long. */
static bool join(const struct scan *s, size_t i, size_t n, bool folded, char out[MAX_KEY])
{
    size_t size = 0;
    for (size_t k = 0; k < n; k++) {
        const char *word = folded ? tok(s, i + k)->key : tok(s, i + k)->text;
        size_t length = strlen(word);
        if (size + length + 2 > MAX_KEY)
            return false;
        if (k > 0)
            out[size++] = ' ';
        memcpy(out + size, word, length);
        size += length;
    }
    out[size] = 0;
    return true;
}

static bool carries_marks(const struct scan *s, size_t i, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (has(s, i + k, TOKEN_MARKED))
            return true;
    return false;
}

/* Whether NAME may be what N tokens from I say: with marks exactly, without by key. */
static bool agrees(const struct scan *s, const struct name *name, size_t i, size_t n)
{
    char lower[MAX_KEY];
    if (!s->in->marked && !carries_marks(s, i, n))
        return true;
    if (!join(s, i, n, false, lower))
        return false;
    const char *p = name->lower, *q = lower;
    for (; *p && *q; p++, q++) { /* a dash in the name stands as a blank between tokens */
        if (*p == ' ' && p[1] == '-' && p[2] == ' ')
            p += 2;
        else if (*p == '-' && *q == ' ')
            continue;
        if (*p != *q)
            return false;
    }
    return *p == 0 && *q == 0;
}

/* A name of TYPE (or PLACE_TYPES: any) that N tokens from I say, or NULL. */
static const struct name *known(const struct scan *s, size_t i, size_t n, int type)
{
    char key[MAX_KEY];
    if (!join(s, i, n, true, key))
        return NULL;
    for (const struct name *name = gazetteer_find(s->self, key); name != NULL;
         name = gazetteer_next(name))
        if ((type == PLACE_TYPES || name->type == type) && agrees(s, name, i, n))
            return name;
    return NULL;
}

/* Whether N tokens from I name an area of TYPE in Hà Nội. */
static bool known_here(const struct scan *s, size_t i, size_t n, int type)
{
    char key[MAX_KEY];
    if (!join(s, i, n, true, key))
        return false;
    for (const struct name *name = gazetteer_find(s->self, key); name != NULL;
         name = gazetteer_next(name))
        if (name->area != NULL && name->type == type && agrees(s, name, i, n))
            return true;
    return false;
}

/* The longest prefix of up to MAX tokens from I that is a known name of TYPE; 0 when none. */
static size_t known_prefix(const struct scan *s, size_t i, size_t max, int type)
{
    while (max > 0 && i + max > s->in->n_tokens)
        max--;
    for (size_t n = max; n > 0; n--)
        if (known(s, i, n, type) != NULL)
            return n;
    return 0;
}

/* ---- type words ------------------------------------------------------------------------------ */

static const struct type_word *type_word_at(const struct scan *s, size_t i)
{
    const struct token *first = tok(s, i);
    const struct type_word *word =
        s->self->words[gazetteer_hash(first->key, strlen(first->key)) % WORD_SLOTS];
    for (; word != NULL; word = word->next) {
        size_t k = 0;
        bool exact = true;
        for (; k < word->n_words && i + k < s->in->n_tokens; k++) {
            const struct token *token = tok(s, i + k);
            if (k > 0 && gap_before(s, i + k) > GAP_SPACE)
                break;
            if (strcmp(token->key, word->key[k]) != 0)
                break;
            exact &= strcmp(token->text, word->text[k]) == 0;
        }
        if (k < word->n_words)
            continue;
        if (exact)
            return word;
        if (s->in->marked || word->folded == 'n' || carries_marks(s, i, k))
            continue;
        bool capital = has(s, i + k, TOKEN_CAPITAL) && gap_before(s, i + k) <= GAP_SPACE;
        bool number = has(s, i + k, TOKEN_NUMBER) && word->grammar != GRAMMAR_NAME;
        if (word->folded == 'y' || capital || number)
            return word;
    }
    return NULL;
}

/* How many tokens from I make a name in capitals. */
static size_t capital_run(const struct scan *s, size_t i)
{
    size_t n = 0;
    for (; n < MAX_RUN && i + n < s->in->n_tokens; n++) {
        if (!has(s, i + n, TOKEN_CAPITAL) || s->in->shouted)
            break;
        if (n > 0) {
            if (gap_before(s, i + n) > GAP_SPACE)
                break;
            if (has(s, i + n, TOKEN_EXPANDED) ||
                (has(s, i + n, TOKEN_UPPER) && strlen(tok(s, i + n)->key) > 1))
                break;
            const struct type_word *word = type_word_at(s, i + n);
            if (word != NULL && n > 0 &&
                (word->type == PLACE_WARD || word->type == PLACE_DISTRICT ||
                 word->type == TYPE_CITY || word->type == PLACE_PROVINCE) &&
                (has(s, i + n + word->n_words, TOKEN_CAPITAL) ||
                 has(s, i + n + word->n_words, TOKEN_NUMBER)))
                break;
        } else if (has(s, i, TOKEN_EXPANDED)) {
            break;
        }
    }
    return n;
}

/* Whether N tokens from I name units and nothing else: "Hà Đông", "Phú Đô Nam Từ Liêm". A ward
 * alone is too weak where names carry their marks: people write a comma there. */
static bool is_units(const struct scan *s, size_t i, size_t n)
{
    if (known(s, i, n, PLACE_DISTRICT) != NULL)
        return true;
    if (s->in->marked)
        return false;
    for (size_t k = 2; k + 2 <= n; k++)
        if (known(s, i, k, PLACE_WARD) != NULL && known(s, i + k, n - k, PLACE_DISTRICT) != NULL)
            return true;
    return known(s, i, n, PLACE_WARD) != NULL;
}

/* How many of a RUN of capitals from AT are the name, when units are glued to it: "Vọng Hà Hoàn
 * Kiếm", "Truong Chinh Long Thanh". */
static size_t unglue(const struct scan *s, size_t at, size_t run)
{
    size_t least = 2;
    for (size_t n = 3; n <= run; n++)
        if (known(s, at, n, PLACE_STREET) != NULL)
            least = n; /* "Nguyễn Thị Minh Khai" */
    if (run > 3 && least == 2 && is_word(s, at + 1, "thị", "thi"))
        least = 3;
    for (size_t cut = least; cut + 2 <= run; cut++)
        if (is_units(s, at + cut, run - cut))
            return cut;
    return run;
}

/* ---- putting places down --------------------------------------------------------------------- */

static struct place *put(struct scan *s, enum place_type type, size_t first, size_t name_at,
                         size_t n_name, bool named)
{
    if (s->n_out == TEXT_MAX_PLACES) {
        s->shut = true;
        return NULL;
    }
    const struct token *from = tok(s, first), *name = tok(s, name_at),
                       *last = tok(s, name_at + n_name - 1);
    uint32_t end = last->at + last->length;
    struct place *place = &s->out[s->n_out];
    char key[MAX_KEY];
    place->type = type;
    place->at = from->at < name->at ? from->at : name->at;
    place->length = end - place->at;
    place->named = named;
    place->surface = arena_copy(s->arena, s->in->text + place->at, place->length);
    place->name = normalise_name(s->in->text, name->at, end - name->at, s->arena);
    if (!join(s, name_at, n_name, true, key))
        return NULL;
    place->key = arena_copy(s->arena, key, strlen(key));
    if (s->arena->failed)
        return NULL;
    s->n_out++;
    s->end = name_at + n_name;
    return place;
}

/* The text says that the name from FIRST to END is an old one. */
static bool is_former(const struct scan *s, size_t first, size_t end)
{
    if (gap_before(s, end) <= GAP_SPACE && is_word(s, end, "cũ", "cu"))
        return true;
    bool was = first > 1 && gap_before(s, first) <= GAP_SPACE;
    return was && (is_word(s, first - 1, "là", "la") || is_word(s, first - 1, "thuộc", "thuoc")) &&
           (is_word(s, first - 2, "trước", "truoc") || is_word(s, first - 2, "đây", "day") ||
            is_word(s, first - 2, "kia", "kia") || is_word(s, first - 2, "nguyên", "nguyen"));
}

static void put_named(struct scan *s, enum place_type type, size_t first, size_t at, size_t n,
                      bool named)
{
    struct place *place = put(s, type, first, at, n, named);
    if (place != NULL)
        place->former = is_former(s, first, at + n);
    if (place == NULL || (type != PLACE_PROVINCE && type != PLACE_DISTRICT && type != PLACE_WARD))
        return;
    /* Without marks, or by another name: the one name that it can only mean. */
    const struct name *only = NULL, *only_other = NULL;
    bool several = false, several_other = false;
    char key[MAX_KEY];
    if (!join(s, at, n, true, key))
        return;
    for (const struct name *name = gazetteer_find(s->self, key); name != NULL;
         name = gazetteer_next(name)) {
        if (name->type != (int)type || !agrees(s, name, at, n))
            continue;
        const char *lower = name->area != NULL ? name->area->lower : name->lower;
        const struct name **slot = name->area != NULL ? &only : &only_other;
        bool *many = name->area != NULL ? &several : &several_other;
        if (*slot != NULL)
            *many |=
                strcmp((*slot)->area != NULL ? (*slot)->area->lower : (*slot)->lower, lower) != 0;
        else
            *slot = name;
    }
    bool marks = carries_marks(s, at, n) || s->in->marked;
    if (only != NULL && !several) {
        bool alias = strcmp(only->key, only->area->key) != 0;
        if (!marks || s->in->shouted || (alias && strlen(only->key) <= 4))
            place->name = only->area->name;
        if (alias && strlen(only->key) <= 4)
            place->key = only->area->key;
    } else if (only == NULL && only_other != NULL && !several_other && (!marks || s->in->shouted)) {
        place->name = only_other->display;
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* "quận 10 ngày nào cũng kẹt": behind the word for a place, what a span of time is told in does not
 * make the number a quantity, as "mét" or "hộ" do. */
static bool is_span(const struct scan *s, size_t i)
{
    return is_word(s, i, "ngày", "ngay") || is_word(s, i, "năm", "nam") ||
           is_word(s, i, "tháng", "thang") || is_word(s, i, "tuần", "tuan") ||
           is_word(s, i, "lần", "lan");
}

/* A number at I that can be a name: no unit follows, no percentage, no amount. */
static bool number_at(const struct scan *s, size_t i)
{
    if (!has(s, i, TOKEN_NUMBER))
        return false;
    const struct token *token = tok(s, i);
    if (strlen(token->key) > 16 || strchr(token->key, ',') != NULL)
        return false;
    const char *behind = s->in->text + token->at + token->length;
    if (*behind == '%')
        return false;
    if (i + 1 < s->in->n_tokens && gap_before(s, i + 1) <= GAP_SPACE &&
        !has(s, i + 1, TOKEN_CAPITAL) && !has(s, i + 1, TOKEN_EXPANDED) &&
        normalise_is_unit(s->normalise, tok(s, i + 1)->text, tok(s, i + 1)->key)) {
        /* "tổ 5 phường Tây Mỗ": the unit begins the next place */
        const struct type_word *word = type_word_at(s, i + 1);
        size_t next = i + 1 + (word == NULL ? 1 : word->n_words);
        return word != NULL && (has(s, next, TOKEN_CAPITAL) || has(s, next, TOKEN_NUMBER));
    }
    return true;
}

/* What parts a list: a comma, "và", a dash, "đến". The index behind it, or 0. */
static size_t list_goes_on(const struct scan *s, size_t i)
{
    enum gap gap = gap_before(s, i);
    if (i >= s->in->n_tokens || gap >= GAP_OPEN)
        return 0;
    bool word = is_word(s, i, "và", "va") || is_word(s, i, "đến", "den") ||
                is_word(s, i, "với", "voi") || is_word(s, i, "tới", "toi");
    if (word && gap_before(s, i + 1) <= GAP_SPACE)
        return i + 1;
    return gap == GAP_COMMA || gap == GAP_DASH ? i : 0;
}

/* ngách 12 ngõ 99: the inner number goes to the end of the chain, 99/12. */
static void chain_alleys(struct scan *s, struct place *outer)
{
    if (s->n_out < 2)
        return;
    struct place *inner = outer - 1;
    bool inner_kind =
        strncmp(inner->surface, "ng", 2) == 0 || strncmp(inner->surface, "Ng", 2) == 0;
    if (inner->type != PLACE_ALLEY || strchr(inner->name, '/') != NULL ||
        inner->at + inner->length + 2 < outer->at || !inner_kind ||
        (strstr(inner->surface, "ách") == NULL && strstr(inner->surface, "ach") == NULL) ||
        strstr(s->in->text + outer->at, "ng") != s->in->text + outer->at)
        return;
    char name[MAX_KEY];
    int n = snprintf(name, sizeof name, "%s/%s", outer->name, inner->name);
    inner->name = arena_copy(s->arena, name, (size_t)n);
    n = snprintf(name, sizeof name, "%s/%s", outer->key, inner->key);
    inner->key = arena_copy(s->arena, name, (size_t)n);
    inner->length = outer->at + outer->length - inner->at;
    inner->surface = arena_copy(s->arena, s->in->text + inner->at, inner->length);
    s->n_out--;
}

static void numbers(struct scan *s, const struct type_word *word, size_t first, size_t at)
{
    enum place_type type = (enum place_type)word->type;
    size_t next = at;
    for (;;) {
        struct place *place = put(s, type, next == at ? first : next, next, 1, true);
        if (place == NULL)
            return;
        place->former = is_former(s, first, next + 1);
        while (place->name[0] == '0' && place->name[1] != 0 && type != PLACE_ROUTE) {
            place->name++;
            place->key += place->key[0] == '0';
        }
        if (type == PLACE_ALLEY && next == at)
            chain_alleys(s, place);
        size_t on = list_goes_on(s, next + 1);
        if (on == 0 || !number_at(s, on) || type == PLACE_HOUSE || type == PLACE_STREET)
            break;
        next = on;
    }
    if (type != PLACE_ALLEY && type != PLACE_HOUSE)
        return;
    /* the street stands behind without its type word */
    size_t street = next + 1;
    size_t n = gap_before(s, street) <= GAP_SPACE ? capital_run(s, street) : 0;
    if (n == 0 || type_word_at(s, street) != NULL)
        return;
    put(s, PLACE_STREET, street, street, unglue(s, street, n), false);
}

/* ---- names behind a type word ---------------------------------------------------------------- */

static bool is_area(int type)
{
    return type == PLACE_WARD || type == PLACE_DISTRICT || type == PLACE_PROVINCE;
}

/* How many tokens from AT are the name of a place of TYPE. */
static size_t name_length(const struct scan *s, int type, size_t at)
{
    size_t run = capital_run(s, at), n = run;
    if (is_area(type)) {
        size_t prefix = known_prefix(s, at, run > 0 ? run : 4, type);
        if (run == 0 && prefix > 0 && s->n_capitals > 1 && !s->in->shouted &&
            !known_here(s, at, prefix, type))
            return 0; /* who writes capitals writes them in names */
        if (run > 0 && at + run < s->in->n_tokens && has(s, at + run, TOKEN_NUMBER) &&
            gap_before(s, at + run) <= GAP_SPACE && known(s, at, run + 1, type) != NULL)
            return run + 1; /* "Hố Nai 3" */
        if (run == 0)       /* small letters: only what the gazetteer knows */
            return prefix > 1 || (prefix == 1 && has(s, at, TOKEN_EXPANDED)) ? prefix : 0;
        /* "Phan Rang - Tháp Chàm": a known name goes on behind the dash */
        for (size_t k = MAX_RUN; k > run; k--)
            if (at + k <= s->in->n_tokens && known(s, at, k, type) != NULL &&
                gap_before(s, at + run) == GAP_DASH && has(s, at + k - 1, TOKEN_CAPITAL))
                return k;
        if (prefix > 0 && prefix < run &&
            (known(s, at + prefix, run - prefix, PLACE_DISTRICT) != NULL ||
             known(s, at + prefix, run - prefix, PLACE_PROVINCE) != NULL || run > 4))
            return prefix;
        for (size_t k = 1; prefix == 0 && k < run; k++)
            if (k >= 2 && known(s, at + k, run - k, PLACE_DISTRICT) != NULL)
                return k;
        return n > 4 && prefix == 0 ? 4 : n;
    }
    if (unglue(s, at, run) < run)
        return unglue(s, at, run);
    /* "Giáng Nam 1", "Viên Châu 2" */
    if (run > 0 && number_at(s, at + run) && gap_before(s, at + run) <= GAP_SPACE)
        n++;
    return n;
}

static bool plural_before(const struct scan *s, size_t i)
{
    static const char *const words[][2] = {{"các", "cac"}, {"hai", "hai"}, {"ba", "ba"},
                                           {"bốn", "bon"}, {"năm", "nam"}, {"những", "nhung"},
                                           {"số", "so"},   {"sáu", "sau"}};
    if (i == 0 || gap_before(s, i) > GAP_COMMA)
        return false;
    if (has(s, i - 1, TOKEN_NUMBER)) /* "3 xã A, B", but not "tổ 3 xã A, B" */
        return gap_before(s, i) == GAP_SPACE && (s->n_out == 0 || s->end != i);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (is_word(s, i - 1, words[k][0], words[k][1]))
            return true;
    /* "các xã, phường A, B" */
    const struct type_word *word = i >= 2 ? type_word_at(s, i - 1) : NULL;
    return word != NULL && is_area(word->type) && plural_before(s, i - 1);
}

/* "thành phố Đà Nẵng" is a province, "thành phố Thủ Đức" a district. */
static int city_type(const struct scan *s, size_t at)
{
    size_t run = capital_run(s, at);
    for (size_t n = run > 0 ? run : 4; n > 0; n--) {
        if (at + n > s->in->n_tokens)
            continue;
        const struct name *name = known(s, at, n, PLACE_PROVINCE);
        if (name != NULL && name->is_city)
            return PLACE_PROVINCE;
    }
    return PLACE_DISTRICT;
}

static void names(struct scan *s, const struct type_word *word, size_t first, size_t at)
{
    int type = word->type == TYPE_CITY ? city_type(s, at) : word->type;
    size_t n = name_length(s, type, at);
    if (n == 0)
        return;
    bool plural = plural_before(s, first);
    put_named(s, (enum place_type)type, first, at, n, true);
    for (size_t end = at + n, on; (on = list_goes_on(s, end)) != 0 && !s->shut;) {
        if (type == PLACE_VILLAGE || type == PLACE_GROUP) { /* "Viên Châu 1, 2, 3" */
            if (number_at(s, on) && has(s, end - 1, TOKEN_NUMBER) && s->n_out > 0) {
                const struct place *before = &s->out[s->n_out - 1];
                const char *blank = strrchr(before->name, ' ');
                struct place *place = put(s, (enum place_type)type, on, on, 1, true);
                if (place == NULL || blank == NULL)
                    return;
                char name[MAX_KEY];
                int size = snprintf(name, sizeof name, "%.*s %s", (int)(blank - before->name),
                                    before->name, place->name);
                place->name = arena_copy(s->arena, name,
                                         (size_t)size < sizeof name ? (size_t)size : MAX_KEY - 1);
                char *key = arena_take(s->arena, sizeof name);
                if (key == NULL)
                    return;
                text_fold(place->name, strlen(place->name), key, sizeof name);
                place->key = key;
                end = on + 1;
                continue;
            }
        }
        size_t run = capital_run(s, on);
        if (type == PLACE_VILLAGE || type == PLACE_STREET) { /* "thôn A, B", "phố A - B" */
            bool dash = type == PLACE_VILLAGE || gap_before(s, on) == GAP_DASH || on > end;
            if (run < 2 || !dash || type_word_at(s, on) != NULL ||
                known(s, on, run, PLACE_DISTRICT) != NULL ||
                known(s, on, run, PLACE_PROVINCE) != NULL)
                break;
            if (put(s, (enum place_type)type, on, on, run, true) == NULL)
                return;
            end = on + run;
            continue;
        }
        if (!is_area(type) || type == PLACE_PROVINCE)
            break;
        const struct type_word *other = type_word_at(s, on);
        if (other != NULL && (!plural || !is_area(type) || is_area(other->type) ||
                              other->type == TYPE_CITY || !has(s, on, TOKEN_CAPITAL)))
            break;
        size_t more = name_length(s, type, on);
        if (more == 0 || (!has(s, on, TOKEN_CAPITAL) && !number_at(s, on)))
            break;
        bool same = is_area(type) && known(s, on, more, type) != NULL;
        bool district = type == PLACE_WARD && known(s, on, more, PLACE_DISTRICT) != NULL &&
                        (known_here(s, on, more, PLACE_DISTRICT) ||
                         !known_here(s, on, more, PLACE_WARD) || !known_here(s, at, n, PLACE_WARD));
        if (!plural && (!same || district))
            break;
        put_named(s, (enum place_type)type, on, on, more, true);
        end = on + more;
    }
}

/* ---- names without a type word --------------------------------------------------------------- */

/* Whether a district stands at I: "huyện Nghi Lộc", "(huyện Nghi Lộc)", "(Nghi Lộc)". */
static bool in_district(const struct scan *s, size_t i)
{
    if (i >= s->in->n_tokens || gap_before(s, i) > GAP_OPEN || gap_before(s, i) == GAP_DASH)
        return false;
    const struct type_word *word = type_word_at(s, i);
    if (word != NULL && (word->type == PLACE_DISTRICT || word->type == TYPE_CITY))
        return has(s, i + word->n_words, TOKEN_CAPITAL);
    size_t run = gap_before(s, i) == GAP_OPEN ? capital_run(s, i) : 0;
    return run > 1 && known(s, i, run, PLACE_DISTRICT) != NULL &&
           gap_before(s, i + run) == GAP_CLOSE;
}

/* Whether the name at I begins as persons' names do: "Nguyễn Trãi" is a ward and many streets. */
static bool is_person(const struct scan *s, size_t i)
{
    static const char *const first[] = {
        "nguyen", "tran",  "le", "pham",  "huynh",  "phan",  "vo",    "vu",   "dang", "bui",
        "ngo",    "duong", "ly", "trinh", "truong", "luong", "quang", "hung", "hai"};
    for (size_t k = 0; k < sizeof first / sizeof *first; k++)
        if (strcmp(tok(s, i)->key, first[k]) == 0)
            return true;
    return false;
}

/* Context of a bare name at I: 2 strong (says who speaks), 1 weak, 0 none. */
static int context_of(const struct scan *s, size_t i, size_t n)
{
    if (i > 0 && gap_before(s, i) <= GAP_SPACE) {
        for (size_t back = 1; back <= 3 && back <= i; back++) {
            const struct type_word *word = type_word_at(s, i - back);
            if (word != NULL && word->n_words == back && word->type == TYPE_CONTEXT)
                return word->grammar == GRAMMAR_STRONG ? 2 : 1;
        }
    }
    enum gap before = gap_before(s, i), after = gap_before(s, i + n);
    bool at_end = i + n >= s->in->n_tokens;
    if (before == GAP_OPEN && (at_end || after == GAP_CLOSE || after == GAP_COMMA))
        return 2;
    if (i == 0 && after == GAP_STOP &&
        s->in->text[tok(s, n - 1)->at + tok(s, n - 1)->length] == ':')
        return 2;
    if (i > 0 && s->end == i && s->n_out > 0 && is_area((int)s->out[s->n_out - 1].type) &&
        (before == GAP_COMMA || before <= GAP_SPACE))
        return 2;
    if (i > 1 && s->end + 1 == i && s->n_out > 0 && is_area((int)s->out[s->n_out - 1].type) &&
        is_word(s, i - 1, "và", "va"))
        return 2;
    if (i > 0 && s->end == i && s->n_out > 0 && before == GAP_COMMA)
        return 1;
    if (i > 0 && s->end == i && s->n_out > 0 && before <= GAP_SPACE)
        return 2; /* "tổ 5 Hòa Bình", "ngo 19 Phu Do Nam Tu Liem" */
    return is_word(s, i + n, "cũ", "cu") ? 1 : 0;
}

/* A known name at I in capitals. Returns the token behind it, or I. */
static size_t bare(struct scan *s, size_t i)
{
    size_t run = capital_run(s, i);
    if (run < 1 || has(s, i, TOKEN_EXPANDED))
        return i;
    size_t n = run;
    bool glued = false;
    const struct name *district = known(s, i, n, PLACE_DISTRICT),
                      *ward = known(s, i, n, PLACE_WARD),
                      *province = known(s, i, n, PLACE_PROVINCE);
    if (district == NULL && ward == NULL && province == NULL && run > 2) {
        for (n = run - 1; n >= 2; n--) {
            ward = known(s, i, n, PLACE_WARD);
            district = known(s, i + n, run - n, PLACE_DISTRICT);
            if (ward != NULL && district != NULL) { /* "La Phu Hoai Duc" */
                district = NULL;
                glued = true;
                break;
            }
            ward = district = NULL;
        }
    }
    if (district == NULL && ward == NULL && province == NULL)
        return i;
    if (n == 1 && strlen(tok(s, i)->key) < 3)
        return i;
    bool in = glued || (ward != NULL && district == NULL && gap_before(s, i) != GAP_DASH &&
                        in_district(s, i + n));
    int context = in ? 2 : context_of(s, i, n);
    bool old = is_word(s, i + n, "cũ", "cu");
    bool hanoi_ward = known_here(s, i, n, PLACE_WARD);
    bool after_ward = s->end == i && s->n_out > 0 && s->out[s->n_out - 1].type == PLACE_WARD;
    bool in_brackets = gap_before(s, i) == GAP_OPEN;
    if (province != NULL && district == NULL && (ward == NULL || after_ward || in_brackets)) {
        put_named(s, PLACE_PROVINCE, i, i, n, false);
        return i + n;
    }
    if (context == 0 && i == 0 && hanoi_ward && n >= 2 && run == n && has(s, i, TOKEN_MARKED))
        context = 1; /* the text begins with it */
    bool open_before = gap_before(s, i) >= GAP_COMMA && gap_before(s, i) != GAP_DASH;
    if (context == 0 && open_before && s->end != i && n >= 2 && run == n &&
        has(s, i + n - 1, TOKEN_MARKED | TOKEN_CAPITAL)) {
        bool closed = i + n >= s->in->n_tokens || gap_before(s, i + n) >= GAP_COMMA;
        if (hanoi_ward && carries_marks(s, i, n))
            context = 1;
        else if (district != NULL && closed)
            context = 1;
    }
    if (context == 0)
        return i;
    if (number_at(s, i + n) && gap_before(s, i + n) <= GAP_SPACE && district == NULL) {
        put(s, PLACE_GROUP, i, i, n + 1, false); /* "người dân Tân Lập 1" */
        return s->end == i + n + 1 ? s->end : i;
    }
    if (hanoi_ward && district != NULL && !after_ward && !in_brackets &&
        !old) { /* a district elsewhere does not outweigh a ward here */
        if (!known_here(s, i, n, PLACE_DISTRICT))
            district = NULL;
    }
    bool new_era = s->received_at >= NEW_ERA_AT, undated = s->received_at == 0;
    int type = -1;
    if (district != NULL && ward != NULL) {
        if (!old && is_former(s, i, i + n) && s->n_out > 0 &&
            s->out[s->n_out - 1].type == PLACE_WARD)
            type = PLACE_WARD; /* "xã Xuân Thới Sơn, trước là Xuân Thới Đông" */
        else if (after_ward || in_brackets || old)
            type = PLACE_DISTRICT;
        else if ((new_era || (undated && s->new_words && !s->old_words)) && context == 2)
            type = PLACE_WARD;
        else
            type = PLACE_DISTRICT;
        /* a list is of one kind */
        size_t on = list_goes_on(s, i + n), more = on == 0 ? 0 : capital_run(s, on);
        if (more > 0 && known(s, on, more, PLACE_WARD) != NULL &&
            known(s, on, more, PLACE_DISTRICT) == NULL)
            type = PLACE_WARD;
    } else if (district != NULL) {
        /* wards of 2025 often carry the old district's name */
        bool ward_era = new_era || (undated && s->new_words);
        type = ward_era && context == 2 && !after_ward && !in_brackets && !old && !s->old_words
                   ? PLACE_WARD
                   : PLACE_DISTRICT;
    } else if (ward != NULL && (context == 2 || hanoi_ward ||
                                (run == n && n >= 2 && s->in->marked && !is_person(s, i)))) {
        type = PLACE_WARD;
    }
    if (type < 0 || (n == 1 && context < 2 && !(district != NULL && carries_marks(s, i, n))))
        return i;
    put_named(s, (enum place_type)type, i, i, n, false);
    return s->end == i + n ? i + n : i;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* "ở 135 Đặng Huy Trứ": a house and its street, when a place word stands before. */
static bool house_and_street(struct scan *s, size_t i)
{
    static const char *const words[][2] = {{"ở", "o"},       {"tại", "tai"},   {"trước", "truoc"},
                                           {"nhà", "nha"},   {"nước", "nuoc"}, {"và", "va"},
                                           {"cạnh", "canh"}, {"chỉ", "chi"},   {"số", "so"}};
    bool before = false;
    for (size_t k = 0; i > 0 && k < sizeof words / sizeof *words; k++)
        before |= is_word(s, i - 1, words[k][0], words[k][1]);
    before |= i > 0 && gap_before(s, i) == GAP_OPEN;
    size_t run = capital_run(s, i + 1);
    if (!before || !number_at(s, i) || gap_before(s, i + 1) > GAP_SPACE || run < 2 || run > 4 ||
        type_word_at(s, i + 1) != NULL)
        return false;
    put(s, PLACE_HOUSE, i, i, 1, false);
    put(s, PLACE_STREET, i + 1, i + 1, run, false);
    return true;
}

/* "xã Hưng Lộc cũ (nay Dầu Giây)": the new name is of the old one's type, known or not. */
static size_t new_name(struct scan *s, size_t i)
{
    const struct place *old = s->n_out > 0 ? &s->out[s->n_out - 1] : NULL;
    if (old == NULL || !old->former || i > s->end + 2 || !is_word(s, i, "nay", "nay"))
        return i;
    size_t at = i + 1;
    if (is_word(s, at, "là", "la") || is_word(s, at, "thuộc", "thuoc") ||
        is_word(s, at, "về", "ve"))
        at++;
    size_t n = gap_before(s, at) <= GAP_SPACE ? capital_run(s, at) : 0;
    if (n < 2 || type_word_at(s, at) != NULL)
        return i;
    put_named(s, old->type, at, at, n, false);
    return s->end > i ? s->end : i;
}

/* What stands at I; returns the token to go on with. */
static size_t step(struct scan *s, size_t i)
{
    size_t renamed = new_name(s, i);
    if (renamed > i)
        return renamed;
    size_t before = s->n_out;
    const struct type_word *word = type_word_at(s, i);
    size_t at = word == NULL ? i : i + word->n_words;
    if (word != NULL && !is_area(word->type) && word->type != TYPE_CITY && i > 0 &&
        has(s, i, TOKEN_CAPITAL) && gap_before(s, i) < GAP_STOP && capital_run(s, i) > 1) {
        size_t end = bare(s, i); /* "Sóc Sơn": the type word is part of a name */
        if (end > i)
            return end;
    }
    if (word != NULL && word->type != TYPE_CONTEXT && at < s->in->n_tokens &&
        (gap_before(s, at) <= GAP_SPACE ||
         (is_area(word->type) && plural_before(s, i) && /* "các xã: A, B" */
          s->in->text[tok(s, at - 1)->at + tok(s, at - 1)->length] == ':') ||
         (gap_before(s, at) == GAP_DASH && has(s, at, TOKEN_NUMBER)))) {
        bool numeric = word->grammar == GRAMMAR_NUMBER || word->grammar == GRAMMAR_EITHER ||
                       word->grammar == GRAMMAR_HOUSE;
        bool single = i > 0 && has(s, i - 1, TOKEN_NUMBER) && gap_before(s, i) <= GAP_SPACE &&
                      word->type == PLACE_HOUSE; /* "5 nhà 3 tầng" */
        bool span = word->grammar != GRAMMAR_HOUSE && word->type != PLACE_STREET &&
                    has(s, at, TOKEN_NUMBER) && is_span(s, at + 1);
        if (numeric && (span || number_at(s, at)) && !single) {
            bool street = word->grammar != GRAMMAR_HOUSE ||
                          (gap_before(s, at + 1) <= GAP_SPACE && at + 1 < s->in->n_tokens &&
                           (has(s, at + 1, TOKEN_CAPITAL) || type_word_at(s, at + 1) != NULL));
            if (street)
                numbers(s, word, i, at);
        } else if (word->grammar == GRAMMAR_NAME || word->grammar == GRAMMAR_EITHER) {
            names(s, word, i, at);
        }
        if (s->n_out > before || s->end > i)
            return s->end > i ? s->end : at;
        /* "Phố Huế", "Hồ Tùng Mậu": the type word may be part of a name */
    }
    if (has(s, i, TOKEN_NUMBER) && house_and_street(s, i))
        return s->end;
    if (has(s, i, TOKEN_CAPITAL) && (word == NULL || has(s, i + 1, TOKEN_CAPITAL))) {
        size_t end = bare(s, i);
        if (end > i)
            return end;
        if (word == NULL) { /* skip the rest of an unknown name: no guess inside it */
            size_t run = capital_run(s, i);
            return run > 1 ? i + run : i + 1;
        }
    }
    return i + 1;
}

/* Whether the type word that PLACE begins with says another kind than AREA's. */
static bool other_kind(const struct place *place, const struct area *area)
{
    char word[16], kind[32];
    if (!place->named || place->type != PLACE_WARD)
        return false;
    text_fold(place->surface, strcspn(place->surface, " ."), word, sizeof word);
    text_fold(area->kind, strlen(area->kind), kind, sizeof kind);
    if (strcmp(word, "p") == 0 || strcmp(word, "phuong") == 0)
        return strcmp(kind, "phuong") != 0;
    if (strcmp(word, "x") == 0 || strcmp(word, "xa") == 0)
        return strcmp(kind, "xa") != 0;
    return false;
}

/* Which areas of Hà Nội a place can mean, by era and parent. */
static void resolve(struct scan *s)
{
    bool elsewhere = false, here = false;
    const char *parents[TEXT_MAX_PLACES];
    size_t n_parents = 0;
    for (size_t p = 0; p < s->n_out; p++) {
        struct place *place = &s->out[p];
        if (!is_area((int)place->type))
            continue;
        char key[MAX_KEY];
        text_fold(place->name, strlen(place->name), key, sizeof key);
        char *lower = normalise_lower(place->name, s->arena);
        if (lower == NULL)
            return;
        bool exact = s->in->marked || strcmp(lower, key) != 0;
        size_t n = 0;
        bool any = false;
        for (size_t pass = 0; pass < 2 && n == 0; pass++) {
            for (size_t i = 0; i < s->self->n_areas && n < 8; i++) {
                const struct area *area = &s->self->areas[i];
                if (area->type != place->type || strcmp(area->key, key) != 0 ||
                    (exact && strcmp(area->lower, lower) != 0))
                    continue;
                any = true;
                bool fits = area->type != PLACE_WARD || s->received_at == 0 ||
                            area->is_old == (s->received_at < NEW_ERA_AT);
                if ((fits && !other_kind(place, area)) ||
                    pass == 1) /* an old name used later still finds its area */
                    place->candidates[n++] = area->id;
            }
        }
        if (place->type == PLACE_DISTRICT || place->type == PLACE_PROVINCE) {
            here |= any;
            elsewhere |= !any;
        }
        if (n == 1) {
            place->code = place->candidates[0];
            place->candidates[0] = NULL;
            if (place->type == PLACE_DISTRICT)
                parents[n_parents++] = place->code;
        }
    }
    for (size_t p = 0; p < s->n_out; p++) {
        struct place *place = &s->out[p];
        if (elsewhere && !here) {
            place->code = NULL;
            memset(place->candidates, 0, sizeof place->candidates);
            continue;
        }
        if (place->type != PLACE_WARD || place->candidates[0] == NULL || n_parents == 0)
            continue;
        const char *only = NULL;
        size_t n = 0;
        for (size_t k = 0; k < 8 && place->candidates[k] != NULL; k++) {
            const struct area *area = places_area(s->self, place->candidates[k]);
            for (size_t d = 0; d < n_parents; d++)
                if (strcmp(area->parent, parents[d]) == 0) {
                    only = area->id;
                    n++;
                }
        }
        if (n == 1) {
            place->code = only;
            memset(place->candidates, 0, sizeof place->candidates);
            if (!s->in->marked)
                place->name = places_area(s->self, only)->name;
        }
    }
}

int places_read(const places_t *self, const normalise_t *normalise, const struct normalised *in,
                int64_t received_at, struct arena *arena, struct place **out, size_t *n_out)
{
    struct scan s = {
        .self = self, .normalise = normalise, .in = in, .arena = arena, .received_at = received_at};
    s.out = arena_take(arena, TEXT_MAX_PLACES * sizeof *s.out);
    if (s.out == NULL)
        return KN_E_NOMEM;
    for (size_t i = 0; i < in->n_tokens; i++) {
        s.n_capitals += has(&s, i, TOKEN_CAPITAL) && gap_before(&s, i) < GAP_STOP;
        s.old_words |= is_word(&s, i, "quận", "quan") || is_word(&s, i, "huyện", "huyen");
        s.new_words |= (is_word(&s, i, "phường", "phuong") || is_word(&s, i, "xã", "xa")) &&
                       !plural_before(&s, i) && !has(&s, i + 1, TOKEN_CAPITAL) &&
                       !has(&s, i + 1, TOKEN_NUMBER);
    }
    for (size_t i = 0; i < in->n_tokens && !s.shut && !arena->failed;) {
        size_t next = step(&s, i);
        assert(next > i);
        i = next;
    }
    if (!arena->failed)
        resolve(&s);
    *out = s.out;
    *n_out = s.n_out;
    return arena->failed ? KN_E_NOMEM : 0;
}
