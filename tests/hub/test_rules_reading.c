/* test_rules_reading.c - what a proposal's candidates lead to, and a person's word on a pair: the
 * thresholds, every veto, and that a decision can be taken back.
 */
#include "hub/rules.h"

#include "hub/calendar.h"
#include "kiennghi/message.h"
#include "registers_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WARD "2025:00070"
#define OTHER_WARD "2025:00235"
#define OLD_WARD "2018:00019" /* a part of it went to WARD */

static registers_t *registers;
static struct decision decision; /* large: not on the stack */

static int setup(void **state)
{
    (void)state;
    return open_registers((void **)&registers);
}

static int teardown(void **state)
{
    (void)state;
    return close_registers((void **)&registers);
}

/* What happened, as "linked HN-…; candidate HN-…": kinds with the other case. */
static const char *told(void)
{
    static char out[600];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < decision.n_events; i++) {
        const struct kn_event *event = &decision.events[i];
        const char *state =
            event->detail && event->detail->decision
                ? kn_enum_text(KN_ENUM_CANDIDATE_STATE, (int)event->detail->decision)
                : "";
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s%s%s%s%s%s", i ? "; " : "",
                              kn_enum_text(KN_ENUM_EVENT_KIND, (int)event->kind) + 5,
                              event->parent ? " " : "", event->parent ? event->parent : "",
                              event->link ? " " : "",
                              event->link ? kn_enum_text(KN_ENUM_LINK_KIND, (int)event->link) : "",
                              *state ? " " : "");
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", state);
    }
    return out;
}

static const struct kn_case earlier = {
    .code = "HN-2026-000001-N", .number = 20260000001, .flow = KN_FLOW_IN_PROGRESS, .area = WARD};
static const struct kn_case closed = {
    .code = "HN-2026-000002-L", .number = 20260000002, .flow = KN_FLOW_CLOSED, .area = WARD};

/* One line of the table: a candidate, what is known, and what follows for a petition in AREA. */
struct line {
    const char *what;
    struct kn_candidate candidate;
    const struct kn_case *root;
    enum kn_candidate_state pair;
    const char *area;
    bool again;
    const char *want;
};

#define SAME KN_MATCH_VERDICT_SAME, .relation = KN_LINK_KIND_DUPLICATE
#define POSSIBLE KN_MATCH_VERDICT_POSSIBLE, .relation = KN_LINK_KIND_DUPLICATE
#define BACK KN_MATCH_VERDICT_POSSIBLE, .relation = KN_LINK_KIND_RECURRENCE
#define SCORES(s, p) .score = (s), .place = (p), .has_place = true

static void test_candidates_and_vetoes(void **state)
{
    (void)state;
    static const struct kn_relation part_of_earlier = {.case_ = "HN-2026-000001-N",
                                                       .link = KN_LINK_KIND_SPLIT_FROM};
    static const struct kn_case part = {.code = "HN-2026-000004-E",
                                        .number = 20260000004,
                                        .flow = KN_FLOW_ASSIGNED,
                                        .n_relations = 1,
                                        .relations = &part_of_earlier};
    static const struct kn_case diverted = {
        .code = "HN-2026-000002-L", .number = 20260000002, .flow = KN_FLOW_DIVERTED};
#define LINKED "linked HN-2026-000001-N duplicate"
#define PAIR "assigned; candidate HN-2026-000001-N duplicate"
    static const struct line lines[] = {
        {"same and open", {.verdict = SAME, SCORES(900, 900)}, &earlier, 0, WARD, false, LINKED},
        {"no area given", {.verdict = SAME, SCORES(900, 900)}, &earlier, 0, NULL, false, LINKED},
        {"its old name", {.verdict = SAME, SCORES(900, 900)}, &earlier, 0, OLD_WARD, false, LINKED},
        {"the city", {.verdict = SAME, SCORES(900, 900)}, &earlier, 0, "hanoi", false, LINKED},
        {"other ward", {.verdict = SAME, SCORES(900, 900)}, &earlier, 0, OTHER_WARD, false, PAIR},
        {"a bold reader", {.verdict = SAME, SCORES(500, 900)}, &earlier, 0, WARD, false, PAIR},
        {"place unclear", {.verdict = SAME, SCORES(900, 400)}, &earlier, 0, WARD, false, PAIR},
        {"place conflict", {.verdict = SAME, SCORES(900, -1)}, &earlier, 0, WARD, false, ""},
        {"said different", {.verdict = SAME, SCORES(900, 900)}, &earlier, 3, WARD, false, ""},
        {"unknown case", {.verdict = SAME, SCORES(900, 900)}, NULL, 0, WARD, false, ""},
        {"same, closed",
         {.verdict = SAME, SCORES(900, 900)},
         &closed,
         0,
         WARD,
         false,
         "assigned; related HN-2026-000002-L recurrence"},
        {"same, diverted",
         {.verdict = SAME, SCORES(900, 900)},
         &diverted,
         0,
         WARD,
         false,
         "assigned; candidate HN-2026-000002-L duplicate"},
        {"possible", {.verdict = POSSIBLE, SCORES(500, 600)}, &earlier, 0, WARD, false, PAIR},
        {"possible, low", {.verdict = POSSIBLE, SCORES(150, 600)}, &earlier, 0, WARD, false, ""},
        {"other ward, possible",
         {.verdict = POSSIBLE, SCORES(500, 600)},
         &earlier,
         0,
         OTHER_WARD,
         false,
         ""},
        {"proposed before", {.verdict = POSSIBLE, SCORES(500, 600)}, &earlier, 1, WARD, false, ""},
        {"possible, closed",
         {.verdict = POSSIBLE, SCORES(500, 600)},
         &closed,
         0,
         WARD,
         false,
         "assigned; candidate HN-2026-000002-L recurrence"},
        {"says it came back",
         {.verdict = BACK, SCORES(500, 900)},
         &earlier,
         0,
         WARD,
         true,
         "assigned; related HN-2026-000001-N recurrence"},
        {"says so, unsure",
         {.verdict = BACK, SCORES(300, 900)},
         &earlier,
         0,
         WARD,
         true,
         "assigned; candidate HN-2026-000001-N recurrence"},
        {"the earlier says so",
         {.verdict = BACK, SCORES(500, 900)},
         &earlier,
         0,
         WARD,
         false,
         PAIR},
        {"same words",
         {.verdict = POSSIBLE, .exact = true, SCORES(400, 0)},
         &earlier,
         0,
         WARD,
         false,
         LINKED},
        {"same words, no place",
         {.verdict = KN_MATCH_VERDICT_NEW, .exact = true, SCORES(100, 0)},
         &earlier,
         0,
         NULL,
         false,
         PAIR},
        {"same words, other ward",
         {.verdict = POSSIBLE, .exact = true, SCORES(400, 0)},
         &earlier,
         0,
         OTHER_WARD,
         false,
         ""},
        {"a part of the same", {.verdict = SAME, SCORES(900, 900)}, &part, 0, WARD, false, ""},
    };
    static const struct kn_relation part_too = {.case_ = "HN-2026-000001-N",
                                                .link = KN_LINK_KIND_SPLIT_FROM};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct line *line = &lines[i];
        struct kn_case subject = {.code = "HN-2026-000009-8",
                                  .number = 20260000009,
                                  .flow = KN_FLOW_RECEIVED,
                                  .agent = "front",
                                  .source = "mttq"};
        if (line->root == &part) {
            subject.n_relations = 1;
            subject.relations = &part_too;
        }
        struct kn_candidate candidate = line->candidate;
        candidate.case_ = line->root ? line->root->code : "HN-2026-000001-N";
        struct kn_reading_propose reading = {.case_ = subject.code,
                                             .field = "lighting",
                                             .area = line->area,
                                             .says_again = line->again,
                                             .n_candidates = 1,
                                             .candidates = &candidate};
        struct facts_candidate known = {.root = line->root, .pair = line->pair};
        struct facts facts = {.now = day_start(day("2026-03-02")),
                              .registers = registers,
                              .actor = "hub",
                              .subject = &subject,
                              .candidates = &known};
        decide(&decision, &facts, KN_TYPE_READING_PROPOSE, &reading);
        assert_int_equal(decision.verdict, KN_VERDICT_STORED);
        const char *got = told(), *want = *line->want ? line->want : "assigned";
        if (!line->area && strncmp(got, "unrouted", 8) == 0) { /* without a place nobody is */
            assert_string_equal(got + 8, want + 8);
        } else if (strcmp(got, want) != 0) {
            fail_msg("%s: \"%s\", not \"%s\"", line->what, got, want);
        }
    }
}

/* What says the same as a linked case is linked only when it agrees with the end of the link. */
static void test_two_that_resemble_a_third_are_not_one(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        bool has_root; /* among the candidates */
        enum kn_match_verdict verdict;
        int64_t place;
        bool exact; /* as the linked case */
        const char *want;
    } lines[] = {
        {"both agree", true, KN_MATCH_VERDICT_SAME, 900, false, LINKED},
        {"perhaps", true, KN_MATCH_VERDICT_POSSIBLE, 600, false, LINKED},
        {"apart", true, KN_MATCH_VERDICT_NEW, -1, false, PAIR},
        {"not found", false, KN_MATCH_VERDICT_NEW, 0, false, PAIR},
        {"word for word", false, KN_MATCH_VERDICT_NEW, 0, true, LINKED},
    };
    struct kn_case subject = {.code = "HN-2026-000009-8",
                              .number = 20260000009,
                              .flow = KN_FLOW_RECEIVED,
                              .source = "mttq"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct kn_candidate candidates[2] = {
            {.case_ = "HN-2026-000005-F", .verdict = SAME, SCORES(950, 900)},
            {.case_ = earlier.code, .verdict = lines[i].verdict, SCORES(700, lines[i].place)}};
        candidates[0].exact = lines[i].exact;
        struct facts_candidate known[2] = {{.root = &earlier}, {.root = &earlier}};
        struct kn_reading_propose reading = {.case_ = subject.code,
                                             .field = "lighting",
                                             .area = WARD,
                                             .n_candidates = lines[i].has_root ? 2 : 1,
                                             .candidates = candidates};
        struct facts facts = {.now = day_start(day("2026-03-02")),
                              .registers = registers,
                              .actor = "hub",
                              .subject = &subject,
                              .candidates = known};
        decide(&decision, &facts, KN_TYPE_READING_PROPOSE, &reading);
        if (strcmp(told(), lines[i].want) != 0) {
            fail_msg("%s: \"%s\"", lines[i].what, told());
        }
    }
}

static void test_at_most_three_pairs_and_each_root_once(void **state)
{
    (void)state;
    struct kn_case roots[6];
    struct kn_candidate candidates[6];
    struct facts_candidate known[6];
    char codes[6][32];
    for (int i = 0; i < 6; i++) {
        snprintf(codes[i], sizeof codes[i], "HN-2026-00001%d-X", i / 2);
        roots[i] = (struct kn_case){
            .code = codes[i], .number = 20260000010 + i / 2, .flow = KN_FLOW_ASSIGNED};
        candidates[i] = (struct kn_candidate){
            .case_ = codes[i], .verdict = POSSIBLE, SCORES(500 - i, 600), .why = "x"};
        known[i] = (struct facts_candidate){.root = &roots[i]};
    }
    struct kn_case subject = {
        .code = "HN-2026-000009-8", .number = 20260000009, .flow = KN_FLOW_IN_PROGRESS};
    struct kn_reading_propose reading = {
        .case_ = subject.code, .n_candidates = 6, .candidates = candidates};
    struct facts facts = {.now = day_start(day("2026-03-02")),
                          .registers = registers,
                          .actor = "hub",
                          .subject = &subject,
                          .candidates = known};
    decide(&decision, &facts, KN_TYPE_READING_PROPOSE, &reading); /* of a revised text */
    assert_string_equal(told(), "read; candidate HN-2026-000010-X duplicate; candidate "
                                "HN-2026-000011-X duplicate; candidate HN-2026-000012-X duplicate");
    assert_int_equal(decision.events[1].detail->score, 500);
}

static void test_a_persons_word_on_a_pair(void **state)
{
    (void)state;
    static const struct kn_relation related = {.case_ = "HN-2026-000002-L",
                                               .link = KN_LINK_KIND_RECURRENCE};
    static const struct kn_case other = {
        .code = "HN-2026-000003-J", .number = 20260000003, .flow = KN_FLOW_ASSIGNED};
#define OPEN KN_CANDIDATE_STATE_OPEN
#define ONE KN_CANDIDATE_STATE_SAME
#define TWO KN_CANDIDATE_STATE_DIFFERENT
    static const struct {
        enum kn_candidate_state is, say;
        enum kn_flow flow; /* of the later case */
        const struct kn_case *other;
        const char *want; /* NULL: refused */
    } lines[] = {
        {OPEN, ONE, KN_FLOW_ASSIGNED, &earlier, LINKED "; compared HN-2026-000001-N same"},
        {OPEN, TWO, KN_FLOW_ASSIGNED, &earlier, "compared HN-2026-000001-N different"},
        {OPEN, TWO, KN_FLOW_CLOSED, &earlier, "compared HN-2026-000001-N different"},
        {OPEN, ONE, KN_FLOW_ASSIGNED, &closed,
         "related HN-2026-000002-L recurrence; compared HN-2026-000002-L same"},
        {OPEN, ONE, KN_FLOW_LINKED, &earlier, "compared HN-2026-000001-N same"}, /* settled */
        {OPEN, ONE, KN_FLOW_LINKED, &other, NULL},
        {OPEN, OPEN, KN_FLOW_ASSIGNED, &earlier, NULL},
        {OPEN, ONE, KN_FLOW_CLOSED, &earlier, NULL},
        {TWO, ONE, KN_FLOW_ASSIGNED, &earlier, NULL},
        {TWO, TWO, KN_FLOW_ASSIGNED, &earlier, NULL},
        {TWO, OPEN, KN_FLOW_ASSIGNED, &earlier, "compared HN-2026-000001-N open"},
        {ONE, OPEN, KN_FLOW_LINKED, &earlier,
         "unlinked HN-2026-000001-N; assigned; compared HN-2026-000001-N open"},
        {ONE, OPEN, KN_FLOW_ASSIGNED, &closed, "compared HN-2026-000002-L open"},
        {0, ONE, KN_FLOW_ASSIGNED, &earlier, NULL},
    };
    const struct kn_assignment lead = {
        .number = 1, .unit = "so-xay-dung", .role = KN_ASSIGNMENT_ROLE_LEAD};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct kn_case subject = {.code = "HN-2026-000009-8",
                                  .number = 20260000009,
                                  .flow = lines[i].flow,
                                  .source = "mttq",
                                  .parent = lines[i].flow == KN_FLOW_LINKED ? earlier.code : NULL,
                                  .n_assignments = 1,
                                  .assignments = &lead,
                                  .n_relations = lines[i].is == ONE && lines[i].other == &closed,
                                  .relations = &related};
        struct kn_candidate_pair pair = {.case_ = subject.code,
                                         .earlier = lines[i].other->code,
                                         .state = lines[i].is,
                                         .why = "x"};
        struct facts facts = {.now = day_start(day("2026-03-02")),
                              .registers = registers,
                              .actor = "clerk",
                              .role = KN_ROLE_OPERATOR,
                              .subject = &subject,
                              .parent = lines[i].other,
                              .pair = lines[i].is ? &pair : NULL};
        struct kn_candidate_decide act = {
            .case_ = subject.code, .earlier = lines[i].other->code, .decision = lines[i].say};
        decide(&decision, &facts, KN_TYPE_CANDIDATE_DECIDE, &act);
        if (lines[i].want) {
            assert_string_equal(told(), lines[i].want);
        } else {
            assert_int_equal(decision.verdict, KN_VERDICT_REFUSED);
            assert_non_null(decision.reason);
        }
        if (decision.n_events > 1 && decision.events[1].kind == KN_EVENT_KIND_CASE_ASSIGNED) {
            assert_string_equal(decision.events[1].unit, "so-xay-dung"); /* who had it before */
        }
    }
}

static void test_a_part_is_quoted_and_stands_for_itself(void **state)
{
    (void)state;
    struct kn_case subject = {.code = "HN-2026-000009-8",
                              .number = 20260000009,
                              .flow = KN_FLOW_ASSIGNED,
                              .agent = "front",
                              .source = "mttq",
                              .channel = KN_CHANNEL_FRONT,
                              .received_at = 1000,
                              .last_event = 5};
    struct facts facts = {.now = day_start(day("2026-03-02")),
                          .registers = registers,
                          .actor = "clerk",
                          .role = KN_ROLE_OPERATOR,
                          .subject = &subject,
                          .new_case = "HN-2026-000010-X"};
    struct kn_case_split act = {.case_ = subject.code, .text = "x"};
    decide(&decision, &facts, KN_TYPE_CASE_SPLIT, &act);
    assert_int_equal(decision.code, KN_CODE_INVALID);
    facts.is_quoted = true;
    decide(&decision, &facts, KN_TYPE_CASE_SPLIT, &act);
    const struct kn_event *event = &decision.events[0];
    assert_int_equal(decision.n_events, 1);
    assert_string_equal(decision.subject, "HN-2026-000010-X");
    assert_string_equal(event->case_, "HN-2026-000010-X");
    assert_string_equal(event->parent, subject.code);
    assert_string_equal(event->agent, "front");
    assert_int_equal(event->received_at, 1000);
    assert_false(event->has_previous);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_candidates_and_vetoes),
        cmocka_unit_test(test_two_that_resemble_a_third_are_not_one),
        cmocka_unit_test(test_at_most_three_pairs_and_each_root_once),
        cmocka_unit_test(test_a_persons_word_on_a_pair),
        cmocka_unit_test(test_a_part_is_quoted_and_stands_for_itself),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
