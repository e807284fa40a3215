/* listen.h - where a small HTTP server of ours listens. */
#ifndef AGENTS_LISTEN_H
#define AGENTS_LISTEN_H

#include <netinet/in.h>
#include <stdbool.h>

/* "127.0.0.1:8090": an IPv4 address and a port. */
bool listen_read(struct sockaddr_in *address, const char *text);

/* Whether only this machine reaches it: 127.x. */
bool listen_is_local(const struct sockaddr_in *address);

#endif
