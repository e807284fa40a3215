/* join.h - what a reader may see of an event: content joined as it stands now, or left out. */
#ifndef KN_JOIN_H
#define KN_JOIN_H

#include "hub/code.h"
#include "hub/store.h"

/* How much of a stream's events its reader sees. */
enum join_view {
    JOIN_BARE,    /* no personal data: monitors, boards */
    JOIN_CONTENT, /* with the content: units for their cases, operators */
    JOIN_PUBLIC,  /* the public projection */
};

/* One event ready to be sent. Two blocks at most; join_clear frees them. */
struct joined {
    struct kn_event event;
    struct kn_detail detail;    /* of the log, with what is joined */
    struct kn_event *block;     /* of the log */
    struct kn_content *content; /* joined */
    char told_of[CODE_SIZE];
};

/* Reads event SEQUENCE and joins what VIEW allows. False when there is none (see store_error). */
bool join_event(store_txn_t *txn, uint64_t sequence, enum join_view view, struct joined *out);
/* Makes it what the reporter of case LINKED hears: the same event, of the case that his is linked
 * to (`parent`), under his own code. */
void join_told_of(struct joined *joined, uint64_t linked);
void join_clear(struct joined *joined);

/* The content of a case as it stands: NULL when erased. Destroyed with kn_record_destroy. */
struct kn_content *join_content(store_txn_t *txn, uint64_t sequence);

#endif
