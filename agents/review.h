/* review.h - the commands on petitions that may be one: `kiennghi review` and `kiennghi split`. */
#ifndef AGENTS_REVIEW_H
#define AGENTS_REVIEW_H

#include "kiennghi/agent.h"

/* On a terminal: pair after pair side by side, one key each. With a file: its decisions. Otherwise,
 * or with --list: the pairs. */
int review_pairs(kn_agent_t *agent, int argc, char **argv);

/* Parts of a petition become cases of their own: the paragraphs of a file, or --text. */
int review_split(kn_agent_t *agent, int argc, char **argv);

#endif
