/* config.c - the hub's configuration.
 *
 * czmq's zconfig reads ZPL but accepts unknown keys, takes the first of two equal ones and knows no
 * types. So a scan before it refuses what is not plain ZPL, with the line; zconfig makes the tree;
 * and the tree is walked against the table below. To add a key: one row here, one field in the
 * header.
 */
#include "hub/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <czmq.h>

#include "hub/logger.h"
#include "kiennghi/status.h"

enum { MAX_LINES = 1000, INDENT = 4 };

enum type { TEXT, ENDPOINT, INT, SIZE, LEVEL };

#define KB (1LL << 10)
#define MB (1LL << 20)
#define GB (1LL << 30)
#define TB (1LL << 40)

/* clang-format off */
static const struct row {
    const char *key;
    enum type type;
    size_t offset;
    int64_t min, max; /* of texts: of their length */
    const char *standard;
    const char *help;
} rows[] = {
    {"listen/intake",     ENDPOINT, offsetof(struct config, intake), 1, CONFIG_MAX_TEXT - 1, "tcp://*:5571",
     "where intake agents connect (CURVE)"},
    {"listen/delivery",   ENDPOINT, offsetof(struct config, delivery), 1, CONFIG_MAX_TEXT - 1, "tcp://*:5572",
     "where agencies, monitors and people connect (CURVE)"},
    {"listen/control",    TEXT, offsetof(struct config, control), 1, 107, "/run/kiennghi/control",
     "local socket that runs the process; its owner alone may use it"},
    {"listen/tap",        ENDPOINT, offsetof(struct config, tap), 0, CONFIG_MAX_TEXT - 1, "",
     "the public stream for anybody, as tcp://127.0.0.1:5573; empty: off"},
    {"listen/io_threads", INT, offsetof(struct config, n_io_threads), 1, 16, "1",
     "threads for encryption and sockets"},
    {"store/folder",      TEXT, offsetof(struct config, store), 1, CONFIG_MAX_TEXT - 32, "/var/lib/kiennghi",
     "where everything is kept; on a real disk"},
    {"store/map_size",    SIZE, offsetof(struct config, map_size), 16 * MB, 16 * TB, "64G",
     "the most that the store can hold; fixed when it is made, takes no disk before it is used"},
    {"store/min_free",    SIZE, offsetof(struct config, min_free), 0, TB, "512M",
     "with less free disk petitions are deferred; answers and deliveries go on"},
    {"store/compact_hour", INT, offsetof(struct config, compact_hour), 0, 23, "2",
     "hour of the night (Ha Noi) when the file is rewritten after an erasure; all waits meanwhile"},
    {"registers/folder",  TEXT, offsetof(struct config, registers), 0, CONFIG_MAX_TEXT - 1, "",
     "areas, units, fields, competence, calendar; empty: those that came with the program"},
    {"key/file",          TEXT, offsetof(struct config, key), 0, CONFIG_MAX_TEXT - 32, "",
     "the hub's certificate (FILE, and FILE_secret beside it); empty: hub.cert in the store's folder"},
    {"limits/window",     INT, offsetof(struct config, window), 1, 4096, "64",
     "messages that an agent may have unacknowledged"},
    {"limits/file",       SIZE, offsetof(struct config, max_file), MB, TB, "20M",
     "the largest file that may be attached"},
    {"limits/gap_minutes", INT, offsetof(struct config, gap_minutes), 1, 10080, "15",
     "an agent that has more, and of which nothing came for so long, has a gap: an alert"},
    {"limits/rate",       INT, offsetof(struct config, rate), 0, 1000000, "0",
     "messages and requests a second of an identity without a rate of its own; 0: no limit"},
    {"limits/bytes_per_day", SIZE, offsetof(struct config, bytes_per_day), 0, TB, "0",
     "bytes a day of an identity without its own; 0: no limit"},
    {"limits/sessions",   INT, offsetof(struct config, sessions), 0, 10000, "256",
     "connections of one identity at a time; 0: no limit"},
    {"limits/tap_connections", INT, offsetof(struct config, tap_connections), 1, 10000, "200",
     "listeners of the tap at a time"},
    {"limits/memory",     SIZE, offsetof(struct config, max_memory), 0, TB, "0",
     "memory of the process without the store's map; above it petitions are deferred; 0: no limit"},
    {"log/level",         LEVEL, offsetof(struct config, log_level), 0, 0, "notice",
     "error, warning, notice, info or debug"},
};
/* clang-format on */

enum { N_ROWS = sizeof rows / sizeof *rows };

static int fail(char *why, size_t n_why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(char *why, size_t n_why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, n_why, format, args);
    va_end(args);
    return KN_E_INVALID;
}

/* -------------------------------------------------------------------------------- values */

static char *text_at(const struct config *self, const struct row *row)
{
    return (char *)(uintptr_t)self + row->offset;
}

static int64_t *number_at(const struct config *self, const struct row *row)
{
    return (int64_t *)(void *)text_at(self, row);
}

/* A whole number, with K, M, G or T behind it for sizes. False when it is none or too large. */
static bool read_number(int64_t *out, const char *value, bool is_size)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    *out = strtoll(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || errno != 0)
        return false;
    const char *unit = is_size && *end ? strchr(units, *end) : NULL;
    if (unit) {
        const int shift = 10 * (int)(unit - units + 1);
        if (*out > INT64_MAX >> shift)
            return false;
        *out <<= shift;
        end++;
    }
    return *end == '\0';
}

static void print_size(char *out, size_t size, int64_t number)
{
    static const char units[] = "TGMK";
    for (int i = 0; i < 4; i++) {
        const int64_t unit = (int64_t)1 << 10 * (4 - i);
        if (number >= unit && number % unit == 0) {
            snprintf(out, size, "%lld%c", (long long)(number / unit), units[i]);
            return;
        }
    }
    snprintf(out, size, "%lld", (long long)number);
}

static int set_text(struct config *self, const struct row *row, const char *value, char *why,
                    size_t n_why)
{
    const size_t length = strlen(value);
    if (length < (size_t)row->min)
        return fail(why, n_why, "%s: may not be empty", row->key);
    if (length > (size_t)row->max)
        return fail(why, n_why, "%s: longer than %lld bytes", row->key, (long long)row->max);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
            return fail(why, n_why, "%s: holds a control character", row->key);
    if (strchr(value, '"') && strchr(value, '\''))
        return fail(why, n_why, "%s: holds both kinds of quotes", row->key); /* cannot be printed */
    if (row->type == ENDPOINT && length > 0 && strncmp(value, "tcp://", 6) != 0)
        return fail(why, n_why, "%s: \"%.80s\" is not tcp://ADDRESS:PORT", row->key, value);
    memcpy(text_at(self, row), value, length + 1);
    return KN_OK;
}

static int set_number(struct config *self, const struct row *row, const char *value, char *why,
                      size_t n_why)
{
    int64_t number;
    if (!read_number(&number, value, row->type == SIZE))
        return fail(why, n_why, "%s: \"%.80s\" is not a %s", row->key, value,
                    row->type == SIZE ? "size (like 512M or 64G)" : "whole number");
    if (number < row->min || number > row->max) {
        char min[32], max[32];
        print_size(min, sizeof min, row->min);
        print_size(max, sizeof max, row->max);
        return fail(why, n_why, "%s: %.80s is not within %s and %s", row->key, value, min, max);
    }
    *number_at(self, row) = number;
    return KN_OK;
}

static int set_row(struct config *self, const struct row *row, const char *value, char *why,
                   size_t n_why)
{
    switch (row->type) {
    case TEXT:
    case ENDPOINT: return set_text(self, row, value, why, n_why);
    case INT:
    case SIZE: return set_number(self, row, value, why, n_why);
    case LEVEL:
        *number_at(self, row) = logger_level_of(value);
        return *number_at(self, row)
                   ? KN_OK
                   : fail(why, n_why, "%s: \"%.80s\" is not one of %s", row->key, value, row->help);
    }
    abort(); /* a type without a reader */
}

/* ---------------------------------------------------------------------------------- keys */

static const struct row *find_row(const char *key)
{
    for (int i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

/* How many letters have to be changed to make A of B (Levenshtein), for texts below 64. */
static int distance(const char *a, const char *b)
{
    int row[64];
    const int n_a = (int)strnlen(a, 63), n_b = (int)strnlen(b, 63);
    for (int j = 0; j <= n_b; j++)
        row[j] = j;
    for (int i = 1; i <= n_a; i++) {
        int corner = row[0];
        row[0] = i;
        for (int j = 1; j <= n_b; j++) {
            const int change = corner + (a[i - 1] != b[j - 1]);
            const int shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            corner = row[j];
            row[j] = change < shorter ? change : shorter;
        }
    }
    return row[n_b];
}

static const char *nearest(const char *key)
{
    const char *best = rows[0].key;
    for (int i = 1; i < N_ROWS; i++)
        if (distance(rows[i].key, key) < distance(best, key))
            best = rows[i].key;
    return best;
}

int config_set(struct config *self, const char *key, const char *value, char *why, size_t n_why)
{
    const struct row *row = find_row(key);
    if (!row)
        return fail(why, n_why, "%.80s: unknown key; did you mean %s?", key, nearest(key));
    return set_row(self, row, value, why, n_why);
}

void config_init(struct config *out)
{
    *out = (struct config){0};
    for (int i = 0; i < N_ROWS; i++) {
        char why[128];
        const int rc = set_row(out, &rows[i], rows[i].standard, why, sizeof why);
        assert(rc == KN_OK);
    }
}

/* ------------------------------------------------------------------------------ the scan */

/* The lines that hold a name, in the order of the file: the order in which the tree is walked. */
struct scan {
    const char *name;
    char *why;
    size_t n_why;
    int lines[MAX_LINES];
    int n_lines;
    int depth; /* of the last name; -1 before the first */
};

static int fault(const struct scan *scan, int line, const char *words)
{
    return fail(scan->why, scan->n_why, "%s:%d: %s", scan->name, line, words);
}

static const char *skip_spaces(const char *at)
{
    return at + strspn(at, " ");
}

/* What follows a name: nothing, a comment, or = and a value. NULL when right, else what is wrong.
 */
static const char *check_value(const char *at)
{
    at = skip_spaces(at);
    if (*at == '\0' || *at == '#')
        return NULL;
    if (*at != '=')
        return "a name is a-z, 0-9 and _, and a value follows = ";
    at = skip_spaces(at + 1);
    if (*at == '\0' || *at == '#')
        return "no value behind =; write \"\" for an empty one";
    if (*at != '"' && *at != '\'')
        return NULL;
    const char *end = strchr(at + 1, *at);
    if (!end)
        return "the closing quote is missing";
    end = skip_spaces(end + 1);
    return *end == '\0' || *end == '#' ? NULL : "something stands behind the closing quote";
}

static int scan_line(struct scan *scan, const char *line, int number)
{
    const size_t n_spaces = strspn(line, " ");
    const char *name = line + n_spaces;
    if (*name == '\0' || (*name == '#' && n_spaces % INDENT == 0))
        return KN_OK;
    for (const char *at = line; *at; at++)
        if ((unsigned char)*at < ' ')
            return fault(scan, number, "a tab or control character; indent with four spaces");
    if (n_spaces % INDENT != 0 || (int)(n_spaces / INDENT) > scan->depth + 1)
        return fault(scan, number, "wrong indent: four spaces for each level");
    const size_t n_name = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    const char *wrong = n_name == 0 ? "no name at the beginning" : check_value(name + n_name);
    if (wrong)
        return fault(scan, number, wrong);
    if (scan->n_lines == MAX_LINES)
        return fault(scan, number, "too many lines");
    scan->depth = (int)(n_spaces / INDENT);
    scan->lines[scan->n_lines++] = number;
    return KN_OK;
}

static int scan_text(struct scan *scan, const char *text)
{
    int rc = KN_OK;
    char *copy = strdup(text);
    if (!copy)
        return KN_E_NOMEM;
    char *at = copy;
    for (int number = 1; at && rc == KN_OK; number++) {
        char *end = strchr(at, '\n');
        if (end)
            *end++ = '\0';
        rc = scan_line(scan, at, number);
        at = end;
    }
    free(copy);
    return rc;
}

/* ------------------------------------------------------------------------------ the tree */

struct walk {
    struct config *config;
    const struct scan *scan;
    int at; /* index of the current name's line */
    int set_on[N_ROWS];
};

static int set_from_tree(struct walk *walk, const char *key, const char *value, int line)
{
    const struct scan *scan = walk->scan;
    char words[300];
    const struct row *row = find_row(key);
    if (row && walk->set_on[row - rows]) {
        snprintf(words, sizeof words, "%s: stands already in line %d", key,
                 walk->set_on[row - rows]);
        return fault(scan, line, words);
    }
    int rc = config_set(walk->config, key, value, words, sizeof words);
    if (rc != KN_OK)
        return fault(scan, line, words);
    walk->set_on[row - rows] = line;
    return KN_OK;
}

static int walk_section(struct walk *walk, zconfig_t *section)
{
    const char *name = zconfig_name(section);
    const int line = walk->scan->lines[walk->at++];
    const char *value = zconfig_value(section);
    if (value && *value)
        return set_from_tree(walk, name, value, line); /* unknown: keys stand in sections */
    if (!zconfig_child(section)) {
        char words[200];
        snprintf(words, sizeof words, "%.80s: a section without keys", name);
        return fault(walk->scan, line, words);
    }
    for (zconfig_t *item = zconfig_child(section); item; item = zconfig_next(item)) {
        char key[128];
        const int item_line = walk->scan->lines[walk->at++];
        const char *item_value = zconfig_value(item);
        snprintf(key, sizeof key, "%.60s/%.60s", name, zconfig_name(item));
        if (zconfig_child(item))
            return fault(walk->scan, item_line + 1, "indented too far: sections have keys only");
        int rc = set_from_tree(walk, key, item_value ? item_value : "", item_line);
        if (rc != KN_OK)
            return rc;
    }
    return KN_OK;
}

static int count_names(zconfig_t *item)
{
    int n = 0;
    for (; item; item = zconfig_next(item))
        n += 1 + count_names(zconfig_child(item));
    return n;
}

int config_parse(struct config *self, const char *text, size_t size, const char *name, char *why,
                 size_t n_why)
{
    struct scan scan = {.name = name, .why = why, .n_why = n_why, .depth = -1};
    struct walk walk = {.config = self, .scan = &scan};
    zconfig_t *root = NULL;
    char *copy = NULL;
    int rc = KN_OK;

    if (size > CONFIG_MAX_FILE) {
        rc = fail(why, n_why, "%s: longer than %d bytes", name, CONFIG_MAX_FILE);
        goto done;
    }
    if (memchr(text, '\0', size)) {
        rc = fail(why, n_why, "%s: not a text file", name);
        goto done;
    }
    copy = strndup(text, size);
    rc = copy ? scan_text(&scan, copy) : KN_E_NOMEM;
    if (rc != KN_OK || scan.n_lines == 0)
        goto done;
    root = zconfig_str_load(copy);
    /* The scan and zconfig must have seen the same names, else the lines would be wrong. */
    if (!root || count_names(zconfig_child(root)) != scan.n_lines) {
        rc = fail(why, n_why, "%s: cannot be read as ZPL", name);
        goto done;
    }
    for (zconfig_t *section = zconfig_child(root); section && rc == KN_OK;
         section = zconfig_next(section))
        rc = walk_section(&walk, section);
done:
    zconfig_destroy(&root);
    free(copy);
    return rc;
}

int config_load(struct config *self, const char *path, char *why, size_t n_why)
{
    int rc = KN_OK;
    char *text = NULL;
    FILE *file = fopen(path, "rbe");
    if (!file) {
        rc = errno == ENOENT ? KN_E_NOT_FOUND : KN_E_IO;
        snprintf(why, n_why, "%s: %s", path, strerror(errno));
        goto done;
    }
    text = malloc(CONFIG_MAX_FILE + 1);
    if (!text) {
        rc = KN_E_NOMEM;
        goto done;
    }
    const size_t size = fread(text, 1, CONFIG_MAX_FILE + 1, file);
    if (ferror(file)) {
        rc = KN_E_IO;
        snprintf(why, n_why, "%s: cannot be read", path);
        goto done;
    }
    rc = config_parse(self, text, size, path, why, n_why);
done:
    if (file)
        fclose(file);
    free(text);
    return rc;
}

/* ----------------------------------------------------------------------------- the print */

static void print_value(const struct config *self, const struct row *row, FILE *out)
{
    char size[32];
    switch (row->type) {
    case TEXT:
    case ENDPOINT:
        fprintf(out, strchr(text_at(self, row), '"') ? "'%s'" : "\"%s\"", text_at(self, row));
        break;
    case INT: fprintf(out, "%lld", (long long)*number_at(self, row)); break;
    case SIZE:
        print_size(size, sizeof size, *number_at(self, row));
        fputs(size, out);
        break;
    case LEVEL: fputs(logger_level_word((enum logger_level) * number_at(self, row)), out); break;
    }
}

void config_print(const struct config *self, FILE *out)
{
    const char *section = "";
    size_t n_section = 0;
    for (int i = 0; i < N_ROWS; i++) {
        const char *name = strchr(rows[i].key, '/') + 1;
        const size_t length = (size_t)(name - rows[i].key - 1);
        if (length != n_section || strncmp(section, rows[i].key, length) != 0)
            fprintf(out, "%s%.*s\n", i ? "\n" : "", (int)length, rows[i].key);
        section = rows[i].key;
        n_section = length;
        fprintf(out, "    # %s\n    %s = ", rows[i].help, name);
        print_value(self, &rows[i], out);
        fputc('\n', out);
    }
}
