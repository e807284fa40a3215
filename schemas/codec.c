/* codec.c - bytes to structures and back, one interpreter for every schema.
 *
 * Decoding: skim.c passes the bytes, msgpack-c unpacks them, then one walk over the tree runs
 * twice: first it checks and measures, then it fills a single block, so it cannot fail half-way.
 * Encoding: one walk over the structure, which checks what it packs. Both follow the rows of
 * tables.c; there is no code for any particular message. The only file that includes msgpack.h.
 */
#include <assert.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/status.h"
#include "schemas/codec.h"

static const struct schema_row *schema_of(enum kn_schema schema)
{
    assert((size_t)schema > 0 && (size_t)schema < codec_n_schemas);
    return &codec_schemas[schema];
}

/* Kind of the value, or of the items of an array. */
static enum field_kind kind_of(const struct field_row *field)
{
    switch (field->kind) {
    case KIND_STRINGS: return KIND_STRING;
    case KIND_ENUMS: return KIND_ENUM;
    case KIND_OBJECTS: return KIND_OBJECT;
    default: return (enum field_kind)field->kind;
    }
}

/* ---- checks that both directions share ------------------------------------------------------- */

static int refuse(struct kn_fault *fault, const struct step *path, enum kn_code code,
                  const char *reason)
{
    return codec_fail(fault, KN_E_INVALID, path, code, "%s", reason);
}

/* N code points lie in the SIZE bytes of TEXT. */
static int check_text(const struct field_row *field, const char *text, size_t size, size_t n,
                      const struct step *path, struct kn_fault *fault)
{
    if (n > (size_t)field->max)
        return codec_fail(fault, KN_E_INVALID, path, KN_CODE_TOO_LONG,
                          "%zu characters, at most %zu are allowed", n, (size_t)field->max);
    if (n < (size_t)field->min)
        return codec_fail(fault, KN_E_INVALID, path, KN_CODE_INVALID,
                          "%zu characters, at least %zu are needed", n, (size_t)field->min);
    if (field->flags & FIELD_HEX)
        for (size_t i = 0; i < size; i++)
            if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
                return refuse(fault, path, KN_CODE_INVALID, "not lower-case hexadecimal");
    return KN_OK;
}

static int check_integer(const struct field_row *field, int64_t value, const struct step *path,
                         struct kn_fault *fault)
{
    if (value < field->min || value > field->max)
        return codec_fail(fault, KN_E_INVALID, path, KN_CODE_INVALID, "not within %lld..%lld",
                          (long long)field->min, (long long)field->max);
    return KN_OK;
}

static int check_count(const struct field_row *field, size_t n, const struct step *path,
                       struct kn_fault *fault)
{
    if (n > field->max_items)
        return codec_fail(fault, KN_E_INVALID, path, KN_CODE_INVALID,
                          "%zu items, at most %u are allowed", n, (unsigned)field->max_items);
    return KN_OK;
}

static int missing(struct kn_fault *fault, const struct step *path)
{
    return refuse(fault, path, KN_CODE_REQUIRED, "missing");
}

static struct step step_to(const struct step *up, const struct field_row *field)
{
    return (struct step){.up = up, .key = field->key, .key_size = field->key_size};
}

/* ---- decoding -------------------------------------------------------------------------------- */

/* The block being made: BASE is NULL while it is measured. All places in it are offsets. */
struct block {
    char *base;
    size_t used;
    bool public_only;
    struct kn_fault *fault;
};

static size_t reserve(struct block *b, size_t size, size_t align)
{
    size_t at = (b->used + align - 1) & ~(align - 1);
    b->used = at + size;
    return at;
}

static void put(struct block *b, size_t at, const void *value, size_t size)
{
    if (b->base)
        memcpy(b->base + at, value, size);
}

/* Stores at AT a pointer to the place TO. */
static void put_pointer(struct block *b, size_t at, size_t to)
{
    if (b->base) {
        const void *pointer = b->base + to;
        memcpy(b->base + at, &pointer, sizeof pointer);
    }
}

/* Code points of text that skim found valid: all bytes but the continuing ones. */
static size_t count_points(const char *text, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

static int take_object(struct block *b, const struct schema_row *schema, const msgpack_object *from,
                       size_t at, const struct step *path);

static int take_string(struct block *b, const struct field_row *field, const msgpack_object *from,
                       size_t at, const struct step *path)
{
    if (from->type != MSGPACK_OBJECT_STR)
        return refuse(b->fault, path, KN_CODE_INVALID, "not a string");
    const char *text = from->via.str.ptr;
    size_t size = from->via.str.size;
    size_t to = reserve(b, size + 1, 1);
    put_pointer(b, at, to);
    put(b, to, text, size); /* the block was zeroed */
    if (b->base)
        return KN_OK;
    return check_text(field, text, size, count_points(text, size), path, b->fault);
}

static int take_integer(struct block *b, const struct field_row *field, const msgpack_object *from,
                        size_t at, const struct step *path)
{
    int64_t value;
    if (from->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        value = from->via.i64;
    else if (from->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
        value = from->via.u64 > INT64_MAX ? INT64_MAX : (int64_t)from->via.u64;
    else
        return refuse(b->fault, path, KN_CODE_INVALID, "not an integer");
    if (from->type == MSGPACK_OBJECT_POSITIVE_INTEGER && from->via.u64 > INT64_MAX)
        return refuse(b->fault, path, KN_CODE_INVALID, "above 9223372036854775807");
    put(b, at, &value, sizeof value);
    if (is_optional_integer(field))
        put(b, at - field->offset + field->beside, &(bool){true}, sizeof(bool));
    return check_integer(field, value, path, b->fault);
}

static int take_enum(struct block *b, const struct field_row *field, const msgpack_object *from,
                     size_t at, const struct step *path)
{
    const struct enum_row *row = &codec_enums[field->ref];
    if (from->type != MSGPACK_OBJECT_STR)
        return refuse(b->fault, path, KN_CODE_INVALID, "not a string");
    const char *text = from->via.str.ptr;
    size_t size = from->via.str.size;
    for (int value = 1; value <= row->n_texts; value++)
        if (strncmp(row->texts[value], text, size) == 0 && row->texts[value][size] == '\0') {
            put(b, at, &value, sizeof value);
            return KN_OK;
        }
    if (field->flags & FIELD_OPEN)
        return KN_OK;
    return codec_fail(b->fault, KN_E_INVALID, path, KN_CODE_UNKNOWN_VALUE, "not a value of %s",
                      row->name);
}

/* One value or item into its place AT; an object only as an item, which lies in its array. */
static int take_value(struct block *b, const struct field_row *field, const msgpack_object *from,
                      size_t at, const struct step *path)
{
    switch (kind_of(field)) {
    case KIND_STRING: return take_string(b, field, from, at, path);
    case KIND_INTEGER: return take_integer(b, field, from, at, path);
    case KIND_ENUM: return take_enum(b, field, from, at, path);
    case KIND_OBJECT: return take_object(b, &codec_schemas[field->ref], from, at, path);
    default:
        if (from->type != MSGPACK_OBJECT_BOOLEAN)
            return refuse(b->fault, path, KN_CODE_INVALID, "not true or false");
        put(b, at, &from->via.boolean, sizeof(bool));
        return KN_OK;
    }
}

static size_t item_size(const struct field_row *field)
{
    switch (field->kind) {
    case KIND_STRINGS: return sizeof(const char *);
    case KIND_ENUMS: return sizeof(int);
    default: return codec_schemas[field->ref].size;
    }
}

static int take_array(struct block *b, const struct field_row *field, const msgpack_object *from,
                      size_t at, const struct step *path)
{
    if (from->type != MSGPACK_OBJECT_ARRAY)
        return refuse(b->fault, path, KN_CODE_INVALID, "not an array");
    size_t n = from->via.array.size;
    int rc = check_count(field, n, path, b->fault);
    size_t size = item_size(field);
    size_t items = reserve(b, n * size, _Alignof(max_align_t));
    if (n)
        put_pointer(b, at + field->offset, items);
    put(b, at + field->beside, &n, sizeof n);
    for (size_t i = 0; i < n && rc == KN_OK; i++) {
        struct step item = {.up = path, .index = i};
        rc = take_value(b, field, &from->via.array.ptr[i], items + i * size, &item);
    }
    return rc;
}

/* One field of the structure at AT. */
static int take_field(struct block *b, const struct field_row *field, const msgpack_object *from,
                      size_t at, const struct step *path)
{
    if (is_array(field))
        return take_array(b, field, from, at, path);
    if (field->kind != KIND_OBJECT)
        return take_value(b, field, from, at + field->offset, path);
    size_t to = reserve(b, codec_schemas[field->ref].size, _Alignof(max_align_t));
    put_pointer(b, at + field->offset, to);
    return take_value(b, field, from, to, path);
}

/* The row of KEY, tried at HINT first since keys mostly come in order; NULL if we do not know it.
 */
static const struct field_row *row_of(const struct schema_row *schema, const msgpack_object *key,
                                      size_t hint)
{
    size_t size = key->via.str.size;
    for (size_t i = 0; i < schema->n_fields; i++) {
        const struct field_row *row = &schema->fields[(hint + i) % schema->n_fields];
        if (row->key_size == size && memcmp(row->key, key->via.str.ptr, size) == 0)
            return row;
    }
    return NULL;
}

static int take_object(struct block *b, const struct schema_row *schema, const msgpack_object *from,
                       size_t at, const struct step *path)
{
    uint64_t open = schema->required;
    size_t hint = 0;
    if (from->type != MSGPACK_OBJECT_MAP)
        return refuse(b->fault, path, KN_CODE_INVALID, "not a map");
    for (size_t i = 0; i < from->via.map.size; i++) {
        const msgpack_object_kv *pair = &from->via.map.ptr[i];
        const struct field_row *field = row_of(schema, &pair->key, hint);
        if (!field || (b->public_only && field->flags & FIELD_PRIVATE))
            continue;
        hint = (size_t)(field - schema->fields);
        open &= ~(UINT64_C(1) << hint++);
        struct step step = step_to(path, field);
        int rc = take_field(b, field, &pair->val, at, &step);
        if (rc != KN_OK)
            return rc;
    }
    for (size_t i = 0; open; i++, open >>= 1) {
        const struct field_row *field = &schema->fields[i];
        if (open & 1 && !(b->public_only && field->flags & FIELD_PRIVATE)) {
            struct step step = step_to(path, field);
            return missing(b->fault, &step);
        }
    }
    return KN_OK;
}

/* Makes a block: HEAD bytes for the caller, then the structure. */
static int decode(void **out, size_t head, enum kn_schema which, const void *bytes, size_t size,
                  bool public_only, struct kn_fault *fault)
{
    const struct schema_row *schema = schema_of(which);
    struct block b = {.public_only = public_only, .fault = fault};
    msgpack_unpacked unpacked;
    size_t end = 0;

    *out = NULL;
    int rc = codec_skim(bytes, size, fault);
    if (rc != KN_OK)
        return rc;
    msgpack_unpacked_init(&unpacked);
    if (msgpack_unpack_next(&unpacked, bytes, size, &end) != MSGPACK_UNPACK_SUCCESS) {
        rc = codec_fail(fault, KN_E_NOMEM, NULL, KN_CODE_BUSY, "out of memory");
        goto done;
    }
    assert(end == size);
    size_t at = reserve(&b, head + schema->size, 1);
    rc = take_object(&b, schema, &unpacked.data, at + head, NULL);
    if (rc != KN_OK)
        goto done;
    size_t measured = b.used;
    b.base = calloc(1, measured);
    if (!b.base) {
        rc = codec_fail(fault, KN_E_NOMEM, NULL, KN_CODE_BUSY, "out of memory");
        goto done;
    }
    b.used = head + schema->size;
    rc = take_object(&b, schema, &unpacked.data, head, NULL);
    assert(rc == KN_OK && b.used == measured);
    *out = b.base;
done:
    msgpack_unpacked_destroy(&unpacked);
    return rc;
}

/* ---- encoding -------------------------------------------------------------------------------- */

struct sink {
    char *to;
    size_t size, used;
    size_t n_nodes;
    bool public_only;
    msgpack_packer packer;
    struct kn_fault *fault;
};

/* What msgpack-c calls. Beyond the end it only counts; the caller looks at `used` at last. */
static int append(void *data, const char *bytes, size_t size)
{
    struct sink *s = data;
    if (s->used <= s->size && size <= s->size - s->used)
        memcpy(s->to + s->used, bytes, size);
    s->used += size;
    return 0;
}

static int give_object(struct sink *s, const struct schema_row *schema, const char *body,
                       const struct step *path);

static int give_string(struct sink *s, const struct field_row *field, const char *text,
                       const struct step *path)
{
    size_t bad, size;
    if (!text)
        return missing(s->fault, path);
    size = strlen(text);
    long n = codec_text(text, size, &bad);
    if (n < 0)
        return codec_fail(s->fault, KN_E_INVALID, path, KN_CODE_NOT_TEXT,
                          "not UTF-8 text at byte %zu", bad);
    int rc = check_text(field, text, size, (size_t)n, path, s->fault);
    msgpack_pack_str_with_body(&s->packer, text, size);
    return rc;
}

static int give_enum(struct sink *s, const struct field_row *field, int value,
                     const struct step *path)
{
    const struct enum_row *row = &codec_enums[field->ref];
    if (value == 0)
        return missing(s->fault, path);
    if (value < 0 || value > row->n_texts)
        return codec_fail(s->fault, KN_E_INVALID, path, KN_CODE_UNKNOWN_VALUE, "not a value of %s",
                          row->name);
    msgpack_pack_str_with_body(&s->packer, row->texts[value], strlen(row->texts[value]));
    return KN_OK;
}

/* One value or item from its place AT; an object lies there itself. */
static int give_value(struct sink *s, const struct field_row *field, const char *at,
                      const struct step *path)
{
    s->n_nodes++;
    switch (kind_of(field)) {
    case KIND_STRING: return give_string(s, field, pointer_at(at), path);
    case KIND_ENUM: return give_enum(s, field, enum_at(at), path);
    case KIND_OBJECT: return give_object(s, &codec_schemas[field->ref], at, path);
    case KIND_INTEGER: {
        int64_t value = integer_at(at);
        msgpack_pack_int64(&s->packer, value);
        return check_integer(field, value, path, s->fault);
    }
    default:
        if (bool_at(at))
            msgpack_pack_true(&s->packer);
        else
            msgpack_pack_false(&s->packer);
        return KN_OK;
    }
}

static int give_array(struct sink *s, const struct field_row *field, const char *body,
                      const struct step *path)
{
    size_t n = count_at(body + field->beside);
    const char *items = pointer_at(body + field->offset);
    size_t size = item_size(field);
    assert(n == 0 || items);
    int rc = check_count(field, n, path, s->fault);
    s->n_nodes++;
    msgpack_pack_array(&s->packer, n);
    for (size_t i = 0; i < n && rc == KN_OK; i++) {
        struct step item = {.up = path, .index = i};
        rc = give_value(s, field, items + i * size, &item);
    }
    return rc;
}

static int give_field(struct sink *s, const struct field_row *field, const char *body,
                      const struct step *path)
{
    s->n_nodes++;
    msgpack_pack_str_with_body(&s->packer, field->key, field->key_size);
    if (is_array(field))
        return give_array(s, field, body, path);
    if (field->kind != KIND_OBJECT)
        return give_value(s, field, body + field->offset, path);
    const char *object = pointer_at(body + field->offset);
    return object ? give_value(s, field, object, path) : missing(s->fault, path);
}

static int give_object(struct sink *s, const struct schema_row *schema, const char *body,
                       const struct step *path)
{
    uint64_t given = 0;
    size_t n = 0;
    for (size_t i = 0; i < schema->n_fields; i++) {
        const struct field_row *field = &schema->fields[i];
        if (s->public_only && field->flags & FIELD_PRIVATE)
            continue;
        if (field->flags & FIELD_REQUIRED || has_value(field, body)) {
            given |= UINT64_C(1) << i;
            n++;
        }
    }
    msgpack_pack_map(&s->packer, n);
    for (size_t i = 0; given; i++, given >>= 1) {
        if (!(given & 1))
            continue;
        struct step step = step_to(path, &schema->fields[i]);
        int rc = give_field(s, &schema->fields[i], body, &step);
        if (rc != KN_OK)
            return rc;
    }
    return KN_OK;
}

static long encode(void *out, size_t size, enum kn_schema schema, const void *body,
                   bool public_only, struct kn_fault *fault)
{
    struct sink s = {.to = out, .size = size, .n_nodes = 1, .public_only = public_only};
    s.fault = fault;
    msgpack_packer_init(&s.packer, &s, append);
    int rc = give_object(&s, schema_of(schema), body, NULL);
    if (rc != KN_OK)
        return rc;
    if (s.n_nodes > SKIM_MAX_NODES)
        return codec_fail(fault, KN_E_TOO_LARGE, NULL, KN_CODE_TOO_LARGE, "%zu values, at most %d",
                          s.n_nodes, SKIM_MAX_NODES);
    if (s.used > size)
        return codec_fail(fault, KN_E_TOO_LARGE, NULL, KN_CODE_TOO_LARGE,
                          "%zu bytes, at most %zu fit", s.used, size);
    return (long)s.used;
}

/* ---- the public side ------------------------------------------------------------------------- */

static const struct step frame_step = {.key = "frame", .key_size = 5};

/* A message and its structure in one block; the structure must be aligned for anything. */
struct message {
    _Alignas(max_align_t) struct kn_message public;
};

int kn_message_decode(struct kn_message **out, const void *frame, size_t size,
                      struct kn_fault *fault)
{
    const unsigned char *head = frame;
    static const unsigned char no_flags[4];
    *out = NULL;
    if (size > KN_FRAME_MAX)
        return codec_fail(fault, KN_E_TOO_LARGE, &frame_step, KN_CODE_TOO_LARGE,
                          "%zu bytes, at most %d are allowed", size, KN_FRAME_MAX);
    if (size < KN_FRAME_HEAD || memcmp(head, "KN", 2) != 0)
        return refuse(fault, &frame_step, KN_CODE_MALFORMED, "not a frame of kiennghi");
    if (head[2] != KN_FRAME_MAJOR)
        return codec_fail(fault, KN_E_VERSION, &frame_step, KN_CODE_VERSION,
                          "major version %d, this is %d", head[2], KN_FRAME_MAJOR);
    if (memcmp(head + 4, no_flags, sizeof no_flags) != 0)
        return refuse(fault, &frame_step, KN_CODE_MALFORMED, "flags are not zero");
    enum kn_schema schema = kn_type_schema((enum kn_type)head[3]);
    if (schema == KN_SCHEMA_NONE)
        return codec_fail(fault, KN_E_NOT_FOUND, &frame_step, KN_CODE_UNKNOWN_TYPE,
                          "unknown message type %d", head[3]);
    void *block;
    int rc = decode(&block, sizeof(struct message), schema, head + KN_FRAME_HEAD,
                    size - KN_FRAME_HEAD, false, fault);
    if (rc == KN_OK) {
        struct message *message = block;
        message->public.type = (enum kn_type)head[3];
        message->public.body = message + 1;
        *out = &message->public;
    }
    return rc;
}

long kn_message_encode(void *out, size_t size, enum kn_type type, const void *body,
                       struct kn_fault *fault)
{
    enum kn_schema schema = kn_type_schema(type);
    assert(schema != KN_SCHEMA_NONE);
    size = size < KN_FRAME_MAX ? size : KN_FRAME_MAX;
    if (size < KN_FRAME_HEAD)
        return codec_fail(fault, KN_E_TOO_LARGE, &frame_step, KN_CODE_TOO_LARGE, "no room");
    const unsigned char head[KN_FRAME_HEAD] = {'K', 'N', KN_FRAME_MAJOR, (unsigned char)type};
    memcpy(out, head, sizeof head);
    long n = encode((char *)out + KN_FRAME_HEAD, size - KN_FRAME_HEAD, schema, body, false, fault);
    return n < 0 ? n : n + KN_FRAME_HEAD;
}

void kn_message_destroy(struct kn_message **message_p)
{
    free(*message_p);
    *message_p = NULL;
}

int kn_record_decode(void **out_block, enum kn_schema schema, const void *bytes, size_t size,
                     struct kn_fault *fault)
{
    return decode(out_block, 0, schema, bytes, size, false, fault);
}

int kn_record_decode_public(void **out_block, enum kn_schema schema, const void *bytes, size_t size,
                            struct kn_fault *fault)
{
    return decode(out_block, 0, schema, bytes, size, true, fault);
}

long kn_record_encode(void *out, size_t size, enum kn_schema schema, const void *body,
                      struct kn_fault *fault)
{
    return encode(out, size, schema, body, false, fault);
}

long kn_record_encode_public(void *out, size_t size, enum kn_schema schema, const void *body,
                             struct kn_fault *fault)
{
    return encode(out, size, schema, body, true, fault);
}

void kn_record_destroy(void **block_p)
{
    free(*block_p);
    *block_p = NULL;
}
