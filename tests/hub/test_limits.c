/* test_limits.c - what an identity may use (quota.h), and how those turned away are counted
 * (denials.h). */
#include "hub/denials.h"
#include "hub/quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SECOND = 1000, DAY = 86400000, HA_NOI = 7 * 3600 * 1000 };

static void a_rate_is_kept_over_time(void **state)
{
    (void)state;
    quotas_t *quotas = quotas_new();
    struct quota *quota = quotas_of(quotas, "mttq");
    assert_ptr_equal(quotas_of(quotas, "mttq"), quota);
    int taken = 0;
    for (int64_t now = 5000; now < 5000 + 10 * SECOND; now++)
        taken += quota_take(quota, 20, 0, 100, now, now) == 0;
    assert_in_range(taken, 218, 222); /* a second's worth at once, then 20 a second */
    int64_t wait_ms;
    do {
        wait_ms = quota_take(quota, 20, 0, 100, 15000, 15000);
    } while (!wait_ms);
    assert_in_range(wait_ms, 1, 60);
    assert_int_equal(quota_take(quota, 20, 0, 100, 15000 + wait_ms, 15000), 0);
    assert_int_equal(quota_take(quota, 20, 0, 100, 10 * 3600 * SECOND, 15000), 0);
    quotas_destroy(&quotas);
    assert_null(quotas);
}

static void bytes_begin_anew_at_midnight_in_ha_noi(void **state)
{
    (void)state;
    quotas_t *quotas = quotas_new();
    struct quota *quota = quotas_of(quotas, "mttq");
    const int64_t midnight = (int64_t)20000 * DAY - HA_NOI;
    assert_int_equal(quota_take(quota, 0, 1000, 799, 1, midnight - 5000), 0);
    assert_false(quotas_alarm(quotas, midnight - 5000));
    assert_int_equal(quota_take(quota, 0, 1000, 101, 1, midnight - 5000), 0);
    assert_true(quotas_alarm(quotas, midnight - 5000));
    assert_false(quotas_alarm(quotas, midnight));
    assert_int_equal(quota_take(quota, 0, 1000, 200, 1, midnight - 5000), 5000);
    assert_int_equal(quota_take(quota, 0, 1000, 100, 1, midnight - 5000), 0); /* what fits */
    assert_int_equal(quota_take(quota, 0, 1000, 900, 1, midnight), 0);
    assert_int_equal(quota_take(quota, 0, 0, 1 << 20, 1, midnight), 0); /* no limit */
    assert_false(quotas_alarm(quotas, midnight));
    quotas_destroy(&quotas);
}

static void addresses_make_blocks(void **state)
{
    static const char *const pairs[][2] = {
        {"192.0.2.77", "192.0.2.0/24"},
        {"2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
        {"", "?"},
        {"no address", "?"},
    };
    char out[80];
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        denials_block(out, pairs[i][0]);
        assert_string_equal(out, pairs[i][1]);
    }
    denials_block(out, NULL);
    assert_string_equal(out, "?");
}

static void a_flood_is_bounded(void **state)
{
    static struct denial_line lines[DENIALS_MAX];
    (void)state;
    denials_t *denials = denials_new();
    assert_int_equal(denials_take(denials, lines, 100000, 1, false), 0);
    for (int i = 0; i < 5000; i++) {
        char address[32];
        snprintf(address, sizeof address, "10.%d.%d.1", i % 250, i / 250);
        denials_count(denials, NULL, address, KN_DENIAL_REASON_UNKNOWN_KEY, NULL);
        denials_count(denials, "mttq", NULL, KN_DENIAL_REASON_VERB, "case.assign");
        denials_count(denials, "soxd", NULL, KN_DENIAL_REASON_QUOTA, NULL);
    }
    denials_count(denials, "soxd", NULL, KN_DENIAL_REASON_STREAM, "all");
    size_t n = denials_take(denials, lines, 100001, 7, false);
    assert_int_equal(n, 101); /* 100 of the loud one, and the quiet one is seen */
    assert_string_equal(lines[100].who, "soxd");
    assert_string_equal(lines[100].verb, "all");
    assert_int_equal(denials_take(denials, lines, 100002, 8, false), 0); /* the minute runs */
    n = denials_take(denials, lines, 160001, 9, false);
    assert_in_range(n, 1, DENIALS_MAX);
    int64_t sum = 0, strangers = 0;
    for (size_t i = 0; i < n; i++) {
        sum += lines[i].count;
        strangers += !lines[i].is_agent && lines[i].reason == KN_DENIAL_REASON_UNKNOWN_KEY;
        assert_int_equal(lines[i].at, 9);
    }
    assert_int_equal(sum, 5000 + 4900 + 5000); /* none is forgotten */
    assert_true(strangers > 200);
    assert_int_equal(denials_total(denials, KN_DENIAL_REASON_VERB), 5000);
    assert_int_equal(denials_take(denials, lines, 300000, 9, true), 0);
    denials_destroy(&denials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_kept_over_time),
        cmocka_unit_test(bytes_begin_anew_at_midnight_in_ha_noi),
        cmocka_unit_test(addresses_make_blocks),
        cmocka_unit_test(a_flood_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
