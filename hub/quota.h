/* quota.h - what an identity may use: messages a second, bytes a day, over all its connections.
 *
 * A bucket of tokens that holds one second's worth, and a count of bytes that begins anew at
 * midnight in Ha Noi. Both live in memory: a restart of the hub forgives. Of the net thread.
 */
#ifndef KN_QUOTA_H
#define KN_QUOTA_H

#include "kiennghi/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct quotas quotas_t;
struct quota; /* of one identity; lives as long as all quotas */

quotas_t *quotas_new(void);
void quotas_destroy(quotas_t **self_p);
struct quota *quotas_of(quotas_t *self, const char *agent); /* NULL: no memory */

/* Takes one message of SIZE bytes. 0, or after how many milliseconds it may be tried again: then
 * nothing was taken. RATE and BYTES_PER_DAY 0: no limit. MONOTONIC_MS and WALL_MS are now. */
int64_t quota_take(struct quota *self, int64_t rate, int64_t bytes_per_day, size_t size,
                   int64_t monotonic_ms, int64_t wall_ms);

/* Whether an identity has used 80 % of its bytes of the day. */
bool quotas_alarm(const quotas_t *self, int64_t wall_ms);

#endif
