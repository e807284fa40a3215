/* log.c - entries of the log: written once by the writer, read by everybody. See the header. */
#include "hub/log.h"

#include "hub/digest.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED = 32 + 8 + 8 + 2 + 1 + 1 + 8 + 8 + 2 + 4 }; /* bytes before the command */

static uint8_t *put(uint8_t *at, uint64_t value, int n_bytes)
{
    for (int i = n_bytes - 1; i >= 0; i--) {
        *at++ = (uint8_t)(value >> (8 * i));
    }
    return at;
}

static uint64_t get(const uint8_t *at, int n_bytes)
{
    uint64_t value = 0;
    while (n_bytes--) {
        value = value << 8 | *at++;
    }
    return value;
}

/* The event before event I that is of the same case, in the entry itself. */
static void follow(struct kn_event *events, size_t i)
{
    for (size_t j = i; j-- > 0 && !events[i].has_previous;) {
        if (events[i].case_ && events[j].case_ && !strcmp(events[i].case_, events[j].case_)) {
            events[i].previous = events[j].sequence;
            events[i].has_previous = true;
        }
    }
}

size_t log_write_events(uint8_t *out, size_t room, const struct log_entry *about, const char *actor,
                        struct kn_event *events, size_t n_events)
{
    uint8_t *to = out;
    const uint8_t *end = out + room;
    for (size_t i = 0; i < n_events; i++) {
        events[i].sequence = (int64_t)(about->sequence + i);
        events[i].at = about->at;
        events[i].actor = actor;
        follow(events, i);
        long size =
            stored_encode(to + 2, (size_t)(end - to) - 2, KN_SCHEMA_EVENT, &events[i], true);
        assert(size > 0);
        to = put(to, (uint64_t)size, 2) + size;
    }
    return (size_t)(to - out);
}

uint64_t log_append(store_txn_t *txn, const struct log_entry *head, const char *actor,
                    const void *command, struct kn_event *events, size_t n_events)
{
    assert(n_events > 0 && n_events <= LOG_MAX_EVENTS);
    struct log_entry about = *head;
    about.sequence = log_last(txn) + 1;
    uint8_t *entry = malloc(LOG_MAX_ENTRY), hash[32], *to = entry;
    if (!entry) {
        store_fail(txn, KN_E_NOMEM);
        return about.sequence;
    }
    store_head(txn, to);
    to = put(to + 32, about.sequence, 8);
    to = put(to, (uint64_t)about.at, 8);
    to = put(to, about.decider, 2);
    to = put(to, (uint64_t)about.type, 1);
    to = put(to, (uint64_t)about.verdict, 1);
    to = put(to, about.instance, 8);
    to = put(to, about.transport, 8);
    to = put(to, n_events, 2);

    const uint8_t *end = entry + LOG_MAX_ENTRY;
    long size = 0;
    if (command) { /* a message that could not be read leaves none */
        size = stored_encode(to + 4, (size_t)(end - to) - 4, kn_type_schema(about.type), command,
                             true);
    }
    assert(size >= 0);
    to = put(to, (uint64_t)size, 4) + size;
    to += log_write_events(to, (size_t)(end - to), &about, actor, events, n_events);
    struct slice bytes = {entry, (size_t)(to - entry)};
    store_append_entry(txn, about.sequence, bytes);
    digest_sha256(hash, entry, bytes.size);
    store_put_head(txn, hash);
    store_put_number(txn, "last_event", about.sequence + n_events - 1);
    free(entry);
    return about.sequence;
}

uint64_t log_last(store_txn_t *txn)
{
    return store_number(txn, "last_event");
}

int log_read(struct log_entry *out, struct slice entry)
{
    memset(out, 0, sizeof *out);
    if (entry.size < FIXED) {
        return KN_E_CORRUPT;
    }
    const uint8_t *at = entry.bytes + 32;
    out->sequence = get(at, 8);
    out->at = (int64_t)get(at + 8, 8);
    out->decider = (uint16_t)get(at + 16, 2);
    out->type = (enum kn_type)at[18];
    out->verdict = (enum kn_verdict)at[19];
    out->instance = get(at + 20, 8);
    out->transport = get(at + 28, 8);
    out->n_events = get(at + 36, 2);
    out->command = (struct slice){entry.bytes + FIXED, get(at + 38, 4)};
    if (out->command.size > entry.size - FIXED) {
        return KN_E_CORRUPT;
    }
    out->events.bytes = out->command.bytes + out->command.size;
    out->events.size = entry.size - FIXED - out->command.size;
    return KN_OK;
}

int log_event(struct kn_event **out, const struct log_entry *entry, uint64_t sequence)
{
    const uint8_t *at = entry->events.bytes, *end = at + entry->events.size;
    *out = NULL;
    for (uint64_t number = entry->sequence;; number++) {
        if (number >= entry->sequence + entry->n_events || end - at < 2 ||
            get(at, 2) > (size_t)(end - at) - 2) {
            return KN_E_CORRUPT;
        }
        size_t size = get(at, 2);
        if (number == sequence) {
            void *block = NULL;
            int rc = stored_decode(&block, KN_SCHEMA_EVENT, at + 2, size);
            *out = block;
            return rc;
        }
        at += 2 + size;
    }
}

struct kn_event *log_find(store_txn_t *txn, uint64_t sequence)
{
    struct slice bytes;
    struct log_entry entry;
    struct kn_event *event = NULL;
    uint64_t first;
    if (!store_entry(txn, sequence, &first, &bytes)) {
        return NULL;
    }
    int rc = log_read(&entry, bytes);
    if (!rc && sequence < first + entry.n_events) {
        rc = log_event(&event, &entry, sequence);
    }
    if (rc) {
        store_fail(txn, rc);
    }
    return event;
}

int log_verify(store_txn_t *txn, uint64_t *bad)
{
    uint8_t want[32] = {0}, head[32];
    uint64_t next = 1, last = log_last(txn), first;
    struct slice bytes;
    struct log_entry entry;
    *bad = 0;
    while (next <= last) {
        *bad = next;
        if (!store_entry(txn, next, &first, &bytes) || first != next || log_read(&entry, bytes) ||
            entry.sequence != next || memcmp(bytes.bytes, want, 32) != 0) {
            return KN_E_CORRUPT;
        }
        digest_sha256(want, bytes.bytes, bytes.size);
        next += entry.n_events;
    }
    store_head(txn, head);
    *bad = last;
    return next == last + 1 && memcmp(head, want, 32) == 0 ? KN_OK : KN_E_CORRUPT;
}
