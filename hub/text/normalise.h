/* normalise.h - from bytes to tokens: encoding, NFC, tone placement, folded keys, abbreviations. */
#ifndef KN_TEXT_NORMALISE_H
#define KN_TEXT_NORMALISE_H

#include "hub/text/arena.h"
#include "hub/text/hash.h"
#include "hub/text/text.h"

typedef struct normalise normalise_t;

/* What stands between a token and the one before it: the strongest sign of them. */
enum gap { GAP_NONE, GAP_SPACE, GAP_DASH, GAP_COMMA, GAP_OPEN, GAP_CLOSE, GAP_STOP };

struct normalised {
    enum text_encoding encoding;
    bool doubt, marked, truncated;
    bool shouted; /* nearly all capitals: they say nothing about names */
    const char *text;
    size_t length;
    struct token *tokens;
    uint8_t *gaps; /* enum gap before each token; a hyphen without blanks is GAP_DASH as well */
    uint64_t *keys, *texts; /* hashes of each token's key and text (hash.h) */
    size_t n_tokens;
};

/* Reads text/abbreviations.tsv of FOLDER; VERSION is mixed into the hash of all data files. */
int normalise_open(normalise_t **out, const char *folder, uint64_t *version, char *why,
                   size_t why_size);
void normalise_close(normalise_t **self_p);
/* 0 or KN_E_NOMEM; everything lives in ARENA. */
int normalise_read(const normalise_t *self, const char *bytes, size_t length, struct arena *arena,
                   struct normalised *out);
/* Decodes and composes: encoding, doubt, text and length of OUT. */
void decode_any(const char *bytes, size_t length, struct arena *arena, struct normalised *out);
/* WORD of small ASCII letters typed in Telex and left as typed; true when it reads as one. */
bool normalise_telex(const char *word, size_t length, uint32_t out[static 32], size_t *n_out);
/* WORD, folded (a-z only), could be a Vietnamese syllable. */
bool normalise_is_syllable(const char *word, size_t length);
/* Writes the name from AT..AT+LENGTH of TEXT with tone marks placed one way and blanks single. */
char *normalise_name(const char *text, size_t at, size_t length, struct arena *arena);
/* NAME in small letters. */
char *normalise_lower(const char *name, struct arena *arena);
/* TOKEN, whose key has HASH, is a unit of measure or a counted thing of abbreviations.tsv ("unit"
 * rows). */
bool normalise_is_unit(const normalise_t *self, const struct token *token, uint64_t hash);
#endif
