/* match.h - the two halves of text_compare (text.h). */
#ifndef KN_TEXT_MATCH_H
#define KN_TEXT_MATCH_H

#include "hub/text/places.h"

/* What a verdict rests on. Borrowed from the two readings. */
struct match_reason {
    const struct reading *a, *b; /* in their fixed order */
    struct place_comparison place;
    const struct place *name; /* that both name, when that decides */
    const char *matter;
};
/* Scores, in whatever order A and B come. False as soon as the score is sure to be less than LEAST;
 * then nothing else holds. */
bool match_score(const text_t *self, const struct reading *a, const struct reading *b, float least,
                 struct comparison *out, struct match_reason *reason);
/* The verdict on what match_score found, and why. */
void match_conclude(const text_t *self, struct comparison *out, const struct match_reason *reason);

#endif
