/* route.c - see the header. The table is short and walked as a whole. */
#include "hub/route.h"

#include "kiennghi/status.h"

#include <string.h>

enum { MAX_DEPTH = 8, FAR = 100 /* steps: farther than any area is deep */ };

/* How many steps up from AREA the area AROUND is; FAR: it is not around it. */
static int steps(const registers_t *registers, const struct area_row *area, const char *around)
{
    for (int n = 0; area && n < MAX_DEPTH; n++) {
        if (strcmp(area->id, around) == 0) {
            return n;
        }
        area = area->parent[0] ? registers_area(registers, area->parent) : NULL;
    }
    return FAR;
}

/* How far RULE is from the question: the less the nearer; -1: it does not fit. */
static int distance(const registers_t *registers, const struct competence_row *rule,
                    const char *field, const struct area_row *area, kn_day day)
{
    bool any_field = strcmp(rule->field, "*") == 0, any_area = strcmp(rule->area, "*") == 0;
    if (rule->from > day || day > rule->to ||
        (!any_field && (!field || strcmp(rule->field, field) != 0))) {
        return -1;
    }
    int far = any_area ? MAX_DEPTH : steps(registers, area, rule->area);
    return far == FAR ? -1 : far + (any_field ? FAR : 0);
}

/* The unit that a rule names, for AREA. */
static const struct unit_row *unit_of(const registers_t *registers,
                                      const struct competence_row *rule,
                                      const struct area_row *area, kn_day day)
{
    if (rule->unit[0] != '{') {
        return registers_unit(registers, rule->unit, day);
    }
    for (int n = 0; area && n < MAX_DEPTH; n++) {
        const struct unit_row *unit = registers_unit_of_area(registers, area->id, day);
        size_t length = unit ? strlen(unit->type) : 0;
        if (unit && strncmp(rule->unit + 1, unit->type, length) == 0 &&
            rule->unit[1 + length] == '}') {
            return unit;
        }
        area = area->parent[0] ? registers_area(registers, area->parent) : NULL;
    }
    return NULL;
}

/* Is ID in the list of successors of AREA ("2025:00097:all;2025:00070:part")? */
static bool succeeds(const char *id, const struct area_row *area)
{
    size_t length = strlen(id);
    for (const char *at = area->successors; *at;) {
        if (strncmp(at, id, length) == 0 && (at[length] == '\0' || strchr(":;", at[length]))) {
            return true;
        }
        at += strcspn(at, ";");
        at += *at == ';';
    }
    return false;
}

/* Did OTHER come before or after AREA, or is it a former part of it? */
static bool same_ground(const struct area_row *area, const struct area_row *other)
{
    return succeeds(area->id, other) || succeeds(other->id, area) ||
           (other->successors[0] && strcmp(other->parent, area->id) == 0);
}

static int ask(const registers_t *registers, const char *field, const struct area_row *area,
               kn_day day, struct route *out)
{
    size_t n;
    const struct competence_row *rules = registers_competence(registers, &n);
    int best = -1;
    out->rule = NULL;
    for (size_t i = 0; i < n; i++) {
        int far = distance(registers, &rules[i], field, area, day);
        if (far >= 0 && (best < 0 || far < best)) {
            best = far;
            out->rule = &rules[i];
        }
    }
    const struct unit_row *unit = out->rule ? unit_of(registers, out->rule, area, day) : NULL;
    out->unit = unit ? unit->id : NULL;
    out->basis = out->rule ? out->rule->basis : NULL;
    return unit ? KN_OK : KN_E_NOT_FOUND;
}

static void add_candidate(struct route *out, const char *unit)
{
    for (size_t i = 0; i < out->n_candidates; i++) {
        if (strcmp(out->candidates[i], unit) == 0) {
            return;
        }
    }
    if (out->n_candidates < ROUTE_CANDIDATES) {
        out->candidates[out->n_candidates++] = unit;
    }
}

/* Asks for every area in force on DAY that shares ground with AREA; DEPTH 1 goes on from an area
 * that is itself not in force then (a district stands for its wards, these for their successors).
 */
static void ask_others(const registers_t *registers, const char *field, const struct area_row *area,
                       kn_day day, int depth, struct route *out)
{
    size_t n;
    const struct area_row *areas = registers_areas(registers, &n);
    for (size_t i = 0; i < n; i++) {
        struct route one = {0};
        if (&areas[i] == area || !same_ground(area, &areas[i])) {
            continue;
        }
        if (areas[i].from > day || day > areas[i].to) {
            if (depth > 0) {
                ask_others(registers, field, &areas[i], day, depth - 1, out);
            }
        } else if (ask(registers, field, &areas[i], day, &one) == KN_OK) {
            add_candidate(out, one.unit);
            out->rule = one.rule;
            out->basis = one.basis;
        }
    }
}

int route_competent(const registers_t *registers, const char *field, const char *area, kn_day day,
                    struct route *out)
{
    const struct area_row *at = area ? registers_area(registers, area) : NULL;
    memset(out, 0, sizeof *out);
    if (!at || (at->from <= day && day <= at->to)) {
        return ask(registers, field, at, day, out);
    }
    ask_others(registers, field, at, day, 1, out);
    if (out->n_candidates > 1) {
        return KN_E_CONFLICT;
    }
    out->unit = out->n_candidates ? out->candidates[0] : NULL;
    return out->unit ? KN_OK : KN_E_NOT_FOUND;
}
