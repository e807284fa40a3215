/* act.h - one way from the command line, or from the rows of a file, to an act on a case.
 *
 * A command is a message, the properties that its arguments fill, the options that fill the rest,
 * and what is preset. From the command line one act is made; with --file each row of a table
 * (headings: names of properties, or their Vietnamese titles), each line of a JSON Lines file or
 * each object of a JSON file is one, options given beside it fill what a row leaves out. Every act
 * is checked against its schema before it is sent; a fault names the row, the field and what would
 * be right, and the other rows go on.
 */
#ifndef AGENTS_ACT_H
#define AGENTS_ACT_H

#include "kiennghi/agent.h"

#include <jansson.h>

enum { ACT_MAX_FIELDS = 12 };

enum act_form {
    ACT_TEXT,
    ACT_DAY,      /* 24/11/2026 */
    ACT_INSTANT,  /* 24/11/2026 08:30: ms since the epoch */
    ACT_WORD,     /* of an enum, or what it is called in Vietnamese */
    ACT_DOCUMENT, /* "NUMBER;DAY;SENDER" */
    ACT_BOOLEAN,  /* có, không, take, reject … */
    ACT_FILES     /* paths, "a.pdf;b.jpg": put to the hub and named */
};

/* A property as people write it. */
struct act_field {
    const char *property;
    enum act_form form;
    enum kn_enum words; /* ACT_WORD */
    const char *option; /* the option that fills it; NULL: an argument alone */
    const char *title;  /* its heading in a table */
};

/* Where an act comes from, for faults: a file and a row, or the command line. */
struct act_origin {
    const char *file; /* NULL: the command line */
    uint64_t row;
};

struct act {
    enum kn_type type;
    struct act_field fields[ACT_MAX_FIELDS]; /* those without an option are arguments, in order */
    const char *preset, *preset_value;       /* a property that this command always has */
    /* Fills what nobody wrote, before BODY is checked; NULL: nothing. */
    int (*complete)(kn_agent_t *agent, const struct act_origin *from, json_t *body);
};

/* Of the rows of a file: what each of them has beside its own (borrowed; NULL: nothing); and, so
 * that the same row is recorded once, whether it was, and to remember it (NULL: every time). */
struct act_rows {
    const json_t *given;
    bool (*was_recorded)(kn_agent_t *agent, const json_t *body);
    int (*record)(kn_agent_t *agent, const json_t *body);
};

/* Runs ACT as a command: from the file of --file, else from the arguments; GIVEN (borrowed, may be
 * NULL) is what the caller knows beside them. */
int act_run(kn_agent_t *agent, const struct act *act, const json_t *given, int argc, char **argv);

/* The acts of the file PATH alone. */
int act_run_file(kn_agent_t *agent, const struct act *act, const struct act_rows *rows,
                 const char *path);

/* Tells of a fault at FROM; KN_E_INVALID. */
int act_fail(kn_agent_t *agent, const struct act_origin *from, enum kn_code code, const char *field,
             const char *words);

#endif
