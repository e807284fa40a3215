/* powercut.c - what a store looks like after the power went, at any moment of a recorded run.
 *
 *     powercut TRACE FOLDER IMAGES SEED
 *
 * TRACE is what shim.c recorded: writes of pages, syncs, writes of the meta page, frames that left.
 * For each of IMAGES moments, drawn at random: what was synced is there; of what was written since,
 * any subset of sectors of 512 bytes is, in any order (all, none, few, most, a torn prefix, a torn
 * suffix). The image is opened as the hub opens its store (store_open), every record is read
 * (store_check), the chain is walked (log_verify), and what had left the hub before that moment
 * must be in it: each event that a receipt or a delivery named, with its case.
 *
 * An image is looked at by a process of its own, below FOLDER, because a torn map may kill the one
 * that reads it. Prints {"images":…,"bad":…,…}; exit 1 when one was bad.
 */
#include "hub/log.h"
#include "hub/store.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECTOR = 512,
    MAX_PENDING = 512, /* writes: an older one has been written back, synced or not */
    N_WORKERS = 2,
    N_LOOKED = 200, /* acknowledgements looked up in one image: the last ones */
    PATIENCE_S = 20,
    ONE_BAD = 1,
};

struct record {
    char kind;
    uint64_t offset;
    uint32_t size;
    const uint8_t *bytes;
};

struct named { /* an event that left the hub */
    uint64_t event;
    char case_[32];
    size_t at; /* record */
};

struct run {
    struct record *record;
    size_t n_records, first; /* FIRST: the store is made and synced */
    struct named *named;
    size_t n_named;
    uint8_t *disk; /* what is durable */
    size_t n_disk, room;
    size_t pending[MAX_PENDING];
    size_t n_pending, at; /* records before AT are applied */
};

static void stop(const char *what)
{
    fprintf(stderr, "powercut: %s\n", what);
    exit(KN_EXIT_USAGE);
}

/* ---- the trace ---------------------------------------------------------------------------------
 */

static void name_event(struct run *run, int64_t event, const char *case_, size_t at)
{
    static size_t room;
    if (run->n_named == room) {
        room = room ? 2 * room : 1024;
        run->named = realloc(run->named, room * sizeof *run->named);
        if (!run->named) {
            stop("no memory");
        }
    }
    struct named *named = &run->named[run->n_named++];
    *named = (struct named){.event = (uint64_t)event, .at = at};
    snprintf(named->case_, sizeof named->case_, "%s", case_ ? case_ : "");
}

static void read_frame(struct run *run, const struct record *record, size_t at)
{
    struct kn_message *message = NULL;
    struct kn_fault fault;
    if (kn_message_decode(&message, record->bytes, record->size, &fault)) {
        return; /* a frame of another socket */
    }
    if (message->type == KN_TYPE_RECEIPT) {
        const struct kn_receipt *receipt = message->body;
        if (receipt->has_event && receipt->verdict != KN_VERDICT_DEFERRED) {
            name_event(run, receipt->event, receipt->case_, at);
        }
    } else if (message->type == KN_TYPE_EVENTS) {
        const struct kn_events *events = message->body;
        for (size_t i = 0; i < events->n_events; i++) {
            name_event(run, events->events[i].sequence, events->events[i].case_, at);
        }
    }
    kn_message_destroy(&message);
}

static void read_trace(struct run *run, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) || !st.st_size) {
        stop("the trace cannot be read");
    }
    const uint8_t *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) {
        stop("the trace cannot be mapped");
    }
    size_t room = 0;
    for (const uint8_t *at = bytes, *end = bytes + st.st_size; end - at >= 13;) {
        if (run->n_records == room) {
            room = room ? 2 * room : 4096;
            run->record = realloc(run->record, room * sizeof *run->record);
            if (!run->record) {
                stop("no memory");
            }
        }
        struct record *record = &run->record[run->n_records];
        record->kind = (char)at[0];
        memcpy(&record->offset, at + 1, 8);
        memcpy(&record->size, at + 9, 4);
        record->bytes = at + 13;
        at += 13 + record->size;
        if (record->kind == 'A') {
            read_frame(run, record, run->n_records);
        } else if (record->kind == 'D' && !run->first) {
            run->first = run->n_records + 1;
        } else if (record->kind == 'W' && record->offset + record->size > run->room) {
            run->room = record->offset + record->size;
        }
        run->n_records++;
    }
    run->disk = calloc(1, run->room);
    if (!run->disk || !run->first || !run->n_named) {
        stop("the trace holds no run");
    }
}

/* ---- images ------------------------------------------------------------------------------------
 */

static uint64_t draw(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static void put(uint8_t *disk, size_t *n_disk, const struct record *record, uint32_t from,
                uint32_t size)
{
    memcpy(disk + record->offset + from, record->bytes + from, size);
    if (record->offset + from + size > *n_disk) {
        *n_disk = record->offset + from + size;
    }
}

static void settle(struct run *run, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct record *record = &run->record[run->pending[i]];
        put(run->disk, &run->n_disk, record, 0, record->size);
    }
    run->n_pending -= n;
    memmove(run->pending, run->pending + n, run->n_pending * sizeof *run->pending);
}

/* Goes on to the moment before record UNTIL. */
static void advance(struct run *run, size_t until)
{
    for (; run->at < until; run->at++) {
        const struct record *record = &run->record[run->at];
        if (record->kind == 'W' || record->kind == 'M') {
            if (run->n_pending == MAX_PENDING) {
                settle(run, 1);
            }
            run->pending[run->n_pending++] = run->at;
        } else if (record->kind == 'S') {
            settle(run, run->n_pending);
        } else if (record->kind == 'D') { /* of the meta write before it, and of nothing else */
            const struct record *meta = &run->record[run->pending[--run->n_pending]];
            put(run->disk, &run->n_disk, meta, 0, meta->size);
        }
    }
}

/* Which sectors of the pending writes made it: by how the image's die fell. */
static bool survives(uint64_t how, uint64_t one, size_t i, size_t n)
{
    switch (how % 6) {
    case 0: return true;
    case 1: return false;
    case 2: return one % 100 < 50;
    case 3: return one % 100 < 90;
    case 4: return i < n / 2 || (i == n / 2 && one % 2); /* a torn prefix */
    default: return i > n / 2 || (i == n / 2 && one % 2);
    }
}

static void write_image(const struct run *run, const char *folder, uint64_t dice)
{
    char path[600];
    size_t size = run->n_disk, n_sectors = 0, sector = 0;
    uint64_t how = draw(&dice);
    uint8_t *image = malloc(run->room);
    if (!image) {
        stop("no memory");
    }
    memcpy(image, run->disk, run->room);
    for (size_t i = 0; i < run->n_pending; i++) {
        n_sectors += (run->record[run->pending[i]].size + SECTOR - 1) / SECTOR;
    }
    for (size_t i = 0; i < run->n_pending; i++) {
        const struct record *record = &run->record[run->pending[i]];
        for (uint32_t from = 0; from < record->size;) {
            uint32_t left = record->size - from;
            uint32_t part = SECTOR - (uint32_t)((record->offset + from) % SECTOR);
            part = part < left ? part : left;
            if (survives(how, draw(&dice), sector++, n_sectors)) {
                put(image, &size, record, from, part);
            }
            from += part;
        }
    }
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, image, size) != (ssize_t)size || close(fd)) {
        stop("an image cannot be written");
    }
    free(image);
}

/* ---- looking at an image -----------------------------------------------------------------------
 */

static bool has_event(store_txn_t *txn, const struct named *named)
{
    struct kn_event *event = log_find(txn, named->event);
    bool found = event && strcmp(event->case_ ? event->case_ : named->case_, named->case_) == 0;
    kn_record_destroy((void **)&event);
    return found;
}

/* The exit code of the process that looks: 0, or ONE_BAD after a line that says why. */
static int look(const struct run *run, const char *folder)
{
    char why[512] = "";
    uint64_t n_records = 0, n_damaged = 0, bad = 0;
    store_t *store = NULL;
    const struct store_options options = {.folder = folder};
    int rc = store_open(&store, &options, why, sizeof why);
    if (rc) {
        fprintf(stderr, "cannot be opened: %s\n", why);
        return ONE_BAD;
    }
    rc = store_check(store, &n_records, &n_damaged);
    store_txn_t *txn = store_begin(store, STORE_READ);
    int chain = log_verify(txn, &bad);
    uint64_t last = log_last(txn), lost = 0;
    size_t n = 0;
    for (size_t i = run->n_named; i-- > 0 && n < N_LOOKED;) {
        if (run->named[i].at < run->at) {
            n++;
            if (run->named[i].event > last || !has_event(txn, &run->named[i])) {
                lost = run->named[i].event;
            }
        }
    }
    store_abort(&txn);
    store_close(&store);
    if (rc || n_damaged || chain || lost) {
        fprintf(stderr,
                "check %d, %llu damaged of %llu, chain %d at %llu of %llu, lost event %llu\n", rc,
                (unsigned long long)n_damaged, (unsigned long long)n_records, chain,
                (unsigned long long)bad, (unsigned long long)last, (unsigned long long)lost);
        return ONE_BAD;
    }
    return 0;
}

/* Makes image number I and lets a process of its own look. True: good. */
static bool try_image(const struct run *run, const char *folder, uint64_t dice, size_t i)
{
    int status = 0;
    write_image(run, folder, dice);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(PATIENCE_S);
        _exit(look(run, folder));
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        stop("no process");
    }
    if (status) {
        fprintf(stderr, "image %zu, before record %zu of %zu, %zu writes pending: status %x\n", i,
                run->at, run->n_records, run->n_pending, (unsigned)status);
    }
    return status == 0;
}

static int by_size(const void *a, const void *b)
{
    size_t one = *(const size_t *)a, two = *(const size_t *)b;
    return (one > two) - (one < two);
}

/* Every N_WORKERS-th image from WORKER on; the number of bad ones goes to OUT. */
static void work(struct run *run, const char *folder, const size_t *moment, size_t n, uint64_t seed,
                 size_t worker, int out)
{
    char own[512];
    size_t n_bad = 0;
    snprintf(own, sizeof own, "%s/image-%zu", folder, worker);
    mkdir(own, 0700);
    for (size_t i = worker; i < n; i += N_WORKERS) {
        advance(run, moment[i]);
        n_bad += !try_image(run, own, seed + i, i);
    }
    if (write(out, &n_bad, sizeof n_bad) != (ssize_t)sizeof n_bad) {
        stop("the pipe broke");
    }
}

int main(int argc, char **argv)
{
    static struct run run;
    int pipe_fds[2];
    if (argc != 5 || pipe(pipe_fds)) {
        stop("TRACE FOLDER IMAGES SEED");
    }
    read_trace(&run, argv[1]);
    size_t n = strtoul(argv[3], NULL, 10), n_bad = 0, part;
    uint64_t seed = strtoull(argv[4], NULL, 10), dice = seed;
    size_t *moment = malloc((n ? n : 1) * sizeof *moment);
    if (!moment) {
        stop("no memory");
    }
    for (size_t i = 0; i < n; i++) {
        moment[i] = run.first + draw(&dice) % (run.n_records + 1 - run.first);
    }
    qsort(moment, n, sizeof *moment, by_size);
    for (size_t worker = 0; worker < N_WORKERS; worker++) {
        if (fork() == 0) {
            work(&run, argv[2], moment, n, seed, worker, pipe_fds[1]);
            _exit(0);
        }
    }
    close(pipe_fds[1]);
    size_t n_heard = 0;
    while (read(pipe_fds[0], &part, sizeof part) == (ssize_t)sizeof part) {
        n_bad += part;
        n_heard++;
    }
    if (n_heard != N_WORKERS) {
        stop("a worker ended early");
    }
    printf("{\"images\":%zu,\"bad\":%zu,\"records\":%zu,\"named\":%zu,\"bytes\":%zu}\n", n, n_bad,
           run.n_records, run.n_named, run.room);
    return n_bad ? ONE_BAD : 0;
}
