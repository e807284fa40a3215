/* rules_clock.c - the clocks of a case: start, stop, pause, what a tick tells, what a review moves.
 *
 * Read told[] first: each kind of clock has a stage of the deadlines register and says what its
 * tiers are told as. A tier that is not in the table is not told, and not waited for. The answer
 * clock stands in the event itself; the others in its list of clocks.
 */
#include "hub/calendar.h"
#include "hub/deadline.h"
#include "hub/rules_parts.h"

#include <assert.h>
#include <string.h>

/* clang-format off */
static const struct {
    enum deadline_stage stage;
    enum kn_event_kind due_soon, overdue, serious; /* NONE: not told */
    bool reminds; /* a tier told to the unit is a numbered reminder */
    bool moves;   /* overdue moves the case: it is told even when the clock is far beyond */
} told[KN_CLOCK_KIND_COUNT] = {
    [KN_CLOCK_KIND_ANSWER]      = {DEADLINE_ANSWER,      KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_CASE_OVERDUE,       KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE, true, false},
    [KN_CLOCK_KIND_ACKNOWLEDGE] = {DEADLINE_ACKNOWLEDGE, KN_EVENT_KIND_NONE,          KN_EVENT_KIND_ASSIGNMENT_UNSAVED, KN_EVENT_KIND_NONE,                   false, false},
    [KN_CLOCK_KIND_CLASSIFY]    = {DEADLINE_CLASSIFY,    KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_CASE_OVERDUE,       KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE, false, false},
    [KN_CLOCK_KIND_COMMITMENT]  = {DEADLINE_COMMITMENT,  KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_COMMITMENT_MISSED,  KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE, true, true},
    [KN_CLOCK_KIND_VERIFY]      = {DEADLINE_VERIFY,      KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_CASE_OVERDUE,       KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE, false, false},
    [KN_CLOCK_KIND_PUBLISH]     = {DEADLINE_PUBLISH,     KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_CASE_OVERDUE,       KN_EVENT_KIND_NONE,                   false, false},
    [KN_CLOCK_KIND_PARTNER]     = {DEADLINE_PARTNER,     KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_CASE_OVERDUE,       KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE, true, false},
    [KN_CLOCK_KIND_PAUSE]       = {DEADLINE_PAUSE,       KN_EVENT_KIND_CASE_DUE_SOON, KN_EVENT_KIND_CASE_RESUMED,       KN_EVENT_KIND_NONE,                   false, true},
    [KN_CLOCK_KIND_POSTING]     = {DEADLINE_POSTING,     KN_EVENT_KIND_NONE,          KN_EVENT_KIND_CASE_PUBLISHED,     KN_EVENT_KIND_NONE,                   false, true},
};
/* clang-format on */

static unsigned tiers_of(enum kn_clock_kind kind)
{
    return (told[kind].due_soon ? 1u << KN_TIER_DUE_SOON : 0) |
           (told[kind].overdue ? 1u << KN_TIER_OVERDUE : 0) |
           (told[kind].serious ? 1u << KN_TIER_SERIOUSLY_OVERDUE : 0);
}

static enum kn_event_kind told_as(enum kn_clock_kind kind, enum kn_tier tier)
{
    return tier == KN_TIER_DUE_SOON            ? told[kind].due_soon
           : tier == KN_TIER_OVERDUE           ? told[kind].overdue
           : tier == KN_TIER_SERIOUSLY_OVERDUE ? told[kind].serious
                                               : KN_EVENT_KIND_NONE;
}

/* The highest tier up to what the clock has reached that is told at all. */
static enum kn_tier tier_to_tell(enum kn_clock_kind kind, enum kn_tier reached)
{
    while (reached > KN_TIER_IN_TIME && !told_as(kind, reached)) {
        reached--;
    }
    return reached;
}

bool rules_clock_runs(const struct kn_clock *clock)
{
    return clock->tier < KN_TIER_PAUSED;
}

const struct kn_clock *rules_clock_of(const struct kn_case *kase, enum kn_clock_kind kind,
                                      int64_t part)
{
    for (size_t i = 0; i < kase->n_clocks; i++) {
        if (kase->clocks[i].kind == kind && (!part || kase->clocks[i].part == part)) {
            return &kase->clocks[i];
        }
    }
    return NULL;
}

/* ---- dates ----------------------------------------------------------------------------------- */

/* The profile of a case's source. */
static const char *profile_of(const struct facts *facts, const struct kn_case *kase)
{
    const struct source_row *source =
        registers_source(facts->registers, kase->source, day_of_instant(facts->now));
    return source && source->profile[0] ? source->profile : "standard";
}

static bool is_fixed(enum kn_clock_kind kind)
{
    return kind == KN_CLOCK_KIND_COMMITMENT || kind == KN_CLOCK_KIND_PAUSE;
}

/* What the registers in force say of a clock. */
static int date_by(const registers_t *registers, const struct kn_clock *clock, struct deadline *out)
{
    const char *profile = clock->profile ? clock->profile : "standard";
    if (is_fixed(clock->kind)) {
        return deadline_on(registers, profile, told[clock->kind].stage, clock->started_at,
                           day_of_instant(clock->due_at), out);
    }
    int rc = deadline_due(registers, profile, told[clock->kind].stage, clock->started_at, out);
    if (!rc) {
        deadline_extend(registers, out, (int)clock->paused_days);
    }
    return rc;
}

static int date(const struct facts *facts, const struct kn_clock *clock, struct deadline *out)
{
    return date_by(facts->registers, clock, out);
}

int rules_explain(const registers_t *registers, const struct kn_clock *clock, bool english,
                  char *out, size_t size)
{
    struct deadline deadline;
    return date_by(registers, clock, &deadline)
               ? 0
               : deadline_explain(registers, &deadline, english ? DEADLINE_EN : DEADLINE_VI, out,
                                  size);
}

/* Fills CLOCK from what DEADLINE says now. */
static void set(struct decision *out, const struct facts *facts, struct kn_clock *clock,
                const struct deadline *deadline)
{
    clock->tier = tier_to_tell(clock->kind, deadline_tier(deadline, facts->now));
    clock->due_at = deadline->due_at;
    clock->has_next_at =
        deadline_next_change(deadline, facts->now, tiers_of(clock->kind), &clock->next_at);
    clock->registers = registers_version(facts->registers);
    clock->basis = rules_keep(out, deadline->rule->basis);
}

static const char *explain(struct decision *out, const struct facts *facts,
                           const struct deadline *deadline)
{
    char why[1000]; /* bytes: never more letters than event.json takes */
    int length = deadline_explain(facts->registers, deadline, DEADLINE_VI, why, sizeof why);
    int end = length < (int)sizeof why ? length : (int)sizeof why - 1;
    while (length > end && end > 0 && ((unsigned char)why[end - 1] & 0x80)) {
        end--; /* what was cut: no part of a letter */
    }
    return rules_say(out, "%.*s", end, why);
}

/* ---- writing clocks into events -------------------------------------------------------------- */

/* One more clock in EVENT's list; the clocks of one event stand together. */
static void add(struct decision *out, struct kn_event *event, const struct kn_clock *clock)
{
    struct kn_clock *at = &out->clocks[out->n_clocks];
    assert(out->n_clocks < RULES_MAX_CLOCKS);
    assert(!event->n_clocks || event->clocks + event->n_clocks == at);
    *at = *clock;
    out->n_clocks++;
    event->clocks = event->n_clocks ? event->clocks : at;
    event->n_clocks++;
}

/* The clock that EVENT speaks of, for those who read it; the answer clock is set by it too. */
static void speak_of(struct kn_event *event, const struct kn_clock *clock)
{
    event->clock = clock->kind;
    event->tier = clock->tier;
    event->profile = clock->profile;
    event->started_at = clock->started_at;
    event->has_started_at = true;
    event->due_at = clock->due_at;
    event->has_due_at = true;
    event->next_at = clock->next_at;
    event->has_next_at = clock->has_next_at;
    event->registers = clock->registers;
    event->clock_basis = clock->basis;
}

static void put(struct decision *out, struct kn_event *event, const struct kn_clock *clock)
{
    if (clock->kind == KN_CLOCK_KIND_ANSWER) {
        speak_of(event, clock);
    } else {
        add(out, event, clock);
    }
}

void rules_start_clock(struct decision *out, const struct facts *facts, struct kn_event *event,
                       enum kn_clock_kind kind, int64_t part, int64_t started_at)
{
    struct deadline deadline;
    struct kn_clock clock = {.kind = kind,
                             .part = part,
                             .has_part = part != 0,
                             .started_at = started_at,
                             .profile = rules_keep(out, profile_of(facts, facts->subject))};
    if (date(facts, &clock, &deadline)) {
        event->why = rules_say(out, "không có quy tắc thời hạn cho hồ sơ \"%s\"", clock.profile);
        return;
    }
    set(out, facts, &clock, &deadline);
    if (kind == KN_CLOCK_KIND_ANSWER && !event->why) {
        event->why = explain(out, facts, &deadline);
    }
    put(out, event, &clock);
}

void rules_start_clock_on(struct decision *out, const struct facts *facts, struct kn_event *event,
                          enum kn_clock_kind kind, int64_t part, int32_t day)
{
    struct deadline deadline;
    struct kn_clock clock = {.kind = kind,
                             .part = part,
                             .has_part = part != 0,
                             .started_at = facts->now,
                             .due_at = day_end(day),
                             .profile = rules_keep(out, profile_of(facts, facts->subject))};
    if (!date(facts, &clock, &deadline)) {
        set(out, facts, &clock, &deadline);
        add(out, event, &clock);
    }
}

void rules_stop_clock(struct decision *out, const struct kn_case *kase, struct kn_event *event,
                      enum kn_clock_kind kind, int64_t part)
{
    const struct kn_clock *clock = rules_clock_of(kase, kind, part);
    if (clock && clock->tier != KN_TIER_STOPPED) {
        struct kn_clock stopped = *clock;
        stopped.tier = KN_TIER_STOPPED;
        stopped.has_next_at = false;
        put(out, event, &stopped);
    }
}

void rules_stop_clocks(struct decision *out, const struct kn_case *kase, struct kn_event *event,
                       unsigned kinds)
{
    for (size_t i = 0; i < kase->n_clocks; i++) {
        if (kinds & 1u << kase->clocks[i].kind) {
            rules_stop_clock(out, kase, event, kase->clocks[i].kind, kase->clocks[i].part);
        }
    }
}

/* When the answer clock starts of a case that was offered at OFFERED_AT: when it is saved, but at
 * the latest at the end of the day by which it should have been saved. */
int64_t rules_latest_start(const struct facts *facts, int64_t offered_at)
{
    struct deadline limit;
    return deadline_due(facts->registers, profile_of(facts, facts->subject), DEADLINE_ACKNOWLEDGE,
                        offered_at, &limit)
               ? offered_at
               : limit.due_at;
}

/* The answer clock goes on where it stood: same start, same pauses. */
void rules_resume_clock(struct decision *out, const struct facts *facts, struct kn_event *event)
{
    const struct kn_clock *clock = rules_clock_of(facts->subject, KN_CLOCK_KIND_ANSWER, 0);
    struct deadline deadline;
    if (clock && !date(facts, clock, &deadline)) {
        struct kn_clock again = *clock;
        set(out, facts, &again, &deadline);
        put(out, event, &again);
    }
}

/* ---- pauses ---------------------------------------------------------------------------------- */

bool rules_may_pause_until(const struct facts *facts, int32_t day)
{
    struct deadline limit;
    return deadline_due(facts->registers, profile_of(facts, facts->subject), DEADLINE_PAUSE,
                        facts->now, &limit) ||
           day <= limit.due_day;
}

bool rules_may_reopen(const struct facts *facts)
{
    struct deadline limit;
    return !facts->subject->has_closed_at ||
           deadline_due(facts->registers, profile_of(facts, facts->subject), DEADLINE_REOPEN,
                        facts->subject->closed_at, &limit) ||
           facts->now <= limit.due_at;
}

void rules_pause_clock(struct decision *out, const struct facts *facts, struct kn_event *event,
                       int32_t until)
{
    const struct kn_clock *clock = rules_clock_of(facts->subject, KN_CLOCK_KIND_ANSWER, 0);
    if (clock) {
        struct kn_clock paused = *clock;
        paused.tier = KN_TIER_PAUSED;
        paused.has_next_at = false;
        paused.paused_at = facts->now;
        paused.has_paused_at = true;
        add(out, event, &paused);
    }
    rules_start_clock_on(out, facts, event, KN_CLOCK_KIND_PAUSE, 0, until);
}

/* The answer clock goes on after a pause: its due date moves by the days that the pause took. Both
 * dates stand in the event. */
static void unpause(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                    struct kn_event *event)
{
    const struct kn_clock *clock = rules_clock_of(kase, KN_CLOCK_KIND_ANSWER, 0);
    struct deadline deadline;
    if (!clock || clock->tier != KN_TIER_PAUSED) {
        return;
    }
    struct kn_clock again = *clock;
    int days = day_of_instant(facts->now) - day_of_instant(clock->paused_at);
    again.paused_days = clock->paused_days + days;
    again.has_paused_days = again.paused_days > 0;
    again.has_paused_at = false;
    if (date(facts, &again, &deadline)) {
        return;
    }
    set(out, facts, &again, &deadline);
    event->was_due_at = clock->due_at;
    event->has_was_due_at = true;
    event->due_at = again.due_at;
    event->has_due_at = true;
    event->why = event->why ? event->why : explain(out, facts, &deadline);
    struct kn_detail *detail = rules_detail(out, event);
    detail->paused_days = days;
    detail->has_paused_days = true;
    add(out, event, &again);
}

void rules_end_pause(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                     struct kn_event *event)
{
    unpause(out, facts, kase, event);
    rules_stop_clock(out, kase, event, KN_CLOCK_KIND_PAUSE, 0);
}

/* ---- ticks ----------------------------------------------------------------------------------- */

static const struct kn_commitment *commitment_of(const struct kn_case *kase, int64_t number)
{
    for (size_t i = 0; i < kase->n_commitments; i++) {
        if (kase->commitments[i].number == number) {
            return &kase->commitments[i];
        }
    }
    return NULL;
}

static const char *unit_of(const struct kn_case *kase, const struct kn_clock *clock)
{
    for (size_t i = 0; i < kase->n_assignments; i++) {
        if ((clock->kind == KN_CLOCK_KIND_ACKNOWLEDGE || clock->kind == KN_CLOCK_KIND_PARTNER) &&
            kase->assignments[i].number == clock->part) {
            return kase->assignments[i].unit;
        }
    }
    const struct kn_commitment *commitment =
        clock->kind == KN_CLOCK_KIND_COMMITMENT ? commitment_of(kase, clock->part) : NULL;
    return commitment && commitment->unit ? commitment->unit : kase->unit;
}

/* Classifying, verifying and publishing are the Office's own. */
static bool is_office(enum kn_clock_kind kind)
{
    return kind == KN_CLOCK_KIND_CLASSIFY || kind == KN_CLOCK_KIND_VERIFY ||
           kind == KN_CLOCK_KIND_PUBLISH || kind == KN_CLOCK_KIND_POSTING;
}

const char *rules_clock_unit(const struct kn_case *kase, const struct kn_clock *clock)
{
    return is_office(clock->kind) ? NULL : unit_of(kase, clock);
}

/* Two promises missed, or seriously overdue: the hub proposes the case for oversight, once. */
static void propose(struct decision *out, const struct kn_case *kase, const char *why)
{
    if (kase->oversight == KN_OVERSIGHT_NONE) {
        struct kn_event *event = rules_tell_of(out, KN_EVENT_KIND_CASE_SELECTED, kase);
        event->oversight = KN_OVERSIGHT_PROPOSED;
        event->unit = kase->unit;
        event->why = why;
    }
}

/* A plan's day has come, kept or missed: now somebody has to look. */
void rules_look_at_outcome(struct decision *out, const struct facts *facts,
                           const struct kn_case *kase)
{
    if (kase->flow == KN_FLOW_ANSWERED && kase->plan_accepted) {
        struct kn_event *next = rules_tell(out, KN_EVENT_KIND_CASE_AWAITING_VERIFICATION);
        struct facts of = *facts;
        of.subject = kase;
        next->case_ = kase->code;
        next->flow = KN_FLOW_AWAITING_VERIFICATION;
        next->unit = kase->unit;
        rules_start_clock(out, &of, next, KN_CLOCK_KIND_VERIFY, 0, facts->now);
    }
}

static void tell_tier(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                      const struct kn_clock *clock, int n_reminders)
{
    struct deadline deadline;
    if (!rules_clock_runs(clock) || date(facts, clock, &deadline)) {
        return;
    }
    struct kn_clock moved = *clock;
    set(out, facts, &moved, &deadline);
    if (told[clock->kind].moves && clock->tier < KN_TIER_OVERDUE &&
        moved.tier > KN_TIER_OVERDUE) { /* what lies beyond is told at once behind it */
        moved.tier = KN_TIER_OVERDUE;
        moved.next_at = facts->now;
        moved.has_next_at = true;
    }
    if (moved.tier <= clock->tier) {
        return; /* announced before: one alert for a change of tier, never for a tick */
    }
    struct kn_event *event = rules_tell_of(out, told_as(clock->kind, moved.tier), kase);
    speak_of(event, &moved);
    event->unit = rules_clock_unit(kase, clock);
    event->field = kase->field;
    event->area = kase->area;
    if (clock->kind != KN_CLOCK_KIND_ANSWER) {
        add(out, event, &moved);
    }
    if (told[clock->kind].reminds) {
        struct kn_detail *detail = rules_detail(out, event);
        detail->reminder = kase->reminders + n_reminders + 1;
        detail->has_reminder = true;
    }
    if (event->kind == KN_EVENT_KIND_CASE_RESUMED) {
        event->clock = KN_CLOCK_KIND_NONE;
        event->flow = KN_FLOW_IN_PROGRESS;
        event->why = "hết thời hạn tạm dừng";
        event->n_clocks = 0;
        out->n_clocks--;
        moved.tier = KN_TIER_STOPPED;
        moved.has_next_at = false;
        unpause(out, facts, kase, event);
        add(out, event, &moved);
    } else if (event->kind == KN_EVENT_KIND_CASE_PUBLISHED) {
        event->publication = KN_PUBLICATION_PUBLISHED;
        event->why = "hết thời gian niêm yết";
    } else if (event->kind == KN_EVENT_KIND_COMMITMENT_MISSED) {
        const struct kn_commitment *commitment = commitment_of(kase, clock->part);
        struct kn_detail *detail = rules_detail(out, event);
        detail->commitment = clock->part;
        detail->has_commitment = true;
        event->promised_on = commitment ? commitment->promised_on : NULL;
        rules_look_at_outcome(out, facts, kase);
        if (kase->missed >= 1) {
            propose(out, kase, "hai lần không giữ cam kết");
        }
    } else if (event->kind == KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE &&
               clock->kind == KN_CLOCK_KIND_ANSWER) {
        propose(out, kase, "quá hạn trả lời nghiêm trọng");
    }
}

void rules_tick(struct decision *out, const struct facts *facts)
{
    out->verdict = KN_VERDICT_STORED;
    for (size_t i = 0; i < facts->n_due; i++) {
        const struct kn_case *kase = facts->due[i];
        size_t before = out->n_events;
        int n_reminders = 0;
        for (size_t j = 0; j < kase->n_clocks; j++) {
            const struct kn_clock *clock = &kase->clocks[j];
            if (out->n_events - before + 3 > RULES_MAX_CASE_EVENTS) {
                break; /* the rest at the next tick */
            }
            if (clock->has_next_at && clock->next_at <= facts->now) {
                size_t n = out->n_events;
                tell_tier(out, facts, kase, clock, n_reminders);
                n_reminders += n < out->n_events && told[clock->kind].reminds;
            }
        }
    }
}

/* ---- reviews: the registers changed, or a unit ended ------------------------------------------
 */

static void redate(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                   const struct kn_clock *clock)
{
    struct deadline deadline;
    if (!rules_clock_runs(clock) || is_fixed(clock->kind) || date(facts, clock, &deadline) ||
        deadline.due_at == clock->due_at) {
        return;
    }
    struct kn_clock moved = *clock;
    set(out, facts, &moved, &deadline);
    if (moved.tier < clock->tier) {
        moved.tier = clock->tier; /* what was told is never told again */
    }
    struct kn_event *event = rules_tell_of(out, KN_EVENT_KIND_CASE_REDATED, kase);
    speak_of(event, &moved);
    event->was_due_at = clock->due_at;
    event->has_was_due_at = true;
    event->unit = rules_clock_unit(kase, clock);
    event->why = explain(out, facts, &deadline);
    if (clock->kind != KN_CLOCK_KIND_ANSWER) {
        add(out, event, &moved);
    }
}

void rules_review(struct decision *out, const struct facts *facts)
{
    out->verdict = KN_VERDICT_STORED;
    for (size_t i = 0; i < facts->n_due; i++) {
        const struct kn_case *kase = facts->due[i];
        size_t before = out->n_events;
        if (!(1u << kase->flow & RULES_OPEN)) {
            continue; /* ended, or part of another */
        }
        for (size_t j = 0; j < kase->n_clocks && out->n_events - before < RULES_MAX_CASE_EVENTS / 2;
             j++) {
            redate(out, facts, kase, &kase->clocks[j]);
        }
        rules_hand_over(out, facts, kase, before);
    }
}
