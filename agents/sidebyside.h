/* sidebyside.h - two texts beside each other on a terminal: what one says and the other does not
 * stands out, so that "ngõ 12" and "ngõ 21" are seen at a glance. */
#ifndef AGENTS_SIDEBYSIDE_H
#define AGENTS_SIDEBYSIDE_H

#include "kiennghi/agent.h"

/* Where it is drawn and how far it is scrolled. */
struct sidebyside {
    int n_rows, n_columns; /* of the terminal */
    int top;               /* first row of the texts that is shown */
    bool has_colour;
};

/* Clears the screen and draws PAIR under HEAD with the line of KEYS below. Returns how many rows
 * of the texts are below what is shown: 0 at the end. */
int sidebyside_draw(const struct sidebyside *self, kn_agent_t *agent,
                    const struct kn_candidate_view *pair, const char *head, const char *keys);

#endif
