/* logger.c - lines for the person who keeps the hub running. See the header. */
#include "hub/logger.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LINE = 1024 };

static const char *const words[] = {
    [LOGGER_ERROR] = "error", [LOGGER_WARNING] = "warning", [LOGGER_NOTICE] = "notice",
    [LOGGER_INFO] = "info",   [LOGGER_DEBUG] = "debug",
};

const char *logger_level_word(enum logger_level level)
{
    return level >= LOGGER_ERROR && level <= LOGGER_DEBUG ? words[level] : "notice";
}

enum logger_level logger_level_of(const char *word)
{
    for (int level = LOGGER_ERROR; level <= LOGGER_DEBUG; level++)
        if (strcmp(words[level], word) == 0)
            return (enum logger_level)level;
    return (enum logger_level)0;
}

void logger_init(struct logger *self, enum logger_level level)
{
    *self = (struct logger){
        .level = level, .is_journal = getenv("JOURNAL_STREAM") != NULL, .fd = STDERR_FILENO};
}

static size_t put_head(char *line, const struct logger *self, enum logger_level level)
{
    if (self->is_journal)
        return (size_t)snprintf(line, MAX_LINE, "<%d>", (int)level);
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t size = strftime(line, MAX_LINE, "%Y-%m-%dT%H:%M:%S", &utc);
    size += (size_t)snprintf(line + size, MAX_LINE - size, ".%03ldZ %s ", now.tv_nsec / 1000000,
                             logger_level_word(level));
    return size;
}

void logger_line(const struct logger *self, enum logger_level level, const char *event,
                 const char *fields, ...)
{
    struct logger standard;
    if (!self) {
        logger_init(&standard, LOGGER_NOTICE);
        self = &standard;
    }
    if (level > self->level)
        return;

    char line[MAX_LINE];
    size_t size = put_head(line, self, level);
    size += (size_t)snprintf(line + size, MAX_LINE - size, "%.64s ", event);
    va_list args;
    va_start(args, fields);
    const int n_fields = vsnprintf(line + size, MAX_LINE - size, fields, args);
    va_end(args);
    if (n_fields > 0)
        size += (size_t)n_fields < MAX_LINE - size ? (size_t)n_fields : MAX_LINE - size - 1;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    while (size > 0 && line[size - 1] == ' ')
        size--;
    line[size] = '\n';
    /* Nowhere to say that saying failed. */
    if (write(self->fd, line, size + 1) < 0)
        return;
}
