/* compare.h - do two stores hold the same journaled state? Record by record: cases, links,
 * relations, pairs, batches and their rows, agents, streams, and the figures that are counted. Of
 * the clocks that fall due, those of the first store must be in the second: the hub takes out of
 * that table what has nothing to tell any more. What is local or derived is not looked at.
 */
#ifndef KN_COMPARE_H
#define KN_COMPARE_H

#include "hub/store.h"

struct compare_result {
    uint64_t n_records, n_differences;
};

/* TELL hears of each difference, one line without personal data. KN_OK, also when there are some;
 * KN_E_NOMEM, or why a store could not be read. */
int compare_run(struct compare_result *out, store_txn_t *a, store_txn_t *b,
                void (*tell)(void *arg, const char *fault), void *arg);

#endif
