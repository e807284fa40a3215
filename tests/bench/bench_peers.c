/* bench_peers - the hub beside brokers that do less, with the same frames, in the same minute.
 *
 *     bench_peers --hub PROGRAM --registers DIR --dir FOLDER [--json] [--long] [--seed N]
 *
 *   hub     sixteen agents (window 1: one), CURVE; fsync, chain, accounts, keys, reading beside it
 *   redis   `appendfsync always`; a script refuses a key that it knows (SET NX), appends the frame
 * to a stream, an assignment to another, publishes an event. 16 messages a connection: a connection
 * gets no more into one sync rabbit  a quorum queue of one member, durable, persistent, publisher
 * confirms; one connection
 *
 * Frames are petition.submit messages of petitions.c. A round is windows 1, 64 and 1,024, in each
 * one cell of the hub, of Redis, of RabbitMQ. Redis and RabbitMQ are started on loopback on free
 * ports with their data in FOLDER and ended by pid. Neither checks a schema, asks who speaks,
 * encrypts, or reads the text. CPU of the hub is given without and with its reading stage. The text
 * of every cell is afresh.
 */
#include "bench.h"
#include "hubproc.h"
#include "kiennghi/status.h"
#include "load.h"

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N(table) (sizeof(table) / sizeof *(table))

enum { MAX_CONNECTIONS = 64, MAX_WINDOW = 1024, START_MS = 60000, KEY = 16 };

/* clang-format off */
static const struct {
    unsigned window, n; /* n: petitions of the first cell */
    double seconds;
    const char *suffix;
} windows[] = {
    {   1,  200, 0.6, "w1"},
    {  64, 2000, 0.8, "w64"},
    {1024, 8000, 1.0, "w1024"},
};

static const struct bench_row rows[] = {
    {"peers.hub.w1024",      "receipts/s", "peers.redis.w1024", 0.8, false},
    {"peers.hub.w64",        "receipts/s", "peers.redis.w64", 0.5, false},
    {"peers.hub.w1",         "receipts/s", "peers.redis.w1", 0, false},
    {"peers.hub.w1024",      "receipts/s", "peers.rabbit.w1024", 2, false},
    {"peers.hub.w64",        "receipts/s", "peers.rabbit.w64", 0, false},
    {"peers.hub.w1",         "receipts/s", "peers.rabbit.w1", 0, false},
    {"peers.hub_p99.w1024",  "ms", "peers.redis_p99.w1024", 2, true},
    {"peers.hub_cpu",        "s/100,000, w1024", "peers.redis_cpu", 2, true},
    {"peers.hub_cpu_read",   "s/100,000, w1024", "peers.redis_cpu", 5, true},
    {"peers.redis.w1024",    "acks/s", NULL, 0, false},
    {"peers.redis.w64",      "acks/s", NULL, 0, false},
    {"peers.redis.w1",       "acks/s", NULL, 0, false},
    {"peers.redis_p99.w1024", "ms", NULL, 0, false},
    {"peers.redis_cpu",      "s/100,000, w1024", NULL, 0, false},
    {"peers.rabbit.w1024",   "confirms/s", NULL, 0, false},
    {"peers.rabbit.w64",     "confirms/s", NULL, 0, false},
    {"peers.rabbit.w1",      "confirms/s", NULL, 0, false},
    {"peers.stored",         "petitions at the hub", NULL, 0, false},
};
/* clang-format on */

static const char *name_of(char out[64], const char *what, size_t window)
{
    snprintf(out, 64, "%s.%s", what, windows[window].suffix);
    return out;
}

/* ---- frames ---------------------------------------------------------------------------------- */

struct frames {
    uint8_t *bytes;
    size_t *at; /* n + 1 */
    unsigned n;
    char (*keys)[KEY];
};

/* N frames afresh, each with a key of its own. */
static struct frames make_frames(unsigned n, uint64_t *seed)
{
    static uint8_t frame[KN_FRAME_MAX];
    static unsigned number;
    struct frames out = {.bytes = malloc(n * 2048ull),
                         .at = calloc(n + 1, sizeof *out.at),
                         .n = n,
                         .keys = calloc(n, sizeof *out.keys)};
    char batch[33];
    snprintf(batch, sizeof batch, "%032x", ++number);
    for (unsigned i = 0; i < n; i++) {
        long size = load_frame(frame, sizeof frame, bench_random(seed), i + 1, batch, i + 1);
        if (size < 0 || size > 2048) {
            bench_die(1, "a petition cannot be encoded");
        }
        memcpy(out.bytes + out.at[i], frame, (size_t)size);
        out.at[i + 1] = out.at[i] + (size_t)size;
        memcpy(out.keys[i], &number, sizeof number);
        memcpy(out.keys[i] + 8, &i, sizeof i);
    }
    return out;
}

static void drop_frames(struct frames *frames)
{
    free(frames->bytes);
    free(frames->at);
    free(frames->keys);
}

/* ---- processes ------------------------------------------------------------------------------- */

static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&at, size) || getsockname(fd, (struct sockaddr *)&at, &size)) {
        bench_die(KN_EXIT_LATER, "no free port: %s", strerror(errno));
    }
    close(fd);
    return ntohs(at.sin_port);
}

static bool answers(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return yes;
}

/* Starts ARGV with ENV (NULL: ours) in a group of its own; waits until PORT answers. */
static pid_t start(const char *log, char *const argv[], char *const env[], int port)
{
    pid_t child = fork();
    if (child == 0) {
        int fd = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0600);
        setpgid(0, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        if (env) {
            execve(argv[0], argv, env);
        } else {
            execv(argv[0], argv);
        }
        _exit(127);
    }
    for (int i = 0; !answers(port); i++) {
        if (waitpid(child, NULL, WNOHANG) == child || i > START_MS / 20) {
            bench_die(KN_EXIT_LATER, "%s does not start; see %s", argv[0], log);
        }
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    return child;
}

/* Ends the group that was started as PID. */
static void stop(pid_t pid)
{
    int i = 0;
    kill(-pid, SIGTERM);
    while (waitpid(pid, NULL, WNOHANG) != pid && i++ < 1000) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    kill(-pid, SIGKILL); /* what is left of it */
}

/* ---- Redis ----------------------------------------------------------------------------------- */

struct redis {
    pid_t pid;
    int port;
};

static struct redis redis_start(const char *work)
{
    char folder[PATH_MAX], log[PATH_MAX], port[16];
    struct redis out = {.port = free_port()};
    snprintf(folder, sizeof folder, "%.4000s/redis", work);
    snprintf(log, sizeof log, "%.4000s/redis.log", work);
    snprintf(port, sizeof port, "%d", out.port);
    mkdir(folder, 0700);
    char *argv[] = {"/usr/bin/redis-server",
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    port,
                    "--dir",
                    folder,
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                    "--save",
                    "",
                    "--auto-aof-rewrite-percentage",
                    "0",
                    NULL};
    out.pid = start(log, argv, NULL, out.port);
    return out;
}

static const char script[] = "if not redis.call('SET', 'k:' .. ARGV[1], 1, 'NX') then return 0 end "
                             "local id = redis.call('XADD', 'petitions', '*', 'm', ARGV[2]) "
                             "redis.call('XADD', 'assignments', '*', 'p', id) "
                             "redis.call('PUBLISH', 'events', id) return 1";

struct pipe {
    redisContext *redis;
    uint64_t sent_ns[MAX_WINDOW];
    unsigned sent, got; /* rings of the window */
};

static void redis_send(struct pipe *pipe, const char *sha, const struct frames *frames, unsigned i)
{
    const char *argv[] = {"EVALSHA", sha, "0", frames->keys[i],
                          (const char *)frames->bytes + frames->at[i]};
    size_t size[] = {7, strlen(sha), 1, KEY, frames->at[i + 1] - frames->at[i]};
    pipe->sent_ns[pipe->sent++ % MAX_WINDOW] = bench_now_ns();
    redisAppendCommandArgv(pipe->redis, 5, argv, size);
}

/* Takes the answers that came; gives how many. */
static unsigned redis_take(struct pipe *pipe, struct histogram *times)
{
    unsigned n = 0;
    void *reply;
    if (redisBufferRead(pipe->redis) != REDIS_OK) {
        bench_die(1, "redis: %s", pipe->redis->errstr);
    }
    while (redisGetReplyFromReader(pipe->redis, &reply) == REDIS_OK && reply) {
        const redisReply *answer = reply;
        if (answer->type != REDIS_REPLY_INTEGER || answer->integer != 1) {
            bench_die(1, "redis refuses: %s", answer->str ? answer->str : "a known key");
        }
        histogram_add(times, bench_now_ns() - pipe->sent_ns[pipe->got++ % MAX_WINDOW]);
        freeReplyObject(reply);
        n++;
    }
    return n;
}

/* Sends all FRAMES; gives acknowledgements/s. */
static double redis_run(const struct redis *redis, const struct frames *frames, unsigned window,
                        struct histogram *times)
{
    static struct pipe pipes[MAX_CONNECTIONS];
    struct pollfd polls[MAX_CONNECTIONS];
    unsigned n_pipes = window < 16 ? 1 : window / 16, depth = window / n_pipes;
    char sha[64] = "";
    for (unsigned i = 0; i < n_pipes; i++) {
        pipes[i] = (struct pipe){.redis = redisConnect("127.0.0.1", redis->port)};
        if (!pipes[i].redis || pipes[i].redis->err) {
            bench_die(KN_EXIT_LATER, "redis cannot be reached");
        }
        polls[i] = (struct pollfd){.fd = pipes[i].redis->fd, .events = POLLIN};
    }
    redisReply *loaded = redisCommand(pipes[0].redis, "SCRIPT LOAD %s", script);
    snprintf(sha, sizeof sha, "%s", loaded && loaded->str ? loaded->str : "");
    freeReplyObject(loaded);
    uint64_t from = bench_now_ns();
    for (unsigned next = 0, done = 0; done < frames->n;) {
        for (unsigned i = 0; i < n_pipes; i++) {
            bool any = false;
            for (; next < frames->n && pipes[i].sent - pipes[i].got < depth; any = true) {
                redis_send(&pipes[i], sha, frames, next++);
            }
            for (int flushed = !any; !flushed;) {
                redisBufferWrite(pipes[i].redis, &flushed);
            }
        }
        poll(polls, n_pipes, 1000);
        for (unsigned i = 0; i < n_pipes; i++) {
            done += polls[i].revents & POLLIN ? redis_take(&pipes[i], times) : 0;
        }
    }
    double rate = frames->n / ((double)(bench_now_ns() - from) / 1e9);
    for (unsigned i = 0; i < n_pipes; i++) {
        redisFree(pipes[i].redis);
    }
    return rate;
}

/* ---- RabbitMQ -------------------------------------------------------------------------------- */

struct rabbit {
    pid_t pid, epmd;
    amqp_connection_state_t connection;
    uint64_t tag; /* of the last frame that was published */
};

static const amqp_bytes_t queue = {.len = 9, .bytes = "petitions"};

static void must(amqp_connection_state_t connection, const char *what)
{
    if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL) {
        bench_die(KN_EXIT_LATER, "rabbitmq: %s failed", what);
    }
}

static void rabbit_open(struct rabbit *rabbit, int port)
{
    amqp_connection_state_t connection = rabbit->connection = amqp_new_connection();
    amqp_table_entry_t type = {
        .key = amqp_cstring_bytes("x-queue-type"),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes("quorum")}};
    if (amqp_socket_open(amqp_tcp_socket_new(connection), "127.0.0.1", port) ||
        amqp_login(connection, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest")
                .reply_type != AMQP_RESPONSE_NORMAL) {
        bench_die(KN_EXIT_LATER, "rabbitmq cannot be reached");
    }
    amqp_channel_open(connection, 1);
    must(connection, "channel.open");
    amqp_queue_declare(connection, 1, queue, 0, 1, 0, 0, (amqp_table_t){1, &type});
    must(connection, "queue.declare");
    amqp_confirm_select(connection, 1);
    must(connection, "confirm.select");
}

static struct rabbit rabbit_start(const char *work)
{
    char text[16][PATH_MAX], log[PATH_MAX], epmd_port[16];
    struct rabbit out = {.tag = 0};
    int port = free_port(), distribution = free_port(), epmd = free_port();
    static const struct {
        const char *name, *file;
    } places[] = {{"HOME", ""},
                  {"RABBITMQ_MNESIA_BASE", "/data"},
                  {"RABBITMQ_LOG_BASE", "/log"},
                  {"RABBITMQ_ENABLED_PLUGINS_FILE", "/plugins"},
                  {"RABBITMQ_CONFIG_FILE", "/none"},
                  {"RABBITMQ_PID_FILE", "/pid"}};
    snprintf(log, sizeof log, "%.4000s/rabbit", work);
    mkdir(log, 0700);
    char *env[24] = {"PATH=/usr/bin:/bin:/usr/sbin:/sbin",
                     "LC_ALL=C.UTF-8",
                     "ERL_EPMD_ADDRESS=127.0.0.1",
                     "RABBITMQ_CONF_ENV_FILE=/dev/null",
                     "RABBITMQ_NODENAME=bench@localhost",
                     "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
                     ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface "
                      "{127,0,0,1}")};
    size_t n_env = 7, n = 0;
    for (; n < N(places); n++) {
        snprintf(text[n], sizeof text[n], "%s=%.3000s/rabbit%s", places[n].name, work,
                 places[n].file);
        env[n_env++] = text[n];
    }
    const struct {
        const char *name;
        int port;
    } ports[] = {{"ERL_EPMD_PORT", epmd},
                 {"RABBITMQ_NODE_PORT", port},
                 {"RABBITMQ_DIST_PORT", distribution}};
    for (size_t i = 0; i < N(ports); i++, n++) {
        snprintf(text[n], sizeof text[n], "%s=%d", ports[i].name, ports[i].port);
        env[n_env++] = text[n];
    }
    snprintf(epmd_port, sizeof epmd_port, "%d", epmd);
    snprintf(log, sizeof log, "%.4000s/epmd.log", work);
    char *epmd_argv[] = {"/usr/bin/epmd", "-address", "127.0.0.1", "-port", epmd_port, NULL};
    out.epmd = start(log, epmd_argv, NULL, epmd);
    snprintf(log, sizeof log, "%.4000s/rabbit.log", work);
    char *argv[] = {"/usr/lib/rabbitmq/bin/rabbitmq-server", NULL};
    out.pid = start(log, argv, env, port);
    rabbit_open(&out, port);
    return out;
}

/* Takes one confirm; gives how many frames it is for. */
static unsigned rabbit_confirmed(struct rabbit *rabbit, struct timeval *wait, uint8_t *is_open,
                                 uint64_t least)
{
    amqp_frame_t frame;
    unsigned n = 0;
    int rc = amqp_simple_wait_frame_noblock(rabbit->connection, &frame, wait);
    if (rc == AMQP_STATUS_TIMEOUT) {
        return 0;
    }
    if (rc != AMQP_STATUS_OK || frame.frame_type != AMQP_FRAME_METHOD ||
        frame.payload.method.id != AMQP_BASIC_ACK_METHOD) {
        bench_die(1, "rabbitmq: no confirm");
    }
    const amqp_basic_ack_t *ack = frame.payload.method.decoded;
    for (uint64_t tag = ack->multiple ? least : ack->delivery_tag; tag <= ack->delivery_tag;
         tag++) {
        n += is_open[tag % 65536];
        is_open[tag % 65536] = 0;
    }
    amqp_maybe_release_buffers(rabbit->connection);
    return n;
}

static double rabbit_run(struct rabbit *rabbit, const struct frames *frames, unsigned window)
{
    static uint8_t is_open[65536];
    static const amqp_basic_properties_t durable = {._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
                                                    .delivery_mode = 2};
    uint64_t least = rabbit->tag + 1;
    uint64_t from = bench_now_ns();
    for (unsigned next = 0, done = 0; done < frames->n;) {
        for (; next < frames->n && next - done < window; next++) {
            is_open[++rabbit->tag % 65536] = 1;
            amqp_bytes_t body = {frames->at[next + 1] - frames->at[next],
                                 frames->bytes + frames->at[next]};
            amqp_basic_publish(rabbit->connection, 1, amqp_empty_bytes, queue, 0, 0, &durable,
                               body);
        }
        struct timeval wait = {.tv_sec = 30};
        unsigned n = rabbit_confirmed(rabbit, &wait, is_open, least);
        if (!n) {
            bench_die(1, "rabbitmq: no confirm for half a minute");
        }
        for (; n; n = rabbit_confirmed(rabbit, &(struct timeval){.tv_sec = 0}, is_open, least)) {
            done += n; /* all that came already */
        }
        while (least <= rabbit->tag && !is_open[least % 65536]) {
            least++;
        }
    }
    return frames->n / ((double)(bench_now_ns() - from) / 1e9);
}

/* ---- rounds ---------------------------------------------------------------------------------- */

static unsigned how_many(const char *rate, size_t window, double scale)
{
    double n = bench_median(rate) * windows[window].seconds * scale;
    return n < windows[window].n ? windows[window].n : n > 60000 ? 60000 : (unsigned)n;
}

static void measure_hub(struct hubproc *hub, load_t *load, size_t window, double scale)
{
    char name[64];
    struct load_cell cell;
    struct usage before, after;
    double reading = hubproc_thread_cpu(hub, "kn-reading");
    hubproc_usage(hub, &before);
    name_of(name, "peers.hub", window);
    load_run(load, &cell, how_many(name, window, scale), windows[window].window);
    bench_sample(name, cell.rate);
    bench_sample(name_of(name, "peers.hub_p99", window), cell.p99_ms);
    hubproc_wait_read(hub);
    hubproc_usage(hub, &after);
    reading = hubproc_thread_cpu(hub, "kn-reading") - reading;
    double per = 100000.0 / cell.n_petitions, all = after.cpu_s - before.cpu_s;
    if (windows[window].window == MAX_WINDOW) {
        bench_sample("peers.hub_cpu", (all - reading) * per);
        bench_sample("peers.hub_cpu_read", all * per);
    }
}

static void measure_redis(const struct redis *redis, size_t window, double scale, uint64_t *seed)
{
    char name[64];
    struct hubproc process = {.pid = redis->pid};
    struct usage before, after;
    struct histogram *times = calloc(1, sizeof *times);
    name_of(name, "peers.redis", window);
    struct frames frames = make_frames(how_many(name, window, scale), seed);
    hubproc_usage(&process, &before);
    bench_sample(name, redis_run(redis, &frames, windows[window].window, times));
    hubproc_usage(&process, &after);
    bench_sample(name_of(name, "peers.redis_p99", window), histogram_ms(times, 0.99));
    if (windows[window].window == MAX_WINDOW) {
        bench_sample("peers.redis_cpu", (after.cpu_s - before.cpu_s) * 100000.0 / frames.n);
    }
    free(times);
    drop_frames(&frames);
}

static void measure_rabbit(struct rabbit *rabbit, size_t window, double scale, uint64_t *seed)
{
    char name[64];
    name_of(name, "peers.rabbit", window);
    struct frames frames = make_frames(how_many(name, window, scale), seed);
    bench_sample(name, rabbit_run(rabbit, &frames, windows[window].window));
    drop_frames(&frames);
}

int main(int argc, char **argv)
{
    struct bench_run run;
    struct hubproc hub;
    char folder[PATH_MAX];
    bench_begin(&run, argc, argv);
    double scale = run.is_long ? 2 : 1;
    uint64_t seed = run.seed + 1;
    struct redis redis = redis_start(run.work);
    struct rabbit rabbit = rabbit_start(run.work);
    snprintf(folder, sizeof folder, "%.4000s/hub", run.work);
    hubproc_start(&hub, run.hub, run.registers, folder, NULL);
    load_t *load = load_new(&hub, hub.intake, hub.key, run.seed);
    for (unsigned round = 0; round < (run.is_long ? 10 : 4); round++) {
        for (size_t window = 0; window < N(windows); window++) {
            measure_hub(&hub, load, window, scale);
            bench_device_bytes(run.work); /* nobody pays for another: synced */
            measure_redis(&redis, window, scale, &seed);
            bench_device_bytes(run.work);
            measure_rabbit(&rabbit, window, scale, &seed);
            bench_device_bytes(run.work);
        }
    }
    unsigned n_wrong = load_check(load, &hub);
    bench_sample("peers.stored", (double)load_stored(load));
    load_destroy(&load);
    hubproc_stop(&hub);
    amqp_destroy_connection(rabbit.connection);
    stop(rabbit.pid);
    stop(rabbit.epmd);
    stop(redis.pid);
    bench_report(rows, N(rows), run.json);
    bench_end(&run);
    return n_wrong ? 1 : 0;
}
