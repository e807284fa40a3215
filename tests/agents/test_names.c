/* test_names.c - people read names; what the register does not know is shown as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agents/names.h"

static char folder[] = "names-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const files[] = {"units.tsv", "fields.tsv", "areas.tsv"};
    char path[128];
    (void)state;
    names_use(NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static void names_are_those_of_the_folder(void **state)
{
    (void)state;
    write_file("units.tsv", "# a comment\nid\tkind\tname\tname_en\n"
                            "z\tward\tĐơn vị Z\tUnit Z\n"
                            "\n"
                            "a\tward\tĐơn vị A\t\n"
                            "m\tward\t\tUnit M\n");
    write_file("fields.tsv", "name_en\tcode\tname\r\nLighting\tlight\tChiếu sáng\r\n");
    write_file("areas.tsv", "id\ttype\tname\n00235\tphường\tĐống Đa\n");
    assert_true(names_use(folder));
    assert_string_equal(names_of(NAMES_UNIT, "z", true), "Đơn vị Z");
    assert_string_equal(names_of(NAMES_UNIT, "z", false), "Unit Z");
    assert_string_equal(names_of(NAMES_UNIT, "a", false), "Đơn vị A"); /* no English: the name */
    assert_string_equal(names_of(NAMES_UNIT, "m", true), "m");         /* no name: the id */
    assert_string_equal(names_of(NAMES_FIELD, "light", true), "Chiếu sáng"); /* CR LF, any order */
    assert_string_equal(names_of(NAMES_FIELD, "light", false), "Lighting");
    assert_string_equal(names_of(NAMES_AREA, "00235", false), "phường Đống Đa");
}

static void what_is_not_known_is_shown_as_it_is(void **state)
{
    (void)state;
    write_file("units.tsv", "id\tname\nshort line\n"); /* the columns end early */
    assert_true(names_use(folder));
    const char *id = "no-such-unit";
    assert_ptr_equal(names_of(NAMES_UNIT, id, true), id);
    assert_string_equal(names_of(NAMES_UNIT, "short line", true), "short line");
    assert_string_equal(names_of(NAMES_UNIT, NULL, true), "");
    assert_string_equal(names_of(NAMES_SOURCE, "txct", true), "txct"); /* no such file */
}

static void a_folder_that_is_none_is_told(void **state)
{
    (void)state;
    assert_false(names_use("no/such/folder"));
    assert_string_equal(names_of(NAMES_UNIT, "z", true), "z");
    write_file("units.tsv", "id\tname\nz\tđổi tên\n");
    char path[128];
    snprintf(path, sizeof path, "%s/units.tsv", folder);
    assert_false(names_use(path));  /* a file */
    assert_true(names_use(folder)); /* and what was read before is read anew */
    assert_string_equal(names_of(NAMES_UNIT, "z", true), "đổi tên");
}

static void the_registers_beside_the_program_are_found(void **state)
{
    (void)state;
    assert_true(names_use(NULL));
    assert_string_equal(names_of(NAMES_UNIT, "ubnd-dong-da", true), "UBND phường Đống Đa");
    assert_string_equal(names_of(NAMES_FIELD, "lighting", true), "Chiếu sáng đô thị");
    assert_string_equal(names_of(NAMES_AREA, "2025:00235", true), "phường Đống Đa");
    assert_string_equal(names_of(NAMES_SOURCE, "txct_dinh_ky", true), "Tiếp xúc cử tri định kỳ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_the_folder),
        cmocka_unit_test(what_is_not_known_is_shown_as_it_is),
        cmocka_unit_test(a_folder_that_is_none_is_told),
        cmocka_unit_test(the_registers_beside_the_program_are_found),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
