/* filing.c - the files thread: answers file.put and file.get.
 *
 * The disk's pace must not hold up the net thread, so these requests wait in a line of their own;
 * what is answered goes back as a frame. A file is given only for a case that the asker may see
 * with its content, and only when that case names it.
 */
#include "hub/filing.h"

#include "hub/digest.h"
#include "hub/hub_parts.h"
#include "hub/queries.h"
#include "kiennghi/status.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000 };

struct answer {
    enum kn_type type;
    union {
        struct kn_deny deny;
        struct kn_file_state state;
        struct kn_file_part part;
    };
    char text[FILES_PIECE / 3 * 4 + 4];
};

static void deny(struct answer *out, int64_t request, enum kn_code code, const char *field,
                 const char *reason)
{
    out->type = KN_TYPE_DENY;
    out->deny = (struct kn_deny){
        .code = code, .field = field, .reason = reason, .request = request, .has_request = true};
}

static void put(struct hub *hub, const struct errand *errand, struct answer *out,
                struct files_state *state)
{
    const struct kn_file_put *piece = errand->body;
    int rc = files_put(hub->files, errand->actor, piece, state);
    if (rc == KN_E_INVALID) {
        deny(out, piece->request, state->code, state->field, state->reason);
    } else if (rc != KN_OK) {
        deny(out, piece->request, KN_CODE_STORAGE, NULL, "the disk is full or failing");
    } else {
        out->type = KN_TYPE_FILE_STATE;
        out->state =
            (struct kn_file_state){.request = piece->request,
                                   .digest = piece->digest,
                                   .received = state->received,
                                   .complete = state->is_complete,
                                   .media_type = state->is_complete ? state->media_type : NULL};
    }
}

static void get(struct hub *hub, const struct errand *errand, struct answer *out)
{
    const struct kn_file_get *ask = errand->body;
    uint8_t bytes[FILES_PIECE];
    int64_t total = 0, offset = ask->has_offset ? ask->offset : 0;
    const struct kn_agent agent = {.agent = errand->actor,
                                   .role = errand->role,
                                   .unit = errand->unit[0] ? errand->unit : NULL};
    struct query_asker asker = {.agent = &agent, .sees_persons = acl_may_see_files(errand->role)};
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    int rc = query_file(txn, &asker, ask->case_, ask->digest);
    store_abort(&txn);
    long n = rc ? rc : files_read(hub->files, ask->digest, offset, bytes, sizeof bytes, &total);
    if (n < 0) {
        deny(out, ask->request,
             n == KN_E_DENIED      ? KN_CODE_NOT_ALLOWED
             : n == KN_E_NOT_FOUND ? KN_CODE_UNKNOWN_FILE
                                   : KN_CODE_STORAGE,
             NULL, NULL);
        return;
    }
    (void)EVP_EncodeBlock((unsigned char *)out->text, bytes, (int)n);
    out->type = KN_TYPE_FILE_PART;
    out->part = (struct kn_file_part){.request = ask->request,
                                      .digest = ask->digest,
                                      .size = total,
                                      .offset = offset,
                                      .data = out->text};
}

/* Answers ERRAND into its frame. No memory: the asker hears nothing and asks again. */
static void serve(struct hub *hub, struct errand *errand, struct answer *answer)
{
    struct files_state state;
    struct kn_fault fault;
    if (errand->type == KN_TYPE_FILE_PUT) {
        put(hub, errand, answer, &state);
    } else {
        get(hub, errand, answer);
    }
    if ((errand->frame = malloc(MAX_FRAME))) {
        long size =
            kn_message_encode(errand->frame, MAX_FRAME, answer->type, &answer->deny, &fault);
        errand->n_frame = size > 0 ? (size_t)size : 0;
    }
}

/* One short reading a file: a long one would keep the store's old pages. */
static int tidy_one(void *arg, const char *digest, int64_t size, bool is_week_old)
{
    struct hub *hub = arg;
    uint8_t bytes[DIGEST_SIZE];
    (void)size;
    if (is_week_old && digest_from_hex(bytes, sizeof bytes, digest) == KN_OK) {
        store_txn_t *txn = store_begin(hub->store, STORE_READ);
        bool is_named = store_file_is_named(txn, bytes) || store_error(txn) != KN_OK;
        store_abort(&txn);
        if (!is_named) {
            (void)files_remove_old(hub->files, digest);
        }
    }
    return atomic_load(&hub->stopping) ? KN_E_CLOSED : KN_OK;
}

void *filing_loop(void *arg)
{
    struct hub *hub = arg;
    struct answer *answer = malloc(sizeof *answer);
    int64_t tidy_at = 0;
    pthread_setname_np(pthread_self(), "kn-files");
    while (answer && !atomic_load(&hub->stopping)) {
        size_t n;
        struct link *next, *at = line_take(&hub->filing, TICK_MS, SIZE_MAX, &n);
        for (; at; at = next) {
            next = at->next;
            serve(hub, (struct errand *)(void *)at, answer);
            line_push(&hub->done, at);
        }
        if (n) {
            net_wake(hub->net);
        } else if (hub_monotonic_ms() >= tidy_at) {
            (void)files_each(hub->files, tidy_one, hub); /* forgets what no message names */
            tidy_at = hub_monotonic_ms() + DAY_MS;
        }
    }
    free(answer);
    return NULL;
}
