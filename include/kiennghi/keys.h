/** keys.h - CURVE key files and the hashes that name batches and containers.
 *
 * A key file is a certificate in the format of CZMQ (ZPL), readable by `curve_keygen`'s users and
 * by zcert. The secret key stands in its own file, NAME_secret, with mode 0600; NAME alone may be
 * given to anybody. All keys are Z85 text of 40 characters.
 */
#ifndef KIENNGHI_KEYS_H
#define KIENNGHI_KEYS_H

#include <stddef.h>

#include "kiennghi/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A key pair as Z85 text; SECRET is empty when the file held only the public key. */
struct kn_keys {
    char public_key[41];
    char secret_key[41];
};

/** Draws a new key pair. */
KN_API void kn_keys_new(struct kn_keys *out);

/** Writes PATH (public) and PATH_secret (both keys, mode 0600). Never overwrites: KN_E_CONFLICT
 * when either exists; KN_E_IO when the folder cannot be written. */
KN_API int kn_keys_save(const struct kn_keys *keys, const char *name, const char *path);

/** Reads PATH_secret, or PATH when there is no such file. KN_E_NOT_FOUND, or KN_E_INVALID when the
 *  file is no certificate, KN_E_DENIED when its secret can be read by others than the owner. */
KN_API int kn_keys_load(struct kn_keys *out, const char *path);

/** Reads the public key of TEXT_OR_PATH: 40 characters of Z85, or the path of a certificate. */
KN_API int kn_keys_public(char out[41], const char *text_or_path);

/** The first 32 hex digits of SHA-256 over N_PARTS texts, each ended by a NUL; NULL counts as "".
 *  Names containers and batches: kn_hash_hex32(out, 3, (const char *[]){sender, number, date}). */
KN_API void kn_hash_hex32(char out[33], size_t n_parts, const char *const parts[]);

#ifdef __cplusplus
}
#endif
#endif
