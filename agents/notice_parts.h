/* notice_parts.h - what the queues of alerts (notice.c) and their ways out (notice_send.c) share.
 */
#ifndef AGENTS_NOTICE_PARTS_H
#define AGENTS_NOTICE_PARTS_H

#include "agents/notice.h"

#include <pthread.h>
#include <stdatomic.h>

enum way { WEBHOOK, MAIL, N_WAYS };
enum outcome { TOLD, BUSY, REFUSED };
enum { HA_NOI_S = 7 * 3600 };

/* A message that a thread of its own hands over; the thread reads the configuration alone. */
struct flight {
    const notice_t *notice;
    enum way way;
    bool is_on; /* its thread was started and not joined */
    pthread_t thread;
    char key[32]; /* in the outbox; behind the prefix of three letters its position */
    char *text;
    size_t size;
    enum outcome outcome;
    char why[200];
    atomic_bool is_over;
};

struct notice {
    kn_agent_t *agent;
    const char *webhook, *smtp, *from, *user;
    char *secret, *smtp_secret; /* of the webhook's signature; of the mail server */
    int digest_at;              /* minutes of the day, -1: each alert at once */
    int tries[N_WAYS];
    int64_t next_at[N_WAYS]; /* ms of the monotonic clock */
    struct flight flights[N_WAYS];
    int landed; /* an eventfd: some flight is over */
    bool is_watched;
    atomic_bool is_ending; /* flights break off */
};

/* Hands FLIGHT over in a thread; `landed` becomes readable when it is over. KN_E_NOMEM. */
int notice_send(struct flight *flight);

#endif
