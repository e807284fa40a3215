/* classify_lines.c - `kiennghi classify` without the rest of the tool, for tests and measuring:
 * classify_lines [--taxonomy corpus | --pairs] < petitions.jsonl */
#include "agents/lines/lines.h"

#include <string.h>

int main(int argc, char **argv)
{
    char why[512] = "";
    text_t *text = NULL;
    struct lines_options options = {.registers = KN_SOURCE_DIR "/schemas/registers"};
    options.scores = true;
    options.corpus = argc == 3 && strcmp(argv[1], "--taxonomy") == 0;
    int rc = text_open(&text, options.registers, why, sizeof why);
    if (rc == 0 && argc == 2 && strcmp(argv[1], "--pairs") == 0)
        rc = lines_pairs(text, stdin, stdout, &options);
    else if (rc == 0)
        rc = lines_classify(text, stdin, stdout, &options, why, sizeof why);
    if (rc < 0)
        fprintf(stderr, "%s\n", why);
    text_close(&text);
    return rc == 0 ? 0 : 65;
}
