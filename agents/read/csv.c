/* csv.c - a CSV file into records, one at a time, never the whole file in memory.
 *
 * libcsv splits; this file sees to everything around it: binaries that were renamed .csv, byte
 * order marks, UTF-16 (turned into UTF-8 in an unnamed temporary file), pipes (kept in one
 * likewise), rows that are too large, quotes that are never closed. After a row that cannot be
 * split, reading goes on at the line below the line where that row began, so one slip spoils one
 * row. Records are numbered as a spreadsheet shows them: blank ones count, a quoted line end does
 * not.
 */
#include "agents/read/parts.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROW = 256 * 1024, /* four times the longest message there can be */
    MAX_CELLS = 256,
    CHUNK = 16 * 1024,
    HEAD = 4096,
    LINES_APART = 0x1F, /* characters that no line of a header file has */
    LINES_QUOTE = 0x1E
};

struct read_csv {
    FILE *file;
    char *path;
    long start; /* of the text, behind a BOM */
    char delimiter;

    char chunk[CHUNK]; /* bytes of the file from CHUNK_AT */
    size_t chunk_length, chunk_used;
    long chunk_at;

    struct csv_parser parser;
    bool parsing;
    uint64_t n_records; /* begun so far */
    bool after_cr;      /* the last byte was a CR that ended a record: a LF now belongs to it */

    struct read_bytes cells; /* of the record, one after the other, each with a NUL */
    size_t n, at[MAX_CELLS], length[MAX_CELLS];
    char *cell[MAX_CELLS];
    bool ended; /* the record is complete */
    int rc;     /* memory ran out in a callback */
};

/* ---- opening ------------------------------------------------------------------------------ */

static const struct {
    const char *magic;
    size_t length;
    enum read_kind kind;
    const char *name;
} binaries[] = {
    {"PK\x03\x04", 4, READ_BINARY_TABLE, "Excel (.xlsx), Word (.docx), ZIP"},
    {"\xD0\xCF\x11\xE0", 4, READ_BINARY_TABLE, "Excel 97 (.xls), hoặc tệp có mật khẩu / password"},
    {"{\\rtf", 5, READ_BINARY_TABLE, "RTF"},
    {"<html", 5, READ_BINARY_TABLE, "HTML"},
    {"<!DOCTYPE", 9, READ_BINARY_TABLE, "HTML"},
    {"<?xml", 5, READ_BINARY_TABLE, "XML"},
    {"\x1F\x8B", 2, READ_BINARY_PACKED, "gzip"},
    {"Rar!", 4, READ_BINARY_PACKED, "RAR"},
    {"7z\xBC\xAF", 4, READ_BINARY_PACKED, "7z"},
    {"%PDF", 4, READ_BINARY, "PDF"},
    {"\x89PNG", 4, READ_BINARY, "PNG"},
    {"\xFF\xD8\xFF", 3, READ_BINARY, "JPEG"},
};

/* Whether the first bytes are of a file that is no table; then FAULT says which. */
static bool binary(struct read_fault *fault, const char *path, const char *bytes, size_t length)
{
    size_t n_nul = 0;
    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) {
        if (length >= binaries[i].length &&
            memcmp(bytes, binaries[i].magic, binaries[i].length) == 0) {
            read_fault_set(fault, binaries[i].kind, path, 0);
            read_copy(fault->value, sizeof fault->value, binaries[i].name);
            return true;
        }
    }
    for (size_t i = 0; i < length; i++) {
        n_nul += bytes[i] == '\0';
    }
    if (n_nul > 0) { /* in UTF-16 of Vietnamese about every third byte */
        read_fault_set(fault, n_nul > length / 4 && n_nul <= length / 2 ? READ_NO_BOM : READ_BINARY,
                       path, 0);
        read_copy(fault->value, sizeof fault->value, "nhị phân / binary");
    }
    return n_nul > 0;
}

/* Copies the rest of IN into an unnamed file, through CONVERTER when there is one. */
static int spool(FILE **out, FILE *in, iconv_t converter)
{
    char from[CHUNK], to[CHUNK * 2];
    size_t kept = 0, got;
    FILE *file = tmpfile();
    int rc = file ? KN_OK : KN_E_IO;
    while (rc == KN_OK && (got = fread(from + kept, 1, sizeof from - kept, in)) > 0) {
        char *get = from, *put = to;
        size_t left = kept + got, room = sizeof to;
        if (converter == (iconv_t)-1) {
            memcpy(to, from, left);
            put += left;
            left = 0;
        } else if (iconv(converter, &get, &left, &put, &room) == (size_t)-1 && errno == EILSEQ) {
            *put++ = '\xFF'; /* a lone surrogate: its row will be refused as no text */
            get += 2;
            left -= 2;
        }
        memmove(from, get, left);
        kept = left;
        rc = fwrite(to, 1, (size_t)(put - to), file) == (size_t)(put - to) ? KN_OK : KN_E_IO;
    }
    if (rc == KN_OK && kept > 0 && fputc('\xFF', file) == EOF) { /* half a character at the end */
        rc = KN_E_IO;
    }
    if (rc == KN_OK && (ferror(in) || fseek(file, 0, SEEK_SET) != 0)) {
        rc = KN_E_IO;
    }
    if (rc != KN_OK && file) {
        fclose(file);
        file = NULL;
    }
    *out = file;
    return rc;
}

/* Puts a copy of the file in its place: of UTF-16 as UTF-8, of a pipe as it is. */
static int replace(read_csv_t *self, const char *encoding)
{
    FILE *copy = NULL;
    iconv_t converter = encoding ? iconv_open("UTF-8", encoding) : (iconv_t)-1;
    int rc =
        encoding && converter == (iconv_t)-1 ? KN_E_INVALID : spool(&copy, self->file, converter);
    if (converter != (iconv_t)-1) {
        iconv_close(converter);
    }
    if (rc == KN_OK) {
        fclose(self->file);
        self->file = copy;
    }
    return rc;
}

/* Looks at the first bytes: what kind of file is it, and where does the text begin? */
static int look(read_csv_t *self, struct read_fault *fault)
{
    char head[HEAD];
    size_t n = fread(head, 1, sizeof head, self->file);
    const char *encoding = n >= 2 && memcmp(head, "\xFF\xFE", 2) == 0   ? "UTF-16LE"
                           : n >= 2 && memcmp(head, "\xFE\xFF", 2) == 0 ? "UTF-16BE"
                                                                        : NULL;
    if (n == 0) {
        read_fault_set(fault, READ_EMPTY, self->path, 0);
        return KN_E_INVALID;
    }
    if (encoding) {
        if (fseek(self->file, 2, SEEK_SET) != 0 || replace(self, encoding) != KN_OK) {
            read_fault_set(fault, READ_OPEN, self->path, 0);
            read_copy(fault->value, sizeof fault->value, strerror(errno));
            return KN_E_IO;
        }
        return KN_OK;
    }
    self->start = n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return binary(fault, self->path, head, n) ? KN_E_INVALID : KN_OK;
}

int read_csv_open(read_csv_t **out, const char *path, struct read_fault *fault)
{
    read_csv_t *self = calloc(1, sizeof *self);
    int rc = KN_E_NOMEM;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self || !(self->path = strdup(path))) {
        goto done;
    }
    rc = KN_E_IO;
    self->file = strcmp(path, "-") == 0 ? fdopen(0, "rb") : fopen(path, "rb");
    if (!self->file || (fseek(self->file, 0, SEEK_CUR) != 0 && replace(self, NULL) != KN_OK) ||
        (fgetc(self->file) == EOF && ferror(self->file)) || fseek(self->file, 0, SEEK_SET) != 0) {
        read_fault_set(fault, READ_OPEN, path, 0);
        read_copy(fault->value, sizeof fault->value, strerror(errno));
        goto done;
    }
    if ((rc = look(self, fault)) != KN_OK || (rc = read_csv_rewind(self, ',')) != KN_OK) {
        goto done;
    }
    *out = self;
    self = NULL;
done:
    read_csv_close(&self);
    return rc;
}

void read_csv_close(read_csv_t **self_p)
{
    read_csv_t *self = *self_p;
    if (self) {
        if (self->parsing) {
            csv_free(&self->parser);
        }
        if (self->file) {
            fclose(self->file);
        }
        free(self->cells.at);
        free(self->path);
        free(self);
        *self_p = NULL;
    }
}

/* ---- the walk over bytes ------------------------------------------------------------------- */

static long offset(const read_csv_t *self)
{
    return self->chunk_at + (long)self->chunk_used;
}

static int seek(read_csv_t *self, long to)
{
    self->chunk_length = self->chunk_used = 0;
    self->chunk_at = to;
    self->after_cr = false;
    return fseek(self->file, to, SEEK_SET) == 0 ? KN_OK : KN_E_IO;
}

/* A piece of the file that ends with a line end or with the chunk: its length, 0 at the end. */
static size_t piece(read_csv_t *self, const char **out)
{
    if (self->chunk_used == self->chunk_length) {
        self->chunk_at += (long)self->chunk_length;
        self->chunk_used = 0;
        self->chunk_length = fread(self->chunk, 1, sizeof self->chunk, self->file);
    }
    const char *at = self->chunk + self->chunk_used;
    size_t left = self->chunk_length - self->chunk_used, n = 0;
    while (n < left && at[n] != '\n' && at[n] != '\r') {
        n++;
    }
    n += n < left;
    self->chunk_used += n;
    *out = at;
    return n;
}

/* Moves to the line below the one that begins at LINE. */
static int skip_line(read_csv_t *self, long line)
{
    const char *at;
    size_t n;
    int rc = seek(self, line);
    while (rc == KN_OK && (n = piece(self, &at)) > 0) {
        if (at[n - 1] == '\n' || at[n - 1] == '\r') {
            self->after_cr = at[n - 1] == '\r';
            break;
        }
    }
    return rc;
}

/* Moves behind the rest of a row that is too large. QUOTED: a quoted cell is open. When the quotes
 * do not come out even, only the line where the row began is left behind. */
static int skip_row(read_csv_t *self, long line, bool quoted)
{
    const char *at;
    size_t n;
    while ((n = piece(self, &at)) > 0) {
        for (size_t i = 0; i < n; i++) {
            quoted ^= at[i] == '"';
        }
        if (!quoted && (at[n - 1] == '\n' || at[n - 1] == '\r')) {
            self->after_cr = at[n - 1] == '\r';
            return KN_OK;
        }
    }
    return quoted ? skip_line(self, line) : KN_OK;
}

/* ---- records ------------------------------------------------------------------------------ */

static void take_cell(void *bytes, size_t length, void *data)
{
    read_csv_t *self = data;
    if (self->n < MAX_CELLS) {
        self->at[self->n] = self->cells.length;
        self->length[self->n] = length;
        if (read_put(&self->cells, bytes, length) != KN_OK ||
            read_put(&self->cells, "", 1) != KN_OK) {
            self->rc = KN_E_NOMEM;
        }
    }
    self->n++;
}

static void take_end(int character, void *data)
{
    (void)character;
    ((read_csv_t *)data)->ended = true;
}

static int fresh_parser(read_csv_t *self)
{
    if (self->parsing) {
        csv_free(&self->parser);
    }
    self->parsing = csv_init(&self->parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
    csv_set_delim(&self->parser, (unsigned char)(self->delimiter ? self->delimiter : LINES_APART));
    if (!self->delimiter) {
        csv_set_quote(&self->parser, LINES_QUOTE);
    }
    csv_set_blk_size(&self->parser, 4096);
    return self->parsing ? KN_OK : KN_E_NOMEM;
}

int read_csv_rewind(read_csv_t *self, char delimiter)
{
    self->delimiter = delimiter;
    self->n_records = 0;
    int rc = seek(self, self->start);
    return rc == KN_OK ? fresh_parser(self) : rc;
}

static int refuse(read_csv_t *self, struct read_fault *fault, enum read_kind kind)
{
    read_fault_set(fault, kind, self->path, self->n_records);
    if (kind == READ_ROW_LARGE) {
        (void)snprintf(fault->expected, sizeof fault->expected, "%d KB", MAX_ROW / 1024);
    }
    return fresh_parser(self) == KN_OK ? KN_E_INVALID : KN_E_NOMEM;
}

/* Feeds pieces until a record ends: 1, 0 at the end of the file, or a refused row. */
static int split(read_csv_t *self, struct read_fault *fault)
{
    long line = offset(self);
    size_t used = 0, n;
    const char *at;
    while ((n = piece(self, &at)) > 0) {
        if (self->after_cr && at[0] == '\n') {
            self->after_cr = false;
            line = offset(self);
            continue;
        }
        self->after_cr = false;
        if (used == 0) {
            self->n_records++;
        }
        used += n;
        if (used > MAX_ROW) {
            bool quoted = self->parser.quoted != 0;
            for (size_t i = 0; i < n; i++) {
                quoted ^= at[i] == '"';
            }
            int rc = !quoted && (at[n - 1] == '\n' || at[n - 1] == '\r')
                         ? KN_OK
                         : skip_row(self, line, quoted);
            return rc == KN_OK ? refuse(self, fault, READ_ROW_LARGE) : rc;
        }
        if (csv_parse(&self->parser, at, n, take_cell, take_end, self) != n) {
            int rc = csv_error(&self->parser) == CSV_EPARSE ? skip_line(self, line) : KN_E_NOMEM;
            return rc == KN_OK ? refuse(self, fault, READ_ROW_QUOTE) : rc;
        }
        bool line_end = at[n - 1] == '\n' || at[n - 1] == '\r';
        if (self->ended) {
            self->after_cr = at[n - 1] == '\r';
            return 1;
        }
        if (line_end && !self->parser.quoted) { /* a blank record: counted, not given */
            self->after_cr = at[n - 1] == '\r';
            line = offset(self);
            used = 0;
        }
    }
    if (used == 0) {
        return 0;
    }
    if (csv_fini(&self->parser, take_cell, take_end, self) != 0) {
        int rc = skip_line(self, line);
        return rc == KN_OK ? refuse(self, fault, READ_ROW_QUOTE) : rc;
    }
    return self->n > 0;
}

int read_csv_next(read_csv_t *self, struct read_record *record, struct read_fault *fault)
{
    self->n = self->cells.length = 0;
    self->ended = false;
    self->rc = KN_OK;
    memset(record, 0, sizeof *record);
    int rc = split(self, fault);
    record->number = self->n_records;
    if (ferror(self->file)) {
        read_fault_set(fault, READ_OPEN, self->path, self->n_records);
        read_copy(fault->value, sizeof fault->value, strerror(errno));
        return KN_E_IO;
    }
    if (rc == KN_E_NOMEM || self->rc != KN_OK) {
        read_fault_set(fault, READ_MEMORY, self->path, self->n_records);
        return KN_E_NOMEM;
    }
    if (rc == 1 && self->n > MAX_CELLS) {
        read_fault_set(fault, READ_ROW_CELLS, self->path, self->n_records);
        (void)snprintf(fault->value, sizeof fault->value, "%zu", self->n);
        (void)snprintf(fault->expected, sizeof fault->expected, "%d", MAX_CELLS);
        return KN_E_INVALID;
    }
    for (size_t i = 0; rc == 1 && i < self->n; i++) {
        self->cell[i] = self->cells.at + self->at[i];
    }
    record->n = rc == 1 ? self->n : 0;
    record->cell = self->cell;
    record->length = self->length;
    return rc;
}
