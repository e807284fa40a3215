/* json.c - JSON by jansson, written out as MessagePack for the one decoder.
 *
 * Needs no packer: everything is written in its longest form, which the decoder takes too. What
 * JSON knows and the contract does not (null, fractions) is refused here.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/status.h"
#include "schemas/codec.h"
#include "schemas/json.h"

/* Grows as needed; `failed` is sticky. */
struct bytes {
    unsigned char *data;
    size_t size, used;
    bool failed;
};

static void add(struct bytes *b, const void *from, size_t n)
{
    if (b->failed)
        return;
    if (n > b->size - b->used) {
        size_t size = 2 * b->size + n + 256;
        unsigned char *data = realloc(b->data, size);
        if (!data) {
            b->failed = true;
            return;
        }
        b->data = data;
        b->size = size;
    }
    if (n)
        memcpy(b->data + b->used, from, n);
    b->used += n;
}

/* A head byte and N_BYTES of big-endian value. */
static void add_head(struct bytes *b, unsigned char head, uint64_t value, int n_bytes)
{
    unsigned char bytes[9] = {head};
    for (int i = n_bytes; i > 0; i--, value >>= 8)
        bytes[i] = (unsigned char)value;
    add(b, bytes, (size_t)n_bytes + 1);
}

static void add_string(struct bytes *b, const char *text, size_t size)
{
    add_head(b, 0xdb, size, 4);
    add(b, text, size);
}

/* Depth beyond the limit of skim is cut off there, and refused by it. */
static int add_value(struct bytes *b, json_t *value, int depth, const struct step *path,
                     struct kn_fault *fault)
{
    int rc = KN_OK;
    const char *key;
    size_t key_size, index;
    json_t *item;

    switch (json_typeof(value)) {
    case JSON_TRUE: add_head(b, 0xc3, 0, 0); return KN_OK;
    case JSON_FALSE: add_head(b, 0xc2, 0, 0); return KN_OK;
    case JSON_INTEGER: add_head(b, 0xd3, (uint64_t)json_integer_value(value), 8); return KN_OK;
    case JSON_STRING: add_string(b, json_string_value(value), json_string_length(value)); return rc;
    case JSON_NULL:
        return codec_fail(fault, KN_E_INVALID, path, KN_CODE_INVALID, "null is not allowed");
    case JSON_REAL: return codec_fail(fault, KN_E_INVALID, path, KN_CODE_INVALID, "not an integer");
    default: break;
    }
    if (depth > SKIM_MAX_DEPTH)
        return codec_fail(fault, KN_E_INVALID, path, KN_CODE_MALFORMED, "nested too deep");
    if (json_is_array(value)) {
        add_head(b, 0xdd, json_array_size(value), 4);
        json_array_foreach(value, index, item)
        {
            struct step step = {.up = path, .index = index};
            if (rc == KN_OK)
                rc = add_value(b, item, depth + 1, &step, fault);
        }
        return rc;
    }
    add_head(b, 0xdf, json_object_size(value), 4);
    json_object_foreach(value, key, item)
    {
        key_size = strlen(key);
        struct step step = {.up = path, .key = key, .key_size = key_size};
        add_string(b, key, key_size);
        if (rc == KN_OK)
            rc = add_value(b, item, depth + 1, &step, fault);
    }
    return rc;
}

int kn_record_parse(void **out_block, enum kn_schema schema, const char *json, size_t size,
                    struct kn_fault *fault)
{
    struct bytes b = {0};
    json_error_t error;
    *out_block = NULL;
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return codec_fail(fault, KN_E_INVALID, NULL, KN_CODE_MALFORMED,
                          "not JSON at line %d column %d", error.line, error.column);
    int rc = add_value(&b, root, 1, NULL, fault);
    if (rc == KN_OK && b.failed)
        rc = codec_fail(fault, KN_E_NOMEM, NULL, KN_CODE_BUSY, "out of memory");
    if (rc == KN_OK)
        rc = kn_record_decode(out_block, schema, b.data, b.used, fault);
    json_decref(root);
    free(b.data);
    return rc;
}
