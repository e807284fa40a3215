/* walk.h - what the commands on JSON Lines share: a line in, a line out, bad ones in their place.
 */
#ifndef KN_LINES_WALK_H
#define KN_LINES_WALK_H

#include "agents/lines/lines.h"

#include <jansson.h>

struct lines_job {
    /* Answers the JSON value LINE: *OUT is the answer, or NULL and *ERROR says what is wrong with
     * the line. A negative KN_E* ends the work. */
    int (*answer)(void *self, const json_t *line, json_t **out, const char **error);
    void *self;
};

/* 0 when all lines were answered, 1 when some were refused, or a negative KN_E*. */
int lines_walk(const struct lines_job *job, FILE *in, FILE *out,
               const struct lines_options *options);

/* Whether a line may be known by ID. */
bool lines_is_id(const json_t *id);
/* Reads the "text" of OBJECT as received at its "received", if any. 0, KN_E_NOMEM, or KN_E_INVALID
 * when there is no text. */
int lines_read(const text_t *text, const json_t *object, struct reading **out);
#endif
