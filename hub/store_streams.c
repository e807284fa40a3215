/* store_streams.c - streams over the log: positions, saved cursors, and the small ids of names.
 */
#include "hub/store_parts.h"

#include <stdio.h>

/* ---- small ids for names --------------------------------------------------------------------- */

bool store_get_name(store_txn_t *txn, char kind, const char *text, struct store_name *out)
{
    struct key key = {.size = 0};
    struct slice value;
    key_put(&key, &kind, 1);
    key_put(&key, text, strlen(text));
    if (!store_get(txn, NAME, &key, &value) || value.size != 16) {
        return false;
    }
    out->id = (uint32_t)key_get64(value.bytes);
    out->last = key_get64(value.bytes + 8);
    return true;
}

static void put_name(store_txn_t *txn, char kind, const char *text, const struct store_name *name)
{
    struct key key = {.size = 0}, value = {.size = 0};
    key_put(&key, &kind, 1);
    key_put(&key, text, strlen(text));
    key_put64(&value, name->id);
    key_put64(&value, name->last);
    store_put(txn, NAME, &key, value.bytes, value.size);
}

void store_make_name(store_txn_t *txn, char kind, const char *text, struct store_name *out)
{
    if (store_get_name(txn, kind, text, out)) {
        return;
    }
    *out = (struct store_name){.id = (uint32_t)store_number(txn, "names") + 1};
    store_put_number(txn, "names", out->id);
    put_name(txn, kind, text, out);
}

/* ---- streams --------------------------------------------------------------------------------- */

static struct key stream_key(uint32_t stream)
{
    struct key key = {.size = 0};
    key_put32(&key, stream);
    return key;
}

uint32_t store_stream(store_txn_t *txn, const char *name)
{
    struct store_name found;
    return store_get_name(txn, 's', name, &found) ? found.id : 0;
}

bool store_next_stream(store_txn_t *txn, char name[96], uint32_t *stream, uint64_t *last)
{
    struct key key = {.size = 0};
    struct slice found, value;
    key_put(&key, "s", 1);
    key_put(&key, name, strlen(name));
    if (!store_seek(txn, NAME, &key, SEEK_AFTER, &found, &value) || found.bytes[0] != 's' ||
        found.size < 2 || found.size > 95 || value.size != 16) {
        return false;
    }
    snprintf(name, 96, "%.*s", (int)found.size - 1, (const char *)found.bytes + 1);
    *stream = (uint32_t)key_get64(value.bytes);
    *last = key_get64(value.bytes + 8);
    return true;
}

uint64_t store_stream_last(store_txn_t *txn, uint32_t stream)
{
    struct key key = stream_key(stream);
    return store_last_item(txn, STREAM, &key);
}

void store_append_stream(store_txn_t *txn, const char *name, uint64_t event, uint64_t told_of)
{
    struct store_name stream;
    store_make_name(txn, 's', name, &stream);
    stream.last++;
    put_name(txn, 's', name, &stream);
    struct key key = stream_key(stream.id), item = {.size = 0};
    key_put_short(&item, event);
    if (told_of) {
        key_put_short(&item, told_of);
    }
    store_put_item(txn, STREAM, &key, stream.last, (struct slice){item.bytes, item.size});
}

uint64_t store_stream_event(store_txn_t *txn, uint32_t stream, uint64_t position, uint64_t *told_of)
{
    struct key key = stream_key(stream);
    struct slice item;
    uint64_t event = 0, other = 0;
    if (store_item(txn, STREAM, &key, position, &item)) {
        const uint8_t *at = item.bytes, *end = at + item.size;
        event = key_get_short(&at, end);
        other = key_get_short(&at, end);
    }
    if (told_of) {
        *told_of = other;
    }
    return event;
}

static struct key cursor_key(const char *stream, const char *consumer)
{
    struct key key = {.size = 0};
    key_put(&key, stream, strlen(stream) + 1);
    key_put(&key, consumer, strlen(consumer));
    return key;
}

bool store_cursor(store_txn_t *txn, const char *stream, const char *consumer, uint64_t *position,
                  char agent[64])
{
    struct key key = cursor_key(stream, consumer);
    struct slice value;
    if (!store_get(txn, CURSOR, &key, &value) || value.size < 8 || value.size - 8 >= 64) {
        return false;
    }
    *position = key_get64(value.bytes);
    memset(agent, 0, 64);
    memcpy(agent, value.bytes + 8, value.size - 8);
    return true;
}

void store_put_cursor(store_txn_t *txn, const char *stream, const char *consumer, const char *agent,
                      uint64_t position)
{
    struct key key = cursor_key(stream, consumer), value = key64(position);
    key_put(&value, agent, strnlen(agent, 63));
    store_put(txn, CURSOR, &key, value.bytes, value.size);
}

bool store_next_cursor(store_txn_t *txn, char stream[96], char consumer[64], char agent[64],
                       uint64_t *position)
{
    struct key key = {.size = 0};
    struct slice found, value;
    if (*stream) {
        key = cursor_key(stream, consumer);
    }
    if (!store_seek(txn, CURSOR, &key, SEEK_AFTER, &found, &value)) {
        return false;
    }
    const uint8_t *nul = memchr(found.bytes, 0, found.size);
    if (!nul || value.size < 8 || value.size - 8 >= 64) {
        txn->error = KN_E_CORRUPT;
        return false;
    }
    snprintf(stream, 96, "%s", (const char *)found.bytes);
    snprintf(consumer, 64, "%.*s", (int)(found.bytes + found.size - nul - 1),
             (const char *)nul + 1);
    snprintf(agent, 64, "%.*s", (int)(value.size - 8), (const char *)value.bytes + 8);
    *position = key_get64(value.bytes);
    return true;
}
