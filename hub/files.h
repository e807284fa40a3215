/* files.h - attachments: files named by the SHA-256 of their bytes, in a folder beside the store.
 *
 * A file comes in pieces (file.put) and is kept apart until it is whole: then its digest is
 * checked, its type is looked up by its content, it is synced, moved to its place, and the folder
 * is synced. So a message that names a file is recorded after the file is safe. A file that no
 * message names is forgotten after a week.
 *
 * Pieces are put and read by the files thread (filing.c); files_holds is the writer's question.
 */
#ifndef KN_FILES_H
#define KN_FILES_H

#include "kiennghi/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILES_PIECE = 45000 /* bytes of a piece: as Base64 it fits into a frame */ };

typedef struct files files_t;

struct files_options {
    const char *folder; /* made when missing */
    int64_t max_size;   /* bytes of one file */
    int64_t max_open;   /* bytes of unfinished files of one agent */
    int64_t min_free;   /* with less free disk nothing is taken */
};

/* 0, or KN_E_IO, KN_E_NOMEM; then WHY says what to do. */
int files_open(files_t **out, const struct files_options *options, char *why, size_t why_size);
void files_close(files_t **self_p);

/* What became of a piece. */
struct files_state {
    int64_t received; /* bytes that are there */
    bool is_complete;
    char media_type[100];
    enum kn_code code;  /* when refused */
    const char *field;  /* at fault */
    const char *reason; /* a fixed text */
};

/* Takes one piece (or the question how much is there) of AGENT. 0; KN_E_INVALID: OUT says why;
 * KN_E_IO, KN_E_FULL: the disk. */
int files_put(files_t *self, const char *agent, const struct kn_file_put *piece,
              struct files_state *out);

/* Reads up to SIZE bytes at OFFSET; the number read, KN_E_NOT_FOUND, or KN_E_IO. */
long files_read(files_t *self, const char *digest, int64_t offset, void *out, size_t size,
                int64_t *total);

/* Is the file that NAMED speaks of whole, of that size and type? */
bool files_holds(files_t *self, const struct kn_attachment *named);

/* Removes a file that nobody names any more (erasure). */
int files_remove(files_t *self, const char *digest);
/* The same when nobody touched it for a week, not even now: files_holds makes a file young. */
int files_remove_old(files_t *self, const char *digest);

/* Calls FN for each whole file, in no order; IS_WEEK_OLD: nobody touched it for a week. Other than
 * 0 from FN ends the walk and is given back. */
int files_each(files_t *self,
               int (*fn)(void *arg, const char *digest, int64_t size, bool is_week_old), void *arg);
/* Does the file's content have its name? 0, KN_E_CORRUPT, KN_E_IO. */
int files_check(files_t *self, const char *digest);

/* The media type of a file by its content, or NULL: none that is taken. HEAD are its first bytes,
 * TAIL its last ones. */
const char *files_media_type(const uint8_t *head, size_t n_head, const uint8_t *tail,
                             size_t n_tail);

#endif
