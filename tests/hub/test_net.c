/* test_net.c - the doors, from outside: plain ZeroMQ sockets of the same process knock at a net on
 * loopback. Everything waits for events with a time limit; nothing sleeps. */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "hub/net.h"
#include "kiennghi/status.h"

enum { WAIT_MS = 10000 };

struct keys {
    char public_key[ZAP_KEY_SIZE];
    char secret_key[ZAP_KEY_SIZE];
};

struct scene {
    net_t *net;
    void *context; /* of the clients */
    struct keys hub, agent, other;
    char folder[64];
    char control[96];
    atomic_int n_refused[ZAP_N_VERDICTS];
    char refused_from[64]; /* written by the thread of the test alone */
};

static bool known(void *arg, const char *z85_key, char user[ZAP_USER_SIZE])
{
    const struct scene *scene = arg;
    if (strcmp(z85_key, scene->agent.public_key) == 0)
        strcpy(user, "mttq-ha-noi");
    else if (strcmp(z85_key, scene->other.public_key) == 0)
        strcpy(user, "so-giao-thong");
    else
        return false;
    return true;
}

static void refused(void *arg, enum zap_verdict why, const char *address)
{
    struct scene *scene = arg;
    if (why != ZAP_UNKNOWN_KEY) /* that comes from the handler's thread */
        snprintf(scene->refused_from, sizeof scene->refused_from, "%s", address);
    atomic_fetch_add(&scene->n_refused[why], 1);
}

static struct net_options options_of(const struct scene *scene)
{
    return (struct net_options){.intake = "tcp://127.0.0.1:*",
                                .delivery = "tcp://127.0.0.1:*",
                                .control = scene->control,
                                .tap = "tcp://127.0.0.1:*",
                                .tap_connections = 2,
                                .secret_key = scene->hub.secret_key,
                                .public_key = scene->hub.public_key};
}

static int set_up(void **state)
{
    static struct scene scene;
    char why[256];
    scene = (struct scene){.context = zmq_ctx_new()};
    strcpy(scene.folder, "/tmp/kn-net-XXXXXX");
    assert_non_null(mkdtemp(scene.folder));
    snprintf(scene.control, sizeof scene.control, "%s/control", scene.folder);
    zmq_curve_keypair(scene.hub.public_key, scene.hub.secret_key);
    zmq_curve_keypair(scene.agent.public_key, scene.agent.secret_key);
    zmq_curve_keypair(scene.other.public_key, scene.other.secret_key);
    const struct net_options options = options_of(&scene);
    const struct zap_directory directory = {.known = known, .refused = refused, .arg = &scene};
    if (net_open(&scene.net, &options, &directory, why, sizeof why) != KN_OK)
        fail_msg("%s", why);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    zmq_ctx_term(scene->context);
    net_close(&scene->net);
    assert_null(scene->net);
    unlink(scene->control);
    assert_int_equal(rmdir(scene->folder), 0);
    return 0;
}

/* ------------------------------------------------------------------------------- clients */

static void *new_socket(struct scene *scene, int type)
{
    const int none = 0, timeout_ms = WAIT_MS;
    void *socket = zmq_socket(scene->context, type);
    assert_non_null(socket);
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout_ms, sizeof timeout_ms);
    return socket;
}

static void set_keys(struct scene *scene, void *socket, const struct keys *keys)
{
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, scene->hub.public_key, ZAP_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, ZAP_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, ZAP_KEY_SIZE);
}

static void *knock(struct scene *scene, enum net_door door, const struct keys *keys)
{
    void *socket = new_socket(scene, ZMQ_DEALER);
    set_keys(scene, socket, keys);
    assert_int_equal(zmq_connect(socket, net_endpoint(scene->net, door)), 0);
    return socket;
}

/* A monitor of SOCKET for the events MASK; connect the socket after it. */
static void *watch(struct scene *scene, void *socket, const char *name, int mask)
{
    assert_int_equal(zmq_socket_monitor(socket, name, mask), 0);
    void *monitor = new_socket(scene, ZMQ_PAIR);
    assert_int_equal(zmq_connect(monitor, name), 0);
    return monitor;
}

static unsigned next_event(void *monitor)
{
    uint8_t head[6];
    uint16_t event;
    assert_int_equal(zmq_recv(monitor, head, sizeof head, 0), sizeof head);
    memcpy(&event, head, sizeof event);
    zmq_recv(monitor, head, 0, 0);
    return event;
}

static void say(void *socket, const char *text)
{
    assert_int_equal(zmq_send(socket, text, strlen(text), 0), strlen(text));
}

static void hear(void *socket, const char *text)
{
    char got[256];
    int size = zmq_recv(socket, got, sizeof got, 0);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The next outcome at DOOR, waiting for it. */
static int take(struct scene *scene, enum net_door door, struct net_frame *out)
{
    const int64_t end = now_ms() + WAIT_MS;
    for (;;) {
        unsigned ready;
        bool woken;
        int rc = net_take(scene->net, door, out);
        if (rc != KN_E_BUSY)
            return rc;
        assert_true(now_ms() < end);
        assert_int_equal(net_wait(scene->net, WAIT_MS, &ready, &woken), KN_OK);
        assert_true(ready == 0 || ready == 1u << door); /* 0: a monitor told something */
    }
}

/* Handshakes that failed before a key was asked for: which side sees it first is chance. */
static int n_failed(struct scene *scene)
{
    return atomic_load(&scene->n_refused[ZAP_MALFORMED]) +
           atomic_load(&scene->n_refused[ZAP_WRONG_MECHANISM]);
}

/* Waits until N handshakes have failed. */
static void wait_failed(struct scene *scene, int n)
{
    const int64_t end = now_ms() + WAIT_MS;
    while (n_failed(scene) < n && now_ms() < end) {
        unsigned ready;
        bool woken;
        assert_int_equal(net_wait(scene->net, 100, &ready, &woken), KN_OK);
    }
    assert_int_equal(n_failed(scene), n);
}

/* Waits until N connections have come. */
static void wait_came(struct scene *scene, uint64_t n)
{
    struct net_counts counts = {0};
    for (const int64_t end = now_ms() + WAIT_MS; counts.n_came < n && now_ms() < end;) {
        unsigned ready;
        bool woken;
        assert_int_equal(net_wait(scene->net, 100, &ready, &woken), KN_OK);
        net_get_counts(scene->net, &counts);
    }
    assert_int_equal(counts.n_came, n);
}

/* A TCP connection to DOOR that says TEXT. */
static int call(struct scene *scene, enum net_door door, const char *text)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *port = strrchr(net_endpoint(scene->net, door), ':') + 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_port = htons((uint16_t)atoi(port));
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    return fd;
}

/* Waits until the other side ends the connection. */
static void wait_end(int fd)
{
    const struct timeval patience = {.tv_sec = WAIT_MS / 1000};
    char bytes[256];
    ssize_t n;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0) {
    }
    assert_true(n == 0 || errno == ECONNRESET);
    close(fd);
}

/* ---------------------------------------------------------------------------------- tests */

static void a_known_key_comes_in_with_its_name(void **state)
{
    struct scene *scene = *state;
    for (int door = NET_INTAKE; door <= NET_DELIVERY; door++) {
        void *agent = knock(scene, (enum net_door)door, &scene->agent);
        struct net_frame frame;
        say(agent, "xin chào");
        assert_int_equal(take(scene, (enum net_door)door, &frame), KN_OK);
        assert_string_equal(frame.user, "mttq-ha-noi");
        assert_string_equal(frame.address, "127.0.0.1");
        assert_int_equal(frame.peer.door, door);
        assert_int_equal(frame.size, strlen("xin chào"));
        assert_memory_equal(frame.bytes, "xin chào", frame.size);
        assert_int_equal(net_send(scene->net, &frame.peer, "chào", strlen("chào")), KN_OK);
        hear(agent, "chào");
        net_frame_clear(&frame);
        zmq_close(agent);
    }
}

static void two_agents_are_told_apart(void **state)
{
    struct scene *scene = *state;
    void *first = knock(scene, NET_INTAKE, &scene->agent);
    void *second = knock(scene, NET_INTAKE, &scene->other);
    struct net_frame frames[2];
    say(first, "1");
    assert_int_equal(take(scene, NET_INTAKE, &frames[0]), KN_OK);
    say(second, "2");
    assert_int_equal(take(scene, NET_INTAKE, &frames[1]), KN_OK);
    assert_string_equal(frames[0].user, "mttq-ha-noi");
    assert_string_equal(frames[1].user, "so-giao-thong");
    assert_memory_not_equal(&frames[0].peer, &frames[1].peer, sizeof frames[0].peer);
    assert_int_equal(net_send(scene->net, &frames[1].peer, "to 2", 4), KN_OK);
    assert_int_equal(net_send(scene->net, &frames[0].peer, "to 1", 4), KN_OK);
    hear(first, "to 1");
    hear(second, "to 2");
    net_frame_clear(&frames[0]);
    net_frame_clear(&frames[1]);
    zmq_close(first);
    zmq_close(second);
}

static void a_stranger_is_refused(void **state)
{
    struct scene *scene = *state;
    struct keys stranger;
    struct net_counts counts;
    struct net_frame frame;
    zmq_curve_keypair(stranger.public_key, stranger.secret_key);
    void *socket = new_socket(scene, ZMQ_DEALER);
    set_keys(scene, socket, &stranger);
    void *monitor = watch(scene, socket, "inproc://stranger",
                          ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    zmq_connect(socket, net_endpoint(scene->net, NET_INTAKE));
    zmq_send(socket, "let me in", 9, ZMQ_DONTWAIT);
    assert_int_equal(next_event(monitor), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    assert_int_equal(net_take(scene->net, NET_INTAKE, &frame), KN_E_BUSY);
    net_get_counts(scene->net, &counts);
    assert_int_equal(counts.zap.n_unknown_key, 1);
    assert_int_equal(counts.n_taken, 0);
    zmq_close(socket);
    zmq_close(monitor);
}

static void failed_handshakes_are_told(void **state)
{
    static const char http[] = "GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n"
                               "User-Agent: nobody in particular\r\n\r\n";
    struct scene *scene = *state;
    struct net_frame frame;
    struct keys stranger;
    void *plain = new_socket(scene, ZMQ_DEALER);
    zmq_connect(plain, net_endpoint(scene->net, NET_INTAKE));
    wait_failed(scene, 1);
    zmq_close(plain);
    wait_end(call(scene, NET_DELIVERY, http)); /* not even the beginning of a greeting */
    wait_failed(scene, 2);
    int slow = call(scene, NET_INTAKE, "\xff"); /* goes in the middle of it */
    wait_came(scene, 3);
    close(slow);
    wait_failed(scene, 3);
    assert_string_equal(scene->refused_from, "127.0.0.1");
    zmq_curve_keypair(stranger.public_key, stranger.secret_key);
    void *socket = knock(scene, NET_INTAKE, &stranger); /* is told by the ZAP handler, once */
    void *agent = knock(scene, NET_INTAKE, &scene->agent);
    say(agent, "honest");
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_OK);
    net_frame_clear(&frame);
    for (const int64_t end = now_ms() + WAIT_MS;
         !atomic_load(&scene->n_refused[ZAP_UNKNOWN_KEY]) && now_ms() < end;) {
    }
    zmq_close(socket);
    zmq_close(agent);
    wait_end(call(scene, NET_INTAKE, http));
    wait_failed(scene, 4);
    assert_int_equal(atomic_load(&scene->n_refused[ZAP_UNKNOWN_KEY]), 1);
}

/* Nobody takes what the monitor tells: the door goes on, and closes. */
static void an_unread_monitor_stops_nothing(void **state)
{
    enum { CALLS = 1500 };
    struct scene *scene = *state;
    for (int i = 0; i < CALLS; i++)
        wait_end(call(scene, NET_INTAKE, "0123456789 this is no greeting at all"));
    void *agent = knock(scene, NET_INTAKE, &scene->agent);
    struct net_frame frame;
    say(agent, "still there");
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_OK);
    net_frame_clear(&frame);
    zmq_close(agent);
    for (int i = 0; i < CALLS; i++)
        wait_end(call(scene, NET_DELIVERY, "0123456789 this is no greeting at all"));
    wait_failed(scene, 2 * CALLS);
    for (int i = 0; i < CALLS; i++) /* tear_down closes before anybody reads */
        wait_end(call(scene, NET_INTAKE, "0123456789 this is no greeting at all"));
}

static void without_curve_nobody_comes_in(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    void *socket = new_socket(scene, ZMQ_DEALER);
    void *monitor = watch(scene, socket, "inproc://plain",
                          ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED);
    zmq_connect(socket, net_endpoint(scene->net, NET_INTAKE));
    zmq_send(socket, "let me in", 9, ZMQ_DONTWAIT);
    assert_int_equal(next_event(monitor), ZMQ_EVENT_DISCONNECTED);
    assert_int_equal(net_take(scene->net, NET_INTAKE, &frame), KN_E_BUSY);
    zmq_close(socket);
    zmq_close(monitor);
}

static void the_largest_frame_passes_and_one_more_byte_cuts(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    char *bytes = calloc(1, NET_MAX_FRAME + 1);
    void *agent = new_socket(scene, ZMQ_DEALER);
    set_keys(scene, agent, &scene->agent);
    void *monitor = watch(scene, agent, "inproc://oversize", ZMQ_EVENT_DISCONNECTED);
    zmq_connect(agent, net_endpoint(scene->net, NET_INTAKE));

    assert_int_equal(zmq_send(agent, bytes, NET_MAX_FRAME, 0), NET_MAX_FRAME);
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_OK);
    assert_int_equal(frame.size, NET_MAX_FRAME);
    assert_int_equal(net_send(scene->net, &frame.peer, bytes, NET_MAX_FRAME), KN_OK);
    assert_int_equal(zmq_recv(agent, bytes, NET_MAX_FRAME, 0), NET_MAX_FRAME);
    net_frame_clear(&frame);

    assert_int_equal(zmq_send(agent, bytes, NET_MAX_FRAME + 1, 0), NET_MAX_FRAME + 1);
    assert_int_equal(next_event(monitor), ZMQ_EVENT_DISCONNECTED);
    assert_int_equal(net_take(scene->net, NET_INTAKE, &frame), KN_E_BUSY);
    struct net_counts counts = {0};
    const int64_t end = now_ms() + WAIT_MS;
    while (counts.n_ended < 1 && now_ms() < end) {
        unsigned ready;
        bool woken;
        assert_int_equal(net_wait(scene->net, 100, &ready, &woken), KN_OK);
        net_get_counts(scene->net, &counts);
    }
    assert_int_equal(counts.n_ended, 1);
    zmq_close(agent);
    zmq_close(monitor);
    free(bytes);
}

static void many_parts_are_thrown_away_and_told(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    struct net_counts counts;
    void *agent = knock(scene, NET_INTAKE, &scene->agent);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(zmq_send(agent, "x", 1, ZMQ_SNDMORE), 1);
    say(agent, "end");
    say(agent, "good");
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_E_INVALID);
    assert_string_equal(frame.user, "mttq-ha-noi");
    assert_int_equal(frame.n_parts, 1001);
    assert_null(frame.bytes);
    net_frame_clear(&frame);
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_OK);
    assert_memory_equal(frame.bytes, "good", 4);
    net_frame_clear(&frame);
    net_get_counts(scene->net, &counts);
    assert_int_equal(counts.n_multipart, 1);
    assert_int_equal(counts.n_taken, 1);
    zmq_close(agent);
}

static void a_chosen_routing_id_is_refused(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    struct net_counts counts;
    void *agent = new_socket(scene, ZMQ_DEALER);
    set_keys(scene, agent, &scene->agent);
    zmq_setsockopt(agent, ZMQ_ROUTING_ID, "so-giao-thong", 13);
    zmq_connect(agent, net_endpoint(scene->net, NET_DELIVERY));
    say(agent, "I am somebody else");
    assert_int_equal(take(scene, NET_DELIVERY, &frame), KN_E_INVALID);
    assert_string_equal(frame.user, "mttq-ha-noi");
    net_frame_clear(&frame);
    net_get_counts(scene->net, &counts);
    assert_int_equal(counts.n_chosen_id, 1);
    zmq_close(agent);
}

static void other_socket_types_do_no_harm(void **state)
{
    struct scene *scene = *state;
    const int types[] = {ZMQ_SUB, ZMQ_PUB, ZMQ_PUSH, ZMQ_PULL, ZMQ_PAIR};
    struct net_frame frame;
    void *sockets[5];
    for (int i = 0; i < 5; i++) {
        sockets[i] = new_socket(scene, types[i]);
        set_keys(scene, sockets[i], &scene->agent);
        zmq_connect(sockets[i], net_endpoint(scene->net, NET_INTAKE));
    }
    void *request = new_socket(scene, ZMQ_REQ); /* sends an empty part first */
    set_keys(scene, request, &scene->agent);
    zmq_connect(request, net_endpoint(scene->net, NET_INTAKE));
    say(request, "question");
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_E_INVALID);
    assert_int_equal(frame.n_parts, 2);
    void *agent = knock(scene, NET_INTAKE, &scene->agent);
    say(agent, "still here");
    assert_int_equal(take(scene, NET_INTAKE, &frame), KN_OK);
    net_frame_clear(&frame);
    for (int i = 0; i < 5; i++)
        zmq_close(sockets[i]);
    zmq_close(request);
    zmq_close(agent);
}

static void a_gone_peer_is_closed(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    void *agent = knock(scene, NET_DELIVERY, &scene->agent);
    say(agent, "hello");
    assert_int_equal(take(scene, NET_DELIVERY, &frame), KN_OK);
    zmq_close(agent);

    int rc = KN_OK;
    for (int i = 0; i < WAIT_MS && rc == KN_OK; i++) { /* the news of the end travels */
        unsigned ready;
        bool woken;
        rc = net_send(scene->net, &frame.peer, "answer", 6);
        if (rc == KN_OK)
            net_wait(scene->net, 1, &ready, &woken);
    }
    assert_int_equal(rc, KN_E_CLOSED);
    frame.peer.id[4] ^= 0x55; /* never was anybody */
    assert_int_equal(net_send(scene->net, &frame.peer, "answer", 6), KN_E_CLOSED);
    net_frame_clear(&frame);
}

static void a_full_peer_is_busy_and_loses_nothing(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    const int small = 4096, hwm = 1;
    static char bytes[32768];
    void *agent = new_socket(scene, ZMQ_DEALER);
    set_keys(scene, agent, &scene->agent);
    zmq_setsockopt(agent, ZMQ_RCVBUF, &small, sizeof small);
    zmq_setsockopt(agent, ZMQ_RCVHWM, &hwm, sizeof hwm);
    zmq_connect(agent, net_endpoint(scene->net, NET_DELIVERY));
    say(agent, "hello");
    assert_int_equal(take(scene, NET_DELIVERY, &frame), KN_OK);

    uint32_t n_sent = 0, n_heard = 0;
    int rc;
    do {
        memcpy(bytes, &n_sent, sizeof n_sent);
        rc = net_send(scene->net, &frame.peer, bytes, sizeof bytes);
        if (rc == KN_OK)
            n_sent++;
    } while (rc == KN_OK && n_sent < 100000);
    assert_int_equal(rc, KN_E_BUSY);
    assert_in_range(n_sent, 1000, 99999); /* a window of answers fits */
    for (; n_heard < n_sent; n_heard++) {
        uint32_t number;
        assert_int_equal(zmq_recv(agent, bytes, sizeof bytes, 0), sizeof bytes);
        memcpy(&number, bytes, sizeof number);
        assert_int_equal(number, n_heard);
    }
    net_frame_clear(&frame);
    zmq_close(agent);
}

static void the_control_door_is_for_the_owner(void **state)
{
    struct scene *scene = *state;
    struct stat stat_of;
    struct net_frame frame;
    assert_int_equal(stat(scene->control, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0700);
    void *tool = new_socket(scene, ZMQ_DEALER);
    assert_int_equal(zmq_connect(tool, net_endpoint(scene->net, NET_CONTROL)), 0);
    say(tool, "status");
    assert_int_equal(take(scene, NET_CONTROL, &frame), KN_OK);
    assert_string_equal(frame.user, NET_CONTROL_USER);
    assert_int_equal(net_send(scene->net, &frame.peer, "well", 4), KN_OK);
    hear(tool, "well");
    net_frame_clear(&frame);
    zmq_close(tool);
}

static void a_masked_door_waits_while_the_other_goes_on(void **state)
{
    struct scene *scene = *state;
    struct net_frame frame;
    unsigned ready;
    bool woken;
    void *flood = knock(scene, NET_INTAKE, &scene->agent);
    void *reader = knock(scene, NET_DELIVERY, &scene->other);
    net_mask(scene->net, NET_INTAKE, true);
    for (int i = 0; i < 100; i++)
        say(flood, "petition");
    say(reader, "credit");
    assert_int_equal(take(scene, NET_DELIVERY, &frame), KN_OK);
    net_frame_clear(&frame);
    net_mask(scene->net, NET_INTAKE, false);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(take(scene, NET_INTAKE, &frame), KN_OK);
        net_frame_clear(&frame);
    }
    assert_int_equal(net_wait(scene->net, 0, &ready, &woken), KN_OK);
    assert_int_equal(ready, 0);
    zmq_close(flood);
    zmq_close(reader);
}

static void it_wakes_for_writers_and_descriptors(void **state)
{
    struct scene *scene = *state;
    unsigned ready;
    bool woken;
    int ends[2];
    net_wake(scene->net);
    net_wake(scene->net);
    assert_int_equal(net_wait(scene->net, WAIT_MS, &ready, &woken), KN_OK);
    assert_true(woken);
    assert_int_equal(net_wait(scene->net, 0, &ready, &woken), KN_OK);
    assert_false(woken); /* two calls, one turn */

    assert_int_equal(pipe(ends), 0);
    net_watch(scene->net, ends[0]);
    assert_int_equal(write(ends[1], "s", 1), 1);
    assert_int_equal(net_wait(scene->net, WAIT_MS, &ready, &woken), KN_OK);
    assert_true(woken);
    assert_int_equal(ready, 0);
    close(ends[0]);
    close(ends[1]);
}

static void frames_may_be_moved(void **state)
{
    struct scene *scene = *state;
    static char large[20000];
    struct net_frame frames[2];
    void *agent = knock(scene, NET_INTAKE, &scene->agent);
    memset(large, 'k', sizeof large);
    for (size_t size = 5; size <= sizeof large; size += sizeof large - 5) {
        assert_int_equal(zmq_send(agent, large, size, 0), size);
        assert_int_equal(take(scene, NET_INTAKE, &frames[0]), KN_OK);
        net_frame_move(&frames[1], &frames[0]);
        assert_null(frames[0].bytes);
        assert_string_equal(frames[1].user, "mttq-ha-noi");
        assert_int_equal(frames[1].size, size);
        assert_memory_equal(frames[1].bytes, large, size);
        net_frame_clear(&frames[0]);
        net_frame_clear(&frames[1]);
        net_frame_clear(&frames[1]);
    }
    zmq_close(agent);
}

static void the_tap_runs_for_anybody(void **state)
{
    struct scene *scene = *state;
    const int soon_ms = 20;
    char topic[16] = "";
    void *listener = new_socket(scene, ZMQ_SUB);
    zmq_setsockopt(listener, ZMQ_SUBSCRIBE, "public", 6);
    zmq_setsockopt(listener, ZMQ_RCVTIMEO, &soon_ms, sizeof soon_ms);
    assert_int_equal(zmq_connect(listener, net_tap_endpoint(scene->net)), 0);
    for (int i = 0; i < WAIT_MS / soon_ms && strcmp(topic, "public") != 0; i++) {
        assert_int_equal(net_tap(scene->net, "events", 6), KN_OK); /* until it has subscribed */
        zmq_recv(listener, topic, sizeof topic - 1, 0);
    }
    assert_string_equal(topic, "public");
    hear(listener, "events");
    zmq_close(listener);
}

static void the_self_test_passes(void **state)
{
    struct scene *scene = *state;
    char why[256] = "";
    if (net_self_test(scene->net, why, sizeof why) != KN_OK)
        fail_msg("%s", why);
}

/* Waits until LISTENER hears the tap, or for half a second. */
static bool hears(struct scene *scene, void *listener)
{
    char part[16];
    for (int i = 0; i < 50; i++) {
        unsigned ready;
        bool woken;
        assert_int_equal(net_wait(scene->net, 5, &ready, &woken), KN_OK);
        assert_int_equal(net_tap(scene->net, "events", 6), KN_OK);
        zmq_pollitem_t item = {.socket = listener, .events = ZMQ_POLLIN};
        if (zmq_poll(&item, 1, 5) > 0) {
            zmq_recv(listener, part, sizeof part, 0);
            zmq_recv(listener, part, sizeof part, 0);
            return true;
        }
    }
    return false;
}

static void the_tap_has_room_for_so_many(void **state)
{
    struct scene *scene = *state; /* of two: options_of */
    void *context = zmq_ctx_new(), *listeners[3];
    struct net_counts counts;
    for (int i = 0; i < 3; i++) {
        int none = 0;
        listeners[i] = zmq_socket(context, ZMQ_SUB);
        zmq_setsockopt(listeners[i], ZMQ_LINGER, &none, sizeof none);
        zmq_setsockopt(listeners[i], ZMQ_SUBSCRIBE, "", 0);
        assert_int_equal(zmq_connect(listeners[i], net_tap_endpoint(scene->net)), 0);
        assert_int_equal(hears(scene, listeners[i]), i < 2);
    }
    net_get_counts(scene->net, &counts);
    assert_true(counts.n_listeners_refused >= 1);
    assert_true(hears(scene, listeners[0])); /* those who are in stay in */
    zmq_close(listeners[0]);
    zmq_close(listeners[2]);
    for (int i = 0; i < 200 && counts.n_listeners > 1; i++) {
        (void)hears(scene, listeners[1]);
        net_get_counts(scene->net, &counts);
    }
    listeners[0] = zmq_socket(context, ZMQ_SUB);
    zmq_setsockopt(listeners[0], ZMQ_SUBSCRIBE, "", 0);
    assert_int_equal(zmq_connect(listeners[0], net_tap_endpoint(scene->net)), 0);
    assert_true(hears(scene, listeners[0])); /* there is room again */
    zmq_close(listeners[0]);
    zmq_close(listeners[1]);
    zmq_ctx_term(context);
}

static bool everybody(void *arg, const char *z85_key, char user[ZAP_USER_SIZE])
{
    (void)arg;
    (void)z85_key;
    strcpy(user, "anybody");
    return true;
}

static void the_self_test_sees_an_open_door(void **state)
{
    struct scene *scene = *state;
    char why[256] = "";
    const struct zap_directory directory = {.known = everybody};
    struct net_options options = options_of(scene);
    char control[96];
    net_t *open_net;
    snprintf(control, sizeof control, "%.64s/second", scene->folder);
    options.control = control;
    options.tap = NULL;
    assert_int_equal(net_open(&open_net, &options, &directory, why, sizeof why), KN_OK);
    assert_string_equal(net_tap_endpoint(open_net), "");
    assert_int_equal(net_tap(open_net, "x", 1), KN_OK);
    assert_int_equal(net_self_test(open_net, why, sizeof why), KN_E_DENIED);
    assert_non_null(strstr(why, "not refused"));
    net_close(&open_net);
    unlink(control);
}

static void wrong_options_say_why(void **state)
{
    struct scene *scene = *state;
    const struct zap_directory directory = {.known = known, .arg = scene};
    const struct net_options good = options_of(scene);
    char long_path[200];
    char why[256];
    net_t *net;
    memset(long_path, 'x', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';

#define EXPECT(status, field, value, word)                                               \
    do {                                                                                 \
        struct net_options options = good;                                               \
        options.field = (value);                                                         \
        options.tap = NULL;                                                              \
        assert_int_equal(net_open(&net, &options, &directory, why, sizeof why), status); \
        assert_null(net);                                                                \
        assert_non_null(strstr(why, word));                                              \
    } while (0)
    EXPECT(KN_E_IO, intake, net_endpoint(scene->net, NET_DELIVERY), "in use");
    EXPECT(KN_E_INVALID, intake, "ipc:///tmp/x", "not a tcp://");
    EXPECT(KN_E_INVALID, delivery, NULL, "not a tcp://");
    EXPECT(KN_E_IO, delivery, "tcp://nonsense", "tcp://nonsense");
    EXPECT(KN_E_INVALID, control, "", "control socket");
    EXPECT(KN_E_INVALID, control, long_path, "control socket");
    EXPECT(KN_E_INVALID, public_key, scene->agent.public_key, "key pair");
    EXPECT(KN_E_INVALID, secret_key, "short", "key pair");
#undef EXPECT
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_known_key_comes_in_with_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_agents_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stranger_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failed_handshakes_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unread_monitor_stops_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_curve_nobody_comes_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_largest_frame_passes_and_one_more_byte_cuts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(many_parts_are_thrown_away_and_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_chosen_routing_id_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_socket_types_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gone_peer_is_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_peer_is_busy_and_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_control_door_is_for_the_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_masked_door_waits_while_the_other_goes_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_wakes_for_writers_and_descriptors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_may_be_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tap_runs_for_anybody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tap_has_room_for_so_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_self_test_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_self_test_sees_an_open_door, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_options_say_why, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
