/* deadline.h - when something is due, and why. Pure.
 *
 * First day excluded; a last day that is not worked moves to the end of the next working day (Civil
 * Code 2015, Articles 147-148); overdue is counted by days, not by seconds. Working hours are 08:00
 * to 12:00 and 13:00 to 17:00.
 */
#ifndef KN_DEADLINE_H
#define KN_DEADLINE_H

#include "hub/registers.h"
#include "kiennghi/types.h"

enum deadline_stage {
    DEADLINE_ANSWER,
    DEADLINE_REGISTER,
    DEADLINE_CLASSIFY,
    DEADLINE_ACKNOWLEDGE,
    DEADLINE_RETURN,
    DEADLINE_PARTNER,
    DEADLINE_VERIFY,
    DEADLINE_PUBLISH,
    DEADLINE_COMMITMENT,
    DEADLINE_PAUSE,
    DEADLINE_REOPEN,
    DEADLINE_POSTING,
    DEADLINE_STAGES
};
enum deadline_language { DEADLINE_VI, DEADLINE_EN };

struct deadline {
    const struct deadline_row *rule;
    int64_t start_at;
    int64_t due_at;    /* the last instant in time */
    kn_day counted_to; /* the day that the count alone gives */
    kn_day due_day;    /* after rolling forward */
    int n_skipped;     /* days not worked that were passed over, in counts of working days */
    int paused_days;   /* days that pauses added behind the count */
    bool fixed;        /* a day that somebody named, not a count */
    bool provisional;  /* the calendar has no holidays for a year that it reaches into */
};

/* KN_OK, or KN_E_NOT_FOUND when no rule is in force for profile and stage on the day of START_AT.
 * A profile names only what differs: what it lacks is as in "standard". */
int deadline_due(const registers_t *registers, const char *profile, enum deadline_stage stage,
                 int64_t start_at, struct deadline *out);

/* A pause: the due day moves by so many calendar days, and on to the next working day. */
void deadline_extend(const registers_t *registers, struct deadline *deadline, int days);

/* Due at the end of DAY, whatever day it is: a promise, the end of a pause. The rule of the stage
 * gives the tiers. */
int deadline_on(const registers_t *registers, const char *profile, enum deadline_stage stage,
                int64_t start_at, kn_day day, struct deadline *out);

/* The tier at NOW, and when it next becomes one of TIERS (bits 1 << KN_TIER_...; false: never). */
enum kn_tier deadline_tier(const struct deadline *deadline, int64_t now);
bool deadline_next_change(const struct deadline *deadline, int64_t now, unsigned tiers,
                          int64_t *at);

/* One sentence for an officer: start, rule, what was skipped and why, basis. Returns its length. */
int deadline_explain(const registers_t *registers, const struct deadline *deadline,
                     enum deadline_language language, char *out, size_t size);

#endif
