/* table_rows.c - what stands below the headings: petitions, titles of sections, cells.
 *
 * A row is refused by name or given; nothing is guessed. Titles of sections, headings repeated at
 * the top of a page and the numbers of columns are no petitions. Where numbers begin anew with each
 * section, a row is known by both.
 */
#include "agents/read/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TITLE = 200 };

/* ---- rows --------------------------------------------------------------------------------- */

static int row_fault(read_table_t *self, struct read_fault *fault, enum read_kind kind, int column)
{
    uint64_t row = fault->row;
    read_table_fault(self, fault, kind, row);
    if (column >= 0) {
        read_copy(fault->column, sizeof fault->column,
                  self->heading[column] ? self->heading[column]
                                        : read_forms_column_name(self->forms, self->form, column));
        fault->field = read_column_field(column);
        (void)snprintf(fault->expected, sizeof fault->expected, "%zu", read_column_max(column));
    }
    return KN_E_INVALID;
}

/* "như trên", "nt", "-nt-": what stands above is meant, and we will not guess which part. */
static bool is_ditto(const char *text)
{
    char key[16];
    return read_key(key, sizeof key, text) < sizeof key &&
           (strcmp(key, "nhutren") == 0 || strcmp(key, "nt") == 0 || strcmp(key, "ntr") == 0);
}

/* Whether the cell may be taken as it stands: 1; 0: it says nothing; else it is refused. */
static int judge(read_table_t *self, const struct read_record *record, size_t i, int column,
                 struct read_fault *fault)
{
    enum read_state state = table_state_of(record, i);
    bool is_needed = column != READ_NUMBER && column != READ_NOTE;
    if (state == READ_CELL_PLAIN) {
        return !table_is_empty(record, i);
    }
    if (state == READ_CELL_ABOVE) {
        if (column == READ_TEXT && !table_is_empty(record, i)) {
            return row_fault(self, fault, READ_MERGED_TEXT, column);
        }
        if (is_needed && !table_is_empty(record, i) && !self->is_merge_told[column]) {
            self->is_merge_told[column] = true;
            read_table_warn(self, READ_MERGED, record->number, self->heading[column], "");
        }
        return is_needed && !table_is_empty(record, i);
    }
    if (!is_needed) {
        return 0;
    }
    (void)row_fault(self, fault, state == READ_CELL_FAILED ? READ_CELL_ERROR : READ_CELL_NO_VALUE,
                    column);
    read_copy(fault->value, sizeof fault->value, record->cell[i]);
    return KN_E_INVALID;
}

/* Puts the cells of RECORD where their headings say. */
static int place(read_table_t *self, const struct read_record *record, struct read_fault *fault)
{
    size_t n = record->n;
    int verdict = KN_OK;
    while (n > 0 && table_is_empty(record, n - 1) &&
           table_state_of(record, n - 1) == READ_CELL_PLAIN) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        int column = i < self->n_headings ? self->column[i] : -1;
        if (column < 0 && !table_is_empty(record, i) &&
            table_state_of(record, i) != READ_CELL_ABOVE) {
            (void)row_fault(self, fault, READ_ROW_CELLS, -1);
            (void)snprintf(fault->value, sizeof fault->value, "%zu", n);
            (void)snprintf(fault->expected, sizeof fault->expected, "%zu", self->n_headings);
            return KN_E_INVALID;
        }
        if (column == READ_UNSENT || column == READ_OWN) {
            continue;
        }
        if (!read_is_text(record->cell[i], record->length[i])) {
            return row_fault(self, fault, READ_NOT_TEXT, column);
        }
        int rc = column < 0 || verdict < 0 ? 0 : judge(self, record, i, column, fault);
        if (rc < 0) {
            verdict = rc; /* the number, which may stand behind, is still wanted */
        }
        if (column >= 0 && (rc == 1 || (verdict < 0 && column == READ_NUMBER)) &&
            !(self->cell[column] = read_clean(record->cell[i], record->length[i]))) {
            (void)row_fault(self, fault, READ_MEMORY, -1);
            return KN_E_NOMEM;
        }
    }
    return verdict;
}

/* The cells as values, and whether they may be so. */
static int check(read_table_t *self, struct read_row *row, struct read_fault *fault)
{
    for (int i = 0; i < READ_COLUMNS; i++) {
        const char *text = self->cell[i];
        if ((self->required & 1U << i) && !text) {
            return row_fault(self, fault, READ_REQUIRED, i);
        }
        if (text && i != READ_NOTE && is_ditto(text)) {
            (void)row_fault(self, fault, READ_DITTO, i);
            read_copy(fault->value, sizeof fault->value, text);
            return KN_E_INVALID;
        }
        if (text && read_characters(text) > read_column_max(i)) {
            return row_fault(self, fault, READ_TOO_LONG, i);
        }
    }
    const char *received = self->cell[READ_RECEIVED];
    if (received && read_time(&row->received_at, received) != KN_OK) {
        (void)row_fault(self, fault, READ_BAD_DATE, READ_RECEIVED);
        read_copy(fault->value, sizeof fault->value, received);
        return KN_E_INVALID;
    }
    return KN_OK;
}

/* ---- rows that are no petitions ------------------------------------------------------------ */

/* Whether RECORD is the heading row once more, as at the top of a printed page. */
static bool is_headings(const read_table_t *self, const struct read_record *record)
{
    size_t n = 0, same = 0;
    for (size_t i = 0; i < record->n; i++) {
        if (!table_is_empty(record, i)) {
            n++;
            same += i < self->n_headings && self->column[i] >= 0 &&
                    read_forms_column(self->forms, self->form, record->cell[i]) == self->column[i];
        }
    }
    return n > 1 && n == same;
}

/* Whether RECORD numbers the columns: "(1) (2) (3)", as printed forms have below their headings. */
static bool is_numbering(const struct read_record *record)
{
    char key[8];
    for (size_t i = 0; i < record->n; i++) {
        if (read_key(key, sizeof key, record->cell[i]) >= sizeof key ||
            strspn(key, "0123456789") != strlen(key) || strtoul(key, NULL, 10) != i + 1) {
            return false;
        }
    }
    return record->n > 2;
}

/* "I", "IV.", "B": how sections are numbered and rows are not; "" is not. */
static bool is_section_number(const char *text)
{
    char key[TABLE_MAX_SECTION];
    size_t n = read_key(key, sizeof key, text);
    return n > 0 && n < sizeof key && (strspn(key, "ivxl") == n || (n == 1 && isalpha(key[0])));
}

/* Whether RECORD is the title of a section: it stands over several columns, or nothing else stands
 * in the row than a number that rows do not have and a short title. */
static bool is_section(const read_table_t *self, const struct read_record *record, size_t *title,
                       const char **number)
{
    size_t n = 0;
    bool has_text = false, is_first_number = false;
    *number = "";
    for (size_t i = 0; i < record->n; i++) {
        if (table_is_empty(record, i) || table_state_of(record, i) == READ_CELL_ABOVE) {
            continue;
        }
        int column = i < self->n_headings ? self->column[i] : -1;
        if (n++ == 0 && column == READ_NUMBER) {
            *number = record->cell[i];
            is_first_number = true;
        }
        has_text |= column == READ_TEXT;
        *title = i;
    }
    if (n == 0 || n > 2 || read_characters(record->cell[*title]) > MAX_TITLE) {
        return false;
    }
    if (n == 2) {
        return is_first_number && is_section_number(*number);
    }
    const char *text = record->cell[*title];
    bool is_counted = strspn(text, "0123456789. ") == strlen(text);
    if (is_first_number && !is_counted) { /* "I. Giao thông" in one cell */
        *number = is_section_number(text) ? text : "";
        return true;
    }
    return record->is_spanned && !has_text;
}

/* Keeps the number of the section, so that rows numbered anew are told apart. */
static void take_section(read_table_t *self, const char *title, const char *number)
{
    char key[TABLE_MAX_SECTION];
    size_t n = strcspn(title, ". )-");
    (void)snprintf(key, sizeof key, "%.*s", (int)(n < sizeof key ? n : 0), title);
    if (!*number && n < sizeof key && is_section_number(key)) {
        number = key; /* "I. Giao thông" */
    }
    self->section[0] = '\0';
    if (*number) {
        (void)read_key(self->section, sizeof self->section, number);
    }
}

/* Whether RECORD is no petition; then everything is said that is to be said of it. */
bool read_table_is_aside(read_table_t *self, const struct read_record *record)
{
    size_t title = 0;
    const char *number;
    bool blank = true;
    for (size_t i = 0; i < record->n; i++) {
        blank =
            blank && (table_is_empty(record, i) || table_state_of(record, i) == READ_CELL_ABOVE);
    }
    if (blank || record->is_line) {
        return true;
    }
    bool first = !self->is_numbered;
    self->is_numbered = true;
    if (is_headings(self, record) || (first && is_numbering(record))) {
        read_table_warn(self, READ_HEADINGS_AGAIN, record->number, "", "");
        return true;
    }
    if (is_section(self, record, &title, &number)) {
        take_section(self, record->cell[title], number);
        read_table_warn(self, READ_SECTION, record->number, "", record->cell[title]);
        return true;
    }
    if (record->is_hidden && !self->is_hidden_told) {
        self->is_hidden_told = true;
        read_table_warn(self, READ_HIDDEN_ROW, record->number, "", "");
    }
    return false;
}

/* ---- one after the other ------------------------------------------------------------------- */

/* FNV-1a over the cells as they stand, without the number: that changes when a row is inserted. */
static uint64_t mark_of(const read_table_t *self, const struct read_record *record)
{
    uint64_t mark = 0xcbf29ce484222325u;
    for (size_t i = 0; i < record->n; i++) {
        int column = i < self->n_headings ? self->column[i] : -1;
        if (column == READ_NUMBER || column == READ_OWN || table_is_empty(record, i)) {
            continue;
        }
        mark = (mark ^ i) * 0x100000001b3u;
        for (size_t j = 0; j < record->length[i]; j++) {
            mark = (mark ^ (unsigned char)record->cell[i][j]) * 0x100000001b3u;
        }
    }
    return mark;
}

int read_table_next(read_table_t *self, struct read_row *row, struct read_fault *fault)
{
    struct read_record record;
    memset(row, 0, sizeof *row);
    row->received_at = -1;
    int rc = read_table_find_row(self, &record, fault);
    row->number = record.number;
    row->sheet = self->sheet[0] ? self->sheet : NULL;
    if (rc != 1) {
        return rc;
    }
    for (int i = 0; i < READ_COLUMNS; i++) {
        free(self->cell[i]);
        self->cell[i] = NULL;
    }
    read_table_fault(self, fault, READ_REQUIRED, record.number);
    row->mark = mark_of(self, &record);
    rc = place(self, &record, fault);
    for (int i = 0; i < READ_COLUMNS; i++) {
        row->cell[i] = self->cell[i]; /* also of a refused row: as far as it could be read */
    }
    if (self->encoding != TEXT_UTF8) {
        row->encoding = text_encoding_name(self->encoding);
        if (!self->is_legacy_told) {
            self->is_legacy_told = true;
            read_table_warn(self, READ_LEGACY, record.number, "", row->encoding);
        }
    }
    const char *number = self->cell[READ_NUMBER];
    if (number && self->section[0] && strspn(number, "0123456789") == strlen(number)) {
        (void)snprintf(self->number, sizeof self->number, "%s.%.40s", self->section, number);
        row->cell[READ_NUMBER] = self->number;
    }
    rc = rc == KN_OK ? check(self, row, fault) : rc;
    return rc == KN_OK ? 1 : rc;
}
