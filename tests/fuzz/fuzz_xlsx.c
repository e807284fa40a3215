/* fuzz_xlsx.c - a workbook of any parts: sheet, shared strings, styles, workbook, relationships. */
#include "tests/fuzz/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fuzz_part parts[] = {
        {"xl/worksheets/sheet1.xml", "<worksheet/>"},
        {"xl/sharedStrings.xml", "<sst><si><t>STT</t></si><si><t>text</t></si></sst>"},
        {"xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs>"
                          "</styleSheet>"},
        {"xl/workbook.xml", "<workbook><sheets><sheet name='A' id='r1'/><sheet name='B' id='r1'/>"
                            "</sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>"
         "</Relationships>"},
        {NULL, NULL}};
    return fuzz_package(parts, data, size);
}
