/* parts.h - what the files of kn_read share among themselves. */
#ifndef KN_READ_PARTS_H
#define KN_READ_PARTS_H

#include "agents/read/read.h"

#include <string.h>

enum {
    READ_MAX_ROW = 256 * 1024, /* bytes: four times the longest message there can be */
    READ_MAX_CELLS = 256,
    READ_MAX_ROWS = 1048576 /* of a sheet: as many as a spreadsheet has */
};

static inline bool read_equal(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* A fresh fault of KIND in the file PATH (folders are left out), no column, no values. */
void read_fault_set(struct read_fault *fault, enum read_kind kind, const char *path, uint64_t row);
/* A printable copy of TEXT, cut to SIZE at a whole character. */
void read_copy(char *out, size_t size, const char *text);

/* A file name that cannot leave its folder: what stands behind the last slash or backslash of NAME,
 * without control characters, never a hidden one. */
void read_tame(char *out, size_t size, const char *name);

/* The words of TEXT (UTF-8) in small letters with their marks, a blank before each and at the end.
 * The caller frees; NULL: out of memory or no text. */
char *read_words(const char *text);

/* Bytes that grow; the text is always NUL-terminated once something was put. */
struct read_bytes {
    char *at;
    size_t length, size;
};
/* Room for LENGTH bytes more and a NUL. 0 or KN_E_NOMEM. */
int read_room(struct read_bytes *bytes, size_t length);
int read_put(struct read_bytes *bytes, const char *text, size_t length);

/* Appends the visible text below TOP (a tree of libxml2). 0 or KN_E_NOMEM. */
struct _xmlNode;
int read_node_text(struct read_bytes *out, const struct _xmlNode *top);

/* ---- cells.c: a row of a sheet while it is put together ------------------------------------ */

struct read_cells {
    const char *path;
    struct read_record record; /* sheet and is_hidden are the reader's to set */
    struct read_bytes bytes;   /* the cells, one after the other, each with a NUL */
    size_t at[READ_MAX_CELLS], length[READ_MAX_CELLS];
    char *cell[READ_MAX_CELLS];
    uint8_t state[READ_MAX_CELLS];
    bool is_large, is_wide;         /* beyond the bounds */
    bool has_own;                   /* some cell says something of its own */
    char *above[READ_MAX_CELLS];    /* value of a cell that is merged downwards */
    uint64_t below[READ_MAX_CELLS]; /* the last row that it covers */
};

void read_cells_clear(struct read_cells *cells);
/* A new sheet: nothing is merged; a new row. */
void read_cells_sheet(struct read_cells *cells, const char *sheet);
void read_cells_row(struct read_cells *cells, uint64_t number);
/* Puts TEXT into column I (columns ascend). 0 or KN_E_NOMEM. */
int read_cells_put(struct read_cells *cells, size_t i, const char *text, size_t length,
                   enum read_state state);
/* The cell in column I, put or not, covers the rows down to LAST and N columns. */
int read_cells_merge(struct read_cells *cells, size_t i, uint64_t last, uint32_t n_columns);
/* The row is complete: 1 when it says something, 0 when it is blank, or it is refused. */
int read_cells_end(struct read_cells *cells, struct read_record *record, struct read_fault *fault);

/* ---- forms.c: what columns and lines are called -------------------------------------------- */

/* Which READ_... TEXT is the name of in FORM, or -1. */
int read_forms_column(const read_forms_t *forms, int form, const char *text);
int read_forms_line(const read_forms_t *forms, const char *text);
/* What a person calls it. */
const char *read_forms_column_name(const read_forms_t *forms, int form, int column);
const char *read_forms_line_name(const read_forms_t *forms, int line);
/* The column of FORM (-1: the line) that TEXT is most like, or all of them. */
void read_forms_suggest(const read_forms_t *forms, int form, char *out, size_t size,
                        const char *text);
/* Minutes. WORDS are those of read_words. Which column a heading that begins so fills, or -1;
 * whether they ask for something (AT_ONCE: from the first word on); whether they open a further
 * demand. */
int read_forms_heading(const read_forms_t *forms, const char *words);
bool read_forms_asks(const read_forms_t *forms, const char *words, bool at_once);
bool read_forms_goes_on(const read_forms_t *forms, const char *words);
/* The property's name in the contract (NULL: none), and how many characters it may have. */
const char *read_column_field(int column);
size_t read_column_max(int column);
const char *read_line_field(int line);
size_t read_line_max(int line);

/* Takes one line KEY VALUE of row ROW. */
int read_headers_take(struct read_headers *out, const read_forms_t *forms, const char *key,
                      const char *value, uint64_t row, const char *path, struct read_fault *fault);

/* ---- files that have records --------------------------------------------------------------- */

struct package;

/* What a form does for records.c; SELF is its own. */
struct read_form_kind {
    int (*rewind)(void *self, char delimiter, struct read_fault *fault);
    int (*next)(void *self, struct read_record *record, struct read_fault *fault);
    void (*close)(void *self);
    bool is_delimited; /* the delimiter must be found out */
};
/* Each takes the package, also when it fails. */
int read_xlsx_open(void **out, struct package **package_p, const char *workbook, const char *path,
                   read_warn_fn *warn, void *told, struct read_fault *fault);
int read_odf_open(void **out, struct package **package_p, const char *path, read_warn_fn *warn,
                  void *told, struct read_fault *fault);
int read_docx_open(void **out, struct package **package_p, const char *document, const char *path,
                   struct read_fault *fault);
extern const struct read_form_kind read_xlsx_kind, read_odf_kind, read_docx_kind;

/* Feeds as XML: feed_parse.c. */
enum feed_wholeness { FEED_WHOLE, FEED_DEGRADED, FEED_CUT };

struct feed_parsed {
    struct _xmlDoc *doc; /* NULL: nothing could be read */
    enum feed_wholeness whole;
    char why[96];      /* the first complaint when it is not whole */
    char said[40];     /* the character set that it names, when another one was right */
    const char *taken; /* that one, or NULL */
    bool doubt;        /* some characters were guessed */
};
/* Reads BYTES as XML, as far as it goes, in the character set that it is in. */
void feed_parse(struct feed_parsed *out, const char *bytes, size_t length, const char *url,
                const char *charset);

/* What elements say: feed_text.c. The caller frees. */

/* Text, CDATA and the document's own short names below NODE as they stand. 0 or KN_E_NOMEM. */
int feed_gather(struct read_bytes *out, const struct _xmlNode *node);
/* The plain text of an element, NFC; "" for NULL. NULL: out of memory. */
char *feed_plain(const struct _xmlNode *node);
/* The value of an attribute, its name in either case (xmlFree); NULL: there is none. */
unsigned char *feed_attribute(const struct _xmlNode *node, const char *name);
bool feed_has_value(const struct _xmlNode *node, const char *name, const char *value);

#endif
