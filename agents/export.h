/* export.h - the monitor's filters, and the alerts of a period as a table. */
#ifndef AGENTS_EXPORT_H
#define AGENTS_EXPORT_H

#include "kiennghi/agent.h"

/* Whether --tier, --unit, --field and --area let EVENT through. */
bool monitor_lets_through(const kn_agent_t *agent, const struct kn_event *event);

/* The command `export` (kn_agent_command.run). */
int export_run(kn_agent_t *agent, int argc, char **argv);

#endif
