/* crowd.h - many subscribers at once: each with its own key, connection, consumer and cursor.
 *
 * They hold positions against each other: a hole in a stream ends the program with 1. Of a frame
 * they read the first position and the number of events; they do not unpack the events. They give
 * credit back and save their position when half of the credit is used, as agents do.
 */
#ifndef KN_BENCH_CROWD_H
#define KN_BENCH_CROWD_H

#include "hubproc.h"

#include <stddef.h>

typedef struct crowd crowd_t;

struct crowd_plan {
    unsigned n;
    const char *name; /* of the agents, "NAME-001" */
    enum kn_role role;
    const char *stream;
    bool from_start; /* else behind the last event */
    int64_t events;  /* credit */
    bool is_slow;    /* takes everything, but gives credit only when crowd_feed says so */
};

crowd_t *crowd_new(struct hubproc *hub, const struct crowd_plan *plan);
void crowd_destroy(crowd_t **self_p);

/* Takes what came within TIMEOUT_MS. Gives the copies taken by all so far. */
uint64_t crowd_take(crowd_t *self, int timeout_ms);

/* Until the slowest has seen the event at POSITION. Ends the program after a minute of silence. */
void crowd_wait(crowd_t *self, int64_t position);

/* Lets every slow one have N more events. */
void crowd_feed(crowd_t *self, int64_t n);

int64_t crowd_slowest(const crowd_t *self); /* its last position */
uint64_t crowd_bytes(const crowd_t *self);  /* of all frames taken */

#endif
