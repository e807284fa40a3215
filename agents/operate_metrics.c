/* operate_metrics.c - the hub's figures for Prometheus: once, as a file, or to be scraped.
 *
 *     kiennghi metrics                           prints them
 *     kiennghi metrics --write FILE.prom         a whole file or none: node_exporter's textfile
 * collector kiennghi metrics --listen 127.0.0.1:9464   GET /metrics, until it is stopped: a scrape
 * is a question to the hub, 503 when it does not answer
 *
 * What is not known is not shown: when the hub does not answer, FILE is taken away, so that nobody
 * takes old figures for new ones.
 */
#include "agents/listen.h"
#include "agents/operate.h"
#include "agents/tool.h"

#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    CONNECTIONS = 16,
    SECONDS = 10,       /* a connection may be silent */
    MEMORY = 16 * 1024, /* of one connection: bounds a request */
    TURN_MS = 500       /* how soon a signal is seen */
};

/* *OUT holds the figures on KN_OK. */
static int ask(kn_agent_t *agent, struct kn_message **out)
{
    struct kn_metrics_get body = {.request = 1};
    return tool_ask(agent, out, KN_TYPE_METRICS_GET, &body, KN_TYPE_METRICS_VIEW);
}

static const char *text_of(const struct kn_message *answer)
{
    return ((const struct kn_metrics_view *)answer->body)->text;
}

/* ---- a file ------------------------------------------------------------------------------------
 */

static int write_file(kn_agent_t *agent, const char *path, const char *text)
{
    char fresh[PATH_MAX];
    size_t size = strlen(text);
    if ((size_t)snprintf(fresh, sizeof fresh, "%s.%ld.new", path, (long)getpid()) >= sizeof fresh) {
        return tool_fail(agent, KN_CODE_TOO_LONG, path, "--write");
    }
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = fd >= 0 && write(fd, text, size) == (ssize_t)size;
    good = (fd < 0 || close(fd) == 0) && good;
    if (!good || rename(fresh, path) != 0) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
        unlink(fresh);
        return KN_E_IO;
    }
    return KN_OK;
}

/* ---- to be scraped -----------------------------------------------------------------------------
 */

static enum MHD_Result answer(void *arg, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body,
                              size_t *body_size, void **state)
{
    static const char seen[] = "", no_hub[] = "the hub does not answer\n",
                      elsewhere[] = "see /metrics\n";
    kn_agent_t *agent = arg;
    struct kn_message *figures = NULL;
    struct MHD_Response *response;
    unsigned status = MHD_HTTP_OK;
    (void)version;
    (void)body;
    if (!*state) {
        *state = (void *)(uintptr_t)seen; /* the head alone is here */
        return MHD_YES;
    }
    if ((strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) ||
        *body_size > 0) {
        *body_size = 0;
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
    } else if (strcmp(url, "/metrics") != 0) {
        status = MHD_HTTP_NOT_FOUND;
    } else if (ask(agent, &figures) != KN_OK) {
        status = MHD_HTTP_SERVICE_UNAVAILABLE;
    }
    const char *text = figures                                  ? text_of(figures)
                       : status == MHD_HTTP_SERVICE_UNAVAILABLE ? no_hub
                                                                : elsewhere;
    response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
                                               MHD_RESPMEM_MUST_COPY);
    kn_message_destroy(&figures);
    if (!response) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                  "text/plain; version=0.0.4; charset=utf-8");
    enum MHD_Result rc = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return rc;
}

static int serve(kn_agent_t *agent, const char *where)
{
    struct sockaddr_in address;
    if (!listen_read(&address, where)) {
        return tool_fail(agent, KN_CODE_INVALID, where,
                         TR("--listen có dạng 127.0.0.1:9464", "--listen wants 127.0.0.1:9464"));
    }
    errno = 0;
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, agent, MHD_OPTION_SOCK_ADDR,
                         (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_END);
    if (!daemon) {
        return tool_fail(agent, KN_CODE_INVALID, where, strerror(errno));
    }
    kn_agent_log(agent, "http://%s/metrics", where);
    while (!kn_agent_is_stopping(agent)) {
        (void)MHD_run_wait(daemon, TURN_MS);
    }
    MHD_stop_daemon(daemon);
    return KN_OK;
}

int operate_metrics(kn_agent_t *agent, int argc, char **argv)
{
    const char *where = kn_agent_text(agent, "listen"), *path = kn_agent_text(agent, "write");
    struct kn_message *figures = NULL;
    (void)argc;
    (void)argv;
    if (where) {
        return serve(agent, where);
    }
    int rc = ask(agent, &figures);
    if (rc == KN_OK && path) {
        rc = write_file(agent, path, text_of(figures));
    } else if (rc == KN_OK) {
        fputs(text_of(figures), stdout);
    } else if (path) {
        unlink(path);
    }
    kn_message_destroy(&figures);
    return rc;
}
