/* test_normalise.c - bytes to tokens: encodings, tone placement, abbreviations, Telex, numbers. */
#include "tests/text/text_fixture.h"

#include <stdio.h>
#include <string.h>

/* The texts of all tokens with blanks between. */
static void expect(const text_t *text, const char *bytes, enum text_encoding encoding,
                   const char *words)
{
    struct reading *reading = NULL;
    char all[1024] = "";
    assert_int_equal(text_read(text, bytes, strlen(bytes), 0, &reading), 0);
    for (size_t i = 0; i < reading->n_tokens; i++) {
        strcat(all, i > 0 ? " " : "");
        strcat(all, reading->tokens[i].text);
    }
    assert_string_equal(all, words);
    assert_int_equal(reading->encoding, encoding);
    text_reading_destroy(&reading);
}

static void test_tones_and_forms(void **state)
{
    expect(*state, "Đường Hoà Bình, thuỷ lợi, quỳ", TEXT_UTF8, "đường hòa bình thủy lợi quỳ");
    expect(*state, "Ha\xcc\x80 No\xcc\xa3\xcc\x82i", TEXT_UTF8_NFD, "hà nội");
    expect(*state, "p.Tay Mo ko dc, TDP 5", TEXT_UTF8, "phường tay mo không được tổ dân phố 5");
    expect(*state, "ngõ 99/110 dài 500m, QL6A, Km4+750, 17.5m", TEXT_UTF8,
           "ngõ 99/110 dài 500 m quốc lộ 6a km 4+750 17.5 m");
    expect(*state, "phường TâyMỗ", TEXT_UTF8, "phường tây mỗ");
    expect(*state, "o nhieemx mui hooi", TEXT_UTF8, "o nhiễm mui hôi");
}

static void test_legacy(void **state)
{
    expect(*state, "C\xf6 tri ph\xad\xeang \xae\xd2 ngh\xde n\xb9o v\xd0t", TEXT_TCVN3,
           "cử tri phường đề nghị nạo vét");
    expect(*state, "Cö tri ph\xc2\xad\xc3\xaang ®Ò nghÞ", TEXT_TCVN3, "cử tri phường đề nghị");
    expect(*state, "Cöû tri phöôøng ñeà nghò", TEXT_VNI, "cử tri phường đề nghị");
    const char *words = "cử tri phường hòa xuân đề nghị sửa đường";
    expect(*state,
           "C\xd8 tri ph\xdf\xb6ng H\xf2"
           "a Xu\xe2n \xf0\xab ngh\xb8 s\xd8"
           "a \xf0\xdf\xb6ng",
           TEXT_VISCII, words);
    expect(*state,
           "C\xfd\xd2 tri ph\xfd\xf5\xccng Ho\xcc"
           "a Xu\xe2n \xf0\xea\xcc nghi\xf2 s\xfd\xd2"
           "a \xf0\xfd\xf5\xccng",
           TEXT_CP1258, words);
    /* the same once read as Latin-1 */
    expect(*state, "CØ tri phß¶ng Hòa Xuân ð« ngh¸ sØa ðß¶ng", TEXT_VISCII, words);
    expect(*state, "CýÒ tri phýõÌng HoÌa Xuân ðêÌ nghiò sýÒa ðýõÌng", TEXT_CP1258, words);
    /* Latin letters alone are no reason to decode */
    expect(*state, "Bà con La Phù", TEXT_UTF8, "bà con la phù");
}

static void test_never_silently_wrong(void **state)
{
    struct reading *reading = NULL;
    const char bytes[] = "\x80\xff\xfe\x81 abc \x90";
    assert_int_equal(text_read(*state, bytes, sizeof bytes - 1, 0, &reading), 0);
    assert_true(reading->doubt);
    text_reading_destroy(&reading);
    const char damaged[] = "Đường hỏng, đề nghị sửa \xe1\xba";
    assert_int_equal(text_read(*state, damaged, sizeof damaged - 1, 0, &reading), 0);
    assert_true(reading->doubt);
    assert_int_equal(reading->encoding, TEXT_UTF8);
    text_reading_destroy(&reading);
    const char good[] = "Café ở số 5 Tràng Tiền mở nhạc quá to, ồn ào cả đêm";
    assert_int_equal(text_read(*state, good, sizeof good - 1, 0, &reading), 0);
    assert_false(reading->doubt);
    text_reading_destroy(&reading);
}

static void test_fold(void **state)
{
    (void)state;
    char out[64];
    assert_int_equal(text_fold("  Đại  Mỗ ", strlen("  Đại  Mỗ "), out, sizeof out), 6);
    assert_string_equal(out, "dai mo");
    assert_true(text_nfc("\xff", 1, out, sizeof out) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tones_and_forms),
        cmocka_unit_test(test_legacy),
        cmocka_unit_test(test_never_silently_wrong),
        cmocka_unit_test(test_fold),
    };
    return cmocka_run_group_tests(tests, open_text, close_text);
}
