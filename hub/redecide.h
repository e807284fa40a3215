/* redecide.h - was every decision of the log the one that the rules make? And is the state what the
 * events say?
 *
 * The log is walked from its first entry. A fresh store beside it holds the state before each one:
 * it is made by apply alone. The input of the decision is rebuilt (the message from the log, what
 * is personal from the content table, the speaker's role from the agents, the registers of that
 * day from the store) and decided again: the same events, byte for byte, or it is told. Then the
 * logged events are applied, so one difference does not make others. At the end the two stores must
 * hold the same journaled state (compare.h).
 *
 * Taken from the record, because it was outside the hub: that a file was missing, and what was
 * wrong with a message that could not be read. What cannot be decided again is counted by reason.
 * Memory does not grow with the log; the fresh store needs as much disk as the old one.
 */
#ifndef KN_REDECIDE_H
#define KN_REDECIDE_H

#include "hub/store.h"

/* Why a decision cannot be made again. */
enum redecide_why {
    REDECIDE_RULES,     /* other rules than those of this program made it */
    REDECIDE_REGISTERS, /* the registers of that day are not in the store */
    REDECIDE_ERASED,    /* its words were erased */
    REDECIDE_UNKEPT,    /* it was refused, and what is refused is not kept */
    REDECIDE_N_WHYS
};
extern const char *const redecide_whys[REDECIDE_N_WHYS]; /* for people and JSON */

struct redecide_options {
    const char *scratch; /* an empty folder for the fresh store */
    void (*tell)(void *arg, const char *fault);
    void (*progress)(void *arg, uint64_t event, uint64_t last);
    void *arg;
};

struct redecide_result {
    uint64_t n_decisions, n_same, n_different, n_left[REDECIDE_N_WHYS];
    uint64_t n_compared, n_state_differs; /* records of the journaled state */
};

/* KN_OK, also when decisions differ; KN_E_IO, KN_E_FULL (scratch), KN_E_CORRUPT, KN_E_NOMEM. WHY
 * says what failed. */
int redecide_run(struct redecide_result *out, store_t *store,
                 const struct redecide_options *options, char *why, size_t why_size);

#endif
