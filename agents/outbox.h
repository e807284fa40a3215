/* outbox.h - what an agent must not lose: messages until their receipt is final, and a small store.
 *
 * One LMDB environment in a folder, locked for one process. Messages have the sequences of one
 * instance, without a gap: from outbox_first to outbox_last. All writes go into one open
 * transaction; outbox_commit makes them durable together, with one fsync. A transaction remembers
 * its first failure; commit tells.
 */
#ifndef AGENTS_OUTBOX_H
#define AGENTS_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct outbox outbox_t;

/* Bytes as they lie in the outbox: valid until the next call that writes or commits. */
struct outbox_bytes {
    const void *data;
    size_t size;
};

/* Opens the outbox in FOLDER, made with mode 0700 when missing. KN_E_BUSY: another process holds
 * it; KN_E_VERSION, KN_E_CORRUPT, KN_E_IO, KN_E_FULL, KN_E_NOMEM. */
int outbox_open(outbox_t **out, const char *folder);

/* Closes without a commit; *self_p becomes NULL. What was sent from an outbox that is empty now
 * does not lie in its file any more. */
void outbox_close(outbox_t **self_p);

/* The instance: 16 hex digits. */
const char *outbox_instance(const outbox_t *self);

/* Sequence of the oldest message kept, or outbox_last + 1; and the last sequence given out. */
uint64_t outbox_first(const outbox_t *self);
uint64_t outbox_last(const outbox_t *self);
uint64_t outbox_count(const outbox_t *self);

/* Keeps FRAME under the next sequence, outbox_last + 1, with its TAG. */
int outbox_append(outbox_t *self, uint64_t tag, const void *frame, size_t size);

/* The message of SEQUENCE. KN_E_NOT_FOUND: its receipt is final. */
int outbox_read(outbox_t *self, struct outbox_bytes *frame, uint64_t *tag, uint64_t sequence);

/* The receipt of SEQUENCE is final: it is forgotten. */
int outbox_remove(outbox_t *self, uint64_t sequence);

/* The oldest kept sequence not below SEQUENCE; 0 when there is none. */
uint64_t outbox_next(outbox_t *self, uint64_t sequence);

/* Draws a new instance and numbers what is kept from 1; RENUMBER writes the sequence into a frame
 * of SIZE bytes, giving the new size. All of it is one durable step. */
int outbox_renew(outbox_t *self, long (*renumber)(void *out, size_t max, const void *frame,
                                                  size_t size, uint64_t sequence));

/* The small store: keys of 1..OUTBOX_KEY_MAX bytes; SIZE 0 removes. */
enum { OUTBOX_KEY_MAX = 400 };
int outbox_put(outbox_t *self, const char *key, const void *value, size_t size);
int outbox_get(outbox_t *self, struct outbox_bytes *value, const char *key);
int outbox_each(outbox_t *self, const char *prefix,
                int (*fn)(void *arg, const char *key, const void *value, size_t size), void *arg);

/* Makes everything written so far durable; 0 also when there was nothing. After a failure nothing
 * of it is kept, and the outbox is as it was before. */
int outbox_commit(outbox_t *self);

/* How many commits failed: each took what was written since the one before with it. */
uint64_t outbox_lost(const outbox_t *self);

/* Whether something waits for a commit, and how many writes. */
size_t outbox_dirty(const outbox_t *self);

#endif
