/* store_series.c - series: short items by position, IN_RECORD of them in one record.
 *
 * An item alone would pay more for its key, its place in the page and its checksum than it is long.
 * The writer keeps the record of each series that it wrote last in memory and puts it into the
 * store when the transaction commits or another record takes its slot. Record: for each position
 * the length of its item (1 byte; 0: there is none) and the item.
 */
#include "hub/store_parts.h"

#include <stdlib.h>

enum { IN_RECORD = 32, MAX_ITEM = 95, SLOTS = 512 };

struct open_record {
    uint8_t table; /* of enum table */
    bool is_used, is_dirty;
    uint8_t n;      /* items */
    uint16_t size;  /* bytes */
    struct key key; /* of the series and the record */
    uint8_t bytes[IN_RECORD * (1 + MAX_ITEM)];
};

struct store_series {
    struct open_record slot[SLOTS];
    uint16_t used[SLOTS]; /* those to be looked at when a transaction ends */
    size_t n_used;
};

struct store_series *store_series_new(void)
{
    return calloc(1, sizeof(struct store_series));
}

static struct key record_key(const struct key *series, uint64_t position)
{
    struct key key = *series;
    key_put64(&key, position / IN_RECORD);
    return key;
}

static bool holds(const struct open_record *record, enum table table, const struct key *key)
{
    return record->is_used && record->table == table && record->key.size == key->size &&
           memcmp(record->key.bytes, key->bytes, key->size) == 0;
}

/* The slot of the series: its records take turns in it. */
static size_t slot_of(enum table table, const struct key *series)
{
    uint64_t hash = table;
    for (size_t i = 0; i < series->size; i++) {
        hash = (hash ^ series->bytes[i]) * 0x100000001b3u;
    }
    return (size_t)(hash ^ hash >> 32) % SLOTS;
}

/* The item at INDEX of a record; false: there is none. */
static bool pick(struct slice record, size_t index, struct slice *item)
{
    const uint8_t *at = record.bytes, *end = at + record.size;
    for (; index && at < end; index--) {
        at += 1 + *at;
    }
    if (at >= end || !*at || end - at < 1 + *at) {
        return false;
    }
    *item = (struct slice){at + 1, *at};
    return true;
}

static size_t count(struct slice record)
{
    size_t n = 0;
    for (const uint8_t *at = record.bytes, *end = at + record.size; at < end; at += 1 + *at) {
        n++;
    }
    return n;
}

static void write_back(store_txn_t *txn, struct open_record *record)
{
    if (record->is_dirty) {
        store_put(txn, (enum table)record->table, &record->key, record->bytes, record->size);
        record->is_dirty = false;
    }
}

/* The record of POSITION, in its slot. */
static struct open_record *open_record(store_txn_t *txn, enum table table, const struct key *series,
                                       uint64_t position)
{
    struct store_series *all = txn->series;
    size_t slot = slot_of(table, series);
    struct open_record *record = &all->slot[slot];
    struct key key = record_key(series, position);
    struct slice value = {.size = 0};
    if (holds(record, table, &key)) {
        return record;
    }
    write_back(txn, record);
    if (!record->is_used) {
        all->used[all->n_used++] = (uint16_t)slot;
    }
    bool known = store_get(txn, table, &key, &value) && value.size <= sizeof record->bytes;
    record->table = (uint8_t)table;
    record->is_used = true;
    record->key = key;
    record->n = known ? (uint8_t)count(value) : 0;
    record->size = known ? (uint16_t)value.size : 0;
    if (known) {
        memcpy(record->bytes, value.bytes, value.size);
    }
    return record;
}

void store_put_item(store_txn_t *txn, enum table table, const struct key *series, uint64_t position,
                    struct slice item)
{
    struct open_record *record = open_record(txn, table, series, position);
    size_t index = position % IN_RECORD;
    assert(item.size >= 1 && item.size <= MAX_ITEM);
    for (; record->n <= index; record->n++) {
        record->bytes[record->size++] = 0;
    }
    uint8_t *at = record->bytes, *end = record->bytes + record->size;
    for (; index; index--) {
        at += 1 + *at;
    }
    uint8_t *behind = at + 1 + *at;
    memmove(at + 1 + item.size, behind, (size_t)(end - behind));
    *at = (uint8_t)item.size;
    memcpy(at + 1, item.bytes, item.size);
    record->size = (uint16_t)(record->size + item.size - (size_t)(behind - at - 1));
    record->is_dirty = txn->dirty = true;
}

bool store_item(store_txn_t *txn, enum table table, const struct key *series, uint64_t position,
                struct slice *item)
{
    struct key key = record_key(series, position);
    struct slice value;
    if (txn->series) {
        const struct open_record *record = &txn->series->slot[slot_of(table, series)];
        if (holds(record, table, &key)) {
            value = (struct slice){record->bytes, record->size};
            return !txn->error && pick(value, position % IN_RECORD, item);
        }
    }
    return store_get(txn, table, &key, &value) && pick(value, position % IN_RECORD, item);
}

uint64_t store_last_item(store_txn_t *txn, enum table table, const struct key *series)
{
    struct key key = record_key(series, UINT64_MAX);
    struct slice found, value;
    store_flush_series(txn);
    if (!store_seek(txn, table, &key, SEEK_UPTO, &found, &value) || found.size != key.size ||
        memcmp(found.bytes, series->bytes, series->size) != 0) {
        return 0;
    }
    size_t n = count(value);
    return n ? key_get64(found.bytes + series->size) * IN_RECORD + n - 1 : 0;
}

void store_flush_series(store_txn_t *txn)
{
    for (size_t i = 0; txn->series && i < txn->series->n_used; i++) {
        write_back(txn, &txn->series->slot[txn->series->used[i]]);
    }
}

void store_forget_series(struct store_series *self)
{
    for (size_t i = 0; i < self->n_used; i++) {
        self->slot[self->used[i]].is_used = self->slot[self->used[i]].is_dirty = false;
    }
    self->n_used = 0;
}
