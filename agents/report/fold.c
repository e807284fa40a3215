/* fold.c - see the header. Read fold_event at the end first: what each kind of event says of a
 * case.
 */
#include "agents/report/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/status.h"

struct fold {
    int64_t as_of;
    uint64_t last;
    struct fold_case **cases; /* by number, as they came */
    size_t n_cases, room_cases;
    struct fold_batch *batches;
    size_t n_batches, room_batches;
    char **strings; /* every name once: a hash table */
    size_t n_strings, room_strings;
    bool is_short; /* of memory */
};

/* ---- strings ------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * UINT64_C(1099511628211);
    return hash;
}

static void grow_strings(fold_t *self)
{
    size_t room = self->room_strings ? 2 * self->room_strings : 256;
    char **more = calloc(room, sizeof *more);
    if (!more) {
        self->is_short = true;
        return;
    }
    for (size_t i = 0; i < self->room_strings; i++) {
        if (self->strings[i]) {
            size_t at = hash_of(self->strings[i]) & (room - 1);
            while (more[at])
                at = (at + 1) & (room - 1);
            more[at] = self->strings[i];
        }
    }
    free(self->strings);
    self->strings = more;
    self->room_strings = room;
}

/* TEXT as the fold's own, once; NULL for NULL, and without memory. */
static const char *keep(fold_t *self, const char *text)
{
    if (!text)
        return NULL;
    if (2 * self->n_strings >= self->room_strings)
        grow_strings(self);
    if (self->is_short)
        return NULL;
    size_t at = hash_of(text) & (self->room_strings - 1);
    while (self->strings[at] && strcmp(self->strings[at], text) != 0)
        at = (at + 1) & (self->room_strings - 1);
    if (!self->strings[at]) {
        self->strings[at] = strdup(text);
        self->n_strings += self->strings[at] != NULL;
        self->is_short |= !self->strings[at];
    }
    return self->strings[at];
}

static void keep_text(fold_t *self, char **to, const char *text)
{
    if (text) {
        free(*to);
        *to = strdup(text);
        self->is_short |= !*to;
    }
}

/* ---- cases --------------------------------------------------------------------------------- */

/* HN-2026-000042-X: the year and the count make the number, in the order in which cases come. */
static uint64_t number_of(const char *code)
{
    unsigned year = 0;
    unsigned long long count = 0;
    const char *at = code ? strchr(code, '-') : NULL;
    return at && sscanf(at, "-%u-%llu", &year, &count) == 2 ? year * UINT64_C(10000000) + count : 0;
}

struct fold_case *fold_find(const fold_t *self, const char *code)
{
    uint64_t number = number_of(code);
    size_t low = 0, high = self->n_cases;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (self->cases[mid]->number < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < self->n_cases && self->cases[low]->number == number ? self->cases[low] : NULL;
}

static struct fold_case *add_case(fold_t *self, const char *code)
{
    if (self->n_cases == self->room_cases) {
        size_t room = self->room_cases ? 2 * self->room_cases : 256;
        struct fold_case **more = realloc(self->cases, room * sizeof(struct fold_case *));
        if (!more) {
            self->is_short = true;
            return NULL;
        }
        self->cases = more;
        self->room_cases = room;
    }
    struct fold_case *kase = calloc(1, sizeof *kase);
    if (!kase) {
        self->is_short = true;
        return NULL;
    }
    snprintf(kase->code, sizeof kase->code, "%s", code);
    kase->number = number_of(code);
    self->cases[self->n_cases++] = kase;
    return kase;
}

static void receive(fold_t *self, struct fold_case *kase, const struct kn_event *event)
{
    kase->source = keep(self, event->source);
    kase->agent = keep(self, event->agent);
    kase->batch = keep(self, event->batch);
    kase->channel = event->channel;
    kase->received_at = event->has_received_at ? event->received_at : event->at;
}

/* ---- batches ------------------------------------------------------------------------------- */

static void open_batch(fold_t *self, const struct kn_event *event)
{
    if (self->n_batches == self->room_batches) {
        size_t room = self->room_batches ? 2 * self->room_batches : 64;
        struct fold_batch *more = realloc(self->batches, room * sizeof *more);
        if (!more) {
            self->is_short = true;
            return;
        }
        self->batches = more;
        self->room_batches = room;
    }
    self->batches[self->n_batches++] = (struct fold_batch){
        .batch = keep(self, event->batch),
        .title = keep(self, event->title),
        .session = event->meeting ? keep(self, event->meeting->session) : NULL,
        .group = event->meeting ? keep(self, event->meeting->group) : NULL,
        .document = event->document ? keep(self, event->document->number) : NULL};
}

const struct fold_batch *fold_batch_of(const fold_t *self, const struct fold_case *kase)
{
    for (size_t i = self->n_batches; kase->batch && i-- > 0;)
        if (self->batches[i].batch == kase->batch) /* kept once: the same address */
            return &self->batches[i];
    return NULL;
}

/* ---- promises and dockets ------------------------------------------------------------------ */

static void promise(fold_t *self, struct fold_case *kase, const struct kn_event *event)
{
    struct fold_promise *made = calloc(1, sizeof *made);
    if (!made) {
        self->is_short = true;
        return;
    }
    snprintf(made->day, sizeof made->day, "%s", event->promised_on ? event->promised_on : "");
    made->unit = keep(self, event->unit);
    made->docket = event->detail ? keep(self, event->detail->docket) : NULL;
    made->number = event->detail ? event->detail->commitment : 0;
    made->next = kase->promises;
    kase->promises = made;
}

static struct fold_promise *promise_of(struct fold_case *kase, const struct kn_event *event)
{
    struct fold_promise *at = kase->promises;
    while (at && (!event->detail || at->number != event->detail->commitment))
        at = at->next;
    return at;
}

static void choose(fold_t *self, struct fold_case *kase, const struct kn_event *event)
{
    const char *docket = event->detail ? keep(self, event->detail->docket) : NULL;
    size_t i = 0;
    while (i < kase->n_dockets && kase->dockets[i] != docket)
        i++;
    if (!docket)
        return;
    if (event->oversight == KN_OVERSIGHT_NONE) {
        if (i < kase->n_dockets)
            kase->dockets[i] = kase->dockets[--kase->n_dockets];
    } else if (i == kase->n_dockets && i < FOLD_MAX_DOCKETS) {
        kase->dockets[kase->n_dockets++] = docket;
    }
}

/* ---- the log ------------------------------------------------------------------------------- */

static void answer(fold_t *self, struct fold_case *kase, const struct kn_event *event)
{
    const bool whole = !event->detail || !event->detail->partial;
    kase->document = event->document ? keep(self, event->document->number) : kase->document;
    keep_text(self, &kase->answer, event->answer);
    if (whole) {
        kase->answered_at =
            event->detail && event->detail->has_acted_at ? event->detail->acted_at : event->at;
        kase->late_since = 0;
    }
}

/* What follows from the event's kind beside the axes that it carries. */
static void apply(fold_t *self, struct fold_case *kase, const struct kn_event *event)
{
    struct fold_promise *promised;
    const bool is_answer = event->clock == KN_CLOCK_KIND_ANSWER;
    switch (event->kind) {
    case KN_EVENT_KIND_CASE_RECEIVED:
    case KN_EVENT_KIND_CASE_SPLIT: receive(self, kase, event); break;
    case KN_EVENT_KIND_CASE_LINKED:
        kase->parent = fold_find(self, event->parent);
        if (kase->parent)
            kase->parent->n_linked++;
        break;
    case KN_EVENT_KIND_CASE_UNLINKED:
        if (kase->parent && event->flow) {
            kase->parent->n_linked--;
            kase->parent = NULL;
        }
        break;
    case KN_EVENT_KIND_CASE_RELATED: kase->recurs |= event->link == KN_LINK_KIND_RECURRENCE; break;
    case KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER:
    case KN_EVENT_KIND_CASE_ASSIGNED:
        if (event->role != KN_ASSIGNMENT_ROLE_PARTNER) {
            kase->unit = keep(self, event->unit);
            kase->assigned_at = kase->assigned_at ? kase->assigned_at : event->at;
        }
        break;
    case KN_EVENT_KIND_CASE_ACCEPTED:
        if (event->role != KN_ASSIGNMENT_ROLE_PARTNER)
            kase->accepted_at = kase->accepted_at ? kase->accepted_at : event->at;
        break;
    case KN_EVENT_KIND_CASE_RETURNED:
        if (event->role != KN_ASSIGNMENT_ROLE_PARTNER) {
            kase->unit = NULL;
            kase->n_returned++;
        }
        break;
    case KN_EVENT_KIND_CASE_UNROUTED: kase->unit = NULL; break;
    case KN_EVENT_KIND_CASE_ANSWERED: answer(self, kase, event); break;
    case KN_EVENT_KIND_CASE_ANSWER_REJECTED: kase->answered_at = 0; break;
    case KN_EVENT_KIND_CASE_VERIFIED:
        kase->verified_at = event->at;
        kase->n_not_met += event->verification != KN_VERIFICATION_MET;
        break;
    case KN_EVENT_KIND_CASE_CLOSED: kase->closed_at = event->at; break;
    case KN_EVENT_KIND_CASE_REOPENED:
        kase->n_reopened++;
        kase->closed_at = 0;
        break;
    case KN_EVENT_KIND_CASE_OVERDUE:
        kase->late_since = is_answer ? event->at : kase->late_since;
        break;
    case KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE:
        kase->seriously_late |= is_answer;
        kase->late_since = is_answer && !kase->late_since ? event->at : kase->late_since;
        break;
    case KN_EVENT_KIND_COMMITMENT_MADE: promise(self, kase, event); break;
    case KN_EVENT_KIND_COMMITMENT_KEPT:
        if ((promised = promise_of(kase, event)))
            promised->kept = true;
        break;
    case KN_EVENT_KIND_COMMITMENT_MISSED:
        kase->n_missed++;
        if ((promised = promise_of(kase, event)))
            promised->missed = true;
        break;
    case KN_EVENT_KIND_CASE_DIRECTED: kase->n_directed++; break;
    case KN_EVENT_KIND_CASE_SELECTED: choose(self, kase, event); break;
    default: break;
    }
}

int fold_event(fold_t *self, const struct kn_event *event)
{
    if (event->at > self->as_of || self->is_short)
        return self->is_short ? KN_E_NOMEM : KN_OK;
    self->last = (uint64_t)event->sequence;
    if (event->kind == KN_EVENT_KIND_BATCH_OPENED)
        open_batch(self, event);
    const bool is_new =
        event->kind == KN_EVENT_KIND_CASE_RECEIVED || event->kind == KN_EVENT_KIND_CASE_SPLIT;
    struct fold_case *kase = !event->case_ || event->kind == KN_EVENT_KIND_ACT_REFUSED ? NULL
                             : is_new ? add_case(self, event->case_)
                                      : fold_find(self, event->case_);
    if (!kase)
        return self->is_short ? KN_E_NOMEM : KN_OK;
    kase->flow = event->flow ? event->flow : kase->flow;
    kase->result = event->result ? event->result : kase->result;
    kase->verification = event->verification ? event->verification : kase->verification;
    kase->satisfaction = event->satisfaction ? event->satisfaction : kase->satisfaction;
    kase->oversight = event->oversight ? event->oversight : kase->oversight;
    kase->publication = event->publication ? event->publication : kase->publication;
    kase->field = event->field ? keep(self, event->field) : kase->field;
    kase->area = event->area ? keep(self, event->area) : kase->area;
    kase->due_at = event->has_due_at && (event->clock == KN_CLOCK_KIND_ANSWER ||
                                         event->kind == KN_EVENT_KIND_CASE_RESUMED)
                       ? event->due_at
                       : kase->due_at;
    if (event->detail && event->detail->has_reminder)
        kase->n_reminded = (int)event->detail->reminder;
    if (event->petition)
        keep_text(self, &kase->text, event->petition->text);
    apply(self, kase, event);
    return self->is_short ? KN_E_NOMEM : KN_OK;
}

/* The case that another is part of, at the end of its links. */
static struct fold_case *root_of(struct fold_case *kase)
{
    for (int depth = 0; kase->parent && depth < 16; depth++)
        kase = kase->parent;
    return kase;
}

void fold_end(fold_t *self)
{
    for (size_t i = 0; i < self->n_cases; i++) {
        struct fold_case *kase = self->cases[i], *root = root_of(kase);
        root->n_press += kase->channel == KN_CHANNEL_PRESS;
        bool known = !kase->area || root->n_areas == FOLD_MAX_AREAS;
        for (int j = 0; j < root->n_areas && !known; j++)
            known = root->areas[j] == kase->area; /* kept once: the same address */
        if (!known)
            root->areas[root->n_areas++] = kase->area;
    }
}

/* ---- the whole ----------------------------------------------------------------------------- */

fold_t *fold_new(int64_t as_of)
{
    fold_t *self = calloc(1, sizeof *self);
    if (self)
        self->as_of = as_of;
    return self;
}

void fold_destroy(fold_t **self_p)
{
    fold_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n_cases; i++) {
        struct fold_promise *next, *at = self->cases[i]->promises;
        for (; at; at = next) {
            next = at->next;
            free(at);
        }
        free(self->cases[i]->text);
        free(self->cases[i]->answer);
        free(self->cases[i]);
    }
    for (size_t i = 0; i < self->room_strings; i++)
        free(self->strings[i]);
    free(self->strings);
    free(self->batches);
    free(self->cases);
    free(self);
    *self_p = NULL;
}

size_t fold_n_cases(const fold_t *self)
{
    return self->n_cases;
}

struct fold_case *fold_case_at(const fold_t *self, size_t i)
{
    return self->cases[i];
}

int64_t fold_as_of(const fold_t *self)
{
    return self->as_of;
}

uint64_t fold_last(const fold_t *self)
{
    return self->last;
}

bool fold_is_open(const struct fold_case *kase)
{
    return kase->flow != KN_FLOW_CLOSED && kase->flow != KN_FLOW_LINKED &&
           kase->flow != KN_FLOW_DIVERTED && kase->flow != KN_FLOW_NOT_ACCEPTED;
}
