/* join.c - see the header. The log has codes and commitments; persons and texts are joined here, at
 * delivery, so that what was erased is never sent again. */
#include "hub/join.h"

#include "hub/code.h"
#include "hub/log.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <string.h>

/* Events whose reader needs the petition itself, beside those that carry words of their own. */
static bool carries_petition(enum kn_event_kind kind)
{
    return kind == KN_EVENT_KIND_CASE_RECEIVED || kind == KN_EVENT_KIND_CASE_REVISED ||
           kind == KN_EVENT_KIND_CASE_ASSIGNED;
}

struct kn_content *join_content(store_txn_t *txn, uint64_t sequence)
{
    uint8_t salt[16];
    struct slice record;
    void *content = NULL;
    if (store_content(txn, sequence, salt, &record)) {
        int rc = stored_decode(&content, KN_SCHEMA_CONTENT, record.bytes, record.size);
        if (rc) {
            store_fail(txn, rc);
        }
    }
    return content;
}

static void project_public(struct kn_event *event, const struct kn_event *full)
{
    *event = (struct kn_event){.sequence = full->sequence,
                               .kind = full->kind,
                               .at = full->at,
                               .case_ = full->case_,
                               .flow = full->flow,
                               .result = full->result,
                               .publication = full->publication,
                               .field = full->field,
                               .area = full->area,
                               .unit = full->unit,
                               .tier = full->tier,
                               .due_at = full->due_at,
                               .has_due_at = full->has_due_at,
                               .promised_on = full->promised_on};
}

/* Where the petition of this event's case lies now. */
static uint64_t submission_of(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_case *kase = event->case_ ? store_case(txn, code_parse(event->case_)) : NULL;
    uint64_t sequence = kase ? (uint64_t)kase->submission : 0;
    kn_record_destroy((void **)&kase);
    return sequence;
}

bool join_event(store_txn_t *txn, uint64_t sequence, enum join_view view, struct joined *out)
{
    memset(out, 0, sizeof *out);
    out->block = log_find(txn, sequence);
    if (!out->block) {
        return false;
    }
    struct kn_event *event = &out->event;
    *event = *out->block;
    if (view == JOIN_PUBLIC) {
        project_public(event, out->block);
        if (event->kind == KN_EVENT_KIND_CASE_PUBLISHED &&
            (out->content = join_content(txn, sequence))) {
            event->summary = out->content->summary;
        }
        return true;
    }
    bool petition = carries_petition(event->kind);
    if (!petition && !event->commitment) {
        return true; /* nothing personal belongs to it */
    }
    if (view == JOIN_BARE) {
        event->content_state = KN_CONTENT_STATE_WITHHELD;
        return true;
    }
    out->content = join_content(txn, petition ? submission_of(txn, event) : sequence);
    event->content_state = out->content ? KN_CONTENT_STATE_PRESENT : KN_CONTENT_STATE_ERASED;
    if (out->content) {
        event->petition = petition ? out->content->petition : NULL;
        event->reason = out->content->reason;
        event->answer = out->content->answer;
        event->evidence = out->content->evidence;
        if (out->content->n_attachments) {
            out->detail = event->detail ? *event->detail : (struct kn_detail){0};
            out->detail.n_attachments = out->content->n_attachments;
            out->detail.attachments = out->content->attachments;
            event->detail = &out->detail;
        }
        event->summary = out->content->summary;
    }
    return true;
}

void join_told_of(struct joined *joined, uint64_t linked)
{
    struct kn_event *event = &joined->event;
    code_format(joined->told_of, linked);
    event->parent = event->case_;
    event->link = KN_LINK_KIND_DUPLICATE;
    event->case_ = joined->told_of;
    event->has_previous = false; /* the chain of events is the other case's */
    event->petition = NULL;
}

void join_clear(struct joined *joined)
{
    kn_record_destroy((void **)&joined->content);
    kn_record_destroy((void **)&joined->block);
}
