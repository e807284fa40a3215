/* readers.h - what the tests of agents/read share: files, and warnings counted. */
#ifndef KN_TESTS_READERS_H
#define KN_TESTS_READERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agents/read/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA KN_SOURCE_DIR "/tests/agents/data/"

/* Warnings told, and the last of them. */
struct warned {
    int n;
    struct read_fault last;
};

static inline void warn(void *told, const struct read_fault *fault)
{
    struct warned *warned = told;
    warned->n++;
    warned->last = *fault;
}

/* A fresh file NAME in the test's folder with these bytes. */
static inline const char *file_of(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return name;
}

/* Asserts that FAULT prints WORDS somewhere, in Vietnamese. */
static inline void assert_says(const struct read_fault *fault, const char *words)
{
    char line[1024];
    (void)read_fault_print(line, sizeof line, fault, false);
    if (!strstr(line, words)) {
        print_error("\"%s\" does not say \"%s\"\n", line, words);
        fail();
    }
}

#endif
