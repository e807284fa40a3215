/* calendar.h - days, instants and working days, all at +07:00 (Viet Nam has no summer time). Pure.
 */
#ifndef KN_CALENDAR_H
#define KN_CALENDAR_H

#include "hub/registers.h"

#include <stdbool.h>
#include <stdint.h>

enum { DAY_SIZE = 11 }; /* "YYYY-MM-DD" and its NUL */

kn_day day_of_instant(int64_t at);
int64_t day_start(kn_day day); /* 00:00:00.000 */
int64_t day_end(kn_day day);   /* 23:59:59.999 */
int day_weekday(kn_day day);   /* 0 Monday … 6 Sunday */
int day_year(kn_day day);

/* "YYYY-MM-DD"; KN_E_INVALID for anything that is not a day of the calendar. */
int day_parse(const char *text, kn_day *out);
void day_format(kn_day day, char out[DAY_SIZE]);

/* Saturday and Sunday are free, holidays are free, swapped days are worked: calendar.tsv. WHY (may
 * be NULL) gets the name of the holiday or swap, "" on a plain day. */
bool calendar_is_working(const registers_t *registers, kn_day day, const char **why);

/* The last year that the calendar register has holidays for: beyond it a date is provisional. */
int calendar_last_year(const registers_t *registers);

#endif
