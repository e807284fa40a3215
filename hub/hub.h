/* hub.h - the hub: one process, one writer. Start, stop, and the threads between. */
#ifndef KN_HUB_H
#define KN_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hub hub_t;

struct hub_options {
    const char *intake, *delivery; /* endpoints, tcp://ADDRESS:PORT (port * picks one) */
    const char *control;           /* ipc://PATH */
    const char *tap;               /* tcp://… or NULL: off */
    const char *store;             /* folder */
    const char *registers;         /* folder of register files */
    const char *public_key, *secret_key; /* of the hub, Z85 */
    size_t map_size;                     /* bytes, 0: 64 GiB */
    bool test_clock; /* only when the store is made: its clock may be moved */
    int n_io_threads;
    int window;        /* messages that an agent may have unacknowledged, 0: 64 */
    int min_free_mib;  /* below this much free disk petition intake is deferred */
};

/* Opens store and sockets and starts the threads. 0, or a negative KN_E* and WHY. */
int hub_start(hub_t **out, const struct hub_options *options, char *why, size_t why_size);

/* The endpoint that a door is bound to (for port *): 'i'ntake, 'd'elivery, 'c'ontrol. */
const char *hub_endpoint(hub_t *self, char door);

/* Waits up to TIMEOUT_MS for the hub to stop by itself (drained, or a failed disk); true when it
 * stopped, and RC tells: 0, or KN_E_* when the process has to be restarted. */
bool hub_wait(hub_t *self, int timeout_ms, int *rc);

/* Is the walk still walking? Both loops have turned since the last call. */
bool hub_alive(hub_t *self);

/* Stops in order: no more intake, what is taken is committed and answered. Taken and nulled. */
void hub_stop(hub_t **self_p);

#endif
