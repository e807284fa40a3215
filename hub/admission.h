/* admission.h - may this connection say anything, and this now? What is refused here is counted
 * (denials.h) and answered by deny. Of the net thread.
 */
#ifndef KN_ADMISSION_H
#define KN_ADMISSION_H

#include "hub/hub_parts.h"

/* Answers deny and counts. VERB: the message or stream, NULL. REQUEST below 0: none. */
void admission_turn_away(struct hub *hub, const struct net_frame *frame,
                         enum kn_denial_reason reason, const char *verb, enum kn_code code,
                         const char *words, int64_t request);

/* The identity of FRAME as it is now: admitted, and its key the one of this connection. False: it
 * was turned away. */
bool admission_identify(struct hub *hub, const struct net_frame *frame, struct acl_agent *out);

/* May AGENT have one more session? A silent one makes room. False: it was turned away. */
bool admission_greets(struct hub *hub, const struct net_frame *frame, const struct kn_agent *agent);

/* What the identity may still use. 0, or after how many milliseconds. */
int64_t admission_wait_ms(struct hub *hub, struct session *session, const struct kn_agent *agent,
                          size_t size);

#endif
