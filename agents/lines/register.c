/* register.c - the rows of a register file; see register.h. */
#include "agents/lines/register.h"

#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int register_read(struct register_file *out, const char *folder, const char *file, char *why,
                  size_t why_size)
{
    char path[512];
    size_t size = 0, n_lines = 1;
    memset(out, 0, sizeof *out);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *in = fopen(path, "rb");
    ssize_t length = in == NULL ? -1 : getdelim(&out->bytes, &size, 0, in);
    if (in != NULL)
        fclose(in);
    if (length < 0) {
        snprintf(why, why_size, "%s: cannot be read", path);
        register_clear(out);
        return KN_E_IO;
    }
    for (const char *p = out->bytes; *p; p++)
        n_lines += *p == '\n';
    out->rows = calloc(n_lines, sizeof *out->rows);
    if (out->rows == NULL) {
        snprintf(why, why_size, "out of memory");
        register_clear(out);
        return KN_E_NOMEM;
    }
    char *line;
    for (char *rest = out->bytes; (line = strsep(&rest, "\n")) != NULL;) {
        if (line[0] == 0 || line[0] == '#')
            continue;
        const char **row = out->rows[out->n_rows++];
        for (size_t i = 0; i < REGISTER_COLUMNS; i++) {
            const char *column = strsep(&line, "\t");
            row[i] = column == NULL ? "" : column;
        }
    }
    return 0;
}

void register_clear(struct register_file *self)
{
    free(self->bytes);
    free(self->rows);
    memset(self, 0, sizeof *self);
}

const char *const *register_find(const struct register_file *self, const char *code)
{
    for (size_t i = 0; i < self->n_rows; i++)
        if (strcmp(self->rows[i][0], code) == 0)
            return self->rows[i];
    return NULL;
}
