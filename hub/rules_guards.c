/* rules_guards.c - whether a row of the table applies: facts and message against the row. Pure.
 *
 * A guard agrees (NULL) or objects with code, field and a reason that says what would be legal.
 * They stand in the order of the table in rules.c.
 */
#include "hub/calendar.h"
#include "hub/rules_parts.h"

#include <string.h>

/* ---- what several guards ask ------------------------------------------------------------------
 */

static size_t n_running(const struct kn_case *kase)
{
    size_t n = 0;
    for (size_t i = 0; i < kase->n_assignments; i++) {
        n += rules_runs(&kase->assignments[i]);
    }
    return n;
}

static size_t n_promised(const struct kn_case *kase)
{
    size_t n = 0;
    for (size_t i = 0; i < kase->n_commitments; i++) {
        n += !kase->commitments[i].has_kept_at && !kase->commitments[i].has_missed_at;
    }
    return n;
}

static const struct kn_assignment *own(const struct facts *facts, enum kn_assignment_role role)
{
    return facts->unit ? rules_assignment(facts->subject, role, facts->unit) : NULL;
}

static const struct objection *lead_alone(const struct facts *facts)
{
    if (!own(facts, KN_ASSIGNMENT_ROLE_LEAD)) {
        OBJECT(KN_CODE_WRONG_UNIT, "case", "another unit leads this case");
    }
    return NULL;
}

/* The running assignment of ROLE that the act's NUMBER names. */
static const struct objection *own_assignment(const struct facts *facts,
                                              enum kn_assignment_role role, int64_t number)
{
    const struct kn_assignment *assignment = own(facts, role);
    if (!assignment) {
        OTHER(KN_CODE_WRONG_UNIT, "case", "another unit leads this case");
    }
    if (assignment->number != number) {
        OBJECT(KN_CODE_INVALID, "assignment", "this assignment is not the running one");
    }
    return NULL;
}

/* A day that somebody names: TEXT is a day, and not past. */
static const struct objection *day_ahead(const struct facts *facts, const char *text)
{
    int32_t day;
    if (day_parse(text, &day)) {
        OBJECT(KN_CODE_INVALID, "promised_on", "not a day (YYYY-MM-DD)");
    }
    if (day < day_of_instant(facts->now)) {
        OBJECT(KN_CODE_INVALID, "promised_on", "a promise cannot lie in the past");
    }
    if (n_promised(facts->subject) >= RULES_MAX_RUNNING ||
        facts->subject->n_commitments >= RULES_MAX_PARTS) {
        OBJECT(KN_CODE_QUOTA, "promised_on", "the case has as many promises as it can hold");
    }
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

const struct objection *guard_routed(const struct facts *facts, const void *message)
{
    const struct kn_reading_propose *reading = message;
    struct route route;
    if (rules_route(facts, reading->field, reading->area, &route)) {
        return NULL;
    }
    OTHER(KN_CODE_UNKNOWN_VALUE, "field", "no unit is competent by the register");
}

/* What waits to be classified, and came back from no unit. */
const struct objection *guard_routed_late(const struct facts *facts, const void *message)
{
    if (!facts->subject->n_assignments) {
        return guard_routed(facts, message);
    }
    OTHER(KN_CODE_UNKNOWN_VALUE, "unit", "a unit has had the case: a person classifies");
}

/* ---- assignments ----------------------------------------------------------------------------- */

static const struct objection *unit_fits(const struct facts *facts, const char *unit)
{
    if (!registers_unit(facts->registers, unit, day_of_instant(facts->now))) {
        OBJECT(KN_CODE_UNKNOWN_VALUE, "unit", "the units register has no such unit today");
    }
    if (facts->subject->n_assignments >= RULES_MAX_PARTS ||
        n_running(facts->subject) >= RULES_MAX_RUNNING) {
        OBJECT(KN_CODE_QUOTA, "unit", "the case has as many assignments as it can hold");
    }
    return NULL;
}

const struct objection *guard_lead_unit(const struct facts *facts, const void *message)
{
    const struct kn_case_assign *act = message;
    if (act->role == KN_ASSIGNMENT_ROLE_PARTNER) {
        OTHER(KN_CODE_ILLEGAL_MOVE, "role", "a partner joins a case that has a lead");
    }
    if (act->ruling && facts->role != KN_ROLE_APPROVER) {
        OBJECT(KN_CODE_NOT_ALLOWED, "ruling", "a ruling needs an approver");
    }
    if (facts->subject->flow == KN_FLOW_RETURNED && facts->subject->returns > 1 && !act->ruling) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "ruling",
               "returned twice: it takes a ruling of an approver, which no unit can return");
    }
    return unit_fits(facts, act->unit);
}

const struct objection *guard_partner_unit(const struct facts *facts, const void *message)
{
    const struct kn_case_assign *act = message;
    if (act->role != KN_ASSIGNMENT_ROLE_PARTNER) {
        OTHER(KN_CODE_ILLEGAL_MOVE, "role", "only a partner can join now");
    }
    if (facts->role == KN_ROLE_AGENCY && lead_alone(facts)) {
        return lead_alone(facts);
    }
    if (rules_assignment(facts->subject, KN_ASSIGNMENT_ROLE_PARTNER, act->unit) ||
        rules_assignment(facts->subject, KN_ASSIGNMENT_ROLE_LEAD, act->unit)) {
        OBJECT(KN_CODE_INVALID, "unit", "this unit has a part in the case already");
    }
    return unit_fits(facts, act->unit);
}

const struct objection *guard_accepts_lead(const struct facts *facts, const void *message)
{
    const struct kn_assignment_accept *act = message;
    const struct kn_assignment *lead = own(facts, KN_ASSIGNMENT_ROLE_LEAD);
    if (lead && lead->has_saved_at) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "assignment", "it is saved already");
    }
    return own_assignment(facts, KN_ASSIGNMENT_ROLE_LEAD, act->assignment);
}

const struct objection *guard_accepts_partner(const struct facts *facts, const void *message)
{
    const struct kn_assignment_accept *act = message;
    const struct kn_assignment *partner = own(facts, KN_ASSIGNMENT_ROLE_PARTNER);
    if (partner && partner->has_saved_at) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "assignment", "it is saved already");
    }
    return own_assignment(facts, KN_ASSIGNMENT_ROLE_PARTNER, act->assignment);
}

const struct objection *guard_returns_lead(const struct facts *facts, const void *message)
{
    const struct kn_assignment_return *act = message;
    const struct objection *objection =
        own_assignment(facts, KN_ASSIGNMENT_ROLE_LEAD, act->assignment);
    if (!objection && facts->subject->ruled) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "a ruling gave it to this unit: it cannot return it");
    }
    return objection;
}

const struct objection *guard_returns_partner(const struct facts *facts, const void *message)
{
    const struct kn_assignment_return *act = message;
    return own_assignment(facts, KN_ASSIGNMENT_ROLE_PARTNER, act->assignment);
}

const struct objection *guard_opinion(const struct facts *facts, const void *message)
{
    const struct kn_opinion_submit *act = message;
    return own_assignment(facts, KN_ASSIGNMENT_ROLE_PARTNER, act->assignment);
}

/* ---- answers --------------------------------------------------------------------------------- */

static const struct objection *check_answer(const struct facts *facts,
                                            const struct kn_answer_submit *act)
{
    if (act->result == KN_RESULT_PLANNED_SCHEDULED && !act->promised_on && !lead_alone(facts)) {
        OBJECT(KN_CODE_REQUIRED, "promised_on", "a schedule needs its date");
    }
    const struct objection *objection = lead_alone(facts);
    return objection || !act->promised_on ? objection : day_ahead(facts, act->promised_on);
}

const struct objection *guard_answers_part(const struct facts *facts, const void *message)
{
    const struct kn_answer_submit *act = message;
    if (!act->partial) {
        OTHER(KN_CODE_INVALID, "partial", "not a partial answer");
    }
    return check_answer(facts, act);
}

const struct objection *guard_answers_resolved(const struct facts *facts, const void *message)
{
    const struct kn_answer_submit *act = message;
    if (!rules_is_class_1(act->result)) {
        OTHER(KN_CODE_INVALID, "result", "not a class I result");
    }
    return check_answer(facts, act);
}

const struct objection *guard_answers_otherwise(const struct facts *facts, const void *message)
{
    const struct kn_answer_submit *act = message;
    const struct objection *objection = check_answer(facts, act);
    if (!objection && rules_is_class_1(act->result)) {
        OTHER(KN_CODE_INVALID, "result", "not a class II or III result");
    }
    return objection;
}

const struct objection *guard_takes_explanation(const struct facts *facts, const void *message)
{
    const struct kn_answer_review *act = message;
    if (!act->accepted || facts->subject->result != KN_RESULT_EXPLAINED) {
        OTHER(KN_CODE_ILLEGAL_MOVE, "accepted", "there is no explanation to accept");
    }
    if (facts->role != KN_ROLE_BAN && !act->on_behalf) {
        OBJECT(KN_CODE_REQUIRED, "on_behalf",
               "an explanation is accepted by the Ban: say on whose behalf");
    }
    return NULL;
}

const struct objection *guard_takes_plan(const struct facts *facts, const void *message)
{
    const struct kn_answer_review *act = message;
    if (!act->accepted || facts->subject->plan_accepted ||
        rules_is_class_1(facts->subject->result) || facts->subject->result == KN_RESULT_EXPLAINED) {
        OTHER(KN_CODE_ILLEGAL_MOVE, "accepted", "there is no plan to take");
    }
    return NULL;
}

const struct objection *guard_sends_back(const struct facts *facts, const void *message)
{
    const struct kn_answer_review *act = message;
    if (act->accepted) {
        OTHER(KN_CODE_ILLEGAL_MOVE, "accepted", "the answer is taken already");
    }
    if (!facts->commitment) { /* words are personal: that there are some is all that is asked */
        OBJECT(KN_CODE_REQUIRED, "reason", "say why the answer is sent back");
    }
    return NULL;
}

const struct objection *guard_concerned(const struct facts *facts, const void *message)
{
    (void)message;
    if (!own(facts, KN_ASSIGNMENT_ROLE_LEAD) && !own(facts, KN_ASSIGNMENT_ROLE_PARTNER)) {
        OBJECT(KN_CODE_WRONG_UNIT, "case", "this unit has no part in the case");
    }
    return NULL;
}

const struct objection *guard_promises(const struct facts *facts, const void *message)
{
    const struct kn_commitment_make *act = message;
    const struct objection *objection = lead_alone(facts);
    return objection ? objection : day_ahead(facts, act->promised_on);
}

const struct objection *guard_concludes(const struct facts *facts, const void *message)
{
    const struct kn_commitment_make *act = message;
    if (!facts->subject->unit) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "no unit holds the case: assign it first");
    }
    return day_ahead(facts, act->promised_on);
}

const struct objection *guard_keeps(const struct facts *facts, const void *message)
{
    const struct kn_commitment_keep *act = message;
    for (size_t i = 0; i < facts->subject->n_commitments; i++) {
        const struct kn_commitment *commitment = &facts->subject->commitments[i];
        if (commitment->number == act->commitment && !commitment->has_kept_at) {
            return guard_concerned(facts, message);
        }
    }
    OBJECT(KN_CODE_INVALID, "commitment", "the case has no open promise of this number");
}

/* ---- verification and the voter's word --------------------------------------------------------
 */

const struct objection *guard_met(const struct facts *facts, const void *message)
{
    const struct kn_case_verify *act = message;
    (void)facts;
    if (act->verification != KN_VERIFICATION_MET) {
        OTHER(KN_CODE_INVALID, "verification", "not met");
    }
    return NULL;
}

const struct objection *guard_not_met(const struct facts *facts, const void *message)
{
    const struct kn_case_verify *act = message;
    (void)facts;
    if (act->verification != KN_VERIFICATION_PARTLY &&
        act->verification != KN_VERIFICATION_NOT_MET) {
        OTHER(KN_CODE_INVALID, "verification", "say met, partly or not_met");
    }
    return NULL;
}

/* An intake agent speaks for the voters whose petitions it brought, and for nobody else. */
const struct objection *guard_satisfaction(const struct facts *facts, const void *message)
{
    const struct kn_case_satisfaction *act = message;
    if (facts->role == KN_ROLE_INTAKE && strcmp(facts->subject->agent, facts->actor) != 0) {
        OBJECT(KN_CODE_NOT_ALLOWED, "case", "another agent brought this petition");
    }
    if (act->satisfaction == KN_SATISFACTION_UNASKED) {
        OBJECT(KN_CODE_INVALID, "satisfaction",
               "say satisfied, accepted, dissatisfied or no_response");
    }
    return NULL;
}

const struct objection *guard_reopen(const struct facts *facts, const void *message)
{
    (void)message;
    if (!rules_may_reopen(facts)) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case",
               "too late to reopen: send it as a new petition (recurrence)");
    }
    return NULL;
}

const struct objection *guard_dissatisfied(const struct facts *facts, const void *message)
{
    const struct kn_case_satisfaction *act = message;
    if (act->satisfaction != KN_SATISFACTION_DISSATISFIED) {
        OTHER(KN_CODE_INVALID, "satisfaction", "not dissatisfied");
    }
    const struct objection *objection = guard_satisfaction(facts, message);
    return objection ? objection : guard_reopen(facts, message);
}

/* As above, of the case that the petition is linked to. */
const struct objection *guard_dissatisfied_linked(const struct facts *facts, const void *message)
{
    const struct kn_case_satisfaction *act = message;
    struct facts lead = *facts;
    lead.subject = facts->parent;
    if (act->satisfaction != KN_SATISFACTION_DISSATISFIED || !facts->parent ||
        facts->parent->flow != KN_FLOW_CLOSED) {
        OTHER(KN_CODE_INVALID, "satisfaction", "not dissatisfied");
    }
    const struct objection *objection = guard_satisfaction(facts, message);
    return objection ? objection : guard_reopen(&lead, message);
}

/* ---- links ----------------------------------------------------------------------------------- */

const struct objection *guard_parent_fits(const struct facts *facts, const void *message)
{
    (void)message;
    if (!facts->parent) {
        OBJECT(KN_CODE_UNKNOWN_CASE, "parent", "no such case");
    }
    if (facts->parent->number == facts->subject->number) {
        OBJECT(KN_CODE_INVALID, "parent", "a case cannot be linked to itself");
    }
    if (facts->parent->flow == KN_FLOW_LINKED) {
        OBJECT(KN_CODE_INVALID, "parent", "that case is linked itself: link to its parent");
    }
    return NULL;
}

/* ---- pauses ---------------------------------------------------------------------------------- */

static const struct objection *pause_fits(const struct facts *facts, const char *until)
{
    int32_t day;
    if (day_parse(until, &day) || day <= day_of_instant(facts->now)) {
        OBJECT(KN_CODE_INVALID, "until", "a pause ends on a day to come (YYYY-MM-DD)");
    }
    if (!rules_may_pause_until(facts, day)) {
        OBJECT(KN_CODE_INVALID, "until", "longer than the deadlines register allows a pause");
    }
    return NULL;
}

const struct objection *guard_pause(const struct facts *facts, const void *message)
{
    return pause_fits(facts, ((const struct kn_case_pause *)message)->until);
}

const struct objection *guard_ask_pause(const struct facts *facts, const void *message)
{
    const struct objection *objection = lead_alone(facts);
    return objection ? objection
                     : pause_fits(facts, ((const struct kn_case_pause *)message)->until);
}

/* ---- reminders, directions, oversight ---------------------------------------------------------
 */

const struct objection *guard_has_unit(const struct facts *facts, const void *message)
{
    (void)message;
    if (!facts->subject->unit) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "no unit holds the case: there is nobody to remind");
    }
    return NULL;
}

const struct objection *guard_directs(const struct facts *facts, const void *message)
{
    const struct kn_case_direct *act = message;
    int32_t day;
    if (act->due_on && day_parse(act->due_on, &day)) {
        OBJECT(KN_CODE_INVALID, "due_on", "not a day (YYYY-MM-DD)");
    }
    if (act->due_on && day < day_of_instant(facts->now)) {
        OBJECT(KN_CODE_INVALID, "due_on", "a day in the past");
    }
    return NULL;
}

static bool in_docket(const struct kn_case *kase, const char *docket)
{
    for (size_t i = 0; i < kase->n_selections; i++) {
        if (strcmp(kase->selections[i].docket, docket) == 0) {
            return true;
        }
    }
    return false;
}

const struct objection *guard_selects(const struct facts *facts, const void *message)
{
    const struct kn_case_select *act = message;
    if (act->oversight == KN_OVERSIGHT_NONE) {
        OTHER(KN_CODE_INVALID, "oversight", "say what is done about it");
    }
    if (!in_docket(facts->subject, act->docket) && facts->subject->n_selections >= 16) {
        OBJECT(KN_CODE_QUOTA, "docket", "the case is in 16 dockets: take it out of one");
    }
    return NULL;
}

const struct objection *guard_takes_out(const struct facts *facts, const void *message)
{
    const struct kn_case_select *act = message;
    if (act->oversight != KN_OVERSIGHT_NONE || !in_docket(facts->subject, act->docket)) {
        OTHER(KN_CODE_INVALID, "docket", "the case is not in this docket");
    }
    return NULL;
}

/* ---- publication ----------------------------------------------------------------------------- */

static const struct objection *may_be_public(const struct facts *facts)
{
    if (facts->subject->flow == KN_FLOW_DIVERTED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "a diverted case is never published");
    }
    return NULL;
}

const struct objection *guard_proposes_text(const struct facts *facts, const void *message)
{
    const struct kn_case_publish *act = message;
    if (act->publication == KN_PUBLICATION_WITHDRAWN) {
        OTHER(KN_CODE_INVALID, "publication", "not a proposal");
    }
    if (act->publication != KN_PUBLICATION_AWAITING_APPROVAL) {
        OBJECT(KN_CODE_NOT_ALLOWED, "publication", "an approver publishes; you may propose");
    }
    if (!facts->commitment) {
        OBJECT(KN_CODE_REQUIRED, "text", "propose the text without personal data");
    }
    return may_be_public(facts);
}

const struct objection *guard_publishes(const struct facts *facts, const void *message)
{
    const struct kn_case_publish *act = message;
    if (act->publication != KN_PUBLICATION_PUBLISHED) {
        OTHER(KN_CODE_INVALID, "publication",
              "say awaiting_approval, published, posted or withdrawn");
    }
    return may_be_public(facts);
}

const struct objection *guard_posts(const struct facts *facts, const void *message)
{
    const struct kn_case_publish *act = message;
    if (act->publication != KN_PUBLICATION_POSTED) {
        OTHER(KN_CODE_INVALID, "publication",
              "say awaiting_approval, published, posted or withdrawn");
    }
    return may_be_public(facts);
}

const struct objection *guard_withdraws(const struct facts *facts, const void *message)
{
    const struct kn_case_publish *act = message;
    if (act->publication != KN_PUBLICATION_WITHDRAWN) {
        OTHER(KN_CODE_INVALID, "publication",
              "say awaiting_approval, published, posted or withdrawn");
    }
    if (facts->subject->publication != KN_PUBLICATION_PUBLISHED &&
        facts->subject->publication != KN_PUBLICATION_POSTED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "the case is not public");
    }
    return NULL;
}
