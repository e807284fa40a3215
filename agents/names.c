/* names.c - see the header. The only state of a program that is made when first needed and, but for
 * names_use, never changed after; the programs that show names have one thread.
 */
#include "agents/names.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
    char *id, *name, *name_en;
};

struct names {
    bool is_read;
    struct entry *entry;
    size_t n;
};

static const struct {
    const char *file, *id, *type; /* type: column that stands before the name, or NULL */
} registers[NAMES_REGISTERS] = {
    [NAMES_UNIT] = {"units.tsv", "id", NULL},
    [NAMES_FIELD] = {"fields.tsv", "code", NULL},
    [NAMES_AREA] = {"areas.tsv", "id", "type"},
    [NAMES_SOURCE] = {"sources.tsv", "code", NULL},
};

void names_folder(char *out, size_t size)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length < 0 ? 0 : length] = '\0';
    for (int i = 0; i < 2; i++) { /* PREFIX/bin/program */
        char *slash = strrchr(program, '/');
        if (slash) {
            *slash = '\0';
        }
    }
    snprintf(out, size, "%s/share/kiennghi/registers", program);
}

static FILE *open_register(const char *folder, const char *file)
{
    char beside[PATH_MAX + 32], path[PATH_MAX + 96];
    names_folder(beside, sizeof beside);
    snprintf(path, sizeof path, "%s/%s", folder ? folder : beside, file);
    return fopen(path, "r");
}

/* The value of column WANTED of a line; empty when there is none. Copied. */
static char *cut(const char *line, const char *header, const char *wanted)
{
    size_t length = strlen(wanted);
    while (strncmp(header, wanted, length) != 0 ||
           (header[length] && !strchr("\t\r\n", header[length]))) {
        header += strcspn(header, "\t");
        line += strcspn(line, "\t\r\n");
        if (!*header) {
            return strdup("");
        }
        header++;
        line += *line == '\t';
    }
    return strndup(line, strcspn(line, "\t\r\n"));
}

static void add(struct names *names, enum names_register which, const char *line,
                const char *header)
{
    struct entry *more = realloc(names->entry, (names->n + 1) * sizeof *more);
    if (!more) {
        return; /* then its id is shown */
    }
    names->entry = more;
    struct entry *entry = &names->entry[names->n++];
    entry->id = cut(line, header, registers[which].id);
    entry->name = cut(line, header, "name");
    entry->name_en = cut(line, header, "name_en");
    char *type = registers[which].type ? cut(line, header, registers[which].type) : NULL;
    char *full = type && entry->name ? malloc(strlen(type) + strlen(entry->name) + 2) : NULL;
    if (full) {
        sprintf(full, "%s %s", type, entry->name);
        free(entry->name);
        entry->name = full;
    }
    free(type);
}

static int by_id(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return strcmp(x->id ? x->id : "", y->id ? y->id : "");
}

static void read_register(struct names *names, enum names_register which, const char *folder)
{
    FILE *file = open_register(folder, registers[which].file);
    char *line = NULL, *header = NULL;
    size_t room = 0;
    names->is_read = true;
    while (file && getline(&line, &room, file) > 0) {
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        if (header) {
            add(names, which, line, header);
        } else {
            header = strdup(line);
        }
    }
    free(line);
    free(header);
    if (file) {
        fclose(file);
        qsort(names->entry, names->n, sizeof *names->entry, by_id);
    }
}

static struct all {
    const char *folder;
    struct names names[NAMES_REGISTERS];
} * get_all(void)
{
    static struct all all;
    return &all;
}

bool names_use(const char *folder)
{
    struct all *all = get_all();
    for (int i = 0; i < NAMES_REGISTERS; i++) {
        struct names *names = &all->names[i];
        for (size_t j = 0; j < names->n; j++) {
            free(names->entry[j].id);
            free(names->entry[j].name);
            free(names->entry[j].name_en);
        }
        free(names->entry);
        *names = (struct names){.is_read = false};
    }
    all->folder = folder;
    struct stat about;
    return !folder || (stat(folder, &about) == 0 && S_ISDIR(about.st_mode) &&
                       access(folder, R_OK | X_OK) == 0);
}

const char *names_of(enum names_register which, const char *id, bool is_vi)
{
    struct all *all = get_all();
    struct names *names = &all->names[which];
    if (!id) {
        return "";
    }
    if (!names->is_read) {
        read_register(names, which, all->folder);
    }
    const struct entry key = {.id = (char *)(uintptr_t)id};
    const struct entry *found =
        names->n ? bsearch(&key, names->entry, names->n, sizeof key, by_id) : NULL;
    const char *name = !found                                           ? NULL
                       : is_vi || !found->name_en || !found->name_en[0] ? found->name
                                                                        : found->name_en;
    return name && name[0] ? name : id;
}
