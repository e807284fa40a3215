/* monitor.c - kiennghi-monitor: what goes wrong, as it happens.
 *
 * Follows `alerts` (--all: every event). On a terminal it keeps the latest lines on the screen,
 * newest below, under a head that says how far it has read; elsewhere each event is one JSON line,
 * personal data masked. The position is kept in the monitor's own store after the lines are out, so
 * nothing is left out after a restart; at most the frame that was being printed comes again.
 */
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINES = 200, LINE = 420, JSON_MAX = 64 * 1024 /* masked: no text */ };

struct screen {
    char line[LINES][LINE]; /* a ring */
    uint64_t n, n_overdue;
    uint64_t position;
};

static const char *stream_of(const kn_agent_t *agent)
{
    return kn_agent_flag(agent, "all") ? "all" : "alerts";
}

static bool is_table(const kn_agent_t *agent)
{
    return !kn_agent_is_json(agent) && isatty(STDOUT_FILENO);
}

/* ---- the screen --------------------------------------------------------------------------- */

static const char *colour_of(const struct kn_event *event)
{
    switch (event->kind) {
    case KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE:
    case KN_EVENT_KIND_COMMITMENT_MISSED: return "\033[1;31m";
    case KN_EVENT_KIND_CASE_OVERDUE:
    case KN_EVENT_KIND_ASSIGNMENT_UNSAVED: return "\033[31m";
    case KN_EVENT_KIND_CASE_DUE_SOON: return "\033[33m";
    default: return "";
    }
}

static void add_line(kn_agent_t *agent, struct screen *screen, const struct kn_event *event)
{
    char words[300], when[17];
    const char *colour = getenv("NO_COLOR") ? "" : colour_of(event);
    words_time(when, event->at);
    words_event(words, sizeof words, event, kn_agent_is_vi(agent));
    (void)snprintf(screen->line[screen->n++ % LINES], LINE, "%s%s  %-14s %-22s %s%s", colour, when,
                   event->case_ ? event->case_ : "", event->unit ? event->unit : "", words,
                   *colour ? "\033[0m" : "");
    screen->n_overdue += event->kind == KN_EVENT_KIND_CASE_OVERDUE;
}

static void draw(kn_agent_t *agent, const struct screen *screen)
{
    struct winsize size = {.ws_row = 24};
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    uint64_t room = size.ws_row > 4 ? size.ws_row - 3u : 1;
    uint64_t shown = screen->n < room ? screen->n : room;
    shown = shown < LINES ? shown : LINES;
    printf("\033[H\033[2J\033[7m kiennghi-monitor · %s · %llu · %s %llu \033[0m\n\n",
           stream_of(agent), (unsigned long long)screen->position,
           KN_TR(agent, "quá hạn", "overdue"), (unsigned long long)screen->n_overdue);
    for (uint64_t i = screen->n - shown; i < screen->n; i++) {
        printf("\033[?7l%s\033[?7h\n", screen->line[i % LINES]); /* no line wraps */
    }
    (void)fflush(stdout);
}

/* ---- the stream --------------------------------------------------------------------------- */

static int take(kn_agent_t *agent, uint64_t position, const struct kn_event *event)
{
    struct screen *screen = kn_agent_own(agent);
    screen->position = position;
    if (is_table(agent)) {
        add_line(agent, screen, event);
        return KN_OK;
    }
    char text[JSON_MAX];
    int n = kn_record_print(text, sizeof text, KN_SCHEMA_EVENT, event, true);
    return n > 0 && n < JSON_MAX && puts(text) != EOF ? KN_OK : KN_E_IO;
}

/* The lines are out: now the position may be kept. */
static int keep(kn_agent_t *agent, uint64_t position)
{
    char key[40];
    if (is_table(agent)) {
        draw(agent, kn_agent_own(agent));
    }
    if (fflush(stdout) != 0) {
        return KN_E_IO;
    }
    (void)snprintf(key, sizeof key, "monitor:%s", stream_of(agent));
    int rc = kn_client_put(kn_agent_client(agent), key, &position, sizeof position);
    return rc == KN_OK ? kn_client_flush(kn_agent_client(agent)) : rc;
}

/* Where to go on: --from, else behind what was kept, else at the beginning. */
static int cursor(kn_agent_t *agent, uint64_t *after)
{
    char key[40];
    const void *value;
    size_t size;
    int64_t from = kn_agent_integer(agent, "from");
    (void)snprintf(key, sizeof key, "monitor:%s", stream_of(agent));
    *after = from > 0 ? (uint64_t)from - 1 : 0;
    if (from == 0 && kn_client_get(kn_agent_client(agent), &value, &size, key) == KN_OK &&
        size == sizeof *after) {
        memcpy(after, value, size);
    }
    return KN_OK;
}

static int start(kn_agent_t *agent)
{
    struct screen *screen = calloc(1, sizeof *screen);
    kn_agent_set_own(agent, screen);
    return screen ? KN_OK : KN_E_NOMEM;
}

static void stop(kn_agent_t *agent)
{
    free(kn_agent_own(agent));
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"all", KN_OPTION_FLAG, NULL, NULL, 0, 0, "mọi sự kiện, không chỉ cảnh báo", "every event, not alerts alone"},
        {"from", KN_OPTION_INTEGER, "POSITION", "0", 0, INT64_MAX, "đọc từ vị trí này; 0: tiếp chỗ đã đọc", "read from this position; 0: go on where it stopped"},
        {0}};
    // clang-format on
    struct kn_agent_spec spec = {.name = "monitor",
                                 .about_vi = "theo dõi cảnh báo: sắp hạn, quá hạn, chưa nhận việc",
                                 .about_en = "follows alerts: due soon, overdue, not taken up",
                                 .delivery = true,
                                 .options = options,
                                 .on_start = start,
                                 .on_stop = stop,
                                 .stream = "alerts",
                                 .on_event = take,
                                 .on_frame = keep,
                                 .cursor = cursor};
    for (int i = 1; i < argc; i++) { /* the skeleton wants to know the stream beforehand */
        if (strcmp(argv[i], "--all") == 0) {
            spec.stream = "all";
        }
    }
    return kn_agent_main(argc, argv, &spec);
}
