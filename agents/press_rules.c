/* press_rules.c - which items are petitions: registers/press_rules.tsv.
 *
 * Each row that fits gives its points, whatever the others say; the sum decides. Words are compared
 * as whole words in either case, with their marks. Pure but for reading the file.
 */
#include "agents/press.h"

#include "agents/tsv.h"
#include "kiennghi/kiennghi.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MOST_POINTS = 9, MAX_ROWS = 1000 };
enum where { FEED, CATEGORY, TITLE, TEXT, LINK, PLACES };
static const char *const places[PLACES] = {"feed", "category", "title", "text", "link"};

struct rule {
    enum where where;
    char *words; /* as written */
    int points;
};

struct press_rules {
    struct rule *rule;
    size_t n;
    bool takes_all;
    int64_t take_at, doubt_at;
};

/* TEXT in lower case, NFC. NULL: out of memory. */
static char *fold(const char *text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    return n < 0 ? NULL : (char *)folded;
}

static const char *take(void *arg, kn_agent_t *agent, char *const *cell)
{
    struct press_rules *self = arg;
    size_t where = 0;
    char *end;
    long points = strtol(cell[2], &end, 10);
    while (where < PLACES && strcmp(cell[0], places[where]) != 0) {
        where++;
    }
    if (where == PLACES) {
        return KN_TR(agent, "where chỉ nhận feed, category, title, text hoặc link",
                     "where is feed, category, title, text or link");
    }
    if (*cell[1] == '\0') {
        return KN_TR(agent, "thiếu words – ghi các từ cần tìm, cách nhau bằng \";\"",
                     "no words - write what to look for, \";\" between");
    }
    if (*end || end == cell[2] || points < -MOST_POINTS || points > MOST_POINTS || points == 0) {
        return KN_TR(agent, "points phải là số nguyên từ -9 đến 9, khác 0",
                     "points is a whole number from -9 to 9, not 0");
    }
    struct rule *grown =
        self->n < MAX_ROWS ? realloc(self->rule, (self->n + 1) * sizeof *grown) : NULL;
    char *words = fold(cell[1]);
    if (!grown || !words) {
        free(words);
        self->rule = grown ? grown : self->rule;
        return kn_status_text(KN_E_NOMEM);
    }
    self->rule = grown;
    self->rule[self->n++] =
        (struct rule){.where = (enum where)where, .words = words, .points = (int)points};
    return NULL;
}

int press_rules_read(struct press_rules **out, kn_agent_t *agent)
{
    static const char *const names[] = {"where", "words", "points", "note", NULL};
    struct press_rules *self = *out = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    self->take_at = kn_agent_integer(agent, "take-at");
    self->doubt_at = kn_agent_integer(agent, "doubt-at");
    self->takes_all = kn_agent_flag(agent, "all");
    return tsv_read(agent, kn_agent_text(agent, "rules"), "press_rules.tsv", names, take, self);
}

void press_rules_free(struct press_rules **self_p)
{
    struct press_rules *self = *self_p;
    for (size_t i = 0; self && i < self->n; i++) {
        free(self->rule[i].words);
    }
    if (self) {
        free(self->rule);
    }
    free(self);
    *self_p = NULL;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Whether TEXT says WORD (N bytes) as a whole word. */
static bool says(const char *text, const char *word, size_t n)
{
    for (const char *at = text; (at = memmem(at, strlen(at), word, n)); at++) {
        if ((at == text || !is_letter(at[-1])) && !is_letter(at[n])) {
            return true;
        }
    }
    return false;
}

/* The first of WORDS ("a; b") that TEXT says, its length in *N; NULL: none. */
static const char *find(const char *text, const char *words, size_t *n)
{
    while (*words) {
        words += strspn(words, "; ");
        size_t length = strcspn(words, ";");
        *n = length;
        while (*n > 0 && words[*n - 1] == ' ') {
            --*n;
        }
        if (*n > 0 && says(text, words, *n)) {
            return words;
        }
        words += length;
    }
    return NULL;
}

enum press_verdict press_rules_judge(const struct press_rules *self, const struct read_feed *feed,
                                     const char *url, const struct read_item *item, char *why,
                                     size_t size)
{
    char *head = NULL, *text[PLACES] = {0};
    int64_t sum = 0;
    size_t used = 0;
    *why = '\0';
    if (self->takes_all) {
        return PRESS_TAKE;
    }
    if (asprintf(&head, "%s %s", feed->title, url) < 0) {
        return PRESS_DOUBT;
    }
    const char *raw[PLACES] = {head, item->category, item->title, item->text, item->link};
    for (size_t i = 0; i < PLACES; i++) {
        text[i] = fold(raw[i]);
    }
    for (size_t i = 0; i < self->n; i++) {
        const struct rule *rule = &self->rule[i];
        size_t n;
        const char *word = text[rule->where] ? find(text[rule->where], rule->words, &n) : NULL;
        if (word) {
            sum += rule->points;
            used += used < size ? (size_t)snprintf(why + used, size - used, "%s%s: %.*s %+d",
                                                   used ? "; " : "", places[rule->where], (int)n,
                                                   word, rule->points)
                                : 0;
        }
    }
    for (size_t i = 0; i < PLACES; i++) {
        free(text[i]);
    }
    free(head);
    while (!read_is_text(why, strlen(why))) { /* cut within a letter */
        why[strlen(why) - 1] = '\0';
    }
    return sum >= self->take_at ? PRESS_TAKE : sum >= self->doubt_at ? PRESS_DOUBT : PRESS_LEAVE;
}
