/* errand.h - one message on its way through the hub, and what becomes of it. */
#ifndef KN_ERRAND_H
#define KN_ERRAND_H

#include "hub/acl.h"
#include "hub/code.h"
#include "hub/denials.h"
#include "hub/line.h"
#include "hub/net.h"
#include "hub/reading.h"
#include "hub/store.h"
#include "kiennghi/message.h"

enum errand_from {
    FROM_PEER,      /* a numbered message: answered by a receipt */
    FROM_CONTROL,   /* the same over the control socket, without keys */
    FROM_CURSOR,    /* a consumer's position */
    FROM_READING,   /* a proposal of the reading stage */
    FROM_REGISTERS, /* a new version of the registers */
    FROM_FILES,     /* a request about a file: answered by a frame, beside the walk */
    FROM_HELLO,     /* an outbox says how far it is */
    FROM_DESK,      /* local state: quarantine, denials (desk.h) */
};

struct errand {
    struct link link; /* first: errands stand in lines */
    enum errand_from from;

    /* take: what was said, by whom, over which connection */
    struct net_peer peer;
    struct kn_message *message; /* owned; NULL: could not be read, or one of our own */
    enum kn_type type;
    const void *body;
    struct kn_numbered *head; /* owned: what was saved of a message that could not be read */

    /* admit: as whom */
    char actor[ACL_NAME_SIZE], unit[ACL_NAME_SIZE];
    enum kn_role role;
    uint64_t instance, sequence;
    uint64_t floor; /* the sequence that the client said it goes on with */

    struct prepared *prepared; /* owned; NULL: the writer does it. See look_prepare */

    /* the outcome; once there is one the later steps pass the errand untouched */
    bool has_outcome;
    bool is_settled; /* by admit: the writer passes it on, so that receipts keep their order */
    enum kn_verdict verdict;
    enum kn_code code;
    char field[96], reason[300], subject[CODE_SIZE];
    uint64_t event;    /* first event that it caused; 0: none */
    uint64_t expected; /* deferred as out of order */
    int64_t retry_after_ms;

    /* our own errands */
    char stream[96], consumer[64];
    uint64_t position; /* FROM_CURSOR; FROM_READING: the submission that was read */
    uint8_t *frame;    /* owned; FROM_FILES: the answer */
    size_t n_frame;
    uint64_t case_number;         /* FROM_READING: whose reading is kept; 0: none is */
    struct store_reading reading; /* its packed bytes are owned */
    bool is_first;                /* the petition was not read before */
    struct reading_pass pass; /* FROM_READING: how far reading again has come; with 0: as it was */
    int64_t request;          /* FROM_DESK: the number of the request that waits for it; -1: none */
    struct denial_line *denials; /* owned */
    size_t n_denials;
};

struct errand *errand_new(enum errand_from from); /* NULL: no memory */
void errand_destroy(struct errand **errand_p);

/* Gives ERRAND its outcome. REASON and FIELD may be NULL and are copied. */
void errand_end(struct errand *errand, enum kn_verdict verdict, enum kn_code code,
                const char *field, const char *reason);
void errand_defer(struct errand *errand, enum kn_code code, int64_t retry_after_ms);

#endif
