/* metrics.c - see the header. To add a figure: one line in one of the tables of metrics_print. */
#include "hub/metrics.h"

#include "hub/hub_parts.h"
#include "hub/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ==== durable readers ========================================================================= */

static int64_t instant_of(store_txn_t *txn, uint64_t sequence)
{
    struct kn_event *event = sequence ? log_find(txn, sequence) : NULL;
    int64_t at = event ? event->at : 0;
    kn_record_destroy((void **)&event);
    return at;
}

/* Refused and not settled by this reader. */
static int64_t in_quarantine(store_txn_t *txn, const struct kn_consumer *reader)
{
    struct store_place place = {reader->stream, reader->consumer, reader->agent, 0};
    int64_t n = 0;
    while (store_next_quarantined_of(txn, &place)) {
        n++;
    }
    return n;
}

bool metrics_next_consumer(struct hub *hub, store_txn_t *txn, struct kn_consumer *out,
                           char stream[96], char consumer[64], char agent[64])
{
    uint64_t saved;
    if (!store_next_cursor(txn, stream, consumer, agent, &saved)) {
        return false;
    }
    uint32_t table = store_stream(txn, stream);
    bool all = strcmp(stream, "all") == 0;
    uint64_t last = all ? log_last(txn) : table ? store_stream_last(txn, table) : 0;
    *out = (struct kn_consumer){.stream = stream,
                                .consumer = consumer,
                                .agent = agent,
                                .saved = (int64_t)saved,
                                .last = (int64_t)last,
                                .connected = streams_connected(hub->streams, stream, consumer)};
    if (saved < last) {
        out->unsaved_at =
            instant_of(txn, all ? saved + 1 : store_stream_event(txn, table, saved + 1, NULL));
        out->has_unsaved_at = true;
    }
    out->quarantined = in_quarantine(txn, out);
    out->has_quarantined = out->quarantined > 0;
    return true;
}

/* ==== commits ================================================================================= */

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void metrics_commits(struct hub *hub, uint32_t *p50_us, uint32_t *p99_us)
{
    uint32_t sorted[METRICS_COMMITS];
    uint64_t n = atomic_load(&hub->n_commits);
    size_t kept = n < METRICS_COMMITS ? (size_t)n : METRICS_COMMITS;
    for (size_t i = 0; i < kept; i++) {
        sorted[i] = atomic_load(&hub->commit_us[i]);
    }
    qsort(sorted, kept, sizeof *sorted, by_size);
    *p50_us = kept ? sorted[kept / 2] : 0;
    *p99_us = kept ? sorted[kept * 99 / 100] : 0;
}

/* ==== text ==================================================================================== */

struct sheet {
    char *text;
    size_t size, n;
};

static void print(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One line, whole or not at all. */
static void print(struct sheet *sheet, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(sheet->text + sheet->n, sheet->size - sheet->n, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sheet->size - sheet->n) {
        sheet->n += (size_t)n;
    }
    sheet->text[sheet->n] = '\0';
}

static void head(struct sheet *sheet, const char *name, const char *type, const char *help)
{
    print(sheet, "# HELP kiennghi_%s %s\n# TYPE kiennghi_%s %s\n", name, help, name, type);
}

struct figure {
    const char *name, *type, *help;
    uint64_t value;
};

static void print_figures(struct sheet *sheet, const struct figure *figures, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        head(sheet, figures[i].name, figures[i].type, figures[i].help);
        print(sheet, "kiennghi_%s %" PRIu64 "\n", figures[i].name, figures[i].value);
    }
}

/* A label's value: names of the contract need no escape but a peer chose the consumer's. */
static const char *label(char out[256], const char *text)
{
    size_t n = 0;
    for (; *text && n < 250; text++) {
        if (*text == '"' || *text == '\\') {
            out[n++] = '\\';
        }
        out[n++] = (unsigned char)*text < ' ' ? ' ' : *text;
    }
    out[n] = '\0';
    return out;
}

enum { MAX_READERS = 100 };

struct reader {
    struct kn_consumer consumer;
    char stream[96], name[64], agent[64];
};

static void print_reader(struct sheet *sheet, const char *name, const struct reader *reader,
                         int64_t value)
{
    char stream[256], consumer[256], agent[256];
    print(sheet, "kiennghi_%s{stream=\"%s\",consumer=\"%s\",agent=\"%s\"} %" PRId64 "\n", name,
          label(stream, reader->stream), label(consumer, reader->name), label(agent, reader->agent),
          value);
}

static void print_readers(struct sheet *sheet, const struct reader *readers, size_t n, int64_t now)
{
    head(sheet, "consumer_lag_events", "gauge", "Events that the reader has not saved.");
    for (size_t i = 0; i < n; i++) {
        print_reader(sheet, "consumer_lag_events", &readers[i],
                     readers[i].consumer.last - readers[i].consumer.saved);
    }
    head(sheet, "consumer_oldest_unsaved_seconds", "gauge",
         "Age of the oldest event that the reader has not saved.");
    for (size_t i = 0; i < n; i++) {
        const struct kn_consumer *consumer = &readers[i].consumer;
        print_reader(sheet, "consumer_oldest_unsaved_seconds", &readers[i],
                     consumer->has_unsaved_at ? (now - consumer->unsaved_at) / 1000 : 0);
    }
    head(sheet, "consumer_connected", "gauge", "1 while the reader has the stream open.");
    for (size_t i = 0; i < n; i++) {
        print_reader(sheet, "consumer_connected", &readers[i], readers[i].consumer.connected);
    }
    head(sheet, "consumer_quarantined_events", "gauge", "Events that the reader refused.");
    for (size_t i = 0; i < n; i++) {
        print_reader(sheet, "consumer_quarantined_events", &readers[i],
                     readers[i].consumer.quarantined);
    }
}

static void print_reasons(struct hub *hub, struct sheet *sheet)
{
    head(sheet, "denials_total", "counter", "Peers and messages turned away, by reason.");
    for (int reason = 1; reason < KN_DENIAL_REASON_COUNT; reason++) {
        print(sheet, "kiennghi_denials_total{reason=\"%s\"} %" PRIu64 "\n",
              kn_enum_text(KN_ENUM_DENIAL_REASON, reason),
              denials_total(hub->denials, (enum kn_denial_reason)reason));
    }
    head(sheet, "receipts_total", "counter", "Receipts given, by verdict.");
    for (int verdict = 1; verdict < KN_VERDICT_COUNT; verdict++) {
        print(sheet, "kiennghi_receipts_total{verdict=\"%s\"} %" PRIu64 "\n",
              kn_enum_text(KN_ENUM_VERDICT, verdict), hub->n_receipts[verdict]);
    }
    head(sheet, "alarm", "gauge", "1 above 80 % of what may be used, or when something is wrong.");
    for (int alarm = 0; alarm < N_ALARMS; alarm++) {
        print(sheet, "kiennghi_alarm{of=\"%s\"} %u\n", alarm_words[alarm],
              hub_alarms(hub) >> alarm & 1u);
    }
}

static void print_commits(struct hub *hub, struct sheet *sheet)
{
    uint32_t p50, p99;
    metrics_commits(hub, &p50, &p99);
    head(sheet, "commit_seconds", "summary", "Time of a commit, over the last 1,024.");
    print(sheet, "kiennghi_commit_seconds{quantile=\"0.5\"} %.6f\n", p50 / 1e6);
    print(sheet, "kiennghi_commit_seconds{quantile=\"0.99\"} %.6f\n", p99 / 1e6);
    print(sheet, "kiennghi_commit_seconds_sum %.6f\n",
          (double)atomic_load(&hub->commit_sum_us) / 1e6);
    print(sheet, "kiennghi_commit_seconds_count %llu\n",
          (unsigned long long)atomic_load(&hub->n_commits));
}

void metrics_print(struct hub *hub, char *text, size_t size)
{
    static struct reader readers[MAX_READERS]; /* of the net thread alone */
    struct sheet sheet = {text, size, 0};
    struct net_counts net;
    char stream[96] = "", consumer[64] = "", agent[64] = "";
    size_t n = 0;
    net_get_counts(hub->net, &net);
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    while (n < MAX_READERS &&
           metrics_next_consumer(hub, txn, &readers[n].consumer, stream, consumer, agent)) {
        snprintf(readers[n].stream, sizeof readers[n].stream, "%s", stream);
        snprintf(readers[n].name, sizeof readers[n].name, "%s", consumer);
        snprintf(readers[n].agent, sizeof readers[n].agent, "%s", agent);
        n++;
    }
    const struct vitals *vitals = &hub->vitals;
    struct reading_figures reading;
    reading_figures(hub->reading, &reading);
    /* clang-format off */
    const struct figure figures[] = {
        {"ready",                     "gauge",   "1 when petitions are taken.",                     hub_is_ready(hub)},
        {"draining",                  "gauge",   "1 when the hub goes down in order.",              atomic_load(&hub->draining)},
        {"start_time_seconds",        "gauge",   "Start of the process, since 1970.",               (uint64_t)hub->started_at / 1000},
        {"events_total",              "counter", "Events of the log.",                              log_last(txn)},
        {"cases_total",               "counter", "Petitions stored.",                               store_number(txn, "cases")},
        {"linked",                    "gauge",   "Cases linked to another.",                        store_number(txn, "linked")},
        {"reading_backlog",           "gauge",   "Petitions stored and not read yet.",              atomic_load(&hub->unread)},
        {"reading_index_bytes",       "gauge",   "Memory of the index of petitions.",               reading.index_bytes},
        {"sessions",                  "gauge",   "Connections that said hello.",                    sessions_count(hub->sessions)},
        {"subscriptions",             "gauge",   "Open streams.",                                   streams_count(hub->streams)},
        {"writer_queue",              "gauge",   "Messages that wait for the disk.",                line_length(&hub->todo)},
        {"frames_taken_total",        "counter", "Frames taken.",                                   net.n_taken},
        {"frames_sent_total",         "counter", "Frames sent.",                                    net.n_sent},
        {"frames_unsent_busy_total",  "counter", "Frames not sent: the peer does not read.",        net.n_busy},
        {"tap_listeners",             "gauge",   "Listeners of the tap.",                           net.n_listeners},
        {"tap_refused_total",         "counter", "Listeners of the tap that were too many.",        net.n_listeners_refused},
        {"connections",               "gauge",   "Connections at the network doors.",               net.n_came - net.n_ended},
        {"connections_ended_total",   "counter", "Connections that ended, by whom and why ever.",   net.n_ended},
        {"handshakes_total",          "counter", "Keys let in.",                                    net.zap.n_admitted},
        {"quarantined_messages_total","counter", "Messages that could not be recorded alone.",      store_number(txn, "quarantined")},
        {"quarantined_events",        "gauge",   "Events that readers refused, not settled.",       store_number(txn, "in_quarantine")},
        {"map_bytes",                 "gauge",   "The most that the store can hold.",               vitals->store.map_size},
        {"map_used_bytes",            "gauge",   "Of the map, in use.",                             vitals->store.map_used},
        {"disk_bytes",                "gauge",   "File system of the store.",                       vitals->store.disk_size},
        {"disk_free_bytes",           "gauge",   "Of the file system, free.",                       vitals->store.disk_free},
        {"memory_bytes",              "gauge",   "Memory of the process, without the map.",         vitals->memory},
        {"memory_limit_bytes",        "gauge",   "What it may use; 0: no limit.",                   vitals->max_memory},
        {"descriptors",               "gauge",   "Open file descriptors.",                          vitals->descriptors},
        {"descriptors_limit",         "gauge",   "What the system allows.",                         vitals->max_descriptors},
    };
    /* clang-format on */
    store_abort(&txn);
    print_figures(&sheet, figures, sizeof figures / sizeof *figures);
    print_commits(hub, &sheet);
    print_reasons(hub, &sheet);
    print_readers(&sheet, readers, n, hub_wall_ms(hub));
}
