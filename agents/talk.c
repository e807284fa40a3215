/* talk.c - what client and hub say to each other (docs/protocol.md): hello, receipts, denials.
 *
 * What is in the outbox goes out in order, never before its commit (else a crash could give its
 * sequence to another message), at most a window ahead of the oldest one unanswered. `deferred`
 * moves next_send back. A final receipt calls back and removes the message in the outbox's open
 * transaction; losing that commit costs a `repeated`, nothing else.
 */
#include "agents/client_internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEFERRED_MS = 100 }; /* when `deferred` names no time */

void talk_set_state(kn_client_t *self, enum kn_client_state state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(self->words, sizeof self->words, format, args);
    va_end(args);
    self->state = state;
    if (self->on_state)
        self->on_state(self->arg, state, self->words);
}

bool talk_send(void *arg, enum kn_type type, const void *body)
{
    kn_client_t *self = arg;
    struct kn_fault fault;
    long size = kn_message_encode(self->frame, sizeof self->frame, type, body, &fault);
    assert(size > 0); /* our own messages fit their schemas */
    return client_send_frame(self, self->frame, (size_t)size);
}

/* The hub knows nothing of us now: streams are opened again, the request is asked again. */
void talk_lose_session(kn_client_t *self)
{
    for (int i = 0; i < self->n_subscriptions; i++)
        if (self->subscriptions[i].state != SUBSCRIPTION_ENDED)
            self->subscriptions[i].state = SUBSCRIPTION_CLOSED;
    self->request.is_sent = false;
}

void talk_hello(kn_client_t *self)
{
    struct kn_hello hello = {
        .version_min = KN_FRAME_MAJOR,
        .version_max = KN_FRAME_MAJOR,
        .instance = self->outbox ? outbox_instance(self->outbox) : self->instance,
        .program = self->program,
        .program_version = self->program_version,
        .has_first_sequence = self->outbox != NULL,
        .first_sequence = self->outbox ? (int64_t)outbox_first(self->outbox) : 0,
        .has_last_sequence = self->outbox != NULL,
        .last_sequence = self->outbox ? (int64_t)outbox_last(self->outbox) : 0,
    };
    self->is_greeting_again = self->phase == READY;
    self->phase = GREETING;
    self->heard_at = self->pinged_at = client_now_ms();
    self->deadline_at = self->heard_at + WELCOME_MS;
    talk_lose_session(self);
    talk_send(self, KN_TYPE_HELLO, &hello);
}

/* ---- numbered messages and receipts -------------------------------------------------------- */

bool talk_is_numbered(enum kn_type type)
{
    return (type >= KN_TYPE_BATCH_DECLARE && type < KN_TYPE_RECEIPT) ||
           (type >= KN_TYPE_CASE_DIVERT && (int)type < 200) || /* acts on cases: 20-39, 100-199 */
           type == KN_TYPE_AGENT_ADMIT || type == KN_TYPE_AGENT_REVOKE ||
           type == KN_TYPE_CLOCK_MOVE;
}

bool talk_is_request(enum kn_type type)
{
    return type == KN_TYPE_CASE_GET || type == KN_TYPE_CASE_FIND || type == KN_TYPE_BATCH_GET ||
           (type >= KN_TYPE_QUARANTINE_GET && type <= KN_TYPE_ERASURE_VIEW) ||
           type == KN_TYPE_STATUS_GET || type == KN_TYPE_HUB_DRAIN || type == KN_TYPE_FILE_PUT ||
           type == KN_TYPE_FILE_GET || type == KN_TYPE_CANDIDATE_FIND;
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

void talk_set_number(void *body, int64_t number)
{
    memcpy(body, &number, sizeof number);
}

static long renumber(void *out, size_t max, const void *frame, size_t size, uint64_t sequence)
{
    struct kn_message *message = NULL;
    long n = kn_message_decode(&message, frame, size, NULL);
    if (n == KN_OK) {
        /* The block is ours alone, so its first member may be written. */
        talk_set_number((void *)(uintptr_t)message->body, (int64_t)sequence);
        n = kn_message_encode(out, max, message->type, message->body, NULL);
    }
    kn_message_destroy(&message);
    return n;
}

/* Sends what the window allows; only what is committed. */
int talk_send_outbox(kn_client_t *self, int64_t now)
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
        if (!client_send_frame(self, frame.data, frame.size))
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
            client_drop(self); /* a receipt of the old numbers must not meet the new ones */
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
            talk_hello(self);
        return rc;
    }
    kn_message_destroy(&self->welcome);
    self->welcome = *message_p;
    *message_p = NULL;
    self->phase = READY;
    self->n_failures = 0;
    self->resume_at = 0;
    self->next_send = self->outbox ? outbox_first(self->outbox) : 0;
    talk_set_state(self, KN_CLIENT_READY, "connected to %s as %s", self->endpoint, welcome->agent);
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

const char *talk_code_text(enum kn_code code)
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
        talk_set_state(self, KN_CLIENT_DENIED, "denied: %s", why);
        client_drop(self);
        return KN_OK;
    }
    rc = take_receipt(self, &refused, now);
    if (rc == KN_OK)
        rc = outbox_commit(self->outbox);
    if (rc == KN_OK)
        talk_hello(self); /* the hub still waits for that sequence */
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
        talk_set_state(self, is_final ? KN_CLIENT_DENIED : KN_CLIENT_CONNECTING, "denied: %s", why);
        client_drop(self);
        if (deny->has_retry_after_ms && self->connect_at < now + deny->retry_after_ms)
            self->connect_at = now + deny->retry_after_ms;
    } else if (deny->code == KN_CODE_NOT_ALLOWED) {
        if (self->request.is_sent && ++self->request.n_denied > 1) {
            self->request.answer = *message_p;
            *message_p = NULL;
        } else {
            talk_hello(self);
        }
    } else if (is_final) {
        talk_set_state(self, KN_CLIENT_DENIED, "denied: %s", why);
        client_drop(self);
    } else {
        talk_set_state(self, self->state, "the hub could not take a message: %s%s%s", why,
                       deny->field ? ", " : "", deny->field ? deny->field : "");
    }
    return KN_OK;
}

static int take_deny(kn_client_t *self, struct kn_message **message_p, int64_t now)
{
    const struct kn_deny *deny = (*message_p)->body;
    const char *why = deny->reason ? deny->reason : talk_code_text(deny->code);
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
    self->taking = subscription;
    int rc = subscription_take(subscription, events, size, talk_send, self);
    self->taking = NULL;
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
                            talk_code_text(closed->code));
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

int talk_take(kn_client_t *self, const void *frame, size_t size, int64_t now)
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
    case KN_TYPE_EVENT_KEPT:
        subscription =
            find_subscription(self, ((const struct kn_event_kept *)message->body)->subscription);
        if (subscription)
            subscription_kept(subscription,
                              (uint64_t)((const struct kn_event_kept *)message->body)->position);
        break;
    case KN_TYPE_STREAM_CLOSED: rc = take_closed(self, message->body); break;
    case KN_TYPE_STREAM_OPENED:
        subscription =
            find_subscription(self, ((const struct kn_stream_opened *)message->body)->subscription);
        if (subscription)
            subscription_opened(subscription, message->body, talk_send, self);
        break;
    case KN_TYPE_CASE_VIEW:
    case KN_TYPE_CASE_LIST:
    case KN_TYPE_CANDIDATE_LIST:
    case KN_TYPE_BATCH_VIEW:
    case KN_TYPE_QUARANTINE_VIEW:
    case KN_TYPE_AGENT_VIEW:
    case KN_TYPE_ACL_VIEW:
    case KN_TYPE_DENIAL_VIEW:
    case KN_TYPE_METRICS_VIEW:
    case KN_TYPE_ERASURE_VIEW:
    case KN_TYPE_FILE_STATE:
    case KN_TYPE_FILE_PART:
    case KN_TYPE_STATUS_VIEW: take_answer(self, &message); break;
    case KN_TYPE_BYE:
        talk_set_state(self, KN_CLIENT_CONNECTING, "the hub went away in order");
        client_drop(self);
        break;
    default: break; /* pong: heard */
    }
    kn_message_destroy(&message);
    return rc;
}
