/* table.c - strict reading of tab-separated data files; see table.h. */
#include "hub/text/table.h"

#include "hub/text/text.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *table_slurp(const char *folder, const char *name, size_t *size)
{
    char *bytes = NULL, path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        if (end >= 0 && (bytes = malloc((size_t)end + 1)) != NULL) {
            *size = fread(bytes, 1, (size_t)end, file);
            bytes[*size] = 0;
        }
    }
    fclose(file);
    return bytes;
}

int table_fault(const struct table *self, size_t row, const char *fault, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s:%u: %s", self->path, row < self->n_rows ? self->lines[row] : 0,
             fault);
    return KN_E_INVALID;
}

void table_clear(struct table *self)
{
    free(self->bytes);
    free(self->rows);
    free(self->lines);
    memset(self, 0, sizeof *self);
}

/* Cuts LINE into the columns of ROW; false when it has too many. */
static int cut(const char *row[TABLE_MAX_COLUMNS], char *line, size_t n_columns)
{
    for (size_t i = 0; i < n_columns; i++) {
        row[i] = line;
        char *tab = strchr(line, '\t');
        if (tab == NULL) {
            for (size_t k = i + 1; k < n_columns; k++)
                row[k] = "";
            return 1;
        }
        *tab = 0;
        line = tab + 1;
    }
    return 0;
}

int table_read(struct table *out, const char *folder, const char *file, const char *header,
               char *why, size_t why_size)
{
    int rc = KN_E_INVALID;
    size_t size = 0, n_lines = 1;
    uint32_t line_no = 0;
    int seen_header = 0;

    memset(out, 0, sizeof *out);
    snprintf(out->path, sizeof out->path, "%s/%s", folder, file);
    out->bytes = table_slurp(folder, file, &size);
    if (out->bytes == NULL) {
        snprintf(why, why_size, "%s: cannot be read", out->path);
        return KN_E_IO;
    }
    out->hash = 1469598103934665603u;
    for (size_t i = 0; i < size; i++) {
        out->hash = (out->hash ^ (uint8_t)out->bytes[i]) * 1099511628211u;
        n_lines += out->bytes[i] == '\n';
    }
    if (strlen(out->bytes) != size || text_nfc(out->bytes, size, NULL, 0) < 0) {
        snprintf(why, why_size, "%s: is not UTF-8 text", out->path);
        goto done;
    }
    out->n_columns = 1;
    for (const char *p = header; *p; p++)
        out->n_columns += *p == '\t';
    out->rows = calloc(n_lines, sizeof *out->rows);
    out->lines = calloc(n_lines, sizeof *out->lines);
    if (out->rows == NULL || out->lines == NULL) {
        snprintf(why, why_size, "out of memory");
        rc = KN_E_NOMEM;
        goto done;
    }
    for (char *line = out->bytes, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = 0;
        line_no++;
        size_t length = strlen(line);
        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = 0;
        if (line[0] == 0 || line[0] == '#')
            continue;
        if (!seen_header) {
            if (strcmp(line, header) != 0) {
                snprintf(why, why_size, "%s:%u: the header must be \"%s\"", out->path, line_no,
                         header);
                goto done;
            }
            seen_header = 1;
            continue;
        }
        out->lines[out->n_rows] = line_no;
        if (!cut(out->rows[out->n_rows++], line, out->n_columns)) {
            table_fault(out, out->n_rows - 1, "too many columns", why, why_size);
            goto done;
        }
        if (out->rows[out->n_rows - 1][0][0] == 0) {
            table_fault(out, out->n_rows - 1, "the first column is empty", why, why_size);
            goto done;
        }
    }
    if (!seen_header) {
        snprintf(why, why_size, "%s: no header", out->path);
        goto done;
    }
    rc = 0;
done:
    if (rc != 0)
        table_clear(out);
    return rc;
}
