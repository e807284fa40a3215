/* test_words.c - people read sentences: every value has a word, every kind of event a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agents/words.h"
#include "kiennghi/message.h"

enum { MAX_VALUE = 64 };

static void every_value_has_a_vietnamese_word(void **state)
{
    (void)state;
    const enum kn_enum enums[] = {
        KN_ENUM_FLOW,           KN_ENUM_RESULT,        KN_ENUM_VERIFICATION,  KN_ENUM_CHANNEL,
        KN_ENUM_TIER,           KN_ENUM_CLOCK_KIND,    KN_ENUM_LINK_KIND,     KN_ENUM_PUBLICATION,
        KN_ENUM_SATISFACTION,   KN_ENUM_ROLE,          KN_ENUM_CONTENT_STATE, KN_ENUM_CODE,
        KN_ENUM_OVERSIGHT,      KN_ENUM_REJECT_GROUND, KN_ENUM_DIVERSION,     KN_ENUM_PAUSE_GROUND,
        KN_ENUM_ASSIGNMENT_ROLE};
    for (size_t i = 0; i < sizeof enums / sizeof *enums; i++) {
        assert_string_equal(words_of(enums[i], 0, true), "");
        for (int value = 1; value < MAX_VALUE && kn_enum_text(enums[i], value); value++) {
            const char *english = words_of(enums[i], value, false);
            assert_string_equal(english, kn_enum_text(enums[i], value));
            if (strcmp(words_of(enums[i], value, true), english) == 0)
                fail_msg("%s has no Vietnamese word", english);
        }
    }
}

static void days_are_those_of_ha_noi(void **state)
{
    (void)state;
    char day[11], at[17];
    const int64_t evening = INT64_C(1772470800000); /* 2026-03-02T17:00:00Z: midnight in Ha Noi */
    words_day(day, evening);
    assert_string_equal(day, "03/03/2026");
    words_time(at, evening - 60000);
    assert_string_equal(at, "02/03/2026 23:59");
    words_due(day, evening); /* the end of the 2nd */
    assert_string_equal(day, "02/03/2026");
    words_due(day, evening - 1);
    assert_string_equal(day, "02/03/2026");
}

static void every_kind_has_a_sentence(void **state)
{
    (void)state;
    const struct kn_document document = {.number = "120/SGTVT"};
    const struct kn_gap gap = {.instance = "9f3a1c5b7d2e4068", .first = 8, .last = 12};
    const struct kn_detail detail = {.docket = "GS-2026-03",
                                     .has_reminder = true,
                                     .reminder = 2,
                                     .partial = true,
                                     .until = "2026-09-30",
                                     .has_paused_days = true,
                                     .receipt = "r",
                                     .body = "b",
                                     .place = "p",
                                     .predecessor = "p",
                                     .reject_ground = KN_REJECT_GROUND_UNCLEAR,
                                     .pause_ground = KN_PAUSE_GROUND_IN_COURT,
                                     .diversion = KN_DIVERSION_COMPLAINT,
                                     .gap = &gap,
                                     .decision = KN_CANDIDATE_STATE_SAME};
    const struct kn_event full = {.detail = &detail,
                                  .oversight = KN_OVERSIGHT_SUPERVISION,
                                  .role = KN_ASSIGNMENT_ROLE_LEAD,
                                  .case_ = "HN-2026-000042-X",
                                  .batch = "b",
                                  .title = "t",
                                  .agent = "a",
                                  .field = "f",
                                  .area = "r",
                                  .unit = "SGTVT",
                                  .proposed_unit = "p",
                                  .parent = "HN-1",
                                  .why = "w",
                                  .basis = "s",
                                  .fault = "t",
                                  .reason = "n",
                                  .evidence = "e",
                                  .registers = "1",
                                  .has_row = true,
                                  .has_declared = true,
                                  .has_stored = true,
                                  .has_refused = true,
                                  .has_due_at = true,
                                  .has_was_due_at = true,
                                  .promised_on = "2026-09-30",
                                  .document = &document,
                                  .channel = KN_CHANNEL_SMS,
                                  .link = KN_LINK_KIND_DUPLICATE,
                                  .clock = KN_CLOCK_KIND_ANSWER,
                                  .result = KN_RESULT_EXPLAINED,
                                  .verification = KN_VERIFICATION_MET,
                                  .satisfaction = KN_SATISFACTION_SATISFIED,
                                  .code = KN_CODE_INVALID,
                                  .admitted = KN_ROLE_INTAKE};
    for (int kind = 1; kind < KN_EVENT_KIND_COUNT; kind++) {
        for (int is_vi = 0; is_vi < 2; is_vi++) {
            char text[1024];
            struct kn_event event = {.kind = (enum kn_event_kind)kind};
            words_event(text, sizeof text, &event, is_vi);
            assert_true(text[0] != '\0');
            assert_null(strpbrk(text, "[]{}"));
            event = full;
            event.kind = (enum kn_event_kind)kind;
            words_event(text, sizeof text, &event, is_vi);
            if (strpbrk(text, "[]{}?") || strcmp(text, kn_enum_text(KN_ENUM_EVENT_KIND, kind)) == 0)
                fail_msg("%s", text);
        }
    }
}

static void figures_are_those_of_the_reader(void **state)
{
    (void)state;
    static const struct {
        const char *figure;
        int64_t value;
        const char *vi, *en;
    } rows[] = {
        {"cases", 0, "0", "0"},
        {"cases", 999, "999", "999"},
        {"cases", 1000, "1.000", "1,000"},
        {"cases", 1234567, "1.234.567", "1,234,567"},
        {"cases", -1234, "-1.234", "-1,234"},
        {"cases", -123, "-123", "-123"},
        {"map_used", 1023, "1.023 B", "1,023 B"},
        {"map_used", 1024, "1,0 KiB", "1.0 KiB"},
        {"map_used", 1048575, "1023,9 KiB", "1023.9 KiB"}, /* never more than there is */
        {"map_used", 1048576, "1,0 MiB", "1.0 MiB"},
        {"map_size", INT64_C(68719476736), "64,0 GiB", "64.0 GiB"},
        {"disk_free", INT64_C(82173202432), "76,5 GiB", "76.5 GiB"},
        {"disk_free", INT64_C(9007199254740991), "8191,9 TiB", "8191.9 TiB"},
        {"of a later hub", 5000, "5.000", "5,000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        words_count(text, rows[i].figure, rows[i].value, true);
        assert_string_equal(text, rows[i].vi);
        words_count(text, rows[i].figure, rows[i].value, false);
        assert_string_equal(text, rows[i].en);
    }
    assert_string_equal(words_figure("waiting_for_the_disk", true), "hàng đợi ghi đĩa");
    assert_string_equal(words_figure("of a later hub", true), "of a later hub");
    assert_string_equal(words_field("text", true), "nội dung kiến nghị");
    assert_string_equal(words_field("text", false), "text of the petition");
    assert_string_equal(words_field("no such field", true), "no such field");
}

static void absent_parts_are_left_out(void **state)
{
    (void)state;
    char text[256];
    struct kn_event event = {.kind = KN_EVENT_KIND_CASE_ASSIGNED, .unit = "SGTVT"};
    words_event(text, sizeof text, &event, true);
    assert_string_equal(text, "Chuyển SGTVT giải quyết");
    event.has_due_at = true;
    event.due_at = INT64_C(1772470800000);
    words_event(text, sizeof text, &event, true);
    assert_string_equal(text, "Chuyển SGTVT giải quyết; hạn 02/03/2026");
    event.kind = (enum kn_event_kind)250; /* of a later version */
    words_event(text, sizeof text, &event, true);
    assert_string_equal(text, "");
}

static void a_small_room_cuts_between_letters(void **state)
{
    (void)state;
    const struct kn_event event = {.kind = KN_EVENT_KIND_CASE_ASSIGNED, .unit = "ỦY BAN"};
    for (size_t size = 1; size < 64; size++) {
        char text[64];
        memset(text, 'x', sizeof text);
        words_event(text, size, &event, true);
        const size_t length = strlen(text);
        assert_true(length < size);
        for (size_t i = 0; i < length;) { /* whole UTF-8 letters only */
            const unsigned char lead = (unsigned char)text[i];
            const size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
            assert_true(i + n <= length);
            i += n;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_has_a_vietnamese_word),
        cmocka_unit_test(days_are_those_of_ha_noi),
        cmocka_unit_test(every_kind_has_a_sentence),
        cmocka_unit_test(figures_are_those_of_the_reader),
        cmocka_unit_test(absent_parts_are_left_out),
        cmocka_unit_test(a_small_room_cuts_between_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
