/* digest.c - what happened between two days: for the party committee, the Boards, a morning's mail.
 *
 * One walk over the log counts the events of the days by kind and by unit; the directions and the
 * promises that are missed are named. Without --from it is the day before --as-of (today).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/names.h"
#include "agents/report/report.h"
#include "agents/tool.h"
#include "agents/words.h"

enum { DAY_MS = 86400000, MAX_UNITS = 512, MAX_NAMED = 200 };

/* clang-format off */
/* What is counted, in the order in which it is said. */
static const struct {
    enum kn_event_kind kind;
    const char *vi, *en;
} counted[] = {
    {KN_EVENT_KIND_CASE_RECEIVED,  "lượt ý kiến mới", "new submissions"},
    {KN_EVENT_KIND_CASE_LINKED,    "được gộp", "linked"},
    {KN_EVENT_KIND_CASE_ASSIGNED,  "lượt giao việc", "assignments"},
    {KN_EVENT_KIND_CASE_RETURNED,  "bị trả lại", "returned"},
    {KN_EVENT_KIND_CASE_ANSWERED,  "lượt trả lời", "answers"},
    {KN_EVENT_KIND_CASE_VERIFIED,  "lượt kiểm chứng", "verifications"},
    {KN_EVENT_KIND_CASE_CLOSED,    "kết thúc", "closed"},
    {KN_EVENT_KIND_CASE_REOPENED,  "mở lại", "reopened"},
    {KN_EVENT_KIND_CASE_OVERDUE,   "quá hạn mới", "newly overdue"},
    {KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE, "quá hạn nghiêm trọng mới", "newly seriously overdue"},
    {KN_EVENT_KIND_ASSIGNMENT_UNSAVED, "việc chưa được nhận", "assignments not saved"},
    {KN_EVENT_KIND_COMMITMENT_MADE, "cam kết mới", "new promises"},
    {KN_EVENT_KIND_COMMITMENT_MISSED, "cam kết bị lỡ", "promises missed"},
    {KN_EVENT_KIND_CASE_DIRECTED,  "ý kiến chỉ đạo", "directions"},
    {KN_EVENT_KIND_CASE_SELECTED,  "chọn để giám sát", "selected for oversight"},
};
/* clang-format on */
enum { N_COUNTED = sizeof counted / sizeof *counted };

struct unit {
    char id[61];
    int64_t of[N_COUNTED];
};

struct digest {
    int64_t from, to;
    int64_t of[N_COUNTED];
    struct unit units[MAX_UNITS];
    size_t n_units;
    char named[MAX_NAMED][400]; /* directions and missed promises */
    size_t n_named;
    bool vi;
};

static struct unit *unit_of(struct digest *digest, const char *id)
{
    for (size_t i = 0; i < digest->n_units; i++)
        if (strcmp(digest->units[i].id, id) == 0)
            return &digest->units[i];
    if (digest->n_units == MAX_UNITS)
        return NULL;
    struct unit *unit = &digest->units[digest->n_units++];
    snprintf(unit->id, sizeof unit->id, "%s", id);
    return unit;
}

static int take(void *arg, uint64_t position, const struct kn_event *event)
{
    struct digest *digest = arg;
    (void)position;
    if (event->at < digest->from || event->at >= digest->to)
        return KN_OK;
    for (int i = 0; i < N_COUNTED; i++) {
        const bool is_tier = event->kind == KN_EVENT_KIND_CASE_OVERDUE ||
                             event->kind == KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE;
        if (counted[i].kind != event->kind || (is_tier && event->clock != KN_CLOCK_KIND_ANSWER))
            continue; /* overdue is what is not answered, not what is not classified */
        struct unit *unit = event->unit ? unit_of(digest, event->unit) : NULL;
        digest->of[i]++;
        if (unit)
            unit->of[i]++;
    }
    if ((event->kind == KN_EVENT_KIND_CASE_DIRECTED ||
         event->kind == KN_EVENT_KIND_COMMITMENT_MISSED) &&
        digest->n_named < MAX_NAMED) {
        char text[300];
        words_event(text, sizeof text, event, digest->vi);
        snprintf(digest->named[digest->n_named++], sizeof *digest->named, "%s  %s",
                 event->case_ ? event->case_ : "", text);
    }
    return KN_OK;
}

static int by_late(const void *x, const void *y)
{
    const struct unit *a = x, *b = y;
    int64_t late_a = a->of[8] + a->of[9], late_b = b->of[8] + b->of[9];
    return late_a != late_b ? (late_a < late_b ? 1 : -1) : strcmp(a->id, b->id);
}

static void tell(kn_agent_t *agent, struct digest *digest, sheets_t *sheets)
{
    static const struct sheets_column figures[] = {{"what", "Nội dung", "What", 40, false},
                                                   {"count", "Số lượng", "Count", 10, true}};
    static const struct sheets_column units[] = {
        {"unit", "Đơn vị", "Unit", 36, false},
        {"assigned", "Giao mới", "Assigned", 10, true},
        {"answered", "Trả lời", "Answered", 10, true},
        {"overdue", "Quá hạn mới", "Newly overdue", 10, true},
        {"serious", "Nghiêm trọng mới", "Newly serious", 10, true},
        {"unsaved", "Chưa nhận việc", "Not saved", 10, true},
        {"missed", "Lỡ cam kết", "Promises missed", 10, true}};
    static const int shown[] = {2, 4, 8, 9, 10, 12};
    static const struct sheets_column named[] = {{"what", "Nội dung", "What", 100, false}};
    char title[200], from[11], to[11], texts[6][24];
    words_day(from, digest->from);
    words_due(to, digest->to);
    snprintf(title, sizeof title,
             TR("Bản tin kiến nghị cử tri từ %s đến hết %s",
                "Voters' petitions from %s to the end of %s"),
             from, to);
    sheets_begin(sheets, "digest", TR("Bản tin", "Digest"), title, figures, 2);
    for (int i = 0; i < N_COUNTED; i++) {
        snprintf(texts[0], sizeof texts[0], "%" PRId64, digest->of[i]);
        const char *cells[] = {TR(counted[i].vi, counted[i].en), texts[0]};
        sheets_row(sheets, cells);
    }
    qsort(digest->units, digest->n_units, sizeof *digest->units, by_late);
    sheets_begin(sheets, "units", TR("Đơn vị", "Units"), TR("Theo đơn vị", "By unit"), units, 7);
    for (size_t i = 0; i < digest->n_units; i++) {
        const char *cells[7] = {names_of(NAMES_UNIT, digest->units[i].id, digest->vi)};
        for (int j = 0; j < 6; j++) {
            snprintf(texts[j], sizeof texts[j], "%" PRId64, digest->units[i].of[shown[j]]);
            cells[1 + j] = texts[j];
        }
        sheets_row(sheets, cells);
    }
    if (digest->n_named) {
        sheets_begin(sheets, "named", TR("Chỉ đạo và cam kết", "Directions"),
                     TR("Ý kiến chỉ đạo, cam kết bị lỡ", "Directions, promises missed"), named, 1);
        for (size_t i = 0; i < digest->n_named; i++) {
            const char *cells[] = {digest->named[i]};
            sheets_row(sheets, cells);
        }
    }
}

int report_digest(kn_agent_t *agent, int argc, char **argv)
{
    struct digest *digest = calloc(1, sizeof *digest);
    (void)argc;
    (void)argv;
    const int64_t today = (report_now(agent) + 7 * 3600000) / DAY_MS * DAY_MS - 7 * 3600000;
    int rc = digest ? report_day(agent, &digest->to, "as-of", today) : KN_E_NOMEM;
    if (rc == KN_OK) {
        digest->to += DAY_MS;
        digest->vi = kn_agent_is_vi(agent);
        rc = report_day(agent, &digest->from, "from", digest->to - DAY_MS);
    }
    rc = rc ? rc : tool_read_log(agent, "all", take, digest);
    sheets_t *sheets = rc ? NULL : sheets_open(agent, kn_agent_text(agent, "write"));
    if (sheets)
        tell(agent, digest, sheets);
    else
        rc = rc ? rc : KN_E_INVALID;
    int closed = sheets_close(&sheets);
    free(digest);
    return rc ? rc : closed;
}
