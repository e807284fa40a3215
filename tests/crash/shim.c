/* clang-format off: a manual with columns */
/* shim.c - libkn_shim.so: stands between a program of ours and its libraries, and strikes.
 *
 * Loaded by LD_PRELOAD. Nothing in the product knows of it: the named fault points are the calls
 * that the hub makes to libc, LMDB and ZeroMQ. Told by the environment:
 *
 *   KN_SHIM        RULE[,RULE…], RULE = [THREAD.]CALL[.before|.after]:FROM[-[TO]]:ACTION
 *                  THREAD  writer, net, main (the name without kn-; any when left out)
 *                  CALL    page (a write of pages), meta (of LMDB's meta page), journal (a write of
 *                          it), sync (fdatasync), begin, put, commit (write transactions), recv,
 *                          send_id, send (a frame's routing id, its body), deliver (the body of an
 *                          `events` frame)
 *                  FROM-TO which passes of the point; FROM alone: that one; FROM-: from there on
 *                  ACTION  kill (SIGKILL of the process); half (page, meta, journal: half of the
 *                          bytes, then kill); EIO, ENOSPC, EROFS (page, meta, journal, sync: the
 *                          call fails with it); a number (the call takes so many ms longer); lie
 *                          (commit, journal: nothing is written, success returned; sync: not done,
 *                          0 returned; put: left out; deliver: an empty frame goes instead); twice
 *                          (deliver)
 *   KN_SHIM_POISON TEXT: a put whose key or value holds TEXT fails as one that the store cannot
 *                  take
 *   KN_SHIM_TRACE  FILE gets every write and every sync of data.mdb and journal and every frame of
 *                  ours, in the order in which they became true: records of kind (1), offset (8),
 *                  size (4), bytes. Kinds: W pages, M meta begins, D meta is durable, S pages are
 *                  durable, N data.mdb was moved to its place, J journal, K it is durable, A a
 * frame is about to be sent, R a frame came KN_SHIM_CLOCK  FILE holds a number of ms that
 * CLOCK_REALTIME is off; read at every call
 *
 * A rule that cannot be read ends the program with 99: a test must not pass because nothing struck.
 */
/* clang-format on */
#include "kiennghi/types.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define EXPORT __attribute__((visibility("default")))

enum { MAX_RULES = 16, BROKEN = 99 };

enum action { KILL, HALF, FAIL, WAIT, LIE, TWICE };

struct rule {
    char thread[16], call[16], when[8];
    long from, to;
    enum action action;
    int value; /* errno or ms */
    long n;    /* passes so far */
};

static struct {
    struct rule rules[MAX_RULES];
    int n_rules;
    const char *poison;
    int trace_fd, data_fd, meta_fd, journal_fd;
    uint8_t id[16]; /* the last routing id */
    size_t id_size;
    const volatile int64_t *clock_ms;
    pthread_mutex_t lock; /* of the passes and the trace */
    int (*open)(const char *, int, ...);
    ssize_t (*pwrite)(int, const void *, size_t, off_t);
    ssize_t (*writev)(int, const struct iovec *, int);
    int (*fdatasync)(int);
    int (*rename)(const char *, const char *);
    int (*clock_gettime)(clockid_t, struct timespec *);
    int (*begin)(MDB_env *, MDB_txn *, unsigned, MDB_txn **);
    int (*put)(MDB_txn *, MDB_dbi, MDB_val *, MDB_val *, unsigned);
    int (*commit)(MDB_txn *);
    void (*abort)(MDB_txn *);
    int (*recv)(zmq_msg_t *, void *, int);
    int (*send)(void *, const void *, size_t, int);
} self = {.trace_fd = -1,
          .data_fd = -1,
          .meta_fd = -1,
          .journal_fd = -1,
          .lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- what we are told --------------------------------------------------------------------------
 */

static void end_broken(const char *what)
{
    fprintf(stderr, "shim: cannot read: %s\n", what);
    _exit(BROKEN);
}

static void read_action(struct rule *rule, const char *text)
{
    static const struct {
        const char *name;
        enum action action;
        int value;
    } actions[] = {{"kill", KILL, 0},     {"half", HALF, 0},  {"lie", LIE, 0},
                   {"twice", TWICE, 0},   {"EIO", FAIL, EIO}, {"ENOSPC", FAIL, ENOSPC},
                   {"EROFS", FAIL, EROFS}};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(text, actions[i].name) == 0) {
            rule->action = actions[i].action;
            rule->value = actions[i].value;
            return;
        }
    }
    rule->action = WAIT;
    rule->value = atoi(text);
    if (rule->value <= 0) {
        end_broken(text);
    }
}

static void read_rule(struct rule *rule, char *text)
{
    char *place = strtok_r(text, ":", &text), *range = strtok_r(NULL, ":", &text);
    if (!place || !range || !*text) {
        end_broken(place ? place : "an empty rule");
    }
    read_action(rule, text);
    rule->from = strtol(range, &range, 10);
    rule->to = *range == '\0' ? rule->from : range[1] ? strtol(range + 1, NULL, 10) : LONG_MAX;
    snprintf(rule->when, sizeof rule->when, "before");
    const char *part[3] = {NULL};
    int n = 0;
    for (char *at; n < 3 && (at = strtok_r(n ? NULL : place, ".", &place)); n++) {
        part[n] = at;
    }
    bool has_thread = n == 3 || (n == 2 && strcmp(part[1], "before") && strcmp(part[1], "after"));
    if (has_thread) {
        snprintf(rule->thread, sizeof rule->thread, "%s", part[0]);
    }
    if (n <= has_thread || rule->from < 1) {
        end_broken(part[0] ? part[0] : "a rule without a place");
    }
    snprintf(rule->call, sizeof rule->call, "%s", part[has_thread]);
    if (n == 2 + has_thread) {
        snprintf(rule->when, sizeof rule->when, "%s", part[n - 1]);
    }
}

static void find(void *function, const char *name)
{
    void *address = dlsym(RTLD_NEXT, name);
    memcpy(function, &address, sizeof address);
}

__attribute__((constructor)) static void start(void)
{
    find(&self.open, "open");
    find(&self.pwrite, "pwrite");
    find(&self.writev, "writev");
    find(&self.fdatasync, "fdatasync");
    find(&self.rename, "rename");
    find(&self.clock_gettime, "clock_gettime");
    find(&self.begin, "mdb_txn_begin");
    find(&self.put, "mdb_put");
    find(&self.commit, "mdb_txn_commit");
    find(&self.abort, "mdb_txn_abort");
    find(&self.recv, "zmq_msg_recv");
    find(&self.send, "zmq_send");
    const char *rules = getenv("KN_SHIM"), *trace = getenv("KN_SHIM_TRACE");
    const char *clock = getenv("KN_SHIM_CLOCK");
    self.poison = getenv("KN_SHIM_POISON");
    char *rest = rules ? strdup(rules) : NULL, *text;
    while (rest && (text = strtok_r(NULL, ",", &rest))) {
        if (self.n_rules == MAX_RULES) {
            end_broken(rules);
        }
        read_rule(&self.rules[self.n_rules++], text);
    }
    if (trace && (self.trace_fd = self.open(trace, O_WRONLY | O_CREAT | O_APPEND, 0600)) < 0) {
        end_broken(trace);
    }
    int fd = clock ? self.open(clock, O_RDONLY) : -1;
    if (fd >= 0) {
        self.clock_ms = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
        close(fd);
    }
    if (clock && (!self.clock_ms || self.clock_ms == MAP_FAILED)) {
        end_broken(clock);
    }
}

/* ---- striking ----------------------------------------------------------------------------------
 */

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

/* One pass of CALL: waits or dies here; gives a rule whose action the caller carries out, or NULL.
 */
static const struct rule *pass(const char *call, const char *when)
{
    const struct rule *struck = NULL;
    char name[16] = "";
    if (!self.n_rules) {
        return NULL;
    }
    prctl(PR_GET_NAME, name);
    const char *thread = strncmp(name, "kn-", 3) == 0 ? name + 3 : "main";
    pthread_mutex_lock(&self.lock);
    for (int i = 0; i < self.n_rules; i++) {
        struct rule *rule = &self.rules[i];
        if ((!rule->thread[0] || strcmp(rule->thread, thread) == 0) &&
            strcmp(rule->call, call) == 0 && strcmp(rule->when, when) == 0 &&
            ++rule->n >= rule->from && rule->n <= rule->to) {
            struck = rule;
        }
    }
    pthread_mutex_unlock(&self.lock);
    if (struck && struck->action == KILL) {
        die();
    }
    if (struck && struck->action == WAIT) {
        usleep((useconds_t)struck->value * 1000);
        struck = NULL;
    }
    return struck;
}

static bool fails(const struct rule *struck)
{
    if (struck && struck->action == FAIL) {
        errno = struck->value;
    }
    return struck && struck->action == FAIL;
}

static void note(char kind, uint64_t offset, const void *bytes, size_t size)
{
    uint32_t n = (uint32_t)size;
    char head[13] = {kind};
    if (self.trace_fd < 0) {
        return;
    }
    memcpy(head + 1, &offset, 8);
    memcpy(head + 9, &n, 4);
    struct iovec part[] = {{head, sizeof head}, {(void *)(uintptr_t)bytes, size}};
    pthread_mutex_lock(&self.lock);
    if (self.writev(self.trace_fd, part, 2) != (ssize_t)(sizeof head + size)) {
        end_broken("the trace cannot be written");
    }
    pthread_mutex_unlock(&self.lock);
}

/* ---- the disk ----------------------------------------------------------------------------------
 */

static bool is_data(const char *path)
{
    size_t size = strlen(path);
    return size >= 8 && strcmp(path + size - 8, "data.mdb") == 0;
}

EXPORT int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    int fd = self.open(path, flags, mode);
    if (fd >= 0 && is_data(path)) {
        *(flags & O_DSYNC ? &self.meta_fd : &self.data_fd) = fd;
    } else if (fd >= 0 && strstr(path, "/journal")) { /* or journal.new, which becomes it */
        self.journal_fd = fd;
    }
    return fd;
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    static const struct {
        const char *call;
        char kind;
    } kinds[] = {{"page", 'W'}, {"meta", 'M'}, {"journal", 'J'}};
    int which = fd < 0                  ? -1
                : fd == self.data_fd    ? 0
                : fd == self.meta_fd    ? 1
                : fd == self.journal_fd ? 2
                                        : -1;
    if (which < 0) {
        return self.pwrite(fd, bytes, size, offset);
    }
    const char *call = kinds[which].call;
    const struct rule *struck = pass(call, "before");
    if (fails(struck)) {
        return -1;
    }
    if (struck && struck->action == HALF) {
        self.pwrite(fd, bytes, size / 2, offset);
        die();
    }
    if (struck && struck->action == LIE) {
        return (ssize_t)size;
    }
    note(kinds[which].kind, (uint64_t)offset, bytes, size);
    ssize_t rc = self.pwrite(fd, bytes, size, offset);
    if (kinds[which].kind == 'M' && rc == (ssize_t)size) {
        note('D', 0, NULL, 0);
    }
    pass(call, "after");
    return rc;
}

EXPORT ssize_t writev(int fd, const struct iovec *part, int n_parts)
{
    if (fd != self.data_fd || fd < 0) {
        return self.writev(fd, part, n_parts);
    }
    const struct rule *struck = pass("page", "before");
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (fails(struck)) {
        return -1;
    }
    if (struck && struck->action == HALF) {
        self.writev(fd, part, n_parts / 2 ? n_parts / 2 : 1);
        die();
    }
    for (int i = 0; i < n_parts; i++) {
        note('W', (uint64_t)offset, part[i].iov_base, part[i].iov_len);
        offset += (off_t)part[i].iov_len;
    }
    ssize_t rc = self.writev(fd, part, n_parts);
    pass("page", "after");
    return rc;
}

EXPORT int fdatasync(int fd)
{
    const struct rule *struck = pass("sync", "before");
    if (fails(struck)) {
        return -1;
    }
    if (struck && struck->action == LIE) {
        return 0;
    }
    int rc = self.fdatasync(fd);
    if (rc == 0 && (fd == self.data_fd || fd == self.journal_fd)) {
        note(fd == self.data_fd ? 'S' : 'K', 0, NULL, 0);
    }
    pass("sync", "after");
    return rc;
}

EXPORT int rename(const char *from, const char *to)
{
    int rc = self.rename(from, to);
    if (rc == 0 && is_data(to)) {
        note('N', 0, NULL, 0);
    }
    return rc;
}

/* ---- the clock ---------------------------------------------------------------------------------
 */

EXPORT int clock_gettime(clockid_t clock, struct timespec *out)
{
    int rc = self.clock_gettime(clock, out);
    if (rc == 0 && clock == CLOCK_REALTIME && self.clock_ms) {
        int64_t ms = *self.clock_ms;
        out->tv_sec += ms / 1000;
        out->tv_nsec += ms % 1000 * 1000000;
        if (out->tv_nsec >= 1000000000) {
            out->tv_nsec -= 1000000000;
            out->tv_sec++;
        } else if (out->tv_nsec < 0) {
            out->tv_nsec += 1000000000;
            out->tv_sec--;
        }
    }
    return rc;
}

/* ---- LMDB --------------------------------------------------------------------------------------
 */

EXPORT int mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **out)
{
    if (flags & MDB_RDONLY) {
        return self.begin(env, parent, flags, out);
    }
    pass("begin", "before");
    int rc = self.begin(env, parent, flags, out);
    pass("begin", "after");
    return rc;
}

static bool holds(const MDB_val *value, const char *text)
{
    return value->mv_data && memmem(value->mv_data, value->mv_size, text, strlen(text));
}

EXPORT int mdb_put(MDB_txn *txn, MDB_dbi table, MDB_val *key, MDB_val *value, unsigned flags)
{
    const struct rule *struck = pass("put", "before");
    if (self.poison && (holds(key, self.poison) || holds(value, self.poison))) {
        return MDB_BAD_VALSIZE;
    }
    if (struck && struck->action == LIE) {
        return 0;
    }
    int rc = self.put(txn, table, key, value, flags);
    pass("put", "after");
    return rc;
}

EXPORT int mdb_txn_commit(MDB_txn *txn)
{
    const struct rule *struck = pass("commit", "before");
    if (struck && struck->action == LIE) {
        self.abort(txn);
        return 0;
    }
    int rc = self.commit(txn);
    pass("commit", "after");
    return rc;
}

/* ---- ZeroMQ ------------------------------------------------------------------------------------
 */

static bool is_ours(const void *bytes, size_t size)
{
    return size > 8 && memcmp(bytes, "KN", 2) == 0;
}

EXPORT int zmq_msg_recv(zmq_msg_t *message, void *socket, int flags)
{
    int rc = self.recv(message, socket, flags);
    if (rc >= 0) {
        if (is_ours(zmq_msg_data(message), zmq_msg_size(message))) {
            note('R', 0, zmq_msg_data(message), zmq_msg_size(message));
        }
        pass("recv", "after");
    }
    return rc;
}

/* The frame of events BYTES goes to nobody, or again to the peer that the last routing id named. */
static int deliver_wrong(const struct rule *struck, void *socket, const void *bytes, size_t size,
                         int flags)
{
    if (struck->action == LIE) {
        return self.send(socket, "", 0, flags);
    }
    int rc = self.send(socket, bytes, size, flags);
    if (rc >= 0 && self.send(socket, self.id, self.id_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0) {
        self.send(socket, bytes, size, flags);
    }
    return rc;
}

EXPORT int zmq_send(void *socket, const void *bytes, size_t size, int flags)
{
    bool is_id = flags & ZMQ_SNDMORE, is_frame = !is_id && is_ours(bytes, size);
    pass(is_id ? "send_id" : "send", "before");
    if (is_id && size <= sizeof self.id) {
        memcpy(self.id, bytes, size); /* one thread sends to peers */
        self.id_size = size;
    }
    if (is_frame) {
        note('A', 0, bytes, size);
    }
    bool is_events = is_frame && ((const uint8_t *)bytes)[3] == KN_TYPE_EVENTS;
    const struct rule *struck = is_events ? pass("deliver", "before") : NULL;
    int rc = struck ? deliver_wrong(struck, socket, bytes, size, flags)
                    : self.send(socket, bytes, size, flags);
    pass(is_id ? "send_id" : "send", "after");
    return rc;
}
