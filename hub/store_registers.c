/* store_registers.c - what the hub knows beside cases: agents, registers, signatures.
 */
#include "hub/store_parts.h"

#include <stdio.h>

/* ---- agents, registers, signatures ----------------------------------------------------------- */

void store_put_agent(store_txn_t *txn, const struct kn_agent *agent)
{
    struct key key = key_text(agent->agent);
    store_put_record(txn, AGENT, &key, KN_SCHEMA_AGENT, agent);
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

void store_put_signature(store_txn_t *txn, uint64_t case_number, struct slice signature)
{
    struct key key = key64(case_number);
    store_put(txn, SIGNATURE, &key, signature.bytes, signature.size);
}

bool store_next_signature(store_txn_t *txn, uint64_t *case_number, struct slice *signature)
{
    struct key key = key64(*case_number);
    struct slice found;
    if (!store_seek(txn, SIGNATURE, &key, SEEK_AFTER, &found, signature)) {
        return false;
    }
    *case_number = key_get64(found.bytes);
    return true;
}
