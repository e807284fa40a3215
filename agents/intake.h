/* intake.h - what the intake agents share: faults told, rows of a table sent. */
#ifndef KN_INTAKE_H
#define KN_INTAKE_H

#include "agents/read/read.h"
#include "kiennghi/agent.h"

/* Tells the operator of a fault of a whole file PATH (or address); gives KN_E_INVALID, or RC when
 * the world failed and the file should be tried again. */
int intake_fault(kn_agent_t *agent, const char *path, const struct read_fault *fault, int rc);

/* A read_warn_fn: TOLD is the agent. */
void intake_warn(void *told, const struct read_fault *fault);

/* Refuses row ROW of the open batch for FAULT; RAW (may be NULL) is what it is known by. */
int intake_refuse(kn_agent_t *agent, int64_t row, const char *number, const void *raw,
                  size_t raw_size, const struct read_fault *fault);

/* Sends the rows of TABLE as petitions of the open batch and ends it; rows without a day of their
 * own were received on the day of the header lines. DECLARED: their number as the table states it;
 * NULL: it does not. */
int intake_rows(kn_agent_t *agent, read_table_t *table, const char *path, const char *day,
                const char *declared);

/* Which rows, and whether they may be so: 1, this one; 0, not this one; KN_E_INVALID with FAULT. */
typedef int intake_judge_fn(void *arg, const struct read_row *row, struct read_fault *fault);

/* The rows alone, for a batch of several tables; with JUDGE, only those that it takes or refuses.
 */
int intake_take(kn_agent_t *agent, read_table_t *table, const char *path, const char *day);
int intake_take_some(kn_agent_t *agent, read_table_t *table, const char *path, const char *day,
                     intake_judge_fn *judge, void *arg);

/* Whether a watched file NAME is a table of ours. */
bool intake_is_table(const char *name);

#endif
