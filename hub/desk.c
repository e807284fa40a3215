/* desk.c - see the header. */
#include "hub/desk.h"

#include "hub/code.h"
#include "hub/hub_parts.h"
#include "hub/log.h"
#include "hub/metrics.h"
#include "hub/quarantine.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, DENIAL_PAGE = 200 };

bool desk_is_mine(enum kn_type type)
{
    switch (type) {
    case KN_TYPE_QUARANTINE_GET:
    case KN_TYPE_QUARANTINE_SETTLE:
    case KN_TYPE_AGENT_GET:
    case KN_TYPE_ACL_TEST:
    case KN_TYPE_DENIAL_GET:
    case KN_TYPE_METRICS_GET:
    case KN_TYPE_ERASURE_GET: return true;
    default: return false;
    }
}

/* Sends BODY, whose *N entries are a list with a marker *MORE_AFTER behind the last one sent:
 * halved until it fits into a frame. NUMBER_AT gives the marker of an entry. */
static void send_page(struct hub *hub, const struct net_peer *peer, enum kn_type type, void *body,
                      size_t *n, bool *has_more, int64_t *more_after,
                      int64_t (*number_at)(const void *body, size_t i))
{
    struct kn_fault fault;
    for (;;) {
        if (*has_more && *n) {
            *more_after = number_at(body, *n - 1);
        }
        long size = kn_message_encode(hub->frame, sizeof hub->frame, type, body, &fault);
        if (size > 0) {
            net_send(hub->net, peer, hub->frame, (size_t)size);
            return;
        }
        assert(size == KN_E_TOO_LARGE && *n > 1);
        *n /= 2;
        *has_more = true;
    }
}

/* ==== quarantine ============================================================================== */

static int64_t item_number(const void *body, size_t i)
{
    return ((const struct kn_quarantine_view *)body)->items[i].number;
}

static void show_quarantine(struct hub *hub, const struct net_peer *peer,
                            const struct kn_quarantine_get *request)
{
    struct kn_quarantined *found[PAGE + 1] = {NULL}, items[PAGE];
    size_t n = 0, limit = request->has_limit ? (size_t)request->limit : PAGE;
    uint64_t after = request->has_number && request->number ? (uint64_t)request->number - 1
                                                            : (uint64_t)request->after;
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    while (n <= limit && (found[n] = store_next_quarantined(txn, after))) {
        after = (uint64_t)found[n]->number;
        n++;
    }
    store_abort(&txn);
    if (request->has_number) {
        n = n && found[0]->number == request->number ? 1 : 0;
    }
    struct kn_quarantine_view view = {.request = request->request,
                                      .n_items = n < limit ? n : limit,
                                      .items = items,
                                      .has_more_after = n > limit};
    for (size_t i = 0; i < view.n_items; i++) {
        items[i] = *found[i];
    }
    send_page(hub, peer, KN_TYPE_QUARANTINE_VIEW, &view, &view.n_items, &view.has_more_after,
              &view.more_after, item_number);
    for (size_t i = 0; i <= PAGE; i++) {
        kn_record_destroy((void **)&found[i]);
    }
}

/* An errand of the desk; it does not wait for room in the line: it is small, and it is settled with
 * what was sent before it. Takes the message. */
static void hand_over(struct hub *hub, const struct net_peer *peer, struct kn_message **message_p,
                      const struct store_place *place, int64_t request)
{
    struct errand *errand = errand_new(FROM_DESK);
    if (!errand) {
        return;
    }
    errand->peer = *peer;
    errand->message = *message_p;
    *message_p = NULL;
    errand->type = errand->message->type;
    errand->body = errand->message->body;
    errand->request = request;
    if (place) {
        snprintf(errand->stream, sizeof errand->stream, "%s", place->stream);
        snprintf(errand->consumer, sizeof errand->consumer, "%s", place->consumer);
        snprintf(errand->actor, sizeof errand->actor, "%s", place->agent);
        errand->position = place->position;
    }
    if (!line_push(&hub->todo, &errand->link)) {
        errand_destroy(&errand);
    }
}

void desk_hear(struct hub *hub, const struct net_peer *peer, struct kn_message **message_p)
{
    const struct kn_event_take *said = (*message_p)->body; /* both begin with these two fields */
    struct store_place place;
    _Static_assert(offsetof(struct kn_event_take, position) ==
                       offsetof(struct kn_event_refuse, position),
                   "one head");
    if (!streams_place(hub->streams, peer, said->subscription, (uint64_t)said->position, &place)) {
        return; /* of an event that was never sent */
    }
    if ((*message_p)->type == KN_TYPE_EVENT_REFUSE) {
        streams_refused(hub->streams, peer, said->subscription, place.position);
    }
    hand_over(hub, peer, message_p, &place, said->subscription);
}

/* ==== identities and the access table ========================================================= */

static void show_agents(struct hub *hub, const struct net_peer *peer,
                        const struct kn_agent_get *request)
{
    struct kn_agent *found[PAGE + 1] = {NULL}, agents[PAGE];
    struct kn_fault fault;
    size_t n = 0;
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    if (request->agent) {
        n = (found[0] = store_agent(txn, request->agent)) ? 1 : 0;
    } else {
        const char *after = request->after ? request->after : "";
        while (n <= PAGE && (found[n] = store_next_agent(txn, after))) {
            after = found[n++]->agent;
        }
    }
    store_abort(&txn);
    struct kn_agent_view view = {
        .request = request->request, .n_agents = n < PAGE ? n : PAGE, .agents = agents};
    for (size_t i = 0; i < view.n_agents; i++) {
        agents[i] = *found[i];
    }
    bool more = n > PAGE;
    long size;
    for (;;) {
        view.more_after = more && view.n_agents ? agents[view.n_agents - 1].agent : NULL;
        size = kn_message_encode(hub->frame, sizeof hub->frame, KN_TYPE_AGENT_VIEW, &view, &fault);
        if (size != KN_E_TOO_LARGE) {
            break;
        }
        view.n_agents /= 2;
        more = true;
    }
    assert(size > 0);
    net_send(hub->net, peer, hub->frame, (size_t)size);
    for (size_t i = 0; i <= PAGE; i++) {
        kn_record_destroy((void **)&found[i]);
    }
}

/* Judges as each frame is judged, and says why not. */
static const char *judge(const struct acl_agent *known, const struct kn_acl_test *test,
                         bool *persons)
{
    const struct kn_agent *agent = &known->agent;
    enum kn_type type = test->verb ? kn_type_value(test->verb) : 0;
    *persons = !agent->revoked && acl_may_see_persons(agent, test->stream);
    if (agent->revoked) {
        return "the key was revoked";
    }
    if (!test->verb && !test->stream) {
        return "a verb or a stream is asked for";
    }
    if (test->verb && !type) {
        return "no message has this name";
    }
    if (test->verb && !acl_may_say(agent->role, type)) {
        return "the role may not say this";
    }
    if (test->verb && !acl_allows(agent, type)) {
        return "the limits of the identity do not list this message";
    }
    struct kn_agent unlimited = *agent;
    unlimited.limits = NULL;
    if (test->stream && !acl_may_read(&unlimited, test->stream)) {
        return strchr(test->stream, '.')
                   ? "no message has this name"
                   : "the role may not read this stream, or there is none of this name";
    }
    if (test->stream && !acl_may_read(agent, test->stream)) {
        return "the limits of the identity do not list this stream";
    }
    return NULL;
}

static void test_access(struct hub *hub, const struct net_peer *peer,
                        const struct kn_acl_test *test)
{
    struct acl_agent known;
    bool persons = false;
    const char *why = acl_by_name(hub->acl, test->agent, &known) ? judge(&known, test, &persons)
                                                                 : "no identity has this name";
    hub_send_message(
        hub, peer, KN_TYPE_ACL_VIEW,
        &(struct kn_acl_view){
            .request = test->request, .allowed = !why, .persons = !why && persons, .reason = why});
}

/* ==== denials ================================================================================= */

void desk_keep_denials(struct hub *hub, bool is_last)
{
    static struct denial_line lines[DENIALS_MAX]; /* of the net thread alone */
    size_t n = denials_take(hub->denials, lines, hub_monotonic_ms(), hub_wall_ms(hub), is_last);
    struct errand *errand = n ? errand_new(FROM_DESK) : NULL;
    if (!errand) {
        return;
    }
    errand->request = -1;
    errand->denials = malloc(n * sizeof *lines);
    if (errand->denials) {
        memcpy(errand->denials, lines, n * sizeof *lines);
        errand->n_denials = n;
    }
    if (!line_push(&hub->todo, &errand->link)) {
        errand_destroy(&errand);
    }
}

static int64_t denial_number(const void *body, size_t i)
{
    return ((const struct kn_denial_view *)body)->denials[i].number;
}

static void show_denials(struct hub *hub, const struct net_peer *peer,
                         const struct kn_denial_get *request)
{
    struct kn_denial *found[DENIAL_PAGE + 1] = {NULL}, denials[DENIAL_PAGE];
    size_t n = 0, limit = request->has_limit ? (size_t)request->limit : DENIAL_PAGE;
    uint64_t after = request->has_after ? (uint64_t)request->after : 0;
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    while (n <= limit && (found[n] = store_next_denial(txn, after))) {
        after = (uint64_t)found[n]->number;
        n++;
    }
    store_abort(&txn);
    struct kn_denial_view view = {.request = request->request,
                                  .n_denials = n < limit ? n : limit,
                                  .denials = denials,
                                  .has_more_after = n > limit};
    for (size_t i = 0; i < view.n_denials; i++) {
        denials[i] = *found[i];
    }
    send_page(hub, peer, KN_TYPE_DENIAL_VIEW, &view, &view.n_denials, &view.has_more_after,
              &view.more_after, denial_number);
    for (size_t i = 0; i <= DENIAL_PAGE; i++) {
        kn_record_destroy((void **)&found[i]);
    }
}

/* ==== erasures ================================================================================ */

/* Where event SEQUENCE lies in STREAM; 0: it is not told there. */
static uint64_t position_of(store_txn_t *txn, const char *stream, uint64_t sequence)
{
    if (strcmp(stream, "all") == 0) {
        return sequence;
    }
    uint32_t table = store_stream(txn, stream);
    uint64_t low = 1, high = table ? store_stream_last(txn, table) + 1 : 1, end = high;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (store_stream_event(txn, table, middle, NULL) < sequence) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < end && store_stream_event(txn, table, low, NULL) == sequence ? low : 0;
}

enum { MAX_PENDING = 50 };

struct pending {
    struct kn_consumer consumers[MAX_PENDING];
    char names[MAX_PENDING][3][96];
    size_t n;
};

/* The readers that get content by the streams in which the erasure is told, and have not saved it.
 */
static void find_pending(struct hub *hub, store_txn_t *txn, uint64_t sequence, struct pending *out)
{
    char stream[96] = "", consumer[64] = "", agent[64] = "";
    struct kn_consumer reader;
    struct acl_agent known;
    out->n = 0;
    while (out->n < MAX_PENDING &&
           metrics_next_consumer(hub, txn, &reader, stream, consumer, agent)) {
        uint64_t position = position_of(txn, stream, sequence);
        if (!position || (uint64_t)reader.saved >= position ||
            !acl_by_name(hub->acl, agent, &known) || !acl_may_see_persons(&known.agent, stream)) {
            continue;
        }
        char(*names)[96] = out->names[out->n];
        snprintf(names[0], 96, "%s", stream);
        snprintf(names[1], 96, "%s", consumer);
        snprintf(names[2], 96, "%s", agent);
        out->consumers[out->n++] = (struct kn_consumer){.stream = names[0],
                                                        .consumer = names[1],
                                                        .agent = names[2],
                                                        .saved = reader.saved,
                                                        .last = reader.last};
    }
}

enum { ERASURE_PAGE = 20 };

static void show_erasures(struct hub *hub, const struct net_peer *peer,
                          const struct kn_erasure_get *request)
{
    static struct pending pending[ERASURE_PAGE]; /* of the net thread alone */
    static char codes[ERASURE_PAGE][CODE_SIZE];
    struct kn_erasure erasures[ERASURE_PAGE];
    struct kn_fault fault;
    uint64_t sequence = request->has_after ? (uint64_t)request->after : 0, number;
    uint64_t wanted = request->case_ ? code_parse(request->case_) : 0;
    size_t limit =
        request->has_limit && request->limit < ERASURE_PAGE ? (size_t)request->limit : ERASURE_PAGE;
    struct kn_erasure_view view = {.request = request->request, .erasures = erasures};
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    while (store_next_erased(txn, &sequence, &number)) {
        if (wanted && number != wanted) {
            continue;
        }
        if (view.n_erasures == limit) {
            view.has_more_after = true;
            break;
        }
        size_t n = view.n_erasures++;
        struct kn_event *event = log_find(txn, sequence);
        find_pending(hub, txn, sequence, &pending[n]);
        code_format(codes[n], number);
        erasures[n] = (struct kn_erasure){.case_ = codes[n],
                                          .sequence = (int64_t)sequence,
                                          .at = event ? event->at : 0,
                                          .n_pending = pending[n].n,
                                          .pending = pending[n].consumers};
        kn_record_destroy((void **)&event);
    }
    store_abort(&txn);
    long size;
    for (;;) {
        view.more_after = view.n_erasures ? erasures[view.n_erasures - 1].sequence : 0;
        size =
            kn_message_encode(hub->frame, sizeof hub->frame, KN_TYPE_ERASURE_VIEW, &view, &fault);
        if (size != KN_E_TOO_LARGE) {
            break;
        }
        view.n_erasures /= 2;
        view.has_more_after = true;
    }
    assert(size > 0);
    net_send(hub->net, peer, hub->frame, (size_t)size);
}

/* ==== all ===================================================================================== */

static void show_metrics(struct hub *hub, const struct net_peer *peer, int64_t request)
{
    static char text[METRICS_MAX]; /* of the net thread alone */
    metrics_print(hub, text, sizeof text);
    hub_send_message(hub, peer, KN_TYPE_METRICS_VIEW,
                     &(struct kn_metrics_view){.request = request, .text = text});
}

void desk_take(struct hub *hub, const struct net_peer *peer, struct kn_message **message_p)
{
    const struct kn_message *message = *message_p;
    const struct kn_quarantine_settle *settle = message->body;
    switch (message->type) {
    case KN_TYPE_QUARANTINE_GET: show_quarantine(hub, peer, message->body); break;
    case KN_TYPE_QUARANTINE_SETTLE: hand_over(hub, peer, message_p, NULL, settle->request); break;
    case KN_TYPE_AGENT_GET: show_agents(hub, peer, message->body); break;
    case KN_TYPE_ACL_TEST: test_access(hub, peer, message->body); break;
    case KN_TYPE_DENIAL_GET: show_denials(hub, peer, message->body); break;
    case KN_TYPE_ERASURE_GET: show_erasures(hub, peer, message->body); break;
    case KN_TYPE_METRICS_GET: show_metrics(hub, peer, settle->request); break;
    default: abort(); /* desk_is_mine */
    }
}

static void settle(store_txn_t *txn, struct errand *errand)
{
    const struct kn_quarantine_settle *body = errand->body;
    struct kn_quarantined *item = store_quarantined(txn, (uint64_t)body->number);
    if (!item || !quarantine_settle(txn, (uint64_t)body->number, body->settlement)) {
        errand_end(errand, KN_VERDICT_REFUSED, KN_CODE_UNKNOWN_VALUE, "number", NULL);
    } else if (body->settlement == KN_SETTLEMENT_RETRY) { /* whose it is, for desk_answer */
        snprintf(errand->stream, sizeof errand->stream, "%s", item->stream);
        snprintf(errand->consumer, sizeof errand->consumer, "%s", item->consumer);
        snprintf(errand->actor, sizeof errand->actor, "%s", item->agent);
        errand->position = (uint64_t)item->position;
    }
    kn_record_destroy((void **)&item);
}

void desk_write(struct hub *hub, store_txn_t *txn, struct errand *errand)
{
    const struct store_place place = {errand->stream, errand->consumer, errand->actor,
                                      errand->position};
    const struct kn_event_refuse *refusal = errand->body;
    errand_end(errand, KN_VERDICT_STORED, KN_CODE_NONE, NULL, NULL);
    for (size_t i = 0; i < errand->n_denials; i++) {
        const struct denial_line *line = &errand->denials[i];
        store_put_denial(txn, &(struct kn_denial){.at = line->at,
                                                  .who = line->who,
                                                  .is_agent = line->is_agent,
                                                  .reason = line->reason,
                                                  .verb = line->verb[0] ? line->verb : NULL,
                                                  .count = line->count});
    }
    if (errand->type == KN_TYPE_EVENT_REFUSE) {
        quarantine_refuse(txn, &place, hub->now, refusal->code, refusal->reason);
        hub_save_cursor(txn, errand);
    } else if (errand->type == KN_TYPE_EVENT_TAKE) {
        quarantine_take(txn, &place);
    } else if (errand->type == KN_TYPE_QUARANTINE_SETTLE) {
        settle(txn, errand);
    }
}

void desk_answer(struct hub *hub, const struct errand *errand)
{
    if (!errand->type || errand->verdict == KN_VERDICT_DEFERRED) {
        return; /* nobody waits for it, or it is said again */
    }
    if (errand->type == KN_TYPE_EVENT_REFUSE) {
        streams_saved(hub->streams, errand->stream, errand->consumer, errand->actor,
                      errand->position);
        hub->pumped = 0;
    }
    if (errand->type != KN_TYPE_QUARANTINE_SETTLE) {
        hub_send_message(hub, &errand->peer, KN_TYPE_EVENT_KEPT,
                         &(struct kn_event_kept){.subscription = errand->request,
                                                 .position = (int64_t)errand->position});
        return;
    }
    const struct kn_quarantine_settle *body = errand->body;
    if (errand->verdict == KN_VERDICT_REFUSED) {
        hub_deny(hub, &errand->peer, errand->code, errand->field, "no event has this number",
                 errand->request);
        return;
    }
    if (errand->position) {
        streams_again(hub->streams, &(struct store_place){errand->stream, errand->consumer,
                                                          errand->actor, errand->position});
        hub->pumped = 0;
    }
    show_quarantine(hub, &errand->peer,
                    &(struct kn_quarantine_get){
                        .request = errand->request, .has_number = true, .number = body->number});
}
