/* parts.h - what the files of kn_read share among themselves. */
#ifndef KN_READ_PARTS_H
#define KN_READ_PARTS_H

#include "agents/read/read.h"

/* A fresh fault of KIND in the file PATH (folders are left out), no column, no values. */
void read_fault_set(struct read_fault *fault, enum read_kind kind, const char *path, uint64_t row);
/* A printable copy of TEXT, cut to SIZE at a whole character. */
void read_copy(char *out, size_t size, const char *text);

/* Bytes that grow; the text is always NUL-terminated once something was put. */
struct read_bytes {
    char *at;
    size_t length, size;
};
/* 0 or KN_E_NOMEM. */
int read_put(struct read_bytes *bytes, const char *text, size_t length);

/* Appends the visible text below TOP (a tree of libxml2). 0 or KN_E_NOMEM. */
struct _xmlNode;
int read_node_text(struct read_bytes *out, const struct _xmlNode *top);

#endif
