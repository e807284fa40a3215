/* items.h - the rows of the open batch, and which item each of them is. */
#ifndef AGENTS_ITEMS_H
#define AGENTS_ITEMS_H

#include "agents/agent_internal.h"

enum { HASH = 32 /* of SHA-256 */, ITEM_MAX = 65 };

struct known; /* what the outbox knows of an item */

struct gathered {
    struct import *import;
    int64_t row;
    const char *sheet;     /* of its import; NULL: none */
    int64_t stood_at;      /* row of its item in the table imported before; 0: none */
    unsigned ordinal;      /* among the rows of equal content, from 1 */
    char number[ITEM_MAX]; /* the item of its number; "" when it has none or not its own */
    char item[ITEM_MAX];   /* "" until given */
    unsigned char hash[HASH];
    void *record; /* the petition; NULL: a refused row */
    size_t size;
    enum kn_code code;
    char *field, *words; /* of a refused row; may be NULL */
    bool is_revised;
    bool is_unsent; /* a changed row: the trace stays as it is */
};

struct batch {
    struct kn_message *declare; /* own copy */
    int64_t n_declared;         /* negative: the rows are counted */
    bool is_paused;
    bool is_revision;  /* changed rows are revisions */
    char replaces[33]; /* the batch that this one replaces; "" */
    char *reason;      /* of the replacement; may be NULL */
    struct gathered *rows;
    size_t n_rows, max_rows;
    size_t n_paused; /* rows of the files before this one */
    struct known *known;
    size_t n_known, max_known;
    char *room; /* RECORD_MAX bytes to encode in */
};

static inline const struct kn_batch_declare *items_declared(const struct batch *batch)
{
    return batch->declare->body;
}

/* The item of a number: %08d for a plain one, itself when it is a short word, else its hash. A
 * number that does not look like those of protocol.md cannot collide with the items of contents. */
void items_number(char out[ITEM_MAX], const char *number);
/* Gives each row of the open batch its item. */
int items_give(kn_agent_t *self);
/* Keeps that the hub has ITEM, brought by BATCH, with a content that this machine does not know. */
int items_learn(kn_agent_t *self, const char *container, const char *item, const char *batch);
/* Calls FN for each known item of the open batch's container that none of its rows is and that the
 * hub took; after items_give. */
int items_each_gone(kn_agent_t *self, int (*fn)(void *arg, const char *item), void *arg);
/* Keeps what was sent as ROW, in the commit of its message. */
int items_keep(kn_agent_t *self, struct account *account, const struct gathered *row);

#endif
