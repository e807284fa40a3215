/* apply.c - events to state. Read apply() at the end first: a table of what each kind touches.
 *
 * Invariants kept here and checked by `kiennghi verify`: a batch's stored = fresh + linked; a
 * case's parent counts it; every clock that runs has exactly one entry in the due table.
 */
#include "hub/apply.h"

#include "hub/code.h"
#include "hub/digest.h"
#include "hub/erasure.h"
#include "hub/log.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { /* maxItems in case.json */
       MAX_PARTS = 32,
       MAX_CLOCKS = 40,
       MAX_SELECTIONS = 16,
       MAX_RELATIONS = 16,
       MAX_LINKS = 16, /* links of links that are followed */
       MAX_HEARD = 32, /* events of an outcome that one who joins hears */
};

/* A case being changed: the record with its lists in arrays that can grow. Strings stay where they
 * were: in the block that was loaded, or in the event. */
struct draft {
    struct kn_case record;
    struct kn_assignment assignments[MAX_PARTS];
    struct kn_answer answers[MAX_PARTS];
    struct kn_clock clocks[MAX_CLOCKS];
    struct kn_commitment commitments[MAX_PARTS];
    struct kn_selection selections[MAX_SELECTIONS];
    struct kn_relation relations[MAX_RELATIONS];
    void *block;
};

static void copy(void *to, const void *from, size_t n, size_t size)
{
    if (n) { /* an empty list has no address */
        memcpy(to, from, n * size);
    }
}

static bool load(store_txn_t *txn, struct draft *draft, const char *code)
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

static void save(store_txn_t *txn, struct draft *draft)
{
    store_put_case(txn, &draft->record);
    kn_record_destroy(&draft->block);
}

static bool batch_id(uint8_t id[16], const char *hex)
{
    return hex && digest_from_hex(id, 16, hex) == KN_OK;
}

/* ---- batches --------------------------------------------------------------------------------- */

static void weigh(struct kn_batch *batch)
{
    int64_t rest = batch->declared - batch->stored - batch->refused - batch->elsewhere;
    batch->missing = rest > 0 ? rest : 0;
}

static void open_batch(store_txn_t *txn, const struct kn_event *event)
{
    uint8_t id[16];
    struct kn_batch fresh = {.batch = event->batch,
                             .container = event->container,
                             .agent = event->agent,
                             .source = event->source,
                             .channel = event->channel,
                             .opened_at = event->at};
    if (!batch_id(id, event->batch)) {
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
    struct kn_batch *batch = batch_id(id, event->batch) ? store_batch(txn, id) : NULL;
    if (batch) {
        batch->last_event = event->sequence;
    }
    return batch;
}

static void close_batch(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_batch *batch = touch_batch(txn, event);
    if (batch) {
        batch->closed_at = event->at;
        batch->has_closed_at = true;
        store_put_batch(txn, batch);
    }
}

static void replace_document(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_batch *batch = touch_batch(txn, event);
    if (batch && event->detail) {
        batch->replaced_by = event->detail->replaced_by;
        store_put_batch(txn, batch);
    }
}

static void withdraw_document(store_txn_t *txn, const struct kn_event *event)
{
    struct kn_batch *batch = touch_batch(txn, event);
    if (batch) {
        batch->withdrawn_at = event->at;
        batch->has_withdrawn_at = true;
        store_put_batch(txn, batch);
    }
}

struct change {
    int stored, fresh, linked, refused, elsewhere;
};

static void change_batch(store_txn_t *txn, const char *hex, uint64_t sequence, struct change by)
{
    uint8_t id[16];
    struct kn_batch *batch = batch_id(id, hex) ? store_batch(txn, id) : NULL;
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

static void put_row(store_txn_t *txn, const struct kn_event *event, const char *container,
                    enum store_row_state state)
{
    uint8_t id[16];
    struct store_row row = {.event = (uint64_t)event->sequence,
                            .row = (uint32_t)event->row,
                            .state = (uint8_t)state,
                            .code = (uint8_t)event->code,
                            .case_number = event->case_ ? code_parse(event->case_) : 0};
    if (!batch_id(id, container) || !batch_id(row.batch, event->batch)) {
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
    return batch_id(id, container) && store_row(txn, id, item, &row)
               ? (enum store_row_state)row.state
               : 0;
}

static void refuse_row(store_txn_t *txn, const struct kn_event *event)
{
    if (row_state(txn, event->container, event->item) != STORE_ROW_REFUSED) {
        change_batch(txn, event->batch, (uint64_t)event->sequence, (struct change){.refused = 1});
    }
    put_row(txn, event, event->container, STORE_ROW_REFUSED);
}

static void know_row(store_txn_t *txn, const struct kn_event *event)
{
    change_batch(txn, event->batch, (uint64_t)event->sequence, (struct change){.elsewhere = 1});
    put_row(txn, event, event->batch, STORE_ROW_KNOWN);
}

/* ---- streams --------------------------------------------------------------------------------- */

enum {
    TO_UNIT = 1,   /* agency/UNIT of the event's unit, the lead and the partners */
    TO_SOURCE = 2, /* source/AGENT of the case */
    TO_ALERTS = 4,
    TO_PUBLIC = 8,  /* only when the case is public */
    TO_LINKED = 16, /* source/AGENT of every case that is linked to it, told of that one */
    TO_REPORTERS = TO_SOURCE | TO_LINKED,
    TO_NEWCOMER = 32, /* source/AGENT: what was heard so far of the case that it is linked to */
};

static void tell_source(store_txn_t *txn, const char *agent, uint64_t event, uint64_t told_of)
{
    char name[96];
    snprintf(name, sizeof name, "source/%s", agent);
    store_append_stream(txn, name, event, told_of);
}

/* Tells those who raised what is linked to case NUMBER, and to that in turn. */
static void tell_linked(store_txn_t *txn, uint64_t number, uint64_t event, int depth)
{
    uint64_t linked = 0;
    char agent[64];
    while (depth < MAX_LINKS && store_next_link(txn, number, &linked, agent)) {
        tell_source(txn, agent, event, linked);
        tell_linked(txn, linked, event, depth + 1);
    }
}

/* The unit that the event speaks of hears it, the lead, the lead before, and every partner. */
static void tell_units(store_txn_t *txn, const struct kn_event *event, const struct kn_case *kase,
                       const char *was_unit)
{
    const char *units[MAX_PARTS + 3] = {event->unit, kase->unit, was_unit};
    size_t n = 3;
    for (size_t i = 0; i < kase->n_assignments; i++) {
        const struct kn_assignment *partner = &kase->assignments[i];
        if (partner->role == KN_ASSIGNMENT_ROLE_PARTNER && !partner->has_returned_at) {
            units[n++] = partner->unit;
        }
    }
    for (size_t i = 0; i < n; i++) {
        char name[96];
        bool known = !units[i];
        for (size_t j = 0; j < i && !known; j++) {
            known = units[j] && strcmp(units[i], units[j]) == 0;
        }
        if (!known) {
            snprintf(name, sizeof name, "agency/%s", units[i]);
            store_append_stream(txn, name, (uint64_t)event->sequence, 0);
        }
    }
}

static bool is_outcome(enum kn_event_kind kind); /* with the table below */

/* What the reporters of case CODE heard of it is told to the reporter of NEWCOMER, who joins them:
 * the latest answer and what followed. */
static void tell_newcomer(store_txn_t *txn, const char *code, const struct kn_case *newcomer)
{
    struct kn_case *kase = store_case(txn, code_parse(code));
    uint64_t heard[MAX_HEARD], sequence = kase && kase->n_answers ? (uint64_t)kase->last_event : 0;
    size_t n = 0;
    bool answered = false;
    while (sequence && n < MAX_HEARD && !answered) {
        struct kn_event *event = log_find(txn, sequence);
        if (!event) {
            break;
        }
        if (is_outcome(event->kind)) {
            heard[n++] = sequence;
        }
        answered = event->kind == KN_EVENT_KIND_CASE_ANSWERED;
        sequence = event->has_previous ? (uint64_t)event->previous : 0;
        kn_record_destroy((void **)&event);
    }
    while (answered && n) {
        tell_source(txn, newcomer->agent, heard[--n], (uint64_t)newcomer->number);
    }
    kn_record_destroy((void **)&kase);
}

static void spread(store_txn_t *txn, const struct kn_event *event, const struct kn_case *kase,
                   const char *was_unit, int to)
{
    uint64_t sequence = (uint64_t)event->sequence;
    if (to & TO_UNIT && kase) {
        tell_units(txn, event, kase, was_unit);
    }
    if (to & TO_SOURCE) {
        tell_source(txn, kase ? kase->agent : event->agent, sequence, 0);
    }
    if (to & TO_LINKED && kase && kase->linked) {
        tell_linked(txn, (uint64_t)kase->number, sequence, 0);
    }
    if (to & TO_NEWCOMER && kase) {
        tell_newcomer(txn, event->parent, kase);
    }
    if (to & TO_ALERTS) {
        store_append_stream(txn, "alerts", sequence, 0);
    }
    if (to & TO_PUBLIC && kase &&
        (kase->publication == KN_PUBLICATION_PUBLISHED ||
         kase->publication == KN_PUBLICATION_POSTED ||
         event->kind == KN_EVENT_KIND_CASE_WITHDRAWN)) {
        store_append_stream(txn, "public", sequence, 0);
    }
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

static void receive(store_txn_t *txn, const struct kn_event *event)
{
    bool corrected = row_state(txn, event->container, event->item) == STORE_ROW_REFUSED;
    put_new_case(txn, event, NULL);
    put_row(txn, event, event->container, STORE_ROW_STORED);
    change_batch(txn, event->batch, (uint64_t)event->sequence,
                 (struct change){.stored = 1, .fresh = 1, .refused = corrected ? -1 : 0});
}

/* A part of a petition: no row of a batch, but a case like any other. */
static void split(store_txn_t *txn, const struct kn_event *event)
{
    const struct kn_relation whole = {.case_ = event->parent, .link = event->link};
    put_new_case(txn, event, &whole);
    store_put_related(txn, code_parse(event->parent), code_parse(event->case_), event->link);
}

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
static void set_clocks(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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

static void link_case(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    struct draft parent;
    draft->record.parent = event->parent;
    draft->record.link = event->link;
    draft->record.link_why = event->why;
    change_batch(txn, draft->record.batch, (uint64_t)event->sequence,
                 (struct change){.fresh = -1, .linked = 1});
    store_put_number(txn, "linked", store_number(txn, "linked") + 1);
    store_put_link(txn, code_parse(event->parent), (uint64_t)draft->record.number,
                   draft->record.agent);
    if (load(txn, &parent, event->parent)) {
        parent.record.linked++;
        parent.record.has_linked = true;
        save(txn, &parent);
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

static void relate(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    assert(draft->record.n_relations < MAX_RELATIONS); /* the rules asked */
    draft->relations[draft->record.n_relations++] =
        (struct kn_relation){.case_ = event->parent, .link = event->link, .why = event->why};
    store_put_related(txn, code_parse(event->parent), (uint64_t)draft->record.number, event->link);
}

/* The event moves the case when it was linked; a relation is only taken back. */
static void unlink_case(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    struct draft parent;
    if (!event->flow) {
        unrelate(txn, draft, event->parent);
        return;
    }
    store_drop_link(txn, code_parse(draft->record.parent), (uint64_t)draft->record.number);
    change_batch(txn, draft->record.batch, (uint64_t)event->sequence,
                 (struct change){.fresh = 1, .linked = -1});
    store_put_number(txn, "linked", store_number(txn, "linked") - 1);
    if (load(txn, &parent, draft->record.parent)) {
        parent.record.linked--;
        save(txn, &parent);
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

static void propose_pair(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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

static void decide_pair(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    if (event->detail->decision == KN_CANDIDATE_STATE_OPEN) {
        unrelate(txn, draft, event->parent); /* a recurrence that is taken back */
    }
    put_pair(txn, event, event->detail->decision, &(struct kn_candidate_pair){.at = event->at});
}

static void assign(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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
static void hand_over(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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
    assign(txn, draft, event);
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

static void accept(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_assignment *assignment = assignment_of(draft, event);
    if (assignment) {
        assignment->saved_at = event->at;
        assignment->has_saved_at = true;
    }
}

static void give_back(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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

static void give_opinion(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_assignment *assignment = assignment_of(draft, event);
    if (assignment) {
        assignment->done_at = event->at;
        assignment->has_done_at = true;
    }
}

static void promise(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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

static void keep(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    struct kn_commitment *commitment = commitment_of(draft, event);
    if (commitment) {
        commitment->kept_at = event->at;
        commitment->has_kept_at = true;
    }
}

static void miss(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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

static void plan(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    (void)event;
    draft->record.plan_accepted = true;
}

static void verify(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    if (event->verification != KN_VERIFICATION_MET) {
        draft->record.not_met++;
        draft->record.has_not_met = true;
    }
}

/* It ended: closed, diverted or not accepted. */
static void end(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    draft->record.closed_at = event->at;
    draft->record.has_closed_at = true;
}

static void reopen(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    (void)event;
    draft->record.has_closed_at = false;
    draft->record.reopened++;
    draft->record.has_reopened = true;
}

static void direct(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    (void)event;
    draft->record.directions++;
    draft->record.has_directions = true;
}

/* Into a docket, out of it (oversight none), or proposed by the hub without one. Out of the last
 * docket the axis is none again. */
static void choose(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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

static void answer(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
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
                                .span = event->detail ? event->detail->span : NULL,
                                .checklist = event->detail ? event->detail->checklist : NULL};
}

/* The row stays with the batch that counts it; its content lies under this event now. */
static void revise(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    uint8_t id[16];
    struct store_row row;
    draft->record.submission = event->sequence;
    draft->record.has_withdrawn_at = false;
    if (!batch_id(id, event->container) || !store_row(txn, id, event->item, &row)) {
        store_fail(txn, KN_E_CORRUPT);
        return;
    }
    row.event = (uint64_t)event->sequence;
    row.row = (uint32_t)event->row;
    store_put_row(txn, id, event->item, &row);
}

static void withdraw(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    (void)txn;
    draft->record.withdrawn_at = event->at;
    draft->record.has_withdrawn_at = true;
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
    store_put_agent(txn, &agent);
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

/* ---- what each kind of event touches --------------------------------------------------------- */

/* Events without a case yet, or about none. */
static const struct plain_effect {
    void (*apply)(store_txn_t *, const struct kn_event *);
    int streams; /* beside `all` */
} plain_effects[KN_EVENT_KIND_COUNT] = {
    [KN_EVENT_KIND_BATCH_OPENED] = {open_batch, 0},
    [KN_EVENT_KIND_BATCH_ROW_REFUSED] = {refuse_row, 0},
    [KN_EVENT_KIND_BATCH_ROW_KNOWN] = {know_row, 0},
    [KN_EVENT_KIND_BATCH_CLOSED] = {close_batch, TO_SOURCE},
    [KN_EVENT_KIND_DOCUMENT_REPLACED] = {replace_document, TO_SOURCE},
    [KN_EVENT_KIND_DOCUMENT_WITHDRAWN] = {withdraw_document, TO_SOURCE},
    [KN_EVENT_KIND_CASE_RECEIVED] = {receive, 0},
    [KN_EVENT_KIND_CASE_SPLIT] = {split, TO_SOURCE},
    [KN_EVENT_KIND_AGENT_ADMITTED] = {admit, 0},
    [KN_EVENT_KIND_AGENT_REVOKED] = {revoke, 0},
};

/* Events of a case: flow, axes and clocks follow the event; the rest is here. */
static void erase(store_txn_t *txn, struct draft *draft, const struct kn_event *event)
{
    erasure_apply(txn, &draft->record, event);
}

static const struct effect {
    void (*apply)(store_txn_t *, struct draft *, const struct kn_event *); /* NULL: nothing more */
    int streams;                                                           /* beside `all` */
} effects[KN_EVENT_KIND_COUNT] = {
    [KN_EVENT_KIND_CASE_REVISED] = {revise, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_PETITION_WITHDRAWN] = {withdraw, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_CASE_LINKED] = {link_case, TO_SOURCE | TO_NEWCOMER | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_UNLINKED] = {unlink_case, TO_SOURCE},
    [KN_EVENT_KIND_CASE_READ] = {NULL, 0},
    [KN_EVENT_KIND_CASE_RELATED] = {relate, TO_SOURCE},
    [KN_EVENT_KIND_CASE_CANDIDATE] = {propose_pair, 0},
    [KN_EVENT_KIND_CASE_COMPARED] = {decide_pair, 0},
    [KN_EVENT_KIND_CASE_UNROUTED] = {NULL, TO_SOURCE},
    [KN_EVENT_KIND_CASE_ASSIGNED] = {assign, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_ACCEPTED] = {accept, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_RETURNED] = {give_back, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_ASSIGNMENT_OPINION] = {give_opinion, TO_UNIT},
    [KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER] = {hand_over, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_ASSIGNMENT_UNSAVED] = {NULL, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_CASE_PROGRESS] = {NULL, TO_UNIT | TO_REPORTERS},
    [KN_EVENT_KIND_CASE_ANSWERED] = {answer, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_ANSWER_REJECTED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_PLAN_ACCEPTED] = {plan, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_COMMITMENT_MADE] = {promise, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_COMMITMENT_KEPT] = {keep, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_COMMITMENT_MISSED] = {miss, TO_UNIT | TO_ALERTS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_AWAITING_VERIFICATION] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_VERIFIED] = {verify, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_SATISFACTION] = {NULL, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_CASE_CLOSED] = {end, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_DIVERTED] = {end, TO_UNIT | TO_REPORTERS},
    [KN_EVENT_KIND_CASE_NOT_ACCEPTED] = {end, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_REOPENED] = {reopen, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_PAUSE_ASKED] = {NULL, TO_UNIT},
    [KN_EVENT_KIND_CASE_PAUSED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_RESUMED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_REDATED] = {NULL, TO_UNIT | TO_REPORTERS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_DUE_SOON] = {NULL, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_CASE_OVERDUE] = {NULL, TO_UNIT | TO_ALERTS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE] = {NULL, TO_UNIT | TO_ALERTS | TO_PUBLIC},
    [KN_EVENT_KIND_CASE_REMINDED] = {NULL, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_CASE_DIRECTED] = {direct, TO_UNIT},
    [KN_EVENT_KIND_CASE_SELECTED] = {choose, TO_UNIT | TO_ALERTS},
    [KN_EVENT_KIND_PERSON_ERASED] = {erase, TO_UNIT | TO_SOURCE},
    [KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED] = {NULL, 0},
    [KN_EVENT_KIND_CASE_PUBLISHED] = {NULL, TO_PUBLIC},
    [KN_EVENT_KIND_CASE_WITHDRAWN] = {NULL, TO_PUBLIC},
};

static bool is_outcome(enum kn_event_kind kind)
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
    if (!load(txn, &draft, event->case_)) {
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
    set_clocks(txn, &draft, event);
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
    spread(txn, event, kase, was_unit, effect->streams);
    save(txn, &draft);
}

void apply(store_txn_t *txn, const struct kn_event *event)
{
    const struct plain_effect *plain = &plain_effects[event->kind];
    if (plain->apply) {
        plain->apply(txn, event);
        spread(txn, event, NULL, NULL, plain->streams);
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
