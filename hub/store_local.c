/* store_local.c - what the hub keeps for its operators, outside the chain: events in quarantine and
 * the ring of denials. Neither decides anything; both may be lost with a backup that is older.
 */
#include "hub/store_parts.h"

/* ---- quarantine ------------------------------------------------------------------------------ */

static struct key place_key(const struct store_place *place)
{
    struct key key = {.size = 0};
    key_put(&key, place->stream, strlen(place->stream) + 1);
    key_put(&key, place->consumer, strlen(place->consumer) + 1);
    key_put(&key, place->agent, strlen(place->agent) + 1);
    key_put64(&key, place->position);
    return key;
}

static struct store_place place_of(const struct kn_quarantined *item)
{
    return (struct store_place){item->stream, item->consumer, item->agent,
                                (uint64_t)item->position};
}

uint64_t store_put_quarantined(store_txn_t *txn, const struct kn_quarantined *item)
{
    struct kn_quarantined kept = *item;
    if (!kept.number) {
        kept.number = (int64_t)store_number(txn, "quarantine") + 1;
        store_put_number(txn, "quarantine", (uint64_t)kept.number);
        store_put_number(txn, "in_quarantine", store_number(txn, "in_quarantine") + 1);
    }
    struct store_place place = place_of(&kept);
    struct key key = key64((uint64_t)kept.number), index = place_key(&place);
    store_put_record(txn, QUARANTINE, &key, KN_SCHEMA_QUARANTINED, &kept);
    store_put(txn, QUARANTINE, &index, key.bytes, key.size);
    return (uint64_t)kept.number;
}

void store_drop_quarantined(store_txn_t *txn, const struct kn_quarantined *item)
{
    struct store_place place = place_of(item);
    struct key key = key64((uint64_t)item->number), index = place_key(&place);
    store_drop(txn, QUARANTINE, &key);
    store_drop(txn, QUARANTINE, &index);
    store_put_number(txn, "in_quarantine", store_number(txn, "in_quarantine") - 1);
}

struct kn_quarantined *store_quarantined(store_txn_t *txn, uint64_t number)
{
    struct key key = key64(number);
    struct slice value;
    return store_get(txn, QUARANTINE, &key, &value)
               ? store_get_record(txn, KN_SCHEMA_QUARANTINED, value)
               : NULL;
}

/* Keys of numbers have eight bytes and begin with a zero; keys of places begin with a letter. */
struct kn_quarantined *store_next_quarantined(store_txn_t *txn, uint64_t after)
{
    struct key key = key64(after);
    struct slice found, value;
    return store_seek(txn, QUARANTINE, &key, SEEK_AFTER, &found, &value) && found.size == 8
               ? store_get_record(txn, KN_SCHEMA_QUARANTINED, value)
               : NULL;
}

uint64_t store_quarantined_at(store_txn_t *txn, const struct store_place *place)
{
    struct key key = place_key(place);
    struct slice value;
    return store_get(txn, QUARANTINE, &key, &value) && value.size == 8 ? key_get64(value.bytes) : 0;
}

uint64_t store_next_quarantined_of(store_txn_t *txn, struct store_place *place)
{
    struct key key = place_key(place);
    struct slice found, value;
    if (!store_seek(txn, QUARANTINE, &key, SEEK_AFTER, &found, &value) || found.size != key.size ||
        memcmp(found.bytes, key.bytes, key.size - 8) != 0 || value.size != 8) {
        return 0;
    }
    place->position = key_get64(found.bytes + key.size - 8);
    return key_get64(value.bytes);
}

/* ---- denials --------------------------------------------------------------------------------- */

void store_put_denial(store_txn_t *txn, const struct kn_denial *denial)
{
    struct kn_denial kept = *denial;
    uint64_t number = store_number(txn, "denials") + 1;
    kept.number = (int64_t)number;
    store_put_number(txn, "denials", number);
    struct key key = key64(number);
    store_put_record(txn, DENIAL, &key, KN_SCHEMA_DENIAL, &kept);
    if (number > STORE_DENIALS) {
        key = key64(number - STORE_DENIALS);
        store_drop(txn, DENIAL, &key);
    }
}

struct kn_denial *store_next_denial(store_txn_t *txn, uint64_t after)
{
    struct key key = key64(after);
    struct slice found, value;
    return store_seek(txn, DENIAL, &key, SEEK_AFTER, &found, &value)
               ? store_get_record(txn, KN_SCHEMA_DENIAL, value)
               : NULL;
}
