/* notice_send.c - an alert goes out, by HTTP or SMTP, in a thread of its own: a receiver that is
 * slow stops neither the stream nor the screen. One message each way at a time, so that they arrive
 * in order.
 */
#include "agents/notice_parts.h"

#include <curl/curl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SEND_MS = 10000, CONNECT_MS = 5000 };

struct reader {
    const char *at;
    size_t left;
};

static size_t give(char *to, size_t size, size_t n, void *arg)
{
    struct reader *from = arg;
    size_t part = from->left < size * n ? from->left : size * n;
    memcpy(to, from->at, part);
    from->at += part;
    from->left -= part;
    return part;
}

static size_t drop(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * n;
}

/* A transfer that has no time any more ends. */
static int go_on(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const notice_t *self = arg;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load(&self->is_ending);
}

static CURL *prepare(const notice_t *self, const char *url)
{
    CURL *curl = curl_easy_init();
    if (curl) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SEND_MS);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *)(uintptr_t)self);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    }
    return curl;
}

static struct curl_slist *header(struct curl_slist *list, const char *name, const char *value)
{
    char line[400];
    (void)snprintf(line, sizeof line, "%s%s", name, value);
    return curl_slist_append(list, line);
}

/* HMAC-SHA-256 of what is sent, so that the receiver knows who says it. */
static struct curl_slist *sign(struct curl_slist *list, const notice_t *self, const char *text,
                               size_t size)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];
    crypto_auth_hmacsha256_state state;
    if (!self->secret) {
        return list;
    }
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)self->secret, strlen(self->secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, size);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    return header(list, "X-Kiennghi-Signature: sha256=", hex);
}

static enum outcome send_webhook(const notice_t *self, const char *position, const char *text,
                                 size_t size, char *why, size_t why_size)
{
    CURL *curl = prepare(self, self->webhook);
    long status = 0;
    struct curl_slist *headers = header(NULL, "Content-Type: ", "application/json");
    headers = header(headers, "Idempotency-Key: kiennghi-", position);
    headers = sign(headers, self, text, size);
    if (!curl) {
        return BUSY;
    }
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    (void)snprintf(why, why_size, code == CURLE_OK ? "HTTP %ld" : "%.0ld%s",
                   code == CURLE_OK ? status : 0L, curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    bool is_no =
        code == CURLE_OK && status >= 400 && status < 500 && status != 408 && status != 429;
    return code == CURLE_OK && status >= 200 && status < 300 ? TOLD : is_no ? REFUSED : BUSY;
}

/* Base64 in lines of 76. */
static void put_base64(FILE *out, const char *text)
{
    enum { LINE = 57 };
    for (size_t n = strlen(text), at = 0; at < n; at += LINE) {
        char line[LINE / 3 * 4 + 4];
        size_t part = n - at < LINE ? n - at : LINE;
        sodium_bin2base64(line, sizeof line, (const unsigned char *)text + at, part,
                          sodium_base64_VARIANT_ORIGINAL);
        fprintf(out, "%s\r\n", line);
    }
}

/* The words of a header in UTF-8 (RFC 2047), whole characters a word. */
static void put_words(FILE *out, const char *text)
{
    enum { WORD = 42 };
    for (size_t n = strlen(text), at = 0; at < n;) {
        char word[WORD / 3 * 4 + 4];
        size_t part = n - at < WORD ? n - at : WORD;
        while (at + part < n && part > 1 && ((unsigned char)text[at + part] & 0xC0) == 0x80) {
            part--;
        }
        sodium_bin2base64(word, sizeof word, (const unsigned char *)text + at, part,
                          sodium_base64_VARIANT_ORIGINAL);
        fprintf(out, "%s=?UTF-8?B?%s?=", at ? "\r\n " : "", word);
        at += part;
    }
}

/* The mail as it goes over the line; the caller frees. */
static char *mail_of(const notice_t *self, const char *position, const json_t *mail, size_t *size)
{
    char *text = NULL, date[40];
    FILE *out = open_memstream(&text, size);
    time_t at = (time_t)(json_integer_value(json_object_get(mail, "at")) / 1000) + HA_NOI_S;
    struct tm tm;
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (!out) {
        return NULL;
    }
    gmtime_r(&at, &tm);
    (void)snprintf(date, sizeof date, "%s, %d %s %d %02d:%02d:%02d +0700", days[tm.tm_wday],
                   tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                   tm.tm_sec);
    fprintf(out, "Date: %s\r\nFrom: %s\r\nTo: ", date, self->from);
    const char *to;
    for (size_t i = 0; (to = kn_agent_list(self->agent, "mail-to", i)); i++) {
        fprintf(out, "%s%s", i ? ", " : "", to);
    }
    const char *domain = strchr(self->from, '@');
    fprintf(out, "\r\nMessage-ID: <kiennghi-%s%s>\r\nSubject: ", position,
            domain ? domain : "@kiennghi");
    put_words(out, json_string_value(json_object_get(mail, "subject")));
    fputs("\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
          "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n",
          out);
    const json_t *body = json_object_get(mail, "body");
    if (json_is_array(body)) {
        char *lines = NULL;
        size_t n, i;
        json_t *one;
        FILE *joined = open_memstream(&lines, &n);
        json_array_foreach(body, i, one)
        {
            fprintf(joined, "%s\r\n", json_string_value(one));
        }
        fclose(joined);
        put_base64(out, lines ? lines : "");
        free(lines);
    } else {
        put_base64(out, json_string_value(body));
    }
    fclose(out);
    return text;
}

static enum outcome send_mail(const notice_t *self, const char *position, const char *text,
                              size_t size, char *why, size_t why_size)
{
    json_t *mail = json_loadb(text, size, 0, NULL);
    CURL *curl = mail ? prepare(self, self->smtp) : NULL;
    struct curl_slist *to = NULL;
    struct reader from = {.left = 0};
    char *bytes = curl ? mail_of(self, position, mail, &from.left) : NULL;
    long status = 0;
    const char *one;
    from.at = bytes;
    for (size_t i = 0; (one = kn_agent_list(self->agent, "mail-to", i)); i++) {
        to = curl_slist_append(to, one);
    }
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (bytes) {
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl, CURLOPT_USE_SSL,
                         (long)(self->user ? CURLUSESSL_ALL : CURLUSESSL_TRY));
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, self->from);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
        curl_easy_setopt(curl, CURLOPT_USERNAME, self->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, self->smtp_secret);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(curl, CURLOPT_READDATA, &from);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    (void)snprintf(why, why_size, "%s (%ld)", curl_easy_strerror(code), status);
    curl_slist_free_all(to);
    free(bytes);
    json_decref(mail);
    curl_easy_cleanup(curl);
    return code == CURLE_OK ? TOLD : status >= 500 && status < 600 ? REFUSED : BUSY;
}

/* ---- in a thread --------------------------------------------------------------------------- */

static void *fly(void *arg)
{
    struct flight *self = arg;
    const char *position = self->key + strlen("nw:");
    const uint64_t one = 1;
    self->outcome = (self->way == WEBHOOK ? send_webhook : send_mail)(
        self->notice, position, self->text, self->size, self->why, sizeof self->why);
    atomic_store(&self->is_over, true);
    (void)!write(self->notice->landed, &one, sizeof one); /* else the next turn sees it */
    return NULL;
}

int notice_send(struct flight *flight)
{
    atomic_store(&flight->is_over, false);
    flight->why[0] = '\0';
    flight->is_on = pthread_create(&flight->thread, NULL, fly, flight) == 0;
    return flight->is_on ? KN_OK : KN_E_NOMEM;
}
