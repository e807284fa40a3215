/* bench.h - what every part of the bench shares: clock, histogram, samples of rounds, the report.
 *
 * A part measures in rounds, one cell after the other, so that all figures of a round stem from the
 * same minute of the machine. Each cell adds one sample under a name; the report prints medians,
 * and for a row with `against` the median of the ratios taken round by round: only ratios of one
 * run mean anything on a shared machine.
 */
#ifndef KN_BENCH_H
#define KN_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BENCH_MAX_ROUNDS = 64 };

/* Ends the program with CODE and the words. */
void bench_die(int code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

uint64_t bench_now_ns(void);
uint64_t bench_random(uint64_t *state); /* splitmix64 */

/* ---- a part's run: --hub PROGRAM --registers DIR --dir FOLDER [--json] [--long] [--seed N]
 * ------- */

struct bench_run {
    const char *hub, *registers, *dir;
    char work[4096]; /* a folder of this run in DIR */
    bool json, is_long;
    uint64_t seed;
};

/* Reads the options and makes the folder; ends the program with 64 when they are wrong and with 78
 * when DIR lies on no real disk. */
void bench_begin(struct bench_run *out, int argc, char **argv);

/* Removes the folder. */
void bench_end(const struct bench_run *run);

/* ---- latencies: 1/32 relative resolution ----------------------------------------------------- */

enum { HISTOGRAM_SLOTS = 60 * 32 };
struct histogram {
    uint64_t n, slot[HISTOGRAM_SLOTS];
};
void histogram_add(struct histogram *self, uint64_t ns);
double histogram_ms(const struct histogram *self, double quantile);

/* ---- samples and the report ------------------------------------------------------------------ */

/* A line of the report. GOAL 0: none; for a row with AGAINST it is one of the ratio. */
struct bench_row {
    const char *bench, *unit, *against;
    double goal;
    bool at_most; /* the goal is an upper bound */
};

/* Adds a sample of BENCH for this round. */
void bench_sample(const char *bench, double value);

/* Median of BENCH so far; 0 when there is none. */
double bench_median(const char *bench);

/* Prints ROWS (those that have samples), as JSON lines or as a table. */
void bench_report(const struct bench_row *rows, size_t n, bool json);

/* A fact of the run that is no figure: file system, how a thing was counted. */
void bench_fact(const char *bench, const char *value, bool json);

/* ---- the disk under the store ---------------------------------------------------------------- */

/* Type of the file system of FOLDER by the mount table, "ext4". */
void bench_filesystem(const char *folder, char *type, size_t size);

/* p50 in microseconds of N times 4 KiB overwritten and fdatasync in FOLDER. */
double bench_sync_us(const char *folder, int n);

/* Ends the program (exit 78) unless FOLDER lies on a disk whose fdatasync takes its time. */
void bench_require_disk(const char *folder);

/* Bytes written so far to the device below FOLDER, by anybody; first everything is brought there.
 * (write_bytes of /proc counts whole large folios and is far too high for small writes.) */
uint64_t bench_device_bytes(const char *folder);

/* Bytes that FOLDER takes on the disk. */
uint64_t bench_folder_bytes(const char *folder);

/* Removes FOLDER and what is in it. */
void bench_remove(const char *folder);

#endif
