/* sheets.h - tables for people: one way to say them, four forms to put them into.
 *
 * A spreadsheet (XLSX), CSV (a file for each sheet), JSON Lines (an object for each row), or the
 * terminal. A cell is text; a column that holds numbers says so and gets them as numbers.
 */
#ifndef AGENTS_REPORT_SHEETS_H
#define AGENTS_REPORT_SHEETS_H

#include <stdbool.h>
#include <stddef.h>

#include "kiennghi/agent.h"

enum { SHEETS_MAX_COLUMNS = 24 };

struct sheets_column {
    const char *key; /* in JSON */
    const char *vi, *en;
    int width; /* in letters, of a spreadsheet */
    bool is_number;
};

typedef struct sheets sheets_t;

/* PATH ends in .xlsx, .csv or .jsonl; NULL: the terminal, or JSON Lines with --json. An existing
 * file is not overwritten. NULL: the operator was told why. */
sheets_t *sheets_open(kn_agent_t *agent, const char *path);
/* A new sheet of N columns: KEY names it in JSON and files, NAME in a spreadsheet (30 letters),
 * TITLE stands above it. */
void sheets_begin(sheets_t *self, const char *key, const char *name, const char *title,
                  const struct sheets_column *columns, size_t n);
/* One row; NULL cells are empty. */
void sheets_row(sheets_t *self, const char *const *cells);
/* KN_OK, or KN_E_IO and the operator was told. */
int sheets_close(sheets_t **self_p);

#endif
