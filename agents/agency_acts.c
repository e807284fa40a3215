/* agency_acts.c - the commands of kiennghi-agency: what a clerk does with the inbox. */
#include "agents/agency.h"
#include "agents/inbox.h"
#include "agents/read/read.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ANSWER = 64 * 1024 };

static int fail(kn_agent_t *agent, const char *what, enum kn_code code, const char *words)
{
    kn_agent_fault(agent, what, code, NULL, words);
    return KN_E_INVALID;
}

/* Sends an act and says that it was taken. */
static int act(kn_agent_t *agent, enum kn_type type, void *body, const char *code)
{
    int rc = kn_agent_act(agent, NULL, type, body);
    if (rc == KN_OK) {
        kn_agent_print(agent, "%s  %s", code, KN_TR(agent, "đã ghi nhận", "recorded"));
    }
    return rc;
}

/* The number of the assignment of CODE, or 0 and the operator is told. */
static int64_t assignment_of(kn_agent_t *agent, const char *code)
{
    char path[PATH_MAX];
    json_t *kept = inbox_load(agency_inbox(agent, path), code);
    int64_t number = json_integer_value(json_object_get(kept, "assignment"));
    json_decref(kept);
    if (number == 0) {
        (void)fail(agent, code, KN_CODE_UNKNOWN_CASE,
                   KN_TR(agent, "không có trong hộp việc – xem: kiennghi-agency list",
                         "not in the inbox - see: kiennghi-agency list"));
    }
    return number;
}

int agency_accept(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_assignment_accept body = {.case_ = argv[0]};
    (void)argc;
    body.assignment = assignment_of(agent, argv[0]);
    return body.assignment ? act(agent, KN_TYPE_ASSIGNMENT_ACCEPT, &body, argv[0]) : KN_E_INVALID;
}

int agency_return(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_assignment_return body = {.case_ = argv[0],
                                        .proposed_unit = kn_agent_text(agent, "unit"),
                                        .reason = kn_agent_text(agent, "reason")};
    (void)argc;
    if (!body.reason) {
        return fail(agent, "--reason", KN_CODE_REQUIRED,
                    KN_TR(agent, "trả lại phải ghi lý do", "say why it is returned"));
    }
    body.assignment = assignment_of(agent, argv[0]);
    return body.assignment ? act(agent, KN_TYPE_ASSIGNMENT_RETURN, &body, argv[0]) : KN_E_INVALID;
}

/* A day as written by a person becomes YYYY-MM-DD. */
static int day_of(kn_agent_t *agent, char out[11], const char *option, const char *text)
{
    int64_t at;
    if (read_time(&at, text) != KN_OK) {
        return fail(agent, option, KN_CODE_INVALID,
                    KN_TR(agent, "không phải ngày hợp lệ – ghi như 24/11/2026",
                          "no date - write 24/11/2026"));
    }
    read_day(out, at);
    return KN_OK;
}

/* "NUMBER;DAY;SENDER" */
static int document_of(kn_agent_t *agent, struct kn_document *out, char text[600], char day[11])
{
    (void)snprintf(text, 600, "%s", kn_agent_text(agent, "document"));
    char *date = strchr(text, ';'), *sender = date ? strchr(date + 1, ';') : NULL;
    if (!sender) {
        return fail(agent, "--document", KN_CODE_INVALID,
                    KN_TR(agent, "ghi theo dạng \"SỐ/KÝ HIỆU;NGÀY;CƠ QUAN\"",
                          "write \"NUMBER;DAY;SENDER\""));
    }
    *date++ = *sender++ = '\0';
    *out = (struct kn_document){.number = text, .date = day, .sender = sender};
    return day_of(agent, day, "--document", date);
}

/* The text of FILE or "-"; the caller frees. NULL: the operator was told. */
static char *text_of(kn_agent_t *agent, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *bytes = file ? malloc(MAX_ANSWER + 1) : NULL, *text = NULL;
    size_t n = bytes ? fread(bytes, 1, MAX_ANSWER + 1, file) : 0;
    if (!bytes) {
        (void)fail(agent, path, KN_CODE_UNREADABLE, strerror(errno));
    } else if (n > MAX_ANSWER) {
        (void)fail(agent, path, KN_CODE_TOO_LONG, kn_agent_remedy(agent, KN_CODE_TOO_LONG));
    } else if (!read_is_text(bytes, n)) {
        (void)fail(agent, path, KN_CODE_NOT_TEXT, kn_agent_remedy(agent, KN_CODE_NOT_TEXT));
    } else {
        text = read_clean(bytes, n);
    }
    if (file && file != stdin) {
        fclose(file);
    }
    free(bytes);
    return text;
}

int agency_answer(kn_agent_t *agent, int argc, char **argv)
{
    const char *result = kn_agent_text(agent, "result"),
               *promised = kn_agent_text(agent, "promised-on");
    struct kn_answer_submit body = {.case_ = argv[0]};
    struct kn_document document;
    char parts[600], issued[11], day[11];
    body.result = (enum kn_result)kn_enum_value(KN_ENUM_RESULT, result);
    if (!body.result) {
        return fail(agent, "--result", KN_CODE_INVALID,
                    "resolved_document resolved_inspection resolved_works planned_scheduled "
                    "planned_submitted planned_unscheduled planned_unfunded planned_later "
                    "planned_blocked planned_other explained");
    }
    if (kn_agent_text(agent, "document")) {
        if (document_of(agent, &document, parts, issued) != KN_OK) {
            return KN_E_INVALID;
        }
        body.document = &document;
    }
    if (promised) {
        if (day_of(agent, day, "--promised-on", promised) != KN_OK) {
            return KN_E_INVALID;
        }
        body.promised_on = day;
    }
    char *text = text_of(agent, argc > 1 ? argv[1] : "-");
    body.text = text;
    int rc = text ? act(agent, KN_TYPE_ANSWER_SUBMIT, &body, argv[0]) : KN_E_INVALID;
    free(text);
    return rc;
}

/* The first words of TEXT: whole characters, one line. */
static void first_words(char line[120], const char *text)
{
    size_t n = strcspn(text, "\n"), at = n < 119 ? n : 119;
    while (at < n && at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) {
        at--;
    }
    (void)snprintf(line, 120, "%.*s", (int)at, text);
}

static int list_one(void *arg, json_t *kept)
{
    kn_agent_t *agent = arg;
    const char *flow = json_string_value(json_object_get(kept, "flow"));
    const char *text =
        json_string_value(json_object_get(json_object_get(kept, "petition"), "text"));
    json_int_t due_at = json_integer_value(json_object_get(kept, "due_at"));
    char due[11] = "-", line[120];
    first_words(line, text ? text : "");
    if (kn_agent_is_json(agent)) {
        int rc = json_dumpf(kept, stdout, JSON_COMPACT);
        return putchar('\n') == EOF || rc != 0 ? KN_E_IO : KN_OK;
    }
    if (due_at > 0) {
        words_due(due, due_at);
    }
    kn_agent_print(
        agent, "%-14s %-11s %-22s %s", json_string_value(json_object_get(kept, "case")), due,
        words_of(KN_ENUM_FLOW, kn_enum_value(KN_ENUM_FLOW, flow), kn_agent_is_vi(agent)), line);
    return KN_OK;
}

int agency_list(kn_agent_t *agent, int argc, char **argv)
{
    char path[PATH_MAX];
    (void)argc;
    (void)argv;
    return inbox_each(agency_inbox(agent, path), list_one, agent);
}
