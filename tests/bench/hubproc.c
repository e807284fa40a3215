/* hubproc.c - starts, asks and ends a hub. See hubproc.h. */
#include "hubproc.h"

#include "bench.h"
#include "kiennghi/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { READY_MS = 20000, ANSWER_MS = 20000, READ_S = 60 };

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* ---- the process ------------------------------------------------------------------------------
 */

static void read_key(struct hubproc *self, const char *program, const char *store)
{
    char command[2 * PATH_MAX + 64];
    snprintf(command, sizeof command, "'%s' --store '%s' --print-key 2>/dev/null", program, store);
    FILE *pipe = popen(command, "r");
    if (!pipe || fscanf(pipe, "%40s", self->key) != 1 || strlen(self->key) != 40) {
        bench_die(KN_EXIT_LATER, "%s does not print its key", program);
    }
    pclose(pipe);
}

static void execute(const char *program, const char *registers, const char *folder,
                    const char *count_file)
{
    char store[PATH_MAX], control[PATH_MAX], log[PATH_MAX];
    snprintf(store, sizeof store, "%.4000s/store", folder);
    snprintf(control, sizeof control, "%.4000s/hub.sock", folder);
    snprintf(log, sizeof log, "%.4000s/hub.log", folder);
    char *argv[32] = {"strace",
                      "-f",
                      "--seccomp-bpf",
                      "-c",
                      "-e",
                      "trace=fdatasync,fsync,msync,pwrite64",
                      "-o",
                      (char *)count_file};
    size_t n = count_file ? 8 : 0;
    char *hub[] = {
        (char *)program,   "--store",           store,       "--intake", "tcp://127.0.0.1:*",
        "--delivery",      "tcp://127.0.0.1:*", "--control", control,    "--registers",
        (char *)registers, "--test-clock",      NULL};
    memcpy(argv + n, hub, sizeof hub);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* a bench that ends early leaves no hub behind */
    int fd = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    dup2(fd, 2);
    dup2(fd, 1);
    execvp(argv[0], argv);
    _exit(127);
}

static bool read_ready(struct hubproc *self, const char *log)
{
    char line[1024];
    bool ready = false;
    FILE *file = fopen(log, "r");
    while (file && !ready && fgets(line, sizeof line, file)) {
        const char *intake = strstr(line, "intake="), *delivery = strstr(line, "delivery=");
        ready = strstr(line, "hub.ready") && intake && delivery &&
                sscanf(intake, "intake=%63s", self->intake) == 1 &&
                sscanf(delivery, "delivery=%63s", self->delivery) == 1;
    }
    if (file) {
        fclose(file);
    }
    return ready;
}

/* The hub below a tracer. */
static pid_t child_of(pid_t parent)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%d", &child) != 1) {
        child = 0;
    }
    if (file) {
        fclose(file);
    }
    return child ? child : parent;
}

void hubproc_start(struct hubproc *self, const char *program, const char *registers,
                   const char *folder, const char *count_file)
{
    char path[PATH_MAX], log[PATH_MAX];
    *self = (struct hubproc){.program = program, .registers = registers};
    snprintf(self->folder, sizeof self->folder, "%s", folder);
    snprintf(path, sizeof path, "%.4000s/store", folder);
    snprintf(log, sizeof log, "%.4000s/hub.log", folder);
    mkdir(folder, 0700);
    unlink(log); /* of an earlier start */
    self->child = fork();
    if (self->child == 0) {
        execute(program, registers, folder, count_file);
    }
    for (int i = 0; !read_ready(self, log); i++) {
        if (waitpid(self->child, NULL, WNOHANG) == self->child || i > READY_MS / 2) {
            bench_die(KN_EXIT_LATER, "the hub does not start; see %s", log);
        }
        pause_ms(2);
    }
    self->ready_ns = bench_now_ns();
    self->pid = count_file ? child_of(self->child) : self->child;
    read_key(self, program, path);
    snprintf(path, sizeof path, "ipc://%.4000s/hub.sock", folder);
    self->context = zmq_ctx_new();
    self->control = zmq_socket(self->context, ZMQ_DEALER);
    int zero = 0;
    zmq_setsockopt(self->control, ZMQ_LINGER, &zero, sizeof zero);
    if (zmq_connect(self->control, path)) {
        bench_die(KN_EXIT_LATER, "%s: %s", path, zmq_strerror(zmq_errno()));
    }
}

void hubproc_stop(struct hubproc *self)
{
    int status = 0;
    zmq_close(self->control);
    zmq_ctx_term(self->context);
    kill(self->pid, SIGTERM);
    waitpid(self->child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        bench_die(1, "the hub ended with status %d; see %s/hub.log", status, self->folder);
    }
}

double hubproc_restart(struct hubproc *self)
{
    struct hubproc old = *self;
    hubproc_stop(self);
    uint64_t from = bench_now_ns();
    hubproc_start(self, old.program, old.registers, old.folder, NULL);
    return (double)(self->ready_ns - from) / 1e9;
}

void hubproc_usage(const struct hubproc *self, struct usage *out)
{
    char path[64], text[2048];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", self->pid);
    *out = (struct usage){.written = 0};
    FILE *file = fopen(path, "r");
    if (file) {
        size_t n = fread(text, 1, sizeof text - 1, file);
        text[n] = '\0';
        fclose(file);
        const char *rest = strrchr(text, ')');
        if (rest && sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                           &system) == 2) {
            out->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
        }
    }
    static const struct {
        const char *file, *format;
    } lines[] = {{"io", "wchar: %lu"}, {"status", "RssAnon: %lu"}};
    for (int i = 0; i < 2; i++) {
        unsigned long value = 0;
        snprintf(path, sizeof path, "/proc/%d/%s", self->pid, lines[i].file);
        file = fopen(path, "r");
        while (file && fgets(text, sizeof text, file)) {
            if (strncmp(text, lines[i].format, strcspn(lines[i].format, ":") + 1) == 0) {
                value = strtoul(text + strcspn(text, ":") + 1, NULL, 10);
            }
        }
        if (file) {
            fclose(file);
        }
        *(i ? &out->rss_anon : &out->written) = i ? value * 1024 : value;
    }
}

double hubproc_thread_cpu(const struct hubproc *self, const char *prefix)
{
    char path[320], text[1024];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", self->pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/stat", self->pid, task->d_name);
        FILE *file = fopen(path, "r");
        size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
        text[n] = '\0';
        if (file) {
            fclose(file);
        }
        const char *name = strchr(text, '('), *rest = strrchr(text, ')');
        unsigned long user = 0, system = 0;
        if (name && rest && strncmp(name + 1, prefix, strlen(prefix)) == 0 &&
            sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                   &system) == 2) {
            sum += (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
        }
    }
    if (tasks) {
        closedir(tasks);
    }
    return sum;
}

/* ---- talking ----------------------------------------------------------------------------------
 */

void *hubproc_connect(void *context, const char *endpoint, const char *server_key,
                      const char *public_key, const char *secret_key)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int zero = 0;
    if (!socket || zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero) ||
        zmq_setsockopt(socket, ZMQ_SNDHWM, &zero, sizeof zero) ||
        zmq_setsockopt(socket, ZMQ_RCVHWM, &zero, sizeof zero) ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, 41) ||
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, 41) ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, 41) ||
        zmq_connect(socket, endpoint)) {
        bench_die(KN_EXIT_LATER, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    }
    return socket;
}

struct kn_message *hubproc_ask(void *socket, enum kn_type type, const void *body)
{
    static uint8_t frame[KN_FRAME_MAX];
    struct kn_message *answer = NULL;
    struct kn_fault fault;
    long size = kn_message_encode(frame, sizeof frame, type, body, &fault);
    if (size < 0) {
        bench_die(1, "%s: %s %s", kn_type_name(type), fault.field, fault.reason);
    }
    zmq_send(socket, frame, (size_t)size, 0);
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, ANSWER_MS) < 1) {
        bench_die(KN_EXIT_LATER, "no answer to %s", kn_type_name(type));
    }
    int n = zmq_recv(socket, frame, sizeof frame, 0);
    if (n < 0 || kn_message_decode(&answer, frame, (size_t)n, &fault)) {
        bench_die(1, "answer to %s: %s %s", kn_type_name(type), fault.field, fault.reason);
    }
    if (answer->type == KN_TYPE_DENY) {
        const struct kn_deny *deny = answer->body;
        bench_die(1, "%s is denied: %s %s", kn_type_name(type),
                  kn_enum_text(KN_ENUM_CODE, (int)deny->code), deny->reason ? deny->reason : "");
    }
    return answer;
}

void hubproc_admit(struct hubproc *self, const char *name, enum kn_role role,
                   const char *public_key)
{
    struct kn_agent agent = {.agent = name, .role = role, .key = public_key};
    struct kn_agent_admit admit = {.sequence = ++self->sequence, .agent = &agent};
    struct kn_message *answer = hubproc_ask(self->control, KN_TYPE_AGENT_ADMIT, &admit);
    const struct kn_receipt *receipt = answer->body;
    if (answer->type != KN_TYPE_RECEIPT || receipt->verdict != KN_VERDICT_STORED) {
        bench_die(1, "%s is not admitted", name);
    }
    kn_message_destroy(&answer);
}

int64_t hubproc_figure(struct hubproc *self, const char *name)
{
    struct kn_message *answer =
        hubproc_ask(self->control, KN_TYPE_STATUS_GET, &(struct kn_status_get){.request = 1});
    const struct kn_status_view *view = answer->body;
    int64_t value = strcmp(name, "last_event") == 0 ? view->last_event : 0;
    for (size_t i = 0; answer->type == KN_TYPE_STATUS_VIEW && i < view->n_counts; i++) {
        if (strcmp(view->counts[i].name, name) == 0) {
            value = view->counts[i].value;
        }
    }
    kn_message_destroy(&answer);
    return value;
}

double hubproc_wait_read(struct hubproc *self)
{
    uint64_t from = bench_now_ns();
    while (hubproc_figure(self, "to_read") > 0 || hubproc_figure(self, "to_index") > 0) {
        if (bench_now_ns() - from > READ_S * 1000000000ull) {
            bench_die(1, "the reading stage has not come to an end in %d s", READ_S);
        }
        pause_ms(10);
    }
    /* a command that changes nothing goes through the writer: what was before it is on the disk */
    struct kn_clock_move move = {.sequence = ++self->sequence, .to = 1};
    struct kn_message *answer = hubproc_ask(self->control, KN_TYPE_CLOCK_MOVE, &move);
    kn_message_destroy(&answer);
    return (double)(bench_now_ns() - from) / 1e9;
}
