/* sms_words.c - what is said and what is understood: registers/sms_words.tsv.
 *
 * Texts stand there with their marks. Without --marks they are sent in letters that need no more
 * than seven bits, in one message of 160; with it as UCS-2, in at most two of 67. A unit's name is
 * what gives way. Each text is measured when it is read, with the longest values, so that none is
 * ever cut.
 */
#include "agents/sms.h"

#include "agents/tsv.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN = 160, MARKED = 2 * 67, LEAST_UNIT = 12, N_FLOWS = KN_FLOW_COUNT };

static const struct {
    const char *key;
    const char *values; /* that it may name */
} known[] = {
    {"received", "CODE"},
    {"incomplete", "CODE"},
    {"linked", "CODE"},
    {"assigned", "CODE UNIT"},
    {"returned", "CODE UNIT"},
    {"planned", "CODE UNIT"},
    {"explained", "CODE UNIT"},
    {"resolved", "CODE UNIT"},
    {"resolved_linked", "CODE UNIT"},
    {"met", "CODE"},
    {"partly", "CODE"},
    {"not_met", "CODE"},
    {"reopened", "CODE"},
    {"diverted", "CODE"},
    {"not_accepted", "CODE"},
    {"done", "CODE"},
    {"not_done", "CODE"},
    {"which", "CODE"},
    {"no_question", ""},
    {"lookup", "CODE STATE"},
    {"lookup_unit", "CODE STATE UNIT"},
    {"lookup_due", "CODE STATE UNIT DUE"},
    {"lookup_unknown", ""},
    {"lookup_limit", "COUNT"},
    {"lookup_later", ""},
    {"help", ""},
    {"hear.lookup", ""},
    {"hear.done", ""},
    {"hear.not_done", ""},
    {"hear.help", ""},
};
enum { N_KNOWN = sizeof known / sizeof *known };

struct sms_words {
    char *text[N_KNOWN], *state[N_FLOWS];
    size_t longest_state;
    bool marks;
};

/* ---- reading -------------------------------------------------------------------------------- */

/* Where the text of KEY stands; NULL: no such key. INDEX: its row in `known`, or N_KNOWN. */
static char **place(struct sms_words *self, const char *key, size_t *index)
{
    int flow = strncmp(key, "state.", 6) == 0 ? kn_enum_value(KN_ENUM_FLOW, key + 6) : 0;
    for (*index = 0; *index < N_KNOWN; ++*index) {
        if (strcmp(known[*index].key, key) == 0) {
            return &self->text[*index];
        }
    }
    return flow > 0 && flow < N_FLOWS ? &self->state[flow] : NULL;
}

static bool has_word(const char *list, const char *word, size_t n)
{
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == n && strncmp(at, word, n) == 0) {
            return true;
        }
        at += length;
    }
    return false;
}

/* Whether every %NAME% of TEXT is one of LIST. */
static bool names_fit(const char *text, const char *list)
{
    for (const char *at = text; (at = strchr(at, '%')); at++) {
        const char *end = strchr(at + 1, '%');
        if (!end || !has_word(list, at + 1, (size_t)(end - at - 1))) {
            return false;
        }
        at = end;
    }
    return true;
}

static const char *take(void *arg, kn_agent_t *agent, char *const *cell)
{
    struct sms_words *self = arg;
    size_t index;
    char **text = place(self, cell[0], &index);
    if (!text) {
        return KN_TR(agent, "không có khóa này – chép lại khóa từ tệp mẫu",
                     "no such key - copy the keys from the default file");
    }
    if (*text) {
        return KN_TR(agent, "khóa này đã có ở dòng trên – xóa một trong hai dòng",
                     "this key stands above already - delete one of the lines");
    }
    if (!names_fit(cell[1], index < N_KNOWN ? known[index].values : "")) {
        return KN_TR(agent, "%TÊN% không dùng được ở khóa này – xem phần chú thích đầu tệp",
                     "a %NAME% that this key does not know - see the head of the file");
    }
    *text = read_clean(cell[1], strlen(cell[1]));
    return *text ? NULL : "out of memory";
}

/* The text of KEY with values as long as they come, in letters; without the unit's name. */
static size_t longest(const struct sms_words *self, const char *text)
{
    static const struct {
        const char *name;
        size_t letters;
    } values[] = {{"%CODE%", 17}, {"%DUE%", 10}, {"%COUNT%", 4}, {"%UNIT%", LEAST_UNIT}};
    size_t n = read_characters(text);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        for (const char *at = text; (at = strstr(at, values[i].name)); at++) {
            n += values[i].letters - strlen(values[i].name);
        }
    }
    return strstr(text, "%STATE%") ? n + self->longest_state - strlen("%STATE%") : n;
}

/* That all texts are there, and fit. */
static int check(struct sms *sms)
{
    struct sms_words *self = sms->words;
    size_t most = self->marks ? MARKED : PLAIN;
    const char *lacks = NULL, *long_one = NULL;
    for (int i = 1; i < N_FLOWS; i++) {
        size_t n = self->state[i] ? read_characters(self->state[i]) : 0;
        self->longest_state = n > self->longest_state ? n : self->longest_state;
        lacks = self->state[i] ? lacks : kn_enum_text(KN_ENUM_FLOW, i);
    }
    for (size_t i = 0; i < N_KNOWN; i++) {
        lacks = self->text[i] ? lacks : known[i].key;
        long_one = self->text[i] && strncmp(known[i].key, "hear.", 5) != 0 &&
                           longest(self, self->text[i]) > most
                       ? known[i].key
                       : long_one;
    }
    if (lacks || long_one) {
        char words[200];
        (void)snprintf(words, sizeof words,
                       lacks
                           ? KN_TR(sms->agent, "thiếu khóa \"%s\" – chép lại từ tệp mẫu",
                                   "key \"%s\" is missing - copy it from the default file")
                           : KN_TR(sms->agent, "tin \"%s\" có thể dài hơn %zu chữ – viết ngắn lại",
                                   "text \"%s\" may grow longer than %zu letters - shorten it"),
                       lacks ? lacks : long_one, most);
        kn_agent_fault(sms->agent, "sms_words.tsv", KN_CODE_TOO_LONG, NULL, words);
        return KN_E_INVALID;
    }
    return KN_OK;
}

int sms_words_read(struct sms *sms)
{
    static const char *const names[] = {"key", "text", "note", NULL};
    struct sms_words *self = sms->words = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    self->marks = kn_agent_flag(sms->agent, "marks");
    int rc = tsv_read(sms->agent, kn_agent_text(sms->agent, "words"), "sms_words.tsv", names, take,
                      self);
    return rc == KN_OK ? check(sms) : rc;
}

void sms_words_free(struct sms *sms)
{
    struct sms_words *self = sms->words;
    for (size_t i = 0; self && i < N_KNOWN; i++) {
        free(self->text[i]);
    }
    for (size_t i = 0; self && i < N_FLOWS; i++) {
        free(self->state[i]);
    }
    free(self);
    sms->words = NULL;
}

/* ---- saying --------------------------------------------------------------------------------- */

const char *sms_words_raw(const struct sms *sms, const char *key)
{
    size_t index;
    char **text = place(sms->words, key, &index);
    return text && *text ? *text : "";
}

static void put(char *out, size_t size, const char *text, size_t n)
{
    size_t has = strlen(out);
    if (has + n < size) {
        memcpy(out + has, text, n);
        out[has + n] = '\0';
    }
}

/* TEXT with its values; UNIT stands for %UNIT%. */
static void fill(char *out, size_t size, const char *text, const struct sms_values *values,
                 const char *unit)
{
    char count[24];
    (void)snprintf(count, sizeof count, "%lld", (long long)values->count);
    const struct {
        const char *name, *value;
    } names[] = {{"%CODE%", values->code},
                 {"%UNIT%", unit},
                 {"%DUE%", values->due},
                 {"%STATE%", values->state},
                 {"%COUNT%", count}};
    *out = '\0';
    while (*text) {
        size_t i = 0, n = sizeof names / sizeof *names;
        while (i < n && strncmp(text, names[i].name, strlen(names[i].name)) != 0) {
            i++;
        }
        if (i < n) {
            put(out, size, names[i].value ? names[i].value : "",
                names[i].value ? strlen(names[i].value) : 0);
            text += strlen(names[i].name);
        } else {
            put(out, size, text++, 1);
        }
    }
}

/* Cuts TEXT after N characters; the last three become dots. */
static void shorten(char *text, size_t n)
{
    char *at = text;
    while (*at && n > 3) {
        at++;
        n -= ((unsigned char)*at & 0xC0) != 0x80;
    }
    while (at > text && at[-1] == ' ') {
        at--;
    }
    strcpy(at, "...");
}

char *sms_words_make(const struct sms *sms, const char *key, const struct sms_values *values)
{
    const struct sms_words *self = sms->words;
    const char *text = sms_words_raw(sms, key);
    char whole[1000], unit[400];
    size_t most = self->marks ? MARKED : PLAIN;
    if (!*text) {
        return NULL;
    }
    (void)snprintf(unit, sizeof unit, "%.300s", values->unit ? values->unit : "");
    fill(whole, sizeof whole, text, values, unit);
    size_t n = read_characters(whole), has = read_characters(unit);
    if (n > most && n - has + LEAST_UNIT <= most) {
        shorten(unit, most - (n - has));
        fill(whole, sizeof whole, text, values, unit);
    }
    return self->marks ? read_clean(whole, strlen(whole)) : read_unmark(whole);
}

/* ---- hearing -------------------------------------------------------------------------------- */

/* Whether FOLDED is one of the words of LIST ("a; b c"). */
static bool is_one_of(const char *list, const char *folded)
{
    char word[64], key[64];
    while (*list) {
        size_t n = strcspn(list, ";");
        (void)snprintf(word, sizeof word, "%.*s", (int)(n < 60 ? n : 60), list);
        if (read_key(key, sizeof key, word) > 0 && strcmp(key, folded) == 0) {
            return true;
        }
        list += n + (list[n] == ';');
    }
    return false;
}

/* "hn2026000042x", the end of FOLDED, as a case code; FOLDED loses it. */
static void take_code(char code[SMS_CODE], char *folded)
{
    size_t n = strlen(folded);
    *code = '\0';
    for (size_t digits = 11; digits >= 10; digits--) { /* year and count */
        char *at = folded + n - digits - 3;
        if (n >= digits + 3 && isalpha((unsigned char)at[0]) && isalpha((unsigned char)at[1]) &&
            strspn(at + 2, "0123456789") >= digits) {
            (void)snprintf(code, SMS_CODE, "%.2s-%.4s-%.*s-%c", at, at + 2, (int)digits - 4, at + 6,
                           at[digits + 2]);
            for (char *c = code; *c; c++) {
                *c = (char)toupper((unsigned char)*c);
            }
            *at = '\0';
            return;
        }
    }
}

enum sms_heard sms_words_hear(const struct sms *sms, char code[SMS_CODE], const char **reason,
                              const char *text)
{
    enum { SHORT = 64, MAX_REASON = 500 };
    static const struct {
        const char *key;
        enum sms_heard heard;
        bool needs_code, has_reason;
    } words[] = {{"hear.lookup", SMS_LOOKUP, true, false},
                 {"hear.done", SMS_DONE, false, true},
                 {"hear.not_done", SMS_NOT_DONE, false, true},
                 {"hear.help", SMS_HELP, false, false}};
    char folded[SHORT], head[SHORT];
    size_t n = strcspn(text, ",.;!\n"); /* "CHUA, van con hong" */
    const char *rest = text + n + strspn(text + n, ",.;!\n ");
    bool says_more = *rest && n < sizeof head && read_characters(rest) <= MAX_REASON;
    *code = '\0';
    *reason = "";
    if (says_more) {
        memcpy(head, text, n);
        head[n] = '\0';
    }
    if (read_key(folded, sizeof folded, says_more ? head : text) >= sizeof folded) {
        return SMS_PETITION; /* too long for a command */
    }
    take_code(code, folded);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_one_of(sms_words_raw(sms, words[i].key), folded) &&
            (*code || !words[i].needs_code) && (!says_more || words[i].has_reason)) {
            *reason = rest;
            return words[i].heard;
        }
    }
    /* a code alone asks for itself */
    return *code && !*folded && !says_more ? SMS_LOOKUP : SMS_PETITION;
}
