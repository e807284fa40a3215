/* load.c - the agents, their loop and their ledger. See load.h. */
#include "load.h"

#include "kiennghi/status.h"
#include "petitions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    ONE_IN_SO_MANY_AGAIN = 10, /* exact duplicate of an earlier text */
    RECENT = 4096,             /* how far back a duplicate reaches */
    FRAME_ROOM = 2048,
    SILENCE_MS = 30000,
    CASE_SIZE = 24,
};

/* One numbered message. What is 0 was a batch.declare, or has no receipt yet. */
struct entry {
    uint8_t *frame;
    uint32_t size;
    bool is_petition, is_stored;
    uint64_t sent_ns;
    char case_code[CASE_SIZE];
};

struct agent {
    char name[32], instance[17], public_key[41], secret_key[41];
    void *socket;
    struct entry *entries; /* by sequence - 1 */
    size_t n, room;
    size_t next;      /* entry that is sent next */
    unsigned waiting; /* sent without an answer */
    uint64_t resume_ns;
    unsigned n_batches;
};

struct load {
    bool is_echo;
    void *context;
    struct agent agents[LOAD_AGENTS];
    uint64_t seed, n_made, n_stored, started;
    struct histogram times;
    unsigned n_deferred;
};

/* ---- making -----------------------------------------------------------------------------------
 */

static void greet(struct agent *agent)
{
    struct kn_hello hello = {.version_min = 1,
                             .version_max = 1,
                             .instance = agent->instance,
                             .program = "bench",
                             .has_first_sequence = true,
                             .first_sequence = (int64_t)agent->n + 1};
    struct kn_message *welcome = hubproc_ask(agent->socket, KN_TYPE_HELLO, &hello);
    if (welcome->type != KN_TYPE_WELCOME) {
        bench_die(1, "no welcome for %s", agent->name);
    }
    kn_message_destroy(&welcome);
}

load_t *load_new(struct hubproc *hub, const char *endpoint, const char *server_key, uint64_t seed)
{
    struct load *self = calloc(1, sizeof *self);
    if (!self) {
        bench_die(KN_EXIT_LATER, "out of memory");
    }
    self->is_echo = !hub;
    self->seed = seed;
    self->context = zmq_ctx_new();
    for (size_t i = 0; i < LOAD_AGENTS; i++) {
        struct agent *agent = &self->agents[i];
        snprintf(agent->name, sizeof agent->name, "bench-%02zu", i + 1);
        snprintf(agent->instance, sizeof agent->instance, "%016llx",
                 (unsigned long long)bench_random(&seed));
        zmq_curve_keypair(agent->public_key, agent->secret_key);
        if (hub) {
            hubproc_admit(hub, agent->name, KN_ROLE_INTAKE, agent->public_key);
        }
        agent->socket = hubproc_connect(self->context, endpoint, server_key, agent->public_key,
                                        agent->secret_key);
        if (hub) {
            greet(agent);
        }
    }
    return self;
}

void load_reconnect(load_t *self, struct hubproc *hub)
{
    for (size_t i = 0; i < LOAD_AGENTS; i++) {
        struct agent *agent = &self->agents[i];
        zmq_close(agent->socket);
        agent->socket = hubproc_connect(self->context, hub->intake, hub->key, agent->public_key,
                                        agent->secret_key);
        greet(agent);
    }
}

void load_destroy(load_t **self_p)
{
    struct load *self = *self_p;
    *self_p = NULL;
    for (size_t i = 0; self && i < LOAD_AGENTS; i++) {
        zmq_close(self->agents[i].socket);
        free(self->agents[i].entries); /* frames are freed when they are answered */
    }
    if (self) {
        zmq_ctx_term(self->context);
    }
    free(self);
}

/* The next entry of AGENT. */
static void append(struct agent *agent, const void *frame, long size, bool is_petition)
{
    if (size < 0) {
        bench_die(1, "a message cannot be encoded");
    }
    if (agent->n == agent->room) {
        agent->room = agent->room ? 2 * agent->room : 1024;
        agent->entries = realloc(agent->entries, agent->room * sizeof *agent->entries);
    }
    uint8_t *copy = malloc((size_t)size);
    if (!agent->entries || !copy) {
        bench_die(KN_EXIT_LATER, "out of memory");
    }
    memcpy(copy, frame, (size_t)size);
    agent->entries[agent->n++] =
        (struct entry){.frame = copy, .size = (uint32_t)size, .is_petition = is_petition};
}

/* Seed of the next text: now and then one that was there before. */
static uint64_t next_seed(struct load *self)
{
    uint64_t state = self->seed ^ self->n_made;
    uint64_t draw = bench_random(&state);
    uint64_t number = self->n_made++;
    if (number > 0 && draw % ONE_IN_SO_MANY_AGAIN == 0) {
        uint64_t back = 1 + bench_random(&state) % (number < RECENT ? number : RECENT);
        number -= back;
    }
    return self->seed + 0x10000 * number;
}

long load_frame(void *out, size_t size, uint64_t seed, int64_t sequence, const char *batch,
                unsigned number)
{
    struct made_petition made;
    struct kn_fault fault;
    char item[16];
    petition_make(&made, seed);
    snprintf(item, sizeof item, "%08u", number);
    struct kn_person person = {.name = made.name};
    struct kn_petition petition = {
        .text = made.text, .area = made.area, .field = made.field, .person = &person};
    struct kn_petition_submit submit = {.sequence = sequence,
                                        .batch = batch,
                                        .container = batch,
                                        .item = item,
                                        .has_row = true,
                                        .row = number + 1,
                                        .source = "txct_dinh_ky",
                                        .channel = KN_CHANNEL_CONTACT,
                                        .petition = &petition};
    return kn_message_encode(out, size, KN_TYPE_PETITION_SUBMIT, &submit, &fault);
}

static void prepare(struct load *self, struct agent *agent, unsigned n)
{
    static uint8_t frame[KN_FRAME_MAX];
    struct kn_fault fault;
    char batch[33];
    snprintf(batch, sizeof batch, "%.8s%08x%.16s", agent->instance, ++agent->n_batches,
             agent->instance);
    struct kn_batch_declare declare = {.sequence = (int64_t)agent->n + 1,
                                       .batch = batch,
                                       .container = batch,
                                       .source = "txct_dinh_ky",
                                       .channel = KN_CHANNEL_CONTACT,
                                       .declared = n,
                                       .title = "Tiếp xúc cử tri"};
    long size = kn_message_encode(frame, sizeof frame, KN_TYPE_BATCH_DECLARE, &declare, &fault);
    append(agent, frame, size, false);
    for (unsigned i = 1; i <= n; i++) {
        size = load_frame(frame, sizeof frame, next_seed(self), (int64_t)agent->n + 1, batch, i);
        append(agent, frame, size, true);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------
 */

static void send_more(struct agent *agent, unsigned window, size_t end)
{
    while (agent->waiting < window && agent->next < end) {
        struct entry *entry = &agent->entries[agent->next];
        entry->sent_ns = bench_now_ns();
        if (zmq_send(agent->socket, entry->frame, entry->size, ZMQ_DONTWAIT) < 0) {
            return;
        }
        agent->next++;
        agent->waiting++;
    }
}

static void close_entry(struct load *self, struct entry *entry)
{
    histogram_add(&self->times, bench_now_ns() - entry->sent_ns);
    free(entry->frame);
    entry->frame = NULL;
    entry->is_stored = true;
    self->n_stored += entry->is_petition;
}

/* Not taken: go back to that sequence once everything behind it was answered too. */
static void go_back(struct load *self, struct agent *agent, const struct kn_receipt *receipt)
{
    size_t again = (size_t)(receipt->has_expected ? receipt->expected : receipt->sequence) - 1;
    uint64_t at = bench_now_ns() + (uint64_t)receipt->retry_after_ms * 1000000;
    agent->next = again < agent->next ? again : agent->next;
    agent->resume_ns = at > agent->resume_ns ? at : agent->resume_ns;
    self->n_deferred++;
}

static void take_receipt(struct load *self, struct agent *agent, const void *frame, size_t size)
{
    struct kn_message *message = NULL;
    struct kn_fault fault;
    if (kn_message_decode(&message, frame, size, &fault) || message->type != KN_TYPE_RECEIPT) {
        bench_die(1, "%s: no receipt but %s", agent->name,
                  message ? kn_type_name(message->type) : fault.reason);
    }
    const struct kn_receipt *receipt = message->body;
    struct entry *entry = receipt->sequence >= 1 && (size_t)receipt->sequence <= agent->n
                              ? &agent->entries[receipt->sequence - 1]
                              : NULL;
    if (!entry || !entry->frame) {
        bench_die(1, "%s: a receipt for %lld, which nobody waits for", agent->name,
                  (long long)receipt->sequence);
    }
    agent->waiting--;
    if (receipt->verdict == KN_VERDICT_DEFERRED) {
        go_back(self, agent, receipt);
    } else if (receipt->verdict == KN_VERDICT_STORED) {
        snprintf(entry->case_code, sizeof entry->case_code, "%s",
                 receipt->case_ ? receipt->case_ : "");
        close_entry(self, entry);
    } else {
        bench_die(1, "%s: %s for %lld (%s %s)", agent->name,
                  kn_enum_text(KN_ENUM_VERDICT, (int)receipt->verdict),
                  (long long)receipt->sequence, receipt->field ? receipt->field : "",
                  receipt->reason ? receipt->reason : "");
    }
    kn_message_destroy(&message);
}

/* Takes what came for AGENT. */
static void receive(struct load *self, struct agent *agent)
{
    uint8_t frame[FRAME_ROOM];
    int n;
    while ((n = zmq_recv(agent->socket, frame, sizeof frame, ZMQ_DONTWAIT)) >= 0) {
        if (self->is_echo) { /* answers come in order */
            close_entry(self, &agent->entries[agent->next - agent->waiting]);
            agent->waiting--;
        } else {
            take_receipt(self, agent, frame, (size_t)n);
        }
    }
}

/* Sends and receives until every entry below its agent's END is answered. */
static void run(struct load *self, unsigned n_agents, unsigned window, const size_t *end)
{
    zmq_pollitem_t items[LOAD_AGENTS];
    for (unsigned i = 0; i < n_agents; i++) {
        items[i] = (zmq_pollitem_t){.socket = self->agents[i].socket, .events = ZMQ_POLLIN};
    }
    for (uint64_t heard = bench_now_ns();;) {
        bool busy = false, paused = false;
        for (unsigned i = 0; i < n_agents; i++) {
            struct agent *agent = &self->agents[i];
            if (agent->resume_ns && !agent->waiting && bench_now_ns() > agent->resume_ns) {
                agent->resume_ns = 0;
            }
            if (!agent->resume_ns) {
                send_more(agent, window, end[i]);
            }
            paused |= agent->resume_ns != 0;
            busy |= agent->waiting || agent->next < end[i];
        }
        if (!busy) {
            return;
        }
        if (zmq_poll(items, (int)n_agents, paused ? 5 : 1000) > 0) {
            heard = bench_now_ns();
        } else if (bench_now_ns() - heard > SILENCE_MS * 1000000ull) {
            bench_die(1, "nothing heard from the hub for %d s", SILENCE_MS / 1000);
        }
        for (unsigned i = 0; i < n_agents; i++) {
            if (items[i].revents) {
                receive(self, &self->agents[i]);
            }
        }
    }
}

void load_run(load_t *self, struct load_cell *out, unsigned n, unsigned window)
{
    unsigned n_agents = window < LOAD_AGENTS ? 1 : LOAD_AGENTS;
    size_t end[LOAD_AGENTS];
    *out = (struct load_cell){.n_petitions = n / n_agents * n_agents};
    for (unsigned i = 0; i < n_agents; i++) {
        struct agent *agent = &self->agents[i];
        size_t first = agent->n;
        prepare(self, agent, n / n_agents);
        end[i] = first + 1;
        for (size_t j = first; j < agent->n; j++) {
            out->payload_bytes += agent->entries[j].size;
        }
    }
    run(self, n_agents, 1, end); /* the batches */
    self->times = (struct histogram){.n = 0};
    self->n_deferred = 0;
    for (unsigned i = 0; i < n_agents; i++) {
        end[i] = self->agents[i].n;
    }
    out->started_ns = bench_now_ns();
    run(self, n_agents, window / n_agents, end);
    out->seconds = (double)(bench_now_ns() - out->started_ns) / 1e9;
    out->rate = out->n_petitions / out->seconds;
    out->p50_ms = histogram_ms(&self->times, 0.5);
    out->p99_ms = histogram_ms(&self->times, 0.99);
    out->n_deferred = self->n_deferred;
}

/* ---- the ledger -------------------------------------------------------------------------------
 */

uint64_t load_stored(const load_t *self)
{
    return self->n_stored;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every petition has a receipt and a case code of its own. */
static unsigned check_receipts(const struct load *self)
{
    const char **codes = calloc(self->n_made + 1, sizeof *codes);
    unsigned n_wrong = 0;
    size_t n = 0;
    for (size_t i = 0; codes && i < LOAD_AGENTS; i++) {
        const struct agent *agent = &self->agents[i];
        for (size_t j = 0; j < agent->n; j++) {
            const struct entry *entry = &agent->entries[j];
            if (!entry->is_stored || (entry->is_petition && !entry->case_code[0])) {
                fprintf(stderr, "ledger: %s %zu has no receipt or no case\n", agent->name, j + 1);
                n_wrong++;
            } else if (entry->is_petition) {
                codes[n++] = entry->case_code;
            }
        }
    }
    qsort(codes, n, sizeof *codes, compare);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(codes[i - 1], codes[i]) == 0) {
            fprintf(stderr, "ledger: case %s was given twice\n", codes[i]);
            n_wrong++;
        }
    }
    free(codes);
    return n_wrong;
}

/* Every batch in the hub's books is complete. */
static unsigned check_batches(struct load *self, struct hubproc *hub)
{
    char public_key[41], secret_key[41], batch[33];
    unsigned n_wrong = 0;
    int64_t n_stored = 0;
    zmq_curve_keypair(public_key, secret_key);
    hubproc_admit(hub, "bench-clerk", KN_ROLE_OPERATOR, public_key);
    void *clerk = hubproc_connect(self->context, hub->delivery, hub->key, public_key, secret_key);
    struct kn_hello hello = {.version_min = 1, .version_max = 1, .instance = "00000000000000c1"};
    struct kn_message *answer = hubproc_ask(clerk, KN_TYPE_HELLO, &hello);
    kn_message_destroy(&answer);
    for (size_t i = 0; i < LOAD_AGENTS; i++) {
        const struct agent *agent = &self->agents[i];
        for (unsigned j = 1; j <= agent->n_batches; j++) {
            snprintf(batch, sizeof batch, "%.8s%08x%.16s", agent->instance, j, agent->instance);
            struct kn_batch_get get = {.request = j, .batch = batch, .has_limit = true, .limit = 1};
            answer = hubproc_ask(clerk, KN_TYPE_BATCH_GET, &get);
            const struct kn_batch_view *view = answer->body;
            if (answer->type != KN_TYPE_BATCH_VIEW || view->n_batches != 1 ||
                view->batches[0].missing || view->batches[0].refused ||
                view->batches[0].stored != view->batches[0].declared) {
                fprintf(stderr, "ledger: batch %s of %s is not complete\n", batch, agent->name);
                n_wrong++;
            } else {
                n_stored += view->batches[0].stored;
            }
            kn_message_destroy(&answer);
        }
    }
    zmq_close(clerk);
    if (n_stored != (int64_t)self->n_stored) {
        fprintf(stderr, "ledger: %llu receipts, %lld rows in the batches\n",
                (unsigned long long)self->n_stored, (long long)n_stored);
        n_wrong++;
    }
    return n_wrong;
}

unsigned load_check(load_t *self, struct hubproc *hub)
{
    unsigned n_wrong = check_receipts(self) + check_batches(self, hub);
    int64_t n_cases = hubproc_figure(hub, "cases");
    if (n_cases != (int64_t)self->n_stored || self->n_stored != self->n_made) {
        fprintf(stderr, "ledger: %llu sent, %llu receipts, %lld cases\n",
                (unsigned long long)self->n_made, (unsigned long long)self->n_stored,
                (long long)n_cases);
        n_wrong++;
    }
    return n_wrong;
}
