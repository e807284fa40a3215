/* hubproc.h - a real hub process on loopback for a bench, and its books as /proc keeps them. */
#ifndef KN_BENCH_HUBPROC_H
#define KN_BENCH_HUBPROC_H

#include "kiennghi/message.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct hubproc {
    pid_t child, pid; /* what was started; the hub itself (differs when it is traced) */
    char intake[64], delivery[64], key[41];
    char folder[4096]; /* of this hub: store, socket, log */
    const char *program, *registers;
    void *context, *control;
    int64_t sequence;
    uint64_t ready_ns; /* when its doors were found open */
};

/* Starts PROGRAM on the store in FOLDER (made when missing) and waits until its doors are open.
 * With COUNT_FILE it runs under `strace -c`, which writes its table there when the hub ends. */
void hubproc_start(struct hubproc *out, const char *program, const char *registers,
                   const char *folder, const char *count_file);

/* Stops it in order. Ends the program when the hub did not end with 0. */
void hubproc_stop(struct hubproc *self);

/* The same hub again on its store. Gives the seconds from its start until its doors are open. */
double hubproc_restart(struct hubproc *self);

/* Lets a key in. */
void hubproc_admit(struct hubproc *self, const char *name, enum kn_role role,
                   const char *public_key);

/* A figure of status.get, or last_event; 0 when the hub does not give it. */
int64_t hubproc_figure(struct hubproc *self, const char *name);

/* Waits until the reading stage has nothing left and its index is whole. Gives the seconds that
 * took. */
double hubproc_wait_read(struct hubproc *self);

/* A DEALER of the key pair, connected to ENDPOINT under CURVE. */
void *hubproc_connect(void *context, const char *endpoint, const char *server_key,
                      const char *public_key, const char *secret_key);

struct usage {
    double cpu_s;
    uint64_t written; /* bytes given to write(2) and its kin; sockets do not count */
    uint64_t rss_anon;
};
void hubproc_usage(const struct hubproc *self, struct usage *out);

/* CPU seconds of the hub's threads whose name begins with PREFIX. */
double hubproc_thread_cpu(const struct hubproc *self, const char *prefix);

/* Sends one message and waits for the answer, destroyed by the caller. */
struct kn_message *hubproc_ask(void *socket, enum kn_type type, const void *body);

#endif
