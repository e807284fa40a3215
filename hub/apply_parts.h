/* apply_parts.h - what the files of apply share: a case being changed, and what an event does to
 * it.
 *
 *     apply.c       the tables: what each kind of event touches, and how a case moves
 *     apply_rows.c  batches, rows, new cases
 *     apply_case.c  clocks, links, pairs, assignments, answers, promises, dockets
 *     apply_tell.c  who hears of it: the streams
 */
#ifndef KN_APPLY_PARTS_H
#define KN_APPLY_PARTS_H

#include "hub/apply.h"

enum { /* maxItems in case.json */
       MAX_PARTS = 32,
       MAX_CLOCKS = 40,
       MAX_SELECTIONS = 16,
       MAX_RELATIONS = 16,
       MAX_LINKS = 16, /* links of links that are followed */
       MAX_HEARD = 32, /* events of an outcome that one who joins hears */
};

/* A case being changed: the record with its lists in arrays that can grow. Strings stay where they
 * were: in the block that was loaded, or in the event. */
struct draft {
    struct kn_case record;
    struct kn_assignment assignments[MAX_PARTS];
    struct kn_answer answers[MAX_PARTS];
    struct kn_clock clocks[MAX_CLOCKS];
    struct kn_commitment commitments[MAX_PARTS];
    struct kn_selection selections[MAX_SELECTIONS];
    struct kn_relation relations[MAX_RELATIONS];
    void *block;
};

/* False: there is no such case, and the transaction failed. */
bool apply_load(store_txn_t *txn, struct draft *draft, const char *code);
void apply_save(store_txn_t *txn, struct draft *draft);

/* ---- apply_rows.c */

/* By how much an event changes the account of a batch. */
struct change {
    int stored, fresh, linked, refused, elsewhere;
};

bool apply_batch_id(uint8_t id[16], const char *hex);
void apply_change_batch(store_txn_t *txn, const char *hex, uint64_t sequence, struct change by);
void apply_put_row(store_txn_t *txn, const struct kn_event *event, const char *container,
                   enum store_row_state state);

/* What an event without a case does. */
typedef void apply_plain_fn(store_txn_t *txn, const struct kn_event *event);
apply_plain_fn apply_open_batch, apply_refuse_row, apply_know_row, apply_close_batch,
    apply_replace_document, apply_withdraw_document, apply_receive, apply_split;

/* ---- apply_case.c */

/* Clocks as the event sets them. */
void apply_set_clocks(store_txn_t *txn, struct draft *draft, const struct kn_event *event);

/* What an event does to its case beside flow, axes and clocks. */
typedef void apply_case_fn(store_txn_t *txn, struct draft *draft, const struct kn_event *event);
apply_case_fn apply_link_case, apply_unlink_case, apply_relate, apply_propose_pair,
    apply_decide_pair, apply_assign, apply_hand_over, apply_accept, apply_give_back,
    apply_give_opinion, apply_promise, apply_keep, apply_miss, apply_plan, apply_verify, apply_end,
    apply_reopen, apply_direct, apply_choose, apply_answer, apply_revise, apply_withdraw;

/* ---- apply_tell.c */

enum {
    TO_UNIT = 1,   /* agency/UNIT of the event's unit, the lead and the partners */
    TO_SOURCE = 2, /* source/AGENT of the case */
    TO_ALERTS = 4,
    TO_PUBLIC = 8,  /* only when the case is public */
    TO_LINKED = 16, /* source/AGENT of every case that is linked to it, told of that one */
    TO_REPORTERS = TO_SOURCE | TO_LINKED,
    TO_NEWCOMER = 32, /* source/AGENT: what was heard so far of the case that it is linked to */
};

/* WAS_UNIT: who led the case before the event. KASE may be NULL. */
void apply_tell(store_txn_t *txn, const struct kn_event *event, const struct kn_case *kase,
                const char *was_unit, int to);
/* What reporters of linked cases hear too (apply.c has the table). */
bool apply_is_outcome(enum kn_event_kind kind);

#endif
