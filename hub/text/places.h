/* places.h - where a petition is: the gazetteer, typed places and how two texts' places compare. */
#ifndef KN_TEXT_PLACES_H
#define KN_TEXT_PLACES_H

#include "hub/text/normalise.h"

typedef struct places places_t;

/* A row of the gazetteer (areas.tsv). */
struct area {
    const char *id, *name, *key, *lower; /* lower: NFC, small letters */
    const char *kind; /* quận, huyện, thị xã, phường, xã, thị trấn */
    enum place_type type;
    const char *parent;                 /* id or "" */
    const char *successors;             /* "2025:00008:all;…" or "" */
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

/* A ward of the old district DISTRICT went, in whole or in part, to the new ward WARD. */
bool places_passes_to(const places_t *self, const char *district, const char *ward);

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
