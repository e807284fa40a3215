/* items.c - the same row is the same item for ever.
 *
 * For each container the outbox keeps what was sent:
 * "i:CONTAINER:ITEM" -> hash of the content, row, batch, what the hub said. Then
 *
 *   1. same item, same content                          -> that item
 *   2. content known under an item nobody has taken     -> that item: the row moved
 *   3. content unknown, its own number known and free   -> its number: the row was changed
 *                                                          (conflict; with --revise: revised)
 *   4. content unknown, a refused row stood here before -> that item: the row was corrected
 *      (between the same neighbours)
 *   5. content unknown, its number taken by a moved row -> an item of its content: a new row
 *
 * Rows with identities of their own have only 1 and 3.
 *
 * A lost outbox loses only 2 and 4: the hub then says `conflict` where a renumbered table has
 * moved, and nothing is stored twice under one number.
 */
#include "agents/items.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

/* What the outbox knows of an item; fixed layout. */
struct trace {
    unsigned char hash[HASH];
    int32_t row;
    uint32_t answer;
    char batch[16]; /* the first digits of the one that brought it */
};

struct known {
    const char *item;
    struct trace trace;
    bool is_taken; /* by a row of this table */
};

void items_number(char out[ITEM_MAX], const char *number)
{
    size_t n = strlen(number), digits = strspn(number, "0123456789");
    bool is_word = n < ITEM_MAX - 2;
    for (const char *p = number; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr(".-_", *p))
            is_word = false;
    if (digits == n && n <= 8) {
        snprintf(out, ITEM_MAX, "%08ld", strtol(number, NULL, 10));
    } else if (is_word) {
        snprintf(out, ITEM_MAX, "n%s", number);
    } else {
        char hex[33];
        kn_hash_hex32(hex, 1, (const char *[]){number});
        snprintf(out, ITEM_MAX, "k%s", hex);
    }
}

static void trace_key(char out[110], const char *container, const char *item)
{
    snprintf(out, 110, "i:%s:%s", container, item);
}

static int add_known(void *arg, const char *key, const void *value, size_t size)
{
    struct batch *batch = arg;
    const char *item = strrchr(key, ':') + 1;
    if (size != sizeof(struct trace) || strlen(item) >= ITEM_MAX)
        return KN_E_CORRUPT;
    if (batch->n_known == batch->max_known) {
        batch->max_known = batch->max_known ? 2 * batch->max_known : 64;
        batch->known = realloc(batch->known, batch->max_known * sizeof *batch->known);
        assert(batch->known);
    }
    struct known *known = &batch->known[batch->n_known++];
    *known = (struct known){.item = batch_keep(batch, item, strlen(item) + 1)};
    memcpy(&known->trace, value, size);
    return KN_OK;
}

/* Known items come in byte order, so they are found by halving. */
static struct known *find_known(struct batch *batch, const char *item)
{
    size_t low = 0, high = batch->n_known;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(batch->known[middle].item, item);
        if (order == 0)
            return &batch->known[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    const struct gathered *const *x = a, *const *y = b;
    return strcmp((*x)->number, (*y)->number);
}

static int by_hash(const void *a, const void *b)
{
    const struct gathered *const *x = a, *const *y = b;
    int order = memcmp((*x)->hash, (*y)->hash, HASH);
    return order ? order : ((*x)->row > (*y)->row) - ((*x)->row < (*y)->row);
}

static void hash_item(char out[ITEM_MAX], const unsigned char *hash, unsigned ordinal)
{
    enum { SHOWN = 8 }; /* bytes: 16 hex digits */
    size_t n = (size_t)snprintf(out, ITEM_MAX, "h");
    for (int i = 0; i < SHOWN; i++)
        n += (size_t)snprintf(out + n, ITEM_MAX - n, "%02x", hash[i]);
    snprintf(out + n, ITEM_MAX - n, "-%u", ordinal);
}

/* Forgets the numbers that are not unique. */
static void keep_unique_numbers(struct batch *batch, struct gathered **order)
{
    size_t n = 0;
    for (size_t i = 0; i < batch->n_rows; i++)
        if (batch->rows[i].number)
            order[n++] = &batch->rows[i];
    if (n > 1)
        qsort(order, n, sizeof *order, by_number);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && strcmp(order[i]->number, order[end]->number) == 0)
            end++;
        for (size_t j = i; end - i > 1 && j < end; j++)
            order[j]->number = NULL;
        i = end;
    }
}

/* The item that a row has by itself. */
static void own_item(char out[ITEM_MAX], const struct gathered *row)
{
    if (row->number)
        strcpy(out, row->number);
    else
        hash_item(out, row->hash, row->ordinal);
}

void items_of(char out[ITEM_MAX], const struct gathered *row)
{
    if (row->known)
        strcpy(out, row->known->item);
    else
        own_item(out, row);
}

static void take_known(struct gathered *row, struct known *known)
{
    known->is_taken = true;
    row->stood_at = known->trace.row;
    row->known = known;
}

static int known_by_hash(const void *a, const void *b)
{
    const struct known *const *x = a, *const *y = b;
    int order = memcmp((*x)->trace.hash, (*y)->trace.hash, HASH);
    return order ? order : strcmp((*x)->item, (*y)->item);
}

/* Step 2: contents that moved to another number. ORDER holds the rows by hash. */
static void take_moved(struct batch *batch, struct gathered **order)
{
    struct known **by = agent_alloc((batch->n_known + 1) * sizeof *by);
    size_t k = 0;
    for (size_t i = 0; i < batch->n_known; i++)
        by[i] = &batch->known[i];
    if (batch->n_known > 1)
        qsort(by, batch->n_known, sizeof *by, known_by_hash);
    for (size_t i = 0; i < batch->n_rows; i++) {
        if (order[i]->known)
            continue;
        while (k < batch->n_known &&
               (by[k]->is_taken || memcmp(by[k]->trace.hash, order[i]->hash, HASH) < 0))
            k++;
        if (k < batch->n_known && memcmp(by[k]->trace.hash, order[i]->hash, HASH) == 0)
            take_known(order[i], by[k]);
    }
    free(by);
}

static int known_by_row(const void *a, const void *b)
{
    const struct known *const *x = a, *const *y = b;
    return ((*x)->trace.row > (*y)->trace.row) - ((*x)->trace.row < (*y)->trace.row);
}

/* The refused items that no row is, by the rows where they stood; and where the walk over the rows
 * of the table is. */
struct gaps {
    struct known **refused;
    size_t n;
    int64_t above;               /* where the item of the row before stood; 0: none before */
    const struct gathered *next; /* the first row from here on that has stood somewhere */
};

static void find_gaps(struct gaps *gaps, struct batch *batch)
{
    *gaps = (struct gaps){.refused = agent_alloc((batch->n_known + 1) * sizeof *gaps->refused),
                          .next = batch->rows};
    for (size_t i = 0; i < batch->n_known; i++)
        if (!batch->known[i].is_taken && batch->known[i].trace.answer == ANSWER_REFUSED)
            gaps->refused[gaps->n++] = &batch->known[i];
    if (gaps->n > 1)
        qsort(gaps->refused, gaps->n, sizeof *gaps->refused, known_by_row);
}

/* The refused item that stood between the neighbours of ROW in the table imported before; NULL. */
static struct known *refused_here(struct gaps *gaps, const struct batch *batch,
                                  const struct gathered *row)
{
    const struct gathered *end = batch->rows + batch->n_rows;
    if (gaps->next <= row)
        gaps->next = row + 1;
    while (gaps->next < end && !gaps->next->stood_at)
        gaps->next++;
    int64_t below = gaps->next < end ? gaps->next->stood_at : INT64_MAX;
    size_t low = 0, high = gaps->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gaps->refused[middle]->trace.row <= gaps->above)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < gaps->n && gaps->refused[low]->is_taken)
        low++;
    return low < gaps->n && gaps->refused[low]->trace.row < below ? gaps->refused[low] : NULL;
}

/* Steps 3 to 5 for a row whose content nobody knows. */
static void take_unknown(kn_agent_t *self, struct gathered *row, struct gaps *gaps)
{
    struct batch *batch = self->batch;
    char item[ITEM_MAX];
    own_item(item, row);
    struct known *known = find_known(batch, item);
    if (known && (!known->is_taken || self->spec->has_identities)) {
        take_known(row, known);
        bool was_refused = known->trace.answer == ANSWER_REFUSED;
        row->is_revised =
            !was_refused && !row->refused && (batch->is_revision || kn_agent_flag(self, "revise"));
        row->is_unsent = !was_refused && !row->is_revised;
        return;
    }
    struct known *refused = self->spec->has_identities ? NULL : refused_here(gaps, batch, row);
    if (refused)
        take_known(row, refused);
    if (refused || !known)
        return;
    /* Its number is another row's. Ordinals of this table are at most n_rows: in steps of n_rows no
     * two rows meet. */
    row->number = NULL;
    for (;; row->ordinal += (uint32_t)batch->n_rows) {
        hash_item(item, row->hash, row->ordinal);
        if (!find_known(batch, item))
            return;
    }
}

int items_learn(kn_agent_t *self, const char *container, const char *item, const char *batch)
{
    struct trace trace = {.answer = ANSWER_TAKEN};
    char key[110];
    memcpy(trace.batch, batch, sizeof trace.batch);
    trace_key(key, container, item);
    return kn_client_put(self->client, key, &trace, sizeof trace);
}

int items_each_gone(kn_agent_t *self, int (*fn)(void *arg, const char *item), void *arg)
{
    const struct batch *batch = self->batch;
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < batch->n_known; i++)
        if (!batch->known[i].is_taken && batch->known[i].trace.answer != ANSWER_REFUSED)
            rc = fn(arg, batch->known[i].item);
    return rc;
}

static int by_item(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    return strcmp(x->item, y->item);
}

/* What is known: of the whole container, since rows may have moved; where rows have identities,
 * only of these, or each message would cost as much as all before it. */
static int load_known(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    char key[110], own[ITEM_MAX];
    const void *value;
    size_t size;
    int rc = KN_OK;
    if (!self->spec->has_identities) {
        trace_key(key, items_declared(batch)->container, "");
        return kn_client_each(self->client, key, add_known, batch);
    }
    for (size_t i = 0; rc == KN_OK && i < batch->n_rows; i++) {
        own_item(own, &batch->rows[i]);
        trace_key(key, items_declared(batch)->container, own);
        rc = kn_client_get(self->client, &value, &size, key);
        if (rc == KN_OK)
            rc = add_known(batch, key, value, size);
        else if (rc == KN_E_NOT_FOUND)
            rc = KN_OK;
    }
    if (batch->n_known > 1)
        qsort(batch->known, batch->n_known, sizeof *batch->known, by_item);
    return rc;
}

/* Numbers equal contents from 1. */
static void give_ordinals(const struct batch *batch, struct gathered **order)
{
    for (size_t i = 0; i < batch->n_rows; i++)
        order[i] = &batch->rows[i];
    if (batch->n_rows > 1)
        qsort(order, batch->n_rows, sizeof *order, by_hash);
    for (size_t i = 0; i < batch->n_rows; i++) {
        bool is_equal = i > 0 && memcmp(order[i]->hash, order[i - 1]->hash, HASH) == 0;
        order[i]->ordinal = is_equal ? order[i - 1]->ordinal + 1 : 1;
    }
}

int items_give(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    struct gathered **order = agent_alloc((batch->n_rows + 1) * sizeof *order);
    struct gaps gaps = {0};
    char own[ITEM_MAX];
    if (!self->spec->has_identities)
        keep_unique_numbers(batch, order);
    give_ordinals(batch, order);
    int rc = load_known(self);
    if (rc != KN_OK)
        goto done;
    for (size_t i = 0; i < batch->n_rows; i++) {
        own_item(own, &batch->rows[i]);
        struct known *known = find_known(batch, own);
        if (known && memcmp(known->trace.hash, batch->rows[i].hash, HASH) == 0)
            take_known(&batch->rows[i], known);
    }
    if (!self->spec->has_identities)
        take_moved(batch, order);
    find_gaps(&gaps, batch);
    for (size_t i = 0; i < batch->n_rows; i++) {
        struct gathered *row = &batch->rows[i];
        if (!row->known)
            take_unknown(self, row, &gaps);
        gaps.above = row->stood_at ? row->stood_at : gaps.above;
    }
done:
    free(gaps.refused);
    free(order);
    return rc;
}

static bool is_elsewhere(const struct known *known, const struct account *account)
{
    return memcmp(known->trace.batch, account->batch, sizeof known->trace.batch) != 0;
}

uint64_t items_count(const kn_agent_t *self, const struct account *account)
{
    const struct batch *batch = self->batch;
    uint64_t n = account->n_known;
    for (size_t i = 0; i < batch->n_rows; i++) {
        const struct known *known = batch->rows[i].known;
        n += !known || is_elsewhere(known, account);
    }
    return n;
}

int items_keep(kn_agent_t *self, struct account *account, const struct gathered *row)
{
    struct trace trace = {.row = row->row};
    char key[110], item[ITEM_MAX];
    const void *value;
    size_t size;
    const struct known *known = row->known;
    memcpy(trace.batch, account->batch, sizeof trace.batch);
    items_of(item, row);
    trace_key(key, items_declared(self->batch)->container, item);
    if (!known && self->spec->has_identities &&
        kn_client_get(self->client, &value, &size, key) == KN_OK)
        return KN_OK; /* the same twice in this batch */
    if (!known)
        account->n_known++;
    else if (is_elsewhere(known, account))
        account->n_elsewhere++;
    if (row->is_unsent)
        return KN_OK;
    memcpy(trace.hash, row->hash, HASH);
    trace.answer = row->refused ? ANSWER_REFUSED : ANSWER_NONE;
    if (known) {
        memcpy(trace.batch, known->trace.batch, sizeof trace.batch);
        if (memcmp(known->trace.hash, row->hash, HASH) == 0) {
            trace.answer = known->trace.answer;
            if (known->trace.row == trace.row)
                return KN_OK;
        }
    }
    return kn_client_put(self->client, key, &trace, sizeof trace);
}

void items_answer(kn_agent_t *self, const char *container, const char *item, enum answer answer)
{
    char key[110];
    const void *value;
    size_t size;
    struct trace trace;
    trace_key(key, container, item);
    if (kn_client_get(self->client, &value, &size, key) != KN_OK || size != sizeof trace)
        return;
    memcpy(&trace, value, size);
    if (trace.answer == (uint32_t)answer)
        return;
    trace.answer = answer;
    kn_client_put(self->client, key, &trace, sizeof trace); /* a failure shows at the commit */
}
