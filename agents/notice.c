/* notice.c - alerts by mail (SMTP) and to a web address (webhook), never lost, none doubled but
 * after a crash.
 *
 * What is to be told is kept in the outbox, in the same commit as the position in the stream:
 *
 *     "nw:POSITION"  an event for the webhook, as JSON
 *     "nm:POSITION"  a mail
 *     "nd:POSITION"  an event that waits for the digest of the day (--digest HH:MM)
 *
 * One at a time each way, in order, in a thread (notice_send.c). A receiver that cannot be reached,
 * or is busy (5xx, 408, 429; 4xx of SMTP), is tried again after 2, 4, 8 … 600 s, for ever. One that
 * says no (4xx; 5xx of SMTP) is asked TRIES_MAX times; then the log says so, and how the alert is
 * told again: --from POSITION. Receivers know a repetition by Idempotency-Key, or Message-ID. No
 * personal data is in it.
 */
#include "agents/notice_parts.h"

#include "agents/names.h"
#include "agents/words.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES_MAX = 8, FIRST_S = 2, MOST_S = 600, JSON_SIZE = 64 * 1024 };

static const char *const prefixes[N_WAYS] = {"nw:", "nm:"};

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
    self->landed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (int way = 0; way < N_WAYS; way++) {
        self->flights[way] = (struct flight){.notice = self, .way = (enum way)way};
    }
    self->webhook = kn_agent_text(agent, "webhook");
    self->smtp = kn_agent_text(agent, "smtp");
    self->from = kn_agent_text(agent, "mail-from");
    self->user = kn_agent_text(agent, "smtp-user");
    int rc = self->landed >= 0 ? read_digest(self) : KN_E_IO;
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
        atomic_store(&self->is_ending, true);
        for (int way = 0; way < N_WAYS; way++) {
            if (self->flights[way].is_on) { /* its message is kept, and told again */
                (void)pthread_join(self->flights[way].thread, NULL);
            }
            free(self->flights[way].text);
        }
        if (self->landed >= 0) {
            close(self->landed);
        }
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

/* ---- the queues --------------------------------------------------------------------------------
 */

/* Keeps the first and ends the walk. */
static int take_first(void *arg, const char *key, const void *value, size_t size)
{
    struct flight *flight = arg;
    (void)snprintf(flight->key, sizeof flight->key, "%s", key);
    flight->text = malloc(size + 1);
    if (flight->text) {
        memcpy(flight->text, value, size);
        flight->text[size] = '\0';
        flight->size = size;
    }
    return KN_E_CLOSED;
}

static void forget(notice_t *self, const struct flight *flight)
{
    kn_client_t *client = kn_agent_client(self->agent);
    self->tries[flight->way] = 0;
    self->next_at[flight->way] = 0;
    if (kn_client_put(client, flight->key, NULL, 0) == KN_OK) {
        (void)kn_client_flush(client); /* a failure shows with the next event */
    }
}

/* FLIGHT was not told now: later, or never. */
static void put_off(notice_t *self, const struct flight *flight)
{
    enum way way = flight->way;
    char words[400];
    if (flight->outcome == REFUSED && self->tries[way] + 1 >= TRIES_MAX) {
        (void)snprintf(
            words, sizeof words,
            KN_TR(self->agent,
                  "bên nhận từ chối cảnh báo ở vị trí %s (%s) – sửa rồi gửi lại: --from",
                  "the receiver refuses the alert at position %s (%s) - mend it, then: --from"),
            flight->key + strlen(prefixes[way]), flight->why);
        kn_agent_fault(self->agent, way == MAIL ? self->smtp : self->webhook, KN_CODE_NOT_ALLOWED,
                       NULL, words);
        forget(self, flight);
        return;
    }
    int64_t wait_s = self->tries[way] < 9 ? (int64_t)FIRST_S << self->tries[way] : MOST_S;
    wait_s = wait_s < MOST_S ? wait_s : MOST_S;
    self->tries[way]++;
    self->next_at[way] = now_ms() + 1000 * wait_s;
    kn_agent_log(self->agent,
                 KN_TR(self->agent, "%s: chưa gửi được (%s), thử lại sau %lld s",
                       "%s: not sent (%s), again in %lld s"),
                 way == MAIL ? "mail" : "webhook", flight->why, (long long)wait_s);
}

/* True: something is on its way. */
static bool turn_way(notice_t *self, struct flight *flight)
{
    if (flight->is_on && !atomic_load(&flight->is_over)) {
        return true;
    }
    if (flight->is_on) {
        (void)pthread_join(flight->thread, NULL);
        flight->is_on = false;
        if (flight->outcome == TOLD) {
            forget(self, flight);
        } else {
            put_off(self, flight);
        }
    }
    free(flight->text);
    flight->text = NULL;
    if (now_ms() < self->next_at[flight->way]) {
        return false;
    }
    (void)kn_client_each(kn_agent_client(self->agent), prefixes[flight->way], take_first, flight);
    return flight->text && notice_send(flight) == KN_OK;
}

bool notice_turn(notice_t *self)
{
    uint64_t n;
    bool is_on = false;
    if (!self->is_watched) {
        kn_client_watch(kn_agent_client(self->agent), self->landed);
        self->is_watched = true;
    }
    (void)!read(self->landed, &n, sizeof n);
    turn_digest(self);
    for (int way = 0; way < N_WAYS; way++) {
        is_on |= turn_way(self, &self->flights[way]);
    }
    return is_on;
}

void notice_drain(notice_t *self)
{
    while (notice_turn(self)) {
        struct pollfd landed = {.fd = self->landed, .events = POLLIN};
        (void)poll(&landed, 1, 1000);
    }
}
