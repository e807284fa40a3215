/* line.c - see the header. */
#include "hub/line.h"

#include <errno.h>
#include <time.h>

void line_init(struct line *self)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->filled, &attributes);
    pthread_cond_init(&self->emptied, &attributes);
    pthread_condattr_destroy(&attributes);
    self->first = NULL;
    self->last = &self->first;
    self->n = 0;
    self->shut = self->nudged = false;
}

void line_clear(struct line *self)
{
    pthread_cond_destroy(&self->emptied);
    pthread_cond_destroy(&self->filled);
    pthread_mutex_destroy(&self->lock);
}

bool line_push(struct line *self, struct link *item)
{
    pthread_mutex_lock(&self->lock);
    bool open = !self->shut;
    if (open) {
        item->next = NULL;
        *self->last = item;
        self->last = &item->next;
        if (self->n++ == 0) {
            pthread_cond_signal(&self->filled);
        }
    }
    pthread_mutex_unlock(&self->lock);
    return open;
}

struct link *line_take(struct line *self, int timeout_ms, size_t max, size_t *n)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_mutex_lock(&self->lock);
    while (!self->n && !self->shut && !self->nudged && timeout_ms > 0 &&
           pthread_cond_timedwait(&self->filled, &self->lock, &until) != ETIMEDOUT) {
    }
    struct link *first = self->first, **end = &self->first;
    for (*n = 0; *end && *n < max; ++*n) {
        end = &(*end)->next;
    }
    if (*end) { /* some are left */
        self->first = *end;
        *end = NULL;
    } else {
        self->first = NULL;
        self->last = &self->first;
    }
    first = *n ? first : NULL;
    self->n -= *n;
    self->nudged = false;
    pthread_cond_broadcast(&self->emptied);
    pthread_mutex_unlock(&self->lock);
    return first;
}

void line_nudge(struct line *self)
{
    pthread_mutex_lock(&self->lock);
    self->nudged = true;
    pthread_cond_signal(&self->filled);
    pthread_mutex_unlock(&self->lock);
}

void line_wait_below(struct line *self, size_t limit)
{
    pthread_mutex_lock(&self->lock);
    while (self->n >= limit && !self->shut) {
        pthread_cond_wait(&self->emptied, &self->lock);
    }
    pthread_mutex_unlock(&self->lock);
}

size_t line_length(struct line *self)
{
    pthread_mutex_lock(&self->lock);
    size_t n = self->n;
    pthread_mutex_unlock(&self->lock);
    return n;
}

void line_shut(struct line *self)
{
    pthread_mutex_lock(&self->lock);
    self->shut = true;
    pthread_cond_broadcast(&self->filled);
    pthread_cond_broadcast(&self->emptied);
    pthread_mutex_unlock(&self->lock);
}
