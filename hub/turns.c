/* turns.c - how errands share a commit: the writer's loop.
 *
 * A turn is one transaction over all that waits. No timer for receipts: while the disk works the
 * next turn gathers. What only peers wait for goes to the journal and is answered; the tables
 * follow when nobody speaks for a moment, at the latest after SETTLE_MS, at once when somebody
 * reads (docs/adr/0013). Proposals of the reading stage yield to peers and share the tables'
 * commit.
 *
 * A turn that fails for the disk is deferred whole; one that fails otherwise is taken apart, and
 * the errand that alone cannot be recorded is refused and kept aside.
 */
#include "hub/hub_parts.h"
#include "hub/upkeep.h"
#include "kiennghi/status.h"

#include <stdio.h>

/* ---- one turn -------------------------------------------------------------------------------- */

/* Is the disk, rather than the hub, to blame for RC? */
static bool is_full(struct hub *hub, int rc)
{
    struct store_usage usage;
    store_usage(hub->store, &usage);
    return rc == KN_E_FULL ||
           (rc == KN_E_IO && usage.disk_free >> 20 < (uint64_t)hub->options.min_free_mib);
}

void hub_read_acl(struct hub *hub)
{
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    struct kn_agent *agent = NULL, *next;
    for (const char *after = ""; (next = store_next_agent(txn, after)); after = agent->agent) {
        acl_set(hub->acl, next);
        kn_record_destroy((void **)&agent);
        agent = next;
    }
    kn_record_destroy((void **)&agent);
    store_abort(&txn);
}

/* Is ERRAND one whose only answer is its own, so that the journal will do? Others change what this
 * process keeps beside the tables, or are followed by a look into them. */
static bool may_be_noted(const struct errand *errand)
{
    return errand->from == FROM_PEER || errand->from == FROM_CURSOR;
}

static void count_commit(struct hub *hub, int64_t from_us)
{
    uint32_t took_us = (uint32_t)(hub_monotonic_us() - from_us);
    uint64_t n = atomic_fetch_add(&hub->n_commits, 1);
    atomic_store(&hub->commit_us[n % METRICS_COMMITS], took_us);
    atomic_fetch_add(&hub->commit_sum_us, took_us);
}

/* The tables hold what was noted, or cannot for now: nobody waits for it any longer. */
static void tell_settled(struct hub *hub, bool is_done)
{
    pthread_mutex_lock(&hub->seen_lock);
    hub->n_settled++;
    if (is_done) {
        atomic_store(&hub->shown, atomic_load(&hub->noted));
        atomic_fetch_add(&hub->committed, 1);
    }
    atomic_store(&hub->is_awaited, false);
    pthread_cond_broadcast(&hub->seen_more);
    pthread_mutex_unlock(&hub->seen_lock);
}

static bool is_behind(const struct hub *hub)
{
    return atomic_load(&hub->shown) != atomic_load(&hub->noted);
}

/* Makes TXN true: in the journal when IS_NOTE, else in the tables. */
static int end_turn(struct hub *hub, store_txn_t **txn_p, bool is_note)
{
    uint64_t unread = store_number(*txn_p, "cases") - store_number(*txn_p, "cases_read");
    int64_t from_us = hub_monotonic_us();
    int rc = is_note ? store_note(txn_p) : store_commit(txn_p); /* here it becomes true */
    if (rc) {
        return rc;
    }
    count_commit(hub, from_us);
    atomic_store(&hub->is_full, false);
    atomic_store(&hub->unread, unread);
    if (!is_note) {
        tell_settled(hub, true);
        return KN_OK;
    }
    hub->settle_at = is_behind(hub) ? hub->settle_at : hub_monotonic_ms() + SETTLE_MS;
    atomic_fetch_add(&hub->noted, 1);
    return KN_OK;
}

/* One transaction over N errands from FIRST on. 0, or why nothing of it is on the disk. */
static int commit_turn(struct hub *hub, struct link *first, size_t n)
{
    store_txn_t *txn = store_begin(hub->store, STORE_WRITE);
    struct link *at = first;
    bool is_note = n && !atomic_load(&hub->is_full);
    hub->acl_changed = hub->has_erased = false;
    hub->n_freed = 0;
    hub_keep_time(hub);
    int64_t wall = hub_wall_ms(hub);
    hub->now = wall > hub->now ? wall : hub->now; /* stamped time never goes back */
    for (size_t i = 0; i < n; i++, at = at->next) {
        is_note = is_note && may_be_noted((struct errand *)(void *)at);
        hub_handle(hub, txn, (struct errand *)(void *)at);
    }
    rounds_tick(hub, txn);
    rounds_review(hub, txn);
    rounds_gaps(hub, txn);
    is_note = is_note && !hub->acl_changed && !hub->has_erased;
    int rc = store_error(txn);
    if (!rc && store_dirty(txn)) {
        rc = end_turn(hub, &txn, is_note);
    }
    store_abort(&txn);
    if (rc) {
        lasts_forget(hub->lasts);
        hub->gaps_recalled = false;
        return rc;
    }
    if (hub->acl_changed) {
        hub_read_acl(hub);
    }
    if (hub->has_erased) {
        hub_end_erasure(hub);
    }
    return rc;
}

static void forget_outcome(struct errand *errand)
{
    if (errand->is_settled) {
        return;
    }
    errand->has_outcome = false;
    errand->event = 0;
}

/* Refuses the one errand that cannot be recorded; its sequence counts as answered, so that what the
 * agent sent behind it is in order. */
static void quarantine(struct hub *hub, struct errand *errand)
{
    logger_line(hub->options.logger, LOGGER_ERROR, "hub.quarantine",
                "type=%s agent=%s sequence=%llu", kn_type_name(errand->type), errand->actor,
                (unsigned long long)errand->sequence);
    errand_end(errand, KN_VERDICT_REFUSED, KN_CODE_INTERNAL, NULL,
               "a fault of the hub with this message alone; it is kept aside and reported");
    store_txn_t *txn = store_begin(hub->store, STORE_WRITE);
    store_put_number(txn, "quarantined", store_number(txn, "quarantined") + 1);
    if (errand->from == FROM_READING) {
        hub_pass_submission(txn, errand);
    } else if (errand->from == FROM_PEER &&
               store_last_sequence(txn, errand->actor, errand->instance) < errand->sequence) {
        store_put_last_sequence(txn, errand->actor, errand->instance, errand->sequence);
    }
    if (store_commit(&txn)) {
        errand_defer(errand, KN_CODE_STORAGE, DEFER_STORAGE_MS);
    }
}

/* What failed with RC: is the disk to blame? It is full, or what it holds is not known; then only a
 * start helps. */
static bool disk_failed(struct hub *hub, int rc, const char *what, size_t n)
{
    bool full = is_full(hub, rc);
    if (full) {
        atomic_store(&hub->is_full, true);
    } else if (rc == KN_E_IO) {
        atomic_store(&hub->rc, KN_E_IO);
        atomic_store(&hub->stopping, true);
    }
    logger_line(hub->options.logger, LOGGER_ERROR, what, "errands=%zu why=\"%s\"", n,
                kn_status_text(rc));
    return full || rc == KN_E_IO;
}

/* Commits N errands together; when that fails for a reason that is not the disk's, one by one. */
static void turn(struct hub *hub, struct link *first, size_t n)
{
    int rc = commit_turn(hub, first, n);
    struct link *at = first;
    bool is_disk = rc && disk_failed(hub, rc, "store.commit_failed", n);
    for (size_t i = 0; rc && i < n; i++, at = at->next) {
        struct errand *errand = (struct errand *)(void *)at;
        forget_outcome(errand);
        if (errand->is_settled) {
            continue;
        }
        if (is_disk) {
            errand_defer(errand, KN_CODE_STORAGE, DEFER_STORAGE_MS);
        } else if (n == 1 || commit_turn(hub, at, 1)) {
            forget_outcome(errand);
            quarantine(hub, errand);
        }
    }
}

/* ---- the tables follow the journal ------------------------------------------------------------
 */

/* Brings the tables up to the journal, and on those who follow them. */
static void settle(struct hub *hub)
{
    int rc = store_settle(hub->store);
    if (rc) { /* what was noted is safe, and in the next transaction */
        (void)disk_failed(hub, rc, "store.settle_failed", 0);
        hub->settle_at = hub_monotonic_ms() + DEFER_STORAGE_MS;
    }
    tell_settled(hub, rc == KN_OK);
    net_wake(hub->net);
    reading_wake(hub->reading);
}

/* The same when somebody waits for it, or it has waited long enough and no proposals are there to
 * share the commit with: gather takes them now. */
static void settle_when_due(struct hub *hub)
{
    bool is_awaited = atomic_load(&hub->is_awaited) && !atomic_load(&hub->is_full);
    bool is_due = hub_monotonic_ms() >= hub->settle_at && !line_length(&hub->proposals);
    if (is_behind(hub) && (is_awaited || is_due)) {
        settle(hub);
    }
}

void hub_wait_seen(struct hub *hub)
{
    uint64_t noted = atomic_load(&hub->noted);
    if (atomic_load(&hub->shown) >= noted || atomic_load(&hub->is_full)) {
        return; /* of a full disk what it holds is read */
    }
    pthread_mutex_lock(&hub->seen_lock);
    uint64_t n = hub->n_settled;
    while (n == hub->n_settled && atomic_load(&hub->shown) < noted && !hub->writer_ended) {
        atomic_store(&hub->is_awaited, true); /* the writer is at work, or idle for a moment only */
        pthread_cond_wait(&hub->seen_more, &hub->seen_lock);
    }
    pthread_mutex_unlock(&hub->seen_lock);
}

/* ---- what the next turn works on --------------------------------------------------------------
 */

/* When the proposals that wait are to be committed: together with what is in the journal alone. As
 * long as the stage has more to read they wait for each other: a commit of the tables costs many
 * pages, however few they are. */
static int64_t proposals_due(struct hub *hub)
{
    size_t n = line_length(&hub->proposals);
    bool more = atomic_load(&hub->unread) > n;
    return n >= READING_AHEAD / 2 ? 0
           : is_behind(hub)       ? hub->settle_at
                                  : hub->proposals_at + (more ? PROPOSALS_MANY_MS : PROPOSALS_MS);
}

/* How long proposals that wait may still wait for a receipt to share its commit; TICK_MS when there
 * are none. */
static int proposals_wait_ms(struct hub *hub, int64_t now)
{
    if (hub->held || !line_length(&hub->proposals)) {
        return hub->reviewing ? 0 : TICK_MS;
    }
    int64_t until = proposals_due(hub);
    return until > now ? (int)(until - now) : 0;
}

/* What the next turn works on: all that peers said, and behind it proposals, a quarter as many as
 * long as peers have something to say, so that reading never holds up a receipt and never starves.
 * Proposals that are due come in one turn: the pages that they cost are shared by all of them.
 */
static struct link *gather(struct hub *hub, size_t *n)
{
    size_t n_proposals = 0;
    struct link *last, *first = NULL;
    if (is_behind(hub) && !atomic_load(&hub->is_full)) {
        first = line_take(&hub->todo, SETTLE_IDLE_MS, SIZE_MAX, n);
        if (!first && !line_length(&hub->proposals)) {
            settle(hub);
        } else if (!first) {
            hub->settle_at = 0;
        }
    }
    int64_t now = hub_monotonic_ms();
    int wait_ms = proposals_wait_ms(hub, now);
    for (bool again = !first; again; again = !first && wait_ms > 0 && wait_ms < TICK_MS) {
        first = line_take(&hub->todo, wait_ms, SIZE_MAX, n);
        now = hub_monotonic_ms();
        wait_ms = proposals_wait_ms(hub, now);
    }
    if (first && !hub->held && now < proposals_due(hub)) {
        return first;
    }
    hub->proposals_at = now;
    struct link *proposals = hub->held;
    if (proposals) { /* those behind them wait: a petition is never passed over */
        for (last = proposals; last; last = last->next) {
            n_proposals++;
        }
        hub->held = NULL;
    } else {
        proposals = line_take(&hub->proposals, 0, *n ? *n / 4 + 8 : TURN_MAX, &n_proposals);
    }
    *n += n_proposals;
    if (!first) {
        return proposals;
    }
    for (last = first; last->next; last = last->next) {
    }
    last->next = proposals;
    return first;
}

/* Back to the net thread; a proposal that could not be recorded stays for the next turn. */
static void pass_on(struct hub *hub, struct errand *errand)
{
    if (errand->from == FROM_READING && errand->verdict == KN_VERDICT_DEFERRED &&
        !atomic_load(&hub->stopping)) {
        if (!hub->held) {
            hub->held_last = &hub->held;
        }
        errand->link.next = NULL;
        *hub->held_last = &errand->link;
        hub->held_last = &errand->link.next;
    } else {
        line_push(&hub->done, &errand->link);
    }
}

void *hub_write_loop(void *arg)
{
    struct hub *hub = arg;
    pthread_setname_np(pthread_self(), "kn-writer");
    while (!atomic_load(&hub->stopping) || line_length(&hub->todo)) {
        size_t n = 0;
        struct link *first = gather(hub, &n);
        atomic_fetch_add(&hub->beats[1], 1);
        do {
            size_t part = n < TURN_MAX ? n : TURN_MAX;
            turn(hub, first, part);
            n -= part;
            while (part--) {
                struct link *next = first->next;
                pass_on(hub, (struct errand *)(void *)first);
                first = next;
            }
        } while (n);
        net_wake(hub->net); /* receipts first */
        settle_when_due(hub);
        upkeep_compact(hub);
        reading_wake(hub->reading);
    }
    settle(hub); /* by the thread that began */
    pthread_mutex_lock(&hub->seen_lock);
    hub->writer_ended = true;
    pthread_cond_broadcast(&hub->seen_more);
    pthread_mutex_unlock(&hub->seen_lock);
    return NULL;
}
