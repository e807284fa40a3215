/* sessions.h - who said hello on which connection. Lives in the net thread; never on disk. */
#ifndef KN_SESSIONS_H
#define KN_SESSIONS_H

#include "hub/acl.h"
#include "hub/net.h"
#include "hub/quota.h"

struct session {
    struct net_peer peer;
    char agent[ACL_NAME_SIZE]; /* as authenticated: each frame is checked against it */
    char key[ACL_KEY_SIZE];    /* of the connection: the one that the identity has now, or denied */
    struct quota *quota;       /* of the identity, over all its sessions */
    uint64_t instance;
    uint64_t floor;   /* hello's first_sequence */
    int unanswered;   /* numbered messages with the writer */
    int64_t heard_ms; /* monotonic */
};

typedef struct sessions sessions_t;

sessions_t *sessions_new(void);
void sessions_destroy(sessions_t **self_p);

/* The session of PEER, or NULL. Pointers live until the next sessions_add or sessions_drop. */
struct session *sessions_find(sessions_t *self, const struct net_peer *peer);

/* The session of PEER, made anew. NULL: no memory. */
struct session *sessions_add(sessions_t *self, const struct net_peer *peer, const char *agent);
void sessions_drop(sessions_t *self, const struct net_peer *peer);

/* Calls GONE for each session not heard since BEFORE_MS, and drops it. */
void sessions_expire(sessions_t *self, int64_t before_ms,
                     void (*gone)(void *arg, const struct session *session), void *arg);

/* How many sessions AGENT has; SILENT gets the one heard longest ago. */
size_t sessions_of(const sessions_t *self, const char *agent, struct session **silent);

size_t sessions_count(const sessions_t *self);

#endif
