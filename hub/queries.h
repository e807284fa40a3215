/* queries.h - requests that change nothing: case.get, case.find, batch.get, candidate.find. */
#ifndef KN_QUERIES_H
#define KN_QUERIES_H

#include "hub/registers.h"
#include "hub/store.h"

struct query_asker {
    const struct kn_agent *agent; /* NULL: the control socket */
    bool sees_persons;            /* by its role */
    const registers_t *registers; /* what explains dates */
};

/* Answers a request of TYPE into FRAME. The frame's size, or a negative KN_E*: KN_E_NOT_FOUND,
 * KN_E_DENIED (a unit asks for another's case), or the store's failure. */
long query(store_t *store, const struct query_asker *asker, enum kn_type type, const void *request,
           uint8_t *frame, size_t size);

/* candidate.find: pairs that may be one, with both texts (queries_pairs.c). */
long query_pairs(store_txn_t *txn, const struct query_asker *asker,
                 const struct kn_candidate_find *request, uint8_t *frame, size_t size);

/* May the asker have the file DIGEST (hex) of CASE? 0, KN_E_NOT_FOUND, KN_E_DENIED. */
int query_file(store_txn_t *txn, const struct query_asker *asker, const char *code,
               const char *digest);

#endif
