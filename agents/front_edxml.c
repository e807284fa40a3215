/* front_edxml.c - an edXML document: its header says who and what, its annex holds the rows.
 *
 * The annex is whichever attached file is a table of petitions; archives are unpacked. Several
 * annexes are one batch, in the document's order. The other files (the letter, scans) go to the hub
 * with the batch, for those whose case it is. What the sender wants:
 *
 *     new       a batch of its own; sent twice it changes nothing
 *     update    the same batch: changed rows are revisions, rows that are gone stay
 *     replace   a batch in the container of the replaced document: rows that are the same keep
 *               their cases, changed ones are revisions, those that are gone are withdrawn
 *     withdraw  the document and all its rows
 */
#include "agents/front.h"
#include "agents/intake.h"
#include "kiennghi/keys.h"
#include "kiennghi/kiennghi.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* ---- the attached files ------------------------------------------------------------------------
 */

static bool ends(const char *name, const char *ending)
{
    const char *dot = strrchr(name, '.');
    return dot && strcasecmp(dot, ending) == 0;
}

/* Takes archives apart; what is in them stands behind the other files. */
static int unpack_archives(struct read_edxml *document, const char *folder,
                           struct read_fault *fault)
{
    int rc = KN_OK;
    size_t n = document->n_files;
    for (size_t i = 0; rc == KN_OK && i < n; i++) {
        if (ends(document->files[i].name, ".zip")) {
            rc = read_unpack(document->files, &document->n_files, document->files[i].path, folder,
                             fault);
        }
    }
    return rc;
}

static void clear_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    char path[PATH_MAX + 300];
    while (entries && (entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            (void)unlink(path);
        }
    }
    if (entries) {
        closedir(entries);
    }
    (void)rmdir(folder);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

struct annexes {
    int64_t n_declared; /* -1: none of them states a count */
    size_t n;
    struct read_fault last; /* why a file is no annex */
};

/* The rows of one attached file, when it is an annex. */
static int take_annex(kn_agent_t *agent, const struct read_edxml *document,
                      const struct read_edxml_file *file, struct annexes *annexes)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    read_table_t *table = NULL;
    struct read_fault fault;
    int rc = read_table_open(&table, file->path, &form, intake_warn, agent, &fault);
    if (rc != KN_OK) {
        annexes->last = fault;
        return rc == KN_E_INVALID ? KN_OK : rc;
    }
    const char *declared = read_table_headers(table)->value[READ_DECLARED];
    if (declared) {
        annexes->n_declared = (annexes->n_declared < 0 ? 0 : annexes->n_declared) + atoll(declared);
    }
    annexes->n++;
    rc = intake_take(agent, table, file->path, document->date);
    read_table_close(&table);
    return rc;
}

/* A file that may be an annex, by its name: letters and scans are not opened. */
static bool may_be_annex(const char *name)
{
    static const char *const endings[] = {".csv", ".xlsx", ".ods", ".docx"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (ends(name, endings[i])) {
            return true;
        }
    }
    return false;
}

static int take_rows(kn_agent_t *agent, const char *path, const struct read_edxml *document,
                     const char *id, const struct front_known *known)
{
    struct annexes annexes = {.n_declared = -1};
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < document->n_files; i++) {
        if (may_be_annex(document->files[i].name)) {
            rc = take_annex(agent, document, &document->files[i], &annexes);
        }
    }
    if (rc == KN_OK && annexes.n == 0) {
        char words[700];
        int n = snprintf(words, sizeof words, "%s",
                         KN_TR(agent,
                               "không có phụ lục dạng bảng (XLSX, ODS, CSV, DOCX) đọc được – nhập "
                               "phụ lục thành bảng rồi dùng --header",
                               "no annex that is a readable table (XLSX, ODS, CSV, DOCX) - type it "
                               "in as a table and use --header"));
        if (annexes.last.file[0] && n > 0 && (size_t)n + 3 < sizeof words) {
            words[n++] = ';';
            words[n++] = ' ';
            (void)read_fault_print(words + n, sizeof words - (size_t)n, &annexes.last,
                                   !kn_agent_is_vi(agent));
        }
        kn_agent_fault(agent, path, KN_CODE_UNREADABLE, NULL, words);
        (void)front_refuse(agent, document, id, words);
        return KN_E_INVALID;
    }
    rc = rc == KN_OK ? front_keep(agent, document, id, known) : rc;
    return rc == KN_OK ? kn_agent_batch_end(agent, annexes.n_declared) : rc;
}

/* ---- what is wanted ----------------------------------------------------------------------------
 */

/* The batch ID as the hub has it; what it holds is learned. For a machine whose state was lost. */
static int ask_hub(kn_agent_t *agent, struct front_known *out, const char *id)
{
    struct kn_message *answer = NULL;
    struct kn_batch_get ask = {.batch = id, .limit = 1, .has_limit = true};
    int rc = kn_client_request(kn_agent_client(agent), &answer, KN_TYPE_BATCH_GET, &ask,
                               (int)(1000 * kn_agent_integer(agent, "timeout")));
    const struct kn_batch_view *view = rc == KN_OK ? answer->body : NULL;
    if (view && view->n_batches) {
        (void)snprintf(out->batch, sizeof out->batch, "%s", id);
        (void)snprintf(out->container, sizeof out->container, "%s", view->batches[0].container);
    }
    kn_message_destroy(&answer);
    rc = rc == KN_OK ? kn_agent_learn_document(agent, out->batch, out->container) : rc;
    return rc == KN_OK || rc == KN_E_NOT_FOUND || rc == KN_E_DENIED ? rc : KN_E_BUSY;
}

/* The identity in a DocumentId such as "ORGAN,2026/11/23,214/MTTQ-BTT", said by SENDER. */
static bool identity_of(char id[33], const char *document_id, const char *sender)
{
    char day[24], date[11];
    int64_t at;
    const char *comma = strchr(document_id, ','), *number = comma ? strchr(comma + 1, ',') : NULL;
    if (!number || number - comma >= (int)sizeof day) {
        return false;
    }
    (void)snprintf(day, sizeof day, "%.*s", (int)(number - comma - 1), comma + 1);
    if (read_time(&at, day) != KN_OK) {
        return false;
    }
    read_day(date, at);
    front_identity(id, sender, number + 1, date);
    return true;
}

/* The earlier document that this one speaks of: named, or of the same identity; as this machine
 * knows it, else as the hub does. */
static int find_earlier(kn_agent_t *agent, const struct read_edxml *document, const char *id,
                        struct front_known *out)
{
    const char *const names[] = {document->replaces, document->for_id, document->id, id};
    const size_t first = document->kind == READ_EDXML_REPLACE ? 0 : 1, n = 4;
    char other[33];
    int rc = KN_E_NOT_FOUND;
    for (size_t i = first; rc != KN_OK && i < n; i++) {
        rc = *names[i] ? front_find(agent, out, names[i]) : KN_E_NOT_FOUND;
    }
    for (size_t i = first; rc == KN_E_NOT_FOUND && i < 3; i++) {
        if (identity_of(other, names[i], document->from_name)) {
            rc = ask_hub(agent, out, other);
        }
    }
    return rc == KN_E_NOT_FOUND ? ask_hub(agent, out, id) : rc;
}

static int unknown_earlier(kn_agent_t *agent, const char *path, const struct read_edxml *document,
                           const char *id)
{
    const char *words =
        KN_TR(agent,
              "văn bản cần cập nhật, thay thế hoặc thu hồi chưa từng nhận ở đây – "
              "kiểm tra với nơi gửi",
              "the document to be updated, replaced or withdrawn was never received "
              "here - ask the sender");
    kn_agent_fault(agent, path, KN_CODE_UNKNOWN_BATCH, "DocumentId", words);
    (void)front_refuse(agent, document, id, words);
    return KN_E_INVALID;
}

/* The files that are no annex, put to the hub; one that it does not take was told and is left out.
 */
static int put_letter(kn_agent_t *agent, const struct read_edxml *document,
                      struct kn_agent_file *files, struct kn_attachment *named, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < document->n_files; i++) {
        const struct read_edxml_file *file = &document->files[i];
        if (may_be_annex(file->name) || ends(file->name, ".zip")) {
            continue;
        }
        int rc = kn_agent_put_file(agent, &files[*n], file->path);
        if (rc != KN_OK && rc != KN_E_INVALID) {
            return KN_E_BUSY; /* the hub is away: the document is tried again */
        }
        if (rc == KN_OK) {
            named[*n] = files[*n].attachment;
            named[(*n)++].name = file->name;
        }
    }
    return KN_OK;
}

static int declare(kn_agent_t *agent, const struct read_edxml *document,
                   const struct front_known *known)
{
    char title[300];
    struct kn_agent_file *files = calloc(READ_EDXML_MAX_FILES, sizeof *files);
    struct kn_attachment named[READ_EDXML_MAX_FILES];
    size_t n = 0;
    int rc = files ? put_letter(agent, document, files, named, &n) : KN_E_NOMEM;
    (void)snprintf(title, sizeof title, "%.60s, %s", document->number, document->date);
    const struct kn_document body = {.number = document->number,
                                     .date = document->date,
                                     .sender = document->from_name,
                                     .subject = *document->subject ? document->subject : NULL};
    const struct kn_batch_declare batch = {.batch = known->batch,
                                           .container = known->container,
                                           .source = kn_agent_text(agent, "source"),
                                           .channel = KN_CHANNEL_FRONT,
                                           .title = title,
                                           .document = &body,
                                           .n_attachments = n,
                                           .attachments = named};
    rc = rc == KN_OK ? kn_agent_batch(agent, &batch) : rc;
    free(files);
    return rc;
}

static int take(kn_agent_t *agent, const char *path, const struct read_edxml *document)
{
    char id[33];
    struct front_known earlier = {.batch = ""}, known = {.batch = ""};
    front_identity(id, document->from_name, document->number, document->date);
    int rc = document->kind == READ_EDXML_NEW ? KN_OK : find_earlier(agent, document, id, &earlier);
    if (rc != KN_OK) {
        return rc == KN_E_BUSY ? rc : unknown_earlier(agent, path, document, id);
    }
    if (document->kind == READ_EDXML_WITHDRAW) {
        rc = kn_agent_withdraw_document(agent, earlier.batch, earlier.container, document->reason);
        if (rc == KN_OK) {
            kn_agent_print(agent, "%s: %s", document->number,
                           KN_TR(agent, "đã ghi yêu cầu thu hồi", "withdrawal recorded"));
        }
        return rc;
    }
    if (front_find(agent, &known, id) != KN_OK) {
        memcpy(known.batch, id, sizeof known.batch);
        memcpy(known.container, document->kind == READ_EDXML_REPLACE ? earlier.container : id,
               sizeof known.container);
    }
    if (document->kind == READ_EDXML_REPLACE) {
        memcpy(known.replaces, earlier.batch, sizeof known.replaces);
    }
    rc = declare(agent, document, &known);
    if (rc == KN_OK && document->kind != READ_EDXML_NEW) {
        kn_agent_batch_revises(agent, document->kind == READ_EDXML_REPLACE ? known.replaces : NULL,
                               document->reason);
    }
    return rc == KN_OK ? take_rows(agent, path, document, id, &known) : rc;
}

int front_read_edxml(kn_agent_t *agent, const char *path)
{
    char folder[PATH_MAX];
    struct read_edxml *document = NULL;
    struct read_fault fault;
    (void)snprintf(folder, sizeof folder, "%s/annex-XXXXXX", kn_agent_text(agent, "state"));
    if (!kn_agent_client(agent) || !mkdtemp(folder)) {
        kn_agent_fault(agent, folder, KN_CODE_STORAGE, NULL, strerror(errno));
        return KN_E_IO;
    }
    int rc = read_edxml(&document, path, folder, intake_warn, agent, &fault);
    rc = rc == KN_OK ? unpack_archives(document, folder, &fault) : rc;
    if (rc != KN_OK) {
        rc = intake_fault(agent, path, &fault, rc);
    } else if (*document->status) {
        kn_agent_print(agent, "%s: %s %s", document->for_number,
                       KN_TR(agent, "trạng thái", "status"), document->status);
    } else {
        rc = take(agent, path, document);
    }
    read_edxml_destroy(&document);
    clear_folder(folder);
    return rc;
}
