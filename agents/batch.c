/* batch.c - rows become numbered messages.
 *
 * Rows of a batch are gathered first: only then is it known which item each of them is (items.c). A
 * batch that comes in pieces, one file a message, is paused between them. All of it goes into the
 * outbox in one commit.
 */
#include "agents/items.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum {
    RECORD_MAX = 1 << 17,
    PAUSED_MAX = 1000 /* rows of a paused batch: then it goes */
};

static_assert(HASH == crypto_hash_sha256_BYTES, "contents are known by their SHA-256");

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
    *self_row = (struct gathered){.row = row, .sheet = self->sheet, .import = self->current};
    self->current->n_open++;
    if (number && *number)
        items_number(self_row->number, number);
    return self_row;
}

void kn_agent_sheet(kn_agent_t *self, const char *sheet)
{
    self->sheet = files_sheet(self->current, sheet);
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

/* ---- sending ------------------------------------------------------------------------------- */

static int submit_refusal(kn_agent_t *self, uint64_t tag, const struct gathered *row,
                          struct kn_fault *fault)
{
    const struct kn_batch_declare *declare = items_declared(self->batch);
    struct kn_row_refuse body = {.batch = declare->batch,
                                 .container = declare->container,
                                 .item = row->item,
                                 .has_row = true,
                                 .row = row->row,
                                 .sheet = row->sheet,
                                 .code = row->code,
                                 .field = row->field};
    return kn_client_submit(self->client, tag, KN_TYPE_ROW_REFUSE, &body, fault);
}

static int submit_row(kn_agent_t *self, uint64_t tag, const struct gathered *row,
                      struct kn_fault *fault)
{
    const struct kn_batch_declare *declare = items_declared(self->batch);
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
                                          .sheet = row->sheet,
                                          .petition = petition};
        rc = kn_client_submit(self->client, tag, KN_TYPE_PETITION_REVISE, &body, fault);
    } else {
        struct kn_petition_submit body = {.batch = declare->batch,
                                          .container = declare->container,
                                          .item = row->item,
                                          .has_row = true,
                                          .row = row->row,
                                          .sheet = row->sheet,
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
    struct kn_batch_declare declare = *items_declared(batch);
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
            rc = items_keep(self, account, row);
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
    if (self->is_dry) {
        preview_batch(self);
        destroy(self);
        return KN_OK;
    }
    int rc = items_give(self);
    if (rc != KN_OK)
        goto done;
    if (self->n_sent == self->n_final) {
        self->n_sent = self->n_final = 0;
        self->progress_from = agent_now_ms();
    }
    const char *name = batch->n_rows ? batch->rows[0].import->name : self->current->name;
    struct account *account =
        account_open(self, items_declared(batch), name,
                     batch->n_declared >= 0 ? (uint64_t)batch->n_declared : batch->n_rows);
    rc = submit_rows(self, account, &fault);
    if (rc == KN_OK && batch->replaces[0])
        rc = documents_replace(self, &fault);
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

void batch_clear(kn_agent_t *self)
{
    if (self->batch)
        destroy(self);
}
