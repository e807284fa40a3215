/* fuzz_ods.c - an OpenDocument, spreadsheet or text, of any content. */
#include "tests/fuzz/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fuzz_part parts[] = {
        {"content.xml", "<document-content/>"},
        {"META-INF/manifest.xml", "<manifest/>"},
        {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
        {NULL, NULL}};
    return fuzz_package(parts, data, size);
}
