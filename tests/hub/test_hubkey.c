/* test_hubkey.c - the hub's key is made once, kept private, and never replaced in silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TWO_KEYS_THAT_ARE_NONE                                               \
    "curve\n    public-key = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n" \
    "    secret-key = \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"

#include "hub/hubkey.h"
#include "kiennghi/status.h"

static struct {
    char folder[64], file[96], secret[96], why[512];
} scene;

static int set_up(void **state)
{
    (void)state;
    strcpy(scene.folder, "/tmp/kn-key-XXXXXX");
    assert_non_null(mkdtemp(scene.folder));
    snprintf(scene.file, sizeof scene.file, "%s/hub.cert", scene.folder);
    snprintf(scene.secret, sizeof scene.secret, "%s/hub.cert_secret", scene.folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(scene.file);
    unlink(scene.secret);
    assert_int_equal(rmdir(scene.folder), 0);
    return 0;
}

static int open_key(struct hubkey *key)
{
    return hubkey_open(key, scene.file, scene.why, sizeof scene.why);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static void it_is_made_once_and_read_again(void **state)
{
    (void)state;
    struct hubkey first, second;
    struct stat stat_of;
    const mode_t before = umask(022);
    if (open_key(&first) != KN_OK)
        fail_msg("%s", scene.why);
    assert_int_equal(umask(before), 022);
    assert_int_equal(strlen(first.public_key), 40);
    assert_int_equal(strlen(first.secret_key), 40);
    assert_int_equal(stat(scene.secret, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0600);
    assert_int_equal(open_key(&second), KN_OK);
    assert_memory_equal(&first, &second, sizeof first);
}

static void a_secret_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct hubkey key;
    assert_int_equal(open_key(&key), KN_OK);
    chmod(scene.secret, 0640);
    assert_int_equal(open_key(&key), KN_E_DENIED);
    assert_non_null(strstr(scene.why, "chmod 600"));
}

static void a_lost_secret_is_not_replaced(void **state)
{
    (void)state;
    struct hubkey key;
    assert_int_equal(open_key(&key), KN_OK);
    unlink(scene.secret);
    assert_int_equal(open_key(&key), KN_E_CORRUPT);
    assert_non_null(strstr(scene.why, "backup"));
    assert_int_not_equal(access(scene.secret, F_OK), 0);
}

static void a_damaged_file_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "nonsense",
        "curve\n    public-key = \"short\"\n    secret-key = \"short\"\n",
        TWO_KEYS_THAT_ARE_NONE,
    };
    struct hubkey key;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(scene.secret, texts[i]);
        assert_int_equal(open_key(&key), KN_E_CORRUPT);
    }
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct hubkey key;
    assert_int_equal(hubkey_open(&key, "/nowhere/hub.cert", scene.why, sizeof scene.why), KN_E_IO);
    assert_non_null(strstr(scene.why, "/nowhere/hub.cert"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_made_once_and_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_secret_that_others_may_read_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lost_secret_is_not_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
