/* odf.c - OpenDocument, spreadsheet or text, into records: every table is a sheet.
 *
 * One part holds everything (content.xml), so it is walked once, in order. Rows and cells that
 * repeat are written once with a count; what stands in the last column and is repeated a thousand
 * times is how a spreadsheet says "empty". Paragraphs outside tables (of a text) are lines.
 */
#include "agents/read/package.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_HIDDEN = 64, STYLE_NAME = 64 };

struct odf {
    package_t *package;
    char *path;
    read_warn_fn *warn;
    void *told;
    struct part *part;
    char hidden[MAX_HIDDEN][STYLE_NAME]; /* styles of tables that are not shown */
    size_t n_hidden;
    char style[STYLE_NAME]; /* being read */
    char *name;             /* of the table */
    bool in_table, is_warned;
    uint64_t repeats; /* how often the row in CELLS is still to be given */
    uint64_t n_rows;  /* of the table so far */
    uint64_t n_lines;
    unsigned n_lists; /* open ones */
    struct read_cells cells;
    struct read_bytes text;
};

/* Elements whose text is not what a cell or paragraph says. */
static bool is_aside(const char *name)
{
    static const char *const asides[] = {"annotation", "annotation-end",  "note",
                                         "shapes",     "tracked-changes", "frame",
                                         "forms",      "custom-shape"};
    for (size_t i = 0; i < sizeof asides / sizeof *asides; i++) {
        if (read_equal(name, asides[i])) {
            return true;
        }
    }
    return false;
}

static int memory(const struct odf *self, struct read_fault *fault)
{
    read_fault_set(fault, READ_MEMORY, self->path, 0);
    return KN_E_NOMEM;
}

/* Appends the text of the element just opened, through its end; each paragraph is a line. */
static int read_text(struct odf *self, bool is_paragraph, struct read_fault *fault)
{
    struct part *part = self->part;
    int depth = part->depth, rc = KN_OK;
    bool any = false, in = is_paragraph;
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part->event == PART_OPEN && is_aside(part->name)) {
            rc = part_skip(part, fault);
        } else if (part_opens(part, "p") || part_opens(part, "h")) {
            rc = any ? read_put(&self->text, "\n", 1) : KN_OK;
            any = in = true;
        } else if (part_closes(part, "p") || part_closes(part, "h")) {
            in = false;
        } else if (part_opens(part, "s")) {
            for (uint32_t n = part_count(part, "c", 1, 1000); rc == KN_OK && n > 0; n--) {
                rc = read_put(&self->text, " ", 1);
            }
        } else if (part_opens(part, "tab") || part_opens(part, "line-break")) {
            rc = read_put(&self->text, read_equal(part->name, "tab") ? "\t" : "\n", 1);
        } else if (part->event == PART_TEXT && in && self->text.length <= READ_MAX_ROW) {
            rc = read_put(&self->text, part_text(part), strlen(part_text(part)));
        }
    }
    return rc;
}

/* ---- cells --------------------------------------------------------------------------------- */

/* "2026-11-24T08:30:00" as people write it: 24/11/2026 08:30. */
static void print_date(char out[64], const char *value)
{
    size_t length = strlen(value);
    if (length >= 10 && value[4] == '-' && value[7] == '-') {
        const char *time =
            length > 11 && strncmp(value + 10, "T00:00:00", 9) != 0 ? value + 11 : "";
        bool is_even = strlen(time) > 7 && strncmp(time + 5, ":00", 3) == 0;
        (void)snprintf(out, 64, "%.2s/%.2s/%.4s%s%.*s", value + 8, value + 5, value,
                       *time ? " " : "", is_even ? 5 : 8, time);
    } else {
        read_copy(out, 64, value);
    }
}

struct cell {
    uint32_t repeats, n_columns, n_rows;
    bool is_covered, has_formula;
    char value[64]; /* a number or day, "" when the text says it */
    enum read_state state;
};

static void begin_cell(const struct odf *self, struct cell *cell)
{
    const struct part *part = self->part;
    const char *type = part_attribute(part, "value-type");
    const char *date = part_attribute(part, "date-value"), *number = part_attribute(part, "value");
    memset(cell, 0, sizeof *cell);
    cell->is_covered = read_equal(part->name, "covered-table-cell");
    cell->repeats = part_count(part, "number-columns-repeated", 1, READ_MAX_ROWS);
    cell->n_columns = part_count(part, "number-columns-spanned", 1, READ_MAX_ROWS);
    cell->n_rows = part_count(part, "number-rows-spanned", 1, READ_MAX_ROWS);
    cell->has_formula = part_attribute(part, "formula") != NULL;
    if (date) {
        print_date(cell->value, date);
    } else if (type && number && read_equal(type, "float")) {
        cell->value[0] = '#'; /* the text shows it, unless it is rounded there */
        read_copy(cell->value + 1, sizeof cell->value - 1, number);
    }
}

/* A whole number is given as it is: its text may be "1.234" or "###". Other numbers as shown. */
static void settle_number(struct odf *self, struct cell *cell)
{
    const char *number = cell->value + 1;
    bool is_whole = strspn(number, "-0123456789") == strlen(number);
    bool is_padded = self->text.length > strlen(number) && self->text.at[0] == '0' &&
                     strspn(self->text.at, "0123456789") == self->text.length;
    if ((is_whole && !is_padded) || self->text.length == 0) {
        memmove(cell->value, number, strlen(number) + 1);
    } else {
        cell->value[0] = '\0';
    }
}

/* What a formula shows that failed: "#REF!", "#NAME?", "#N/A", "Err:502". */
static bool is_error(const char *text, size_t length)
{
    return strncmp(text, "Err:", 4) == 0 ||
           (length > 2 && length < 12 && text[0] == '#' && strchr("!?A", text[length - 1]));
}

static int read_cell(struct odf *self, uint64_t *column, struct read_fault *fault)
{
    struct cell cell;
    begin_cell(self, &cell);
    self->text.length = 0;
    const char *said = part_attribute(self->part, "string-value");
    char *copy = said && *said ? strdup(said) : NULL;
    int rc = read_text(self, false, fault);
    if (rc == KN_OK && copy && self->text.length == 0) {
        rc = read_put(&self->text, copy, strlen(copy));
    }
    free(copy);
    if (rc != KN_OK) {
        return rc;
    }
    if (cell.value[0] == '#') {
        settle_number(self, &cell);
    }
    const char *text = cell.value[0] ? cell.value : self->text.length ? self->text.at : "";
    size_t length = cell.value[0] ? strlen(cell.value) : self->text.length;
    if (cell.has_formula && is_error(text, length)) {
        cell.state = READ_CELL_FAILED;
    } else if (length == 0 && cell.has_formula) {
        cell.state = READ_CELL_UNVALUED;
    }
    bool says = !cell.is_covered && (length > 0 || cell.state != READ_CELL_PLAIN);
    for (uint64_t i = 0; says && i < cell.repeats && rc == KN_OK; i++) {
        rc = read_cells_put(&self->cells, *column + i, text, length, cell.state);
        if (*column + i >= READ_MAX_CELLS) {
            break;
        }
    }
    if (rc == KN_OK && !cell.is_covered) {
        rc = read_cells_merge(&self->cells, *column,
                              self->cells.record.number + (cell.n_rows ? cell.n_rows - 1 : 0),
                              cell.n_columns);
    }
    *column += cell.repeats;
    return rc == KN_OK ? KN_OK : memory(self, fault);
}

/* ---- rows and tables ----------------------------------------------------------------------- */

/* The row just opened, through its end; it is to be given REPEATS times. */
static int read_row(struct odf *self, struct read_fault *fault)
{
    struct part *part = self->part;
    int depth = part->depth, rc = KN_OK;
    uint64_t column = 0, repeats = part_count(part, "number-rows-repeated", 1, UINT32_MAX);
    const char *visibility = part_attribute(part, "visibility");
    bool is_hidden = visibility && !read_equal(visibility, "visible");
    read_cells_row(&self->cells, self->n_rows + 1);
    self->cells.record.is_hidden = is_hidden;
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part_opens(part, "table-cell") || part_opens(part, "covered-table-cell")) {
            rc = read_cell(self, &column, fault);
        }
    }
    self->n_rows += repeats;
    self->repeats = self->cells.has_own ? repeats : 0;
    if (rc == KN_OK && self->repeats > 0 && self->n_rows > READ_MAX_ROWS) {
        read_fault_set(fault, READ_PACKAGE_LIMIT, self->path, 0);
        read_copy(fault->value, sizeof fault->value, self->name ? self->name : "");
        (void)snprintf(fault->expected, sizeof fault->expected, "%d dòng / rows", READ_MAX_ROWS);
        return KN_E_CORRUPT;
    }
    return rc;
}

static bool is_hidden(const struct odf *self, const char *style)
{
    for (size_t i = 0; style && i < self->n_hidden; i++) {
        if (read_equal(self->hidden[i], style)) {
            return true;
        }
    }
    return false;
}

static int begin_table(struct odf *self, struct read_fault *fault)
{
    const char *name = part_attribute(self->part, "name");
    free(self->name);
    if (!(self->name = strdup(name ? name : ""))) {
        return memory(self, fault);
    }
    if (is_hidden(self, part_attribute(self->part, "style-name"))) {
        read_fault_set(fault, READ_SHEET_HIDDEN, self->path, 0);
        read_copy(fault->sheet, sizeof fault->sheet, self->name);
        if (self->warn && !self->is_warned) {
            self->warn(self->told, fault);
        }
        return part_skip(self->part, fault);
    }
    self->in_table = true;
    self->n_rows = 0;
    read_cells_sheet(&self->cells, self->name);
    return KN_OK;
}

/* A paragraph outside tables. */
static int read_line(struct odf *self, struct read_fault *fault)
{
    self->text.length = 0;
    int rc = read_text(self, true, fault);
    self->cells.record.sheet = NULL;
    read_cells_row(&self->cells, ++self->n_lines);
    self->cells.record.is_line = true;
    self->cells.record.is_listed = self->n_lists > 0;
    if (rc == KN_OK && self->text.length > 0 &&
        read_cells_put(&self->cells, 0, self->text.at, self->text.length, READ_CELL_PLAIN) !=
            KN_OK) {
        rc = memory(self, fault);
    }
    self->repeats = self->cells.has_own;
    return rc;
}

/* Which tables are shown is said by their styles. */
static void note_style(struct odf *self)
{
    const char *display;
    if (read_equal(self->part->name, "style")) {
        const char *name = part_attribute(self->part, "name");
        read_copy(self->style, sizeof self->style, name ? name : "");
    } else if (read_equal(self->part->name, "table-properties") && self->n_hidden < MAX_HIDDEN &&
               (display = part_attribute(self->part, "display")) != NULL &&
               read_equal(display, "false")) {
        memcpy(self->hidden[self->n_hidden++], self->style, STYLE_NAME);
    }
}

static int take(struct odf *self, struct read_fault *fault)
{
    struct part *part = self->part;
    if (part_closes(part, "table")) {
        self->in_table = false;
    }
    if (part_opens(part, "list") || part_closes(part, "list")) {
        self->n_lists = part->event == PART_OPEN ? self->n_lists + 1 : self->n_lists - 1;
    }
    if (part->event != PART_OPEN) {
        return KN_OK;
    }
    if (is_aside(part->name)) {
        return part_skip(part, fault);
    }
    if (self->in_table) {
        return read_equal(part->name, "table-row") ? read_row(self, fault) : KN_OK;
    }
    if (read_equal(part->name, "table")) {
        return begin_table(self, fault);
    }
    if (read_equal(part->name, "p") || read_equal(part->name, "h")) {
        return read_line(self, fault);
    }
    note_style(self);
    return KN_OK;
}

static int odf_next(void *pointer, struct read_record *record, struct read_fault *fault)
{
    struct odf *self = pointer;
    int rc = self->part ? KN_OK : part_open(&self->part, self->package, "content.xml", fault);
    while (rc == KN_OK) {
        if (self->repeats > 0) {
            self->repeats--;
            rc = read_cells_end(&self->cells, record, fault);
            self->cells.record.number++;
            return rc;
        }
        rc = part_next(self->part, fault);
        if (rc == KN_OK && self->part->event == PART_END) {
            self->is_warned = true;
            return 0;
        }
        rc = rc == KN_OK ? take(self, fault) : rc;
    }
    memset(record, 0, sizeof *record);
    return rc == KN_E_INVALID || rc == KN_E_NOT_FOUND ? KN_E_CORRUPT : rc;
}

static int odf_rewind(void *pointer, char delimiter, struct read_fault *fault)
{
    struct odf *self = pointer;
    (void)delimiter;
    (void)fault;
    part_close(&self->part);
    self->n_hidden = 0;
    self->in_table = false;
    self->repeats = self->n_rows = self->n_lines = 0;
    self->n_lists = 0;
    read_cells_sheet(&self->cells, NULL);
    self->cells.record.sheet_number = 0;
    return KN_OK;
}

static void odf_close(void *pointer)
{
    struct odf *self = pointer;
    part_close(&self->part);
    package_close(&self->package);
    read_cells_clear(&self->cells);
    free(self->text.at);
    free(self->name);
    free(self->path);
    free(self);
}

/* A password shows in the manifest alone: the parts are noise then. */
static bool is_encrypted(package_t *package)
{
    struct part *part = NULL;
    struct read_fault fault;
    bool found = false;
    int rc = part_open(&part, package, "META-INF/manifest.xml", &fault);
    while (rc == KN_OK && !found && (rc = part_next(part, &fault)) == KN_OK &&
           part->event != PART_END) {
        found = part_opens(part, "encryption-data");
    }
    part_close(&part);
    return found;
}

int read_odf_open(void **out, package_t **package_p, const char *path, read_warn_fn *warn,
                  void *told, struct read_fault *fault)
{
    struct odf *self = NULL;
    int rc = KN_E_NOMEM;
    *out = NULL;
    if (is_encrypted(*package_p)) {
        read_fault_set(fault, READ_PASSWORD, path, 0);
        package_close(package_p);
        return KN_E_INVALID;
    }
    read_fault_set(fault, READ_MEMORY, path, 0);
    if ((self = calloc(1, sizeof *self)) != NULL && (self->path = strdup(path)) != NULL) {
        self->package = *package_p;
        self->warn = warn;
        self->told = told;
        self->cells.path = self->path;
        *package_p = NULL;
        *out = self;
        return KN_OK;
    }
    package_close(package_p);
    free(self);
    return rc;
}

const struct read_form_kind read_odf_kind = {odf_rewind, odf_next, odf_close, false};
