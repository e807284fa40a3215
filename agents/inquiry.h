/* inquiry.h - the questions of the tool `kiennghi` about cases: which ones, and why. */
#ifndef AGENTS_INQUIRY_H
#define AGENTS_INQUIRY_H

#include "kiennghi/agent.h"

int inquiry_list(kn_agent_t *agent, int argc, char **argv);
int inquiry_find(kn_agent_t *agent, int argc, char **argv);
int inquiry_why(kn_agent_t *agent, int argc, char **argv);

#endif
