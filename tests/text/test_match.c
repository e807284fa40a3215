/* test_match.c - one petition or two: places that veto, matters, templates, coming back; the index
 * says the same as comparing in full. */
#include "kiennghi/status.h"
#include "tests/text/text_fixture.h"

#include <stdio.h>
#include <string.h>

static struct reading *read_text(const text_t *text, const char *words)
{
    struct reading *reading = NULL;
    assert_int_equal(text_read(text, words, strlen(words), 0, &reading), 0);
    return reading;
}

/* Compares both ways and in the index; the three must agree. */
static struct comparison compare(const text_t *text, const char *a, const char *b)
{
    struct reading *x = read_text(text, a), *y = read_text(text, b);
    struct comparison one, two;
    struct match found[1];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    text_compare(text, x, y, &one);
    text_compare(text, y, x, &two);
    assert_int_equal(one.verdict, two.verdict);
    assert_true(one.score == two.score);
    assert_string_equal(one.why, two.why);
    text_index_t *index = text_index_new(text);
    assert_int_equal(text_index_add(index, 7, packed, text_pack(text, x, packed)), 0);
    if (text_index_find(index, packed, text_pack(text, y, packed), found, 1) == 1) {
        assert_int_equal(found[0].id, 7);
        assert_int_equal(found[0].comparison.verdict, one.verdict);
        assert_float_equal(found[0].comparison.score, one.score, 0.02);
        assert_string_equal(found[0].comparison.why, one.why);
    } else {
        assert_int_equal(one.verdict, TEXT_DIFFERENT);
    }
    text_index_destroy(&index);
    text_reading_destroy(&x);
    text_reading_destroy(&y);
    return one;
}

static const char LAMP[] = "Cử tri phường Láng phản ánh đèn đường trong ngõ 71 phố Chùa Láng hỏng "
                           "nhiều tháng, ban đêm tối om, "
                           "đề nghị thay bóng đèn.";

static void test_same(void **state)
{
    static const char *const again[] = {
        "Ngõ 71 Chùa Láng tối như mực vì đèn hỏng cả, phường Láng cho người thay đèn giúp bà con.",
        "den duong ngo 71 Chua Lang p.Lang hong may thang nay, dem toi om, de nghi thay den",
    };
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
        struct comparison found = compare(*state, LAMP, again[i]);
        assert_int_equal(found.verdict, TEXT_SAME);
        assert_non_null(strstr(found.why, "71"));
        assert_non_null(strstr(found.why, "đèn đường"));
    }
}

static void test_other_place(void **state)
{
    static const char *const from_to[][2] = {
        {"ngõ 71", "ngõ 17"}, {"phường Láng", "phường Giảng Võ"}, {"Chùa Láng", "Pháo Đài Láng"}};
    for (size_t i = 0; i < sizeof from_to / sizeof *from_to; i++) {
        char other[512];
        const char *at = strstr(LAMP, from_to[i][0]);
        assert_non_null(at);
        snprintf(other, sizeof other, "%.*s%s%s", (int)(at - LAMP), LAMP, from_to[i][1],
                 at + strlen(from_to[i][0]));
        assert_int_equal(compare(*state, LAMP, other).verdict, TEXT_DIFFERENT);
    }
    struct comparison found =
        compare(*state, LAMP, "Đèn đường ngõ 17 phố Chùa Láng, phường Láng hỏng, tối om.");
    assert_non_null(strstr(found.why, "khác ngõ: 17 và 71"));
    assert_float_equal(found.place, -1, 0);
}

/* What the place was called before is a place as well. */
static void test_other_former_ward(void **state)
{
    const char *now = "Cống ngõ 40 Âu Cơ, phường Hồng Hà (trước là phường Tứ Liên) tắc, nước tràn.";
    assert_int_equal(
        compare(*state, now, "ngo 40 Au Co p.Hong Ha, truoc la p.Tu Lien, cong tac nuoc tran")
            .verdict,
        TEXT_SAME);
    assert_int_not_equal(
        compare(*state, now, "ngo 40 Au Co p.Hong Ha, truoc la p.Quang An, cong tac nuoc tran")
            .verdict,
        TEXT_SAME);
}

/* A ward that one text only speaks of helps; a district is too wide to help twice. */
static void test_area_mentioned(void **state)
{
    struct comparison ward = compare(*state, "Cử tri xã Mường Bú đề nghị sửa trạm y tế xã dột nát.",
                                     "Trạm xá dưới Mường Bú dột hết rồi, bác sĩ cũng khổ.");
    assert_int_not_equal(ward.verdict, TEXT_DIFFERENT);
    assert_non_null(strstr(ward.why, "Mường Bú"));
}

static void test_other_matter(void **state)
{
    struct comparison found =
        compare(*state, LAMP,
                "Ngõ 71 phố Chùa Láng, phường Láng: rác không ai thu gom, bốc mùi "
                "hôi, đề nghị tăng số lần lấy rác.");
    assert_int_not_equal(found.verdict, TEXT_SAME);
    assert_true(found.matter < 0.3f);
}

/* The same words, something else in them: it is what they are about, known to a lexicon or not. */
static void test_template(void **state)
{
    struct comparison found = compare(
        *state,
        "Đường Lê Văn Khương xã Hòa Xá mưa xuống là ngập hai chỗ: trước cây xăng và trước trạm "
        "biến thế, nước tràn vào nền nhà dân, đề nghị làm cống thoát nước sớm.",
        "Đường Lê Văn Khương xã Hòa Xá mưa xuống là ngập hai chỗ: trước kho lương thực và trước "
        "xưởng gỗ, nước tràn vào nền nhà dân, đề nghị làm cống thoát nước sớm.");
    assert_int_not_equal(found.verdict, TEXT_SAME);
    assert_true(found.score < 0.5f);
}

static void test_came_back(void **state)
{
    struct comparison found = compare(
        *state, "Cống trước nhà 12 phố Vọng Hà, phường Hồng Hà tắc, nước thải tràn ra đường.",
        "Cống trước nhà 12 phố Vọng Hà, phường Hồng Hà sửa xong năm ngoái nay lại tắc, nước thải "
        "tràn ra đường.");
    assert_int_equal(found.verdict, TEXT_POSSIBLE);
    assert_int_equal(found.relation, TEXT_RECURRENCE);
}

static void test_nothing_said(void **state)
{
    struct comparison found = compare(*state, "", "");
    assert_int_equal(found.verdict, TEXT_DIFFERENT);
    found = compare(*state, "Kính gửi các vị đại biểu.", "Trân trọng cảm ơn.");
    assert_int_equal(found.verdict, TEXT_DIFFERENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_other_place),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_other_matter),
        cmocka_unit_test(test_other_former_ward),
        cmocka_unit_test(test_area_mentioned),
        cmocka_unit_test(test_came_back),
        cmocka_unit_test(test_nothing_said),
    };
    return cmocka_run_group_tests(tests, open_text, close_text);
}
