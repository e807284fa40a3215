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
    key_put64(&key, sequence);
    key_put64(&value, answer->event);
    key_put64(&value, answer->case_number);
    key_put(&value, &answer->verdict, 1);
    key_put(&value, &answer->code, 1);
    key_put(&value, answer->field, strnlen(answer->field, sizeof answer->field - 1));
    store_put(txn, TRANSPORT, &key, value.bytes, value.size);
}

bool store_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                  struct store_answer *out)
{
    struct key key;
    struct slice value;
    if (!instance_key(txn, agent, instance, &key)) {
        return false;
    }
    key_put64(&key, sequence);
    if (!store_get(txn, TRANSPORT, &key, &value) || value.size < 18) {
        return false;
    }
    size_t n_field = value.size - 18;
    memset(out, 0, sizeof *out);
    out->event = key_get64(value.bytes);
    out->case_number = key_get64(value.bytes + 8);
    out->verdict = value.bytes[16];
    out->code = value.bytes[17];
    memcpy(out->field, value.bytes + 18, n_field < sizeof out->field ? n_field : 0);
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
    key_put64(&value, row->event);
    key_put64(&value, row->case_number);
    key_put(&value, row->batch, 16);
    key_put32(&value, row->row);
    key_put(&value, &row->state, 1);
    key_put(&value, &row->code, 1);
    key_put(&value, row->field, strnlen(row->field, sizeof row->field - 1));
    store_put(txn, SOURCE, &key, value.bytes, value.size);
}

static bool read_row(struct slice key, struct slice value, struct store_row *out)
{
    memset(out, 0, sizeof *out);
    if (value.size < 38 || value.size - 38 >= sizeof out->field || key.size < 16 ||
        key.size - 16 >= sizeof out->item) {
        return false;
    }
    out->event = key_get64(value.bytes);
    out->case_number = key_get64(value.bytes + 8);
    memcpy(out->batch, value.bytes + 16, 16);
    out->row = (uint32_t)value.bytes[32] << 24 | (uint32_t)value.bytes[33] << 16 |
               (uint32_t)value.bytes[34] << 8 | value.bytes[35];
    out->state = value.bytes[36];
    out->code = value.bytes[37];
    memcpy(out->field, value.bytes + 38, value.size - 38);
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
