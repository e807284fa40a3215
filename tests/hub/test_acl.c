/* test_acl.c - who may say, read and see what: the whole matrix, written out. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hub/acl.h"
#include "kiennghi/status.h"

/* One letter a role, in the order of enum kn_role; c is the control socket. */
static const char role_letters[] = "ciamopvbsdu";

/* clang-format off */
/* A change here is a change of who may do what: think twice. Messages that are not named: nobody. */
static const struct {
    enum kn_type type;
    const char *roles;
} says[] = {
    {KN_TYPE_HELLO,             "ciamopvbsdu"},
    {KN_TYPE_PING,              "ciamopvbsdu"},
    {KN_TYPE_BYE,               "iamopvbsdu"},
    {KN_TYPE_BATCH_DECLARE,     "i"},
    {KN_TYPE_ROW_REFUSE,        "i"},
    {KN_TYPE_PETITION_SUBMIT,   "i"},
    {KN_TYPE_PETITION_REVISE,   "i"},
    {KN_TYPE_DOCUMENT_REPLACE,  "i"},
    {KN_TYPE_DOCUMENT_WITHDRAW, "i"},
    {KN_TYPE_PETITION_WITHDRAW, "i"},
    {KN_TYPE_FILE_PUT,          "iaopvbsd"},
    {KN_TYPE_FILE_GET,          "iaopvbsd"},
    {KN_TYPE_ASSIGNMENT_ACCEPT, "a"},
    {KN_TYPE_ASSIGNMENT_RETURN, "a"},
    {KN_TYPE_ANSWER_SUBMIT,     "a"},
    {KN_TYPE_CASE_ASSIGN,       "opa"},
    {KN_TYPE_ANSWER_REVIEW,     "opb"},
    {KN_TYPE_CASE_VERIFY,       "ovbsd"},
    {KN_TYPE_CASE_PUBLISH,      "op"},
    {KN_TYPE_CASE_LINK,         "op"},
    {KN_TYPE_CASE_UNLINK,       "op"},
    {KN_TYPE_EVENT_REFUSE,      "iamopvbsdu"},
    {KN_TYPE_EVENT_TAKE,        "iamopvbsdu"},
    {KN_TYPE_QUARANTINE_GET,    "co"},
    {KN_TYPE_QUARANTINE_SETTLE, "co"},
    {KN_TYPE_AGENT_GET,         "cou"},
    {KN_TYPE_ACL_TEST,          "cou"},
    {KN_TYPE_DENIAL_GET,        "cou"},
    {KN_TYPE_METRICS_GET,       "cmou"},
    {KN_TYPE_ERASURE_GET,       "copu"},
    {KN_TYPE_CASE_ERASE,        "op"},
    {KN_TYPE_HUB_COMPACT,       "c"},
    {KN_TYPE_CASE_SPLIT,        "op"},
    {KN_TYPE_CANDIDATE_DECIDE,  "op"},
    {KN_TYPE_CASE_DIVERT,       "op"},
    {KN_TYPE_CASE_REJECT,       "p"},
    {KN_TYPE_CASE_PAUSE,        "opa"},
    {KN_TYPE_CASE_RESUME,       "op"},
    {KN_TYPE_CASE_REOPEN,       "opbd"},
    {KN_TYPE_CASE_REMIND,       "opbsd"},
    {KN_TYPE_CASE_SATISFACTION, "iod"},
    {KN_TYPE_CASE_SELECT,       "opbsd"},
    {KN_TYPE_CASE_DIRECT,       "opbsd"},
    {KN_TYPE_PROGRESS_REPORT,   "a"},
    {KN_TYPE_COMMITMENT_MAKE,   "aopbs"},
    {KN_TYPE_COMMITMENT_KEEP,   "a"},
    {KN_TYPE_OPINION_SUBMIT,    "a"},
    {KN_TYPE_STREAM_OPEN,       "iamopvbsdu"},
    {KN_TYPE_STREAM_CREDIT,     "iamopvbsdu"},
    {KN_TYPE_STREAM_SAVE,       "iamopvbsdu"},
    {KN_TYPE_CASE_GET,          "iamopvbsdu"},
    {KN_TYPE_CASE_FIND,         "iamopvbsdu"},
    {KN_TYPE_BATCH_GET,         "imopvbsdu"},
    {KN_TYPE_CANDIDATE_FIND,    "opu"},
    {KN_TYPE_STATUS_GET,        "ciamopvbsdu"},
    {KN_TYPE_AGENT_ADMIT,       "co"},
    {KN_TYPE_AGENT_REVOKE,      "co"},
    {KN_TYPE_GAP_SETTLE,        "co"},
    {KN_TYPE_CLOCK_MOVE,        "c"},
    {KN_TYPE_HUB_DRAIN,         "c"},
};

/* The reader has the unit SGTVT and the name nguoi-doc. */
static const struct {
    const char *stream, *readers, *with_persons;
} reads[] = {
    {"all",               "mobsdu",     "o"},
    {"alerts",            "amobsdu",    ""},
    {"agency/SGTVT",      "ao",         "ao"},
    {"agency/SGTV",       "o",          "o"},
    {"agency/SGTVTX",     "o",          "o"},
    {"agency/sgtvt",      "o",          "o"},
    {"agency/",           "",           ""},
    {"agency",            "",           ""},
    {"source/nguoi-doc",  "io",         ""},
    {"source/nguoi-khac", "o",          ""},
    {"source/",           "",           ""},
    {"public",            "iamopvbsdu", ""},
    {"publi",             "",           ""},
    {"public/",           "",           ""},
    {"all/",              "",           ""},
    {"ALL",               "",           ""},
    {"allx",              "",           ""},
    {"",                  "",           ""},
    {"/",                 "",           ""},
};
/* clang-format on */

static const char key_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char key_b[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static const char key_c[] = "cccccccccccccccccccccccccccccccccccccccc";

static void each_role_says_its_messages(void **state)
{
    (void)state;
    assert_int_equal(strlen(role_letters), KN_ROLE_COUNT);
    for (int type = -1; type <= 256; type++) {
        const char *roles = "";
        for (size_t i = 0; i < sizeof says / sizeof *says; i++)
            if ((int)says[i].type == type)
                roles = says[i].roles;
        for (int role = 0; role < KN_ROLE_COUNT; role++) {
            const bool expected = strchr(roles, role_letters[role]) != NULL;
            if (acl_may_say((enum kn_role)role, (enum kn_type)type) != expected)
                fail_msg("message %d by role %c", type, role_letters[role]);
        }
        assert_false(acl_may_say(KN_ROLE_COUNT, (enum kn_type)type));
        assert_false(acl_may_say((enum kn_role)(-1), (enum kn_type)type));
    }
}

static void each_role_reads_its_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        for (int role = 0; role <= KN_ROLE_COUNT; role++) {
            struct kn_agent agent = {.agent = "nguoi-doc", .role = (enum kn_role)role};
            agent.unit = "SGTVT";
            const char letter = role > 0 && role < KN_ROLE_COUNT ? role_letters[role] : '?';
            const bool may_read = strchr(reads[i].readers, letter) != NULL;
            const bool sees = strchr(reads[i].with_persons, letter) != NULL;
            if (acl_may_read(&agent, reads[i].stream) != may_read ||
                acl_may_see_persons(&agent, reads[i].stream) != sees)
                fail_msg("%s by role %c", reads[i].stream, letter);
            agent.revoked = true;
            assert_false(acl_may_read(&agent, reads[i].stream));
            assert_false(acl_may_see_persons(&agent, reads[i].stream));
        }
    }
    const struct kn_agent unitless = {.agent = "nguoi-doc", .role = KN_ROLE_AGENCY};
    assert_false(acl_may_read(&unitless, "agency/SGTVT"));
}

static void persons_on_request(void **state)
{
    (void)state;
    for (int role = 0; role < KN_ROLE_COUNT; role++) {
        struct kn_agent agent = {.agent = "nguoi-doc", .role = (enum kn_role)role};
        assert_int_equal(acl_may_see_persons(&agent, NULL),
                         strchr("aop", role_letters[role]) != NULL);
        agent.revoked = true;
        assert_false(acl_may_see_persons(&agent, NULL));
    }
}

static struct kn_agent agent_of(const char *name, enum kn_role role, const char *unit,
                                const char *key)
{
    return (struct kn_agent){.agent = name, .role = role, .unit = unit, .key = key};
}

static void wrong_agents_are_not_admitted(void **state)
{
    (void)state;
    char long_name[ACL_NAME_SIZE + 1];
    memset(long_name, 'x', sizeof long_name);
    long_name[ACL_NAME_SIZE] = '\0';
    const struct {
        struct kn_agent agent;
        const char *field;
    } rows[] = {
        {agent_of("sms-1", KN_ROLE_INTAKE, NULL, key_a), NULL},
        {agent_of("sms-1", KN_ROLE_AGENCY, "SGTVT", key_a), NULL},
        {agent_of(NULL, KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("", KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("a b", KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("a/b", KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("sở", KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("control", KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("self-test", KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of(long_name, KN_ROLE_INTAKE, NULL, key_a), "agent"},
        {agent_of("x", KN_ROLE_NONE, NULL, key_a), "role"},
        {agent_of("x", KN_ROLE_COUNT, NULL, key_a), "role"},
        {agent_of("x", KN_ROLE_AGENCY, NULL, key_a), "unit"},
        {agent_of("x", KN_ROLE_AGENCY, "", key_a), "unit"},
        {agent_of("x", KN_ROLE_AGENCY, long_name, key_a), "unit"},
        {agent_of("x", KN_ROLE_INTAKE, NULL, NULL), "key"},
        {agent_of("x", KN_ROLE_INTAKE, NULL, "short"), "key"},
        {agent_of("x", KN_ROLE_INTAKE, NULL, "aaaaaaaaaaaaaaaaaaa|aaaaaaaaaaaaaaaaaaaa"), "key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *field;
        acl_t *acl = acl_new(0);
        const int rc = rows[i].field ? KN_E_INVALID : KN_OK;
        assert_int_equal(acl_check(&rows[i].agent, &field), rc);
        if (rows[i].field)
            assert_string_equal(field, rows[i].field);
        assert_int_equal(acl_set(acl, &rows[i].agent), rc);
        assert_int_equal(acl_count(acl), rc == KN_OK);
        acl_destroy(&acl);
    }
}

static void agents_are_found_by_name_and_key(void **state)
{
    (void)state;
    acl_t *acl = acl_new(16);
    char user[ACL_NAME_SIZE];
    struct acl_agent found, copy;
    struct kn_agent agent = agent_of("sms-1", KN_ROLE_INTAKE, NULL, key_a);
    assert_int_equal(acl_set(acl, &agent), KN_OK);
    agent = agent_of("so-gtvt", KN_ROLE_AGENCY, "SGTVT", key_b);
    agent.has_window = true;
    agent.window = 256;
    assert_int_equal(acl_set(acl, &agent), KN_OK);

    assert_true(acl_by_name(acl, "sms-1", &found));
    assert_int_equal(found.agent.role, KN_ROLE_INTAKE);
    assert_int_equal(found.agent.window, 16);
    assert_null(found.agent.unit);
    assert_true(acl_by_key(acl, key_b, &found));
    acl_copy(&copy, &found);
    memset(&found, 0, sizeof found);
    assert_string_equal(copy.agent.agent, "so-gtvt");
    assert_string_equal(copy.agent.unit, "SGTVT");
    assert_string_equal(copy.agent.key, key_b);
    assert_int_equal(copy.agent.window, 256);
    assert_false(acl_by_name(acl, "sms", &found));
    assert_false(acl_by_key(acl, key_c, &found));
    assert_true(acl_known(acl, key_a, user));
    assert_string_equal(user, "sms-1");
    assert_false(acl_known(acl, key_c, user));
    acl_destroy(&acl);
    acl_destroy(&acl);
}

static void a_key_belongs_to_one_agent_and_may_be_changed(void **state)
{
    (void)state;
    acl_t *acl = acl_new(0);
    char user[ACL_NAME_SIZE];
    struct kn_agent agent = agent_of("sms-1", KN_ROLE_INTAKE, NULL, key_a);
    assert_int_equal(acl_set(acl, &agent), KN_OK);
    agent.agent = "sms-2";
    assert_int_equal(acl_set(acl, &agent), KN_E_CONFLICT);
    const uint64_t version = acl_version(acl);

    agent = agent_of("sms-1", KN_ROLE_INTAKE, NULL, key_b); /* a new key: the old one is out */
    assert_int_equal(acl_set(acl, &agent), KN_OK);
    assert_int_not_equal(acl_version(acl), version);
    assert_false(acl_known(acl, key_a, user));
    assert_true(acl_known(acl, key_b, user));
    agent.agent = "sms-2";
    agent.key = key_a; /* free again */
    assert_int_equal(acl_set(acl, &agent), KN_OK);

    agent.revoked = true;
    assert_int_equal(acl_set(acl, &agent), KN_OK);
    assert_false(acl_known(acl, key_a, user));
    assert_int_equal(acl_count(acl), 2);
    acl_destroy(&acl);
}

static void many_agents_in_any_order(void **state)
{
    (void)state;
    enum { N = 1000 };
    acl_t *acl = acl_new(0);
    char name[32], key[ACL_KEY_SIZE], user[ACL_NAME_SIZE];
    for (int round = 0; round < 2; round++) { /* the second time with other keys */
        for (unsigned i = 0; i < N; i++) {
            const unsigned number = i * 7919u % N;
            snprintf(name, sizeof name, "agent-%u", number);
            snprintf(key, sizeof key, "%020u%020u", (number + (unsigned)round * N) * 31u % 65521u,
                     number);
            const struct kn_agent agent = agent_of(name, KN_ROLE_INTAKE, NULL, key);
            assert_int_equal(acl_set(acl, &agent), KN_OK);
        }
        assert_int_equal(acl_count(acl), N);
        for (unsigned number = 0; number < N; number++) {
            snprintf(name, sizeof name, "agent-%u", number);
            snprintf(key, sizeof key, "%020u%020u", (number + (unsigned)round * N) * 31u % 65521u,
                     number);
            assert_true(acl_known(acl, key, user));
            assert_string_equal(user, name);
        }
    }
    acl_destroy(&acl);
}

struct race {
    acl_t *acl;
    atomic_bool over;
};

static void *ask_all_the_time(void *arg)
{
    struct race *race = arg;
    struct acl_agent found;
    while (!atomic_load(&race->over))
        if (acl_by_name(race->acl, "sms-1", &found) && strcmp(found.key, key_a) != 0 &&
            strcmp(found.key, key_b) != 0)
            return race; /* torn */
    return NULL;
}

static void asking_and_setting_at_once(void **state)
{
    (void)state;
    struct race race = {.acl = acl_new(0)};
    pthread_t asker;
    void *torn;
    assert_int_equal(pthread_create(&asker, NULL, ask_all_the_time, &race), 0);
    for (int i = 0; i < 20000; i++) {
        const struct kn_agent agent =
            agent_of("sms-1", KN_ROLE_INTAKE, NULL, i % 2 ? key_a : key_b);
        assert_int_equal(acl_set(race.acl, &agent), KN_OK);
    }
    atomic_store(&race.over, true);
    pthread_join(asker, &torn);
    assert_null(torn);
    acl_destroy(&race.acl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_says_its_messages),
        cmocka_unit_test(each_role_reads_its_streams),
        cmocka_unit_test(persons_on_request),
        cmocka_unit_test(wrong_agents_are_not_admitted),
        cmocka_unit_test(agents_are_found_by_name_and_key),
        cmocka_unit_test(a_key_belongs_to_one_agent_and_may_be_changed),
        cmocka_unit_test(many_agents_in_any_order),
        cmocka_unit_test(asking_and_setting_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
