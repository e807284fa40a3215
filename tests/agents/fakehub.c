/* fakehub.c - see fakehub.h. One thread, one ROUTER, its own ZAP handler. */
#include "tests/agents/fakehub.h"

#include "kiennghi/message.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

struct item {
    char key[110];
    char text[200];
    char case_code[24];
};

struct fakehub_state {
    pthread_t thread;
    void *context, *stop_here, *stop_there;
    struct item *items;
    int n_items;
    char instance[17];
    int64_t last; /* of that instance */
    bool is_known;
    unsigned char peer[64];
    size_t n_peer;
    int64_t subscription, position, credit_events, credit_bytes, in_flight;
    int n_messages;
    char frame[KN_FRAME_MAX];
};

static void reply(struct fakehub *hub, void *router, enum kn_type type, const void *body)
{
    struct fakehub_state *s = hub->state;
    long size = kn_message_encode(s->frame, sizeof s->frame, type, body, NULL);
    assert(size > 0);
    zmq_send(router, s->peer, s->n_peer, ZMQ_SNDMORE);
    zmq_send(router, s->frame, (size_t)size, 0);
}

static void greet(struct fakehub *hub, void *router, const struct kn_hello *hello)
{
    struct fakehub_state *s = hub->state;
    if (strcmp(s->instance, hello->instance) != 0) {
        snprintf(s->instance, sizeof s->instance, "%s", hello->instance);
        s->last = 0;
        hub->last_override = 0;
    }
    if (hello->has_first_sequence && hello->first_sequence > s->last + 1)
        s->last = hello->first_sequence - 1;
    s->is_known = true;
    s->subscription = 0;
    hub->n_hellos++;
    struct kn_welcome welcome = {
        .version = 1,
        .agent = "tester",
        .role = KN_ROLE_INTAKE,
        .window = hub->window,
        .max_frame = KN_FRAME_MAX,
        .last_sequence = hub->last_override ? hub->last_override : s->last,
        .now = 1,
        .last_event = 0,
        .head = "0000000000000000000000000000000000000000000000000000000000000000"};
    reply(hub, router, KN_TYPE_WELCOME, &welcome);
}

static void store(struct fakehub *hub, const struct kn_petition_submit *body,
                  struct kn_receipt *receipt)
{
    struct fakehub_state *s = hub->state;
    char key[110];
    snprintf(key, sizeof key, "%s:%s", body->container, body->item);
    if (strcmp(body->petition->text, "bad") == 0) {
        receipt->verdict = KN_VERDICT_REFUSED;
        receipt->code = KN_CODE_INVALID;
        receipt->field = "petition.text";
        return;
    }
    for (int i = 0; i < s->n_items; i++)
        if (strcmp(s->items[i].key, key) == 0) {
            bool is_same = strcmp(s->items[i].text, body->petition->text) == 0;
            receipt->verdict = is_same ? KN_VERDICT_REPEATED : KN_VERDICT_CONFLICT;
            receipt->case_ = s->items[i].case_code;
            if (is_same)
                hub->n_repeated++;
            else
                hub->n_conflict++;
            return;
        }
    assert(s->n_items < FAKEHUB_MAX_ITEMS);
    struct item *item = &s->items[s->n_items++];
    snprintf(item->key, sizeof item->key, "%s", key);
    snprintf(item->text, sizeof item->text, "%s", body->petition->text);
    snprintf(item->case_code, sizeof item->case_code, "HN-2026-%06d", s->n_items);
    receipt->verdict = KN_VERDICT_STORED;
    receipt->case_ = item->case_code;
    hub->n_stored++;
}

static void take_numbered(struct fakehub *hub, void *router, const struct kn_message *message)
{
    struct fakehub_state *s = hub->state;
    struct kn_receipt receipt = {.verdict = KN_VERDICT_STORED};
    memcpy(&receipt.sequence, message->body, sizeof receipt.sequence);
    if (hub->deny_role) {
        struct kn_deny deny = {.code = KN_CODE_NOT_ALLOWED,
                               .reason = "your role may not say this",
                               .has_request = true,
                               .request = receipt.sequence};
        reply(hub, router, KN_TYPE_DENY, &deny);
        return;
    }
    if (receipt.sequence > s->last + 1) {
        hub->n_wrong_order++;
        receipt.verdict = KN_VERDICT_DEFERRED;
        receipt.code = KN_CODE_OUT_OF_ORDER;
        receipt.has_expected = true;
        receipt.expected = s->last + 1;
    } else if (receipt.sequence == s->last + 1 && hub->defer_every &&
               ++s->n_messages % hub->defer_every == 0) {
        receipt.verdict = KN_VERDICT_DEFERRED;
        receipt.code = KN_CODE_BUSY;
        receipt.has_retry_after_ms = true;
        receipt.retry_after_ms = 1;
    } else {
        if (message->type == KN_TYPE_PETITION_SUBMIT)
            store(hub, message->body, &receipt);
        if (receipt.sequence == s->last + 1)
            s->last++;
        else
            receipt.verdict = KN_VERDICT_REPEATED;
    }
    reply(hub, router, KN_TYPE_RECEIPT, &receipt);
}

static void pump(struct fakehub *hub, void *router)
{
    struct fakehub_state *s = hub->state;
    while (s->subscription && s->position < hub->n_events && s->credit_events > 0 &&
           s->credit_bytes > 0) {
        struct kn_event events[3] = {{0}};
        int n = 0;
        for (; n < 3 && s->position + n < hub->n_events && n < s->credit_events; n++)
            events[n] = (struct kn_event){.sequence = s->position + n + 1,
                                          .kind = KN_EVENT_KIND_CASE_RECEIVED,
                                          .at = 1000 + s->position + n};
        struct kn_events frame = {.subscription = s->subscription,
                                  .first = s->position + 1,
                                  .n_events = (size_t)n,
                                  .events = events};
        long size = kn_message_encode(s->frame, sizeof s->frame, KN_TYPE_EVENTS, &frame, NULL);
        assert(size > 0);
        s->position += n;
        s->credit_events -= n;
        s->credit_bytes -= size;
        s->in_flight += n;
        if (s->in_flight > hub->max_in_flight_events)
            hub->max_in_flight_events = (int)s->in_flight;
        reply(hub, router, KN_TYPE_EVENTS, &frame);
    }
}

static void take_refusal(struct fakehub *hub, void *router, const struct kn_event_refuse *refuse)
{
    struct fakehub_state *s = hub->state;
    if (hub->lose_refusals > 0) {
        hub->lose_refusals--;
        hub->cut_after = 1;
        return;
    }
    hub->n_refusals++;
    hub->refused = (int)refuse->position;
    struct kn_event_kept kept = {.subscription = refuse->subscription,
                                 .position = refuse->position};
    reply(hub, router, KN_TYPE_EVENT_KEPT, &kept);
    if (hub->gives_again) {
        const struct kn_event event = {
            .sequence = refuse->position, .kind = KN_EVENT_KIND_CASE_RECEIVED, .at = 1000};
        struct kn_events frame = {.subscription = s->subscription,
                                  .first = refuse->position,
                                  .n_events = 1,
                                  .events = &event,
                                  .again = true};
        reply(hub, router, KN_TYPE_EVENTS, &frame);
    }
}

static void open_stream(struct fakehub *hub, void *router, const struct kn_stream_open *open)
{
    struct fakehub_state *s = hub->state;
    if (strcmp(open->stream, "all") != 0) {
        struct kn_deny deny = {.code = KN_CODE_NOT_ALLOWED,
                               .field = "stream",
                               .has_request = true,
                               .request = open->subscription};
        reply(hub, router, KN_TYPE_DENY, &deny);
        return;
    }
    s->subscription = open->subscription;
    s->position = open->has_after ? open->after : hub->saved;
    s->credit_events = open->credit_events;
    s->credit_bytes = open->credit_bytes;
    s->in_flight = 0;
    struct kn_stream_opened opened = {.subscription = open->subscription,
                                      .stream = "all",
                                      .after = s->position,
                                      .last = hub->n_events};
    reply(hub, router, KN_TYPE_STREAM_OPENED, &opened);
}

static void answer(struct fakehub *hub, void *router, const struct kn_message *message)
{
    struct fakehub_state *s = hub->state;
    if (message->type == KN_TYPE_HELLO) {
        greet(hub, router, message->body);
        return;
    }
    if (message->type == KN_TYPE_BYE) {
        s->is_known = false;
        return;
    }
    if (hub->forget_every && ++s->n_messages % hub->forget_every == 0)
        s->is_known = false;
    if (!s->is_known) {
        struct kn_deny deny = {.code = KN_CODE_NOT_ALLOWED, .reason = "say hello first"};
        reply(hub, router, KN_TYPE_DENY, &deny);
    } else if (message->type == KN_TYPE_PING) {
        const struct kn_ping *ping = message->body;
        struct kn_pong pong = {
            .nonce = ping->nonce,
            .now = 1,
            .head = "0000000000000000000000000000000000000000000000000000000000000000"};
        reply(hub, router, KN_TYPE_PONG, &pong);
    } else if (message->type == KN_TYPE_STREAM_OPEN) {
        open_stream(hub, router, message->body);
    } else if (message->type == KN_TYPE_STREAM_CREDIT) {
        const struct kn_stream_credit *credit = message->body;
        if (credit->subscription == s->subscription) {
            s->credit_events += credit->events;
            s->credit_bytes += credit->bytes;
            s->in_flight -= credit->events;
        }
    } else if (message->type == KN_TYPE_EVENT_REFUSE) {
        take_refusal(hub, router, message->body);
    } else if (message->type == KN_TYPE_EVENT_TAKE) {
        hub->taken = (int)((const struct kn_event_take *)message->body)->position;
    } else if (message->type == KN_TYPE_STREAM_SAVE) {
        hub->saved = (int)((const struct kn_stream_save *)message->body)->position;
    } else if (message->type == KN_TYPE_CASE_GET) {
        const struct kn_case_get *get = message->body;
        struct kn_deny deny = {
            .code = KN_CODE_UNKNOWN_CASE, .has_request = true, .request = get->request};
        reply(hub, router, KN_TYPE_DENY, &deny);
    } else {
        take_numbered(hub, router, message);
    }
}

/* Answers one ZAP request: only the admitted key comes in. */
static void zap(struct fakehub *hub, void *handler)
{
    char parts[8][256];
    size_t sizes[8] = {0};
    int n = 0, more = 1;
    char key[41] = "";
    for (; more && n < 8; n++) {
        int size = zmq_recv(handler, parts[n], sizeof parts[n], 0);
        size_t more_size = sizeof more;
        sizes[n] = size > 0 ? (size_t)size : 0;
        zmq_getsockopt(handler, ZMQ_RCVMORE, &more, &more_size);
    }
    if (n >= 7 && sizes[6] == 32)
        zmq_z85_encode(key, (uint8_t *)parts[6], 32);
    bool is_in = strcmp(key, hub->admitted) == 0;
    zmq_send(handler, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(handler, parts[1], sizes[1], ZMQ_SNDMORE);
    zmq_send(handler, is_in ? "200" : "400", 3, ZMQ_SNDMORE);
    zmq_send(handler, "", 0, ZMQ_SNDMORE);
    zmq_send(handler, is_in ? "tester" : "", is_in ? 6 : 0, ZMQ_SNDMORE);
    zmq_send(handler, "", 0, 0);
}

static void *open_router(struct fakehub *hub)
{
    void *router = zmq_socket(hub->state->context, ZMQ_ROUTER);
    int on = 1, linger = 0;
    zmq_setsockopt(router, ZMQ_CURVE_SERVER, &on, sizeof on);
    zmq_setsockopt(router, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, hub->keys.secret_key, 41);
    zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, "test", 4);
    unlink(hub->endpoint + strlen("ipc://"));
    int rc = zmq_bind(router, hub->endpoint);
    assert(rc == 0);
    hub->state->is_known = false;
    hub->state->subscription = 0;
    return router;
}

static void take(struct fakehub *hub, void **router)
{
    struct fakehub_state *s = hub->state;
    struct kn_message *message = NULL;
    static _Thread_local char frame[KN_FRAME_MAX];
    int n = zmq_recv(*router, s->peer, sizeof s->peer, ZMQ_DONTWAIT);
    if (n < 0)
        return;
    s->n_peer = (size_t)n;
    n = zmq_recv(*router, frame, sizeof frame, 0);
    if (n >= 0 && kn_message_decode(&message, frame, (size_t)n, NULL) == 0)
        answer(hub, *router, message);
    kn_message_destroy(&message);
    if (hub->cut_after && --hub->cut_after == 0) { /* the receipts may die with the socket */
        zmq_close(*router);
        hub->n_cuts++;
        *router = open_router(hub);
    }
}

static void *run(void *arg)
{
    struct fakehub *hub = arg;
    struct fakehub_state *s = hub->state;
    void *handler = zmq_socket(s->context, ZMQ_REP);
    int rc = zmq_bind(handler, "inproc://zeromq.zap.01");
    assert(rc == 0);
    void *router = open_router(hub);
    for (;;) {
        zmq_pollitem_t items[] = {{s->stop_here, 0, ZMQ_POLLIN, 0},
                                  {handler, 0, ZMQ_POLLIN, 0},
                                  {router, 0, ZMQ_POLLIN, 0}};
        zmq_poll(items, 3, 10);
        if (items[0].revents)
            break;
        if (items[1].revents)
            zap(hub, handler);
        if (items[2].revents)
            take(hub, &router);
        pump(hub, router);
    }
    zmq_close(router);
    zmq_close(handler);
    zmq_close(s->stop_here);
    return NULL;
}

void fakehub_init(struct fakehub *hub, const char *client_key)
{
    *hub = (struct fakehub){.window = 16};
    kn_keys_new(&hub->keys);
    snprintf(hub->admitted, sizeof hub->admitted, "%s", client_key);
    hub->state = calloc(1, sizeof *hub->state);
    hub->state->items = calloc(FAKEHUB_MAX_ITEMS, sizeof *hub->state->items);
    snprintf(hub->endpoint, sizeof hub->endpoint, "ipc://fakehub-%d.sock", (int)getpid());
}

void fakehub_start(struct fakehub *hub)
{
    struct fakehub_state *s = hub->state;
    s->context = zmq_ctx_new();
    s->stop_here = zmq_socket(s->context, ZMQ_PAIR);
    s->stop_there = zmq_socket(s->context, ZMQ_PAIR);
    zmq_bind(s->stop_here, "inproc://stop");
    zmq_connect(s->stop_there, "inproc://stop");
    pthread_create(&s->thread, NULL, run, hub);
}

void fakehub_stop(struct fakehub *hub)
{
    struct fakehub_state *s = hub->state;
    zmq_send(s->stop_there, "", 0, 0);
    pthread_join(s->thread, NULL);
    zmq_close(s->stop_there);
    zmq_ctx_term(s->context);
}

void fakehub_clear(struct fakehub *hub)
{
    unlink(hub->endpoint + strlen("ipc://"));
    free(hub->state->items);
    free(hub->state);
    hub->state = NULL;
}
