/* agency.h - what the files of kiennghi-agency share. */
#ifndef KN_AGENCY_H
#define KN_AGENCY_H

#include "kiennghi/agent.h"

#include <jansson.h>
#include <limits.h>

/* The folder of the inbox, written into PATH. */
const char *agency_inbox(kn_agent_t *agent, char path[PATH_MAX]);

/* The commands (kn_agent_command.run); ARGV[0] is the case. */
int agency_list(kn_agent_t *agent, int argc, char **argv);
int agency_accept(kn_agent_t *agent, int argc, char **argv);
int agency_answer(kn_agent_t *agent, int argc, char **argv);
int agency_return(kn_agent_t *agent, int argc, char **argv);
int agency_opinion(kn_agent_t *agent, int argc, char **argv);
int agency_progress(kn_agent_t *agent, int argc, char **argv);
int agency_promise(kn_agent_t *agent, int argc, char **argv);
int agency_kept(kn_agent_t *agent, int argc, char **argv);
int agency_fetch(kn_agent_t *agent, int argc, char **argv);

/* hook_failed.c: events that the hook did not take. */
int hook_failed_list(kn_agent_t *agent, int argc, char **argv);
/* ARGV[0]: which, or "all". */
int hook_failed_retry(kn_agent_t *agent, int argc, char **argv);
size_t hook_failed_count(kn_agent_t *agent);

/* The answers of the file PATH (XLSX, CSV, JSON Lines …); what its rows leave out stands in GIVEN
 * (may be NULL). A row that was recorded before is not sent again. */
int agency_answers(kn_agent_t *agent, const char *path, const json_t *given);

/* bridge.c: a folder for agencies with a document system of their own. */

/* Makes its folders. */
int bridge_open(kn_agent_t *agent, const char *folder);
/* Writes the assignment of the case KEPT for the document system. */
int bridge_put(kn_agent_t *agent, const char *folder, const json_t *kept);
/* Takes the answers that lie there. */
int bridge_take(kn_agent_t *agent, const char *folder);

#endif
