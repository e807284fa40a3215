/* line.h - a line of errands between two threads: many push, one takes all that waits. */
#ifndef KN_LINE_H
#define KN_LINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What stands in a line begins with this. */
struct link {
    struct link *next;
};

struct line {
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied;
    struct link *first, **last;
    size_t n;
    bool shut, nudged;
};

void line_init(struct line *self);
void line_clear(struct line *self); /* the line must be empty */

/* Adds ITEM; false when the line is shut (the caller keeps the item). */
bool line_push(struct line *self, struct link *item);

/* Waits up to TIMEOUT_MS for something and takes up to MAX of it, first to last, ended by NULL;
 * NULL when nothing came or somebody nudged. */
struct link *line_take(struct line *self, int timeout_ms, size_t max, size_t *n);

/* Wakes who waits in line_take. */
void line_nudge(struct line *self);

/* Waits until fewer than LIMIT wait in the line, or it is shut. */
void line_wait_below(struct line *self, size_t limit);

size_t line_length(struct line *self);
void line_shut(struct line *self); /* no more pushes; takers get what is left */

#endif
