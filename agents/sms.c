/* sms.c - kiennghi-sms: text messages become petitions, and their senders hear what became of them.
 *
 * Messages come as files: gammu-smsd writes them into its inbox, and what an HTTP gateway (Kannel)
 * brings is written down in the same form (sms_http.c), so there is one walk:
 *
 *     file ─▶ who sends it? ─▶ all parts? ─▶ for us (TT, ROI, CHUA)? ─▶ petition ─▶ hub
 *             sms_numbers      sms_parts     sms_talk                              │ receipt
 *     phone ◀─ sms_send ◀─ sms_words ◀──────────── sms_talk ◀── stream source/… ◀──┘ and news
 *
 * The inbox is the container, a day of it (by the messages' own clock, UTC+7) the batch. A message
 * is known by what the gateway calls it, else by its number, time, header and text. How many
 * messages a day has is kept in the outbox; files that wait together are declared together.
 * Delivery reports are put away. sms.h says where telephone numbers may stand.
 */
#include "agents/sms.h"

#include "agents/intake.h"
#include "agents/names.h"
#include "kiennghi/kiennghi.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_MS = 1000, HOUR_MS = 3600000, DAY_MS = 86400000 };

int64_t sms_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool sms_recall(const struct sms *self, void *value, size_t size, const char *key)
{
    const void *kept;
    size_t kept_size;
    if (kn_client_get(kn_agent_client(self->agent), &kept, &kept_size, key) != KN_OK ||
        kept_size != size) {
        return false;
    }
    memcpy(value, kept, size);
    return true;
}

/* ---- a petition ----------------------------------------------------------------------------- */

/* Counts message ITEM of DAY once; *ROW becomes its place in the day, *N the messages of that day.
 */
static int count(struct sms *self, int64_t *row, int64_t *n, const char *container, const char *day,
                 const char *item)
{
    kn_client_t *client = kn_agent_client(self->agent);
    char item_key[100], day_key[100];
    (void)snprintf(item_key, sizeof item_key, "sms:%s:%s", container, item);
    (void)snprintf(day_key, sizeof day_key, "sms:%s:day:%s", container, day);
    *n = 0;
    (void)sms_recall(self, n, sizeof *n, day_key);
    if (sms_recall(self, row, sizeof *row, item_key)) {
        return KN_OK;
    }
    *row = ++*n;
    int rc = kn_client_put(client, item_key, row, sizeof *row);
    return rc == KN_OK ? kn_client_put(client, day_key, n, sizeof *n) : rc;
}

/* What a message is known by for ever. */
static void name_item(char item[33], const struct read_sms *sms)
{
    char at[24];
    (void)snprintf(at, sizeof at, "%lld", (long long)sms->sent_at);
    if (*sms->id && sms->of_parts == 1) {
        kn_hash_hex32(item, 2, (const char *[]){"id", sms->id});
    } else {
        kn_hash_hex32(item, 4, (const char *[]){sms->number, at, sms->udh, sms->text});
    }
}

static int send_message(struct sms *self, const struct read_sms *sms, const struct sms_join *known)
{
    kn_agent_t *agent = self->agent;
    char container[33], batch[33], item[33], title[64], number[SMS_NUMBER];
    const char *inbox = kn_agent_text(agent, "inbox");
    bool is_late = known->item[0] != '\0', is_incomplete = sms->n_parts < sms->of_parts;
    const char *day = known->day[0] ? known->day : sms->day[0] ? sms->day : "?";
    int64_t row = 0, n = 0;
    sms_number(number, sms->number);
    name_item(item, sms);
    if (is_late) {
        (void)snprintf(item, sizeof item, "%s", known->item);
    }
    (void)snprintf(title, sizeof title, "%s, %s", inbox, day);
    kn_hash_hex32(container, 2, (const char *[]){"sms", inbox});
    kn_hash_hex32(batch, 3, (const char *[]){"sms", inbox, day});
    struct kn_batch_declare declare = {.batch = batch,
                                       .container = container,
                                       .source = kn_agent_text(agent, "source"),
                                       .channel = KN_CHANNEL_SMS,
                                       .title = title,
                                       .file = inbox};
    struct kn_person person = {.phone = sms->number};
    struct kn_petition petition = {.text = sms->text,
                                   .has_received_at = sms->sent_at >= 0,
                                   .received_at = sms->sent_at >= 0 ? sms->sent_at : 0,
                                   .person = *sms->number ? &person : NULL,
                                   .doubt = is_incomplete || sms->doubt};
    int rc = kn_agent_batch(agent, &declare);
    if (rc == KN_OK && is_late) {
        kn_agent_batch_revises(agent, NULL, NULL);
    }
    rc = rc == KN_OK ? count(self, &row, &n, container, day, item) : rc;
    rc = rc == KN_OK ? kn_agent_row(agent, row, item, &petition) : rc;
    if (rc == KN_OK && sms_number_answers(number) && self->speaks && !is_late) {
        rc = sms_talk_expect(self, item, number, is_incomplete);
    }
    if (rc == KN_OK && known->since) {
        rc = sms_parts_sent(self, sms, item);
    }
    return rc == KN_OK ? kn_agent_batch_pause(agent, n) : rc;
}

/* Says on the log that a message is given without some of its parts. */
static void tell_missing(struct sms *self, const struct read_sms *sms)
{
    struct read_fault fault = {.kind = READ_SMS_PARTS, .file = "SMS"};
    (void)snprintf(fault.value, sizeof fault.value, "%u", sms->n_parts);
    (void)snprintf(fault.expected, sizeof fault.expected, "%u", sms->of_parts);
    intake_warn(self->agent, &fault);
}

/* ---- a file --------------------------------------------------------------------------------- */

/* IN20261124_081200_00_+84912345678_00.txt, the form of gammu-smsd, with three digits of the
 * number left. */
static void show_name(char *out, size_t size, const char *name)
{
    char masked[NAME_MAX + 1];
    (void)snprintf(masked, sizeof masked, "%.*s", NAME_MAX, name);
    char *at = masked;
    for (int i = 0; i < 3 && at; i++) {
        at = strchr(at, '_');
        at = at ? at + 1 : NULL;
    }
    size_t n = at ? strcspn(at, "_.") : 0;
    for (size_t i = 0; n > 3 && i < n - 3; i++) {
        at[i] = 'x';
    }
    (void)snprintf(out, size, "%s", masked);
}

static int tell_fault(struct sms *self, const char *path, struct read_fault *fault, int rc)
{
    char shown[NAME_MAX + 1];
    const char *slash = strrchr(path, '/');
    show_name(shown, sizeof shown, slash ? slash + 1 : path);
    (void)snprintf(fault->file, sizeof fault->file, "%s", shown);
    return intake_fault(self->agent, shown, fault, rc);
}

/* A message, or the part of one, that is heard. */
static int take(struct sms *self, struct read_sms **sms_p, const char *bytes, size_t length)
{
    struct sms_join known = {0};
    char number[SMS_NUMBER], item[33];
    int rc = KN_OK;
    sms_number(number, (*sms_p)->number);
    if ((*sms_p)->n_parts < (*sms_p)->of_parts) {
        rc = sms_parts_take(self, sms_p, &known, bytes, length);
    }
    if (rc != KN_OK || !*sms_p) {
        return rc;
    }
    if ((*sms_p)->n_parts < (*sms_p)->of_parts) {
        tell_missing(self, *sms_p);
    } else if (self->speaks && !known.item[0]) {
        name_item(item, *sms_p);
        if (sms_talk(self, *sms_p, number, item, &rc)) {
            return rc == KN_OK && known.since ? sms_parts_forget(self, *sms_p) : rc;
        }
    }
    return send_message(self, *sms_p, &known);
}

static int read_message(kn_agent_t *agent, const char *path)
{
    struct sms *self = kn_agent_own(agent);
    struct read_sms *sms = NULL;
    struct read_fault fault;
    char *bytes, number[SMS_NUMBER];
    size_t length;
    int rc = read_sms_load(&bytes, &length, path, &fault);
    if (rc != KN_OK) {
        return tell_fault(self, path, &fault, rc);
    }
    rc = read_sms_bytes(&sms, bytes, length, path, NULL, NULL, &fault);
    if (rc == 1) {
        sms_number(number, sms->number);
        rc = sms_numbers_admit(self, number, sms->sent_at, &fault) ? 1 : KN_E_INVALID;
    }
    if (rc < 0) {
        rc = tell_fault(self, path, &fault, rc);
    } else if (rc == 1) {
        rc = take(self, &sms, bytes, length);
    }
    read_sms_destroy(&sms);
    free(bytes);
    return rc;
}

/* gammu-smsd and sms_http.c name what came in IN…; anything else in the folder is not ours. */
static bool is_mine(const char *name)
{
    const char *dot = strrchr(name, '.');
    return strncmp(name, "IN", 2) == 0 && dot && strcmp(dot, ".txt") == 0;
}

/* ---- the loop ------------------------------------------------------------------------------- */

static bool is_service(const kn_agent_t *agent)
{
    return kn_agent_text(agent, "watch") && !kn_agent_flag(agent, "once");
}

static int64_t wait_ms(const kn_agent_t *agent)
{
    return is_service(agent) ? SECOND_MS * kn_agent_integer(agent, "wait-parts") : 0;
}

/* Removes files of FOLDER below the inbox that were finished before BEFORE: they hold numbers. */
static void sweep_folder(const char *inbox, const char *folder, int64_t before)
{
    char path[PATH_MAX];
    struct dirent *entry;
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", inbox, folder);
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir))) {
        if (is_mine(entry->d_name) && fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
            (int64_t)st.st_ctim.tv_sec * 1000 < before) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir) {
        (void)closedir(dir);
    }
}

struct old {
    char key[128];
    int64_t before;
};

static int find_old(void *arg, const char *key, const void *value, size_t size)
{
    struct old *old = arg;
    int64_t at = 0;
    memcpy(&at, value, size < sizeof at ? size : sizeof at);
    (void)snprintf(old->key, sizeof old->key, "%s", key);
    return at < old->before ? 1 : KN_OK;
}

int sms_forget_before(const struct sms *self, const char *prefix, int64_t before)
{
    struct old old = {.before = before};
    kn_client_t *client = kn_agent_client(self->agent);
    int rc;
    while ((rc = kn_client_each(client, prefix, find_old, &old)) == 1) {
        rc = kn_client_put(client, old.key, NULL, 0);
        if (rc != KN_OK) {
            break;
        }
    }
    return rc;
}

/* Once an hour: forgets whom nobody needs to know any more. */
static int sweep(struct sms *self)
{
    static const struct {
        const char *prefix;
        int64_t days; /* 0: as long as --keep-days */
    } kept[] = {{"sms:r:", 1}, {"sms:d:", 7}, {"sms:q:", 30}, {"sms:n:", 0}, {"sms:c:", 400}};
    int64_t now = sms_now(), days = kn_agent_integer(self->agent, "keep-days");
    const char *inbox = kn_agent_text(self->agent, "watch");
    int rc = KN_OK;
    if (now - self->swept_at < HOUR_MS) {
        return KN_OK;
    }
    self->swept_at = now;
    if (inbox) {
        sweep_folder(inbox, "done", now - days * DAY_MS);
    }
    for (size_t i = 0; rc == KN_OK && i < sizeof kept / sizeof *kept; i++) {
        rc = sms_forget_before(self, kept[i].prefix,
                               now - (kept[i].days ? kept[i].days : days) * DAY_MS);
    }
    return rc == KN_OK ? sms_parts_sweep(self) : rc;
}

/* Gives what waited long enough for its other parts. */
static int tick(kn_agent_t *agent)
{
    struct sms *self = kn_agent_own(agent);
    struct read_sms *sms = NULL;
    struct sms_join known;
    int rc = sweep(self);
    while (rc == KN_OK && (rc = sms_parts_overdue(self, &sms, &known, wait_ms(agent))) == 1) {
        tell_missing(self, sms);
        rc = send_message(self, sms, &known);
        read_sms_destroy(&sms);
    }
    return rc;
}

static int turn(kn_agent_t *agent, bool is_idle)
{
    struct sms *self = kn_agent_own(agent);
    sms_http_turn(self);
    while (sms_send(self) && !kn_agent_is_stopping(agent)) {
    }
    if (is_idle && !is_service(agent) && sms_parts_wait(self)) {
        kn_agent_tick(agent); /* nothing more comes: what is not whole is given as it is */
    }
    return KN_OK;
}

static int on_row(kn_agent_t *agent, const struct kn_message *sent,
                  const struct kn_receipt *receipt)
{
    const struct kn_petition_submit *submit = sent->body;
    const struct kn_petition_revise *revise = sent->body;
    bool is_new = sent->type == KN_TYPE_PETITION_SUBMIT;
    /* the skeleton writes "n" before a name */
    int rc = sms_parts_answered(kn_agent_own(agent), (is_new ? submit->item : revise->item) + 1);
    return rc == KN_OK && is_new ? sms_talk_receipt(kn_agent_own(agent), submit->item + 1, receipt)
                                 : rc;
}

static int on_receipt(kn_agent_t *agent, uint64_t tag, const struct kn_message *sent,
                      const struct kn_receipt *receipt)
{
    bool is_taken =
        receipt->verdict == KN_VERDICT_STORED || receipt->verdict == KN_VERDICT_REPEATED;
    (void)tag;
    if (sent->type == KN_TYPE_CASE_SATISFACTION) {
        return sms_talk_answered(kn_agent_own(agent), sent->body, is_taken);
    }
    if (receipt->verdict == KN_VERDICT_REFUSED || receipt->verdict == KN_VERDICT_CONFLICT) {
        kn_agent_log(agent, "%s: %s, %s", kn_type_name(sent->type),
                     kn_agent_verdict_words(agent, receipt->verdict),
                     kn_agent_code_words(agent, receipt->code));
    }
    return KN_OK;
}

/* ---- the stream: its cursor is committed with what was said --------------------------------- */

static int on_event(kn_agent_t *agent, uint64_t position, const struct kn_event *event)
{
    struct sms *self = kn_agent_own(agent);
    int rc = sms_talk_event(self, event);
    return rc == KN_OK
               ? kn_client_put(kn_agent_client(agent), "sms:cursor", &position, sizeof position)
               : rc;
}

static int on_frame(kn_agent_t *agent, uint64_t position)
{
    (void)position;
    return kn_client_flush(kn_agent_client(agent));
}

static int cursor(kn_agent_t *agent, uint64_t *after)
{
    return sms_recall(kn_agent_own(agent), after, sizeof *after, "sms:cursor") ? KN_OK
                                                                               : KN_E_NOT_FOUND;
}

/* ---- main ----------------------------------------------------------------------------------- */

static int start(kn_agent_t *agent)
{
    struct sms *self = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    self->agent = agent;
    kn_agent_set_own(agent, self);
    int rc = sms_numbers_read(self);
    rc = rc == KN_OK ? sms_words_read(self) : rc;
    rc = rc == KN_OK ? sms_send_start(self) : rc;
    return rc == KN_OK ? sms_http_open(self) : rc;
}

static void stop(kn_agent_t *agent)
{
    struct sms *self = kn_agent_own(agent);
    if (self) {
        sms_http_close(self);
        sms_numbers_free(self);
        sms_words_free(self);
        free(self->user_secret);
        free(self->flying);
        free(self);
    }
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"inbox", KN_OPTION_TEXT, "NAME", "SMS", 0, 0, "tên hộp thư hoặc đầu số; đổi tên là một hộp thư khác", "name or short number of the inbox; another name is another inbox"},
        {"source", KN_OPTION_TEXT, "CODE", "tin_nhan", 0, 0, "mã nguồn", "code of the source"},
        {"wait-parts", KN_OPTION_INTEGER, "SECONDS", "900", 1, 86400, "chờ các phần còn thiếu của tin dài", "how long to wait for the missing parts of a long message"},
        {"outbox", KN_OPTION_TEXT, "DIR", NULL, 0, 0, "trả lời qua thư mục outbox của gammu-smsd", "answer through the outbox folder of gammu-smsd"},
        {"sendsms", KN_OPTION_TEXT, "URL", NULL, 0, 0, "trả lời qua cổng HTTP (Kannel: …/cgi-bin/sendsms)", "answer through an HTTP gateway (Kannel: …/cgi-bin/sendsms)"},
        {"sendsms-user", KN_OPTION_TEXT, "NAME", "kiennghi", 0, 0, "tên đăng nhập của cổng gửi", "user of the gateway"},
        {"sendsms-secret", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "tệp giữ mật khẩu của cổng gửi", "file that keeps its password"},
        {"sendsms-from", KN_OPTION_TEXT, "NUMBER", NULL, 0, 0, "số gửi đi", "number that answers come from"},
        {"listen", KN_OPTION_TEXT, "ADDRESS:PORT", NULL, 0, 0, "nhận tin qua HTTP, chỉ địa chỉ 127.x của máy này; cần --watch", "take messages by HTTP, addresses 127.x of this machine only; needs --watch"},
        {"listen-secret", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "tệp giữ mật khẩu mà cổng phải gửi kèm", "file that keeps the secret that the gateway must say"},
        {"marks", KN_OPTION_FLAG, NULL, NULL, 0, 0, "trả lời có dấu (tin dài gấp đôi)", "answer with marks (messages cost twice)"},
        {"words", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "lời nhắn; mặc định registers/sms_words.tsv", "what is said; by default registers/sms_words.tsv"},
        {"numbers", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "danh sách số; mặc định registers/sms_numbers.tsv", "list of senders; by default registers/sms_numbers.tsv"},
        {"per-hour", KN_OPTION_INTEGER, "N", "20", 1, 190, "số tin tối đa của một số trong một giờ", "most messages of one number in an hour"},
        {"per-day", KN_OPTION_INTEGER, "N", "60", 1, 190, "số tin tối đa của một số trong một ngày", "most messages of one number in a day"},
        {"lookups", KN_OPTION_INTEGER, "N", "5", 1, 100, "số lần tra cứu của một số trong một giờ", "lookups of one number in an hour"},
        {"keep-days", KN_OPTION_INTEGER, "N", "30", 1, 3650, "giữ tệp trong done/ bao nhiêu ngày", "how many days files stay in done/"},
        {0}};
    // clang-format on
    static const struct kn_agent_spec spec = {
        .name = "sms",
        .about_vi = "nhận tin nhắn (gammu-smsd, Kannel), báo mã và kết quả cho người gửi",
        .about_en =
            "takes text messages (gammu-smsd, Kannel), tells their senders what became of it",
        .args = "FILE…",
        .options = options,
        .has_identities = true,
        .on_start = start,
        .on_stop = stop,
        .read = read_message,
        .is_mine = is_mine,
        .show_name = show_name,
        .on_row = on_row,
        .on_turn = turn,
        .every_ms = SECOND_MS,
        .on_tick = tick,
        .stream = "source/%s",
        .on_event = on_event,
        .on_frame = on_frame,
        .cursor = cursor,
        .on_receipt = on_receipt};
    return kn_agent_main(argc, argv, &spec);
}
