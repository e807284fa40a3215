/* test_vectors.c - every example frame decodes, and encodes back to the same bytes.
 *
 * And some hostility on real frames: cut off at every offset, and with every byte changed to some
 * others, a frame is refused or decodes to something that can be encoded again.
 */
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

struct vector {
    unsigned char frame[KN_FRAME_MAX];
    size_t size;
};

static void load(struct vector *v, enum kn_type type)
{
    char path[1024], pair[3] = "";
    snprintf(path, sizeof path, KN_SOURCE_DIR "/schemas/examples/%s.hex", kn_type_name(type));
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened", path);
    for (v->size = 0; fscanf(file, "%2s", pair) == 1; v->size++) {
        assert_true(v->size < sizeof v->frame);
        v->frame[v->size] = (unsigned char)strtoul(pair, NULL, 16);
    }
    fclose(file);
    assert_true(v->size > KN_FRAME_HEAD);
}

/* The next message after TYPE; KN_TYPE_NONE behind the last. */
static enum kn_type next(enum kn_type type)
{
    for (int i = (int)type + 1; i < 256; i++)
        if (kn_type_name((enum kn_type)i))
            return (enum kn_type)i;
    return KN_TYPE_NONE;
}

static void every_example_comes_back(void **state)
{
    (void)state;
    static struct vector v;
    static unsigned char again[KN_FRAME_MAX];
    for (enum kn_type type = next(KN_TYPE_NONE); type; type = next(type)) {
        struct kn_message *message;
        struct kn_fault fault;
        load(&v, type);
        if (kn_message_decode(&message, v.frame, v.size, &fault) != KN_OK)
            fail_msg("%s: %s: %s", kn_type_name(type), fault.field, fault.reason);
        assert_int_equal(message->type, type);
        assert_int_equal(kn_message_encode(again, sizeof again, type, message->body, &fault),
                         v.size);
        assert_memory_equal(again, v.frame, v.size);
        kn_message_destroy(&message);
    }
}

static void no_cut_frame_is_taken(void **state)
{
    (void)state;
    static struct vector v;
    for (enum kn_type type = next(KN_TYPE_NONE); type; type = next(type)) {
        load(&v, type);
        for (size_t size = 0; size < v.size; size++) {
            struct kn_message *message;
            struct kn_fault fault;
            unsigned char *cut = malloc(size ? size : 1);
            assert_non_null(cut);
            memcpy(cut, v.frame, size);
            assert_int_equal(kn_message_decode(&message, cut, size, &fault), KN_E_INVALID);
            assert_null(message);
            assert_true(fault.reason[0] && fault.code);
            free(cut);
        }
    }
}

static void a_changed_byte_breaks_nothing(void **state)
{
    (void)state;
    static struct vector v;
    static unsigned char again[KN_FRAME_MAX];
    static const unsigned char changes[] = {0x00, 0x01, 0x7f, 0x80, 0xc0, 0xdf, 0xff};
    for (enum kn_type type = next(KN_TYPE_NONE); type; type = next(type)) {
        load(&v, type);
        for (size_t at = 0; at < v.size; at++) {
            unsigned char was = v.frame[at];
            for (size_t i = 0; i < sizeof changes; i++) {
                struct kn_message *message;
                v.frame[at] = changes[i];
                if (kn_message_decode(&message, v.frame, v.size, NULL) == KN_OK)
                    assert_true(kn_message_encode(again, sizeof again, message->type, message->body,
                                                  NULL) > 0);
                kn_message_destroy(&message);
            }
            v.frame[at] = was;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_comes_back),
        cmocka_unit_test(no_cut_frame_is_taken),
        cmocka_unit_test(a_changed_byte_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
