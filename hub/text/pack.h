/* pack.h - packed readings read back; text_pack itself is in text.h. */
#ifndef KN_TEXT_PACK_H
#define KN_TEXT_PACK_H

#include "hub/text/matter_private.h"
#include "hub/text/places.h"

enum {
    PACK_WORDS = 60, /* kept of a text: of a longer one the names and the rarest */
    PACK_PLACES = 16,
    PACK_IDS = 4 /* of an ambiguous name */
};

/* A reading made of packed bytes: good for text_compare, without prose, tokens and codes. */
struct unpacked {
    struct reading reading;
    struct said said;
    struct place places[PACK_PLACES];
    uint16_t words[PACK_WORDS];
    char names[PACK_PLACES][64], keys[PACK_PLACES][64];
    struct place_parts parts[PACK_PLACES];
    uint32_t areas[PACK_PLACES][PACK_IDS];
};

/* Fills OUT, which points into itself. 0 or KN_E_INVALID. */
int pack_undo(const text_t *text, const uint8_t *bytes, size_t length, struct unpacked *out);
#endif
