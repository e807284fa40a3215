/* petitions.h - petitions written afresh for a run: varied wards, streets and matters. */
#ifndef KN_BENCH_PETITIONS_H
#define KN_BENCH_PETITIONS_H

#include <stddef.h>
#include <stdint.h>

enum { PETITION_TEXT_MAX = 1600 };

struct made_petition {
    char text[PETITION_TEXT_MAX]; /* about 900 bytes of Vietnamese */
    char area[64], name[64];
    const char *field; /* code of the fields register */
};

/* Makes petition number SEED; equal seeds give equal petitions. */
void petition_make(struct made_petition *out, uint64_t seed);

#endif
