/* bridge.c - a folder between kiennghi-agency and the agency's own document system.
 *
 *     DIR/out      CODE-N.edxml: the assignment as an official document, its sheet attached;
 *                  CODE-N.xlsx: the same sheet, with columns for the answer
 *     DIR/in       the agency puts answers there: such a sheet filled in (XLSX, ODS, CSV, JSON
 *                  Lines), or an edXML document with one attached; other files that come with the
 *                  document are attached to each of its answers. Also the status messages that
 *                  the document system gives for an assignment: 03, 04, 05 accept it, 02 returns it
 *     DIR/done     answers that were recorded
 *     DIR/refused  the others; the log says why, row by row; rows that were recorded stay so
 *
 * A file is taken when it was not touched for a second. A row that was recorded is not sent again,
 * so a corrected file may simply be put there once more.
 */
#include "agents/act.h"
#include "agents/agency.h"
#include "agents/edxml.h"
#include "agents/inbox.h"
#include "agents/read/read.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { NAME_SIZE = 256 };

static const char sheet_type[] =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

int bridge_open(kn_agent_t *agent, const char *folder)
{
    static const char *const parts[] = {"out", "in", "done", "refused"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        if (inbox_open(path) != KN_OK) {
            kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
            return KN_E_IO;
        }
    }
    return KN_OK;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* ---- assignments out ---------------------------------------------------------------------------
 */

/* The sheet: what is given, and empty columns for the answer; citizens' words are always text. */
static int write_sheet(const char *path, const json_t *kept, const char *due)
{
    static const struct {
        const char *title;
        double width;
    } columns[] = {{"Mã kiến nghị", 20},     {"Nội dung kiến nghị", 60},
                   {"Địa bàn", 24},          {"Lĩnh vực", 20},
                   {"Hạn trả lời", 12},      {"Kết quả", 26},
                   {"Nội dung trả lời", 60}, {"Văn bản", 40},
                   {"Ngày hẹn", 12},         {"Tệp kèm theo", 30}};
    char fresh[PATH_MAX + 8];
    (void)snprintf(fresh, sizeof fresh, "%s.part", path);
    lxw_workbook *book = workbook_new(fresh);
    lxw_worksheet *sheet = book ? workbook_add_worksheet(book, "Giao việc") : NULL;
    if (!sheet) {
        return KN_E_NOMEM;
    }
    lxw_format *head = workbook_add_format(book), *wrap = workbook_add_format(book);
    format_set_bold(head);
    format_set_text_wrap(wrap);
    format_set_align(wrap, LXW_ALIGN_VERTICAL_TOP);
    const json_t *petition = json_object_get(kept, "petition");
    const char *area = text_of(petition, "area"), *field = text_of(petition, "field");
    const char *const values[] = {text_of(kept, "case"), text_of(petition, "text"),
                                  *area ? area : text_of(kept, "area"),
                                  *field ? field : text_of(kept, "field"), due};
    for (lxw_col_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        worksheet_set_column(sheet, i, i, columns[i].width, NULL);
        worksheet_write_string(sheet, 0, i, columns[i].title, head);
        if (i < sizeof values / sizeof *values) {
            worksheet_write_string(sheet, 1, i, values[i], wrap);
        }
    }
    worksheet_freeze_panes(sheet, 1, 1);
    return workbook_close(book) == LXW_NO_ERROR && rename(fresh, path) == 0 ? KN_OK : KN_E_IO;
}

/* "ID;NAME" of an option, parted in TEXT. */
static struct edxml_party party_of(kn_agent_t *agent, const char *option, char text[300])
{
    (void)snprintf(text, 300, "%s", kn_agent_text(agent, option));
    char *name = strchr(text, ';');
    if (name) {
        *name++ = '\0';
    }
    return (struct edxml_party){text, name ? name : text};
}

int bridge_put(kn_agent_t *agent, const char *folder, const json_t *kept)
{
    char sheet[PATH_MAX], letter[PATH_MAX], from[300], to[300];
    char number[64], id[400], subject[200], day[11], slashed[11], due[11] = "", due_day[11] = "";
    const char *code = text_of(kept, "case");
    json_int_t assignment = json_integer_value(json_object_get(kept, "assignment"));
    json_int_t due_at = json_integer_value(json_object_get(kept, "due_at"));
    int64_t now = (int64_t)time(NULL) * 1000;
    if (due_at > 0) {
        words_due(due, due_at);
        read_day(due_day, due_at - 1);
    }
    (void)snprintf(sheet, sizeof sheet, "%s/out/%s-%lld.xlsx", folder, code, (long long)assignment);
    (void)snprintf(letter, sizeof letter, "%s/out/%s-%lld.edxml", folder, code,
                   (long long)assignment);
    (void)snprintf(number, sizeof number, "%lld/%s", (long long)assignment, code);
    (void)snprintf(subject, sizeof subject, "Giao giải quyết kiến nghị cử tri %s", code);
    read_day(day, now);
    (void)snprintf(slashed, sizeof slashed, "%.4s/%.2s/%.2s", day, day + 5, day + 8);
    struct edxml_party sender = party_of(agent, "bridge-from", from);
    (void)snprintf(id, sizeof id, "%s,%s,%s", sender.id, slashed, number);
    int rc = write_sheet(sheet, kept, due);
    const struct edxml_file attached = {strrchr(sheet, '/') + 1, sheet_type, sheet};
    const struct edxml_document document = {.from = sender,
                                            .to = party_of(agent, "bridge-to", to),
                                            .id = id,
                                            .number = number,
                                            .date = day,
                                            .due = due_day,
                                            .subject = subject,
                                            .for_id = "",
                                            .n_files = 1,
                                            .files = &attached,
                                            .at = now};
    rc = rc == KN_OK ? edxml_write_document(letter, &document) : rc;
    if (rc != KN_OK) {
        kn_agent_fault(agent, letter, KN_CODE_STORAGE, NULL,
                       kn_agent_remedy(agent, KN_CODE_STORAGE));
    }
    return rc;
}

/* ---- answers in --------------------------------------------------------------------------------
 */

static bool is_table(const char *name)
{
    static const char *const endings[] = {".xlsx", ".ods", ".csv", ".json", ".jsonl"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++) {
        if (strcasecmp(dot, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What every answer of the document has: the document itself, and the files that are no table. */
static int given_by(kn_agent_t *agent, const struct read_edxml *document, json_t **out)
{
    json_t *given = json_pack("{s:{s:s, s:s, s:s}}", "document", "number", document->number, "date",
                              document->date, "sender", document->from_name);
    json_t *files = json_array();
    int rc = given && files ? KN_OK : KN_E_NOMEM;
    for (size_t i = 0; rc == KN_OK && i < document->n_files; i++) {
        struct kn_agent_file file;
        if (is_table(document->files[i].name)) {
            continue;
        }
        rc = kn_agent_put_file(agent, &file, document->files[i].path);
        if (rc == KN_OK) {
            json_array_append_new(files,
                                  json_pack("{s:s, s:I, s:s, s:s}", "digest", file.digest, "size",
                                            (json_int_t)file.attachment.size, "media_type",
                                            file.media_type, "name", document->files[i].name));
        }
    }
    if (rc == KN_OK && json_array_size(files)) {
        json_object_set(given, "attachments", files);
    }
    json_decref(files);
    *out = given;
    return rc;
}

/* Accepts the assignment, once: 03, 04 and 05 come one after the other. */
static int accept_once(kn_agent_t *agent, const char *code, int64_t assignment)
{
    char path[PATH_MAX];
    json_t *kept = inbox_load(agency_inbox(agent, path), code);
    bool is_accepted = json_object_get(kept, "accepted") != NULL;
    json_decref(kept);
    struct kn_assignment_accept body = {.case_ = code, .assignment = assignment};
    return is_accepted ? KN_OK : kn_agent_act(agent, NULL, KN_TYPE_ASSIGNMENT_ACCEPT, &body);
}

/* A status message about one of our assignments, "ORGAN,DAY,N/CODE": taken up, or not theirs. 06
 * says nothing that the answer does not say. */
static int take_status(kn_agent_t *agent, const char *path, const struct read_edxml *document)
{
    const char *number = strrchr(document->for_id, ','),
               *slash = number ? strchr(number, '/') : NULL;
    int64_t assignment = number ? strtoll(number + 1, NULL, 10) : 0;
    if (!slash || assignment <= 0) {
        kn_agent_fault(agent, path, KN_CODE_UNKNOWN_CASE, "DocumentId",
                       KN_TR(agent, "trạng thái không nói về văn bản giao việc nào ở đây",
                             "the status is about no assignment of ours"));
        return KN_E_INVALID;
    }
    if (strcmp(document->status, "02") == 0) {
        struct kn_assignment_return body = {.case_ = slash + 1,
                                            .assignment = assignment,
                                            .reason = *document->reason ? document->reason : NULL};
        return kn_agent_act(agent, NULL, KN_TYPE_ASSIGNMENT_RETURN, &body);
    }
    if (strcmp(document->status, "03") >= 0 && strcmp(document->status, "05") <= 0) {
        return accept_once(agent, slash + 1, assignment);
    }
    return KN_OK;
}

static void drop_files(const struct read_edxml *document, const char *folder)
{
    for (size_t i = 0; document && i < document->n_files; i++) {
        (void)unlink(document->files[i].path);
    }
    (void)rmdir(folder);
}

static int take_document(kn_agent_t *agent, const char *path)
{
    char folder[PATH_MAX], words[800];
    struct read_edxml *document = NULL;
    struct read_fault fault;
    json_t *given = NULL;
    size_t n = 0;
    (void)snprintf(folder, sizeof folder, "%s/answer-XXXXXX", kn_agent_text(agent, "state"));
    if (!mkdtemp(folder)) {
        return KN_E_IO;
    }
    int rc = read_edxml(&document, path, folder, NULL, NULL, &fault);
    if (rc != KN_OK) {
        (void)read_fault_words(words, sizeof words, &fault, true, !kn_agent_is_vi(agent));
        kn_agent_fault(agent, path, KN_CODE_UNREADABLE, fault.field, words);
    } else if (*document->status) {
        rc = take_status(agent, path, document);
        n = 1;
    } else {
        rc = given_by(agent, document, &given);
    }
    for (size_t i = 0; rc == KN_OK && given && i < document->n_files; i++) {
        if (is_table(document->files[i].name)) {
            rc = agency_answers(agent, document->files[i].path, given);
            n++;
        }
    }
    if (rc == KN_OK && n == 0) {
        rc = KN_E_INVALID;
        kn_agent_fault(agent, path, KN_CODE_REQUIRED, NULL,
                       KN_TR(agent,
                             "văn bản không kèm bảng trả lời – kèm bảng giao việc (XLSX) đã điền "
                             "cột \"Kết quả\" và \"Nội dung trả lời\"",
                             "no sheet of answers is attached - attach the sheet of the assignment "
                             "(XLSX) with \"Kết quả\" and \"Nội dung trả lời\" filled in"));
    }
    json_decref(given);
    drop_files(document, folder);
    read_edxml_destroy(&document);
    return rc;
}

/* Whether the file is complete: nobody touched it for a second. */
static bool is_at_rest(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && time(NULL) - st.st_mtime >= 1;
}

static void finish(kn_agent_t *agent, const char *folder, const char *name, const char *path,
                   bool is_good)
{
    char target[PATH_MAX + NAME_SIZE];
    (void)snprintf(target, sizeof target, "%s/%s/%s", folder, is_good ? "done" : "refused", name);
    if (rename(path, target) != 0) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
    } else if (!is_good) {
        kn_agent_fault(
            agent, target, KN_CODE_INVALID, NULL,
            KN_TR(agent, "có dòng chưa ghi nhận được (lý do ở trên) – sửa rồi chuyển lại vào in/",
                  "rows were not recorded (see above) - mend it and move it to in/"));
    }
}

int bridge_take(kn_agent_t *agent, const char *folder)
{
    char in[PATH_MAX], path[PATH_MAX + NAME_SIZE];
    int rc = KN_OK;
    (void)snprintf(in, sizeof in, "%s/in", folder);
    DIR *entries = opendir(in);
    const struct dirent *entry;
    while (entries && rc == KN_OK && (entry = readdir(entries))) {
        (void)snprintf(path, sizeof path, "%s/%s", in, entry->d_name);
        if (entry->d_name[0] == '.' || !is_at_rest(path)) {
            continue;
        }
        bool is_document = read_is_edxml(path);
        if (!is_document && !is_table(entry->d_name)) {
            continue; /* a scan that a sheet speaks of */
        }
        int taken = is_document ? take_document(agent, path) : agency_answers(agent, path, NULL);
        bool is_final = taken == KN_OK || taken == KN_E_INVALID || taken == KN_E_CONFLICT ||
                        taken == KN_E_DENIED || taken == KN_E_NOT_FOUND;
        if (is_final) {
            finish(agent, folder, entry->d_name, path, taken == KN_OK);
        }
        rc = is_final ? KN_OK : taken; /* the world: again with the next turn */
    }
    if (entries) {
        closedir(entries);
    }
    return rc;
}
