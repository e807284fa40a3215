/* agency.c - kiennghi-agency: what an agency is given, kept on its own disk, accepted, answered.
 *
 * Follows the stream of its unit. Each event is in the agency's own inbox (a folder, one JSON file
 * a case, inbox.c) before the hub hears that it was taken. An assignment is accepted at once with
 * --auto-accept, else by a clerk: `accept`, `answer`, `return`. Commands work beside the running
 * agent. Other programs of the agency hear of each event by --hook (hook.c), and work by --bridge
 * (bridge.c).
 */
#include "agents/agency.h"
#include "agents/hook.h"
#include "agents/inbox.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 1000 };

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
    const char *program = kn_agent_text(agent, "hook"), *bridge = kn_agent_text(agent, "bridge");
    hook_t *hook = NULL;
    int rc = inbox_open(agency_inbox(agent, path));
    if (rc != KN_OK) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
    }
    if (rc == KN_OK && program) {
        (void)snprintf(path, sizeof path, "%s/hook", kn_agent_text(agent, "state"));
        rc = hook_open(&hook, program, path, (int)kn_agent_integer(agent, "hook-timeout"));
        if (rc != KN_OK) {
            kn_agent_fault(agent, program, KN_CODE_UNREADABLE, NULL, strerror(errno));
            return KN_E_INVALID;
        }
        kn_agent_set_own(agent, hook);
    }
    return rc == KN_OK && bridge ? bridge_open(agent, bridge) : rc;
}

static int turn(kn_agent_t *agent, bool is_idle)
{
    hook_t *hook = kn_agent_own(agent);
    (void)is_idle;
    if (hook) {
        hook_turn(hook, agent);
    }
    return KN_OK;
}

/* The bridge's turn; what fails now is there with the next one. */
static int tick(kn_agent_t *agent)
{
    const char *bridge = kn_agent_text(agent, "bridge");
    if (bridge && kn_client_state(kn_agent_client(agent)) == KN_CLIENT_READY) {
        (void)bridge_take(agent, bridge);
    }
    return KN_OK;
}

/* What came with --once is passed on before the agent ends. */
static void stop(kn_agent_t *agent)
{
    hook_t *hook = kn_agent_own(agent);
    if (hook && kn_agent_is_following(agent) && !kn_agent_is_stopping(agent)) {
        hook_drain(hook, agent);
    }
    hook_close(&hook);
    if (kn_agent_is_following(agent) && !kn_agent_is_stopping(agent)) {
        (void)tick(agent);
    }
}

/* The event goes to the hook's line, and an assignment of ours to the bridge, before the stream
 * goes on. */
static int pass_on(kn_agent_t *agent, uint64_t position, const struct kn_event *event,
                   const json_t *kept, bool is_ours)
{
    hook_t *hook = kn_agent_own(agent);
    const char *bridge = kn_agent_text(agent, "bridge");
    int rc = KN_OK;
    if (hook && event->kind == KN_EVENT_KIND_PERSON_ERASED) {
        hook_erase(hook, event->case_);
    }
    if (hook) {
        json_t *one = inbox_event(event);
        rc = one ? hook_put(hook, position, event->case_, one) : KN_E_NOMEM;
        json_decref(one);
    }
    if (rc == KN_OK && bridge && is_ours && event->kind == KN_EVENT_KIND_CASE_ASSIGNED) {
        rc = bridge_put(agent, bridge, kept);
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
    const char *unit = kn_client_welcome(kn_agent_client(agent))->unit;
    bool is_ours = !event->unit || !unit || strcmp(event->unit, unit) == 0;
    json_t *kept = NULL;
    if (!event->case_) {
        return KN_OK;
    }
    int rc = inbox_take(&kept, agency_inbox(agent, path), event, unit);
    rc = rc == KN_OK ? pass_on(agent, position, event, kept, is_ours) : rc;
    if (rc == KN_OK && event->kind == KN_EVENT_KIND_CASE_ASSIGNED && event->has_assignment &&
        is_ours && kn_agent_flag(agent, "auto-accept")) {
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
        {"hook", KN_OPTION_TEXT, "PROGRAM", NULL, 0, 0, "chạy cho mỗi sự kiện, JSON ở đầu vào chuẩn; chạy lại đến khi mã thoát là 0", "is run for each event, JSON on its standard input; again until it exits with 0"},
        {"hook-timeout", KN_OPTION_INTEGER, "SECONDS", "30", 1, 3600, "hook: thời gian chạy tối đa", "hook: how long it may run"},
        {"bridge", KN_OPTION_TEXT, "DIR", NULL, 0, 0, "cầu nối phần mềm văn bản: giao việc ra DIR/out, trả lời vào DIR/in", "bridge to a document system: assignments to DIR/out, answers from DIR/in"},
        {"bridge-from", KN_OPTION_TEXT, "ID;NAME", "HDND;Văn phòng Đoàn ĐBQH và HĐND thành phố", 0, 0, "bridge: nơi gửi ghi trong edXML", "bridge: the sender in edXML"},
        {"bridge-to", KN_OPTION_TEXT, "ID;NAME", "DONVI;Đơn vị được giao", 0, 0, "bridge: nơi nhận ghi trong edXML", "bridge: the receiver in edXML"},
        {"result", KN_OPTION_TEXT, "CLASS", NULL, 0, 0, "answer: kết quả (resolved_works, explained …)", "answer: the result class"},
        {"document", KN_OPTION_TEXT, "DOCUMENT", NULL, 0, 0, "answer, opinion: văn bản, \"SỐ;NGÀY;CƠ QUAN\"", "answer, opinion: the document, \"NUMBER;DAY;SENDER\""},
        {"acted-at", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "làm thật từ khi nào, nếu ghi nhận muộn", "when it was really done, if it is said late"},
        {"promised-on", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "answer, promise: ngày hẹn", "answer, promise: the promised day"},
        {"partial", KN_OPTION_FLAG, NULL, NULL, 0, 0, "answer: trả lời một phần", "answer: a part only"},
        {"span", KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "answer: phần được trả lời", "answer: which part"},
        {"attach", KN_OPTION_LIST, "FILE", NULL, 0, 0, "answer: tệp kèm theo (bản chụp, ảnh)", "answer: a file that belongs to it"},
        {"text", KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "nội dung, thay cho tệp", "the text, instead of a file"},
        {"file", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "nhiều việc từ tệp XLSX, ODS, CSV, JSON Lines", "many acts from XLSX, ODS, CSV, JSON Lines"},
        {"unit", KN_OPTION_TEXT, "UNIT", NULL, 0, 0, "return: đơn vị có thẩm quyền", "return: the competent unit"},
        {"reason", KN_OPTION_TEXT, "WORDS", NULL, 0, 0, "return: lý do", "return: why"},
        {0}};
    static const struct kn_agent_command commands[] = {
        {"list", "", 0, 0, agency_list, "xem hộp việc", "show the inbox"},
        {"accept", "CODE", 0, 1, agency_accept, "nhận việc", "accept an assignment"},
        {"answer", "CODE [FILE|-]", 0, 2, agency_answer, "trả lời, nội dung từ tệp hoặc đầu vào chuẩn", "answer with the text of FILE or standard input"},
        {"return", "CODE", 0, 1, agency_return, "trả lại việc không thuộc thẩm quyền", "return what is not ours"},
        {"opinion", "CODE [FILE|-]", 0, 2, agency_opinion, "cho ý kiến phối hợp", "give an opinion as a partner"},
        {"progress", "CODE [FILE|-]", 0, 2, agency_progress, "báo tiến độ", "report progress"},
        {"promise", "CODE", 0, 1, agency_promise, "cam kết ngày hoàn thành (--promised-on, --text)", "promise a day (--promised-on, --text)"},
        {"kept", "CODE [FILE|-]", 0, 2, agency_kept, "báo đã làm xong cam kết", "say that a promise is kept"},
        {"fetch", "CODE DIGEST FILE", 3, 3, agency_fetch, "tải tệp kèm theo của một kiến nghị", "get a file of a case"},
        {"hook failed", "", 0, 0, hook_failed_list, "xem những sự kiện mà hook không nhận", "show the events that the hook did not take"},
        {"hook retry", "NAME|all", 1, 1, hook_failed_retry, "đưa sự kiện lại cho hook", "give an event to the hook again"},
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
        .on_stop = stop,
        .every_ms = TICK_MS,
        .on_tick = tick,
        .on_turn = turn,
        .stream = "agency/%s",
        .on_event = take,
        .on_receipt = tell_receipt};
    return kn_agent_main(argc, argv, &spec);
}
