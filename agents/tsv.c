/* tsv.c - see the header. */
#include "agents/tsv.h"

#include "agents/names.h"
#include "agents/read/read.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *trim(char *text)
{
    text += strspn(text, " ");
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\r')) {
        text[--n] = '\0';
    }
    return text;
}

/* Cuts LINE into CELL; how many columns it has, at most TSV_COLUMNS + 1. */
static size_t split(char **cell, char *line)
{
    size_t n = 0;
    char *part;
    while (n < TSV_COLUMNS && (part = strsep(&line, "\t"))) {
        cell[n++] = trim(part);
    }
    return line ? TSV_COLUMNS + 1 : n;
}

static int fail(kn_agent_t *agent, const char *path, int line, const char *words)
{
    char where[PATH_MAX + 32];
    (void)snprintf(where, sizeof where, KN_TR(agent, "%s, dòng %d", "%s, line %d"), path, line);
    kn_agent_fault(agent, where, KN_CODE_INVALID, NULL, words);
    return KN_E_INVALID;
}

static const char *check_heading(kn_agent_t *agent, char *const *cell, size_t n,
                                 const char *const *names)
{
    size_t i = 0;
    while (names[i] && i < n && strcmp(cell[i], names[i]) == 0) {
        i++;
    }
    return !names[i] && i == n
               ? NULL
               : KN_TR(agent, "tên cột không đúng – chép lại dòng tiêu đề từ tệp mẫu",
                       "wrong names of columns - copy the heading from the "
                       "default file");
}

static const char *check_record(kn_agent_t *agent, size_t n, const char *const *names)
{
    size_t n_names = 0;
    while (names[n_names]) {
        n_names++;
    }
    return n <= n_names ? NULL
                        : KN_TR(agent, "thừa cột – các cột cách nhau bằng đúng một dấu tab",
                                "too many columns - columns are separated by exactly one tab each");
}

static int read_lines(kn_agent_t *agent, FILE *file, const char *path, const char *const *names,
                      tsv_take_fn *take, void *arg)
{
    char *line = NULL, *cell[TSV_COLUMNS];
    static char none[] = "";
    size_t room = 0;
    ssize_t length;
    bool has_heading = false;
    int rc = KN_OK;
    for (int number = 1; rc == KN_OK && (length = getline(&line, &room, file)) >= 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || *trim(line) == '\0') {
            continue;
        }
        const char *why = read_is_text(line, strlen(line))
                              ? NULL
                              : KN_TR(agent, "không phải UTF-8 – lưu lại tệp dạng UTF-8",
                                      "this is no UTF-8 - save the file as UTF-8");
        if (!why) {
            size_t n = split(cell, line);
            for (size_t i = n; i < TSV_COLUMNS; i++) {
                cell[i] = none;
            }
            why =
                !has_heading ? check_heading(agent, cell, n, names) : check_record(agent, n, names);
            why = why || !has_heading ? why : take(arg, agent, cell);
            has_heading = true;
        }
        rc = why ? fail(agent, path, number, why) : KN_OK;
    }
    free(line);
    return rc;
}

int tsv_read(kn_agent_t *agent, const char *path, const char *file, const char *const *names,
             tsv_take_fn *take, void *arg)
{
    char folder[4200], standard[4400];
    if (!path) {
        names_folder(folder, sizeof folder);
        (void)snprintf(standard, sizeof standard, "%s/%s", folder, file);
        path = standard;
    }
    FILE *in = fopen(path, "r");
    if (!in) {
        kn_agent_fault(agent, path, KN_CODE_UNREADABLE, NULL, strerror(errno));
        return KN_E_INVALID;
    }
    int rc = read_lines(agent, in, path, names, take, arg);
    (void)fclose(in);
    return rc;
}
