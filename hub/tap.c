/* tap.c - see the header. */
#include "hub/tap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "kiennghi/status.h"

enum {
    MAX_SUBSCRIPTION = 256, /* bytes of what a listener may send: its subscriptions */
    STANDARD_HWM = 1000,
    STANDARD_MAX = 200,
    PART = 256,
};

struct tap {
    void *context;
    void *socket;  /* PUB */
    void *gate;    /* REP: asked about each handshake */
    void *monitor; /* PAIR: told of each connection */
    int n, max;    /* connections now, at most */
    uint64_t n_refused;
    char endpoint[256];
};

/* clang-format off */
static const struct { int name, value; } options[] = {
    {ZMQ_RCVHWM, 16},
    {ZMQ_HEARTBEAT_IVL, 5000},
    {ZMQ_HEARTBEAT_TIMEOUT, 15000},
    {ZMQ_HANDSHAKE_IVL, 5000},
    {ZMQ_BACKLOG, 16},
    {ZMQ_LINGER, 0},
};
/* clang-format on */

static bool set_options(tap_t *tap, int hwm)
{
    const int64_t max_size = MAX_SUBSCRIPTION;
    const char domain[] = "tap";
    bool good = zmq_setsockopt(tap->socket, ZMQ_MAXMSGSIZE, &max_size, sizeof max_size) == 0 &&
                zmq_setsockopt(tap->socket, ZMQ_SNDHWM, &hwm, sizeof hwm) == 0 &&
                zmq_setsockopt(tap->socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) == 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        good = good &&
               zmq_setsockopt(tap->socket, options[i].name, &options[i].value, sizeof(int)) == 0;
    return good;
}

static bool bind_all(tap_t *tap, const char *endpoint)
{
    const int ipv6 = strchr(endpoint, '[') != NULL;
    size_t size = sizeof tap->endpoint;
    return zmq_bind(tap->gate, "inproc://zeromq.zap.01") == 0 &&
           zmq_socket_monitor(tap->socket, "inproc://tap",
                              ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) == 0 &&
           zmq_connect(tap->monitor, "inproc://tap") == 0 &&
           zmq_setsockopt(tap->socket, ZMQ_IPV6, &ipv6, sizeof ipv6) == 0 &&
           zmq_bind(tap->socket, endpoint) == 0 &&
           zmq_getsockopt(tap->socket, ZMQ_LAST_ENDPOINT, tap->endpoint, &size) == 0;
}

int tap_open(tap_t **out, const char *endpoint, int hwm, int max, char *why, size_t n_why)
{
    const int none = 0;
    tap_t *tap = calloc(1, sizeof *tap);
    *out = NULL;
    if (!tap)
        return KN_E_NOMEM;
    tap->max = max ? max : STANDARD_MAX;
    tap->context = zmq_ctx_new();
    tap->socket = tap->context ? zmq_socket(tap->context, ZMQ_PUB) : NULL;
    tap->gate = tap->context ? zmq_socket(tap->context, ZMQ_REP) : NULL;
    tap->monitor = tap->context ? zmq_socket(tap->context, ZMQ_PAIR) : NULL;
    if (!tap->socket || !tap->gate || !tap->monitor ||
        zmq_setsockopt(tap->gate, ZMQ_LINGER, &none, sizeof none) != 0 ||
        !set_options(tap, hwm ? hwm : STANDARD_HWM) || !bind_all(tap, endpoint)) {
        snprintf(why, n_why, "%s: %s", endpoint, zmq_strerror(errno));
        tap_close(&tap);
        return KN_E_IO;
    }
    *out = tap;
    return KN_OK;
}

/* The reader of the monitor goes behind the socket that writes to it. */
void tap_close(tap_t **tap_p)
{
    tap_t *tap = *tap_p;
    *tap_p = NULL;
    if (!tap)
        return;
    if (tap->socket) {
        zmq_socket_monitor(tap->socket, NULL, 0);
        zmq_close(tap->socket);
    }
    if (tap->monitor)
        zmq_close(tap->monitor);
    if (tap->gate)
        zmq_close(tap->gate);
    if (tap->context)
        zmq_ctx_term(tap->context);
    free(tap);
}

const char *tap_endpoint(const tap_t *tap)
{
    return tap->endpoint;
}

void tap_sockets(const tap_t *tap, void *out[TAP_N_SOCKETS])
{
    out[0] = tap->gate;
    out[1] = tap->monitor;
}

static void count(tap_t *tap)
{
    unsigned char event[6];
    char address[PART];
    while (zmq_recv(tap->monitor, event, sizeof event, ZMQ_DONTWAIT) == (int)sizeof event) {
        uint16_t id;
        memcpy(&id, event, sizeof id);
        (void)zmq_recv(tap->monitor, address, sizeof address, 0);
        tap->n += id == ZMQ_EVENT_ACCEPTED ? 1 : -1;
    }
}

/* Reads one request of the gate: version, request id, … False when there is none. */
static bool take_request(tap_t *tap, char id[PART], size_t *n_id)
{
    char part[PART];
    int more = 1;
    *n_id = 0;
    for (int i = 0; more; i++) {
        size_t size = sizeof more;
        int n = zmq_recv(tap->gate, i == 1 ? id : part, PART, i ? 0 : ZMQ_DONTWAIT);
        if (n < 0)
            return false;
        if (i == 1)
            *n_id = n < PART ? (size_t)n : 0;
        if (zmq_getsockopt(tap->gate, ZMQ_RCVMORE, &more, &size) != 0)
            return false;
    }
    return true;
}

void tap_serve(tap_t *tap)
{
    char id[PART];
    size_t n_id;
    count(tap);
    while (take_request(tap, id, &n_id)) {
        count(tap);
        const bool is_let_in = tap->n <= tap->max;
        const char *status = is_let_in ? "200" : "400";
        tap->n_refused += !is_let_in;
        zmq_send(tap->gate, "1.0", 3, ZMQ_SNDMORE);
        zmq_send(tap->gate, id, n_id, ZMQ_SNDMORE);
        zmq_send(tap->gate, status, 3, ZMQ_SNDMORE);
        zmq_send(tap->gate, "", 0, ZMQ_SNDMORE);
        zmq_send(tap->gate, "", 0, ZMQ_SNDMORE);
        zmq_send(tap->gate, "", 0, 0);
    }
}

int tap_publish(tap_t *tap, const void *bytes, size_t size)
{
    static const char topic[] = "public";
    tap_serve(tap);
    if (zmq_send(tap->socket, topic, strlen(topic), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
        zmq_send(tap->socket, bytes, size, ZMQ_DONTWAIT) < 0)
        return KN_E_CLOSED;
    return KN_OK;
}

int tap_count(const tap_t *tap, uint64_t *n_refused)
{
    *n_refused = tap->n_refused;
    return tap->n;
}
