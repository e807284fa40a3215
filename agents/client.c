/* client.c - the connection to the hub; the only file of the agents that knows ZeroMQ.
 *
 * One DEALER socket is one attempt: libzmq's own reconnecting is off, because after a refused
 * handshake it never tries again. The socket's monitor tells at once when a connection is made, cut
 * or refused; timers see the rest (no welcome, silence). Then the socket is destroyed and a new one
 * made after a back-off.
 *
 *   WAITING --due--> CONNECTING --handshake--> GREETING (hello sent) --welcome--> READY
 *      ^------------------- cut, refused, no welcome, silence, denied ----------------'
 */
#include "agents/client_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <zmq.h>

enum {
    PING_MS = 10000,      /* nothing heard: ask */
    SILENCE_MS = 30000,   /* still nothing: a new socket */
    FIRST_RETRY_MS = 200, /* the hub was there a moment ago */
    BACKOFF_MS = 1000,    /* then 1, 2, 4 … 32 s, each +- 50 % */
    BACKOFF_DOUBLINGS = 5,
    BYE_MS = 200,     /* linger of the last words */
    TURN_MAX = 256,   /* frames taken in one turn */
    COMMIT_MAX = 1024 /* writes in one commit of the outbox */
};

/* ---- small things -------------------------------------------------------------------------- */

int64_t client_now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static uint64_t random_bits(void)
{
    uint64_t bits = 0;
    ssize_t n = getrandom(&bits, sizeof bits, 0);
    assert(n == (ssize_t)sizeof bits); /* up to 256 bytes are never cut short */
    return bits;
}

/* Sends one frame; false when the socket takes none now. */
bool client_send_frame(kn_client_t *self, const void *frame, size_t size)
{
    if (!self->socket)
        return false;
    if (zmq_send(self->socket, frame, size, ZMQ_DONTWAIT) >= 0)
        return true;
    self->is_blocked = true;
    return false;
}

/* ---- the socket ---------------------------------------------------------------------------- */

/* The reader of the monitor goes last: libzmq tells it of the end with a send that waits, under a
 * lock that stopping the monitor needs. */
static void close_socket(kn_client_t *self, int linger_ms)
{
    if (self->socket) {
        zmq_setsockopt(self->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
        zmq_socket_monitor(self->socket, NULL, 0);
        zmq_close(self->socket);
    }
    if (self->monitor)
        zmq_close(self->monitor);
    self->monitor = self->socket = NULL;
}

/* Gives the attempt up and plans the next one. */
void client_drop(kn_client_t *self)
{
    static const int64_t half = 2;
    int64_t base = FIRST_RETRY_MS;
    close_socket(self, 0);
    if (self->n_failures > 0) {
        int doublings = self->n_failures - 1;
        base = (int64_t)BACKOFF_MS
               << (doublings < BACKOFF_DOUBLINGS ? doublings : BACKOFF_DOUBLINGS);
    }
    self->n_failures++;
    self->connect_at = client_now_ms() + base / half + (int64_t)(random_bits() % (uint64_t)base);
    self->phase = WAITING;
    talk_lose_session(self);
}

static int set_options(kn_client_t *self)
{
    struct {
        int option, value;
    } const numbers[] = {
        {ZMQ_RECONNECT_IVL, -1},     {ZMQ_LINGER, 0},           {ZMQ_HANDSHAKE_IVL, 5000},
        {ZMQ_CONNECT_TIMEOUT, 5000}, {ZMQ_HEARTBEAT_IVL, 5000}, {ZMQ_HEARTBEAT_TIMEOUT, 15000},
        {ZMQ_SNDHWM, 8192},          {ZMQ_RCVHWM, 8192},        {ZMQ_IPV6, 1},
    };
    const int64_t max_size = 65536;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (zmq_setsockopt(self->socket, numbers[i].option, &numbers[i].value, sizeof(int)) != 0)
            return KN_E_INVALID;
    if (zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &max_size, sizeof max_size) != 0 ||
        zmq_setsockopt(self->socket, ZMQ_CURVE_SERVERKEY, self->hub_key, 41) != 0 ||
        zmq_setsockopt(self->socket, ZMQ_CURVE_PUBLICKEY, self->public_key, 41) != 0 ||
        zmq_setsockopt(self->socket, ZMQ_CURVE_SECRETKEY, self->secret_key, 41) != 0)
        return KN_E_INVALID;
    return KN_OK;
}

static int open_socket(kn_client_t *self)
{
    char address[64];
    int rc = KN_E_INVALID;
    snprintf(address, sizeof address, "inproc://monitor-%u", ++self->n_sockets);
    self->socket = zmq_socket(self->context, ZMQ_DEALER);
    self->monitor = zmq_socket(self->context, ZMQ_PAIR);
    if (!self->socket || !self->monitor) {
        rc = KN_E_IO;
        goto failed;
    }
    rc = set_options(self);
    if (rc != KN_OK)
        goto failed;
    rc = KN_E_IO;
    if (zmq_socket_monitor(self->socket, address,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED |
                               ZMQ_EVENT_CLOSED) != 0 ||
        zmq_connect(self->monitor, address) != 0)
        goto failed;
    rc = zmq_connect(self->socket, self->endpoint) == 0 ? KN_OK : KN_E_INVALID;
    if (rc != KN_OK)
        goto failed;
    self->phase = CONNECTING;
    self->is_blocked = false;
    self->deadline_at = client_now_ms() + WELCOME_MS;
    return KN_OK;
failed:
    close_socket(self, 0);
    return rc;
}

/* Takes what the monitor tells; true when the connection changed. */
static bool take_monitor(kn_client_t *self)
{
    bool changed = false;
    while (self->monitor) {
        unsigned char event[6];
        uint16_t id;
        uint32_t value;
        char address[256];
        if (zmq_recv(self->monitor, event, sizeof event, ZMQ_DONTWAIT) != sizeof event)
            break;
        zmq_recv(self->monitor, address, sizeof address, 0);
        memcpy(&id, event, sizeof id);
        memcpy(&value, event + 2, sizeof value);
        changed = true;
        if (id == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            talk_hello(self);
        } else if (id == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
            talk_set_state(self, value == 400 ? KN_CLIENT_DENIED : KN_CLIENT_CONNECTING,
                           "the hub does not let this key in (%u)", value);
            client_drop(self);
        } else if (self->phase == CONNECTING && id != ZMQ_EVENT_CLOSED) {
            talk_set_state(self, KN_CLIENT_CONNECTING,
                           "the handshake with %s failed: is the hub's key the right one?",
                           self->endpoint);
            client_drop(self);
        } else if (self->phase == CONNECTING) {
            if (self->state != KN_CLIENT_DENIED)
                talk_set_state(self, KN_CLIENT_CONNECTING, "nobody answers at %s", self->endpoint);
            client_drop(self);
        } else if (id == ZMQ_EVENT_DISCONNECTED) {
            talk_set_state(self, KN_CLIENT_CONNECTING, "the connection to %s was cut",
                           self->endpoint);
            client_drop(self);
        }
    }
    return changed;
}

/* ---- the loop ------------------------------------------------------------------------------ */

/* Takes what lies at the socket; *HAPPENED when there was something. */
static int receive(kn_client_t *self, bool *happened)
{
    int rc = KN_OK;
    for (int i = 0; i < TURN_MAX && self->socket && rc == KN_OK; i++) {
        zmq_msg_t message;
        zmq_msg_init(&message);
        if (zmq_msg_recv(&message, self->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&message);
            break;
        }
        self->heard_at = self->alive_at = client_now_ms();
        *happened = true;
        if (!zmq_msg_more(&message))
            rc = talk_take(self, zmq_msg_data(&message), zmq_msg_size(&message), self->heard_at);
        self->heard_at = client_now_ms(); /* a long callback is not silence */
        zmq_msg_close(&message);
        if (self->outbox && outbox_dirty(self->outbox) >= COMMIT_MAX && rc == KN_OK)
            rc = outbox_commit(self->outbox);
    }
    return rc;
}

static void ping_or_drop(kn_client_t *self, int64_t now)
{
    if (now - self->heard_at >= SILENCE_MS) {
        talk_set_state(self, KN_CLIENT_CONNECTING, "nothing heard from %s for %d s", self->endpoint,
                       SILENCE_MS / 1000);
        client_drop(self);
    } else if (now - self->heard_at >= PING_MS && now - self->pinged_at >= PING_MS) {
        struct kn_ping ping = {.nonce = ++self->nonce};
        self->pinged_at = now;
        talk_send(self, KN_TYPE_PING, &ping);
    }
}

/* Behind a commit: what was taken is durable, and the hub is told. A commit that failed took the
 * notes of the callbacks with it: their events are asked for again. */
static void save_subscriptions(kn_client_t *self)
{
    bool is_lost = self->outbox && outbox_lost(self->outbox) != self->n_lost;
    for (int i = 0; i < self->n_subscriptions; i++)
        if (is_lost)
            subscription_go_back(&self->subscriptions[i], client_now_ms() + REOPEN_MS);
        else if (self->phase == READY)
            subscription_save(&self->subscriptions[i], talk_send, self);
    if (is_lost)
        self->n_lost = outbox_lost(self->outbox);
}

static void open_subscriptions(kn_client_t *self, int64_t now)
{
    for (int i = 0; i < self->n_subscriptions; i++) {
        struct subscription *subscription = &self->subscriptions[i];
        if (subscription->state == SUBSCRIPTION_CLOSED && now >= subscription->reopen_at) {
            self->next_number = self->next_number % 1000000 + 1;
            subscription_open(subscription, self->next_number, talk_send, self);
        }
    }
}

static void send_request(kn_client_t *self)
{
    if (self->request.body && !self->request.is_sent && !self->request.answer)
        self->request.is_sent = talk_send(self, self->request.type, self->request.body);
}

/* What is due now: a new socket, hello, ping, streams, requests, messages. */
static int do_due(kn_client_t *self)
{
    int64_t now = client_now_ms();
    if (self->phase == WAITING && now >= self->connect_at) {
        int rc = open_socket(self);
        if (rc != KN_OK) {
            talk_set_state(self, KN_CLIENT_CONNECTING, "no socket: %s", kn_status_text(rc));
            client_drop(self);
        }
    }
    if ((self->phase == CONNECTING || self->phase == GREETING) && now >= self->deadline_at) {
        if (self->state != KN_CLIENT_DENIED)
            talk_set_state(self, KN_CLIENT_CONNECTING, "no welcome from %s within %d s",
                           self->endpoint, WELCOME_MS / 1000);
        client_drop(self);
    }
    if (self->phase != READY)
        return KN_OK;
    ping_or_drop(self, now);
    if (self->phase != READY)
        return KN_OK;
    if (self->outbox && self->next_send > outbox_first(self->outbox) && now >= self->receipt_at)
        self->next_send = outbox_first(self->outbox);
    send_request(self);
    open_subscriptions(self, now);
    save_subscriptions(self);
    return talk_send_outbox(self, now);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When something will be due at the latest. */
static int64_t due_at(const kn_client_t *self)
{
    int64_t due;
    if (self->phase == WAITING)
        return self->connect_at;
    if (self->phase != READY)
        return self->deadline_at;
    due = self->heard_at > self->pinged_at ? self->heard_at + PING_MS : self->pinged_at + PING_MS;
    due = sooner(due, self->heard_at + SILENCE_MS);
    if (self->is_blocked) /* nothing can be sent before the socket says so */
        return due;
    if (self->outbox && outbox_count(self->outbox) > 0) {
        if (self->resume_at > 0 && self->next_send <= outbox_last(self->outbox))
            due = sooner(due, self->resume_at);
        if (self->next_send > outbox_first(self->outbox))
            due = sooner(due, self->receipt_at);
    }
    for (int i = 0; i < self->n_subscriptions; i++)
        if (self->subscriptions[i].state == SUBSCRIPTION_CLOSED)
            due = sooner(due, self->subscriptions[i].reopen_at);
    return due;
}

/* Waits for the socket, its monitor and what is watched. KN_OK; KN_E_CLOSED for a signal;
 * *IS_WATCHED when a watched descriptor has something. */
static int wait_for(kn_client_t *self, int64_t ms, bool *is_watched)
{
    zmq_pollitem_t items[3 + MAX_WATCHED];
    int n = 0, first;
    if (self->socket) {
        items[n++] = (zmq_pollitem_t){
            self->socket, 0, (short)(ZMQ_POLLIN | (self->is_blocked ? ZMQ_POLLOUT : 0)), 0};
        items[n++] = (zmq_pollitem_t){self->monitor, 0, ZMQ_POLLIN, 0};
    }
    if (self->stop_fd >= 0)
        items[n++] = (zmq_pollitem_t){NULL, self->stop_fd, ZMQ_POLLIN, 0};
    first = n;
    for (int i = 0; i < self->n_watched && !self->request.body; i++)
        items[n++] = (zmq_pollitem_t){NULL, self->watched[i], ZMQ_POLLIN, 0};
    if (zmq_poll(items, n, (long)ms) < 0)
        return errno == EINTR ? KN_E_CLOSED : KN_E_IO;
    if (self->socket && (items[0].revents & ZMQ_POLLOUT))
        self->is_blocked = false;
    if (self->stop_fd >= 0 && items[first - 1].revents)
        return KN_E_CLOSED;
    *is_watched = false;
    for (int i = first; i < n; i++)
        if (items[i].revents)
            *is_watched = true;
    return KN_OK;
}

/* The time in which nobody polled is not the hub's silence. After a long one we ask at once. */
static void skip_absence(kn_client_t *self)
{
    int64_t now = client_now_ms(), gap = now - self->polled_at;
    self->heard_at += gap;
    self->pinged_at += gap;
    self->deadline_at += gap;
    self->receipt_at += gap;
    if (gap >= PING_MS)
        self->heard_at = self->pinged_at = now - PING_MS;
}

int kn_client_poll(kn_client_t *self, int timeout_ms)
{
    int64_t end = timeout_ms < 0 ? INT64_MAX : client_now_ms() + timeout_ms;
    int rc = self->late;
    assert(!self->in_callback);
    self->late = KN_OK;
    skip_absence(self);
    while (rc == KN_OK) {
        bool happened = false, is_watched = false;
        rc = kn_client_flush(self);
        if (rc == KN_OK)
            rc = do_due(self);
        if (rc != KN_OK)
            break;
        int64_t now = client_now_ms(), until = sooner(end, due_at(self));
        rc = wait_for(self, until > now ? until - now : 0, &is_watched);
        if (rc == KN_OK)
            happened = take_monitor(self);
        if (rc == KN_OK)
            rc = receive(self, &happened);
        if (happened || is_watched || client_now_ms() >= end)
            break;
    }
    int committed = kn_client_flush(self);
    save_subscriptions(self);
    self->polled_at = client_now_ms();
    return rc != KN_OK ? rc : committed;
}

/* ---- making and asking --------------------------------------------------------------------- */

static int copy_key(char out[41], const char *key)
{
    uint8_t bytes[32];
    if (!key || strlen(key) != 40 || !zmq_z85_decode(bytes, key))
        return KN_E_INVALID;
    memcpy(out, key, 41);
    return KN_OK;
}

static char *copy_text(const char *text, int *rc)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        *rc = KN_E_NOMEM;
    return copy;
}

int kn_client_new(kn_client_t **out, const struct kn_client_options *options)
{
    int rc = KN_OK;
    kn_client_t *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self)
        return KN_E_NOMEM;
    self->stop_fd = -1;
    self->on_receipt = options->on_receipt;
    self->on_state = options->on_state;
    self->arg = options->arg;
    snprintf(self->words, sizeof self->words, "not connected yet");
    snprintf(self->instance, sizeof self->instance, "%016llx", (unsigned long long)random_bits());
    self->endpoint = copy_text(options->endpoint, &rc);
    self->program = copy_text(options->program, &rc);
    self->program_version = copy_text(options->program_version, &rc);
    if (rc == KN_OK && (!self->endpoint || strlen(options->program ? options->program : "") > 60 ||
                        strlen(options->program_version ? options->program_version : "") > 40 ||
                        copy_key(self->hub_key, options->hub_key) != KN_OK ||
                        copy_key(self->public_key, options->public_key) != KN_OK ||
                        copy_key(self->secret_key, options->secret_key) != KN_OK))
        rc = KN_E_INVALID;
    if (rc == KN_OK) {
        self->context = zmq_ctx_new();
        rc = self->context ? open_socket(self) : KN_E_NOMEM; /* also tells a wrong endpoint */
    }
    if (rc == KN_OK && options->outbox)
        rc = outbox_open(&self->outbox, options->outbox);
    if (rc != KN_OK) {
        kn_client_destroy(&self);
        return rc;
    }
    self->next_send = self->outbox ? outbox_first(self->outbox) : 0;
    self->polled_at = client_now_ms();
    *out = self;
    return KN_OK;
}

void kn_client_destroy(kn_client_t **self_p)
{
    kn_client_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    kn_client_flush(self);
    save_subscriptions(self);
    outbox_close(&self->outbox);
    if (self->phase == READY)
        talk_send(self, KN_TYPE_BYE, &(struct kn_bye){0});
    close_socket(self, self->phase == READY ? BYE_MS : 0);
    if (self->context)
        zmq_ctx_term(self->context);
    kn_message_destroy(&self->welcome);
    kn_message_destroy(&self->request.answer);
    free(self->endpoint);
    free(self->program);
    free(self->program_version);
    memset(self, 0, sizeof *self);
    free(self);
}

void kn_client_watch(kn_client_t *self, int fd)
{
    assert(self->n_watched < MAX_WATCHED);
    self->watched[self->n_watched++] = fd;
}

void kn_client_stop_on(kn_client_t *self, int fd)
{
    self->stop_fd = fd;
}

enum kn_client_state kn_client_state(const kn_client_t *self)
{
    return self->state;
}

int64_t kn_client_silence_ms(const kn_client_t *self)
{
    return self->welcome ? client_now_ms() - self->alive_at : -1;
}

const struct kn_welcome *kn_client_welcome(const kn_client_t *self)
{
    return self->welcome ? self->welcome->body : NULL;
}

const char *kn_client_words(const kn_client_t *self)
{
    return self->words;
}

int kn_client_submit(kn_client_t *self, uint64_t tag, enum kn_type type, void *body,
                     struct kn_fault *fault)
{
    assert(self->outbox && talk_is_numbered(type));
    talk_set_number(body, (int64_t)outbox_last(self->outbox) + 1);
    long size = kn_message_encode(self->frame, sizeof self->frame, type, body, fault);
    if (size < 0)
        return (int)size;
    int rc = outbox_append(self->outbox, tag, self->frame, (size_t)size);
    if (rc == KN_OK && outbox_dirty(self->outbox) >= COMMIT_MAX && !self->in_callback)
        rc = outbox_commit(self->outbox);
    return rc;
}

int kn_client_flush(kn_client_t *self)
{
    return self->outbox && outbox_dirty(self->outbox) > 0 ? outbox_commit(self->outbox) : KN_OK;
}

uint64_t kn_client_backlog(const kn_client_t *self)
{
    return self->outbox ? outbox_count(self->outbox) : 0;
}

int kn_client_put(kn_client_t *self, const char *key, const void *value, size_t size)
{
    assert(self->outbox);
    return outbox_put(self->outbox, key, value, size);
}

int kn_client_get(kn_client_t *self, const void **value, size_t *size, const char *key)
{
    struct outbox_bytes bytes;
    assert(self->outbox);
    int rc = outbox_get(self->outbox, &bytes, key);
    if (rc == KN_OK) {
        *value = bytes.data;
        *size = bytes.size;
    }
    return rc;
}

int kn_client_each(kn_client_t *self, const char *prefix,
                   int (*fn)(void *arg, const char *key, const void *value, size_t size), void *arg)
{
    assert(self->outbox);
    return outbox_each(self->outbox, prefix, fn, arg);
}

int kn_client_subscribe(kn_client_t *self, const char *stream, const char *consumer,
                        const struct kn_subscribe_options *options, kn_on_event_fn *on_event,
                        void *arg)
{
    struct subscription *subscription;
    if (strlen(stream) >= sizeof subscription->stream ||
        strlen(consumer) >= sizeof subscription->consumer || !*stream || !*consumer ||
        (options && (options->credit_events > 1000000 || options->credit_bytes > 1u << 30)))
        return KN_E_INVALID;
    if (self->n_subscriptions == MAX_SUBSCRIPTIONS)
        return KN_E_FULL;
    subscription = &self->subscriptions[self->n_subscriptions++];
    if (options)
        subscription->options = *options;
    subscription->on_event = on_event;
    subscription->arg = arg;
    strcpy(subscription->stream, stream);
    strcpy(subscription->consumer, consumer);
    return KN_OK;
}

void kn_client_refuse(kn_client_t *self, enum kn_code code, const char *reason)
{
    assert(self->taking && code != KN_CODE_NONE);
    self->taking->refused = code;
    snprintf(self->taking->reason, sizeof self->taking->reason, "%s", reason ? reason : "");
    size_t n = strlen(self->taking->reason);
    while (reason && reason[n] && n > 0 && ((unsigned char)reason[n] & 0xc0) == 0x80)
        self->taking->reason[--n] = '\0'; /* no half letter at the end */
}

uint64_t kn_client_position(const kn_client_t *self, int number, uint64_t *last)
{
    assert(number >= 1 && number <= self->n_subscriptions);
    const struct subscription *subscription = &self->subscriptions[number - 1];
    if (last)
        *last = subscription->last;
    return subscription->position;
}

bool kn_client_is_caught_up(const kn_client_t *self, int number)
{
    uint64_t last, position = kn_client_position(self, number, &last);
    return self->subscriptions[number - 1].state == SUBSCRIPTION_OPEN && position == last;
}

/* What a denial is to the asker. */
static int status_of(enum kn_code code)
{
    switch (code) {
    case KN_CODE_UNKNOWN_CASE:
    case KN_CODE_UNKNOWN_BATCH:
    case KN_CODE_UNKNOWN_FILE: return KN_E_NOT_FOUND;
    case KN_CODE_INVALID:
    case KN_CODE_UNKNOWN_VALUE:
    case KN_CODE_TOO_LARGE: return KN_E_INVALID;
    case KN_CODE_BUSY:
    case KN_CODE_STORAGE: return KN_E_BUSY;
    default: return KN_E_DENIED;
    }
}

int kn_client_request(kn_client_t *self, struct kn_message **out, enum kn_type type, void *body,
                      int timeout_ms)
{
    int64_t end = client_now_ms() + timeout_ms;
    struct kn_fault fault;
    int rc = KN_OK;
    *out = NULL;
    assert(talk_is_request(type) && !self->in_callback && !self->request.body);
    self->request =
        (struct request){.number = REQUEST_BASE + ++self->nonce, .type = type, .body = body};
    talk_set_number(body, self->request.number);
    long size = kn_message_encode(self->frame, sizeof self->frame, type, body, &fault);
    if (size < 0) {
        snprintf(self->words, sizeof self->words, "%s: %s", fault.field, fault.reason);
        rc = (int)size;
    }
    while (rc == KN_OK && !self->request.answer) {
        int64_t left = end - client_now_ms();
        if (left <= 0)
            rc = KN_E_TIMEOUT;
        else if (self->state == KN_CLIENT_DENIED)
            rc = KN_E_DENIED;
        else
            rc = kn_client_poll(self, (int)left);
    }
    *out = self->request.answer;
    self->request = (struct request){0};
    if (*out) {
        self->late = rc;
        rc = KN_OK;
        if ((*out)->type == KN_TYPE_DENY) {
            const struct kn_deny *deny = (*out)->body;
            rc = status_of(deny->code);
            snprintf(self->words, sizeof self->words, "%s",
                     deny->reason ? deny->reason : talk_code_text(deny->code));
        }
    }
    return rc;
}
