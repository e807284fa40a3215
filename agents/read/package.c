/* package.c - a zip of XML parts, read as a stream: never a part in memory, never more than is
 * stated.
 *
 * A package comes from outside, so everything about it is bounded: how many parts, how large a part
 * says it is and how large it turns out to be, how much smaller it was packed (a bomb), how deep
 * its XML goes (libxml2 sees to it). A document type declaration is refused before anything of it
 * could be used: no office program writes one, and it is how entities get in.
 */
#include "agents/read/package.h"

#include <ctype.h>
#include <libxml/xmlreader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum {
    MAX_PARTS = 10000,
    MAX_PART_MIB = 512,
    FREE_RATIO_MIB = 16, /* up to here nobody asks how well a part was packed */
    MAX_RATIO = 400      /* the fullest tables of repeated rows reach about 150 */
};
#define MIB ((uint64_t)1024 * 1024)

struct package {
    zip_t *zip;
    char *path;
};

/* A part with what lies behind it. */
struct open_part {
    struct part part;
    const package_t *package;
    char *name;
    zip_file_t *file;
    uint64_t left; /* bytes that it may still have */
    xmlTextReaderPtr reader;
    bool is_empty; /* the element just opened has no end of its own */
    bool is_over;  /* more bytes came than were stated */
};

/* ---- the package --------------------------------------------------------------------------- */

static int refuse(const package_t *self, struct read_fault *fault, enum read_kind kind,
                  const char *value)
{
    read_fault_set(fault, kind, self->path, 0);
    read_copy(fault->value, sizeof fault->value, value);
    return KN_E_INVALID;
}

static int limit(const package_t *self, struct read_fault *fault, const char *value, int max,
                 const char *unit)
{
    (void)refuse(self, fault, READ_PACKAGE_LIMIT, value);
    (void)snprintf(fault->expected, sizeof fault->expected, "%d %s", max, unit);
    return KN_E_INVALID;
}

/* The sizes that the directory of the zip states. */
static int check(const package_t *self, struct read_fault *fault)
{
    zip_int64_t n = zip_get_num_entries(self->zip, 0);
    zip_stat_t stat;
    if (n == 0) {
        return refuse(self, fault, READ_EMPTY, "");
    }
    if (n > MAX_PARTS) {
        return limit(self, fault, "zip", MAX_PARTS, "tệp con / parts");
    }
    for (zip_int64_t i = 0; i < n; i++) {
        if (zip_stat_index(self->zip, (zip_uint64_t)i, 0, &stat) != 0) {
            return refuse(self, fault, READ_PACKAGE, zip_strerror(self->zip));
        }
        if (stat.size > MAX_PART_MIB * MIB) {
            return limit(self, fault, stat.name, MAX_PART_MIB, "MiB");
        }
        if (stat.size > FREE_RATIO_MIB * MIB && stat.size / MAX_RATIO > stat.comp_size) {
            return limit(self, fault, stat.name, MAX_RATIO, "lần nén / times packed");
        }
        if (stat.encryption_method != ZIP_EM_NONE) {
            return refuse(self, fault, READ_PASSWORD, "");
        }
    }
    return KN_OK;
}

int package_open(package_t **out, const char *path, struct read_fault *fault)
{
    package_t *self = calloc(1, sizeof *self);
    int error = 0, rc = KN_E_NOMEM;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self || !(self->path = strdup(path))) {
        goto done;
    }
    if (!(self->zip = zip_open(path, ZIP_RDONLY, &error))) {
        zip_error_t what;
        zip_error_init_with_code(&what, error);
        rc = refuse(self, fault, READ_PACKAGE, zip_error_strerror(&what));
        zip_error_fini(&what);
        goto done;
    }
    if ((rc = check(self, fault)) == KN_OK) {
        *out = self;
        self = NULL;
    }
done:
    package_close(&self);
    return rc;
}

void package_close(package_t **self_p)
{
    package_t *self = *self_p;
    if (self) {
        if (self->zip) {
            zip_discard(self->zip);
        }
        free(self->path);
        free(self);
        *self_p = NULL;
    }
}

static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char x = *a == '\\' ? '/' : *a;
        if (tolower((unsigned char)x) != tolower((unsigned char)*b)) {
            return false;
        }
    }
    return *a == *b;
}

/* The entry of PART, -1: none. Names of parts are equal whatever their case, and some programs
 * write backslashes. */
static zip_int64_t locate(const package_t *self, const char *part)
{
    zip_int64_t i = zip_name_locate(self->zip, part, 0);
    zip_int64_t n = i < 0 ? zip_get_num_entries(self->zip, 0) : 0;
    for (zip_int64_t j = 0; i < 0 && j < n; j++) {
        const char *name = zip_get_name(self->zip, (zip_uint64_t)j, 0);
        i = name && same_name(name, part) ? j : -1;
    }
    return i;
}

bool package_has(const package_t *self, const char *part)
{
    return locate(self, part) >= 0;
}

bool package_begins(const package_t *self, const char *name, const char *bytes)
{
    char head[128];
    size_t n = strlen(bytes);
    zip_file_t *file = n <= sizeof head ? zip_fopen(self->zip, name, 0) : NULL;
    bool begins = file && zip_fread(file, head, n) == (zip_int64_t)n && memcmp(head, bytes, n) == 0;
    if (file) {
        zip_fclose(file);
    }
    return begins;
}

/* ---- a part -------------------------------------------------------------------------------- */

static int feed(void *context, char *buffer, int length)
{
    struct open_part *self = context;
    zip_int64_t n = zip_fread(self->file, buffer, (zip_uint64_t)length);
    if (n > 0 && (uint64_t)n > self->left) {
        self->is_over = true;
        return -1;
    }
    self->left -= n > 0 ? (uint64_t)n : 0;
    return (int)n;
}

int part_open(struct part **out, package_t *package, const char *name, struct read_fault *fault)
{
    enum {
        OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT
    };
    struct open_part *self = NULL;
    zip_stat_t stat;
    int rc = KN_E_NOMEM;
    *out = NULL;
    zip_int64_t at = locate(package, name);
    if (at < 0 || zip_stat_index(package->zip, (zip_uint64_t)at, 0, &stat) != 0) {
        (void)refuse(package, fault, READ_PART_MISSING, name);
        return KN_E_NOT_FOUND;
    }
    read_fault_set(fault, READ_MEMORY, package->path, 0);
    if (!(self = calloc(1, sizeof *self)) || !(self->name = strdup(name))) {
        goto done;
    }
    self->package = package;
    self->left = stat.size;
    if (!(self->file = zip_fopen_index(package->zip, stat.index, 0))) {
        rc = refuse(package, fault, READ_PACKAGE, zip_strerror(package->zip));
        goto done;
    }
    if (!(self->reader = xmlReaderForIO(feed, NULL, self, name, NULL, OPTIONS))) {
        goto done;
    }
    *out = &self->part;
    self = NULL;
    rc = KN_OK;
done:
    if (self) {
        struct part *part = &self->part;
        part_close(&part);
    }
    return rc;
}

void part_close(struct part **part_p)
{
    struct open_part *self = (struct open_part *)*part_p;
    if (self) {
        xmlFreeTextReader(self->reader);
        if (self->file) {
            zip_fclose(self->file);
        }
        free(self->name);
        free(self);
        *part_p = NULL;
    }
}

static int broken(struct open_part *self, struct read_fault *fault)
{
    char where[96];
    if (self->is_over) {
        return limit(self->package, fault, self->name, MAX_PART_MIB, "MiB");
    }
    (void)snprintf(where, sizeof where, "%.60s:%d", self->name,
                   xmlTextReaderGetParserLineNumber(self->reader));
    return refuse(self->package, fault, READ_PART_XML, where);
}

int part_next(struct part *part, struct read_fault *fault)
{
    struct open_part *self = (struct open_part *)part;
    if (self->is_empty) {
        self->is_empty = false;
        part->event = PART_CLOSE;
        return KN_OK;
    }
    for (;;) {
        int rc = xmlTextReaderRead(self->reader);
        if (rc < 0) {
            return broken(self, fault);
        }
        part->event = PART_END;
        if (rc == 0) {
            return KN_OK;
        }
        part->depth = xmlTextReaderDepth(self->reader);
        switch (xmlTextReaderNodeType(self->reader)) {
        case XML_READER_TYPE_ELEMENT:
            part->event = PART_OPEN;
            self->is_empty = xmlTextReaderIsEmptyElement(self->reader) == 1;
            part->name = (const char *)xmlTextReaderConstLocalName(self->reader);
            return KN_OK;
        case XML_READER_TYPE_END_ELEMENT:
            part->event = PART_CLOSE;
            part->name = (const char *)xmlTextReaderConstLocalName(self->reader);
            return KN_OK;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_WHITESPACE:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE: part->event = PART_TEXT; return KN_OK;
        case XML_READER_TYPE_DOCUMENT_TYPE:
        case XML_READER_TYPE_ENTITY_REFERENCE:
            return refuse(self->package, fault, READ_PART_ENTITY, self->name);
        default: break; /* comments, instructions */
        }
    }
}

int part_skip(struct part *part, struct read_fault *fault)
{
    int depth = part->depth, rc;
    do {
        rc = part_next(part, fault);
    } while (rc == KN_OK && part->event != PART_END &&
             !(part->event == PART_CLOSE && part->depth == depth));
    return rc;
}

const char *part_attribute(const struct part *part, const char *name)
{
    const struct open_part *self = (const struct open_part *)part;
    xmlNodePtr node = part->event == PART_OPEN ? xmlTextReaderCurrentNode(self->reader) : NULL;
    for (xmlAttrPtr at = node ? node->properties : NULL; at; at = at->next) {
        if (read_equal((const char *)at->name, name)) {
            xmlNodePtr text = at->children;
            return text && text->type == XML_TEXT_NODE && !text->next ? (const char *)text->content
                   : text                                             ? NULL
                                                                      : "";
        }
    }
    return NULL;
}

uint32_t part_count(const struct part *part, const char *name, uint32_t standard, uint32_t max)
{
    const char *text = part_attribute(part, name);
    if (!text || strspn(text, "0123456789") != strlen(text) || !*text) {
        return standard;
    }
    unsigned long long value = strtoull(text, NULL, 10);
    return value > max ? max : (uint32_t)value;
}

bool part_flag(const struct part *part, const char *name)
{
    const char *text = part_attribute(part, name);
    return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0);
}

const char *part_text(const struct part *part)
{
    const struct open_part *self = (const struct open_part *)part;
    const char *text = (const char *)xmlTextReaderConstValue(self->reader);
    return text ? text : "";
}
