/* hot.c - open addressing, at most half full; nothing is removed but all. */
#include "hub/hot.h"

#include <string.h>

static size_t place_of(const struct hot *self, uint8_t table, const uint8_t *key, size_t key_size)
{
    uint64_t hash = table;
    for (size_t i = 0; i < key_size; i++) {
        hash = (hash ^ key[i]) * 0x100000001b3u;
    }
    size_t at = (size_t)(hash ^ hash >> 32) % HOT_SLOTS;
    while (self->slot[at].key_size &&
           (self->slot[at].table != table || self->slot[at].key_size != key_size ||
            memcmp(self->slot[at].key, key, key_size) != 0)) {
        at = (at + 1) % HOT_SLOTS;
    }
    return at;
}

struct hot_slot *hot_find(struct hot *self, uint8_t table, const void *key, size_t key_size)
{
    struct hot_slot *slot = &self->slot[place_of(self, table, key, key_size)];
    return slot->key_size ? slot : NULL;
}

bool hot_put(struct hot *self, uint8_t table, const void *key, size_t key_size, const void *value,
             size_t value_size, bool is_dirty)
{
    if (!key_size || key_size > HOT_KEY || value_size > HOT_VALUE) {
        return false;
    }
    size_t at = place_of(self, table, key, key_size);
    struct hot_slot *slot = &self->slot[at];
    if (!slot->key_size) {
        if (self->n >= HOT_SLOTS / 2) {
            return false;
        }
        self->used[self->n++] = (uint16_t)at;
        slot->table = table;
        slot->key_size = (uint8_t)key_size;
        slot->is_dirty = false;
        memcpy(slot->key, key, key_size);
    }
    memcpy(slot->value, value, value_size);
    slot->value_size = (uint8_t)value_size;
    slot->is_dirty |= is_dirty;
    return true;
}

void hot_clear(struct hot *self)
{
    for (size_t i = 0; i < self->n; i++) {
        self->slot[self->used[i]].key_size = 0;
    }
    self->n = 0;
}
