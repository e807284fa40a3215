/* words.c - what two texts share of their words: rarity (text/rarity.tsv), and whether one was made
 * of the other by exchanging some. */
#include "hub/text/words.h"

#include "hub/text/table.h"
#include "kiennghi/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a word weighs that the table does not know, and the least that counts. */
static const float UNKNOWN_WORD = 5.0f, LEAST_WORD = 0.6f;
static const float SAYS_SOMETHING = 6.0f; /* what words weigh that a petition may be about */

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

/* ---- words ----------------------------------------------------------------------------------- */

static bool has_word(const struct words *words, uint16_t word)
{
    return words->has[word / 64] >> word % 64 & 1;
}

void words_part(const rarity_t *rarity, const struct said *said, struct words *out)
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
float words_share(const rarity_t *rarity, const struct said *said_a, const struct said *said_b)
{
    struct words of_a, of_b;
    const struct words *a = said_a->words_apart, *b = said_b->words_apart;
    float common = 0;
    if (a == NULL) {
        words_part(rarity, said_a, &of_a);
        a = &of_a;
    }
    if (b == NULL) {
        words_part(rarity, said_b, &of_b);
        b = &of_b;
    }
    for (size_t i = 0; i < a->n; i++) {
        common += has_word(b, a->word[i]) ? rarity_of(rarity, a->word[i]) : 0;
    }
    float less = a->sum < b->sum ? a->sum : b->sum, more = a->sum < b->sum ? b->sum : a->sum;
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
bool words_exchanged(const rarity_t *rarity, const struct said *a, const struct said *b)
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
