/** zap.h - who is let in: the ZeroMQ Authentication Protocol handler of one ZeroMQ context.
 *
 * Every CURVE handshake of the context asks here whether the key is known. The answer gives the
 * connection its User-Id, the agent's name, which net.c reads from every frame. What that agent may
 * say is not decided here but in acl.c, for every frame: ZAP is asked at the handshake only.
 */
#ifndef KN_HUB_ZAP_H
#define KN_HUB_ZAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZAP_USER_SIZE = 64, ZAP_KEY_SIZE = 41 };

typedef struct zap zap_t;

/** How a handshake ended here. */
enum zap_verdict {
    ZAP_ADMITTED,
    ZAP_UNKNOWN_KEY,
    ZAP_WRONG_MECHANISM,
    ZAP_MALFORMED,
    ZAP_N_VERDICTS
};

/** Where keys are looked up. Both are called by the handler's own thread: they must be safe there
 * (net.c, too, tells `refused` of handshakes that failed before the handler was asked).
 * KNOWN returns false, or true and the agent's name (not empty, ended by NUL) in USER. REFUSED (may
 * be NULL) is told of everybody who is not let in; ADDRESS is the peer's, "" when not known. */
struct zap_directory {
    bool (*known)(void *arg, const char *z85_key, char user[ZAP_USER_SIZE]);
    void (*refused)(void *arg, enum zap_verdict why, const char *address);
    void *arg;
};

/** Answers given so far, by reason. */
struct zap_counts {
    uint64_t n_admitted;
    uint64_t n_unknown_key;
    uint64_t n_wrong_mechanism; /**< not CURVE */
    uint64_t n_malformed;       /**< not a ZAP request */
};

/** Starts the handler of CONTEXT (a ZeroMQ context) with its own thread. When it returns 0 the
 * handler is bound: sockets of the context may be bound after it. KN_E_IO, and WHY, when not. */
int zap_start(zap_t **out, void *context, const struct zap_directory *directory, char *why,
              size_t n_why);

/** Ends the thread and waits for it. Sockets that ask here must be closed before. Accepts NULL. */
void zap_stop(zap_t **zap_p);

/** The property of every frame of a connection that tells its key (Z85), beside User-Id. */
#define ZAP_KEY_PROPERTY "X-Key"

/** Lets one more key in, as USER; USER "": judges it as any other, but does not count it among
 * strangers; NULL ends it. For the self-test at the start only. */
void zap_set_guest(zap_t *zap, const char *z85_key, const char *user);

void zap_get_counts(zap_t *zap, struct zap_counts *out);

#endif
