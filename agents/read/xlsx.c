/* xlsx.c - the sheets of a workbook into records, one after the other.
 *
 * ECMA-376, transitional or strict: elements are known by their local names. A sheet is walked
 * twice: first for the merged cells, which stand behind the rows, then row by row. Hidden sheets
 * (lists for drop-downs, mostly) are left out and named; hidden rows are given and marked.
 */
#include "agents/read/xlsx.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_SHEETS = 256, MAX_MERGES = 65536 };

struct sheet {
    char *name, *part;
    bool is_hidden;
    bool is_related; /* some relation has its id */
};

struct merge {
    uint32_t row, last_row;
    uint16_t column, last_column;
};

struct xlsx {
    package_t *package;
    char *path, *workbook;                           /* the main part */
    char strings_part[PART_PATH], styles[PART_PATH]; /* where they are, if they are */
    struct sheet *sheets;
    size_t n_sheets, at; /* the sheet being read */
    struct strings *strings;
    struct formats formats;
    struct part *part;
    struct merge *merges;
    size_t n_merges, next_merge;
    struct read_cells cells;
    struct read_bytes text, value; /* of a cell */
};

/* ---- the workbook -------------------------------------------------------------------------- */

static int memory(const struct xlsx *self, struct read_fault *fault)
{
    read_fault_set(fault, READ_MEMORY, self->path, 0);
    return KN_E_NOMEM;
}

/* The sheets in their order; PART is for now the id of their relationship. */
static int read_workbook(struct xlsx *self, struct read_fault *fault)
{
    struct part *part = NULL;
    int rc = part_open(&part, self->package, self->workbook, fault);
    if (rc == KN_OK && !(self->sheets = calloc(MAX_SHEETS, sizeof *self->sheets))) {
        rc = memory(self, fault);
    }
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK && part->event != PART_END) {
        if (part_opens(part, "workbookPr")) {
            self->formats.is_1904 = part_flag(part, "date1904");
        } else if (part_opens(part, "sheet")) {
            const char *name = part_attribute(part, "name"), *id = part_attribute(part, "id");
            const char *state = part_attribute(part, "state");
            if (self->n_sheets == MAX_SHEETS) {
                read_fault_set(fault, READ_PACKAGE_LIMIT, self->path, 0);
                (void)snprintf(fault->expected, sizeof fault->expected, "%d", MAX_SHEETS);
                read_copy(fault->value, sizeof fault->value, "trang / sheets");
                rc = KN_E_INVALID;
                break;
            }
            struct sheet *sheet = &self->sheets[self->n_sheets++];
            sheet->is_hidden = state && !read_equal(state, "visible");
            if (!(sheet->name = strdup(name ? name : "")) ||
                !(sheet->part = strdup(id ? id : ""))) {
                rc = memory(self, fault);
            }
        }
    }
    part_close(&part);
    return rc == KN_E_NOT_FOUND ? KN_E_INVALID : rc;
}

/* What a relation of the workbook says: where a sheet, the strings or the styles are. */
static int take_relation(struct xlsx *self, const struct part *part, char *found[MAX_SHEETS])
{
    const char *id = part_attribute(part, "Id"), *target = part_attribute(part, "Target");
    char path[PART_PATH];
    if (!id || !target || !part_resolve(path, self->workbook, target)) {
        return KN_OK;
    }
    if (part_relates(part, "sharedStrings")) {
        strcpy(self->strings_part, path);
    } else if (part_relates(part, "styles")) {
        strcpy(self->styles, path);
    }
    for (size_t i = 0; i < self->n_sheets; i++) {
        if (!found[i] && read_equal(self->sheets[i].part, id)) {
            self->sheets[i].is_related = true;
            if (part_relates(part, "worksheet") && !(found[i] = strdup(path))) {
                return KN_E_NOMEM;
            }
        }
    }
    return KN_OK;
}

/* Puts parts where ids of relations stand; what is no worksheet (a chart) is dropped, and what is
 * nothing at all is named. */
static void take_parts(struct xlsx *self, char *found[MAX_SHEETS], read_warn_fn *warn, void *told)
{
    size_t n = 0;
    struct read_fault fault;
    for (size_t i = 0; i < self->n_sheets; i++) {
        struct sheet sheet = self->sheets[i];
        free(sheet.part);
        sheet.part = found[i];
        self->sheets[i] = (struct sheet){0};
        if (sheet.part) {
            self->sheets[n++] = sheet;
            continue;
        }
        if (warn && !sheet.is_related) {
            read_fault_set(&fault, READ_SHEET_LOST, self->path, 0);
            read_copy(fault.sheet, sizeof fault.sheet, sheet.name);
            warn(told, &fault);
        }
        free(sheet.name);
    }
    self->n_sheets = n;
}

static int read_relations(struct xlsx *self, read_warn_fn *warn, void *told,
                          struct read_fault *fault)
{
    struct part *part = NULL;
    char *found[MAX_SHEETS] = {NULL}, path[PART_PATH];
    if (!part_relations(path, self->workbook)) {
        return memory(self, fault);
    }
    int rc = part_open(&part, self->package, path, fault);
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK && part->event != PART_END) {
        if (part_opens(part, "Relationship") && take_relation(self, part, found) != KN_OK) {
            rc = memory(self, fault);
        }
    }
    part_close(&part);
    take_parts(self, found, rc == KN_OK ? warn : NULL, told);
    return rc == KN_E_NOT_FOUND ? KN_E_INVALID : rc;
}

static void xlsx_close(void *pointer)
{
    struct xlsx *self = pointer;
    part_close(&self->part);
    strings_close(&self->strings);
    formats_clear(&self->formats);
    package_close(&self->package);
    for (size_t i = 0; i < self->n_sheets; i++) {
        free(self->sheets[i].name);
        free(self->sheets[i].part);
    }
    free(self->sheets);
    free(self->merges);
    free(self->text.at);
    free(self->value.at);
    read_cells_clear(&self->cells);
    free(self->path);
    free(self->workbook);
    free(self);
}

int read_xlsx_open(void **out, package_t **package_p, const char *workbook, const char *path,
                   read_warn_fn *warn, void *told, struct read_fault *fault)
{
    struct xlsx *self = calloc(1, sizeof *self);
    int rc = KN_E_NOMEM;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self || !(self->path = strdup(path)) || !(self->workbook = strdup(workbook))) {
        package_close(package_p);
        free(self ? self->path : NULL);
        free(self);
        return rc;
    }
    self->package = *package_p;
    *package_p = NULL;
    self->cells.path = self->path;
    strcpy(self->strings_part, "xl/sharedStrings.xml"); /* unless a relation says otherwise */
    strcpy(self->styles, "xl/styles.xml");
    if ((rc = read_workbook(self, fault)) != KN_OK ||
        (rc = read_relations(self, warn, told, fault)) != KN_OK ||
        (rc = formats_read(&self->formats, self->package, self->styles, path, fault)) != KN_OK ||
        (rc = strings_open(&self->strings, self->package, self->strings_part, path, fault)) !=
            KN_OK) {
        xlsx_close(self);
        return rc;
    }
    for (size_t i = 0; warn && i < self->n_sheets; i++) {
        if (self->sheets[i].is_hidden) {
            read_fault_set(fault, READ_SHEET_HIDDEN, path, 0);
            read_copy(fault->sheet, sizeof fault->sheet, self->sheets[i].name);
            warn(told, fault);
        }
    }
    *out = self;
    return KN_OK;
}

/* ---- a sheet ------------------------------------------------------------------------------- */

/* "AB12" into column (from 0) and row; false when it is none. */
static bool place(const char *text, uint32_t *column, uint32_t *row, const char **end)
{
    uint32_t c = 0, r = 0;
    const char *at = text;
    at += *at == '$';
    for (int i = 0; i < 3 && isalpha((unsigned char)*at); i++, at++) {
        c = c * 26 + (uint32_t)(toupper((unsigned char)*at) - 'A') + 1;
    }
    at += *at == '$';
    for (; *at >= '0' && *at <= '9' && r <= READ_MAX_ROWS; at++) {
        r = r * 10 + (uint32_t)(*at - '0');
    }
    *column = c - 1;
    *row = r;
    *end = at;
    return c > 0 && r > 0 && r <= READ_MAX_ROWS;
}

static int by_row(const void *a, const void *b)
{
    const struct merge *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row)
                            : (x->column > y->column) - (x->column < y->column);
}

static int add_merge(struct xlsx *self, const char *text, struct read_fault *fault)
{
    struct merge *grown;
    uint32_t column, row, last_column, last_row;
    const char *end;
    if (!text || !place(text, &column, &row, &end) || *end != ':' ||
        !place(end + 1, &last_column, &last_row, &end) || column >= READ_MAX_CELLS) {
        return KN_OK; /* nothing that a row could lie in */
    }
    if (self->n_merges == MAX_MERGES) {
        read_fault_set(fault, READ_PACKAGE_LIMIT, self->path, 0);
        read_copy(fault->value, sizeof fault->value, "ô gộp / merged cells");
        (void)snprintf(fault->expected, sizeof fault->expected, "%d", MAX_MERGES);
        return KN_E_INVALID;
    }
    if ((self->n_merges & (self->n_merges - 1)) == 0) { /* grows at powers of two */
        size_t max = self->n_merges ? 2 * self->n_merges : 1;
        if (!(grown = realloc(self->merges, max * sizeof *grown))) {
            return memory(self, fault);
        }
        self->merges = grown;
    }
    self->merges[self->n_merges++] =
        (struct merge){row, last_row, (uint16_t)column,
                       (uint16_t)(last_column < READ_MAX_CELLS ? last_column : READ_MAX_CELLS - 1)};
    return KN_OK;
}

/* Finds the merged cells of the sheet and begins it. */
static int begin_sheet(struct xlsx *self, struct read_fault *fault)
{
    const struct sheet *sheet = &self->sheets[self->at];
    self->n_merges = self->next_merge = 0;
    part_close(&self->part);
    int rc = part_open(&self->part, self->package, sheet->part, fault);
    while (rc == KN_OK && (rc = part_next(self->part, fault)) == KN_OK &&
           self->part->event != PART_END) {
        if (part_opens(self->part, "mergeCell")) {
            rc = add_merge(self, part_attribute(self->part, "ref"), fault);
        }
    }
    if (self->n_merges > 1) {
        qsort(self->merges, self->n_merges, sizeof *self->merges, by_row);
    }
    part_close(&self->part);
    read_cells_sheet(&self->cells, sheet->name);
    rc = rc == KN_OK ? part_open(&self->part, self->package, sheet->part, fault) : rc;
    read_cells_row(&self->cells, 0);
    return rc == KN_E_NOT_FOUND ? KN_E_INVALID : rc;
}

/* What stands in the cell just opened, through its end: TEXT is what is shown. */
static int read_value(struct xlsx *self, bool *has_formula, struct read_fault *fault)
{
    struct part *part = self->part;
    int depth = part->depth, rc;
    bool in_value = false;
    self->value.length = self->text.length = 0;
    while ((rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part_opens(part, "f")) {
            *has_formula = true;
        } else if (part_opens(part, "is")) {
            rc = strings_text(part, &self->text, fault);
        } else if (part_opens(part, "v") || part_closes(part, "v")) {
            in_value = part->event == PART_OPEN;
        } else if (part->event == PART_TEXT && in_value) {
            rc = read_put(&self->value, part_text(part), strlen(part_text(part)));
        }
        if (rc != KN_OK) {
            break;
        }
    }
    return rc;
}

/* Turns the value of a cell of TYPE into its text. */
static int interpret(struct xlsx *self, char type, uint32_t style, enum read_state *state)
{
    char number[64];
    const char *value = self->value.length ? self->value.at : "";
    if (type == 's') {
        char *end;
        unsigned long i = strtoul(value, &end, 10);
        int rc = *value && !*end && i < UINT32_MAX
                     ? strings_get(self->strings, &self->text, (uint32_t)i)
                     : KN_E_NOT_FOUND;
        *state = rc == KN_E_NOT_FOUND ? READ_CELL_FAILED : *state;
        return rc == KN_E_NOT_FOUND ? KN_OK : rc;
    }
    if (type == 'e') {
        *state = READ_CELL_FAILED;
    } else if (type == 'b') {
        return read_put(&self->text, read_equal(value, "1") ? "TRUE" : "FALSE",
                        read_equal(value, "1") ? 4 : 5);
    } else if (type == 'n' && formats_print(&self->formats, number, value, style)) {
        return read_put(&self->text, number, strlen(number));
    }
    return read_put(&self->text, value, strlen(value));
}

static int read_cell(struct xlsx *self, uint32_t *column, struct read_fault *fault)
{
    const char *at = part_attribute(self->part, "r"), *t = part_attribute(self->part, "t"), *end;
    uint32_t row, given, style = part_count(self->part, "s", 0, UINT32_MAX);
    /* s, str, inlineStr, b, e, d, n */
    char type = !t ? 'n' : read_equal(t, "str") || read_equal(t, "inlineStr") ? 't' : t[0];
    bool has_formula = false;
    enum read_state state = READ_CELL_PLAIN;
    if (at && place(at, &given, &row, &end)) {
        *column = given;
    }
    int rc = read_value(self, &has_formula, fault);
    if (rc != KN_OK) {
        return rc;
    }
    if (self->value.length > 0) {
        rc = interpret(self, type, style, &state);
    } else if (has_formula && self->text.length == 0 && type != 't') {
        state = READ_CELL_UNVALUED;
    }
    if (rc == KN_OK) {
        rc = read_cells_put(&self->cells, *column, self->text.length ? self->text.at : "",
                            self->text.length, state);
    }
    if (rc != KN_OK) {
        read_fault_set(fault, rc == KN_E_IO ? READ_SPOOL : READ_MEMORY, self->path,
                       self->cells.record.number);
    }
    ++*column;
    return rc;
}

static int merge_row(struct xlsx *self, struct read_fault *fault)
{
    int rc = KN_OK;
    for (; rc == KN_OK && self->next_merge < self->n_merges; self->next_merge++) {
        const struct merge *merge = &self->merges[self->next_merge];
        if (merge->row > self->cells.record.number) {
            break;
        }
        if (merge->row == self->cells.record.number) {
            rc = read_cells_merge(&self->cells, merge->column, merge->last_row,
                                  (uint32_t)merge->last_column - merge->column + 1);
        }
    }
    return rc == KN_OK ? KN_OK : memory(self, fault);
}

/* The row just opened. */
static int read_row(struct xlsx *self, struct read_record *record, struct read_fault *fault)
{
    struct part *part = self->part;
    uint32_t column = 0, number = (uint32_t)self->cells.record.number + 1;
    int depth = part->depth, rc;
    bool is_hidden = part_flag(part, "hidden");
    number = part_count(part, "r", number, UINT32_MAX);
    if (number <= self->cells.record.number || number > READ_MAX_ROWS) {
        read_fault_set(fault, READ_PART_XML, self->path, self->cells.record.number);
        read_copy(fault->value, sizeof fault->value, self->sheets[self->at].part);
        return KN_E_INVALID;
    }
    read_cells_row(&self->cells, number);
    self->cells.record.is_hidden = is_hidden;
    while ((rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part_opens(part, "c") && (rc = read_cell(self, &column, fault)) != KN_OK) {
            break;
        }
    }
    rc = rc == KN_OK ? merge_row(self, fault) : rc;
    return rc == KN_OK ? read_cells_end(&self->cells, record, fault) : rc;
}

static int xlsx_next(void *pointer, struct read_record *record, struct read_fault *fault)
{
    struct xlsx *self = pointer;
    int rc = KN_OK;
    for (; self->at < self->n_sheets; self->at++) {
        if (self->sheets[self->at].is_hidden) {
            continue;
        }
        rc = self->part ? KN_OK : begin_sheet(self, fault);
        while (rc == KN_OK && (rc = part_next(self->part, fault)) == KN_OK &&
               self->part->event != PART_END && !part_closes(self->part, "sheetData")) {
            if (part_opens(self->part, "row")) {
                uint64_t before = self->cells.record.number;
                rc = read_row(self, record, fault);
                if (rc == 1 || (rc < 0 && self->cells.record.number > before &&
                                read_fault_level(fault) == READ_ROW)) {
                    return rc;
                }
            }
        }
        part_close(&self->part);
        if (rc < 0) {
            memset(record, 0, sizeof *record);
            return rc == KN_E_INVALID ? KN_E_CORRUPT : rc;
        }
    }
    return 0;
}

static int xlsx_rewind(void *pointer, char delimiter, struct read_fault *fault)
{
    struct xlsx *self = pointer;
    (void)delimiter;
    (void)fault;
    part_close(&self->part);
    self->at = 0;
    self->cells.record.sheet_number = 0;
    return KN_OK;
}

const struct read_form_kind read_xlsx_kind = {xlsx_rewind, xlsx_next, xlsx_close, false};
