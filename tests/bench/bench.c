/* bench.c - options, clock, histogram, samples, report, disk. See bench.h. */
#include "bench.h"

#include "kiennghi/status.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { MAX_NAMES = 128, BLOCK = 4096, N_BLOCKS = 64, SYNC_LEAST_US = 50 };

void bench_die(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(code);
}

uint64_t bench_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t bench_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* ---- latencies ------------------------------------------------------------------------------- */

void histogram_add(struct histogram *self, uint64_t ns)
{
    unsigned slot = (unsigned)ns;
    if (ns >= 32) {
        unsigned exponent = 63u - (unsigned)__builtin_clzll(ns); /* 5 or more */
        slot = (exponent - 4) * 32 + (unsigned)((ns >> (exponent - 5)) & 31);
    }
    self->slot[slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1]++;
    self->n++;
}

double histogram_ms(const struct histogram *self, double quantile)
{
    uint64_t wanted = (uint64_t)(quantile * (double)self->n), seen = 0;
    for (unsigned slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
        seen += self->slot[slot];
        if (seen > wanted) {
            return slot < 32 ? slot / 1e6 : (double)((32 + slot % 32ull) << (slot / 32 - 1)) / 1e6;
        }
    }
    return 0;
}

/* ---- samples and the report ------------------------------------------------------------------ */

static struct series {
    char name[64];
    size_t n;
    double value[BENCH_MAX_ROUNDS];
} all_series[MAX_NAMES];

static struct series *find(const char *name, bool make)
{
    for (size_t i = 0; i < MAX_NAMES; i++) {
        if (!all_series[i].name[0] && make) {
            snprintf(all_series[i].name, sizeof all_series[i].name, "%s", name);
        }
        if (strcmp(all_series[i].name, name) == 0) {
            return &all_series[i];
        }
    }
    if (make) {
        bench_die(1, "too many names");
    }
    return NULL;
}

void bench_sample(const char *bench, double value)
{
    struct series *series = find(bench, true);
    if (series->n < BENCH_MAX_ROUNDS) {
        series->value[series->n++] = value;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, size_t n)
{
    double sorted[BENCH_MAX_ROUNDS];
    memcpy(sorted, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare);
    return !n ? 0 : n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double bench_median(const char *bench)
{
    const struct series *series = find(bench, false);
    return series ? median(series->value, series->n) : 0;
}

/* Median of the ratios of rounds. A series with one sample stands for every round. */
static double ratio_of(const struct series *a, const struct series *b)
{
    double ratio[BENCH_MAX_ROUNDS];
    size_t n = a->n > b->n ? a->n : b->n, used = 0;
    for (size_t i = 0; i < n; i++) {
        double below = b->value[i < b->n ? i : b->n - 1];
        if (below > 0) {
            ratio[used++] = a->value[i < a->n ? i : a->n - 1] / below;
        }
    }
    return median(ratio, used);
}

static const char *number(char text[32], double value)
{
    double size = value < 0 ? -value : value;
    snprintf(text, 32, size >= 100 ? "%.0f" : size >= 1 ? "%.2f" : "%.4f", value);
    return text;
}

void bench_report(const struct bench_row *rows, size_t n, bool json)
{
    char a[32], b[32], c[32];
    for (size_t i = 0; i < n; i++) {
        const struct bench_row *row = &rows[i];
        const struct series *series = find(row->bench, false);
        const struct series *against = row->against ? find(row->against, false) : NULL;
        if (!series || (row->against && !against)) {
            continue;
        }
        double value = median(series->value, series->n);
        double ratio = against ? ratio_of(series, against) : 0;
        double judged = against ? ratio : value;
        bool met = row->at_most ? judged <= row->goal : judged >= row->goal;
        if (json) {
            printf("{\"bench\":\"%s\",\"value\":%s,\"unit\":\"%s\"", row->bench, number(a, value),
                   row->unit);
            if (against) {
                printf(",\"against\":\"%s\",\"ratio\":%s", row->against, number(b, ratio));
            }
            if (row->goal > 0) {
                printf(",\"goal\":%s,\"met\":%s", number(c, row->goal), met ? "true" : "false");
            }
            puts("}");
            continue;
        }
        printf("%-34s %10s %-22s", row->bench, number(a, value), row->unit);
        if (against) {
            printf(" = %7s x %-22s", number(b, ratio), row->against);
        }
        if (row->goal > 0) {
            printf("  goal %s %s  %s", row->at_most ? "<=" : ">=", number(c, row->goal),
                   met ? "met" : "MISSED");
        }
        putchar('\n');
    }
    fflush(stdout);
}

void bench_fact(const char *bench, const char *value, bool json)
{
    printf(json ? "{\"bench\":\"%s\",\"value\":\"%s\",\"unit\":\"text\"}\n" : "%-34s %s\n", bench,
           value);
}

/* ---- the disk -------------------------------------------------------------------------------- */

void bench_filesystem(const char *folder, char *type, size_t size)
{
    struct stat st;
    char line[4096], wanted[32];
    snprintf(type, size, "unknown");
    FILE *file = stat(folder, &st) ? NULL : fopen("/proc/self/mountinfo", "r");
    if (!file) {
        return;
    }
    snprintf(wanted, sizeof wanted, "%u:%u", major(st.st_dev), minor(st.st_dev));
    while (fgets(line, sizeof line, file)) {
        char device[32];
        const char *rest = strstr(line, " - ");
        if (rest && sscanf(line, "%*s %*s %31s", device) == 1 && strcmp(device, wanted) == 0) {
            snprintf(type, size, "%.*s", (int)strcspn(rest + 3, " \n"), rest + 3);
        }
    }
    fclose(file);
}

double bench_sync_us(const char *folder, int n)
{
    static char block[BLOCK];
    struct histogram times = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/sync.XXXXXX", folder);
    int fd = mkstemp(path);
    if (fd < 0) {
        bench_die(KN_EXIT_LATER, "%s: %s", path, strerror(errno));
    }
    unlink(path);
    for (int i = 0; i < N_BLOCKS + n; i++) {
        memset(block, i, sizeof block);
        uint64_t t = bench_now_ns();
        if (pwrite(fd, block, BLOCK, (off_t)(i % N_BLOCKS) * BLOCK) != BLOCK || fdatasync(fd)) {
            bench_die(KN_EXIT_LATER, "%s: %s", folder, strerror(errno));
        }
        if (i >= N_BLOCKS) { /* the first ones make the blocks */
            histogram_add(&times, bench_now_ns() - t);
        }
    }
    close(fd);
    return histogram_ms(&times, 0.5) * 1e3;
}

void bench_require_disk(const char *folder)
{
    static const char *const in_memory[] = {"tmpfs", "ramfs", "devtmpfs"};
    char type[32];
    bench_filesystem(folder, type, sizeof type);
    for (size_t i = 0; i < sizeof in_memory / sizeof *in_memory; i++) {
        if (strcmp(type, in_memory[i]) == 0) {
            bench_die(KN_EXIT_CONFIG,
                      "%s lies on %s: not a disk, figures of durability would mean nothing. "
                      "Give a folder on a real disk with --dir",
                      folder, type);
        }
    }
    double us = bench_sync_us(folder, 100);
    if (us < SYNC_LEAST_US) {
        bench_die(KN_EXIT_CONFIG,
                  "%s: fdatasync takes %.0f us (p50): faster than a disk that keeps what it was "
                  "given (%d us). Give another folder with --dir",
                  folder, us, SYNC_LEAST_US);
    }
}

uint64_t bench_device_bytes(const char *folder)
{
    char path[64];
    struct stat st;
    unsigned long long sectors = 0;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) || fstat(fd, &st)) {
        bench_die(KN_EXIT_LATER, "%s: %s", folder, strerror(errno));
    }
    close(fd);
    snprintf(path, sizeof path, "/sys/dev/block/%u:%u/stat", major(st.st_dev), minor(st.st_dev));
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%*u %*u %*u %*u %*u %*u %llu", &sectors) != 1) {
            sectors = 0;
        }
        fclose(file);
    }
    return sectors * 512;
}

static uint64_t folder_bytes;

static int add_size(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)path, (void)at;
    folder_bytes += kind == FTW_F ? (uint64_t)st->st_blocks * 512 : 0;
    return 0;
}

uint64_t bench_folder_bytes(const char *folder)
{
    folder_bytes = 0;
    nftw(folder, add_size, 16, FTW_PHYS);
    return folder_bytes;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void bench_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- a part's run ---------------------------------------------------------------------------- */

void bench_begin(struct bench_run *out, int argc, char **argv)
{
    *out = (struct bench_run){.seed = (uint64_t)time(NULL) << 20, .json = !isatty(STDOUT_FILENO)};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        const char **text = !strcmp(argv[i], "--hub")         ? &out->hub
                            : !strcmp(argv[i], "--registers") ? &out->registers
                            : !strcmp(argv[i], "--dir")       ? &out->dir
                                                              : NULL;
        if (!strcmp(argv[i], "--json")) {
            out->json = true;
        } else if (!strcmp(argv[i], "--long")) {
            out->is_long = true;
        } else if (!strcmp(argv[i], "--seed") && value) {
            out->seed = strtoull(argv[++i], NULL, 0);
        } else if (text && value) {
            *text = argv[++i];
        } else {
            bench_die(KN_EXIT_USAGE, "%s: not known, or a value is missing", argv[i]);
        }
    }
    if (!out->hub || !out->registers || !out->dir) {
        bench_die(KN_EXIT_USAGE, "--hub, --registers and --dir are needed");
    }
    mkdir(out->dir, 0700);
    bench_require_disk(out->dir);
    snprintf(out->work, sizeof out->work, "%.4000s/kn-bench.XXXXXX", out->dir);
    if (!mkdtemp(out->work)) {
        bench_die(KN_EXIT_CONFIG, "%s: %s", out->dir, strerror(errno));
    }
}

void bench_end(const struct bench_run *run)
{
    bench_remove(run->work);
}
