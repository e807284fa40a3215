/* acts.h - the acts on cases of the tool `kiennghi`: one table, one way from the command line, or
 * from the rows of a file, to a message. See acts.c.
 */
#ifndef AGENTS_ACTS_H
#define AGENTS_ACTS_H

#include "kiennghi/agent.h"

/* Commands of the tool (struct kn_agent_command.run). With --file FILE they take no arguments: a
 * row of the file is an act. */
int acts_assign(kn_agent_t *agent, int argc, char **argv);
int acts_partner(kn_agent_t *agent, int argc, char **argv);
int acts_rule(kn_agent_t *agent, int argc, char **argv);
int acts_reject(kn_agent_t *agent, int argc, char **argv);
int acts_divert(kn_agent_t *agent, int argc, char **argv);
int acts_pause(kn_agent_t *agent, int argc, char **argv);
int acts_resume(kn_agent_t *agent, int argc, char **argv);
int acts_review_answer(kn_agent_t *agent, int argc, char **argv);
int acts_verify(kn_agent_t *agent, int argc, char **argv);
int acts_satisfied(kn_agent_t *agent, int argc, char **argv);
int acts_remind(kn_agent_t *agent, int argc, char **argv);
int acts_reopen(kn_agent_t *agent, int argc, char **argv);
int acts_select(kn_agent_t *agent, int argc, char **argv);
int acts_conclude(kn_agent_t *agent, int argc, char **argv);
int acts_direct(kn_agent_t *agent, int argc, char **argv);
int acts_propose(kn_agent_t *agent, int argc, char **argv);
int acts_publish(kn_agent_t *agent, int argc, char **argv);
int acts_post(kn_agent_t *agent, int argc, char **argv);
int acts_withdraw(kn_agent_t *agent, int argc, char **argv);

#endif
