/** net_monitor.h - what libzmq tells of one door beside its frames: who came, who went, and whose
 * handshake failed before the ZAP handler (zap.h) could be asked. One thread, that of net.c.
 */
#ifndef KN_HUB_NET_MONITOR_H
#define KN_HUB_NET_MONITOR_H

#include "hub/zap.h"

typedef struct net_monitor net_monitor_t;

/** Watches DOOR, a socket of CONTEXT that is not bound yet; NAME is its own in the context. Failed
 * handshakes go to DIRECTORY's `refused`, which outlives it. KN_E_IO, KN_E_NOMEM. */
int net_monitor_open(net_monitor_t **out, void *context, void *door, const char *name,
                     const struct zap_directory *directory);

/** To be called before the door is closed. Accepts NULL. */
void net_monitor_close(net_monitor_t **self_p);

/** What to poll. */
void *net_monitor_socket(const net_monitor_t *self);

/** Takes what there is, without waiting. */
void net_monitor_take(net_monitor_t *self);

/** A frame came from the connection with the descriptor FD. Of interest only while it listens:
 * while somebody is there who was let in and has said nothing. */
bool net_monitor_listens(const net_monitor_t *self);
void net_monitor_hear(net_monitor_t *self, int fd);

/** Connections that came, and that ended, since it was opened. */
void net_monitor_counts(const net_monitor_t *self, uint64_t *n_came, uint64_t *n_ended);

#endif
