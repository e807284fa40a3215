/* sms_numbers.c - who is heard: the list of senders (registers/sms_numbers.tsv) and how much of one
 * sender.
 *
 * "sms:r:KIND:HASH" holds the instants at which a sender did something, newest first; HASH stands
 * for the number. They are forgotten after a day.
 */
#include "agents/sms.h"

#include "agents/tsv.h"
#include "kiennghi/kiennghi.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200, HOUR_MS = 3600000, DAY_MS = 86400000, SHORT = 6 };

struct rule {
    char *sender;
    bool allow;
};

struct sms_numbers {
    struct rule *rule;
    size_t n;
};

void sms_number(char out[SMS_NUMBER], const char *raw)
{
    static const struct {
        const char *written, *meant;
        size_t least; /* digits */
    } forms[] = {{"00", "+", 10}, {"0", "+84", 9}, {"84", "+84", 10}, {"+", "+", 1}};
    char bare[SMS_NUMBER - 4];
    size_t n = 0;
    bool letters = false;
    for (; *raw && n + 1 < sizeof bare; raw++) {
        letters |= isalpha((unsigned char)*raw) || (unsigned char)*raw >= 0x80;
        if (letters || isdigit((unsigned char)*raw) || (*raw == '+' && n == 0)) {
            bare[n++] = *raw;
        }
    }
    bare[n] = '\0';
    for (size_t i = 0; !letters && i < sizeof forms / sizeof *forms; i++) {
        size_t length = strlen(forms[i].written);
        if (strncmp(bare, forms[i].written, length) == 0 && n >= forms[i].least) {
            (void)snprintf(out, SMS_NUMBER, "%s%s", forms[i].meant, bare + length);
            return;
        }
    }
    (void)snprintf(out, SMS_NUMBER, "%s", bare);
}

bool sms_number_answers(const char *number)
{
    return number[0] == '+' && strlen(number) > 8;
}

static const char *take(void *arg, kn_agent_t *agent, char *const *cell)
{
    struct sms_numbers *self = arg;
    bool allow = strcmp(cell[1], "allow") == 0;
    size_t n = strlen(cell[0]);
    if (n == 0) {
        return KN_TR(agent, "thiếu sender – ghi số, phần đầu số và \"*\", letters hoặc short",
                     "no sender - a number, its beginning and \"*\", letters or short");
    }
    if (!allow && strcmp(cell[1], "deny") != 0) {
        return KN_TR(agent, "rule chỉ nhận allow hoặc deny", "rule is allow or deny");
    }
    if (strcmp(cell[0], "letters") != 0 && strcmp(cell[0], "short") != 0 &&
        strspn(cell[0], "+0123456789") + (cell[0][n - 1] == '*') != n) {
        return KN_TR(agent, "sender không đúng – ví dụ +84912345678, +8491*, letters, short",
                     "sender is not right - for example +84912345678, +8491*, letters, short");
    }
    struct rule *grown = realloc(self->rule, (self->n + 1) * sizeof *grown);
    char *sender = strdup(cell[0]);
    if (!grown || !sender) {
        free(sender);
        self->rule = grown ? grown : self->rule;
        return kn_status_text(KN_E_NOMEM);
    }
    self->rule = grown;
    self->rule[self->n++] = (struct rule){.sender = sender, .allow = allow};
    return NULL;
}

int sms_numbers_read(struct sms *self)
{
    static const char *const names[] = {"sender", "rule", "note", NULL};
    self->numbers = calloc(1, sizeof *self->numbers);
    return self->numbers ? tsv_read(self->agent, kn_agent_text(self->agent, "numbers"),
                                    "sms_numbers.tsv", names, take, self->numbers)
                         : KN_E_NOMEM;
}

void sms_numbers_free(struct sms *self)
{
    for (size_t i = 0; self->numbers && i < self->numbers->n; i++) {
        free(self->numbers->rule[i].sender);
    }
    if (self->numbers) {
        free(self->numbers->rule);
    }
    free(self->numbers);
    self->numbers = NULL;
}

static bool fits(const char *sender, const char *number)
{
    size_t n = strlen(sender), digits = strspn(number, "0123456789");
    if (strcmp(sender, "letters") == 0) {
        return number[digits + (number[0] == '+')] != '\0' && number[0] != '+';
    }
    if (strcmp(sender, "short") == 0) {
        return digits > 0 && digits <= SHORT && number[digits] == '\0';
    }
    return sender[n - 1] == '*' ? strncmp(sender, number, n - 1) == 0 : strcmp(sender, number) == 0;
}

size_t sms_numbers_count(struct sms *self, const char *kind, const char *number, int64_t at,
                         int64_t period_ms, size_t limit)
{
    char key[80], hash[33];
    const void *value;
    size_t size, n = 0, within = 0;
    int64_t times[MOST + 1];
    kn_client_t *client = kn_agent_client(self->agent);
    kn_hash_hex32(hash, 1, (const char *[]){number});
    (void)snprintf(key, sizeof key, "sms:r:%s:%s", kind, hash);
    if (kn_client_get(client, &value, &size, key) == KN_OK && size <= MOST * sizeof *times) {
        n = size / sizeof *times;
        memcpy(times + 1, value, n * sizeof *times);
    }
    for (size_t i = 1; i <= n; i++) {
        within += at - times[i] < period_ms;
    }
    times[0] = at;
    while (n > 0 && (at - times[n] >= DAY_MS || n == MOST)) {
        n--;
    }
    if (within < limit) {
        (void)kn_client_put(client, key, times, (n + 1) * sizeof *times); /* shows at the commit */
    }
    return within;
}

bool sms_numbers_admit(struct sms *self, const char *number, int64_t at, struct read_fault *fault)
{
    int64_t now = sms_now();
    at = at >= 0 && at <= now ? at : now;
    for (size_t i = 0; i < self->numbers->n; i++) {
        const struct rule *rule = &self->numbers->rule[i];
        if (!fits(rule->sender, number)) {
            continue;
        }
        if (!rule->allow) {
            fault->kind = READ_SMS_DENIED;
            (void)snprintf(fault->value, sizeof fault->value, "%.*s",
                           isdigit((unsigned char)rule->sender[1]) ? 3 : 60, rule->sender);
        }
        return rule->allow;
    }
    static const struct {
        const char *option, *kind;
        int64_t period_ms;
    } limits[] = {{"per-hour", "hour", HOUR_MS}, {"per-day", "day", DAY_MS}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        size_t limit = (size_t)kn_agent_integer(self->agent, limits[i].option);
        if (sms_numbers_count(self, limits[i].kind, number, at, limits[i].period_ms, limit) >=
            limit) {
            fault->kind = READ_SMS_FLOOD;
            (void)snprintf(fault->value, sizeof fault->value, "%zu", limit);
            return false;
        }
    }
    return true;
}
