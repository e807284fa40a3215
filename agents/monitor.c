/* monitor.c - kiennghi-monitor: what goes wrong, as it happens.
 *
 * Follows `alerts` (--all: every event), as far as --tier, --unit, --field and --area let through.
 * On a terminal it keeps the latest lines on the screen,
 * newest below, under a head that says how far it has read and when the hub was last heard;
 * elsewhere each event is one JSON line, personal data masked, and a closed pipe ends it quietly.
 * The position is kept in the monitor's own store after the lines are out, so nothing is left out
 * after a restart; at most the frame that was being printed comes again. Mail and webhook:
 * notice.c; the alerts of a period as a table: `export` (export.c).
 */
#include "agents/export.h"
#include "agents/notice.h"
#include "agents/screen.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
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

/* What the monitor owns; either may be NULL. */
struct own {
    screen_t *screen;
    notice_t *notice;
};

static bool is_table(const kn_agent_t *agent)
{
    return !kn_agent_is_json(agent) && isatty(STDOUT_FILENO);
}

static int tick(kn_agent_t *agent)
{
    struct pollfd reader = {.fd = STDOUT_FILENO};
    const struct own *own = kn_agent_own(agent);
    if (is_table(agent)) {
        screen_draw(own->screen, agent);
        (void)fflush(stdout);
    } else if (poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR)) {
        kn_agent_stop(agent); /* the pipe is closed, though nothing happens */
    }
    return KN_OK;
}

static int turn(kn_agent_t *agent, bool is_idle)
{
    const struct own *own = kn_agent_own(agent);
    (void)is_idle;
    if (own->notice) {
        (void)notice_turn(own->notice);
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
    const struct own *own = kn_agent_own(agent);
    if (!monitor_lets_through(agent, event)) {
        return KN_OK;
    }
    int rc = own->notice ? notice_add(own->notice, position, event) : KN_OK;
    if (rc != KN_OK) {
        return rc;
    }
    if (is_table(agent)) {
        screen_add(own->screen, agent, position, event);
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
        screen_draw(((const struct own *)kn_agent_own(agent))->screen, agent);
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
    struct own *own = calloc(1, sizeof *own);
    kn_agent_set_own(agent, own);
    if (!own || (is_table(agent) && !(own->screen = screen_new()))) {
        return KN_E_NOMEM;
    }
    return notice_open(&own->notice, agent);
}

static void stop(kn_agent_t *agent)
{
    struct own *own = kn_agent_own(agent);
    if (own && own->notice && kn_agent_is_following(agent) && !kn_agent_is_stopping(agent)) {
        notice_drain(own->notice); /* --once: what came is told before it ends */
    }
    if (own) {
        screen_destroy(&own->screen);
        notice_close(&own->notice);
        free(own);
    }
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"all", KN_OPTION_FLAG, NULL, NULL, 0, 0, "mọi sự kiện, không chỉ cảnh báo", "every event, not alerts alone"},
        {"from", KN_OPTION_INTEGER, "POSITION", "0", 0, INT64_MAX, "đọc từ vị trí này; 0: tiếp chỗ đã đọc", "read from this position; 0: go on where it stopped"},
        {"tier", KN_OPTION_LIST, "TIER", NULL, 0, 0, "chỉ mức này (due_soon, overdue, seriously_overdue); ghi được nhiều lần", "this tier alone (due_soon, overdue, seriously_overdue); may be given again"},
        {"unit", KN_OPTION_LIST, "UNIT", NULL, 0, 0, "chỉ đơn vị này", "this unit alone"},
        {"field", KN_OPTION_LIST, "FIELD", NULL, 0, 0, "chỉ lĩnh vực này", "this field alone"},
        {"area", KN_OPTION_LIST, "AREA", NULL, 0, 0, "chỉ địa bàn này", "this area alone"},
        {"webhook", KN_OPTION_TEXT, "URL", NULL, 0, 0, "gửi mỗi cảnh báo (JSON) đến địa chỉ này", "posts each alert (JSON) there"},
        {"webhook-secret", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "tệp giữ khóa ký X-Kiennghi-Signature", "file with the key of X-Kiennghi-Signature"},
        {"mail-to", KN_OPTION_LIST, "ADDRESS", NULL, 0, 0, "gửi thư cho địa chỉ này; ghi được nhiều lần", "mails each alert there; may be given again"},
        {"mail-from", KN_OPTION_TEXT, "ADDRESS", NULL, 0, 0, "địa chỉ gửi thư", "the sender of mails"},
        {"smtp", KN_OPTION_TEXT, "URL", NULL, 0, 0, "máy chủ thư, smtp://MÁY:CỔNG hoặc smtps://", "mail server, smtp://HOST:PORT or smtps://"},
        {"smtp-user", KN_OPTION_TEXT, "NAME", NULL, 0, 0, "tên đăng nhập máy chủ thư (bắt buộc TLS)", "user of the mail server (TLS is required then)"},
        {"smtp-secret", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "tệp giữ mật khẩu máy chủ thư", "file with the password of the mail server"},
        {"digest", KN_OPTION_TEXT, "HH:MM", NULL, 0, 0, "gộp thư thành một bản tổng hợp mỗi ngày, vào giờ này", "gathers mails into one a day, at this time"},
        {"since", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "export: từ ngày", "export: from this day"},
        {"until", KN_OPTION_TEXT, "DAY", NULL, 0, 0, "export: đến hết ngày; mặc định: đến nay", "export: up to the end of this day; by default up to now"},
        {0}};
    static const struct kn_agent_command commands[] = {
        {"export", "[FILE]", 0, 1, export_run, "cảnh báo trong kỳ: bảng .xlsx, .csv, hoặc JSON từng dòng", "the alerts of a period: .xlsx, .csv, or JSON lines"},
        {0}};
    // clang-format on
    static const struct kn_agent_spec spec = {
        .name = "monitor",
        .about_vi = "theo dõi cảnh báo: sắp hạn, quá hạn, chưa nhận việc",
        .about_en = "follows alerts: due soon, overdue, not taken up",
        .delivery = true,
        .options = options,
        .commands = commands,
        .on_start = start,
        .on_stop = stop,
        .every_ms = TICK_MS,
        .on_tick = tick,
        .on_turn = turn,
        .stream = "alerts",
        .choose_stream = stream_of,
        .on_event = take,
        .on_frame = keep,
        .cursor = cursor};
    return kn_agent_main(argc, argv, &spec);
}
