/* sms_send.c - the queue of what is to be said, and its two ways out: the outbox folder of
 * gammu-smsd, or sendsms of an HTTP gateway such as Kannel.
 *
 * "sms:o:NUMBER" (twenty digits, in the order in which they were said) holds a message until it was
 * handed over; what is said is committed with what it tells of. A crash between handing over and
 * the next commit says it twice, never not at all. A way that fails is tried again after 5
 * s, 10 s … 10 minutes; after three days a message is given up and the log says so, without its
 * number.
 */
#include "agents/sms.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    AT_ONCE = 20,     /* messages of one turn */
    FIRST_MS = 5000,  /* pause after a failure */
    MOST_MS = 600000, /* the longest */
    GIVE_UP_DAYS = 3,
    SEND_MS = 10000, /* one call of the gateway */
    TEXT = 1000,
};

struct saying {
    int64_t said_at; /* first: sms_forget_before */
    int64_t next_at;
    int32_t tries;
    char number[SMS_NUMBER];
    char text[TEXT];
};

/* ---- configuration -------------------------------------------------------------------------- */

char *sms_secret(struct sms *self, const char *option)
{
    const char *path = kn_agent_text(self->agent, option), *why = NULL;
    char line[300] = "";
    struct stat st;
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!path) {
        why = KN_TR(self->agent, "thiếu tùy chọn này – tên tệp giữ mật khẩu",
                    "this option is needed - the file that keeps the secret");
    } else if (!file) {
        why = strerror(errno);
    } else if (fstat(fileno(file), &st) != 0 || (st.st_mode & 077) != 0) {
        why = KN_TR(self->agent, "người khác đọc được – chạy: chmod 600",
                    "others can read it - run: chmod 600");
    } else if (!fgets(line, sizeof line, file) || strcspn(line, "\r\n") < 8) {
        why = KN_TR(self->agent, "dòng đầu phải có ít nhất 8 ký tự",
                    "its first line must have at least 8 characters");
    }
    if (file) {
        (void)fclose(file);
    }
    if (why) {
        char where[PATH_MAX + 40];
        (void)snprintf(where, sizeof where, "--%s %s", option, path ? path : "");
        kn_agent_fault(self->agent, where, KN_CODE_INVALID, NULL, why);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return strdup(line);
}

int sms_send_start(struct sms *self)
{
    const char *outbox = kn_agent_text(self->agent, "outbox");
    const char *url = kn_agent_text(self->agent, "sendsms");
    if (outbox && url) {
        kn_agent_fault(self->agent, "--outbox, --sendsms", KN_CODE_INVALID, NULL,
                       KN_TR(self->agent, "chỉ chọn một đường gửi", "choose one way out"));
        return KN_E_INVALID;
    }
    self->speaks = outbox || url;
    if (url) {
        self->user_secret = sms_secret(self, "sendsms-secret");
        return self->user_secret ? KN_OK : KN_E_INVALID;
    }
    return KN_OK;
}

/* ---- the queue ------------------------------------------------------------------------------ */

static int last_key(void *arg, const char *key, const void *value, size_t size)
{
    (void)value;
    (void)size;
    *(uint64_t *)arg = strtoull(key + strlen("sms:o:"), NULL, 10);
    return KN_OK;
}

int sms_say(struct sms *self, const char *number, const char *key, const struct sms_values *values)
{
    char name[40];
    struct saying saying = {.said_at = sms_now()};
    kn_client_t *client = kn_agent_client(self->agent);
    if (!self->speaks || !sms_number_answers(number)) {
        return KN_OK;
    }
    char *text = sms_words_make(self, key, values);
    if (!text) {
        return KN_OK;
    }
    int rc = self->said ? KN_OK : kn_client_each(client, "sms:o:", last_key, &self->said);
    (void)snprintf(name, sizeof name, "sms:o:%020llu", (unsigned long long)++self->said);
    (void)snprintf(saying.number, sizeof saying.number, "%s", number);
    (void)snprintf(saying.text, sizeof saying.text, "%s", text);
    free(text);
    return rc == KN_OK ? kn_client_put(client, name, &saying, sizeof saying) : rc;
}

/* ---- gammu-smsd ----------------------------------------------------------------------------- */

/* TEXT as UTF-16BE with its mark: what gammu-smsd reads the same in every locale. */
static bool put_utf16(FILE *file, const char *text)
{
    bool good = fputs("\xFE\xFF", file) >= 0;
    for (const unsigned char *at = (const unsigned char *)text; *at && good;) {
        unsigned more = *at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : *at >= 0xC0 ? 1 : 0;
        unsigned long point = more ? *at & (0x3Fu >> more) : *at;
        for (at++; more > 0; more--) {
            point = point << 6 | (*at++ & 0x3F);
        }
        unsigned units[] = {(unsigned)point, 0};
        if (point >= 0x10000) {
            units[0] = (unsigned)(0xD800 + ((point - 0x10000) >> 10));
            units[1] = (unsigned)(0xDC00 + ((point - 0x10000) & 0x3FF));
        }
        for (int i = 0; i < 2 && (i == 0 || units[i]); i++) {
            good = good && fputc((int)(units[i] >> 8), file) != EOF &&
                   fputc((int)(units[i] & 0xFF), file) != EOF;
        }
    }
    return good;
}

/* OUTADAY_TIME_SERIAL_NUMBER_sms.txt in the outbox: written aside, then renamed, as gammu-smsd
 * wants it. Other forms of the name it moves to its folder of errors. */
static int to_folder(struct sms *self, const struct saying *saying, const char *key)
{
    char path[PATH_MAX], aside[PATH_MAX], day[24] = "";
    const char *folder = kn_agent_text(self->agent, "outbox");
    const char *serial = key + strlen("sms:o:") + 12; /* its last eight digits */
    time_t said = (time_t)(saying->said_at / 1000);
    struct tm tm;
    if (gmtime_r(&said, &tm)) {
        (void)strftime(day, sizeof day, "%Y%m%d_%H%M%S", &tm);
    }
    if ((size_t)snprintf(aside, sizeof aside, "%s/.%s.tmp", folder, serial) >= sizeof aside ||
        (size_t)snprintf(path, sizeof path, "%s/OUTA%s_%s_%s_sms.txt", folder, day, serial,
                         saying->number) >= sizeof path) {
        return KN_E_INVALID;
    }
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file) {
        (void)snprintf(self->why, sizeof self->why, "%s", strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return KN_E_IO;
    }
    bool good = put_utf16(file, saying->text) && fflush(file) == 0 && fsync(fd) == 0;
    good = fclose(file) == 0 && good;
    good = good && rename(aside, path) == 0;
    (void)snprintf(self->why, sizeof self->why, "%s", good ? "" : strerror(errno));
    return good ? KN_OK : KN_E_IO;
}

/* ---- sendsms -------------------------------------------------------------------------------- */

static size_t drop(char *at, size_t size, size_t n, void *arg)
{
    (void)at;
    (void)arg;
    return size * n;
}

static bool add_argument(CURL *curl, char *url, size_t size, const char *name, const char *value)
{
    size_t n = strlen(url);
    char *safe = curl_easy_escape(curl, value, 0);
    bool fits = safe && (size_t)snprintf(url + n, size - n, "%c%s=%s", strchr(url, '?') ? '&' : '?',
                                         name, safe) < size - n;
    curl_free(safe);
    return fits;
}

static int to_gateway(struct sms *self, const struct saying *saying)
{
    kn_agent_t *agent = self->agent;
    CURL *curl = curl_easy_init();
    char url[8192];
    long status = 0;
    const char *from = kn_agent_text(agent, "sendsms-from");
    const char *user = kn_agent_text(agent, "sendsms-user");
    const char *const arguments[][2] = {
        {"username", user},         {"password", self->user_secret},
        {"from", from ? from : ""}, {"to", saying->number},
        {"charset", "UTF-8"},       {"coding", kn_agent_flag(agent, "marks") ? "2" : "0"},
        {"text", saying->text}};
    (void)snprintf(url, sizeof url, "%s", kn_agent_text(agent, "sendsms"));
    bool good = curl != NULL;
    for (size_t i = 0; good && i < sizeof arguments / sizeof *arguments; i++) {
        good = add_argument(curl, url, sizeof url, arguments[i][0], arguments[i][1]);
    }
    if (good) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SEND_MS);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
        CURLcode code = curl_easy_perform(curl);
        good = code == CURLE_OK;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        (void)snprintf(self->why, sizeof self->why, "HTTP %ld%s%s", status, good ? "" : ", ",
                       good ? "" : curl_easy_strerror(code));
    }
    curl_easy_cleanup(curl);
    return good && status >= 200 && status < 300 ? KN_OK : KN_E_IO;
}

/* ---- sending -------------------------------------------------------------------------------- */

struct due {
    char key[40];
    struct saying saying;
    int64_t now;
};

static int find_due(void *arg, const char *key, const void *value, size_t size)
{
    struct due *due = arg;
    if (size != sizeof due->saying) {
        return KN_E_CORRUPT;
    }
    memcpy(&due->saying, value, size);
    (void)snprintf(due->key, sizeof due->key, "%s", key);
    return due->saying.next_at <= due->now ? 1 : KN_OK;
}

/* A message that could not be handed over waits, and all others a first time: it may be the way. */
static int put_off(struct sms *self, struct due *due)
{
    const int64_t give_up_ms = (int64_t)GIVE_UP_DAYS * 86400000;
    int64_t pause = FIRST_MS;
    for (int32_t i = 0; i < due->saying.tries && pause < MOST_MS; i++) {
        pause *= 2;
    }
    if (!self->is_stuck) {
        kn_agent_log(self->agent,
                     KN_TR(self->agent, "chưa gửi được tin trả lời (%s), sẽ gửi lại",
                           "answers cannot be sent (%s), they are tried again"),
                     self->why);
    }
    self->is_stuck = true;
    due->saying.tries++;
    due->saying.next_at = due->now + (pause < MOST_MS ? pause : MOST_MS);
    self->send_at = due->now + FIRST_MS;
    if (due->now - due->saying.said_at > give_up_ms) {
        kn_agent_log(self->agent, "%s",
                     KN_TR(self->agent, "bỏ một tin trả lời không gửi được trong ba ngày",
                           "an answer that could not be sent for three days is given up"));
        return kn_client_put(kn_agent_client(self->agent), due->key, NULL, 0);
    }
    return kn_client_put(kn_agent_client(self->agent), due->key, &due->saying, sizeof due->saying);
}

bool sms_send(struct sms *self)
{
    struct due due = {.now = sms_now()};
    kn_client_t *client = kn_agent_client(self->agent);
    bool by_folder = kn_agent_text(self->agent, "outbox") != NULL;
    if (!self->speaks || due.now < self->send_at) {
        return false;
    }
    for (int i = 0; i < AT_ONCE; i++) {
        /* what it tells of is safe before it is told; what a gateway took is struck off before the
         * next, while a file of the same name is only written again */
        if (kn_client_each(client, "sms:o:", find_due, &due) != 1 ||
            ((i == 0 || !by_folder) && kn_client_flush(client) != KN_OK)) {
            return false;
        }
        int rc = by_folder ? to_folder(self, &due.saying, due.key) : to_gateway(self, &due.saying);
        if (rc != KN_OK) {
            (void)put_off(self, &due); /* a failure shows at the commit */
            return false;
        }
        if (self->is_stuck) {
            kn_agent_log(self->agent, "%s",
                         KN_TR(self->agent, "đã gửi lại được tin trả lời", "answers go out again"));
        }
        self->is_stuck = false;
        if (kn_client_put(client, due.key, NULL, 0) != KN_OK) {
            return false;
        }
    }
    return true;
}
