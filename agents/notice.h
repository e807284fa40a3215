/* notice.h - alerts by mail and to a web address. See notice.c. */
#ifndef AGENTS_NOTICE_H
#define AGENTS_NOTICE_H

#include "kiennghi/agent.h"

typedef struct notice notice_t;

/* As configured (--mail-to, --webhook …); *OUT is NULL when nothing is. KN_E_INVALID: the operator
 * was told what is missing. */
int notice_open(notice_t **out, kn_agent_t *agent);
void notice_close(notice_t **self_p);
/* The event at POSITION is to be told; it is kept in the outbox, in the commit of the position. */
int notice_add(notice_t *self, uint64_t position, const struct kn_event *event);
/* Sends what is due, at most one message each way at a time, without waiting for it. True:
 * something is on its way. */
bool notice_turn(notice_t *self);
/* Sends all that is due now, and waits for it. */
void notice_drain(notice_t *self);

#endif
