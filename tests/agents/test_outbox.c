/* test_outbox.c - what is committed is there after a crash; what is not is not; nothing twice. */
#include "agents/outbox.h"
#include "kiennghi/status.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    char folder[32];
    outbox_t *outbox;
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    strcpy(w->folder, "outbox-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    assert_int_equal(outbox_open(&w->outbox, w->folder), KN_OK);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    char command[64];
    outbox_close(&w->outbox);
    snprintf(command, sizeof command, "rm -rf %s", w->folder);
    assert_int_equal(system(command), 0);
    free(w);
    return 0;
}

static void reopen(struct world *w)
{
    outbox_close(&w->outbox);
    assert_int_equal(outbox_open(&w->outbox, w->folder), KN_OK);
}

static void append(struct world *w, uint64_t tag, const char *text)
{
    assert_int_equal(outbox_append(w->outbox, tag, text, strlen(text)), KN_OK);
}

static void keeps_what_is_committed(void **state)
{
    struct world *w = *state;
    struct outbox_bytes frame;
    uint64_t tag;
    char instance[17];
    snprintf(instance, sizeof instance, "%s", outbox_instance(w->outbox));
    append(w, 7, "one");
    append(w, 8, "two");
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    append(w, 9, "three"); /* not committed */
    reopen(w);
    assert_string_equal(outbox_instance(w->outbox), instance);
    assert_int_equal(strlen(instance), 16);
    assert_int_equal(outbox_first(w->outbox), 1);
    assert_int_equal(outbox_last(w->outbox), 2);
    assert_int_equal(outbox_count(w->outbox), 2);
    assert_int_equal(outbox_read(w->outbox, &frame, &tag, 2), KN_OK);
    assert_int_equal(tag, 8);
    assert_memory_equal(frame.data, "two", 3);
    assert_int_equal(outbox_read(w->outbox, &frame, &tag, 3), KN_E_NOT_FOUND);
}

static void never_gives_a_sequence_again(void **state)
{
    struct world *w = *state;
    append(w, 1, "one");
    append(w, 2, "two");
    assert_int_equal(outbox_remove(w->outbox, 1), KN_OK);
    assert_int_equal(outbox_first(w->outbox), 2);
    assert_int_equal(outbox_remove(w->outbox, 2), KN_OK);
    assert_int_equal(outbox_remove(w->outbox, 2), KN_OK);
    assert_int_equal(outbox_first(w->outbox), 3);
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    reopen(w);
    assert_int_equal(outbox_count(w->outbox), 0);
    assert_int_equal(outbox_last(w->outbox), 2);
    append(w, 3, "three");
    assert_int_equal(outbox_last(w->outbox), 3);
    assert_int_equal(outbox_first(w->outbox), 3);
}

static void walks_over_holes(void **state)
{
    struct world *w = *state;
    for (int i = 1; i <= 5; i++)
        append(w, (uint64_t)i, "x");
    assert_int_equal(outbox_remove(w->outbox, 3), KN_OK);
    assert_int_equal(outbox_first(w->outbox), 1);
    assert_int_equal(outbox_next(w->outbox, 3), 4);
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    assert_int_equal(outbox_next(w->outbox, 3), 4);
    assert_int_equal(outbox_next(w->outbox, 6), 0);
}

static long mark(void *out, size_t max, const void *frame, size_t size, uint64_t sequence)
{
    return snprintf(out, max, "%.*s/%d", (int)size, (const char *)frame, (int)sequence);
}

static void renews_its_instance(void **state)
{
    struct world *w = *state;
    struct outbox_bytes frame;
    uint64_t tag;
    char instance[17];
    for (int i = 1; i <= 6; i++)
        append(w, (uint64_t)i * 10, "x");
    for (int i = 1; i <= 3; i++)
        assert_int_equal(outbox_remove(w->outbox, (uint64_t)i), KN_OK);
    snprintf(instance, sizeof instance, "%s", outbox_instance(w->outbox));
    assert_int_equal(outbox_renew(w->outbox, mark), KN_OK);
    reopen(w);
    assert_string_not_equal(outbox_instance(w->outbox), instance);
    assert_int_equal(outbox_first(w->outbox), 1);
    assert_int_equal(outbox_last(w->outbox), 3);
    assert_int_equal(outbox_count(w->outbox), 3);
    assert_int_equal(outbox_read(w->outbox, &frame, &tag, 3), KN_OK);
    assert_int_equal(tag, 60);
    assert_memory_equal(frame.data, "x/3", 3);
}

static int collect(void *arg, const char *key, const void *value, size_t size)
{
    char *text = arg;
    sprintf(text + strlen(text), "%s=%.*s ", key, (int)size, (const char *)value);
    return KN_OK;
}

static void keeps_notes_with_the_messages(void **state)
{
    struct world *w = *state;
    struct outbox_bytes value;
    char all[128] = "";
    assert_int_equal(outbox_put(w->outbox, "a:2", "zwei", 4), KN_OK);
    assert_int_equal(outbox_put(w->outbox, "a:1", "eins", 4), KN_OK);
    assert_int_equal(outbox_put(w->outbox, "b:1", "x", 1), KN_OK);
    assert_int_equal(outbox_get(w->outbox, &value, "a:2"), KN_OK); /* before the commit */
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    assert_int_equal(outbox_put(w->outbox, "a:2", NULL, 0), KN_OK);
    assert_int_equal(outbox_each(w->outbox, "a:", collect, all), KN_OK);
    assert_string_equal(all, "a:1=eins ");
    reopen(w); /* the removal was not committed */
    all[0] = '\0';
    assert_int_equal(outbox_each(w->outbox, "", collect, all), KN_OK);
    assert_string_equal(all, "a:1=eins a:2=zwei b:1=x ");
}

/* How often TEXT lies in the file, in a page that is used or not. */
static int count_in_file(struct world *w, const char *text)
{
    static char bytes[1 << 20];
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "%s/data.mdb", w->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(size > 0 && size < sizeof bytes);
    for (char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), text, strlen(text))); at++)
        n++;
    return n;
}

static void what_was_sent_does_not_lie_about(void **state)
{
    struct world *w = *state;
    struct outbox_bytes value;
    char instance[17];
    snprintf(instance, sizeof instance, "%s", outbox_instance(w->outbox));
    for (int i = 1; i <= 50; i++) {
        append(w, (uint64_t)i, "planted 0912345678");
        assert_int_equal(outbox_commit(w->outbox), KN_OK);
    }
    assert_int_equal(outbox_put(w->outbox, "note", "kept", 4), KN_OK);
    for (int i = 1; i < 50; i++)
        assert_int_equal(outbox_remove(w->outbox, (uint64_t)i), KN_OK);
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    reopen(w); /* one is not answered yet */
    assert_int_equal(outbox_count(w->outbox), 1);
    assert_true(count_in_file(w, "planted 0912345678") > 0);
    assert_int_equal(outbox_remove(w->outbox, 50), KN_OK);
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    reopen(w);
    assert_int_equal(count_in_file(w, "planted 0912345678"), 0);
    assert_string_equal(outbox_instance(w->outbox), instance);
    assert_int_equal(outbox_last(w->outbox), 50);
    assert_int_equal(outbox_get(w->outbox, &value, "note"), KN_OK);
    append(w, 51, "next");
    assert_int_equal(outbox_commit(w->outbox), KN_OK);
    assert_int_equal(outbox_last(w->outbox), 51);
}

static void lets_one_process_in(void **state)
{
    struct world *w = *state;
    outbox_t *second;
    assert_int_equal(outbox_open(&second, w->folder), KN_E_BUSY);
    assert_null(second);
}

/* A child appends and removes, telling by a pipe what it committed; it is killed at any point. */
static void survives_kills(void **state)
{
    struct world *w = *state;
    uint64_t committed = 0, first = 1;
    outbox_close(&w->outbox);
    for (int round = 0; round < 25; round++) {
        int pipes[2];
        uint64_t told[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            outbox_t *outbox;
            if (outbox_open(&outbox, w->folder) != KN_OK)
                _exit(1);
            for (;;) {
                for (int i = 0; i < 20; i++)
                    outbox_append(outbox, outbox_last(outbox) + 1, "message", 7);
                for (int i = 0; i < 19; i++)
                    outbox_remove(outbox, outbox_first(outbox));
                if (outbox_commit(outbox) != KN_OK)
                    _exit(1);
                told[0] = outbox_last(outbox);
                told[1] = outbox_first(outbox);
                if (write(pipes[1], told, sizeof told) != (ssize_t)sizeof told)
                    _exit(1);
            }
        }
        for (int i = 0; i <= round % 7; i++)
            if (read(pipes[0], told, sizeof told) == (ssize_t)sizeof told) {
                committed = told[0];
                first = told[1];
            }
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(pipes[0]);
        close(pipes[1]);
        assert_int_equal(outbox_open(&w->outbox, w->folder), KN_OK);
        assert_true(outbox_last(w->outbox) >= committed && outbox_first(w->outbox) >= first);
        assert_int_equal(outbox_count(w->outbox),
                         outbox_last(w->outbox) - outbox_first(w->outbox) + 1);
        for (uint64_t s = outbox_first(w->outbox); s <= outbox_last(w->outbox); s++) {
            struct outbox_bytes frame;
            uint64_t tag;
            assert_int_equal(outbox_read(w->outbox, &frame, &tag, s), KN_OK);
            assert_int_equal(tag, s);
        }
        outbox_close(&w->outbox);
    }
    assert_true(committed > 0);
    assert_int_equal(outbox_open(&w->outbox, w->folder), KN_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_is_committed),
        TEST(never_gives_a_sequence_again),
        TEST(walks_over_holes),
        TEST(renews_its_instance),
        TEST(keeps_notes_with_the_messages),
        TEST(what_was_sent_does_not_lie_about),
        TEST(lets_one_process_in),
        TEST(survives_kills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
