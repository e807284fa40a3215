/* agency.h - what the two files of kiennghi-agency share. */
#ifndef KN_AGENCY_H
#define KN_AGENCY_H

#include "kiennghi/agent.h"

#include <limits.h>

/* The folder of the inbox, written into PATH. */
const char *agency_inbox(kn_agent_t *agent, char path[PATH_MAX]);

/* The commands; ARGV[0] is the case (kn_agent_command). */
int agency_list(kn_agent_t *agent, int argc, char **argv);
int agency_accept(kn_agent_t *agent, int argc, char **argv);
int agency_answer(kn_agent_t *agent, int argc, char **argv);
int agency_return(kn_agent_t *agent, int argc, char **argv);

#endif
