/* upkeep.h - what the hub does for itself beside the walk: alarms, room, erased files, compaction.
 */
#ifndef KN_UPKEEP_H
#define KN_UPKEEP_H

struct hub;

/* Net thread, each turn: denials that are due, what is used, the alarms that come and go. */
void upkeep_look(struct hub *hub);

/* Writer, between turns: rewrites the store's file when somebody asked for it, or, once a night,
 * when something was erased. */
void upkeep_compact(struct hub *hub);

#endif
