/* digest.c - SHA-256 by libcrypto, which uses the processor's instructions for it (five times the
 * speed of portable code: two hashes and a commitment a petition); random bytes from the kernel,
 * some kilobytes at a time; hex by hand.
 */
#include "hub/digest.h"

#include "kiennghi/status.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

enum { BLOCK = 64 /* of SHA-256 */, POOL = 4096 };

/* One context a thread, ended with it: making one costs more than hashing a short text. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void make_key(void)
{
    int rc = pthread_key_create(&key, free_context);
    assert(rc == 0);
}

static EVP_MD_CTX *context(void)
{
    pthread_once(&once, make_key);
    EVP_MD_CTX *own = pthread_getspecific(key);
    if (!own) {
        own = EVP_MD_CTX_new();
        assert(own && pthread_setspecific(key, own) == 0);
        assert(EVP_DigestInit_ex2(own, EVP_sha256(), NULL) == 1);
    }
    /* the same algorithm again: nothing is looked up */
    assert(EVP_DigestInit_ex2(own, NULL, NULL) == 1);
    return own;
}

static void add(EVP_MD_CTX *at, const void *bytes, size_t size)
{
    assert(EVP_DigestUpdate(at, bytes, size) == 1);
}

static void end(EVP_MD_CTX *at, uint8_t out[DIGEST_SIZE])
{
    assert(EVP_DigestFinal_ex(at, out, NULL) == 1);
}

void digest_sha256(uint8_t out[DIGEST_SIZE], const void *bytes, size_t size)
{
    EVP_MD_CTX *at = context();
    add(at, bytes, size);
    end(at, out);
}

void digest_commit(uint8_t out[DIGEST_SIZE], const uint8_t salt[DIGEST_SALT], const void *bytes,
                   size_t size)
{
    uint8_t inner[BLOCK] = {0}, outer[BLOCK];
    memcpy(inner, salt, DIGEST_SALT);
    for (int i = 0; i < BLOCK; i++) { /* RFC 2104 */
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    EVP_MD_CTX *at = context();
    add(at, inner, BLOCK);
    add(at, bytes, size);
    end(at, out);
    at = context();
    add(at, outer, BLOCK);
    add(at, out, DIGEST_SIZE);
    end(at, out);
}

void digest_random(void *out, size_t size)
{
    static _Thread_local uint8_t pool[POOL];
    static _Thread_local size_t left;
    assert(size <= POOL);
    if (left < size) {
        for (size_t at = 0; at < POOL;) {
            ssize_t n = getrandom(pool + at, POOL - at, 0);
            assert(n > 0 || errno == EINTR);
            at += n > 0 ? (size_t)n : 0;
        }
        left = POOL;
    }
    left -= size;
    memcpy(out, pool + left, size);
    memset(pool + left, 0, size);
}

void digest_hex(char *out, const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        *out++ = digits[at[i] >> 4];
        *out++ = digits[at[i] & 15];
    }
    *out = '\0';
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
