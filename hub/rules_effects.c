/* rules_effects.c - what a row of the table fills into its event, and what follows at once, on the
 * way of a case from unit to unit to its end. Pure. What goes on beside that way: rules_beside.c.
 *
 * They stand in the order of the table in rules.c. The event has its kind, its case and the flow
 * that the row says; a second event of one act is told by the effect itself.
 */
#include "hub/calendar.h"
#include "hub/deadline.h"
#include "hub/rules_parts.h"

#include <assert.h>
#include <string.h>

/* ---- what several effects do ------------------------------------------------------------------
 */

static struct kn_event *then(struct decision *out, const struct kn_case *kase,
                             enum kn_event_kind kind, enum kn_flow flow)
{
    struct kn_event *event = rules_tell(out, kind);
    event->case_ = kase->code;
    event->flow = flow;
    event->unit = kase->unit;
    return event;
}

/* The case waits for a person of the Office to classify it. */
static void wait(struct decision *out, const struct facts *facts, struct kn_event *event)
{
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_CLASSIFY, 0, facts->now);
}

/* Ends the assignments that run: their clocks stop. */
static void end_assignment_clocks(struct decision *out, const struct facts *facts,
                                  struct kn_event *event, enum kn_assignment_role role)
{
    const struct kn_assignment *running = rules_assignment(facts->subject, role, NULL);
    if (running) {
        rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_ACKNOWLEDGE, running->number);
    }
}

int64_t rules_next_assignment(const struct kn_case *kase)
{
    return kase->n_assignments ? kase->assignments[kase->n_assignments - 1].number + 1 : 1;
}

/* Gives the case to UNIT as its lead. The answer clock never starts anew when the case changes
 * hands. */
static void give(struct decision *out, const struct facts *facts, struct kn_event *event,
                 const char *unit, const char *basis)
{
    const struct kn_clock *clock = rules_clock_of(facts->subject, KN_CLOCK_KIND_ANSWER, 0);
    event->unit = unit;
    event->role = KN_ASSIGNMENT_ROLE_LEAD;
    event->assignment = rules_next_assignment(facts->subject);
    event->has_assignment = true;
    event->basis = basis;
    if (facts->subject->flow == KN_FLOW_PAUSED) {
        rules_end_pause(out, facts, facts->subject, event);
    } else if (clock) {
        rules_resume_clock(out, facts, event);
    } else {
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_ANSWER, 0,
                          rules_latest_start(facts, facts->now));
    }
    end_assignment_clocks(out, facts, event, KN_ASSIGNMENT_ROLE_LEAD);
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_CLASSIFY, 0);
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_ACKNOWLEDGE, event->assignment, facts->now);
}

static void fill_promise(struct decision *out, const struct facts *facts, struct kn_event *event,
                         const char *promised_on, const char *docket)
{
    const struct kn_case *kase = facts->subject;
    int32_t day;
    struct kn_detail *detail = rules_detail(out, event);
    event->promised_on = promised_on;
    detail->commitment =
        kase->n_commitments ? kase->commitments[kase->n_commitments - 1].number + 1 : 1;
    detail->has_commitment = true;
    detail->docket = docket;
    if (!day_parse(promised_on, &day)) {
        rules_start_clock_on(out, facts, event, KN_CLOCK_KIND_COMMITMENT, detail->commitment, day);
    }
}

/* A promise that an answer or a direction makes, in an event of its own. */
void rules_promise(struct decision *out, const struct facts *facts, const char *promised_on)
{
    struct kn_event *event = then(out, facts->subject, KN_EVENT_KIND_COMMITMENT_MADE, KN_FLOW_NONE);
    fill_promise(out, facts, event, promised_on, NULL);
}

/* ---- reading --------------------------------------------------------------------------------- */

void effect_assign_by_register(struct decision *out, const struct facts *facts, const void *message,
                               struct kn_event *event)
{
    const struct kn_reading_propose *reading = message;
    struct route route;
    bool found = rules_route(facts, reading->field, reading->area, &route);
    assert(found); /* the guard asked */
    event->field = reading->field;
    event->area = reading->area;
    give(out, facts, event, rules_keep(out, route.unit), rules_keep(out, route.basis));
    rules_tell_candidates(out, facts, reading);
}

void effect_wait_for_ruling(struct decision *out, const struct facts *facts, const void *message,
                            struct kn_event *event)
{
    const struct kn_reading_propose *reading = message;
    event->field = reading->field;
    event->area = reading->area;
    event->why = !reading->field ? "chưa rõ lĩnh vực"
                 : !reading->area ? "chưa rõ địa bàn, hoặc không có quy tắc thẩm quyền chung"
                                  : "chưa có quy tắc thẩm quyền cho lĩnh vực và địa bàn này";
    wait(out, facts, event);
    rules_tell_candidates(out, facts, reading);
}

/* ---- assignments ----------------------------------------------------------------------------- */

void effect_assign(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_assign *act = message;
    event->on_behalf = act->on_behalf;
    give(out, facts, event, act->unit, act->basis);
    if (act->ruling) {
        rules_detail(out, event)->ruling = true;
    }
}

void effect_ask_partner(struct decision *out, const struct facts *facts, const void *message,
                        struct kn_event *event)
{
    const struct kn_case_assign *act = message;
    event->on_behalf = act->on_behalf;
    event->unit = act->unit;
    event->basis = act->basis;
    event->role = KN_ASSIGNMENT_ROLE_PARTNER;
    event->assignment = rules_next_assignment(facts->subject);
    event->has_assignment = true;
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_ACKNOWLEDGE, event->assignment, facts->now);
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_PARTNER, event->assignment, facts->now);
}

void effect_accept(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_assignment_accept *act = message;
    const struct kn_case *kase = facts->subject;
    const struct kn_clock *clock = rules_clock_of(kase, KN_CLOCK_KIND_ANSWER, 0);
    const struct kn_assignment *lead = rules_assignment(kase, KN_ASSIGNMENT_ROLE_LEAD, facts->unit);
    event->unit = facts->unit;
    event->role = KN_ASSIGNMENT_ROLE_LEAD;
    event->assignment = act->assignment;
    event->has_assignment = true;
    if (kase->flow != KN_FLOW_ASSIGNED) {
        event->flow = KN_FLOW_NONE; /* an assignment that was handed over: the case goes on */
    } else if (clock && lead && lead->number == 1 && clock->tier == KN_TIER_IN_TIME) {
        /* the statutory clock starts when the unit has it; what was told is never taken back */
        int64_t latest = rules_latest_start(facts, lead->offered_at);
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_ANSWER, 0,
                          facts->now < latest ? facts->now : latest);
    } else {
        rules_resume_clock(out, facts, event);
    }
    rules_stop_clock(out, kase, event, KN_CLOCK_KIND_ACKNOWLEDGE, act->assignment);
}

void effect_accept_partner(struct decision *out, const struct facts *facts, const void *message,
                           struct kn_event *event)
{
    const struct kn_assignment_accept *act = message;
    event->unit = facts->unit;
    event->role = KN_ASSIGNMENT_ROLE_PARTNER;
    event->assignment = act->assignment;
    event->has_assignment = true;
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_ACKNOWLEDGE, act->assignment);
}

/* A return later than its stage allows is taken, and said to be late. */
static const char *lateness(struct decision *out, const struct facts *facts, int64_t number)
{
    for (size_t i = 0; i < facts->subject->n_assignments; i++) {
        const struct kn_assignment *assignment = &facts->subject->assignments[i];
        struct deadline limit;
        if (assignment->number == number &&
            !deadline_due(facts->registers, "standard", DEADLINE_RETURN, assignment->offered_at,
                          &limit) &&
            facts->now > limit.due_at) {
            return rules_say(out, "trả lại muộn %d ngày so với thời hạn trả lại (%s)",
                             day_of_instant(facts->now) - limit.due_day, limit.rule->basis);
        }
    }
    return NULL;
}

void effect_give_back(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    const struct kn_assignment_return *act = message;
    event->unit = facts->unit;
    event->role = KN_ASSIGNMENT_ROLE_LEAD;
    event->assignment = act->assignment;
    event->has_assignment = true;
    event->proposed_unit = act->proposed_unit;
    event->why = lateness(out, facts, act->assignment);
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_ACKNOWLEDGE, act->assignment);
    wait(out, facts, event);
}

void effect_give_back_partner(struct decision *out, const struct facts *facts, const void *message,
                              struct kn_event *event)
{
    const struct kn_assignment_return *act = message;
    event->unit = facts->unit;
    event->role = KN_ASSIGNMENT_ROLE_PARTNER;
    event->assignment = act->assignment;
    event->has_assignment = true;
    event->proposed_unit = act->proposed_unit;
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_ACKNOWLEDGE, act->assignment);
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_PARTNER, act->assignment);
}

void effect_opinion(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    const struct kn_opinion_submit *act = message;
    event->unit = facts->unit;
    event->role = KN_ASSIGNMENT_ROLE_PARTNER;
    event->assignment = act->assignment;
    event->has_assignment = true;
    event->document = act->document;
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_ACKNOWLEDGE, act->assignment);
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_PARTNER, act->assignment);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void fill_answer(struct decision *out, const struct facts *facts,
                        const struct kn_answer_submit *act, struct kn_event *event)
{
    event->unit = facts->unit;
    event->result = act->result;
    event->document = act->document;
    event->promised_on = act->promised_on;
    if (act->partial || act->span || act->checklist) {
        struct kn_detail *detail = rules_detail(out, event);
        detail->partial = act->partial;
        detail->span = act->span;
        detail->checklist = act->checklist;
    }
}

void effect_answer_part(struct decision *out, const struct facts *facts, const void *message,
                        struct kn_event *event)
{
    const struct kn_answer_submit *act = message;
    fill_answer(out, facts, act, event);
    if (act->promised_on) {
        rules_promise(out, facts, act->promised_on);
    }
}

/* A whole answer stops the work on the case and starts the clock of its publication. */
static void fill_whole_answer(struct decision *out, const struct facts *facts,
                              const struct kn_answer_submit *act, struct kn_event *event)
{
    fill_answer(out, facts, act, event);
    rules_stop_clocks(out, facts->subject, event,
                      1u << KN_CLOCK_KIND_ANSWER | 1u << KN_CLOCK_KIND_ACKNOWLEDGE |
                          1u << KN_CLOCK_KIND_PARTNER);
    if (facts->subject->publication != KN_PUBLICATION_PUBLISHED &&
        facts->subject->publication != KN_PUBLICATION_POSTED &&
        !rules_clock_of(facts->subject, KN_CLOCK_KIND_PUBLISH, 0)) {
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_PUBLISH, 0, facts->now);
    }
}

void effect_answer_done(struct decision *out, const struct facts *facts, const void *message,
                        struct kn_event *event)
{
    fill_whole_answer(out, facts, message, event);
    struct kn_event *next = then(out, facts->subject, KN_EVENT_KIND_CASE_AWAITING_VERIFICATION,
                                 KN_FLOW_AWAITING_VERIFICATION);
    next->unit = facts->unit;
    rules_start_clock(out, facts, next, KN_CLOCK_KIND_VERIFY, 0, facts->now);
}

/* Class II or III: somebody reviews it before anything else; the clock of verification runs. */
void effect_answer(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_answer_submit *act = message;
    fill_whole_answer(out, facts, act, event);
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_VERIFY, 0, facts->now);
    if (act->promised_on) {
        rules_promise(out, facts, act->promised_on);
    }
}

void effect_close_explained(struct decision *out, const struct facts *facts, const void *message,
                            struct kn_event *event)
{
    const struct kn_answer_review *act = message;
    event->on_behalf = act->on_behalf;
    event->unit = facts->subject->unit;
    event->result = facts->subject->result;
    event->verification = KN_VERIFICATION_NOT_APPLICABLE;
    rules_stop_clocks(out, facts->subject, event, RULES_CLOCKS_OF_WORK);
}

/* A plan is followed to its day; one without a day is looked at now. */
void effect_take_plan(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    const struct kn_answer_review *act = message;
    const struct kn_case *kase = facts->subject;
    event->on_behalf = act->on_behalf;
    event->unit = kase->unit;
    rules_stop_clock(out, kase, event, KN_CLOCK_KIND_VERIFY, 0);
    const struct kn_clock *promised = rules_clock_of(kase, KN_CLOCK_KIND_COMMITMENT, 0);
    if (!promised || !rules_clock_runs(promised)) {
        struct kn_event *next = then(out, kase, KN_EVENT_KIND_CASE_AWAITING_VERIFICATION,
                                     KN_FLOW_AWAITING_VERIFICATION);
        rules_start_clock(out, facts, next, KN_CLOCK_KIND_VERIFY, 0, facts->now);
    }
}

/* Back to the unit: the answer clock goes on from its original start. */
static void back_to_work(struct decision *out, const struct facts *facts, struct kn_event *event)
{
    event->unit = facts->subject->unit;
    rules_resume_clock(out, facts, event);
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_VERIFY, 0);
}

void effect_send_back(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    event->on_behalf = ((const struct kn_answer_review *)message)->on_behalf;
    back_to_work(out, facts, event);
}

void effect_progress(struct decision *out, const struct facts *facts, const void *message,
                     struct kn_event *event)
{
    const struct kn_progress_report *act = message;
    (void)out;
    event->unit = facts->unit;
    event->assignment = act->assignment;
    event->has_assignment = act->has_assignment;
}

void effect_promise(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    const struct kn_commitment_make *act = message;
    event->on_behalf = act->on_behalf;
    event->unit = facts->unit ? facts->unit : facts->subject->unit;
    fill_promise(out, facts, event, act->promised_on, act->docket);
}

void effect_keep(struct decision *out, const struct facts *facts, const void *message,
                 struct kn_event *event)
{
    const struct kn_commitment_keep *act = message;
    struct kn_detail *detail = rules_detail(out, event);
    event->unit = facts->unit;
    detail->commitment = act->commitment;
    detail->has_commitment = true;
    for (size_t i = 0; i < facts->subject->n_commitments; i++) {
        if (facts->subject->commitments[i].number == act->commitment) {
            event->promised_on = facts->subject->commitments[i].promised_on;
        }
    }
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_COMMITMENT, act->commitment);
    rules_look_at_outcome(out, facts, facts->subject);
}

/* ---- verification and the voter's word --------------------------------------------------------
 */

static void fill_verified(struct decision *out, const struct facts *facts, const void *message,
                          struct kn_event *event)
{
    const struct kn_case_verify *act = message;
    event->on_behalf = act->on_behalf;
    event->verification = act->verification;
    event->unit = facts->subject->unit;
    if (act->place) {
        rules_detail(out, event)->place = act->place;
    }
}

void effect_met(struct decision *out, const struct facts *facts, const void *message,
                struct kn_event *event)
{
    fill_verified(out, facts, message, event);
    struct kn_event *next = then(out, facts->subject, KN_EVENT_KIND_CASE_CLOSED, KN_FLOW_CLOSED);
    next->result = facts->subject->result;
    next->verification = event->verification;
    rules_stop_clocks(out, facts->subject, next, RULES_CLOCKS_OF_WORK);
}

void effect_not_met(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    fill_verified(out, facts, message, event);
    back_to_work(out, facts, event);
}

void effect_satisfaction(struct decision *out, const struct facts *facts, const void *message,
                         struct kn_event *event)
{
    const struct kn_case_satisfaction *act = message;
    (void)out;
    event->on_behalf = act->on_behalf;
    event->satisfaction = act->satisfaction;
    event->unit = facts->subject->unit;
}

void effect_dissatisfied(struct decision *out, const struct facts *facts, const void *message,
                         struct kn_event *event)
{
    effect_satisfaction(out, facts, message, event);
    event->flow = KN_FLOW_NONE;
    struct kn_event *next =
        then(out, facts->subject, KN_EVENT_KIND_CASE_REOPENED, KN_FLOW_REOPENED);
    next->why = "cử tri báo chưa xong";
    back_to_work(out, facts, next);
}

void effect_dissatisfied_linked(struct decision *out, const struct facts *facts,
                                const void *message, struct kn_event *event)
{
    struct facts lead = *facts;
    lead.subject = facts->parent;
    effect_satisfaction(out, facts, message, event);
    struct kn_event *next = rules_tell_of(out, KN_EVENT_KIND_CASE_REOPENED, facts->parent);
    next->flow = KN_FLOW_REOPENED;
    next->why = "người cùng kiến nghị báo chưa xong";
    back_to_work(out, &lead, next);
}

void effect_reopen(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    event->on_behalf = ((const struct kn_case_reopen *)message)->on_behalf;
    if (event->flow == KN_FLOW_REOPENED) {
        back_to_work(out, facts, event);
    } else { /* it had left before it was assigned, or because of an error: classified anew */
        wait(out, facts, event);
    }
}

/* ---- links, and other ways out ----------------------------------------------------------------
 */

void effect_link(struct decision *out, const struct facts *facts, const void *message,
                 struct kn_event *event)
{
    const struct kn_case_link *act = message;
    event->on_behalf = act->on_behalf;
    event->parent = facts->parent->code;
    event->link = act->link;
    event->batch = facts->subject->batch;
    event->unit = facts->subject->unit;
    rules_stop_clocks(out, facts->subject, event, RULES_CLOCKS);
    rules_settle_pair(out, facts);
}

/* The case goes back to the unit that had it, else to the competent one. */
void effect_unlink(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_unlink *act = message;
    const struct kn_case *kase = facts->subject;
    const struct kn_assignment *lead = rules_assignment(kase, KN_ASSIGNMENT_ROLE_LEAD, NULL);
    if (lead && !registers_unit(facts->registers, lead->unit, day_of_instant(facts->now))) {
        lead = NULL; /* the unit ended meanwhile */
    }
    struct route route;
    bool is_routed = !lead && rules_route(facts, kase->field, kase->area, &route);
    event->on_behalf = act->on_behalf;
    event->parent = kase->parent;
    event->batch = kase->batch;
    if (!lead && !is_routed) {
        wait(out, facts, event);
    }
    if (!facts->pair) { /* else its decision says what they are */
        rules_tell_compared(out, facts, kase->parent, KN_CANDIDATE_STATE_DIFFERENT);
    }
    if (lead || is_routed) {
        struct kn_event *next = then(out, kase, KN_EVENT_KIND_CASE_ASSIGNED, KN_FLOW_ASSIGNED);
        next->field = kase->field;
        next->area = kase->area;
        give(out, facts, next, lead ? lead->unit : rules_keep(out, route.unit),
             lead ? lead->basis : rules_keep(out, route.basis));
    }
}

void effect_divert(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_divert *act = message;
    struct kn_detail *detail = rules_detail(out, event);
    event->on_behalf = act->on_behalf;
    event->unit = facts->subject->unit;
    detail->diversion = act->diversion;
    detail->receipt = act->receipt;
    detail->body = act->receiver;
    rules_stop_clocks(out, facts->subject, event, RULES_CLOCKS);
}

void effect_reject(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_reject *act = message;
    event->on_behalf = act->on_behalf;
    event->unit = facts->subject->unit;
    rules_detail(out, event)->reject_ground = act->ground;
    rules_stop_clocks(out, facts->subject, event, RULES_CLOCKS);
}
