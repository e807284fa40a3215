/* queries.c - see the header. Agencies and intake agents see their own cases in full and of others'
 * what is public; persons only where the role allows (the caller knows the role). */
#include "hub/queries.h"

#include "hub/code.h"
#include "hub/digest.h"
#include "hub/join.h"
#include "hub/log.h"
#include "hub/look.h"
#include "hub/queries_parts.h"
#include "hub/rules.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_RELATED = 100, /* of one case.view */
    MAX_EVENTS = 128,  /* of one case.view */
    MAX_CASES = 200,   /* of one case.list */
    MAX_ROWS = 500,    /* of one batch.view */
    MAX_CLOCKS = 40,   /* of one case */
};

long query_encode(uint8_t *frame, size_t size, enum kn_type type, const void *body)
{
    struct kn_fault fault;
    return kn_message_encode(frame, size, type, body, &fault);
}

/* May the asker see the inside of this case? */
bool query_concerns(const struct query_asker *asker, const struct kn_case *kase)
{
    const struct kn_agent *agent = asker->agent;
    if (!agent) {
        return true;
    }
    if (agent->role == KN_ROLE_INTAKE) {
        return strcmp(kase->agent, agent->agent) == 0;
    }
    if (agent->role != KN_ROLE_AGENCY) {
        return true;
    }
    for (size_t i = 0; i < kase->n_assignments; i++) {
        if (agent->unit && strcmp(kase->assignments[i].unit, agent->unit) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_published(const struct kn_case *kase)
{
    return kase->publication == KN_PUBLICATION_PUBLISHED ||
           kase->publication == KN_PUBLICATION_POSTED;
}

/* What everybody may know of a published case, as the stream `public` tells it. What the record
 * must have beside says nothing. */
static long get_published(const struct kn_case *full, int64_t request, uint8_t *frame, size_t size)
{
    struct kn_clock clocks[1];
    struct kn_case kase = {.code = full->code,
                           .number = full->number,
                           .flow = full->flow,
                           .result = full->result,
                           .verification = full->verification,
                           .satisfaction = KN_SATISFACTION_UNASKED,
                           .oversight = KN_OVERSIGHT_NONE,
                           .publication = full->publication,
                           .agent = "hub",
                           .source = "public",
                           .channel = KN_CHANNEL_OTHER,
                           .received_at = full->received_at,
                           .stored_at = full->stored_at,
                           .field = full->field,
                           .area = full->area,
                           .unit = full->unit,
                           .clocks = clocks,
                           .last_event = full->last_event,
                           .submission = full->submission};
    for (size_t i = 0; i < full->n_clocks && kase.n_clocks == 0; i++) {
        if (full->clocks[i].kind == KN_CLOCK_KIND_ANSWER) {
            clocks[kase.n_clocks++] = full->clocks[i];
        }
    }
    const struct kn_case_view view = {.request = request,
                                      .case_ = &kase,
                                      .more = true,
                                      .content_state = KN_CONTENT_STATE_WITHHELD};
    return query_encode(frame, size, KN_TYPE_CASE_VIEW, &view);
}

/* The dates of a case in words. */
struct explained {
    struct kn_explanation item[MAX_CLOCKS];
    char text[MAX_CLOCKS][2][1000];
};

static const struct kn_explanation *explain(const struct query_asker *asker,
                                            const struct kn_case *kase, struct explained *out)
{
    for (size_t i = 0; out && i < kase->n_clocks; i++) {
        const struct kn_clock *clock = &kase->clocks[i];
        out->item[i] = (struct kn_explanation){.clock = clock->kind,
                                               .part = clock->part,
                                               .has_part = clock->has_part,
                                               .unit = rules_clock_unit(kase, clock),
                                               .started_at = clock->started_at,
                                               .due_at = clock->due_at,
                                               .tier = clock->tier,
                                               .text = out->text[i][0],
                                               .text_en = out->text[i][1]};
        for (int english = 0; english < 2; english++) {
            rules_explain(asker->registers, clock, english, out->text[i][english],
                          sizeof out->text[i][english]);
        }
    }
    return out ? out->item : NULL;
}

/* What belongs to a case, with the codes that the relations point to. */
struct related {
    struct kn_relation relations[MAX_RELATED];
    char codes[MAX_RELATED][CODE_SIZE];
};

static size_t find_related(store_txn_t *txn, uint64_t number, struct related *out)
{
    size_t n = 0;
    uint64_t other = 0;
    char agent[64];
    enum kn_link_kind kind = KN_LINK_KIND_DUPLICATE;
    bool links = true;
    while (n < MAX_RELATED) {
        bool more = links ? store_next_link(txn, number, &other, agent)
                          : store_next_related(txn, number, &other, &kind);
        if (more) {
            code_format(out->codes[n], other);
            out->relations[n] = (struct kn_relation){.case_ = out->codes[n], .link = kind};
            n++;
        } else if (links) {
            links = false;
            other = 0;
        } else {
            break;
        }
    }
    return n;
}

static long get_case(store_txn_t *txn, const struct query_asker *asker,
                     const struct kn_case_get *request, uint8_t *frame, size_t size)
{
    long length = KN_E_NOT_FOUND;
    struct kn_case *kase = store_case(txn, code_parse(request->case_));
    struct joined *joined = calloc(MAX_EVENTS, sizeof *joined);
    struct kn_event *events = calloc(MAX_EVENTS, sizeof *events);
    struct kn_content *content = NULL;
    struct related *related = calloc(1, sizeof *related);
    struct explained *explanations = request->explain ? calloc(1, sizeof *explanations) : NULL;
    size_t n = 0;
    if (!joined || !events || !related) {
        length = KN_E_NOMEM;
        goto done;
    }
    if (!kase) {
        goto done;
    }
    if (!query_concerns(asker, kase)) {
        length =
            is_published(kase) ? get_published(kase, request->request, frame, size) : KN_E_DENIED;
        goto done;
    }
    /* each event names the one before: walk back, then turn round */
    enum join_view view = asker->sees_persons ? JOIN_CONTENT : JOIN_BARE;
    uint64_t sequence = (uint64_t)kase->last_event;
    while (sequence && n < MAX_EVENTS && join_event(txn, sequence, view, &joined[n])) {
        sequence = joined[n].event.has_previous ? (uint64_t)joined[n].event.previous : 0;
        joined[n].event.petition = NULL; /* once, beside */
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        events[i] = joined[n - 1 - i].event;
    }
    struct kn_case_view view_message = {.request = request->request,
                                        .case_ = kase,
                                        .n_events = n,
                                        .events = events,
                                        .more = sequence != 0,
                                        .content_state = KN_CONTENT_STATE_WITHHELD};
    if (request->explain) {
        view_message.explanations = explain(asker, kase, explanations);
        view_message.n_explanations = view_message.explanations ? kase->n_clocks : 0;
    }
    if (asker->sees_persons) {
        content = join_content(txn, (uint64_t)kase->submission);
        view_message.petition = content ? content->petition : NULL;
        view_message.content_state = content ? KN_CONTENT_STATE_PRESENT : KN_CONTENT_STATE_ERASED;
    }
    if (!asker->agent || asker->agent->role != KN_ROLE_INTAKE) {
        view_message.n_related = find_related(txn, (uint64_t)kase->number, related);
        view_message.related = related->relations;
    }
    do { /* the latest events, as many as a frame holds */
        length = query_encode(frame, size, KN_TYPE_CASE_VIEW, &view_message);
        view_message.more = true;
        view_message.events += (view_message.n_events + 1) / 2;
        view_message.n_events /= 2;
    } while (length == KN_E_TOO_LARGE && view_message.n_events);
done:
    for (size_t i = 0; i < n; i++) {
        join_clear(&joined[i]);
    }
    kn_record_destroy((void **)&content);
    kn_record_destroy((void **)&kase);
    free(explanations);
    free(related);
    free(events);
    free(joined);
    return length;
}

int query_file(store_txn_t *txn, const struct query_asker *asker, const char *code,
               const char *digest)
{
    uint8_t bytes[DIGEST_SIZE];
    struct kn_case *kase = store_case(txn, code_parse(code));
    int rc = KN_E_NOT_FOUND;
    if (kase && (!asker->sees_persons || !query_concerns(asker, kase))) {
        rc = KN_E_DENIED;
    } else if (kase && digest_from_hex(bytes, sizeof bytes, digest) == KN_OK &&
               (store_file_is_of(txn, bytes, (uint64_t)kase->number) ||
                (kase->batch && store_file_is_of(txn, bytes, look_letter(kase->batch))))) {
        rc = KN_OK;
    }
    kn_record_destroy((void **)&kase);
    return store_error(txn) ? store_error(txn) : rc;
}

static int by_age(const void *a, const void *b)
{
    const struct kn_batch *x = a, *y = b;
    return x->opened_at < y->opened_at ? 1 : x->opened_at > y->opened_at ? -1 : 0;
}

static long list_batches(store_txn_t *txn, const struct query_asker *asker,
                         const struct kn_batch_get *request, uint8_t *frame, size_t size)
{
    /* Batches are few (meetings, documents, days): all are looked at, the latest kept. */
    size_t n = 0, room = 0;
    struct kn_batch **found = NULL, *batches = NULL, *batch;
    uint8_t id[16];
    const uint8_t *after = NULL;
    long length = KN_E_NOMEM;
    while ((batch = store_next_batch(txn, after))) {
        digest_from_hex(id, sizeof id, batch->batch);
        after = id;
        if (asker->agent && asker->agent->role == KN_ROLE_INTAKE &&
            strcmp(asker->agent->agent, batch->agent) != 0) {
            kn_record_destroy((void **)&batch);
            continue;
        }
        if (n == room) {
            room = room ? 2 * room : 64;
            struct kn_batch **more = realloc(found, room * sizeof *found);
            if (!more) {
                kn_record_destroy((void **)&batch);
                goto done;
            }
            found = more;
        }
        found[n++] = batch;
    }
    batches = calloc(n ? n : 1, sizeof *batches);
    if (!batches) {
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        batches[i] = *found[i];
    }
    qsort(batches, n, sizeof *batches, by_age);
    size_t limit = request->has_limit ? (size_t)request->limit : 50;
    struct kn_batch_view view = {.request = request->request, .batches = batches};
    view.n_batches = n < limit ? n : limit;
    view.n_batches = view.n_batches < 200 ? view.n_batches : 200;
    while ((length = query_encode(frame, size, KN_TYPE_BATCH_VIEW, &view)) == KN_E_TOO_LARGE) {
        view.n_batches /= 2;
    }
done:
    for (size_t i = 0; i < n; i++) {
        kn_record_destroy((void **)&found[i]);
    }
    free(batches);
    free(found);
    return length;
}

/* What became of one row, with the texts that the record points to. */
struct row_view {
    struct store_row stored;
    char code[CODE_SIZE], parent[CODE_SIZE];
};

static void view_row(store_txn_t *txn, struct row_view *view, struct kn_row *row)
{
    const struct store_row *stored = &view->stored;
    *row = (struct kn_row){.item = stored->item, .row = stored->row, .has_row = true};
    if (stored->state == STORE_ROW_REFUSED) {
        row->code = (enum kn_code)stored->code;
        row->field = stored->field[0] ? stored->field : NULL;
        return;
    }
    code_format(view->code, stored->case_number);
    row->case_ = view->code;
    struct kn_case *kase = store_case(txn, stored->case_number);
    if (kase && kase->flow == KN_FLOW_LINKED) {
        code_format(view->parent, code_parse(kase->parent));
        row->linked_to = view->parent;
    }
    kn_record_destroy((void **)&kase);
}

static long get_batch(store_txn_t *txn, const struct query_asker *asker,
                      const struct kn_batch_get *request, uint8_t *frame, size_t size)
{
    uint8_t id[16], container[16];
    long length = KN_E_NOT_FOUND;
    size_t n = 0, limit = request->has_limit ? (size_t)request->limit : MAX_ROWS;
    struct kn_batch *batch = digest_from_hex(id, 16, request->batch) ? NULL : store_batch(txn, id);
    struct kn_content *letter = NULL;
    struct row_view *views = calloc(MAX_ROWS, sizeof *views);
    struct kn_row *rows = calloc(MAX_ROWS, sizeof *rows);
    if (!views || !rows) {
        length = KN_E_NOMEM;
        goto done;
    }
    if (!batch || digest_from_hex(container, 16, batch->container)) {
        goto done;
    }
    if (asker->agent && asker->agent->role == KN_ROLE_INTAKE &&
        strcmp(asker->agent->agent, batch->agent) != 0) {
        length = KN_E_DENIED;
        goto done;
    }
    char after[72] = "";
    bool more = false;
    if (request->after) {
        strncpy(after, request->after, sizeof after - 1);
    }
    while (store_next_row(txn, container, after, &views[n].stored)) {
        memcpy(after, views[n].stored.item, sizeof after);
        if (memcmp(views[n].stored.batch, id, 16) != 0) {
            continue; /* the container has rows of other batches: feeds, SMS days */
        }
        if (n == limit || n + 1 == MAX_ROWS) {
            more = true;
            break;
        }
        view_row(txn, &views[n], &rows[n]);
        n++;
    }
    struct kn_batch_view view = {
        .request = request->request, .n_batches = 1, .batches = batch, .n_rows = n, .rows = rows};
    if (batch->has_letter && asker->sees_persons) {
        letter = join_content(txn, (uint64_t)batch->letter);
        view.n_attachments = letter ? letter->n_attachments : 0;
        view.attachments = letter ? letter->attachments : NULL;
    }
    do {
        view.more_after = more && view.n_rows ? rows[view.n_rows - 1].item : NULL;
        length = query_encode(frame, size, KN_TYPE_BATCH_VIEW, &view);
        more = true;
        view.n_rows /= 2;
    } while (length == KN_E_TOO_LARGE && view.n_rows);
done:
    kn_record_destroy((void **)&letter);
    free(rows);
    free(views);
    return length;
}

long query(store_t *store, const struct query_asker *asker, enum kn_type type, const void *request,
           uint8_t *frame, size_t size)
{
    store_txn_t *txn = store_begin(store, STORE_READ);
    const struct kn_batch_get *batch = request;
    long length = KN_E_INVALID;
    if (type == KN_TYPE_CASE_GET) {
        length = get_case(txn, asker, request, frame, size);
    } else if (type == KN_TYPE_CASE_FIND) {
        length = query_find(txn, asker, request, frame, size);
    } else if (type == KN_TYPE_BATCH_GET) {
        length = batch->batch ? get_batch(txn, asker, batch, frame, size)
                              : list_batches(txn, asker, batch, frame, size);
    } else if (type == KN_TYPE_CANDIDATE_FIND) {
        length = query_pairs(txn, asker, request, frame, size);
    }
    length = store_error(txn) ? store_error(txn) : length;
    store_abort(&txn);
    return length;
}
