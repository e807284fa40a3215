/* test_zap.c - whatever is asked, the handler answers, and lets in known CURVE keys alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <zmq.h>

#include "hub/zap.h"
#include "kiennghi/status.h"

enum { ANSWER_MS = 5000, MAX_PART = 256 };

/* 32 bytes 0, 1, 2, …: the one key of the test's directory. */
struct scene {
    void *context;
    void *peer;
    zap_t *zap;
    uint8_t key[32];
    char z85[ZAP_KEY_SIZE];
};

struct part {
    const void *data;
    size_t size;
};

static bool known(void *arg, const char *z85_key, char user[ZAP_USER_SIZE])
{
    const struct scene *scene = arg;
    if (strcmp(z85_key, scene->z85) != 0)
        return false;
    strcpy(user, "tiep-xuc-ba-dinh");
    return true;
}

static int set_up(void **state)
{
    static struct scene scene;
    char why[256];
    scene = (struct scene){.context = zmq_ctx_new()};
    for (uint8_t i = 0; i < sizeof scene.key; i++)
        scene.key[i] = i;
    assert_non_null(zmq_z85_encode(scene.z85, scene.key, sizeof scene.key));
    const struct zap_directory directory = {.known = known, .arg = &scene};
    assert_int_equal(zap_start(&scene.zap, scene.context, &directory, why, sizeof why), KN_OK);

    const int none = 0, timeout_ms = ANSWER_MS;
    scene.peer = zmq_socket(scene.context, ZMQ_DEALER);
    zmq_setsockopt(scene.peer, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(scene.peer, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    assert_int_equal(zmq_connect(scene.peer, "inproc://zeromq.zap.01"), 0);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    zmq_close(scene->peer);
    zap_stop(&scene->zap);
    assert_null(scene->zap);
    zmq_ctx_term(scene->context);
    return 0;
}

static void ask(struct scene *scene, const struct part *parts, size_t n)
{
    assert_int_equal(zmq_send(scene->peer, "", 0, n ? ZMQ_SNDMORE : 0), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(
            zmq_send(scene->peer, parts[i].data, parts[i].size, i + 1 < n ? ZMQ_SNDMORE : 0),
            parts[i].size);
}

/* Reads one answer: six parts behind the delimiter. Checks its form. */
static void expect(struct scene *scene, const char *id, const char *status, const char *user)
{
    char parts[8][MAX_PART];
    size_t n = 0;
    int more = 1;
    while (more && n < 8) {
        size_t size = sizeof more;
        int got = zmq_recv(scene->peer, parts[n], MAX_PART - 1, 0);
        assert_in_range(got, 0, MAX_PART - 1);
        parts[n++][got] = '\0';
        zmq_getsockopt(scene->peer, ZMQ_RCVMORE, &more, &size);
    }
    assert_int_equal(n, 7);
    assert_string_equal(parts[0], "");
    assert_string_equal(parts[1], "1.0");
    assert_string_equal(parts[2], id);
    assert_string_equal(parts[3], status);
    assert_string_equal(parts[5], user);
    if (strcmp(status, "200") == 0) { /* one property: the key */
        assert_memory_equal(parts[6], "\5X-Key\0\0\0\50", 10);
        assert_int_equal(strlen(parts[6] + 10), 40);
    } else {
        assert_string_equal(parts[6], "");
    }
}

#define TEXT(s)            \
    {                      \
        (s), sizeof(s) - 1 \
    }

static void known_key_gets_its_name(void **state)
{
    struct scene *scene = *state;
    const struct part parts[] = {TEXT("1.0"), TEXT("7"),     TEXT("kiennghi"), TEXT("127.0.0.1"),
                                 TEXT(""),    TEXT("CURVE"), {scene->key, 32}};
    struct zap_counts counts;
    ask(scene, parts, 7);
    expect(scene, "7", "200", "tiep-xuc-ba-dinh");
    zap_get_counts(scene->zap, &counts);
    assert_int_equal(counts.n_admitted, 1);
}

static void unknown_key_is_refused(void **state)
{
    struct scene *scene = *state;
    uint8_t key[32];
    const struct part parts[] = {TEXT("1.0"), TEXT("7"),     TEXT("kiennghi"), TEXT("127.0.0.1"),
                                 TEXT(""),    TEXT("CURVE"), {key, 32}};
    struct zap_counts counts;
    memcpy(key, scene->key, 32);
    for (size_t bit = 0; bit < 256; bit++) { /* one bit is enough to be somebody else */
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ask(scene, parts, 7);
        expect(scene, "7", "400", "");
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    zap_get_counts(scene->zap, &counts);
    assert_int_equal(counts.n_unknown_key, 256);
    assert_int_equal(counts.n_admitted, 0);
}

static void other_mechanisms_are_refused(void **state)
{
    struct scene *scene = *state;
    const struct part null[] = {TEXT("1.0"), TEXT("1"), TEXT("d"),
                                TEXT("a"),   TEXT(""),  TEXT("NULL")};
    const struct part plain[] = {TEXT("1.0"), TEXT("2"),     TEXT("d"),    TEXT("a"),
                                 TEXT(""),    TEXT("PLAIN"), TEXT("user"), TEXT("password")};
    const struct part gssapi[] = {TEXT("1.0"), TEXT("3"),      TEXT("d"),        TEXT("a"),
                                  TEXT(""),    TEXT("GSSAPI"), TEXT("principal")};
    struct zap_counts counts;
    ask(scene, null, 6);
    expect(scene, "1", "400", "");
    ask(scene, plain, 8);
    expect(scene, "2", "400", "");
    ask(scene, gssapi, 7);
    expect(scene, "3", "400", "");
    zap_get_counts(scene->zap, &counts);
    assert_int_equal(counts.n_wrong_mechanism + counts.n_malformed, 3);
    assert_int_equal(counts.n_admitted, 0);
}

/* A well-formed request of the known key, with one part spoilt at a time. */
static void malformed_requests_are_answered(void **state)
{
    struct scene *scene = *state;
    static const char long_text[4096];
    struct zap_counts counts;
    size_t n_spoilt = 0;
    const struct part good[] = {TEXT("1.0"), TEXT("7"),     TEXT("kiennghi"), TEXT("127.0.0.1"),
                                TEXT(""),    TEXT("CURVE"), {scene->key, 32}};
    const struct {
        size_t part;
        struct part value;
        const char *id;
    } spoils[] = {
        {0, TEXT(""), "7"},
        {0, TEXT("2.0"), "7"},
        {0, {long_text, sizeof long_text}, "7"},
        {1, {long_text, sizeof long_text}, ""},
        {5, TEXT(""), "7"},
        {5, TEXT("curve"), "7"},
        {5, {"CURVE\0X", 7}, "7"},
        {5, {long_text, sizeof long_text}, "7"},
        {6, TEXT(""), "7"},
        {6, {long_text, 31}, "7"},
        {6, {long_text, 33}, "7"},
        {6, {long_text, sizeof long_text}, "7"},
    };
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        struct part parts[7];
        memcpy(parts, good, sizeof good);
        parts[spoils[i].part] = spoils[i].value;
        ask(scene, parts, 7);
        expect(scene, spoils[i].id, "400", "");
        n_spoilt++;
    }
    for (size_t n = 1; n < 7; n++) { /* too few parts */
        ask(scene, good, n);
        expect(scene, n > 1 ? "7" : "", "400", "");
        n_spoilt++;
    }
    for (size_t n = 8; n < 200; n += 37) { /* too many */
        struct part parts[200];
        memcpy(parts, good, sizeof good);
        for (size_t i = 7; i < n; i++)
            parts[i] = good[6];
        ask(scene, parts, n);
        expect(scene, "7", "400", "");
        n_spoilt++;
    }
    zap_get_counts(scene->zap, &counts);
    assert_int_equal(counts.n_admitted, 0);
    assert_int_equal(counts.n_malformed + counts.n_wrong_mechanism, n_spoilt);

    ask(scene, good, 7); /* and it still does its work */
    expect(scene, "7", "200", "tiep-xuc-ba-dinh");
}

static void requests_without_delimiter_are_ignored(void **state)
{
    struct scene *scene = *state;
    const struct part good[] = {TEXT("1.0"), TEXT("9"),     TEXT("kiennghi"), TEXT("127.0.0.1"),
                                TEXT(""),    TEXT("CURVE"), {scene->key, 32}};
    for (int i = 0; i < 100; i++)
        assert_int_equal(zmq_send(scene->peer, "x", 1, 0), 1);
    ask(scene, good, 7);
    expect(scene, "9", "200", "tiep-xuc-ba-dinh");
}

static void a_guest_is_let_in_until_it_ends(void **state)
{
    struct scene *scene = *state;
    uint8_t key[32] = {42};
    char z85[ZAP_KEY_SIZE];
    const struct part parts[] = {TEXT("1.0"), TEXT("7"),     TEXT("kiennghi"), TEXT("127.0.0.1"),
                                 TEXT(""),    TEXT("CURVE"), {key, 32}};
    zmq_z85_encode(z85, key, sizeof key);
    zap_set_guest(scene->zap, z85, "self-test");
    ask(scene, parts, 7);
    expect(scene, "7", "200", "self-test");
    zap_set_guest(scene->zap, NULL, NULL);
    ask(scene, parts, 7);
    expect(scene, "7", "400", "");
}

static void a_second_handler_is_refused(void **state)
{
    struct scene *scene = *state;
    const struct zap_directory directory = {.known = known, .arg = scene};
    zap_t *second;
    char why[256] = "";
    assert_int_equal(zap_start(&second, scene->context, &directory, why, sizeof why), KN_E_IO);
    assert_null(second);
    assert_non_null(strstr(why, "ZAP"));
}

static void starts_and_stops_a_hundred_times(void **state)
{
    const struct zap_directory directory = {.known = known, .arg = *state};
    for (int i = 0; i < 100; i++) {
        void *context = zmq_ctx_new();
        zap_t *zap;
        char why[256];
        assert_int_equal(zap_start(&zap, context, &directory, why, sizeof why), KN_OK);
        zap_stop(&zap);
        zmq_ctx_term(context);
    }
    zap_t *none = NULL;
    zap_stop(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_key_gets_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_key_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_mechanisms_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_requests_are_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_without_delimiter_are_ignored, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_guest_is_let_in_until_it_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_handler_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(starts_and_stops_a_hundred_times, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
