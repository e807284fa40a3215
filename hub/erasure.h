/* erasure.h - the personal record of a case is deleted: texts, persons, salts, files, what was
 * read.
 *
 * What stays is the case: code, course, figures, and the commitments in the log, which without
 * their salts tell nothing. The approved text of a publication stays: it is nobody's. Everything
 * goes in the transaction of the event person.erased; files go after its commit; old copies of
 * pages go with the nightly compaction (store.h). A list of codes is kept beside the store, so that
 * a restore of an older backup erases them again.
 */
#ifndef KN_ERASURE_H
#define KN_ERASURE_H

#include "hub/store.h"

/* Deletes what EVENT (person.erased) says of KASE, whose last event is the one before. */
void erasure_apply(store_txn_t *txn, const struct kn_case *kase, const struct kn_event *event);

/* The files that the contents of KASE name; at most MAX. For files_remove, after the commit. */
size_t erasure_files(store_txn_t *txn, const struct kn_case *kase, uint8_t (*digests)[32],
                     size_t max);

/* Was CASE erased? */
bool erasure_is_done(store_txn_t *txn, uint64_t case_number);

/* The list beside the store: one code a line. Appends what it lacks of the store's erasures and
 * syncs it. 0 or KN_E_IO. */
int erasure_keep_list(store_txn_t *txn, const char *folder);

/* Calls FN for each code of the list. 0, KN_E_NOT_FOUND: there is no list, or what FN returned. */
int erasure_each(const char *folder, int (*fn)(void *arg, uint64_t case_number), void *arg);

#endif
