/* notice.c - alerts by mail (SMTP) and to a web address (webhook), never lost, none doubled but
 * after a crash.
 *
 * What is to be told is kept in the outbox, in the same commit as the position in the stream:
 *
 *     "nw:POSITION"  an event for the webhook, as JSON
 *     "nm:POSITION"  a mail
 *     "nd:POSITION"  an event that waits for the digest of the day (--digest HH:MM)
 *
 * One at a time, in order. A receiver that cannot be reached, or is busy (5xx, 408, 429; 4xx of
 * SMTP), is tried again after 2, 4, 8 … 600 s, for ever. One that says no (4xx; 5xx of SMTP) is
 * asked TRIES_MAX times; then the log says so, and how the alert is told again: --from POSITION.
 * Receivers know a repetition by Idempotency-Key, or Message-ID. No personal data is in it.
 */
#include "agents/notice.h"

#include "agents/names.h"
#include "agents/words.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    TRIES_MAX = 8,
    FIRST_S = 2,
    MOST_S = 600,
    SEND_MS = 10000,
    CONNECT_MS = 5000,
    JSON_SIZE = 64 * 1024,
    HA_NOI_S = 7 * 3600
};

enum way { WEBHOOK, MAIL, N_WAYS };
static const char *const prefixes[N_WAYS] = {"nw:", "nm:"};

struct notice {
    kn_agent_t *agent;
    const char *webhook, *smtp, *from, *user;
    char *secret, *smtp_secret; /* of the webhook's signature; of the mail server */
    int digest_at;              /* minutes of the day, -1: each alert at once */
    int tries[N_WAYS];
    int64_t next_at[N_WAYS]; /* ms of the monotonic clock */
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- configuration -----------------------------------------------------------------------------
 */

static int fail(kn_agent_t *agent, const char *option, const char *words)
{
    kn_agent_fault(agent, option, KN_CODE_INVALID, NULL, words);
    return KN_E_INVALID;
}

/* The first line of the file that OPTION names; nobody else may read it. */
static int read_secret(char **out, kn_agent_t *agent, const char *option)
{
    char line[300] = "";
    struct stat st;
    const char *path = kn_agent_text(agent, option);
    FILE *file = path ? fopen(path, "r") : NULL;
    bool is_good = file && fstat(fileno(file), &st) == 0 && (st.st_mode & 077) == 0 &&
                   fgets(line, sizeof line, file) && strcspn(line, "\r\n") > 0;
    if (file) {
        fclose(file);
    }
    if (path && !is_good) {
        return fail(agent, path,
                    KN_TR(agent, "không đọc được, rỗng, hoặc người khác đọc được – chạy: chmod 600",
                          "not readable, empty, or readable by others - run: chmod 600"));
    }
    line[strcspn(line, "\r\n")] = '\0';
    *out = path ? strdup(line) : NULL;
    sodium_memzero(line, sizeof line);
    return KN_OK;
}

static int read_digest(notice_t *self)
{
    int hour, minute;
    char rest;
    const char *text = kn_agent_text(self->agent, "digest");
    self->digest_at = -1;
    if (text && (sscanf(text, "%2d:%2d%c", &hour, &minute, &rest) != 2 || hour < 0 || hour > 23 ||
                 minute < 0 || minute > 59)) {
        return fail(self->agent, "--digest",
                    KN_TR(self->agent, "ghi giờ như 07:30", "write a time such as 07:30"));
    }
    self->digest_at = text ? hour * 60 + minute : -1;
    return KN_OK;
}

int notice_open(notice_t **out, kn_agent_t *agent)
{
    *out = NULL;
    if (!kn_agent_text(agent, "webhook") && !kn_agent_list(agent, "mail-to", 0)) {
        return KN_OK;
    }
    notice_t *self = calloc(1, sizeof *self);
    if (!self || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        free(self);
        return KN_E_NOMEM;
    }
    *out = self;
    self->agent = agent;
    self->webhook = kn_agent_text(agent, "webhook");
    self->smtp = kn_agent_text(agent, "smtp");
    self->from = kn_agent_text(agent, "mail-from");
    self->user = kn_agent_text(agent, "smtp-user");
    int rc = read_digest(self);
    rc = rc == KN_OK ? read_secret(&self->secret, agent, "webhook-secret") : rc;
    rc = rc == KN_OK ? read_secret(&self->smtp_secret, agent, "smtp-secret") : rc;
    if (rc == KN_OK && kn_agent_list(agent, "mail-to", 0) && (!self->smtp || !self->from)) {
        rc = fail(agent, "--mail-to",
                  KN_TR(agent, "cần thêm --smtp (smtp://MÁY:CỔNG) và --mail-from",
                        "needs --smtp (smtp://HOST:PORT) and --mail-from as well"));
    }
    if (rc != KN_OK) {
        notice_close(out);
    }
    return rc;
}

void notice_close(notice_t **self_p)
{
    notice_t *self = *self_p;
    *self_p = NULL;
    if (self) {
        if (self->secret) {
            sodium_memzero(self->secret, strlen(self->secret));
        }
        if (self->smtp_secret) {
            sodium_memzero(self->smtp_secret, strlen(self->smtp_secret));
        }
        free(self->secret);
        free(self->smtp_secret);
        curl_global_cleanup();
        free(self);
    }
}

/* ---- what is to be told ------------------------------------------------------------------------
 */

static int put(notice_t *self, const char *prefix, uint64_t position, json_t *content)
{
    char key[32], *text = content ? json_dumps(content, JSON_COMPACT) : NULL;
    (void)snprintf(key, sizeof key, "%s%020" PRIu64, prefix, position);
    int rc =
        text ? kn_client_put(kn_agent_client(self->agent), key, text, strlen(text)) : KN_E_NOMEM;
    free(text);
    json_decref(content);
    return rc;
}

static int put_webhook(notice_t *self, uint64_t position, const struct kn_event *event)
{
    char *text = malloc(JSON_SIZE);
    int n = text ? kn_record_print(text, JSON_SIZE, KN_SCHEMA_EVENT, event, true) : -1;
    json_t *one = n > 0 && n < JSON_SIZE ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return put(self, prefixes[WEBHOOK], position, one);
}

/* "2026-11-24 08:30  HN-2026-000042-X  QUÁ HẠN …" and where it is. */
static void line_of(char *out, size_t size, const notice_t *self, const struct kn_event *event)
{
    char when[17], words[300];
    bool is_vi = kn_agent_is_vi(self->agent);
    words_time(when, event->at);
    words_event(words, sizeof words, event, is_vi);
    (void)snprintf(out, size, "%s  %s  %s  [%s; %s; %s]", when, event->case_ ? event->case_ : "-",
                   words, names_of(NAMES_UNIT, event->unit, is_vi),
                   names_of(NAMES_FIELD, event->field, is_vi),
                   names_of(NAMES_AREA, event->area, is_vi));
}

int notice_add(notice_t *self, uint64_t position, const struct kn_event *event)
{
    char line[1200], words[300], subject[400];
    int rc = self->webhook ? put_webhook(self, position, event) : KN_OK;
    if (rc != KN_OK || !kn_agent_list(self->agent, "mail-to", 0)) {
        return rc;
    }
    line_of(line, sizeof line, self, event);
    if (self->digest_at >= 0) {
        return put(self, "nd:", position,
                   json_pack("{s:s, s:i}", "line", line, "tier", event->tier));
    }
    words_event(words, sizeof words, event, kn_agent_is_vi(self->agent));
    (void)snprintf(subject, sizeof subject, "[kiennghi] %.40s: %.240s",
                   event->case_ ? event->case_ : "", words);
    return put(self, prefixes[MAIL], position,
               json_pack("{s:s, s:s, s:I}", "subject", subject, "body", line, "at",
                         (json_int_t)event->at));
}

/* ---- the digest --------------------------------------------------------------------------------
 */

struct digest {
    struct json_t *lines; /* {"key", "line", "tier"} */
};

static int gather(void *arg, const char *key, const void *value, size_t size)
{
    struct digest *digest = arg;
    json_t *one = json_loadb(value, size, 0, NULL);
    if (one) {
        json_object_set_new(one, "key", json_string(key));
        json_array_append_new(digest->lines, one);
    }
    return KN_OK;
}

/* The gravest tier first. */
static void append_tiers(json_t *body, const json_t *lines)
{
    static const enum kn_tier tiers[] = {KN_TIER_SERIOUSLY_OVERDUE, KN_TIER_OVERDUE,
                                         KN_TIER_DUE_SOON, KN_TIER_NONE};
    for (size_t t = 0; t < sizeof tiers / sizeof *tiers; t++) {
        size_t i;
        json_t *one;
        json_array_foreach(lines, i, one)
        {
            json_int_t tier = json_integer_value(json_object_get(one, "tier"));
            bool is_other = tiers[t] == KN_TIER_NONE && tier != KN_TIER_DUE_SOON &&
                            tier != KN_TIER_OVERDUE && tier != KN_TIER_SERIOUSLY_OVERDUE;
            if (tier == (json_int_t)tiers[t] || is_other) {
                json_array_append(body, json_object_get(one, "line"));
            }
        }
    }
}

/* All that waits becomes one mail; in one commit. */
static int send_digest(notice_t *self, const char *day)
{
    kn_client_t *client = kn_agent_client(self->agent);
    struct digest digest = {.lines = json_array()};
    json_t *body = json_array();
    char subject[200];
    size_t i;
    json_t *one;
    int rc = digest.lines && body ? kn_client_each(client, "nd:", gather, &digest) : KN_E_NOMEM;
    size_t n = json_array_size(digest.lines);
    if (rc == KN_OK && n > 0) {
        append_tiers(body, digest.lines);
        (void)snprintf(subject, sizeof subject,
                       KN_TR(self->agent, "[kiennghi] Tổng hợp cảnh báo ngày %s: %zu",
                             "[kiennghi] alerts of %s: %zu"),
                       day, n);
        const char *last =
            json_string_value(json_object_get(json_array_get(digest.lines, n - 1), "key"));
        rc = put(self, prefixes[MAIL], strtoull(last + 3, NULL, 10),
                 json_pack("{s:s, s:O, s:I}", "subject", subject, "body", body, "at",
                           (json_int_t)time(NULL) * 1000));
        json_array_foreach(digest.lines, i, one)
        {
            const char *key = json_string_value(json_object_get(one, "key"));
            rc = rc == KN_OK ? kn_client_put(client, key, NULL, 0) : rc;
        }
    }
    rc = rc == KN_OK ? kn_client_put(client, "nl", day, strlen(day)) : rc;
    json_decref(body);
    json_decref(digest.lines);
    return rc == KN_OK ? kn_client_flush(client) : rc;
}

static void turn_digest(notice_t *self)
{
    time_t seconds = time(NULL) + HA_NOI_S;
    struct tm tm;
    char day[11];
    const void *last;
    size_t size;
    gmtime_r(&seconds, &tm);
    (void)strftime(day, sizeof day, "%d/%m/%Y", &tm);
    bool is_due = self->digest_at >= 0 && tm.tm_hour * 60 + tm.tm_min >= self->digest_at;
    bool was_sent = is_due &&
                    kn_client_get(kn_agent_client(self->agent), &last, &size, "nl") == KN_OK &&
                    size == strlen(day) && memcmp(last, day, size) == 0;
    if (is_due && !was_sent) {
        (void)send_digest(self, day);
    }
}

/* ---- sending -----------------------------------------------------------------------------------
 */

enum outcome { TOLD, BUSY, REFUSED };

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

static CURL *prepare(const char *url)
{
    CURL *curl = curl_easy_init();
    if (curl) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SEND_MS);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
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

static enum outcome send_webhook(notice_t *self, const char *position, const char *text,
                                 size_t size, char *why, size_t why_size)
{
    CURL *curl = prepare(self->webhook);
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
static char *mail_of(notice_t *self, const char *position, const json_t *mail, size_t *size)
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

static enum outcome send_mail(notice_t *self, const char *position, const char *text, size_t size,
                              char *why, size_t why_size)
{
    json_t *mail = json_loadb(text, size, 0, NULL);
    CURL *curl = mail ? prepare(self->smtp) : NULL;
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

/* ---- the queues --------------------------------------------------------------------------------
 */

struct first {
    char key[32];
    char *text;
    size_t size;
};

/* Keeps the first and ends the walk. */
static int take_first(void *arg, const char *key, const void *value, size_t size)
{
    struct first *first = arg;
    (void)snprintf(first->key, sizeof first->key, "%s", key);
    first->text = malloc(size + 1);
    if (first->text) {
        memcpy(first->text, value, size);
        first->text[size] = '\0';
        first->size = size;
    }
    return KN_E_CLOSED;
}

static int forget(notice_t *self, enum way way, const char *key)
{
    kn_client_t *client = kn_agent_client(self->agent);
    self->tries[way] = 0;
    self->next_at[way] = 0;
    int rc = kn_client_put(client, key, NULL, 0);
    return rc == KN_OK ? kn_client_flush(client) : rc;
}

/* True: it was told, the next one may follow. */
static bool turn_way(notice_t *self, enum way way)
{
    char why[200] = "";
    struct first first = {.text = NULL};
    if (now_ms() < self->next_at[way]) {
        return false;
    }
    (void)kn_client_each(kn_agent_client(self->agent), prefixes[way], take_first, &first);
    if (!first.text) {
        return false;
    }
    const char *position = first.key + strlen(prefixes[way]);
    enum outcome outcome =
        way == WEBHOOK ? send_webhook(self, position, first.text, first.size, why, sizeof why)
                       : send_mail(self, position, first.text, first.size, why, sizeof why);
    if (outcome == TOLD) {
        (void)forget(self, way, first.key);
    } else if (outcome == REFUSED && self->tries[way] + 1 >= TRIES_MAX) {
        char words[400];
        (void)snprintf(
            words, sizeof words,
            KN_TR(self->agent,
                  "bên nhận từ chối cảnh báo ở vị trí %s (%s) – sửa rồi gửi lại: --from",
                  "the receiver refuses the alert at position %s (%s) - mend it, then: --from"),
            position, why);
        kn_agent_fault(self->agent, way == MAIL ? self->smtp : self->webhook, KN_CODE_NOT_ALLOWED,
                       NULL, words);
        (void)forget(self, way, first.key);
    } else {
        int64_t wait_s = self->tries[way] < 9 ? (int64_t)FIRST_S << self->tries[way] : MOST_S;
        wait_s = wait_s < MOST_S ? wait_s : MOST_S;
        self->tries[way]++;
        self->next_at[way] = now_ms() + 1000 * wait_s;
        kn_agent_log(self->agent,
                     KN_TR(self->agent, "%s: chưa gửi được (%s), thử lại sau %lld s",
                           "%s: not sent (%s), again in %lld s"),
                     way == MAIL ? "mail" : "webhook", why, (long long)wait_s);
    }
    free(first.text);
    return outcome == TOLD;
}

bool notice_turn(notice_t *self)
{
    turn_digest(self);
    bool posted = turn_way(self, WEBHOOK), mailed = turn_way(self, MAIL);
    return posted || mailed;
}
