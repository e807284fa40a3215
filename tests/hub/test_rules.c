/* test_rules.c - the law of the house, asked in full: every state × act × speaker against the
 * golden matrix in data/rules.txt, and the figures of a batch row by row.
 *
 * The matrix is made anew with KN_GOLDEN=write in the environment; a changed line is a changed law
 * and belongs into the same commit as the row of rules.c that caused it.
 */
#include "hub/rules.h"

#include "hub/calendar.h"
#include "kiennghi/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN KN_SOURCE_DIR "/tests/hub/data/rules.txt"

static registers_t *registers;
static struct decision decision; /* large: not on the stack */

static int setup(void **state)
{
    struct registers_file *files = NULL;
    size_t n = 0;
    char why[300] = "";
    (void)state;
    int rc = registers_read_folder(&files, &n, KN_SOURCE_DIR "/schemas/registers", why, sizeof why);
    rc = rc ? rc : registers_load(&registers, files, n, why, sizeof why);
    registers_files_free(&files, n);
    if (rc) {
        fprintf(stderr, "%s\n", why);
    }
    return rc;
}

static int teardown(void **state)
{
    (void)state;
    registers_close(&registers);
    return 0;
}

static int64_t at(const char *day)
{
    kn_day number;
    assert_int_equal(day_parse(day, &number), 0);
    return day_start(number) + 9 * 3600000;
}

/* ---- the golden matrix ----------------------------------------------------------------------- */

/* One act of each type, good in itself, so that state and speaker alone decide. */
static const struct kn_candidate nothing[1];
static const struct kn_reading_propose reading = {
    .case_ = "HN-2026-000001-N", .field = "lighting", .area = "2025:00070", .candidates = nothing};
static const struct kn_assignment_accept take_it = {.case_ = "HN-2026-000001-N", .assignment = 1};
static const struct kn_assignment_return not_ours = {
    .case_ = "HN-2026-000001-N", .assignment = 1, .reason = "x"};
static const struct kn_answer_submit done = {
    .case_ = "HN-2026-000001-N", .result = KN_RESULT_RESOLVED_WORKS, .text = "x"};
static const struct kn_answer_submit explained = {
    .case_ = "HN-2026-000001-N", .result = KN_RESULT_EXPLAINED, .text = "x"};
static const struct kn_case_assign ruling = {.case_ = "HN-2026-000001-N", .unit = "so-xay-dung"};
static const struct kn_answer_review taken = {.case_ = "HN-2026-000001-N", .accepted = true};
static const struct kn_answer_review rejected = {.case_ = "HN-2026-000001-N", .reason = "x"};
static const struct kn_case_verify met = {.case_ = "HN-2026-000001-N",
                                          .verification = KN_VERIFICATION_MET};
static const struct kn_case_verify not_met = {.case_ = "HN-2026-000001-N",
                                              .verification = KN_VERIFICATION_NOT_MET};
static const struct kn_case_publish publish = {.case_ = "HN-2026-000001-N",
                                               .publication = KN_PUBLICATION_PUBLISHED};
static const struct kn_case_publish withdraw = {.case_ = "HN-2026-000001-N",
                                                .publication = KN_PUBLICATION_WITHDRAWN};
static const struct kn_case_link link_it = {
    .case_ = "HN-2026-000001-N", .parent = "HN-2026-000002-L", .link = KN_LINK_KIND_DUPLICATE};
static const struct kn_case_unlink unlink_it = {.case_ = "HN-2026-000001-N"};

#define CASE .case_ = "HN-2026-000001-N"
static const struct kn_case_assign partner = {CASE, .unit = "cong-ty-chieu-sang",
                                              .role = KN_ASSIGNMENT_ROLE_PARTNER};
static const struct kn_case_assign forced = {CASE, .unit = "so-xay-dung", .ruling = true};
static const struct kn_answer_submit part = {CASE, .result = KN_RESULT_PLANNED_SUBMITTED,
                                             .text = "x", .partial = true};
static const struct kn_answer_submit planned = {CASE, .result = KN_RESULT_PLANNED_SCHEDULED,
                                                .text = "x", .promised_on = "2026-06-30"};
static const struct kn_case_divert divert = {CASE, .diversion = KN_DIVERSION_COMPLAINT,
                                             .receipt = "KN-1"};
static const struct kn_case_reject reject = {CASE, .ground = KN_REJECT_GROUND_IN_COURT};
static const struct kn_case_pause pause_it = {CASE, .ground = KN_PAUSE_GROUND_IN_COURT,
                                              .until = "2026-04-01"};
static const struct kn_case_resume resume_it = {CASE};
static const struct kn_case_reopen reopen_it = {CASE, .reason = "x"};
static const struct kn_case_remind remind = {CASE};
static const struct kn_case_satisfaction satisfied = {CASE,
                                                      .satisfaction = KN_SATISFACTION_SATISFIED};
static const struct kn_case_satisfaction dissatisfied = {CASE, .satisfaction =
                                                                   KN_SATISFACTION_DISSATISFIED};
static const struct kn_case_select chosen = {CASE, .docket = "GS-1",
                                             .oversight = KN_OVERSIGHT_SUPERVISION};
static const struct kn_case_direct direct = {CASE, .body = "x", .reason = "x"};
static const struct kn_progress_report progress = {CASE, .text = "x"};
static const struct kn_commitment_make promised = {CASE, .promised_on = "2026-06-30", .text = "x"};
static const struct kn_commitment_keep kept = {CASE, .commitment = 1, .text = "x"};
static const struct kn_case_publish proposed = {
    CASE, .publication = KN_PUBLICATION_AWAITING_APPROVAL, .text = "x"};
static const struct kn_case_publish posted = {CASE, .publication = KN_PUBLICATION_POSTED};

static const struct act {
    const char *name;
    enum kn_type type;
    const void *body;
} acts[] = {
    {"reading.propose", KN_TYPE_READING_PROPOSE, &reading},
    {"case.assign", KN_TYPE_CASE_ASSIGN, &ruling},
    {"case.assign partner", KN_TYPE_CASE_ASSIGN, &partner},
    {"case.assign ruling", KN_TYPE_CASE_ASSIGN, &forced},
    {"assignment.accept", KN_TYPE_ASSIGNMENT_ACCEPT, &take_it},
    {"assignment.return", KN_TYPE_ASSIGNMENT_RETURN, &not_ours},
    {"answer.submit resolved_works", KN_TYPE_ANSWER_SUBMIT, &done},
    {"answer.submit explained", KN_TYPE_ANSWER_SUBMIT, &explained},
    {"answer.submit planned", KN_TYPE_ANSWER_SUBMIT, &planned},
    {"answer.submit partial", KN_TYPE_ANSWER_SUBMIT, &part},
    {"answer.review accepted", KN_TYPE_ANSWER_REVIEW, &taken},
    {"answer.review sent back", KN_TYPE_ANSWER_REVIEW, &rejected},
    {"case.verify met", KN_TYPE_CASE_VERIFY, &met},
    {"case.verify not_met", KN_TYPE_CASE_VERIFY, &not_met},
    {"case.link", KN_TYPE_CASE_LINK, &link_it},
    {"case.unlink", KN_TYPE_CASE_UNLINK, &unlink_it},
    {"case.divert", KN_TYPE_CASE_DIVERT, &divert},
    {"case.reject", KN_TYPE_CASE_REJECT, &reject},
    {"case.pause", KN_TYPE_CASE_PAUSE, &pause_it},
    {"case.resume", KN_TYPE_CASE_RESUME, &resume_it},
    {"case.reopen", KN_TYPE_CASE_REOPEN, &reopen_it},
    {"case.remind", KN_TYPE_CASE_REMIND, &remind},
    {"case.satisfaction satisfied", KN_TYPE_CASE_SATISFACTION, &satisfied},
    {"case.satisfaction dissatisfied", KN_TYPE_CASE_SATISFACTION, &dissatisfied},
    {"case.select", KN_TYPE_CASE_SELECT, &chosen},
    {"case.direct", KN_TYPE_CASE_DIRECT, &direct},
    {"progress.report", KN_TYPE_PROGRESS_REPORT, &progress},
    {"commitment.make", KN_TYPE_COMMITMENT_MAKE, &promised},
    {"commitment.keep", KN_TYPE_COMMITMENT_KEEP, &kept},
    {"case.publish proposed", KN_TYPE_CASE_PUBLISH, &proposed},
    {"case.publish posted", KN_TYPE_CASE_PUBLISH, &posted},
    {"case.publish published", KN_TYPE_CASE_PUBLISH, &publish},
    {"case.publish withdrawn", KN_TYPE_CASE_PUBLISH, &withdraw},
};

static void ask(enum kn_flow flow, const struct act *act, enum kn_role role, FILE *out)
{
    const struct kn_assignment lead = {
        .number = 1, .unit = "ubnd-hoan-kiem", .role = KN_ASSIGNMENT_ROLE_LEAD};
    const struct kn_commitment commitment = {.number = 1, .promised_on = "2026-04-30"};
    struct kn_case subject = {.code = "HN-2026-000001-N",
                              .number = 20260000001,
                              .flow = flow,
                              .n_commitments = 1,
                              .commitments = &commitment,
                              .verification = KN_VERIFICATION_NONE,
                              .agent = "front",
                              .source = "mttq",
                              .unit = "ubnd-hoan-kiem",
                              .field = "lighting",
                              .area = "2025:00070",
                              .parent = "HN-2026-000002-L",
                              .publication = KN_PUBLICATION_PUBLISHED,
                              .n_assignments = 1,
                              .assignments = &lead,
                              .last_event = 5,
                              .result = KN_RESULT_EXPLAINED};
    struct kn_case parent = {
        .code = "HN-2026-000002-L", .number = 20260000002, .flow = KN_FLOW_ASSIGNED};
    struct facts facts = {.now = at("2026-03-02"),
                          .registers = registers,
                          .actor = role == KN_ROLE_INTAKE ? "front" : "somebody",
                          .role = role,
                          .commitment = "c",
                          .unit = role == KN_ROLE_AGENCY ? "ubnd-hoan-kiem" : NULL,
                          .subject = &subject,
                          .parent = &parent};
    decide(&decision, &facts, act->type, act->body);
    fprintf(out, "%-22s %-31s %-18s", kn_enum_text(KN_ENUM_FLOW, (int)flow), act->name,
            role ? kn_enum_text(KN_ENUM_ROLE, (int)role) : "hub");
    if (decision.verdict == KN_VERDICT_REFUSED) {
        fprintf(out, " refused %s %s\n", kn_enum_text(KN_ENUM_CODE, (int)decision.code),
                decision.field);
        return;
    }
    for (size_t i = 0; i < decision.n_events; i++) {
        const struct kn_event *event = &decision.events[i];
        fprintf(out, " %s→%s", kn_enum_text(KN_ENUM_EVENT_KIND, (int)event->kind),
                event->flow ? kn_enum_text(KN_ENUM_FLOW, (int)event->flow) : "–");
    }
    fputc('\n', out);
}

static char *slurp(FILE *file)
{
    long size;
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    fclose(file);
    return text;
}

static void test_every_state_act_and_speaker_is_as_golden(void **state)
{
    (void)state;
    bool writes = getenv("KN_GOLDEN") != NULL;
    FILE *out = writes ? fopen(GOLDEN, "w+") : tmpfile();
    assert_non_null(out);
    for (enum kn_flow flow = KN_FLOW_RECEIVED; flow < KN_FLOW_COUNT; flow++) {
        for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
            for (enum kn_role role = KN_ROLE_NONE; role < KN_ROLE_COUNT; role++) {
                ask(flow, &acts[i], role, out);
            }
        }
    }
    char *have = slurp(out), *want = slurp(fopen(GOLDEN, "r"));
    char *have_rest = have, *want_rest = want, *a, *b;
    while ((a = strsep(&have_rest, "\n")) && (b = strsep(&want_rest, "\n"))) {
        assert_string_equal(a, b); /* line by line: the first difference is named */
    }
    assert_null(have_rest);
    assert_null(want_rest);
    free(have);
    free(want);
}

/* ---- refusals say what would be legal -------------------------------------------------------- */

static void test_an_illegal_move_names_the_legal_ones(void **state)
{
    (void)state;
    struct kn_case subject = {.code = "HN-2026-000001-N", .flow = KN_FLOW_CLOSED};
    struct facts facts = {.now = at("2026-03-02"),
                          .registers = registers,
                          .actor = "clerk",
                          .role = KN_ROLE_OPERATOR,
                          .subject = &subject};
    decide(&decision, &facts, KN_TYPE_CASE_ASSIGN, &ruling);
    assert_int_equal(decision.verdict, KN_VERDICT_REFUSED);
    assert_int_equal(decision.code, KN_CODE_ILLEGAL_MOVE);
    assert_string_equal(decision.reason,
                        "the case is closed; you may: commitment.make, case.satisfaction, "
                        "case.reopen, case.link, case.unlink, candidate.decide, case.direct, "
                        "case.select, case.erase, case.publish");
    assert_int_equal(decision.n_events, 1); /* on record */
    assert_int_equal(decision.events[0].kind, KN_EVENT_KIND_ACT_REFUSED);
}

static void test_a_promise_needs_a_day_that_is_not_past(void **state)
{
    (void)state;
    const struct kn_assignment lead = {
        .number = 1, .unit = "so-xay-dung", .role = KN_ASSIGNMENT_ROLE_LEAD};
    struct kn_case subject = {.code = "HN-2026-000001-N",
                              .flow = KN_FLOW_IN_PROGRESS,
                              .n_assignments = 1,
                              .assignments = &lead};
    struct facts facts = {.now = at("2026-03-02"),
                          .registers = registers,
                          .actor = "sxd",
                          .role = KN_ROLE_AGENCY,
                          .unit = "so-xay-dung",
                          .subject = &subject};
    static const struct {
        const char *day;
        enum kn_verdict verdict;
        enum kn_code code;
    } rows[] = {{NULL, KN_VERDICT_REFUSED, KN_CODE_REQUIRED},
                {"2026-02-30", KN_VERDICT_REFUSED, KN_CODE_INVALID},
                {"2026-03-01", KN_VERDICT_REFUSED, KN_CODE_INVALID},
                {"2026-03-02", KN_VERDICT_STORED, KN_CODE_NONE},
                {"2027-01-01", KN_VERDICT_STORED, KN_CODE_NONE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kn_answer_submit answer = {
            .result = KN_RESULT_PLANNED_SCHEDULED, .text = "x", .promised_on = rows[i].day};
        decide(&decision, &facts, KN_TYPE_ANSWER_SUBMIT, &answer);
        assert_int_equal(decision.verdict, rows[i].verdict);
        assert_int_equal(decision.code, rows[i].code);
    }
}

/* ---- messages against each other ------------------------------------------------------------- */

/* What CASE becomes by the events just decided, as far as the second message looks at it. */
static void become(struct kn_case *kase)
{
    for (size_t i = 0; i < decision.n_events; i++) {
        kase->flow = decision.events[i].flow ? decision.events[i].flow : kase->flow;
    }
}

static void test_the_first_of_two_that_exclude_each_other_holds(void **state)
{
    (void)state;
    static const struct {
        enum kn_flow flow;
        enum kn_type types[2];
        const void *bodies[2];
        enum kn_role roles[2];
    } rows[] = {
        {KN_FLOW_ASSIGNED,
         {KN_TYPE_ASSIGNMENT_RETURN, KN_TYPE_ASSIGNMENT_ACCEPT},
         {&not_ours, &take_it},
         {KN_ROLE_AGENCY, KN_ROLE_AGENCY}},
        {KN_FLOW_IN_PROGRESS,
         {KN_TYPE_ANSWER_SUBMIT, KN_TYPE_CASE_PAUSE},
         {&done, &pause_it},
         {KN_ROLE_AGENCY, KN_ROLE_OPERATOR}},
        {KN_FLOW_TO_CLASSIFY,
         {KN_TYPE_CASE_REJECT, KN_TYPE_CASE_ASSIGN},
         {&reject, &ruling},
         {KN_ROLE_APPROVER, KN_ROLE_OPERATOR}},
        {KN_FLOW_AWAITING_VERIFICATION,
         {KN_TYPE_CASE_VERIFY, KN_TYPE_CASE_VERIFY},
         {&met, &not_met},
         {KN_ROLE_VERIFIER, KN_ROLE_DEPUTIES}},
        {KN_FLOW_ANSWERED,
         {KN_TYPE_ANSWER_REVIEW, KN_TYPE_ANSWER_REVIEW},
         {&taken, &rejected},
         {KN_ROLE_BAN, KN_ROLE_OPERATOR}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int order = 0; order < 2; order++) {
            const struct kn_assignment lead = {
                .number = 1, .unit = "ubnd-hoan-kiem", .role = KN_ASSIGNMENT_ROLE_LEAD};
            struct kn_case subject = {.code = "HN-2026-000001-N",
                                      .number = 20260000001,
                                      .flow = rows[i].flow,
                                      .source = "mttq",
                                      .agent = "front",
                                      .unit = "ubnd-hoan-kiem",
                                      .result = KN_RESULT_EXPLAINED,
                                      .n_assignments = 1,
                                      .assignments = &lead};
            struct facts facts = {.now = at("2026-03-02"),
                                  .registers = registers,
                                  .actor = "somebody",
                                  .subject = &subject,
                                  .commitment = "c"};
            for (int turn = 0; turn < 2; turn++) {
                int which = turn ^ order;
                facts.role = rows[i].roles[which];
                facts.unit = facts.role == KN_ROLE_AGENCY ? "ubnd-hoan-kiem" : NULL;
                decide(&decision, &facts, rows[i].types[which], rows[i].bodies[which]);
                if (turn == 0) {
                    assert_int_equal(decision.verdict, KN_VERDICT_STORED);
                    become(&subject);
                } else if (rows[i].types[which] != KN_TYPE_ASSIGNMENT_RETURN) {
                    /* (what is accepted may still be returned; nothing else may follow) */
                    assert_int_equal(decision.verdict, KN_VERDICT_REFUSED);
                    assert_non_null(decision.reason);
                }
            }
        }
    }
}

/* ---- rows of a batch ------------------------------------------------------------------------- */

static void test_rows_are_counted_once_and_the_last_one_closes(void **state)
{
    (void)state;
    static const struct {
        enum facts_row row;
        int64_t stored, refused;
        enum kn_verdict verdict;
        bool closes;
    } rows[] = {
        {ROW_NEW, 5, 2, KN_VERDICT_STORED, false},    /* 6 + 2 of 10 */
        {ROW_NEW, 7, 2, KN_VERDICT_STORED, true},     /* 8 + 2 of 10 */
        {ROW_SAME, 7, 2, KN_VERDICT_REPEATED, false}, /* counted before */
        {ROW_CHANGED, 7, 2, KN_VERDICT_CONFLICT, false},
        {ROW_REFUSED, 7, 2, KN_VERDICT_STORED, false}, /* 8 + 1: corrected, one is still missing */
        {ROW_REFUSED, 8, 2, KN_VERDICT_STORED, true},
        {ROW_ELSEWHERE, 7, 2, KN_VERDICT_REPEATED, true},
    };
    struct kn_petition petition = {.text = "x"};
    struct kn_petition_submit message = {.batch = "b",
                                         .container = "c",
                                         .item = "1",
                                         .source = "mttq",
                                         .channel = KN_CHANNEL_FRONT,
                                         .petition = &petition};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kn_batch batch = {.batch = "b",
                                 .container = "c",
                                 .source = "mttq",
                                 .channel = KN_CHANNEL_FRONT,
                                 .agent = "front",
                                 .declared = 10,
                                 .stored = rows[i].stored,
                                 .refused = rows[i].refused};
        struct facts facts = {.now = at("2026-03-02"),
                              .registers = registers,
                              .actor = "front",
                              .role = KN_ROLE_INTAKE,
                              .row = rows[i].row,
                              .batch = &batch,
                              .row_case = "HN-2026-000001-N",
                              .new_case = "HN-2026-000002-L"};
        decide(&decision, &facts, KN_TYPE_PETITION_SUBMIT, &message);
        assert_int_equal(decision.verdict, rows[i].verdict);
        bool closed = decision.n_events &&
                      decision.events[decision.n_events - 1].kind == KN_EVENT_KIND_BATCH_CLOSED;
        assert_int_equal(closed, rows[i].closes);
    }
}

static void test_a_foreign_batch_is_refused(void **state)
{
    (void)state;
    struct kn_petition petition = {.text = "x"};
    struct kn_petition_submit message = {
        .batch = "b", .container = "c", .item = "1", .source = "mttq", .petition = &petition};
    struct kn_batch batch = {.batch = "b",
                             .container = "c",
                             .source = "mttq",
                             .channel = KN_CHANNEL_FRONT,
                             .agent = "front",
                             .declared = 10};
    struct facts facts = {.now = at("2026-03-02"),
                          .registers = registers,
                          .actor = "press",
                          .role = KN_ROLE_INTAKE,
                          .batch = &batch};
    decide(&decision, &facts, KN_TYPE_PETITION_SUBMIT, &message);
    assert_int_equal(decision.code, KN_CODE_NOT_ALLOWED);
    facts.batch = NULL;
    decide(&decision, &facts, KN_TYPE_PETITION_SUBMIT, &message);
    assert_int_equal(decision.code, KN_CODE_UNKNOWN_BATCH);
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static void test_a_tier_is_told_once(void **state)
{
    (void)state;
    struct kn_clock clock = {.kind = KN_CLOCK_KIND_ANSWER,
                             .tier = KN_TIER_IN_TIME,
                             .profile = "standard",
                             .has_next_at = true,
                             .started_at = at("2026-03-02"),
                             .due_at = day_end(day_of_instant(at("2026-05-04")))};
    struct kn_case kase = {
        .code = "HN-2026-000001-N", .n_clocks = 1, .clocks = &clock, .unit = "so-xay-dung"};
    const struct kn_case *due[] = {&kase};
    struct facts facts = {.registers = registers, .actor = "hub", .due = due, .n_due = 1};
    struct kn_clock_tick message = {.n_cases = 1};
    static const struct {
        const char *day;
        enum kn_tier tier; /* NONE: nothing to tell */
    } rows[] = {
        {"2026-03-03", KN_TIER_NONE},
        {"2026-04-24", KN_TIER_DUE_SOON},
        {"2026-04-25", KN_TIER_NONE},
        {"2026-05-04", KN_TIER_NONE},
        {"2026-05-05", KN_TIER_OVERDUE},
        {"2026-05-20", KN_TIER_NONE},
        {"2026-06-03", KN_TIER_SERIOUSLY_OVERDUE},
        {"2027-01-01", KN_TIER_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        facts.now = at(rows[i].day);
        decide(&decision, &facts, KN_TYPE_CLOCK_TICK, &message);
        assert_int_equal(decision.n_events, rows[i].tier ? 1 : 0);
        if (decision.n_events) {
            assert_int_equal(decision.events[0].tier, rows[i].tier);
            clock.tier = rows[i].tier;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_state_act_and_speaker_is_as_golden),
        cmocka_unit_test(test_an_illegal_move_names_the_legal_ones),
        cmocka_unit_test(test_a_promise_needs_a_day_that_is_not_past),
        cmocka_unit_test(test_the_first_of_two_that_exclude_each_other_holds),
        cmocka_unit_test(test_rows_are_counted_once_and_the_last_one_closes),
        cmocka_unit_test(test_a_foreign_batch_is_refused),
        cmocka_unit_test(test_a_tier_is_told_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
