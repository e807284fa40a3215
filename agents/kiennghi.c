/* kiennghi.c - the operator's tool: see what is there, act on cases, hand out keys.
 *
 * Acts on cases and requests go over CURVE under a person's own key, as any agent's. What runs the
 * process (status, the first keys, the clock of a test store, drain) goes over the control socket
 * when this user may use it, else over CURVE too. The commands stand in one table at the end; each
 * is a sentence: noun, verb, arguments. What the hub answers is printed by show.c, or as JSON.
 */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "agents/report/report.h"
#include "inquiry.h"
#include "kiennghi/agent.h"
#include "names.h"
#include "operate.h"
#include "reading.h"
#include "review.h"
#include "show.h"
#include "tool.h"
#include "words.h"

/* ---- what is there ------------------------------------------------------------------------- */

static int status(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    (void)argc;
    (void)argv;
    int rc = tool_status(agent, &answer);
    if (rc == KN_OK && kn_agent_is_json(agent))
        kn_agent_json(agent, KN_SCHEMA_STATUS_VIEW, answer->body, true);
    else if (rc == KN_OK)
        show_status(agent, answer->body);
    kn_message_destroy(&answer);
    return rc;
}

static int case_show(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    struct kn_case_get body = {.case_ = argv[0]};
    const bool with_persons = kn_agent_flag(agent, "persons");
    (void)argc;
    int rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &body);
    if (rc == KN_OK && kn_agent_is_json(agent))
        kn_agent_json(agent, KN_SCHEMA_CASE_VIEW, answer->body, !with_persons);
    else if (rc == KN_OK)
        show_case(agent, answer->body, with_persons);
    kn_message_destroy(&answer);
    return rc;
}

static int batch_list(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    struct kn_batch_get body = {.has_limit = true, .limit = kn_agent_integer(agent, "limit")};
    (void)argc;
    (void)argv;
    int rc = kn_agent_request(agent, &answer, KN_TYPE_BATCH_GET, &body);
    if (rc == KN_OK) {
        const struct kn_batch_view *view = answer->body;
        for (size_t i = 0; i < view->n_batches; i++)
            kn_agent_json(agent, KN_SCHEMA_BATCH, &view->batches[i], true);
        if (!kn_agent_is_json(agent))
            show_batches(agent, view);
    }
    kn_message_destroy(&answer);
    return rc;
}

/* Page after page: the rows are counted here, and what the batch says is held against them. */
static int batch_show(kn_agent_t *agent, int argc, char **argv)
{
    char after[128] = "";
    struct tally tally = {0};
    bool more = true, holds = true;
    int rc = KN_OK;
    (void)argc;
    while (more && rc == KN_OK && !kn_agent_is_stopping(agent)) {
        struct kn_message *answer = NULL;
        struct kn_batch_get body = {.batch = argv[0], .after = *after ? after : NULL};
        rc = kn_agent_request(agent, &answer, KN_TYPE_BATCH_GET, &body);
        if (rc == KN_OK) {
            const struct kn_batch_view *page = answer->body;
            kn_agent_json(agent, KN_SCHEMA_BATCH_VIEW, page, !kn_agent_flag(agent, "persons"));
            show_rows(agent, &tally, page);
            if (!*after)
                show_files(agent, page->n_attachments, page->attachments);
            more = page->more_after != NULL;
            if (more)
                snprintf(after, sizeof after, "%s", page->more_after);
            else if (page->n_batches > 0)
                holds = show_account(agent, &page->batches[0], &tally);
        }
        kn_message_destroy(&answer);
    }
    return rc == KN_OK && !holds ? tool_fail(agent, KN_CODE_INTERNAL, "batch",
                                             TR("số liệu của đợt không khớp",
                                                "the account of the batch does not hold"))
                                 : rc;
}

static int fetch(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    int rc = kn_agent_get_file(agent, argv[0], argv[1], argv[2]);
    if (rc == KN_OK)
        kn_agent_print(agent, "%s", argv[2]);
    return rc;
}

/* ---- following the log --------------------------------------------------------------------- */

static int on_event(void *arg, uint64_t position, const struct kn_event *event)
{
    kn_agent_t *agent = arg;
    kn_agent_json(agent, KN_SCHEMA_EVENT, event, !kn_agent_flag(agent, "persons"));
    if (!kn_agent_is_json(agent))
        show_event(agent, position, event);
    return KN_OK;
}

/* Without --follow it ends when all is read, or when a stream without events keeps quiet. */
static int events(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int rc = tool_follow(agent, kn_agent_text(agent, "stream"),
                         (uint64_t)kn_agent_integer(agent, "after"), kn_agent_flag(agent, "follow"),
                         on_event, agent);
    fflush(stdout);
    return rc;
}

/* ---- acts on cases ------------------------------------------------------------------------- */

static int link_cases(kn_agent_t *agent, int argc, char **argv)
{
    int kind = KN_LINK_KIND_DUPLICATE;
    struct kn_case_link body = {.case_ = argv[0],
                                .parent = argv[1],
                                .reason = kn_agent_text(agent, "reason"),
                                .on_behalf = kn_agent_text(agent, "on-behalf")};
    if (argc > 2 && tool_pick(agent, &kind, KN_ENUM_LINK_KIND, "link", argv[2]) != KN_OK)
        return KN_E_INVALID;
    body.link = (enum kn_link_kind)kind;
    return tool_act(agent, KN_TYPE_CASE_LINK, &body);
}

static int unlink_case(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_case_unlink body = {.case_ = argv[0],
                                  .parent = argc > 1 ? argv[1] : NULL,
                                  .reason = kn_agent_text(agent, "reason"),
                                  .on_behalf = kn_agent_text(agent, "on-behalf")};
    return tool_act(agent, KN_TYPE_CASE_UNLINK, &body);
}

/* ---- the tables ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct kn_agent_command commands[] = {
    {"status",        "",                     0, 0, status,        "trung tâm đang thế nào", "how the hub is"},
    {"fetch",         "CODE DIGEST FILE",     3, 3, fetch,         "tải tệp kèm theo của một kiến nghị", "get a file of a case"},
    {"case show",     "CODE",                 1, 1, case_show,     "một kiến nghị và diễn biến", "one case and its history"},
    {"case list",     "",                     0, 0, inquiry_list,  "một trang kiến nghị (--flow --unit --field --area --tier …)", "a page of cases (--flow --unit --field --area --tier …)"},
    {"find",          "[TEXT]",               0, 1, inquiry_find,  "tìm theo chữ, có dấu hay không dấu, và theo bộ lọc (--csv FILE)", "find by words, with or without tones, and by filters (--csv FILE)"},
    {"why",           "CODE",                 1, 1, inquiry_why,   "vì sao hạn này, đơn vị này, gộp này", "why this date, this unit, this link"},
    {"batch show",    "BATCH",                1, 1, batch_show,    "từng dòng của một đợt và phép cộng", "the rows of a batch and its account"},
    {"batch export",  "BATCH FILE.csv",       2, 2, batch_export,  "đợt thành bảng CSV như khi nhập; nhập lại không sinh kiến nghị mới", "a batch as the CSV table that it came from; imported again it stores nothing twice"},
    {"batch list",    "",                     0, 0, batch_list,    "các đợt gần đây", "the latest batches"},
    {"events",        "",                     0, 0, events,        "đọc nhật ký (--follow --stream --after --since)", "read the log (--follow --stream --after --since)"},
    {"report",        "",                     0, 0, report_compile, "tổng hợp và phụ lục (--session --group --from --to --as-of --write FILE.xlsx)", "compilation with annex (--session --group --from --to --as-of --write FILE.xlsx)"},
    {"docket",        "[DOCKET]",             0, 1, report_docket, "đề xuất giám sát có xếp hạng; hoặc một hồ sơ", "ranked shortlist for oversight; or one docket"},
    {"dossier",       "UNIT",                 1, 1, report_dossier, "hồ sơ chất vấn một đơn vị", "what one unit owes"},
    {"digest",        "",                     0, 0, report_digest, "bản tin ngày (--from --as-of)", "what happened (--from --as-of)"},
    {"assign", "CODE UNIT", 0, 2, acts_assign, "giao đơn vị chủ trì (--basis)", "give a case to its lead unit (--basis)"},
    {"partner", "CODE UNIT", 0, 2, acts_partner, "mời đơn vị phối hợp", "add a partner unit"},
    {"rule", "CODE UNIT", 0, 2, acts_rule, "phán quyết thẩm quyền: đơn vị không được trả lại nữa", "rule who is competent: cannot be returned"},
    {"reject", "CODE GROUND", 0, 2, acts_reject, "không tiếp nhận, theo danh mục căn cứ", "not taken up, for a ground of the list"},
    {"divert", "CODE CHANNEL RECEIPT", 0, 3, acts_divert, "chuyển kênh khác: khiếu nại, tố cáo… kèm số tiếp nhận (--receiver)", "leave for another channel, with its receipt number (--receiver)"},
    {"pause", "CODE GROUND DAY", 0, 3, acts_pause, "tạm dừng tính hạn đến hết ngày", "stop the answer clock until a day"},
    {"resume", "CODE", 0, 1, acts_resume, "tính hạn tiếp", "let the clock go on"},
    {"review-answer", "CODE take|reject", 0, 2, acts_review_answer, "nhận trả lời, hoặc yêu cầu làm lại (--reason)", "take an answer, or send it back (--reason)"},
    {"verify", "CODE VERIFICATION", 0, 2, acts_verify, "ghi kết quả kiểm chứng (--place --evidence)", "record a verification (--place --evidence)"},
    {"satisfied", "CODE SATISFACTION", 0, 2, acts_satisfied, "ghi ý kiến của cử tri về kết quả", "record what the voter says of the outcome"},
    {"remind", "CODE", 0, 1, acts_remind, "đôn đốc đơn vị (--document --reason)", "remind the unit (--document --reason)"},
    {"reopen", "CODE", 0, 1, acts_reopen, "mở lại (--reason)", "open a case again (--reason)"},
    {"select", "CODE DOCKET OVERSIGHT", 0, 3, acts_select, "đưa vào hồ sơ giám sát; none: đưa ra", "put into an oversight docket; none: take out"},
    {"conclude", "CODE DOCKET DAY", 0, 3, acts_conclude, "kết luận của hồ sơ thành cam kết (--text)", "a conclusion of a docket becomes a commitment (--text)"},
    {"direct", "CODE BODY", 0, 2, acts_direct, "gắn ý kiến chỉ đạo (--text --document --due-on)", "attach a direction (--text --document --due-on)"},
    {"propose", "CODE", 0, 1, acts_propose, "đề nghị công khai, chờ người duyệt (--text)", "propose a text for the public register (--text)"},
    {"publish", "CODE", 0, 1, acts_publish, "duyệt, công khai nội dung đã đề nghị", "approve and publish what was proposed"},
    {"post", "CODE", 0, 1, acts_post, "duyệt, niêm yết kết quả", "approve and post the outcome"},
    {"withdraw", "CODE", 0, 1, acts_withdraw, "rút khỏi công khai", "take a case from the register"},
    {"link",          "CODE PARENT [KIND]",   2, 3, link_cases,    "gộp theo một kiến nghị khác", "link a case to another"},
    {"unlink",        "CODE [OTHER]",         1, 2, unlink_case,   "gỡ gộp, hoặc gỡ quan hệ với một kiến nghị khác", "undo a link, or a relation to another case"},
    {"split",         "CODE [FILE]",          1, 2, review_split,  "tách từng đoạn của tệp (hoặc --text) thành kiến nghị riêng, giữ nguyên văn", "make cases of the paragraphs of a file (or --text), word for word"},
    {"review",        "[FILE]",               0, 1, review_pairs,  "xem các cặp có thể trùng cạnh nhau, mỗi phím một quyết định; tệp: quyết định có sẵn (--list --case --pair-state)", "look at pairs that may be one side by side, a key each; a file: decisions made (--list --case --pair-state)"},
    {"keys new",      "NAME",                 1, 1, operate_keys_new,    "tạo khóa và cho phép (--role --unit --out, giới hạn)", "make a key and admit it (--role --unit --out, limits)"},
    {"keys add",      "NAME KEY",             2, 2, operate_keys_add,    "cho phép một khóa có sẵn", "admit a key that exists"},
    {"keys set",      "NAME",                 1, 1, operate_keys_set,    "đổi vai, đơn vị hay giới hạn (--role --unit --rate …)", "change role, unit or limits (--role --unit --rate …)"},
    {"keys rotate",   "NAME",                 1, 1, operate_keys_rotate, "thay khóa; khóa cũ hết hiệu lực ngay", "a new key; the old one is refused at once"},
    {"keys revoke",   "NAME",                 1, 1, operate_keys_revoke, "thu hồi khóa", "revoke a key"},
    {"keys list",     "",                     0, 0, operate_keys_list,   "ai được phép, vai gì, giới hạn gì", "who may talk, as what, with which limits"},
    {"acl test",      "NAME WHAT",            2, 2, operate_acl_test,    "NAME có được nói thông điệp hay đọc luồng WHAT không", "may NAME say the message, or read the stream, WHAT"},
    {"gap list",      "",                     0, 0, operate_gap_list,    "thông điệp của tác nhân chưa tới", "messages of agents that do not come"},
    {"gap settle",    "NAME [INSTANCE]",      1, 2, operate_gap_settle,  "thôi chờ thông điệp còn thiếu (--reason: đã xử lý thế nào)", "wait no more for what is missing (--reason: what was done)"},
    {"denials",       "",                     0, 0, operate_denials,     "ai đã bị từ chối (--after)", "who was turned away (--after)"},
    {"quarantine list",  "",                  0, 0, operate_quarantine_list,  "sự kiện mà bên nhận không nhận", "events that readers refused"},
    {"quarantine show",  "NUMBER",            1, 1, operate_quarantine_show,  "một sự kiện trong khu cách ly", "one of them"},
    {"quarantine retry", "NUMBER",            1, 1, operate_quarantine_retry, "gửi lại cho bên nhận", "give it to its reader again"},
    {"quarantine drop",  "NUMBER",            1, 1, operate_quarantine_drop,  "bỏ khỏi khu cách ly", "take it out of quarantine"},
    {"health",        "[live|ready]",         0, 1, operate_health,      "trung tâm có sống, có sẵn sàng không (mã thoát 0 hoặc 111)", "is the hub alive, is it ready (exit code 0 or 111)"},
    {"metrics",       "",                     0, 0, operate_metrics,     "số liệu dạng Prometheus", "figures in the format of Prometheus"},
    {"store verify",  "[HEAD]",               0, 1, operate_store_verify,  "kiểm tra toàn bộ kho (--hub-config hay --store)", "check all of the store (--hub-config or --store)"},
    {"store backup",  "DIR",                  1, 1, operate_store_backup,  "sao lưu kho trong khi hub vẫn chạy", "back up the store while the hub runs"},
    {"store restore", "DIR",                  1, 1, operate_store_restore, "dựng lại kho từ bản sao lưu (--map-size)", "make the store from a backup (--map-size)"},
    {"erase",         "CODE",                 1, 1, operate_erase,       "xóa thông tin cá nhân của một kiến nghị (--basis)", "erase the personal record of a case (--basis)"},
    {"erasures",      "[CODE]",               0, 1, operate_erasures,    "đã xóa gì, bên nào chưa xác nhận", "what was erased, and who has not confirmed"},
    {"compact",       "",                     0, 0, operate_compact,     "viết lại kho, bỏ bản cũ của trang đã xóa", "rewrite the store without old copies of pages"},
    {"clock move",    "DAY",                  1, 1, operate_clock_move,  "chỉnh đồng hồ của kho thử: +N ngày hoặc một ngày", "move the clock of a test store: +N days or a day"},
    {"classify",      "FILE",                 1, 1, classify,      "đọc lĩnh vực và địa bàn của từng kiến nghị trong tệp JSON Lines", "read field and place of the petitions of a JSON Lines file"},
    {"match",         "FILE",                 1, 1, match,         "tìm kiến nghị trùng trong tệp JSON Lines (--pairs: so từng cặp)", "find duplicates in a JSON Lines file (--pairs: compare pairs)"},
    {"drain",         "",                     0, 0, operate_drain,         "ngừng nhận, làm nốt rồi dừng", "take nothing more, end the work and stop"},
    {0},
};

static const struct kn_agent_option options[] = {
    {"control",   KN_OPTION_TEXT, "PATH", "/run/kiennghi/control", 0, 0, "socket điều khiển của trung tâm", "the hub's control socket"},
    {"role",      KN_OPTION_TEXT, "ROLE", NULL, 0, 0, "vai của khóa mới", "role of a new key"},
    {"unit",      KN_OPTION_TEXT, "UNIT", NULL, 0, 0, "đơn vị", "unit"},
    {"out",       KN_OPTION_TEXT, "DIR", ".", 0, 0, "nơi lưu khóa mới", "where a new key is saved"},
    {"hub-config", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "store: tệp cấu hình của hub", "store: the hub's configuration"},
    {"store",     KN_OPTION_TEXT, "DIR", NULL, 0, 0, "store: thư mục kho", "store: folder of the store"},
    {"redecide",  KN_OPTION_FLAG, NULL, NULL, 0, 0, "store verify: quyết định lại từng việc trong sổ và so sánh", "store verify: make every decision again and compare"},
    {"map-size",  KN_OPTION_TEXT, "SIZE", NULL, 0, 0, "store restore: sức chứa mới, 128G", "store restore: its new size, 128G"},
    {"window",    KN_OPTION_INTEGER, "N", NULL, 0, 4096, "keys: số thông điệp được chờ trả lời; 0: như mặc định", "keys: messages that may be unanswered; 0: as the hub's standard"},
    {"rate",      KN_OPTION_INTEGER, "N", NULL, 0, 100000, "keys: số thông điệp mỗi giây; 0: như mặc định", "keys: messages a second; 0: as the hub's standard"},
    {"bytes-per-day", KN_OPTION_INTEGER, "N", NULL, 0, INT64_C(1) << 50, "keys: số byte mỗi ngày; 0: như mặc định", "keys: bytes a day; 0: as the hub's standard"},
    {"sessions",  KN_OPTION_INTEGER, "N", NULL, 0, 10000, "keys: số kết nối cùng lúc; 0: như mặc định", "keys: connections at a time; 0: as the hub's standard"},
    {"streams",   KN_OPTION_LIST, "STREAM", NULL, 0, 0, "keys: chỉ được đọc luồng này (lặp lại được)", "keys: only this stream (may be repeated)"},
    {"verbs",     KN_OPTION_LIST, "MESSAGE", NULL, 0, 0, "keys: chỉ được nói thông điệp này (lặp lại được)", "keys: only this message (may be repeated)"},
    {"flow",      KN_OPTION_TEXT, "STATE", NULL, 0, 0, "lọc theo tình trạng", "only this state"},
    {"field",     KN_OPTION_TEXT, "FIELD", NULL, 0, 0, "lọc theo lĩnh vực", "only this field"},
    {"area",      KN_OPTION_TEXT, "AREA", NULL, 0, 0, "lọc theo địa bàn", "only this area"},
    {"list",      KN_OPTION_FLAG, NULL, NULL, 0, 0, "review: in các cặp", "review: print the pairs"},
    {"case",      KN_OPTION_TEXT, "CODE", NULL, 0, 0, "review: chỉ cặp của kiến nghị này", "review: only pairs of this case"},
    {"pair-state", KN_OPTION_TEXT, "STATE", NULL, 0, 0, "review: open, same hay different", "review: open, same or different"},
    {"tier",      KN_OPTION_TEXT, "TIER", NULL, 0, 0, "lọc theo mức hạn", "only this tier of the answer clock"},
    {"batch",     KN_OPTION_TEXT, "BATCH", NULL, 0, 0, "lọc theo đợt", "only this batch"},
    {"source",    KN_OPTION_TEXT, "SOURCE", NULL, 0, 0, "lọc theo nguồn", "only this source"},
    {"verification", KN_OPTION_TEXT, "WORD", NULL, 0, 0, "lọc theo kiểm chứng", "only this verification"},
    {"satisfaction", KN_OPTION_TEXT, "WORD", NULL, 0, 0, "lọc theo ý kiến cử tri", "only this satisfaction"},
    {"oversight", KN_OPTION_TEXT, "WORD", NULL, 0, 0, "lọc theo giám sát", "only this oversight"},
    {"publication", KN_OPTION_TEXT, "WORD", NULL, 0, 0, "lọc theo công khai", "only this publication"},
    {"docket",    KN_OPTION_TEXT, "DOCKET", NULL, 0, 0, "lọc theo hồ sơ giám sát", "only this oversight docket"},
    {"group",     KN_OPTION_TEXT, "GROUP", NULL, 0, 0, "lọc theo tổ đại biểu", "only this deputies' group"},
    {"from",      KN_OPTION_TEXT, "DAY", NULL, 0, 0, "nhận từ ngày", "received from"},
    {"to",        KN_OPTION_TEXT, "DAY", NULL, 0, 0, "nhận trước ngày", "received before"},
    {"csv",       KN_OPTION_TEXT, "FILE", NULL, 0, 0, "find: ghi bảng CSV", "find: write a CSV table"},
    {"session",   KN_OPTION_TEXT, "NAME", NULL, 0, 0, "report: kỳ họp", "report: session"},
    {"as-of",     KN_OPTION_TEXT, "DAY", NULL, 0, 0, "như vào cuối ngày này", "as of the end of this day"},
    {"write",     KN_OPTION_TEXT, "FILE", NULL, 0, 0, "ghi ra tệp .xlsx, .csv hoặc .jsonl; metrics: tệp cho node_exporter", "write to a file: .xlsx, .csv or .jsonl; metrics: for node_exporter"},
    {"listen",    KN_OPTION_TEXT, "ADDRESS:PORT", NULL, 0, 0, "metrics: để Prometheus tự lấy, ví dụ 127.0.0.1:9464", "metrics: for Prometheus to scrape, such as 127.0.0.1:9464"},
    {"acted-at", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "làm thật từ khi nào, nếu ghi nhận muộn", "when it was really done, if it is said late"},
    {"before",    KN_OPTION_INTEGER, "NUMBER", "0", 0, INT64_C(9007199254740991), "trang sau", "the next page"},
    {"limit",     KN_OPTION_INTEGER, "N", "50", 1, 200, "số dòng", "how many"},
    {"stream",    KN_OPTION_TEXT, "STREAM", "all", 0, 0, "luồng sự kiện", "which stream"},
    {"after",     KN_OPTION_INTEGER, "POSITION", "0", 0, INT64_C(9007199254740991), "đọc từ sau vị trí này", "read behind this position"},
    {"since",     KN_OPTION_TEXT, "DAY", NULL, 0, 0, "events: từ ngày, giờ này", "events: from this day on"},
    {"follow",    KN_OPTION_FLAG, NULL, NULL, 0, 0, "đọc tiếp khi có sự kiện mới", "go on with what comes"},
    {"persons",   KN_OPTION_FLAG, NULL, NULL, 0, 0, "hiện thông tin cá nhân", "show personal data"},
    {"basis",     KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "căn cứ", "legal basis"},
    {"reason",    KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "lý do", "why"},
    {"on-behalf", KN_OPTION_TEXT, "NAME", NULL, 0, 0, "thay mặt ai", "on whose behalf"},
    {"place",     KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "nơi kiểm chứng", "where it was verified"},
    {"file",      KN_OPTION_TEXT, "FILE", NULL, 0, 0, "nhiều việc một lần: CSV (dòng tiêu đề) hoặc JSON Lines, - là đầu vào chuẩn", "many acts at once: CSV with headings, or JSON Lines; - is standard input"},
    {"document",  KN_OPTION_TEXT, "NUMBER;DAY;SENDER", NULL, 0, 0, "văn bản", "document"},
    {"receiver",  KN_OPTION_TEXT, "NAME", NULL, 0, 0, "divert: nơi nhận", "divert: who received it"},
    {"due-on",    KN_OPTION_TEXT, "DAY", NULL, 0, 0, "direct: hạn thực hiện", "direct: by when"},
    {"evidence",  KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "đã thấy gì", "what was seen"},
    {"attach",    KN_OPTION_LIST, "FILE", NULL, 0, 0, "verify: tệp kèm theo (ảnh, biên bản)", "verify: a file that belongs to it"},
    {"taxonomy",  KN_OPTION_TEXT, "NAME", "own", 0, 0, "classify: bộ mã lĩnh vực, own hay corpus", "classify: codes of fields, own or corpus"},
    {"pairs",     KN_OPTION_FLAG, NULL, NULL, 0, 0, "match: mỗi dòng là một cặp a, b", "match: each line is a pair a, b"},
    {"registers", KN_OPTION_TEXT, "DIR", NULL, 0, 0, "thư mục danh mục và từ điển", "folder of registers and lexicons"},
    {"text",      KN_OPTION_TEXT, "TEXT", NULL, 0, 0, "nội dung đã duyệt để công khai", "the approved text to publish"},
    {0},
};

/* A folder of registers that was asked for and is none must not pass as "no names". */
static int start(kn_agent_t *agent)
{
    const char *folder = kn_agent_text(agent, "registers");
    return names_use(folder) ? KN_OK
                             : tool_fail(agent, KN_CODE_INVALID, folder,
                                    TR("--registers: không phải thư mục đọc được",
                                       "--registers: not a folder that can be read"));
}

static const struct kn_agent_spec spec = {
    .name = "",
    .about_vi = "xem và xử lý kiến nghị cử tri, quản lý khóa, vận hành trung tâm",
    .about_en = "sees and acts on voters' petitions, hands out keys, runs the hub",
    .delivery = true,
    .on_start = start,
    .options = options,
    .commands = commands,
};
/* clang-format on */

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8"); /* libsmartcols counts columns, not bytes */
    return kn_agent_main(argc, argv, &spec);
}
