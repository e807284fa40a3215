/* bench_intake - how fast petitions become receipts, and what that costs.
 *
 *     bench_intake --hub PROGRAM --registers DIR --dir FOLDER [--json] [--long] [--seed N]
 *
 * A real hub on a fresh store in FOLDER (removed afterwards), sixteen agents over CURVE on
 * loopback, petitions of about 1 KB with a tenth of exact repeats. A round is: windows 1 (one
 * agent), 64 (16 x 4) and 1,024 (16 x 64), each followed by the same window of raw LMDB (default
 * flags, a commit a window; one database, appended, and the tables of a petition) and of a bare
 * CURVE echo; then fdatasync. Between the cells the reading stage comes to rest, so that the limits
 * are measured on an idle machine; it reads beside the intake all the same, on the same cores. The
 * store grows over the rounds; `intake.stored` says how far. Calls of fdatasync are counted by
 * strace in a run of its own, the last, with another store. The ledger is held against the hub's
 * books at the end: a petition that is missing, doubled or too many ends the program with 1. A
 * store on no real disk: 78.
 *
 * CPU and bytes written are the hub's own, from /proc (what LMDB writes is synced in the same
 * commit; `device` is the whole device's, with what others write there), from the first frame of
 * the cell until everything in it is read too, per 100,000 petitions.
 */
#include "bench.h"
#include "hubproc.h"
#include "kiennghi/status.h"
#include "limits.h"
#include "load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

/* clang-format off */
static const struct {
    unsigned window, n_first; /* n_first: petitions of the cell that tells how many there will be */
    double seconds;
    const char *suffix;
} windows[] = {
    {   1,  100, 0.6, "w1"},
    {  64, 1600, 0.7, "w64"},
    {1024, 8000, 1.0, "w1024"},
};

static const struct bench_row rows[] = {
    {"intake.receipts.w1024",      "receipts/s", NULL, 0, false},
    {"intake.receipts.w1024",      "receipts/s", "limit.tables.w1024", 0.3, false},
    {"intake.receipts.w1024",      "receipts/s", "limit.lmdb.w1024", 0, false},
    {"intake.receipts.w1024",      "receipts/s", "limit.echo.w1024", 0, false},
    {"intake.receipts.w64",        "receipts/s", "limit.lmdb.w64", 0, false},
    {"intake.receipts.w1",         "receipts/s", "limit.lmdb.w1", 0.8, false},
    {"intake.p50.w1024",           "ms", NULL, 0, false},
    {"intake.p99.w1024",           "ms", NULL, 0, false},
    {"intake.p50.w64",             "ms", NULL, 0, false},
    {"intake.p99.w64",             "ms", NULL, 0, false},
    {"intake.p50.w1",              "ms", NULL, 0, false},
    {"intake.p99.w1",              "ms", NULL, 0, false},
    {"intake.reading_behind.w1024", "petitions", NULL, 0, false},
    {"intake.reading_lag.w1024",   "ms", NULL, 0, false},
    {"intake.hub_cpu.w1024",       "s/100,000 (+reading)", NULL, 0, false},
    {"intake.cpu_net.w1024",       "s/100,000", NULL, 0, false},
    {"intake.cpu_writer.w1024",    "s/100,000", NULL, 0, false},
    {"intake.cpu_reading.w1024",   "s/100,000", NULL, 0, false},
    {"intake.cpu_zmq.w1024",       "s/100,000", NULL, 0, false},
    {"intake.written.w1024",       "bytes/100,000", "intake.payload.w1024", 3.5, true},
    {"intake.written.w64",         "bytes/100,000", "intake.payload.w64", 0, true},
    {"intake.written.w1",          "bytes/100,000", "intake.payload.w1", 0, true},
    {"intake.device.w1024",        "bytes/100,000, all", "intake.payload.w1024", 0, true},
    {"intake.store_bytes",         "bytes", "intake.payload_bytes", 2.0, true},
    {"intake.memory",              "bytes anonymous", NULL, 0, false},
    {"intake.deferred",            "receipts", NULL, 0, false},
    {"intake.stored",              "petitions", NULL, 0, false},
    {"intake.fdatasync.w1024",     "/1,000 (+reading)", NULL, 0, false},
    {"intake.commits.w1024",       "/1,000 (+reading)", NULL, 0, false},
    {"intake.fdatasync.w1",        "/1,000 (+reading)", NULL, 0, false},
    {"limit.fdatasync",            "us p50, 4 KiB", NULL, 0, false},
    {"limit.lmdb.w1024",           "records/s", NULL, 0, false},
    {"limit.lmdb.w64",             "records/s", NULL, 0, false},
    {"limit.lmdb.w1",              "records/s", NULL, 0, false},
    {"limit.tables.w1024",         "petitions/s", NULL, 0, false},
    {"limit.tables.w64",           "petitions/s", NULL, 0, false},
    {"limit.tables.w1",            "petitions/s", NULL, 0, false},
    {"limit.echo.w1024",           "messages/s", NULL, 0, false},
    {"limit.echo.w64",             "messages/s", NULL, 0, false},
    {"limit.echo.w1",              "messages/s", NULL, 0, false},
};
/* clang-format on */

static const char *name_of(char out[64], const char *what, size_t window)
{
    snprintf(out, 64, "%s.%s", what, windows[window].suffix);
    return out;
}

/* Petitions for a cell of the usual length: by the rate of the cells before. */
static unsigned how_many(const char *rate, size_t window, double scale)
{
    double n = bench_median(rate) * windows[window].seconds * scale;
    unsigned least = windows[window].n_first;
    return n < least ? least : n > 100000 ? 100000 : (unsigned)n;
}

/* Threads of the hub; ZMQ encrypts. */
static const struct {
    const char *bench, *prefix;
} threads[] = {{"intake.cpu_net", "kn-net"},
               {"intake.cpu_writer", "kn-writer"},
               {"intake.cpu_reading", "kn-reading"},
               {"intake.cpu_zmq", "ZMQ"}};

struct totals {
    uint64_t payload;
    unsigned n_deferred;
};

static void measure_hub(struct hubproc *hub, load_t *load, size_t window, double scale,
                        struct totals *totals)
{
    struct usage before, after;
    struct load_cell cell;
    char rate[64], name[64];
    double cpu[N(threads)];
    uint64_t device = bench_device_bytes(hub->folder); /* no cell pays for another: synced */
    int64_t n_commits = hubproc_figure(hub, "commits");
    hubproc_usage(hub, &before);
    for (size_t i = 0; i < N(threads); i++) {
        cpu[i] = hubproc_thread_cpu(hub, threads[i].prefix);
    }
    name_of(rate, "intake.receipts", window);
    load_run(load, &cell, how_many(rate, window, scale), windows[window].window);
    bench_sample(name_of(name, "intake.reading_lag", window),
                 (double)hubproc_figure(hub, "reading_lag_ms"));
    bench_sample(name_of(name, "intake.reading_behind", window),
                 (double)hubproc_figure(hub, "to_read"));
    hubproc_wait_read(hub);
    hubproc_usage(hub, &after);
    double per = 100000.0 / cell.n_petitions;
    bench_sample(name_of(name, "intake.commits", window),
                 (double)(hubproc_figure(hub, "commits") - n_commits) * per / 100);
    for (size_t i = 0; i < N(threads); i++) {
        bench_sample(name_of(name, threads[i].bench, window),
                     (hubproc_thread_cpu(hub, threads[i].prefix) - cpu[i]) * per);
    }
    bench_sample(rate, cell.rate);
    bench_sample(name_of(name, "intake.p50", window), cell.p50_ms);
    bench_sample(name_of(name, "intake.p99", window), cell.p99_ms);
    bench_sample(name_of(name, "intake.hub_cpu", window), (after.cpu_s - before.cpu_s) * per);
    bench_sample(name_of(name, "intake.written", window),
                 (double)(after.written - before.written) * per);
    bench_sample(name_of(name, "intake.device", window),
                 (double)(bench_device_bytes(hub->folder) - device) * per);
    bench_sample(name_of(name, "intake.payload", window), (double)cell.payload_bytes * per);
    totals->payload += cell.payload_bytes;
    totals->n_deferred += cell.n_deferred;
}

static void measure_limits(raw_lmdb_t *lmdb, load_t *echo, size_t window, double scale)
{
    struct load_cell cell;
    char name[64];
    bench_sample(name_of(name, "limit.lmdb", window),
                 raw_lmdb_rate(lmdb, windows[window].window, windows[window].seconds * scale));
    bench_sample(
        name_of(name, "limit.tables", window),
        raw_lmdb_tables_rate(lmdb, windows[window].window, windows[window].seconds * scale));
    name_of(name, "limit.echo", window);
    unsigned n = how_many(name, window, 0.4 * scale);
    load_run(echo, &cell, n, windows[window].window);
    bench_sample(name, cell.rate);
}

/* The rounds, all cells interleaved. Gives the errors of the ledger. */
static unsigned measure(const struct bench_run *run, const char *program)
{
    struct hubproc hub;
    struct echo server;
    struct usage usage;
    struct totals totals = {.payload = 0};
    char folder[PATH_MAX];
    unsigned n_rounds = run->is_long ? 15 : 5;
    double scale = run->is_long ? 2 : 1;
    snprintf(folder, sizeof folder, "%.4000s/hub", run->work);
    hubproc_start(&hub, run->hub, run->registers, folder, NULL);
    echo_start(&server, program);
    load_t *load = load_new(&hub, hub.intake, hub.key, run->seed);
    load_t *echo = load_new(NULL, server.endpoint, server.key, run->seed + 1);
    snprintf(folder, sizeof folder, "%.4000s/lmdb", run->work);
    raw_lmdb_t *lmdb = raw_lmdb_new(folder);
    for (unsigned round = 0; round < n_rounds; round++) {
        for (size_t window = 0; window < N(windows); window++) {
            measure_hub(&hub, load, window, scale, &totals);
            measure_limits(lmdb, echo, window, scale);
        }
        bench_sample("limit.fdatasync", bench_sync_us(run->work, 200));
    }
    raw_lmdb_destroy(&lmdb);
    load_destroy(&echo);
    echo_stop(&server);
    hubproc_usage(&hub, &usage);
    unsigned n_wrong = load_check(load, &hub);
    snprintf(folder, sizeof folder, "%.4000s/hub/store", run->work);
    bench_sample("intake.stored", (double)load_stored(load));
    bench_sample("intake.deferred", totals.n_deferred);
    bench_sample("intake.memory", (double)usage.rss_anon);
    bench_sample("intake.store_bytes", (double)bench_folder_bytes(folder));
    bench_sample("intake.payload_bytes", (double)totals.payload);
    load_destroy(&load);
    hubproc_stop(&hub);
    return n_wrong;
}

/* Calls of SYSCALL in the table of `strace -c`. */
static double calls(const char *table, const char *syscall)
{
    char line[256], name[64];
    double n = 0;
    FILE *file = fopen(table, "r");
    while (file && fgets(line, sizeof line, file)) {
        unsigned count;
        const char *last = strrchr(line, ' ');
        if (sscanf(line, "%*f %*f %*u %u", &count) == 1 && last &&
            sscanf(last, "%63s", name) == 1 && strcmp(name, syscall) == 0) {
            n += count;
        }
    }
    if (file) {
        fclose(file);
    }
    return n;
}

/* How often the hub makes the disk sync: by strace, on a store of its own. */
static unsigned count_syncs(const struct bench_run *run, size_t window, unsigned n)
{
    struct hubproc hub;
    struct load_cell cell;
    char folder[PATH_MAX], table[PATH_MAX], name[64];
    snprintf(folder, sizeof folder, "%.4000s/traced-%s", run->work, windows[window].suffix);
    snprintf(table, sizeof table, "%.4000s/calls-%s", run->work, windows[window].suffix);
    hubproc_start(&hub, run->hub, run->registers, folder, table);
    load_t *load = load_new(&hub, hub.intake, hub.key, run->seed + 2);
    load_run(load, &cell, n, windows[window].window);
    hubproc_wait_read(&hub);
    double per = 1000.0 / cell.n_petitions;
    unsigned n_wrong = load_check(load, &hub);
    load_destroy(&load);
    hubproc_stop(&hub);
    bench_sample(name_of(name, "intake.fdatasync", window),
                 (calls(table, "fdatasync") + calls(table, "fsync") + calls(table, "msync")) * per);
    return n_wrong;
}

int main(int argc, char **argv)
{
    struct bench_run run;
    char type[32];
    if (argc == 2 && !strcmp(argv[1], "--echo-server")) {
        return echo_serve();
    }
    bench_begin(&run, argc, argv);
    bench_filesystem(run.work, type, sizeof type);
    unsigned n_wrong = measure(&run, argv[0]);
    bool traced = !system("strace -V >/dev/null 2>&1 && strace -f -o /dev/null true");
    if (traced) {
        n_wrong += count_syncs(&run, 2, 8192) + count_syncs(&run, 0, 200);
    }
    bench_fact("store.filesystem", type, run.json);
    bench_fact("store.fdatasync_counted_by",
               traced ? "strace -f -c on a run of its own"
                      : "not counted: strace does not work here",
               run.json);
    bench_fact("intake.ledger", n_wrong ? "WRONG" : "every receipt has its case", run.json);
    bench_report(rows, N(rows), run.json);
    bench_end(&run);
    return n_wrong ? 1 : 0;
}
