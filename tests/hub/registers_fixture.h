/* registers_fixture.h - the shipped registers, loaded, perhaps with one text of one file changed.
 */
#ifndef KN_TESTS_REGISTERS_FIXTURE_H
#define KN_TESTS_REGISTERS_FIXTURE_H

#include "hub/calendar.h"
#include "hub/registers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline kn_day day(const char *text)
{
    kn_day out = 0;
    int rc = day_parse(text, &out);
    assert(rc == 0);
    return out;
}

/* Reads with the first OLD of FILE replaced by NEW (FILE NULL: as shipped). */
static inline int read_changed(struct registers_file **out, size_t *n, const char *file,
                               const char *old, const char *new, char *why, size_t why_size)
{
    char *changed = NULL;
    int rc = registers_read_folder(out, n, KN_SOURCE_DIR "/schemas/registers", why, why_size);
    struct registers_file *files = *out;
    assert(rc == 0);
    for (size_t i = 0; file && i < *n; i++) {
        if (strcmp(files[i].name, file) != 0) {
            continue;
        }
        const char *at = memmem(files[i].bytes, files[i].size, old, strlen(old));
        assert(at);
        size_t before = (size_t)(at - files[i].bytes), rest = files[i].size - before - strlen(old);
        size_t size = before + strlen(new) + rest;
        changed = malloc(size + 1);
        assert(changed);
        memcpy(changed, files[i].bytes, before);
        memcpy(changed + before, new, strlen(new));
        memcpy(changed + before + strlen(new), at + strlen(old), rest);
        free((void *)(uintptr_t)files[i].bytes);
        files[i].bytes = changed;
        files[i].size = size;
    }
    return rc;
}

/* Loads what read_changed reads. */
static inline int load_changed(registers_t **out, const char *file, const char *old,
                               const char *new, char *why, size_t why_size)
{
    struct registers_file *files;
    size_t n;
    int rc = read_changed(&files, &n, file, old, new, why, why_size);
    assert(rc == 0);
    rc = registers_load(out, files, n, why, why_size);
    registers_files_free(&files, n);
    return rc;
}

static inline int open_registers(void **state)
{
    char why[400] = "";
    int rc = load_changed((registers_t **)state, NULL, "", "", why, sizeof why);
    if (rc) {
        fprintf(stderr, "%s\n", why);
    }
    return rc;
}

static inline int close_registers(void **state)
{
    registers_close((registers_t **)state);
    return 0;
}

#endif
