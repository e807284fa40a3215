/* package.h - a zip of XML parts (XLSX, DOCX, ODS, ODT), each read as a stream of events. */
#ifndef KN_READ_PACKAGE_H
#define KN_READ_PACKAGE_H

#include "agents/read/parts.h"

typedef struct package package_t;

/* Opens the zip PATH and checks its bounds. */
int package_open(package_t **out, const char *path, struct read_fault *fault);
void package_close(package_t **self_p);
bool package_has(const package_t *self, const char *part);
/* Whether the part NAME begins with BYTES. */
bool package_begins(const package_t *self, const char *name, const char *bytes);

/* ---- relations.c ---------------------------------------------------------------------------- */

enum { PART_PATH = 512, PART_ROOT = 32 };

/* The main part, as the relations of the package say, and the name of its root element; false: they
 * do not say. */
bool package_main(package_t *self, char path[PART_PATH], char root[PART_ROOT]);
/* Where TARGET of a relation of part FROM is; where the relations of PART are. False: too long. */
bool part_resolve(char out[PART_PATH], const char *from, const char *target);
bool part_relations(char out[PART_PATH], const char *part);

enum part_event { PART_END, PART_OPEN, PART_TEXT, PART_CLOSE };

/* One XML part being read. NAME is the local name of the element that was opened or closed; every
 * opened element is closed, also an empty one. */
struct part {
    enum part_event event;
    const char *name;
    int depth; /* of the element; the root has 0 */
};

/* KN_E_NOT_FOUND: there is no such part, FAULT is of kind READ_PART_MISSING. */
int part_open(struct part **out, package_t *package, const char *name, struct read_fault *fault);
void part_close(struct part **part_p);
/* The next event: 0, or negative with FAULT. At the end the event is PART_END. */
int part_next(struct part *part, struct read_fault *fault);
/* Moves behind the element that was just opened. */
int part_skip(struct part *part, struct read_fault *fault);
/* The attribute with this local name of the element just opened, or NULL. Borrowed until the next
 * event. */
const char *part_attribute(const struct part *part, const char *name);
/* The same as a whole number, STANDARD when it is absent or none; never more than MAX. */
uint32_t part_count(const struct part *part, const char *name, uint32_t standard, uint32_t max);
/* Whether it is there and says yes. */
bool part_flag(const struct part *part, const char *name);
/* Whether the element just opened is a relation of KIND, the last word of its type. */
bool part_relates(const struct part *part, const char *kind);
/* The text of a PART_TEXT event. */
const char *part_text(const struct part *part);

static inline bool part_opens(const struct part *part, const char *name)
{
    return part->event == PART_OPEN && read_equal(part->name, name);
}

static inline bool part_closes(const struct part *part, const char *name)
{
    return part->event == PART_CLOSE && read_equal(part->name, name);
}

#endif
