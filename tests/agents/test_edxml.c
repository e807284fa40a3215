/* test_edxml.c - official documents: both dialects, the two faults known from the wild, hostile
 * ones: agents/read/edxml.c. The documents are those of the fuzzer's corpus.
 */
#include "tests/agents/readers.h"

static const char *corpus(const char *name)
{
    static char path[600];
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/fuzz_edxml/%s", KN_SOURCE_DIR, name);
    return path;
}

static struct read_edxml *read_one(const char *name, const char *folder, struct warned *warned)
{
    struct read_edxml *document = NULL;
    struct read_fault fault;
    int rc = read_edxml(&document, corpus(name), folder, warn, warned, &fault);
    if (rc != KN_OK) {
        char words[800];
        (void)read_fault_print(words, sizeof words, &fault, true);
        fail_msg("%s: %s", name, words);
    }
    return document;
}

static void says(const char *name, enum read_kind kind)
{
    struct read_edxml *document = NULL;
    struct read_fault fault;
    assert_int_equal(read_edxml(&document, corpus(name), NULL, NULL, NULL, &fault), KN_E_INVALID);
    assert_null(document);
    assert_int_equal(fault.kind, kind);
}

static void reads_both_dialects(void **state)
{
    (void)state;
    struct warned warned = {0};
    struct read_edxml *document = read_one("qcvn", NULL, &warned);
    assert_string_equal(document->number, "214/MTTQ-BTT");
    assert_string_equal(document->date, "2026-11-23");
    assert_string_equal(document->due, "2026-12-31");
    assert_string_equal(document->from_name, "Ủy ban MTTQ thành phố");
    assert_string_equal(document->to_id, "000.00.01.H26");
    assert_string_equal(document->subject, "Tổng hợp kiến nghị & ý kiến");
    assert_string_equal(document->id, "000.00.99.H26,2026/11/23,214/MTTQ-BTT");
    assert_int_equal(document->kind, READ_EDXML_NEW);
    assert_int_equal(document->n_files, 1);
    assert_string_equal(document->files[0].name, "phu-luc.csv");
    assert_false(document->is_degraded);
    read_edxml_destroy(&document);

    document = read_one("edoc", NULL, &warned);
    assert_string_equal(document->number, "12/BXD-VP");
    assert_string_equal(document->date, "2026-11-20");
    assert_string_equal(document->from_name, "Bộ Xây dựng");
    assert_int_equal(document->n_files, 1);
    assert_string_equal(document->files[0].name, "phu-luc.csv");
    read_edxml_destroy(&document);

    document = read_one("utf16", NULL, &warned);
    assert_string_equal(document->number, "214/MTTQ-BTT");
    read_edxml_destroy(&document);
    assert_int_equal(warned.n, 0);
}

static void tolerates_two_faults(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum read_kind kind;
    } faults[] = {{"stray", READ_EDXML_STRAY}, {"prefix", READ_EDXML_PREFIX}};
    for (size_t i = 0; i < 2; i++) {
        struct warned warned = {0};
        struct read_edxml *document = read_one(faults[i].name, NULL, &warned);
        assert_int_equal(warned.n, 1);
        assert_int_equal(warned.last.kind, faults[i].kind);
        assert_true(document->is_degraded);
        assert_string_equal(document->number, "214/MTTQ-BTT");
        assert_int_equal(document->n_files, 1);
        read_edxml_destroy(&document);
    }
}

static void says_what_is_wanted(void **state)
{
    (void)state;
    struct warned warned = {0};
    struct read_edxml *document = read_one("replace", NULL, &warned);
    assert_int_equal(document->kind, READ_EDXML_REPLACE);
    assert_string_equal(document->replaces, "000.00.99.H26,2026/11/01,200/MTTQ-BTT");
    read_edxml_destroy(&document);
    document = read_one("status", NULL, &warned);
    assert_string_equal(document->status, "03");
    assert_string_equal(document->for_number, "214/MTTQ-BTT");
    read_edxml_destroy(&document);
}

static void takes_files_out(void **state)
{
    (void)state;
    char folder[] = "/tmp/kiennghi-edxml-XXXXXX", text[100];
    struct warned warned = {0};
    assert_non_null(mkdtemp(folder));
    struct read_edxml *document = read_one("path", folder, &warned);
    assert_string_equal(document->files[0].name, "pass wd"); /* never outside of its folder */
    assert_int_equal(strncmp(document->files[0].path, folder, strlen(folder)), 0);
    FILE *file = fopen(document->files[0].path, "r");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_int_equal(n, document->files[0].size);
    assert_memory_equal(text, "STT;Nội dung kiến nghị\n1;Đèn hỏng\n", n);
    unlink(document->files[0].path);
    rmdir(folder);
    read_edxml_destroy(&document);
}

static void refuses_the_rest(void **state)
{
    (void)state;
    says("entity", READ_EDXML_ENTITY);
    says("cut", READ_EDXML_XML);
    says("base64", READ_EDXML_BASE64);
    says("html", READ_EDXML_KIND);
    char deep[4000];
    size_t n = (size_t)sprintf(deep, "<edXML>");
    for (int i = 0; i < 100; i++) {
        n += (size_t)sprintf(deep + n, "<a>");
    }
    struct read_edxml *document = NULL;
    struct read_fault fault;
    assert_int_equal(read_edxml_bytes(&document, deep, n, "d", NULL, NULL, NULL, &fault),
                     KN_E_INVALID);
    assert_int_equal(fault.kind, READ_EDXML_XML);
    static const char nameless[] = "<edXMLEnvelope><MessageHeader><From><OrganName>A</OrganName>"
                                   "</From></MessageHeader></edXMLEnvelope>";
    assert_int_equal(
        read_edxml_bytes(&document, nameless, sizeof nameless - 1, "d", NULL, NULL, NULL, &fault),
        KN_E_INVALID);
    assert_int_equal(fault.kind, READ_EDXML_IDENTITY);
    assert_string_equal(fault.value, "Code/CodeNumber");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_dialects), cmocka_unit_test(tolerates_two_faults),
        cmocka_unit_test(says_what_is_wanted), cmocka_unit_test(takes_files_out),
        cmocka_unit_test(refuses_the_rest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
