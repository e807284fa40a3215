/* text_private.h - what stands behind text_t; for the files of hub/text. */
#ifndef KN_TEXT_PRIVATE_H
#define KN_TEXT_PRIVATE_H

#include "hub/text/match.h"
#include "hub/text/matter.h"
#include "hub/text/normalise.h"
#include "hub/text/places.h"
#include "hub/text/words.h"

struct text {
    normalise_t *normalise;
    places_t *places;
    matter_t *matter;
    rarity_t *rarity;
    char version[17];
};
#endif
