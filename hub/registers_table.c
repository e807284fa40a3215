/* registers_table.c - one register file: its columns, its rows, their order. A new column is one
 * line in the table of forms and one member of its row.
 */
#include "hub/registers_parts.h"

#include "hub/calendar.h"
#include "kiennghi/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_BASIS = 200 }; /* letters, as event.json has it */

#define COLUMN(row, member, kind, required)                   \
    {                                                         \
#member, kind, offsetof(struct row, member), required \
    }
#define VALID_FROM(row)                                          \
    {                                                            \
        "valid_from", DAY_FROM, offsetof(struct row, from), true \
    }
#define VALID_TO(row)                                       \
    {                                                       \
        "valid_to", DAY_TO, offsetof(struct row, to), false \
    }

/* clang-format off */
const struct table_form registers_forms[N_TABLES] = {
    [SOURCES] = {"sources.tsv", sizeof(struct source_row), offsetof(struct source_row, code),
        offsetof(struct source_row, from), offsetof(struct source_row, to), true, {
        COLUMN(source_row, code, TEXT, true), COLUMN(source_row, channel, TEXT, true),
        COLUMN(source_row, name, TEXT, true), COLUMN(source_row, name_en, TEXT, true),
        COLUMN(source_row, required, TEXT, false), COLUMN(source_row, profile, TEXT, true),
        VALID_FROM(source_row), VALID_TO(source_row), COLUMN(source_row, basis, TEXT, false)}},
    [FIELDS] = {"fields.tsv", sizeof(struct field_row), offsetof(struct field_row, code),
        offsetof(struct field_row, from), offsetof(struct field_row, to), true, {
        COLUMN(field_row, code, TEXT, true), COLUMN(field_row, ban, TEXT, true),
        COLUMN(field_row, name, TEXT, true), COLUMN(field_row, name_en, TEXT, true),
        COLUMN(field_row, corpus, TEXT, true), VALID_FROM(field_row), VALID_TO(field_row),
        COLUMN(field_row, basis, TEXT, false)}},
    [UNITS] = {"units.tsv", sizeof(struct unit_row), offsetof(struct unit_row, id),
        offsetof(struct unit_row, from), offsetof(struct unit_row, to), true, {
        COLUMN(unit_row, id, TEXT, true), COLUMN(unit_row, name, TEXT, true),
        COLUMN(unit_row, name_en, TEXT, true), COLUMN(unit_row, type, TEXT, true),
        COLUMN(unit_row, parent, TEXT, false), COLUMN(unit_row, area, TEXT, false),
        VALID_FROM(unit_row), VALID_TO(unit_row), COLUMN(unit_row, predecessors, TEXT, false),
        COLUMN(unit_row, note, TEXT, false)}},
    [AREAS] = {"areas.tsv", sizeof(struct area_row), offsetof(struct area_row, id),
        offsetof(struct area_row, from), offsetof(struct area_row, to), true, {
        COLUMN(area_row, id, TEXT, true), COLUMN(area_row, name, TEXT, true),
        COLUMN(area_row, type, TEXT, true), COLUMN(area_row, parent, TEXT, false),
        VALID_FROM(area_row), VALID_TO(area_row), COLUMN(area_row, successors, TEXT, false),
        COLUMN(area_row, aliases, TEXT, false), COLUMN(area_row, note, TEXT, false)}},
    [COMPETENCE] = {"competence.tsv", sizeof(struct competence_row), offsetof(struct competence_row, field),
        offsetof(struct competence_row, from), offsetof(struct competence_row, to), false, {
        COLUMN(competence_row, field, TEXT, true), COLUMN(competence_row, area, TEXT, true),
        COLUMN(competence_row, unit, TEXT, true), VALID_FROM(competence_row),
        VALID_TO(competence_row), COLUMN(competence_row, basis, TEXT, true),
        COLUMN(competence_row, note, TEXT, false)}},
    [DEADLINES] = {"deadlines.tsv", sizeof(struct deadline_row), offsetof(struct deadline_row, profile),
        offsetof(struct deadline_row, from), offsetof(struct deadline_row, to), false, {
        COLUMN(deadline_row, profile, TEXT, true), COLUMN(deadline_row, stage, TEXT, true),
        COLUMN(deadline_row, kind, TEXT, true), COLUMN(deadline_row, amount, NUMBER, true),
        COLUMN(deadline_row, due_soon_days, NUMBER, true),
        COLUMN(deadline_row, serious_days, NUMBER, true), COLUMN(deadline_row, name, TEXT, true),
        COLUMN(deadline_row, name_en, TEXT, true), VALID_FROM(deadline_row), VALID_TO(deadline_row),
        COLUMN(deadline_row, basis, TEXT, true)}},
    [CALENDAR] = {"calendar.tsv", sizeof(struct calendar_row), offsetof(struct calendar_row, kind),
        offsetof(struct calendar_row, from), offsetof(struct calendar_row, from), false, {
        {"day", DAY_FROM, offsetof(struct calendar_row, from), true},
        COLUMN(calendar_row, kind, TEXT, true), COLUMN(calendar_row, name, TEXT, true),
        COLUMN(calendar_row, basis, TEXT, true)}},
};
/* clang-format on */

void *registers_row_at(const registers_t *self, enum table table, size_t i)
{
    return (char *)self->rows[table] + i * registers_forms[table].row_size;
}

const char *registers_key_of(const registers_t *self, enum table table, size_t i)
{
    const char *key;
    memcpy(&key, (char *)registers_row_at(self, table, i) + registers_forms[table].key_offset,
           sizeof key);
    return key;
}

kn_day registers_day_at(const registers_t *self, enum table table, size_t i, size_t offset)
{
    kn_day day;
    memcpy(&day, (char *)registers_row_at(self, table, i) + offset, sizeof day);
    return day;
}

/* ---- faults ---------------------------------------------------------------------------------- */

int registers_complain(struct fault *fault, const char *file, size_t line, const char *format, ...)
{
    char words[300];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (line) {
        snprintf(fault->why, fault->size, "%s:%zu: %s", file, line, words);
    } else {
        snprintf(fault->why, fault->size, "%s: %s", file, words);
    }
    return fault->code = KN_E_INVALID;
}

/* ---- one file -------------------------------------------------------------------------------- */

static const struct column *column_named(const struct table_form *form, const char *name)
{
    for (const struct column *column = form->columns; column->name; column++) {
        if (strcmp(column->name, name) == 0) {
            return column;
        }
    }
    return NULL;
}

/* The columns of the header line, in the order of the file. */
static int read_header(const struct table_form *form, char *line, size_t number,
                       const struct column **order, size_t *n, struct fault *fault)
{
    char *rest = line;
    for (char *name; (name = strsep(&rest, "\t"));) {
        const struct column *column = column_named(form, name);
        if (!column) {
            return registers_complain(fault, form->file, number, "unknown column \"%s\"", name);
        }
        for (size_t i = 0; i < *n; i++) {
            if (order[i] == column) {
                return registers_complain(fault, form->file, number, "column \"%s\" stands twice",
                                          name);
            }
        }
        order[(*n)++] = column;
    }
    for (const struct column *column = form->columns; column->name; column++) {
        bool there = !column->required;
        for (size_t i = 0; i < *n; i++) {
            there |= order[i] == column;
        }
        if (!there) {
            return registers_complain(fault, form->file, number, "column \"%s\" is missing",
                                      column->name);
        }
    }
    return KN_OK;
}

static int letters(const char *text)
{
    int n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static int read_value(const struct table_form *form, const struct column *column, const char *text,
                      size_t line, char *row, struct fault *fault)
{
    char *end;
    kn_day day = OPEN_END;
    int number;
    if (column->required && !text[0]) {
        return registers_complain(fault, form->file, line, "column \"%s\" is empty", column->name);
    }
    if (strcmp(column->name, "basis") == 0 && letters(text) > MAX_BASIS) {
        return registers_complain(fault, form->file, line,
                                  "column \"basis\": more than %d letters, no event can carry it",
                                  MAX_BASIS);
    }
    switch (column->kind) {
    case TEXT: memcpy(row + column->offset, &text, sizeof text); break;
    case DAY_FROM:
    case DAY_TO:
        if (text[0] && day_parse(text, &day)) {
            return registers_complain(fault, form->file, line,
                                      "column \"%s\": \"%s\" is not a day, write YYYY-MM-DD",
                                      column->name, text);
        }
        memcpy(row + column->offset, &day, sizeof day);
        break;
    case NUMBER:
        number = (int)strtol(text, &end, 10);
        if (*end || number < 0 || number > 10000) {
            return registers_complain(fault, form->file, line,
                                      "column \"%s\": \"%s\" is not a number from 0 to 10000",
                                      column->name, text);
        }
        memcpy(row + column->offset, &number, sizeof number);
        break;
    }
    return KN_OK;
}

/* Texts of columns that the file leaves out are empty, an end that is left out is open. */
static void clear_row(const struct table_form *form, char *row)
{
    static const char *const empty = "";
    static const kn_day open = OPEN_END;
    for (const struct column *column = form->columns; column->name; column++) {
        if (column->kind == TEXT) {
            memcpy(row + column->offset, &empty, sizeof empty);
        } else if (column->kind == DAY_TO) {
            memcpy(row + column->offset, &open, sizeof open);
        }
    }
}

static int read_row(const struct table_form *form, char *line, size_t number,
                    const struct column *const *order, size_t n, char *row, struct fault *fault)
{
    char *rest = line, *text;
    size_t i = 0;
    clear_row(form, row);
    for (; (text = strsep(&rest, "\t")); i++) {
        if (i == n) {
            return registers_complain(fault, form->file, number,
                                      "more values than the header has columns");
        }
        if (read_value(form, order[i], text, number, row, fault)) {
            return fault->code;
        }
    }
    for (; i < n; i++) {
        if (order[i]->required) {
            return registers_complain(fault, form->file, number, "column \"%s\" is empty",
                                      order[i]->name);
        }
    }
    return KN_OK;
}

static bool is_utf8(const char *text)
{
    utf8proc_int32_t c;
    while (*text) {
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
        if (n < 1) {
            return false;
        }
        text += n;
    }
    return true;
}

int registers_read_table(registers_t *self, enum table table, const struct registers_file *file,
                         struct fault *fault)
{
    const struct table_form *form = &registers_forms[table];
    const struct column *order[MAX_COLUMNS];
    size_t n_columns = 0, number = 0, room = 0;
    char *copy = self->copy[table] = malloc(file->size + 1), *line;
    if (!copy) {
        return fault->code = KN_E_NOMEM;
    }
    if (file->size) {
        memcpy(copy, file->bytes, file->size);
    }
    copy[file->size] = '\0';
    if (strlen(copy) != file->size) {
        return registers_complain(fault, form->file, 0, "not a text file");
    }
    copy += strncmp(copy, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while ((line = strsep(&copy, "\n"))) {
        number++;
        size_t length = strlen(line);
        if (length && line[length - 1] == '\r') {
            line[--length] = '\0';
        }
        if (!length || line[0] == '#') {
            continue;
        }
        if (!is_utf8(line)) {
            return registers_complain(fault, form->file, number,
                                      "not UTF-8, save the file as UTF-8");
        }
        if (!n_columns) {
            if (read_header(form, line, number, order, &n_columns, fault)) {
                return fault->code;
            }
            continue;
        }
        if (self->n[table] == room) {
            room = room ? 2 * room : 64;
            void *more = realloc(self->rows[table], room * form->row_size);
            self->rows[table] = more ? more : self->rows[table];
            uint32_t *lines = realloc(self->lines[table], room * sizeof *lines);
            self->lines[table] = lines ? lines : self->lines[table];
            if (!more || !lines) {
                return fault->code = KN_E_NOMEM;
            }
        }
        if (read_row(form, line, number, order, n_columns,
                     registers_row_at(self, table, self->n[table]), fault)) {
            return fault->code;
        }
        self->lines[table][self->n[table]] = (uint32_t)number;
        self->n[table]++;
    }
    return n_columns ? KN_OK : registers_complain(fault, form->file, 0, "has no header line");
}

/* ---- order and overlap ----------------------------------------------------------------------- */

struct order {
    const registers_t *self;
    enum table table;
};

static int by_key(const void *a, const void *b, void *arg)
{
    const struct order *order = arg;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int by = strcmp(registers_key_of(order->self, order->table, x),
                    registers_key_of(order->self, order->table, y));
    if (by) {
        return by;
    }
    kn_day from_x =
        registers_day_at(order->self, order->table, x, registers_forms[order->table].from_offset);
    kn_day from_y =
        registers_day_at(order->self, order->table, y, registers_forms[order->table].from_offset);
    return from_x < from_y ? -1 : from_x > from_y;
}

static int by_day(const void *a, const void *b, void *arg)
{
    const struct order *order = arg;
    kn_day x = registers_day_at(order->self, order->table, *(const uint32_t *)a,
                                offsetof(struct calendar_row, from));
    kn_day y = registers_day_at(order->self, order->table, *(const uint32_t *)b,
                                offsetof(struct calendar_row, from));
    return x < y ? -1 : x > y;
}

int registers_index_table(registers_t *self, enum table table, struct fault *fault)
{
    const struct table_form *form = &registers_forms[table];
    size_t n = self->n[table];
    uint32_t *index = self->by_key[table] = calloc(n + 1, sizeof *index);
    struct order order = {self, table};
    if (!index) {
        return fault->code = KN_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        index[i] = (uint32_t)i;
    }
    qsort_r(index, n, sizeof *index, table == CALENDAR ? by_day : by_key, &order);
    for (size_t i = 0; i < n; i++) {
        if (registers_day_at(self, table, i, form->to_offset) <
            registers_day_at(self, table, i, form->from_offset)) {
            return registers_complain(fault, form->file, self->lines[table][i],
                                      "column \"valid_to\": ends before it begins");
        }
    }
    for (size_t i = 1; i < n; i++) {
        if (form->unique &&
            strcmp(registers_key_of(self, table, index[i - 1]),
                   registers_key_of(self, table, index[i])) == 0 &&
            registers_day_at(self, table, index[i - 1], form->to_offset) >=
                registers_day_at(self, table, index[i], form->from_offset)) {
            return registers_complain(
                fault, form->file, self->lines[table][index[i]],
                "\"%s\" has two rows that are in force on one day: end the older one "
                "(valid_to) before the newer begins",
                registers_key_of(self, table, index[i]));
        }
        if (table == CALENDAR && by_day(&index[i - 1], &index[i], &order) == 0) {
            char day[DAY_SIZE];
            day_format(registers_day_at(self, table, index[i], form->from_offset), day);
            return registers_complain(fault, form->file, self->lines[table][index[i]],
                                      "%s stands twice", day);
        }
    }
    return KN_OK;
}

/* The row of KEY in force on DAY, or on ANY_DAY. */
const void *registers_find(const registers_t *self, enum table table, const char *key, kn_day day)
{
    const struct table_form *form = &registers_forms[table];
    size_t low = 0, high = self->n[table];
    if (!key) {
        return NULL;
    }
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(registers_key_of(self, table, self->by_key[table][middle]), key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < self->n[table]; low++) {
        size_t row = self->by_key[table][low];
        if (strcmp(registers_key_of(self, table, row), key) != 0) {
            break;
        }
        if (day == ANY_DAY || (registers_day_at(self, table, row, form->from_offset) <= day &&
                               day <= registers_day_at(self, table, row, form->to_offset))) {
            return registers_row_at(self, table, row);
        }
    }
    return NULL;
}
