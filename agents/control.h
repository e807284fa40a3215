/* control.h - one question to the hub's control socket: no key, the file's rights are the right. */
#ifndef AGENTS_CONTROL_H
#define AGENTS_CONTROL_H

#include "kiennghi/message.h"

/* Whether PATH is a socket that this user may use. */
bool control_is_open(const char *path);

/* Sends one message and waits for its answer (a receipt, a view or a deny), which the caller
 * destroys. KN_E_DENIED: PATH cannot be used; KN_E_CLOSED: nobody listens there;
 * KN_E_TIMEOUT: nobody answered; KN_E_INVALID: BODY
 * breaks its schema, FAULT says where. */
int control_ask(struct kn_message **out, const char *path, enum kn_type type, const void *body,
                int timeout_ms, struct kn_fault *fault);

#endif
