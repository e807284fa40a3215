/* code.c - see the header. */
#include "hub/code.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static int rank(char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
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

uint64_t code_parse(const char *code)
{
    char upper[CODE_SIZE] = "", again[CODE_SIZE];
    unsigned year, count;
    int end = 0;
    for (size_t i = 0; code[i]; i++) {
        if (i >= CODE_SIZE - 1) {
            return 0;
        }
        upper[i] = (char)toupper((unsigned char)code[i]);
    }
    if (sscanf(upper, "HN-%4u-%7u-%n", &year, &count, &end) != 2 || end == 0 || year < 1000) {
        return 0;
    }
    uint64_t number = (uint64_t)year * CODE_COUNTS_PER_YEAR + count;
    code_format(again, number);
    return strcmp(upper, again) == 0 ? number : 0;
}
