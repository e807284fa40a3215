/* test_places.c - wards and districts of fresh sentences, types, quantities, eras, comparison. */
#include "hub/text/places.h"
#include "hub/text/text_private.h"
#include "tests/text/text_fixture.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

static struct reading *read_at(const text_t *text, const char *words, int64_t at)
{
    struct reading *reading = NULL;
    assert_int_equal(text_read(text, words, strlen(words), at, &reading), 0);
    return reading;
}

/* Whether the places of TYPE are just those of WANT, in order. */
static bool says(const struct reading *reading, enum place_type type, const json_t *want)
{
    size_t n = 0;
    for (size_t i = 0; i < reading->n_places; i++) {
        if (reading->places[i].type != type)
            continue;
        const char *name = json_string_value(json_array_get(want, n++));
        if (name == NULL || strcmp(name, reading->places[i].name) != 0)
            return false;
    }
    return n == json_array_size(want);
}

static void test_fresh_sentences(void **state)
{
    FILE *file = fopen(KN_SOURCE_DIR "/tests/text/data/places.jsonl", "r");
    char line[4096];
    size_t n = 0, n_wrong = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        json_t *row = json_loads(line, 0, NULL);
        assert_non_null(row);
        struct reading *reading =
            read_at(*state, json_string_value(json_object_get(row, "text")), 0);
        bool good = says(reading, PLACE_WARD, json_object_get(row, "ward")) &&
                    says(reading, PLACE_DISTRICT, json_object_get(row, "district"));
        if (!good) {
            n_wrong++;
            fprintf(stderr, "%s", line);
            for (size_t i = 0; i < reading->n_places; i++)
                fprintf(stderr, "    %s %s\n", text_place_type_name(reading->places[i].type),
                        reading->places[i].name);
        }
        n++;
        text_reading_destroy(&reading);
        json_decref(row);
    }
    fclose(file);
    assert_true(n >= 100);
    assert_true(n_wrong == 0);
}

/* The name of the first place of TYPE, or "". */
static void expect(const text_t *text, const char *words, enum place_type type, const char *name)
{
    struct reading *reading = read_at(text, words, 0);
    const char *found = "";
    for (size_t i = 0; i < reading->n_places && found[0] == 0; i++)
        if (reading->places[i].type == type)
            found = reading->places[i].name;
    assert_string_equal(found, name);
    text_reading_destroy(&reading);
}

static void test_types(void **state)
{
    expect(*state, "Ngách 12 ngõ 99 phố Thụy Khuê", PLACE_ALLEY, "99/12");
    expect(*state, "hẻm 338 Âu Cơ ngập", PLACE_STREET, "Âu Cơ");
    expect(*state, "trước nhà 97 Phủ Doãn", PLACE_HOUSE, "97");
    expect(*state, "nhà 5 tầng, dài 500 m, 51 hộ", PLACE_HOUSE, "");
    expect(*state, "tổ 5 phường Tây Mỗ", PLACE_GROUP, "5");
    expect(*state, "QL6 đoạn qua Chương Mỹ", PLACE_ROUTE, "6");
    expect(*state, "đường rộng 7 m", PLACE_STREET, "");
    expect(*state, "Trường Tiểu học Tây Mỗ xuống cấp", PLACE_SCHOOL, "Tây Mỗ");
    expect(*state, "Bệnh viện Đa khoa Phú Bình quá tải", PLACE_HOSPITAL, "Phú Bình");
    expect(*state, "phường 14, quận 10 ngày nào cũng kẹt xe", PLACE_DISTRICT, "10");
    expect(*state, "ngõ 2 mét, tổ 3 người", PLACE_ALLEY, "");
    expect(*state, "các hẻm từ số 12 đến số 30 ngập", PLACE_ALLEY, "12");
    expect(*state, "xã Hố Nai 3 thiếu nước", PLACE_WARD, "Hố Nai 3");
}

/* Without marks nobody writes a comma between a street and what it lies in. */
static void test_glued_units(void **state)
{
    const char *words = "duong Tran Phu Tuy Hoa ngap, hem 12 Nguyen Hue Quy Nhon cung ngap";
    expect(*state, words, PLACE_STREET, "Tran Phu");
    expect(*state, words, PLACE_DISTRICT, "Tuy Hòa");
    expect(*state, "duong Nguyen Thi Minh Khai ngap", PLACE_STREET, "Nguyen Thi Minh Khai");
    expect(*state, "đường Nam Kỳ Khởi Nghĩa ngập", PLACE_STREET, "Nam Kỳ Khởi Nghĩa");
    expect(*state, "duong Nam Ky Khoi Nghia ngap", PLACE_WARD, "");
}

static enum place_relation relate(const text_t *text, const char *a, const char *b)
{
    struct reading *x = read_at(text, a, 0), *y = read_at(text, b, 0);
    struct place_comparison one, two;
    place_compare(text, x, y, &one);
    place_compare(text, y, x, &two);
    assert_int_equal(one.relation, two.relation);
    assert_true(one.score == two.score);
    text_reading_destroy(&x);
    text_reading_destroy(&y);
    return one.relation;
}

static void test_comparison(void **state)
{
    const text_t *t = *state;
    assert_int_equal(relate(t, "phường Tây Mỗ", "p.Tay Mo"), PLACE_EQUAL);
    assert_int_equal(relate(t, "phường Tây Mỗ", "phường Đại Mỗ"), PLACE_CONFLICT);
    assert_int_equal(relate(t, "ngõ 12 phố Quan Nhân", "ngõ 21 phố Quan Nhân"), PLACE_CONFLICT);
    assert_int_equal(relate(t, "tổ 3, 5 phường Tây Mỗ", "tổ 5 phường Tây Mỗ"), PLACE_EQUAL);
    assert_int_equal(relate(t, "tổ 3 phường Tây Mỗ", "tổ 5 phường Tây Mỗ"), PLACE_CONFLICT);
    assert_int_equal(relate(t, "phường Kim Giang", "quận Thanh Xuân"), PLACE_CONTAINS);
    assert_int_equal(relate(t, "quận Đống Đa", "quận Cầu Giấy"), PLACE_CONFLICT);
    assert_int_equal(relate(t, "số nhà 5 phố Huế", "số nhà 7 phố Huế"), PLACE_CONFLICT);
    assert_int_equal(relate(t, "phố Quan Nhân", "phường Tây Mỗ"), PLACE_UNKNOWN);
    assert_int_equal(relate(t, "phường Phúc Xá", "phường Hồng Hà"), PLACE_CONTAINS);
    assert_int_equal(relate(t, "đường nối Nam Sơn tới xã Bắc Sơn", "xã Nam Sơn"), PLACE_UNKNOWN);
}

static void test_eras(void **state)
{
    struct reading *old = read_at(*state, "Cử tri phường Tây Mỗ", INT64_C(1700000000000));
    struct reading *now = read_at(*state, "Cử tri phường Tây Mỗ", INT64_C(1760000000000));
    assert_int_equal(old->n_places, 1);
    assert_int_equal(now->n_places, 1);
    assert_int_equal(strncmp(old->places[0].code, "2018:", 5), 0);
    assert_int_equal(strncmp(now->places[0].code, "2025:", 5), 0);
    text_reading_destroy(&old);
    text_reading_destroy(&now);
    struct reading *open = read_at(*state, "Cử tri phường Tây Mỗ", 0);
    assert_null(open->places[0].code);
    assert_non_null(open->places[0].candidates[1]);
    text_reading_destroy(&open);
}

/* A number and a town are one name of a ward since July 2025, and two places before. */
static void test_numbered_wards(void **state)
{
    static const struct {
        int64_t at;
        const char *ward;
        size_t n_places;
    } days[] = {{INT64_C(1700000000000), "1", 2}, {INT64_C(1760000000000), "1 Bảo Lộc", 1}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct reading *reading = read_at(*state, "Cử tri phường 1 Bảo Lộc", days[i].at);
        assert_int_equal(reading->n_places, days[i].n_places);
        assert_string_equal(reading->places[0].name, days[i].ward);
        text_reading_destroy(&reading);
    }
}

/* Names of 2025 without a type word: a list is of one kind; behind an old name stands its district.
 */
static void test_lists_of_today(void **state)
{
    static const struct {
        const char *words;
        size_t n_wards, n_districts;
    } lists[] = {{"Người dân Hóc Môn, Củ Chi mong có xe buýt", 2, 0},
                 {"Cống ở xã Đông Thạnh (trước là Nhị Bình, Hóc Môn) nghẹt", 2, 1},
                 {"Khu vực Đại Lộc, Duy Xuyên ngập", 0, 2}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct reading *reading = read_at(*state, lists[i].words, INT64_C(1760000000000));
        size_t n_wards = 0, n_districts = 0;
        for (size_t k = 0; k < reading->n_places; k++) {
            n_wards += reading->places[k].type == PLACE_WARD;
            n_districts += reading->places[k].type == PLACE_DISTRICT;
        }
        assert_int_equal(n_wards, lists[i].n_wards);
        assert_int_equal(n_districts, lists[i].n_districts);
        text_reading_destroy(&reading);
    }
}

/* What the text calls an old name is one, and only that. */
static void test_former_names(void **state)
{
    static const struct {
        const char *words;
        bool former[2];
    } cases[] = {{"QL1 qua xã Gia Tân cũ, nay là xã Vạn Thịnh", {true, false}},
                 {"P.Bình Lợi (trước là P.13)", {false, true}},
                 {"phuong Hong Ha (truoc day la phuong Tu Lien)", {false, true}},
                 {"P.Tân Thuận (trước đây thuộc P.Bình Thuận)", {false, true}},
                 {"phường Yên Sở và phường Hoàng Liệt", {false, false}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct reading *reading = read_at(*state, cases[c].words, 0);
        size_t n = 0;
        for (size_t i = 0; i < reading->n_places; i++) {
            if (reading->places[i].type != PLACE_WARD)
                continue;
            assert_true(n < 2);
            assert_int_equal(reading->places[i].former, cases[c].former[n]);
            n++;
        }
        assert_int_equal(n, 2);
        text_reading_destroy(&reading);
    }
}

/* More places than a reading holds: the text is read to its end, the first ones are kept. */
/* Each area of the gazetteer is itself again out of the bytes of a reading. */
static void test_areas_in_packed_readings(void **state)
{
    const places_t *places = ((text_t *)*state)->places;
    const struct area *area;
    uint32_t n = 0, n_districts = 0;
    for (; (area = places_numbered(places, n)); n++) {
        n_districts += area->type == PLACE_DISTRICT;
        assert_int_equal(places_number_of_packed(places, places_pack_id(area->id)), n);
    }
    assert_true(n > 700 && n_districts == 30);
}

static void test_too_many(void **state)
{
    char words[4096] = "";
    size_t size = 0;
    for (int i = 1; i <= TEXT_MAX_PLACES; i++) {
        size +=
            (size_t)snprintf(words + size, sizeof words - size, "Nước ngập ở %d Đặng Huy Trứ. ", i);
    }
    struct reading *reading = read_at(*state, words, 0);
    assert_int_equal(reading->n_places, TEXT_MAX_PLACES);
    text_reading_destroy(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fresh_sentences),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_glued_units),
        cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_eras),
        cmocka_unit_test(test_numbered_wards),
        cmocka_unit_test(test_lists_of_today),
        cmocka_unit_test(test_former_names),
        cmocka_unit_test(test_areas_in_packed_readings),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, open_text, close_text);
}
