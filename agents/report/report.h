/* report.h - reports of the tool `kiennghi`: compilation, docket, dossier, digest. */
#ifndef AGENTS_REPORT_REPORT_H
#define AGENTS_REPORT_REPORT_H

#include "agents/report/fold.h"
#include "agents/report/sheets.h"

/* Commands of the tool (struct kn_agent_command.run). */
int report_compile(kn_agent_t *agent, int argc, char **argv);
int report_docket(kn_agent_t *agent, int argc, char **argv);
int report_dossier(kn_agent_t *agent, int argc, char **argv);
int report_digest(kn_agent_t *agent, int argc, char **argv);

/* ---- what they share */

/* Reads the log up to --as-of. NULL: the operator was told why. */
fold_t *report_read(kn_agent_t *agent);
/* The end of the day of option NAME; the standard when it is not given. */
int report_day(kn_agent_t *agent, int64_t *at, const char *name, int64_t standard);
/* The time of the hub, which may be another than this machine's. */
int64_t report_now(kn_agent_t *agent);
/* The case as an annex shows it. */
const char *report_note(const struct fold_case *kase, int64_t as_of, bool vi, char *out,
                        size_t size);

#endif
