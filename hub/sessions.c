/* sessions.c - a hash table by connection: open addressing over pointers, at most half full. */
#include "hub/sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sessions {
    struct session **slot;
    size_t room, n; /* room is a power of two */
};

static size_t hash(const struct net_peer *peer)
{
    uint64_t word;
    _Static_assert(sizeof *peer == sizeof word, "a peer is one word");
    memcpy(&word, peer, sizeof word);
    word *= 0x9e3779b97f4a7c15u;
    return (size_t)(word ^ word >> 29);
}

/* The slot that holds PEER, or the free one where it belongs. */
static size_t locate(const sessions_t *self, const struct net_peer *peer)
{
    size_t at = hash(peer) & (self->room - 1);
    while (self->slot[at] && memcmp(&self->slot[at]->peer, peer, sizeof *peer) != 0) {
        at = (at + 1) & (self->room - 1);
    }
    return at;
}

sessions_t *sessions_new(void)
{
    sessions_t *self = calloc(1, sizeof *self);
    if (self) {
        self->room = 256;
        self->slot = calloc(self->room, sizeof(struct session *));
        if (!self->slot) {
            free(self);
            self = NULL;
        }
    }
    return self;
}

void sessions_destroy(sessions_t **self_p)
{
    sessions_t *self = *self_p;
    *self_p = NULL;
    if (self) {
        for (size_t i = 0; i < self->room; i++) {
            free(self->slot[i]);
        }
        free(self->slot);
        free(self);
    }
}

struct session *sessions_find(sessions_t *self, const struct net_peer *peer)
{
    return self->slot[locate(self, peer)];
}

static bool grow(sessions_t *self)
{
    sessions_t bigger = {.room = 2 * self->room, .n = self->n};
    bigger.slot = calloc(bigger.room, sizeof(struct session *));
    if (!bigger.slot) {
        return false;
    }
    for (size_t i = 0; i < self->room; i++) {
        if (self->slot[i]) {
            bigger.slot[locate(&bigger, &self->slot[i]->peer)] = self->slot[i];
        }
    }
    free(self->slot);
    *self = bigger;
    return true;
}

struct session *sessions_add(sessions_t *self, const struct net_peer *peer, const char *agent)
{
    if (self->n >= self->room / 2 && !grow(self)) {
        return NULL;
    }
    size_t at = locate(self, peer);
    if (!self->slot[at]) {
        self->slot[at] = calloc(1, sizeof(struct session));
        if (!self->slot[at]) {
            return NULL;
        }
        self->n++;
    }
    struct session *session = self->slot[at];
    memset(session, 0, sizeof *session);
    session->peer = *peer;
    snprintf(session->agent, sizeof session->agent, "%s", agent);
    return session;
}

void sessions_drop(sessions_t *self, const struct net_peer *peer)
{
    size_t at = locate(self, peer);
    if (!self->slot[at]) {
        return;
    }
    free(self->slot[at]);
    self->slot[at] = NULL;
    self->n--;
    /* those behind it move up, so that no search stops too early */
    for (size_t next = (at + 1) & (self->room - 1); self->slot[next];
         next = (next + 1) & (self->room - 1)) {
        struct session *session = self->slot[next];
        self->slot[next] = NULL;
        self->slot[locate(self, &session->peer)] = session;
    }
}

void sessions_expire(sessions_t *self, int64_t before_ms,
                     void (*gone)(void *arg, const struct session *session), void *arg)
{
    for (size_t i = 0; i < self->room;) {
        struct session *session = self->slot[i];
        if (session && session->heard_ms < before_ms) {
            gone(arg, session);
            sessions_drop(self, &session->peer);
        } else {
            i++;
        }
    }
}

size_t sessions_count(const sessions_t *self)
{
    return self->n;
}

size_t sessions_of(const sessions_t *self, const char *agent, struct session **silent)
{
    size_t n = 0;
    *silent = NULL;
    for (size_t i = 0; i < self->room; i++) {
        struct session *session = self->slot[i];
        if (session && strcmp(session->agent, agent) == 0) {
            n++;
            *silent = *silent && (*silent)->heard_ms <= session->heard_ms ? *silent : session;
        }
    }
    return n;
}
