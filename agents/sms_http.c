/* sms_http.c - the way in from an HTTP gateway such as Kannel: each request becomes a file.
 *
 *     GET /sms?secret=…&from=%p&to=%P&id=%I&charset=%C&udh=%u&time=%t&text=%b
 *
 * A message is written, in the form of gammu-smsd's inbox, into the watched folder and synced
 * before it is acknowledged (200), so both transports are one from there on. The file is named by
 * what the gateway calls the message; said twice, it is one. 403: the secret is wrong; 400: no
 * sender or text; 503: it cannot be written, the gateway tries again. Listens on addresses of this
 * machine only, a small number of connections, within the agent's own loop: no thread.
 */
#include "agents/listen.h"
#include "agents/sms.h"

#include "kiennghi/kiennghi.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS = 32,
    SECONDS = 10,         /* a connection may be silent */
    MEMORY = 64 * 1024,   /* of one connection: bounds a request */
    MAX_TEXT = 16 * 1024, /* bytes of a text as it comes */
    LINE = 200            /* hex digits of a line of the file */
};

struct sms_http {
    struct sms *sms;
    struct MHD_Daemon *daemon;
    char *secret;
    bool is_watched; /* by the agent's loop */
    char utf16[4 * MAX_TEXT];
};

struct argument {
    const char *at;
    size_t length;
};

static struct argument argument(struct MHD_Connection *connection, const char *name)
{
    struct argument found = {"", 0};
    if (MHD_lookup_connection_value_n(connection, MHD_GET_ARGUMENT_KIND, name, strlen(name),
                                      &found.at, &found.length) != MHD_YES ||
        !found.at) {
        found = (struct argument){"", 0};
    }
    return found;
}

/* Takes as long whatever is wrong with it. */
static bool is_secret(const struct sms_http *self, struct argument said)
{
    size_t n = strlen(self->secret);
    unsigned wrong = n != said.length;
    for (size_t i = 0; i < said.length; i++) {
        wrong |= (unsigned char)said.at[i] ^ (unsigned char)self->secret[i % n];
    }
    return wrong == 0;
}

/* ---- the file ------------------------------------------------------------------------------- */

/* TEXT of CHARSET as UTF-16BE; the number of bytes, -1 when it is not of that set. */
static long convert(char *out, size_t size, const char *charset, struct argument text)
{
    iconv_t cd = iconv_open("UTF-16BE", charset);
    char *from = (char *)(uintptr_t)text.at, *to = out;
    size_t n_from = text.length, n_to = size;
    if (cd == (iconv_t)-1) {
        return -1;
    }
    size_t rc = iconv(cd, &from, &n_from, &to, &n_to);
    iconv_close(cd);
    return rc == (size_t)-1 || n_from > 0 ? -1 : (long)(size - n_to);
}

/* The text by its charset; else by the first that it can be, and in doubt. */
static long decode(char *out, size_t size, struct argument charset, struct argument text,
                   bool *doubt)
{
    char name[40];
    (void)snprintf(name, sizeof name, "%.*s", (int)(charset.length < 39 ? charset.length : 39),
                   charset.at);
    long n = *name ? convert(out, size, name, text) : -1;
    *doubt = n < 0 && *name;
    n = n < 0 ? convert(out, size, "UTF-8", text) : n;
    *doubt = *doubt || n < 0;
    return n < 0 ? convert(out, size, "ISO-8859-1", text) : n;
}

static void put_hex(FILE *file, const char *key, const char *bytes, size_t n)
{
    fputs(key, file);
    for (size_t i = 0; i < n; i++) {
        fprintf(file, "%02X", (unsigned char)bytes[i]);
    }
    fputc('\n', file);
}

/* "2026-11-24 01:12:00" of UTC, as Kannel writes it, in the form of the inbox; else now. */
static void put_time(FILE *file, struct argument said)
{
    char text[32], form[32] = "";
    int64_t at;
    (void)snprintf(text, sizeof text, "%.*sZ", (int)(said.length < 30 ? said.length : 30), said.at);
    for (char *c = text; *c; c++) {
        *c = *c == ' ' ? 'T' : *c;
    }
    time_t now = read_time(&at, text) == KN_OK ? (time_t)(at / 1000) : (time_t)(sms_now() / 1000);
    struct tm tm;
    if (gmtime_r(&now, &tm)) {
        (void)strftime(form, sizeof form, "%Y%m%dT%H%M%SZ", &tm);
    }
    fprintf(file, "DateTime = %s\n", form);
}

/* A value of one line without what would end it. */
static void put_value(FILE *file, const char *key, struct argument value)
{
    fprintf(file, "%s = \"", key);
    for (size_t i = 0; i < value.length && i < 60; i++) {
        unsigned char c = (unsigned char)value.at[i];
        fputc(c < 0x20 || c == '"' || c == 0x7F ? '?' : c, file);
    }
    fputs("\"\n", file);
}

static bool write_message(FILE *file, struct MHD_Connection *connection, const char *utf16,
                          size_t n, bool doubt)
{
    struct argument udh = argument(connection, "udh"), id = argument(connection, "id");
    fputs("[SMSBackup000]\nPDU = Deliver\n", file);
    put_time(file, argument(connection, "time"));
    put_value(file, "Number", argument(connection, "from"));
    if (id.length > 0) {
        put_value(file, "Id", id);
    }
    if (udh.length > 0 && udh.length < 30) {
        put_hex(file, "UDH = ", udh.at, udh.length);
    }
    if (doubt) {
        fputs("Doubt = True\n", file);
    }
    for (size_t at = 0; at < n; at += LINE / 2) {
        put_hex(file, "Text00 = ", utf16 + at, n - at < LINE / 2 ? n - at : LINE / 2);
    }
    return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

/* Syncs the folder too: what was acknowledged is found after a power cut. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static unsigned take(struct sms_http *self, struct MHD_Connection *connection)
{
    char name[33], id[80], path[PATH_MAX], aside[PATH_MAX];
    struct argument from = argument(connection, "from"), text = argument(connection, "text");
    struct argument said_id = argument(connection, "id"), udh = argument(connection, "udh");
    const char *folder = kn_agent_text(self->sms->agent, "watch");
    bool doubt = false;
    if (from.length == 0 || text.length == 0 || text.length > MAX_TEXT) {
        return MHD_HTTP_BAD_REQUEST;
    }
    long n = decode(self->utf16, sizeof self->utf16, argument(connection, "charset"), text, &doubt);
    if (n <= 0) {
        return MHD_HTTP_BAD_REQUEST;
    }
    char *whole = malloc(text.length * 2 + udh.length * 2 + 1);
    if (!whole) {
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    }
    char *at = whole;
    for (size_t i = 0; i < text.length + udh.length; i++) {
        const char *byte = i < text.length ? &text.at[i] : &udh.at[i - text.length];
        at += sprintf(at, "%02x", (unsigned char)*byte);
    }
    (void)snprintf(id, sizeof id, "%.*s", (int)(said_id.length < 79 ? said_id.length : 79),
                   said_id.at);
    kn_hash_hex32(name, 3, (const char *[]){id, id[0] ? "" : whole, from.at});
    free(whole);
    if ((size_t)snprintf(path, sizeof path, "%s/IN_%s.txt", folder, name) >= sizeof path ||
        (size_t)snprintf(aside, sizeof aside, "%s/.%s.new", folder, name) >= sizeof aside) {
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    }
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool good = file && write_message(file, connection, self->utf16, (size_t)n, doubt);
    if (file) {
        good = fclose(file) == 0 && good;
    } else if (fd >= 0) {
        close(fd);
    }
    good = good && rename(aside, path) == 0 && sync_folder(folder);
    return good ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* ---- the server ----------------------------------------------------------------------------- */

static enum MHD_Result answer(void *arg, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body,
                              size_t *body_size, void **state)
{
    struct sms_http *self = arg;
    unsigned status = MHD_HTTP_NOT_FOUND;
    (void)version;
    (void)body;
    (void)state;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 || *body_size > 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        *body_size = 0;
    } else if (strcmp(url, "/sms") == 0) {
        status = is_secret(self, argument(connection, "secret")) ? take(self, connection)
                                                                 : MHD_HTTP_FORBIDDEN;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result rc = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return rc;
}

static int fail(struct sms *sms, const char *what, const char *why)
{
    kn_agent_fault(sms->agent, what, KN_CODE_INVALID, NULL, why);
    return KN_E_INVALID;
}

int sms_http_open(struct sms *sms)
{
    kn_agent_t *agent = sms->agent;
    const char *listen = kn_agent_text(agent, "listen");
    struct sockaddr_in address;
    if (!listen) {
        return KN_OK;
    }
    if (!listen_read(&address, listen) || !listen_is_local(&address)) {
        return fail(sms, listen,
                    KN_TR(agent, "--listen phải là địa chỉ của máy này, dạng 127.0.0.1:CỔNG",
                          "--listen must be an address of this machine, 127.0.0.1:PORT"));
    }
    if (!kn_agent_text(agent, "watch")) {
        return fail(sms, "--watch",
                    KN_TR(agent, "--listen cần --watch DIR: thư mục nhận tin",
                          "--listen needs --watch DIR: the folder that messages come to"));
    }
    struct sms_http *self = sms->http = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    self->sms = sms;
    self->secret = sms_secret(sms, "listen-secret");
    if (!self->secret) {
        return KN_E_INVALID;
    }
    self->daemon =
        MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, self, MHD_OPTION_SOCK_ADDR,
                         (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_END);
    return self->daemon ? KN_OK : fail(sms, listen, strerror(errno));
}

void sms_http_turn(struct sms *sms)
{
    struct sms_http *self = sms->http;
    if (self && !self->is_watched) {
        const union MHD_DaemonInfo *info =
            MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        kn_client_watch(kn_agent_client(sms->agent), info->epoll_fd);
        self->is_watched = true;
    }
    if (self) {
        (void)MHD_run(self->daemon);
    }
}

void sms_http_close(struct sms *sms)
{
    struct sms_http *self = sms->http;
    if (self) {
        if (self->daemon) {
            MHD_stop_daemon(self->daemon);
        }
        free(self->secret);
        free(self);
        sms->http = NULL;
    }
}
