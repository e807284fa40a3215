/* hook.c - the agency's own program hears of every event.
 *
 * Each event lies as FOLDER/POSITION.json, synced, before the stream goes on; so none is lost. One
 * at a time, in the stream's order, the program is executed (no shell, no arguments) with the JSON
 * on its standard input. Exit code 0: the file goes. Otherwise, or when it takes longer than the
 * limit (it is killed then), the event is tried again after 1, 2, 4 … 64 s; after TRIES_MAX times
 * it is set aside in FOLDER/failed and told, and the next one has its turn; hook_failed.c shows
 * them and gives them again.
 */
#include "agents/hook.h"

#include "agents/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { TRIES_MAX = 10, WAIT_MAX_S = 64, NAME_SIZE = 64 };

struct hook {
    char program[PATH_MAX], folder[PATH_MAX - 100];
    int timeout_s;
    pid_t child; /* 0: none runs */
    bool is_killed;
    int ended, never; /* readable when the child ended; a descriptor that never is */
    bool is_watched;
    int64_t until;        /* the child is killed; or the next trial */
    char name[NAME_SIZE]; /* of the event in hand; "" none */
    int tries;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void place(const hook_t *self, char path[PATH_MAX], const char *folder, const char *name)
{
    (void)snprintf(path, PATH_MAX, "%s%s/%s", self->folder, folder, name);
}

static bool is_event(const char *name)
{
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot && strcmp(dot, ".json") == 0 && strlen(name) < NAME_SIZE;
}

int hook_open(hook_t **out, const char *program, const char *folder, int timeout_s)
{
    char path[PATH_MAX];
    hook_t *self = calloc(1, sizeof *self);
    *out = self;
    if (!self) {
        return KN_E_NOMEM;
    }
    self->timeout_s = timeout_s;
    self->ended = self->never = -1;
    (void)snprintf(self->program, sizeof self->program, "%s", program);
    (void)snprintf(self->folder, sizeof self->folder, "%s", folder);
    place(self, path, "", "failed");
    if (access(program, X_OK) != 0 || inbox_open(path) != KN_OK ||
        (self->never = eventfd(0, EFD_CLOEXEC)) < 0 ||
        (self->ended = fcntl(self->never, F_DUPFD_CLOEXEC, 0)) < 0) {
        int why = errno;
        hook_close(out);
        errno = why;
        return KN_E_IO;
    }
    return KN_OK;
}

void hook_close(hook_t **self_p)
{
    hook_t *self = *self_p;
    *self_p = NULL;
    if (!self) {
        return;
    }
    if (self->child > 0) { /* its event stays and is given again */
        (void)kill(self->child, SIGKILL);
        (void)waitpid(self->child, NULL, 0);
    }
    if (self->ended >= 0) {
        close(self->ended);
    }
    if (self->never >= 0) {
        close(self->never);
    }
    free(self);
}

int hook_put(hook_t *self, uint64_t position, const char *code, const json_t *event)
{
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof name, "%020" PRIu64 "-%.24s", position, code);
    return inbox_write(self->folder, name, event);
}

void hook_erase(hook_t *self, const char *code)
{
    static const char *const folders[] = {"", "/failed"};
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        place(self, path, folders[i], "");
        DIR *entries = opendir(path);
        const struct dirent *entry;
        while (entries && (entry = readdir(entries))) {
            const char *of = is_event(entry->d_name) ? strchr(entry->d_name, '-') : NULL;
            if (of && strncmp(of + 1, code, strlen(code)) == 0) {
                char name[NAME_SIZE];
                (void)snprintf(name, sizeof name, "%.*s", (int)(strlen(entry->d_name) - 5),
                               entry->d_name);
                json_t *event = inbox_read(path, name);
                inbox_forget_person(event);
                (void)inbox_write(path, name, event);
                json_decref(event);
            }
        }
        if (entries) {
            closedir(entries);
        }
    }
}

/* The oldest event that waits. */
static bool find_next(hook_t *self)
{
    char path[PATH_MAX];
    place(self, path, "", "");
    DIR *entries = opendir(path);
    const struct dirent *entry;
    self->name[0] = '\0';
    while (entries && (entry = readdir(entries))) {
        if (is_event(entry->d_name) && (!self->name[0] || strcmp(entry->d_name, self->name) < 0)) {
            (void)snprintf(self->name, sizeof self->name, "%.63s", entry->d_name);
        }
    }
    if (entries) {
        closedir(entries);
    }
    return self->name[0] != '\0';
}

static int start(hook_t *self)
{
    char path[PATH_MAX];
    char *argv[] = {self->program, NULL};
    sigset_t none, defaults;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    place(self, path, "", self->name);
    sigemptyset(&none);
    sigfillset(&defaults);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, path, O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                       POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &defaults);
    int why = posix_spawn(&self->child, self->program, &files, &how, argv, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (why != 0) {
        self->child = 0;
        return why;
    }
    int fd = (int)syscall(SYS_pidfd_open, self->child, 0);
    if (fd >= 0) {
        (void)dup3(fd, self->ended, O_CLOEXEC);
        close(fd);
    }
    self->is_killed = false;
    self->until = now_ms() + 1000 * (int64_t)self->timeout_s;
    return 0;
}

/* What became of the event in hand. */
static void judge(hook_t *self, kn_agent_t *agent, bool is_good, const char *why)
{
    char path[PATH_MAX], aside[PATH_MAX];
    int wait_s = 1 << self->tries;
    place(self, path, "", self->name);
    if (is_good) {
        (void)unlink(path);
    } else if (++self->tries < TRIES_MAX) {
        wait_s = wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S;
        self->until = now_ms() + 1000 * (int64_t)wait_s;
        kn_agent_log(agent,
                     KN_TR(agent, "hook %s: %s; thử lại sau %d s", "hook %s: %s; again in %d s"),
                     self->name, why, wait_s);
        return;
    } else {
        place(self, aside, "/failed", self->name);
        kn_agent_fault(agent, aside, KN_CODE_UNREADABLE, NULL,
                       KN_TR(agent,
                             "chương trình hook không nhận sự kiện này – sửa rồi: kiennghi-agency "
                             "hook retry all",
                             "the hook did not take this event - mend it, then: kiennghi-agency "
                             "hook retry all"));
        (void)rename(path, aside);
    }
    self->tries = 0;
    self->until = 0;
    self->name[0] = '\0';
}

static void take_end(hook_t *self, kn_agent_t *agent)
{
    int status;
    char why[80];
    if (waitpid(self->child, &status, WNOHANG) != self->child) {
        if (now_ms() >= self->until && !self->is_killed) {
            self->is_killed = true;
            (void)kill(-self->child, SIGKILL);
        }
        return;
    }
    self->child = 0;
    (void)dup3(self->never, self->ended, O_CLOEXEC);
    if (self->is_killed) {
        (void)snprintf(why, sizeof why, KN_TR(agent, "chạy quá %d s", "ran longer than %d s"),
                       self->timeout_s);
    } else if (WIFEXITED(status)) {
        (void)snprintf(why, sizeof why, KN_TR(agent, "mã thoát %d", "exit code %d"),
                       WEXITSTATUS(status));
    } else {
        (void)snprintf(why, sizeof why, KN_TR(agent, "tín hiệu %d", "signal %d"), WTERMSIG(status));
    }
    judge(self, agent, !self->is_killed && WIFEXITED(status) && WEXITSTATUS(status) == 0, why);
}

void hook_turn(hook_t *self, kn_agent_t *agent)
{
    if (!self->is_watched && kn_agent_client(agent)) {
        kn_client_watch(kn_agent_client(agent), self->ended);
        self->is_watched = true;
    }
    if (self->child > 0) {
        take_end(self, agent);
    }
    if (self->child == 0 && now_ms() >= self->until && (self->name[0] || find_next(self))) {
        int why = start(self);
        if (why != 0) {
            judge(self, agent, false, strerror(why));
        }
    }
}

void hook_drain(hook_t *self, kn_agent_t *agent)
{
    do {
        hook_turn(self, agent);
        if (self->child > 0) {
            struct pollfd end = {.fd = self->ended, .events = POLLIN};
            (void)poll(&end, 1, 1000);
        }
    } while (self->child > 0 || (self->tries == 0 && find_next(self)));
}
