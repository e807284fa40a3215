/* digest.h - the few cryptographic functions that the hub uses, over libcrypto. */
#ifndef KN_DIGEST_H
#define KN_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_SALT = 16 };

void digest_sha256(uint8_t out[DIGEST_SIZE], const void *bytes, size_t size);
/* HMAC-SHA-256 of BYTES under SALT: the commitment that the log keeps of erasable content. */
void digest_commit(uint8_t out[DIGEST_SIZE], const uint8_t salt[DIGEST_SALT], const void *bytes,
                   size_t size);
void digest_random(void *out, size_t size);

/* Lower-case hex. digest_hex writes 2 × SIZE digits and a NUL; digest_from_hex reads exactly
 * 2 × SIZE digits and says whether they were hex. */
void digest_hex(char *out, const void *bytes, size_t size);
int digest_from_hex(void *out, size_t size, const char *hex);

#endif
