/* streams.c - see the header. One frame carries as many events as fit (MAX_FRAME_EVENTS, and the
 * frame's size), so that a replay is a few large messages and a live event is a small one. */
#include "hub/streams.h"

#include "hub/acl.h"
#include "hub/join.h"
#include "hub/log.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_FRAME_EVENTS = 128,
    MAX_FRAME = 65503, /* what CURVE leaves of 64 KiB */
    ROOMY = 40 * 1024, /* a frame that has reached this is sent */
    MAX_SUBSCRIPTIONS = 8192,
    PUMP_FRAMES = 4, /* frames to one subscription before the others get their turn */
};

struct subscription {
    struct net_peer peer;
    char agent[64], stream[96], consumer[64];
    char key[ACL_KEY_SIZE]; /* of the connection */
    int64_t id;             /* the client's number */
    uint32_t table;         /* id of the stream in the store; 0: none yet, or `all` */
    bool all;
    enum join_view view;
    uint64_t next;  /* position to send next */
    int64_t events; /* credit */
    int64_t bytes;
    int64_t window;          /* the most events of credit that it has had */
    uint64_t asked, durable; /* position that was to be saved, position that is on the disk */
    bool again;              /* events that it refused wait for it */
    uint64_t again_after;    /* those up to here were given */
};

/* A position that is on its way to the disk: an open that comes sooner starts behind it. */
struct saved {
    char agent[64], stream[96], consumer[64];
    uint64_t position;
};

struct streams {
    store_t *store;
    net_t *net;
    streams_save_fn *save;
    void *arg;
    struct subscription *subscriptions;
    size_t n, room, turn; /* turn: who is served first */
    struct saved *saved;
    size_t n_saved, room_saved;
    uint8_t frame[MAX_FRAME];
};

streams_t *streams_new(store_t *store, net_t *net, streams_save_fn *save, void *arg)
{
    streams_t *self = calloc(1, sizeof *self);
    if (self) {
        self->store = store;
        self->net = net;
        self->save = save;
        self->arg = arg;
    }
    return self;
}

void streams_destroy(streams_t **self_p)
{
    if (*self_p) {
        free((*self_p)->subscriptions);
        free((*self_p)->saved);
        free(*self_p);
        *self_p = NULL;
    }
}

static int send_message(streams_t *self, const struct net_peer *peer, enum kn_type type,
                        const void *body)
{
    struct kn_fault fault;
    long size = kn_message_encode(self->frame, sizeof self->frame, type, body, &fault);
    return size < 0 ? (int)size : net_send(self->net, peer, self->frame, (size_t)size);
}

static bool same_peer(const struct net_peer *a, const struct net_peer *b)
{
    return a->door == b->door && a->id_size == b->id_size && memcmp(a->id, b->id, a->id_size) == 0;
}

static void remove_at(streams_t *self, size_t at)
{
    self->subscriptions[at] = self->subscriptions[--self->n];
}

static void end(streams_t *self, size_t at, enum kn_code code)
{
    struct kn_stream_closed closed = {.subscription = self->subscriptions[at].id, .code = code};
    send_message(self, &self->subscriptions[at].peer, KN_TYPE_STREAM_CLOSED, &closed);
    remove_at(self, at);
}

static struct subscription *find(streams_t *self, const struct net_peer *peer, int64_t id)
{
    for (size_t i = 0; i < self->n; i++) {
        if (self->subscriptions[i].id == id && same_peer(&self->subscriptions[i].peer, peer)) {
            return &self->subscriptions[i];
        }
    }
    return NULL;
}

static enum join_view view_of(const struct kn_agent *agent, const char *stream)
{
    if (strcmp(stream, "public") == 0) {
        return JOIN_PUBLIC;
    }
    return acl_may_see_persons(agent, stream) ? JOIN_CONTENT : JOIN_BARE;
}

static uint64_t last_of(store_txn_t *txn, const struct subscription *sub)
{
    return sub->all ? log_last(txn) : sub->table ? store_stream_last(txn, sub->table) : 0;
}

/* What STREAM and CONSUMER of AGENT saved since the start; NULL. */
static struct saved *saved_of(const streams_t *self, const char *agent, const char *stream,
                              const char *consumer)
{
    for (size_t i = 0; i < self->n_saved; i++) {
        struct saved *saved = &self->saved[i];
        if (strcmp(saved->consumer, consumer) == 0 && strcmp(saved->stream, stream) == 0 &&
            strcmp(saved->agent, agent) == 0) {
            return saved;
        }
    }
    return NULL;
}

static void keep_saved(streams_t *self, const struct subscription *sub, uint64_t position)
{
    struct saved *saved = saved_of(self, sub->agent, sub->stream, sub->consumer);
    if (!saved && self->n_saved == self->room_saved) {
        size_t room = self->room_saved ? 2 * self->room_saved : 64;
        struct saved *more = realloc(self->saved, room * sizeof *more);
        if (!more) {
            return; /* then an early open sees some events again */
        }
        self->saved = more;
        self->room_saved = room;
    }
    if (!saved) {
        saved = &self->saved[self->n_saved++];
        memset(saved, 0, sizeof *saved);
        memcpy(saved->agent, sub->agent, sizeof saved->agent);
        memcpy(saved->stream, sub->stream, sizeof saved->stream);
        memcpy(saved->consumer, sub->consumer, sizeof saved->consumer);
    }
    saved->position = position > saved->position ? position : saved->position;
}

/* The position before the first event of INSTANT or later. Time never goes back along a stream. */
static uint64_t before_instant(store_txn_t *txn, const struct subscription *sub, uint64_t last,
                               int64_t instant)
{
    uint64_t low = 1, high = last + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct kn_event *event =
            log_find(txn, sub->all ? middle : store_stream_event(txn, sub->table, middle, NULL));
        if (!event) {
            store_fail(txn, KN_E_CORRUPT);
            break;
        }
        if (event->at < instant) {
            low = middle + 1;
        } else {
            high = middle;
        }
        kn_record_destroy((void **)&event);
    }
    return low - 1;
}

int streams_open(streams_t *self, const struct net_peer *peer, const struct acl_agent *who,
                 const struct kn_stream_open *message)
{
    const struct kn_agent *agent = &who->agent;
    if (strlen(message->stream) >= sizeof self->subscriptions->stream ||
        strlen(message->consumer) >= sizeof self->subscriptions->consumer) {
        return KN_E_TOO_LARGE; /* letters of several bytes */
    }
    for (size_t i = self->n; i-- > 0;) {
        struct subscription *old = &self->subscriptions[i];
        if ((strcmp(old->stream, message->stream) == 0 &&
             strcmp(old->consumer, message->consumer) == 0 &&
             strcmp(old->agent, agent->agent) == 0) ||
            (old->id == message->subscription && same_peer(&old->peer, peer))) {
            end(self, i, KN_CODE_SUPERSEDED);
        }
    }
    if (self->n == MAX_SUBSCRIPTIONS) {
        return KN_E_BUSY;
    }
    if (self->n == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        struct subscription *more = realloc(self->subscriptions, room * sizeof *more);
        if (!more) {
            return KN_E_NOMEM;
        }
        self->subscriptions = more;
        self->room = room;
    }
    struct subscription *sub = &self->subscriptions[self->n];
    memset(sub, 0, sizeof *sub);
    sub->peer = *peer;
    sub->id = message->subscription;
    sub->all = strcmp(message->stream, "all") == 0;
    sub->view = view_of(agent, message->stream);
    sub->events = message->credit_events;
    sub->bytes = message->credit_bytes;
    sub->again = true;
    memcpy(sub->key, who->key, sizeof sub->key);
    snprintf(sub->agent, sizeof sub->agent, "%s", agent->agent);
    snprintf(sub->stream, sizeof sub->stream, "%s", message->stream);
    snprintf(sub->consumer, sizeof sub->consumer, "%s", message->consumer);

    store_txn_t *txn = store_begin(self->store, STORE_READ);
    char owner[64];
    uint64_t saved = 0;
    sub->table = sub->all ? 0 : store_stream(txn, sub->stream);
    if (!store_cursor(txn, sub->stream, sub->consumer, &saved, owner) ||
        strcmp(owner, agent->agent) != 0) {
        saved = 0;
    }
    const struct saved *early = saved_of(self, sub->agent, sub->stream, sub->consumer);
    saved = early && early->position > saved ? early->position : saved;
    uint64_t last = last_of(txn, sub);
    uint64_t after = message->has_after ? (uint64_t)message->after : saved;
    if (message->has_since) {
        after = before_instant(txn, sub, last, message->since);
    }
    int rc = store_error(txn);
    store_abort(&txn);
    if (rc) {
        return rc;
    }
    sub->next = (after < last ? after : last) + 1; /* a cursor is never ahead of its stream */
    sub->asked = sub->durable = sub->next - 1;
    sub->window = sub->events;
    self->n++;
    struct kn_stream_opened opened = {.subscription = sub->id,
                                      .stream = sub->stream,
                                      .after = (int64_t)sub->next - 1,
                                      .last = (int64_t)last};
    send_message(self, peer, KN_TYPE_STREAM_OPENED, &opened);
    return KN_OK;
}

void streams_credit(streams_t *self, const struct net_peer *peer,
                    const struct kn_stream_credit *message)
{
    struct subscription *sub = find(self, peer, message->subscription);
    if (sub) { /* more than the bounds of stream.open is never in flight */
        sub->events += message->events;
        sub->bytes += message->bytes;
        sub->events = sub->events > 1000000 ? 1000000 : sub->events;
        sub->bytes = sub->bytes > 1 << 30 ? 1 << 30 : sub->bytes;
        sub->window = sub->events > sub->window ? sub->events : sub->window;
    }
}

/* POSITION is on its way to the disk as what SUB has saved. */
static void goes_to_disk(streams_t *self, struct subscription *sub, uint64_t position)
{
    keep_saved(self, sub, position);
    sub->asked = position > sub->asked ? position : sub->asked;
}

void streams_save(streams_t *self, const struct net_peer *peer,
                  const struct kn_stream_save *message)
{
    struct subscription *sub = find(self, peer, message->subscription);
    if (sub && (uint64_t)message->position < sub->next) {
        goes_to_disk(self, sub, (uint64_t)message->position);
        self->save(self->arg, sub->stream, sub->consumer, sub->agent, (uint64_t)message->position);
    }
}

void streams_saved(streams_t *self, const char *stream, const char *consumer, const char *agent,
                   uint64_t position)
{
    for (size_t i = 0; i < self->n; i++) {
        struct subscription *sub = &self->subscriptions[i];
        if (sub->durable < position && strcmp(sub->consumer, consumer) == 0 &&
            strcmp(sub->stream, stream) == 0 && strcmp(sub->agent, agent) == 0) {
            sub->durable = position;
        }
    }
}

bool streams_place(streams_t *self, const struct net_peer *peer, int64_t subscription,
                   uint64_t position, struct store_place *place)
{
    struct subscription *sub = find(self, peer, subscription);
    if (!sub || !position || position >= sub->next) {
        return false;
    }
    *place = (struct store_place){sub->stream, sub->consumer, sub->agent, position};
    return true;
}

void streams_refused(streams_t *self, const struct net_peer *peer, int64_t subscription,
                     uint64_t position)
{
    struct subscription *sub = find(self, peer, subscription);
    if (sub && position < sub->next) {
        goes_to_disk(self, sub, position);
    }
}

void streams_again(streams_t *self, const struct store_place *place)
{
    for (size_t i = 0; i < self->n; i++) {
        struct subscription *sub = &self->subscriptions[i];
        if (strcmp(sub->stream, place->stream) == 0 &&
            strcmp(sub->consumer, place->consumer) == 0 && strcmp(sub->agent, place->agent) == 0) {
            sub->again = true;
            sub->again_after =
                place->position <= sub->again_after ? place->position - 1 : sub->again_after;
        }
    }
}

/* How many events may be sent now: by the credit, and so that a crash of the hub, which forgets
 * what was to be saved and is not on the disk, makes nobody hear more than one credit twice. */
static size_t allowance(const struct subscription *sub)
{
    int64_t n = sub->events, ahead = (int64_t)(sub->next - 1 - sub->durable);
    if (sub->asked > sub->durable && n > sub->window - ahead) {
        n = sub->window - ahead;
    }
    return n <= 0 || sub->bytes <= 0 ? 0 : n < MAX_FRAME_EVENTS ? (size_t)n : MAX_FRAME_EVENTS;
}

/* Bytes that an event will take, roughly: what is joined counts, the rest is small. */
static size_t weight(const struct kn_event *event)
{
    size_t bytes = 400;
    bytes += event->petition && event->petition->text ? strlen(event->petition->text) + 600 : 0;
    bytes += event->answer ? strlen(event->answer) : 0;
    bytes += event->summary ? strlen(event->summary) : 0;
    return bytes;
}

/* Fills JOINED with the events from the place of SUB on, as many as one frame and the credit take.
 */
static size_t gather(store_txn_t *txn, const struct subscription *sub, uint64_t last, size_t limit,
                     struct joined *joined)
{
    size_t n = 0, bytes = 0;
    while (n < limit && sub->next + n <= last && bytes < ROOMY) {
        uint64_t position = sub->next + n, told_of = 0;
        uint64_t sequence =
            sub->all ? position : store_stream_event(txn, sub->table, position, &told_of);
        if (!sequence || !join_event(txn, sequence, sub->view, &joined[n])) {
            store_fail(txn, KN_E_CORRUPT); /* a hole in a stream: never skipped silently */
            break;
        }
        if (told_of) {
            join_told_of(&joined[n], told_of);
        }
        bytes += weight(&joined[n++].event);
    }
    return n;
}

/* Encodes the first of N events that fit into one frame; returns how many, and the frame's size. */
static size_t pack(streams_t *self, const struct subscription *sub, const struct joined *joined,
                   size_t n, uint64_t first, bool again, size_t *size)
{
    static struct kn_event events[MAX_FRAME_EVENTS]; /* of the net thread alone */
    for (size_t i = 0; i < n; i++) {
        events[i] = joined[i].event;
    }
    for (; n > 0; n /= 2) {
        struct kn_events message = {.subscription = sub->id,
                                    .first = (int64_t)first,
                                    .n_events = n,
                                    .events = events,
                                    .again = again};
        struct kn_fault fault;
        long length =
            kn_message_encode(self->frame, sizeof self->frame, KN_TYPE_EVENTS, &message, &fault);
        if (length > 0) {
            *size = (size_t)length;
            return n;
        }
        if (n == 1 && events[0].petition) { /* cannot be: intake keeps petitions below a frame */
            events[0].petition = NULL;
            events[0].content_state = KN_CONTENT_STATE_WITHHELD;
            n = 2;
        }
    }
    return 0;
}

/* One frame to one subscription. KN_OK when something was sent, KN_E_NOT_FOUND when there is
 * nothing to send, else why it could not be. */
static int feed(streams_t *self, store_txn_t *txn, struct subscription *sub)
{
    static struct joined joined[MAX_FRAME_EVENTS]; /* of the net thread alone */
    size_t limit = allowance(sub);
    if (!limit) {
        return KN_E_NOT_FOUND;
    }
    if (!sub->all && !sub->table && !(sub->table = store_stream(txn, sub->stream))) {
        return KN_E_NOT_FOUND;
    }
    uint64_t last = last_of(txn, sub);
    size_t n = gather(txn, sub, last, limit, joined), size = 0;
    size_t packed = n ? pack(self, sub, joined, n, sub->next, false, &size) : 0;
    for (size_t i = 0; i < n; i++) {
        join_clear(&joined[i]);
    }
    if (store_error(txn)) {
        return store_error(txn);
    }
    if (!packed) {
        return KN_E_NOT_FOUND;
    }
    int rc = net_send(self->net, &sub->peer, self->frame, size);
    if (!rc) {
        sub->next += packed;
        sub->events -= (int64_t)packed;
        sub->bytes -= (int64_t)size;
    }
    return rc;
}

/* Gives one event again that SUB refused before and an operator asks it to try. As feed. */
static int feed_again(streams_t *self, store_txn_t *txn, struct subscription *sub)
{
    struct store_place place = {sub->stream, sub->consumer, sub->agent, sub->again_after};
    struct joined joined;
    uint64_t number;
    size_t size = 0, packed = 0;
    bool waits = false;
    while (!waits && (number = store_next_quarantined_of(txn, &place))) {
        struct kn_quarantined *item = store_quarantined(txn, number);
        waits = item && item->again;
        struct subscription there = *sub;
        there.next = place.position;
        if (waits && gather(txn, &there, place.position, 1, &joined)) {
            packed = pack(self, sub, &joined, 1, place.position, true, &size);
            join_clear(&joined);
        }
        kn_record_destroy((void **)&item);
    }
    if (store_error(txn)) {
        return store_error(txn);
    }
    if (!packed) {
        sub->again = false;
        return KN_E_NOT_FOUND;
    }
    int rc = net_send(self->net, &sub->peer, self->frame, size);
    if (!rc) {
        sub->again_after = place.position;
    }
    return rc;
}

bool streams_pump(streams_t *self)
{
    if (!self->n) {
        return false;
    }
    bool more = false;
    store_txn_t *txn = store_begin(self->store, STORE_READ);
    for (size_t i = 0; i < self->n && !store_error(txn); i++) {
        struct subscription *sub = &self->subscriptions[(self->turn + i) % self->n];
        int rc = KN_OK, frames = 0;
        while (!rc && frames++ < PUMP_FRAMES) {
            rc = sub->again ? feed_again(self, txn, sub) : KN_E_NOT_FOUND;
            rc = rc == KN_E_NOT_FOUND ? feed(self, txn, sub) : rc;
        }
        more |= !rc;
        if (rc == KN_E_CLOSED) { /* the peer is gone; it will open again */
            sub->events = 0;
        }
    }
    self->turn = self->n ? (self->turn + 1) % self->n : 0;
    store_abort(&txn);
    return more;
}

void streams_drop_peer(streams_t *self, const struct net_peer *peer)
{
    for (size_t i = self->n; i-- > 0;) {
        if (same_peer(&self->subscriptions[i].peer, peer)) {
            remove_at(self, i);
        }
    }
}

void streams_revoke(streams_t *self, const char *agent)
{
    for (size_t i = self->n; i-- > 0;) {
        if (strcmp(self->subscriptions[i].agent, agent) == 0) {
            end(self, i, KN_CODE_REVOKED);
        }
    }
}

void streams_recheck(streams_t *self, const struct acl_agent *agent)
{
    for (size_t i = self->n; i-- > 0;) {
        struct subscription *sub = &self->subscriptions[i];
        if (strcmp(sub->agent, agent->name) != 0) {
            continue;
        }
        if (strcmp(sub->key, agent->key) != 0 || !acl_may_read(&agent->agent, sub->stream)) {
            end(self, i, KN_CODE_REVOKED);
        } else {
            sub->view = view_of(&agent->agent, sub->stream);
        }
    }
}

void streams_tap(streams_t *self, uint64_t *tap_at)
{
    struct subscription tap = {.view = JOIN_PUBLIC, .next = *tap_at + 1};
    struct joined joined[16];
    store_txn_t *txn = store_begin(self->store, STORE_READ);
    tap.table = store_stream(txn, "public");
    size_t n, size;
    while (tap.table && (n = gather(txn, &tap, last_of(txn, &tap), 16, joined)) > 0) {
        size_t packed = pack(self, &tap, joined, n, tap.next, false, &size);
        for (size_t i = 0; i < n; i++) {
            join_clear(&joined[i]);
        }
        if (!packed) {
            break;
        }
        net_tap(self->net, self->frame, size);
        tap.next += packed;
    }
    *tap_at = tap.next - 1;
    store_abort(&txn);
}

bool streams_connected(const streams_t *self, const char *stream, const char *consumer)
{
    for (size_t i = 0; i < self->n; i++) {
        if (strcmp(self->subscriptions[i].stream, stream) == 0 &&
            strcmp(self->subscriptions[i].consumer, consumer) == 0) {
            return true;
        }
    }
    return false;
}

size_t streams_count(const streams_t *self)
{
    return self->n;
}
