/* reading.h - the second stage: follows the log, reads what petitions say, proposes.
 *
 * Its thread takes every petition received, split off or revised in the order of the log, reads
 * field, place and matter, looks among all earlier ones for those that may say the same, and hands
 * a reading.propose to the writer, who decides. Its memory index has no say of its own: it is built
 * anew at the start from the readings that the store keeps, while intake and delivery are open.
 * Killed at any point it goes on behind its cursor; no petition is passed over.
 *
 * What was read with other lexicons or registers than those at hand is read again, in the order of
 * the cases, some hundreds a second and behind everything new (renewing). A case that a person or
 * the registers gave to a unit stays there; what it may be one with is told.
 */
#ifndef KN_READING_H
#define KN_READING_H

#include "hub/registers.h"
#include "hub/store.h"

typedef struct reading_stage reading_stage_t;

/* How far reading again has come: all cases up to AT were read with WITH (a version of reader and
 * lexicons) or are not read yet; LEFT: how many remain, 0 when it is through. */
struct reading_pass {
    uint64_t with, at, left;
};
/* What the writer keeps of a pass. */
void reading_keep_pass(store_txn_t *txn, const struct reading_pass *pass);

/* What the stage hands to the writer about one petition. */
struct reading_result {
    uint64_t submission; /* the event that was read: the cursor moves there; 0: it stays */
    bool is_first;       /* the petition was not read before */
    const struct kn_reading_propose *propose; /* NULL: only the reading is kept */
    uint64_t case_number;                     /* 0: no reading is kept */
    struct store_reading reading;
    const struct reading_pass *pass; /* NULL: it stays where it is */
};

/* Copies what it keeps. Blocks while the writer has enough to do; false when the hub stops. */
typedef bool reading_hand_fn(void *arg, const struct reading_result *result);

/* Starts the thread behind the cursor "read". FOLDER has the registers and lexicons. */
int reading_start(reading_stage_t **out, store_t *store, const registers_t *registers,
                  const char *folder, reading_hand_fn *hand, void *arg, char *why, size_t why_size);

/* Something was committed: there may be work. Any thread. */
void reading_wake(reading_stage_t *self);

struct reading_figures {
    uint64_t index_bytes;    /* memory of the index */
    uint64_t index_readings; /* petitions in it */
    uint64_t to_index;       /* still to be taken from the store: the stage waits for them */
    uint64_t rebuild_ms;     /* what that took */
    uint64_t to_renew;       /* to be read again: the lexicons are others than they were */
    int64_t behind_since;    /* when the petition that is being read was stored; 0: none waits */
};
/* Any thread. */
void reading_figures(reading_stage_t *self, struct reading_figures *out);

/* Ends the thread; nothing is proposed any more. Accepts NULL. */
void reading_stop(reading_stage_t *self);
void reading_destroy(reading_stage_t **self_p);

#endif
