/* act.c - see the header. */
#include "agents/act.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/read/read.h"
#include "agents/words.h"
#include "schemas/json.h"

#define TR(vi, en) KN_TR(agent, vi, en)

enum { LINE_MAX_SIZE = 64 * 1024 };

/* ---- telling ------------------------------------------------------------------------------- */

int act_fail(kn_agent_t *agent, const struct act_origin *from, enum kn_code code, const char *field,
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

/* What became of the case by the act of RECEIPT, one line for each event; nothing, when this person
 * may not see it. */
static void tell_events(kn_agent_t *agent, const struct kn_receipt *receipt)
{
    struct kn_message *answer = NULL;
    struct kn_case_get request = {.request = 1, .case_ = receipt->case_};
    if (kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &request) == KN_OK &&
        answer->type == KN_TYPE_CASE_VIEW) {
        const struct kn_case_view *view = answer->body;
        for (size_t i = 0; i < view->n_events; i++) {
            char sentence[1024];
            words_event(sentence, sizeof sentence, &view->events[i], kn_agent_is_vi(agent));
            if (view->events[i].sequence >= receipt->event)
                kn_agent_print(agent, "  %s", sentence);
        }
    }
    kn_message_destroy(&answer);
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

static int set_word(kn_agent_t *agent, const struct act_origin *from, json_t *body,
                    const struct act_field *field, const char *text)
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
    return act_fail(agent, from, KN_CODE_INVALID, field->property, list);
}

static int set_instant(kn_agent_t *agent, const struct act_origin *from, json_t *body,
                       const char *property, const char *text)
{
    int64_t at;
    if (read_time(&at, text))
        return act_fail(agent, from, KN_CODE_INVALID, property,
                        TR("không phải ngày giờ – ghi như 24/11/2026 08:30",
                           "no time - write 24/11/2026 08:30"));
    return json_object_set_new(body, property, json_integer(at)) ? KN_E_NOMEM : KN_OK;
}

static int set_day(kn_agent_t *agent, const struct act_origin *from, json_t *body,
                   const char *property, const char *text)
{
    int64_t at;
    char day[11];
    if (read_time(&at, text))
        return act_fail(agent, from, KN_CODE_INVALID, property,
                        TR("không phải ngày – ghi như 24/11/2026", "no day - write 24/11/2026"));
    read_day(day, at);
    return json_object_set_new(body, property, json_string(day)) ? KN_E_NOMEM : KN_OK;
}

/* "NUMBER;DAY;SENDER" */
static int set_document(kn_agent_t *agent, const struct act_origin *from, json_t *body,
                        const struct act_field *field, const char *text)
{
    char copy[600];
    snprintf(copy, sizeof copy, "%s", text);
    char *date = strchr(copy, ';'), *sender = date ? strchr(date + 1, ';') : NULL;
    if (!sender)
        return act_fail(
            agent, from, KN_CODE_INVALID, field->property,
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

static int set_boolean(kn_agent_t *agent, const struct act_origin *from, json_t *body,
                       const struct act_field *field, const char *text)
{
    static const char *const yes[] = {"nhan", "co", "x", "take", "true", "yes", NULL};
    static const char *const no[] = {"khongnhan", "khong", "reject", "false", "no", NULL};
    char key[40];
    read_key(key, sizeof key, text);
    for (size_t i = 0; yes[i]; i++)
        if (strcmp(key, yes[i]) == 0)
            return json_object_set_new(body, field->property, json_true()) ? KN_E_NOMEM : KN_OK;
    for (size_t i = 0; no[i]; i++)
        if (strcmp(key, no[i]) == 0)
            return json_object_set_new(body, field->property, json_false()) ? KN_E_NOMEM : KN_OK;
    return act_fail(agent, from, KN_CODE_INVALID, field->property,
                    TR("ghi \"take\" (nhận, có) hoặc \"reject\" (không)", "write take or reject"));
}

/* Puts one file to the hub and adds it to LIST. A row's paths are relative to its table. */
static int put_file(kn_agent_t *agent, const struct act_origin *from, json_t *list,
                    const char *name)
{
    char path[PATH_MAX];
    struct kn_agent_file file;
    const char *slash = from->file && *name != '/' ? strrchr(from->file, '/') : NULL;
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash + 1 - from->file) : 0,
             slash ? from->file : "", name);
    int rc = kn_agent_put_file(agent, &file, path);
    if (rc)
        return rc;
    json_t *one = json_pack("{s:s, s:I, s:s, s:s}", "digest", file.digest, "size",
                            (json_int_t)file.attachment.size, "media_type", file.media_type, "name",
                            file.name);
    return json_array_append_new(list, one) ? KN_E_NOMEM : KN_OK;
}

static int set_files(kn_agent_t *agent, const struct act_origin *from, json_t *body,
                     const struct act_field *field, const char *text)
{
    json_t *list = json_object_get(body, field->property);
    char *copy = strdup(text), *rest = NULL;
    int rc = copy ? KN_OK : KN_E_NOMEM;
    if (!list) {
        list = json_array();
        json_object_set_new(body, field->property, list);
    }
    for (char *name = copy ? strtok_r(copy, ";\n", &rest) : NULL; name && rc == KN_OK;
         name = strtok_r(NULL, ";\n", &rest)) {
        name += strspn(name, " ");
        rc = *name ? put_file(agent, from, list, name) : KN_OK;
    }
    free(copy);
    return rc;
}

static int set(kn_agent_t *agent, const struct act_origin *from, json_t *body,
               const struct act_field *field, const char *text)
{
    switch (field->form) {
    case ACT_WORD: return set_word(agent, from, body, field, text);
    case ACT_INSTANT: return set_instant(agent, from, body, field->property, text);
    case ACT_DAY: return set_day(agent, from, body, field->property, text);
    case ACT_DOCUMENT: return set_document(agent, from, body, field, text);
    case ACT_BOOLEAN: return set_boolean(agent, from, body, field, text);
    case ACT_FILES: return set_files(agent, from, body, field, text);
    case ACT_TEXT: break;
    }
    return json_object_set_new(body, field->property, json_string(text)) ? KN_E_NOMEM : KN_OK;
}

/* ---- one act ------------------------------------------------------------------------------- */

/* Checks BODY against its schema, sends it and tells what became of it. */
static int send(kn_agent_t *agent, const struct act_origin *from, const struct act *act,
                json_t *body)
{
    struct kn_fault fault = {.code = KN_CODE_NONE};
    struct kn_message *receipt = NULL;
    void *message = NULL;
    if (act->preset)
        json_object_set_new(
            body, act->preset,
            strcmp(act->preset_value, "true") == 0 ? json_true() : json_string(act->preset_value));
    int rc = act->complete ? act->complete(agent, from, body) : KN_OK;
    if (rc)
        return rc;
    json_object_set_new(body, "sequence", json_integer(1)); /* the outbox gives the real one */
    char *json = json_dumps(body, JSON_COMPACT), place[400];
    snprintf(place, sizeof place, "%s:%llu", from->file ? from->file : "",
             (unsigned long long)from->row);
    kn_agent_at(agent, from->file ? place : NULL);
    rc = json ? kn_record_parse(&message, kn_type_schema(act->type), json, strlen(json), &fault)
              : KN_E_NOMEM;
    if (rc == KN_E_INVALID)
        rc = act_fail(agent, from, fault.code ? fault.code : KN_CODE_INVALID, fault.field,
                      fault.code == KN_CODE_REQUIRED ? TR("thiếu – ghi vào", "missing - give it")
                      : kn_agent_is_vi(agent)        ? kn_agent_code_words(agent, fault.code)
                                                     : fault.reason);
    else if (rc == KN_OK)
        rc = kn_agent_act(agent, &receipt, act->type, message);
    const struct kn_receipt *said = rc == KN_OK && receipt ? receipt->body : NULL;
    if (said)
        tell(agent, said);
    if (said && !from->file && said->case_ && said->has_event && !kn_agent_is_json(agent))
        tell_events(agent, said);
    kn_agent_at(agent, NULL);
    kn_message_destroy(&receipt);
    kn_record_destroy(&message);
    free(json);
    return rc;
}

/* The same for a row of a file, which may have been recorded before. */
static int send_once(kn_agent_t *agent, const struct act_origin *from, const struct act *act,
                     const struct act_rows *rows, json_t *body)
{
    if (!rows->was_recorded)
        return send(agent, from, act, body);
    json_t *said = json_deep_copy(body);
    int rc = KN_OK;
    if (rows->was_recorded(agent, said))
        kn_agent_print(agent, "%s: %s", json_string_value(json_object_get(said, "case")),
                       TR("đã ghi nhận từ trước", "recorded before"));
    else if ((rc = send(agent, from, act, body)) == KN_OK)
        rc = rows->record(agent, said);
    json_decref(said);
    return rc;
}

/* What the options say. */
static int take_options(kn_agent_t *agent, const struct act *act, json_t *body)
{
    const struct act_origin here = {.file = NULL};
    int rc = KN_OK;
    for (const struct act_field *field = act->fields; field->property && rc == KN_OK; field++) {
        const char *text = field->option && field->form != ACT_FILES && field->form != ACT_BOOLEAN
                               ? kn_agent_text(agent, field->option)
                               : NULL;
        if (text)
            rc = set(agent, &here, body, field, text);
        else if (field->option && field->form == ACT_BOOLEAN && kn_agent_flag(agent, field->option))
            json_object_set_new(body, field->property, json_true());
        for (size_t i = 0; field->option && field->form == ACT_FILES && rc == KN_OK &&
                           (text = kn_agent_list(agent, field->option, i));
             i++)
            rc = set(agent, &here, body, field, text);
    }
    return rc;
}

static int act_once(kn_agent_t *agent, const struct act *act, const json_t *given, int argc,
                    char **argv)
{
    const struct act_origin here = {.file = NULL};
    json_t *body = given ? json_deep_copy(given) : json_object();
    int used = 0, rc = body ? take_options(agent, act, body) : KN_E_NOMEM;
    for (const struct act_field *field = act->fields; field->property && rc == KN_OK; field++) {
        if (field->option)
            continue;
        if (used == argc)
            rc = act_fail(agent, &here, KN_CODE_REQUIRED, field->property,
                          TR("thiếu – xem --help", "missing - see --help"));
        else
            rc = set(agent, &here, body, field, argv[used++]);
    }
    if (rc == KN_OK && used < argc)
        rc = act_fail(agent, &here, KN_CODE_INVALID, NULL,
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
static const struct act_field *field_of(const struct act *act, const char *heading)
{
    char want[128], have[128];
    read_key(want, sizeof want, heading);
    for (const struct act_field *field = act->fields; field->property; field++) {
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

static int act_on_row(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                      const struct act_origin *from, const struct act_field *const *columns,
                      size_t n_columns, const struct read_record *record)
{
    json_t *body = rows->given ? json_deep_copy(rows->given) : json_object();
    int rc = body ? take_options(agent, act, body) : KN_E_NOMEM;
    for (size_t i = 0; i < n_columns && i < record->n && rc == KN_OK; i++) {
        char *text =
            columns[i] && record->length[i] ? read_clean(record->cell[i], record->length[i]) : NULL;
        if (text && *text)
            rc = set(agent, from, body, columns[i], text);
        free(text);
    }
    if (rc == KN_OK && json_object_get(body, "case")) /* sums and notes below a table are no acts */
        rc = send_once(agent, from, act, rows, body);
    json_decref(body);
    return rc;
}

enum { MAX_COLUMNS = 64, MAX_ABOVE = 30 /* records above the headings */ };

struct columns {
    const struct act_field *at[MAX_COLUMNS];
    size_t n;
};

/* Reads down to the headings: the first record with a column of case codes. 1: found. */
static int find_headings(const struct act *act, read_records_t *records, struct columns *columns,
                         struct read_fault *fault)
{
    static const char delimiters[] = {';', ',', '\t'};
    const size_t n = read_records_are_delimited(records) ? sizeof delimiters : 1;
    struct read_record record;
    for (size_t i = 0; i < n; i++) {
        int rc = read_records_rewind(records, delimiters[i], fault);
        for (int above = 0; rc == KN_OK && above < MAX_ABOVE; above++) {
            bool found = false;
            int got = read_records_next(records, &record, fault);
            if (got == 0 || (got < 0 && got != KN_E_INVALID))
                break;
            columns->n = got == 1 && record.n < MAX_COLUMNS ? record.n : 0;
            for (size_t j = 0; j < columns->n; j++) {
                columns->at[j] = field_of(act, record.cell[j]);
                found |= columns->at[j] && strcmp(columns->at[j]->property, "case") == 0;
            }
            if (found)
                return 1;
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void tell_warning(void *told, const struct read_fault *fault)
{
    char words[600];
    kn_agent_t *agent = told;
    read_fault_print(words, sizeof words, fault, !kn_agent_is_vi(agent));
    kn_agent_log(agent, "%s", words);
}

static int act_on_table(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                        const char *path, struct tally *tally)
{
    struct columns columns = {.n = 0};
    struct read_fault fault;
    struct read_record record;
    read_records_t *records = NULL;
    struct act_origin from = {.file = path};
    int rc = read_records_open(&records, path, tell_warning, agent, &fault);
    if (rc)
        return tell_fault(agent, &fault);
    int found = find_headings(act, records, &columns, &fault);
    if (found < 1) {
        read_records_close(&records);
        return found < 0
                   ? tell_fault(agent, &fault)
                   : act_fail(agent, &(struct act_origin){path, 1}, KN_CODE_UNKNOWN_COLUMN, "case",
                              TR("không có cột \"Mã kiến nghị\" ở dòng tiêu đề",
                                 "the heading row has no column \"case\""));
    }
    while (rc == KN_OK && !kn_agent_is_stopping(agent)) {
        int got = read_records_next(records, &record, &fault);
        if (got == 0)
            break;
        if (got == 1) {
            from.row = record.number;
            got = act_on_row(agent, act, rows, &from, columns.at, columns.n, &record);
        } else {
            got = tell_fault(agent, &fault);
        }
        rc = count(agent, tally, got);
    }
    read_records_close(&records);
    return rc;
}

/* One object of a JSON file; ROW NULL or none: WHY. */
static int act_on_object(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                         const struct act_origin *from, const json_t *row, const char *why)
{
    json_t *body = rows->given ? json_deep_copy(rows->given) : json_object();
    int rc = body ? KN_OK : KN_E_NOMEM;
    if (rc == KN_OK && !json_is_object(row)) {
        rc = act_fail(agent, from, KN_CODE_MALFORMED, NULL, row ? "{…}" : why);
    } else if (rc == KN_OK && (rc = take_options(agent, act, body)) == KN_OK) {
        json_object_update(body, (json_t *)(uintptr_t)row);
        rc = send_once(agent, from, act, rows, body);
    }
    json_decref(body);
    return rc;
}

static int act_on_lines(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                        const char *path, FILE *file, struct tally *tally)
{
    char *line = NULL;
    size_t room = 0;
    struct act_origin from = {.file = path};
    int rc = KN_OK;
    while (rc == KN_OK && !kn_agent_is_stopping(agent) && getline(&line, &room, file) > 0) {
        json_error_t error;
        from.row++;
        if (line[strspn(line, " \t\r\n")] == '\0')
            continue;
        json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, &error);
        rc = count(agent, tally, act_on_object(agent, act, rows, &from, row, error.text));
        json_decref(row);
    }
    free(line);
    return rc;
}

/* A JSON file: one object, or an array of them. */
static int act_on_json(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                       const char *path, FILE *file, struct tally *tally)
{
    json_error_t error;
    struct act_origin from = {.file = path, .row = 1};
    json_t *all = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    int rc = KN_OK;
    if (!json_is_array(all)) {
        from.row = all ? 1 : (uint64_t)(error.line > 0 ? error.line : 1);
        rc = count(agent, tally, act_on_object(agent, act, rows, &from, all, error.text));
    }
    for (size_t i = 0; rc == KN_OK && i < json_array_size(all) && !kn_agent_is_stopping(agent);
         i++) {
        from.row = i + 1;
        rc =
            count(agent, tally, act_on_object(agent, act, rows, &from, json_array_get(all, i), ""));
    }
    json_decref(all);
    return rc;
}

static bool ends(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

int act_run_file(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                 const char *path)
{
    struct tally tally = {0};
    const bool json = ends(path, ".json"), lines = strcmp(path, "-") == 0 || ends(path, ".jsonl");
    int rc;
    if (lines || json) {
        FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
        if (!file) {
            kn_agent_fault(agent, path, KN_CODE_UNREADABLE, NULL, strerror(errno));
            return KN_E_INVALID;
        }
        rc = json ? act_on_json(agent, act, rows, path, file, &tally)
                  : act_on_lines(agent, act, rows, path, file, &tally);
        if (file != stdin)
            fclose(file);
    } else {
        rc = act_on_table(agent, act, rows, path, &tally);
    }
    if (isatty(STDERR_FILENO) && !kn_agent_is_json(agent))
        fputc('\n', stderr);
    kn_agent_print(agent, TR("= %llu việc đã ghi nhận, %llu lỗi", "= %llu recorded, %llu refused"),
                   (unsigned long long)tally.n_done, (unsigned long long)tally.n_failed);
    return rc == KN_OK && tally.n_failed ? KN_E_INVALID : rc;
}

int act_run(kn_agent_t *agent, const struct act *act, const json_t *given, int argc, char **argv)
{
    const char *file = kn_agent_text(agent, "file");
    const struct act_rows every = {.given = NULL};
    return file ? act_run_file(agent, act, &every, file) : act_once(agent, act, given, argc, argv);
}
