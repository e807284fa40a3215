/* Jumps of the system's clock: small ones are followed, large ones are not, none goes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hub/timekeeper.h"

enum { SECOND = 1000, HOUR = 3600 * SECOND, DAY = 24 * HOUR };
static const int64_t start = INT64_C(1800000000000);

static void test_runs_with_the_system(void **state)
{
    struct timekeeper keeper = {0};
    (void)state;
    assert_int_equal(timekeeper_now(&keeper, start, 10), start);
    assert_int_equal(timekeeper_now(&keeper, start + 500, 511), start + 500);
    assert_int_equal(timekeeper_now(&keeper, start + 61 * SECOND, 1011), start + 61 * SECOND);
    assert_false(keeper.is_held);
    assert_int_equal(keeper.n_jumps, 0);
}

static void test_a_small_step_back_stands_still(void **state)
{
    struct timekeeper keeper = {0};
    (void)state;
    timekeeper_now(&keeper, start, 0);
    assert_int_equal(timekeeper_now(&keeper, start - 2 * SECOND, 1000), start);
    assert_int_equal(timekeeper_now(&keeper, start - SECOND, 2000), start);
    assert_int_equal(timekeeper_now(&keeper, start + SECOND, 4000), start + SECOND);
    assert_false(keeper.is_held);
}

static void test_jumps_are_not_believed(void **state)
{
    static const int64_t jumps[] = {HOUR, -HOUR, DAY, -DAY};
    (void)state;
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        struct timekeeper keeper = {0};
        timekeeper_now(&keeper, start, 0);
        for (int64_t t = 500; t <= 2 * HOUR; t += 500) {
            assert_int_equal(timekeeper_now(&keeper, start + t + jumps[i], t), start + t);
            assert_true(keeper.is_held);
            assert_int_equal(keeper.ahead_ms, jumps[i]);
        }
        assert_int_equal(keeper.n_jumps, 1);
        assert_int_equal(timekeeper_now(&keeper, start + 3 * HOUR, 3 * HOUR), start + 3 * HOUR);
        assert_false(keeper.is_held);
    }
}

static void test_sleep_is_no_jump(void **state)
{
    struct timekeeper keeper = {0};
    (void)state;
    timekeeper_now(&keeper, start, 0);
    assert_int_equal(timekeeper_now(&keeper, start + DAY, DAY), start + DAY);
    assert_false(keeper.is_held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_with_the_system),
        cmocka_unit_test(test_a_small_step_back_stands_still),
        cmocka_unit_test(test_jumps_are_not_believed),
        cmocka_unit_test(test_sleep_is_no_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
