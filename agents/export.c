/* export.c - the alerts of a period (--since, --until), filtered as the monitor is: as an XLSX or
 * CSV file, or JSON lines on the standard output. No personal data is in it; cells that a
 * spreadsheet would calculate are written as text.
 */
#include "agents/export.h"

#include "agents/names.h"
#include "agents/read/read.h"
#include "agents/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { N_COLUMNS = 8, QUIET_TURNS = 10, POLL_MS = 300, JSON_SIZE = 64 * 1024 };

static const struct {
    const char *vi, *en;
    double width;
} columns[N_COLUMNS] = {{"Thời điểm", "Time", 17}, {"Mã kiến nghị", "Case", 20},
                        {"Sự việc", "Event", 60},  {"Mức", "Tier", 20},
                        {"Đơn vị", "Unit", 34},    {"Lĩnh vực", "Field", 24},
                        {"Địa bàn", "Area", 24},   {"Hạn", "Due", 12}};

/* ---- filters -----------------------------------------------------------------------------------
 */

/* Whether the list OPTION is empty or has VALUE. */
static bool has(const kn_agent_t *agent, const char *option, const char *value)
{
    const char *one;
    size_t i = 0;
    for (; (one = kn_agent_list(agent, option, i)); i++) {
        if (value && strcmp(one, value) == 0) {
            return true;
        }
    }
    return i == 0;
}

bool monitor_lets_through(const kn_agent_t *agent, const struct kn_event *event)
{
    return has(agent, "tier", event->tier ? kn_enum_text(KN_ENUM_TIER, (int)event->tier) : NULL) &&
           has(agent, "unit", event->unit) && has(agent, "field", event->field) &&
           has(agent, "area", event->area);
}

/* ---- the file ----------------------------------------------------------------------------------
 */

struct export
{
    kn_agent_t *agent;
    int64_t since, until;
    FILE *csv;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t n_rows;
    bool is_past; /* the period is over: nothing of it comes any more */
};

/* A cell of CSV: quoted; what begins like a formula gets an apostrophe. */
static void put_csv(FILE *out, const char *text)
{
    fputc('"', out);
    if (*text && strchr("=+-@\t\r", *text)) {
        fputc('\'', out);
    }
    for (; *text; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_row(struct export *self, const char *const cells[N_COLUMNS])
{
    for (int i = 0; i < N_COLUMNS; i++) {
        if (self->csv) {
            put_csv(self->csv, cells[i]);
            fputs(i + 1 < N_COLUMNS ? ";" : "\r\n", self->csv);
        } else {
            worksheet_write_string(self->sheet, self->n_rows, (lxw_col_t)i, cells[i], NULL);
        }
    }
    self->n_rows++;
}

static int put_event(struct export *self, const struct kn_event *event)
{
    char when[17], words[400], due[11] = "";
    bool is_vi = kn_agent_is_vi(self->agent);
    if (!self->csv && !self->book) {
        static char text[JSON_SIZE];
        int n = kn_record_print(text, sizeof text, KN_SCHEMA_EVENT, event, true);
        self->n_rows++;
        return n > 0 && n < JSON_SIZE && puts(text) != EOF ? KN_OK : KN_E_IO;
    }
    words_time(when, event->at);
    words_event(words, sizeof words, event, is_vi);
    if (event->has_due_at) {
        words_due(due, event->due_at);
    }
    put_row(self, (const char *[]){when, event->case_ ? event->case_ : "", words,
                                   words_of(KN_ENUM_TIER, (int)event->tier, is_vi),
                                   names_of(NAMES_UNIT, event->unit, is_vi),
                                   names_of(NAMES_FIELD, event->field, is_vi),
                                   names_of(NAMES_AREA, event->area, is_vi), due});
    return KN_OK;
}

static int take(void *arg, uint64_t position, const struct kn_event *event)
{
    struct export *self = arg;
    (void)position;
    self->is_past = event->at >= self->until;
    return !self->is_past && event->at >= self->since && monitor_lets_through(self->agent, event)
               ? put_event(self, event)
               : KN_OK;
}

static int open_file(struct export *self, const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL, *titles[N_COLUMNS];
    if (!path) {
        return KN_OK;
    }
    for (int i = 0; i < N_COLUMNS; i++) {
        titles[i] = KN_TR(self->agent, columns[i].vi, columns[i].en);
    }
    if (dot && strcasecmp(dot, ".xlsx") == 0) {
        lxw_workbook_options options = {.constant_memory = LXW_TRUE};
        self->book = workbook_new_opt(path, &options);
        self->sheet = self->book ? workbook_add_worksheet(self->book, NULL) : NULL;
        for (int i = 0; self->sheet && i < N_COLUMNS; i++) {
            worksheet_set_column(self->sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
        }
        if (self->sheet) {
            worksheet_freeze_panes(self->sheet, 1, 0);
        }
    } else if (dot && strcasecmp(dot, ".csv") == 0) {
        self->csv = fopen(path, "w");
        if (self->csv) {
            fputs("\xEF\xBB\xBF", self->csv); /* Excel */
        }
    } else {
        errno = EINVAL;
    }
    if (!self->csv && !self->sheet) {
        kn_agent_fault(self->agent, path, KN_CODE_UNREADABLE, NULL,
                       errno == EINVAL
                           ? KN_TR(self->agent, "tên tệp phải kết thúc bằng .xlsx hoặc .csv",
                                   "the name must end in .xlsx or .csv")
                           : strerror(errno));
        return KN_E_INVALID;
    }
    put_row(self, titles);
    return KN_OK;
}

static int close_file(struct export *self, const char *path, int rc)
{
    bool is_good = true;
    if (self->csv) {
        is_good = !ferror(self->csv);
        is_good = fclose(self->csv) == 0 && is_good;
    }
    if (self->book) {
        is_good = workbook_close(self->book) == LXW_NO_ERROR;
    }
    if (!is_good) {
        kn_agent_fault(self->agent, path, KN_CODE_STORAGE, NULL,
                       kn_agent_remedy(self->agent, KN_CODE_STORAGE));
        return KN_E_IO;
    }
    if (rc == KN_OK && path) {
        kn_agent_print(self->agent, KN_TR(self->agent, "%s: %u cảnh báo", "%s: %u alerts"), path,
                       (unsigned)self->n_rows - 1);
    }
    return rc;
}

/* ---- the period --------------------------------------------------------------------------------
 */

static int day_of(kn_agent_t *agent, int64_t *at, const char *option, int64_t standard)
{
    const char *text = kn_agent_text(agent, option);
    *at = standard;
    if (text && read_time(at, text) != KN_OK) {
        kn_agent_fault(
            agent, option, KN_CODE_INVALID, NULL,
            KN_TR(agent, "không phải ngày – ghi như 24/11/2026", "no day - write 24/11/2026"));
        return KN_E_INVALID;
    }
    return KN_OK;
}

/* Reads the stream from --since until it is read, or the period is over. */
static int follow(struct export *self)
{
    char consumer[40];
    kn_client_t *client = kn_agent_client(self->agent);
    struct kn_subscribe_options options = {.has_after = true, .keeps_own_cursor = true};
    (void)snprintf(consumer, sizeof consumer, "export-%d", (int)getpid());
    if (!client) {
        return KN_E_IO;
    }
    if (self->since > 0) { /* else from the first one */
        options.has_since = true;
        options.since = self->since;
    }
    int rc = kn_client_subscribe(client, kn_agent_flag(self->agent, "all") ? "all" : "alerts",
                                 consumer, &options, take, self);
    for (int quiet = 0; rc == KN_OK && !self->is_past && quiet < QUIET_TURNS;) {
        uint64_t last, before = kn_client_position(client, 1, &last), after;
        rc = kn_agent_poll(self->agent, POLL_MS);
        after = kn_client_position(client, 1, &last);
        if (kn_client_is_caught_up(client, 1) && last > 0) {
            break;
        }
        quiet = after != before || kn_client_state(client) != KN_CLIENT_READY ? 0 : quiet + 1;
    }
    return rc;
}

int export_run(kn_agent_t *agent, int argc, char **argv)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    struct export self = {.agent = agent};
    const char *path = argc > 0 ? argv[0] : NULL;
    int rc = day_of(agent, &self.since, "since", 0);
    rc = rc == KN_OK ? day_of(agent, &self.until, "until", INT64_MAX - DAY_MS) : rc;
    self.until += DAY_MS; /* the end of that day */
    rc = rc == KN_OK ? open_file(&self, path) : rc;
    if (rc == KN_OK) {
        rc = close_file(&self, path, follow(&self));
    }
    return rc;
}
