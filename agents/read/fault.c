/* fault.c - what is wrong, where, and how to mend it: one line for a person, one code for a
 * machine.
 *
 * The texts stand in READ_FAULT_LIST of read.h. Nothing here knows how a form is read.
 */
#include "agents/read/parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    enum read_level level;
    const char *code, *vi, *en;
} kinds[] = {
#define READ_FAULT_ROW(name, level, code, vi, en) {level, code, vi, en},
    READ_FAULT_LIST(READ_FAULT_ROW)
#undef READ_FAULT_ROW
};

enum read_level read_fault_level(const struct read_fault *fault)
{
    return kinds[fault->kind].level;
}

const char *read_fault_code(const struct read_fault *fault)
{
    return kinds[fault->kind].code;
}

/* Copies TEXT, cut at a whole character, bytes that are not text as '?', controls as blanks. */
void read_copy(char *out, size_t size, const char *text)
{
    size_t length = strlen(text), at = 0;
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    bool sound = read_is_text(text, length);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        out[at++] = (char)(c < 0x20 || c == 0x7F ? ' ' : c >= 0x80 && !sound ? '?' : c);
    }
    out[at] = '\0';
}

void read_fault_set(struct read_fault *fault, enum read_kind kind, const char *path, uint64_t row)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    memset(fault, 0, sizeof *fault);
    fault->kind = kind;
    fault->row = row;
    read_copy(fault->file, sizeof fault->file, slash && slash[1] ? slash + 1 : path ? path : "");
}

struct line {
    char *out;
    size_t size, length;
};

static void put(struct line *line, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (line->length < line->size) { /* the last byte is looked at when the line is cut */
            line->out[line->length] = text[i];
        }
        line->length++;
    }
}

__attribute__((format(printf, 2, 3))) static void putf(struct line *line, const char *format, ...)
{
    char text[320];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(line, text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* Where it is, and whether anything was said. */
static void put_where(struct line *line, const struct read_fault *fault, bool with_file,
                      bool with_row, bool english)
{
    const char *comma = "";
    if (with_file) {
        putf(line, "%s", fault->file);
        comma = ", ";
    }
    if (with_row && fault->sheet[0]) {
        putf(line, english ? "%ssheet %s" : "%strang %s", comma, fault->sheet);
        comma = ", ";
    }
    if (with_row && fault->row) {
        putf(line, english ? "%srow %llu" : "%sdòng %llu", comma, (unsigned long long)fault->row);
        comma = ", ";
    }
    if (fault->column[0]) {
        putf(line, english ? "%scolumn \"%s\"" : "%scột \"%s\"", comma, fault->column);
        comma = ", ";
    }
    if (*comma) {
        put(line, ": ", 2);
    }
}

/* What the system says, for people. */
static const char *in_vietnamese(const char *text)
{
    static const struct {
        int code;
        const char *words;
    } known[] = {{ENOENT, "không có tệp này"},
                 {EACCES, "không có quyền đọc"},
                 {EISDIR, "đây là thư mục"},
                 {ENOSPC, "hết chỗ trên đĩa"},
                 {EIO, "lỗi đĩa"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (read_equal(text, strerror(known[i].code))) {
            return known[i].words;
        }
    }
    return text;
}

static size_t print(struct line *line, const struct read_fault *fault, bool english)
{
    for (const char *at = english ? kinds[fault->kind].en : kinds[fault->kind].vi; *at; at++) {
        if (at[0] == '%' && (at[1] == '1' || at[1] == '2')) {
            const char *text = at[1] == '1' ? fault->value : fault->expected;
            text = english ? text : in_vietnamese(text);
            put(line, text, strlen(text));
            at++;
        } else {
            put(line, at, 1);
        }
    }
    if (line->size > 0) {
        size_t end = line->length < line->size ? line->length : line->size - 1;
        while (line->length >= line->size && end > 0 &&
               ((unsigned char)line->out[end] & 0xC0) == 0x80) {
            end--;
        }
        line->out[end] = '\0';
    }
    return line->length;
}

size_t read_fault_print(char *out, size_t size, const struct read_fault *fault, bool english)
{
    struct line line = {.out = out, .size = size};
    put_where(&line, fault, true, true, english);
    return print(&line, fault, english);
}

size_t read_fault_words(char *out, size_t size, const struct read_fault *fault, bool with_row,
                        bool english)
{
    struct line line = {.out = out, .size = size};
    put_where(&line, fault, false, with_row, english);
    return print(&line, fault, english);
}
