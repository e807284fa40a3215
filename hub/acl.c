/* acl.c - who may say and see what.
 *
 * The agents stand in one array, sorted by name, with a second index sorted by key: hundreds of
 * them, asked for each frame, changed a few times a year. A readers-writer lock guards both;
 * answers are copied out, so nobody holds a pointer over a change. The tables below need no lock
 * and no state.
 */
#include "hub/acl.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/message.h"
#include "kiennghi/status.h"

struct acl {
    pthread_rwlock_t lock;
    struct acl_agent **by_name;
    struct acl_agent **by_key;
    size_t n, room;
    int default_window;
    atomic_uint_fast64_t version;
};

/* ---------------------------------------------------------------------------- the tables */

#define ROLE(name) (1u << KN_ROLE_##name)

enum roles {
    CONTROL = ROLE(NONE),
    INTAKE = ROLE(INTAKE),
    AGENCY = ROLE(AGENCY),
    MONITOR = ROLE(MONITOR),
    OPERATOR = ROLE(OPERATOR),
    APPROVER = ROLE(APPROVER),
    VERIFIER = ROLE(VERIFIER),
    BAN = ROLE(BAN),
    BOARDS = ROLE(BAN) | ROLE(STANDING_COMMITTEE) | ROLE(DEPUTIES),
    AUDITOR = ROLE(AUDITOR),
    CLERKS = OPERATOR | APPROVER,
    WATCHERS = MONITOR | CLERKS | VERIFIER | BOARDS | AUDITOR,
    EVERYBODY = INTAKE | AGENCY | WATCHERS,
};

/* clang-format off */
/* What is not here is not said: answers and events come from the hub alone. */
static const struct {
    enum kn_type type;
    unsigned roles;
} messages[] = {
    {KN_TYPE_HELLO,             EVERYBODY | CONTROL},
    {KN_TYPE_PING,              EVERYBODY | CONTROL},
    {KN_TYPE_BYE,               EVERYBODY},
    {KN_TYPE_BATCH_DECLARE,     INTAKE},
    {KN_TYPE_ROW_REFUSE,        INTAKE},
    {KN_TYPE_PETITION_SUBMIT,   INTAKE},
    {KN_TYPE_PETITION_REVISE,   INTAKE},
    {KN_TYPE_DOCUMENT_REPLACE,  INTAKE},
    {KN_TYPE_DOCUMENT_WITHDRAW, INTAKE},
    {KN_TYPE_PETITION_WITHDRAW, INTAKE},
    {KN_TYPE_FILE_PUT,          INTAKE | AGENCY | CLERKS | VERIFIER | BOARDS},
    {KN_TYPE_FILE_GET,          INTAKE | AGENCY | CLERKS | VERIFIER | BOARDS},
    {KN_TYPE_ASSIGNMENT_ACCEPT, AGENCY},
    {KN_TYPE_ASSIGNMENT_RETURN, AGENCY},
    {KN_TYPE_ANSWER_SUBMIT,     AGENCY},
    {KN_TYPE_CASE_ASSIGN,       CLERKS | AGENCY},
    {KN_TYPE_ANSWER_REVIEW,     CLERKS | BAN},
    {KN_TYPE_CASE_VERIFY,       OPERATOR | VERIFIER | BOARDS},
    {KN_TYPE_CASE_PUBLISH,      CLERKS},
    {KN_TYPE_CASE_LINK,         CLERKS},
    {KN_TYPE_CASE_UNLINK,       CLERKS},
    {KN_TYPE_CASE_SPLIT,        CLERKS},
    {KN_TYPE_CANDIDATE_DECIDE,  CLERKS},
    {KN_TYPE_CASE_DIVERT,       CLERKS},
    {KN_TYPE_CASE_REJECT,       APPROVER},
    {KN_TYPE_CASE_PAUSE,        CLERKS | AGENCY},
    {KN_TYPE_CASE_RESUME,       CLERKS},
    {KN_TYPE_CASE_REOPEN,       CLERKS | ROLE(BAN) | ROLE(DEPUTIES)},
    {KN_TYPE_CASE_REMIND,       CLERKS | BOARDS},
    {KN_TYPE_CASE_SATISFACTION, INTAKE | OPERATOR | ROLE(DEPUTIES)},
    {KN_TYPE_CASE_SELECT,       CLERKS | BOARDS},
    {KN_TYPE_CASE_DIRECT,       CLERKS | BOARDS},
    {KN_TYPE_PROGRESS_REPORT,   AGENCY},
    {KN_TYPE_COMMITMENT_MAKE,   AGENCY | CLERKS | ROLE(BAN) | ROLE(STANDING_COMMITTEE)},
    {KN_TYPE_COMMITMENT_KEEP,   AGENCY},
    {KN_TYPE_OPINION_SUBMIT,    AGENCY},
    {KN_TYPE_STREAM_OPEN,       EVERYBODY},
    {KN_TYPE_STREAM_CREDIT,     EVERYBODY},
    {KN_TYPE_STREAM_SAVE,       EVERYBODY},
    {KN_TYPE_CASE_GET,          EVERYBODY},
    {KN_TYPE_CASE_FIND,         EVERYBODY},
    {KN_TYPE_EVENT_REFUSE,      EVERYBODY},
    {KN_TYPE_EVENT_TAKE,        EVERYBODY},
    {KN_TYPE_QUARANTINE_GET,    OPERATOR | CONTROL},
    {KN_TYPE_QUARANTINE_SETTLE, OPERATOR | CONTROL},
    {KN_TYPE_AGENT_GET,         OPERATOR | AUDITOR | CONTROL},
    {KN_TYPE_ACL_TEST,          OPERATOR | AUDITOR | CONTROL},
    {KN_TYPE_DENIAL_GET,        OPERATOR | AUDITOR | CONTROL},
    {KN_TYPE_METRICS_GET,       MONITOR | OPERATOR | AUDITOR | CONTROL},
    {KN_TYPE_ERASURE_GET,       CLERKS | AUDITOR | CONTROL},
    {KN_TYPE_CASE_ERASE,        CLERKS},
    {KN_TYPE_HUB_COMPACT,       CONTROL},
    {KN_TYPE_BATCH_GET,         INTAKE | WATCHERS},
    {KN_TYPE_CANDIDATE_FIND,    CLERKS | AUDITOR},
    {KN_TYPE_STATUS_GET,        EVERYBODY | CONTROL},
    {KN_TYPE_AGENT_ADMIT,       OPERATOR | CONTROL},
    {KN_TYPE_AGENT_REVOKE,      OPERATOR | CONTROL},
    {KN_TYPE_GAP_SETTLE,        OPERATOR | CONTROL},
    {KN_TYPE_CLOCK_MOVE,        CONTROL},
    {KN_TYPE_HUB_DRAIN,         CONTROL},
};

/* How a stream names its reader: not at all, by unit, or by agent. */
enum owner { NOBODY, UNIT, AGENT };

static const struct {
    const char *name; /* ends in '/' when an owner follows */
    enum owner owner;
    unsigned any;     /* may read it whoever owns it */
    unsigned own;     /* may read their own */
    unsigned persons; /* of those: get texts and persons with it */
} streams[] = {
    {"all",     NOBODY, MONITOR | OPERATOR | AUDITOR | BOARDS,          0,      OPERATOR},
    {"alerts",  NOBODY, MONITOR | OPERATOR | AUDITOR | BOARDS | AGENCY, 0,      0},
    {"agency/", UNIT,   OPERATOR,                                       AGENCY, OPERATOR | AGENCY},
    {"source/", AGENT,  OPERATOR,                                       INTAKE, 0},
    {"public",  NOBODY, EVERYBODY,                                      0,      0},
};
/* clang-format on */

enum {
    N_MESSAGES = sizeof messages / sizeof *messages,
    N_STREAMS = sizeof streams / sizeof *streams,
    /* Answers to case.get and case.find; an agency is asked about its own cases only (queries.c).
     */
    PERSONS_ON_REQUEST = CLERKS | AGENCY,
    FILES = CLERKS | AGENCY | INTAKE | VERIFIER | BOARDS, /* of cases that concern them */
};

bool acl_may_say(enum kn_role role, enum kn_type type)
{
    if (role < 0 || role >= KN_ROLE_COUNT)
        return false;
    for (size_t i = 0; i < N_MESSAGES; i++)
        if (messages[i].type == type)
            return messages[i].roles >> role & 1u;
    return false;
}

/* A list that is not there excludes nothing. */
static bool lists(const char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return n == 0;
}

void acl_name_speakers(enum kn_type type, char *out, size_t size)
{
    size_t n = 0;
    snprintf(out, size, "nobody");
    for (int role = 1; role < KN_ROLE_COUNT && n < size; role++) {
        if (acl_may_say((enum kn_role)role, type)) {
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "",
                                  kn_enum_text(KN_ENUM_ROLE, role));
        }
    }
}

bool acl_allows(const struct kn_agent *agent, enum kn_type type)
{
    const struct kn_limits *limits = agent->limits;
    return acl_may_say(agent->role, type) &&
           (!limits || type <= KN_TYPE_BYE ||
            lists(limits->verbs, limits->n_verbs, kn_type_name(type)));
}

/* The row of STREAM and, behind it, who owns it ("" for nobody); -1 when there is no such stream.
 */
static int find_stream(const char *stream, const char **owner)
{
    for (int i = 0; i < N_STREAMS; i++) {
        const size_t length = strlen(streams[i].name);
        if (strncmp(stream, streams[i].name, length) != 0)
            continue;
        *owner = stream + length;
        if ((streams[i].owner == NOBODY) == (**owner == '\0'))
            return i;
    }
    return -1;
}

static bool owns(const struct kn_agent *agent, enum owner kind, const char *owner)
{
    const char *mine = kind == UNIT ? agent->unit : kind == AGENT ? agent->agent : NULL;
    return mine && strcmp(mine, owner) == 0;
}

bool acl_may_read(const struct kn_agent *agent, const char *stream)
{
    const char *owner;
    const int row = find_stream(stream, &owner);
    if (row < 0 || agent->revoked || agent->role <= KN_ROLE_NONE || agent->role >= KN_ROLE_COUNT)
        return false;
    if (agent->limits && !lists(agent->limits->streams, agent->limits->n_streams, stream))
        return false;
    return (streams[row].any >> agent->role & 1u) ||
           ((streams[row].own >> agent->role & 1u) && owns(agent, streams[row].owner, owner));
}

bool acl_may_see_persons(const struct kn_agent *agent, const char *stream)
{
    const char *owner;
    if (!stream)
        return !agent->revoked && (PERSONS_ON_REQUEST >> agent->role & 1u);
    return acl_may_read(agent, stream) &&
           (streams[find_stream(stream, &owner)].persons >> agent->role & 1u);
}

bool acl_may_see_files(enum kn_role role)
{
    return role >= 0 && role < KN_ROLE_COUNT && (FILES >> role & 1u);
}

/* ---------------------------------------------------------------------------- the agents */

static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    static const char *const taken[] = {"control", "hub", "self-test"};
    const size_t length = text ? strlen(text) : 0;
    if (length == 0 || length >= ACL_NAME_SIZE || strspn(text, letters) != length)
        return false;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(text, taken[i]) == 0)
            return false;
    return true;
}

static bool is_key(const char *text)
{
    static const char z85[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    return text && strlen(text) == ACL_KEY_SIZE - 1 && strspn(text, z85) == ACL_KEY_SIZE - 1;
}

/* The field of the limits that cannot be: more than the role has, or no such thing. */
static const char *limits_fault(const struct kn_agent *agent)
{
    const struct kn_limits *limits = agent->limits;
    const struct kn_agent role = {.agent = agent->agent, .role = agent->role, .unit = agent->unit};
    for (size_t i = 0; limits && i < limits->n_verbs; i++)
        if (!acl_may_say(agent->role, kn_type_value(limits->verbs[i])))
            return "limits.verbs";
    for (size_t i = 0; limits && i < limits->n_streams; i++)
        if (!acl_may_read(&role, limits->streams[i]))
            return "limits.streams";
    return NULL;
}

int acl_check(const struct kn_agent *agent, const char **field)
{
    const size_t unit_size = agent->unit ? strlen(agent->unit) : 0;
    *field = NULL;
    if (!is_name(agent->agent))
        *field = "agent";
    else if (agent->role <= KN_ROLE_NONE || agent->role >= KN_ROLE_COUNT)
        *field = "role";
    else if (unit_size >= ACL_NAME_SIZE || (agent->role == KN_ROLE_AGENCY && unit_size == 0))
        *field = "unit";
    else if (!is_key(agent->key))
        *field = "key";
    else if (agent->has_window && (agent->window < 1 || agent->window > 4096))
        *field = "window";
    else
        *field = limits_fault(agent);
    return *field ? KN_E_INVALID : KN_OK;
}

acl_t *acl_new(int default_window)
{
    acl_t *acl = calloc(1, sizeof *acl);
    if (!acl)
        return NULL;
    pthread_rwlock_init(&acl->lock, NULL);
    acl->default_window = default_window ? default_window : ACL_DEFAULT_WINDOW;
    return acl;
}

void acl_destroy(acl_t **acl_p)
{
    acl_t *acl = *acl_p;
    *acl_p = NULL;
    if (!acl)
        return;
    for (size_t i = 0; i < acl->n; i++)
        free(acl->by_name[i]);
    free(acl->by_name);
    free(acl->by_key);
    pthread_rwlock_destroy(&acl->lock);
    free(acl);
}

static const char *name_of(const struct acl_agent *agent)
{
    return agent->name;
}

static const char *key_of(const struct acl_agent *agent)
{
    return agent->key;
}

/* The place of TEXT in an index, or where it belongs. */
static bool locate(struct acl_agent *const *index, size_t n,
                   const char *(*text_of)(const struct acl_agent *), const char *text, size_t *at)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(text_of(index[middle]), text);
        if (order == 0) {
            *at = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return false;
}

static void insert(struct acl_agent **index, size_t n, size_t at, struct acl_agent *agent)
{
    memmove(&index[at + 1], &index[at], (n - at) * sizeof *index);
    index[at] = agent;
}

static bool grow(acl_t *acl)
{
    if (acl->n < acl->room)
        return true;
    const size_t room = acl->room ? 2 * acl->room : 64;
    struct acl_agent **names = realloc(acl->by_name, room * sizeof *names);
    if (names)
        acl->by_name = names;
    struct acl_agent **keys = realloc(acl->by_key, room * sizeof *keys);
    if (keys)
        acl->by_key = keys;
    if (!names || !keys)
        return false;
    acl->room = room;
    return true;
}

/* Lets the lists of limits point at the texts beside them. */
static void point(struct acl_agent *to)
{
    struct acl_limits *narrowed = &to->narrowed;
    for (size_t i = 0; i < ACL_MAX_STREAMS; i++)
        narrowed->streams[i] = narrowed->stream[i];
    for (size_t i = 0; i < ACL_MAX_VERBS; i++)
        narrowed->verbs[i] = narrowed->verb[i];
    narrowed->limits.streams = narrowed->streams;
    narrowed->limits.verbs = narrowed->verbs;
    to->agent.limits = &narrowed->limits;
}

static void fill(acl_t *acl, struct acl_agent *to, const struct kn_agent *from)
{
    *to = (struct acl_agent){.agent = *from};
    strcpy(to->name, from->agent);
    strcpy(to->key, from->key);
    strcpy(to->unit, from->unit ? from->unit : "");
    to->agent.agent = to->name;
    to->agent.key = to->key;
    to->agent.unit = from->unit ? to->unit : NULL;
    if (!from->has_window) {
        to->agent.has_window = true;
        to->agent.window = acl->default_window;
    }
    if (from->limits) {
        to->narrowed.limits = *from->limits;
        for (size_t i = 0; i < from->limits->n_streams && i < ACL_MAX_STREAMS; i++)
            snprintf(to->narrowed.stream[i], ACL_STREAM_SIZE, "%s", from->limits->streams[i]);
        for (size_t i = 0; i < from->limits->n_verbs && i < ACL_MAX_VERBS; i++)
            snprintf(to->narrowed.verb[i], ACL_NAME_SIZE, "%s", from->limits->verbs[i]);
        point(to);
    }
}

void acl_copy(struct acl_agent *to, const struct acl_agent *from)
{
    memcpy(to, from, from->agent.limits ? sizeof *to : offsetof(struct acl_agent, narrowed));
    to->agent.agent = to->name;
    to->agent.key = to->key;
    to->agent.unit = from->agent.unit ? to->unit : NULL;
    if (from->agent.limits)
        point(to);
}

static int set_locked(acl_t *acl, const struct kn_agent *agent)
{
    size_t name_at, key_at;
    const bool is_old = locate(acl->by_name, acl->n, name_of, agent->agent, &name_at);
    const bool has_key = locate(acl->by_key, acl->n, key_of, agent->key, &key_at);
    if (has_key && strcmp(acl->by_key[key_at]->name, agent->agent) != 0)
        return KN_E_CONFLICT;
    if (is_old) { /* the key may have changed: take it out of its index first */
        struct acl_agent *old = acl->by_name[name_at];
        size_t at;
        const bool found = locate(acl->by_key, acl->n, key_of, old->key, &at);
        assert(found);
        memmove(&acl->by_key[at], &acl->by_key[at + 1], (acl->n - at - 1) * sizeof *acl->by_key);
        fill(acl, old, agent);
        locate(acl->by_key, acl->n - 1, key_of, old->key, &at);
        insert(acl->by_key, acl->n - 1, at, old);
        return KN_OK;
    }
    struct acl_agent *fresh = malloc(sizeof *fresh);
    if (!fresh || !grow(acl)) {
        free(fresh);
        return KN_E_NOMEM;
    }
    fill(acl, fresh, agent);
    insert(acl->by_name, acl->n, name_at, fresh);
    insert(acl->by_key, acl->n, key_at, fresh);
    acl->n++;
    return KN_OK;
}

int acl_set(acl_t *acl, const struct kn_agent *agent)
{
    const char *field;
    int rc = acl_check(agent, &field);
    if (rc != KN_OK)
        return rc;
    pthread_rwlock_wrlock(&acl->lock);
    rc = set_locked(acl, agent);
    pthread_rwlock_unlock(&acl->lock);
    if (rc == KN_OK)
        atomic_fetch_add(&acl->version, 1);
    return rc;
}

static bool copy_out(acl_t *acl, bool by_key, const char *text, struct acl_agent *out)
{
    size_t at;
    pthread_rwlock_rdlock(&acl->lock);
    const bool found =
        locate(by_key ? acl->by_key : acl->by_name, acl->n, by_key ? key_of : name_of, text, &at);
    if (found)
        acl_copy(out, by_key ? acl->by_key[at] : acl->by_name[at]);
    pthread_rwlock_unlock(&acl->lock);
    return found;
}

bool acl_by_name(acl_t *acl, const char *name, struct acl_agent *out)
{
    return copy_out(acl, false, name, out);
}

bool acl_by_key(acl_t *acl, const char *z85_key, struct acl_agent *out)
{
    return copy_out(acl, true, z85_key, out);
}

bool acl_known(void *arg, const char *z85_key, char user[ACL_NAME_SIZE])
{
    struct acl_agent agent;
    if (!acl_by_key(arg, z85_key, &agent) || agent.agent.revoked)
        return false;
    memcpy(user, agent.name, ACL_NAME_SIZE);
    return true;
}

uint64_t acl_version(acl_t *acl)
{
    return atomic_load(&acl->version);
}

size_t acl_count(acl_t *acl)
{
    pthread_rwlock_rdlock(&acl->lock);
    const size_t n = acl->n;
    pthread_rwlock_unlock(&acl->lock);
    return n;
}
