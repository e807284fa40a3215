/* batch.c - rows become numbered messages, and the same row is the same item for ever.
 *
 * Rows of a batch are gathered first: only then is it known which numbers are unique, and how the
 * table lies beside the one imported before. A batch that comes in pieces, one file a message, is
 * paused between them. For each container the outbox keeps what was sent:
 * "i:CONTAINER:ITEM" -> hash of the content, row, batch, what the hub said. Then
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

enum {
    HASH = crypto_hash_sha256_BYTES,
    ITEM_MAX = 65,
    RECORD_MAX = 1 << 17,
    PAUSED_MAX = 1000 /* rows of a paused batch: then it goes */
};

/* What the outbox knows of an item; fixed layout. */
struct trace {
    unsigned char hash[HASH];
    int32_t row;
    uint32_t answer;
    char batch[16]; /* the first digits of the one that brought it */
};

struct known {
    char item[ITEM_MAX];
    struct trace trace;
    bool is_taken; /* by a row of this table */
};

struct gathered {
    struct import *import;
    int64_t row;
    int64_t stood_at;      /* row of its item in the table imported before; 0: none */
    unsigned ordinal;      /* among the rows of equal content, from 1 */
    char number[ITEM_MAX]; /* the item of its number; "" when it has none or not its own */
    char item[ITEM_MAX];   /* "" until given */
    unsigned char hash[HASH];
    void *record; /* the petition; NULL: a refused row */
    size_t size;
    enum kn_code code;
    char *field, *words; /* of a refused row; may be NULL */
    bool is_revised;
    bool is_unsent; /* a changed row: the trace stays as it is */
};

struct batch {
    struct kn_message *declare; /* own copy */
    int64_t n_declared;         /* negative: the rows are counted */
    bool is_paused;
    struct gathered *rows;
    size_t n_rows, max_rows;
    size_t n_paused; /* rows of the files before this one */
    struct known *known;
    size_t n_known, max_known;
    char *room; /* RECORD_MAX bytes to encode in */
};

static const struct kn_batch_declare *declared(const struct batch *batch)
{
    return batch->declare->body;
}

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
    assert(self->current && (!self->batch || self->batch->is_paused));
    if (self->batch && strcmp(declared(self->batch)->batch, declare->batch) == 0) {
        self->batch->is_paused = false;
        return KN_OK;
    }
    int rc = batch_settle(self);
    if (rc == KN_OK)
        rc = copy_declare(self, &copy, declare);
    if (rc != KN_OK)
        return rc;
    self->batch = agent_alloc(sizeof *self->batch);
    self->batch->declare = copy;
    self->batch->room = agent_alloc(RECORD_MAX);
    return KN_OK;
}

/* Forgets the rows from N on. */
static void forget_rows(struct batch *batch, size_t n)
{
    while (batch->n_rows > n) {
        struct gathered *row = &batch->rows[--batch->n_rows];
        row->import->n_open--;
        free(row->record);
        free(row->field);
        free(row->words);
    }
}

static void destroy(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    self->batch = NULL;
    forget_rows(batch, 0);
    kn_message_destroy(&batch->declare);
    free(batch->rows);
    free(batch->known);
    free(batch->room);
    free(batch);
}

void kn_agent_batch_drop(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    if (!batch || batch->is_paused)
        return;
    if (batch->n_paused > 0) { /* only what this file brought */
        forget_rows(batch, batch->n_paused);
        batch->is_paused = true;
    } else {
        destroy(self);
    }
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
    *self_row = (struct gathered){.row = row, .import = self->current};
    self->current->n_open++;
    if (number && *number)
        number_item(self_row->number, number);
    return self_row;
}

static void refuse(struct gathered *row, const void *raw, size_t raw_size, enum kn_code code,
                   const char *field, const char *words)
{
    char place[32];
    if (!raw) {
        raw_size = (size_t)snprintf(place, sizeof place, "row %" PRId64, row->row);
        raw = place;
    }
    crypto_hash_sha256(row->hash, raw, raw_size);
    row->code = code;
    row->field = field && *field ? agent_copy(field) : NULL;
    row->words = words && *words ? agent_copy(words) : NULL;
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
        refuse(gathered, text, strlen(text), fault.code, fault.field, NULL);
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
    refuse(add_row(self, row, number), raw, raw_size, code, field, words);
    return KN_OK;
}

/* ---- items --------------------------------------------------------------------------------- */

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
    struct known *refused = self->spec->has_identities ? NULL : refused_here(batch, row);
    if (refused) {
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

static int by_item(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    return strcmp(x->item, y->item);
}

/* What is known: of the whole container, since rows may have moved; where rows have identities,
 * only of these, or each message would cost as much as all before it. */
static int load_known(kn_agent_t *self, char (*own)[ITEM_MAX])
{
    struct batch *batch = self->batch;
    char key[110];
    const void *value;
    size_t size;
    int rc = KN_OK;
    if (!self->spec->has_identities) {
        trace_key(key, declared(batch)->container, "");
        return kn_client_each(self->client, key, add_known, batch);
    }
    for (size_t i = 0; rc == KN_OK && i < batch->n_rows; i++) {
        trace_key(key, declared(batch)->container, own[i]);
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

static int give_items(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    struct gathered **order = agent_alloc((batch->n_rows + 1) * sizeof *order);
    char(*own)[ITEM_MAX] = agent_alloc((batch->n_rows + 1) * sizeof *own);
    unsigned ordinal = 1;
    int rc;
    keep_unique_numbers(batch, order);
    for (size_t i = 0; i < batch->n_rows; i++)
        order[i] = &batch->rows[i];
    if (batch->n_rows > 1)
        qsort(order, batch->n_rows, sizeof *order, by_hash);
    for (size_t i = 0; i < batch->n_rows; i++) {
        bool is_equal = i > 0 && memcmp(order[i]->hash, order[i - 1]->hash, HASH) == 0;
        ordinal = is_equal ? ordinal + 1 : 1;
        order[i]->ordinal = ordinal;
        own_item(own[order[i] - batch->rows], order[i]);
    }
    rc = load_known(self, own);
    if (rc != KN_OK)
        goto done;
    for (size_t i = 0; i < batch->n_rows; i++) {
        struct known *known = find_known(batch, own[i]);
        if (known && memcmp(known->trace.hash, batch->rows[i].hash, HASH) == 0)
            take_known(&batch->rows[i], known);
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

static int put_trace(kn_agent_t *self, struct account *account, const struct gathered *row)
{
    struct trace trace = {.row = (int32_t)row->row};
    char key[110];
    const struct known *known = find_known(self->batch, row->item);
    memcpy(trace.batch, account->batch, sizeof trace.batch);
    if (!known)
        account->n_known++;
    else if (memcmp(known->trace.batch, trace.batch, sizeof trace.batch) != 0)
        account->n_elsewhere++;
    if (row->is_unsent)
        return KN_OK;
    memcpy(trace.hash, row->hash, HASH);
    trace.answer = row->record ? ANSWER_NONE : ANSWER_REFUSED;
    trace_key(key, declared(self->batch)->container, row->item);
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

/* Puts the rows into the outbox, in one commit with what is remembered of them. Each file is a part
 * of its own. */
static int submit_rows(kn_agent_t *self, struct account *account, struct kn_fault *fault)
{
    struct batch *batch = self->batch;
    struct kn_batch_declare declare = *declared(batch);
    struct part *part = NULL;
    int rc = KN_OK;
    declare.declared = (int64_t)account->n_declared;
    for (size_t i = 0; rc == KN_OK && (i < batch->n_rows || i == 0); i++) {
        const struct gathered *row = i < batch->n_rows ? &batch->rows[i] : NULL;
        struct import *import = row ? row->import : self->current;
        if (!part || part->import != import)
            rc = account_part(self, &part, account, import);
        uint64_t tag = account_tag(self, part);
        if (rc == KN_OK && i == 0) {
            rc = kn_client_submit(self->client, tag, KN_TYPE_BATCH_DECLARE, &declare, fault);
            part->n_pending += rc == KN_OK;
        }
        if (!row || rc != KN_OK)
            break;
        rc =
            row->record ? submit_row(self, tag, row, fault) : submit_refusal(self, tag, row, fault);
        if (rc == KN_OK)
            rc = put_trace(self, account, row);
        if (rc == KN_OK && !row->record)
            account_say(part, row->row, row->words);
        part->n_pending += rc == KN_OK;
        account->n_rows += rc == KN_OK;
        self->n_sent += rc == KN_OK;
    }
    return rc == KN_OK ? account_save(self, account) : rc;
}

/* Sends the open batch and forgets it. Files whose rows could not be kept stay where they are. */
static int send_batch(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    struct kn_fault fault = {0};
    uint32_t first_part = self->n_parts + 1;
    int rc = give_items(self);
    if (rc != KN_OK)
        goto done;
    if (self->n_sent == self->n_final) {
        self->n_sent = self->n_final = 0;
        self->progress_from = agent_now_ms();
    }
    const char *name = batch->n_rows ? batch->rows[0].import->name : self->current->name;
    struct account *account =
        account_open(self, declared(batch), name,
                     batch->n_declared >= 0 ? (uint64_t)batch->n_declared : batch->n_rows);
    rc = submit_rows(self, account, &fault);
    if (rc == KN_OK)
        rc = kn_client_flush(self->client);
    if (rc != KN_OK) {
        kn_agent_fault(self, name, fault.code, fault.field,
                       fault.reason[0] ? fault.reason : kn_agent_status_words(self, rc));
        account_forget_parts(self, first_part);
    }
done:
    for (size_t i = 0; rc != KN_OK && i < batch->n_rows; i++)
        batch->rows[i].import->is_watched = false;
    destroy(self);
    return rc;
}

int kn_agent_batch_end(kn_agent_t *self, int64_t n_declared)
{
    assert(self->batch);
    self->batch->n_declared = n_declared;
    return send_batch(self);
}

int kn_agent_batch_pause(kn_agent_t *self, int64_t n_declared)
{
    struct batch *batch = self->batch;
    assert(batch);
    batch->n_declared = n_declared;
    batch->is_paused = true;
    batch->n_paused = batch->n_rows;
    return batch->n_rows > 0 && batch->n_rows < PAUSED_MAX ? KN_OK : send_batch(self);
}

int batch_settle(kn_agent_t *self)
{
    return self->batch ? send_batch(self) : KN_OK;
}

/* The hub answered for ITEM of CONTAINER. */
void batch_answer(kn_agent_t *self, const char *container, const char *item, enum answer answer)
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

void batch_clear(kn_agent_t *self)
{
    if (self->batch)
        destroy(self);
}
