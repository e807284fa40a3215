/* operate.h - the commands of kiennghi that run the hub; rows of its table. */
#ifndef AGENTS_OPERATE_H
#define AGENTS_OPERATE_H

#include "kiennghi/agent.h"

/* A day in Ha Noi (dd/mm/yyyy or yyyy-mm-dd, perhaps with hh:mm) as an instant. */
bool operate_read_day(int64_t *out, const char *text);

int operate_keys_new(kn_agent_t *agent, int argc, char **argv);
int operate_keys_add(kn_agent_t *agent, int argc, char **argv);
int operate_keys_revoke(kn_agent_t *agent, int argc, char **argv);
int operate_keys_rotate(kn_agent_t *agent, int argc, char **argv);
int operate_keys_set(kn_agent_t *agent, int argc, char **argv);
int operate_keys_list(kn_agent_t *agent, int argc, char **argv);
int operate_gap_list(kn_agent_t *agent, int argc, char **argv);
int operate_gap_settle(kn_agent_t *agent, int argc, char **argv);
int operate_acl_test(kn_agent_t *agent, int argc, char **argv);
int operate_denials(kn_agent_t *agent, int argc, char **argv);
int operate_quarantine_list(kn_agent_t *agent, int argc, char **argv);
int operate_quarantine_show(kn_agent_t *agent, int argc, char **argv);
int operate_quarantine_retry(kn_agent_t *agent, int argc, char **argv);
int operate_quarantine_drop(kn_agent_t *agent, int argc, char **argv);
int operate_metrics(kn_agent_t *agent, int argc, char **argv);
int operate_health(kn_agent_t *agent, int argc, char **argv);
int operate_store_verify(kn_agent_t *agent, int argc, char **argv);
int operate_store_backup(kn_agent_t *agent, int argc, char **argv);
int operate_store_restore(kn_agent_t *agent, int argc, char **argv);
int operate_erase(kn_agent_t *agent, int argc, char **argv);
int operate_erasures(kn_agent_t *agent, int argc, char **argv);
int operate_compact(kn_agent_t *agent, int argc, char **argv);
int operate_clock_move(kn_agent_t *agent, int argc, char **argv);
int operate_drain(kn_agent_t *agent, int argc, char **argv);

#endif
