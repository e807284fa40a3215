/* client.c - the connection to the hub; the only file of the agents that knows ZeroMQ.
 *
 * One DEALER socket is one attempt: libzmq's own reconnecting is off, because after a refused
 * handshake it never tries again. The socket's monitor tells at once when a connection is made, cut
 * or refused; timers see the rest (no welcome, silence). Then the socket is destroyed and a new one
 * made after a back-off.
 *
 *   WAITING --due--> CONNECTING --handshake--> GREETING (hello sent) --welcome--> READY
 *      ^------------------- cut, refused, no welcome, silence, denied ----------------'
 *
 * Sending (protocol.md, 4): what is in the outbox goes out in order, never before its commit (else
 * a crash could give its sequence to another message), at most a window ahead of the oldest one
 * unanswered. `deferred` moves next_send back. A final receipt calls back and removes the message
 * in the outbox's open transaction; losing that commit costs a `repeated`, nothing else.
 */
#include "kiennghi/client.h"

#include "agents/outbox.h"
#include "agents/subscription.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <zmq.h>

enum {
    WELCOME_MS = 10000,   /* no welcome: a new socket */
    PING_MS = 10000,      /* nothing heard: ask */
    SILENCE_MS = 30000,   /* still nothing: a new socket */
    RECEIPT_MS = 30000,   /* no receipt for the oldest: send again */
    FIRST_RETRY_MS = 200, /* the hub was there a moment ago */
    BACKOFF_MS = 1000,    /* then 1, 2, 4 … 32 s, each +- 50 % */
    BACKOFF_DOUBLINGS = 5,
    DEFERRED_MS = 100, /* when `deferred` names no time */
    REOPEN_MS = 1000,  /* a stream whose event was not taken */
    BYE_MS = 200,      /* linger of the last words */
    TURN_MAX = 256,    /* frames taken in one turn */
    COMMIT_MAX = 1024, /* writes in one commit of the outbox */
    MAX_WATCHED = 4,
    MAX_SUBSCRIPTIONS = 8
};

/* Requests count from here: a denial gives a sequence or a request back in one field. */
#define REQUEST_BASE ((int64_t)1 << 40)

enum phase { WAITING, CONNECTING, GREETING, READY };

/* The one request that waits for its answer. */
struct request {
    int64_t number;
    enum kn_type type;
    const void *body; /* NULL: none waits */
    bool is_sent;
    int n_denied; /* by denials that do not name it */
    struct kn_message *answer;
};

struct kn_client {
    char *endpoint, *program, *program_version;
    char hub_key[41], public_key[41], secret_key[41];
    kn_on_receipt_fn *on_receipt;
    kn_on_state_fn *on_state;
    void *arg;

    void *context, *socket, *monitor;
    unsigned n_sockets; /* made so far: names the monitor's address */
    enum phase phase;
    enum kn_client_state state;
    char words[200];
    int n_failures; /* in a row: how long the back-off is */
    int64_t connect_at, deadline_at, heard_at, pinged_at;
    bool is_greeting_again; /* hello on a connection that was ready before */
    int64_t nonce;
    struct kn_message *welcome; /* the last one */
    char frame[KN_FRAME_MAX];

    outbox_t *outbox;
    char instance[17];
    uint64_t next_send;
    int64_t resume_at;  /* deferred: nothing is sent before */
    int64_t receipt_at; /* when something must have been answered */
    bool is_blocked;    /* the socket took no more */

    struct subscription subscriptions[MAX_SUBSCRIPTIONS];
    int n_subscriptions;
    int64_t next_number; /* of subscriptions and requests */
    struct request request;

    int watched[MAX_WATCHED];
    int n_watched;
    int stop_fd; /* or -1 */
    bool in_callback;
    int late; /* what a callback returned while a request waited */
};

/* ---- small things -------------------------------------------------------------------------- */

static int64_t now_ms(void)
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

static void set_state(kn_client_t *self, enum kn_client_state state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(self->words, sizeof self->words, format, args);
    va_end(args);
    self->state = state;
    if (self->on_state)
        self->on_state(self->arg, state, self->words);
}

/* Sends one frame; false when the socket takes none now. */
static bool send_frame(kn_client_t *self, const void *frame, size_t size)
{
    if (!self->socket)
        return false;
    if (zmq_send(self->socket, frame, size, ZMQ_DONTWAIT) >= 0)
        return true;
    self->is_blocked = true;
    return false;
}

static bool send_message(void *arg, enum kn_type type, const void *body)
{
    kn_client_t *self = arg;
    struct kn_fault fault;
    long size = kn_message_encode(self->frame, sizeof self->frame, type, body, &fault);
    assert(size > 0); /* our own messages fit their schemas */
    return send_frame(self, self->frame, (size_t)size);
}

/* ---- the socket ---------------------------------------------------------------------------- */

static void close_socket(kn_client_t *self, int linger_ms)
{
    if (self->monitor)
        zmq_close(self->monitor);
    if (self->socket) {
        zmq_setsockopt(self->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
        zmq_socket_monitor(self->socket, NULL, 0);
        zmq_close(self->socket);
    }
    self->monitor = self->socket = NULL;
}

/* The hub knows nothing of us now: streams are opened again, the request is asked again. */
static void lose_session(kn_client_t *self)
{
    for (int i = 0; i < self->n_subscriptions; i++)
        if (self->subscriptions[i].state != SUBSCRIPTION_ENDED)
            self->subscriptions[i].state = SUBSCRIPTION_CLOSED;
    self->request.is_sent = false;
}

/* Gives the attempt up and plans the next one. */
static void drop(kn_client_t *self)
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
    self->connect_at = now_ms() + base / half + (int64_t)(random_bits() % (uint64_t)base);
    self->phase = WAITING;
    lose_session(self);
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
    self->deadline_at = now_ms() + WELCOME_MS;
    return KN_OK;
failed:
    close_socket(self, 0);
    return rc;
}

static void say_hello(kn_client_t *self)
{
    struct kn_hello hello = {
        .version_min = KN_FRAME_MAJOR,
        .version_max = KN_FRAME_MAJOR,
        .instance = self->outbox ? outbox_instance(self->outbox) : self->instance,
        .program = self->program,
        .program_version = self->program_version,
        .has_first_sequence = self->outbox != NULL,
        .first_sequence = self->outbox ? (int64_t)outbox_first(self->outbox) : 0,
    };
    self->is_greeting_again = self->phase == READY;
    self->phase = GREETING;
    self->heard_at = self->pinged_at = now_ms();
    self->deadline_at = self->heard_at + WELCOME_MS;
    lose_session(self);
    send_message(self, KN_TYPE_HELLO, &hello);
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
            say_hello(self);
        } else if (id == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
            set_state(self, value == 400 ? KN_CLIENT_DENIED : KN_CLIENT_CONNECTING,
                      "the hub does not let this key in (%u)", value);
            drop(self);
        } else if (self->phase == CONNECTING && id != ZMQ_EVENT_CLOSED) {
            set_state(self, KN_CLIENT_CONNECTING,
                      "the handshake with %s failed: is the hub's key the right one?",
                      self->endpoint);
            drop(self);
        } else if (self->phase == CONNECTING) {
            if (self->state != KN_CLIENT_DENIED)
                set_state(self, KN_CLIENT_CONNECTING, "nobody answers at %s", self->endpoint);
            drop(self);
        } else if (id == ZMQ_EVENT_DISCONNECTED) {
            set_state(self, KN_CLIENT_CONNECTING, "the connection to %s was cut", self->endpoint);
            drop(self);
        }
    }
    return changed;
}

/* ---- numbered messages and receipts -------------------------------------------------------- */

static bool is_numbered(enum kn_type type)
{
    return (type >= KN_TYPE_BATCH_DECLARE && type <= KN_TYPE_CASE_UNLINK) ||
           type == KN_TYPE_AGENT_ADMIT || type == KN_TYPE_AGENT_REVOKE ||
           type == KN_TYPE_CLOCK_MOVE;
}

static bool is_request(enum kn_type type)
{
    return type == KN_TYPE_CASE_GET || type == KN_TYPE_CASE_FIND || type == KN_TYPE_BATCH_GET ||
           type == KN_TYPE_STATUS_GET || type == KN_TYPE_HUB_DRAIN;
}

/* The number is the first member of every numbered message and of every request. */
#define IS_FIRST(s, member) static_assert(offsetof(struct s, member) == 0, "number comes first")
IS_FIRST(kn_batch_declare, sequence);
IS_FIRST(kn_row_refuse, sequence);
IS_FIRST(kn_petition_submit, sequence);
IS_FIRST(kn_petition_revise, sequence);
IS_FIRST(kn_assignment_accept, sequence);
IS_FIRST(kn_assignment_return, sequence);
IS_FIRST(kn_answer_submit, sequence);
IS_FIRST(kn_case_assign, sequence);
IS_FIRST(kn_answer_review, sequence);
IS_FIRST(kn_case_verify, sequence);
IS_FIRST(kn_case_publish, sequence);
IS_FIRST(kn_case_link, sequence);
IS_FIRST(kn_case_unlink, sequence);
IS_FIRST(kn_agent_admit, sequence);
IS_FIRST(kn_agent_revoke, sequence);
IS_FIRST(kn_clock_move, sequence);
IS_FIRST(kn_case_get, request);
IS_FIRST(kn_case_find, request);
IS_FIRST(kn_batch_get, request);
IS_FIRST(kn_status_get, request);
IS_FIRST(kn_hub_drain, request);

static void set_number(void *body, int64_t number)
{
    memcpy(body, &number, sizeof number);
}

static long renumber(void *out, size_t max, const void *frame, size_t size, uint64_t sequence)
{
    struct kn_message *message = NULL;
    long n = kn_message_decode(&message, frame, size, NULL);
    if (n == KN_OK) {
        /* The block is ours alone, so its first member may be written. */
        set_number((void *)(uintptr_t)message->body, (int64_t)sequence);
        n = kn_message_encode(out, max, message->type, message->body, NULL);
    }
    kn_message_destroy(&message);
    return n;
}

/* Sends what the window allows; only what is committed. */
static int send_outbox(kn_client_t *self, int64_t now)
{
    uint64_t window, end;
    if (!self->outbox || self->phase != READY || now < self->resume_at || self->is_blocked)
        return KN_OK;
    assert(outbox_dirty(self->outbox) == 0);
    self->resume_at = 0;
    window = (uint64_t)kn_client_welcome(self)->window;
    if (self->next_send < outbox_first(self->outbox))
        self->next_send = outbox_first(self->outbox);
    end = outbox_first(self->outbox) + window;
    if (end > outbox_last(self->outbox) + 1)
        end = outbox_last(self->outbox) + 1;
    if (self->next_send < end && self->next_send == outbox_first(self->outbox))
        self->receipt_at = now + RECEIPT_MS;
    for (; self->next_send < end; self->next_send++) {
        struct outbox_bytes frame;
        uint64_t tag;
        int rc = outbox_read(self->outbox, &frame, &tag, self->next_send);
        if (rc == KN_E_NOT_FOUND)
            continue;
        if (rc != KN_OK)
            return rc;
        if (!send_frame(self, frame.data, frame.size))
            break;
    }
    return KN_OK;
}

/* Goes back to the sequence the hub asks for. An impossible one means that hub and outbox do not
 * know each other's past: number what is left anew. */
static int take_deferred(kn_client_t *self, const struct kn_receipt *receipt, int64_t now)
{
    uint64_t back = (uint64_t)receipt->sequence;
    if (receipt->code == KN_CODE_OUT_OF_ORDER && receipt->has_expected) {
        back = (uint64_t)receipt->expected;
        if (back < outbox_first(self->outbox) || back > outbox_last(self->outbox) + 1) {
            drop(self); /* a receipt of the old numbers must not meet the new ones */
            return outbox_renew(self->outbox, renumber);
        }
    }
    if (back < self->next_send) {
        self->next_send = back;
        self->resume_at =
            now + (receipt->has_retry_after_ms ? receipt->retry_after_ms : DEFERRED_MS);
    }
    return KN_OK;
}

static int take_receipt(kn_client_t *self, const struct kn_receipt *receipt, int64_t now)
{
    struct outbox_bytes frame;
    struct kn_message *sent = NULL;
    uint64_t sequence = (uint64_t)receipt->sequence, tag;
    int rc = self->outbox && self->phase == READY
                 ? outbox_read(self->outbox, &frame, &tag, sequence)
                 : KN_E_NOT_FOUND;
    if (rc == KN_E_NOT_FOUND)
        return KN_OK; /* answered before, and sent again since */
    if (rc != KN_OK)
        return rc;
    self->receipt_at = now + RECEIPT_MS;
    if (receipt->verdict == KN_VERDICT_DEFERRED)
        return take_deferred(self, receipt, now);
    rc = kn_message_decode(&sent, frame.data, frame.size, NULL);
    if (rc != KN_OK)
        return KN_E_CORRUPT;
    if (self->on_receipt) {
        self->in_callback = true;
        self->on_receipt(self->arg, tag, sent, receipt);
        self->in_callback = false;
    }
    kn_message_destroy(&sent);
    return outbox_remove(self->outbox, sequence);
}

/* ---- what comes in ------------------------------------------------------------------------- */

static int take_welcome(kn_client_t *self, struct kn_message **message_p)
{
    const struct kn_welcome *welcome = (*message_p)->body;
    if (self->phase != GREETING)
        return KN_OK;
    if (self->outbox && (uint64_t)welcome->last_sequence > outbox_last(self->outbox)) {
        int rc = outbox_renew(self->outbox, renumber); /* restored from an older copy */
        if (rc == KN_OK)
            say_hello(self);
        return rc;
    }
    kn_message_destroy(&self->welcome);
    self->welcome = *message_p;
    *message_p = NULL;
    self->phase = READY;
    self->n_failures = 0;
    self->resume_at = 0;
    self->next_send = self->outbox ? outbox_first(self->outbox) : 0;
    set_state(self, KN_CLIENT_READY, "connected to %s as %s", self->endpoint, welcome->agent);
    return KN_OK;
}

static struct subscription *find_subscription(kn_client_t *self, int64_t number)
{
    for (int i = 0; i < self->n_subscriptions; i++)
        if (self->subscriptions[i].number == number &&
            (self->subscriptions[i].state == SUBSCRIPTION_OPENING ||
             self->subscriptions[i].state == SUBSCRIPTION_OPEN))
            return &self->subscriptions[i];
    return NULL;
}

static const char *code_text(enum kn_code code)
{
    const char *text = kn_enum_text(KN_ENUM_CODE, (int)code);
    return text ? text : "no reason given";
}

static int end_subscription(kn_client_t *self, struct subscription *subscription, int rc,
                            const char *why)
{
    subscription->state = SUBSCRIPTION_ENDED;
    snprintf(self->words, sizeof self->words, "stream %s: %s", subscription->stream, why);
    return rc;
}

/* A stream was not opened: for good, or until the hub has room. */
static int take_stream_denied(kn_client_t *self, const struct kn_deny *deny, const char *why,
                              int64_t now)
{
    struct subscription *subscription = find_subscription(self, deny->request);
    if (!subscription)
        return KN_OK;
    if (deny->code != KN_CODE_BUSY)
        return end_subscription(self, subscription, KN_E_DENIED, why);
    subscription->state = SUBSCRIPTION_CLOSED;
    subscription->reopen_at = now + REOPEN_MS;
    return KN_OK;
}

/* The role may not say a numbered message. An act is refused by that. Intake is kept: somebody gave
 * this key the wrong role, and what voters said must not be thrown away for it. */
static int take_number_denied(kn_client_t *self, const struct kn_deny *deny, const char *why,
                              int64_t now)
{
    struct outbox_bytes frame;
    struct kn_message *sent = NULL;
    uint64_t tag;
    const struct kn_receipt refused = {.sequence = deny->request,
                                       .verdict = KN_VERDICT_REFUSED,
                                       .code = deny->code,
                                       .field = deny->field,
                                       .reason = why};
    int rc = self->outbox ? outbox_read(self->outbox, &frame, &tag, (uint64_t)deny->request)
                          : KN_E_NOT_FOUND;
    if (rc != KN_OK)
        return rc == KN_E_NOT_FOUND ? KN_OK : rc;
    rc = kn_message_decode(&sent, frame.data, frame.size, NULL);
    if (rc != KN_OK)
        return KN_E_CORRUPT;
    bool is_intake = sent->type <= KN_TYPE_PETITION_REVISE;
    kn_message_destroy(&sent);
    if (is_intake) {
        set_state(self, KN_CLIENT_DENIED, "denied: %s", why);
        drop(self);
        return KN_OK;
    }
    rc = take_receipt(self, &refused, now);
    if (rc == KN_OK)
        rc = outbox_commit(self->outbox);
    if (rc == KN_OK)
        say_hello(self); /* the hub still waits for that sequence */
    return rc;
}

/* A denial that names nothing: the answer to hello, or to anything when the hub does not know this
 * connection any more, or (the second time) to the request that waits. */
static int take_bare_denied(kn_client_t *self, struct kn_message **message_p, const char *why,
                            int64_t now)
{
    const struct kn_deny *deny = (*message_p)->body;
    bool is_final = deny->code == KN_CODE_NOT_ALLOWED || deny->code == KN_CODE_REVOKED ||
                    deny->code == KN_CODE_UNAUTHENTICATED || deny->code == KN_CODE_VERSION;
    if (self->phase == GREETING) {
        if (deny->code == KN_CODE_NOT_ALLOWED && self->is_greeting_again)
            return KN_OK; /* the answer to something sent before this hello */
        set_state(self, is_final ? KN_CLIENT_DENIED : KN_CLIENT_CONNECTING, "denied: %s", why);
        drop(self);
        if (deny->has_retry_after_ms && self->connect_at < now + deny->retry_after_ms)
            self->connect_at = now + deny->retry_after_ms;
    } else if (deny->code == KN_CODE_NOT_ALLOWED) {
        if (self->request.is_sent && ++self->request.n_denied > 1) {
            self->request.answer = *message_p;
            *message_p = NULL;
        } else {
            say_hello(self);
        }
    } else if (is_final) {
        set_state(self, KN_CLIENT_DENIED, "denied: %s", why);
        drop(self);
    } else {
        set_state(self, self->state, "the hub could not take a message: %s%s%s", why,
                  deny->field ? ", " : "", deny->field ? deny->field : "");
    }
    return KN_OK;
}

static int take_deny(kn_client_t *self, struct kn_message **message_p, int64_t now)
{
    const struct kn_deny *deny = (*message_p)->body;
    const char *why = deny->reason ? deny->reason : code_text(deny->code);
    if (!deny->has_request)
        return take_bare_denied(self, message_p, why, now);
    if (self->phase != READY)
        return KN_OK;
    if (deny->request == self->request.number && self->request.body) {
        self->request.answer = *message_p;
        *message_p = NULL;
        return KN_OK;
    }
    if (deny->field && strcmp(deny->field, "stream") == 0)
        return take_stream_denied(self, deny, why, now);
    return take_number_denied(self, deny, why, now);
}

static int take_events(kn_client_t *self, const struct kn_events *events, size_t size, int64_t now)
{
    struct subscription *subscription = find_subscription(self, events->subscription);
    if (!subscription || subscription->state != SUBSCRIPTION_OPEN)
        return KN_OK;
    self->in_callback = true;
    int rc = subscription_take(subscription, events, size, send_message, self);
    self->in_callback = false;
    if (rc != KN_OK)
        subscription->reopen_at = now + REOPEN_MS;
    return rc;
}

static int take_closed(kn_client_t *self, const struct kn_stream_closed *closed)
{
    struct subscription *subscription = find_subscription(self, closed->subscription);
    if (!subscription)
        return KN_OK;
    return end_subscription(self, subscription,
                            closed->code == KN_CODE_SUPERSEDED ? KN_E_CONFLICT : KN_E_DENIED,
                            code_text(closed->code));
}

static void take_answer(kn_client_t *self, struct kn_message **message_p)
{
    int64_t number;
    memcpy(&number, (*message_p)->body, sizeof number);
    if (!self->request.body || number != self->request.number || self->request.answer)
        return;
    self->request.answer = *message_p;
    *message_p = NULL;
}

static int take(kn_client_t *self, const void *frame, size_t size, int64_t now)
{
    struct kn_message *message = NULL;
    struct subscription *subscription;
    int rc = kn_message_decode(&message, frame, size, NULL);
    if (rc != KN_OK)
        return KN_OK; /* a newer hub's message; silence is seen by the timers */
    switch (message->type) {
    case KN_TYPE_WELCOME: rc = take_welcome(self, &message); break;
    case KN_TYPE_DENY: rc = take_deny(self, &message, now); break;
    case KN_TYPE_RECEIPT: rc = take_receipt(self, message->body, now); break;
    case KN_TYPE_EVENTS: rc = take_events(self, message->body, size, now); break;
    case KN_TYPE_STREAM_CLOSED: rc = take_closed(self, message->body); break;
    case KN_TYPE_STREAM_OPENED:
        subscription =
            find_subscription(self, ((const struct kn_stream_opened *)message->body)->subscription);
        if (subscription)
            subscription_opened(subscription, message->body);
        break;
    case KN_TYPE_CASE_VIEW:
    case KN_TYPE_CASE_LIST:
    case KN_TYPE_BATCH_VIEW:
    case KN_TYPE_STATUS_VIEW: take_answer(self, &message); break;
    case KN_TYPE_BYE:
        set_state(self, KN_CLIENT_CONNECTING, "the hub went away in order");
        drop(self);
        break;
    default: break; /* pong: heard */
    }
    kn_message_destroy(&message);
    return rc;
}

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
        self->heard_at = now_ms();
        *happened = true;
        if (!zmq_msg_more(&message))
            rc = take(self, zmq_msg_data(&message), zmq_msg_size(&message), self->heard_at);
        zmq_msg_close(&message);
        if (self->outbox && outbox_dirty(self->outbox) >= COMMIT_MAX && rc == KN_OK)
            rc = outbox_commit(self->outbox);
    }
    return rc;
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void ping_or_drop(kn_client_t *self, int64_t now)
{
    if (now - self->heard_at >= SILENCE_MS) {
        set_state(self, KN_CLIENT_CONNECTING, "nothing heard from %s for %d s", self->endpoint,
                  SILENCE_MS / 1000);
        drop(self);
    } else if (now - self->heard_at >= PING_MS && now - self->pinged_at >= PING_MS) {
        struct kn_ping ping = {.nonce = ++self->nonce};
        self->pinged_at = now;
        send_message(self, KN_TYPE_PING, &ping);
    }
}

static void open_subscriptions(kn_client_t *self, int64_t now)
{
    for (int i = 0; i < self->n_subscriptions; i++) {
        struct subscription *subscription = &self->subscriptions[i];
        if (subscription->state == SUBSCRIPTION_CLOSED && now >= subscription->reopen_at) {
            self->next_number = self->next_number % 1000000 + 1;
            subscription_open(subscription, self->next_number, send_message, self);
        } else if (subscription->state == SUBSCRIPTION_OPEN) {
            subscription_credit(subscription, send_message, self);
        }
    }
}

static void send_request(kn_client_t *self)
{
    if (self->request.body && !self->request.is_sent && !self->request.answer)
        self->request.is_sent = send_message(self, self->request.type, self->request.body);
}

/* What is due now: a new socket, hello, ping, streams, requests, messages. */
static int do_due(kn_client_t *self)
{
    int64_t now = now_ms();
    if (self->phase == WAITING && now >= self->connect_at) {
        int rc = open_socket(self);
        if (rc != KN_OK) {
            set_state(self, KN_CLIENT_CONNECTING, "no socket: %s", kn_status_text(rc));
            drop(self);
        }
    }
    if ((self->phase == CONNECTING || self->phase == GREETING) && now >= self->deadline_at) {
        if (self->state != KN_CLIENT_DENIED)
            set_state(self, KN_CLIENT_CONNECTING, "no welcome from %s within %d s", self->endpoint,
                      WELCOME_MS / 1000);
        drop(self);
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
    return send_outbox(self, now);
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

int kn_client_poll(kn_client_t *self, int timeout_ms)
{
    int64_t end = timeout_ms < 0 ? INT64_MAX : now_ms() + timeout_ms;
    int rc = self->late;
    assert(!self->in_callback);
    self->late = KN_OK;
    while (rc == KN_OK) {
        bool happened = false, is_watched = false;
        rc = kn_client_flush(self);
        if (rc == KN_OK)
            rc = do_due(self);
        if (rc != KN_OK)
            break;
        int64_t now = now_ms(), until = sooner(end, due_at(self));
        rc = wait_for(self, until > now ? until - now : 0, &is_watched);
        if (rc == KN_OK)
            happened = take_monitor(self);
        if (rc == KN_OK)
            rc = receive(self, &happened);
        if (happened || is_watched || now_ms() >= end)
            break;
    }
    int committed = kn_client_flush(self);
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
    if (rc == KN_OK && (!self->endpoint || copy_key(self->hub_key, options->hub_key) != KN_OK ||
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
    outbox_close(&self->outbox);
    if (self->phase == READY)
        send_message(self, KN_TYPE_BYE, &(struct kn_bye){0});
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
    assert(self->outbox && is_numbered(type));
    set_number(body, (int64_t)outbox_last(self->outbox) + 1);
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
        strlen(consumer) >= sizeof subscription->consumer || !*stream || !*consumer)
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

int kn_client_request(kn_client_t *self, struct kn_message **out, enum kn_type type, void *body,
                      int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;
    int rc = KN_OK;
    *out = NULL;
    assert(is_request(type) && !self->in_callback && !self->request.body);
    self->request =
        (struct request){.number = REQUEST_BASE + ++self->nonce, .type = type, .body = body};
    set_number(body, self->request.number);
    while (rc == KN_OK && !self->request.answer) {
        int64_t left = end - now_ms();
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
            rc = deny->code == KN_CODE_UNKNOWN_CASE || deny->code == KN_CODE_UNKNOWN_BATCH
                     ? KN_E_NOT_FOUND
                     : KN_E_DENIED;
            snprintf(self->words, sizeof self->words, "%s",
                     deny->reason ? deny->reason : code_text(deny->code));
        }
    }
    return rc;
}
