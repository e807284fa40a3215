/* timekeeper.h - the time that the hub stamps. Pure: both clocks are arguments.
 *
 * The system's clock may jump: a wrong time server, a hand on it, a restored machine. Deadlines
 * must not fall due because of that. So the time is compared with the steady clock (CLOCK_BOOTTIME,
 * which also counts sleep): small steps are followed, never backwards; over TIMEKEEPER_JUMP_MS the
 * hub goes on by the steady clock and says so, until the system's clock agrees again or the hub is
 * started again, which takes the system's clock for true.
 */
#ifndef KN_TIMEKEEPER_H
#define KN_TIMEKEEPER_H

#include <stdbool.h>
#include <stdint.h>

enum { TIMEKEEPER_JUMP_MS = 5 * 60 * 1000 };

/* Zeros at first. */
struct timekeeper {
    bool has_begun;
    int64_t now_ms;    /* told last */
    int64_t steady_ms; /* of the steady clock then */
    int64_t ahead_ms;  /* of the system's clock before what was told; while it is held: the jump */
    bool is_held;      /* the system's clock is not believed */
    uint64_t n_jumps;
};

/* The time to stamp when the system's clock says SYSTEM_MS and the steady one STEADY_MS. */
int64_t timekeeper_now(struct timekeeper *self, int64_t system_ms, int64_t steady_ms);

#endif
