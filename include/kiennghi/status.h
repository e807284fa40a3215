/** status.h - the status codes of kiennghi: one list, an enum and texts.
 *
 * Every function that can fail returns 0 (KN_OK) or one of these negative codes. Three kinds of
 * failure have three manners: our own bug is an assert (also in release builds); what a peer or an
 * operator gave wrong is KN_E_INVALID, KN_E_DENIED, KN_E_CONFLICT or KN_E_TOO_LARGE, with detail in
 * a structure of the caller; what the world does (disk, network) is the rest and may be tried
 * again.
 */
#ifndef KIENNGHI_STATUS_H
#define KIENNGHI_STATUS_H

#include "kiennghi/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define KN_STATUS_LIST(X)                                                    \
    X(KN_OK,            0, "ok")                                             \
    X(KN_E_INVALID,    -1, "invalid input")                                  \
    X(KN_E_DENIED,     -2, "not allowed")                                    \
    X(KN_E_CONFLICT,   -3, "conflicts with what is stored")                  \
    X(KN_E_NOT_FOUND,  -4, "not found")                                      \
    X(KN_E_TOO_LARGE,  -5, "too large")                                      \
    X(KN_E_NOMEM,      -6, "out of memory")                                  \
    X(KN_E_IO,         -7, "input or output failed")                         \
    X(KN_E_FULL,       -8, "no space left")                                  \
    X(KN_E_BUSY,       -9, "busy, try again later")                          \
    X(KN_E_TIMEOUT,   -10, "no answer in time")                              \
    X(KN_E_CLOSED,    -11, "closed or interrupted")                          \
    X(KN_E_CORRUPT,   -12, "stored data is damaged")                         \
    X(KN_E_VERSION,   -13, "made by another version")
/* clang-format on */

enum kn_status {
#define KN_STATUS_ENUM(name, value, text) name = value,
    KN_STATUS_LIST(KN_STATUS_ENUM)
#undef KN_STATUS_ENUM
};

/** Exit codes of the programs (sysexits.h where one fits). */
enum kn_exit {
    KN_EXIT_OK = 0,
    KN_EXIT_USAGE = 64,  /**< wrong arguments */
    KN_EXIT_DATA = 65,   /**< some of the input was refused; the rest went through */
    KN_EXIT_DENIED = 77, /**< the hub does not let this key in or act */
    KN_EXIT_CONFIG = 78, /**< the configuration is wrong */
    KN_EXIT_LATER = 111  /**< hub, disk or network away: try again, nothing is lost */
};

/** English text of CODE for logs; "unknown status" for anything else. Never NULL. */
KN_API const char *kn_status_text(int code);

#ifdef __cplusplus
}
#endif
#endif
