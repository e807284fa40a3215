/* apply_tell.c - who hears of an event: units, sources, those who raised the same, alerts, public.
 */
#include "hub/apply_parts.h"

#include "hub/code.h"
#include "kiennghi/message.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void tell_source(store_txn_t *txn, const char *agent, uint64_t event, uint64_t told_of)
{
    char name[96];
    snprintf(name, sizeof name, "source/%s", agent);
    store_append_stream(txn, name, event, told_of);
}

/* Tells those who raised what is linked to case NUMBER, and to that in turn. */
static void tell_linked(store_txn_t *txn, uint64_t number, uint64_t event, int depth)
{
    uint64_t linked = 0;
    char agent[64];
    while (depth < MAX_LINKS && store_next_link(txn, number, &linked, agent)) {
        tell_source(txn, agent, event, linked);
        tell_linked(txn, linked, event, depth + 1);
    }
}

/* The unit that the event speaks of hears it, the lead, the lead before, and every partner. */
static void tell_units(store_txn_t *txn, const struct kn_event *event, const struct kn_case *kase,
                       const char *was_unit)
{
    const char *units[MAX_PARTS + 3] = {event->unit, kase->unit, was_unit};
    size_t n = 3;
    for (size_t i = 0; i < kase->n_assignments; i++) {
        const struct kn_assignment *partner = &kase->assignments[i];
        if (partner->role == KN_ASSIGNMENT_ROLE_PARTNER && !partner->has_returned_at) {
            units[n++] = partner->unit;
        }
    }
    for (size_t i = 0; i < n; i++) {
        char name[96];
        bool known = !units[i];
        for (size_t j = 0; j < i && !known; j++) {
            known = units[j] && strcmp(units[i], units[j]) == 0;
        }
        if (!known) {
            snprintf(name, sizeof name, "agency/%s", units[i]);
            store_append_stream(txn, name, (uint64_t)event->sequence, 0);
        }
    }
}

/* What the reporters of case CODE heard of it is told to the reporter of NEWCOMER, who joins them:
 * the latest answer and what followed. */
static void tell_newcomer(store_txn_t *txn, const char *code, const struct kn_case *newcomer)
{
    struct kn_case *kase = store_case(txn, code_parse(code));
    uint64_t heard[MAX_HEARD], sequence = kase && kase->n_answers ? (uint64_t)kase->last_event : 0;
    size_t n = 0;
    bool answered = false;
    while (sequence && n < MAX_HEARD && !answered) {
        struct kn_event *event = log_find(txn, sequence);
        if (!event) {
            break;
        }
        if (apply_is_outcome(event->kind)) {
            heard[n++] = sequence;
        }
        answered = event->kind == KN_EVENT_KIND_CASE_ANSWERED;
        sequence = event->has_previous ? (uint64_t)event->previous : 0;
        kn_record_destroy((void **)&event);
    }
    while (answered && n) {
        tell_source(txn, newcomer->agent, heard[--n], (uint64_t)newcomer->number);
    }
    kn_record_destroy((void **)&kase);
}

void apply_tell(store_txn_t *txn, const struct kn_event *event, const struct kn_case *kase,
                const char *was_unit, int to)
{
    uint64_t sequence = (uint64_t)event->sequence;
    if (to & TO_UNIT && kase) {
        tell_units(txn, event, kase, was_unit);
    }
    if (to & TO_SOURCE) {
        tell_source(txn, kase ? kase->agent : event->agent, sequence, 0);
    }
    if (to & TO_LINKED && kase && kase->linked) {
        tell_linked(txn, (uint64_t)kase->number, sequence, 0);
    }
    if (to & TO_NEWCOMER && kase) {
        tell_newcomer(txn, event->parent, kase);
    }
    if (to & TO_ALERTS) {
        store_append_stream(txn, "alerts", sequence, 0);
    }
    if (to & TO_PUBLIC && kase &&
        (kase->publication == KN_PUBLICATION_PUBLISHED ||
         kase->publication == KN_PUBLICATION_POSTED ||
         event->kind == KN_EVENT_KIND_CASE_WITHDRAWN)) {
        store_append_stream(txn, "public", sequence, 0);
    }
}
