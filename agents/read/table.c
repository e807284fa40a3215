/* table.c - records into rows of petitions: sheets, headings, sections, cells.
 *
 * A form is made as a clerk makes it: perhaps titles, lines "key;value" that say which meeting or
 * document it is, one row of headings (of two storeys, when cells are merged), one row a petition,
 * perhaps titles of sections between them. Each sheet has headings of its own; a sheet without is
 * named and left out. Header lines are those of the first sheet that has headings, and a later one
 * may not say otherwise. Where numbers begin anew with each section, a row is known by both.
 */
#include "agents/read/parts.h"
#include "hub/text/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_ABOVE = 200 /* records before the headings */, MAX_SECTION = 16, MAX_TITLE = 200 };

struct read_table {
    read_records_t *records;
    char *path;
    read_warn_fn *warn;
    void *told;
    char delimiter;
    struct read_headers headers;
    uint32_t required;
    const read_forms_t *forms;
    read_forms_t *own_forms; /* when the caller brought none */
    int form;                /* of the sheet being read */
    int only_form;           /* the one asked for; -1: any */
    unsigned first_sheet;    /* the first one with headings */
    uint64_t headings_at;    /* their row there */

    /* The sheet being read. */
    unsigned sheet_number;
    char sheet[64];
    bool is_looking;  /* no headings yet */
    bool is_numbered; /* the row of column numbers below them has gone by, or there is none */
    bool is_merge_told[READ_COLUMNS], is_hidden_told;
    uint64_t headings_row;       /* of this sheet */
    size_t mark_column;          /* of "Lỗi", or the one behind the last */
    size_t n_headings;           /* cells of the heading row, without empty ones behind */
    int column[READ_MAX_CELLS];  /* which READ_... a cell is, -1: no heading */
    char *heading[READ_COLUMNS]; /* as written */
    char section[MAX_SECTION];   /* its own number: "I", "B", or "" */

    char *decoded[READ_MAX_CELLS]; /* cells of the record that were in a legacy encoding */
    size_t lengths[READ_MAX_CELLS];
    enum text_encoding encoding; /* of one of them; TEXT_UTF8: there are none */
    bool is_legacy_told;

    char *cell[READ_COLUMNS]; /* of the row given last */
    char number[64];          /* with that of its section */
};

static bool is_empty(const struct read_record *record, size_t i)
{
    return record->cell[i][strspn(record->cell[i], " \t\r\n")] == '\0';
}

static enum read_state state_of(const struct read_record *record, size_t i)
{
    return record->state ? (enum read_state)record->state[i] : READ_CELL_PLAIN;
}

static void set_fault(const read_table_t *self, struct read_fault *fault, enum read_kind kind,
                      uint64_t row)
{
    read_fault_set(fault, kind, self->path, row);
    read_copy(fault->sheet, sizeof fault->sheet, self->sheet);
}

static void warn_of(const read_table_t *self, enum read_kind kind, uint64_t row, const char *column,
                    const char *value)
{
    struct read_fault fault;
    set_fault(self, &fault, kind, row);
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
    set_fault(self, fault, kind, row);
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
        if (is_empty(record, i)) {
            continue;
        }
        self->n_headings = i + 1;
        int column = self->column[i] = read_forms_column(self->forms, self->form, text);
        if (column == READ_UNSENT || column == READ_OWN) {
            if (column == READ_UNSENT) {
                warn_of(self, READ_NOT_SENT, record->number, text, "");
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
            set_fault(self, fault, READ_MEMORY, record->number);
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
            if (!is_empty(&lower, i) && state_of(&lower, i) != READ_CELL_ABOVE) {
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
        set_fault(self, fault, READ_SHEET_HEADER, row);
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
        if (!is_empty(record, i)) {
            value = i;
            n++;
        }
    }
    if (n == 0 || is_empty(record, 0)) { /* titles and letter heads say nothing to a machine */
        return KN_OK;
    }
    bool known = read_forms_line(self->forms, record->cell[0]) >= 0;
    if (!is_first) {
        return n == 1 && known ? compare_header(self, record->cell[0], record->cell[value],
                                                record->number, fault)
                               : KN_OK;
    }
    if (n > 1 && known) {
        set_fault(self, fault, READ_HEADER_CELLS, record->number);
        read_copy(fault->value, sizeof fault->value, record->cell[0]);
        return KN_E_INVALID;
    }
    if (n > 1) { /* a letter head over several cells, or headings of which we know one at most */
        set_fault(self, fault, READ_NO_TABLE, record->number);
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
        warn_of(self, READ_SHEET_SKIPPED, 0, "", "");
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

/* ---- rows --------------------------------------------------------------------------------- */

static int row_fault(read_table_t *self, struct read_fault *fault, enum read_kind kind, int column)
{
    uint64_t row = fault->row;
    set_fault(self, fault, kind, row);
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
    enum read_state state = state_of(record, i);
    bool is_needed = column != READ_NUMBER && column != READ_NOTE;
    if (state == READ_CELL_PLAIN) {
        return !is_empty(record, i);
    }
    if (state == READ_CELL_ABOVE) {
        if (column == READ_TEXT && !is_empty(record, i)) {
            return row_fault(self, fault, READ_MERGED_TEXT, column);
        }
        if (is_needed && !is_empty(record, i) && !self->is_merge_told[column]) {
            self->is_merge_told[column] = true;
            warn_of(self, READ_MERGED, record->number, self->heading[column], "");
        }
        return is_needed && !is_empty(record, i);
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
    while (n > 0 && is_empty(record, n - 1) && state_of(record, n - 1) == READ_CELL_PLAIN) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        int column = i < self->n_headings ? self->column[i] : -1;
        if (column < 0 && !is_empty(record, i) && state_of(record, i) != READ_CELL_ABOVE) {
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
        if (!is_empty(record, i)) {
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
    char key[MAX_SECTION];
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
        if (is_empty(record, i) || state_of(record, i) == READ_CELL_ABOVE) {
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
    char key[MAX_SECTION];
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
static bool is_aside(read_table_t *self, const struct read_record *record)
{
    size_t title = 0;
    const char *number;
    bool blank = true;
    for (size_t i = 0; i < record->n; i++) {
        blank = blank && (is_empty(record, i) || state_of(record, i) == READ_CELL_ABOVE);
    }
    if (blank || record->is_line) {
        return true;
    }
    bool first = !self->is_numbered;
    self->is_numbered = true;
    if (is_headings(self, record) || (first && is_numbering(record))) {
        warn_of(self, READ_HEADINGS_AGAIN, record->number, "", "");
        return true;
    }
    if (is_section(self, record, &title, &number)) {
        take_section(self, record->cell[title], number);
        warn_of(self, READ_SECTION, record->number, "", record->cell[title]);
        return true;
    }
    if (record->is_hidden && !self->is_hidden_told) {
        self->is_hidden_told = true;
        warn_of(self, READ_HIDDEN_ROW, record->number, "", "");
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
        if (column == READ_NUMBER || column == READ_OWN || is_empty(record, i)) {
            continue;
        }
        mark = (mark ^ i) * 0x100000001b3u;
        for (size_t j = 0; j < record->length[i]; j++) {
            mark = (mark ^ (unsigned char)record->cell[i][j]) * 0x100000001b3u;
        }
    }
    return mark;
}

/* A record of a sheet whose headings are still to come; a fault there ends the file. */
static int look_on(read_table_t *self, const struct read_record *record, struct read_fault *fault)
{
    int rc = count_known(self, record, NULL) > 1 ? begin_rows(self, record, fault)
                                                 : take_above(self, record, fault);
    return rc == KN_E_INVALID ? KN_E_CORRUPT : rc;
}

/* The next record that is a row. */
static int find_row(read_table_t *self, struct read_record *record, struct read_fault *fault)
{
    for (;;) {
        int rc = next_record(self, record, fault);
        if (rc == 0 && self->is_looking && self->sheet[0]) {
            warn_of(self, READ_SHEET_SKIPPED, 0, "", "");
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
        } else if (rc < 0 || !is_aside(self, record)) {
            return rc;
        }
    }
}

int read_table_next(read_table_t *self, struct read_row *row, struct read_fault *fault)
{
    struct read_record record;
    memset(row, 0, sizeof *row);
    row->received_at = -1;
    int rc = find_row(self, &record, fault);
    row->number = record.number;
    row->sheet = self->sheet[0] ? self->sheet : NULL;
    if (rc != 1) {
        return rc;
    }
    for (int i = 0; i < READ_COLUMNS; i++) {
        free(self->cell[i]);
        self->cell[i] = NULL;
    }
    set_fault(self, fault, READ_REQUIRED, record.number);
    row->mark = mark_of(self, &record);
    rc = place(self, &record, fault);
    for (int i = 0; i < READ_COLUMNS; i++) {
        row->cell[i] = self->cell[i]; /* also of a refused row: as far as it could be read */
    }
    if (self->encoding != TEXT_UTF8) {
        row->encoding = text_encoding_name(self->encoding);
        if (!self->is_legacy_told) {
            self->is_legacy_told = true;
            warn_of(self, READ_LEGACY, record.number, "", row->encoding);
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
