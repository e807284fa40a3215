/* matter.h - what a petition is about: field, object, problem, request. Called by text.c. */
#ifndef KN_TEXT_MATTER_H
#define KN_TEXT_MATTER_H

#include "hub/text/normalise.h"

typedef struct matter matter_t;

/* Reads its data files of FOLDER; their hash is mixed into VERSION. 0, or a negative KN_E* with the
 * reason in WHY. */
int matter_open(matter_t **out, const char *folder, uint64_t *version, char *why, size_t why_size);
void matter_close(matter_t **self_p);

/* Fills fields, object, problem, request, says_again and matter of READING, whose places are set,
 * from the tokens of IN. What it keeps lives in ARENA. */
void matter_read(const matter_t *self, const struct normalised *in, struct reading *reading,
                 struct arena *arena);
#endif
