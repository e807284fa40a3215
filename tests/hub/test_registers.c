/* test_registers.c - the shipped registers load, and each fault is named with its line. */
#include "kiennghi/status.h"
#include "tests/hub/registers_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void each_fault_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *file, *old, *new, *why[3];
    } cases[] = {
        {"units.tsv", "name_en", "name_xx", {"units.tsv:2", "unknown column", "name_xx"}},
        {"units.tsv", "id\tname\t", "name\t", {"units.tsv:2", "missing", "id"}},
        {"units.tsv", "id\tname\t", "name\tname\t", {"units.tsv:2", "twice", "name"}},
        {"units.tsv", "2015-01-01", "2015-02-30", {"units.tsv:3", "valid_from", "YYYY-MM-DD"}},
        {"units.tsv", "Sở Nội vụ", "S\xff Nội vụ", {"units.tsv:3", "UTF-8", ""}},
        {"units.tsv", "Sở Nội vụ", "", {"units.tsv:3", "name", "empty"}},
        {"units.tsv", "so-tu-phap", "so-noi-vu", {"units.tsv:4", "so-noi-vu", "two rows"}},
        {"units.tsv", "2025-02-28", "2014-12-31", {"units.tsv:", "valid_to", "before"}},
        {"units.tsv", "2018:001", "2018:999", {"units.tsv:", "area", "2018:999"}},
        {"units.tsv",
         "\tso-ke-hoach-dau-tu\t",
         "\tso-khac\t",
         {"units.tsv:", "predecessors", "so-khac"}},
        {"units.tsv",
         "department\t\t",
         "department\tso-khac\t",
         {"units.tsv:3", "parent", "so-khac"}},
        {"areas.tsv", "\t2018:001\t", "\t2018:999\t", {"areas.tsv:", "parent", "2018:999"}},
        {"areas.tsv",
         "2025:00097:all",
         "2025:99999:all",
         {"areas.tsv:", "successors", "2025:99999"}},
        {"fields.tsv", "\nland\t", "\nplanning\t", {"fields.tsv:", "planning", "two rows"}},
        {"fields.tsv", "Quy hoạch", "ĐẦU TƯ CÔNG", {"fields.tsv:", "dau tu cong", "line"}},
        {"competence.tsv", "lighting\t", "lightning\t", {"competence.tsv:", "field", "lightning"}},
        {"competence.tsv", "roads\t*", "roads\t2025:1", {"competence.tsv:", "area", "2025:1"}},
        {"competence.tsv", "\tso-du-lich", "\tso-lich", {"competence.tsv:", "unit", "so-lich"}},
        {"competence.tsv", "2025-02-28", "", {"competence.tsv:", "", "so-"}},
        {"competence.tsv", "\t2025-06-30\t", "\t\t", {"competence.tsv:", "two rules", "line"}},
        {"deadlines.tsv",
         "calendar_days\t60",
         "days\t60",
         {"deadlines.tsv:", "kind", "working_days"}},
        {"deadlines.tsv",
         "calendar_days\t60",
         "calendar_days\t-6",
         {"deadlines.tsv:", "amount", "-6"}},
        {"deadlines.tsv", "\tverify\t", "\tverfy\t", {"deadlines.tsv:", "stage", "verfy"}},
        {"deadlines.tsv", "\tverify\t", "\tanswer\t", {"deadlines.tsv:", "two rules", "line"}},
        {"calendar.tsv",
         "2025-01-01\tholiday",
         "2025-01-01\tholyday",
         {"calendar.tsv:", "kind", "holyday"}},
        {"calendar.tsv", "2025-01-25", "2025-01-01", {"calendar.tsv:", "2025-01-01", "twice"}},
        {"calendar.tsv",
         "2025-04-26\tworking",
         "2025-04-24\tworking",
         {"calendar.tsv:", "needs no row", ""}},
        {"sources.tsv", "\tpress\t", "\tpresse\t", {"sources.tsv:", "channel", "presse"}},
        {"sources.tsv", "text,url", "text,uri", {"sources.tsv:", "required", "uri"}},
        {"sources.tsv", "\tvalid_to\tbasis", "\tvalid_to", {"sources.tsv:3", "more values", ""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        registers_t *registers;
        char why[400] = "";
        int rc =
            load_changed(&registers, cases[i].file, cases[i].old, cases[i].new, why, sizeof why);
        if (rc != KN_E_INVALID || registers) {
            fail_msg("case %zu (%s: %s) loads", i, cases[i].file, cases[i].new);
        }
        for (size_t k = 0; k < 3; k++) {
            if (!strstr(why, cases[i].why[k])) {
                fail_msg("case %zu: no \"%s\" in \"%s\"", i, cases[i].why[k], why);
            }
        }
    }
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    registers_t *registers;
    char why[400] = "";
    assert_int_equal(registers_load(&registers, NULL, 0, why, sizeof why), KN_E_INVALID);
    assert_null(registers);
    assert_non_null(strstr(why, ".tsv"));
    struct registers_file *files;
    size_t n;
    assert_int_not_equal(registers_read_folder(&files, &n, "no such folder", why, sizeof why), 0);
    assert_non_null(strstr(why, "no such folder"));
    registers_files_free(&files, n);
}

static void a_spreadsheet_may_add_its_marks(void **state)
{
    registers_t *registers;
    char why[400] = "";
    assert_int_equal(
        load_changed(&registers, "fields.tsv", "# Fields", "\xEF\xBB\xBF# Fields", why, sizeof why),
        0);
    assert_string_not_equal(registers_version(registers), registers_version(*state));
    registers_close(&registers);
    assert_int_equal(
        load_changed(&registers, "fields.tsv", "basis\n", "basis\r\n", why, sizeof why), 0);
    registers_close(&registers);
}

static void the_version_is_of_the_bytes(void **state)
{
    registers_t *again;
    char why[400];
    assert_int_equal(load_changed(&again, NULL, "", "", why, sizeof why), 0);
    assert_string_equal(registers_version(again), registers_version(*state));
    assert_int_equal(strlen(registers_version(again)), 16);
    registers_close(&again);
}

static void rows_are_found_by_code_and_day(void **state)
{
    kn_day now = day("2026-03-02");
    assert_string_equal(registers_source(*state, "bao_chi", now)->channel, "press");
    assert_null(registers_source(*state, "bao", now));
    assert_null(registers_source(*state, "bao_chi", day("2010-01-01")));
    assert_string_equal(registers_field(*state, "trees", now)->ban, "urban");
    assert_null(registers_unit(*state, "so-giao-thong-van-tai", day("2025-03-01")));
    assert_non_null(registers_unit(*state, "so-giao-thong-van-tai", day("2025-02-28")));
    assert_null(registers_unit(*state, "ubnd-quan-ba-dinh", day("2025-07-01")));
    assert_string_equal(registers_area(*state, "2025:00283")->name, "Vĩnh Tuy");
    assert_null(registers_area(*state, "2025:0028"));
}

static void names_are_found_without_marks(void **state)
{
    kn_day now = day("2026-03-02"), before = day("2025-06-30");
    assert_string_equal(registers_field_code(*state, "CHIẾU SÁNG ĐÔ THỊ", now), "lighting");
    assert_string_equal(registers_field_code(*state, "chieu sang do thi", now), "lighting");
    assert_string_equal(registers_field_code(*state, "Street lighting", now), "lighting");
    assert_null(registers_field_code(*state, "chiếu", now));
    assert_null(registers_field_code(*state, NULL, now));
    assert_string_equal(registers_area_id(*state, "Phường Vĩnh Tuy", now), "2025:00283");
    assert_string_equal(registers_area_id(*state, "phuong vinh tuy", now), "2025:00283");
    assert_string_equal(registers_area_id(*state, "2025:00283", now), "2025:00283");
    assert_string_equal(registers_area_id(*state, "quận Ba Đình", before), "2018:001");
    assert_null(registers_area_id(*state, "quận Ba Đình", now));
    assert_null(registers_area_id(*state, "phường Không Có", now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_spreadsheet_may_add_its_marks),
        cmocka_unit_test(the_version_is_of_the_bytes),
        cmocka_unit_test(rows_are_found_by_code_and_day),
        cmocka_unit_test(names_are_found_without_marks),
    };
    return cmocka_run_group_tests(tests, open_registers, close_registers);
}
