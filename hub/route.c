/* route.c - see the header. The table is short and walked as a whole. */
#include "hub/route.h"

#include "kiennghi/status.h"

#include <string.h>

/* How well RULE fits, 0: not at all. A rule for the area of a commune's old district fits too. */
static int fit(const registers_t *registers, const struct competence_row *rule, const char *field,
               const char *area)
{
    bool any_field = strcmp(rule->field, "*") == 0, any_area = strcmp(rule->area, "*") == 0;
    if (!any_field && strcmp(rule->field, field) != 0) {
        return 0;
    }
    if (any_area) {
        return any_field ? 1 : 2;
    }
    for (const struct area_row *at = area ? registers_area(registers, area) : NULL; at;
         at = at->parent[0] ? registers_area(registers, at->parent) : NULL) {
        if (strcmp(rule->area, at->id) == 0) {
            return any_field ? 3 : 4;
        }
    }
    return 0;
}

int route_competent(const registers_t *registers, const char *field, const char *area, kn_day day,
                    struct route *out)
{
    size_t n;
    const struct competence_row *rules = registers_competence(registers, &n);
    int best = 0;
    for (size_t i = 0; i < n; i++) {
        int how =
            rules[i].from <= day && day <= rules[i].to ? fit(registers, &rules[i], field, area) : 0;
        if (how <= best) {
            continue;
        }
        const struct unit_row *unit = strcmp(rules[i].unit, "{commune}") == 0
                                          ? registers_unit_of_area(registers, area, day)
                                          : registers_unit(registers, rules[i].unit, day);
        best = how;
        out->unit = unit ? unit->id : NULL;
        out->basis = rules[i].basis;
        out->rule = &rules[i];
    }
    return best && out->unit ? KN_OK : KN_E_NOT_FOUND;
}
