/* docket.c - what the Council should look at, and what it looks at: docket, dossier.
 *
 *     docket             a ranked shortlist; each row says which signals it counted and their
 * points docket DOCKET      the cases of an oversight docket and the promises that it concluded
 * with dossier UNIT       what one respondent owes: overdue, promises with their days, repeats
 *
 * Points stand in signals.tsv beside the registers: the Boards change them there. The list only
 * proposes; to select is an act of its own (`kiennghi select`).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/lines/register.h"
#include "agents/names.h"
#include "agents/report/report.h"
#include "agents/tool.h"
#include "agents/words.h"

enum { DAY_MS = 86400000, SESSION_DAYS = 183, MAX_SIGNALS = 16 };

/* ---- signals ------------------------------------------------------------------------------- */

static int overdue(const struct fold_case *kase)
{
    return kase->late_since && !kase->answered_at;
}

static int count_signal(const char *signal, const struct fold_case *kase, int64_t now)
{
    const struct {
        const char *name;
        int value;
    } signals[] = {
        {"two_sessions",
         fold_is_open(kase) && now - kase->received_at > 2 * (int64_t)SESSION_DAYS * DAY_MS},
        {"promise_missed", kase->n_missed},
        {"dissatisfied", kase->satisfaction == KN_SATISFACTION_DISSATISFIED},
        {"not_met", kase->n_not_met},
        {"submissions", kase->n_linked},
        {"areas", kase->n_areas > 1 ? kase->n_areas - 1 : 0},
        {"press", kase->n_press},
        {"reopened", kase->n_reopened},
        {"recurrence", kase->recurs},
        {"seriously_overdue", overdue(kase) && kase->seriously_late},
        {"overdue", overdue(kase) && !kase->seriously_late},
        {"returned", kase->n_returned},
    };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(signals[i].name, signal) == 0)
            return signals[i].value;
    return 0;
}

struct ranked {
    struct fold_case *kase;
    int points;
    char why[600];
};

/* The points of a case, and which signals gave them. */
static void rank(struct ranked *out, const struct register_file *signals, int64_t now, bool vi)
{
    size_t n = 0;
    for (size_t i = 1; i < signals->n_rows; i++) { /* behind the headings */
        const char *const *row = signals->rows[i];
        const int found = count_signal(row[0], out->kase, now);
        const int points = atoi(row[1]) * found, most = atoi(row[2]);
        const int given = points < most ? points : most;
        if (given <= 0 || n >= sizeof out->why)
            continue;
        out->points += given;
        n += (size_t)snprintf(out->why + n, sizeof out->why - n, "%s%s", n ? " · " : "",
                              row[vi ? 3 : 4]);
        if (n < sizeof out->why)
            n += (size_t)(found > 1 ? snprintf(out->why + n, sizeof out->why - n, " ×%d (%d)",
                                               found, given)
                                    : snprintf(out->why + n, sizeof out->why - n, " (%d)", given));
    }
}

static int by_points(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    return a->points != b->points              ? b->points - a->points
           : a->kase->number < b->kase->number ? -1
                                               : a->kase->number > b->kase->number;
}

static int64_t now_of(const fold_t *fold, kn_agent_t *agent)
{
    return kn_agent_text(agent, "as-of") ? fold_as_of(fold) : report_now(agent);
}

/* ---- the shortlist ------------------------------------------------------------------------- */

static int shortlist(kn_agent_t *agent, const fold_t *fold, sheets_t *sheets)
{
    static const struct sheets_column columns[] = {
        {"rank", "Hạng", "Rank", 6, true},
        {"code", "Mã", "Code", 19, false},
        {"points", "Điểm", "Points", 7, true},
        {"unit", "Đơn vị", "Unit", 26, false},
        {"field", "Lĩnh vực", "Field", 20, false},
        {"oversight", "Giám sát", "Oversight", 14, false},
        {"text", "Nội dung", "Content", 50, false},
        {"why", "Vì sao", "Why", 60, false},
    };
    char folder[4200], path[4300], why[300];
    struct register_file signals;
    const bool vi = kn_agent_is_vi(agent);
    const int64_t now = now_of(fold, agent);
    const char *chosen = kn_agent_text(agent, "registers");
    if (chosen)
        snprintf(folder, sizeof folder, "%s", chosen);
    else
        names_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%.4200s/report", folder);
    if (register_read(&signals, path, "signals.tsv", why, sizeof why))
        return tool_fail(agent, KN_CODE_UNREADABLE, "signals.tsv", why);
    struct ranked *list = calloc(fold_n_cases(fold) + 1, sizeof *list);
    size_t n = 0, most = (size_t)kn_agent_integer(agent, "limit");
    for (size_t i = 0; list && i < fold_n_cases(fold); i++) {
        list[n].kase = fold_case_at(fold, i);
        if (list[n].kase->parent || list[n].kase->flow == KN_FLOW_DIVERTED)
            continue;
        rank(&list[n], &signals, now, vi);
        if (list[n].points > 0)
            n++;
        else
            list[n] = (struct ranked){.points = 0};
    }
    if (list)
        qsort(list, n, sizeof *list, by_points);
    sheets_begin(sheets, "shortlist", TR("Đề xuất giám sát", "Shortlist"),
                 TR("Đề xuất lựa chọn để giám sát, chất vấn, giải trình",
                    "Proposed for supervision, questioning, explanation"),
                 columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n && i < most; i++) {
        const struct fold_case *kase = list[i].kase;
        char place[24], points[24], text[200];
        snprintf(place, sizeof place, "%zu", i + 1);
        snprintf(points, sizeof points, "%d", list[i].points);
        words_cut(text, sizeof text, kase->text);
        const char *cells[] = {place,
                               kase->code,
                               points,
                               names_of(NAMES_UNIT, kase->unit, vi),
                               names_of(NAMES_FIELD, kase->field, vi),
                               kase->oversight > KN_OVERSIGHT_NONE
                                   ? words_of(KN_ENUM_OVERSIGHT, (int)kase->oversight, vi)
                                   : "",
                               text,
                               list[i].why};
        sheets_row(sheets, cells);
    }
    free(list);
    register_clear(&signals);
    return KN_OK;
}

/* ---- cases and promises of a docket or a unit ----------------------------------------------- */

static const struct sheets_column case_columns[] = {
    {"code", "Mã", "Code", 19, false},          {"text", "Nội dung", "Content", 60, false},
    {"unit", "Đơn vị", "Unit", 26, false},      {"flow", "Tình trạng", "State", 18, false},
    {"result", "Kết quả", "Result", 26, false}, {"due", "Hạn", "Due", 12, false},
    {"note", "Ghi chú", "Note", 40, false},
};

static void put_case(sheets_t *sheets, const struct fold_case *kase, int64_t now, bool vi)
{
    char due[11] = "", note[400], text[400];
    if (kase->due_at)
        words_due(due, kase->due_at);
    words_cut(text, sizeof text, kase->text);
    const char *cells[] = {kase->code,
                           text,
                           names_of(NAMES_UNIT, kase->unit, vi),
                           words_of(KN_ENUM_FLOW, (int)kase->flow, vi),
                           words_of(KN_ENUM_RESULT, (int)kase->result, vi),
                           due,
                           report_note(kase, now, vi, note, sizeof note)};
    sheets_row(sheets, cells);
}

static const struct sheets_column promise_columns[] = {
    {"code", "Mã", "Code", 19, false},        {"unit", "Đơn vị", "Unit", 26, false},
    {"day", "Ngày hẹn", "Day", 12, false},    {"state", "Thực hiện", "State", 16, false},
    {"docket", "Hồ sơ", "Docket", 16, false},
};

static void put_promises(kn_agent_t *agent, sheets_t *sheets, const struct fold_case *kase,
                         const char *unit, const char *docket)
{
    const bool vi = kn_agent_is_vi(agent);
    for (const struct fold_promise *at = kase->promises; at; at = at->next) {
        if ((unit && (!at->unit || strcmp(at->unit, unit) != 0)) ||
            (docket && (!at->docket || strcmp(at->docket, docket) != 0)))
            continue;
        char day[11] = "";
        if (strlen(at->day) == 10)
            snprintf(day, sizeof day, "%.2s/%.2s/%.4s", at->day + 8, at->day + 5, at->day);
        const char *cells[] = {kase->code, names_of(NAMES_UNIT, at->unit, vi), day,
                               at->kept     ? TR("báo đã làm", "said to be kept")
                               : at->missed ? TR("LỠ HẸN", "MISSED")
                                            : TR("còn hạn", "running"),
                               at->docket ? at->docket : ""};
        sheets_row(sheets, cells);
    }
}

static bool in_docket(const struct fold_case *kase, const char *docket)
{
    for (size_t i = 0; i < kase->n_dockets; i++)
        if (strcmp(kase->dockets[i], docket) == 0)
            return true;
    return false;
}

static int one_docket(kn_agent_t *agent, const fold_t *fold, sheets_t *sheets, const char *docket)
{
    const bool vi = kn_agent_is_vi(agent);
    const int64_t now = now_of(fold, agent);
    char title[200];
    size_t n = 0;
    snprintf(title, sizeof title, TR("Hồ sơ %s", "Docket %s"), docket);
    sheets_begin(sheets, "cases", TR("Kiến nghị", "Cases"), title, case_columns,
                 sizeof case_columns / sizeof *case_columns);
    for (size_t i = 0; i < fold_n_cases(fold); i++)
        if (in_docket(fold_case_at(fold, i), docket)) {
            put_case(sheets, fold_case_at(fold, i), now, vi);
            n++;
        }
    sheets_begin(sheets, "conclusions", TR("Kết luận", "Conclusions"),
                 TR("Kết luận thành cam kết", "Conclusions"), promise_columns,
                 sizeof promise_columns / sizeof *promise_columns);
    for (size_t i = 0; i < fold_n_cases(fold); i++)
        put_promises(agent, sheets, fold_case_at(fold, i), NULL, docket);
    return n ? KN_OK
             : tool_fail(agent, KN_CODE_UNKNOWN_VALUE, docket,
                         TR("chưa có kiến nghị nào trong hồ sơ này – thêm bằng: kiennghi select",
                            "no case is in this docket - add one: kiennghi select"));
}

int report_docket(kn_agent_t *agent, int argc, char **argv)
{
    fold_t *fold = report_read(agent);
    sheets_t *sheets = fold ? sheets_open(agent, kn_agent_text(agent, "write")) : NULL;
    int rc = !sheets ? KN_E_INVALID
             : argc  ? one_docket(agent, fold, sheets, argv[0])
                     : shortlist(agent, fold, sheets);
    int closed = sheets_close(&sheets);
    fold_destroy(&fold);
    return rc ? rc : closed;
}

/* ---- the dossier of a respondent ------------------------------------------------------------ */

static bool is_repeat(const struct fold_case *kase)
{
    return kase->n_reopened || kase->n_not_met || kase->recurs || kase->n_linked > 1;
}

int report_dossier(kn_agent_t *agent, int argc, char **argv)
{
    const char *unit = argv[0];
    const bool vi = kn_agent_is_vi(agent);
    char title[300];
    (void)argc;
    if (names_of(NAMES_UNIT, unit, vi) == unit)
        return tool_fail(agent, KN_CODE_UNKNOWN_VALUE, unit,
                         TR("danh mục đơn vị không có mã này", "the register has no such unit"));
    fold_t *fold = report_read(agent);
    sheets_t *sheets = fold ? sheets_open(agent, kn_agent_text(agent, "write")) : NULL;
    if (!sheets) {
        fold_destroy(&fold);
        return KN_E_INVALID;
    }
    const int64_t now = now_of(fold, agent);
    const struct {
        const char *key, *name, *title;
        bool overdue; /* else repeats */
    } parts[] = {{"overdue", TR("Quá hạn", "Overdue"),
                  TR("Quá hạn, chưa trả lời", "Overdue, not answered"), true},
                 {"repeats", TR("Lặp lại", "Repeats"),
                  TR("Nhiều lượt, mở lại, kiểm chứng chưa đạt, tái kiến nghị",
                     "Many submissions, reopened, found not done, raised again"),
                  false}};
    for (size_t part = 0; part < 2; part++) {
        snprintf(title, sizeof title, "%s – %s", names_of(NAMES_UNIT, unit, vi), parts[part].title);
        sheets_begin(sheets, parts[part].key, parts[part].name, title, case_columns,
                     sizeof case_columns / sizeof *case_columns);
        for (size_t i = 0; i < fold_n_cases(fold); i++) {
            const struct fold_case *kase = fold_case_at(fold, i);
            if (!kase->parent && kase->unit && strcmp(kase->unit, unit) == 0 &&
                (parts[part].overdue ? overdue(kase) && fold_is_open(kase) : is_repeat(kase)))
                put_case(sheets, kase, now, vi);
        }
    }
    snprintf(title, sizeof title, TR("%s – cam kết", "%s - promises"),
             names_of(NAMES_UNIT, unit, vi));
    sheets_begin(sheets, "promises", TR("Cam kết", "Promises"), title, promise_columns,
                 sizeof promise_columns / sizeof *promise_columns);
    for (size_t i = 0; i < fold_n_cases(fold); i++)
        put_promises(agent, sheets, fold_case_at(fold, i), unit, NULL);
    int rc = sheets_close(&sheets);
    fold_destroy(&fold);
    return rc;
}
