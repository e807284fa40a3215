/* code.h - the human code of a case, for example HN-2026-000042-X.
 *
 * A case number is year × 10,000,000 + count. The code carries both and a check character by
 * ISO/IEC 7064 MOD 37,36 over its letters and digits, which finds every single wrong character and
 * nearly all exchanged neighbours.
 */
#ifndef KN_CODE_H
#define KN_CODE_H

#include <stdint.h>

enum { CODE_SIZE = 25, CODE_COUNTS_PER_YEAR = 10000000 };

void code_format(char out[CODE_SIZE], uint64_t number);

/* The number of a code; letters of either case. 0 when it is not a code (wrong form or check). */
uint64_t code_parse(const char *code);

#endif
