/* items.h - the rows of the open batch, and which item each of them is. */
#ifndef AGENTS_ITEMS_H
#define AGENTS_ITEMS_H

#include "agents/agent_internal.h"

enum { HASH = 32 /* of SHA-256 */, ITEM_MAX = 65 };

struct known; /* what the outbox knows of an item */

/* Where rows stand: rows in a line share one. */
struct stand {
    struct import *import;
    const char *sheet; /* NULL: none */
};

struct refused {
    enum kn_code code;
    const char *field, *words; /* of the import; may be NULL */
};

/* What is kept of a row until its batch is sent; the petition lies in the batch's scratch file. */
struct gathered {
    unsigned char hash[HASH];
    const struct stand *stand;
    const struct refused *refused; /* NULL: a petition */
    const char *number;            /* the item of its number; NULL: none, or not its own */
    struct known *known;           /* that it is; NULL: none */
    int32_t row;
    int32_t stood_at; /* row of its item in the table imported before; 0: none */
    uint32_t size;    /* of the petition */
    uint32_t ordinal; /* among the rows of equal content, from 1 */
    bool is_revised;
    bool is_unsent; /* a changed row: the trace stays as it is */
};

struct batch {
    struct kn_message *declare; /* own copy */
    int64_t n_declared;         /* negative: the rows are counted */
    bool is_paused;
    bool is_hub_away;  /* it answered nothing while rows waited */
    bool is_revision;  /* changed rows are revisions */
    char replaces[33]; /* the batch that this one replaces; "" */
    char *reason;      /* of the replacement; may be NULL */
    struct gathered *rows;
    size_t n_rows, max_rows;
    size_t n_paused; /* rows of the files before this one */
    const struct stand *stand;
    struct known *known;
    size_t n_known, max_known;
    struct lump *lumps; /* small things that live as long as the batch */
    FILE *scratch;      /* the petitions, row by row; NULL: none yet */
    char *room;         /* RECORD_MAX bytes to encode in */
};

/* SIZE bytes that live as long as BATCH. */
void *batch_keep(struct batch *batch, const void *bytes, size_t size);
/* Begins to read the petitions again, from the first row. */
int batch_rewind(struct batch *batch);
/* The petition of the next row that has one; rows must be asked for in turn. Freed with
 * kn_record_destroy. */
int batch_next(struct batch *batch, void **petition, const struct gathered *row,
               struct kn_fault *fault);

static inline const struct kn_batch_declare *items_declared(const struct batch *batch)
{
    return batch->declare->body;
}

/* The item of a number: %08d for a plain one, itself when it is a short word, else its hash. A
 * number that does not look like those of protocol.md cannot collide with the items of contents. */
void items_number(char out[ITEM_MAX], const char *number);
/* Gives each row of the open batch its item. */
int items_give(kn_agent_t *self);
/* The item of ROW; after items_give. */
void items_of(char out[ITEM_MAX], const struct gathered *row);
/* Keeps that the hub has ITEM, brought by BATCH, with a content that this machine does not know. */
int items_learn(kn_agent_t *self, const char *container, const char *item, const char *batch);
/* Calls FN for each known item of the open batch's container that none of its rows is and that the
 * hub took; after items_give. */
int items_each_gone(kn_agent_t *self, int (*fn)(void *arg, const char *item), void *arg);
/* How many rows the open batch has with those of earlier files and runs; after items_give. */
uint64_t items_count(const kn_agent_t *self, const struct account *account);
/* Keeps what was sent as ROW, in the commit of its message. */
int items_keep(kn_agent_t *self, struct account *account, const struct gathered *row);

#endif
