/* load.h - sixteen intake agents as one closed loop, with a ledger of everything they sent.
 *
 * Each agent has its own key, connection, instance and batches. A cell is prepared first (petitions
 * written, frames encoded, batches declared) and then run: the clock only runs while petitions
 * travel. The ledger holds, for every petition, whether its receipt came and which case it became.
 */
#ifndef KN_BENCH_LOAD_H
#define KN_BENCH_LOAD_H

#include "bench.h"
#include "hubproc.h"

enum { LOAD_AGENTS = 16 };

typedef struct load load_t;

/* Makes the agents and lets their keys in. NULL for HUB: a load for the bare echo at ENDPOINT. */
load_t *load_new(struct hubproc *hub, const char *endpoint, const char *server_key, uint64_t seed);
/* After a restart of the hub: new connections, the same agents. */
void load_reconnect(load_t *self, struct hubproc *hub);
void load_destroy(load_t **self_p);

/* A frame petition.submit: text number SEED, row NUMBER of BATCH. Its length, or negative. */
long load_frame(void *out, size_t size, uint64_t seed, int64_t sequence, const char *batch,
                unsigned number);

/* What a cell gave. */
struct load_cell {
    unsigned n_petitions;
    uint64_t payload_bytes; /* of the frames */
    uint64_t started_ns;    /* first frame sent */
    double seconds;         /* first frame sent to last receipt */
    double rate;            /* receipts/s */
    double p50_ms, p99_ms;
    unsigned n_deferred; /* sent again later */
};

/* Prepares N petitions for WINDOW in flight: one agent for window 1, else all of them, each with
 * its share. Then runs them. Ends the program when a receipt is none of `stored` and `deferred`. */
void load_run(load_t *self, struct load_cell *out, unsigned n, unsigned window);

/* Holds the ledger against the hub's books: every petition receipted, every case code once, as many
 * cases as receipts, every batch complete. Says on stderr what does not agree; gives how many
 * things did not. */
unsigned load_check(load_t *self, struct hubproc *hub);

/* Petitions in the ledger. */
uint64_t load_stored(const load_t *self);

#endif
