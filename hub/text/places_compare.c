/* places_compare.c - how the places of two texts stand to each other.
 *
 * Areas first: the same ward, a ward and the unit that took it over, a ward in its district. Then
 * the finer types, each by its own row of a table: another number of an alley is a conflict,
 * another street is only doubt. One conflict vetoes; what only one text says is unknown.
 */
#include "hub/text/places.h"

#include "hub/text/names.h"
#include "hub/text/text_private.h"

const struct place *places_fuller(const struct place *a, const struct place *b)
{
    return strcmp(a->name, b->name) >= 0 ? a : b;
}

/* Whether AREA went, in whole or in part, to the area of NUMBER. */
static bool succeeds(const struct area *area, uint32_t number)
{
    for (size_t i = 0; i < area->n_successors; i++)
        if (area->successor_numbers[i] == number)
            return true;
    return false;
}

static enum place_relation area_pair(const places_t *places, uint32_t a, uint32_t b)
{
    if (a == b)
        return PLACE_EQUAL;
    const struct area *x = places_numbered(places, a), *y = places_numbered(places, b);
    if (x == NULL || y == NULL)
        return PLACE_UNKNOWN;
    if (x->parent_number == b || y->parent_number == a)
        return PLACE_CONTAINS;
    if (succeeds(x, b) || succeeds(y, a))
        return PLACE_CONTAINS; /* a new ward holds the old one, in whole or in part */
    if (x->is_old != y->is_old) {
        /* an old district and a new ward: when one of its wards went there */
        const struct area *district = x->type == PLACE_DISTRICT ? x : y;
        const struct area *ward = district == x ? y : x;
        if (district->type == PLACE_DISTRICT && ward->type == PLACE_WARD)
            return places_passes_to(district, ward == x ? a : b) ? PLACE_CONTAINS : PLACE_CONFLICT;
        if (x->successors[0] == 0 && y->successors[0] == 0)
            return PLACE_UNKNOWN; /* the register does not say where it went */
    }
    return PLACE_CONFLICT;
}

/* 1: of 2025, 0: of 2018; as the id says. */
static bool era_of(const places_t *places, uint32_t number)
{
    const struct area *area = places_numbered(places, number);
    return area != NULL ? strncmp(area->id, "2025:", 5) == 0 : number & 1;
}

/* The best relation of what A and B may mean. */
enum place_relation places_relate(const text_t *text, const struct place *a, const struct place *b)
{
    const places_t *places = text->places;
    size_t n_a = a->n_areas, n_b = b->n_areas;
    enum place_relation best = PLACE_UNKNOWN;
    if (a->type == b->type && places_same_key(a, b))
        return PLACE_EQUAL;
    if (n_a == 0 || n_b == 0)
        return a->type == b->type ? PLACE_CONFLICT : PLACE_UNKNOWN;
    bool first = true, one_era = false;
    if (a->type == b->type && n_a > 1 &&
        n_b > 1) /* both undated: the names of one era are compared */
        for (size_t i = 0; i < n_a; i++)
            for (size_t k = 0; k < n_b; k++)
                one_era |= era_of(places, a->areas[i]) == era_of(places, b->areas[k]);
    for (size_t i = 0; i < n_a; i++)
        for (size_t k = 0; k < n_b; k++) {
            if (one_era && era_of(places, a->areas[i]) != era_of(places, b->areas[k]))
                continue;
            enum place_relation relation = area_pair(places, a->areas[i], b->areas[k]);
            bool softer = best == PLACE_CONFLICT && relation == PLACE_UNKNOWN;
            if (first || softer ||
                (relation > best && !(best == PLACE_UNKNOWN && relation == PLACE_CONFLICT)))
                best = relation;
            first = false;
        }
    return best;
}

/* Alleys: 99/110 lies in 99. */
static bool chain_holds(const char *outer, const char *inner)
{
    size_t n = strlen(outer);
    return strncmp(outer, inner, n) == 0 && inner[n] == '/';
}

/* What a type tells: weight of equality, and whether another name of it excludes. */
static const struct {
    enum place_type type;
    float weight;
    bool excludes;
} rows[] = {
    {PLACE_WARD, 0.6f, true},    {PLACE_DISTRICT, 0.3f, true}, {PLACE_PROVINCE, 0.1f, true},
    {PLACE_HOUSE, 0.9f, true},   {PLACE_ALLEY, 0.85f, true},   {PLACE_GROUP, 0.8f, true},
    {PLACE_VILLAGE, 0.8f, true}, {PLACE_STREET, 0.6f, true},   {PLACE_ROUTE, 0.6f, true},
    {PLACE_KM, 0.8f, true},      {PLACE_BUS_LINE, 0.8f, true}, {PLACE_BUILDING, 0.8f, false},
    {PLACE_ESTATE, 0.8f, false}, {PLACE_PROJECT, 0.8f, false}, {PLACE_SCHOOL, 0.8f, false},
    {PLACE_MARKET, 0.8f, false}, {PLACE_LAKE, 0.7f, false},    {PLACE_RIVER, 0.5f, false},
    {PLACE_BRIDGE, 0.7f, false}, {PLACE_PARK, 0.8f, false},    {PLACE_HOSPITAL, 0.8f, false},
    {PLACE_OTHER, 0.7f, false}};

static uint32_t types_of(const struct reading *reading)
{
    uint32_t types = 0;
    for (size_t i = 0; i < reading->n_places; i++)
        types |= 1u << reading->places[i].type;
    return types;
}

/* The relation of the places of one type; the pair that decided in A and B of OUT. */
static enum place_relation one_type(const text_t *text, const struct reading *a,
                                    const struct reading *b, enum place_type type, bool excludes,
                                    struct place_comparison *out)
{
    enum place_relation best = PLACE_UNKNOWN;
    for (size_t i = 0; i < a->n_places; i++) {
        if (a->places[i].type != type)
            continue;
        for (size_t k = 0; k < b->n_places; k++) {
            const struct place *x = &a->places[i], *y = &b->places[k];
            if (y->type != type)
                continue;
            enum place_relation relation = type <= PLACE_WARD      ? places_relate(text, x, y)
                                           : places_same_key(x, y) ? PLACE_EQUAL
                                           : type == PLACE_ALLEY && (chain_holds(x->key, y->key) ||
                                                                     chain_holds(y->key, x->key))
                                               ? PLACE_CONTAINS
                                           : excludes ? PLACE_CONFLICT
                                                      : PLACE_UNKNOWN;
            if (relation > best) {
                best = relation;
                out->a = x;
                out->b = y;
            }
        }
    }
    if (best == PLACE_CONFLICT && type == PLACE_WARD &&
        (names_speaks_of(a, out->b) || names_speaks_of(b, out->a)))
        best = PLACE_UNKNOWN; /* "từ Quỳnh Văn đi xã Quỳnh Thạch" */
    return best;
}

/* Wards against districts: "p.Kim Giang" and "quận Thanh Xuân". */
static enum place_relation across(const text_t *text, const struct reading *a,
                                  const struct reading *b, struct place_comparison *out)
{
    enum place_relation best = PLACE_UNKNOWN;
    for (size_t i = 0; i < a->n_places; i++)
        for (size_t k = 0; k < b->n_places; k++) {
            const struct place *x = &a->places[i], *y = &b->places[k];
            bool pair = (x->type == PLACE_WARD && y->type == PLACE_DISTRICT) ||
                        (x->type == PLACE_DISTRICT && y->type == PLACE_WARD);
            enum place_relation relation = pair ? places_relate(text, x, y) : PLACE_UNKNOWN;
            if (relation > best) {
                best = relation;
                out->a = x;
                out->b = y;
            }
        }
    return best;
}

void place_compare(const text_t *text, const struct reading *a, const struct reading *b,
                   struct place_comparison *out)
{
    *out = (struct place_comparison){.relation = PLACE_UNKNOWN};
    float unsure = 1.0f, best_rank = 0;
    bool decided = false;
    uint32_t in_both = types_of(a) & types_of(b);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct place_comparison of_type = {.relation = PLACE_UNKNOWN};
        if (!(in_both & 1u << rows[r].type))
            continue;
        enum place_relation relation =
            one_type(text, a, b, rows[r].type, rows[r].excludes, &of_type);
        if (relation == PLACE_UNKNOWN)
            continue;
        if (relation == PLACE_CONFLICT) {
            *out = (struct place_comparison){PLACE_CONFLICT, 0, of_type.a, of_type.b, NULL};
            return;
        }
        float weight = relation == PLACE_EQUAL ? rows[r].weight : rows[r].weight * 0.7f;
        unsure *= 1 - weight;
        /* what is equal goes before what only contains, what is finer before what is wider */
        float rank = weight + (rows[r].type > PLACE_WARD ? 1.0f : 0.0f) +
                     (relation == PLACE_EQUAL ? 2.0f : 0.0f);
        if (rank > best_rank) {
            out->a = of_type.a;
            out->b = of_type.b;
            out->relation = relation;
            best_rank = rank;
        }
        if (rows[r].type == PLACE_STREET)
            out->street = places_fuller(of_type.a, of_type.b);
        decided = true;
    }
    struct place_comparison crossed = {.relation = PLACE_UNKNOWN};
    enum place_relation relation = across(text, a, b, &crossed);
    if (relation == PLACE_CONFLICT && !decided) {
        *out = (struct place_comparison){PLACE_CONFLICT, 0, crossed.a, crossed.b, NULL};
        return;
    }
    if (relation == PLACE_CONTAINS) {
        unsure *= 0.8f;
        if (!decided)
            *out = (struct place_comparison){PLACE_CONTAINS, 0, crossed.a, crossed.b, NULL};
    }
    out->score = 1 - unsure;
}
