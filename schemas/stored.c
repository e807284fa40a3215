/* stored.c - see the header. One interpreter over the rows of tables.c, as codec.c is; it checks no
 * text and no bounds, and allocates once. */
#include "schemas/stored.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/status.h"
#include "schemas/codec.h"

enum wire { WIRE_NUMBER, WIRE_TEXT, WIRE_HEX, WIRE_PARTS };
enum { LENGTH = 3, MAX_LENGTH = 0xffffff };

/* ---- writing --------------------------------------------------------------------------------- */

enum { MAX_VARINT = 10 };

struct sink {
    uint8_t *at, *end;
    bool is_full; /* something did not fit: nothing is written any more */
    bool public_only;
};

static bool fits(struct sink *s, size_t n)
{
    s->is_full |= (size_t)(s->end - s->at) < n;
    return !s->is_full;
}

/* Behind fits(). */
static void put_varint(struct sink *s, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        *s->at++ = (uint8_t)(value | 0x80);
    }
    *s->at++ = (uint8_t)value;
}

static void give_tag(struct sink *s, const struct field_row *field, enum wire wire)
{
    if (fits(s, MAX_VARINT)) {
        put_varint(s, (uint64_t)field->word * 4 + wire);
    }
}

static void give_number(struct sink *s, int64_t value)
{
    if (fits(s, MAX_VARINT)) {
        put_varint(s, (uint64_t)value << 1 ^ (uint64_t)(value < 0 ? -1 : 0));
    }
}

static void give_text(struct sink *s, const char *text)
{
    size_t n = strlen(text);
    if (fits(s, n + MAX_VARINT)) {
        put_varint(s, n);
        memcpy(s->at, text, n);
        s->at += n;
    }
}

#define DIGIT(c, value) [c] = (value) + 1

/* 1 + the value of a lower-case hexadecimal digit, 0 for anything else. */
static const uint8_t digits[256] = {DIGIT('0', 0),  DIGIT('1', 1),  DIGIT('2', 2),  DIGIT('3', 3),
                                    DIGIT('4', 4),  DIGIT('5', 5),  DIGIT('6', 6),  DIGIT('7', 7),
                                    DIGIT('8', 8),  DIGIT('9', 9),  DIGIT('a', 10), DIGIT('b', 11),
                                    DIGIT('c', 12), DIGIT('d', 13), DIGIT('e', 14), DIGIT('f', 15)};

/* A text that is pairs of lower-case hexadecimal digits. False: it is not, and nothing is given. */
static bool give_hex(struct sink *s, const struct field_row *field, const char *text)
{
    size_t n = strlen(text);
    bool good = n % 2 == 0;
    if (!fits(s, n / 2 + 2 * MAX_VARINT)) {
        return true;
    }
    uint8_t *from = s->at;
    put_varint(s, (uint64_t)field->word * 4 + WIRE_HEX);
    put_varint(s, n / 2);
    for (size_t i = 0; good && i < n; i += 2) {
        uint8_t high = digits[(uint8_t)text[i]], low = digits[(uint8_t)text[i + 1]];
        good = high && low;
        *s->at++ = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    s->at = good ? s->at : from;
    return good;
}

/* Room for a length that end_parts fills in. */
static uint8_t *begin_parts(struct sink *s)
{
    if (fits(s, LENGTH)) {
        s->at += LENGTH;
    }
    return s->at;
}

static void end_parts(const struct sink *s, uint8_t *from)
{
    size_t n = (size_t)(s->at - from);
    assert(n <= MAX_LENGTH);
    if (!s->is_full) {
        from[-3] = (uint8_t)(n >> 16);
        from[-2] = (uint8_t)(n >> 8);
        from[-1] = (uint8_t)n;
    }
}

static int64_t word_of(const struct field_row *field, int value)
{
    const struct enum_row *row = &codec_enums[field->ref];
    assert(value >= 0 && value <= row->n_texts);
    return row->words[value];
}

static void give_object(struct sink *s, const struct schema_row *schema, const char *body);

static size_t item_size(const struct field_row *field)
{
    switch (field->kind) {
    case KIND_STRINGS: return sizeof(const char *);
    case KIND_ENUMS: return sizeof(int);
    default: return codec_schemas[field->ref].size;
    }
}

static void give_array(struct sink *s, const struct field_row *field, const char *body)
{
    const char *at = pointer_at(body + field->offset);
    give_tag(s, field, WIRE_PARTS);
    uint8_t *parts = begin_parts(s);
    for (size_t n = count_at(body + field->beside); n--; at += item_size(field)) {
        if (field->kind == KIND_STRINGS) {
            give_text(s, pointer_at(at));
        } else if (field->kind == KIND_ENUMS) {
            give_number(s, word_of(field, enum_at(at)));
        } else {
            uint8_t *item = begin_parts(s);
            give_object(s, &codec_schemas[field->ref], at);
            end_parts(s, item);
        }
    }
    end_parts(s, parts);
}

static void give_field(struct sink *s, const struct field_row *field, const char *body)
{
    const char *at = body + field->offset;
    uint8_t *parts;
    switch (field->kind) {
    case KIND_STRING:
        if (!(field->flags & FIELD_HEX) || !give_hex(s, field, pointer_at(at))) {
            give_tag(s, field, WIRE_TEXT);
            give_text(s, pointer_at(at));
        }
        break;
    case KIND_INTEGER:
        give_tag(s, field, WIRE_NUMBER);
        give_number(s, integer_at(at));
        break;
    case KIND_BOOLEAN:
        give_tag(s, field, WIRE_NUMBER);
        give_number(s, bool_at(at));
        break;
    case KIND_ENUM:
        give_tag(s, field, WIRE_NUMBER);
        give_number(s, word_of(field, enum_at(at)));
        break;
    case KIND_OBJECT:
        give_tag(s, field, WIRE_PARTS);
        parts = begin_parts(s);
        give_object(s, &codec_schemas[field->ref], pointer_at(at));
        end_parts(s, parts);
        break;
    default: give_array(s, field, body);
    }
}

static void give_object(struct sink *s, const struct schema_row *schema, const char *body)
{
    for (size_t i = 0; i < schema->n_fields; i++) {
        const struct field_row *field = &schema->fields[i];
        if (!(s->public_only && field->flags & FIELD_PRIVATE) && has_value(field, body)) {
            give_field(s, field, body);
        }
    }
}

long stored_encode(void *out, size_t size, enum kn_schema schema, const void *body,
                   bool public_only)
{
    uint8_t *to = out;
    struct sink s = {.at = to, .end = to + size, .public_only = public_only};
    assert((size_t)schema > 0 && (size_t)schema < codec_n_schemas);
    give_object(&s, &codec_schemas[schema], body);
    return s.is_full ? KN_E_TOO_LARGE : (long)(s.at - to);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct span {
    const uint8_t *at, *end;
};

/* The block being made: BASE is NULL while it is measured. */
struct block {
    char *base;
    size_t used;
};

static size_t reserve(struct block *b, size_t size, size_t align)
{
    size_t at = (b->used + align - 1) & ~(align - 1);
    b->used = at + size;
    return at;
}

static void put(struct block *b, size_t at, const void *value, size_t size)
{
    if (b->base) {
        memcpy(b->base + at, value, size);
    }
}

static void put_pointer(struct block *b, size_t at, size_t to)
{
    if (b->base) {
        const void *pointer = b->base + to;
        memcpy(b->base + at, &pointer, sizeof pointer);
    }
}

static bool take_varint(uint64_t *out, struct span *in)
{
    *out = 0;
    for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        uint8_t byte = *in->at++;
        *out |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

static bool take_number(int64_t *out, struct span *in)
{
    uint64_t raw;
    bool ok = take_varint(&raw, in);
    *out = (int64_t)(raw >> 1 ^ (raw & 1 ? UINT64_MAX : 0));
    return ok;
}

/* N bytes of IN as a span of their own. */
static bool cut(struct span *out, struct span *in, uint64_t n)
{
    if (n > (size_t)(in->end - in->at)) {
        return false;
    }
    *out = (struct span){in->at, in->at + n};
    in->at += n;
    return true;
}

static bool take_text(struct span *out, struct span *in)
{
    uint64_t n;
    return take_varint(&n, in) && cut(out, in, n);
}

static bool take_parts(struct span *out, struct span *in)
{
    const uint8_t *at = in->at;
    if (in->end - at < LENGTH) {
        return false;
    }
    in->at += LENGTH;
    return cut(out, in, (uint64_t)at[0] << 16 | (uint64_t)at[1] << 8 | at[2]);
}

static void keep_text(struct block *b, size_t at, struct span text, bool hex)
{
    static const char letters[] = "0123456789abcdef";
    size_t n = (size_t)(text.end - text.at);
    size_t to = reserve(b, (hex ? 2 * n : n) + 1, 1); /* the block was zeroed */
    put_pointer(b, at, to);
    if (!hex) {
        put(b, to, text.at, n);
    } else if (b->base) {
        for (size_t i = 0; i < n; i++) {
            b->base[to + 2 * i] = letters[text.at[i] >> 4];
            b->base[to + 2 * i + 1] = letters[text.at[i] & 15];
        }
    }
}

/* The value of an enum whose word has this number; 0 when it is not known. */
static int value_of(const struct field_row *field, int64_t word)
{
    const struct enum_row *row = &codec_enums[field->ref];
    for (int value = 1; value <= row->n_texts; value++) {
        if (row->words[value] == word) {
            return value;
        }
    }
    return 0;
}

static bool take_object(struct block *b, const struct schema_row *schema, struct span in,
                        size_t at);

/* Items are of one kind: what they take of IN tells how many they are. */
static bool count_items(size_t *n, const struct field_row *field, struct span in)
{
    struct span item;
    int64_t number;
    bool ok = true;
    for (*n = 0; ok && in.at < in.end; ++*n) {
        ok = field->kind == KIND_STRINGS ? take_text(&item, &in)
             : field->kind == KIND_ENUMS ? take_number(&number, &in)
                                         : take_parts(&item, &in);
    }
    return ok;
}

static bool take_array(struct block *b, const struct field_row *field, struct span in, size_t at)
{
    size_t n, size = item_size(field);
    if (!count_items(&n, field, in)) {
        return false;
    }
    size_t to = reserve(b, n * size, _Alignof(max_align_t));
    if (n) {
        put_pointer(b, at + field->offset, to);
    }
    put(b, at + field->beside, &n, sizeof n);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++, to += size) {
        struct span item;
        int64_t word;
        if (field->kind == KIND_STRINGS) {
            take_text(&item, &in);
            keep_text(b, to, item, false);
        } else if (field->kind == KIND_ENUMS) {
            take_number(&word, &in);
            put(b, to, &(int){value_of(field, word)}, sizeof(int));
        } else {
            take_parts(&item, &in);
            ok = take_object(b, &codec_schemas[field->ref], item, to);
        }
    }
    return ok;
}

/* The value of FIELD, of kind WIRE, into the structure at AT. */
static bool take_field(struct block *b, const struct field_row *field, enum wire wire,
                       struct span *in, size_t at)
{
    struct span part;
    int64_t number;
    size_t to = at + field->offset;
    if (wire == WIRE_NUMBER) {
        if (!take_number(&number, in)) {
            return false;
        }
        switch (field->kind) {
        case KIND_INTEGER:
            put(b, to, &number, sizeof number);
            if (is_optional_integer(field)) {
                put(b, at + field->beside, &(bool){true}, sizeof(bool));
            }
            return true;
        case KIND_BOOLEAN: put(b, to, &(bool){number != 0}, sizeof(bool)); return true;
        case KIND_ENUM: put(b, to, &(int){value_of(field, number)}, sizeof(int)); return true;
        default: return false;
        }
    }
    if (wire == WIRE_TEXT || wire == WIRE_HEX) {
        if (field->kind != KIND_STRING || !take_text(&part, in)) {
            return false;
        }
        keep_text(b, to, part, wire == WIRE_HEX);
        return true;
    }
    if (!take_parts(&part, in)) {
        return false;
    }
    if (is_array(field)) {
        return take_array(b, field, part, at);
    }
    if (field->kind != KIND_OBJECT) {
        return false;
    }
    const struct schema_row *schema = &codec_schemas[field->ref];
    size_t object = reserve(b, schema->size, _Alignof(max_align_t));
    put_pointer(b, to, object);
    return take_object(b, schema, part, object);
}

static bool pass_over(enum wire wire, struct span *in)
{
    struct span part;
    int64_t number;
    return wire == WIRE_NUMBER  ? take_number(&number, in)
           : wire == WIRE_PARTS ? take_parts(&part, in)
                                : take_text(&part, in);
}

static bool take_object(struct block *b, const struct schema_row *schema, struct span in, size_t at)
{
    uint64_t open = schema->required;
    size_t hint = 0; /* fields come in the order of their rows */
    while (in.at < in.end) {
        uint64_t tag;
        if (!take_varint(&tag, &in)) {
            return false;
        }
        size_t tried = 0;
        while (tried < schema->n_fields && schema->fields[hint].word != tag / 4) {
            hint = hint + 1 < schema->n_fields ? hint + 1 : 0;
            tried++;
        }
        bool known = tried < schema->n_fields;
        if (!(known ? take_field(b, &schema->fields[hint], tag % 4, &in, at)
                    : pass_over(tag % 4, &in))) {
            return false;
        }
        open &= known ? ~(UINT64_C(1) << hint) : open;
    }
    for (size_t i = 0; open; i++, open >>= 1) {
        const struct field_row *field = &schema->fields[i];
        bool may_lack = field->flags & FIELD_PRIVATE || is_array(field) ||
                        field->kind == KIND_BOOLEAN; /* false is left out */
        if (open & 1 && !may_lack) {
            return false;
        }
    }
    return true;
}

int stored_decode(void **out_block, enum kn_schema schema, const void *bytes, size_t size)
{
    assert((size_t)schema > 0 && (size_t)schema < codec_n_schemas);
    const struct schema_row *row = &codec_schemas[schema];
    struct span in = {bytes, (const uint8_t *)bytes + size};
    struct block b = {.used = row->size};
    *out_block = NULL;
    if (!take_object(&b, row, in, 0)) {
        return KN_E_CORRUPT;
    }
    b.base = calloc(1, b.used);
    if (!b.base) {
        return KN_E_NOMEM;
    }
    b.used = row->size;
    take_object(&b, row, in, 0);
    *out_block = b.base;
    return KN_OK;
}
