/* screen.h - the monitor's table on a terminal: the latest events, newest below, under a head that
 * says how far it has read and when the hub was last heard. */
#ifndef AGENTS_SCREEN_H
#define AGENTS_SCREEN_H

#include "kiennghi/agent.h"

typedef struct screen screen_t;

/* Clears the terminal. NULL when there is no memory. */
screen_t *screen_new(void);
void screen_destroy(screen_t **self_p);

/* Takes in the event at POSITION; nothing is drawn yet. */
void screen_add(screen_t *self, kn_agent_t *agent, uint64_t position, const struct kn_event *event);
void screen_draw(const screen_t *self, kn_agent_t *agent);

#endif
