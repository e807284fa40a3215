/* rules.c - the table of acts on a case, its guards and effects. Read rules[] first.
 *
 * A message is tried against the rows of its case's state from top to bottom; the first row whose
 * speaker and guard agree decides; when none does, the last guard's objection is the refusal. The
 * row's effect fills the event; most rows need little. A new move of a case is a new row here, and
 * a changed line in the golden matrix of tests/hub/test_rules.c.
 */
#include "hub/rules.h"

#include "hub/calendar.h"
#include "hub/route.h"
#include "hub/rules_parts.h"
#include "kiennghi/message.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

/* ---- composing a decision -------------------------------------------------------------------- */

const char *rules_say(struct decision *out, const char *format, ...)
{
    va_list args;
    size_t room = sizeof out->text - out->n_text;
    char *text = out->text + out->n_text;
    va_start(args, format);
    int length = vsnprintf(text, room, format, args);
    va_end(args);
    assert(length >= 0);
    size_t used = (size_t)length + 1 < room ? (size_t)length + 1 : room;
    out->n_text += used;
    return text;
}

struct kn_event *rules_tell(struct decision *out, enum kn_event_kind kind)
{
    assert(out->n_events < RULES_MAX_EVENTS);
    struct kn_event *event = &out->events[out->n_events++];
    memset(event, 0, sizeof *event);
    event->kind = kind;
    return event;
}

struct kn_detail *rules_detail(struct decision *out, struct kn_event *event)
{
    if (!event->detail) {
        assert(out->n_details < RULES_MAX_EVENTS);
        struct kn_detail *detail = &out->details[out->n_details++];
        memset(detail, 0, sizeof *detail);
        event->detail = detail;
    }
    return (struct kn_detail *)(uintptr_t)event->detail; /* one of our own */
}

void rules_refuse(struct decision *out, enum kn_code code, const char *field, const char *reason)
{
    out->verdict = KN_VERDICT_REFUSED;
    out->code = code;
    out->field = field;
    out->reason = reason;
}

/* Tells of a case: its event names the one before. */
struct kn_event *rules_tell_of(struct decision *out, enum kn_event_kind kind,
                               const struct kn_case *kase)
{
    struct kn_event *event = rules_tell(out, kind);
    event->case_ = kase->code;
    event->previous = kase->last_event;
    event->has_previous = true;
    return event;
}

/* A pointer of the event that must not outlive OUT: the text is copied into the decision. */
const char *rules_keep(struct decision *out, const char *text)
{
    return text ? rules_say(out, "%s", text) : NULL;
}

void rules_count(int64_t *value, bool *has, int64_t figure)
{
    *value = figure;
    *has = true;
}

/* ---- the table of acts on a case ------------------------------------------------------------- */

enum {
    ANYONE = ~0,
    OPERATOR = 1 << KN_ROLE_OPERATOR,
    APPROVER = 1 << KN_ROLE_APPROVER,
    VERIFIER = 1 << KN_ROLE_VERIFIER,
    BAN = 1 << KN_ROLE_BAN,
    COMMITTEE = 1 << KN_ROLE_STANDING_COMMITTEE,
    DEPUTIES = 1 << KN_ROLE_DEPUTIES,
    AGENCY = 1 << KN_ROLE_AGENCY,
    HUB = 1 << KN_ROLE_NONE,
    CLERK = OPERATOR | APPROVER,
    WITNESS = OPERATOR | VERIFIER | BAN | COMMITTEE | DEPUTIES,
};

#define IN(flow) RULES_IN(flow)
enum {
    OPEN = RULES_OPEN,
    UNANSWERED = RULES_UNANSWERED,
    ANY = ~0,
};

static guard_fn leads, is_routed, unit_exists, answers_resolved, answers_otherwise,
    takes_explanation, takes_plan, sends_back, found_met, found_otherwise, publishes, withdraws;
static effect_fn assign_by_register, wait_for_ruling, assign_by_ruling, accept, give_back,
    answer_done, answer, close_explained, take_plan, send_back, verify_met, verify_not_met, publish;

struct rule {
    unsigned in; /* states */
    enum kn_type hears;
    int said_by; /* roles */
    guard_fn *guard;
    enum kn_flow becomes; /* NONE: stays */
    enum kn_event_kind tells;
    effect_fn *effect;
    const char *note; /* for docs/lifecycle.md */
};

/* clang-format off */
static const struct rule rules[] = {
    /* in                 hears                      said by   guard              becomes                        tells                            effect */
    {IN(RECEIVED),        KN_TYPE_READING_PROPOSE,   HUB,      guard_same,        KN_FLOW_LINKED,                KN_EVENT_KIND_CASE_LINKED,       effect_link_by_reading,
        "says what an open case says"},
    {IN(RECEIVED),        KN_TYPE_READING_PROPOSE,   HUB,      is_routed,         KN_FLOW_ASSIGNED,              KN_EVENT_KIND_CASE_ASSIGNED,     assign_by_register,
        "the competence register names one unit"},
    {IN(RECEIVED),        KN_TYPE_READING_PROPOSE,   HUB,      NULL,              KN_FLOW_TO_CLASSIFY,           KN_EVENT_KIND_CASE_UNROUTED,     wait_for_ruling,
        "nobody is competent by the register: a person classifies"},
    {(unsigned)ANY & ~IN(RECEIVED), KN_TYPE_READING_PROPOSE, HUB, NULL,           KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_READ,         effect_read_again,
        "a revised text: only what it may be one with is looked for anew"},

    {UNANSWERED,          KN_TYPE_CASE_ASSIGN,       CLERK,    unit_exists,       KN_FLOW_ASSIGNED,              KN_EVENT_KIND_CASE_ASSIGNED,     assign_by_ruling,
        "a ruling"},
    {IN(ASSIGNED),        KN_TYPE_ASSIGNMENT_ACCEPT, AGENCY,   leads,             KN_FLOW_IN_PROGRESS,           KN_EVENT_KIND_CASE_ACCEPTED,     accept,
        "the unit saved it; the answer clock starts"},
    {IN(ASSIGNED) | IN(IN_PROGRESS), KN_TYPE_ASSIGNMENT_RETURN, AGENCY, leads,    KN_FLOW_RETURNED,              KN_EVENT_KIND_CASE_RETURNED,     give_back,
        "not ours"},

    {IN(IN_PROGRESS),     KN_TYPE_ANSWER_SUBMIT,     AGENCY,   answers_resolved,  KN_FLOW_ANSWERED,              KN_EVENT_KIND_CASE_ANSWERED,     answer_done,
        "class I: goes on to awaiting_verification at once"},
    {IN(IN_PROGRESS),     KN_TYPE_ANSWER_SUBMIT,     AGENCY,   answers_otherwise, KN_FLOW_ANSWERED,              KN_EVENT_KIND_CASE_ANSWERED,     answer,
        "class II or III"},
    {IN(ANSWERED),        KN_TYPE_ANSWER_REVIEW,     CLERK | BAN, takes_explanation, KN_FLOW_CLOSED,            KN_EVENT_KIND_CASE_CLOSED,       close_explained,
        "class III: the explanation is accepted"},
    {IN(ANSWERED),        KN_TYPE_ANSWER_REVIEW,     CLERK | BAN, takes_plan,     KN_FLOW_AWAITING_VERIFICATION, KN_EVENT_KIND_CASE_AWAITING_VERIFICATION, take_plan,
        "class II: the plan is taken, its outcome is to be verified"},
    {IN(ANSWERED) | IN(AWAITING_VERIFICATION), KN_TYPE_ANSWER_REVIEW, CLERK | BAN, sends_back, KN_FLOW_IN_PROGRESS, KN_EVENT_KIND_CASE_ANSWER_REJECTED, send_back,
        "the answer is sent back; the clock goes on from its original start"},

    {IN(AWAITING_VERIFICATION), KN_TYPE_CASE_VERIFY, WITNESS,  found_met,         KN_FLOW_AWAITING_VERIFICATION, KN_EVENT_KIND_CASE_VERIFIED,     verify_met,
        "resolved in fact: closed at once"},
    {IN(AWAITING_VERIFICATION), KN_TYPE_CASE_VERIFY, WITNESS,  found_otherwise,   KN_FLOW_IN_PROGRESS,           KN_EVENT_KIND_CASE_VERIFIED,     verify_not_met,
        "answered, not resolved: back to the unit, original start kept"},

    {(unsigned)ANY,       KN_TYPE_CASE_LINK,         CLERK,    guard_relates,     KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_RELATED,      effect_relate,
        "recurrence or related: both go their own way"},
    {OPEN,                KN_TYPE_CASE_LINK,         CLERK,    guard_parent_fits, KN_FLOW_LINKED,                KN_EVENT_KIND_CASE_LINKED,       effect_link,
        "a person says that two are one"},
    {(unsigned)ANY,       KN_TYPE_CASE_UNLINK,       CLERK,    guard_unrelates,   KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_UNLINKED,     effect_unrelate,
        "the relation was wrong"},
    {IN(LINKED),          KN_TYPE_CASE_UNLINK,       CLERK,    guard_unlinks,     KN_FLOW_TO_CLASSIFY,           KN_EVENT_KIND_CASE_UNLINKED,     effect_unlink,
        "the link was wrong; the case goes its own way"},
    {OPEN,                KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_links,  KN_FLOW_LINKED,                KN_EVENT_KIND_CASE_LINKED,       effect_link_pair,
        "same: a person says that a pair is one"},
    {(unsigned)ANY,       KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_recurs, KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_RELATED,      effect_relate_pair,
        "same, and the earlier one has ended or the later one says that it came back"},
    {(unsigned)ANY,       KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_differs, KN_FLOW_NONE,                 KN_EVENT_KIND_CASE_COMPARED,     effect_compare,
        "different: never proposed again"},
    {IN(LINKED),          KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_unlinks, KN_FLOW_TO_CLASSIFY,          KN_EVENT_KIND_CASE_UNLINKED,     effect_unlink_pair,
        "open: same is taken back"},
    {(unsigned)ANY,       KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_reopens, KN_FLOW_NONE,                 KN_EVENT_KIND_CASE_COMPARED,     effect_compare,
        "open: different, or a recurrence, is taken back"},
    {OPEN,                KN_TYPE_CASE_SPLIT,        CLERK,    guard_quotes,      KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_SPLIT,        effect_split,
        "one demand becomes a case of its own, received; this one stays"},

    {(unsigned)ANY,       KN_TYPE_CASE_PUBLISH,      CLERK,    publishes,         KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_PUBLISHED,    publish,
        "axis 7 only"},
    {(unsigned)ANY,       KN_TYPE_CASE_PUBLISH,      CLERK,    withdraws,         KN_FLOW_NONE,                  KN_EVENT_KIND_CASE_WITHDRAWN,    publish,
        "axis 7 only"},
};
/* clang-format on */
enum { N_RULES = sizeof rules / sizeof *rules };

/* ---- guards ---------------------------------------------------------------------------------- */

#define OBJECT(...)                                       \
    do {                                                  \
        static const struct objection it = {__VA_ARGS__}; \
        return &it;                                       \
    } while (0)

static const struct kn_assignment *lead_of(const struct kn_case *kase)
{
    for (size_t i = kase->n_assignments; i-- > 0;) {
        if (kase->assignments[i].role == KN_ASSIGNMENT_ROLE_LEAD &&
            !kase->assignments[i].has_returned_at) {
            return &kase->assignments[i];
        }
    }
    return NULL;
}

static bool is_lead(const struct facts *facts)
{
    const struct kn_assignment *lead = lead_of(facts->subject);
    return lead && facts->unit && strcmp(lead->unit, facts->unit) == 0;
}

static const struct objection *leads(const struct facts *facts, const void *message)
{
    /* accept and return begin with the same fields */
    const struct kn_assignment_accept *act = message;
    if (!is_lead(facts)) {
        OBJECT(KN_CODE_WRONG_UNIT, "case", "another unit leads this case");
    }
    if (act->assignment != lead_of(facts->subject)->number) {
        OBJECT(KN_CODE_INVALID, "assignment", "this assignment is not the running one");
    }
    return NULL;
}

static bool find_route(const struct facts *facts, const char *field, const char *area,
                       struct route *route)
{
    return field &&
           !route_competent(facts->registers, field, area, day_of_instant(facts->now), route);
}

static const struct objection *is_routed(const struct facts *facts, const void *message)
{
    const struct kn_reading_propose *reading = message;
    struct route route;
    if (find_route(facts, reading->field, reading->area, &route)) {
        return NULL;
    }
    OBJECT(KN_CODE_UNKNOWN_VALUE, "field", "no unit is competent by the register");
}

static const struct objection *unit_exists(const struct facts *facts, const void *message)
{
    const struct kn_case_assign *act = message;
    if (!registers_unit(facts->registers, act->unit, day_of_instant(facts->now))) {
        OBJECT(KN_CODE_UNKNOWN_VALUE, "unit", "the units register has no such unit today");
    }
    return NULL;
}

static bool is_class_1(enum kn_result result)
{
    return result >= KN_RESULT_RESOLVED_DOCUMENT && result <= KN_RESULT_RESOLVED_WORKS;
}

static const struct objection *check_answer(const struct facts *facts,
                                            const struct kn_answer_submit *act)
{
    int32_t day;
    if (!is_lead(facts)) {
        OBJECT(KN_CODE_WRONG_UNIT, "case", "another unit leads this case");
    }
    if (act->result == KN_RESULT_PLANNED_SCHEDULED && !act->promised_on) {
        OBJECT(KN_CODE_REQUIRED, "promised_on", "a schedule needs its date");
    }
    if (act->promised_on && day_parse(act->promised_on, &day)) {
        OBJECT(KN_CODE_INVALID, "promised_on", "not a day (YYYY-MM-DD)");
    }
    if (act->promised_on && day < day_of_instant(facts->now)) {
        OBJECT(KN_CODE_INVALID, "promised_on", "a promise cannot lie in the past");
    }
    return NULL;
}

static const struct objection *answers_resolved(const struct facts *facts, const void *message)
{
    const struct kn_answer_submit *act = message;
    if (!is_class_1(act->result)) {
        OBJECT(KN_CODE_INVALID, "result", "not a class I result");
    }
    return check_answer(facts, act);
}

static const struct objection *answers_otherwise(const struct facts *facts, const void *message)
{
    const struct kn_answer_submit *act = message;
    const struct objection *objection = check_answer(facts, act);
    if (!objection && is_class_1(act->result)) {
        OBJECT(KN_CODE_INVALID, "result", "not a class II or III result");
    }
    return objection;
}

static const struct objection *takes_explanation(const struct facts *facts, const void *message)
{
    const struct kn_answer_review *act = message;
    if (!act->accepted || facts->subject->result != KN_RESULT_EXPLAINED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "accepted", "there is no explanation to accept");
    }
    return NULL;
}

static const struct objection *takes_plan(const struct facts *facts, const void *message)
{
    const struct kn_answer_review *act = message;
    if (!act->accepted || is_class_1(facts->subject->result) ||
        facts->subject->result == KN_RESULT_EXPLAINED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "accepted", "there is no plan to take");
    }
    return NULL;
}

static const struct objection *sends_back(const struct facts *facts, const void *message)
{
    const struct kn_answer_review *act = message;
    (void)facts;
    if (act->accepted) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "accepted", "the answer is taken already");
    }
    if (!act->reason) {
        OBJECT(KN_CODE_REQUIRED, "reason", "say why the answer is sent back");
    }
    return NULL;
}

static const struct objection *found_met(const struct facts *facts, const void *message)
{
    const struct kn_case_verify *act = message;
    (void)facts;
    if (act->verification != KN_VERIFICATION_MET) {
        OBJECT(KN_CODE_INVALID, "verification", "not met");
    }
    return NULL;
}

static const struct objection *found_otherwise(const struct facts *facts, const void *message)
{
    const struct kn_case_verify *act = message;
    (void)facts;
    if (act->verification != KN_VERIFICATION_PARTLY &&
        act->verification != KN_VERIFICATION_NOT_MET) {
        OBJECT(KN_CODE_INVALID, "verification", "say met, partly or not_met");
    }
    return NULL;
}

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

static const struct objection *publishes(const struct facts *facts, const void *message)
{
    const struct kn_case_publish *act = message;
    if (act->publication != KN_PUBLICATION_PUBLISHED && act->publication != KN_PUBLICATION_POSTED) {
        OBJECT(KN_CODE_INVALID, "publication", "say published, posted or withdrawn");
    }
    if (facts->subject->flow == KN_FLOW_DIVERTED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "a diverted case is never published");
    }
    return NULL;
}

static const struct objection *withdraws(const struct facts *facts, const void *message)
{
    const struct kn_case_publish *act = message;
    if (act->publication != KN_PUBLICATION_WITHDRAWN) {
        OBJECT(KN_CODE_INVALID, "publication", "say published, posted or withdrawn");
    }
    if (facts->subject->publication != KN_PUBLICATION_PUBLISHED &&
        facts->subject->publication != KN_PUBLICATION_POSTED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "the case is not public");
    }
    return NULL;
}

/* ---- effects --------------------------------------------------------------------------------- */

/* Gives the case to UNIT. The answer clock never starts anew when the case changes hands. */
static void assign(struct decision *out, const struct facts *facts, struct kn_event *event,
                   const char *unit, const char *basis)
{
    const struct kn_clock *clock = rules_clock_of(facts->subject, KN_CLOCK_KIND_ANSWER);
    event->unit = unit;
    event->role = KN_ASSIGNMENT_ROLE_LEAD;
    event->assignment = (int64_t)facts->subject->n_assignments + 1;
    event->has_assignment = true;
    if (clock) {
        rules_resume_clock(facts, event);
    } else {
        rules_start_clock(out, facts, event, rules_profile_of(facts), facts->now);
    }
    event->basis = basis;
}

static void assign_by_register(struct decision *out, const struct facts *facts, const void *message,
                               struct kn_event *event)
{
    const struct kn_reading_propose *reading = message;
    struct route route;
    bool found = find_route(facts, reading->field, reading->area, &route);
    assert(found); /* the guard asked */
    event->field = reading->field;
    event->area = reading->area;
    assign(out, facts, event, rules_keep(out, route.unit), rules_keep(out, route.basis));
    rules_tell_candidates(out, facts, reading);
}

static void wait_for_ruling(struct decision *out, const struct facts *facts, const void *message,
                            struct kn_event *event)
{
    const struct kn_reading_propose *reading = message;
    event->field = reading->field;
    event->area = reading->area;
    event->why = !reading->field ? "chưa rõ lĩnh vực"
                 : !reading->area ? "chưa rõ địa bàn, hoặc không có quy tắc thẩm quyền chung"
                                  : "chưa có quy tắc thẩm quyền cho lĩnh vực và địa bàn này";
    rules_tell_candidates(out, facts, reading);
}

static void assign_by_ruling(struct decision *out, const struct facts *facts, const void *message,
                             struct kn_event *event)
{
    const struct kn_case_assign *act = message;
    event->on_behalf = act->on_behalf;
    assign(out, facts, event, act->unit, act->basis);
}

static void accept(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_assignment_accept *act = message;
    const struct kn_clock *clock = rules_clock_of(facts->subject, KN_CLOCK_KIND_ANSWER);
    event->unit = facts->unit;
    event->assignment = act->assignment;
    event->has_assignment = true;
    if (clock && facts->subject->n_assignments == 1 && clock->tier == KN_TIER_IN_TIME) {
        /* the statutory clock starts when the unit has it; what was told is never taken back */
        rules_start_clock(
            out, facts, event, clock->profile,
            rules_clock_start(facts, clock->profile, facts->subject->assignments[0].offered_at));
    } else {
        rules_resume_clock(facts, event);
    }
}

static void give_back(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    const struct kn_assignment_return *act = message;
    (void)out;
    event->unit = facts->unit;
    event->assignment = act->assignment;
    event->has_assignment = true;
    event->proposed_unit = act->proposed_unit;
}

static void answer(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_answer_submit *act = message;
    (void)out;
    event->unit = facts->unit;
    event->result = act->result;
    event->document = act->document;
    event->promised_on = act->promised_on;
    rules_stop_clock(facts->subject, event);
}

static void answer_done(struct decision *out, const struct facts *facts, const void *message,
                        struct kn_event *event)
{
    answer(out, facts, message, event);
    struct kn_event *next = rules_tell(out, KN_EVENT_KIND_CASE_AWAITING_VERIFICATION);
    next->case_ = facts->subject->code;
    next->flow = KN_FLOW_AWAITING_VERIFICATION;
    next->unit = facts->unit;
}

static void close_explained(struct decision *out, const struct facts *facts, const void *message,
                            struct kn_event *event)
{
    const struct kn_answer_review *act = message;
    (void)out;
    event->on_behalf = act->on_behalf;
    event->unit = facts->subject->unit;
    event->result = facts->subject->result;
    event->verification = KN_VERIFICATION_NOT_APPLICABLE;
}

static void take_plan(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    const struct kn_answer_review *act = message;
    (void)out;
    event->on_behalf = act->on_behalf;
    event->unit = facts->subject->unit;
}

static void send_back(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    const struct kn_answer_review *act = message;
    (void)out;
    event->on_behalf = act->on_behalf;
    event->unit = facts->subject->unit;
    rules_resume_clock(facts, event);
}

static void verify_met(struct decision *out, const struct facts *facts, const void *message,
                       struct kn_event *event)
{
    const struct kn_case_verify *act = message;
    event->on_behalf = act->on_behalf;
    event->verification = act->verification;
    event->unit = facts->subject->unit;
    struct kn_event *next = rules_tell(out, KN_EVENT_KIND_CASE_CLOSED);
    next->case_ = facts->subject->code;
    next->flow = KN_FLOW_CLOSED;
    next->unit = facts->subject->unit;
    next->result = facts->subject->result;
    next->verification = act->verification;
}

static void verify_not_met(struct decision *out, const struct facts *facts, const void *message,
                           struct kn_event *event)
{
    const struct kn_case_verify *act = message;
    (void)out;
    event->on_behalf = act->on_behalf;
    event->verification = act->verification;
    event->unit = facts->subject->unit;
    rules_resume_clock(facts, event);
}

void effect_link(struct decision *out, const struct facts *facts, const void *message,
                 struct kn_event *event)
{
    const struct kn_case_link *act = message;
    event->on_behalf = act->on_behalf;
    event->parent = facts->parent->code;
    event->link = act->link;
    event->batch = facts->subject->batch;
    event->unit = facts->subject->unit;
    rules_stop_clock(facts->subject, event);
    rules_settle_pair(out, facts);
}

/* The case goes back to the unit that had it, else to the competent one. */
void effect_unlink(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_unlink *act = message;
    const struct kn_case *kase = facts->subject;
    const struct kn_assignment *lead = lead_of(kase);
    struct route route;
    bool is_routed = !lead && find_route(facts, kase->field, kase->area, &route);
    event->on_behalf = act->on_behalf;
    event->parent = kase->parent;
    event->batch = kase->batch;
    if (!facts->pair) { /* else its decision says what they are */
        rules_tell_compared(out, facts, kase->parent, KN_CANDIDATE_STATE_DIFFERENT);
    }
    if (lead || is_routed) {
        struct kn_event *next = rules_tell(out, KN_EVENT_KIND_CASE_ASSIGNED);
        next->case_ = kase->code;
        next->flow = KN_FLOW_ASSIGNED;
        next->field = kase->field;
        next->area = kase->area;
        assign(out, facts, next, lead ? lead->unit : rules_keep(out, route.unit),
               lead ? lead->basis : rules_keep(out, route.basis));
    }
}

static void publish(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    const struct kn_case_publish *act = message;
    (void)out;
    event->on_behalf = act->on_behalf;
    event->publication = act->publication;
    event->flow = facts->subject->flow;
    event->result = facts->subject->result;
    event->field = facts->subject->field;
    event->area = facts->subject->area;
    event->unit = facts->subject->unit;
}

/* ---- deciding -------------------------------------------------------------------------------- */

/* What this speaker could do with the case as it stands, for the refusal. */
static const char *legal_moves(struct decision *out, const struct facts *facts)
{
    char list[400] = "";
    size_t length = 0;
    enum kn_type last = 0;
    for (int i = 0; i < N_RULES; i++) {
        const struct rule *rule = &rules[i];
        if (rule->in & 1u << facts->subject->flow && rule->said_by & 1 << facts->role &&
            rule->hears != last) {
            int n = snprintf(list + length, sizeof list - length, "%s%s", length ? ", " : "",
                             kn_type_name(rule->hears));
            length += n > 0 && (size_t)n < sizeof list - length ? (size_t)n : 0;
            last = rule->hears;
        }
    }
    return rules_say(out, "the case is %s; you may: %s",
                     kn_enum_text(KN_ENUM_FLOW, (int)facts->subject->flow),
                     length ? list : "nothing");
}

static void act_on_case(struct decision *out, const struct facts *facts, enum kn_type type,
                        const void *message)
{
    const struct objection *objection = NULL;
    if (!facts->subject) {
        rules_refuse(out, KN_CODE_UNKNOWN_CASE, "case", "no case has this code");
        return;
    }
    out->subject = facts->subject->code;
    for (int i = 0; i < N_RULES; i++) {
        const struct rule *rule = &rules[i];
        if (rule->hears != type || !(rule->in & 1u << facts->subject->flow) ||
            !(rule->said_by & 1 << facts->role)) {
            continue;
        }
        objection = rule->guard ? rule->guard(facts, message) : NULL;
        if (objection) {
            continue;
        }
        out->verdict = KN_VERDICT_STORED;
        struct kn_event *event = rules_tell_of(out, rule->tells, facts->subject);
        event->flow = rule->becomes;
        event->commitment = facts->commitment;
        if (rule->effect) {
            rule->effect(out, facts, message, event);
        }
        return;
    }
    if (objection) {
        rules_refuse(out, objection->code, objection->field, objection->reason);
    } else {
        rules_refuse(out, KN_CODE_ILLEGAL_MOVE, "case", legal_moves(out, facts));
    }
}

static void admit_agent(struct decision *out, const struct facts *facts,
                        const struct kn_agent_admit *message)
{
    const struct kn_agent *agent = message->agent;
    if (agent->role == KN_ROLE_AGENCY &&
        (!agent->unit ||
         !registers_unit(facts->registers, agent->unit, day_of_instant(facts->now)))) {
        rules_refuse(out, KN_CODE_UNKNOWN_VALUE, "agent.unit",
                     "an agency needs a unit of the register");
        return;
    }
    out->verdict = KN_VERDICT_STORED;
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_AGENT_ADMITTED);
    event->agent = agent->agent;
    event->admitted = agent->role;
    event->unit = agent->unit;
    event->key = agent->key;
    event->window = agent->window;
    event->has_window = agent->has_window;
}

void decide_unreadable(struct decision *out, const struct facts *facts,
                       const struct kn_numbered *head, enum kn_code code, const char *field)
{
    out->n_events = out->n_details = out->n_text = 0;
    out->subject = NULL;
    rules_refuse(out, code, rules_keep(out, field), NULL);
    rules_record_refusal(out, facts, head);
}

void decide(struct decision *out, const struct facts *facts, enum kn_type type, const void *message)
{
    out->verdict = KN_VERDICT_REFUSED;
    out->code = KN_CODE_NONE;
    out->field = out->reason = out->subject = NULL;
    out->n_events = out->n_details = out->n_text = 0;

    if (facts->file_missing) {
        rules_refuse(out, KN_CODE_UNKNOWN_FILE, "attachments",
                     "put the file first, whole, and say its size and type as file.state does");
        type = KN_TYPE_NONE;
    }
    switch (type) {
    case KN_TYPE_NONE: break;
    case KN_TYPE_BATCH_DECLARE: rules_declare_batch(out, facts, message); break;
    case KN_TYPE_ROW_REFUSE: rules_refuse_row(out, facts, message); break;
    case KN_TYPE_PETITION_SUBMIT: rules_receive(out, facts, message); break;
    case KN_TYPE_PETITION_REVISE: rules_revise(out, facts, message); break;
    case KN_TYPE_DOCUMENT_REPLACE: rules_replace_document(out, facts, message); break;
    case KN_TYPE_DOCUMENT_WITHDRAW: rules_withdraw_document(out, facts); break;
    case KN_TYPE_PETITION_WITHDRAW: rules_withdraw_petition(out, facts, message); break;
    case KN_TYPE_CLOCK_TICK: rules_tick(out, facts); break;
    case KN_TYPE_AGENT_ADMIT: admit_agent(out, facts, message); break;
    case KN_TYPE_AGENT_REVOKE: {
        const struct kn_agent_revoke *act = message;
        out->verdict = KN_VERDICT_STORED;
        rules_tell(out, KN_EVENT_KIND_AGENT_REVOKED)->agent = act->agent;
        break;
    }
    case KN_TYPE_REGISTER_LOAD: {
        const struct kn_register_load *act = message;
        out->verdict = KN_VERDICT_STORED;
        rules_tell(out, KN_EVENT_KIND_REGISTER_LOADED)->registers = act->registers;
        break;
    }
    default: act_on_case(out, facts, type, message);
    }
    if (out->verdict == KN_VERDICT_REFUSED && facts->role != KN_ROLE_NONE) {
        struct kn_numbered head = {.sequence = 1};
        if (type == KN_TYPE_PETITION_SUBMIT) {
            const struct kn_petition_submit *act = message;
            head = (struct kn_numbered){.batch = act->batch,
                                        .container = act->container,
                                        .item = act->item,
                                        .row = act->row,
                                        .has_row = act->has_row};
        }
        rules_record_refusal(out, facts, &head);
    }
}

void rules_print(FILE *out)
{
    fputs("# The life of a case\n\n"
          "Printed by `kiennghi-hub --rules` from the table in `hub/rules.c`; a test checks that "
          "this "
          "page is fresh.\n\n"
          "| in | hears | said by | becomes | tells | when |\n|---|---|---|---|---|---|\n",
          out);
    for (int i = 0; i < N_RULES; i++) {
        const struct rule *rule = &rules[i];
        const char *sep = "| ";
        if (rule->in == (unsigned)ANY) {
            fputs("| any", out);
        } else {
            for (int flow = 1; flow < KN_FLOW_COUNT; flow++) {
                if (rule->in & 1u << flow) {
                    fprintf(out, "%s%s", sep, kn_enum_text(KN_ENUM_FLOW, flow));
                    sep = ", ";
                }
            }
        }
        fprintf(out, " | %s ", kn_type_name(rule->hears));
        sep = "| ";
        for (int role = 0; role < KN_ROLE_COUNT; role++) {
            if (rule->said_by & 1 << role) {
                fprintf(out, "%s%s", sep, role ? kn_enum_text(KN_ENUM_ROLE, role) : "hub");
                sep = ", ";
            }
        }
        fprintf(out, " | %s | %s | %s |\n",
                rule->becomes ? kn_enum_text(KN_ENUM_FLOW, (int)rule->becomes) : "–",
                kn_enum_text(KN_ENUM_EVENT_KIND, (int)rule->tells), rule->note);
    }
    fputs("\n```mermaid\nstateDiagram-v2\n  [*] --> received: petition.submit\n", out);
    for (int i = 0; i < N_RULES; i++) {
        const struct rule *rule = &rules[i];
        for (int flow = 1; flow < KN_FLOW_COUNT; flow++) {
            if (rule->becomes && rule->in & 1u << flow) {
                fprintf(out, "  %s --> %s: %s\n", kn_enum_text(KN_ENUM_FLOW, flow),
                        kn_enum_text(KN_ENUM_FLOW, (int)rule->becomes), kn_type_name(rule->hears));
            }
        }
    }
    fputs("```\n", out);
}
