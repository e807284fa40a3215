/* store_packing.c - records of some tables are short because they share a dictionary.
 *
 * Values of log, content and case are packed (packing.h): the number of the dictionary (1; 0: not
 * packed), bytes that are random and stay as they are (the hash in front of an entry, the salt in
 * front of content), the packed rest. Chain and commitments are over what is unpacked. The
 * dictionary for content comes with the program: nothing of a petition is ever in a dictionary.
 * Those for log and case, which hold nothing personal, are learned from records all over the table
 * when the log has FIRST_LESSON events and each time it has grown by LESSON_GROWTH. What is packed
 * stays readable: dictionaries are kept for ever.
 */
#include "hub/store_parts.h"

#include "hub/packing.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    FIRST_LESSON = 512,
    LESSON_GROWTH = 8,
    LESSON = 500,       /* records that are learned from */
    LEARNED = 8 * 1024, /* bytes of a dictionary that was learned */
    COPIES = 256,       /* a dictionary's copy has this much more than its number */
    LEAST = 48,         /* bytes that are worth packing */
};

/* Tables whose values are packed, and how many bytes in front of each stay as they are. */
static const struct {
    bool is_packed;
    uint8_t bare;
} packs[N_TABLES] = {
    [LOG] = {.is_packed = true, .bare = 32},
    [CONTENT] = {.is_packed = true, .bare = 16},
    [CASE] = {.is_packed = true},
};

struct store_packing {
    packing_t *engine;
    /* the writer's */
    unsigned n_dictionaries;
    atomic_uint
        newest[N_TABLES]; /* dictionary that a table's values are packed with; 0: none yet */
    uint64_t lesson_at;   /* event */
    uint8_t packed[1 + MAX_RECORD];
};

struct store_packing *store_packing_new(void)
{
    struct store_packing *self = calloc(1, sizeof *self);
    if (self && !(self->engine = packing_new())) {
        free(self);
        return NULL;
    }
    if (self) {
        self->lesson_at = UINT64_MAX; /* until it is known */
    }
    return self;
}

void store_packing_destroy(struct store_packing **self_p)
{
    if (*self_p) {
        packing_destroy(&(*self_p)->engine);
        free(*self_p);
        *self_p = NULL;
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

/* The record of dictionary NUMBER: name of the table, NUL, dictionary. Thousands of records hang on
 * it, so it is kept twice, and the copy serves when the first is damaged. False and no error: there
 * is none. */
static bool get_dictionary(store_txn_t *txn, unsigned number, struct slice *value)
{
    for (uint64_t copy = 0; copy <= COPIES && !txn->error; copy += COPIES) {
        struct key key = key64(copy + number);
        if (store_get(txn, DICTIONARY, &key, value)) {
            return true;
        }
        if (!txn->error) {
            return false;
        }
        txn->error = txn->error == KN_E_CORRUPT && !copy ? KN_OK : txn->error;
    }
    return false;
}

/* Makes dictionary NUMBER known: it may have been learned since the store was opened. */
static bool remember(store_txn_t *txn, unsigned number)
{
    struct slice value;
    if (packing_knows(txn->packing->engine, number)) {
        return true;
    }
    const uint8_t *nul =
        get_dictionary(txn, number, &value) ? memchr(value.bytes, 0, value.size) : NULL;
    if (!nul) {
        store_fail(txn, KN_E_CORRUPT);
        return false;
    }
    struct slice bytes = {nul + 1, (size_t)(value.bytes + value.size - nul) - 1};
    txn->error = packing_teach(txn->packing->engine, number, bytes);
    return !txn->error;
}

/* Undoes pack(): VALUE becomes what it was. It lives until the next one of the table is read. */
bool store_unpack(store_txn_t *txn, enum table table, struct slice *value)
{
    if (!packs[table].is_packed) {
        return true;
    }
    size_t bare = packs[table].bare;
    unsigned number = value->size ? value->bytes[0] : 0;
    if (value->size < 1 + bare) {
        txn->error = KN_E_CORRUPT;
        return false;
    }
    *value = (struct slice){value->bytes + 1, value->size - 1};
    if (!number) {
        return true;
    }
    struct slice rest = {value->bytes + bare, value->size - bare};
    size_t length = packing_length(rest);
    if (length > MAX_RECORD || !remember(txn, number)) {
        store_fail(txn, KN_E_CORRUPT);
        return false;
    }
    free(txn->room[table]);
    uint8_t *room = txn->room[table] = malloc(bare + length + 1);
    if (!room) {
        txn->error = KN_E_NOMEM;
        return false;
    }
    memcpy(room, value->bytes, bare);
    txn->error = packing_unpack(txn->packing->engine, number, room + bare, length, rest);
    *value = (struct slice){room, bare + length};
    return !txn->error;
}

/* Packs VALUE into TO, 1 + MAX_RECORD bytes, with dictionary NUMBER, which is known; 0: not. */
static struct slice pack_into(uint8_t *to, packing_t *engine, unsigned number, enum table table,
                              struct slice value)
{
    size_t bare = packs[table].bare, length = 0;
    struct slice rest = {value.bytes + bare, value.size - bare};
    assert(value.size >= bare);
    if (number && rest.size >= LEAST) {
        length = packing_pack(engine, number, to + 1 + bare, MAX_RECORD - bare, rest);
    }
    to[0] = length ? (uint8_t)number : 0;
    memcpy(to + 1, value.bytes, length ? bare : value.size);
    return (struct slice){to, 1 + (length ? bare + length : value.size)};
}

struct slice store_pack(store_txn_t *txn, enum table table, struct slice value, bool plain)
{
    struct store_packing *self = txn->packing;
    if (!packs[table].is_packed) {
        return value;
    }
    unsigned number = plain ? 0 : atomic_load(&self->newest[table]);
    return pack_into(self->packed, self->engine, number && remember(txn, number) ? number : 0,
                     table, value);
}

struct slice store_pack_ahead(struct store_packing *self, enum table table, struct slice value,
                              uint8_t to[1 + MAX_RECORD])
{
    unsigned number = atomic_load(&self->newest[table]);
    assert(packs[table].is_packed && value.size <= MAX_RECORD);
    return pack_into(to, self->engine, number && packing_knows(self->engine, number) ? number : 0,
                     table, value);
}

/* ---- dictionaries ---------------------------------------------------------------------------- */

static void enter_dictionary(store_txn_t *txn, enum table table, struct slice dictionary)
{
    size_t name = strlen(store_table_names[table]) + 1;
    assert(name + dictionary.size <= MAX_RECORD);
    if (txn->packing->n_dictionaries < PACKING_NUMBERS) { /* else those that are there have to do */
        unsigned number = ++txn->packing->n_dictionaries;
        struct key key = key64(number), copy = key64(COPIES + number);
        struct slice value = {txn->scratch, name + dictionary.size};
        memcpy(txn->scratch, store_table_names[table], name);
        memcpy(txn->scratch + name, dictionary.bytes, dictionary.size);
        store_put(txn, DICTIONARY, &key, value.bytes, value.size);
        store_put(txn, DICTIONARY, &copy, value.bytes, value.size);
    }
}

/* Enters a dictionary made of records from all over TABLE, whose keys are numbers. */
static void learn(store_txn_t *txn, enum table table)
{
    enum { MOST = 4096 }; /* bytes of a record that are looked at */
    uint8_t *values = malloc(LESSON * MOST), dictionary[LEARNED];
    size_t sizes[LESSON], used = 0, length = 0, bare = packs[table].bare;
    unsigned n = 0;
    struct key key = {.size = 0};
    struct slice found, value;
    uint64_t first = store_seek(txn, table, &key, SEEK_FROM, &found, &value) //
                         ? key_get64(found.bytes)
                         : 0;
    for (uint64_t step = 0; values && n < LESSON; key = key64(key_get64(found.bytes) - step)) {
        if (!store_seek(txn, table, &key, n ? SEEK_UPTO : SEEK_BEFORE, &found, &value)) {
            break;
        }
        step = n ? step : (key_get64(found.bytes) - first) / LESSON + 1;
        sizes[n] = value.size - bare < MOST ? value.size - bare : MOST;
        memcpy(values + used, value.bytes + bare, sizes[n]);
        used += sizes[n++];
    }
    if (txn->error == KN_E_CORRUPT) { /* a damaged record: for those to tell who ask for it */
        txn->error = KN_OK;
    } else if (n) {
        length = packing_learn(dictionary, sizeof dictionary, values, sizes, n);
    }
    if (length) {
        enter_dictionary(txn, table, (struct slice){dictionary, length});
    }
    free(values);
}

bool store_lesson_is_due(store_txn_t *txn)
{
    return !txn->error && store_number(txn, "last_event") >= txn->packing->lesson_at;
}

void store_learn(store_txn_t *txn)
{
    learn(txn, LOG);
    learn(txn, CASE);
    store_put_number(txn, "lesson_at", store_number(txn, "last_event") * LESSON_GROWTH);
}

/* How many dictionaries there are, and which are the newest. */
int store_find_dictionaries(store_t *store, struct store_packing *self)
{
    store_txn_t *txn = store_begin(store, STORE_READ);
    struct slice value;
    uint64_t lesson_at = store_number(txn, "lesson_at");
    unsigned number = 1;
    self->lesson_at = lesson_at ? lesson_at : FIRST_LESSON;
    for (; number <= PACKING_NUMBERS; number++) {
        if (!get_dictionary(txn, number, &value)) {
            if (txn->error != KN_E_CORRUPT) {
                break;
            }
            txn->error = KN_OK; /* for those to tell who need it */
            continue;
        }
        for (int table = 0; table < N_TABLES; table++) {
            size_t name = strlen(store_table_names[table]) + 1;
            if (value.size >= name && memcmp(value.bytes, store_table_names[table], name) == 0) {
                self->newest[table] = number;
            }
        }
    }
    self->n_dictionaries = number - 1;
    int rc = store_error(txn);
    store_abort(&txn);
    return rc;
}

/* The words that come with the program become the dictionary for content unless they are it. */
int store_enter_words(store_t *store, struct store_packing *self)
{
    uint8_t *bytes = malloc(PACKING_WORDS_MAX);
    struct slice words = {bytes, bytes ? packing_words(bytes, PACKING_WORDS_MAX) : 0}, value;
    if (!words.size) {
        free(bytes);
        return KN_E_NOMEM;
    }
    store_txn_t *txn = store_begin(store, STORE_WRITE);
    size_t name = strlen(store_table_names[CONTENT]) + 1;
    bool same = self->newest[CONTENT] && get_dictionary(txn, self->newest[CONTENT], &value) &&
                value.size == name + words.size &&
                memcmp(value.bytes + name, words.bytes, words.size) == 0;
    if (!same) {
        enter_dictionary(txn, CONTENT, words);
    }
    int rc = store_error(txn) || store_dirty(txn) ? store_commit(&txn) : KN_OK;
    store_abort(&txn);
    free(bytes);
    return rc || same ? rc : store_find_dictionaries(store, self);
}
