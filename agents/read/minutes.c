/* minutes.c - minutes written as paragraphs: places, fields, and what people said.
 *
 * A short paragraph that begins as headings do (forms.tsv: "Phường ...", "Lĩnh vực ...") holds for
 * all below it, until the next of its kind. A petition is a paragraph that is numbered, dashed or
 * listed below such a heading, or one that asks for something. Everything else is prose: named,
 * never sent. A paragraph goes whole, as it was written; where its words show several demands, it
 * is told where each begins, and a person decides.
 */
#include "agents/read/parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_HEADING = 120, MIN_PART = 20, MAX_LABEL = 12 };

struct read_minutes {
    read_records_t *records;
    char *path;
    read_warn_fn *warn;
    void *told;
    const read_forms_t *forms;
    read_forms_t *own_forms;
    struct read_headers headers;
    char *area, *field; /* of the headings above */
    char area_label[MAX_LABEL], field_label[MAX_LABEL];
    char *text; /* of the petition given last */
    char number[64];
    char prose[90]; /* numbers of paragraphs that were left out */
    size_t n_prose;
    bool has_more; /* RECORD was read ahead of the first petition */
    struct read_record record;
};

/* ---- labels -------------------------------------------------------------------------------- */

/* The length of "1.", "2.3", "IV.", "a)", "-", "+", "•" and the blanks behind at the beginning of
 * TEXT; its letters and digits into LABEL ("" for dashes). 0: there is none. */
static size_t label_of(const char *text, char label[MAX_LABEL])
{
    size_t n = 0, length = 0;
    label[0] = '\0';
    if (*text == '-' || *text == '+' || *text == '*') {
        n = 1;
    } else if (strncmp(text, "\xE2\x80\xA2", 3) == 0 || strncmp(text, "\xE2\x80\x93", 3) == 0) {
        n = 3; /* a bullet, a long dash */
    } else {
        while (n < MAX_LABEL - 1 && (isalnum((unsigned char)text[n]) ||
                                     (text[n] == '.' && isalnum((unsigned char)text[n + 1])))) {
            label[length++] = (char)tolower((unsigned char)text[n++]);
        }
        label[length] = '\0';
        bool is_number = isdigit((unsigned char)label[0]) != 0;
        bool is_roman = length > 0 && strspn(label, "ivxl") == length;
        if (n == 0 || !text[n] || !strchr(".)/", text[n]) ||
            !(is_number || is_roman || length == 1)) {
            label[0] = '\0';
            return 0;
        }
        n++;
    }
    size_t blanks = strspn(text + n, " \t");
    return blanks > 0 || label[0] ? n + blanks : 0;
}

/* "i.1.a": the labels of the headings above and its own, "" without one of its own. */
static void number_of(read_minutes_t *self, const char *label)
{
    const char *parts[] = {self->area_label, self->field_label, label};
    size_t used = 0;
    self->number[0] = '\0';
    for (size_t i = 0; *label && i < sizeof parts / sizeof *parts; i++) {
        if (*parts[i]) {
            used += (size_t)snprintf(self->number + used, sizeof self->number - used, "%s%s",
                                     used ? "." : "", parts[i]);
        }
    }
}

/* ---- several demands in one ---------------------------------------------------------------- */

/* Whether a sentence ends at TEXT[i]: not behind "TP." or "P.", nor within "2.500". */
static bool ends(const char *text, size_t i)
{
    if (text[i] == '\n' || text[i] == ';') {
        return true;
    }
    if (!strchr(".!?", text[i]) || (text[i + 1] != ' ' && text[i + 1] != '\n')) {
        return false;
    }
    size_t from = i;
    while (from > 0 && isalpha((unsigned char)text[from - 1])) {
        from--;
    }
    bool is_short = i - from <= 3 && i > from && isupper((unsigned char)text[from]) &&
                    (from == 0 || text[from - 1] == ' ');
    return text[i] != '.' || !is_short;
}

/* Whether the sentence TEXT[from..to) asks, and whether it opens a further demand. */
static int weigh(const read_minutes_t *self, const char *text, size_t from, size_t to,
                 bool after_mark, bool *asks, bool *opens)
{
    char *copy = strndup(text + from, to - from), *words = copy ? read_words(copy) : NULL;
    *asks = words && read_forms_asks(self->forms, words, false);
    *opens = words && (read_forms_goes_on(self->forms, words) ||
                       (after_mark && read_forms_asks(self->forms, words, true)));
    free(copy);
    free(words);
    return words ? KN_OK : KN_E_NOMEM;
}

/* Where each demand of TEXT begins: a part that already asks ends before a sentence that opens a
 * further one and asks as well. */
static int split(const read_minutes_t *self, const char *text, size_t part[READ_MAX_PARTS],
                 size_t *n_parts)
{
    size_t from = 0, length = strlen(text);
    bool has_asked = false, after_mark = false;
    *n_parts = 1;
    part[0] = 0;
    while (from < length) {
        size_t to = from;
        bool asks, opens;
        while (to < length && !ends(text, to)) {
            to++;
        }
        to += to < length;
        if (weigh(self, text, from, to, after_mark, &asks, &opens) != KN_OK) {
            return KN_E_NOMEM;
        }
        if (has_asked && asks && opens && *n_parts < READ_MAX_PARTS &&
            from - part[*n_parts - 1] >= MIN_PART && length - from >= MIN_PART) {
            part[(*n_parts)++] = from;
            has_asked = false;
        }
        has_asked |= asks;
        after_mark = text[to - 1] == ';' || text[to - 1] == '\n';
        from = to + strspn(text + to, " \t\n");
    }
    return KN_OK;
}

/* ---- paragraphs ---------------------------------------------------------------------------- */

static int memory(const read_minutes_t *self, struct read_fault *fault)
{
    read_fault_set(fault, READ_MEMORY, self->path, 0);
    return KN_E_NOMEM;
}

/* "Ngày: 20/11/2026": 1 when it was one. */
static int take_line(read_minutes_t *self, char *text, uint64_t number, struct read_fault *fault)
{
    char *mark = strchr(text, ':');
    if (!mark || self->area || self->field) { /* only above the first heading */
        return 0;
    }
    *mark = '\0';
    int line = read_forms_line(self->forms, text);
    int rc = line < 0 || self->headers.value[line]
                 ? 0
                 : read_headers_take(&self->headers, self->forms, text, mark + 1, number,
                                     self->path, fault);
    *mark = ':';
    return rc == KN_OK && line >= 0 && self->headers.value[line] ? 1 : rc;
}

/* A heading of a place or field: 1 when it was one. BODY is its text behind the label. */
static int take_heading(read_minutes_t *self, const char *body, const char *label,
                        const char *words, struct read_fault *fault)
{
    int column = read_forms_heading(self->forms, words);
    if (column != READ_AREA && column != READ_FIELD) {
        return 0;
    }
    size_t length = strlen(body);
    /* Behind the blank: "Kiến nghị của cử tri phường ..." may begin with a word that asks. */
    if (read_characters(body) > MAX_HEADING || read_forms_asks(self->forms, words + 1, false)) {
        return 0;
    }
    while (length > 0 && strchr(":.; ", body[length - 1])) {
        length--;
    }
    char **value = column == READ_AREA ? &self->area : &self->field;
    char *copy = strndup(body, length);
    if (!copy) {
        return memory(self, fault);
    }
    free(*value);
    *value = copy;
    (void)snprintf(column == READ_AREA ? self->area_label : self->field_label, MAX_LABEL, "%s",
                   label);
    if (column == READ_AREA) { /* fields begin anew with each place */
        free(self->field);
        self->field = NULL;
        self->field_label[0] = '\0';
    }
    return 1;
}

static void note_prose(read_minutes_t *self, uint64_t number)
{
    size_t used = strlen(self->prose);
    if (used + 12 < sizeof self->prose) {
        (void)snprintf(self->prose + used, sizeof self->prose - used, "%s%llu", used ? ", " : "",
                       (unsigned long long)number);
    } else if (used > 0 && self->prose[used - 1] != '.') {
        (void)snprintf(self->prose + used, sizeof self->prose - used, "...");
    }
    self->n_prose++;
}

/* What the paragraph is: 1, a petition in SELF->text; 0, something else; negative. */
static int take(read_minutes_t *self, const struct read_record *record, struct read_fault *fault)
{
    char label[MAX_LABEL];
    free(self->text);
    if (!(self->text = read_clean(record->cell[0], record->length[0]))) {
        return memory(self, fault);
    }
    size_t skipped = label_of(self->text, label);
    char *body = self->text + skipped, *words = read_words(body);
    if (!words) {
        return memory(self, fault);
    }
    int rc = take_line(self, self->text, record->number, fault);
    rc = rc == 0 ? take_heading(self, body, label, words, fault) : rc;
    if (rc == 0) {
        bool is_below = self->area || self->field;
        bool is_item = is_below && (skipped > 0 || record->is_listed);
        if (is_item || (is_below && read_forms_asks(self->forms, words, false))) {
            number_of(self, label);
            memmove(self->text, body, strlen(body) + 1);
            rc = 2;
        } else {
            note_prose(self, record->number);
        }
    }
    free(words);
    return rc < 0 ? rc : rc == 2;
}

/* Reads on to the next petition. */
static int find_petition(read_minutes_t *self, struct read_fault *fault)
{
    int rc;
    while ((rc = read_records_next(self->records, &self->record, fault)) != 0) {
        if (rc < 0 && rc != KN_E_INVALID) {
            return rc;
        }
        rc = rc == 1 && self->record.is_line ? take(self, &self->record, fault) : 0;
        if (rc != 0) {
            return rc == KN_E_INVALID ? KN_E_CORRUPT : rc;
        }
    }
    return 0;
}

/* ---- the door ------------------------------------------------------------------------------ */

int read_minutes_open(read_minutes_t **out, const char *path, const struct read_form *form,
                      read_warn_fn *warn, void *told, struct read_fault *fault)
{
    read_minutes_t *self = calloc(1, sizeof *self);
    int rc = KN_E_NOMEM;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self || !(self->path = strdup(path))) {
        goto done;
    }
    self->warn = warn;
    self->told = told;
    self->forms = form->forms;
    if (!self->forms && !(self->forms = self->own_forms = read_forms_standard())) {
        goto done;
    }
    if ((rc = read_records_open(&self->records, path, warn, told, fault)) != KN_OK ||
        (rc = find_petition(self, fault)) < 0) {
        goto done;
    }
    if (rc == 0) {
        read_fault_set(fault, READ_NO_PETITION, path, 0);
        rc = KN_E_INVALID;
        goto done;
    }
    self->has_more = true;
    *out = self;
    self = NULL;
    rc = KN_OK;
done:
    read_minutes_close(&self);
    return rc == KN_E_CORRUPT ? KN_E_INVALID : rc;
}

void read_minutes_close(read_minutes_t **self_p)
{
    read_minutes_t *self = *self_p;
    if (self) {
        if (self->records) {
            read_records_close(&self->records);
        }
        read_forms_destroy(&self->own_forms);
        read_headers_clear(&self->headers);
        free(self->area);
        free(self->field);
        free(self->text);
        free(self->path);
        free(self);
        *self_p = NULL;
    }
}

const struct read_headers *read_minutes_headers(const read_minutes_t *self)
{
    return &self->headers;
}

static void tell_prose(read_minutes_t *self, struct read_fault *fault)
{
    if (self->n_prose > 0 && self->warn) {
        read_fault_set(fault, READ_PROSE, self->path, 0);
        read_copy(fault->value, sizeof fault->value, self->prose);
        self->warn(self->told, fault);
    }
    self->n_prose = 0;
}

int read_minutes_next(read_minutes_t *self, struct read_row *row, size_t part[READ_MAX_PARTS],
                      size_t *n_parts, struct read_fault *fault)
{
    int rc = self->has_more ? 1 : find_petition(self, fault);
    self->has_more = false;
    memset(row, 0, sizeof *row);
    row->received_at = -1;
    row->number = self->record.number;
    if (rc != 1) {
        tell_prose(self, fault);
        return rc;
    }
    row->cell[READ_NUMBER] = self->number[0] ? self->number : NULL;
    row->cell[READ_AREA] = self->area;
    row->cell[READ_FIELD] = self->field;
    row->cell[READ_TEXT] = self->text;
    if (read_characters(self->text) > read_column_max(READ_TEXT)) {
        read_fault_set(fault, READ_TOO_LONG, self->path, row->number);
        fault->field = read_column_field(READ_TEXT);
        (void)snprintf(fault->expected, sizeof fault->expected, "%zu", read_column_max(READ_TEXT));
        return KN_E_INVALID;
    }
    return split(self, self->text, part, n_parts) == KN_OK ? 1 : memory(self, fault);
}
