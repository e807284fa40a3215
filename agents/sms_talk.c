/* sms_talk.c - commands of people (TT, ROI, CHUA), and what they are told of their petitions.
 *
 *   sms:n:ITEM       number (struct expected): the petition is on its way, its code is not known
 *   sms:c:CODE       number (struct known): whom to tell of the case
 *   sms:q:HASH:CODE  (struct question) whoever HASH stands for was asked whether it is done
 *
 * Whoever asks with the number that sent the petition learns its state; everybody else what is
 * published, and the same words for what is not and for what does not exist.
 *
 * Whoever raised what is linked to another case is asked about the own petition, and what they say
 * is said of that. A number that raised one matter several times is asked once.
 */
#include "agents/sms.h"

#include "agents/names.h"
#include "agents/words.h"
#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000, DAY_MS = 86400000, QUESTION_DAYS = 30, REQUEST_MS = 5000 };

struct expected {
    int64_t at; /* first: sms_forget_before */
    char number[SMS_NUMBER];
    bool is_incomplete;
};

struct known {
    int64_t at;
    char number[SMS_NUMBER];
};

struct question {
    int64_t at;          /* first: sms_forget_before */
    char lead[SMS_CODE]; /* the case that was answered */
};

static const char *code_key(char key[64], const char *code)
{
    (void)snprintf(key, 64, "sms:c:%s", code);
    return key;
}

static bool find_known(const struct sms *self, struct known *known, const char *code)
{
    char key[64];
    return sms_recall(self, known, sizeof *known, code_key(key, code));
}

/* ---- the code comes ------------------------------------------------------------------------- */

int sms_talk_expect(struct sms *self, const char *item, const char *number, bool is_incomplete)
{
    char key[64];
    struct expected expected = {.at = sms_now(), .is_incomplete = is_incomplete};
    (void)snprintf(key, sizeof key, "sms:n:%s", item);
    (void)snprintf(expected.number, sizeof expected.number, "%s", number);
    return kn_client_put(kn_agent_client(self->agent), key, &expected, sizeof expected);
}

int sms_talk_receipt(struct sms *self, const char *item, const struct kn_receipt *receipt)
{
    char key[64], name[64];
    struct expected expected;
    kn_client_t *client = kn_agent_client(self->agent);
    (void)snprintf(key, sizeof key, "sms:n:%s", item);
    if (!sms_recall(self, &expected, sizeof expected, key)) {
        return KN_OK;
    }
    int rc = kn_client_put(client, key, NULL, 0);
    if (!receipt->case_ || rc != KN_OK) {
        return rc;
    }
    struct known known = {.at = expected.at};
    (void)snprintf(known.number, sizeof known.number, "%s", expected.number);
    bool is_new = !find_known(self, &known, receipt->case_);
    rc = kn_client_put(client, code_key(name, receipt->case_), &known, sizeof known);
    if (rc == KN_OK && is_new &&
        (receipt->verdict == KN_VERDICT_STORED || receipt->verdict == KN_VERDICT_REPEATED)) {
        rc = sms_say(self, known.number, expected.is_incomplete ? "incomplete" : "received",
                     &(struct sms_values){.code = receipt->case_});
    }
    return rc;
}

/* ---- questions ------------------------------------------------------------------------------ */

static void question_prefix(char out[64], const char *number)
{
    char hash[33];
    kn_hash_hex32(hash, 1, (const char *[]){number});
    (void)snprintf(out, 64, "sms:q:%s:", hash);
}

/* NUMBER was asked about CODE when LEAD was answered; NULL: the question is no longer open. */
static int put_question(struct sms *self, const char *number, const char *code, const char *lead)
{
    char key[100];
    struct question question = {.at = sms_now()};
    question_prefix(key, number);
    (void)snprintf(key + strlen(key), SMS_CODE, "%s", code);
    (void)snprintf(question.lead, sizeof question.lead, "%s", lead ? lead : "");
    return kn_client_put(kn_agent_client(self->agent), key, &question, lead ? sizeof question : 0);
}

struct questions {
    char code[SMS_CODE]; /* wanted; else the last one */
    bool is_wanted;
    const char *lead, *but; /* only those of this answer, of other petitions; NULL: all */
    size_t n;
};

static int add_question(void *arg, const char *key, const void *value, size_t size)
{
    struct questions *questions = arg;
    const char *code = strrchr(key, ':') + 1;
    struct question question;
    if (size != sizeof question) {
        return KN_E_CORRUPT;
    }
    memcpy(&question, value, size);
    if (sms_now() - question.at < (int64_t)QUESTION_DAYS * DAY_MS &&
        (!questions->lead ||
         (strcmp(questions->lead, question.lead) == 0 && strcmp(questions->but, code) != 0)) &&
        (!questions->is_wanted || strcmp(questions->code, code) == 0)) {
        (void)snprintf(questions->code, sizeof questions->code, "%s", code);
        questions->n++;
    }
    return KN_OK;
}

static int answer(struct sms *self, const char *number, bool is_done, const char *code,
                  const char *reason)
{
    char prefix[64];
    struct questions questions = {.is_wanted = *code != '\0'};
    struct kn_fault fault;
    (void)snprintf(questions.code, sizeof questions.code, "%s", code);
    question_prefix(prefix, number);
    int rc = kn_client_each(kn_agent_client(self->agent), prefix, add_question, &questions);
    struct sms_values values = {.code = questions.code};
    if (rc != KN_OK || questions.n != 1) {
        return rc != KN_OK ? rc
                           : sms_say(self, number, questions.n ? "which" : "no_question", &values);
    }
    struct kn_case_satisfaction body = {.case_ = questions.code,
                                        .satisfaction = is_done ? KN_SATISFACTION_SATISFIED
                                                                : KN_SATISFACTION_DISSATISFIED,
                                        .reason = *reason ? reason : NULL};
    rc =
        kn_client_submit(kn_agent_client(self->agent), 0, KN_TYPE_CASE_SATISFACTION, &body, &fault);
    return rc == KN_OK ? put_question(self, number, questions.code, NULL) : rc;
}

/* The hub took what somebody said of the outcome, or did not: only now it is said. */
int sms_talk_answered(struct sms *self, const struct kn_case_satisfaction *said, bool is_taken)
{
    struct known known;
    const char *key = !is_taken                                         ? "no_question"
                      : said->satisfaction == KN_SATISFACTION_SATISFIED ? "done"
                                                                        : "not_done";
    return find_known(self, &known, said->case_)
               ? sms_say(self, known.number, key, &(struct sms_values){.code = said->case_})
               : KN_OK;
}

/* ---- lookup --------------------------------------------------------------------------------- */

static int tell_case(struct sms *self, const char *number, const struct kn_case *kase)
{
    char due[11] = "", state[40];
    const char *key = "lookup";
    (void)snprintf(state, sizeof state, "state.%s", kn_enum_text(KN_ENUM_FLOW, (int)kase->flow));
    for (size_t i = 0; i < kase->n_clocks; i++) {
        const struct kn_clock *clock = &kase->clocks[i];
        if (clock->kind == KN_CLOCK_KIND_ANSWER && clock->tier != KN_TIER_STOPPED) {
            words_due(due, clock->due_at);
        }
    }
    if (kase->unit) {
        key = due[0] ? "lookup_due" : "lookup_unit";
    }
    return sms_say(self, number, key,
                   &(struct sms_values){.code = kase->code,
                                        .state = sms_words_raw(self, state),
                                        .unit = names_of(NAMES_UNIT, kase->unit, true),
                                        .due = due});
}

/* The hub gives an agent its own cases, and what is published of others'. */
static int look_up(struct sms *self, const char *number, const char *code)
{
    const size_t limit = (size_t)kn_agent_integer(self->agent, "lookups");
    struct kn_case_get get = {.case_ = code};
    struct kn_message *view = NULL;
    struct known known;
    size_t n = sms_numbers_count(self, "look", number, sms_now(), HOUR_MS, limit);
    if (n >= limit) {
        struct sms_values values = {.count = (int64_t)limit};
        bool is_told = sms_numbers_count(self, "told", number, sms_now(), HOUR_MS, 1) > 0;
        return is_told ? KN_OK : sms_say(self, number, "lookup_limit", &values);
    }
    int rc =
        kn_client_request(kn_agent_client(self->agent), &view, KN_TYPE_CASE_GET, &get, REQUEST_MS);
    const struct kn_case_view *body = rc == KN_OK ? view->body : NULL;
    bool is_theirs = find_known(self, &known, code) && strcmp(known.number, number) == 0;
    bool is_public = body && (body->case_->publication == KN_PUBLICATION_PUBLISHED ||
                              body->case_->publication == KN_PUBLICATION_POSTED);
    if (body && (is_theirs || is_public)) {
        rc = tell_case(self, number, body->case_);
    } else {
        bool is_away = rc == KN_E_TIMEOUT || rc == KN_E_CLOSED;
        rc = sms_say(self, number, is_away ? "lookup_later" : "lookup_unknown",
                     &(struct sms_values){0});
    }
    kn_message_destroy(&view);
    return rc;
}

/* Whether ITEM, a command, was dealt with before: the network and the gateway may bring it twice.
 */
static bool is_again(struct sms *self, const char *item, int *rc)
{
    char key[64];
    int64_t at = sms_now(), before;
    (void)snprintf(key, sizeof key, "sms:d:%s", item);
    if (sms_recall(self, &before, sizeof before, key)) {
        return true;
    }
    *rc = kn_client_put(kn_agent_client(self->agent), key, &at, sizeof at);
    return *rc != KN_OK;
}

bool sms_talk(struct sms *self, const struct read_sms *sms, const char *number, const char *item,
              int *rc)
{
    char code[SMS_CODE];
    const char *reason;
    enum sms_heard heard = sms_words_hear(self, code, &reason, sms->text);
    *rc = KN_OK;
    if (heard == SMS_PETITION) {
        return false;
    }
    if (is_again(self, item, rc)) {
        return true;
    }
    switch (heard) {
    case SMS_PETITION: break;
    case SMS_LOOKUP: *rc = look_up(self, number, code); break;
    case SMS_DONE: *rc = answer(self, number, true, code, reason); break;
    case SMS_NOT_DONE: *rc = answer(self, number, false, code, reason); break;
    case SMS_HELP: *rc = sms_say(self, number, "help", &(struct sms_values){0}); break;
    }
    *rc = *rc == KN_OK ? kn_client_flush(kn_agent_client(self->agent)) : *rc;
    return true;
}

/* ---- news ----------------------------------------------------------------------------------- */

/* A result class by the first letters of its name. */
static bool is_class(const struct kn_event *event, const char *class)
{
    const char *name = kn_enum_text(KN_ENUM_RESULT, (int)event->result);
    return name && strncmp(name, class, strlen(class)) == 0;
}

/* What is said of an event; NULL: nothing. */
static const char *news_of(const struct kn_event *event)
{
    switch (event->kind) {
    case KN_EVENT_KIND_CASE_LINKED: return "linked";
    case KN_EVENT_KIND_CASE_ASSIGNED: return "assigned";
    case KN_EVENT_KIND_CASE_RETURNED: return "returned";
    case KN_EVENT_KIND_CASE_REOPENED: return "reopened";
    case KN_EVENT_KIND_CASE_DIVERTED: return "diverted";
    case KN_EVENT_KIND_CASE_NOT_ACCEPTED: return "not_accepted";
    case KN_EVENT_KIND_CASE_ANSWERED:
        if (event->detail && event->detail->partial) {
            return NULL;
        }
        if (is_class(event, "resolved") && event->parent) { /* of the case that it is linked to */
            return "resolved_linked";
        }
        return is_class(event, "resolved")  ? "resolved"
               : is_class(event, "planned") ? "planned"
                                            : "explained";
    case KN_EVENT_KIND_CASE_VERIFIED:
        return event->verification == KN_VERIFICATION_MET       ? "met"
               : event->verification == KN_VERIFICATION_PARTLY  ? "partly"
               : event->verification == KN_VERIFICATION_NOT_MET ? "not_met"
                                                                : NULL;
    default: return NULL;
    }
}

/* Whether NUMBER was asked when LEAD was answered, about another petition than CODE. */
static bool is_asked(struct sms *self, const char *number, const char *lead, const char *code)
{
    char prefix[64];
    struct questions questions = {.lead = lead, .but = code};
    question_prefix(prefix, number);
    return kn_client_each(kn_agent_client(self->agent), prefix, add_question, &questions) ==
               KN_OK &&
           questions.n > 0;
}

int sms_talk_event(struct sms *self, const struct kn_event *event)
{
    char key[64];
    struct known known;
    const char *news = news_of(event);
    if (!event->case_ || !find_known(self, &known, event->case_)) {
        return KN_OK;
    }
    if (event->kind == KN_EVENT_KIND_PERSON_ERASED) { /* nobody is there to be told */
        int rc = put_question(self, known.number, event->case_, NULL);
        return rc == KN_OK ? kn_client_put(kn_agent_client(self->agent),
                                           code_key(key, event->case_), NULL, 0)
                           : rc;
    }
    if (!news) {
        return KN_OK;
    }
    bool asks = strncmp(news, "resolved", strlen("resolved")) == 0 && *sms_words_raw(self, news);
    const char *lead = event->parent ? event->parent : event->case_;
    if (asks && is_asked(self, known.number, lead, event->case_)) {
        return KN_OK;
    }
    int rc = put_question(self, known.number, event->case_, asks ? lead : NULL);
    return rc == KN_OK
               ? sms_say(self, known.number, news,
                         &(struct sms_values){.code = event->case_,
                                              .unit = names_of(NAMES_UNIT, event->unit, true)})
               : rc;
}
