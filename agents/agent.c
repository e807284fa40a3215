/* agent.c - the skeleton that owns main: start, loop, watched folder, acts, exit code.
 *
 * The loop: finished files are moved away, the next file is read when the outbox has room, ticks
 * are given when due, and everything else happens inside kn_client_poll. Signals come through a
 * descriptor, so nothing is ever interrupted half-way; stopping is leaving the loop.
 *
 * A watched folder is read at the start, on IN_CLOSE_WRITE and IN_MOVED_TO, and again each minute,
 * because notices can be lost. A file that somebody still writes is left alone (its lease is
 * refused). A file is moved to done/ after the last receipt, so a crash in between only means that
 * it is read again and every row is answered `repeated`. What an earlier run left in the outbox is
 * finished before any file is read, so that a crash loop cannot fill it.
 */
#include "agents/agent_internal.h"

#include "kiennghi/kiennghi.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    RESCAN_MS = 60000,
    SOON_MS = 2000,      /* a file that is still being written */
    MAX_BACKLOG = 20000, /* messages in the outbox before the next file waits */
    ACT_TAG = 0          /* no account has this number */
};

/* ---- small things -------------------------------------------------------------------------- */

int64_t agent_now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void *agent_alloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        abort(); /* everything that matters is in the outbox */
    return memory;
}

char *agent_copy(const char *text)
{
    char *copy = agent_alloc(strlen(text) + 1);
    return strcpy(copy, text);
}

bool kn_agent_is_vi(const kn_agent_t *self)
{
    return self->is_vi;
}

bool kn_agent_is_json(const kn_agent_t *self)
{
    return self->is_json;
}

void kn_agent_set_own(kn_agent_t *self, void *own)
{
    self->own = own;
}

void *kn_agent_own(const kn_agent_t *self)
{
    return self->own;
}

/* The exit code that a failure deserves. */
static int exit_code(int rc)
{
    switch (rc) {
    case KN_OK: return KN_EXIT_OK;
    case KN_E_DENIED: return KN_EXIT_DENIED;
    case KN_E_INVALID:
    case KN_E_CONFLICT:
    case KN_E_NOT_FOUND:
    case KN_E_TOO_LARGE: return KN_EXIT_DATA;
    default: return KN_EXIT_LATER;
    }
}

/* Keeps the first exit code that is not 0, but nothing hides a denial. */
static void fail(kn_agent_t *self, int code)
{
    if (self->exit_code == KN_EXIT_OK || code == KN_EXIT_DENIED)
        self->exit_code = code;
}

/* ---- the client ---------------------------------------------------------------------------- */

static void on_receipt(void *arg, uint64_t tag, const struct kn_message *sent,
                       const struct kn_receipt *receipt)
{
    kn_agent_t *self = arg;
    if (self->act.sequence != 0 && receipt->sequence == self->act.sequence) {
        char frame[2048];
        long size = kn_message_encode(frame, sizeof frame, KN_TYPE_RECEIPT, receipt, NULL);
        if (size > 0)
            kn_message_decode(&self->act.receipt, frame, (size_t)size, NULL);
    }
    if (sent->type >= KN_TYPE_BATCH_DECLARE && sent->type <= KN_TYPE_PETITION_REVISE)
        batch_receipt(self, tag, sent, receipt);
    else if (self->spec->on_receipt) {
        int rc = self->spec->on_receipt(self, tag, sent, receipt);
        if (rc != KN_OK)
            fail(self, exit_code(rc));
    }
}

static void on_state(void *arg, enum kn_client_state state, const char *words)
{
    kn_agent_t *self = arg;
    if (self->is_verbose || state != self->told)
        kn_agent_log(self, "%s", words);
    self->told = state;
}

/* Says why the key cannot be used and what to do. */
static void tell_key(kn_agent_t *self, const char *path, int rc)
{
    const char *why;
    if (rc == KN_E_NOT_FOUND)
        why = KN_TR(self, "không có tệp khóa – tạo bằng: kiennghi keys new FILE",
                    "no such key file - make one with: kiennghi keys new FILE");
    else if (rc == KN_E_DENIED)
        why = KN_TR(self, "người khác đọc được khóa bí mật – chạy: chmod 600 FILE_secret",
                    "others can read the secret key - run: chmod 600 FILE_secret");
    else
        why = KN_TR(self, "không phải tệp khóa, hoặc không đọc được",
                    "this is no key file, or it cannot be read");
    kn_agent_fault(self, path, KN_CODE_NONE, NULL, why);
    fail(self, KN_EXIT_CONFIG);
}

static int make_folders(const char *path)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return KN_E_INVALID;
    memcpy(part, path, n + 1);
    for (char *p = part + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            if (mkdir(part, 0700) != 0 && errno != EEXIST)
                return KN_E_IO;
            *p = '/';
        }
    return mkdir(part, 0700) == 0 || errno == EEXIST ? KN_OK : KN_E_IO;
}

static int make_client(kn_agent_t *self)
{
    struct kn_keys keys;
    char hub_key[41], outbox[PATH_MAX];
    const char *key = kn_agent_text(self, "key"), *hub = kn_agent_text(self, "hub-key");
    const char *state = kn_agent_text(self, "state");
    int rc = kn_keys_load(&keys, key);
    if (rc == KN_OK && !keys.secret_key[0])
        rc = KN_E_NOT_FOUND;
    if (rc != KN_OK) {
        tell_key(self, key, rc);
        return rc;
    }
    rc = hub ? kn_keys_public(hub_key, hub) : KN_E_NOT_FOUND;
    if (rc != KN_OK) {
        kn_agent_fault(self, hub ? hub : "--hub-key", KN_CODE_NONE, NULL,
                       KN_TR(self, "cần khóa công khai của trung tâm: 40 ký tự, hoặc tệp khóa",
                             "the hub's public key is needed: 40 characters, or its key file"));
        fail(self, KN_EXIT_CONFIG);
        return rc;
    }
    if (snprintf(outbox, sizeof outbox, "%s/%s", state, self->is_command ? "acts" : "outbox") >=
            (int)sizeof outbox ||
        make_folders(state) != KN_OK)
        rc = KN_E_IO;
    if (rc == KN_OK)
        rc = kn_client_new(&self->client,
                           &(struct kn_client_options){
                               .endpoint = kn_agent_text(self, self->spec->delivery ? "hub-delivery"
                                                                                    : "hub-intake"),
                               .hub_key = hub_key,
                               .public_key = keys.public_key,
                               .secret_key = keys.secret_key,
                               .outbox = outbox,
                               .program = self->program,
                               .program_version = KN_VERSION,
                               .on_receipt = on_receipt,
                               .on_state = on_state,
                               .arg = self,
                           });
    memset(&keys, 0, sizeof keys);
    if (rc == KN_E_BUSY)
        kn_agent_fault(
            self, outbox, KN_CODE_NONE, NULL,
            KN_TR(self, "tiến trình khác đang dùng thư mục này – dừng nó, hoặc chọn --state khác",
                  "another process uses this folder - stop it, or choose another --state"));
    else if (rc == KN_E_INVALID)
        kn_agent_fault(
            self, "--hub-intake, --hub-delivery", KN_CODE_NONE, NULL,
            KN_TR(self, "phải có dạng tcp://ĐỊA-CHỈ:CỔNG", "must be tcp://ADDRESS:PORT"));
    else if (rc != KN_OK)
        kn_agent_fault(self, outbox, KN_CODE_NONE, NULL, kn_status_text(rc));
    if (rc != KN_OK)
        fail(self, rc == KN_E_INVALID ? KN_EXIT_CONFIG : KN_EXIT_LATER);
    if (rc == KN_OK)
        kn_client_stop_on(self->client, self->signals);
    return rc;
}

kn_client_t *kn_agent_client(kn_agent_t *self)
{
    if (!self->client)
        make_client(self);
    return self->client;
}

/* ---- signals ------------------------------------------------------------------------------- */

static int open_signals(kn_agent_t *self)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    self->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return self->signals >= 0 ? KN_OK : KN_E_IO;
}

static void take_signals(kn_agent_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (!self->is_stopping)
            kn_agent_log(self, "%s", KN_TR(self, "đang dừng", "stopping"));
        self->is_stopping = true;
    }
}

bool kn_agent_is_stopping(kn_agent_t *self)
{
    take_signals(self);
    return self->is_stopping;
}

int kn_agent_poll(kn_agent_t *self, int timeout_ms)
{
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_poll(self->client, timeout_ms);
    return kn_agent_is_stopping(self) ? KN_E_CLOSED : rc;
}

/* One turn of the client; whether the agent may go on. */
static int turn(kn_agent_t *self, int64_t until)
{
    int64_t now = agent_now_ms();
    int rc = kn_client_poll(self->client, until > now ? (int)(until - now) : 0);
    take_signals(self);
    if (rc == KN_E_CLOSED)
        rc = KN_OK;
    return rc;
}

/* ---- acts and requests --------------------------------------------------------------------- */

/* Tells why an act was not taken. */
static int judge(kn_agent_t *self, const struct kn_receipt *receipt)
{
    if (receipt->verdict == KN_VERDICT_STORED || receipt->verdict == KN_VERDICT_REPEATED)
        return KN_OK;
    char words[700];
    snprintf(words, sizeof words, "%s%s%s – %s", kn_agent_code_words(self, receipt->code),
             receipt->reason ? ": " : "", receipt->reason ? receipt->reason : "",
             kn_agent_remedy(self, receipt->code));
    kn_agent_fault(self, kn_agent_verdict_words(self, receipt->verdict), receipt->code,
                   receipt->field, words);
    if (receipt->verdict == KN_VERDICT_CONFLICT)
        return KN_E_CONFLICT;
    return receipt->code == KN_CODE_NOT_ALLOWED || receipt->code == KN_CODE_WRONG_UNIT
               ? KN_E_DENIED
               : KN_E_INVALID;
}

static int tell_wait(kn_agent_t *self, int rc)
{
    if (rc == KN_E_TIMEOUT)
        kn_agent_fault(self, self->program, KN_CODE_BUSY, NULL, kn_client_words(self->client));
    else if (rc == KN_E_DENIED || rc == KN_E_NOT_FOUND)
        kn_agent_fault(self, self->program, KN_CODE_NONE, NULL, kn_client_words(self->client));
    else if (rc != KN_OK)
        kn_agent_fault(self, self->program, KN_CODE_NONE, NULL, kn_status_text(rc));
    return rc;
}

int kn_agent_act(kn_agent_t *self, struct kn_message **receipt, enum kn_type type, void *body)
{
    struct kn_fault fault = {0};
    int64_t until = agent_now_ms() + 1000 * kn_agent_integer(self, "timeout");
    if (receipt)
        *receipt = NULL;
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_submit(self->client, ACT_TAG, type, body, &fault);
    if (rc != KN_OK) {
        kn_agent_fault(self, kn_type_name(type), fault.code, fault.field, fault.reason);
        return rc;
    }
    memcpy(&self->act.sequence, body, sizeof self->act.sequence);
    while (rc == KN_OK && !self->act.receipt) {
        rc = turn(self, until);
        if (rc == KN_OK && !self->act.receipt) {
            if (kn_client_state(self->client) == KN_CLIENT_DENIED)
                rc = KN_E_DENIED;
            else if (self->is_stopping || agent_now_ms() >= until)
                rc = KN_E_TIMEOUT;
        }
    }
    self->act.sequence = 0;
    if (self->act.receipt)
        rc = judge(self, self->act.receipt->body);
    else
        tell_wait(self, rc);
    if (receipt)
        *receipt = self->act.receipt;
    else
        kn_message_destroy(&self->act.receipt);
    self->act.receipt = NULL;
    return rc;
}

int kn_agent_request(kn_agent_t *self, struct kn_message **answer, enum kn_type type, void *body)
{
    *answer = NULL;
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_request(self->client, answer, type, body,
                               (int)(1000 * kn_agent_integer(self, "timeout")));
    tell_wait(self, rc);
    if (rc != KN_OK)
        kn_message_destroy(answer);
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static struct import *add_import(kn_agent_t *self, const char *path, bool is_watched)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    struct import **end = &self->imports;
    for (; *end; end = &(*end)->next)
        if (path && (*end)->path && strcmp((*end)->path, path) == 0)
            return *end;
    *end = agent_alloc(sizeof **end);
    (*end)->path = path ? agent_copy(path) : NULL;
    (*end)->name = agent_copy(path ? (slash ? slash + 1 : path) : self->spec->name);
    (*end)->is_watched = is_watched;
    return *end;
}

static void free_import(struct import *import)
{
    free(import->path);
    free(import->name);
    free(import);
}

/* Whether somebody has the file open for writing: then a read lease is refused. */
static bool is_being_written(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_busy = false;
    if (fd < 0)
        return false;
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        is_busy = errno == EAGAIN;
    else
        fcntl(fd, F_SETLEASE, F_UNLCK);
    close(fd);
    return is_busy;
}

static void consider(kn_agent_t *self, const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    if (name[0] == '.' || (self->spec->is_mine && !self->spec->is_mine(name)))
        return;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path ||
        stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    if (is_being_written(path)) {
        if (self->rescan_at > agent_now_ms() + SOON_MS)
            self->rescan_at = agent_now_ms() + SOON_MS;
        return;
    }
    add_import(self, path, true);
}

static int scan(kn_agent_t *self, const char *folder)
{
    struct dirent **names;
    int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0) {
        kn_agent_fault(self, folder, KN_CODE_UNREADABLE, NULL, strerror(errno));
        return KN_E_IO;
    }
    self->rescan_at = agent_now_ms() + RESCAN_MS;
    for (int i = 0; i < n; i++) {
        consider(self, folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return KN_OK;
}

static int watch(kn_agent_t *self, const char *folder)
{
    self->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (self->inotify < 0 ||
        inotify_add_watch(self->inotify, folder, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
        kn_agent_fault(self, folder, KN_CODE_UNREADABLE, NULL, strerror(errno));
        return KN_E_IO;
    }
    kn_client_watch(self->client, self->inotify);
    return scan(self, folder);
}

static void take_notices(kn_agent_t *self, const char *folder)
{
    _Alignas(struct inotify_event) char room[4096];
    ssize_t n;
    while (self->inotify >= 0 && (n = read(self->inotify, room, sizeof room)) > 0)
        for (char *p = room; p < room + n;) {
            const struct inotify_event *event = (const struct inotify_event *)p;
            if (event->mask & IN_Q_OVERFLOW)
                self->rescan_at = 0;
            else if (event->len)
                consider(self, folder, event->name);
            p += sizeof *event + event->len;
        }
}

/* Moves a finished file to done/ or refused/ of its folder, never over another. */
static void put_away(kn_agent_t *self, const struct import *import)
{
    char folder[PATH_MAX], target[PATH_MAX + 300];
    size_t n = (size_t)(strrchr(import->path, '/') - import->path);
    snprintf(folder, sizeof folder, "%.*s/%s", (int)n, import->path,
             import->is_unreadable ? "refused" : "done");
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        kn_agent_fault(self, folder, KN_CODE_NONE, NULL, strerror(errno));
        return;
    }
    for (int i = 0; i < 10000; i++) {
        if (i == 0)
            snprintf(target, sizeof target, "%s/%s", folder, import->name);
        else
            snprintf(target, sizeof target, "%s/%s~%d", folder, import->name, i);
        if (renameat2(AT_FDCWD, import->path, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
            return;
        if (errno != EEXIST)
            break;
    }
    kn_agent_fault(self, import->path, KN_CODE_NONE, NULL, strerror(errno));
}

static void finish_imports(kn_agent_t *self)
{
    for (struct import **p = &self->imports; *p;) {
        struct import *import = *p;
        if (!import->is_read || import->n_open > 0) {
            p = &import->next;
            continue;
        }
        if (import->is_watched)
            put_away(self, import);
        *p = import->next;
        free_import(import);
    }
}

static int read_import(kn_agent_t *self, struct import *import)
{
    self->current = import;
    int rc = import->path ? self->spec->read(self, import->path) : self->spec->on_tick(self);
    kn_agent_batch_drop(self);
    self->current = NULL;
    import->is_read = true;
    if (rc == KN_E_IO || rc == KN_E_FULL || rc == KN_E_BUSY || rc == KN_E_NOMEM) {
        import->is_watched = false; /* the world failed: it stays where it is, for the next scan */
        fail(self, KN_EXIT_LATER);
        return rc;
    }
    if (rc != KN_OK) {
        import->is_unreadable = import->n_open == 0;
        if (import->path || self->is_once)
            fail(self, KN_EXIT_DATA);
    }
    return KN_OK;
}

/* The next file that waits, or NULL; only when the outbox has room and is free of the past. */
static struct import *next_import(kn_agent_t *self)
{
    if (kn_client_backlog(self->client) >= MAX_BACKLOG ||
        (!self->accounts && kn_client_backlog(self->client) > 0))
        return NULL;
    for (struct import *import = self->imports; import; import = import->next)
        if (!import->is_read)
            return import;
    return NULL;
}

/* ---- the stream ---------------------------------------------------------------------------- */

static int on_event(void *arg, uint64_t position, const struct kn_event *event)
{
    kn_agent_t *self = arg;
    return self->spec->on_event(self, position, event);
}

static int on_frame(void *arg, uint64_t position)
{
    kn_agent_t *self = arg;
    return self->spec->on_frame(self, position);
}

static int subscribe(kn_agent_t *self)
{
    const struct kn_welcome *welcome = kn_client_welcome(self->client);
    struct kn_subscribe_options options = {.on_frame = self->spec->on_frame ? on_frame : NULL};
    const char *mark = strstr(self->spec->stream, "%s");
    char stream[200];
    if (mark)
        snprintf(stream, sizeof stream, "%.*s%s%s", (int)(mark - self->spec->stream),
                 self->spec->stream, welcome->unit ? welcome->unit : welcome->agent, mark + 2);
    else
        snprintf(stream, sizeof stream, "%s", self->spec->stream);
    if (self->spec->cursor) {
        int rc = self->spec->cursor(self, &options.after);
        if (rc != KN_OK && rc != KN_E_NOT_FOUND)
            return rc;
        options.has_after = rc == KN_OK;
    }
    self->is_subscribed = true;
    return kn_client_subscribe(self->client, stream, welcome->agent, &options, on_event, self);
}

/* ---- running ------------------------------------------------------------------------------- */

/* Whether nothing is left to do; only asked with --once or file arguments. */
static bool is_all_done(kn_agent_t *self)
{
    if (self->imports || kn_client_backlog(self->client) > 0)
        return false;
    if (!self->spec->stream)
        return true;
    return self->is_subscribed && kn_client_is_caught_up(self->client, 1);
}

/* A tick that fails has said why, and comes again. */
static void do_tick(kn_agent_t *self)
{
    int64_t now = agent_now_ms();
    if (!self->spec->on_tick || now < self->tick_at)
        return;
    self->tick_at = self->spec->every_ms && !self->is_once ? now + self->spec->every_ms : INT64_MAX;
    read_import(self, add_import(self, NULL, false));
}

static int do_stream(kn_agent_t *self)
{
    if (!self->spec->stream || self->is_subscribed ||
        kn_client_state(self->client) != KN_CLIENT_READY)
        return KN_OK;
    return subscribe(self);
}

static int loop(kn_agent_t *self, bool is_one_shot)
{
    const char *folder =
        self->spec->read || self->spec->on_tick ? kn_agent_text(self, "watch") : NULL;
    int64_t patience = 1000 * kn_agent_integer(self, "timeout"), until = agent_now_ms() + patience;
    uint64_t backlog = UINT64_MAX;
    int rc = folder ? watch(self, folder) : KN_OK;
    while (rc == KN_OK && !self->is_stopping) {
        struct import *import = next_import(self);
        int64_t wake = agent_now_ms() + RESCAN_MS;
        if (import && read_import(self, import) != KN_OK && is_one_shot)
            break;
        finish_imports(self);
        do_tick(self);
        rc = do_stream(self);
        if (is_one_shot && is_all_done(self))
            break;
        if (self->rescan_at < wake && folder)
            wake = self->rescan_at;
        if (self->tick_at < wake)
            wake = self->tick_at;
        if (is_one_shot && until < wake)
            wake = until;
        if (next_import(self))
            wake = 0;
        if (rc == KN_OK)
            rc = turn(self, wake);
        if (rc == KN_OK && folder) {
            take_notices(self, folder);
            if (agent_now_ms() >= self->rescan_at)
                rc = scan(self, folder);
        }
        report_progress(self);
        if (kn_client_backlog(self->client) != backlog) { /* something moves */
            backlog = kn_client_backlog(self->client);
            until = agent_now_ms() + patience;
        }
        if (is_one_shot && kn_client_state(self->client) == KN_CLIENT_DENIED)
            rc = KN_E_DENIED;
        else if (is_one_shot && agent_now_ms() >= until)
            rc = KN_E_TIMEOUT;
        if (!is_one_shot && (rc == KN_E_IO || rc == KN_E_FULL) && self->spec->stream)
            rc = KN_OK; /* an event was not taken: the client gives it again */
    }
    finish_imports(self);
    return rc;
}

static void tell_end(kn_agent_t *self, int rc)
{
    uint64_t left = self->client ? kn_client_backlog(self->client) : 0;
    report_clear(self);
    if (rc == KN_E_TIMEOUT || (rc == KN_OK && left > 0 && self->is_stopping))
        fprintf(stderr,
                KN_TR(self,
                      "%s: còn %llu thông điệp chưa được trả lời (%s); không mất gì, lần chạy sau "
                      "sẽ gửi tiếp\n",
                      "%s: %llu messages are not answered yet (%s); nothing is lost, the next run "
                      "goes on\n"),
                self->program, (unsigned long long)left, kn_client_words(self->client));
    else if (rc == KN_E_DENIED ||
             rc == KN_E_CONFLICT) /* CONFLICT: another process took the stream */
        kn_agent_fault(self, self->program, KN_CODE_NOT_ALLOWED, NULL,
                       kn_client_words(self->client));
    else if (rc != KN_OK)
        kn_agent_fault(self, self->program, KN_CODE_NONE, NULL, kn_status_text(rc));
    if (rc != KN_OK)
        fail(self, rc == KN_E_CONFLICT ? KN_EXIT_DENIED : exit_code(rc));
    if (self->total.refused + self->total.conflict > 0)
        fail(self, KN_EXIT_DATA);
}

static const struct kn_agent_command *find_command(const kn_agent_t *self, int *n_words, int argc,
                                                   char **argv)
{
    for (const struct kn_agent_command *c = self->spec->commands; c && c->name; c++) {
        char words[100] = "";
        if (argc >= 1 && strcmp(argv[0], c->name) == 0) {
            *n_words = 1;
            return c;
        }
        if (argc >= 2)
            snprintf(words, sizeof words, "%s %s", argv[0], argv[1]);
        if (strcmp(words, c->name) == 0) {
            *n_words = 2;
            return c;
        }
    }
    return NULL;
}

static int run_command(kn_agent_t *self, int argc, char **argv)
{
    int n_words = 0;
    const struct kn_agent_command *command = find_command(self, &n_words, argc, argv);
    int n_args = argc - n_words;
    if (!command || n_args < command->min_args || n_args > command->max_args) {
        fprintf(stderr,
                KN_TR(self, "%s: %s \"%s\" – xem %s --help\n", "%s: %s \"%s\" - see %s --help\n"),
                self->program,
                command ? KN_TR(self, "sai số tham số của lệnh", "wrong number of arguments of")
                        : KN_TR(self, "không biết lệnh", "unknown command"),
                command ? command->name : argv[0], self->program);
        return KN_EXIT_USAGE;
    }
    self->is_command = true;
    int rc = command->run(self, n_args, argv + n_words);
    report_clear(self);
    if (rc != KN_OK)
        fail(self, exit_code(rc));
    return self->exit_code;
}

static int run(kn_agent_t *self, int argc, char **argv)
{
    const struct kn_agent_spec *spec = self->spec;
    bool has_work = spec->on_tick || spec->stream;
    if (spec->commands && argc > 0)
        return run_command(self, argc, argv);
    if ((argc > 0 && !spec->read) ||
        (argc == 0 && !has_work && !(spec->read && kn_agent_text(self, "watch")))) {
        fprintf(stderr, KN_TR(self, "%s: %s – xem %s --help\n", "%s: %s - see %s --help\n"),
                self->program,
                argc > 0 ? KN_TR(self, "thừa tham số", "too many arguments")
                         : KN_TR(self, "cần tên tệp hoặc lệnh", "a file or a command is needed"),
                self->program);
        return KN_EXIT_USAGE;
    }
    if (!kn_agent_client(self))
        return self->exit_code;
    for (int i = 0; i < argc; i++)
        add_import(self, argv[i], false);
    int rc = loop(self, argc > 0 || self->is_once);
    tell_end(self, rc);
    return self->exit_code;
}

static void clean(kn_agent_t *self)
{
    if (self->spec->on_stop)
        self->spec->on_stop(self);
    batch_clear(self);
    while (self->imports) {
        struct import *import = self->imports;
        self->imports = import->next;
        free_import(import);
    }
    kn_client_destroy(&self->client);
    kn_message_destroy(&self->act.receipt);
    options_clear(self);
    if (self->signals >= 0)
        close(self->signals);
    if (self->inotify >= 0)
        close(self->inotify);
}

int kn_agent_main(int argc, char **argv, const struct kn_agent_spec *spec)
{
    kn_agent_t self = {.spec = spec, .signals = -1, .inotify = -1};
    int rest = 0;
    snprintf(self.program, sizeof self.program, "kiennghi%s%s", *spec->name ? "-" : "", spec->name);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (getrandom(&self.run, sizeof self.run, 0) != (ssize_t)sizeof self.run)
        return KN_EXIT_LATER;
    int code = options_read(&self, &rest, argc, argv);
    if (code < 0) {
        int rc = open_signals(&self);
        if (rc == KN_OK && spec->on_start)
            rc = spec->on_start(&self);
        if (rc != KN_OK) {
            fail(&self, rc == KN_E_INVALID ? KN_EXIT_CONFIG : exit_code(rc));
            code = self.exit_code;
        } else {
            code = run(&self, argc - rest, argv + rest);
        }
        clean(&self);
    } else {
        options_clear(&self);
    }
    return fflush(stdout) == 0 || code != KN_EXIT_OK ? code : KN_EXIT_LATER;
}
