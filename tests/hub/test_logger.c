/* test_logger.c - one line, one write, nothing that breaks a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/logger.h"

static struct {
    int ends[2];
    struct logger logger;
    char got[4096];
} scene;

static int set_up(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof scene);
    assert_int_equal(pipe(scene.ends), 0);
    logger_init(&scene.logger, LOGGER_NOTICE);
    scene.logger.is_journal = true;
    scene.logger.fd = scene.ends[1];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(scene.ends[0]);
    return 0;
}

static const char *written(void)
{
    close(scene.ends[1]);
    const ssize_t size = read(scene.ends[0], scene.got, sizeof scene.got - 1);
    assert_true(size >= 0);
    return scene.got;
}

static void a_line_has_level_event_and_fields(void **state)
{
    (void)state;
    logger_line(&scene.logger, LOGGER_WARNING, "net.hostile", "agent=%s parts=%d", "sms-1", 3);
    assert_string_equal(written(), "<4>net.hostile agent=sms-1 parts=3\n");
}

static void outside_the_journal_it_has_time_and_word(void **state)
{
    (void)state;
    scene.logger.is_journal = false;
    logger_line(&scene.logger, LOGGER_ERROR, "store.full", "%s", "");
    const char *line = written();
    assert_int_equal(strlen(line), strlen("2026-01-01T00:00:00.000Z error store.full\n"));
    assert_string_equal(line + 23, "Z error store.full\n");
}

static void quieter_lines_are_left_out(void **state)
{
    (void)state;
    logger_line(&scene.logger, LOGGER_INFO, "net.open", "n=%d", 1);
    assert_string_equal(written(), "");
}

static void a_value_cannot_make_a_line(void **state)
{
    (void)state;
    logger_line(&scene.logger, LOGGER_ERROR, "x", "a=%s", "1\n<3>forged\x1b[0m");
    assert_string_equal(written(), "<3>x a=1?<3>forged?[0m\n");
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    char value[3000];
    memset(value, 'v', sizeof value);
    value[sizeof value - 1] = '\0';
    logger_line(&scene.logger, LOGGER_ERROR, "x", "a=%s", value);
    const char *line = written();
    assert_int_equal(strlen(line), 1024);
    assert_int_equal(line[1023], '\n');
}

static void levels_have_words(void **state)
{
    (void)state;
    written();
    for (int level = LOGGER_ERROR; level <= LOGGER_DEBUG; level++)
        assert_int_equal(logger_level_of(logger_level_word((enum logger_level)level)), level);
    assert_int_equal(logger_level_of("loud"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_level_event_and_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(outside_the_journal_it_has_time_and_word, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(quieter_lines_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_cannot_make_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_line_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_have_words, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
