/* zap.c - who is let in.
 *
 * libzmq asks a handler on inproc://zeromq.zap.01, one request for each handshake (RFC 27):
 *
 *     request   version, request id, domain, address, routing id, mechanism, credentials (the key)
 *     answer    version, request id, status, text, User-Id, metadata
 *
 * Why not czmq's zauth: it reads the certificate folder again at each handshake, names peers by key
 * and is not robust to hostile metadata. This handler knows CURVE alone and one question: is
 * the key known? It fails closed: whatever is not a well-formed request of a known key gets 400.
 * (300 would let the peer's library try for ever; 500 says that we are broken.) A request is always
 * answered, since libzmq keeps the handshake waiting for it; it is never trusted to be
 * well-formed.
 *
 * The thread is a loop over one REP socket and one eventfd that ends it. It keeps nothing but
 * counters, and it takes no signal.
 */
#include "hub/zap.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <zmq.h>

#include "kiennghi/status.h"

enum { CURVE_KEY_SIZE = 32, MAX_ID_SIZE = 64, N_REQUEST_FRAMES = 7, N_ANSWER_FRAMES = 6 };
enum frame { VERSION, REQUEST_ID, DOMAIN_NAME, ADDRESS, ROUTING_ID, MECHANISM, CREDENTIALS };

struct zap {
    struct zap_directory directory;
    void *socket;
    int stop_fd;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the guest */
    char guest_key[ZAP_KEY_SIZE];
    char guest_user[ZAP_USER_SIZE];
    atomic_uint_fast64_t n_verdicts[ZAP_N_VERDICTS];
};

struct request {
    char id[MAX_ID_SIZE];
    size_t id_size;
    char mechanism[16];
    uint8_t key[CURVE_KEY_SIZE];
    char address[64];
    bool is_well_formed;
};

/* clang-format off */
static const char *const verdict_texts[ZAP_N_VERDICTS] = {
    [ZAP_ADMITTED] = "OK",
    [ZAP_UNKNOWN_KEY] = "unknown key",
    [ZAP_WRONG_MECHANISM] = "CURVE only",
    [ZAP_MALFORMED] = "malformed",
};
/* clang-format on */

/* Copies one frame of a request to its place; false when it does not fit the request. */
static bool put_frame(struct request *request, int i, const void *data, size_t size)
{
    switch (i) {
    case VERSION: return size == 3 && memcmp(data, "1.0", 3) == 0;
    case REQUEST_ID:
        if (size > sizeof request->id)
            return false;
        memcpy(request->id, data, size);
        request->id_size = size;
        return true;
    case ADDRESS:
        if (size < sizeof request->address && !memchr(data, '\0', size))
            memcpy(request->address, data, size);
        return true;
    case MECHANISM:
        if (size >= sizeof request->mechanism || memchr(data, '\0', size))
            return false;
        memcpy(request->mechanism, data, size);
        return true;
    case CREDENTIALS:
        if (size > sizeof request->key)
            return false;
        memcpy(request->key, data, size);
        return size == sizeof request->key || strcmp(request->mechanism, "CURVE") != 0;
    default: return i < N_REQUEST_FRAMES; /* domain, routing id: not used */
    }
}

/* Reads one whole request, however it looks. False when there is none. */
static bool take(struct request *request, void *socket)
{
    *request = (struct request){.is_well_formed = true};
    int n_frames = 0;
    int more = 1;
    while (more) {
        zmq_msg_t frame;
        int rc = zmq_msg_init(&frame);
        assert(rc == 0);
        rc = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT);
        if (rc >= 0) {
            if (!put_frame(request, n_frames, zmq_msg_data(&frame), zmq_msg_size(&frame)))
                request->is_well_formed = false;
            if (n_frames < N_REQUEST_FRAMES)
                n_frames++;
            more = zmq_msg_more(&frame);
        }
        zmq_msg_close(&frame);
        if (rc < 0)
            return false;
    }
    if (n_frames < N_REQUEST_FRAMES && strcmp(request->mechanism, "NULL") != 0)
        request->is_well_formed = false;
    return true;
}

/* KEY gets the peer's key, USER its name; IS_COUNTED is false for the self-test's stranger. */
static enum zap_verdict judge(struct zap *zap, const struct request *request,
                              char key[ZAP_KEY_SIZE], char user[ZAP_USER_SIZE], bool *is_counted)
{
    user[0] = key[0] = '\0';
    *is_counted = true;
    if (!request->is_well_formed)
        return ZAP_MALFORMED;
    if (strcmp(request->mechanism, "CURVE") != 0)
        return ZAP_WRONG_MECHANISM;
    const char *encoded = zmq_z85_encode(key, request->key, CURVE_KEY_SIZE);
    assert(encoded);

    pthread_mutex_lock(&zap->lock);
    bool is_guest = zap->guest_key[0] && strcmp(zap->guest_key, key) == 0;
    if (is_guest)
        memcpy(user, zap->guest_user, ZAP_USER_SIZE);
    pthread_mutex_unlock(&zap->lock);
    *is_counted = !is_guest || user[0];
    if (is_guest && user[0])
        return ZAP_ADMITTED;

    if (!zap->directory.known(zap->directory.arg, key, user))
        return ZAP_UNKNOWN_KEY;
    /* A connection without a name would look like one that never passed here. */
    assert(user[0] != '\0' && memchr(user, '\0', ZAP_USER_SIZE));
    return ZAP_ADMITTED;
}

/* The key as a property of ZMTP: length and name, length (4 bytes) and value. */
static size_t put_property(uint8_t out[64], const char *key)
{
    const size_t n_name = strlen(ZAP_KEY_PROPERTY), n_key = strlen(key);
    uint8_t *to = out;
    *to++ = (uint8_t)n_name;
    memcpy(to, ZAP_KEY_PROPERTY, n_name);
    to += n_name;
    memset(to, 0, 3);
    to[3] = (uint8_t)n_key;
    memcpy(to + 4, key, n_key);
    return n_key ? 1 + n_name + 4 + n_key : 0;
}

static void answer(void *socket, const struct request *request, enum zap_verdict verdict,
                   const char *key, const char *user)
{
    uint8_t property[64];
    const char *status = verdict == ZAP_ADMITTED ? "200" : "400";
    const char *text = verdict_texts[verdict];
    const struct {
        const char *data;
        size_t size;
    } frames[N_ANSWER_FRAMES] = {
        {"1.0", 3},           {request->id, request->id_size},
        {status, 3},          {text, strlen(text)},
        {user, strlen(user)}, {(const char *)property, put_property(property, key)},
    };
    for (int i = 0; i < N_ANSWER_FRAMES; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < N_ANSWER_FRAMES ? ZMQ_SNDMORE : 0);
        if (zmq_send(socket, frames[i].data, frames[i].size, flags) < 0)
            return; /* the peer went away */
    }
}

static void *run(void *arg)
{
    struct zap *zap = arg;
    for (;;) {
        zmq_pollitem_t items[] = {
            {.socket = zap->socket, .events = ZMQ_POLLIN},
            {.fd = zap->stop_fd, .events = ZMQ_POLLIN},
        };
        if (zmq_poll(items, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return NULL; /* the context was ended */
        }
        if (items[1].revents)
            return NULL;
        struct request request;
        while (take(&request, zap->socket)) {
            char user[ZAP_USER_SIZE], key[ZAP_KEY_SIZE];
            bool is_counted;
            enum zap_verdict verdict = judge(zap, &request, key, user, &is_counted);
            if (is_counted)
                atomic_fetch_add(&zap->n_verdicts[verdict], 1);
            if (is_counted && verdict != ZAP_ADMITTED && zap->directory.refused)
                zap->directory.refused(zap->directory.arg, verdict, request.address);
            answer(zap->socket, &request, verdict, verdict == ZAP_ADMITTED ? key : "", user);
        }
    }
}

static int start_thread(struct zap *zap)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&zap->thread, NULL, run, zap);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

int zap_start(zap_t **out, void *context, const struct zap_directory *directory, char *why,
              size_t n_why)
{
    assert(out && context && directory && directory->known);
    *out = NULL;
    struct zap *zap = calloc(1, sizeof *zap);
    if (!zap)
        return KN_E_NOMEM;
    int rc = KN_E_IO;
    int linger_ms = 0;
    zap->directory = *directory;
    zap->stop_fd = -1;
    pthread_mutex_init(&zap->lock, NULL);

    zap->socket = zmq_socket(context, ZMQ_REP);
    if (!zap->socket || zmq_setsockopt(zap->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms) ||
        zmq_bind(zap->socket, "inproc://zeromq.zap.01")) {
        snprintf(why, n_why, "the ZAP handler cannot be bound: %s", zmq_strerror(errno));
        goto done;
    }
    zap->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (zap->stop_fd < 0) {
        snprintf(why, n_why, "eventfd: %s", strerror(errno));
        goto done;
    }
    int error = start_thread(zap);
    if (error) {
        snprintf(why, n_why, "the ZAP thread cannot be started: %s", strerror(error));
        goto done;
    }
    *out = zap;
    zap = NULL;
    rc = KN_OK;
done:
    if (zap) {
        if (zap->socket)
            zmq_close(zap->socket);
        if (zap->stop_fd >= 0)
            close(zap->stop_fd);
        pthread_mutex_destroy(&zap->lock);
        free(zap);
    }
    return rc;
}

void zap_stop(zap_t **zap_p)
{
    struct zap *zap = *zap_p;
    *zap_p = NULL;
    if (!zap)
        return;
    eventfd_write(zap->stop_fd, 1);
    pthread_join(zap->thread, NULL);
    zmq_close(zap->socket);
    close(zap->stop_fd);
    pthread_mutex_destroy(&zap->lock);
    free(zap);
}

void zap_set_guest(zap_t *zap, const char *z85_key, const char *user)
{
    assert(!z85_key || (strlen(z85_key) == ZAP_KEY_SIZE - 1 && user));
    pthread_mutex_lock(&zap->lock);
    snprintf(zap->guest_key, sizeof zap->guest_key, "%s", z85_key ? z85_key : "");
    snprintf(zap->guest_user, sizeof zap->guest_user, "%s", z85_key ? user : "");
    pthread_mutex_unlock(&zap->lock);
}

void zap_get_counts(zap_t *zap, struct zap_counts *out)
{
    *out = (struct zap_counts){
        .n_admitted = atomic_load(&zap->n_verdicts[ZAP_ADMITTED]),
        .n_unknown_key = atomic_load(&zap->n_verdicts[ZAP_UNKNOWN_KEY]),
        .n_wrong_mechanism = atomic_load(&zap->n_verdicts[ZAP_WRONG_MECHANISM]),
        .n_malformed = atomic_load(&zap->n_verdicts[ZAP_MALFORMED]),
    };
}
