/* log.h - the log: every entry is one command and the events that it caused, chained by hash.
 *
 * Events are numbered 1, 2, 3 … over the whole log; an entry is stored under the number of its
 * first event. Bytes of an entry (big-endian):
 *
 *   prev (32)  SHA-256 of the entry before, zeros for the first
 *   sequence (8)  at (8)  decider version (2)  type of the command (1)  verdict (1)
 *   instance (8)  transport sequence (8)  zeros when the hub itself spoke
 *   number of events (2)  command length (4), command: its record without personal data
 *   for each event: length (2), event record without personal data
 *
 * Records are in the form of the disk (schemas/stored.h).
 *
 * The head of the log is SHA-256 of the last entry. What is personal lies in the content table
 * under the same number; the entry's events carry the commitment to it.
 */
#ifndef KN_LOG_H
#define KN_LOG_H

#include "hub/store.h"

enum { LOG_MAX_EVENTS = 600, LOG_MAX_ENTRY = 120 * 1024 };

struct log_entry {
    uint64_t sequence; /* of its first event */
    int64_t at;
    uint16_t decider;
    enum kn_type type;
    enum kn_verdict verdict;
    uint64_t instance, transport; /* transport key of the message; zeros: none */
    size_t n_events;
    struct slice command; /* record bytes, borrowed from the entry */
    struct slice events;  /* the rest, walked by log_event */
};

/* Appends an entry under the next numbers. HEAD gives at, decider, type, verdict, instance and
 * transport; ACTOR is who spoke; sequence, at and actor of the EVENTS are filled. Returns the first
 * number. The transaction fails when the store does. */
uint64_t log_append(store_txn_t *txn, const struct log_entry *head, const char *actor,
                    const void *command, struct kn_event *events, size_t n_events);

/* Writes EVENTS as an entry holds them into OUT; sequence (from that of ABOUT), at and actor are
 * filled. Returns the size; asserts that the room is enough. */
size_t log_write_events(uint8_t *out, size_t room, const struct log_entry *about, const char *actor,
                        struct kn_event *events, size_t n_events);

/* The number of the last event, 0 when there is none. */
uint64_t log_last(store_txn_t *txn);

/* Reads the head of an entry. 0 or KN_E_CORRUPT. */
int log_read(struct log_entry *out, struct slice entry);

/* Decodes event number SEQUENCE of the entry into a block that the caller frees with
 * kn_record_destroy. 0, KN_E_CORRUPT or KN_E_NOMEM. */
int log_event(struct kn_event **out, const struct log_entry *entry, uint64_t sequence);

/* The event SEQUENCE of the store; NULL when there is none (then see store_error). */
struct kn_event *log_find(store_txn_t *txn, uint64_t sequence);

/* Walks the whole chain. 0 when it holds; else KN_E_CORRUPT and the number of the first bad entry.
 */
int log_verify(store_txn_t *txn, uint64_t *bad);

#endif
