/* rules_clock.c - the answer clock of a case: start, stop, resume, and what a tick tells. */
#include "hub/calendar.h"
#include "hub/deadline.h"
#include "hub/rules_parts.h"

#include <string.h>

/* ---- clocks ---------------------------------------------------------------------------------- */

const struct kn_clock *rules_clock_of(const struct kn_case *kase, enum kn_clock_kind kind)
{
    for (size_t i = 0; i < kase->n_clocks; i++) {
        if (kase->clocks[i].kind == kind) {
            return &kase->clocks[i];
        }
    }
    return NULL;
}

/* When the tier of a clock that is due at DUE_AT changes next after NOW; false: never. */
static bool next_change(const struct facts *facts, const char *profile, int64_t started_at,
                        int64_t now, int64_t *at)
{
    struct deadline deadline;
    if (deadline_due(facts->registers, profile, DEADLINE_ANSWER, started_at, &deadline)) {
        return false;
    }
    return deadline_next_change(&deadline, now, at);
}

/* Starts the answer clock at STARTED_AT and writes it into EVENT. Without a rule in the register
 * the event carries no clock, and says so. */
void rules_start_clock(struct decision *out, const struct facts *facts, struct kn_event *event,
                       const char *profile, int64_t started_at)
{
    struct deadline deadline;
    if (deadline_due(facts->registers, profile, DEADLINE_ANSWER, started_at, &deadline)) {
        event->why = rules_say(out, "không có quy tắc thời hạn cho hồ sơ \"%s\"", profile);
        return;
    }
    char why[300];
    deadline_explain(facts->registers, &deadline, DEADLINE_VI, why, sizeof why);
    event->clock = KN_CLOCK_KIND_ANSWER;
    event->tier = deadline_tier(&deadline, facts->now);
    event->profile = rules_keep(out, profile);
    event->started_at = started_at;
    event->has_started_at = true;
    event->due_at = deadline.due_at;
    event->has_due_at = true;
    event->has_next_at = deadline_next_change(&deadline, facts->now, &event->next_at);
    event->registers = registers_version(facts->registers);
    event->clock_basis = rules_keep(out, deadline.rule->basis);
    event->why = event->why ? event->why : rules_say(out, "%s", why);
}

/* When the answer clock starts of a case that was offered at OFFERED_AT and is saved now: now, but
 * at the latest at the end of the day on which it should have been saved. */
int64_t rules_clock_start(const struct facts *facts, const char *profile, int64_t offered_at)
{
    struct deadline limit;
    if (deadline_due(facts->registers, profile, DEADLINE_ACKNOWLEDGE, offered_at, &limit)) {
        return offered_at; /* nothing says how long a unit may let it lie */
    }
    return facts->now < limit.due_at ? facts->now : limit.due_at;
}

const char *rules_profile_of(const struct facts *facts)
{
    const struct source_row *source =
        registers_source(facts->registers, facts->subject->source, day_of_instant(facts->now));
    return source && source->profile[0] ? source->profile : "standard";
}

void rules_stop_clock(const struct kn_case *kase, struct kn_event *event)
{
    const struct kn_clock *clock = rules_clock_of(kase, KN_CLOCK_KIND_ANSWER);
    if (clock) {
        event->clock = clock->kind;
        event->tier = KN_TIER_STOPPED;
        event->started_at = clock->started_at;
        event->has_started_at = true;
        event->due_at = clock->due_at;
        event->has_due_at = true;
    }
}

/* The clock goes on where it stood: same start, same due date. */
void rules_resume_clock(const struct facts *facts, struct kn_event *event)
{
    const struct kn_clock *clock = rules_clock_of(facts->subject, KN_CLOCK_KIND_ANSWER);
    struct deadline deadline;
    if (clock && !deadline_due(facts->registers, clock->profile, DEADLINE_ANSWER, clock->started_at,
                               &deadline)) {
        event->clock = clock->kind;
        event->tier = deadline_tier(&deadline, facts->now);
        event->profile = clock->profile;
        event->started_at = clock->started_at;
        event->has_started_at = true;
        event->due_at = clock->due_at;
        event->has_due_at = true;
        event->has_next_at = deadline_next_change(&deadline, facts->now, &event->next_at);
    }
}

void rules_tick(struct decision *out, const struct facts *facts)
{
    static const enum kn_event_kind told[] = {
        [KN_TIER_DUE_SOON] = KN_EVENT_KIND_CASE_DUE_SOON,
        [KN_TIER_OVERDUE] = KN_EVENT_KIND_CASE_OVERDUE,
        [KN_TIER_SERIOUSLY_OVERDUE] = KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE,
    };
    out->verdict = KN_VERDICT_STORED;
    for (size_t i = 0; i < facts->n_due; i++) {
        const struct kn_case *kase = facts->due[i];
        const struct kn_clock *clock = rules_clock_of(kase, KN_CLOCK_KIND_ANSWER);
        struct deadline deadline;
        if (!clock || clock->tier >= KN_TIER_PAUSED || !clock->profile ||
            deadline_due(facts->registers, clock->profile, DEADLINE_ANSWER, clock->started_at,
                         &deadline)) {
            continue;
        }
        enum kn_tier tier = deadline_tier(&deadline, facts->now);
        if (tier <= clock->tier || (size_t)tier >= sizeof told / sizeof *told) {
            continue; /* announced before: one alert for a change of tier, never for a tick */
        }
        struct kn_event *event = rules_tell_of(out, told[tier], kase);
        event->flow = kase->flow;
        event->clock = clock->kind;
        event->tier = tier;
        event->profile = clock->profile;
        event->started_at = clock->started_at;
        event->has_started_at = true;
        event->due_at = clock->due_at;
        event->has_due_at = true;
        event->has_next_at =
            next_change(facts, clock->profile, clock->started_at, facts->now, &event->next_at);
        event->unit = kase->unit;
        event->field = kase->field;
        event->area = kase->area;
        event->clock_basis = clock->basis;
    }
}
