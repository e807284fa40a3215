/* store_parts.h - the store's inside, for the files that are the store: store.c (tables over LMDB)
 * and the domain's verbs over them.
 */
#ifndef KN_STORE_PARTS_H
#define KN_STORE_PARTS_H

#include "hub/key.h"
#include "hub/store.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

enum { MAX_RECORD = 128 * 1024 }; /* longest record that a verb encodes */

/* See store.c for what lies in them. */
enum table {
    META,
    LOG,
    CONTENT,
    TRANSPORT,
    INSTANCE,
    SOURCE,
    CASE,
    BATCH,
    NAME,
    STREAM,
    DUE,
    CURSOR,
    AGENT,
    REGISTER,
    FILES,
    DICTIONARY,
    LINK,
    PAIR,
    RELATED,
    READING,
    QUARANTINE,
    ERASED,
    DENIAL,
    OPEN,
    N_TABLES
};

struct store_held {
    uint8_t id[16];
    struct kn_batch *batch;
    bool is_dirty;
};

struct store_txn {
    store_t *store;
    struct MDB_txn *txn;
    int error;
    bool writes, dirty;
    bool is_quiet; /* what is put now is not for the journal: it has it, or what it comes from */
    struct store_packing *packing;
    struct store_series *series; /* of the writer; NULL: this one reads */
    uint8_t *room[N_TABLES];     /* the last value that was unpacked out of each table */
    struct store_held *batches;  /* looked at in this transaction: decoded once, written once */
    size_t n_batches, room_batches;
    uint8_t scratch[]; /* a value on its way to the engine; only of writers */
};

/* ---- values (store.c) ------------------------------------------------------------------------ */

void store_put(store_txn_t *txn, enum table table, const struct key *key, const void *value,
               size_t size);
/* The same, with a key behind all others of the table. */
void store_append(store_txn_t *txn, enum table table, const struct key *key, struct slice value);
/* The same with a value that was packed ahead. */
void store_append_packed(store_txn_t *txn, enum table table, const struct key *key,
                         struct slice packed);
struct store_packing *store_packing_of(store_t *store);
bool store_get(store_txn_t *txn, enum table table, const struct key *key, struct slice *out);
void store_drop(store_txn_t *txn, enum table table, const struct key *key);

/* How to seek: at or after the key, strictly after it, strictly before it, at or before it. */
enum seek { SEEK_FROM, SEEK_AFTER, SEEK_BEFORE, SEEK_UPTO };
/* Finds the neighbour of KEY; FOUND and VALUE live as long as the transaction's next write. */
bool store_seek(store_txn_t *txn, enum table table, const struct key *key, enum seek how,
                struct slice *found, struct slice *value);

/* Records of the contract, in the form of the disk. A record that is got is destroyed by the
 * caller. */
void store_put_record(store_txn_t *txn, enum table table, const struct key *key,
                      enum kn_schema schema, const void *body);
/* The same, not packed: for a record that will soon be another. */
void store_put_plain_record(store_txn_t *txn, enum table table, const struct key *key,
                            enum kn_schema schema, const void *body);
void *store_get_record(store_txn_t *txn, enum kn_schema schema, struct slice value);

/* ---- packing: short records share a dictionary (store_packing.c) ------------------------------
 */

extern const char *const store_table_names[N_TABLES];

struct store_packing *store_packing_new(void);
void store_packing_destroy(struct store_packing **self_p);

/* What is put into TABLE for VALUE; PLAIN: not packed. It lives until the next one is packed. */
struct slice store_pack(store_txn_t *txn, enum table table, struct slice value, bool plain);
/* The same by any thread, into TO; what only a transaction can find out is left undone. */
struct slice store_pack_ahead(struct store_packing *self, enum table table, struct slice value,
                              uint8_t to[1 + MAX_RECORD]);
/* Undoes that: VALUE becomes what it was. It lives until the next one of the table is read. */
bool store_unpack(store_txn_t *txn, enum table table, struct slice *value);

/* Is it time to learn dictionaries from what there is? Learns them in TXN. */
bool store_lesson_is_due(store_txn_t *txn);
void store_learn(store_txn_t *txn);

/* Finds the dictionaries that there are; enters the words that come with the program when they are
 * others. 0 or KN_E*. */
int store_find_dictionaries(store_t *store, struct store_packing *self);
int store_enter_words(store_t *store, struct store_packing *self);

/* ---- series: short items by position, many in one record (store_series.c) -------------------- */

/* SERIES: the key before the position. Items are 1 to 95 bytes; some may be left out. */
void store_put_item(store_txn_t *txn, enum table table, const struct key *series, uint64_t position,
                    struct slice item);
bool store_item(store_txn_t *txn, enum table table, const struct key *series, uint64_t position,
                struct slice *item);
uint64_t store_last_item(store_txn_t *txn, enum table table,
                         const struct key *series); /* 0: none */

struct store_series *store_series_new(void);       /* what a writer keeps open; freed with free() */
void store_flush_series(store_txn_t *txn);         /* writes what was put */
void store_forget_series(struct store_series *it); /* what was not committed is not known */

/* An item of a series is for the journal; the records that it goes to are not. */
void store_note_item(store_txn_t *txn, enum table table, const struct key *series,
                     uint64_t position, struct slice item);

/* ---- batches of this transaction (store_cases.c) --------------------------------------------- */

void store_flush_batches(store_txn_t *txn); /* writes those that were changed in place */
void store_drop_batches(store_txn_t *txn);  /* forgets all */

/* ---- small ids for names (store_streams.c) --------------------------------------------------- */

struct store_name {
    uint32_t id;
    uint64_t last; /* last position of a stream */
};
/* KIND is 's' for streams, 'a' for agents. */
bool store_get_name(store_txn_t *txn, char kind, const char *text, struct store_name *out);
void store_make_name(store_txn_t *txn, char kind, const char *text, struct store_name *out);

#endif
