/* package.h - for the fuzz targets of office files: parts out of bytes, zipped, read to the end.
 *
 * Bytes that begin as a zip are the file itself. Otherwise 0xFF ends one part and begins the next;
 * a part that is absent or empty has its standard text. So the fuzzer works on XML, not on deflate.
 */
#ifndef KN_FUZZ_PACKAGE_H
#define KN_FUZZ_PACKAGE_H

#include "agents/read/read.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

struct fuzz_part {
    const char *name, *standard;
};

static inline void fuzz_pack(const char *path, const struct fuzz_part *parts, const uint8_t *data,
                             size_t size)
{
    int error;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
    assert(zip);
    for (; parts->name; parts++) {
        const uint8_t *end = size ? memchr(data, 0xFF, size) : NULL;
        size_t n = end ? (size_t)(end - data) : size;
        const void *bytes = n ? (const void *)data : parts->standard;
        zip_source_t *source = zip_source_buffer(zip, bytes, n ? n : strlen(parts->standard), 0);
        zip_int64_t at = zip_file_add(zip, parts->name, source, 0);
        assert(at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0);
        data += n + (end != NULL);
        size -= n + (end != NULL);
    }
    assert(zip_close(zip) == 0);
}

static inline size_t fuzz_count(read_table_t *table)
{
    struct read_row row;
    struct read_fault fault;
    char words[512];
    size_t n = 0;
    int rc;
    while ((rc = read_table_next(table, &row, &fault)) == 1 || rc == KN_E_INVALID) {
        if (rc == KN_E_INVALID) {
            assert(read_fault_print(words, sizeof words, &fault, n & 1) > 0);
            assert(read_fault_level(&fault) == READ_ROW);
        } else {
            assert(row.cell[READ_TEXT] && row.number > 0);
        }
        n++;
    }
    return rc == 0 ? n : n + 1;
}

/* Reads PATH as a table, twice, with the same rows; and as minutes. */
static inline void fuzz_read(const char *path)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    read_table_t *table = NULL;
    read_minutes_t *minutes = NULL;
    struct read_row row;
    struct read_fault fault;
    size_t part[READ_MAX_PARTS], n_parts;
    if (read_table_open(&table, path, &form, NULL, NULL, &fault) == KN_OK) {
        size_t n = fuzz_count(table);
        assert(read_table_rewind(table, &fault) == KN_OK && fuzz_count(table) == n);
    }
    read_table_close(&table);
    if (read_minutes_open(&minutes, path, &form, NULL, NULL, &fault) == KN_OK) {
        int rc;
        while ((rc = read_minutes_next(minutes, &row, part, &n_parts, &fault)) == 1 ||
               rc == KN_E_INVALID) {
            assert(rc != 1 || (n_parts > 0 && part[n_parts - 1] <= strlen(row.cell[READ_TEXT])));
        }
    }
    read_minutes_close(&minutes);
}

static inline int fuzz_package(const struct fuzz_part *parts, const uint8_t *data, size_t size)
{
    char path[] = "/tmp/kn_fuzz_package_XXXXXX";
    int fd = mkstemp(path);
    assert(fd >= 0);
    if (size > 4 && memcmp(data, "PK\x03\x04", 4) == 0) {
        assert(write(fd, data, size) == (ssize_t)size);
    } else {
        fuzz_pack(path, parts, data, size);
    }
    close(fd);
    fuzz_read(path);
    unlink(path);
    return 0;
}

#endif
