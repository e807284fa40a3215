/* tool.c - see the header. */
#include "tool.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

enum { CONTROL_MS = 10000, POLL_MS = 250, QUIET_MS = 2000 };

int tool_fail(kn_agent_t *agent, enum kn_code code, const char *field, const char *words)
{
    kn_agent_fault(agent, field ? field : "kiennghi", code, NULL, words);
    return KN_E_INVALID;
}

/* The value of a word of an enum; tells what there is when it is none. */
int tool_pick(kn_agent_t *agent, int *out, enum kn_enum which, const char *field, const char *word)
{
    char words[512];
    *out = kn_enum_value(which, word);
    if (*out)
        return KN_OK;
    int n = snprintf(words, sizeof words, TR("\"%.60s\" không có; chọn:", "\"%.60s\" is none of:"),
                     word);
    for (int value = 1; value < 64 && n > 0 && (size_t)n < sizeof words; value++) {
        const char *text = kn_enum_text(which, value);
        if (text)
            n += snprintf(words + n, sizeof words - (size_t)n, " %s", text);
    }
    return tool_fail(agent, KN_CODE_INVALID, field, words);
}

int tool_pick_option(kn_agent_t *agent, int *out, enum kn_enum which, const char *option)
{
    const char *word = kn_agent_text(agent, option);
    *out = 0;
    return word ? tool_pick(agent, out, which, option, word) : KN_OK;
}

bool tool_has_control(kn_agent_t *agent)
{
    return control_is_open(kn_agent_text(agent, "control"));
}

/* DONE: what an act that names no case has brought about. */
static int tell_receipt(kn_agent_t *agent, const struct kn_receipt *receipt, const char *done)
{
    const bool is_stored = receipt->verdict == KN_VERDICT_STORED;
    kn_agent_json(agent, KN_SCHEMA_RECEIPT, receipt, true);
    if (done && is_stored) {
        kn_agent_print(agent, "%s", done);
        return KN_OK;
    }
    if (is_stored || receipt->verdict == KN_VERDICT_REPEATED) {
        kn_agent_print(agent, "%s%s%s", receipt->case_ ? receipt->case_ : "",
                       receipt->case_ ? ": " : "",
                       is_stored ? TR("đã ghi nhận", "recorded")
                                 : kn_agent_verdict_words(agent, receipt->verdict));
        return KN_OK;
    }
    char words[200];
    return tool_fail(agent, receipt->code, receipt->field,
                     receipt->reason
                         ? kn_agent_reason_words(agent, words, sizeof words, receipt->reason)
                         : kn_agent_code_words(agent, receipt->code));
}

/* Asks the control socket. On KN_OK *OUT is of type EXPECTED. */
int tool_ask_control(kn_agent_t *agent, struct kn_message **out, enum kn_type type,
                     const void *body, enum kn_type expected)
{
    struct kn_fault fault = {.code = KN_CODE_NONE};
    int rc = control_ask(out, kn_agent_text(agent, "control"), type, body, CONTROL_MS, &fault);
    if (rc == KN_E_INVALID)
        return tool_fail(agent, fault.code, fault.field, fault.reason);
    if (rc != KN_OK) {
        kn_agent_fault(agent, kn_agent_text(agent, "control"), KN_CODE_BUSY, NULL,
                       rc == KN_E_CLOSED
                           ? TR("không có trung tâm nào đang chạy ở đây", "no hub is running here")
                           : kn_status_text(rc));
        return rc;
    }
    if ((*out)->type == KN_TYPE_DENY) {
        const struct kn_deny *deny = (*out)->body;
        rc = tool_fail(agent, deny->code, deny->field,
                       deny->reason ? deny->reason : kn_agent_code_words(agent, deny->code));
    } else if ((*out)->type != expected) {
        rc = tool_fail(
            agent, KN_CODE_UNKNOWN_TYPE, NULL,
            TR("trung tâm trả lời không đúng loại", "the hub answered with another message"));
    }
    if (rc != KN_OK)
        kn_message_destroy(out);
    return rc;
}

/* Sends an act under the person's key and tells what became of it. */
static int act_telling(kn_agent_t *agent, enum kn_type type, void *body, const char *done)
{
    struct kn_message *receipt = NULL;
    int rc = kn_agent_act(agent, &receipt, type, body);
    if (rc == KN_OK)
        rc = tell_receipt(agent, receipt->body, done);
    kn_message_destroy(&receipt);
    return rc;
}

int tool_act(kn_agent_t *agent, enum kn_type type, void *body)
{
    return act_telling(agent, type, body, NULL);
}

/* The same for what runs the process: over the control socket when this user may use it. */
int tool_act_locally(kn_agent_t *agent, enum kn_type type, void *body, const char *done)
{
    struct kn_message *receipt = NULL;
    if (!tool_has_control(agent))
        return act_telling(agent, type, body, done);
    int rc = tool_ask_control(agent, &receipt, type, body, KN_TYPE_RECEIPT);
    if (rc == KN_OK)
        rc = tell_receipt(agent, receipt->body, done);
    kn_message_destroy(&receipt);
    return rc;
}

int tool_ask(kn_agent_t *agent, struct kn_message **out, enum kn_type type, void *body,
             enum kn_type expected)
{
    return tool_has_control(agent) ? tool_ask_control(agent, out, type, body, expected)
                                   : kn_agent_request(agent, out, type, body);
}

int tool_status(kn_agent_t *agent, struct kn_message **out)
{
    struct kn_status_get body = {.request = 1};
    return tool_ask(agent, out, KN_TYPE_STATUS_GET, &body, KN_TYPE_STATUS_VIEW);
}

/* ---- the log ------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int tool_follow(kn_agent_t *agent, const char *stream, uint64_t after, bool follows,
                tool_event_fn *on_event, void *arg)
{
    char consumer[64];
    struct kn_subscribe_options options = {
        .has_after = true, .after = after, .keeps_own_cursor = true};
    kn_client_t *client = kn_agent_client(agent);
    if (!client)
        return KN_E_IO;
    snprintf(consumer, sizeof consumer, "kiennghi-%ld", (long)getpid());
    int rc = kn_client_subscribe(client, stream, consumer, &options, on_event, arg);
    int64_t ready_at = 0;
    while (rc == KN_OK) {
        uint64_t last = 0;
        rc = kn_agent_poll(agent, POLL_MS);
        const uint64_t position = kn_client_position(client, 1, &last);
        if (ready_at == 0 && kn_client_state(client) == KN_CLIENT_READY)
            ready_at = now_ms();
        const bool is_quiet = ready_at != 0 && now_ms() - ready_at > QUIET_MS;
        if (!follows && ((last > 0 && position >= last) || (last == 0 && is_quiet)))
            break;
    }
    if (rc == KN_E_DENIED || rc == KN_E_CONFLICT)
        return tool_fail(agent, KN_CODE_NOT_ALLOWED, stream, kn_client_words(client));
    return rc == KN_E_CLOSED ? KN_OK : rc;
}

/* What reports show while they read. */
struct reading {
    kn_agent_t *agent;
    tool_event_fn *on_event;
    void *arg;
    uint64_t n;
};

static int read_one(void *arg, uint64_t position, const struct kn_event *event)
{
    struct reading *reading = arg;
    if (++reading->n % 4096 == 0 && isatty(STDERR_FILENO))
        fprintf(stderr, KN_TR(reading->agent, "\rđã đọc %llu sự kiện ", "\r%llu events read "),
                (unsigned long long)reading->n);
    return reading->on_event(reading->arg, position, event);
}

int tool_read_log(kn_agent_t *agent, const char *stream, tool_event_fn *on_event, void *arg)
{
    struct reading reading = {.agent = agent, .on_event = on_event, .arg = arg};
    int rc = tool_follow(agent, stream, 0, false, read_one, &reading);
    if (reading.n >= 4096 && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    return rc;
}
