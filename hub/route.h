/* route.h - which unit is competent: field × area × day, by the competence register. Pure.
 *
 * The nearest rule in force decides: one that names the field before "*", and of these one for the
 * area itself before one for its district, the city and "*". Two rules equally near cannot be
 * loaded. A rule's unit may be "{commune}" or "{district}": the People's Committee of that level
 * around the area. An area that is not in force on the day stands for those that came after it (or
 * were there before it): when all of them lead to one unit that unit is competent, otherwise a
 * person has to say where it is.
 */
#ifndef KN_ROUTE_H
#define KN_ROUTE_H

#include "hub/registers.h"

enum { ROUTE_CANDIDATES = 16 };

struct route {
    const char *unit;  /* id of the unit */
    const char *basis; /* of the rule */
    const struct competence_row *rule;
    const char *candidates[ROUTE_CANDIDATES]; /* with KN_E_CONFLICT: units that it may be */
    size_t n_candidates;
};

/* AREA may be NULL. KN_OK; KN_E_NOT_FOUND when no rule fits or the area is not known well enough
 * (then RULE is the rule that would need it, or NULL); KN_E_CONFLICT when the area leads to several
 * units. */
int route_competent(const registers_t *registers, const char *field, const char *area, kn_day day,
                    struct route *out);

#endif
