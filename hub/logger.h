/** logger.h - lines for the person who keeps the hub running. Codes only: never a text, a name or a
 * number of a citizen. What happened to cases is told by the log of events, not here.
 *
 *     2026-03-02T08:15:00.123Z notice hub.ready intake=tcp://0.0.0.0:5571 agents=12
 *     <5>hub.ready intake=tcp://0.0.0.0:5571 agents=12          (under systemd)
 */
#ifndef KN_HUB_LOGGER_H
#define KN_HUB_LOGGER_H

#include <stdbool.h>

/** As in syslog. */
enum logger_level {
    LOGGER_ERROR = 3,   /**< somebody has to act now */
    LOGGER_WARNING = 4, /**< somebody should look today */
    LOGGER_NOTICE = 5,  /**< start, stop, changes of what is in force */
    LOGGER_INFO = 6,    /**< connections, batches */
    LOGGER_DEBUG = 7,
};

struct logger {
    enum logger_level level; /**< lines above it are left out */
    bool is_journal;         /**< stderr goes to systemd's journal */
    int fd;
};

/** Writes to stderr; asks the environment whether that is the journal. */
void logger_init(struct logger *self, enum logger_level level);

/** Writes one line with one write: EVENT (noun.verb) and key=value fields. Any thread. SELF NULL
 * writes notices and worse to stderr. Control characters become '?', a long line is cut. */
void logger_line(const struct logger *self, enum logger_level level, const char *event,
                 const char *fields, ...) __attribute__((format(printf, 4, 5)));

/** The level of a word (error warning notice info debug); 0 when it is none. */
enum logger_level logger_level_of(const char *word);
const char *logger_level_word(enum logger_level level);

#endif
