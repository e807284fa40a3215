/* denials.c - see the header. */
#include "hub/denials.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000, LISTED_EACH = 100, IDENTITIES = 64 };

struct denials {
    pthread_mutex_t lock;
    int64_t minute_at;                  /* when the running minute began */
    size_t n_listed, n_taken, n_blocks; /* listed in this minute; of those taken already */
    struct denial_line listed[DENIALS_LISTED], blocks[DENIALS_BLOCKS];
    struct {
        char agent[64];
        int n;
    } listed_of[IDENTITIES]; /* how many of each identity were listed in this minute */
    size_t n_identities;
    uint64_t totals[KN_DENIAL_REASON_COUNT];
};

denials_t *denials_new(void)
{
    denials_t *self = calloc(1, sizeof *self);
    if (self) {
        pthread_mutex_init(&self->lock, NULL);
    }
    return self;
}

void denials_destroy(denials_t **self_p)
{
    if (*self_p) {
        pthread_mutex_destroy(&(*self_p)->lock);
        free(*self_p);
        *self_p = NULL;
    }
}

void denials_block(char out[80], const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    char text[INET6_ADDRSTRLEN];
    snprintf(out, 80, "?");
    if (address && inet_pton(AF_INET, address, &four) == 1) {
        four.s_addr &= htonl(0xffffff00u);
        if (inet_ntop(AF_INET, &four, text, sizeof text)) {
            snprintf(out, 80, "%s/24", text);
        }
    } else if (address && inet_pton(AF_INET6, address, &six) == 1) {
        memset(six.s6_addr + 8, 0, 8);
        if (inet_ntop(AF_INET6, &six, text, sizeof text)) {
            snprintf(out, 80, "%s/64", text);
        }
    }
}

/* The aggregate of WHO and REASON; the last one takes what finds no place. */
static struct denial_line *block_of(denials_t *self, bool is_agent, const char *who,
                                    enum kn_denial_reason reason)
{
    for (size_t i = 0; i < self->n_blocks; i++) {
        struct denial_line *line = &self->blocks[i];
        if (line->reason == reason && line->is_agent == is_agent && strcmp(line->who, who) == 0) {
            return line;
        }
    }
    if (self->n_blocks == DENIALS_BLOCKS) {
        return &self->blocks[DENIALS_BLOCKS - 1];
    }
    struct denial_line *line = &self->blocks[self->n_blocks++];
    *line = (struct denial_line){.is_agent = is_agent, .reason = reason};
    snprintf(line->who, sizeof line->who, "%s", who);
    if (self->n_blocks == DENIALS_BLOCKS) {
        *line = (struct denial_line){.reason = KN_DENIAL_REASON_REST, .who = "*"};
    }
    return line;
}

/* May one more of AGENT be listed in this minute? */
static bool is_listed(denials_t *self, const char *agent)
{
    size_t at = 0;
    while (at < self->n_identities && strcmp(self->listed_of[at].agent, agent) != 0) {
        at++;
    }
    if (self->n_listed == DENIALS_LISTED || at == IDENTITIES) {
        return false;
    }
    if (at == self->n_identities) {
        self->listed_of[at].n = 0;
        snprintf(self->listed_of[at].agent, sizeof self->listed_of[at].agent, "%s", agent);
        self->n_identities++;
    }
    return self->listed_of[at].n++ < LISTED_EACH;
}

void denials_count(denials_t *self, const char *agent, const char *address,
                   enum kn_denial_reason reason, const char *verb)
{
    bool is_agent = agent && *agent;
    char block[80];
    if (!is_agent) {
        denials_block(block, address);
    }
    const char *who = is_agent ? agent : block;
    pthread_mutex_lock(&self->lock);
    self->totals[reason]++;
    bool listed = is_agent && reason != KN_DENIAL_REASON_QUOTA && is_listed(self, agent);
    struct denial_line *line =
        listed ? &self->listed[self->n_listed++] : block_of(self, is_agent, who, reason);
    if (listed) {
        *line = (struct denial_line){.is_agent = true, .reason = reason};
        snprintf(line->who, sizeof line->who, "%s", who);
    }
    if (verb && line->reason == reason) {
        snprintf(line->verb, sizeof line->verb, "%s", verb);
    }
    line->count++;
    pthread_mutex_unlock(&self->lock);
}

size_t denials_take(denials_t *self, struct denial_line out[DENIALS_MAX], int64_t monotonic_ms,
                    int64_t at, bool is_last)
{
    size_t n = 0;
    pthread_mutex_lock(&self->lock);
    for (; self->n_taken < self->n_listed; self->n_taken++) {
        out[n++] = self->listed[self->n_taken];
    }
    if (is_last || monotonic_ms - self->minute_at >= MINUTE_MS) {
        memcpy(out + n, self->blocks, self->n_blocks * sizeof *out);
        n += self->n_blocks;
        self->n_blocks = self->n_listed = self->n_taken = self->n_identities = 0;
        self->minute_at = monotonic_ms;
    }
    pthread_mutex_unlock(&self->lock);
    for (size_t i = 0; i < n; i++) {
        out[i].at = at;
    }
    return n;
}

uint64_t denials_total(denials_t *self, enum kn_denial_reason reason)
{
    pthread_mutex_lock(&self->lock);
    uint64_t total = self->totals[reason];
    pthread_mutex_unlock(&self->lock);
    return total;
}
