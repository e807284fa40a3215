/* bench_deliver - how fast the log reaches those who hear it.
 *
 *     bench_deliver --hub PROGRAM --registers DIR --dir FOLDER [--json] [--long] [--seed N]
 *
 *   replay   one subscriber reads a store from its first event: events/s, without persons (a
 *            monitor on `all`) and with the petitions joined (an operator on `all`)
 *   live     10, 100 and 500 durable subscribers of `all` while petitions come in; copies/s from
 *            the first petition sent to the last event at the slowest subscriber; and one petition
 *            at a time: milliseconds until its first event is at the last of them. Beside it
 *            libzmq's plain CURVE PUB of the same minute, with as many SUB sockets and frames of
 * the size of one event, at most AHEAD frames ahead of the slowest slow     receipts/s at window
 * 1,024 while 100 subscribers take what they are given credit for, some events now and then,
 * against none
 *
 * Every subscriber has its own key, connection and cursor, and saves its position as it goes.
 */
#include "bench.h"
#include "crowd.h"
#include "hubproc.h"
#include "kiennghi/status.h"
#include "load.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define N(table) (sizeof(table) / sizeof *(table))

enum { AHEAD = 64, SLOW = 100, ONE_BY_ONE = 20, ROUNDS = 3 };

/* clang-format off */
static const struct {
    unsigned n_subscribers, n_petitions;
    const char *suffix;
} crowds[] = {
    { 10, 4000, "10"},
    {100, 1000, "100"},
    {500,  200, "500"},
};

static const struct bench_row rows[] = {
    {"deliver.replay",          "events/s, without persons", NULL, 50000, false},
    {"deliver.replay_joined",   "events/s, with petitions", NULL, 0, false},
    {"deliver.replay_cpu",      "s of the hub/1,000,000 events", NULL, 0, false},
    {"deliver.live.10",         "copies/s", "limit.pub.10", 0, false},
    {"deliver.live.100",        "copies/s", "limit.pub.100", 0.5, false},
    {"deliver.live.500",        "copies/s", "limit.pub.500", 0, false},
    {"deliver.last.10",         "ms p50", "limit.pub_last.10", 0, true},
    {"deliver.last.100",        "ms p50", "limit.pub_last.100", 0, true},
    {"deliver.last.500",        "ms p50", "limit.pub_last.500", 0, true},
    {"deliver.intake_slow",     "receipts/s", "deliver.intake_alone", 0.8, false},
    {"deliver.events",          "in the log", NULL, 0, false},
    {"limit.pub.10",            "copies/s", NULL, 0, false},
    {"limit.pub.100",           "copies/s", NULL, 0, false},
    {"limit.pub.500",           "copies/s", NULL, 0, false},
};
/* clang-format on */

static double seconds_since(uint64_t from)
{
    return (double)(bench_now_ns() - from) / 1e9;
}

static const char *name_of(char out[64], const char *what, size_t crowd)
{
    snprintf(out, 64, "%s.%s", what, crowds[crowd].suffix);
    return out;
}

/* ---- replay ---------------------------------------------------------------------------------- */

static void measure_replay(struct hubproc *hub, const char *bench, enum kn_role role)
{
    static unsigned number;
    char name[32];
    struct usage before, after;
    int64_t last = hubproc_figure(hub, "last_event");
    snprintf(name, sizeof name, "replay-%u", ++number);
    struct crowd_plan plan = {
        .n = 1, .name = name, .role = role, .stream = "all", .from_start = true, .events = 20000};
    hubproc_usage(hub, &before);
    uint64_t from = bench_now_ns();
    crowd_t *one = crowd_new(hub, &plan);
    crowd_wait(one, last);
    bench_sample(bench, (double)last / seconds_since(from));
    hubproc_usage(hub, &after);
    if (role == KN_ROLE_MONITOR) {
        bench_sample("deliver.replay_cpu", (after.cpu_s - before.cpu_s) * 1e6 / (double)last);
    }
    crowd_destroy(&one);
}

/* ---- live ------------------------------------------------------------------------------------ */

struct sender {
    load_t *load;
    unsigned n;
};

static void *send_petitions(void *arg)
{
    struct sender *sender = arg;
    struct load_cell cell;
    load_run(sender->load, &cell, sender->n, 64);
    return NULL;
}

/* Gives the mean size of a frame that holds one event. */
static size_t measure_live(struct hubproc *hub, load_t *load, size_t which, unsigned round)
{
    char name[64];
    struct crowd_plan plan = {.n = crowds[which].n_subscribers,
                              .name = name,
                              .role = KN_ROLE_MONITOR,
                              .stream = "all",
                              .events = 4096};
    snprintf(name, sizeof name, "live%u-%s", round, crowds[which].suffix);
    crowd_t *crowd = crowd_new(hub, &plan);
    pthread_t thread;
    struct sender sender = {load, crowds[which].n_petitions};
    crowd_wait(crowd, hubproc_figure(hub, "last_event")); /* those who were let in meanwhile */
    uint64_t from = bench_now_ns(), before = crowd_take(crowd, 0);
    uint64_t bytes = crowd_bytes(crowd);
    pthread_create(&thread, NULL, send_petitions, &sender);
    while (crowd_slowest(crowd) < hubproc_figure(hub, "last_event") ||
           hubproc_figure(hub, "to_read") > 0 || pthread_tryjoin_np(thread, NULL)) {
        for (uint64_t until = bench_now_ns() + 20000000; bench_now_ns() < until;) {
            crowd_take(crowd, 5); /* the hub is asked how far it is now and then */
        }
    }
    double took = seconds_since(from);
    uint64_t copies = crowd_take(crowd, 0) - before;
    bench_sample(name_of(name, "deliver.live", which), (double)copies / took);
    bytes = crowd_bytes(crowd) - bytes;
    struct histogram *times = calloc(1, sizeof *times);
    for (unsigned i = 0; i < ONE_BY_ONE; i++) {
        struct load_cell cell;
        int64_t last = crowd_slowest(crowd);
        load_run(load, &cell, 1, 1); /* a batch.declare goes before, and its event */
        crowd_wait(crowd, last + 2);
        histogram_add(times, bench_now_ns() - cell.started_ns);
        hubproc_wait_read(hub);
        crowd_wait(crowd, hubproc_figure(hub, "last_event"));
    }
    bench_sample(name_of(name, "deliver.last", which), histogram_ms(times, 0.5));
    free(times);
    crowd_destroy(&crowd);
    return copies ? (size_t)(bytes / copies) : 1;
}

/* ---- plain PUB ------------------------------------------------------------------------------- */

struct pub {
    void *context, *socket;
    char endpoint[64], public_key[41], secret_key[41];
    size_t size;
};

static void pub_open(struct pub *pub)
{
    int one = 1, zero = 0;
    size_t size = sizeof pub->endpoint;
    pub->context = zmq_ctx_new();
    pub->socket = zmq_socket(pub->context, ZMQ_PUB);
    zmq_curve_keypair(pub->public_key, pub->secret_key);
    if (zmq_setsockopt(pub->socket, ZMQ_CURVE_SERVER, &one, sizeof one) ||
        zmq_setsockopt(pub->socket, ZMQ_CURVE_SECRETKEY, pub->secret_key, 41) ||
        zmq_setsockopt(pub->socket, ZMQ_SNDHWM, &zero, sizeof zero) ||
        zmq_setsockopt(pub->socket, ZMQ_LINGER, &zero, sizeof zero) ||
        zmq_bind(pub->socket, "tcp://127.0.0.1:*") ||
        zmq_getsockopt(pub->socket, ZMQ_LAST_ENDPOINT, pub->endpoint, &size)) {
        bench_die(KN_EXIT_LATER, "PUB: %s", zmq_strerror(zmq_errno()));
    }
}

struct subs {
    void *context, **sockets;
    zmq_pollitem_t *items;
    unsigned n, *got;
};

static void subs_open(struct subs *subs, const struct pub *pub, unsigned n)
{
    char public_key[41], secret_key[41];
    *subs = (struct subs){.context = zmq_ctx_new(), .n = n};
    subs->items = calloc(n, sizeof *subs->items);
    subs->got = calloc(n, sizeof *subs->got);
    for (unsigned i = 0; i < n; i++) {
        void *socket = zmq_socket(subs->context, ZMQ_SUB);
        int zero = 0;
        zmq_curve_keypair(public_key, secret_key);
        if (zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, pub->public_key, 41) ||
            zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, 41) ||
            zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, 41) ||
            zmq_setsockopt(socket, ZMQ_RCVHWM, &zero, sizeof zero) ||
            zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) || zmq_connect(socket, pub->endpoint)) {
            bench_die(KN_EXIT_LATER, "SUB: %s", zmq_strerror(zmq_errno()));
        }
        subs->items[i] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    }
}

/* Takes what came; gives what the slowest has. */
static unsigned subs_take(struct subs *subs, int timeout_ms)
{
    static uint8_t frame[KN_FRAME_MAX];
    unsigned least = UINT_MAX;
    zmq_poll(subs->items, (int)subs->n, timeout_ms);
    for (unsigned i = 0; i < subs->n; i++) {
        while (subs->items[i].revents &&
               zmq_recv(subs->items[i].socket, frame, sizeof frame, ZMQ_DONTWAIT) >= 0) {
            subs->got[i]++;
        }
        least = subs->got[i] < least ? subs->got[i] : least;
    }
    return least;
}

static void subs_close(struct subs *subs)
{
    for (unsigned i = 0; i < subs->n; i++) {
        zmq_close(subs->items[i].socket);
    }
    zmq_ctx_term(subs->context);
    free(subs->items);
    free(subs->got);
}

/* N frames, at most AHEAD before the slowest. */
static void run_pub(struct pub *pub, struct subs *subs, unsigned n)
{
    static const uint8_t frame[KN_FRAME_MAX];
    memset(subs->got, 0, subs->n * sizeof *subs->got);
    for (unsigned sent = 0, slowest = 0; slowest < n; slowest = subs_take(subs, 1000)) {
        for (; sent < n && sent - slowest < AHEAD; sent++) {
            zmq_send(pub->socket, frame, pub->size, 0);
        }
    }
}

static void measure_pub(size_t which, size_t size)
{
    char name[64];
    struct pub pub = {.size = size};
    struct subs subs;
    struct histogram *times = calloc(1, sizeof *times);
    pub_open(&pub);
    subs_open(&subs, &pub, crowds[which].n_subscribers);
    while (subs_take(&subs, 20) == 0) { /* until everybody has subscribed */
        zmq_send(pub.socket, "?", 1, 0);
    }
    while (zmq_poll(subs.items, (int)subs.n, 100) > 0) {
        subs_take(&subs, 0);
    }
    unsigned n = 200000 / crowds[which].n_subscribers;
    uint64_t from = bench_now_ns();
    run_pub(&pub, &subs, n);
    bench_sample(name_of(name, "limit.pub", which),
                 (double)n * crowds[which].n_subscribers / seconds_since(from));
    for (unsigned i = 0; i < ONE_BY_ONE; i++) {
        from = bench_now_ns();
        run_pub(&pub, &subs, 1);
        histogram_add(times, bench_now_ns() - from);
    }
    bench_sample(name_of(name, "limit.pub_last", which), histogram_ms(times, 0.5));
    free(times);
    subs_close(&subs);
    zmq_close(pub.socket);
    zmq_ctx_term(pub.context);
}

/* ---- slow subscribers ------------------------------------------------------------------------ */

struct idlers {
    crowd_t *crowd;
    atomic_bool stop;
};

/* Lets everybody have some events ten times a second. */
static void *idle(void *arg)
{
    struct idlers *idlers = arg;
    for (uint64_t fed = 0; !atomic_load(&idlers->stop);) {
        crowd_take(idlers->crowd, 20);
        if (bench_now_ns() - fed > 100000000) {
            crowd_feed(idlers->crowd, 2);
            fed = bench_now_ns();
        }
    }
    return NULL;
}

static void measure_slow(struct hubproc *hub, load_t *load, unsigned round)
{
    struct load_cell cell;
    pthread_t thread;
    char name[32];
    snprintf(name, sizeof name, "slow%u", round);
    load_run(load, &cell, 16000, 1024);
    bench_sample("deliver.intake_alone", cell.rate);
    hubproc_wait_read(hub);
    struct crowd_plan plan = {.n = SLOW,
                              .name = name,
                              .role = KN_ROLE_MONITOR,
                              .stream = "all",
                              .events = 2,
                              .is_slow = true};
    struct idlers idlers = {.crowd = crowd_new(hub, &plan)};
    pthread_create(&thread, NULL, idle, &idlers);
    load_run(load, &cell, 16000, 1024);
    bench_sample("deliver.intake_slow", cell.rate);
    atomic_store(&idlers.stop, true);
    pthread_join(thread, NULL);
    hubproc_wait_read(hub);
    crowd_destroy(&idlers.crowd);
}

int main(int argc, char **argv)
{
    struct bench_run run;
    struct hubproc hub;
    struct load_cell cell;
    char folder[PATH_MAX];
    bench_begin(&run, argc, argv);
    snprintf(folder, sizeof folder, "%.4000s/hub", run.work);
    hubproc_start(&hub, run.hub, run.registers, folder, NULL);
    load_t *load = load_new(&hub, hub.intake, hub.key, run.seed);
    load_run(load, &cell, run.is_long ? 200000 : 32000, 1024);
    hubproc_wait_read(&hub);
    for (unsigned round = 0; round < ROUNDS; round++) {
        measure_replay(&hub, "deliver.replay", KN_ROLE_MONITOR);
        measure_replay(&hub, "deliver.replay_joined", KN_ROLE_OPERATOR);
        measure_slow(&hub, load, round);
    }
    for (unsigned round = 0; round < (run.is_long ? ROUNDS : 1); round++) {
        for (size_t i = 0; i < N(crowds); i++) {
            size_t size = measure_live(&hub, load, i, round);
            measure_pub(i, size);
        }
    }
    bench_sample("deliver.events", (double)hubproc_figure(&hub, "last_event"));
    load_destroy(&load);
    hubproc_stop(&hub);
    bench_report(rows, N(rows), run.json);
    bench_end(&run);
    return 0;
}
