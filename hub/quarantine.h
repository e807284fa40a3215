/* quarantine.h - events that a consumer cannot take: kept aside, seen, given again, settled.
 *
 * A refused event does not stop its stream: the cursor goes past it, and what is kept says who
 * refused it, why, how often, since when. It is the operator who gives it again or settles it.
 * Local: the journal is not touched. Verbs of the writer.
 */
#ifndef KN_QUARANTINE_H
#define KN_QUARANTINE_H

#include "hub/store.h"

/* PLACE refused its event; again and again counts. */
void quarantine_refuse(store_txn_t *txn, const struct store_place *place, int64_t now,
                       enum kn_code code, const char *reason);

/* PLACE took its event after all. */
void quarantine_take(store_txn_t *txn, const struct store_place *place);

/* The operator's word. False when there is no such number. */
bool quarantine_settle(store_txn_t *txn, uint64_t number, enum kn_settlement settlement);

#endif
