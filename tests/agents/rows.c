/* rows.c - prints the rows of a table as JSON lines, for tests that make the tables.
 *
 *     rows FILE…
 *
 * A line is a row, a refused row, a warning or the fault of the file: {"file","sheet","row",…}.
 */
#include "agents/read/read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_text(const char *key, const char *text)
{
    if (!text) {
        return;
    }
    printf(",\"%s\":\"", key);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0x20 || *at == '"' || *at == '\\') {
            printf("\\u%04x", *at);
        } else {
            putchar(*at);
        }
    }
    putchar('"');
}

static void put_fault(const char *what, const struct read_fault *fault)
{
    static const char *const names[] = {
#define NAME(name, level, code, vi, en) #name,
        READ_FAULT_LIST(NAME)
#undef NAME
    };
    char words[1024];
    (void)read_fault_print(words, sizeof words, fault, false);
    printf("{\"is\":\"%s\",\"row\":%" PRIu64, what, fault->row);
    put_text("kind", names[fault->kind]);
    put_text("sheet", fault->sheet);
    put_text("column", fault->column);
    put_text("value", fault->value);
    put_text("words", words);
    puts("}");
}

static void warn(void *told, const struct read_fault *fault)
{
    (void)told;
    put_fault("warning", fault);
}

static void put_row(const struct read_row *row)
{
    static const char *const keys[READ_COLUMNS] = {
        "number", "person", "phone", "address", "area", "field", "text", "received", "note"};
    printf("{\"is\":\"row\",\"row\":%" PRIu64, row->number);
    put_text("sheet", row->sheet);
    for (int i = 0; i < READ_UNSENT; i++) {
        put_text(keys[i], row->cell[i]);
    }
    put_text("encoding", row->encoding);
    puts("}");
}

static void read_file(const char *path)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    read_table_t *table = NULL;
    struct read_row row;
    struct read_fault fault;
    int rc = read_table_open(&table, path, &form, warn, NULL, &fault);
    if (rc != KN_OK) {
        put_fault("file", &fault);
        return;
    }
    while ((rc = read_table_next(table, &row, &fault)) == 1 || rc == KN_E_INVALID) {
        if (rc == 1) {
            put_row(&row);
        } else {
            put_fault("refused", &fault);
        }
    }
    if (rc != 0) {
        put_fault("file", &fault);
    }
    read_table_close(&table);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        read_file(argv[i]);
    }
    return 0;
}
