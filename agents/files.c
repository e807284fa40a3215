/* files.c - the files that an intake agent takes: named ones, and those of a watched folder.
 *
 * A watched folder is read at the start, on IN_CLOSE_WRITE and IN_MOVED_TO, and again each minute,
 * because notices can be lost. A file that somebody still writes is left alone (its lease is
 * refused). A file is moved to done/ after the last receipt, so a crash in between only means that
 * it is read again and every row is answered `repeated`. What an earlier run left in the outbox is
 * finished before any file is read, so that a crash loop cannot fill it.
 */
#include "agents/agent_internal.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RESCAN_MS = 60000,
    GONE_MS = 2000,     /* when the folder is not there */
    SOON_MS = 2000,     /* a file that is still being written */
    MAX_BACKLOG = 20000 /* messages in the outbox before the next file waits */
};

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

struct import *files_add(kn_agent_t *self, const char *path, bool is_watched)
{
    const char *name = path ? file_name(path) : self->spec->name;
    struct import **end = &self->imports;
    char shown[NAME_MAX + 1];
    for (; *end; end = &(*end)->next)
        if (path && (*end)->path && strcmp((*end)->path, path) == 0)
            return *end;
    *end = agent_alloc(sizeof **end);
    (*end)->path = path ? agent_copy(path) : NULL;
    if (path && self->spec->show_name) {
        self->spec->show_name(shown, sizeof shown, name);
        name = shown;
    }
    (*end)->name = agent_copy(name);
    (*end)->is_watched = is_watched;
    return *end;
}

/* The place of TEXT, or of nothing, in the words of IMPORT. */
static char **find_words(struct import *import, const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        hash = (hash ^ *p) * 1099511628211u;
    size_t i = hash & (import->max_words - 1);
    while (import->words[i] && strcmp(import->words[i], text) != 0)
        i = (i + 1) & (import->max_words - 1);
    return &import->words[i];
}

const char *files_words(struct import *import, const char *text)
{
    if (!text || !*text)
        return NULL;
    if (2 * import->n_words >= import->max_words) { /* half of it is free: looking ends soon */
        char **old = import->words;
        size_t n_old = import->max_words;
        import->max_words = n_old ? 2 * n_old : 16;
        import->words = agent_alloc(import->max_words * sizeof *import->words);
        for (size_t i = 0; i < n_old; i++)
            if (old[i])
                *find_words(import, old[i]) = old[i];
        free(old);
    }
    char **place = find_words(import, text);
    if (!*place) {
        *place = agent_copy(text);
        import->n_words++;
    }
    return *place;
}

void files_refused(struct import *import, const char *sheet, int64_t row, const char *words,
                   const char *remedy)
{
    char whole[1200];
    size_t n = import->n_refusals;
    if ((n & (n - 1)) == 0) { /* grows at powers of two */
        import->refusals = realloc(import->refusals, (n ? 2 * n : 1) * sizeof *import->refusals);
        assert(import->refusals);
    }
    snprintf(whole, sizeof whole, "%s%s%s", words, remedy ? " – " : "", remedy ? remedy : "");
    import->refusals[import->n_refusals++] =
        (struct kn_agent_refusal){files_words(import, sheet), row, files_words(import, whole)};
}

static void free_import(struct import *import)
{
    for (size_t i = 0; i < import->max_words; i++)
        free(import->words[i]);
    free(import->words);
    free(import->refusals);
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
    files_add(self, path, true);
}

static int watch(kn_agent_t *self, const char *folder)
{
    uint32_t what = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF;
    self->is_watched = inotify_add_watch(self->inotify, folder, what) >= 0;
    return self->is_watched ? KN_OK : KN_E_IO;
}

void files_scan(kn_agent_t *self, const char *folder)
{
    struct dirent **names;
    int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0) { /* moved away, or its disk is not there for now: told once */
        if (!self->folder_is_gone)
            kn_agent_fault(self, folder, KN_CODE_UNREADABLE, NULL, strerror(errno));
        self->folder_is_gone = true;
        self->rescan_at = agent_now_ms() + GONE_MS;
        return;
    }
    self->folder_is_gone = false;
    if (!self->is_watched) /* the one that is there now is another */
        watch(self, folder);
    self->rescan_at = agent_now_ms() + (self->is_watched ? RESCAN_MS : GONE_MS);
    for (int i = 0; i < n; i++) {
        consider(self, folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
}

int files_watch(kn_agent_t *self, const char *folder)
{
    self->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (self->inotify < 0 || watch(self, folder) != KN_OK) {
        kn_agent_fault(self, folder, KN_CODE_UNREADABLE, NULL, strerror(errno));
        return KN_E_IO;
    }
    kn_client_watch(self->client, self->inotify);
    files_scan(self, folder);
    return KN_OK;
}

void files_take_notices(kn_agent_t *self, const char *folder)
{
    _Alignas(struct inotify_event) char room[4096];
    ssize_t n;
    while (self->inotify >= 0 && (n = read(self->inotify, room, sizeof room)) > 0)
        for (char *p = room; p < room + n;) {
            const struct inotify_event *event = (const struct inotify_event *)p;
            if (event->mask & (IN_MOVE_SELF | IN_DELETE_SELF)) {
                inotify_rm_watch(self->inotify, event->wd);
                self->is_watched = false;
            }
            if (event->mask & IN_Q_OVERFLOW || !self->is_watched)
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
            snprintf(target, sizeof target, "%s/%s", folder, file_name(import->path));
        else
            snprintf(target, sizeof target, "%s/%s~%d", folder, file_name(import->path), i);
        if (renameat2(AT_FDCWD, import->path, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
            return;
        if (errno != EEXIST)
            break;
    }
    kn_agent_fault(self, import->name, KN_CODE_NONE, NULL, strerror(errno));
}

void files_finish(kn_agent_t *self)
{
    for (struct import **p = &self->imports; *p;) {
        struct import *import = *p;
        if (!import->is_read || import->n_open > 0) {
            p = &import->next;
            continue;
        }
        if (import->path && self->spec->on_finished)
            self->spec->on_finished(self, import->path, import->refusals, import->n_refusals);
        if (import->is_watched)
            put_away(self, import);
        *p = import->next;
        free_import(import);
    }
}

int files_read(kn_agent_t *self, struct import *import)
{
    if (!self->is_dry && !self->is_past_forgotten && kn_client_backlog(self->client) == 0) {
        self->is_past_forgotten = true;
        int rc = account_forget_past(self);
        if (rc != KN_OK)
            return rc;
    }
    self->current = import;
    int rc = import->path ? self->spec->read(self, import->path) : self->spec->on_tick(self);
    kn_agent_batch_drop(self);
    self->current = NULL;
    import->is_read = true;
    if (rc == KN_E_IO || rc == KN_E_FULL || rc == KN_E_BUSY || rc == KN_E_NOMEM ||
        rc == KN_E_CLOSED) {
        import->is_watched = false; /* the world failed: it stays where it is, for the next scan */
        link_fail(self, KN_EXIT_LATER);
        return rc;
    }
    if (rc != KN_OK) {
        import->is_unreadable = import->n_open == 0;
        if (import->path || self->is_once)
            link_fail(self, KN_EXIT_DATA);
    }
    return KN_OK;
}

/* The next file that waits, or NULL; only when the outbox has room and is free of the past. */
struct import *files_next(kn_agent_t *self)
{
    if (kn_client_backlog(self->client) >= MAX_BACKLOG ||
        (!self->parts && kn_client_backlog(self->client) > 0))
        return NULL;
    for (struct import *import = self->imports; import; import = import->next)
        if (!import->is_read)
            return import;
    return NULL;
}

void files_clear(kn_agent_t *self)
{
    while (self->imports) {
        struct import *import = self->imports;
        self->imports = import->next;
        free_import(import);
    }
}
