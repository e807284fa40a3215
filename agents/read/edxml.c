/* edxml.c - an official document of the document axis: who sends what, and the files with it.
 *
 * Two dialects, told apart by nothing but their names: QCVN 102:2016 (edXML/edXMLEnvelope, files as
 * AttachmentEncoded beside the envelope) and http://www.go.vn/eDoc (EdXMLEnvelope, files in the
 * manifest). Elements are matched by their local names. Two faults are known from the wild and
 * tolerated with a warning: stray bytes before the prolog (at most STRAY_MAX), and a prefix used
 * outside its scope. Everything else that is not well-formed is refused.
 *
 * The bytes come from strangers: the parser is fed piece by piece and calls back (no tree, so the
 * largest file costs no memory), DTDs and entities are refused, depth, texts, files and bytes are
 * bounded. Files are decoded as they come, straight to the disk.
 */
#include "agents/read/parts.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    STRAY_MAX = 1024,
    DEPTH_MAX = 24,
    NAME_MAX_BYTES = 64, /* of an element: longer ones mean nothing to us */
    TEXT_MAX = 4000,     /* bytes of one text */
    ELEMENTS_MAX = 100000,
    PIECE = 64 * 1024,
    OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE
};

/* XML_PARSE_HUGE only lifts the bound on one text: nothing is kept of it, and no entity is ever
 * declared, let alone expanded. */

enum text {
    ID,
    CODE_NUMBER,
    CODE_NOTATION,
    DATE,
    DUE,
    FROM_ID,
    FROM_NAME,
    FROM_CHARGE,
    TO_ID,
    TO_NAME,
    SUBJECT,
    KIND,
    REASON,
    REPLACES,
    FOR_ID,
    FOR_CODE,
    STATUS,
    FILE_NAME,
    FILE_TYPE,
    N_TEXTS
};

/* An element by its parent's and its own name; PARENT NULL: wherever it stands. */
static const struct {
    const char *parent, *name;
    enum text text;
} elements[] = {
    {"ResponseFor", "DocumentId", FOR_ID},
    {"ResponseFor", "Code", FOR_CODE},
    {"ReplacementInfo", "DocumentId", REPLACES},
    {"MessageHeader", "DocumentId", ID},
    {"Code", "CodeNumber", CODE_NUMBER},
    {"Code", "CodeNotation", CODE_NOTATION},
    {"PromulgationInfo", "PromulgationDate", DATE},
    {"MessageHeader", "DueDate", DUE},
    {"From", "OrganId", FROM_ID},
    {"From", "OrganName", FROM_NAME},
    {"From", "OrganizationInCharge", FROM_CHARGE},
    {"To", "OrganId", TO_ID},
    {"To", "OrganName", TO_NAME},
    {"MessageHeader", "Subject", SUBJECT},
    {NULL, "BussinessDocType", KIND}, /* so it is written everywhere */
    {NULL, "BusinessDocType", KIND},
    {NULL, "BussinessDocReason", REASON},
    {NULL, "BusinessDocReason", REASON},
    {NULL, "StatusCode", STATUS},
    {"Status", "Description", REASON},
    {"Attachment", "AttachmentName", FILE_NAME},
    {"Attachment", "FileName", FILE_NAME},
    {"Attachment", "ContentType", FILE_TYPE},
    {"Attachment", "FileType", FILE_TYPE},
};

struct reader {
    struct read_edxml *document;
    const char *name, *folder;
    read_warn_fn *warn;
    void *told;
    struct read_fault *fault;
    xmlParserCtxt *parser;
    int rc;
    char path[DEPTH_MAX][NAME_MAX_BYTES];
    size_t depth, n_elements;
    bool is_prefix_told;
    struct read_bytes text[N_TEXTS];
    int current;   /* the text being gathered, -1: none */
    bool in_file;  /* content of an attachment */
    FILE *file;    /* where it goes; NULL: nowhere */
    unsigned bits; /* of Base64, not written yet */
    int n_bits, n_pad;
};

/* ---- faults ------------------------------------------------------------------------------------
 */

/* Ends the reading with KIND; the first fault stays. */
static void stop(struct reader *self, enum read_kind kind, const char *value, const char *expected)
{
    if (self->rc == KN_OK) {
        read_fault_set(self->fault, kind, self->name, 0);
        read_copy(self->fault->value, sizeof self->fault->value, value);
        read_copy(self->fault->expected, sizeof self->fault->expected, expected);
        self->rc = kind == READ_MEMORY ? KN_E_NOMEM : kind == READ_OPEN ? KN_E_IO : KN_E_INVALID;
        if (self->parser) {
            xmlStopParser(self->parser);
        }
    }
}

static void tell(const struct reader *self, enum read_kind kind, const char *value)
{
    struct read_fault fault;
    read_fault_set(&fault, kind, self->name, 0);
    read_copy(fault.value, sizeof fault.value, value);
    if (self->warn) {
        self->warn(self->told, &fault);
    }
}

static void warn(struct reader *self, enum read_kind kind, const char *value)
{
    self->document->is_degraded = true;
    tell(self, kind, value);
}

/* ---- files -------------------------------------------------------------------------------------
 */

static struct read_edxml_file *last_file(struct reader *self)
{
    return &self->document->files[self->document->n_files - 1];
}

static void open_file(struct reader *self)
{
    struct read_edxml *document = self->document;
    if (document->n_files == READ_EDXML_MAX_FILES) {
        stop(self, READ_EDXML_LARGE, "số tệp kèm theo", "16");
        return;
    }
    struct read_edxml_file *file = &document->files[document->n_files++];
    self->bits = 0;
    self->n_bits = self->n_pad = 0;
    self->in_file = true;
    if (self->folder) {
        int n =
            snprintf(file->path, sizeof file->path, "%s/%zu.part", self->folder, document->n_files);
        if (n < 0 || (size_t)n >= sizeof file->path || !(self->file = fopen(file->path, "wb"))) {
            stop(self, READ_OPEN, strerror(errno), "");
        }
    }
}

static int value_of(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static void write_file(struct reader *self, const unsigned char *bytes, size_t n)
{
    last_file(self)->size += n;
    if (self->file && fwrite(bytes, 1, n, self->file) != n) {
        stop(self, READ_OPEN, strerror(errno), "");
    }
}

static void put_file(struct reader *self, const char *text, size_t n)
{
    unsigned char bytes[1024];
    size_t n_bytes = 0;
    for (size_t i = 0; i < n && self->rc == KN_OK; i++) {
        int value = value_of(text[i]);
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
            continue;
        }
        if (text[i] == '=' && self->n_pad < 2) {
            self->n_pad++;
            continue;
        }
        if (value < 0 || self->n_pad) {
            stop(self, READ_EDXML_BASE64, last_file(self)->name, "");
            continue;
        }
        self->bits = self->bits << 6 | (unsigned)value;
        self->n_bits += 6;
        if (self->n_bits >= 8) {
            self->n_bits -= 8;
            bytes[n_bytes++] = (unsigned char)(self->bits >> self->n_bits);
        }
        if (n_bytes == sizeof bytes) {
            write_file(self, bytes, n_bytes);
            n_bytes = 0;
        }
    }
    write_file(self, bytes, n_bytes);
}

static void close_file(struct reader *self)
{
    self->in_file = false;
    if (self->n_bits == 6 || (self->n_pad && self->n_bits != 2 * self->n_pad)) {
        stop(self, READ_EDXML_BASE64, last_file(self)->name, "");
    }
    if (self->file && fclose(self->file) != 0) {
        stop(self, READ_OPEN, strerror(errno), "");
    }
    self->file = NULL;
}

void read_tame(char *out, size_t size, const char *name)
{
    for (const char *at = name; *at; at++) {
        if (*at == '/' || *at == '\\') {
            name = at + 1;
        }
    }
    while (*name == '.' || *name == ' ') {
        name++;
    }
    read_copy(out, size, *name ? name : "tep");
}

/* The attachment ends: it gets its name, which may stand before or behind its content. */
static void end_attachment(struct reader *self)
{
    struct read_edxml_file *file = self->document->n_files ? last_file(self) : NULL;
    struct read_bytes *name = &self->text[FILE_NAME], *type = &self->text[FILE_TYPE];
    if (file && !file->name[0]) {
        char path[sizeof file->path];
        read_tame(file->name, sizeof file->name, name->length ? name->at : "");
        read_copy(file->type, sizeof file->type, type->length ? type->at : "");
        int n = file->path[0] ? snprintf(path, sizeof path, "%s/%zu-%s", self->folder,
                                         self->document->n_files, file->name)
                              : 0;
        if (n < 0 || (size_t)n >= sizeof path || (n > 0 && rename(file->path, path) != 0)) {
            stop(self, READ_OPEN, strerror(errno), "");
        } else if (n > 0) {
            memcpy(file->path, path, (size_t)n + 1);
        }
    }
    name->length = type->length = 0;
}

/* ---- elements ----------------------------------------------------------------------------------
 */

static bool is_root(const char *name)
{
    return strcasecmp(name, "edXML") == 0 || strcasecmp(name, "edXMLEnvelope") == 0;
}

static bool is_known(const char *space)
{
    return strcmp(space, "http://www.mic.gov.vn/TBT/QCVN_102_2016") == 0 ||
           strcmp(space, "http://www.go.vn/eDoc") == 0;
}

static const char *above(const struct reader *self, size_t n)
{
    return self->depth > n ? self->path[self->depth - 1 - n] : "";
}

/* Which text the element on top of the path is; the first one of its kind that says something
 * counts, so the first of several receivers. */
static int text_of(const struct reader *self)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (strcmp(elements[i].name, above(self, 0)) == 0 &&
            (!elements[i].parent || strcmp(elements[i].parent, above(self, 1)) == 0)) {
            return self->text[elements[i].text].length ? -1 : (int)elements[i].text;
        }
    }
    return -1;
}

static void start(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *space,
                  int n_spaces, const xmlChar **spaces, int n_attributes, int n_defaulted,
                  const xmlChar **attributes)
{
    struct reader *self = arg;
    const char *name = (const char *)local;
    (void)n_spaces;
    (void)spaces;
    (void)n_attributes;
    (void)n_defaulted;
    (void)attributes;
    if (self->depth == 0 && (!is_root(name) || (space && !is_known((const char *)space)))) {
        stop(self, READ_EDXML_KIND, space && is_root(name) ? (const char *)space : name, "");
    }
    if (self->depth == DEPTH_MAX || ++self->n_elements > ELEMENTS_MAX) {
        stop(self, READ_EDXML_XML, self->depth == DEPTH_MAX ? "too deep" : "too many elements", "");
    }
    if (self->rc != KN_OK) {
        return;
    }
    if (prefix && !space && !self->is_prefix_told) {
        self->is_prefix_told = true;
        warn(self, READ_EDXML_PREFIX, (const char *)prefix);
    }
    if (space && strcmp(name, "Signature") == 0 &&
        strcmp((const char *)space, "http://www.w3.org/2000/09/xmldsig#") == 0 &&
        !self->document->is_signed) {
        self->document->is_signed = true;
        tell(self, READ_EDXML_SIGNED, "");
    }
    (void)snprintf(self->path[self->depth++], NAME_MAX_BYTES, "%.63s", name);
    self->current = text_of(self);
    if (strcmp(above(self, 1), "Attachment") == 0 &&
        (strcmp(name, "ContentTransferEncoded") == 0 || strcmp(name, "Content") == 0)) {
        open_file(self);
    }
}

static void end(void *arg, const xmlChar *local, const xmlChar *prefix, const xmlChar *space)
{
    struct reader *self = arg;
    (void)local;
    (void)prefix;
    (void)space;
    if (self->rc != KN_OK || self->depth == 0) {
        return;
    }
    if (self->in_file) {
        close_file(self);
    }
    if (strcmp(above(self, 0), "Attachment") == 0) {
        end_attachment(self);
    }
    self->current = -1;
    self->depth--;
}

static void characters(void *arg, const xmlChar *text, int n)
{
    struct reader *self = arg;
    if (self->rc != KN_OK || n <= 0) {
        return;
    }
    if (self->in_file) {
        put_file(self, (const char *)text, (size_t)n);
    } else if (self->current >= 0) {
        struct read_bytes *bytes = &self->text[self->current];
        if (bytes->length + (size_t)n > TEXT_MAX) {
            stop(self, READ_EDXML_LARGE, above(self, 0), "4000 byte");
        } else if (read_put(bytes, (const char *)text, (size_t)n) != KN_OK) {
            stop(self, READ_MEMORY, "", "");
        }
    }
}

static void refuse_dtd(void *arg, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    (void)name;
    (void)public_id;
    (void)system_id;
    stop(arg, READ_EDXML_ENTITY, "", "");
}

/* ---- the document ------------------------------------------------------------------------------
 */

/* The cleaned text; "" when there is none. NULL: out of memory. */
static char *take(struct reader *self, enum text text)
{
    struct read_bytes *bytes = &self->text[text];
    return bytes->length ? read_clean(bytes->at, bytes->length) : strdup("");
}

/* "ORGAN,2026/11/23,214/MTTQ-BTT": the third part; NULL when the id is none of these. */
static const char *number_in(const char *id)
{
    const char *comma = strchr(id, ',');
    comma = comma ? strchr(comma + 1, ',') : NULL;
    return comma && comma[1] ? comma + 1 : NULL;
}

static char *number_of(struct reader *self, const char *id)
{
    char text[256] = "", *number = take(self, CODE_NUMBER), *notation = take(self, CODE_NOTATION);
    if (number && notation) {
        bool is_whole = strchr(number, '/') || !*notation;
        (void)snprintf(text, sizeof text, "%.100s%s%.100s", number, is_whole ? "" : "/",
                       is_whole ? "" : notation);
        if (!*number) {
            const char *in = number_in(id);
            (void)snprintf(text, sizeof text, "%.200s", in ? in : notation);
        }
    }
    bool is_good = number && notation;
    free(number);
    free(notation);
    return is_good ? strdup(text) : NULL;
}

static void day_of(struct reader *self, char out[11], enum text text)
{
    char *given = take(self, text);
    int64_t at;
    if (given && read_time(&at, given) == KN_OK) {
        read_day(out, at);
    }
    free(given);
}

static void fill(struct reader *self)
{
    struct read_edxml *document = self->document;
    struct {
        char **to;
        enum text text;
    } const texts[] = {
        {&document->id, ID},
        {&document->from_id, FROM_ID},
        {&document->from_name, FROM_NAME},
        {&document->to_id, TO_ID},
        {&document->to_name, TO_NAME},
        {&document->subject, SUBJECT},
        {&document->reason, REASON},
        {&document->replaces, REPLACES},
        {&document->for_id, FOR_ID},
        {&document->for_number, FOR_CODE},
        {&document->status, STATUS},
    };
    bool is_whole = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        is_whole &= (*texts[i].to = take(self, texts[i].text)) != NULL;
    }
    char *kind = take(self, KIND);
    if (document->from_name && !*document->from_name) {
        free(document->from_name);
        document->from_name = take(self, self->text[FROM_CHARGE].length ? FROM_CHARGE : FROM_ID);
    }
    is_whole &= kind && document->from_name && document->id &&
                (document->number = number_of(self, document->id));
    day_of(self, document->date, DATE);
    day_of(self, document->due, DUE);
    if (!is_whole) {
        stop(self, READ_MEMORY, "", "");
    } else if (*kind) {
        if (strlen(kind) != 1 || !strchr("0123", *kind)) {
            stop(self, READ_EDXML_XML, "BussinessDocType", "");
        }
        document->kind = (enum read_edxml_kind)(*kind - '0');
    }
    free(kind);
    const char *missing = self->rc != KN_OK                        ? NULL
                          : !*document->from_name                  ? "From/OrganName"
                          : *document->status                      ? NULL
                          : !*document->number                     ? "Code/CodeNumber"
                          : !*document->date && !*document->for_id ? "PromulgationDate"
                                                                   : NULL;
    if (missing) {
        stop(self, READ_EDXML_IDENTITY, missing, "");
    }
}

/* The first byte of the document: behind at most STRAY_MAX bytes that do not belong to it. */
static size_t skip_stray(struct reader *self, const char *bytes, size_t n)
{
    char count[24];
    size_t end = n < STRAY_MAX ? n : STRAY_MAX, at = 0;
    if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0 ||
                   memcmp(bytes, "<\0", 2) == 0 || memcmp(bytes, "\0<", 2) == 0)) {
        return 0; /* UTF-16 */
    }
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 && (n == 3 || bytes[3] == '<')) {
        return 0;
    }
    while (at < end && !(bytes[at] == '<' && at + 6 < n &&
                         (strncasecmp(bytes + at + 1, "?xml", 4) == 0 ||
                          strncasecmp(bytes + at + 1, "edxml", 5) == 0 || bytes[at + 1] == '!'))) {
        at++;
    }
    if (at == 0 || at == end) {
        return 0; /* well, or not ours: the parser says why */
    }
    (void)snprintf(count, sizeof count, "%zu", at);
    warn(self, READ_EDXML_STRAY, count);
    return at;
}

struct source {
    FILE *file; /* or */
    const char *bytes;
    size_t length;
};

static size_t next_piece(struct source *from, char piece[PIECE])
{
    size_t n;
    if (from->file) {
        return fread(piece, 1, PIECE, from->file);
    }
    n = from->length < PIECE ? from->length : PIECE;
    memcpy(piece, from->bytes, n);
    from->bytes += n;
    from->length -= n;
    return n;
}

static const xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                                      .startElementNs = start,
                                      .endElementNs = end,
                                      .characters = characters,
                                      .ignorableWhitespace = characters,
                                      .cdataBlock = characters,
                                      .internalSubset = refuse_dtd,
                                      .externalSubset = refuse_dtd};

static void parse(struct reader *self, struct source *from)
{
    char piece[PIECE];
    size_t n = next_piece(from, piece), total = n, skipped;
    if (n == 0) {
        stop(self, READ_EMPTY, "", "");
        return;
    }
    skipped = skip_stray(self, piece, n);
    xmlSAXHandler sax = handler;
    self->parser = xmlCreatePushParserCtxt(&sax, self, NULL, 0, NULL);
    if (!self->parser) {
        stop(self, READ_MEMORY, "", "");
        return;
    }
    xmlCtxtUseOptions(self->parser, OPTIONS);
    while (n > 0 && self->rc == KN_OK && self->parser->wellFormed) {
        xmlParseChunk(self->parser, piece + skipped, (int)(n - skipped), 0);
        skipped = 0;
        n = next_piece(from, piece);
        if ((total += n) > READ_EDXML_MAX_BYTES) {
            stop(self, READ_EDXML_LARGE, "văn bản", "50 MiB");
        }
    }
    if (self->rc == KN_OK) {
        xmlParseChunk(self->parser, "", 0, 1);
    }
    if (self->rc == KN_OK && !self->parser->wellFormed) {
        char why[96];
        const xmlError *error = xmlCtxtGetLastError(self->parser);
        read_copy(why, sizeof why, error && error->message ? error->message : "XML");
        why[strcspn(why, "\n")] = '\0';
        stop(self, READ_EDXML_XML, why, "");
    } else if (self->rc == KN_OK && self->n_elements == 0) {
        stop(self, READ_EDXML_KIND, "?", "");
    }
}

static int read_source(struct read_edxml **out, struct source *from, struct reader *self)
{
    *out = NULL;
    self->current = -1;
    if (!(self->document = calloc(1, sizeof *self->document))) {
        stop(self, READ_MEMORY, "", "");
        return self->rc;
    }
    parse(self, from);
    if (self->parser) {
        xmlFreeParserCtxt(self->parser);
        self->parser = NULL;
    }
    if (self->file) {
        fclose(self->file);
    }
    if (self->rc == KN_OK) {
        fill(self);
    }
    for (int i = 0; i < N_TEXTS; i++) {
        free(self->text[i].at);
    }
    if (self->rc == KN_OK) {
        *out = self->document;
        self->document = NULL;
    }
    read_edxml_destroy(&self->document);
    return self->rc;
}

int read_edxml_bytes(struct read_edxml **out, const char *bytes, size_t length, const char *name,
                     const char *folder, read_warn_fn *warn_fn, void *told,
                     struct read_fault *fault)
{
    struct reader reader = {
        .name = name, .folder = folder, .warn = warn_fn, .told = told, .fault = fault};
    struct source from = {.bytes = bytes, .length = length};
    return read_source(out, &from, &reader);
}

int read_edxml(struct read_edxml **out, const char *path, const char *folder, read_warn_fn *warn_fn,
               void *told, struct read_fault *fault)
{
    struct reader reader = {
        .name = path, .folder = folder, .warn = warn_fn, .told = told, .fault = fault};
    struct source from = {.file = fopen(path, "rb")};
    *out = NULL;
    if (!from.file) {
        stop(&reader, READ_OPEN, strerror(errno), "");
        return KN_E_IO;
    }
    int rc = read_source(out, &from, &reader);
    fclose(from.file);
    return rc;
}

void read_edxml_destroy(struct read_edxml **document_p)
{
    struct read_edxml *document = *document_p;
    *document_p = NULL;
    if (document) {
        char *texts[] = {document->id,        document->number,     document->from_id,
                         document->from_name, document->to_id,      document->to_name,
                         document->subject,   document->reason,     document->replaces,
                         document->for_id,    document->for_number, document->status};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            free(texts[i]);
        }
        free(document);
    }
}

bool read_is_edxml(const char *path)
{
    char head[STRAY_MAX + 1024];
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(head, 1, sizeof head - 1, file) : 0;
    if (file) {
        fclose(file);
    }
    for (size_t i = 0; i + 6 < n; i++) {
        size_t at = head[i] == '<' ? i + 1 : 0;
        at += at && strncasecmp(head + at, "edXML:", 6) == 0 ? 6 : 0;
        if (at && at + 6 < n && strncasecmp(head + at, "edXML", 5) == 0) {
            return true;
        }
    }
    return false;
}
