/* sms.h - what the files of kiennghi-sms share.
 *
 *   sms.c          main; a message is read, judged, and becomes a petition or a command
 *   sms_parts.c    long messages whose parts come one by one
 *   sms_numbers.c  who is heard: the list of senders, how much of one sender
 *   sms_words.c    what is said and what is understood: registers/sms_words.tsv
 *   sms_talk.c     commands (TT, ROI, CHUA), news of a case
 *   sms_send.c     the queue of what is to be said, and its two ways out
 *   sms_http.c     the way in from an HTTP gateway
 *
 * All that must not be lost lies in the small store of the agent's outbox, under "sms:…", and is
 * committed together with what it belongs to. Telephone numbers stand there, in the folders of the
 * gateway and at the hub; never in a log, a title, a file's name that is told, or on a command
 * line.
 */
#ifndef AGENTS_SMS_H
#define AGENTS_SMS_H

#include "agents/read/read.h"
#include "kiennghi/agent.h"

enum { SMS_NUMBER = 64, SMS_CODE = 25 };

struct sms_words;
struct sms_numbers;
struct sms_http;

struct sms {
    kn_agent_t *agent;
    struct sms_words *words;
    struct sms_numbers *numbers;
    struct sms_http *http; /* NULL: no gateway calls us */
    bool speaks;           /* there is a way out */
    char *user_secret;     /* of the gateway's sendsms */
    uint64_t said;         /* last number of the queue; 0: not looked up yet */
    int64_t send_at;       /* no trial before: the way out failed */
    bool is_stuck;         /* it did, and the log says so */
    bool is_settled;       /* what a crash left half sent */
    char why[100];
    int64_t swept_at;
    char (*flying)[33]; /* long messages on their way to the hub: sms_parts.c */
    size_t n_flying;
};

/* The wall clock, ms. */
int64_t sms_now(void);

/* ---- small store ---------------------------------------------------------------------------- */

/* Whether KEY holds SIZE bytes; copied to VALUE. */
bool sms_recall(const struct sms *self, void *value, size_t size, const char *key);
/* Removes the keys with PREFIX whose first eight bytes, an instant, lie before BEFORE. */
int sms_forget_before(const struct sms *self, const char *prefix, int64_t before);

/* ---- sms_parts.c ---------------------------------------------------------------------------- */

/* A message whose parts are not all there. What stays the same when more of them come. */
struct sms_join {
    int64_t since;             /* when its first part came; 0: it never waited */
    bool is_given;             /* as far as it goes; the hub has it */
    char item[33], day[11];    /* under what it was sent; "": it was not */
    uint32_t n_parts;          /* that are there */
    uint32_t n_sent, of_parts; /* of what was sent */
};

/* Takes BYTES of one file that is a part of *SMS_P: when all parts are there *SMS_P becomes the
 * whole message, else NULL (it waits). KNOWN: what is known of it. */
int sms_parts_take(struct sms *self, struct read_sms **sms_p, struct sms_join *known,
                   const char *bytes, size_t length);
/* The next message that has waited longer than WAIT_MS: 1 with *OUT, as far as it goes. 0: none. */
int sms_parts_overdue(struct sms *self, struct read_sms **out, struct sms_join *known,
                      int64_t wait_ms);
/* SMS, which waited, was put into a batch as ITEM; and the hub's final answer to that. */
int sms_parts_sent(struct sms *self, const struct read_sms *sms, const char *item);
int sms_parts_answered(struct sms *self, const char *item);
/* SMS, which waited, was no petition. */
int sms_parts_forget(struct sms *self, const struct read_sms *sms);
/* Forgets what waits no more. */
int sms_parts_sweep(struct sms *self);
bool sms_parts_wait(struct sms *self);

/* ---- sms_numbers.c -------------------------------------------------------------------------- */

/* RAW as +84…, or letters as they are. */
void sms_number(char out[SMS_NUMBER], const char *raw);
/* Whether somebody at NUMBER can be written to. */
bool sms_number_answers(const char *number);

int sms_numbers_read(struct sms *self);
void sms_numbers_free(struct sms *self);
/* Whether a message of NUMBER, sent AT, is heard; FAULT says why not. */
bool sms_numbers_admit(struct sms *self, const char *number, int64_t at, struct read_fault *fault);
/* Counts one more of KIND for NUMBER; how many there were within PERIOD_MS, this one not counted.
 * What is over LIMIT is not counted. */
size_t sms_numbers_count(struct sms *self, const char *kind, const char *number, int64_t at,
                         int64_t period_ms, size_t limit);

/* ---- sms_words.c ---------------------------------------------------------------------------- */

/* What a text may name; NULL: not known. */
struct sms_values {
    const char *code, *unit, *due, *state;
    int64_t count;
};

enum sms_heard { SMS_PETITION, SMS_LOOKUP, SMS_DONE, SMS_NOT_DONE, SMS_HELP };

int sms_words_read(struct sms *self);
void sms_words_free(struct sms *self);
/* The message KEY, ready to be sent; NULL when nothing is to be said. The caller frees. */
char *sms_words_make(const struct sms *self, const char *key, const struct sms_values *values);
/* The raw text of KEY, "" when there is none. */
const char *sms_words_raw(const struct sms *self, const char *key);
/* What TEXT wants; CODE is the case code in it, or ""; REASON what is said behind it, or "". */
enum sms_heard sms_words_hear(const struct sms *self, char code[SMS_CODE], const char **reason,
                              const char *text);

/* ---- sms_talk.c ----------------------------------------------------------------------------- */

/* A message for us rather than for the hub, named ITEM: true when it was dealt with. */
bool sms_talk(struct sms *self, const struct read_sms *sms, const char *number, const char *item,
              int *rc);
int sms_talk_answered(struct sms *self, const struct kn_case_satisfaction *said, bool is_taken);
/* The petition of ITEM was put into the outbox: who is to hear its code. */
int sms_talk_expect(struct sms *self, const char *item, const char *number, bool is_incomplete);
int sms_talk_receipt(struct sms *self, const char *item, const struct kn_receipt *receipt);
int sms_talk_event(struct sms *self, const struct kn_event *event);

/* ---- sms_send.c ----------------------------------------------------------------------------- */

/* Reads how to send; KN_E_INVALID, told. */
int sms_send_start(struct sms *self);
/* Queues the message KEY for NUMBER; durable with the next commit. */
int sms_say(struct sms *self, const char *number, const char *key, const struct sms_values *values);
/* Sends what is due, a few at a time; whether more is due. */
bool sms_send(struct sms *self);
/* A secret in a file of its own, first line, which others must not read. NULL: told. */
char *sms_secret(struct sms *self, const char *option);

/* ---- sms_http.c ----------------------------------------------------------------------------- */

/* Listens as configured, if it is. */
int sms_http_open(struct sms *self);
void sms_http_close(struct sms *self);
/* Serves what came in. */
void sms_http_turn(struct sms *self);

#endif
