/* agent_internal.h - what the parts of the skeleton share; the public side is kiennghi/agent.h.
 *
 *   agent.c    main, the loop, commands, the stream
 *   files.c    the files to take, the watched folder
 *   link.c     the client, acts and requests
 *   options.c  command line and configuration file
 *   batch.c    rows become messages
 *   items.c    which item a row is; alignment with what was imported before
 *   account.c  receipts, one summary for each batch
 *   preview.c  what would be sent (--dry-run)
 *   report.c   what the operator sees: lines, summaries, progress, words
 */
#ifndef AGENTS_AGENT_INTERNAL_H
#define AGENTS_AGENT_INTERNAL_H

#include "kiennghi/agent.h"
#include "kiennghi/keys.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- options.c ----------------------------------------------------------------------------- */

struct value {
    const struct kn_agent_option *option;
    const char *section; /* of the configuration file; NULL: command line only */
    char **texts;
    size_t n_texts;
    bool is_given; /* on the command line: the file does not override it */
};

/* Reads command line and configuration. -1: go on, *REST is the first positional argument; else the
 * exit code, everything was said. */
int options_read(kn_agent_t *self, int *rest, int argc, char **argv);
void options_clear(kn_agent_t *self);

/* ---- report.c ------------------------------------------------------------------------------ */

struct counts {
    uint64_t stored, repeated, conflict, refused;
};

/* One row's line. CASE, CODE (0), FIELD, WORDS may be absent; SAYS_ALL: the words are the agent's
 * own and name the remedy too. */
void report_row(kn_agent_t *self, const char *file, const char *sheet, int64_t row,
                const char *item, enum kn_verdict verdict, const char *case_code, enum kn_code code,
                const char *field, const char *words, bool says_all);
struct account;
void report_batch(kn_agent_t *self, const struct account *account);
/* Redraws the progress line when standard error is a terminal: of rows sent, or N rows read; clear
 * removes it. */
void report_progress(kn_agent_t *self);
void report_reading(kn_agent_t *self, size_t n);
void report_clear(kn_agent_t *self);

/* ---- batch.c ------------------------------------------------------------------------------- */

/* A file being imported; polling agents have one without a path. */
struct import {
    struct import *next;
    char *path;      /* as opened */
    char *name;      /* for people */
    bool is_watched; /* to be moved when finished */
    bool is_unreadable;
    bool is_read;
    size_t n_open; /* rows gathered and parts not finished */
    char **words;  /* said of its rows, and their sheets: each once; a table by hash */
    size_t n_words, max_words;
    struct kn_agent_refusal *refusals; /* in these words */
    size_t n_refusals;
};

struct batch; /* the open one */

/* ---- preview.c ----------------------------------------------------------------------------- */

/* Tells what the open batch would send, and forgets it. */
int preview_batch(kn_agent_t *self);

/* Sends a paused batch: no file goes on with it. */
int batch_settle(kn_agent_t *self);
void batch_clear(kn_agent_t *self);

/* ---- items.c ------------------------------------------------------------------------------- */

enum answer { ANSWER_NONE, ANSWER_TAKEN, ANSWER_REFUSED };

/* The hub answered for ITEM of CONTAINER. */
void items_answer(kn_agent_t *self, const char *container, const char *item, enum answer answer);

/* ---- documents.c --------------------------------------------------------------------------- */

/* The open batch replaces an earlier document: rows that are gone are withdrawn, in the same commit
 * of the outbox. */
int documents_replace(kn_agent_t *self, struct kn_fault *fault);

/* ---- account.c ----------------------------------------------------------------------------- */

/* A batch of this run. */
struct account {
    struct account *next;
    char batch[33];
    char *title, *file; /* the first file's name */
    uint64_t n_declared;
    uint64_t n_rows;      /* of this run */
    uint64_t n_known;     /* items that this outbox ever sent in it */
    uint64_t n_elsewhere; /* rows of this run that an earlier batch counts */
    struct counts counts; /* of this run */
};

/* What one file gave to one batch. */
struct part {
    struct part *next;
    uint32_t id;
    struct account *account;
    struct import *import;
    uint64_t n_pending; /* messages without a final receipt; one more while it is written */
    struct saying *sayings, *last_saying;
};

/* The account of a batch, with what earlier runs sent. */
struct account *account_open(kn_agent_t *self, const struct kn_batch_declare *declare,
                             const char *file);
int account_save(kn_agent_t *self, const struct account *account);
/* A new part of ACCOUNT; its tag. */
int account_part(kn_agent_t *self, struct part **out, struct account *account,
                 struct import *import);
/* All messages of the parts from FIRST on are in the outbox: from now on answers may end them. */
void account_written(kn_agent_t *self, uint32_t first);
uint64_t account_tag(const kn_agent_t *self, const struct part *part);
/* Why ROW is refused, to be told in its turn; WORDS, of the import, may be NULL. */
void account_say(struct part *part, int64_t row, const char *words);
/* The parts from FIRST on could not be kept. */
void account_forget_parts(kn_agent_t *self, uint32_t first);
/* Everything of earlier runs is answered: forgets the names of their files. */
int account_forget_past(kn_agent_t *self);
/* The final receipt of a row, refusal or declaration; also of an earlier run. */
void account_receipt(kn_agent_t *self, uint64_t tag, const struct kn_message *sent,
                     const struct kn_receipt *receipt);
/* Tells and forgets the batches of which nothing waits. */
void account_tell(kn_agent_t *self);
void account_clear(kn_agent_t *self);

/* ---- files.c ------------------------------------------------------------------------------- */

/* The import of PATH (NULL: of a tick), as it stands in the list. */
struct import *files_add(kn_agent_t *self, const char *path, bool is_watched);
int files_watch(kn_agent_t *self, const char *folder);
void files_scan(kn_agent_t *self, const char *folder);
void files_take_notices(kn_agent_t *self, const char *folder);
/* The next one that waits, or NULL; only when the outbox has room and is free of the past. */
struct import *files_next(kn_agent_t *self);
int files_read(kn_agent_t *self, struct import *import);
/* Moves away and forgets what is finished. */
void files_finish(kn_agent_t *self);
void files_clear(kn_agent_t *self);
/* ROW of IMPORT was not taken, for WORDS and REMEDY (may be NULL). */
void files_refused(struct import *import, const char *sheet, int64_t row, const char *words,
                   const char *remedy);
/* TEXT, as long as the import lives; NULL for none. */
const char *files_words(struct import *import, const char *text);

/* ---- link.c -------------------------------------------------------------------------------- */

/* The exit code that a failure deserves; and the one that the process ends with: the first that is
 * not 0, but nothing hides a denial. */
int link_exit_code(int rc);
void link_fail(kn_agent_t *self, int code);
/* How the connection is, in the operator's language; lives until the next call. */
const char *link_words(kn_agent_t *self);
/* One turn of the client, until UNTIL at the latest; takes signals. */
int link_turn(kn_agent_t *self, int64_t until);

/* ---- agent.c ------------------------------------------------------------------------------- */

struct act {
    int64_t sequence; /* 0: none waits */
    struct kn_message *receipt;
};

struct kn_agent_self {
    const struct kn_agent_spec *spec;
    char program[64];
    struct value *values;
    size_t n_values;
    bool is_vi, is_json, is_quiet, is_verbose, is_once, is_dry;
    void *own;

    kn_client_t *client;
    bool is_command; /* one positional command: its own outbox */
    bool is_stopping;
    int exit_code;
    struct act act;
    const char *place; /* where an act comes from; NULL */
    char words[400];   /* of link_words */

    uint32_t run; /* high half of the tags of this process */
    uint32_t n_parts;
    struct account *accounts;       /* not told, oldest first */
    struct part *parts, *last_part; /* unfinished, oldest first */
    struct import *imports;         /* unfinished, oldest first */
    struct import *current;         /* being read */
    const char *sheet;              /* of it */
    struct batch *batch;

    struct counts total;
    uint64_t n_sent, n_final; /* rows: for the progress line */
    int64_t progress_from, progress_at;
    bool is_progress_drawn;

    int inotify, signals;
    int64_t rescan_at, tick_at, turned_at;
    bool is_watched, folder_is_gone; /* the folder; told that it is not there */
    bool is_subscribed;
    bool is_past_forgotten;
    int told; /* state of the connection that the log has; -1: none */
};

int64_t agent_now_ms(void);
void *agent_alloc(size_t size); /* zeroed; ends the program when there is no memory */
char *agent_copy(const char *text);

#endif
