/* test_index.c - packed readings: found again among many, bytes that are damaged, what it holds. */
#include "hub/text/kept.h"
#include "kiennghi/status.h"
#include "tests/text/text_fixture.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 20000 };

static size_t pack(const text_t *text, const char *words, uint8_t packed[TEXT_MAX_SIGNATURE])
{
    struct reading *reading = NULL;
    assert_int_equal(text_read(text, words, strlen(words), 0, &reading), 0);
    size_t length = text_pack(text, reading, packed);
    text_reading_destroy(&reading);
    return length;
}

/* Petition number N: each alley has its own few. */
static void make(char words[512], int n)
{
    static const char *const what[] = {"đèn đường hỏng, tối om", "cống tắc, nước thải tràn ra",
                                       "rác không ai thu gom", "mặt đường nhiều ổ gà",
                                       "cây xanh nghiêng sắp đổ"};
    snprintf(words, 512, "Người dân ngõ %d phố Hàng Bún, tổ %d phản ánh %s, đề nghị phường xử lý.",
             n / 5 + 1, n % 40 + 1, what[n % 5]);
}

static void test_found_among_many(void **state)
{
    char words[512];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct match found[5];
    text_index_t *index = text_index_new(*state);
    for (int i = 0; i < MANY; i++) {
        make(words, i);
        assert_int_equal(
            text_index_add(index, (uint64_t)i + 1000, packed, pack(*state, words, packed)), 0);
    }
    for (int i = 3; i < MANY; i += 997) { /* old ones as well as new ones */
        make(words, i);
        size_t length = pack(*state, words, packed);
        assert_int_equal(text_index_find(index, packed, length, found, 5), 5);
        assert_int_equal(found[0].id, i + 1000);
        assert_int_equal(found[0].comparison.verdict, TEXT_SAME);
        for (int k = 1; k < 5; k++) {
            assert_true(found[k - 1].comparison.score >= found[k].comparison.score);
            assert_int_not_equal(found[k].comparison.verdict, TEXT_SAME);
        }
    }
    assert_true(text_index_bytes(index) < 300u * MANY);
    text_index_destroy(&index);
    assert_null(index);
}

/* How often ID is among what is found for petition number N. */
static size_t count_found(const text_t *text, const text_index_t *index, int n, uint64_t id)
{
    char words[512];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    struct match found[5];
    size_t n_times = 0;
    make(words, n);
    size_t n_found = text_index_find(index, packed, pack(text, words, packed), found, 5);
    for (size_t i = 0; i < n_found; i++) {
        n_times += found[i].id == id;
    }
    return n_times;
}

static void test_removed(void **state)
{
    enum { FIRST = 6000, GONE = 2500, LATER = 20000 }; /* the table of heads grows behind FIRST */
    char words[512];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    text_index_t *index = text_index_new(*state);
    for (int i = 0; i < LATER; i++) {
        make(words, i);
        size_t length = pack(*state, words, packed);
        assert_int_equal(text_index_add(index, (uint64_t)i + 1, packed, length), 0);
        if (i == GONE) { /* revised: said twice */
            assert_int_equal(text_index_add(index, (uint64_t)i + 1, packed, length), 0);
        }
        if (i == FIRST) {
            assert_int_equal(count_found(*state, index, GONE, GONE + 1), 2);
            assert_int_equal(text_index_remove(index, GONE + 1), 2);
            assert_int_equal(text_index_remove(index, GONE + 1), 0);
            assert_int_equal(text_index_remove(index, 0), 0);
            assert_int_equal(count_found(*state, index, GONE, GONE + 1), 0);
        }
    }
    assert_int_equal(count_found(*state, index, GONE, GONE + 1), 0);
    assert_int_equal(count_found(*state, index, GONE + 1, GONE + 2), 1); /* of the same alley */
    text_index_destroy(&index);
}

/* What is kept of one reading is overwritten, and a name that only it had; the others stay. */
static void test_forgotten(void **state)
{
    static const char *const texts[] = {"Đèn hỏng ở phố Hàng Bún, phường Tây Mỗ",
                                        "Cống tắc ở phố Thụy Khuê, phường Tây Mỗ",
                                        "Rác ở phố Hàng Bún, phường Tây Mỗ"};
    struct recalled recalled;
    uint32_t at[3];
    kept_t *kept = kept_new(*state);
    for (int i = 0; i < 3; i++) {
        struct unpacked unpacked;
        uint8_t packed[TEXT_MAX_SIGNATURE];
        size_t length = pack(*state, texts[i], packed);
        assert_int_equal(pack_undo(*state, packed, length, &unpacked), 0);
        assert_int_equal(kept_add(kept, &at[i], &unpacked.reading), 0);
    }
    kept_recall(kept, at[1], &recalled);
    assert_int_equal(recalled.reading.n_places, 2);
    const char *own = NULL, *shared = NULL;
    for (size_t i = 0; i < 2; i++) {
        const char *name = recalled.reading.places[i].name;
        *(strstr(name, "Thụy Khuê") ? &own : &shared) = name;
    }
    assert_non_null(own);
    assert_non_null(shared);
    kept_forget(kept, at[1]);
    assert_string_equal(own, "");
    assert_string_not_equal(shared, "");
    kept_recall(kept, at[1], &recalled);
    assert_int_equal(recalled.reading.n_places + recalled.said.n_words + recalled.said.n_matters,
                     0);
    kept_recall(kept, at[2], &recalled);
    assert_int_equal(recalled.reading.n_places, 2);
    kept_destroy(&kept);
}

static void test_damaged(void **state)
{
    char words[512];
    uint8_t packed[TEXT_MAX_SIGNATURE], bad[TEXT_MAX_SIGNATURE];
    text_index_t *index = text_index_new(*state);
    make(words, 1);
    size_t length = pack(*state, words, packed);
    for (size_t n = 0; n < length; n++) {
        assert_int_equal(text_index_add(index, 1, packed, n), KN_E_INVALID);
    }
    memcpy(bad, packed, length);
    bad[0]++; /* another format */
    assert_int_equal(text_index_add(index, 1, bad, length), KN_E_INVALID);
    assert_int_equal(text_index_add(index, 1, packed, sizeof packed + 1), KN_E_INVALID);
    for (size_t n = 0; n < length; n++) { /* any byte may rot: refused or taken, never worse */
        memcpy(bad, packed, length);
        bad[n] ^= 0xff;
        int rc = text_index_add(index, 1, bad, length);
        assert_true(rc == 0 || rc == KN_E_INVALID);
    }
    text_index_destroy(&index);
}

static void test_empty(void **state)
{
    struct match found[5];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    text_index_t *index = text_index_new(*state);
    size_t length = pack(*state, "ngõ 71", packed);
    assert_int_equal(text_index_find(index, packed, length, found, 5), 0);
    assert_int_equal(text_index_add(index, 1, packed, length), 0);
    assert_int_equal(text_index_find(index, packed, length, found, 5), 1);
    assert_int_equal(text_index_find(index, packed, length, found, 0), 0);
    assert_int_equal(text_index_find(index, packed, length - 1, found, 5), 0);
    text_index_destroy(&index);
    text_index_destroy(&index);
}

/* A text of any length packs; what does not fit is left out. */
static void test_long_text(void **state)
{
    static char words[60000];
    uint8_t packed[TEXT_MAX_SIGNATURE];
    size_t n = 0;
    for (int i = 0; n + 200 < sizeof words; i++) {
        n +=
            (size_t)snprintf(words + n, sizeof words - n,
                             "ngõ %d đường Lê Thị Hồng Gấm Số %d, phường Phú Thượng %d; ", i, i, i);
    }
    size_t length = pack(*state, words, packed);
    assert_true(length > 300 && length <= TEXT_MAX_SIGNATURE);
    text_index_t *index = text_index_new(*state);
    assert_int_equal(text_index_add(index, 1, packed, length), 0);
    text_index_destroy(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_among_many),
        cmocka_unit_test(test_removed),
        cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_long_text),
    };
    return cmocka_run_group_tests(tests, open_text, close_text);
}
