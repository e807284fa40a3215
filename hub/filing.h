/* filing.h - the files thread: pieces of attachments come and go beside the walk. */
#ifndef KN_FILING_H
#define KN_FILING_H

struct hub;
struct errand;

/* The files thread's loop; ARG is the hub. Ends when its line is shut. */
void *filing_loop(void *arg);

/* Forgets files that no message names and nobody touched for a week. At the start, before any
 * thread runs: a file that is just being named is never caught. */
void filing_tidy(struct hub *hub);

#endif
