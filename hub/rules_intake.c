/* rules_intake.c - batches, rows and petitions: declared = stored + refused + missing.
 *
 * Every row of a batch is counted once, under its source key: stored, refused (and perhaps
 * corrected later), or known from an earlier batch. The batch closes when nothing is missing.
 */
#include "hub/calendar.h"
#include "hub/rules_parts.h"

#include <string.h>

/* ---- batches and rows ------------------------------------------------------------------------ */

/* Says that the batch is complete, when one more stored or refused row makes it so. */
static void close_batch(struct decision *out, const struct facts *facts, int n_stored,
                        int n_refused, int n_elsewhere)
{
    const struct kn_batch *batch = facts->batch;
    int64_t stored = batch->stored + n_stored, refused = batch->refused + n_refused;
    int64_t elsewhere = batch->elsewhere + n_elsewhere;
    if (batch->has_closed_at || stored + refused + elsewhere < batch->declared) {
        return;
    }
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_BATCH_CLOSED);
    event->batch = batch->batch;
    event->agent = batch->agent;
    rules_count(&event->declared, &event->has_declared, batch->declared);
    rules_count(&event->stored, &event->has_stored, stored);
    rules_count(&event->refused, &event->has_refused, refused);
}

void rules_declare_batch(struct decision *out, const struct facts *facts,
                         const struct kn_batch_declare *message)
{
    const struct kn_batch *batch = facts->batch;
    if (batch && strcmp(batch->agent, facts->actor) != 0) {
        rules_refuse(out, KN_CODE_NOT_ALLOWED, "batch", "another agent sends this batch");
        return;
    }
    if (!registers_source(facts->registers, message->source, day_of_instant(facts->now))) {
        rules_refuse(out, KN_CODE_UNKNOWN_VALUE, "source",
                     "the sources register has no such source");
        return;
    }
    if (batch && (strcmp(batch->container, message->container) != 0 ||
                  batch->channel != message->channel || strcmp(batch->source, message->source))) {
        out->verdict = KN_VERDICT_CONFLICT;
        out->code = KN_CODE_CHANGED_CONTENT;
        out->field = "container";
        out->reason = "this batch is known with another container, channel or source";
        return;
    }
    int64_t done = batch ? batch->stored + batch->refused + batch->elsewhere : 0;
    if (batch && message->declared < batch->stored) {
        rules_refuse(out, KN_CODE_INVALID, "declared", "more rows than that are stored already");
        return;
    }
    out->verdict = KN_VERDICT_STORED;
    if (batch && batch->declared == message->declared) {
        out->verdict = KN_VERDICT_REPEATED;
        return;
    }
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_BATCH_OPENED);
    event->batch = message->batch;
    event->container = message->container;
    event->source = message->source;
    event->channel = message->channel;
    event->agent = facts->actor;
    event->title = message->title;
    event->file = message->file;
    event->document = message->document;
    event->commitment = facts->commitment; /* of the files of its document */
    event->meeting = message->meeting;
    rules_count(&event->declared, &event->has_declared, message->declared);
    if (done >= message->declared) {
        event = rules_tell(out, KN_EVENT_KIND_BATCH_CLOSED);
        event->batch = message->batch;
        event->agent = facts->actor;
        rules_count(&event->declared, &event->has_declared, message->declared);
        rules_count(&event->stored, &event->has_stored, batch ? batch->stored : 0);
        rules_count(&event->refused, &event->has_refused, batch ? batch->refused : 0);
    }
}

/* A row belongs to its batch: same container, and for a petition same channel and source. */
static bool fits_batch(struct decision *out, const struct facts *facts, const char *container,
                       enum kn_channel channel, const char *source)
{
    const struct kn_batch *batch = facts->batch;
    const char *field = strcmp(batch->container, container) != 0       ? "container"
                        : channel && channel != batch->channel         ? "channel"
                        : source && strcmp(source, batch->source) != 0 ? "source"
                                                                       : NULL;
    if (field) {
        rules_refuse(out, KN_CODE_INVALID, field, "not that of the batch");
    }
    return !field;
}

/* The batch of a row must be known and the speaker's own. */
static bool own_batch(struct decision *out, const struct facts *facts)
{
    if (!facts->batch) {
        rules_refuse(out, KN_CODE_UNKNOWN_BATCH, "batch",
                     "declare the batch first (batch.declare)");
    } else if (strcmp(facts->batch->agent, facts->actor) != 0) {
        rules_refuse(out, KN_CODE_NOT_ALLOWED, "batch", "another agent sends this batch");
    } else {
        return true;
    }
    return false;
}

static void tell_refused_row(struct decision *out, const struct facts *facts,
                             const struct kn_numbered *head, enum kn_code code, const char *field)
{
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_BATCH_ROW_REFUSED);
    event->batch = head->batch;
    event->container = head->container;
    event->item = head->item;
    event->row = head->row;
    event->has_row = head->has_row;
    event->agent = facts->actor;
    event->code = code;
    event->fault = field;
    if (facts->row != ROW_REFUSED) {
        close_batch(out, facts, 0, 1, 0);
    }
}

void rules_refuse_row(struct decision *out, const struct facts *facts,
                      const struct kn_row_refuse *message)
{
    if (!own_batch(out, facts) ||
        !fits_batch(out, facts, message->container, KN_CHANNEL_NONE, NULL)) {
        return;
    }
    if (facts->row == ROW_NEW || facts->row == ROW_REFUSED) {
        struct kn_numbered head = {.batch = message->batch,
                                   .container = message->container,
                                   .item = message->item,
                                   .row = message->row,
                                   .has_row = message->has_row};
        tell_refused_row(out, facts, &head, message->code, message->field);
        out->verdict = KN_VERDICT_STORED;
        return;
    }
    out->verdict = KN_VERDICT_CONFLICT; /* a stored row cannot become unreadable */
    out->code = KN_CODE_CHANGED_CONTENT;
    out->subject = facts->row_case;
}

/* A row that an earlier batch counts is elsewhere in this one. */
static void tell_known_row(struct decision *out, const struct facts *facts, const char *item,
                           bool has_row, int64_t row)
{
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_BATCH_ROW_KNOWN);
    event->batch = facts->batch->batch;
    event->item = item;
    event->row = row;
    event->has_row = has_row;
    event->agent = facts->actor;
    event->case_ = facts->row_case;
    close_batch(out, facts, 0, 0, 1);
}

/* The content of the subject is that of this message from now on. */
static void tell_revised(struct decision *out, const struct facts *facts,
                         const struct kn_petition_revise *message)
{
    struct kn_event *event = rules_tell_of(out, KN_EVENT_KIND_CASE_REVISED, facts->subject);
    event->agent = facts->actor;
    event->batch = message->batch;
    event->container = message->container;
    event->item = message->item;
    event->row = message->row;
    event->has_row = message->has_row;
    event->commitment = facts->commitment;
}

void rules_receive(struct decision *out, const struct facts *facts,
                   const struct kn_petition_submit *message)
{
    if (!own_batch(out, facts) ||
        !fits_batch(out, facts, message->container, message->channel, message->source)) {
        return;
    }
    out->subject = facts->row_case;
    if (facts->row == ROW_CHANGED) {
        out->verdict = KN_VERDICT_CONFLICT;
        out->code = KN_CODE_CHANGED_CONTENT;
        out->field = "petition";
        out->reason = "known under this source key with other content: state a revision "
                      "(petition.revise) or send it as an item of its own";
        return;
    }
    if (facts->row == ROW_SAME || facts->row == ROW_ELSEWHERE) {
        out->verdict = KN_VERDICT_REPEATED;
        if (facts->subject &&
            facts->subject->has_withdrawn_at) { /* it is sent again, so it holds */
            const struct kn_petition_revise again = {.batch = message->batch,
                                                     .container = message->container,
                                                     .item = message->item,
                                                     .row = message->row,
                                                     .has_row = message->has_row};
            out->verdict = KN_VERDICT_STORED;
            tell_revised(out, facts, &again);
        }
        if (facts->row == ROW_ELSEWHERE) {
            tell_known_row(out, facts, message->item, message->has_row, message->row);
        }
        return;
    }
    out->verdict = KN_VERDICT_STORED;
    out->subject = facts->new_case;
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_CASE_RECEIVED);
    event->case_ = facts->new_case;
    event->flow = KN_FLOW_RECEIVED;
    event->agent = facts->actor;
    event->source = message->source;
    event->channel = message->channel;
    event->batch = message->batch;
    event->container = message->container;
    event->item = message->item;
    event->row = message->row;
    event->has_row = message->has_row;
    bool dated = message->petition->has_received_at && message->petition->received_at <= facts->now;
    event->received_at = dated ? message->petition->received_at : facts->now;
    event->has_received_at = true;
    event->commitment = facts->commitment;
    close_batch(out, facts, 1, facts->row == ROW_REFUSED ? -1 : 0, 0);
}

/* Holds a message about a row of the sender's own against the batch it names and the row's case,
 * which becomes the decision's subject. */
static bool names_row(struct decision *out, const struct facts *facts, const char *container)
{
    if (!own_batch(out, facts) || !fits_batch(out, facts, container, KN_CHANNEL_NONE, NULL)) {
        return false;
    }
    if (!facts->subject) {
        rules_refuse(out, KN_CODE_UNKNOWN_CASE, "item", "nothing is stored under this source key");
        return false;
    }
    out->subject = facts->row_case;
    return true;
}

void rules_revise(struct decision *out, const struct facts *facts,
                  const struct kn_petition_revise *message)
{
    if (!names_row(out, facts, message->container)) {
        return;
    }
    out->verdict = KN_VERDICT_REPEATED;
    if (facts->row == ROW_CHANGED || facts->subject->has_withdrawn_at) {
        out->verdict = KN_VERDICT_STORED;
        tell_revised(out, facts, message);
    }
    if (facts->row_elsewhere) {
        tell_known_row(out, facts, message->item, message->has_row, message->row);
    }
}

/* ---- documents that are replaced or withdrawn ------------------------------------------------ */

void rules_replace_document(struct decision *out, const struct facts *facts,
                            const struct kn_document_replace *message)
{
    const struct kn_batch *batch = facts->batch, *old = facts->replaced;
    if (!own_batch(out, facts)) {
        return;
    }
    if (!old || strcmp(old->agent, facts->actor) != 0) {
        rules_refuse(out, KN_CODE_UNKNOWN_BATCH, "replaces", "you never sent such a document");
    } else if (old == batch || strcmp(old->container, batch->container) != 0) {
        rules_refuse(out, KN_CODE_INVALID, "batch",
                     "the new document is another batch in the container of the old one");
    } else if (old->replaced_by && strcmp(old->replaced_by, batch->batch) == 0) {
        out->verdict = KN_VERDICT_REPEATED;
    } else if (old->replaced_by) {
        rules_refuse(out, KN_CODE_ILLEGAL_MOVE, "replaces", "it was replaced already: name that");
    } else {
        struct kn_event *event = rules_tell(out, KN_EVENT_KIND_DOCUMENT_REPLACED);
        out->verdict = KN_VERDICT_STORED;
        event->batch = message->replaces;
        event->agent = facts->actor;
        rules_detail(out, event)->replaced_by = message->batch;
        event->commitment = facts->commitment;
    }
}

void rules_withdraw_document(struct decision *out, const struct facts *facts)
{
    if (!own_batch(out, facts)) {
        return;
    }
    out->verdict = facts->batch->has_withdrawn_at ? KN_VERDICT_REPEATED : KN_VERDICT_STORED;
    if (out->verdict == KN_VERDICT_STORED) {
        struct kn_event *event = rules_tell(out, KN_EVENT_KIND_DOCUMENT_WITHDRAWN);
        event->batch = facts->batch->batch;
        event->agent = facts->actor;
        event->commitment = facts->commitment;
    }
}

void rules_withdraw_petition(struct decision *out, const struct facts *facts,
                             const struct kn_petition_withdraw *message)
{
    if (!names_row(out, facts, message->container)) {
        return;
    }
    out->verdict = facts->subject->has_withdrawn_at ? KN_VERDICT_REPEATED : KN_VERDICT_STORED;
    if (out->verdict == KN_VERDICT_STORED) {
        struct kn_event *event =
            rules_tell_of(out, KN_EVENT_KIND_PETITION_WITHDRAWN, facts->subject);
        event->agent = facts->actor;
        event->batch = message->batch;
        event->container = message->container;
        event->item = message->item;
        event->commitment = facts->commitment;
    }
}

/* A refusal is on record: as a row of its batch, or as a refused act. */
void rules_record_refusal(struct decision *out, const struct facts *facts,
                          const struct kn_numbered *head)
{
    if (head->batch && head->container && head->item && facts->batch &&
        strcmp(facts->batch->agent, facts->actor) == 0 &&
        strcmp(facts->batch->container, head->container) == 0) {
        if (facts->row == ROW_NEW || facts->row == ROW_REFUSED) {
            tell_refused_row(out, facts, head, out->code, out->field);
        }
        return;
    }
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_ACT_REFUSED);
    event->agent = facts->actor;
    event->case_ = facts->subject ? facts->subject->code : NULL;
    event->code = out->code;
    event->fault = out->field;
}
