/* key.h - keys of the store: bytes whose order is the order of what they name.
 *
 * Numbers are big-endian, so that neighbours in the table are neighbours in number.
 */
#ifndef KN_KEY_H
#define KN_KEY_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MAX_KEY = 320 }; /* longest key that a verb builds */

struct key {
    uint8_t bytes[MAX_KEY];
    size_t size;
};

static inline void key_put32(struct key *key, uint32_t value)
{
    assert(key->size + 4 <= MAX_KEY);
    for (int shift = 24; shift >= 0; shift -= 8) {
        key->bytes[key->size++] = (uint8_t)(value >> shift);
    }
}

static inline void key_put64(struct key *key, uint64_t value)
{
    key_put32(key, (uint32_t)(value >> 32));
    key_put32(key, (uint32_t)value);
}

static inline void key_put(struct key *key, const void *bytes, size_t size)
{
    assert(key->size + size <= MAX_KEY);
    memcpy(key->bytes + key->size, bytes, size);
    key->size += size;
}

static inline uint64_t key_get64(const void *bytes)
{
    const uint8_t *at = bytes;
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

/* A number as short as it is: seven bits a byte, the last one below 128. Not for order. */
static inline void key_put_short(struct key *key, uint64_t value)
{
    assert(key->size + 10 <= MAX_KEY);
    for (; value >= 0x80; value >>= 7) {
        key->bytes[key->size++] = (uint8_t)(value | 0x80);
    }
    key->bytes[key->size++] = (uint8_t)value;
}

/* Takes such a number from *AT, which moves on; 0 at the END. */
static inline uint64_t key_get_short(const uint8_t **at, const uint8_t *end)
{
    uint64_t value = 0;
    for (int shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

static inline struct key key64(uint64_t value)
{
    struct key key = {.size = 0};
    key_put64(&key, value);
    return key;
}

static inline struct key key_text(const char *text)
{
    struct key key = {.size = 0};
    key_put(&key, text, strlen(text));
    return key;
}

#endif
