/* hot.h - small records that nearly every errand touches, kept in memory by the writer.
 *
 * The figures of the store, the last sequence of each instance, the last position of each stream: a
 * handful of bytes each, read and written many times in one transaction. They are kept here and put
 * into the store once, when the transaction commits. Forgotten after an abort.
 */
#ifndef KN_HOT_H
#define KN_HOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOT_SLOTS = 2048, HOT_KEY = 96, HOT_VALUE = 32 };

struct hot_slot {
    uint8_t table, key_size, value_size; /* key_size 0: free */
    bool is_dirty;
    uint8_t key[HOT_KEY], value[HOT_VALUE];
};

struct hot {
    struct hot_slot slot[HOT_SLOTS];
    uint16_t used[HOT_SLOTS]; /* which ones, in order of arrival */
    size_t n;
};

/* The slot of a key, NULL when it is not here. */
struct hot_slot *hot_find(struct hot *self, uint8_t table, const void *key, size_t key_size);

/* Keeps a value. False when it cannot be kept (too long, or full): then the store has to take it.
 */
bool hot_put(struct hot *self, uint8_t table, const void *key, size_t key_size, const void *value,
             size_t value_size, bool is_dirty);

void hot_clear(struct hot *self);

#endif
