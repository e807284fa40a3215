/* test_calendar.c - days, instants and working days. */
#include "tests/hub/registers_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_day_is_parsed_and_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026-02-29", "2026-13-01", "2026-00-10",
                                      "2026-1-10",  "2026-01-1x", "2026-01-32", "26-01-01",
                                      "2026/01/01", " 2026-01-1", "2026-01-011"};
    char text[DAY_SIZE];
    kn_day number;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_not_equal(day_parse(bad[i], &number), 0);
    }
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("2024-02-29"), 19782);
    for (kn_day d = day("2000-01-01"); d < day("2100-03-02"); d++) {
        day_format(d, text);
        assert_int_equal(day(text), d);
    }
}

static void a_day_begins_at_17_hours_utc(void **state)
{
    (void)state;
    assert_int_equal(day_of_instant(17 * 3600000LL - 1), 0);
    assert_int_equal(day_of_instant(17 * 3600000LL), 1);
    assert_int_equal(day_of_instant(-7 * 3600000LL), 0);
    assert_int_equal(day_of_instant(-7 * 3600000LL - 1), -1);
    for (kn_day d = -400; d < 30000; d += 7) {
        assert_int_equal(day_of_instant(day_start(d)), d);
        assert_int_equal(day_of_instant(day_end(d)), d);
        assert_int_equal(day_end(d) + 1, day_start(d + 1));
    }
}

static void weekdays_are_right(void **state)
{
    (void)state;
    assert_int_equal(day_weekday(day("1970-01-01")), 3);
    assert_int_equal(day_weekday(day("1969-12-29")), 0);
    assert_int_equal(day_weekday(day("2026-02-17")), 1);
    assert_int_equal(day_weekday(day("2027-02-06")), 5);
    assert_int_equal(day_year(day("2026-12-31")), 2026);
    assert_int_equal(day_year(day("2027-01-01")), 2027);
}

static void holidays_and_swapped_days_count(void **state)
{
    static const struct {
        const char *day;
        bool working;
    } cases[] = {
        {"2025-01-24", true},  {"2025-01-27", false}, {"2025-01-31", false}, {"2025-02-03", true},
        {"2025-04-07", false}, {"2025-04-26", true},  {"2025-05-02", false}, {"2025-05-03", false},
        {"2025-09-01", false}, {"2026-01-02", false}, {"2026-01-10", true},  {"2026-01-17", false},
        {"2026-02-13", true},  {"2026-02-16", false}, {"2026-02-20", false}, {"2026-02-23", true},
        {"2026-04-27", false}, {"2026-08-22", true},  {"2026-08-31", false}, {"2026-09-03", true},
        {"2027-02-11", false}, {"2027-02-12", true},  {"2027-05-03", false}, {"2027-09-03", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool working = calendar_is_working(*state, day(cases[i].day), NULL);
        if (working != cases[i].working) {
            fail_msg("%s: working is %d", cases[i].day, working);
        }
    }
    const char *why;
    calendar_is_working(*state, day("2026-02-17"), &why);
    assert_string_equal(why, "Tết Nguyên đán Bính Ngọ");
    calendar_is_working(*state, day("2026-02-24"), &why);
    assert_string_equal(why, "");
    assert_int_equal(calendar_last_year(*state), 2027);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_parsed_and_written),
        cmocka_unit_test(a_day_begins_at_17_hours_utc),
        cmocka_unit_test(weekdays_are_right),
        cmocka_unit_test(holidays_and_swapped_days_count),
    };
    return cmocka_run_group_tests(tests, open_registers, close_registers);
}
