/* test_keys.c - key files: written once, secret kept, read back; hashes that name things. */
#include "kiennghi/keys.h"
#include "kiennghi/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void writes_and_reads(void **state)
{
    (void)state;
    char folder[] = "keys-XXXXXX", path[64], secret[64], command[64], key[41];
    struct kn_keys keys, read;
    struct stat st;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.key", folder);
    snprintf(secret, sizeof secret, "%s/a.key_secret", folder);
    kn_keys_new(&keys);
    assert_int_equal(strlen(keys.public_key), 40);
    assert_int_equal(kn_keys_load(&read, path), KN_E_NOT_FOUND);
    assert_int_equal(kn_keys_save(&keys, "a", path), KN_OK);
    assert_int_equal(kn_keys_save(&keys, "a", path), KN_E_CONFLICT);
    assert_int_equal(stat(secret, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(kn_keys_load(&read, path), KN_OK);
    assert_memory_equal(&read, &keys, sizeof keys);
    assert_int_equal(kn_keys_public(key, path), KN_OK);
    assert_string_equal(key, keys.public_key);
    assert_int_equal(kn_keys_public(key, keys.public_key), KN_OK);
    assert_int_equal(chmod(secret, 0644), 0);
    assert_int_equal(kn_keys_load(&read, path), KN_E_DENIED);
    assert_int_equal(unlink(secret), 0);
    assert_int_equal(kn_keys_load(&read, path), KN_OK);
    assert_string_equal(read.public_key, keys.public_key);
    assert_string_equal(read.secret_key, "");
    FILE *file = fopen(path, "w");
    fputs("no certificate\n", file);
    fclose(file);
    assert_int_equal(kn_keys_load(&read, path), KN_E_INVALID);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static void hashes_parts_apart(void **state)
{
    (void)state;
    char a[33], b[33];
    kn_hash_hex32(a, 2, (const char *[]){"ab", "c"});
    kn_hash_hex32(b, 2, (const char *[]){"a", "bc"});
    assert_string_not_equal(a, b);
    kn_hash_hex32(a, 1, (const char *[]){"abc"}); /* sha256("abc\0") */
    assert_string_equal(a, "dc1114cd074914bd872cc1f9a23ec910");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_and_reads),
                                       cmocka_unit_test(hashes_parts_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
