/* places.c - finds the places of a text by grammar and gazetteer.
 *
 * One walk over the tokens. A type word (place_types.tsv) is followed by a name in capitals, a
 * known name, or a number; lists go on after commas, "và" and dashes. A known name without a type
 * word counts only in a context that says so ("Cử tri X", "(X)", after another place). A number
 * before a unit is a quantity. What stands at a token is told by scan.c, names without a type word
 * are bare.c. What several areas could mean stays open, with candidates.
 */
#include "hub/text/places.h"

#include "hub/text/bare.h"
#include "hub/text/matter_private.h"
#include "hub/text/scan.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- numbers --------------------------------------------------------------------------------- */

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
    /* "phường 3 Bảo Lộc" is one name since July 2025, and was ward and town before */
    size_t whole = type == PLACE_WARD && s->received_at >= NEW_ERA_AT
                       ? scan_known_prefix(s, at, 1 + scan_capitals(s, at + 1), (int)type)
                       : 0;
    if (whole > 1) {
        scan_put_named(s, type, first, at, whole, true);
        return;
    }
    for (;;) {
        struct place *place = scan_put(s, type, next == at ? first : next, next, 1, true);
        if (place == NULL)
            return;
        place->former = scan_former(s, first, next + 1);
        while (place->name[0] == '0' && place->name[1] != 0 && type != PLACE_ROUTE) {
            place->name++;
            place->key += place->key[0] == '0';
        }
        if (type == PLACE_ALLEY && next == at)
            chain_alleys(s, place);
        size_t on = scan_goes_on(s, next + 1);
        on += on != 0 && scan_is_word(s, on, "số", "so"); /* "ngõ từ số 91 đến số 139" */
        if (on == 0 || !scan_number(s, on) || type == PLACE_HOUSE || type == PLACE_STREET)
            break;
        next = on;
    }
    if (type != PLACE_ALLEY && type != PLACE_HOUSE)
        return;
    /* the street stands behind without its type word */
    size_t street = next + 1;
    size_t n = scan_gap(s, street) <= GAP_SPACE ? scan_capitals(s, street) : 0;
    if (n == 0 || (scan_type_word(s, street) != NULL && /* "kiet 62 Duong Quy" */
                   scan_known(s, street, n, PLACE_TYPES) == NULL))
        return;
    scan_put(s, PLACE_STREET, street, street, scan_unglue(s, street, n), false);
}
/* ---- names behind a type word ---------------------------------------------------------------- */

static bool plural_before(const struct scan *s, size_t i)
{
    static const char *const words[][2] = {{"các", "cac"}, {"hai", "hai"}, {"ba", "ba"},
                                           {"bốn", "bon"}, {"năm", "nam"}, {"những", "nhung"},
                                           {"số", "so"},   {"sáu", "sau"}};
    if (i == 0 || scan_gap(s, i) > GAP_COMMA)
        return false;
    if (scan_has(s, i - 1, TOKEN_NUMBER)) /* "3 xã A, B", but not "tổ 3 xã A, B" */
        return scan_gap(s, i) == GAP_SPACE && (s->n_out == 0 || s->end != i);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (scan_is_word(s, i - 1, words[k][0], words[k][1]))
            return true;
    /* "các xã, phường A, B" */
    const struct type_word *word = i >= 2 ? scan_type_word(s, i - 1) : NULL;
    return word != NULL && scan_is_area(word->type) && plural_before(s, i - 1);
}

/* A digit at I that ends a name: a comma, a bracket or the next area follows. */
static bool numbered(const struct scan *s, size_t i)
{
    const struct type_word *behind = scan_type_word(s, i + 1);
    return scan_number(s, i) && scan_gap(s, i) <= GAP_SPACE && scan_token(s, i)->key[1] == 0 &&
           (scan_gap(s, i + 1) >= GAP_COMMA || (behind != NULL && scan_is_area(behind->type)));
}

/* How many tokens from AT are the name of a place of TYPE, whose type word stands at FIRST. */
static size_t name_length(const struct scan *s, int type, size_t first, size_t at)
{
    size_t run = scan_capitals(s, at), n = run;
    if (scan_is_area(type)) {
        size_t prefix = scan_known_prefix(s, at, run > 0 ? run : 4, type);
        if (run == 0 && s->in->marked && plural_before(s, first))
            return 0; /* "các phường trung tâm" */
        if (run == 0 && prefix > 0 && s->n_capitals > 1 && !s->in->shouted &&
            !scan_has(s, at, TOKEN_EXPANDED) && !scan_known_here(s, at, prefix, type))
            return 0; /* who writes capitals writes them in names */
        if (run > 0 && at + run < s->in->n_tokens && scan_has(s, at + run, TOKEN_NUMBER) &&
            scan_gap(s, at + run) <= GAP_SPACE && scan_known(s, at, run + 1, type) != NULL)
            return run + 1; /* "Hố Nai 3" */
        if (run > 1 && prefix == run && numbered(s, at + run))
            return run + 1; /* "Tam Xuân 2, huyện Núi Thành" */
        if (run == 0)       /* small letters: only what the gazetteer knows */
            return prefix > 1 || (prefix == 1 && scan_has(s, at, TOKEN_EXPANDED)) ? prefix : 0;
        /* "Phan Rang - Tháp Chàm": a known name goes on behind the dash */
        for (size_t k = SCAN_RUN; k > run; k--)
            if (at + k <= s->in->n_tokens && scan_known(s, at, k, type) != NULL &&
                scan_gap(s, at + run) == GAP_DASH && scan_has(s, at + k - 1, TOKEN_CAPITAL))
                return k;
        if (prefix > 0 && prefix < run &&
            (scan_known(s, at + prefix, run - prefix, PLACE_DISTRICT) != NULL ||
             scan_known(s, at + prefix, run - prefix, PLACE_PROVINCE) != NULL || run > 4))
            return prefix;
        for (size_t k = 1; prefix == 0 && k < run; k++)
            if (k >= 2 && scan_known(s, at + k, run - k, PLACE_DISTRICT) != NULL)
                return k;
        return n > 4 && prefix == 0 ? 4 : n;
    }
    if (scan_unglue(s, at, run) < run)
        return scan_unglue(s, at, run);
    /* "Giáng Nam 1", "Viên Châu 2" */
    if (run > 0 && scan_number(s, at + run) && scan_gap(s, at + run) <= GAP_SPACE)
        n++;
    return n;
}

/* "thành phố Đà Nẵng" is a province, "thành phố Thủ Đức" a district. */
static int city_type(const struct scan *s, size_t at)
{
    size_t run = scan_capitals(s, at);
    for (size_t n = run > 0 ? run : 4; n > 0; n--) {
        if (at + n > s->in->n_tokens)
            continue;
        const struct name *name = scan_known(s, at, n, PLACE_PROVINCE);
        if (name != NULL && name->is_city)
            return PLACE_PROVINCE;
    }
    return PLACE_DISTRICT;
}

static void names(struct scan *s, const struct type_word *word, size_t first, size_t at)
{
    int type = word->type == TYPE_CITY ? city_type(s, at) : word->type;
    size_t n = name_length(s, type, first, at);
    if (n == 0)
        return;
    bool plural = plural_before(s, first);
    scan_put_named(s, (enum place_type)type, first, at, n, true);
    for (size_t end = at + n, on; (on = scan_goes_on(s, end)) != 0 && !s->shut;) {
        if (type == PLACE_VILLAGE || type == PLACE_GROUP) { /* "Viên Châu 1, 2, 3" */
            if (scan_number(s, on) && scan_has(s, end - 1, TOKEN_NUMBER) && s->n_out > 0) {
                const struct place *before = &s->out[s->n_out - 1];
                const char *blank = strrchr(before->name, ' ');
                struct place *place = scan_put(s, (enum place_type)type, on, on, 1, true);
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
        size_t run = scan_capitals(s, on);
        if (type == PLACE_VILLAGE || type == PLACE_STREET) { /* "thôn A, B", "phố A - B" */
            bool dash = type == PLACE_VILLAGE || scan_gap(s, on) == GAP_DASH || on > end;
            if (run < 2 || !dash || scan_type_word(s, on) != NULL ||
                scan_known(s, on, run, PLACE_DISTRICT) != NULL ||
                scan_known(s, on, run, PLACE_PROVINCE) != NULL)
                break;
            if (scan_put(s, (enum place_type)type, on, on, run, true) == NULL)
                return;
            end = on + run;
            continue;
        }
        if (!scan_is_area(type) || type == PLACE_PROVINCE)
            break;
        const struct type_word *other = scan_type_word(s, on);
        if (other != NULL && (!plural || !scan_is_area(type) || scan_is_area(other->type) ||
                              other->type == TYPE_CITY || !scan_has(s, on, TOKEN_CAPITAL)))
            break;
        size_t more = name_length(s, type, first, on);
        if (more == 0 || (!scan_has(s, on, TOKEN_CAPITAL) && !scan_number(s, on)))
            break;
        bool same = scan_is_area(type) && scan_known(s, on, more, type) != NULL;
        bool district =
            type == PLACE_WARD && scan_known(s, on, more, PLACE_DISTRICT) != NULL &&
            (scan_known_here(s, on, more, PLACE_DISTRICT) ||
             !scan_known_here(s, on, more, PLACE_WARD) || !scan_known_here(s, at, n, PLACE_WARD));
        if (!plural && (!same || district))
            break;
        scan_put_named(s, (enum place_type)type, on, on, more, true);
        end = on + more;
    }
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
        before |= scan_is_word(s, i - 1, words[k][0], words[k][1]);
    before |= i > 0 && scan_gap(s, i) == GAP_OPEN;
    size_t run = scan_capitals(s, i + 1);
    if (!before || !scan_number(s, i) || scan_gap(s, i + 1) > GAP_SPACE || run < 2 || run > 4 ||
        scan_type_word(s, i + 1) != NULL)
        return false;
    scan_put(s, PLACE_HOUSE, i, i, 1, false);
    scan_put(s, PLACE_STREET, i + 1, i + 1, run, false);
    return true;
}

/* "xã Hưng Lộc cũ (nay Dầu Giây)": the new name is of the old one's type, known or not. */
static size_t new_name(struct scan *s, size_t i)
{
    const struct place *old = s->n_out > 0 ? &s->out[s->n_out - 1] : NULL;
    if (old == NULL || !old->former || i > s->end + 2 || !scan_is_word(s, i, "nay", "nay"))
        return i;
    size_t at = i + 1;
    if (scan_is_word(s, at, "là", "la") || scan_is_word(s, at, "thuộc", "thuoc") ||
        scan_is_word(s, at, "về", "ve"))
        at++;
    size_t n = scan_gap(s, at) <= GAP_SPACE ? scan_capitals(s, at) : 0;
    if (n < 2 || scan_type_word(s, at) != NULL)
        return i;
    scan_put_named(s, old->type, at, at, n, false);
    return s->end > i ? s->end : i;
}

/* "khu vực Tân Phú, phường Thuận Hưng": before a ward the name of what else has a number. */
static size_t before_ward(const struct scan *s, size_t at)
{
    size_t n = scan_capitals(s, at), behind = at + n;
    const struct type_word *word =
        n > 0 && scan_gap(s, behind) <= GAP_COMMA ? scan_type_word(s, behind) : NULL;
    size_t name = word != NULL && word->type == PLACE_WARD ? behind + word->n_words : 0;
    return name > 0 && (scan_has(s, name, TOKEN_CAPITAL) || scan_has(s, name, TOKEN_NUMBER)) ? n
                                                                                             : 0;
}

/* What stands at I; returns the token to go on with. */
static size_t step(struct scan *s, size_t i)
{
    size_t renamed = new_name(s, i);
    if (renamed > i)
        return renamed;
    size_t before = s->n_out;
    const struct type_word *word = scan_type_word(s, i);
    size_t at = word == NULL ? i : i + word->n_words;
    if (word != NULL && !scan_is_area(word->type) && word->type != TYPE_CITY && i > 0 &&
        scan_has(s, i, TOKEN_CAPITAL) && scan_gap(s, i) < GAP_STOP && scan_capitals(s, i) > 1) {
        size_t end = bare_name(s, i); /* "Sóc Sơn": the type word is part of a name */
        if (end > i)
            return end;
    }
    if (word != NULL && word->type != TYPE_CONTEXT && at < s->in->n_tokens &&
        (scan_gap(s, at) <= GAP_SPACE ||
         (scan_is_area(word->type) && plural_before(s, i) && /* "các xã: A, B" */
          s->in->text[scan_token(s, at - 1)->at + scan_token(s, at - 1)->length] == ':') ||
         (scan_gap(s, at) == GAP_DASH && scan_has(s, at, TOKEN_NUMBER)))) {
        bool numeric = word->grammar == GRAMMAR_NUMBER || word->grammar == GRAMMAR_EITHER ||
                       word->grammar == GRAMMAR_HOUSE;
        bool single = i > 0 && scan_has(s, i - 1, TOKEN_NUMBER) && scan_gap(s, i) <= GAP_SPACE &&
                      word->type == PLACE_HOUSE; /* "5 nhà 3 tầng" */
        bool span = word->grammar != GRAMMAR_HOUSE && word->type != PLACE_STREET &&
                    scan_has(s, at, TOKEN_NUMBER) && scan_span(s, at + 1);
        if (numeric && (span || scan_number(s, at)) && !single) {
            bool street =
                word->grammar != GRAMMAR_HOUSE ||
                (scan_gap(s, at + 1) <= GAP_SPACE && at + 1 < s->in->n_tokens &&
                 (scan_has(s, at + 1, TOKEN_CAPITAL) || scan_type_word(s, at + 1) != NULL));
            if (street)
                numbers(s, word, i, at);
        } else if (word->grammar == GRAMMAR_NAME || word->grammar == GRAMMAR_EITHER ||
                   word->grammar == GRAMMAR_KNOWN) {
            names(s, word, i, at);
        } else if (word->type == PLACE_GROUP && before_ward(s, at) > 0) {
            scan_put(s, PLACE_GROUP, i, at, before_ward(s, at), true);
        }
        if (s->n_out > before || s->end > i)
            return s->end > i ? s->end : at;
        /* "Phố Huế", "Hồ Tùng Mậu": the type word may be part of a name */
    }
    if (scan_has(s, i, TOKEN_NUMBER) && house_and_street(s, i))
        return s->end > i ? s->end : i + 1; /* full: nothing was put down */
    if (scan_has(s, i, TOKEN_CAPITAL) && (word == NULL || scan_has(s, i + 1, TOKEN_CAPITAL))) {
        size_t end = bare_name(s, i);
        if (end > i)
            return end;
        if (word == NULL) { /* skip the rest of an unknown name: no guess inside it */
            size_t run = scan_capitals(s, i);
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
        if (!scan_is_area((int)place->type))
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
            for (const struct area *area = gazetteer_areas(s->self, key); area != NULL && n < 8;
                 area = area->namesake) {
                if (area->type != place->type || (exact && strcmp(area->lower, lower) != 0))
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

void places_part(struct place_parts *out, const char *key)
{
    size_t length = strlen(key), n = 0;
    out->hash = hash_bytes(key, length);
    const char *at = key;
    for (; *at && n < PARTS_WORDS; n++) {
        size_t word = strcspn(at, " ");
        out->words[n] = said_hash(at, word);
        at += word + (at[word] == ' ');
    }
    out->n_words = (uint8_t)n;
    bool is_number = key[strspn(key, "0123456789")] == 0 && length >= 3;
    /* one short word says too little */
    out->is_telling = *at == 0 && n <= PARTS_MENTIONED && (n >= 2 || is_number);
}

/* What comparing looks at. */
static void prepare(struct scan *s)
{
    for (size_t p = 0; p < s->n_out; p++) {
        struct place *place = &s->out[p];
        struct place_parts *parts = arena_room(s->arena, sizeof *parts);
        uint32_t *areas = arena_room(s->arena, 8 * sizeof *areas);
        if (parts == NULL || areas == NULL)
            return;
        places_part(parts, place->key);
        place->parts = parts;
        place->areas = areas;
        if (place->code != NULL)
            areas[place->n_areas++] = places_number(s->self, place->code);
        for (size_t k = 0; place->code == NULL && k < 8 && place->candidates[k] != NULL; k++)
            areas[place->n_areas++] = places_number(s->self, place->candidates[k]);
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
        s.n_capitals += scan_has(&s, i, TOKEN_CAPITAL) && scan_gap(&s, i) < GAP_STOP;
        s.old_words |= scan_is_word(&s, i, "quận", "quan") || scan_is_word(&s, i, "huyện", "huyen");
        s.new_words |=
            (scan_is_word(&s, i, "phường", "phuong") || scan_is_word(&s, i, "xã", "xa")) &&
            !plural_before(&s, i) && !scan_has(&s, i + 1, TOKEN_CAPITAL) &&
            !scan_has(&s, i + 1, TOKEN_NUMBER);
    }
    for (size_t i = 0; i < in->n_tokens && !s.shut && !arena->failed;) {
        size_t next = step(&s, i);
        assert(next > i);
        i = next;
    }
    if (!arena->failed)
        resolve(&s);
    if (!arena->failed)
        prepare(&s);
    *out = s.out;
    *n_out = s.n_out;
    return arena->failed ? KN_E_NOMEM : 0;
}
