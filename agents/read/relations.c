/* relations.c - where the parts of an office package are: by its relations, not by habit.
 *
 * Every program may name its parts as it likes; the relations of the package say which is the main
 * one, those of a part say where its others are. Targets are relative to the part or absolute, with
 * "..", blanks as %20, and backslashes by some programs.
 */
#include "agents/read/package.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* TARGET with what URLs and some programs do to names undone. */
static void plain(char out[PART_PATH], const char *target)
{
    size_t n = 0;
    for (const char *at = target; *at && n + 1 < PART_PATH; at++) {
        unsigned code;
        char c = *at == '\\' ? '/' : *at;
        if (c == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]) &&
            sscanf(at + 1, "%2x", &code) == 1 && code) {
            c = (char)code;
            at += 2;
        }
        out[n++] = c;
    }
    out[n] = '\0';
}

bool part_resolve(char out[PART_PATH], const char *from, const char *target)
{
    char name[PART_PATH];
    const char *slash = strrchr(from, '/'), *at = name;
    size_t n = slash ? (size_t)(slash - from) : 0;
    plain(name, target);
    if (*at == '/') {
        n = 0;
    }
    if (n >= PART_PATH) {
        return false;
    }
    memcpy(out, from, n);
    while (*at) { /* step by step: a name, ".", ".." */
        size_t length = strcspn(at, "/");
        if (length == 2 && memcmp(at, "..", 2) == 0) {
            while (n > 0 && out[--n] != '/') {
            }
        } else if (length > 0 && !(length == 1 && *at == '.')) {
            if (n + length + 2 > PART_PATH) {
                return false;
            }
            if (n > 0) {
                out[n++] = '/';
            }
            memcpy(out + n, at, length);
            n += length;
        }
        at += length + (at[length] == '/');
    }
    out[n] = '\0';
    return n > 0;
}

bool part_relations(char out[PART_PATH], const char *part)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part) + 1 : 0;
    int n = snprintf(out, PART_PATH, "%.*s_rels/%s.rels", folder, part, part + folder);
    return n > 0 && n < PART_PATH;
}

bool part_relates(const struct part *part, const char *kind)
{
    const char *type = part_opens(part, "Relationship") ? part_attribute(part, "Type") : NULL;
    const char *slash = type ? strrchr(type, '/') : NULL;
    return slash && read_equal(slash + 1, kind);
}

bool package_main(package_t *self, char path[PART_PATH], char root[PART_ROOT])
{
    struct part *part = NULL;
    struct read_fault fault;
    bool found = false;
    int rc = part_open(&part, self, "_rels/.rels", &fault);
    while (rc == KN_OK && !found && (rc = part_next(part, &fault)) == KN_OK &&
           part->event != PART_END) {
        const char *target =
            part_relates(part, "officeDocument") ? part_attribute(part, "Target") : NULL;
        found = target && part_resolve(path, "", target) && package_has(self, path);
    }
    part_close(&part);
    if (found && part_open(&part, self, path, &fault) == KN_OK) {
        rc = part_next(part, &fault);
        (void)snprintf(root, PART_ROOT, "%.31s",
                       rc == KN_OK && part->event == PART_OPEN ? part->name : "");
    }
    part_close(&part);
    return found;
}
