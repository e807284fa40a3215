/* crc32c.c - see the header. The table is the bitwise definition unrolled for one byte at a time;
 * on x86-64 with SSE 4.2 the instruction is used instead (checked once, by the compiler's builtin).
 */
#include "hub/crc32c.h"

#include <string.h>

static uint32_t bytewise(uint32_t crc, const uint8_t *at, size_t size)
{
    while (size--) {
        crc ^= *at++;
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
        }
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t wordwise(uint32_t crc, const uint8_t *at,
                                                           size_t size)
{
    uint64_t state = crc;
    for (; size >= 8; at += 8, size -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    crc = (uint32_t)state;
    while (size--) {
        crc = __builtin_ia32_crc32qi(crc, *at++);
    }
    return crc;
}
#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t size)
{
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) {
        return ~wordwise(crc, bytes, size);
    }
#endif
    return ~bytewise(crc, bytes, size);
}
