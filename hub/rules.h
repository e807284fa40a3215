/* rules.h - the law of the house: what a message does to a case. Pure.
 *
 * decide() looks at facts that the walk gathered and at one message, and says what happens: a
 * verdict and the events. No clock, no random, no store, no locale: time and salts are stamped in
 * the facts. Events change state only by apply (apply.h). The life of a case is one table, rules[]
 * in rules.c: state × message × speaker -> guard, next state, event.
 */
#ifndef KN_RULES_H
#define KN_RULES_H

#include "hub/registers.h"
#include "kiennghi/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    RULES_VERSION = 3,      /* goes into every log entry; a change of rules.c that decides otherwise
                               raises it */
    RULES_MAX_EVENTS = 520, /* of one message: a tick or a review */
    RULES_MAX_TICK = 64,    /* cases in one tick or review */
    RULES_MAX_CASE_EVENTS = 8, /* of one case in one tick or review */
    RULES_MAX_CLOCKS = 1200,
    RULES_TEXT = 256 * 1024, /* room for texts that a decision composes */
};

/* What the store knows of a source key. */
enum facts_row {
    ROW_NEW,
    ROW_SAME,      /* stored with the same content */
    ROW_CHANGED,   /* stored with other content */
    ROW_REFUSED,   /* refused before: may be corrected */
    ROW_ELSEWHERE, /* stored with the same content, counted by another batch */
};

/* What the store knows of a candidate of a proposal. */
struct facts_candidate {
    const struct kn_case *root;   /* the case that it is linked to, or itself; NULL: unknown */
    enum kn_candidate_state pair; /* NONE: never compared with the subject */
};

struct facts {
    int64_t now;
    const registers_t *registers;
    /* who speaks */
    const char *actor;
    enum kn_role role; /* NONE: the hub itself, or its control socket */
    const char *unit;  /* agency: its unit */
    /* intake */
    enum facts_row row;
    const char *row_case; /* code of the stored row's case */
    bool row_elsewhere;   /* stored, with whatever content, and counted by another batch */
    bool file_missing;    /* it names a file that the hub does not have */
    const struct kn_batch *replaced; /* document.replace: the batch that no longer holds */
    const struct kn_batch *batch;    /* NULL: unknown */
    const char *new_case;            /* the code that a new case gets */
    const char *commitment;          /* of the message's personal content; NULL: it has none */
    /* acts */
    const struct kn_case *subject;            /* the case spoken of; NULL: unknown */
    const struct kn_case *parent;             /* the case it is linked to, or is to be */
    const struct facts_candidate *candidates; /* as many as the proposal has */
    const struct kn_case *const *parts;       /* split from the subject; looked at for an erasure */
    size_t n_parts;
    const struct kn_candidate_pair *pair; /* subject and parent as a pair; NULL: never one */
    bool is_quoted;                       /* the part of a split stands in the petition */
    const struct kn_agent *agent;         /* the identity spoken of; NULL: unknown */
    /* ticks and reviews */
    const struct kn_case *const *due; /* cases with a clock that falls due, or to be looked at */
    size_t n_due;
};

struct decision {
    enum kn_verdict verdict; /* STORED, REPEATED, CONFLICT or REFUSED */
    enum kn_code code;
    const char *field;   /* at fault */
    const char *reason;  /* what is wrong and what would be legal; NULL: nothing to say */
    const char *subject; /* case code to answer with */
    size_t n_events;
    struct kn_event events[RULES_MAX_EVENTS];
    /* what events point to */
    size_t n_details, n_clocks, n_text, n_gaps;
    struct kn_gap gaps[1];
    struct kn_detail details[RULES_MAX_EVENTS];
    struct kn_clock clocks[RULES_MAX_CLOCKS];
    char text[RULES_TEXT];
};

/* Decides on one message. OUT is filled; what it points to lives as long as facts and message. A
 * refused message of a batch's row, and a refused act, have an event too: refusals are on record.
 */
void decide(struct decision *out, const struct facts *facts, enum kn_type type,
            const void *message);

/* A numbered message whose body could not be read: HEAD is what could be saved of it. */
void decide_unreadable(struct decision *out, const struct facts *facts,
                       const struct kn_numbered *head, enum kn_code code, const char *field);

/* Why CLOCK of a case is due when it is, by REGISTERS: one sentence in Vietnamese or English.
 * Returns its length, 0 when no rule explains it. */
int rules_explain(const registers_t *registers, const struct kn_clock *clock, bool english,
                  char *out, size_t size);
/* The unit that CLOCK runs for; NULL: the Office. */
const char *rules_clock_unit(const struct kn_case *kase, const struct kn_clock *clock);

/* Prints the table as Markdown with a Mermaid diagram (docs/lifecycle.md). */
void rules_print(FILE *out);

#endif
