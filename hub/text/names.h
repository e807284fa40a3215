/* names.h - the names of places in two texts, whatever type each takes them for; for match.c. */
#ifndef KN_TEXT_NAMES_H
#define KN_TEXT_NAMES_H

#include "hub/text/text.h"

/* Finer than a ward. */
bool names_is_finer(enum place_type type);
/* A site has a name of its own and may be told from two sides: a landfill, a lake, a school. */
bool names_is_site(enum place_type type);
bool names_has_finer(const struct reading *reading);
/* How many finer names both have. */
size_t names_shared(const struct reading *a, const struct reading *b);
/* A finer place that one names and the other mentions, a site before others; NULL: none. */
const struct place *names_mentioned(const struct reading *a, const struct reading *b);
/* An area as fine as WIDEST that one names and the other mentions, the finest; NULL: none. */
const struct place *names_area_mentioned(const struct reading *a, const struct reading *b,
                                         enum place_type widest);
/* Whether READING has the name of AREA among its words, as part of no place. */
bool names_speaks_of(const struct reading *reading, const struct place *area);
/* Two words in a row that are a name in both, and not an area's. */
bool names_capitals(const struct reading *a, const struct reading *b);
/* Each names something that the other has not, so that they may be two troubles. */
bool names_disagree(const text_t *text, const struct reading *a, const struct reading *b);
#endif
