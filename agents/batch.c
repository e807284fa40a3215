/* batch.c - rows become numbered messages.
 *
 * Rows of a batch are gathered first: only then is it known which item each of them is (items.c),
 * and how many there are. What is gathered is a hundred bytes a row; the petitions go to a scratch
 * file without a name. Then they go to the outbox, commit after commit, never far ahead of the
 * hub's receipts while it answers: neither memory nor the outbox holds a large file. A crash in
 * between leaves a batch that misses rows; the same file, read again, sends them. A batch that
 * comes in pieces, one file a message, is paused between them.
 */
#include "agents/items.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum {
    RECORD_MAX = 1 << 17,
    LUMP = 4096,
    LOOK_EVERY = 256,      /* rows: for signals, for receipts */
    PAUSED_MAX = 1000,     /* rows of a paused batch: then it goes */
    AHEAD_MAX = 4096,      /* messages in the outbox while the hub answers */
    HUB_PATIENCE_MS = 2000 /* without an answer: then the rest goes to the disk */
};

static_assert(HASH == crypto_hash_sha256_BYTES, "contents are known by their SHA-256");

/* ---- what is kept of the rows -------------------------------------------------------------- */

/* Small things one after the other: none of them is freed alone. */
struct lump {
    struct lump *next;
    size_t used, size;
    _Alignas(max_align_t) char bytes[];
};

void *batch_keep(struct batch *batch, const void *bytes, size_t size)
{
    size_t room = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    struct lump *lump = batch->lumps;
    if (!lump || lump->size - lump->used < room) {
        size_t most = room > LUMP ? room : LUMP;
        lump = agent_alloc(sizeof *lump + most);
        lump->size = most;
        lump->next = batch->lumps;
        batch->lumps = lump;
    }
    void *kept = memcpy(lump->bytes + lump->used, bytes, size);
    lump->used += room;
    return kept;
}

/* Appends a petition of SIZE bytes, in batch->room, to the scratch file. */
static int write_petition(struct batch *batch, size_t size)
{
    if (!batch->scratch && !(batch->scratch = tmpfile()))
        return KN_E_IO;
    if (fwrite(batch->room, 1, size, batch->scratch) == size)
        return KN_OK;
    return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
}

int batch_rewind(struct batch *batch)
{
    if (!batch->scratch)
        return KN_OK;
    if (fflush(batch->scratch) != 0)
        return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    return fseek(batch->scratch, 0, SEEK_SET) == 0 ? KN_OK : KN_E_IO;
}

int batch_next(struct batch *batch, void **petition, const struct gathered *row,
               struct kn_fault *fault)
{
    if (fread(batch->room, 1, row->size, batch->scratch) != row->size)
        return KN_E_IO;
    return kn_record_decode(petition, KN_SCHEMA_PETITION, batch->room, row->size, fault);
}

/* Forgets the rows from N on. */
static void forget_rows(struct batch *batch, size_t n)
{
    long end = 0;
    while (batch->n_rows > n)
        batch->rows[--batch->n_rows].stand->import->n_open--;
    batch->stand = NULL;
    for (size_t i = 0; i < n; i++)
        end += batch->rows[i].size;
    if (batch->scratch)
        fseek(batch->scratch, end, SEEK_SET); /* what is behind is written over */
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
    self->sheet = NULL;
    if (self->batch && strcmp(items_declared(self->batch)->batch, declare->batch) == 0) {
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

static void destroy(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    self->batch = NULL;
    forget_rows(batch, 0);
    while (batch->lumps) {
        struct lump *lump = batch->lumps;
        batch->lumps = lump->next;
        free(lump);
    }
    if (batch->scratch)
        fclose(batch->scratch);
    kn_message_destroy(&batch->declare);
    free(batch->rows);
    free(batch->known);
    free(batch->reason);
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

/* A row of the open batch; NULL when the operator wants to stop. */
static struct gathered *add_row(kn_agent_t *self, int64_t row, const char *number)
{
    struct batch *batch = self->batch;
    assert(batch);
    report_reading(self, batch->n_rows);
    if (batch->n_rows % LOOK_EVERY == LOOK_EVERY - 1 && kn_agent_is_stopping(self))
        return NULL;
    if (batch->n_rows == batch->max_rows) {
        batch->max_rows = batch->max_rows ? 2 * batch->max_rows : 64;
        batch->rows = realloc(batch->rows, batch->max_rows * sizeof *batch->rows);
        assert(batch->rows);
    }
    if (!batch->stand || batch->stand->import != self->current ||
        batch->stand->sheet != self->sheet)
        batch->stand =
            batch_keep(batch, &(struct stand){self->current, self->sheet}, sizeof(struct stand));
    struct gathered *self_row = &batch->rows[batch->n_rows++];
    *self_row = (struct gathered){.row = (int32_t)row, .stand = batch->stand};
    self->current->n_open++;
    if (number && *number) {
        char item[ITEM_MAX];
        items_number(item, number);
        self_row->number = batch_keep(batch, item, strlen(item) + 1);
    }
    return self_row;
}

void kn_agent_sheet(kn_agent_t *self, const char *sheet)
{
    self->sheet = files_words(self->current, sheet);
}

static void refuse(kn_agent_t *self, struct gathered *row, const void *raw, size_t raw_size,
                   enum kn_code code, const char *field, const char *words)
{
    struct import *import = self->current;
    char place[32];
    if (!raw) {
        raw_size = (size_t)snprintf(place, sizeof place, "row %" PRId32, row->row);
        raw = place;
    }
    crypto_hash_sha256(row->hash, raw, raw_size);
    row->refused =
        batch_keep(self->batch,
                   &(struct refused){code, files_words(import, field), files_words(import, words)},
                   sizeof(struct refused));
}

int kn_agent_row(kn_agent_t *self, int64_t row, const char *number,
                 const struct kn_petition *petition)
{
    struct kn_fault fault;
    struct gathered *gathered = add_row(self, row, number);
    if (!gathered)
        return KN_E_CLOSED;
    long size =
        kn_record_encode(self->batch->room, RECORD_MAX, KN_SCHEMA_PETITION, petition, &fault);
    if (size < 0) {
        const char *text = petition->text ? petition->text : "";
        refuse(self, gathered, text, strlen(text), fault.code, fault.field, NULL);
        return KN_OK;
    }
    crypto_hash_sha256(gathered->hash, (unsigned char *)self->batch->room,
                       (unsigned long long)size);
    gathered->size = (uint32_t)size;
    int rc = write_petition(self->batch, (size_t)size);
    if (rc != KN_OK)
        kn_agent_fault(self, self->current->name, KN_CODE_STORAGE, NULL,
                       kn_agent_status_words(self, rc));
    return rc;
}

int kn_agent_refuse(kn_agent_t *self, int64_t row, const char *number, const void *raw,
                    size_t raw_size, enum kn_code code, const char *field, const char *words)
{
    struct gathered *gathered = add_row(self, row, number);
    if (!gathered)
        return KN_E_CLOSED;
    refuse(self, gathered, raw, raw_size, code, field, words);
    return KN_OK;
}

/* ---- sending ------------------------------------------------------------------------------- */

static int submit_refusal(kn_agent_t *self, uint64_t tag, const struct gathered *row,
                          struct kn_fault *fault)
{
    const struct kn_batch_declare *declare = items_declared(self->batch);
    char item[ITEM_MAX];
    struct kn_row_refuse body = {.batch = declare->batch,
                                 .container = declare->container,
                                 .item = item,
                                 .has_row = true,
                                 .row = row->row,
                                 .sheet = row->stand->sheet,
                                 .code = row->refused->code,
                                 .field = row->refused->field};
    items_of(item, row);
    return kn_client_submit(self->client, tag, KN_TYPE_ROW_REFUSE, &body, fault);
}

static int submit_petition(kn_agent_t *self, uint64_t tag, const struct gathered *row,
                           struct kn_fault *fault)
{
    const struct kn_batch_declare *declare = items_declared(self->batch);
    char item[ITEM_MAX];
    void *petition = NULL;
    int rc = batch_next(self->batch, &petition, row, fault);
    if (rc != KN_OK)
        return rc;
    items_of(item, row);
    if (row->is_revised) {
        struct kn_petition_revise body = {.batch = declare->batch,
                                          .container = declare->container,
                                          .item = item,
                                          .has_row = true,
                                          .row = row->row,
                                          .sheet = row->stand->sheet,
                                          .petition = petition};
        rc = kn_client_submit(self->client, tag, KN_TYPE_PETITION_REVISE, &body, fault);
    } else {
        struct kn_petition_submit body = {.batch = declare->batch,
                                          .container = declare->container,
                                          .item = item,
                                          .has_row = true,
                                          .row = row->row,
                                          .sheet = row->stand->sheet,
                                          .source = declare->source,
                                          .channel = declare->channel,
                                          .petition = petition};
        rc = kn_client_submit(self->client, tag, KN_TYPE_PETITION_SUBMIT, &body, fault);
    }
    kn_record_destroy(&petition);
    return rc;
}

/* Puts one row into the outbox, in one commit with what is remembered of it. */
static int submit_row(kn_agent_t *self, struct account *account, struct part *part,
                      const struct gathered *row, struct kn_fault *fault)
{
    uint64_t tag = account_tag(self, part);
    int rc = row->refused ? submit_refusal(self, tag, row, fault)
                          : submit_petition(self, tag, row, fault);
    if (rc == KN_OK)
        rc = items_keep(self, account, row);
    if (rc == KN_OK)
        rc = account_save(self, account);
    if (rc != KN_OK)
        return rc;
    if (row->refused)
        account_say(part, row->row, row->refused->words);
    part->n_pending++;
    account->n_rows++;
    return KN_OK;
}

/* While the hub answers, the outbox runs no more than AHEAD_MAX messages ahead of it. When it is
 * away or takes nothing, everything goes to the disk. KN_E_CLOSED: the operator wants to stop. */
static int keep_pace(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    uint64_t backlog = kn_client_backlog(self->client);
    int64_t until = agent_now_ms() + HUB_PATIENCE_MS;
    int rc = kn_agent_is_stopping(self) ? KN_E_CLOSED : KN_OK;
    if (rc != KN_OK || backlog < AHEAD_MAX)
        return rc;
    do {
        bool is_waiting = !batch->is_hub_away;
        rc = kn_agent_poll(self, is_waiting ? HUB_PATIENCE_MS : 0);
        if (kn_client_backlog(self->client) < backlog) {
            until = agent_now_ms() + HUB_PATIENCE_MS;
            batch->is_hub_away = false;
        } else if (is_waiting && agent_now_ms() >= until) {
            batch->is_hub_away = true;
        }
        backlog = kn_client_backlog(self->client);
        report_progress(self);
    } while (rc == KN_OK && !batch->is_hub_away && backlog > AHEAD_MAX - LOOK_EVERY);
    return rc;
}

/* Puts the rows into the outbox. Each file is a part of its own. */
static int submit_rows(kn_agent_t *self, struct account *account, struct kn_fault *fault)
{
    struct batch *batch = self->batch;
    struct kn_batch_declare declare = *items_declared(batch);
    struct import *first = batch->n_rows ? batch->rows[0].stand->import : self->current;
    struct part *part = NULL;
    declare.declared = (int64_t)account->n_declared;
    int rc = account_part(self, &part, account, first);
    if (rc == KN_OK)
        rc = kn_client_submit(self->client, account_tag(self, part), KN_TYPE_BATCH_DECLARE,
                              &declare, fault);
    part->n_pending += rc == KN_OK;
    if (rc == KN_OK)
        rc = account_save(self, account);
    if (rc == KN_OK)
        rc = batch_rewind(batch);
    for (size_t i = 0; rc == KN_OK && i < batch->n_rows; i++) {
        const struct gathered *row = &batch->rows[i];
        if (i % LOOK_EVERY == LOOK_EVERY - 1)
            rc = keep_pace(self);
        if (rc == KN_OK && part->import != row->stand->import)
            rc = account_part(self, &part, account, row->stand->import);
        if (rc == KN_OK)
            rc = submit_row(self, account, part, row, fault);
    }
    return rc;
}

static void tell_failure(kn_agent_t *self, const char *name, int rc, const struct kn_fault *fault)
{
    if (rc == KN_E_CLOSED)
        kn_agent_log(self,
                     KN_TR(self,
                           "%s: dừng khi chưa gửi hết; nhập lại đúng tệp này để gửi nốt, không "
                           "dòng nào bị gửi hai lần",
                           "%s: stopped before all was sent; import the same file again to go on, "
                           "no row is sent twice"),
                     name);
    else
        kn_agent_fault(self, name, fault->code, fault->field,
                       fault->reason[0] ? fault->reason : kn_agent_status_words(self, rc));
}

/* Gives the rows to the outbox, with their account. */
static int give_rows(kn_agent_t *self, const char *name, struct kn_fault *fault)
{
    const struct batch *batch = self->batch;
    uint32_t first_part = self->n_parts + 1;
    if (self->n_sent == self->n_final) {
        self->n_sent = self->n_final = 0;
        self->progress_from = agent_now_ms();
    }
    self->n_sent += batch->n_rows;
    struct account *account = account_open(self, items_declared(batch), name);
    account->n_declared =
        batch->n_declared >= 0 ? (uint64_t)batch->n_declared : items_count(self, account);
    int rc = submit_rows(self, account, fault);
    if (rc == KN_OK && batch->replaces[0])
        rc = documents_replace(self, fault);
    int flushed = rc == KN_OK || rc == KN_E_CLOSED ? kn_client_flush(self->client) : rc;
    if (flushed == KN_OK)
        account_written(self, first_part);
    else
        account_forget_parts(self, first_part);
    return rc == KN_OK ? flushed : rc;
}

/* Sends the open batch and forgets it. Files whose rows could not be kept stay where they are. */
static int send_batch(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    struct kn_fault fault = {0};
    const char *name = batch->n_rows ? batch->rows[0].stand->import->name : self->current->name;
    int rc = self->is_dry ? preview_batch(self) : items_give(self);
    if (rc == KN_OK && !self->is_dry)
        rc = give_rows(self, name, &fault);
    if (rc != KN_OK)
        tell_failure(self, name, rc, &fault);
    for (size_t i = 0; rc != KN_OK && i < batch->n_rows; i++)
        batch->rows[i].stand->import->is_watched = false;
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

void batch_clear(kn_agent_t *self)
{
    if (self->batch)
        destroy(self);
}
