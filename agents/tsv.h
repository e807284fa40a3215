/* tsv.h - the data files of agents: texts in columns, which a newcomer edits.
 *
 * UTF-8, one record a line, columns separated by tabs, "#" begins a comment line; the first other
 * line names the columns. A file is read strictly: every fault is told with file, line and remedy.
 */
#ifndef AGENTS_TSV_H
#define AGENTS_TSV_H

#include "kiennghi/agent.h"

enum { TSV_COLUMNS = 12 };

/* Takes a record: CELL[i] is column i, trimmed, never NULL. NULL when it is right, else what is
 * wrong with it, in the operator's language; it is told before the next call. */
typedef const char *tsv_take_fn(void *arg, kn_agent_t *agent, char *const *cell);

/* Reads FILE of the folder of registers (PATH given: that file) with exactly the columns NAMES,
 * ended by NULL. KN_OK; KN_E_INVALID, told. */
int tsv_read(kn_agent_t *agent, const char *path, const char *file, const char *const *names,
             tsv_take_fn *take, void *arg);

#endif
