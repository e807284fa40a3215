/* main.c - kiennghi-hub: options, configuration, key, signals; then the hub runs (hub.c).
 *
 * The main thread does nothing but wait: for a signal (by signalfd; every thread has them blocked),
 * for the hub to finish by itself, and for systemd's watchdog, which it feeds only while both loops
 * of the hub turn. Exit codes are those of kiennghi/status.h: 111 means "start me again".
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "hub/config.h"
#include "hub/hub.h"
#include "hub/hubkey.h"
#include "hub/keeping.h"
#include "hub/logger.h"
#include "hub/rules.h"
#include "kiennghi/status.h"

#ifndef KN_VERSION
#error "KN_VERSION is set by the build"
#endif

enum {
    LOOK_MS = 250,
    KEY_CONFIG = 'c',
    KEY_CHECK = 256,
    KEY_PRINT,
    KEY_PRINT_KEY,
    KEY_INIT,
    KEY_CLOCK,
    KEY_RULES,
    KEY_VERIFY,
    KEY_AGAINST,
    KEY_REDECIDE,
    KEY_SCRATCH,
    KEY_BACKUP,
    KEY_RESTORE,
    KEY_ERASURES
};

struct arguments {
    struct config config;
    bool checks, prints, prints_key, prints_rules, verifies, redecides, inits, has_test_clock;
    const char *against, *scratch, *backup, *restore, *erasures;
};

/* Options that set one key of the configuration; they stand over the file. */
static const struct {
    int key;
    const char *config_key;
} overrides[] = {
    {'s', "store/folder"},   {'i', "listen/intake"},  {'d', "listen/delivery"},
    {'C', "listen/control"}, {'t', "listen/tap"},     {'r', "registers/folder"},
    {'l', "log/level"},      {'m', "store/map_size"},
};

/* clang-format off */
static const struct argp_option options[] = {
    {"config", KEY_CONFIG, "FILE", 0, "Read the configuration from FILE (before all other options)", 1},
    {"check-config", KEY_CHECK, NULL, 0, "Check the configuration and end", 1},
    {"print-config", KEY_PRINT, NULL, 0, "Print all keys with their values and end", 1},
    {"store", 's', "DIR", 0, "Keep everything in DIR", 2},
    {"intake", 'i', "ENDPOINT", 0, "Where intake agents connect", 2},
    {"delivery", 'd', "ENDPOINT", 0, "Where agencies, monitors and people connect", 2},
    {"control", 'C', "PATH", 0, "The local control socket", 2},
    {"tap", 't', "ENDPOINT", 0, "Publish the public stream here", 2},
    {"map-size", 'm', "SIZE", 0, "Size of the store's map, 64G", 2},
    {"registers", 'r', "DIR", 0, "Folder of the registers", 2},
    {"log-level", 'l', "LEVEL", 0, "error, warning, notice, info or debug", 2},
    {"init", KEY_INIT, NULL, 0, "Make store and key, print the public key and end", 3},
    {"print-key", KEY_PRINT_KEY, NULL, 0, "Print the public key (made when there is none) and end", 3},
    {"verify", KEY_VERIFY, NULL, 0, "Read everything: records, chain, contents, counts, accounts, files; and end. Also beside a hub that runs", 3},
    {"against", KEY_AGAINST, "HEAD", 0, "--verify: this head of an earlier day must be in the chain", 3},
    {"redecide", KEY_REDECIDE, NULL, 0, "--verify: make every decision of the log again and compare, then the state with what the events say", 3},
    {"scratch", KEY_SCRATCH, "DIR", 0, "--redecide: where a copy of the store may grow and is removed (TMPDIR, /var/tmp)", 3},
    {"backup", KEY_BACKUP, "DIR", 0, "Make a verified copy of the store in DIR, which must not exist; and end. The hub goes on", 3},
    {"restore", KEY_RESTORE, "DIR", 0, "Make the store from the backup in DIR, perhaps with another --map-size; and end", 3},
    {"erasures", KEY_ERASURES, "FILE", 0, "--restore: list of what was erased since (the file erasures of the old store)", 3},
    {"rules", KEY_RULES, NULL, 0, "Print the life of a case as Markdown and end", 3},
    {"test-clock", KEY_CLOCK, NULL, 0, "When the store is made: its clock may be moved. For tests and the demo", 3},
    {0},
};
/* clang-format on */

/* ------------------------------------------------------------------------------- options */

static int parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    char why[512];
    switch (key) {
    case KEY_CONFIG: /* was read before */ return 0;
    case KEY_CHECK: arguments->checks = true; return 0;
    case KEY_PRINT: arguments->prints = true; return 0;
    case KEY_PRINT_KEY: arguments->prints_key = true; return 0;
    case KEY_INIT: arguments->inits = true; return 0;
    case KEY_RULES: arguments->prints_rules = true; return 0;
    case KEY_VERIFY: arguments->verifies = true; return 0;
    case KEY_AGAINST: arguments->against = value; return 0;
    case KEY_REDECIDE: arguments->verifies = arguments->redecides = true; return 0;
    case KEY_SCRATCH: arguments->scratch = value; return 0;
    case KEY_BACKUP: arguments->backup = value; return 0;
    case KEY_RESTORE: arguments->restore = value; return 0;
    case KEY_ERASURES: arguments->erasures = value; return 0;
    case KEY_CLOCK: arguments->has_test_clock = true; return 0;
    default: break;
    }
    for (size_t i = 0; i < sizeof overrides / sizeof *overrides; i++) {
        if (overrides[i].key != key)
            continue;
        if (config_set(&arguments->config, overrides[i].config_key, value, why, sizeof why) !=
            KN_OK)
            argp_error(state, "%s", why);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

/* The first pass: the configuration file alone, so that options stand over it in any order. */
static int parse_config_option(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    char why[1024];
    if (key == KEY_CONFIG && config_load(&arguments->config, value, why, sizeof why) != KN_OK) {
        fprintf(stderr, "kiennghi-hub: %s\n", why);
        exit(KN_EXIT_CONFIG);
    }
    return key == ARGP_KEY_ARG ? ARGP_ERR_UNKNOWN : 0;
}

static void parse_arguments(struct arguments *arguments, int argc, char **argv)
{
    static const char about[] =
        "kiennghi-hub - takes voters' petitions in, brings them to who is competent, and forgets "
        "none."
        "\vExit codes: 0 done, 64 usage, 77 the doors are not safe, 78 configuration, "
        "111 disk or network failed: start again.";
    const struct argp first = {.options = options, .parser = parse_config_option};
    const struct argp second = {.options = options, .parser = parse_option, .doc = about};
    *arguments = (struct arguments){0};
    config_init(&arguments->config);
    argp_parse(&first, argc, argv, ARGP_SILENT, NULL, arguments);
    argp_parse(&second, argc, argv, 0, NULL, arguments);
}

/* Texts that stand empty in the configuration because they follow from others. */
static void complete(struct config *config)
{
    char program[PATH_MAX];
    if (!config->key[0])
        snprintf(config->key, sizeof config->key, "%.*s/hub.cert", CONFIG_MAX_TEXT - 32,
                 config->store);
    if (config->registers[0])
        return;
    const ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    program[size < 0 ? 0 : size] = '\0';
    for (int i = 0; i < 2; i++) { /* PREFIX/bin/kiennghi-hub: PREFIX/share/kiennghi/registers */
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
    }
    if (strlen(program) < CONFIG_MAX_TEXT - 32)
        snprintf(config->registers, sizeof config->registers, "%.*s/share/kiennghi/registers",
                 CONFIG_MAX_TEXT - 32, program);
}

/* ------------------------------------------------------------------------------- running */

/* Blocks the signals for this and all threads to come; gives the descriptor to read them from. */
static int take_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigdelset(&set, SIGPIPE);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A peer is a descriptor: take as many as the system gives. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True when a signal asks to stop. */
static bool read_signal(int signal_fd, const struct logger *logger)
{
    struct signalfd_siginfo info;
    if (read(signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
        return false;
    if (info.ssi_signo == SIGHUP) {
        logger_line(logger, LOGGER_NOTICE, "hub.hup", "%s", "config=read_at_start_only");
        return false;
    }
    logger_line(logger, LOGGER_NOTICE, "hub.stop", "signal=%u", info.ssi_signo);
    return true;
}

/* Until a signal, or until the hub finished. Its code. */
static int wait_for_end(hub_t *hub, int signal_fd, const struct logger *logger)
{
    uint64_t watchdog_us = 0;
    int rc = KN_OK;
    const bool has_watchdog = sd_watchdog_enabled(0, &watchdog_us) > 0;
    const int64_t feed_ms = (int64_t)(watchdog_us / 2000);
    int64_t fed_at = now_ms();
    for (;;) {
        struct pollfd item = {.fd = signal_fd, .events = POLLIN};
        if (poll(&item, 1, LOOK_MS) > 0 && read_signal(signal_fd, logger))
            return KN_OK;
        if (hub_finished(hub, &rc))
            return rc;
        if (has_watchdog && now_ms() - fed_at >= feed_ms && hub_alive(hub)) {
            sd_notify(0, "WATCHDOG=1");
            fed_at = now_ms();
        }
    }
}

static int exit_code_of(int rc)
{
    switch (rc) {
    case KN_OK: return KN_EXIT_OK;
    case KN_E_DENIED: return KN_EXIT_DENIED;
    case KN_E_INVALID:
    case KN_E_VERSION:
    case KN_E_NOT_FOUND: return KN_EXIT_CONFIG;
    default: return KN_EXIT_LATER;
    }
}

static int run(const struct arguments *arguments, const struct hubkey *key,
               const struct logger *logger)
{
    const struct config *config = &arguments->config;
    const struct hub_options hub_options = {
        .intake = config->intake,
        .delivery = config->delivery,
        .control = config->control,
        .tap = config->tap[0] ? config->tap : NULL,
        .store = config->store,
        .registers = config->registers,
        .public_key = key->public_key,
        .secret_key = key->secret_key,
        .map_size = (size_t)config->map_size,
        .test_clock = arguments->has_test_clock,
        .n_io_threads = (int)config->n_io_threads,
        .window = (int)config->window,
        .compact_hour = (int)config->compact_hour,
        .rate = config->rate,
        .bytes_per_day = config->bytes_per_day,
        .sessions = config->sessions,
        .tap_connections = (int)config->tap_connections,
        .max_memory = (uint64_t)config->max_memory,
        .gap_ms = config->gap_minutes * 60000,
        .max_file = config->max_file,
        .min_free_mib = (int)(config->min_free >> 20),
        .logger = logger,
    };
    hub_t *hub = NULL;
    char why[512] = "";
    const int signal_fd = take_signals();
    raise_descriptors();

    int rc = signal_fd < 0 ? KN_E_IO : hub_start(&hub, &hub_options, why, sizeof why);
    if (rc != KN_OK) {
        logger_line(logger, LOGGER_ERROR, "hub.failed", "code=%d reason=\"%s\"", rc,
                    why[0] ? why : kn_status_text(rc));
        sd_notifyf(0, "STATUS=%s", why);
        goto done;
    }
    if (arguments->inits) {
        puts(key->public_key);
        goto done;
    }
    logger_line(logger, LOGGER_NOTICE, "hub.ready",
                "version=%s intake=%s delivery=%s control=%s tap=%s store=%s", KN_VERSION,
                hub_endpoint(hub, 'i'), hub_endpoint(hub, 'd'), hub_endpoint(hub, 'c'),
                config->tap[0] ? hub_endpoint(hub, 't') : "off", config->store);
    sd_notifyf(0, "READY=1\nSTATUS=takes petitions at %s, delivers at %s", hub_endpoint(hub, 'i'),
               hub_endpoint(hub, 'd'));
    rc = wait_for_end(hub, signal_fd, logger);
    sd_notify(0, "STOPPING=1");
done:
    hub_stop(&hub);
    if (signal_fd >= 0)
        close(signal_fd);
    logger_line(logger, LOGGER_NOTICE, "hub.end", "code=%d", rc);
    return exit_code_of(rc);
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct hubkey key;
    struct logger logger;
    char why[1024] = "";

    setenv("ZSYS_SIGHANDLER", "false", 1); /* signals are ours, not czmq's */
    argp_program_version = "kiennghi-hub " KN_VERSION;
    argp_err_exit_status = KN_EXIT_USAGE;
    parse_arguments(&arguments, argc, argv);
    if (arguments.prints)
        config_print(&arguments.config, stdout);
    if (arguments.prints_rules)
        rules_print(stdout);
    if (arguments.checks || arguments.prints || arguments.prints_rules)
        return KN_EXIT_OK;

    if (arguments.verifies)
        return keeping_verify(&arguments.config, arguments.against, arguments.redecides,
                              arguments.scratch);
    if (arguments.backup)
        return keeping_backup(&arguments.config, arguments.backup);
    if (arguments.restore)
        return keeping_restore(&arguments.config, arguments.restore, arguments.erasures);
    complete(&arguments.config);
    logger_init(&logger, (enum logger_level)arguments.config.log_level);
    if (mkdir(arguments.config.store, 0700) != 0 && errno != EEXIST) {
        logger_line(&logger, LOGGER_ERROR, "hub.failed", "reason=\"%s: %s\"",
                    arguments.config.store, strerror(errno));
        return KN_EXIT_CONFIG;
    }
    const int rc = hubkey_open(&key, arguments.config.key, why, sizeof why);
    if (rc != KN_OK) {
        logger_line(&logger, LOGGER_ERROR, "hub.failed", "reason=\"%s\"", why);
        return rc == KN_E_IO ? KN_EXIT_LATER : KN_EXIT_CONFIG;
    }
    if (arguments.prints_key) {
        puts(key.public_key);
        return KN_EXIT_OK;
    }
    return run(&arguments, &key, &logger);
}
