/* apply_case.c - what events do to a case beside its flow and axes, in the order of its life. */
#include "hub/apply_parts.h"

#include "hub/code.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The number of a clock in the due table: a case has at most one of each kind and part. */
static uint16_t clock_id(const struct kn_clock *clock)
{
    return (uint16_t)((unsigned)clock->kind << 8 | (unsigned)clock->part);
}

/* Sets one clock to what CHANGE says. What belongs to an assignment or a promise and is over leaves
 * the record; the log has its history. */
static void set_clock(store_txn_t *txn, struct draft *draft, const struct kn_clock *change)
{
    struct kn_case *kase = &draft->record;
    size_t i = 0;
    while (i < kase->n_clocks && clock_id(&draft->clocks[i]) != clock_id(change)) {
        i++;
    }
    struct kn_clock *clock = &draft->clocks[i];
    if (i < kase->n_clocks && clock->has_next_at) {
        store_drop_due(txn, clock->next_at, (uint64_t)kase->number, clock_id(clock));
    }
    if (change->tier == KN_TIER_STOPPED && change->has_part) {
        kase->n_clocks -= i < kase->n_clocks;
        memmove(clock, clock + 1,
                (kase->n_clocks - (i < kase->n_clocks ? i : kase->n_clocks)) * sizeof *clock);
        return;
    }
    if (i == kase->n_clocks) {
        assert(kase->n_clocks < MAX_CLOCKS);
        kase->n_clocks++;
        memset(clock, 0, sizeof *clock);
    }
    struct kn_clock was = *clock;
    *clock = *change;
    clock->profile = change->profile ? change->profile : was.profile;
    clock->registers = change->registers ? change->registers : was.registers;
    clock->basis = change->basis ? change->basis : was.basis;
    if (clock->has_next_at) {
        store_put_due(txn, clock->next_at, (uint64_t)kase->number, clock_id(clock));
    }
}

/* The answer clock stands in the event itself, the others in its list; pauses of the answer clock
 * do too. */
void apply_set_clocks(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    if (event->clock == KN_CLOCK_KIND_ANSWER) {
        struct kn_clock change = {.kind = event->clock,
                                  .tier = event->tier,
                                  .started_at = event->started_at,
                                  .due_at = event->due_at,
                                  .next_at = event->next_at,
                                  .has_next_at = event->has_next_at,
                                  .profile = event->profile,
                                  .registers = event->registers,
                                  .basis = event->clock_basis};
        for (size_t i = 0; i < draft->record.n_clocks; i++) {
            const struct kn_clock *was = &draft->clocks[i];
            if (was->kind == KN_CLOCK_KIND_ANSWER) {
                change.paused_days = was->paused_days;
                change.has_paused_days = was->has_paused_days;
            }
        }
        set_clock(txn, draft, &change);
    }
    for (size_t i = 0; i < event->n_clocks; i++) {
        set_clock(txn, draft, &event->clocks[i]);
    }
}

void apply_link_case(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    struct draft parent;
    draft->record.parent = event->parent;
    draft->record.link = event->link;
    draft->record.link_why = event->why;
    apply_change_batch(txn, draft->record.batch, (uint64_t)event->sequence,
                       (struct change){.fresh = -1, .linked = 1});
    store_put_number(txn, "linked", store_number(txn, "linked") + 1);
    store_put_link(txn, code_parse(event->parent), (uint64_t)draft->record.number,
                   draft->record.agent);
    if (apply_load(txn, &parent, event->parent)) {
        parent.record.linked++;
        parent.record.has_linked = true;
        apply_save(txn, &parent);
    }
}

static void unrelate(store_txn_t *txn, struct draft *draft, const char *other)
{
    struct kn_case *kase = &draft->record;
    size_t n = 0;
    for (size_t i = 0; i < kase->n_relations; i++) {
        if (strcmp(draft->relations[i].case_, other) != 0) {
            draft->relations[n++] = draft->relations[i];
        }
    }
    if (n < kase->n_relations) {
        store_drop_related(txn, code_parse(other), (uint64_t)kase->number);
    }
    kase->n_relations = n;
}

void apply_relate(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    assert(draft->record.n_relations < MAX_RELATIONS); /* the rules asked */
    draft->relations[draft->record.n_relations++] =
        (struct kn_relation){.case_ = event->parent, .link = event->link, .why = event->why};
    store_put_related(txn, code_parse(event->parent), (uint64_t)draft->record.number, event->link);
}

/* The event moves the case when it was linked; a relation is only taken back. */
void apply_unlink_case(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    struct draft parent;
    if (!event->flow) {
        unrelate(txn, draft, event->parent);
        return;
    }
    store_drop_link(txn, code_parse(draft->record.parent), (uint64_t)draft->record.number);
    apply_change_batch(txn, draft->record.batch, (uint64_t)event->sequence,
                       (struct change){.fresh = 1, .linked = -1});
    store_put_number(txn, "linked", store_number(txn, "linked") - 1);
    if (apply_load(txn, &parent, draft->record.parent)) {
        parent.record.linked--;
        apply_save(txn, &parent);
    }
    draft->record.parent = NULL;
    draft->record.link = KN_LINK_KIND_NONE;
    draft->record.link_why = NULL;
}

/* ---- candidate pairs ------------------------------------------------------------------------- */

/* Puts the pair of the event's two cases into STATE; FRESH is what is known of a new one. */
static void put_pair(store_txn_t *txn, const struct kn_event *event, enum kn_candidate_state state,
                     const struct kn_candidate_pair *fresh)
{
    uint64_t one = code_parse(event->case_), other = code_parse(event->parent);
    struct kn_candidate_pair *known = store_pair(txn, one, other);
    struct kn_candidate_pair pair = known ? *known : *fresh;
    bool was_open = known && known->state == KN_CANDIDATE_STATE_OPEN;
    bool is_open = state == KN_CANDIDATE_STATE_OPEN;
    pair.case_ = one > other ? event->case_ : event->parent;
    pair.earlier = one > other ? event->parent : event->case_;
    pair.state = state;
    pair.has_decided_at = !is_open;
    pair.decided_at = event->at;
    pair.by = is_open ? NULL : event->actor;
    store_put_pair(txn, &pair);
    store_put_number(txn, "candidates",
                     store_number(txn, "candidates") + (uint64_t)is_open - (uint64_t)was_open);
    kn_record_destroy((void **)&known);
}

void apply_propose_pair(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    const struct kn_detail *detail = event->detail;
    (void)draft;
    put_pair(txn, event, KN_CANDIDATE_STATE_OPEN,
             &(struct kn_candidate_pair){.link = event->link,
                                         .score = detail->score,
                                         .has_score = detail->has_score,
                                         .place = detail->place_score,
                                         .has_place = detail->has_place_score,
                                         .matter = detail->matter_score,
                                         .has_matter = detail->has_matter_score,
                                         .words = detail->words_score,
                                         .has_words = detail->has_words_score,
                                         .why = event->why,
                                         .at = event->at});
}

void apply_decide_pair(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    if (event->detail->decision == KN_CANDIDATE_STATE_OPEN) {
        unrelate(txn, draft, event->parent); /* a recurrence that is taken back */
    }
    put_pair(txn, event, event->detail->decision, &(struct kn_candidate_pair){.at = event->at});
}

void apply_assign(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_case *kase = &draft->record;
    assert(kase->n_assignments < MAX_PARTS);
    struct kn_assignment *assignment = &draft->assignments[kase->n_assignments++];
    memset(assignment, 0, sizeof *assignment);
    bool leads = event->role == KN_ASSIGNMENT_ROLE_LEAD;
    for (size_t i = 0; leads && i + 1 < kase->n_assignments; i++) { /* it ends the one before */
        if (draft->assignments[i].role == event->role && !draft->assignments[i].has_returned_at) {
            draft->assignments[i].returned_at = event->at;
            draft->assignments[i].has_returned_at = true;
        }
    }
    assignment->number = event->assignment;
    assignment->unit = event->unit;
    assignment->role = event->role;
    assignment->offered_at = event->at;
    assignment->basis = event->basis;
    assignment->by = event->actor;
    kase->unit = leads ? event->unit : kase->unit;
    kase->ruled = leads ? event->detail && event->detail->ruling : kase->ruled;
}

/* The unit has ended: its assignment ends, under its name, and the successor gets one. */
void apply_hand_over(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    for (size_t i = 0; i < draft->record.n_assignments; i++) {
        struct kn_assignment *ended = &draft->assignments[i];
        if (ended->role == event->role && !ended->has_returned_at && !ended->has_done_at &&
            event->detail && strcmp(ended->unit, event->detail->predecessor) == 0) {
            ended->returned_at = event->at;
            ended->has_returned_at = true;
        }
    }
    bool ruled = draft->record.ruled;
    apply_assign(txn, draft, event);
    draft->record.ruled = ruled;
}

static struct kn_assignment *assignment_of(struct draft *draft, const struct kn_event *event)
{
    for (size_t i = 0; i < draft->record.n_assignments; i++) {
        if (draft->assignments[i].number == event->assignment) {
            return &draft->assignments[i];
        }
    }
    return NULL;
}

void apply_accept(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_assignment *assignment = assignment_of(draft, event);
    if (assignment) {
        assignment->saved_at = event->at;
        assignment->has_saved_at = true;
    }
}

void apply_give_back(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_assignment *assignment = assignment_of(draft, event);
    if (assignment) {
        assignment->returned_at = event->at;
        assignment->has_returned_at = true;
    }
    if (event->role != KN_ASSIGNMENT_ROLE_PARTNER) {
        draft->record.returns++;
        draft->record.has_returns = true;
    }
}

void apply_give_opinion(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_assignment *assignment = assignment_of(draft, event);
    if (assignment) {
        assignment->done_at = event->at;
        assignment->has_done_at = true;
    }
}

void apply_promise(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_case *kase = &draft->record;
    if (event->detail && kase->n_commitments < MAX_PARTS) {
        draft->commitments[kase->n_commitments++] =
            (struct kn_commitment){.number = event->detail->commitment,
                                   .unit = event->unit,
                                   .promised_on = event->promised_on,
                                   .made_at = event->at,
                                   .docket = event->detail->docket};
    }
}

static struct kn_commitment *commitment_of(struct draft *draft, const struct kn_event *event)
{
    for (size_t i = 0; event->detail && i < draft->record.n_commitments; i++) {
        if (draft->commitments[i].number == event->detail->commitment) {
            return &draft->commitments[i];
        }
    }
    return NULL;
}

void apply_keep(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_commitment *commitment = commitment_of(draft, event);
    if (commitment) {
        commitment->kept_at = event->at;
        commitment->has_kept_at = true;
    }
}

void apply_miss(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_commitment *commitment = commitment_of(draft, event);
    if (commitment) {
        commitment->missed_at = event->at;
        commitment->has_missed_at = true;
    }
    draft->record.missed++;
    draft->record.has_missed = true;
}

void apply_plan(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    (void)event;
    draft->record.plan_accepted = true;
}

void apply_verify(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    if (event->verification != KN_VERIFICATION_MET) {
        draft->record.not_met++;
        draft->record.has_not_met = true;
    }
}

/* It ended: closed, diverted or not accepted. */
void apply_end(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    draft->record.closed_at = event->at;
    draft->record.has_closed_at = true;
}

void apply_reopen(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    (void)event;
    draft->record.has_closed_at = false;
    draft->record.reopened++;
    draft->record.has_reopened = true;
}

void apply_direct(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    (void)event;
    draft->record.directions++;
    draft->record.has_directions = true;
}

/* Into a docket, out of it (oversight none), or proposed by the hub without one. Out of the last
 * docket the axis is none again. */
void apply_choose(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_case *kase = &draft->record;
    const char *docket = event->detail ? event->detail->docket : NULL;
    size_t i = 0, n = kase->n_selections;
    if (!docket) {
        return;
    }
    while (i < n && strcmp(draft->selections[i].docket, docket) != 0) {
        i++;
    }
    if (event->oversight == KN_OVERSIGHT_NONE) {
        if (i < n) {
            memmove(&draft->selections[i], &draft->selections[i + 1],
                    (n - i - 1) * sizeof *draft->selections);
            kase->n_selections--;
        }
        kase->oversight = kase->n_selections ? draft->selections[kase->n_selections - 1].oversight
                                             : KN_OVERSIGHT_NONE;
    } else if (i < MAX_SELECTIONS) {
        kase->n_selections += i == n;
        draft->selections[i] = (struct kn_selection){
            .docket = docket, .oversight = event->oversight, .at = event->at, .by = event->actor};
    }
}

void apply_answer(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_case *kase = &draft->record;
    if (kase->n_answers == MAX_PARTS) { /* the latest 32 stay in the record, all in the log */
        memmove(draft->answers, draft->answers + 1, (MAX_PARTS - 1) * sizeof *draft->answers);
        kase->n_answers--;
    }
    int64_t last = kase->n_answers ? draft->answers[kase->n_answers - 1].number : 0;
    kase->plan_accepted = event->detail && event->detail->partial ? kase->plan_accepted : false;
    struct kn_answer *given = &draft->answers[kase->n_answers++];
    *given = (struct kn_answer){.number = last + 1,
                                .unit = event->unit,
                                .result = event->result,
                                .document = event->document,
                                .at = event->at,
                                .promised_on = event->promised_on,
                                .partial = event->detail && event->detail->partial,
                                .acted_at = event->detail ? event->detail->acted_at : 0,
                                .has_acted_at = event->detail && event->detail->has_acted_at,
                                .span = event->detail ? event->detail->span : NULL,
                                .checklist = event->detail ? event->detail->checklist : NULL};
}

/* The row stays with the batch that counts it; its content lies under this event now. */
void apply_revise(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    uint8_t id[16];
    struct store_row row;
    draft->record.submission = event->sequence;
    draft->record.has_withdrawn_at = false;
    if (!apply_batch_id(id, event->container) || !store_row(txn, id, event->item, &row)) {
        store_fail(txn, KN_E_CORRUPT);
        return;
    }
    row.event = (uint64_t)event->sequence;
    row.row = (uint32_t)event->row;
    store_put_row(txn, id, event->item, &row);
}

void apply_withdraw(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    draft->record.withdrawn_at = event->at;
    draft->record.has_withdrawn_at = true;
}
