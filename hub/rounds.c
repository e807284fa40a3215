/* rounds.c - what the hub does by itself: the clock's ticks, and reviews. Part of the writer's
 * turn.
 *
 * A tick gathers cases with a clock whose tier changes by now and lets the rules tell of them. A
 * review walks the cases after the registers changed or a unit ended: clocks are dated anew, ended
 * units hand over. It goes some hundred cases a turn and keeps its place in the store, so that it
 * holds up nobody and goes on after a restart.
 */
#include "hub/calendar.h"
#include "hub/hub_parts.h"
#include "kiennghi/message.h"

#include <string.h>

enum {
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
