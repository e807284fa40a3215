/* reading.h - the second stage: follows the log, reads what petitions say, proposes.
 *
 * Its thread takes every petition received, split off or revised in the order of the log, reads
 * field, place and matter, looks among all earlier ones for those that may say the same, and hands
 * a reading.propose to the writer, who decides. Its memory index has no say of its own: it is built
 * anew at the start from the readings that the store keeps, while intake and delivery are open.
 * Killed at any point it goes on behind its cursor; no petition is passed over.
 */
#ifndef KN_READING_H
#define KN_READING_H

#include "hub/registers.h"
#include "hub/store.h"

typedef struct reading_stage reading_stage_t;

/* What the stage hands to the writer about one petition. */
struct reading_result {
    uint64_t submission; /* the event that was read: the cursor moves there; 0: it stays */
    bool is_first;       /* the petition was not read before */
    const struct kn_reading_propose *propose; /* NULL: only the reading is kept */
    uint64_t case_number;
    struct store_reading reading;
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
    int64_t behind_since;    /* when the petition that is being read was stored; 0: none waits */
};
/* Any thread. */
void reading_figures(reading_stage_t *self, struct reading_figures *out);

/* Ends the thread; nothing is proposed any more. Accepts NULL. */
void reading_stop(reading_stage_t *self);
void reading_destroy(reading_stage_t **self_p);

#endif
