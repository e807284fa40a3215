/** net.h - the hub's doors: every socket of the process, and nothing of what goes through them.
 *
 *     intake     ROUTER, CURVE    batches, rows, petitions, acts
 *     delivery   ROUTER, CURVE    streams, requests, acts
 *     control    ROUTER, ipc      runs the process; its user is always "control"
 *     tap        PUB, loopback    the public stream, for anybody; off unless configured
 *
 * One thread owns a net_t; net_wake alone may be called by others. A frame taken here comes from a
 * key that the ZAP handler let in (zap.h) and carries that agent's name; whether the agent may say
 * what it says is asked of acl.h for each frame.
 */
#ifndef KN_HUB_NET_H
#define KN_HUB_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/zap.h"

/** The largest frame that passes (65,536 less what CURVE adds). */
enum { NET_MAX_FRAME = 65503 };

/** The user of every frame of the control door. No agent may have this name. */
#define NET_CONTROL_USER "control"

typedef struct net net_t;

enum net_door { NET_INTAKE, NET_DELIVERY, NET_CONTROL, NET_N_DOORS };

struct net_options {
    const char *intake;     /**< tcp endpoint; port * takes a free one */
    const char *delivery;   /**< tcp endpoint */
    const char *control;    /**< path of the local socket, or ipc://PATH */
    const char *tap;        /**< tcp endpoint; NULL or "" for none */
    const char *secret_key; /**< Z85, of the hub */
    const char *public_key; /**< Z85, of the hub */
    int n_io_threads;       /**< 0 for one */
    int tap_connections;    /**< listeners of the tap at a time; 0 for 200 */
    int tap_hwm;            /**< frames kept for a slow listener of the tap; 0 for 1,000 */
};

/** Where an answer goes: one connection of a peer. Eight bytes without padding, unused ones zero,
 * so it may be compared and hashed as a whole. Valid until the connection ends, never written to a
 * log or sent to anybody. Frames of one peer must be checked against the user that said hello on
 * it. */
struct net_peer {
    uint8_t door;
    uint8_t id_size;
    uint8_t id[6];
};

/** One frame taken. BYTES lives in STORE: move with net_frame_move, end with net_frame_clear (both
 * may happen in another thread). A zeroed one is empty and may be cleared. */
struct net_frame {
    struct net_peer peer;
    char user[ZAP_USER_SIZE]; /**< the agent's name, never "" */
    char key[ZAP_KEY_SIZE];   /**< the key of this connection, "" at the control door */
    char address[64];         /**< the peer's address, "" when not known */
    const void *bytes;
    size_t size;
    size_t n_parts; /**< of a hostile message */
    bool is_held;
    _Alignas(void *) uint8_t store[64];
};

/** What went through since net_open. */
struct net_counts {
    uint64_t n_taken;
    uint64_t n_sent;
    uint64_t n_busy;      /**< not sent: the peer's buffer is full */
    uint64_t n_closed;    /**< not sent: the peer is gone */
    uint64_t n_multipart; /**< thrown away: not exactly one part */
    uint64_t n_chosen_id; /**< thrown away: the peer set a routing id */
    uint64_t n_nameless;  /**< thrown away: never passed the ZAP handler */
    uint64_t n_came;      /**< connections at the network doors */
    uint64_t n_ended;     /**< of these; a frame over the limit ends one, too */
    uint64_t n_tapped;
    uint64_t n_listeners;         /**< of the tap, now */
    uint64_t n_listeners_refused; /**< too many */
    struct zap_counts zap;
};

/** Binds everything, or nothing. DIRECTORY answers for keys, and its ARG outlives the net; its
 * `refused` is also told, within net_wait, of handshakes that failed before a key was asked for.
 * KN_E_INVALID for a wrong option, KN_E_IO when the system refuses; WHY says which endpoint and
 * why. */
int net_open(net_t **out, const struct net_options *options, const struct zap_directory *directory,
             char *why, size_t n_why);

/** Closes all. What was not sent yet is lost: nothing may depend on it. Accepts NULL. */
void net_close(net_t **net_p);

/** Proves on both network doors that a random key is refused and an admitted one let in. Call
 * before anything is taken. KN_E_DENIED, and WHY, when the doors do not do that: do not serve then.
 */
int net_self_test(net_t *net, char *why, size_t n_why);

/** The endpoint as bound, with the port that was found; "" for a tap that is off. */
const char *net_endpoint(const net_t *net, enum net_door door);
const char *net_tap_endpoint(const net_t *net);

/** Waits for a frame at a door that is not masked, for net_wake, or for a watched descriptor, at
 * most TIMEOUT_MS (-1: for ever). READY_DOORS has bit 1 << door; WOKEN tells of the other two. 0,
 * also when the time is over or a signal came; KN_E_CLOSED when the sockets are gone. */
int net_wait(net_t *net, int timeout_ms, unsigned *ready_doors, bool *woken);

/** Ends the running or the next net_wait. Any thread, also a signal handler. */
void net_wake(net_t *net);

/** The descriptor that net_wake writes to (an eventfd), for those who know only descriptors. */
int net_wake_fd(const net_t *net);

/** Lets net_wait watch FD too (a signalfd), which the caller reads when woken. */
void net_watch(net_t *net, int fd);

/** A masked door is not waited for: its peers feel the back-pressure, the other doors go on. */
void net_mask(net_t *net, enum net_door door, bool is_masked);

/** Takes one frame without waiting. KN_E_BUSY: nothing there. KN_E_INVALID: a peer sent what no
 * client of ours sends (many parts, a routing id of its own); it was thrown away, OUT tells of
 * whom, without bytes. */
int net_take(net_t *net, enum net_door door, struct net_frame *out);

void net_frame_move(struct net_frame *to, struct net_frame *from);
void net_frame_clear(struct net_frame *frame);

/** Sends one frame without waiting. KN_E_BUSY: the peer's buffer is full. KN_E_CLOSED: the
 * connection is gone. 0 is not a delivery: only the peer's own answer is. */
int net_send(net_t *net, const struct net_peer *peer, const void *bytes, size_t size);

/** Publishes one frame on the tap, if there is one. May be lost. */
int net_tap(net_t *net, const void *bytes, size_t size);

void net_get_counts(const net_t *net, struct net_counts *out);

#endif
