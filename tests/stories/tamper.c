/* tamper.c - a store whose chain is whole and whose decision is not.
 *
 *     tamper STORE FRESH EVENT UNIT
 *
 * STORE is a hub's folder, with no hub on it; FRESH is made. Every entry is written again, with its
 * content, and its events are applied; event number EVENT names UNIT now. Each checksum, commitment
 * and link of the chain is right, as somebody would make them who can write to the disk: only the
 * rules can tell. EVENT 0 changes nothing: the same head. UNIT "-": the event stays what it was and
 * is not applied, so that the state is not what the log says.
 */
#include "hub/apply.h"
#include "hub/log.h"
#include "hub/store.h"
#include "kiennghi/message.h"
#include "schemas/stored.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_EVENTS = 600 };

static store_t *open_store(const char *folder)
{
    char why[300] = "";
    store_t *store = NULL;
    struct store_options options = {.folder = folder, .test_clock = true};
    if (store_open(&store, &options, why, sizeof why)) {
        fprintf(stderr, "tamper: %s\n", why);
        exit(2);
    }
    return store;
}

static void copy_registers(store_txn_t *from, store_txn_t *to, const char *version)
{
    char name[64] = "", file[64] = "";
    uint32_t piece = 0;
    struct slice part;
    uint8_t *bytes = NULL;
    size_t size = 0;
    for (bool more = true; more;) {
        more = store_next_register(from, version, name, &piece, &part);
        if (size && (!more || piece == 0)) {
            store_put_register(to, version, file, (struct slice){bytes, size});
            size = 0;
        }
        snprintf(file, sizeof file, "%s", name);
        for (size_t i = 0; more && i < part.size; i++) {
            if (size % 65536 == 0) {
                bytes = realloc(bytes, size + 65536);
            }
            bytes[size++] = part.bytes[i];
        }
    }
    free(bytes);
}

/* Copies the entry of event NEXT; gives the number behind it. */
static uint64_t copy_entry(store_txn_t *from, store_txn_t *to, uint64_t next, uint64_t changed,
                           const char *unit)
{
    static struct kn_event *blocks[MAX_EVENTS], events[MAX_EVENTS];
    struct slice bytes, record;
    struct log_entry entry;
    void *command = NULL;
    uint8_t salt[16];
    uint64_t first;
    int rc = store_entry(from, next, &first, &bytes) ? log_read(&entry, bytes) : -1;
    for (size_t i = 0; !rc && i < entry.n_events; i++) {
        rc = log_event(&blocks[i], &entry, first + i);
        events[i] = rc ? (struct kn_event){.kind = 0} : *blocks[i];
        if (first + i == changed && unit[0] != '-') {
            events[i].unit = unit;
        }
    }
    if (!rc && entry.command.size) {
        rc = stored_decode(&command, kn_type_schema(entry.type), entry.command.bytes,
                           entry.command.size);
    }
    if (rc) {
        fprintf(stderr, "tamper: event %llu cannot be read\n", (unsigned long long)next);
        exit(2);
    }
    log_append(to, &entry, blocks[0]->actor, command, events, entry.n_events);
    if (store_content(from, first, salt, &record)) {
        store_put_content(to, first, salt, record);
    }
    for (size_t i = 0; i < entry.n_events; i++) {
        if (first + i != changed || unit[0] != '-') {
            apply(to, &events[i]);
        }
    }
    if (entry.transport) {
        apply_keys(to, &entry, blocks[0]->actor, &events[0], events[0].case_);
    }
    if (events[0].kind == KN_EVENT_KIND_REGISTER_LOADED) {
        copy_registers(from, to, events[0].registers);
    }
    for (size_t i = 0; i < entry.n_events; i++) {
        kn_record_destroy((void **)&blocks[i]);
    }
    kn_record_destroy(&command);
    return first + entry.n_events;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("tamper STORE FRESH EVENT UNIT\n", stderr);
        return 64;
    }
    store_t *from = open_store(argv[1]), *to = open_store(argv[2]);
    store_txn_t *old = store_begin(from, STORE_READ), *fresh = store_begin(to, STORE_WRITE);
    uint64_t last = log_last(old), changed = strtoull(argv[3], NULL, 10);
    for (uint64_t next = 1; next <= last;) {
        next = copy_entry(old, fresh, next, changed, argv[4]);
    }
    int rc = store_error(old) ? store_error(old) : store_commit(&fresh);
    store_abort(&fresh);
    store_abort(&old);
    store_close(&from);
    store_close(&to);
    return rc ? 1 : 0;
}
