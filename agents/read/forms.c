/* forms.c - what the columns of tables and the lines above them are called: data, not code.
 *
 * schemas/registers/forms.tsv is compiled in as the standard; an agent may bring its own. A table
 * has the form that knows most of its headings; what no row of that form knows is named together
 * with the nearest name that is known. What stands here is only what the contract fixes: which
 * properties there are and how long they may be.
 */
#include "agents/read/parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FORMS = 32, MAX_NAME = 40 };

/* clang-format off */
/* The lengths are those of petition.json, person.json, meeting.json and document.json. FIELD is what
 * a fault calls it, NULL where the contract has none. */
static const struct property {
    const char *name, *field;
    size_t max; /* characters */
} columns[READ_COLUMNS] = {
    [READ_NUMBER]       = {"number", "item", 20},
    [READ_PERSON]       = {"person.name", "person.name", 200},
    [READ_PHONE]        = {"person.phone", "person.phone", 40},
    [READ_ADDRESS]      = {"person.address", "person.address", 400},
    [READ_AREA]         = {"area", "area", 200},
    [READ_FIELD]        = {"field", "field", 100},
    [READ_TEXT]         = {"text", "text", 16000},
    [READ_RECEIVED]     = {"received_at", "received_at", 40},
    [READ_URL]          = {"url", "url", 500},
    [READ_OUTLET]       = {"outlet", "outlet", 100},
    [READ_HEADLINE]     = {"headline", "headline", 300},
    [READ_NOTE]         = {"note", NULL, 2000},
    [READ_ROW_SOURCE]   = {"source", "source", 100},
    [READ_ROW_SESSION]  = {"session", "meeting.session", 100},
    [READ_ROW_DOCUMENT] = {"document", "document.number", 60},
    [READ_UNSENT]       = {"-", NULL, SIZE_MAX},
    [READ_OWN]          = {"own", NULL, SIZE_MAX},
}, lines[READ_HEADERS] = {
    [READ_TITLE]           = {"title", "title", 300},
    [READ_DATE]            = {"date", "date", 40},
    [READ_PLACE]           = {"meeting.place", "meeting.place", 200},
    [READ_GROUP]           = {"meeting.group", "meeting.group", 100},
    [READ_SESSION]         = {"meeting.session", "meeting.session", 100},
    [READ_ELECTORAL_UNIT]  = {"meeting.electoral_unit", "meeting.electoral_unit", 100},
    [READ_SOURCE]          = {"source", "source", 40},
    [READ_DECLARED]        = {"declared", "declared", 20},
    [READ_DOCUMENT_NUMBER] = {"document.number", "document.number", 60},
    [READ_SENDER]          = {"document.sender", "document.sender", 200},
    [READ_SUBJECT]         = {"document.subject", "document.subject", 500},
};
/* clang-format on */

/* What is no column of a form. */
enum { LINES = -1, HEADINGS = -2, ASKS = -3, ALSOS = -4 };

/* A column or line of a form, or words of minutes. */
struct row {
    int form; /* or LINES, HEADINGS, ... */
    int property;
    char *name; /* as a person writes it */
    char
        *keys; /* read_key of every spelling, each between blanks; of minutes: read_words, by "|" */
};

struct read_forms {
    char form[MAX_FORMS][MAX_NAME];
    int n_forms;
    struct row *rows;
    size_t n_rows;
};

extern const unsigned char read_forms_data[]; /* forms.tsv, made by CMake; ends with a NUL */

/* ---- making -------------------------------------------------------------------------------- */

static int find_property(const struct property *of, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (read_equal(of[i].name, name)) {
            return i;
        }
    }
    return -1;
}

int read_column_of(const char *property)
{
    if (read_equal(property, "person")) { /* sources.tsv names properties of petition.json */
        return READ_PERSON;
    }
    return find_property(columns, READ_COLUMNS, property);
}

/* Adds the keys of the SPELLINGS, apart by "|", each with a blank behind. */
static int add_keys(struct read_bytes *keys, const char *spellings)
{
    char word[80], key[80];
    int rc = KN_OK;
    while (rc == KN_OK && *spellings) {
        size_t n = strcspn(spellings, "|");
        (void)snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : 0), spellings);
        if (read_key(key, sizeof key - 1, word) > 0) {
            strcat(key, " ");
            rc = read_put(keys, key, strlen(key));
        }
        spellings += n + (spellings[n] == '|');
    }
    return rc;
}

/* " key key " of every spelling; NULL without memory. */
static char *keys_of(const char *name, const char *spellings)
{
    struct read_bytes keys = {0};
    if (read_put(&keys, " ", 1) != KN_OK || add_keys(&keys, name) != KN_OK ||
        add_keys(&keys, spellings) != KN_OK) {
        free(keys.at);
        return NULL;
    }
    return keys.at;
}

/* "| đề nghị | mong |": every spelling as read_words has it; NULL without memory. */
static char *phrases_of(const char *name, const char *spellings)
{
    struct read_bytes phrases = {0};
    char *both = malloc(strlen(name) + strlen(spellings) + 2), *rest = both, *word;
    int rc = both ? KN_OK : KN_E_NOMEM;
    if (both) {
        sprintf(both, "%s|%s", name, spellings);
    }
    rc = rc == KN_OK ? read_put(&phrases, "|", 1) : rc;
    while (rc == KN_OK && (word = strsep(&rest, "|"))) {
        char *words = read_words(word);
        rc = words ? KN_OK : KN_E_NOMEM;
        if (words && words[1]) {
            rc = read_put(&phrases, words, strlen(words));
            rc = rc == KN_OK ? read_put(&phrases, "|", 1) : rc;
        }
        free(words);
    }
    free(both);
    if (rc != KN_OK) {
        free(phrases.at);
        return NULL;
    }
    return phrases.at;
}

static int form_of(read_forms_t *self, const char *name)
{
    for (int i = 0; i < self->n_forms; i++) {
        if (read_equal(self->form[i], name)) {
            return i;
        }
    }
    if (self->n_forms == MAX_FORMS || strlen(name) >= MAX_NAME || !*name) {
        return -1;
    }
    strcpy(self->form[self->n_forms], name);
    return self->n_forms++;
}

enum read_forms_fault read_forms_add(read_forms_t *self, const char *form, const char *part,
                                     const char *property, const char *name, const char *spellings)
{
    static const char *const parts[] = {"line", "heading", "ask", "also"}; /* -1 - LINES, ... */
    struct row row = {.form = 0};
    for (int i = 0; i < (int)(sizeof parts / sizeof *parts); i++) {
        row.form = read_equal(part, parts[i]) ? LINES - i : row.form;
    }
    if (row.form == 0 && !read_equal(part, "column")) {
        return READ_FORMS_PART;
    }
    row.property = row.form == LINES ? find_property(lines, READ_HEADERS, property)
                                     : find_property(columns, READ_COLUMNS, property);
    if (row.property < 0) {
        return READ_FORMS_PROPERTY;
    }
    if ((row.form < 0) != read_equal(form, "*") ||
        (row.form == 0 && (row.form = form_of(self, form)) < 0)) {
        return READ_FORMS_FORM;
    }
    if (!*name) {
        return READ_FORMS_NAME;
    }
    row.name = strdup(name);
    row.keys = row.form <= HEADINGS ? phrases_of(name, spellings) : keys_of(name, spellings);
    struct row *grown = realloc(self->rows, (self->n_rows + 1) * sizeof *grown);
    self->rows = grown ? grown : self->rows;
    if (!row.name || !row.keys || !grown) {
        free(row.name);
        free(row.keys);
        return READ_FORMS_MEMORY;
    }
    self->rows[self->n_rows++] = row;
    return READ_FORMS_OK;
}

read_forms_t *read_forms_new(void)
{
    return calloc(1, sizeof(read_forms_t));
}

read_forms_t *read_forms_standard(void)
{
    read_forms_t *self = read_forms_new();
    char *copy = strdup((const char *)read_forms_data), *rest = copy, *line;
    bool is_heading = true;
    while (self && rest && (line = strsep(&rest, "\n"))) {
        char *cell[5] = {line, "", "", "", ""};
        if (!*line || *line == '#') {
            continue;
        }
        for (int i = 0; i < 5 && line; i++) {
            cell[i] = strsep(&line, "\t");
        }
        enum read_forms_fault fault =
            is_heading ? READ_FORMS_OK
                       : read_forms_add(self, cell[0], cell[1], cell[2], cell[3], cell[4]);
        assert(fault == READ_FORMS_OK || fault == READ_FORMS_MEMORY); /* a test reads the file */
        if (fault != READ_FORMS_OK) {
            read_forms_destroy(&self);
        }
        is_heading = false;
    }
    if (!copy) {
        read_forms_destroy(&self);
    }
    free(copy);
    return self;
}

void read_forms_destroy(read_forms_t **self_p)
{
    read_forms_t *self = *self_p;
    if (self) {
        for (size_t i = 0; i < self->n_rows; i++) {
            free(self->rows[i].name);
            free(self->rows[i].keys);
        }
        free(self->rows);
        free(self);
        *self_p = NULL;
    }
}

const char *read_forms_name(const read_forms_t *self, int form)
{
    return form >= 0 && form < self->n_forms ? self->form[form] : NULL;
}

/* ---- asking -------------------------------------------------------------------------------- */

static int find(const read_forms_t *self, int form, const char *text)
{
    char key[65], word[72];
    if (read_key(key, sizeof key, text) >= sizeof key || !key[0]) {
        return -1;
    }
    (void)snprintf(word, sizeof word, " %.64s ", key);
    for (size_t i = 0; i < self->n_rows; i++) {
        if (self->rows[i].form == form && strstr(self->rows[i].keys, word)) {
            return self->rows[i].property;
        }
    }
    return -1;
}

int read_forms_column(const read_forms_t *self, int form, const char *text)
{
    return find(self, form, text);
}

int read_forms_line(const read_forms_t *self, const char *text)
{
    return find(self, LINES, text);
}

/* Whether one of PHRASES ("| a | b |") stands in WORDS: at its beginning, or anywhere. */
static bool says(const char *phrases, const char *words, bool anywhere)
{
    for (const char *at = phrases + 1; *at;) {
        size_t n = strcspn(at, "|");
        if (anywhere ? memmem(words, strlen(words), at, n) != NULL : strncmp(words, at, n) == 0) {
            return true;
        }
        at += n + 1;
    }
    return false;
}

static int find_phrase(const read_forms_t *self, int form, const char *words, bool anywhere)
{
    for (size_t i = 0; i < self->n_rows; i++) {
        if (self->rows[i].form == form && says(self->rows[i].keys, words, anywhere)) {
            return self->rows[i].property;
        }
    }
    return -1;
}

int read_forms_heading(const read_forms_t *self, const char *words)
{
    return find_phrase(self, HEADINGS, words, false);
}

bool read_forms_asks(const read_forms_t *self, const char *words, bool at_once)
{
    return find_phrase(self, ASKS, words, !at_once) >= 0;
}

bool read_forms_goes_on(const read_forms_t *self, const char *words)
{
    return find_phrase(self, ALSOS, words, false) >= 0;
}

const char *read_column_field(int column)
{
    return columns[column].field;
}

size_t read_column_max(int column)
{
    return columns[column].max;
}

const char *read_line_field(int line)
{
    return lines[line].field;
}

size_t read_line_max(int line)
{
    return lines[line].max;
}

static const char *name_of(const read_forms_t *self, int form, int property, const char *otherwise)
{
    for (size_t i = 0; i < self->n_rows; i++) {
        if (self->rows[i].form == form && self->rows[i].property == property) {
            return self->rows[i].name;
        }
    }
    return otherwise;
}

const char *read_forms_column_name(const read_forms_t *self, int form, int column)
{
    return name_of(self, form, column, columns[column].name);
}

const char *read_forms_line_name(const read_forms_t *self, int line)
{
    return name_of(self, LINES, line, lines[line].name);
}

void read_forms_suggest(const read_forms_t *self, int form, char *out, size_t size,
                        const char *text)
{
    char key[65], list[512] = "", word[80];
    size_t best = SIZE_MAX, length = read_key(key, sizeof key, text), used = 0;
    for (size_t i = 0; i < self->n_rows; i++) {
        const struct row *row = &self->rows[i];
        if (row->form != form) {
            continue;
        }
        for (const char *at = row->keys + 1; *at;) {
            size_t word_length = strcspn(at, " ");
            (void)snprintf(word, sizeof word, "%.*s", (int)word_length, at);
            size_t distance = read_distance(key, word);
            if (distance < best && distance * 2 <= (length > word_length ? length : word_length)) {
                best = distance;
                read_copy(out, size, row->name);
            }
            at += word_length + 1;
        }
        if (used < sizeof list && (row->form < 0 || row->property < READ_UNSENT)) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                                     row->name);
        }
    }
    if (best == SIZE_MAX) {
        read_copy(out, size, list);
    }
}
