/* test_client.c - the client against a hub that misbehaves: nothing lost, doubled or out of order.
 */
#include "kiennghi/client.h"
#include "tests/agents/fakehub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char hex32[] = "0123456789abcdef0123456789abcdef";

struct world {
    struct fakehub hub;
    struct kn_keys keys;
    char outbox[64];
    kn_client_t *client;
    int n_final, n_stored, n_repeated, n_refused;
    uint64_t last_tag, last_position;
    int n_events, n_frames, fail_at;
};

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void on_receipt(void *arg, uint64_t tag, const struct kn_message *sent,
                       const struct kn_receipt *receipt)
{
    struct world *w = arg;
    assert_true(sent->type == KN_TYPE_PETITION_SUBMIT || sent->type == KN_TYPE_CASE_LINK);
    w->n_final++;
    w->n_stored += receipt->verdict == KN_VERDICT_STORED;
    w->n_repeated += receipt->verdict == KN_VERDICT_REPEATED;
    w->n_refused += receipt->verdict == KN_VERDICT_REFUSED;
    assert_true(tag > w->last_tag); /* in order, each once */
    w->last_tag = tag;
}

static int on_event(void *arg, uint64_t position, const struct kn_event *event)
{
    struct world *w = arg;
    if (w->fail_at && (int)position == w->fail_at) {
        w->fail_at = 0;
        return KN_E_FULL;
    }
    assert_int_equal(position, w->last_position + 1);
    assert_int_equal(event->sequence, position);
    w->last_position = position;
    w->n_events++;
    return KN_OK;
}

static int on_frame(void *arg, uint64_t position)
{
    struct world *w = arg;
    assert_int_equal(position, w->last_position);
    w->n_frames++;
    return KN_OK;
}

static int connect_client(struct world *w)
{
    return kn_client_new(&w->client, &(struct kn_client_options){.endpoint = w->hub.endpoint,
                                                                 .hub_key = w->hub.keys.public_key,
                                                                 .public_key = w->keys.public_key,
                                                                 .secret_key = w->keys.secret_key,
                                                                 .outbox = w->outbox,
                                                                 .program = "test",
                                                                 .on_receipt = on_receipt,
                                                                 .arg = w});
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    kn_keys_new(&w->keys);
    fakehub_init(&w->hub, w->keys.public_key);
    fakehub_start(&w->hub);
    snprintf(w->outbox, sizeof w->outbox, "client-XXXXXX");
    assert_non_null(mkdtemp(w->outbox));
    assert_int_equal(connect_client(w), KN_OK);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    char command[128];
    kn_client_destroy(&w->client);
    fakehub_stop(&w->hub);
    fakehub_clear(&w->hub);
    snprintf(command, sizeof command, "rm -rf %s", w->outbox);
    assert_int_equal(system(command), 0);
    free(w);
    return 0;
}

static void submit(struct world *w, int i)
{
    char item[16], text[32];
    snprintf(item, sizeof item, "%08d", i);
    snprintf(text, sizeof text, "petition %d", i);
    struct kn_petition petition = {.text = text};
    struct kn_petition_submit body = {.batch = hex32,
                                      .container = hex32,
                                      .item = item,
                                      .source = "test",
                                      .channel = KN_CHANNEL_CONTACT,
                                      .petition = &petition};
    assert_int_equal(kn_client_submit(w->client, (uint64_t)i, KN_TYPE_PETITION_SUBMIT, &body, NULL),
                     KN_OK);
}

#define POLL_UNTIL(w, condition, ms)                              \
    for (int64_t end_ = now_ms() + (ms); !(condition);) {         \
        assert_true(now_ms() < end_);                             \
        assert_int_equal(kn_client_poll((w)->client, 50), KN_OK); \
    }

static void submits_and_hears_in_order(void **state)
{
    struct world *w = *state;
    for (int i = 1; i <= 500; i++)
        submit(w, i);
    assert_int_equal(kn_client_flush(w->client), KN_OK);
    assert_int_equal(kn_client_backlog(w->client), 500);
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 10000);
    assert_int_equal(w->n_final, 500);
    assert_int_equal(w->hub.n_stored, 500);
    assert_int_equal(w->hub.n_wrong_order, 0);
    assert_string_equal(kn_client_welcome(w->client)->agent, "tester");
}

static void goes_back_when_deferred(void **state)
{
    struct world *w = *state;
    w->hub.defer_every = 37;
    for (int i = 1; i <= 400; i++)
        submit(w, i);
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 20000);
    assert_int_equal(w->hub.n_stored, 400);
    assert_true(w->hub.n_wrong_order > 0); /* what was behind a deferred one */
}

static void survives_cuts(void **state)
{
    struct world *w = *state;
    for (int i = 1; i <= 300; i++)
        submit(w, i);
    for (int cut = 1; cut <= 5; cut++) {
        w->hub.cut_after = 40;
        POLL_UNTIL(w, w->hub.n_cuts == cut || kn_client_backlog(w->client) == 0, 20000);
    }
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 20000);
    assert_int_equal(w->hub.n_stored, 300);
    assert_int_equal(w->n_final, 300);
    assert_true(w->hub.n_hellos > 5);
}

static void says_hello_again_when_forgotten(void **state)
{
    struct world *w = *state;
    w->hub.forget_every = 50;
    for (int i = 1; i <= 200; i++)
        submit(w, i);
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 20000);
    assert_int_equal(w->hub.n_stored, 200);
    assert_true(w->hub.n_hellos > 3);
}

static void goes_on_after_a_restart(void **state)
{
    struct world *w = *state;
    fakehub_stop(&w->hub);
    for (int i = 1; i <= 20; i++)
        submit(w, i);
    kn_client_destroy(&w->client); /* commits */
    fakehub_start(&w->hub);
    assert_int_equal(connect_client(w), KN_OK);
    assert_int_equal(kn_client_backlog(w->client), 20);
    submit(w, 21);
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 10000);
    assert_int_equal(w->n_stored, 21);
}

static void starts_anew_when_restored_from_a_copy(void **state)
{
    struct world *w = *state;
    submit(w, 1);
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 10000);
    kn_client_destroy(&w->client);
    w->hub.last_override = 9; /* the hub heard more than this outbox knows */
    assert_int_equal(connect_client(w), KN_OK);
    submit(w, 2);
    submit(w, 3);
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 10000);
    assert_int_equal(w->hub.n_stored, 3);
    assert_int_equal(w->hub.last_override, 0); /* another instance came */
}

static void keeps_intake_but_not_acts_of_a_wrong_role(void **state)
{
    struct world *w = *state;
    struct kn_case_link act = {
        .case_ = "HN-2026-000001", .parent = "HN-2026-000002", .link = KN_LINK_KIND_DUPLICATE};
    w->hub.deny_role = true;
    assert_int_equal(kn_client_submit(w->client, 1, KN_TYPE_CASE_LINK, &act, NULL), KN_OK);
    POLL_UNTIL(w, w->n_refused == 1, 10000);
    assert_int_equal(kn_client_backlog(w->client), 0);
    submit(w, 2);
    POLL_UNTIL(w, kn_client_state(w->client) == KN_CLIENT_DENIED, 10000);
    assert_int_equal(kn_client_backlog(w->client), 1);
    w->hub.deny_role = false;
    POLL_UNTIL(w, kn_client_backlog(w->client) == 0, 10000);
    assert_int_equal(w->hub.n_stored, 1);
}

static void follows_a_stream_with_credit(void **state)
{
    struct world *w = *state;
    struct kn_subscribe_options options = {.credit_events = 10, .on_frame = on_frame};
    w->hub.n_events = 500;
    assert_int_equal(kn_client_subscribe(w->client, "all", "me", &options, on_event, w), KN_OK);
    POLL_UNTIL(w, w->n_events == 500, 10000);
    POLL_UNTIL(w, w->hub.saved == 500, 10000);
    assert_true(w->hub.max_in_flight_events <= 20);
    assert_true(kn_client_is_caught_up(w->client, 1));
    w->hub.n_events = 900; /* live goes on, also over a cut */
    w->hub.cut_after = 20;
    POLL_UNTIL(w, w->n_events == 900, 20000);
}

static void gives_an_event_again(void **state)
{
    struct world *w = *state;
    int rc = KN_OK;
    w->hub.n_events = 20;
    w->fail_at = 11;
    assert_int_equal(kn_client_subscribe(w->client, "all", "me", NULL, on_event, w), KN_OK);
    for (int64_t end = now_ms() + 10000; rc == KN_OK && now_ms() < end;)
        rc = kn_client_poll(w->client, 50);
    assert_int_equal(rc, KN_E_FULL);
    assert_int_equal(w->n_events, 10);
    POLL_UNTIL(w, w->n_events == 20, 10000);
}

/* Notes each event; with the one at fail_at, once, a note that no outbox takes. */
static int note_event(void *arg, uint64_t position, const struct kn_event *event)
{
    struct world *w = arg;
    (void)event;
    char key[40];
    snprintf(key, sizeof key, "event:%llu", (unsigned long long)position);
    kn_client_put(w->client, key, "taken", 5); /* shows at the commit */
    if ((int)position == w->fail_at) {
        w->fail_at = 0;
        kn_client_put(w->client, "huge", "", (size_t)5 << 30);
    }
    w->n_events++;
    return KN_OK;
}

static void gives_again_what_a_failed_commit_lost(void **state)
{
    struct world *w = *state;
    const void *value;
    size_t size;
    char key[40];
    int rc = KN_OK;
    w->hub.n_events = 20;
    w->fail_at = 11;
    assert_int_equal(kn_client_subscribe(w->client, "all", "me", NULL, note_event, w), KN_OK);
    for (int64_t end = now_ms() + 10000; rc == KN_OK && now_ms() < end;)
        rc = kn_client_poll(w->client, 50);
    assert_int_equal(rc, KN_E_IO);
    POLL_UNTIL(w, w->hub.saved == 20, 10000);
    for (int i = 1; i <= 20; i++) {
        snprintf(key, sizeof key, "event:%d", i);
        assert_int_equal(kn_client_get(w->client, &value, &size, key), KN_OK);
    }
    assert_int_equal(kn_client_get(w->client, &value, &size, "huge"), KN_E_NOT_FOUND);
}

/* Refuses the event at fail_at, as often as it is given; later it takes it. */
static int picky(void *arg, uint64_t position, const struct kn_event *event)
{
    struct world *w = arg;
    if (w->fail_at && (int)position == w->fail_at) {
        if (w->n_refused++ == 0)
            return KN_E_INVALID;
        if (w->n_refused == 2)
            kn_client_refuse(w->client, KN_CODE_UNKNOWN_VALUE, "không hiểu");
        return KN_OK;
    }
    assert_int_equal(event->sequence, position);
    w->n_events++;
    return KN_OK;
}

static void refuses_an_event_and_goes_on(void **state)
{
    struct world *w = *state;
    w->hub.n_events = 20;
    w->hub.gives_again = true;
    w->fail_at = 7;
    assert_int_equal(kn_client_subscribe(w->client, "all", "me", NULL, picky, w), KN_OK);
    POLL_UNTIL(w, w->hub.taken == 7, 10000); /* refused, refused again, then taken */
    assert_int_equal(w->hub.n_refusals, 2);
    assert_int_equal(w->hub.refused, 7);
    POLL_UNTIL(w, w->n_events == 19 && w->hub.saved == 20, 10000);
}

static void a_refusal_outlives_the_connection(void **state)
{
    struct world *w = *state;
    w->hub.n_events = 20;
    w->hub.lose_refusals = 2;
    w->fail_at = 7;
    assert_int_equal(kn_client_subscribe(w->client, "all", "me", NULL, picky, w), KN_OK);
    POLL_UNTIL(w, w->hub.refused == 7, 30000);
    POLL_UNTIL(w, w->n_events == 19, 20000);
    assert_int_equal(w->n_refused, 1); /* the event itself came once */
}

static void tells_a_denied_stream(void **state)
{
    struct world *w = *state;
    int rc = KN_OK;
    assert_int_equal(kn_client_subscribe(w->client, "alerts", "me", NULL, on_event, w), KN_OK);
    for (int64_t end = now_ms() + 10000; rc == KN_OK && now_ms() < end;)
        rc = kn_client_poll(w->client, 50);
    assert_int_equal(rc, KN_E_DENIED);
    assert_non_null(strstr(kn_client_words(w->client), "alerts"));
}

static void tells_a_stranger_at_once(void **state)
{
    struct world *w = *state;
    int64_t begin = now_ms();
    kn_client_destroy(&w->client);
    memset(w->hub.admitted, 'a', 40);
    assert_int_equal(connect_client(w), KN_OK);
    POLL_UNTIL(w, kn_client_state(w->client) == KN_CLIENT_DENIED, 5000);
    assert_true(now_ms() - begin < 5000);
    snprintf(w->hub.admitted, sizeof w->hub.admitted, "%s", w->keys.public_key);
    POLL_UNTIL(w, kn_client_state(w->client) == KN_CLIENT_READY, 10000); /* admitted meanwhile */
}

static void asks_and_is_answered(void **state)
{
    struct world *w = *state;
    struct kn_message *answer;
    struct kn_case_get get = {.case_ = "HN-2026-000009"};
    assert_int_equal(kn_client_request(w->client, &answer, KN_TYPE_CASE_GET, &get, 10000),
                     KN_E_NOT_FOUND);
    assert_int_equal(answer->type, KN_TYPE_DENY);
    kn_message_destroy(&answer);
    struct kn_case_get wrong = {.case_ = "X"}; /* what an operator may type */
    assert_int_equal(kn_client_request(w->client, &answer, KN_TYPE_CASE_GET, &wrong, 10000),
                     KN_E_INVALID);
    assert_non_null(strstr(kn_client_words(w->client), "case"));
    fakehub_stop(&w->hub);
    assert_int_equal(kn_client_request(w->client, &answer, KN_TYPE_CASE_GET, &get, 300),
                     KN_E_TIMEOUT);
    assert_null(answer);
    fakehub_start(&w->hub);
}

static void refuses_what_can_never_be_sent(void **state)
{
    struct world *w = *state;
    struct kn_fault fault;
    struct kn_petition_submit body = {.batch = "x", .container = hex32, .item = "1"};
    assert_int_equal(kn_client_submit(w->client, 1, KN_TYPE_PETITION_SUBMIT, &body, &fault),
                     KN_E_INVALID);
    assert_string_equal(fault.field, "batch");
    assert_int_equal(kn_client_backlog(w->client), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(submits_and_hears_in_order),
        TEST(goes_back_when_deferred),
        TEST(survives_cuts),
        TEST(says_hello_again_when_forgotten),
        TEST(goes_on_after_a_restart),
        TEST(starts_anew_when_restored_from_a_copy),
        TEST(keeps_intake_but_not_acts_of_a_wrong_role),
        TEST(follows_a_stream_with_credit),
        TEST(gives_an_event_again),
        TEST(gives_again_what_a_failed_commit_lost),
        TEST(refuses_an_event_and_goes_on),
        TEST(a_refusal_outlives_the_connection),
        TEST(tells_a_denied_stream),
        TEST(tells_a_stranger_at_once),
        TEST(asks_and_is_answered),
        TEST(refuses_what_can_never_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
