/* agency.c - kiennghi-agency: what an agency is given, kept on its own disk, accepted, answered.
 *
 * Follows the stream of its unit. Each event is in the agency's own inbox (a folder, one JSON file
 * a case, inbox.c) before the hub hears that it was taken. An assignment is accepted at once with
 * --auto-accept, else by a clerk: `accept`, `answer`, `return`. Commands work beside the running
 * agent.
 */
#include "agents/inbox.h"
#include "agents/read/read.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ANSWER = 64 * 1024 };

static const char *folder(kn_agent_t *agent, char path[PATH_MAX])
{
    const char *given = kn_agent_text(agent, "inbox");
    (void)snprintf(path, PATH_MAX, "%s%s", given ? given : kn_agent_text(agent, "state"),
                   given ? "" : "/inbox");
    return path;
}

static int start(kn_agent_t *agent)
{
    char path[PATH_MAX];
    int rc = inbox_open(folder(agent, path));
    if (rc != KN_OK) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
    }
    return rc;
}

/* Accepts what is newly ours; remembered in the file, so that a second hearing sends nothing. */
static int accept_at_once(kn_agent_t *agent, const char *path, json_t *kept,
                          const struct kn_event *event)
{
    struct kn_assignment_accept body = {.case_ = event->case_, .assignment = event->assignment};
    kn_client_t *client = kn_agent_client(agent);
    if (json_object_get(kept, "accepted")) {
        return KN_OK;
    }
    int rc = kn_client_submit(client, 1, KN_TYPE_ASSIGNMENT_ACCEPT, &body, NULL);
    rc = rc == KN_OK ? kn_client_flush(client) : rc;
    if (rc == KN_OK) {
        json_object_set_new(kept, "accepted", json_true());
        rc = inbox_save(path, event->case_, kept);
    }
    return rc;
}

static int take(kn_agent_t *agent, uint64_t position, const struct kn_event *event)
{
    char path[PATH_MAX], words[400];
    json_t *kept = NULL;
    (void)position;
    if (!event->case_) {
        return KN_OK;
    }
    int rc = inbox_take(&kept, folder(agent, path), event);
    if (rc == KN_OK && event->kind == KN_EVENT_KIND_CASE_ASSIGNED && event->has_assignment &&
        kn_agent_flag(agent, "auto-accept")) {
        rc = accept_at_once(agent, path, kept, event);
    }
    json_decref(kept);
    if (rc != KN_OK) {
        kn_agent_fault(agent, event->case_, KN_CODE_STORAGE, NULL,
                       kn_agent_remedy(agent, KN_CODE_STORAGE));
        return rc;
    }
    words_event(words, sizeof words, event, kn_agent_is_vi(agent));
    kn_agent_print(agent, "%s  %s", event->case_, words);
    kn_agent_json(agent, KN_SCHEMA_EVENT, event, true);
    return KN_OK;
}

/* ---- commands ----------------------------------------------------------------------------- */

static int fail(kn_agent_t *agent, const char *what, enum kn_code code, const char *words)
{
    kn_agent_fault(agent, what, code, NULL, words);
    return KN_E_INVALID;
}

/* The number of the assignment of CODE, or 0 and the operator is told. */
static int64_t assignment_of(kn_agent_t *agent, const char *code)
{
    char path[PATH_MAX];
    json_t *kept = inbox_load(folder(agent, path), code);
    int64_t number = json_integer_value(json_object_get(kept, "assignment"));
    json_decref(kept);
    if (number == 0) {
        (void)fail(agent, code, KN_CODE_UNKNOWN_CASE,
                   KN_TR(agent, "không có trong hộp việc – xem: kiennghi-agency list",
                         "not in the inbox - see: kiennghi-agency list"));
    }
    return number;
}

static int do_accept(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_assignment_accept body = {.case_ = argv[0]};
    (void)argc;
    body.assignment = assignment_of(agent, argv[0]);
    return body.assignment ? kn_agent_act(agent, NULL, KN_TYPE_ASSIGNMENT_ACCEPT, &body)
                           : KN_E_INVALID;
}

static int do_return(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_assignment_return body = {.case_ = argv[0],
                                        .proposed_unit = kn_agent_text(agent, "unit"),
                                        .reason = kn_agent_text(agent, "reason")};
    (void)argc;
    if (!body.reason) {
        return fail(agent, "--reason", KN_CODE_REQUIRED,
                    KN_TR(agent, "trả lại thì phải ghi lý do", "say why it is returned"));
    }
    body.assignment = assignment_of(agent, argv[0]);
    return body.assignment ? kn_agent_act(agent, NULL, KN_TYPE_ASSIGNMENT_RETURN, &body)
                           : KN_E_INVALID;
}

/* A day as written by a person becomes YYYY-MM-DD. */
static int day_of(kn_agent_t *agent, char out[11], const char *option, const char *text)
{
    int64_t at;
    if (read_time(&at, text) != KN_OK) {
        return fail(agent, option, KN_CODE_INVALID,
                    KN_TR(agent, "không phải ngày – ghi 24/11/2026", "no date - write 24/11/2026"));
    }
    read_day(out, at);
    return KN_OK;
}

/* "NUMBER;DAY;SENDER" */
static int document_of(kn_agent_t *agent, struct kn_document *out, char text[600], char day[11])
{
    (void)snprintf(text, 600, "%s", kn_agent_text(agent, "document"));
    char *date = strchr(text, ';'), *sender = date ? strchr(date + 1, ';') : NULL;
    if (!sender) {
        return fail(agent, "--document", KN_CODE_INVALID,
                    KN_TR(agent, "ghi theo dạng \"SỐ/KÝ HIỆU;NGÀY;CƠ QUAN\"",
                          "write \"NUMBER;DAY;SENDER\""));
    }
    *date++ = *sender++ = '\0';
    *out = (struct kn_document){.number = text, .date = day, .sender = sender};
    return day_of(agent, day, "--document", date);
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

static int do_answer(kn_agent_t *agent, int argc, char **argv)
{
    const char *result = kn_agent_text(agent, "result"),
               *promised = kn_agent_text(agent, "promised-on");
    struct kn_answer_submit body = {.case_ = argv[0]};
    struct kn_document document;
    char parts[600], issued[11], day[11];
    body.result = (enum kn_result)kn_enum_value(KN_ENUM_RESULT, result);
    if (!body.result) {
        return fail(agent, "--result", KN_CODE_INVALID,
                    "resolved_document resolved_inspection resolved_works planned_scheduled "
                    "planned_submitted planned_unscheduled planned_unfunded planned_later "
                    "planned_blocked planned_other explained");
    }
    if (kn_agent_text(agent, "document")) {
        if (document_of(agent, &document, parts, issued) != KN_OK) {
            return KN_E_INVALID;
        }
        body.document = &document;
    }
    if (promised) {
        if (day_of(agent, day, "--promised-on", promised) != KN_OK) {
            return KN_E_INVALID;
        }
        body.promised_on = day;
    }
    char *text = text_of(agent, argc > 1 ? argv[1] : "-");
    body.text = text;
    int rc = text ? kn_agent_act(agent, NULL, KN_TYPE_ANSWER_SUBMIT, &body) : KN_E_INVALID;
    free(text);
    return rc;
}

static int list_one(void *arg, json_t *kept)
{
    kn_agent_t *agent = arg;
    const char *flow = json_string_value(json_object_get(kept, "flow"));
    const char *text =
        json_string_value(json_object_get(json_object_get(kept, "petition"), "text"));
    json_int_t due_at = json_integer_value(json_object_get(kept, "due_at"));
    char due[11] = "-";
    if (kn_agent_is_json(agent)) {
        int rc = json_dumpf(kept, stdout, JSON_COMPACT);
        return putchar('\n') == EOF || rc != 0 ? KN_E_IO : KN_OK;
    }
    if (due_at > 0) {
        words_due(due, due_at);
    }
    kn_agent_print(agent, "%-14s %-11s %-22s %.90s",
                   json_string_value(json_object_get(kept, "case")), due,
                   words_of(KN_ENUM_FLOW, kn_enum_value(KN_ENUM_FLOW, flow), kn_agent_is_vi(agent)),
                   text ? text : "");
    return KN_OK;
}

static int do_list(kn_agent_t *agent, int argc, char **argv)
{
    char path[PATH_MAX];
    (void)argc;
    (void)argv;
    return inbox_each(folder(agent, path), list_one, agent);
}

static int tell_receipt(kn_agent_t *agent, uint64_t tag, const struct kn_message *sent,
                        const struct kn_receipt *receipt)
{
    (void)tag;
    if (receipt->verdict == KN_VERDICT_REFUSED || receipt->verdict == KN_VERDICT_CONFLICT) {
        kn_agent_log(agent, "%s: %s, %s", kn_type_name(sent->type),
                     kn_agent_verdict_words(agent, receipt->verdict),
                     kn_agent_code_words(agent, receipt->code));
    }
    return KN_OK;
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"auto-accept", KN_OPTION_FLAG, NULL, NULL, 0, 0, "nhận việc ngay khi đã ghi vào hộp việc", "accept as soon as it is in the inbox"},
        {"inbox", KN_OPTION_TEXT, "DIR", NULL, 0, 0, "hộp việc; mặc định STATE/inbox", "the inbox; by default STATE/inbox"},
        {"result", KN_OPTION_TEXT, "CLASS", NULL, 0, 0, "answer: kết quả (resolved_works, explained …)", "answer: the result class"},
        {"document", KN_OPTION_TEXT, "DOCUMENT", NULL, 0, 0, "answer: văn bản trả lời, \"SỐ;NGÀY;CƠ QUAN\"", "answer: the document, \"NUMBER;DAY;SENDER\""},
        {"promised-on", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "answer: ngày hẹn", "answer: the promised day"},
        {"unit", KN_OPTION_TEXT, "UNIT", NULL, 0, 0, "return: đơn vị có thẩm quyền", "return: the competent unit"},
        {"reason", KN_OPTION_TEXT, "WORDS", NULL, 0, 0, "return: lý do", "return: why"},
        {0}};
    static const struct kn_agent_command commands[] = {
        {"list", "", 0, 0, do_list, "xem hộp việc", "show the inbox"},
        {"accept", "CODE", 1, 1, do_accept, "nhận việc", "accept an assignment"},
        {"answer", "CODE [FILE|-]", 1, 2, do_answer, "trả lời, nội dung từ tệp hoặc đầu vào chuẩn", "answer with the text of FILE or standard input"},
        {"return", "CODE", 1, 1, do_return, "trả lại việc không thuộc thẩm quyền", "return what is not ours"},
        {0}};
    // clang-format on
    static const struct kn_agent_spec spec = {
        .name = "agency",
        .about_vi = "hộp việc của một cơ quan: nhận, trả lời, trả lại kiến nghị",
        .about_en = "the inbox of an agency: accept, answer and return petitions",
        .delivery = true,
        .options = options,
        .commands = commands,
        .on_start = start,
        .stream = "agency/%s",
        .on_event = take,
        .on_receipt = tell_receipt};
    return kn_agent_main(argc, argv, &spec);
}
