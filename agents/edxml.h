/* edxml.h - writes official documents: edXML of QCVN 102:2016. */
#ifndef KN_EDXML_H
#define KN_EDXML_H

#include <stddef.h>
#include <stdint.h>

struct edxml_party {
    const char *id, *name; /* OrganId, OrganName; never NULL */
};

/* "01".."16", said of a document that was received. */
struct edxml_status {
    struct edxml_party from, to;
    const char *for_id, *for_number, *for_date; /* the document: DocumentId, number, YYYY-MM-DD */
    const char *code, *description;
    int64_t at; /* ms since the epoch */
};

struct edxml_file {
    const char *name, *type, *path;
};

struct edxml_document {
    struct edxml_party from, to;
    const char *id, *number, *date, *due; /* DUE may be "" */
    const char *subject;
    const char *for_id; /* the document that it answers, or "" */
    size_t n_files;
    const struct edxml_file *files;
    int64_t at;
};

/* Writes a file beside PATH, syncs and renames it: it is there whole or not at all. 0, or KN_E_IO,
 * KN_E_FULL, KN_E_NOMEM. */
int edxml_write_status(const char *path, const struct edxml_status *status);
int edxml_write_document(const char *path, const struct edxml_document *document);

#endif
