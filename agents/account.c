/* account.c - what became of the rows: receipts, and one summary for each batch.
 *
 * A part is what one file gave to one batch; its number is in the tag of each message, so that a
 * receipt finds its file. An account is a batch of this run, over all its parts; it is told when
 * nothing waits any more. The outbox keeps under "b:BATCH" how many items of a batch were ever put
 * into it, so that a day of messages counts what earlier runs sent, and under "f:TAG" a file's name
 * for rows that a later run hears of.
 *
 * A row that was refused here is told with its receipt, so that lines come in the order of rows.
 */
#include "agents/agent_internal.h"

#include <inttypes.h>
#include <string.h>

/* Why a row was refused, in the agent's own words. */
struct saying {
    struct saying *next;
    int64_t row;
    const char *words; /* of the import; or NULL */
};

/* ---- accounts ------------------------------------------------------------------------------ */

static void batch_key(char out[40], const char *batch)
{
    snprintf(out, 40, "b:%s", batch);
}

struct account *account_open(kn_agent_t *self, const struct kn_batch_declare *declare,
                             const char *file)
{
    struct account **end = &self->accounts;
    char key[40];
    const void *value;
    size_t size;
    while (*end && strcmp((*end)->batch, declare->batch) != 0)
        end = &(*end)->next;
    if (!*end) {
        *end = agent_alloc(sizeof **end);
        snprintf((*end)->batch, sizeof(*end)->batch, "%s", declare->batch);
        (*end)->title = declare->title ? agent_copy(declare->title) : NULL;
        (*end)->file = agent_copy(file);
        batch_key(key, declare->batch);
        if (kn_client_get(self->client, &value, &size, key) == KN_OK &&
            size == sizeof(*end)->n_known)
            memcpy(&(*end)->n_known, value, size);
    }
    return *end;
}

int account_save(kn_agent_t *self, const struct account *account)
{
    char key[40];
    batch_key(key, account->batch);
    return kn_client_put(self->client, key, &account->n_known, sizeof account->n_known);
}

static void free_account(struct account *account)
{
    free(account->title);
    free(account->file);
    free(account);
}

void account_tell(kn_agent_t *self)
{
    for (struct account **at = &self->accounts; *at;) {
        struct account *account = *at;
        const struct part *part = self->parts;
        while (part && part->account != account)
            part = part->next;
        if (part) {
            at = &account->next;
            continue;
        }
        report_batch(self, account);
        *at = account->next;
        free_account(account);
    }
}

/* ---- parts --------------------------------------------------------------------------------- */

uint64_t account_tag(const kn_agent_t *self, const struct part *part)
{
    return (uint64_t)self->run << 32 | part->id;
}

static void name_key(char out[20], uint64_t tag)
{
    snprintf(out, 20, "f:%016" PRIx64, tag);
}

int account_part(kn_agent_t *self, struct part **out, struct account *account,
                 struct import *import)
{
    struct part *part = *out = agent_alloc(sizeof *part);
    char key[20];
    if (self->last_part)
        self->last_part->next = part;
    else
        self->parts = part;
    self->last_part = part;
    part->id = ++self->n_parts;
    part->n_pending = 1;
    part->account = account;
    part->import = import;
    import->n_open++;
    name_key(key, account_tag(self, part));
    return kn_client_put(self->client, key, import->name, strlen(import->name));
}

void account_say(struct part *part, int64_t row, const char *words)
{
    struct saying *saying = agent_alloc(sizeof *saying);
    saying->row = row;
    saying->words = words;
    if (part->last_saying)
        part->last_saying->next = saying;
    else
        part->sayings = saying;
    part->last_saying = saying;
}

static void free_saying(struct part *part)
{
    struct saying *saying = part->sayings;
    part->sayings = saying->next;
    if (!part->sayings)
        part->last_saying = NULL;
    free(saying);
}

/* Takes the part at *AT out of the list. */
static void remove_part(kn_agent_t *self, struct part **at)
{
    struct part *part = *at;
    *at = part->next;
    if (part == self->last_part) {
        self->last_part = self->parts;
        while (self->last_part && self->last_part->next)
            self->last_part = self->last_part->next;
    }
    while (part->sayings)
        free_saying(part);
    part->import->n_open--;
    free(part);
}

/* One message less of the part at *AT waits. */
static void settle_part(kn_agent_t *self, struct part **at)
{
    char key[20];
    if (--(*at)->n_pending > 0)
        return;
    name_key(key, account_tag(self, *at));
    kn_client_put(self->client, key, NULL, 0); /* a failure shows at the commit */
    remove_part(self, at);
}

void account_written(kn_agent_t *self, uint32_t first)
{
    for (struct part **at = &self->parts; *at;) {
        struct part *part = *at;
        if (part->id >= first)
            settle_part(self, at);
        if (*at == part)
            at = &part->next;
    }
}

void account_forget_parts(kn_agent_t *self, uint32_t first)
{
    for (struct part **at = &self->parts; *at;)
        if ((*at)->id >= first)
            remove_part(self, at);
        else
            at = &(*at)->next;
}

/* ---- earlier runs -------------------------------------------------------------------------- */

/* The name of the file of an earlier run's row. */
static const char *earlier_name(kn_agent_t *self, char out[256], uint64_t tag)
{
    char key[20];
    const void *value;
    size_t size;
    name_key(key, tag);
    if (kn_client_get(self->client, &value, &size, key) != KN_OK)
        return KN_TR(self, "(lần chạy trước)", "(earlier run)");
    snprintf(out, 256, "%.*s", (int)size, (const char *)value);
    return out;
}

struct keys {
    char keys[64][20];
    size_t n;
};

static int add_key(void *arg, const char *key, const void *value, size_t size)
{
    struct keys *keys = arg;
    (void)value;
    (void)size;
    snprintf(keys->keys[keys->n++], sizeof keys->keys[0], "%s", key);
    return keys->n == sizeof keys->keys / sizeof keys->keys[0] ? KN_E_FULL : KN_OK;
}

int account_forget_past(kn_agent_t *self)
{
    struct keys keys;
    int rc;
    do {
        keys.n = 0;
        rc = kn_client_each(self->client, "f:", add_key, &keys);
        for (size_t i = 0; i < keys.n && (rc == KN_OK || rc == KN_E_FULL); i++) {
            int put = kn_client_put(self->client, keys.keys[i], NULL, 0);
            rc = put != KN_OK ? KN_E_IO : rc;
        }
    } while (rc == KN_E_FULL);
    return rc;
}

/* ---- receipts ------------------------------------------------------------------------------ */

struct place {
    const char *container, *item, *sheet;
    int64_t row;
};

/* Which row a message is about; false for a declaration. */
static bool place_of(struct place *out, const struct kn_message *sent)
{
    if (sent->type == KN_TYPE_PETITION_SUBMIT) {
        const struct kn_petition_submit *body = sent->body;
        *out = (struct place){body->container, body->item, body->sheet, body->row};
    } else if (sent->type == KN_TYPE_PETITION_REVISE) {
        const struct kn_petition_revise *body = sent->body;
        *out = (struct place){body->container, body->item, body->sheet, body->row};
    } else if (sent->type == KN_TYPE_ROW_REFUSE) {
        const struct kn_row_refuse *body = sent->body;
        *out = (struct place){body->container, body->item, body->sheet, body->row};
    } else {
        return false;
    }
    return true;
}

static void count(struct counts *counts, const struct kn_message *sent, enum kn_verdict verdict)
{
    if (sent->type == KN_TYPE_ROW_REFUSE)
        counts->refused++;
    else if (verdict == KN_VERDICT_STORED)
        counts->stored++;
    else if (verdict == KN_VERDICT_REPEATED)
        counts->repeated++;
    else if (verdict == KN_VERDICT_CONFLICT)
        counts->conflict++;
    else
        counts->refused++;
}

/* A row that was refused before it was sent. What the hub says of it matters only when it is no. */
static void tell_refused(kn_agent_t *self, struct part *part, const char *file,
                         const struct place *place, const struct kn_row_refuse *body,
                         const struct kn_receipt *receipt)
{
    const char *words = NULL;
    bool is_known = part && part->sayings && part->sayings->row == place->row;
    if (is_known)
        words = part->sayings->words;
    if (receipt->verdict == KN_VERDICT_REFUSED)
        report_row(self, file, place->sheet, place->row, place->item, KN_VERDICT_REFUSED,
                   receipt->case_, receipt->code, receipt->field, receipt->reason, false);
    else
        report_row(self, file, place->sheet, place->row, place->item, KN_VERDICT_REFUSED, NULL,
                   body->code, body->field, words, words != NULL);
    if (part && words)
        files_refused(part->import, place->sheet, place->row, words, NULL);
    else if (part)
        files_refused(part->import, place->sheet, place->row, kn_agent_code_words(self, body->code),
                      kn_agent_remedy(self, body->code));
    if (is_known)
        free_saying(part);
}

static void take_row(kn_agent_t *self, struct part *part, const char *file,
                     const struct place *place, const struct kn_message *sent,
                     const struct kn_receipt *receipt)
{
    enum kn_code code = receipt->verdict == KN_VERDICT_CONFLICT && receipt->code == KN_CODE_NONE
                            ? KN_CODE_CHANGED_CONTENT
                            : receipt->code;
    count(&self->total, sent, receipt->verdict);
    if (part)
        count(&part->account->counts, sent, receipt->verdict);
    self->n_final += part != NULL;
    if (sent->type == KN_TYPE_ROW_REFUSE) {
        tell_refused(self, part, file, place, sent->body, receipt);
        return;
    }
    items_answer(self, place->container, place->item,
                 receipt->verdict == KN_VERDICT_REFUSED ? ANSWER_REFUSED : ANSWER_TAKEN);
    report_row(self, file, place->sheet, place->row, place->item, receipt->verdict, receipt->case_,
               code, receipt->field, receipt->reason, false);
    if (part && (receipt->verdict == KN_VERDICT_REFUSED || receipt->verdict == KN_VERDICT_CONFLICT))
        files_refused(part->import, place->sheet, place->row, kn_agent_code_words(self, code),
                      kn_agent_remedy(self, code));
    int rc = self->spec->on_row ? self->spec->on_row(self, sent, receipt) : KN_OK;
    if (rc != KN_OK)
        link_fail(self, link_exit_code(rc));
}

void account_receipt(kn_agent_t *self, uint64_t tag, const struct kn_message *sent,
                     const struct kn_receipt *receipt)
{
    struct place place;
    char name[256];
    struct part **at = &self->parts;
    while (*at && (tag >> 32 != self->run || (*at)->id != (uint32_t)tag))
        at = &(*at)->next;
    struct part *part = *at;
    const char *file = part ? part->import->name : earlier_name(self, name, tag);
    if (place_of(&place, sent)) {
        take_row(self, part, file, &place, sent, receipt);
    } else if (receipt->verdict == KN_VERDICT_REFUSED) {
        char room[400];
        self->total.refused++;
        kn_agent_fault(self, file, receipt->code, receipt->field,
                       receipt->reason
                           ? kn_agent_reason_words(self, room, sizeof room, receipt->reason)
                           : kn_agent_code_words(self, receipt->code));
    }
    if (part)
        settle_part(self, at);
    report_progress(self);
}

void account_clear(kn_agent_t *self)
{
    account_forget_parts(self, 0);
    while (self->accounts) {
        struct account *account = self->accounts;
        self->accounts = account->next;
        free_account(account);
    }
}
