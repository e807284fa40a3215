/* lines.h - reading petitions of a JSON-lines file outside the hub. */
#ifndef KN_LINES_H
#define KN_LINES_H

#include "hub/text/text.h"

#include <stdio.h>

enum { LINES_MAX_LINE = 1 << 24 };

struct lines_options {
    const char *registers;              /* folder of fields.tsv: Ban and the corpus's codes */
    bool corpus;                        /* --taxonomy corpus */
    void (*progress)(void *, size_t n); /* called for each line, or NULL */
    void *progress_arg;
};

/* One line of OUT for each line of IN, in order: {"id","field","ban","places","area","resolved"} or
 * {"line","error"}. 0 when all lines were read, 1 when some were refused, a negative KN_E* when the
 * work could not be done; WHY then names a register that could not be read. */
int lines_classify(const text_t *text, FILE *in, FILE *out, const struct lines_options *options,
                   char *why, size_t why_size);

/* `match --pairs`: {"id","a":{"text","received"?},"b":{…}} a line, {"id","verdict","score","why"}
 * for each, in order. 0, 1 when some were refused, a negative KN_E*. */
int lines_pairs(const text_t *text, FILE *in, FILE *out, const struct lines_options *options);

/* `match`: {"id","text","received"?} a line, {"id","verdict":"new|possible|same","of":[…]} for
 * each: up to five earlier lines, best first. 0, 1 when some were refused, a negative KN_E*. */
int lines_stream(const text_t *text, FILE *in, FILE *out, const struct lines_options *options);

/* "2025-07-01", "2025-07-01T08:00:00" or digits (ms); 0 when it is none of them. */
int64_t lines_instant(const char *text);
#endif
