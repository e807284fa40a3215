/* monitor.c - kiennghi-monitor: what goes wrong, as it happens.
 *
 * Follows `alerts` (--all: every event). On a terminal it keeps the latest lines on the screen,
 * newest below, under a head that says how far it has read and when the hub was last heard;
 * elsewhere each event is one JSON line, personal data masked, and a closed pipe ends it quietly.
 * The position is kept in the monitor's own store after the lines are out, so nothing is left out
 * after a restart; at most the frame that was being printed comes again.
 */
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    LINES = 200,
    TICK_MS = 1000,
    HA_NOI_S = 7 * 3600,  /* as the times of the table */
    JSON_MAX = 64 * 1024, /* masked: no text */
    WIDTH_TIME = 16,      /* columns of the table */
    WIDTH_CASE = 16,
    WIDTH_UNIT = 26
};

struct line {
    char when[17], code[25], unit[65], words[300];
    const char *colour;
};

struct screen {
    struct line line[LINES]; /* a ring */
    uint64_t n;
    uint64_t n_due_soon, n_overdue, n_serious; /* since it was started */
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
    struct line *line = &screen->line[screen->n++ % LINES];
    line->colour = getenv("NO_COLOR") ? "" : colour_of(event);
    words_time(line->when, event->at);
    words_event(line->words, sizeof line->words, event, kn_agent_is_vi(agent));
    (void)snprintf(line->code, sizeof line->code, "%s", event->case_ ? event->case_ : "");
    (void)snprintf(line->unit, sizeof line->unit, "%s", event->unit ? event->unit : "");
    screen->n_due_soon += event->kind == KN_EVENT_KIND_CASE_DUE_SOON;
    screen->n_overdue += event->kind == KN_EVENT_KIND_CASE_OVERDUE;
    screen->n_serious += event->kind == KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE;
}

/* Prints TEXT in exactly WIDTH columns, one for each character; "…" stands for what is cut. */
static void put_cell(const char *text, size_t width)
{
    size_t n = 0, length = 0;
    for (const char *p = text; *p; p++) {
        length += ((unsigned char)*p & 0xC0) != 0x80;
    }
    for (const char *p = text; *p; p++) {
        n += ((unsigned char)*p & 0xC0) != 0x80;
        if (n > width || (n == width && length > width)) {
            n = width;
            fputs(width > 0 ? "…" : "", stdout);
            break;
        }
        (void)putchar(*p);
    }
    printf("%*s", (int)(width - n), "");
}

static void put_row(const char *colour, const char *when, const char *code, const char *unit,
                    const char *words, size_t width)
{
    enum { LEFT = WIDTH_TIME + 2 + WIDTH_CASE + 2 + WIDTH_UNIT + 2 };
    bool is_wide = width > LEFT + 20;
    fputs(colour, stdout);
    put_cell(when, WIDTH_TIME);
    fputs("  ", stdout);
    put_cell(code, WIDTH_CASE);
    fputs("  ", stdout);
    if (is_wide) {
        put_cell(unit, WIDTH_UNIT);
        fputs("  ", stdout);
    }
    size_t left = is_wide ? LEFT : LEFT - WIDTH_UNIT - 2;
    put_cell(words, width > left ? width - left : 0);
    puts(*colour ? "\033[0m\033[K" : "\033[K");
}

/* When the hub was last heard, in the operator's words. */
static void heard(char *out, size_t size, kn_agent_t *agent)
{
    kn_client_t *client = kn_agent_client(agent);
    int64_t silence = kn_client_silence_ms(client);
    char when[9] = "--:--:--";
    time_t at = time(NULL) - (time_t)(silence / 1000) + HA_NOI_S;
    struct tm parts;
    if (silence >= 0 && gmtime_r(&at, &parts)) {
        (void)strftime(when, sizeof when, "%H:%M:%S", &parts);
    }
    (void)snprintf(out, size,
                   kn_client_state(client) == KN_CLIENT_READY
                       ? KN_TR(agent, "trung tâm trả lời lúc %s", "hub heard at %s")
                       : KN_TR(agent, "MẤT KẾT NỐI, trả lời lần cuối %s", "NO HUB, last heard %s"),
                   when);
}

static void draw(kn_agent_t *agent)
{
    const struct screen *screen = kn_agent_own(agent);
    enum { FRAME = 3 }; /* two lines of head, one free below */
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char head[400], life[100];
    uint64_t last = screen->position;
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    size_t width = size.ws_col ? size.ws_col : 80;
    uint64_t room = size.ws_row > FRAME ? size.ws_row - (uint64_t)FRAME : 1;
    uint64_t shown = screen->n < room ? screen->n : room;
    shown = shown < LINES ? shown : LINES;
    if (kn_agent_is_following(agent)) {
        (void)kn_client_position(kn_agent_client(agent), 1, &last);
    }
    heard(life, sizeof life, agent);
    (void)snprintf(head, sizeof head,
                   KN_TR(agent,
                         " %s %llu/%llu · quá hạn %llu · nghiêm trọng %llu · sắp hạn %llu · %s",
                         " %s %llu/%llu · overdue %llu · serious %llu · due soon %llu · %s"),
                   kn_agent_flag(agent, "all") ? KN_TR(agent, "MỌI SỰ KIỆN", "ALL EVENTS")
                                               : KN_TR(agent, "CẢNH BÁO", "ALERTS"),
                   (unsigned long long)screen->position,
                   (unsigned long long)(last > screen->position ? last : screen->position),
                   (unsigned long long)screen->n_overdue, (unsigned long long)screen->n_serious,
                   (unsigned long long)screen->n_due_soon, life);
    fputs("\033[H\033[7m", stdout);
    put_cell(head, width);
    puts("\033[0m");
    put_row(getenv("NO_COLOR") ? "" : "\033[1m", KN_TR(agent, "Thời điểm", "Time"),
            KN_TR(agent, "Mã hồ sơ", "Case"), KN_TR(agent, "Đơn vị", "Unit"),
            KN_TR(agent, "Nội dung", "What happened"), width);
    for (uint64_t i = screen->n - shown; i < screen->n; i++) {
        const struct line *line = &screen->line[i % LINES];
        put_row(line->colour, line->when, line->code, line->unit, line->words, width);
    }
    fputs("\033[J", stdout);
}

static int tick(kn_agent_t *agent)
{
    struct pollfd reader = {.fd = STDOUT_FILENO};
    if (is_table(agent)) {
        draw(agent);
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
    struct screen *screen = kn_agent_own(agent);
    screen->position = position;
    if (is_table(agent)) {
        add_line(agent, screen, event);
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
        draw(agent);
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
    struct screen *screen = calloc(1, sizeof *screen);
    kn_agent_set_own(agent, screen);
    if (screen && is_table(agent)) {
        fputs("\033[H\033[2J", stdout);
    }
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
