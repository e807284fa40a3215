/* records.c - which form a file has is told by its bytes, never by its name; then its records.
 *
 * Zip: its main part says whether it is XLSX, DOCX or OpenDocument. OLE: an old .xls or .doc, or
 * a workbook with a password; the names in its directory say which. Everything else goes to csv.c,
 * which knows text from what is not.
 */
#include "agents/read/package.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct read_records {
    const struct read_form_kind *kind;
    void *form;
};

/* ---- CSV as one of the forms --------------------------------------------------------------- */

static int csv_rewind(void *self, char delimiter, struct read_fault *fault)
{
    (void)fault;
    return read_csv_rewind(self, delimiter);
}

static int csv_next(void *self, struct read_record *record, struct read_fault *fault)
{
    return read_csv_next(self, record, fault);
}

static void csv_close(void *self)
{
    read_csv_t *csv = self;
    read_csv_close(&csv);
}

static const struct read_form_kind csv_kind = {csv_rewind, csv_next, csv_close, true};

/* ---- by its bytes -------------------------------------------------------------------------- */

/* An OLE file by the names in its directory, which are UTF-16; they may stand anywhere. */
static enum read_kind ole_kind(FILE *file)
{
    static const struct {
        const char *name;
        enum read_kind kind;
    } names[] = {{"EncryptedPackage", READ_PASSWORD},
                 {"WordDocument", READ_OLD_DOC},
                 {"Workbook", READ_OLD_XLS},
                 {"Book", READ_OLD_XLS}};
    enum { BLOCK = 65536, OVERLAP = 64, MAX_BLOCKS = 1024 };
    static const size_t n_names = sizeof names / sizeof *names;
    char *block = malloc(BLOCK);
    size_t kept = 0, got, best = n_names;
    for (int n = 0; block && n < MAX_BLOCKS && best > 0 &&
                    (got = fread(block + kept, 1, BLOCK - kept, file)) > 0;
         n++) {
        got += kept;
        for (size_t i = 0; i < best; i++) {
            char wide[40];
            size_t length = strlen(names[i].name);
            for (size_t j = 0; j < length; j++) {
                wide[2 * j] = names[i].name[j];
                wide[2 * j + 1] = '\0';
            }
            if (memmem(block, got, wide, 2 * length)) {
                best = i;
            }
        }
        kept = got > OVERLAP ? OVERLAP : got;
        memmove(block, block + got - kept, kept);
    }
    free(block);
    return best < n_names ? names[best].kind : READ_OLD_XLS;
}

static int open_package(read_records_t *self, const char *path, read_warn_fn *warn, void *told,
                        struct read_fault *fault)
{
    package_t *package = NULL;
    char main[PART_PATH] = "", root[PART_ROOT] = "";
    int rc = package_open(&package, path, fault);
    if (rc != KN_OK) {
        return rc;
    }
    bool is_said = package_main(package, main, root) && *root;
    if (!is_said && package_has(package, "xl/workbook.xml")) {
        strcpy(main, "xl/workbook.xml");
        strcpy(root, "workbook");
    } else if (!is_said && package_has(package, "word/document.xml")) {
        strcpy(main, "word/document.xml");
        strcpy(root, "document");
    }
    if (read_equal(root, "workbook")) {
        self->kind = &read_xlsx_kind;
        return read_xlsx_open(&self->form, &package, main, path, warn, told, fault);
    }
    if (read_equal(root, "document")) {
        self->kind = &read_docx_kind;
        return read_docx_open(&self->form, &package, main, path, fault);
    }
    if (package_has(package, "content.xml") &&
        (package_begins(package, "mimetype", "application/vnd.oasis.opendocument.") ||
         package_has(package, "META-INF/manifest.xml"))) {
        self->kind = &read_odf_kind;
        return read_odf_open(&self->form, &package, path, warn, told, fault);
    }
    read_fault_set(fault,
                   package_has(package, "xl/workbook.bin") ? READ_OLD_XLS : READ_BINARY_PACKED,
                   path, 0);
    read_copy(fault->value, sizeof fault->value, "ZIP");
    package_close(&package);
    return KN_E_INVALID;
}

int read_records_open(read_records_t **out, const char *path, read_warn_fn *warn, void *told,
                      struct read_fault *fault)
{
    char head[8] = "";
    FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
    size_t n = file ? fread(head, 1, sizeof head, file) : 0;
    read_records_t *self = calloc(1, sizeof *self);
    int rc = KN_OK;
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, path, 0);
    if (!self) {
        rc = KN_E_NOMEM;
    } else if (n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0) {
        rc = open_package(self, path, warn, told, fault);
    } else if (n == 8 && memcmp(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0) {
        read_fault_set(fault, ole_kind(file), path, 0);
        rc = KN_E_INVALID;
    } else {
        read_csv_t *csv = NULL;
        self->kind = &csv_kind;
        rc = read_csv_open(&csv, path, fault);
        self->form = csv;
    }
    if (file) {
        fclose(file);
    }
    if (rc == KN_OK) {
        *out = self;
    } else {
        free(self);
    }
    return rc;
}

void read_records_close(read_records_t **self_p)
{
    read_records_t *self = *self_p;
    if (self) {
        self->kind->close(self->form);
        free(self);
        *self_p = NULL;
    }
}

bool read_records_are_delimited(const read_records_t *self)
{
    return self->kind->is_delimited;
}

int read_records_rewind(read_records_t *self, char delimiter, struct read_fault *fault)
{
    return self->kind->rewind(self->form, delimiter, fault);
}

int read_records_next(read_records_t *self, struct read_record *record, struct read_fault *fault)
{
    return self->kind->next(self->form, record, fault);
}
