/* gaps.h - what agents have and what has not come: sequences of an outbox are gapless, so a higher
 * one that is known of means that those before it exist.
 *
 * Known are: a message that came out of order, and the last sequence that a hello names. An outbox
 * of which nothing arrives for some minutes although there is more has a gap: its machine is off,
 * it lost messages, or it was lost as a whole (its successor is another instance, and this one
 * never goes on). The table is in memory, of the writer; gaps that were told are in the agents'
 * records.
 */
#ifndef KN_GAPS_H
#define KN_GAPS_H

#include "hub/acl.h"

typedef struct gaps gaps_t;

struct gap {
    char agent[ACL_NAME_SIZE];
    uint64_t instance;
    uint64_t last; /* known of */
    uint64_t came; /* answered when it was looked at */
    int64_t since; /* nothing came since */
    bool is_told;
};

gaps_t *gaps_new(void); /* NULL: no memory */
void gaps_destroy(gaps_t **self_p);

/* AGENT has given out sequences up to LAST; those up to CAME were answered. */
void gaps_note(gaps_t *self, const char *agent, uint64_t instance, uint64_t last, uint64_t came,
               int64_t now);
/* The same for a gap that was told. */
void gaps_note_told(gaps_t *self, const char *agent, const struct kn_gap *gap);

/* The outboxes that something is known of, N of them: they may be changed in place; the one at AT
 * is forgotten by gaps_drop, and another takes its place. */
struct gap *gaps_all(gaps_t *self, size_t *n);
void gaps_drop(gaps_t *self, size_t at);

#endif
