/* reading.h - the commands that read petitions of a file: `kiennghi classify` and `kiennghi match`.
 * They need no hub and no key: the text library and its registers are all. */
#ifndef AGENTS_READING_H
#define AGENTS_READING_H

#include "kiennghi/agent.h"

int classify(kn_agent_t *agent, int argc, char **argv);
int match(kn_agent_t *agent, int argc, char **argv);

#endif
