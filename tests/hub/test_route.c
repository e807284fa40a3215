/* test_route.c - which unit is competent, before and after 2025-07-01. */
#include "hub/route.h"

#include "kiennghi/status.h"
#include "tests/hub/registers_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_table_routes(void **state)
{
    static const struct {
        const char *field, *area, *day, *unit; /* unit NULL: nobody */
    } cases[] = {
        /* delegated to the communes on 2025-07-01, to the district before */
        {"lighting", "2025:00283", "2026-03-02", "ubnd-vinh-tuy"},
        {"trees", "2025:00283", "2025-07-01", "ubnd-vinh-tuy"},
        {"lighting", "2018:001", "2025-06-30", "ubnd-quan-ba-dinh"},
        {"lighting", "2018:00001", "2025-06-30", "ubnd-quan-ba-dinh"},
        /* an old ward that went into one new ward as a whole */
        {"lighting", "2018:00001", "2025-07-01", "ubnd-hong-ha"},
        /* departments do not need the place */
        {"roads", "2025:00283", "2026-03-02", "so-xay-dung"},
        {"roads", NULL, "2026-03-02", "so-xay-dung"},
        {"roads", "2018:00007", "2026-03-02", "so-xay-dung"},
        {"roads", "2018:001", "2026-03-02", "so-xay-dung"},
        {"roads", NULL, "2025-02-28", "so-giao-thong-van-tai"},
        {"roads", NULL, "2025-03-01", "so-xay-dung"},
        {"land", NULL, "2025-02-28", "so-tai-nguyen-moi-truong"},
        {"land", NULL, "2025-03-01", "so-nong-nghiep-moi-truong"},
        /* a commune must be known where a commune is competent */
        {"lighting", NULL, "2026-03-02", NULL},
        {"lighting", "hanoi", "2026-03-02", NULL},
        {"lighting", "nowhere", "2026-03-02", NULL},
        {"other", "2025:00283", "2026-03-02", NULL},
        {"nothing", "2025:00283", "2026-03-02", NULL},
        {NULL, "2025:00283", "2026-03-02", NULL},
        {"roads", NULL, "2010-01-01", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route route;
        int rc = route_competent(*state, cases[i].field, cases[i].area, day(cases[i].day), &route);
        if (cases[i].unit ? rc || strcmp(route.unit, cases[i].unit) != 0 : rc != KN_E_NOT_FOUND) {
            fail_msg("case %zu: %s %s %s: status %d, unit %s", i, cases[i].field, cases[i].area,
                     cases[i].day, rc, route.unit ? route.unit : "none");
        }
        assert_true(rc != 0 || (route.basis[0] && route.rule));
    }
}

static void a_split_ward_needs_a_person(void **state)
{
    struct route route;
    /* Cống Vị went to Ngọc Hà and to Giảng Võ */
    assert_int_equal(route_competent(*state, "lighting", "2018:00007", day("2025-07-01"), &route),
                     KN_E_CONFLICT);
    assert_null(route.unit);
    assert_int_equal(route.n_candidates, 2);
    assert_string_equal(route.candidates[0], "ubnd-ngoc-ha");
    assert_string_equal(route.candidates[1], "ubnd-giang-vo");
    /* a former district stands for all that its wards became */
    assert_int_equal(route_competent(*state, "lighting", "2018:001", day("2025-07-01"), &route),
                     KN_E_CONFLICT);
    assert_true(route.n_candidates >= 3);
}

static void the_nearer_rule_decides(void **state)
{
    (void)state;
    static const char *const rules =
        "lighting\t2025:00283\tcong-ty-chieu-sang\t2025-07-01\t\tthử\t\n"
        "lighting\thanoi\tso-xay-dung\t2025-07-01\t\tthử\t\n"
        "*\t2025:00283\tso-noi-vu\t2025-07-01\t\tthử\t\nlighting\t*";
    registers_t *registers;
    struct route route;
    char why[400] = "";
    if (load_changed(&registers, "competence.tsv", "lighting\t*", rules, why, sizeof why)) {
        fail_msg("%s", why);
    }
    kn_day then = day("2026-03-02");
    assert_int_equal(route_competent(registers, "lighting", "2025:00283", then, &route), 0);
    assert_string_equal(route.unit, "cong-ty-chieu-sang");
    assert_int_equal(route_competent(registers, "lighting", "2025:00292", then, &route), 0);
    assert_string_equal(route.unit, "so-xay-dung");
    assert_int_equal(route_competent(registers, "other", "2025:00283", then, &route), 0);
    assert_string_equal(route.unit, "so-noi-vu");
    /* a rule for the field stands before one for all fields */
    assert_int_equal(route_competent(registers, "roads", "2025:00283", then, &route), 0);
    assert_string_equal(route.unit, "so-xay-dung");
    registers_close(&registers);
}

static void every_commune_is_somebodys(void **state)
{
    size_t n, n_communes = 0;
    const struct area_row *areas = registers_areas(*state, &n);
    struct route route;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(areas[i].id, "2025:", 5) != 0) {
            continue;
        }
        n_communes++;
        assert_int_equal(route_competent(*state, "trees", areas[i].id, day("2026-01-05"), &route),
                         0);
        const struct unit_row *unit = registers_unit(*state, route.unit, day("2026-01-05"));
        assert_string_equal(unit->area, areas[i].id);
        assert_true(unit->predecessors[0]);
    }
    assert_int_equal(n_communes, 126);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_routes),
        cmocka_unit_test(a_split_ward_needs_a_person),
        cmocka_unit_test(the_nearer_rule_decides),
        cmocka_unit_test(every_commune_is_somebodys),
    };
    return cmocka_run_group_tests(tests, open_registers, close_registers);
}
