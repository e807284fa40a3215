/* packing.c - see the header. */
#include "hub/packing.h"

#include "hub/words.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

enum {
    LEVEL = 1,         /* higher ones save a tenth and want tables larger than a core's cache */
    MAX_IDLE = 8,      /* contexts that are kept: one a thread that packs or unpacks at once */
    MAX_PHRASES = 512, /* lines of phrases.txt that are counted */
    TABLES = 4096,     /* bytes that a dictionary may have before its content */
};

struct dictionary {
    ZSTD_CDict *to;
    ZSTD_DDict *from;
};

/* Contexts of one kind that nobody uses now. */
struct pool {
    void *(*create)(void); /* NULL: no memory */
    void (*destroy)(void *context);
    void *idle[MAX_IDLE];
    size_t n;
};

struct packing {
    struct dictionary *_Atomic known[PACKING_NUMBERS + 1];
    pthread_mutex_t lock; /* of what follows, and of teaching */
    struct pool packers, unpackers;
};

static void dictionary_free(struct dictionary *dictionary)
{
    if (dictionary) {
        ZSTD_freeCDict(dictionary->to);
        ZSTD_freeDDict(dictionary->from);
        free(dictionary);
    }
}

static void *create_packer(void)
{
    ZSTD_CCtx *packer = ZSTD_createCCtx();
    if (packer) {
        ZSTD_CCtx_setParameter(packer, ZSTD_c_dictIDFlag, 0); /* the value says which */
    }
    return packer;
}

static void destroy_packer(void *packer)
{
    ZSTD_freeCCtx(packer);
}

static void *create_unpacker(void)
{
    return ZSTD_createDCtx();
}

static void destroy_unpacker(void *unpacker)
{
    ZSTD_freeDCtx(unpacker);
}

static void clear(struct pool *pool)
{
    while (pool->n) {
        pool->destroy(pool->idle[--pool->n]);
    }
}

packing_t *packing_new(void)
{
    packing_t *self = calloc(1, sizeof *self);
    if (self) {
        pthread_mutex_init(&self->lock, NULL);
        self->packers = (struct pool){.create = create_packer, .destroy = destroy_packer};
        self->unpackers = (struct pool){.create = create_unpacker, .destroy = destroy_unpacker};
    }
    return self;
}

void packing_destroy(packing_t **self_p)
{
    packing_t *self = *self_p;
    *self_p = NULL;
    if (!self) {
        return;
    }
    for (size_t i = 0; i <= PACKING_NUMBERS; i++) {
        dictionary_free(atomic_load(&self->known[i]));
    }
    clear(&self->packers);
    clear(&self->unpackers);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

bool packing_knows(packing_t *self, unsigned number)
{
    assert(number <= PACKING_NUMBERS);
    return atomic_load(&self->known[number]) != NULL;
}

int packing_teach(packing_t *self, unsigned number, struct slice bytes)
{
    struct dictionary *dictionary = calloc(1, sizeof *dictionary);
    assert(number >= 1 && number <= PACKING_NUMBERS);
    if (dictionary) {
        dictionary->to = ZSTD_createCDict(bytes.bytes, bytes.size, LEVEL);
        dictionary->from = ZSTD_createDDict(bytes.bytes, bytes.size);
    }
    bool good = dictionary && dictionary->to && dictionary->from;
    pthread_mutex_lock(&self->lock);
    if (good && !packing_knows(self, number)) {
        atomic_store(&self->known[number], dictionary);
        dictionary = NULL;
    }
    pthread_mutex_unlock(&self->lock);
    dictionary_free(dictionary);
    return good ? KN_OK : KN_E_NOMEM;
}

static void *borrow(packing_t *self, struct pool *pool)
{
    void *context = NULL;
    pthread_mutex_lock(&self->lock);
    if (pool->n) {
        context = pool->idle[--pool->n];
    }
    pthread_mutex_unlock(&self->lock);
    return context ? context : pool->create();
}

static void give_back(packing_t *self, struct pool *pool, void *context)
{
    pthread_mutex_lock(&self->lock);
    if (pool->n < MAX_IDLE) {
        pool->idle[pool->n++] = context;
        context = NULL;
    }
    pthread_mutex_unlock(&self->lock);
    pool->destroy(context);
}

size_t packing_pack(packing_t *self, unsigned number, void *out, size_t size, struct slice value)
{
    struct dictionary *dictionary = atomic_load(&self->known[number]);
    ZSTD_CCtx *packer = borrow(self, &self->packers);
    assert(dictionary);
    if (!packer) {
        return 0; /* it stays as it is */
    }
    ZSTD_CCtx_refCDict(packer, dictionary->to);
    size_t length = ZSTD_compress2(packer, out, size, value.bytes, value.size);
    give_back(self, &self->packers, packer);
    return ZSTD_isError(length) || length >= value.size ? 0 : length;
}

size_t packing_length(struct slice packed)
{
    unsigned long long length = ZSTD_getFrameContentSize(packed.bytes, packed.size);
    bool known = length != ZSTD_CONTENTSIZE_UNKNOWN && length != ZSTD_CONTENTSIZE_ERROR;
    return known ? (size_t)length : SIZE_MAX;
}

int packing_unpack(packing_t *self, unsigned number, void *out, size_t length, struct slice packed)
{
    struct dictionary *dictionary = atomic_load(&self->known[number]);
    ZSTD_DCtx *context = borrow(self, &self->unpackers);
    assert(dictionary);
    if (!context) {
        return KN_E_NOMEM;
    }
    size_t got = ZSTD_decompress_usingDDict(context, out, length, packed.bytes, packed.size,
                                            dictionary->from);
    give_back(self, &self->unpackers, context);
    return got == length ? KN_OK : KN_E_CORRUPT;
}

size_t packing_learn(void *out, size_t size, const void *values, const size_t *sizes, unsigned n)
{
    size_t length = ZDICT_trainFromBuffer(out, size, values, sizes, n);
    return ZDICT_isError(length) ? 0 : length;
}

size_t packing_words(void *out, size_t size)
{
    ZDICT_params_t about = {.compressionLevel = LEVEL};
    const uint8_t *phrases = words + words_size - words_n_phrases, *at = phrases, *end;
    size_t sizes[MAX_PHRASES];
    unsigned n = 0;
    for (; n < MAX_PHRASES && (end = memchr(at, '\n', (size_t)(words + words_size - at))); n++) {
        sizes[n] = (size_t)(end + 1 - at);
        at = end + 1;
    }
    size_t room = size > TABLES ? size - TABLES : 0; /* of a longer lexicon the end is taken */
    const uint8_t *content = words_size > room ? words + words_size - room : words;
    /* the phrases tell how often each letter comes: that saves a table in every value */
    size_t length = ZDICT_finalizeDictionary(
        out, size, content, (size_t)(words + words_size - content), phrases, sizes, n, about);
    return ZDICT_isError(length) ? 0 : length;
}
