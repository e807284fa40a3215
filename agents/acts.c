/* acts.c - what the Office, the Boards and the deputies do with cases: read acts[] first. How a
 * command becomes a message: act.c.
 */
#include "agents/acts.h"

#include "agents/act.h"

#include <jansson.h>
#include <string.h>

#define TR(vi, en) KN_TR(agent, vi, en)

/* The text that was proposed last, for an approver who gives none. */
static int take_proposed(kn_agent_t *agent, const struct act_origin *from, json_t *body)
{
    struct kn_message *answer = NULL;
    if (json_object_get(body, "text"))
        return KN_OK;
    struct kn_case_get request = {.case_ = json_string_value(json_object_get(body, "case"))};
    const char *text = NULL;
    int rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &request);
    const struct kn_case_view *view = rc == KN_OK ? answer->body : NULL;
    for (size_t i = 0; view && i < view->n_events; i++)
        if (view->events[i].kind == KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED)
            text = view->events[i].summary;
    if (rc == KN_OK && !text)
        rc = act_fail(agent, from, KN_CODE_REQUIRED, "text",
                      TR("chưa có nội dung đề nghị công khai: ghi --text, hoặc propose trước",
                         "no text was proposed: give --text, or propose first"));
    else if (rc == KN_OK && json_object_set_new(body, "text", json_string(text)))
        rc = KN_E_NOMEM;
    kn_message_destroy(&answer);
    return rc;
}

/* clang-format off */
#define CODE      {"case", ACT_TEXT, KN_ENUM_NONE, NULL, "Mã kiến nghị"}
#define UNIT      {"unit", ACT_TEXT, KN_ENUM_NONE, NULL, "Đơn vị"}
#define REASON    {"reason", ACT_TEXT, KN_ENUM_NONE, "reason", "Lý do"}
#define BEHALF    {"on_behalf", ACT_TEXT, KN_ENUM_NONE, "on-behalf", "Thay mặt"}
#define ACTED     {"acted_at", ACT_INSTANT, KN_ENUM_NONE, "acted-at", "Ngày thực hiện"}
#define BASIS     {"basis", ACT_TEXT, KN_ENUM_NONE, "basis", "Căn cứ"}
#define LETTER    {"document", ACT_DOCUMENT, KN_ENUM_NONE, "document", "Văn bản"}

enum command {
    ASSIGN, PARTNER, RULE, REJECT, DIVERT, PAUSE, RESUME, REVIEW_ANSWER, VERIFY, SATISFIED, REMIND,
    REOPEN, SELECT, CONCLUDE, DIRECT, PROPOSE, PUBLISH, POST, WITHDRAW
};

static const struct act acts[] = {
    [ASSIGN]   = {KN_TYPE_CASE_ASSIGN, {CODE, UNIT, BASIS, REASON, BEHALF}, NULL, NULL, NULL},
    [PARTNER]  = {KN_TYPE_CASE_ASSIGN, {CODE, UNIT, BASIS, REASON, BEHALF}, "role", "partner", NULL},
    [RULE]     = {KN_TYPE_CASE_ASSIGN, {CODE, UNIT, BASIS, REASON, BEHALF}, "ruling", "true", NULL},
    [REJECT]   = {KN_TYPE_CASE_REJECT, {CODE, {"ground", ACT_WORD, KN_ENUM_REJECT_GROUND, NULL, "Căn cứ từ chối"}, REASON, BEHALF}, NULL, NULL, NULL},
    [DIVERT]   = {KN_TYPE_CASE_DIVERT, {CODE, {"diversion", ACT_WORD, KN_ENUM_DIVERSION, NULL, "Kênh"}, {"receipt", ACT_TEXT, KN_ENUM_NONE, NULL, "Số tiếp nhận"},
                  {"receiver", ACT_TEXT, KN_ENUM_NONE, "receiver", "Nơi nhận"}, REASON, BEHALF}, NULL, NULL, NULL},
    [PAUSE]    = {KN_TYPE_CASE_PAUSE, {CODE, {"ground", ACT_WORD, KN_ENUM_PAUSE_GROUND, NULL, "Lý do tạm dừng"}, {"until", ACT_DAY, KN_ENUM_NONE, NULL, "Đến ngày"},
                  BASIS, REASON, BEHALF}, NULL, NULL, NULL},
    [RESUME]   = {KN_TYPE_CASE_RESUME, {CODE, REASON, BEHALF}, NULL, NULL, NULL},
    [REVIEW_ANSWER] = {KN_TYPE_ANSWER_REVIEW, {CODE, {"accepted", ACT_BOOLEAN, KN_ENUM_NONE, NULL, "Nhận"}, REASON, BEHALF}, NULL, NULL, NULL},
    [VERIFY]   = {KN_TYPE_CASE_VERIFY, {CODE, {"verification", ACT_WORD, KN_ENUM_VERIFICATION, NULL, "Kết quả"}, {"place", ACT_TEXT, KN_ENUM_NONE, "place", "Nơi kiểm chứng"},
                  {"evidence", ACT_TEXT, KN_ENUM_NONE, "evidence", "Đã thấy"},
                  {"attachments", ACT_FILES, KN_ENUM_NONE, "attach", "Tệp kèm theo"}, ACTED, BEHALF}, NULL, NULL, NULL},
    [SATISFIED] = {KN_TYPE_CASE_SATISFACTION, {CODE, {"satisfaction", ACT_WORD, KN_ENUM_SATISFACTION, NULL, "Ý kiến cử tri"}, REASON, ACTED, BEHALF}, NULL, NULL, NULL},
    [REMIND]   = {KN_TYPE_CASE_REMIND, {CODE, LETTER, REASON, BEHALF}, NULL, NULL, NULL},
    [REOPEN]   = {KN_TYPE_CASE_REOPEN, {CODE, REASON, BEHALF}, NULL, NULL, NULL},
    [SELECT]   = {KN_TYPE_CASE_SELECT, {CODE, {"docket", ACT_TEXT, KN_ENUM_NONE, NULL, "Hồ sơ giám sát"}, {"oversight", ACT_WORD, KN_ENUM_OVERSIGHT, NULL, "Hình thức"}, REASON, BEHALF}, NULL, NULL, NULL},
    [CONCLUDE] = {KN_TYPE_COMMITMENT_MAKE, {CODE, {"docket", ACT_TEXT, KN_ENUM_NONE, NULL, "Hồ sơ giám sát"}, {"promised_on", ACT_DAY, KN_ENUM_NONE, NULL, "Hạn"},
                  {"text", ACT_TEXT, KN_ENUM_NONE, "text", "Nội dung"}, BEHALF}, NULL, NULL, NULL},
    [DIRECT]   = {KN_TYPE_CASE_DIRECT, {CODE, {"body", ACT_TEXT, KN_ENUM_NONE, NULL, "Cơ quan chỉ đạo"}, {"reason", ACT_TEXT, KN_ENUM_NONE, "text", "Nội dung"},
                  {"due_on", ACT_DAY, KN_ENUM_NONE, "due-on", "Hạn"}, LETTER, BEHALF}, NULL, NULL, NULL},
    [PROPOSE]  = {KN_TYPE_CASE_PUBLISH, {CODE, {"text", ACT_TEXT, KN_ENUM_NONE, "text", "Nội dung công khai"}, REASON, BEHALF}, "publication", "awaiting_approval", NULL},
    [PUBLISH]  = {KN_TYPE_CASE_PUBLISH, {CODE, {"text", ACT_TEXT, KN_ENUM_NONE, "text", "Nội dung công khai"}, REASON, BEHALF}, "publication", "published", take_proposed},
    [POST]     = {KN_TYPE_CASE_PUBLISH, {CODE, {"text", ACT_TEXT, KN_ENUM_NONE, "text", "Nội dung công khai"}, REASON, BEHALF}, "publication", "posted", take_proposed},
    [WITHDRAW] = {KN_TYPE_CASE_PUBLISH, {CODE, REASON, BEHALF}, "publication", "withdrawn", NULL},
};
/* clang-format on */

/* ---- the commands -------------------------------------------------------------------------- */

#define COMMAND(name, which)                                   \
    int acts_##name(kn_agent_t *agent, int argc, char **argv)  \
    {                                                          \
        return act_run(agent, &acts[which], NULL, argc, argv); \
    }

COMMAND(assign, ASSIGN)
COMMAND(partner, PARTNER)
COMMAND(rule, RULE)
COMMAND(reject, REJECT)
COMMAND(divert, DIVERT)
COMMAND(pause, PAUSE)
COMMAND(resume, RESUME)
COMMAND(review_answer, REVIEW_ANSWER)
COMMAND(verify, VERIFY)
COMMAND(satisfied, SATISFIED)
COMMAND(remind, REMIND)
COMMAND(reopen, REOPEN)
COMMAND(select, SELECT)
COMMAND(conclude, CONCLUDE)
COMMAND(direct, DIRECT)
COMMAND(propose, PROPOSE)
COMMAND(publish, PUBLISH)
COMMAND(post, POST)
COMMAND(withdraw, WITHDRAW)
