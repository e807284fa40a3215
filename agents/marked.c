/* marked.c - the error file: the table as it came, every row in its place, and a column "Lỗi".
 *
 * It is mended and imported again as it is: the column is known and not read, rows that were taken
 * repeat, mended ones are stored. The table is walked twice, once for where the headings of each
 * sheet stand, once to copy. What cannot be copied (pictures, colours, formulas behind values)
 * stays in the file that came.
 */
#include "agents/marked.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { MAX_SHEETS = 256 };

/* Where the mark of a sheet goes. */
struct place {
    char sheet[64];
    uint64_t headings;
    size_t column;
};

struct copy {
    struct place places[MAX_SHEETS];
    size_t n_places;
    const struct kn_agent_refusal **refusals; /* by row */
    size_t n_refusals;
    bool is_document; /* lines and tables: rows are written one after the other */

    lxw_workbook *book; /* XLSX, or */
    lxw_worksheet *page;
    unsigned sheet_number;
    uint32_t next_row;
    FILE *file; /* CSV */
    char delimiter;
};

/* ---- what goes where ----------------------------------------------------------------------- */

static bool same_sheet(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static void note_place(struct copy *self, const read_table_t *table, const char *sheet)
{
    struct place *place = &self->places[self->n_places];
    if (self->n_places > 0 && same_sheet(self->places[self->n_places - 1].sheet, sheet)) {
        return;
    }
    if (self->n_places < MAX_SHEETS) {
        (void)snprintf(place->sheet, sizeof place->sheet, "%s", sheet ? sheet : "");
        place->headings = read_table_headings(table, &place->column);
        self->n_places++;
    }
}

/* Walks the table for its headings. */
static int find_places(struct copy *self, const char *path, const struct read_form *form,
                       struct read_fault *fault)
{
    read_table_t *table = NULL;
    struct read_row row;
    int rc = read_table_open(&table, path, form, NULL, NULL, fault);
    if (rc != KN_OK) {
        return rc;
    }
    self->delimiter = read_table_delimiter(table);
    while ((rc = read_table_next(table, &row, fault)) == 1 || rc == KN_E_INVALID) {
        note_place(self, table, row.sheet);
    }
    read_table_close(&table);
    return rc;
}

static int by_row(const void *a, const void *b)
{
    const struct kn_agent_refusal *const *x = a, *const *y = b;
    return ((*x)->row > (*y)->row) - ((*x)->row < (*y)->row);
}

static int sort_refusals(struct copy *self, const struct kn_agent_refusal *refusals, size_t n)
{
    self->refusals = calloc(n + 1, sizeof *self->refusals);
    if (!self->refusals) {
        return KN_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        self->refusals[i] = &refusals[i];
    }
    self->n_refusals = n;
    qsort(self->refusals, n, sizeof *self->refusals, by_row);
    return KN_OK;
}

static const char *words_of(const struct copy *self, const struct read_record *record)
{
    size_t low = 0, high = self->n_refusals;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->refusals[middle]->row < (int64_t)record->number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < self->n_refusals && self->refusals[low]->row == (int64_t)record->number; low++) {
        if (same_sheet(self->refusals[low]->sheet, record->sheet)) {
            return self->refusals[low]->words;
        }
    }
    return "";
}

/* What the mark of RECORD says and in which column; NULL: nothing is to be written there. */
static const char *mark_of(const struct copy *self, const struct read_record *record,
                           size_t *column)
{
    for (size_t i = 0; !record->is_line && i < self->n_places; i++) {
        const struct place *place = &self->places[i];
        if (same_sheet(place->sheet, record->sheet)) {
            *column = place->column;
            return record->number < place->headings    ? NULL
                   : record->number == place->headings ? "Lỗi"
                                                       : words_of(self, record);
        }
    }
    return NULL;
}

/* ---- writing ------------------------------------------------------------------------------- */

static int put_xlsx(struct copy *self, uint32_t row, size_t column, const char *text)
{
    lxw_error rc = *text ? worksheet_write_string(self->page, row, (lxw_col_t)column, text, NULL)
                         : LXW_NO_ERROR;
    return rc == LXW_NO_ERROR || rc == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? KN_OK : KN_E_IO;
}

static void put_csv(struct copy *self, const char *text, bool is_first)
{
    const char special[] = {'"', '\n', '\r', self->delimiter, '\0'};
    if (!is_first) {
        putc(self->delimiter, self->file);
    }
    if (!strpbrk(text, special)) {
        fputs(text, self->file);
        return;
    }
    putc('"', self->file);
    for (; *text; text++) {
        if (*text == '"') {
            putc('"', self->file);
        }
        putc(*text, self->file);
    }
    putc('"', self->file);
}

/* A sheet of the copy for each one of the workbook; one for all tables of a document. */
static int turn_page(struct copy *self, const struct read_record *record)
{
    if (self->page && (self->is_document || self->sheet_number == record->sheet_number)) {
        return KN_OK;
    }
    self->sheet_number = record->sheet_number;
    bool is_fit = record->sheet && !self->is_document &&
                  workbook_validate_sheet_name(self->book, record->sheet) == LXW_NO_ERROR;
    self->page = workbook_add_worksheet(self->book, is_fit ? record->sheet : NULL);
    self->next_row = 0;
    return self->page ? KN_OK : KN_E_IO;
}

static int write_xlsx(struct copy *self, const struct read_record *record)
{
    size_t column = 0;
    const char *mark = mark_of(self, record, &column);
    int rc = turn_page(self, record);
    uint32_t row = self->is_document ? self->next_row++ : (uint32_t)record->number - 1;
    const char *colon = record->is_line ? strchr(record->cell[0], ':') : NULL;
    if (rc == KN_OK && colon) { /* "Ngày: 20/11/2026": a line of two cells */
        record->cell[0][colon - record->cell[0]] = '\0';
        rc = put_xlsx(self, row, 1, colon + 1);
    }
    for (size_t i = 0; rc == KN_OK && i < record->n; i++) {
        if (!mark || i != column) {
            rc = put_xlsx(self, row, i, record->cell[i]);
        }
    }
    return rc == KN_OK && mark ? put_xlsx(self, row, column, mark) : rc;
}

static void write_csv(struct copy *self, const struct read_record *record)
{
    size_t column = 0;
    const char *mark = mark_of(self, record, &column);
    size_t n = mark && column >= record->n ? column + 1 : record->n;
    for (; self->next_row + 1 < record->number; self->next_row++) {
        fputs("\r\n", self->file); /* a blank row stays one */
    }
    for (size_t i = 0; i < n; i++) {
        put_csv(self, mark && i == column ? mark : i < record->n ? record->cell[i] : "", i == 0);
    }
    fputs("\r\n", self->file);
    self->next_row = (uint32_t)record->number;
}

/* A row that could not be parted into cells has its mark alone. */
static int write_record(struct copy *self, struct read_record *record, bool is_whole)
{
    static char none[] = "";
    char *cell[1] = {none};
    if (!is_whole) {
        record->n = 1;
        record->cell = cell;
    }
    if (self->file) {
        write_csv(self, record);
        return ferror(self->file) ? KN_E_IO : KN_OK;
    }
    return write_xlsx(self, record);
}

static int copy_all(struct copy *self, const char *path, struct read_fault *fault)
{
    read_records_t *records = NULL;
    struct read_record record;
    int rc = read_records_open(&records, path, NULL, NULL, fault);
    rc = rc == KN_OK ? read_records_rewind(records, self->delimiter, fault) : rc;
    while (rc == KN_OK && (rc = read_records_next(records, &record, fault)) != 0) {
        if (rc == 1 || rc == KN_E_INVALID) {
            self->is_document = self->is_document || record.is_line;
            rc = write_record(self, &record, rc == 1);
        }
    }
    if (records) {
        read_records_close(&records);
    }
    return rc;
}

static int open_out(struct copy *self, const char *out)
{
    if (self->delimiter) {
        self->file = fopen(out, "wb");
        return self->file && fputs("\xEF\xBB\xBF", self->file) >= 0 ? KN_OK : KN_E_IO;
    }
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    self->book = workbook_new_opt(out, &options);
    return self->book ? KN_OK : KN_E_IO;
}

int marked_write(char *out, size_t out_size, const char *path, const char *folder,
                 const struct read_form *form, const struct kn_agent_refusal *refusals,
                 size_t n_refusals, struct read_fault *fault)
{
    struct copy *self = calloc(1, sizeof *self);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    int rc = self ? find_places(self, path, form, fault) : KN_E_NOMEM;
    if (rc != KN_OK || (rc = sort_refusals(self, refusals, n_refusals)) != KN_OK) {
        goto done;
    }
    (void)snprintf(out, out_size, "%s/%.*s.loi.%s", folder,
                   (int)(dot ? dot - name : (long)strlen(name)), name,
                   self->delimiter ? "csv" : "xlsx");
    rc = open_out(self, out);
    rc = rc == KN_OK ? copy_all(self, path, fault) : rc;
    if (self->file && fclose(self->file) != 0 && rc == KN_OK) {
        rc = KN_E_IO;
    }
    if (self->book && workbook_close(self->book) != LXW_NO_ERROR && rc == KN_OK) {
        rc = KN_E_IO;
    }
    if (rc == KN_E_IO) {
        fault->kind = READ_SPOOL;
    }
    if (rc != KN_OK) {
        unlink(out);
    }
done:
    if (self) {
        free(self->refusals);
    }
    free(self);
    return rc;
}
