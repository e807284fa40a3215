/* gazetteer.h - names of areas and type words, looked up by folded key; for places.c. */
#ifndef KN_TEXT_GAZETTEER_H
#define KN_TEXT_GAZETTEER_H

#include "hub/text/places.h"

enum grammar {
    GRAMMAR_NAME,
    GRAMMAR_NUMBER,
    GRAMMAR_EITHER,
    GRAMMAR_HOUSE,
    GRAMMAR_KNOWN,
    GRAMMAR_STRONG,
    GRAMMAR_WEAK,
    GRAMMARS
};
enum { NAME_WORDS = 8, TYPE_CITY = PLACE_TYPES, TYPE_CONTEXT };

/* Something with a folded key, chained by the hash of it. */
struct name {
    const char *key;
    const struct name *next;
    const char *lower, *display;
    int type; /* enum place_type; PLACE_PROVINCE with is_city: run from the centre */
    bool is_city;
    const struct area *area; /* of Hà Nội, or NULL */
};
struct type_word {
    const struct type_word *next; /* longer ones first */
    size_t n_words;
    uint64_t text[NAME_WORDS], key[NAME_WORDS]; /* hashes of its words (hash.h) */
    int type;
    enum grammar grammar;
    char folded; /* y, c, n */
};
enum { NAME_SLOTS = 32768, WORD_SLOTS = 512, AREA_SLOTS = 2048 };
struct places {
    struct arena arena;
    struct area *areas;
    size_t n_areas;
    const struct area *by_id[AREA_SLOTS], *by_key[AREA_SLOTS], *by_packed[AREA_SLOTS];
    const struct name *names[NAME_SLOTS];
    const struct type_word *words[WORD_SLOTS];
};

/* The first area of one with this key in the order of areas.tsv, or NULL; go on with namesake. */
const struct area *gazetteer_areas(const places_t *self, const char *key);
/* The chain of names with this key, or NULL; go on with gazetteer_next. */
const struct name *gazetteer_find(const places_t *self, const char *key);
const struct name *gazetteer_next(const struct name *name);
#endif
