/* store.h - the one place where a petition is safe: domain verbs over one LMDB environment.
 *
 * A transaction is sticky: it remembers its first failure, later verbs do nothing, store_commit
 * tells. So callers have no error ladders. One writer thread; any number of readers (MDB_NOTLS).
 * Whatever a verb returns by pointer lives until the transaction ends or, in a write transaction,
 * until the next verb that writes; entries of the log and content only until the next one is read.
 * Every value ends with a CRC32C over key and value; a damaged one is never returned: the
 * transaction fails with KN_E_CORRUPT.
 *
 * State is journaled (cases, batches, both keys, streams, agents, registers: made by apply alone),
 * local (cursors, clock offset) or derived (readings). Keys are big-endian and as sequential as
 * they can be; store.c's opening comment has the layout.
 */
#ifndef KN_STORE_H
#define KN_STORE_H

#include "kiennghi/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct store store_t;
typedef struct store_txn store_txn_t;

enum store_mode { STORE_READ, STORE_WRITE };

struct store_options {
    const char *folder; /* made when missing */
    size_t map_size;    /* bytes of the sparse map, fixed when the store is made; 0: 64 GiB */
    bool read_only;     /* beside a hub that runs: looks, backups */
    bool test_clock;    /* only looked at when the store is made: its clock may be moved */
};

struct slice {
    const uint8_t *bytes;
    size_t size;
};

/* ---- the environment ------------------------------------------------------------------------- */

/* Opens or makes the store. 0, or KN_E_IO, KN_E_CORRUPT, KN_E_VERSION, KN_E_BUSY (another hub has
 * it); then WHY says what to do. */
int store_open(store_t **out, const struct store_options *options, char *why, size_t why_size);
void store_close(store_t **self_p);
bool store_test_clock(const store_t *self);

struct store_usage {
    uint64_t map_size, map_used;   /* bytes */
    uint64_t disk_size, disk_free; /* bytes of the file system of the store */
};
void store_usage(store_t *self, struct store_usage *out);

store_txn_t *store_begin(store_t *self, enum store_mode mode); /* never NULL; may be failed */
int store_error(const store_txn_t *txn);                       /* 0, or the first failure */
void store_fail(store_txn_t *txn, int code); /* makes the transaction fail with CODE */
bool store_dirty(const store_txn_t *txn);    /* something was written */
int store_commit(store_txn_t **txn_p);       /* 0: it is on the disk. Taken and nulled */

/* The same, in the journal (journal.h): 0: it is on the disk, but who reads does not see it until
 * the next store_commit or store_settle. One sync instead of two, and the pages of many such turns
 * are written once. By the thread that begins the next transaction that writes, or settles. */
int store_note(store_txn_t **txn_p);
/* Brings the tables up to the journal. When it fails, what was noted stays in the journal and is
 * in the next transaction that writes. */
int store_settle(store_t *self);
void store_abort(store_txn_t **txn_p);

/* ---- figures: small numbers by name (next event, case counter, chain head…) ------------------ */

uint64_t store_number(store_txn_t *txn, const char *name); /* 0 when unset */
void store_put_number(store_txn_t *txn, const char *name, uint64_t value);
bool store_head(store_txn_t *txn, uint8_t hash[32]); /* chain head; zeros and false at first */
void store_put_head(store_txn_t *txn, const uint8_t hash[32]);

/* ---- the log: entries by the sequence of their first event ----------------------------------- */

void store_append_entry(store_txn_t *txn, uint64_t first, struct slice entry);
/* The entry that holds event SEQUENCE; false when there is none. */
bool store_entry(store_txn_t *txn, uint64_t sequence, uint64_t *first, struct slice *entry);

/* ---- the room for personal data: by the sequence of the entry's first event ------------------ */

void store_put_content(store_txn_t *txn, uint64_t sequence, const uint8_t salt[16],
                       struct slice record);
/* The same in two steps, the first by any thread: packs into OUT, STORE_PACKED_CONTENT bytes, for
 * store_put_packed_content. Gives the size. */
enum { STORE_MAX_CONTENT = 64 * 1024, STORE_PACKED_CONTENT = 2 * STORE_MAX_CONTENT + 1 };
size_t store_pack_content(store_t *store, const uint8_t salt[16], struct slice record,
                          uint8_t *out);
void store_put_packed_content(store_txn_t *txn, uint64_t sequence, struct slice packed);
void store_drop_content(store_txn_t *txn, uint64_t sequence);
/* The erasures, by event: what was erased stays erased, also after a restore. */
void store_put_erased(store_txn_t *txn, uint64_t sequence, uint64_t case_number);
bool store_next_erased(store_txn_t *txn, uint64_t *sequence /* 0 first */, uint64_t *case_number);
/* Walks the contents upwards; *SEQUENCE holds the last one (0 first) and gets the next. */
bool store_next_content(store_txn_t *txn, uint64_t *sequence, uint8_t salt[16],
                        struct slice *record);
bool store_content(store_txn_t *txn, uint64_t sequence, uint8_t salt[16], struct slice *record);

/* ---- transport key: (agent, instance, sequence) -> the first answer -------------------------- */

struct store_answer {
    uint64_t event;       /* first event of the entry that it caused */
    uint64_t case_number; /* 0: none */
    uint8_t verdict;      /* enum kn_verdict */
    uint8_t code;         /* enum kn_code */
    char field[64];
};
void store_put_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                      const struct store_answer *answer);
bool store_answer(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t sequence,
                  struct store_answer *out);
/* The last sequence of the instance that was answered finally. */
uint64_t store_last_sequence(store_txn_t *txn, const char *agent, uint64_t instance);
void store_put_last_sequence(store_txn_t *txn, const char *agent, uint64_t instance, uint64_t last);

/* ---- source key: (channel, container, item) -> the row --------------------------------------- */

enum store_row_state { STORE_ROW_STORED = 1, STORE_ROW_REFUSED = 2, STORE_ROW_KNOWN = 3 };
struct store_row {
    uint64_t event;       /* of the entry that stored or refused it; its content lies there */
    uint64_t case_number; /* 0 when refused */
    uint8_t batch[16];    /* the batch that counts it */
    uint32_t row;         /* for people */
    uint8_t state;        /* enum store_row_state */
    uint8_t code;         /* enum kn_code, when refused */
    char field[64];
    char item[72]; /* set by reading */
};
void store_put_row(store_txn_t *txn, const uint8_t container[16], const char *item,
                   const struct store_row *row);
bool store_row(store_txn_t *txn, const uint8_t container[16], const char *item,
               struct store_row *out);
/* Walks the rows of CONTAINER behind item AFTER ("" from the start); false at the end. */
bool store_next_row(store_txn_t *txn, const uint8_t container[16], const char *after,
                    struct store_row *out);

/* ---- cases and batches: decoded into one block, destroyed by the caller ---------------------- */

struct kn_case *store_case(store_txn_t *txn, uint64_t number); /* NULL when there is none */
void store_put_case(store_txn_t *txn, const struct kn_case *record);
/* Walks cases downwards from below NUMBER (0: from the last one). NULL at the end. */
struct kn_case *store_case_below(store_txn_t *txn, uint64_t number);
/* The case number behind NUMBER; 0 at the end. */
uint64_t store_case_after(store_txn_t *txn, uint64_t number);

/* What is linked to a case. Walks upwards: *LINKED is 0 first; AGENT sent that one. */
void store_put_link(store_txn_t *txn, uint64_t number, uint64_t linked, const char *agent);
void store_drop_link(store_txn_t *txn, uint64_t number, uint64_t linked);
bool store_next_link(store_txn_t *txn, uint64_t number, uint64_t *linked, char agent[64]);

/* The same for cases that go their own way: KIND is enum kn_link_kind. */
void store_put_related(store_txn_t *txn, uint64_t number, uint64_t related, enum kn_link_kind kind);
void store_drop_related(store_txn_t *txn, uint64_t number, uint64_t related);
bool store_next_related(store_txn_t *txn, uint64_t number, uint64_t *related,
                        enum kn_link_kind *kind);

/* Candidate pairs: two cases in either order; destroyed by the caller, NULL: never compared. */
struct kn_candidate_pair *store_pair(store_txn_t *txn, uint64_t a, uint64_t b);
/* Puts RECORD in the place of what is known of its two cases. */
void store_put_pair(store_txn_t *txn, const struct kn_candidate_pair *record);
/* Walks the pairs of STATE: the one behind (*LATER, *EARLIER), which are set. NULL at the end. */
struct kn_candidate_pair *store_next_pair(store_txn_t *txn, enum kn_candidate_state state,
                                          uint64_t *later, uint64_t *earlier);

/* A batch belongs to the transaction. It may be changed in place: strings of the caller must live
 * as long as the transaction then, and store_put_batch says that it was. */
struct kn_batch *store_batch(store_txn_t *txn, const uint8_t id[16]);
void store_put_batch(store_txn_t *txn, const struct kn_batch *record);
struct kn_batch *store_next_batch(store_txn_t *txn, const uint8_t *after /* NULL: first */);

/* ---- streams: position -> sequence of the event ---------------------------------------------- */

/* Ids of streams are small numbers; 0 when the stream has no events yet. */
uint32_t store_stream(store_txn_t *txn, const char *name);
/* Walks the streams; NAME holds the last one ("" first) and gets the next; *LAST is the position
 * that was given last. */
bool store_next_stream(store_txn_t *txn, char name[96], uint32_t *stream, uint64_t *last);
uint64_t store_stream_last(store_txn_t *txn, uint32_t stream);
/* TOLD_OF: the case that the reader is told of, when that is another one than the event's; 0. */
void store_append_stream(store_txn_t *txn, const char *name, uint64_t event, uint64_t told_of);
/* The event at POSITION; 0 when there is none. TOLD_OF may be NULL. */
uint64_t store_stream_event(store_txn_t *txn, uint32_t stream, uint64_t position,
                            uint64_t *told_of);

/* Saved cursors (local). */
bool store_cursor(store_txn_t *txn, const char *stream, const char *consumer, uint64_t *position,
                  char agent[64]);
void store_put_cursor(store_txn_t *txn, const char *stream, const char *consumer, const char *agent,
                      uint64_t position);
/* Walks all cursors; STREAM and CONSUMER hold the last ones ("" at first) and get the next. */
bool store_next_cursor(store_txn_t *txn, char stream[96], char consumer[64], char agent[64],
                       uint64_t *position);

/* ---- clocks: what falls due, by instant ------------------------------------------------------ */

void store_put_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint16_t clock);
void store_drop_due(store_txn_t *txn, int64_t at, uint64_t case_number, uint16_t clock);
/* The first one at or after (*at, *case_number, *clock); false when there is none. */
bool store_next_due(store_txn_t *txn, int64_t *at, uint64_t *case_number, uint16_t *clock);

/* ---- agents and registers -------------------------------------------------------------------- */

void store_put_agent(store_txn_t *txn, const struct kn_agent *agent);
struct kn_agent *store_agent(store_txn_t *txn, const char *name); /* NULL when there is none */
struct kn_agent *store_next_agent(store_txn_t *txn, const char *after /* "" first */);

void store_put_register(store_txn_t *txn, const char *version, const char *name, struct slice file);
/* Walks the files of a version piece by piece; NAME ("" at first) and PIECE hold the last one and
 * get the next. Pieces of one file follow each other. */
bool store_next_register(store_txn_t *txn, const char *version, char name[64], uint32_t *piece,
                         struct slice *part);

/* ---- readings: what the reading stage compares with (derived, one for each petition) --------- */

enum { STORE_MAX_READING = 2048 };
struct store_reading {
    uint8_t words[16]; /* hash of the petition's words: equal when it is said word for word again */
    struct slice packed; /* text_pack; empty: nothing to compare with */
};
void store_put_reading(store_txn_t *txn, uint64_t case_number, const struct store_reading *reading);
bool store_reading(store_txn_t *txn, uint64_t case_number, struct store_reading *out);
uint64_t store_count_readings(store_txn_t *txn);
/* Walks them upwards: the one behind *CASE_NUMBER (0 first). False at the end. */
bool store_next_reading(store_txn_t *txn, uint64_t *case_number, struct store_reading *out);

/* ---- files that contents name ---------------------------------------------------------------- */

/* The content of event SEQUENCE, of CASE, names the file. */
void store_name_file(store_txn_t *txn, const uint8_t digest[32], uint64_t sequence,
                     uint64_t case_number);
/* The content of event SEQUENCE is gone, and with it the name that it gave. */
void store_drop_file(store_txn_t *txn, const uint8_t digest[32], uint64_t sequence);
bool store_file_is_named(store_txn_t *txn, const uint8_t digest[32]);
bool store_file_is_of(store_txn_t *txn, const uint8_t digest[32], uint64_t case_number);
/* ---- for operators, outside the chain (local) ------------------------------------------------ */

/* Events that consumers refused, by number, and by place: (stream, consumer, agent, position). */
struct store_place {
    const char *stream, *consumer, *agent;
    uint64_t position;
};
/* Keeps ITEM; a number of 0 is drawn. Returns the number. */
uint64_t store_put_quarantined(store_txn_t *txn, const struct kn_quarantined *item);
void store_drop_quarantined(store_txn_t *txn, const struct kn_quarantined *item);
struct kn_quarantined *store_quarantined(store_txn_t *txn, uint64_t number);
struct kn_quarantined *store_next_quarantined(store_txn_t *txn, uint64_t after);
uint64_t store_quarantined_at(store_txn_t *txn, const struct store_place *place); /* number or 0 */
/* The next refused event behind the position of PLACE, of the same consumer; moves it there. */
uint64_t store_next_quarantined_of(store_txn_t *txn, struct store_place *place);

/* The audit ring: the newest STORE_DENIALS denials. The number is drawn here. */
enum { STORE_DENIALS = 20000 };
void store_put_denial(store_txn_t *txn, const struct kn_denial *denial);
struct kn_denial *store_next_denial(store_txn_t *txn, uint64_t after);

/* ---- copies ---------------------------------------------------------------------------------- */

/* Writes a copy of the store as it stands now into the file PATH, without free pages: what was
 * erased before is not in it. Others go on reading and writing. Synced. 0, KN_E_IO, KN_E_FULL. */
int store_copy(store_t *self, const char *path);

/* Puts such a copy in the place of the store's file: pages that held what was erased are gone. All
 * transactions wait as long as it takes; the caller has none. KN_E_BUSY: a backup runs; KN_E_IO,
 * KN_E_FULL: nothing was changed. After KN_E_CORRUPT the store is closed: end the process. */
int store_compact(store_t *self);

/* ---- checking -------------------------------------------------------------------------------- */

/* Reads every record of every table; counts them and those whose checksum fails. */
int store_check(store_t *self, uint64_t *n_records, uint64_t *n_damaged);

#endif
