/* arena.h - memory that is given out in pieces and freed as a whole.
 *
 * A reading lives in one arena. A piece is aligned for every type; one of arena_take is zeroed, one
 * of arena_room is for the caller to fill. Both return NULL when the system has no memory, and from
 * then on always (failed), so that a caller may ask once at the end.
 */
#ifndef KN_TEXT_ARENA_H
#define KN_TEXT_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    max_align_t bytes[];
};
struct arena {
    struct arena_block *blocks;
    char *at;
    size_t left;
    bool failed;
};

static inline void *arena_room(struct arena *self, size_t size)
{
    enum { BLOCK = 16384, ALIGN = sizeof(max_align_t) };
    if (size > ((size_t)1 << 30))
        self->failed = true;
    if (self->failed)
        return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (size > self->left) {
        size_t room = size > BLOCK ? size : BLOCK;
        struct arena_block *block = malloc(sizeof *block + room);
        if (block == NULL) {
            self->failed = true;
            return NULL;
        }
        block->next = self->blocks;
        self->blocks = block;
        self->at = (char *)block->bytes;
        self->left = room;
    }
    void *piece = self->at;
    self->at += size;
    self->left -= size;
    return piece;
}

static inline void *arena_take(struct arena *self, size_t size)
{
    void *piece = arena_room(self, size);
    return piece == NULL ? NULL : memset(piece, 0, size);
}

/* A copy of LENGTH bytes with a NUL behind them. */
static inline char *arena_copy(struct arena *self, const char *bytes, size_t length)
{
    char *copy = arena_room(self, length + 1);
    if (copy == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = 0;
    return copy;
}

static inline void arena_free(struct arena *self)
{
    struct arena_block *block = self->blocks;
    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *self = (struct arena){0};
}
#endif
