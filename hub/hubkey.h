/** hubkey.h - the hub's own key pair: a certificate in CZMQ's format, made at the first start.
 *
 * FILE holds the public key and may be given to anybody; FILE_secret holds both, mode 0600. Whoever
 * loses the secret has to give every client a new public key: it belongs into the backup.
 */
#ifndef KN_HUB_HUBKEY_H
#define KN_HUB_HUBKEY_H

#include <stddef.h>

struct hubkey {
    char public_key[41];
    char secret_key[41];
};

/** Reads the certificate FILE, or makes it when neither file exists. KN_E_DENIED when others than
 * the owner may read the secret, KN_E_CORRUPT when it is no key pair or a part is missing, KN_E_IO.
 */
int hubkey_open(struct hubkey *out, const char *file, char *why, size_t n_why);

#endif
