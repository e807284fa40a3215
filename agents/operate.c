/* operate.c - the commands of kiennghi that run the hub: events that readers refused, figures and
 * health, erasing, the store beside the hub, the clock of a test store, drain. Who may come in is
 * in operate_keys.c.
 */
#include "operate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kiennghi/message.h"
#include "tool.h"
#include "words.h"

/* ---- events that readers refused ------------------------------------------------------------- */

static void show_item(kn_agent_t *agent, const struct kn_quarantined *item)
{
    char first[17], last[17];
    words_time(first, item->first_at);
    words_time(last, item->last_at);
    kn_agent_json(agent, KN_SCHEMA_QUARANTINED, item, !kn_agent_flag(agent, "persons"));
    kn_agent_print(agent,
                   TR("%6" PRId64 "  %s, vị trí %" PRId64 " (sự kiện %" PRId64
                      "), %s của %s: %s, %" PRId64 " lần, từ %s đến %s%s",
                      "%6" PRId64 "  %s, position %" PRId64 " (event %" PRId64
                      "), %s of %s: %s, %" PRId64 " times, from %s to %s%s"),
                   item->number, item->stream, item->position, item->sequence, item->consumer,
                   item->agent, kn_enum_text(KN_ENUM_CODE, (int)item->code), item->tries, first,
                   last, item->again ? TR(" – đang gửi lại", " - given again") : "");
    if (item->reason && kn_agent_flag(agent, "persons"))
        kn_agent_print(agent, "        %s", item->reason);
}

static bool read_number(kn_agent_t *agent, int64_t *out, const char *text)
{
    char *end;
    *out = strtoll(text, &end, 10);
    if (*end == '\0' && end != text && *out > 0)
        return true;
    tool_fail(agent, KN_CODE_INVALID, text,
              TR("phải là số của kiennghi quarantine list",
                 "must be a number of kiennghi quarantine list"));
    return false;
}

static int show_page(kn_agent_t *agent, struct kn_quarantine_get *body, bool *more)
{
    struct kn_message *answer = NULL;
    int rc = tool_ask(agent, &answer, KN_TYPE_QUARANTINE_GET, body, KN_TYPE_QUARANTINE_VIEW);
    *more = false;
    if (rc == KN_OK) {
        const struct kn_quarantine_view *view = answer->body;
        for (size_t i = 0; i < view->n_items; i++)
            show_item(agent, &view->items[i]);
        if (body->has_number && !view->n_items)
            rc = tool_fail(agent, KN_CODE_UNKNOWN_VALUE, NULL,
                           TR("không có sự kiện mang số này", "no event has this number"));
        *more = view->has_more_after;
        body->has_after = true;
        body->after = view->more_after;
    }
    kn_message_destroy(&answer);
    return rc;
}

int operate_quarantine_list(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_quarantine_get body = {.request = 1};
    bool more = true;
    int rc = KN_OK;
    (void)argc;
    (void)argv;
    while (more && rc == KN_OK)
        rc = show_page(agent, &body, &more);
    return rc;
}

int operate_quarantine_show(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_quarantine_get body = {.request = 1, .has_number = true};
    bool more;
    (void)argc;
    return read_number(agent, &body.number, argv[0]) ? show_page(agent, &body, &more)
                                                     : KN_E_INVALID;
}

static int settle(kn_agent_t *agent, const char *number, enum kn_settlement settlement,
                  const char *done)
{
    struct kn_message *answer = NULL;
    struct kn_quarantine_settle body = {.request = 1, .settlement = settlement};
    if (!read_number(agent, &body.number, number))
        return KN_E_INVALID;
    int rc = tool_ask(agent, &answer, KN_TYPE_QUARANTINE_SETTLE, &body, KN_TYPE_QUARANTINE_VIEW);
    if (rc == KN_OK)
        kn_agent_print(agent, "%s", done);
    kn_message_destroy(&answer);
    return rc;
}

int operate_quarantine_retry(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    return settle(agent, argv[0], KN_SETTLEMENT_RETRY,
                  TR("Sẽ gửi lại cho bên nhận, ngay khi bên đó kết nối.",
                     "It is given to its reader again, as soon as that is connected."));
}

int operate_quarantine_drop(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    return settle(agent, argv[0], KN_SETTLEMENT_DROP,
                  TR("Đã bỏ khỏi khu cách ly.", "Taken out of quarantine."));
}

/* ---- health ---------------------------------------------------------------------------------- */

/* live: it answers. ready: it takes petitions. Exit code 0 or 111, for probes. */
int operate_health(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer = NULL;
    const char *what = argc > 0 ? argv[0] : "ready";
    if (strcmp(what, "live") != 0 && strcmp(what, "ready") != 0)
        return tool_fail(agent, KN_CODE_INVALID, what, "live | ready");
    int rc = tool_status(agent, &answer);
    if (rc == KN_OK) {
        const struct kn_status_view *view = answer->body;
        char alarms[256] = "";
        size_t n = 0;
        for (size_t i = 0; i < view->n_alarms && n < sizeof alarms - 48; i++)
            n += (size_t)snprintf(alarms + n, sizeof alarms - n, " %s", view->alarms[i]);
        const bool ready = !view->draining && !view->read_only;
        kn_agent_print(agent, "%s%s%s",
                       view->draining ? TR("đang dừng nhận", "draining")
                       : view->read_only
                           ? TR("chỉ đọc: không nhận kiến nghị", "degraded: read only")
                           : TR("sẵn sàng", "ready"),
                       n ? TR("; cảnh báo:", "; alarms:") : "", alarms);
        kn_agent_json(agent, KN_SCHEMA_STATUS_VIEW, view, true);
        rc = ready || strcmp(what, "live") == 0 ? KN_OK : KN_E_BUSY;
    }
    kn_message_destroy(&answer);
    return rc;
}

/* ---- erasing the personal record ------------------------------------------------------------- */

static void show_erasure(kn_agent_t *agent, const struct kn_erasure *erasure)
{
    char at[17];
    words_time(at, erasure->at);
    kn_agent_json(agent, KN_SCHEMA_ERASURE, erasure, true);
    kn_agent_print(
        agent,
        erasure->n_pending
            ? TR("%s  xóa lúc %s; chưa xác nhận:", "%s  erased at %s; not confirmed:")
            : TR("%s  xóa lúc %s; mọi bên nhận đã xác nhận", "%s  erased at %s; confirmed by all"),
        erasure->case_, at);
    for (size_t i = 0; i < erasure->n_pending; i++)
        kn_agent_print(agent, "    %s  %s (%s)", erasure->pending[i].stream,
                       erasure->pending[i].consumer, erasure->pending[i].agent);
}

/* Without CODE: all. */
int operate_erasures(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_erasure_get body = {.request = 1, .case_ = argc > 0 ? argv[0] : NULL};
    bool more = true;
    int rc = KN_OK;
    while (more && rc == KN_OK) {
        struct kn_message *answer = NULL;
        rc = tool_ask(agent, &answer, KN_TYPE_ERASURE_GET, &body, KN_TYPE_ERASURE_VIEW);
        more = false;
        if (rc == KN_OK) {
            const struct kn_erasure_view *view = answer->body;
            for (size_t i = 0; i < view->n_erasures; i++)
                show_erasure(agent, &view->erasures[i]);
            more = view->has_more_after;
            body.has_after = true;
            body.after = view->more_after;
        }
        kn_message_destroy(&answer);
    }
    return rc;
}

/* Erases, and tells who has to confirm. */
int operate_erase(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_case_erase body = {.case_ = argv[0],
                                 .basis = kn_agent_text(agent, "basis"),
                                 .on_behalf = kn_agent_text(agent, "on-behalf")};
    int rc = tool_act(agent, KN_TYPE_CASE_ERASE, &body);
    return rc == KN_OK && !kn_agent_is_json(agent) ? operate_erasures(agent, argc, argv) : rc;
}

/* Asks the hub for work of its own that it begins behind this moment's commit, and says `done`. */
static int ask_work(kn_agent_t *agent, enum kn_type type, const void *body, const char *done)
{
    struct kn_message *answer = NULL;
    int rc = tool_ask_control(agent, &answer, type, body, KN_TYPE_STATUS_VIEW);
    if (rc == KN_OK) {
        kn_agent_print(agent, "%s", done);
    }
    kn_message_destroy(&answer);
    return rc;
}

int operate_compact(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_hub_compact body = {.request = 1};
    (void)argc;
    (void)argv;
    return ask_work(agent, KN_TYPE_HUB_COMPACT, &body,
                    TR("Hub sẽ viết lại kho ngay sau đợt ghi này.",
                       "The hub rewrites its store behind the writing of this moment."));
}

/* ---- the store, beside the hub --------------------------------------------------------------- */

/* Becomes the hub's own program beside ours: it alone knows the store. */
static int become_hub(kn_agent_t *agent, const char *what, const char *value, const char *more,
                      const char *more_value)
{
    char program[1024];
    const char *config = kn_agent_text(agent, "hub-config"), *store = kn_agent_text(agent, "store");
    const char *args[12] = {program};
    size_t n = 1;
    const struct {
        const char *name, *value;
        bool is_given;
    } parts[] = {{"--config", config, config != NULL},
                 {"--store", store, store != NULL},
                 {what, value, true},
                 {more, more_value, more != NULL}};
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 8);
    program[size < 0 ? 0 : size] = '\0';
    strcat(program, "-hub");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].is_given)
            args[n++] = parts[i].name;
        if (parts[i].is_given && parts[i].value)
            args[n++] = parts[i].value;
    }
    fflush(NULL);
    execv(program, (char *const *)(uintptr_t)args);
    return tool_fail(agent, KN_CODE_STORAGE, program,
                     TR("không chạy được", "cannot be run on this machine"));
}

int operate_store_verify(kn_agent_t *agent, int argc, char **argv)
{
    return become_hub(agent, kn_agent_flag(agent, "redecide") ? "--redecide" : "--verify", NULL,
                      argc > 0 ? "--against" : NULL, argc > 0 ? argv[0] : NULL);
}

int operate_store_backup(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    return become_hub(agent, "--backup", argv[0], NULL, NULL);
}

int operate_store_restore(kn_agent_t *agent, int argc, char **argv)
{
    const char *map_size = kn_agent_text(agent, "map-size");
    (void)argc;
    return become_hub(agent, "--restore", argv[0], map_size ? "--map-size" : NULL, map_size);
}

/* ---- running the process ------------------------------------------------------------------- */

/* A day in Ha Noi (dd/mm/yyyy or yyyy-mm-dd, perhaps with hh:mm behind a space or T) as an instant.
 */
bool operate_read_day(int64_t *out, const char *text)
{
    static const char *const formats[] = {"%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
                                          "%d/%m/%Y", "%Y-%m-%d"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct tm local = {0};
        const char *end = strptime(text, formats[i], &local);
        if (end && *end == '\0') {
            *out = ((int64_t)timegm(&local) - 7 * 3600) * 1000;
            return true;
        }
    }
    return false;
}

/* "+N" days after the hub's own now, or a day. */
int operate_clock_move(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_clock_move body = {.sequence = 1};
    (void)argc;
    if (argv[0][0] == '+') {
        struct kn_message *answer = NULL;
        char *end;
        const long n_days = strtol(argv[0] + 1, &end, 10);
        if (*end != '\0' || n_days < 1 || n_days > 36500)
            return tool_fail(agent, KN_CODE_INVALID, "to",
                             TR("số ngày: +1 … +36500", "days: +1 … +36500"));
        int rc = tool_status(agent, &answer);
        if (rc != KN_OK)
            return rc;
        body.to = ((const struct kn_status_view *)answer->body)->now + n_days * INT64_C(86400000);
        kn_message_destroy(&answer);
    } else if (!operate_read_day(&body.to, argv[0])) {
        return tool_fail(agent, KN_CODE_INVALID, "to",
                         TR("ngày: +N, dd/mm/yyyy hay yyyy-mm-dd [hh:mm]",
                            "a day: +N, dd/mm/yyyy or yyyy-mm-dd [hh:mm]"));
    }
    char done[128], to[17];
    words_time(to, body.to);
    snprintf(done, sizeof done,
             TR("Đồng hồ của kho thử nay là %s.", "The clock of the test store is now %s."), to);
    return tool_act_locally(agent, KN_TYPE_CLOCK_MOVE, &body, done);
}

int operate_drain(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_hub_drain body = {.request = 1};
    (void)argc;
    (void)argv;
    return ask_work(agent, KN_TYPE_HUB_DRAIN, &body,
                    TR("Hub ngừng nhận, xử lý nốt rồi dừng.",
                       "The hub takes nothing more, ends its work and stops."));
}
