/* bench_agents - rows a second from a file to the last receipt, by the agents that people use.
 *
 *     bench_agents --hub PROGRAM --registers DIR --dir FOLDER [--json] [--long] [--seed N]
 *
 * The programs beside PROGRAM: contact with minutes of a meeting, front with a transfer of the
 * Front, each a CSV of ROWS rows written for the round, and contact with the same file again (every
 * row is answered `repeated`). The clock runs from the start of the process to its end: reading the
 * file, the outbox on the disk, sending, receipts, what the hub read in the rows, the account. Each
 * import has to end with 0. Beside it: as many petitions of the bench's own load at the window of
 * an agent.
 */
#include "bench.h"
#include "hubproc.h"
#include "kiennghi/status.h"
#include "load.h"
#include "petitions.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#define N(table) (sizeof(table) / sizeof *(table))

enum { ROUNDS = 3 };

static const struct bench_row rows[] = {
    {"agents.contact", "rows/s", "agents.load", 0, false},
    {"agents.contact_again", "rows/s", "agents.load", 0, false},
    {"agents.front", "rows/s", "agents.load", 0, false},
    {"agents.load", "receipts/s, w64", NULL, 0, false},
    {"agents.rows", "in each file", NULL, 0, false},
};

struct agent {
    const char *program, *name;
    char folder[PATH_MAX], cert[PATH_MAX], state[PATH_MAX];
};

/* Lets the agent in and writes its certificate. */
static void enlist(struct hubproc *hub, const struct bench_run *run, struct agent *agent)
{
    char public_key[41], secret_key[41];
    zmq_curve_keypair(public_key, secret_key);
    hubproc_admit(hub, agent->name, KN_ROLE_INTAKE, public_key);
    snprintf(agent->folder, sizeof agent->folder, "%.4000s", run->work);
    snprintf(agent->cert, sizeof agent->cert, "%.4000s/%s.cert_secret", run->work, agent->name);
    snprintf(agent->state, sizeof agent->state, "%.4000s/%s", run->work, agent->name);
    int fd = open(agent->cert, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        bench_die(KN_EXIT_LATER, "%s cannot be written", agent->cert);
    }
    fprintf(
        file,
        "metadata\n    name = \"%s\"\ncurve\n    public-key = \"%s\"\n    secret-key = \"%s\"\n",
        agent->name, public_key, secret_key);
    fclose(file);
}

static void write_minutes(const char *path, bool front, unsigned number, unsigned n, uint64_t seed)
{
    struct made_petition made;
    FILE *file = fopen(path, "w");
    if (!file) {
        bench_die(KN_EXIT_LATER, "%s cannot be written", path);
    }
    if (front) {
        fprintf(file,
                "Số/ký hiệu;%u/MTTQ-BTT\nNgày;23/11/2026\nCơ quan gửi;Ủy ban MTTQ thành phố\n"
                "Trích yếu;Tổng hợp kiến nghị\nSố lượng;%u\n",
                number, n);
    } else {
        fprintf(file,
                "Cuộc TXCT;Tiếp xúc cử tri %u\nNgày;20/11/2026\nĐịa điểm;Hội trường\n"
                "Nguồn;txct_dinh_ky\nSố kiến nghị;%u\n",
                number, n);
    }
    fputs("STT;Địa bàn;Lĩnh vực;Nội dung kiến nghị\n", file);
    for (unsigned i = 0; i < n; i++) {
        petition_make(&made, seed + i);
        fprintf(file, "%u;%s;%s;\"%s\"\n", i + 1, made.area, made.field, made.text);
    }
    fclose(file);
}

static void import(const char *bench, struct hubproc *hub, const struct agent *agent,
                   const char *path, unsigned n)
{
    char program[PATH_MAX], log[PATH_MAX];
    int status = 0;
    snprintf(program, sizeof program, "%.*s/kiennghi-%s",
             (int)(strrchr(hub->program, '/') - hub->program), hub->program, agent->program);
    snprintf(log, sizeof log, "%.4000s/%s.log", agent->folder, agent->name);
    uint64_t from = bench_now_ns();
    pid_t child = fork();
    if (child == 0) {
        int fd = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0600);
        dup2(fd, 1);
        dup2(fd, 2);
        execl(program, program, "--hub-intake", hub->intake, "--hub-delivery", hub->delivery,
              "--hub-key", hub->key, "--key", agent->cert, "--state", agent->state, "--json", path,
              (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        bench_die(1, "%s ended with status %d; see %s", program, status, log);
    }
    bench_sample(bench, n / ((double)(bench_now_ns() - from) / 1e9));
    hubproc_wait_read(hub);
}

int main(int argc, char **argv)
{
    struct bench_run run;
    struct hubproc hub;
    struct load_cell cell;
    struct agent contact = {.program = "contact", .name = "bench-contact"},
                 front = {.program = "front", .name = "bench-front"};
    char folder[PATH_MAX], path[PATH_MAX];
    bench_begin(&run, argc, argv);
    unsigned n = run.is_long ? 20000 : 3000;
    snprintf(folder, sizeof folder, "%.4000s/hub", run.work);
    hubproc_start(&hub, run.hub, run.registers, folder, NULL);
    load_t *load = load_new(&hub, hub.intake, hub.key, run.seed);
    enlist(&hub, &run, &contact);
    enlist(&hub, &run, &front);
    for (unsigned round = 0; round < ROUNDS; round++) {
        load_run(load, &cell, n, 64);
        bench_sample("agents.load", cell.rate);
        hubproc_wait_read(&hub);
        snprintf(path, sizeof path, "%.4000s/minutes-%u.csv", run.work, round);
        write_minutes(path, false, round + 1, n, run.seed + round * 100000ull);
        import("agents.contact", &hub, &contact, path, n);
        import("agents.contact_again", &hub, &contact, path, n);
        snprintf(path, sizeof path, "%.4000s/transfer-%u.csv", run.work, round);
        write_minutes(path, true, round + 1, n, run.seed + round * 100000ull + 50000);
        import("agents.front", &hub, &front, path, n);
    }
    bench_sample("agents.rows", n);
    unsigned n_cases = (unsigned)hubproc_figure(&hub, "cases"), n_sent = 0;
    n_sent = (unsigned)load_stored(load) + 2 * ROUNDS * n;
    load_destroy(&load);
    hubproc_stop(&hub);
    bench_fact("agents.ledger", n_cases == n_sent ? "every row has its case" : "WRONG", run.json);
    bench_report(rows, N(rows), run.json);
    bench_end(&run);
    return n_cases == n_sent ? 0 : 1;
}
