/* show.c - what the hub answers, for people. Nothing here when --json was given: then the records
 * themselves are printed by kiennghi.c. */
#include "show.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "names.h"
#include "words.h"

#define TR(vi, en) KN_TR(agent, vi, en)

/* -------------------------------------------------------------------------------- tables */

static struct libscols_table *new_table(size_t n, const char *const columns[])
{
    struct libscols_table *table = scols_new_table();
    if (!table)
        return NULL;
    for (size_t i = 0; i < n; i++)
        scols_table_new_column(table, columns[i], 0, i + 1 == n ? SCOLS_FL_TRUNC : 0);
    return table;
}

static void add_line(struct libscols_table *table, size_t n, const char *const cells[])
{
    struct libscols_line *line = table ? scols_table_new_line(table, NULL) : NULL;
    for (size_t i = 0; line && i < n; i++)
        scols_line_set_data(line, i, cells[i] ? cells[i] : "");
}

static void print_table(struct libscols_table *table)
{
    if (!table)
        return;
    scols_print_table(table);
    scols_unref_table(table);
}

static const char *number(char buffer[24], int64_t value)
{
    snprintf(buffer, 24, "%" PRId64, value);
    return buffer;
}

/* ---------------------------------------------------------------------------------- cases */

static void print_item(kn_agent_t *agent, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One labelled line; the label is padded by letters, not by bytes. */
static void print_item(kn_agent_t *agent, const char *label, const char *format, ...)
{
    char text[1024];
    int n_letters = 0;
    for (const char *at = label; *at; at++)
        n_letters += ((unsigned char)*at & 0xc0) != 0x80;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    kn_agent_print(agent, "  %s%*s %s", label, n_letters < 14 ? 14 - n_letters : 0, "", text);
}

static const struct kn_clock *answer_clock(const struct kn_case *kase)
{
    for (size_t i = 0; i < kase->n_clocks; i++)
        if (kase->clocks[i].kind == KN_CLOCK_KIND_ANSWER)
            return &kase->clocks[i];
    return NULL;
}

/* The name with its id behind: what is written here for the first time can be asked for again. */
static void print_named(kn_agent_t *agent, const char *label, enum names_register which,
                        const char *id)
{
    const char *name = names_of(which, id, kn_agent_is_vi(agent));
    if (id && name != id)
        print_item(agent, label, "%s (%s)", name, id);
    else if (id)
        print_item(agent, label, "%s", id);
}

static void print_origin(kn_agent_t *agent, const struct kn_case *kase)
{
    char received[17];
    words_time(received, kase->received_at);
    if (strcmp(received + 11, "00:00") == 0) /* a document or a meeting has a day, no hour */
        received[10] = '\0';
    print_item(agent, TR("Tình trạng", "State"), "%s",
               words_of(KN_ENUM_FLOW, (int)kase->flow, kn_agent_is_vi(agent)));
    if (kase->has_withdrawn_at) {
        char day[11];
        words_day(day, kase->withdrawn_at);
        print_item(agent, "", TR("nơi gửi đã rút ngày %s", "its sender took it back on %s"), day);
    }
    print_named(agent, TR("Nguồn", "Source"), NAMES_SOURCE, kase->source);
    print_item(agent, TR("Ngày nhận", "Received"), "%s, %s", received,
               words_of(KN_ENUM_CHANNEL, (int)kase->channel, kn_agent_is_vi(agent)));
    print_named(agent, TR("Lĩnh vực", "Field"), NAMES_FIELD, kase->field);
    print_named(agent, TR("Địa bàn", "Area"), NAMES_AREA, kase->area);
    print_named(agent, TR("Đơn vị", "Unit"), NAMES_UNIT, kase->unit);
    if (kase->parent)
        print_item(agent, TR("Gộp theo", "Linked to"), "%s%s%s", kase->parent,
                   kase->link_why ? ": " : "", kase->link_why ? kase->link_why : "");
    if (kase->has_linked && kase->linked > 0)
        print_item(agent, TR("Được gộp", "Linked here"), "%" PRId64, kase->linked);
    for (size_t i = 0; i < kase->n_relations; i++)
        print_item(agent, TR("Quan hệ", "Related to"), "%s (%s)%s%s", kase->relations[i].case_,
                   words_of(KN_ENUM_LINK_KIND, (int)kase->relations[i].link, kn_agent_is_vi(agent)),
                   kase->relations[i].why ? ": " : "",
                   kase->relations[i].why ? kase->relations[i].why : "");
}

/* Cases that belong to this one, by kind. */
static void print_related(kn_agent_t *agent, const struct kn_case_view *view)
{
    for (size_t i = 0; i < view->n_related; i++)
        print_item(agent, i == 0 ? TR("Thuộc về đây", "Belong here") : "", "%s (%s)",
                   view->related[i].case_,
                   words_of(KN_ENUM_LINK_KIND, (int)view->related[i].link, kn_agent_is_vi(agent)));
}

static void print_clocks(kn_agent_t *agent, const struct kn_case *kase)
{
    for (size_t i = 0; i < kase->n_clocks; i++) {
        const struct kn_clock *clock = &kase->clocks[i];
        char due[11], start[11];
        words_due(due, clock->due_at);
        words_day(start, clock->started_at);
        print_item(agent, TR("Thời hạn", "Clock"),
                   TR("%s, từ %s đến hết %s (%s)%s%s", "%s, from %s to the end of %s (%s)%s%s"),
                   words_of(KN_ENUM_CLOCK_KIND, (int)clock->kind, kn_agent_is_vi(agent)), start,
                   due, words_of(KN_ENUM_TIER, (int)clock->tier, kn_agent_is_vi(agent)),
                   clock->basis ? "; " : "", clock->basis ? clock->basis : "");
    }
}

static void print_content(kn_agent_t *agent, const struct kn_case_view *view, bool with_persons)
{
    const struct kn_petition *petition = view->petition;
    if (!petition) {
        kn_agent_print(
            agent, "  %-14s (%s)", TR("Nội dung", "Content"),
            words_of(KN_ENUM_CONTENT_STATE, (int)view->content_state, kn_agent_is_vi(agent)));
        return;
    }
    if (petition->headline)
        print_item(agent, TR("Tiêu đề", "Headline"), "%s", petition->headline);
    if (petition->person && with_persons) {
        const struct kn_person *person = petition->person;
        print_item(agent, TR("Người nêu", "Raised by"), "%s, %s, %s",
                   person->name ? person->name : "?", person->phone ? person->phone : "?",
                   person->address ? person->address : "?");
    } else if (petition->person) {
        print_item(agent, TR("Người nêu", "Raised by"), "*** (--persons)");
    }
    kn_agent_print(agent, "\n  %s\n", petition->text);
}

/* --------------------------------------------------- answered, resolved, verified: never one */

static bool is_resolved(enum kn_result result)
{
    return result == KN_RESULT_RESOLVED_DOCUMENT || result == KN_RESULT_RESOLVED_INSPECTION ||
           result == KN_RESULT_RESOLVED_WORKS;
}

/* Where the matter stands, in words that keep the three apart. */
static const char *standing(kn_agent_t *agent, const struct kn_case *kase)
{
    if (kase->n_answers == 0)
        return kase->parent ? TR("theo kiến nghị được gộp vào", "as the case it is linked to")
                            : TR("chưa có trả lời", "not answered");
    if (kase->verification == KN_VERIFICATION_MET)
        return TR("đã giải quyết xong, đã kiểm chứng trên thực tế",
                  "resolved, and verified on the spot");
    if (kase->verification == KN_VERIFICATION_PARTLY ||
        kase->verification == KN_VERIFICATION_NOT_MET)
        return TR("đã trả lời, kiểm chứng chưa đạt: chưa giải quyết xong",
                  "answered, verified and found wanting: not resolved");
    if (kase->result == KN_RESULT_NONE)
        return TR("trả lời không được nhận, chờ trả lời lại", "the answer was sent back");
    if (kase->result == KN_RESULT_EXPLAINED)
        return TR("đã trả lời bằng giải trình; không tính là đã giải quyết",
                  "answered by an explanation; not counted as resolved");
    return is_resolved(kase->result) ? TR("đơn vị trả lời là đã giải quyết; chưa kiểm chứng",
                                          "the unit says it is resolved; not verified")
                                     : TR("đã trả lời, chưa giải quyết", "answered, not resolved");
}

/* What an event says in its own text (an answer, evidence); NULL when this key may not see it. */
static const struct kn_event *find_event(const struct kn_case_view *view, enum kn_event_kind kind,
                                         int64_t at)
{
    for (size_t i = view->n_events; i-- > 0;)
        if (view->events[i].kind == kind && (at == 0 || view->events[i].at == at))
            return &view->events[i];
    return NULL;
}

void show_files(kn_agent_t *agent, size_t n, const struct kn_attachment *files)
{
    for (size_t i = 0; i < n; i++)
        print_item(agent, i ? "" : TR("Tệp", "File"), "%s (%s, %lld KiB) %s",
                   files[i].name ? files[i].name : "", files[i].media_type,
                   (long long)(files[i].size + 1023) / 1024, files[i].digest);
}

static void print_files_of(kn_agent_t *agent, const struct kn_event *event)
{
    if (event && event->detail)
        show_files(agent, event->detail->n_attachments, event->detail->attachments);
}

static void print_answers(kn_agent_t *agent, const struct kn_case_view *view)
{
    const struct kn_case *kase = view->case_;
    const bool vi = kn_agent_is_vi(agent);
    if (kase->n_answers == 0)
        print_item(agent, TR("Trả lời", "Answer"), "%s", TR("chưa có", "none yet"));
    for (size_t i = 0; i < kase->n_answers; i++) {
        const struct kn_answer *answer = &kase->answers[i];
        const struct kn_event *told = find_event(view, KN_EVENT_KIND_CASE_ANSWERED, answer->at);
        const struct kn_document *document = answer->document;
        char day[11];
        words_day(day, answer->at);
        print_item(agent, TR("Trả lời", "Answer"), "%s, %s: %s%s%s", day,
                   names_of(NAMES_UNIT, answer->unit, vi),
                   words_of(KN_ENUM_RESULT, (int)answer->result, vi),
                   document ? TR("; văn bản ", "; document ") : "",
                   document && document->number ? document->number : "");
        if (told && told->answer)
            print_item(agent, "", "“%s”", told->answer);
        print_files_of(agent, told);
    }
}

static void print_outcome(kn_agent_t *agent, const struct kn_case_view *view)
{
    const struct kn_case *kase = view->case_;
    const bool vi = kn_agent_is_vi(agent);
    const struct kn_event *verified = find_event(view, KN_EVENT_KIND_CASE_VERIFIED, 0);
    char day[11] = "";
    if (verified)
        words_day(day, verified->at);
    print_answers(agent, view);
    print_item(agent, TR("Kiểm chứng", "Verification"), "%s%s%s%s%s%s%s",
               words_of(KN_ENUM_VERIFICATION, (int)kase->verification, vi), *day ? ", " : "", day,
               verified && verified->actor ? ", " : "",
               verified && verified->actor ? verified->actor : "",
               verified && verified->evidence ? ": " : "",
               verified && verified->evidence ? verified->evidence : "");
    print_files_of(agent, verified);
    print_item(agent, TR("Kết luận", "Conclusion"), "%s", standing(agent, kase));
    print_item(agent, TR("Cử tri", "Voter"), "%s",
               words_of(KN_ENUM_SATISFACTION, (int)kase->satisfaction, vi));
    print_item(agent, TR("Công khai", "Publication"), "%s\n",
               words_of(KN_ENUM_PUBLICATION, (int)kase->publication, vi));
}

void show_event(kn_agent_t *agent, uint64_t position, const struct kn_event *event)
{
    char at[17], sentence[1024];
    words_time(at, event->at);
    words_event(sentence, sizeof sentence, event, kn_agent_is_vi(agent));
    kn_agent_print(agent, "%6" PRIu64 "  %s  %-18s  %s%s%s", position, at,
                   event->case_ ? event->case_ : "", sentence, event->actor ? "  · " : "",
                   event->actor ? event->actor : "");
}

void show_case(kn_agent_t *agent, const struct kn_case_view *view, bool with_persons)
{
    kn_agent_print(agent, "%s", view->case_->code);
    print_origin(agent, view->case_);
    print_related(agent, view);
    print_clocks(agent, view->case_);
    print_content(agent, view, with_persons);
    if (view->petition)
        show_files(agent, view->petition->n_attachments, view->petition->attachments);
    print_outcome(agent, view);
    kn_agent_print(agent, "  %s", TR("Diễn biến", "History"));
    if (view->more)
        kn_agent_print(agent, "    …");
    for (size_t i = 0; i < view->n_events; i++) {
        const struct kn_event *event = &view->events[i];
        char at[17], sentence[1024];
        words_time(at, event->at);
        words_event(sentence, sizeof sentence, event, kn_agent_is_vi(agent));
        kn_agent_print(agent, "    %s  %s%s%s", at, sentence, event->actor ? "  · " : "",
                       event->actor ? event->actor : "");
    }
}

void show_cases(kn_agent_t *agent, const struct kn_case_list *list)
{
    static const char *const columns[] = {"MÃ",      "TÌNH TRẠNG", "ĐƠN VỊ", "LĨNH VỰC",
                                          "ĐẾN HẠN", "MỨC HẠN",    "NGUỒN"};
    static const char *const columns_en[] = {"CODE", "STATE", "UNIT",  "FIELD",
                                             "DUE",  "TIER",  "SOURCE"};
    const bool vi = kn_agent_is_vi(agent);
    struct libscols_table *table = new_table(7, vi ? columns : columns_en);
    for (size_t i = 0; i < list->n_cases; i++) {
        const struct kn_case *kase = &list->cases[i];
        const struct kn_clock *clock = answer_clock(kase);
        char due[11] = "";
        if (clock)
            words_due(due, clock->due_at);
        const char *const cells[] = {kase->code,
                                     words_of(KN_ENUM_FLOW, (int)kase->flow, vi),
                                     names_of(NAMES_UNIT, kase->unit, vi),
                                     names_of(NAMES_FIELD, kase->field, vi),
                                     due,
                                     clock ? words_of(KN_ENUM_TIER, (int)clock->tier, vi) : "",
                                     words_of(KN_ENUM_CHANNEL, (int)kase->channel, vi)};
        add_line(table, 7, cells);
    }
    print_table(table);
    if (list->has_more_before)
        kn_agent_print(agent, TR("Còn nữa: thêm --before %" PRId64, "More: add --before %" PRId64),
                       list->more_before);
}

/* -------------------------------------------------------------------------------- batches */

void show_batches(kn_agent_t *agent, const struct kn_batch_view *view)
{
    static const char *const columns[] = {"ĐỢT",     "NGÀY",       "KHAI",  "LƯU",
                                          "TỪ CHỐI", "Ở ĐỢT KHÁC", "THIẾU", "TÊN"};
    static const char *const columns_en[] = {"BATCH",   "DAY",       "DECLARED", "STORED",
                                             "REFUSED", "ELSEWHERE", "MISSING",  "TITLE"};
    struct libscols_table *table = new_table(8, kn_agent_is_vi(agent) ? columns : columns_en);
    for (size_t i = 0; i < view->n_batches; i++) {
        const struct kn_batch *batch = &view->batches[i];
        char day[11], figures[5][24], title[360];
        words_day(day, batch->opened_at);
        snprintf(title, sizeof title, "%s%s",
                 batch->title  ? batch->title
                 : batch->file ? batch->file
                               : "",
                 batch->has_withdrawn_at ? TR(" (đã thu hồi)", " (withdrawn)")
                 : batch->replaced_by    ? TR(" (đã thay thế)", " (replaced)")
                                         : "");
        const char *const cells[] = {batch->batch,
                                     day,
                                     number(figures[0], batch->declared),
                                     number(figures[1], batch->stored),
                                     number(figures[2], batch->refused),
                                     number(figures[3], batch->elsewhere),
                                     number(figures[4], batch->missing),
                                     title};
        add_line(table, 8, cells);
    }
    print_table(table);
}

void show_rows(kn_agent_t *agent, struct tally *tally, const struct kn_batch_view *page)
{
    for (size_t i = 0; i < page->n_rows; i++) {
        const struct kn_row *row = &page->rows[i];
        char at[24] = "-";
        if (row->has_row)
            number(at, row->row);
        tally->n_stored += row->case_ != NULL;
        tally->n_linked += row->case_ && row->linked_to;
        tally->n_refused += !row->case_ && row->code != KN_CODE_NONE;
        if (row->case_)
            kn_agent_print(agent, "  %6s  %s%s%s", at, row->case_, row->linked_to ? " → " : "",
                           row->linked_to ? row->linked_to : "");
        else
            kn_agent_print(agent, "  %6s  %s: %s%s%s", at, TR("từ chối", "refused"),
                           kn_agent_code_words(agent, row->code), row->field ? ", " : "",
                           row->field ? words_field(row->field, kn_agent_is_vi(agent)) : "");
    }
}

static bool prove(kn_agent_t *agent, const char *what, bool holds)
{
    kn_agent_print(agent, "  %s  %s", holds ? "✓" : "✗", what);
    return holds;
}

bool show_account(kn_agent_t *agent, const struct kn_batch *batch, const struct tally *tally)
{
    char line[256];
    bool holds = true;
    kn_agent_print(agent, "\n%s  %s\n  %s, %s", batch->batch, batch->title ? batch->title : "",
                   names_of(NAMES_SOURCE, batch->source, kn_agent_is_vi(agent)), batch->agent);
    snprintf(line, sizeof line,
             TR("khai %" PRId64 " = đã tiếp nhận %" PRId64 " + từ chối %" PRId64
                " + ở đợt khác %" PRId64 " + thiếu %" PRId64,
                "declared %" PRId64 " = stored %" PRId64 " + refused %" PRId64
                " + elsewhere %" PRId64 " + missing %" PRId64),
             batch->declared, batch->stored, batch->refused, batch->elsewhere, batch->missing);
    holds &= prove(agent, line,
                   batch->declared ==
                       batch->stored + batch->refused + batch->elsewhere + batch->missing);
    snprintf(line, sizeof line,
             TR("đã tiếp nhận %" PRId64 " = riêng %" PRId64 " + gộp %" PRId64,
                "stored %" PRId64 " = new %" PRId64 " + linked %" PRId64),
             batch->stored, batch->fresh, batch->linked);
    holds &= prove(agent, line, batch->stored == batch->fresh + batch->linked);
    snprintf(line, sizeof line,
             TR("đếm lại từng dòng: đã tiếp nhận %" PRId64 ", gộp %" PRId64 ", từ chối %" PRId64,
                "counted row by row: stored %" PRId64 ", linked %" PRId64 ", refused %" PRId64),
             tally->n_stored, tally->n_linked, tally->n_refused);
    holds &= prove(agent, line,
                   tally->n_stored == batch->stored && tally->n_linked == batch->linked &&
                       tally->n_refused == batch->refused);
    return holds;
}

/* --------------------------------------------------------------------------------- status */

void show_status(kn_agent_t *agent, const struct kn_status_view *view)
{
    static const char *const columns[] = {"LUỒNG", "NGƯỜI ĐỌC", "TÁC NHÂN", "ĐÃ ĐỌC",
                                          "CUỐI",  "CÒN LẠI",   "ĐANG NỐI", "ĐƠN VỊ"};
    static const char *const columns_en[] = {"STREAM", "CONSUMER", "AGENT",     "READ",
                                             "LAST",   "TO READ",  "CONNECTED", "UNIT"};
    static const char agency[] = "agency/";
    const bool vi = kn_agent_is_vi(agent);
    char now[17], started[17], figure[32];
    words_time(now, view->now);
    words_time(started, view->started_at);
    kn_agent_print(agent, "kiennghi-hub %s, %s %s%s%s%s", view->version,
                   TR("chạy từ", "running since"), started,
                   view->draining ? TR(", đang dừng nhận", ", draining") : "",
                   view->read_only ? TR(", CHỈ ĐỌC", ", READ ONLY") : "",
                   view->test_clock ? TR(", ĐỒNG HỒ THỬ", ", TEST CLOCK") : "");
    kn_agent_print(agent,
                   TR("Giờ của trung tâm %s; sự kiện cuối %" PRId64 "; đầu chuỗi %.16s…",
                      "the hub's clock %s; last event %" PRId64 "; chain head %.16s…"),
                   now, view->last_event, view->head);
    for (size_t i = 0; i < view->n_alarms; i++)
        kn_agent_print(agent, "  %s %s", TR("CẢNH BÁO:", "ALARM:"),
                       words_alarm(view->alarms[i], vi));
    for (size_t i = 0; i < view->n_counts; i++) {
        words_count(figure, view->counts[i].name, view->counts[i].value, vi);
        kn_agent_print(agent, "  %12s  %s", figure, words_figure(view->counts[i].name, vi));
    }
    if (view->n_consumers == 0)
        return;
    struct libscols_table *table = new_table(8, vi ? columns : columns_en);
    for (size_t i = 0; i < view->n_consumers; i++) {
        const struct kn_consumer *consumer = &view->consumers[i];
        const bool is_agency = strncmp(consumer->stream, agency, sizeof agency - 1) == 0;
        char figures[3][24];
        const char *const cells[] = {
            consumer->stream,
            consumer->consumer,
            consumer->agent,
            number(figures[0], consumer->saved),
            number(figures[1], consumer->last),
            number(figures[2], consumer->last - consumer->saved),
            consumer->connected ? TR("có", "yes") : TR("không", "no"),
            is_agency ? names_of(NAMES_UNIT, consumer->stream + sizeof agency - 1, vi) : ""};
        add_line(table, 8, cells);
    }
    print_table(table);
}
