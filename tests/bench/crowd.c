/* crowd.c - see crowd.h. */
#include "crowd.h"

#include "bench.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

enum { CREDIT_BYTES = 64 << 20, SILENCE_MS = 60000, IO_THREADS = 1 };

struct listener {
    void *socket;
    int64_t position, used; /* events since credit was given */
    int64_t used_bytes;
};

struct crowd {
    struct crowd_plan plan;
    void *context;
    struct listener *listeners;
    zmq_pollitem_t *items;
    uint64_t n_copies, n_bytes;
};

/* ---- frames ---------------------------------------------------------------------------------- */

/* An unsigned number of MessagePack at *AT, or the length of an array; passed over. */
static int64_t number_at(const uint8_t **at)
{
    uint8_t head = *(*at)++;
    int n_bytes = head == 0xcc                   ? 1
                  : head == 0xcd || head == 0xdc ? 2
                  : head == 0xce                 ? 4
                  : head == 0xcf                 ? 8
                                                 : 0;
    int64_t value = n_bytes ? 0 : (head & 0xf0) == 0x90 ? head & 15 : head;
    for (; n_bytes; n_bytes--) {
        value = value << 8 | *(*at)++;
    }
    return value;
}

/* Positions of a frame `events`, whose map begins with subscription, first, events. */
static bool positions_of(const uint8_t *frame, size_t size, int64_t *first, int64_t *n)
{
    static const char *const keys[] = {"subscription", "first", "events"};
    int64_t values[3];
    const uint8_t *at = frame + KN_FRAME_HEAD + 1;
    if (size < 64 || frame[3] != KN_TYPE_EVENTS) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(keys[i]);
        if (*at != (0xa0 | length) || memcmp(at + 1, keys[i], length) != 0) {
            bench_die(1, "a frame of events does not begin with %s", keys[i]);
        }
        at += 1 + length;
        values[i] = number_at(&at);
    }
    *first = values[1];
    *n = values[2];
    return true;
}

static void say(struct listener *listener, enum kn_type type, const void *body)
{
    uint8_t frame[512];
    struct kn_fault fault;
    long size = kn_message_encode(frame, sizeof frame, type, body, &fault);
    if (size < 0 || zmq_send(listener->socket, frame, (size_t)size, 0) < 0) {
        bench_die(1, "%s cannot be sent", kn_type_name(type));
    }
}

static void give_credit(struct listener *listener, int64_t events, int64_t bytes)
{
    struct kn_stream_credit credit = {
        .subscription = 1, .has_events = true, .events = events, .has_bytes = true, .bytes = bytes};
    struct kn_stream_save save = {.subscription = 1, .position = listener->position};
    say(listener, KN_TYPE_STREAM_CREDIT, &credit);
    say(listener, KN_TYPE_STREAM_SAVE, &save);
}

static void take(struct crowd *self, struct listener *listener)
{
    static uint8_t frame[KN_FRAME_MAX];
    int size;
    while ((size = zmq_recv(listener->socket, frame, sizeof frame, ZMQ_DONTWAIT)) >= 0) {
        int64_t first, n;
        if (!positions_of(frame, (size_t)size, &first, &n)) {
            bench_die(1, "a subscriber got %s", kn_type_name((enum kn_type)frame[3]));
        }
        if (first != listener->position + 1) {
            bench_die(1, "a hole in the stream: %lld behind %lld", (long long)first,
                      (long long)listener->position);
        }
        listener->position += n;
        listener->used += n;
        listener->used_bytes += size;
        self->n_copies += (uint64_t)n;
        self->n_bytes += (uint64_t)size;
        if (!self->plan.is_slow &&
            (2 * listener->used >= self->plan.events || 2 * listener->used_bytes >= CREDIT_BYTES)) {
            give_credit(listener, listener->used, listener->used_bytes);
            listener->used = listener->used_bytes = 0;
        }
    }
}

/* ---- the crowd ------------------------------------------------------------------------------- */

static void join(struct crowd *self, struct hubproc *hub, struct listener *listener, unsigned i)
{
    char name[32], public_key[41], secret_key[41], instance[17];
    snprintf(name, sizeof name, "%s-%03u", self->plan.name, i + 1);
    snprintf(instance, sizeof instance, "%016x", i + 1);
    zmq_curve_keypair(public_key, secret_key);
    hubproc_admit(hub, name, self->plan.role, public_key);
    listener->socket =
        hubproc_connect(self->context, hub->delivery, hub->key, public_key, secret_key);
    struct kn_hello hello = {
        .version_min = 1, .version_max = 1, .instance = instance, .program = "bench"};
    struct kn_message *answer = hubproc_ask(listener->socket, KN_TYPE_HELLO, &hello);
    kn_message_destroy(&answer);
    struct kn_stream_open open = {.subscription = 1,
                                  .stream = self->plan.stream,
                                  .consumer = name,
                                  .has_after = true,
                                  .after = self->plan.from_start ? 0 : (int64_t)1 << 50,
                                  .credit_events = self->plan.events,
                                  .credit_bytes = CREDIT_BYTES};
    answer = hubproc_ask(listener->socket, KN_TYPE_STREAM_OPEN, &open);
    if (answer->type != KN_TYPE_STREAM_OPENED) {
        bench_die(1, "%s: the stream does not open", name);
    }
    listener->position = ((const struct kn_stream_opened *)answer->body)->after;
    kn_message_destroy(&answer);
}

crowd_t *crowd_new(struct hubproc *hub, const struct crowd_plan *plan)
{
    struct crowd *self = calloc(1, sizeof *self);
    struct rlimit files;
    if (!getrlimit(RLIMIT_NOFILE, &files)) { /* two for each socket */
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (!self || !(self->listeners = calloc(plan->n, sizeof *self->listeners)) ||
        !(self->items = calloc(plan->n, sizeof *self->items))) {
        bench_die(KN_EXIT_LATER, "out of memory");
    }
    self->plan = *plan;
    self->context = zmq_ctx_new();
    zmq_ctx_set(self->context, ZMQ_IO_THREADS, IO_THREADS);
    for (unsigned i = 0; i < plan->n; i++) {
        join(self, hub, &self->listeners[i], i);
        self->items[i] =
            (zmq_pollitem_t){.socket = self->listeners[i].socket, .events = ZMQ_POLLIN};
    }
    return self;
}

void crowd_destroy(crowd_t **self_p)
{
    struct crowd *self = *self_p;
    *self_p = NULL;
    if (self) {
        for (unsigned i = 0; i < self->plan.n; i++) {
            say(&self->listeners[i], KN_TYPE_BYE, &(struct kn_bye){.code = KN_CODE_NONE});
            zmq_setsockopt(self->listeners[i].socket, ZMQ_LINGER, &(int){1000}, sizeof(int));
            zmq_close(self->listeners[i].socket);
        }
        zmq_ctx_term(self->context);
        free(self->listeners);
        free(self->items);
        free(self);
    }
}

uint64_t crowd_take(crowd_t *self, int timeout_ms)
{
    if (zmq_poll(self->items, (int)self->plan.n, timeout_ms) > 0) {
        for (unsigned i = 0; i < self->plan.n; i++) {
            if (self->items[i].revents) {
                take(self, &self->listeners[i]);
            }
        }
    }
    return self->n_copies;
}

int64_t crowd_slowest(const crowd_t *self)
{
    int64_t least = INT64_MAX;
    for (unsigned i = 0; i < self->plan.n; i++) {
        least = self->listeners[i].position < least ? self->listeners[i].position : least;
    }
    return least;
}

uint64_t crowd_bytes(const crowd_t *self)
{
    return self->n_bytes;
}

void crowd_wait(crowd_t *self, int64_t position)
{
    uint64_t heard = bench_now_ns(), before = self->n_copies;
    while (crowd_slowest(self) < position) {
        if (crowd_take(self, 1000) != before) {
            before = self->n_copies;
            heard = bench_now_ns();
        } else if (bench_now_ns() - heard > SILENCE_MS * 1000000ull) {
            bench_die(1, "the slowest subscriber is at %lld of %lld, and nothing comes",
                      (long long)crowd_slowest(self), (long long)position);
        }
    }
}

void crowd_feed(crowd_t *self, int64_t n)
{
    for (unsigned i = 0; i < self->plan.n; i++) {
        give_credit(&self->listeners[i], n, n * 65536);
    }
}
