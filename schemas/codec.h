/* codec.h - the tables that gen.py writes and codec.c interprets; internal.
 *
 * The public side is kiennghi/message.h. Only codec.c, tables.c and the codec's own tests include
 * this file.
 */
#ifndef SCHEMAS_CODEC_H
#define SCHEMAS_CODEC_H

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
    uint16_t beside;    /* of has_x or n_x; 0 = there is none */
    uint16_t ref;       /* enum kn_schema or enum kn_enum */
    uint16_t max_items; /* of an array */
    int64_t min;        /* of an integer; of a string, in code points */
    int64_t max;
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
    uint16_t n_texts;
};

struct type_row {
    const char *name;
    enum kn_schema schema;
    const char *from; /* " role role " */
};

/* The C mapping puts n_x or has_x before x, so that an offset 0 in `beside` is never ambiguous for
 * any member but the first; codec.c knows by the kind and by FIELD_REQUIRED whether there is one. */
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

#endif
