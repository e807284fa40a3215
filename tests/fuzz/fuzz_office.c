/* fuzz_office.c - any bytes as the parts of an office file (XLSX, OpenDocument, DOCX), read as a
 * table.
 *
 * A mutated archive is refused by its checksums before a reader sees it, so the input is the parts
 * themselves: NAME 0x1f CONTENT 0x1e, again and again. They are put into an archive without
 * compression and read to the end twice, with the same number of rows.
 */
#include "agents/read/read.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PARTS = 24, MAX_NAME = 60, PART_END = 0x1e, NAME_END = 0x1f };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
    const uint8_t *name, *content;
    uint16_t n_name;
    uint32_t size, crc, at;
};

static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static void put(FILE *file, uint32_t value, int n_bytes)
{
    for (; n_bytes--; value >>= 8) {
        fputc((int)(value & 0xff), file);
    }
}

/* What the local header and the directory have in common. */
static void put_common(FILE *file, const struct part *part)
{
    put(file, 20, 2);         /* version */
    put(file, 0, 4);          /* flags, no compression */
    put(file, 0x5a210000, 4); /* a day */
    put(file, part->crc, 4);
    put(file, part->size, 4);
    put(file, part->size, 4);
    put(file, part->n_name, 2);
    put(file, 0, 2);
}

static void write_archive(FILE *file, struct part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        parts[i].at = (uint32_t)ftell(file);
        put(file, 0x04034b50, 4);
        put_common(file, &parts[i]);
        fwrite(parts[i].name, 1, parts[i].n_name, file);
        fwrite(parts[i].content, 1, parts[i].size, file);
    }
    uint32_t from = (uint32_t)ftell(file);
    for (size_t i = 0; i < n; i++) {
        put(file, 0x02014b50, 4);
        put(file, 20, 2);
        put_common(file, &parts[i]);
        put(file, 0, 4);
        put(file, 0, 4);
        put(file, 0, 2);
        put(file, parts[i].at, 4);
        fwrite(parts[i].name, 1, parts[i].n_name, file);
    }
    uint32_t to = (uint32_t)ftell(file);
    put(file, 0x06054b50, 4);
    put(file, 0, 4);
    put(file, (uint32_t)n, 2);
    put(file, (uint32_t)n, 2);
    put(file, to - from, 4);
    put(file, from, 4);
    put(file, 0, 2);
}

static size_t split(struct part *parts, const uint8_t *data, size_t size)
{
    size_t n = 0;
    for (const uint8_t *at = data, *end = data + size; at < end && n < MAX_PARTS;) {
        const uint8_t *stop = memchr(at, PART_END, (size_t)(end - at));
        stop = stop ? stop : end;
        const uint8_t *name_end = memchr(at, NAME_END, (size_t)(stop - at));
        if (name_end && name_end > at && name_end - at <= MAX_NAME) {
            struct part *part = &parts[n++];
            *part = (struct part){.name = at,
                                  .n_name = (uint16_t)(name_end - at),
                                  .content = name_end + 1,
                                  .size = (uint32_t)(stop - name_end - 1)};
            part->crc = crc32(part->content, part->size);
        }
        at = stop + 1;
    }
    return n;
}

static size_t count(read_table_t *table)
{
    struct read_row row;
    struct read_fault fault;
    size_t n = 0;
    int rc;
    while ((rc = read_table_next(table, &row, &fault)) == 1 || rc == KN_E_INVALID) {
        assert(rc == KN_E_INVALID || row.cell[READ_TEXT]);
        n++;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    struct part parts[MAX_PARTS];
    char path[] = "/tmp/kn_fuzz_office_XXXXXX";
    read_table_t *table = NULL;
    struct read_fault fault;
    size_t n = split(parts, data, size);
    if (!n) {
        return 0;
    }
    FILE *file = fdopen(mkstemp(path), "wb");
    assert(file);
    write_archive(file, parts, n);
    assert(fclose(file) == 0);
    if (read_table_open(&table, path, &form, NULL, NULL, &fault) == KN_OK) {
        size_t rows = count(table);
        assert(read_table_rewind(table, &fault) != KN_OK || count(table) == rows);
    }
    read_table_close(&table);
    unlink(path);
    return 0;
}
