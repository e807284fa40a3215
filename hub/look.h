/* look.h - what decide needs to know of the store: keys first, then the facts. The writer's. */
#ifndef KN_LOOK_H
#define KN_LOOK_H

#include "hub/errand.h"
#include "hub/files.h"
#include "hub/rules.h"
#include "hub/store.h"

/* The last sequence of each instance, in memory: resends cost no write. */
typedef struct lasts lasts_t;
lasts_t *lasts_new(void);
void lasts_destroy(lasts_t **self_p);
void lasts_forget(lasts_t *self); /* after an aborted turn: the store knows better */

/* Looks at the transport key of ERRAND. True: it is new and in order, go on. False: it has its
 * outcome now (repeated, conflict, deferred as out of order). */
bool look_keys(store_txn_t *txn, lasts_t *lasts, struct errand *errand);
/* The sequence of ERRAND is answered finally. */
void look_answered(lasts_t *lasts, const struct errand *errand);

/* The last sequence of an outbox that was answered finally, as far as is known since the start. */
uint64_t look_last(store_txn_t *txn, lasts_t *lasts, const char *actor, uint64_t instance);
/* A hello says that everything below the floor of ERRAND was. */
void look_answered_before(store_txn_t *txn, lasts_t *lasts, const struct errand *errand);

enum {
    LOOK_MAX_CANDIDATES = 8, /* maxItems of reading.propose */
    LOOK_MAX_PARTS = 200     /* of one petition: more than any has demands */
};

/* What is personal in a message, made ready beside the writer. */
struct prepared {
    uint8_t salt[16];
    char commitment[65];
    size_t n_content, n_packed;
    uint8_t bytes[]; /* the canonical content, then the value of its table */
};
/* Prepares ERRAND, which says all of its content itself: ROOM is for STORE_PACKED_CONTENT bytes. By
 * any thread; without memory the writer does it. */
void look_prepare(struct errand *errand, store_t *store, uint8_t *room);

/* The facts of one message, with what they point to. */
struct looked {
    struct facts facts;
    files_t *files; /* whether they hold what a message names; NULL: there are none */
    bool has_content;
    uint8_t salt[16];
    size_t n_content;
    const uint8_t *content; /* canonical encoding of what is personal; where it was prepared, or */
    uint8_t room[STORE_MAX_CONTENT];
    char commitment[65], new_case[CODE_SIZE], row_case[CODE_SIZE];
    uint64_t row_number; /* the stored row's case */
    struct kn_batch *batch;
    struct kn_case *subject, *parent;
    struct kn_candidate_pair *pair;
    struct kn_agent *agent;
    struct facts_candidate candidates[LOOK_MAX_CANDIDATES];
    struct kn_case *roots[LOOK_MAX_CANDIDATES];
    size_t n_roots;
    struct kn_case *parts[LOOK_MAX_PARTS];
    size_t n_parts;
    struct kn_content *whole; /* content of the case that is split */
    struct kn_petition part;  /* what is split from it */
};
void look(store_txn_t *txn, const struct errand *errand, int64_t now, struct looked *out);
void look_clear(struct looked *looked);

/* Names and keys that cannot be admitted or revoked, whatever the rules say: false, and ERRAND says
 * what is wrong. True for every other message. */
bool look_admission(store_txn_t *txn, struct errand *errand);

/* Puts what is personal back into BODY, a message of TYPE as the log has it. */
void look_give_back(enum kn_type type, void *body, const struct kn_content *content);

/* What the files of a batch's document are named under, where those of a case are named under its
 * number. */
uint64_t look_letter(const char *batch);
/* The files that the message of ERRAND names, *N of them. */
const struct kn_attachment *look_files(const struct errand *errand, size_t *n);

#endif
