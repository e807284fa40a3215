/* listen.c - see the header. */
#include "agents/listen.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool listen_read(struct sockaddr_in *address, const char *text)
{
    const char *colon = strrchr(text, ':');
    char host[40], *end;
    long port = colon ? strtol(colon + 1, &end, 10) : 0;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (!colon || colon[1] == '\0' || *end || port < 1 || port > 65535 ||
        (size_t)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text) >= sizeof host) {
        return false;
    }
    return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

bool listen_is_local(const struct sockaddr_in *address)
{
    return ntohl(address->sin_addr.s_addr) >> 24 == 127;
}
