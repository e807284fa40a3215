/* keys.c - CURVE key files in CZMQ's certificate format, and the hashes that name things.
 *
 * CZMQ writes NAME and NAME_secret (mode 0600); we add what it leaves out: never overwriting, and
 * refusing a secret that others can read.
 */
#include "kiennghi/keys.h"

#include "kiennghi/status.h"

#include <czmq.h>
#include <sodium.h>

static int secret_path(char out[PATH_MAX], const char *path)
{
    return (size_t)snprintf(out, PATH_MAX, "%s_secret", path) < PATH_MAX ? KN_OK : KN_E_INVALID;
}

void kn_keys_new(struct kn_keys *out)
{
    int rc = zmq_curve_keypair(out->public_key, out->secret_key);
    assert(rc == 0); /* fails only when libzmq has no CURVE */
}

int kn_keys_save(const struct kn_keys *keys, const char *name, const char *path)
{
    char secret[PATH_MAX];
    uint8_t public_bytes[32], secret_bytes[32];
    if (secret_path(secret, path) != KN_OK || !zmq_z85_decode(public_bytes, keys->public_key) ||
        !zmq_z85_decode(secret_bytes, keys->secret_key))
        return KN_E_INVALID;
    if (access(path, F_OK) == 0 || access(secret, F_OK) == 0)
        return KN_E_CONFLICT;
    zcert_t *cert = zcert_new_from(public_bytes, secret_bytes);
    if (!cert)
        return KN_E_NOMEM;
    if (name)
        zcert_set_meta(cert, "name", "%s", name);
    mode_t mask = umask(077);
    int rc = zcert_save(cert, path);
    umask(mask);
    zcert_destroy(&cert);
    sodium_memzero(secret_bytes, sizeof secret_bytes);
    if (rc != 0 || access(secret, F_OK) != 0)
        return KN_E_IO;
    return chmod(path, 0644) == 0 ? KN_OK : KN_E_IO;
}

/* Takes `NAME = "KEY"` when LINE is that. zcert_load would print and leak on a file that is none.
 */
static void take_line(char out[41], const char *line, const char *name)
{
    char key[41];
    uint8_t bytes[32];
    line += strspn(line, " \t");
    if (strncmp(line, name, strlen(name)) != 0)
        return;
    line += strlen(name);
    if (sscanf(line, " = \"%40[^\"]\"", key) == 1 && strlen(key) == 40 &&
        zmq_z85_decode(bytes, key))
        memcpy(out, key, sizeof key);
    sodium_memzero(key, sizeof key);
    sodium_memzero(bytes, sizeof bytes);
}

int kn_keys_load(struct kn_keys *out, const char *path)
{
    char secret[PATH_MAX], line[256];
    struct stat st;
    *out = (struct kn_keys){0};
    if (secret_path(secret, path) != KN_OK)
        return KN_E_INVALID;
    if (stat(secret, &st) == 0) {
        if (st.st_mode & 077)
            return KN_E_DENIED;
        if (access(secret, R_OK) != 0)
            return KN_E_IO;
    } else if (stat(path, &st) != 0) {
        return KN_E_NOT_FOUND;
    }
    FILE *file = fopen(access(secret, F_OK) == 0 ? secret : path, "r");
    if (!file)
        return KN_E_IO;
    while (fgets(line, sizeof line, file)) {
        take_line(out->public_key, line, "public-key");
        take_line(out->secret_key, line, "secret-key");
    }
    fclose(file);
    sodium_memzero(line, sizeof line);
    return out->public_key[0] ? KN_OK : KN_E_INVALID;
}

int kn_keys_public(char out[41], const char *text_or_path)
{
    struct kn_keys keys;
    uint8_t bytes[32];
    if (strlen(text_or_path) == 40 && zmq_z85_decode(bytes, text_or_path)) {
        snprintf(out, 41, "%s", text_or_path);
        return KN_OK;
    }
    int rc = kn_keys_load(&keys, text_or_path);
    if (rc == KN_OK)
        snprintf(out, 41, "%s", keys.public_key);
    sodium_memzero(&keys, sizeof keys);
    return rc;
}

void kn_hash_hex32(char out[33], size_t n_parts, const char *const parts[])
{
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n_parts; i++) {
        const char *part = parts[i] ? parts[i] : "";
        crypto_hash_sha256_update(&state, (const unsigned char *)part, strlen(part) + 1);
    }
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(out, 33, digest, 16);
}
