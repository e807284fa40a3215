/* agent.c - the skeleton that owns main: start, loop, stream, commands, exit code.
 *
 * The loop: finished files are moved away, the next file is read when the outbox has room, ticks
 * are given when due, and everything else happens inside kn_client_poll. Signals come through a
 * descriptor, so nothing is ever interrupted half-way; stopping is leaving the loop.
 */
#include "agents/agent_internal.h"

#include "kiennghi/kiennghi.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { WAKE_MS = 60000, BUSY_MS = 50 };

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

bool kn_agent_is_following(const kn_agent_t *self)
{
    return self->is_subscribed;
}

static int subscribe(kn_agent_t *self)
{
    const struct kn_welcome *welcome = kn_client_welcome(self->client);
    struct kn_subscribe_options options = {.on_frame = self->spec->on_frame ? on_frame : NULL};
    const char *given =
        self->spec->choose_stream ? self->spec->choose_stream(self) : self->spec->stream;
    const char *mark = strstr(given, "%s");
    char stream[200];
    if (mark)
        snprintf(stream, sizeof stream, "%.*s%s%s", (int)(mark - given), given,
                 welcome->unit ? welcome->unit : welcome->agent, mark + 2);
    else
        snprintf(stream, sizeof stream, "%s", given);
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
    if (now < self->tick_at)
        return;
    self->tick_at = self->spec->every_ms && !self->is_once ? now + self->spec->every_ms : INT64_MAX;
    files_read(self, files_add(self, NULL, false));
}

void kn_agent_tick(kn_agent_t *self)
{
    self->tick_at = 0;
}

/* A turn that fails has said why. */
static void do_turn(kn_agent_t *self)
{
    if (!self->spec->on_turn)
        return;
    int rc = self->spec->on_turn(self, !files_next(self) && !self->parts);
    if (rc != KN_OK)
        link_fail(self, link_exit_code(rc));
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
    const char *folder = self->spec->read ? kn_agent_text(self, "watch") : NULL;
    int64_t patience = 1000 * kn_agent_integer(self, "timeout"), until = agent_now_ms() + patience;
    uint64_t backlog = UINT64_MAX;
    int rc = folder ? files_watch(self, folder) : KN_OK;
    while (rc == KN_OK && !self->is_stopping) {
        struct import *import = files_next(self);
        int64_t wake = agent_now_ms() + WAKE_MS;
        if (import && files_read(self, import) != KN_OK && is_one_shot)
            break;
        if (!files_next(self) && batch_settle(self) != KN_OK) {
            link_fail(self, KN_EXIT_LATER);
            if (is_one_shot)
                break;
        }
        if (!files_next(self) && !self->parts)
            account_tell(self);
        do_turn(self);
        do_tick(self);
        files_finish(self);
        rc = do_stream(self);
        if (is_one_shot && is_all_done(self))
            break;
        if (self->rescan_at < wake && folder)
            wake = self->rescan_at;
        if (self->tick_at < wake)
            wake = self->tick_at;
        if (is_one_shot && until < wake)
            wake = until;
        if (files_next(self) || self->is_stopping)
            wake = 0;
        bool is_busy = files_next(self) && agent_now_ms() - self->turned_at < BUSY_MS;
        if (rc == KN_OK && !is_busy) { /* many small files share one commit */
            rc = link_turn(self, wake);
            self->turned_at = agent_now_ms();
        }
        if (rc == KN_OK && folder) {
            files_take_notices(self, folder);
            if (agent_now_ms() >= self->rescan_at)
                files_scan(self, folder);
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
    account_tell(self);
    files_finish(self);
    return rc;
}

static void tell_end(kn_agent_t *self, int rc)
{
    uint64_t left = self->client ? kn_client_backlog(self->client) : 0;
    report_clear(self);
    if (rc == KN_E_TIMEOUT || (rc == KN_OK && left > 0 && self->is_stopping))
        fprintf(stderr,
                KN_TR(self,
                      "%s: còn %llu thông điệp chưa được trả lời (%s); không mất dữ liệu, lần "
                      "chạy sau sẽ gửi tiếp\n",
                      "%s: %llu messages are not answered yet (%s); nothing is lost, the next run "
                      "goes on\n"),
                self->program, (unsigned long long)left, link_words(self));
    else if (rc == KN_E_CONFLICT) /* only a stream can */
        kn_agent_fault(self, NULL, KN_CODE_SUPERSEDED, NULL,
                       kn_agent_remedy(self, KN_CODE_SUPERSEDED));
    else if (rc == KN_E_DENIED && kn_client_state(self->client) == KN_CLIENT_READY)
        kn_agent_fault(self, NULL, KN_CODE_NOT_ALLOWED, NULL, kn_client_words(self->client));
    else if (rc == KN_E_DENIED)
        kn_agent_fault(self, NULL, KN_CODE_NOT_ALLOWED, NULL, link_words(self));
    else if (rc != KN_OK)
        kn_agent_fault(self, NULL, KN_CODE_NONE, NULL, kn_agent_status_words(self, rc));
    if (rc != KN_OK)
        link_fail(self, rc == KN_E_CONFLICT ? KN_EXIT_DENIED : link_exit_code(rc));
    if (self->total.refused + self->total.conflict > 0)
        link_fail(self, KN_EXIT_DATA);
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
                command
                    ? KN_TR(self, "sai số lượng tham số của lệnh", "wrong number of arguments of")
                    : KN_TR(self, "không có lệnh", "unknown command"),
                command ? command->name : argv[0], self->program);
        return KN_EXIT_USAGE;
    }
    self->is_command = true;
    self->told = KN_CLIENT_READY; /* being connected is no news here */
    int rc = command->run(self, n_args, argv + n_words);
    report_clear(self);
    if (rc != KN_OK && !(rc == KN_E_CLOSED && kn_agent_is_stopping(self)))
        link_fail(self, link_exit_code(rc));
    return self->exit_code;
}

/* Reads the files and says what would be sent; nothing is, and no hub is asked. */
static int preview(kn_agent_t *self, int argc, char **argv)
{
    for (int i = 0; i < argc && !kn_agent_is_stopping(self); i++)
        if (files_read(self, files_add(self, argv[i], false)) == KN_OK)
            batch_settle(self);
    if (self->total.refused > 0)
        link_fail(self, KN_EXIT_DATA);
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
    if (self->is_dry)
        return preview(self, argc, argv);
    self->told = argc > 0 || self->is_once ? (int)KN_CLIENT_READY : -1;
    if (!kn_agent_client(self))
        return self->exit_code;
    for (int i = 0; i < argc; i++)
        files_add(self, argv[i], false);
    int rc = loop(self, argc > 0 || self->is_once);
    tell_end(self, rc);
    return self->exit_code;
}

static void clean(kn_agent_t *self)
{
    if (self->spec->on_stop)
        self->spec->on_stop(self);
    batch_clear(self);
    account_clear(self);
    files_clear(self);
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
    self.tick_at = spec->on_tick ? 0 : INT64_MAX;
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
            link_fail(&self, rc == KN_E_INVALID ? KN_EXIT_CONFIG : link_exit_code(rc));
            code = self.exit_code;
        } else {
            code = run(&self, argc - rest, argv + rest);
        }
        clean(&self);
    } else {
        options_clear(&self);
    }
    /* who closed the pipe has seen enough */
    return fflush(stdout) == 0 || errno == EPIPE || code != KN_EXIT_OK ? code : KN_EXIT_LATER;
}
