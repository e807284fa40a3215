/* test_config.c - a configuration is right to the letter, or refused with line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/config.h"
#include "hub/logger.h"
#include "kiennghi/status.h"

static int parse(struct config *config, const char *text, char why[256])
{
    config_init(config);
    why[0] = '\0';
    return config_parse(config, text, strlen(text), "hub.zpl", why, 256);
}

static void defaults_hold_without_a_file(void **state)
{
    (void)state;
    struct config config;
    char why[256];
    const char *const empty[] = {"", "\n\n", "# only a comment\n", "    # indented comment\n",
                                 "  \n   \n"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        assert_int_equal(parse(&config, empty[i], why), KN_OK);
        assert_string_equal(config.intake, "tcp://*:5571");
        assert_string_equal(config.tap, "");
        assert_int_equal(config.map_size, 64LL << 30);
        assert_int_equal(config.window, 64);
        assert_int_equal(config.log_level, LOGGER_NOTICE);
    }
}

static void values_of_every_type_are_read(void **state)
{
    (void)state;
    struct config config;
    char why[256];
    const char *text = "# Ha Noi\n"
                       "listen\n"
                       "    intake = \"tcp://127.0.0.1:*\"   # quoted\n"
                       "    delivery = tcp://[::1]:5572\n"
                       "    tap = 'tcp://127.0.0.1:5573'\n"
                       "    io_threads = 2 # bare\n"
                       "  \n"
                       "store\n"
                       "    folder = \"/srv/kiến nghị\"\n"
                       "    map_size = 1T\n"
                       "    min_free = 0\n"
                       "log\n"
                       "    level = debug";
    if (parse(&config, text, why) != KN_OK)
        fail_msg("%s", why);
    assert_string_equal(config.intake, "tcp://127.0.0.1:*");
    assert_string_equal(config.delivery, "tcp://[::1]:5572");
    assert_string_equal(config.tap, "tcp://127.0.0.1:5573");
    assert_string_equal(config.store, "/srv/kiến nghị");
    assert_int_equal(config.n_io_threads, 2);
    assert_int_equal(config.map_size, 1LL << 40);
    assert_int_equal(config.min_free, 0);
    assert_int_equal(config.log_level, LOGGER_DEBUG);
}

static void faults_name_line_and_remedy(void **state)
{
    (void)state;
    const struct {
        const char *text;
        const char *line;
        const char *words;
    } rows[] = {
        {"store\n    foldr = \"/x\"\n", "hub.zpl:2:", "did you mean store/folder?"},
        {"stor\n    folder = \"/x\"\n", "hub.zpl:2:", "did you mean store/folder?"},
        {"window = 3\n", "hub.zpl:1:", "did you mean limits/window?"},
        {"store\n    folder = \"/x\"\n    folder = \"/y\"\n", "hub.zpl:3:", "already in line 2"},
        {"log\n    level = info\nstore\n    folder = /x\nlog\n    level = info\n",
         "hub.zpl:6:", "already in line 2"},
        {"store\n", "hub.zpl:1:", "without keys"},
        {"store\n  folder = \"/x\"\n", "hub.zpl:2:", "four spaces"},
        {"store\n  # askew\n", "hub.zpl:2:", "four spaces"},
        {"store\n        folder = \"/x\"\n", "hub.zpl:2:", "four spaces"},
        {"    folder = \"/x\"\n", "hub.zpl:1:", "four spaces"},
        {"store\n\tfolder = \"/x\"\n", "hub.zpl:2:", "tab"},
        {"store\r\n    folder = \"/x\"\n", "hub.zpl:1:", "control character"},
        {"store\n    folder = \"/x\n", "hub.zpl:2:", "closing quote"},
        {"store\n    folder = \"/x\" y\n", "hub.zpl:2:", "behind the closing quote"},
        {"store\n    folder =\n", "hub.zpl:2:", "no value"},
        {"store\n    folder = # x\n", "hub.zpl:2:", "no value"},
        {"store\n    folder : /x\n", "hub.zpl:2:", "value follows"},
        {"store\n    Folder = /x\n", "hub.zpl:2:", "no name"},
        {"store\n    folder\n        deep = 1\n", "hub.zpl:3:", "too far"},
        {"store\n    folder = \"\"\n", "hub.zpl:2:", "may not be empty"},
        {"store\n    folder\n", "hub.zpl:2:", "may not be empty"},
        {"store\n    map_size = 64X\n", "hub.zpl:2:", "is not a size"},
        {"store\n    map_size = 64GB\n", "hub.zpl:2:", "is not a size"},
        {"store\n    map_size = -1\n", "hub.zpl:2:", "is not a size"},
        {"store\n    map_size = \" 1G\"\n", "hub.zpl:2:", "is not a size"},
        {"store\n    map_size = 1M\n", "hub.zpl:2:", "within 16M and 16T"},
        {"store\n    map_size = 9999999999999T\n", "hub.zpl:2:", "is not a size"},
        {"store\n    map_size = 99999999999999999999\n", "hub.zpl:2:", "is not a size"},
        {"limits\n    window = 0\n", "hub.zpl:2:", "within 1 and 4"},
        {"limits\n    window = 1K\n", "hub.zpl:2:", "whole number"},
        {"limits\n    window = 0x10\n", "hub.zpl:2:", "whole number"},
        {"listen\n    intake = \"ipc:///x\"\n", "hub.zpl:2:", "tcp://"},
        {"log\n    level = loud\n", "hub.zpl:2:", "not one of error, warning"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        char why[256];
        assert_int_equal(parse(&config, rows[i].text, why), KN_E_INVALID);
        if (strncmp(why, rows[i].line, strlen(rows[i].line)) != 0 || !strstr(why, rows[i].words))
            fail_msg("%s\ngives: %s", rows[i].text, why);
    }
}

static void binary_and_long_files_are_refused(void **state)
{
    (void)state;
    struct config config;
    char why[256];
    char *large = malloc(CONFIG_MAX_FILE + 1);
    memset(large, '\n', CONFIG_MAX_FILE + 1);
    config_init(&config);
    assert_int_equal(config_parse(&config, "a\0b", 3, "f", why, sizeof why), KN_E_INVALID);
    assert_int_equal(config_parse(&config, large, CONFIG_MAX_FILE + 1, "f", why, sizeof why),
                     KN_E_INVALID);
    for (size_t i = 0; i + 1 < CONFIG_MAX_FILE; i += 2)
        large[i] = 'a';
    assert_int_equal(config_parse(&config, large, CONFIG_MAX_FILE, "f", why, sizeof why),
                     KN_E_INVALID);
    free(large);
}

/* What is printed is read back to the same values. */
static void the_print_is_a_configuration(void **state)
{
    (void)state;
    struct config config, again;
    char why[256];
    char *printed = NULL;
    size_t size = 0;
    assert_int_equal(parse(&config,
                           "store\n    map_size = 100M\n    min_free = 1000\n"
                           "    folder = '/a \"b\" # c'\nlog\n    level = error\n",
                           why),
                     KN_OK);
    FILE *file = open_memstream(&printed, &size);
    config_print(&config, file);
    fclose(file);
    config_init(&again);
    if (config_parse(&again, printed, size, "printed", why, sizeof why) != KN_OK)
        fail_msg("%s\n%s", why, printed);
    assert_int_equal(again.map_size, 100LL << 20);
    assert_int_equal(again.min_free, 1000);
    assert_string_equal(again.store, "/a \"b\" # c");
    assert_int_equal(again.log_level, LOGGER_ERROR);
    assert_string_equal(again.intake, config.intake);
    free(printed);
}

static void files_are_read(void **state)
{
    (void)state;
    struct config config;
    char why[256];
    char path[] = "/tmp/kn-config-XXXXXX";
    const char text[] = "limits\n    window = 7\n";
    const int fd = mkstemp(path);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    config_init(&config);
    assert_int_equal(config_load(&config, path, why, sizeof why), KN_OK);
    assert_int_equal(config.window, 7);
    unlink(path);
    assert_int_equal(config_load(&config, path, why, sizeof why), KN_E_NOT_FOUND);
    assert_non_null(strstr(why, path));
    assert_int_equal(config_load(&config, "/", why, sizeof why), KN_E_IO);
}

static void one_key_may_be_set(void **state)
{
    (void)state;
    struct config config;
    char why[256];
    config_init(&config);
    assert_int_equal(config_set(&config, "store/folder", "/x", why, sizeof why), KN_OK);
    assert_string_equal(config.store, "/x");
    assert_int_equal(config_set(&config, "nonsense", "/x", why, sizeof why), KN_E_INVALID);
}

/* Whatever stands in the file, it ends in an answer: every prefix and every changed byte. */
static void damaged_files_end_in_an_answer(void **state)
{
    (void)state;
    static const char bytes[] = "\t\n #='\"/$a0\x01\x7f\xff";
    char text[] = "listen\n    tap = \"tcp://a:1\" # t\n    io_threads = 2\n"
                  "store\n    map_size = 1G\n    folder = '/x'\nlog\n    level = info\n";
    struct config config;
    char why[256];
    for (size_t i = 0; i <= sizeof text - 1; i++)
        config_parse(&config, text, i, "f", why, sizeof why);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        const char kept = text[i];
        for (size_t j = 0; j < sizeof bytes - 1; j++) {
            text[i] = bytes[j];
            const int rc = config_parse(&config, text, sizeof text - 1, "f", why, sizeof why);
            assert_true(rc == KN_OK || rc == KN_E_INVALID);
        }
        text[i] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_hold_without_a_file),
        cmocka_unit_test(values_of_every_type_are_read),
        cmocka_unit_test(faults_name_line_and_remedy),
        cmocka_unit_test(binary_and_long_files_are_refused),
        cmocka_unit_test(the_print_is_a_configuration),
        cmocka_unit_test(files_are_read),
        cmocka_unit_test(one_key_may_be_set),
        cmocka_unit_test(damaged_files_end_in_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
