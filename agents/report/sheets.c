/* sheets.c - see the header. One function for each form stands in forms[]. */
#include "agents/report/sheets.h"

#include <errno.h>
#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define TR(vi, en) KN_TR(agent, vi, en)

struct form;

struct sheets {
    kn_agent_t *agent;
    const struct form *form;
    const char *path, *key, *name;
    const struct sheets_column *columns;
    size_t n;
    unsigned row;
    bool failed;
    FILE *out;          /* CSV, JSON */
    lxw_workbook *book; /* XLSX */
    lxw_worksheet *sheet;
    lxw_format *heading, *title, *text;
    struct libscols_table *table; /* the terminal */
};

struct form {
    const char *ending;
    void (*begin)(sheets_t *self, const char *title);
    void (*row)(sheets_t *self, const char *const *cells);
    void (*end)(sheets_t *self); /* of a sheet */
};

static const char *heading_of(const sheets_t *self, size_t i)
{
    return KN_TR(self->agent, self->columns[i].vi, self->columns[i].en);
}

/* ---- XLSX ---------------------------------------------------------------------------------- */

enum { TITLE_ROW, HEADING_ROW = 2, FIRST_ROW, PORTRAIT = 90, LINE_POINTS = 15, MOST_POINTS = 405 };

/* Lines that TEXT takes in a column of WIDTH letters when it is broken between words. */
static int lines_of(const char *text, int width)
{
    int n_lines = 1, n_letters = 0, n_word = 0;
    for (const char *at = text; *at; at++) {
        if ((unsigned char)*at >> 6 == 2)
            continue; /* inside of a letter */
        n_word = *at == ' ' || *at == '\n' ? 0 : n_word + 1;
        n_letters++;
        if (*at == '\n' || n_letters > width) {
            n_letters = n_word < width ? n_word : 1;
            n_lines++;
        }
    }
    return n_lines;
}

/* A row is as high as its longest cell: not every program does that by itself. */
static void set_height(sheets_t *self, unsigned row, int n_lines)
{
    int points = n_lines * LINE_POINTS;
    if (n_lines > 1)
        worksheet_set_row(self->sheet, row, points < MOST_POINTS ? points : MOST_POINTS, NULL);
}

/* A4, upright when the columns allow it, as wide as a page, its heading on each. */
static void set_page(sheets_t *self, int width)
{
    if (width > PORTRAIT)
        worksheet_set_landscape(self->sheet);
    worksheet_set_paper(self->sheet, 9);
    worksheet_set_margins(self->sheet, 0.6, 0.5, 0.6, 0.7);
    worksheet_fit_to_pages(self->sheet, 1, 0);
    worksheet_repeat_rows(self->sheet, HEADING_ROW, HEADING_ROW);
    worksheet_set_footer(self->sheet, KN_TR(self->agent, "&C&\"Times New Roman\"&10Trang &P/&N",
                                            "&C&\"Times New Roman\"&10Page &P of &N"));
}

static void begin_xlsx(sheets_t *self, const char *title)
{
    int width = 0, n_lines = 1;
    self->sheet = workbook_add_worksheet(self->book, self->name);
    if (!self->sheet) {
        self->failed = true;
        return;
    }
    for (size_t i = 0; i < self->n; i++) {
        const struct sheets_column *column = &self->columns[i];
        int lines = lines_of(heading_of(self, i), column->width - 2);
        worksheet_set_column(self->sheet, (lxw_col_t)i, (lxw_col_t)i, column->width, NULL);
        worksheet_write_string(self->sheet, HEADING_ROW, (lxw_col_t)i, heading_of(self, i),
                               self->heading);
        width += column->width;
        n_lines = lines > n_lines ? lines : n_lines;
    }
    if (self->n > 1)
        worksheet_merge_range(self->sheet, TITLE_ROW, 0, TITLE_ROW, (lxw_col_t)(self->n - 1), title,
                              self->title);
    else
        worksheet_write_string(self->sheet, TITLE_ROW, 0, title, self->title);
    set_height(self, TITLE_ROW, 1 + lines_of(title, 7 * width / 10));
    set_height(self, HEADING_ROW, n_lines + 1);
    worksheet_freeze_panes(self->sheet, FIRST_ROW, 0);
    set_page(self, width);
    self->row = FIRST_ROW;
}

static void row_xlsx(sheets_t *self, const char *const *cells)
{
    int n_lines = 1;
    for (size_t i = 0; i < self->n && self->sheet; i++) {
        const struct sheets_column *column = &self->columns[i];
        int lines = cells[i] && !column->is_number ? lines_of(cells[i], column->width) : 1;
        n_lines = lines > n_lines ? lines : n_lines;
        if (!cells[i] || !cells[i][0])
            worksheet_write_blank(self->sheet, self->row, (lxw_col_t)i, self->text);
        else if (column->is_number)
            worksheet_write_number(self->sheet, self->row, (lxw_col_t)i, strtod(cells[i], NULL),
                                   self->text);
        else
            worksheet_write_string(self->sheet, self->row, (lxw_col_t)i, cells[i], self->text);
    }
    set_height(self, self->row, n_lines);
    self->row++;
}

static void end_xlsx(sheets_t *self)
{
    if (self->sheet && self->row > FIRST_ROW)
        worksheet_autofilter(self->sheet, HEADING_ROW, 0, self->row - 1, (lxw_col_t)(self->n - 1));
}

/* ---- CSV ----------------------------------------------------------------------------------- */

static void put_cell(sheets_t *self, size_t i, const char *text)
{
    fputc('"', self->out);
    for (const char *at = text ? text : ""; *at; at++) {
        if (*at == '"')
            fputc('"', self->out);
        fputc(*at, self->out);
    }
    fputs(i + 1 < self->n ? "\";" : "\"\n", self->out);
}

/* PATH.csv becomes PATH-KEY.csv. */
static void begin_csv(sheets_t *self, const char *title)
{
    char path[4096];
    (void)title;
    snprintf(path, sizeof path, "%.*s-%s.csv", (int)strlen(self->path) - 4, self->path, self->key);
    self->out = fopen(path, "wx");
    if (!self->out) {
        kn_agent_fault(self->agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
        self->failed = true;
        return;
    }
    fputs("\xEF\xBB\xBF", self->out); /* spreadsheets know UTF-8 by it */
    for (size_t i = 0; i < self->n; i++)
        put_cell(self, i, heading_of(self, i));
}

static void row_csv(sheets_t *self, const char *const *cells)
{
    for (size_t i = 0; i < self->n && self->out; i++)
        put_cell(self, i, cells[i]);
}

static void end_csv(sheets_t *self)
{
    self->failed |= self->out && fclose(self->out) != 0;
    self->out = NULL;
}

/* ---- JSON Lines ---------------------------------------------------------------------------- */

static void begin_json(sheets_t *self, const char *title)
{
    (void)self;
    (void)title;
}

static json_t *value_of(const sheets_t *self, size_t i, const char *text)
{
    return !self->columns[i].is_number ? json_string(text)
           : strchr(text, '.')         ? json_real(strtod(text, NULL))
                                       : json_integer(strtoll(text, NULL, 10));
}

static void row_json(sheets_t *self, const char *const *cells)
{
    json_t *row = json_pack("{s:s}", "sheet", self->key);
    for (size_t i = 0; i < self->n && row; i++) {
        if (!cells[i] || !cells[i][0])
            continue;
        json_object_set_new(row, self->columns[i].key, value_of(self, i, cells[i]));
    }
    self->failed |= !row || json_dumpf(row, self->out, JSON_COMPACT | JSON_REAL_PRECISION(15)) ||
                    fputc('\n', self->out) == EOF;
    json_decref(row);
}

static void end_json(sheets_t *self)
{
    self->failed |= fflush(self->out) != 0;
}

/* ---- the terminal -------------------------------------------------------------------------- */

static void begin_terminal(sheets_t *self, const char *title)
{
    printf("%s\n", title);
    self->table = scols_new_table();
    for (size_t i = 0; i < self->n && self->table; i++)
        scols_table_new_column(self->table, heading_of(self, i), 0,
                               self->columns[i].is_number ? SCOLS_FL_RIGHT
                               : i + 1 == self->n         ? SCOLS_FL_TRUNC
                                                          : 0);
}

static void row_terminal(sheets_t *self, const char *const *cells)
{
    struct libscols_line *line = self->table ? scols_table_new_line(self->table, NULL) : NULL;
    for (size_t i = 0; i < self->n && line; i++)
        scols_line_set_data(line, i, cells[i] ? cells[i] : "");
    self->row++;
}

static void end_terminal(sheets_t *self)
{
    if (self->table && self->row)
        scols_print_table(self->table);
    else
        puts(KN_TR(self->agent, "(không có)", "(none)"));
    scols_unref_table(self->table);
    putchar('\n');
    self->table = NULL;
}

/* ---- all of them --------------------------------------------------------------------------- */

enum { XLSX, CSV, JSON, TERMINAL };
static const struct form forms[] = {
    [XLSX] = {".xlsx", begin_xlsx, row_xlsx, end_xlsx},
    [CSV] = {".csv", begin_csv, row_csv, end_csv},
    [JSON] = {".jsonl", begin_json, row_json, end_json},
    [TERMINAL] = {NULL, begin_terminal, row_terminal, end_terminal},
};

static bool ends(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

/* The type face of documents of the state (Decree 30/2020). */
static lxw_format *new_format(lxw_workbook *book, double size)
{
    lxw_format *format = workbook_add_format(book);
    format_set_font_name(format, "Times New Roman");
    format_set_font_size(format, size);
    return format;
}

static bool open_xlsx(sheets_t *self)
{
    self->book = access(self->path, F_OK) == 0 ? NULL : workbook_new(self->path);
    if (!self->book) {
        errno = EEXIST;
        return false;
    }
    self->title = new_format(self->book, 14);
    format_set_bold(self->title);
    format_set_text_wrap(self->title);
    format_set_align(self->title, LXW_ALIGN_CENTER);
    format_set_align(self->title, LXW_ALIGN_VERTICAL_CENTER);
    self->heading = new_format(self->book, 11);
    format_set_bold(self->heading);
    format_set_text_wrap(self->heading);
    format_set_border(self->heading, LXW_BORDER_THIN);
    format_set_bg_color(self->heading, 0xE7EDF4);
    format_set_align(self->heading, LXW_ALIGN_CENTER);
    format_set_align(self->heading, LXW_ALIGN_VERTICAL_CENTER);
    self->text = new_format(self->book, 11);
    format_set_text_wrap(self->text);
    format_set_border(self->text, LXW_BORDER_THIN);
    format_set_align(self->text, LXW_ALIGN_VERTICAL_TOP);
    return true;
}

sheets_t *sheets_open(kn_agent_t *agent, const char *path)
{
    sheets_t *self = calloc(1, sizeof *self);
    bool good = self != NULL;
    if (!self)
        return NULL;
    self->agent = agent;
    self->path = path;
    self->form = path ? NULL : &forms[kn_agent_is_json(agent) ? JSON : TERMINAL];
    for (int i = XLSX; path && i <= JSON; i++)
        self->form = ends(path, forms[i].ending) ? &forms[i] : self->form;
    if (!self->form) {
        kn_agent_fault(agent, path, KN_CODE_INVALID, NULL,
                       TR("tên tệp phải kết thúc bằng .xlsx, .csv hoặc .jsonl",
                          "the name ends in .xlsx, .csv or .jsonl"));
        free(self);
        return NULL;
    }
    if (self->form == &forms[XLSX])
        good = open_xlsx(self);
    else if (self->form == &forms[JSON])
        good = (self->out = path ? fopen(path, "wx") : stdout) != NULL;
    if (!good) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL,
                       errno == EEXIST ? TR("đã có; không ghi đè", "exists; nothing is overwritten")
                                       : strerror(errno));
        free(self);
        return NULL;
    }
    return self;
}

static void end_sheet(sheets_t *self)
{
    if (self->key)
        self->form->end(self);
    self->key = NULL;
}

void sheets_begin(sheets_t *self, const char *key, const char *name, const char *title,
                  const struct sheets_column *columns, size_t n)
{
    end_sheet(self);
    self->key = key;
    self->name = name;
    self->row = 0;
    self->columns = columns;
    self->n = n < SHEETS_MAX_COLUMNS ? n : SHEETS_MAX_COLUMNS;
    self->form->begin(self, title);
}

void sheets_row(sheets_t *self, const char *const *cells)
{
    if (!self->failed)
        self->form->row(self, cells);
}

int sheets_close(sheets_t **self_p)
{
    sheets_t *self = *self_p;
    if (!self)
        return KN_OK;
    end_sheet(self);
    if (self->book)
        self->failed |= workbook_close(self->book) != LXW_NO_ERROR;
    if (self->form == &forms[JSON] && self->path)
        self->failed |= fclose(self->out) != 0;
    int rc = self->failed ? KN_E_IO : KN_OK;
    if (rc)
        kn_agent_fault(
            self->agent, self->path, KN_CODE_STORAGE, NULL,
            KN_TR(self->agent, "không ghi được báo cáo", "the report cannot be written"));
    free(self);
    *self_p = NULL;
    return rc;
}
