/* reading.c - the follower of the log: what does this petition say, and who said it before?
 *
 * A petition is read by hub/text. Field and place are taken from the text where the sender gave
 * none. Candidates are what the memory index finds; whether one is the same word for word is looked
 * up in the store by a hash of its words. The sender's place is no part of what is compared: all of
 * a meeting have the same one. All that is a record of scores and reasons, and the rules decide on
 * it (rules_reading.c), where areas that do not meet are a veto.
 *
 * The packed reading goes to the store in the commit of its proposal, so what the store keeps and
 * what was proposed never part. At the start the index is filled from there in case order, some
 * thousand at a time; what cannot be used (never kept, damaged, of another form) is read again. The
 * log is followed only behind that: a petition that arrives meanwhile waits for the whole index.
 *
 * When the lexicons are others than those that the kept readings were made with, each petition is
 * read again, a few at a time and only while nothing new waits. How far that has come lies in the
 * store: a hub that is killed goes on there, and one that finds yet other lexicons begins anew.
 */
#include "hub/reading.h"

#include "hub/calendar.h"
#include "hub/code.h"
#include "hub/digest.h"
#include "hub/join.h"
#include "hub/log.h"
#include "hub/text/pack.h"
#include "hub/text/text.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    VERSION_SIZE = 40,
    MATCHES = 5,    /* of the index that are looked at */
    CANDIDATES = 8, /* proposed of one petition: with the cases that those are linked to */
    RECENT = 4096,  /* petitions whose reading may be on its way to the store; a power of two */
    MAX_LINKS = 16, /* that are followed */
    NICENESS = 10,  /* receipts and deliveries come first */
    PORTION = 2048, /* readings taken from the store in one transaction */
    RENEWED = 32,   /* petitions that are read again at a time, and the pause behind them */
    RENEW_PAUSE_MS = 50,
};

/* A field is taken from the text when it is this much surer than the next. */
static const float SURE_FIELD = 0.45f, SURE_LEAD = 1.5f;

/* The words of a petition by its case number: the store may not have them yet. */
struct recent {
    uint64_t number;
    uint8_t words[16];
    bool is_remade; /* what the store has of it may be damaged still */
};

struct reading_stage {
    text_t *text;
    text_index_t *index;        /* of the thread */
    char version[VERSION_SIZE]; /* of reader and lexicons, for the proposals */
    store_t *store;
    const registers_t *registers;
    reading_hand_fn *hand;
    void *arg;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool work, stop; /* under lock */
    uint64_t at;     /* last event looked at */
    struct reading_pass pass;
    struct recent recent[RECENT];
    atomic_ullong index_bytes, index_readings, to_index, rebuild_ms, to_renew;
    atomic_llong behind_since;
};

/* ---- what a petition says -------------------------------------------------------------------- */

/* The words of TEXT, blanks single, hashed. */
static void hash_words(uint8_t out[16], const char *text)
{
    size_t length = strlen(text), n = 0;
    char *words = malloc(length + 1);
    uint8_t hash[DIGEST_SIZE];
    for (size_t i = 0; words && i < length; i++) {
        bool blank = text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r';
        if (!blank) {
            words[n++] = text[i];
        } else if (n && words[n - 1] != ' ') {
            words[n++] = ' ';
        }
    }
    digest_sha256(hash, words ? words : text, words ? n - (n && words[n - 1] == ' ') : length);
    memcpy(out, hash, 16);
    free(words);
}

/* The field that the text speaks of, when it is sure enough; NULL. */
static const char *field_of(const struct reading *reading)
{
    const struct field_guess *guess = reading->fields;
    bool sure = reading->n_fields && guess[0].score >= SURE_FIELD &&
                (reading->n_fields == 1 || guess[0].score >= SURE_LEAD * guess[1].score);
    return sure ? guess[0].code : NULL;
}

/* The one ward or commune of today that the text names; NULL: none, or several. */
static const char *area_of(const struct reading *reading)
{
    const char *found = NULL;
    for (size_t i = 0; i < reading->n_places; i++) {
        const struct place *place = &reading->places[i];
        if (place->type != PLACE_WARD || !place->code || strncmp(place->code, "2025:", 5) != 0) {
            continue;
        }
        if (found && strcmp(found, place->code) != 0) {
            return NULL;
        }
        found = place->code;
    }
    return found;
}

/* Fills what the sender left open from the text itself. */
static void complete(struct kn_reading_propose *what, const struct reading *reading)
{
    what->field = what->field ? what->field : field_of(reading);
    what->area = what->area ? what->area : area_of(reading);
    what->says_again = reading->says_again;
    if (reading->n_fields) {
        what->field_score = (int64_t)(reading->fields[0].score * 1000);
        what->has_field_score = true;
    }
    what->second_field = reading->n_fields > 1 ? reading->fields[1].code : NULL;
}

/* ---- who said it before ---------------------------------------------------------------------- */

struct found {
    struct match matches[CANDIDATES];
    size_t n_matches;
    struct kn_candidate candidates[CANDIDATES];
    char codes[CANDIDATES][CODE_SIZE], whys[CANDIDATES][TEXT_MAX_WHY];
    size_t n;
};

static int64_t thousandths(float score)
{
    return score < 0 ? -1 : (int64_t)(score * 1000 + 0.5f);
}

static void add_score(int64_t *value, bool *has, float score)
{
    *value = thousandths(score);
    *has = true;
}

static enum kn_match_verdict verdict_of(enum text_verdict verdict)
{
    return verdict == TEXT_SAME       ? KN_MATCH_VERDICT_SAME
           : verdict == TEXT_POSSIBLE ? KN_MATCH_VERDICT_POSSIBLE
                                      : KN_MATCH_VERDICT_NEW;
}

/* What is kept of case NUMBER: the hash of its words in OUT (zeros when there is none). False: it
 * was erased since it was read, which the index may not know yet. */
static bool find_kept(struct reading_stage *self, store_txn_t *txn, uint64_t number,
                      uint8_t out[16])
{
    const struct recent *recent = &self->recent[number & (RECENT - 1)];
    struct store_reading kept;
    bool is_recent = recent->number == number;
    bool is_stored = !(is_recent && recent->is_remade) && store_reading(txn, number, &kept);
    memset(out, 0, 16);
    if (is_stored || is_recent) {
        memcpy(out, is_stored ? kept.words : recent->words, 16);
    }
    return !is_stored || kept.packed.size > 0;
}

/* WHY without the number of a house: it lies in the log, where nothing is erased. */
static void leave_out_house(char out[TEXT_MAX_WHY], const char *why)
{
    static const char house[] = "số nhà ";
    const char *at = strstr(why, house);
    size_t before = at ? (size_t)(at - why) + sizeof house - 2 : 0; /* without the blank */
    size_t behind = at ? before + 1 + strcspn(why + before + 1, " ,") : 0;
    snprintf(out, TEXT_MAX_WHY, "%.*s%s", (int)before, why, why + behind);
}

/* The case that NUMBER is linked to in the end; 0: none. */
static uint64_t find_root(store_txn_t *txn, uint64_t number)
{
    uint64_t root = 0;
    for (int depth = 0; depth < MAX_LINKS; depth++) {
        struct kn_case *kase = store_case(txn, root ? root : number);
        bool is_linked = kase && kase->flow == KN_FLOW_LINKED;
        root = is_linked ? code_parse(kase->parent) : root;
        kn_record_destroy((void **)&kase);
        if (!is_linked) {
            break;
        }
    }
    return root;
}

static bool has_match(const struct found *found, size_t n, uint64_t number)
{
    for (size_t i = 0; i < n; i++) {
        if (found->matches[i].id == number) {
            return true;
        }
    }
    return false;
}

/* Compares READING with what case NUMBER said, and takes it in as one more match. */
static void compare_with(struct reading_stage *self, store_txn_t *txn,
                         const struct reading *reading, uint64_t number, struct found *out)
{
    struct store_reading kept;
    struct unpacked unpacked;
    if (store_reading(txn, number, &kept) &&
        !pack_undo(self->text, kept.packed.bytes, kept.packed.size, &unpacked)) {
        struct match *match = &out->matches[out->n_matches++];
        match->id = number;
        text_compare(self->text, reading, &unpacked.reading, &match->comparison);
    }
}

/* A match that is linked says what the end of its links says: that is compared as well, so that
 * the rules can see whether the two are apart. */
static void find_matches(struct reading_stage *self, store_txn_t *txn,
                         const struct reading *reading, struct slice packed, struct found *out)
{
    size_t n = out->n_matches =
        text_index_find(self->index, packed.bytes, packed.size, out->matches, MATCHES);
    for (size_t i = 0; i < n && out->n_matches < CANDIDATES; i++) {
        uint64_t root = out->matches[i].comparison.verdict == TEXT_SAME
                            ? find_root(txn, out->matches[i].id)
                            : 0;
        if (root && !has_match(out, out->n_matches, root)) {
            compare_with(self, txn, reading, root, out);
        }
    }
}

static void add_candidate(struct found *out, const struct match *match, bool exact)
{
    const struct comparison *compared = &match->comparison;
    char *code = out->codes[out->n], *why = out->whys[out->n];
    struct kn_candidate *candidate = &out->candidates[out->n++];
    code_format(code, match->id);
    leave_out_house(why, compared->why);
    *candidate = (struct kn_candidate){.case_ = code,
                                       .verdict = verdict_of(compared->verdict),
                                       .score = thousandths(compared->score),
                                       .relation = compared->relation == TEXT_RECURRENCE
                                                       ? KN_LINK_KIND_RECURRENCE
                                                       : KN_LINK_KIND_DUPLICATE,
                                       .exact = exact,
                                       .why = exact ? "cùng nguyên văn" : why};
    add_score(&candidate->place, &candidate->has_place, compared->place);
    add_score(&candidate->matter, &candidate->has_matter, compared->matter);
    add_score(&candidate->words, &candidate->has_words, compared->words);
}

/* What may say what READING says, which is TO_KEEP, beside case OWN, best first. */
static void find_candidates(struct reading_stage *self, store_txn_t *txn,
                            const struct reading *reading, const struct store_reading *to_keep,
                            uint64_t own, struct found *out)
{
    out->n = 0;
    find_matches(self, txn, reading, to_keep->packed, out);
    for (size_t i = 0; i < out->n_matches; i++) {
        const struct match *match = &out->matches[i];
        uint8_t kept[16];
        bool counts = match->id != own && !has_match(out, i, match->id) && /* revised: twice */
                      find_kept(self, txn, match->id, kept);
        bool exact = counts && memcmp(kept, to_keep->words, sizeof kept) == 0;
        if (counts && (exact || match->comparison.verdict != TEXT_DIFFERENT)) {
            add_candidate(out, match, exact);
        }
    }
}

static int add_to_index(struct reading_stage *self, uint64_t number, struct slice packed)
{
    int rc = packed.size ? text_index_add(self->index, number, packed.bytes, packed.size) : KN_OK;
    if (!rc && packed.size) {
        atomic_fetch_add(&self->index_readings, 1);
        atomic_store(&self->index_bytes, text_index_bytes(self->index));
    }
    return rc;
}

/* A case was erased: what its petition said is taken out of memory, too. */
static void forget(struct reading_stage *self, uint64_t number)
{
    struct recent *recent = &self->recent[number & (RECENT - 1)];
    atomic_fetch_sub(&self->index_readings, text_index_remove(self->index, number));
    if (recent->number == number) {
        memset(recent->words, 0, sizeof recent->words);
    }
}

/* ---- reading one petition -------------------------------------------------------------------- */

/* A petition as the stage looks at it. */
struct subject {
    struct kn_content *content; /* NULL: erased */
    struct reading *reading;    /* NULL: erased, or no memory: then a person classifies */
    const char *field, *area;   /* of the registers, as the sender named them */
    struct reading_result result;
    uint8_t packed[TEXT_MAX_SIGNATURE];
};

static void look_at(struct reading_stage *self, store_txn_t *txn, uint64_t submission,
                    int64_t received_at, struct subject *out)
{
    kn_day day = day_of_instant(received_at);
    out->content = join_content(txn, submission);
    const struct kn_petition *petition = out->content ? out->content->petition : NULL;
    if (!petition) {
        return;
    }
    out->field = registers_field_code(self->registers, petition->field, day);
    out->area = registers_area_id(self->registers, petition->area, day);
    hash_words(out->result.reading.words, petition->text);
    if (!text_read(self->text, petition->text, strlen(petition->text), received_at,
                   &out->reading)) {
        out->result.reading.packed =
            (struct slice){out->packed, text_pack(self->text, out->reading, out->packed)};
    }
}

static void look_away(struct subject *subject)
{
    text_reading_destroy(&subject->reading);
    kn_record_destroy((void **)&subject->content);
}

static void remember(struct reading_stage *self, const struct reading_result *result,
                     bool is_remade)
{
    struct recent *recent = &self->recent[result->case_number & (RECENT - 1)];
    *recent = (struct recent){.number = result->case_number, .is_remade = is_remade};
    memcpy(recent->words, result->reading.words, sizeof recent->words);
}

/* What is proposed of the petition of case CODE that SUBJECT looks at. WHAT and FOUND are lent to
 * the result. */
static void propose(struct reading_stage *self, store_txn_t *txn, const char *code,
                    struct subject *subject, struct found *found, struct kn_reading_propose *what)
{
    *what = (struct kn_reading_propose){.case_ = code,
                                        .field = subject->field,
                                        .area = subject->area,
                                        .reading = self->version,
                                        .registers = registers_version(self->registers)};
    subject->result.propose = what;
    subject->result.case_number = code_parse(code);
    found->n = 0;
    if (subject->reading) {
        complete(what, subject->reading);
        find_candidates(self, txn, subject->reading, &subject->result.reading,
                        subject->result.case_number, found);
        what->n_candidates = found->n;
        what->candidates = found->candidates;
    }
}

/* Reads what was received, split off or revised as EVENT. The transaction is short: handing over
 * may wait for the writer, and a reader that stays keeps every old page of the store alive. */
static bool read_petition(struct reading_stage *self, store_txn_t **txn_p,
                          const struct kn_event *event)
{
    struct subject subject = {.content = NULL};
    struct found found;
    struct kn_reading_propose what;
    struct reading_result *result = &subject.result;
    look_at(self, *txn_p, (uint64_t)event->sequence,
            event->has_received_at ? event->received_at : event->at, &subject);
    propose(self, *txn_p, event->case_, &subject, &found, &what);
    result->submission = (uint64_t)event->sequence;
    result->is_first = event->kind != KN_EVENT_KIND_CASE_REVISED;
    bool ok = !store_error(*txn_p);
    store_abort(txn_p);
    ok = ok && self->hand(self->arg, result);
    remember(self, result, false);
    ok = ok && add_to_index(self, result->case_number, result->reading.packed) != KN_E_NOMEM;
    look_away(&subject);
    return ok;
}

/* ---- the index at the start ------------------------------------------------------------------ */

static bool is_stopped(struct reading_stage *self)
{
    pthread_mutex_lock(&self->lock);
    bool stop = self->stop;
    pthread_mutex_unlock(&self->lock);
    return stop;
}

/* Reads case NUMBER again and keeps that; what the follower has not come to is left to it. */
static bool read_again(struct reading_stage *self, store_txn_t **txn_p, uint64_t number)
{
    struct subject subject = {.content = NULL};
    struct kn_case *kase = store_case(*txn_p, number);
    bool waits = !kase || (uint64_t)kase->submission > self->at;
    if (!waits) {
        look_at(self, *txn_p, (uint64_t)kase->submission, kase->received_at, &subject);
    }
    bool ok = !store_error(*txn_p);
    kn_record_destroy((void **)&kase);
    store_abort(txn_p);
    if (ok && !waits) {
        subject.result.case_number = number;
        remember(self, &subject.result, true);
        ok = self->hand(self->arg, &subject.result) &&
             add_to_index(self, number, subject.result.reading.packed) != KN_E_NOMEM;
    }
    look_away(&subject);
    return ok;
}

/* How a walk through what is kept goes on: CASE_BY_CASE when the store lacks a reading, or has a
 * damaged one. */
struct walk {
    uint64_t number; /* the last one taken */
    bool case_by_case, ended, failed;
};

/* The next petition: true when its reading is in OUT. */
static bool next_kept(store_txn_t *txn, struct walk *walk, struct store_reading *out)
{
    if (!walk->case_by_case) {
        bool has = store_next_reading(txn, &walk->number, out);
        walk->ended = !has;
        return has;
    }
    uint64_t next = store_case_after(txn, walk->number);
    walk->ended = next == 0;
    walk->number = next ? next : walk->number;
    return next && store_reading(txn, next, out);
}

/* Takes up to PORTION petitions into the index. */
static void take_portion(struct reading_stage *self, struct walk *walk)
{
    struct store_reading kept;
    store_txn_t *txn = store_begin(self->store, STORE_READ);
    for (int i = 0; i < PORTION && txn && !walk->ended && !walk->failed; i++) {
        bool has = next_kept(txn, walk, &kept);
        if (store_error(txn) == KN_E_CORRUPT && !walk->case_by_case) {
            walk->case_by_case = true; /* from here on, to find the damaged one */
            walk->ended = false;
            break;
        }
        if (store_error(txn) == KN_E_CORRUPT && !walk->ended) { /* the reading: made again */
            store_abort(&txn);
            txn = store_begin(self->store, STORE_READ);
        }
        int rc = has ? add_to_index(self, walk->number, kept.packed) : KN_E_INVALID;
        walk->failed = store_error(txn) || rc == KN_E_NOMEM;
        if (rc == KN_E_INVALID && !walk->ended && !walk->failed) {
            walk->failed = !read_again(self, &txn, walk->number); /* ends the transaction */
        }
        uint64_t left = atomic_load(&self->to_index);
        atomic_store(&self->to_index, left > 1 ? left - 1 : 1);
    }
    store_abort(&txn);
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False when the hub stops, or the store cannot be read: then `to_index` stays above 0. */
static bool rebuild(struct reading_stage *self)
{
    int64_t started = monotonic_ms();
    store_txn_t *txn = store_begin(self->store, STORE_READ);
    uint64_t n_read = store_number(txn, "cases_read");
    struct walk walk = {.case_by_case = store_count_readings(txn) < n_read};
    self->at = store_number(txn, "read");
    walk.failed = store_error(txn) != 0;
    store_abort(&txn);
    atomic_store(&self->to_index, n_read + 1);
    while (!walk.ended && !walk.failed && !is_stopped(self)) {
        take_portion(self, &walk);
    }
    if (walk.ended && !walk.failed) {
        atomic_store(&self->to_index, 0);
    }
    atomic_store(&self->rebuild_ms, (unsigned long long)(monotonic_ms() - started));
    return walk.ended && !walk.failed;
}

/* ---- following the log ----------------------------------------------------------------------- */

static bool is_read(enum kn_event_kind kind)
{
    return kind == KN_EVENT_KIND_CASE_RECEIVED || kind == KN_EVENT_KIND_CASE_SPLIT ||
           kind == KN_EVENT_KIND_CASE_REVISED;
}

/* Reads what was received behind self->at. False when the hub stops. */
static bool follow(struct reading_stage *self)
{
    for (bool more = true, ok = true; more;) {
        store_txn_t *txn = store_begin(self->store, STORE_READ);
        uint64_t last = log_last(txn);
        more = self->at < last;
        struct kn_event *event = more ? log_find(txn, self->at + 1) : NULL;
        if (more && !event) {
            ok = false;
        } else if (event && is_read(event->kind)) {
            atomic_store(&self->behind_since, event->at);
            ok = read_petition(self, &txn, event);
        } else if (event && event->kind == KN_EVENT_KIND_PERSON_ERASED) {
            forget(self, code_parse(event->case_));
        }
        self->at += more && ok;
        store_abort(&txn);
        kn_record_destroy((void **)&event);
        if (!ok) {
            return false;
        }
    }
    atomic_store(&self->behind_since, 0);
    return true;
}

/* ---- reading again --------------------------------------------------------------------------- */

void reading_keep_pass(store_txn_t *txn, const struct reading_pass *pass)
{
    store_put_number(txn, "renewed_with", pass->with);
    store_put_number(txn, "renewed_at", pass->at);
    store_put_number(txn, "to_renew", pass->left);
}

static bool hand_pass(struct reading_stage *self, uint64_t at, uint64_t left)
{
    struct reading_result result = {.pass = &self->pass,
                                    .reading.packed = {(const uint8_t *)"", 0}};
    self->pass.at = at;
    self->pass.left = left;
    atomic_store(&self->to_renew, left);
    return self->hand(self->arg, &result);
}

/* Finds how far reading again has come; begins it when the lexicons are others than they were. */
static bool begin_pass(struct reading_stage *self)
{
    store_txn_t *txn = store_begin(self->store, STORE_READ);
    uint64_t with = strtoull(text_version(self->text), NULL, 16), n = 0;
    self->pass = (struct reading_pass){.with = store_number(txn, "renewed_with"),
                                       .at = store_number(txn, "renewed_at"),
                                       .left = store_number(txn, "to_renew")};
    n = store_number(txn, "cases_read");
    bool ok = !store_error(txn), is_other = self->pass.with != with;
    store_abort(&txn);
    self->pass.with = with;
    atomic_store(&self->to_renew, self->pass.left);
    return ok && (!is_other || hand_pass(self, 0, n));
}

/* Whether a proposal may lead to anything: KASE runs for itself, and its petition says something
 * else than was kept, or may be given to a unit now. */
static bool may_matter(const struct kn_case *kase, const struct kn_reading_propose *what,
                       bool is_other)
{
    bool waits = kase->flow == KN_FLOW_TO_CLASSIFY, is_closed = kase->flow == KN_FLOW_CLOSED;
    bool is_known = what->field && (!kase->field || strcmp(kase->field, what->field) != 0);
    return (waits && is_known) || (is_other && !is_closed && kase->flow != KN_FLOW_LINKED &&
                                   (waits || what->n_candidates));
}

/* Reads the petition of KASE again. What it says as before leaves no trace. */
static bool renew(struct reading_stage *self, store_txn_t **txn_p, const struct kn_case *kase)
{
    struct subject subject = {.content = NULL};
    struct found found;
    struct kn_reading_propose what;
    struct store_reading kept;
    struct slice *packed = &subject.result.reading.packed;
    look_at(self, *txn_p, (uint64_t)kase->submission, kase->received_at, &subject);
    propose(self, *txn_p, kase->code, &subject, &found, &what);
    bool is_kept = store_reading(*txn_p, (uint64_t)kase->number, &kept);
    bool is_other =
        subject.reading && !(is_kept && kept.packed.size == packed->size &&
                             memcmp(kept.packed.bytes, packed->bytes, packed->size) == 0);
    bool tells = subject.reading && may_matter(kase, &what, is_other);
    bool ok = !store_error(*txn_p);
    store_abort(txn_p);
    subject.result.propose = tells ? &what : NULL;
    if (ok && (is_other || tells)) {
        ok = self->hand(self->arg, &subject.result);
    }
    if (ok && is_other) {
        ok = add_to_index(self, subject.result.case_number, *packed) != KN_E_NOMEM;
    }
    look_away(&subject);
    return ok;
}

/* Reads a few petitions again. What the follower has not come to is left to it. False when the hub
 * stops. */
static bool renew_some(struct reading_stage *self)
{
    uint64_t at = self->pass.at, left = self->pass.left;
    bool ok = true;
    for (int i = 0; i < RENEWED && left && ok; i++) {
        store_txn_t *txn = store_begin(self->store, STORE_READ);
        uint64_t number = store_case_after(txn, at);
        struct kn_case *kase = number ? store_case(txn, number) : NULL;
        at = number ? number : at;
        left = !number ? 0 : left > 1 ? left - 1 : 1;
        ok = !store_error(txn);
        if (ok && kase && (uint64_t)kase->submission <= self->at) {
            ok = renew(self, &txn, kase);
        }
        store_abort(&txn);
        kn_record_destroy((void **)&kase);
    }
    return ok && hand_pass(self, at, left);
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* Waits for work: for ever, or as long as the pause between petitions that are read again. False
 * when the hub stops. */
static bool wait_for_work(struct reading_stage *self)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += RENEW_PAUSE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&self->lock);
    int rc = 0;
    while (!self->work && !self->stop && !rc) {
        rc = self->pass.left ? pthread_cond_timedwait(&self->woken, &self->lock, &until)
                             : pthread_cond_wait(&self->woken, &self->lock);
    }
    self->work = false;
    bool going = !self->stop;
    pthread_mutex_unlock(&self->lock);
    return going;
}

static void *run(void *arg)
{
    struct reading_stage *self = arg;
    pthread_setname_np(pthread_self(), "kn-reading");
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); /* refused: then as all others */
    bool going = begin_pass(self) && rebuild(self);
    while (going) {
        going = wait_for_work(self) && follow(self) && (!self->pass.left || renew_some(self));
    }
    return NULL;
}

int reading_start(reading_stage_t **out, store_t *store, const registers_t *registers,
                  const char *folder, reading_hand_fn *hand, void *arg, char *why, size_t why_size)
{
    struct reading_stage *self = calloc(1, sizeof *self);
    *out = self;
    if (!self) {
        return KN_E_NOMEM;
    }
    self->store = store;
    self->registers = registers;
    self->hand = hand;
    self->arg = arg;
    self->work = true;
    int rc = text_open(&self->text, folder, why, why_size);
    if (rc) {
        return rc;
    }
    snprintf(self->version, sizeof self->version, "kn_text-%s", text_version(self->text));
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->woken, &attributes);
    pthread_condattr_destroy(&attributes);
    self->index = text_index_new(self->text);
    self->runs = self->index && !pthread_create(&self->thread, NULL, run, self);
    return self->runs ? KN_OK : KN_E_NOMEM;
}

void reading_wake(reading_stage_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->work = true;
    pthread_cond_signal(&self->woken);
    pthread_mutex_unlock(&self->lock);
}

void reading_figures(reading_stage_t *self, struct reading_figures *out)
{
    *out = (struct reading_figures){.index_bytes = atomic_load(&self->index_bytes),
                                    .index_readings = atomic_load(&self->index_readings),
                                    .to_index = atomic_load(&self->to_index),
                                    .rebuild_ms = atomic_load(&self->rebuild_ms),
                                    .to_renew = atomic_load(&self->to_renew),
                                    .behind_since = atomic_load(&self->behind_since)};
}

void reading_stop(reading_stage_t *self)
{
    if (self && self->runs) {
        pthread_mutex_lock(&self->lock);
        self->stop = true;
        pthread_cond_signal(&self->woken);
        pthread_mutex_unlock(&self->lock);
        pthread_join(self->thread, NULL);
        self->runs = false;
    }
}

void reading_destroy(reading_stage_t **self_p)
{
    reading_stage_t *self = *self_p;
    *self_p = NULL;
    if (self) {
        reading_stop(self);
        if (self->text) { /* else the start failed before these were made */
            pthread_cond_destroy(&self->woken);
            pthread_mutex_destroy(&self->lock);
        }
        text_index_destroy(&self->index);
        text_close(&self->text);
        free(self);
    }
}
