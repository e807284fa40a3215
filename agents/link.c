/* link.c - the skeleton's client: made when first needed, its callbacks, acts and requests.
 *
 * An agent and its positional commands may run at the same time; so commands have an outbox of
 * their own beside the agent's.
 */
#include "agents/agent_internal.h"

#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ACT_TAG = 0 }; /* no account has this number */

/* The exit code that a failure deserves. */
int link_exit_code(int rc)
{
    switch (rc) {
    case KN_OK: return KN_EXIT_OK;
    case KN_E_DENIED: return KN_EXIT_DENIED;
    case KN_E_INVALID:
    case KN_E_CONFLICT:
    case KN_E_NOT_FOUND:
    case KN_E_TOO_LARGE: return KN_EXIT_DATA;
    default: return KN_EXIT_LATER;
    }
}

/* Keeps the first exit code that is not 0, but nothing hides a denial. */
void link_fail(kn_agent_t *self, int code)
{
    if (self->exit_code == KN_EXIT_OK || code == KN_EXIT_DENIED)
        self->exit_code = code;
}

/* ---- the client ---------------------------------------------------------------------------- */

static void on_receipt(void *arg, uint64_t tag, const struct kn_message *sent,
                       const struct kn_receipt *receipt)
{
    kn_agent_t *self = arg;
    if (self->act.sequence != 0 && receipt->sequence == self->act.sequence) {
        char frame[2048];
        long size = kn_message_encode(frame, sizeof frame, KN_TYPE_RECEIPT, receipt, NULL);
        if (size > 0)
            kn_message_decode(&self->act.receipt, frame, (size_t)size, NULL);
    }
    if (sent->type >= KN_TYPE_BATCH_DECLARE && sent->type <= KN_TYPE_PETITION_REVISE)
        account_receipt(self, tag, sent, receipt);
    else if (self->spec->on_receipt) {
        int rc = self->spec->on_receipt(self, tag, sent, receipt);
        if (rc != KN_OK)
            link_fail(self, link_exit_code(rc));
    }
}

static void on_state(void *arg, enum kn_client_state state, const char *words)
{
    kn_agent_t *self = arg;
    if (self->is_verbose || (int)state != self->told)
        kn_agent_log(self, "%s%s%s",
                     KN_TR(self,
                           state == KN_CLIENT_READY ? "đã kết nối với trung tâm ("
                                                    : "chưa kết nối được với trung tâm (",
                           ""),
                     words, KN_TR(self, ")", ""));
    self->told = (int)state;
}

const char *link_words(kn_agent_t *self)
{
    const char *words = kn_client_words(self->client);
    switch (kn_client_state(self->client)) {
    case KN_CLIENT_DENIED:
        snprintf(self->words, sizeof self->words,
                 KN_TR(self, "trung tâm không chấp nhận khóa %s (%s) – %s", "key %s: %s - %s"),
                 kn_agent_text(self, "key"), words, kn_agent_remedy(self, KN_CODE_NOT_ALLOWED));
        break;
    case KN_CLIENT_CONNECTING:
        snprintf(self->words, sizeof self->words,
                 KN_TR(self, "chưa kết nối được với trung tâm (%s)", "%s"), words);
        break;
    case KN_CLIENT_READY:
        snprintf(self->words, sizeof self->words,
                 KN_TR(self, "trung tâm chưa trả lời (%s)", "the hub has not answered yet (%s)"),
                 words);
        break;
    }
    return self->words;
}

/* Says why the key cannot be used and what to do. */
static void tell_key(kn_agent_t *self, const char *path, int rc)
{
    const char *why;
    if (rc == KN_E_NOT_FOUND)
        why = KN_TR(self, "không có tệp khóa – tạo bằng: kiennghi keys new FILE",
                    "no such key file - make one with: kiennghi keys new FILE");
    else if (rc == KN_E_DENIED)
        why = KN_TR(self, "người khác đọc được khóa bí mật – chạy: chmod 600 FILE_secret",
                    "others can read the secret key - run: chmod 600 FILE_secret");
    else
        why = KN_TR(self, "không phải tệp khóa, hoặc không đọc được",
                    "this is no key file, or it cannot be read");
    kn_agent_fault(self, path, KN_CODE_NONE, NULL, why);
    link_fail(self, KN_EXIT_CONFIG);
}

static int make_folders(const char *path)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return KN_E_INVALID;
    memcpy(part, path, n + 1);
    for (char *p = part + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            if (mkdir(part, 0700) != 0 && errno != EEXIST)
                return KN_E_IO;
            *p = '/';
        }
    return mkdir(part, 0700) == 0 || errno == EEXIST ? KN_OK : KN_E_IO;
}

static int make_client(kn_agent_t *self)
{
    struct kn_keys keys;
    char hub_key[41], outbox[PATH_MAX];
    const char *key = kn_agent_text(self, "key"), *hub = kn_agent_text(self, "hub-key");
    const char *state = kn_agent_text(self, "state");
    int rc = kn_keys_load(&keys, key);
    if (rc == KN_OK && !keys.secret_key[0])
        rc = KN_E_NOT_FOUND;
    if (rc != KN_OK) {
        tell_key(self, key, rc);
        return rc;
    }
    rc = hub ? kn_keys_public(hub_key, hub) : KN_E_NOT_FOUND;
    if (rc != KN_OK) {
        kn_agent_fault(self, hub ? hub : "--hub-key", KN_CODE_NONE, NULL,
                       KN_TR(self, "cần khóa công khai của trung tâm: 40 ký tự, hoặc tệp khóa",
                             "the hub's public key is needed: 40 characters, or its key file"));
        link_fail(self, KN_EXIT_CONFIG);
        return rc;
    }
    if (snprintf(outbox, sizeof outbox, "%s/%s", state, self->is_command ? "acts" : "outbox") >=
            (int)sizeof outbox ||
        make_folders(state) != KN_OK)
        rc = KN_E_IO;
    if (rc == KN_OK)
        rc = kn_client_new(&self->client,
                           &(struct kn_client_options){
                               .endpoint = kn_agent_text(self, self->spec->delivery ? "hub-delivery"
                                                                                    : "hub-intake"),
                               .hub_key = hub_key,
                               .public_key = keys.public_key,
                               .secret_key = keys.secret_key,
                               .outbox = outbox,
                               .program = self->program,
                               .program_version = KN_VERSION,
                               .on_receipt = on_receipt,
                               .on_state = on_state,
                               .arg = self,
                           });
    memset(&keys, 0, sizeof keys);
    if (rc == KN_E_BUSY)
        kn_agent_fault(
            self, outbox, KN_CODE_NONE, NULL,
            KN_TR(self,
                  "chương trình khác đang dùng thư mục này – dừng chương trình đó, hoặc chọn "
                  "--state khác",
                  "another process uses this folder - stop it, or choose another --state"));
    else if (rc == KN_E_INVALID)
        kn_agent_fault(
            self, "--hub-intake, --hub-delivery", KN_CODE_NONE, NULL,
            KN_TR(self, "phải có dạng tcp://ĐỊA-CHỈ:CỔNG", "must be tcp://ADDRESS:PORT"));
    else if (rc != KN_OK)
        kn_agent_fault(self, outbox, KN_CODE_NONE, NULL, kn_agent_status_words(self, rc));
    if (rc != KN_OK)
        link_fail(self, rc == KN_E_INVALID ? KN_EXIT_CONFIG : KN_EXIT_LATER);
    if (rc == KN_OK)
        kn_client_stop_on(self->client, self->signals);
    return rc;
}

kn_client_t *kn_agent_client(kn_agent_t *self)
{
    if (!self->client)
        make_client(self);
    return self->client;
}

/* ---- signals ------------------------------------------------------------------------------- */

static void take_signals(kn_agent_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (!self->is_stopping)
            kn_agent_log(self, "%s", KN_TR(self, "đang dừng", "stopping"));
        self->is_stopping = true;
    }
}

void kn_agent_stop(kn_agent_t *self)
{
    self->is_stopping = true;
}

bool kn_agent_is_stopping(kn_agent_t *self)
{
    take_signals(self);
    return self->is_stopping;
}

int kn_agent_poll(kn_agent_t *self, int timeout_ms)
{
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_poll(self->client, timeout_ms);
    return kn_agent_is_stopping(self) ? KN_E_CLOSED : rc;
}

int link_turn(kn_agent_t *self, int64_t until)
{
    int64_t now = agent_now_ms();
    int rc = kn_client_poll(self->client, until > now ? (int)(until - now) : 0);
    take_signals(self);
    if (rc == KN_E_CLOSED)
        rc = KN_OK;
    return rc;
}

/* ---- acts and requests --------------------------------------------------------------------- */

/* Tells why an act was not taken. */
static int judge(kn_agent_t *self, const struct kn_receipt *receipt)
{
    if (receipt->verdict == KN_VERDICT_STORED || receipt->verdict == KN_VERDICT_REPEATED)
        return KN_OK;
    char words[1400], room[1100];
    const char *reason =
        receipt->reason ? kn_agent_reason_words(self, room, sizeof room, receipt->reason) : "";
    const char *verdict = kn_agent_verdict_words(self, receipt->verdict);
    snprintf(words, sizeof words, "%s%s%s%s%s – %s", self->place ? verdict : "",
             self->place ? ": " : "", kn_agent_code_words(self, receipt->code),
             receipt->reason ? ": " : "", reason, kn_agent_remedy(self, receipt->code));
    kn_agent_fault(self, self->place ? self->place : verdict, receipt->code, receipt->field, words);
    if (receipt->verdict == KN_VERDICT_CONFLICT)
        return KN_E_CONFLICT;
    return receipt->code == KN_CODE_NOT_ALLOWED || receipt->code == KN_CODE_WRONG_UNIT
               ? KN_E_DENIED
               : KN_E_INVALID;
}

static int tell_wait(kn_agent_t *self, int rc)
{
    if (rc == KN_E_TIMEOUT)
        kn_agent_fault(self, NULL, KN_CODE_BUSY, NULL, link_words(self));
    else if (rc == KN_E_DENIED)
        kn_agent_fault(self, NULL, KN_CODE_NOT_ALLOWED, NULL, link_words(self));
    else if (rc == KN_E_INVALID)
        kn_agent_fault(self, NULL, KN_CODE_INVALID, NULL, kn_client_words(self->client));
    else if (rc != KN_OK)
        kn_agent_fault(self, NULL, KN_CODE_NONE, NULL, kn_agent_status_words(self, rc));
    return rc;
}

void kn_agent_at(kn_agent_t *self, const char *place)
{
    self->place = place;
}

int kn_agent_act(kn_agent_t *self, struct kn_message **receipt, enum kn_type type, void *body)
{
    struct kn_fault fault = {0};
    int64_t until = agent_now_ms() + 1000 * kn_agent_integer(self, "timeout");
    if (receipt)
        *receipt = NULL;
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_submit(self->client, ACT_TAG, type, body, &fault);
    if (rc != KN_OK) {
        kn_agent_fault(self, kn_type_name(type), fault.code, fault.field, fault.reason);
        return rc;
    }
    memcpy(&self->act.sequence, body, sizeof self->act.sequence);
    while (rc == KN_OK && !self->act.receipt) {
        rc = link_turn(self, until);
        if (rc == KN_OK && !self->act.receipt) {
            if (kn_client_state(self->client) == KN_CLIENT_DENIED)
                rc = KN_E_DENIED;
            else if (self->is_stopping || agent_now_ms() >= until)
                rc = KN_E_TIMEOUT;
        }
    }
    self->act.sequence = 0;
    if (self->act.receipt)
        rc = judge(self, self->act.receipt->body);
    else
        tell_wait(self, rc);
    if (receipt)
        *receipt = self->act.receipt;
    else
        kn_message_destroy(&self->act.receipt);
    self->act.receipt = NULL;
    return rc;
}

int kn_agent_request(kn_agent_t *self, struct kn_message **answer, enum kn_type type, void *body)
{
    *answer = NULL;
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_request(self->client, answer, type, body,
                               (int)(1000 * kn_agent_integer(self, "timeout")));
    if (rc != KN_OK && *answer) { /* the hub said no, and why */
        const struct kn_deny *deny = (*answer)->body;
        char words[500];
        snprintf(words, sizeof words, "%s – %s", kn_agent_code_words(self, deny->code),
                 kn_agent_remedy(self, deny->code));
        kn_agent_fault(self, NULL, deny->code, deny->field, words);
    } else if (rc != KN_OK) {
        tell_wait(self, rc);
    }
    if (rc != KN_OK)
        kn_message_destroy(answer);
    return rc;
}
