/* calendar.c - see the header. Civil days by the usual arithmetic of eras of 400 years. */
#include "hub/calendar.h"

#include "kiennghi/status.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000, ZONE_MS = 7 * 3600000 };

kn_day day_of_instant(int64_t at)
{
    int64_t local = at + ZONE_MS;
    return (kn_day)(local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS));
}

int64_t day_start(kn_day day)
{
    return (int64_t)day * DAY_MS - ZONE_MS;
}

int64_t day_end(kn_day day)
{
    return day_start(day + 1) - 1;
}

int day_weekday(kn_day day)
{
    return (int)(((int64_t)day + 3 + 7 * 1000000) % 7); /* 1970-01-01 was a Thursday */
}

static kn_day from_civil(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void to_civil(kn_day value, int *year, int *month, int *day)
{
    int z = value + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int of_era = z - era * 146097;
    int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * y + y / 4 - y / 100);
    int m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

int day_year(kn_day day)
{
    int year, month, of_month;
    to_civil(day, &year, &month, &of_month);
    return year;
}

int day_parse(const char *text, kn_day *out)
{
    int year, month, day, end = 0;
    char again[DAY_SIZE];
    if (strlen(text) != DAY_SIZE - 1 ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != DAY_SIZE - 1 ||
        month < 1 || month > 12 || day < 1 || day > 31) {
        return KN_E_INVALID;
    }
    *out = from_civil(year, month, day);
    day_format(*out, again);
    return strcmp(text, again) == 0 ? KN_OK : KN_E_INVALID; /* 30 February comes back as March */
}

void day_format(kn_day day, char out[DAY_SIZE])
{
    int year, month, of_month;
    char text[40];
    to_civil(day, &year, &month, &of_month);
    snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, of_month);
    memcpy(out, text, DAY_SIZE - 1);
    out[DAY_SIZE - 1] = '\0';
}

bool calendar_is_working(const registers_t *registers, kn_day day, const char **why)
{
    const struct calendar_row *row = registers_holiday(registers, day);
    if (why) {
        *why = row ? row->name : "";
    }
    if (row) {
        return strcmp(row->kind, "working") == 0;
    }
    return day_weekday(day) < 5;
}

int calendar_last_year(const registers_t *registers)
{
    size_t n;
    const struct calendar_row *rows = registers_calendar(registers, &n);
    kn_day last = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_settled = strcmp(rows[i].kind, "proposed") != 0;
        last = is_settled && rows[i].from > last ? rows[i].from : last;
    }
    return last ? day_year(last) : 0;
}
