/* reception.c - what the net thread answers at once, from read transactions of its own: hello,
 * ping, the opening of streams, requests. Nothing here changes the store.
 */
#include "hub/admission.h"
#include "hub/digest.h"
#include "hub/hub_parts.h"
#include "hub/log.h"
#include "hub/queries.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The writer hears how far the outbox of a hello is. */
static void pass_on_how_far(struct hub *hub, const struct session *session,
                            const struct kn_hello *hello)
{
    struct errand *errand = hello->has_first_sequence ? errand_new(FROM_HELLO) : NULL;
    if (errand) {
        snprintf(errand->actor, sizeof errand->actor, "%s", session->agent);
        errand->instance = session->instance;
        errand->floor = session->floor;
        errand->sequence = hello->has_last_sequence ? (uint64_t)hello->last_sequence : 0;
        if (!line_push(&hub->todo, &errand->link)) {
            errand_destroy(&errand);
        }
    }
}

void reception_greet(struct hub *hub, const struct net_frame *frame, const struct kn_agent *agent,
                     const struct kn_hello *hello)
{
    const struct net_peer *peer = &frame->peer;
    if (hello->version_min > 1 || hello->version_max < 1) {
        hub_deny(hub, peer, KN_CODE_VERSION, "version_min", "this hub speaks version 1", -1);
        return;
    }
    if (!admission_greets(hub, frame, agent)) {
        return;
    }
    struct session *session = sessions_add(hub->sessions, peer, agent->agent);
    if (!session) {
        hub_deny(hub, peer, KN_CODE_BUSY, NULL, NULL, -1);
        return;
    }
    streams_drop_peer(hub->streams, peer); /* a second hello starts anew */
    session->heard_ms = hub_monotonic_ms();
    session->instance = hub_hex_number(hello->instance);
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
        .now = hub_wall_ms(hub),
        .test_clock = store_test_clock(hub->store),
        .last_event = (int64_t)log_last(txn),
        .head = hex,
    };
    store_abort(&txn);
    hub_send_message(hub, peer, KN_TYPE_WELCOME, &welcome);
    pass_on_how_far(hub, session, hello);
}

void reception_pong(struct hub *hub, const struct net_peer *peer, const struct kn_ping *ping)
{
    uint8_t head[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    store_head(txn, head);
    digest_hex(hex, head, sizeof head);
    struct kn_pong message = {.nonce = ping->nonce,
                              .now = hub_wall_ms(hub),
                              .last_event = (int64_t)log_last(txn),
                              .head = hex};
    store_abort(&txn);
    hub_send_message(hub, peer, KN_TYPE_PONG, &message);
}

void reception_open_stream(struct hub *hub, const struct net_frame *frame,
                           const struct acl_agent *agent, const struct kn_stream_open *message)
{
    const struct net_peer *peer = &frame->peer;
    int rc;
    if (!acl_may_read(&agent->agent, message->stream)) {
        denials_count(hub->denials, frame->user, frame->address, KN_DENIAL_REASON_STREAM,
                      message->stream);
        hub_deny(hub, peer, KN_CODE_NOT_ALLOWED, "stream", "your role may not read this stream",
                 message->subscription);
    } else if ((rc = streams_open(hub->streams, peer, agent, message)) == KN_E_TOO_LARGE) {
        hub_deny(hub, peer, KN_CODE_TOO_LONG, "stream", "the consumer's name has too many bytes",
                 message->subscription);
    } else if (rc) {
        hub_deny(hub, peer, KN_CODE_BUSY, "stream", "try again later", message->subscription);
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

/* How long the petition that is read now has waited. */
static uint64_t reading_lag_ms(struct hub *hub, const struct reading_figures *reading)
{
    int64_t now = hub_wall_ms(hub), since = reading->behind_since;
    return since && now > since ? (uint64_t)(now - since) : 0;
}

static void tell_status(struct hub *hub, const struct net_peer *peer, int64_t request)
{
    static struct kn_consumer consumers[200]; /* of the net thread alone */
    static char names[200][3][96];
    struct figures figures = {.n = 0};
    struct store_usage usage;
    struct net_counts net;
    struct reading_figures reading;
    uint8_t head[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1], stream[96] = "", consumer[64] = "", agent[64];
    size_t n = 0;
    store_usage(hub->store, &usage);
    net_get_counts(hub->net, &net);
    reading_figures(hub->reading, &reading);
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    store_head(txn, head);
    digest_hex(hex, head, sizeof head);
    while (n < 200 && metrics_next_consumer(hub, txn, &consumers[n], stream, consumer, agent)) {
        snprintf(names[n][0], sizeof names[n][0], "%s", stream);
        snprintf(names[n][1], sizeof names[n][1], "%s", consumer);
        snprintf(names[n][2], sizeof names[n][2], "%s", agent);
        consumers[n].stream = names[n][0];
        consumers[n].consumer = names[n][1];
        consumers[n].agent = names[n][2];
        n++;
    }
    uint32_t p50_us, p99_us;
    metrics_commits(hub, &p50_us, &p99_us);
    const char *alarms[N_ALARMS];
    size_t n_alarms = 0;
    for (int alarm = 0; alarm < N_ALARMS; alarm++) {
        if (hub_alarms(hub) >> alarm & 1u) {
            alarms[n_alarms++] = alarm_words[alarm];
        }
    }
    figure(&figures, "cases", store_number(txn, "cases"));
    figure(&figures, "linked", store_number(txn, "linked"));
    figure(&figures, "to_read", atomic_load(&hub->unread));
    figure(&figures, "candidates", store_number(txn, "candidates"));
    figure(&figures, "reading_lag_ms", reading_lag_ms(hub, &reading));
    figure(&figures, "to_index", reading.to_index);
    figure(&figures, "to_renew", reading.to_renew);
    figure(&figures, "index_readings", reading.index_readings);
    figure(&figures, "index_bytes", reading.index_bytes);
    figure(&figures, "index_rebuild_ms", reading.rebuild_ms);
    figure(&figures, "sessions", sessions_count(hub->sessions));
    figure(&figures, "subscriptions", streams_count(hub->streams));
    figure(&figures, "waiting_for_the_disk", line_length(&hub->todo));
    figure(&figures, "commits", atomic_load(&hub->n_commits));
    figure(&figures, "frames_taken", net.n_taken);
    figure(&figures, "frames_sent", net.n_sent);
    figure(&figures, "hostile_frames", net.n_multipart + net.n_chosen_id + net.n_nameless);
    figure(&figures, "strangers_refused", net.zap.n_unknown_key);
    figure(&figures, "quarantined", store_number(txn, "quarantined"));
    figure(&figures, "compactions", store_number(txn, "compactions"));
    figure(&figures, "events_in_quarantine", store_number(txn, "in_quarantine"));
    figure(&figures, "commit_p50_us", p50_us);
    figure(&figures, "commit_p99_us", p99_us);
    figure(&figures, "descriptors", hub->vitals.descriptors);
    figure(&figures, "max_descriptors", hub->vitals.max_descriptors);
    figure(&figures, "memory", hub->vitals.memory);
    figure(&figures, "max_memory", hub->vitals.max_memory);
    figure(&figures, "map_size", usage.map_size);
    figure(&figures, "map_used", usage.map_used);
    figure(&figures, "disk_free", usage.disk_free);
    struct kn_status_view view = {.request = request,
                                  .version = KN_VERSION,
                                  .now = hub_wall_ms(hub),
                                  .started_at = hub->started_at,
                                  .test_clock = store_test_clock(hub->store),
                                  .draining = atomic_load(&hub->draining),
                                  .last_event = (int64_t)log_last(txn),
                                  .head = hex,
                                  .registers = registers_version(hub->registers),
                                  .n_counts = figures.n,
                                  .counts = figures.count,
                                  .n_consumers = n,
                                  .consumers = consumers,
                                  .read_only = !hub_has_room(hub),
                                  .n_alarms = n_alarms,
                                  .alarms = alarms};
    store_abort(&txn);
    hub_send_message(hub, peer, KN_TYPE_STATUS_VIEW, &view);
}

void reception_ask(struct hub *hub, const struct net_peer *peer, const struct kn_agent *agent,
                   const struct kn_message *message)
{
    /* all requests begin with their number */
    int64_t request = ((const struct kn_status_get *)message->body)->request;
    if (message->type == KN_TYPE_STATUS_GET) {
        tell_status(hub, peer, request);
        return;
    }
    struct query_asker asker = {.agent = agent,
                                .sees_persons = agent && acl_may_see_persons(agent, NULL),
                                .registers = hub->registers};
    long size = query(hub->store, &asker, message->type, message->body, hub->frame, MAX_FRAME);
    if (size > 0) {
        net_send(hub->net, peer, hub->frame, (size_t)size);
    } else {
        hub_deny(hub, peer,
                 size == KN_E_NOT_FOUND && message->type == KN_TYPE_BATCH_GET
                     ? KN_CODE_UNKNOWN_BATCH
                 : size == KN_E_NOT_FOUND ? KN_CODE_UNKNOWN_CASE
                 : size == KN_E_DENIED    ? KN_CODE_NOT_ALLOWED
                                          : KN_CODE_BUSY,
                 NULL, NULL, request);
    }
}
