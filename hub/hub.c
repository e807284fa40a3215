/* hub.c - the walk of a petition through the hub, from socket to receipt. Read it top to bottom.
 *
 *     net thread                  writer thread                                     net thread
 *     ──────────                  ─────────────                                     ──────────
 *     take ──▶ admit ──▶ (line) ──▶ look ──▶ decide ──▶ record ──▶ COMMIT ──▶ (line) ──▶ answer
 *     frame    who may              keys,    rules.c    log, apply  one sync             receipt;
 *     skim     say this?            facts    pure       keys        for all that         then the
 *     decode   acl.c                look.c                          waits                streams
 *
 * An errand (errand.h) is one message on its way. Once it has an outcome the later steps pass it
 * untouched. The writer takes all that waits, commits once, answers all: no timer; the next batch
 * forms while the disk works. What is acknowledged is on the disk, whole, or it was not: in the
 * journal first, and soon after in the tables, where all who read find it (docs/adr/0013).
 *
 * Beside the walk: requests and streams are read by the net thread in read transactions of its own
 * (reception.c, queries.c, streams.c); the reading stage (reading.c) follows the log and sends its
 * proposals down the same line; the clock is a command too (clock.tick), stamped by the writer.
 * Everything a peer can do wrong has an answer: deny, refused, conflict, deferred. A peer's bytes
 * never stop the hub.
 */
#include "hub/admission.h"
#include "hub/apply.h"
#include "hub/desk.h"
#include "hub/digest.h"
#include "hub/erasure.h"
#include "hub/hub_parts.h"
#include "hub/log.h"
#include "hub/upkeep.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t hub_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int64_t hub_monotonic_ms(void)
{
    return hub_monotonic_us() / 1000;
}

static int64_t clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The hub's clock: the steady one and how far the time told last was from it, so that no thread
 * sees a jump; a store made for tests may have moved it. */
int64_t hub_wall_ms(struct hub *hub)
{
    return clock_ms(CLOCK_BOOTTIME) + atomic_load(&hub->clock_base) +
           atomic_load(&hub->clock_offset);
}

void hub_keep_time(struct hub *hub)
{
    bool was_held = hub->keeper.is_held;
    timekeeper_now(&hub->keeper, clock_ms(CLOCK_REALTIME), clock_ms(CLOCK_BOOTTIME));
    bool is_held = hub->keeper.is_held;
    atomic_store(&hub->clock_base, hub->keeper.now_ms - hub->keeper.steady_ms);
    atomic_store(&hub->clock_is_held, is_held);
    if (is_held != was_held) {
        logger_line(hub->options.logger, LOGGER_WARNING, is_held ? "clock.jump" : "clock.back",
                    "ahead_ms=%lld", (long long)hub->keeper.ahead_ms);
    }
}

/* ==== 1. take: a frame becomes an errand, or is answered at once ============================== */

void hub_send_message(struct hub *hub, const struct net_peer *peer, enum kn_type type,
                      const void *body)
{
    struct kn_fault fault;
    long size = kn_message_encode(hub->frame, sizeof hub->frame, type, body, &fault);
    assert(size > 0); /* ours */
    net_send(hub->net, peer, hub->frame, (size_t)size);
}

void hub_deny(struct hub *hub, const struct net_peer *peer, enum kn_code code, const char *field,
              const char *reason, int64_t request)
{
    struct kn_deny message = {.code = code,
                              .field = field,
                              .reason = reason,
                              .request = request,
                              .has_request = request >= 0};
    hub_send_message(hub, peer, KN_TYPE_DENY, &message);
}

uint64_t hub_hex_number(const char *hex)
{
    return hex ? strtoull(hex, NULL, 16) : 0;
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

enum { LAST_NUMBERED = 200 }; /* acts on cases have the ids 20-39 and 100-199 */

/* The transport sequence of a numbered message, 0 for others. Every numbered message begins with
 * it. */
static uint64_t sequence_of(enum kn_type type, const void *body)
{
    bool numbered = (type >= KN_TYPE_BATCH_DECLARE && type < KN_TYPE_RECEIPT) ||
                    (type >= KN_TYPE_CASE_DIVERT && (int)type < LAST_NUMBERED) ||
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
    if (intake &&
        !vitals_has_room(&hub->vitals, (uint64_t)hub->options.min_free_mib
                                           << 20)) { /* the rest is for acts and erasure */
        errand_defer(errand, KN_CODE_STORAGE, DEFER_STORAGE_MS);
        receipt(hub, errand);
        errand_destroy(&errand);
    } else if (!room || (intake && atomic_load(&hub->draining)) ||
               !line_push(&hub->todo, &errand->link)) {
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
        if (acl_may_say(errand->role, errand->type)) {
            snprintf(errand->reason, sizeof errand->reason,
                     "the limits of this key exclude this message");
        } else {
            char roles[200];
            acl_name_speakers(errand->type, roles, sizeof roles);
            snprintf(errand->reason, sizeof errand->reason,
                     "your role may not say this; these may: %s", roles);
        }
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
    bool allowed = acl_allows(agent, errand->type);
    int64_t wait_ms = 0;
    if (!allowed) {
        denials_count(hub->denials, agent->agent, NULL, KN_DENIAL_REASON_VERB,
                      kn_type_name(errand->type));
    }
    if (!allowed && intake) { /* a wrong key in front of a full outbox: nothing of it is lost */
        hub_deny(hub, &frame->peer, KN_CODE_NOT_ALLOWED, NULL, "your role may not say this",
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
        wait_ms = admission_wait_ms(hub, session, agent, frame->size);
        if (wait_ms) {
            errand_defer(errand, KN_CODE_QUOTA, wait_ms);
            errand->is_settled = true;
        } else if (errand->type == KN_TYPE_PETITION_SUBMIT && !errand->head &&
                   errand->sequence >= errand->floor) { /* below it: its answer is known */
            look_prepare(errand, hub->store, hub->room);
        }
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
    denials_count(hub->denials, frame->user, frame->address, KN_DENIAL_REASON_MALFORMED, NULL);
    struct errand *errand = head ? errand_new(FROM_PEER) : NULL;
    if (!errand) {
        kn_record_destroy((void **)&head);
        hub_deny(hub, &frame->peer, code, fault->field, fault->reason, -1);
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
                    (type >= KN_TYPE_CASE_GET && type <= KN_TYPE_STATUS_VIEW) ||
                    (type >= KN_TYPE_FILE_PUT && type <= KN_TYPE_FILE_PART) ||
                    type == KN_TYPE_CANDIDATE_FIND ||
                    (type >= KN_TYPE_QUARANTINE_GET && type <= KN_TYPE_ERASURE_VIEW);
    return numbered ? ((const struct kn_status_get *)body)->request : -1; /* their first field */
}

/* A request about a file goes to the files thread; takes MESSAGE. */
static void take_to_files(struct hub *hub, const struct net_peer *peer,
                          const struct kn_agent *agent, struct kn_message **message_p)
{
    int64_t request = number_of((*message_p)->type, (*message_p)->body);
    struct errand *errand =
        line_length(&hub->filing) < FILING_FULL ? numbered(FROM_FILES, message_p) : NULL;
    if (errand) {
        errand->peer = *peer;
        errand->role = agent->role;
        snprintf(errand->actor, sizeof errand->actor, "%s", agent->agent);
        snprintf(errand->unit, sizeof errand->unit, "%s", agent->unit ? agent->unit : "");
    }
    if (!errand || !line_push(&hub->filing, &errand->link)) {
        errand_destroy(&errand);
        hub_deny(hub, peer, KN_CODE_BUSY, NULL, "try again", request);
    }
}

/* Is the message answered out of the tables, at once? */
static bool is_looked_up(enum kn_type type, const void *body)
{
    return !sequence_of(type, body) && type != KN_TYPE_PING && type != KN_TYPE_BYE &&
           type != KN_TYPE_STREAM_CREDIT && type != KN_TYPE_STREAM_SAVE;
}

/* A frame of an authenticated peer. */
static void take_from_peer(struct hub *hub, struct net_frame *frame)
{
    struct kn_message *message = NULL;
    struct kn_fault fault = {.code = 0};
    struct acl_agent known;
    if (!admission_identify(hub, frame, &known)) {
        return;
    }
    const struct kn_agent *agent = &known.agent;
    struct session *session = sessions_find(hub->sessions, &frame->peer);
    if (session && strcmp(session->agent, frame->user) != 0) {
        sessions_drop(hub->sessions, &frame->peer); /* another identity behind the same number */
        session = NULL;
    }
    if (session) {
        session->heard_ms = hub_monotonic_ms();
    }
    if (kn_message_decode(&message, frame->bytes, frame->size, &fault)) {
        take_unreadable(hub, session, agent, frame, &fault);
        return;
    }
    enum kn_type type = message->type;
    const void *body = message->body;
    if (is_looked_up(type, body)) {
        hub_wait_seen(hub);
    }
    if (type == KN_TYPE_HELLO) {
        reception_greet(hub, frame, agent, body);
    } else if (!session) {
        admission_turn_away(hub, frame, KN_DENIAL_REASON_UNSAID, kn_type_name(type),
                            KN_CODE_NOT_ALLOWED, "say hello first", -1);
    } else if (sequence_of(type, body)) {
        struct errand *errand = numbered(FROM_PEER, &message);
        if (errand) {
            admit(hub, session, agent, frame, errand);
        }
    } else if (type == KN_TYPE_PING) {
        reception_pong(hub, &frame->peer, body);
    } else if (type == KN_TYPE_BYE) {
        streams_drop_peer(hub->streams, &frame->peer);
        sessions_drop(hub->sessions, &frame->peer);
    } else if (!acl_allows(agent, type)) {
        admission_turn_away(hub, frame, KN_DENIAL_REASON_VERB, kn_type_name(type),
                            KN_CODE_NOT_ALLOWED, "your role may not say this",
                            number_of(type, body));
    } else if (type == KN_TYPE_FILE_PUT || type == KN_TYPE_FILE_GET) {
        take_to_files(hub, &frame->peer, agent, &message);
    } else if (type == KN_TYPE_STREAM_OPEN) {
        reception_open_stream(hub, frame, &known, body);
    } else if (type == KN_TYPE_STREAM_CREDIT) {
        streams_credit(hub->streams, &frame->peer, body);
        hub->pumped = 0;
    } else if (type == KN_TYPE_STREAM_SAVE) {
        streams_save(hub->streams, &frame->peer, body);
    } else if (type == KN_TYPE_EVENT_REFUSE || type == KN_TYPE_EVENT_TAKE) {
        desk_hear(hub, &frame->peer, &message);
    } else if (admission_wait_ms(hub, session, agent, frame->size)) {
        hub_deny(hub, &frame->peer, KN_CODE_QUOTA, NULL, "more than this identity may ask",
                 number_of(type, body));
    } else if (desk_is_mine(type)) {
        desk_take(hub, &frame->peer, &message);
    } else {
        reception_ask(hub, &frame->peer, agent, message);
    }
    kn_message_destroy(&message);
}

/* The control socket only runs the process: status, the first keys, the clock of a test, drain. */
static void take_from_control(struct hub *hub, struct net_frame *frame)
{
    struct kn_message *message = NULL;
    struct kn_fault fault = {.code = 0};
    if (kn_message_decode(&message, frame->bytes, frame->size, &fault)) {
        hub_deny(hub, &frame->peer, KN_CODE_MALFORMED, fault.field, fault.reason, -1);
        return;
    }
    struct errand *errand;
    hub_wait_seen(hub);
    switch (message->type) {
    case KN_TYPE_PING: reception_pong(hub, &frame->peer, message->body); break;
    case KN_TYPE_STATUS_GET: reception_ask(hub, &frame->peer, NULL, message); break;
    case KN_TYPE_HUB_DRAIN:
        atomic_store(&hub->draining, true);
        logger_line(hub->options.logger, LOGGER_NOTICE, "hub.drain", "%s", "");
        reception_ask(hub, &frame->peer, NULL,
                      &(struct kn_message){.type = KN_TYPE_STATUS_GET, .body = message->body});
        break;
    case KN_TYPE_HUB_COMPACT:
        atomic_store(&hub->compact_asked, true);
        reception_ask(hub, &frame->peer, NULL,
                      &(struct kn_message){.type = KN_TYPE_STATUS_GET, .body = message->body});
        break;
    case KN_TYPE_AGENT_ADMIT:
    case KN_TYPE_AGENT_REVOKE:
    case KN_TYPE_GAP_SETTLE:
    case KN_TYPE_CLOCK_MOVE:
        errand = numbered(FROM_CONTROL, &message);
        if (errand) {
            errand->peer = frame->peer;
            snprintf(errand->actor, sizeof errand->actor, "%s", NET_CONTROL_USER);
            hand_over(hub, NULL, errand);
        }
        break;
    default:
        if (desk_is_mine(message->type)) {
            desk_take(hub, &frame->peer, &message);
            break;
        }
        hub_deny(hub, &frame->peer, KN_CODE_NOT_ALLOWED, NULL,
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
            denials_count(hub->denials, frame.user, frame.address, KN_DENIAL_REASON_HOSTILE, NULL);
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

/* ==== 3. look, decide, record: the writer, in a transaction that many share (turns.c) ===========
 */

/* The files that the content of ERRAND names belong to its case from now on. */
static void name_files(store_txn_t *txn, const struct errand *errand, const char *subject)
{
    size_t n;
    uint8_t digest[DIGEST_SIZE];
    const struct kn_attachment *named = look_files(errand, &n);
    for (size_t i = 0; i < n; i++) {
        if (digest_from_hex(digest, sizeof digest, named[i].digest) == KN_OK) {
            store_name_file(
                txn, digest, errand->event,
                errand->type == KN_TYPE_BATCH_DECLARE
                    ? look_letter(((const struct kn_batch_declare *)errand->body)->batch)
                : subject ? code_parse(subject)
                          : 0);
        }
    }
}

static void put_content(store_txn_t *txn, const struct errand *errand, const struct looked *looked)
{
    const struct prepared *prepared = errand->prepared;
    if (prepared) {
        struct slice packed = {prepared->bytes + prepared->n_content, prepared->n_packed};
        store_put_packed_content(txn, errand->event, packed);
    } else {
        store_put_content(txn, errand->event, looked->salt,
                          (struct slice){looked->content, looked->n_content});
    }
}

void hub_record(struct hub *hub, store_txn_t *txn, struct errand *errand, const void *command)
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
        put_content(txn, errand, looked);
        name_files(txn, errand, decision->subject);
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

static void decide_errand(struct hub *hub, store_txn_t *txn, struct errand *errand)
{
    struct decision *decision = &hub->decision;
    struct looked *looked = &hub->looked;
    look(txn, errand, hub->now, looked);
    looked->facts.registers = hub->registers;
    const struct kn_numbered nobody = {.sequence = 1};
    if (!errand->head && !look_admission(txn, errand)) {
        decide_unreadable(decision, &looked->facts, &nobody, errand->code, errand->field);
        decision->reason = errand->reason;
    } else if (errand->head) {
        decide_unreadable(decision, &looked->facts, errand->head, errand->code, errand->field);
        decision->reason = errand->reason;
    } else {
        decide(decision, &looked->facts, errand->type, errand->body);
    }
    if (errand->type == KN_TYPE_CASE_ERASE && looked->facts.subject &&
        decision->verdict == KN_VERDICT_STORED) {
        hub->has_erased = true;
        hub->n_freed += erasure_files(txn, looked->facts.subject, &hub->freed[hub->n_freed],
                                      ERASED_FILES - hub->n_freed);
    }
    hub_record(hub, txn, errand, errand->head ? NULL : errand->body);
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

/* Keeps what was read; nothing, when the content was erased meanwhile. */
static void keep_reading(store_txn_t *txn, const struct errand *errand)
{
    struct store_reading reading = {.packed = {(const uint8_t *)"", 0}};
    struct kn_case *kase = errand->position ? NULL : store_case(txn, errand->case_number);
    uint64_t submission = kase ? (uint64_t)kase->submission : errand->position;
    uint8_t salt[16];
    struct slice content;
    if (store_content(txn, submission, salt, &content)) {
        reading = errand->reading;
    }
    store_put_reading(txn, errand->case_number, &reading);
    kn_record_destroy((void **)&kase);
}

/* The reading stage has done with the submission of ERRAND and goes on behind it. */
void hub_pass_submission(store_txn_t *txn, const struct errand *errand)
{
    if (errand->position) {
        store_put_number(txn, "read", errand->position);
    }
    if (errand->is_first) {
        store_put_number(txn, "cases_read", store_number(txn, "cases_read") + 1);
    }
}

void hub_save_cursor(store_txn_t *txn, const struct errand *errand)
{
    char owner[64];
    uint64_t saved = 0;
    if (!store_cursor(txn, errand->stream, errand->consumer, &saved, owner) ||
        saved < errand->position) {
        store_put_cursor(txn, errand->stream, errand->consumer, errand->actor, errand->position);
    }
}

/* The outbox of ERRAND has given out its sequence. */
static void note_how_far(struct hub *hub, store_txn_t *txn, const struct errand *errand)
{
    uint64_t came = look_last(txn, hub->lasts, errand->actor, errand->instance);
    if (errand->sequence > came) {
        gaps_note(hub->gaps, errand->actor, errand->instance, errand->sequence, came, hub->now);
    }
}

void hub_handle(struct hub *hub, store_txn_t *txn, struct errand *errand)
{
    if (errand->is_settled) {
        return;
    }
    switch (errand->from) {
    case FROM_CURSOR: hub_save_cursor(txn, errand); break;
    case FROM_DESK: desk_write(hub, txn, errand); break;
    case FROM_READING:
        if (errand->body) {
            decide_errand(hub, txn, errand);
        }
        hub_pass_submission(txn, errand);
        if (errand->case_number) {
            keep_reading(txn, errand);
        }
        if (errand->pass.with) {
            reading_keep_pass(txn, &errand->pass);
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
        store_put_number(txn, "registers", hub_hex_number(registers_version(hub->registers)));
        break;
    case FROM_FILES: break; /* never comes here */
    case FROM_HELLO:
        look_answered_before(txn, hub->lasts, errand);
        note_how_far(hub, txn, errand);
        break;
    case FROM_PEER:
        if (look_keys(txn, hub->lasts, errand)) {
            decide_errand(hub, txn, errand);
        } else if (errand->expected) { /* it has more than came */
            note_how_far(hub, txn, errand);
        }
        break;
    }
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
    hub->n_receipts[errand->verdict]++;
    hub_send_message(hub, &errand->peer, KN_TYPE_RECEIPT, &message);
}

/* An identity was admitted anew, or revoked: what it reads is judged again, now. */
static void recheck(struct hub *hub, const struct errand *errand)
{
    struct acl_agent known;
    if (errand->type == KN_TYPE_AGENT_REVOKE) {
        streams_revoke(hub->streams, ((const struct kn_agent_revoke *)errand->body)->agent);
    } else if (acl_by_name(hub->acl, ((const struct kn_agent_admit *)errand->body)->agent->agent,
                           &known)) {
        streams_recheck(hub->streams, &known);
    }
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
            if (session && errand->verdict != KN_VERDICT_DEFERRED &&
                session->instance == errand->instance && session->floor <= errand->sequence) {
                session->floor = errand->sequence + 1; /* also what leaves no trace is answered */
            }
        }
        if (errand->from == FROM_PEER || errand->from == FROM_CONTROL) {
            receipt(hub, errand);
        }
        if (errand->from == FROM_FILES && errand->n_frame) {
            net_send(hub->net, &errand->peer, errand->frame, errand->n_frame);
        }
        if (errand->from == FROM_CURSOR) {
            streams_saved(hub->streams, errand->stream, errand->consumer, errand->actor,
                          errand->position);
            hub->pumped = 0;
        }
        if (errand->from == FROM_DESK) {
            desk_answer(hub, errand);
        } else if ((errand->type == KN_TYPE_AGENT_REVOKE || errand->type == KN_TYPE_AGENT_ADMIT) &&
                   errand->verdict == KN_VERDICT_STORED) {
            recheck(hub, errand);
        }
        errand_destroy(&errand);
    }
}

/* ==== 5. the net thread's turn: frames in, receipts, deliveries =============================== */

static void gone(void *arg, const struct session *session)
{
    streams_drop_peer(((struct hub *)arg)->streams, &session->peer);
}

void *hub_net_loop(void *arg)
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
        sessions_expire(hub->sessions, hub_monotonic_ms() - SESSION_MS, gone, hub);
        upkeep_look(hub);
    }
    answer(hub);
    return NULL;
}
