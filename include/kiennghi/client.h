/** client.h - a connection to the hub that survives everything: for those with their own loop.
 *
 * One kn_client_t talks to one endpoint of the hub (intake or delivery) over CURVE, keeps the
 * connection alive, and makes a new one when it dies. What is submitted goes through a durable
 * outbox (a folder): once kn_client_flush returned 0 it will reach the hub, whatever is killed, and
 * the hub will count it once. Events of a stream come in order and without a gap.
 *
 * Nothing happens behind your back: no thread, no signal handler, no output. All work is done
 * inside kn_client_poll and the calls that say that they wait. One client belongs to one thread.
 */
#ifndef KIENNGHI_CLIENT_H
#define KIENNGHI_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiennghi/api.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "kiennghi/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kn_client kn_client_t;

/** How the connection is. */
enum kn_client_state {
    KN_CLIENT_CONNECTING, /**< no answer yet; it tries for ever */
    KN_CLIENT_READY,      /**< the hub said welcome */
    KN_CLIENT_DENIED      /**< the hub does not know this key, or revoked it; it tries on, slowly */
};

/** The final answer to one submitted message. SENT is the message as it was submitted (perhaps by
 * an earlier process); TAG is what was given with it. Both live until the callback returns. */
typedef void kn_on_receipt_fn(void *arg, uint64_t tag, const struct kn_message *sent,
                              const struct kn_receipt *receipt);

/** The connection changed its state, or a trial failed; WORDS say why, in English, for a log. */
typedef void kn_on_state_fn(void *arg, enum kn_client_state state, const char *words);

/** Event at POSITION of a stream. Return 0 when it is taken. When it can never be taken, return
 *  KN_E_INVALID or say kn_client_refuse: the hub keeps it in quarantine for an operator, and the
 *  stream goes on; a retry comes later, with the old position. Any other value: the stream is
 * opened again from this event after a second, and kn_client_poll returns it. */
typedef int kn_on_event_fn(void *arg, uint64_t position, const struct kn_event *event);

/** All events up to POSITION of one frame were taken: make them durable now, then return 0. The
 *  cursor is saved at the hub after this. */
typedef int kn_on_frame_fn(void *arg, uint64_t position);

/** What a client is made of. Strings are copied. Zero or NULL is "not given". */
struct kn_client_options {
    const char *endpoint;   /**< tcp://host:port of the hub */
    const char *hub_key;    /**< the hub's public key, Z85 */
    const char *public_key; /**< own key pair, Z85 */
    const char *secret_key; /**< */
    const char *outbox;     /**< folder of the outbox, made when missing; NULL: submits nothing */
    const char *program;    /**< who says hello, for the hub's status */
    const char *program_version; /**< */
    kn_on_receipt_fn *on_receipt;
    kn_on_state_fn *on_state;
    void *arg; /**< first argument of the two callbacks */
};

/** Makes a client and opens its outbox; the connection begins with the first kn_client_poll.
 *  KN_E_INVALID: an endpoint or key that cannot be; KN_E_BUSY: another process holds the outbox;
 *  KN_E_IO, KN_E_FULL, KN_E_CORRUPT, KN_E_VERSION: the outbox cannot be opened. */
KN_API int kn_client_new(kn_client_t **out, const struct kn_client_options *options);

/** Says bye, commits the outbox and frees the client; *self_p becomes NULL. */
KN_API void kn_client_destroy(kn_client_t **self_p);

/** Sends, receives and calls back; waits at most TIMEOUT_MS (negative: for ever, 0: not at all) and
 *  returns after the first thing that happened. 0, also when the hub is away; a failure of the
 *  outbox (KN_E_IO, KN_E_FULL); KN_E_CLOSED when a signal interrupted it; what an event callback
 *  returned. Commits what was submitted before it waits. */
KN_API int kn_client_poll(kn_client_t *self, int timeout_ms);

/** Makes kn_client_poll also return when FD becomes readable. At most four. */
KN_API void kn_client_watch(kn_client_t *self, int fd);

/** Makes every call that waits return KN_E_CLOSED while FD (a signalfd, an eventfd) is readable. */
KN_API void kn_client_stop_on(kn_client_t *self, int fd);

KN_API enum kn_client_state kn_client_state(const kn_client_t *self);

/** How long the hub has not been heard, in ms; it is asked for a sign of life each ten seconds.
 *  Negative: it was never heard. */
KN_API int64_t kn_client_silence_ms(const kn_client_t *self);

/** The last welcome of the hub, or NULL when there was none yet. Lives until the next poll. */
KN_API const struct kn_welcome *kn_client_welcome(const kn_client_t *self);

/** Why the state is what it is, in English. Never NULL. Lives until the next poll. */
KN_API const char *kn_client_words(const kn_client_t *self);

/* ---- submitting ---------------------------------------------------------------------------- */

/** Puts a numbered message into the outbox: TYPE is its id (KN_TYPE_PETITION_SUBMIT …), BODY its
 *  structure, whose `sequence` is set here. TAG comes back with the receipt. It is durable after
 * the next kn_client_flush or kn_client_poll. KN_E_INVALID or KN_E_TOO_LARGE: the message can never
 * be sent, FAULT (may be NULL) says which field; nothing was taken. */
KN_API int kn_client_submit(kn_client_t *self, uint64_t tag, enum kn_type type, void *body,
                            struct kn_fault *fault);

/** Commits everything submitted and put so far with one fsync. */
KN_API int kn_client_flush(kn_client_t *self);

/** How many messages wait for their final receipt. */
KN_API uint64_t kn_client_backlog(const kn_client_t *self);

/** A small durable store in the outbox, committed together with what was submitted: a KEY of at
 * most 400 bytes, a value of any size. A put with SIZE 0 removes. */
KN_API int kn_client_put(kn_client_t *self, const char *key, const void *value, size_t size);

/** Finds KEY: *VALUE lives until the next call with this client. KN_E_NOT_FOUND. */
KN_API int kn_client_get(kn_client_t *self, const void **value, size_t *size, const char *key);

/** Calls FN for each key that begins with PREFIX, in byte order, until it returns other than 0,
 * which is then the result. FN must not put. */
KN_API int kn_client_each(kn_client_t *self, const char *prefix,
                          int (*fn)(void *arg, const char *key, const void *value, size_t size),
                          void *arg);

/* ---- streams ------------------------------------------------------------------------------- */

/** How to follow a stream. All may be zero. */
struct kn_subscribe_options {
    bool has_after;         /**< start behind AFTER instead of the cursor saved at the hub */
    uint64_t after;         /**< */
    bool has_since;         /**< start at the first event of the instant SINCE or later */
    int64_t since;          /**< milliseconds since 1970 UTC */
    bool keeps_own_cursor;  /**< the caller keeps the cursor (with has_after): none is saved at the
                               hub */
    uint32_t credit_events; /**< events in flight at most; 0: 512 */
    uint32_t credit_bytes;  /**< bytes in flight at most; 0: 1 MiB */
    kn_on_frame_fn *on_frame;
};

/** Follows STREAM as CONSUMER (the name of the cursor at the hub) until the client is destroyed,
 * over every reconnect. The reason of a refusal comes from kn_client_poll as KN_E_DENIED, and from
 *  kn_client_words; KN_E_CONFLICT: another process opened the stream under the same name. Both end
 *  the subscription. */
KN_API int kn_client_subscribe(kn_client_t *self, const char *stream, const char *consumer,
                               const struct kn_subscribe_options *options, kn_on_event_fn *on_event,
                               void *arg);

/** Within the callback of an event: it cannot be taken, for CODE and REASON (may be NULL, at most
 * 160 bytes count). The callback then returns 0. */
KN_API void kn_client_refuse(kn_client_t *self, enum kn_code code, const char *reason);

/** Position of the last event taken of subscription NUMBER (counting from 1 in the order of the
 * calls), and the last position the hub told of: equal when everything is read. */
KN_API uint64_t kn_client_position(const kn_client_t *self, int number, uint64_t *last);

/** Whether subscription NUMBER is open and everything that the hub told of was read. */
KN_API bool kn_client_is_caught_up(const kn_client_t *self, int number);

/* ---- requests ------------------------------------------------------------------------------ */

/** Asks (KN_TYPE_CASE_GET, …; `request` of BODY is set here) and waits for the answer, which the
 *  caller destroys. KN_E_DENIED, KN_E_NOT_FOUND: the hub said no, *OUT is its deny message (or NULL
 *  when it does not let this key in); KN_E_INVALID: BODY breaks its schema, kn_client_words say
 *  where; KN_E_TIMEOUT; KN_E_CLOSED. Other traffic goes on while it waits. */
KN_API int kn_client_request(kn_client_t *self, struct kn_message **out, enum kn_type type,
                             void *body, int timeout_ms);

#ifdef __cplusplus
}
#endif
#endif
