/* bare.h - names of areas that stand without a type word; for places.c. */
#ifndef KN_TEXT_BARE_H
#define KN_TEXT_BARE_H

#include "hub/text/scan.h"

/* A known name at I in capitals, put down when its context says that it is a place. Returns the
 * token behind it, or I. */
size_t bare_name(struct scan *s, size_t i);
#endif
