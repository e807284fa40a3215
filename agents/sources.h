/* sources.h - the sources of the register: which channel a source is, what its rows must have. */
#ifndef AGENTS_SOURCES_H
#define AGENTS_SOURCES_H

#include "kiennghi/agent.h"

typedef struct sources sources_t;

struct source {
    char code[41];
    char *name;
    enum kn_channel channel;
    uint32_t required; /* columns of a table (1 << READ_...) */
};

/* Reads sources.tsv of FOLDER (NULL: the installed registers). KN_OK; KN_E_INVALID, told. */
int sources_open(sources_t **out, kn_agent_t *agent, const char *folder);
void sources_close(sources_t **self_p);
/* The source with this code or name, or NULL. */
const struct source *sources_find(const sources_t *self, const char *text);
/* All codes, for people: "txct_dinh_ky, tiep_cong_dan, ...". */
void sources_list(const sources_t *self, char *out, size_t size);

/* Reads forms.tsv of FOLDER; as sources_open. */
struct read_forms;
int sources_forms(struct read_forms **out, kn_agent_t *agent, const char *folder);

#endif
