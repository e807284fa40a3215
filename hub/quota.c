/* quota.c - see the header. */
#include "hub/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, DAY_MS = 86400000, HA_NOI_MS = 7 * 3600 * 1000, ALARM_PERCENT = 80 };

struct quota {
    struct quota *next;
    char agent[64];
    int64_t tokens; /* thousandths of a message */
    int64_t filled_ms;
    int64_t day, bytes; /* bytes taken on that day */
    int64_t most;       /* that may be taken on a day; 0: no limit */
};

struct quotas {
    struct quota *first;
};

quotas_t *quotas_new(void)
{
    return calloc(1, sizeof(quotas_t));
}

void quotas_destroy(quotas_t **self_p)
{
    if (*self_p) {
        for (struct quota *next, *at = (*self_p)->first; at; at = next) {
            next = at->next;
            free(at);
        }
        free(*self_p);
        *self_p = NULL;
    }
}

struct quota *quotas_of(quotas_t *self, const char *agent)
{
    struct quota *at = self->first;
    while (at && strcmp(at->agent, agent) != 0) {
        at = at->next;
    }
    if (!at && (at = calloc(1, sizeof *at))) {
        snprintf(at->agent, sizeof at->agent, "%s", agent);
        at->next = self->first;
        self->first = at;
    }
    return at;
}

static void refill(struct quota *self, int64_t rate, int64_t now)
{
    int64_t passed = self->filled_ms ? now - self->filled_ms : SECOND_MS;
    int64_t full = rate * SECOND_MS;
    passed = passed < SECOND_MS ? passed : SECOND_MS;
    self->tokens = self->tokens + passed * rate < full ? self->tokens + passed * rate : full;
    self->filled_ms = now;
}

int64_t quota_take(struct quota *self, int64_t rate, int64_t bytes_per_day, size_t size,
                   int64_t monotonic_ms, int64_t wall_ms)
{
    int64_t local = wall_ms + HA_NOI_MS, day = local / DAY_MS;
    self->most = bytes_per_day;
    if (day != self->day) {
        self->day = day;
        self->bytes = 0;
    }
    if (bytes_per_day && self->bytes + (int64_t)size > bytes_per_day) {
        return DAY_MS - local % DAY_MS;
    }
    if (rate) {
        refill(self, rate, monotonic_ms);
        if (self->tokens < SECOND_MS) {
            return (SECOND_MS - self->tokens) / rate + 1;
        }
        self->tokens -= SECOND_MS;
    }
    self->bytes += (int64_t)size;
    return 0;
}

bool quotas_alarm(const quotas_t *self, int64_t wall_ms)
{
    int64_t day = (wall_ms + HA_NOI_MS) / DAY_MS;
    for (const struct quota *at = self->first; at; at = at->next) {
        if (at->day == day && at->most && at->bytes / ALARM_PERCENT >= at->most / 100) {
            return true;
        }
    }
    return false;
}
