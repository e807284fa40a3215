/* hubkey.c - the hub's own key pair. See the header. */
#include "hub/hubkey.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <czmq.h>

#include "kiennghi/status.h"

static int sync_path(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    const int rc = fsync(fd);
    close(fd);
    return rc;
}

/* Clients are told the public key: it must be on the disk before that. */
static int make(const char *file, const char *secret, char *why, size_t n_why)
{
    char copy[PATH_MAX];
    int rc = KN_OK;
    zcert_t *cert = zcert_new();
    const mode_t before = umask(0077); /* czmq changes it and does not put it back */
    snprintf(copy, sizeof copy, "%s", file);
    zcert_set_meta(cert, "name", "%s", "kiennghi-hub");
    if (zcert_save(cert, file) != 0 || chmod(file, 0644) != 0 || chmod(secret, 0600) != 0 ||
        sync_path(file) != 0 || sync_path(secret) != 0 || sync_path(dirname(copy)) != 0) {
        snprintf(why, n_why, "%s: the key cannot be written: %s", file, strerror(errno));
        rc = KN_E_IO;
    }
    umask(before);
    zcert_destroy(&cert);
    return rc;
}

static int load(struct hubkey *out, const char *file, const char *secret, char *why, size_t n_why)
{
    char derived[41];
    struct stat stat_of;
    if (stat(secret, &stat_of) != 0) {
        snprintf(why, n_why,
                 "%s: %s; bring it back from the backup, or remove %s to make a new key", secret,
                 strerror(errno), file);
        return KN_E_CORRUPT;
    }
    if (stat_of.st_mode & 077) {
        snprintf(why, n_why, "%s: others may read it; chmod 600", secret);
        return KN_E_DENIED;
    }
    zcert_t *cert = zcert_load(secret);
    int rc = KN_E_CORRUPT;
    if (cert) {
        snprintf(out->public_key, sizeof out->public_key, "%s", zcert_public_txt(cert));
        snprintf(out->secret_key, sizeof out->secret_key, "%s", zcert_secret_txt(cert));
        if (zmq_curve_public(derived, out->secret_key) == 0 &&
            strcmp(derived, out->public_key) == 0)
            rc = KN_OK;
    }
    if (rc != KN_OK)
        snprintf(why, n_why, "%s: not a certificate with both keys", secret);
    zcert_destroy(&cert);
    return rc;
}

int hubkey_open(struct hubkey *out, const char *file, char *why, size_t n_why)
{
    char secret[PATH_MAX];
    if (snprintf(secret, sizeof secret, "%s_secret", file) >= (int)sizeof secret) {
        snprintf(why, n_why, "%.80s…: the path is too long", file);
        return KN_E_IO;
    }
    if (access(file, F_OK) != 0 && access(secret, F_OK) != 0) {
        const int rc = make(file, secret, why, n_why);
        if (rc != KN_OK)
            return rc;
    }
    return load(out, file, secret, why, n_why);
}
