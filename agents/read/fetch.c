/* fetch.c - gets a feed over HTTP: the one part of kn_read that talks to a network.
 *
 * Bounded in size (also after unpacking), time, redirects and protocols. What came last is named to
 * the server (ETag, Last-Modified), so that most runs cost one answer 304; the names are kept in a
 * small file by read_fetch_save, which is called only when the items are safe.
 */
#include "agents/read/parts.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STANDARD_BYTES = 4 * 1024 * 1024, STANDARD_MS = 20000, CONNECT_MS = 10000 };

struct getting {
    struct read_bytes bytes;
    size_t max;
    bool too_large;
    struct read_fetched *out;
};

static size_t take_body(char *at, size_t size, size_t n, void *data)
{
    struct getting *self = data;
    if (self->bytes.length + size * n > self->max) {
        self->too_large = true;
        return 0;
    }
    return read_put(&self->bytes, at, size * n) == KN_OK ? size * n : 0;
}

/* "text/xml; charset=utf-8" */
static void take_charset(struct read_fetched *out, const char *value)
{
    const char *at = strcasestr(value, "charset=");
    at = at ? at + strlen("charset=") : "";
    at += *at == '"' || *at == '\'';
    (void)snprintf(out->charset, sizeof out->charset, "%.*s", (int)strcspn(at, "\"'; "), at);
}

static size_t take_head(char *at, size_t size, size_t n, void *data)
{
    struct getting *self = data;
    char line[512], *value;
    size_t length = size * n;
    (void)snprintf(line, sizeof line, "%.*s", (int)(length < 500 ? length : 500), at);
    line[strcspn(line, "\r\n")] = '\0';
    if ((value = strchr(line, ':')) != NULL) {
        *value++ = '\0';
        value += strspn(value, " ");
        if (strcasecmp(line, "etag") == 0) {
            read_copy(self->out->etag, sizeof self->out->etag, value);
        } else if (strcasecmp(line, "last-modified") == 0) {
            read_copy(self->out->modified, sizeof self->out->modified, value);
        } else if (strcasecmp(line, "content-type") == 0) {
            take_charset(self->out, value);
        }
    } else if (strncmp(line, "HTTP/", 5) == 0) { /* a redirect's names are not the feed's */
        self->out->etag[0] = self->out->modified[0] = self->out->charset[0] = '\0';
    }
    return length;
}

/* The names kept for URL: three lines, address, ETag, Last-Modified. */
static void recall(struct read_fetched *out, const char *url, const char *state)
{
    char line[2048];
    FILE *file = state ? fopen(state, "r") : NULL;
    if (!file) {
        return;
    }
    if (fgets(line, sizeof line, file) && (line[strcspn(line, "\n")] = '\0', true) &&
        strcmp(line, url) == 0) {
        if (fgets(line, sizeof line, file)) {
            line[strcspn(line, "\n")] = '\0';
            read_copy(out->etag, sizeof out->etag, line);
        }
        if (fgets(line, sizeof line, file)) {
            line[strcspn(line, "\n")] = '\0';
            read_copy(out->modified, sizeof out->modified, line);
        }
    }
    fclose(file);
}

int read_fetch_save(const struct read_fetched *got, const char *url, const char *state)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s.new", state) >= sizeof path) {
        return KN_E_INVALID;
    }
    FILE *file = fopen(path, "w");
    if (!file) {
        return KN_E_IO;
    }
    bool good = fprintf(file, "%s\n%s\n%s\n", url, got->etag, got->modified) > 0 &&
                fflush(file) == 0 && fsync(fileno(file)) == 0;
    good = fclose(file) == 0 && good;
    return good && rename(path, state) == 0 ? KN_OK : KN_E_IO;
}

/* Every option that keeps a stranger's server from harming us. */
static void set_options(CURL *curl, struct getting *self, const char *url,
                        const struct read_fetch *options)
{
    const char *protocols = options->allow_file ? "http,https,file" : "http,https";
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)self->max);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                     options->timeout_ms ? options->timeout_ms : (long)STANDARD_MS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 64L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 10L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "kiennghi-press/0.1");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, self);
}

int read_fetch(struct read_fetched *out, const char *url, const struct read_fetch *options,
               struct read_fault *fault)
{
    struct getting self = {.max = options->max_bytes ? options->max_bytes : STANDARD_BYTES};
    char header[300], words[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL, *longer;
    CURL *curl = curl_easy_init();
    long status = 0;
    int rc = KN_E_IO;
    memset(out, 0, sizeof *out);
    self.out = out;
    read_fault_set(fault, READ_FETCH, NULL, 0);
    read_copy(fault->file, sizeof fault->file, url);
    if (!curl) {
        fault->kind = READ_MEMORY;
        return KN_E_NOMEM;
    }
    recall(out, url, options->state);
    set_options(curl, &self, url, options);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    if (out->etag[0]) {
        (void)snprintf(header, sizeof header, "If-None-Match: %s", out->etag);
        headers = (longer = curl_slist_append(headers, header)) ? longer : headers;
    }
    if (out->modified[0]) {
        (void)snprintf(header, sizeof header, "If-Modified-Since: %s", out->modified);
        headers = (longer = curl_slist_append(headers, header)) ? longer : headers;
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 304) {
        rc = 0;
    } else if (code == CURLE_OK) {
        out->length = self.bytes.length;
        out->bytes = self.bytes.at ? self.bytes.at : strdup("");
        self.bytes.at = NULL;
        rc = 1;
    } else if (self.too_large || code == CURLE_FILESIZE_EXCEEDED) {
        fault->kind = READ_FETCH_LARGE;
        (void)snprintf(fault->expected, sizeof fault->expected, "%zu KiB", self.max / 1024);
        rc = KN_E_TOO_LARGE;
    } else {
        read_copy(fault->value, sizeof fault->value, words[0] ? words : curl_easy_strerror(code));
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    free(self.bytes.at);
    return rc;
}
