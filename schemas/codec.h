/* codec.h - the tables that gen.py writes and the codec interprets; internal.
 *
 *     tables.c   the contract as rows (generated)
 *     skim.c     reads over hostile bytes, schema-free
 *     codec.c    bytes to structures and back
 *     stored.c   the same for the disk: short, trusted
 *     print.c    structures to JSON text; names of things
 *
 * The public side is kiennghi/message.h. Only these files and the codec's own tests include this.
 */
#ifndef SCHEMAS_CODEC_H
#define SCHEMAS_CODEC_H

#include <string.h>

#include "kiennghi/message.h"
#include "kiennghi/types.h"

enum field_kind {
    KIND_STRING,
    KIND_INTEGER,
    KIND_BOOLEAN,
    KIND_ENUM,
    KIND_OBJECT,
    KIND_STRINGS, /* arrays: the kind of their items, shifted */
    KIND_ENUMS,
    KIND_OBJECTS
};

enum field_flag { FIELD_REQUIRED = 1, FIELD_PRIVATE = 2, FIELD_HEX = 4, FIELD_OPEN = 8 };

struct field_row {
    const char *key;
    uint8_t key_size;
    uint8_t kind;
    uint8_t flags;
    uint16_t offset;    /* of the member */
    uint16_t beside;    /* of n_x of an array, of has_x of an optional integer */
    uint16_t ref;       /* enum kn_schema or enum kn_enum */
    uint16_t max_items; /* of an array */
    int64_t min;        /* of an integer; of a string, in code points */
    int64_t max;
    uint16_t word; /* its number in words.txt */
};

struct schema_row {
    const char *name;
    const struct field_row *fields;
    uint16_t n_fields;
    uint16_t size;
    uint64_t required; /* bit i: fields[i] is required */
};

struct enum_row {
    const char *name;
    const char *const *texts; /* 1..n_texts; [0] is NULL */
    const uint16_t *words;    /* their numbers in words.txt */
    uint16_t n_texts;
};

struct type_row {
    const char *name;
    enum kn_schema schema;
    const char *from; /* "role role" */
};

extern const struct schema_row codec_schemas[];
extern const size_t codec_n_schemas;
extern const struct enum_row codec_enums[];
extern const size_t codec_n_enums;
extern const struct type_row codec_types[256];

enum {
    SKIM_MAX_DEPTH = 6,
    SKIM_MAX_NODES = 16384, /* keys and values; bounds what msgpack-c may allocate to 400 KB */
    SKIM_MAX_KEYS = 128     /* in one map: 64 of ours and as many that we do not know yet */
};

/* Reads over hostile bytes before msgpack-c sees them, allocating nothing: one map, no deeper than
 * SKIM_MAX_DEPTH, no count above the bytes left, strict UTF-8, string keys that occur once, no nil,
 * binary, extension or floating point, nothing behind the map. 0 or KN_E_INVALID. */
int codec_skim(const void *bytes, size_t size, struct kn_fault *fault);

/* Code points of strict UTF-8 without U+0000; -1 if it is anything else, with *BAD the offset. */
long codec_text(const char *text, size_t size, size_t *bad);

/* A path of fields from the inside out, spelled only when something is wrong. */
struct step {
    const struct step *up;
    const char *key; /* NULL for an item */
    size_t key_size;
    size_t index; /* of an item */
};

/* Fills FAULT, which may be NULL, and gives RC. */
int codec_fail(struct kn_fault *fault, int rc, const struct step *path, enum kn_code code,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* ---- reading a structure by its rows ----------------------------------------------------------
 */

static inline bool is_array(const struct field_row *field)
{
    return field->kind >= KIND_STRINGS;
}

static inline bool is_optional_integer(const struct field_row *field)
{
    return field->kind == KIND_INTEGER && !(field->flags & FIELD_REQUIRED);
}

static inline const void *pointer_at(const char *at)
{
    const void *pointer;
    memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

static inline int64_t integer_at(const char *at)
{
    int64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline int enum_at(const char *at)
{
    int value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline size_t count_at(const char *at)
{
    size_t n;
    memcpy(&n, at, sizeof n);
    return n;
}

static inline bool bool_at(const char *at)
{
    bool value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* Whether the structure has a value for the field, required or not. */
static inline bool has_value(const struct field_row *field, const char *body)
{
    const char *at = body + field->offset;
    if (is_array(field))
        return count_at(body + field->beside) > 0;
    switch (field->kind) {
    case KIND_INTEGER: return !is_optional_integer(field) || bool_at(body + field->beside);
    case KIND_BOOLEAN: return bool_at(at);
    case KIND_ENUM: return enum_at(at) != 0;
    default: return pointer_at(at) != NULL;
    }
}

#endif
