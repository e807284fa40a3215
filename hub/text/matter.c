/* matter.c - what a petition is about. */
#include "hub/text/matter.h"

struct matter {
    int unused;
};

int matter_open(matter_t **out, const char *folder, char *why, size_t why_size)
{
    (void)folder, (void)why, (void)why_size;
    *out = NULL;
    return 0;
}

void matter_close(matter_t **self_p)
{
    *self_p = NULL;
}

void matter_read(const matter_t *self, struct reading *reading, struct arena *arena)
{
    (void)self, (void)reading, (void)arena;
}
