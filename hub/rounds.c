/* rounds.c - what the hub does by itself: the clock's ticks, reviews, and a look at what agents
 * have and what has not come. Part of the writer's turn.
 *
 * A tick gathers cases with a clock whose tier changes by now and lets the rules tell of them. A
 * review walks the cases after the registers changed or a unit ended: clocks are dated anew, ended
 * units hand over. It goes some hundred cases a turn and keeps its place in the store, so that it
 * holds up nobody and goes on after a restart.
 */
#include "hub/calendar.h"
#include "hub/hub_parts.h"
#include "kiennghi/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    GAPS_MS = 1000,     /* how often what is missing is looked at */
    REVIEW_SCAN = 2000, /* cases looked at in one turn */
};

/* Lets the rules decide on N cases, records what they tell, and forgets the cases. */
static void decide_on(struct hub *hub, store_txn_t *txn, enum kn_type type, struct kn_case **cases,
                      size_t n)
{
    const char *codes[RULES_MAX_TICK];
    for (size_t i = 0; i < n; i++) {
        codes[i] = cases[i]->code;
    }
    struct kn_clock_tick tick = {.now = hub->now, .n_cases = n, .cases = codes};
    struct kn_clock_review review = {.now = hub->now, .n_cases = n, .cases = codes};
    const void *message = type == KN_TYPE_CLOCK_TICK ? (const void *)&tick : &review;
    struct errand errand = {.type = type, .body = message, .actor = "hub", .from = FROM_CONTROL};
    struct facts facts = {.now = hub->now,
                          .registers = hub->registers,
                          .actor = "hub",
                          .due = (const struct kn_case *const *)cases,
                          .n_due = n};
    hub->looked.has_content = false;
    decide(&hub->decision, &facts, type, message);
    hub_record(hub, txn, &errand, message);
    for (size_t i = 0; i < n; i++) {
        kn_record_destroy((void **)&cases[i]);
    }
}

/* ---- ticks ----------------------------------------------------------------------------------- */

struct due {
    int64_t at;
    uint64_t number;
    uint16_t clock;
};

/* Is the clock of this entry still to be told? */
static bool is_pending(store_txn_t *txn, const struct due *due)
{
    struct kn_case *kase = store_case(txn, due->number);
    bool pending = false;
    for (size_t i = 0; kase && i < kase->n_clocks; i++) {
        const struct kn_clock *clock = &kase->clocks[i];
        pending |= ((unsigned)clock->kind << 8 | (unsigned)clock->part) == due->clock &&
                   clock->has_next_at && clock->next_at == due->at;
    }
    kn_record_destroy((void **)&kase);
    return pending;
}

/* Up to RULES_MAX_TICK cases with clocks that are due, and the entries that led to them. */
static size_t gather(struct hub *hub, store_txn_t *txn, struct kn_case **cases, struct due *dues,
                     size_t *n_dues)
{
    struct due at = {.at = 0};
    size_t n = 0;
    for (*n_dues = 0; n < RULES_MAX_TICK && *n_dues < 4 * RULES_MAX_TICK; at.clock++) {
        bool known = false;
        if (!store_next_due(txn, &at.at, &at.number, &at.clock) || at.at > hub->now) {
            break;
        }
        dues[(*n_dues)++] = at;
        for (size_t i = 0; i < n && !known; i++) {
            known = (uint64_t)cases[i]->number == at.number;
        }
        if (!known && (cases[n] = store_case(txn, at.number))) {
            n++;
        }
    }
    return n;
}

void rounds_tick(struct hub *hub, store_txn_t *txn)
{
    struct kn_case *cases[RULES_MAX_TICK];
    struct due dues[4 * RULES_MAX_TICK];
    size_t n_dues = 0;
    bool moved = true;
    while (moved && !store_error(txn)) {
        size_t n = gather(hub, txn, cases, dues, &n_dues);
        if (!n_dues) {
            return;
        }
        decide_on(hub, txn, KN_TYPE_CLOCK_TICK, cases, n);
        moved = hub->decision.n_events > 0;
        for (size_t i = 0; i < n_dues; i++) { /* what has nothing to tell does not stand there */
            if (!moved || !is_pending(txn, &dues[i])) {
                store_drop_due(txn, dues[i].at, dues[i].number, dues[i].clock);
                moved = true;
            }
        }
    }
}

/* ---- reviews --------------------------------------------------------------------------------- */

/* Clocks that run or a unit that works: what a review may change. */
static bool is_open(const struct kn_case *kase)
{
    return 1u << kase->flow &
           (1u << KN_FLOW_TO_CLASSIFY | 1u << KN_FLOW_ASSIGNED | 1u << KN_FLOW_IN_PROGRESS |
            1u << KN_FLOW_ANSWERED | 1u << KN_FLOW_AWAITING_VERIFICATION | 1u << KN_FLOW_RETURNED |
            1u << KN_FLOW_PAUSED | 1u << KN_FLOW_REOPENED);
}

/* Begins a review when there is cause for one. */
static void look_for_cause(struct hub *hub, store_txn_t *txn)
{
    uint64_t version = hub_hex_number(registers_version(hub->registers));
    uint64_t day = (uint64_t)day_of_instant(hub->now);
    uint64_t reviewed = store_number(txn, "reviewed_day");
    bool changed = version != store_number(txn, "reviewed_registers");
    if (!changed && day <= reviewed) {
        return;
    }
    if (reviewed &&
        (changed || registers_unit_ends(hub->registers, (kn_day)reviewed, (kn_day)day))) {
        store_put_number(txn, "review_below", store_number(txn, "last_case") + 1);
    }
    store_put_number(txn, "reviewed_day", day);
    store_put_number(txn, "reviewed_registers", version);
}

void rounds_review(struct hub *hub, store_txn_t *txn)
{
    struct kn_case *cases[RULES_MAX_TICK], *kase = NULL;
    size_t n = 0;
    look_for_cause(hub, txn);
    uint64_t below = store_number(txn, "review_below");
    hub->reviewing = below != 0;
    for (int scanned = 0; below && scanned < REVIEW_SCAN && !store_error(txn); scanned++) {
        kase = store_case_below(txn, below);
        below = kase ? (uint64_t)kase->number : 0;
        if (kase && is_open(kase)) {
            cases[n++] = kase;
        } else {
            kn_record_destroy((void **)&kase);
        }
        if (n == RULES_MAX_TICK || (n && (!below || scanned + 1 == REVIEW_SCAN))) {
            decide_on(hub, txn, KN_TYPE_CLOCK_REVIEW, cases, n);
            n = 0;
        }
    }
    if (hub->reviewing) {
        store_put_number(txn, "review_below", below);
        hub->reviewing = below != 0;
    }
}

/* ---- gaps ------------------------------------------------------------------------------------ */

/* Decides that the gap of GAP is there, or (CLOSED) is no more. */
static void tell_gap(struct hub *hub, store_txn_t *txn, const struct gap *gap, bool closed)
{
    char instance[17];
    struct kn_agent_gap message = {.agent = gap->agent,
                                   .instance = instance,
                                   .first = (int64_t)gap->came + 1,
                                   .last = (int64_t)gap->last,
                                   .since = gap->since,
                                   .closed = closed};
    struct errand errand = {
        .type = KN_TYPE_AGENT_GAP, .body = &message, .actor = "hub", .from = FROM_CONTROL};
    snprintf(instance, sizeof instance, "%016" PRIx64, gap->instance);
    hub_handle(hub, txn, &errand);
    logger_line(hub->options.logger, closed ? LOGGER_NOTICE : LOGGER_WARNING,
                closed ? "agent.gap_closed" : "agent.gap",
                "agent=%s instance=%s first=%lld last=%lld", gap->agent, instance,
                (long long)message.first, (long long)message.last);
}

/* Those that were told before the hub was started. */
static void recall_gaps(struct hub *hub, store_txn_t *txn)
{
    char after[ACL_NAME_SIZE] = "";
    struct kn_agent *agent;
    size_t n;
    struct gap *gaps = gaps_all(hub->gaps, &n);
    hub->gaps_recalled = true;
    for (size_t i = 0; i < n; i++) { /* perhaps the turn that told it came to nothing */
        gaps[i].is_told = false;
    }
    while (store_number(txn, "gaps") && (agent = store_next_agent(txn, after))) {
        snprintf(after, sizeof after, "%s", agent->agent);
        for (size_t i = 0; i < agent->n_gaps; i++) {
            gaps_note_told(hub->gaps, agent->agent, &agent->gaps[i]);
        }
        kn_record_destroy((void **)&agent);
    }
}

void rounds_gaps(struct hub *hub, store_txn_t *txn)
{
    size_t n;
    if (hub->now - hub->gaps_at < GAPS_MS && hub->gaps_recalled) {
        return;
    }
    hub->gaps_at = hub->now;
    if (!hub->gaps_recalled) {
        recall_gaps(hub, txn);
    }
    struct gap *gaps = gaps_all(hub->gaps, &n);
    for (size_t i = n; i-- > 0;) {
        struct gap *gap = &gaps[i];
        uint64_t came = look_last(txn, hub->lasts, gap->agent, gap->instance);
        if (came != gap->came) {
            gap->came = came;
            gap->since = gap->is_told ? gap->since : hub->now;
        }
        if (came >= gap->last) {
            if (gap->is_told) {
                tell_gap(hub, txn, gap, true);
            }
            gaps_drop(hub->gaps, i);
        } else if (!gap->is_told && hub->now - gap->since >= hub->options.gap_ms) {
            tell_gap(hub, txn, gap, false);
            gap->is_told = true;
        }
    }
}
