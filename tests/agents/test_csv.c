/* test_csv.c - tables as operators have them, good and bad: agents/read/csv.c, table.c. */
#include "tests/agents/readers.h"

#define HEAD "STT;Địa bàn;Nội dung kiến nghị;Ngày nhận\n"

#define BYTES(text) text, sizeof text - 1

static const struct read_form form = {.columns = 1U << READ_TEXT};

static read_table_t *open_bytes(const void *bytes, size_t length, struct warned *warned)
{
    read_table_t *table = NULL;
    struct read_fault fault;
    int rc = read_table_open(&table, file_of("t.csv", bytes, length), &form, warn, warned, &fault);
    if (rc != KN_OK) {
        char line[512];
        (void)read_fault_print(line, sizeof line, &fault, true);
        print_error("%s\n", line);
    }
    assert_int_equal(rc, KN_OK);
    return table;
}

static read_table_t *open_text(const char *text, struct warned *warned)
{
    return open_bytes(text, strlen(text), warned);
}

/* The fault with which the whole of TEXT is refused. */
static struct read_fault refused(const void *bytes, size_t length)
{
    read_table_t *table = NULL;
    struct read_fault fault;
    int rc = read_table_open(&table, file_of("t.csv", bytes, length), &form, NULL, NULL, &fault);
    assert_int_equal(rc, KN_E_INVALID);
    assert_null(table);
    assert_int_equal(read_fault_level(&fault), READ_FILE);
    assert_string_equal(fault.file, "t.csv");
    return fault;
}

static void next_is(read_table_t *table, uint64_t number, const char *text)
{
    struct read_row row;
    struct read_fault fault;
    assert_int_equal(read_table_next(table, &row, &fault), 1);
    assert_int_equal(row.number, number);
    assert_string_equal(row.cell[READ_TEXT], text);
}

static void next_is_refused(read_table_t *table, uint64_t number, enum read_kind kind)
{
    struct read_row row;
    struct read_fault fault;
    assert_int_equal(read_table_next(table, &row, &fault), KN_E_INVALID);
    assert_int_equal(row.number, number);
    assert_int_equal(fault.row, number);
    assert_int_equal(fault.kind, kind);
    assert_int_equal(read_fault_level(&fault), READ_ROW);
}

static void next_is_end(read_table_t *table)
{
    struct read_row row;
    struct read_fault fault;
    assert_int_equal(read_table_next(table, &row, &fault), 0);
}

static void reads_minutes(void **state)
{
    read_table_t *table = NULL;
    struct read_row row;
    struct read_fault fault;
    struct warned warned = {0};
    (void)state;
    const char *path = KN_SOURCE_DIR "/tests/demo/data/txct-hoang-mai.csv";
    assert_int_equal(read_table_open(&table, path, &form, warn, &warned, &fault), KN_OK);
    const struct read_headers *top = read_table_headers(table);
    assert_string_equal(top->value[READ_DATE], "2026-11-21");
    assert_string_equal(top->value[READ_SOURCE], "txct_chuyen_de");
    assert_string_equal(top->value[READ_DECLARED], "16");
    assert_int_equal(top->row[READ_DATE], 2);
    for (int pass = 0; pass < 2; pass++) {
        int n = 0, bad = 0, rc;
        while ((rc = read_table_next(table, &row, &fault)) != 0) {
            n++;
            bad += rc == KN_E_INVALID;
        }
        assert_int_equal(n, 16);
        assert_int_equal(bad, 2); /* no text, no such day */
        assert_int_equal(read_table_rewind(table, &fault), KN_OK);
    }
    assert_int_equal(read_table_next(table, &row, &fault), 1);
    assert_string_equal(row.cell[READ_NUMBER], "1");
    assert_string_equal(row.cell[READ_PERSON], "Nguyễn Thị Bích");
    assert_true(row.received_at == 1795194000000); /* 21/11/2026 00:00 +07 */
    assert_int_equal(warned.n, 0);
    read_table_close(&table);
}

static void reads_delimiters_and_encodings(void **state)
{
    static const char *const texts[] = {
        "STT;Nội dung\n1;a, b\n",   "STT,Nội dung\r\n1,\"a, b\"\r\n",
        "STT\tNội dung\n1\ta, b\n", "\xEF\xBB\xBFSTT;NOI DUNG\n1;a, b",
        "no;content\r1;a, b\r",
    };
    struct warned warned = {0};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_table_t *table = open_text(texts[i], &warned);
        next_is(table, 2, "a, b");
        next_is_end(table);
        read_table_close(&table);
    }
    static const unsigned char le[] = "\xFF\xFEs\0t\0t\0;\0n\0o\0i\0 \0d\0u\0n\0g\0\n\0"
                                      "1\0;\0\xC5\x1E\xA3\x1E\n\0";
    read_table_t *table = open_bytes(le, sizeof le - 1, &warned);
    next_is(table, 2, "ễả");
    read_table_close(&table);
    table = open_text("stt;noi dung\n1;Tie\xCC\x82\xCC\x81ng\n", &warned); /* NFD becomes NFC */
    next_is(table, 2, "Tiếng");
    read_table_close(&table);
}

static void numbers_rows_as_a_spreadsheet(void **state)
{
    struct warned warned = {0};
    (void)state;
    read_table_t *table = open_text(
        "\n" HEAD "\n1;p;\"dòng một\r\ndòng hai\";\n;;;\n2;p; b ;24/11/2026\n" HEAD "3;p;c;\n",
        &warned);
    next_is(table, 4, "dòng một\ndòng hai");
    next_is(table, 6, "b");
    next_is(table, 8, "c");
    next_is_end(table);
    assert_int_equal(warned.n, 1);
    assert_int_equal(warned.last.kind, READ_HEADINGS_AGAIN);
    assert_int_equal(warned.last.row, 7);
    read_table_close(&table);
}

static void refuses_rows_and_goes_on(void **state)
{
    struct warned warned = {0};
    struct read_row row;
    struct read_fault fault;
    (void)state;
    read_table_t *table = open_text(HEAD "1;p;;\n"
                                         "2;p;\xC3(;\n"
                                         "3;p;tốt;32/11/2026\n"
                                         "4;p;a;24/11/2026;thừa\n"
                                         "5;p;\"không khép;\n"
                                         "6;p;ống 5\" vỡ;\n"
                                         "7;như trên;x;\n"
                                         "8;p;cuối;\n",
                                    &warned);
    assert_int_equal(read_table_next(table, &row, &fault), KN_E_INVALID);
    assert_says(&fault, "t.csv, dòng 2, cột \"Nội dung kiến nghị\": ô trống – ");
    assert_string_equal(fault.field, "text");
    assert_string_equal(read_fault_code(&fault), "required");
    assert_string_equal(row.cell[READ_NUMBER], "1");
    assert_int_equal(read_table_next(table, &row, &fault), KN_E_INVALID);
    assert_string_equal(read_fault_code(&fault), "not_text");
    assert_says(&fault, "dòng 3");
    next_is_refused(table, 4, READ_BAD_DATE);
    next_is_refused(table, 5, READ_ROW_CELLS);
    next_is_refused(table, 6, READ_ROW_QUOTE);
    next_is_refused(table, 7, READ_ROW_QUOTE);
    next_is_refused(table, 8, READ_DITTO);
    next_is(table, 9, "cuối");
    next_is_end(table);
    read_table_close(&table);
}

/* A row of 10 MB is refused by its number; the rows around it are read. */
static void bounds_rows(void **state)
{
    enum { BIG = 10 * 1024 * 1024 };
    struct warned warned = {0};
    (void)state;
    for (int quoted = 0; quoted < 2; quoted++) {
        char *bytes = malloc(BIG + 256);
        size_t n = (size_t)sprintf(bytes, HEAD "1;p;a;\n2;p;%s", quoted ? "\"" : "");
        memset(bytes + n, 'x', BIG);
        for (size_t i = n; quoted && i < n + BIG; i += 1000) {
            bytes[i] = '\n';
        }
        n += BIG;
        n += (size_t)sprintf(bytes + n, "%s;\n3;p;c;\n", quoted ? "\"" : "");
        read_table_t *table = open_bytes(bytes, n, &warned);
        next_is(table, 2, "a");
        next_is_refused(table, 3, READ_ROW_LARGE);
        next_is(table, 4, "c");
        next_is_end(table);
        read_table_close(&table);
        free(bytes);
    }
    char *text = malloc(17000 + 64); /* too long for a petition, not for a row */
    size_t n = (size_t)sprintf(text, "%s", HEAD "1;p;");
    memset(text + n, 'y', 16001);
    (void)sprintf(text + n + 16001, ";\n");
    read_table_t *table = open_text(text, &warned);
    next_is_refused(table, 2, READ_TOO_LONG);
    read_table_close(&table);
    free(text);
}

static void names_what_a_file_is(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum read_kind kind;
        const char *words;
    } cases[] = {
        {BYTES(""), READ_EMPTY, "tệp rỗng"},
        {BYTES("PK\x03\x04...."), READ_PACKAGE, "tệp hỏng"},
        {BYTES("\xD0\xCF\x11\xE0\xA1\xB1"), READ_BINARY_TABLE, ".xls"},
        {BYTES("%PDF-1.4"), READ_BINARY, "PDF"},
        {BYTES("ab\0\1\2cdefgh"), READ_BINARY, "lưu thành .xlsx"},
        {BYTES("S\0T\0T\0;\0n\0"), READ_NO_BOM, "UTF-16"},
        {BYTES("chỉ là\nvăn bản\n"), READ_NO_TABLE, "tiêu đề"},
        {BYTES("STT;Noi dung;Lĩnh vưc;Diachj\n"), READ_UNKNOWN_COLUMN,
         "\"Diachj\" – có phải \"Địa chỉ\""},
        {BYTES("STT;Cử tri\n"), READ_COLUMN_MISSING, "Nội dung kiến nghị"},
        {BYTES("STT;Noi dung;Noi dung kien nghi\n"), READ_COLUMN_TWICE, "Noi dung"},
        {BYTES("Ngay;32/1/2026\nSTT;Noi dung\n"), READ_HEADER_DATE, "dòng 1"},
        {BYTES("So luong;mot\nSTT;Noi dung\n"), READ_HEADER_COUNT, "mot"},
        {BYTES("Dia diem;A;B\nSTT;Noi dung\n"), READ_HEADER_CELLS, "ngoặc kép"},
        {BYTES("Ngay;1/1/2026\nNgay;2/1/2026\nSTT;Noi dung\n"), READ_HEADER_TWICE, "dòng 2"},
        {BYTES("Dja diem;A\nSTT;Noi dung\n"), READ_UNKNOWN_HEADER, "Địa điểm"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n =
            strlen(cases[i].bytes) > cases[i].length ? strlen(cases[i].bytes) : cases[i].length;
        struct read_fault fault = refused(cases[i].bytes, n);
        print_message("%zu\n", i);
        assert_int_equal(fault.kind, cases[i].kind);
        assert_says(&fault, cases[i].words);
    }
}

static void reads_header_files(void **state)
{
    struct read_headers top;
    struct read_fault fault;
    static const char text[] = "Số/ký hiệu: 12/MTTQ-BTT\nNgày: 1.2.2026\nCơ quan gửi;\"Ủy ban\"\n";
    (void)state;
    file_of("h.txt", text, strlen(text));
    assert_int_equal(read_headers_open(&top, "h.txt", &fault), KN_OK);
    assert_string_equal(top.value[READ_DOCUMENT_NUMBER], "12/MTTQ-BTT");
    assert_string_equal(top.value[READ_DATE], "2026-02-01");
    assert_string_equal(top.value[READ_SENDER], "Ủy ban");
    assert_int_equal(read_headers_check(&top, 1U << READ_SUBJECT, "h.txt", &fault), KN_E_INVALID);
    assert_says(&fault, "h.txt: thiếu mục \"Trích yếu\"");
    read_headers_clear(&top);
}

static void reads_days(void **state)
{
    static const struct {
        const char *text;
        int64_t at; /* -1: no day */
    } days[] = {
        {"1/1/1970 07:00", 0},
        {"24/11/2026", 1795453200000},
        {"24-11-2026 08:30", 1795483800000},
        {"2026-11-24T01:30:00Z", 1795483800000},
        {"29/2/2024", 1709139600000},
        {"29/2/2026", -1},
        {"11/24/2026", -1},
        {"24/11/26", -1},
        {"24/11/2026 25:00", -1},
        {"hôm qua", -1},
    };
    char day[11];
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        int64_t at = -1;
        assert_int_equal(read_time(&at, days[i].text), days[i].at < 0 ? KN_E_INVALID : KN_OK);
        assert_true(days[i].at < 0 || at == days[i].at);
    }
    read_day(day, 1795453199999);
    assert_string_equal(day, "2026-11-23");
    read_day(day, 1709139600000);
    assert_string_equal(day, "2024-02-29");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_minutes),
        cmocka_unit_test(reads_delimiters_and_encodings),
        cmocka_unit_test(numbers_rows_as_a_spreadsheet),
        cmocka_unit_test(refuses_rows_and_goes_on),
        cmocka_unit_test(bounds_rows),
        cmocka_unit_test(names_what_a_file_is),
        cmocka_unit_test(reads_header_files),
        cmocka_unit_test(reads_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
