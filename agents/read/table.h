/* table.h - what the two halves of reading a table share: table.c finds sheets and headings,
 * table_rows.c reads what stands below them. */
#ifndef KN_READ_TABLE_H
#define KN_READ_TABLE_H

#include "agents/read/parts.h"
#include "hub/text/text.h"

enum { TABLE_MAX_SECTION = 16 };

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
    uint64_t headings_row;           /* of this sheet */
    size_t mark_column;              /* of "Lỗi", or the one behind the last */
    size_t n_headings;               /* cells of the heading row, without empty ones behind */
    int column[READ_MAX_CELLS];      /* which READ_... a cell is, -1: no heading */
    char *heading[READ_COLUMNS];     /* as written */
    char section[TABLE_MAX_SECTION]; /* its own number: "I", "B", or "" */

    char *decoded[READ_MAX_CELLS]; /* cells of the record that were in a legacy encoding */
    size_t lengths[READ_MAX_CELLS];
    enum text_encoding encoding; /* of one of them; TEXT_UTF8: there are none */
    bool is_legacy_told;

    char *cell[READ_COLUMNS]; /* of the row given last */
    char number[64];          /* with that of its section */
};

static inline bool table_is_empty(const struct read_record *record, size_t i)
{
    return record->cell[i][strspn(record->cell[i], " \t\r\n")] == '\0';
}

static inline enum read_state table_state_of(const struct read_record *record, size_t i)
{
    return record->state ? (enum read_state)record->state[i] : READ_CELL_PLAIN;
}

/* A fault of the sheet being read, and a warning. */
void read_table_fault(const read_table_t *self, struct read_fault *fault, enum read_kind kind,
                      uint64_t row);
void read_table_warn(const read_table_t *self, enum read_kind kind, uint64_t row,
                     const char *column, const char *value);
/* The next record below headings: 1, or 0, or as read_table_next. Headings of further sheets are
 * taken on the way; those that are no petitions are passed by. */
int read_table_find_row(read_table_t *self, struct read_record *record, struct read_fault *fault);
/* Whether RECORD is no petition; then everything is said that is to be said of it. */
bool read_table_is_aside(read_table_t *self, const struct read_record *record);

#endif
