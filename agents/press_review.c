/* press_review.c - items that may be petitions, kept in files until a person decides.
 *
 * STATE/review/waiting/ID.json is one item, with why it is doubtful; accepting or rejecting moves
 * the file to accepted/ or rejected/, and the running agent (or its next run) sends what was
 * accepted and moves it to sent/. ID stands for the link, so an article that comes in two feeds
 * waits once. A file is written aside and renamed: agent and clerk need no lock.
 */
#include "agents/press.h"

#include "kiennghi/kiennghi.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID = 12 }; /* hex digits of a name */

static const char *const folders[] = {"waiting", "accepted", "rejected", "sent"};
enum folder { WAITING, ACCEPTED, REJECTED, SENT, FOLDERS };

/* The folder, or the file NAME in it. */
static int path_of(char out[PATH_MAX], kn_agent_t *agent, enum folder folder, const char *name)
{
    int n = snprintf(out, PATH_MAX, "%s/review/%s%s%s", kn_agent_text(agent, "state"),
                     folders[folder], name ? "/" : "", name ? name : "");
    return n > 0 && n < PATH_MAX ? KN_OK : KN_E_INVALID;
}

static int make_folders(kn_agent_t *agent)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/review", kn_agent_text(agent, "state"));
    bool good = n > 0 && n < PATH_MAX && (mkdir(path, 0700) == 0 || errno == EEXIST);
    for (int i = 0; good && i < FOLDERS; i++) {
        good = path_of(path, agent, (enum folder)i, NULL) == KN_OK &&
               (mkdir(path, 0700) == 0 || errno == EEXIST);
    }
    return good ? KN_OK : KN_E_IO;
}

static void name_of(char out[ID + 6], const struct press_item *item)
{
    char hash[33];
    kn_hash_hex32(
        hash, 2,
        (const char *[]){*item->link ? "" : item->container, *item->link ? item->link : item->id});
    (void)snprintf(out, ID + 6, "%.*s.json", ID, hash);
}

static int complain(kn_agent_t *agent, const char *path)
{
    kn_agent_fault(agent, path, KN_CODE_STORAGE, NULL, strerror(errno));
    return KN_E_IO;
}

/* ---- keeping -------------------------------------------------------------------------------- */

static int write_item(const char *path, const struct press_item *item, const char *why)
{
    char aside[PATH_MAX + 8];
    json_t *json = json_pack("{ss ss ss ss ss ss ss sI sb ss}", "feed", item->url, "container",
                             item->container, "outlet", item->outlet, "id", item->id, "title",
                             item->title, "link", item->link, "text", item->text, "published_at",
                             (json_int_t)item->published_at, "doubt", item->doubt, "why", why);
    (void)snprintf(aside, sizeof aside, "%s.new", path);
    FILE *file = json ? fopen(aside, "w") : NULL;
    bool good = file && json_dumpf(json, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF &&
                fflush(file) == 0 && fsync(fileno(file)) == 0;
    good = file ? fclose(file) == 0 && good : false;
    json_decref(json);
    return good && rename(aside, path) == 0 ? KN_OK : KN_E_IO;
}

int press_review_keep(kn_agent_t *agent, enum press_verdict *decided, const struct press_item *item,
                      const char *why)
{
    static const enum press_verdict verdicts[FOLDERS] = {PRESS_DOUBT, PRESS_TAKE, PRESS_LEAVE,
                                                         PRESS_TAKE};
    char path[PATH_MAX], name[ID + 6];
    name_of(name, item);
    *decided = PRESS_DOUBT;
    if (make_folders(agent) != KN_OK) {
        return complain(agent, kn_agent_text(agent, "state"));
    }
    for (int i = ACCEPTED; i < FOLDERS; i++) {
        if (path_of(path, agent, (enum folder)i, name) == KN_OK && access(path, F_OK) == 0) {
            *decided = verdicts[i];
            return KN_OK;
        }
    }
    int rc = path_of(path, agent, WAITING, name);
    rc = rc == KN_OK ? write_item(path, item, why) : rc;
    return rc == KN_OK ? KN_OK : complain(agent, path);
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *text_in(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

/* The item of JSON; borrows its texts. */
static struct press_item item_of(const json_t *json)
{
    const json_t *at = json_object_get(json, "published_at");
    return (struct press_item){.url = text_in(json, "feed"),
                               .container = text_in(json, "container"),
                               .outlet = text_in(json, "outlet"),
                               .id = text_in(json, "id"),
                               .title = text_in(json, "title"),
                               .link = text_in(json, "link"),
                               .text = text_in(json, "text"),
                               .number = 1,
                               .published_at = at ? json_integer_value(at) : -1,
                               .doubt = json_is_true(json_object_get(json, "doubt"))};
}

/* The names in FOLDER, sorted; how many, -1 when it cannot be read. The caller frees. */
static int names_in(kn_agent_t *agent, enum folder folder, struct dirent ***names)
{
    char path[PATH_MAX];
    *names = NULL;
    if (path_of(path, agent, folder, NULL) != KN_OK) {
        return -1;
    }
    int n = scandir(path, names, NULL, alphasort);
    return n < 0 && errno == ENOENT ? 0 : n;
}

/* Calls FN for each file of FOLDER whose name begins with PREFIX; how many, or negative. */
static int each(kn_agent_t *agent, enum folder folder, const char *prefix,
                int (*fn)(kn_agent_t *agent, const char *name, const json_t *json, void *arg),
                void *arg)
{
    struct dirent **names;
    char path[PATH_MAX];
    json_error_t error;
    int n = names_in(agent, folder, &names), found = 0, rc = n < 0 ? KN_E_IO : KN_OK;
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        const char *dot = strrchr(name, '.');
        if (rc == KN_OK && name[0] != '.' && dot && strcmp(dot, ".json") == 0 &&
            strncmp(name, prefix, strlen(prefix)) == 0 &&
            path_of(path, agent, folder, name) == KN_OK) {
            json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
            if (json) {
                found++;
                rc = fn(agent, name, json, arg);
            } else {
                kn_agent_fault(agent, path, KN_CODE_UNREADABLE, NULL, error.text);
            }
            json_decref(json);
        }
        free(names[i]);
    }
    free(names);
    return rc == KN_OK ? found : rc;
}

static int move(kn_agent_t *agent, enum folder from, enum folder to, const char *name)
{
    char old[PATH_MAX], new[PATH_MAX];
    if (path_of(old, agent, from, name) != KN_OK || path_of(new, agent, to, name) != KN_OK ||
        rename(old, new) != 0) {
        return complain(agent, name);
    }
    return KN_OK;
}

struct sending {
    int (*fn)(void *arg, const struct press_item *item);
    void *arg;
};

static int send_one(kn_agent_t *agent, const char *name, const json_t *json, void *arg)
{
    const struct sending *sending = arg;
    struct press_item item = item_of(json);
    int rc = sending->fn(sending->arg, &item);
    return rc == KN_OK ? move(agent, ACCEPTED, SENT, name) : rc;
}

int press_review_each(kn_agent_t *agent, int (*fn)(void *arg, const struct press_item *item),
                      void *arg)
{
    struct sending sending = {.fn = fn, .arg = arg};
    int n = each(agent, ACCEPTED, "", send_one, &sending);
    return n < 0 ? n : KN_OK;
}

/* ---- commands ------------------------------------------------------------------------------- */

static int print_line(kn_agent_t *agent, const char *name, const json_t *json, void *arg)
{
    (void)arg;
    if (kn_agent_is_json(agent)) {
        json_t *copy = json_copy((json_t *)(uintptr_t)json);
        json_object_set_new(copy, "review", json_stringn(name, ID));
        json_dumpf(copy, stdout, JSON_COMPACT | JSON_SORT_KEYS);
        putchar('\n');
        json_decref(copy);
    } else {
        kn_agent_print(agent, "%.*s  %s – %s\n              %s\n              %s", ID, name,
                       text_in(json, "outlet"), text_in(json, "title"), text_in(json, "link"),
                       text_in(json, "why"));
    }
    return KN_OK;
}

static int print_whole(kn_agent_t *agent, const char *name, const json_t *json, void *arg)
{
    int rc = print_line(agent, name, json, arg);
    kn_agent_print(agent, "\n%s", text_in(json, "text"));
    return rc;
}

int press_review_list(kn_agent_t *agent, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int n = each(agent, WAITING, "", print_line, NULL);
    if (n == 0) {
        kn_agent_print(agent, "%s", KN_TR(agent, "không có tin nào chờ xem", "nothing waits"));
    }
    return n < 0 ? n : KN_OK;
}

/* Does FN with each of the waiting items that are named; a name may be shortened. */
static int with_named(kn_agent_t *agent, int argc, char **argv,
                      int (*fn)(kn_agent_t *, const char *, const json_t *, void *))
{
    int worst = KN_OK;
    for (int i = 0; i < argc; i++) {
        int n = strlen(argv[i]) >= 4 ? each(agent, WAITING, argv[i], fn, NULL) : 0;
        if (n == 0) {
            kn_agent_fault(agent, argv[i], KN_CODE_NONE, NULL,
                           KN_TR(agent, "không có tin này – xem: kiennghi-press review list",
                                 "no such item - see: kiennghi-press review list"));
        }
        worst = worst != KN_OK ? worst : n == 0 ? KN_E_NOT_FOUND : n < 0 ? n : KN_OK;
    }
    return worst;
}

int press_review_show(kn_agent_t *agent, int argc, char **argv)
{
    return with_named(agent, argc, argv, print_whole);
}

static int accept_one(kn_agent_t *agent, const char *name, const json_t *json, void *arg)
{
    (void)arg;
    kn_agent_print(agent, KN_TR(agent, "%.*s  nhận: %s", "%.*s  accepted: %s"), ID, name,
                   text_in(json, "title"));
    return move(agent, WAITING, ACCEPTED, name);
}

static int reject_one(kn_agent_t *agent, const char *name, const json_t *json, void *arg)
{
    (void)arg;
    kn_agent_print(agent, KN_TR(agent, "%.*s  bỏ: %s", "%.*s  rejected: %s"), ID, name,
                   text_in(json, "title"));
    return move(agent, WAITING, REJECTED, name);
}

int press_review_accept(kn_agent_t *agent, int argc, char **argv)
{
    return with_named(agent, argc, argv, accept_one);
}

int press_review_reject(kn_agent_t *agent, int argc, char **argv)
{
    return with_named(agent, argc, argv, reject_one);
}
