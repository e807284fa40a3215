/* reasons.c - what the hub says when it refuses, for people who read Vietnamese.
 *
 * The hub speaks English to machines; each reason of its rules stands here with its Vietnamese. A
 * reason that is not here is given as it is (tests/agents/reasons.py finds it).
 */
#include "agents/agent_internal.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *en, *vi;
} reasons[] = {
    {"a name of a-z, 0-9 and hyphens, a key in Z85, a role, a unit for an agency", "tên chỉ gồm a-z, 0-9 và gạch nối; khóa dạng Z85; có vai; đơn vị giải quyết phải có mã đơn vị"},
    {"a case cannot be linked to itself", "không gộp một kiến nghị vào chính nó"},
    {"a day in the past", "ngày đã qua"},
    {"a diverted case is never published", "kiến nghị đã chuyển kênh khác thì không công khai"},
    {"a partner joins a case that has a lead", "phải có đơn vị chủ trì trước khi mời phối hợp"},
    {"a pause ends on a day to come (YYYY-MM-DD)", "tạm dừng phải hết vào một ngày sắp tới"},
    {"a promise cannot lie in the past", "không thể hẹn một ngày đã qua"},
    {"a ruling gave it to this unit: it cannot return it", "đã có phán quyết thẩm quyền, đơn vị không được trả lại"},
    {"a ruling needs an approver", "phán quyết thẩm quyền phải do người duyệt"},
    {"a schedule needs its date", "trả lời có lộ trình phải ghi ngày"},
    {"a time to come, or before the petition was received", "ngày chưa đến, hoặc trước khi tiếp nhận kiến nghị"},
    {"a unit has had the case: a person classifies", "đã có đơn vị nhận kiến nghị này: phải do người phân loại"},
    {"an approver publishes; you may propose", "người duyệt mới công khai; có thể đề nghị: kiennghi propose"},
    {"an agency needs a unit of the register", "vai đơn vị giải quyết phải kèm đơn vị có trong danh mục"},
    {"an explanation is accepted by the Ban: say on whose behalf", "giải trình do Ban của HĐND chấp nhận: ghi --on-behalf thay mặt Ban nào"},
    {"another agent brought this petition", "kiến nghị này do nơi tiếp nhận khác gửi"},
    {"another agent sends this batch", "đợt này của nơi gửi khác"},
    {"another unit leads this case", "đơn vị khác chủ trì kiến nghị này"},
    {"declare the batch first (batch.declare)", "phải khai báo đợt trước"},
    {"it is saved already", "đơn vị đã nhận việc này rồi"},
    {"it was decided: take that back first (open)", "cặp này đã có quyết định: gỡ quyết định đó trước (open)"},
    {"it was replaced already: name that", "văn bản này đã bị thay thế: ghi văn bản thay thế nó"},
    {"known under this source key with other content: state a revision (petition.revise) or send it as an item of its own", "đã lưu với nội dung khác: gửi bản sửa (--revise), hoặc gửi thành dòng riêng"},
    {"longer than the deadlines register allows a pause", "dài hơn thời gian tạm dừng mà danh mục thời hạn cho phép"},
    {"more rows than that are stored already", "số dòng đã lưu nhiều hơn số khai báo"},
    {"no case has this code", "không có kiến nghị nào mang mã này"},
    {"no identity has this name", "không có tác nhân nào mang tên này"},
    {"no open case says the same", "không có kiến nghị đang mở nào trùng nội dung"},
    {"no such case", "không có kiến nghị này"},
    {"no unit holds the case: assign it first", "chưa đơn vị nào giữ kiến nghị: giao việc trước"},
    {"no unit holds the case: there is nobody to remind", "chưa đơn vị nào giữ kiến nghị nên không có ai để đôn đốc"},
    {"no unit is competent by the register", "danh mục thẩm quyền chưa có đơn vị cho việc này"},
    {"not a class I result", "không phải kết quả loại I"},
    {"not a class II or III result", "không phải kết quả loại II hoặc III"},
    {"not a day (YYYY-MM-DD)", "không phải ngày hợp lệ"},
    {"not a partial answer", "không phải trả lời một phần"},
    {"not a proposal", "không phải đề nghị công khai"},
    {"not dissatisfied", "không phải ý kiến không hài lòng"},
    {"not met", "không phải kết quả đạt"},
    {"not that of the batch", "không khớp với đợt"},
    {"not the words of the petition: quote the demand as it stands there", "không đúng nguyên văn: trích đúng câu chữ trong kiến nghị"},
    {"nothing is missing of this agent", "tác nhân này không còn thiếu thông điệp nào"},
    {"nothing is stored under this source key", "chưa lưu gì theo khóa nguồn này"},
    {"only a partner can join now", "lúc này chỉ có thể thêm đơn vị phối hợp"},
    {"propose the text without personal data", "ghi nội dung đề nghị công khai, không có thông tin cá nhân (--text)"},
    {"put the file first, whole, and say its size and type as file.state does", "phải gửi trọn tệp kèm theo trước, đúng cỡ và loại"},
    {"returned twice: it takes a ruling of an approver, which no unit can return", "đã bị trả lại hai lần: phải có phán quyết của người duyệt (kiennghi rule)"},
    {"say awaiting_approval, published, posted or withdrawn", "ghi awaiting_approval, published, posted hoặc withdrawn"},
    {"say met, partly or not_met", "ghi met (đạt), partly (đạt một phần) hoặc not_met (không đạt)"},
    {"say recurrence or related", "ghi recurrence (tái kiến nghị) hoặc related (liên quan)"},
    {"say satisfied, accepted, dissatisfied or no_response", "ghi satisfied, accepted, dissatisfied hoặc no_response"},
    {"say what is done about it", "ghi hình thức giám sát"},
    {"say why the answer is sent back", "ghi lý do không nhận trả lời (--reason)"},
    {"that case is linked itself: link to its parent", "kiến nghị kia đã gộp: gộp vào kiến nghị gốc của nó"},
    {"that is what was decided already", "đã quyết định như vậy rồi"},
    {"the answer is taken already", "trả lời đã được nhận rồi"},
    {"the case has as many assignments as it can hold", "kiến nghị đã có tối đa số đơn vị"},
    {"the case has as many promises as it can hold", "kiến nghị đã có tối đa số cam kết"},
    {"the case has ended, or the other one is linked to it", "kiến nghị đã kết thúc, hoặc kiến nghị kia đang gộp theo nó"},
    {"the case has no open promise of this number", "không có cam kết nào đang mở mang số này"},
    {"the case has sixteen relations: take one back first", "kiến nghị đã có mười sáu liên hệ: gỡ bớt một trước"},
    {"the case is in 16 dockets: take it out of one", "kiến nghị đã ở 16 hồ sơ giám sát: đưa ra khỏi một hồ sơ"},
    {"the case is not in this docket", "kiến nghị không có trong hồ sơ này"},
    {"the case is not public", "kiến nghị chưa công khai"},
    {"the limits of this key exclude this message", "khóa này bị giới hạn, không được làm việc đó (kiennghi keys set)"},
    {"the new document is another batch in the container of the old one", "văn bản mới phải là một đợt khác trong cùng văn bản cũ"},
    {"the sources register has no such source", "danh mục nguồn không có nguồn này"},
    {"the two are neither linked nor related", "hai kiến nghị này không gộp, cũng không liên hệ"},
    {"the two are related already", "hai kiến nghị này đã liên hệ rồi"},
    {"the units register has no such unit today", "hôm nay danh mục đơn vị không có đơn vị này"},
    {"there is no explanation to accept", "không có giải trình nào để chấp nhận"},
    {"there is no plan to take", "không có kế hoạch nào để nhận"},
    {"these two were never proposed as one", "hai kiến nghị này chưa từng được đề xuất là trùng"},
    {"this assignment is not the running one", "không phải lần giao việc đang chạy"},
    {"this batch is known with another container, channel or source", "đợt này đã khai với văn bản, kênh hoặc nguồn khác"},
    {"this case is linked to another one: decide on that one", "kiến nghị này đã gộp theo kiến nghị khác: quyết định ở kiến nghị đó"},
    {"this unit has a part in the case already", "đơn vị này đã tham gia rồi"},
    {"this unit has no part in the case", "đơn vị này không tham gia kiến nghị"},
    {"too late to reopen: send it as a new petition (recurrence)", "đã quá hạn mở lại: gửi thành kiến nghị mới (tái kiến nghị)"},
    {"you never sent such a document", "chưa từng gửi văn bản như vậy"},
    {"your role may not say this", "vai của khóa này không được làm việc đó"},
    {"this key belongs to another identity", "khóa này của tác nhân khác"},
    {"this identity is not admitted", "khóa này chưa được cho phép"},
    {"the key was revoked", "khóa đã bị thu hồi"},
    {"a verb or a stream is asked for", "phải ghi một loại thông điệp hoặc một luồng"},
    {"no message has this name", "không có loại thông điệp nào mang tên này"},
    {"the role may not say this", "vai này không được gửi thông điệp đó"},
    {"the limits of the identity do not list this message", "giới hạn riêng của tác nhân không có thông điệp này"},
    {"the role may not read this stream, or there is none of this name", "vai này không được đọc luồng đó, hoặc không có luồng nào mang tên này"},
    {"the limits of the identity do not list this stream", "giới hạn riêng của tác nhân không có luồng này"},
};
/* clang-format on */

/* clang-format off */
/* What a refusal names: states of a case, acts and who may say them. */
static const struct {
    const char *en, *vi;
} names[] = {
    {"received", "đã tiếp nhận"}, {"to_classify", "chờ phân loại"}, {"assigned", "đã chuyển, đơn vị chưa nhận"},
    {"in_progress", "đang giải quyết"}, {"answered", "đã trả lời"}, {"awaiting_verification", "chờ kiểm chứng"},
    {"closed", "đã kết thúc"}, {"linked", "gộp theo kiến nghị khác"}, {"diverted", "chuyển kênh khác"},
    {"not_accepted", "không tiếp nhận"}, {"returned", "bị trả lại"}, {"paused", "tạm dừng"}, {"reopened", "mở lại"},
    {"assignment.accept", "nhận việc"}, {"assignment.return", "trả lại"}, {"answer.submit", "trả lời"},
    {"progress.report", "báo tiến độ"}, {"opinion.submit", "gửi ý kiến phối hợp"},
    {"commitment.make", "ghi cam kết (conclude)"}, {"commitment.keep", "báo đã làm cam kết"},
    {"answer.review", "nhận hoặc trả lại câu trả lời (review-answer)"}, {"candidate.decide", "quyết định cặp trùng (review)"},
    {"case.assign", "giao đơn vị (assign, partner, rule)"}, {"case.verify", "kiểm chứng (verify)"}, {"case.publish", "công khai (propose, publish, post, withdraw)"},
    {"case.link", "gộp (link)"}, {"case.unlink", "gỡ gộp (unlink)"}, {"case.split", "tách (split)"},
    {"case.divert", "chuyển kênh khác (divert)"}, {"case.reject", "không tiếp nhận (reject)"},
    {"case.pause", "tạm dừng (pause)"}, {"case.resume", "tính hạn tiếp (resume)"}, {"case.reopen", "mở lại (reopen)"},
    {"case.remind", "đôn đốc (remind)"}, {"case.satisfaction", "ghi ý kiến cử tri (satisfied)"},
    {"case.select", "chọn giám sát (select)"}, {"case.direct", "chỉ đạo (direct)"}, {"case.erase", "xóa thông tin cá nhân (erase)"},
    {"intake", "tiếp nhận"}, {"agency", "đơn vị giải quyết"}, {"monitor", "theo dõi"}, {"operator", "cán bộ xử lý"},
    {"approver", "người duyệt"}, {"verifier", "người kiểm chứng"}, {"ban", "Ban của HĐND"},
    {"standing_committee", "Thường trực HĐND"}, {"deputies", "tổ đại biểu"}, {"auditor", "kiểm tra"},
    {"nothing", "không việc gì"}, {"nobody", "không vai nào"},
};
/* clang-format on */

/* Puts the names of LIST, which commas part, behind OUT in Vietnamese. */
static void put_names(char *out, size_t size, const char *list, size_t n_list)
{
    for (const char *at = list; at < list + n_list;) {
        size_t n = strcspn(at, ","), length = strlen(out);
        n = n < n_list - (size_t)(at - list) ? n : n_list - (size_t)(at - list);
        const char *vi = NULL;
        for (size_t i = 0; i < sizeof names / sizeof *names && !vi; i++)
            vi = strlen(names[i].en) == n && strncmp(names[i].en, at, n) == 0 ? names[i].vi : NULL;
        if (vi && length + strlen(vi) + 3 < size)
            snprintf(out + length, size - length, "%s%s", at > list ? ", " : "", vi);
        at += n + strspn(at + n, ", ");
    }
}

const char *kn_agent_reason_words(const kn_agent_t *self, char *out, size_t size,
                                  const char *reason)
{
    static const char state[] = "the case is ",
                      moves[] = "; you may: ", roles[] = "your role may not say this; these may: ";
    const char *legal = strstr(reason, moves);
    for (size_t i = 0; self->is_vi && i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].en, reason) == 0)
            return reasons[i].vi;
    if (self->is_vi && strncmp(reason, roles, sizeof roles - 1) == 0) {
        snprintf(out, size, "vai của khóa này không được làm việc đó; vai được làm: ");
        put_names(out, size, reason + sizeof roles - 1, strlen(reason + sizeof roles - 1));
    } else if (self->is_vi && legal && strncmp(reason, state, sizeof state - 1) == 0) {
        snprintf(out, size, "kiến nghị đang ở bước “");
        put_names(out, size, reason + sizeof state - 1,
                  (size_t)(legal - reason) - sizeof state + 1);
        snprintf(out + strlen(out), size - strlen(out), "”; khóa này được: ");
        put_names(out, size, legal + sizeof moves - 1, strlen(legal + sizeof moves - 1));
    } else {
        return reason;
    }
    return out;
}
