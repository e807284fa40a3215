/* deadline.c - see the header. */
#include "hub/deadline.h"

#include "hub/calendar.h"
#include "kiennghi/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const stage_names[DEADLINE_STAGES] = {
    [DEADLINE_ANSWER] = "answer",         [DEADLINE_REGISTER] = "register",
    [DEADLINE_CLASSIFY] = "classify",     [DEADLINE_ACKNOWLEDGE] = "acknowledge",
    [DEADLINE_RETURN] = "return",         [DEADLINE_PARTNER] = "partner",
    [DEADLINE_VERIFY] = "verify",         [DEADLINE_PUBLISH] = "publish",
    [DEADLINE_COMMITMENT] = "commitment", [DEADLINE_PAUSE] = "pause",
    [DEADLINE_REOPEN] = "reopen",         [DEADLINE_POSTING] = "posting",
};

enum { HOUR_MS = 3600000, FAR = 5000 /* days: no count goes further */ };

/* The hours of a working day, in milliseconds of the day. */
static const struct {
    int64_t from, to;
} hours[] = {{8 * HOUR_MS, 12 * HOUR_MS}, {13 * HOUR_MS, 17 * HOUR_MS}};

/* A last day that is not worked moves to the next one that is. */
static void roll(const registers_t *registers, kn_day day, struct deadline *out)
{
    out->counted_to = out->due_day = day;
    while (!calendar_is_working(registers, out->due_day, NULL) &&
           out->due_day < out->counted_to + FAR) {
        out->due_day++;
    }
    out->due_at = day_end(out->due_day);
}

static void count_calendar_days(const registers_t *registers, kn_day start, struct deadline *out)
{
    roll(registers, start + out->rule->amount, out);
}

static void count_working_days(const registers_t *registers, kn_day start, struct deadline *out)
{
    kn_day day = start;
    for (int left = out->rule->amount; left > 0 && day < start + FAR;) {
        if (calendar_is_working(registers, ++day, NULL)) {
            left--;
        } else {
            out->n_skipped++;
        }
    }
    out->counted_to = out->due_day = day;
    out->due_at = day_end(day);
}

/* Hour periods start at once and run only while somebody works. */
static void count_working_hours(const registers_t *registers, kn_day start, struct deadline *out)
{
    int64_t left = (int64_t)out->rule->amount * HOUR_MS, at = out->start_at;
    for (kn_day day = start; day < start + FAR; day++) {
        if (!calendar_is_working(registers, day, NULL)) {
            out->n_skipped += day > start;
            continue;
        }
        for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
            int64_t from = day_start(day) + hours[i].from, to = day_start(day) + hours[i].to;
            from = at > from ? at : from;
            if (from < to && left <= to - from) {
                out->due_at = from + left;
                out->counted_to = out->due_day = day;
                return;
            }
            left -= from < to ? to - from : 0;
        }
    }
}

static bool begin(const registers_t *registers, const char *profile, enum deadline_stage stage,
                  int64_t start_at, struct deadline *out)
{
    kn_day day = day_of_instant(start_at);
    memset(out, 0, sizeof *out);
    out->start_at = start_at;
    out->rule = registers_deadline(registers, profile, stage_names[stage], day);
    if (!out->rule) {
        out->rule = registers_deadline(registers, "standard", stage_names[stage], day);
    }
    return out->rule != NULL;
}

int deadline_due(const registers_t *registers, const char *profile, enum deadline_stage stage,
                 int64_t start_at, struct deadline *out)
{
    kn_day start = day_of_instant(start_at);
    if (!begin(registers, profile, stage, start_at, out)) {
        return KN_E_NOT_FOUND;
    }
    if (strcmp(out->rule->kind, "working_hours") == 0) {
        count_working_hours(registers, start, out);
    } else if (strcmp(out->rule->kind, "working_days") == 0) {
        count_working_days(registers, start, out);
    } else {
        count_calendar_days(registers, start, out);
    }
    out->provisional = day_year(out->due_day) > calendar_last_year(registers);
    return KN_OK;
}

void deadline_extend(const registers_t *registers, struct deadline *deadline, int days)
{
    if (days > 0) {
        deadline->paused_days += days;
        roll(registers, deadline->counted_to + days, deadline);
    }
}

int deadline_on(const registers_t *registers, const char *profile, enum deadline_stage stage,
                int64_t start_at, kn_day day, struct deadline *out)
{
    if (!begin(registers, profile, stage, start_at, out)) {
        return KN_E_NOT_FOUND;
    }
    out->fixed = true;
    out->counted_to = out->due_day = day;
    out->due_at = day_end(day);
    return KN_OK;
}

/* The instants at which the tier changes, in order: from due_soon on. */
static void changes(const struct deadline *deadline, int64_t at[3])
{
    at[0] = day_start(deadline->due_day - deadline->rule->due_soon_days);
    at[1] = deadline->due_at + 1;
    at[2] = day_start(deadline->due_day + deadline->rule->serious_days);
    at[0] = at[0] > deadline->start_at ? at[0] : deadline->start_at;
}

enum kn_tier deadline_tier(const struct deadline *deadline, int64_t now)
{
    int64_t at[3];
    changes(deadline, at);
    return now >= at[2] && now >= at[1] ? KN_TIER_SERIOUSLY_OVERDUE
           : now >= at[1]               ? KN_TIER_OVERDUE
           : now >= at[0]               ? KN_TIER_DUE_SOON
                                        : KN_TIER_IN_TIME;
}

bool deadline_next_change(const struct deadline *deadline, int64_t now, unsigned tiers,
                          int64_t *out)
{
    int64_t at[3];
    changes(deadline, at);
    for (int i = 0; i < 3; i++) {
        if (at[i] > now && tiers & 1u << (KN_TIER_DUE_SOON + i)) {
            *out = at[i];
            return true;
        }
    }
    return false;
}

/* ---- explaining -------------------------------------------------------------------------------
 */

struct text {
    char *at;
    size_t room, length;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t used = text->length < text->room ? text->length : text->room;
    int n = vsnprintf(text->at + used, text->room - used, format, args);
    va_end(args);
    text->length += n > 0 ? (size_t)n : 0;
}

static void add_day(struct text *text, kn_day day)
{
    char iso[DAY_SIZE];
    day_format(day, iso);
    add(text, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
}

static const char *weekday_name(kn_day day, enum deadline_language language)
{
    static const char *const names[2][7] = {
        {"Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"},
        {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}};
    return names[language][day_weekday(day)];
}

/* Names the days from FROM to before TO that are not worked, days of one name together. Plain
 * weekends are named only where WEEKENDS says so. */
static void add_free_days(struct text *text, const registers_t *registers, kn_day from, kn_day to,
                          bool weekends, enum deadline_language language)
{
    const char *sep = " (", *why, *next;
    for (kn_day day = from; day < to; day++) {
        if (calendar_is_working(registers, day, &why) || (!why[0] && !weekends)) {
            continue;
        }
        const char *name = why[0] ? why : weekday_name(day, language);
        kn_day first = day;
        while (why[0] && day + 1 < to && !calendar_is_working(registers, day + 1, &next) &&
               strcmp(next, why) == 0) {
            day++;
        }
        add(text, "%s%s ", sep, name);
        add_day(text, first);
        if (day > first) {
            add(text, "–");
            add_day(text, day);
        }
        sep = ", ";
    }
    add(text, "%s", strcmp(sep, ", ") == 0 ? ")" : "");
}

/* Days that would change the date if they became free: those counted as worked, and the last one.
 */
static void add_proposed(struct text *text, const registers_t *registers,
                         const struct deadline *deadline, enum deadline_language language)
{
    bool counts_days = strcmp(deadline->rule->kind, "calendar_days") != 0 && !deadline->fixed;
    kn_day first = counts_days ? day_of_instant(deadline->start_at) + 1 : deadline->due_day;
    for (kn_day day = first; day <= deadline->due_day; day++) {
        const struct calendar_row *row = registers_proposed_day(registers, day);
        if (row) {
            add(text, "; ");
            add_day(text, day);
            add(text,
                language == DEADLINE_VI ? " (%s) chờ xác nhận là ngày nghỉ, chưa tính"
                                        : " (%s) may become a free day, to be confirmed",
                row->name);
        }
    }
}

static void add_rolled(struct text *text, const registers_t *registers,
                       const struct deadline *deadline, enum deadline_language language)
{
    if (deadline->due_day == deadline->counted_to) {
        return;
    }
    add(text, language == DEADLINE_VI ? "; ngày cuối rơi vào ngày nghỉ" : "; the last day is free");
    add_free_days(text, registers, deadline->counted_to, deadline->due_day, true, language);
    add(text, language == DEADLINE_VI ? " nên chuyển sang ngày làm việc tiếp theo"
                                      : ", so it moves to the next working day");
}

int deadline_explain(const registers_t *registers, const struct deadline *deadline,
                     enum deadline_language language, char *out, size_t size)
{
    struct text text = {.at = out, .room = size};
    const struct deadline_row *rule = deadline->rule;
    bool vi = language == DEADLINE_VI;
    const char *unit =
        strcmp(rule->kind, "working_hours") == 0  ? vi ? "giờ làm việc" : "working hours"
        : strcmp(rule->kind, "working_days") == 0 ? vi ? "ngày làm việc" : "working days"
        : vi                                      ? "ngày"
                                                  : "calendar days";
    add(&text, vi ? "hạn " : "due ");
    add_day(&text, deadline->due_day);
    if (deadline->fixed) {
        add(&text, vi ? ": ngày đã hẹn" : ": the day that was named");
    } else {
        add(&text, vi ? ": %d %s kể từ " : ": %d %s from ", rule->amount, unit);
        add_day(&text, day_of_instant(deadline->start_at));
        if (strcmp(rule->kind, "working_hours") != 0) {
            add(&text, vi ? " (không tính ngày đầu)" : " (first day not counted)");
        }
    }
    if (deadline->n_skipped) {
        add(&text, vi ? "; bỏ qua %d ngày nghỉ" : "; %d free days passed over",
            deadline->n_skipped);
        add_free_days(&text, registers, day_of_instant(deadline->start_at) + 1, deadline->due_day,
                      false, language);
    }
    if (deadline->paused_days) {
        add(&text, vi ? "; cộng %d ngày tạm dừng" : "; plus %d days of pause",
            deadline->paused_days);
    }
    add_rolled(&text, registers, deadline, language);
    add_proposed(&text, registers, deadline, language);
    if (deadline->provisional) {
        add(&text,
            vi ? "; tạm tính vì lịch nghỉ năm %d chưa có" : "; provisional: no holidays of %d yet",
            day_year(deadline->due_day));
    }
    add(&text, vi ? ". Căn cứ: %s" : ". Basis: %s", rule->basis);
    return (int)text.length;
}
