/* test_year.c - a year of a city in seconds: the rules, driven by chance, checked for what must
 * hold.
 *
 * The year is 2025, with the registers as they are: departments merge on 1 March, thirty districts
 * end on 30 June and 126 communes begin. Four channels bring petitions; units, clerks and Boards do
 * what is right, late, wrong, twice or against each other; the calendar changes in the middle. No
 * process, no clock, no sleep: the store, look, decide, the log and apply, as the hub's writer uses
 * them. The seed is printed when something does not hold; KN_YEAR="SEED PETITIONS" runs another.
 */
#include "hub/apply.h"
#include "hub/calendar.h"
#include "hub/digest.h"
#include "hub/look.h"
#include "hub/redecide.h"
#include "hub/rules.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "registers_fixture.h"
#include "schemas/stored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    DAYS = 365,
    N_AGENTS = 4,
    N_UNITS = 200,
    MAX_OPEN = 4096, /* cases that somebody may act on */
    HOUR = 3600000,
};

/* What the government decides in the middle of the year: one more free day. */
#define CHANGE                                       \
    "calendar.tsv", "2025-09-01\tholiday",           \
        "2025-08-29\tholiday\tNghỉ thêm\tthử\n" \
        "2025-09-01\tholiday"

/* ---- chance -----------------------------------------------------------------------------------
 */

static uint64_t seed = 20250101, state;

static uint32_t draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % below;
}

static bool chance(uint32_t percent)
{
    return draw(100) < percent;
}

/* ---- the city ---------------------------------------------------------------------------------
 */

static struct city {
    char folder[64];
    store_t *store;
    store_txn_t *txn;
    registers_t *registers, *changed;
    int64_t now;
    uint64_t sequence[8]; /* of each actor's transport */
    uint64_t n_submitted, n_refused, n_repeated, n_accepted, n_events;
    uint64_t acts, refusals;
    uint64_t open[MAX_OPEN];
    size_t n_open;
} city;

static struct looked looked;
static struct decision decision;

/* The last tier told of each clock: (case, kind, part, start) -> tier. */
static struct told {
    uint64_t key;
    uint8_t tier;
} * told;
enum { N_TOLD = 1 << 20 };

static uint64_t mix(uint64_t a, uint64_t b)
{
    a += b + UINT64_C(0x9e3779b97f4a7c15);
    a = (a ^ a >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    a = (a ^ a >> 27) * UINT64_C(0x94d049bb133111eb);
    return a ^ a >> 31;
}

/* What was told last of a clock: of CASE, of KIND and PART, that started at START. */
static struct told *told_of(const char *code, enum kn_clock_kind kind, int64_t part, int64_t start)
{
    uint64_t key = mix(code_parse(code), 0);
    key = mix(key, 64 * (uint64_t)kind + (uint64_t)part);
    key = mix(key, (uint64_t)start);
    size_t at = key % N_TOLD;
    while (told[at].key && told[at].key != key) {
        at = (at + 1) % N_TOLD;
    }
    told[at].key = key;
    return &told[at];
}

/* What is recorded can be delivered; and a tier is told once: the next one of the same clock is
 * higher. After a pause the date is another one, and what was told of the old one may be told of
 * it. */
static void check_tier(const struct kn_event *event)
{
    static uint8_t frame[128 * 1024];
    struct kn_fault fault;
    if (kn_record_encode(frame, sizeof frame, KN_SCHEMA_EVENT, event, &fault) < 0) {
        fail_msg("seed %llu: event %lld can never be delivered: %s %s", (unsigned long long)seed,
                 (long long)event->sequence, fault.field, fault.reason);
    }
    for (size_t i = 0; i < event->n_clocks; i++) {
        const struct kn_clock *clock = &event->clocks[i];
        if (clock->kind == KN_CLOCK_KIND_ANSWER) { /* it stands in the list when it is paused */
            told_of(event->case_, clock->kind, clock->part, clock->started_at)->tier = 0;
        }
    }
    bool is_tier = event->kind == KN_EVENT_KIND_CASE_DUE_SOON ||
                   event->kind == KN_EVENT_KIND_CASE_OVERDUE ||
                   event->kind == KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE ||
                   event->kind == KN_EVENT_KIND_ASSIGNMENT_UNSAVED ||
                   event->kind == KN_EVENT_KIND_COMMITMENT_MISSED;
    if (!is_tier) {
        return;
    }
    int64_t part = event->n_clocks ? event->clocks[0].part : 0;
    struct told *last = told_of(event->case_, event->clock, part, event->started_at);
    if (last->tier >= (uint8_t)event->tier) {
        fail_msg("seed %llu: tier %d of clock %d of %s told twice", (unsigned long long)seed,
                 (int)event->tier, (int)event->clock, event->case_);
    }
    last->tier = (uint8_t)event->tier;
}

static void note_case(uint64_t number)
{
    if (city.n_open < MAX_OPEN) {
        city.open[city.n_open++] = number;
    } else {
        city.open[draw(MAX_OPEN)] = number; /* the others are left to themselves */
    }
}

/* What the hub's writer does with one errand. */
static enum kn_verdict say(struct errand *errand)
{
    look(city.txn, errand, city.now, &looked);
    looked.facts.registers = city.registers;
    decide(&decision, &looked.facts, errand->type, errand->body);
    city.acts++;
    city.refusals += decision.verdict == KN_VERDICT_REFUSED;
    if (decision.n_events) {
        struct log_entry about = {.at = city.now,
                                  .decider = RULES_VERSION,
                                  .type = errand->type,
                                  .verdict = decision.verdict,
                                  .instance = errand->instance,
                                  .transport = errand->sequence};
        uint64_t first = log_append(city.txn, &about, errand->actor, errand->body, decision.events,
                                    decision.n_events);
        if (looked.has_content && decision.verdict == KN_VERDICT_STORED) {
            store_put_content(city.txn, first, looked.salt,
                              (struct slice){looked.content, looked.n_content});
        }
        for (size_t i = 0; i < decision.n_events; i++) {
            apply(city.txn, &decision.events[i]);
            check_tier(&decision.events[i]);
        }
        if (about.transport) {
            apply_keys(city.txn, &about, errand->actor, &decision.events[0], decision.subject);
        }
        city.n_events += decision.n_events;
    }
    enum kn_verdict verdict = decision.verdict;
    look_clear(&looked);
    assert_int_equal(store_error(city.txn), 0);
    return verdict;
}

static enum kn_verdict say_as_hub(enum kn_type type, const void *body)
{
    struct errand errand = {.from = FROM_CONTROL, .type = type, .body = body, .actor = "hub"};
    return say(&errand);
}

/* Everybody who speaks has a key: it is admitted when he first speaks. False: his unit is not in
 * the register that day. */
static bool is_admitted(const char *actor, enum kn_role role, const char *unit)
{
    struct kn_agent *known = store_agent(city.txn, actor);
    bool is_known = known != NULL;
    assert_true(!known || known->role == role);
    kn_record_destroy((void **)&known);
    if (!is_known) {
        uint8_t digest[DIGEST_SIZE];
        char key[41]; /* digits of hex are such of Z85 */
        digest_sha256(digest, actor, strlen(actor));
        digest_hex(key, digest, 20);
        const struct kn_agent agent = {.agent = actor, .role = role, .unit = unit, .key = key};
        const struct kn_agent_admit admit = {.sequence = 1, .agent = &agent};
        is_known = say_as_hub(KN_TYPE_AGENT_ADMIT, &admit) == KN_VERDICT_STORED;
    }
    return is_known;
}

static enum kn_verdict say_as(const char *actor, enum kn_role role, const char *unit,
                              enum kn_type type, const void *body)
{
    struct errand errand = {
        .from = FROM_PEER, .type = type, .body = body, .role = role, .instance = 1};
    if (!is_admitted(actor, role, unit)) {
        return KN_VERDICT_REFUSED;
    }
    errand.sequence = store_last_sequence(city.txn, actor, 1) + 1;
    snprintf(errand.actor, sizeof errand.actor, "%s", actor);
    snprintf(errand.unit, sizeof errand.unit, "%s", unit ? unit : "");
    return say(&errand);
}

/* The registers in force go on record, with their files. */
static void load_registers_into_store(const char *file, const char *old, const char *new)
{
    char why[300] = "";
    struct registers_file *files;
    size_t n;
    struct kn_register_load load = {.registers = registers_version(city.registers)};
    assert_int_equal(read_changed(&files, &n, file, old, new, why, sizeof why), 0);
    for (size_t i = 0; i < n; i++) {
        store_put_register(city.txn, load.registers, files[i].name,
                           (struct slice){(const uint8_t *)files[i].bytes, files[i].size});
    }
    registers_files_free(&files, n);
    assert_int_equal(say_as_hub(KN_TYPE_REGISTER_LOAD, &load), KN_VERDICT_STORED);
}

static void commit(void)
{
    assert_int_equal(store_commit(&city.txn), 0);
    city.txn = store_begin(city.store, STORE_WRITE);
}

/* ---- intake -----------------------------------------------------------------------------------
 */

static const struct {
    const char *agent, *source;
    enum kn_channel channel;
} channels[N_AGENTS] = {{"contact", "txct_dinh_ky", KN_CHANNEL_CONTACT},
                        {"front", "mttq", KN_CHANNEL_FRONT},
                        {"press", "bao_chi", KN_CHANNEL_PRESS},
                        {"sms", "tin_nhan", KN_CHANNEL_SMS}};

static const char *const fields[] = {"lighting", "trees",          "waste",     "drainage",
                                     "roads",    "land",           "education", "health",
                                     "security", "site_clearance", "tourism",   "planning"};

/* A place of the year's area register; some do not say where. */
static const char *some_area(void)
{
    size_t n;
    const struct area_row *areas = registers_areas(city.registers, &n);
    kn_day today = day_of_instant(city.now);
    for (int i = 0; i < 30 && !chance(5); i++) {
        const struct area_row *area = &areas[draw((uint32_t)n)];
        if (area->from <= today && today <= area->to) {
            return area->id;
        }
    }
    return NULL;
}

static void read_petition(uint64_t number)
{
    char code[CODE_SIZE], earlier[CODE_SIZE];
    code_format(code, number);
    struct kn_candidate candidate = {.case_ = earlier,
                                     .verdict = chance(50) ? KN_MATCH_VERDICT_SAME
                                                           : KN_MATCH_VERDICT_POSSIBLE,
                                     .score = 1000,
                                     .has_place = true,
                                     .place = 1000,
                                     .has_matter = true,
                                     .matter = 1000,
                                     .has_words = true,
                                     .words = 1000,
                                     .why = "cùng ngõ, cùng việc"};
    struct kn_reading_propose reading = {
        .case_ = code,
        .field = chance(5) ? NULL : fields[draw(sizeof fields / sizeof *fields)],
        .area = some_area(),
        .candidates = &candidate};
    if (chance(12) && city.n_open) {
        code_format(earlier, city.open[draw((uint32_t)city.n_open)]);
        reading.n_candidates = strcmp(earlier, code) != 0;
    }
    say_as_hub(KN_TYPE_READING_PROPOSE, &reading);
}

/* A batch of N rows: some refused, some sent twice, some changed. */
static void bring(int channel, int n, int day)
{
    char batch[33], container[33], name[64];
    uint8_t digest[DIGEST_SIZE];
    snprintf(name, sizeof name, "%d/%d", channel, day);
    digest_sha256(digest, name, strlen(name));
    digest_hex(batch, digest, 16);
    digest_hex(container, digest + 16, 16);
    struct kn_batch_declare declare = {.batch = batch,
                                       .container = container,
                                       .source = channels[channel].source,
                                       .channel = channels[channel].channel,
                                       .declared = n};
    say_as(channels[channel].agent, KN_ROLE_INTAKE, NULL, KN_TYPE_BATCH_DECLARE, &declare);
    for (int i = 0; i < n; i++) {
        char item[24], text[80];
        snprintf(item, sizeof item, "%d", i);
        snprintf(text, sizeof text, "Kiến nghị số %d ngày %d qua %s", i, day,
                 channels[channel].agent);
        struct kn_petition petition = {.text = text};
        struct kn_petition_submit submit = {.batch = batch,
                                            .container = container,
                                            .item = item,
                                            .source = channels[channel].source,
                                            .channel = channels[channel].channel,
                                            .petition = &petition};
        struct kn_row_refuse refuse = {
            .batch = batch, .container = container, .item = item, .code = KN_CODE_REQUIRED};
        if (chance(3)) {
            say_as(channels[channel].agent, KN_ROLE_INTAKE, NULL, KN_TYPE_ROW_REFUSE, &refuse);
            city.n_refused++;
            if (!chance(50)) {
                continue;
            }
            city.n_refused--; /* corrected in the next file */
        }
        if (chance(1)) { /* another agent's batch: refused, nothing happens */
            assert_int_equal(
                say_as("stranger", KN_ROLE_INTAKE, NULL, KN_TYPE_PETITION_SUBMIT, &submit),
                KN_VERDICT_REFUSED);
        }
        assert_int_equal(
            say_as(channels[channel].agent, KN_ROLE_INTAKE, NULL, KN_TYPE_PETITION_SUBMIT, &submit),
            KN_VERDICT_STORED);
        uint64_t number = store_number(city.txn, "last_case");
        city.n_submitted++;
        note_case(number);
        read_petition(number);
        if (chance(4)) { /* sent again: the first answer */
            city.n_repeated++;
            assert_int_equal(say_as(channels[channel].agent, KN_ROLE_INTAKE, NULL,
                                    KN_TYPE_PETITION_SUBMIT, &submit),
                             KN_VERDICT_REPEATED);
        }
        if (chance(1)) {
            petition.text = "chữ khác";
            assert_int_equal(say_as(channels[channel].agent, KN_ROLE_INTAKE, NULL,
                                    KN_TYPE_PETITION_SUBMIT, &submit),
                             KN_VERDICT_CONFLICT);
        }
    }
}

/* ---- people -----------------------------------------------------------------------------------
 */

static const char *some_day(char out[DAY_SIZE], int from, int to)
{
    day_format(day_of_instant(city.now) + from + (kn_day)draw((uint32_t)(to - from)), out);
    return out;
}

/* The unit that has a part in the case, mostly; now and then another one. */
static const char *some_unit(const struct kn_case *kase)
{
    if (kase->n_assignments && !chance(5)) {
        return kase->assignments[draw((uint32_t)kase->n_assignments)].unit;
    }
    return chance(50) ? "so-xay-dung" : "so-y-te";
}

static int64_t some_number(const struct kn_case *kase, const char *unit)
{
    for (size_t i = kase->n_assignments; i-- > 0;) {
        if (strcmp(kase->assignments[i].unit, unit) == 0 && !chance(3)) {
            return kase->assignments[i].number;
        }
    }
    return 1 + draw(4);
}

static void unit_acts(const struct kn_case *kase)
{
    char day[DAY_SIZE], unit[ACL_NAME_SIZE];
    snprintf(unit, sizeof unit, "%s", some_unit(kase));
    int64_t number = some_number(kase, unit);
    const char *code = kase->code;
    const struct kn_assignment_accept accept = {.case_ = code, .assignment = number};
    const struct kn_assignment_return give_back = {
        .case_ = code, .assignment = number, .reason = "Không thuộc thẩm quyền"};
    const struct kn_opinion_submit opinion = {
        .case_ = code, .assignment = number, .text = "Nhất trí"};
    const struct kn_progress_report progress = {.case_ = code, .text = "Đang làm"};
    const struct kn_commitment_keep keep = {
        .case_ = code, .commitment = 1 + draw(2), .text = "Xong"};
    switch (draw(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_ASSIGNMENT_ACCEPT, &accept); break;
    case 5: say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_ASSIGNMENT_RETURN, &give_back); break;
    case 6: say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_OPINION_SUBMIT, &opinion); break;
    case 7: say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_PROGRESS_REPORT, &progress); break;
    case 8: say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_COMMITMENT_KEEP, &keep); break;
    case 9: {
        const struct kn_commitment_make make = {
            .case_ = code, .promised_on = some_day(day, -2, 60), .text = "Sẽ làm"};
        say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_COMMITMENT_MAKE, &make);
        break;
    }
    case 10: {
        const struct kn_case_pause pause = {
            .case_ = code, .ground = KN_PAUSE_GROUND_IN_COURT, .until = some_day(day, -1, 120)};
        say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_CASE_PAUSE, &pause);
        break;
    }
    case 11: {
        const struct kn_case_assign ask = {
            .case_ = code, .unit = "cong-ty-thoat-nuoc", .role = KN_ASSIGNMENT_ROLE_PARTNER};
        say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_CASE_ASSIGN, &ask);
        break;
    }
    default: {
        enum kn_result result =
            (enum kn_result)(KN_RESULT_RESOLVED_DOCUMENT + (int)draw(KN_RESULT_COUNT - 1));
        const struct kn_answer_submit answer = {.case_ = code,
                                                .result = result,
                                                .text = "Trả lời",
                                                .partial = chance(10),
                                                .promised_on =
                                                    chance(30) ? some_day(day, -1, 90) : NULL};
        say_as(unit, KN_ROLE_AGENCY, unit, KN_TYPE_ANSWER_SUBMIT, &answer);
    }
    }
}

static void office_acts(const struct kn_case *kase)
{
    static const enum kn_role roles[] = {KN_ROLE_OPERATOR, KN_ROLE_APPROVER, KN_ROLE_BAN,
                                         KN_ROLE_DEPUTIES, KN_ROLE_VERIFIER, KN_ROLE_MONITOR};
    static const char *const units[] = {"so-xay-dung",           "so-y-te",
                                        "ubnd-hoan-kiem",        "no-such-unit",
                                        "so-giao-thong-van-tai", "ubnd-quan-ba-dinh"};
    enum kn_role role = roles[draw(6)];
    char day[DAY_SIZE], other[CODE_SIZE];
    const char *code = kase->code;
    const char *behalf = chance(70) ? "Ban Đô thị" : NULL;
    code_format(other, city.open[draw((uint32_t)city.n_open)]);
#define ACT(which, schema, ...)                                                           \
    do {                                                                                  \
        const struct kn_##schema act = {.case_ = code, __VA_ARGS__};                      \
        say_as(kn_enum_text(KN_ENUM_ROLE, (int)role), role, NULL, KN_TYPE_##which, &act); \
    } while (0)
    switch (draw(20)) {
    case 0:
    case 1:
    case 2: ACT(CASE_ASSIGN, case_assign, .unit = units[draw(6)], .ruling = chance(30)); break;
    case 3:
    case 4:
    case 5:
        ACT(ANSWER_REVIEW, answer_review, .accepted = chance(70), .reason = "Chưa rõ",
            .on_behalf = behalf);
        break;
    case 6:
    case 7:
    case 8:
        ACT(CASE_VERIFY, case_verify,
            .verification = (enum kn_verification)(1 + (int)draw(KN_VERIFICATION_COUNT - 1)));
        break;
    case 9: ACT(CASE_LINK, case_link, .parent = other, .link = KN_LINK_KIND_DUPLICATE); break;
    case 10: ACT(CASE_UNLINK, case_unlink, .reason = "Nhầm"); break;
    case 11:
        ACT(CASE_DIVERT, case_divert, .diversion = KN_DIVERSION_COMPLAINT, .receipt = "KN-1");
        break;
    case 12: ACT(CASE_REJECT, case_reject, .ground = KN_REJECT_GROUND_IN_COURT); break;
    case 13:
        ACT(CASE_PAUSE, case_pause, .ground = KN_PAUSE_GROUND_AWAITS_VOTER,
            .until = some_day(day, -1, 80));
        break;
    case 14: ACT(CASE_RESUME, case_resume, .reason = "Đủ giấy tờ"); break;
    case 15: ACT(CASE_REOPEN, case_reopen, .reason = "Chưa xong"); break;
    case 16: ACT(CASE_REMIND, case_remind, .reason = "Chậm"); break;
    case 17:
        ACT(CASE_SELECT, case_select, .docket = chance(50) ? "GS-1" : "CV-2",
            .oversight = (enum kn_oversight)(1 + (int)draw(KN_OVERSIGHT_COUNT - 1)));
        break;
    case 18:
        ACT(CASE_DIRECT, case_direct, .body = "Thành ủy", .reason = "Làm ngay",
            .due_on = chance(50) ? some_day(day, -2, 40) : NULL);
        break;
    default:
        ACT(CASE_PUBLISH, case_publish,
            .publication = (enum kn_publication)(1 + (int)draw(KN_PUBLICATION_COUNT - 1)),
            .text = "Nội dung");
        break;
    }
#undef ACT
}

static void voter_speaks(const struct kn_case *kase)
{
    const struct kn_case_satisfaction word = {
        .case_ = kase->code,
        .satisfaction = (enum kn_satisfaction)(1 + (int)draw(KN_SATISFACTION_COUNT - 1)),
        .reason = "Ý kiến"};
    say_as(chance(80) ? kase->agent : "press", KN_ROLE_INTAKE, NULL, KN_TYPE_CASE_SATISFACTION,
           &word);
}

static void somebody_acts(void)
{
    size_t at = draw((uint32_t)city.n_open);
    struct kn_case *kase = store_case(city.txn, city.open[at]);
    assert_non_null(kase);
    uint32_t who = draw(100);
    if (who < 62) {
        unit_acts(kase);
    } else if (who < 92) {
        office_acts(kase);
    } else {
        voter_speaks(kase);
    }
    if (kase->flow == KN_FLOW_CLOSED && chance(20)) { /* others take its place */
        city.open[at] = city.open[--city.n_open];
    }
    kn_record_destroy((void **)&kase);
}

/* ---- the hub by itself ------------------------------------------------------------------------
 */

static void decide_on(enum kn_type type, struct kn_case **cases, size_t n)
{
    const char *codes[RULES_MAX_TICK];
    for (size_t i = 0; i < n; i++) {
        codes[i] = cases[i]->code;
    }
    struct kn_clock_tick tick = {.now = city.now, .n_cases = n, .cases = codes};
    struct facts facts = {.now = city.now,
                          .registers = city.registers,
                          .actor = "hub",
                          .due = (const struct kn_case *const *)cases,
                          .n_due = n};
    decide(&decision, &facts, type, &tick); /* a review has the same form */
    if (decision.n_events) {
        struct log_entry about = {
            .at = city.now, .decider = RULES_VERSION, .type = type, .verdict = decision.verdict};
        log_append(city.txn, &about, "hub", &tick, decision.events, decision.n_events);
        for (size_t i = 0; i < decision.n_events; i++) {
            apply(city.txn, &decision.events[i]);
            check_tier(&decision.events[i]);
        }
        city.n_events += decision.n_events;
    }
    for (size_t i = 0; i < n; i++) {
        kn_record_destroy((void **)&cases[i]);
    }
    assert_int_equal(store_error(city.txn), 0);
}

static void tick(void)
{
    for (int round = 0; round < 100000; round++) {
        struct kn_case *cases[RULES_MAX_TICK];
        int64_t at = 0;
        uint64_t number = 0;
        uint16_t clock = 0;
        size_t n = 0;
        while (n < RULES_MAX_TICK && store_next_due(city.txn, &at, &number, &clock) &&
               at <= city.now) {
            bool known = false;
            for (size_t i = 0; i < n; i++) {
                known |= (uint64_t)cases[i]->number == number;
            }
            if (!known) {
                cases[n++] = store_case(city.txn, number);
            }
            clock++;
        }
        if (!n) {
            return;
        }
        decide_on(KN_TYPE_CLOCK_TICK, cases, n);
        assert_true(decision.n_events > 0); /* every entry that is due has something to tell */
    }
    fail_msg("seed %llu: the clock never comes to rest", (unsigned long long)seed);
}

static void review(void)
{
    struct kn_case *cases[RULES_MAX_TICK], *kase;
    size_t n = 0;
    uint64_t below = store_number(city.txn, "last_case") + 1;
    while ((kase = store_case_below(city.txn, below))) {
        below = (uint64_t)kase->number;
        cases[n++] = kase;
        if (n == RULES_MAX_TICK) {
            decide_on(KN_TYPE_CLOCK_REVIEW, cases, n);
            n = 0;
        }
    }
    if (n) {
        decide_on(KN_TYPE_CLOCK_REVIEW, cases, n);
    }
}

/* ---- what must hold ---------------------------------------------------------------------------
 */

static const struct kn_clock *running(const struct kn_case *kase, enum kn_clock_kind kind)
{
    for (size_t i = 0; i < kase->n_clocks; i++) {
        if (kase->clocks[i].kind == kind && kase->clocks[i].tier < KN_TIER_PAUSED) {
            return &kase->clocks[i];
        }
    }
    return NULL;
}

/* Every open case has one holder (a unit, or the Office) and one clock that says by when. */
static void check_holder(const struct kn_case *kase)
{
    bool office = false, good = true;
    switch (kase->flow) {
    case KN_FLOW_TO_CLASSIFY:
    case KN_FLOW_RETURNED:
        office = true;
        good = running(kase, KN_CLOCK_KIND_CLASSIFY) != NULL;
        break;
    case KN_FLOW_ASSIGNED:
    case KN_FLOW_IN_PROGRESS:
    case KN_FLOW_REOPENED: good = running(kase, KN_CLOCK_KIND_ANSWER) != NULL; break;
    case KN_FLOW_ANSWERED:
        good = running(kase, kase->plan_accepted ? KN_CLOCK_KIND_COMMITMENT
                                                 : KN_CLOCK_KIND_VERIFY) != NULL;
        break;
    case KN_FLOW_AWAITING_VERIFICATION: good = running(kase, KN_CLOCK_KIND_VERIFY) != NULL; break;
    case KN_FLOW_PAUSED: good = running(kase, KN_CLOCK_KIND_PAUSE) != NULL; break;
    default: return; /* ended, or part of another */
    }
    if (!good || (kase->unit == NULL) != office) {
        fail_msg("seed %llu: %s is %s: unit %s, clock %s", (unsigned long long)seed, kase->code,
                 kn_enum_text(KN_ENUM_FLOW, (int)kase->flow), kase->unit ? kase->unit : "none",
                 good ? "runs" : "missing");
    }
    size_t n_leads = 0;
    for (size_t i = 0; i < kase->n_assignments; i++) {
        n_leads += kase->assignments[i].role == KN_ASSIGNMENT_ROLE_LEAD &&
                   !kase->assignments[i].has_returned_at;
    }
    assert_int_equal(n_leads, !office);
}

/* A clock that waits for something stands in the due table once, and nothing else does. */
static void check_clocks(store_txn_t *txn)
{
    uint64_t n_waiting = 0, n_due = 0, below = store_number(txn, "last_case") + 1, number = 0;
    struct kn_case *kase;
    int64_t at = 0;
    uint16_t clock = 0;
    while ((kase = store_case_below(txn, below))) {
        below = (uint64_t)kase->number;
        for (size_t i = 0; i < kase->n_clocks; i++) {
            n_waiting += kase->clocks[i].has_next_at;
        }
        check_holder(kase);
        kn_record_destroy((void **)&kase);
    }
    for (; store_next_due(txn, &at, &number, &clock); clock++) {
        n_due++;
    }
    assert_int_equal(n_waiting, n_due);
}

static void check_account(store_txn_t *txn)
{
    uint64_t n_stored = 0, n_refused = 0, n_missing = 0, n_fresh = 0, n_linked = 0;
    uint8_t id[16];
    const uint8_t *after = NULL;
    struct kn_batch *batch;
    while ((batch = store_next_batch(txn, after))) {
        n_stored += (uint64_t)batch->stored;
        n_refused += (uint64_t)batch->refused;
        n_missing += (uint64_t)batch->missing;
        n_fresh += (uint64_t)batch->fresh;
        n_linked += (uint64_t)batch->linked;
        assert_true(batch->missing == 0 && batch->has_closed_at);
        assert_int_equal(digest_from_hex(id, 16, batch->batch), 0);
        after = id;
        kn_record_destroy((void **)&batch);
    }
    assert_int_equal(n_stored, city.n_submitted);
    assert_int_equal(n_refused, city.n_refused);
    assert_int_equal(n_missing, 0);
    assert_int_equal(n_fresh + n_linked, n_stored);
    assert_int_equal(store_number(txn, "cases"), city.n_submitted);
    assert_int_equal(store_number(txn, "linked"), n_linked);
}

/* ---- replay: apply alone gives the same state, and deciding again the same events ---------------
 */

static void print_fault(void *arg, const char *fault)
{
    (void)arg;
    print_error("seed %llu: %s\n", (unsigned long long)seed, fault);
}

/* Every decision of the year is made again from its own state, and the state is what apply alone
 * makes of the events. */
static void check_replay(void)
{
    char path[96], why[200] = "";
    struct redecide_result result;
    const struct redecide_options options = {.scratch = path, .tell = print_fault};
    snprintf(path, sizeof path, "%s/again", city.folder);
    assert_int_equal(redecide_run(&result, city.store, &options, why, sizeof why), 0);
    assert_int_equal(result.n_different, 0);
    assert_int_equal(result.n_state_differs, 0);
    assert_int_equal(result.n_same, result.n_decisions);
    printf("year: %llu decisions made again, %llu records compared\n",
           (unsigned long long)result.n_same, (unsigned long long)result.n_compared);
}

/* ---- the year ---------------------------------------------------------------------------------
 */

static void a_year_of_a_city(void **unused)
{
    char why[400] = "";
    uint64_t bad, n_petitions = 20000;
    struct store_options options = {.folder = city.folder, .map_size = UINT64_C(1) << 34};
    (void)unused;
#if defined(__SANITIZE_ADDRESS__)
    n_petitions = 2000;
#endif
    if (getenv("KN_YEAR")) {
        unsigned long long a = seed, b = n_petitions;
        sscanf(getenv("KN_YEAR"), "%llu %llu", &a, &b);
        seed = a;
        n_petitions = b;
    }
    state = seed;
    told = calloc(N_TOLD, sizeof *told);
    assert_non_null(told);
    snprintf(city.folder, sizeof city.folder, "/tmp/kiennghi-year-XXXXXX");
    assert_non_null(mkdtemp(city.folder));
    assert_int_equal(store_open(&city.store, &options, why, sizeof why), 0);
    assert_int_equal(open_registers((void **)&city.registers), 0);
    assert_int_equal(load_changed(&city.changed, CHANGE, why, sizeof why), 0);
    city.txn = store_begin(city.store, STORE_WRITE);
    int64_t start = city.now = day_start(day("2025-01-01"));
    load_registers_into_store(NULL, "", "");
    for (int today = 0; today < DAYS; today++) {
        city.now = start + (int64_t)today * 24 * HOUR + 8 * HOUR;
        for (int channel = 0; channel < N_AGENTS; channel++) {
            int n = (int)(n_petitions * (uint64_t)(channel + 1) / 10 / DAYS) + (int)draw(3);
            if (n) {
                bring(channel, n, today);
            }
        }
        for (uint64_t i = 0; i < 5 * n_petitions / DAYS; i++) {
            city.now += draw(3 * 60000);
            somebody_acts();
        }
        tick();
        if (today == 200) { /* the government gives one more free day */
            registers_t *was = city.registers;
            city.registers = city.changed;
            city.changed = was;
            load_registers_into_store(CHANGE);
            review();
        } else if (registers_unit_ends(city.registers, day_of_instant(city.now) - 1,
                                       day_of_instant(city.now))) {
            review();
        }
        if (today % 30 == 29) {
            check_clocks(city.txn);
        }
        if (today % 7 == 6) {
            commit();
        }
    }
    commit();
    check_clocks(city.txn);
    check_account(city.txn);
    assert_int_equal(log_verify(city.txn, &bad), 0);
    check_replay();
    printf("year: seed %llu: %llu petitions, %llu acts (%llu refused), %llu events\n",
           (unsigned long long)seed, (unsigned long long)city.n_submitted,
           (unsigned long long)city.acts, (unsigned long long)city.refusals,
           (unsigned long long)city.n_events);
    store_abort(&city.txn);
    store_close(&city.store);
    registers_close(&city.registers);
    registers_close(&city.changed);
    free(told);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", city.folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_year_of_a_city)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
