/* words.c - what the contract's values and events are called by people.
 *
 * English words of a value are those of the contract. A sentence is a text with {fields} of the
 * event; a part in [brackets] is left out when one of its fields is absent. To reword, change a
 * row.
 */
#include "words.h"

#include "names.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kiennghi/message.h"

/* clang-format off */
static const struct {
    enum kn_enum which;
    int value;
    const char *vi;
} words[] = {
    {KN_ENUM_FLOW, KN_FLOW_RECEIVED,              "đã tiếp nhận"},
    {KN_ENUM_FLOW, KN_FLOW_TO_CLASSIFY,           "chờ phân loại"},
    {KN_ENUM_FLOW, KN_FLOW_ASSIGNED,              "đã chuyển"},
    {KN_ENUM_FLOW, KN_FLOW_IN_PROGRESS,           "đang giải quyết"},
    {KN_ENUM_FLOW, KN_FLOW_ANSWERED,              "đã trả lời"},
    {KN_ENUM_FLOW, KN_FLOW_AWAITING_VERIFICATION, "chờ kiểm chứng"},
    {KN_ENUM_FLOW, KN_FLOW_CLOSED,                "đã kết thúc"},
    {KN_ENUM_FLOW, KN_FLOW_LINKED,                "gộp theo kiến nghị khác"},
    {KN_ENUM_FLOW, KN_FLOW_DIVERTED,              "chuyển kênh khác"},
    {KN_ENUM_FLOW, KN_FLOW_NOT_ACCEPTED,          "không tiếp nhận"},
    {KN_ENUM_FLOW, KN_FLOW_RETURNED,              "bị trả lại"},
    {KN_ENUM_FLOW, KN_FLOW_PAUSED,                "tạm dừng"},
    {KN_ENUM_FLOW, KN_FLOW_REOPENED,              "mở lại"},
    {KN_ENUM_RESULT, KN_RESULT_RESOLVED_DOCUMENT,   "đã giải quyết (ban hành văn bản)"},
    {KN_ENUM_RESULT, KN_RESULT_RESOLVED_INSPECTION, "đã giải quyết (thanh tra, kiểm tra)"},
    {KN_ENUM_RESULT, KN_RESULT_RESOLVED_WORKS,      "đã giải quyết (đã làm trên thực tế)"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_SCHEDULED,   "đang giải quyết, có lộ trình"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_SUBMITTED,   "đang giải quyết, đã trình cấp trên"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_UNSCHEDULED, "đang giải quyết, chưa có lộ trình"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_UNFUNDED,    "chưa giải quyết, chưa có vốn"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_LATER,       "sẽ giải quyết sau"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_BLOCKED,     "đang vướng mắc"},
    {KN_ENUM_RESULT, KN_RESULT_PLANNED_OTHER,       "đang giải quyết"},
    {KN_ENUM_RESULT, KN_RESULT_EXPLAINED,           "đã giải trình, cung cấp thông tin"},
    {KN_ENUM_VERIFICATION, KN_VERIFICATION_NONE,           "chưa kiểm chứng"},
    {KN_ENUM_VERIFICATION, KN_VERIFICATION_MET,            "đạt"},
    {KN_ENUM_VERIFICATION, KN_VERIFICATION_PARTLY,         "đạt một phần"},
    {KN_ENUM_VERIFICATION, KN_VERIFICATION_NOT_MET,        "không đạt"},
    {KN_ENUM_VERIFICATION, KN_VERIFICATION_NOT_APPLICABLE, "không áp dụng"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_CONTACT,      "tiếp xúc cử tri"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_FRONT,        "Mặt trận Tổ quốc"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_PRESS,        "báo chí"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_SMS,          "tin nhắn"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_RECEPTION,    "tiếp công dân"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_CENTRAL,      "cơ quan trung ương"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_LETTER,       "đơn thư gửi Ban"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_SUPERVISION,  "giám sát, khảo sát"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_PARTY,        "cấp ủy"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_ORGANISATION, "tổ chức chính trị - xã hội"},
    {KN_ENUM_CHANNEL, KN_CHANNEL_OTHER,        "nguồn khác"},
    {KN_ENUM_TIER, KN_TIER_IN_TIME,           "trong hạn"},
    {KN_ENUM_TIER, KN_TIER_DUE_SOON,          "sắp đến hạn"},
    {KN_ENUM_TIER, KN_TIER_OVERDUE,           "quá hạn"},
    {KN_ENUM_TIER, KN_TIER_SERIOUSLY_OVERDUE, "quá hạn nghiêm trọng"},
    {KN_ENUM_TIER, KN_TIER_PAUSED,            "tạm dừng"},
    {KN_ENUM_TIER, KN_TIER_STOPPED,           "đã dừng"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_ANSWER,      "trả lời cử tri"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_ACKNOWLEDGE, "tiếp nhận giao việc"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_CLASSIFY,    "phân loại, chuyển"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_COMMITMENT,  "cam kết"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_VERIFY,      "kiểm chứng"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_PUBLISH,     "công khai"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_PARTNER,     "ý kiến phối hợp"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_PAUSE,       "tạm dừng"},
    {KN_ENUM_CLOCK_KIND, KN_CLOCK_KIND_POSTING,     "niêm yết"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_NONE,             "không"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_PROPOSED,         "đề xuất"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_SUPERVISION,      "giám sát"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_QUESTIONING,      "chất vấn"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_EXPLANATION,      "giải trình"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_THEMATIC_MEETING, "tiếp xúc cử tri chuyên đề"},
    {KN_ENUM_OVERSIGHT, KN_OVERSIGHT_REVIEW,           "phục vụ thẩm tra"},
    {KN_ENUM_REJECT_GROUND, KN_REJECT_GROUND_NOT_A_PETITION, "không có nội dung kiến nghị"},
    {KN_ENUM_REJECT_GROUND, KN_REJECT_GROUND_UNCLEAR,        "nội dung không rõ, không hỏi lại được"},
    {KN_ENUM_REJECT_GROUND, KN_REJECT_GROUND_OUTSIDE,        "không thuộc địa bàn hoặc cơ quan nhà nước"},
    {KN_ENUM_REJECT_GROUND, KN_REJECT_GROUND_IN_COURT,       "tòa án đang hoặc đã giải quyết"},
    {KN_ENUM_REJECT_GROUND, KN_REJECT_GROUND_SETTLED,        "đã giải quyết, không có tình tiết mới"},
    {KN_ENUM_REJECT_GROUND, KN_REJECT_GROUND_UNLAWFUL,       "yêu cầu trái pháp luật"},
    {KN_ENUM_DIVERSION, KN_DIVERSION_COMPLAINT,    "khiếu nại"},
    {KN_ENUM_DIVERSION, KN_DIVERSION_DENUNCIATION, "tố cáo"},
    {KN_ENUM_DIVERSION, KN_DIVERSION_FEEDBACK,     "phản ánh quy định hành chính"},
    {KN_ENUM_DIVERSION, KN_DIVERSION_EMERGENCY,    "việc khẩn cấp"},
    {KN_ENUM_DIVERSION, KN_DIVERSION_CENTRAL,      "thuộc thẩm quyền Trung ương"},
    {KN_ENUM_PAUSE_GROUND, KN_PAUSE_GROUND_AWAITS_DECISION,   "chờ quyết định của cấp trên"},
    {KN_ENUM_PAUSE_GROUND, KN_PAUSE_GROUND_AWAITS_ASSESSMENT, "chờ kiểm định, giám định"},
    {KN_ENUM_PAUSE_GROUND, KN_PAUSE_GROUND_AWAITS_VOTER,      "chờ cử tri bổ sung"},
    {KN_ENUM_PAUSE_GROUND, KN_PAUSE_GROUND_IN_COURT,          "chờ tòa án"},
    {KN_ENUM_PAUSE_GROUND, KN_PAUSE_GROUND_FORCE_MAJEURE,     "thiên tai, dịch bệnh, hỏa hoạn"},
    {KN_ENUM_ASSIGNMENT_ROLE, KN_ASSIGNMENT_ROLE_LEAD,    "chủ trì"},
    {KN_ENUM_ASSIGNMENT_ROLE, KN_ASSIGNMENT_ROLE_PARTNER, "phối hợp"},
    {KN_ENUM_LINK_KIND, KN_LINK_KIND_DUPLICATE,  "trùng"},
    {KN_ENUM_LINK_KIND, KN_LINK_KIND_RECURRENCE, "tái kiến nghị"},
    {KN_ENUM_LINK_KIND, KN_LINK_KIND_RELATED,    "liên quan"},
    {KN_ENUM_LINK_KIND, KN_LINK_KIND_SPLIT_FROM, "tách từ"},
    {KN_ENUM_LINK_KIND, KN_LINK_KIND_LETTER,     "cùng đơn thư"},
    {KN_ENUM_PUBLICATION, KN_PUBLICATION_INTERNAL,          "nội bộ"},
    {KN_ENUM_PUBLICATION, KN_PUBLICATION_AWAITING_APPROVAL, "chờ duyệt công khai"},
    {KN_ENUM_PUBLICATION, KN_PUBLICATION_PUBLISHED,         "đã công khai"},
    {KN_ENUM_PUBLICATION, KN_PUBLICATION_POSTED,            "đã niêm yết"},
    {KN_ENUM_PUBLICATION, KN_PUBLICATION_WITHDRAWN,         "đã rút khỏi công khai"},
    {KN_ENUM_SATISFACTION, KN_SATISFACTION_UNASKED,      "chưa hỏi"},
    {KN_ENUM_SATISFACTION, KN_SATISFACTION_SATISFIED,    "hài lòng"},
    {KN_ENUM_SATISFACTION, KN_SATISFACTION_ACCEPTED,     "chấp nhận"},
    {KN_ENUM_SATISFACTION, KN_SATISFACTION_DISSATISFIED, "không hài lòng"},
    {KN_ENUM_SATISFACTION, KN_SATISFACTION_NO_RESPONSE,  "không có ý kiến"},
    {KN_ENUM_ROLE, KN_ROLE_INTAKE,             "tiếp nhận"},
    {KN_ENUM_ROLE, KN_ROLE_AGENCY,             "đơn vị giải quyết"},
    {KN_ENUM_ROLE, KN_ROLE_MONITOR,            "theo dõi"},
    {KN_ENUM_ROLE, KN_ROLE_OPERATOR,           "chuyên viên"},
    {KN_ENUM_ROLE, KN_ROLE_APPROVER,           "người duyệt"},
    {KN_ENUM_ROLE, KN_ROLE_VERIFIER,           "người kiểm chứng"},
    {KN_ENUM_ROLE, KN_ROLE_BAN,                "Ban của HĐND"},
    {KN_ENUM_ROLE, KN_ROLE_STANDING_COMMITTEE, "Thường trực HĐND"},
    {KN_ENUM_ROLE, KN_ROLE_DEPUTIES,           "Tổ đại biểu"},
    {KN_ENUM_ROLE, KN_ROLE_AUDITOR,            "kiểm toán"},
    {KN_ENUM_CODE, KN_CODE_MALFORMED,         "không đọc được"},
    {KN_ENUM_CODE, KN_CODE_VERSION,           "khác phiên bản giao thức"},
    {KN_ENUM_CODE, KN_CODE_UNKNOWN_TYPE,      "không có loại thông điệp này"},
    {KN_ENUM_CODE, KN_CODE_UNAUTHENTICATED,   "chưa xác thực"},
    {KN_ENUM_CODE, KN_CODE_NOT_ALLOWED,       "không có quyền"},
    {KN_ENUM_CODE, KN_CODE_REVOKED,           "khóa đã bị thu hồi"},
    {KN_ENUM_CODE, KN_CODE_QUOTA,             "quá hạn mức"},
    {KN_ENUM_CODE, KN_CODE_OUT_OF_ORDER,      "sai thứ tự"},
    {KN_ENUM_CODE, KN_CODE_BUSY,              "trung tâm đang bận"},
    {KN_ENUM_CODE, KN_CODE_STORAGE,           "lỗi lưu trữ"},
    {KN_ENUM_CODE, KN_CODE_REQUIRED,          "thiếu trường bắt buộc"},
    {KN_ENUM_CODE, KN_CODE_TOO_LONG,          "quá dài"},
    {KN_ENUM_CODE, KN_CODE_TOO_LARGE,         "quá lớn"},
    {KN_ENUM_CODE, KN_CODE_NOT_TEXT,          "không phải văn bản"},
    {KN_ENUM_CODE, KN_CODE_INVALID,           "giá trị không hợp lệ"},
    {KN_ENUM_CODE, KN_CODE_UNKNOWN_VALUE,     "giá trị không có trong danh mục"},
    {KN_ENUM_CODE, KN_CODE_UNKNOWN_COLUMN,    "cột không biết"},
    {KN_ENUM_CODE, KN_CODE_UNREADABLE,        "không đọc được dòng"},
    {KN_ENUM_CODE, KN_CODE_UNKNOWN_CASE,      "không có kiến nghị này"},
    {KN_ENUM_CODE, KN_CODE_UNKNOWN_BATCH,     "không có đợt này"},
    {KN_ENUM_CODE, KN_CODE_ILLEGAL_MOVE,      "tình trạng không cho phép"},
    {KN_ENUM_CODE, KN_CODE_WRONG_UNIT,        "đơn vị khác chịu trách nhiệm"},
    {KN_ENUM_CODE, KN_CODE_SUPERSEDED,        "bị thay thế"},
    {KN_ENUM_CODE, KN_CODE_UNKNOWN_FILE,      "chưa có tệp đính kèm này"},
    {KN_ENUM_CODE, KN_CODE_CHANGED_CONTENT,   "nội dung khác với bản đã lưu"},
    {KN_ENUM_CODE, KN_CODE_INTERNAL,          "lỗi của trung tâm"},
    {KN_ENUM_CANDIDATE_STATE, KN_CANDIDATE_STATE_OPEN,      "chờ người xem"},
    {KN_ENUM_CANDIDATE_STATE, KN_CANDIDATE_STATE_SAME,      "là một việc"},
    {KN_ENUM_CANDIDATE_STATE, KN_CANDIDATE_STATE_DIFFERENT, "là hai việc khác nhau"},
    {KN_ENUM_CONTENT_STATE, KN_CONTENT_STATE_PRESENT,  "có"},
    {KN_ENUM_CONTENT_STATE, KN_CONTENT_STATE_ERASED,   "đã xóa theo yêu cầu"},
    {KN_ENUM_CONTENT_STATE, KN_CONTENT_STATE_WITHHELD, "không thuộc quyền xem"},
};

static const struct {
    const char *vi, *en;
} sentences[KN_EVENT_KIND_COUNT] = {
    [KN_EVENT_KIND_BATCH_OPENED] = {
        "Mở đợt {batch}[: {title}][, khai {declared} kiến nghị]",
        "batch {batch} opened[: {title}][, {declared} declared]"},
    [KN_EVENT_KIND_BATCH_ROW_REFUSED] = {
        "Đợt {batch}: không nhận được[ dòng {row}][, lý do {code}][, tại {fault}]",
        "batch {batch}: refused[ row {row}][, {code}][, at {fault}]"},
    [KN_EVENT_KIND_BATCH_ROW_KNOWN] = {
        "Đợt {batch}:[ dòng {row}] đã có ở đợt trước[, {case}]",
        "batch {batch}:[ row {row}] is counted by an earlier batch[, {case}]"},
    [KN_EVENT_KIND_BATCH_CLOSED] = {
        "Đủ đợt {batch}[: khai {declared}][, đã tiếp nhận {stored}][, từ chối {refused}]",
        "batch {batch} complete[: declared {declared}][, stored {stored}][, refused {refused}]"},
    [KN_EVENT_KIND_CASE_RECEIVED] = {
        "Tiếp nhận kiến nghị[ qua {channel}][ ({agent})]", "received[ through {channel}][ ({agent})]"},
    [KN_EVENT_KIND_CASE_REVISED] = {
        "Nơi gửi sửa nội dung[: {reason}]", "revised by the sender[: {reason}]"},
    [KN_EVENT_KIND_CASE_READ] = {
        "Đọc nội dung[: lĩnh vực {field}][, địa bàn {area}]", "read[: field {field}][, area {area}]"},
    [KN_EVENT_KIND_CASE_LINKED] = {
        "Gộp theo {parent}[ ({link})][: {why}]", "linked to {parent}[ ({link})][: {why}]"},
    [KN_EVENT_KIND_CASE_UNLINKED] = {
        "Gỡ gộp[ khỏi {parent}][: {reason}]", "unlinked[ from {parent}][: {reason}]"},
    [KN_EVENT_KIND_CASE_CANDIDATE] = {
        "Có thể trùng {parent}[ ({link})][: {why}]; chờ người xem",
        "may say what {parent} says[ ({link})][: {why}]; a person decides"},
    [KN_EVENT_KIND_CASE_COMPARED] = {
        "Đã xem cùng {parent}: {decision}[; {reason}]", "compared with {parent}: {decision}[; {reason}]"},
    [KN_EVENT_KIND_CASE_RELATED] = {
        "Có quan hệ với {parent} ({link})[: {why}]", "related to {parent} ({link})[: {why}]"},
    [KN_EVENT_KIND_CASE_SPLIT] = {
        "Tách từ {parent} thành kiến nghị riêng[: {reason}]", "split from {parent}[: {reason}]"},
    [KN_EVENT_KIND_CASE_UNROUTED] = {
        "Chưa rõ đơn vị có thẩm quyền, chờ phân loại[: {why}]", "nobody is competent yet: to classify[: {why}]"},
    [KN_EVENT_KIND_CASE_ASSIGNED] = {
        "Chuyển {unit}[ ({role})] giải quyết[; hạn {due}][; căn cứ {basis}][; theo {parent}]",
        "assigned to {unit}[ ({role})][; due {due}][; basis {basis}][; as {parent}]"},
    [KN_EVENT_KIND_CASE_ACCEPTED] = {
        "{unit} nhận giải quyết[; hạn trả lời {due}][; theo {parent}]", "{unit} accepted[; answer due {due}][; as {parent}]"},
    [KN_EVENT_KIND_CASE_RETURNED] = {
        "{unit} trả lại, không thuộc thẩm quyền[: {reason}][; đề nghị chuyển {proposed}][; theo {parent}]",
        "{unit} returned it: not theirs[: {reason}][; proposes {proposed}][; as {parent}]"},
    [KN_EVENT_KIND_CASE_ANSWERED] = {
        "{unit} trả lời[ một phần{partial}]: {result}[; văn bản {document}][; hẹn đến {promised}][; theo {parent}]",
        "{unit} answered[ in part{partial}]: {result}[; document {document}][; promised by {promised}][; as {parent}]"},
    [KN_EVENT_KIND_CASE_ANSWER_REJECTED] = {
        "Không nhận trả lời, yêu cầu làm lại[: {reason}][; theo {parent}]", "answer sent back[: {reason}][; as {parent}]"},
    [KN_EVENT_KIND_CASE_AWAITING_VERIFICATION] = {
        "Nhận trả lời, chờ kiểm chứng thực tế[; theo {parent}]", "answer taken: awaits verification[; as {parent}]"},
    [KN_EVENT_KIND_CASE_VERIFIED] = {
        "Kiểm chứng: {verification}[, tại {place}][ ({evidence})][; theo {parent}]",
        "verified: {verification}[, at {place}][ ({evidence})][; as {parent}]"},
    [KN_EVENT_KIND_CASE_CLOSED] = {"Kết thúc[: {reason}][; theo {parent}]", "closed[: {reason}][; as {parent}]"},
    [KN_EVENT_KIND_CASE_REOPENED] = {"Mở lại[: {reason}]", "reopened[: {reason}]"},
    [KN_EVENT_KIND_CASE_PAUSED] = {
        "Tạm dừng tính hạn đến {until}: {pause_ground}[; căn cứ {basis}][; {reason}]",
        "clock paused until {until}: {pause_ground}[; basis {basis}][; {reason}]"},
    [KN_EVENT_KIND_CASE_RESUMED] = {
        "Tính hạn tiếp[, thêm {paused_days} ngày tạm dừng][: hạn {was_due} thành {due}][; {why}]",
        "clock resumed[, {paused_days} days of pause added][: due {was_due} becomes {due}][; {why}]"},
    [KN_EVENT_KIND_CASE_DIVERTED] = {
        "Chuyển kênh khác: {diversion}[, số tiếp nhận {receipt}][, nơi nhận {body}][; {reason}]",
        "diverted: {diversion}[, receipt {receipt}][, to {body}][; {reason}]"},
    [KN_EVENT_KIND_CASE_NOT_ACCEPTED] = {
        "Không tiếp nhận: {reject_ground}[; {reason}]",
        "not accepted: {reject_ground}[; {reason}]"},
    [KN_EVENT_KIND_CASE_REDATED] = {
        "Đổi hạn[ từ {was_due}][ sang {due}][: {why}]", "due date changed[ from {was_due}][ to {due}][: {why}]"},
    [KN_EVENT_KIND_CASE_DUE_SOON] = {
        "Sắp đến hạn[ {clock}][ ({due})]", "due soon[: {clock}][ ({due})]"},
    [KN_EVENT_KIND_CASE_OVERDUE] = {
        "QUÁ HẠN[ {clock}][ (hạn {due})][, đơn vị {unit}]", "OVERDUE[: {clock}][ (due {due})][, unit {unit}]"},
    [KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE] = {
        "QUÁ HẠN NGHIÊM TRỌNG[ {clock}][ (hạn {due})][, đơn vị {unit}]",
        "SERIOUSLY OVERDUE[: {clock}][ (due {due})][, unit {unit}]"},
    [KN_EVENT_KIND_CASE_REMINDED] = {
        "Đôn đốc[ lần {reminder}][ {unit}][, văn bản {document}][: {reason}]",
        "reminded[ for the {reminder}. time][ {unit}][, letter {document}][: {reason}]"},
    [KN_EVENT_KIND_CASE_SATISFACTION] = {
        "Ý kiến cử tri: {satisfaction}[ ({reason})]",
        "the voter: {satisfaction}[ ({reason})]"},
    [KN_EVENT_KIND_CASE_SELECTED] = {
        "Hồ sơ {docket}: {oversight}[; {reason}]",
        "docket {docket}: {oversight}[; {reason}]"},
    [KN_EVENT_KIND_CASE_DIRECTED] = {
        "Ý kiến chỉ đạo của {body}[, văn bản {document}][: {reason}]",
        "directed by {body}[, document {document}][: {reason}]"},
    [KN_EVENT_KIND_CASE_PUBLISHED] = {"Công khai", "published"},
    [KN_EVENT_KIND_CASE_WITHDRAWN] = {"Rút khỏi công khai[: {reason}]", "withdrawn from the register[: {reason}]"},
    [KN_EVENT_KIND_ASSIGNMENT_UNSAVED] = {
        "{unit} chưa lưu việc được giao[ (hạn {due})]", "{unit} has not saved its assignment[ (due {due})]"},
    [KN_EVENT_KIND_COMMITMENT_MADE] = {
        "{unit} cam kết đến {promised}[: {reason}][; theo hồ sơ {docket}]",
        "{unit} promised by {promised}[: {reason}][; docket {docket}]"},
    [KN_EVENT_KIND_COMMITMENT_MISSED] = {
        "LỠ CAM KẾT {promised}[, đơn vị {unit}]",
        "PROMISE MISSED {promised}[, unit {unit}]"},
    [KN_EVENT_KIND_COMMITMENT_KEPT] = {
        "Báo đã làm xong cam kết {promised}[: {reason}]",
        "says that the promise of {promised} is kept[: {reason}]"},
    [KN_EVENT_KIND_DOCUMENT_REPLACED] = {
        "Nơi gửi thay thế văn bản[: {reason}]", "the sender replaced the document[: {reason}]"},
    [KN_EVENT_KIND_DOCUMENT_WITHDRAWN] = {
        "Nơi gửi thu hồi văn bản[: {reason}]", "the sender withdrew the document[: {reason}]"},
    [KN_EVENT_KIND_PETITION_WITHDRAWN] = {
        "Nơi gửi rút kiến nghị[: {reason}]", "the sender withdrew the petition[: {reason}]"},
    [KN_EVENT_KIND_CASE_PROGRESS] = {
        "{unit} báo tiến độ[: {reason}]",
        "{unit} reports[: {reason}]"},
    [KN_EVENT_KIND_CASE_PLAN_ACCEPTED] = {
        "Nhận kế hoạch trả lời, theo dõi đến kết quả[; {promised}]",
        "plan taken, followed to its outcome[; {promised}]"},
    [KN_EVENT_KIND_CASE_PAUSE_ASKED] = {
        "{unit} đề nghị tạm dừng đến {until}: {pause_ground}[; {reason}]",
        "{unit} asks for a pause until {until}: {pause_ground}[; {reason}]"},
    [KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED] = {
        "Đề nghị công khai, chờ duyệt",
        "proposed for publication, awaits approval"},
    [KN_EVENT_KIND_ASSIGNMENT_OPINION] = {
        "{unit} gửi ý kiến phối hợp[; văn bản {document}]",
        "{unit} gave its opinion[; document {document}]"},
    [KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER] = {
        "{predecessor} kết thúc hoạt động, {unit} tiếp nhận hồ sơ[; {why}]",
        "{predecessor} has ended, {unit} takes over[; {why}]"},
    [KN_EVENT_KIND_PERSON_ERASED] = {"Xóa thông tin cá nhân", "personal record erased"},
    [KN_EVENT_KIND_REGISTER_LOADED] = {"Danh mục có hiệu lực[: {registers}]", "registers in force[: {registers}]"},
    [KN_EVENT_KIND_ACT_REFUSED] = {
        "Từ chối thao tác[: {code}][, tại {fault}][, {reason}]", "act refused[: {code}][, at {fault}][, {reason}]"},
    [KN_EVENT_KIND_AGENT_ADMITTED] = {"Cho phép {agent}[ ({admitted})][, đơn vị {unit}]", "admitted {agent}[ ({admitted})][, unit {unit}]"},
    [KN_EVENT_KIND_AGENT_REVOKED] = {"Thu hồi khóa của {agent}[: {reason}]", "revoked {agent}[: {reason}]"},
    [KN_EVENT_KIND_AGENT_GAP] = {
        "Tác nhân {agent} còn thông điệp chưa tới: {gap}",
        "messages of {agent} do not come: {gap}"},
    [KN_EVENT_KIND_AGENT_GAP_CLOSED] = {
        "Thông điệp còn thiếu của {agent} không còn phải chờ: {gap}[; {why}]",
        "what was missing of {agent} is no longer waited for: {gap}[; {why}]"},
};
/* clang-format on */

/* ------------------------------------------------------------------- fields and figures */

struct named {
    const char *name, *vi, *en;
    bool is_bytes;
};

/* clang-format off */
static const struct named named_fields[] = {
    {"text",        "nội dung kiến nghị",  "text of the petition", false},
    {"received_at", "ngày nhận",           "day received", false},
    {"area",        "địa bàn",             "area", false},
    {"field",       "lĩnh vực",            "field", false},
    {"person",      "người kiến nghị",     "person", false},
    {"outlet",      "tên báo",             "newspaper", false},
    {"url",         "đường dẫn bài báo",   "link of the article", false},
    {"headline",    "tiêu đề",             "headline", false},
    {"attachments", "tệp kèm theo",        "attachments", false},
    {"petition",    "kiến nghị",           "petition", false},
    {"source",      "nguồn",               "source", false},
    {"declared",    "số kiến nghị đã khai", "declared count", false},
    {"case",        "mã kiến nghị",        "case code", false},
    {"unit",        "đơn vị",              "unit", false},
    {"result",      "kết quả",             "result", false},
    {"promised_on", "ngày hẹn",            "promised day", false},
    {"acted_at",    "ngày thực hiện",      "day it was done", false},
};

static const struct named named_alarms[] = {
    {"map",         "kho sắp đầy",                                  "the store's map is nearly full", false},
    {"disk",        "đĩa sắp đầy",                                  "the disk is nearly full", false},
    {"descriptors", "gần hết số tệp và kết nối được mở",            "descriptors are nearly used up", false},
    {"memory",      "bộ nhớ gần hết",                               "memory is nearly used up", false},
    {"storage",     "không ghi được vào đĩa",                       "the disk takes nothing", false},
    {"quarantine",  "có sự kiện bên nhận không nhận được (kiennghi quarantine list)", "an event waits in quarantine (kiennghi quarantine list)", false},
    {"clock",       "đồng hồ máy nhảy, chưa được tin",              "the system's clock jumped and is not believed", false},
    {"gap",         "có tác nhân còn thông điệp chưa tới (kiennghi gap list)", "messages of an agent do not come (kiennghi gap list)", false},
    {"quota",       "có tác nhân gần hết dung lượng trong ngày (kiennghi keys list)", "an identity has nearly used its bytes of the day (kiennghi keys list)", false},
};

static const struct named named_figures[] = {
    {"cases",                "kiến nghị đã tiếp nhận",         "cases", false},
    {"linked",               "trong đó được gộp",              "of them linked", false},
    {"candidates",           "cặp có thể trùng, chờ người xem", "pairs that may be one, for a person", false},
    {"to_read",              "chờ đọc và phân loại",           "waiting to be read", false},
    {"to_index",             "chờ nạp lại để tìm trùng",       "to be taken into the index again", false},
    {"to_renew",             "chờ đọc lại vì từ điển đã đổi",  "to be read again: the lexicons changed", false},
    {"index_readings",       "kiến nghị để so trùng",          "petitions compared with", false},
    {"reading_lag_ms",       "mili giây đọc chậm sau tiếp nhận", "milliseconds that reading is behind", false},
    {"index_rebuild_ms",     "mili giây nạp lại để tìm trùng",  "milliseconds of filling the index", false},
    {"index_bytes",          "bộ nhớ để tìm kiến nghị trùng",  "memory for finding duplicates", true},
    {"sessions",             "kết nối đang mở",                "open connections", false},
    {"subscriptions",        "luồng đang được theo dõi",       "subscriptions", false},
    {"waiting_for_the_disk", "hàng đợi ghi đĩa",               "waiting for the disk", false},
    {"commits",              "lần ghi đĩa",                    "commits to the disk", false},
    {"frames_taken",         "thông điệp đã nhận",             "messages taken", false},
    {"frames_sent",          "thông điệp đã gửi",              "messages sent", false},
    {"hostile_frames",       "thông điệp trái giao thức",      "frames against the protocol", false},
    {"strangers_refused",    "lần khóa lạ bị chặn",            "strange keys turned away", false},
    {"quarantined",          "thông điệp phải để riêng",       "messages set apart", false},
    {"events_in_quarantine", "sự kiện bên nhận không nhận được", "events that readers refused", false},
    {"compactions",          "lần viết lại kho",               "rewritings of the store", false},
    {"commit_p50_us",        "micro giây ghi đĩa, trung vị",   "microseconds of a commit, median", false},
    {"commit_p99_us",        "micro giây ghi đĩa, 99 %",       "microseconds of a commit, 99 %", false},
    {"descriptors",          "tệp và kết nối đang mở",         "open descriptors", false},
    {"max_descriptors",      "tối đa được mở",                 "descriptors allowed", false},
    {"memory",               "bộ nhớ đang dùng",               "memory in use", true},
    {"max_memory",           "bộ nhớ tối đa (0: không hạn)",  "memory allowed (0: no limit)", true},
    {"map_size",             "sức chứa tối đa của kho",        "the most the store can hold", true},
    {"map_used",             "kho đã dùng",                    "store in use", true},
    {"disk_free",            "đĩa còn trống",                  "free on the disk", true},
};
/* clang-format on */

static const struct named *find_named(const struct named *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

/* What NAME is called in a table; itself when it is not there. */
static const char *words_in(const struct named *table, size_t n, const char *name, bool is_vi)
{
    const struct named *found = find_named(table, n, name);
    return !found ? name : is_vi ? found->vi : found->en;
}

const char *words_field(const char *name, bool is_vi)
{
    return words_in(named_fields, sizeof named_fields / sizeof *named_fields, name, is_vi);
}

static const struct named *find_figure(const char *name)
{
    return find_named(named_figures, sizeof named_figures / sizeof *named_figures, name);
}

const char *words_figure(const char *name, bool is_vi)
{
    const struct named *found = find_figure(name);
    return !found ? name : is_vi ? found->vi : found->en;
}

void words_count(char out[32], const char *figure, int64_t value, bool is_vi)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    const struct named *found = find_figure(figure);
    char digits[24];
    size_t n = 0;
    if (found && found->is_bytes && value >= 1024) {
        int64_t tenths = value * 10 / 1024; /* cut, not rounded: never more than there is */
        size_t unit = 0;
        for (; tenths >= 10240 && unit + 1 < sizeof units / sizeof *units; unit++)
            tenths /= 1024;
        snprintf(out, 32, "%" PRId64 "%c%" PRId64 " %s", tenths / 10, is_vi ? ',' : '.',
                 tenths % 10, units[unit]);
        return;
    }
    const int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    for (int i = 0; i < length; i++) {
        if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
            out[n++] = is_vi ? '.' : ',';
        out[n++] = digits[i];
    }
    snprintf(out + n, 32 - n, "%s", found && found->is_bytes ? " B" : "");
}

/* -------------------------------------------------------------------------------- values */

const char *words_of(enum kn_enum which, int value, bool is_vi)
{
    for (size_t i = 0; is_vi && i < sizeof words / sizeof *words; i++)
        if (words[i].which == which && words[i].value == value)
            return words[i].vi;
    const char *text = kn_enum_text(which, value);
    return text ? text : "";
}

/* Ha Noi is seven hours before UTC, all the year. */
static void split(struct tm *out, int64_t at_ms)
{
    const time_t seconds = (time_t)(at_ms / 1000) + 7 * 3600;
    gmtime_r(&seconds, out);
}

void words_time(char out[17], int64_t at_ms)
{
    struct tm local;
    split(&local, at_ms);
    strftime(out, 17, "%d/%m/%Y %H:%M", &local);
}

void words_day(char out[11], int64_t at_ms)
{
    struct tm local;
    split(&local, at_ms);
    strftime(out, 11, "%d/%m/%Y", &local);
}

void words_due(char out[11], int64_t due_at_ms)
{
    words_day(out, due_at_ms - 1);
}

void words_cut(char *out, size_t size, const char *text)
{
    const size_t length = text ? strcspn(text, "\n") : 0;
    size_t n = length < size ? length : size - 1;
    while (n < length && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    memcpy(out, text ? text : "", n);
    out[n] = '\0';
}

void words_gap(char out[64], const struct kn_gap *gap, bool is_vi)
{
    char since[17];
    words_time(since, gap->since);
    snprintf(out, 64, is_vi ? "số %lld–%lld, từ %s" : "%lld to %lld, since %s",
             (long long)gap->first, (long long)gap->last, since);
}

const char *words_alarm(const char *alarm, bool is_vi)
{
    return words_in(named_alarms, sizeof named_alarms / sizeof *named_alarms, alarm, is_vi);
}

/* ----------------------------------------------------------------------------- sentences */

/* MARK: no words of its own; a part in brackets with it stands when it is true. */
enum kind { TEXT, NAME, FIELD, NUMBER, DUE, DAY, DOCUMENT, ENUM, MARK, GAP };

#define AT(member) offsetof(struct kn_event, member)
#define IN_DETAIL(member) offsetof(struct kn_detail, member)

/* clang-format off */
static const struct field {
    const char *name;
    enum kind kind;
    size_t at, has; /* of numbers: whether it is there; of names: which register */
    enum kn_enum which;
    bool in_detail;
} fields[] = {
    {"case",     TEXT, AT(case_), 0, KN_ENUM_NONE, false},
    {"batch",    TEXT, AT(batch), 0, KN_ENUM_NONE, false},
    {"title",    TEXT, AT(title), 0, KN_ENUM_NONE, false},
    {"agent",    TEXT, AT(agent), 0, KN_ENUM_NONE, false},
    {"field",    NAME, AT(field), NAMES_FIELD, KN_ENUM_NONE, false},
    {"area",     NAME, AT(area), NAMES_AREA, KN_ENUM_NONE, false},
    {"unit",     NAME, AT(unit), NAMES_UNIT, KN_ENUM_NONE, false},
    {"proposed", NAME, AT(proposed_unit), NAMES_UNIT, KN_ENUM_NONE, false},
    {"parent",   TEXT, AT(parent), 0, KN_ENUM_NONE, false},
    {"why",      TEXT, AT(why), 0, KN_ENUM_NONE, false},
    {"basis",    TEXT, AT(basis), 0, KN_ENUM_NONE, false},
    {"fault",    FIELD, AT(fault), 0, KN_ENUM_NONE, false},
    {"reason",   TEXT, AT(reason), 0, KN_ENUM_NONE, false},
    {"evidence", TEXT, AT(evidence), 0, KN_ENUM_NONE, false},
    {"registers", TEXT, AT(registers), 0, KN_ENUM_NONE, false},
    {"row",      NUMBER, AT(row), AT(has_row), KN_ENUM_NONE, false},
    {"declared", NUMBER, AT(declared), AT(has_declared), KN_ENUM_NONE, false},
    {"stored",   NUMBER, AT(stored), AT(has_stored), KN_ENUM_NONE, false},
    {"refused",  NUMBER, AT(refused), AT(has_refused), KN_ENUM_NONE, false},
    {"due",      DUE, AT(due_at), AT(has_due_at), KN_ENUM_NONE, false},
    {"was_due",  DUE, AT(was_due_at), AT(has_was_due_at), KN_ENUM_NONE, false},
    {"promised", DAY, AT(promised_on), 0, KN_ENUM_NONE, false},
    {"document", DOCUMENT, AT(document), 0, KN_ENUM_NONE, false},
    {"channel",  ENUM, AT(channel), 0, KN_ENUM_CHANNEL, false},
    {"link",     ENUM, AT(link), 0, KN_ENUM_LINK_KIND, false},
    {"clock",    ENUM, AT(clock), 0, KN_ENUM_CLOCK_KIND, false},
    {"result",   ENUM, AT(result), 0, KN_ENUM_RESULT, false},
    {"verification", ENUM, AT(verification), 0, KN_ENUM_VERIFICATION, false},
    {"satisfaction", ENUM, AT(satisfaction), 0, KN_ENUM_SATISFACTION, false},
    {"code",     ENUM, AT(code), 0, KN_ENUM_CODE, false},
    {"admitted", ENUM, AT(admitted), 0, KN_ENUM_ROLE, false},
    {"role",     ENUM, AT(role), 0, KN_ENUM_ASSIGNMENT_ROLE, false},
    {"oversight", ENUM, AT(oversight), 0, KN_ENUM_OVERSIGHT, false},
    {"partial",  MARK, IN_DETAIL(partial), 0, KN_ENUM_NONE, true},
    {"docket",   TEXT, IN_DETAIL(docket), 0, KN_ENUM_NONE, true},
    {"reminder", NUMBER, IN_DETAIL(reminder), IN_DETAIL(has_reminder), KN_ENUM_NONE, true},
    {"until",    DAY, IN_DETAIL(until), 0, KN_ENUM_NONE, true},
    {"paused_days", NUMBER, IN_DETAIL(paused_days), IN_DETAIL(has_paused_days), KN_ENUM_NONE, true},
    {"receipt",  TEXT, IN_DETAIL(receipt), 0, KN_ENUM_NONE, true},
    {"body",     TEXT, IN_DETAIL(body), 0, KN_ENUM_NONE, true},
    {"place",    TEXT, IN_DETAIL(place), 0, KN_ENUM_NONE, true},
    {"predecessor", NAME, IN_DETAIL(predecessor), NAMES_UNIT, KN_ENUM_NONE, true},
    {"reject_ground", ENUM, IN_DETAIL(reject_ground), 0, KN_ENUM_REJECT_GROUND, true},
    {"pause_ground", ENUM, IN_DETAIL(pause_ground), 0, KN_ENUM_PAUSE_GROUND, true},
    {"diversion", ENUM, IN_DETAIL(diversion), 0, KN_ENUM_DIVERSION, true},
    {"gap",      GAP, IN_DETAIL(gap), 0, KN_ENUM_NONE, true},
    {"decision", ENUM, IN_DETAIL(decision), 0, KN_ENUM_CANDIDATE_STATE, true},
};
/* clang-format on */

/* The words of one field of an event, in BUFFER or elsewhere; NULL when absent. */
static const char *field_words(char buffer[64], const struct kn_event *event,
                               const struct field *field, bool is_vi)
{
    const char *base = field->in_detail ? (const char *)event->detail : (const char *)event;
    const char *text = NULL;
    bool is_marked;
    int value = 0;
    if (!base)
        return NULL;
    const void *at = base + field->at;
    switch (field->kind) {
    case NAME:
        memcpy(&text, at, sizeof text);
        return text ? names_of((enum names_register)field->has, text, is_vi) : NULL;
    case FIELD: memcpy(&text, at, sizeof text); return text ? words_field(text, is_vi) : NULL;
    case TEXT:
    case DAY:
        memcpy(&text, at, sizeof text);
        if (text && field->kind == DAY && strlen(text) == 10) { /* YYYY-MM-DD */
            snprintf(buffer, 64, "%.2s/%.2s/%.4s", text + 8, text + 5, text);
            return buffer;
        }
        return text;
    case NUMBER:
    case DUE: {
        int64_t number;
        bool has;
        memcpy(&number, at, sizeof number);
        memcpy(&has, base + field->has, sizeof has);
        if (field->kind == DUE)
            words_due(buffer, number);
        else
            snprintf(buffer, 64, "%lld", (long long)number);
        return has ? buffer : NULL;
    }
    case DOCUMENT: {
        const struct kn_document *document;
        memcpy(&document, at, sizeof document);
        return document ? document->number : NULL;
    }
    case GAP: {
        const struct kn_gap *gap;
        memcpy(&gap, at, sizeof gap);
        if (gap)
            words_gap(buffer, gap, is_vi);
        return gap ? buffer : NULL;
    }
    case MARK: memcpy(&is_marked, at, sizeof is_marked); return is_marked ? "" : NULL;
    case ENUM:
        memcpy(&value, at, sizeof value);
        text = words_of(field->which, value, is_vi);
        return *text ? text : NULL;
    }
    return NULL;
}

static const struct field *find_field(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0)
            return &fields[i];
    assert(false); /* a sentence with a field that the table lacks */
    return NULL;
}

static void put(char *out, size_t size, size_t *n, const char *text, size_t length)
{
    if (*n + length >= size) {
        length = size - *n - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--; /* never cut a letter */
    }
    memcpy(out + *n, text, length);
    *n += length;
}

static void expand(char *out, size_t size, const char *sentence, const struct kn_event *event,
                   bool is_vi)
{
    size_t n = 0, bracket = 0;
    bool is_lacking = false;
    for (const char *at = sentence; *at; at++) {
        if (*at == '[') {
            bracket = n;
            is_lacking = false;
        } else if (*at == ']') {
            n = is_lacking ? bracket : n;
        } else if (*at == '{') {
            const size_t length = strcspn(at + 1, "}");
            char buffer[64];
            const char *text = field_words(buffer, event, find_field(at + 1, length), is_vi);
            is_lacking |= text == NULL;
            text = text ? text : "?";
            put(out, size, &n, text, strlen(text));
            at += length + 1;
        } else {
            const size_t length = strcspn(at, "[]{");
            put(out, size, &n, at, length);
            at += length - 1;
        }
    }
    out[n] = '\0';
}

void words_event(char *out, size_t size, const struct kn_event *event, bool is_vi)
{
    const char *sentence = NULL;
    if (event->kind > 0 && event->kind < KN_EVENT_KIND_COUNT)
        sentence = is_vi ? sentences[event->kind].vi : sentences[event->kind].en;
    if (!sentence) /* of a later version */
        sentence = words_of(KN_ENUM_EVENT_KIND, (int)event->kind, is_vi);
    expand(out, size, sentence, event, is_vi);
    const size_t n = strlen(out);
    if (event->detail && event->detail->has_acted_at) {
        char day[11];
        words_day(day, event->detail->acted_at);
        snprintf(out + n, size - n,
                 is_vi ? " (thực hiện từ %s, ghi nhận muộn)" : " (done on %s, said late)", day);
    }
}
