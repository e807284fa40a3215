/* store_log.c - what happened: figures, the head of the chain, the log's entries, and the room for
 * personal data beside them.
 */
#include "hub/store_parts.h"

/* ---- figures --------------------------------------------------------------------------------- */

uint64_t store_number(store_txn_t *txn, const char *name)
{
    struct key key = key_text(name);
    struct slice value;
    return store_get(txn, META, &key, &value) && value.size == 8 ? key_get64(value.bytes) : 0;
}

void store_put_number(store_txn_t *txn, const char *name, uint64_t value)
{
    struct key key = key_text(name), number = key64(value);
    store_put(txn, META, &key, number.bytes, 8);
}

bool store_head(store_txn_t *txn, uint8_t hash[32])
{
    struct key key = key_text("head");
    struct slice value;
    memset(hash, 0, 32);
    if (!store_get(txn, META, &key, &value) || value.size != 32) {
        return false;
    }
    memcpy(hash, value.bytes, 32);
    return true;
}

void store_put_head(store_txn_t *txn, const uint8_t hash[32])
{
    struct key key = key_text("head");
    store_put(txn, META, &key, hash, 32);
}

/* ---- the log --------------------------------------------------------------------------------- */

void store_append_entry(store_txn_t *txn, uint64_t first, struct slice entry)
{
    struct key key = key64(first);
    store_append(txn, LOG, &key, entry);
}

bool store_entry(store_txn_t *txn, uint64_t sequence, uint64_t *first, struct slice *entry)
{
    struct key key = key64(sequence);
    struct slice found;
    if (!store_seek(txn, LOG, &key, SEEK_UPTO, &found, entry)) {
        return false;
    }
    *first = key_get64(found.bytes);
    return true;
}

/* ---- the room for personal data -------------------------------------------------------------- */

void store_put_content(store_txn_t *txn, uint64_t sequence, const uint8_t salt[16],
                       struct slice record)
{
    struct key key = key64(sequence);
    assert(record.size + 16 <= MAX_RECORD);
    memcpy(txn->scratch, salt, 16);
    memcpy(txn->scratch + 16, record.bytes, record.size);
    store_append(txn, CONTENT, &key, (struct slice){txn->scratch, record.size + 16});
}

size_t store_pack_content(store_t *store, const uint8_t salt[16], struct slice record, uint8_t *out)
{
    uint8_t value[STORE_MAX_CONTENT + 16];
    assert(record.size <= STORE_MAX_CONTENT);
    memcpy(value, salt, 16);
    memcpy(value + 16, record.bytes, record.size);
    return store_pack_ahead(store_packing_of(store), CONTENT,
                            (struct slice){value, record.size + 16}, out)
        .size;
}

void store_put_packed_content(store_txn_t *txn, uint64_t sequence, struct slice packed)
{
    struct key key = key64(sequence);
    store_append_packed(txn, CONTENT, &key, packed);
}

bool store_next_content(store_txn_t *txn, uint64_t *sequence, uint8_t salt[16],
                        struct slice *record)
{
    struct key key = key64(*sequence);
    struct slice found, value;
    if (!store_seek(txn, CONTENT, &key, SEEK_AFTER, &found, &value) || value.size < 16) {
        return false;
    }
    *sequence = key_get64(found.bytes);
    memcpy(salt, value.bytes, 16);
    *record = (struct slice){value.bytes + 16, value.size - 16};
    return true;
}

void store_drop_content(store_txn_t *txn, uint64_t sequence)
{
    struct key key = key64(sequence);
    store_drop(txn, CONTENT, &key);
}

void store_put_erased(store_txn_t *txn, uint64_t sequence, uint64_t case_number)
{
    struct key key = key64(sequence), value = key64(case_number);
    store_put(txn, ERASED, &key, value.bytes, value.size);
}

bool store_next_erased(store_txn_t *txn, uint64_t *sequence, uint64_t *case_number)
{
    struct key key = key64(*sequence);
    struct slice found, value;
    if (!store_seek(txn, ERASED, &key, SEEK_AFTER, &found, &value) || value.size != 8) {
        return false;
    }
    *sequence = key_get64(found.bytes);
    *case_number = key_get64(value.bytes);
    return true;
}

bool store_content(store_txn_t *txn, uint64_t sequence, uint8_t salt[16], struct slice *record)
{
    struct key key = key64(sequence);
    struct slice value;
    if (!store_get(txn, CONTENT, &key, &value) || value.size < 16) {
        return false;
    }
    memcpy(salt, value.bytes, 16);
    *record = (struct slice){value.bytes + 16, value.size - 16};
    return true;
}

/* ---- files that contents name ---------------------------------------------------------------- */

static struct key file_key(const uint8_t digest[32], uint64_t sequence)
{
    struct key key = {.size = 0};
    key_put(&key, digest, 32);
    key_put64(&key, sequence);
    return key;
}

void store_name_file(store_txn_t *txn, const uint8_t digest[32], uint64_t sequence,
                     uint64_t case_number)
{
    struct key key = file_key(digest, sequence), value = key64(case_number);
    store_put(txn, FILES, &key, value.bytes, value.size);
}

void store_drop_file(store_txn_t *txn, const uint8_t digest[32], uint64_t sequence)
{
    struct key key = file_key(digest, sequence);
    store_drop(txn, FILES, &key);
}

/* The next name of the file from KEY on; its case. */
static bool next_name(store_txn_t *txn, struct key *key, uint64_t *case_number)
{
    struct slice found, value;
    if (!store_seek(txn, FILES, key, SEEK_FROM, &found, &value) || found.size != key->size ||
        memcmp(found.bytes, key->bytes, 32) != 0 || value.size != 8) {
        return false;
    }
    *case_number = key_get64(value.bytes);
    uint64_t sequence = key_get64(found.bytes + 32);
    *key = file_key(key->bytes, sequence + 1);
    return true;
}

bool store_file_is_named(store_txn_t *txn, const uint8_t digest[32])
{
    struct key key = file_key(digest, 0);
    uint64_t of;
    return next_name(txn, &key, &of);
}

bool store_file_is_of(store_txn_t *txn, const uint8_t digest[32], uint64_t case_number)
{
    struct key key = file_key(digest, 0);
    uint64_t of = 0;
    while (next_name(txn, &key, &of)) {
        if (of == case_number) {
            return true;
        }
    }
    return false;
}
