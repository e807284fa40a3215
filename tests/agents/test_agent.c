/* test_agent.c - the skeleton as a process: what the operator types, sees and finds in the folders.
 */
#include "tests/agents/fakehub.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    struct fakehub hub;
    struct kn_keys keys;
    char folder[64];
    char out[65536]; /* of the last run, standard output and error */
};

static int setup(void **state)
{
    char path[128];
    struct world *w = calloc(1, sizeof *w);
    kn_keys_new(&w->keys);
    fakehub_init(&w->hub, w->keys.public_key);
    fakehub_start(&w->hub);
    snprintf(w->folder, sizeof w->folder, "agent-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(path, sizeof path, "%s/agent.key", w->folder);
    assert_int_equal(kn_keys_save(&w->keys, "lines", path), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    char command[128];
    fakehub_stop(&w->hub);
    fakehub_clear(&w->hub);
    snprintf(command, sizeof command, "rm -rf %s", w->folder);
    assert_int_equal(system(command), 0);
    free(w);
    return 0;
}

static void write_file(struct world *w, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool exists(struct world *w, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    return access(path, F_OK) == 0;
}

/* Runs a test agent with ARGUMENTS ("@" stands for the test's folder) and gives its exit code. */
static int run_program(struct world *w, const char *program, const char *arguments)
{
    char command[2048], expanded[1024] = "";
    size_t n = 0;
    for (const char *p = arguments; *p && n + 64 < sizeof expanded; p++) {
        if (*p == '@')
            n += (size_t)snprintf(expanded + n, sizeof expanded - n, "%s", w->folder);
        else
            expanded[n++] = *p;
    }
    snprintf(command, sizeof command,
             "./%s --hub-intake '%s' --hub-delivery '%s' --hub-key '%s' --state %s --timeout 10 %s "
             "2>&1",
             program, w->hub.endpoint, w->hub.endpoint, w->hub.keys.public_key, w->folder,
             expanded);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    w->out[fread(w->out, 1, sizeof w->out - 1, pipe)] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run(struct world *w, const char *arguments)
{
    return run_program(w, "kiennghi-lines", arguments);
}

static int count_of(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p += strlen(word))
        n++;
    return n;
}

#define SEES(w, word, n) assert_int_equal(count_of((w)->out, word), n)

static void takes_a_file_and_the_same_again(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 1\n1|alpha\n2|beta\n3|gamma\n");
    assert_int_equal(run(w, "--lang en @/a"), 0);
    SEES(w, "stored", 4); /* three rows, one summary */
    SEES(w, "HN-2026-00000", 3);
    SEES(w, "declared 3", 1);
    SEES(w, "missing 0", 1);
    assert_int_equal(run(w, "--json @/a"), 0);
    SEES(w, "\"verdict\":\"repeated\"", 3);
    SEES(w, "\"declared\":3,\"stored\":0,\"repeated\":3,\"conflict\":0,\"refused\":0,\"missing\":0",
         1);
    assert_int_equal(run(w, "--lang vi @/a"), 0);
    SEES(w, "đã có từ trước", 4);
    assert_int_equal(w->hub.n_stored, 3);
}

static void an_inserted_row_is_the_only_new_one(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 2\n1|alpha\n2|beta\n3|gamma\n|delta\n|delta\n");
    assert_int_equal(run(w, "@/a"), 0);
    /* renumbered, as a spreadsheet does */
    write_file(w, "a", "meeting 2\n1|alpha\n2|new one\n3|beta\n4|gamma\n|delta\n|delta\n");
    assert_int_equal(run(w, "--json @/a"), 0);
    SEES(w, "\"verdict\":\"stored\"", 1);
    SEES(w, "\"verdict\":\"repeated\"", 5);
    /* not renumbered */
    write_file(w, "a", "meeting 2\n1|alpha\n2|new one\n3|beta\n4|gamma\n|other\n|delta\n|delta\n");
    assert_int_equal(run(w, "--json @/a"), 0);
    SEES(w, "\"verdict\":\"stored\"", 1);
    SEES(w, "\"verdict\":\"repeated\"", 6);
    /* a row taken out and the rest renumbered */
    write_file(w, "a", "meeting 2\n1|alpha\n2|beta\n3|gamma\n");
    assert_int_equal(run(w, "--json @/a"), 0);
    SEES(w, "\"verdict\":\"repeated\"", 3);
    assert_int_equal(w->hub.n_stored, 7);
    assert_int_equal(w->hub.n_conflict, 0);
}

static void numbers_that_are_not_unique_do_not_count(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 9\n1|alpha\n01|beta\n2|gamma\n2|gamma\n");
    assert_int_equal(run(w, "--json @/a"), 0);
    SEES(w, "\"verdict\":\"stored\"", 4);
    /* two new rows in the same words, where numbers are taken */
    write_file(w, "b", "meeting 10\n1|alpha\n2|beta\n3|gamma\n");
    assert_int_equal(run(w, "--json @/b"), 0);
    write_file(w, "b", "meeting 10\n1|new\n2|new\n3|alpha\n4|beta\n5|gamma\n");
    assert_int_equal(run(w, "--json @/b"), 0);
    SEES(w, "\"verdict\":\"stored\"", 2);
    SEES(w, "\"verdict\":\"repeated\"", 3);
}

static void a_changed_row_is_a_conflict_with_a_remedy(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 3\n1|alpha\n2|beta\n");
    assert_int_equal(run(w, "@/a"), 0);
    write_file(w, "a", "meeting 3\n1|alpha\n2|beta, corrected\n");
    assert_int_equal(run(w, "--lang en @/a"), 65);
    SEES(w, "--revise", 1);
    assert_int_equal(w->hub.n_conflict, 1);
    write_file(w, "a", "meeting 3\n1|alpha\n2|beta\n");
    assert_int_equal(run(w, "@/a"), 0); /* the old text is still the known one */
}

static void a_refused_row_may_be_corrected(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 4\n1|alpha\n2|bad\n|bad\n!\n");
    assert_int_equal(run(w, "--json @/a"), 65);
    SEES(w, "\"verdict\":\"refused\"", 3);
    SEES(w, "\"field\":\"petition.text\"", 2);
    SEES(w, "\"refused\":3,\"missing\":0", 1);
    write_file(w, "a", "meeting 4\n1|alpha\n2|good\n|better\n|readable\n");
    assert_int_equal(run(w, "--json @/a"), 0);
    SEES(w, "\"verdict\":\"stored\"", 3);
    SEES(w, "\"item\":\"00000002\"", 1);
}

static void a_watched_folder_is_emptied(void **state)
{
    struct world *w = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/in", w->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    write_file(w, "in/a", "meeting 5\n1|alpha\n");
    write_file(w, "in/b", "\n");
    write_file(w, "in/.hidden", "x\n");
    assert_int_equal(run(w, "--watch @/in --once"), 65);
    assert_true(exists(w, "in/done/a"));
    assert_true(exists(w, "in/refused/b"));
    assert_true(exists(w, "in/.hidden"));
    write_file(w, "in/a", "meeting 5\n1|alpha\n");
    assert_int_equal(run(w, "--watch @/in --once"), 0);
    assert_true(exists(w, "in/done/a~1"));
}

static void a_watched_folder_is_taken_live(void **state)
{
    struct world *w = *state;
    char watch[128], state_folder[80], from[128], to[128];
    int status;
    snprintf(watch, sizeof watch, "--watch=%s/in", w->folder);
    snprintf(state_folder, sizeof state_folder, "--state=%s", w->folder);
    snprintf(from, sizeof from, "%s/moved", w->folder);
    snprintf(to, sizeof to, "%s/in/moved", w->folder);
    assert_int_equal(mkdir(watch + strlen("--watch="), 0700), 0);
    pid_t child = fork();
    if (child == 0) {
        assert_non_null(freopen("/dev/null", "w", stdout));
        execl("./kiennghi-lines", "kiennghi-lines", "--hub-intake", w->hub.endpoint, "--hub-key",
              w->hub.keys.public_key, state_folder, watch, "--quiet", NULL);
        _exit(127);
    }
    while (w->hub.n_hellos == 0)
        sched_yield(); /* it runs: what comes now is noticed, not found */
    write_file(w, "in/written", "meeting 12\n1|alpha\n");
    write_file(w, "moved", "meeting 13\n1|beta\n");
    assert_int_equal(rename(from, to), 0);
    while (!exists(w, "in/done/written") || !exists(w, "in/done/moved"))
        assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(w->hub.n_stored, 2);
}

static void nothing_is_lost_when_the_hub_is_away(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 6\n1|alpha\n2|beta\n");
    fakehub_stop(&w->hub);
    assert_int_equal(run(w, "--timeout 1 @/a"), 111);
    fakehub_start(&w->hub);
    write_file(w, "b", "meeting 7\n1|gamma\n");
    assert_int_equal(run(w, "--json @/b"), 0);
    assert_int_equal(w->hub.n_stored, 3);
    SEES(w, "\"verdict\":\"stored\"", 3);
    SEES(w, "\"file\":\"a\"", 2); /* rows of the earlier run */
}

static void the_agent_may_be_killed_at_any_point(void **state)
{
    enum { ROWS = 2000 };
    struct world *w = *state;
    char path[128], state_folder[80];
    snprintf(path, sizeof path, "%s/a", w->folder);
    snprintf(state_folder, sizeof state_folder, "--state=%s", w->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("meeting 11\n", file);
    for (int i = 1; i <= ROWS; i++)
        fprintf(file, "%d|petition %d\n", i, i);
    fclose(file);
    for (int stored = 100; stored <= 1500; stored += 200) {
        pid_t child = fork();
        if (child == 0) {
            assert_non_null(freopen("/dev/null", "w", stdout));
            execl("./kiennghi-lines", "kiennghi-lines", "--hub-intake", w->hub.endpoint,
                  "--hub-key", w->hub.keys.public_key, state_folder, path, NULL);
            _exit(127);
        }
        while (w->hub.n_stored < stored && waitpid(child, NULL, WNOHANG) == 0)
            sched_yield();
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    assert_int_equal(run(w, "--json @/a | tail -1"), 0);
    SEES(w, "\"missing\":0", 1);
    assert_int_equal(w->hub.n_stored, ROWS);
    assert_int_equal(w->hub.n_conflict, 0);
}

static void a_stranger_is_told(void **state)
{
    struct world *w = *state;
    write_file(w, "a", "meeting 8\n1|alpha\n");
    memset(w->hub.admitted, 'a', 40);
    assert_int_equal(run(w, "@/a"), 77);
    assert_int_equal(w->hub.n_stored, 0);
}

static void wrong_words_are_explained(void **state)
{
    struct world *w = *state;
    assert_int_equal(run(w, "--lang en --sorce x"), 64);
    SEES(w, "--sorce", 1);
    assert_int_equal(run(w, "--lang en --limit 10 @/a"), 64);
    SEES(w, "--limit: \"10\" is no whole number from 1 to 9", 1);
    assert_int_equal(run(w, "--lang en"), 64);
    assert_int_equal(run(w, "--lang en @/nothing"), 65);
    write_file(w, "c", "hub\n    intak = \"tcp://127.0.0.1:1\"\nlines\n    limit = \"3\"\n");
    assert_int_equal(run(w, "--lang en --config @/c"), 78);
    SEES(w, "/c:2: hub/intak: unknown key - is it hub/intake?", 1);
    write_file(w, "c", "lines\n    limit = \"30\"\n");
    assert_int_equal(run(w, "--lang en --config @/c"), 78);
    SEES(w, "lines/limit", 1);
    write_file(w, "c", "lines\n    limit = \"3\"\n");
    assert_int_equal(run(w, "--config @/c --print-config"), 0);
    SEES(w, "limit = \"3\"", 1);
    assert_int_equal(run(w, "--help"), 0);
    SEES(w, "mỗi dòng một kiến nghị", 1);
    assert_int_equal(run(w, "--version"), 0);
}

static void a_consumer_reads_on_where_it_stopped(void **state)
{
    struct world *w = *state;
    w->hub.n_events = 7;
    assert_int_equal(run_program(w, "kiennghi-follow", "--once"), 0);
    SEES(w, "event ", 7);
    w->hub.n_events = 9;
    assert_int_equal(run_program(w, "kiennghi-follow", "--once --json"), 0);
    SEES(w, "\"sequence\":", 2);
    assert_int_equal(w->hub.saved, 9);
}

static void a_command_acts_and_asks(void **state)
{
    struct world *w = *state;
    assert_int_equal(run_program(w, "kiennghi-follow", "link HN-2026-000002 HN-2026-000001"), 0);
    SEES(w, "linked", 1);
    assert_int_equal(run_program(w, "kiennghi-follow", "--lang en case get HN-2026-000002"), 65);
    SEES(w, "no such case", 1);
    w->hub.deny_role = true;
    assert_int_equal(
        run_program(w, "kiennghi-follow", "--lang en link HN-2026-000002 HN-2026-000001"), 77);
    SEES(w, "not allowed", 1);
    assert_int_equal(run_program(w, "kiennghi-follow", "case get"), 64);
    assert_int_equal(run_program(w, "kiennghi-follow", "case take X"), 64);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_a_file_and_the_same_again),
        TEST(an_inserted_row_is_the_only_new_one),
        TEST(numbers_that_are_not_unique_do_not_count),
        TEST(a_changed_row_is_a_conflict_with_a_remedy),
        TEST(a_refused_row_may_be_corrected),
        TEST(a_watched_folder_is_emptied),
        TEST(a_watched_folder_is_taken_live),
        TEST(nothing_is_lost_when_the_hub_is_away),
        TEST(the_agent_may_be_killed_at_any_point),
        TEST(a_stranger_is_told),
        TEST(a_consumer_reads_on_where_it_stopped),
        TEST(a_command_acts_and_asks),
        TEST(wrong_words_are_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
