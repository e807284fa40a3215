/* table.h - strict reading of a data file: tab-separated, UTF-8, "#" comments, one header line.
 *
 * The header must be the expected one, every row must have exactly its columns (trailing empty ones
 * may be left out), and nothing may stand outside UTF-8. A fault is told as "file:line: fault".
 */
#ifndef KN_TEXT_TABLE_H
#define KN_TEXT_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { TABLE_MAX_COLUMNS = 12 };
struct table {
    char *bytes;
    char path[512];
    size_t n_columns, n_rows;
    const char *(*rows)[TABLE_MAX_COLUMNS];
    uint32_t *lines; /* the line of each row */
    uint64_t hash;   /* FNV-1a of the file */
};

/* HEADER: the column names with tabs between. 0, KN_E_IO, KN_E_INVALID or KN_E_NOMEM with WHY. */
int table_read(struct table *out, const char *folder, const char *file, const char *header,
               char *why, size_t why_size);
/* Writes "file:line: FAULT" of ROW to WHY and returns KN_E_INVALID. */
int table_fault(const struct table *self, size_t row, const char *fault, char *why,
                size_t why_size);
void table_clear(struct table *self);
/* The SIZE bytes of a file with a NUL behind them, for the caller to free; NULL: cannot be read. */
char *table_slurp(const char *folder, const char *name, size_t *size);
#endif
