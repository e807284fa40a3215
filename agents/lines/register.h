/* register.h - the rows of a register file, for what classify adds to a reading.
 *
 * The library has checked the files strictly before; here a row is found by its first column. */
#ifndef KN_LINES_REGISTER_H
#define KN_LINES_REGISTER_H

#include <stddef.h>

enum { REGISTER_COLUMNS = 12 };
struct register_file {
    char *bytes;
    const char *(*rows)[REGISTER_COLUMNS];
    size_t n_rows;
};
/* Reads FOLDER/FILE. 0, KN_E_IO or KN_E_NOMEM, with the reason in WHY. */
int register_read(struct register_file *out, const char *folder, const char *file, char *why,
                  size_t why_size);
void register_clear(struct register_file *self);
/* The row whose first column is CODE, or NULL; absent columns are "". */
const char *const *register_find(const struct register_file *self, const char *code);
#endif
