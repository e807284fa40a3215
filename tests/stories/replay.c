/* replay.c - a store's log applied to an empty store gives the same state.
 *
 *     replay STORE FRESH
 *
 * STORE is a hub's folder, with no hub on it; FRESH is made. Every entry is copied and its events
 * are applied, nothing else: no reading, no rules, no clock. Then the journaled tables are compared
 * record by record: cases, links, relations, pairs, streams and the figures that are counted.
 * Prints how many of each were the same; exit 1 with one line for each difference.
 */
#include "hub/apply.h"
#include "hub/code.h"
#include "hub/digest.h"
#include "hub/log.h"
#include "hub/store.h"
#include "kiennghi/message.h"
#include "schemas/stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART = 500 };

static unsigned n_differences;

static void differ(const char *what, const char *which)
{
    n_differences++;
    printf("%s %s differs\n", what, which);
}

static store_t *open_store(const char *folder)
{
    char why[300] = "";
    store_t *store = NULL;
    struct store_options options = {.folder = folder, .test_clock = true};
    if (store_open(&store, &options, why, sizeof why)) {
        fprintf(stderr, "replay: %s\n", why);
        exit(2);
    }
    return store;
}

/* Applies the entries of FROM behind event *AT, up to PART of them. False at the end. */
static bool copy_part(store_txn_t *from, store_txn_t *to, uint64_t *at, uint64_t last)
{
    for (int n = 0; n < PART && *at < last; n++) {
        struct slice bytes;
        struct log_entry entry;
        uint64_t first;
        if (!store_entry(from, *at + 1, &first, &bytes) || log_read(&entry, bytes)) {
            fprintf(stderr, "replay: entry %llu cannot be read\n", (unsigned long long)*at + 1);
            exit(2);
        }
        store_append_entry(to, first, bytes);
        store_put_number(to, "last_event", first + entry.n_events - 1);
        for (uint64_t sequence = first; sequence < first + entry.n_events; sequence++) {
            struct kn_event *event = NULL;
            if (log_event(&event, &entry, sequence) == 0) {
                apply(to, event);
            }
            kn_record_destroy((void **)&event);
        }
        *at = first + entry.n_events - 1;
    }
    return *at < last;
}

static uint64_t replay(store_t *from, store_t *to)
{
    store_txn_t *old = store_begin(from, STORE_READ);
    uint64_t at = 0, last = log_last(old);
    for (bool more = true; more;) {
        store_txn_t *new = store_begin(to, STORE_WRITE);
        more = copy_part(old, new, &at, last);
        if (store_commit(&new)) {
            fprintf(stderr, "replay: what was applied cannot be committed\n");
            exit(2);
        }
    }
    store_abort(&old);
    return last;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static void compare_records(enum kn_schema schema, const void *a, const void *b, const char *what,
                            const char *which)
{
    static uint8_t bytes[2][128 * 1024];
    long size[2] = {0, 0};
    const void *records[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        size[i] =
            records[i] ? stored_encode(bytes[i], sizeof bytes[i], schema, records[i], false) : 0;
    }
    if (size[0] != size[1] || memcmp(bytes[0], bytes[1], (size_t)size[0]) != 0) {
        differ(what, which);
    }
}

/* What is linked to case NUMBER, and what is related to it. */
static unsigned compare_kin(store_txn_t *a, store_txn_t *b, uint64_t number, const char *code)
{
    uint64_t linked[2] = {0, 0}, related[2] = {0, 0};
    enum kn_link_kind kind[2];
    char agent[2][64];
    unsigned n = 0;
    for (bool more = true; more; n++) {
        more = store_next_link(a, number, &linked[0], agent[0]);
        if (store_next_link(b, number, &linked[1], agent[1]) != more ||
            (more && (linked[0] != linked[1] || strcmp(agent[0], agent[1]) != 0))) {
            differ("links of", code);
            break;
        }
    }
    for (bool more = true; more; n++) {
        more = store_next_related(a, number, &related[0], &kind[0]);
        if (store_next_related(b, number, &related[1], &kind[1]) != more ||
            (more && (related[0] != related[1] || kind[0] != kind[1]))) {
            differ("relations of", code);
            break;
        }
    }
    return n - 2; /* the ends */
}

static unsigned compare_cases(store_txn_t *a, store_txn_t *b, unsigned *n_kin)
{
    unsigned n = 0;
    for (uint64_t number = 0; (number = store_case_after(a, number)); n++) {
        struct kn_case *one = store_case(a, number), *other = store_case(b, number);
        compare_records(KN_SCHEMA_CASE, one, other, "case", one->code);
        *n_kin += compare_kin(a, b, number, one->code);
        kn_record_destroy((void **)&one);
        kn_record_destroy((void **)&other);
    }
    return n;
}

static unsigned compare_pairs(store_txn_t *a, store_txn_t *b)
{
    unsigned n = 0;
    for (int state = KN_CANDIDATE_STATE_OPEN; state < KN_CANDIDATE_STATE_COUNT; state++) {
        uint64_t later[2] = {0, 0}, earlier[2] = {0, 0};
        struct kn_candidate_pair *one, *other;
        do {
            one = store_next_pair(a, (enum kn_candidate_state)state, &later[0], &earlier[0]);
            other = store_next_pair(b, (enum kn_candidate_state)state, &later[1], &earlier[1]);
            compare_records(KN_SCHEMA_CANDIDATE_PAIR, one, other, "pair", one ? one->case_ : "");
            n += one != NULL;
            kn_record_destroy((void **)&other);
            kn_record_destroy((void **)&one);
        } while (one || other);
    }
    return n;
}

static unsigned compare_stream(store_txn_t *a, store_txn_t *b, const char *name)
{
    uint32_t one = store_stream(a, name), other = store_stream(b, name);
    uint64_t last = one ? store_stream_last(a, one) : 0;
    if ((other ? store_stream_last(b, other) : 0) != last) {
        differ("stream", name);
        return 0;
    }
    for (uint64_t position = 1; position <= last; position++) {
        uint64_t told_of[2];
        if (store_stream_event(a, one, position, &told_of[0]) !=
                store_stream_event(b, other, position, &told_of[1]) ||
            told_of[0] != told_of[1]) {
            differ("stream", name);
            break;
        }
    }
    return (unsigned)last;
}

static unsigned compare_streams(store_txn_t *a, store_txn_t *b)
{
    unsigned n = compare_stream(a, b, "alerts") + compare_stream(a, b, "public");
    char after[64] = "", name[160];
    struct kn_agent *agent;
    while ((agent = store_next_agent(a, after))) {
        snprintf(after, sizeof after, "%s", agent->agent);
        snprintf(name, sizeof name, "source/%s", agent->agent);
        n += compare_stream(a, b, name);
        snprintf(name, sizeof name, "agency/%s", agent->unit ? agent->unit : "");
        n += agent->unit ? compare_stream(a, b, name) : 0;
        kn_record_destroy((void **)&agent);
    }
    return n;
}

static void compare_figures(store_txn_t *a, store_txn_t *b)
{
    static const char *const figures[] = {"cases", "last_case", "linked", "candidates",
                                          "last_event"};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        if (store_number(a, figures[i]) != store_number(b, figures[i])) {
            differ("figure", figures[i]);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("replay STORE FRESH\n", stderr);
        return 64;
    }
    store_t *from = open_store(argv[1]), *to = open_store(argv[2]);
    uint64_t last = replay(from, to);
    store_txn_t *a = store_begin(from, STORE_READ), *b = store_begin(to, STORE_READ);
    unsigned n_kin = 0, n_cases = compare_cases(a, b, &n_kin), n_pairs = compare_pairs(a, b);
    unsigned n_positions = compare_streams(a, b);
    compare_figures(a, b);
    int error = store_error(a) ? store_error(a) : store_error(b);
    store_abort(&a);
    store_abort(&b);
    store_close(&from);
    store_close(&to);
    printf("%llu events; cases %u, links %u, pairs %u, positions %u; differences %u%s\n",
           (unsigned long long)last, n_cases, n_kin, n_pairs, n_positions, n_differences,
           error ? "; a store cannot be read" : "");
    return n_differences || error ? 1 : 0;
}
