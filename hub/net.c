/* net.c - the hub's doors.
 *
 * The rules here were measured on libzmq 4.3.4; none is a matter of taste:
 *
 *   MAXMSGSIZE before bind      else anybody fills the memory before the handshake is over
 *   MANDATORY 1 and DONTWAIT    else a full or unknown peer means silent loss
 *   HANDOVER 0, no chosen ids   else one agent takes over another's connection
 *   option 93 and a ZAP domain  else a missing handler means that everybody is let in
 *   User-Id from the body       the routing id's frame has none after a poll
 *   exactly one part            parts are not counted by any limit of libzmq
 *   srand() from the kernel     routing ids start at rand(), and must not be guessed
 *   plain zmq_poll              zpoller starves the second socket, zloop ends on a signal
 *
 * czmq's zsys is not used: it takes the signals. Nothing here waits but net_wait, and net_self_test
 * at the start. The tap has a context of its own, so that the public can never use up what the hub
 * needs.
 */
#include "hub/net.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <zmq.h>

#include "hub/net_monitor.h"
#include "hub/tap.h"
#include "kiennghi/status.h"

enum {
    OPTION_ZAP_ENFORCE_DOMAIN = 93, /* ZMQ_ZAP_ENFORCE_DOMAIN: in the library, not in its header */
    MAX_MESSAGE = 65536,
    MAX_WATCHED = 4,
    AUTO_ID_SIZE = 5,
    SELF_TEST_MS = 5000,
};

static_assert(sizeof(struct net_peer) == 8, "a peer is compared as a whole");
static_assert(sizeof(zmq_msg_t) == 64, "net_frame.store must hold a zmq_msg_t");

struct door {
    void *socket;
    net_monitor_t *monitor; /* of a network door */
    bool is_masked;
    char endpoint[256];
};

struct net {
    void *context;
    zap_t *zap;
    struct zap_directory directory;
    struct door doors[NET_N_DOORS];
    tap_t *tap;
    int wake_fd;
    int watched[MAX_WATCHED];
    int n_watched;
    char public_key[ZAP_KEY_SIZE];
    struct net_counts counts;
};

struct option {
    int name;
    int value;
};

/* clang-format off */
static const struct option door_options[] = {
    {ZMQ_ROUTER_MANDATORY, 1},
    {ZMQ_ROUTER_HANDOVER, 0},
    {ZMQ_SNDHWM, 1024},
    {ZMQ_RCVHWM, 256},
    {ZMQ_HEARTBEAT_IVL, 5000},
    {ZMQ_HEARTBEAT_TIMEOUT, 15000},
    {ZMQ_HEARTBEAT_TTL, 15000},
    {ZMQ_HANDSHAKE_IVL, 5000},
    {ZMQ_BACKLOG, 1024},
    {ZMQ_LINGER, 0},
    {ZMQ_TCP_KEEPALIVE, 1},
    {ZMQ_TCP_KEEPALIVE_IDLE, 60},
    {ZMQ_TCP_KEEPALIVE_INTVL, 10},
    {ZMQ_TCP_KEEPALIVE_CNT, 3},
};
/* clang-format on */

/* ------------------------------------------------------------------------------- opening */

static int set_options(void *socket, const struct option *options, size_t n, int64_t max_message)
{
    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_message, sizeof max_message) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (zmq_setsockopt(socket, options[i].name, &options[i].value, sizeof(int)) != 0)
            return -1;
    return 0;
}

static int set_curve(void *socket, const struct net_options *options)
{
    const int yes = 1;
    const char domain[] = "kiennghi";
    if (zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, options->secret_key, ZAP_KEY_SIZE) != 0 ||
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) != 0 ||
        zmq_setsockopt(socket, OPTION_ZAP_ENFORCE_DOMAIN, &yes, sizeof yes) != 0)
        return -1;
    return 0;
}

/* Binds DOOR and notes where; an IPv6 address in brackets switches IPv6 on. */
static int bind_door(struct door *door, const char *endpoint, char *why, size_t n_why)
{
    const int ipv6 = strchr(endpoint, '[') != NULL;
    size_t size = sizeof door->endpoint;
    if (zmq_setsockopt(door->socket, ZMQ_IPV6, &ipv6, sizeof ipv6) != 0 ||
        zmq_bind(door->socket, endpoint) != 0 ||
        zmq_getsockopt(door->socket, ZMQ_LAST_ENDPOINT, door->endpoint, &size) != 0) {
        snprintf(why, n_why, "%s: %s", endpoint, zmq_strerror(errno));
        return KN_E_IO;
    }
    return KN_OK;
}

static int open_curve_door(net_t *net, enum net_door which, const char *endpoint,
                           const struct net_options *options, char *why, size_t n_why)
{
    struct door *door = &net->doors[which];
    if (!endpoint || strncmp(endpoint, "tcp://", 6) != 0) {
        snprintf(why, n_why, "%s: not a tcp:// endpoint", endpoint ? endpoint : "(none)");
        return KN_E_INVALID;
    }
    door->socket = zmq_socket(net->context, ZMQ_ROUTER);
    if (!door->socket ||
        set_options(door->socket, door_options, sizeof door_options / sizeof *door_options,
                    MAX_MESSAGE) != 0 ||
        set_curve(door->socket, options) != 0) {
        snprintf(why, n_why, "%s: %s", endpoint, zmq_strerror(errno));
        return KN_E_IO;
    }
    int rc = net_monitor_open(&door->monitor, net->context, door->socket,
                              which == NET_INTAKE ? "inproc://intake" : "inproc://delivery",
                              &net->directory);
    if (rc != KN_OK) {
        snprintf(why, n_why, "%s: it cannot be monitored: %s", endpoint, zmq_strerror(errno));
        return rc;
    }
    return bind_door(door, endpoint, why, n_why);
}

/* The control door knows its users by the rights of its file: owner only. */
static int open_control(net_t *net, const char *path, char *why, size_t n_why)
{
    struct door *door = &net->doors[NET_CONTROL];
    char endpoint[sizeof door->endpoint];
    if (path && strncmp(path, "ipc://", 6) == 0)
        path += 6;
    if (!path || !*path || strlen(path) >= sizeof((struct sockaddr_un *)0)->sun_path) {
        snprintf(why, n_why, "the control socket needs a path of at most %zu bytes",
                 sizeof((struct sockaddr_un *)0)->sun_path - 1);
        return KN_E_INVALID;
    }
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    door->socket = zmq_socket(net->context, ZMQ_ROUTER);
    if (!door->socket ||
        set_options(door->socket, door_options, sizeof door_options / sizeof *door_options,
                    MAX_MESSAGE) != 0) {
        snprintf(why, n_why, "%s: %s", endpoint, zmq_strerror(errno));
        return KN_E_IO;
    }
    const mode_t before = umask(0077);
    int rc = bind_door(door, endpoint, why, n_why);
    umask(before);
    return rc;
}

static int open_tap(net_t *net, const struct net_options *options, char *why, size_t n_why)
{
    if (!options->tap || !*options->tap)
        return KN_OK;
    return tap_open(&net->tap, options->tap, options->tap_hwm, options->tap_connections, why,
                    n_why);
}

static int check_keys(const struct net_options *options, char *why, size_t n_why)
{
    char derived[ZAP_KEY_SIZE];
    const char *secret = options->secret_key;
    if (!secret || strlen(secret) != ZAP_KEY_SIZE - 1 || zmq_curve_public(derived, secret) != 0 ||
        !options->public_key || strcmp(derived, options->public_key) != 0) {
        snprintf(why, n_why, "the hub's key pair is not one (40 characters Z85, public of secret)");
        return KN_E_INVALID;
    }
    return KN_OK;
}

/* Before any ROUTER is made. */
static int seed_ids(char *why, size_t n_why)
{
    unsigned seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        snprintf(why, n_why, "getrandom: %s", strerror(errno));
        return KN_E_IO;
    }
    srand(seed);
    return KN_OK;
}

static int open_context(net_t *net, const struct net_options *options, char *why, size_t n_why)
{
    const int n_io_threads = options->n_io_threads ? options->n_io_threads : 1;
    net->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    net->context = zmq_ctx_new();
    if (net->wake_fd < 0 || !net->context ||
        zmq_ctx_set(net->context, ZMQ_IO_THREADS, n_io_threads) != 0) {
        snprintf(why, n_why, "no ZeroMQ context: %s", zmq_strerror(errno));
        return KN_E_IO;
    }
    return KN_OK;
}

int net_open(net_t **out, const struct net_options *options, const struct zap_directory *directory,
             char *why, size_t n_why)
{
    assert(out && options && directory && why && n_why > 0);
    *out = NULL;
    *why = '\0';
    net_t *net = calloc(1, sizeof *net);
    if (!net)
        return KN_E_NOMEM;
    net->wake_fd = -1;
    net->directory = *directory;

    int rc = check_keys(options, why, n_why);
    if (rc == KN_OK)
        rc = open_context(net, options, why, n_why);
    if (rc == KN_OK)
        rc = zap_start(&net->zap, net->context, directory, why, n_why);
    if (rc == KN_OK)
        rc = seed_ids(why, n_why);
    if (rc == KN_OK)
        rc = open_curve_door(net, NET_INTAKE, options->intake, options, why, n_why);
    if (rc == KN_OK)
        rc = open_curve_door(net, NET_DELIVERY, options->delivery, options, why, n_why);
    if (rc == KN_OK)
        rc = open_control(net, options->control, why, n_why);
    if (rc == KN_OK)
        rc = open_tap(net, options, why, n_why);
    if (rc != KN_OK) {
        net_close(&net);
        return rc;
    }
    memcpy(net->public_key, options->public_key, ZAP_KEY_SIZE);
    *out = net;
    return KN_OK;
}

void net_close(net_t **net_p)
{
    net_t *net = *net_p;
    *net_p = NULL;
    if (!net)
        return;
    for (int i = 0; i < NET_N_DOORS; i++) {
        net_monitor_close(&net->doors[i].monitor);
        if (net->doors[i].socket)
            zmq_close(net->doors[i].socket);
    }
    tap_close(&net->tap);
    zap_stop(&net->zap);
    if (net->context)
        zmq_ctx_term(net->context);
    if (net->wake_fd >= 0)
        close(net->wake_fd);
    free(net);
}

const char *net_endpoint(const net_t *net, enum net_door door)
{
    assert(door < NET_N_DOORS);
    return net->doors[door].endpoint;
}

const char *net_tap_endpoint(const net_t *net)
{
    return net->tap ? tap_endpoint(net->tap) : "";
}

/* ----------------------------------------------------------------------------- self-test */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The next event of a socket's monitor; 0 when none comes in time. */
static unsigned next_event(void *monitor, int64_t until_ms)
{
    const int64_t left_ms = until_ms - now_ms();
    zmq_pollitem_t item = {.socket = monitor, .events = ZMQ_POLLIN};
    uint16_t event = 0;
    uint8_t head[6];
    if (left_ms <= 0 || zmq_poll(&item, 1, (long)left_ms) <= 0)
        return 0;
    if (zmq_recv(monitor, head, sizeof head, 0) == (int)sizeof head)
        memcpy(&event, head, sizeof event);
    (void)zmq_recv(monitor, head, 0, 0); /* the address */
    return event;
}

/* How a handshake with this key at ENDPOINT ends: a ZMQ_EVENT_HANDSHAKE_*, or 0 for no end. */
static unsigned shake_hands(const char *endpoint, const char *server_key, const char *public_key,
                            const char *secret_key)
{
    const unsigned ends = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                          ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                          ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
    const int none = 0;
    const int ipv6 = strchr(endpoint, '[') != NULL;
    unsigned event = 0;
    void *context = zmq_ctx_new();
    void *client = context ? zmq_socket(context, ZMQ_DEALER) : NULL;
    void *monitor = context ? zmq_socket(context, ZMQ_PAIR) : NULL;
    if (!client || !monitor || zmq_setsockopt(client, ZMQ_LINGER, &none, sizeof none) ||
        zmq_setsockopt(client, ZMQ_IPV6, &ipv6, sizeof ipv6) ||
        zmq_setsockopt(client, ZMQ_CURVE_SERVERKEY, server_key, ZAP_KEY_SIZE) ||
        zmq_setsockopt(client, ZMQ_CURVE_PUBLICKEY, public_key, ZAP_KEY_SIZE) ||
        zmq_setsockopt(client, ZMQ_CURVE_SECRETKEY, secret_key, ZAP_KEY_SIZE) ||
        zmq_socket_monitor(client, "inproc://handshake", (int)ends) ||
        zmq_connect(monitor, "inproc://handshake") || zmq_connect(client, endpoint))
        goto done;
    event = next_event(monitor, now_ms() + SELF_TEST_MS);
done:
    if (client)
        zmq_close(client);
    if (monitor)
        zmq_close(monitor);
    if (context)
        zmq_ctx_term(context);
    return event;
}

int net_self_test(net_t *net, char *why, size_t n_why)
{
    for (int door = NET_INTAKE; door <= NET_DELIVERY; door++) {
        const char *endpoint = net->doors[door].endpoint;
        char public_key[ZAP_KEY_SIZE], secret_key[ZAP_KEY_SIZE];
        if (zmq_curve_keypair(public_key, secret_key) != 0) {
            snprintf(why, n_why, "libzmq was built without CURVE");
            return KN_E_DENIED;
        }
        zap_set_guest(net->zap, public_key, ""); /* not one of the strangers that are counted */
        if (shake_hands(endpoint, net->public_key, public_key, secret_key) !=
            ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
            snprintf(why, n_why, "%s: a random key was not refused", endpoint);
            return KN_E_DENIED;
        }
        zap_set_guest(net->zap, public_key, "self-test");
        const unsigned event = shake_hands(endpoint, net->public_key, public_key, secret_key);
        zap_set_guest(net->zap, NULL, NULL);
        if (event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            snprintf(why, n_why, "%s: an admitted key was not let in", endpoint);
            return KN_E_DENIED;
        }
    }
    return KN_OK;
}

/* ------------------------------------------------------------------------------- waiting */

void net_wake(net_t *net)
{
    eventfd_write(net->wake_fd, 1);
}

int net_wake_fd(const net_t *net)
{
    return net->wake_fd;
}

void net_watch(net_t *net, int fd)
{
    assert(net->n_watched < MAX_WATCHED);
    net->watched[net->n_watched++] = fd;
}

void net_mask(net_t *net, enum net_door door, bool is_masked)
{
    assert(door < NET_N_DOORS);
    net->doors[door].is_masked = is_masked;
}

int net_wait(net_t *net, int timeout_ms, unsigned *ready_doors, bool *woken)
{
    zmq_pollitem_t items[2 * NET_N_DOORS + 1 + MAX_WATCHED + TAP_N_SOCKETS];
    enum net_door which[NET_N_DOORS];
    int n_doors = 0, n = 0;
    *ready_doors = 0;
    *woken = false;

    for (int i = 0; i < NET_N_DOORS; i++) {
        if (net->doors[i].is_masked)
            continue;
        which[n_doors++] = (enum net_door)i;
        items[n++] = (zmq_pollitem_t){.socket = net->doors[i].socket, .events = ZMQ_POLLIN};
    }
    items[n++] = (zmq_pollitem_t){.fd = net->wake_fd, .events = ZMQ_POLLIN};
    for (int i = 0; i < net->n_watched; i++)
        items[n++] = (zmq_pollitem_t){.fd = net->watched[i], .events = ZMQ_POLLIN};

    const int n_ours = n;
    for (int i = 0; i < NET_N_DOORS; i++)
        if (net->doors[i].monitor)
            items[n++] = (zmq_pollitem_t){.socket = net_monitor_socket(net->doors[i].monitor),
                                          .events = ZMQ_POLLIN};
    void *taps[TAP_N_SOCKETS];
    if (net->tap) {
        tap_sockets(net->tap, taps);
        for (int i = 0; i < TAP_N_SOCKETS; i++)
            items[n++] = (zmq_pollitem_t){.socket = taps[i], .events = ZMQ_POLLIN};
    }

    if (zmq_poll(items, n, timeout_ms) < 0)
        return errno == EINTR ? KN_OK : KN_E_CLOSED;
    for (int i = 0; i < n_doors; i++)
        if (items[i].revents)
            *ready_doors |= 1u << which[i];
    if (items[n_doors].revents) {
        eventfd_t ignored;
        eventfd_read(net->wake_fd, &ignored);
    }
    for (int i = n_doors; i < n_ours; i++)
        if (items[i].revents)
            *woken = true;
    for (int i = 0; i < NET_N_DOORS; i++)
        if (net->doors[i].monitor)
            net_monitor_take(net->doors[i].monitor);
    if (net->tap)
        tap_serve(net->tap);
    return KN_OK;
}

/* -------------------------------------------------------------------------------- taking */

static zmq_msg_t *message_of(struct net_frame *frame)
{
    return (zmq_msg_t *)(void *)frame->store;
}

/* The name of the sender, "" for one who never passed the ZAP handler. */
static void read_names(struct net_frame *frame, enum net_door door, zmq_msg_t *body)
{
    const char *user = door == NET_CONTROL ? NET_CONTROL_USER : zmq_msg_gets(body, "User-Id");
    const char *address = zmq_msg_gets(body, "Peer-Address");
    const char *key = zmq_msg_gets(body, ZAP_KEY_PROPERTY);
    snprintf(frame->user, sizeof frame->user, "%s", user ? user : "");
    snprintf(frame->key, sizeof frame->key, "%s", key ? key : "");
    snprintf(frame->address, sizeof frame->address, "%s", address ? address : "");
}

/* Throws the rest of a message away and says how many parts that were. */
static size_t drain(void *socket)
{
    size_t n_parts = 0;
    int more = 1;
    while (more) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0) {
            more = zmq_msg_more(&part);
            n_parts++;
        } else {
            more = 0;
        }
        zmq_msg_close(&part);
    }
    return n_parts;
}

/* Reads one message of DOOR into OUT: routing id, body, and whatever does not belong there. */
static int take_message(net_t *net, enum net_door door, struct net_frame *out)
{
    void *socket = net->doors[door].socket;
    zmq_msg_t id;
    zmq_msg_init(&id);
    int rc = zmq_msg_recv(&id, socket, ZMQ_DONTWAIT);
    if (rc < 0) {
        zmq_msg_close(&id);
        return errno == EAGAIN || errno == EINTR ? KN_E_BUSY : KN_E_CLOSED;
    }
    const uint8_t *id_bytes = zmq_msg_data(&id);
    const bool is_auto = zmq_msg_size(&id) == AUTO_ID_SIZE && id_bytes[0] == 0;
    out->peer.door = (uint8_t)door;
    if (is_auto) {
        out->peer.id_size = AUTO_ID_SIZE;
        memcpy(out->peer.id, id_bytes, AUTO_ID_SIZE);
    }
    const bool has_body = zmq_msg_more(&id);
    zmq_msg_close(&id);

    zmq_msg_t *body = message_of(out);
    zmq_msg_init(body);
    out->is_held = true;
    if (has_body && zmq_msg_recv(body, socket, ZMQ_DONTWAIT) >= 0) {
        out->n_parts = 1;
        read_names(out, door, body);
        if (net->doors[door].monitor && net_monitor_listens(net->doors[door].monitor))
            net_monitor_hear(net->doors[door].monitor, zmq_msg_get(body, ZMQ_SRCFD));
        if (zmq_msg_more(body))
            out->n_parts += drain(socket);
    }
    if (!is_auto)
        net->counts.n_chosen_id++;
    if (out->n_parts != 1)
        net->counts.n_multipart++;
    return is_auto && out->n_parts == 1 ? KN_OK : KN_E_INVALID;
}

int net_take(net_t *net, enum net_door door, struct net_frame *out)
{
    assert(door < NET_N_DOORS);
    for (;;) {
        *out = (struct net_frame){.peer.door = (uint8_t)door};
        int rc = take_message(net, door, out);
        if (rc != KN_OK && out->is_held) {
            zmq_msg_close(message_of(out));
            out->is_held = false;
        }
        if (rc == KN_E_BUSY || rc == KN_E_CLOSED)
            return rc;
        if (out->user[0] == '\0') {
            net->counts.n_nameless++;
            net_frame_clear(out);
            continue;
        }
        if (rc == KN_OK) {
            net->counts.n_taken++;
            out->bytes = zmq_msg_data(message_of(out));
            out->size = zmq_msg_size(message_of(out));
        }
        return rc;
    }
}

void net_frame_move(struct net_frame *to, struct net_frame *from)
{
    *to = *from;
    if (from->is_held) {
        zmq_msg_init(message_of(to));
        zmq_msg_move(message_of(to), message_of(from));
        zmq_msg_close(message_of(from));
        to->bytes = zmq_msg_data(message_of(to)); /* short ones lie in the message itself */
    }
    *from = (struct net_frame){0};
}

void net_frame_clear(struct net_frame *frame)
{
    if (frame->is_held)
        zmq_msg_close(message_of(frame));
    *frame = (struct net_frame){0};
}

/* ------------------------------------------------------------------------------- sending */

int net_send(net_t *net, const struct net_peer *peer, const void *bytes, size_t size)
{
    assert(peer->door < NET_N_DOORS && peer->id_size == AUTO_ID_SIZE);
    assert(size > 0 && size <= NET_MAX_FRAME);
    void *socket = net->doors[peer->door].socket;
    if (zmq_send(socket, peer->id, peer->id_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        if (errno == EAGAIN) {
            net->counts.n_busy++;
            return KN_E_BUSY;
        }
        net->counts.n_closed++;
        return KN_E_CLOSED;
    }
    if (zmq_send(socket, bytes, size, ZMQ_DONTWAIT) < 0) {
        net->counts.n_closed++;
        return KN_E_CLOSED;
    }
    net->counts.n_sent++;
    return KN_OK;
}

int net_tap(net_t *net, const void *bytes, size_t size)
{
    if (!net->tap)
        return KN_OK;
    int rc = tap_publish(net->tap, bytes, size);
    if (rc != KN_OK)
        return rc;
    net->counts.n_tapped++;
    return KN_OK;
}

void net_get_counts(const net_t *net, struct net_counts *out)
{
    *out = net->counts;
    zap_get_counts(net->zap, &out->zap);
    for (int i = 0; i < NET_N_DOORS; i++)
        if (net->doors[i].monitor)
            net_monitor_counts(net->doors[i].monitor, &out->n_came, &out->n_ended);
    if (net->tap)
        out->n_listeners = (uint64_t)tap_count(net->tap, &out->n_listeners_refused);
}
