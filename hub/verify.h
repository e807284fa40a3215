/* verify.h - does a store hold what it promises? Everything is read; nothing is changed.
 *
 * Records: the checksum of each. Chain: each entry of the log carries the hash of the one before,
 * the last is the head; a head that somebody kept as an anchor must be in it. Contents: each is
 * what the log committed to. Counts: cases, positions of streams, cursors. Accounts: in each batch
 * declared = stored + refused + missing + elsewhere, and stored = fresh + linked. Files: each has
 * the bytes of its name, and each that a content names is there.
 */
#ifndef KN_VERIFY_H
#define KN_VERIFY_H

#include "hub/store.h"

struct verify_result {
    uint64_t n_records, n_damaged, last_event, n_contents, n_batches, n_files, n_faults;
    uint64_t first_bad; /* entry where the chain breaks; 0: whole */
    uint8_t head[32];
};

/* FILES: folder of the attachments, NULL: not looked at. AGAINST: a head in hex that must be in the
 * chain, NULL: none. TELL is called with each fault, one line without personal data. KN_OK, also
 * when faults were found; KN_E_IO when the store could not be read to its end. */
int verify_run(struct verify_result *out, store_t *store, const char *files, const char *against,
               void (*tell)(void *arg, const char *fault), void *arg);

#endif
