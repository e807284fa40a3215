/* fuzz_docx.c - a Word document of any content: tables and minutes. */
#include "tests/fuzz/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fuzz_part parts[] = {{"word/document.xml", "<document/>"}, {NULL, NULL}};
    return fuzz_package(parts, data, size);
}
