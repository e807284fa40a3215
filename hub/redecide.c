/* redecide.c - see the header. Read redecide_run at the end first, then pass_entry. */
#include "hub/redecide.h"

#include "hub/apply.h"
#include "hub/compare.h"
#include "hub/digest.h"
#include "hub/log.h"
#include "hub/look.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART = 500,         /* entries in one transaction */
    FORMER_MS = 60000,  /* as long as a message may wait for the writer */
    MAX_REGISTERS = 64, /* files of one version */
    HUB_ROLE = KN_ROLE_NONE
};

const char *const redecide_whys[REDECIDE_N_WHYS] = {
    [REDECIDE_RULES] = "former_rules",
    [REDECIDE_REGISTERS] = "former_registers",
    [REDECIDE_ERASED] = "erased",
    [REDECIDE_UNKEPT] = "refused_and_not_kept",
};

struct walk {
    const struct redecide_options *options;
    struct redecide_result *out;
    store_txn_t *old, *fresh; /* read; written */
    registers_t *registers;   /* in force at this entry; NULL: they cannot be had */
    uint64_t last;
    struct kn_agent *former; /* owned: who was admitted anew last, as he was before; NULL */
    int64_t former_until;
    struct looked looked;
    struct decision decision;
    uint8_t events[LOG_MAX_ENTRY];
};

/* One entry, with what was rebuilt of its input. */
struct input {
    struct log_entry entry;
    struct kn_event *first; /* of the logged events */
    char committed[65];     /* what one of them committed to; "": nothing */
    void *command;          /* owned; NULL: the message could not be read */
    struct kn_content
        *content;        /* owned; as kept under the entry, or of the row it was the same as */
    char commitment[65]; /* of the entry's own content, as it is kept; "": it is not */
    struct errand errand;
    struct kn_numbered head;
    struct kn_case *due[RULES_MAX_TICK];
    size_t n_due;
};

static void tell(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct walk *walk, const char *format, ...)
{
    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    walk->options->tell(walk->options->arg, line);
}

/* ---- registers ------------------------------------------------------------------------------- */

/* Loads the registers of VERSION from the store; NULL when they are not there or not readable. */
static void load_registers(struct walk *walk, const char *version)
{
    struct registers_file files[MAX_REGISTERS];
    char names[MAX_REGISTERS][64], name[64] = "", why[300];
    size_t n = 0;
    uint32_t piece = 0;
    struct slice part;
    bool good = true;
    registers_close(&walk->registers);
    while (good && store_next_register(walk->old, version, name, &piece, &part)) {
        if (!n || strcmp(names[n - 1], name) != 0) {
            good = n < MAX_REGISTERS;
            if (good) {
                memcpy(names[n], name, sizeof name);
                files[n] = (struct registers_file){.name = names[n]};
                n++;
            }
        }
        char *bytes =
            good ? realloc((void *)(uintptr_t)files[n - 1].bytes, files[n - 1].size + part.size + 1)
                 : NULL;
        if ((good = bytes != NULL)) {
            memcpy(bytes + files[n - 1].size, part.bytes, part.size);
            files[n - 1].bytes = bytes;
            files[n - 1].size += part.size;
        }
    }
    if (good && n) {
        (void)registers_load(&walk->registers, files, n, why, sizeof why);
    }
    while (n) {
        free((void *)(uintptr_t)files[--n].bytes);
    }
    if (walk->registers && strcmp(registers_version(walk->registers), version) != 0) {
        registers_close(&walk->registers); /* not the bytes of that day */
    }
}

/* ---- the input ------------------------------------------------------------------------------- */

/* Role and unit of the speaker, as the agents stand before the entry. */
static void give_role(struct walk *walk, struct input *in)
{
    struct errand *errand = &in->errand;
    snprintf(errand->actor, sizeof errand->actor, "%s", in->first->actor);
    struct kn_agent *agent =
        in->entry.transport ? store_agent(walk->fresh, errand->actor) : NULL; /* else the hub's */
    errand->role = agent ? agent->role : HUB_ROLE;
    snprintf(errand->unit, sizeof errand->unit, "%s", agent && agent->unit ? agent->unit : "");
    kn_record_destroy((void **)&agent);
}

static bool brings_petition(enum kn_type type)
{
    return type == KN_TYPE_PETITION_SUBMIT || type == KN_TYPE_PETITION_REVISE;
}

/* A petition that was the same as the known one leaves no content of its own: it is that one's. */
static void take_known_petition(struct walk *walk, struct input *in)
{
    struct store_row row;
    uint8_t id[16];
    const struct kn_petition_submit *act = in->command;
    const struct kn_petition_revise *revise = in->command;
    bool submits = in->entry.type == KN_TYPE_PETITION_SUBMIT;
    const char *container = submits ? act->container : revise->container;
    const char *item = submits ? act->item : revise->item;
    uint8_t salt[16];
    struct slice record;
    void *block = NULL;
    if (digest_from_hex(id, sizeof id, container) == KN_OK &&
        store_row(walk->fresh, id, item, &row) &&
        store_content(walk->fresh, row.event, salt, &record) &&
        stored_decode(&block, KN_SCHEMA_CONTENT, record.bytes, record.size) == KN_OK) {
        in->content = block;
    }
}

/* What is personal, where it is still there. False: no memory, or a record that is damaged. */
static bool give_content(struct walk *walk, struct input *in)
{
    static const struct kn_petition nothing = {.text = ""};
    uint8_t salt[16], digest[32];
    struct slice record;
    void *block = NULL;
    if (store_content(walk->old, in->entry.sequence, salt, &record)) {
        if (stored_decode(&block, KN_SCHEMA_CONTENT, record.bytes, record.size)) {
            return false;
        }
        in->content = block;
        digest_commit(digest, salt, record.bytes, record.size);
        digest_hex(in->commitment, digest, sizeof digest);
    } else if (brings_petition(in->entry.type)) {
        take_known_petition(walk, in);
    }
    if (in->content) {
        look_give_back(in->entry.type, in->command, in->content);
    } else if (brings_petition(in->entry.type)) {
        look_give_back(in->entry.type, in->command, &(struct kn_content){.petition = &nothing});
    }
    return true;
}

/* The message, or what was saved of one that could not be read. False: it cannot be decoded. */
static bool give_message(struct walk *walk, struct input *in)
{
    struct errand *errand = &in->errand;
    errand->type = in->entry.type;
    if (!in->entry.command.size) {
        const struct kn_event *first = in->first;
        in->head = (struct kn_numbered){.sequence = 1,
                                        .batch = first->batch,
                                        .container = first->container,
                                        .item = first->item,
                                        .row = first->row,
                                        .has_row = first->has_row};
        errand->head = &in->head;
        errand->code = first->code;
        snprintf(errand->field, sizeof errand->field, "%s", first->fault ? first->fault : "");
        return true;
    }
    if (stored_decode(&in->command, kn_type_schema(in->entry.type), in->entry.command.bytes,
                      in->entry.command.size) ||
        !give_content(walk, in)) {
        return false;
    }
    errand->body = in->command;
    return true;
}

static void clear(struct input *in)
{
    kn_record_destroy((void **)&in->first);
    kn_record_destroy(&in->command);
    kn_record_destroy((void **)&in->content);
    while (in->n_due) {
        kn_record_destroy((void **)&in->due[--in->n_due]);
    }
}

/* ---- deciding again -------------------------------------------------------------------------- */

/* Why it cannot be decided again; REDECIDE_N_WHYS: it can. */
static enum redecide_why left_out(const struct walk *walk, const struct input *in)
{
    enum kn_type type = in->entry.type;
    bool needs_words =
        brings_petition(type) || type == KN_TYPE_CASE_SPLIT || type == KN_TYPE_BATCH_DECLARE;
    bool is_kept = in->commitment[0] != '\0';
    if (in->entry.decider != RULES_VERSION) {
        return REDECIDE_RULES;
    }
    if (!walk->registers && type != KN_TYPE_AGENT_REVOKE) {
        return REDECIDE_REGISTERS;
    }
    if (in->command && in->committed[0] && !is_kept && needs_words) {
        return REDECIDE_ERASED;
    }
    if (in->command && in->entry.verdict == KN_VERDICT_REFUSED && type == KN_TYPE_CASE_SPLIT) {
        return REDECIDE_UNKEPT;
    }
    return REDECIDE_N_WHYS;
}

static void look_at_due(struct walk *walk, struct input *in)
{
    const struct kn_clock_tick *tick = in->command; /* a review has the same form */
    for (size_t i = 0; i < tick->n_cases && in->n_due < RULES_MAX_TICK; i++) {
        struct kn_case *kase = store_case(walk->fresh, code_parse(tick->cases[i]));
        if (kase) {
            in->due[in->n_due++] = kase;
        }
    }
    walk->looked.facts.due = (const struct kn_case *const *)in->due;
    walk->looked.facts.n_due = in->n_due;
}

/* HAS_WORDS: the message came with what is personal, kept or not. */
static void decide_again(struct walk *walk, struct input *in, bool has_words)
{
    struct errand *errand = &in->errand;
    struct looked *looked = &walk->looked;
    struct facts *facts = &looked->facts;
    look(walk->fresh, errand, in->entry.at, looked);
    facts->registers = walk->registers;
    facts->file_missing = !errand->head && in->first->code == KN_CODE_UNKNOWN_FILE;
    facts->commitment = in->commitment[0]  ? in->commitment
                        : in->committed[0] ? in->committed
                        : has_words        ? "kept by nobody"
                                           : NULL;
    const struct kn_numbered nobody = {.sequence = 1};
    if (in->entry.type == KN_TYPE_CLOCK_TICK || in->entry.type == KN_TYPE_CLOCK_REVIEW) {
        look_at_due(walk, in);
        decide(&walk->decision, facts, errand->type, errand->body);
    } else if (errand->head) {
        decide_unreadable(&walk->decision, facts, errand->head, errand->code, errand->field);
    } else if (!look_admission(walk->fresh, errand)) {
        decide_unreadable(&walk->decision, facts, &nobody, errand->code, errand->field);
    } else {
        decide(&walk->decision, facts, errand->type, errand->body);
    }
    looked->facts.due = NULL;
}

/* The decision says what the entry says. */
static bool is_same(struct walk *walk, const struct input *in)
{
    const struct log_entry *entry = &in->entry;
    struct decision *decision = &walk->decision;
    if (decision->verdict != entry->verdict || decision->n_events != entry->n_events) {
        return false;
    }
    size_t size = log_write_events(walk->events, sizeof walk->events, entry, in->first->actor,
                                   decision->events, decision->n_events);
    return size == entry->events.size && memcmp(walk->events, entry->events.bytes, size) == 0;
}

/* Names the first event that the rules decide otherwise. */
static void tell_difference(struct walk *walk, const struct input *in)
{
    const struct log_entry *entry = &in->entry;
    const struct decision *decision = &walk->decision;
    const uint8_t *was = entry->events.bytes, *now = walk->events;
    const char *type = kn_type_name(entry->type);
    if (decision->verdict != entry->verdict || decision->n_events != entry->n_events) {
        tell(walk,
             "decision: event %" PRIu64
             ", %s by %s: %s with %zu events; decided again: %s with %zu",
             entry->sequence, type, in->first->actor,
             kn_enum_text(KN_ENUM_VERDICT, (int)entry->verdict), entry->n_events,
             kn_enum_text(KN_ENUM_VERDICT, (int)decision->verdict), decision->n_events);
        return;
    }
    for (size_t i = 0; i < entry->n_events; i++) {
        size_t n_was = (size_t)was[0] << 8 | was[1], n_now = (size_t)now[0] << 8 | now[1];
        if (n_was != n_now || memcmp(was, now, 2 + n_was) != 0) {
            const struct kn_event *event = &decision->events[i];
            tell(walk,
                 "decision: event %" PRIu64 ", %s by %s: the rules decide it otherwise (%s%s%s)",
                 entry->sequence + i, type, in->first->actor,
                 kn_enum_text(KN_ENUM_EVENT_KIND, (int)event->kind), event->case_ ? " " : "",
                 event->case_ ? event->case_ : "");
            return;
        }
        was += 2 + n_was;
        now += 2 + n_now;
    }
}

/* The transport key of the entry answers what was decided. */
static void check_answer(struct walk *walk, const struct input *in)
{
    struct store_answer answer;
    const char *subject = walk->decision.subject;
    if (!store_answer(walk->old, in->first->actor, in->entry.instance, in->entry.transport,
                      &answer) ||
        answer.event != in->entry.sequence || answer.verdict != in->entry.verdict ||
        answer.case_number != (subject ? code_parse(subject) : 0)) {
        walk->out->n_state_differs++;
        tell(walk, "state: the key of event %" PRIu64 " does not answer what was decided",
             in->entry.sequence);
    }
}

/* What was on its way when its speaker was admitted anew was judged by what he was before. */
static bool give_former_role(struct walk *walk, struct input *in)
{
    const struct kn_agent *former = walk->former;
    if (!former || !in->entry.transport || strcmp(former->agent, in->errand.actor) != 0 ||
        in->entry.at > walk->former_until + FORMER_MS) {
        return false;
    }
    in->errand.role = former->role;
    snprintf(in->errand.unit, sizeof in->errand.unit, "%s", former->unit ? former->unit : "");
    return true;
}

static void redecide(struct walk *walk, struct input *in)
{
    struct redecide_result *out = walk->out;
    enum redecide_why left = left_out(walk, in);
    if (left != REDECIDE_N_WHYS) {
        out->n_left[left]++;
        return;
    }
    bool was_refused = in->entry.verdict == KN_VERDICT_REFUSED && in->command;
    decide_again(walk, in, false);
    bool same = is_same(walk, in);
    if (!same && was_refused) { /* whether it came with words is not on record */
        look_clear(&walk->looked);
        decide_again(walk, in, true);
        same = is_same(walk, in);
    }
    if (!same && give_former_role(walk, in)) {
        look_clear(&walk->looked);
        decide_again(walk, in, false);
        same = is_same(walk, in);
    }
    out->n_same += same;
    out->n_different += !same;
    if (!same) {
        tell_difference(walk, in);
    } else if (in->entry.transport) {
        check_answer(walk, in);
    }
    look_clear(&walk->looked);
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* EVENT admits somebody: what he was before it. */
static void keep_former(struct walk *walk, const struct kn_event *event)
{
    struct kn_agent *before = store_agent(walk->fresh, event->agent);
    if (before) {
        kn_record_destroy((void **)&walk->former);
        walk->former = before;
        walk->former_until = event->at;
    }
}

/* Takes the entry into the fresh store, as it stands in the log. */
static void enter(struct walk *walk, const struct input *in, struct slice bytes)
{
    uint8_t salt[16];
    struct slice record;
    store_append_entry(walk->fresh, in->entry.sequence, bytes);
    store_put_number(walk->fresh, "last_event", in->entry.sequence + in->entry.n_events - 1);
    if (store_content(walk->old, in->entry.sequence, salt, &record)) {
        store_put_content(walk->fresh, in->entry.sequence, salt, record);
    }
    for (size_t i = 0; i < in->entry.n_events; i++) {
        struct kn_event *event = NULL;
        int rc = log_event(&event, &in->entry, in->entry.sequence + i);
        if (rc) {
            store_fail(walk->fresh, rc);
        } else {
            if (event->kind == KN_EVENT_KIND_AGENT_ADMITTED) {
                keep_former(walk, event);
            }
            apply(walk->fresh, event);
        }
        kn_record_destroy((void **)&event);
    }
}

/* Reads the first event, and what one of them committed to. */
static int read_events(struct input *in)
{
    int rc = log_event(&in->first, &in->entry, in->entry.sequence);
    for (size_t i = 0; !rc && i < in->entry.n_events && !in->committed[0]; i++) {
        struct kn_event *event = NULL;
        rc = log_event(&event, &in->entry, in->entry.sequence + i);
        snprintf(in->committed, sizeof in->committed, "%s",
                 event && event->commitment ? event->commitment : "");
        kn_record_destroy((void **)&event);
    }
    return rc;
}

/* The entry at *NEXT: decided again, then applied; *NEXT moves behind it. */
static int pass_entry(struct walk *walk, uint64_t *next)
{
    struct input in = {.n_due = 0};
    struct slice bytes;
    uint64_t first;
    if (!store_entry(walk->old, *next, &first, &bytes) || first != *next) {
        return KN_E_CORRUPT;
    }
    int rc = log_read(&in.entry, bytes);
    rc = rc ? rc : read_events(&in);
    if (!rc && in.first->kind == KN_EVENT_KIND_REGISTER_LOADED && in.first->registers) {
        load_registers(walk, in.first->registers);
    }
    if (!rc) {
        walk->out->n_decisions++;
        give_role(walk, &in);
        if (give_message(walk, &in)) {
            redecide(walk, &in);
        } else {
            walk->out->n_different++;
            tell(walk, "decision: event %" PRIu64 ": its message cannot be read", *next);
        }
        enter(walk, &in, bytes);
        *next += in.entry.n_events;
        rc = store_error(walk->fresh);
    }
    clear(&in);
    return rc ? rc : store_error(walk->old);
}

static int walk_log(struct walk *walk, store_t *fresh)
{
    int rc = KN_OK;
    for (uint64_t next = 1; !rc && next <= walk->last;) {
        walk->fresh = store_begin(fresh, STORE_WRITE);
        for (int i = 0; !rc && i < PART && next <= walk->last; i++) {
            rc = pass_entry(walk, &next);
        }
        rc = rc ? rc : store_commit(&walk->fresh);
        store_abort(&walk->fresh);
        if (walk->options->progress) {
            walk->options->progress(walk->options->arg, next - 1, walk->last);
        }
    }
    return rc;
}

static int compare_states(struct walk *walk, store_t *fresh)
{
    struct compare_result result;
    walk->fresh = store_begin(fresh, STORE_READ);
    int rc = compare_run(&result, walk->old, walk->fresh, walk->options->tell, walk->options->arg);
    walk->out->n_compared = result.n_records;
    walk->out->n_state_differs += result.n_differences;
    store_abort(&walk->fresh);
    return rc;
}

int redecide_run(struct redecide_result *out, store_t *store,
                 const struct redecide_options *options, char *why, size_t why_size)
{
    struct walk *walk = calloc(1, sizeof *walk);
    store_t *fresh = NULL;
    const struct store_options where = {.folder = options->scratch};
    *out = (struct redecide_result){.n_decisions = 0};
    why[0] = '\0';
    int rc = walk ? store_open(&fresh, &where, why, why_size) : KN_E_NOMEM;
    if (!rc) {
        walk->options = options;
        walk->out = out;
        walk->old = store_begin(store, STORE_READ);
        walk->last = log_last(walk->old);
        rc = walk_log(walk, fresh);
        rc = rc ? rc : compare_states(walk, fresh);
        store_abort(&walk->old);
        registers_close(&walk->registers);
        kn_record_destroy((void **)&walk->former);
    }
    if (rc && !why[0]) {
        snprintf(why, why_size, "%s", kn_status_text(rc));
    }
    store_close(&fresh);
    free(walk);
    return rc;
}
