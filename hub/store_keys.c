/* store_keys.c - the two keys by which a message is known for ever: transport and source.
 */
#include "hub/store_parts.h"

/* ---- transport key --------------------------------------------------------------------------- */

static bool instance_key(store_txn_t *txn, const char *agent, uint64_t instance, struct key *key)
{
    struct store_name name;
    key->size = 0;
    if (txn->writes) {
        store_make_name(txn, 'a', agent, &name);
    } else if (!store_get_name(txn, 'a', agent, &name)) {
        return false;
    }
    key_put32(key, name.id);
    key_put64(key, instance);
    return true;
}

void store_put_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                      const struct store_answer *answer)
{
    struct key key, value = {.size = 0};
    instance_key(txn, agent, instance, &key);
    key_put_short(&value, answer->event);
    key_put_short(&value, answer->case_number);
    key_put(&value, &answer->verdict, 1);
    key_put(&value, &answer->code, 1);
    key_put(&value, answer->field, strnlen(answer->field, sizeof answer->field - 1));
    store_put_item(txn, TRANSPORT, &key, sequence, (struct slice){value.bytes, value.size});
}

bool store_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                  struct store_answer *out)
{
    struct key key;
    struct slice value;
    if (!instance_key(txn, agent, instance, &key)) {
        return false;
    }
    if (!store_item(txn, TRANSPORT, &key, sequence, &value)) {
        return false;
    }
    const uint8_t *at = value.bytes, *end = at + value.size;
    memset(out, 0, sizeof *out);
    out->event = key_get_short(&at, end);
    out->case_number = key_get_short(&at, end);
    if (end - at < 2 || end - at - 2 >= (long)sizeof out->field) {
        store_fail(txn, KN_E_CORRUPT);
        return false;
    }
    out->verdict = at[0];
    out->code = at[1];
    memcpy(out->field, at + 2, (size_t)(end - at) - 2);
    return true;
}

uint64_t store_last_sequence(store_txn_t *txn, const char *agent, uint64_t instance)
{
    struct key key;
    struct slice value;
    return instance_key(txn, agent, instance, &key) && store_get(txn, INSTANCE, &key, &value) &&
                   value.size == 8
               ? key_get64(value.bytes)
               : 0;
}

void store_put_last_sequence(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t last)
{
    struct key key, value = key64(last);
    instance_key(txn, agent, instance, &key);
    store_put(txn, INSTANCE, &key, value.bytes, 8);
}

/* ---- source key ------------------------------------------------------------------------------ */

static struct key row_key(const uint8_t container[16], const char *item)
{
    struct key key = {.size = 0};
    key_put(&key, container, 16);
    key_put(&key, item, strnlen(item, 64));
    return key;
}

void store_put_row(store_txn_t *txn, const uint8_t container[16], const char *item,
                   const struct store_row *row)
{
    struct key key = row_key(container, item), value = {.size = 0};
    bool elsewhere = memcmp(row->batch, container, 16) != 0;
    key_put_short(&value, row->event);
    key_put_short(&value, row->case_number);
    key_put_short(&value, row->row);
    key_put(&value, &(uint8_t){elsewhere}, 1);
    key_put(&value, row->batch, elsewhere ? 16 : 0);
    key_put(&value, &row->state, 1);
    key_put(&value, &row->code, 1);
    key_put(&value, row->field, strnlen(row->field, sizeof row->field - 1));
    store_put(txn, SOURCE, &key, value.bytes, value.size);
}

static bool read_row(struct slice key, struct slice value, struct store_row *out)
{
    const uint8_t *at = value.bytes, *end = at + value.size;
    memset(out, 0, sizeof *out);
    out->event = key_get_short(&at, end);
    out->case_number = key_get_short(&at, end);
    out->row = (uint32_t)key_get_short(&at, end);
    bool elsewhere = at < end && *at;
    if (end - at < (elsewhere ? 19 : 3) || end - at >= (long)sizeof out->field + 3 ||
        key.size < 16 || key.size - 16 >= sizeof out->item) {
        return false;
    }
    memcpy(out->batch, elsewhere ? at + 1 : key.bytes, 16);
    at += elsewhere ? 17 : 1;
    out->state = at[0];
    out->code = at[1];
    memcpy(out->field, at + 2, (size_t)(end - at) - 2);
    memcpy(out->item, key.bytes + 16, key.size - 16);
    return true;
}

bool store_row(store_txn_t *txn, const uint8_t container[16], const char *item,
               struct store_row *out)
{
    struct key key = row_key(container, item);
    struct slice value;
    return store_get(txn, SOURCE, &key, &value) &&
           read_row((struct slice){key.bytes, key.size}, value, out);
}

bool store_next_row(store_txn_t *txn, const uint8_t container[16], const char *after,
                    struct store_row *out)
{
    struct key key = row_key(container, after);
    struct slice found, value;
    return store_seek(txn, SOURCE, &key, SEEK_AFTER, &found, &value) && found.size >= 16 &&
           memcmp(found.bytes, container, 16) == 0 && read_row(found, value, out);
}
