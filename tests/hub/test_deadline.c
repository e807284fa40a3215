/* test_deadline.c - due dates against data/deadlines.tsv, tiers, and what the sentence says. */
#include "hub/deadline.h"

#include "kiennghi/status.h"
#include "tests/hub/registers_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const stages[DEADLINE_STAGES] = {
    "answer", "register", "classify",   "acknowledge", "return", "partner",
    "verify", "publish",  "commitment", "pause",       "reopen", "posting"};

static enum deadline_stage stage_named(const char *name)
{
    int stage = 0;
    while (stage < DEADLINE_STAGES && strcmp(stages[stage], name) != 0) {
        stage++;
    }
    assert_true(stage < DEADLINE_STAGES);
    return (enum deadline_stage)stage;
}

/* "2026-03-02T09:30" of Hà Nội. */
static int64_t instant(const char *text)
{
    char date[DAY_SIZE];
    snprintf(date, sizeof date, "%.10s", text);
    return day_start(day(date)) +
           (strtol(text + 11, NULL, 10) * 60 + strtol(text + 14, NULL, 10)) * 60000;
}

static struct deadline due(const registers_t *registers, enum deadline_stage stage,
                           const char *start)
{
    struct deadline deadline;
    assert_int_equal(deadline_due(registers, "standard", stage, instant(start), &deadline), 0);
    return deadline;
}

static void the_cases_agree(void **state)
{
    FILE *file = fopen(KN_SOURCE_DIR "/tests/hub/data/deadlines.tsv", "r");
    char line[400], profile[40], stage[40], start[20], expected[20], got[32], date[DAY_SIZE];
    int n = 0, n_wrong = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#' || strncmp(line, "profile", 7) == 0) {
            continue;
        }
        assert_int_equal(sscanf(line, "%39s %39s %19s %19s", profile, stage, start, expected), 4);
        struct deadline deadline;
        assert_int_equal(
            deadline_due(*state, profile, stage_named(stage), instant(start), &deadline), 0);
        day_format(day_of_instant(deadline.due_at), date);
        long minute =
            (long)((deadline.due_at - day_start(day_of_instant(deadline.due_at))) / 60000);
        snprintf(got, sizeof got, "%s", date);
        snprintf(got + 10, sizeof got - 10, "T%02ld:%02ld", minute / 60, minute % 60);
        if (strcmp(got, expected) != 0) {
            print_error("got %s for %s", got, line);
            n_wrong++;
        }
        assert_int_equal(deadline.due_day, day_of_instant(deadline.due_at));
        n++;
    }
    fclose(file);
    assert_int_equal(n_wrong, 0);
    assert_true(n >= 100);
}

static void a_tier_changes_by_the_day(void **state)
{
    /* due Monday 2026-05-04, soon from 10 days before, serious 30 days after */
    struct deadline deadline = due(*state, DEADLINE_ANSWER, "2026-03-02T10:00");
    static const struct {
        const char *at;
        enum kn_tier tier;
    } cases[] = {
        {"2026-03-02T10:00", KN_TIER_IN_TIME},           {"2026-04-23T23:59", KN_TIER_IN_TIME},
        {"2026-04-24T00:00", KN_TIER_DUE_SOON},          {"2026-05-04T23:59", KN_TIER_DUE_SOON},
        {"2026-05-05T00:00", KN_TIER_OVERDUE},           {"2026-06-02T23:59", KN_TIER_OVERDUE},
        {"2026-06-03T00:00", KN_TIER_SERIOUSLY_OVERDUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(deadline_tier(&deadline, instant(cases[i].at)), cases[i].tier);
    }
    int64_t at = instant("2026-03-02T10:00");
    static const char *const changes[] = {"2026-04-24T00:00", "2026-05-05T00:00",
                                          "2026-06-03T00:00"};
    for (size_t i = 0; i < 3; i++) {
        enum kn_tier before = deadline_tier(&deadline, at);
        assert_true(deadline_next_change(&deadline, at, ~0u, &at));
        assert_int_equal(at, instant(changes[i]));
        assert_int_not_equal(deadline_tier(&deadline, at), before);
        assert_int_equal(deadline_tier(&deadline, at - 1), before);
    }
    assert_false(deadline_next_change(&deadline, at, ~0u, &at));
}

static void the_sentence_names_rule_days_and_basis(void **state)
{
    struct deadline deadline = due(*state, DEADLINE_ANSWER, "2025-12-17T08:00");
    char text[2000];
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    static const char *const parts[] = {"23/02/2026", "60 ngày",   "17/12/2025",
                                        "15/02/2026", "Bính Ngọ",  "ngày làm việc tiếp theo",
                                        "Điều 49",    "không tính"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!strstr(text, parts[i])) {
            fail_msg("no \"%s\" in \"%s\"", parts[i], text);
        }
    }
    deadline_explain(*state, &deadline, DEADLINE_EN, text, sizeof text);
    assert_non_null(strstr(text, "60 calendar days"));
    /* days of one name stand together; a count of working days names what it passed over */
    assert_non_null(strstr(text, "Bính Ngọ 15/02/2026–22/02/2026"));
    deadline = due(*state, DEADLINE_CLASSIFY, "2026-04-24T10:00");
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    assert_non_null(strstr(text, "bỏ qua 7 ngày nghỉ"));
    assert_non_null(strstr(text, "30/04/2026–01/05/2026"));
    char small[20];
    assert_true(deadline_explain(*state, &deadline, DEADLINE_VI, small, sizeof small) > 20);
    assert_true(strlen(small) < sizeof small);
}

static void a_year_without_a_table_is_provisional(void **state)
{
    char text[2000];
    struct deadline deadline = due(*state, DEADLINE_ANSWER, "2027-12-01T08:00");
    assert_true(deadline.provisional);
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    assert_non_null(strstr(text, "2028"));
    deadline = due(*state, DEADLINE_ANSWER, "2027-10-01T08:00");
    assert_false(deadline.provisional);
}

static void what_is_to_be_confirmed_says_so(void **state)
{
    char text[2000];
    struct deadline deadline = due(*state, DEADLINE_CLASSIFY, "2026-11-20T10:00");
    assert_int_equal(deadline.due_day, day("2026-11-27")); /* 24/11 is counted as worked */
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    assert_non_null(strstr(text, "24/11/2026 (Ngày Văn hóa Việt Nam) chờ xác nhận là ngày nghỉ"));
    assert_non_null(strstr(text, "Quy định nội bộ (theo NQLT 72/2025, Điều 33.8) (chờ xác nhận)"));
    deadline = due(*state, DEADLINE_CLASSIFY, "2026-11-24T10:00"); /* the first day counts not */
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    assert_null(strstr(text, "Ngày Văn hóa"));
    deadline = due(*state, DEADLINE_ANSWER, "2026-09-25T10:00");
    assert_int_equal(deadline.due_day, day("2026-11-24"));
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    assert_non_null(strstr(text, "chờ xác nhận là ngày nghỉ"));
    deadline = due(*state, DEADLINE_ANSWER, "2026-10-25T10:00"); /* on the way it changes nothing */
    deadline_explain(*state, &deadline, DEADLINE_VI, text, sizeof text);
    assert_null(strstr(text, "Ngày Văn hóa"));
}

static void a_day_without_a_rule_has_no_deadline(void **state)
{
    struct deadline deadline;
    assert_int_equal(
        deadline_due(*state, "standard", DEADLINE_ANSWER, instant("2010-01-01T08:00"), &deadline),
        KN_E_NOT_FOUND);
    assert_int_equal(
        deadline_due(*state, "hotline", DEADLINE_VERIFY, instant("2026-01-05T08:00"), &deadline),
        0); /* a profile names only what differs */
    assert_string_equal(deadline.rule->profile, "standard");
}

static void a_changed_calendar_gives_another_date(void **state)
{
    registers_t *changed;
    char why[400];
    assert_int_equal(load_changed(&changed, "calendar.tsv", "2026-04-30\t",
                                  "2026-03-23\tholiday\tNgày nghỉ mới\tQuyết định\n2026-04-30\t",
                                  why, sizeof why),
                     0);
    struct deadline before = due(*state, DEADLINE_PARTNER, "2026-03-06T10:00");
    struct deadline after = due(changed, DEADLINE_PARTNER, "2026-03-06T10:00");
    assert_int_equal(before.due_day, day("2026-03-23"));
    assert_int_equal(after.due_day, day("2026-03-24"));
    assert_string_not_equal(registers_version(changed), registers_version(*state));
    registers_close(&changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cases_agree),
        cmocka_unit_test(a_tier_changes_by_the_day),
        cmocka_unit_test(the_sentence_names_rule_days_and_basis),
        cmocka_unit_test(a_year_without_a_table_is_provisional),
        cmocka_unit_test(what_is_to_be_confirmed_says_so),
        cmocka_unit_test(a_day_without_a_rule_has_no_deadline),
        cmocka_unit_test(a_changed_calendar_gives_another_date),
    };
    return cmocka_run_group_tests(tests, open_registers, close_registers);
}
