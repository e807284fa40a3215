/* compare.c - see the header. To compare one thing more: one function, called in compare_run. */
#include "hub/compare.h"

#include "hub/digest.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD = 128 * 1024 };

struct compare {
    struct compare_result *out;
    store_txn_t *a, *b;
    void (*tell)(void *arg, const char *fault);
    void *arg;
    uint8_t bytes[2][RECORD];
};

static void differ(struct compare *self, const char *what, const char *which)
{
    char line[200];
    snprintf(line, sizeof line, "state: %s %s is not what the log says", what, which);
    self->out->n_differences++;
    self->tell(self->arg, line);
}

/* Either may be NULL: then both must be. */
static void compare_records(struct compare *self, enum kn_schema schema, const void *a,
                            const void *b, const char *what, const char *which)
{
    long size[2] = {0, 0};
    const void *records[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        size[i] = records[i] ? stored_encode(self->bytes[i], sizeof self->bytes[i], schema,
                                             records[i], false)
                             : 0;
    }
    self->out->n_records++;
    if (size[0] != size[1] || memcmp(self->bytes[0], self->bytes[1], (size_t)size[0]) != 0) {
        differ(self, what, which);
    }
}

/* What is linked to case NUMBER, and what is related to it. */
static void compare_kin(struct compare *self, uint64_t number, const char *code)
{
    uint64_t linked[2] = {0, 0}, related[2] = {0, 0};
    enum kn_link_kind kind[2];
    char agent[2][64];
    for (bool more = true; more; self->out->n_records += more) {
        more = store_next_link(self->a, number, &linked[0], agent[0]);
        if (store_next_link(self->b, number, &linked[1], agent[1]) != more ||
            (more && (linked[0] != linked[1] || strcmp(agent[0], agent[1]) != 0))) {
            differ(self, "links of", code);
            break;
        }
    }
    for (bool more = true; more; self->out->n_records += more) {
        more = store_next_related(self->a, number, &related[0], &kind[0]);
        if (store_next_related(self->b, number, &related[1], &kind[1]) != more ||
            (more && (related[0] != related[1] || kind[0] != kind[1]))) {
            differ(self, "relations of", code);
            break;
        }
    }
}

static void compare_cases(struct compare *self)
{
    uint64_t n[2] = {0, 0};
    for (uint64_t number = 0; (number = store_case_after(self->a, number)); n[0]++) {
        struct kn_case *one = store_case(self->a, number), *other = store_case(self->b, number);
        if (one) {
            compare_records(self, KN_SCHEMA_CASE, one, other, "case", one->code);
            compare_kin(self, number, one->code);
        }
        kn_record_destroy((void **)&one);
        kn_record_destroy((void **)&other);
    }
    for (uint64_t number = 0; (number = store_case_after(self->b, number)); n[1]++) {
    }
    if (n[0] < n[1]) {
        differ(self, "number of", "cases");
    }
}

static void compare_pairs(struct compare *self)
{
    for (int state = KN_CANDIDATE_STATE_OPEN; state < KN_CANDIDATE_STATE_COUNT; state++) {
        uint64_t later[2] = {0, 0}, earlier[2] = {0, 0};
        struct kn_candidate_pair *one, *other;
        bool more = true;
        while (more) {
            one = store_next_pair(self->a, (enum kn_candidate_state)state, &later[0], &earlier[0]);
            other =
                store_next_pair(self->b, (enum kn_candidate_state)state, &later[1], &earlier[1]);
            more = one && other;
            if (one || other) {
                compare_records(self, KN_SCHEMA_CANDIDATE_PAIR, one, other, "pair of",
                                one ? one->case_ : other->case_);
            }
            kn_record_destroy((void **)&other);
            kn_record_destroy((void **)&one);
        }
    }
}

/* Rows of a container, in the order of their items. */
static void compare_rows(struct compare *self, const char *container)
{
    uint8_t id[16];
    struct store_row one = {.item = ""}, other;
    if (digest_from_hex(id, sizeof id, container)) {
        return;
    }
    for (char after[72] = ""; store_next_row(self->a, id, after, &one);) {
        snprintf(after, sizeof after, "%s", one.item);
        self->out->n_records++;
        if (!store_row(self->b, id, one.item, &other) || one.event != other.event ||
            one.case_number != other.case_number || one.state != other.state ||
            one.code != other.code || memcmp(one.batch, other.batch, sizeof one.batch) != 0) {
            differ(self, "row", one.item);
        }
    }
}

static void compare_batches(struct compare *self)
{
    uint8_t id[16] = {0};
    for (bool is_first = true, more = true; more; is_first = false) {
        struct kn_batch *one = store_next_batch(self->a, is_first ? NULL : id);
        struct kn_batch *other = store_next_batch(self->b, is_first ? NULL : id);
        more = one && other && digest_from_hex(id, sizeof id, one->batch) == KN_OK;
        if (one || other) {
            compare_records(self, KN_SCHEMA_BATCH, one, other, "batch",
                            one ? one->batch : other->batch);
        }
        if (more) {
            compare_rows(self, one->container);
        }
        kn_record_destroy((void **)&one);
        kn_record_destroy((void **)&other);
    }
}

static void compare_agents(struct compare *self)
{
    char after[64] = "";
    struct kn_agent *one, *other;
    while ((one = store_next_agent(self->a, after))) {
        snprintf(after, sizeof after, "%s", one->agent);
        other = store_agent(self->b, one->agent);
        compare_records(self, KN_SCHEMA_AGENT, one, other, "agent", one->agent);
        kn_record_destroy((void **)&one);
        kn_record_destroy((void **)&other);
    }
}

static void compare_streams(struct compare *self)
{
    char name[96] = "";
    uint32_t one, other;
    uint64_t last;
    while (store_next_stream(self->a, name, &one, &last)) {
        other = store_stream(self->b, name);
        if ((other ? store_stream_last(self->b, other) : 0) != last) {
            differ(self, "stream", name);
            continue;
        }
        for (uint64_t position = 1; position <= last; position++) {
            uint64_t told_of[2];
            self->out->n_records++;
            if (store_stream_event(self->a, one, position, &told_of[0]) !=
                    store_stream_event(self->b, other, position, &told_of[1]) ||
                told_of[0] != told_of[1]) {
                differ(self, "stream", name);
                break;
            }
        }
    }
}

static void compare_clocks(struct compare *self)
{
    int64_t at = 0, found_at;
    uint64_t number = 0, found_number;
    uint16_t clock = 0, found_clock;
    for (; store_next_due(self->a, &at, &number, &clock); clock++) {
        found_at = at;
        found_number = number;
        found_clock = clock;
        self->out->n_records++;
        if (!store_next_due(self->b, &found_at, &found_number, &found_clock) || found_at != at ||
            found_number != number || found_clock != clock) {
            differ(self, "table of", "clocks that fall due");
            return;
        }
    }
}

static void compare_figures(struct compare *self)
{
    static const char *const figures[] = {"cases",      "last_case",  "linked",
                                          "candidates", "last_event", "gaps"};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        self->out->n_records++;
        if (store_number(self->a, figures[i]) != store_number(self->b, figures[i])) {
            differ(self, "figure", figures[i]);
        }
    }
}

int compare_run(struct compare_result *out, store_txn_t *a, store_txn_t *b,
                void (*tell)(void *arg, const char *fault), void *arg)
{
    static void (*const compares[])(struct compare *) = {
        compare_cases,   compare_pairs,  compare_batches, compare_agents,
        compare_streams, compare_clocks, compare_figures};
    struct compare *self = malloc(sizeof *self);
    *out = (struct compare_result){.n_records = 0};
    if (!self) {
        return KN_E_NOMEM;
    }
    self->out = out;
    self->a = a;
    self->b = b;
    self->tell = tell;
    self->arg = arg;
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++) {
        compares[i](self);
    }
    free(self);
    return store_error(a) ? store_error(a) : store_error(b);
}
