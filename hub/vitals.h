/* vitals.h - what the process uses of what it may use, and the alarms that follow.
 *
 * An alarm is raised at 80 %: map, disk, descriptors, memory; and while the last commit failed for
 * want of space (storage), an event waits in quarantine (quarantine), the system's clock has jumped
 * and is not believed (clock), or messages that an agent has do not come (gap). Above 80 % of the
 * map, or with less free disk than configured, petitions are deferred; the rest is for answers,
 * cursors, the clock and erasure.
 */
#ifndef KN_VITALS_H
#define KN_VITALS_H

#include "hub/store.h"

enum alarm {
    ALARM_MAP,
    ALARM_DISK,
    ALARM_DESCRIPTORS,
    ALARM_MEMORY,
    ALARM_STORAGE,
    ALARM_QUARANTINE,
    ALARM_CLOCK,
    ALARM_GAP,
    ALARM_QUOTA,
    N_ALARMS
};
extern const char *const alarm_words[N_ALARMS];

struct vitals {
    uint64_t descriptors, max_descriptors;
    uint64_t memory, max_memory; /* bytes of our own, without the map; max 0: no limit */
    struct store_usage store;
    unsigned alarms; /* bits 1 << enum alarm, of the first four */
};

/* Looks. MAX_MEMORY is copied; 0: the alarm rings at 80 % of the machine's. */
void vitals_read(struct vitals *out, store_t *store, uint64_t max_memory);

/* Is there room for petitions? */
bool vitals_has_room(const struct vitals *self, uint64_t min_free);

#endif
