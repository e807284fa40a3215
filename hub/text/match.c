/* match.c - do two petitions say the same? Three scores, one verdict, a reason for a clerk.
 *
 * place  how much the places say that it is one (places_compare.c); a conflict vetoes
 * matter how much of what they are about they share
 * words  how much of the remaining words they share, weighted by rarity (text/rarity.tsv)
 *
 * The verdict looks at the three apart: `same` needs an equal place that is fine enough to hold one
 * trouble, the same matter and shared words; `possible` wants a person; a petition that says itself
 * that it was raised before, or that came back, is never more than possible, as a recurrence.
 */
#include "hub/text/match.h"

#include "hub/text/matter_private.h"
#include "hub/text/table.h"
#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rare_row {
    char key[24];
    float weight;
};

struct rarity {
    struct rare_row *rows; /* by key */
    size_t n;
};

/* What a word weighs that the table does not know, and the least that counts. */
static const float UNKNOWN_WORD = 5.0f, LEAST_WORD = 0.6f;

/* How the three scores make one, fitted on pairs of petitions (tests/reading/evaluate.py). Words
 * weigh little: look-alikes share most of theirs, and honest reports of one trouble share few. */
static const float BIAS = -3.0f, OF_PLACE = 2.8f, OF_MATTER = 4.0f, OF_WORDS = 0.2f;
static const float BY_NAME = 0.6f;        /* a place that one names and the other only mentions */
static const float POSSIBLE_SCORE = 0.5f; /* from here on a person decides */
static const float SURE_PLACE = 0.8f;     /* from here on a place is nearly certainly one */

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct rare_row *)a)->key, ((const struct rare_row *)b)->key);
}

int rarity_open(rarity_t **out, const char *folder, uint64_t *version, char *why, size_t why_size)
{
    struct table table = {0};
    struct rarity *self = *out = calloc(1, sizeof *self);
    int rc = self ? table_read(&table, folder, "text/rarity.tsv", "word\tpermille", why, why_size)
                  : KN_E_NOMEM;
    if (!rc) {
        self->rows = calloc(table.n_rows ? table.n_rows : 1, sizeof *self->rows);
        rc = self->rows ? KN_OK : KN_E_NOMEM;
    }
    for (size_t i = 0; !rc && i < table.n_rows; i++) {
        float permille = strtof(table.rows[i][1], NULL);
        struct rare_row *row = &self->rows[self->n];
        size_t length =
            text_fold(table.rows[i][0], strlen(table.rows[i][0]), row->key, sizeof row->key);
        if (permille <= 0 || permille > 1000 || length >= sizeof row->key) {
            rc = table_fault(&table, i, "a word, and in how many of a thousand petitions it stands",
                             why, why_size);
        } else {
            row->weight = logf(1000 / permille);
            self->n++;
        }
    }
    if (!rc) {
        *version ^= table.hash * 7;
        qsort(self->rows, self->n, sizeof *self->rows, by_key);
    }
    table_clear(&table);
    if (rc) {
        rarity_close(out);
    }
    return rc;
}

void rarity_close(rarity_t **self_p)
{
    if (*self_p) {
        free((*self_p)->rows);
        free(*self_p);
        *self_p = NULL;
    }
}

float rarity_of(const rarity_t *self, const char *key)
{
    size_t low = 0, high = self->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(self->rows[middle].key, key);
        if (order == 0) {
            return self->rows[middle].weight;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return strlen(key) < 2 ? 0 : UNKNOWN_WORD;
}

/* ---- words ----------------------------------------------------------------------------------- */

enum { MAX_KEYS = 400 };

struct keys {
    const char *key[MAX_KEYS];
    float weight[MAX_KEYS];
    size_t n;
    float sum;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words of a reading that say something beside places and formulae, each once, in order. */
static void collect(const rarity_t *rarity, const struct reading *reading, struct keys *out)
{
    const struct said *said = reading->matter;
    size_t n = 0;
    out->n = 0;
    out->sum = 0;
    for (size_t i = 0; i < reading->n_tokens && n < MAX_KEYS; i++) {
        enum said_role role = said ? (enum said_role)said->role[i] : SAID_WORD;
        if (role == SAID_WORD || role == SAID_MATTER) {
            out->key[n++] = reading->tokens[i].key;
        }
    }
    qsort(out->key, n, sizeof *out->key, by_text);
    for (size_t i = 0; i < n; i++) {
        float weight = rarity_of(rarity, out->key[i]);
        if ((out->n && strcmp(out->key[out->n - 1], out->key[i]) == 0) || weight < LEAST_WORD) {
            continue;
        }
        out->key[out->n] = out->key[i];
        out->weight[out->n++] = weight;
        out->sum += weight;
    }
}

/* Weight of the words in both over the weight of the shorter, drawn down where they are few. */
static float share_words(const struct keys *a, const struct keys *b)
{
    float common = 0, less = a->sum < b->sum ? a->sum : b->sum,
          more = a->sum < b->sum ? b->sum : a->sum;
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        int order = strcmp(a->key[i], b->key[j]);
        if (order == 0) {
            common += a->weight[i];
        }
        i += order <= 0;
        j += order >= 0;
    }
    if (less <= 0) {
        return 0;
    }
    float contained = common / (less + 6), jaccard = common / (less + more - common + 1e-6f);
    return 0.6f * contained + 0.4f * jaccard;
}

/* ---- matter ---------------------------------------------------------------------------------- */

static float share_matter(const struct said *a, const struct said *b, const char **name)
{
    float of_a = 0, of_b = 0, both = 0, fields = 0, most = 0;
    *name = NULL;
    if (!a || !b || !a->n_matters || !b->n_matters) {
        return 0;
    }
    for (size_t i = 0; i < a->n_matters; i++) {
        of_a += a->matters[i].weight;
    }
    for (size_t i = 0; i < b->n_matters; i++) {
        of_b += b->matters[i].weight;
    }
    for (size_t i = 0; i < a->n_matters; i++) {
        for (size_t j = 0; j < b->n_matters; j++) {
            float x = a->matters[i].weight / of_a, y = b->matters[j].weight / of_b;
            float less = x < y ? x : y;
            if (a->matters[i].row == b->matters[j].row) {
                both += less;
                *name = less > most ? a->matters[i].row->name : *name;
                most = less > most ? less : most;
            } else if (a->matters[i].row->field == b->matters[j].row->field) {
                fields += 0.35f * less;
            }
        }
    }
    fields = fields < 0.4f ? fields : 0.4f;
    return both + fields < 1 ? both + fields : 1;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Does the name of a place stand in a text, whatever that text takes it for? */
static bool mentions(const struct reading *reading, const struct place *place)
{
    const char *key = place->key;
    size_t words = 1;
    for (const char *at = key; *at; at++) {
        words += *at == ' ';
    }
    bool is_number = key[strspn(key, "0123456789")] == '\0';
    if (words < 2 && !(is_number && strlen(key) >= 3)) {
        return false; /* one short word says too little */
    }
    for (size_t i = 0; i + words <= reading->n_tokens; i++) {
        const char *at = key;
        size_t w = 0;
        for (; w < words; w++) {
            const char *token = reading->tokens[i + w].key;
            size_t length = strlen(token);
            if (strncmp(at, token, length) != 0 || (at[length] && at[length] != ' ')) {
                break;
            }
            at += length + (at[length] == ' ');
        }
        if (w == words) {
            return true;
        }
    }
    return false;
}

/* A finer place that one text names and the other mentions; NULL: none. Symmetric. */
static const struct place *shared_name(const struct reading *a, const struct reading *b)
{
    const struct place *found = NULL;
    for (int turn = 0; turn < 2; turn++) {
        const struct reading *from = turn ? b : a, *in = turn ? a : b;
        for (size_t i = 0; i < from->n_places; i++) {
            const struct place *place = &from->places[i];
            bool finer = place->type != PLACE_PROVINCE && place->type != PLACE_DISTRICT &&
                         place->type != PLACE_WARD && place->type != PLACE_HOUSE &&
                         place->type != PLACE_ALLEY && place->type != PLACE_GROUP;
            if (finer && mentions(in, place) &&
                (!found || strcmp(place->key, found->key) < 0 ||
                 (strcmp(place->key, found->key) == 0 && places_fuller(place, found) == place))) {
                found = place;
            }
        }
    }
    return found;
}

/* ---- verdict --------------------------------------------------------------------------------- */

/* How much of the matter two petitions of one place must share to be the same without a person: in
 * an alley or a school one trouble of a kind has room, a street or a river has many. 2: never. */
static float matter_wanted(const struct place *place)
{
    switch (place ? place->type : PLACE_OTHER) {
    case PLACE_ALLEY:
    case PLACE_HOUSE:
    case PLACE_GROUP:
    case PLACE_SCHOOL:
    case PLACE_MARKET:
    case PLACE_BUILDING:
    case PLACE_BUS_LINE:
    case PLACE_KM:
    case PLACE_BRIDGE:
    case PLACE_PROJECT:
    case PLACE_PARK: return 0.45f;
    case PLACE_VILLAGE:
    case PLACE_ESTATE:
    case PLACE_LAKE:
    case PLACE_HOSPITAL:
    case PLACE_STREET:
    case PLACE_ROUTE:
    case PLACE_RIVER: return 0.66f;
    default: return 2;
    }
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

static void explain(struct comparison *out, const struct place_comparison *place,
                    const struct place *name, const char *matter)
{
    int n = 0;
    const char *type = place->a ? type_words[place->a->type] : "";
    size_t size = sizeof out->why;
    switch (place->relation) {
    case PLACE_CONFLICT: {
        const char *x = place->a->name, *y = place->b->name;
        bool turn = strcmp(x, y) > 0; /* the same reason with the two exchanged */
        n = snprintf(out->why, size, "khác %s: %s và %s", type, turn ? y : x, turn ? x : y);
        break;
    }
    case PLACE_EQUAL: {
        const struct place *street =
            place->a->type == PLACE_ALLEY || place->a->type == PLACE_HOUSE ? place->street : NULL;
        n = snprintf(out->why, size, "cùng %s %s%s%s", type,
                     places_fuller(place->a, place->b)->name, street ? " " : "",
                     street ? street->name : "");
        break;
    }
    case PLACE_CONTAINS: {
        const struct place *wider = place->a->type == place->b->type
                                        ? places_fuller(place->a, place->b)
                                    : place->a->type > place->b->type ? place->b
                                                                      : place->a;
        n = snprintf(out->why, size, "cùng địa bàn %s", wider->name);
        break;
    }
    case PLACE_UNKNOWN: n = snprintf(out->why, size, "chưa rõ cùng nơi"); break;
    }
    if (name) {
        n = snprintf(out->why, size, "cùng nhắc đến %s", name->name);
    }
    if (n > 0 && (size_t)n < size && place->relation != PLACE_CONFLICT) {
        snprintf(out->why + n, size - (size_t)n, matter ? ", cùng việc: %s" : ", việc khác nhau%s",
                 matter ? matter : "");
    }
}

void text_compare(const text_t *self, const struct reading *a, const struct reading *b,
                  struct comparison *out)
{
    struct place_comparison place;
    struct keys words_a, words_b;
    const struct said *said_a = a->matter, *said_b = b->matter;
    const char *matter;
    memset(out, 0, sizeof *out);
    place_compare(self, a, b, &place);
    collect(self->rarity, a, &words_a);
    collect(self->rarity, b, &words_b);
    out->words = share_words(&words_a, &words_b);
    out->matter = share_matter(said_a, said_b, &matter);
    out->place = place.relation == PLACE_CONFLICT ? -1 : place.score;
    const struct place *name = place.relation == PLACE_UNKNOWN || place.relation == PLACE_CONTAINS
                                   ? shared_name(a, b)
                                   : NULL;
    if (name && out->place < BY_NAME) {
        out->place = BY_NAME;
    }
    float sum = BIAS + OF_PLACE * (out->place < 0 ? 0 : out->place) + OF_MATTER * out->matter +
                OF_WORDS * out->words;
    out->score = 1 / (1 + expf(-sum));
    if (place.relation == PLACE_CONFLICT) {
        out->score *= 0.1f;
    }
    bool again = (said_a && said_a->again) != (said_b && said_b->again);
    if (place.relation == PLACE_CONFLICT || out->score < POSSIBLE_SCORE) {
        out->verdict = TEXT_DIFFERENT;
    } else if (place.relation == PLACE_EQUAL && out->place >= SURE_PLACE &&
               out->matter >= matter_wanted(place.a) && !again) {
        out->verdict = TEXT_SAME;
    } else {
        out->verdict = TEXT_POSSIBLE;
    }
    if (again && out->verdict == TEXT_POSSIBLE) {
        out->relation = TEXT_RECURRENCE;
    }
    explain(out, &place, name, matter);
}
