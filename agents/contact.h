/* contact.h - what the parts of kiennghi-contact share.
 *
 *   contact.c          options, which reader a file goes to
 *   contact_table.c    tables: registers and minutes kept as tables
 *   contact_minutes.c  minutes in paragraphs
 *   contact_type.c     what the reception desk types
 */
#ifndef AGENTS_CONTACT_H
#define AGENTS_CONTACT_H

#include "agents/intake.h"
#include "agents/sources.h"

struct contact {
    sources_t *sources;
    read_forms_t *forms;
};

/* Reads the table at PATH into batches. A document whose tables hold no petitions goes to
 * contact_minutes. */
int contact_table(kn_agent_t *agent, const char *path);
/* Reads the paragraphs of the document at PATH into a batch. */
int contact_minutes(kn_agent_t *agent, const char *path);
/* Asks for petitions at the terminal and keeps them in the register at PATH. */
int contact_type(kn_agent_t *agent, const char *path);
/* Tells that nothing says the day. */
int contact_no_day(kn_agent_t *agent, const char *path);

/* What a batch of petitions is: a meeting, or what there is instead. */
struct occasion {
    const struct source *source;
    const struct read_headers *top;
    const char *session, *document; /* of a group of rows; NULL: there are no groups */
};
/* Opens the batch of OCCASION. */
int contact_batch(kn_agent_t *agent, const struct occasion *occasion);
/* The header line, or what the command line says instead. */
const char *contact_line(kn_agent_t *agent, const struct read_headers *top, enum read_header line);
/* The source that a file without one has, NULL: unknown, told as of PATH. */
const struct source *contact_source(kn_agent_t *agent, const struct read_headers *top,
                                    const char *path);

#endif
