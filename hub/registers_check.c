/* registers_check.c - what rows say of each other: units of the competence register exist on each
 * of its days, areas have parents, sources have profiles, and so on.
 */
#include "hub/registers_parts.h"

#include "hub/calendar.h"

#include <stdio.h>
#include <string.h>

/* ---- references ------------------------------------------------------------------------------ */

static int dangling(const registers_t *self, enum table table, size_t i, const char *column,
                    const char *value, const char *where, struct fault *fault)
{
    return registers_complain(
        fault, registers_forms[table].file, self->lines[table][i],
        "column \"%s\": \"%s\" is not in %s: add it there or mend the name or the days", column,
        value, where);
}

/* Is KEY in force on every day from FROM to TO? */
static bool covers(const registers_t *self, enum table table, const char *key, kn_day from,
                   kn_day to)
{
    const void *row;
    while ((row = registers_find(self, table, key, from))) {
        kn_day end;
        memcpy(&end, (const char *)row + registers_forms[table].to_offset, sizeof end);
        if (end >= to) {
            return true;
        }
        from = end + 1;
    }
    return false;
}

static bool is_one_of(const char *value, const char *const *list)
{
    while (*list && strcmp(*list, value) != 0) {
        list++;
    }
    return *list != NULL;
}

/* The next item of a list like "2018:001:part;2018:002"; of it the first PARTS parts between ":".
 */
bool registers_next_item(const char **at, int parts, char *out, size_t size)
{
    size_t length = strcspn(*at, ";,"), n = 0;
    while (**at && n < length && !((*at)[n] == ':' && --parts == 0)) {
        n++;
    }
    snprintf(out, size, "%.*s", (int)n, *at);
    bool found = **at != '\0';
    *at += length + ((*at)[length] != '\0');
    return found;
}

static int check_competence(const registers_t *self, struct fault *fault)
{
    for (size_t i = 0; i < self->n[COMPETENCE]; i++) {
        const struct competence_row *rule = registers_row_at(self, COMPETENCE, i);
        bool is_place =
            strcmp(rule->unit, "{commune}") == 0 || strcmp(rule->unit, "{district}") == 0;
        if (strcmp(rule->field, "*") != 0 &&
            !covers(self, FIELDS, rule->field, rule->from, rule->to)) {
            return dangling(self, COMPETENCE, i, "field", rule->field, "fields.tsv", fault);
        }
        if (strcmp(rule->area, "*") != 0 && !registers_area(self, rule->area)) {
            return dangling(self, COMPETENCE, i, "area", rule->area, "areas.tsv", fault);
        }
        if (!is_place && !covers(self, UNITS, rule->unit, rule->from, rule->to)) {
            return dangling(self, COMPETENCE, i, "unit", rule->unit, "units.tsv on all its days",
                            fault);
        }
        for (size_t j = 0; j < i; j++) {
            const struct competence_row *other = registers_row_at(self, COMPETENCE, j);
            if (strcmp(rule->field, other->field) == 0 && strcmp(rule->area, other->area) == 0 &&
                rule->from <= other->to && other->from <= rule->to) {
                return registers_complain(
                    fault, "competence.tsv", self->lines[COMPETENCE][i],
                    "field \"%s\", area \"%s\": two rules are in force on one day, the "
                    "other in line %u: end one of them",
                    rule->field, rule->area, self->lines[COMPETENCE][j]);
            }
        }
    }
    return fault->code;
}

static int check_areas(const registers_t *self, struct fault *fault)
{
    char id[64];
    for (size_t i = 0; i < self->n[AREAS]; i++) {
        const struct area_row *area = registers_row_at(self, AREAS, i);
        if (area->parent[0] && !registers_area(self, area->parent)) {
            return dangling(self, AREAS, i, "parent", area->parent, "areas.tsv", fault);
        }
        for (const char *at = area->successors; registers_next_item(&at, 2, id, sizeof id);) {
            if (!registers_area(self, id)) {
                return dangling(self, AREAS, i, "successors", id, "areas.tsv", fault);
            }
        }
    }
    return fault->code;
}

static int check_units(const registers_t *self, struct fault *fault)
{
    char id[64];
    for (size_t i = 0; i < self->n[UNITS]; i++) {
        const struct unit_row *unit = registers_row_at(self, UNITS, i);
        if (unit->area[0] && !registers_area(self, unit->area)) {
            return dangling(self, UNITS, i, "area", unit->area, "areas.tsv", fault);
        }
        if (unit->parent[0] && !covers(self, UNITS, unit->parent, unit->from, unit->to)) {
            return dangling(self, UNITS, i, "parent", unit->parent, "units.tsv", fault);
        }
        for (const char *at = unit->predecessors; registers_next_item(&at, 1, id, sizeof id);) {
            if (!registers_find(self, UNITS, id, ANY_DAY)) {
                return dangling(self, UNITS, i, "predecessors", id, "units.tsv", fault);
            }
        }
    }
    return fault->code;
}

static int check_sources(const registers_t *self, struct fault *fault)
{
    static const char *const channels[] = {"contact",   "front",        "press",  "sms",
                                           "reception", "central",      "letter", "supervision",
                                           "party",     "organisation", "other",  NULL};
    static const char *const properties[] = {"text",        "received_at", "area", "field",
                                             "person",      "outlet",      "url",  "headline",
                                             "attachments", NULL};
    char property[64];
    for (size_t i = 0; i < self->n[SOURCES]; i++) {
        const struct source_row *source = registers_row_at(self, SOURCES, i);
        if (!registers_deadline(self, source->profile, "answer", source->from)) {
            return dangling(self, SOURCES, i, "profile", source->profile,
                            "deadlines.tsv with an answer", fault);
        }
        if (!is_one_of(source->channel, channels)) {
            return dangling(self, SOURCES, i, "channel", source->channel, "schemas/channel.json",
                            fault);
        }
        for (const char *at = source->required;
             registers_next_item(&at, 1, property, sizeof property);) {
            if (!is_one_of(property, properties)) {
                return dangling(self, SOURCES, i, "required", property, "schemas/petition.json",
                                fault);
            }
        }
    }
    return fault->code;
}

static int check_times(const registers_t *self, struct fault *fault)
{
    static const char *const kinds[] = {"calendar_days", "working_days", "working_hours", NULL};
    static const char *const stages[] = {"answer",  "register", "classify", "acknowledge", "return",
                                         "partner", "verify",   "publish",  "commitment",  "pause",
                                         "reopen",  "posting",  NULL};
    static const char *const days[] = {"holiday", "working", "proposed", NULL};
    for (size_t i = 0; i < self->n[DEADLINES]; i++) {
        const struct deadline_row *rule = registers_row_at(self, DEADLINES, i);
        if (!is_one_of(rule->kind, kinds)) {
            return registers_complain(
                fault, "deadlines.tsv", self->lines[DEADLINES][i],
                "column \"kind\": \"%s\": write calendar_days, working_days or "
                "working_hours",
                rule->kind);
        }
        if (!is_one_of(rule->stage, stages)) {
            return registers_complain(fault, "deadlines.tsv", self->lines[DEADLINES][i],
                                      "column \"stage\": there is no stage \"%s\": mend its name",
                                      rule->stage);
        }
        for (size_t j = 0; j < i; j++) {
            const struct deadline_row *other = registers_row_at(self, DEADLINES, j);
            if (strcmp(rule->profile, other->profile) == 0 &&
                strcmp(rule->stage, other->stage) == 0 && rule->from <= other->to &&
                other->from <= rule->to) {
                return registers_complain(
                    fault, "deadlines.tsv", self->lines[DEADLINES][i],
                    "profile \"%s\", stage \"%s\": two rules are in force on one day, "
                    "the other in line %u: end one of them",
                    rule->profile, rule->stage, self->lines[DEADLINES][j]);
            }
        }
    }
    for (size_t i = 0; i < self->n[CALENDAR]; i++) {
        const struct calendar_row *row = registers_row_at(self, CALENDAR, i);
        if (!is_one_of(row->kind, days)) {
            return registers_complain(fault, "calendar.tsv", self->lines[CALENDAR][i],
                                      "column \"kind\": \"%s\": write holiday, working or proposed",
                                      row->kind);
        }
        if (strcmp(row->kind, "working") == 0 && day_weekday(row->from) < 5) {
            return registers_complain(
                fault, "calendar.tsv", self->lines[CALENDAR][i],
                "a working day from Monday to Friday needs no row: is the day right?");
        }
    }
    return fault->code;
}

/* A name of a field names one field on a day. */
static int check_field_names(const registers_t *self, struct fault *fault)
{
    for (size_t i = 1; i < self->n_fields; i++) {
        const struct name *a = &self->fields[i - 1], *b = &self->fields[i];
        const struct field_row *x = registers_row_at(self, FIELDS, a->row),
                               *y = registers_row_at(self, FIELDS, b->row);
        if (strcmp(a->key, b->key) == 0 && strcmp(x->code, y->code) != 0 && x->from <= y->to &&
            y->from <= x->to) {
            return registers_complain(fault, "fields.tsv", self->lines[FIELDS][b->row],
                                      "the name \"%s\" is also that of line %u: change one of them",
                                      b->key, self->lines[FIELDS][a->row]);
        }
    }
    return fault->code;
}

int registers_check(const registers_t *self, struct fault *fault)
{
    static int (*const checks[])(const registers_t *, struct fault *) = {
        check_competence, check_areas, check_units, check_sources, check_times, check_field_names};
    for (size_t i = 0; !fault->code && i < sizeof checks / sizeof *checks; i++) {
        checks[i](self, fault);
    }
    return fault->code;
}
