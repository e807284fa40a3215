/* lines.c - the smallest agent: a text file becomes a batch, a line "NUMBER|TEXT" a petition.
 *
 * Serves the tests of the skeleton. The first line names the container; a line "!" cannot be read.
 */
#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_lines(kn_agent_t *agent, const char *path)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    char id[33];
    int rc = KN_E_INVALID;
    int64_t row = 1;
    FILE *file = fopen(path, "r");
    if (!file || (n = getline(&line, &room, file)) <= 1) {
        kn_agent_fault(agent, path, KN_CODE_UNREADABLE, NULL, "the first line names the container");
        goto done;
    }
    kn_hash_hex32(id, 1, (const char *[]){line});
    line[n - 1] = '\0';
    struct kn_batch_declare declare = {.batch = id,
                                       .container = id,
                                       .source = kn_agent_text(agent, "source"),
                                       .channel = KN_CHANNEL_CONTACT,
                                       .title = line};
    rc = kn_agent_batch(agent, &declare);
    while (rc == KN_OK && (n = getline(&line, &room, file)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        row++;
        char *bar = strchr(line, '|');
        if (!bar) {
            rc = kn_agent_refuse(agent, row, NULL, line, strlen(line), KN_CODE_UNREADABLE, "text",
                                 "no bar");
            continue;
        }
        *bar = '\0';
        struct kn_petition petition = {.text = bar + 1};
        rc = kn_agent_row(agent, row, line, &petition);
    }
    if (rc == KN_OK)
        rc = kn_agent_batch_end(agent, -1);
done:
    free(line);
    if (file)
        fclose(file);
    return rc;
}

static int say(kn_agent_t *agent, int argc, char **argv)
{
    kn_agent_print(agent, "%d %s", argc, argv[0]);
    return KN_OK;
}

static const struct kn_agent_option options[] = {{.name = "source",
                                                  .kind = KN_OPTION_TEXT,
                                                  .arg = "CODE",
                                                  .standard = "test",
                                                  .help_vi = "mã nguồn",
                                                  .help_en = "code of the source"},
                                                 {.name = "limit",
                                                  .kind = KN_OPTION_INTEGER,
                                                  .arg = "N",
                                                  .min = 1,
                                                  .max = 9,
                                                  .help_vi = "giới hạn",
                                                  .help_en = "a bound"},
                                                 {0}};

int main(int argc, char **argv)
{
    static const struct kn_agent_spec spec = {.name = "lines",
                                              .about_vi = "mỗi dòng một kiến nghị",
                                              .about_en = "one petition a line",
                                              .args = "FILE…",
                                              .options = options,
                                              .read = read_lines};
    static const struct kn_agent_command commands[] = {{.name = "say so",
                                                        .args = "WORD",
                                                        .min_args = 1,
                                                        .max_args = 1,
                                                        .run = say,
                                                        .help_vi = "nói",
                                                        .help_en = "say"},
                                                       {0}};
    if (argc > 1 && strcmp(argv[1], "say") == 0) {
        struct kn_agent_spec with_commands = spec;
        with_commands.commands = commands;
        return kn_agent_main(argc, argv, &with_commands);
    }
    return kn_agent_main(argc, argv, &spec);
}
