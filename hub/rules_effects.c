/* rules_effects.c - what a row of the table fills into its event, and what follows at once. Pure.
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

static int64_t next_assignment(const struct kn_case *kase)
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
    event->assignment = next_assignment(facts->subject);
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
static void promise(struct decision *out, const struct facts *facts, const char *promised_on)
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
    event->assignment = next_assignment(facts->subject);
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
        promise(out, facts, act->promised_on);
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
        promise(out, facts, act->promised_on);
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

/* ---- pauses ---------------------------------------------------------------------------------- */

static void fill_pause(struct decision *out, const struct facts *facts,
                       const struct kn_case_pause *act, struct kn_event *event)
{
    struct kn_detail *detail = rules_detail(out, event);
    event->on_behalf = act->on_behalf;
    event->basis = act->basis;
    event->unit = facts->subject->unit;
    detail->pause_ground = act->ground;
    detail->until = act->until;
}

void effect_ask_pause(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    fill_pause(out, facts, message, event);
}

void effect_pause(struct decision *out, const struct facts *facts, const void *message,
                  struct kn_event *event)
{
    const struct kn_case_pause *act = message;
    int32_t until;
    fill_pause(out, facts, act, event);
    if (!day_parse(act->until, &until)) {
        rules_pause_clock(out, facts, event, until);
    }
}

void effect_resume(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    event->on_behalf = ((const struct kn_case_resume *)message)->on_behalf;
    event->unit = facts->subject->unit;
    rules_end_pause(out, facts, facts->subject, event);
}

/* ---- reminders, directions, oversight ---------------------------------------------------------
 */

void effect_remind(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_remind *act = message;
    struct kn_detail *detail = rules_detail(out, event);
    event->on_behalf = act->on_behalf;
    event->document = act->document;
    event->unit = facts->subject->unit;
    detail->reminder = facts->subject->reminders + 1;
    detail->has_reminder = true;
}

void effect_direct(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_direct *act = message;
    event->on_behalf = act->on_behalf;
    event->document = act->document;
    event->unit = facts->subject->unit;
    rules_detail(out, event)->body = act->body;
    if (act->due_on) {
        promise(out, facts, act->due_on);
    }
}

void effect_erase(struct decision *out, const struct facts *facts, const void *message,
                  struct kn_event *event)
{
    const struct kn_case_erase *act = message;
    event->basis = act->basis;
    event->on_behalf = act->on_behalf;
    for (size_t i = 0; i < facts->n_parts; i++) { /* what was split off has the same words */
        struct kn_event *part = rules_tell_of(out, KN_EVENT_KIND_PERSON_ERASED, facts->parts[i]);
        part->basis = act->basis;
        part->on_behalf = act->on_behalf;
    }
}

void effect_select(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_select *act = message;
    event->on_behalf = act->on_behalf;
    event->oversight = act->oversight;
    event->unit = facts->subject->unit;
    event->field = facts->subject->field;
    event->area = facts->subject->area;
    rules_detail(out, event)->docket = act->docket;
}

/* ---- publication ----------------------------------------------------------------------------- */

static void fill_publication(const struct facts *facts, const struct kn_case_publish *act,
                             struct kn_event *event)
{
    event->on_behalf = act->on_behalf;
    event->publication = act->publication;
    event->result = facts->subject->result;
    event->field = facts->subject->field;
    event->area = facts->subject->area;
    event->unit = facts->subject->unit;
}

void effect_propose_text(struct decision *out, const struct facts *facts, const void *message,
                         struct kn_event *event)
{
    (void)out;
    fill_publication(facts, message, event);
}

void effect_publish(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    const struct kn_case_publish *act = message;
    fill_publication(facts, act, event);
    event->flow = facts->subject->flow; /* what the public is told of where it stands */
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_PUBLISH, 0);
    if (act->publication == KN_PUBLICATION_POSTED) {
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_POSTING, 0, facts->now);
    }
}

void effect_withdraw(struct decision *out, const struct facts *facts, const void *message,
                     struct kn_event *event)
{
    fill_publication(facts, message, event);
    event->flow = facts->subject->flow;
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_POSTING, 0);
}

/* ---- units that end ---------------------------------------------------------------------------
 */

/* The unit in force today that came after UNIT: the only one, or the one that the competence
 * register names among several. NULL: nobody knows. */
static const char *successor_of(const struct facts *facts, const struct kn_case *kase,
                                const char *unit)
{
    const char *heirs[ROUTE_CANDIDATES];
    size_t n = registers_successors(facts->registers, unit, day_of_instant(facts->now), heirs,
                                    ROUTE_CANDIDATES);
    struct route route;
    if (n == 1) {
        return heirs[0];
    }
    if (rules_route(facts, kase->field, kase->area, &route)) {
        for (size_t i = 0; i < n; i++) {
            if (strcmp(heirs[i], route.unit) == 0) {
                return heirs[i];
            }
        }
    }
    return NULL;
}

static void hand_to(struct decision *out, const struct facts *facts, struct kn_event *event,
                    const struct kn_assignment *ended, const char *heir, int64_t number)
{
    event->unit = rules_keep(out, heir);
    event->role = ended->role;
    event->assignment = number;
    event->has_assignment = true;
    event->basis = "danh mục đơn vị";
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_ACKNOWLEDGE, number, facts->now);
    if (ended->role == KN_ASSIGNMENT_ROLE_PARTNER) {
        rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_PARTNER, ended->number);
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_PARTNER, number, ended->offered_at);
    }
}

void rules_hand_over(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                     size_t before)
{
    struct facts of = *facts;
    int64_t number = next_assignment(kase);
    of.subject = kase;
    for (size_t i = 0; i < kase->n_assignments; i++) {
        const struct kn_assignment *ended = &kase->assignments[i];
        if (!rules_runs(ended) ||
            registers_unit(facts->registers, ended->unit, day_of_instant(facts->now)) ||
            out->n_events - before >= RULES_MAX_CASE_EVENTS || number > RULES_MAX_PARTS) {
            continue;
        }
        const char *heir = successor_of(facts, kase, ended->unit);
        bool leads = ended->role == KN_ASSIGNMENT_ROLE_LEAD;
        if (!heir && !leads) {
            continue; /* the lead goes on without this partner */
        }
        struct kn_event *event = rules_tell_of(
            out, heir ? KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER : KN_EVENT_KIND_CASE_UNROUTED, kase);
        rules_detail(out, event)->predecessor = ended->unit;
        rules_stop_clock(out, kase, event, KN_CLOCK_KIND_ACKNOWLEDGE, ended->number);
        if (heir) {
            hand_to(out, &of, event, ended, heir, number++);
        } else {
            event->flow = KN_FLOW_TO_CLASSIFY;
            event->why = "đơn vị đã kết thúc, danh mục chưa có đơn vị kế thừa duy nhất";
            if (kase->flow == KN_FLOW_PAUSED) {
                rules_end_pause(out, &of, kase, event);
            }
            rules_stop_clock(out, kase, event, KN_CLOCK_KIND_VERIFY, 0);
            wait(out, &of, event);
        }
    }
}
