/* apply_rows.c - events to batches, rows and new cases: declared = stored + refused + missing. */
#include "hub/apply_parts.h"

#include "hub/code.h"
#include "hub/digest.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool apply_batch_id(uint8_t id[16], const char *hex)
{
    return hex && digest_from_hex(id, 16, hex) == KN_OK;
}

/* ---- batches --------------------------------------------------------------------------------- */

static void weigh(struct kn_batch *batch)
{
    int64_t rest = batch->declared - batch->stored - batch->refused - batch->elsewhere;
    batch->missing = rest > 0 ? rest : 0;
}

void apply_open_batch(store_txn_t *txn, const struct kn_event *event)
{
    uint8_t id[16];
    struct kn_batch fresh = {.batch = event->batch,
                             .container = event->container,
                             .agent = event->agent,
                             .source = event->source,
                             .channel = event->channel,
                             .opened_at = event->at};
    if (!apply_batch_id(id, event->batch)) {
        store_fail(txn, KN_E_CORRUPT);
        return;
    }
    const struct kn_batch *known = store_batch(txn, id);
    struct kn_batch *batch = &fresh;
    if (known) {
        fresh = *known;
    }
    batch->title = event->title;
    batch->file = event->file;
    batch->document = event->document;
    batch->meeting = event->meeting;
    batch->declared = event->declared;
    batch->has_closed_at = false;
    batch->last_event = event->sequence;
    if (event->commitment) {
        batch->letter = event->sequence;
        batch->has_letter = true;
    }
    weigh(batch);
    store_put_batch(txn, batch);
}

/* The batch of EVENT, to be changed in place; NULL when it has none. */
static struct kn_batch *touch_batch(store_txn_t *txn, const struct kn_event *event)
{
    uint8_t id[16];
    struct kn_batch *batch = apply_batch_id(id, event->batch) ? store_batch(txn, id) : NULL;
    if (batch) {
        batch->last_event = event->sequence;
    }
    return batch;
}

void apply_close_batch(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_batch *batch = touch_batch(txn, event);
    if (batch) {
        batch->closed_at = event->at;
        batch->has_closed_at = true;
        store_put_batch(txn, batch);
    }
}

void apply_replace_document(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_batch *batch = touch_batch(txn, event);
    if (batch && event->detail) {
        struct kn_batch changed = *batch; /* written at once: the text is the event's */
        changed.replaced_by = event->detail->replaced_by;
        store_put_batch(txn, &changed);
    }
}

void apply_withdraw_document(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_batch *batch = touch_batch(txn, event);
    if (batch) {
        batch->withdrawn_at = event->at;
        batch->has_withdrawn_at = true;
        store_put_batch(txn, batch);
    }
}

void apply_change_batch(store_txn_t *txn, const char *hex, uint64_t sequence, struct change by)
{
    uint8_t id[16];
    struct kn_batch *batch = apply_batch_id(id, hex) ? store_batch(txn, id) : NULL;
    if (!batch) {
        return; /* cases of tests and of typed entry have no batch */
    }
    batch->stored += by.stored;
    batch->fresh += by.fresh;
    batch->linked += by.linked;
    batch->refused += by.refused;
    batch->elsewhere += by.elsewhere;
    batch->last_event = (int64_t)sequence;
    weigh(batch);
    store_put_batch(txn, batch);
}

void apply_put_row(store_txn_t *txn, const struct kn_event *event, const char *container,
                   enum store_row_state state)
{
    uint8_t id[16];
    struct store_row row = {.event = (uint64_t)event->sequence,
                            .row = (uint32_t)event->row,
                            .state = (uint8_t)state,
                            .code = (uint8_t)event->code,
                            .case_number = event->case_ ? code_parse(event->case_) : 0};
    if (!apply_batch_id(id, container) || !apply_batch_id(row.batch, event->batch)) {
        store_fail(txn, KN_E_CORRUPT);
        return;
    }
    snprintf(row.field, sizeof row.field, "%s", event->fault ? event->fault : "");
    store_put_row(txn, id, event->item, &row);
}

static enum store_row_state row_state(store_txn_t *txn, const char *container, const char *item)
{
    uint8_t id[16];
    struct store_row row;
    return apply_batch_id(id, container) && store_row(txn, id, item, &row)
               ? (enum store_row_state)row.state
               : 0;
}

void apply_refuse_row(store_txn_t *txn, const struct kn_event *event)
{
    if (row_state(txn, event->container, event->item) != STORE_ROW_REFUSED) {
        apply_change_batch(txn, event->batch, (uint64_t)event->sequence,
                           (struct change){.refused = 1});
    }
    apply_put_row(txn, event, event->container, STORE_ROW_REFUSED);
}

void apply_know_row(store_txn_t *txn, const struct kn_event *event)
{
    apply_change_batch(txn, event->batch, (uint64_t)event->sequence,
                       (struct change){.elsewhere = 1});
    apply_put_row(txn, event, event->batch, STORE_ROW_KNOWN);
}

/* ---- cases ----------------------------------------------------------------------------------- */

/* WHOLE: what it was split from; NULL. */
static void put_new_case(store_txn_t *txn, const struct kn_event *event,
                         const struct kn_relation *whole)
{
    struct kn_case kase = {
        .code = event->case_,
        .number = (int64_t)code_parse(event->case_),
        .flow = event->flow,
        .verification = KN_VERIFICATION_NONE,
        .satisfaction = KN_SATISFACTION_UNASKED,
        .oversight = KN_OVERSIGHT_NONE,
        .publication = KN_PUBLICATION_INTERNAL,
        .agent = event->agent,
        .source = event->source,
        .channel = event->channel,
        .batch = event->batch,
        .row = event->row,
        .has_row = event->has_row,
        .received_at = event->received_at,
        .stored_at = event->at,
        .last_event = event->sequence,
        .submission = event->sequence,
        .relations = whole,
        .n_relations = whole != NULL,
    };
    store_put_case(txn, &kase);
    store_put_number(txn, "last_case", (uint64_t)kase.number);
    store_put_number(txn, "cases", store_number(txn, "cases") + 1);
}

void apply_receive(store_txn_t *txn, const struct kn_event *event)
{
    bool corrected = row_state(txn, event->container, event->item) == STORE_ROW_REFUSED;
    put_new_case(txn, event, NULL);
    apply_put_row(txn, event, event->container, STORE_ROW_STORED);
    apply_change_batch(txn, event->batch, (uint64_t)event->sequence,
                       (struct change){.stored = 1, .fresh = 1, .refused = corrected ? -1 : 0});
}

/* A part of a petition: no row of a batch, but a case like any other. */
void apply_split(store_txn_t *txn, const struct kn_event *event)
{
    const struct kn_relation whole = {.case_ = event->parent, .link = event->link};
    put_new_case(txn, event, &whole);
    store_put_related(txn, code_parse(event->parent), code_parse(event->case_), event->link);
}
