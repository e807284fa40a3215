/* contact_table.c - a table into batches: one, or one for each group of rows.
 *
 * A register that is kept over months has columns that group its rows (source, session, plan): each
 * group is a batch of its own, so that "declared = stored" can be said of it. The table is then
 * walked once for the groups and once for each of them; nothing is kept but their names.
 */
#include "agents/contact.h"

#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_GROUPS = 64, N_KEYS = 3 };

static const enum read_column keys[N_KEYS] = {READ_ROW_SOURCE, READ_ROW_SESSION, READ_ROW_DOCUMENT};

struct group {
    char *key[N_KEYS];           /* as written; "" where the row has none */
    const struct source *source; /* NULL: the register has no such */
};

struct reading {
    kn_agent_t *agent;
    const char *path;
    read_table_t *table;
    const struct source *source; /* of rows that do not say */
    struct group groups[MAX_GROUPS];
    size_t n_groups;
    const struct group *group; /* whose rows are wanted; NULL: all */
    int64_t n_rows;
};

static const char *key_of(const struct read_row *row, int i)
{
    return row->cell[keys[i]] ? row->cell[keys[i]] : "";
}

/* The group of ROW, or NULL. */
static struct group *find_group(struct reading *self, const struct read_row *row)
{
    for (size_t i = 0; i < self->n_groups; i++) {
        bool is_same = true;
        for (int j = 0; j < N_KEYS; j++) {
            is_same = is_same && strcmp(self->groups[i].key[j], key_of(row, j)) == 0;
        }
        if (is_same) {
            return &self->groups[i];
        }
    }
    return NULL;
}

static int add_group(struct reading *self, const struct read_row *row)
{
    const struct contact *contact = kn_agent_own(self->agent);
    struct group *group = &self->groups[self->n_groups];
    if (self->n_groups == MAX_GROUPS) {
        struct read_fault fault = {.kind = READ_MANY_GROUPS};
        (void)snprintf(fault.expected, sizeof fault.expected, "%d", MAX_GROUPS);
        return intake_fault(self->agent, self->path, &fault, KN_E_INVALID);
    }
    for (int i = 0; i < N_KEYS; i++) {
        if (!(group->key[i] = strdup(key_of(row, i)))) {
            return KN_E_NOMEM;
        }
    }
    group->source = *group->key[0] ? sources_find(contact->sources, group->key[0]) : self->source;
    self->n_groups++;
    return KN_OK;
}

/* Walks the table for its groups; rows without any of the columns are one. */
static int find_groups(struct reading *self)
{
    struct read_row row;
    struct read_fault fault;
    int rc;
    while ((rc = read_table_next(self->table, &row, &fault)) != 0) {
        if (rc != 1 && rc != KN_E_INVALID) {
            return intake_fault(self->agent, self->path, &fault, rc);
        }
        self->n_rows++;
        rc = find_group(self, &row) ? KN_OK : add_group(self, &row);
        if (rc != KN_OK) {
            return rc;
        }
    }
    return KN_OK;
}

static int judge(void *arg, const struct read_row *row, struct read_fault *fault)
{
    struct reading *self = arg;
    const struct contact *contact = kn_agent_own(self->agent);
    if (self->group && find_group(self, row) != self->group) {
        return 0;
    }
    if (!self->group || self->group->source) {
        return 1;
    }
    fault->kind = READ_SOURCE_UNKNOWN;
    fault->row = row->number;
    fault->field = "source";
    (void)snprintf(fault->value, sizeof fault->value, "%.95s", key_of(row, 0));
    sources_list(contact->sources, fault->expected, sizeof fault->expected);
    return KN_E_INVALID;
}

/* The columns that SOURCE requires are there, and from now on asked for in each row. */
static int check_source(struct reading *self, const struct source *source, bool has_day)
{
    struct read_fault fault;
    uint32_t required = source->required | 1U << READ_TEXT;
    if (has_day) { /* then every row has one */
        required &= ~(1U << READ_RECEIVED);
    }
    int rc = read_table_require(self->table, required, &fault);
    return rc == KN_OK ? KN_OK : intake_fault(self->agent, self->path, &fault, rc);
}

static int send(struct reading *self, const struct group *group, const char *declared)
{
    const struct read_headers *top = read_table_headers(self->table);
    const char *day = contact_line(self->agent, top, READ_DATE);
    const struct source *source = group && group->source ? group->source : self->source;
    struct occasion occasion = {source, top, group ? group->key[1] : NULL,
                                group ? group->key[2] : NULL};
    struct read_fault fault;
    int rc = group ? read_table_rewind(self->table, &fault) : KN_OK;
    if (rc != KN_OK) {
        return intake_fault(self->agent, self->path, &fault, rc);
    }
    self->group = group;
    rc = check_source(self, source, day != NULL);
    rc = rc == KN_OK ? contact_batch(self->agent, &occasion) : rc;
    rc =
        rc == KN_OK ? intake_take_some(self->agent, self->table, self->path, day, judge, self) : rc;
    return rc == KN_OK ? kn_agent_batch_end(self->agent, declared ? atoll(declared) : -1) : rc;
}

/* Every group can be sent, as far as the columns go. */
static int check_groups(struct reading *self)
{
    const char *day = contact_line(self->agent, read_table_headers(self->table), READ_DATE);
    int rc = KN_OK;
    for (size_t i = 0; rc == KN_OK && i < self->n_groups; i++) {
        const struct source *source = self->groups[i].source;
        rc = source ? check_source(self, source, day != NULL) : KN_OK;
    }
    return rc;
}

/* The count that the table states holds for all groups together. */
static void warn_count(const struct reading *self, int64_t n_declared)
{
    const char *slash = strrchr(self->path, '/');
    struct read_fault fault = {.kind = READ_COUNT};
    (void)snprintf(fault.file, sizeof fault.file, "%.255s", slash ? slash + 1 : self->path);
    (void)snprintf(fault.value, sizeof fault.value, "%lld", (long long)n_declared);
    (void)snprintf(fault.expected, sizeof fault.expected, "%lld", (long long)self->n_rows);
    intake_warn(self->agent, &fault);
}

static int send_groups(struct reading *self)
{
    const char *declared = read_table_headers(self->table)->value[READ_DECLARED];
    int rc = find_groups(self);
    rc = rc == KN_OK ? check_groups(self) : rc;
    if (rc == KN_OK && declared && self->n_groups > 1 && atoll(declared) != self->n_rows) {
        warn_count(self, atoll(declared));
    }
    for (size_t i = 0; rc == KN_OK && i < self->n_groups; i++) {
        rc = send(self, &self->groups[i], self->n_groups > 1 ? NULL : declared);
    }
    for (size_t i = 0; i < self->n_groups; i++) {
        for (int j = 0; j < N_KEYS; j++) {
            free(self->groups[i].key[j]);
        }
    }
    return rc;
}

/* Whether a batch can be told from the next: by its day, or by what people call it. */
static int check_lines(struct reading *self, bool is_grouped, struct read_fault *fault)
{
    const struct read_headers *top = read_table_headers(self->table);
    bool is_named = contact_line(self->agent, top, READ_TITLE) != NULL;
    if (contact_line(self->agent, top, READ_DATE) || is_grouped ||
        (is_named && self->source->channel != KN_CHANNEL_CONTACT)) {
        return KN_OK;
    }
    return read_headers_check(top, 1U << READ_DATE, self->path, fault);
}

/* Whether the file has paragraphs beside its tables. */
static bool is_document(const char *path)
{
    read_records_t *records = NULL;
    struct read_record record;
    struct read_fault fault;
    bool found = false;
    int rc = read_records_open(&records, path, NULL, NULL, &fault);
    rc = rc == KN_OK ? read_records_rewind(records, ',', &fault) : rc;
    if (rc == KN_OK && !read_records_are_delimited(records)) {
        while (!found &&
               ((rc = read_records_next(records, &record, &fault)) == 1 || rc == KN_E_INVALID)) {
            found = rc == 1 && record.is_line;
        }
    }
    if (records) {
        read_records_close(&records);
    }
    return found;
}

int contact_table(kn_agent_t *agent, const char *path)
{
    const struct contact *contact = kn_agent_own(agent);
    const struct read_form form = {
        .columns = 1U << READ_TEXT, .forms = contact->forms, .name = kn_agent_text(agent, "form")};
    struct reading self = {.agent = agent, .path = path};
    struct read_fault fault;
    int rc = read_table_open(&self.table, path, &form, intake_warn, agent, &fault);
    if (rc != KN_OK &&
        (fault.kind == READ_NO_TABLE || fault.kind == READ_COLUMN_MISSING ||
         fault.kind == READ_UNKNOWN_COLUMN) &&
        is_document(path)) { /* its tables say who was there, not what was said */
        return contact_minutes(agent, path);
    }
    if (rc != KN_OK) {
        return intake_fault(agent, path, &fault, rc);
    }
    bool is_grouped = false;
    for (int i = 0; i < N_KEYS; i++) {
        is_grouped = is_grouped || read_table_has(self.table, keys[i]);
    }
    rc = KN_E_INVALID;
    if ((self.source = contact_source(agent, read_table_headers(self.table), path)) != NULL &&
        (rc = check_lines(&self, is_grouped, &fault)) != KN_OK) {
        rc = intake_fault(agent, path, &fault, rc);
    }
    if (self.source && rc == KN_OK) {
        rc = is_grouped ? send_groups(&self)
                        : send(&self, NULL, read_table_headers(self.table)->value[READ_DECLARED]);
    }
    read_table_close(&self.table);
    return rc;
}
