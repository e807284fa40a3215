/* docx.c - a Word document into records: each table is a sheet, each paragraph outside a line.
 *
 * Text is that of runs, whatever splits them; what was deleted or moved away under tracked changes
 * is not there, what was inserted is. A table within a cell is text of that cell. Numbers that Word
 * makes itself are not in the text: a line only tells that it has one (is_listed).
 */
#include "agents/read/package.h"

#include <stdio.h>
#include <stdlib.h>

struct docx {
    package_t *package;
    char *path, *document; /* the part of its text */
    struct part *part;
    char name[32]; /* "bảng 2" */
    unsigned n_tables;
    uint64_t n_rows, n_lines;
    bool in_table;
    struct read_cells cells;
    struct read_bytes text;
};

static int memory(const struct docx *self, struct read_fault *fault)
{
    read_fault_set(fault, READ_MEMORY, self->path, 0);
    return KN_E_NOMEM;
}

/* What belongs to a cell besides its text. */
struct layout {
    bool is_listed;     /* numPr, or a style of lists */
    uint32_t n_columns; /* gridSpan */
    bool goes_on;       /* vMerge: covered from above */
    bool begins;        /* vMerge: covers what goes on below */
};

static void note_layout(const struct part *part, struct layout *layout)
{
    const char *value;
    if (read_equal(part->name, "numPr")) {
        layout->is_listed = true;
    } else if (read_equal(part->name, "pStyle")) { /* ListBullet, ListNumber2, ListParagraph */
        value = part_attribute(part, "val");
        layout->is_listed |= value && strncmp(value, "List", 4) == 0;
    } else if (read_equal(part->name, "gridSpan")) {
        layout->n_columns = part_count(part, "val", 1, READ_MAX_CELLS);
    } else if (read_equal(part->name, "vMerge")) {
        value = part_attribute(part, "val");
        layout->begins = value && read_equal(value, "restart");
        layout->goes_on = !layout->begins;
    }
}

/* Elements that are not shown: deleted, moved away, drawn, or an old way of saying the same. */
static bool is_aside(const char *name)
{
    static const char *const asides[] = {"del",      "moveFrom",    "Fallback", "instrText",
                                         "footnote", "txbxContent", "sectPr"};
    for (size_t i = 0; i < sizeof asides / sizeof *asides; i++) {
        if (read_equal(name, asides[i])) {
            return true;
        }
    }
    return false;
}

/* Appends the text of the element just opened, through its end. */
static int read_text(struct docx *self, struct layout *layout, struct read_fault *fault)
{
    struct part *part = self->part;
    int depth = part->depth, rc = KN_OK;
    unsigned n_paragraphs = 0;
    bool in_text = false;
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part->event == PART_OPEN && is_aside(part->name)) {
            rc = part_skip(part, fault);
        } else if (part->event == PART_OPEN) {
            if (read_equal(part->name, "p")) {
                rc = n_paragraphs++ ? read_put(&self->text, "\n", 1) : KN_OK;
            } else if (read_equal(part->name, "tab") || read_equal(part->name, "br") ||
                       read_equal(part->name, "cr")) {
                rc = read_put(&self->text, read_equal(part->name, "tab") ? "\t" : "\n", 1);
            } else if (read_equal(part->name, "noBreakHyphen")) {
                rc = read_put(&self->text, "-", 1);
            }
            in_text = read_equal(part->name, "t");
            note_layout(part, layout);
        } else if (part->event == PART_TEXT && in_text && self->text.length <= READ_MAX_ROW) {
            rc = read_put(&self->text, part_text(part), strlen(part_text(part)));
        } else if (part->event == PART_CLOSE) {
            in_text = false;
        }
    }
    return rc;
}

static int read_cell(struct docx *self, uint64_t *column, struct read_fault *fault)
{
    struct layout layout = {.n_columns = 1};
    self->text.length = 0;
    int rc = read_text(self, &layout, fault);
    if (rc != KN_OK) {
        return rc;
    }
    const char *text = self->text.length ? self->text.at : "";
    if (!layout.goes_on) { /* what stood above ends here; perhaps something new begins */
        if (*column < READ_MAX_CELLS) {
            self->cells.below[*column] = 0;
        }
        rc = read_cells_put(&self->cells, *column, text, self->text.length, READ_CELL_PLAIN);
        if (rc == KN_OK) {
            rc = read_cells_merge(&self->cells, *column, layout.begins ? READ_MAX_ROWS : 0,
                                  layout.n_columns);
        }
    }
    *column += layout.n_columns;
    return rc == KN_OK ? KN_OK : memory(self, fault);
}

static int read_row(struct docx *self, struct read_fault *fault)
{
    struct part *part = self->part;
    int depth = part->depth, rc = KN_OK;
    uint64_t column = 0;
    read_cells_row(&self->cells, ++self->n_rows);
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part_opens(part, "gridBefore")) {
            column += part_count(part, "val", 0, READ_MAX_CELLS);
        } else if (part_opens(part, "tc")) {
            rc = read_cell(self, &column, fault);
        }
    }
    for (uint64_t i = column; i < READ_MAX_CELLS; i++) {
        self->cells.below[i] = 0; /* the row ends before it */
    }
    return rc;
}

static int read_line(struct docx *self, struct read_fault *fault)
{
    struct layout layout = {.n_columns = 1};
    self->text.length = 0;
    int rc = read_text(self, &layout, fault);
    self->cells.record.sheet = NULL;
    read_cells_row(&self->cells, ++self->n_lines);
    self->cells.record.is_line = true;
    self->cells.record.is_listed = layout.is_listed;
    if (rc == KN_OK && self->text.length > 0 &&
        read_cells_put(&self->cells, 0, self->text.at, self->text.length, READ_CELL_PLAIN) !=
            KN_OK) {
        rc = memory(self, fault);
    }
    return rc;
}

/* 1: CELLS hold a row or line that says something. */
static int take(struct docx *self, struct read_fault *fault)
{
    struct part *part = self->part;
    int rc = KN_OK;
    if (part_closes(part, "tbl")) {
        self->in_table = false;
    }
    if (part->event != PART_OPEN) {
        return KN_OK;
    }
    if (is_aside(part->name)) {
        return part_skip(part, fault);
    }
    if (self->in_table && read_equal(part->name, "tr")) {
        rc = read_row(self, fault);
    } else if (read_equal(part->name, "tbl")) {
        self->in_table = true;
        self->n_rows = 0;
        (void)snprintf(self->name, sizeof self->name, "bảng %u", ++self->n_tables);
        read_cells_sheet(&self->cells, self->name);
        return KN_OK;
    } else if (!self->in_table && read_equal(part->name, "p")) {
        rc = read_line(self, fault);
    } else {
        return KN_OK;
    }
    return rc == KN_OK ? self->cells.has_own : rc;
}

static int docx_next(void *pointer, struct read_record *record, struct read_fault *fault)
{
    struct docx *self = pointer;
    int rc = self->part ? KN_OK : part_open(&self->part, self->package, self->document, fault);
    while (rc == KN_OK && (rc = part_next(self->part, fault)) == KN_OK &&
           self->part->event != PART_END) {
        if ((rc = take(self, fault)) == 1) {
            return read_cells_end(&self->cells, record, fault);
        }
    }
    memset(record, 0, sizeof *record);
    return rc == KN_E_INVALID || rc == KN_E_NOT_FOUND ? KN_E_CORRUPT : rc;
}

static int docx_rewind(void *pointer, char delimiter, struct read_fault *fault)
{
    struct docx *self = pointer;
    (void)delimiter;
    (void)fault;
    part_close(&self->part);
    self->n_tables = 0;
    self->n_rows = self->n_lines = 0;
    self->in_table = false;
    read_cells_sheet(&self->cells, NULL);
    self->cells.record.sheet_number = 0;
    return KN_OK;
}

static void docx_close(void *pointer)
{
    struct docx *self = pointer;
    part_close(&self->part);
    package_close(&self->package);
    read_cells_clear(&self->cells);
    free(self->text.at);
    free(self->path);
    free(self->document);
    free(self);
}

int read_docx_open(void **out, package_t **package_p, const char *document, const char *path,
                   struct read_fault *fault)
{
    struct docx *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self || !(self->path = strdup(path)) || !(self->document = strdup(document))) {
        read_fault_set(fault, READ_MEMORY, path, 0);
        package_close(package_p);
        free(self ? self->path : NULL);
        free(self);
        return KN_E_NOMEM;
    }
    self->package = *package_p;
    self->cells.path = self->path;
    *package_p = NULL;
    *out = self;
    return KN_OK;
}

const struct read_form_kind read_docx_kind = {docx_rewind, docx_next, docx_close, false};
