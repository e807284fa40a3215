/* rules_parts.h - what the files of the rules share: composing a decision, clocks, intake. Pure.
 *
 *     rules.c         the table of acts on a case, its guards and effects
 *     rules_intake.c  batches, rows, petitions
 *     rules_clock.c   clocks and their tiers
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
void rules_refuse(struct decision *out, enum kn_code code, const char *field, const char *reason);
void rules_count(int64_t *value, bool *has, int64_t figure);

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
