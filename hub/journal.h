/* journal.h - a redo journal in front of the tables: what is in it is on the disk.
 *
 * A commit of the tables costs two syncs and a path of pages from each root. A turn of the writer
 * that is small is written here first, in one piece, with one sync; the tables follow, many turns
 * in one commit. After a crash the turns that the tables lack are done again, in order.
 *
 * The file is as long as it will ever be, and written once from end to end, so that a sync has
 * nothing to do but the bytes. It begins with a head (the store that it belongs to); the turns
 * follow from its front each time the tables have caught up (journal_restart).
 *
 *   head   "KNJ1", nothing (4), id of the store (8)                  in the first block
 *   turn   number (8), size (4), CRC32C over both and the ops (4), ops
 *   op     kind (1), table (1), size of the key (2), of the value (4), key, value     host order
 *
 * A turn whose checksum fails, or whose number does not follow, is where the journal ends: what
 * comes there was never acknowledged, or is older than what the tables hold.
 */
#ifndef KN_JOURNAL_H
#define KN_JOURNAL_H

#include "hub/store.h"

typedef struct journal journal_t;

enum journal_kind { JOURNAL_PUT = 1, JOURNAL_DROP, JOURNAL_ITEM };

struct journal_op {
    enum journal_kind kind;
    uint8_t table;
    struct slice key, value;
};

/* Opens the journal FOLDER/journal of store ID whose tables hold the turns up to SETTLED; makes it
 * when there is none. 0, KN_E_IO, KN_E_FULL; KN_E_CORRUPT: it is another store's and not empty. */
int journal_open(journal_t **out, const char *folder, uint64_t id, uint64_t settled);
/* Has the journal turns that the tables lack? Nothing is made or changed. */
bool journal_is_ahead(const char *folder, uint64_t id, uint64_t settled);
void journal_close(journal_t **self_p);

/* Has it turns that the tables lack? */
bool journal_has_tail(const journal_t *self);
uint64_t journal_last(const journal_t *self); /* number of the last turn */

/* Adds to the turn that is being made. What does not fit is found by journal_write. */
void journal_add(journal_t *self, const struct journal_op *op);
void journal_drop(journal_t *self); /* forgets that turn */
/* Writes and syncs the turn. KN_OK: it is on the disk. KN_E_FULL: it does not fit, nothing was
 * written; KN_E_IO: whether it is there is not known. The turn is forgotten in any case. */
int journal_write(journal_t *self);

/* Calls DO_AGAIN for each op of the tail, first to last. 0, KN_E_IO or what DO_AGAIN returned. */
typedef int journal_do_again_fn(void *arg, const struct journal_op *op);
int journal_replay(journal_t *self, journal_do_again_fn *do_again, void *arg);

/* The tables hold all turns: the next one is written at the front. */
void journal_restart(journal_t *self);

/* The same, and nothing of the old ones stays in the file. */
int journal_wipe(journal_t *self);

#endif
