/* desk.h - what operators ask and settle beside cases: who may talk, what the access table says,
 * who was turned away, what consumers refused, how the hub is in figures.
 *
 * Questions are answered by the net thread from read transactions of its own. What changes local
 * state (quarantine, the ring of denials) goes down the line to the writer as any errand and comes
 * back when it is on the disk.
 */
#ifndef KN_DESK_H
#define KN_DESK_H

#include "hub/errand.h"

struct hub;

/* Is TYPE a question or an act for the desk? */
bool desk_is_mine(enum kn_type type);

/* Answers MESSAGE, or hands it to the writer. */
void desk_take(struct hub *hub, const struct net_peer *peer, struct kn_message **message_p);

/* What a consumer says of one event: event.refuse, event.take. */
void desk_hear(struct hub *hub, const struct net_peer *peer, struct kn_message **message_p);

/* Gives the denials that are due to the writer. */
void desk_keep_denials(struct hub *hub, bool is_last);

/* The writer's part, and what is said when it is on the disk. */
void desk_write(struct hub *hub, store_txn_t *txn, struct errand *errand);
void desk_answer(struct hub *hub, const struct errand *errand);

#endif
