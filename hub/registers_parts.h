/* registers_parts.h - the registers' inside, for the files that are the registers:
 * registers_table.c (one file: its form, its rows, their order), registers_check.c (what refers to
 * other files), registers_folder.c (the files of a folder) and registers.c (loading and asking).
 */
#ifndef KN_REGISTERS_PARTS_H
#define KN_REGISTERS_PARTS_H

#include "hub/registers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ANY_DAY = INT32_MIN, OPEN_END = INT32_MAX, MAX_COLUMNS = 16, FOLDED = 256 };

enum column_kind { TEXT, DAY_FROM, DAY_TO, NUMBER };

struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
    bool required; /* a value in every row */
};

enum table { SOURCES, FIELDS, UNITS, AREAS, COMPETENCE, DEADLINES, CALENDAR, N_TABLES };

/* What a file looks like. */
struct table_form {
    const char *file;
    size_t row_size, key_offset, from_offset, to_offset;
    bool unique; /* one row of a key is in force on a day */
    struct column columns[MAX_COLUMNS];
};
extern const struct table_form registers_forms[N_TABLES];

/* A folded name and the row that has it. */
struct name {
    char *key;
    uint32_t row;
};

struct registers {
    char version[17];
    char *copy[N_TABLES]; /* the files, cut into texts */
    void *rows[N_TABLES];
    size_t n[N_TABLES];
    uint32_t *lines[N_TABLES];  /* of the rows, for complaints */
    uint32_t *by_key[N_TABLES]; /* rows in order of their keys */
    struct name *areas, *fields;
    size_t n_areas, n_fields;
};

/* ---- faults: the first one ends the loading ---- */

struct fault {
    char *why;
    size_t size;
    int code;
};
/* Says what is wrong in LINE (0: in the whole) of FILE. KN_E_INVALID. */
int registers_complain(struct fault *fault, const char *file, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- registers_table.c ---- */

void *registers_row_at(const registers_t *self, enum table table, size_t i);
const char *registers_key_of(const registers_t *self, enum table table, size_t i);
kn_day registers_day_at(const registers_t *self, enum table table, size_t i, size_t offset);
/* The row of KEY in force on DAY, or on ANY_DAY; NULL. */
const void *registers_find(const registers_t *self, enum table table, const char *key, kn_day day);
/* Reads one file into its rows; puts them in order and finds what overlaps. */
int registers_read_table(registers_t *self, enum table table, const struct registers_file *file,
                         struct fault *fault);
int registers_index_table(registers_t *self, enum table table, struct fault *fault);

/* ---- registers_check.c ---- */

/* The next item of a list like "2018:001:part;2018:002"; of it the first PARTS parts between ":".
 */
bool registers_next_item(const char **at, int parts, char *out, size_t size);
/* What refers to other rows finds them, on every day. */
int registers_check(const registers_t *self, struct fault *fault);

#endif
