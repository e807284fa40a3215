/* match.c - do two petitions say the same? Three scores, one verdict, a reason for a clerk.
 *
 * place  how much the places say that it is one (places_compare.c); a conflict vetoes, except that
 *        a named site (a landfill, a lake, a school) may lie on a border and be told from two wards
 * matter how much of what they are about they share
 * words  how much of the remaining words they share, weighted by rarity (text/rarity.tsv)
 *
 * The verdict looks at the three apart: `same` needs an equal place that is fine enough to hold one
 * trouble, the same matter and no sign of a template; `possible` wants a person. A template: most
 * words are the same in the same order and a few are exchanged on both sides. Those few are what
 * the petitions are about. A text that says the trouble came back is never more than possible, as a
 * recurrence.
 *
 * Nothing here reads the prose: what said (matter_private.h) and the places hold is enough, so the
 * index compares what it keeps of a petition by the same rules.
 */
#include "hub/text/match.h"

#include "hub/text/names.h"
#include "hub/text/text_private.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* How the three scores make one, set by hand on pairs of petitions (docs/reading.md). Words
 * weigh little: look-alikes share most of theirs, and honest reports of one trouble share few. */
static const float BIAS = -3.2f, OF_PLACE = 3.0f, OF_MATTER = 3.6f, OF_WORDS = 1.0f;
static const float NO_PLACE = 0.8f;        /* nothing says that it is one place */
static const float NO_MATTER = 0.5f;       /* each says what it is about, in other fields */
static const float OF_FIELD = 0.35f;       /* another matter of the same field */
static const float BY_NAME = 0.6f;         /* a place that one names and the other only mentions */
static const float BY_AREA = 0.45f;        /* a ward that one names and the other only mentions */
static const float BY_CAPITALS = 0.35f;    /* a name of unknown type in both */
static const float BY_SECOND = 0.5f;       /* another name in both */
static const float NO_MEETING = 0.7f;      /* both name finer places, none in common */
static const float ONE_FINER = 0.65f;      /* one names a finer place, the other only an area */
static const float EXCHANGED = 0.35f;      /* a template with words exchanged */
static const float CAME_BACK = 0.6f;       /* a recurrence */
static const float POSSIBLE_SCORE = 0.38f; /* from here on a person decides */

/* ---- matter ---------------------------------------------------------------------------------- */

/* Half what they share of their weights, half how much they point the same way: a text that says
 * more beside its trouble is not held against it. */
static float share_matter(const struct said *a, const struct said *b, const char **name)
{
    float of_a = 0, of_b = 0, square_a = 0, square_b = 0, both = 0, product = 0, fields = 0,
          most = 0;
    *name = NULL;
    for (size_t i = 0; i < a->n_matters; i++) {
        of_a += a->matters[i].weight;
        square_a += a->matters[i].weight * a->matters[i].weight;
    }
    for (size_t i = 0; i < b->n_matters; i++) {
        of_b += b->matters[i].weight;
        square_b += b->matters[i].weight * b->matters[i].weight;
    }
    for (size_t i = 0; i < a->n_matters; i++) {
        for (size_t j = 0; j < b->n_matters; j++) {
            float x = a->matters[i].weight / of_a, y = b->matters[j].weight / of_b;
            float less = x < y ? x : y;
            if (a->matters[i].row == b->matters[j].row && !a->matters[i].row->is_field) {
                both += less;
                product += a->matters[i].weight * b->matters[j].weight;
                *name = less > most ? a->matters[i].row->name : *name;
                most = less > most ? less : most;
            } else if (a->matters[i].row->field == b->matters[j].row->field) {
                fields += OF_FIELD * less;
            }
        }
    }
    float cosine = product > 0 ? product / sqrtf(square_a * square_b) : 0;
    fields = fields < 0.4f ? fields : 0.4f;
    both = 0.5f * both + 0.5f * cosine + fields;
    return both < 1 ? both : 1;
}

/* ---- verdict --------------------------------------------------------------------------------- */

/* A place so small that it has room for one trouble of a kind. */
static bool is_narrow(enum place_type type)
{
    return type == PLACE_ALLEY || type == PLACE_HOUSE || type == PLACE_GROUP ||
           type == PLACE_SCHOOL || type == PLACE_MARKET || type == PLACE_BUILDING ||
           type == PLACE_BUS_LINE || type == PLACE_KM || type == PLACE_BRIDGE ||
           type == PLACE_PROJECT || type == PLACE_PARK;
}

static bool share_narrow(const struct reading *a, const struct reading *b)
{
    for (size_t i = 0; i < a->n_places; i++) {
        for (size_t j = 0; is_narrow(a->places[i].type) && j < b->n_places; j++) {
            if (a->places[i].type == b->places[j].type &&
                places_same_key(&a->places[i], &b->places[j])) {
                return true;
            }
        }
    }
    return false;
}

static const char *const type_words[PLACE_TYPES] = {
    [PLACE_PROVINCE] = "tỉnh, thành phố",
    [PLACE_DISTRICT] = "quận, huyện",
    [PLACE_WARD] = "phường, xã",
    [PLACE_STREET] = "đường, phố",
    [PLACE_ALLEY] = "ngõ",
    [PLACE_HOUSE] = "số nhà",
    [PLACE_GROUP] = "tổ dân phố",
    [PLACE_VILLAGE] = "thôn, xóm",
    [PLACE_ROUTE] = "tuyến đường",
    [PLACE_PROJECT] = "dự án",
    [PLACE_RIVER] = "sông, kênh",
    [PLACE_LAKE] = "hồ",
    [PLACE_MARKET] = "chợ",
    [PLACE_SCHOOL] = "trường",
    [PLACE_ESTATE] = "khu",
    [PLACE_BUILDING] = "tòa nhà",
    [PLACE_BUS_LINE] = "tuyến buýt",
    [PLACE_KM] = "km",
    [PLACE_BRIDGE] = "cầu",
    [PLACE_PARK] = "công viên",
    [PLACE_HOSPITAL] = "bệnh viện",
    [PLACE_OTHER] = "nơi",
};

static void explain(struct comparison *out, const struct match_reason *reason)
{
    int n = 0;
    const struct place_comparison *place = &reason->place;
    const struct place *a = place->a, *b = place->b;
    const char *type = a ? type_words[a->type] : "";
    size_t size = sizeof out->why;
    if (place->relation == PLACE_CONFLICT) {
        snprintf(out->why, size, "khác %s: %s và %s", type, a->name, b->name);
        return;
    }
    if (reason->name) {
        n = snprintf(out->why, size, "cùng nhắc đến %s", reason->name->name);
    } else if (place->relation == PLACE_EQUAL) {
        const struct place *street =
            a->type == PLACE_ALLEY || a->type == PLACE_HOUSE ? place->street : NULL;
        n = snprintf(out->why, size, "cùng %s %s%s%s", type, places_fuller(a, b)->name,
                     street ? " " : "", street ? street->name : "");
    } else if (place->relation == PLACE_CONTAINS) {
        const struct place *wider = a->type == b->type  ? places_fuller(a, b)
                                    : a->type > b->type ? b
                                                        : a;
        n = snprintf(out->why, size, "cùng địa bàn %s", wider->name);
    } else {
        n = snprintf(out->why, size, "chưa rõ cùng nơi");
    }
    if (n > 0 && (size_t)n < size) {
        snprintf(out->why + n, size - (size_t)n,
                 reason->matter ? ", cùng việc: %s" : ", việc khác nhau%s",
                 reason->matter ? reason->matter : "");
    }
}

/* A fixed order of two readings, so that the answer is the same with the two exchanged. */
static int order_of(const struct reading *a, const struct reading *b)
{
    const struct said *x = a->matter, *y = b->matter;
    size_t n = x->n_words < y->n_words ? x->n_words : y->n_words;
    int order = memcmp(x->words, y->words, n * sizeof *x->words);
    order = order ? order : (x->n_words > y->n_words) - (x->n_words < y->n_words);
    for (size_t i = 0; !order && i < a->n_places && i < b->n_places; i++) {
        order = strcmp(a->places[i].name, b->places[i].name);
    }
    return order ? order : (a->n_places > b->n_places) - (a->n_places < b->n_places);
}

/* The place score once names are looked at; *NAME: what both name, when that decides. */
static float weigh_place(const struct reading *a, const struct reading *b,
                         struct place_comparison *place, const struct place **name)
{
    const struct place *shared = names_mentioned(a, b), *area = NULL;
    bool area_only = place->relation == PLACE_UNKNOWN || !names_is_finer(place->a->type);
    *name = NULL;
    if (place->relation == PLACE_CONFLICT && area_only && shared && names_is_site(shared->type) &&
        (shared->type != PLACE_RIVER || place->a->type != PLACE_WARD)) {
        *place = (struct place_comparison){.relation = PLACE_UNKNOWN};
    }
    if (place->relation == PLACE_CONFLICT) {
        return -1;
    }
    float score = place->score;
    bool wider = area_only && place->relation != PLACE_UNKNOWN && place->a->type != PLACE_WARD;
    if (place->relation == PLACE_UNKNOWN || wider) {
        area = names_area_mentioned(a, b, wider ? PLACE_WARD : PLACE_DISTRICT);
        score = area ? 1 - (1 - score) * (1 - BY_AREA) : score;
        *name = area;
    }
    if (names_shared(a, b) >= 2) {
        score = 1 - (1 - score) * (1 - BY_SECOND);
    }
    if (area_only && shared) {
        *name = shared;
        score = 1 - (1 - score) * (1 - BY_NAME);
    } else if (area_only && names_capitals(a, b)) {
        score = 1 - (1 - score) * (1 - BY_CAPITALS);
    } else if (area_only) {
        bool finer_a = names_has_finer(a), finer_b = names_has_finer(b);
        score *= finer_a && finer_b ? NO_MEETING : finer_a != finer_b ? ONE_FINER : 1;
    }
    return score;
}

/* What is nearly certain. Each line: at least so much of place, matter and words. */
static const struct {
    bool narrow, area; /* they share a narrow place; they name the same ward and nothing finer */
    float place, matter, words;
} sure[] = {
    /* clang-format off */
    {true,  false, 0.80f, 0.45f, 0.25f},
    {true,  false, 0.80f, 0.60f, 0.20f},
    {false, false, 0.80f, 0.80f, 0.00f},
    {false, false, 0.80f, 0.66f, 0.10f},
    {false, false, 0.80f, 0.55f, 0.30f},
    {false, false, 0.65f, 0.66f, 0.35f},
    {false, false, 0.70f, 0.85f, 0.05f},
    {false, false, 0.70f, 0.72f, 0.15f},
    {false, false, 0.85f, 0.64f, 0.10f},
    {false, true,  0.60f, 0.75f, 0.20f},
    {false, true,  0.60f, 0.60f, 0.40f},
    {false, true,  0.60f, 0.90f, 0.15f},
    /* clang-format on */
};

static bool is_same(const text_t *text, const struct comparison *found,
                    const struct match_reason *reason)
{
    const struct reading *a = reason->a, *b = reason->b;
    const struct place_comparison *place = &reason->place;
    if (place->relation != PLACE_EQUAL) {
        return false;
    }
    bool finer = names_is_finer(place->a->type) || reason->name,
         narrow = finer && share_narrow(a, b);
    bool area = place->a->type == PLACE_WARD && !names_has_finer(a) && !names_has_finer(b);
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
        if (found->place >= sure[i].place && found->matter >= sure[i].matter &&
            found->words >= sure[i].words && (narrow || !sure[i].narrow) &&
            (sure[i].area ? area : finer)) {
            return !names_disagree(text, a, b);
        }
    }
    return false;
}

/* One says that the trouble came back, the other does not. */
static bool is_again(const struct match_reason *reason)
{
    const struct said *a = reason->a->matter, *b = reason->b->matter;
    return (a->again == 2) != (b->again == 2);
}

/* The score of what is known but how much of the WORDS they share. */
static float score_of(const struct comparison *out, const struct match_reason *reason, float words)
{
    const struct said *a = reason->a->matter, *b = reason->b->matter;
    float sum = BIAS + OF_PLACE * (out->place < 0 ? 0 : out->place) + OF_MATTER * out->matter +
                OF_WORDS * words;
    sum -= out->place > 0 ? 0 : NO_PLACE;
    sum -= out->matter <= 0 && a->n_matters && b->n_matters ? NO_MATTER : 0;
    return 1 / (1 + expf(-sum));
}

bool match_score(const text_t *self, const struct reading *a, const struct reading *b, float least,
                 struct comparison *out, struct match_reason *reason)
{
    struct place_comparison *place = &reason->place;
    bool turned = order_of(a, b) > 0;
    reason->a = turned ? b : a;
    reason->b = turned ? a : b;
    const struct said *said_a = reason->a->matter, *said_b = reason->b->matter;
    memset(out, 0, offsetof(struct comparison, why));
    out->why[0] = '\0';
    out->matter = share_matter(said_a, said_b, &reason->matter);
    place_compare(self, reason->a, reason->b, place);
    out->place = weigh_place(reason->a, reason->b, place, &reason->name);
    bool conflict = place->relation == PLACE_CONFLICT;
    float most = (conflict ? 0.1f : 1) * (is_again(reason) ? CAME_BACK : 1);
    if (score_of(out, reason, out->place < 0 ? 0 : 1.01f) * most < least) {
        return false;
    }
    out->words = out->place < 0 ? 0 : words_share(self->rarity, said_a, said_b);
    out->score = score_of(out, reason, out->words);
    bool exchanged =
        !conflict && out->words > 0.4f && words_exchanged(self->rarity, said_a, said_b);
    out->score *=
        (conflict ? 0.1f : 1) * (exchanged ? EXCHANGED : 1) * (is_again(reason) ? CAME_BACK : 1);
    return true;
}

void match_conclude(const text_t *self, struct comparison *out, const struct match_reason *reason)
{
    bool conflict = reason->place.relation == PLACE_CONFLICT, again = is_again(reason);
    if (!conflict && again && out->score >= POSSIBLE_SCORE * CAME_BACK) {
        out->verdict = TEXT_POSSIBLE;
        out->relation = TEXT_RECURRENCE;
    } else if (conflict || out->score < POSSIBLE_SCORE) {
        out->verdict = TEXT_DIFFERENT;
    } else {
        out->verdict = is_same(self, out, reason) ? TEXT_SAME : TEXT_POSSIBLE;
    }
    explain(out, reason);
}

void text_compare(const text_t *self, const struct reading *a, const struct reading *b,
                  struct comparison *out)
{
    struct match_reason reason;
    match_score(self, a, b, 0, out, &reason);
    match_conclude(self, out, &reason);
}
