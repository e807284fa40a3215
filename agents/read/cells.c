/* cells.c - a row of a sheet while it is put together: bounds, and cells that are merged.
 *
 * A cell that covers rows below says the same for each of them: that is in the file, no guess. So
 * its value is given again in those rows, marked READ_CELL_ABOVE; what may be so filled the table
 * decides. A row that has nothing else is blank.
 */
#include "agents/read/parts.h"

#include <stdio.h>
#include <stdlib.h>

void read_cells_sheet(struct read_cells *self, const char *sheet)
{
    for (size_t i = 0; i < READ_MAX_CELLS; i++) {
        free(self->above[i]);
        self->above[i] = NULL;
        self->below[i] = 0;
    }
    self->record.sheet = sheet;
    self->record.sheet_number++;
}

void read_cells_clear(struct read_cells *self)
{
    read_cells_sheet(self, NULL);
    free(self->bytes.at);
    memset(&self->bytes, 0, sizeof self->bytes);
}

void read_cells_row(struct read_cells *self, uint64_t number)
{
    self->record.number = number;
    self->record.n = 0;
    self->record.is_hidden = self->record.is_line = self->record.is_spanned = false;
    self->record.is_listed = false;
    self->bytes.length = 0;
    self->is_large = self->is_wide = self->has_own = false;
}

/* Gives every column before I a cell: empty, or what covers it from above. */
static int fill(struct read_cells *self, size_t i)
{
    while (self->record.n < i) {
        size_t at = self->record.n++;
        bool covered = self->above[at] && self->below[at] >= self->record.number;
        const char *text = covered ? self->above[at] : "";
        self->at[at] = self->bytes.length;
        self->length[at] = strlen(text);
        self->state[at] = covered ? READ_CELL_ABOVE : READ_CELL_PLAIN;
        if (read_put(&self->bytes, text, self->length[at] + 1) != KN_OK) {
            return KN_E_NOMEM;
        }
    }
    return KN_OK;
}

int read_cells_put(struct read_cells *self, size_t i, const char *text, size_t length,
                   enum read_state state)
{
    if (length == 0 && state == READ_CELL_PLAIN) {
        return KN_OK;
    }
    self->has_own = true;
    bool is_free = i >= self->record.n || self->state[i] == READ_CELL_ABOVE ||
                   (self->length[i] == 0 && self->state[i] == READ_CELL_PLAIN);
    if (i >= READ_MAX_CELLS || !is_free) {
        self->is_wide = true;
        return KN_OK;
    }
    if (length > READ_MAX_ROW || self->bytes.length + length > READ_MAX_ROW) {
        self->is_large = true;
        length = 0;
    }
    int rc = fill(self, i);
    if (rc != KN_OK) {
        return rc;
    }
    self->at[i] = self->bytes.length;
    self->length[i] = length;
    self->state[i] = (uint8_t)state;
    self->record.n = i < self->record.n ? self->record.n : i + 1; /* cells may come in any order */
    rc = read_put(&self->bytes, text, length);
    return rc == KN_OK ? read_put(&self->bytes, "", 1) : rc;
}

int read_cells_merge(struct read_cells *self, size_t i, uint64_t last, uint32_t n_columns)
{
    self->record.is_spanned |= n_columns > 1 && i < self->record.n;
    if (i >= READ_MAX_CELLS || last <= self->record.number) {
        return KN_OK;
    }
    bool is_put = i < self->record.n;
    char *copy = strndup(is_put ? self->bytes.at + self->at[i] : "", is_put ? self->length[i] : 0);
    if (!copy) {
        return KN_E_NOMEM;
    }
    free(self->above[i]);
    self->above[i] = copy;
    self->below[i] = last;
    return KN_OK;
}

int read_cells_end(struct read_cells *self, struct read_record *record, struct read_fault *fault)
{
    size_t last = READ_MAX_CELLS;
    while (last > self->record.n &&
           (!self->above[last - 1] || self->below[last - 1] < self->record.number)) {
        last--;
    }
    if (self->has_own && fill(self, last) != KN_OK) {
        read_fault_set(fault, READ_MEMORY, self->path, self->record.number);
        return KN_E_NOMEM;
    }
    for (size_t i = 0; i < self->record.n; i++) {
        self->cell[i] = self->bytes.at + self->at[i];
    }
    self->record.cell = self->cell;
    self->record.length = self->length;
    self->record.state = self->state;
    *record = self->record;
    if (self->is_large || self->is_wide) {
        read_fault_set(fault, self->is_large ? READ_ROW_LARGE : READ_ROW_CELLS, self->path,
                       self->record.number);
        read_copy(fault->sheet, sizeof fault->sheet, self->record.sheet ? self->record.sheet : "");
        (void)snprintf(fault->value, sizeof fault->value, "> %d", READ_MAX_CELLS);
        (void)snprintf(fault->expected, sizeof fault->expected, self->is_large ? "%d KB" : "%d",
                       self->is_large ? READ_MAX_ROW / 1024 : READ_MAX_CELLS);
        record->n = 0;
        return KN_E_INVALID;
    }
    return self->has_own;
}
