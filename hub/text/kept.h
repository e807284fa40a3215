/* kept.h - what the index keeps of readings, each name once; for index.c. */
#ifndef KN_TEXT_KEPT_H
#define KN_TEXT_KEPT_H

#include "hub/text/pack.h"

typedef struct kept kept_t;

/* NULL: no memory. */
kept_t *kept_new(const text_t *text);
void kept_destroy(kept_t **self_p);
/* Keeps an unpacked READING; *AT is where, for kept_recall. 0 or KN_E_NOMEM. */
int kept_add(kept_t *self, uint32_t *at, const struct reading *reading);
/* Overwrites what was kept at AT, and each name that no other reading has. Reads all that is kept.
 * Recalled, it is empty then. */
void kept_forget(kept_t *self, uint32_t at);
size_t kept_bytes(const kept_t *self); /* memory it holds */

/* A reading that was kept: good for comparing, without prose, tokens and codes. */
struct recalled {
    struct reading reading;
    struct said said;
    struct place places[PACK_PLACES];
};
/* Has what will be recalled brought near. */
void kept_fetch(const kept_t *self, uint32_t at);
/* Fills OUT, which points into itself and into SELF until something is added. */
void kept_recall(const kept_t *self, uint32_t at, struct recalled *out);
#endif
