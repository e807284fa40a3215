/* report.c - what the operator sees: a line for each row, a summary for each batch, progress.
 *
 * Standard output carries results only: lines for people, or JSON lines with --json (English keys
 * and codes). Standard error carries faults, the log and, on a terminal, one line of progress.
 * Never a petition's text.
 */
#include "agents/agent_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct words {
    const char *vi, *en;
};

/* clang-format off */
static const struct words verdicts[] = {
    [KN_VERDICT_STORED]   = {"đã tiếp nhận",         "stored"},
    [KN_VERDICT_REPEATED] = {"đã có từ trước",       "repeated"},
    [KN_VERDICT_CONFLICT] = {"khác bản đã lưu",      "conflict"},
    [KN_VERDICT_REFUSED]  = {"từ chối",             "refused"},
    [KN_VERDICT_DEFERRED] = {"chưa nhận, sẽ gửi lại", "deferred"},
};

static const struct {
    enum kn_code code;
    struct words what, remedy;
} codes[] = {
    {KN_CODE_MALFORMED,       {"không đọc được thông điệp", "the message cannot be read"},
                              {"báo cho người quản trị: phần mềm hai bên không khớp", "tell the administrator: the programs do not match"}},
    {KN_CODE_VERSION,         {"phiên bản giao thức khác", "another version of the protocol"},
                              {"cập nhật phần mềm", "update the program"}},
    {KN_CODE_UNKNOWN_TYPE,    {"trung tâm chưa hỗ trợ loại thông điệp này", "the hub does not know this message"},
                              {"cập nhật phần mềm của trung tâm", "update the hub"}},
    {KN_CODE_UNAUTHENTICATED, {"chưa xác thực", "not authenticated"},
                              {"kiểm tra tệp khóa (--key)", "check the key file (--key)"}},
    {KN_CODE_NOT_ALLOWED,     {"không có quyền", "not allowed"},
                              {"đề nghị người quản trị cấp quyền cho khóa này", "ask the administrator to admit this key with the right role"}},
    {KN_CODE_REVOKED,         {"khóa đã bị thu hồi", "the key was revoked"},
                              {"đề nghị người quản trị cấp khóa mới", "ask the administrator for a new key"}},
    {KN_CODE_QUOTA,           {"vượt hạn mức", "over the limit"},
                              {"chờ rồi gửi lại", "wait and send again"}},
    {KN_CODE_OUT_OF_ORDER,    {"sai thứ tự", "out of order"},
                              {"phần mềm tự gửi lại", "it is sent again by itself"}},
    {KN_CODE_BUSY,            {"trung tâm đang bận", "the hub is busy"},
                              {"phần mềm tự gửi lại", "it is sent again by itself"}},
    {KN_CODE_STORAGE,         {"trung tâm hết chỗ lưu hoặc lỗi đĩa", "the hub's disk is full or failing"},
                              {"phần mềm tự gửi lại; báo cho người quản trị", "it is sent again by itself; tell the administrator"}},
    {KN_CODE_REQUIRED,        {"thiếu nội dung bắt buộc", "a required value is missing"},
                              {"điền vào ô còn thiếu rồi nhập lại tệp", "fill it in and import the file again"}},
    {KN_CODE_TOO_LONG,        {"nội dung quá dài", "the text is too long"},
                              {"rút gọn, hoặc gửi phần dài bằng tệp đính kèm", "shorten it, or send the long part as an attachment"}},
    {KN_CODE_TOO_LARGE,       {"dòng quá lớn", "the row is too large"},
                              {"tách thành nhiều kiến nghị", "split it into several petitions"}},
    {KN_CODE_NOT_TEXT,        {"không phải dạng văn bản", "this is no text"},
                              {"lưu lại tệp theo bảng mã UTF-8", "save the file as UTF-8"}},
    {KN_CODE_INVALID,         {"giá trị không hợp lệ", "a value is invalid"},
                              {"sửa giá trị rồi nhập lại tệp", "mend it and import the file again"}},
    {KN_CODE_UNKNOWN_VALUE,   {"giá trị không có trong danh mục", "the register does not know the value"},
                              {"chọn giá trị có trong danh mục", "use a value of the register"}},
    {KN_CODE_UNKNOWN_COLUMN,  {"cột không có trong biểu mẫu", "the form does not know the column"},
                              {"sửa tên cột theo biểu mẫu", "name the column as in the form"}},
    {KN_CODE_UNREADABLE,      {"không đọc được", "cannot be read"},
                              {"mở tệp kiểm tra dòng này rồi nhập lại", "look at the row and import the file again"}},
    {KN_CODE_UNKNOWN_CASE,    {"không có hồ sơ này", "no such case"},
                              {"kiểm tra mã hồ sơ", "check the case code"}},
    {KN_CODE_UNKNOWN_BATCH,   {"không có đợt này", "no such batch"},
                              {"kiểm tra mã đợt", "check the batch id"}},
    {KN_CODE_UNKNOWN_FILE,    {"trung tâm chưa có tệp đính kèm này", "the hub does not have this file"},
                              {"gửi tệp trước rồi làm lại", "put the file first, then try again"}},
    {KN_CODE_ILLEGAL_MOVE,    {"hồ sơ đang ở bước không cho phép việc này", "the case is not in a state that allows this"},
                              {"xem tình trạng hồ sơ: kiennghi case show", "look at the case first: kiennghi case show"}},
    {KN_CODE_WRONG_UNIT,      {"hồ sơ do đơn vị khác phụ trách", "another unit is responsible"},
                              {"kiểm tra đơn vị được giao", "check who was assigned"}},
    {KN_CODE_SUPERSEDED,      {"chương trình khác đang đọc luồng này", "another process opened the stream"},
                              {"mỗi tên người đọc chỉ chạy một chương trình", "run one process for each consumer"}},
    {KN_CODE_CHANGED_CONTENT, {"nội dung khác với bản đã lưu", "the content differs from what is stored"},
                              {"nếu sửa có chủ ý, chạy lại với --revise; nếu không, khôi phục nội dung cũ", "run again with --revise if the change is meant, else restore the old text"}},
    {KN_CODE_INTERNAL,        {"lỗi nội bộ của trung tâm", "a fault of the hub"},
                              {"báo cho người quản trị", "tell the administrator"}},
};
/* clang-format on */

static const char *pick(const kn_agent_t *self, const struct words *words)
{
    return self->is_vi ? words->vi : words->en;
}

const char *kn_agent_verdict_words(const kn_agent_t *self, enum kn_verdict verdict)
{
    if ((size_t)verdict >= sizeof verdicts / sizeof verdicts[0] || !verdicts[verdict].en)
        return "?";
    return pick(self, &verdicts[verdict]);
}

const char *kn_agent_code_words(const kn_agent_t *self, enum kn_code code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return pick(self, &codes[i].what);
    return "";
}

const char *kn_agent_remedy(const kn_agent_t *self, enum kn_code code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return pick(self, &codes[i].remedy);
    return "";
}

const char *kn_agent_status_words(const kn_agent_t *self, int rc)
{
    static const struct {
        int rc;
        const char *vi;
    } statuses[] = {
        {KN_E_INVALID, "dữ liệu không hợp lệ"},
        {KN_E_DENIED, "không có quyền"},
        {KN_E_CONFLICT, "khác bản đã lưu"},
        {KN_E_NOT_FOUND, "không tìm thấy"},
        {KN_E_TOO_LARGE, "quá lớn"},
        {KN_E_NOMEM, "hết bộ nhớ"},
        {KN_E_IO, "lỗi đọc hoặc ghi dữ liệu"},
        {KN_E_FULL, "hết chỗ lưu"},
        {KN_E_BUSY, "đang bận, thử lại sau"},
        {KN_E_TIMEOUT, "quá thời gian chờ mà chưa có trả lời"},
        {KN_E_CLOSED, "đã dừng giữa chừng"},
        {KN_E_CORRUPT, "dữ liệu đã lưu bị hỏng"},
        {KN_E_VERSION, "dữ liệu do phiên bản khác tạo ra"},
    };
    for (size_t i = 0; self->is_vi && i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].rc == rc)
            return statuses[i].vi;
    return kn_status_text(rc);
}

/* ---- JSON lines ---------------------------------------------------------------------------- */

static void put_json_text(FILE *out, const char *text)
{
    putc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f)
            fprintf(out, "\\u%04x", *p);
        else
            putc(*p, out);
    }
    putc('"', out);
}

static void put_member(FILE *out, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(out, ",\"%s\":", key);
    put_json_text(out, text);
}

static const char *code_name(enum kn_code code)
{
    return kn_enum_text(KN_ENUM_CODE, (int)code);
}

/* Rows scroll past the progress line only where both are on one terminal. */
static void clear_for_output(kn_agent_t *self)
{
    if (self->is_progress_drawn && isatty(STDOUT_FILENO))
        report_clear(self);
}

/* ---- lines --------------------------------------------------------------------------------- */

/* Prints TEXT padded to WIDTH columns: one column for each code point. */
static void put_padded(const char *text, int width)
{
    fputs(text, stdout);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if ((*p & 0xc0) != 0x80)
            width--;
    while (width-- > 0)
        putchar(' ');
}

void report_row(kn_agent_t *self, const char *file, const char *sheet, int64_t row,
                const char *item, enum kn_verdict verdict, const char *case_code, enum kn_code code,
                const char *field, const char *words, bool says_all)
{
    clear_for_output(self);
    if (self->is_json) {
        printf("{\"row\":%" PRId64, row);
        put_member(stdout, "file", file);
        put_member(stdout, "sheet", sheet);
        put_member(stdout, "item", item);
        put_member(stdout, "verdict", kn_enum_text(KN_ENUM_VERDICT, (int)verdict));
        put_member(stdout, "case", case_code);
        put_member(stdout, "code", code_name(code));
        put_member(stdout, "field", field);
        put_member(stdout, "reason", words);
        if (!says_all)
            put_member(stdout, "remedy", kn_agent_remedy(self, code));
        puts("}");
        return;
    }
    char place[192], room[400];
    snprintf(place, sizeof place, "%s:%s%s%" PRId64, file, sheet ? sheet : "", sheet ? ":" : "",
             row);
    put_padded(place, 28);
    putchar(' ');
    put_padded(kn_agent_verdict_words(self, verdict), 16);
    if (case_code && *case_code)
        printf(" %s", case_code);
    if (code != KN_CODE_NONE && !says_all) {
        printf(" %s", self->is_vi || !words || !*words ? kn_agent_code_words(self, code) : words);
        if (field && *field)
            printf(" [%s]", field);
        if (self->is_vi && words && *words)
            printf(" (%s)", kn_agent_reason_words(self, room, sizeof room, words));
        printf(" – %s", kn_agent_remedy(self, code));
    } else if (words && *words) {
        if (field && *field)
            printf(" [%s]", field);
        printf(" %s", words);
    }
    putchar('\n');
}

void report_batch(kn_agent_t *self, const struct account *account)
{
    const struct counts *n = &account->counts;
    uint64_t known = account->n_known + account->n_elsewhere;
    uint64_t missing = account->n_declared > known ? account->n_declared - known : 0;
    uint64_t earlier = known > account->n_rows ? known - account->n_rows : 0;
    uint64_t in_table = known < account->n_rows ? known : account->n_rows;
    clear_for_output(self);
    if (self->is_json) {
        printf("{\"batch\":\"%s\"", account->batch);
        put_member(stdout, "file", account->file);
        put_member(stdout, "title", account->title);
        printf(",\"declared\":%" PRIu64 ",\"stored\":%" PRIu64 ",\"repeated\":%" PRIu64
               ",\"conflict\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"missing\":%" PRIu64
               ",\"earlier\":%" PRIu64 "}\n",
               account->n_declared, n->stored, n->repeated, n->conflict, n->refused, missing,
               earlier);
        return;
    }
    printf(KN_TR(self,
                 "= %s: khai báo %" PRIu64 " · đã tiếp nhận %" PRIu64 " · đã có từ trước %" PRIu64
                 " · khác bản đã lưu %" PRIu64 " · từ chối %" PRIu64,
                 "= %s: declared %" PRIu64 " · stored %" PRIu64 " · repeated %" PRIu64
                 " · conflict %" PRIu64 " · refused %" PRIu64),
           account->title ? account->title : account->file, account->n_declared, n->stored,
           n->repeated, n->conflict, n->refused);
    if (earlier > 0)
        printf(KN_TR(self, " · các lần trước %" PRIu64, " · earlier runs %" PRIu64), earlier);
    printf(KN_TR(self, " · còn thiếu %" PRIu64 "   (kiennghi batch show %s)\n",
                 " · missing %" PRIu64 "   (kiennghi batch show %s)\n"),
           missing, account->batch);
    if (missing > 0)
        printf(KN_TR(self,
                     "  Chú ý: văn bản khai %" PRIu64 " kiến nghị, mới có %" PRIu64
                     " – hỏi lại nơi gửi; đợt vẫn mở cho đến khi đủ.\n",
                     "  Note: %" PRIu64 " petitions are declared, %" PRIu64
                     " are here - ask the sender; the batch stays open until all are.\n"),
               account->n_declared, known);
    if (in_table > account->n_declared)
        printf(KN_TR(self,
                     "  Chú ý: văn bản khai %" PRIu64 " kiến nghị nhưng bảng có %" PRIu64
                     " dòng – đối chiếu lại với nơi gửi.\n",
                     "  Note: %" PRIu64 " petitions are declared but the table has %" PRIu64
                     " rows - ask the sender.\n"),
               account->n_declared, in_table);
}

void kn_agent_fault(kn_agent_t *self, const char *path, enum kn_code code, const char *field,
                    const char *words)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    report_clear(self);
    if (self->is_json) {
        fputs("{\"fault\":", stdout);
        put_json_text(stdout, words);
        put_member(stdout, "file", slash ? slash + 1 : path);
        put_member(stdout, "code", code_name(code));
        put_member(stdout, "field", field);
        puts("}");
    }
    bool has_field = field && *field;
    fprintf(stderr, "%s: %s%s%s%s%s%s\n", self->program, path ? path : "", has_field ? " [" : "",
            has_field ? field : "", has_field ? "]" : "", path || has_field ? ": " : "", words);
}

void kn_agent_json(kn_agent_t *self, enum kn_schema schema, const void *body, bool masked)
{
    if (!self->is_json)
        return;
    int size = kn_record_print(NULL, 0, schema, body, masked) + 1;
    char *line = agent_alloc((size_t)size);
    kn_record_print(line, (size_t)size, schema, body, masked);
    puts(line);
    free(line);
}

void kn_agent_print(kn_agent_t *self, const char *format, ...)
{
    va_list args;
    if (self->is_json)
        return;
    clear_for_output(self);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

void kn_agent_log(kn_agent_t *self, const char *format, ...)
{
    va_list args;
    if (self->is_quiet)
        return;
    report_clear(self);
    fprintf(stderr, "%s: ", self->program);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    putc('\n', stderr);
}

/* ---- progress ------------------------------------------------------------------------------ */

void report_clear(kn_agent_t *self)
{
    if (self->is_progress_drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    self->is_progress_drawn = false;
}

enum { PROGRESS_MS = 200 };

/* Whether the line is to be drawn now. */
static bool is_progress_due(const kn_agent_t *self, int64_t now)
{
    return !self->is_quiet && !self->is_json && isatty(STDERR_FILENO) &&
           (!self->is_progress_drawn || now - self->progress_at >= PROGRESS_MS);
}

void report_reading(kn_agent_t *self, size_t n)
{
    enum { EVERY = 1000 };
    int64_t now = n > 0 && n % EVERY == 0 ? agent_now_ms() : 0;
    if (now == 0 || !is_progress_due(self, now))
        return;
    fprintf(stderr, KN_TR(self, "\r\033[Kđã đọc %zu dòng", "\r\033[K%zu rows read"), n);
    fflush(stderr);
    self->progress_at = now;
    self->is_progress_drawn = true;
}

void report_progress(kn_agent_t *self)
{
    enum { BAR = 24 };
    static const char full[BAR + 1] = "########################";
    int64_t now = agent_now_ms();
    if (self->n_sent == 0 || !is_progress_due(self, now))
        return;
    if (self->n_final >= self->n_sent) {
        report_clear(self);
        return;
    }
    double seconds = (double)(now - self->progress_from) / 1000;
    double rate = seconds > 0 ? (double)self->n_final / seconds : 0;
    uint64_t left = rate > 0 ? (uint64_t)((double)(self->n_sent - self->n_final) / rate) : 0;
    int filled = (int)(BAR * self->n_final / self->n_sent);
    fprintf(
        stderr,
        KN_TR(self,
              "\r\033[K[%.*s%*s] %" PRIu64 "/%" PRIu64 " dòng  %.0f dòng/s  còn %" PRIu64 " giây",
              "\r\033[K[%.*s%*s] %" PRIu64 "/%" PRIu64 " rows  %.0f rows/s  %" PRIu64 " s left"),
        filled, full, BAR - filled, "", self->n_final, self->n_sent, rate, left);
    fflush(stderr);
    self->progress_at = now;
    self->is_progress_drawn = true;
}
