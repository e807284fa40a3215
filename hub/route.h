/* route.h - which unit is competent: field × area × day, by the competence register. Pure. */
#ifndef KN_ROUTE_H
#define KN_ROUTE_H

#include "hub/registers.h"

struct route {
    const char *unit;  /* id of the unit */
    const char *basis; /* of the rule */
    const struct competence_row *rule;
};

/* The most specific rule in force on DAY decides: a named area before `*`, a named field before
 * `*`. AREA may be NULL. The unit "{commune}" of a rule is the People's Committee of the area.
 * KN_OK, or KN_E_NOT_FOUND when no rule fits or the area is not known well enough. */
int route_competent(const registers_t *registers, const char *field, const char *area, kn_day day,
                    struct route *out);

#endif
