/* hash.h - the one hash of words: of folded keys and of words with their marks.
 *
 * normalise.c computes it once for each token, and all look-ups go by it: abbreviations, type
 * words, names, phrases. Where 64 bits alone decide, equal hashes are taken for equal words.
 * Fourteen bits of it are kept in packed readings (said_hash), so it never changes.
 */
#ifndef KN_TEXT_HASH_H
#define KN_TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SEED UINT64_C(14695981039346656037) /* FNV-1a */

static inline uint64_t hash_step(uint64_t hash, char byte)
{
    return (hash ^ (uint8_t)byte) * UINT64_C(1099511628211);
}

static inline uint64_t hash_end(uint64_t hash)
{
    return hash ^ hash >> 32;
}

static inline uint64_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = HASH_SEED;
    for (size_t i = 0; i < length; i++)
        hash = hash_step(hash, bytes[i]);
    return hash_end(hash);
}
#endif
