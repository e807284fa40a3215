/* marked.h - a table as it came, with a column "Lỗi" that says what is wrong with which row. */
#ifndef AGENTS_MARKED_H
#define AGENTS_MARKED_H

#include "agents/read/read.h"
#include "kiennghi/agent.h"

/* Writes the table at PATH with REFUSALS beside their rows into FOLDER: CSV for CSV, else XLSX. OUT
 * (OUT_SIZE bytes) is the path of what was written. 0, or negative with FAULT. */
int marked_write(char *out, size_t out_size, const char *path, const char *folder,
                 const struct read_form *form, const struct kn_agent_refusal *refusals,
                 size_t n_refusals, struct read_fault *fault);

#endif
