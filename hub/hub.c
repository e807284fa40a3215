/* hub.c - the walk of a petition through the hub, from socket to receipt. Read it top to bottom.
 *
 *     net thread                  writer thread                                     net thread
 *     ──────────                  ─────────────                                     ──────────
 *     take ──▶ admit ──▶ (line) ──▶ look ──▶ decide ──▶ record ──▶ COMMIT ──▶ (line) ──▶ answer
 *     frame    who may              keys,    rules.c    log, apply  one fsync            receipt;
 *     skim     say this?            facts    pure       keys        for all that         then the
 *     decode   acl.c                look.c                          waits                streams
 *
 * An errand (errand.h) is one message on its way. Once it has an outcome the later steps pass it
 * untouched. The writer takes all that waits, commits once, answers all: no timer; the next batch
 * forms while the disk works. What is acknowledged is on the disk, whole, or it was not.
 *
 * Beside the walk: requests and streams are read by the net thread in read transactions of its own
 * (queries.c, streams.c); the reading stage (reading.c) follows the log and sends its proposals
 * down the same line; the clock is a command too (clock.tick), stamped by the writer. Everything a
 * peer can do wrong has an answer: deny, refused, conflict, deferred. A peer's bytes never stop the
 * hub.
 */
#include "hub/hub.h"

#include "hub/apply.h"
#include "hub/digest.h"
#include "hub/errand.h"
#include "hub/log.h"
#include "hub/logger.h"
#include "hub/look.h"
#include "hub/queries.h"
#include "hub/reading.h"
#include "hub/sessions.h"
#include "hub/streams.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TAKE_PER_DOOR = 256,      /* frames from one door a turn: the others get theirs */
    TURN_MAX = 1024,          /* errands in one transaction */
    LINE_FULL = 4096,         /* errands waiting for the writer: intake is not read any further */
    READING_AHEAD = 512,      /* the same for proposals of the reading stage */
    TICK_MS = 500,            /* how often the writer looks at the clock */
    PROPOSALS_MS = 4,         /* proposals alone wait so long for company: they share its commit */
    DEFER_BUSY_MS = 200,      /* try again after */
    DEFER_STORAGE_MS = 2000,  /* the same when the disk is full */
    SESSION_MS = 60000,       /* a peer not heard for so long is forgotten */
    MAX_FRAME = 65503,        /* what CURVE leaves of 64 KiB */
    MAX_PETITION = 60 * 1024, /* bytes of a submission: it must fit into an event's frame */
    DEFAULT_WINDOW = 64,
};

struct hub {
    struct hub_options options;
    store_t *store;
    registers_t *registers;
    acl_t *acl;
    net_t *net;
    pthread_t net_thread, writer_thread;
    bool net_runs, writer_runs;
    struct line todo, done; /* errands to the writer, and back */
    struct line proposals;  /* of the reading stage to the writer: they yield to what peers say */
    reading_stage_t *reading;
    atomic_bool draining, stopping, stopped;
    atomic_int rc;
    atomic_ullong committed; /* turns of the writer that changed something */
    atomic_ullong unread;    /* petitions received whose reading is not on the disk yet */
    atomic_uint beats[2];    /* turns of the two loops, for the watchdog */
    unsigned seen[2];
    int64_t started_at;

    /* of the net thread */
    sessions_t *sessions;
    streams_t *streams;
    uint64_t pumped, tap_at;
    uint8_t frame[MAX_FRAME];

    /* of the writer */
    atomic_llong clock_offset;
    int64_t now;
    lasts_t *lasts;
    struct looked looked;
    struct decision decision;
    bool acl_changed;
    struct link *held, **held_last; /* proposals that could not be recorded: next turn again */
};

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The hub's clock; a store made for tests may have moved it. */
static int64_t wall_ms(struct hub *hub)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000 + atomic_load(&hub->clock_offset);
}

/* ==== 1. take: a frame becomes an errand, or is answered at once ============================== */

static void send_message(struct hub *hub, const struct net_peer *peer, enum kn_type type,
                         const void *body)
{
    struct kn_fault fault;
    long size = kn_message_encode(hub->frame, sizeof hub->frame, type, body, &fault);
    assert(size > 0); /* ours */
    net_send(hub->net, peer, hub->frame, (size_t)size);
}

static void deny(struct hub *hub, const struct net_peer *peer, enum kn_code code, const char *field,
                 const char *reason, int64_t request)
{
    struct kn_deny message = {.code = code,
                              .field = field,
                              .reason = reason,
                              .request = request,
                              .has_request = request >= 0};
    send_message(hub, peer, KN_TYPE_DENY, &message);
}

static uint64_t hex_number(const char *hex)
{
    return hex ? strtoull(hex, NULL, 16) : 0;
}

static void greet(struct hub *hub, const struct net_peer *peer, const struct kn_agent *agent,
                  const struct kn_hello *hello)
{
    if (hello->version_min > 1 || hello->version_max < 1) {
        deny(hub, peer, KN_CODE_VERSION, "version_min", "this hub speaks version 1", -1);
        return;
    }
    struct session *session = sessions_add(hub->sessions, peer, agent->agent);
    if (!session) {
        deny(hub, peer, KN_CODE_BUSY, NULL, NULL, -1);
        return;
    }
    streams_drop_peer(hub->streams, peer); /* a second hello starts anew */
    session->heard_ms = monotonic_ms();
    session->instance = hex_number(hello->instance);
    session->floor = hello->has_first_sequence ? (uint64_t)hello->first_sequence : 0;

    uint8_t head[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    store_head(txn, head);
    digest_hex(hex, head, sizeof head);
    struct kn_welcome welcome = {
        .version = 1,
        .agent = agent->agent,
        .role = agent->role,
        .unit = agent->unit,
        .window = agent->has_window ? agent->window : hub->options.window,
        .max_frame = MAX_FRAME,
        .last_sequence = (int64_t)store_last_sequence(txn, agent->agent, session->instance),
        .now = wall_ms(hub),
        .test_clock = store_test_clock(hub->store),
        .last_event = (int64_t)log_last(txn),
        .head = hex,
    };
    store_abort(&txn);
    send_message(hub, peer, KN_TYPE_WELCOME, &welcome);
}

static void pong(struct hub *hub, const struct net_peer *peer, const struct kn_ping *ping)
{
    uint8_t head[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    store_head(txn, head);
    digest_hex(hex, head, sizeof head);
    struct kn_pong message = {.nonce = ping->nonce,
                              .now = wall_ms(hub),
                              .last_event = (int64_t)log_last(txn),
                              .head = hex};
    store_abort(&txn);
    send_message(hub, peer, KN_TYPE_PONG, &message);
}

static void open_stream(struct hub *hub, const struct net_peer *peer, const struct kn_agent *agent,
                        const struct kn_stream_open *message)
{
    if (!acl_may_read(agent, message->stream)) {
        deny(hub, peer, KN_CODE_NOT_ALLOWED, "stream", "your role may not read this stream",
             message->subscription);
    } else if (streams_open(hub->streams, peer, agent, message)) {
        deny(hub, peer, KN_CODE_BUSY, "stream", "try again later", message->subscription);
    }
    hub->pumped = 0; /* there may be something to send at once */
}

struct figures {
    struct kn_count count[64];
    size_t n;
};

static void figure(struct figures *figures, const char *name, uint64_t value)
{
    assert(figures->n < 64);
    figures->count[figures->n++] = (struct kn_count){.name = name, .value = (int64_t)value};
}

static void tell_status(struct hub *hub, const struct net_peer *peer, int64_t request)
{
    static struct kn_consumer consumers[200]; /* of the net thread alone */
    static char names[200][3][96];
    struct figures figures = {.n = 0};
    struct store_usage usage;
    struct net_counts net;
    uint8_t head[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1], stream[96] = "", consumer[64] = "", agent[64];
    uint64_t saved;
    size_t n = 0;
    store_usage(hub->store, &usage);
    net_get_counts(hub->net, &net);
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    store_head(txn, head);
    digest_hex(hex, head, sizeof head);
    while (n < 200 && store_next_cursor(txn, stream, consumer, agent, &saved)) {
        uint32_t table = store_stream(txn, stream);
        bool all = strcmp(stream, "all") == 0;
        snprintf(names[n][0], sizeof names[n][0], "%s", stream);
        snprintf(names[n][1], sizeof names[n][1], "%s", consumer);
        snprintf(names[n][2], sizeof names[n][2], "%s", agent);
        consumers[n] =
            (struct kn_consumer){.stream = names[n][0],
                                 .consumer = names[n][1],
                                 .agent = names[n][2],
                                 .saved = (int64_t)saved,
                                 .last = (int64_t)(all     ? log_last(txn)
                                                   : table ? store_stream_last(txn, table)
                                                           : 0),
                                 .connected = streams_connected(hub->streams, stream, consumer)};
        n++;
    }
    figure(&figures, "cases", store_number(txn, "cases"));
    figure(&figures, "linked", store_number(txn, "linked"));
    figure(&figures, "to_read", atomic_load(&hub->unread));
    figure(&figures, "index_bytes", reading_index_bytes(hub->reading));
    figure(&figures, "sessions", sessions_count(hub->sessions));
    figure(&figures, "subscriptions", streams_count(hub->streams));
    figure(&figures, "waiting_for_the_disk", line_length(&hub->todo));
    figure(&figures, "commits", atomic_load(&hub->committed));
    figure(&figures, "frames_taken", net.n_taken);
    figure(&figures, "frames_sent", net.n_sent);
    figure(&figures, "hostile_frames", net.n_multipart + net.n_chosen_id + net.n_nameless);
    figure(&figures, "map_size", usage.map_size);
    figure(&figures, "map_used", usage.map_used);
    figure(&figures, "disk_free", usage.disk_free);
    struct kn_status_view view = {.request = request,
                                  .version = KN_VERSION,
                                  .now = wall_ms(hub),
                                  .started_at = hub->started_at,
                                  .test_clock = store_test_clock(hub->store),
                                  .draining = atomic_load(&hub->draining),
                                  .last_event = (int64_t)log_last(txn),
                                  .head = hex,
                                  .registers = registers_version(hub->registers),
                                  .n_counts = figures.n,
                                  .counts = figures.count,
                                  .n_consumers = n,
                                  .consumers = consumers};
    store_abort(&txn);
    send_message(hub, peer, KN_TYPE_STATUS_VIEW, &view);
}

static void ask(struct hub *hub, const struct net_peer *peer, const struct kn_agent *agent,
                const struct kn_message *message)
{
    /* all requests begin with their number */
    int64_t request = ((const struct kn_status_get *)message->body)->request;
    if (message->type == KN_TYPE_STATUS_GET) {
        tell_status(hub, peer, request);
        return;
    }
    struct query_asker asker = {.agent = agent,
                                .sees_persons = agent && acl_may_see_persons(agent, NULL)};
    long size = query(hub->store, &asker, message->type, message->body, hub->frame, MAX_FRAME);
    if (size > 0) {
        net_send(hub->net, peer, hub->frame, (size_t)size);
    } else {
        deny(hub, peer,
             size == KN_E_NOT_FOUND && message->type == KN_TYPE_BATCH_GET ? KN_CODE_UNKNOWN_BATCH
             : size == KN_E_NOT_FOUND                                     ? KN_CODE_UNKNOWN_CASE
             : size == KN_E_DENIED                                        ? KN_CODE_NOT_ALLOWED
                                                                          : KN_CODE_BUSY,
             NULL, NULL, request);
    }
}

/* A numbered message that cannot be decoded: what can be saved of its keys, so that the refusal is
 * final and on record. NULL: not even its number. */
static struct kn_numbered *save_head(const struct net_frame *frame)
{
    static const enum kn_schema schemas[] = {KN_SCHEMA_NUMBERED, KN_SCHEMA_SEQUENCE};
    const uint8_t *bytes = frame->bytes;
    void *block = NULL;
    for (int i = 0; i < 2 && !block && frame->size > KN_FRAME_HEAD; i++) {
        struct kn_fault fault;
        kn_record_decode(&block, schemas[i], bytes + KN_FRAME_HEAD, frame->size - KN_FRAME_HEAD,
                         &fault);
        if (block && schemas[i] == KN_SCHEMA_SEQUENCE) {
            struct kn_numbered *head = calloc(1, sizeof *head);
            if (head) {
                head->sequence = ((struct kn_sequence *)block)->sequence;
            }
            kn_record_destroy(&block);
            return head;
        }
    }
    return block;
}

/* ==== 2. admit: may this identity say this, now? ============================================== */

/* The transport sequence of a numbered message, 0 for others. Every numbered message begins with
 * it. */
static uint64_t sequence_of(enum kn_type type, const void *body)
{
    bool numbered = (type >= KN_TYPE_BATCH_DECLARE && type < KN_TYPE_RECEIPT) ||
                    type == KN_TYPE_AGENT_ADMIT || type == KN_TYPE_AGENT_REVOKE ||
                    type == KN_TYPE_CLOCK_MOVE;
    return numbered ? (uint64_t)((const struct kn_batch_declare *)body)->sequence : 0;
}

static void receipt(struct hub *hub, const struct errand *errand);

/* Sends ERRAND to the writer, or answers it when the hub takes nothing now. */
static void hand_over(struct hub *hub, struct session *session, struct errand *errand)
{
    bool room = line_length(&hub->todo) < LINE_FULL;
    bool intake = errand->type < KN_TYPE_ASSIGNMENT_ACCEPT;
    if (!room || (intake && atomic_load(&hub->draining)) || !line_push(&hub->todo, &errand->link)) {
        errand_defer(errand, KN_CODE_BUSY, DEFER_BUSY_MS);
        receipt(hub, errand);
        errand_destroy(&errand);
    } else if (session) {
        session->unanswered++;
    }
}

/* An act that the role may not say is refused for good, on record. False: no memory. */
static bool forbid(struct errand *errand)
{
    struct kn_numbered *head = calloc(1, sizeof *head);
    if (head) {
        head->sequence = (int64_t)errand->sequence;
        errand->head = head;
        errand->code = KN_CODE_NOT_ALLOWED;
        snprintf(errand->reason, sizeof errand->reason, "your role may not say this");
    }
    return head != NULL;
}

static void admit(struct hub *hub, struct session *session, const struct kn_agent *agent,
                  struct net_frame *frame, struct errand *errand)
{
    errand->peer = frame->peer;
    errand->role = agent->role;
    errand->instance = session->instance;
    errand->floor = session->floor;
    snprintf(errand->actor, sizeof errand->actor, "%s", agent->agent);
    snprintf(errand->unit, sizeof errand->unit, "%s", agent->unit ? agent->unit : "");
    int window = agent->has_window ? (int)agent->window : hub->options.window;
    bool intake = errand->type < KN_TYPE_ASSIGNMENT_ACCEPT;
    bool allowed = acl_may_say(agent->role, errand->type);
    if (!allowed && intake) { /* a wrong key in front of a full outbox: nothing of it is lost */
        deny(hub, &frame->peer, KN_CODE_NOT_ALLOWED, NULL, "your role may not say this",
             (int64_t)errand->sequence);
        errand_destroy(&errand);
        return;
    }
    if (!allowed && !forbid(errand)) {
        errand_destroy(&errand);
    } else if (session->unanswered >= window) {
        errand_defer(errand, KN_CODE_QUOTA, DEFER_BUSY_MS);
        receipt(hub, errand);
        errand_destroy(&errand);
    } else {
        hand_over(hub, session, errand);
    }
}

/* The errand of a frame that carries a numbered message; takes MESSAGE. NULL: no memory. */
static struct errand *numbered(enum errand_from from, struct kn_message **message_p)
{
    struct errand *errand = errand_new(from);
    if (errand) {
        errand->message = *message_p;
        errand->type = errand->message->type;
        errand->body = errand->message->body;
        errand->sequence = sequence_of(errand->type, errand->body);
        *message_p = NULL;
    }
    return errand;
}

static void take_unreadable(struct hub *hub, struct session *session, const struct kn_agent *agent,
                            struct net_frame *frame, const struct kn_fault *fault)
{
    enum kn_code code = fault->code ? (enum kn_code)fault->code : KN_CODE_MALFORMED;
    struct kn_numbered *head = session ? save_head(frame) : NULL;
    struct errand *errand = head ? errand_new(FROM_PEER) : NULL;
    if (!errand) {
        kn_record_destroy((void **)&head);
        deny(hub, &frame->peer, code, fault->field, fault->reason, -1);
        return;
    }
    errand->type = (enum kn_type)((const uint8_t *)frame->bytes)[3];
    errand->head = head;
    errand->sequence = (uint64_t)head->sequence;
    errand->code = code;
    snprintf(errand->field, sizeof errand->field, "%s", fault->field);
    snprintf(errand->reason, sizeof errand->reason, "%s", fault->reason);
    admit(hub, session, agent, frame, errand);
}

/* The number that a denial gives back: of a request or a subscription; -1: it has none. */
static int64_t number_of(enum kn_type type, const void *body)
{
    bool numbered = (type >= KN_TYPE_STREAM_OPEN && type <= KN_TYPE_STREAM_SAVE) ||
                    (type >= KN_TYPE_CASE_GET && type <= KN_TYPE_STATUS_VIEW);
    return numbered ? ((const struct kn_status_get *)body)->request : -1; /* their first field */
}

/* A frame of an authenticated peer. */
static void take_from_peer(struct hub *hub, struct net_frame *frame)
{
    struct kn_message *message = NULL;
    struct kn_fault fault = {.code = 0};
    struct acl_agent known;
    if (!acl_by_name(hub->acl, frame->user, &known) || known.agent.revoked) {
        deny(hub, &frame->peer, KN_CODE_REVOKED, NULL, "this identity is not admitted", -1);
        return;
    }
    const struct kn_agent *agent = &known.agent;
    struct session *session = sessions_find(hub->sessions, &frame->peer);
    if (session && strcmp(session->agent, frame->user) != 0) {
        sessions_drop(hub->sessions, &frame->peer); /* another identity behind the same number */
        session = NULL;
    }
    if (session) {
        session->heard_ms = monotonic_ms();
    }
    if (kn_message_decode(&message, frame->bytes, frame->size, &fault)) {
        take_unreadable(hub, session, agent, frame, &fault);
        return;
    }
    enum kn_type type = message->type;
    const void *body = message->body;
    if (type == KN_TYPE_HELLO) {
        greet(hub, &frame->peer, agent, body);
    } else if (!session) {
        deny(hub, &frame->peer, KN_CODE_NOT_ALLOWED, NULL, "say hello first", -1);
    } else if (sequence_of(type, body)) {
        struct errand *errand = numbered(FROM_PEER, &message);
        if (errand) {
            admit(hub, session, agent, frame, errand);
        }
    } else if (type == KN_TYPE_PING) {
        pong(hub, &frame->peer, body);
    } else if (type == KN_TYPE_BYE) {
        streams_drop_peer(hub->streams, &frame->peer);
        sessions_drop(hub->sessions, &frame->peer);
    } else if (!acl_may_say(agent->role, type)) {
        deny(hub, &frame->peer, KN_CODE_NOT_ALLOWED, NULL, "your role may not say this",
             number_of(type, body));
    } else if (type == KN_TYPE_STREAM_OPEN) {
        open_stream(hub, &frame->peer, agent, body);
    } else if (type == KN_TYPE_STREAM_CREDIT) {
        streams_credit(hub->streams, &frame->peer, body);
        hub->pumped = 0;
    } else if (type == KN_TYPE_STREAM_SAVE) {
        streams_save(hub->streams, &frame->peer, body);
    } else {
        ask(hub, &frame->peer, agent, message);
    }
    kn_message_destroy(&message);
}

/* The control socket only runs the process: status, the first keys, the clock of a test, drain. */
static void take_from_control(struct hub *hub, struct net_frame *frame)
{
    struct kn_message *message = NULL;
    struct kn_fault fault = {.code = 0};
    if (kn_message_decode(&message, frame->bytes, frame->size, &fault)) {
        deny(hub, &frame->peer, KN_CODE_MALFORMED, fault.field, fault.reason, -1);
        return;
    }
    struct errand *errand;
    switch (message->type) {
    case KN_TYPE_PING: pong(hub, &frame->peer, message->body); break;
    case KN_TYPE_STATUS_GET: ask(hub, &frame->peer, NULL, message); break;
    case KN_TYPE_HUB_DRAIN:
        atomic_store(&hub->draining, true);
        logger_line(hub->options.logger, LOGGER_NOTICE, "hub.drain", "%s", "");
        ask(hub, &frame->peer, NULL,
            &(struct kn_message){.type = KN_TYPE_STATUS_GET, .body = message->body});
        break;
    case KN_TYPE_AGENT_ADMIT:
    case KN_TYPE_AGENT_REVOKE:
    case KN_TYPE_CLOCK_MOVE:
        errand = numbered(FROM_CONTROL, &message);
        if (errand) {
            errand->peer = frame->peer;
            snprintf(errand->actor, sizeof errand->actor, "%s", NET_CONTROL_USER);
            hand_over(hub, NULL, errand);
        }
        break;
    default:
        deny(hub, &frame->peer, KN_CODE_NOT_ALLOWED, NULL,
             "the control socket does not act on cases", -1);
    }
    kn_message_destroy(&message);
}

static void take(struct hub *hub, enum net_door door)
{
    struct net_frame frame = {.is_held = false};
    for (int i = 0; i < TAKE_PER_DOOR; i++) {
        int rc = net_take(hub->net, door, &frame);
        if (rc == KN_E_BUSY) {
            break;
        }
        if (rc) {
            logger_line(hub->options.logger, LOGGER_WARNING, "net.hostile", "agent=%s parts=%zu",
                        frame.user, frame.n_parts);
        } else if (door == NET_CONTROL) {
            take_from_control(hub, &frame);
        } else {
            take_from_peer(hub, &frame);
        }
        net_frame_clear(&frame);
    }
}

/* ==== 3. look, decide, record: the writer ===================================================== */

/* Appends what was decided to the log and applies it. */
static void record(struct hub *hub, store_txn_t *txn, struct errand *errand, const void *command)
{
    struct decision *decision = &hub->decision;
    struct looked *looked = &hub->looked;
    if (!decision->n_events) {
        return;
    }
    struct log_entry about = {.at = hub->now,
                              .decider = RULES_VERSION,
                              .type = errand->type,
                              .verdict = decision->verdict,
                              .instance = errand->from == FROM_PEER ? errand->instance : 0,
                              .transport = errand->from == FROM_PEER ? errand->sequence : 0};
    errand->event =
        log_append(txn, &about, errand->actor, command, decision->events, decision->n_events);
    if (looked->has_content && decision->verdict == KN_VERDICT_STORED) {
        store_put_content(txn, errand->event, looked->salt,
                          (struct slice){looked->content, looked->n_content});
    }
    for (size_t i = 0; i < decision->n_events; i++) {
        apply(txn, &decision->events[i]);
        hub->acl_changed |= decision->events[i].kind == KN_EVENT_KIND_AGENT_ADMITTED ||
                            decision->events[i].kind == KN_EVENT_KIND_AGENT_REVOKED;
    }
    if (errand->from == FROM_PEER) {
        apply_keys(txn, &about, errand->actor, &decision->events[0], decision->subject);
    }
}

/* Names and keys that cannot be admitted or revoked, whatever the rules say. */
static bool admission_fault(struct hub *hub, struct errand *errand)
{
    const char *field = NULL, *reason = NULL;
    struct acl_agent known;
    if (errand->type == KN_TYPE_AGENT_ADMIT) {
        const struct kn_agent *agent = ((const struct kn_agent_admit *)errand->body)->agent;
        if (acl_check(agent, &field)) {
            reason = "a name of a-z, 0-9 and hyphens, a key in Z85, a role, a unit for an agency";
        } else if (acl_by_key(hub->acl, agent->key, &known) && strcmp(known.name, agent->agent)) {
            field = "key";
            reason = "this key belongs to another identity";
        }
    } else if (errand->type == KN_TYPE_AGENT_REVOKE &&
               !acl_by_name(hub->acl, ((const struct kn_agent_revoke *)errand->body)->agent,
                            &known)) {
        field = "";
        reason = "no identity has this name";
    }
    if (reason) {
        errand->code = KN_CODE_INVALID;
        snprintf(errand->field, sizeof errand->field, field[0] ? "agent.%s" : "agent%s", field);
        snprintf(errand->reason, sizeof errand->reason, "%s", reason);
    }
    return reason != NULL;
}

static void decide_errand(struct hub *hub, store_txn_t *txn, struct errand *errand)
{
    struct decision *decision = &hub->decision;
    struct looked *looked = &hub->looked;
    look(txn, errand, hub->now, looked);
    looked->facts.registers = hub->registers;
    const struct kn_numbered nobody = {.sequence = 1};
    if (!errand->head && admission_fault(hub, errand)) {
        decide_unreadable(decision, &looked->facts, &nobody, errand->code, errand->field);
        decision->reason = errand->reason;
    } else if (errand->head) {
        decide_unreadable(decision, &looked->facts, errand->head, errand->code, errand->field);
        decision->reason = errand->reason;
    } else {
        decide(decision, &looked->facts, errand->type, errand->body);
    }
    record(hub, txn, errand, errand->head ? NULL : errand->body);
    errand_end(errand, decision->verdict, decision->code, decision->field, decision->reason);
    snprintf(errand->subject, sizeof errand->subject, "%s",
             decision->subject ? decision->subject : "");
    look_answered(hub->lasts, errand);
    look_clear(looked);
}

static void move_clock(struct hub *hub, store_txn_t *txn, struct errand *errand)
{
    int64_t to = ((const struct kn_clock_move *)errand->body)->to;
    if (!store_test_clock(hub->store)) {
        errand_end(errand, KN_VERDICT_REFUSED, KN_CODE_NOT_ALLOWED, "to",
                   "only a store made with --test-clock has a clock that may be moved");
    } else if (to < hub->now) {
        errand_end(errand, KN_VERDICT_REFUSED, KN_CODE_INVALID, "to", "time does not go back");
    } else {
        int64_t by = to - hub->now;
        store_put_number(txn, "clock_offset", store_number(txn, "clock_offset") + (uint64_t)by);
        atomic_fetch_add(&hub->clock_offset, by);
        hub->now = to;
        errand_end(errand, KN_VERDICT_STORED, KN_CODE_NONE, NULL, NULL);
    }
}

static void handle(struct hub *hub, store_txn_t *txn, struct errand *errand)
{
    char owner[64];
    uint64_t saved = 0;
    switch (errand->from) {
    case FROM_CURSOR:
        if (!store_cursor(txn, errand->stream, errand->consumer, &saved, owner) ||
            saved < errand->position) {
            store_put_cursor(txn, errand->stream, errand->consumer, errand->actor,
                             errand->position);
        }
        break;
    case FROM_READING:
        decide_errand(hub, txn, errand);
        store_put_number(txn, "read", errand->position);
        store_put_number(txn, "cases_read", store_number(txn, "cases_read") + 1);
        if (errand->n_signature) {
            store_put_signature(
                txn, code_parse(((const struct kn_reading_propose *)errand->body)->case_),
                (struct slice){errand->signature, errand->n_signature});
        }
        break;
    case FROM_CONTROL:
        if (errand->type == KN_TYPE_CLOCK_MOVE) {
            move_clock(hub, txn, errand);
            break;
        }
        decide_errand(hub, txn, errand);
        break;
    case FROM_REGISTERS:
        decide_errand(hub, txn, errand);
        store_put_number(txn, "registers", hex_number(registers_version(hub->registers)));
        break;
    case FROM_PEER:
        if (look_keys(txn, hub->lasts, errand)) {
            decide_errand(hub, txn, errand);
        }
        break;
    }
}

/* The clock: every case with a clock whose tier changes by now, some hundred at a time. */
static void tick(struct hub *hub, store_txn_t *txn)
{
    struct kn_case *due[RULES_MAX_TICK];
    const char *codes[RULES_MAX_TICK];
    for (;;) {
        int64_t at = 0;
        uint64_t number = 0;
        uint8_t clock = 0;
        size_t n = 0;
        while (n < RULES_MAX_TICK && store_next_due(txn, &at, &number, &clock) && at <= hub->now) {
            if ((due[n] = store_case(txn, number))) {
                codes[n] = due[n]->code;
                n++;
            }
            clock++;
        }
        if (!n) {
            return;
        }
        struct kn_clock_tick message = {.now = hub->now, .n_cases = n, .cases = codes};
        struct errand errand = {.type = KN_TYPE_CLOCK_TICK, .body = &message, .actor = "hub"};
        struct facts facts = {.now = hub->now,
                              .registers = hub->registers,
                              .actor = "hub",
                              .due = (const struct kn_case *const *)due,
                              .n_due = n};
        hub->looked.has_content = false;
        decide(&hub->decision, &facts, errand.type, &message);
        errand.from = FROM_CONTROL;
        record(hub, txn, &errand, &message);
        /* what is due and has nothing to tell does not stand in the way */
        for (at = 0, number = 0, clock = 0;
             store_next_due(txn, &at, &number, &clock) && at <= hub->now; clock++) {
            bool told = false;
            for (size_t i = 0; i < n; i++) {
                told |= (uint64_t)due[i]->number == number;
            }
            if (told) {
                store_drop_due(txn, at, number, clock);
            }
        }
        for (size_t i = 0; i < n; i++) {
            kn_record_destroy((void **)&due[i]);
        }
        if (store_error(txn)) {
            return;
        }
    }
}

/* Is the disk, rather than the hub, to blame for RC? */
static bool is_full(struct hub *hub, int rc)
{
    struct store_usage usage;
    store_usage(hub->store, &usage);
    return rc == KN_E_FULL ||
           (rc == KN_E_IO && usage.disk_free >> 20 < (uint64_t)hub->options.min_free_mib);
}

static void read_acl(struct hub *hub)
{
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    struct kn_agent *agent = NULL, *next;
    for (const char *after = ""; (next = store_next_agent(txn, after)); after = agent->agent) {
        acl_set(hub->acl, next);
        kn_record_destroy((void **)&agent);
        agent = next;
    }
    kn_record_destroy((void **)&agent);
    store_abort(&txn);
}

/* One transaction over N errands from FIRST on. 0, or why nothing of it is on the disk. */
static int commit_turn(struct hub *hub, struct link *first, size_t n)
{
    store_txn_t *txn = store_begin(hub->store, STORE_WRITE);
    struct link *at = first;
    hub->acl_changed = false;
    int64_t wall = wall_ms(hub);
    hub->now = wall > hub->now ? wall : hub->now; /* stamped time never goes back */
    for (size_t i = 0; i < n; i++, at = at->next) {
        handle(hub, txn, (struct errand *)(void *)at);
    }
    tick(hub, txn);
    uint64_t unread = store_number(txn, "cases") - store_number(txn, "cases_read");
    int rc = store_error(txn);
    if (!rc && store_dirty(txn)) {
        rc = store_commit(&txn); /* here it becomes true */
        if (!rc) {
            atomic_store(&hub->unread, unread);
            atomic_fetch_add(&hub->committed, 1);
        }
    }
    store_abort(&txn);
    if (rc) {
        lasts_forget(hub->lasts);
    } else if (hub->acl_changed) {
        read_acl(hub);
    }
    return rc;
}

static void forget_outcome(struct errand *errand)
{
    errand->has_outcome = false;
    errand->event = 0;
}

/* Refuses the one errand that cannot be recorded, and keeps its keys. */
static void quarantine(struct hub *hub, struct errand *errand)
{
    logger_line(hub->options.logger, LOGGER_ERROR, "hub.quarantine",
                "type=%s agent=%s sequence=%llu", kn_type_name(errand->type), errand->actor,
                (unsigned long long)errand->sequence);
    errand_end(errand, KN_VERDICT_REFUSED, KN_CODE_INTERNAL, NULL,
               "a fault of the hub with this message alone; it is kept aside and reported");
    store_txn_t *txn = store_begin(hub->store, STORE_WRITE);
    store_put_number(txn, "quarantined", store_number(txn, "quarantined") + 1);
    if (errand->from == FROM_READING) { /* the stage goes on behind it */
        store_put_number(txn, "read", errand->position);
        store_put_number(txn, "cases_read", store_number(txn, "cases_read") + 1);
    }
    if (store_commit(&txn)) {
        errand_defer(errand, KN_CODE_STORAGE, DEFER_STORAGE_MS);
    }
}

/* Commits N errands together; when that fails for a reason that is not the disk's, one by one. */
static void turn(struct hub *hub, struct link *first, size_t n)
{
    int rc = commit_turn(hub, first, n);
    struct link *at = first;
    for (size_t i = 0; rc && i < n; i++, at = at->next) {
        struct errand *errand = (struct errand *)(void *)at;
        forget_outcome(errand);
        if (is_full(hub, rc)) {
            errand_defer(errand, KN_CODE_STORAGE, DEFER_STORAGE_MS);
        } else if (rc == KN_E_IO) { /* a failed fsync: what the disk holds is not known */
            errand_defer(errand, KN_CODE_STORAGE, DEFER_STORAGE_MS);
            atomic_store(&hub->rc, KN_E_IO);
            atomic_store(&hub->stopping, true);
        } else if (n == 1 || commit_turn(hub, at, 1)) {
            forget_outcome(errand);
            quarantine(hub, errand);
        }
    }
    if (rc) {
        logger_line(hub->options.logger, LOGGER_ERROR, "store.commit_failed",
                    "errands=%zu why=\"%s\"", n, kn_status_text(rc));
    }
}

/* What the next turn works on: all that peers said, and behind it proposals, a quarter as many as
 * long as peers have something to say, so that reading never holds up a receipt and never starves.
 */
static struct link *gather(struct hub *hub, size_t *n)
{
    size_t n_proposals = 0;
    struct link *first = NULL, *last;
    if (!line_length(&hub->proposals) || hub->held) {
        first = line_take(&hub->todo, TICK_MS, SIZE_MAX, n);
    }
    if (!first) { /* proposals alone wait a little for company */
        first = line_take(&hub->todo, line_length(&hub->proposals) ? PROPOSALS_MS : 0, SIZE_MAX, n);
    }
    struct link *proposals = hub->held;
    if (proposals) { /* those behind them wait: a petition is never passed over */
        for (last = proposals; last; last = last->next) {
            n_proposals++;
        }
        hub->held = NULL;
    } else {
        proposals = line_take(&hub->proposals, 0, *n ? *n / 4 + 8 : TURN_MAX, &n_proposals);
    }
    *n += n_proposals;
    if (!first) {
        return proposals;
    }
    for (last = first; last->next; last = last->next) {
    }
    last->next = proposals;
    return first;
}

/* Back to the net thread; a proposal that could not be recorded stays for the next turn. */
static void pass_on(struct hub *hub, struct errand *errand)
{
    if (errand->from == FROM_READING && errand->verdict == KN_VERDICT_DEFERRED &&
        !atomic_load(&hub->stopping)) {
        if (!hub->held) {
            hub->held_last = &hub->held;
        }
        errand->link.next = NULL;
        *hub->held_last = &errand->link;
        hub->held_last = &errand->link.next;
    } else {
        line_push(&hub->done, &errand->link);
    }
}

static void *write_loop(void *arg)
{
    struct hub *hub = arg;
    pthread_setname_np(pthread_self(), "kn-writer");
    while (!atomic_load(&hub->stopping) || line_length(&hub->todo)) {
        size_t n = 0;
        struct link *first = gather(hub, &n);
        atomic_fetch_add(&hub->beats[1], 1);
        do {
            size_t part = n < TURN_MAX ? n : TURN_MAX;
            turn(hub, first, part);
            n -= part;
            while (part--) {
                struct link *next = first->next;
                pass_on(hub, (struct errand *)(void *)first);
                first = next;
            }
        } while (n);
        reading_wake(hub->reading);
        net_wake(hub->net);
    }
    return NULL;
}

/* ==== 4. answer: the receipt, after the commit ================================================ */

static void receipt(struct hub *hub, const struct errand *errand)
{
    struct kn_receipt message = {
        .sequence = (int64_t)errand->sequence,
        .verdict = errand->verdict,
        .code = errand->code,
        .case_ = errand->subject[0] ? errand->subject : NULL,
        .field = errand->field[0] ? errand->field : NULL,
        .reason = errand->reason[0] ? errand->reason : NULL,
        .event = (int64_t)errand->event,
        .has_event = errand->event != 0,
        .retry_after_ms = errand->retry_after_ms,
        .has_retry_after_ms = errand->verdict == KN_VERDICT_DEFERRED,
        .expected = (int64_t)errand->expected,
        .has_expected = errand->expected != 0,
    };
    send_message(hub, &errand->peer, KN_TYPE_RECEIPT, &message);
}

static void answer(struct hub *hub)
{
    size_t n;
    struct link *next, *at = line_take(&hub->done, 0, SIZE_MAX, &n);
    for (; at; at = next) {
        struct errand *errand = (struct errand *)(void *)at;
        next = at->next;
        if (errand->from == FROM_PEER) {
            struct session *session = sessions_find(hub->sessions, &errand->peer);
            if (session && session->unanswered > 0) {
                session->unanswered--;
            }
        }
        if (errand->from == FROM_PEER || errand->from == FROM_CONTROL) {
            receipt(hub, errand);
        }
        if (errand->type == KN_TYPE_AGENT_REVOKE && errand->verdict == KN_VERDICT_STORED) {
            streams_revoke(hub->streams, ((const struct kn_agent_revoke *)errand->body)->agent);
        }
        errand_destroy(&errand);
    }
}

/* ==== 5. the net thread's turn: frames in, receipts, deliveries =============================== */

static void gone(void *arg, const struct session *session)
{
    streams_drop_peer(((struct hub *)arg)->streams, &session->peer);
}

static void *net_loop(void *arg)
{
    struct hub *hub = arg;
    pthread_setname_np(pthread_self(), "kn-net");
    bool more = false;
    while (!atomic_load(&hub->stopped)) {
        unsigned ready = 0;
        bool woken;
        net_mask(hub->net, NET_INTAKE, line_length(&hub->todo) >= LINE_FULL);
        net_wait(hub->net, more ? 0 : 1000, &ready, &woken);
        atomic_fetch_add(&hub->beats[0], 1);
        for (enum net_door door = 0; door < NET_N_DOORS; door++) {
            if (ready & 1u << door) {
                take(hub, door);
            }
        }
        answer(hub);
        uint64_t committed = atomic_load(&hub->committed) + 1;
        if (more || hub->pumped != committed) {
            hub->pumped = committed;
            more = streams_pump(hub->streams);
            if (hub->options.tap) {
                streams_tap(hub->streams, &hub->tap_at);
            }
        }
        sessions_expire(hub->sessions, monotonic_ms() - SESSION_MS, gone, hub);
    }
    answer(hub);
    return NULL;
}

/* ==== errands of our own ====================================================================== */

static void save_cursor(void *arg, const char *stream, const char *consumer, const char *agent,
                        uint64_t position)
{
    struct hub *hub = arg;
    struct errand *errand = errand_new(FROM_CURSOR);
    if (errand) {
        snprintf(errand->stream, sizeof errand->stream, "%s", stream);
        snprintf(errand->consumer, sizeof errand->consumer, "%s", consumer);
        snprintf(errand->actor, sizeof errand->actor, "%s", agent);
        errand->position = position;
        if (!line_push(&hub->todo, &errand->link)) {
            errand_destroy(&errand);
        }
    }
}

/* A copy of RECORD as a block of its own. */
static const void *copy_record(enum kn_schema schema, const void *record)
{
    static _Thread_local uint8_t bytes[64 * 1024];
    struct kn_fault fault;
    void *copy = NULL;
    long size = kn_record_encode(bytes, sizeof bytes, schema, record, &fault);
    return size > 0 && !kn_record_decode(&copy, schema, bytes, (size_t)size, &fault) ? copy : NULL;
}

static bool propose(void *arg, uint64_t submission, const struct kn_reading_propose *what,
                    struct slice signature)
{
    struct hub *hub = arg;
    struct errand *errand = errand_new(FROM_READING);
    line_wait_below(&hub->proposals, READING_AHEAD);
    if (!errand) {
        return false;
    }
    errand->type = KN_TYPE_READING_PROPOSE;
    errand->body = copy_record(KN_SCHEMA_READING_PROPOSE, what);
    errand->position = submission;
    snprintf(errand->actor, sizeof errand->actor, "hub");
    errand->signature = malloc(signature.size ? signature.size : 1);
    if (errand->signature) {
        memcpy(errand->signature, signature.bytes, signature.size);
        errand->n_signature = signature.size;
    }
    if (!errand->body || !errand->signature || !line_push(&hub->proposals, &errand->link)) {
        errand_destroy(&errand);
        return false;
    }
    line_nudge(&hub->todo); /* the writer may be waiting for peers */
    return true;
}

/* Puts the registers in force on record when they are not yet: the log says which law it used. */
static int enter_registers(struct hub *hub, const struct registers_file *files, size_t n_files)
{
    struct kn_register_load load = {.registers = registers_version(hub->registers)};
    store_txn_t *txn = store_begin(hub->store, STORE_WRITE);
    if (store_number(txn, "registers") != hex_number(load.registers)) {
        struct errand errand = {
            .from = FROM_REGISTERS, .type = KN_TYPE_REGISTER_LOAD, .body = &load, .actor = "hub"};
        for (size_t i = 0; i < n_files; i++) {
            store_put_register(txn, load.registers, files[i].name,
                               (struct slice){(const uint8_t *)files[i].bytes, files[i].size});
        }
        hub->now = wall_ms(hub);
        handle(hub, txn, &errand);
    }
    int rc = store_error(txn) || store_dirty(txn) ? store_commit(&txn) : KN_OK;
    store_abort(&txn);
    return rc;
}

/* ==== start and stop ========================================================================== */

static int open_parts(struct hub *hub, char *why, size_t why_size)
{
    const struct hub_options *options = &hub->options;
    struct registers_file *files = NULL;
    size_t n_files = 0;
    struct store_options store = {
        .folder = options->store, .map_size = options->map_size, .test_clock = options->test_clock};
    int rc = registers_read_folder(&files, &n_files, options->registers, why, why_size);
    rc = rc ? rc : registers_load(&hub->registers, files, n_files, why, why_size);
    rc = rc ? rc : store_open(&hub->store, &store, why, why_size);
    if (!rc) {
        store_txn_t *txn = store_begin(hub->store, STORE_READ);
        atomic_store(&hub->clock_offset, (long long)store_number(txn, "clock_offset"));
        atomic_store(&hub->unread, store_number(txn, "cases") - store_number(txn, "cases_read"));
        hub->tap_at = store_stream_last(txn, store_stream(txn, "public"));
        store_abort(&txn);
        rc = enter_registers(hub, files, n_files);
    }
    registers_files_free(&files, n_files);
    if (rc) {
        return rc;
    }
    read_acl(hub);
    struct net_options net = {.intake = options->intake,
                              .delivery = options->delivery,
                              .control = options->control,
                              .tap = options->tap,
                              .secret_key = options->secret_key,
                              .public_key = options->public_key,
                              .n_io_threads = options->n_io_threads};
    struct zap_directory directory = {.known = acl_known, .arg = hub->acl};
    rc = net_open(&hub->net, &net, &directory, why, why_size);
    rc = rc ? rc : net_self_test(hub->net, why, why_size);
    if (rc) {
        return rc;
    }
    hub->streams = streams_new(hub->store, hub->net, save_cursor, hub);
    return hub->streams ? reading_start(&hub->reading, hub->store, hub->registers,
                                        options->registers, propose, hub, why, why_size)
                        : KN_E_NOMEM;
}

int hub_start(hub_t **out, const struct hub_options *options, char *why, size_t why_size)
{
    struct hub *hub = calloc(1, sizeof *hub);
    *out = hub;
    if (!hub) {
        return KN_E_NOMEM;
    }
    snprintf(why, why_size, "out of memory");
    hub->options = *options;
    hub->options.window = options->window ? options->window : DEFAULT_WINDOW;
    line_init(&hub->todo);
    line_init(&hub->done);
    line_init(&hub->proposals);
    hub->sessions = sessions_new();
    hub->lasts = lasts_new();
    hub->acl = acl_new(hub->options.window);
    int rc = hub->sessions && hub->lasts && hub->acl ? open_parts(hub, why, why_size) : KN_E_NOMEM;
    if (!rc) {
        hub->started_at = wall_ms(hub);
        hub->writer_runs = !pthread_create(&hub->writer_thread, NULL, write_loop, hub);
        hub->net_runs = !pthread_create(&hub->net_thread, NULL, net_loop, hub);
        rc = hub->writer_runs && hub->net_runs ? KN_OK : KN_E_NOMEM;
    }
    if (rc) {
        hub_stop(out);
    }
    return rc;
}

const char *hub_endpoint(hub_t *hub, char door)
{
    return door == 't' ? net_tap_endpoint(hub->net)
                       : net_endpoint(hub->net, door == 'i'   ? NET_INTAKE
                                                : door == 'd' ? NET_DELIVERY
                                                              : NET_CONTROL);
}

bool hub_alive(hub_t *hub)
{
    bool alive = true;
    for (int i = 0; i < 2; i++) {
        unsigned now = atomic_load(&hub->beats[i]);
        alive &= now != hub->seen[i];
        hub->seen[i] = now;
    }
    return alive;
}

bool hub_finished(hub_t *hub, int *rc)
{
    *rc = atomic_load(&hub->rc);
    bool drained = atomic_load(&hub->draining) && !line_length(&hub->todo) &&
                   !line_length(&hub->done) && !atomic_load(&hub->unread);
    return atomic_load(&hub->stopping) || drained;
}

void hub_stop(hub_t **hub_p)
{
    struct hub *hub = *hub_p;
    *hub_p = NULL;
    if (!hub) {
        return;
    }
    /* no more intake; the reading stage ends; the writer commits what waits; then the last receipts
     */
    atomic_store(&hub->draining, true);
    line_shut(&hub->todo);
    line_shut(&hub->proposals);
    reading_stop(hub->reading);
    atomic_store(&hub->stopping, true);
    if (hub->writer_runs) {
        pthread_join(hub->writer_thread, NULL);
    }
    atomic_store(&hub->stopped, true);
    if (hub->net_runs) {
        net_wake(hub->net);
        pthread_join(hub->net_thread, NULL);
    }
    struct line *lines[] = {&hub->todo, &hub->done, &hub->proposals};
    for (int i = 0; i < 3; i++) { /* nobody waits for what is left: proposals are made again */
        size_t n;
        struct link *next, *at = line_take(lines[i], 0, SIZE_MAX, &n);
        for (; at; at = next) {
            struct errand *errand = (struct errand *)(void *)at;
            next = at->next;
            errand_destroy(&errand);
        }
    }
    reading_destroy(&hub->reading);
    streams_destroy(&hub->streams);
    net_close(&hub->net);
    acl_destroy(&hub->acl);
    registers_close(&hub->registers);
    store_close(&hub->store);
    sessions_destroy(&hub->sessions);
    lasts_destroy(&hub->lasts);
    line_clear(&hub->todo);
    line_clear(&hub->done);
    line_clear(&hub->proposals);
    free(hub);
}
