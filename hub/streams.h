/* streams.h - durable streams: one log, many cursors, credit. Lives in the net thread.
 *
 * A subscription is a place in a stream and what may still be in flight. Live and replay are the
 * same loop: streams_pump reads the log from each subscription's place while it has credit.
 * Cursors are saved at the hub by the writer; here they are only handed on.
 */
#ifndef KN_STREAMS_H
#define KN_STREAMS_H

#include "hub/acl.h"
#include "hub/net.h"
#include "hub/store.h"

typedef struct streams streams_t;

/* Saves a cursor durably (the hub gives the errand to the writer). */
typedef void streams_save_fn(void *arg, const char *stream, const char *consumer, const char *agent,
                             uint64_t position);

streams_t *streams_new(store_t *store, net_t *net, streams_save_fn *save, void *arg);
void streams_destroy(streams_t **self_p);

/* Opens a subscription of AGENT, answers stream.opened, and ends an older one of the same stream
 * and consumer with stream.closed. KN_OK, KN_E_BUSY (too many),
 * KN_E_TOO_LARGE (a name that is too long) or the store's failure. */
int streams_open(streams_t *self, const struct net_peer *peer, const struct acl_agent *agent,
                 const struct kn_stream_open *message);
void streams_credit(streams_t *self, const struct net_peer *peer,
                    const struct kn_stream_credit *message);
void streams_save(streams_t *self, const struct net_peer *peer,
                  const struct kn_stream_save *message);
/* The position of a streams_save_fn is on the disk, or will never be (the disk is full). */
void streams_saved(streams_t *self, const char *stream, const char *consumer, const char *agent,
                   uint64_t position);

/* Where the event at POSITION of a subscription is, when it was sent; PLACE lives until the next
 * call. A refused event counts as saved for whoever opens the stream next. */
bool streams_place(streams_t *self, const struct net_peer *peer, int64_t subscription,
                   uint64_t position, struct store_place *place);
void streams_refused(streams_t *self, const struct net_peer *peer, int64_t subscription,
                     uint64_t position);
/* Something that this consumer refused shall be given to it again. */
void streams_again(streams_t *self, const struct store_place *place);

/* Sends what can be sent. True when more could be sent at once (call again soon). */
bool streams_pump(streams_t *self);

/* The peer is gone, or its agent was revoked (then CODE is told to it). */
void streams_drop_peer(streams_t *self, const struct net_peer *peer);
void streams_revoke(streams_t *self, const char *agent);
/* The rights of AGENT changed: what it may not read any more ends, also on connections of a key
 * that it had before. */
void streams_recheck(streams_t *self, const struct acl_agent *agent);

/* Publishes new events of `public` on the tap; TAP_AT is the last position published. */
void streams_tap(streams_t *self, uint64_t *tap_at);

bool streams_connected(const streams_t *self, const char *stream, const char *consumer);
size_t streams_count(const streams_t *self);

#endif
