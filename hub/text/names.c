/* names.c - the names of places in two texts, whatever type each takes them for. */
#include "hub/text/names.h"

#include "hub/text/matter_private.h"
#include "hub/text/places.h"

#include <string.h>

bool names_is_finer(enum place_type type)
{
    return type > PLACE_WARD && type < PLACE_TYPES;
}

/* A site has a name of its own and may be told from two sides. */
bool names_is_site(enum place_type type)
{
    return type >= PLACE_PROJECT && type != PLACE_BUS_LINE && type != PLACE_KM;
}

bool names_has_finer(const struct reading *reading)
{
    for (size_t i = 0; i < reading->n_places; i++) {
        if (names_is_finer(reading->places[i].type)) {
            return true;
        }
    }
    return false;
}

/* How many finer names both texts have. */
size_t names_shared(const struct reading *a, const struct reading *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_places; i++) {
        bool found = false;
        for (size_t k = 0; k < i; k++) {
            found |= places_same_key(&a->places[k], &a->places[i]);
        }
        for (size_t k = 0; names_is_finer(a->places[i].type) && !found && k < b->n_places; k++) {
            if (names_is_finer(b->places[k].type) &&
                places_same_key(&a->places[i], &b->places[k])) {
                n++;
                break;
            }
        }
    }
    return n;
}

/* Does the name of a place stand in a text, whatever that text takes it for? FLAGS: what each of
 * its words must carry there. */
static bool mentions(const struct said *said, const struct place *place, uint16_t flags)
{
    const struct place_parts *parts = place->parts;
    size_t n = parts->n_words;
    if (!parts->is_telling) {
        return false;
    }
    for (size_t k = 0; k < n; k++) {
        if (!said_may_have(said, parts->words[k])) {
            return false;
        }
    }
    for (size_t i = 0; i + n <= said->n_words; i++) {
        size_t k = 0;
        while (k < n && (said->words[i + k] & WORD_HASH) == parts->words[k] &&
               (said->words[i + k] & flags) == flags) {
            k++;
        }
        if (k == n) {
            return true;
        }
    }
    return false;
}

/* A text that takes SITE's name for an area's names no site by it. */
static bool is_area_in(const struct reading *reading, const struct place *site)
{
    for (size_t i = 0; i < reading->n_places; i++) {
        if (!names_is_finer(reading->places[i].type) &&
            places_same_key(&reading->places[i], site)) {
            return true;
        }
    }
    return false;
}

/* A finer place that one text names and the other mentions; NULL: none. Symmetric. A site comes
 * before others. */
const struct place *names_mentioned(const struct reading *a, const struct reading *b)
{
    const struct place *found = NULL;
    for (int turn = 0; turn < 2; turn++) {
        const struct reading *from = turn ? b : a, *in = turn ? a : b;
        for (size_t i = 0; i < from->n_places; i++) {
            const struct place *place = &from->places[i];
            bool numbered = place->type == PLACE_HOUSE || place->type == PLACE_ALLEY ||
                            place->type == PLACE_GROUP;
            bool better = !found || (names_is_site(place->type) && !names_is_site(found->type));
            if (names_is_finer(place->type) && !numbered && better &&
                !(names_is_site(place->type) && is_area_in(in, place)) &&
                mentions(in->matter, place, 0)) {
                found = place;
            }
        }
    }
    return found;
}

bool names_speaks_of(const struct reading *reading, const struct place *area)
{
    return mentions(reading->matter, area, WORD_COUNTS);
}

const struct place *names_area_mentioned(const struct reading *a, const struct reading *b,
                                         enum place_type widest)
{
    const struct place *found = NULL;
    for (int turn = 0; turn < 2; turn++) {
        const struct reading *from = turn ? b : a, *in = turn ? a : b;
        for (size_t i = 0; i < from->n_places; i++) {
            const struct place *place = &from->places[i];
            bool finer = !found || place->type > found->type;
            if (place->type >= widest && place->type <= PLACE_WARD && finer &&
                mentions(in->matter, place, 0)) {
                found = place;
            }
        }
    }
    return found;
}

/* Whether the words FIRST and SECOND stand in the name of an area of READING. */
static bool in_area_name(const struct reading *reading, uint16_t first, uint16_t second)
{
    for (size_t i = 0; i < reading->n_places; i++) {
        if (names_is_finer(reading->places[i].type)) {
            continue;
        }
        const struct place_parts *parts = reading->places[i].parts;
        for (size_t k = 0; k + 1 < parts->n_words; k++) {
            if (parts->words[k] == first && parts->words[k + 1] == second) {
                return true;
            }
        }
    }
    return false;
}

/* Two words in a row that are a name in both texts, and not an area's. */
bool names_capitals(const struct reading *a, const struct reading *b)
{
    const struct said *x = a->matter, *y = b->matter;
    for (size_t i = 0; i + 1 < x->n_words; i++) {
        uint16_t first = x->words[i] & WORD_HASH, second = x->words[i + 1] & WORD_HASH;
        bool is_name = x->words[i] & x->words[i + 1] & WORD_NAME && said_may_have(y, first) &&
                       said_may_have(y, second);
        for (size_t j = 0; is_name && j + 1 < y->n_words; j++) {
            if (y->words[j] & y->words[j + 1] & WORD_NAME && (y->words[j] & WORD_HASH) == first &&
                (y->words[j + 1] & WORD_HASH) == second) {
                if (in_area_name(a, first, second) || in_area_name(b, first, second)) {
                    break;
                }
                return true;
            }
        }
    }
    return false;
}

/* Types whose names exclude each other together: "số 91" may be an alley or a house. */
static enum place_type kind_of(enum place_type type)
{
    return type == PLACE_HOUSE ? PLACE_ALLEY : type == PLACE_ROUTE ? PLACE_STREET : type;
}

/* Whether OTHER has PLACE, under whatever type. */
static bool has_place(const text_t *text, const struct reading *other, const struct place *place)
{
    for (size_t i = 0; i < other->n_places; i++) {
        const struct place *against = &other->places[i];
        if (places_same_key(against, place) ||
            (!names_is_finer(place->type) && !names_is_finer(against->type) &&
             places_relate(text, place, against) >= PLACE_CONTAINS)) {
            return true;
        }
    }
    return mentions(other->matter, place, 0);
}

/* Whether READING has a name in capitals, of no type, that OTHER has not. */
static bool has_strange_name(const struct reading *reading, const struct reading *other)
{
    const struct said *x = reading->matter, *y = other->matter;
    for (size_t i = 0; i + 1 < x->n_words; i++) {
        uint16_t first = x->words[i], second = x->words[i + 1];
        bool found = !(first & second & WORD_NAME) || !(first & second & WORD_COUNTS) ||
                     in_area_name(reading, first & WORD_HASH, second & WORD_HASH);
        bool may_be = said_may_have(y, first & WORD_HASH) && said_may_have(y, second & WORD_HASH);
        for (size_t j = 0; may_be && !found && j + 1 < y->n_words; j++) {
            found = ((first ^ y->words[j]) & WORD_HASH) == 0 &&
                    ((second ^ y->words[j + 1]) & WORD_HASH) == 0;
        }
        if (!found) {
            return true;
        }
    }
    return false;
}

/* Whether READING has a number outside its places that OTHER has not: a word flagged as a name
 * between two that are not is one. */
static bool has_strange_number(const struct reading *reading, const struct reading *other)
{
    const struct said *x = reading->matter, *y = other->matter;
    for (size_t i = 0; i < x->n_words; i++) {
        bool alone = !(i > 0 && x->words[i - 1] & WORD_NAME) &&
                     !(i + 1 < x->n_words && x->words[i + 1] & WORD_NAME);
        bool found = !alone || !(x->words[i] & WORD_NAME) || !(x->words[i] & WORD_COUNTS);
        bool may_be = said_may_have(y, x->words[i] & WORD_HASH);
        for (size_t j = 0; may_be && !found && j < y->n_words; j++) {
            found = ((x->words[i] ^ y->words[j]) & WORD_HASH) == 0;
        }
        if (!found) {
            return true;
        }
    }
    return false;
}

/* Whether both name wards and none by the same name: "Tứ Liên, nay là Hồng Hà" and "Quảng An". */
static bool in_other_wards(const struct reading *a, const struct reading *b)
{
    bool both = false;
    for (size_t i = 0; i < a->n_places; i++) {
        for (size_t k = 0; a->places[i].type == PLACE_WARD && k < b->n_places; k++) {
            if (b->places[k].type == PLACE_WARD) {
                both = true;
                if (places_same_key(&a->places[i], &b->places[k])) {
                    return false;
                }
            }
        }
    }
    return both;
}

/* Whether A names wards or communes alone and B districts alone, all outside Hà Nội: nobody knows
 * whether one lies in the other, and "Thủ Dầu Một" is a ward as well. */
static bool in_ward_or_district(const struct reading *a, const struct reading *b)
{
    unsigned of_a = 0, of_b = 0;
    for (size_t i = 0; i < a->n_places; i++) {
        of_a |= 1u << a->places[i].type;
    }
    for (size_t i = 0; i < b->n_places; i++) {
        const struct place *place = &b->places[i];
        bool is_here = place->n_areas > 0;
        of_b |= place->type == PLACE_DISTRICT && is_here ? 1u << PLACE_WARD : 1u << place->type;
    }
    unsigned both = 1u << PLACE_WARD | 1u << PLACE_DISTRICT;
    return (of_a & both) == 1u << PLACE_WARD && (of_b & both) == 1u << PLACE_DISTRICT;
}

/* Whether each of the two names something of one kind that the other has not: then they may be two
 * troubles, however much else they share ("ngõ 91 đến ngõ 139", "ngõ 91 đến ngõ 215"). */
bool names_disagree(const text_t *text, const struct reading *a, const struct reading *b)
{
    uint32_t only_a = 0, only_b = 0;
    for (size_t i = 0; i < a->n_places; i++) {
        only_a |= has_place(text, b, &a->places[i]) ? 0 : 1u << kind_of(a->places[i].type);
    }
    for (size_t i = 0; i < b->n_places; i++) {
        only_b |= has_place(text, a, &b->places[i]) ? 0 : 1u << kind_of(b->places[i].type);
    }
    uint32_t named = ~(1u << PLACE_PROVINCE | 1u << PLACE_DISTRICT | 1u << PLACE_WARD |
                       1u << PLACE_ALLEY | 1u << PLACE_GROUP | 1u << PLACE_KM);
    bool wards = ((only_a | only_b) & 1u << PLACE_WARD && in_other_wards(a, b)) ||
                 in_ward_or_district(a, b) || in_ward_or_district(b, a);
    uint32_t numbered = 1u << PLACE_ALLEY | 1u << PLACE_GROUP;
    return wards || only_a & only_b || (only_a & numbered && has_strange_number(b, a)) ||
           (only_b & numbered && has_strange_number(a, b)) || (only_a & named && only_b & named) ||
           (only_a & named && has_strange_name(b, a)) || (only_b & named && has_strange_name(a, b));
}
