/* control.c - one question to the hub's control socket. See the header. */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <czmq.h>

#include "kiennghi/status.h"

bool control_is_open(const char *path)
{
    struct stat stat_of;
    return stat(path, &stat_of) == 0 && S_ISSOCK(stat_of.st_mode) && access(path, R_OK | W_OK) == 0;
}

/* Whether somebody listens: ZeroMQ would wait for one. */
static int knock(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!control_is_open(path))
        return access(path, F_OK) == 0 ? KN_E_DENIED : KN_E_CLOSED;
    if ((size_t)snprintf(to.sun_path, sizeof to.sun_path, "%s", path) >= sizeof to.sun_path)
        return KN_E_DENIED;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return KN_E_IO;
    bool is_there = connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EAGAIN;
    close(fd);
    return is_there ? KN_OK : KN_E_CLOSED;
}

static int receive(struct kn_message **out, zsock_t *socket, struct kn_fault *fault)
{
    zframe_t *frame = zframe_recv(socket);
    if (!frame)
        return KN_E_TIMEOUT;
    int rc = kn_message_decode(out, zframe_data(frame), zframe_size(frame), fault);
    zframe_destroy(&frame);
    return rc;
}

int control_ask(struct kn_message **out, const char *path, enum kn_type type, const void *body,
                int timeout_ms, struct kn_fault *fault)
{
    int rc = KN_E_DENIED;
    zsock_t *socket = NULL;
    zframe_t *frame = NULL;
    uint8_t *bytes = malloc(KN_FRAME_MAX);
    *out = NULL;
    if (!bytes) {
        rc = KN_E_NOMEM;
        goto done;
    }
    const long size = kn_message_encode(bytes, KN_FRAME_MAX, type, body, fault);
    if (size < 0) {
        rc = (int)size;
        goto done;
    }
    rc = knock(path);
    if (rc != KN_OK)
        goto done;
    rc = KN_E_DENIED;
    setenv("ZSYS_SIGHANDLER", "false", 1); /* signals are not czmq's */
    socket = zsock_new(ZMQ_DEALER);
    if (!socket) {
        rc = KN_E_NOMEM;
        goto done;
    }
    zsock_set_linger(socket, 0);
    zsock_set_rcvtimeo(socket, timeout_ms);
    zsock_set_sndtimeo(socket, timeout_ms);
    if (zsock_connect(socket, "ipc://%s", path) != 0)
        goto done;
    frame = zframe_new(bytes, (size_t)size);
    rc = zframe_send(&frame, socket, 0) == 0 ? receive(out, socket, fault) : KN_E_TIMEOUT;
done:
    zframe_destroy(&frame);
    zsock_destroy(&socket);
    free(bytes);
    return rc;
}
