/* front_status.c - what the sender of a document hears of it: status messages of QCVN 102:2016.
 *
 * For each document the outbox keeps a record (JSON under "es:BATCH", written with its rows): who
 * sent it, and the last step told. The hub is asked what became of its batch and cases; every step
 * that was passed since is a file in the folder --status, BATCH-CODE.edxml, written once more after
 * a crash, never otherwise.
 *
 *     01 đã đến · 02 từ chối · 03 tiếp nhận (15 of an update) · 04 phân công: every case has a unit
 *     05 đang xử lý: one was accepted · 06 hoàn thành: every case is answered or has left. That is
 *     the document's end, not the case's: verification goes on.
 *     15 đồng ý, 16 từ chối cập nhật/lấy lại
 */
#include "agents/edxml.h"
#include "agents/front.h"
#include "kiennghi/keys.h"
#include "kiennghi/kiennghi.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum step { STEP_NONE, STEP_COME, STEP_TAKEN, STEP_ASSIGNED, STEP_WORKED_ON, STEP_DONE };

static const char *const words[][2] = {
    {"01", "Đã đến"},       {"02", "Từ chối"},
    {"03", "Đã tiếp nhận"}, {"04", "Đã phân công"},
    {"05", "Đang xử lý"},   {"06", "Hoàn thành"},
    {"15", "Đồng ý"},       {"16", "Từ chối cập nhật hoặc lấy lại"},
};

static const char *description(const char *code)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i][0], code) == 0) {
            return words[i][1];
        }
    }
    return "";
}

static const char *text_of(const json_t *record, const char *key)
{
    const char *text = json_string_value(json_object_get(record, key));
    return text ? text : "";
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Writes the status message; without --status there is nobody to tell. */
static int tell(kn_agent_t *agent, const json_t *record, const char *code, const char *why)
{
    char path[PATH_MAX];
    const char *folder = kn_agent_text(agent, "status");
    struct edxml_status status = {.from = {text_of(record, "to_id"), text_of(record, "to_name")},
                                  .to = {text_of(record, "from_id"), text_of(record, "from_name")},
                                  .for_id = text_of(record, "id"),
                                  .for_number = text_of(record, "number"),
                                  .for_date = text_of(record, "date"),
                                  .code = code,
                                  .description = why && *why ? why : description(code),
                                  .at = now_ms()};
    if (!folder) {
        return KN_OK;
    }
    (void)snprintf(path, sizeof path, "%s/%s-%s.edxml", folder, text_of(record, "batch"), code);
    int rc = edxml_write_status(path, &status);
    if (rc != KN_OK) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, kn_agent_remedy(agent, KN_CODE_STORAGE));
    } else {
        kn_agent_log(agent, "%s: %s %s", status.for_number, code, status.description);
    }
    return rc;
}

/* ---- records -----------------------------------------------------------------------------------
 */

static int put(kn_agent_t *agent, const char *key, json_t *record)
{
    char *text = record ? json_dumps(record, JSON_COMPACT) : NULL;
    int rc = text ? kn_client_put(kn_agent_client(agent), key, text, strlen(text)) : KN_E_NOMEM;
    free(text);
    json_decref(record);
    return rc;
}

static json_t *get(kn_agent_t *agent, const char *key)
{
    const void *value;
    size_t size;
    return kn_client_get(kn_agent_client(agent), &value, &size, key) == KN_OK
               ? json_loadb(value, size, 0, NULL)
               : NULL;
}

static void name_key(char key[40], const char *name)
{
    char hex[33];
    kn_hash_hex32(hex, 1, (const char *[]){name});
    (void)snprintf(key, 40, "ed:%s", hex);
}

static json_t *record_of(const struct read_edxml *document, const char *batch)
{
    return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:s s:i s:i}", "batch", batch, "id",
                     document->id, "number", document->number, "date", document->date, "from_id",
                     document->from_id, "from_name", document->from_name, "to_id", document->to_id,
                     "to_name", document->to_name, "kind", (int)document->kind, "step",
                     (int)STEP_NONE);
}

int front_keep(kn_agent_t *agent, const struct read_edxml *document, const char *id,
               const struct front_known *known)
{
    char key[40];
    const char *const names[] = {document->id, id};
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < 2; i++) {
        name_key(key, names[i]);
        rc = *names[i] ? put(agent, key,
                             json_pack("{s:s s:s s:s}", "batch", known->batch, "container",
                                       known->container, "replaces", known->replaces))
                       : KN_OK;
    }
    (void)snprintf(key, sizeof key, "es:%s", known->batch);
    json_t *before = get(agent, key);
    json_t *record = record_of(document, known->batch);
    if (record && before && document->kind == READ_EDXML_NEW) { /* sent again: nothing is new */
        json_object_set(record, "step", json_object_get(before, "step"));
    }
    if (record) {
        json_object_set_new(record, "replaces", json_string(known->replaces));
    }
    json_decref(before);
    return rc == KN_OK ? put(agent, key, record) : rc;
}

int front_find(kn_agent_t *agent, struct front_known *out, const char *name)
{
    char key[40];
    name_key(key, name);
    json_t *record = get(agent, key);
    if (!record) {
        return KN_E_NOT_FOUND;
    }
    (void)snprintf(out->batch, sizeof out->batch, "%s", text_of(record, "batch"));
    (void)snprintf(out->container, sizeof out->container, "%s", text_of(record, "container"));
    (void)snprintf(out->replaces, sizeof out->replaces, "%s", text_of(record, "replaces"));
    json_decref(record);
    return KN_OK;
}

/* ---- what became of a document -----------------------------------------------------------------
 */

struct standing {
    size_t n, n_assigned, n_worked_on, n_done;
};

static void count(struct standing *standing, const struct kn_case *kase)
{
    static const struct {
        enum kn_flow flow;
        bool assigned, worked_on, done;
    } flows[] = {
        {KN_FLOW_ASSIGNED, true, false, false}, {KN_FLOW_IN_PROGRESS, true, true, false},
        {KN_FLOW_PAUSED, true, true, false},    {KN_FLOW_REOPENED, true, true, false},
        {KN_FLOW_ANSWERED, true, true, true},   {KN_FLOW_AWAITING_VERIFICATION, true, true, true},
        {KN_FLOW_CLOSED, true, true, true},     {KN_FLOW_LINKED, true, false, true},
        {KN_FLOW_DIVERTED, true, false, true},  {KN_FLOW_NOT_ACCEPTED, true, false, true},
    };
    if (kase->has_withdrawn_at) {
        return;
    }
    standing->n++;
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        if (flows[i].flow == kase->flow) {
            standing->n_assigned += flows[i].assigned;
            standing->n_worked_on += flows[i].worked_on;
            standing->n_done += flows[i].done;
        }
    }
}

static int look_at_cases(kn_agent_t *agent, struct standing *standing, const char *batch)
{
    int64_t before = 0;
    bool more = true;
    int rc = KN_OK;
    while (rc == KN_OK && more) {
        struct kn_message *answer = NULL;
        struct kn_case_find ask = {.batch = batch,
                                   .before = before,
                                   .has_before = before > 0,
                                   .limit = 200,
                                   .has_limit = true};
        rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_FIND, &ask);
        const struct kn_case_list *list = rc == KN_OK ? answer->body : NULL;
        for (size_t i = 0; list && i < list->n_cases; i++) {
            count(standing, &list->cases[i]);
        }
        more = list && list->has_more_before;
        before = more ? list->more_before : 0;
        kn_message_destroy(&answer);
    }
    return rc;
}

/* How far the document is; *IS_REFUSED: nothing of it was taken. */
static int look_at(kn_agent_t *agent, const json_t *record, enum step *step, bool *is_refused)
{
    struct kn_message *answer = NULL;
    struct standing standing = {0};
    struct kn_batch_get ask = {.batch = text_of(record, "batch"), .limit = 1, .has_limit = true};
    *step = STEP_COME;
    *is_refused = false;
    int rc = kn_client_request(kn_agent_client(agent), &answer, KN_TYPE_BATCH_GET, &ask,
                               (int)(1000 * kn_agent_integer(agent, "timeout")));
    const struct kn_batch_view *view = rc == KN_OK ? answer->body : NULL;
    rc = rc == KN_E_NOT_FOUND ? KN_OK : rc; /* its declaration was refused, or is still to come */
    bool is_closed = view && view->n_batches && view->batches[0].has_closed_at;
    *is_refused = is_closed && view->batches[0].stored + view->batches[0].elsewhere == 0;
    kn_message_destroy(&answer);
    if (rc != KN_OK || !is_closed || *is_refused) {
        return rc;
    }
    rc = look_at_cases(agent, &standing, ask.batch);
    if (rc == KN_OK && *text_of(record, "replaces")) { /* rows that it took over */
        rc = look_at_cases(agent, &standing, text_of(record, "replaces"));
    }
    *step = standing.n == 0                     ? STEP_TAKEN
            : standing.n_done == standing.n     ? STEP_DONE
            : standing.n_worked_on > 0          ? STEP_WORKED_ON
            : standing.n_assigned == standing.n ? STEP_ASSIGNED
                                                : STEP_TAKEN;
    return rc;
}

static const char *code_of(enum step step, const json_t *record)
{
    static const char *const codes[] = {"", "01", "03", "04", "05", "06"};
    bool is_update = json_integer_value(json_object_get(record, "kind")) == READ_EDXML_UPDATE;
    return step == STEP_TAKEN && is_update ? "15" : codes[step];
}

/* Brings one record up to date. */
static int bring(kn_agent_t *agent, const char *key, json_t *record)
{
    enum step last = (enum step)json_integer_value(json_object_get(record, "step")), step;
    bool is_refused;
    int rc = look_at(agent, record, &step, &is_refused);
    for (enum step at = last + 1; rc == KN_OK && at <= step; at++) {
        rc = tell(agent, record, code_of(at, record), NULL);
    }
    if (rc == KN_OK && is_refused) {
        rc = tell(agent, record, "02", NULL);
        step = STEP_DONE;
    }
    if (rc == KN_OK && step > last) {
        json_object_set_new(record, "step", json_integer(step));
        rc = put(agent, key, json_incref(record));
    }
    return rc;
}

struct keys {
    char (*key)[40];
    size_t n, room;
};

static int gather(void *arg, const char *key, const void *value, size_t size)
{
    struct keys *keys = arg;
    (void)value;
    (void)size;
    if (keys->n == keys->room) {
        size_t room = keys->room ? 2 * keys->room : 32;
        void *more = realloc(keys->key, room * sizeof *keys->key);
        if (!more) {
            return KN_E_NOMEM;
        }
        keys->key = more;
        keys->room = room;
    }
    (void)snprintf(keys->key[keys->n++], sizeof *keys->key, "%s", key);
    return KN_OK;
}

int front_tell(kn_agent_t *agent)
{
    struct keys keys = {0};
    kn_client_t *client = kn_agent_client(agent);
    if (!client) {
        return KN_E_IO;
    }
    int rc = kn_client_each(client, "es:", gather, &keys);
    for (size_t i = 0; rc == KN_OK && i < keys.n; i++) {
        json_t *record = get(agent, keys.key[i]);
        if (record && json_integer_value(json_object_get(record, "step")) < STEP_DONE) {
            rc = bring(agent, keys.key[i], record);
        }
        json_decref(record);
    }
    free(keys.key);
    return rc == KN_OK ? kn_client_flush(client) : rc;
}

/* ---- answered at once --------------------------------------------------------------------------
 */

int front_refuse(kn_agent_t *agent, const struct read_edxml *document, const char *id,
                 const char *why)
{
    json_t *record = record_of(document, id);
    int rc = record ? tell(agent, record, document->kind == READ_EDXML_NEW ? "02" : "16", why)
                    : KN_E_NOMEM;
    json_decref(record);
    return rc;
}

int front_receipt(kn_agent_t *agent, uint64_t tag, const struct kn_message *sent,
                  const struct kn_receipt *receipt)
{
    char key[40];
    const char *batch = sent->type == KN_TYPE_DOCUMENT_WITHDRAW
                            ? ((const struct kn_document_withdraw *)sent->body)->batch
                        : sent->type == KN_TYPE_DOCUMENT_REPLACE
                            ? ((const struct kn_document_replace *)sent->body)->batch
                            : NULL;
    bool is_good = receipt->verdict == KN_VERDICT_STORED || receipt->verdict == KN_VERDICT_REPEATED;
    (void)tag;
    if (!is_good) {
        kn_agent_log(agent, "%s: %s, %s", kn_type_name(sent->type),
                     kn_agent_verdict_words(agent, receipt->verdict),
                     kn_agent_code_words(agent, receipt->code));
    }
    if (!batch) {
        return KN_OK;
    }
    (void)snprintf(key, sizeof key, "es:%s", batch);
    json_t *record = get(agent, key);
    int rc = record ? tell(agent, record, is_good ? "15" : "16", NULL) : KN_OK;
    if (record && rc == KN_OK && is_good && sent->type == KN_TYPE_DOCUMENT_WITHDRAW) {
        json_object_set_new(record, "step", json_integer(STEP_DONE)); /* nothing more to tell */
        rc = put(agent, key, json_incref(record));
    }
    json_decref(record);
    return rc;
}
