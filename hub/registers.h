/* registers.h - law and organisation as data with dates: the register files, read and checked.
 *
 * A register is a TSV file (UTF-8, `#` comments, one header line). Rows have valid_from and
 * valid_to (open when empty) and the legal basis. Reading is strict: an unknown or missing column,
 * a bad day, overlapping validity of one key, a reference to nothing is an error that names file,
 * line, column and remedy. A loaded set never changes; its version is a hash over all files, kept
 * in the log.
 */
#ifndef KN_REGISTERS_H
#define KN_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct registers registers_t;
typedef int32_t kn_day; /* days since 1970-01-01 at +07:00 */

struct registers_file {
    const char *name;  /* "units.tsv" */
    const char *bytes; /* not terminated */
    size_t size;
};

/* Reads every .tsv of FOLDER (not of its subfolders), sorted by name. */
int registers_read_folder(struct registers_file **out, size_t *n, const char *folder, char *why,
                          size_t why_size);
void registers_files_free(struct registers_file **files_p, size_t n);

/* Checks and indexes FILES (copied). KN_E_INVALID and WHY name the fault; KN_E_NOMEM. */
int registers_load(registers_t **out, const struct registers_file *files, size_t n, char *why,
                   size_t why_size);
void registers_close(registers_t **self_p);

/* 16 lower-case hex digits over names and bytes of all files. */
const char *registers_version(const registers_t *self);

/* Rows live as long as the set. Texts are never NULL; empty means not given. */
struct source_row {
    const char *code, *channel, *name, *name_en, *required, *profile, *basis;
    kn_day from, to;
};
struct field_row {
    const char *code, *ban, *name, *name_en, *corpus, *basis;
    kn_day from, to;
};
struct unit_row {
    const char *id, *name, *name_en, *type, *parent, *area, *predecessors, *note;
    kn_day from, to;
};
struct area_row {
    const char *id, *name, *type, *parent, *successors, *aliases, *note;
    kn_day from, to;
};
struct competence_row {
    const char *field, *area, *unit, *basis, *note;
    kn_day from, to;
};
struct deadline_row {
    const char *profile, *stage, *kind, *name, *name_en, *basis;
    int amount, due_soon_days, serious_days;
    kn_day from, to;
};
struct calendar_row {
    const char *kind, *name, *basis;
    kn_day from; /* the day */
};

/* In force on DAY; NULL when there is none. */
const struct source_row *registers_source(const registers_t *self, const char *code, kn_day day);
const struct field_row *registers_field(const registers_t *self, const char *code, kn_day day);
const struct unit_row *registers_unit(const registers_t *self, const char *id, kn_day day);
const struct area_row *registers_area(const registers_t *self, const char *id);
const struct deadline_row *registers_deadline(const registers_t *self, const char *profile,
                                              const char *stage, kn_day day);
const struct calendar_row *registers_holiday(const registers_t *self, kn_day day);
/* A day that may become free and is not counted as such yet; NULL. */
const struct calendar_row *registers_proposed_day(const registers_t *self, kn_day day);

/* All rows of a kind, for walking. */
const struct competence_row *registers_competence(const registers_t *self, size_t *n);
const struct area_row *registers_areas(const registers_t *self, size_t *n);
const struct calendar_row *registers_calendar(const registers_t *self, size_t *n);

/* The code of a field named TEXT: a code, or a Vietnamese or English name in any case and with or
 * without marks. NULL when TEXT is NULL or names none. */
const char *registers_field_code(const registers_t *self, const char *text, kn_day day);

/* The id of the area named TEXT on DAY: an id, or a name with or without type word and marks. NULL
 * when TEXT is NULL, unknown, or ambiguous. */
const char *registers_area_id(const registers_t *self, const char *text, kn_day day);

/* Whether a unit's last day is FROM or later and before TO. */
bool registers_unit_ends(const registers_t *self, kn_day from, kn_day to);

/* Units in force on DAY that came after ID, which need not be: at once, or by way of others that
 * have ended too. Returns how many of them stand in OUT, at most N. */
size_t registers_successors(const registers_t *self, const char *id, kn_day day, const char **out,
                            size_t n);

/* The unit that is the People's Committee of AREA on DAY; NULL when there is none. */
const struct unit_row *registers_unit_of_area(const registers_t *self, const char *area,
                                              kn_day day);

#endif
