/* scan.c - what stands in a text at a token: names the gazetteer knows, type words, runs of
 * capitals, numbers that can be names; and how a place is put down.
 */
#include "hub/text/scan.h"

/* ---- names ----------------------------------------------------------------------------------- */

/* The key of N tokens from I; false when it is too long. */
static bool join(const struct scan *s, size_t i, size_t n, bool folded, char out[MAX_KEY])
{
    size_t size = 0;
    for (size_t k = 0; k < n; k++) {
        const char *word = folded ? scan_token(s, i + k)->key : scan_token(s, i + k)->text;
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

bool scan_marked(const struct scan *s, size_t i, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (scan_has(s, i + k, TOKEN_MARKED))
            return true;
    return false;
}

/* Whether NAME may be what N tokens from I say: with marks exactly, without by key. */
static bool agrees(const struct scan *s, const struct name *name, size_t i, size_t n)
{
    char lower[MAX_KEY];
    if (!s->in->marked && !scan_marked(s, i, n))
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

const struct name *scan_known(const struct scan *s, size_t i, size_t n, int type)
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

bool scan_known_here(const struct scan *s, size_t i, size_t n, int type)
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

size_t scan_known_prefix(const struct scan *s, size_t i, size_t max, int type)
{
    while (max > 0 && i + max > s->in->n_tokens)
        max--;
    for (size_t n = max; n > 0; n--)
        if (scan_known(s, i, n, type) != NULL)
            return n;
    return 0;
}

/* ---- type words ------------------------------------------------------------------------------ */

/* The first at I of the chain from WORD on, or NULL. */
static const struct type_word *find_word(const struct scan *s, size_t i,
                                         const struct type_word *word)
{
    for (; word != NULL; word = word->next) {
        size_t k = 0;
        bool exact = true;
        for (; k < word->n_words && i + k < s->in->n_tokens; k++) {
            if (k > 0 && scan_gap(s, i + k) > GAP_SPACE)
                break;
            if (s->in->keys[i + k] != word->key[k])
                break;
            exact &= s->in->texts[i + k] == word->text[k];
        }
        bool small = word->grammar != GRAMMAR_KNOWN || /* "q hai ba trung", but not "Ia H' Drai" */
                     !(scan_has(s, i, TOKEN_CAPITAL) || scan_has(s, i + k, TOKEN_CAPITAL));
        if (k < word->n_words || !small)
            continue;
        if (exact)
            return word;
        if (s->in->marked || word->folded == 'n' || scan_marked(s, i, k))
            continue;
        bool capital = scan_has(s, i + k, TOKEN_CAPITAL) && scan_gap(s, i + k) <= GAP_SPACE;
        bool number = scan_has(s, i + k, TOKEN_NUMBER) && word->grammar != GRAMMAR_NAME;
        if (word->folded == 'y' || capital || number)
            return word;
    }
    return NULL;
}

const struct type_word *scan_type_word(const struct scan *s, size_t i)
{
    return find_word(s, i, s->self->words[s->in->keys[i] % WORD_SLOTS]);
}

const struct type_word *scan_context(const struct scan *s, size_t i, size_t n)
{
    const struct type_word *word = scan_type_word(s, i);
    while (word != NULL && (word->type != TYPE_CONTEXT || word->n_words != n))
        word = find_word(s, i, word->next);
    return word;
}

size_t scan_capitals(const struct scan *s, size_t i)
{
    size_t n = 0;
    for (; n < SCAN_RUN && i + n < s->in->n_tokens; n++) {
        if (!scan_has(s, i + n, TOKEN_CAPITAL) || s->in->shouted)
            break;
        if (n > 0) {
            if (scan_gap(s, i + n) > GAP_SPACE)
                break;
            if (scan_has(s, i + n, TOKEN_EXPANDED) ||
                (scan_has(s, i + n, TOKEN_UPPER) && strlen(scan_token(s, i + n)->key) > 1))
                break;
            const struct type_word *word = scan_type_word(s, i + n);
            if (word != NULL && n > 0 &&
                (word->type == PLACE_WARD || word->type == PLACE_DISTRICT ||
                 word->type == TYPE_CITY || word->type == PLACE_PROVINCE) &&
                (scan_has(s, i + n + word->n_words, TOKEN_CAPITAL) ||
                 scan_has(s, i + n + word->n_words, TOKEN_NUMBER)))
                break;
        } else if (scan_has(s, i, TOKEN_EXPANDED)) {
            break;
        }
    }
    return n;
}

/* Whether N tokens from I name units and nothing else: "Hà Đông", "Phú Đô Nam Từ Liêm". A ward
 * alone is too weak where names carry their marks: people write a comma there. */
static bool is_units(const struct scan *s, size_t i, size_t n)
{
    if (scan_known(s, i, n, PLACE_DISTRICT) != NULL)
        return true;
    if (s->in->marked)
        return false;
    for (size_t k = 2; k + 2 <= n; k++)
        if (scan_known(s, i, k, PLACE_WARD) != NULL &&
            scan_known(s, i + k, n - k, PLACE_DISTRICT) != NULL)
            return true;
    return scan_known(s, i, n, PLACE_WARD) != NULL;
}

size_t scan_unglue(const struct scan *s, size_t at, size_t run)
{
    size_t least = 2;
    for (size_t n = 3; n <= run; n++)
        if (scan_known(s, at, n, PLACE_STREET) != NULL)
            least = n; /* "Nguyễn Thị Minh Khai" */
    if (run > 3 && least == 2 && scan_is_word(s, at + 1, "thị", "thi"))
        least = 3;
    for (size_t cut = least; cut + 2 <= run; cut++)
        if (is_units(s, at + cut, run - cut))
            return cut;
    return run;
}

/* ---- putting places down --------------------------------------------------------------------- */

struct place *scan_put(struct scan *s, enum place_type type, size_t first, size_t name_at,
                       size_t n_name, bool named)
{
    if (s->n_out == TEXT_MAX_PLACES) {
        s->shut = true;
        return NULL;
    }
    const struct token *from = scan_token(s, first), *name = scan_token(s, name_at),
                       *last = scan_token(s, name_at + n_name - 1);
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

bool scan_former(const struct scan *s, size_t first, size_t end)
{
    if (scan_gap(s, end) <= GAP_SPACE && scan_is_word(s, end, "cũ", "cu"))
        return true;
    bool was = first > 1 && scan_gap(s, first) <= GAP_SPACE;
    return was &&
           (scan_is_word(s, first - 1, "là", "la") ||
            scan_is_word(s, first - 1, "thuộc", "thuoc")) &&
           (scan_is_word(s, first - 2, "trước", "truoc") ||
            scan_is_word(s, first - 2, "đây", "day") || scan_is_word(s, first - 2, "kia", "kia") ||
            scan_is_word(s, first - 2, "nguyên", "nguyen"));
}

void scan_put_named(struct scan *s, enum place_type type, size_t first, size_t at, size_t n,
                    bool named)
{
    struct place *place = scan_put(s, type, first, at, n, named);
    if (place != NULL)
        place->former = scan_former(s, first, at + n);
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
    bool marks = (scan_marked(s, at, n) || s->in->marked) && !scan_has(s, at, TOKEN_EXPANDED);
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

/* ---- numbers and lists
 * --------------------------------------------------------------------------------- */

bool scan_span(const struct scan *s, size_t i)
{
    return scan_is_word(s, i, "ngày", "ngay") || scan_is_word(s, i, "năm", "nam") ||
           scan_is_word(s, i, "tháng", "thang") || scan_is_word(s, i, "tuần", "tuan") ||
           scan_is_word(s, i, "lần", "lan");
}

bool scan_number(const struct scan *s, size_t i)
{
    if (!scan_has(s, i, TOKEN_NUMBER))
        return false;
    const struct token *token = scan_token(s, i);
    if (strlen(token->key) > 16 || strchr(token->key, ',') != NULL)
        return false;
    const char *behind = s->in->text + token->at + token->length;
    if (*behind == '%')
        return false;
    if (i + 1 < s->in->n_tokens && scan_gap(s, i + 1) <= GAP_SPACE &&
        !scan_has(s, i + 1, TOKEN_CAPITAL) && !scan_has(s, i + 1, TOKEN_EXPANDED) &&
        normalise_is_unit(s->normalise, scan_token(s, i + 1), s->in->keys[i + 1])) {
        /* "tổ 5 phường Tây Mỗ": the unit begins the next place */
        const struct type_word *word = scan_type_word(s, i + 1);
        size_t next = i + 1 + (word == NULL ? 1 : word->n_words);
        return word != NULL &&
               (scan_has(s, next, TOKEN_CAPITAL) || scan_has(s, next, TOKEN_NUMBER));
    }
    return true;
}

size_t scan_goes_on(const struct scan *s, size_t i)
{
    enum gap gap = scan_gap(s, i);
    if (i >= s->in->n_tokens || gap >= GAP_OPEN)
        return 0;
    bool word = scan_is_word(s, i, "và", "va") || scan_is_word(s, i, "đến", "den") ||
                scan_is_word(s, i, "với", "voi") || scan_is_word(s, i, "tới", "toi");
    if (word && scan_gap(s, i + 1) <= GAP_SPACE)
        return i + 1;
    return gap == GAP_COMMA || gap == GAP_DASH ? i : 0;
}
