/* operate_keys.c - the commands of kiennghi about who may come in: keys, the access table, what is
 * missing of agents, who was turned away.
 */
#include "operate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kiennghi/keys.h"
#include "kiennghi/message.h"
#include "names.h"
#include "show.h"
#include "tool.h"
#include "words.h"

/* ---- keys ---------------------------------------------------------------------------------- */

/* What --window, --rate, --bytes-per-day, --sessions, --streams and --verbs change of AGENT. A
 * number of 0 and an empty list take the limit away. */
struct narrowed {
    struct kn_limits limits;
    const char *streams[20], *verbs[40];
};

static void number_of(kn_agent_t *agent, const char *option, bool *has, int64_t *value)
{
    if (kn_agent_text(agent, option)) {
        *value = kn_agent_integer(agent, option);
        *has = *value > 0;
    }
}

static size_t list_of(kn_agent_t *agent, const char *option, const char *list[], size_t max)
{
    size_t n = 0;
    const char *text;
    for (size_t i = 0; n < max && (text = kn_agent_list(agent, option, i)); i++)
        if (*text)
            list[n++] = text;
    return n;
}

static void narrow(kn_agent_t *agent, struct narrowed *narrowed, struct kn_agent *record)
{
    struct kn_limits *limits = &narrowed->limits;
    *limits = record->limits ? *record->limits : (struct kn_limits){.has_rate = false};
    number_of(agent, "window", &record->has_window, &record->window);
    number_of(agent, "rate", &limits->has_rate, &limits->rate);
    number_of(agent, "bytes-per-day", &limits->has_bytes_per_day, &limits->bytes_per_day);
    number_of(agent, "sessions", &limits->has_sessions, &limits->sessions);
    if (kn_agent_text(agent, "streams")) {
        limits->n_streams = list_of(agent, "streams", narrowed->streams, 20);
        limits->streams = narrowed->streams;
    }
    if (kn_agent_text(agent, "verbs")) {
        limits->n_verbs = list_of(agent, "verbs", narrowed->verbs, 40);
        limits->verbs = narrowed->verbs;
    }
    const bool any = limits->has_rate || limits->has_bytes_per_day || limits->has_sessions ||
                     limits->n_streams || limits->n_verbs;
    record->limits = any ? limits : NULL;
}

/* Sends RECORD as it stands, with what the options change. */
static int admit_record(kn_agent_t *agent, struct kn_agent *record)
{
    char done[512];
    struct narrowed narrowed;
    const bool vi = kn_agent_is_vi(agent);
    narrow(agent, &narrowed, record);
    struct kn_agent_admit body = {.sequence = 1, .agent = record};
    snprintf(done, sizeof done,
             TR("%s được phép kết nối, vai %s%s%s.", "%s may connect, as %s%s%s."), record->agent,
             words_of(KN_ENUM_ROLE, (int)record->role, vi), record->unit ? TR(" – ", " of ") : "",
             names_of(NAMES_UNIT, record->unit, vi));
    int rc = tool_act_locally(agent, KN_TYPE_AGENT_ADMIT, &body, done);
    if (rc == KN_OK)
        kn_agent_json(agent, KN_SCHEMA_AGENT, record, true);
    return rc;
}

static int admit(kn_agent_t *agent, const char *name, const char *public_key)
{
    int role;
    const char *word = kn_agent_text(agent, "role"), *unit = kn_agent_text(agent, "unit");
    if (!word)
        return tool_fail(agent, KN_CODE_REQUIRED, "role",
                         TR("thiếu --role VAI", "--role ROLE is missing"));
    if (tool_pick(agent, &role, KN_ENUM_ROLE, "role", word) != KN_OK)
        return KN_E_INVALID;
    struct kn_agent record = {
        .agent = name, .role = (enum kn_role)role, .unit = unit, .key = public_key};
    return admit_record(agent, &record);
}

int operate_keys_new(kn_agent_t *agent, int argc, char **argv)
{
    char path[512], words[768];
    struct kn_keys keys;
    (void)argc;
    snprintf(path, sizeof path, "%s/%s.cert", kn_agent_text(agent, "out"), argv[0]);
    kn_keys_new(&keys);
    int rc = kn_keys_save(&keys, argv[0], path);
    if (rc != KN_OK) {
        snprintf(words, sizeof words,
                 rc == KN_E_CONFLICT ? TR("đã có; không ghi đè", "exists; nothing was overwritten")
                                     : TR("không ghi được", "cannot be written"));
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, words);
        return rc;
    }
    rc = admit(agent, argv[0], keys.public_key);
    if (rc != KN_OK) {
        snprintf(
            words, sizeof words,
            TR("khóa đã lưu nhưng chưa được cho phép; thử lại: kiennghi keys add %s %s --role …",
               "the key is saved but not admitted; try: kiennghi keys add %s %s --role …"),
            argv[0], path);
        kn_agent_fault(agent, path, KN_CODE_NOT_ALLOWED, NULL, words);
        return rc;
    }
    kn_agent_print(agent,
                   TR("  công khai  %s  (%s)\n"
                      "  BÍ MẬT     %s_secret  (giữ ở máy dùng khóa, không gửi cho ai)",
                      "  public  %s  (%s)\n"
                      "  SECRET  %s_secret  (keep it where the key is used, send it to nobody)"),
                   path, keys.public_key, path);
    return KN_OK;
}

int operate_keys_add(kn_agent_t *agent, int argc, char **argv)
{
    char public_key[41];
    (void)argc;
    if (kn_keys_public(public_key, argv[1]) != KN_OK)
        return tool_fail(
            agent, KN_CODE_INVALID, argv[1],
            TR("không phải khóa Z85 hay tệp chứng thư", "neither a Z85 key nor a certificate"));
    return admit(agent, argv[0], public_key);
}

int operate_keys_revoke(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_agent_revoke body = {
        .sequence = 1, .agent = argv[0], .reason = kn_agent_text(agent, "reason")};
    char done[256];
    (void)argc;
    snprintf(done, sizeof done,
             TR("Khóa của %s đã bị thu hồi, không kết nối được nữa.",
                "The key of %s is revoked and can connect no more."),
             argv[0]);
    return tool_act_locally(agent, KN_TYPE_AGENT_REVOKE, &body, done);
}

/* The identity as the hub has it; *ANSWER holds it. NULL: told. */
static const struct kn_agent *find_agent(kn_agent_t *agent, struct kn_message **answer,
                                         const char *name)
{
    struct kn_agent_get body = {.request = 1, .agent = name};
    if (tool_ask(agent, answer, KN_TYPE_AGENT_GET, &body, KN_TYPE_AGENT_VIEW) != KN_OK)
        return NULL;
    const struct kn_agent_view *view = (*answer)->body;
    if (view->n_agents == 1)
        return view->agents;
    tool_fail(agent, KN_CODE_UNKNOWN_VALUE, name,
              TR("không có tác nhân này; xem: kiennghi keys list",
                 "no identity has this name; see: kiennghi keys list"));
    return NULL;
}

/* A new key in the place of the old one, which is refused from then on. The files change places
 * only when the hub has the new key. */
static int replace_key(kn_agent_t *agent, const struct kn_agent *known)
{
    char path[512], fresh[520], secret[540], old[560], words[600];
    struct kn_keys keys;
    struct kn_agent record = *known;
    snprintf(path, sizeof path, "%s/%s.cert", kn_agent_text(agent, "out"), known->agent);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    kn_keys_new(&keys);
    int rc = kn_keys_save(&keys, known->agent, fresh);
    if (rc != KN_OK) {
        kn_agent_fault(agent, fresh, KN_CODE_STORAGE, NULL,
                       rc == KN_E_CONFLICT
                           ? TR("đã có từ một lần đổi khóa dở dang; xem rồi xóa đi",
                                "left from a rotation that did not end; look at it and remove it")
                           : TR("không ghi được", "cannot be written"));
        return rc;
    }
    record.key = keys.public_key;
    record.revoked = record.has_admitted_at = false;
    rc = admit_record(agent, &record);
    if (rc != KN_OK)
        return rc;
    for (int i = 0; i < 2; i++) {
        snprintf(secret, sizeof secret, "%s%s", path, i ? "_secret" : "");
        snprintf(old, sizeof old, "%s.old", secret);
        (void)rename(secret, old); /* there may be none here */
        snprintf(old, sizeof old, "%s%s", fresh, i ? "_secret" : "");
        if (rename(old, secret) != 0)
            rc = KN_E_IO;
    }
    snprintf(
        words, sizeof words,
        TR("khóa mới nằm ở %s.new; đổi tên bằng tay", "the new key is %s.new; rename it by hand"),
        path);
    if (rc != KN_OK)
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, words);
    else
        kn_agent_print(agent,
                       TR("  khóa mới  %s (khóa cũ, nếu có ở đây, nay là %s.old)",
                          "  new key  %s (the old one, if it was here, is %s.old now)"),
                       path, path);
    return rc;
}

int operate_keys_rotate(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    (void)argc;
    const struct kn_agent *known = find_agent(agent, &answer, argv[0]);
    int rc = known ? replace_key(agent, known) : KN_E_NOT_FOUND;
    kn_message_destroy(&answer);
    return rc;
}

/* Changes role, unit or limits of an identity; its key stays. */
int operate_keys_set(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    int role = 0, rc = KN_E_NOT_FOUND;
    (void)argc;
    if (tool_pick_option(agent, &role, KN_ENUM_ROLE, "role") != KN_OK)
        return KN_E_INVALID;
    const struct kn_agent *known = find_agent(agent, &answer, argv[0]);
    if (known) {
        struct kn_agent record = *known;
        record.role = role ? (enum kn_role)role : record.role;
        record.unit = kn_agent_text(agent, "unit") ? kn_agent_text(agent, "unit") : record.unit;
        record.has_admitted_at = false;
        record.n_gaps = 0;
        rc = record.revoked ? tool_fail(agent, KN_CODE_REVOKED, argv[0],
                                        TR("khóa đã bị thu hồi; dùng keys rotate hay keys add",
                                           "the key was revoked; use keys rotate or keys add"))
                            : admit_record(agent, &record);
    }
    kn_message_destroy(&answer);
    return rc;
}

static void show_agent(kn_agent_t *agent, const struct kn_agent *record)
{
    char day[17] = "";
    const struct kn_limits *limits = record->limits;
    kn_agent_json(agent, KN_SCHEMA_AGENT, record, true);
    if (record->has_admitted_at)
        words_time(day, record->admitted_at);
    kn_agent_print(agent, "%-24s %-20s %-16s %s  %.8s…%s", record->agent,
                   kn_enum_text(KN_ENUM_ROLE, (int)record->role), record->unit ? record->unit : "",
                   day, record->key, record->revoked ? TR("  ĐÃ THU HỒI", "  REVOKED") : "");
    if (!limits)
        return;
    char words[400] = "";
    size_t n = 0;
    const struct {
        const char *name;
        bool has;
        int64_t value;
    } numbers[] = {{"rate", limits->has_rate, limits->rate},
                   {"bytes-per-day", limits->has_bytes_per_day, limits->bytes_per_day},
                   {"sessions", limits->has_sessions, limits->sessions}};
    for (size_t i = 0; i < 3; i++)
        if (numbers[i].has)
            n += (size_t)snprintf(words + n, sizeof words - n, "  %s %" PRId64, numbers[i].name,
                                  numbers[i].value);
    kn_agent_print(agent, "  %s%s", TR("giới hạn:", "limits:"), words);
    for (size_t i = 0; i < limits->n_streams; i++)
        kn_agent_print(agent, "    stream %s", limits->streams[i]);
    for (size_t i = 0; i < limits->n_verbs; i++)
        kn_agent_print(agent, "    verb %s", limits->verbs[i]);
}

/* Calls SHOW with each identity that is or was admitted. */
static int each_agent(kn_agent_t *agent,
                      void (*show)(kn_agent_t *agent, const struct kn_agent *record))
{
    char after[64] = "";
    bool more = true;
    int rc = KN_OK;
    while (more && rc == KN_OK) {
        struct kn_message *answer = NULL;
        struct kn_agent_get body = {.request = 1, .after = *after ? after : NULL};
        rc = tool_ask(agent, &answer, KN_TYPE_AGENT_GET, &body, KN_TYPE_AGENT_VIEW);
        more = false;
        if (rc == KN_OK) {
            const struct kn_agent_view *view = answer->body;
            for (size_t i = 0; i < view->n_agents; i++)
                show(agent, &view->agents[i]);
            more = view->more_after != NULL;
            snprintf(after, sizeof after, "%s", more ? view->more_after : "");
        }
        kn_message_destroy(&answer);
    }
    return rc;
}

int operate_keys_list(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return each_agent(agent, show_agent);
}

/* ---- what agents have and what does not come ------------------------------------------------- */

static void show_gaps(kn_agent_t *agent, const struct kn_agent *record)
{
    for (size_t i = 0; i < record->n_gaps; i++) {
        char words[64];
        words_gap(words, &record->gaps[i], kn_agent_is_vi(agent));
        kn_agent_print(agent, "%-24s %s  %s %s", record->agent, record->gaps[i].instance,
                       TR("thông điệp", "messages"), words);
    }
    if (record->n_gaps)
        kn_agent_json(agent, KN_SCHEMA_AGENT, record, true);
}

int operate_gap_list(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return each_agent(agent, show_gaps);
}

/* NAME [INSTANCE]: what is missing of it will not come. */
int operate_gap_settle(kn_agent_t *agent, int argc, char **argv)
{
    char done[256];
    struct kn_gap_settle body = {.sequence = 1,
                                 .agent = argv[0],
                                 .instance = argc > 1 ? argv[1] : NULL,
                                 .reason = kn_agent_text(agent, "reason")};
    snprintf(done, sizeof done,
             TR("Không chờ thông điệp còn thiếu của %s nữa.",
                "What is missing of %s is no longer waited for."),
             argv[0]);
    return tool_act_locally(agent, KN_TYPE_GAP_SETTLE, &body, done);
}

/* ---- the access table, and who was turned away ---------------------------------------------- */

/* NAME WHAT: a message ("case.assign") or a stream ("agency/UNIT"). */
int operate_acl_test(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    const bool is_verb = kn_type_value(argv[1]) != 0;
    struct kn_acl_test body = {.request = 1,
                               .agent = argv[0],
                               .verb = is_verb ? argv[1] : NULL,
                               .stream = is_verb ? NULL : argv[1]};
    (void)argc;
    int rc = tool_ask(agent, &answer, KN_TYPE_ACL_TEST, &body, KN_TYPE_ACL_VIEW);
    if (rc == KN_OK) {
        const struct kn_acl_view *view = answer->body;
        char words[200];
        kn_agent_json(agent, KN_SCHEMA_ACL_VIEW, view, true);
        kn_agent_print(
            agent, "%s %s %s: %s%s%s", argv[0], is_verb ? TR("nói", "says") : TR("đọc", "reads"),
            argv[1], view->allowed ? TR("ĐƯỢC", "ALLOWED") : TR("KHÔNG", "DENIED"),
            view->reason ? " – " : "",
            view->reason ? kn_agent_reason_words(agent, words, sizeof words, view->reason) : "");
        if (view->allowed && !is_verb)
            kn_agent_print(agent, "  %s",
                           view->persons
                               ? TR("kèm nội dung và người gửi", "with texts and persons")
                               : TR("không kèm thông tin cá nhân", "without personal data"));
        rc = view->allowed ? KN_OK : KN_E_DENIED;
    }
    kn_message_destroy(&answer);
    return rc;
}

int operate_denials(kn_agent_t *agent, int argc, char **argv)
{
    int64_t after = kn_agent_integer(agent, "after");
    bool more = true;
    int rc = KN_OK;
    (void)argc;
    (void)argv;
    while (more && rc == KN_OK) {
        struct kn_message *answer = NULL;
        struct kn_denial_get body = {.request = 1, .has_after = true, .after = after};
        rc = tool_ask(agent, &answer, KN_TYPE_DENIAL_GET, &body, KN_TYPE_DENIAL_VIEW);
        more = false;
        if (rc == KN_OK) {
            const struct kn_denial_view *view = answer->body;
            for (size_t i = 0; i < view->n_denials; i++) {
                const struct kn_denial *denial = &view->denials[i];
                char at[17];
                words_time(at, denial->at);
                kn_agent_json(agent, KN_SCHEMA_DENIAL, denial, true);
                kn_agent_print(agent, "%6" PRId64 "  %s  %-24s %-12s %6" PRId64 "  %s",
                               denial->number, at, denial->who,
                               kn_enum_text(KN_ENUM_DENIAL_REASON, (int)denial->reason),
                               denial->count, denial->verb ? denial->verb : "");
            }
            more = view->has_more_after;
            after = view->more_after;
        }
        kn_message_destroy(&answer);
    }
    return rc;
}
