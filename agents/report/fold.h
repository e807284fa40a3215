/* fold.h - the log folded into cases as they stood on a day: what every report is made of.
 *
 * Events come in the order of the log; those after the day are left out, so that the same call
 * gives the same figures for ever. Nothing is asked of the hub but its log. Pure of sockets: who
 * reads the log calls fold_event.
 */
#ifndef AGENTS_REPORT_FOLD_H
#define AGENTS_REPORT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiennghi/types.h"

enum { FOLD_MAX_DOCKETS = 8, FOLD_MAX_AREAS = 16 };

/* What a unit promised. */
struct fold_promise {
    struct fold_promise *next;
    char day[11];
    const char *unit, *docket; /* NULL */
    int64_t number;
    bool kept, missed;
};

/* A case as it stood. Strings are the fold's own; NULL: never said. Instants 0: not yet. */
struct fold_case {
    char code[25];
    uint64_t number;
    const char *source, *field, *area, *unit, *batch, *agent;
    char *text, *answer; /* as the reader of the log was allowed to see them */
    enum kn_channel channel;
    enum kn_flow flow;
    enum kn_result result;
    enum kn_verification verification;
    enum kn_satisfaction satisfaction;
    enum kn_oversight oversight;
    enum kn_publication publication;
    int64_t received_at, assigned_at, accepted_at, answered_at, verified_at, closed_at, due_at;
    int64_t late_since;   /* the answer clock ran out then and nothing answered it; 0 */
    const char *document; /* number of the latest answering document */
    int n_linked, n_returned, n_reopened, n_not_met, n_missed, n_reminded, n_directed;
    const char *areas[FOLD_MAX_AREAS]; /* of it and what is linked to it, each once */
    int n_areas, n_press;              /* the same */
    bool seriously_late, recurs;
    struct fold_case *parent; /* what it is linked to */
    struct fold_promise *promises;
    const char *dockets[FOLD_MAX_DOCKETS];
    size_t n_dockets;
};

/* A batch: which meeting or document a case came with. */
struct fold_batch {
    const char *batch, *title, *session, *group, *document;
};

typedef struct fold fold_t;

/* AS_OF: events after that instant are left out. NULL: no memory. */
fold_t *fold_new(int64_t as_of);
void fold_destroy(fold_t **self_p);
/* One event of the log. KN_OK or KN_E_NOMEM. */
int fold_event(fold_t *self, const struct kn_event *event);
/* When all is read: counts what hangs together (areas and press of linked cases). */
void fold_end(fold_t *self);

size_t fold_n_cases(const fold_t *self);
/* In the order in which they came. */
struct fold_case *fold_case_at(const fold_t *self, size_t i);
struct fold_case *fold_find(const fold_t *self, const char *code);
const struct fold_batch *fold_batch_of(const fold_t *self, const struct fold_case *kase);
int64_t fold_as_of(const fold_t *self);
/* Sequence of the last event that was folded. */
uint64_t fold_last(const fold_t *self);

/* Still to be brought to its end: neither closed nor gone another way nor part of another. */
bool fold_is_open(const struct fold_case *kase);

#endif
