/* store_registers.c - what the hub knows beside cases: agents, registers, readings.
 */
#include "hub/store_parts.h"

#include <stdio.h>

/* ---- agents and registers ----------------------------------------------------------- */

void store_put_agent(store_txn_t *txn, const struct kn_agent *agent)
{
    struct key key = key_text(agent->agent);
    store_put_record(txn, AGENT, &key, KN_SCHEMA_AGENT, agent);
}

struct kn_agent *store_agent(store_txn_t *txn, const char *name)
{
    struct key key = key_text(name);
    struct slice value;
    return store_get(txn, AGENT, &key, &value) ? store_get_record(txn, KN_SCHEMA_AGENT, value)
                                               : NULL;
}

struct kn_agent *store_next_agent(store_txn_t *txn, const char *after)
{
    struct key key = key_text(after);
    struct slice found, value;
    return store_seek(txn, AGENT, &key, SEEK_AFTER, &found, &value)
               ? store_get_record(txn, KN_SCHEMA_AGENT, value)
               : NULL;
}

static struct key register_key(const char *version, const char *name)
{
    struct key key = {.size = 0};
    key_put(&key, version, strlen(version) + 1);
    key_put(&key, name, strlen(name));
    return key;
}

void store_put_register(store_txn_t *txn, const char *version, const char *name, struct slice file)
{
    /* Files are larger than a record: they are cut into numbered pieces. */
    struct key key = register_key(version, name);
    size_t n_name = key.size;
    uint32_t piece = 0;
    size_t at = 0;
    do {
        size_t size = file.size - at < MAX_RECORD ? file.size - at : MAX_RECORD;
        key.size = n_name;
        key_put(&key, "", 1);
        key_put32(&key, piece++);
        store_put(txn, REGISTER, &key, file.bytes + at, size);
        at += size;
    } while (at < file.size);
}

bool store_next_register(store_txn_t *txn, const char *version, char name[64], uint32_t *piece,
                         struct slice *part)
{
    struct key key = register_key(version, name);
    struct slice found;
    if (*name) {
        key_put(&key, "", 1);
        key_put32(&key, *piece);
    }
    size_t n_version = strlen(version) + 1;
    if (!store_seek(txn, REGISTER, &key, SEEK_AFTER, &found, part) || found.size < n_version + 5 ||
        memcmp(found.bytes, version, n_version) != 0) {
        return false;
    }
    snprintf(name, 64, "%s", (const char *)found.bytes + n_version);
    const uint8_t *number = found.bytes + found.size - 4;
    *piece = (uint32_t)number[0] << 24 | (uint32_t)number[1] << 16 | (uint32_t)number[2] << 8 |
             number[3];
    return true;
}

/* ---- readings -------------------------------------------------------------------------------- */

void store_put_reading(store_txn_t *txn, uint64_t case_number, const struct store_reading *reading)
{
    uint8_t value[STORE_MAX_READING + sizeof reading->words];
    struct key key = key64(case_number);
    assert(reading->packed.size <= STORE_MAX_READING);
    memcpy(value, reading->words, sizeof reading->words);
    if (reading->packed.size) {
        memcpy(value + sizeof reading->words, reading->packed.bytes, reading->packed.size);
    }
    store_put(txn, READING, &key, value, sizeof reading->words + reading->packed.size);
}

static bool split(struct slice value, struct store_reading *out)
{
    if (value.size < sizeof out->words) {
        return false;
    }
    memcpy(out->words, value.bytes, sizeof out->words);
    out->packed = (struct slice){value.bytes + sizeof out->words, value.size - sizeof out->words};
    return true;
}

bool store_reading(store_txn_t *txn, uint64_t case_number, struct store_reading *out)
{
    struct key key = key64(case_number);
    struct slice value;
    return store_get(txn, READING, &key, &value) && split(value, out);
}

bool store_next_reading(store_txn_t *txn, uint64_t *case_number, struct store_reading *out)
{
    struct key key = key64(*case_number);
    struct slice found, value;
    if (!store_seek(txn, READING, &key, SEEK_AFTER, &found, &value) || !split(value, out)) {
        return false;
    }
    *case_number = key_get64(found.bytes);
    return true;
}
