/* hook.h - a program of the agency's own is run for each event. See hook.c. */
#ifndef KN_HOOK_H
#define KN_HOOK_H

#include "kiennghi/agent.h"

#include <jansson.h>

typedef struct hook hook_t;

/* PROGRAM is run with ARGV[0] alone; FOLDER keeps the events that wait for it. KN_E_IO: it cannot
 * be made, or PROGRAM cannot be executed. */
int hook_open(hook_t **out, const char *program, const char *folder, int timeout_s);
/* Ends a running program. */
void hook_close(hook_t **self_p);
/* Puts EVENT (as JSON) of CASE in line: on the disk when it returns KN_OK. */
int hook_put(hook_t *self, uint64_t position, const char *code, const json_t *event);
/* What waits loses whatever may name a person of CASE. */
void hook_erase(hook_t *self, const char *code);
/* A turn: takes what has ended, starts the next one. */
void hook_turn(hook_t *self, kn_agent_t *agent);
/* Runs the program for all that waits, until nothing does or one event is not taken. */
void hook_drain(hook_t *self, kn_agent_t *agent);

#endif
