/* fuzz_message.c - whatever decodes, encodes; and encodes canonically, so the second time alike. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t first[KN_FRAME_MAX], second[KN_FRAME_MAX];
    static char text[8 * KN_FRAME_MAX];
    struct kn_message *message, *again;
    struct kn_fault fault;
    if (kn_message_decode(&message, data, size, &fault) != KN_OK) {
        assert(!message && fault.reason[0] && fault.code);
        return 0;
    }
    long n = kn_message_encode(first, sizeof first, message->type, message->body, &fault);
    assert(n > 0);
    assert(kn_message_decode(&again, first, (size_t)n, &fault) == KN_OK);
    assert(kn_message_encode(second, sizeof second, again->type, again->body, &fault) == n);
    assert(memcmp(first, second, (size_t)n) == 0);
    assert(kn_message_encode(second, (size_t)n - 1, again->type, again->body, &fault) < 0);
    assert(kn_message_encode(second, KN_FRAME_HEAD - 1, again->type, again->body, &fault) < 0);
    enum kn_schema schema = kn_type_schema(again->type);
    int printed = kn_record_print(text, sizeof text, schema, again->body, true);
    assert(printed == (int)strlen(text));
    void *stored;
    n = kn_record_encode_public(first, sizeof first, schema, again->body, &fault);
    assert(n > 0 && kn_record_decode_public(&stored, schema, first, (size_t)n, &fault) == KN_OK);
    kn_record_destroy(&stored);
    n = stored_encode(first, sizeof first, schema, again->body, false);
    assert(n >= 0);
    assert(stored_decode(&stored, schema, first, (size_t)n) == KN_OK);
    assert(stored_encode(second, sizeof second, schema, stored, false) == n);
    assert(memcmp(first, second, (size_t)n) == 0);
    kn_record_destroy(&stored);
    kn_message_destroy(&again);
    kn_message_destroy(&message);
    return 0;
}
