/* sms_send.c - the queue of what is to be said, and its two ways out: the outbox folder of
 * gammu-smsd, or sendsms of an HTTP gateway such as Kannel.
 *
 * "sms:o:NUMBER" (twenty digits, in the order in which they were said) holds a message until it was
 * handed over; what is said is committed with what it tells of. No way out takes part in that
 * commit, so a message is marked before it is handed over, and what a crash leaves marked is
 * settled at the next start:
 *
 *   folder   written aside ─▶ marked ─▶ renamed ─▶ struck off. Still aside: it is renamed. Gone
 *            from there: gammu-smsd has it. It is said once.
 *   gateway  marked ─▶ asked ─▶ struck off. Nobody can say whether the gateway took it: it is asked
 *            once more, and the log says so. It may be said twice, which is a nuisance; never not
 *            at all, which would be worse. When that trial dies too it counts as said.
 *
 * A way that fails is tried again after 5 s, 10 s … 10 minutes; after three days a message is given
 * up and the log says so, without its number.
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

/* Being handed over, and how. */
enum mark { MARK_NONE, MARK_FOLDER, MARK_GATEWAY };

struct saying {
    int64_t said_at; /* first: sms_forget_before */
    int64_t next_at;
    int32_t tries;
    uint16_t mark;
    uint16_t unsure; /* how often a crash left it marked for the gateway */
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

struct names {
    char aside[PATH_MAX], path[PATH_MAX];
};

/* OUTADAY_TIME_SERIAL_NUMBER_sms.txt in the outbox: written aside, then renamed, as gammu-smsd
 * wants it. Other forms of the name it moves to its folder of errors. */
static int name_files(const struct sms *self, struct names *names, const struct saying *saying,
                      const char *key)
{
    char day[24] = "";
    const char *folder = kn_agent_text(self->agent, "outbox");
    const char *serial = key + strlen("sms:o:") + 12; /* its last eight digits */
    time_t said = (time_t)(saying->said_at / 1000);
    struct tm tm;
    if (gmtime_r(&said, &tm)) {
        (void)strftime(day, sizeof day, "%Y%m%d_%H%M%S", &tm);
    }
    return folder &&
                   (size_t)snprintf(names->aside, PATH_MAX, "%s/.%s.tmp", folder, serial) <
                       PATH_MAX &&
                   (size_t)snprintf(names->path, PATH_MAX, "%s/OUTA%s_%s_%s_sms.txt", folder, day,
                                    serial, saying->number) < PATH_MAX
               ? KN_OK
               : KN_E_INVALID;
}

static int write_aside(struct sms *self, const struct saying *saying, const char *key)
{
    struct names names;
    int rc = name_files(self, &names, saying, key);
    if (rc != KN_OK) {
        return rc;
    }
    int fd = open(names.aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
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
    (void)snprintf(self->why, sizeof self->why, "%s", good ? "" : strerror(errno));
    return good ? KN_OK : KN_E_IO;
}

static int rename_aside(struct sms *self, const struct saying *saying, const char *key)
{
    struct names names;
    int rc = name_files(self, &names, saying, key);
    if (rc == KN_OK && rename(names.aside, names.path) != 0) {
        rc = errno == ENOENT ? KN_E_NOT_FOUND : KN_E_IO;
        (void)snprintf(self->why, sizeof self->why, "%s", strerror(errno));
    }
    return rc;
}

static void sync_folder(const struct sms *self)
{
    int fd = open(kn_agent_text(self->agent, "outbox"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
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

/* Messages that may be handed over now. */
struct due {
    struct due_one {
        char key[40];
        struct saying saying;
    } one[AT_ONCE];
    size_t n, most;
    int64_t now;
    bool is_marked; /* look for those that a crash left marked */
};

static int find_due(void *arg, const char *key, const void *value, size_t size)
{
    struct due *due = arg;
    struct due_one *one = &due->one[due->n];
    if (size != sizeof one->saying) {
        return KN_E_CORRUPT;
    }
    memcpy(&one->saying, value, size);
    (void)snprintf(one->key, sizeof one->key, "%s", key);
    due->n += due->is_marked ? one->saying.mark != MARK_NONE : one->saying.next_at <= due->now;
    return due->n == due->most ? 1 : KN_OK;
}

/* KN_OK also when there is none. */
static int look(const struct sms *self, struct due *due, size_t most)
{
    due->n = 0;
    due->most = most;
    int rc = kn_client_each(kn_agent_client(self->agent), "sms:o:", find_due, due);
    return rc == 1 ? KN_OK : rc;
}

static int keep(const struct sms *self, const struct due_one *one)
{
    return kn_client_put(kn_agent_client(self->agent), one->key, &one->saying, sizeof one->saying);
}

static int strike_off(const struct sms *self, const struct due_one *one)
{
    return kn_client_put(kn_agent_client(self->agent), one->key, NULL, 0);
}

/* A message that could not be handed over waits, and all others a first time: it may be the way. */
static int put_off(struct sms *self, struct due_one *one, int64_t now)
{
    const int64_t give_up_ms = (int64_t)GIVE_UP_DAYS * 86400000;
    int64_t pause = FIRST_MS;
    for (int32_t i = 0; i < one->saying.tries && pause < MOST_MS; i++) {
        pause *= 2;
    }
    if (!self->is_stuck) {
        kn_agent_log(self->agent,
                     KN_TR(self->agent, "chưa gửi được tin trả lời (%s), sẽ gửi lại",
                           "answers cannot be sent (%s), they are tried again"),
                     self->why);
    }
    self->is_stuck = true;
    self->send_at = now + FIRST_MS;
    if (now - one->saying.said_at > give_up_ms) {
        kn_agent_log(self->agent, "%s",
                     KN_TR(self->agent, "bỏ một tin trả lời không gửi được trong ba ngày",
                           "an answer that could not be sent for three days is given up"));
        return strike_off(self, one);
    }
    one->saying.tries++;
    one->saying.next_at = now + (pause < MOST_MS ? pause : MOST_MS);
    one->saying.mark = MARK_NONE;
    return keep(self, one);
}

static int take_off(struct sms *self, const struct due_one *one)
{
    if (self->is_stuck) {
        kn_agent_log(self->agent, "%s",
                     KN_TR(self->agent, "đã gửi lại được tin trả lời", "answers go out again"));
    }
    self->is_stuck = false;
    return strike_off(self, one);
}

/* A crash left this one marked. */
static int settle(struct sms *self, struct due_one *one)
{
    struct saying *saying = &one->saying;
    if (saying->mark == MARK_FOLDER) {
        int rc = rename_aside(self, saying, one->key);
        if (rc == KN_OK || rc == KN_E_NOT_FOUND) { /* it is there now, or gammu-smsd took it */
            return strike_off(self, one);
        }
    } else {
        bool is_again = saying->unsure++ == 0;
        kn_agent_log(self->agent, "%s",
                     is_again ? KN_TR(self->agent,
                                      "dừng khi đang gửi một tin trả lời, không rõ cổng đã nhận "
                                      "chưa: gửi lại, người nhận có thể nhận hai lần",
                                      "stopped while an answer was sent, nobody knows whether the "
                                      "gateway took it: it is sent again and may come twice")
                              : KN_TR(self->agent,
                                      "lại dừng khi đang gửi lại tin trả lời đó: coi như đã gửi",
                                      "stopped again while that answer was sent again: it counts "
                                      "as sent"));
        if (!is_again) {
            return strike_off(self, one);
        }
    }
    saying->mark = MARK_NONE;
    return keep(self, one);
}

/* Once, before anything is sent: all that a crash left marked. */
static int settle_all(struct sms *self, struct due *due)
{
    int rc = KN_OK;
    due->is_marked = true;
    do {
        rc = look(self, due, AT_ONCE);
        for (size_t i = 0; rc == KN_OK && i < due->n; i++) {
            rc = settle(self, &due->one[i]);
        }
    } while (rc == KN_OK && due->n > 0);
    due->is_marked = false;
    self->is_settled = rc == KN_OK;
    return rc;
}

/* What a message tells of is safe before it is told: both are in the commit of the mark. */
static int mark(const struct sms *self, struct due_one *one, size_t n, enum mark mark)
{
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < n; i++) {
        one[i].saying.mark = (uint16_t)mark;
        rc = keep(self, &one[i]);
    }
    return rc == KN_OK ? kn_client_flush(kn_agent_client(self->agent)) : rc;
}

/* Hands the messages that are due over to gammu-smsd; whether all went well. */
static bool send_by_folder(struct sms *self, struct due *due)
{
    size_t n = 0;
    int rc = look(self, due, AT_ONCE);
    while (rc == KN_OK && n < due->n &&
           write_aside(self, &due->one[n].saying, due->one[n].key) == 0) {
        n++;
    }
    if (rc == KN_OK && n > 0) {
        sync_folder(self);
        rc = mark(self, due->one, n, MARK_FOLDER);
    }
    for (size_t i = 0; rc == KN_OK && i < n; i++) {
        struct due_one *one = &due->one[i];
        rc = rename_aside(self, &one->saying, one->key) == KN_OK ? take_off(self, one)
                                                                 : put_off(self, one, due->now);
    }
    if (rc == KN_OK && n > 0) {
        sync_folder(self);
    }
    if (rc == KN_OK && n < due->n) {
        (void)put_off(self, &due->one[n], due->now); /* a failure shows at the commit */
    }
    return rc == KN_OK && n == due->n;
}

/* The same to the gateway, one by one: each is struck off in the commit that marks the next. */
static bool send_by_gateway(struct sms *self, struct due *due)
{
    for (int i = 0; i < AT_ONCE; i++) {
        struct due_one *one = &due->one[0];
        if (look(self, due, 1) != KN_OK || due->n == 0 ||
            mark(self, one, 1, MARK_GATEWAY) != KN_OK) {
            return false;
        }
        int rc = to_gateway(self, &one->saying);
        rc = rc == KN_OK ? take_off(self, one) : put_off(self, one, due->now);
        if (rc != KN_OK || self->is_stuck) {
            return false;
        }
    }
    return true;
}

bool sms_send(struct sms *self)
{
    int64_t now = sms_now();
    if (!self->speaks || now < self->send_at) {
        return false;
    }
    struct due *due = calloc(1, sizeof *due);
    bool is_more = false;
    if (due && (self->is_settled || settle_all(self, due) == KN_OK)) {
        due->now = now;
        is_more = kn_agent_text(self->agent, "outbox") ? send_by_folder(self, due)
                                                       : send_by_gateway(self, due);
        is_more = is_more && due->n > 0 && due->n == due->most;
    }
    free(due);
    return is_more;
}
