/* tool.h - what the commands of kiennghi share: how they ask, act and complain. */
#ifndef AGENTS_TOOL_H
#define AGENTS_TOOL_H

#include "kiennghi/agent.h"

#define TR(vi, en) KN_TR(agent, vi, en)

/* Tells what is wrong with FIELD (NULL: with all of it). KN_E_INVALID. */
int tool_fail(kn_agent_t *agent, enum kn_code code, const char *field, const char *words);

/* The value of a word of an enum, of an option's word (0 when not given); tells what there is when
 * it is none. */
int tool_pick(kn_agent_t *agent, int *out, enum kn_enum which, const char *field, const char *word);
int tool_pick_option(kn_agent_t *agent, int *out, enum kn_enum which, const char *option);

/* Whether this user may use the control socket of the hub, which then runs here. */
bool tool_has_control(kn_agent_t *agent);

/* Asks the control socket. On KN_OK *OUT is of type EXPECTED. */
int tool_ask_control(kn_agent_t *agent, struct kn_message **out, enum kn_type type,
                     const void *body, enum kn_type expected);

/* A request: over the control socket when this user may, else under the person's key. */
int tool_ask(kn_agent_t *agent, struct kn_message **out, enum kn_type type, void *body,
             enum kn_type expected);
int tool_status(kn_agent_t *agent, struct kn_message **out);

/* The events of a stream behind AFTER, for ever or (FOLLOWS false) up to its end now; and the whole
 * of it, with a count on a terminal. */
typedef int tool_event_fn(void *arg, uint64_t position, const struct kn_event *event);
int tool_follow(kn_agent_t *agent, const char *stream, uint64_t after, bool follows,
                tool_event_fn *on_event, void *arg);
int tool_read_log(kn_agent_t *agent, const char *stream, tool_event_fn *on_event, void *arg);

/* An act under the person's key; the same for what runs the process: over the control socket when
 * this user may use it. DONE: what an act that names no case has brought about. */
int tool_act(kn_agent_t *agent, enum kn_type type, void *body);
int tool_act_locally(kn_agent_t *agent, enum kn_type type, void *body, const char *done);

/* The command `batch export` (batch_export.c). */
int batch_export(kn_agent_t *agent, int argc, char **argv);

#endif
