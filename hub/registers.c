/* registers.c - reads, checks and indexes the register files.
 *
 * Each file has a table of columns below: name, kind, where it goes in the row, whether it must be
 * there. Reading a file is one loop over that table; what refers to other files is checked when all
 * are read. Texts are kept in one copy of each file, cut at the tabs.
 */
#include "hub/registers.h"

#include "hub/calendar.h"
#include "hub/digest.h"
#include "kiennghi/status.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { ANY_DAY = INT32_MIN, OPEN_END = INT32_MAX, MAX_COLUMNS = 16, FOLDED = 256 };

enum column_kind { TEXT, DAY_FROM, DAY_TO, NUMBER };

struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
    bool required; /* a value in every row */
};

enum table { SOURCES, FIELDS, UNITS, AREAS, COMPETENCE, DEADLINES, CALENDAR, N_TABLES };

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
static const struct table_form {
    const char *file;
    size_t row_size, key_offset, from_offset, to_offset;
    bool unique; /* one row of a key is in force on a day */
    struct column columns[MAX_COLUMNS];
} forms[N_TABLES] = {
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

static void *row_at(const registers_t *self, enum table table, size_t i)
{
    return (char *)self->rows[table] + i * forms[table].row_size;
}

static const char *key_of(const registers_t *self, enum table table, size_t i)
{
    const char *key;
    memcpy(&key, (char *)row_at(self, table, i) + forms[table].key_offset, sizeof key);
    return key;
}

static kn_day day_at(const registers_t *self, enum table table, size_t i, size_t offset)
{
    kn_day day;
    memcpy(&day, (char *)row_at(self, table, i) + offset, sizeof day);
    return day;
}

/* ---- faults ---------------------------------------------------------------------------------- */

struct fault {
    char *why;
    size_t size;
    int code;
};

__attribute__((format(printf, 4, 5))) static int complain(struct fault *fault, const char *file,
                                                          size_t line, const char *format, ...)
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
            return complain(fault, form->file, number, "unknown column \"%s\"", name);
        }
        for (size_t i = 0; i < *n; i++) {
            if (order[i] == column) {
                return complain(fault, form->file, number, "column \"%s\" stands twice", name);
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
            return complain(fault, form->file, number, "column \"%s\" is missing", column->name);
        }
    }
    return KN_OK;
}

static int read_value(const struct table_form *form, const struct column *column, const char *text,
                      size_t line, char *row, struct fault *fault)
{
    char *end;
    kn_day day = OPEN_END;
    int number;
    if (column->required && !text[0]) {
        return complain(fault, form->file, line, "column \"%s\" is empty", column->name);
    }
    switch (column->kind) {
    case TEXT: memcpy(row + column->offset, &text, sizeof text); break;
    case DAY_FROM:
    case DAY_TO:
        if (text[0] && day_parse(text, &day)) {
            return complain(fault, form->file, line,
                            "column \"%s\": \"%s\" is not a day, write YYYY-MM-DD", column->name,
                            text);
        }
        memcpy(row + column->offset, &day, sizeof day);
        break;
    case NUMBER:
        number = (int)strtol(text, &end, 10);
        if (*end || number < 0 || number > 10000) {
            return complain(fault, form->file, line,
                            "column \"%s\": \"%s\" is not a number from 0 to 10000", column->name,
                            text);
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
            return complain(fault, form->file, number, "more values than the header has columns");
        }
        if (read_value(form, order[i], text, number, row, fault)) {
            return fault->code;
        }
    }
    for (; i < n; i++) {
        if (order[i]->required) {
            return complain(fault, form->file, number, "column \"%s\" is empty", order[i]->name);
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

static int read_table(registers_t *self, enum table table, const struct registers_file *file,
                      struct fault *fault)
{
    const struct table_form *form = &forms[table];
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
        return complain(fault, form->file, 0, "not a text file");
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
            return complain(fault, form->file, number, "not UTF-8, save the file as UTF-8");
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
        if (read_row(form, line, number, order, n_columns, row_at(self, table, self->n[table]),
                     fault)) {
            return fault->code;
        }
        self->lines[table][self->n[table]] = (uint32_t)number;
        self->n[table]++;
    }
    return n_columns ? KN_OK : complain(fault, form->file, 0, "has no header line");
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
    int by = strcmp(key_of(order->self, order->table, x), key_of(order->self, order->table, y));
    if (by) {
        return by;
    }
    kn_day from_x = day_at(order->self, order->table, x, forms[order->table].from_offset);
    kn_day from_y = day_at(order->self, order->table, y, forms[order->table].from_offset);
    return from_x < from_y ? -1 : from_x > from_y;
}

static int by_day(const void *a, const void *b, void *arg)
{
    const struct order *order = arg;
    kn_day x = day_at(order->self, order->table, *(const uint32_t *)a,
                      offsetof(struct calendar_row, from));
    kn_day y = day_at(order->self, order->table, *(const uint32_t *)b,
                      offsetof(struct calendar_row, from));
    return x < y ? -1 : x > y;
}

static int index_table(registers_t *self, enum table table, struct fault *fault)
{
    const struct table_form *form = &forms[table];
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
        if (day_at(self, table, i, form->to_offset) < day_at(self, table, i, form->from_offset)) {
            return complain(fault, form->file, self->lines[table][i],
                            "column \"valid_to\": ends before it begins");
        }
    }
    for (size_t i = 1; i < n; i++) {
        if (form->unique &&
            strcmp(key_of(self, table, index[i - 1]), key_of(self, table, index[i])) == 0 &&
            day_at(self, table, index[i - 1], form->to_offset) >=
                day_at(self, table, index[i], form->from_offset)) {
            return complain(fault, form->file, self->lines[table][index[i]],
                            "\"%s\" has two rows that are in force on one day: end the older one "
                            "(valid_to) before the newer begins",
                            key_of(self, table, index[i]));
        }
        if (table == CALENDAR && by_day(&index[i - 1], &index[i], &order) == 0) {
            char day[DAY_SIZE];
            day_format(day_at(self, table, index[i], form->from_offset), day);
            return complain(fault, form->file, self->lines[table][index[i]], "%s stands twice",
                            day);
        }
    }
    return KN_OK;
}

/* The row of KEY in force on DAY, or on ANY_DAY. */
static const void *find(const registers_t *self, enum table table, const char *key, kn_day day)
{
    const struct table_form *form = &forms[table];
    size_t low = 0, high = self->n[table];
    if (!key) {
        return NULL;
    }
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(key_of(self, table, self->by_key[table][middle]), key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < self->n[table]; low++) {
        size_t row = self->by_key[table][low];
        if (strcmp(key_of(self, table, row), key) != 0) {
            break;
        }
        if (day == ANY_DAY || (day_at(self, table, row, form->from_offset) <= day &&
                               day <= day_at(self, table, row, form->to_offset))) {
            return row_at(self, table, row);
        }
    }
    return NULL;
}

/* ---- names ----------------------------------------------------------------------------------- */

static utf8proc_int32_t undo_stroke(utf8proc_int32_t c, void *arg)
{
    (void)arg;
    return c == 0x111 || c == 0x110 ? 'd' : c;
}

/* No marks, lower case, blanks single. NULL when TEXT is not UTF-8. */
static char *fold(const char *text)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_map_custom((const utf8proc_uint8_t *)text, 0, &out,
                        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                            UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK,
                        undo_stroke, NULL);
    char *to = (char *)out;
    bool blank = true;
    for (char *at = (char *)out; at && *at; at++) {
        bool is_blank = *at == ' ' || *at == '.' || *at == ',' || *at == '\t';
        if (!is_blank || !blank) {
            *to++ = is_blank ? ' ' : *at;
        }
        blank = is_blank;
    }
    if (to) {
        to -= to > (char *)out && to[-1] == ' ';
        *to = '\0';
    }
    return (char *)out;
}

static int by_name(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int by = strcmp(x->key, y->key);
    return by ? by : x->row < y->row ? -1 : x->row > y->row;
}

static bool add_name(struct name **names, size_t *n, const char *text, size_t row)
{
    struct name *more = realloc(*names, (*n + 1) * sizeof *more);
    if (!more) {
        return false;
    }
    *names = more;
    (*names)[*n] = (struct name){fold(text), (uint32_t)row};
    return (*names)[(*n)++].key != NULL;
}

static const struct name *first_name(const struct name *names, size_t n, const char *key)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(names[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n && strcmp(names[low].key, key) == 0 ? &names[low] : NULL;
}

static int index_names(registers_t *self, struct fault *fault)
{
    bool fits = true;
    char text[512];
    for (size_t i = 0; fits && i < self->n[AREAS]; i++) {
        const struct area_row *area = row_at(self, AREAS, i);
        snprintf(text, sizeof text, "%s %s", area->type, area->name);
        fits = add_name(&self->areas, &self->n_areas, area->name, i) &&
               add_name(&self->areas, &self->n_areas, text, i);
        for (const char *at = area->aliases; fits && *at;) {
            size_t length = strcspn(at, ";");
            snprintf(text, sizeof text, "%.*s", (int)length, at);
            fits = add_name(&self->areas, &self->n_areas, text, i);
            at += length + (at[length] == ';');
        }
    }
    for (size_t i = 0; fits && i < self->n[FIELDS]; i++) {
        const struct field_row *field = row_at(self, FIELDS, i);
        fits = add_name(&self->fields, &self->n_fields, field->code, i) &&
               add_name(&self->fields, &self->n_fields, field->name, i) &&
               add_name(&self->fields, &self->n_fields, field->name_en, i);
    }
    if (!fits) {
        return fault->code = KN_E_NOMEM;
    }
    qsort(self->areas, self->n_areas, sizeof *self->areas, by_name);
    qsort(self->fields, self->n_fields, sizeof *self->fields, by_name);
    return KN_OK;
}

/* ---- references ------------------------------------------------------------------------------ */

static int dangling(const registers_t *self, enum table table, size_t i, const char *column,
                    const char *value, const char *where, struct fault *fault)
{
    return complain(fault, forms[table].file, self->lines[table][i],
                    "column \"%s\": \"%s\" is not in %s: add it there or mend the name or the days",
                    column, value, where);
}

/* Is KEY in force on every day from FROM to TO? */
static bool covers(const registers_t *self, enum table table, const char *key, kn_day from,
                   kn_day to)
{
    const void *row;
    while ((row = find(self, table, key, from))) {
        kn_day end;
        memcpy(&end, (const char *)row + forms[table].to_offset, sizeof end);
        if (end >= to) {
            return true;
        }
        from = end + 1;
    }
    return false;
}

static bool is_one_of(const char *value, const char *const *list)
{
    while (*list && strcmp(*list, value) != 0) {
        list++;
    }
    return *list != NULL;
}

/* The next item of a list like "2018:001:part;2018:002"; of it the first PARTS parts between ":".
 */
static bool next_item(const char **at, int parts, char *out, size_t size)
{
    size_t length = strcspn(*at, ";,"), n = 0;
    while (**at && n < length && !((*at)[n] == ':' && --parts == 0)) {
        n++;
    }
    snprintf(out, size, "%.*s", (int)n, *at);
    bool found = **at != '\0';
    *at += length + ((*at)[length] != '\0');
    return found;
}

static int check_competence(const registers_t *self, struct fault *fault)
{
    for (size_t i = 0; i < self->n[COMPETENCE]; i++) {
        const struct competence_row *rule = row_at(self, COMPETENCE, i);
        bool is_place =
            strcmp(rule->unit, "{commune}") == 0 || strcmp(rule->unit, "{district}") == 0;
        if (strcmp(rule->field, "*") != 0 &&
            !covers(self, FIELDS, rule->field, rule->from, rule->to)) {
            return dangling(self, COMPETENCE, i, "field", rule->field, "fields.tsv", fault);
        }
        if (strcmp(rule->area, "*") != 0 && !registers_area(self, rule->area)) {
            return dangling(self, COMPETENCE, i, "area", rule->area, "areas.tsv", fault);
        }
        if (!is_place && !covers(self, UNITS, rule->unit, rule->from, rule->to)) {
            return dangling(self, COMPETENCE, i, "unit", rule->unit, "units.tsv on all its days",
                            fault);
        }
        for (size_t j = 0; j < i; j++) {
            const struct competence_row *other = row_at(self, COMPETENCE, j);
            if (strcmp(rule->field, other->field) == 0 && strcmp(rule->area, other->area) == 0 &&
                rule->from <= other->to && other->from <= rule->to) {
                return complain(fault, "competence.tsv", self->lines[COMPETENCE][i],
                                "field \"%s\", area \"%s\": two rules are in force on one day, the "
                                "other in line %u: end one of them",
                                rule->field, rule->area, self->lines[COMPETENCE][j]);
            }
        }
    }
    return fault->code;
}

static int check_areas(const registers_t *self, struct fault *fault)
{
    char id[64];
    for (size_t i = 0; i < self->n[AREAS]; i++) {
        const struct area_row *area = row_at(self, AREAS, i);
        if (area->parent[0] && !registers_area(self, area->parent)) {
            return dangling(self, AREAS, i, "parent", area->parent, "areas.tsv", fault);
        }
        for (const char *at = area->successors; next_item(&at, 2, id, sizeof id);) {
            if (!registers_area(self, id)) {
                return dangling(self, AREAS, i, "successors", id, "areas.tsv", fault);
            }
        }
    }
    return fault->code;
}

static int check_units(const registers_t *self, struct fault *fault)
{
    char id[64];
    for (size_t i = 0; i < self->n[UNITS]; i++) {
        const struct unit_row *unit = row_at(self, UNITS, i);
        if (unit->area[0] && !registers_area(self, unit->area)) {
            return dangling(self, UNITS, i, "area", unit->area, "areas.tsv", fault);
        }
        if (unit->parent[0] && !covers(self, UNITS, unit->parent, unit->from, unit->to)) {
            return dangling(self, UNITS, i, "parent", unit->parent, "units.tsv", fault);
        }
        for (const char *at = unit->predecessors; next_item(&at, 1, id, sizeof id);) {
            if (!find(self, UNITS, id, ANY_DAY)) {
                return dangling(self, UNITS, i, "predecessors", id, "units.tsv", fault);
            }
        }
    }
    return fault->code;
}

static int check_sources(const registers_t *self, struct fault *fault)
{
    static const char *const channels[] = {"contact",   "front",        "press",  "sms",
                                           "reception", "central",      "letter", "supervision",
                                           "party",     "organisation", "other",  NULL};
    static const char *const properties[] = {"text",        "received_at", "area", "field",
                                             "person",      "outlet",      "url",  "headline",
                                             "attachments", NULL};
    char property[64];
    for (size_t i = 0; i < self->n[SOURCES]; i++) {
        const struct source_row *source = row_at(self, SOURCES, i);
        if (!registers_deadline(self, source->profile, "answer", source->from)) {
            return dangling(self, SOURCES, i, "profile", source->profile,
                            "deadlines.tsv with an answer", fault);
        }
        if (!is_one_of(source->channel, channels)) {
            return dangling(self, SOURCES, i, "channel", source->channel, "schemas/channel.json",
                            fault);
        }
        for (const char *at = source->required; next_item(&at, 1, property, sizeof property);) {
            if (!is_one_of(property, properties)) {
                return dangling(self, SOURCES, i, "required", property, "schemas/petition.json",
                                fault);
            }
        }
    }
    return fault->code;
}

static int check_times(const registers_t *self, struct fault *fault)
{
    static const char *const kinds[] = {"calendar_days", "working_days", "working_hours", NULL};
    static const char *const stages[] = {"answer",  "register", "classify", "acknowledge", "return",
                                         "partner", "verify",   "publish",  "commitment",  "pause",
                                         "reopen",  "posting",  NULL};
    static const char *const days[] = {"holiday", "working", NULL};
    for (size_t i = 0; i < self->n[DEADLINES]; i++) {
        const struct deadline_row *rule = row_at(self, DEADLINES, i);
        if (!is_one_of(rule->kind, kinds)) {
            return complain(fault, "deadlines.tsv", self->lines[DEADLINES][i],
                            "column \"kind\": \"%s\": write calendar_days, working_days or "
                            "working_hours",
                            rule->kind);
        }
        if (!is_one_of(rule->stage, stages)) {
            return complain(fault, "deadlines.tsv", self->lines[DEADLINES][i],
                            "column \"stage\": there is no stage \"%s\": mend its name",
                            rule->stage);
        }
        for (size_t j = 0; j < i; j++) {
            const struct deadline_row *other = row_at(self, DEADLINES, j);
            if (strcmp(rule->profile, other->profile) == 0 &&
                strcmp(rule->stage, other->stage) == 0 && rule->from <= other->to &&
                other->from <= rule->to) {
                return complain(fault, "deadlines.tsv", self->lines[DEADLINES][i],
                                "profile \"%s\", stage \"%s\": two rules are in force on one day, "
                                "the other in line %u: end one of them",
                                rule->profile, rule->stage, self->lines[DEADLINES][j]);
            }
        }
    }
    for (size_t i = 0; i < self->n[CALENDAR]; i++) {
        const struct calendar_row *row = row_at(self, CALENDAR, i);
        if (!is_one_of(row->kind, days)) {
            return complain(fault, "calendar.tsv", self->lines[CALENDAR][i],
                            "column \"kind\": \"%s\": write holiday or working", row->kind);
        }
        if (strcmp(row->kind, "working") == 0 && day_weekday(row->from) < 5) {
            return complain(fault, "calendar.tsv", self->lines[CALENDAR][i],
                            "a working day from Monday to Friday needs no row: is the day right?");
        }
    }
    return fault->code;
}

/* A name of a field names one field on a day. */
static int check_field_names(const registers_t *self, struct fault *fault)
{
    for (size_t i = 1; i < self->n_fields; i++) {
        const struct name *a = &self->fields[i - 1], *b = &self->fields[i];
        const struct field_row *x = row_at(self, FIELDS, a->row), *y = row_at(self, FIELDS, b->row);
        if (strcmp(a->key, b->key) == 0 && strcmp(x->code, y->code) != 0 && x->from <= y->to &&
            y->from <= x->to) {
            return complain(fault, "fields.tsv", self->lines[FIELDS][b->row],
                            "the name \"%s\" is also that of line %u: change one of them", b->key,
                            self->lines[FIELDS][a->row]);
        }
    }
    return fault->code;
}

static int check_references(const registers_t *self, struct fault *fault)
{
    static int (*const checks[])(const registers_t *, struct fault *) = {
        check_competence, check_areas, check_units, check_sources, check_times, check_field_names};
    for (size_t i = 0; !fault->code && i < sizeof checks / sizeof *checks; i++) {
        checks[i](self, fault);
    }
    return fault->code;
}

/* ---- loading --------------------------------------------------------------------------------- */

static void hash(registers_t *self, const struct registers_file *files, size_t n)
{
    uint8_t all[N_TABLES][2][DIGEST_SIZE], digest[DIGEST_SIZE];
    memset(all, 0, sizeof all);
    for (int table = 0; table < N_TABLES; table++) {
        for (size_t i = 0; i < n; i++) {
            if (strcmp(files[i].name, forms[table].file) == 0) {
                digest_sha256(all[table][0], files[i].name, strlen(files[i].name));
                digest_sha256(all[table][1], files[i].bytes, files[i].size);
            }
        }
    }
    digest_sha256(digest, all, sizeof all);
    digest_hex(self->version, digest, 8);
}

int registers_load(registers_t **out, const struct registers_file *files, size_t n, char *why,
                   size_t why_size)
{
    struct fault fault = {why, why_size, KN_OK};
    registers_t *self = *out = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    for (int table = 0; !fault.code && table < N_TABLES; table++) {
        const struct registers_file *file = NULL;
        for (size_t i = 0; i < n; i++) {
            file = strcmp(files[i].name, forms[table].file) == 0 ? &files[i] : file;
        }
        if (!file) {
            complain(&fault, forms[table].file, 0, "this register is missing");
        } else if (!read_table(self, (enum table)table, file, &fault)) {
            index_table(self, (enum table)table, &fault);
        }
    }
    if (!fault.code && !index_names(self, &fault)) {
        check_references(self, &fault);
    }
    if (!fault.code) {
        hash(self, files, n);
    }
    if (fault.code) {
        registers_close(out);
    }
    return fault.code;
}

void registers_close(registers_t **self_p)
{
    registers_t *self = *self_p;
    *self_p = NULL;
    if (!self) {
        return;
    }
    for (int table = 0; table < N_TABLES; table++) {
        free(self->copy[table]);
        free(self->rows[table]);
        free(self->lines[table]);
        free(self->by_key[table]);
    }
    for (size_t i = 0; i < self->n_areas; i++) {
        free(self->areas[i].key);
    }
    for (size_t i = 0; i < self->n_fields; i++) {
        free(self->fields[i].key);
    }
    free(self->areas);
    free(self->fields);
    free(self);
}

/* ---- files of a folder ----------------------------------------------------------------------- */

static int is_register(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".tsv") == 0;
}

static int read_file(struct registers_file *out, const char *folder, const char *name)
{
    char path[1024];
    long size = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    int rc = KN_E_IO;
    if (file && !fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0 &&
        !fseek(file, 0, SEEK_SET)) {
        bytes = malloc((size_t)size + 1);
        rc = !bytes                                                ? KN_E_NOMEM
             : fread(bytes, 1, (size_t)size, file) == (size_t)size ? KN_OK
                                                                   : KN_E_IO;
    }
    if (file) {
        fclose(file);
    }
    *out = (struct registers_file){
        .name = rc ? NULL : strdup(name), .bytes = bytes, .size = (size_t)size};
    return rc;
}

int registers_read_folder(struct registers_file **out, size_t *n, const char *folder, char *why,
                          size_t why_size)
{
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_register, alphasort), rc = KN_OK;
    *n = 0;
    *out = found > 0 ? calloc((size_t)found, sizeof **out) : NULL;
    if (found <= 0 || !*out) {
        snprintf(why, why_size, "%s: %s", folder,
                 found < 0 ? strerror(errno) : "no register files (*.tsv) in this folder");
        rc = found > 0 ? KN_E_NOMEM : KN_E_NOT_FOUND;
    }
    for (int i = 0; i < found; i++) {
        if (!rc && (rc = read_file(&(*out)[(*n)++], folder, entries[i]->d_name))) {
            snprintf(why, why_size, "%s/%s cannot be read: %s", folder, entries[i]->d_name,
                     strerror(errno));
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

void registers_files_free(struct registers_file **files_p, size_t n)
{
    struct registers_file *files = *files_p;
    *files_p = NULL;
    for (size_t i = 0; files && i < n; i++) {
        free((void *)(uintptr_t)files[i].name);
        free((void *)(uintptr_t)files[i].bytes);
    }
    free(files);
}

/* ---- asking ---------------------------------------------------------------------------------- */

const char *registers_version(const registers_t *self)
{
    return self->version;
}

const struct source_row *registers_source(const registers_t *self, const char *code, kn_day day)
{
    return find(self, SOURCES, code, day);
}

const struct field_row *registers_field(const registers_t *self, const char *code, kn_day day)
{
    return find(self, FIELDS, code, day);
}

const struct unit_row *registers_unit(const registers_t *self, const char *id, kn_day day)
{
    return find(self, UNITS, id, day);
}

const struct area_row *registers_area(const registers_t *self, const char *id)
{
    const struct area_row *found = NULL;
    size_t low = 0, high = self->n[AREAS];
    while (id && low < high && !found) {
        size_t middle = (low + high) / 2;
        const struct area_row *row = row_at(self, AREAS, self->by_key[AREAS][middle]);
        int by = strcmp(row->id, id);
        found = by ? NULL : row;
        low = by < 0 ? middle + 1 : low;
        high = by > 0 ? middle : high;
    }
    return found;
}

const struct deadline_row *registers_deadline(const registers_t *self, const char *profile,
                                              const char *stage, kn_day day)
{
    for (size_t i = 0; i < self->n[DEADLINES]; i++) {
        const struct deadline_row *row = row_at(self, DEADLINES, i);
        if (strcmp(row->profile, profile) == 0 && strcmp(row->stage, stage) == 0 &&
            row->from <= day && day <= row->to) {
            return row;
        }
    }
    return NULL;
}

const struct calendar_row *registers_holiday(const registers_t *self, kn_day day)
{
    size_t low = 0, high = self->n[CALENDAR];
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct calendar_row *row = row_at(self, CALENDAR, self->by_key[CALENDAR][middle]);
        if (row->from == day) {
            return row;
        }
        low = row->from < day ? middle + 1 : low;
        high = row->from > day ? middle : high;
    }
    return NULL;
}

#define ALL_ROWS(function, type, table)                             \
    const struct type *function(const registers_t *self, size_t *n) \
    {                                                               \
        *n = self->n[table];                                        \
        return self->rows[table];                                   \
    }
ALL_ROWS(registers_competence, competence_row, COMPETENCE)
ALL_ROWS(registers_areas, area_row, AREAS)
ALL_ROWS(registers_calendar, calendar_row, CALENDAR)

const char *registers_field_code(const registers_t *self, const char *text, kn_day day)
{
    char *key = text ? fold(text) : NULL;
    const struct name *name = key ? first_name(self->fields, self->n_fields, key) : NULL;
    free(key);
    if (!name) {
        return NULL;
    }
    const struct field_row *row = row_at(self, FIELDS, name->row);
    return registers_field(self, row->code, day) ? row->code : NULL;
}

const char *registers_area_id(const registers_t *self, const char *text, kn_day day)
{
    const struct area_row *found = registers_area(self, text);
    char *key = text && !found ? fold(text) : NULL;
    const struct name *name = key ? first_name(self->areas, self->n_areas, key) : NULL;
    for (; name && name < self->areas + self->n_areas && strcmp(name->key, key) == 0; name++) {
        const struct area_row *row = row_at(self, AREAS, name->row);
        if (row->from > day || day > row->to || row == found) {
            continue;
        }
        if (found) { /* two areas of this name: a person has to say which */
            found = NULL;
            break;
        }
        found = row;
    }
    free(key);
    return found ? found->id : NULL;
}

static bool lists(const char *list, const char *id)
{
    char item[80];
    while (next_item(&list, 1, item, sizeof item)) {
        if (strcmp(item, id) == 0) {
            return true;
        }
    }
    return false;
}

/* Successors of successors: a unit follows only units before it in time, so that this ends. */
static size_t follow(const registers_t *self, const char *id, kn_day day, const char **out,
                     size_t n, size_t found, int depth)
{
    for (size_t i = 0; depth > 0 && i < self->n[UNITS]; i++) {
        const struct unit_row *unit = row_at(self, UNITS, i);
        if (!lists(unit->predecessors, id) || strcmp(unit->id, id) == 0) {
            continue;
        }
        bool known = false;
        for (size_t j = 0; j < found; j++) {
            known |= strcmp(out[j], unit->id) == 0;
        }
        if (known || (unit->from <= day && day <= unit->to)) {
            if (!known && found < n) {
                out[found++] = unit->id;
            }
        } else if (unit->to < day) {
            found = follow(self, unit->id, day, out, n, found, depth - 1);
        }
    }
    return found;
}

bool registers_unit_ends(const registers_t *self, kn_day from, kn_day to)
{
    for (size_t i = 0; i < self->n[UNITS]; i++) {
        const struct unit_row *unit = row_at(self, UNITS, i);
        if (from <= unit->to && unit->to < to) {
            return true;
        }
    }
    return false;
}

size_t registers_successors(const registers_t *self, const char *id, kn_day day, const char **out,
                            size_t n)
{
    return follow(self, id, day, out, n, 0, 8);
}

const struct unit_row *registers_unit_of_area(const registers_t *self, const char *area, kn_day day)
{
    for (size_t i = 0; area && i < self->n[UNITS]; i++) {
        const struct unit_row *row = row_at(self, UNITS, i);
        if (strcmp(row->area, area) == 0 && row->from <= day && day <= row->to) {
            return row;
        }
    }
    return NULL;
}
