/* agency_acts.c - the commands of kiennghi-agency: what a clerk does with the inbox. Read acts[]
 * first; how a command or the rows of a file become messages: act.c.
 */
#include "agents/act.h"
#include "agents/agency.h"
#include "agents/inbox.h"
#include "agents/read/read.h"
#include "agents/words.h"
#include "kiennghi/keys.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ANSWER = 64 * 1024 };

/* ---- what nobody needs to write ----------------------------------------------------------------
 */

/* The number of our assignment, as the inbox knows it. */
static int add_assignment(kn_agent_t *agent, const struct act_origin *from, json_t *body)
{
    char path[PATH_MAX];
    const char *code = json_string_value(json_object_get(body, "case"));
    json_t *kept = code ? inbox_load(agency_inbox(agent, path), code) : NULL;
    json_t *number = json_object_get(kept, "assignment");
    if (number) {
        json_object_set(body, "assignment", number);
    }
    json_decref(kept);
    return number ? KN_OK
                  : act_fail(agent, from, KN_CODE_UNKNOWN_CASE, "case",
                             KN_TR(agent, "không có trong hộp việc – xem: kiennghi-agency list",
                                   "not in the inbox - see: kiennghi-agency list"));
}

/* The oldest promise that is still open. */
static int add_commitment(kn_agent_t *agent, const struct act_origin *from, json_t *body)
{
    struct kn_message *answer = NULL;
    struct kn_case_get ask = {.case_ = json_string_value(json_object_get(body, "case"))};
    int64_t number = 0;
    int rc = ask.case_ ? kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &ask) : KN_OK;
    const struct kn_case_view *view = answer ? answer->body : NULL;
    for (size_t i = 0; view && i < view->case_->n_commitments && !number; i++) {
        if (!view->case_->commitments[i].has_kept_at) {
            number = view->case_->commitments[i].number;
        }
    }
    kn_message_destroy(&answer);
    if (rc == KN_OK && number == 0) {
        return act_fail(agent, from, KN_CODE_ILLEGAL_MOVE, "commitment",
                        KN_TR(agent, "kiến nghị này không còn cam kết nào chưa xong",
                              "this case has no open promise"));
    }
    json_object_set_new(body, "commitment", json_integer(number));
    return rc;
}

/* clang-format off */
#define CODE     {"case", ACT_TEXT, KN_ENUM_NONE, NULL, "Mã kiến nghị"}
#define TEXT(t)  {"text", ACT_TEXT, KN_ENUM_NONE, "text", t}
#define REASON   {"reason", ACT_TEXT, KN_ENUM_NONE, "reason", "Lý do"}
#define LETTER   {"document", ACT_DOCUMENT, KN_ENUM_NONE, "document", "Văn bản"}
#define ACTED    {"acted_at", ACT_INSTANT, KN_ENUM_NONE, "acted-at", "Ngày thực hiện"}
#define PROMISED {"promised_on", ACT_DAY, KN_ENUM_NONE, "promised-on", "Ngày hẹn"}

enum command { ACCEPT, RETURN, ANSWER, OPINION, PROGRESS, PROMISE, KEPT };

static const struct act acts[] = {
    [ACCEPT]   = {KN_TYPE_ASSIGNMENT_ACCEPT, {CODE, ACTED}, NULL, NULL, add_assignment},
    [RETURN]   = {KN_TYPE_ASSIGNMENT_RETURN, {CODE, {"proposed_unit", ACT_TEXT, KN_ENUM_NONE, "unit", "Đơn vị có thẩm quyền"}, REASON, ACTED}, NULL, NULL, add_assignment},
    [ANSWER]   = {KN_TYPE_ANSWER_SUBMIT, {CODE, {"result", ACT_WORD, KN_ENUM_RESULT, "result", "Kết quả"}, LETTER, PROMISED, TEXT("Nội dung trả lời"),
                  {"partial", ACT_BOOLEAN, KN_ENUM_NONE, "partial", "Một phần"}, {"span", ACT_TEXT, KN_ENUM_NONE, "span", "Phần được trả lời"},
                  {"attachments", ACT_FILES, KN_ENUM_NONE, "attach", "Tệp kèm theo"}, ACTED}, NULL, NULL, NULL},
    [OPINION]  = {KN_TYPE_OPINION_SUBMIT, {CODE, TEXT("Ý kiến"), LETTER, ACTED}, NULL, NULL, add_assignment},
    [PROGRESS] = {KN_TYPE_PROGRESS_REPORT, {CODE, TEXT("Đã làm gì"), ACTED}, NULL, NULL, add_assignment},
    [PROMISE]  = {KN_TYPE_COMMITMENT_MAKE, {CODE, PROMISED, TEXT("Nội dung cam kết")}, NULL, NULL, NULL},
    [KEPT]     = {KN_TYPE_COMMITMENT_KEEP, {CODE, TEXT("Đã làm gì"), ACTED}, NULL, NULL, add_commitment},
};
/* clang-format on */

/* ---- answers: once a row -----------------------------------------------------------------------
 */

/* Under which the outbox remembers that the hub recorded BODY. */
static void done_key(char key[40], const json_t *body)
{
    char hex[33], *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    kn_hash_hex32(hex, 1, (const char *[]){text ? text : ""});
    (void)snprintf(key, 40, "ba:%s", hex);
    free(text);
}

static bool was_recorded(kn_agent_t *agent, const json_t *body)
{
    char key[40];
    const void *value;
    size_t size;
    done_key(key, body);
    return kn_agent_client(agent) &&
           kn_client_get(kn_agent_client(agent), &value, &size, key) == KN_OK;
}

static int record(kn_agent_t *agent, const json_t *body)
{
    char key[40];
    done_key(key, body);
    int rc = kn_client_put(kn_agent_client(agent), key, "1", 1);
    return rc == KN_OK ? kn_client_flush(kn_agent_client(agent)) : rc;
}

int agency_answers(kn_agent_t *agent, const char *path, const json_t *given)
{
    const struct act_rows rows = {.given = given, .was_recorded = was_recorded, .record = record};
    return act_run_file(agent, &acts[ANSWER], &rows, path);
}

/* ---- commands ----------------------------------------------------------------------------------
 */

static int fail(kn_agent_t *agent, const char *what, enum kn_code code, const char *words)
{
    kn_agent_fault(agent, what, code, NULL, words);
    return KN_E_INVALID;
}

/* The text of FILE or "-"; the caller frees. NULL: the operator was told. */
static char *text_of(kn_agent_t *agent, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *bytes = file ? malloc(MAX_ANSWER + 1) : NULL, *text = NULL;
    size_t n = bytes ? fread(bytes, 1, MAX_ANSWER + 1, file) : 0;
    if (!bytes) {
        (void)fail(agent, path, KN_CODE_UNREADABLE, strerror(errno));
    } else if (n > MAX_ANSWER) {
        (void)fail(agent, path, KN_CODE_TOO_LONG, kn_agent_remedy(agent, KN_CODE_TOO_LONG));
    } else if (!read_is_text(bytes, n)) {
        (void)fail(agent, path, KN_CODE_NOT_TEXT, kn_agent_remedy(agent, KN_CODE_NOT_TEXT));
    } else {
        text = read_clean(bytes, n);
    }
    if (file && file != stdin) {
        fclose(file);
    }
    free(bytes);
    return text;
}

/* An act with a text: of --text, else of the file ARGV[1], else of the standard input. */
static int act_with_text(kn_agent_t *agent, enum command command, int argc, char **argv)
{
    json_t *given = NULL;
    int rc = KN_OK;
    if (!kn_agent_text(agent, "text") && !kn_agent_text(agent, "file")) {
        char *text = argc > 0 ? text_of(agent, argc > 1 ? argv[1] : "-") : NULL;
        given = text ? json_pack("{s:s}", "text", text) : NULL;
        rc = argc > 0 && !given ? KN_E_INVALID : KN_OK;
        free(text);
    }
    if (rc == KN_OK) {
        rc = act_run(agent, &acts[command], given, argc > 1 ? 1 : argc, argv);
    }
    json_decref(given);
    return rc;
}

int agency_answer(kn_agent_t *agent, int argc, char **argv)
{
    const char *file = kn_agent_text(agent, "file");
    return file ? agency_answers(agent, file, NULL) : act_with_text(agent, ANSWER, argc, argv);
}

#define COMMAND(name, how)                                      \
    int agency_##name(kn_agent_t *agent, int argc, char **argv) \
    {                                                           \
        return how;                                             \
    }

COMMAND(accept, act_run(agent, &acts[ACCEPT], NULL, argc, argv))
COMMAND(return, act_run(agent, &acts[RETURN], NULL, argc, argv))
COMMAND(promise, act_run(agent, &acts[PROMISE], NULL, argc, argv))
COMMAND(opinion, act_with_text(agent, OPINION, argc, argv))
COMMAND(progress, act_with_text(agent, PROGRESS, argc, argv))
COMMAND(kept, act_with_text(agent, KEPT, argc, argv))

int agency_fetch(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    int rc = kn_agent_get_file(agent, argv[0], argv[1], argv[2]);
    if (rc == KN_OK) {
        kn_agent_print(agent, "%s", argv[2]);
    }
    return rc;
}

/* ---- the inbox ---------------------------------------------------------------------------------
 */

static int list_one(void *arg, json_t *kept)
{
    kn_agent_t *agent = arg;
    const char *flow = json_string_value(json_object_get(kept, "flow"));
    const char *text =
        json_string_value(json_object_get(json_object_get(kept, "petition"), "text"));
    json_int_t due_at = json_integer_value(json_object_get(kept, "due_at"));
    char due[11] = "-", line[120];
    words_cut(line, sizeof line, text);
    if (kn_agent_is_json(agent)) {
        int rc = json_dumpf(kept, stdout, JSON_COMPACT);
        return putchar('\n') == EOF || rc != 0 ? KN_E_IO : KN_OK;
    }
    if (due_at > 0) {
        words_due(due, due_at);
    }
    kn_agent_print(
        agent, "%-14s %-11s %-22s %s", json_string_value(json_object_get(kept, "case")), due,
        words_of(KN_ENUM_FLOW, kn_enum_value(KN_ENUM_FLOW, flow), kn_agent_is_vi(agent)), line);
    return KN_OK;
}

int agency_list(kn_agent_t *agent, int argc, char **argv)
{
    char path[PATH_MAX];
    (void)argc;
    (void)argv;
    int rc = inbox_each(agency_inbox(agent, path), list_one, agent);
    size_t n = hook_failed_count(agent);
    if (n > 0) {
        kn_agent_print(
            agent,
            KN_TR(agent, "%zu sự kiện hook không nhận – xem: kiennghi-agency hook failed",
                  "%zu events were not taken by the hook - see: kiennghi-agency hook failed"),
            n);
    }
    return rc;
}
