/* test_copies.c - the store's copies: none keeps what was erased, one process writes. */
#include "hub/erasure.h"
#include "hub/store.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

static const uint8_t salt[16] = "SALTSALTSALTSAL";
static char folder[32], data[64], copy[64];

static store_t *open_store(bool read_only, int expected)
{
    char why[200] = "";
    store_t *store = NULL;
    const struct store_options options = {
        .folder = folder, .map_size = 64 << 20, .read_only = read_only};
    assert_int_equal(store_open(&store, &options, why, sizeof why), expected);
    return store;
}

static int setup(void **state)
{
    strcpy(folder, "copies-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(data, sizeof data, "%s/data.mdb", folder);
    snprintf(copy, sizeof copy, "%s/copy.mdb", folder);
    *state = open_store(false, KN_OK);
    return 0;
}

static int teardown(void **state)
{
    char command[64];
    store_t *store = *state;
    store_close(&store);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* Do the bytes of the file at PATH hold the salt of the content? (It is never packed.) */
static bool holds(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static uint8_t bytes[4 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(n < sizeof bytes);
    return memmem(bytes, n, salt, sizeof salt) != NULL;
}

static void put_content(store_t *store)
{
    char text[2000];
    memset(text, 'x', sizeof text);
    store_txn_t *txn = store_begin(store, STORE_WRITE);
    store_put_content(txn, 7, salt, (struct slice){(const uint8_t *)text, sizeof text});
    store_put_number(txn, "kept", 42);
    assert_int_equal(store_commit(&txn), KN_OK);
}

static void drop_content(store_t *store)
{
    store_txn_t *txn = store_begin(store, STORE_WRITE);
    store_drop_content(txn, 7);
    assert_int_equal(store_commit(&txn), KN_OK);
}

static void the_file_forgets_what_was_erased(void **state)
{
    store_t *store = *state;
    put_content(store);
    assert_true(holds(data));
    drop_content(store);
    assert_true(holds(data)); /* an old copy of the page: this is why */
    assert_int_equal(store_compact(store), KN_OK);
    assert_false(holds(data));
    store_txn_t *txn = store_begin(store, STORE_READ);
    assert_int_equal(store_number(txn, "kept"), 42);
    store_abort(&txn);
    put_content(store); /* it is a store as before */
    assert_true(holds(data));
}

static void a_copy_has_no_old_pages(void **state)
{
    store_t *store = *state;
    put_content(store);
    assert_int_equal(store_copy(store, copy), KN_OK);
    assert_true(holds(copy));
    drop_content(store);
    assert_int_equal(store_copy(store, copy), KN_OK);
    assert_false(holds(copy));
}

static void a_backup_that_runs_is_waited_for(void **state)
{
    char path[64];
    snprintf(path, sizeof path, "%s/copy.lock", folder);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_int_equal(flock(fd, LOCK_SH), 0);
    assert_int_equal(store_compact(*state), KN_E_BUSY);
    close(fd);
    assert_int_equal(store_compact(*state), KN_OK);
}

static void one_process_writes_others_look(void **state)
{
    store_t *store = *state;
    put_content(store);
    assert_null(open_store(false, KN_E_BUSY));
    store_close(&store);
    *state = store = open_store(true, KN_OK);
    uint64_t n = 0, damaged = 0;
    assert_int_equal(store_check(store, &n, &damaged), KN_OK);
    assert_true(n > 0 && damaged == 0);
    store_txn_t *txn = store_begin(store, STORE_READ);
    assert_int_equal(store_number(txn, "kept"), 42);
    store_abort(&txn);
}

static int count(void *arg, uint64_t case_number)
{
    *(uint64_t *)arg += case_number;
    return KN_OK;
}

static void the_list_of_erasures_is_kept_once(void **state)
{
    store_t *store = *state;
    uint64_t sum = 0;
    assert_int_equal(erasure_each(folder, count, &sum), KN_E_NOT_FOUND);
    store_txn_t *txn = store_begin(store, STORE_WRITE);
    store_put_erased(txn, 3, 20260000042);
    store_put_erased(txn, 9, 20260000043);
    store_put_erased(txn, 12, 20260000042); /* again */
    assert_int_equal(erasure_keep_list(txn, folder), KN_OK);
    assert_int_equal(erasure_keep_list(txn, folder), KN_OK);
    assert_true(erasure_is_done(txn, 20260000043));
    assert_false(erasure_is_done(txn, 20260000044));
    store_abort(&txn);
    assert_int_equal(erasure_each(folder, count, &sum), KN_OK);
    assert_int_equal(sum, 20260000042 + 20260000043);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_file_forgets_what_was_erased),  TEST(a_copy_has_no_old_pages),
        TEST(a_backup_that_runs_is_waited_for),  TEST(one_process_writes_others_look),
        TEST(the_list_of_erasures_is_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
