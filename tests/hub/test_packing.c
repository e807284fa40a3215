/* test_packing.c - what is packed comes back whole; what was not packed is told. */
#include "hub/packing.h"
#include "kiennghi/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static packing_t *with_words(void)
{
    packing_t *packing = packing_new();
    uint8_t *words = malloc(PACKING_WORDS_MAX);
    assert_non_null(packing);
    size_t size = packing_words(words, PACKING_WORDS_MAX);
    assert_true(size > 1000);
    assert_false(packing_knows(packing, 7));
    assert_int_equal(packing_teach(packing, 7, (struct slice){words, size}), KN_OK);
    assert_true(packing_knows(packing, 7));
    free(words);
    return packing;
}

static void test_a_short_petition_becomes_shorter_and_comes_back(void **state)
{
    (void)state;
    static const char text[] = "Cử tri phản ánh đoạn đường trước cổng trường hay ngập khi mưa to, "
                               "đề nghị nạo vét cống và thông báo kết quả.";
    uint8_t packed[512], back[512];
    packing_t *packing = with_words();
    struct slice value = {(const uint8_t *)text, sizeof text};
    size_t size = packing_pack(packing, 7, packed, sizeof packed, value);
    assert_in_range(size, 1, sizeof text * 7 / 10);
    assert_int_equal(packing_length((struct slice){packed, size}), sizeof text);
    assert_int_equal(packing_unpack(packing, 7, back, sizeof text, (struct slice){packed, size}),
                     KN_OK);
    assert_memory_equal(back, text, sizeof text);
    packing_destroy(&packing);
}

/* A longer lexicon than there is room for stops no hub: the end of it is taken. */
static void test_more_words_than_there_is_room_for(void **state)
{
    (void)state;
    uint8_t *words = malloc(32 * 1024);
    size_t size = packing_words(words, 32 * 1024);
    assert_in_range(size, 20000, 32 * 1024);
    packing_t *packing = packing_new();
    assert_int_equal(packing_teach(packing, 7, (struct slice){words, size}), KN_OK);
    packing_destroy(&packing);
    free(words);
}

static void test_what_cannot_become_shorter_is_told(void **state)
{
    (void)state;
    uint8_t random[200], packed[512];
    uint32_t seed = 1;
    packing_t *packing = with_words();
    for (size_t i = 0; i < sizeof random; i++) {
        seed = seed * 1664525 + 1013904223;
        random[i] = (uint8_t)(seed >> 24);
    }
    struct slice value = {random, sizeof random};
    assert_int_equal(packing_pack(packing, 7, packed, sizeof packed, value), 0);
    packing_destroy(&packing);
}

static void test_what_was_not_packed_is_refused(void **state)
{
    (void)state;
    static const char text[] = "đèn chiếu sáng công cộng bị hỏng, đèn chiếu sáng bị hỏng";
    uint8_t packed[512], back[512];
    packing_t *packing = with_words();
    assert_int_equal(packing_length((struct slice){(const uint8_t *)text, sizeof text}), SIZE_MAX);
    assert_int_equal(packing_length((struct slice){packed, 0}), SIZE_MAX);
    size_t size = packing_pack(packing, 7, packed, sizeof packed,
                               (struct slice){(const uint8_t *)text, sizeof text});
    assert_true(size > 0);
    for (size_t cut = 1; cut < size; cut++) { /* cut short at every place */
        struct slice part = {packed, size - cut};
        if (packing_length(part) == sizeof text) {
            assert_int_equal(packing_unpack(packing, 7, back, sizeof text, part), KN_E_CORRUPT);
        }
    }
    packing_destroy(&packing);
}

static void test_learning(void **state)
{
    (void)state;
    char values[300][64];
    size_t sizes[300];
    uint8_t dictionary[4096], packed[128];
    for (size_t i = 0; i < 300; i++) {
        sizes[i] = sizeof values[i];
        memset(values[i], 0, sizeof values[i]);
        snprintf(values[i], sizeof values[i], "case %zu of agent bench-%02zu was received",
                 i * 7919, i % 16);
    }
    size_t size = packing_learn(dictionary, sizeof dictionary, values, sizes, 300);
    assert_in_range(size, 1, sizeof dictionary);
    packing_t *packing = packing_new();
    assert_int_equal(packing_teach(packing, 1, (struct slice){dictionary, size}), KN_OK);
    struct slice value = {(const uint8_t *)values[299], sizeof values[299]};
    assert_in_range(packing_pack(packing, 1, packed, sizeof packed, value), 1, 32);
    packing_destroy(&packing);
    assert_int_equal(packing_learn(dictionary, sizeof dictionary, values, sizes, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_short_petition_becomes_shorter_and_comes_back),
        cmocka_unit_test(test_more_words_than_there_is_room_for),
        cmocka_unit_test(test_what_cannot_become_shorter_is_told),
        cmocka_unit_test(test_what_was_not_packed_is_refused),
        cmocka_unit_test(test_learning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
