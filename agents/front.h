/* front.h - what the files of kiennghi-front share. */
#ifndef KN_FRONT_H
#define KN_FRONT_H

#include "agents/read/read.h"
#include "kiennghi/agent.h"

/* The container of a document: its sender, number and day, as 32 hex digits. */
void front_identity(char id[33], const char *sender, const char *number, const char *date);

/* A document taken: what its sender is told of it, and what an update, a replacement or a
 * withdrawal finds it by. */
struct front_known {
    char batch[33], container[33];
    char replaces[33]; /* the batch that it replaced, or "" */
};

/* front_edxml.c: takes an edXML document at PATH. */
int front_read_edxml(kn_agent_t *agent, const char *path);

/* front_status.c: status messages back to the sender, in the folder --status. */

/* Keeps DOCUMENT, known under its DocumentId and its identity ID; in the commit of its rows. */
int front_keep(kn_agent_t *agent, const struct read_edxml *document, const char *id,
               const struct front_known *known);
/* The document that is known by DocumentId NAME, or by its identity. KN_E_NOT_FOUND. */
int front_find(kn_agent_t *agent, struct front_known *out, const char *name);
/* Looks what became of each document and writes the statuses that are due. */
int front_tell(kn_agent_t *agent);
/* DOCUMENT was refused, for WORDS. */
int front_refuse(kn_agent_t *agent, const struct read_edxml *document, const char *id,
                 const char *words);
/* The hub's answer to a withdrawal or replacement. */
int front_receipt(kn_agent_t *agent, uint64_t tag, const struct kn_message *sent,
                  const struct kn_receipt *receipt);

#endif
