/* scan.h - one walk over the tokens of a text that puts its places down; for places.c and bare.c.
 */
#ifndef KN_TEXT_SCAN_H
#define KN_TEXT_SCAN_H

#include "hub/text/gazetteer.h"

#include <string.h>

#define NEW_ERA_AT INT64_C(1751302800000) /* 1 July 2025, 00:00 in Hà Nội */

enum { MAX_KEY = 160, SCAN_RUN = 6 }; /* of a name: bytes of its key; words */

struct scan {
    const places_t *self;
    const normalise_t *normalise;
    const struct normalised *in;
    struct arena *arena;
    struct place *out;
    size_t n_out;
    int64_t received_at;
    bool old_words;    /* the text speaks of quận or huyện */
    bool new_words;    /* it speaks of "the ward", "the commune", without a name */
    size_t n_capitals; /* words with a capital inside a sentence */
    size_t end;        /* the token behind the last place */
    bool shut;         /* nothing bare may follow (full) */
};

static inline const struct token *scan_token(const struct scan *s, size_t i)
{
    return &s->in->tokens[i];
}

static inline bool scan_has(const struct scan *s, size_t i, uint8_t flag)
{
    return i < s->in->n_tokens && (scan_token(s, i)->flags & flag) != 0;
}

static inline enum gap scan_gap(const struct scan *s, size_t i)
{
    return i < s->in->n_tokens ? (enum gap)s->in->gaps[i] : GAP_STOP;
}

/* Whether the token at I is TEXT or, in a text without marks, its KEY. */
static inline bool scan_is_word(const struct scan *s, size_t i, const char *text, const char *key)
{
    const struct token *token = i < s->in->n_tokens ? scan_token(s, i) : NULL;
    if (token == NULL || token->key[0] != key[0]) /* most words fall here */
        return false;
    return strcmp(token->text, text) == 0 || (!s->in->marked && strcmp(token->key, key) == 0);
}

static inline bool scan_is_area(int type)
{
    return type == PLACE_WARD || type == PLACE_DISTRICT || type == PLACE_PROVINCE;
}

/* Whether one of N tokens from I carries a mark. */
bool scan_marked(const struct scan *s, size_t i, size_t n);
/* A name of TYPE (or PLACE_TYPES: any) that N tokens from I say, or NULL. */
const struct name *scan_known(const struct scan *s, size_t i, size_t n, int type);
/* Whether N tokens from I name an area of TYPE in Hà Nội. */
bool scan_known_here(const struct scan *s, size_t i, size_t n, int type);
/* The longest prefix of up to MAX tokens from I that is a known name of TYPE; 0 when none. */
size_t scan_known_prefix(const struct scan *s, size_t i, size_t max, int type);
/* The longest type word at I, or NULL. */
const struct type_word *scan_type_word(const struct scan *s, size_t i);
/* The N words from I as a context ("khu vực" is that and a type of place), or NULL. */
const struct type_word *scan_context(const struct scan *s, size_t i, size_t n);
/* How many tokens from I make a name in capitals. */
size_t scan_capitals(const struct scan *s, size_t i);
/* How many of a RUN of capitals from AT are the name, when units are glued to it: "Vọng Hà Hoàn
 * Kiếm", "Truong Chinh Long Thanh". */
size_t scan_unglue(const struct scan *s, size_t at, size_t run);
/* Puts a place down whose surface begins at FIRST and whose name is N_NAME tokens from NAME_AT;
 * NULL: full, or no memory. NAMED: its type word stands there. */
struct place *scan_put(struct scan *s, enum place_type type, size_t first, size_t name_at,
                       size_t n_name, bool named);
/* The same; an area gets the one name of the gazetteer that it can only mean. */
void scan_put_named(struct scan *s, enum place_type type, size_t first, size_t at, size_t n,
                    bool named);
/* The text says that the name from FIRST to END is an old one. */
bool scan_former(const struct scan *s, size_t first, size_t end);
/* A number at I that can be a name: no unit follows, no percentage, no amount. */
bool scan_number(const struct scan *s, size_t i);
/* What parts a list: a comma, "và", a dash, "đến". The index behind it, or 0. */
size_t scan_goes_on(const struct scan *s, size_t i);
/* "quận 10 ngày nào cũng kẹt": behind the word for a place, what a span of time is told in does not
 * make the number a quantity, as "mét" or "hộ" do. */
bool scan_span(const struct scan *s, size_t i);
#endif
