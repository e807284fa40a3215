/* test_registers_text.c - a newcomer adds a place word in data alone; a fault names file and line.
 */
#include "hub/text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char *const folder = "registers_copy";

/* A copy of the data files, with LINE added to FILE. */
static void copy_with(const char *file, const char *line)
{
    char command[1024], path[256];
    snprintf(command, sizeof command, "rm -rf %s && cp -r %s %s && chmod -R u+w %s", folder,
             KN_SOURCE_DIR "/schemas/registers", folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *out = fopen(path, "a");
    assert_non_null(out);
    fputs(line, out);
    fclose(out);
}

static void test_new_place_word(void **state)
{
    (void)state;
    char why[512] = "";
    text_t *text = NULL;
    struct reading *reading = NULL;
    const char words[] = "Người dân phum Sóc Lớn thiếu nước";
    copy_with("text/place_types.tsv", "phum\tvillage\tname\tyes\n");
    assert_int_equal(text_open(&text, folder, why, sizeof why), 0);
    assert_int_equal(text_read(text, words, sizeof words - 1, 0, &reading), 0);
    assert_int_equal(reading->n_places, 1);
    assert_int_equal(reading->places[0].type, PLACE_VILLAGE);
    assert_string_equal(reading->places[0].name, "Sóc Lớn");
    text_reading_destroy(&reading);
    text_close(&text);
}

static void test_new_abbreviation(void **state)
{
    (void)state;
    char why[512] = "";
    text_t *text = NULL;
    struct reading *reading = NULL;
    copy_with("text/abbreviations.tsv", "nvs\tnhà vệ sinh\talways\n");
    assert_int_equal(text_open(&text, folder, why, sizeof why), 0);
    assert_int_equal(text_read(text, "NVS hong", 8, 0, &reading), 0);
    assert_int_equal(reading->n_tokens, 4);
    assert_string_equal(reading->tokens[1].text, "vệ");
    text_reading_destroy(&reading);
    text_close(&text);
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        const char *file, *line, *fault;
    } rows[] = {{"text/place_types.tsv", "phum\thut\tname\tyes\n", "no such place type"},
                {"text/place_types.tsv", "phum\tvillage\tsong\tyes\n", "the grammar is one of"},
                {"text/abbreviations.tsv", "abc\tmột\tsometimes\n", "the rule is one of"},
                {"text/units.tsv", "region\tBắc Bộ\t\n", "the type is one of"},
                {"areas.tsv", "x\ty\tz\n", "the type is one of"},
                {"areas.tsv", "\xff\n", "is not UTF-8"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[512] = "";
        text_t *text = NULL;
        copy_with(rows[i].file, rows[i].line);
        assert_true(text_open(&text, folder, why, sizeof why) < 0);
        assert_null(text);
        assert_non_null(strstr(why, rows[i].file));
        assert_non_null(strstr(why, rows[i].fault));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_place_word),
        cmocka_unit_test(test_new_abbreviation),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
