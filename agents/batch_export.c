/* batch_export.c - a batch as the table that it came from, to be looked at, kept, and imported
 * again.
 *
 * The lines above the headings are those that say which batch it is (contact.c, front.c), the
 * columns those of the form `kiennghi`; so the agent that brought the batch answers `repeated` for
 * every row of the file, and a row that was mended there is a conflict or, with --revise, a
 * revision. Rows that were refused are not in it: nobody kept them. The file names people: mode
 * 0600.
 */
#include "agents/operate.h"
#include "agents/tool.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY_MS = 86400000, HA_NOI_MS = 7 * 3600000 };

struct export
{
    kn_agent_t *agent;
    FILE *file;
    char day[11]; /* of the lines above; "": none */
    uint64_t n_rows, n_left_out;
};

static void put(FILE *file, const char *text)
{
    putc('"', file);
    for (const char *at = text ? text : ""; *at; at++) {
        if (*at == '"') {
            putc('"', file);
        }
        putc(*at, file);
    }
    putc('"', file);
}

static void put_line(FILE *file, const char *name, const char *text)
{
    if (text && *text) {
        fprintf(file, "%s;", name);
        put(file, text);
        fputs("\r\n", file);
    }
}

/* "2026-11-20" as people write it. */
static const char *day_of(char out[11], const char *date)
{
    out[0] = '\0';
    if (date && strlen(date) == 10) {
        (void)snprintf(out, 11, "%.2s/%.2s/%.4s", date + 8, date + 5, date);
    }
    return out;
}

static void put_head(struct export *self, const struct kn_batch *batch)
{
    FILE *file = self->file;
    char declared[24];
    const struct kn_meeting *meeting = batch->meeting;
    const struct kn_document *document = batch->document;
    (void)snprintf(declared, sizeof declared, "%" PRId64, batch->declared);
    fputs("\xEF\xBB\xBF", file);
    if (document) {
        put_line(file, "Số/ký hiệu", document->number);
        put_line(file, "Ngày", day_of(self->day, document->date));
        put_line(file, "Cơ quan gửi", document->sender);
        put_line(file, "Trích yếu", document->subject);
    } else {
        put_line(file, "Cuộc TXCT", batch->title);
        put_line(file, "Ngày", meeting ? day_of(self->day, meeting->date) : "");
        put_line(file, "Địa điểm", meeting ? meeting->place : NULL);
        put_line(file, "Tổ đại biểu", meeting ? meeting->group : NULL);
        put_line(file, "Kỳ họp", meeting ? meeting->session : NULL);
        put_line(file, "Đơn vị bầu cử", meeting ? meeting->electoral_unit : NULL);
        put_line(file, "Nguồn", batch->source);
    }
    put_line(file, "Số kiến nghị", declared);
    fputs("STT;Ngày nhận;Cử tri;Điện thoại;Địa chỉ;Địa bàn;Lĩnh vực;Nội dung kiến nghị\r\n", file);
}

/* The number that the row had: an item that is none was made of its content. */
static const char *number_of(const char *item)
{
    size_t digits = strspn(item, "0123456789");
    if (digits == strlen(item)) {
        return item + (strspn(item, "0") < digits ? strspn(item, "0") : digits - 1);
    }
    return item[0] == 'n' ? item + 1 : "";
}

/* The day of the lines above need not be said of each row. */
static void put_time(const struct export *self, const struct kn_petition *petition)
{
    char text[17] = "";
    if (petition->has_received_at) {
        words_time(text, petition->received_at);
        if ((petition->received_at + HA_NOI_MS) % DAY_MS == 0) {
            words_day(text, petition->received_at);
        }
    }
    put(self->file, strcmp(text, self->day) == 0 ? "" : text);
}

static void put_row(const struct export *self, const struct kn_row *row,
                    const struct kn_petition *petition)
{
    const struct kn_person *person = petition->person;
    put(self->file, number_of(row->item));
    putc(';', self->file);
    put_time(self, petition);
    const char *const cells[] = {person ? person->name : NULL,
                                 person ? person->phone : NULL,
                                 person ? person->address : NULL,
                                 petition->area,
                                 petition->field,
                                 petition->text};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        putc(';', self->file);
        put(self->file, cells[i]);
    }
    fputs("\r\n", self->file);
}

static int export_row(struct export *self, const struct kn_row *row)
{
    struct kn_message *answer = NULL;
    struct kn_case_get ask = {.case_ = row->case_};
    int rc = row->case_ ? kn_agent_request(self->agent, &answer, KN_TYPE_CASE_GET, &ask) : KN_OK;
    const struct kn_case_view *view = answer ? answer->body : NULL;
    if (rc == KN_OK && view && view->petition && view->petition->text) {
        put_row(self, row, view->petition);
        self->n_rows++;
    } else if (rc == KN_OK) {
        self->n_left_out++;
    }
    kn_message_destroy(&answer);
    return rc;
}

static int export_rows(struct export *self, const char *batch)
{
    char after[128] = "";
    bool is_first = true, more = true;
    int rc = KN_OK;
    while (rc == KN_OK && more && !kn_agent_is_stopping(self->agent)) {
        struct kn_message *answer = NULL;
        struct kn_batch_get ask = {.batch = batch, .after = *after ? after : NULL};
        rc = kn_agent_request(self->agent, &answer, KN_TYPE_BATCH_GET, &ask);
        const struct kn_batch_view *page = rc == KN_OK ? answer->body : NULL;
        if (page && is_first && page->n_batches > 0) {
            put_head(self, &page->batches[0]);
            is_first = false;
        }
        for (size_t i = 0; page && rc == KN_OK && i < page->n_rows; i++) {
            rc = export_row(self, &page->rows[i]);
        }
        more = page && page->more_after;
        (void)snprintf(after, sizeof after, "%s", more ? page->more_after : "");
        kn_message_destroy(&answer);
    }
    return rc == KN_OK && is_first ? KN_E_NOT_FOUND : rc;
}

int batch_export(kn_agent_t *agent, int argc, char **argv)
{
    struct export self = {.agent = agent};
    (void)argc;
    umask(077);
    if (!(self.file = fopen(argv[1], "w"))) {
        kn_agent_fault(agent, argv[1], KN_CODE_STORAGE, NULL, strerror(errno));
        return KN_E_IO;
    }
    int rc = export_rows(&self, argv[0]);
    bool is_written = ferror(self.file) == 0;
    is_written = fclose(self.file) == 0 && is_written;
    if (rc == KN_OK && !is_written) {
        kn_agent_fault(agent, argv[1], KN_CODE_STORAGE, NULL, strerror(errno));
        rc = KN_E_IO;
    }
    if (rc == KN_OK) {
        kn_agent_print(agent,
                       KN_TR(agent,
                             "%s: %" PRIu64 " kiến nghị; %" PRIu64
                             " dòng bị từ chối hoặc đã xóa không có trong tệp",
                             "%s: %" PRIu64 " petitions; %" PRIu64
                             " rows that were refused or erased are not in it"),
                       argv[1], self.n_rows, self.n_left_out);
    } else {
        (void)remove(argv[1]);
    }
    return rc;
}
