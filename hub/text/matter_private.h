/* matter_private.h - what matter.c leaves with a reading for match.c. */
#ifndef KN_TEXT_MATTER_PRIVATE_H
#define KN_TEXT_MATTER_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

struct matter_row {
    const char *code, *name; /* "drainage.flood", "úng ngập" */
    uint16_t field;          /* row of fields.tsv */
};

/* What a token says. */
enum said_role { SAID_WORD, SAID_MATTER, SAID_REQUEST, SAID_FORMULA, SAID_PLACE };

enum { SAID_MATTERS = 6 };

struct said {
    struct {
        const struct matter_row *row;
        float weight;
    } matters[SAID_MATTERS]; /* heaviest first */
    size_t n_matters;
    int again; /* 1: raised before, 2: came back after it had been dealt with */
    size_t n_tokens;
    uint8_t role[]; /* enum said_role of each token */
};

#endif
