/* test_stored.c - records in the form of the disk: every example frame comes back the same through
 * it, shorter than on the wire; what is cut or damaged is refused or read, never a fault; and what
 * this program does not know is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

/* The example of TYPE, decoded. */
static struct kn_message *load(enum kn_type type, size_t *size)
{
    static unsigned char frame[KN_FRAME_MAX];
    char path[1024], pair[3] = "";
    struct kn_message *message;
    struct kn_fault fault;
    snprintf(path, sizeof path, KN_SOURCE_DIR "/schemas/examples/%s.hex", kn_type_name(type));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (*size = 0; fscanf(file, "%2s", pair) == 1; ++*size) {
        assert_true(*size < sizeof frame);
        frame[*size] = (unsigned char)strtoul(pair, NULL, 16);
    }
    fclose(file);
    assert_int_equal(kn_message_decode(&message, frame, *size, &fault), KN_OK);
    return message;
}

/* Both as JSON text, the one view that shows every field. */
static void assert_same(enum kn_schema schema, const void *a, const void *b)
{
    static char one[8 * KN_FRAME_MAX], other[sizeof one];
    kn_record_print(one, sizeof one, schema, a, false);
    kn_record_print(other, sizeof other, schema, b, false);
    assert_string_equal(one, other);
}

static void every_example_comes_back(void **state)
{
    (void)state;
    static uint8_t bytes[KN_FRAME_MAX];
    for (int i = 1; i < 256; i++) {
        enum kn_schema schema = kn_type_schema((enum kn_type)i);
        if (!schema) {
            continue;
        }
        size_t size;
        struct kn_message *message = load((enum kn_type)i, &size);
        void *again;
        long n = stored_encode(bytes, sizeof bytes, schema, message->body, false);
        assert_in_range(n, 0, size - KN_FRAME_HEAD);
        assert_int_equal(stored_decode(&again, schema, bytes, (size_t)n), KN_OK);
        assert_same(schema, message->body, again);
        kn_record_destroy(&again);
        for (size_t room = 0; room < (size_t)n; room += 7) { /* never beyond its room */
            assert_int_equal(stored_encode(bytes, room, schema, message->body, false),
                             KN_E_TOO_LARGE);
        }
        kn_message_destroy(&message);
    }
}

static void damage_is_survived(void **state)
{
    (void)state;
    static uint8_t bytes[KN_FRAME_MAX];
    for (int i = 1; i < 256; i++) {
        enum kn_schema schema = kn_type_schema((enum kn_type)i);
        if (!schema) {
            continue;
        }
        size_t size;
        struct kn_message *message = load((enum kn_type)i, &size);
        long n = stored_encode(bytes, sizeof bytes, schema, message->body, false);
        for (long at = 0; at < n; at++) {
            void *again;
            uint8_t *exact = malloc((size_t)at + 1); /* so that a sanitizer sees its end */
            memcpy(exact, bytes, (size_t)at);
            if (!stored_decode(&again, schema, exact, (size_t)at)) {
                kn_record_destroy(&again);
            }
            free(exact);
            uint8_t was = bytes[at];
            bytes[at] ^= 0x55;
            if (!stored_decode(&again, schema, bytes, (size_t)n)) {
                kn_record_destroy(&again);
            }
            bytes[at] = was;
        }
        kn_message_destroy(&message);
    }
}

static void private_fields_stay_out(void **state)
{
    (void)state;
    uint8_t bytes[512];
    void *again;
    struct kn_event event = {.sequence = 7,
                             .kind = KN_EVENT_KIND_CASE_RETURNED,
                             .at = 1,
                             .reason = "ngõ 12 không thuộc phường",
                             .commitment = "00ff"};
    long n = stored_encode(bytes, sizeof bytes, KN_SCHEMA_EVENT, &event, true);
    assert_int_equal(stored_decode(&again, KN_SCHEMA_EVENT, bytes, (size_t)n), KN_OK);
    assert_null(((struct kn_event *)again)->reason);
    assert_string_equal(((struct kn_event *)again)->commitment, "00ff");
    kn_record_destroy(&again);
}

/* Word 5 is "sequence" for ever: stores were written with it. */
static void words_keep_their_numbers(void **state)
{
    (void)state;
    static const uint8_t known[] = {5 << 2, 14,  0xfc, 0xff, 0x03, 9, 0xfd, 0xff, 0x03,
                                    1,      'x', 0xff, 0xff, 0x03, 0, 0,    1,    'x'};
    void *block;
    assert_int_equal(stored_decode(&block, KN_SCHEMA_SEQUENCE, known, sizeof known), KN_OK);
    assert_int_equal(((struct kn_sequence *)block)->sequence, 7);
    kn_record_destroy(&block);
    assert_int_equal(stored_decode(&block, KN_SCHEMA_SEQUENCE, known + 2, sizeof known - 2),
                     KN_E_CORRUPT); /* required */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_comes_back),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(private_fields_stay_out),
        cmocka_unit_test(words_keep_their_numbers),
    };
    return cmocka_run_group_tests_name("stored", tests, NULL, NULL);
}
