/* places.h - where a petition is: the gazetteer, typed places and how two texts' places compare. */
#ifndef KN_TEXT_PLACES_H
#define KN_TEXT_PLACES_H

#include "hub/text/normalise.h"

#include <string.h>

typedef struct places places_t;

/* A row of the gazetteer (areas.tsv). */
struct area {
    const char *id, *name, *key, *lower; /* lower: NFC, small letters */
    const char *kind; /* quận, huyện, thị xã, phường, xã, thị trấn */
    enum place_type type;
    const char *parent;                /* id or "" */
    const char *successors;            /* "2025:00008:all;…" or "" */
    uint32_t packed;                   /* the id as places_pack_id makes it */
    uint32_t parent_number;            /* or PLACES_STRANGE */
    const uint32_t *successor_numbers; /* those that there are */
    size_t n_successors;
    bool is_old;                        /* in force until 30 June 2025 */
    const struct area *next;            /* of the same slot of ids */
    const struct area *namesake;        /* the next one with this key */
    const struct area *wards, *sibling; /* a district's, one after the other */
};

int places_open(places_t **out, const char *folder, uint64_t *version, char *why, size_t why_size);
void places_close(places_t **self_p);
int places_read(const places_t *self, const normalise_t *normalise, const struct normalised *in,
                int64_t received_at, struct arena *arena, struct place **out, size_t *n_out);
/* The area of ID, or NULL. */
const struct area *places_area(const places_t *self, const char *id);

/* Areas as numbers: the row in the gazetteer, or of an id that it does not have the id itself (era
 * and number, as packed readings have it) with PLACES_STRANGE. Equal numbers, equal ids. */
#define PLACES_STRANGE UINT32_C(0x80000000)
uint32_t places_number(const places_t *self, const char *id);
uint32_t places_number_of_packed(const places_t *self, uint32_t packed);
/* The area of NUMBER, or NULL. */
const struct area *places_numbered(const places_t *self, uint32_t number);
/* "2025:00070": the number, which era in the lowest bit, and above them how many digits it lacks of
 * a ward's five: a district "2018:001" is not the ward "2018:00001". 20 bits. */
uint32_t places_pack_id(const char *id);

/* What comparing looks at in the key of a place, made once. */
enum { PARTS_WORDS = 16, PARTS_MENTIONED = 8 };
struct place_parts {
    uint64_t hash;               /* of the key (hash.h) */
    uint16_t words[PARTS_WORDS]; /* said_hash of its words; more are left out */
    uint8_t n_words;
    bool is_telling; /* long enough to be known again among the words of a text */
};
void places_part(struct place_parts *out, const char *key);

static inline bool places_same_key(const struct place *a, const struct place *b)
{
    return a->parts->hash == b->parts->hash && strcmp(a->key, b->key) == 0;
}

/* A ward of the old district DISTRICT went, in whole or in part, to the new ward WARD. */
bool places_passes_to(const struct area *district, uint32_t ward);

enum place_relation { PLACE_UNKNOWN, PLACE_CONFLICT, PLACE_CONTAINS, PLACE_EQUAL };

struct place_comparison {
    enum place_relation relation;
    float score;                /* 0..1: how much the places say that it is one; 0 in conflict */
    const struct place *a, *b;  /* the pair that decided, or NULL */
    const struct place *street; /* that both name, or NULL */
};
/* Symmetric. A conflict in one type vetoes. */
void place_compare(const text_t *text, const struct reading *a, const struct reading *b,
                   struct place_comparison *out);
/* How two areas (province, district, ward) stand to each other, by name and by the mapping. */
enum place_relation places_relate(const text_t *text, const struct place *a, const struct place *b);
/* The one of two equal places to show, whichever stands first: the one whose name has its marks. */
const struct place *places_fuller(const struct place *a, const struct place *b);
#endif
