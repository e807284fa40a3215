/* test_files.c - attachments: pieces, digests, types by content, limits: hub/files.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hub/digest.h"
#include "hub/files.h"
#include "kiennghi/status.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX = 200000 };

struct given {
    char folder[64], shell[100];
    files_t *files;
};

static void open_files(struct given *given, int64_t max_open)
{
    char why[200];
    struct files_options options = {
        .folder = given->folder, .max_size = MAX, .max_open = max_open, .min_free = 0};
    assert_int_equal(files_open(&given->files, &options, why, sizeof why), KN_OK);
}

static int setup(void **state)
{
    struct given *given = calloc(1, sizeof *given);
    snprintf(given->folder, sizeof given->folder, "/tmp/kiennghi-files-XXXXXX");
    assert_non_null(mkdtemp(given->folder));
    open_files(given, 2 * MAX);
    *state = given;
    return 0;
}

static int teardown(void **state)
{
    struct given *given = *state;
    files_close(&given->files);
    snprintf(given->shell, sizeof given->shell, "rm -rf %s", given->folder);
    assert_int_equal(system(given->shell), 0);
    free(given);
    return 0;
}

/* A file as it is put. */
struct put {
    uint8_t bytes[MAX];
    size_t size;
    char digest[65], text[FILES_PIECE / 3 * 4 + 4];
};

static void make(struct put *put, const char *magic, size_t size)
{
    uint8_t digest[DIGEST_SIZE];
    memset(put->bytes, 'x', size);
    memcpy(put->bytes, magic, strlen(magic));
    put->size = size;
    digest_sha256(digest, put->bytes, size);
    digest_hex(put->digest, digest, sizeof digest);
}

static int piece(struct given *given, struct put *put, int64_t offset, size_t n,
                 struct files_state *state)
{
    struct kn_file_put body = {.digest = put->digest, .size = (int64_t)put->size};
    if (n) {
        EVP_EncodeBlock((unsigned char *)put->text, put->bytes + offset, (int)n);
        body.offset = offset;
        body.has_offset = true;
        body.data = put->text;
    }
    return files_put(given->files, "dongda", &body, state);
}

static void comes_in_pieces_and_goes_on_after_a_restart(void **state)
{
    struct given *given = *state;
    struct put *put = malloc(sizeof *put);
    struct files_state got;
    make(put, "%PDF-1.7", 100000);
    struct kn_attachment named = {
        .digest = put->digest, .size = 100000, .media_type = "application/pdf"};
    assert_int_equal(piece(given, put, 0, 0, &got), KN_OK);
    assert_int_equal(got.received, 0);
    assert_int_equal(piece(given, put, 0, 45000, &got), KN_OK);
    assert_int_equal(piece(given, put, 10, 45000, &got),
                     KN_OK); /* not the next one: nothing happens */
    assert_int_equal(got.received, 45000);
    assert_false(files_holds(given->files, &named));
    files_close(&given->files);
    open_files(given, 2 * MAX);
    assert_int_equal(piece(given, put, 0, 0, &got), KN_OK);
    assert_int_equal(got.received, 45000);
    assert_int_equal(piece(given, put, 45000, 45000, &got), KN_OK);
    assert_int_equal(piece(given, put, 90000, 10000, &got), KN_OK);
    assert_true(got.is_complete);
    assert_string_equal(got.media_type, "application/pdf");
    assert_true(files_holds(given->files, &named));
    assert_int_equal(files_check(given->files, put->digest), KN_OK);
    named.size = 99999; /* what is named is what is there */
    assert_false(files_holds(given->files, &named));
    named =
        (struct kn_attachment){.digest = put->digest, .size = 100000, .media_type = "image/png"};
    assert_false(files_holds(given->files, &named));
    uint8_t back[FILES_PIECE];
    int64_t total;
    assert_int_equal(files_read(given->files, put->digest, 90000, back, sizeof back, &total),
                     10000);
    assert_int_equal(total, 100000);
    assert_memory_equal(back, put->bytes + 90000, 10000);
    assert_int_equal(piece(given, put, 0, 0, &got), KN_OK); /* somebody has put it before */
    assert_true(got.is_complete);
    assert_int_equal(files_remove_old(given->files, put->digest), KN_OK); /* it is young */
    assert_int_equal(files_check(given->files, put->digest), KN_OK);
    char path[300];
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    snprintf(path, sizeof path, "%s/%.2s/%s", given->folder, put->digest, put->digest);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    named = (struct kn_attachment){
        .digest = put->digest, .size = 100000, .media_type = "application/pdf"};
    assert_true(files_holds(given->files, &named)); /* being named it is young again */
    assert_int_equal(files_remove_old(given->files, put->digest), KN_OK);
    assert_int_equal(files_check(given->files, put->digest), KN_OK);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(files_remove_old(given->files, put->digest), KN_OK);
    assert_int_equal(files_check(given->files, put->digest), KN_E_IO);
    assert_int_equal(files_remove(given->files, put->digest), KN_OK); /* gone already */
    assert_int_equal(files_read(given->files, put->digest, 0, back, sizeof back, &total),
                     KN_E_NOT_FOUND);
    free(put);
}

static void refuses_what_it_is_not(void **state)
{
    struct given *given = *state;
    struct put *put = malloc(sizeof *put);
    struct files_state got;
    make(put, "%PDF-1.7", 100);
    put->digest[0] = put->digest[0] == 'a' ? 'b' : 'a';
    assert_int_equal(piece(given, put, 0, 100, &got), KN_E_INVALID);
    assert_string_equal(got.field, "digest");
    assert_int_equal(piece(given, put, 0, 0, &got), KN_OK); /* and begins anew */
    assert_int_equal(got.received, 0);
    make(put, "MZ\x90\x01", 100);
    assert_int_equal(piece(given, put, 0, 100, &got), KN_E_INVALID);
    assert_int_equal(got.code, KN_CODE_UNKNOWN_VALUE);
    make(put, "%PDF", 100);
    put->size = MAX + 1;
    assert_int_equal(piece(given, put, 0, 100, &got), KN_E_INVALID);
    assert_int_equal(got.code, KN_CODE_TOO_LARGE);
    put->size = 0;
    assert_int_equal(piece(given, put, 0, 0, &got), KN_E_INVALID);
    make(put, "%PDF", 100);
    struct kn_file_put body = {.digest = put->digest, .size = 100, .has_offset = true};
    static const char *const bad[] = {"a", "ab=c", "AAA*", "====", "AAA\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        body.data = bad[i];
        assert_int_equal(files_put(given->files, "dongda", &body, &got), KN_E_INVALID);
    }
    body.digest = "../../../../../../../../../../../../../../../../../../../etc/passwd";
    assert_int_equal(files_put(given->files, "dongda", &body, &got), KN_E_INVALID);
    free(put);
}

static void bounds_what_nobody_finishes(void **state)
{
    struct given *given = *state;
    struct put *put = malloc(sizeof *put);
    struct files_state got;
    files_close(&given->files);
    open_files(given, 100000);
    char magic[20];
    int rc = KN_OK, n = 0;
    for (; rc == KN_OK && n < 20; n++) {
        snprintf(magic, sizeof magic, "%%PDF-%d", n);
        make(put, magic, 100000);
        rc = piece(given, put, 0, 45000, &got);
    }
    assert_int_equal(rc, KN_E_INVALID);
    assert_int_equal(got.code, KN_CODE_QUOTA);
    assert_int_equal(n, 4); /* the fourth finds 135,000 bytes open */
    free(put);
}

static void knows_types_by_their_content(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *type;
    } files[] = {
        {"%PDF-1.4", 8, "application/pdf"},
        {"\xFF\xD8\xFF\xE0", 4, "image/jpeg"},
        {"\x89PNG\r\n\x1A\n", 8, "image/png"},
        {"II*\0\0\0", 6, "image/tiff"},
        {"Đèn ngõ 12 không sáng\n", 25, "text/plain"},
        {"PK\3\4....xl/workbook.xml", 23,
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"PK\3\4....opendocument.text", 25, "application/vnd.oasis.opendocument.text"},
        {"PK\3\4....anything", 16, NULL},
        {"MZ\x90\0", 4, NULL},
        {"\x7F"
         "ELF",
         4, NULL},
        {"#!/bin/sh\0", 10, NULL},
        {"\xC3\x28", 2, NULL},
        {"", 0, NULL},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const uint8_t *bytes = (const uint8_t *)files[i].bytes;
        const char *type = files_media_type(bytes, files[i].size, bytes, files[i].size);
        if (files[i].type) {
            assert_non_null(type);
            assert_string_equal(type, files[i].type);
        } else {
            assert_null(type);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_in_pieces_and_goes_on_after_a_restart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(refuses_what_it_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds_what_nobody_finishes, setup, teardown),
        cmocka_unit_test(knows_types_by_their_content)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
