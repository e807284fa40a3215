/* apply.c - events to state. Read apply() at the end first: a table of what each kind touches.
 *
 * Invariants kept here and checked by `kiennghi verify`: a batch's stored = fresh + linked; a
 * case's parent counts it; every clock that runs has exactly one entry in the due table.
 */
#include "hub/apply_parts.h"

#include "hub/code.h"
#include "hub/erasure.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <string.h>

static void copy(void *to, const void *from, size_t n, size_t size)
{
    if (n) { /* an empty list has no address */
        memcpy(to, from, n * size);
    }
}

bool apply_load(store_txn_t *txn, struct draft *draft, const char *code)
{
    struct kn_case *kase = store_case(txn, code_parse(code));
    if (!kase) {
        store_fail(txn, KN_E_CORRUPT); /* an event of a case that does not exist */
        return false;
    }
    draft->record = *kase;
    draft->block = kase;
    copy(draft->assignments, kase->assignments, kase->n_assignments, sizeof *kase->assignments);
    copy(draft->answers, kase->answers, kase->n_answers, sizeof *kase->answers);
    copy(draft->clocks, kase->clocks, kase->n_clocks, sizeof *kase->clocks);
    copy(draft->relations, kase->relations, kase->n_relations, sizeof *kase->relations);
    copy(draft->commitments, kase->commitments, kase->n_commitments, sizeof *kase->commitments);
    copy(draft->selections, kase->selections, kase->n_selections, sizeof *kase->selections);
    draft->record.assignments = draft->assignments;
    draft->record.answers = draft->answers;
    draft->record.clocks = draft->clocks;
    draft->record.relations = draft->relations;
    draft->record.commitments = draft->commitments;
    draft->record.selections = draft->selections;
    return true;
}

void apply_save(store_txn_t *txn, struct draft *draft)
{
    store_put_case(txn, &draft->record);
    kn_record_destroy(&draft->block);
}

/* ---- agents ---------------------------------------------------------------------------------- */

static void admit(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_agent agent = {.agent = event->agent,
                             .role = event->admitted,
                             .unit = event->unit,
                             .key = event->key,
                             .window = event->window,
                             .has_window = event->has_window,
                             .limits = event->limits,
                             .admitted_at = event->at,
                             .has_admitted_at = true};
    struct kn_agent *known = store_agent(txn, event->agent);
    if (known) { /* what is missing of what it has stays missing under a new key */
        agent.gaps = known->gaps;
        agent.n_gaps = known->n_gaps;
    }
    store_put_agent(txn, &agent);
    kn_record_destroy((void **)&known);
}

static void revoke(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_agent *agent = store_agent(txn, event->agent);
    if (agent) {
        agent->revoked = true;
        store_put_agent(txn, agent);
        kn_record_destroy((void **)&agent);
    }
}

/* What stands in the agent's list of gaps: one more, or without one. */
static void change_gaps(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_gap gaps[16];
    const struct kn_gap *told = event->detail ? event->detail->gap : NULL;
    struct kn_agent *agent = store_agent(txn, event->agent);
    size_t n = 0;
    for (size_t i = 0; agent && told && i < agent->n_gaps && n < 15; i++) {
        if (strcmp(agent->gaps[i].instance, told->instance) != 0) {
            gaps[n++] = agent->gaps[i];
        }
    }
    if (agent && told) {
        if (event->kind == KN_EVENT_KIND_AGENT_GAP) {
            gaps[n++] = *told;
        }
        uint64_t was = agent->n_gaps;
        agent->gaps = gaps;
        agent->n_gaps = n;
        store_put_agent(txn, agent);
        store_put_number(txn, "gaps", store_number(txn, "gaps") + n - was);
    }
    kn_record_destroy((void **)&agent);
}

/* ---- what each kind of event touches --------------------------------------------------------- */

/* Events without a case yet, or about none. */
static const struct plain_effect {
    apply_plain_fn *apply;
    int streams; /* beside `all` */
} plain_effects[KN_EVENT_KIND_COUNT] = {
    [KN_EVENT_KIND_BATCH_OPENED] = {apply_open_batch, 0},
    [KN_EVENT_KIND_BATCH_ROW_REFUSED] = {apply_refuse_row, 0},
    [KN_EVENT_KIND_BATCH_ROW_KNOWN] = {apply_know_row, 0},
    [KN_EVENT_KIND_BATCH_CLOSED] = {apply_close_batch, TO_SOURCE},
    [KN_EVENT_KIND_DOCUMENT_REPLACED] = {apply_replace_document, TO_SOURCE},
    [KN_EVENT_KIND_DOCUMENT_WITHDRAWN] = {apply_withdraw_document, TO_SOURCE},
    [KN_EVENT_KIND_CASE_RECEIVED] = {apply_receive, 0},
    [KN_EVENT_KIND_CASE_SPLIT] = {apply_split, TO_SOURCE},
    [KN_EVENT_KIND_AGENT_ADMITTED] = {admit, 0},
    [KN_EVENT_KIND_AGENT_REVOKED] = {revoke, 0},
    [KN_EVENT_KIND_AGENT_GAP] = {change_gaps, TO_ALERTS},
    [KN_EVENT_KIND_AGENT_GAP_CLOSED] = {change_gaps, TO_ALERTS},
};

static void erase(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    erasure_apply(txn, &draft->record, event);
}

/* Events of a case: flow, axes and clocks follow the event; the rest is here. */
static const struct effect {
    apply_case_fn *apply; /* NULL: nothing more */
    int streams;          /* beside `all` */
} effects[KN_EVENT_KIND_COUNT] = {
    [KN_EVENT_KIND_CASE_REVISED] = {apply_revise, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_PETITION_WITHDRAWN] = {apply_withdraw, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_CASE_LINKED] = {apply_link_case, TO_SOURCE | TO_NEWCOMER | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_UNLINKED] = {apply_unlink_case, TO_SOURCE},
    [KN_EVENT_KIND_CASE_READ] = {NULL, 0},
    [KN_EVENT_KIND_CASE_RELATED] = {apply_relate, TO_SOURCE},
    [KN_EVENT_KIND_CASE_CANDIDATE] = {apply_propose_pair, 0},
    [KN_EVENT_KIND_CASE_COMPARED] = {apply_decide_pair, 0},
    [KN_EVENT_KIND_CASE_UNROUTED] = {NULL, TO_SOURCE},
    [KN_EVENT_KIND_CASE_ASSIGNED] = {apply_assign, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_ACCEPTED] = {apply_accept, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_RETURNED] = {apply_give_back, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_ASSIGNMENT_OPINION] = {apply_give_opinion, TO_UNIT},
    [KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER] = {apply_hand_over, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_ASSIGNMENT_UNSAVED] = {NULL, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_CASE_PROGRESS] = {NULL, TO_UNIT | TO_REPORTERS},
    [KN_EVENT_KIND_CASE_ANSWERED] = {apply_answer, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_ANSWER_REJECTED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_PLAN_ACCEPTED] = {apply_plan, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_COMMITMENT_MADE] = {apply_promise, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_COMMITMENT_KEPT] = {apply_keep, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_COMMITMENT_MISSED] = {apply_miss, TO_UNIT | TO_ALERTS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_AWAITING_VERIFICATION] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_VERIFIED] = {apply_verify, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_SATISFACTION] = {NULL, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_CASE_CLOSED] = {apply_end, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_DIVERTED] = {apply_end, TO_UNIT | TO_REPORTERS},
    [KN_EVENT_KIND_CASE_NOT_ACCEPTED] = {apply_end, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_REOPENED] = {apply_reopen, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_PAUSE_ASKED] = {NULL, TO_UNIT},
    [KN_EVENT_KIND_CASE_PAUSED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_RESUMED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_REDATED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_DUE_SOON] = {NULL, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_CASE_OVERDUE] = {NULL, TO_UNIT | TO_ALERTS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE] = {NULL, TO_UNIT | TO_ALERTS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_REMINDED] = {NULL, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_CASE_DIRECTED] = {apply_direct, TO_UNIT},
    [KN_EVENT_KIND_CASE_SELECTED] = {apply_choose, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_PERSON_ERASED] = {erase, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED] = {NULL, 0},
    [KN_EVENT_KIND_CASE_PUBLISHED] = {NULL, TO_PUBLIC},
    [KN_EVENT_KIND_CASE_WITHDRAWN] = {NULL, TO_PUBLIC},
};

bool apply_is_outcome(enum kn_event_kind kind)
{
    return effects[kind].streams & TO_LINKED;
}

/* What waits for a ruling is held by the Office: no unit leads it any more. */
static void hold(struct draft *draft, const struct kn_event *event)
{
    for (size_t i = 0; i < draft->record.n_assignments; i++) {
        struct kn_assignment *lead = &draft->assignments[i];
        if (lead->role == KN_ASSIGNMENT_ROLE_LEAD && !lead->has_returned_at) {
            lead->returned_at = event->at;
            lead->has_returned_at = true;
        }
    }
    draft->record.unit = NULL;
}

static void move_case(store_txn_t *txn, const struct kn_event *event, const struct effect *effect)
{
    struct draft draft;
    if (!apply_load(txn, &draft, event->case_)) {
        return;
    }
    struct kn_case *kase = &draft.record;
    const char *was_unit = kase->unit;
    kase->flow = event->flow ? event->flow : kase->flow;
    kase->result = event->result ? event->result : kase->result;
    kase->verification = event->verification ? event->verification : kase->verification;
    kase->satisfaction = event->satisfaction ? event->satisfaction : kase->satisfaction;
    kase->oversight = event->oversight ? event->oversight : kase->oversight;
    kase->publication = event->publication ? event->publication : kase->publication;
    kase->field = event->field ? event->field : kase->field;
    kase->area = event->area ? event->area : kase->area;
    kase->registers = event->registers ? event->registers : kase->registers;
    apply_set_clocks(txn, &draft, event);
    if (event->detail && event->detail->has_reminder) {
        kase->reminders = event->detail->reminder;
        kase->has_reminders = true;
    }
    if (effect->apply) {
        effect->apply(txn, &draft, event);
    }
    if (event->flow == KN_FLOW_TO_CLASSIFY || event->flow == KN_FLOW_RETURNED) {
        hold(&draft, event);
    }
    kase->last_event = event->sequence;
    apply_tell(txn, event, kase, was_unit, effect->streams);
    apply_save(txn, &draft);
}

void apply(store_txn_t *txn, const struct kn_event *event)
{
    const struct plain_effect *plain = &plain_effects[event->kind];
    if (plain->apply) {
        plain->apply(txn, event);
        apply_tell(txn, event, NULL, NULL, plain->streams);
    } else if (event->case_ && event->kind != KN_EVENT_KIND_ACT_REFUSED) {
        move_case(txn, event, &effects[event->kind]);
    }
}

void apply_keys(store_txn_t *txn, const struct log_entry *head, const char *actor,
                const struct kn_event *first, const char *subject)
{
    struct store_answer answer = {.event = (uint64_t)first->sequence,
                                  .case_number = subject ? code_parse(subject) : 0,
                                  .verdict = (uint8_t)head->verdict,
                                  .code = (uint8_t)first->code};
    snprintf(answer.field, sizeof answer.field, "%s", first->fault ? first->fault : "");
    store_put_answer(txn, actor, head->instance, head->transport, &answer);
    if (store_last_sequence(txn, actor, head->instance) <
        head->transport) { /* not one sent again */
        store_put_last_sequence(txn, actor, head->instance, head->transport);
    }
}
