/* rules_parts.h - what the files of the rules share: composing a decision, clocks, intake. Pure.
 *
 *     rules.c         the table of acts on a case, its guards and effects
 *     rules_intake.c  batches, rows, petitions
 *     rules_clock.c   clocks and their tiers
 *     rules_reading.c what was raised before: candidates, pairs, relations, parts
 */
#ifndef KN_RULES_PARTS_H
#define KN_RULES_PARTS_H

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

#define RULES_IN(flow) (1u << KN_FLOW_##flow)
enum {
    RULES_UNANSWERED = RULES_IN(RECEIVED) | RULES_IN(TO_CLASSIFY) | RULES_IN(ASSIGNED) |
                       RULES_IN(IN_PROGRESS) | RULES_IN(RETURNED) | RULES_IN(REOPENED),
    RULES_OPEN = RULES_UNANSWERED | RULES_IN(ANSWERED) | RULES_IN(AWAITING_VERIFICATION),
};

/* ---- guards: NULL agrees, otherwise an objection that lives for ever */

struct objection {
    enum kn_code code;
    const char *field, *reason;
};
typedef const struct objection *guard_fn(const struct facts *facts, const void *message);
typedef void effect_fn(struct decision *out, const struct facts *facts, const void *message,
                       struct kn_event *event);

guard_fn guard_parent_fits;
effect_fn effect_link, effect_unlink;

/* ---- what was raised before (rules_reading.c) */

guard_fn guard_same, guard_pair_links, guard_pair_recurs, guard_pair_differs, guard_pair_unlinks,
    guard_pair_reopens, guard_relates, guard_unlinks, guard_unrelates, guard_quotes;
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

const struct kn_clock *rules_clock_of(const struct kn_case *kase, enum kn_clock_kind kind);
/* The deadline profile of the subject's source. */
const char *rules_profile_of(const struct facts *facts);
/* Starts the answer clock at STARTED_AT and writes it into EVENT. */
void rules_start_clock(struct decision *out, const struct facts *facts, struct kn_event *event,
                       const char *profile, int64_t started_at);
void rules_stop_clock(const struct kn_case *kase, struct kn_event *event);
/* The clock goes on where it stood: same start, same due date. */
int64_t rules_clock_start(const struct facts *facts, const char *profile, int64_t offered_at);
void rules_resume_clock(const struct facts *facts, struct kn_event *event);
void rules_tick(struct decision *out, const struct facts *facts);

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
/* A refusal is on record: as a row of its batch, or as a refused act. */
void rules_record_refusal(struct decision *out, const struct facts *facts,
                          const struct kn_numbered *head);

#endif
