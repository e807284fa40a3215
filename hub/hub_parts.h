/* hub_parts.h - the hub's inside, for the files that are the hub: hub.c (the walk), turns.c (how
 * errands share a commit), rounds.c (what it does by itself), reception.c (what the net thread
 * answers at once) and start.c (start, stop, errands of our own).
 */
#ifndef KN_HUB_PARTS_H
#define KN_HUB_PARTS_H

#include "hub/denials.h"
#include "hub/errand.h"
#include "hub/files.h"
#include "hub/filing.h"
#include "hub/gaps.h"
#include "hub/hub.h"
#include "hub/logger.h"
#include "hub/look.h"
#include "hub/metrics.h"
#include "hub/quota.h"
#include "hub/reading.h"
#include "hub/sessions.h"
#include "hub/streams.h"
#include "hub/timekeeper.h"
#include "hub/vitals.h"

#include <stdatomic.h>

enum {
    TAKE_PER_DOOR = 256,      /* frames from one door a turn: the others get theirs */
    TURN_MAX = 1024,          /* errands in one transaction */
    FILING_FULL = 64,         /* pieces of files waiting: then "busy" */
    LINE_FULL = 4096,         /* errands waiting for the writer: intake is not read any further */
    READING_AHEAD = 1024,     /* the same for proposals of the reading stage */
    SETTLE_IDLE_MS = 1,       /* nobody says anything for so long: the tables follow the journal */
    SETTLE_MS = 100,          /* at the latest after: who reads waits no longer than that */
    TICK_MS = 500,            /* how often the writer looks at the clock */
    PROPOSALS_MS = 4,         /* proposals gather so long, and are committed together */
    PROPOSALS_MANY_MS = 100,  /* the same while there is more to read */
    DEFER_BUSY_MS = 200,      /* try again after */
    DEFER_STORAGE_MS = 2000,  /* the same when the disk is full */
    ERASED_FILES = 256,       /* of one turn; what is more goes at the next start */
    VITALS_MS = 2000,         /* how often the net thread looks at what is used */
    SESSION_MS = 60000,       /* a peer not heard for so long is forgotten */
    MAX_FRAME = 65503,        /* what CURVE leaves of 64 KiB */
    MAX_PETITION = 60 * 1024, /* bytes of a submission: it must fit into an event's frame */
    DEFAULT_WINDOW = 64,
    DEFAULT_GAP_MS = 15 * 60 * 1000,
    DEFAULT_MAX_FILE = 20 << 20,
};

struct hub {
    struct hub_options options;
    store_t *store;
    registers_t *registers;
    acl_t *acl;
    denials_t *denials;
    net_t *net;
    pthread_t net_thread, writer_thread;
    bool net_runs, writer_runs;
    struct line todo, done; /* errands to the writer, and back */
    struct line filing;     /* requests about files, to the files thread */
    files_t *files;
    pthread_t files_thread;
    bool files_runs;
    struct line proposals; /* of the reading stage to the writer: they yield to what peers say */
    reading_stage_t *reading;
    atomic_bool draining, stopping, stopped;
    atomic_int rc;
    atomic_ullong committed;    /* how often the tables changed: who follows looks again */
    atomic_ullong n_commits;    /* turns that became true, in the journal or in the tables */
    atomic_ullong noted, shown; /* turns in the journal; those of them that the tables hold */
    atomic_bool is_awaited;     /* somebody wants to read what was noted */
    pthread_mutex_t seen_lock;
    pthread_cond_t seen_more;
    uint64_t n_settled;        /* tries */
    bool writer_ended;         /* there will be no more */
    atomic_ullong unread;      /* petitions received whose reading is not on the disk yet */
    atomic_bool compact_asked; /* by an operator */
    atomic_bool is_full;       /* the last commit failed for want of space */
    atomic_uint commit_us[METRICS_COMMITS]; /* how long the last ones took */
    atomic_ullong commit_sum_us;
    atomic_uint beats[2]; /* turns of the two loops, for the watchdog */
    unsigned seen[2];
    int64_t started_at;

    /* of the net thread */
    sessions_t *sessions;
    quotas_t *quotas;
    struct vitals vitals;
    int64_t vitals_at;
    unsigned told_alarms;
    bool has_quarantine, has_gaps, quota_is_near;
    uint64_t n_receipts[KN_VERDICT_COUNT];
    streams_t *streams;
    uint64_t pumped, tap_at;
    uint8_t frame[MAX_FRAME], room[STORE_PACKED_CONTENT];

    /* of the writer */
    atomic_llong clock_offset; /* of a test */
    atomic_llong clock_base;   /* of the steady clock, see timekeeper.h */
    atomic_bool clock_is_held; /* the system's clock is not believed */
    struct timekeeper keeper;
    int64_t now;
    lasts_t *lasts;
    gaps_t *gaps;
    bool gaps_recalled; /* those that are on record are in it */
    int64_t gaps_at;
    struct looked looked;
    struct decision decision;
    bool acl_changed;
    uint8_t freed[ERASED_FILES][32]; /* files that erased contents named, of this turn */
    size_t n_freed;
    bool has_erased;
    int64_t compacted_on;           /* day since 1970 in Ha Noi */
    int64_t settle_at;              /* the tables follow the journal at the latest then */
    bool reviewing;                 /* a review has cases left: the next turn does not wait */
    int64_t proposals_at;           /* when the last ones were taken */
    struct link *held, **held_last; /* proposals that could not be recorded: next turn again */
};

/* ---- clocks and frames */

int64_t hub_monotonic_us(void);
int64_t hub_monotonic_ms(void);
/* The hub's clock; a store made for tests may have moved it. */
int64_t hub_wall_ms(struct hub *hub);
/* Looks at the clocks, of the writer and at the start: whether the system's has jumped. */
void hub_keep_time(struct hub *hub);
/* Waits until the tables hold every turn whose receipts have left: asked by who reads them for a
 * peer, so that it finds what was just acknowledged. */
void hub_wait_seen(struct hub *hub);
/* Sends a message of ours; a peer that is gone or does not read finds it by asking again. */
void hub_send_message(struct hub *hub, const struct net_peer *peer, enum kn_type type,
                      const void *body);
/* REQUEST below 0: nothing to give back. */
void hub_deny(struct hub *hub, const struct net_peer *peer, enum kn_code code, const char *field,
              const char *reason, int64_t request);
/* Bits 1 << enum alarm. */
unsigned hub_alarms(const struct hub *hub);
/* There is room for petitions; and they are taken. */
bool hub_has_room(const struct hub *hub);
bool hub_is_ready(struct hub *hub);
uint64_t hub_hex_number(const char *hex); /* 0 for NULL */

/* ---- the walk, for start.c */

void *hub_net_loop(void *hub);
void *hub_write_loop(void *hub);
/* The position of ERRAND becomes its consumer's, unless that is further. */
void hub_save_cursor(store_txn_t *txn, const struct errand *errand);
/* After the commit of an erasure: the files that nobody names any more, and the list. */
void hub_end_erasure(struct hub *hub);
/* The reading stage has done with the submission of ERRAND and goes on behind it. */
void hub_pass_submission(store_txn_t *txn, const struct errand *errand);
/* One errand in the writer's transaction. */
void hub_handle(struct hub *hub, store_txn_t *txn, struct errand *errand);
void hub_read_acl(struct hub *hub);
/* Appends what was decided to the log and applies it. */
void hub_record(struct hub *hub, store_txn_t *txn, struct errand *errand, const void *command);

/* ---- rounds.c: ticks and reviews, in the writer's transaction */

void rounds_tick(struct hub *hub, store_txn_t *txn);
void rounds_review(struct hub *hub, store_txn_t *txn);
void rounds_gaps(struct hub *hub, store_txn_t *txn);

/* ---- reception.c: answered by the net thread, without the writer */

void reception_greet(struct hub *hub, const struct net_frame *frame, const struct kn_agent *agent,
                     const struct kn_hello *hello);
void reception_pong(struct hub *hub, const struct net_peer *peer, const struct kn_ping *ping);
void reception_open_stream(struct hub *hub, const struct net_frame *frame,
                           const struct acl_agent *agent, const struct kn_stream_open *message);
/* A request; AGENT NULL: over the control socket. */
void reception_ask(struct hub *hub, const struct net_peer *peer, const struct kn_agent *agent,
                   const struct kn_message *message);

#endif
