/* monitor.c - kiennghi-monitor: what goes wrong, as it happens.
 *
 * Follows `alerts` (--all: every event). On a terminal it keeps the latest lines on the screen,
 * newest below, under a head that says how far it has read and when the hub was last heard;
 * elsewhere each event is one JSON line, personal data masked, and a closed pipe ends it quietly.
 * The position is kept in the monitor's own store after the lines are out, so nothing is left out
 * after a restart; at most the frame that was being printed comes again.
 */
#include "agents/screen.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TICK_MS = 1000,
    JSON_MAX = 64 * 1024 /* masked: no text */
};

static const char *stream_of(const kn_agent_t *agent)
{
    return kn_agent_flag(agent, "all") ? "all" : "alerts";
}

static bool is_table(const kn_agent_t *agent)
{
    return !kn_agent_is_json(agent) && isatty(STDOUT_FILENO);
}

static int tick(kn_agent_t *agent)
{
    struct pollfd reader = {.fd = STDOUT_FILENO};
    if (is_table(agent)) {
        screen_draw(kn_agent_own(agent), agent);
        (void)fflush(stdout);
    } else if (poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR)) {
        kn_agent_stop(agent); /* the pipe is closed, though nothing happens */
    }
    return KN_OK;
}

/* ---- the stream --------------------------------------------------------------------------- */

/* What is printed did not go out: nobody reads any more, or the disk is full. */
static int no_output(kn_agent_t *agent)
{
    if (errno != EPIPE) {
        return KN_E_IO;
    }
    kn_agent_stop(agent);
    return KN_E_CLOSED;
}

static int take(kn_agent_t *agent, uint64_t position, const struct kn_event *event)
{
    if (is_table(agent)) {
        screen_add(kn_agent_own(agent), agent, position, event);
        return KN_OK;
    }
    char text[JSON_MAX];
    int n = kn_record_print(text, sizeof text, KN_SCHEMA_EVENT, event, true);
    if (n <= 0 || n >= JSON_MAX) {
        return KN_E_IO;
    }
    return puts(text) != EOF ? KN_OK : no_output(agent);
}

/* The lines are out: now the position may be kept. */
static int keep(kn_agent_t *agent, uint64_t position)
{
    char key[40];
    if (is_table(agent)) {
        screen_draw(kn_agent_own(agent), agent);
    }
    if (fflush(stdout) != 0) {
        return no_output(agent);
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
    screen_t *screen = is_table(agent) ? screen_new() : NULL;
    kn_agent_set_own(agent, screen);
    return screen || !is_table(agent) ? KN_OK : KN_E_NOMEM;
}

static void stop(kn_agent_t *agent)
{
    screen_t *screen = kn_agent_own(agent);
    screen_destroy(&screen);
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"all", KN_OPTION_FLAG, NULL, NULL, 0, 0, "mọi sự kiện, không chỉ cảnh báo", "every event, not alerts alone"},
        {"from", KN_OPTION_INTEGER, "POSITION", "0", 0, INT64_MAX, "đọc từ vị trí này; 0: tiếp chỗ đã đọc", "read from this position; 0: go on where it stopped"},
        {0}};
    // clang-format on
    static const struct kn_agent_spec spec = {
        .name = "monitor",
        .about_vi = "theo dõi cảnh báo: sắp hạn, quá hạn, chưa nhận việc",
        .about_en = "follows alerts: due soon, overdue, not taken up",
        .delivery = true,
        .options = options,
        .on_start = start,
        .on_stop = stop,
        .every_ms = TICK_MS,
        .on_tick = tick,
        .stream = "alerts",
        .choose_stream = stream_of,
        .on_event = take,
        .on_frame = keep,
        .cursor = cursor};
    return kn_agent_main(argc, argv, &spec);
}
