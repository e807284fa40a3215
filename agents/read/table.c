/* table.c - records into rows of petitions: sheets, headings, the lines above them.
 *
 * A form is made as a clerk makes it: perhaps titles, lines "key;value" that say which meeting or
 * document it is, one row of headings (of two storeys, when cells are merged), one row a petition
 * (table_rows.c). Each sheet has headings of its own; a sheet without is named and left out. Header
 * lines are those of the first sheet that has headings, and a later one may not say otherwise.
 */
#include "agents/read/table.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_ABOVE = 200 /* records before the headings */ };

void read_table_fault(const read_table_t *self, struct read_fault *fault, enum read_kind kind,
                      uint64_t row)
{
    read_fault_set(fault, kind, self->path, row);
    read_copy(fault->sheet, sizeof fault->sheet, self->sheet);
}

void read_table_warn(const read_table_t *self, enum read_kind kind, uint64_t row,
                     const char *column, const char *value)
{
    struct read_fault fault;
    read_table_fault(self, &fault, kind, row);
    read_copy(fault.column, sizeof fault.column, column);
    read_copy(fault.value, sizeof fault.value, value);
    if (self->warn) {
        self->warn(self->told, &fault);
    }
}

/* ---- records ------------------------------------------------------------------------------- */

/* TEXT as it is in Unicode, NULL when it is no legacy text beyond doubt. */
static int decode_text(read_table_t *self, char **out, const char *text, size_t length)
{
    enum text_encoding encoding;
    bool doubt;
    int rc = text_decode(out, &encoding, &doubt, text, length);
    if (rc == KN_OK && *out && doubt) {
        free(*out);
        *out = NULL;
    }
    self->encoding = rc == KN_OK && *out ? encoding : self->encoding;
    return rc;
}

/* The row as one text: its short cells alone tell too little. */
static int decode_row(read_table_t *self, const struct read_record *record)
{
    struct read_bytes row = {0};
    char *decoded = NULL;
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < record->n; i++) {
        rc = read_put(&row, record->cell[i], record->length[i]);
        rc = rc == KN_OK ? read_put(&row, " \x1F ", 3) : rc;
    }
    rc = rc == KN_OK ? decode_text(self, &decoded, row.at, row.length) : rc;
    char *rest = decoded, *cell;
    for (size_t i = 0; rc == KN_OK && i < record->n && (cell = strsep(&rest, "\x1F")); i++) {
        rc = (self->decoded[i] = strdup(cell)) ? KN_OK : KN_E_NOMEM;
    }
    free(decoded);
    free(row.at);
    return rc;
}

/* Cells in TCVN3, VNI, ... are decoded. */
static int decode(read_table_t *self, struct read_record *record, struct read_fault *fault)
{
    enum { LONG = 24 }; /* a cell that tells by itself */
    bool is_plain = true;
    int rc = KN_OK;
    for (size_t i = 0; i < READ_MAX_CELLS; i++) {
        free(self->decoded[i]);
        self->decoded[i] = NULL;
    }
    self->encoding = TEXT_UTF8;
    for (size_t i = 0; is_plain && i < record->n; i++) {
        for (size_t j = 0; is_plain && j < record->length[i]; j++) {
            is_plain = !(record->cell[i][j] & 0x80);
        }
    }
    if (is_plain) {
        return KN_OK;
    }
    rc = decode_row(self, record);
    bool is_whole = self->encoding != TEXT_UTF8;
    for (size_t i = 0; rc == KN_OK && i < record->n; i++) {
        self->lengths[i] = record->length[i];
        if (!is_whole && record->length[i] >= LONG) {
            rc = decode_text(self, &self->decoded[i], record->cell[i], record->length[i]);
        }
        if (self->decoded[i]) {
            record->cell[i] = self->decoded[i];
            self->lengths[i] = strlen(self->decoded[i]);
        }
    }
    record->length = self->lengths;
    if (rc != KN_OK) {
        read_fault_set(fault, READ_MEMORY, self->path, record->number);
    }
    return rc;
}

static int next_record(read_table_t *self, struct read_record *record, struct read_fault *fault)
{
    int rc = read_records_next(self->records, record, fault);
    int decoded = rc == 1 ? decode(self, record, fault) : KN_OK;
    return decoded == KN_OK ? rc : decoded;
}

/* ---- headings ----------------------------------------------------------------------------- */

/* How many cells are headings of FORM. */
static size_t count_of(const read_table_t *self, int form, const struct read_record *record)
{
    bool seen[READ_COLUMNS] = {false};
    size_t n = 0;
    for (size_t i = 0; !record->is_line && i < record->n; i++) {
        int column = read_forms_column(self->forms, form, record->cell[i]);
        if (column >= 0 && (!seen[column] || column == READ_UNSENT)) {
            seen[column] = true;
            n++;
        }
    }
    return n;
}

/* How many cells are known headings, two make a heading row; FORM (may be NULL) knows most. */
static size_t count_known(const read_table_t *self, const struct read_record *record, int *form)
{
    size_t best = 0;
    for (int i = 0; read_forms_name(self->forms, i); i++) {
        size_t n = self->only_form < 0 || self->only_form == i ? count_of(self, i, record) : 0;
        if (n > best) {
            best = n;
            if (form) {
                *form = i;
            }
        }
    }
    return best;
}

static void suggest(const read_table_t *self, struct read_fault *fault, const char *text)
{
    read_forms_suggest(self->forms, self->form, fault->expected, sizeof fault->expected, text);
}

/* The delimiter under which a row of headings appears, with the most known ones; '\0': none. */
static int sniff(read_table_t *self, struct read_fault *fault)
{
    static const char candidates[] = ";,\t|";
    struct read_record record;
    size_t best = 1;
    for (const char *at = candidates; *at; at++) {
        if (read_records_rewind(self->records, *at, fault)) {
            return KN_E_IO;
        }
        for (int n = 0, rc = 1; n < MAX_ABOVE && rc != 0; n++) {
            rc = next_record(self, &record, fault);
            if (rc < 0 && rc != KN_E_INVALID) {
                return rc;
            }
            size_t known = rc == 1 ? count_known(self, &record, NULL) : 0;
            if (known > best) {
                best = known;
                self->delimiter = *at;
                self->headings_at = record.number;
            }
            if (known > 1) {
                break;
            }
        }
    }
    return KN_OK;
}

/* The first sheet that has headings. */
static int find_sheet(read_table_t *self, struct read_fault *fault)
{
    struct read_record record;
    unsigned sheet = 0;
    int rc = read_records_rewind(self->records, '\0', fault), n = 0;
    while (rc == KN_OK && (rc = next_record(self, &record, fault)) != 0) {
        if (rc < 0 && rc != KN_E_INVALID) {
            return rc;
        }
        n = record.sheet_number == sheet ? n + 1 : 0;
        sheet = record.sheet_number;
        if (rc == 1 && n < MAX_ABOVE && count_known(self, &record, NULL) > 1) {
            self->first_sheet = record.sheet_number;
            self->headings_at = record.number;
            return KN_OK;
        }
        rc = KN_OK;
    }
    return rc;
}

static int heading_fault(read_table_t *self, struct read_fault *fault, enum read_kind kind,
                         uint64_t row, const char *heading, const char *other)
{
    read_table_fault(self, fault, kind, row);
    read_copy(fault->value, sizeof fault->value, heading);
    read_copy(fault->column, sizeof fault->column, heading);
    if (other) {
        read_copy(fault->expected, sizeof fault->expected, other);
    } else {
        suggest(self, fault, heading);
    }
    return KN_E_INVALID;
}

static void forget_headings(read_table_t *self)
{
    for (int i = 0; i < READ_COLUMNS; i++) {
        free(self->heading[i]);
        self->heading[i] = NULL;
        self->is_merge_told[i] = false;
    }
    self->n_headings = 0;
    self->section[0] = '\0';
    self->is_numbered = self->is_hidden_told = false;
    self->is_looking = true;
}

/* Whether TEXT is the heading of what is wrong with each row. */
static bool is_mark(const char *text)
{
    char key[16];
    return read_key(key, sizeof key, text) < sizeof key &&
           (read_equal(key, "loi") || read_equal(key, "error"));
}

/* Takes the headings; those of a second storey replace what stands above them. */
static int take_headings(read_table_t *self, const struct read_record *record,
                         struct read_fault *fault)
{
    bool has_mark = false;
    (void)count_known(self, record, &self->form);
    self->headings_row = record->number;
    for (size_t i = 0; i < record->n; i++) {
        const char *text = record->cell[i];
        self->column[i] = -1;
        if (table_is_empty(record, i)) {
            continue;
        }
        self->n_headings = i + 1;
        int column = self->column[i] = read_forms_column(self->forms, self->form, text);
        if (column == READ_UNSENT || column == READ_OWN) {
            if (column == READ_UNSENT) {
                read_table_warn(self, READ_NOT_SENT, record->number, text, "");
            } else if (!has_mark && is_mark(text)) {
                has_mark = true;
                self->mark_column = i;
            }
            continue;
        }
        if (column < 0) {
            return heading_fault(self, fault, READ_UNKNOWN_COLUMN, record->number, text, NULL);
        }
        if (self->heading[column]) {
            return heading_fault(self, fault, READ_COLUMN_TWICE, record->number, text,
                                 self->heading[column]);
        }
        if (!(self->heading[column] = read_clean(text, strlen(text)))) {
            read_table_fault(self, fault, READ_MEMORY, record->number);
            return KN_E_NOMEM;
        }
    }
    self->mark_column = has_mark ? self->mark_column : self->n_headings;
    self->is_looking = false;
    return KN_OK;
}

static int check_headings(read_table_t *self, uint64_t row, struct read_fault *fault)
{
    for (int i = 0; i < READ_COLUMNS; i++) {
        if ((self->required & 1U << i) && !self->heading[i]) {
            (void)heading_fault(self, fault, READ_COLUMN_MISSING, row,
                                read_forms_column_name(self->forms, self->form, i), "");
            fault->field = read_column_field(i);
            return KN_E_INVALID;
        }
    }
    return KN_OK;
}

/* Headings of two storeys: cells of the first that span columns give way to those below them. */
static int take_two_storeys(read_table_t *self, const struct read_record *record,
                            struct read_fault *fault)
{
    struct read_record lower;
    char *cell[READ_MAX_CELLS] = {NULL};
    uint64_t row = record->number;
    size_t n = record->n;
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < n; i++) {
        rc = (cell[i] = strdup(record->cell[i])) ? KN_OK : KN_E_NOMEM;
    }
    if (rc == KN_OK && (rc = next_record(self, &lower, fault)) == 1) {
        rc = KN_OK;
        for (size_t i = 0; rc == KN_OK && i < lower.n; i++) {
            if (!table_is_empty(&lower, i) && table_state_of(&lower, i) != READ_CELL_ABOVE) {
                free(cell[i]);
                rc = (cell[i] = strdup(lower.cell[i])) ? KN_OK : KN_E_NOMEM;
            } else if (!cell[i]) {
                rc = (cell[i] = strdup("")) ? KN_OK : KN_E_NOMEM;
            }
        }
        n = lower.n > n ? lower.n : n;
    }
    struct read_record both = {.number = row, .n = n, .cell = cell};
    rc = rc == KN_OK ? take_headings(self, &both, fault) : rc;
    for (size_t i = 0; i < n; i++) {
        free(cell[i]);
    }
    return rc;
}

/* Whether the heading row has cells over several columns with names below them. */
static int begin_rows(read_table_t *self, const struct read_record *record,
                      struct read_fault *fault)
{
    uint64_t row = record->number;
    int rc = record->is_spanned ? take_two_storeys(self, record, fault)
                                : take_headings(self, record, fault);
    return rc == KN_OK ? check_headings(self, row, fault) : rc;
}

/* ---- above the headings -------------------------------------------------------------------- */

/* A paragraph of a document above its table: "Ngày: 20/11/2026", or a title. */
static int take_line(read_table_t *self, const struct read_record *record, struct read_fault *fault)
{
    char *line = record->cell[0], *mark = strchr(line, ':');
    if (!mark) {
        return KN_OK;
    }
    *mark = '\0';
    return read_forms_line(self->forms, line) < 0
               ? KN_OK
               : read_headers_take(&self->headers, self->forms, line, mark + 1, record->number,
                                   self->path, fault);
}

/* A header line on a later sheet: it may repeat, not differ. */
static int compare_header(read_table_t *self, const char *key, const char *value, uint64_t row,
                          struct read_fault *fault)
{
    struct read_headers again = {0};
    int header = read_forms_line(self->forms, key);
    int rc = read_headers_take(&again, self->forms, key, value, row, self->path, fault);
    const char *first = self->headers.value[header];
    if (rc == KN_OK && again.value[header] && (!first || strcmp(first, again.value[header]) != 0)) {
        read_table_fault(self, fault, READ_SHEET_HEADER, row);
        read_copy(fault->column, sizeof fault->column, key);
        read_copy(fault->value, sizeof fault->value, again.value[header]);
        read_copy(fault->expected, sizeof fault->expected, first ? first : "–");
        rc = KN_E_INVALID;
    }
    read_headers_clear(&again);
    return rc;
}

/* One record above the headings: a title (one cell) or a header line (two). */
static int take_above(read_table_t *self, const struct read_record *record,
                      struct read_fault *fault)
{
    size_t value = 0, n = 0;
    bool is_first = self->sheet_number <= self->first_sheet;
    if (record->is_line) {
        return is_first ? take_line(self, record, fault) : KN_OK;
    }
    for (size_t i = 1; i < record->n; i++) {
        if (!table_is_empty(record, i)) {
            value = i;
            n++;
        }
    }
    if (n == 0 ||
        table_is_empty(record, 0)) { /* titles and letter heads say nothing to a machine */
        return KN_OK;
    }
    bool known = read_forms_line(self->forms, record->cell[0]) >= 0;
    if (!is_first) {
        return n == 1 && known ? compare_header(self, record->cell[0], record->cell[value],
                                                record->number, fault)
                               : KN_OK;
    }
    if (n > 1 && known) {
        read_table_fault(self, fault, READ_HEADER_CELLS, record->number);
        read_copy(fault->value, sizeof fault->value, record->cell[0]);
        return KN_E_INVALID;
    }
    if (n > 1) { /* a letter head over several cells, or headings of which we know one at most */
        read_table_fault(self, fault, READ_NO_TABLE, record->number);
        suggest(self, fault, "");
        return KN_E_INVALID;
    }
    return read_headers_take(&self->headers, self->forms, record->cell[0], record->cell[value],
                             record->number, self->path, fault);
}

/* ---- sheets -------------------------------------------------------------------------------- */

/* Begins the sheet of RECORD when it is another one. */
static void enter(read_table_t *self, const struct read_record *record)
{
    if (record->sheet_number == self->sheet_number) {
        return;
    }
    if (self->is_looking && self->sheet[0]) {
        read_table_warn(self, READ_SHEET_SKIPPED, 0, "", "");
    }
    forget_headings(self);
    self->sheet_number = record->sheet_number;
    read_copy(self->sheet, sizeof self->sheet, record->sheet ? record->sheet : "");
}

/* Reads down to the first headings and takes them. */
static int read_top(read_table_t *self, struct read_fault *fault)
{
    struct read_record record;
    int rc =
        read_records_are_delimited(self->records) ? sniff(self, fault) : find_sheet(self, fault);
    if (rc != KN_OK) {
        return rc;
    }
    if (!self->headings_at) {
        read_fault_set(fault, READ_NO_TABLE, self->path, 0);
        suggest(self, fault, "");
        return KN_E_INVALID;
    }
    rc = read_records_rewind(self->records, self->delimiter, fault);
    while (rc == KN_OK && (rc = next_record(self, &record, fault)) != 0) {
        bool is_ours = record.sheet_number == self->first_sheet;
        if (rc < 0 && (is_ours || rc != KN_E_INVALID)) {
            return rc;
        }
        if (rc == 1) {
            enter(self, &record);
        }
        if (rc == 1 && is_ours && record.number == self->headings_at && !record.is_line) {
            return begin_rows(self, &record, fault);
        }
        rc = rc == 1 && (is_ours || record.is_line) ? take_above(self, &record, fault) : KN_OK;
    }
    return rc == 0 ? KN_E_IO : rc; /* the file changed since it was sniffed */
}

/* The form that the caller asked for. */
static int choose_form(read_table_t *self, const char *name, struct read_fault *fault)
{
    size_t used = 0;
    self->only_form = -1;
    for (int i = 0; name && read_forms_name(self->forms, i); i++) {
        if (read_equal(read_forms_name(self->forms, i), name)) {
            self->only_form = self->form = i;
        }
    }
    if (!name || self->only_form >= 0) {
        return KN_OK;
    }
    read_fault_set(fault, READ_FORM_UNKNOWN, self->path, 0);
    read_copy(fault->value, sizeof fault->value, name);
    for (int i = 0; read_forms_name(self->forms, i) && used < sizeof fault->expected; i++) {
        used += (size_t)snprintf(fault->expected + used, sizeof fault->expected - used, "%s%s",
                                 i ? ", " : "", read_forms_name(self->forms, i));
    }
    return KN_E_INVALID;
}

int read_table_open(read_table_t **out, const char *path, const struct read_form *form,
                    read_warn_fn *warn, void *told, struct read_fault *fault)
{
    read_table_t *self = calloc(1, sizeof *self);
    int rc = KN_E_NOMEM;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self || !(self->path = strdup(path))) {
        goto done;
    }
    self->warn = warn;
    self->told = told;
    self->required = form->columns;
    self->forms = form->forms;
    if (!self->forms && !(self->forms = self->own_forms = read_forms_standard())) {
        goto done;
    }
    if ((rc = choose_form(self, form->name, fault)) == KN_OK &&
        (rc = read_records_open(&self->records, path, warn, told, fault)) == KN_OK &&
        (rc = read_top(self, fault)) == KN_OK) {
        *out = self;
        self = NULL;
    }
done:
    read_table_close(&self);
    return rc == KN_E_CORRUPT ? KN_E_INVALID : rc;
}

void read_table_close(read_table_t **self_p)
{
    read_table_t *self = *self_p;
    if (self) {
        read_records_close(&self->records);
        read_forms_destroy(&self->own_forms);
        read_headers_clear(&self->headers);
        forget_headings(self);
        for (int i = 0; i < READ_COLUMNS; i++) {
            free(self->cell[i]);
        }
        for (size_t i = 0; i < READ_MAX_CELLS; i++) {
            free(self->decoded[i]);
        }
        free(self->path);
        free(self);
        *self_p = NULL;
    }
}

const struct read_headers *read_table_headers(const read_table_t *self)
{
    return &self->headers;
}

bool read_table_has(const read_table_t *self, enum read_column column)
{
    return self->heading[column] != NULL;
}

uint64_t read_table_headings(const read_table_t *self, size_t *mark_column)
{
    *mark_column = self->mark_column;
    return self->headings_row;
}

char read_table_delimiter(const read_table_t *self)
{
    return self->delimiter;
}

const char *read_table_form(const read_table_t *self)
{
    return read_forms_name(self->forms, self->form);
}

int read_table_require(read_table_t *self, uint32_t columns, struct read_fault *fault)
{
    self->required = columns;
    return check_headings(self, self->headings_at, fault);
}

int read_table_rewind(read_table_t *self, struct read_fault *fault)
{
    struct read_record record;
    int rc = read_records_rewind(self->records, self->delimiter, fault);
    self->warn = NULL; /* everything was told the first time */
    do {
        rc = rc < 0 ? rc : next_record(self, &record, fault);
    } while ((rc == 1 || rc == KN_E_INVALID) &&
             (record.sheet_number < self->first_sheet || record.is_line ||
              record.number < self->headings_at));
    if (rc != 1) {
        return rc < 0 ? rc : KN_E_IO;
    }
    self->is_looking = false;
    self->sheet_number = record.sheet_number;
    read_copy(self->sheet, sizeof self->sheet, record.sheet ? record.sheet : "");
    forget_headings(self);
    return begin_rows(self, &record, fault);
}

/* ---- one after the other ---------------------------------------------------------------- */

/* A record of a sheet whose headings are still to come; a fault there ends the file. */
static int look_on(read_table_t *self, const struct read_record *record, struct read_fault *fault)
{
    int rc = count_known(self, record, NULL) > 1 ? begin_rows(self, record, fault)
                                                 : take_above(self, record, fault);
    return rc == KN_E_INVALID ? KN_E_CORRUPT : rc;
}

/* The next record that is a row. */
int read_table_find_row(read_table_t *self, struct read_record *record, struct read_fault *fault)
{
    for (;;) {
        int rc = next_record(self, record, fault);
        if (rc == 0 && self->is_looking && self->sheet[0]) {
            read_table_warn(self, READ_SHEET_SKIPPED, 0, "", "");
            self->sheet[0] = '\0';
        }
        if (rc == 0 || (rc < 0 && rc != KN_E_INVALID)) {
            return rc;
        }
        enter(self, record);
        if (self->is_looking) {
            rc = rc == 1 ? look_on(self, record, fault) : KN_OK;
            if (rc < 0) {
                return rc;
            }
        } else if (rc < 0 || !read_table_is_aside(self, record)) {
            return rc;
        }
    }
}
