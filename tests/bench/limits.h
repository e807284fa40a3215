/* limits.h - what disk, LMDB and libzmq can do by themselves: the raw limits of the same minute. */
#ifndef KN_BENCH_LIMITS_H
#define KN_BENCH_LIMITS_H

#include <stdint.h>

typedef struct raw_lmdb raw_lmdb_t;

/* One environment with one database, default flags, in FOLDER (made). */
raw_lmdb_t *raw_lmdb_new(const char *folder);
void raw_lmdb_destroy(raw_lmdb_t **self_p);

/* Appends records of 1 KiB in batches of BATCH for SECONDS. Gives records/s. */
double raw_lmdb_rate(raw_lmdb_t *self, unsigned batch, double seconds);

/* The same with the five tables that the hub writes when it takes a petition, keys and lengths of
 * records as they are there: log, content and case at the end, both keys of the message where
 * sixteen agents put them. Nothing is made of the petition, nothing looked up, nothing read. */
double raw_lmdb_tables_rate(raw_lmdb_t *self, unsigned batch, double seconds);

/* Runs the echo server in this process: a CURVE ROUTER that answers every frame with 48 bytes.
 * Prints "ENDPOINT KEY" and runs until its standard input ends. */
int echo_serve(void);

struct echo {
    int pid, stop; /* closing STOP ends it */
    char endpoint[64], key[41];
};
/* Starts the echo server as a process of its own (this program again). */
void echo_start(struct echo *out, const char *program);
void echo_stop(struct echo *self);

#endif
