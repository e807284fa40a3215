/* powercut.c - what the hub's store looks like after the power went, at any moment of a recorded
 * run.
 *
 *     powercut TRACE FOLDER IMAGES SEED
 *
 * TRACE is what shim.c recorded of a hub. Each of IMAGES images (images.h) is opened as the hub
 * opens its store (store_open), every record is read (store_check), the chain is walked
 * (log_verify), and what had left the hub before that moment must be in it: each event that a
 * receipt or a delivery named, with its case. Exit 1 when one was bad.
 */
#include "hub/log.h"
#include "hub/store.h"
#include "images.h"
#include "kiennghi/message.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_LOOKED = 200 }; /* acknowledgements looked up in one image: the last ones */

struct named { /* an event that left the hub */
    uint64_t event;
    char case_[32];
    size_t at; /* record */
};

struct book {
    struct named *named;
    size_t n_named, room;
};

static void name_event(struct book *book, int64_t event, const char *case_, size_t at)
{
    if (book->n_named == book->room) {
        book->room = book->room ? 2 * book->room : 1024;
        book->named = realloc(book->named, book->room * sizeof *book->named);
        if (!book->named) {
            images_stop("no memory");
        }
    }
    struct named *named = &book->named[book->n_named++];
    *named = (struct named){.event = (uint64_t)event, .at = at};
    snprintf(named->case_, sizeof named->case_, "%s", case_ ? case_ : "");
}

static void read_frame(struct book *book, const struct images_record *record, size_t at)
{
    struct kn_message *message = NULL;
    struct kn_fault fault;
    if (kn_message_decode(&message, record->bytes, record->size, &fault)) {
        return; /* a frame of another socket */
    }
    if (message->type == KN_TYPE_RECEIPT) {
        const struct kn_receipt *receipt = message->body;
        if (receipt->has_event && receipt->verdict != KN_VERDICT_DEFERRED) {
            name_event(book, receipt->event, receipt->case_, at);
        }
    } else if (message->type == KN_TYPE_EVENTS) {
        const struct kn_events *events = message->body;
        for (size_t i = 0; i < events->n_events; i++) {
            name_event(book, events->events[i].sequence, events->events[i].case_, at);
        }
    }
    kn_message_destroy(&message);
}

static bool has_event(store_txn_t *txn, const struct named *named)
{
    struct kn_event *event = log_find(txn, named->event);
    bool found = event && strcmp(event->case_ ? event->case_ : named->case_, named->case_) == 0;
    kn_record_destroy((void **)&event);
    return found;
}

static int look(const struct images *run, const char *folder, void *arg)
{
    const struct book *book = arg;
    char why[512] = "";
    uint64_t n_records = 0, n_damaged = 0, bad = 0;
    store_t *store = NULL;
    const struct store_options options = {.folder = folder};
    int rc = store_open(&store, &options, why, sizeof why);
    if (rc) {
        fprintf(stderr, "cannot be opened: %s\n", why);
        return IMAGES_BAD;
    }
    rc = store_check(store, &n_records, &n_damaged);
    store_txn_t *txn = store_begin(store, STORE_READ);
    int chain = log_verify(txn, &bad);
    uint64_t last = log_last(txn), lost = 0;
    size_t n = 0;
    for (size_t i = book->n_named; i-- > 0 && n < N_LOOKED;) {
        if (book->named[i].at < run->at) {
            n++;
            if (book->named[i].event > last || !has_event(txn, &book->named[i])) {
                lost = book->named[i].event;
            }
        }
    }
    store_abort(&txn);
    store_close(&store);
    if (rc || n_damaged || chain || lost) {
        fprintf(stderr,
                "check %d, %llu damaged of %llu, chain %d at %llu of %llu, lost event %llu\n", rc,
                (unsigned long long)n_damaged, (unsigned long long)n_records, chain,
                (unsigned long long)bad, (unsigned long long)last, (unsigned long long)lost);
        return IMAGES_BAD;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct images run;
    struct book book = {0};
    char more[40];
    if (argc != 5) {
        images_stop("TRACE FOLDER IMAGES SEED");
    }
    images_read(&run, argv[1]);
    for (size_t i = 0; i < run.n_records; i++) {
        if (run.record[i].kind == 'A') {
            read_frame(&book, &run.record[i], i);
        }
    }
    if (!book.n_named) {
        images_stop("the trace holds no run");
    }
    snprintf(more, sizeof more, "\"named\":%zu", book.n_named);
    return images_try(&run, argv[2], images_made(&run), strtoul(argv[3], NULL, 10),
                      strtoull(argv[4], NULL, 10), look, &book, more);
}
