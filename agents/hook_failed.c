/* hook_failed.c - the events that a program did not take after all its trials: shown, given again.
 *
 * They lie in STATE/hook/failed. Given again, an event goes back to those that wait, in its old
 * place; the agency's service finds it with its next turn. Both work beside the service.
 */
#include "agents/agency.h"
#include "agents/inbox.h"
#include "agents/words.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The folder of events that wait, or of those that FAILED. */
static const char *folder_of(kn_agent_t *agent, char path[PATH_MAX], bool failed)
{
    (void)snprintf(path, PATH_MAX, "%.3900s/hook%s", kn_agent_text(agent, "state"),
                   failed ? "/failed" : "");
    return path;
}

static int is_event(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot && strcmp(dot, ".json") == 0;
}

static int look(struct dirent ***entries, const char *folder)
{
    int n = scandir(folder, entries, is_event, alphasort);
    return n < 0 && errno == ENOENT ? 0 : n;
}

/* "00000000000000000042-HN-2026-000017-A.json" without zeros and ending: 42-HN-2026-000017-A. */
static void name_of(char *out, size_t size, const char *file)
{
    const char *dash = strchr(file, '-'), *dot = strrchr(file, '.');
    (void)snprintf(out, size, "%llu%.*s", strtoull(file, NULL, 10), dash ? (int)(dot - dash) : 0,
                   dash ? dash : "");
}

static void show(kn_agent_t *agent, const char *folder, const char *file)
{
    char name[80], stem[256];
    (void)snprintf(stem, sizeof stem, "%.*s", (int)(strlen(file) - strlen(".json")), file);
    name_of(name, sizeof name, file);
    json_t *event = inbox_read(folder, stem);
    const char *kind = event ? json_string_value(json_object_get(event, "kind")) : NULL;
    if (kn_agent_is_json(agent)) {
        printf("{\"event\":\"%s\",\"kind\":\"%s\"}\n", name, kind ? kind : "");
    } else {
        kn_agent_print(agent, "%-30s %s", name,
                       kind ? words_of(KN_ENUM_EVENT_KIND, kn_enum_value(KN_ENUM_EVENT_KIND, kind),
                                       kn_agent_is_vi(agent))
                            : "");
    }
    json_decref(event);
}

size_t hook_failed_count(kn_agent_t *agent)
{
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    int n = look(&entries, folder_of(agent, path, true));
    for (int i = 0; i < n; i++) {
        free(entries[i]);
    }
    free(entries);
    return n > 0 ? (size_t)n : 0;
}

int hook_failed_list(kn_agent_t *agent, int argc, char **argv)
{
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    (void)argc;
    (void)argv;
    int n = look(&entries, folder_of(agent, path, true));
    for (int i = 0; i < n; i++) {
        show(agent, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (n < 0) {
        kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
        return KN_E_IO;
    }
    kn_agent_print(agent, "%s",
                   n > 0 ? KN_TR(agent,
                                 "Sửa chương trình hook rồi: kiennghi-agency hook retry all (hoặc "
                                 "từng sự kiện)",
                                 "Mend the program, then: kiennghi-agency hook retry all (or one)")
                         : KN_TR(agent, "Không có sự kiện nào bị hook từ chối.",
                                 "The hook refused no event."));
    return KN_OK;
}

int hook_failed_retry(kn_agent_t *agent, int argc, char **argv)
{
    char from[PATH_MAX], to[PATH_MAX], path[PATH_MAX + 300], aside[PATH_MAX + 300], name[80];
    struct dirent **entries = NULL;
    bool is_all = strcmp(argv[0], "all") == 0;
    int n = look(&entries, folder_of(agent, from, true)), n_given = 0, rc = KN_OK;
    (void)argc;
    (void)folder_of(agent, to, false);
    for (int i = 0; i < n; i++) {
        name_of(name, sizeof name, entries[i]->d_name);
        if (rc == KN_OK && (is_all || strcmp(name, argv[0]) == 0)) {
            (void)snprintf(aside, sizeof aside, "%s/%s", from, entries[i]->d_name);
            (void)snprintf(path, sizeof path, "%s/%s", to, entries[i]->d_name);
            rc = rename(aside, path) == 0 ? KN_OK : KN_E_IO;
            if (rc != KN_OK) {
                kn_agent_fault(agent, aside, KN_CODE_STORAGE, NULL, strerror(errno));
            }
            n_given++;
        }
        free(entries[i]);
    }
    free(entries);
    if (rc == KN_OK && n_given == 0 && !is_all) {
        kn_agent_fault(agent, argv[0], KN_CODE_UNKNOWN_VALUE, NULL,
                       KN_TR(agent, "không có sự kiện này – xem: kiennghi-agency hook failed",
                             "no such event - see: kiennghi-agency hook failed"));
        return KN_E_INVALID;
    }
    if (rc == KN_OK) {
        kn_agent_print(agent,
                       KN_TR(agent, "%d sự kiện chờ hook nhận lại (trong vòng một phút)",
                             "%d events wait for the hook again (within a minute)"),
                       n_given);
    }
    return rc;
}
