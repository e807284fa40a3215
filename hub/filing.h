/* filing.h - the files thread: pieces of attachments come and go beside the walk. */
#ifndef KN_FILING_H
#define KN_FILING_H

/* The files thread's loop; ARG is the hub. Ends when its line is shut. */
void *filing_loop(void *arg);

#endif
