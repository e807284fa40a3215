/* erasure.c - see the header. */
#include "hub/erasure.h"

#include "hub/code.h"
#include "hub/digest.h"
#include "hub/log.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

/* Calls FN with the sequence of each entry that may hold content of the case, newest first. */
static void walk(store_txn_t *txn, const struct kn_case *kase,
                 void (*fn)(store_txn_t *txn, uint64_t sequence, void *arg), void *arg)
{
    uint64_t sequence = (uint64_t)kase->last_event;
    while (sequence) {
        struct kn_event *event = log_find(txn, sequence);
        uint64_t first;
        struct slice entry;
        if (!event) {
            return;
        }
        if (event->kind != KN_EVENT_KIND_CASE_PUBLISHED &&
            store_entry(txn, sequence, &first, &entry)) {
            fn(txn, first, arg);
        }
        sequence = event->has_previous ? (uint64_t)event->previous : 0;
        kn_record_destroy((void **)&event);
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

struct names {
    uint8_t (*digests)[32];
    size_t n, max;
};

static void add(struct names *names, const struct kn_attachment *files, size_t n)
{
    for (size_t i = 0; i < n && names->n < names->max; i++) {
        if (digest_from_hex(names->digests[names->n], 32, files[i].digest) == KN_OK) {
            names->n++;
        }
    }
}

static void add_files(store_txn_t *txn, uint64_t sequence, void *arg)
{
    uint8_t salt[16];
    struct slice record;
    void *block = NULL;
    if (!store_content(txn, sequence, salt, &record) ||
        stored_decode(&block, KN_SCHEMA_CONTENT, record.bytes, record.size)) {
        return;
    }
    const struct kn_content *content = block;
    if (content->petition) {
        add(arg, content->petition->attachments, content->petition->n_attachments);
    }
    add(arg, content->attachments, content->n_attachments);
    kn_record_destroy(&block);
}

size_t erasure_files(store_txn_t *txn, const struct kn_case *kase, uint8_t (*digests)[32],
                     size_t max)
{
    struct names names = {.digests = digests, .max = max};
    walk(txn, kase, add_files, &names);
    return names.n;
}

/* ---- the deed -------------------------------------------------------------------------------- */

static void forget_content(store_txn_t *txn, uint64_t sequence, void *arg)
{
    uint8_t digests[64][32];
    struct names names = {.digests = digests, .max = 64};
    (void)arg;
    add_files(txn, sequence, &names);
    for (size_t i = 0; i < names.n; i++) {
        store_drop_file(txn, digests[i], sequence);
    }
    store_drop_content(txn, sequence);
}

/* Words of a reader about an event of this case. */
static void forget_reasons(store_txn_t *txn, const char *code)
{
    struct kn_quarantined *item;
    for (uint64_t after = 0; (item = store_next_quarantined(txn, after));) {
        struct kn_event *event = item->reason ? log_find(txn, (uint64_t)item->sequence) : NULL;
        after = (uint64_t)item->number;
        if (event && event->case_ && strcmp(event->case_, code) == 0) {
            item->reason = NULL;
            store_put_quarantined(txn, item);
        }
        kn_record_destroy((void **)&event);
        kn_record_destroy((void **)&item);
    }
}

void erasure_apply(store_txn_t *txn, const struct kn_case *kase, const struct kn_event *event)
{
    const struct store_reading nothing = {.packed = {(const uint8_t *)"", 0}};
    struct store_reading known;
    walk(txn, kase, forget_content, NULL);
    if (store_reading(txn, (uint64_t)kase->number, &known)) {
        store_put_reading(txn, (uint64_t)kase->number, &nothing);
    }
    forget_reasons(txn, kase->code);
    store_put_number(txn, "to_compact", 1);
    store_put_erased(txn, (uint64_t)event->sequence, (uint64_t)kase->number);
}

bool erasure_is_done(store_txn_t *txn, uint64_t case_number)
{
    uint64_t sequence = 0, number = 0;
    while (store_next_erased(txn, &sequence, &number)) {
        if (number == case_number) {
            return true;
        }
    }
    return false;
}

/* ---- the list beside the store --------------------------------------------------------------- */

int erasure_each(const char *folder, int (*fn)(void *arg, uint64_t case_number), void *arg)
{
    char path[PATH_SIZE], line[64];
    int rc = KN_OK;
    (void)snprintf(path, sizeof path, "%s/erasures", folder);
    FILE *file = fopen(path, "re");
    if (!file) {
        return errno == ENOENT ? KN_E_NOT_FOUND : KN_E_IO;
    }
    while (rc == KN_OK && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        uint64_t number = code_parse(line);
        rc = number ? fn(arg, number) : KN_OK; /* half a line of a power cut is none */
    }
    fclose(file);
    return rc;
}

struct search {
    uint64_t *numbers;
    size_t n, room;
};

static int collect(void *arg, uint64_t case_number)
{
    struct search *search = arg;
    if (search->n == search->room) {
        size_t room = search->room ? 2 * search->room : 64;
        uint64_t *more = realloc(search->numbers, room * sizeof *more);
        if (!more) {
            return KN_E_NOMEM;
        }
        search->numbers = more;
        search->room = room;
    }
    search->numbers[search->n++] = case_number;
    return KN_OK;
}

static bool has(const struct search *search, uint64_t case_number)
{
    for (size_t i = 0; i < search->n; i++) {
        if (search->numbers[i] == case_number) {
            return true;
        }
    }
    return false;
}

int erasure_keep_list(store_txn_t *txn, const char *folder)
{
    char path[PATH_SIZE], code[CODE_SIZE];
    struct search known = {NULL, 0, 0};
    uint64_t sequence = 0, number = 0;
    FILE *file = NULL;
    int rc = erasure_each(folder, collect, &known);
    rc = rc == KN_E_NOT_FOUND ? KN_OK : rc;
    (void)snprintf(path, sizeof path, "%s/erasures", folder);
    while (rc == KN_OK && store_next_erased(txn, &sequence, &number)) {
        if (has(&known, number)) {
            continue;
        }
        if (!file && !(file = fopen(path, "ae"))) {
            rc = KN_E_IO;
            break;
        }
        code_format(code, number);
        rc = fprintf(file, "%s\n", code) > 0 ? collect(&known, number) : KN_E_IO;
    }
    if (file && (fflush(file) != 0 || fsync(fileno(file)) != 0)) {
        rc = KN_E_IO;
    }
    if (file) {
        fclose(file);
    }
    free(known.numbers);
    return rc;
}
