/* verify.c - see the header. To check one thing more: one function, called in verify_run. */
#include "hub/verify.h"

#include "hub/digest.h"
#include "hub/files.h"
#include "hub/log.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
    struct verify_result *out;
    store_txn_t *txn;
    files_t *files;
    void (*tell)(void *arg, const char *fault);
    void *arg;
};

static void fault(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fault(struct check *check, const char *format, ...)
{
    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    check->out->n_faults++;
    check->tell(check->arg, line);
}

/* The chain, and whether it extends AGAINST. */
static void check_chain(struct check *check, const char *against)
{
    uint8_t want[32] = {0}, anchor[32] = {0}, head[32];
    uint64_t next = 1, first;
    struct slice bytes;
    struct log_entry entry;
    bool has_anchor = against && digest_from_hex(anchor, sizeof anchor, against) == KN_OK;
    bool is_found = !against;
    if (against && !has_anchor) {
        fault(check, "against: a head is 64 digits of hex");
        return;
    }
    check->out->last_event = log_last(check->txn);
    while (next <= check->out->last_event) {
        if (!store_entry(check->txn, next, &first, &bytes) || first != next ||
            log_read(&entry, bytes) || entry.sequence != next ||
            memcmp(bytes.bytes, want, 32) != 0) {
            check->out->first_bad = next;
            fault(check, "chain: broken at event %" PRIu64, next);
            return;
        }
        digest_sha256(want, bytes.bytes, bytes.size);
        is_found |= has_anchor && memcmp(want, anchor, 32) == 0;
        next += entry.n_events;
    }
    memcpy(check->out->head, want, sizeof want);
    store_head(check->txn, head);
    if (next != check->out->last_event + 1 || memcmp(head, want, 32) != 0) {
        check->out->first_bad = check->out->last_event;
        fault(check, "chain: its head is not the last entry's");
    }
    if (!is_found) {
        fault(check, "against: no entry of this log has that head");
    }
}

/* Files that a content names. */
static void check_named(struct check *check, const struct kn_attachment *named, size_t n,
                        uint64_t sequence)
{
    for (size_t i = 0; check->files && i < n; i++) {
        if (!files_holds(check->files, &named[i])) {
            fault(check, "files: %s, named by event %" PRIu64 ", is not there as it was",
                  named[i].digest, sequence);
        }
    }
}

/* Each content is what an event of its entry committed to. */
static void check_contents(struct check *check)
{
    uint64_t sequence = 0, first;
    uint8_t salt[16], digest[32];
    char hex[65];
    struct slice record, bytes;
    while (store_next_content(check->txn, &sequence, salt, &record)) {
        struct log_entry entry;
        void *block = NULL;
        bool is_committed = false;
        check->out->n_contents++;
        digest_commit(digest, salt, record.bytes, record.size);
        digest_hex(hex, digest, sizeof digest);
        if (stored_decode(&block, KN_SCHEMA_CONTENT, record.bytes, record.size) == KN_OK) {
            const struct kn_content *content = block;
            if (content->petition) {
                check_named(check, content->petition->attachments, content->petition->n_attachments,
                            sequence);
            }
            check_named(check, content->attachments, content->n_attachments, sequence);
            kn_record_destroy(&block);
        }
        if (store_entry(check->txn, sequence, &first, &bytes) && first == sequence &&
            log_read(&entry, bytes) == KN_OK) {
            for (uint64_t i = 0; i < entry.n_events && !is_committed; i++) {
                struct kn_event *event = NULL;
                if (log_event(&event, &entry, sequence + i) == KN_OK) {
                    is_committed = event->commitment && strcmp(event->commitment, hex) == 0;
                }
                kn_record_destroy((void **)&event);
            }
        }
        if (!is_committed) {
            fault(check, "content: of event %" PRIu64 " is not what the log committed to",
                  sequence);
        }
    }
}

static void check_cases(struct check *check)
{
    uint64_t n = 0, below = 0;
    struct kn_case *kase;
    while ((kase = store_case_below(check->txn, below))) {
        n++;
        below = (uint64_t)kase->number;
        if ((uint64_t)kase->last_event > check->out->last_event) {
            fault(check, "case: %s knows of an event that the log has not", kase->code);
        }
        kn_record_destroy((void **)&kase);
    }
    if (n != store_number(check->txn, "cases")) {
        fault(check, "cases: %" PRIu64 " are there, %" PRIu64 " were counted", n,
              store_number(check->txn, "cases"));
    }
}

static void check_batches(struct check *check)
{
    struct kn_batch *batch = NULL, *next;
    uint8_t id[16];
    while ((next = store_next_batch(check->txn, batch ? id : NULL))) {
        kn_record_destroy((void **)&batch);
        batch = next;
        check->out->n_batches++;
        if (digest_from_hex(id, sizeof id, batch->batch)) {
            fault(check, "batch: a record without a name");
            break;
        }
        if (batch->stored != batch->fresh + batch->linked) {
            fault(check, "batch: %s: stored %" PRId64 " is not fresh %" PRId64 " + linked %" PRId64,
                  batch->batch, batch->stored, batch->fresh, batch->linked);
        }
        int64_t known = batch->stored + batch->refused + batch->elsewhere;
        if (batch->declared > known && batch->declared != known + batch->missing) {
            fault(check, "batch: %s: declared %" PRId64 " is not the sum of its rows", batch->batch,
                  batch->declared);
        }
    }
    kn_record_destroy((void **)&batch);
}

static void check_streams(struct check *check)
{
    char name[96] = "", consumer[64] = "", agent[64];
    uint32_t stream;
    uint64_t last, saved;
    while (store_next_stream(check->txn, name, &stream, &last)) {
        for (uint64_t position = 1; position <= last; position++) {
            uint64_t sequence = store_stream_event(check->txn, stream, position, NULL);
            if (!sequence || sequence > check->out->last_event) {
                fault(check, "stream: %s has no event at %" PRIu64, name, position);
                break;
            }
        }
        if (store_stream_last(check->txn, stream) != last) {
            fault(check, "stream: %s goes on behind its last position", name);
        }
    }
    for (*name = '\0'; store_next_cursor(check->txn, name, consumer, agent, &saved);) {
        uint32_t id = store_stream(check->txn, name);
        last = strcmp(name, "all") == 0 ? check->out->last_event
               : id                     ? store_stream_last(check->txn, id)
                                        : 0;
        if (saved > last) {
            fault(check, "cursor: of %s is ahead of its stream", name);
        }
    }
}

static int check_file(void *arg, const char *digest, int64_t size, bool is_week_old)
{
    struct check *check = arg;
    (void)size;
    (void)is_week_old;
    check->out->n_files++;
    if (files_check(check->files, digest) != KN_OK) {
        fault(check, "files: %s has not the bytes of its name", digest);
    }
    return KN_OK;
}

int verify_run(struct verify_result *out, store_t *store, const char *files, const char *against,
               void (*tell)(void *arg, const char *fault), void *arg)
{
    char why[300] = "";
    struct check check = {.out = out, .tell = tell, .arg = arg};
    const struct files_options where = {.folder = files};
    *out = (struct verify_result){.n_records = 0};
    int rc = store_check(store, &out->n_records, &out->n_damaged);
    if (out->n_damaged) {
        fault(&check, "records: %" PRIu64 " are damaged", out->n_damaged);
    }
    if (files && files_open(&check.files, &where, why, sizeof why)) {
        fault(&check, "files: %s", why);
    }
    check.txn = store_begin(store, STORE_READ);
    check_chain(&check, against);
    static void (*const checks[])(struct check *) = {check_contents, check_cases, check_batches,
                                                     check_streams};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        checks[i](&check);
        if (store_error(check.txn)) { /* a damaged record: told above; the next check may go on */
            store_abort(&check.txn);
            check.txn = store_begin(store, STORE_READ);
            out->n_faults += !out->n_damaged;
        }
    }
    store_abort(&check.txn);
    if (check.files) {
        (void)files_each(check.files, check_file, &check);
        files_close(&check.files);
    }
    return rc;
}
