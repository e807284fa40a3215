/* batch.c - rows become numbered messages, and the same row is the same item for ever.
 *
 * Rows of a batch are gathered first: only then is it known which numbers are unique, and how the
 * table lies beside the one imported before. For each container the outbox keeps what was sent:
 * "i:CONTAINER:ITEM" -> hash of the content, row, what the hub said. Then
 *
 *   1. same item, same content                          -> that item
 *   2. content known under an item nobody has taken     -> that item: rows moved, a row was
 * inserted
 *   3. content unknown, its own number known and free   -> its number: the row was changed
 * (conflict, or petition.revise with --revise)
 *   4. content unknown, a refused row stood here before, between the same neighbours
 *                                                       -> that item: the row was corrected
 *   5. content unknown, its number taken by a moved row -> a fresh item from the content: a new row
 *
 * A lost outbox loses only 2 and 4: the hub then says `conflict` where a renumbered table has
 * moved, and nothing is stored twice under one number.
 */
#include "agents/agent_internal.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { HASH = crypto_hash_sha256_BYTES, ITEM_MAX = 65, RECORD_MAX = 1 << 17 };

enum answer { ANSWER_NONE, ANSWER_TAKEN, ANSWER_REFUSED };

/* What the outbox knows of an item; fixed layout. */
struct trace {
    unsigned char hash[HASH];
    int32_t row;
    uint32_t answer;
};

struct known {
    char item[ITEM_MAX];
    struct trace trace;
    bool is_taken; /* by a row of this table */
};

struct gathered {
    int64_t row;
    int64_t stood_at;      /* row of its item in the table imported before; 0: none */
    unsigned ordinal;      /* among the rows of equal content, from 1 */
    char number[ITEM_MAX]; /* the item of its number; "" when it has none or not its own */
    char item[ITEM_MAX];   /* "" until given */
    unsigned char hash[HASH];
    void *record; /* the petition; NULL: a refused row */
    size_t size;
    enum kn_code code;
    char *field;
    bool is_revised;
    bool is_unsent; /* a changed row: the trace stays as it is */
};

struct batch {
    struct kn_message *declare; /* own copy */
    char title[301];
    struct gathered *rows;
    size_t n_rows, max_rows;
    struct known *known;
    size_t n_known, max_known;
    char *room; /* RECORD_MAX bytes to encode in */
};

/* ---- gathering ----------------------------------------------------------------------------- */

/* A copy of DECLARE as a message: whatever it points to lives as long. */
static int copy_declare(kn_agent_t *self, struct kn_message **out,
                        const struct kn_batch_declare *declare)
{
    struct kn_batch_declare copy = *declare;
    struct kn_fault fault;
    char *frame = agent_alloc(KN_FRAME_MAX);
    copy.sequence = 1;
    copy.declared = 0;
    if (!copy.file && self->current->path)
        copy.file = self->current->name;
    long size = kn_message_encode(frame, KN_FRAME_MAX, KN_TYPE_BATCH_DECLARE, &copy, &fault);
    int rc = size > 0 ? kn_message_decode(out, frame, (size_t)size, &fault) : (int)size;
    free(frame);
    if (rc != KN_OK)
        kn_agent_fault(self, self->current->name, fault.code, fault.field, fault.reason);
    return rc;
}

int kn_agent_batch(kn_agent_t *self, const struct kn_batch_declare *declare)
{
    struct kn_message *copy = NULL;
    assert(!self->batch && self->current);
    int rc = copy_declare(self, &copy, declare);
    if (rc != KN_OK)
        return rc;
    self->batch = agent_alloc(sizeof *self->batch);
    self->batch->declare = copy;
    self->batch->room = agent_alloc(RECORD_MAX);
    return KN_OK;
}

void kn_agent_batch_drop(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    self->batch = NULL;
    if (!batch)
        return;
    for (size_t i = 0; i < batch->n_rows; i++) {
        free(batch->rows[i].record);
        free(batch->rows[i].field);
    }
    kn_message_destroy(&batch->declare);
    free(batch->rows);
    free(batch->known);
    free(batch->room);
    free(batch);
}

/* The item of a number: %08d for a plain one, itself when it is a short word, else its hash. A
 * number that does not look like those of protocol.md cannot collide with the items of contents. */
static void number_item(char out[ITEM_MAX], const char *number)
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

static struct gathered *add_row(kn_agent_t *self, int64_t row, const char *number)
{
    struct batch *batch = self->batch;
    assert(batch);
    if (batch->n_rows == batch->max_rows) {
        batch->max_rows = batch->max_rows ? 2 * batch->max_rows : 64;
        batch->rows = realloc(batch->rows, batch->max_rows * sizeof *batch->rows);
        assert(batch->rows);
    }
    struct gathered *self_row = &batch->rows[batch->n_rows++];
    *self_row = (struct gathered){.row = row};
    if (number && *number)
        number_item(self_row->number, number);
    return self_row;
}

static void refuse(kn_agent_t *self, struct gathered *row, const void *raw, size_t raw_size,
                   enum kn_code code, const char *field, const char *words)
{
    char place[32];
    if (!raw) {
        raw_size = (size_t)snprintf(place, sizeof place, "row %" PRId64, row->row);
        raw = place;
    }
    crypto_hash_sha256(row->hash, raw, raw_size);
    row->code = code;
    row->field = field && *field ? agent_copy(field) : NULL;
    report_row(self, self->current->name, row->row, NULL, KN_VERDICT_REFUSED, NULL, code, field,
               words, words && *words);
}

int kn_agent_row(kn_agent_t *self, int64_t row, const char *number,
                 const struct kn_petition *petition)
{
    struct kn_fault fault;
    struct gathered *gathered = add_row(self, row, number);
    long size =
        kn_record_encode(self->batch->room, RECORD_MAX, KN_SCHEMA_PETITION, petition, &fault);
    if (size < 0) {
        const char *text = petition->text ? petition->text : "";
        refuse(self, gathered, text, strlen(text), fault.code, fault.field, NULL);
        return KN_OK;
    }
    crypto_hash_sha256(gathered->hash, (unsigned char *)self->batch->room,
                       (unsigned long long)size);
    gathered->record = agent_alloc((size_t)size);
    gathered->size = (size_t)size;
    memcpy(gathered->record, self->batch->room, (size_t)size);
    return KN_OK;
}

int kn_agent_refuse(kn_agent_t *self, int64_t row, const char *number, const void *raw,
                    size_t raw_size, enum kn_code code, const char *field, const char *words)
{
    refuse(self, add_row(self, row, number), raw, raw_size, code, field, words);
    return KN_OK;
}

/* ---- items --------------------------------------------------------------------------------- */

static const struct kn_batch_declare *declared(const struct batch *batch)
{
    return batch->declare->body;
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
    *known = (struct known){0};
    snprintf(known->item, sizeof known->item, "%s", item);
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
    char hex[17];
    sodium_bin2hex(hex, sizeof hex, hash, 8);
    snprintf(out, ITEM_MAX, "h%s-%u", hex, ordinal);
}

/* Forgets the numbers that are not unique. */
static void keep_unique_numbers(struct batch *batch, struct gathered **order)
{
    size_t n = 0;
    for (size_t i = 0; i < batch->n_rows; i++)
        if (batch->rows[i].number[0])
            order[n++] = &batch->rows[i];
    if (n > 1)
        qsort(order, n, sizeof *order, by_number);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && strcmp(order[i]->number, order[end]->number) == 0)
            end++;
        for (size_t j = i; end - i > 1 && j < end; j++)
            order[j]->number[0] = '\0';
        i = end;
    }
}

/* The item that a row has by itself. */
static void own_item(char out[ITEM_MAX], const struct gathered *row)
{
    if (row->number[0])
        strcpy(out, row->number);
    else
        hash_item(out, row->hash, row->ordinal);
}

static bool take_known(struct gathered *row, struct known *known)
{
    known->is_taken = true;
    row->stood_at = known->trace.row;
    strcpy(row->item, known->item);
    return true;
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
        if (order[i]->item[0])
            continue;
        while (k < batch->n_known &&
               (by[k]->is_taken || memcmp(by[k]->trace.hash, order[i]->hash, HASH) < 0))
            k++;
        if (k < batch->n_known && memcmp(by[k]->trace.hash, order[i]->hash, HASH) == 0)
            take_known(order[i], by[k]);
    }
    free(by);
}

/* The refused item that stood between the neighbours of ROW in the table imported before; NULL. */
static struct known *refused_here(struct batch *batch, const struct gathered *row)
{
    int64_t above = 0, below = INT64_MAX;
    bool is_any = false;
    for (size_t i = 0; i < batch->n_known && !is_any; i++)
        is_any = !batch->known[i].is_taken && batch->known[i].trace.answer == ANSWER_REFUSED;
    if (!is_any)
        return NULL;
    for (const struct gathered *at = row; at-- > batch->rows && !above;)
        above = at->stood_at;
    for (const struct gathered *at = row + 1;
         at < batch->rows + batch->n_rows && below == INT64_MAX; at++)
        below = at->stood_at ? at->stood_at : below;
    for (size_t i = 0; i < batch->n_known; i++) {
        struct known *known = &batch->known[i];
        if (!known->is_taken && known->trace.answer == ANSWER_REFUSED && above < known->trace.row &&
            known->trace.row < below)
            return known;
    }
    return NULL;
}

/* Steps 3 to 5 for a row whose content nobody knows. */
static void take_unknown(kn_agent_t *self, struct gathered *row, const char *own)
{
    struct batch *batch = self->batch;
    struct known *known = find_known(batch, own);
    if (known && !known->is_taken) {
        take_known(row, known);
        bool was_refused = known->trace.answer == ANSWER_REFUSED;
        row->is_revised = !was_refused && row->record && kn_agent_flag(self, "revise");
        row->is_unsent = !was_refused && !row->is_revised;
        return;
    }
    struct known *refused = self->current->path ? refused_here(batch, row) : NULL;
    if (refused) { /* rows of a poll have no place: never the same */
        take_known(row, refused);
        return;
    }
    if (!known) {
        strcpy(row->item, own);
        return;
    }
    /* Ordinals of this table are at most n_rows: in steps of n_rows no two rows meet. */
    for (unsigned ordinal = row->ordinal;; ordinal += (unsigned)batch->n_rows) {
        hash_item(row->item, row->hash, ordinal);
        if (!find_known(batch, row->item))
            return;
    }
}

static int give_items(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    struct gathered **order = agent_alloc((batch->n_rows + 1) * sizeof *order);
    char(*own)[ITEM_MAX] = agent_alloc((batch->n_rows + 1) * sizeof *own);
    char prefix[40];
    unsigned ordinal = 1;
    snprintf(prefix, sizeof prefix, "i:%s:", declared(batch)->container);
    int rc = kn_client_each(self->client, prefix, add_known, batch);
    if (rc != KN_OK)
        goto done;
    keep_unique_numbers(batch, order);
    for (size_t i = 0; i < batch->n_rows; i++)
        order[i] = &batch->rows[i];
    if (batch->n_rows > 1)
        qsort(order, batch->n_rows, sizeof *order, by_hash);
    for (size_t i = 0; i < batch->n_rows; i++) {
        bool is_equal = i > 0 && memcmp(order[i]->hash, order[i - 1]->hash, HASH) == 0;
        ordinal = is_equal ? ordinal + 1 : 1;
        char *item = own[order[i] - batch->rows];
        order[i]->ordinal = ordinal;
        own_item(item, order[i]);
        struct known *known = find_known(batch, item);
        if (known && memcmp(known->trace.hash, order[i]->hash, HASH) == 0)
            take_known(order[i], known);
    }
    take_moved(batch, order);
    for (size_t i = 0; i < batch->n_rows; i++)
        if (!batch->rows[i].item[0])
            take_unknown(self, &batch->rows[i], own[i]);
done:
    free(own);
    free(order);
    return rc;
}

/* ---- sending ------------------------------------------------------------------------------- */

static int put_trace(kn_agent_t *self, const struct gathered *row)
{
    struct trace trace = {.row = (int32_t)row->row};
    char key[110];
    if (row->is_unsent)
        return KN_OK;
    memcpy(trace.hash, row->hash, HASH);
    trace.answer = row->record ? ANSWER_NONE : ANSWER_REFUSED;
    trace_key(key, declared(self->batch)->container, row->item);
    const struct known *known = find_known(self->batch, row->item);
    if (known && memcmp(known->trace.hash, row->hash, HASH) == 0) {
        trace.answer = known->trace.answer;
        if (known->trace.row == trace.row)
            return KN_OK;
    }
    return kn_client_put(self->client, key, &trace, sizeof trace);
}

static int submit_refusal(kn_agent_t *self, uint64_t tag, const struct gathered *row,
                          struct kn_fault *fault)
{
    const struct kn_batch_declare *declare = declared(self->batch);
    struct kn_row_refuse body = {.batch = declare->batch,
                                 .container = declare->container,
                                 .item = row->item,
                                 .has_row = true,
                                 .row = row->row,
                                 .code = row->code,
                                 .field = row->field};
    return kn_client_submit(self->client, tag, KN_TYPE_ROW_REFUSE, &body, fault);
}

static int submit_row(kn_agent_t *self, uint64_t tag, const struct gathered *row,
                      struct kn_fault *fault)
{
    const struct kn_batch_declare *declare = declared(self->batch);
    void *petition = NULL;
    int rc = kn_record_decode(&petition, KN_SCHEMA_PETITION, row->record, row->size, fault);
    if (rc != KN_OK)
        return rc;
    if (row->is_revised) {
        struct kn_petition_revise body = {.batch = declare->batch,
                                          .container = declare->container,
                                          .item = row->item,
                                          .has_row = true,
                                          .row = row->row,
                                          .petition = petition};
        rc = kn_client_submit(self->client, tag, KN_TYPE_PETITION_REVISE, &body, fault);
    } else {
        struct kn_petition_submit body = {.batch = declare->batch,
                                          .container = declare->container,
                                          .item = row->item,
                                          .has_row = true,
                                          .row = row->row,
                                          .source = declare->source,
                                          .channel = declare->channel,
                                          .petition = petition};
        rc = kn_client_submit(self->client, tag, KN_TYPE_PETITION_SUBMIT, &body, fault);
    }
    kn_record_destroy(&petition);
    return rc;
}

static struct account *open_account(kn_agent_t *self, uint64_t n_declared)
{
    const struct kn_batch_declare *declare = declared(self->batch);
    struct account *account = agent_alloc(sizeof *account);
    account->id = ++self->n_accounts;
    account->import = self->current;
    account->declared = n_declared;
    account->rows = self->batch->n_rows;
    snprintf(account->batch, sizeof account->batch, "%s", declare->batch);
    account->title = declare->title ? agent_copy(declare->title) : NULL;
    account->next = self->accounts;
    self->accounts = account;
    self->current->n_open++;
    return account;
}

/* Under its tag the outbox keeps the file's name, for rows that a later run hears of. */
static void name_key(char out[20], uint64_t tag)
{
    snprintf(out, 20, "f:%016" PRIx64, tag);
}

static void close_account(kn_agent_t *self, struct account *account)
{
    char key[20];
    name_key(key, (uint64_t)self->run << 32 | account->id);
    if (account->pending == 0)
        kn_client_put(self->client, key, NULL, 0);
    for (struct account **p = &self->accounts; *p; p = &(*p)->next)
        if (*p == account) {
            *p = account->next;
            break;
        }
    account->import->n_open--;
    free(account->title);
    free(account);
}

int kn_agent_batch_end(kn_agent_t *self, int64_t n_declared)
{
    struct batch *batch = self->batch;
    char key[20];
    struct kn_fault fault = {0};
    assert(batch);
    int rc = give_items(self);
    if (rc != KN_OK)
        goto done;
    struct kn_batch_declare declare = *declared(batch);
    declare.declared = n_declared >= 0 ? n_declared : (int64_t)batch->n_rows;
    struct account *account = open_account(self, (uint64_t)declare.declared);
    uint64_t tag = (uint64_t)self->run << 32 | account->id;
    if (self->n_sent == self->n_final) {
        self->n_sent = self->n_final = 0;
        self->progress_from = agent_now_ms();
    }
    name_key(key, tag);
    rc = kn_client_put(self->client, key, self->current->name, strlen(self->current->name));
    if (rc == KN_OK)
        rc = kn_client_submit(self->client, tag, KN_TYPE_BATCH_DECLARE, &declare, &fault);
    account->pending += rc == KN_OK;
    for (size_t i = 0; rc == KN_OK && i < batch->n_rows; i++) {
        const struct gathered *row = &batch->rows[i];
        rc = row->record ? submit_row(self, tag, row, &fault)
                         : submit_refusal(self, tag, row, &fault);
        if (rc == KN_OK)
            rc = put_trace(self, row);
        account->pending += rc == KN_OK;
        self->n_sent += rc == KN_OK;
    }
    if (rc == KN_OK)
        rc = kn_client_flush(self->client);
    if (rc != KN_OK) {
        kn_agent_fault(self, self->current->name, fault.code, fault.field,
                       fault.reason[0] ? fault.reason : kn_status_text(rc));
        close_account(self, account);
    }
done:
    kn_agent_batch_drop(self);
    return rc;
}

/* ---- receipts ------------------------------------------------------------------------------ */

/* What container, item and row of a message about a row are; false for a declaration. */
static bool row_of(const struct kn_message *sent, const char **container, const char **item,
                   int64_t *row)
{
    if (sent->type == KN_TYPE_PETITION_SUBMIT) {
        const struct kn_petition_submit *body = sent->body;
        *container = body->container, *item = body->item, *row = body->row;
    } else if (sent->type == KN_TYPE_PETITION_REVISE) {
        const struct kn_petition_revise *body = sent->body;
        *container = body->container, *item = body->item, *row = body->row;
    } else if (sent->type == KN_TYPE_ROW_REFUSE) {
        const struct kn_row_refuse *body = sent->body;
        *container = body->container, *item = body->item, *row = body->row;
    } else {
        return false;
    }
    return true;
}

static void keep_answer(kn_agent_t *self, const char *container, const char *item,
                        enum answer answer)
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

static void count(struct counts *counts, const struct kn_message *sent, enum kn_verdict verdict)
{
    if (sent->type == KN_TYPE_ROW_REFUSE)
        counts->refused++;
    else if (verdict == KN_VERDICT_STORED)
        counts->stored++;
    else if (verdict == KN_VERDICT_REPEATED)
        counts->repeated++;
    else if (verdict == KN_VERDICT_CONFLICT)
        counts->conflict++;
    else
        counts->refused++;
}

/* The name of the file of an earlier run's row. */
static const char *earlier_name(kn_agent_t *self, char out[256], uint64_t tag)
{
    char key[20];
    const void *value;
    size_t size;
    name_key(key, tag);
    if (kn_client_get(self->client, &value, &size, key) != KN_OK)
        return KN_TR(self, "(lần chạy trước)", "(earlier run)");
    snprintf(out, 256, "%.*s", (int)size, (const char *)value);
    return out;
}

struct keys {
    char keys[64][20];
    size_t n;
};

static int add_key(void *arg, const char *key, const void *value, size_t size)
{
    struct keys *keys = arg;
    (void)value;
    (void)size;
    snprintf(keys->keys[keys->n++], sizeof keys->keys[0], "%s", key);
    return keys->n == sizeof keys->keys / sizeof keys->keys[0] ? KN_E_FULL : KN_OK;
}

int batch_forget_past(kn_agent_t *self)
{
    struct keys keys;
    int rc;
    do {
        keys.n = 0;
        rc = kn_client_each(self->client, "f:", add_key, &keys);
        for (size_t i = 0; i < keys.n && (rc == KN_OK || rc == KN_E_FULL); i++) {
            int put = kn_client_put(self->client, keys.keys[i], NULL, 0);
            rc = put != KN_OK ? KN_E_IO : rc;
        }
    } while (rc == KN_E_FULL);
    return rc;
}

void batch_receipt(kn_agent_t *self, uint64_t tag, const struct kn_message *sent,
                   const struct kn_receipt *receipt)
{
    const char *container, *item;
    int64_t row;
    struct account *account = tag >> 32 == self->run ? self->accounts : NULL;
    while (account && account->id != (uint32_t)tag)
        account = account->next;
    char name[256];
    const char *file = account ? account->import->name : earlier_name(self, name, tag);
    enum kn_code code = receipt->verdict == KN_VERDICT_CONFLICT && receipt->code == KN_CODE_NONE
                            ? KN_CODE_CHANGED_CONTENT
                            : receipt->code;
    if (row_of(sent, &container, &item, &row)) {
        count(&self->total, sent, receipt->verdict);
        if (account)
            count(&account->counts, sent, receipt->verdict);
        if (sent->type != KN_TYPE_ROW_REFUSE)
            keep_answer(self, container, item,
                        receipt->verdict == KN_VERDICT_REFUSED ? ANSWER_REFUSED : ANSWER_TAKEN);
        if (sent->type != KN_TYPE_ROW_REFUSE || receipt->verdict == KN_VERDICT_REFUSED)
            report_row(self, file, row, item, receipt->verdict, receipt->case_, code,
                       receipt->field, receipt->reason, false);
        self->n_final += account != NULL;
    } else if (receipt->verdict == KN_VERDICT_REFUSED) {
        self->total.refused++;
        kn_agent_fault(self, file, receipt->code, receipt->field,
                       receipt->reason ? receipt->reason
                                       : kn_agent_code_words(self, receipt->code));
    }
    if (account && --account->pending == 0) {
        report_batch(self, account);
        close_account(self, account);
    }
    report_progress(self);
}

void batch_clear(kn_agent_t *self)
{
    kn_agent_batch_drop(self);
    while (self->accounts)
        close_account(self, self->accounts);
}
