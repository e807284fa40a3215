/* store_cases.c - cases, what belongs together, batches and clocks.
 *
 * A batch is decoded once in a transaction, changed in place, and written once when it commits.
 */
#include "hub/code.h"
#include "hub/store_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- cases ----------------------------------------------------------------------------------- */

struct kn_case *store_case(store_txn_t *txn, uint64_t number)
{
    struct key key = key64(number);
    struct slice value;
    return store_get(txn, CASE, &key, &value) ? store_get_record(txn, KN_SCHEMA_CASE, value) : NULL;
}

void store_put_case(store_txn_t *txn, const struct kn_case *record)
{
    struct key key = key64((uint64_t)record->number);
    if (record->flow == KN_FLOW_RECEIVED) { /* until it is read, in a moment */
        store_put_plain_record(txn, CASE, &key, KN_SCHEMA_CASE, record);
    } else {
        store_put_record(txn, CASE, &key, KN_SCHEMA_CASE, record);
    }
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

uint64_t store_case_after(store_txn_t *txn, uint64_t number)
{
    struct key key = key64(number);
    struct slice found, value;
    return store_seek(txn, CASE, &key, SEEK_AFTER, &found, &value) ? key_get64(found.bytes) : 0;
}

/* ---- what belongs together ------------------------------------------------------------------- */

static struct key link_key(uint64_t number, uint64_t linked)
{
    struct key key = key64(number);
    key_put64(&key, linked);
    return key;
}

void store_put_link(store_txn_t *txn, uint64_t number, uint64_t linked, const char *agent)
{
    struct key key = link_key(number, linked);
    store_put(txn, LINK, &key, agent, strlen(agent));
}

void store_drop_link(store_txn_t *txn, uint64_t number, uint64_t linked)
{
    struct key key = link_key(number, linked);
    store_drop(txn, LINK, &key);
}

bool store_next_link(store_txn_t *txn, uint64_t number, uint64_t *linked, char agent[64])
{
    struct key key = link_key(number, *linked);
    struct slice found, value;
    if (!store_seek(txn, LINK, &key, SEEK_AFTER, &found, &value) ||
        memcmp(found.bytes, key.bytes, 8) != 0) {
        return false;
    }
    *linked = key_get64(found.bytes + 8);
    snprintf(agent, 64, "%.*s", (int)value.size, (const char *)value.bytes);
    return true;
}

void store_put_related(store_txn_t *txn, uint64_t number, uint64_t related, enum kn_link_kind kind)
{
    struct key key = link_key(number, related);
    uint8_t value = (uint8_t)kind;
    store_put(txn, RELATED, &key, &value, 1);
}

void store_drop_related(store_txn_t *txn, uint64_t number, uint64_t related)
{
    struct key key = link_key(number, related);
    store_drop(txn, RELATED, &key);
}

bool store_next_related(store_txn_t *txn, uint64_t number, uint64_t *related,
                        enum kn_link_kind *kind)
{
    struct key key = link_key(number, *related);
    struct slice found, value;
    if (!store_seek(txn, RELATED, &key, SEEK_AFTER, &found, &value) ||
        memcmp(found.bytes, key.bytes, 8) != 0 || value.size != 1) {
        return false;
    }
    *related = key_get64(found.bytes + 8);
    *kind = (enum kn_link_kind)value.bytes[0];
    return true;
}

static struct key pair_key(enum kn_candidate_state state, uint64_t later, uint64_t earlier)
{
    struct key key = {.size = 0};
    uint8_t first = (uint8_t)state;
    key_put(&key, &first, 1);
    key_put64(&key, later);
    key_put64(&key, earlier);
    return key;
}

struct kn_candidate_pair *store_pair(store_txn_t *txn, uint64_t a, uint64_t b)
{
    uint64_t later = a > b ? a : b, earlier = a > b ? b : a;
    for (int state = KN_CANDIDATE_STATE_OPEN; state < KN_CANDIDATE_STATE_COUNT; state++) {
        struct key key = pair_key((enum kn_candidate_state)state, later, earlier);
        struct slice value;
        if (store_get(txn, PAIR, &key, &value)) {
            return store_get_record(txn, KN_SCHEMA_CANDIDATE_PAIR, value);
        }
    }
    return NULL;
}

void store_put_pair(store_txn_t *txn, const struct kn_candidate_pair *record)
{
    uint64_t later = code_parse(record->case_), earlier = code_parse(record->earlier);
    for (int state = KN_CANDIDATE_STATE_OPEN; state < KN_CANDIDATE_STATE_COUNT; state++) {
        struct key key = pair_key((enum kn_candidate_state)state, later, earlier);
        if (state == (int)record->state) {
            store_put_record(txn, PAIR, &key, KN_SCHEMA_CANDIDATE_PAIR, record);
        } else {
            store_drop(txn, PAIR, &key);
        }
    }
}

struct kn_candidate_pair *store_next_pair(store_txn_t *txn, enum kn_candidate_state state,
                                          uint64_t *later, uint64_t *earlier)
{
    struct key key = pair_key(state, *later, *earlier);
    struct slice found, value;
    if (!store_seek(txn, PAIR, &key, SEEK_AFTER, &found, &value) ||
        found.bytes[0] != key.bytes[0]) {
        return NULL;
    }
    *later = key_get64(found.bytes + 1);
    *earlier = key_get64(found.bytes + 9);
    return store_get_record(txn, KN_SCHEMA_CANDIDATE_PAIR, value);
}

/* ---- batches --------------------------------------------------------------------------------- */

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

static struct key due_key(int64_t at, uint64_t case_number, uint16_t clock)
{
    struct key key = key64((uint64_t)at);
    key_put64(&key, case_number);
    const uint8_t bytes[2] = {(uint8_t)(clock >> 8), (uint8_t)clock};
    key_put(&key, bytes, 2);
    return key;
}

void store_put_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint16_t clock)
{
    struct key key = due_key(at, case_number, clock);
    store_put(txn, DUE, &key, "", 0);
}

void store_drop_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint16_t clock)
{
    struct key key = due_key(at, case_number, clock);
    store_drop(txn, DUE, &key);
}

bool store_next_due(store_txn_t *txn, int64_t *at, uint64_t *case_number, uint16_t *clock)
{
    struct key key = due_key(*at, *case_number, *clock);
    struct slice found, value;
    if (!store_seek(txn, DUE, &key, SEEK_FROM, &found, &value) || found.size != 18) {
        return false;
    }
    *at = (int64_t)key_get64(found.bytes);
    *case_number = key_get64(found.bytes + 8);
    *clock = (uint16_t)(found.bytes[16] << 8 | found.bytes[17]);
    return true;
}
