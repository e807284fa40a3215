/* agency.c - kiennghi-agency: what an agency is given, kept on its own disk, accepted, answered.
 *
 * Follows the stream of its unit. Each event is in the agency's own inbox (a folder, one JSON file
 * a case, inbox.c) before the hub hears that it was taken. An assignment is accepted at once with
 * --auto-accept, else by a clerk: `accept`, `answer`, `return`. Commands work beside the running
 * agent.
 */
#include "agents/agency.h"
#include "agents/inbox.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *agency_inbox(kn_agent_t *agent, char path[PATH_MAX])
{
    const char *given = kn_agent_text(agent, "inbox");
    (void)snprintf(path, PATH_MAX, "%s%s", given ? given : kn_agent_text(agent, "state"),
                   given ? "" : "/inbox");
    return path;
}

static int start(kn_agent_t *agent)
{
    char path[PATH_MAX];
    int rc = inbox_open(agency_inbox(agent, path));
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
    int rc = inbox_take(&kept, agency_inbox(agent, path), event);
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
        {"auto-accept", KN_OPTION_FLAG, NULL, NULL, 0, 0, "tự nhận việc ngay khi đã ghi vào hộp việc", "accept as soon as it is in the inbox"},
        {"inbox", KN_OPTION_TEXT, "DIR", NULL, 0, 0, "thư mục hộp việc; mặc định STATE/inbox", "the inbox; by default STATE/inbox"},
        {"result", KN_OPTION_TEXT, "CLASS", NULL, 0, 0, "answer: kết quả (resolved_works, explained …)", "answer: the result class"},
        {"document", KN_OPTION_TEXT, "DOCUMENT", NULL, 0, 0, "answer: văn bản trả lời, \"SỐ;NGÀY;CƠ QUAN\"", "answer: the document, \"NUMBER;DAY;SENDER\""},
        {"promised-on", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "answer: ngày hẹn", "answer: the promised day"},
        {"unit", KN_OPTION_TEXT, "UNIT", NULL, 0, 0, "return: đơn vị có thẩm quyền", "return: the competent unit"},
        {"reason", KN_OPTION_TEXT, "WORDS", NULL, 0, 0, "return: lý do", "return: why"},
        {0}};
    static const struct kn_agent_command commands[] = {
        {"list", "", 0, 0, agency_list, "xem hộp việc", "show the inbox"},
        {"accept", "CODE", 1, 1, agency_accept, "nhận việc", "accept an assignment"},
        {"answer", "CODE [FILE|-]", 1, 2, agency_answer, "trả lời, nội dung từ tệp hoặc đầu vào chuẩn", "answer with the text of FILE or standard input"},
        {"return", "CODE", 1, 1, agency_return, "trả lại việc không thuộc thẩm quyền", "return what is not ours"},
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
