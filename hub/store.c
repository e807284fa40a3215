/* store.c - domain verbs over LMDB; the only file of the hub that knows <lmdb.h>.
 *
 * Layout (big-endian keys; every value is followed by a CRC32C over key and value):
 *
 *   meta       name                                   number (8) or hash (32)         journaled
 *   log        sequence of the entry's first event    entry, see log.h                journaled
 *   content    the same sequence                      salt (16), content record       erasable
 *   transport  agent id (4) instance (8) sequence (8) first answer                    journaled
 *   instance   agent id (4) instance (8)              last sequence answered          journaled
 *   source     container (16) item                    row                             journaled
 *   case       case number                            case record                     journaled
 *   batch      batch id (16)                          batch record                    journaled
 *   name       's' stream, 'a' agent                  small id (4), last position     journaled
 *   stream     stream id (4) position (8)             sequence of the event           journaled
 *   due        instant (8) case (8) clock (1)         nothing                         journaled
 *   cursor     stream NUL consumer                    position (8), agent             local
 *   agent      name                                   agent record                    journaled
 *   register   version NUL name                       file                            journaled
 *   signature  case number                            what matching needs             derived
 *
 * Records are in the form of the disk (schemas/stored.h).
 *
 * LMDB is used with its default flags: a commit that returned 0 is on the disk. No WRITEMAP, no
 * DUPSORT, no set_mapsize on a live environment (docs/adr/0004). Errors of the engine are
 * translated in one place (translate); a panic is KN_E_CORRUPT and the hub restarts.
 */
#include "hub/store.h"

#include "hub/crc32c.h"
#include "hub/hot.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum {
    FORMAT = 2,              /* of the layout above; a store of another format is refused */
    MAX_KEY = 128,           /* longest key that a verb builds */
    MAX_RECORD = 128 * 1024, /* longest record that a verb encodes */
    MAX_READERS = 126,
};

enum table {
    META,
    LOG,
    CONTENT,
    TRANSPORT,
    INSTANCE,
    SOURCE,
    CASE,
    BATCH,
    NAME,
    STREAM,
    DUE,
    CURSOR,
    AGENT,
    REGISTER,
    SIGNATURE,
    N_TABLES
};

static const char *const table_names[N_TABLES] = {
    "meta", "log",    "content", "transport", "instance", "source",   "case",     "batch",
    "name", "stream", "due",     "cursor",    "agent",    "register", "signature"};

struct store {
    MDB_env *env;
    MDB_dbi table[N_TABLES];
    char folder[512];
    size_t map_size;
    bool test_clock;
    struct hot hot; /* the writer's */
};

struct held {
    uint8_t id[16];
    struct kn_batch *batch;
    bool is_dirty;
};

struct store_txn {
    store_t *store;
    MDB_txn *txn;
    int error;
    bool writes, dirty;
    struct held *batches; /* looked at in this transaction: decoded once, written once */
    size_t n_batches, room_batches;
    uint8_t scratch[]; /* a value with its checksum, on its way to the engine; only of writers */
};

static int translate(int code)
{
    switch (code) {
    case 0: return KN_OK;
    case MDB_NOTFOUND: return KN_E_NOT_FOUND;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT: return KN_E_FULL;
    case ENOMEM: return KN_E_NOMEM;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC: return KN_E_CORRUPT;
    case MDB_VERSION_MISMATCH:
    case MDB_INVALID: return KN_E_VERSION;
    default: return KN_E_IO;
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

struct key {
    uint8_t bytes[MAX_KEY];
    size_t size;
};

static void put32(struct key *key, uint32_t value)
{
    assert(key->size + 4 <= MAX_KEY);
    for (int shift = 24; shift >= 0; shift -= 8) {
        key->bytes[key->size++] = (uint8_t)(value >> shift);
    }
}

static void put64(struct key *key, uint64_t value)
{
    put32(key, (uint32_t)(value >> 32));
    put32(key, (uint32_t)value);
}

static void put_bytes(struct key *key, const void *bytes, size_t size)
{
    assert(key->size + size <= MAX_KEY);
    memcpy(key->bytes + key->size, bytes, size);
    key->size += size;
}

static uint64_t get64(const void *bytes)
{
    const uint8_t *at = bytes;
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static struct key key64(uint64_t value)
{
    struct key key = {.size = 0};
    put64(&key, value);
    return key;
}

static struct key key_text(const char *text)
{
    struct key key = {.size = 0};
    put_bytes(&key, text, strlen(text));
    return key;
}

/* ---- values ---------------------------------------------------------------------------------- */

static uint32_t checksum(const void *key, size_t key_size, const void *value, size_t value_size)
{
    return crc32c(crc32c(0, key, key_size), value, value_size);
}

/* Strips and checks the checksum of VALUE under KEY. */
static bool check(store_txn_t *txn, const MDB_val *key, const MDB_val *value, struct slice *out)
{
    if (value->mv_size < 4) {
        txn->error = KN_E_CORRUPT;
        return false;
    }
    uint32_t want;
    out->bytes = value->mv_data;
    out->size = value->mv_size - 4;
    memcpy(&want, out->bytes + out->size, 4);
    if (checksum(key->mv_data, key->mv_size, out->bytes, out->size) != want) {
        txn->error = KN_E_CORRUPT;
        return false;
    }
    return true;
}

/* Tables whose records are small and touched by nearly every errand. */
static bool is_hot(enum table table)
{
    return table == META || table == INSTANCE || table == NAME;
}

static void put_through(store_txn_t *txn, enum table table, const struct key *key,
                        const void *value, size_t size, unsigned flags)
{
    if (txn->error) {
        return;
    }
    assert(txn->writes && size <= MAX_RECORD);
    uint32_t sum = checksum(key->bytes, key->size, value, size);
    if (value != txn->scratch && size) {
        memcpy(txn->scratch, value, size);
    }
    memcpy(txn->scratch + size, &sum, 4);
    MDB_val k = {key->size, (void *)(uintptr_t)key->bytes}, v = {size + 4, txn->scratch};
    txn->error = translate(mdb_put(txn->txn, txn->store->table[table], &k, &v, flags));
    txn->dirty = true;
}

static void put(store_txn_t *txn, enum table table, const struct key *key, const void *value,
                size_t size, unsigned flags)
{
    if (txn->writes && is_hot(table) && !txn->error &&
        hot_put(&txn->store->hot, (uint8_t)table, key->bytes, key->size, value, size, true)) {
        txn->dirty = true;
        return;
    }
    put_through(txn, table, key, value, size, flags);
}

static bool get(store_txn_t *txn, enum table table, const struct key *key, struct slice *out)
{
    if (txn->error) {
        return false;
    }
    bool hot = txn->writes && is_hot(table);
    struct hot_slot *slot =
        hot ? hot_find(&txn->store->hot, (uint8_t)table, key->bytes, key->size) : NULL;
    if (slot) {
        *out = (struct slice){slot->value, slot->value_size};
        return true;
    }
    MDB_val k = {key->size, (void *)(uintptr_t)key->bytes}, v;
    int rc = mdb_get(txn->txn, txn->store->table[table], &k, &v);
    if (rc == MDB_NOTFOUND) {
        return false;
    }
    if (rc) {
        txn->error = translate(rc);
        return false;
    }
    bool good = check(txn, &k, &v, out);
    if (good && hot) {
        hot_put(&txn->store->hot, (uint8_t)table, key->bytes, key->size, out->bytes, out->size,
                false);
    }
    return good;
}

/* Puts what is hot and changed into the store. */
static void flush_hot(store_txn_t *txn)
{
    struct hot *hot = &txn->store->hot;
    for (size_t i = 0; i < hot->n; i++) {
        struct hot_slot *slot = &hot->slot[hot->used[i]];
        if (slot->is_dirty) {
            struct key key = {.size = slot->key_size};
            memcpy(key.bytes, slot->key, slot->key_size);
            put_through(txn, (enum table)slot->table, &key, slot->value, slot->value_size, 0);
            slot->is_dirty = false;
        }
    }
}

static void drop(store_txn_t *txn, enum table table, const struct key *key)
{
    if (txn->error) {
        return;
    }
    MDB_val k = {key->size, (void *)(uintptr_t)key->bytes};
    int rc = mdb_del(txn->txn, txn->store->table[table], &k, NULL);
    if (rc != MDB_NOTFOUND) {
        txn->error = translate(rc);
        txn->dirty = true;
    }
}

/* How to seek: at or after the key, strictly after it, strictly before it, at or before it. */
enum seek { SEEK_FROM, SEEK_AFTER, SEEK_BEFORE, SEEK_UPTO };

/* Finds the neighbour of KEY; FOUND and VALUE live as long as the transaction's next write. */
static bool seek(store_txn_t *txn, enum table table, const struct key *key, enum seek how,
                 struct slice *found, struct slice *value)
{
    MDB_cursor *cursor = NULL;
    bool hit = false;
    if (txn->error) {
        return false;
    }
    int rc = mdb_cursor_open(txn->txn, txn->store->table[table], &cursor);
    if (!rc) {
        MDB_val k = {key->size, (void *)(uintptr_t)key->bytes}, v;
        bool empty = key->size == 0;
        rc = empty ? mdb_cursor_get(cursor, &k, &v, how == SEEK_BEFORE ? MDB_LAST : MDB_FIRST)
                   : mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
        bool same = !empty && !rc && k.mv_size == key->size &&
                    memcmp(k.mv_data, key->bytes, key->size) == 0;
        if (!empty && how == SEEK_AFTER && same) {
            rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
        } else if (!empty && (how == SEEK_BEFORE || (how == SEEK_UPTO && !same))) {
            rc = mdb_cursor_get(cursor, &k, &v, rc == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
        }
        if (!rc) {
            found->bytes = k.mv_data;
            found->size = k.mv_size;
            hit = check(txn, &k, &v, value);
        }
        mdb_cursor_close(cursor);
    }
    if (rc && rc != MDB_NOTFOUND) {
        txn->error = translate(rc);
    }
    return hit;
}

static void put_record(store_txn_t *txn, enum table table, const struct key *key,
                       enum kn_schema schema, const void *body)
{
    if (txn->error) {
        return;
    }
    long size = stored_encode(txn->scratch, MAX_RECORD, schema, body, false);
    assert(size > 0); /* the hub made this record: a fault here is our bug */
    put(txn, table, key, txn->scratch, (size_t)size, 0);
}

static void *get_record(store_txn_t *txn, enum kn_schema schema, struct slice value)
{
    void *body = NULL;
    int rc = stored_decode(&body, schema, value.bytes, value.size);
    if (rc) {
        txn->error = rc;
    }
    return body;
}

/* Writes the batches that were changed in place. */
static void flush_batches(store_txn_t *txn)
{
    for (size_t i = 0; i < txn->n_batches; i++) {
        if (txn->batches[i].is_dirty) {
            struct key key = {.size = 0};
            put_bytes(&key, txn->batches[i].id, 16);
            put_record(txn, BATCH, &key, KN_SCHEMA_BATCH, txn->batches[i].batch);
            txn->batches[i].is_dirty = false;
        }
    }
}

/* ---- the environment ------------------------------------------------------------------------- */

static int explain(char *why, size_t why_size, int code, const char *what, const char *folder)
{
    snprintf(why, why_size, "store %s: %s: %s", folder, what, mdb_strerror(code));
    return translate(code);
}

static int open_tables(store_t *self, char *why, size_t why_size)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(self->env, NULL, 0, &txn);
    for (int i = 0; !rc && i < N_TABLES; i++) {
        rc = mdb_dbi_open(txn, table_names[i], MDB_CREATE, &self->table[i]);
    }
    if (rc) {
        mdb_txn_abort(txn);
        return explain(why, why_size, rc, "cannot open its tables", self->folder);
    }
    rc = mdb_txn_commit(txn);
    return rc ? explain(why, why_size, rc, "cannot make its tables", self->folder) : KN_OK;
}

/* The format and what kind of clock: written when the store is made, checked ever after. */
static int check_format(store_t *self, bool test_clock, char *why, size_t why_size)
{
    store_txn_t *txn = store_begin(self, STORE_WRITE);
    uint64_t format = store_number(txn, "format");
    if (!format) {
        store_put_number(txn, "format", FORMAT);
        store_put_number(txn, "test_clock", test_clock);
    }
    self->test_clock = store_number(txn, "test_clock") != 0;
    int rc = store_error(txn) || store_dirty(txn) ? store_commit(&txn) : KN_OK;
    store_abort(&txn);
    if (!rc && format && format != FORMAT) {
        snprintf(why, why_size, "store %s: its format is %llu, this hub reads %d", self->folder,
                 (unsigned long long)format, FORMAT);
        return KN_E_VERSION;
    }
    if (rc) {
        snprintf(why, why_size, "store %s: %s", self->folder, kn_status_text(rc));
    }
    return rc;
}

int store_open(store_t **out, const struct store_options *options, char *why, size_t why_size)
{
    store_t *self = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    snprintf(self->folder, sizeof self->folder, "%s", options->folder);
    self->map_size = options->map_size ? options->map_size : (size_t)64 << 30;
    int rc = mkdir(self->folder, 0700) && errno != EEXIST ? errno : 0;
    int status = rc ? explain(why, why_size, rc, "cannot make the folder", self->folder) : 0;
    if (!status) {
        rc = mdb_env_create(&self->env);
        rc = rc ? rc : mdb_env_set_mapsize(self->env, self->map_size);
        rc = rc ? rc : mdb_env_set_maxdbs(self->env, N_TABLES);
        rc = rc ? rc : mdb_env_set_maxreaders(self->env, MAX_READERS);
        rc = rc ? rc : mdb_env_open(self->env, self->folder, MDB_NOTLS, 0600);
        status = rc ? explain(why, why_size, rc, "cannot be opened", self->folder) : 0;
    }
    if (!status) {
        int dead;
        mdb_reader_check(self->env, &dead); /* slots of readers that were killed */
        status = open_tables(self, why, why_size);
    }
    if (!status) {
        status = check_format(self, options->test_clock, why, why_size);
    }
    if (status) {
        store_close(&self);
    }
    *out = self;
    return status;
}

void store_close(store_t **self_p)
{
    store_t *self = *self_p;
    *self_p = NULL;
    if (self) {
        mdb_env_close(self->env);
        free(self);
    }
}

bool store_test_clock(const store_t *self)
{
    return self->test_clock;
}

void store_usage(store_t *self, struct store_usage *out)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct statvfs fs;
    memset(out, 0, sizeof *out);
    if (!mdb_env_info(self->env, &info) && !mdb_env_stat(self->env, &stat)) {
        out->map_size = info.me_mapsize;
        out->map_used = (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
    }
    if (!statvfs(self->folder, &fs)) {
        out->disk_free = (uint64_t)fs.f_bavail * fs.f_frsize;
    }
}

store_txn_t *store_begin(store_t *self, enum store_mode mode)
{
    size_t scratch = mode == STORE_WRITE ? MAX_RECORD + 4 : 0;
    store_txn_t *txn = malloc(sizeof *txn + scratch);
    assert(txn); /* a fixed size at the start of a turn: without it nothing can go on */
    txn->store = self;
    txn->txn = NULL;
    txn->writes = mode == STORE_WRITE;
    txn->dirty = false;
    txn->batches = NULL;
    txn->n_batches = txn->room_batches = 0;
    txn->error = translate(mdb_txn_begin(self->env, NULL, txn->writes ? 0 : MDB_RDONLY, &txn->txn));
    return txn;
}

int store_error(const store_txn_t *txn)
{
    return txn->error;
}

void store_fail(store_txn_t *txn, int code)
{
    txn->error = txn->error ? txn->error : code;
}

bool store_dirty(const store_txn_t *txn)
{
    return txn->dirty;
}

int store_commit(store_txn_t **txn_p)
{
    store_txn_t *txn = *txn_p;
    if (txn->writes) {
        flush_batches(txn);
        flush_hot(txn);
    }
    int rc = txn->error;
    if (!rc) {
        rc = translate(mdb_txn_commit(txn->txn));
        txn->txn = NULL;
        txn->dirty = rc != 0;
    }
    store_abort(txn_p);
    return rc;
}

void store_abort(store_txn_t **txn_p)
{
    store_txn_t *txn = *txn_p;
    *txn_p = NULL;
    if (txn) {
        for (size_t i = 0; i < txn->n_batches; i++) {
            kn_record_destroy((void **)&txn->batches[i].batch);
        }
        free(txn->batches);
        if (txn->writes && (txn->dirty || txn->error)) {
            hot_clear(&txn->store->hot); /* what was not committed is not known */
        }
        mdb_txn_abort(txn->txn);
        free(txn);
    }
}

/* ---- figures --------------------------------------------------------------------------------- */

uint64_t store_number(store_txn_t *txn, const char *name)
{
    struct key key = key_text(name);
    struct slice value;
    return get(txn, META, &key, &value) && value.size == 8 ? get64(value.bytes) : 0;
}

void store_put_number(store_txn_t *txn, const char *name, uint64_t value)
{
    struct key key = key_text(name), number = key64(value);
    put(txn, META, &key, number.bytes, 8, 0);
}

bool store_head(store_txn_t *txn, uint8_t hash[32])
{
    struct key key = key_text("head");
    struct slice value;
    memset(hash, 0, 32);
    if (!get(txn, META, &key, &value) || value.size != 32) {
        return false;
    }
    memcpy(hash, value.bytes, 32);
    return true;
}

void store_put_head(store_txn_t *txn, const uint8_t hash[32])
{
    struct key key = key_text("head");
    put(txn, META, &key, hash, 32, 0);
}

/* ---- the log --------------------------------------------------------------------------------- */

void store_append_entry(store_txn_t *txn, uint64_t first, struct slice entry)
{
    struct key key = key64(first);
    put(txn, LOG, &key, entry.bytes, entry.size, MDB_APPEND);
}

bool store_entry(store_txn_t *txn, uint64_t sequence, uint64_t *first, struct slice *entry)
{
    struct key key = key64(sequence);
    struct slice found;
    if (!seek(txn, LOG, &key, SEEK_UPTO, &found, entry)) {
        return false;
    }
    *first = get64(found.bytes);
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
    put(txn, CONTENT, &key, txn->scratch, record.size + 16, 0);
}

bool store_content(store_txn_t *txn, uint64_t sequence, uint8_t salt[16], struct slice *record)
{
    struct key key = key64(sequence);
    struct slice value;
    if (!get(txn, CONTENT, &key, &value) || value.size < 16) {
        return false;
    }
    memcpy(salt, value.bytes, 16);
    *record = (struct slice){value.bytes + 16, value.size - 16};
    return true;
}

/* ---- small ids for names --------------------------------------------------------------------- */

struct name {
    uint32_t id;
    uint64_t last; /* last position of a stream */
};

static bool get_name(store_txn_t *txn, char kind, const char *text, struct name *out)
{
    struct key key = {.size = 0};
    struct slice value;
    put_bytes(&key, &kind, 1);
    put_bytes(&key, text, strlen(text));
    if (!get(txn, NAME, &key, &value) || value.size != 16) {
        return false;
    }
    out->id = (uint32_t)get64(value.bytes);
    out->last = get64(value.bytes + 8);
    return true;
}

static void put_name(store_txn_t *txn, char kind, const char *text, const struct name *name)
{
    struct key key = {.size = 0}, value = {.size = 0};
    put_bytes(&key, &kind, 1);
    put_bytes(&key, text, strlen(text));
    put64(&value, name->id);
    put64(&value, name->last);
    put(txn, NAME, &key, value.bytes, value.size, 0);
}

static void make_name(store_txn_t *txn, char kind, const char *text, struct name *out)
{
    if (get_name(txn, kind, text, out)) {
        return;
    }
    *out = (struct name){.id = (uint32_t)store_number(txn, "names") + 1};
    store_put_number(txn, "names", out->id);
    put_name(txn, kind, text, out);
}

/* ---- transport key --------------------------------------------------------------------------- */

static bool instance_key(store_txn_t *txn, const char *agent, uint64_t instance, struct key *key)
{
    struct name name;
    key->size = 0;
    if (txn->writes) {
        make_name(txn, 'a', agent, &name);
    } else if (!get_name(txn, 'a', agent, &name)) {
        return false;
    }
    put32(key, name.id);
    put64(key, instance);
    return true;
}

void store_put_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                      const struct store_answer *answer)
{
    struct key key, value = {.size = 0};
    instance_key(txn, agent, instance, &key);
    put64(&key, sequence);
    put64(&value, answer->event);
    put64(&value, answer->case_number);
    put_bytes(&value, &answer->verdict, 1);
    put_bytes(&value, &answer->code, 1);
    put_bytes(&value, answer->field, strnlen(answer->field, sizeof answer->field - 1));
    put(txn, TRANSPORT, &key, value.bytes, value.size, 0);
}

bool store_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                  struct store_answer *out)
{
    struct key key;
    struct slice value;
    if (!instance_key(txn, agent, instance, &key)) {
        return false;
    }
    put64(&key, sequence);
    if (!get(txn, TRANSPORT, &key, &value) || value.size < 18) {
        return false;
    }
    size_t n_field = value.size - 18;
    memset(out, 0, sizeof *out);
    out->event = get64(value.bytes);
    out->case_number = get64(value.bytes + 8);
    out->verdict = value.bytes[16];
    out->code = value.bytes[17];
    memcpy(out->field, value.bytes + 18, n_field < sizeof out->field ? n_field : 0);
    return true;
}

uint64_t store_last_sequence(store_txn_t *txn, const char *agent, uint64_t instance)
{
    struct key key;
    struct slice value;
    return instance_key(txn, agent, instance, &key) && get(txn, INSTANCE, &key, &value) &&
                   value.size == 8
               ? get64(value.bytes)
               : 0;
}

void store_put_last_sequence(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t last)
{
    struct key key, value = key64(last);
    instance_key(txn, agent, instance, &key);
    put(txn, INSTANCE, &key, value.bytes, 8, 0);
}

/* ---- source key ------------------------------------------------------------------------------ */

static struct key row_key(const uint8_t container[16], const char *item)
{
    struct key key = {.size = 0};
    put_bytes(&key, container, 16);
    put_bytes(&key, item, strnlen(item, 64));
    return key;
}

void store_put_row(store_txn_t *txn, const uint8_t container[16], const char *item,
                   const struct store_row *row)
{
    struct key key = row_key(container, item), value = {.size = 0};
    put64(&value, row->event);
    put64(&value, row->case_number);
    put_bytes(&value, row->batch, 16);
    put32(&value, row->row);
    put_bytes(&value, &row->state, 1);
    put_bytes(&value, &row->code, 1);
    put_bytes(&value, row->field, strnlen(row->field, sizeof row->field - 1));
    put(txn, SOURCE, &key, value.bytes, value.size, 0);
}

static bool read_row(struct slice key, struct slice value, struct store_row *out)
{
    memset(out, 0, sizeof *out);
    if (value.size < 38 || value.size - 38 >= sizeof out->field || key.size < 16 ||
        key.size - 16 >= sizeof out->item) {
        return false;
    }
    out->event = get64(value.bytes);
    out->case_number = get64(value.bytes + 8);
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
    return get(txn, SOURCE, &key, &value) &&
           read_row((struct slice){key.bytes, key.size}, value, out);
}

bool store_next_row(store_txn_t *txn, const uint8_t container[16], const char *after,
                    struct store_row *out)
{
    struct key key = row_key(container, after);
    struct slice found, value;
    return seek(txn, SOURCE, &key, SEEK_AFTER, &found, &value) && found.size >= 16 &&
           memcmp(found.bytes, container, 16) == 0 && read_row(found, value, out);
}

/* ---- cases and batches ----------------------------------------------------------------------- */

struct kn_case *store_case(store_txn_t *txn, uint64_t number)
{
    struct key key = key64(number);
    struct slice value;
    return get(txn, CASE, &key, &value) ? get_record(txn, KN_SCHEMA_CASE, value) : NULL;
}

void store_put_case(store_txn_t *txn, const struct kn_case *record)
{
    struct key key = key64((uint64_t)record->number);
    put_record(txn, CASE, &key, KN_SCHEMA_CASE, record);
}

struct kn_case *store_case_below(store_txn_t *txn, uint64_t number)
{
    struct key key = {.size = 0};
    struct slice found, value;
    if (number) {
        put64(&key, number);
    }
    return seek(txn, CASE, &key, SEEK_BEFORE, &found, &value)
               ? get_record(txn, KN_SCHEMA_CASE, value)
               : NULL;
}

struct kn_batch *store_batch(store_txn_t *txn, const uint8_t id[16])
{
    struct key key = {.size = 0};
    struct slice value;
    for (size_t i = 0; i < txn->n_batches; i++) {
        if (memcmp(txn->batches[i].id, id, 16) == 0) {
            return txn->batches[i].batch;
        }
    }
    put_bytes(&key, id, 16);
    struct kn_batch *batch =
        get(txn, BATCH, &key, &value) ? get_record(txn, KN_SCHEMA_BATCH, value) : NULL;
    if (!batch) {
        return NULL;
    }
    if (txn->n_batches == txn->room_batches) {
        size_t room = txn->room_batches ? 2 * txn->room_batches : 16;
        struct held *more = realloc(txn->batches, room * sizeof *more);
        if (!more) {
            kn_record_destroy((void **)&batch);
            txn->error = KN_E_NOMEM;
            return NULL;
        }
        txn->batches = more;
        txn->room_batches = room;
    }
    struct held *held = &txn->batches[txn->n_batches++];
    *held = (struct held){.batch = batch};
    memcpy(held->id, id, sizeof held->id);
    return batch;
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

void store_put_batch(store_txn_t *txn, const struct kn_batch *record)
{
    struct key key = {.size = 16};
    for (size_t i = 0; i < txn->n_batches; i++) {
        if (txn->batches[i].batch == record) { /* changed in place: written at the end */
            txn->batches[i].is_dirty = txn->dirty = true;
            return;
        }
    }
    for (int i = 0; i < 16; i++) {
        key.bytes[i] =
            (uint8_t)(nibble(record->batch[2 * i]) << 4 | nibble(record->batch[2 * i + 1]));
    }
    put_record(txn, BATCH, &key, KN_SCHEMA_BATCH, record);
    for (size_t i = 0; i < txn->n_batches; i++) { /* another record is in its place now */
        if (memcmp(txn->batches[i].id, key.bytes, 16) == 0) {
            kn_record_destroy((void **)&txn->batches[i].batch);
            txn->batches[i] = txn->batches[--txn->n_batches];
            break;
        }
    }
}

struct kn_batch *store_next_batch(store_txn_t *txn, const uint8_t *after)
{
    struct key key = {.size = 0};
    struct slice found, value;
    if (after) {
        put_bytes(&key, after, 16);
    }
    return seek(txn, BATCH, &key, SEEK_AFTER, &found, &value)
               ? get_record(txn, KN_SCHEMA_BATCH, value)
               : NULL;
}

/* ---- streams --------------------------------------------------------------------------------- */

static struct key stream_key(uint32_t stream, uint64_t position)
{
    struct key key = {.size = 0};
    put32(&key, stream);
    put64(&key, position);
    return key;
}

uint32_t store_stream(store_txn_t *txn, const char *name)
{
    struct name found;
    return get_name(txn, 's', name, &found) ? found.id : 0;
}

uint64_t store_stream_last(store_txn_t *txn, uint32_t stream)
{
    struct key key = stream_key(stream, UINT64_MAX);
    struct slice found, value;
    return seek(txn, STREAM, &key, SEEK_UPTO, &found, &value) && found.size == 12 &&
                   memcmp(found.bytes, key.bytes, 4) == 0
               ? get64(found.bytes + 4)
               : 0;
}

void store_append_stream(store_txn_t *txn, const char *name, uint64_t event)
{
    struct name stream;
    make_name(txn, 's', name, &stream);
    stream.last++;
    put_name(txn, 's', name, &stream);
    struct key key = stream_key(stream.id, stream.last), value = key64(event);
    put(txn, STREAM, &key, value.bytes, 8, 0);
}

uint64_t store_stream_event(store_txn_t *txn, uint32_t stream, uint64_t position)
{
    struct key key = stream_key(stream, position);
    struct slice value;
    return get(txn, STREAM, &key, &value) && value.size == 8 ? get64(value.bytes) : 0;
}

static struct key cursor_key(const char *stream, const char *consumer)
{
    struct key key = {.size = 0};
    put_bytes(&key, stream, strlen(stream) + 1);
    put_bytes(&key, consumer, strlen(consumer));
    return key;
}

bool store_cursor(store_txn_t *txn, const char *stream, const char *consumer, uint64_t *position,
                  char agent[64])
{
    struct key key = cursor_key(stream, consumer);
    struct slice value;
    if (!get(txn, CURSOR, &key, &value) || value.size < 8 || value.size - 8 >= 64) {
        return false;
    }
    *position = get64(value.bytes);
    memset(agent, 0, 64);
    memcpy(agent, value.bytes + 8, value.size - 8);
    return true;
}

void store_put_cursor(store_txn_t *txn, const char *stream, const char *consumer, const char *agent,
                      uint64_t position)
{
    struct key key = cursor_key(stream, consumer), value = key64(position);
    put_bytes(&value, agent, strnlen(agent, 63));
    put(txn, CURSOR, &key, value.bytes, value.size, 0);
}

bool store_next_cursor(store_txn_t *txn, char stream[96], char consumer[64], char agent[64],
                       uint64_t *position)
{
    struct key key = {.size = 0};
    struct slice found, value;
    if (*stream) {
        key = cursor_key(stream, consumer);
    }
    if (!seek(txn, CURSOR, &key, SEEK_AFTER, &found, &value)) {
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
    *position = get64(value.bytes);
    return true;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static struct key due_key(int64_t at, uint64_t case_number, uint8_t clock)
{
    struct key key = key64((uint64_t)at);
    put64(&key, case_number);
    put_bytes(&key, &clock, 1);
    return key;
}

void store_put_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint8_t clock)
{
    struct key key = due_key(at, case_number, clock);
    put(txn, DUE, &key, "", 0, 0);
}

void store_drop_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint8_t clock)
{
    struct key key = due_key(at, case_number, clock);
    drop(txn, DUE, &key);
}

bool store_next_due(store_txn_t *txn, int64_t *at, uint64_t *case_number, uint8_t *clock)
{
    struct key key = due_key(*at, *case_number, *clock);
    struct slice found, value;
    if (!seek(txn, DUE, &key, SEEK_FROM, &found, &value) || found.size != 17) {
        return false;
    }
    *at = (int64_t)get64(found.bytes);
    *case_number = get64(found.bytes + 8);
    *clock = found.bytes[16];
    return true;
}

/* ---- agents, registers, signatures ----------------------------------------------------------- */

void store_put_agent(store_txn_t *txn, const struct kn_agent *agent)
{
    struct key key = key_text(agent->agent);
    put_record(txn, AGENT, &key, KN_SCHEMA_AGENT, agent);
}

struct kn_agent *store_next_agent(store_txn_t *txn, const char *after)
{
    struct key key = key_text(after);
    struct slice found, value;
    return seek(txn, AGENT, &key, SEEK_AFTER, &found, &value)
               ? get_record(txn, KN_SCHEMA_AGENT, value)
               : NULL;
}

static struct key register_key(const char *version, const char *name)
{
    struct key key = {.size = 0};
    put_bytes(&key, version, strlen(version) + 1);
    put_bytes(&key, name, strlen(name));
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
        put_bytes(&key, "", 1);
        put32(&key, piece++);
        put(txn, REGISTER, &key, file.bytes + at, size, 0);
        at += size;
    } while (at < file.size);
}

bool store_next_register(store_txn_t *txn, const char *version, char name[64], uint32_t *piece,
                         struct slice *part)
{
    struct key key = register_key(version, name);
    struct slice found;
    if (*name) {
        put_bytes(&key, "", 1);
        put32(&key, *piece);
    }
    size_t n_version = strlen(version) + 1;
    if (!seek(txn, REGISTER, &key, SEEK_AFTER, &found, part) || found.size < n_version + 5 ||
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
    put(txn, SIGNATURE, &key, signature.bytes, signature.size, 0);
}

bool store_next_signature(store_txn_t *txn, uint64_t *case_number, struct slice *signature)
{
    struct key key = key64(*case_number);
    struct slice found;
    if (!seek(txn, SIGNATURE, &key, SEEK_AFTER, &found, signature)) {
        return false;
    }
    *case_number = get64(found.bytes);
    return true;
}

/* ---- checking -------------------------------------------------------------------------------- */

int store_check(store_t *self, uint64_t *n_records, uint64_t *n_damaged)
{
    store_txn_t *txn = store_begin(self, STORE_READ);
    int rc = txn->error;
    *n_records = *n_damaged = 0;
    for (int table = 0; !rc && table < N_TABLES; table++) {
        MDB_cursor *cursor = NULL;
        MDB_val key, value;
        struct slice out;
        int engine = mdb_cursor_open(txn->txn, self->table[table], &cursor);
        while (!engine && !(engine = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
            ++*n_records;
            *n_damaged += !check(txn, &key, &value, &out);
        }
        mdb_cursor_close(cursor);
        rc = engine == MDB_NOTFOUND ? KN_OK : translate(engine);
    }
    store_abort(&txn);
    return rc;
}
