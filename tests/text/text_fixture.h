/* text_fixture.h - the library with the registers of this repository, as a group's state. */
#ifndef TEXT_FIXTURE_H
#define TEXT_FIXTURE_H

#include "hub/text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char registers[] = KN_SOURCE_DIR "/schemas/registers";

static int open_text(void **state)
{
    char why[512] = "";
    int rc = text_open((text_t **)state, registers, why, sizeof why);
    if (rc != 0)
        print_error("%s\n", why);
    return rc;
}

static int close_text(void **state)
{
    text_close((text_t **)state);
    return 0;
}
#endif
