/* skim.c - reads over bytes from anybody, before msgpack-c sees them.
 *
 * msgpack-c believes what bytes claim: five of them reserve 8 GiB. So nothing reaches it that has
 * not passed here. The walk allocates nothing and is linear but for the search of duplicate keys,
 * which a 64-bit filter keeps out of the way unless somebody provokes it, and SKIM_MAX_KEYS bounds
 * then. It knows no schema; the path of a fault is spelled from the keys it passed, made harmless.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kiennghi/status.h"
#include "schemas/codec.h"

/* ---- faults ---------------------------------------------------------------------------------- */

/* Appends the path; what is no name of ours becomes '?', what does not fit is left out. */
static size_t spell(char *to, size_t size, const struct step *path)
{
    size_t used = path->up ? spell(to, size, path->up) : 0;
    if (!path->key) {
        int n = snprintf(to + used, size - used, "[%zu]", path->index);
        return used + (size_t)n < size ? used + (size_t)n : used;
    }
    if (used && used + 1 < size)
        to[used++] = '.';
    for (size_t i = 0; i < path->key_size && used + 1 < size; i++) {
        char c = path->key[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        to[used++] = plain ? c : '?';
    }
    to[used] = '\0';
    return used;
}

int codec_fail(struct kn_fault *fault, int rc, const struct step *path, enum kn_code code,
               const char *format, ...)
{
    if (!fault)
        return rc;
    *fault = (struct kn_fault){.code = code};
    if (path)
        spell(fault->field, sizeof fault->field, path);
    va_list args;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof fault->reason, format, args);
    va_end(args);
    return rc;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Bytes of the code point at P, 0 if it is none: RFC 3629, no surrogates, no overlong forms. */
static size_t code_point(const unsigned char *p, size_t left)
{
#define TAIL(i) ((p[i] & 0xc0) == 0x80)
    if (p[0] < 0xc2)
        return 0;
    if (p[0] < 0xe0)
        return left >= 2 && TAIL(1) ? 2 : 0;
    if (p[0] < 0xf0) {
        if (left < 3 || !TAIL(1) || !TAIL(2))
            return 0;
        bool bad = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f);
        return bad ? 0 : 3;
    }
    if (p[0] > 0xf4 || left < 4 || !TAIL(1) || !TAIL(2) || !TAIL(3))
        return 0;
    bool bad = (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f);
    return bad ? 0 : 4;
#undef TAIL
}

long codec_text(const char *text, size_t size, size_t *bad)
{
    const unsigned char *p = (const unsigned char *)text;
    long n = 0;
    for (size_t i = 0; i < size;) {
        size_t step;
        if (p[i] < 0x80)
            step = p[i] != 0;
        else
            step = code_point(p + i, size - i);
        if (step == 0) {
            *bad = i;
            return -1;
        }
        i += step;
        n++;
    }
    return n;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

enum token_kind { TOKEN_VALUE, TOKEN_TEXT, TOKEN_ARRAY, TOKEN_MAP, TOKEN_FORBIDDEN };

/* What the first bytes 0xc0..0xdf open: the kind, and how many bytes of value or count follow. */
static const struct head {
    uint8_t kind;
    uint8_t n_bytes;
} heads[32] = {
    /* clang-format off */
    [0x00] = {TOKEN_FORBIDDEN, 0}, /* nil */
    [0x01] = {TOKEN_FORBIDDEN, 0}, /* never used */
    [0x02] = {TOKEN_VALUE, 0},     [0x03] = {TOKEN_VALUE, 0},     /* false, true */
    [0x04] = {TOKEN_FORBIDDEN, 0}, [0x05] = {TOKEN_FORBIDDEN, 0}, [0x06] = {TOKEN_FORBIDDEN, 0}, /* bin */
    [0x07] = {TOKEN_FORBIDDEN, 0}, [0x08] = {TOKEN_FORBIDDEN, 0}, [0x09] = {TOKEN_FORBIDDEN, 0}, /* ext */
    [0x0a] = {TOKEN_FORBIDDEN, 0}, [0x0b] = {TOKEN_FORBIDDEN, 0}, /* float */
    [0x0c] = {TOKEN_VALUE, 1}, [0x0d] = {TOKEN_VALUE, 2},         /* uint */
    [0x0e] = {TOKEN_VALUE, 4}, [0x0f] = {TOKEN_VALUE, 8},
    [0x10] = {TOKEN_VALUE, 1}, [0x11] = {TOKEN_VALUE, 2},         /* int */
    [0x12] = {TOKEN_VALUE, 4}, [0x13] = {TOKEN_VALUE, 8},
    [0x14] = {TOKEN_FORBIDDEN, 0}, [0x15] = {TOKEN_FORBIDDEN, 0}, /* fixext */
    [0x16] = {TOKEN_FORBIDDEN, 0}, [0x17] = {TOKEN_FORBIDDEN, 0}, [0x18] = {TOKEN_FORBIDDEN, 0},
    [0x19] = {TOKEN_TEXT, 1},  [0x1a] = {TOKEN_TEXT, 2}, [0x1b] = {TOKEN_TEXT, 4},
    [0x1c] = {TOKEN_ARRAY, 2}, [0x1d] = {TOKEN_ARRAY, 4},
    [0x1e] = {TOKEN_MAP, 2},   [0x1f] = {TOKEN_MAP, 4},
    /* clang-format on */
};

struct token {
    enum token_kind kind;
    size_t head;  /* bytes of the head */
    size_t count; /* bytes of a text, items of an array, pairs of a map */
};

/* Reads the head of the token at P; false if it is cut off. */
static bool read_head(struct token *token, const unsigned char *p, size_t left)
{
    unsigned char b = p[0];
    *token = (struct token){.kind = TOKEN_VALUE, .head = 1};
    if (b < 0x80 || b >= 0xe0)
        return true;
    if (b < 0xc0) {
        token->kind = b < 0x90 ? TOKEN_MAP : b < 0xa0 ? TOKEN_ARRAY : TOKEN_TEXT;
        token->count = b & (b < 0xa0 ? 0x0fU : 0x1fU);
        return true;
    }
    const struct head *head = &heads[b - 0xc0];
    token->kind = (enum token_kind)head->kind;
    token->head = 1 + (size_t)head->n_bytes;
    if (token->head > left)
        return false;
    if (token->kind != TOKEN_VALUE)
        for (size_t i = 1; i < token->head; i++)
            token->count = token->count << 8 | p[i];
    return true;
}

/* ---- the walk -------------------------------------------------------------------------------- */

struct level {
    bool map;
    size_t left;   /* keys and values, or items, still to come */
    size_t index;  /* keys or items begun */
    uint64_t seen; /* filter: one bit a key */
    struct {
        uint32_t at, size;
    } keys[SKIM_MAX_KEYS];
};

struct skim {
    const char *bytes;
    size_t size, at, n_nodes, depth;
    struct kn_fault *fault;
    struct level levels[SKIM_MAX_DEPTH];
};

/* Fails where the walk stands. */
static int stop(const struct skim *s, enum kn_code code, const char *what)
{
    struct step path[SKIM_MAX_DEPTH];
    const struct step *end = NULL;
    for (size_t i = 0; i < s->depth; i++) {
        const struct level *level = &s->levels[i];
        if (level->index == 0)
            break;
        path[i] = (struct step){.up = end, .index = level->index - 1};
        if (level->map) {
            path[i].key = s->bytes + level->keys[level->index - 1].at;
            path[i].key_size = level->keys[level->index - 1].size;
        }
        end = &path[i];
    }
    return codec_fail(s->fault, KN_E_INVALID, end, code, "%s at byte %zu", what, s->at);
}

/* Notes the key at the walk's place; false if the map has it already. */
static bool note_key(struct skim *s, struct level *level, size_t size)
{
    const char *key = s->bytes + s->at;
    uint32_t hash = (uint32_t)size;
    for (size_t i = 0; i < size && i < 16; i++)
        hash = (hash ^ (unsigned char)key[i]) * UINT32_C(16777619);
    uint64_t bit = UINT64_C(1) << (hash >> 26);
    if (level->seen & bit)
        for (size_t i = 0; i < level->index; i++)
            if (level->keys[i].size == size && memcmp(s->bytes + level->keys[i].at, key, size) == 0)
                return false;
    level->seen |= bit;
    level->keys[level->index].at = (uint32_t)s->at;
    level->keys[level->index].size = (uint32_t)size;
    level->index++;
    return true;
}

/* A text, as value or as key; the walk stands behind its head. */
static int take_text(struct skim *s, size_t size, struct level *keys)
{
    size_t bad = 0;
    if (size > s->size - s->at)
        return stop(s, KN_CODE_MALFORMED, "cut off");
    if (keys && !note_key(s, keys, size))
        return stop(s, KN_CODE_MALFORMED, "a key occurs twice");
    if (codec_text(s->bytes + s->at, size, &bad) < 0) {
        s->at += bad;
        return stop(s, KN_CODE_NOT_TEXT, "not UTF-8 text");
    }
    s->at += size;
    return KN_OK;
}

static int enter(struct skim *s, bool map, size_t count)
{
    if (s->depth == SKIM_MAX_DEPTH)
        return stop(s, KN_CODE_MALFORMED, "nested too deep");
    if (count > (s->size - s->at) / (map ? 2 : 1))
        return stop(s, KN_CODE_MALFORMED, "a count above the bytes left");
    if (map && count > SKIM_MAX_KEYS)
        return stop(s, KN_CODE_MALFORMED, "too many keys in one map");
    struct level *level = &s->levels[s->depth++];
    level->map = map;
    level->left = map ? 2 * count : count;
    level->index = 0;
    level->seen = 0;
    return KN_OK;
}

/* One key or value: read it, enter it if it is a container. */
static int advance(struct skim *s)
{
    struct level *level = s->depth ? &s->levels[s->depth - 1] : NULL;
    bool key = level && level->map && level->left % 2 == 0;
    struct token token;
    if (level) {
        level->left--;
        level->index += !level->map;
    }
    if (s->at == s->size)
        return stop(s, KN_CODE_MALFORMED, "cut off");
    if (!read_head(&token, (const unsigned char *)s->bytes + s->at, s->size - s->at))
        return stop(s, KN_CODE_MALFORMED, "cut off");
    if (token.kind == TOKEN_FORBIDDEN)
        return stop(s, KN_CODE_MALFORMED, "nil, binary, float or extension");
    if (!level && token.kind != TOKEN_MAP)
        return stop(s, KN_CODE_MALFORMED, "not a map");
    if (key && token.kind != TOKEN_TEXT)
        return stop(s, KN_CODE_MALFORMED, "a key that is not a string");
    if (++s->n_nodes > SKIM_MAX_NODES)
        return stop(s, KN_CODE_TOO_LARGE, "too many values");
    s->at += token.head;
    switch (token.kind) {
    case TOKEN_TEXT: return take_text(s, token.count, key ? level : NULL);
    case TOKEN_ARRAY: return enter(s, false, token.count);
    case TOKEN_MAP: return enter(s, true, token.count);
    default: return KN_OK;
    }
}

int codec_skim(const void *bytes, size_t size, struct kn_fault *fault)
{
    struct skim s;
    s.bytes = bytes;
    s.size = size;
    s.at = s.n_nodes = s.depth = 0;
    s.fault = fault;
    if (size > UINT32_MAX)
        return codec_fail(fault, KN_E_INVALID, NULL, KN_CODE_TOO_LARGE, "over 4 GiB");
    int rc;
    do {
        rc = advance(&s);
        while (rc == KN_OK && s.depth && s.levels[s.depth - 1].left == 0)
            s.depth--;
    } while (rc == KN_OK && s.depth);
    if (rc == KN_OK && s.at != size)
        return stop(&s, KN_CODE_MALFORMED, "bytes behind the map");
    return rc;
}
