/* images.c - traces of shim.c become images of a file; see images.h. */
#include "images.h"

#include "kiennghi/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECTOR = 512,
    MAX_PENDING = 512, /* writes: an older one has been written back, synced or not */
    N_WORKERS = 2,
    PATIENCE_S = 20,
    HEAD = 13, /* of a record in the trace */
};

enum { DATA, JOURNAL, N_FILES };
static const char *const names[N_FILES] = {"data.mdb", "journal"};

struct file {
    uint8_t *bytes; /* what is durable */
    size_t n_bytes, room;
};

/* The disk of the machine. */
struct images_disk {
    struct file file[N_FILES];
    size_t pending[MAX_PENDING]; /* records: written, not durable */
    size_t n_pending;
    bool is_moving; /* to its place: durable or not */
    bool is_beside; /* it has not been moved yet */
};

_Noreturn void images_stop(const char *what)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
    exit(KN_EXIT_USAGE);
}

static int file_of(const struct images_record *record)
{
    return record->kind == 'J' || record->kind == 'K' ? JOURNAL : DATA;
}

static bool is_write(const struct images_record *record)
{
    return record->kind == 'W' || record->kind == 'M' || record->kind == 'J';
}

/* ---- the disk of this process ------------------------------------------------------------------
 *
 * An image is thrown away when it has been looked at: nothing of it has to be on a disk. LMDB is
 * given these in the place of libc's.
 */

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    (void)fd;
    return 0;
}

__attribute__((visibility("default"))) int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~(O_DSYNC | O_SYNC), mode);
}

/* ---- the trace ---------------------------------------------------------------------------------
 */

static void add(struct images *self, const struct images_record *record)
{
    size_t n = self->n_records;
    if ((n & (n - 1)) == 0) { /* room for twice as many at each power of two */
        self->record = realloc(self->record, (n ? 2 * n : 1) * sizeof *self->record);
        if (!self->record) {
            images_stop("no memory");
        }
    }
    self->record[self->n_records++] = *record;
}

void images_read(struct images *out, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) || !st.st_size) {
        images_stop("the trace cannot be read");
    }
    const uint8_t *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    *out = (struct images){.disk = calloc(1, sizeof *out->disk)};
    if (bytes == MAP_FAILED || !out->disk) {
        images_stop("the trace cannot be mapped");
    }
    for (const uint8_t *at = bytes, *end = bytes + st.st_size; end - at >= HEAD;) {
        struct images_record record = {.kind = (char)at[0], .bytes = at + HEAD};
        memcpy(&record.offset, at + 1, 8);
        memcpy(&record.size, at + 9, 4);
        at += HEAD + record.size;
        struct file *file = &out->disk->file[file_of(&record)];
        if (is_write(&record) && record.offset + record.size > file->room) {
            file->room = record.offset + record.size;
        }
        out->disk->is_beside |= record.kind == 'N';
        add(out, &record);
    }
    for (int i = 0; i < N_FILES; i++) {
        out->disk->file[i].bytes = calloc(1, out->disk->file[i].room + 1);
        if (!out->disk->file[i].bytes || images_made(out) > out->n_records) {
            images_stop("the trace holds no run");
        }
    }
}

size_t images_made(const struct images *self)
{
    size_t i = 0;
    while (i < self->n_records && self->record[i].kind != 'D') {
        i++;
    }
    return i + 1;
}

/* ---- images ------------------------------------------------------------------------------------
 */

static uint64_t draw(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static void put(struct file *files, const struct images_record *record, uint32_t from,
                uint32_t size)
{
    struct file *file = &files[file_of(record)];
    memcpy(file->bytes + record->offset + from, record->bytes + from, size);
    if (record->offset + from + size > file->n_bytes) {
        file->n_bytes = record->offset + from + size;
    }
}

/* Of the first N pending writes those of file WHICH (N_FILES: of all) are durable. */
static void settle(struct images *self, size_t n, int which)
{
    struct images_disk *disk = self->disk;
    size_t n_left = 0;
    for (size_t i = 0; i < disk->n_pending; i++) {
        const struct images_record *record = &self->record[disk->pending[i]];
        if (i < n && (which == N_FILES || which == file_of(record))) {
            put(disk->file, record, 0, record->size);
        } else {
            disk->pending[n_left++] = disk->pending[i];
        }
    }
    disk->n_pending = n_left;
}

void images_advance(struct images *self, size_t until)
{
    struct images_disk *disk = self->disk;
    for (; self->at < until; self->at++) {
        const struct images_record *record = &self->record[self->at];
        if (is_write(record)) {
            if (disk->n_pending == MAX_PENDING) {
                settle(self, 1, N_FILES);
            }
            disk->pending[disk->n_pending++] = self->at;
            disk->is_moving = false; /* the folder was synced before the first write in place */
        } else if (record->kind == 'S' || record->kind == 'K') {
            settle(self, disk->n_pending, file_of(record));
        } else if (record->kind == 'D') { /* of the meta write before it, and of nothing else */
            const struct images_record *meta = &self->record[disk->pending[--disk->n_pending]];
            put(disk->file, meta, 0, meta->size);
        } else if (record->kind == 'N' && disk->is_beside) {
            disk->is_beside = false;
            disk->is_moving = true;
        }
    }
}

/* Which sectors of the pending writes made it: by how the image's die fell. */
static bool survives(uint64_t how, uint64_t one, size_t i, size_t n)
{
    switch (how % 6) {
    case 0: return true;
    case 1: return false;
    case 2: return one % 100 < 50;
    case 3: return one % 100 < 90;
    case 4: return i < n / 2 || (i == n / 2 && one % 2); /* a torn prefix */
    default: return i > n / 2 || (i == n / 2 && one % 2);
    }
}

/* Zeros at the end are left as a hole: the journal is mostly that. */
static void write_file(const char *folder, int which, const struct file *file)
{
    char path[600];
    size_t size = file->n_bytes;
    snprintf(path, sizeof path, "%s/%s", folder, names[which]);
    while (size && !file->bytes[size - 1]) {
        size--;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, file->bytes, size) != (ssize_t)size ||
        ftruncate(fd, (off_t)file->n_bytes) || close(fd)) {
        images_stop("an image cannot be written");
    }
}

static void copy_disk(struct file image[N_FILES], const struct images *self)
{
    for (int i = 0; i < N_FILES; i++) {
        image[i] = self->disk->file[i];
        image[i].bytes = malloc(image[i].room + 1);
        if (!image[i].bytes) {
            images_stop("no memory");
        }
        memcpy(image[i].bytes, self->disk->file[i].bytes, image[i].room);
    }
}

/* Writes the images of the files, that of data.mdb to DATA_FOLDER. */
static void write_files(struct file image[N_FILES], const char *folder, const char *data_folder)
{
    write_file(data_folder, DATA, &image[DATA]);
    if (image[JOURNAL].room) {
        write_file(folder, JOURNAL, &image[JOURNAL]);
    }
    for (int i = 0; i < N_FILES; i++) {
        free(image[i].bytes);
    }
}

void images_write_whole(const struct images *self, const char *folder)
{
    struct file image[N_FILES];
    copy_disk(image, self);
    for (size_t i = 0; i < self->disk->n_pending; i++) {
        const struct images_record *record = &self->record[self->disk->pending[i]];
        put(image, record, 0, record->size);
    }
    write_files(image, folder, folder);
}

static void write_image(const struct images *self, const char *folder, uint64_t dice)
{
    const struct images_disk *disk = self->disk;
    char path[600];
    size_t n_sectors = 0, sector = 0;
    uint64_t how = draw(&dice);
    struct file image[N_FILES];
    copy_disk(image, self);
    for (size_t i = 0; i < disk->n_pending; i++) {
        n_sectors += (self->record[disk->pending[i]].size + SECTOR - 1) / SECTOR;
    }
    for (size_t i = 0; i < disk->n_pending; i++) {
        const struct images_record *record = &self->record[disk->pending[i]];
        for (uint32_t from = 0; from < record->size;) {
            uint32_t left = record->size - from;
            uint32_t part = SECTOR - (uint32_t)((record->offset + from) % SECTOR);
            part = part < left ? part : left;
            if (survives(how, draw(&dice), sector++, n_sectors)) {
                put(image, record, from, part);
            }
            from += part;
        }
    }
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    unlink(path);
    if (disk->is_beside || (disk->is_moving && how % 2)) {
        snprintf(path, sizeof path, "%s/making", folder); /* as it lies there, half made */
        mkdir(path, 0700);
        write_files(image, folder, path);
    } else {
        write_files(image, folder, folder);
    }
}

/* Makes image number I and lets a process of its own look. True: good. */
static bool try_image(const struct images *self, const char *folder, uint64_t dice, size_t i,
                      images_look_fn *look, void *arg)
{
    int status = 0;
    write_image(self, folder, dice);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(PATIENCE_S);
        _exit(look(self, folder, arg));
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        images_stop("no process");
    }
    if (status) {
        fprintf(stderr, "image %zu, before record %zu of %zu, %zu writes pending: status %x\n", i,
                self->at, self->n_records, self->disk->n_pending, (unsigned)status);
    }
    return status == 0;
}

static int by_size(const void *a, const void *b)
{
    size_t one = *(const size_t *)a, two = *(const size_t *)b;
    return (one > two) - (one < two);
}

int images_try(struct images *self, const char *folder, size_t first, size_t n, uint64_t seed,
               images_look_fn *look, void *arg, const char *more)
{
    int pipe_fds[2];
    uint64_t dice = seed;
    size_t n_bad = 0, n_heard = 0, part;
    size_t *moment = malloc((n ? n : 1) * sizeof *moment);
    if (!moment || pipe(pipe_fds)) {
        images_stop("no memory");
    }
    for (size_t i = 0; i < n; i++) {
        moment[i] = first + draw(&dice) % (self->n_records + 1 - first);
    }
    qsort(moment, n, sizeof *moment, by_size);
    for (size_t worker = 0; worker < N_WORKERS;
         worker++) { /* each takes every N_WORKERS-th image */
        if (fork() == 0) {
            char own[512];
            snprintf(own, sizeof own, "%s/image-%zu", folder, worker);
            mkdir(own, 0700);
            for (size_t i = worker; i < n; i += N_WORKERS) {
                images_advance(self, moment[i]);
                n_bad += !try_image(self, own, seed + i, i, look, arg);
            }
            _exit(write(pipe_fds[1], &n_bad, sizeof n_bad) != (ssize_t)sizeof n_bad);
        }
    }
    close(pipe_fds[1]);
    while (read(pipe_fds[0], &part, sizeof part) == (ssize_t)sizeof part) {
        n_bad += part;
        n_heard++;
    }
    if (n_heard != N_WORKERS) {
        images_stop("a worker ended early");
    }
    free(moment);
    printf("{\"images\":%zu,\"bad\":%zu,\"records\":%zu,\"bytes\":%zu,%s}\n", n, n_bad,
           self->n_records, self->disk->file[DATA].room, more);
    return n_bad ? IMAGES_BAD : 0;
}
