/* headers.c - the lines "key;value" above a table, or in a file of their own.
 *
 * A line is known by its name (forms.c); an unknown one is named together with the nearest that is
 * known, and nothing of the file is taken: it may say which meeting it was.
 */
#include "agents/read/parts.h"

#include <stdio.h>
#include <stdlib.h>

void read_headers_clear(struct read_headers *out)
{
    for (int i = 0; i < READ_HEADERS; i++) {
        free(out->value[i]);
    }
    memset(out, 0, sizeof *out);
}

int read_headers_check(const struct read_headers *given, uint32_t required, const char *file,
                       struct read_fault *fault)
{
    for (int i = 0; i < READ_HEADERS; i++) {
        if ((required & 1U << i) && !given->value[i]) {
            read_fault_set(fault, READ_HEADER_MISSING, file, 0);
            read_forms_t *forms = read_forms_standard();
            if (forms) {
                read_copy(fault->value, sizeof fault->value, read_forms_line_name(forms, i));
            }
            read_forms_destroy(&forms);
            fault->field = read_line_field(i);
            return KN_E_INVALID;
        }
    }
    return KN_OK;
}

/* Days become YYYY-MM-DD, counts must be counts. */
static int check_header(struct read_headers *out, int header, struct read_fault *fault)
{
    char **value = &out->value[header], day[11];
    int64_t at;
    enum read_kind kind = READ_HEADER_LONG;
    if (header == READ_DATE) {
        kind = READ_HEADER_DATE;
        if (read_time(&at, *value) == KN_OK) {
            read_day(day, at);
            free(*value);
            *value = strdup(day);
            return *value ? KN_OK : KN_E_NOMEM;
        }
    } else if (header == READ_DECLARED &&
               (!**value || strlen(*value) > 8 || strspn(*value, "0123456789") != strlen(*value))) {
        kind = READ_HEADER_COUNT;
    } else if (read_characters(*value) <= read_line_max(header)) {
        return KN_OK;
    }
    fault->kind = kind;
    fault->field = read_line_field(header);
    read_copy(fault->value, sizeof fault->value, *value);
    (void)snprintf(fault->expected, sizeof fault->expected, "%zu", read_line_max(header));
    return KN_E_INVALID;
}

int read_headers_take(struct read_headers *out, const read_forms_t *forms, const char *key,
                      const char *value, uint64_t row, const char *path, struct read_fault *fault)
{
    int header = read_forms_line(forms, key);
    read_fault_set(fault, READ_UNKNOWN_HEADER, path, row);
    if (!read_is_text(key, strlen(key)) || !read_is_text(value, strlen(value))) {
        fault->kind = READ_NOT_TEXT;
        return KN_E_INVALID;
    }
    read_copy(fault->value, sizeof fault->value, key);
    read_copy(fault->column, sizeof fault->column, key);
    if (header < 0) {
        read_forms_suggest(forms, -1, fault->expected, sizeof fault->expected, key);
        return KN_E_INVALID;
    }
    char *clean = read_clean(value, strlen(value));
    if (!clean) {
        fault->kind = READ_MEMORY;
        return KN_E_NOMEM;
    }
    if (!*clean) { /* a line that was left open says nothing */
        free(clean);
        return KN_OK;
    }
    if (out->value[header]) {
        fault->kind = READ_HEADER_TWICE;
        free(clean);
        return KN_E_INVALID;
    }
    out->value[header] = clean;
    out->row[header] = row;
    return check_header(out, header, fault);
}

int read_headers_open(struct read_headers *out, const char *path, struct read_fault *fault)
{
    read_csv_t *csv = NULL;
    struct read_record record;
    read_forms_t *forms = read_forms_standard();
    int rc = forms ? read_csv_open(&csv, path, fault) : KN_E_NOMEM;
    memset(out, 0, sizeof *out);
    if (!forms) {
        read_fault_set(fault, READ_MEMORY, path, 0);
    }
    if (rc == KN_OK) {
        rc = read_csv_rewind(csv, '\0');
    }
    while (rc == KN_OK && (rc = read_csv_next(csv, &record, fault)) == 1) {
        char *line = record.cell[0], *mark = line + strcspn(line, ":;\t");
        char *value = *mark ? mark + 1 : mark;
        *mark = '\0';
        size_t length = strlen(value);
        if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
            value[length - 1] = '\0';
            value++;
        }
        rc = read_headers_take(out, forms, line, value, record.number, path, fault);
    }
    read_csv_close(&csv);
    read_forms_destroy(&forms);
    if (rc < 0) {
        read_headers_clear(out);
    }
    return rc;
}
