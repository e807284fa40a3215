/* test_control.c - one question to a control socket, answered by a hub of this test. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "agents/control.h"
#include "kiennghi/status.h"

static struct {
    char folder[64], path[96];
    void *context, *router;
    pthread_t hub;
    bool is_garbage;
} scene;

/* Answers one message: with a receipt, or with what is no message. */
static void *answer_once(void *arg)
{
    uint8_t id[16], frame[1024];
    (void)arg;
    const int n_id = zmq_recv(scene.router, id, sizeof id, 0);
    const int n_frame = zmq_recv(scene.router, frame, sizeof frame, 0);
    if (n_id < 0 || n_frame < 0)
        return NULL;
    const struct kn_receipt receipt = {.sequence = 1, .verdict = KN_VERDICT_STORED};
    const long size = scene.is_garbage
                          ? 7
                          : kn_message_encode(frame, sizeof frame, KN_TYPE_RECEIPT, &receipt, NULL);
    zmq_send(scene.router, id, (size_t)n_id, ZMQ_SNDMORE);
    zmq_send(scene.router, frame, (size_t)size, 0);
    return NULL;
}

static int set_up(void **state)
{
    (void)state;
    char endpoint[128];
    memset(&scene, 0, sizeof scene);
    strcpy(scene.folder, "/tmp/kn-control-XXXXXX");
    assert_non_null(mkdtemp(scene.folder));
    snprintf(scene.path, sizeof scene.path, "%s/control", scene.folder);
    snprintf(endpoint, sizeof endpoint, "ipc://%s", scene.path);
    scene.context = zmq_ctx_new();
    scene.router = zmq_socket(scene.context, ZMQ_ROUTER);
    const int wait_ms = 10000;
    zmq_setsockopt(scene.router, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    assert_int_equal(zmq_bind(scene.router, endpoint), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zmq_close(scene.router);
    zmq_ctx_term(scene.context);
    unlink(scene.path);
    assert_int_equal(rmdir(scene.folder), 0);
    return 0;
}

static const struct kn_clock_move question = {.sequence = 1, .to = INT64_C(1772470800000)};

static void a_question_gets_its_answer(void **state)
{
    (void)state;
    struct kn_message *answer;
    struct kn_fault fault;
    assert_true(control_is_open(scene.path));
    pthread_create(&scene.hub, NULL, answer_once, NULL);
    assert_int_equal(control_ask(&answer, scene.path, KN_TYPE_CLOCK_MOVE, &question, 10000, &fault),
                     KN_OK);
    pthread_join(scene.hub, NULL);
    assert_int_equal(answer->type, KN_TYPE_RECEIPT);
    assert_int_equal(((const struct kn_receipt *)answer->body)->verdict, KN_VERDICT_STORED);
    kn_message_destroy(&answer);
}

static void an_answer_that_is_none_is_told(void **state)
{
    (void)state;
    struct kn_message *answer;
    struct kn_fault fault;
    scene.is_garbage = true;
    pthread_create(&scene.hub, NULL, answer_once, NULL);
    assert_int_equal(control_ask(&answer, scene.path, KN_TYPE_CLOCK_MOVE, &question, 10000, &fault),
                     KN_E_INVALID);
    pthread_join(scene.hub, NULL);
    assert_null(answer);
}

static void silence_ends(void **state)
{
    (void)state;
    struct kn_message *answer;
    struct kn_fault fault;
    assert_int_equal(control_ask(&answer, scene.path, KN_TYPE_CLOCK_MOVE, &question, 50, &fault),
                     KN_E_TIMEOUT);
    assert_null(answer);
}

static void a_path_that_is_no_socket_is_denied(void **state)
{
    (void)state;
    struct kn_message *answer;
    struct kn_fault fault;
    assert_false(control_is_open("/nowhere/control"));
    assert_false(control_is_open("/tmp"));
    assert_int_equal(
        control_ask(&answer, "/nowhere/control", KN_TYPE_CLOCK_MOVE, &question, 50, &fault),
        KN_E_CLOSED);
    assert_int_equal(control_ask(&answer, "/tmp", KN_TYPE_CLOCK_MOVE, &question, 50, &fault),
                     KN_E_DENIED);
}

static void a_wrong_question_is_not_sent(void **state)
{
    (void)state;
    struct kn_message *answer;
    struct kn_fault fault;
    const struct kn_clock_move wrong = {.sequence = 0};
    assert_int_equal(control_ask(&answer, scene.path, KN_TYPE_CLOCK_MOVE, &wrong, 50, &fault),
                     KN_E_INVALID);
    assert_string_equal(fault.field, "sequence");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_question_gets_its_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_is_none_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_that_is_no_socket_is_denied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_question_is_not_sent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
