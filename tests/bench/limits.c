/* limits.c - raw LMDB and a bare CURVE echo. See limits.h. */
#include "limits.h"

#include "bench.h"
#include "kiennghi/status.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { RECORD = 1024, ECHO_BYTES = 48 };

/* ---- raw LMDB ---------------------------------------------------------------------------------
 */

/* Bytes behind the number that a key ends with, and of the value with its checksum. */
static const struct raw_table {
    const char *name;
    uint8_t n_agent; /* bytes of the key that tell the agent; 0: one sequence for all */
    uint16_t n_value;
} raw_tables[] = {
    {"log", 0, 170},       {"content", 0, 480}, {"case", 0, 80},
    {"transport", 12, 22}, {"source", 16, 42},
};
enum { N_RAW = sizeof raw_tables / sizeof *raw_tables, RAW_AGENTS = 16 };

struct raw_lmdb {
    MDB_env *env;
    MDB_dbi dbi, table[N_RAW];
    uint64_t next;
};

static void must(int rc, const char *what)
{
    if (rc) {
        bench_die(KN_EXIT_LATER, "raw LMDB, %s: %s", what, mdb_strerror(rc));
    }
}

raw_lmdb_t *raw_lmdb_new(const char *folder)
{
    struct raw_lmdb *self = calloc(1, sizeof *self);
    MDB_txn *txn = NULL;
    if (!self) {
        bench_die(KN_EXIT_LATER, "out of memory");
    }
    mkdir(folder, 0700);
    must(mdb_env_create(&self->env), "create");
    must(mdb_env_set_mapsize(self->env, (size_t)64 << 30), "map size");
    must(mdb_env_set_maxdbs(self->env, N_RAW + 1), "tables");
    must(mdb_env_open(self->env, folder, 0, 0600), folder);
    must(mdb_txn_begin(self->env, NULL, 0, &txn), "begin");
    must(mdb_dbi_open(txn, "records", MDB_CREATE, &self->dbi), "open");
    for (int i = 0; i < N_RAW; i++) {
        must(mdb_dbi_open(txn, raw_tables[i].name, MDB_CREATE, &self->table[i]), "open");
    }
    must(mdb_txn_commit(txn), "commit");
    return self;
}

void raw_lmdb_destroy(raw_lmdb_t **self_p)
{
    if (*self_p) {
        mdb_env_close((*self_p)->env);
    }
    free(*self_p);
    *self_p = NULL;
}

double raw_lmdb_rate(raw_lmdb_t *self, unsigned batch, double seconds)
{
    static uint8_t record[RECORD];
    uint64_t from = bench_now_ns(), now = from, n = 0;
    while ((double)(now - from) < seconds * 1e9) {
        MDB_txn *txn = NULL;
        must(mdb_txn_begin(self->env, NULL, 0, &txn), "begin");
        for (unsigned i = 0; i < batch; i++, n++) {
            uint64_t number = ++self->next, big = __builtin_bswap64(number);
            memcpy(record, &number, sizeof number);
            MDB_val key = {sizeof big, &big}, value = {sizeof record, record};
            must(mdb_put(txn, self->dbi, &key, &value, MDB_APPEND), "put");
        }
        must(mdb_txn_commit(txn), "commit");
        now = bench_now_ns();
    }
    return (double)n / ((double)(now - from) / 1e9);
}

static void put_tables(struct raw_lmdb *self, MDB_txn *txn, uint64_t number)
{
    static uint8_t value[RECORD];
    uint64_t agent = number % RAW_AGENTS, big = __builtin_bswap64(number);
    for (int i = 0; i < N_RAW; i++) {
        const struct raw_table *table = &raw_tables[i];
        uint8_t key[24] = {(uint8_t)(agent * 16 + 1)};
        memcpy(key + table->n_agent, &big, sizeof big);
        memcpy(value, &number, sizeof number);
        MDB_val k = {table->n_agent + sizeof big, key}, v = {table->n_value, value};
        must(mdb_put(txn, self->table[i], &k, &v, table->n_agent ? 0 : MDB_APPEND), "put");
    }
}

double raw_lmdb_tables_rate(raw_lmdb_t *self, unsigned batch, double seconds)
{
    uint64_t from = bench_now_ns(), now = from, n = 0;
    while ((double)(now - from) < seconds * 1e9) {
        MDB_txn *txn = NULL;
        must(mdb_txn_begin(self->env, NULL, 0, &txn), "begin");
        for (unsigned i = 0; i < batch; i++, n++) {
            put_tables(self, txn, ++self->next);
        }
        must(mdb_txn_commit(txn), "commit");
        now = bench_now_ns();
    }
    return (double)n / ((double)(now - from) / 1e9);
}

/* ---- echo -------------------------------------------------------------------------------------
 */

int echo_serve(void)
{
    static const char answer[ECHO_BYTES];
    char public_key[41], secret_key[41], endpoint[64];
    size_t size = sizeof endpoint;
    int one = 1, zero = 0;
    void *context = zmq_ctx_new(), *router = zmq_socket(context, ZMQ_ROUTER);
    if (zmq_curve_keypair(public_key, secret_key) ||
        zmq_setsockopt(router, ZMQ_CURVE_SERVER, &one, sizeof one) ||
        zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, secret_key, 41) ||
        zmq_setsockopt(router, ZMQ_LINGER, &zero, sizeof zero) ||
        zmq_setsockopt(router, ZMQ_SNDHWM, &zero, sizeof zero) ||
        zmq_setsockopt(router, ZMQ_RCVHWM, &zero, sizeof zero) ||
        zmq_bind(router, "tcp://127.0.0.1:*") ||
        zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &size)) {
        return KN_EXIT_LATER;
    }
    printf("%s %s\n", endpoint, public_key);
    fflush(stdout);
    zmq_pollitem_t items[] = {{.socket = router, .events = ZMQ_POLLIN},
                              {.fd = STDIN_FILENO, .events = ZMQ_POLLIN}};
    while (zmq_poll(items, 2, -1) >= 0 && !items[1].revents) {
        for (int i = 0; i < 1024; i++) {
            zmq_msg_t id, body;
            zmq_msg_init(&id);
            zmq_msg_init(&body);
            if (zmq_msg_recv(&id, router, ZMQ_DONTWAIT) < 0) {
                break;
            }
            zmq_msg_recv(&body, router, 0);
            zmq_msg_close(&body);
            zmq_msg_send(&id, router, ZMQ_SNDMORE);
            zmq_send(router, answer, sizeof answer, 0);
        }
    }
    zmq_close(router);
    zmq_ctx_term(context);
    return 0;
}

void echo_start(struct echo *out, const char *program)
{
    int in[2], from[2];
    char line[160] = "";
    if (pipe2(in, O_CLOEXEC) || pipe2(from, O_CLOEXEC)) {
        bench_die(KN_EXIT_LATER, "no pipe");
    }
    out->pid = fork();
    if (out->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execl(program, program, "--echo-server", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(from[1]);
    FILE *file = fdopen(from[0], "r");
    if (!file || !fgets(line, sizeof line, file) ||
        sscanf(line, "%63s %40s", out->endpoint, out->key) != 2) {
        bench_die(KN_EXIT_LATER, "the echo server does not start");
    }
    fclose(file);
    out->stop = in[1];
}

void echo_stop(struct echo *self)
{
    close(self->stop);
    waitpid(self->pid, NULL, 0);
}
