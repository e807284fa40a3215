/* quarantine.c - see the header. */
#include "hub/quarantine.h"

#include "kiennghi/message.h"

#include <string.h>

static uint64_t event_at(store_txn_t *txn, const struct store_place *place)
{
    return strcmp(place->stream, "all") == 0
               ? place->position
               : store_stream_event(txn, store_stream(txn, place->stream), place->position, NULL);
}

void quarantine_refuse(store_txn_t *txn, const struct store_place *place, int64_t now,
                       enum kn_code code, const char *reason)
{
    uint64_t number = store_quarantined_at(txn, place);
    struct kn_quarantined *known = number ? store_quarantined(txn, number) : NULL;
    struct kn_quarantined item = {.number = (int64_t)number,
                                  .stream = place->stream,
                                  .consumer = place->consumer,
                                  .agent = place->agent,
                                  .position = (int64_t)place->position,
                                  .sequence = (int64_t)event_at(txn, place),
                                  .code = code,
                                  .reason = reason,
                                  .tries = known ? known->tries + 1 : 1,
                                  .first_at = known ? known->first_at : now,
                                  .last_at = now};
    store_put_quarantined(txn, &item);
    kn_record_destroy((void **)&known);
}

void quarantine_take(store_txn_t *txn, const struct store_place *place)
{
    uint64_t number = store_quarantined_at(txn, place);
    struct kn_quarantined *item = number ? store_quarantined(txn, number) : NULL;
    if (item) {
        store_drop_quarantined(txn, item);
        kn_record_destroy((void **)&item);
    }
}

bool quarantine_settle(store_txn_t *txn, uint64_t number, enum kn_settlement settlement)
{
    struct kn_quarantined *item = store_quarantined(txn, number);
    if (!item) {
        return false;
    }
    if (settlement == KN_SETTLEMENT_DROP) {
        store_drop_quarantined(txn, item);
    } else {
        item->again = true;
        store_put_quarantined(txn, item);
    }
    kn_record_destroy((void **)&item);
    return true;
}
