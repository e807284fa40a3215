/* keeping.c - see the header.
 *
 * A backup:  FOLDER/data.mdb        compact copy: no free pages, so nothing that was erased
 *            FOLDER/files/          attachments
 *            FOLDER/manifest.json   format, last event, head of the chain, size and SHA-256 of
 * data.mdb
 */
#include "hub/keeping.h"

#include "hub/digest.h"
#include "hub/folder.h"
#include "hub/redecide.h"
#include "hub/store.h"
#include "hub/verify.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = CONFIG_MAX_TEXT + 128, MANIFEST_FORMAT = 1 };

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "kiennghi-hub: %s: %s\n", what, why);
    return KN_EXIT_DATA;
}

/* The path of NAME in FOLDER, whose length was checked. */
static void place(char out[PATH_SIZE], const char *folder, const char *name)
{
    int n = snprintf(out, PATH_SIZE, "%s/%s", folder, name);
    assert(n > 0 && n < PATH_SIZE);
}

static void tell(void *arg, const char *line)
{
    (void)arg;
    fprintf(stderr, "kiennghi-hub: %s\n", line);
}

static int exit_of(int rc)
{
    return rc == KN_OK                                                        ? KN_EXIT_OK
           : rc == KN_E_CORRUPT                                               ? KN_EXIT_DATA
           : rc == KN_E_INVALID || rc == KN_E_NOT_FOUND || rc == KN_E_VERSION ? KN_EXIT_CONFIG
                                                                              : KN_EXIT_LATER;
}

/* Opens FOLDER beside a hub that may run there. */
static int open_beside(store_t **out, const char *folder, int64_t map_size)
{
    char why[512] = "";
    const struct store_options where = {
        .folder = folder, .map_size = (size_t)map_size, .read_only = true};
    int rc = store_open(out, &where, why, sizeof why);
    if (rc) {
        complain(folder, why);
    }
    return rc;
}

/* Reads all of the store in FOLDER. */
static int look(struct verify_result *out, const char *folder, int64_t map_size,
                const char *against, bool with_files)
{
    char files[PATH_SIZE];
    store_t *store = NULL;
    place(files, folder, "files");
    int rc = open_beside(&store, folder, map_size);
    if (rc) {
        return rc;
    }
    rc = verify_run(out, store, with_files && access(files, F_OK) == 0 ? files : NULL, against,
                    tell, NULL);
    store_close(&store);
    return rc;
}

/* The end of the line is the caller's. */
static void print_result(const struct verify_result *result)
{
    char head[65];
    digest_hex(head, result->head, sizeof result->head);
    printf("{\"records\":%" PRIu64 ",\"damaged\":%" PRIu64 ",\"events\":%" PRIu64
           ",\"chain\":\"%s\",\"head\":\"%s\",\"contents\":%" PRIu64 ",\"batches\":%" PRIu64
           ",\"files\":%" PRIu64 ",\"faults\":%" PRIu64,
           result->n_records, result->n_damaged, result->last_event,
           result->first_bad ? "broken" : "whole", head, result->n_contents, result->n_batches,
           result->n_files, result->n_faults);
    if (result->first_bad) {
        printf(",\"first_bad\":%" PRIu64, result->first_bad);
    }
}

/* ---- deciding again -------------------------------------------------------------------------- */

static void show_progress(void *arg, uint64_t event, uint64_t last)
{
    (void)arg;
    fprintf(stderr, "\rkiennghi-hub: decided again up to event %" PRIu64 " of %" PRIu64 " (%d %%) ",
            event, last, last ? (int)(100 * event / last) : 100);
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
    (void)stat;
    (void)kind;
    (void)where;
    return remove(path);
}

static int redecide(struct redecide_result *out, const struct config *config, const char *scratch)
{
    char folder[PATH_SIZE], why[512] = "";
    store_t *store = NULL;
    const char *where = scratch ? scratch : getenv("TMPDIR") ? getenv("TMPDIR") : "/var/tmp";
    bool is_shown = isatty(STDERR_FILENO);
    struct redecide_options options = {
        .scratch = folder, .tell = tell, .progress = is_shown ? show_progress : NULL};
    if (strlen(where) > CONFIG_MAX_TEXT) {
        complain(where, "too long a name");
        return KN_E_INVALID;
    }
    place(folder, where, "kiennghi-redecide-XXXXXX");
    if (!mkdtemp(folder)) {
        complain(folder, strerror(errno));
        return KN_E_IO;
    }
    int rc = open_beside(&store, config->store, config->map_size);
    if (!rc) {
        rc = redecide_run(out, store, &options, why, sizeof why);
        if (is_shown) {
            fputc('\n', stderr);
        }
        if (rc) {
            complain(folder, why);
        }
        store_close(&store);
    }
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return rc;
}

static void print_redecided(const struct redecide_result *result)
{
    printf(",\"decisions\":%" PRIu64 ",\"same\":%" PRIu64 ",\"different\":%" PRIu64
           ",\"not_redecidable\":{",
           result->n_decisions, result->n_same, result->n_different);
    for (int i = 0; i < REDECIDE_N_WHYS; i++) {
        printf("%s\"%s\":%" PRIu64, i ? "," : "", redecide_whys[i], result->n_left[i]);
    }
    printf("},\"state_records\":%" PRIu64 ",\"state_differs\":%" PRIu64, result->n_compared,
           result->n_state_differs);
}

int keeping_verify(const struct config *config, const char *against, bool redecide_too,
                   const char *scratch)
{
    struct verify_result result;
    struct redecide_result decided = {.n_decisions = 0};
    int rc = look(&result, config->store, config->map_size, against, true);
    if (!rc && redecide_too && !result.first_bad) {
        rc = redecide(&decided, config, scratch);
    }
    if (rc) {
        return exit_of(rc);
    }
    print_result(&result);
    if (redecide_too && !result.first_bad) {
        print_redecided(&decided);
    }
    puts("}");
    return result.n_faults || decided.n_different || decided.n_state_differs ? KN_EXIT_DATA
                                                                             : KN_EXIT_OK;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int copy_file(const char *from, const char *to)
{
    struct stat stat;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = in >= 0 && out >= 0 && fstat(in, &stat) == 0;
    for (off_t left = good ? stat.st_size : 0; good && left > 0;) {
        ssize_t n = sendfile(out, in, NULL, (size_t)(left < 1 << 30 ? left : 1 << 30));
        good = n > 0;
        left -= n;
    }
    good = good && fsync(out) == 0;
    if (in >= 0) {
        close(in);
    }
    if (out >= 0) {
        close(out);
    }
    return good ? KN_OK : errno == ENOSPC ? KN_E_FULL : KN_E_IO;
}

static char walk_to[PATH_SIZE]; /* nftw passes nothing on; the process does one thing */
static size_t walk_from;

static int copy_one(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
    char to[2 * PATH_SIZE];
    (void)stat;
    (void)where;
    (void)snprintf(to, sizeof to, "%s%s", walk_to, path + walk_from);
    if (strstr(path + walk_from, "/open")) {
        return 0; /* pieces of files that are not whole */
    }
    if (kind == FTW_D) {
        return mkdir(to, 0700) == 0 || errno == EEXIST ? 0 : KN_E_IO;
    }
    int rc = kind == FTW_F ? copy_file(path, to) : KN_OK;
    return rc && access(path, F_OK) ? KN_OK : rc; /* erased while we copied */
}

/* Copies the attachments of the store FROM into TO. */
static int copy_files(const char *from, const char *to)
{
    char files[PATH_SIZE];
    place(files, from, "files");
    place(walk_to, to, "files");
    walk_from = strlen(files);
    return access(files, F_OK) ? KN_OK : nftw(files, copy_one, 16, FTW_PHYS);
}

static int digest_file(char hex[65], uint64_t *size, const char *path)
{
    uint8_t digest[32];
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = KN_E_IO;
    void *bytes = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &stat) == 0 && stat.st_size > 0) {
        bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (bytes != MAP_FAILED) {
        digest_sha256(digest, bytes, (size_t)stat.st_size);
        digest_hex(hex, digest, sizeof digest);
        *size = (uint64_t)stat.st_size;
        munmap(bytes, (size_t)stat.st_size);
        rc = KN_OK;
    }
    if (fd >= 0) {
        close(fd);
    }
    return rc;
}

/* ---- backup ---------------------------------------------------------------------------------- */

struct manifest {
    unsigned long long last_event, size;
    char head[65], sha256[65];
};

static int write_manifest(const char *folder, const struct manifest *manifest)
{
    char path[PATH_SIZE];
    place(path, folder, "manifest.json");
    FILE *file = fopen(path, "we");
    bool good = file && fprintf(file,
                                "{\"format\": %d, \"last_event\": %llu, \"head\": \"%s\", "
                                "\"size\": %llu, \"sha256\": \"%s\"}\n",
                                MANIFEST_FORMAT, manifest->last_event, manifest->head,
                                manifest->size, manifest->sha256) > 0;
    good = good && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (file) {
        good = fclose(file) == 0 && good;
    }
    return good ? KN_OK : KN_E_IO;
}

/* Copies what lies in the store into PART and verifies the copy. */
static int fill_backup(const struct config *config, const char *part, struct verify_result *result)
{
    char data[PATH_SIZE], lock[PATH_SIZE], why[512] = "";
    struct manifest manifest = {.last_event = 0};
    uint64_t size = 0;
    store_t *store = NULL;
    const struct store_options where = {
        .folder = config->store, .map_size = (size_t)config->map_size, .read_only = true};
    place(data, part, "data.mdb");
    place(lock, part, "lock.mdb");
    int rc = store_open(&store, &where, why, sizeof why);
    if (rc) {
        complain(config->store, why);
        return rc;
    }
    rc = store_copy(store, data);
    store_close(&store);
    rc = rc ? rc : copy_files(config->store, part);
    rc = rc ? rc : look(result, part, config->map_size, NULL, true);
    unlink(lock);
    if (!rc && result->n_faults) {
        complain(config->store, "the store itself has faults: no backup of it was made");
        rc = KN_E_CORRUPT;
    }
    rc = rc ? rc : digest_file(manifest.sha256, &size, data);
    manifest.size = size;
    manifest.last_event = result->last_event;
    digest_hex(manifest.head, result->head, sizeof result->head);
    return rc ? rc : write_manifest(part, &manifest);
}

int keeping_backup(const struct config *config, const char *folder)
{
    char part[PATH_SIZE], copies[PATH_SIZE];
    struct verify_result result = {.n_records = 0};
    if (strlen(folder) > CONFIG_MAX_TEXT) {
        return complain(folder, "too long a name");
    }
    (void)snprintf(part, sizeof part, "%s.part", folder);
    place(copies, config->store, "copy.lock");
    if (access(folder, F_OK) == 0) {
        return complain(folder, "is there already; give each backup a name of its own");
    }
    if (access(part, F_OK) == 0) {
        (void)nftw(part, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* of a backup that was killed */
    }
    int fd = open(copies, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* no compaction meanwhile */
    if (fd < 0 || flock(fd, LOCK_SH) || mkdir(part, 0700)) {
        complain(fd < 0 ? copies : part, strerror(errno));
        return KN_EXIT_LATER;
    }
    int rc = fill_backup(config, part, &result);
    close(fd);
    rc = rc ? rc : folder_sync(part);
    if (!rc && rename(part, folder)) {
        rc = KN_E_IO;
    }
    if (rc) {
        complain(folder, kn_status_text(rc));
        (void)nftw(part, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        return exit_of(rc);
    }
    print_result(&result);
    puts("}");
    return KN_EXIT_OK;
}

/* ---- restore --------------------------------------------------------------------------------- */

static int read_manifest(struct manifest *out, const char *folder)
{
    char path[PATH_SIZE], line[512] = "";
    int format = 0;
    place(path, folder, "manifest.json");
    FILE *file = fopen(path, "re");
    bool good =
        file && fgets(line, sizeof line, file) &&
        sscanf(line,
               "{\"format\": %d, \"last_event\": %llu, \"head\": \"%64[0-9a-f]\", \"size\": %llu, "
               "\"sha256\": \"%64[0-9a-f]\"}",
               &format, &out->last_event, out->head, &out->size, out->sha256) == 5 &&
        format == MANIFEST_FORMAT;
    if (file) {
        fclose(file);
    }
    return good ? KN_OK : KN_E_INVALID;
}

/* Puts a verified copy of the backup into PART. */
static int fill_restore(const struct config *config, const char *folder, const char *part,
                        struct verify_result *result)
{
    char from[PATH_SIZE], data[PATH_SIZE], hex[65], head[65];
    struct manifest manifest;
    uint64_t size;
    place(from, folder, "data.mdb");
    place(data, part, "data.mdb");
    if (read_manifest(&manifest, folder)) {
        complain(folder, "has no manifest that can be read: not a backup");
        return KN_E_CORRUPT;
    }
    int rc = copy_file(from, data);
    rc = rc ? rc : digest_file(hex, &size, data);
    if (!rc && (size != manifest.size || strcmp(hex, manifest.sha256) != 0)) {
        complain(folder, "data.mdb is not what the manifest says: damaged; take another backup");
        return KN_E_CORRUPT;
    }
    rc = rc ? rc : copy_files(folder, part);
    rc = rc ? rc : look(result, part, config->map_size, NULL, true);
    digest_hex(head, result->head, sizeof result->head);
    if (!rc && (result->n_faults || result->last_event != manifest.last_event ||
                strcmp(head, manifest.head) != 0)) {
        complain(folder, "its chain is not the one of the manifest; take another backup");
        rc = KN_E_CORRUPT;
    }
    return rc;
}

/* Moves what was made in PART to the place of the store. */
static int move_in(const char *part, const char *store)
{
    static const char *const parts[] = {"files",
                                        "data.mdb"}; /* the data last: then it is a store */
    char from[PATH_SIZE], to[PATH_SIZE];
    for (size_t i = 0; i < 2; i++) {
        place(from, part, parts[i]);
        place(to, store, parts[i]);
        if (access(from, F_OK) == 0 && rename(from, to)) {
            return KN_E_IO;
        }
    }
    return folder_sync(store);
}

/* Adds the codes of FROM to the list beside the store. */
static int append_list(const char *store, const char *from)
{
    char path[PATH_SIZE], line[64];
    place(path, store, "erasures");
    FILE *in = fopen(from, "re"), *out = in ? fopen(path, "ae") : NULL;
    bool good = in && out;
    while (good && fgets(line, sizeof line, in)) {
        good = fputs(line, out) >= 0;
    }
    good = good && fflush(out) == 0 && fsync(fileno(out)) == 0;
    if (in) {
        fclose(in);
    }
    if (out) {
        fclose(out);
    }
    return good ? KN_OK : KN_E_IO;
}

int keeping_restore(const struct config *config, const char *folder, const char *erasures)
{
    char part[PATH_SIZE], data[PATH_SIZE], files[PATH_SIZE];
    struct verify_result result = {.n_records = 0};
    if (strlen(folder) > CONFIG_MAX_TEXT) {
        return complain(folder, "too long a name");
    }
    place(part, config->store, "restoring");
    place(data, config->store, "data.mdb");
    place(files, config->store, "files");
    if (access(data, F_OK) == 0 || access(files, F_OK) == 0) {
        return complain(config->store,
                        "a store is there; move data.mdb, lock.mdb and files away first (leave "
                        "the list erasures and hub.cert)");
    }
    (void)mkdir(config->store, 0700);
    (void)nftw(part, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* of a restore that was killed */
    if (mkdir(part, 0700)) {
        complain(part, strerror(errno));
        return KN_EXIT_LATER;
    }
    int rc = fill_restore(config, folder, part, &result);
    rc = rc || !erasures ? rc : append_list(config->store, erasures);
    rc = rc ? rc : move_in(part, config->store);
    (void)nftw(part, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (rc) {
        complain(folder, kn_status_text(rc));
        return exit_of(rc);
    }
    print_result(&result);
    puts("}");
    return KN_EXIT_OK;
}
