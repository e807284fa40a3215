/* inquiry.c - which cases there are, and why they stand as they do.
 *
 *     case list        one page of cases, by filters
 *     find [TEXT]      all of them, page by page, also by words of the petition (with or without
 *                      tones); --csv FILE makes a table of it
 *     why CODE         every date, unit and link of a case explained in words
 *
 * The filters are options that stand in one table. A page that the hub cuts short is followed by
 * the next one; on a terminal the count is shown meanwhile.
 */
#include "inquiry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "names.h"
#include "read/read.h"
#include "show.h"
#include "tool.h"
#include "words.h"

/* ---- filters ------------------------------------------------------------------------------- */

static int take_day(kn_agent_t *agent, bool *has, int64_t *at, const char *option)
{
    const char *text = kn_agent_text(agent, option);
    *has = text != NULL;
    return !text || !read_time(at, text)
               ? KN_OK
               : tool_fail(agent, KN_CODE_INVALID, option,
                           TR("không phải ngày – ghi như 24/11/2026", "no day - write 24/11/2026"));
}

static int take_filters(kn_agent_t *agent, struct kn_case_find *body)
{
    const struct {
        const char *option;
        enum kn_enum which;
        void *to;
    } words[] = {
        {"flow", KN_ENUM_FLOW, &body->flow},
        {"tier", KN_ENUM_TIER, &body->tier},
        {"verification", KN_ENUM_VERIFICATION, &body->verification},
        {"satisfaction", KN_ENUM_SATISFACTION, &body->satisfaction},
        {"oversight", KN_ENUM_OVERSIGHT, &body->oversight},
        {"publication", KN_ENUM_PUBLICATION, &body->publication},
    };
    *body = (struct kn_case_find){.unit = kn_agent_text(agent, "unit"),
                                  .field = kn_agent_text(agent, "field"),
                                  .area = kn_agent_text(agent, "area"),
                                  .batch = kn_agent_text(agent, "batch"),
                                  .source = kn_agent_text(agent, "source"),
                                  .docket = kn_agent_text(agent, "docket"),
                                  .group = kn_agent_text(agent, "group"),
                                  .has_limit = true,
                                  .limit = kn_agent_integer(agent, "limit"),
                                  .before = kn_agent_integer(agent, "before")};
    body->has_before = body->before > 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int value;
        if (tool_pick_option(agent, &value, words[i].which, words[i].option) != KN_OK)
            return KN_E_INVALID;
        memcpy(words[i].to, &value, sizeof value); /* every enum of the contract is an int */
    }
    int rc = take_day(agent, &body->has_received_from, &body->received_from, "from");
    return rc ? rc : take_day(agent, &body->has_received_to, &body->received_to, "to");
}

/* ---- lists --------------------------------------------------------------------------------- */

int inquiry_list(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    struct kn_case_find body;
    (void)argc;
    (void)argv;
    int rc = take_filters(agent, &body);
    rc = rc ? rc : kn_agent_request(agent, &answer, KN_TYPE_CASE_FIND, &body);
    if (rc == KN_OK) {
        const struct kn_case_list *list = answer->body;
        for (size_t i = 0; i < list->n_cases; i++)
            kn_agent_json(agent, KN_SCHEMA_CASE, &list->cases[i], true);
        if (!kn_agent_is_json(agent))
            show_cases(agent, list);
    }
    kn_message_destroy(&answer);
    return rc;
}

static void put_cell(FILE *out, const char *text, char end)
{
    fputc('"', out);
    for (const char *at = text ? text : ""; *at; at++) {
        if (*at == '"')
            fputc('"', out);
        fputc(*at, out);
    }
    fputc('"', out);
    fputc(end, out);
}

static const struct kn_clock *answer_clock(const struct kn_case *kase)
{
    for (size_t i = 0; i < kase->n_clocks; i++)
        if (kase->clocks[i].kind == KN_CLOCK_KIND_ANSWER)
            return &kase->clocks[i];
    return NULL;
}

/* The table of an office: names, days and words; the axes stand apart. */
static void put_row(FILE *out, kn_agent_t *agent, const struct kn_case *kase)
{
    const bool vi = kn_agent_is_vi(agent);
    const struct kn_clock *clock = answer_clock(kase);
    char received[11], due[11] = "";
    words_day(received, kase->received_at);
    if (clock)
        words_due(due, clock->due_at);
    const char *cells[] = {kase->code,
                           received,
                           names_of(NAMES_SOURCE, kase->source, vi),
                           names_of(NAMES_FIELD, kase->field, vi),
                           names_of(NAMES_AREA, kase->area, vi),
                           names_of(NAMES_UNIT, kase->unit, vi),
                           words_of(KN_ENUM_FLOW, (int)kase->flow, vi),
                           words_of(KN_ENUM_RESULT, (int)kase->result, vi),
                           words_of(KN_ENUM_VERIFICATION, (int)kase->verification, vi),
                           words_of(KN_ENUM_SATISFACTION, (int)kase->satisfaction, vi),
                           due,
                           clock ? words_of(KN_ENUM_TIER, (int)clock->tier, vi) : "",
                           kase->parent};
    const size_t n = sizeof cells / sizeof *cells;
    for (size_t i = 0; i < n; i++)
        put_cell(out, cells[i], i + 1 < n ? ';' : '\n');
}

static FILE *open_table(kn_agent_t *agent, const char *path)
{
    static const char *const vi[] = {"Mã",     "Ngày nhận",  "Nguồn",   "Lĩnh vực",   "Địa bàn",
                                     "Đơn vị", "Tình trạng", "Kết quả", "Kiểm chứng", "Cử tri",
                                     "Hạn",    "Mức hạn",    "Gộp theo"};
    static const char *const en[] = {"Code", "Received", "Source",   "Field",        "Area",
                                     "Unit", "State",    "Result",   "Verification", "Satisfaction",
                                     "Due",  "Tier",     "Linked to"};
    FILE *out = fopen(path, "wx");
    if (!out) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL,
                       errno == EEXIST ? TR("đã có; không ghi đè", "exists; nothing is overwritten")
                                       : strerror(errno));
        return NULL;
    }
    fputs("\xEF\xBB\xBF", out); /* spreadsheets know UTF-8 by it */
    const char *const *headings = kn_agent_is_vi(agent) ? vi : en;
    for (size_t i = 0; i < sizeof vi / sizeof *vi; i++)
        put_cell(out, headings[i], i + 1 < sizeof vi / sizeof *vi ? ';' : '\n');
    return out;
}

int inquiry_find(kn_agent_t *agent, int argc, char **argv)
{
    const char *path = kn_agent_text(agent, "csv");
    const bool shows = isatty(STDERR_FILENO) && !kn_agent_is_json(agent);
    struct kn_case_find body;
    uint64_t n = 0, most;
    int rc = take_filters(agent, &body);
    FILE *table = rc == KN_OK && path ? open_table(agent, path) : NULL;
    if (rc || (path && !table))
        return rc ? rc : KN_E_INVALID;
    body.text = argc > 0 ? argv[0] : NULL;
    most = path ? UINT64_MAX : (uint64_t)body.limit;
    body.limit = path || most > 200 ? 200 : body.limit;
    for (bool more = true; more && rc == KN_OK && n < most && !kn_agent_is_stopping(agent);) {
        struct kn_message *answer = NULL;
        rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_FIND, &body);
        if (rc == KN_OK) {
            const struct kn_case_list *found = answer->body;
            struct kn_case_list page = *found;
            page.has_more_before = found->has_more_before && n + found->n_cases >= most;
            for (size_t i = 0; i < page.n_cases; i++) {
                kn_agent_json(agent, KN_SCHEMA_CASE, &page.cases[i], true);
                if (table)
                    put_row(table, agent, &page.cases[i]);
            }
            if (!table && !kn_agent_is_json(agent) && page.n_cases)
                show_cases(agent, &page);
            n += page.n_cases;
            more = found->has_more_before;
            body.has_before = more;
            body.before = found->more_before;
            if (shows && more)
                fprintf(stderr, TR("\r%" PRIu64 " kiến nghị… ", "\r%" PRIu64 " petitions… "), n);
        }
        kn_message_destroy(&answer);
    }
    if (shows)
        fputs("\r\033[K", stderr);
    if (table && fclose(table) && rc == KN_OK) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
        rc = KN_E_IO;
    }
    if (rc == KN_OK)
        kn_agent_print(agent, TR("= %" PRIu64 " kiến nghị", "= %" PRIu64 " petitions"), n);
    return rc;
}

/* ---- why ----------------------------------------------------------------------------------- */

static void why_date(kn_agent_t *agent, const struct kn_explanation *explanation)
{
    const bool vi = kn_agent_is_vi(agent);
    char from[11];
    words_day(from, explanation->started_at);
    kn_agent_print(agent, TR("  Hạn %s%s%s (%s)", "  Due: %s%s%s (%s)"),
                   words_of(KN_ENUM_CLOCK_KIND, (int)explanation->clock, vi),
                   explanation->unit ? TR(" của ", " of ") : "",
                   names_of(NAMES_UNIT, explanation->unit, vi),
                   words_of(KN_ENUM_TIER, (int)explanation->tier, vi));
    kn_agent_print(agent, TR("    bắt đầu %s; %s", "    from %s; %s"), from,
                   vi ? explanation->text : explanation->text_en);
}

/* What an event explains beside the dates: who decided what, and on what ground. */
static void why_event(kn_agent_t *agent, const struct kn_event *event)
{
    char at[17], text[1024];
    switch (event->kind) {
    case KN_EVENT_KIND_CASE_LINKED:
    case KN_EVENT_KIND_CASE_UNLINKED:
    case KN_EVENT_KIND_CASE_UNROUTED:
    case KN_EVENT_KIND_CASE_ASSIGNED:
    case KN_EVENT_KIND_CASE_ACCEPTED:
    case KN_EVENT_KIND_CASE_RETURNED:
    case KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER:
    case KN_EVENT_KIND_CASE_PAUSED:
    case KN_EVENT_KIND_CASE_RESUMED:
    case KN_EVENT_KIND_CASE_REDATED:
    case KN_EVENT_KIND_CASE_REOPENED:
    case KN_EVENT_KIND_CASE_DIVERTED:
    case KN_EVENT_KIND_CASE_NOT_ACCEPTED:
    case KN_EVENT_KIND_COMMITMENT_MADE:
    case KN_EVENT_KIND_COMMITMENT_MISSED: break;
    default: return;
    }
    words_time(at, event->at);
    words_event(text, sizeof text, event, kn_agent_is_vi(agent));
    kn_agent_print(agent, "    %s  %s  · %s%s%s", at, text, event->actor ? event->actor : "hub",
                   event->on_behalf ? TR(", thay mặt ", ", on behalf of ") : "",
                   event->on_behalf ? event->on_behalf : "");
    if (event->why && !strstr(text, event->why))
        kn_agent_print(agent, "                      %s", event->why);
}

/* Why this unit: the rule or the ruling that gave it. */
static void why_unit(kn_agent_t *agent, const struct kn_case *kase)
{
    const bool vi = kn_agent_is_vi(agent);
    for (size_t i = 0; i < kase->n_assignments; i++) {
        const struct kn_assignment *given = &kase->assignments[i];
        if (given->has_returned_at || !given->unit)
            continue;
        kn_agent_print(
            agent, TR("  Đơn vị %s: %s%s%s, giao bởi %s", "  Unit, %s: %s%s%s, given by %s"),
            words_of(KN_ENUM_ASSIGNMENT_ROLE, (int)given->role, vi),
            names_of(NAMES_UNIT, given->unit, vi), given->basis ? TR("; căn cứ ", "; basis ") : "",
            given->basis ? given->basis : "", given->by ? given->by : "hub");
    }
    if (!kase->unit && kase->flow != KN_FLOW_LINKED)
        kn_agent_print(agent, "%s",
                       TR("  Chưa giao đơn vị nào: Văn phòng đang giữ",
                          "  No unit has it: the Office holds it"));
}

int inquiry_why(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    struct kn_case_get body = {.case_ = argv[0], .explain = true};
    (void)argc;
    int rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &body);
    if (rc == KN_OK) {
        const struct kn_case_view *view = answer->body;
        const struct kn_case *kase = view->case_;
        const bool vi = kn_agent_is_vi(agent);
        kn_agent_json(agent, KN_SCHEMA_CASE_VIEW, view, true);
        kn_agent_print(agent, "%s: %s%s%s%s%s", kase->code,
                       words_of(KN_ENUM_FLOW, (int)kase->flow, vi), kase->field ? ", " : "",
                       names_of(NAMES_FIELD, kase->field, vi), kase->area ? "; " : "",
                       names_of(NAMES_AREA, kase->area, vi));
        if (kase->parent)
            kn_agent_print(agent, TR("  Gộp theo %s vì %s", "  Linked to %s: %s"), kase->parent,
                           kase->link_why ? kase->link_why : "?");
        why_unit(agent, kase);
        for (size_t i = 0; i < view->n_explanations; i++)
            if (view->explanations[i].tier != KN_TIER_STOPPED)
                why_date(agent, &view->explanations[i]);
        for (size_t i = 0; i < view->n_explanations; i++)
            if (view->explanations[i].tier == KN_TIER_STOPPED)
                why_date(agent, &view->explanations[i]);
        kn_agent_print(agent, "%s", TR("  Các quyết định:", "  What was decided:"));
        for (size_t i = 0; i < view->n_events; i++)
            why_event(agent, &view->events[i]);
        if (view->more)
            kn_agent_print(agent, "%s",
                           TR("    … còn diễn biến cũ hơn", "    … there are older events"));
    }
    kn_message_destroy(&answer);
    return rc;
}
