/** kiennghi.h - everything of libkiennghi: the messages, the client and the agent skeleton.
 *
 * A program that brings its own loop needs client.h; a program that turns an outside form into
 * petitions, or follows a stream, is shorter on top of agent.h.
 */
#ifndef KIENNGHI_KIENNGHI_H
#define KIENNGHI_KIENNGHI_H

#include "kiennghi/agent.h"
#include "kiennghi/client.h"
#include "kiennghi/keys.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "kiennghi/types.h"

#define KN_VERSION_MAJOR 0
#define KN_VERSION_MINOR 1
#define KN_VERSION_PATCH 0
#define KN_VERSION "0.1.0"

#endif
