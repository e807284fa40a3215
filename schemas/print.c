/* print.c - structures as JSON text, and the names of types, schemas and enum values.
 *
 * The only printer of messages and records: that personal fields come out as "***" is a property of
 * the schema, not of a careful programmer. Fields stand in schema order; absent ones are left out,
 * as in the encoding.
 */
#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "schemas/codec.h"

/* ---- text ------------------------------------------------------------------------------------ */

struct text {
    char *to;
    size_t size, used; /* used goes on counting beyond size */
    bool masked;
};

static void add(struct text *t, const char *bytes, size_t n)
{
    if (t->used < t->size) {
        size_t room = t->size - t->used;
        memcpy(t->to + t->used, bytes, n < room ? n : room);
    }
    t->used += n;
}

static void add_word(struct text *t, const char *word)
{
    add(t, word, strlen(word));
}

static void add_integer(struct text *t, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    add_word(t, digits);
}

/* A string of JSON; control characters are escaped, so that none reaches a terminal. */
static void add_string(struct text *t, const char *s)
{
    static const char *const shorts[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",  ['\f'] = "\\f",
        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\", [0x7f] = "\\u007f",
    };
    add(t, "\"", 1);
    for (const char *rest = s; *rest;) {
        const char *from = rest;
        unsigned char c;
        while ((c = (unsigned char)*rest) >= 0x20 &&
               (c >= sizeof shorts / sizeof *shorts || !shorts[c]))
            rest++;
        add(t, from, (size_t)(rest - from));
        if (!c)
            break;
        if (shorts[c]) {
            add_word(t, shorts[c]);
        } else {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", c);
            add_word(t, escape);
        }
        rest++;
    }
    add(t, "\"", 1);
}

/* ---- structures ------------------------------------------------------------------------------ */

static void print_object(struct text *t, const struct schema_row *schema, const char *body);

static void print_enum(struct text *t, const struct field_row *field, int value)
{
    const char *text = kn_enum_text((enum kn_enum)field->ref, value);
    add_string(t, text ? text : "");
}

static void print_array(struct text *t, const struct field_row *field, const char *body)
{
    size_t n = count_at(body + field->beside);
    const char *items = pointer_at(body + field->offset);
    add(t, "[", 1);
    for (size_t i = 0; i < n; i++) {
        if (i)
            add(t, ",", 1);
        if (field->kind == KIND_STRINGS)
            add_string(t, pointer_at(items + i * sizeof(char *)));
        else if (field->kind == KIND_ENUMS)
            print_enum(t, field, enum_at(items + i * sizeof(int)));
        else
            print_object(t, &codec_schemas[field->ref], items + i * codec_schemas[field->ref].size);
    }
    add(t, "]", 1);
}

static void print_field(struct text *t, const struct field_row *field, const char *body)
{
    const char *at = body + field->offset;
    if (t->masked && field->flags & FIELD_PRIVATE) {
        add_string(t, "***");
        return;
    }
    switch (field->kind) {
    case KIND_STRING: add_string(t, pointer_at(at)); break;
    case KIND_INTEGER: add_integer(t, integer_at(at)); break;
    case KIND_BOOLEAN: add_word(t, bool_at(at) ? "true" : "false"); break;
    case KIND_ENUM: print_enum(t, field, enum_at(at)); break;
    case KIND_OBJECT: print_object(t, &codec_schemas[field->ref], pointer_at(at)); break;
    default: print_array(t, field, body); break;
    }
}

static void print_object(struct text *t, const struct schema_row *schema, const char *body)
{
    const char *between = "{\"";
    for (size_t i = 0; i < schema->n_fields; i++) {
        const struct field_row *field = &schema->fields[i];
        bool always =
            field->flags & FIELD_REQUIRED && (is_array(field) || field->kind == KIND_BOOLEAN);
        if (!always && !has_value(field, body))
            continue;
        add_word(t, between);
        add(t, field->key, field->key_size);
        add(t, "\":", 2);
        print_field(t, field, body);
        between = ",\"";
    }
    add_word(t, between[0] == '{' ? "{}" : "}");
}

int kn_record_print(char *out, size_t size, enum kn_schema schema, const void *body, bool masked)
{
    struct text t = {.to = out, .size = size ? size - 1 : 0, .masked = masked};
    assert((size_t)schema > 0 && (size_t)schema < codec_n_schemas);
    print_object(&t, &codec_schemas[schema], body);
    if (size)
        out[t.used < size ? t.used : size - 1] = '\0';
    assert(t.used < INT_MAX);
    return (int)t.used;
}

/* ---- names ----------------------------------------------------------------------------------- */

const char *kn_type_name(enum kn_type type)
{
    return (unsigned)type < 256 ? codec_types[type].name : NULL;
}

enum kn_type kn_type_value(const char *name)
{
    for (int type = 1; type < 256; type++)
        if (codec_types[type].name && strcmp(codec_types[type].name, name) == 0)
            return (enum kn_type)type;
    return KN_TYPE_NONE;
}

enum kn_schema kn_type_schema(enum kn_type type)
{
    return (unsigned)type < 256 ? codec_types[type].schema : KN_SCHEMA_NONE;
}

bool kn_type_from(enum kn_type type, const char *sender)
{
    if ((unsigned)type >= 256 || !codec_types[type].name)
        return false;
    size_t size = strlen(sender);
    for (const char *word = codec_types[type].from; *word;) {
        size_t n = strcspn(word, " ");
        if (n == size && memcmp(word, sender, n) == 0)
            return true;
        word += n + (word[n] == ' ');
    }
    return false;
}

const char *kn_schema_name(enum kn_schema schema)
{
    return (size_t)schema > 0 && (size_t)schema < codec_n_schemas ? codec_schemas[schema].name
                                                                  : NULL;
}

enum kn_schema kn_schema_value(const char *name)
{
    for (size_t i = 1; i < codec_n_schemas; i++)
        if (strcmp(codec_schemas[i].name, name) == 0)
            return (enum kn_schema)i;
    return KN_SCHEMA_NONE;
}

const char *kn_enum_text(enum kn_enum which, int value)
{
    if ((size_t)which >= codec_n_enums || value < 1 || value > codec_enums[which].n_texts)
        return NULL;
    return codec_enums[which].texts[value];
}

int kn_enum_value(enum kn_enum which, const char *text)
{
    if ((size_t)which >= codec_n_enums || !text)
        return 0;
    for (int value = 1; value <= codec_enums[which].n_texts; value++)
        if (strcmp(codec_enums[which].texts[value], text) == 0)
            return value;
    return 0;
}
