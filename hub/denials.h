/* denials.h - who was turned away, counted where it happens (net thread and zap thread).
 *
 * Strangers count by block of addresses (/24, /64) and reason, one aggregate a minute; a known
 * identity's denials are listed one by one, at most 100 a minute (and 500 for all), the rest by
 * aggregate, as are all that only say "not so fast" (quota). So a flood
 * costs a bounded number of lines a minute, and a wrong key can still be found.
 */
#ifndef KN_DENIALS_H
#define KN_DENIALS_H

#include "kiennghi/types.h"

#include <stddef.h>

typedef struct denials denials_t;

enum { DENIALS_LISTED = 500, DENIALS_BLOCKS = 256, DENIALS_MAX = DENIALS_LISTED + DENIALS_BLOCKS };

struct denial_line {
    int64_t at;
    bool is_agent;
    char who[80], verb[80];
    enum kn_denial_reason reason;
    int64_t count;
};

denials_t *denials_new(void);
void denials_destroy(denials_t **self_p);

/* Counts one. AGENT "" or NULL: a stranger, known by ADDRESS alone. VERB (the message, the stream)
 * may be NULL. Any thread. */
void denials_count(denials_t *self, const char *agent, const char *address,
                   enum kn_denial_reason reason, const char *verb);

/* Takes what has to be kept by now: what is listed at once, the aggregates when their minute is
 * over (or IS_LAST). MONOTONIC_MS tells the minute, AT stamps the lines. Returns how many of at
 * most DENIALS_MAX. */
size_t denials_take(denials_t *self, struct denial_line out[DENIALS_MAX], int64_t monotonic_ms,
                    int64_t at, bool is_last);

/* How many since the start. */
uint64_t denials_total(denials_t *self, enum kn_denial_reason reason);

/* The block of an address: "192.0.2.0/24", "2001:db8::/64"; "?" when it is none. */
void denials_block(char out[80], const char *address);

#endif
