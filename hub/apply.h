/* apply.h - the only way that journaled state changes: one event at a time.
 *
 * The writer calls apply for the events that decide made, after the entry was appended; a replay
 * calls it for the entries of the log alone. Same events, same state.
 */
#ifndef KN_APPLY_H
#define KN_APPLY_H

#include "hub/log.h"
#include "hub/store.h"

/* Applies EVENT of the store's log. Failures are the transaction's (store_error). */
void apply(store_txn_t *txn, const struct kn_event *event);

/* The transport key of an entry: HEAD names instance, sequence and verdict; ACTOR sent it; FIRST is
 * its first event, SUBJECT the case code it was answered with (may be NULL). */
void apply_keys(store_txn_t *txn, const struct log_entry *head, const char *actor,
                const struct kn_event *first, const char *subject);

#endif
