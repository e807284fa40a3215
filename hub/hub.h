/* hub.h - the hub: one process, one writer. Start, stop, and the threads between. */
#ifndef KN_HUB_H
#define KN_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logger;

typedef struct hub hub_t;

struct hub_options {
    const char *intake, *delivery; /* endpoints, tcp://ADDRESS:PORT (port * takes a free one) */
    const char *control;           /* path of the control socket */
    const char *tap;               /* tcp endpoint, or NULL: off */
    const char *store;             /* folder */
    const char *registers;         /* folder of the register files */
    const char *public_key, *secret_key; /* of the hub, Z85 */
    size_t map_size;                     /* bytes, 0: 64 GiB */
    bool test_clock;                     /* when the store is made: its clock may be moved */
    int n_io_threads;
    int compact_hour;                      /* of the day in Ha Noi, 0 to 23 */
    int64_t rate, bytes_per_day, sessions; /* of an identity without limits of its own; 0: none */
    int tap_connections;                   /* listeners of the tap, 0: 200 */
    uint64_t max_memory;                   /* bytes, 0: no limit */
    int window;       /* messages that an agent may have unacknowledged, 0: 64 */
    int64_t gap_ms;   /* nothing came for so long although there is more: a gap; 0: 15 minutes */
    int64_t max_file; /* bytes of one attachment; 0: 20 MiB */
    int min_free_mib; /* with less free disk than this a failed write means a full disk */
    const struct logger *logger;
};

/* Opens store and sockets, proves that a stranger is refused, starts the threads. What OPTIONS
 * point to lives as long as the hub. 0, or a negative KN_E* and WHY. */
int hub_start(hub_t **out, const struct hub_options *options, char *why, size_t why_size);

/* The endpoint that a door is bound to: 'i'ntake, 'd'elivery, 'c'ontrol, 't'ap. */
const char *hub_endpoint(hub_t *self, char door);

/* Has the hub nothing more to do (drained), or does it have to be restarted (RC other than 0: a
 * failed fsync)? */
bool hub_finished(hub_t *self, int *rc);

/* Is the walk still walking? Both loops have turned since the last call. */
bool hub_alive(hub_t *self);

/* Stops in order: no more intake, what is taken is committed and answered. Taken and nulled. */
void hub_stop(hub_t **self_p);

#endif
