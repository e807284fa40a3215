/* rules_parts.h - what the files of the rules share: composing a decision, clocks, intake. Pure.
 *
 *     rules.c         the table of acts on a case, and how it is asked
 *     rules_guards.c  whether a row of the table applies
 *     rules_effects.c what it fills into the event, on the way from unit to unit
 *     rules_beside.c  the same beside that way: pauses, oversight, publication, units that end
 *     rules_intake.c  batches, rows, petitions
 *     rules_clock.c   clocks and their tiers
 *     rules_agents.c  keys, and what is missing of what agents have
 *     rules_reading.c what was raised before: candidates, pairs, relations, parts
 */
#ifndef KN_RULES_PARTS_H
#define KN_RULES_PARTS_H

#include "hub/route.h"
#include "hub/rules.h"

/* ---- composing a decision */

/* A text of the decision's own. */
const char *rules_say(struct decision *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A copy of TEXT (may be NULL) that lives as long as the decision. */
const char *rules_keep(struct decision *out, const char *text);
/* One more event; one of a case names the event before it. */
struct kn_event *rules_tell(struct decision *out, enum kn_event_kind kind);
struct kn_event *rules_tell_of(struct decision *out, enum kn_event_kind kind,
                               const struct kn_case *kase);
/* EVENT's detail, made when it has none. */
struct kn_detail *rules_detail(struct decision *out, struct kn_event *event);
void rules_refuse(struct decision *out, enum kn_code code, const char *field, const char *reason);
void rules_count(int64_t *value, bool *has, int64_t figure);

/* ---- the case spoken of */

enum {
    RULES_MAX_RUNNING = 12, /* assignments or commitments that run at once in a case */
    RULES_MAX_PARTS = 32,   /* that a case ever has */
};

#define RULES_IN(flow) (1u << KN_FLOW_##flow)
enum {
    RULES_UNANSWERED = RULES_IN(RECEIVED) | RULES_IN(TO_CLASSIFY) | RULES_IN(ASSIGNED) |
                       RULES_IN(IN_PROGRESS) | RULES_IN(RETURNED) | RULES_IN(REOPENED) |
                       RULES_IN(PAUSED),
    RULES_OPEN = RULES_UNANSWERED | RULES_IN(ANSWERED) | RULES_IN(AWAITING_VERIFICATION),
};

/* The running assignment of ROLE, of UNIT when that is given; NULL: there is none. */
const struct kn_assignment *rules_assignment(const struct kn_case *kase,
                                             enum kn_assignment_role role, const char *unit);
bool rules_runs(const struct kn_assignment *assignment);
bool rules_is_class_1(enum kn_result result);
/* The unit that the competence register names, today. */
bool rules_route(const struct facts *facts, const char *field, const char *area,
                 struct route *route);
/* The number of the case's next assignment. */
int64_t rules_next_assignment(const struct kn_case *kase);
/* A promise that an answer or a direction makes, in an event of its own. */
void rules_promise(struct decision *out, const struct facts *facts, const char *promised_on);
/* Gives the assignments of units that have ended to their successors; events of this case begin at
 * BEFORE. */
void rules_hand_over(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                     size_t before);

/* ---- guards: NULL agrees, otherwise an objection that lives for ever */

struct objection {
    enum kn_code code;
    const char *field, *reason;
    bool other; /* the message is one for another row */
};

/* How a guard objects: field and reason are texts that live for ever. */
#define RULES_SAY(...)                                    \
    do {                                                  \
        static const struct objection it = {__VA_ARGS__}; \
        return &it;                                       \
    } while (0)
#define OBJECT(code, field, reason) RULES_SAY(code, field, reason, false)
/* The message is one for another row of the table; what is said counts when no row takes it. */
#define OTHER(code, field, reason) RULES_SAY(code, field, reason, true)

typedef const struct objection *guard_fn(const struct facts *facts, const void *message);
typedef void effect_fn(struct decision *out, const struct facts *facts, const void *message,
                       struct kn_event *event);

guard_fn guard_routed, guard_routed_late, guard_lead_unit, guard_partner_unit, guard_accepts_lead,
    guard_accepts_partner, guard_returns_lead, guard_returns_partner, guard_answers_part,
    guard_answers_resolved, guard_answers_otherwise, guard_takes_explanation, guard_takes_plan,
    guard_sends_back, guard_met, guard_not_met, guard_parent_fits, guard_proposes_text,
    guard_publishes, guard_posts, guard_withdraws, guard_pause, guard_ask_pause, guard_reopen,
    guard_dissatisfied, guard_dissatisfied_linked, guard_satisfaction, guard_has_unit,
    guard_selects, guard_takes_out, guard_directs, guard_concerned, guard_promises, guard_concludes,
    guard_keeps, guard_opinion;
effect_fn effect_assign_by_register, effect_wait_for_ruling, effect_assign, effect_ask_partner,
    effect_accept, effect_accept_partner, effect_give_back, effect_give_back_partner,
    effect_answer_part, effect_answer_done, effect_answer, effect_close_explained, effect_take_plan,
    effect_send_back, effect_met, effect_not_met, effect_link, effect_unlink, effect_propose_text,
    effect_publish, effect_withdraw, effect_divert, effect_reject, effect_pause, effect_ask_pause,
    effect_resume, effect_reopen, effect_dissatisfied, effect_dissatisfied_linked,
    effect_satisfaction, effect_remind, effect_select, effect_erase, effect_direct, effect_progress,
    effect_promise, effect_keep, effect_opinion;

/* ---- what was raised before (rules_reading.c) */

guard_fn guard_same, guard_pair_links, guard_pair_recurs, guard_pair_differs, guard_pair_is_one,
    guard_pair_unlinks, guard_pair_reopens, guard_relates, guard_unlinks, guard_unrelates,
    guard_quotes;
effect_fn effect_link_by_reading, effect_read_again, effect_link_pair, effect_unlink_pair,
    effect_relate_pair, effect_compare, effect_relate, effect_unrelate, effect_split;

/* What the proposal's candidates lead to beside a link: relations, and pairs for a person. */
void rules_tell_candidates(struct decision *out, const struct facts *facts,
                           const struct kn_reading_propose *reading);
/* The subject and OTHER were looked at by a person. */
void rules_tell_compared(struct decision *out, const struct facts *facts, const char *other,
                         enum kn_candidate_state decision);
/* What is linked or related by hand needs nobody to look at it any more. */
void rules_settle_pair(struct decision *out, const struct facts *facts);

/* ---- clocks */

enum {
    RULES_CLOCKS_OF_WORK = 1u << KN_CLOCK_KIND_ANSWER | 1u << KN_CLOCK_KIND_ACKNOWLEDGE |
                           1u << KN_CLOCK_KIND_CLASSIFY | 1u << KN_CLOCK_KIND_PARTNER |
                           1u << KN_CLOCK_KIND_PAUSE | 1u << KN_CLOCK_KIND_VERIFY,
    RULES_CLOCKS = RULES_CLOCKS_OF_WORK | 1u << KN_CLOCK_KIND_COMMITMENT |
                   1u << KN_CLOCK_KIND_PUBLISH | 1u << KN_CLOCK_KIND_POSTING,
};

/* The case's clock of KIND; PART 0: whichever it has. */
const struct kn_clock *rules_clock_of(const struct kn_case *kase, enum kn_clock_kind kind,
                                      int64_t part);
bool rules_clock_runs(const struct kn_clock *clock);
/* Starts a clock of the subject at STARTED_AT and writes it into EVENT. */
void rules_start_clock(struct decision *out, const struct facts *facts, struct kn_event *event,
                       enum kn_clock_kind kind, int64_t part, int64_t started_at);
/* The same for a clock that ends with DAY. */
void rules_start_clock_on(struct decision *out, const struct facts *facts, struct kn_event *event,
                          enum kn_clock_kind kind, int64_t part, int32_t day);
void rules_stop_clock(struct decision *out, const struct kn_case *kase, struct kn_event *event,
                      enum kn_clock_kind kind, int64_t part);
/* Stops every clock of KINDS (bits). */
void rules_stop_clocks(struct decision *out, const struct kn_case *kase, struct kn_event *event,
                       unsigned kinds);
/* The end of the day by which an assignment offered at OFFERED_AT should be saved. */
int64_t rules_latest_start(const struct facts *facts, int64_t offered_at);
/* The answer clock goes on where it stood: same start, same due date. */
void rules_resume_clock(struct decision *out, const struct facts *facts, struct kn_event *event);
void rules_pause_clock(struct decision *out, const struct facts *facts, struct kn_event *event,
                       int32_t until);
void rules_end_pause(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                     struct kn_event *event);
bool rules_may_pause_until(const struct facts *facts, int32_t day);
bool rules_may_reopen(const struct facts *facts);
/* A plan's day has come: the case awaits verification. */
void rules_look_at_outcome(struct decision *out, const struct facts *facts,
                           const struct kn_case *kase);
void rules_tick(struct decision *out, const struct facts *facts);
void rules_review(struct decision *out, const struct facts *facts);

/* ---- intake */

void rules_declare_batch(struct decision *out, const struct facts *facts,
                         const struct kn_batch_declare *message);
void rules_refuse_row(struct decision *out, const struct facts *facts,
                      const struct kn_row_refuse *message);
void rules_receive(struct decision *out, const struct facts *facts,
                   const struct kn_petition_submit *message);
void rules_revise(struct decision *out, const struct facts *facts,
                  const struct kn_petition_revise *message);
void rules_replace_document(struct decision *out, const struct facts *facts,
                            const struct kn_document_replace *message);
void rules_withdraw_document(struct decision *out, const struct facts *facts);
void rules_withdraw_petition(struct decision *out, const struct facts *facts,
                             const struct kn_petition_withdraw *message);
/* ---- agents (rules_agents.c) */

void rules_admit_agent(struct decision *out, const struct facts *facts,
                       const struct kn_agent_admit *message);
void rules_revoke_agent(struct decision *out, const struct kn_agent_revoke *message);
void rules_note_gap(struct decision *out, const struct facts *facts,
                    const struct kn_agent_gap *message);
void rules_settle_gap(struct decision *out, const struct facts *facts,
                      const struct kn_gap_settle *message);

/* A refusal is on record: as a row of its batch, or as a refused act. */
void rules_record_refusal(struct decision *out, const struct facts *facts,
                          const struct kn_numbered *head);

#endif
