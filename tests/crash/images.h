/* images.h - what a store's files look like after the power went, at any moment of a recorded run.
 *
 * The files are LMDB's data.mdb and, where there is one, the journal in front of it.
 *
 * A trace is what shim.c recorded of one process: writes of pages, syncs, writes of the meta page,
 * the move of a new file to its place, frames that left and came. For a moment of it an image is
 * made: what was synced is there; of what was written since, any subset of sectors of 512 bytes is,
 * in any order (all, none, few, most, a torn prefix, a torn suffix). A process of its own looks at
 * the image, because a torn map may kill the one that reads it.
 */
#ifndef TESTS_CRASH_IMAGES_H
#define TESTS_CRASH_IMAGES_H

#include <stddef.h>
#include <stdint.h>

enum { IMAGES_BAD = 1 };

struct images_record {
    char kind; /* shim.c: W, M, D, S, N, J, K; A a frame that left, R one that came */
    uint64_t offset;
    uint32_t size;
    const uint8_t *bytes;
};

/* Where a trial stands: RECORD[0] to RECORD[AT - 1] happened, then the power went. */
struct images {
    struct images_record *record;
    size_t n_records, at;
    struct images_disk *disk;
};

/* Reads a trace; ends the program when it holds no run. */
void images_read(struct images *out, const char *path);

/* The number of the record behind the first durable meta page: the file is made. */
size_t images_made(const struct images *self);

/* Goes on to the moment before record UNTIL; what was written lies in the cache of the machine. */
void images_advance(struct images *self, size_t until);

/* Writes the files to FOLDER as they are when the power does not go: everything that was written.
 */
void images_write_whole(const struct images *self, const char *folder);

/* Looks at the files in FOLDER: 0, or IMAGES_BAD behind a line on standard error that says why. */
typedef int images_look_fn(const struct images *self, const char *folder, void *arg);

/* Makes and looks at N images from record FIRST on, drawn by SEED, below FOLDER; some processes
 * side by side. Prints {"images":…,"bad":…,MORE}; the program's exit code. */
int images_try(struct images *self, const char *folder, size_t first, size_t n, uint64_t seed,
               images_look_fn *look, void *arg, const char *more);

/* Ends the program with a word. */
_Noreturn void images_stop(const char *what);

#endif
