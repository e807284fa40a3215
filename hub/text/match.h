/* match.h - the two halves of text_compare (text.h). */
#ifndef KN_TEXT_MATCH_H
#define KN_TEXT_MATCH_H

#include "hub/text/places.h"

/* What a verdict rests on. Borrowed from the two readings. */
struct match_reason {
    struct place_comparison place;
    const struct place *name; /* that both name, when that decides */
    const char *matter;
};
/* Scores and verdict; then the reason in words, as long as both readings live. */
void match_judge(const text_t *self, const struct reading *a, const struct reading *b,
                 struct comparison *out, struct match_reason *reason);
void match_explain(struct comparison *out, const struct match_reason *reason);

#endif
