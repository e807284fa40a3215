/* client_internal.h - what the two halves of the client share.
 *
 *   client.c   sockets, timers, the loop, the public calls
 *   talk.c     the protocol: hello, numbered messages, receipts, denials, streams, answers
 */
#ifndef AGENTS_CLIENT_INTERNAL_H
#define AGENTS_CLIENT_INTERNAL_H

#include "agents/outbox.h"
#include "agents/subscription.h"
#include "kiennghi/client.h"

enum {
    WELCOME_MS = 10000, /* no welcome: a new socket */
    REOPEN_MS = 1000,   /* a stream whose event was not taken */
    RECEIPT_MS = 30000, /* no receipt for the oldest: send again */
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
    char words[240];
    uint64_t n_lost; /* commits of the outbox that failed, as far as the streams know */
    int n_failures;  /* in a row: how long the back-off is */
    int64_t connect_at, deadline_at, heard_at, pinged_at, polled_at;
    int64_t alive_at;       /* when the last frame came: heard_at without what timers forgive */
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
    struct subscription *taking; /* whose callback runs */
    int64_t next_number;         /* of subscriptions and requests */
    struct request request;

    int watched[MAX_WATCHED];
    int n_watched;
    int stop_fd; /* or -1 */
    bool in_callback;
    int late; /* what a callback returned while a request waited */
};

/* ---- client.c ------------------------------------------------------------------------------ */

int64_t client_now_ms(void);
/* Sends one frame; false when the socket takes none now. */
bool client_send_frame(kn_client_t *self, const void *frame, size_t size);
/* Gives the connection up and plans the next one. */
void client_drop(kn_client_t *self);

/* ---- talk.c -------------------------------------------------------------------------------- */

void talk_set_state(kn_client_t *self, enum kn_client_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Sends one message of our own; ARG is the client (so it serves as a subscription_send_fn). */
bool talk_send(void *arg, enum kn_type type, const void *body);
void talk_hello(kn_client_t *self);
/* The hub knows nothing of us now: streams are opened again, the request is asked again. */
void talk_lose_session(kn_client_t *self);
/* Sends what the window allows; only what is committed. */
int talk_send_outbox(kn_client_t *self, int64_t now);
/* Takes one frame of the hub. */
int talk_take(kn_client_t *self, const void *frame, size_t size, int64_t now);

/* The number is the first member of every numbered message and of every request. */
bool talk_is_numbered(enum kn_type type);
bool talk_is_request(enum kn_type type);
void talk_set_number(void *body, int64_t number);
const char *talk_code_text(enum kn_code code);

#endif
