/* outbox.c - the only file of the agents that knows LMDB.
 *
 * Two tables. `message`: sequence (8 bytes, big-endian) -> tag (8 bytes) and frame. `note`: the
 * small store, and under the key NUL "head" the outbox's own record: version, instance, last
 * sequence. Writes go to one transaction that stays open until outbox_commit; reads use it when it
 * is open, so that a caller sees what it wrote. The folder is held by flock: LMDB would let two
 * processes in, but two connections that number messages of one instance would not end well.
 *
 * LMDB's rules we live by (default flags): one map for life, no reader kept open, a failed commit
 * leaves the last state. A new file is made beside its place and moved there whole: half of one,
 * after a kill or a power cut in the making, could never be opened again.
 *
 * Personal data: what was sent is the hub's, but freed pages keep it. An outbox that is empty when
 * it is closed is rewritten without them (tidy).
 */
#include "agents/outbox.h"

#include "kiennghi/status.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTBOX_VERSION = 1 };

static const size_t map_size = (size_t)16 << 30; /* sparse: only what is used takes space */

/* The outbox's own record, rewritten when it changed. Fixed layout, this machine's bytes. */
struct head {
    uint32_t version;
    char instance[20]; /* 16 hex digits and NULs */
    uint64_t last;
};

struct outbox {
    MDB_env *env;
    MDB_txn *write; /* open from the first write to the commit, else NULL */
    MDB_txn *read;  /* kept reset, renewed for each look */
    MDB_dbi messages, notes;
    char *folder;
    int lock;
    int failed; /* first failure of the open transaction */
    size_t n_dirty;
    uint64_t count;
    uint64_t first;
    uint64_t n_lost; /* commits that failed */
    struct head head;
    struct head saved; /* as last committed, with its counters: what a failed commit goes back to */
    uint64_t saved_count, saved_first;
    MDB_cursor *walk; /* of the read transaction: outbox_next */
};

static int from_mdb(int rc)
{
    switch (rc) {
    case MDB_SUCCESS: return KN_OK;
    case MDB_NOTFOUND: return KN_E_NOT_FOUND;
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT: return KN_E_FULL;
    case MDB_VERSION_MISMATCH: return KN_E_VERSION;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND: return KN_E_CORRUPT;
    case ENOMEM: return KN_E_NOMEM;
    default: return KN_E_IO;
    }
}

static MDB_val sequence_key(unsigned char key[static 8], uint64_t sequence)
{
    for (int i = 0; i < 8; i++)
        key[i] = (unsigned char)(sequence >> (56 - 8 * i));
    return (MDB_val){8, key};
}

static uint64_t key_sequence(const MDB_val *key)
{
    const unsigned char *bytes = key->mv_data;
    uint64_t sequence = 0;
    assert(key->mv_size == 8);
    for (int i = 0; i < 8; i++)
        sequence = sequence << 8 | bytes[i];
    return sequence;
}

static MDB_val head_key(void)
{
    static char name[] = "\0head";
    return (MDB_val){5, name};
}

/* The transaction to look with: the open one, or the reader. Pair with leave. */
static int enter(outbox_t *self, MDB_txn **txn)
{
    if (self->write) {
        *txn = self->write;
        return KN_OK;
    }
    mdb_txn_reset(self->read); /* also ends the look whose bytes were lent out */
    *txn = self->read;
    return from_mdb(mdb_txn_renew(self->read));
}

static int begin(outbox_t *self)
{
    if (!self->write && self->failed == KN_OK) {
        mdb_txn_reset(self->read);
        self->failed = from_mdb(mdb_txn_begin(self->env, NULL, 0, &self->write));
    }
    return self->failed;
}

static int put(outbox_t *self, MDB_dbi dbi, MDB_val key, MDB_val value, unsigned flags)
{
    if (begin(self) == KN_OK)
        self->failed = from_mdb(mdb_put(self->write, dbi, &key, &value, flags));
    self->n_dirty++;
    return self->failed;
}

static int draw_instance(struct head *head)
{
    unsigned char random[8];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return KN_E_IO;
    *head = (struct head){.version = OUTBOX_VERSION};
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(head->instance + 2 * i, 3, "%02x", random[i]);
    return KN_OK;
}

/* Reads the head, or makes one in a new outbox. */
static int load_head(outbox_t *self)
{
    MDB_txn *txn;
    MDB_val key = head_key(), value;
    int rc = enter(self, &txn);
    if (rc != KN_OK)
        return rc;
    rc = from_mdb(mdb_get(txn, self->notes, &key, &value));
    if (rc == KN_OK) {
        if (value.mv_size != sizeof self->head)
            return KN_E_CORRUPT;
        memcpy(&self->head, value.mv_data, sizeof self->head);
        return self->head.version == OUTBOX_VERSION ? KN_OK : KN_E_VERSION;
    }
    if (rc != KN_E_NOT_FOUND)
        return rc;
    rc = draw_instance(&self->head);
    if (rc == KN_OK)
        rc = put(self, self->notes, head_key(), (MDB_val){sizeof self->head, &self->head}, 0);
    return rc == KN_OK ? outbox_commit(self) : rc;
}

static int load_counters(outbox_t *self)
{
    MDB_txn *txn;
    MDB_stat stat;
    int rc = enter(self, &txn);
    if (rc == KN_OK)
        rc = from_mdb(mdb_stat(txn, self->messages, &stat));
    if (rc != KN_OK)
        return rc;
    self->count = stat.ms_entries;
    self->first = outbox_next(self, 0);
    if (self->first == 0)
        self->first = self->head.last + 1;
    return KN_OK;
}

static void remember(outbox_t *self)
{
    self->saved = self->head;
    self->saved_count = self->count;
    self->saved_first = self->first;
}

static int hold(outbox_t *self, const char *folder)
{
    char path[PATH_MAX];
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    if ((size_t)snprintf(path, sizeof path, "%s/in-use", folder) >= sizeof path)
        return KN_E_INVALID;
    self->lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (self->lock < 0)
        return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    if (flock(self->lock, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? KN_E_BUSY : KN_E_IO;
    return KN_OK;
}

/* Opens the environment in FOLDER and its tables; what is missing is made and synced. */
static int open_env(outbox_t *self, const char *folder)
{
    MDB_txn *txn = NULL;
    int rc = mdb_env_create(&self->env);
    if (rc == 0)
        rc = mdb_env_set_mapsize(self->env, map_size);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(self->env, 2);
    if (rc == 0)
        rc = mdb_env_open(self->env, folder, MDB_NOTLS, 0600);
    if (rc == 0)
        rc = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "message", MDB_CREATE, &self->messages);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "note", MDB_CREATE, &self->notes);
    if (rc == 0) {
        rc = mdb_txn_commit(txn);
        txn = NULL;
    }
    mdb_txn_abort(txn);
    return from_mdb(rc);
}

/* A folder, or a file that is whole. */
static int sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0 ? KN_OK : KN_E_IO;
    if (fd >= 0)
        close(fd);
    return rc;
}

/* Where a new file is made. */
struct making {
    char folder[PATH_MAX], data[PATH_MAX], lock[PATH_MAX], place[PATH_MAX];
};

static int name_paths(struct making *out, const char *folder)
{
    const struct {
        char *path;
        const char *name;
    } all[] = {{out->folder, "making"},
               {out->data, "making/data.mdb"},
               {out->lock, "making/lock.mdb"},
               {out->place, "data.mdb"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((size_t)snprintf(all[i].path, PATH_MAX, "%s/%s", folder, all[i].name) >= PATH_MAX)
            return KN_E_INVALID;
    return KN_OK;
}

/* Begins anew in the folder for making. */
static int begin_making(const struct making *making)
{
    unlink(making->data);
    return mkdir(making->folder, 0700) != 0 && errno != EEXIST ? from_mdb(errno) : KN_OK;
}

static void end_making(const struct making *making)
{
    unlink(making->data);
    unlink(making->lock);
    rmdir(making->folder);
}

/* Makes the file and moves it to its place; FOLDER may be as new as the file. */
static int make_file(outbox_t *self, const char *folder, const struct making *making)
{
    char above[PATH_MAX];
    if ((size_t)snprintf(above, sizeof above, "%s/..", folder) >= sizeof above)
        return KN_E_INVALID;
    int rc = begin_making(making);
    if (rc == KN_OK)
        rc = open_env(self, making->folder);
    if (self->env)
        mdb_env_close(self->env);
    self->env = NULL;
    if (rc == KN_OK && rename(making->data, making->place) != 0)
        rc = from_mdb(errno);
    if (rc == KN_OK)
        rc = sync_path(folder);
    if (rc == KN_OK)
        rc = sync_path(above);
    end_making(making);
    return rc;
}

/* Whether there are pages that were freed. */
static bool is_loose(outbox_t *self)
{
    MDB_envinfo info;
    MDB_stat stat;
    MDB_txn *txn;
    const MDB_dbi tables[] = {0, 1, self->messages, self->notes}; /* LMDB's own two before ours */
    size_t n_used = 2;
    if (mdb_env_info(self->env, &info) != 0 || enter(self, &txn) != KN_OK)
        return false;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (mdb_stat(txn, tables[i], &stat) == 0)
            n_used += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    return info.me_last_pgno + 1 > n_used;
}

/* Rewrites the file of an empty outbox without its freed pages. When that fails the old one stays.
 */
static void tidy(outbox_t *self)
{
    struct making making;
    if (self->write || self->count > 0 || !is_loose(self) ||
        name_paths(&making, self->folder) != KN_OK || begin_making(&making) != KN_OK)
        return;
    mdb_txn_reset(self->read);
    if (mdb_env_copy2(self->env, making.folder, MDB_CP_COMPACT) == 0 &&
        sync_path(making.data) == KN_OK && rename(making.data, making.place) == 0)
        (void)sync_path(self->folder);
    end_making(&making);
}

static int open_tables(outbox_t *self, const char *folder)
{
    struct making making;
    int rc = name_paths(&making, folder);
    if (rc == KN_OK && access(making.place, F_OK) != 0)
        rc = make_file(self, folder, &making);
    if (rc == KN_OK)
        rc = open_env(self, folder);
    if (rc != KN_OK)
        return rc;
    rc = mdb_txn_begin(self->env, NULL, MDB_RDONLY, &self->read);
    if (rc == 0)
        rc = mdb_cursor_open(self->read, self->messages, &self->walk);
    if (rc == 0)
        mdb_txn_reset(self->read);
    return from_mdb(rc);
}

int outbox_open(outbox_t **out, const char *folder)
{
    outbox_t *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self)
        return KN_E_NOMEM;
    self->lock = -1;
    self->folder = strdup(folder);
    int rc = self->folder ? hold(self, folder) : KN_E_NOMEM;
    if (rc == KN_OK)
        rc = open_tables(self, folder);
    if (rc == KN_OK)
        rc = load_head(self);
    if (rc == KN_OK)
        rc = load_counters(self);
    if (rc != KN_OK) {
        outbox_close(&self);
        return rc;
    }
    remember(self);
    *out = self;
    return KN_OK;
}

void outbox_close(outbox_t **self_p)
{
    outbox_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    mdb_txn_abort(self->write);
    self->write = NULL;
    if (self->walk)
        tidy(self);
    if (self->walk)
        mdb_cursor_close(self->walk);
    mdb_txn_abort(self->read);
    if (self->env)
        mdb_env_close(self->env);
    if (self->lock >= 0)
        close(self->lock);
    free(self->folder);
    free(self);
}

const char *outbox_instance(const outbox_t *self)
{
    return self->head.instance;
}

uint64_t outbox_first(const outbox_t *self)
{
    return self->first;
}

uint64_t outbox_last(const outbox_t *self)
{
    return self->head.last;
}

uint64_t outbox_count(const outbox_t *self)
{
    return self->count;
}

uint64_t outbox_lost(const outbox_t *self)
{
    return self->n_lost;
}

size_t outbox_dirty(const outbox_t *self)
{
    return self->n_dirty;
}

int outbox_append(outbox_t *self, uint64_t tag, const void *frame, size_t size)
{
    unsigned char key[8];
    uint64_t sequence = self->head.last + 1;
    MDB_val k = sequence_key(key, sequence), value = {sizeof tag + size, NULL};
    if (begin(self) != KN_OK)
        return self->failed;
    self->failed =
        from_mdb(mdb_put(self->write, self->messages, &k, &value, MDB_RESERVE | MDB_APPEND));
    if (self->failed != KN_OK)
        return self->failed;
    memcpy(value.mv_data, &tag, sizeof tag);
    memcpy((char *)value.mv_data + sizeof tag, frame, size);
    self->head.last = sequence;
    self->count++;
    self->n_dirty++;
    return KN_OK;
}

int outbox_read(outbox_t *self, struct outbox_bytes *frame, uint64_t *tag, uint64_t sequence)
{
    unsigned char key[8];
    MDB_txn *txn;
    MDB_val k = sequence_key(key, sequence), value;
    int rc = enter(self, &txn);
    if (rc == KN_OK)
        rc = from_mdb(mdb_get(txn, self->messages, &k, &value));
    if (rc != KN_OK)
        return rc;
    if (value.mv_size < sizeof *tag)
        return KN_E_CORRUPT;
    memcpy(tag, value.mv_data, sizeof *tag);
    *frame = (struct outbox_bytes){(const char *)value.mv_data + sizeof *tag,
                                   value.mv_size - sizeof *tag};
    return KN_OK;
}

int outbox_remove(outbox_t *self, uint64_t sequence)
{
    unsigned char key[8];
    MDB_val k = sequence_key(key, sequence);
    if (begin(self) != KN_OK)
        return self->failed;
    int rc = from_mdb(mdb_del(self->write, self->messages, &k, NULL));
    if (rc == KN_E_NOT_FOUND)
        return KN_OK;
    if (rc != KN_OK)
        return self->failed = rc;
    self->count--;
    self->n_dirty++;
    if (sequence == self->first) {
        self->first = self->count ? outbox_next(self, sequence + 1) : self->head.last + 1;
        if (self->first == 0)
            return self->failed = KN_E_CORRUPT;
    }
    return KN_OK;
}

uint64_t outbox_next(outbox_t *self, uint64_t sequence)
{
    unsigned char key[8];
    MDB_txn *txn;
    MDB_cursor *cursor = NULL;
    MDB_val k = sequence_key(key, sequence), value;
    uint64_t found = 0;
    if (enter(self, &txn) != KN_OK)
        return 0;
    if (txn == self->read) {
        if (mdb_cursor_renew(txn, self->walk) == 0 &&
            mdb_cursor_get(self->walk, &k, &value, MDB_SET_RANGE) == 0)
            found = key_sequence(&k);
        return found;
    }
    if (mdb_cursor_open(txn, self->messages, &cursor) == 0) {
        if (mdb_cursor_get(cursor, &k, &value, MDB_SET_RANGE) == 0)
            found = key_sequence(&k);
        mdb_cursor_close(cursor);
    }
    return found;
}

int outbox_renew(outbox_t *self, long (*renumber)(void *out, size_t max, const void *frame,
                                                  size_t size, uint64_t sequence))
{
    enum { FRAME_MAX = 65536 };
    struct outbox_bytes frame;
    uint64_t tag, old_last, next = 0;
    int rc = outbox_commit(self);
    char *room = malloc(FRAME_MAX);
    if (!room || rc != KN_OK) {
        free(room);
        return rc != KN_OK ? rc : KN_E_NOMEM;
    }
    /* The new numbers never pass the old ones, so walking upwards overwrites nothing unread. */
    old_last = self->head.last;
    for (uint64_t old = outbox_next(self, 0); old; old = outbox_next(self, old + 1)) {
        unsigned char key[8];
        rc = outbox_read(self, &frame, &tag, old);
        if (rc != KN_OK)
            goto done;
        memcpy(room, &tag, sizeof tag);
        long size =
            renumber(room + sizeof tag, FRAME_MAX - sizeof tag, frame.data, frame.size, ++next);
        if (size < 0) {
            rc = KN_E_CORRUPT;
            goto done;
        }
        if (begin(self) == KN_OK && old != next) {
            MDB_val k = sequence_key(key, old);
            self->failed = from_mdb(mdb_del(self->write, self->messages, &k, NULL));
        }
        rc = put(self, self->messages, sequence_key(key, next),
                 (MDB_val){sizeof tag + (size_t)size, room}, 0);
        if (rc != KN_OK)
            goto done;
    }
    assert(next <= old_last);
    rc = draw_instance(&self->head);
    if (rc != KN_OK)
        goto done;
    self->head.last = next;
    self->first = 1;
    self->n_dirty++;
    rc = begin(self) == KN_OK ? outbox_commit(self) : self->failed;
done:
    if (rc != KN_OK && self->failed == KN_OK)
        self->failed = rc;
    if (rc != KN_OK)
        outbox_commit(self); /* tells of the failure by going back */
    free(room);
    return rc;
}

int outbox_put(outbox_t *self, const char *key, const void *value, size_t size)
{
    MDB_val k = {strlen(key), (void *)(uintptr_t)key};
    MDB_val v = {size, (void *)(uintptr_t)value};
    assert(k.mv_size > 0 && k.mv_size <= OUTBOX_KEY_MAX);
    if (size > 0)
        return put(self, self->notes, k, v, 0);
    if (begin(self) == KN_OK) {
        int rc = from_mdb(mdb_del(self->write, self->notes, &k, NULL));
        self->failed = rc == KN_E_NOT_FOUND ? KN_OK : rc;
        self->n_dirty++;
    }
    return self->failed;
}

int outbox_get(outbox_t *self, struct outbox_bytes *value, const char *key)
{
    MDB_txn *txn;
    MDB_val k = {strlen(key), (void *)(uintptr_t)key}, v;
    int rc = enter(self, &txn);
    if (rc == KN_OK)
        rc = from_mdb(mdb_get(txn, self->notes, &k, &v));
    if (rc == KN_OK)
        *value = (struct outbox_bytes){v.mv_data, v.mv_size};
    return rc;
}

int outbox_each(outbox_t *self, const char *prefix,
                int (*fn)(void *arg, const char *key, const void *value, size_t size), void *arg)
{
    MDB_txn *txn;
    MDB_cursor *cursor = NULL;
    size_t n = strlen(prefix);
    MDB_val k = {n, (void *)(uintptr_t)prefix}, v;
    char key[OUTBOX_KEY_MAX + 1];
    int rc = enter(self, &txn);
    if (rc == KN_OK)
        rc = from_mdb(mdb_cursor_open(txn, self->notes, &cursor));
    if (rc != KN_OK)
        return rc;
    rc = from_mdb(mdb_cursor_get(cursor, &k, &v, n ? MDB_SET_RANGE : MDB_FIRST));
    while (rc == KN_OK && k.mv_size <= OUTBOX_KEY_MAX) {
        if (k.mv_size < n || memcmp(k.mv_data, prefix, n) != 0)
            break;
        memcpy(key, k.mv_data, k.mv_size);
        key[k.mv_size] = '\0';
        if (key[0] != '\0') { /* not our own head */
            rc = fn(arg, key, v.mv_data, v.mv_size);
            if (rc != KN_OK)
                break;
        }
        rc = from_mdb(mdb_cursor_get(cursor, &k, &v, MDB_NEXT));
    }
    mdb_cursor_close(cursor);
    return rc == KN_E_NOT_FOUND ? KN_OK : rc;
}

int outbox_commit(outbox_t *self)
{
    int rc = self->failed;
    if (rc == KN_OK && self->write && memcmp(&self->head, &self->saved, sizeof self->head) != 0) {
        put(self, self->notes, head_key(), (MDB_val){sizeof self->head, &self->head}, 0);
        rc = self->failed;
    }
    if (rc == KN_OK && self->write)
        rc = from_mdb(mdb_txn_commit(self->write));
    else
        mdb_txn_abort(self->write);
    self->write = NULL;
    self->failed = KN_OK;
    self->n_dirty = 0;
    if (rc == KN_OK) {
        remember(self);
    } else {
        self->head = self->saved;
        self->count = self->saved_count;
        self->first = self->saved_first;
        self->n_lost++;
    }
    return rc;
}
