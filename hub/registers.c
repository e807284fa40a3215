/* registers.c - the registers in force: loaded and checked as a whole, then asked by key, by name
 * and by day. Reading one file is registers_table.c, what rows say of each other registers_check.c.
 */
#include "hub/registers_parts.h"

#include "hub/calendar.h"
#include "hub/digest.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* ---- names ----------------------------------------------------------------------------------- */

static utf8proc_int32_t undo_stroke(utf8proc_int32_t c, void *arg)
{
    (void)arg;
    return c == 0x111 || c == 0x110 ? 'd' : c;
}

/* No marks, lower case, blanks single. NULL when TEXT is not UTF-8. */
static char *registers_fold(const char *text)
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
    (*names)[*n] = (struct name){registers_fold(text), (uint32_t)row};
    return (*names)[(*n)++].key != NULL;
}

static const struct name *registers_first_name(const struct name *names, size_t n, const char *key)
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
        const struct area_row *area = registers_row_at(self, AREAS, i);
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
        const struct field_row *field = registers_row_at(self, FIELDS, i);
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

/* ---- loading --------------------------------------------------------------------------------- */

static void hash(registers_t *self, const struct registers_file *files, size_t n)
{
    uint8_t all[N_TABLES][2][DIGEST_SIZE], digest[DIGEST_SIZE];
    memset(all, 0, sizeof all);
    for (int table = 0; table < N_TABLES; table++) {
        for (size_t i = 0; i < n; i++) {
            if (strcmp(files[i].name, registers_forms[table].file) == 0) {
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
            file = strcmp(files[i].name, registers_forms[table].file) == 0 ? &files[i] : file;
        }
        if (!file) {
            registers_complain(&fault, registers_forms[table].file, 0, "this register is missing");
        } else if (!registers_read_table(self, (enum table)table, file, &fault)) {
            registers_index_table(self, (enum table)table, &fault);
        }
    }
    if (!fault.code && !index_names(self, &fault)) {
        registers_check(self, &fault);
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

/* ---- asking ---------------------------------------------------------------------------------- */

const char *registers_version(const registers_t *self)
{
    return self->version;
}

const struct source_row *registers_source(const registers_t *self, const char *code, kn_day day)
{
    return registers_find(self, SOURCES, code, day);
}

const struct field_row *registers_field(const registers_t *self, const char *code, kn_day day)
{
    return registers_find(self, FIELDS, code, day);
}

const struct unit_row *registers_unit(const registers_t *self, const char *id, kn_day day)
{
    return registers_find(self, UNITS, id, day);
}

const struct area_row *registers_area(const registers_t *self, const char *id)
{
    const struct area_row *found = NULL;
    size_t low = 0, high = self->n[AREAS];
    while (id && low < high && !found) {
        size_t middle = (low + high) / 2;
        const struct area_row *row = registers_row_at(self, AREAS, self->by_key[AREAS][middle]);
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
        const struct deadline_row *row = registers_row_at(self, DEADLINES, i);
        if (strcmp(row->profile, profile) == 0 && strcmp(row->stage, stage) == 0 &&
            row->from <= day && day <= row->to) {
            return row;
        }
    }
    return NULL;
}

static const struct calendar_row *find_day(const registers_t *self, kn_day day)
{
    size_t low = 0, high = self->n[CALENDAR];
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct calendar_row *row =
            registers_row_at(self, CALENDAR, self->by_key[CALENDAR][middle]);
        if (row->from == day) {
            return row;
        }
        low = row->from < day ? middle + 1 : low;
        high = row->from > day ? middle : high;
    }
    return NULL;
}

static bool is_proposed(const struct calendar_row *row)
{
    return strcmp(row->kind, "proposed") == 0;
}

const struct calendar_row *registers_holiday(const registers_t *self, kn_day day)
{
    const struct calendar_row *row = find_day(self, day);
    return row && !is_proposed(row) ? row : NULL;
}

const struct calendar_row *registers_proposed_day(const registers_t *self, kn_day day)
{
    const struct calendar_row *row = find_day(self, day);
    return row && is_proposed(row) ? row : NULL;
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
    char *key = text ? registers_fold(text) : NULL;
    const struct name *name = key ? registers_first_name(self->fields, self->n_fields, key) : NULL;
    free(key);
    if (!name) {
        return NULL;
    }
    const struct field_row *row = registers_row_at(self, FIELDS, name->row);
    return registers_field(self, row->code, day) ? row->code : NULL;
}

const char *registers_area_id(const registers_t *self, const char *text, kn_day day)
{
    const struct area_row *found = registers_area(self, text);
    char *key = text && !found ? registers_fold(text) : NULL;
    const struct name *name = key ? registers_first_name(self->areas, self->n_areas, key) : NULL;
    for (; name && name < self->areas + self->n_areas && strcmp(name->key, key) == 0; name++) {
        const struct area_row *row = registers_row_at(self, AREAS, name->row);
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
    while (registers_next_item(&list, 1, item, sizeof item)) {
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
        const struct unit_row *unit = registers_row_at(self, UNITS, i);
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
        const struct unit_row *unit = registers_row_at(self, UNITS, i);
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
        const struct unit_row *row = registers_row_at(self, UNITS, i);
        if (strcmp(row->area, area) == 0 && row->from <= day && day <= row->to) {
            return row;
        }
    }
    return NULL;
}
