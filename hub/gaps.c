/* gaps.c - see the header. A list: few outboxes have anything missing. */
#include "hub/gaps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_GAPS = 1024 }; /* of all agents; what is beyond is noted at its next hello */

struct gaps {
    struct gap item[MAX_GAPS];
    size_t n;
};

gaps_t *gaps_new(void)
{
    return calloc(1, sizeof(gaps_t));
}

void gaps_destroy(gaps_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

static struct gap *find(gaps_t *self, const char *agent, uint64_t instance)
{
    for (size_t i = 0; i < self->n; i++) {
        if (self->item[i].instance == instance && strcmp(self->item[i].agent, agent) == 0) {
            return &self->item[i];
        }
    }
    return NULL;
}

static struct gap *add(gaps_t *self, const char *agent, uint64_t instance, uint64_t came,
                       int64_t since)
{
    if (self->n == MAX_GAPS) {
        return NULL;
    }
    struct gap *gap = &self->item[self->n++];
    *gap = (struct gap){.instance = instance, .came = came, .since = since};
    snprintf(gap->agent, sizeof gap->agent, "%s", agent);
    return gap;
}

void gaps_note(gaps_t *self, const char *agent, uint64_t instance, uint64_t last, uint64_t came,
               int64_t now)
{
    struct gap *gap = find(self, agent, instance);
    gap = gap ? gap : add(self, agent, instance, came, now);
    if (gap && gap->last < last) {
        gap->last = last;
    }
}

void gaps_note_told(gaps_t *self, const char *agent, const struct kn_gap *told)
{
    uint64_t instance = strtoull(told->instance, NULL, 16);
    gaps_note(self, agent, instance, (uint64_t)told->last, (uint64_t)told->first - 1, told->since);
    struct gap *gap = find(self, agent, instance);
    if (gap) {
        gap->is_told = true;
    }
}

struct gap *gaps_all(gaps_t *self, size_t *n)
{
    *n = self->n;
    return self->item;
}

void gaps_drop(gaps_t *self, size_t at)
{
    self->item[at] = self->item[--self->n];
}
