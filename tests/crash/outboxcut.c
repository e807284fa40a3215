/* outboxcut.c - what an agent's outbox looks like after the power went, at any moment of a run.
 *
 *     outboxcut TRACE FOLDER IMAGES SEED
 *
 * TRACE is what shim.c recorded of keeper.c, from the first byte of a new outbox on. Each of IMAGES
 * images (images.h) must
 *   - be, record by record, what one of the agent's commits left, and open as the agent opens it;
 *   - hold every message that had left for the hub, byte by byte, or have its receipt, come before;
 *   - go on behind every sequence that had left: none is given to another message;
 *   - hold the receipt's note of every message that is gone;
 *   - hold the note of every event up to the cursor that had left to be saved at the hub.
 */
#include "agents/outbox.h"
#include "images.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <lmdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sent { /* of a sequence */
    const struct images_record *frame;
    size_t left_at, receipt_at; /* records; SIZE_MAX: never */
};

struct book {
    const char *instance;
    struct sent *sent; /* [0]: of sequence 1 */
    size_t n_sent, n_receipts;
    struct saved {
        int64_t position;
        size_t at;
    } * saved;
    size_t n_saved;
    uint64_t *state; /* of each commit: the digest of what it left */
    uint64_t n_states;
};

static void *more_room(void *array, size_t n, size_t size)
{
    void *bigger = realloc(array, n * size);
    if (!bigger) {
        images_stop("no memory");
    }
    return bigger;
}

/* ---- what the run said -------------------------------------------------------------------------
 */

static int64_t number_of(const struct kn_message *message)
{
    int64_t number;
    memcpy(&number, message->body, sizeof number);
    return number;
}

static void note_sent(struct book *book, const struct kn_message *message,
                      const struct images_record *record, size_t at)
{
    size_t sequence = (size_t)number_of(message);
    if (sequence == book->n_sent + 1) {
        book->sent = more_room(book->sent, ++book->n_sent, sizeof *book->sent);
        book->sent[sequence - 1] =
            (struct sent){.frame = record, .left_at = at, .receipt_at = SIZE_MAX};
    } else if (sequence > book->n_sent || book->sent[sequence - 1].frame->size != record->size ||
               memcmp(book->sent[sequence - 1].frame->bytes, record->bytes, record->size) != 0) {
        images_stop("a sequence was left out or went out with other bytes");
    }
}

static void read_frame(struct book *book, const struct images_record *record, size_t at)
{
    struct kn_message *message = NULL;
    if (kn_message_decode(&message, record->bytes, record->size, NULL) != KN_OK) {
        images_stop("a frame of the trace cannot be read");
    }
    if (message->type == KN_TYPE_HELLO) {
        const struct kn_hello *hello = message->body;
        if (book->instance && strcmp(book->instance, hello->instance) != 0) {
            images_stop("a new instance in the middle of the run");
        }
        book->instance = book->instance ? book->instance : strdup(hello->instance);
    } else if (message->type == KN_TYPE_STREAM_SAVE) {
        const struct kn_stream_save *save = message->body;
        book->saved = more_room(book->saved, book->n_saved + 1, sizeof *book->saved);
        book->saved[book->n_saved++] = (struct saved){save->position, at};
    } else if (message->type == KN_TYPE_BATCH_DECLARE || message->type == KN_TYPE_PETITION_SUBMIT) {
        note_sent(book, message, record, at);
    } else if (message->type == KN_TYPE_RECEIPT) {
        const struct kn_receipt *receipt = message->body;
        if (receipt->verdict != KN_VERDICT_DEFERRED && (size_t)receipt->sequence <= book->n_sent &&
            book->sent[receipt->sequence - 1].receipt_at == SIZE_MAX) {
            book->sent[receipt->sequence - 1].receipt_at = at;
            book->n_receipts++;
        }
    }
    kn_message_destroy(&message);
}

/* ---- the file as LMDB sees it ------------------------------------------------------------------
 */

static uint64_t mix(uint64_t digest, const MDB_val *value)
{
    const uint8_t *bytes = value->mv_data;
    for (size_t i = 0; i < value->mv_size; i++) {
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return (digest ^ value->mv_size) * UINT64_C(0x100000001b3);
}

static int digest_table(uint64_t *digest, MDB_txn *txn, const char *name)
{
    MDB_dbi table;
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_dbi_open(txn, name, 0, &table);
    if (rc == MDB_NOTFOUND) {
        return 0; /* before the first commit of the agent */
    }
    rc = rc ? rc : mdb_cursor_open(txn, table, &cursor);
    if (rc) {
        return rc;
    }
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        *digest = mix(mix(*digest, &key), &value);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The last commit of FOLDER/data.mdb, and what it left. */
static int digest_file(uint64_t *commit, uint64_t *digest, const char *folder)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    *digest = UINT64_C(0xcbf29ce484222325);
    int rc = mdb_env_create(&env);
    rc = rc ? rc : mdb_env_set_maxdbs(env, 2);
    rc = rc ? rc : mdb_env_open(env, folder, MDB_RDONLY | MDB_NOTLS, 0600);
    rc = rc ? rc : mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (!rc) {
        *commit = mdb_txn_id(txn);
        rc = digest_table(digest, txn, "message");
        rc = rc ? rc : digest_table(digest, txn, "note");
    }
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return rc;
}

/* What each commit of the run left, by going through it without a power cut. */
static void learn_states(struct book *book, const char *trace, const char *folder)
{
    struct images run;
    images_read(&run, trace);
    for (size_t i = 0; i < run.n_records; i++) {
        uint64_t commit, digest;
        if (run.record[i].kind != 'D') {
            continue;
        }
        images_advance(&run, i + 1);
        images_write_whole(&run, folder);
        if (digest_file(&commit, &digest, folder)) {
            images_stop("the file of the run itself cannot be read");
        }
        if (commit >= book->n_states) {
            book->state = more_room(book->state, commit + 1, sizeof *book->state);
            book->n_states = commit + 1;
        }
        book->state[commit] = digest;
    }
}

/* ---- looking at an image -----------------------------------------------------------------------
 */

static int complain(const char *what, uint64_t number)
{
    fprintf(stderr, "%s: %llu\n", what, (unsigned long long)number);
    return IMAGES_BAD;
}

static bool has_note(outbox_t *outbox, const char *kind, size_t number)
{
    char key[40];
    struct outbox_bytes value;
    snprintf(key, sizeof key, "%s:%zu", kind, number);
    return outbox_get(outbox, &value, key) == KN_OK;
}

static int look_message(outbox_t *outbox, const struct images *run, const struct sent *sent,
                        size_t sequence)
{
    struct outbox_bytes frame;
    uint64_t tag;
    int rc = outbox_read(outbox, &frame, &tag, sequence);
    if (rc == KN_OK) {
        return frame.size == sent->frame->size && tag == sequence &&
                       memcmp(frame.data, sent->frame->bytes, frame.size) == 0
                   ? 0
                   : complain("another message than the one that left", sequence);
    }
    if (rc != KN_E_NOT_FOUND) {
        return complain("a message cannot be read", sequence);
    }
    if (sent->receipt_at >= run->at) {
        return complain("a message without receipt is lost", sequence);
    }
    return has_note(outbox, "receipt", sequence) ? 0 : complain("a receipt is lost", sequence);
}

static int look_inside(outbox_t *outbox, const struct images *run, const struct book *book)
{
    int bad = 0;
    size_t n_left = 0;
    for (; n_left < book->n_sent && book->sent[n_left].left_at < run->at && !bad; n_left++) {
        bad = look_message(outbox, run, &book->sent[n_left], n_left + 1);
    }
    if (!bad && n_left && strcmp(outbox_instance(outbox), book->instance) != 0) {
        bad = complain("another instance than the one that sent", n_left);
    }
    if (!bad && outbox_last(outbox) < n_left) {
        bad = complain("a sequence that left would be given again", outbox_last(outbox) + 1);
    }
    for (size_t i = 0; i < book->n_saved && book->saved[i].at < run->at && !bad; i++) {
        for (int64_t position = i ? book->saved[i - 1].position + 1 : 1;
             position <= book->saved[i].position && !bad; position++) {
            if (!has_note(outbox, "event", (size_t)position)) {
                bad = complain("an event whose cursor was saved is lost", (uint64_t)position);
            }
        }
    }
    return bad;
}

static int look(const struct images *run, const char *folder, void *arg)
{
    const struct book *book = arg;
    uint64_t commit = 0, digest = 0;
    char path[600];
    outbox_t *outbox = NULL;
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    FILE *there = fopen(path, "r");
    if (there) { /* else it had not come to its place */
        fclose(there);
        int rc = digest_file(&commit, &digest, folder);
        if (rc || commit >= book->n_states || digest != book->state[commit]) {
            return complain("it is not what one commit left", commit);
        }
    }
    int rc = outbox_open(&outbox, folder);
    if (rc != KN_OK) {
        fprintf(stderr, "cannot be opened: %s\n", kn_status_text(rc));
        return IMAGES_BAD;
    }
    int bad = look_inside(outbox, run, book);
    outbox_close(&outbox);
    return bad;
}

int main(int argc, char **argv)
{
    struct images run;
    struct book book = {0};
    char more[120];
    if (argc != 5) {
        images_stop("TRACE FOLDER IMAGES SEED");
    }
    images_read(&run, argv[1]);
    for (size_t i = 0; i < run.n_records; i++) {
        if (run.record[i].kind == 'A' || run.record[i].kind == 'R') {
            read_frame(&book, &run.record[i], i);
        }
    }
    if (!book.n_receipts || !book.n_saved) {
        images_stop("the trace holds no run");
    }
    learn_states(&book, argv[1], argv[2]);
    snprintf(more, sizeof more, "\"commits\":%llu,\"sent\":%zu,\"receipts\":%zu,\"cursors\":%zu",
             (unsigned long long)book.n_states, book.n_sent, book.n_receipts, book.n_saved);
    return images_try(&run, argv[2], 0, strtoul(argv[3], NULL, 10), strtoull(argv[4], NULL, 10),
                      look, &book, more);
}
