/* code.c - see the header. */
#include "hub/code.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static int rank(char c)
{
    return c <= '9' ? c - '0' : (c & ~0x20) - 'A' + 10; /* letters of either case */
}

/* ISO/IEC 7064, hybrid system MOD 37,36, over letters and digits; hyphens are passed over. */
static char check_character(const char *code, size_t length)
{
    int state = 36;
    for (size_t i = 0; i < length; i++) {
        if (code[i] == '-') {
            continue;
        }
        int sum = (state + rank(code[i])) % 36;
        state = (sum ? sum : 36) * 2 % 37;
    }
    return alphabet[(37 - state) % 36];
}

void code_format(char out[CODE_SIZE], uint64_t number)
{
    int length = snprintf(out, CODE_SIZE, "HN-%04" PRIu64 "-%06" PRIu64 "-",
                          number / CODE_COUNTS_PER_YEAR, number % CODE_COUNTS_PER_YEAR);
    assert(length > 0 && length < CODE_SIZE - 1);
    out[length] = check_character(out, (size_t)length);
    out[length + 1] = '\0';
}

/* Reads at most MAX digits behind *AT; gives how many they were. */
static int take_digits(unsigned *out, const char **at, int max)
{
    int n = 0;
    for (*out = 0; n < max && **at >= '0' && **at <= '9'; n++) {
        *out = *out * 10 + (unsigned)(*(*at)++ - '0');
    }
    return n;
}

uint64_t code_parse(const char *code)
{
    const char *at = code + 3;
    unsigned year, count;
    if (strncasecmp(code, "HN-", 3) != 0 || take_digits(&year, &at, 4) != 4 || *at++ != '-') {
        return 0;
    }
    int n_count = take_digits(&count, &at, 7);
    if (n_count < 6 || (n_count == 7 && count < 1000000) || *at++ != '-' || year < 1000) {
        return 0;
    }
    bool good = toupper((unsigned char)at[0]) == check_character(code, (size_t)(at - code)) &&
                at[1] == '\0';
    return good ? (uint64_t)year * CODE_COUNTS_PER_YEAR + count : 0;
}
