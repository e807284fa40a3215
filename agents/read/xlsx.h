/* xlsx.h - what the files that read XLSX share: shared strings and number formats. */
#ifndef KN_READ_XLSX_H
#define KN_READ_XLSX_H

#include "agents/read/package.h"

/* The shared strings, on the disk; a table of offsets in memory. */
struct strings;
/* *OUT is NULL when the workbook has none. */
int strings_open(struct strings **out, package_t *package, const char *part, const char *path,
                 struct read_fault *fault);
void strings_close(struct strings **self_p);
/* String I into OUT (emptied before): 0; KN_E_NOT_FOUND: there is no such; KN_E_NOMEM; KN_E_IO. */
int strings_get(struct strings *self, struct read_bytes *out, uint32_t i);

/* Appends the text of the element just opened (si, is): its t elements without phonetic hints. */
int strings_text(struct part *part, struct read_bytes *out, struct read_fault *fault);

/* The number formats of the cell styles. */
struct formats {
    uint8_t *of_style; /* how style I shows a number: FORMAT_... */
    size_t n;
    bool is_1904; /* days are counted from 1904 */
};
int formats_read(struct formats *out, package_t *package, const char *part, const char *path,
                 struct read_fault *fault);
void formats_clear(struct formats *formats);
/* The number VALUE, as the file has it, as style STYLE shows it: a plain number, a day as
 * 24/11/2026 [08:30]. False when it is no number. */
bool formats_print(const struct formats *formats, char out[64], const char *value, uint32_t style);

#endif
