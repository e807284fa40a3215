/** acl.h - who may say and see what. Deny by default.
 *
 * Two things. The agents that are admitted, in memory, filled from the store at the start and
 * after each agent.admitted and agent.revoked: the writer sets, the net thread and the ZAP thread
 * ask. And the tables of roles: which messages a role may say, which streams it may read, where it
 * sees persons. Which case, by whom and in which state is not decided here but in rules.c.
 */
#ifndef KN_HUB_ACL_H
#define KN_HUB_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiennghi/types.h"

enum {
    ACL_NAME_SIZE = 64,
    ACL_KEY_SIZE = 41,
    ACL_DEFAULT_WINDOW = 64,
    ACL_STREAM_SIZE = 96,
    ACL_MAX_STREAMS = 20,
    ACL_MAX_VERBS = 40,
};

typedef struct acl acl_t;

/** One agent, copied out. The texts of AGENT lie in the fields below: never assign, acl_copy. */
struct acl_agent {
    struct kn_agent agent;
    char name[ACL_NAME_SIZE];
    char unit[ACL_NAME_SIZE];
    char key[ACL_KEY_SIZE];
    struct acl_limits { /* last: copied only where there are some */
        struct kn_limits limits;
        const char *streams[ACL_MAX_STREAMS], *verbs[ACL_MAX_VERBS];
        char stream[ACL_MAX_STREAMS][ACL_STREAM_SIZE], verb[ACL_MAX_VERBS][ACL_NAME_SIZE];
    } narrowed;
};

/** NULL: no memory. */
acl_t *acl_new(int default_window);
void acl_destroy(acl_t **acl_p);

/** Whether AGENT can be admitted at all: name of letters, digits and hyphens, not one that the hub
 * uses, a key in Z85, a role, a unit for an agency, limits within what the role may say and read.
 * KN_E_INVALID, and FIELD which one is wrong. */
int acl_check(const struct kn_agent *agent, const char **field);

/** Puts AGENT in, or in the place of the one of its name (another key: the old one is out from now
 * on). KN_E_INVALID as acl_check; KN_E_CONFLICT when another agent has this key; KN_E_NOMEM. */
int acl_set(acl_t *acl, const struct kn_agent *agent);

/** Copies an agent out, revoked or not. False when there is none. */
bool acl_by_name(acl_t *acl, const char *name, struct acl_agent *out);
bool acl_by_key(acl_t *acl, const char *z85_key, struct acl_agent *out);
void acl_copy(struct acl_agent *to, const struct acl_agent *from);

/** The directory of zap.h: true, and the name, for a key that is admitted and not revoked. ARG is
 * the acl_t. */
bool acl_known(void *arg, const char *z85_key, char user[ACL_NAME_SIZE]);

/** Grows with each acl_set: whoever keeps a copy looks here whether it may be stale. */
uint64_t acl_version(acl_t *acl);
size_t acl_count(acl_t *acl);

/** Whether ROLE may say TYPE; KN_ROLE_NONE is the control socket. */
bool acl_may_say(enum kn_role role, enum kn_type type);

/** Names the roles that may say TYPE, with commas; "nobody" when there is none. */
void acl_name_speakers(enum kn_type type, char *out, size_t size);

/** Whether AGENT may say TYPE: its role may, and its limits do not exclude it. */
bool acl_allows(const struct kn_agent *agent, enum kn_type type);

/** Whether AGENT may open STREAM. False for a revoked one, and for a stream that does not exist. */
bool acl_may_read(const struct kn_agent *agent, const char *stream);

/** Whether AGENT gets texts and persons with the events of STREAM; NULL: with the answers to its
 * requests. */
bool acl_may_see_persons(const struct kn_agent *agent, const char *stream);

/** Whether a ROLE may get the files of cases that concern it. */
bool acl_may_see_files(enum kn_role role);

#endif
