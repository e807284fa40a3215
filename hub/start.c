/* start.c - the hub comes up and goes down; what the hub itself sends down the line to the writer.
 *
 * Start: registers, store, law on record, keys, doors, self-test, streams, reading, threads. Stop:
 * no more intake, reading ends, the writer commits what waits, the last receipts leave. A kill at
 * any point is as good: recovery is the normal start.
 */
#include "hub/erasure.h"
#include "hub/hub_parts.h"
#include "hub/log.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    void *copy = NULL;
    long size = stored_encode(bytes, sizeof bytes, schema, record, false);
    return size > 0 && !stored_decode(&copy, schema, bytes, (size_t)size) ? copy : NULL;
}

/* Copies RESULT into ERRAND. False: no memory. */
static bool keep_result(struct errand *errand, const struct reading_result *result)
{
    size_t size = result->reading.packed.size;
    uint8_t *packed = malloc(size ? size : 1);
    errand->position = result->submission;
    errand->is_first = result->is_first;
    errand->case_number = result->case_number;
    errand->reading = result->reading;
    errand->pass = result->pass ? *result->pass : (struct reading_pass){.with = 0};
    errand->reading.packed = (struct slice){packed, size};
    if (packed && size) {
        memcpy(packed, result->reading.packed.bytes, size);
    }
    if (result->propose) {
        errand->type = KN_TYPE_READING_PROPOSE;
        errand->body = copy_record(KN_SCHEMA_READING_PROPOSE, result->propose);
    }
    return packed && (errand->body || !result->propose);
}

static bool hand_over_reading(void *arg, const struct reading_result *result)
{
    struct hub *hub = arg;
    struct errand *errand = errand_new(FROM_READING);
    line_wait_below(&hub->proposals, READING_AHEAD);
    if (!errand) {
        return false;
    }
    snprintf(errand->actor, sizeof errand->actor, "hub");
    if (!keep_result(errand, result) || !line_push(&hub->proposals, &errand->link)) {
        errand_destroy(&errand);
        return false;
    }
    size_t n = line_length(&hub->proposals);
    if (n == 1 || n >= READING_AHEAD / 2 || n >= atomic_load(&hub->unread)) {
        line_nudge(&hub->todo); /* the writer may be waiting for peers; see proposals_due */
    }
    return true;
}

/* Puts the registers in force on record when they are not yet: the log says which law it used. */
static int enter_registers(struct hub *hub, const struct registers_file *files, size_t n_files,
                           char *why, size_t why_size)
{
    struct kn_register_load load = {.registers = registers_version(hub->registers)};
    store_txn_t *txn = store_begin(hub->store, STORE_WRITE);
    if (store_number(txn, "registers") != hub_hex_number(load.registers)) {
        struct errand errand = {
            .from = FROM_REGISTERS, .type = KN_TYPE_REGISTER_LOAD, .body = &load, .actor = "hub"};
        for (size_t i = 0; i < n_files; i++) {
            store_put_register(txn, load.registers, files[i].name,
                               (struct slice){(const uint8_t *)files[i].bytes, files[i].size});
        }
        int64_t wall = hub_wall_ms(hub);
        hub->now = wall > hub->now ? wall : hub->now;
        hub_handle(hub, txn, &errand);
    }
    int rc = store_error(txn) || store_dirty(txn) ? store_commit(&txn) : KN_OK;
    store_abort(&txn);
    if (rc)
        snprintf(why, why_size, "the registers cannot be put on record: %s", kn_status_text(rc));
    return rc;
}

/* ==== start and stop ========================================================================== */

static int open_files(struct hub *hub, char *why, size_t why_size)
{
    char folder[PATH_MAX];
    struct files_options files = {.folder = folder,
                                  .max_size = hub->options.max_file,
                                  .max_open = 4 * hub->options.max_file,
                                  .min_free = (int64_t)hub->options.min_free_mib << 20};
    (void)snprintf(folder, sizeof folder, "%s/files", hub->options.store);
    int rc = files_open(&hub->files, &files, why, why_size);
    if (rc == KN_OK) {
        hub->looked.files = hub->files;
    }
    return rc;
}

struct replay {
    struct hub *hub;
    store_txn_t *txn;
};

/* Erases again what was erased before this (older) store was restored. */
static int erase_again(void *arg, uint64_t case_number)
{
    struct replay *replay = arg;
    char code[CODE_SIZE];
    struct kn_case *kase = store_case(replay->txn, case_number);
    bool is_due = kase && !erasure_is_done(replay->txn, case_number);
    kn_record_destroy((void **)&kase);
    if (is_due) {
        code_format(code, case_number);
        struct kn_case_erase body = {.sequence = 1, .case_ = code, .basis = "erasures"};
        struct errand errand = {
            .from = FROM_CONTROL, .type = KN_TYPE_CASE_ERASE, .body = &body, .actor = "hub"};
        hub_handle(replay->hub, replay->txn, &errand);
    }
    return store_error(replay->txn);
}

static int replay_erasures(struct hub *hub, char *why, size_t why_size)
{
    struct replay replay = {.hub = hub, .txn = store_begin(hub->store, STORE_WRITE)};
    hub->now = hub_wall_ms(hub);
    int rc = erasure_each(hub->options.store, erase_again, &replay);
    rc = rc == KN_E_NOT_FOUND ? KN_OK : rc;
    rc = rc ? rc : store_error(replay.txn);
    if (!rc && store_dirty(replay.txn)) {
        rc = store_commit(&replay.txn);
    }
    store_abort(&replay.txn);
    if (!rc) {
        hub_end_erasure(hub); /* also completes the list, when a kill came before it */
    } else {
        snprintf(why, why_size, "%s/erasures: cannot be replayed: %s", hub->options.store,
                 kn_status_text(rc));
    }
    return rc;
}

/* Asked and told by the zap thread. */
static bool known(void *arg, const char *z85_key, char user[ZAP_USER_SIZE])
{
    return acl_known(((struct hub *)arg)->acl, z85_key, user);
}

static void refused(void *arg, enum zap_verdict why, const char *address)
{
    static const enum kn_denial_reason reasons[ZAP_N_VERDICTS] = {
        [ZAP_UNKNOWN_KEY] = KN_DENIAL_REASON_UNKNOWN_KEY,
        [ZAP_WRONG_MECHANISM] = KN_DENIAL_REASON_MECHANISM,
        [ZAP_MALFORMED] = KN_DENIAL_REASON_HANDSHAKE,
    };
    denials_count(((struct hub *)arg)->denials, NULL, address, reasons[why], NULL);
}

static int open_parts(struct hub *hub, char *why, size_t why_size)
{
    const struct hub_options *options = &hub->options;
    struct registers_file *files = NULL;
    size_t n_files = 0;
    struct store_options store = {
        .folder = options->store, .map_size = options->map_size, .test_clock = options->test_clock};
    hub_keep_time(hub);
    int rc = registers_read_folder(&files, &n_files, options->registers, why, why_size);
    rc = rc ? rc : registers_load(&hub->registers, files, n_files, why, why_size);
    rc = rc ? rc : store_open(&hub->store, &store, why, why_size);
    if (!rc) {
        store_txn_t *txn = store_begin(hub->store, STORE_READ);
        atomic_store(&hub->clock_offset, (long long)store_number(txn, "clock_offset"));
        atomic_store(&hub->unread, store_number(txn, "cases") - store_number(txn, "cases_read"));
        hub->tap_at = store_stream_last(txn, store_stream(txn, "public"));
        struct kn_event *last = log_find(txn, log_last(txn));
        hub->now = last ? last->at : 0; /* stamped time goes on behind what is on record */
        kn_record_destroy((void **)&last);
        store_abort(&txn);
        rc = enter_registers(hub, files, n_files, why, why_size);
    }
    registers_files_free(&files, n_files);
    rc = rc ? rc : open_files(hub, why, why_size);
    rc = rc ? rc : replay_erasures(hub, why, why_size);
    if (rc) {
        return rc;
    }
    vitals_read(&hub->vitals, hub->store, options->max_memory);
    hub_read_acl(hub);
    struct net_options net = {.intake = options->intake,
                              .delivery = options->delivery,
                              .control = options->control,
                              .tap = options->tap,
                              .tap_connections = options->tap_connections,
                              .secret_key = options->secret_key,
                              .public_key = options->public_key,
                              .n_io_threads = options->n_io_threads};
    struct zap_directory directory = {.known = known, .refused = refused, .arg = hub};
    rc = net_open(&hub->net, &net, &directory, why, why_size);
    rc = rc ? rc : net_self_test(hub->net, why, why_size);
    if (rc) {
        return rc;
    }
    hub->streams = streams_new(hub->store, hub->net, save_cursor, hub);
    return hub->streams ? reading_start(&hub->reading, hub->store, hub->registers,
                                        options->registers, hand_over_reading, hub, why, why_size)
                        : KN_E_NOMEM;
}

int hub_start(hub_t **out, const struct hub_options *options, char *why, size_t why_size)
{
    struct hub *hub = calloc(1, sizeof *hub);
    *out = hub;
    if (!hub) {
        return KN_E_NOMEM;
    }
    why[0] = '\0';
    hub->options = *options;
    hub->options.window = options->window ? options->window : DEFAULT_WINDOW;
    hub->options.gap_ms = options->gap_ms ? options->gap_ms : DEFAULT_GAP_MS;
    hub->options.max_file = options->max_file ? options->max_file : DEFAULT_MAX_FILE;
    line_init(&hub->todo);
    line_init(&hub->done);
    line_init(&hub->proposals);
    line_init(&hub->filing);
    pthread_mutex_init(&hub->seen_lock, NULL);
    pthread_cond_init(&hub->seen_more, NULL);
    hub->sessions = sessions_new();
    hub->lasts = lasts_new();
    hub->gaps = gaps_new();
    hub->quotas = quotas_new();
    hub->denials = denials_new();
    hub->acl = acl_new(hub->options.window);
    int rc = hub->sessions && hub->lasts && hub->gaps && hub->acl && hub->quotas && hub->denials
                 ? open_parts(hub, why, why_size)
                 : KN_E_NOMEM;
    if (!rc) {
        hub->started_at = hub_wall_ms(hub);
        hub->writer_runs = !pthread_create(&hub->writer_thread, NULL, hub_write_loop, hub);
        hub->net_runs = !pthread_create(&hub->net_thread, NULL, hub_net_loop, hub);
        hub->files_runs = !pthread_create(&hub->files_thread, NULL, filing_loop, hub);
        rc = hub->writer_runs && hub->net_runs && hub->files_runs ? KN_OK : KN_E_NOMEM;
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
    line_shut(&hub->filing);
    reading_stop(hub->reading);
    atomic_store(&hub->stopping, true);
    if (hub->writer_runs) {
        pthread_join(hub->writer_thread, NULL);
    }
    if (hub->files_runs) {
        line_nudge(&hub->filing);
        pthread_join(hub->files_thread, NULL);
    }
    atomic_store(&hub->stopped, true);
    if (hub->net_runs) {
        net_wake(hub->net);
        pthread_join(hub->net_thread, NULL);
    }
    struct line *lines[] = {&hub->todo, &hub->done, &hub->proposals, &hub->filing};
    for (int i = 0; i < 4; i++) { /* nobody waits for what is left: proposals are made again */
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
    denials_destroy(&hub->denials);
    quotas_destroy(&hub->quotas);
    registers_close(&hub->registers);
    files_close(&hub->files);
    store_close(&hub->store);
    sessions_destroy(&hub->sessions);
    lasts_destroy(&hub->lasts);
    gaps_destroy(&hub->gaps);
    line_clear(&hub->todo);
    line_clear(&hub->done);
    line_clear(&hub->proposals);
    line_clear(&hub->filing);
    pthread_mutex_destroy(&hub->seen_lock);
    pthread_cond_destroy(&hub->seen_more);
    free(hub);
}
