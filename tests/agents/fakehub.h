/* fakehub.h - a small hub in a thread, for tests of the client: CURVE, ZAP, keys, receipts, a
 * stream.
 *
 * It keeps what a hub keeps (last sequence of each instance, content of each item, saved cursors)
 * and misbehaves on demand. Its state survives fakehub_stop and fakehub_start.
 */
#ifndef TESTS_AGENTS_FAKEHUB_H
#define TESTS_AGENTS_FAKEHUB_H

#include "kiennghi/keys.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { FAKEHUB_MAX_ITEMS = 20000 };

struct fakehub {
    char endpoint[64];
    struct kn_keys keys; /* of the hub */
    char admitted[41];   /* the one client key it lets in */
    int window;
    /* Misbehaving: all counters count down to the deed, 0 is never. */
    atomic_int defer_every;   /* defers each n-th new message */
    atomic_int cut_after;     /* closes its socket after n messages, losing their receipts */
    atomic_int forget_every;  /* forgets the session each n messages */
    atomic_int n_events;      /* of the stream */
    atomic_int saved;         /* cursor */
    atomic_int last_override; /* welcome.last_sequence, when not 0 */
    atomic_int lose_refusals; /* takes n refusals without keeping them, and cuts each time */
    atomic_bool gives_again;  /* a refused event is given again at once */
    atomic_bool deny_role;    /* numbered messages are not for this role */
    /* What happened. */
    atomic_int n_hellos, n_stored, n_repeated, n_conflict, n_wrong_order, n_cuts;
    atomic_int max_in_flight_events;
    atomic_int n_refusals, refused, taken; /* positions */
    struct fakehub_state *state;
};

void fakehub_init(struct fakehub *hub, const char *client_key);
void fakehub_start(struct fakehub *hub);
void fakehub_stop(struct fakehub *hub);
void fakehub_clear(struct fakehub *hub);

#endif
