/* store_cases.c - cases, batches and their clocks.
 *
 * A batch is decoded once in a transaction, changed in place, and written once when it commits.
 */
#include "hub/store_parts.h"

#include <stdlib.h>

/* ---- cases and batches ----------------------------------------------------------------------- */

struct kn_case *store_case(store_txn_t *txn, uint64_t number)
{
    struct key key = key64(number);
    struct slice value;
    return store_get(txn, CASE, &key, &value) ? store_get_record(txn, KN_SCHEMA_CASE, value) : NULL;
}

void store_put_case(store_txn_t *txn, const struct kn_case *record)
{
    struct key key = key64((uint64_t)record->number);
    store_put_record(txn, CASE, &key, KN_SCHEMA_CASE, record);
}

struct kn_case *store_case_below(store_txn_t *txn, uint64_t number)
{
    struct key key = {.size = 0};
    struct slice found, value;
    if (number) {
        key_put64(&key, number);
    }
    return store_seek(txn, CASE, &key, SEEK_BEFORE, &found, &value)
               ? store_get_record(txn, KN_SCHEMA_CASE, value)
               : NULL;
}

struct kn_batch *store_batch(store_txn_t *txn, const uint8_t id[16])
{
    struct key key = {.size = 0};
    struct slice value;
    for (size_t i = 0; i < txn->n_batches; i++) {
        if (memcmp(txn->batches[i].id, id, 16) == 0) {
            return txn->batches[i].batch;
        }
    }
    key_put(&key, id, 16);
    struct kn_batch *batch =
        store_get(txn, BATCH, &key, &value) ? store_get_record(txn, KN_SCHEMA_BATCH, value) : NULL;
    if (!batch) {
        return NULL;
    }
    if (txn->n_batches == txn->room_batches) {
        size_t room = txn->room_batches ? 2 * txn->room_batches : 16;
        struct store_held *more = realloc(txn->batches, room * sizeof *more);
        if (!more) {
            kn_record_destroy((void **)&batch);
            txn->error = KN_E_NOMEM;
            return NULL;
        }
        txn->batches = more;
        txn->room_batches = room;
    }
    struct store_held *held = &txn->batches[txn->n_batches++];
    *held = (struct store_held){.batch = batch};
    memcpy(held->id, id, sizeof held->id);
    return batch;
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

void store_put_batch(store_txn_t *txn, const struct kn_batch *record)
{
    struct key key = {.size = 16};
    for (size_t i = 0; i < txn->n_batches; i++) {
        if (txn->batches[i].batch == record) { /* changed in place: written at the end */
            txn->batches[i].is_dirty = txn->dirty = true;
            return;
        }
    }
    for (int i = 0; i < 16; i++) {
        key.bytes[i] =
            (uint8_t)(nibble(record->batch[2 * i]) << 4 | nibble(record->batch[2 * i + 1]));
    }
    store_put_record(txn, BATCH, &key, KN_SCHEMA_BATCH, record);
    for (size_t i = 0; i < txn->n_batches; i++) { /* another record is in its place now */
        if (memcmp(txn->batches[i].id, key.bytes, 16) == 0) {
            kn_record_destroy((void **)&txn->batches[i].batch);
            txn->batches[i] = txn->batches[--txn->n_batches];
            break;
        }
    }
}

struct kn_batch *store_next_batch(store_txn_t *txn, const uint8_t *after)
{
    struct key key = {.size = 0};
    struct slice found, value;
    if (after) {
        key_put(&key, after, 16);
    }
    return store_seek(txn, BATCH, &key, SEEK_AFTER, &found, &value)
               ? store_get_record(txn, KN_SCHEMA_BATCH, value)
               : NULL;
}

void store_flush_batches(store_txn_t *txn)
{
    for (size_t i = 0; i < txn->n_batches; i++) {
        if (txn->batches[i].is_dirty) {
            struct key key = {.size = 0};
            key_put(&key, txn->batches[i].id, 16);
            store_put_record(txn, BATCH, &key, KN_SCHEMA_BATCH, txn->batches[i].batch);
            txn->batches[i].is_dirty = false;
        }
    }
}

void store_drop_batches(store_txn_t *txn)
{
    for (size_t i = 0; i < txn->n_batches; i++) {
        kn_record_destroy((void **)&txn->batches[i].batch);
    }
    free(txn->batches);
    txn->batches = NULL;
    txn->n_batches = txn->room_batches = 0;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static struct key due_key(int64_t at, uint64_t case_number, uint8_t clock)
{
    struct key key = key64((uint64_t)at);
    key_put64(&key, case_number);
    key_put(&key, &clock, 1);
    return key;
}

void store_put_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint8_t clock)
{
    struct key key = due_key(at, case_number, clock);
    store_put(txn, DUE, &key, "", 0);
}

void store_drop_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint8_t clock)
{
    struct key key = due_key(at, case_number, clock);
    store_drop(txn, DUE, &key);
}

bool store_next_due(store_txn_t *txn, int64_t *at, uint64_t *case_number, uint8_t *clock)
{
    struct key key = due_key(*at, *case_number, *clock);
    struct slice found, value;
    if (!store_seek(txn, DUE, &key, SEEK_FROM, &found, &value) || found.size != 17) {
        return false;
    }
    *at = (int64_t)key_get64(found.bytes);
    *case_number = key_get64(found.bytes + 8);
    *clock = found.bytes[16];
    return true;
}
