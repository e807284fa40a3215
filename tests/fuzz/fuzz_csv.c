/* fuzz_csv.c - a table with any bytes: read to its end twice, with the same rows. */
#include "agents/read/read.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(read_table_t *table)
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
    assert(rc == 0);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    char path[] = "/tmp/kn_fuzz_csv_XXXXXX";
    read_table_t *table = NULL;
    struct read_fault fault;
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "wb");
    assert(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    if (read_table_open(&table, path, &form, NULL, NULL, &fault) == KN_OK) {
        size_t n = count(table);
        assert(read_table_rewind(table, &fault) == KN_OK && count(table) == n);
    }
    read_table_close(&table);
    unlink(path);
    return 0;
}
