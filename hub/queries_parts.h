/* queries_parts.h - what queries.c and queries_find.c share. */
#ifndef KN_QUERIES_PARTS_H
#define KN_QUERIES_PARTS_H

#include "hub/queries.h"

long query_encode(uint8_t *frame, size_t size, enum kn_type type, const void *body);
/* May the asker see the inside of this case? */
bool query_concerns(const struct query_asker *asker, const struct kn_case *kase);
/* case.find. */
long query_find(store_txn_t *txn, const struct query_asker *asker,
                const struct kn_case_find *request, uint8_t *frame, size_t size);

#endif
