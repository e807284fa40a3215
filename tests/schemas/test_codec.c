/* test_codec.c - bounds of each kind, hostile bytes, canonical form, masking.
 *
 * Bytes are written here by hand, with the real schemas: `ping` for an integer, `petition` for
 * texts, `batch.get` for hexadecimal, `case.verify` for enums, `clock.tick` for arrays.
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
#include "schemas/codec.h"
#include "schemas/json.h"

#define BYTES(s) (s), sizeof(s) - 1

static struct kn_fault fault;

/* Parses JSON and gives the code it was refused with; KN_CODE_NONE when it is taken. */
static enum kn_code refusal(enum kn_schema schema, const char *json)
{
    void *body;
    memset(&fault, 0, sizeof fault);
    int rc = kn_record_parse(&body, schema, json, strlen(json), &fault);
    assert_int_equal(rc == KN_OK, body != NULL);
    kn_record_destroy(&body);
    assert_null(body);
    return rc == KN_OK ? KN_CODE_NONE : fault.code;
}

/* Decodes a record of bytes; the code it was refused with. */
static enum kn_code bytes_refusal(enum kn_schema schema, const char *bytes, size_t size)
{
    void *body;
    memset(&fault, 0, sizeof fault);
    char *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    int rc = kn_record_decode(&body, schema, exact, size, &fault);
    free(exact);
    kn_record_destroy(&body);
    return rc == KN_OK ? KN_CODE_NONE : fault.code;
}

#define TAKEN(schema, json) assert_int_equal(refusal(schema, json), KN_CODE_NONE)
#define REFUSED(schema, json, why, where)             \
    do {                                              \
        assert_int_equal(refusal(schema, json), why); \
        assert_string_equal(fault.field, where);      \
    } while (0)
#define BAD(schema, bytes, why) assert_int_equal(bytes_refusal(schema, BYTES(bytes)), why)

/* ---- bounds ---------------------------------------------------------------------------------- */

static void integers_keep_their_bounds(void **state)
{
    (void)state;
    TAKEN(KN_SCHEMA_PING, "{\"nonce\":0}");
    TAKEN(KN_SCHEMA_PING, "{\"nonce\":9007199254740991}");
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":-1}", KN_CODE_INVALID, "nonce");
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":9007199254740992}", KN_CODE_INVALID, "nonce");
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":\"1\"}", KN_CODE_INVALID, "nonce");
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":1.5}", KN_CODE_INVALID, "nonce");
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":null}", KN_CODE_INVALID, "nonce");
    REFUSED(KN_SCHEMA_PING, "{}", KN_CODE_REQUIRED, "nonce");
    BAD(KN_SCHEMA_PING, "\x81\xa5nonce\xcf\xff\xff\xff\xff\xff\xff\xff\xff", KN_CODE_INVALID);
    assert_int_equal(bytes_refusal(KN_SCHEMA_PING, BYTES("\x81\xa5nonce\xd3\0\0\0\0\0\0\0\1")),
                     KN_CODE_NONE);
}

/* JSON of a petition whose text is N times PIECE. */
static const char *petition_of(const char *piece, size_t n)
{
    static char json[1 << 17];
    size_t used = (size_t)sprintf(json, "{\"text\":\"");
    for (size_t i = 0; i < n; i++, used += strlen(piece))
        strcpy(json + used, piece);
    strcpy(json + used, "\"}");
    return json;
}

static void texts_are_measured_in_code_points(void **state)
{
    (void)state;
    TAKEN(KN_SCHEMA_PETITION, petition_of("ộ", 16000));
    REFUSED(KN_SCHEMA_PETITION, petition_of("ộ", 16001), KN_CODE_TOO_LONG, "text");
    TAKEN(KN_SCHEMA_PETITION, petition_of("\xf0\x9f\x9a\xb0", 16000));
    REFUSED(KN_SCHEMA_PETITION, petition_of("", 1), KN_CODE_INVALID, "text");
    REFUSED(KN_SCHEMA_PETITION, "{\"text\":\"x\",\"person\":{\"name\":5}}", KN_CODE_INVALID,
            "person.name");
}

static void text_is_strict_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\xff",
        "\xc3",
        "\xc0\x80",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\x80",
        "\xe1\xbb",
        "a\xcc",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char bytes[32] = "\x81\xa4text";
        size_t size = strlen(bad[i]);
        bytes[6] = (char)(0xa0 + size);
        memcpy(bytes + 7, bad[i], size);
        assert_int_equal(bytes_refusal(KN_SCHEMA_PETITION, bytes, 7 + size), KN_CODE_NOT_TEXT);
        assert_string_equal(fault.field, "text");
        struct kn_petition petition = {.text = bad[i]};
        assert_int_equal(
            kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_PETITION, &petition, &fault),
            KN_E_INVALID);
        assert_int_equal(fault.code, KN_CODE_NOT_TEXT);
    }
    BAD(KN_SCHEMA_PETITION,
        "\x81\xa4text\xa3"
        "a\0b",
        KN_CODE_NOT_TEXT);
    BAD(KN_SCHEMA_PETITION, "\x81\xa4text\xa4\xf4\x8f\xbf\xbf", KN_CODE_NONE);
}

#define BATCH(hex) "{\"request\":1,\"batch\":\"" hex "\"}"

static void digests_are_lower_case_hex(void **state)
{
    (void)state;
    TAKEN(KN_SCHEMA_BATCH_GET, BATCH("0123456789abcdef0123456789abcdef"));
    REFUSED(KN_SCHEMA_BATCH_GET, BATCH("0123456789abcdeF0123456789abcdef"), KN_CODE_INVALID,
            "batch");
    REFUSED(KN_SCHEMA_BATCH_GET, BATCH("0123456789abcdef0123456789abcde"), KN_CODE_INVALID,
            "batch");
    REFUSED(KN_SCHEMA_BATCH_GET, BATCH("0123456789abcdef0123456789abcdef0"), KN_CODE_TOO_LONG,
            "batch");
}

#define VERIFY(text) "{\"sequence\":1,\"case\":\"HN-2026-1\",\"verification\":" text "}"

static void enums_are_closed(void **state)
{
    (void)state;
    TAKEN(KN_SCHEMA_CASE_VERIFY, VERIFY("\"met\""));
    REFUSED(KN_SCHEMA_CASE_VERIFY, VERIFY("\"me\""), KN_CODE_UNKNOWN_VALUE, "verification");
    REFUSED(KN_SCHEMA_CASE_VERIFY, VERIFY("\"metx\""), KN_CODE_UNKNOWN_VALUE, "verification");
    REFUSED(KN_SCHEMA_CASE_VERIFY, VERIFY("\"\""), KN_CODE_UNKNOWN_VALUE, "verification");
    REFUSED(KN_SCHEMA_CASE_VERIFY, VERIFY("3"), KN_CODE_INVALID, "verification");
    for (int value = 1; kn_enum_text(KN_ENUM_FLOW, value); value++)
        assert_int_equal(kn_enum_value(KN_ENUM_FLOW, kn_enum_text(KN_ENUM_FLOW, value)), value);
    assert_string_equal(kn_enum_text(KN_ENUM_VERIFICATION, KN_VERIFICATION_NONE), "none");
    assert_null(kn_enum_text(KN_ENUM_FLOW, 0));
    assert_null(kn_enum_text(KN_ENUM_FLOW, -1));
    assert_null(kn_enum_text(KN_ENUM_FLOW, 99));
    assert_int_equal(kn_enum_value(KN_ENUM_FLOW, NULL), 0);
    assert_int_equal(kn_enum_value(KN_ENUM_FLOW, "nowhere"), 0);
}

static void arrays_keep_their_bounds(void **state)
{
    (void)state;
    char json[16384];
    TAKEN(KN_SCHEMA_CLOCK_TICK, "{\"now\":1,\"cases\":[]}");
    REFUSED(KN_SCHEMA_CLOCK_TICK, "{\"now\":1,\"cases\":[\"a\",7]}", KN_CODE_INVALID, "cases[1]");
    REFUSED(KN_SCHEMA_CLOCK_TICK, "{\"now\":1,\"cases\":\"a\"}", KN_CODE_INVALID, "cases");
    for (int n = 512; n <= 513; n++) {
        size_t used = (size_t)sprintf(json, "{\"now\":1,\"cases\":[\"a\"");
        for (int i = 1; i < n; i++)
            used += (size_t)sprintf(json + used, ",\"a\"");
        strcpy(json + used, "]}");
        assert_int_equal(refusal(KN_SCHEMA_CLOCK_TICK, json),
                         n == 512 ? KN_CODE_NONE : KN_CODE_INVALID);
    }
    REFUSED(KN_SCHEMA_READING_PROPOSE,
            "{\"case\":\"HN-2026-1\",\"places\":[{\"type\":\"ward\",\"name\":\"x\"},{\"type\":"
            "\"ward\"}]}",
            KN_CODE_REQUIRED, "places[1].name");
}

/* ---- hostile bytes --------------------------------------------------------------------------- */

static void skim_refuses_what_msgpack_would_believe(void **state)
{
    (void)state;
    BAD(KN_SCHEMA_PING, "", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x90", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\xdf\x10\0\0\0", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x81\xa1x\xdd\x10\0\0\0", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x81\xa5nonce\x01\x01", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x82\xa5nonce\x01\xa5nonce\x01", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x83\xa5nonce\x01\xa1x\x01\xa1x\x01", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x82\xa5nonce\x01\x01\x01", KN_CODE_MALFORMED);
    BAD(KN_SCHEMA_PING, "\x82\xa5nonce\x01\xa1x\x91\x91\x91\x91\x90", KN_CODE_NONE);
    BAD(KN_SCHEMA_PING, "\x82\xa5nonce\x01\xa1x\x91\x91\x91\x91\x91\x90", KN_CODE_MALFORMED);
    static const unsigned char forbidden[] = {0xc0, 0xc1, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9,
                                              0xca, 0xcb, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8};
    for (size_t i = 0; i < sizeof forbidden; i++) {
        char bytes[32] = "\x82\xa5nonce\x01\xa1x";
        bytes[10] = (char)forbidden[i];
        assert_int_equal(bytes_refusal(KN_SCHEMA_PING, bytes, sizeof bytes), KN_CODE_MALFORMED);
        assert_string_equal(fault.field, "x");
    }
}

static void unknown_keys_are_ignored(void **state)
{
    (void)state;
    TAKEN(KN_SCHEMA_PING, "{\"later\":{\"a\":[1,true,\"x\"]},\"nonce\":1,\"\":0}");
}

static void keys_and_values_are_bounded(void **state)
{
    (void)state;
    static char json[1 << 20];
    size_t used = (size_t)sprintf(json, "{\"nonce\":1");
    for (int i = 1; i < SKIM_MAX_KEYS; i++)
        used += (size_t)sprintf(json + used, ",\"k%d\":1", i);
    strcpy(json + used, "}");
    TAKEN(KN_SCHEMA_PING, json);
    strcpy(json + used, ",\"one\":1}");
    assert_int_equal(refusal(KN_SCHEMA_PING, json), KN_CODE_MALFORMED);
    for (int spare = 0; spare < 2; spare++) { /* the map, two keys, nonce, the array: 5 nodes */
        used = (size_t)sprintf(json, "{\"nonce\":1,\"x\":[1");
        for (int i = 1; i < SKIM_MAX_NODES - 5 + spare; i++)
            used += (size_t)sprintf(json + used, ",1");
        strcpy(json + used, "]}");
        assert_int_equal(refusal(KN_SCHEMA_PING, json), spare ? KN_CODE_TOO_LARGE : KN_CODE_NONE);
    }
}

static void a_path_is_harmless(void **state)
{
    (void)state;
    BAD(KN_SCHEMA_PING,
        "\x81\xa4"
        "A\n\x1b;\x91\xc0",
        KN_CODE_MALFORMED);
    assert_string_equal(fault.field, "????[0]");
    char bytes[300] = "\x81\xd9\xc8";
    memset(bytes + 3, 'k', 200);
    bytes[203] = (char)0xc0;
    assert_int_equal(bytes_refusal(KN_SCHEMA_PING, bytes, 204), KN_CODE_MALFORMED);
    assert_int_equal(strlen(fault.field), sizeof fault.field - 1);
}

static void the_head_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *frame;
        size_t size;
        int rc;
        enum kn_code code;
    } rows[] = {
        {BYTES("KN\1\4\0\0\0\0\x81\xa5nonce\1"), KN_OK, KN_CODE_NONE},
        {BYTES("KN\1\4\0\0\0"), KN_E_INVALID, KN_CODE_MALFORMED},
        {BYTES("KX\1\4\0\0\0\0\x81\xa5nonce\1"), KN_E_INVALID, KN_CODE_MALFORMED},
        {BYTES("KN\2\4\0\0\0\0\x81\xa5nonce\1"), KN_E_VERSION, KN_CODE_VERSION},
        {BYTES("KN\1\377\0\0\0\0\x81\xa5nonce\1"), KN_E_NOT_FOUND, KN_CODE_UNKNOWN_TYPE},
        {BYTES("KN\1\0\0\0\0\0\x81\xa5nonce\1"), KN_E_NOT_FOUND, KN_CODE_UNKNOWN_TYPE},
        {BYTES("KN\1\4\0\0\0\1\x81\xa5nonce\1"), KN_E_INVALID, KN_CODE_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kn_message *message;
        memset(&fault, 0, sizeof fault);
        assert_int_equal(kn_message_decode(&message, rows[i].frame, rows[i].size, &fault),
                         rows[i].rc);
        assert_int_equal(fault.code, rows[i].code);
        assert_string_equal(fault.field, rows[i].rc == KN_OK ? "" : "frame");
        kn_message_destroy(&message);
    }
    static char large[KN_FRAME_MAX + 1];
    struct kn_message *message;
    assert_int_equal(kn_message_decode(&message, large, sizeof large, NULL), KN_E_TOO_LARGE);
}

/* ---- encoding -------------------------------------------------------------------------------- */

static void encoding_is_canonical(void **state)
{
    (void)state;
    char bytes[256];
    struct kn_petition petition = {
        .doubt = true, .has_received_at = true, .received_at = 300, .text = "x"};
    long n = kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_PETITION, &petition, &fault);
    static const char want[] = "\x83\xa4text\xa1x\xabreceived_at\xcd\x01\x2c\xa5"
                               "doubt\xc3";
    assert_int_equal(n, sizeof want - 1);
    assert_memory_equal(bytes, want, sizeof want - 1);
    assert_int_equal(refusal(KN_SCHEMA_PETITION, "{\"doubt\":false,\"attachments\":[],\"z\":1,"
                                                 "\"text\":\"x\"}"),
                     KN_CODE_NONE);
    void *body;
    const char *json = "{\"doubt\":false,\"attachments\":[],\"z\":1,\"text\":\"x\"}";
    assert_int_equal(kn_record_parse(&body, KN_SCHEMA_PETITION, json, strlen(json), NULL), KN_OK);
    n = kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_PETITION, body, &fault);
    assert_int_equal(n, 8);
    assert_memory_equal(bytes, "\x81\xa4text\xa1x", 8);
    kn_record_destroy(&body);
}

static void encoding_checks_what_decoding_checks(void **state)
{
    (void)state;
    char bytes[256];
    struct kn_ping ping = {.nonce = -1};
    assert_int_equal(kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_PING, &ping, &fault),
                     KN_E_INVALID);
    assert_string_equal(fault.field, "nonce");
    struct kn_petition petition = {0};
    assert_int_equal(kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_PETITION, &petition, &fault),
                     KN_E_INVALID);
    assert_int_equal(fault.code, KN_CODE_REQUIRED);
    struct kn_case_verify verify = {.sequence = 1, .case_ = "HN-2026-1"};
    assert_int_equal(kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_CASE_VERIFY, &verify, &fault),
                     KN_E_INVALID);
    assert_string_equal(fault.field, "verification");
    verify.verification = (enum kn_verification)99;
    assert_int_equal(kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_CASE_VERIFY, &verify, &fault),
                     KN_E_INVALID);
    assert_int_equal(fault.code, KN_CODE_UNKNOWN_VALUE);
    const char *cases[] = {"a", NULL};
    struct kn_clock_tick tick = {.now = 1, .n_cases = 2, .cases = cases};
    assert_int_equal(kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_CLOCK_TICK, &tick, &fault),
                     KN_E_INVALID);
    assert_string_equal(fault.field, "cases[1]");
}

static void room_is_respected(void **state)
{
    (void)state;
    char bytes[32];
    struct kn_ping ping = {.nonce = 1};
    for (size_t size = 0; size < 16; size++) {
        memset(bytes, 'z', sizeof bytes);
        long n = kn_message_encode(bytes, size, KN_TYPE_PING, &ping, &fault);
        assert_int_equal(n, size < 16 ? KN_E_TOO_LARGE : 16);
        assert_int_equal(bytes[size], 'z');
    }
    assert_int_equal(kn_message_encode(bytes, 16, KN_TYPE_PING, &ping, &fault), 16);
}

/* ---- personal data --------------------------------------------------------------------------- */

static const char submit[] =
    "{\"sequence\":1,\"batch\":\"0123456789abcdef0123456789abcdef\",\"container\":"
    "\"0123456789abcdef0123456789abcdef\",\"item\":\"7\",\"source\":\"s\",\"channel\":\"sms\","
    "\"petition\":{\"text\":\"SECRET\",\"person\":{\"name\":\"SECRET\"}}}";

static void private_fields_are_masked(void **state)
{
    (void)state;
    char text[512], cut[40];
    void *body;
    assert_int_equal(kn_record_parse(&body, KN_SCHEMA_PETITION_SUBMIT, BYTES(submit), &fault),
                     KN_OK);
    int n = kn_record_print(text, sizeof text, KN_SCHEMA_PETITION_SUBMIT, body, false);
    assert_string_equal(text, submit);
    assert_int_equal(n, strlen(submit));
    assert_int_equal(kn_record_print(cut, sizeof cut, KN_SCHEMA_PETITION_SUBMIT, body, false), n);
    assert_int_equal(strlen(cut), sizeof cut - 1);
    assert_memory_equal(cut, submit, sizeof cut - 1);
    assert_int_equal(kn_record_print(NULL, 0, KN_SCHEMA_PETITION_SUBMIT, body, false), n);
    kn_record_print(text, sizeof text, KN_SCHEMA_PETITION_SUBMIT, body, true);
    assert_null(strstr(text, "SECRET"));
    assert_non_null(strstr(text, "\"petition\":\"***\""));
    kn_record_destroy(&body);

    struct kn_count count = {.name = "a\"\\\n\x1b\x7fộ"};
    kn_record_print(text, sizeof text, KN_SCHEMA_COUNT, &count, false);
    assert_string_equal(text, "{\"name\":\"a\\\"\\\\\\n\\u001b\\u007fộ\",\"value\":0}");
}

static void public_encoding_has_no_personal_data(void **state)
{
    (void)state;
    char bytes[512];
    void *body, *again;
    assert_int_equal(kn_record_parse(&body, KN_SCHEMA_PETITION_SUBMIT, BYTES(submit), &fault),
                     KN_OK);
    long n = kn_record_encode_public(bytes, sizeof bytes, KN_SCHEMA_PETITION_SUBMIT, body, &fault);
    assert_true(n > 0);
    assert_null(memmem(bytes, (size_t)n, "SECRET", 6));
    assert_int_equal(kn_record_decode(&again, KN_SCHEMA_PETITION_SUBMIT, bytes, (size_t)n, &fault),
                     KN_E_INVALID);
    assert_string_equal(fault.field, "petition");
    assert_int_equal(
        kn_record_decode_public(&again, KN_SCHEMA_PETITION_SUBMIT, bytes, (size_t)n, &fault),
        KN_OK);
    const struct kn_petition_submit *stored = again;
    assert_null(stored->petition);
    assert_string_equal(stored->item, "7");
    kn_record_destroy(&again);
    n = kn_record_encode(bytes, sizeof bytes, KN_SCHEMA_PETITION_SUBMIT, body, &fault);
    assert_int_equal(
        kn_record_decode_public(&again, KN_SCHEMA_PETITION_SUBMIT, bytes, (size_t)n, &fault),
        KN_OK);
    stored = again;
    assert_null(stored->petition);
    kn_record_destroy(&again);
    kn_record_destroy(&body);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void names_go_both_ways(void **state)
{
    (void)state;
    assert_string_equal(kn_type_name(KN_TYPE_PETITION_SUBMIT), "petition.submit");
    assert_int_equal(kn_type_value("petition.submit"), KN_TYPE_PETITION_SUBMIT);
    assert_int_equal(kn_type_value("petition"), KN_TYPE_NONE);
    assert_int_equal(kn_type_schema(KN_TYPE_PING), KN_SCHEMA_PING);
    assert_int_equal(kn_type_schema((enum kn_type)255), KN_SCHEMA_NONE);
    assert_null(kn_type_name(KN_TYPE_NONE));
    assert_string_equal(kn_schema_name(KN_SCHEMA_CASE), "case");
    assert_int_equal(kn_schema_value("case"), KN_SCHEMA_CASE);
    assert_int_equal(kn_schema_value("no"), KN_SCHEMA_NONE);
    assert_null(kn_schema_name(KN_SCHEMA_NONE));
    assert_true(kn_type_from(KN_TYPE_PING, "client"));
    assert_false(kn_type_from(KN_TYPE_PING, "hub"));
    assert_true(kn_type_from(KN_TYPE_BYE, "hub"));
    assert_false(kn_type_from(KN_TYPE_BYE, "clien"));
    assert_false(kn_type_from(KN_TYPE_NONE, "client"));
    assert_string_equal(kn_status_text(KN_E_BUSY), "busy, try again later");
    assert_string_equal(kn_status_text(1), "unknown status");
}

static void json_is_strict(void **state)
{
    (void)state;
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":1,\"nonce\":2}", KN_CODE_MALFORMED, "");
    REFUSED(KN_SCHEMA_PING, "{", KN_CODE_MALFORMED, "");
    REFUSED(KN_SCHEMA_PING, "[1]", KN_CODE_MALFORMED, "");
    REFUSED(KN_SCHEMA_PING, "{\"nonce\":1} x", KN_CODE_MALFORMED, "");
    assert_int_equal(refusal(KN_SCHEMA_PING, "{\"nonce\":1,\"x\":[[[[[[[[1]]]]]]]]}"),
                     KN_CODE_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_keep_their_bounds),
        cmocka_unit_test(texts_are_measured_in_code_points),
        cmocka_unit_test(text_is_strict_utf8),
        cmocka_unit_test(digests_are_lower_case_hex),
        cmocka_unit_test(enums_are_closed),
        cmocka_unit_test(arrays_keep_their_bounds),
        cmocka_unit_test(skim_refuses_what_msgpack_would_believe),
        cmocka_unit_test(unknown_keys_are_ignored),
        cmocka_unit_test(keys_and_values_are_bounded),
        cmocka_unit_test(a_path_is_harmless),
        cmocka_unit_test(the_head_is_checked),
        cmocka_unit_test(encoding_is_canonical),
        cmocka_unit_test(encoding_checks_what_decoding_checks),
        cmocka_unit_test(room_is_respected),
        cmocka_unit_test(private_fields_are_masked),
        cmocka_unit_test(public_encoding_has_no_personal_data),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(json_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
