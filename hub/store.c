/* store.c - tables of checked values over LMDB; the only file of the hub that knows <lmdb.h>.
 * The domain's verbs stand on it: store_log.c, store_keys.c, store_cases.c, store_streams.c,
 * store_registers.c, store_local.c.
 *
 * Layout (big-endian keys; every value is followed by a CRC32C over key and value):
 *
 *   meta       name                                   number (8) or hash (32)         journaled
 *   log        sequence of the entry's first event    entry, see log.h                journaled
 *   content    the same sequence                      salt (16), content record       erasable
 *   transport  agent id (4) instance (8) sequence     series of first answers         journaled
 *   instance   agent id (4) instance (8)              last sequence answered          journaled
 *   source     container (16) item                    row                             journaled
 *   case       case number                            case record                     journaled
 *   batch      batch id (16)                          batch record                    journaled
 *   name       's' stream, 'a' agent                  small id (4), last position     journaled
 *   stream     stream id (4) position                 series of sequences of events,  journaled
 *                                                     perhaps with the case told of
 *   open       's' or 't', key before the position     the record that a series fills   journaled
 *   due        instant (8) case (8) clock (2)         nothing                         journaled
 *   cursor     stream NUL consumer                    position (8), agent             local
 *   agent      name                                   agent record                    journaled
 *   register   version NUL name                       file                            journaled
 *   file       digest (32) sequence of the event      case number                     erasable
 *   dictionary number; 256 + number: its copy         table NUL dictionary            local
 *   link       case number, linked case's number      agent of the linked case        journaled
 *   related    case number, number of the case that   kind of relation (1)            journaled
 *              belongs to it
 *   pair       state (1) later case (8) earlier (8)   pair record                     journaled
 *   reading    case number                            hash of its words (16), packed  derived
 *                                                     reading
 *   quarantine number (8)                             refused event                   local
 *   quarantine stream NUL consumer NUL agent NUL position (8)  number (8)             local
 *   erased     sequence of the erasure (8)            case number                     journaled
 *   denial     number (8)                             who was turned away             local
 *
 * A series keeps many positions in one record (store_series.c).
 *
 * Records are in the form of the disk (schemas/stored.h); those of log, content and case are packed
 * (store_packing.c).
 *
 * LMDB is used with its default flags: a commit that returned 0 is on the disk. No WRITEMAP, no
 * DUPSORT, no set_mapsize on a live environment (docs/adr/0004). Errors of the engine are
 * translated in one place (translate); after a panic (KN_E_IO) the hub restarts.
 */
#include "hub/store_parts.h"

#include "hub/crc32c.h"
#include "hub/digest.h"
#include "hub/hot.h"
#include "hub/journal.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    FORMAT = 6, /* of the layout above; a store of another format is refused */
    MAX_READERS = 126,
};

const char *const store_table_names[N_TABLES] = {
    "meta", "log",    "content", "transport", "instance",   "source",   "case",   "batch",
    "name", "stream", "due",     "cursor",    "agent",      "register", "file",   "dictionary",
    "link", "pair",   "related", "reading",   "quarantine", "erased",   "denial", "open"};

struct store {
    MDB_env *env;
    MDB_dbi table[N_TABLES];
    pthread_rwlock_t gate; /* held shared by each transaction, alone while the file is replaced */
    int lock;              /* of the process that writes; -1: none */
    bool read_only;
    char folder[512];
    size_t map_size;
    bool test_clock;
    struct store_packing *packing;
    /* the writer's */
    journal_t *journal;
    struct MDB_txn *open; /* holds the turns that are in the journal alone; NULL: none are begun */
    struct hot hot;
    struct store_series *series;
};

static int translate(int code)
{
    switch (code) {
    case 0: return KN_OK;
    case MDB_NOTFOUND: return KN_E_NOT_FOUND;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EROFS: /* the kernel made the file system read-only: like a full one, reads go on */
    case EDQUOT: return KN_E_FULL;
    case ENOMEM: return KN_E_NOMEM;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND: return KN_E_CORRUPT;
    case MDB_VERSION_MISMATCH:
    case MDB_INVALID: return KN_E_VERSION;
    case MDB_PANIC: return KN_E_IO; /* the meta page could not be written: only a start helps */
    case EINVAL: return KN_E_INVALID;
    /* what is left of the engine's own codes is about one record (its size, its key): not the disk
     */
    default: return code > 0 ? KN_E_IO : KN_E_INVALID;
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

static uint32_t checksum(const void *key, size_t key_size, const void *value, size_t value_size)
{
    return crc32c(crc32c(0, key, key_size), value, value_size);
}

/* Strips and checks the checksum of VALUE under KEY, and unpacks it. */
static bool check(store_txn_t *txn, enum table table, const MDB_val *key, const MDB_val *value,
                  struct slice *out)
{
    uint32_t want;
    if (value->mv_size < 4) {
        txn->error = KN_E_CORRUPT;
        return false;
    }
    out->bytes = value->mv_data;
    out->size = value->mv_size - 4;
    memcpy(&want, out->bytes + out->size, 4);
    if (checksum(key->mv_data, key->mv_size, out->bytes, out->size) != want) {
        txn->error = KN_E_CORRUPT;
        return false;
    }
    return store_unpack(txn, table, out);
}

/* Tables whose records are small and touched by nearly every errand. */
static bool is_hot(enum table table)
{
    return table == META || table == INSTANCE || table == NAME;
}

enum { PLAIN = 1 << 30 }; /* beside the engine's flags: not packed */

static void note(store_txn_t *txn, enum journal_kind kind, enum table table, const struct key *key,
                 struct slice value)
{
    if (!txn->is_quiet && txn->store->journal) {
        struct journal_op op = {kind, (uint8_t)table, {key->bytes, key->size}, value};
        journal_add(txn->store->journal, &op);
    }
}

void store_note_item(store_txn_t *txn, enum table table, const struct key *series,
                     uint64_t position, struct slice item)
{
    struct key key = *series;
    key_put64(&key, position);
    note(txn, JOURNAL_ITEM, table, &key, item);
}

/* VALUE as it lies in the table, but for its checksum. */
static void put_packed(store_txn_t *txn, enum table table, const struct key *key,
                       struct slice value, unsigned flags)
{
    if (txn->error) {
        return;
    }
    uint32_t sum = checksum(key->bytes, key->size, value.bytes, value.size);
    MDB_val k = {key->size, (void *)(uintptr_t)key->bytes}, v = {value.size + 4, NULL};
    int rc = mdb_put(txn->txn, txn->store->table[table], &k, &v, flags | MDB_RESERVE);
    if (!rc && value.size) {
        memcpy(v.mv_data, value.bytes, value.size);
    }
    if (!rc) {
        memcpy((uint8_t *)v.mv_data + value.size, &sum, 4);
    }
    store_fail(txn, translate(rc));
    txn->dirty = true;
    note(txn, JOURNAL_PUT, table, key, value);
}

static void put_through(store_txn_t *txn, enum table table, const struct key *key,
                        struct slice value, unsigned flags)
{
    if (txn->error) {
        return;
    }
    assert(txn->writes && value.size <= MAX_RECORD);
    value = store_pack(txn, table, value, flags & PLAIN);
    put_packed(txn, table, key, value, flags & ~(unsigned)PLAIN);
}

void store_put(store_txn_t *txn, enum table table, const struct key *key, const void *value,
               size_t size)
{
    if (txn->writes && is_hot(table) && !txn->error &&
        hot_put(&txn->store->hot, (uint8_t)table, key->bytes, key->size, value, size, true)) {
        txn->dirty = true;
        note(txn, JOURNAL_PUT, table, key, (struct slice){value, size});
        return;
    }
    put_through(txn, table, key, (struct slice){value, size}, 0);
}

void store_append(store_txn_t *txn, enum table table, const struct key *key, struct slice value)
{
    put_through(txn, table, key, value, MDB_APPEND);
}

void store_append_packed(store_txn_t *txn, enum table table, const struct key *key,
                         struct slice packed)
{
    put_packed(txn, table, key, packed, MDB_APPEND);
}

struct store_packing *store_packing_of(store_t *store)
{
    return store->packing;
}

bool store_get(store_txn_t *txn, enum table table, const struct key *key, struct slice *out)
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
    bool good = check(txn, table, &k, &v, out);
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
    txn->is_quiet = true;
    for (size_t i = 0; i < hot->n; i++) {
        struct hot_slot *slot = &hot->slot[hot->used[i]];
        if (slot->is_dirty) {
            struct key key = {.size = slot->key_size};
            memcpy(key.bytes, slot->key, slot->key_size);
            put_through(txn, (enum table)slot->table, &key,
                        (struct slice){slot->value, slot->value_size}, 0);
            slot->is_dirty = false;
        }
    }
    txn->is_quiet = false;
}

void store_drop(store_txn_t *txn, enum table table, const struct key *key)
{
    if (txn->error) {
        return;
    }
    MDB_val k = {key->size, (void *)(uintptr_t)key->bytes};
    int rc = mdb_del(txn->txn, txn->store->table[table], &k, NULL);
    if (rc != MDB_NOTFOUND) {
        txn->error = translate(rc);
        txn->dirty = true;
        note(txn, JOURNAL_DROP, table, key, (struct slice){.size = 0});
    }
}

bool store_seek(store_txn_t *txn, enum table table, const struct key *key, enum seek how,
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
            hit = check(txn, table, &k, &v, value);
        }
        mdb_cursor_close(cursor);
    }
    if (rc && rc != MDB_NOTFOUND) {
        txn->error = translate(rc);
    }
    return hit;
}

void store_put_record(store_txn_t *txn, enum table table, const struct key *key,
                      enum kn_schema schema, const void *body)
{
    if (txn->error) {
        return;
    }
    long size = stored_encode(txn->scratch, MAX_RECORD, schema, body, false);
    assert(size > 0); /* the hub made this record: a fault here is our bug */
    store_put(txn, table, key, txn->scratch, (size_t)size);
}

void store_put_plain_record(store_txn_t *txn, enum table table, const struct key *key,
                            enum kn_schema schema, const void *body)
{
    if (!txn->error) {
        long size = stored_encode(txn->scratch, MAX_RECORD, schema, body, false);
        assert(size > 0);
        put_through(txn, table, key, (struct slice){txn->scratch, (size_t)size}, PLAIN);
    }
}

void *store_get_record(store_txn_t *txn, enum kn_schema schema, struct slice value)
{
    void *body = NULL;
    int rc = stored_decode(&body, schema, value.bytes, value.size);
    if (rc) {
        txn->error = rc;
    }
    return body;
}

/* ---- the journal ----------------------------------------------------------------------------- */

/* One op of the journal, done again in the transaction ARG. */
static int do_again(void *arg, const struct journal_op *op)
{
    store_txn_t *txn = arg;
    enum table table = (enum table)op->table;
    struct key key = {.size = op->key.size};
    if (table >= N_TABLES || key.size > MAX_KEY) {
        return KN_E_CORRUPT;
    }
    memcpy(key.bytes, op->key.bytes, key.size);
    switch (op->kind) {
    case JOURNAL_PUT:
        if (is_hot(table)) {
            store_put(txn, table, &key, op->value.bytes, op->value.size);
        } else {
            put_packed(txn, table, &key, op->value, 0);
        }
        break;
    case JOURNAL_DROP: store_drop(txn, table, &key); break;
    case JOURNAL_ITEM:
        if (key.size < 8) {
            return KN_E_CORRUPT;
        }
        key.size -= 8;
        store_put_item(txn, table, &key, key_get64(key.bytes + key.size), op->value);
        break;
    default: return KN_E_CORRUPT;
    }
    return txn->error;
}

/* The tables' transaction goes on where the last turn ended; one that was aborted is made again. */
static void take_up(store_txn_t *txn)
{
    store_t *store = txn->store;
    txn->txn = store->open;
    store->open = NULL;
    if (txn->txn) {
        return;
    }
    txn->error = translate(mdb_txn_begin(store->env, NULL, 0, &txn->txn));
    if (!txn->error && store->journal && journal_has_tail(store->journal)) {
        txn->is_quiet = true;
        store_fail(txn, journal_replay(store->journal, do_again, txn));
        txn->is_quiet = txn->dirty = false;
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
    int rc = mdb_txn_begin(self->env, NULL, self->read_only ? MDB_RDONLY : 0, &txn);
    for (int i = 0; !rc && i < N_TABLES; i++) {
        rc = mdb_dbi_open(txn, store_table_names[i], self->read_only ? 0 : MDB_CREATE,
                          &self->table[i]);
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
    store_txn_t *txn = store_begin(self, self->read_only ? STORE_READ : STORE_WRITE);
    uint64_t format = store_number(txn, "format");
    if (!format && !self->read_only) {
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

static void close_env(store_t *self)
{
    mdb_env_close(self->env);
    self->env = NULL;
    hot_clear(&self->hot);
    store_forget_series(self->series);
}

/* One process writes: what it knows in memory must be true. The lock ends with the process. */
static int lock_folder(store_t *self, char *why, size_t why_size)
{
    char path[sizeof self->folder + 16];
    snprintf(path, sizeof path, "%s/hub.lock", self->folder);
    self->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (self->lock < 0) {
        return explain(why, why_size, errno, "cannot be locked", self->folder);
    }
    if (flock(self->lock, LOCK_EX | LOCK_NB)) {
        snprintf(why, why_size, "store %s: another hub uses it; stop that one first", self->folder);
        return KN_E_BUSY;
    }
    return KN_OK;
}

/* Opens the environment in FOLDER and its tables. */
static int open_engine(store_t *self, const char *folder, char *why, size_t why_size)
{
    int dead;
    int rc = mdb_env_create(&self->env);
    rc = rc ? rc : mdb_env_set_mapsize(self->env, self->map_size);
    rc = rc ? rc : mdb_env_set_maxdbs(self->env, N_TABLES);
    rc = rc ? rc : mdb_env_set_maxreaders(self->env, MAX_READERS);
    rc = rc ? rc
            : mdb_env_open(self->env, folder, MDB_NOTLS | (self->read_only ? MDB_RDONLY : 0), 0600);
    if (rc) {
        return explain(why, why_size, rc, "cannot be opened", folder);
    }
    mdb_reader_check(self->env, &dead); /* slots of readers that were killed */
    return open_tables(self, why, why_size);
}

/* The same; what it lacks is made. */
static int open_env(store_t *self, const char *folder, bool test_clock, char *why, size_t why_size)
{
    int rc = open_engine(self, folder, why, why_size);
    return rc ? rc : check_format(self, test_clock, why, why_size);
}

/* The id of the journal, 0: it has none yet, and the last of its turns that the tables hold. */
static int read_journal_numbers(store_t *self, uint64_t *id, uint64_t *settled)
{
    store_txn_t *txn = store_begin(self, STORE_READ);
    *id = store_number(txn, "journal_id");
    *settled = store_number(txn, "journal");
    int rc = store_error(txn);
    store_abort(&txn);
    return rc;
}

/* Opens the journal and brings the tables up to it. Its id is drawn once; it says whose it is. */
static int open_journal(store_t *self, char *why, size_t why_size)
{
    uint64_t id, settled;
    int rc = read_journal_numbers(self, &id, &settled);
    if (!rc && !id) {
        digest_random(&id, sizeof id);
        store_txn_t *txn = store_begin(self, STORE_WRITE);
        store_put_number(txn, "journal_id", id);
        rc = store_commit(&txn);
    }
    rc = rc ? rc : journal_open(&self->journal, self->folder, id, settled);
    rc = rc ? rc : store_settle(self);
    if (rc == KN_E_CORRUPT) {
        snprintf(why, why_size,
                 "store %s: the file journal holds petitions of another store; move it away",
                 self->folder);
    } else if (rc) {
        snprintf(why, why_size, "store %s: its journal: %s", self->folder, kn_status_text(rc));
    }
    return rc;
}

/* A store that was killed, looked at while nobody runs it: its tables are brought up first. */
static int catch_up(store_t *self, char *why, size_t why_size)
{
    uint64_t id, settled;
    if (read_journal_numbers(self, &id, &settled) || !journal_is_ahead(self->folder, id, settled)) {
        return KN_OK; /* what is damaged is for those to tell who read it */
    }
    struct store_options options = {.folder = self->folder, .map_size = self->map_size};
    store_t *whole = NULL;
    close_env(self); /* a process has a file open once */
    int rc = store_open(&whole, &options, why, why_size);
    store_close(&whole);
    if (rc && rc != KN_E_BUSY) { /* busy: its hub runs */
        return rc;
    }
    return open_env(self, self->folder, false, why, why_size);
}

/* Makes a store beside its place and moves it there whole: half of one, after a kill or a power cut
 * in the making, could never be opened again. */
static int make_store(store_t *self, const char *data, bool test_clock, char *why, size_t why_size)
{
    enum { ROOM = sizeof self->folder + 32 };
    char making[ROOM], new_data[ROOM + 16], new_lock[ROOM + 16];
    snprintf(making, sizeof making, "%s/making", self->folder);
    snprintf(new_data, sizeof new_data, "%s/data.mdb", making);
    snprintf(new_lock, sizeof new_lock, "%s/lock.mdb", making);
    unlink(new_data);
    if (mkdir(making, 0700) && errno != EEXIST) {
        return explain(why, why_size, errno, "cannot make a folder", making);
    }
    int status = open_env(self, making, test_clock, why, why_size);
    close_env(self);
    if (status) {
        return status;
    }
    int folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || rename(new_data, data) || fsync(folder)) {
        status = explain(why, why_size, errno, "cannot be moved to its place", self->folder);
    }
    if (folder >= 0) {
        close(folder);
    }
    unlink(new_lock);
    rmdir(making);
    return status;
}

static int open_dictionaries(store_t *self, char *why, size_t why_size)
{
    int rc = store_find_dictionaries(self, self->packing);
    rc = rc || self->read_only ? rc : store_enter_words(self, self->packing);
    if (rc) {
        snprintf(why, why_size, "store %s: its dictionaries: %s", self->folder, kn_status_text(rc));
    }
    return rc;
}

int store_open(store_t **out, const struct store_options *options, char *why, size_t why_size)
{
    char data[sizeof((store_t *)0)->folder + 16];
    store_t *self = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    pthread_rwlockattr_t fair; /* else readers one behind the other keep a compaction waiting */
    pthread_rwlockattr_init(&fair);
    pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&self->gate, &fair);
    pthread_rwlockattr_destroy(&fair);
    self->lock = -1;
    self->read_only = options->read_only;
    self->packing = store_packing_new();
    self->series = store_series_new();
    if (!self->packing || !self->series) {
        store_close(&self);
        return KN_E_NOMEM;
    }
    snprintf(self->folder, sizeof self->folder, "%s", options->folder);
    snprintf(data, sizeof data, "%s/data.mdb", self->folder);
    self->map_size = options->map_size ? options->map_size : (size_t)64 << 30;
    int rc = mkdir(self->folder, 0700) && errno != EEXIST ? errno : 0;
    int status = rc ? explain(why, why_size, rc, "cannot make the folder", self->folder) : 0;
    if (!status && !self->read_only) {
        status = lock_folder(self, why, why_size);
    }
    if (!status && access(data, F_OK) && self->read_only) {
        status = explain(why, why_size, ENOENT, "there is none", self->folder);
    }
    if (!status && access(data, F_OK)) {
        status = make_store(self, data, options->test_clock, why, why_size);
    }
    if (!status) {
        status = open_env(self, self->folder, options->test_clock, why, why_size);
    }
    if (!status) {
        status =
            self->read_only ? catch_up(self, why, why_size) : open_journal(self, why, why_size);
    }
    if (!status) {
        status = open_dictionaries(self, why, why_size);
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
        if (self->env) {
            (void)store_settle(self); /* what cannot be is when it is opened again */
            mdb_env_close(self->env);
        }
        journal_close(&self->journal);
        if (self->lock >= 0) {
            close(self->lock);
        }
        pthread_rwlock_destroy(&self->gate);
        store_packing_destroy(&self->packing);
        free(self->series);
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
        out->disk_size = (uint64_t)fs.f_blocks * fs.f_frsize;
        out->disk_free = (uint64_t)fs.f_bavail * fs.f_frsize;
    }
}

store_txn_t *store_begin(store_t *self, enum store_mode mode)
{
    size_t scratch = mode == STORE_WRITE ? MAX_RECORD : 0;
    store_txn_t *txn = malloc(sizeof *txn + scratch);
    assert(txn); /* a fixed size at the start of a turn: without it nothing can go on */
    txn->store = self;
    txn->txn = NULL;
    txn->writes = mode == STORE_WRITE;
    txn->dirty = txn->is_quiet = false;
    txn->packing = self->packing;
    txn->series = txn->writes ? self->series : NULL;
    memset(txn->room, 0, sizeof txn->room);
    txn->batches = NULL;
    txn->n_batches = txn->room_batches = 0;
    pthread_rwlock_rdlock(&self->gate);
    txn->error = self->env ? KN_OK : KN_E_CORRUPT;
    if (self->env && txn->writes) {
        take_up(txn);
    } else if (self->env) {
        txn->error = translate(mdb_txn_begin(self->env, NULL, MDB_RDONLY, &txn->txn));
    }
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

/* Writes into the tables what the writer keeps in memory. True: a dictionary was learned. */
static bool flush(store_txn_t *txn)
{
    journal_t *journal = txn->store->journal;
    store_flush_batches(txn);
    store_flush_series(txn);
    bool learned = store_lesson_is_due(txn);
    if (learned) {
        store_learn(txn);
    }
    if (!txn->error && journal && journal_has_tail(journal)) {
        store_put_number(txn, "journal", journal_last(journal));
    }
    flush_hot(txn);
    return learned;
}

int store_commit(store_txn_t **txn_p)
{
    store_txn_t *txn = *txn_p;
    store_t *store = txn->store;
    bool learned = txn->writes && flush(txn);
    int rc = txn->error;
    if (!rc) {
        rc = translate(mdb_txn_commit(txn->txn));
        txn->txn = NULL;
        txn->dirty = rc != 0;
    }
    if (!rc && txn->writes && store->journal) {
        journal_restart(store->journal);
    }
    store_abort(txn_p);
    if (learned) {
        store_find_dictionaries(
            store, store->packing); /* what cannot be read now is read when the store is opened */
    }
    return rc;
}

int store_note(store_txn_t **txn_p)
{
    store_txn_t *txn = *txn_p;
    journal_t *journal = txn->store->journal;
    store_flush_batches(txn);
    if (!journal || store_lesson_is_due(txn)) {
        return store_commit(txn_p);
    }
    int rc = txn->error ? txn->error : journal_write(journal);
    if (rc == KN_E_FULL && !txn->error) {
        return store_commit(txn_p); /* longer than what is left of the journal */
    }
    store_fail(txn, rc);
    txn->dirty = rc != 0;
    store_abort(txn_p);
    return rc;
}

int store_settle(store_t *self)
{
    if (!self->journal || !journal_has_tail(self->journal)) {
        return KN_OK;
    }
    store_txn_t *txn = store_begin(self, STORE_WRITE);
    return store_commit(&txn);
}

void store_abort(store_txn_t **txn_p)
{
    store_txn_t *txn = *txn_p;
    *txn_p = NULL;
    if (!txn) {
        return;
    }
    store_t *store = txn->store;
    bool is_bad = txn->dirty || txn->error;
    store_drop_batches(txn);
    if (txn->writes && store->journal) {
        journal_drop(store->journal);
    }
    if (txn->writes && is_bad) {
        hot_clear(&store->hot); /* what was not committed is not known */
        store_forget_series(txn->series);
    }
    if (txn->writes && !is_bad && store->journal && journal_has_tail(store->journal)) {
        store->open = txn->txn; /* for the next one */
    } else {
        mdb_txn_abort(txn->txn);
    }
    pthread_rwlock_unlock(&store->gate);
    for (int table = 0; table < N_TABLES; table++) {
        free(txn->room[table]);
    }
    free(txn);
}

uint64_t store_count_readings(store_txn_t *txn)
{
    MDB_stat stat = {.ms_entries = 0};
    int rc = txn->error ? 0 : mdb_stat(txn->txn, txn->store->table[READING], &stat);
    txn->error = rc ? translate(rc) : txn->error;
    return stat.ms_entries;
}

/* ---- copies ---------------------------------------------------------------------------------- */

int store_copy(store_t *self, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    }
    pthread_rwlock_rdlock(&self->gate);
    int rc = self->env ? translate(mdb_env_copyfd2(self->env, fd, MDB_CP_COMPACT)) : KN_E_CORRUPT;
    pthread_rwlock_unlock(&self->gate);
    if (!rc && fsync(fd)) {
        rc = errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    }
    close(fd);
    return rc;
}

/* The file of readers and the data belong together: a backup that runs in another process has the
 * folder's copy.lock shared. */
static int lock_copies(const store_t *self)
{
    char path[sizeof self->folder + 16];
    snprintf(path, sizeof path, "%s/copy.lock", self->folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Changes the files while nobody has a transaction. */
static int replace_file(store_t *self, const char *fresh)
{
    char data[sizeof self->folder + 16], lock[sizeof self->folder + 16], why[256];
    snprintf(data, sizeof data, "%s/data.mdb", self->folder);
    snprintf(lock, sizeof lock, "%s/lock.mdb", self->folder);
    close_env(self);
    int folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = folder >= 0 && rename(fresh, data) == 0 && fsync(folder) == 0 ? KN_OK : KN_E_IO;
    if (folder >= 0) {
        close(folder);
    }
    unlink(lock); /* it counts the transactions of the file that is gone */
    if (open_engine(self, self->folder, why, sizeof why)) {
        return KN_E_CORRUPT;
    }
    return rc;
}

int store_compact(store_t *self)
{
    char fresh[sizeof self->folder + 16];
    snprintf(fresh, sizeof fresh, "%s/compact.mdb", self->folder);
    int rc = store_settle(self), copies = lock_copies(self);
    if (copies < 0 || rc) {
        if (copies >= 0) {
            close(copies);
        }
        return rc ? rc : KN_E_BUSY;
    }
    pthread_rwlock_wrlock(&self->gate);
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    rc = fd < 0 ? KN_E_IO : translate(mdb_env_copyfd2(self->env, fd, MDB_CP_COMPACT));
    if (!rc && fsync(fd)) {
        rc = KN_E_IO;
    }
    if (fd >= 0) {
        close(fd);
    }
    if (!rc) {
        rc = replace_file(self, fresh);
    }
    unlink(fresh); /* when it was not used */
    pthread_rwlock_unlock(&self->gate);
    if (!rc && self->journal) {
        rc = journal_wipe(self->journal);
    }
    close(copies);
    return rc;
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
            *n_damaged += !check(txn, (enum table)table, &key, &value, &out);
            txn->error = KN_OK; /* the next one is judged by itself */
        }
        mdb_cursor_close(cursor);
        rc = engine == MDB_NOTFOUND ? KN_OK : translate(engine);
    }
    store_abort(&txn);
    return rc;
}
