/* look.c - gathers what rules.c decides on. Everything that is not pure about a decision is here:
 * the store is read, the salt is drawn, the code of a new case is made.
 */
#include "hub/look.h"

#include "hub/digest.h"
#include "hub/join.h"
#include "hub/key.h"
#include "hub/log.h"
#include "hub/text/text.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- last sequences -------------------------------------------------------------------------- */

struct last {
    char agent[ACL_NAME_SIZE];
    uint64_t instance, sequence;
};

struct lasts {
    struct last *item;
    size_t n, room;
};

lasts_t *lasts_new(void)
{
    return calloc(1, sizeof(lasts_t));
}

void lasts_destroy(lasts_t **self_p)
{
    if (*self_p) {
        free((*self_p)->item);
        free(*self_p);
        *self_p = NULL;
    }
}

void lasts_forget(lasts_t *self)
{
    self->n = 0;
}

static struct last *find(lasts_t *self, const struct errand *errand)
{
    for (size_t i = self->n; i-- > 0;) {
        if (self->item[i].instance == errand->instance &&
            strcmp(self->item[i].agent, errand->actor) == 0) {
            return &self->item[i];
        }
    }
    return NULL;
}

static struct last *remember(store_txn_t *txn, lasts_t *self, const struct errand *errand)
{
    struct last *last = find(self, errand);
    if (last) {
        return last;
    }
    if (self->n == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        struct last *more = realloc(self->item, room * sizeof *more);
        assert(more); /* some bytes for each agent that ever spoke since the start */
        self->item = more;
        self->room = room;
    }
    last = &self->item[self->n++];
    *last = (struct last){.instance = errand->instance,
                          .sequence = store_last_sequence(txn, errand->actor, errand->instance)};
    memcpy(last->agent, errand->actor, sizeof last->agent);
    return last;
}

void look_answered(lasts_t *lasts, const struct errand *errand)
{
    struct last *last = find(lasts, errand);
    if (last && errand->sequence > last->sequence) {
        last->sequence = errand->sequence;
    }
}

/* What is known of the outbox of ACTOR; for those who have no errand at hand. */
static struct last *known(store_txn_t *txn, lasts_t *lasts, const char *actor, uint64_t instance)
{
    struct errand errand = {.instance = instance};
    snprintf(errand.actor, sizeof errand.actor, "%s", actor);
    return remember(txn, lasts, &errand);
}

uint64_t look_last(store_txn_t *txn, lasts_t *lasts, const char *actor, uint64_t instance)
{
    return known(txn, lasts, actor, instance)->sequence;
}

void look_answered_before(store_txn_t *txn, lasts_t *lasts, const struct errand *errand)
{
    struct last *last = remember(txn, lasts, errand);
    if (errand->floor > last->sequence + 1) {
        last->sequence = errand->floor - 1;
    }
}

uint64_t look_letter(const char *batch)
{
    uint8_t id[16] = {0};
    (void)digest_from_hex(id, sizeof id, batch);
    return UINT64_C(1) << 63 | key_get64(id); /* no case has such a number */
}

/* ---- files that a message names ---------------------------------------------------------------
 */

const struct kn_attachment *look_files(const struct errand *errand, size_t *n)
{
    const struct kn_petition *petition = NULL;
    *n = 0;
    if (errand->type == KN_TYPE_ANSWER_SUBMIT) {
        const struct kn_answer_submit *act = errand->body;
        *n = act->n_attachments;
        return act->attachments;
    }
    if (errand->type == KN_TYPE_BATCH_DECLARE) {
        const struct kn_batch_declare *act = errand->body;
        *n = act->n_attachments;
        return act->attachments;
    }
    if (errand->type == KN_TYPE_CASE_VERIFY) {
        const struct kn_case_verify *act = errand->body;
        *n = act->n_attachments;
        return act->attachments;
    }
    if (errand->type == KN_TYPE_PETITION_SUBMIT) {
        petition = ((const struct kn_petition_submit *)errand->body)->petition;
    } else if (errand->type == KN_TYPE_PETITION_REVISE) {
        petition = ((const struct kn_petition_revise *)errand->body)->petition;
    }
    *n = petition ? petition->n_attachments : 0;
    return petition ? petition->attachments : NULL;
}

/* Is every file that ERRAND names whole on the disk, of the size and type that it says? */
static bool has_files(const struct errand *errand, files_t *files)
{
    size_t n;
    const struct kn_attachment *named = errand->head ? NULL : look_files(errand, &n);
    for (size_t i = 0; named && i < n; i++) {
        if (!files || !files_holds(files, &named[i])) {
            return false;
        }
    }
    return true;
}

/* ---- acts on cases ----------------------------------------------------------------------------
 */

/* Which case a message speaks of, and which of its texts are personal content: where they stand in
 * the message, and where in schemas/content.json. */
#define IN(message, member) offsetof(struct kn_##message, member)
#define TO(member) offsetof(struct kn_content, member)
enum { NO = 0 }; /* no message has a text in its first place */

/* clang-format off */
static const struct act {
    enum kn_type type;
    size_t subject, parent; /* const char *: case codes */
    struct { size_t from, to; } personal[2];
} acts[] = {
    {KN_TYPE_PETITION_SUBMIT,   NO, NO, {{IN(petition_submit, petition), TO(petition)}}},
    {KN_TYPE_PETITION_REVISE,   NO, NO, {{IN(petition_revise, petition), TO(petition)}}},
    {KN_TYPE_DOCUMENT_REPLACE,  NO, NO, {{IN(document_replace, reason), TO(reason)}}},
    {KN_TYPE_DOCUMENT_WITHDRAW, NO, NO, {{IN(document_withdraw, reason), TO(reason)}}},
    {KN_TYPE_PETITION_WITHDRAW, NO, NO, {{IN(petition_withdraw, reason), TO(reason)}}},
    {KN_TYPE_ASSIGNMENT_ACCEPT, IN(assignment_accept, case_), NO, {{NO, NO}}},
    {KN_TYPE_ASSIGNMENT_RETURN, IN(assignment_return, case_), NO, {{IN(assignment_return, reason), TO(reason)}}},
    {KN_TYPE_ANSWER_SUBMIT,     IN(answer_submit, case_), NO,     {{IN(answer_submit, text), TO(answer)}}},
    {KN_TYPE_CASE_ASSIGN,       IN(case_assign, case_), NO,       {{IN(case_assign, reason), TO(reason)}}},
    {KN_TYPE_ANSWER_REVIEW,     IN(answer_review, case_), NO,     {{IN(answer_review, reason), TO(reason)}}},
    {KN_TYPE_CASE_VERIFY,       IN(case_verify, case_), NO,       {{IN(case_verify, evidence), TO(evidence)}}},
    {KN_TYPE_CASE_PUBLISH,      IN(case_publish, case_), NO,      {{IN(case_publish, reason), TO(reason)}, {IN(case_publish, text), TO(summary)}}},
    {KN_TYPE_CASE_LINK,         IN(case_link, case_), IN(case_link, parent), {{IN(case_link, reason), TO(reason)}}},
    {KN_TYPE_CASE_SPLIT,        IN(case_split, case_), NO,        {{IN(case_split, reason), TO(reason)}}},
    {KN_TYPE_CANDIDATE_DECIDE,  IN(candidate_decide, case_), IN(candidate_decide, earlier), {{IN(candidate_decide, reason), TO(reason)}}},
    {KN_TYPE_CASE_ERASE,        IN(case_erase, case_), NO,        {{NO, NO}}},
    {KN_TYPE_CASE_UNLINK,       IN(case_unlink, case_), NO,       {{IN(case_unlink, reason), TO(reason)}}},
    {KN_TYPE_CASE_DIVERT,       IN(case_divert, case_), NO,       {{IN(case_divert, reason), TO(reason)}}},
    {KN_TYPE_CASE_REJECT,       IN(case_reject, case_), NO,       {{IN(case_reject, reason), TO(reason)}}},
    {KN_TYPE_CASE_PAUSE,        IN(case_pause, case_), NO,        {{IN(case_pause, reason), TO(reason)}}},
    {KN_TYPE_CASE_RESUME,       IN(case_resume, case_), NO,       {{IN(case_resume, reason), TO(reason)}}},
    {KN_TYPE_CASE_REOPEN,       IN(case_reopen, case_), NO,       {{IN(case_reopen, reason), TO(reason)}}},
    {KN_TYPE_CASE_REMIND,       IN(case_remind, case_), NO,       {{IN(case_remind, reason), TO(reason)}}},
    {KN_TYPE_CASE_SATISFACTION, IN(case_satisfaction, case_), NO, {{IN(case_satisfaction, reason), TO(reason)}}},
    {KN_TYPE_CASE_SELECT,       IN(case_select, case_), NO,       {{IN(case_select, reason), TO(reason)}}},
    {KN_TYPE_CASE_DIRECT,       IN(case_direct, case_), NO,       {{IN(case_direct, reason), TO(reason)}}},
    {KN_TYPE_PROGRESS_REPORT,   IN(progress_report, case_), NO,   {{IN(progress_report, text), TO(reason)}}},
    {KN_TYPE_COMMITMENT_MAKE,   IN(commitment_make, case_), NO,   {{IN(commitment_make, text), TO(reason)}}},
    {KN_TYPE_COMMITMENT_KEEP,   IN(commitment_keep, case_), NO,   {{IN(commitment_keep, text), TO(reason)}}},
    {KN_TYPE_OPINION_SUBMIT,    IN(opinion_submit, case_), NO,    {{IN(opinion_submit, text), TO(answer)}}},
};
/* clang-format on */

static const struct act *act_of(enum kn_type type)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (acts[i].type == type) {
            return &acts[i];
        }
    }
    return NULL;
}

static const char *text_at(const struct errand *errand, size_t at)
{
    const char *text = NULL;
    if (at != NO) {
        memcpy(&text, (const char *)errand->body + at, sizeof text);
    }
    return text;
}

/* ---- personal content of a message ----------------------------------------------------------- */

static bool personal(const struct errand *errand, const struct kn_petition *part,
                     struct kn_content *content)
{
    const struct act *act = act_of(errand->type);
    bool any = false;
    memset(content, 0, sizeof *content);
    for (size_t i = 0; act && i < 2; i++) {
        const char *text = text_at(errand, act->personal[i].from);
        if (text) {
            memcpy((char *)content + act->personal[i].to, &text, sizeof text);
            any = true;
        }
    }
    if (errand->type == KN_TYPE_ANSWER_SUBMIT || errand->type == KN_TYPE_CASE_VERIFY ||
        errand->type == KN_TYPE_BATCH_DECLARE) {
        content->attachments = look_files(errand, &content->n_attachments);
    }
    if (errand->type == KN_TYPE_CASE_SPLIT) {
        content->petition = part;
    }
    return any || content->petition || content->n_attachments;
}

void look_give_back(enum kn_type type, void *body, const struct kn_content *content)
{
    const struct act *act = act_of(type);
    for (size_t i = 0; act && i < 2; i++) {
        if (act->personal[i].from != NO) {
            memcpy((char *)body + act->personal[i].from,
                   (const char *)content + act->personal[i].to, sizeof(void *));
        }
    }
    if (type == KN_TYPE_CASE_SPLIT && content->petition) {
        ((struct kn_case_split *)body)->text = content->petition->text;
    } else if (type == KN_TYPE_ANSWER_SUBMIT) {
        ((struct kn_answer_submit *)body)->attachments = content->attachments;
    } else if (type == KN_TYPE_CASE_VERIFY) {
        ((struct kn_case_verify *)body)->attachments = content->attachments;
    } else if (type == KN_TYPE_BATCH_DECLARE) {
        ((struct kn_batch_declare *)body)->attachments = content->attachments;
    }
}

/* PART: what a split makes a petition of; NULL. */
static size_t encode_content(const struct errand *errand, const struct kn_petition *part,
                             uint8_t *out, size_t size)
{
    struct kn_content content;
    if (!errand->body || !personal(errand, part, &content)) {
        return 0;
    }
    long length = stored_encode(out, size, KN_SCHEMA_CONTENT, &content, false);
    assert(length > 0); /* it came in one frame */
    return (size_t)length;
}

/* Is what is stored under event SEQUENCE the content that ERRAND brings? After an erasure the key
 * alone answers. */
static bool same_content(store_txn_t *txn, uint64_t sequence, const uint8_t *content, size_t size)
{
    uint8_t salt[16];
    struct slice record;
    if (!store_content(txn, sequence, salt, &record)) {
        return true;
    }
    return record.size == size && memcmp(record.bytes, content, size) == 0;
}

/* ---- transport key --------------------------------------------------------------------------- */

/* The part of a split has the rest of its content from the petition: only its own is compared. */
static bool same_split(store_txn_t *txn, uint64_t sequence, const struct kn_case_split *act)
{
    struct kn_content *content = join_content(txn, sequence);
    bool same = !content || (content->petition && strcmp(content->petition->text, act->text) == 0);
    kn_record_destroy((void **)&content);
    return same;
}

static bool same_message(store_txn_t *txn, const struct errand *errand,
                         const struct store_answer *answer)
{
    static uint8_t bytes[64 * 1024]; /* of the writer alone */
    struct slice stored;
    struct log_entry entry;
    uint64_t first;
    if (!errand->body || !answer->event) {
        return true;
    }
    if (!store_entry(txn, answer->event, &first, &stored) || log_read(&entry, stored)) {
        return true;
    }
    if (entry.type != errand->type) {
        return false;
    }
    long length =
        stored_encode(bytes, sizeof bytes, kn_type_schema(errand->type), errand->body, true);
    if (length < 0 || (size_t)length != entry.command.size ||
        memcmp(bytes, entry.command.bytes, entry.command.size) != 0) {
        return entry.command.size == 0;
    }
    if (errand->type == KN_TYPE_CASE_SPLIT) {
        return same_split(txn, first, errand->body);
    }
    size_t size = encode_content(errand, NULL, bytes, sizeof bytes);
    return same_content(txn, first, bytes, size);
}

bool look_keys(store_txn_t *txn, lasts_t *lasts, struct errand *errand)
{
    struct store_answer answer;
    if (errand->from != FROM_PEER) {
        return true;
    }
    struct last *last = remember(txn, lasts, errand);
    uint64_t next = last->sequence + 1 > errand->floor ? last->sequence + 1 : errand->floor;
    if (errand->sequence == next) {
        return true;
    }
    if (errand->sequence > next) {
        errand_defer(errand, KN_CODE_OUT_OF_ORDER, 0);
        errand->expected = next;
        return false;
    }
    if (!store_answer(txn, errand->actor, errand->instance, errand->sequence, &answer)) {
        return true; /* was answered repeated or conflict, which leaves no trace: so it will be
                        again */
    }
    bool same = same_message(txn, errand, &answer);
    enum kn_verdict first = (enum kn_verdict)answer.verdict;
    errand_end(errand,
               !same                        ? KN_VERDICT_CONFLICT
               : first == KN_VERDICT_STORED ? KN_VERDICT_REPEATED
                                            : first,
               same ? (enum kn_code)answer.code : KN_CODE_CHANGED_CONTENT,
               same ? answer.field : "sequence", NULL);
    errand->event = answer.event;
    if (answer.case_number) {
        code_format(errand->subject, answer.case_number);
    }
    return false;
}

enum { ITEM_MAX = 64, MAX_LINKS = 16 };

/* ---- keys of agents -------------------------------------------------------------------------- */

/* Another identity than NAME has KEY. */
static bool is_anothers(store_txn_t *txn, const char *key, const char *name)
{
    char after[ACL_NAME_SIZE] = "";
    struct kn_agent *agent;
    bool found = false;
    while (!found && (agent = store_next_agent(txn, after))) {
        snprintf(after, sizeof after, "%s", agent->agent);
        found = agent->key && strcmp(agent->key, key) == 0 && strcmp(agent->agent, name) != 0;
        kn_record_destroy((void **)&agent);
    }
    return found;
}

bool look_admission(store_txn_t *txn, struct errand *errand)
{
    const char *field = NULL, *reason = NULL;
    if (errand->type == KN_TYPE_AGENT_ADMIT) {
        const struct kn_agent *agent = ((const struct kn_agent_admit *)errand->body)->agent;
        if (acl_check(agent, &field)) {
            reason = "a name of a-z, 0-9 and hyphens, a key in Z85, a role, a unit for an agency";
        } else if (is_anothers(txn, agent->key, agent->agent)) {
            field = "key";
            reason = "this key belongs to another identity";
        }
    } else if (errand->type == KN_TYPE_AGENT_REVOKE) {
        struct kn_agent *known =
            store_agent(txn, ((const struct kn_agent_revoke *)errand->body)->agent);
        field = "";
        reason = known ? NULL : "no identity has this name";
        kn_record_destroy((void **)&known);
    }
    if (reason) {
        errand->code = KN_CODE_INVALID;
        snprintf(errand->field, sizeof errand->field, field[0] ? "agent.%s" : "agent%s", field);
        snprintf(errand->reason, sizeof errand->reason, "%s", reason);
    }
    return reason == NULL;
}

/* Whose gap a message speaks of; NULL: of none. */
static const char *gap_agent(const struct errand *errand)
{
    return errand->type == KN_TYPE_AGENT_GAP ? ((const struct kn_agent_gap *)errand->body)->agent
           : errand->type == KN_TYPE_GAP_SETTLE
               ? ((const struct kn_gap_settle *)errand->body)->agent
               : NULL;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static void look_batch(store_txn_t *txn, struct looked *out, const char *hex)
{
    uint8_t id[16];
    out->batch = hex && !digest_from_hex(id, 16, hex) ? store_batch(txn, id) : NULL;
    out->facts.batch = out->batch;
}

static void look_row(store_txn_t *txn, struct looked *out, const char *batch, const char *container,
                     const char *item)
{
    uint8_t id[16], batch_id[16];
    struct store_row row, known;
    out->facts.row = ROW_NEW;
    if (!container || !item || digest_from_hex(id, 16, container) ||
        !store_row(txn, id, item, &row)) {
        return;
    }
    if (row.state == STORE_ROW_REFUSED) {
        out->facts.row = ROW_REFUSED;
        return;
    }
    code_format(out->row_case, row.case_number);
    out->facts.row_case = out->row_case;
    out->row_number = row.case_number;
    out->facts.row_elsewhere = !digest_from_hex(batch_id, 16, batch) &&
                               memcmp(batch_id, row.batch, 16) != 0 &&
                               !store_row(txn, batch_id, item, &known);
    if (!same_content(txn, row.event, out->content, out->n_content)) {
        out->facts.row = ROW_CHANGED;
    } else {
        out->facts.row = out->facts.row_elsewhere ? ROW_ELSEWHERE : ROW_SAME;
    }
}

/* The case of the stored row. */
static void look_row_case(store_txn_t *txn, struct looked *out)
{
    out->subject = out->row_number ? store_case(txn, out->row_number) : NULL;
    out->facts.subject = out->subject;
}

/* The calendar year of an instant at +07:00. */
static unsigned year_of(int64_t at)
{
    time_t seconds = (time_t)(at / 1000 + 7 * 3600);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    return (unsigned)tm.tm_year + 1900;
}

static void look_new_case(store_txn_t *txn, struct looked *out, int64_t now)
{
    uint64_t last = store_number(txn, "last_case"), year = year_of(now);
    uint64_t number =
        last / CODE_COUNTS_PER_YEAR >= year ? last + 1 : year * CODE_COUNTS_PER_YEAR + 1;
    code_format(out->new_case, number);
    out->facts.new_case = out->new_case;
}

/* The code of the case that a message speaks of, and of the one it is to be linked to. */
static const char *subject_of(const struct errand *errand, const char **parent)
{
    const struct act *act = act_of(errand->type);
    *parent = NULL;
    if (errand->type == KN_TYPE_READING_PROPOSE) {
        return ((const struct kn_reading_propose *)errand->body)->case_;
    }
    if (!act) {
        return NULL;
    }
    *parent = text_at(errand, act->parent);
    return text_at(errand, act->subject);
}

/* What a linked case says, the case at the end of its links says. */
static struct kn_case *find_root(store_txn_t *txn, const char *code)
{
    struct kn_case *kase = store_case(txn, code_parse(code));
    for (int depth = 0; kase && kase->flow == KN_FLOW_LINKED && depth < MAX_LINKS; depth++) {
        struct kn_case *next = store_case(txn, code_parse(kase->parent));
        kn_record_destroy((void **)&kase);
        kase = next;
    }
    return kase;
}

static enum kn_candidate_state state_of(store_txn_t *txn, const struct kn_case *a,
                                        const struct kn_case *b)
{
    struct kn_candidate_pair *pair =
        a && b ? store_pair(txn, (uint64_t)a->number, (uint64_t)b->number) : NULL;
    enum kn_candidate_state state = pair ? pair->state : KN_CANDIDATE_STATE_NONE;
    kn_record_destroy((void **)&pair);
    return state;
}

static void look_candidates(store_txn_t *txn, const struct kn_reading_propose *reading,
                            struct looked *out)
{
    for (size_t i = 0; i < reading->n_candidates && i < LOOK_MAX_CANDIDATES; i++) {
        struct kn_case *root = find_root(txn, reading->candidates[i].case_);
        out->roots[out->n_roots++] = root;
        out->candidates[i] =
            (struct facts_candidate){.root = root, .pair = state_of(txn, out->subject, root)};
    }
    out->facts.candidates = out->candidates;
}

static void look_parts(store_txn_t *txn, struct looked *out)
{
    uint64_t number = 0;
    enum kn_link_kind kind;
    while (out->n_parts < LOOK_MAX_PARTS &&
           store_next_related(txn, (uint64_t)out->subject->number, &number, &kind)) {
        struct kn_case *part = kind == KN_LINK_KIND_SPLIT_FROM ? store_case(txn, number) : NULL;
        if (part) {
            out->parts[out->n_parts++] = part;
        }
    }
    out->facts.parts = (const struct kn_case *const *)out->parts;
    out->facts.n_parts = out->n_parts;
}

static void look_cases(store_txn_t *txn, const struct errand *errand, struct looked *out)
{
    const char *parent, *subject = subject_of(errand, &parent);
    bool decides = errand->type == KN_TYPE_CANDIDATE_DECIDE;
    out->subject = subject ? store_case(txn, code_parse(subject)) : NULL;
    if (parent) {
        out->pair = store_pair(txn, code_parse(subject), code_parse(parent));
        out->parent = decides ? find_root(txn, parent) : store_case(txn, code_parse(parent));
    }
    if (errand->type == KN_TYPE_CASE_SATISFACTION && out->subject &&
        out->subject->flow == KN_FLOW_LINKED) { /* what is said of it is said of that one too */
        out->parent = find_root(txn, out->subject->parent);
    }
    if (errand->type == KN_TYPE_READING_PROPOSE) {
        look_candidates(txn, errand->body, out);
    }
    if (errand->type == KN_TYPE_CASE_ERASE && out->subject) {
        look_parts(txn, out);
    }
    out->facts.subject = out->subject;
    out->facts.parent = out->parent;
    out->facts.pair = out->pair;
}

/* TEXT with single blanks, in NFC; freed by the caller. NULL: no memory. */
static char *plain(const char *text)
{
    size_t size = 3 * strlen(text) + 1, n = 0;
    char *out = malloc(size);
    long length = out ? text_nfc(text, strlen(text), out, size) : -1;
    for (long i = 0; i < length; i++) {
        bool blank = strchr(" \t\r\n", out[i]) != NULL;
        if (!blank || (n && out[n - 1] != ' ')) {
            out[n++] = blank ? ' ' : out[i];
        }
    }
    if (out) {
        out[n - (n && out[n - 1] == ' ')] = '\0';
    }
    return out;
}

/* The part has the petition's day and place; its words are the act's. */
static void look_split(store_txn_t *txn, const struct kn_case_split *act, struct looked *out,
                       int64_t now)
{
    out->subject = store_case(txn, code_parse(act->case_));
    out->facts.subject = out->subject;
    look_new_case(txn, out, now);
    out->whole = out->subject ? join_content(txn, (uint64_t)out->subject->submission) : NULL;
    if (!out->whole || !out->whole->petition) {
        return; /* unknown, or erased: nothing to quote from */
    }
    char *text = plain(out->whole->petition->text), *part = plain(act->text);
    out->facts.is_quoted = text && part && *part && strstr(text, part);
    free(text);
    free(part);
    out->part = *out->whole->petition;
    out->part.text = act->text;
    out->part.field = act->field;
    out->part.area = act->area ? act->area : out->part.area;
    out->part.headline = NULL; /* person and files stay where they are: with the petition */
    out->part.person = NULL;
    out->part.n_attachments = 0;
}

static void commit_to(char hex[65], uint8_t salt[16], const uint8_t *content, size_t size)
{
    uint8_t commitment[DIGEST_SIZE];
    digest_random(salt, 16);
    digest_commit(commitment, salt, content, size);
    digest_hex(hex, commitment, sizeof commitment);
}

void look_prepare(struct errand *errand, store_t *store, uint8_t *room)
{
    size_t size = encode_content(errand, NULL, room, STORE_MAX_CONTENT);
    struct prepared *self = size ? malloc(sizeof *self + 2 * size + 64) : NULL;
    if (!self) {
        return;
    }
    memcpy(self->bytes, room, size);
    commit_to(self->commitment, self->salt, self->bytes, size);
    self->n_content = size;
    self->n_packed = store_pack_content(store, self->salt, (struct slice){self->bytes, size}, room);
    memcpy(self->bytes + size, room, self->n_packed); /* never longer than it and its salt */
    errand->prepared = self;
}

static void look_content(const struct errand *errand, struct looked *out)
{
    const struct prepared *prepared = errand->prepared;
    if (prepared) {
        out->content = prepared->bytes;
        out->n_content = prepared->n_content;
        memcpy(out->salt, prepared->salt, sizeof out->salt);
        memcpy(out->commitment, prepared->commitment, sizeof out->commitment);
    } else {
        out->content = out->room;
        out->n_content =
            encode_content(errand, out->whole ? &out->part : NULL, out->room, sizeof out->room);
        if (out->n_content) {
            commit_to(out->commitment, out->salt, out->content, out->n_content);
        }
    }
    out->has_content = out->n_content > 0;
}

void look(store_txn_t *txn, const struct errand *errand, int64_t now, struct looked *out)
{
    struct facts *facts = &out->facts;
    memset(facts, 0, sizeof *facts);
    out->batch = NULL;
    out->subject = out->parent = NULL;
    out->pair = NULL;
    out->agent = NULL;
    out->whole = NULL;
    out->n_roots = out->n_parts = 0;
    out->row_number = 0;
    facts->now = now;
    facts->actor = errand->actor;
    facts->role = errand->role;
    facts->unit = errand->unit[0] ? errand->unit : NULL;

    if (errand->type == KN_TYPE_CASE_SPLIT && !errand->head) {
        look_split(txn, errand->body, out, now);
    }
    look_content(errand, out);
    facts->commitment = out->has_content ? out->commitment : NULL;
    if (errand->head) {
        const struct kn_numbered *head = errand->head;
        look_batch(txn, out, head->batch);
        if (out->batch && head->container && strcmp(head->container, out->batch->container) == 0 &&
            head->item && strlen(head->item) <= ITEM_MAX) {
            look_row(txn, out, head->batch, head->container, head->item);
        } else { /* not a row that could be counted */
            look_clear(out);
            facts->batch = NULL;
        }
    } else if (errand->type == KN_TYPE_PETITION_SUBMIT) {
        const struct kn_petition_submit *act = errand->body;
        look_batch(txn, out, act->batch);
        look_row(txn, out, act->batch, act->container, act->item);
        look_new_case(txn, out, now);
        if (facts->row == ROW_SAME || facts->row == ROW_ELSEWHERE) {
            look_row_case(txn, out); /* perhaps it was withdrawn, and holds again */
        }
    } else if (errand->type == KN_TYPE_PETITION_REVISE) {
        const struct kn_petition_revise *act = errand->body;
        look_batch(txn, out, act->batch);
        look_row(txn, out, act->batch, act->container, act->item);
        look_row_case(txn, out);
    } else if (errand->type == KN_TYPE_PETITION_WITHDRAW) {
        const struct kn_petition_withdraw *act = errand->body;
        look_batch(txn, out, act->batch);
        look_row(txn, out, act->batch, act->container, act->item);
        look_row_case(txn, out);
    } else if (errand->type == KN_TYPE_DOCUMENT_WITHDRAW) {
        look_batch(txn, out, ((const struct kn_document_withdraw *)errand->body)->batch);
    } else if (errand->type == KN_TYPE_DOCUMENT_REPLACE) {
        const struct kn_document_replace *act = errand->body;
        look_batch(txn, out, act->replaces);
        facts->replaced = out->batch;
        look_batch(txn, out, act->batch);
    } else if (errand->type == KN_TYPE_ROW_REFUSE) {
        const struct kn_row_refuse *act = errand->body;
        look_batch(txn, out, act->batch);
        look_row(txn, out, act->batch, act->container, act->item);
    } else if (errand->type == KN_TYPE_BATCH_DECLARE) {
        look_batch(txn, out, ((const struct kn_batch_declare *)errand->body)->batch);
    } else if (gap_agent(errand)) {
        facts->agent = out->agent = store_agent(txn, gap_agent(errand));
    } else if (errand->type != KN_TYPE_CASE_SPLIT) {
        look_cases(txn, errand, out);
    }
    facts->file_missing =
        facts->row != ROW_SAME && facts->row != ROW_ELSEWHERE && !has_files(errand, out->files);
}

void look_clear(struct looked *looked)
{
    looked->batch = NULL; /* the transaction's */
    kn_record_destroy((void **)&looked->subject);
    kn_record_destroy((void **)&looked->parent);
    kn_record_destroy((void **)&looked->pair);
    kn_record_destroy((void **)&looked->agent);
    kn_record_destroy((void **)&looked->whole);
    while (looked->n_parts) {
        kn_record_destroy((void **)&looked->parts[--looked->n_parts]);
    }
    while (looked->n_roots) {
        kn_record_destroy((void **)&looked->roots[--looked->n_roots]);
    }
}
