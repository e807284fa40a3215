/* store_series.c - series: short items by position, IN_RECORD of them in one record.
 *
 * An item alone would pay more for its key, its place in the page and its checksum than it is long.
 * The record that a series is still filling lies in the table `open`, where those of all series are
 * neighbours: a commit that adds to a hundred streams writes a few pages, not a hundred. When it is
 * full it moves to the table of the series and stays there. The writer keeps open records in memory
 * and puts them into the store when the transaction commits or another series takes the slot.
 *
 *   open                   's' stream, 't' transport; series   number of the record (8), items
 *   stream or transport    series, number (8)                  items
 *
 * Items: for each position its length (1 byte; 0: there is none), then so many bytes.
 */
#include "hub/store_parts.h"

#include <stdlib.h>

enum { IN_RECORD = 32, MAX_ITEM = 95, NUMBER = 8, SLOTS = 512 };

struct record {
    uint64_t number; /* position / IN_RECORD */
    uint8_t n;       /* items */
    uint16_t size;   /* bytes */
    uint8_t bytes[IN_RECORD * (1 + MAX_ITEM)];
};

struct slot {
    bool is_used, is_dirty;
    uint8_t table; /* of enum table */
    struct key series;
    struct record record;
};

struct store_series {
    struct slot slot[SLOTS];
    uint16_t used[SLOTS]; /* those to be looked at when a transaction ends */
    size_t n_used;
};

struct store_series *store_series_new(void)
{
    return calloc(1, sizeof(struct store_series));
}

/* ---- items of a record ----------------------------------------------------------------------- */

static bool pick(struct slice items, size_t index, struct slice *item)
{
    const uint8_t *at = items.bytes, *end = at + items.size;
    for (; index && at < end; index--) {
        at += 1 + *at;
    }
    if (at >= end || !*at || end - at < 1 + *at) {
        return false;
    }
    *item = (struct slice){at + 1, *at};
    return true;
}

static size_t count(struct slice items)
{
    size_t n = 0;
    for (const uint8_t *at = items.bytes, *end = at + items.size; at < end; at += 1 + *at) {
        n++;
    }
    return n;
}

/* Puts ITEM at INDEX, in the place of what is there. */
static void place(struct record *record, size_t index, struct slice item)
{
    for (; record->n <= index; record->n++) {
        record->bytes[record->size++] = 0;
    }
    uint8_t *at = record->bytes, *end = record->bytes + record->size;
    for (; index; index--) {
        at += 1 + *at;
    }
    uint8_t *behind = at + 1 + *at;
    record->size = (uint16_t)(record->size - (size_t)(behind - at - 1) + item.size);
    memmove(at + 1 + item.size, behind, (size_t)(end - behind));
    *at = (uint8_t)item.size;
    memcpy(at + 1, item.bytes, item.size);
}

static void fill(struct record *record, uint64_t number, struct slice items)
{
    record->number = number;
    record->n = (uint8_t)count(items);
    record->size = (uint16_t)items.size;
    if (items.size) {
        memcpy(record->bytes, items.bytes, items.size);
    }
}

/* ---- records in the store -------------------------------------------------------------------- */

static struct key open_key(enum table table, const struct key *series)
{
    struct key key = {.size = 0};
    key_put(&key, table == STREAM ? "s" : "t", 1);
    key_put(&key, series->bytes, series->size);
    return key;
}

static struct key full_key(const struct key *series, uint64_t number)
{
    struct key key = *series;
    key_put64(&key, number);
    return key;
}

/* The open record of a series as the store has it; false: the series has none. */
static bool get_open(store_txn_t *txn, enum table table, const struct key *series, uint64_t *number,
                     struct slice *items)
{
    struct key key = open_key(table, series);
    struct slice value;
    if (!store_get(txn, OPEN, &key, &value) || value.size < NUMBER ||
        value.size > NUMBER + sizeof(((struct record *)0)->bytes)) {
        return false;
    }
    *number = key_get64(value.bytes);
    *items = (struct slice){value.bytes + NUMBER, value.size - NUMBER};
    return true;
}

/* Records come from items, which the journal has: they are put quietly. */
static void put_record(store_txn_t *txn, enum table table, const struct key *key, const void *value,
                       size_t size)
{
    bool was_quiet = txn->is_quiet;
    txn->is_quiet = true;
    store_put(txn, table, key, value, size);
    txn->is_quiet = was_quiet;
}

static void put_full(store_txn_t *txn, enum table table, const struct key *series,
                     const struct record *record)
{
    struct key key = full_key(series, record->number);
    put_record(txn, table, &key, record->bytes, record->size);
}

static void write_back(store_txn_t *txn, struct slot *slot)
{
    if (slot->is_dirty) {
        struct key key = open_key((enum table)slot->table, &slot->series),
                   number = key64(slot->record.number);
        memcpy(txn->scratch, number.bytes, NUMBER);
        memcpy(txn->scratch + NUMBER, slot->record.bytes, slot->record.size);
        put_record(txn, OPEN, &key, txn->scratch, NUMBER + slot->record.size);
        slot->is_dirty = false;
    }
}

/* ---- the writer's slots ---------------------------------------------------------------------- */

static size_t slot_of(enum table table, const struct key *series)
{
    uint64_t hash = table;
    for (size_t i = 0; i < series->size; i++) {
        hash = (hash ^ series->bytes[i]) * 0x100000001b3u;
    }
    return (size_t)(hash ^ hash >> 32) % SLOTS;
}

static bool holds(const struct slot *slot, enum table table, const struct key *series)
{
    return slot->is_used && slot->table == table && slot->series.size == series->size &&
           memcmp(slot->series.bytes, series->bytes, series->size) == 0;
}

/* The slot with the open record of the series. */
static struct slot *open_slot(store_txn_t *txn, enum table table, const struct key *series)
{
    struct store_series *all = txn->series;
    size_t at = slot_of(table, series);
    struct slot *slot = &all->slot[at];
    uint64_t number = 0;
    struct slice items = {.size = 0};
    if (holds(slot, table, series)) {
        return slot;
    }
    write_back(txn, slot);
    if (!slot->is_used) {
        all->used[all->n_used++] = (uint16_t)at;
    }
    get_open(txn, table, series, &number, &items);
    slot->is_used = true;
    slot->table = (uint8_t)table;
    slot->series = *series;
    fill(&slot->record, number, items);
    return slot;
}

/* An item behind which others were put already: rare. */
static void put_late(store_txn_t *txn, enum table table, const struct key *series,
                     uint64_t position, struct slice item)
{
    struct key key = full_key(series, position / IN_RECORD);
    struct slice items = {.size = 0};
    struct record record;
    bool known = store_get(txn, table, &key, &items) && items.size <= sizeof record.bytes;
    fill(&record, position / IN_RECORD, known ? items : (struct slice){.size = 0});
    place(&record, position % IN_RECORD, item);
    put_full(txn, table, series, &record);
}

/* ---- verbs ----------------------------------------------------------------------------------- */

void store_put_item(store_txn_t *txn, enum table table, const struct key *series, uint64_t position,
                    struct slice item)
{
    struct slot *slot = open_slot(txn, table, series);
    uint64_t number = position / IN_RECORD;
    assert(item.size >= 1 && item.size <= MAX_ITEM);
    txn->dirty = true;
    store_note_item(txn, table, series, position, item);
    if (number < slot->record.number) {
        put_late(txn, table, series, position, item);
        return;
    }
    if (number > slot->record.number) {
        if (slot->record.n) {
            put_full(txn, table, series, &slot->record);
        }
        fill(&slot->record, number, (struct slice){.size = 0});
    }
    place(&slot->record, position % IN_RECORD, item);
    slot->is_dirty = true;
}

bool store_item(store_txn_t *txn, enum table table, const struct key *series, uint64_t position,
                struct slice *item)
{
    struct key key = full_key(series, position / IN_RECORD);
    struct slice items;
    uint64_t number;
    const struct slot *slot = txn->series ? &txn->series->slot[slot_of(table, series)] : NULL;
    bool found = true;
    if (slot && holds(slot, table, series) && slot->record.number == position / IN_RECORD) {
        items = (struct slice){slot->record.bytes, slot->record.size};
    } else if (!store_get(txn, table, &key, &items)) {
        found = get_open(txn, table, series, &number, &items) && number == position / IN_RECORD;
    }
    return found && !txn->error && pick(items, position % IN_RECORD, item);
}

uint64_t store_last_item(store_txn_t *txn, enum table table, const struct key *series)
{
    uint64_t number;
    struct slice items;
    store_flush_series(txn);
    return get_open(txn, table, series, &number, &items) ? number * IN_RECORD + count(items) - 1
                                                         : 0;
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
