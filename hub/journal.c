/* journal.c - see the header. */
#include "hub/journal.h"

#include "hub/crc32c.h"
#include "hub/folder.h"
#include "kiennghi/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK = 4096,        /* the head has one of its own: it is written once */
    ZEROS = 1 << 20,     /* that are written at once when the file is made */
    FILE_SIZE = 4 << 20, /* of the journal: some 2,000 petitions */
    HEAD = 16,
    TURN_HEAD = 16,
    OP_HEAD = 8,
};

static const char magic[4] = "KNJ1";

struct journal {
    char path[512], folder[512];
    int fd;
    uint64_t id, last; /* number of the last turn, written or settled */
    size_t from, at;   /* the tail lies between; AT is where the next turn goes */
    uint8_t *turn;     /* the one that is being made, its head in front */
    size_t n_turn;     /* bytes; more than FILE_SIZE: it does not fit */
};

/* ---- the file -------------------------------------------------------------------------------- */

static int write_all(int fd, const uint8_t *bytes, size_t size, off_t offset)
{
    while (size) {
        ssize_t n = pwrite(fd, bytes, size, offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return errno == ENOSPC || errno == EROFS || errno == EDQUOT ? KN_E_FULL : KN_E_IO;
        }
        bytes += n;
        offset += n;
        size -= (size_t)n;
    }
    return KN_OK;
}

/* Writes zeros from end to end, and the head. */
static int fill(int fd, uint64_t id)
{
    uint8_t *zeros = calloc(1, ZEROS);
    int rc = zeros ? KN_OK : KN_E_NOMEM;
    for (off_t at = 0; !rc && at < FILE_SIZE; at += ZEROS) {
        rc = write_all(fd, zeros, ZEROS, at);
    }
    if (!rc) {
        memcpy(zeros, magic, sizeof magic);
        memcpy(zeros + 8, &id, sizeof id);
        rc = write_all(fd, zeros, HEAD, 0);
    }
    free(zeros);
    return rc ? rc : fdatasync(fd) ? KN_E_IO : KN_OK;
}

/* Makes the file beside its place and moves it there whole. */
static int make(struct journal *self)
{
    char fresh[sizeof self->path + 8];
    snprintf(fresh, sizeof fresh, "%s.new", self->path);
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int rc = fd < 0 ? KN_E_IO : fill(fd, self->id);
    rc = rc ? rc : rename(fresh, self->path) ? KN_E_IO : folder_sync(self->folder);
    if (rc) {
        unlink(fresh);
        if (fd >= 0) {
            close(fd);
        }
        return rc;
    }
    if (self->fd >= 0) {
        close(self->fd);
    }
    self->fd = fd;
    self->from = self->at = BLOCK;
    return KN_OK;
}

/* ---- turns ----------------------------------------------------------------------------------- */

static uint32_t checksum(const uint8_t *turn, size_t size)
{
    return crc32c(crc32c(0, turn, TURN_HEAD - 4), turn + TURN_HEAD, size);
}

/* Reads the turn at AT into self->turn. Its size without the head; 0: there is none. */
static size_t read_turn(struct journal *self, size_t at, uint64_t *number)
{
    uint32_t size, sum;
    uint8_t *turn = self->turn;
    if (at + TURN_HEAD > FILE_SIZE ||
        pread(self->fd, turn, TURN_HEAD, (off_t)at) != (ssize_t)TURN_HEAD) {
        return 0;
    }
    memcpy(number, turn, 8);
    memcpy(&size, turn + 8, 4);
    memcpy(&sum, turn + 12, 4);
    bool whole = size && size <= FILE_SIZE - TURN_HEAD - at &&
                 pread(self->fd, turn + TURN_HEAD, size, (off_t)at + TURN_HEAD) == (ssize_t)size;
    return whole && checksum(turn, size) == sum ? size : 0;
}

/* Finds the end of the turns behind SETTLED. False: the first one does not follow it. */
static bool find_end(struct journal *self, uint64_t settled)
{
    uint64_t number;
    size_t size;
    bool follows = true;
    self->last = settled;
    self->from = self->at = BLOCK;
    while ((size = read_turn(self, self->at, &number)) && number == self->last + 1) {
        self->at += TURN_HEAD + size;
        self->last = number;
    }
    if (size && self->at == BLOCK && number > settled) {
        follows = false;
    }
    return follows;
}

/* Looks at the file, if there is one. IS_OURS: it is whole and this store's; FOLLOWS: its turns, if
 * it has any, follow those that the tables hold. */
static int look(struct journal **out, const char *folder, uint64_t id, uint64_t settled,
                bool *is_ours, bool *follows)
{
    struct journal *self = calloc(1, sizeof *self);
    uint8_t head[HEAD];
    struct stat st;
    *out = self;
    if (!self || !(self->turn = malloc(FILE_SIZE))) {
        return KN_E_NOMEM;
    }
    snprintf(self->folder, sizeof self->folder, "%s", folder);
    (void)snprintf(self->path, sizeof self->path, "%.500s/journal", folder);
    self->id = id;
    self->n_turn = TURN_HEAD;
    self->fd = open(self->path, O_RDWR | O_CLOEXEC);
    *is_ours = self->fd >= 0 && fstat(self->fd, &st) == 0 && st.st_size == FILE_SIZE &&
               pread(self->fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
               memcmp(head, magic, sizeof magic) == 0 && memcmp(head + 8, &id, 8) == 0;
    *follows = find_end(self, settled);
    return KN_OK;
}

int journal_open(journal_t **out, const char *folder, uint64_t id, uint64_t settled)
{
    struct journal *self;
    bool is_ours = false, follows = false;
    int rc = look(&self, folder, id, settled, &is_ours, &follows);
    if (!rc && (!follows || (!is_ours && journal_has_tail(self)))) {
        rc = KN_E_CORRUPT;
    } else if (!rc && !is_ours) {
        rc = make(self);
    }
    if (rc) {
        journal_close(&self);
    }
    *out = self;
    return rc;
}

bool journal_is_ahead(const char *folder, uint64_t id, uint64_t settled)
{
    struct journal *self;
    bool is_ours = false, follows = false;
    bool is_ahead = look(&self, folder, id, settled, &is_ours, &follows) == KN_OK && is_ours &&
                    journal_has_tail(self);
    journal_close(&self);
    return is_ahead;
}

void journal_close(journal_t **self_p)
{
    struct journal *self = *self_p;
    *self_p = NULL;
    if (self) {
        if (self->fd >= 0) {
            close(self->fd);
        }
        free(self->turn);
        free(self);
    }
}

bool journal_has_tail(const journal_t *self)
{
    return self->at > self->from;
}

uint64_t journal_last(const journal_t *self)
{
    return self->last;
}

void journal_add(journal_t *self, const struct journal_op *op)
{
    uint8_t head[OP_HEAD] = {(uint8_t)op->kind, op->table};
    uint16_t n_key = (uint16_t)op->key.size;
    uint32_t n_value = (uint32_t)op->value.size;
    size_t size = OP_HEAD + op->key.size + op->value.size;
    if (size <= FILE_SIZE && self->n_turn <= FILE_SIZE - size) {
        uint8_t *at = self->turn + self->n_turn;
        memcpy(head + 2, &n_key, 2);
        memcpy(head + 4, &n_value, 4);
        memcpy(at, head, OP_HEAD);
        memcpy(at + OP_HEAD, op->key.bytes, op->key.size);
        if (op->value.size) {
            memcpy(at + OP_HEAD + op->key.size, op->value.bytes, op->value.size);
        }
        self->n_turn += size;
    } else {
        self->n_turn = FILE_SIZE + 1;
    }
}

void journal_drop(journal_t *self)
{
    self->n_turn = TURN_HEAD;
}

int journal_write(journal_t *self)
{
    size_t size = self->n_turn;
    self->n_turn = TURN_HEAD;
    if (size == TURN_HEAD) {
        return KN_OK;
    }
    if (size > FILE_SIZE - self->at) {
        return KN_E_FULL;
    }
    uint64_t number = self->last + 1;
    uint32_t n = (uint32_t)(size - TURN_HEAD), sum;
    memcpy(self->turn, &number, 8);
    memcpy(self->turn + 8, &n, 4);
    sum = checksum(self->turn, n);
    memcpy(self->turn + 12, &sum, 4);
    int rc = write_all(self->fd, self->turn, size, (off_t)self->at);
    if (!rc && fdatasync(self->fd)) {
        rc = KN_E_IO;
    }
    if (!rc) {
        self->last = number;
        self->at += size;
    }
    return rc;
}

static int replay_turn(const uint8_t *at, size_t size, journal_do_again_fn *do_again, void *arg)
{
    int rc = KN_OK;
    for (const uint8_t *end = at + size; !rc && end - at >= OP_HEAD;) {
        uint16_t n_key;
        uint32_t n_value;
        struct journal_op op = {.kind = at[0], .table = at[1]};
        memcpy(&n_key, at + 2, 2);
        memcpy(&n_value, at + 4, 4);
        at += OP_HEAD;
        if ((size_t)(end - at) < n_key || (size_t)(end - at) - n_key < n_value) {
            return KN_E_CORRUPT;
        }
        op.key = (struct slice){at, n_key};
        op.value = (struct slice){at + n_key, n_value};
        at += n_key + n_value;
        rc = do_again(arg, &op);
    }
    return rc;
}

int journal_replay(journal_t *self, journal_do_again_fn *do_again, void *arg)
{
    int rc = KN_OK;
    uint64_t number;
    for (size_t at = self->from; !rc && at < self->at;) {
        size_t size = read_turn(self, at, &number);
        rc = size ? replay_turn(self->turn + TURN_HEAD, size, do_again, arg) : KN_E_IO;
        at += TURN_HEAD + size;
    }
    journal_drop(self);
    return rc;
}

void journal_restart(journal_t *self)
{
    self->from = self->at = BLOCK;
}

int journal_wipe(journal_t *self)
{
    return make(self);
}
