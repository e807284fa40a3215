/* net_monitor.c - reads the monitor of a door.
 *
 * libzmq's I/O thread tells by sending to a PAIR of ours. ACCEPTED and DISCONNECTED carry the
 * descriptor; SUCCEEDED and FAILED, which lie between them, carry none, and no event has the peer's
 * address. So the address is asked for when the connection comes, and a failure is told with the
 * end that follows it. Whoever is gone before we hear of it, as garbage is, has no address here;
 * who keeps a connection open has. (Where several I/O threads mix two failures the count stays
 * true, the address may be the neighbour's.)
 *
 * Some fail without an event: libzmq ends whoever does not even begin as ZMTP 2 without a word.
 * They are the ends of connections that no frame ever came from, less those that are accounted for:
 * keys that were refused, and peers that finished the handshake and then said nothing.
 *
 * Two rules keep it from standing still. The I/O thread's send waits when there is no room, so
 * there is room without end (high-water mark 0). And the same send waits for ever when nobody reads
 * any more, under a lock that stopping needs, so the monitor is stopped first, then the reader is
 * closed, then the door.
 *
 * What it cannot tell: a frame over the limit ends an established connection with the same event as
 * a peer that goes away (libzmq 4.3.4, stream_engine_base_t::error). It is among those that ended.
 */
#include "hub/net_monitor.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <zmq.h>

#include "kiennghi/status.h"

enum {
    FAILED = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
    EVENTS = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
             FAILED | ZMQ_EVENT_DISCONNECTED
};

/* One connection, by its descriptor. */
struct peer {
    char address[INET6_ADDRSTRLEN];
    bool is_silent; /* here, and no frame came from it */
};

struct net_monitor {
    void *door;
    void *reader;
    const struct zap_directory *directory;
    struct peer *peers;
    size_t n_peers;
    enum zap_verdict failed; /* ZAP_ADMITTED: nothing; else told with the end */
    long n_excused;          /* silent ones that are accounted for, whichever they are */
    uint64_t n_came, n_ended;
};

int net_monitor_open(net_monitor_t **out, void *context, void *door, const char *name,
                     const struct zap_directory *directory)
{
    const int endless = 0;
    net_monitor_t *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self)
        return KN_E_NOMEM;
    self->directory = directory;
    self->reader = zmq_socket(context, ZMQ_PAIR);
    if (!self->reader || zmq_setsockopt(self->reader, ZMQ_RCVHWM, &endless, sizeof endless) != 0 ||
        zmq_setsockopt(self->reader, ZMQ_LINGER, &endless, sizeof endless) != 0 ||
        zmq_socket_monitor(door, name, EVENTS) != 0) {
        net_monitor_close(&self);
        return KN_E_IO;
    }
    self->door = door;
    if (zmq_connect(self->reader, name) != 0) {
        net_monitor_close(&self);
        return KN_E_IO;
    }
    *out = self;
    return KN_OK;
}

void net_monitor_close(net_monitor_t **self_p)
{
    net_monitor_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->door)
        zmq_socket_monitor(self->door, NULL, 0);
    if (self->reader)
        zmq_close(self->reader);
    free(self->peers);
    free(self);
}

void *net_monitor_socket(const net_monitor_t *self)
{
    return self->reader;
}

/* Makes room for FD; false when there is no memory. */
static bool has_room(net_monitor_t *self, size_t fd)
{
    if (fd < self->n_peers)
        return true;
    size_t n = fd + fd / 2 + 16;
    struct peer *more = realloc(self->peers, n * sizeof *more);
    if (!more)
        return false;
    memset(more + self->n_peers, 0, (n - self->n_peers) * sizeof *more);
    self->peers = more;
    self->n_peers = n;
    return true;
}

/* Whose connection it is; "" when it is gone already. */
static void read_address(char out[INET6_ADDRSTRLEN], int fd)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    out[0] = '\0';
    if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0)
        return;
    if (peer.ss_family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, out, INET6_ADDRSTRLEN);
    else if (peer.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&peer)->sin6_addr, out, INET6_ADDRSTRLEN);
}

/* Tells of the failure that was noted, if there is one. */
static void tell(net_monitor_t *self, const char *address)
{
    if (self->failed != ZAP_ADMITTED && self->directory->refused)
        self->directory->refused(self->directory->arg, self->failed, address);
    self->failed = ZAP_ADMITTED;
}

static void take_end(net_monitor_t *self, uint32_t fd)
{
    struct peer *peer = fd < self->n_peers ? &self->peers[fd] : NULL;
    self->n_ended++;
    if (self->failed == ZAP_ADMITTED && peer && peer->is_silent) {
        if (self->n_excused > 0)
            self->n_excused--;
        else
            self->failed = ZAP_MALFORMED;
    }
    tell(self, peer ? peer->address : "");
    if (peer)
        *peer = (struct peer){0};
}

static void take_event(net_monitor_t *self, unsigned event, uint32_t value)
{
    switch (event) {
    case ZMQ_EVENT_ACCEPTED:
        self->n_came++;
        if (has_room(self, value)) {
            self->peers[value].is_silent = true;
            read_address(self->peers[value].address, (int)value);
        }
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: self->n_excused++; break;
    case ZMQ_EVENT_DISCONNECTED: take_end(self, value); break;
    default: /* which side sees two mechanisms first is chance: then it is malformed */
        tell(self, "");
        self->failed = event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL &&
                               value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
                           ? ZAP_WRONG_MECHANISM
                           : ZAP_MALFORMED;
        break;
    }
}

bool net_monitor_listens(const net_monitor_t *self)
{
    return self->n_excused > 0;
}

void net_monitor_hear(net_monitor_t *self, int fd)
{
    if (fd >= 0 && (size_t)fd < self->n_peers && self->peers[fd].is_silent) {
        self->peers[fd].is_silent = false;
        self->n_excused--;
    }
}

void net_monitor_take(net_monitor_t *self)
{
    uint8_t head[6];
    char address[8];
    while (zmq_recv(self->reader, head, sizeof head, ZMQ_DONTWAIT) == (int)sizeof head) {
        uint16_t event;
        uint32_t value;
        memcpy(&event, head, sizeof event);
        memcpy(&value, head + sizeof event, sizeof value);
        (void)zmq_recv(self->reader, address, sizeof address, 0); /* our own: not of use */
        take_event(self, event, value);
    }
}

void net_monitor_counts(const net_monitor_t *self, uint64_t *n_came, uint64_t *n_ended)
{
    *n_came += self->n_came;
    *n_ended += self->n_ended;
}
