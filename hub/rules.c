/* rules.c - the table of acts on a case, and how it is asked. Read rules[] first.
 *
 * A message is tried against the rows of its case's state from top to bottom; the first row whose
 * speaker and guard agree decides; when none does, the objection of the row that the message was
 * for is the refusal. The row's effect fills the event. A new move of a case is a new row here, a
 * guard (rules_guards.c), an effect (rules_effects.c), and changed lines in the golden matrix of
 * tests/hub/test_rules.c.
 */
#include "hub/rules.h"

#include "hub/calendar.h"
#include "hub/route.h"
#include "hub/rules_parts.h"
#include "kiennghi/message.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
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
    if (event == out->events || event[-1].case_ != kase->code) { /* else the log names it */
        event->previous = kase->last_event;
        event->has_previous = true;
    }
    return event;
}

struct kn_detail *rules_detail(struct decision *out, struct kn_event *event)
{
    if (!event->detail) {
        assert(out->n_details < RULES_MAX_EVENTS);
        memset(&out->details[out->n_details], 0, sizeof *out->details);
        event->detail = &out->details[out->n_details++];
    }
    return (struct kn_detail *)(uintptr_t)event->detail; /* the decision's own */
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
    INTAKE = 1 << KN_ROLE_INTAKE,
    HUB = 1 << KN_ROLE_NONE,
    CLERK = OPERATOR | APPROVER,
    BOARD = BAN | COMMITTEE | DEPUTIES,
    WITNESS = OPERATOR | VERIFIER | BOARD,
    OVERSEER = CLERK | BAN | COMMITTEE,
};

#define IN RULES_IN
enum { UNANSWERED = RULES_UNANSWERED, OPEN = RULES_OPEN, ANY = ~0 };

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
    /* in                 hears                      said by   guard                  becomes               tells                             effect */
    {IN(RECEIVED),        KN_TYPE_READING_PROPOSE,   HUB,      guard_same,            KN_FLOW_LINKED,       KN_EVENT_KIND_CASE_LINKED,        effect_link_by_reading,
        "says what an open case says"},
    {IN(RECEIVED),        KN_TYPE_READING_PROPOSE,   HUB,      guard_routed,          KN_FLOW_ASSIGNED,     KN_EVENT_KIND_CASE_ASSIGNED,      effect_assign_by_register,
        "the competence register names one unit"},
    {IN(RECEIVED),        KN_TYPE_READING_PROPOSE,   HUB,      NULL,                  KN_FLOW_TO_CLASSIFY,  KN_EVENT_KIND_CASE_UNROUTED,      effect_wait_for_ruling,
        "nobody is competent by the register: a person classifies"},
    {IN(TO_CLASSIFY),     KN_TYPE_READING_PROPOSE,   HUB,      guard_routed_late,     KN_FLOW_ASSIGNED,     KN_EVENT_KIND_CASE_ASSIGNED,      effect_assign_by_register,
        "read again, it says enough by now, and no unit has had it"},
    {(unsigned)ANY & ~IN(RECEIVED), KN_TYPE_READING_PROPOSE, HUB, NULL,               KN_FLOW_NONE,         KN_EVENT_KIND_CASE_READ,          effect_read_again,
        "a revised text, or one read with other lexicons: only what it may be one with is looked for anew"},

    {UNANSWERED & ~IN(TO_CLASSIFY) & ~IN(RECEIVED) & ~IN(RETURNED),
                          KN_TYPE_CASE_ASSIGN,       CLERK | AGENCY, guard_partner_unit, KN_FLOW_NONE,    KN_EVENT_KIND_CASE_ASSIGNED,      effect_ask_partner,
        "a partner joins, with a clock of its own; the lead may ask for one"},
    {UNANSWERED,          KN_TYPE_CASE_ASSIGN,       CLERK,    guard_lead_unit,       KN_FLOW_ASSIGNED,     KN_EVENT_KIND_CASE_ASSIGNED,      effect_assign,
        "a person assigns; after two returns it takes a ruling, which cannot be returned"},
    {OPEN,                KN_TYPE_ASSIGNMENT_ACCEPT, AGENCY,   guard_accepts_partner, KN_FLOW_NONE,         KN_EVENT_KIND_CASE_ACCEPTED,      effect_accept_partner,
        "a partner saved its part"},
    {IN(ASSIGNED),        KN_TYPE_ASSIGNMENT_ACCEPT, AGENCY,   guard_accepts_lead,    KN_FLOW_IN_PROGRESS,  KN_EVENT_KIND_CASE_ACCEPTED,      effect_accept,
        "the unit saved it; the answer clock starts, at the latest when it should have been saved"},
    {IN(IN_PROGRESS) | IN(ANSWERED) | IN(AWAITING_VERIFICATION) | IN(PAUSED) | IN(REOPENED), KN_TYPE_ASSIGNMENT_ACCEPT, AGENCY,  guard_accepts_lead,    KN_FLOW_NONE,         KN_EVENT_KIND_CASE_ACCEPTED,      effect_accept,
        "a successor saved what was handed over"},
    {OPEN,                KN_TYPE_ASSIGNMENT_RETURN, AGENCY,   guard_returns_partner, KN_FLOW_NONE,         KN_EVENT_KIND_CASE_RETURNED,      effect_give_back_partner,
        "a partner: not ours"},
    {IN(ASSIGNED) | IN(IN_PROGRESS), KN_TYPE_ASSIGNMENT_RETURN, AGENCY, guard_returns_lead, KN_FLOW_RETURNED, KN_EVENT_KIND_CASE_RETURNED, effect_give_back,
        "not ours; not after a ruling"},
    {OPEN,                KN_TYPE_OPINION_SUBMIT,    AGENCY,   guard_opinion,         KN_FLOW_NONE,         KN_EVENT_KIND_ASSIGNMENT_OPINION, effect_opinion,
        "a partner's part in the answer"},
    {OPEN,                KN_TYPE_PROGRESS_REPORT,   AGENCY,   guard_concerned,       KN_FLOW_NONE,         KN_EVENT_KIND_CASE_PROGRESS,      effect_progress,
        "changes no clock"},

    {IN(IN_PROGRESS) | IN(REOPENED), KN_TYPE_ANSWER_SUBMIT, AGENCY, guard_answers_part, KN_FLOW_NONE,      KN_EVENT_KIND_CASE_ANSWERED,      effect_answer_part,
        "a part: the case goes on"},
    {IN(IN_PROGRESS) | IN(REOPENED) | IN(ANSWERED), KN_TYPE_ANSWER_SUBMIT, AGENCY, guard_answers_resolved, KN_FLOW_ANSWERED, KN_EVENT_KIND_CASE_ANSWERED, effect_answer_done,
        "class I: goes on to awaiting_verification at once"},
    {IN(IN_PROGRESS) | IN(REOPENED) | IN(ANSWERED), KN_TYPE_ANSWER_SUBMIT, AGENCY, guard_answers_otherwise, KN_FLOW_ANSWERED, KN_EVENT_KIND_CASE_ANSWERED, effect_answer,
        "class II or III: is reviewed"},
    {IN(ANSWERED),        KN_TYPE_ANSWER_REVIEW,     CLERK | BAN, guard_takes_explanation, KN_FLOW_CLOSED, KN_EVENT_KIND_CASE_CLOSED,        effect_close_explained,
        "class III: the Ban accepts the explanation"},
    {IN(ANSWERED),        KN_TYPE_ANSWER_REVIEW,     CLERK | BAN, guard_takes_plan,   KN_FLOW_NONE,         KN_EVENT_KIND_CASE_PLAN_ACCEPTED, effect_take_plan,
        "class II: followed to its day; without one it is looked at now"},
    {IN(ANSWERED) | IN(AWAITING_VERIFICATION), KN_TYPE_ANSWER_REVIEW, CLERK | BAN, guard_sends_back, KN_FLOW_IN_PROGRESS, KN_EVENT_KIND_CASE_ANSWER_REJECTED, effect_send_back,
        "the answer is sent back; the clock goes on from its original start"},

    {OPEN,                KN_TYPE_COMMITMENT_MAKE,   AGENCY,   guard_promises,        KN_FLOW_NONE,         KN_EVENT_KIND_COMMITMENT_MADE,    effect_promise,
        "a date is promised, with a clock of its own"},
    {(unsigned)ANY,       KN_TYPE_COMMITMENT_MAKE,   OVERSEER, guard_concludes,       KN_FLOW_NONE,         KN_EVENT_KIND_COMMITMENT_MADE,    effect_promise,
        "the conclusion of an oversight docket binds the unit"},
    {(unsigned)ANY,       KN_TYPE_COMMITMENT_KEEP,   AGENCY,   guard_keeps,           KN_FLOW_NONE,         KN_EVENT_KIND_COMMITMENT_KEPT,    effect_keep,
        "the unit says it is kept; a followed plan awaits verification"},

    {IN(AWAITING_VERIFICATION), KN_TYPE_CASE_VERIFY, WITNESS,  guard_met,             KN_FLOW_AWAITING_VERIFICATION, KN_EVENT_KIND_CASE_VERIFIED, effect_met,
        "resolved in fact: closed at once"},
    {IN(AWAITING_VERIFICATION), KN_TYPE_CASE_VERIFY, WITNESS,  guard_not_met,         KN_FLOW_IN_PROGRESS,  KN_EVENT_KIND_CASE_VERIFIED,      effect_not_met,
        "answered, not resolved: back to the unit, original start kept"},
    {IN(CLOSED),          KN_TYPE_CASE_SATISFACTION, INTAKE | OPERATOR | DEPUTIES, guard_dissatisfied, KN_FLOW_NONE, KN_EVENT_KIND_CASE_SATISFACTION, effect_dissatisfied,
        "the voter says it is not done, within the window: reopened at once"},
    {IN(LINKED),          KN_TYPE_CASE_SATISFACTION, INTAKE | OPERATOR | DEPUTIES, guard_dissatisfied_linked, KN_FLOW_NONE, KN_EVENT_KIND_CASE_SATISFACTION, effect_dissatisfied_linked,
        "one of those who raised the same says it is not done, within the window: the case linked to is reopened"},
    {OPEN | IN(CLOSED) | IN(LINKED), KN_TYPE_CASE_SATISFACTION, INTAKE | OPERATOR | DEPUTIES, guard_satisfaction, KN_FLOW_NONE, KN_EVENT_KIND_CASE_SATISFACTION, effect_satisfaction,
        "axis 4 only"},
    {IN(CLOSED),          KN_TYPE_CASE_REOPEN,       CLERK | BAN | DEPUTIES, guard_reopen, KN_FLOW_REOPENED, KN_EVENT_KIND_CASE_REOPENED,     effect_reopen,
        "within the window; keeps its original start"},
    {IN(DIVERTED) | IN(NOT_ACCEPTED), KN_TYPE_CASE_REOPEN, APPROVER, NULL,            KN_FLOW_TO_CLASSIFY,  KN_EVENT_KIND_CASE_REOPENED,      effect_reopen,
        "it should not have left"},

    {(unsigned)ANY,       KN_TYPE_CASE_LINK,         CLERK,    guard_relates,         KN_FLOW_NONE,         KN_EVENT_KIND_CASE_RELATED,       effect_relate,
        "recurrence or related: both go their own way"},
    {OPEN,                KN_TYPE_CASE_LINK,         CLERK,    guard_parent_fits,     KN_FLOW_LINKED,       KN_EVENT_KIND_CASE_LINKED,        effect_link,
        "a person says that two are one"},
    {(unsigned)ANY,       KN_TYPE_CASE_UNLINK,       CLERK,    guard_unrelates,       KN_FLOW_NONE,         KN_EVENT_KIND_CASE_UNLINKED,      effect_unrelate,
        "the relation was wrong"},
    {IN(LINKED),          KN_TYPE_CASE_UNLINK,       CLERK,    guard_unlinks,         KN_FLOW_TO_CLASSIFY,  KN_EVENT_KIND_CASE_UNLINKED,      effect_unlink,
        "the link was wrong; the case goes its own way"},
    {OPEN,                KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_links,      KN_FLOW_LINKED,       KN_EVENT_KIND_CASE_LINKED,        effect_link_pair,
        "same: a person says that a pair is one"},
    {IN(LINKED),          KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_is_one,     KN_FLOW_NONE,         KN_EVENT_KIND_CASE_COMPARED,      effect_compare,
        "same, and both are linked to one case by now"},
    {(unsigned)ANY,       KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_recurs,     KN_FLOW_NONE,         KN_EVENT_KIND_CASE_RELATED,       effect_relate_pair,
        "same, and the earlier one has ended or the later one says that it came back"},
    {(unsigned)ANY,       KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_differs,    KN_FLOW_NONE,         KN_EVENT_KIND_CASE_COMPARED,      effect_compare,
        "different: never proposed again"},
    {IN(LINKED),          KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_unlinks,    KN_FLOW_TO_CLASSIFY,  KN_EVENT_KIND_CASE_UNLINKED,      effect_unlink_pair,
        "open: same is taken back"},
    {(unsigned)ANY,       KN_TYPE_CANDIDATE_DECIDE,  CLERK,    guard_pair_reopens,    KN_FLOW_NONE,         KN_EVENT_KIND_CASE_COMPARED,      effect_compare,
        "open: different, or a recurrence, is taken back"},
    {OPEN,                KN_TYPE_CASE_SPLIT,        CLERK,    guard_quotes,          KN_FLOW_NONE,         KN_EVENT_KIND_CASE_SPLIT,         effect_split,
        "one demand becomes a case of its own, received; this one stays"},
    {UNANSWERED,          KN_TYPE_CASE_DIVERT,       CLERK,    NULL,                  KN_FLOW_DIVERTED,     KN_EVENT_KIND_CASE_DIVERTED,      effect_divert,
        "no petition by law, or urgent: its own channel, with that channel's receipt number"},
    {IN(RECEIVED) | IN(TO_CLASSIFY) | IN(RETURNED), KN_TYPE_CASE_REJECT, APPROVER, NULL, KN_FLOW_NOT_ACCEPTED, KN_EVENT_KIND_CASE_NOT_ACCEPTED, effect_reject,
        "for a ground of the closed list, by a second person"},

    {IN(IN_PROGRESS) | IN(REOPENED), KN_TYPE_CASE_PAUSE, AGENCY, guard_ask_pause,     KN_FLOW_NONE,         KN_EVENT_KIND_CASE_PAUSE_ASKED,   effect_ask_pause,
        "the unit asks; the Office decides"},
    {IN(IN_PROGRESS) | IN(REOPENED), KN_TYPE_CASE_PAUSE, CLERK, guard_pause,          KN_FLOW_PAUSED,       KN_EVENT_KIND_CASE_PAUSED,        effect_pause,
        "a decision with a ground and a last day; the answer clock stands still"},
    {IN(PAUSED),          KN_TYPE_CASE_RESUME,       CLERK,    NULL,                  KN_FLOW_IN_PROGRESS,  KN_EVENT_KIND_CASE_RESUMED,       effect_resume,
        "the due date moves by the days of the pause; by itself on the last day"},

    {OPEN,                KN_TYPE_CASE_REMIND,       CLERK | BOARD, guard_has_unit,   KN_FLOW_NONE,         KN_EVENT_KIND_CASE_REMINDED,      effect_remind,
        "numbered"},
    {(unsigned)ANY,       KN_TYPE_CASE_DIRECT,       CLERK | BOARD, guard_directs,    KN_FLOW_NONE,         KN_EVENT_KIND_CASE_DIRECTED,      effect_direct,
        "a leading body's direction; with a day it is a promise"},
    {(unsigned)ANY,       KN_TYPE_CASE_SELECT,       CLERK | BOARD, guard_selects,    KN_FLOW_NONE,         KN_EVENT_KIND_CASE_SELECTED,      effect_select,
        "axis 6 only"},
    {(unsigned)ANY,       KN_TYPE_CASE_SELECT,       CLERK | BOARD, guard_takes_out,  KN_FLOW_NONE,         KN_EVENT_KIND_CASE_SELECTED,      effect_select,
        "out of the docket"},

    {(unsigned)ANY,       KN_TYPE_CASE_ERASE,        CLERK | HUB, NULL,               KN_FLOW_NONE,         KN_EVENT_KIND_PERSON_ERASED,      effect_erase,
        "texts and persons are deleted, course and figures stay; the hub itself after a restore"},

    {(unsigned)ANY,       KN_TYPE_CASE_PUBLISH,      CLERK,    guard_proposes_text,   KN_FLOW_NONE,         KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED, effect_propose_text,
        "axis 7 only"},
    {(unsigned)ANY,       KN_TYPE_CASE_PUBLISH,      APPROVER, guard_publishes,       KN_FLOW_NONE,         KN_EVENT_KIND_CASE_PUBLISHED,     effect_publish,
        "axis 7 only"},
    {(unsigned)ANY,       KN_TYPE_CASE_PUBLISH,      APPROVER, guard_posts,           KN_FLOW_NONE,         KN_EVENT_KIND_CASE_PUBLISHED,     effect_publish,
        "posted for as long as stage `posting` says, then public as before"},
    {(unsigned)ANY,       KN_TYPE_CASE_PUBLISH,      CLERK,    guard_withdraws,       KN_FLOW_NONE,         KN_EVENT_KIND_CASE_WITHDRAWN,     effect_withdraw,
        "axis 7 only"},
};
/* clang-format on */
enum { N_RULES = sizeof rules / sizeof *rules };

/* ---- the case spoken of -----------------------------------------------------------------------
 */

bool rules_runs(const struct kn_assignment *assignment)
{
    return !assignment->has_returned_at && !assignment->has_done_at;
}

const struct kn_assignment *rules_assignment(const struct kn_case *kase,
                                             enum kn_assignment_role role, const char *unit)
{
    for (size_t i = kase->n_assignments; i-- > 0;) {
        const struct kn_assignment *at = &kase->assignments[i];
        if (at->role == role && rules_runs(at) && (!unit || strcmp(at->unit, unit) == 0)) {
            return at;
        }
    }
    return NULL;
}

bool rules_is_class_1(enum kn_result result)
{
    return result >= KN_RESULT_RESOLVED_DOCUMENT && result <= KN_RESULT_RESOLVED_WORKS;
}

bool rules_route(const struct facts *facts, const char *field, const char *area,
                 struct route *route)
{
    return field &&
           !route_competent(facts->registers, field, area, day_of_instant(facts->now), route);
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

/* Acts that may say when they were really done. */
#define ACTED(type, message)                                     \
    {                                                            \
        KN_TYPE_##type, offsetof(struct kn_##message, acted_at), \
            offsetof(struct kn_##message, has_acted_at)          \
    }
static const struct {
    enum kn_type type;
    size_t at, has;
} acted[] = {
    ACTED(ASSIGNMENT_ACCEPT, assignment_accept),
    ACTED(ASSIGNMENT_RETURN, assignment_return),
    ACTED(ANSWER_SUBMIT, answer_submit),
    ACTED(OPINION_SUBMIT, opinion_submit),
    ACTED(PROGRESS_REPORT, progress_report),
    ACTED(COMMITMENT_KEEP, commitment_keep),
    ACTED(CASE_VERIFY, case_verify),
    ACTED(CASE_SATISFACTION, case_satisfaction),
};

/* What is said late keeps its own time beside the hub's; a time to come, or before the petition was
 * there, is none. False: refused. */
static bool place_in_time(struct decision *out, const struct facts *facts, enum kn_type type,
                          const void *message, int64_t *acted_at)
{
    *acted_at = 0;
    for (size_t i = 0; i < sizeof acted / sizeof *acted; i++) {
        bool has = false;
        if (acted[i].type != type) {
            continue;
        }
        memcpy(&has, (const char *)message + acted[i].has, sizeof has);
        if (has) {
            memcpy(acted_at, (const char *)message + acted[i].at, sizeof *acted_at);
        }
        if (has && (*acted_at > facts->now ||
                    day_of_instant(*acted_at) < day_of_instant(facts->subject->received_at))) {
            rules_refuse(out, KN_CODE_INVALID, "acted_at",
                         "a time to come, or before the petition was received");
            return false;
        }
    }
    return true;
}

static void act_on_case(struct decision *out, const struct facts *facts, enum kn_type type,
                        const void *message)
{
    const struct objection *objection, *closest = NULL;
    int64_t acted_at = 0;
    if (!facts->subject) {
        rules_refuse(out, KN_CODE_UNKNOWN_CASE, "case", "no case has this code");
        return;
    }
    out->subject = facts->subject->code;
    if (!place_in_time(out, facts, type, message, &acted_at)) {
        return;
    }
    for (int i = 0; i < N_RULES; i++) {
        const struct rule *rule = &rules[i];
        if (rule->hears != type || !(rule->in & 1u << facts->subject->flow) ||
            !(rule->said_by & 1 << facts->role)) {
            continue;
        }
        objection = rule->guard ? rule->guard(facts, message) : NULL;
        if (objection) {
            closest = !closest || closest->other || !objection->other ? objection : closest;
            continue;
        }
        out->verdict = KN_VERDICT_STORED;
        struct kn_event *event = rules_tell_of(out, rule->tells, facts->subject);
        event->flow = rule->becomes;
        event->commitment = facts->commitment;
        if (rule->effect) {
            rule->effect(out, facts, message, event);
        }
        if (acted_at) {
            struct kn_detail *detail = rules_detail(out, event);
            detail->acted_at = acted_at;
            detail->has_acted_at = true;
        }
        return;
    }
    if (closest) {
        rules_refuse(out, closest->code, closest->field, closest->reason);
    } else {
        rules_refuse(out, KN_CODE_ILLEGAL_MOVE, "case", legal_moves(out, facts));
    }
}

static void begin(struct decision *out)
{
    out->verdict = KN_VERDICT_REFUSED;
    out->code = KN_CODE_NONE;
    out->field = out->reason = out->subject = NULL;
    out->n_events = out->n_details = out->n_clocks = out->n_text = out->n_gaps = 0;
}

void decide_unreadable(struct decision *out, const struct facts *facts,
                       const struct kn_numbered *head, enum kn_code code, const char *field)
{
    begin(out);
    rules_refuse(out, code, rules_keep(out, field), NULL);
    rules_record_refusal(out, facts, head);
}

void decide(struct decision *out, const struct facts *facts, enum kn_type type, const void *message)
{
    begin(out);
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
    case KN_TYPE_CLOCK_REVIEW: rules_review(out, facts); break;
    case KN_TYPE_AGENT_ADMIT: rules_admit_agent(out, facts, message); break;
    case KN_TYPE_AGENT_REVOKE: rules_revoke_agent(out, message); break;
    case KN_TYPE_AGENT_GAP: rules_note_gap(out, facts, message); break;
    case KN_TYPE_GAP_SETTLE: rules_settle_gap(out, facts, message); break;
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
