/* fuzz_edxml.c - any bytes as an official document: no fault but a told one, all texts UTF-8, names
 * that stay in their folder, sizes within what came.
 */
#include "agents/read/read.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct read_edxml *document = NULL;
    struct read_fault fault;
    int rc =
        read_edxml_bytes(&document, (const char *)data, size, "fuzz", NULL, NULL, NULL, &fault);
    assert((rc == KN_OK) == (document != NULL));
    if (document) {
        const char *texts[] = {document->id,        document->number,     document->from_id,
                               document->from_name, document->to_id,      document->to_name,
                               document->subject,   document->reason,     document->replaces,
                               document->for_id,    document->for_number, document->status};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            assert(texts[i] && read_is_text(texts[i], strlen(texts[i])));
        }
        assert(*document->from_name && (*document->number || *document->status));
        assert(document->n_files <= READ_EDXML_MAX_FILES);
        for (size_t i = 0; i < document->n_files; i++) {
            const struct read_edxml_file *file = &document->files[i];
            assert(!strpbrk(file->name, "/\\") && file->name[0] != '.' && file->size < size);
        }
    }
    read_edxml_destroy(&document);
    return 0;
}
