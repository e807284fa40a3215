/* reading.h - the second stage: follows the log, reads what petitions say, proposes.
 *
 * Its thread takes every received (or unlinked and revised) petition in the order of the log, reads
 * text, place and field, looks for earlier petitions that say the same, and hands a reading.propose
 * to the writer, who decides. It keeps its memory index in step and has no say of its own; killed
 * at any point it starts again behind its cursor, and the index is rebuilt from the signatures.
 */
#ifndef KN_READING_H
#define KN_READING_H

#include "hub/registers.h"
#include "hub/store.h"

typedef struct reading_stage reading_stage_t;

enum { READING_MAX_SIGNATURE = 2048 };

/* Hands a proposal about the petition that event SUBMISSION received to the writer; copies what it
 * keeps. Blocks while the writer has enough to do; false when the hub stops. */
typedef bool reading_propose_fn(void *arg, uint64_t submission,
                                const struct kn_reading_propose *what, struct slice signature);

/* Starts the thread behind the cursor "reading". FOLDER has the registers and lexicons. */
int reading_start(reading_stage_t **out, store_t *store, const registers_t *registers,
                  const char *folder, reading_propose_fn *propose, void *arg, char *why,
                  size_t why_size);

/* Something was committed: there may be work. Any thread. */
void reading_wake(reading_stage_t *self);

/* Memory that the index holds. */
uint64_t reading_index_bytes(reading_stage_t *self);

/* Ends the thread; nothing is proposed any more. Accepts NULL. */
void reading_stop(reading_stage_t *self);
void reading_destroy(reading_stage_t **self_p);

#endif
