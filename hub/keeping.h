/* keeping.h - what is done with a store beside the hub that runs: verify, backup, restore. Each
 * prints one line of JSON on standard output, faults and remedies on standard error, and gives the
 * exit code.
 */
#ifndef KN_KEEPING_H
#define KN_KEEPING_H

#include "hub/config.h"

#include <stdbool.h>

/* Reads everything (verify.h). AGAINST: a head that somebody kept, or NULL. REDECIDE: every
 * decision is made again (redecide.h), in a folder made in SCRATCH (NULL: TMPDIR, else /var/tmp)
 * and removed at the end; shows how far it is on a terminal. */
int keeping_verify(const struct config *config, const char *against, bool redecide,
                   const char *scratch);

/* Makes FOLDER with a copy of the store as it stands, its attachments and a manifest (last event,
 * head, SHA-256); the hub goes on. The copy is verified before it gets its name. */
int keeping_backup(const struct config *config, const char *folder);

/* Makes the store of the configuration from the backup FOLDER. Refuses a copy that is not what its
 * manifest says, or whose chain breaks, and never touches a store that is there. What was erased
 * since is erased again at the next start, by the list `erasures` of the old store, which is looked
 * for in the place of the new one and in ERASURES (NULL: only there). */
int keeping_restore(const struct config *config, const char *folder, const char *erasures);

#endif
