/* xlsx_strings.c - the shared strings of a workbook, kept in an unnamed temporary file.
 *
 * A workbook keeps every different text once, in a part of its own, and cells point to it in any
 * order: so all must be at hand, but not in memory. Eight bytes a string are. The texts are
 * personal data: the file has no name and goes with the process.
 */
#include "agents/read/xlsx.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_STRINGS = 4 * 1024 * 1024 };

struct strings {
    FILE *file;
    uint64_t *end; /* of string I in the file; it begins where the one before ends */
    size_t n, max;
};

/* Excel writes control characters as _x000A_ and a literal "_x" as _x005F_x. */
static size_t unescape(char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned code;
        char c = text[i];
        if (c == '_' && i + 6 < length && text[i + 1] == 'x' && text[i + 6] == '_' &&
            isxdigit((unsigned char)text[i + 2]) && sscanf(text + i + 2, "%4x_", &code) == 1 &&
            code < 0x80) {
            c = code ? (char)code : ' ';
            i += 6;
        }
        text[n++] = c;
    }
    return n;
}

int strings_text(struct part *part, struct read_bytes *out, struct read_fault *fault)
{
    int depth = part->depth, rc = KN_OK;
    size_t from = out->length;
    bool in_text = false;
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK &&
           !(part->event == PART_CLOSE && part->depth == depth) && part->event != PART_END) {
        if (part_opens(part, "rPh")) {
            rc = part_skip(part, fault);
        } else if (part_opens(part, "t")) {
            in_text = true;
        } else if (part_closes(part, "t")) {
            in_text = false;
        } else if (part->event == PART_TEXT && in_text) {
            const char *text = part_text(part);
            rc = read_put(out, text, strlen(text));
        }
    }
    if (rc == KN_OK && out->length > from) {
        out->length = from + unescape(out->at + from, out->length - from);
        out->at[out->length] = '\0';
    }
    return rc;
}

static int add(struct strings *self, const struct read_bytes *text)
{
    if (self->n == self->max) {
        size_t max = self->max ? self->max * 2 : 1024;
        uint64_t *grown = max <= MAX_STRINGS ? realloc(self->end, max * sizeof *grown) : NULL;
        if (!grown) {
            return KN_E_NOMEM;
        }
        self->end = grown;
        self->max = max;
    }
    if (text->length > 0 && fwrite(text->at, 1, text->length, self->file) != text->length) {
        return KN_E_IO;
    }
    self->end[self->n] = (self->n ? self->end[self->n - 1] : 0) + text->length;
    self->n++;
    return KN_OK;
}

int strings_open(struct strings **out, package_t *package, const char *name, const char *path,
                 struct read_fault *fault)
{
    struct strings *self = NULL;
    struct part *part = NULL;
    struct read_bytes text = {0};
    *out = NULL;
    if (!package_has(package, name)) {
        return KN_OK;
    }
    int rc = part_open(&part, package, name, fault);
    if (rc == KN_OK && (!(self = calloc(1, sizeof *self)) || !(self->file = tmpfile()))) {
        rc = self ? KN_E_IO : KN_E_NOMEM;
        read_fault_set(fault, self ? READ_SPOOL : READ_MEMORY, path, 0);
    }
    while (rc == KN_OK && (rc = part_next(part, fault)) == KN_OK && part->event != PART_END) {
        if (part_opens(part, "si")) {
            text.length = 0;
            rc = strings_text(part, &text, fault);
            if (rc == KN_OK && (rc = add(self, &text)) != KN_OK) {
                read_fault_set(fault, rc == KN_E_IO ? READ_SPOOL : READ_MEMORY, path, 0);
            }
        }
    }
    if (rc == KN_OK && fflush(self->file) != 0) {
        read_fault_set(fault, READ_SPOOL, path, 0);
        rc = KN_E_IO;
    }
    part_close(&part);
    free(text.at);
    if (rc == KN_OK) {
        *out = self;
        self = NULL;
    }
    strings_close(&self);
    return rc;
}

void strings_close(struct strings **self_p)
{
    struct strings *self = *self_p;
    if (self) {
        if (self->file) {
            fclose(self->file);
        }
        free(self->end);
        free(self);
        *self_p = NULL;
    }
}

int strings_get(struct strings *self, struct read_bytes *out, uint32_t i)
{
    out->length = 0;
    if (!self || i >= self->n) {
        return KN_E_NOT_FOUND;
    }
    uint64_t from = i ? self->end[i - 1] : 0;
    size_t length = (size_t)(self->end[i] - from);
    if (length > READ_MAX_ROW) { /* its row is refused; so much suffices to know it */
        length = READ_MAX_ROW + 1;
    }
    if (read_room(out, length) != KN_OK) {
        return KN_E_NOMEM;
    }
    for (size_t got = 0; got < length;) {
        ssize_t n = pread(fileno(self->file), out->at + got, length - got, (off_t)(from + got));
        if (n <= 0) {
            return KN_E_IO;
        }
        got += (size_t)n;
    }
    out->at[length] = '\0';
    out->length = length;
    return KN_OK;
}
