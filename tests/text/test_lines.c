/* test_lines.c - one line out for one line in, bad ones too; areas named; what follows from them.
 */
#include "agents/lines/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char registers[] = KN_SOURCE_DIR "/schemas/registers";

/* What lines_classify answers to INPUT; the caller frees it. */
static char *answer(const char *input, size_t length, int expected)
{
    char why[512] = "", *bytes = NULL;
    size_t size = 0;
    text_t *text = NULL;
    struct lines_options options = {.registers = registers};
    FILE *in = fmemopen((void *)(uintptr_t)input, length, "r"),
         *out = open_memstream(&bytes, &size);
    assert_int_equal(text_open(&text, registers, why, sizeof why), 0);
    assert_int_equal(lines_classify(text, in, out, &options, why, sizeof why), expected);
    fclose(in);
    fclose(out);
    text_close(&text);
    return bytes;
}

static void test_order_and_errors(void **state)
{
    (void)state;
    const char input[] = "{\"id\":\"a\",\"text\":\"p.Tay Mo ngap\",\"received\":\"2025-08-01\"}\n"
                         "not json\n{\"id\":1}\n\n"
                         "{\"id\":2,\"text\":\"Cử tri hai xã Nam Sơn và Hồng Kỳ, huyện Sóc Sơn\"}";
    char *bytes = answer(input, sizeof input - 1, 1);
    char *lines[8] = {0};
    size_t n = 0;
    for (char *line = strtok(bytes, "\n"); line != NULL && n < 8; line = strtok(NULL, "\n"))
        lines[n++] = line;
    assert_int_equal(n, 5);
    assert_non_null(strstr(lines[0], "\"id\":\"a\""));
    assert_non_null(strstr(lines[0], "\"area\":{\"province\":null,\"district\":null,"
                                     "\"ward\":\"Tây Mỗ\"}"));
    assert_non_null(strstr(lines[0], "\"era\":\"2025\""));
    assert_non_null(strstr(lines[1], "{\"line\":2,\"error\":"));
    assert_non_null(strstr(lines[2], "{\"line\":3,\"error\":\"wants a text\"}"));
    assert_non_null(strstr(lines[3], "{\"line\":4,"));
    assert_non_null(strstr(lines[4], "\"ward\":[\"Nam Sơn\",\"Hồng Kỳ\"]"));
    free(bytes);
}

static void test_too_long(void **state)
{
    (void)state;
    size_t length = LINES_MAX_LINE + 100;
    char *input = malloc(length + 64);
    memset(input, 'x', length);
    strcpy(input + length, "\n{\"id\":\"b\",\"text\":\"tốt\"}\n");
    char *bytes = answer(input, strlen(input), 1);
    assert_non_null(strstr(bytes, "{\"line\":1,\"error\":\"the line is too long\"}"));
    assert_non_null(strstr(bytes, "\"id\":\"b\""));
    free(bytes);
    free(input);
}

static void test_instants(void **state)
{
    (void)state;
    assert_int_equal(lines_instant("1970-01-01T07:00"), 0);
    assert_int_equal(lines_instant("2025-07-01"), INT64_C(1751302800000));
    assert_int_equal(lines_instant("1751302800000"), INT64_C(1751302800000));
    assert_int_equal(lines_instant("soon"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_errors),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_instants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
