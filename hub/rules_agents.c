/* rules_agents.c - who may talk to the hub, and what is missing of what they have: keys admitted
 * and revoked, gaps noted, closed and settled.
 */
#include "hub/calendar.h"
#include "hub/rules_parts.h"

#include <string.h>

void rules_admit_agent(struct decision *out, const struct facts *facts,
                       const struct kn_agent_admit *message)
{
    const struct kn_agent *agent = message->agent;
    if (agent->role == KN_ROLE_AGENCY &&
        (!agent->unit ||
         !registers_unit(facts->registers, agent->unit, day_of_instant(facts->now)))) {
        rules_refuse(out, KN_CODE_UNKNOWN_VALUE, "agent.unit",
                     "an agency needs a unit of the register");
        return;
    }
    out->verdict = KN_VERDICT_STORED;
    struct kn_event *event = rules_tell(out, KN_EVENT_KIND_AGENT_ADMITTED);
    event->agent = agent->agent;
    event->admitted = agent->role;
    event->unit = agent->unit;
    event->key = agent->key;
    event->window = agent->window;
    event->has_window = agent->has_window;
    event->limits = agent->limits;
}

void rules_revoke_agent(struct decision *out, const struct kn_agent_revoke *message)
{
    out->verdict = KN_VERDICT_STORED;
    rules_tell(out, KN_EVENT_KIND_AGENT_REVOKED)->agent = message->agent;
}

/* ---- gaps ------------------------------------------------------------------------------------ */

enum { MAX_GAPS = 8 }; /* of one agent: maxItems in agent.json */

static const struct kn_gap *gap_of(const struct kn_agent *agent, const char *instance)
{
    for (size_t i = 0; agent && i < agent->n_gaps; i++) {
        if (strcmp(agent->gaps[i].instance, instance) == 0) {
            return &agent->gaps[i];
        }
    }
    return NULL;
}

static void tell_gap(struct decision *out, enum kn_event_kind kind, const char *agent,
                     const struct kn_gap *gap)
{
    struct kn_event *event = rules_tell(out, kind);
    event->agent = agent;
    rules_detail(out, event)->gap = gap;
}

void rules_note_gap(struct decision *out, const struct facts *facts,
                    const struct kn_agent_gap *message)
{
    const struct kn_agent *agent = facts->agent;
    const struct kn_gap *known = gap_of(agent, message->instance);
    out->verdict = KN_VERDICT_REPEATED;
    if (!agent || message->closed != (known != NULL) || (!known && agent->n_gaps == MAX_GAPS)) {
        return; /* told already; with so many open ones a person is needed anyway */
    }
    out->verdict = KN_VERDICT_STORED;
    if (known) {
        tell_gap(out, KN_EVENT_KIND_AGENT_GAP_CLOSED, agent->agent, known);
        return;
    }
    struct kn_gap *gap = &out->gaps[out->n_gaps++];
    *gap = (struct kn_gap){.instance = message->instance,
                           .first = message->first,
                           .last = message->last,
                           .since = message->since};
    tell_gap(out, KN_EVENT_KIND_AGENT_GAP, agent->agent, gap);
}

void rules_settle_gap(struct decision *out, const struct facts *facts,
                      const struct kn_gap_settle *message)
{
    const struct kn_agent *agent = facts->agent;
    for (size_t i = 0; agent && i < agent->n_gaps; i++) {
        if (!message->instance || strcmp(agent->gaps[i].instance, message->instance) == 0) {
            out->verdict = KN_VERDICT_STORED;
            tell_gap(out, KN_EVENT_KIND_AGENT_GAP_CLOSED, agent->agent, &agent->gaps[i]);
            struct kn_event *event = &out->events[out->n_events - 1];
            event->on_behalf = message->on_behalf;
            event->why = message->reason ? message->reason : "người phụ trách đã xử lý";
        }
    }
    if (!out->n_events) {
        rules_refuse(out, KN_CODE_INVALID, agent ? "instance" : "agent",
                     agent ? "nothing is missing of this agent" : "no identity has this name");
    }
}
