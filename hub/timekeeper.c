/* timekeeper.c - see the header. */
#include "hub/timekeeper.h"

int64_t timekeeper_now(struct timekeeper *self, int64_t system_ms, int64_t steady_ms)
{
    int64_t expected = self->now_ms + (steady_ms - self->steady_ms);
    if (!self->has_begun) {
        self->has_begun = true;
        expected = system_ms;
    }
    int64_t ahead = system_ms - expected;
    bool is_jump = ahead > TIMEKEEPER_JUMP_MS || ahead < -TIMEKEEPER_JUMP_MS;
    self->n_jumps += is_jump && !self->is_held;
    self->is_held = is_jump;
    if (is_jump) {
        self->now_ms = expected;
    } else if (system_ms > self->now_ms) {
        self->now_ms = system_ms;
    } /* else a small step back: time stands still until it is made up */
    self->steady_ms = steady_ms;
    self->ahead_ms = system_ms - self->now_ms;
    return self->now_ms;
}
