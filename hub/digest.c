/* digest.c - SHA-256, HMAC-SHA-256 and random bytes by libsodium; hex by hand. */
#include "hub/digest.h"

#include "kiennghi/status.h"

#include <assert.h>
#include <sodium.h>

void digest_sha256(uint8_t out[DIGEST_SIZE], const void *bytes, size_t size)
{
    crypto_hash_sha256(out, bytes, size);
}

void digest_commit(uint8_t out[DIGEST_SIZE], const uint8_t salt[DIGEST_SALT], const void *bytes,
                   size_t size)
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, salt, DIGEST_SALT);
    crypto_auth_hmacsha256_update(&state, bytes, size);
    crypto_auth_hmacsha256_final(&state, out);
}

void digest_random(void *out, size_t size)
{
    assert(sodium_init() >= 0);
    randombytes_buf(out, size);
}

void digest_hex(char *out, const void *bytes, size_t size)
{
    sodium_bin2hex(out, 2 * size + 1, bytes, size);
}

int digest_from_hex(void *out, size_t size, const char *hex)
{
    uint8_t *to = out;
    for (size_t i = 0; i < 2 * size; i++) {
        char c = hex[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            return KN_E_INVALID;
        }
        to[i / 2] = (uint8_t)(i % 2 ? to[i / 2] << 4 | digit : digit);
    }
    return hex[2 * size] ? KN_E_INVALID : KN_OK;
}
