/* test_store.c - the promises of store.h and log.h on a real folder. */
#include "hub/apply.h"
#include "hub/code.h"
#include "hub/digest.h"
#include "hub/log.h"
#include "hub/store.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct place {
    char folder[64];
    store_t *store;
};

static store_t *reopen(struct place *place)
{
    char why[200] = "";
    struct store_options options = {
        .folder = place->folder, .map_size = 64 << 20, .test_clock = true};
    store_close(&place->store);
    if (store_open(&place->store, &options, why, sizeof why)) {
        fail_msg("%s", why);
    }
    return place->store;
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->folder, "store-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    reopen(place);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    char command[128];
    store_close(&place->store);
    snprintf(command, sizeof command, "rm -rf %s", place->folder);
    int rc = system(command);
    free(place);
    return rc;
}

static void test_a_commit_is_seen_after_reopening_and_an_abort_is_not(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    store_put_number(txn, "kept", 42);
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(place->store, STORE_WRITE);
    store_put_number(txn, "lost", 42);
    store_abort(&txn);
    txn = store_begin(reopen(place), STORE_READ);
    assert_int_equal(store_number(txn, "kept"), 42);
    assert_int_equal(store_number(txn, "lost"), 0);
    assert_true(store_test_clock(place->store));
    store_abort(&txn);
}

static void test_a_failed_transaction_stays_failed(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    store_fail(txn, KN_E_CORRUPT);
    store_put_number(txn, "never", 1);
    assert_int_equal(store_error(txn), KN_E_CORRUPT);
    assert_int_equal(store_commit(&txn), KN_E_CORRUPT);
    assert_null(txn);
    txn = store_begin(place->store, STORE_READ);
    assert_int_equal(store_number(txn, "never"), 0);
    store_abort(&txn);
}

static void test_both_keys_and_their_walks(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    struct store_answer answer = {.event = 7, .case_number = 20260000001, .verdict = 1}, got;
    store_put_answer(txn, "front", 0xfeed, 3, &answer);
    store_put_last_sequence(txn, "front", 0xfeed, 3);
    assert_true(store_answer(txn, "front", 0xfeed, 3, &got));
    assert_int_equal(got.case_number, 20260000001);
    assert_false(store_answer(txn, "front", 0xfeed, 4, &got));
    assert_false(store_answer(txn, "press", 0xfeed, 3, &got));
    assert_int_equal(store_last_sequence(txn, "front", 0xfeed), 3);

    uint8_t container[16] = {1}, other[16] = {2};
    const char *items[] = {"00000001", "00000002", "h0123456789abcdef-1"};
    for (int i = 0; i < 3; i++) {
        struct store_row row = {.event = (uint64_t)i + 1, .state = STORE_ROW_STORED, .row = 5};
        strcpy(row.field, "text");
        store_put_row(txn, container, items[i], &row);
        store_put_row(txn, other, items[i], &row);
    }
    struct store_row row;
    char after[72] = "";
    for (int i = 0; i < 3; i++) {
        assert_true(store_next_row(txn, container, after, &row));
        assert_string_equal(row.item, items[i]);
        assert_string_equal(row.field, "text");
        assert_int_equal(row.row, 5);
        strcpy(after, row.item);
    }
    assert_false(store_next_row(txn, container, after, &row));
    assert_int_equal(store_commit(&txn), KN_OK);
}

static void test_streams_have_no_holes(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    for (uint64_t i = 1; i <= 500; i++) {
        store_append_stream(txn, i % 2 ? "agency/odd" : "agency/even", i,
                            i % 10 == 1 ? i + 1000 : 0);
    }
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(place->store, STORE_READ);
    uint32_t odd = store_stream(txn, "agency/odd");
    assert_int_equal(store_stream_last(txn, odd), 250);
    for (uint64_t i = 1; i <= 250; i++) {
        uint64_t told_of, event = 2 * i - 1;
        assert_int_equal(store_stream_event(txn, odd, i, &told_of), event);
        assert_int_equal(told_of, event % 10 == 1 ? event + 1000 : 0);
    }
    assert_int_equal(store_stream_event(txn, odd, 251, &(uint64_t){0}), 0);
    assert_int_equal(store_stream(txn, "agency/none"), 0);
    store_abort(&txn);
}

static void test_clocks_fall_due_in_order(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    store_put_due(txn, 3000, 1, 1);
    store_put_due(txn, 1000, 2, 1);
    store_put_due(txn, 2000, 3, 1);
    store_drop_due(txn, 2000, 3, 1);
    int64_t at = 0;
    uint64_t number = 0;
    uint16_t clock = 0;
    assert_true(store_next_due(txn, &at, &number, &clock));
    assert_int_equal(number, 2);
    clock++;
    assert_true(store_next_due(txn, &at, &number, &clock));
    assert_int_equal(at, 3000);
    clock++;
    assert_false(store_next_due(txn, &at, &number, &clock));
    store_abort(&txn);
}

static void test_links_are_walked_by_their_case(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    store_put_link(txn, 7, 9, "press");
    store_put_link(txn, 7, 8, "front");
    store_put_link(txn, 6, 10, "sms");
    store_put_link(txn, 8, 11, "sms");
    store_drop_link(txn, 8, 11);
    uint64_t linked = 0;
    char agent[64];
    assert_true(store_next_link(txn, 7, &linked, agent));
    assert_int_equal(linked, 8);
    assert_string_equal(agent, "front");
    assert_true(store_next_link(txn, 7, &linked, agent));
    assert_int_equal(linked, 9);
    assert_string_equal(agent, "press");
    assert_false(store_next_link(txn, 7, &linked, agent));
    linked = 0;
    assert_false(store_next_link(txn, 8, &linked, agent));
    enum kn_link_kind kind;
    store_put_related(txn, 7, 12, KN_LINK_KIND_SPLIT_FROM);
    store_put_related(txn, 7, 13, KN_LINK_KIND_RECURRENCE);
    store_drop_related(txn, 7, 12);
    linked = 0;
    assert_true(store_next_related(txn, 7, &linked, &kind));
    assert_int_equal(linked, 13);
    assert_int_equal(kind, KN_LINK_KIND_RECURRENCE);
    assert_false(store_next_related(txn, 7, &linked, &kind));
    store_abort(&txn);
}

static void test_a_pair_is_in_one_state(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    char code[3][CODE_SIZE];
    for (int i = 0; i < 3; i++) {
        code_format(code[i], 20260000001 + (uint64_t)i);
    }
    struct kn_candidate_pair pair = {
        .case_ = code[1], .earlier = code[0], .state = KN_CANDIDATE_STATE_OPEN, .why = "x"};
    store_put_pair(txn, &pair);
    pair.case_ = code[2];
    store_put_pair(txn, &pair);
    pair.state = KN_CANDIDATE_STATE_DIFFERENT;
    store_put_pair(txn, &pair);
    assert_null(store_pair(txn, 20260000002, 20260000003));
    struct kn_candidate_pair *found = store_pair(txn, 20260000001, 20260000003);
    assert_int_equal(found->state, KN_CANDIDATE_STATE_DIFFERENT);
    kn_record_destroy((void **)&found);
    uint64_t later = 0, earlier = 0;
    found = store_next_pair(txn, KN_CANDIDATE_STATE_OPEN, &later, &earlier);
    assert_string_equal(found->case_, code[1]);
    assert_int_equal(later, 20260000002);
    kn_record_destroy((void **)&found);
    assert_null(store_next_pair(txn, KN_CANDIDATE_STATE_OPEN, &later, &earlier));
    store_abort(&txn);
}

static void test_readings_are_kept_once_for_each_case(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    struct store_reading reading = {.words = {1, 2, 3}, .packed = {(const uint8_t *)"packed", 6}};
    store_put_reading(txn, 5, &reading);
    reading.packed.size = 0; /* erased since */
    store_put_reading(txn, 9, &reading);
    store_put_reading(txn, 9, &reading);
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(place->store, STORE_READ);
    assert_int_equal(store_count_readings(txn), 2);
    uint64_t number = 0;
    struct store_reading found;
    assert_true(store_next_reading(txn, &number, &found));
    assert_int_equal(number, 5);
    assert_memory_equal(found.words, reading.words, 16);
    assert_memory_equal(found.packed.bytes, "packed", found.packed.size);
    assert_true(store_next_reading(txn, &number, &found));
    assert_int_equal(found.packed.size, 0);
    assert_false(store_next_reading(txn, &number, &found));
    assert_false(store_reading(txn, 6, &found));
    store_abort(&txn);
}

static void append(store_txn_t *txn, int n)
{
    for (int i = 0; i < n; i++) {
        struct kn_register_load command = {.registers = "0123456789abcdef"};
        struct kn_event events[2] = {{.kind = KN_EVENT_KIND_REGISTER_LOADED},
                                     {.kind = KN_EVENT_KIND_REGISTER_LOADED}};
        struct log_entry about = {
            .at = 1000 + i, .type = KN_TYPE_REGISTER_LOAD, .verdict = KN_VERDICT_STORED};
        log_append(txn, &about, "hub", &command, events, i % 2 ? 2 : 1);
    }
}

static void test_the_log_is_found_by_event_and_chained(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    append(txn, 10);
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(reopen(place), STORE_READ);
    assert_int_equal(log_last(txn), 15);
    for (uint64_t sequence = 1; sequence <= 15; sequence++) {
        struct kn_event *event = log_find(txn, sequence);
        assert_non_null(event);
        assert_int_equal(event->sequence, sequence);
        assert_string_equal(event->actor, "hub");
        kn_record_destroy((void **)&event);
    }
    assert_null(log_find(txn, 16));
    assert_int_equal(store_error(txn), KN_OK);
    uint64_t bad;
    assert_int_equal(log_verify(txn, &bad), KN_OK);
    store_abort(&txn);
}

static void test_a_flipped_bit_is_found_and_never_served(void **state)
{
    struct place *place = *state;
    uint64_t n, damaged;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    append(txn, 1);
    assert_int_equal(store_commit(&txn), KN_OK);
    assert_int_equal(store_check(place->store, &n, &damaged), KN_OK);
    assert_true(n > 3);
    assert_int_equal(damaged, 0);
    store_close(&place->store);

    char path[128];
    snprintf(path, sizeof path, "%s/data.mdb", place->folder);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    static char bytes[1 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    int flipped = 0;
    static const char version[] = "\x01\x23\x45\x67\x89\xab\xcd\xef";
    for (size_t i = 0; i + 8 < size; i++) { /* every copy of the entry's version */
        if (memcmp(bytes + i, version, 8) == 0) {
            bytes[i] ^= 1;
            flipped++;
        }
    }
    rewind(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    assert_true(flipped > 0);
    reopen(place);
    assert_int_equal(store_check(place->store, &n, &damaged), KN_OK);
    assert_true(damaged > 0);
    txn = store_begin(place->store, STORE_READ);
    assert_null(log_find(txn, 1));
    assert_int_equal(store_error(txn), KN_E_CORRUPT);
    store_abort(&txn);
}

static void test_codes_have_a_check_character(void **state)
{
    (void)state;
    char code[CODE_SIZE], wrong[CODE_SIZE];
    for (uint64_t i = 1; i < 3000; i += 7) {
        code_format(code, 20260000000 + i);
        assert_int_equal(code_parse(code), 20260000000 + i);
        for (size_t at = 3; code[at]; at++) { /* one wrong digit is always found */
            if (code[at] < '0' || code[at] > '9' || !code[at + 1]) {
                continue;
            }
            memcpy(wrong, code, sizeof wrong);
            wrong[at] = (char)('0' + (wrong[at] - '0' + 1) % 10);
            assert_int_equal(code_parse(wrong), 0);
        }
    }
    assert_int_equal(code_parse("HN-2026-000042"), 0);
    assert_int_equal(code_parse(""), 0);
    assert_int_equal(code_parse("HN-2026-000042-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"), 0);
}

static void test_digests_are_what_others_compute(void **state)
{
    (void)state;
    uint8_t salt[16], hash[32];
    char hex[65];
    for (uint8_t i = 0; i < 16; i++) {
        salt[i] = i;
    }
    digest_sha256(hash, "kiennghi", 8);
    digest_hex(hex, hash, 32);
    assert_string_equal(hex, "7eb88e20d33cd9bdd71b9b4b42c7322ea80af42b729aaf52cdd56c4e71ba31a9");
    digest_commit(hash, salt, "kiennghi", 8);
    digest_hex(hex, hash, 32);
    assert_string_equal(hex, "68cf63ef9fb70ccdf895bcba6cda103bae83e6788cd84df91b198069f0c22be6");
    uint8_t a[16], b[16];
    digest_random(a, sizeof a);
    digest_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(digest_from_hex(a, 16, "00112233445566778899aabbccddeeff"), KN_OK);
    assert_int_equal(digest_from_hex(a, 16, "00112233445566778899aabbccddeefg"), KN_E_INVALID);
    assert_int_equal(digest_from_hex(a, 16, "00112233445566778899aabbccddee"), KN_E_INVALID);
}

static void put_answer(store_txn_t *txn, uint64_t sequence, uint64_t event)
{
    struct store_answer answer = {.event = event, .case_number = 20260000001, .verdict = 1};
    snprintf(answer.field, sizeof answer.field, "f%llu", (unsigned long long)(event % 1000));
    store_put_answer(txn, "contact", 7, sequence, &answer);
}

static void check_answer(store_txn_t *txn, uint64_t sequence, uint64_t event)
{
    struct store_answer answer;
    char field[32];
    snprintf(field, sizeof field, "f%llu", (unsigned long long)(event % 1000));
    assert_int_equal(store_answer(txn, "contact", 7, sequence, &answer), event != 0);
    if (event) {
        assert_int_equal(answer.event, event);
        assert_int_equal(answer.case_number, 20260000001);
        assert_string_equal(answer.field, field);
    }
}

static void test_series_keep_holes_late_ones_and_what_an_abort_took_back(void **state)
{
    struct place *place = *state;
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    for (uint64_t i = 1; i <= 200; i++) {
        if (i % 7) {
            put_answer(txn, i, i * 1000003);
        }
        check_answer(txn, i, i % 7 ? i * 1000003 : 0);
    }
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(place->store, STORE_WRITE);
    put_answer(txn, 7, 5);     /* late */
    put_answer(txn, 8, 1);     /* another, shorter */
    put_answer(txn, 201, 333); /* in a record that the abort takes back */
    check_answer(txn, 8, 1);
    check_answer(txn, 9, 9 * 1000003);
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(place->store, STORE_WRITE);
    put_answer(txn, 202, 444);
    put_answer(txn, 1, 444);
    store_abort(&txn);
    txn = store_begin(place->store, STORE_WRITE);
    check_answer(txn, 1, 1000003);
    check_answer(txn, 202, 0);
    for (unsigned i = 0; i < 2000; i++) { /* more series than are kept open */
        char name[32];
        snprintf(name, sizeof name, "agency/unit-%u", i % 700);
        store_append_stream(txn, name, i + 1, i % 3 ? 0 : 9);
    }
    assert_int_equal(store_commit(&txn), KN_OK);
    txn = store_begin(reopen(place), STORE_READ);
    check_answer(txn, 7, 5);
    check_answer(txn, 8, 1);
    check_answer(txn, 14, 0);
    check_answer(txn, 199, 199 * 1000003);
    check_answer(txn, 201, 333);
    check_answer(txn, 202, 0);
    uint64_t told_of;
    uint32_t stream = store_stream(txn, "agency/unit-599");
    assert_int_equal(store_stream_last(txn, stream), 3);
    assert_int_equal(store_stream_event(txn, stream, 2, &told_of), 1300);
    assert_int_equal(told_of, 1299 % 3 ? 0 : 9);
    assert_int_equal(store_stream_event(txn, stream, 4, &told_of), 0);
    store_abort(&txn);
}

/* Record N of the test below: log entry, content and case alike. */
static struct slice nth(uint8_t bytes[300], unsigned n)
{
    memset(bytes, (int)(n * 37), 32); /* what stays as it is */
    int size = snprintf((char *)bytes + 32, 260,
                        "Cử tri tổ dân phố số %u phản ánh: đèn chiếu sáng công cộng bị hỏng đã %u "
                        "tháng, đề nghị sửa chữa.",
                        n % 30, n % 11);
    return (struct slice){bytes, 32 + (size_t)size};
}

static void write_some(store_t *store, unsigned from, unsigned to)
{
    static const uint8_t salt[16] = "sixteen bytes..";
    uint8_t bytes[300];
    char code[CODE_SIZE];
    store_txn_t *txn = store_begin(store, STORE_WRITE);
    for (unsigned n = from; n < to; n++) {
        struct kn_case kase = {.number = n,
                               .code = code,
                               .agent = "contact",
                               .source = "txct",
                               .channel = KN_CHANNEL_CONTACT,
                               .flow = KN_FLOW_RECEIVED,
                               .verification = KN_VERIFICATION_NONE,
                               .satisfaction = KN_SATISFACTION_UNASKED,
                               .oversight = KN_OVERSIGHT_NONE,
                               .publication = KN_PUBLICATION_INTERNAL,
                               .batch = "00112233445566778899aabbccddeeff"};
        code_format(code, n);
        store_append_entry(txn, n, nth(bytes, n));
        store_put_content(txn, n, salt, nth(bytes, n));
        store_put_case(txn, &kase);
    }
    store_put_number(txn, "last_event", to - 1);
    assert_int_equal(store_commit(&txn), KN_OK);
}

static void check_all(store_txn_t *txn, unsigned end)
{
    uint8_t bytes[300], salt[16];
    for (unsigned n = 1; n < end; n++) {
        struct slice want = nth(bytes, n), got;
        uint64_t first;
        assert_true(store_entry(txn, n, &first, &got));
        assert_int_equal(first, n);
        assert_int_equal(got.size, want.size);
        assert_memory_equal(got.bytes, want.bytes, want.size);
        assert_true(store_content(txn, n, salt, &got));
        assert_int_equal(got.size, want.size);
        assert_memory_equal(got.bytes, want.bytes, want.size);
        struct kn_case *kase = store_case(txn, n);
        assert_int_equal(kase->number, n);
        kn_record_destroy((void **)&kase);
    }
}

static void test_what_is_packed_comes_back_across_every_lesson(void **state)
{
    struct place *place = *state;
    struct store_usage before, after;
    uint64_t n_records, n_damaged;
    write_some(place->store, 1, 500);
    store_txn_t *early = store_begin(place->store, STORE_READ);
    store_usage(place->store, &before);
    for (unsigned n = 500; n < 6000; n += 500) { /* lessons at 512 and 8 times as many */
        write_some(place->store, n, n + 500);
    }
    check_all(early, 500);
    store_abort(&early);
    store_txn_t *txn = store_begin(place->store, STORE_READ);
    check_all(txn, 6000);
    store_abort(&txn);
    store_usage(place->store, &after); /* 300 bytes plain, three times; a tenth of it is keys */
    assert_in_range((after.map_used - before.map_used) / 5500, 1, 500);
    txn = store_begin(reopen(place), STORE_READ);
    check_all(txn, 6000);
    store_abort(&txn);
    write_some(place->store, 6000, 6100);
    assert_int_equal(store_check(place->store, &n_records, &n_damaged), KN_OK);
    assert_int_equal(n_damaged, 0);
}

/* Turns a bit of a word that only the dictionary for content holds: of its N first places. */
static void damage_dictionary(struct place *place, int n)
{
    static const char phrase[] = "Công ty Thoát nước, Công ty Nước sạch";
    char path[128];
    static char bytes[8 << 20];
    store_close(&place->store);
    snprintf(path, sizeof path, "%s/data.mdb", place->folder);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    for (char *at = bytes;
         n && (at = memmem(at, size - (size_t)(at - bytes), phrase, sizeof phrase - 1)); n--) {
        *at++ ^= 1;
    }
    assert_int_equal(n, 0);
    rewind(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    reopen(place);
}

static void test_a_damaged_dictionary_has_a_copy(void **state)
{
    struct place *place = *state;
    uint64_t n, damaged;
    write_some(place->store, 1, 50);
    damage_dictionary(place, 1);
    store_txn_t *txn = store_begin(place->store, STORE_READ);
    check_all(txn, 50);
    store_abort(&txn);
    assert_int_equal(store_check(place->store, &n, &damaged), KN_OK);
    assert_int_equal(damaged, 1);
}

static void test_without_dictionary_nothing_is_served(void **state)
{
    struct place *place = *state;
    uint8_t salt[16];
    struct slice got;
    write_some(place->store, 1, 50);
    damage_dictionary(place, 2);
    write_some(place->store, 50, 60); /* goes on: with a dictionary entered anew */
    store_txn_t *txn = store_begin(place->store, STORE_READ);
    assert_true(store_content(txn, 55, salt, &got));
    assert_false(store_content(txn, 5, salt, &got));
    assert_int_equal(store_error(txn), KN_E_CORRUPT);
    store_abort(&txn);
}

/* ---- the journal ----------------------------------------------------------------------------- */

/* One petition of a kind: something of every way into the tables. */
static void put_turn(store_txn_t *txn, uint64_t n)
{
    struct store_answer answer = {.event = n, .case_number = n, .verdict = KN_VERDICT_STORED};
    uint8_t salt[16] = {(uint8_t)n};
    char text[64];
    int size = snprintf(text, sizeof text, "nội dung kiến nghị số %llu", (unsigned long long)n);
    store_put_number(txn, "last_event", n);
    store_put_content(txn, n, salt, (struct slice){(const uint8_t *)text, (size_t)size});
    store_put_answer(txn, "contact-1", 7, n, &answer);
    store_put_last_sequence(txn, "contact-1", 7, n);
    store_append_stream(txn, "all", n, 0);
    store_put_due(txn, (int64_t)n * 1000, n, 1);
    if (n > 1) {
        store_drop_due(txn, (int64_t)(n - 1) * 1000, n - 1, 1);
    }
}

static void note_turns(store_t *store, uint64_t first, uint64_t last)
{
    for (uint64_t n = first; n <= last; n++) {
        store_txn_t *txn = store_begin(store, STORE_WRITE);
        put_turn(txn, n);
        assert_int_equal(store_note(&txn), KN_OK);
    }
}

/* All that put_turn put for 1 to LAST is there, and nothing else. */
static void check_turns(store_txn_t *txn, uint64_t last)
{
    struct store_answer answer;
    struct slice content;
    uint8_t salt[16];
    uint32_t all = store_stream(txn, "all");
    int64_t at = 0;
    uint64_t case_number = 0;
    uint16_t clock = 0;
    assert_int_equal(store_number(txn, "last_event"), last);
    assert_int_equal(store_stream_last(txn, all), last);
    assert_int_equal(store_last_sequence(txn, "contact-1", 7), last);
    for (uint64_t n = 1; n <= last; n++) {
        assert_true(store_content(txn, n, salt, &content));
        assert_int_equal(salt[0], (uint8_t)n);
        assert_true(store_answer(txn, "contact-1", 7, n, &answer));
        assert_int_equal(answer.event, n);
        assert_int_equal(store_stream_event(txn, all, n, NULL), n);
    }
    assert_false(store_content(txn, last + 1, salt, &content));
    assert_true(store_next_due(txn, &at, &case_number, &clock));
    assert_int_equal(case_number, last);
    clock++;
    assert_false(store_next_due(txn, &at, &case_number, &clock));
    assert_int_equal(store_error(txn), KN_OK);
}

/* The store as a kill leaves it: the files as they are, while its tables lack the turns. */
static store_t *copy_as_killed(struct place *place, char *folder, bool read_only)
{
    char command[300], why[200] = "";
    store_t *killed = NULL;
    struct store_options options = {.folder = folder, .map_size = 64 << 20, .read_only = read_only};
    snprintf(command, sizeof command, "rm -rf %s && mkdir %s && cp %s/data.mdb %s/journal %s",
             folder, folder, place->folder, place->folder, folder);
    assert_int_equal(system(command), 0);
    if (store_open(&killed, &options, why, sizeof why)) {
        fail_msg("%s", why);
    }
    return killed;
}

static void test_what_was_noted_is_there_after_a_kill(void **state)
{
    struct place *place = *state;
    char folder[80];
    snprintf(folder, sizeof folder, "%s/killed", place->folder);
    note_turns(place->store, 1, 70);
    store_txn_t *txn = store_begin(place->store, STORE_READ);
    assert_int_equal(store_number(txn, "last_event"), 0); /* not yet for those who read */
    store_abort(&txn);
    store_t *killed = copy_as_killed(place, folder, true); /* who only looks finds all of it too */
    txn = store_begin(killed, STORE_READ);
    check_turns(txn, 70);
    store_abort(&txn);
    store_close(&killed);
    killed = copy_as_killed(place, folder, false);
    txn = store_begin(killed, STORE_READ);
    check_turns(txn, 70);
    store_abort(&txn);
    note_turns(killed, 71, 80);
    store_close(&killed);
    assert_int_equal(store_settle(place->store), KN_OK);
    txn = store_begin(place->store, STORE_READ);
    check_turns(txn, 70);
    store_abort(&txn);
    note_turns(place->store, 71, 90); /* from the front of the journal again */
    killed = copy_as_killed(place, folder, false);
    txn = store_begin(killed, STORE_WRITE);
    check_turns(txn, 90);
    store_abort(&txn);
    store_close(&killed);
}

static void test_a_turn_that_fails_takes_no_other_with_it(void **state)
{
    struct place *place = *state;
    note_turns(place->store, 1, 40);
    store_txn_t *txn = store_begin(place->store, STORE_WRITE);
    put_turn(txn, 41);
    store_fail(txn, KN_E_INVALID);
    assert_int_equal(store_note(&txn), KN_E_INVALID);
    txn = store_begin(place->store, STORE_WRITE);
    check_turns(txn, 40);
    put_turn(txn, 41);
    store_abort(&txn); /* given up */
    note_turns(place->store, 41, 45);
    assert_int_equal(store_settle(place->store), KN_OK);
    txn = store_begin(reopen(place), STORE_READ);
    check_turns(txn, 45);
    store_abort(&txn);
}

static void test_a_full_journal_is_a_commit(void **state)
{
    struct place *place = *state;
    uint8_t salt[16] = {0}, *bulk = malloc(100000);
    assert_non_null(bulk);
    uint64_t seed = 1;
    for (size_t i = 0; i < 100000; i++) { /* does not pack */
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        bulk[i] = (uint8_t)(seed >> 56);
    }
    uint64_t seen = 0;
    for (uint64_t n = 1; n <= 60; n++) { /* 6 MB */
        store_txn_t *txn = store_begin(place->store, STORE_WRITE);
        store_put_number(txn, "last_event", n);
        store_put_content(txn, n, salt, (struct slice){bulk, 100000});
        assert_int_equal(store_note(&txn), KN_OK);
        txn = store_begin(place->store, STORE_READ);
        seen = store_number(txn, "last_event");
        store_abort(&txn);
    }
    assert_in_range(seen, 30, 59); /* a turn that did not fit has brought the tables up */
    store_txn_t *txn = store_begin(reopen(place), STORE_READ);
    assert_int_equal(store_number(txn, "last_event"), 60);
    store_abort(&txn);
    free(bulk);
}

static void test_a_journal_of_another_store_is_not_taken(void **state)
{
    struct place *place = *state;
    char command[200], why[200] = "";
    struct store_options options = {.folder = place->folder, .map_size = 64 << 20};
    note_turns(place->store, 1, 3);
    snprintf(command, sizeof command, "cp %s/journal %s/kept", place->folder, place->folder);
    assert_int_equal(system(command), 0);
    store_close(&place->store);
    snprintf(command, sizeof command, "cd %s && rm data.mdb && mv kept journal", place->folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(store_open(&place->store, &options, why, sizeof why), KN_E_CORRUPT);
    assert_non_null(strstr(why, "another store"));
    snprintf(command, sizeof command, "rm %s/journal", place->folder);
    assert_int_equal(system(command), 0);
    reopen(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_was_noted_is_there_after_a_kill, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_turn_that_fails_takes_no_other_with_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_full_journal_is_a_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_journal_of_another_store_is_not_taken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_commit_is_seen_after_reopening_and_an_abort_is_not,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_failed_transaction_stays_failed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both_keys_and_their_walks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_streams_have_no_holes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clocks_fall_due_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links_are_walked_by_their_case, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_pair_is_in_one_state, setup, teardown),
        cmocka_unit_test_setup_teardown(test_readings_are_kept_once_for_each_case, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_log_is_found_by_event_and_chained, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_flipped_bit_is_found_and_never_served, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_series_keep_holes_late_ones_and_what_an_abort_took_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_packed_comes_back_across_every_lesson, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_damaged_dictionary_has_a_copy, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_dictionary_nothing_is_served, setup, teardown),
        cmocka_unit_test(test_codes_have_a_check_character),
        cmocka_unit_test(test_digests_are_what_others_compute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
