/* fuzz_match.c - two texts compared both ways, packed, found again; and any bytes as packed ones.
 */
#include "hub/text/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static text_t *text;
    char why[512];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct match found[5];
    struct comparison one, two;
    struct reading *a = NULL, *b = NULL;
    if (!text && text_open(&text, KN_SOURCE_DIR "/schemas/registers", why, sizeof why) != 0) {
        abort();
    }
    text_index_t *index = text_index_new(text);
    size_t half = size / 2;
    int rc = text_read(text, (const char *)data, half, 0, &a);
    rc = rc ? rc : text_read(text, (const char *)data + half, size - half, 0, &b);
    if (rc == 0 && index) {
        text_compare(text, a, b, &one);
        text_compare(text, b, a, &two);
        assert(one.verdict == two.verdict && one.score == two.score);
        assert(strcmp(one.why, two.why) == 0);
        assert(one.score >= 0 && one.score <= 1);
        rc = text_index_add(index, 1, packed, text_pack(text, a, packed));
        assert(rc == 0);
        (void)text_index_add(index, 2, data, size);
        (void)text_index_find(index, data, size, found, 5);
        (void)text_index_find(index, packed, text_pack(text, b, packed), found, 5);
    }
    text_index_destroy(&index);
    text_reading_destroy(&a);
    text_reading_destroy(&b);
    return 0;
}
