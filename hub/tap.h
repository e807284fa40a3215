/** tap.h - the public stream for anybody: a PUB socket without security, in a context of its own,
 * so that the public can never use up what the hub needs. It may lose; the stream repairs it.
 *
 * At most so many listen at a time. libzmq has no such limit, so that the connections are counted
 * by a monitor, and a handler of the context (RFC 27) turns those away that are too many. One
 * thread.
 */
#ifndef KN_HUB_TAP_H
#define KN_HUB_TAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct tap tap_t;

/** Binds ENDPOINT (tcp). HWM: frames kept for a slow listener; MAX: listeners at a time; 0: the
 * standards. KN_E_IO, KN_E_INVALID or KN_E_NOMEM, and WHY. */
int tap_open(tap_t **out, const char *endpoint, int hwm, int max, char *why, size_t n_why);
void tap_close(tap_t **tap_p);

const char *tap_endpoint(const tap_t *tap);

/** The two sockets to wait for; when one is readable, tap_serve. */
enum { TAP_N_SOCKETS = 2 };
void tap_sockets(const tap_t *tap, void *out[TAP_N_SOCKETS]);

/** Lets waiting listeners in, or not. Never waits. */
void tap_serve(tap_t *tap);

/** One frame to all who listen. KN_E_CLOSED when the sockets are gone. */
int tap_publish(tap_t *tap, const void *bytes, size_t size);

/** How many listen, and how many were turned away. */
int tap_count(const tap_t *tap, uint64_t *n_refused);

#endif
