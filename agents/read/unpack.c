/* unpack.c - the files of a ZIP archive into a folder: one level, bounded, names tamed. */
#include "agents/read/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { MAX_BYTES = 100 * 1024 * 1024 /* of all files together */ };

static int fail(struct read_fault *fault, enum read_kind kind, const char *path, const char *value,
                const char *expected)
{
    read_fault_set(fault, kind, path, 0);
    read_copy(fault->value, sizeof fault->value, value);
    read_copy(fault->expected, sizeof fault->expected, expected);
    return kind == READ_OPEN ? KN_E_IO : KN_E_INVALID;
}

/* Copies entry I to the disk; *LEFT is what may still be written. */
static int copy_entry(zip_t *zip, zip_uint64_t i, const struct read_edxml_file *to, size_t *left)
{
    char piece[65536];
    zip_file_t *from = zip_fopen_index(zip, i, 0);
    FILE *file = from ? fopen(to->path, "wb") : NULL;
    zip_int64_t n = -1;
    while (file && (n = zip_fread(from, piece, sizeof piece)) > 0) {
        if ((size_t)n > *left || fwrite(piece, 1, (size_t)n, file) != (size_t)n) {
            n = -1;
            break;
        }
        *left -= (size_t)n;
    }
    if (from) {
        zip_fclose(from);
    }
    return file && fclose(file) == 0 && n == 0 ? KN_OK : KN_E_IO;
}

int read_unpack(struct read_edxml_file *files, size_t *n_files, const char *path,
                const char *folder, struct read_fault *fault)
{
    int why = 0, rc = KN_OK;
    size_t left = MAX_BYTES;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &why);
    if (!zip) {
        return fail(fault, READ_EDXML_XML, path, "ZIP", "");
    }
    zip_int64_t n = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; rc == KN_OK && i < n; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, ZIP_FL_ENC_GUESS);
        if (!name || !*name || name[strlen(name) - 1] == '/') {
            continue; /* a folder */
        }
        if (*n_files == READ_EDXML_MAX_FILES) {
            rc = fail(fault, READ_EDXML_LARGE, path, "số tệp nén", "16");
            break;
        }
        struct read_edxml_file *file = &files[*n_files];
        memset(file, 0, sizeof *file);
        read_tame(file->name, sizeof file->name, name);
        int length =
            snprintf(file->path, sizeof file->path, "%s/z%zu-%s", folder, *n_files, file->name);
        if (length < 0 || (size_t)length >= sizeof file->path) {
            rc = fail(fault, READ_OPEN, path, strerror(ENAMETOOLONG), "");
        } else if (copy_entry(zip, (zip_uint64_t)i, file, &left) != KN_OK) {
            rc = fail(fault, READ_EDXML_LARGE, path, file->name, "100 MiB");
        } else {
            ++*n_files;
        }
    }
    zip_discard(zip);
    return rc;
}
