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

#include "hub/text/matter_private.h"
#include "hub/text/table.h"
#include "hub/text/text_private.h"
#include "kiennghi/status.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rarity {
    float weight[WORD_HASH + 1];
};

/* What a word weighs that the table does not know, and the least that counts. */
static const float UNKNOWN_WORD = 5.0f, LEAST_WORD = 0.6f;

/* How the three scores make one, fitted on pairs of petitions (tests/reading/evaluate.py). Words
 * weigh little: look-alikes share most of theirs, and honest reports of one trouble share few. */
static const float BIAS = -3.2f, OF_PLACE = 3.0f, OF_MATTER = 3.6f, OF_WORDS = 1.0f;
static const float NO_PLACE = 0.8f;        /* nothing says that it is one place */
static const float SAYS_SOMETHING = 6.0f;  /* what words weigh that a petition may be about */
static const float OF_FIELD = 0.35f;       /* another matter of the same field */
static const float BY_NAME = 0.6f;         /* a place that one names and the other only mentions */
static const float BY_CAPITALS = 0.35f;    /* a name of unknown type in both */
static const float BY_SECOND = 0.5f;       /* another name in both */
static const float NO_MEETING = 0.7f;      /* both name finer places, none in common */
static const float ONE_FINER = 0.65f;      /* one names a finer place, the other only an area */
static const float EXCHANGED = 0.35f;      /* a template with words exchanged */
static const float CAME_BACK = 0.6f;       /* a recurrence */
static const float POSSIBLE_SCORE = 0.38f; /* from here on a person decides */

int rarity_open(rarity_t **out, const char *folder, uint64_t *version, char *why, size_t why_size)
{
    struct table table = {0};
    char key[64];
    struct rarity *self = *out = calloc(1, sizeof *self);
    int rc = self ? table_read(&table, folder, "text/rarity.tsv", "word\tpermille", why, why_size)
                  : KN_E_NOMEM;
    for (size_t i = 0; self && i <= WORD_HASH; i++) {
        self->weight[i] = UNKNOWN_WORD;
    }
    for (size_t i = 0; !rc && i < table.n_rows; i++) {
        float permille = strtof(table.rows[i][1], NULL);
        size_t length = text_fold(table.rows[i][0], strlen(table.rows[i][0]), key, sizeof key);
        if (!(permille > 0 && permille <= 1000) || length >= sizeof key) {
            rc = table_fault(&table, i, "a word, and in how many of a thousand petitions it stands",
                             why, why_size);
        } else {
            self->weight[said_hash(key, length)] = logf(1000 / permille);
        }
    }
    *version ^= table.hash * 7;
    table_clear(&table);
    if (rc) {
        rarity_close(out);
    }
    return rc;
}

void rarity_close(rarity_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

float rarity_of(const rarity_t *self, uint16_t word)
{
    return self->weight[word & WORD_HASH];
}

/* ---- words ----------------------------------------------------------------------------------- */

/* The words of a text that say something beside places and formulae, each once. */
struct words {
    uint64_t has[(WORD_HASH + 1) / 64];
    uint16_t word[SAID_MAX_WORDS];
    size_t n;
    float sum;
};

static bool has_word(const struct words *words, uint16_t word)
{
    return words->has[word / 64] >> word % 64 & 1;
}

static void collect(const rarity_t *rarity, const struct said *said, struct words *out)
{
    memset(out->has, 0, sizeof out->has);
    out->n = 0;
    out->sum = 0;
    for (size_t i = 0; i < said->n_words; i++) {
        uint16_t word = said->words[i] & WORD_HASH;
        float weight = rarity_of(rarity, word);
        if (said->words[i] & WORD_COUNTS && weight >= LEAST_WORD && !has_word(out, word)) {
            out->has[word / 64] |= UINT64_C(1) << word % 64;
            out->word[out->n++] = word;
            out->sum += weight;
        }
    }
}

/* Weight of the words in both over the weight of the shorter, drawn down where they are few. */
static float share_words(const rarity_t *rarity, const struct said *said_a,
                         const struct said *said_b)
{
    struct words a, b;
    float common = 0;
    collect(rarity, said_a, &a);
    collect(rarity, said_b, &b);
    for (size_t i = 0; i < a.n; i++) {
        common += has_word(&b, a.word[i]) ? rarity_of(rarity, a.word[i]) : 0;
    }
    float less = a.sum < b.sum ? a.sum : b.sum, more = a.sum < b.sum ? b.sum : a.sum;
    float contained = common / (less + 6), jaccard = common / (less + more - common + 1e-6f);
    return less > 0 ? 0.6f * contained + 0.4f * jaccard : 0;
}

enum { MAX_ALIGNED = 64, TEMPLATE_PERCENT = 62 };

/* A stretch where two texts differ, between words that both have. */
struct stretch {
    float of_a, of_b;    /* what the words weigh */
    bool name_a, name_b; /* a name or a number is in it */
};

/* Whether what the stretch holds was exchanged: words that say something, or a name for a name. */
static bool is_exchange(const struct stretch *stretch)
{
    float less = stretch->of_a < stretch->of_b ? stretch->of_a : stretch->of_b;
    return less >= SAYS_SOMETHING || (less > 0 && stretch->name_a && stretch->name_b);
}

/* Two texts side by side: the longest common subsequence of their words, a bit for each word of A
 * (Hyyrö 2004). Bit I of TAKEN[J] tells that A's first I + 1 words have one more in common with B's
 * first J than its first I words. */
struct alignment {
    uint64_t taken[MAX_ALIGNED + 1];
    size_t n, m;
};

/* Where each word of A stands in it, as bits, by a small table. */
struct places_of_words {
    uint16_t word[4 * MAX_ALIGNED];
    uint64_t bits[4 * MAX_ALIGNED]; /* 0: the slot is free */
};

static size_t slot_of_word(const struct places_of_words *table, uint16_t word)
{
    size_t at = word % (4 * MAX_ALIGNED);
    while (table->bits[at] && table->word[at] != word) {
        at = (at + 1) % (4 * MAX_ALIGNED);
    }
    return at;
}

static void align(const struct said *a, const struct said *b, struct alignment *out)
{
    struct places_of_words table;
    memset(table.bits, 0, sizeof table.bits);
    out->n = a->n_words < MAX_ALIGNED ? a->n_words : MAX_ALIGNED;
    out->m = b->n_words < MAX_ALIGNED ? b->n_words : MAX_ALIGNED;
    for (size_t i = 0; i < out->n; i++) {
        uint16_t word = a->words[i] & WORD_HASH;
        size_t at = slot_of_word(&table, word);
        table.word[at] = word;
        table.bits[at] |= UINT64_C(1) << i;
    }
    uint64_t open = UINT64_MAX;
    out->taken[0] = 0;
    for (size_t j = 0; j < out->m; j++) {
        uint64_t used = open & table.bits[slot_of_word(&table, b->words[j] & WORD_HASH)];
        open = (open + used) | (open - used);
        out->taken[j + 1] = ~open;
    }
}

/* How many words the first I of A and the first J of B have in common, in order. */
static size_t in_common(const struct alignment *alignment, size_t i, size_t j)
{
    uint64_t first = i >= 64 ? UINT64_MAX : (UINT64_C(1) << i) - 1;
    return (size_t)__builtin_popcountll(alignment->taken[j] & first);
}

/* Whether most words stand in both in the same order, with others exchanged between them. One
 * common word between two differences counts as part of them: "Tam Vinh" for "Vĩnh Hưng". */
static bool is_template(const rarity_t *rarity, const struct said *a, const struct said *b)
{
    struct alignment alignment;
    align(a, b, &alignment);
    size_t i = alignment.n, j = alignment.m, longer = i > j ? i : j;
    if (in_common(&alignment, i, j) * 100 < longer * TEMPLATE_PERCENT) {
        return false;
    }
    struct stretch stretch = {0};
    size_t common = 0, exchanged = 0;
    while (i > 0 || j > 0) { /* from the end */
        if (i > 0 && j > 0 && ((a->words[i - 1] ^ b->words[j - 1]) & WORD_HASH) == 0) {
            if (++common == 2) {
                exchanged += is_exchange(&stretch);
                stretch = (struct stretch){0};
            }
            i--;
            j--;
            continue;
        }
        common = 0;
        if (j == 0 ||
            (i > 0 && in_common(&alignment, i - 1, j) >= in_common(&alignment, i, j - 1))) {
            i--;
            stretch.of_a += rarity_of(rarity, a->words[i]);
            stretch.name_a |= (a->words[i] & WORD_NAME) != 0;
        } else {
            j--;
            stretch.of_b += rarity_of(rarity, b->words[j]);
            stretch.name_b |= (b->words[j] & WORD_NAME) != 0;
        }
    }
    return exchanged + is_exchange(&stretch) > 0;
}

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
            bool is_field = !strchr(a->matters[i].row->code, '.');
            if (a->matters[i].row == b->matters[j].row && !is_field) {
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

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_finer(enum place_type type)
{
    return type > PLACE_WARD && type < PLACE_TYPES;
}

/* A site has a name of its own and may be told from two sides. */
static bool is_site(enum place_type type)
{
    return type >= PLACE_PROJECT && type != PLACE_BUS_LINE && type != PLACE_KM;
}

static bool names_finer(const struct reading *reading)
{
    for (size_t i = 0; i < reading->n_places; i++) {
        if (is_finer(reading->places[i].type)) {
            return true;
        }
    }
    return false;
}

/* How many finer names both texts have. */
static size_t share_names(const struct reading *a, const struct reading *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_places; i++) {
        bool found = false;
        for (size_t k = 0; k < i; k++) {
            found |= strcmp(a->places[k].key, a->places[i].key) == 0;
        }
        for (size_t k = 0; is_finer(a->places[i].type) && !found && k < b->n_places; k++) {
            if (is_finer(b->places[k].type) && strcmp(a->places[i].key, b->places[k].key) == 0) {
                n++;
                break;
            }
        }
    }
    return n;
}

/* Does the name of a place stand in a text, whatever that text takes it for? */
static bool mentions(const struct said *said, const struct place *place)
{
    uint16_t name[8];
    size_t n = 0;
    const char *key = place->key;
    bool is_number = key[strspn(key, "0123456789")] == '\0' && strlen(key) >= 3;
    while (*key && n < 8) {
        size_t length = strcspn(key, " ");
        name[n++] = said_hash(key, length);
        key += length + (key[length] == ' ');
    }
    if (*key || (n < 2 && !is_number)) {
        return false; /* one short word says too little */
    }
    for (size_t i = 0; i + n <= said->n_words; i++) {
        size_t k = 0;
        while (k < n && (said->words[i + k] & WORD_HASH) == name[k]) {
            k++;
        }
        if (k == n) {
            return true;
        }
    }
    return false;
}

/* A text that takes KEY for an area names no site by it. */
static bool is_area_in(const struct reading *reading, const char *key)
{
    for (size_t i = 0; i < reading->n_places; i++) {
        if (!is_finer(reading->places[i].type) && strcmp(reading->places[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* A finer place that one text names and the other mentions; NULL: none. Symmetric. A site comes
 * before others. */
static const struct place *shared_name(const struct reading *a, const struct reading *b)
{
    const struct place *found = NULL;
    for (int turn = 0; turn < 2; turn++) {
        const struct reading *from = turn ? b : a, *in = turn ? a : b;
        for (size_t i = 0; i < from->n_places; i++) {
            const struct place *place = &from->places[i];
            bool numbered = place->type == PLACE_HOUSE || place->type == PLACE_ALLEY ||
                            place->type == PLACE_GROUP;
            bool better = !found || (is_site(place->type) && !is_site(found->type));
            if (is_finer(place->type) && !numbered && better &&
                !(is_site(place->type) && is_area_in(in, place->key)) &&
                mentions(in->matter, place)) {
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
        if (is_finer(reading->places[i].type)) {
            continue;
        }
        uint16_t before = 0;
        for (const char *at = reading->places[i].key; *at;) {
            size_t length = strcspn(at, " ");
            uint16_t word = said_hash(at, length);
            if (at != reading->places[i].key && before == first && word == second) {
                return true;
            }
            before = word;
            at += length + (at[length] == ' ');
        }
    }
    return false;
}

/* Two words in a row that are a name in both texts, and not an area's. */
static bool share_capitals(const struct reading *a, const struct reading *b)
{
    const struct said *x = a->matter, *y = b->matter;
    for (size_t i = 0; i + 1 < x->n_words; i++) {
        uint16_t first = x->words[i] & WORD_HASH, second = x->words[i + 1] & WORD_HASH;
        bool is_name = x->words[i] & x->words[i + 1] & WORD_NAME;
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
                strcmp(a->places[i].key, b->places[j].key) == 0) {
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

void match_explain(struct comparison *out, const struct match_reason *reason)
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
    const struct place *shared = shared_name(a, b);
    bool area_only = place->relation == PLACE_UNKNOWN || !is_finer(place->a->type);
    *name = NULL;
    if (place->relation == PLACE_CONFLICT && area_only && shared && is_site(shared->type) &&
        (shared->type != PLACE_RIVER || place->a->type != PLACE_WARD)) {
        *place = (struct place_comparison){.relation = PLACE_UNKNOWN};
    }
    if (place->relation == PLACE_CONFLICT) {
        return -1;
    }
    float score = place->score;
    if (share_names(a, b) >= 2) {
        score = 1 - (1 - score) * (1 - BY_SECOND);
    }
    if (area_only && shared) {
        *name = shared;
        score = 1 - (1 - score) * (1 - BY_NAME);
    } else if (area_only && share_capitals(a, b)) {
        score = 1 - (1 - score) * (1 - BY_CAPITALS);
    } else if (area_only) {
        bool finer_a = names_finer(a), finer_b = names_finer(b);
        score *= finer_a && finer_b ? NO_MEETING : finer_a != finer_b ? ONE_FINER : 1;
    }
    return score;
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
        if (strcmp(against->key, place->key) == 0 ||
            (!is_finer(place->type) && !is_finer(against->type) &&
             places_relate(text, place, against) >= PLACE_CONTAINS)) {
            return true;
        }
    }
    return mentions(other->matter, place);
}

/* Whether READING has a name in capitals, of no type, that OTHER has not. */
static bool has_strange_name(const struct reading *reading, const struct reading *other)
{
    const struct said *x = reading->matter, *y = other->matter;
    for (size_t i = 0; i + 1 < x->n_words; i++) {
        uint16_t first = x->words[i], second = x->words[i + 1];
        bool found = !(first & second & WORD_NAME) || !(first & second & WORD_COUNTS) ||
                     in_area_name(reading, first & WORD_HASH, second & WORD_HASH);
        for (size_t j = 0; !found && j + 1 < y->n_words; j++) {
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
        for (size_t j = 0; !found && j < y->n_words; j++) {
            found = ((x->words[i] ^ y->words[j]) & WORD_HASH) == 0;
        }
        if (!found) {
            return true;
        }
    }
    return false;
}

/* Whether each of the two names something of one kind that the other has not: then they may be two
 * troubles, however much else they share ("ngõ 91 đến ngõ 139", "ngõ 91 đến ngõ 215"). */
static bool disagree(const text_t *text, const struct reading *a, const struct reading *b)
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
    uint32_t numbered = 1u << PLACE_ALLEY | 1u << PLACE_GROUP;
    return only_a & only_b || (only_a & numbered && has_strange_number(b, a)) ||
           (only_b & numbered && has_strange_number(a, b)) || (only_a & named && only_b & named) ||
           (only_a & named && has_strange_name(b, a)) || (only_b & named && has_strange_name(a, b));
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
    {false, true,  0.60f, 0.75f, 0.20f},
    {false, true,  0.60f, 0.60f, 0.40f},
    /* clang-format on */
};

static bool is_same(const text_t *text, const struct reading *a, const struct reading *b,
                    const struct comparison *found, const struct place_comparison *place,
                    const struct place *name)
{
    if (place->relation != PLACE_EQUAL) {
        return false;
    }
    bool finer = is_finer(place->a->type) || name, narrow = finer && share_narrow(a, b);
    bool area = place->a->type == PLACE_WARD && !names_finer(a) && !names_finer(b);
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
        if (found->place >= sure[i].place && found->matter >= sure[i].matter &&
            found->words >= sure[i].words && (narrow || !sure[i].narrow) &&
            (sure[i].area ? area : finer)) {
            return !disagree(text, a, b);
        }
    }
    return false;
}

void match_judge(const text_t *self, const struct reading *a, const struct reading *b,
                 struct comparison *out, struct match_reason *reason)
{
    struct place_comparison *place = &reason->place;
    if (order_of(a, b) > 0) {
        const struct reading *turn = a;
        a = b;
        b = turn;
    }
    const struct said *said_a = a->matter, *said_b = b->matter;
    memset(out, 0, offsetof(struct comparison, why));
    out->why[0] = '\0';
    place_compare(self, a, b, place);
    out->words = share_words(self->rarity, said_a, said_b);
    out->matter = share_matter(said_a, said_b, &reason->matter);
    out->place = weigh_place(a, b, place, &reason->name);
    float sum = BIAS + OF_PLACE * (out->place < 0 ? 0 : out->place) + OF_MATTER * out->matter +
                OF_WORDS * out->words;
    sum -= out->place > 0 ? 0 : NO_PLACE;
    out->score = 1 / (1 + expf(-sum));
    bool conflict = place->relation == PLACE_CONFLICT;
    bool exchanged = !conflict && out->words > 0.4f && is_template(self->rarity, said_a, said_b);
    bool again = (said_a->again == 2) != (said_b->again == 2);
    out->score *= (conflict ? 0.1f : 1) * (exchanged ? EXCHANGED : 1) * (again ? CAME_BACK : 1);
    if (!conflict && again && out->score >= POSSIBLE_SCORE * CAME_BACK) {
        out->verdict = TEXT_POSSIBLE;
        out->relation = TEXT_RECURRENCE;
    } else if (conflict || out->score < POSSIBLE_SCORE) {
        out->verdict = TEXT_DIFFERENT;
    } else {
        out->verdict = is_same(self, a, b, out, place, reason->name) ? TEXT_SAME : TEXT_POSSIBLE;
    }
}

void text_compare(const text_t *self, const struct reading *a, const struct reading *b,
                  struct comparison *out)
{
    struct match_reason reason;
    match_judge(self, a, b, out, &reason);
    match_explain(out, &reason);
}
