/* inbox.c - an agency's own store: one JSON file a case, readable by people and by other programs.
 *
 * The file holds the case as last heard of (code, flow, assignment, due_at, petition …) and its
 * events by sequence; an event that comes again changes nothing. When the person is erased, the
 * petition goes from the file too. A file is written beside, synced, renamed, and the folder is
 * synced.
 */
#include "agents/inbox.h"

#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Codes come from the hub, but a path never does: letters, digits and hyphens only. */
static bool is_code(const char *code)
{
    size_t n = 0;
    for (; isalnum((unsigned char)code[n]) || code[n] == '-' || code[n] == '.'; n++) {
    }
    return n > 0 && n <= 24 && code[n] == '\0' && code[0] != '.';
}

int inbox_open(const char *folder)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s", folder) >= sizeof path) {
        return KN_E_INVALID;
    }
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(path, 0700);
        *at = '/';
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST ? KN_OK : KN_E_IO;
}

json_t *inbox_read(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return (size_t)snprintf(path, sizeof path, "%s/%s.json", folder, name) < sizeof path
               ? json_load_file(path, 0, NULL)
               : NULL;
}

json_t *inbox_load(const char *folder, const char *code)
{
    return is_code(code) ? inbox_read(folder, code) : NULL;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0 ? KN_OK : KN_E_IO;
    if (fd >= 0) {
        close(fd);
    }
    return rc;
}

int inbox_write(const char *folder, const char *name, const json_t *content)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s.json", folder, name) >= sizeof path ||
        (size_t)snprintf(fresh, sizeof fresh, "%s/.%s.new", folder, name) >= sizeof fresh) {
        return KN_E_INVALID;
    }
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && json_dumpfd(content, fd, JSON_INDENT(2)) == 0 && fsync(fd) == 0;
    good = (fd < 0 || close(fd) == 0) && good;
    if (!good || rename(fresh, path) != 0) {
        return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    }
    return sync_folder(folder);
}

int inbox_save(const char *folder, const char *code, json_t *kept)
{
    return is_code(code) ? inbox_write(folder, code, kept) : KN_E_INVALID;
}

json_t *inbox_event(const struct kn_event *event)
{
    int n = kn_record_print(NULL, 0, KN_SCHEMA_EVENT, event, false);
    char *text = n >= 0 ? malloc((size_t)n + 1) : NULL;
    json_t *json = NULL;
    if (text) {
        (void)kn_record_print(text, (size_t)n + 1, KN_SCHEMA_EVENT, event, false);
        json = json_loads(text, 0, NULL);
    }
    free(text);
    return json;
}

void inbox_forget_person(json_t *event)
{
    static const char *const words[] = {"petition", "answer", "reason", "evidence"};
    for (size_t i = 0; event && i < sizeof words / sizeof *words; i++) {
        json_object_del(event, words[i]);
    }
    json_object_del(json_object_get(event, "detail"), "attachments");
}

/* Drops whatever may name a person: the petition, and words in earlier events. */
static void erase(json_t *kept)
{
    size_t i;
    json_t *one;
    json_object_del(kept, "petition");
    json_array_foreach(json_object_get(kept, "events"), i, one)
    {
        inbox_forget_person(one);
    }
}

/* A unit joins or leaves: is it ours? What another unit is told of its own part is not ours. */
static void update_own(json_t *kept, json_t *one, const struct kn_event *event, bool is_ours)
{
    bool is_lead = event->role != KN_ASSIGNMENT_ROLE_PARTNER;
    if (event->kind == KN_EVENT_KIND_CASE_ASSIGNED && is_ours) {
        json_object_set(kept, "assignment", json_object_get(one, "assignment"));
        json_object_set(kept, "unit", json_object_get(one, "unit"));
        json_object_set_new(kept, "role", json_string(is_lead ? "lead" : "partner"));
        json_object_del(kept, "accepted");
        json_object_del(kept, "gone");
    } else if (event->kind == KN_EVENT_KIND_CASE_ASSIGNED && is_lead) {
        const char *role = json_string_value(json_object_get(kept, "role"));
        if (!role || strcmp(role, "lead") == 0) {
            json_object_set_new(kept, "gone", json_true()); /* another unit leads it now */
        }
    } else if (event->kind == KN_EVENT_KIND_CASE_ACCEPTED && is_ours) {
        json_object_set_new(kept, "accepted", json_true());
    } else if (event->kind == KN_EVENT_KIND_CASE_RETURNED && is_ours) {
        json_object_set_new(kept, "gone", json_true());
    }
}

/* What the case is now, after EVENT (given as JSON in ONE), to the unit UNIT. */
static void update(json_t *kept, json_t *one, const struct kn_event *event, const char *unit)
{
    static const char *const copied[] = {"flow",          "field",       "area",        "due_at",
                                         "result",        "received_at", "petition",    "channel",
                                         "content_state", "promised_on", "verification"};
    bool is_ours = !event->unit || !unit || strcmp(event->unit, unit) == 0;
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        json_t *value = json_object_get(one, copied[i]);
        if (value && (is_ours || strcmp(copied[i], "due_at") != 0)) {
            json_object_set(kept, copied[i], value);
        }
    }
    update_own(kept, one, event, is_ours);
    if (event->kind == KN_EVENT_KIND_PERSON_ERASED) {
        erase(kept);
    }
    json_object_del(one, "petition"); /* stands once, where erasure finds it */
}

int inbox_take(json_t **kept, const char *folder, const struct kn_event *event, const char *unit)
{
    json_t *one = inbox_event(event), *events;
    int rc = KN_E_NOMEM;
    *kept = inbox_load(folder, event->case_);
    if (!*kept) {
        *kept = json_pack("{s:s, s:[]}", "case", event->case_, "events");
    }
    events = json_object_get(*kept, "events");
    if (!one || !json_is_array(events)) {
        rc = one ? KN_E_CORRUPT : KN_E_NOMEM;
        goto done;
    }
    size_t n = json_array_size(events);
    json_t *last = n ? json_object_get(json_array_get(events, n - 1), "sequence") : NULL;
    rc = KN_OK;
    if (!last || json_integer_value(last) < event->sequence) {
        update(*kept, one, event, unit);
        json_array_append(events, one);
        rc = inbox_save(folder, event->case_, *kept);
    }
done:
    json_decref(one);
    if (rc != KN_OK) {
        json_decref(*kept);
        *kept = NULL;
    }
    return rc;
}

int inbox_each(const char *folder, int (*fn)(void *arg, json_t *kept), void *arg)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort), rc = n < 0 ? KN_E_NOT_FOUND : KN_OK;
    for (int i = 0; i < n; i++) {
        char code[256];
        char *dot;
        (void)snprintf(code, sizeof code, "%s", names[i]->d_name);
        if (rc == KN_OK && code[0] != '.' && (dot = strrchr(code, '.')) != NULL &&
            strcmp(dot, ".json") == 0) {
            *dot = '\0';
            json_t *kept = inbox_load(folder, code);
            rc = kept ? fn(arg, kept) : KN_OK;
            json_decref(kept);
        }
        free(names[i]);
    }
    free(names);
    return rc;
}
