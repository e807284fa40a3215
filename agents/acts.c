/* acts.c - what the Office, the Boards and the deputies do with cases, from arguments or a file.
 *
 * Read acts[] first: a command is a message, the properties that its arguments fill, the options
 * that fill the rest, and what is preset. From the command line one act is made; with --file each
 * row of a CSV file (headings: names of properties, or their Vietnamese titles) or each line of a
 * JSON Lines file is one, options given beside it fill what a row leaves out. Every act is checked
 * against its schema before it is sent; a fault names the row, the field and what would be right,
 * and the other rows go on.
 */
#include "agents/acts.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/read/read.h"
#include "agents/words.h"
#include "schemas/json.h"

#define TR(vi, en) KN_TR(agent, vi, en)

enum { MAX_FIELDS = 12, LINE_MAX_SIZE = 64 * 1024 };

enum form { TEXT, DAY, WORD, DOCUMENT };

/* A property as people write it. */
struct field {
    const char *property;
    enum form form;
    enum kn_enum words; /* WORD */
    const char *option; /* the option that fills it; NULL: an argument alone */
    const char *title;  /* its heading in a table */
};

struct act {
    enum kn_type type;
    struct field fields[MAX_FIELDS];   /* those without an option are arguments, in order */
    const char *preset, *preset_value; /* a property that this command always has */
};

/* clang-format off */
#define CODE      {"case", TEXT, KN_ENUM_NONE, NULL, "Mã kiến nghị"}
#define UNIT      {"unit", TEXT, KN_ENUM_NONE, NULL, "Đơn vị"}
#define REASON    {"reason", TEXT, KN_ENUM_NONE, "reason", "Lý do"}
#define BEHALF    {"on_behalf", TEXT, KN_ENUM_NONE, "on-behalf", "Thay mặt"}
#define BASIS     {"basis", TEXT, KN_ENUM_NONE, "basis", "Căn cứ"}
#define LETTER    {"document", DOCUMENT, KN_ENUM_NONE, "document", "Văn bản"}

enum command {
    ASSIGN, PARTNER, RULE, REJECT, DIVERT, PAUSE, RESUME, REVIEW_ANSWER, VERIFY, SATISFIED, REMIND,
    REOPEN, SELECT, CONCLUDE, DIRECT, PROPOSE, PUBLISH, POST, WITHDRAW
};

static const struct act acts[] = {
    [ASSIGN]   = {KN_TYPE_CASE_ASSIGN, {CODE, UNIT, BASIS, REASON, BEHALF}, NULL, NULL},
    [PARTNER]  = {KN_TYPE_CASE_ASSIGN, {CODE, UNIT, BASIS, REASON, BEHALF}, "role", "partner"},
    [RULE]     = {KN_TYPE_CASE_ASSIGN, {CODE, UNIT, BASIS, REASON, BEHALF}, "ruling", "true"},
    [REJECT]   = {KN_TYPE_CASE_REJECT, {CODE, {"ground", WORD, KN_ENUM_REJECT_GROUND, NULL, "Căn cứ từ chối"}, REASON, BEHALF}, NULL, NULL},
    [DIVERT]   = {KN_TYPE_CASE_DIVERT, {CODE, {"diversion", WORD, KN_ENUM_DIVERSION, NULL, "Kênh"}, {"receipt", TEXT, KN_ENUM_NONE, NULL, "Số tiếp nhận"},
                  {"receiver", TEXT, KN_ENUM_NONE, "receiver", "Nơi nhận"}, REASON, BEHALF}, NULL, NULL},
    [PAUSE]    = {KN_TYPE_CASE_PAUSE, {CODE, {"ground", WORD, KN_ENUM_PAUSE_GROUND, NULL, "Lý do tạm dừng"}, {"until", DAY, KN_ENUM_NONE, NULL, "Đến ngày"},
                  BASIS, REASON, BEHALF}, NULL, NULL},
    [RESUME]   = {KN_TYPE_CASE_RESUME, {CODE, REASON, BEHALF}, NULL, NULL},
    [REVIEW_ANSWER] = {KN_TYPE_ANSWER_REVIEW, {CODE, {"accepted", TEXT, KN_ENUM_NONE, NULL, "Nhận"}, REASON, BEHALF}, NULL, NULL},
    [VERIFY]   = {KN_TYPE_CASE_VERIFY, {CODE, {"verification", WORD, KN_ENUM_VERIFICATION, NULL, "Kết quả"}, {"place", TEXT, KN_ENUM_NONE, "place", "Nơi kiểm chứng"},
                  {"evidence", TEXT, KN_ENUM_NONE, "evidence", "Đã thấy"}, BEHALF}, NULL, NULL},
    [SATISFIED] = {KN_TYPE_CASE_SATISFACTION, {CODE, {"satisfaction", WORD, KN_ENUM_SATISFACTION, NULL, "Ý kiến cử tri"}, REASON, BEHALF}, NULL, NULL},
    [REMIND]   = {KN_TYPE_CASE_REMIND, {CODE, LETTER, REASON, BEHALF}, NULL, NULL},
    [REOPEN]   = {KN_TYPE_CASE_REOPEN, {CODE, REASON, BEHALF}, NULL, NULL},
    [SELECT]   = {KN_TYPE_CASE_SELECT, {CODE, {"docket", TEXT, KN_ENUM_NONE, NULL, "Hồ sơ giám sát"}, {"oversight", WORD, KN_ENUM_OVERSIGHT, NULL, "Hình thức"}, REASON, BEHALF}, NULL, NULL},
    [CONCLUDE] = {KN_TYPE_COMMITMENT_MAKE, {CODE, {"docket", TEXT, KN_ENUM_NONE, NULL, "Hồ sơ giám sát"}, {"promised_on", DAY, KN_ENUM_NONE, NULL, "Hạn"},
                  {"text", TEXT, KN_ENUM_NONE, "text", "Nội dung"}, BEHALF}, NULL, NULL},
    [DIRECT]   = {KN_TYPE_CASE_DIRECT, {CODE, {"body", TEXT, KN_ENUM_NONE, NULL, "Cơ quan chỉ đạo"}, {"reason", TEXT, KN_ENUM_NONE, "text", "Nội dung"},
                  {"due_on", DAY, KN_ENUM_NONE, "due-on", "Hạn"}, LETTER, BEHALF}, NULL, NULL},
    [PROPOSE]  = {KN_TYPE_CASE_PUBLISH, {CODE, {"text", TEXT, KN_ENUM_NONE, "text", "Nội dung công khai"}, REASON, BEHALF}, "publication", "awaiting_approval"},
    [PUBLISH]  = {KN_TYPE_CASE_PUBLISH, {CODE, {"text", TEXT, KN_ENUM_NONE, "text", "Nội dung công khai"}, REASON, BEHALF}, "publication", "published"},
    [POST]     = {KN_TYPE_CASE_PUBLISH, {CODE, {"text", TEXT, KN_ENUM_NONE, "text", "Nội dung công khai"}, REASON, BEHALF}, "publication", "posted"},
    [WITHDRAW] = {KN_TYPE_CASE_PUBLISH, {CODE, REASON, BEHALF}, "publication", "withdrawn"},
};
/* clang-format on */

/* Where an act comes from, for faults: a file and a row, or the command line. */
struct origin {
    const char *file; /* NULL: the command line */
    uint64_t row;
};

/* ---- telling ------------------------------------------------------------------------------- */

static int fail(kn_agent_t *agent, const struct origin *from, enum kn_code code, const char *field,
                const char *words)
{
    char where[400], text[700];
    if (!from->file) {
        kn_agent_fault(agent, field ? words_field(field, kn_agent_is_vi(agent)) : "kiennghi", code,
                       NULL, words);
        return KN_E_INVALID;
    }
    snprintf(where, sizeof where, "%s:%llu", from->file, (unsigned long long)from->row);
    snprintf(text, sizeof text, "%s%s%s", field ? words_field(field, kn_agent_is_vi(agent)) : "",
             field ? ": " : "", words);
    kn_agent_fault(agent, where, code, NULL, text);
    return KN_E_INVALID;
}

static void tell(kn_agent_t *agent, const struct kn_receipt *receipt)
{
    const bool is_stored = receipt->verdict == KN_VERDICT_STORED;
    kn_agent_json(agent, KN_SCHEMA_RECEIPT, receipt, true);
    kn_agent_print(agent, "%s%s%s", receipt->case_ ? receipt->case_ : "",
                   receipt->case_ ? ": " : "",
                   is_stored ? TR("đã ghi nhận", "recorded")
                             : kn_agent_verdict_words(agent, receipt->verdict));
}

/* ---- values as people write them ----------------------------------------------------------- */

/* The word of the contract for TEXT: itself, or what it is called in Vietnamese. NULL: none. */
static const char *word_of(enum kn_enum words, const char *text)
{
    char want[128], have[128];
    read_key(want, sizeof want, text);
    for (int value = 1; value < 64; value++) {
        const char *word = kn_enum_text(words, value);
        if (!word)
            continue;
        read_key(have, sizeof have, words_of(words, value, true));
        if (strcmp(word, text) == 0 || strcmp(have, want) == 0)
            return word;
    }
    return NULL;
}

static int set_word(kn_agent_t *agent, const struct origin *from, json_t *body,
                    const struct field *field, const char *text)
{
    char list[600];
    const char *word = word_of(field->words, text);
    if (word)
        return json_object_set_new(body, field->property, json_string(word)) ? KN_E_NOMEM : KN_OK;
    int n =
        snprintf(list, sizeof list, TR("\"%.60s\" không có; chọn:", "\"%.60s\" is none of:"), text);
    for (int value = 1; value < 64 && n > 0 && (size_t)n < sizeof list; value++) {
        const char *known = kn_enum_text(field->words, value);
        if (known)
            n += snprintf(list + n, sizeof list - (size_t)n, " %s (%s)", known,
                          words_of(field->words, value, true));
    }
    return fail(agent, from, KN_CODE_INVALID, field->property, list);
}

static int set_day(kn_agent_t *agent, const struct origin *from, json_t *body, const char *property,
                   const char *text)
{
    int64_t at;
    char day[11];
    if (read_time(&at, text))
        return fail(agent, from, KN_CODE_INVALID, property,
                    TR("không phải ngày – ghi như 24/11/2026", "no day - write 24/11/2026"));
    read_day(day, at);
    return json_object_set_new(body, property, json_string(day)) ? KN_E_NOMEM : KN_OK;
}

/* "NUMBER;DAY;SENDER" */
static int set_document(kn_agent_t *agent, const struct origin *from, json_t *body,
                        const struct field *field, const char *text)
{
    char copy[600];
    snprintf(copy, sizeof copy, "%s", text);
    char *date = strchr(copy, ';'), *sender = date ? strchr(date + 1, ';') : NULL;
    if (!sender)
        return fail(agent, from, KN_CODE_INVALID, field->property,
                    TR("ghi theo dạng \"SỐ/KÝ HIỆU;NGÀY;CƠ QUAN\"", "write \"NUMBER;DAY;SENDER\""));
    *date++ = *sender++ = '\0';
    json_t *document = json_pack("{s:s, s:s}", "number", copy, "sender", sender);
    int rc = document ? set_day(agent, from, document, "date", date) : KN_E_NOMEM;
    if (rc) {
        json_decref(document);
        return rc;
    }
    return json_object_set_new(body, field->property, document) ? KN_E_NOMEM : KN_OK;
}

static int set(kn_agent_t *agent, const struct origin *from, json_t *body,
               const struct field *field, const char *text)
{
    switch (field->form) {
    case WORD: return set_word(agent, from, body, field, text);
    case DAY: return set_day(agent, from, body, field->property, text);
    case DOCUMENT: return set_document(agent, from, body, field, text);
    case TEXT: break;
    }
    if (strcmp(field->property, "accepted") == 0) {
        char key[40];
        read_key(key, sizeof key, text);
        const bool yes = strcmp(key, "nhan") == 0 || strcmp(key, "co") == 0 ||
                         strcmp(key, "take") == 0 || strcmp(key, "true") == 0;
        const bool no = strcmp(key, "khongnhan") == 0 || strcmp(key, "khong") == 0 ||
                        strcmp(key, "reject") == 0 || strcmp(key, "false") == 0;
        if (!yes && !no)
            return fail(
                agent, from, KN_CODE_INVALID, field->property,
                TR("ghi \"take\" (nhận) hoặc \"reject\" (không nhận)", "write take or reject"));
        return json_object_set_new(body, field->property, json_boolean(yes)) ? KN_E_NOMEM : KN_OK;
    }
    return json_object_set_new(body, field->property, json_string(text)) ? KN_E_NOMEM : KN_OK;
}

/* ---- one act ------------------------------------------------------------------------------- */

/* The text that was proposed last, for an approver who gives none. */
static int take_proposed(kn_agent_t *agent, const struct origin *from, json_t *body)
{
    struct kn_message *answer = NULL;
    struct kn_case_get request = {.case_ = json_string_value(json_object_get(body, "case"))};
    const char *text = NULL;
    int rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &request);
    const struct kn_case_view *view = rc == KN_OK ? answer->body : NULL;
    for (size_t i = 0; view && i < view->n_events; i++)
        if (view->events[i].kind == KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED)
            text = view->events[i].summary;
    if (rc == KN_OK && !text)
        rc = fail(agent, from, KN_CODE_REQUIRED, "text",
                  TR("chưa có nội dung đề nghị công khai: ghi --text, hoặc propose trước",
                     "no text was proposed: give --text, or propose first"));
    else if (rc == KN_OK && json_object_set_new(body, "text", json_string(text)))
        rc = KN_E_NOMEM;
    kn_message_destroy(&answer);
    return rc;
}

/* Checks BODY against its schema, sends it and tells what became of it. */
static int send(kn_agent_t *agent, const struct origin *from, const struct act *act, json_t *body)
{
    struct kn_fault fault = {.code = KN_CODE_NONE};
    struct kn_message *receipt = NULL;
    void *message = NULL;
    if (act->preset)
        json_object_set_new(
            body, act->preset,
            strcmp(act->preset_value, "true") == 0 ? json_true() : json_string(act->preset_value));
    if ((act == &acts[PUBLISH] || act == &acts[POST]) && !json_object_get(body, "text")) {
        int rc = take_proposed(agent, from, body);
        if (rc)
            return rc;
    }
    json_object_set_new(body, "sequence", json_integer(1)); /* the outbox gives the real one */
    char *json = json_dumps(body, JSON_COMPACT), place[400];
    snprintf(place, sizeof place, "%s:%llu", from->file ? from->file : "",
             (unsigned long long)from->row);
    kn_agent_at(agent, from->file ? place : NULL);
    int rc = json ? kn_record_parse(&message, kn_type_schema(act->type), json, strlen(json), &fault)
                  : KN_E_NOMEM;
    if (rc == KN_E_INVALID)
        rc = fail(agent, from, fault.code ? fault.code : KN_CODE_INVALID, fault.field,
                  fault.code == KN_CODE_REQUIRED ? TR("thiếu – ghi vào", "missing - give it")
                                                 : fault.reason);
    else if (rc == KN_OK)
        rc = kn_agent_act(agent, &receipt, act->type, message);
    if (rc == KN_OK && receipt)
        tell(agent, receipt->body);
    kn_agent_at(agent, NULL);
    kn_message_destroy(&receipt);
    kn_record_destroy(&message);
    free(json);
    return rc;
}

/* What the options say. */
static int take_options(kn_agent_t *agent, const struct act *act, json_t *body)
{
    const struct origin here = {.file = NULL};
    int rc = KN_OK;
    for (const struct field *field = act->fields; field->property && rc == KN_OK; field++) {
        const char *text = field->option ? kn_agent_text(agent, field->option) : NULL;
        if (text)
            rc = set(agent, &here, body, field, text);
    }
    return rc;
}

static int act_once(kn_agent_t *agent, const struct act *act, int argc, char **argv)
{
    const struct origin here = {.file = NULL};
    json_t *body = json_object();
    int used = 0, rc = body ? take_options(agent, act, body) : KN_E_NOMEM;
    for (const struct field *field = act->fields; field->property && rc == KN_OK; field++) {
        if (field->option)
            continue;
        if (used == argc)
            rc = fail(agent, &here, KN_CODE_REQUIRED, field->property,
                      TR("thiếu – xem --help", "missing - see --help"));
        else
            rc = set(agent, &here, body, field, argv[used++]);
    }
    if (rc == KN_OK && used < argc)
        rc = fail(agent, &here, KN_CODE_INVALID, NULL,
                  TR("thừa tham số – đặt chữ có dấu cách trong ngoặc kép",
                     "too many arguments - quote what has blanks"));
    rc = rc == KN_OK ? send(agent, &here, act, body) : rc;
    json_decref(body);
    return rc;
}

/* ---- many acts, from a file ---------------------------------------------------------------- */

struct tally {
    uint64_t n_done, n_failed;
};

static void show_progress(kn_agent_t *agent, const struct tally *tally)
{
    if (isatty(STDERR_FILENO) && !kn_agent_is_json(agent))
        fprintf(stderr, TR("\r%llu đã ghi, %llu lỗi ", "\r%llu recorded, %llu refused "),
                (unsigned long long)tally->n_done, (unsigned long long)tally->n_failed);
}

/* One row; what stops everything (no connection, no memory) is given back. */
static int count(kn_agent_t *agent, struct tally *tally, int rc)
{
    tally->n_done += rc == KN_OK;
    const bool is_row = rc == KN_E_INVALID || rc == KN_E_CONFLICT || rc == KN_E_DENIED;
    tally->n_failed += is_row;
    show_progress(agent, tally);
    return is_row ? KN_OK : rc;
}

/* The field that a heading names; NULL: none. */
static const struct field *field_of(const struct act *act, const char *heading)
{
    char want[128], have[128];
    read_key(want, sizeof want, heading);
    for (const struct field *field = act->fields; field->property; field++) {
        read_key(have, sizeof have, field->title);
        if (strcmp(field->property, heading) == 0 || strcmp(have, want) == 0)
            return field;
        read_key(have, sizeof have, field->property);
        if (strcmp(have, want) == 0)
            return field;
    }
    return NULL;
}

static int tell_fault(kn_agent_t *agent, const struct read_fault *fault)
{
    char words[600];
    read_fault_words(words, sizeof words, fault, true, !kn_agent_is_vi(agent));
    kn_agent_fault(agent, fault->file, KN_CODE_UNREADABLE, NULL, words);
    return KN_E_INVALID;
}

static int act_on_row(kn_agent_t *agent, const struct act *act, const struct origin *from,
                      const struct field *const *columns, size_t n_columns,
                      const struct read_record *record)
{
    json_t *body = json_object();
    int rc = body ? take_options(agent, act, body) : KN_E_NOMEM;
    for (size_t i = 0; i < n_columns && i < record->n && rc == KN_OK; i++) {
        char *text =
            columns[i] && record->length[i] ? read_clean(record->cell[i], record->length[i]) : NULL;
        if (text && *text)
            rc = set(agent, from, body, columns[i], text);
        free(text);
    }
    rc = rc == KN_OK ? send(agent, from, act, body) : rc;
    json_decref(body);
    return rc;
}

static int act_on_table(kn_agent_t *agent, const struct act *act, const char *path,
                        struct tally *tally)
{
    const struct field *columns[32] = {NULL};
    struct read_fault fault;
    struct read_record record;
    read_csv_t *csv = NULL;
    size_t n_columns = 0;
    struct origin from = {.file = path};
    static const char delimiters[] = {';', ',', '\t'};
    int rc = read_csv_open(&csv, path, &fault), found = 0;
    for (size_t i = 0; i < sizeof delimiters && rc == KN_OK && found < 1; i++) {
        rc = read_csv_rewind(csv, delimiters[i]);
        if (rc == KN_OK && read_csv_next(csv, &record, &fault) == 1) {
            found = 0;
            n_columns = record.n < 32 ? record.n : 32;
            for (size_t j = 0; j < n_columns; j++) {
                columns[j] = field_of(act, record.cell[j]);
                found += columns[j] && strcmp(columns[j]->property, "case") == 0;
            }
        }
    }
    if (rc == KN_OK && found < 1) {
        read_csv_close(&csv);
        return fail(agent, &(struct origin){path, 1}, KN_CODE_UNKNOWN_COLUMN, "case",
                    TR("không có cột \"Mã kiến nghị\" ở dòng tiêu đề",
                       "the heading row has no column \"case\""));
    }
    while (rc == KN_OK && !kn_agent_is_stopping(agent)) {
        int got = read_csv_next(csv, &record, &fault);
        if (got == 0)
            break;
        if (got == 1) {
            from.row = record.number;
            got = act_on_row(agent, act, &from, columns, n_columns, &record);
        } else {
            got = tell_fault(agent, &fault);
        }
        rc = count(agent, tally, got);
    }
    if (!csv)
        rc = tell_fault(agent, &fault);
    read_csv_close(&csv);
    return rc;
}

static int act_on_lines(kn_agent_t *agent, const struct act *act, const char *path, FILE *file,
                        struct tally *tally)
{
    char *line = NULL;
    size_t room = 0;
    struct origin from = {.file = path};
    int rc = KN_OK;
    while (rc == KN_OK && !kn_agent_is_stopping(agent) && getline(&line, &room, file) > 0) {
        json_error_t error;
        from.row++;
        if (line[strspn(line, " \t\r\n")] == '\0')
            continue;
        json_t *body = json_object(), *row = json_loads(line, JSON_REJECT_DUPLICATES, &error);
        if (!row || !json_is_object(row)) {
            rc = fail(agent, &from, KN_CODE_MALFORMED, NULL, row ? "{…}" : error.text);
        } else {
            rc = take_options(agent, act, body);
            json_object_update(body, row);
            rc = rc == KN_OK ? send(agent, &from, act, body) : rc;
        }
        json_decref(row);
        json_decref(body);
        rc = count(agent, tally, rc);
    }
    free(line);
    return rc;
}

static int act_on_file(kn_agent_t *agent, const struct act *act, const char *path)
{
    struct tally tally = {0};
    const size_t length = strlen(path);
    const bool lines =
        strcmp(path, "-") == 0 || (length > 6 && !strcmp(path + length - 6, ".jsonl"));
    int rc;
    if (lines) {
        FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
        if (!file) {
            kn_agent_fault(agent, path, KN_CODE_UNREADABLE, NULL, strerror(errno));
            return KN_E_INVALID;
        }
        rc = act_on_lines(agent, act, path, file, &tally);
        if (file != stdin)
            fclose(file);
    } else {
        rc = act_on_table(agent, act, path, &tally);
    }
    if (isatty(STDERR_FILENO) && !kn_agent_is_json(agent))
        fputc('\n', stderr);
    kn_agent_print(agent, TR("= %llu việc đã ghi nhận, %llu lỗi", "= %llu recorded, %llu refused"),
                   (unsigned long long)tally.n_done, (unsigned long long)tally.n_failed);
    return rc == KN_OK && tally.n_failed ? KN_E_INVALID : rc;
}

static int run(kn_agent_t *agent, enum command command, int argc, char **argv)
{
    const char *file = kn_agent_text(agent, "file");
    return file ? act_on_file(agent, &acts[command], file)
                : act_once(agent, &acts[command], argc, argv);
}

/* ---- the commands -------------------------------------------------------------------------- */

#define COMMAND(name, which)                                  \
    int acts_##name(kn_agent_t *agent, int argc, char **argv) \
    {                                                         \
        return run(agent, which, argc, argv);                 \
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
