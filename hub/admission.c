/* admission.c - see the header. */
#include "hub/admission.h"

#include <string.h>

enum { SILENT_MS = 12000 }; /* a peer that lives is heard each ten seconds */

void admission_turn_away(struct hub *hub, const struct net_frame *frame,
                         enum kn_denial_reason reason, const char *verb, enum kn_code code,
                         const char *words, int64_t request)
{
    denials_count(hub->denials, frame->user, frame->address, reason, verb);
    hub_deny(hub, &frame->peer, code, NULL, words, request);
}

bool admission_identify(struct hub *hub, const struct net_frame *frame, struct acl_agent *out)
{
    if (acl_by_name(hub->acl, frame->user, out) && !out->agent.revoked &&
        strcmp(out->key, frame->key) == 0) {
        return true;
    }
    admission_turn_away(hub, frame, KN_DENIAL_REASON_REVOKED, NULL, KN_CODE_REVOKED,
                        "this key is not admitted (any more)", -1);
    return false;
}

bool admission_greets(struct hub *hub, const struct net_frame *frame, const struct kn_agent *agent)
{
    const struct kn_limits *limits = agent->limits;
    size_t max =
        limits && limits->has_sessions ? (size_t)limits->sessions : (size_t)hub->options.sessions;
    struct session *silent;
    if (sessions_find(hub->sessions, &frame->peer)) {
        return true; /* a second hello on the same connection */
    }
    if (!max || sessions_of(hub->sessions, agent->agent, &silent) < max) {
        return true;
    }
    if (hub_monotonic_ms() - silent->heard_ms >= SILENT_MS) {
        struct net_peer peer = silent->peer;
        streams_drop_peer(hub->streams, &peer);
        sessions_drop(hub->sessions, &peer);
        return true;
    }
    admission_turn_away(hub, frame, KN_DENIAL_REASON_QUOTA, "hello", KN_CODE_QUOTA,
                        "this identity has as many connections as it may have", -1);
    return false;
}

int64_t admission_wait_ms(struct hub *hub, struct session *session, const struct kn_agent *agent,
                          size_t size)
{
    const struct kn_limits *limits = agent->limits;
    int64_t rate = limits && limits->has_rate ? limits->rate : hub->options.rate;
    int64_t bytes =
        limits && limits->has_bytes_per_day ? limits->bytes_per_day : hub->options.bytes_per_day;
    if (!rate && !bytes) {
        return 0;
    }
    if (!session->quota && !(session->quota = quotas_of(hub->quotas, agent->agent))) {
        return 1000; /* no memory */
    }
    int64_t wait_ms =
        quota_take(session->quota, rate, bytes, size, hub_monotonic_ms(), hub_wall_ms(hub));
    if (wait_ms) {
        denials_count(hub->denials, agent->agent, NULL, KN_DENIAL_REASON_QUOTA, NULL);
    }
    return wait_ms;
}
