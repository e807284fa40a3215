/* bench_scale - how cost grows with the number of cases.
 *
 *     bench_scale --hub PROGRAM --registers DIR --dir FOLDER [--json] [--long] [--seed N]
 *
 * One store grows from step to step: 10,000, 30,000 and 100,000 cases; with --long also 300,000 and
 * 1,000,000. At each step: receipts/s and p99 of CELL petitions at window 1,024, then
 * petitions/s through the reading stage until nothing is left to read (both ends on this machine,
 * with the load), then what the hub takes: anonymous memory, bytes of the store per petition. Then
 * it is stopped and started: seconds until both doors are open, and what the reading stage then
 * takes to fill its index from the store. Ratios are against the first step of the same run.
 */
#include "bench.h"
#include "hubproc.h"
#include "load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define N(table) (sizeof(table) / sizeof *(table))

enum { CELL = 8000, CELLS = 3, PART = 40000 };

/* clang-format off */
static const struct {
    unsigned n;
    const char *suffix;
    bool only_long;
} steps[] = {
    {  10000, "10k", false},
    {  30000, "30k", false},
    { 100000, "100k", false},
    { 300000, "300k", true},
    {1000000, "1m", true},
};

static const struct bench_row rows[] = {
    {"scale.receipts.10k",   "receipts/s, w1024", NULL, 0, false},
    {"scale.receipts.30k",   "receipts/s, w1024", "scale.receipts.10k", 0, false},
    {"scale.receipts.100k",  "receipts/s, w1024", "scale.receipts.10k", 0, false},
    {"scale.receipts.300k",  "receipts/s, w1024", "scale.receipts.10k", 0, false},
    {"scale.receipts.1m",    "receipts/s, w1024", "scale.receipts.10k", 0.5, false},
    {"scale.p99.10k",        "ms", NULL, 0, true},
    {"scale.p99.100k",       "ms", "scale.p99.10k", 0, true},
    {"scale.p99.1m",         "ms", "scale.p99.10k", 0, true},
    {"scale.read.10k",       "petitions/s", NULL, 0, false},
    {"scale.read.30k",       "petitions/s", "scale.read.10k", 0, false},
    {"scale.read.100k",      "petitions/s", NULL, 5000, false},
    {"scale.read.100k",      "petitions/s", "scale.read.10k", 0, false},
    {"scale.read.300k",      "petitions/s", "scale.read.10k", 0, false},
    {"scale.read.1m",        "petitions/s", "scale.read.10k", 0.6, false},
    {"scale.memory.10k",     "MiB anonymous", NULL, 0, true},
    {"scale.memory.100k",    "MiB anonymous", NULL, 0, true},
    {"scale.memory.1m",      "MiB anonymous", NULL, 614, true},
    {"scale.store.10k",      "bytes/petition", NULL, 0, true},
    {"scale.store.100k",     "bytes/petition", NULL, 0, true},
    {"scale.store.1m",       "bytes/petition", NULL, 0, true},
    {"scale.open.10k",       "s to open doors", NULL, 0, true},
    {"scale.open.100k",      "s to open doors", NULL, 0, true},
    {"scale.open.1m",        "s to open doors", NULL, 3, true},
    {"scale.index.10k",      "s to fill the index", NULL, 0, true},
    {"scale.index.100k",     "s to fill the index", NULL, 0, true},
    {"scale.index.1m",       "s to fill the index", NULL, 5, true},
};
/* clang-format on */

static void sample(const char *what, size_t step, double value)
{
    char name[64];
    snprintf(name, sizeof name, "scale.%s.%s", what, steps[step].suffix);
    bench_sample(name, value);
}

static double seconds_since(uint64_t from)
{
    return (double)(bench_now_ns() - from) / 1e9;
}

static void measure(struct hubproc *hub, load_t *load, size_t step)
{
    struct load_cell cell;
    struct usage usage;
    char folder[PATH_MAX];
    while (load_stored(load) + CELLS * CELL < steps[step].n) {
        uint64_t rest = steps[step].n - CELLS * CELL - load_stored(load);
        load_run(load, &cell, rest < PART ? (unsigned)rest + 15 : PART, 1024);
        hubproc_wait_read(hub);
    }
    for (int i = 0; i < (step ? CELLS : 1); i++) {
        load_run(load, &cell, CELL, 1024);
        sample("receipts", step, cell.rate);
        sample("p99", step, cell.p99_ms);
        hubproc_wait_read(hub);
        sample("read", step, cell.n_petitions / seconds_since(cell.started_ns));
    }
    hubproc_usage(hub, &usage);
    sample("memory", step, (double)usage.rss_anon / (1 << 20));
    snprintf(folder, sizeof folder, "%.4000s/store", hub->folder);
    sample("store", step, (double)bench_folder_bytes(folder) / (double)load_stored(load));
    sample("open", step, hubproc_restart(hub));
    hubproc_wait_read(hub);
    sample("index", step, (double)hubproc_figure(hub, "index_rebuild_ms") / 1000);
    load_reconnect(load, hub);
}

int main(int argc, char **argv)
{
    struct bench_run run;
    struct hubproc hub;
    char folder[PATH_MAX];
    bench_begin(&run, argc, argv);
    snprintf(folder, sizeof folder, "%.4000s/hub", run.work);
    hubproc_start(&hub, run.hub, run.registers, folder, NULL);
    load_t *load = load_new(&hub, hub.intake, hub.key, run.seed);
    for (size_t i = 0; i < N(steps); i++) {
        if (run.is_long || !steps[i].only_long) {
            measure(&hub, load, i);
        }
    }
    unsigned n_wrong = load_check(load, &hub);
    bench_fact("scale.ledger", n_wrong ? "WRONG" : "every receipt has its case", run.json);
    load_destroy(&load);
    hubproc_stop(&hub);
    bench_report(rows, N(rows), run.json);
    bench_end(&run);
    return n_wrong ? 1 : 0;
}
