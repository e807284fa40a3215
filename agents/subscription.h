/* subscription.h - the streams of one client: order, credit, cursor. Knows no socket. */
#ifndef AGENTS_SUBSCRIPTION_H
#define AGENTS_SUBSCRIPTION_H

#include "kiennghi/client.h"

/* How a subscription reaches the hub: sends one message, false when it cannot now. */
typedef bool subscription_send_fn(void *arg, enum kn_type type, const void *body);

enum { SUBSCRIPTION_REFUSALS = 16, KN_REFUSAL_MAX = 161 };

enum subscription_state {
    SUBSCRIPTION_CLOSED,
    SUBSCRIPTION_OPENING,
    SUBSCRIPTION_OPEN,
    SUBSCRIPTION_ENDED
};

struct subscription {
    struct kn_subscribe_options options;
    kn_on_event_fn *on_event;
    void *arg;
    char stream[81];
    char consumer[61];
    enum subscription_state state;
    int64_t number;    /* on this connection; a new one each time it is opened */
    int64_t reopen_at; /* closed: not before this instant of the client's clock */
    bool has_position; /* it ran before: go on behind POSITION, not behind the saved cursor */
    uint64_t position; /* last event taken */
    uint64_t saved;    /* durable here, said to the hub */
    uint64_t last;     /* last position the hub told of */
    int64_t n_events;  /* taken since credit was given */
    int64_t n_bytes;
    struct refusal { /* said, not known to be on the hub's disk: said again when it is opened */
        uint64_t position;
        enum kn_code code;
        bool taken; /* event.take */
        char reason[KN_REFUSAL_MAX];
    } refusals[SUBSCRIPTION_REFUSALS];
    int n_refusals;
    enum kn_code refused; /* by the running callback, with REASON */
    char reason[KN_REFUSAL_MAX];
};

/* Opens it under NUMBER; true when the message went out. */
bool subscription_open(struct subscription *self, int64_t number, subscription_send_fn *send,
                       void *arg);

/* The hub opened it: what it may not know yet is said again. */
void subscription_opened(struct subscription *self, const struct kn_stream_opened *opened,
                         subscription_send_fn *send, void *arg);

/* The hub has it on its disk what was said of the event at POSITION. */
void subscription_kept(struct subscription *self, uint64_t position);

/* Takes a frame of SIZE bytes: calls back. What the callback returned; KN_E_CORRUPT for a hole in
 * the stream. After either it is closed. */
int subscription_take(struct subscription *self, const struct kn_events *events, size_t size,
                      subscription_send_fn *send, void *arg);

/* What the callbacks wrote is durable: saves the cursor at the hub, then gives credit when half of
 * it is used; again later what could not be sent. */
void subscription_save(struct subscription *self, subscription_send_fn *send, void *arg);

/* What the callbacks wrote since then is lost: goes back to what was saved, opened again at
 * REOPEN_AT.
 */
void subscription_go_back(struct subscription *self, int64_t reopen_at);

#endif
