/* reading.c - the follower of the log: takes field and place from the text when the sender gave
 * none, and knows a text that comes again in the same words.
 *
 * The signature of a petition is 16 bytes: the start of SHA-256 over its words (NFC, blanks
 * single). The index maps signatures to case and area. Two petitions in the same words are the same
 * when their areas are equal or one of them names none.
 */
#include "hub/reading.h"

#include "hub/calendar.h"
#include "hub/code.h"
#include "hub/digest.h"
#include "hub/join.h"
#include "hub/log.h"
#include "hub/text/text.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNATURE = 16, VERSION_SIZE = 40 };

struct known {
    uint8_t signature[SIGNATURE];
    uint64_t case_number; /* 0: free */
};

/* A field is taken from the text when it is this much surer than the next. */
static const float SURE_FIELD = 0.45f, SURE_LEAD = 1.5f;

struct reading_stage {
    text_t *text;
    char version[VERSION_SIZE]; /* of reader and lexicons, for the proposals */
    store_t *store;
    const registers_t *registers;
    reading_propose_fn *propose;
    void *arg;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool work, stop;    /* under lock */
    uint64_t at;        /* last event looked at */
    struct known *slot; /* open addressing, at most 70 % full */
    size_t room, n;
};

/* ---- the index ------------------------------------------------------------------------------- */

static size_t place_of(const struct reading_stage *self, const uint8_t signature[SIGNATURE])
{
    size_t at;
    memcpy(&at, signature, sizeof at);
    for (at &= self->room - 1; self->slot[at].case_number; at = (at + 1) & (self->room - 1)) {
        if (memcmp(self->slot[at].signature, signature, SIGNATURE) == 0) {
            break;
        }
    }
    return at;
}

static bool index_add(struct reading_stage *self, const uint8_t signature[SIGNATURE],
                      uint64_t case_number)
{
    if (self->n * 10 >= self->room * 7) {
        struct known *old = self->slot;
        size_t room = self->room;
        self->room = room ? 2 * room : 1024;
        self->slot = calloc(self->room, sizeof *self->slot);
        if (!self->slot) {
            self->slot = old;
            self->room = room;
            return false;
        }
        for (size_t i = 0; i < room; i++) {
            if (old[i].case_number) {
                self->slot[place_of(self, old[i].signature)] = old[i];
            }
        }
        free(old);
    }
    struct known *known = &self->slot[place_of(self, signature)];
    if (!known->case_number) { /* the first one stays: later ones are linked to it */
        memcpy(known->signature, signature, SIGNATURE);
        known->case_number = case_number;
        self->n++;
    }
    return true;
}

static bool index_rebuild(struct reading_stage *self)
{
    store_txn_t *txn = store_begin(self->store, STORE_READ);
    uint64_t number = 0;
    struct slice signature;
    bool fits = true;
    while (fits && store_next_signature(txn, &number, &signature)) {
        fits = signature.size != SIGNATURE || index_add(self, signature.bytes, number);
    }
    fits = fits && !store_error(txn);
    store_abort(&txn);
    return fits;
}

/* ---- reading one petition -------------------------------------------------------------------- */

/* The words of TEXT, blanks single, hashed. */
static void sign(uint8_t signature[SIGNATURE], const char *text)
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
    memcpy(signature, hash, SIGNATURE);
    free(words);
}

/* What is known of an earlier case that has the same words. */
static bool candidate(struct reading_stage *self, store_txn_t *txn, const uint8_t *signature,
                      const char *area, const char *own, struct kn_candidate *out,
                      char code[CODE_SIZE])
{
    uint64_t number = self->room ? self->slot[place_of(self, signature)].case_number : 0;
    struct kn_case *kase = number ? store_case(txn, number) : NULL;
    bool fits = kase && strcmp(kase->code, own) != 0 &&
                (!area || !kase->area || strcmp(area, kase->area) == 0);
    if (fits) {
        code_format(code, number);
        *out = (struct kn_candidate){.case_ = code,
                                     .verdict = KN_MATCH_VERDICT_SAME,
                                     .score = 1000,
                                     .relation = KN_LINK_KIND_DUPLICATE,
                                     .why = "cùng nguyên văn"};
    }
    kn_record_destroy((void **)&kase);
    return fits;
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

/* Fills what the sender left open from the text itself. READING owns what WHAT points to. */
static void complete(struct reading_stage *self, const struct kn_petition *petition,
                     int64_t received_at, struct kn_reading_propose *what, struct reading **reading)
{
    if (what->field && what->area) {
        return;
    }
    if (text_read(self->text, petition->text, strlen(petition->text), received_at, reading)) {
        return; /* no memory: then a person classifies */
    }
    what->field = what->field ? what->field : field_of(*reading);
    what->area = what->area ? what->area : area_of(*reading);
    if ((*reading)->n_fields) {
        what->field_score = (int64_t)((*reading)->fields[0].score * 1000);
        what->has_field_score = true;
    }
    what->second_field = (*reading)->n_fields > 1 ? (*reading)->fields[1].code : NULL;
}

/* Reads what was received as EVENT. The transaction is short: proposing may wait for the writer,
 * and a reader that stays keeps every old page of the store alive. */
static bool read_petition(struct reading_stage *self, store_txn_t **txn_p,
                          const struct kn_event *event)
{
    struct kn_content *content = join_content(*txn_p, (uint64_t)event->sequence);
    const struct kn_petition *petition = content ? content->petition : NULL;
    struct kn_reading_propose what = {.case_ = event->case_, .reading = self->version};
    struct reading *reading = NULL;
    struct kn_candidate same;
    char code[CODE_SIZE];
    uint8_t signature[SIGNATURE];
    struct slice slice = {signature, 0};
    kn_day day = day_of_instant(event->received_at);
    if (petition) {
        what.field = registers_field_code(self->registers, petition->field, day);
        what.area = registers_area_id(self->registers, petition->area, day);
        complete(self, petition, event->received_at, &what, &reading);
        sign(signature, petition->text);
        slice.size = SIGNATURE;
        if (candidate(self, *txn_p, signature, what.area, event->case_, &same, code)) {
            what.n_candidates = 1;
            what.candidates = &same;
        }
    }
    bool ok = !store_error(*txn_p);
    store_abort(txn_p);
    ok = ok && self->propose(self->arg, (uint64_t)event->sequence, &what, slice);
    ok = ok && (!slice.size || index_add(self, signature, code_parse(event->case_)));
    text_reading_destroy(&reading);
    kn_record_destroy((void **)&content);
    return ok;
}

/* ---- following the log ----------------------------------------------------------------------- */

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
        } else if (event && event->kind == KN_EVENT_KIND_CASE_RECEIVED) {
            ok = read_petition(self, &txn, event);
        }
        self->at += more && ok;
        store_abort(&txn);
        kn_record_destroy((void **)&event);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static void *run(void *arg)
{
    struct reading_stage *self = arg;
    bool going = true;
    pthread_setname_np(pthread_self(), "kn-reading");
    while (going) {
        pthread_mutex_lock(&self->lock);
        while (!self->work && !self->stop) {
            pthread_cond_wait(&self->woken, &self->lock);
        }
        self->work = false;
        going = !self->stop;
        pthread_mutex_unlock(&self->lock);
        going = going && follow(self);
    }
    return NULL;
}

int reading_start(reading_stage_t **out, store_t *store, const registers_t *registers,
                  const char *folder, reading_propose_fn *propose, void *arg, char *why,
                  size_t why_size)
{
    struct reading_stage *self = calloc(1, sizeof *self);
    *out = self;
    if (!self) {
        return KN_E_NOMEM;
    }
    self->store = store;
    self->registers = registers;
    self->propose = propose;
    self->arg = arg;
    self->work = true;
    int rc = text_open(&self->text, folder, why, why_size);
    if (rc) {
        return rc;
    }
    snprintf(self->version, sizeof self->version, "kn_text-%s", text_version(self->text));
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->woken, NULL);
    store_txn_t *txn = store_begin(store, STORE_READ);
    self->at = store_number(txn, "read");
    store_abort(&txn);
    if (!index_rebuild(self)) {
        snprintf(why, why_size, "the index of signatures cannot be built");
        return KN_E_CORRUPT;
    }
    self->runs = !pthread_create(&self->thread, NULL, run, self);
    return self->runs ? KN_OK : KN_E_NOMEM;
}

void reading_wake(reading_stage_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->work = true;
    pthread_cond_signal(&self->woken);
    pthread_mutex_unlock(&self->lock);
}

uint64_t reading_index_bytes(reading_stage_t *self)
{
    return self->room * sizeof *self->slot;
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
        text_close(&self->text);
        free(self->slot);
        free(self);
    }
}
