/* reading.c - see the header. One line out for each line in, in order; a line that cannot be read
 * is answered with its number and the fault, and the rest goes on. */
#include "agents/reading.h"
#include "agents/lines/lines.h"
#include "agents/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_MAX = 4200, PROGRESS_EVERY = 500 };

struct job {
    text_t *text;
    FILE *in;
    struct lines_options options;
    char folder[FOLDER_MAX], why[512];
};

static void draw_progress(void *arg, size_t n)
{
    kn_agent_t *agent = arg;
    if (n % PROGRESS_EVERY == 0)
        fprintf(stderr, KN_TR(agent, "\rđã đọc %zu dòng", "\r%zu lines read"), n);
}

static int fail(kn_agent_t *agent, const char *where, const char *words)
{
    kn_agent_fault(agent, where, KN_CODE_INVALID, NULL, words);
    return KN_E_INVALID;
}

static int job_open(kn_agent_t *agent, struct job *job, const char *path)
{
    const char *folder = kn_agent_text(agent, "registers");
    if (folder)
        snprintf(job->folder, sizeof job->folder, "%s", folder);
    else
        names_folder(job->folder, sizeof job->folder);
    if (text_open(&job->text, job->folder, job->why, sizeof job->why) != KN_OK)
        return fail(agent, job->folder, job->why);
    job->in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!job->in)
        return fail(agent, path, strerror(errno));
    job->options.registers = job->folder;
    if (isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO)) {
        job->options.progress = draw_progress;
        job->options.progress_arg = agent;
    }
    return KN_OK;
}

/* RC of the work: refused lines (1) make the exit code of bad data, each was told in its place. */
static int job_close(kn_agent_t *agent, struct job *job, const char *path, int rc)
{
    if (job->options.progress)
        fprintf(stderr, "\r%*s\r", 32, "");
    if (rc < 0 && job->in)
        fail(agent, path, job->why[0] ? job->why : kn_agent_status_words(agent, rc));
    if (rc == 1)
        rc = fail(agent, path,
                  KN_TR(agent, "có dòng không đọc được, xem \"error\" ở dòng trả lời",
                        "some lines could not be read, see \"error\" in the answers"));
    if (rc == KN_OK && (fflush(stdout) != 0 || ferror(stdout)))
        rc = KN_E_IO;
    if (job->in && job->in != stdin)
        fclose(job->in);
    text_close(&job->text);
    return rc;
}

int classify(kn_agent_t *agent, int argc, char **argv)
{
    struct job job = {0};
    const char *taxonomy = kn_agent_text(agent, "taxonomy");
    (void)argc;
    job.options.corpus = strcmp(taxonomy, "corpus") == 0;
    if (!job.options.corpus && strcmp(taxonomy, "own") != 0)
        return fail(agent, "taxonomy", KN_TR(agent, "chọn own hay corpus", "own or corpus"));
    int rc = job_open(agent, &job, argv[0]);
    if (rc == KN_OK)
        rc = lines_classify(job.text, job.in, stdout, &job.options, job.why, sizeof job.why);
    return job_close(agent, &job, argv[0], rc);
}

int match(kn_agent_t *agent, int argc, char **argv)
{
    struct job job = {0};
    (void)argc;
    int rc = job_open(agent, &job, argv[0]);
    if (rc == KN_OK)
        rc = kn_agent_flag(agent, "pairs") ? lines_pairs(job.text, job.in, stdout, &job.options)
                                           : lines_stream(job.text, job.in, stdout, &job.options);
    return job_close(agent, &job, argv[0], rc);
}
