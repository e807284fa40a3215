/* report.c - the session compilation: what was raised, who has it, what became of it.
 *
 * The log is folded up to --as-of, the cases of the period or session are taken out, and five
 * sheets are made: figures, the annex (the form of the Office: number, content, area, unit,
 * result, date, note), field × unit × result class, indicators of units and of Boards. Answered,
 * resolved and verified never share a column. Two runs with one --as-of give the same bytes.
 */
#include "agents/report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agents/lines/register.h"
#include "agents/names.h"
#include "agents/read/read.h"
#include "agents/tool.h"
#include "agents/words.h"

enum { DAY_MS = 86400000 };

/* ---- shared -------------------------------------------------------------------------------- */

static int take(void *arg, uint64_t position, const struct kn_event *event)
{
    (void)position;
    return fold_event(arg, event);
}

int report_day(kn_agent_t *agent, int64_t *at, const char *name, int64_t standard)
{
    const char *text = kn_agent_text(agent, name);
    int64_t day;
    *at = standard;
    if (!text)
        return KN_OK;
    if (read_time(&day, text))
        return tool_fail(agent, KN_CODE_INVALID, name,
                         TR("không phải ngày – ghi như 24/11/2026", "no day - write 24/11/2026"));
    *at = day;
    return KN_OK;
}

int64_t report_now(kn_agent_t *agent)
{
    struct kn_message *answer = NULL;
    struct timespec here;
    clock_gettime(CLOCK_REALTIME, &here);
    int64_t now = (int64_t)here.tv_sec * 1000;
    if (tool_status(agent, &answer) == KN_OK)
        now = ((const struct kn_status_view *)answer->body)->now;
    kn_message_destroy(&answer);
    return now;
}

fold_t *report_read(kn_agent_t *agent)
{
    int64_t as_of;
    if (report_day(agent, &as_of, "as-of", INT64_MAX - DAY_MS))
        return NULL;
    if (kn_agent_text(agent, "as-of"))
        as_of += DAY_MS - 1; /* the whole day counts */
    fold_t *fold = fold_new(as_of);
    int rc = fold ? tool_read_log(agent, "all", take, fold) : KN_E_NOMEM;
    if (rc) {
        fold_destroy(&fold);
        return NULL;
    }
    fold_end(fold);
    return fold;
}

const char *report_note(const struct fold_case *kase, int64_t as_of, bool vi, char *out,
                        size_t size)
{
    size_t n = 0;
    out[0] = '\0';
#define ADD(condition, ...)                                                           \
    do {                                                                              \
        if ((condition) && n < size)                                                  \
            n += (size_t)snprintf(out + n, size - n, n ? "; " : ""),                  \
                n += n < size ? (size_t)snprintf(out + n, size - n, __VA_ARGS__) : 0; \
    } while (0)
    ADD(kase->n_linked, vi ? "gộp %d lượt" : "%d linked", kase->n_linked);
    ADD(kase->late_since && kase->late_since <= as_of, "%s",
        kase->seriously_late ? vi ? "quá hạn nghiêm trọng" : "seriously overdue"
        : vi                 ? "quá hạn"
                             : "overdue");
    ADD(kase->n_missed, vi ? "lỡ cam kết %d lần" : "promise missed %d times", kase->n_missed);
    ADD(kase->n_returned, vi ? "bị trả lại %d lần" : "returned %d times", kase->n_returned);
    ADD(kase->n_reopened, vi ? "mở lại %d lần" : "reopened %d times", kase->n_reopened);
    ADD(kase->n_not_met, vi ? "kiểm chứng chưa đạt %d lần" : "found not done %d times",
        kase->n_not_met);
    ADD(kase->satisfaction > KN_SATISFACTION_UNASKED, vi ? "cử tri: %s" : "voter: %s",
        words_of(KN_ENUM_SATISFACTION, (int)kase->satisfaction, vi));
    ADD(kase->document, vi ? "văn bản %s" : "document %s", kase->document);
#undef ADD
    return out;
}

/* ---- which cases --------------------------------------------------------------------------- */

struct scope {
    const char *session, *group;
    int64_t from, to;
};

static int take_scope(kn_agent_t *agent, struct scope *out)
{
    *out = (struct scope){.session = kn_agent_text(agent, "session"),
                          .group = kn_agent_text(agent, "group")};
    int rc = report_day(agent, &out->from, "from", 0);
    return rc ? rc : report_day(agent, &out->to, "to", INT64_MAX);
}

static bool in_scope(const fold_t *fold, const struct scope *scope, const struct fold_case *kase)
{
    const struct fold_batch *batch = fold_batch_of(fold, kase);
    return kase->received_at >= scope->from && kase->received_at < scope->to &&
           (!scope->session ||
            (batch && batch->session && strcmp(batch->session, scope->session) == 0)) &&
           (!scope->group || (batch && batch->group && strcmp(batch->group, scope->group) == 0));
}

/* ---- figures ------------------------------------------------------------------------------- */

enum class { CLASS_NONE, CLASS_1, CLASS_2, CLASS_3 };

static enum class class_of(enum kn_result result) {
    return !result                              ? CLASS_NONE
           : result <= KN_RESULT_RESOLVED_WORKS ? CLASS_1
           : result == KN_RESULT_EXPLAINED      ? CLASS_3
                                                : CLASS_2;
}

static bool is_answered(const struct fold_case *kase)
{
    return kase->answered_at != 0;
}

static bool is_late(const struct fold_case *kase)
{
    return kase->late_since && !is_answered(kase) && fold_is_open(kase);
}

/* clang-format off */
/* Each figure counts one thing; those of one axis stand together. */
enum figure {
    SUBMISSIONS, PETITIONS, LINKED, DIVERTED, NOT_ACCEPTED, TO_CLASSIFY, IN_WORK, ANSWERED, RESULT_1, RESULT_2, RESULT_3,
    VERIFIED_MET, VERIFIED_NOT, CLOSED, OVERDUE, SERIOUS, PROMISED, KEPT, MISSED, SATISFIED, DISSATISFIED, PUBLISHED, N_FIGURES
};
static const struct { const char *vi, *en; } figure_names[N_FIGURES] = {
    [SUBMISSIONS]  = {"Lượt ý kiến đã tiếp nhận", "Submissions received"},
    [PETITIONS]    = {"Kiến nghị (sau khi gộp)", "Petitions (after linking)"},
    [LINKED]       = {"Lượt ý kiến được gộp", "Submissions linked"},
    [DIVERTED]     = {"Chuyển kênh khác", "Diverted to another channel"},
    [NOT_ACCEPTED] = {"Không tiếp nhận", "Not accepted"},
    [TO_CLASSIFY]  = {"Chưa giao đơn vị", "Not assigned to a unit"},
    [IN_WORK]      = {"Đơn vị đang giải quyết, chưa trả lời", "In work, not answered"},
    [ANSWERED]     = {"Đã trả lời", "Answered"},
    [RESULT_1]     = {"Trả lời là đã giải quyết xong (loại I)", "Answered as resolved (class I)"},
    [RESULT_2]     = {"Trả lời là đang giải quyết, có kế hoạch (loại II)", "Answered as planned (class II)"},
    [RESULT_3]     = {"Giải trình, cung cấp thông tin (loại III)", "Explained (class III)"},
    [VERIFIED_MET] = {"Kiểm chứng: đạt", "Verified: met"},
    [VERIFIED_NOT] = {"Kiểm chứng: chưa đạt hoặc đạt một phần", "Verified: not or partly met"},
    [CLOSED]       = {"Đã kết thúc", "Closed"},
    [OVERDUE]      = {"Quá hạn, chưa trả lời", "Overdue, not answered"},
    [SERIOUS]      = {"Trong đó quá hạn nghiêm trọng", "Of these seriously overdue"},
    [PROMISED]     = {"Cam kết còn hạn", "Promises running"},
    [KEPT]         = {"Cam kết báo đã làm", "Promises said to be kept"},
    [MISSED]       = {"Cam kết bị lỡ", "Promises missed"},
    [SATISFIED]    = {"Cử tri hài lòng hoặc chấp nhận", "Voters satisfied or accepting"},
    [DISSATISFIED] = {"Cử tri không hài lòng", "Voters dissatisfied"},
    [PUBLISHED]    = {"Đã công khai", "Published"},
};
/* clang-format on */

struct figures {
    int64_t of[N_FIGURES];
};

static void count_promises(struct figures *figures, const struct fold_case *kase)
{
    for (const struct fold_promise *at = kase->promises; at; at = at->next) {
        figures->of[KEPT] += at->kept;
        figures->of[MISSED] += at->missed && !at->kept;
        figures->of[PROMISED] += !at->kept && !at->missed;
    }
}

static void count(struct figures *figures, const struct fold_case *kase)
{
    const enum class class = class_of(kase->result);
    figures->of[SUBMISSIONS]++;
    if (kase->parent) {
        figures->of[LINKED]++;
        return;
    }
    figures->of[PETITIONS]++;
    figures->of[DIVERTED] += kase->flow == KN_FLOW_DIVERTED;
    figures->of[NOT_ACCEPTED] += kase->flow == KN_FLOW_NOT_ACCEPTED;
    figures->of[TO_CLASSIFY] += fold_is_open(kase) && !kase->unit;
    figures->of[IN_WORK] += fold_is_open(kase) && kase->unit && !is_answered(kase);
    figures->of[ANSWERED] += is_answered(kase);
    figures->of[RESULT_1] += is_answered(kase) && class == CLASS_1;
    figures->of[RESULT_2] += is_answered(kase) && class == CLASS_2;
    figures->of[RESULT_3] += is_answered(kase) && class == CLASS_3;
    figures->of[VERIFIED_MET] += kase->verification == KN_VERIFICATION_MET;
    figures->of[VERIFIED_NOT] += kase->verification == KN_VERIFICATION_NOT_MET ||
                                 kase->verification == KN_VERIFICATION_PARTLY;
    figures->of[CLOSED] += kase->flow == KN_FLOW_CLOSED;
    figures->of[OVERDUE] += is_late(kase);
    figures->of[SERIOUS] += is_late(kase) && kase->seriously_late;
    figures->of[SATISFIED] += kase->satisfaction == KN_SATISFACTION_SATISFIED ||
                              kase->satisfaction == KN_SATISFACTION_ACCEPTED;
    figures->of[DISSATISFIED] += kase->satisfaction == KN_SATISFACTION_DISSATISFIED;
    figures->of[PUBLISHED] +=
        kase->publication == KN_PUBLICATION_PUBLISHED || kase->publication == KN_PUBLICATION_POSTED;
    count_promises(figures, kase);
}

static const char *digits(char out[24], int64_t figure)
{
    snprintf(out, 24, "%" PRId64, figure);
    return out;
}

static void sheet_of_figures(kn_agent_t *agent, sheets_t *sheets, const char *title,
                             struct fold_case *const *cases, size_t n)
{
    static const struct sheets_column columns[] = {{"figure", "Chỉ tiêu", "Figure", 52, false},
                                                   {"value", "Số lượng", "Count", 12, true}};
    struct figures figures = {{0}};
    char value[24];
    for (size_t i = 0; i < n; i++)
        count(&figures, cases[i]);
    sheets_begin(sheets, "figures", TR("Tổng hợp", "Figures"), title, columns, 2);
    for (int i = 0; i < N_FIGURES; i++) {
        const char *cells[] = {TR(figure_names[i].vi, figure_names[i].en),
                               digits(value, figures.of[i])};
        sheets_row(sheets, cells);
    }
}

/* ---- the annex ----------------------------------------------------------------------------- */

static void sheet_of_cases(kn_agent_t *agent, sheets_t *sheets, const char *title,
                           const fold_t *fold, struct fold_case *const *cases, size_t n)
{
    static const struct sheets_column columns[] = {
        {"number", "STT", "No.", 6, true},
        {"code", "Mã", "Code", 19, false},
        {"text", "Nội dung kiến nghị", "Content", 48, false},
        {"area", "Đơn vị, địa bàn", "Area", 16, false},
        {"field", "Lĩnh vực", "Field", 16, false},
        {"unit", "Cơ quan giải quyết", "Unit", 18, false},
        {"result", "Kết quả trả lời", "Result", 18, false},
        {"verification", "Kiểm chứng", "Verification", 11, false},
        {"flow", "Tình trạng", "State", 13, false},
        {"due", "Thời hạn", "Due", 12, false},
        {"note", "Ghi chú", "Note", 20, false},
    };
    const bool vi = kn_agent_is_vi(agent);
    int64_t number = 0;
    sheets_begin(sheets, "annex", TR("Phụ lục", "Annex"), title, columns,
                 sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        const struct fold_case *kase = cases[i];
        char count_text[24], due[11] = "", note[400];
        if (kase->parent)
            continue; /* counted with the one it is part of */
        if (kase->due_at)
            words_due(due, kase->due_at);
        const char *cells[] = {digits(count_text, ++number),
                               kase->code,
                               kase->text ? kase->text : "",
                               names_of(NAMES_AREA, kase->area, vi),
                               names_of(NAMES_FIELD, kase->field, vi),
                               names_of(NAMES_UNIT, kase->unit, vi),
                               words_of(KN_ENUM_RESULT, (int)kase->result, vi),
                               kase->verification > KN_VERIFICATION_NONE
                                   ? words_of(KN_ENUM_VERIFICATION, (int)kase->verification, vi)
                                   : "",
                               words_of(KN_ENUM_FLOW, (int)kase->flow, vi),
                               due,
                               report_note(kase, fold_as_of(fold), vi, note, sizeof note)};
        sheets_row(sheets, cells);
    }
}

/* ---- groups of cases ----------------------------------------------------------------------- */

/* Cases that share two keys, each text kept once by the fold. */
static int by_keys(const char *a, const char *b)
{
    return !a && !b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

/* What is linked is counted with what it is part of. */
static const struct fold_case *root_of(const struct fold_case *kase)
{
    for (int depth = 0; kase->parent && depth < 16; depth++)
        kase = kase->parent;
    return kase;
}

static int by_field_and_unit(const void *x, const void *y)
{
    const struct fold_case *a = root_of(*(struct fold_case *const *)x),
                           *b = root_of(*(struct fold_case *const *)y);
    int order = by_keys(a->field, b->field);
    order = order ? order : by_keys(a->unit, b->unit);
    return order ? order : a->number < b->number ? -1 : a->number > b->number;
}

static int by_unit(const void *x, const void *y)
{
    const struct fold_case *a = *(struct fold_case *const *)x, *b = *(struct fold_case *const *)y;
    int order = by_keys(a->unit, b->unit);
    return order ? order : a->number < b->number ? -1 : a->number > b->number;
}

static void sheet_of_statistics(kn_agent_t *agent, sheets_t *sheets, const char *title,
                                struct fold_case **cases, size_t n)
{
    static const struct sheets_column columns[] = {
        {"field", "Lĩnh vực", "Field", 26, false},
        {"unit", "Đơn vị", "Unit", 32, false},
        {"submissions", "Lượt ý kiến", "Submissions", 10, true},
        {"petitions", "Kiến nghị", "Petitions", 10, true},
        {"answered", "Đã trả lời", "Answered", 10, true},
        {"class_1", "Loại I: giải quyết xong", "Class I", 12, true},
        {"class_2", "Loại II: có kế hoạch", "Class II", 12, true},
        {"class_3", "Loại III: giải trình", "Class III", 12, true},
        {"verified", "Kiểm chứng đạt", "Verified met", 12, true},
        {"closed", "Kết thúc", "Closed", 10, true},
        {"overdue", "Quá hạn", "Overdue", 10, true},
    };
    static const enum figure shown[] = {SUBMISSIONS, PETITIONS,    ANSWERED, RESULT_1, RESULT_2,
                                        RESULT_3,    VERIFIED_MET, CLOSED,   OVERDUE};
    const bool vi = kn_agent_is_vi(agent);
    qsort(cases, n, sizeof *cases, by_field_and_unit);
    sheets_begin(sheets, "statistics", TR("Lĩnh vực và đơn vị", "Fields and units"), title, columns,
                 sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n;) {
        struct figures figures = {{0}};
        const struct fold_case *first = root_of(cases[i]);
        char texts[9][24];
        const char *cells[11] = {names_of(NAMES_FIELD, first->field, vi),
                                 names_of(NAMES_UNIT, first->unit, vi)};
        for (; i < n && root_of(cases[i])->field == first->field &&
               root_of(cases[i])->unit == first->unit;
             i++)
            count(&figures, cases[i]);
        for (int j = 0; j < 9; j++)
            cells[2 + j] = digits(texts[j], figures.of[shown[j]]);
        sheets_row(sheets, cells);
    }
}

/* ---- indicators of units ------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* The median of N lengths of time in days, one decimal; "" for none. */
static const char *median(char out[24], int64_t *lengths, size_t n)
{
    out[0] = '\0';
    if (n) {
        qsort(lengths, n, sizeof *lengths, by_value);
        snprintf(out, 24, "%.1f", (double)lengths[n / 2] / DAY_MS);
    }
    return out;
}

static const char *share(char out[24], int64_t part, int64_t whole)
{
    out[0] = '\0';
    if (whole)
        snprintf(out, 24, "%.1f", 100.0 * (double)part / (double)whole);
    return out;
}

static bool was_in_time(const struct fold_case *kase)
{
    return is_answered(kase) && (!kase->due_at || kase->answered_at <= kase->due_at);
}

static void row_of_unit(sheets_t *sheets, const char *name, struct fold_case *const *cases,
                        size_t n, int64_t *room)
{
    struct figures figures = {{0}};
    int64_t n_in_time = 0, n_returned = 0, n_reopened = 0, n_not_met = 0;
    size_t n_times;
    char texts[12][24];
    static const struct {
        size_t from, to;
    } stages[] = {
        {offsetof(struct fold_case, received_at), offsetof(struct fold_case, assigned_at)},
        {offsetof(struct fold_case, assigned_at), offsetof(struct fold_case, accepted_at)},
        {offsetof(struct fold_case, accepted_at), offsetof(struct fold_case, answered_at)},
        {offsetof(struct fold_case, answered_at), offsetof(struct fold_case, verified_at)}};
    for (size_t i = 0; i < n; i++) {
        count(&figures, cases[i]);
        n_in_time += was_in_time(cases[i]);
        n_returned += cases[i]->n_returned;
        n_reopened += cases[i]->n_reopened;
        n_not_met += cases[i]->n_not_met;
    }
    const char *cells[13] = {name, digits(texts[0], figures.of[PETITIONS]),
                             digits(texts[1], figures.of[ANSWERED]),
                             share(texts[2], n_in_time, figures.of[ANSWERED])};
    for (int stage = 0; stage < 4; stage++) {
        n_times = 0;
        for (size_t i = 0; i < n; i++) {
            const char *kase = (const char *)cases[i];
            int64_t from, to;
            memcpy(&from, kase + stages[stage].from, sizeof from);
            memcpy(&to, kase + stages[stage].to, sizeof to);
            if (from && to >= from)
                room[n_times++] = to - from;
        }
        cells[4 + stage] = median(texts[3 + stage], room, n_times);
    }
    cells[8] = digits(texts[7], figures.of[OVERDUE]);
    cells[9] = digits(texts[8], n_returned);
    cells[10] = digits(texts[9], figures.of[MISSED]);
    cells[11] = digits(texts[10], n_not_met);
    cells[12] = digits(texts[11], n_reopened);
    sheets_row(sheets, cells);
}

static const struct sheets_column indicators[] = {
    {"name", "Đơn vị, Ban", "Unit, Board", 34, false},
    {"petitions", "Kiến nghị", "Petitions", 10, true},
    {"answered", "Đã trả lời", "Answered", 10, true},
    {"in_time", "Trả lời đúng hạn, %", "Answered in time, %", 12, true},
    {"days_to_assign", "Ngày: nhận → giao", "Days: received → assigned", 12, true},
    {"days_to_accept", "Ngày: giao → nhận việc", "Days: assigned → accepted", 12, true},
    {"days_to_answer", "Ngày: nhận việc → trả lời", "Days: accepted → answered", 12, true},
    {"days_to_verify", "Ngày: trả lời → kiểm chứng", "Days: answered → verified", 12, true},
    {"overdue", "Quá hạn", "Overdue", 9, true},
    {"returned", "Trả lại", "Returned", 9, true},
    {"missed", "Lỡ cam kết", "Promises missed", 9, true},
    {"not_met", "Kiểm chứng chưa đạt", "Found not done", 10, true},
    {"reopened", "Mở lại", "Reopened", 9, true},
};
enum { N_INDICATORS = sizeof indicators / sizeof *indicators };

static void sheet_of_units(kn_agent_t *agent, sheets_t *sheets, const char *title,
                           struct fold_case **cases, size_t n, int64_t *room)
{
    const bool vi = kn_agent_is_vi(agent);
    qsort(cases, n, sizeof *cases, by_unit);
    sheets_begin(sheets, "units", TR("Chỉ số đơn vị", "Units"), title, indicators, N_INDICATORS);
    for (size_t i = 0, first; i < n;) {
        first = i;
        while (i < n && cases[i]->unit == cases[first]->unit)
            i++;
        if (cases[first]->unit)
            row_of_unit(sheets, names_of(NAMES_UNIT, cases[first]->unit, vi), cases + first,
                        i - first, room);
    }
}

/* Each field has the Ban that fields.tsv names. */
static void sheet_of_boards(kn_agent_t *agent, sheets_t *sheets, const char *title,
                            struct fold_case **cases, size_t n, int64_t *room)
{
    static const struct {
        const char *code, *vi, *en;
    } boards[] = {{"economy_budget", "Ban Kinh tế - Ngân sách", "Economy and Budget Board"},
                  {"urban", "Ban Đô thị", "Urban Board"},
                  {"culture_society", "Ban Văn hóa - Xã hội", "Culture and Society Board"},
                  {"legal", "Ban Pháp chế", "Legal Board"}};
    char folder[4200], why[300];
    struct register_file fields;
    struct fold_case **own = calloc(n + 1, sizeof(struct fold_case *));
    const char *chosen = kn_agent_text(agent, "registers");
    names_folder(folder, sizeof folder);
    if (!own || register_read(&fields, chosen ? chosen : folder, "fields.tsv", why, sizeof why)) {
        free(own);
        return;
    }
    sheets_begin(sheets, "boards", TR("Chỉ số các Ban", "Boards"), title, indicators, N_INDICATORS);
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        size_t n_own = 0;
        for (size_t j = 0; j < n; j++) {
            const char *const *field =
                cases[j]->field ? register_find(&fields, cases[j]->field) : NULL;
            if (field && strcmp(field[1], boards[i].code) == 0)
                own[n_own++] = cases[j];
        }
        row_of_unit(sheets, TR(boards[i].vi, boards[i].en), own, n_own, room);
    }
    register_clear(&fields);
    free(own);
}

/* ---- the command --------------------------------------------------------------------------- */

static void say_title(kn_agent_t *agent, const fold_t *fold, const struct scope *scope, char *out,
                      size_t size)
{
    char day[11];
    bool dated = kn_agent_text(agent, "as-of") != NULL;
    words_day(day, dated ? fold_as_of(fold) : report_now(agent));
    snprintf(out, size,
             TR("Tổng hợp kiến nghị cử tri%s%s%s%s, tính đến %s%s (nhật ký đến số %" PRIu64 ")",
                "Voters' petitions%s%s%s%s, as of %s%s (log up to %" PRIu64 ")"),
             scope->session ? ", " : "", scope->session ? scope->session : "",
             scope->group ? ", " : "", scope->group ? scope->group : "",
             dated ? TR("hết ngày ", "the end of ") : TR("ngày ", ""), day, fold_last(fold));
}

int report_compile(kn_agent_t *agent, int argc, char **argv)
{
    struct scope scope;
    char title[400];
    size_t n = 0;
    (void)argc;
    (void)argv;
    if (take_scope(agent, &scope))
        return KN_E_INVALID;
    fold_t *fold = report_read(agent);
    struct fold_case **cases =
        fold ? calloc(fold_n_cases(fold) + 1, sizeof(struct fold_case *)) : NULL;
    int64_t *room = fold ? calloc(fold_n_cases(fold) + 1, sizeof *room) : NULL;
    sheets_t *sheets = cases && room ? sheets_open(agent, kn_agent_text(agent, "write")) : NULL;
    int rc = sheets ? KN_OK : KN_E_INVALID;
    if (sheets) {
        for (size_t i = 0; i < fold_n_cases(fold); i++)
            if (in_scope(fold, &scope, fold_case_at(fold, i)))
                cases[n++] = fold_case_at(fold, i);
        say_title(agent, fold, &scope, title, sizeof title);
        sheet_of_figures(agent, sheets, title, cases, n);
        qsort(cases, n, sizeof(struct fold_case *), by_field_and_unit);
        sheet_of_cases(agent, sheets, title, fold, cases, n);
        sheet_of_statistics(agent, sheets, title, cases, n);
        sheet_of_units(agent, sheets, title, cases, n, room);
        sheet_of_boards(agent, sheets, title, cases, n, room);
        rc = sheets_close(&sheets);
    }
    free(room);
    free(cases);
    fold_destroy(&fold);
    return rc;
}
