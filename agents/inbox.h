/* inbox.h - an agency's own store: one JSON file a case, written safely before it is acknowledged.
 */
#ifndef KN_INBOX_H
#define KN_INBOX_H

#include "kiennghi/types.h"

#include <jansson.h>

/* Makes the folder, and those above it. */
int inbox_open(const char *folder);
/* What is kept of CASE, or NULL; the caller gives it up with json_decref. */
json_t *inbox_load(const char *folder, const char *code);
/* Replaces what is kept of CASE: on disk, with fsync of file and folder, when it returns KN_OK. */
int inbox_save(const char *folder, const char *code, json_t *kept);
/* Adds EVENT to its case (once, whatever is given again) and saves; *KEPT is the case, as it stands
 * for the unit UNIT. */
int inbox_take(json_t **kept, const char *folder, const struct kn_event *event, const char *unit);
/* EVENT as JSON; the caller gives it up. */
json_t *inbox_event(const struct kn_event *event);
/* Drops what may name a person from an event. */
void inbox_forget_person(json_t *event);
/* Any JSON file FOLDER/NAME.json, safely written as inbox_save does; NULL: it is not there. */
json_t *inbox_read(const char *folder, const char *name);
int inbox_write(const char *folder, const char *name, const json_t *content);
/* Calls FN for each case in the order of the codes, until it returns other than KN_OK. */
int inbox_each(const char *folder, int (*fn)(void *arg, json_t *kept), void *arg);

#endif
