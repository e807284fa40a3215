/** config.h - the hub's configuration: a file in ZPL, strict.
 *
 *     listen
 *         intake = "tcp://192.0.2.1:5571"
 *     store
 *         folder = "/var/lib/kiennghi"
 *         map_size = 64G
 *
 * Every key stands in the table of config.c with its type, bounds, default and meaning;
 * `kiennghi-hub
 * --print-config` prints them all. A key that is not there, or stands there twice, is an error
 * that names file, line and the nearest key that exists: a typing error never falls back to a
 * default.
 */
#ifndef KN_HUB_CONFIG_H
#define KN_HUB_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CONFIG_MAX_TEXT = 512, CONFIG_MAX_FILE = 65536 };

struct config {
    char intake[CONFIG_MAX_TEXT];
    char delivery[CONFIG_MAX_TEXT];
    char control[CONFIG_MAX_TEXT];
    char tap[CONFIG_MAX_TEXT];
    int64_t n_io_threads;
    char store[CONFIG_MAX_TEXT];
    int64_t map_size;
    int64_t min_free;
    int64_t gap_minutes;
    int64_t max_file;
    char registers[CONFIG_MAX_TEXT];
    char key[CONFIG_MAX_TEXT];
    int64_t compact_hour;
    int64_t window;
    int64_t rate, bytes_per_day, sessions;
    int64_t tap_connections;
    int64_t max_memory;
    int64_t log_level; /* enum logger_level */
};

/** The defaults. */
void config_init(struct config *out);

/** Reads a file over what SELF has. KN_E_NOT_FOUND, KN_E_IO, KN_E_INVALID; WHY names file, line and
 * fault. On failure SELF may be half changed. */
int config_load(struct config *self, const char *path, char *why, size_t n_why);

/** The same from SIZE bytes; NAME stands for the file in WHY. */
int config_parse(struct config *self, const char *text, size_t size, const char *name, char *why,
                 size_t n_why);

/** Sets one key, "store/folder", from its text. */
int config_set(struct config *self, const char *key, const char *value, char *why, size_t n_why);

/** Prints all keys with their values as a file that config_load reads. */
void config_print(const struct config *self, FILE *out);

#endif
