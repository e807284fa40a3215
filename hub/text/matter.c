/* matter.c - what a petition is about: its field, the thing, the trouble, what is asked for.
 *
 * Data, all under text/ of the registers' folder: matters.tsv (kinds of trouble inside a field),
 * lexicon.tsv (words for things, troubles and wishes, and what each says about the matter),
 * openings.tsv (formulae that say nothing), again.tsv (words by which a text says it was raised
 * before). A phrase is a row of words; "*" stands for up to three words. Words are compared by
 * their folded keys; where a text carries marks, words with other marks are other words.
 *
 * Each line of the lexicon counts once, however many of its names occur. A matter's weight is the
 * sum of its lines; a field's the sum of its matters.
 */
#include "hub/text/matter.h"

#include "hub/text/matter_private.h"
#include "hub/text/normalise.h"
#include "hub/text/table.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_WORDS = 10, /* of a phrase */
    MAX_SAYS = 4,   /* matters that one line of the lexicon speaks for */
    MAX_SKIP = 3,   /* words that "*" stands for */
    BUCKETS = 8192, /* of the first two words; a power of two */
    STARTS = 65536, /* bits of the first two words; a power of two */
    MAX_LINES = 2000,
    MAX_MATTERS = 512,
    IDS = 2048 /* slots for the matters' ids; a power of two */
};

enum kind { OBJECT, PROBLEM, REQUEST, OPENING, AGAIN };

static const float FIRST_SAID = 0.5f; /* what a text says first is more often what it is about */
static const float IN_A_NAME = 0.4f;  /* "chợ An Bình" is a place before it is about a market */
static const float AS_A_PLACE = 0.5f; /* "cạnh trường" says where, not what */

struct word {
    const char *text, *key;       /* key NULL: "*" */
    uint64_t text_hash, key_hash; /* 64 bits: equal hashes are taken for equal words */
};

struct phrase {
    struct word words[MAX_WORDS];
    uint8_t n_words;
    bool marked_only; /* "~": only where the text carries marks */
    uint16_t line;    /* of the lexicon; weight of again.tsv */
    enum kind kind;
};

/* What a phrase is looked up by, beside each other in memory. */
struct start {
    uint64_t first, second; /* hashes of keys; SECOND 0: any word, or none */
    int32_t next;           /* in its bucket, of those that were added before; -1: none */
};

struct line {
    const char *head;
    enum kind kind;
    struct {
        uint16_t matter;
        float weight;
    } says[MAX_SAYS];
    uint8_t n_says;
};

struct matter {
    struct arena arena;
    struct matter_row *matters; /* matters.tsv, then one for each field as a whole */
    size_t n_matters;
    struct line *lines;
    size_t n_lines;
    struct phrase *phrases;
    struct start *starts; /* of each phrase */
    size_t n_phrases, room;
    int32_t bucket[BUCKETS];
    uint64_t may_begin[STARTS / 64]; /* a bit for the hash of the first two words of each phrase */
    const struct matter_row *by_id[IDS];
    struct table fields;
};

uint16_t said_hash(const char *key, size_t length)
{
    return said_of(hash_bytes(key, length));
}

/* Of the first two words of a phrase; SECOND 0: any word, or none. */
static size_t hash_start(uint64_t first, uint64_t second)
{
    return first ^ second * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

/* The bucket that their phrases are in. */
static size_t bucket_of(uint64_t first, uint64_t second)
{
    return hash_start(first, second) & (BUCKETS - 1);
}

/* False: no phrase begins with them. */
static bool may_begin(const struct matter *self, uint64_t first, uint64_t second)
{
    size_t bit = hash_start(first, second) & (STARTS - 1);
    return self->may_begin[bit / 64] >> bit % 64 & 1;
}

/* ---- reading the data ------------------------------------------------------------------------ */

static bool read_word(struct matter *self, const char *at, size_t length, struct word *out)
{
    char key[128];
    if (length == 1 && *at == '*') {
        out->key = out->text = NULL;
        return true;
    }
    char *name = normalise_name(at, 0, length, &self->arena);
    out->text = name ? normalise_lower(name, &self->arena) : NULL;
    size_t n = text_fold(at, length, key, sizeof key);
    out->key = n < sizeof key ? arena_copy(&self->arena, key, n) : NULL;
    if (!out->text || !out->key) {
        return false;
    }
    out->text_hash = hash_bytes(out->text, strlen(out->text));
    out->key_hash = hash_bytes(out->key, n);
    return true;
}

/* One phrase; false: no memory, too long, or it begins or ends with "*". */
static bool add_phrase(struct matter *self, const char *at, size_t length, enum kind kind,
                       uint16_t line)
{
    if (self->n_phrases == self->room) {
        size_t room = self->room ? 2 * self->room : 1024;
        struct phrase *more = realloc(self->phrases, room * sizeof *more);
        self->phrases = more ? more : self->phrases;
        struct start *starts = realloc(self->starts, room * sizeof *starts);
        self->starts = starts ? starts : self->starts;
        if (!more || !starts) {
            return false;
        }
        self->room = room;
    }
    struct phrase *phrase = &self->phrases[self->n_phrases];
    memset(phrase, 0, sizeof *phrase);
    phrase->kind = kind;
    phrase->line = line;
    for (const char *end = at + length; at < end;) {
        size_t word = strcspn(at, " |\t");
        word = word < (size_t)(end - at) ? word : (size_t)(end - at);
        if (word && at[word - 1] == '~') {
            phrase->marked_only = true;
            word--;
        }
        if (word && (phrase->n_words == MAX_WORDS ||
                     !read_word(self, at, word, &phrase->words[phrase->n_words++]))) {
            return false;
        }
        at += word + (at + word < end && at[word] == '~');
        at += at < end && *at == ' ';
    }
    if (!phrase->n_words || !phrase->words[0].key || !phrase->words[phrase->n_words - 1].key) {
        return false;
    }
    uint64_t first = phrase->words[0].key_hash,
             second = phrase->n_words > 1 ? phrase->words[1].key_hash : 0;
    size_t h = bucket_of(first, second);
    self->starts[self->n_phrases] = (struct start){first, second, self->bucket[h]};
    self->bucket[h] = (int32_t)self->n_phrases++;
    size_t bit = hash_start(first, second) & (STARTS - 1);
    self->may_begin[bit / 64] |= UINT64_C(1) << bit % 64;
    return true;
}

/* Phrases with "|" between them. */
static bool add_phrases(struct matter *self, const char *text, enum kind kind, uint16_t line)
{
    while (*text) {
        size_t length = strcspn(text, "|"), from = strspn(text, " "), to = length;
        while (to > from && text[to - 1] == ' ') {
            to--;
        }
        if (from < to && !add_phrase(self, text + from, to - from, kind, line)) {
            return false;
        }
        text += length + (text[length] == '|');
    }
    return true;
}

const struct matter_row *matter_find(const matter_t *self, uint32_t id)
{
    for (size_t at = id & (IDS - 1); self->by_id[at]; at = (at + 1) & (IDS - 1)) {
        if (self->by_id[at]->id == id) {
            return self->by_id[at];
        }
    }
    return NULL;
}

uint32_t matter_number(const matter_t *self, const struct matter_row *row)
{
    return (uint32_t)(row - self->matters);
}

const struct matter_row *matter_numbered(const matter_t *self, uint32_t number)
{
    return &self->matters[number];
}

static int find_matter(const struct matter *self, const char *code, size_t length)
{
    for (size_t i = 0; i < self->n_matters; i++) {
        if (strncmp(self->matters[i].code, code, length) == 0 && !self->matters[i].code[length]) {
            return (int)i;
        }
    }
    return -1;
}

/* "lighting.lamp:4 roads:1", or "-". */
static bool read_says(struct matter *self, const char *text, struct line *line)
{
    while (*text && strcmp(text, "-") != 0) {
        size_t length = strcspn(text, ":");
        char *end;
        int found = find_matter(self, text, length);
        float weight = text[length] ? strtof(text + length + 1, &end) : 0;
        if (found < 0 || weight <= 0 || line->n_says == MAX_SAYS || (*end && *end != ' ')) {
            return false;
        }
        line->says[line->n_says].matter = (uint16_t)found;
        line->says[line->n_says++].weight = weight;
        text = end + strspn(end, " ");
    }
    return true;
}

static int open_matters(struct matter *self, const char *folder, uint64_t *version, char *why,
                        size_t why_size)
{
    struct table table = {0};
    int rc =
        table_read(&self->fields, folder, "fields.tsv",
                   "code\tban\tname\tname_en\tcorpus\tvalid_from\tvalid_to\tbasis", why, why_size);
    rc = rc ? rc : table_read(&table, folder, "text/matters.tsv", "code\tname", why, why_size);
    if (rc) {
        return rc;
    }
    *version ^= table.hash;
    self->n_matters = table.n_rows + self->fields.n_rows;
    self->matters = calloc(self->n_matters, sizeof *self->matters);
    rc = self->matters ? KN_OK : KN_E_NOMEM;
    for (size_t i = 0; !rc && i < self->n_matters; i++) {
        struct matter_row *row = &self->matters[i];
        bool is_field = i >= table.n_rows;
        const char *const *from = is_field ? self->fields.rows[i - table.n_rows] : table.rows[i];
        row->code = arena_copy(&self->arena, from[0], strlen(from[0]));
        row->name =
            arena_copy(&self->arena, from[is_field ? 2 : 1], strlen(from[is_field ? 2 : 1]));
        row->id = (uint32_t)(hash_bytes(from[0], strlen(from[0])) ^ is_field) & 0xffffff;
        row->field = UINT16_MAX;
        row->is_field = strchr(row->code, '.') == NULL;
        size_t length = strcspn(from[0], ".");
        for (size_t f = 0; f < self->fields.n_rows; f++) {
            const char *code = self->fields.rows[f][0];
            if (strncmp(code, from[0], length) == 0 && !code[length]) {
                row->field = (uint16_t)f;
            }
        }
        if (row->field == UINT16_MAX) {
            rc = table_fault(&table, i, "the part before the dot is no field of fields.tsv", why,
                             why_size);
        } else if (matter_find(self, row->id) || i >= MAX_MATTERS) {
            rc = table_fault(&table, i, "stands here twice, or needs another name: its id is taken",
                             why, why_size);
        } else {
            size_t at = row->id & (IDS - 1);
            while (self->by_id[at]) {
                at = (at + 1) & (IDS - 1);
            }
            self->by_id[at] = row;
        }
    }
    table_clear(&table);
    return rc;
}

static int open_lexicon(struct matter *self, const char *folder, uint64_t *version, char *why,
                        size_t why_size)
{
    static const char *const kinds[] = {"object", "problem", "request"};
    struct table table = {0};
    int rc =
        table_read(&table, folder, "text/lexicon.tsv", "kind\thead\tmatters\twords", why, why_size);
    if (rc) {
        return rc;
    }
    *version ^= table.hash * 3;
    self->lines = calloc(table.n_rows ? table.n_rows : 1, sizeof *self->lines);
    rc = self->lines && table.n_rows < MAX_LINES ? KN_OK : KN_E_NOMEM;
    for (size_t i = 0; !rc && i < table.n_rows; i++) {
        const char *const *row = table.rows[i];
        struct line *line = &self->lines[self->n_lines];
        int kind = -1;
        for (int k = 0; k < 3; k++) {
            kind = strcmp(row[0], kinds[k]) == 0 ? k : kind;
        }
        line->head = arena_copy(&self->arena, row[1], strlen(row[1]));
        if (kind < 0) {
            rc = table_fault(&table, i, "kind is object, problem or request", why, why_size);
        } else if (!read_says(self, row[2], line)) {
            rc =
                table_fault(&table, i, "matters are CODE:WEIGHT of matters.tsv or fields.tsv, or -",
                            why, why_size);
        } else if (!add_phrases(self, row[3], (enum kind)kind, (uint16_t)self->n_lines)) {
            rc = table_fault(&table, i,
                             "a phrase has one to ten words and begins and ends with a word", why,
                             why_size);
        }
        line->kind = (enum kind)kind;
        self->n_lines++;
    }
    table_clear(&table);
    return rc;
}

static int open_phrases(struct matter *self, const char *folder, const char *file,
                        const char *header, enum kind kind, uint64_t *version, char *why,
                        size_t why_size)
{
    struct table table = {0};
    int rc = table_read(&table, folder, file, header, why, why_size);
    size_t column = kind == AGAIN ? 1 : 0;
    for (size_t i = 0; !rc && i < table.n_rows; i++) {
        uint16_t weight = kind == AGAIN ? (uint16_t)atoi(table.rows[i][0]) : 0;
        if (!add_phrases(self, table.rows[i][column], kind, weight)) {
            rc = table_fault(&table, i,
                             "a phrase has one to ten words and begins and ends with a word", why,
                             why_size);
        }
    }
    *version ^= table.hash * 5;
    table_clear(&table);
    return rc;
}

int matter_open(matter_t **out, const char *folder, uint64_t *version, char *why, size_t why_size)
{
    struct matter *self = *out = calloc(1, sizeof *self);
    if (!self) {
        return KN_E_NOMEM;
    }
    for (int i = 0; i < BUCKETS; i++) {
        self->bucket[i] = -1;
    }
    int rc = open_matters(self, folder, version, why, why_size);
    rc = rc ? rc : open_lexicon(self, folder, version, why, why_size);
    rc = rc ? rc
            : open_phrases(self, folder, "text/openings.tsv", "words", OPENING, version, why,
                           why_size);
    rc = rc ? rc
            : open_phrases(self, folder, "text/again.tsv", "weight\twords", AGAIN, version, why,
                           why_size);
    if (rc) {
        matter_close(out);
    }
    return rc;
}

void matter_close(matter_t **self_p)
{
    struct matter *self = *self_p;
    *self_p = NULL;
    if (self) {
        table_clear(&self->fields);
        arena_free(&self->arena);
        free(self->matters);
        free(self->lines);
        free(self->phrases);
        free(self->starts);
        free(self);
    }
}

/* ---- reading a text -------------------------------------------------------------------------- */

static bool same_word(const struct word *word, const struct normalised *in, size_t at)
{
    return word->key_hash == in->keys[at] && (!in->marked || word->text_hash == in->texts[at]);
}

/* How many tokens from AT on PHRASE covers, 0: it does not stand there. */
static size_t covers(const struct phrase *phrase, const struct normalised *in, size_t at)
{
    size_t token = at;
    for (uint8_t i = 0; i < phrase->n_words; i++) {
        const struct word *word = &phrase->words[i];
        if (word->key) {
            if (token >= in->n_tokens || !same_word(word, in, token) ||
                (token > at && in->tokens[token].flags & TOKEN_BREAK)) {
                return 0;
            }
            token++;
            continue;
        }
        const struct word *next = &phrase->words[i + 1]; /* a phrase never ends with "*" */
        size_t skip = 0;
        while (skip < MAX_SKIP && token < in->n_tokens &&
               !(in->tokens[token].flags & TOKEN_BREAK) && !same_word(next, in, token)) {
            token++;
            skip++;
        }
    }
    return token - at;
}

struct hits {
    float line[MAX_LINES]; /* 1; less for a word that is part of a place's name; 0 not said; as many
                              as there are lines are set */
    int again;
    size_t n;                /* lines met before */
    uint16_t met[MAX_LINES]; /* lines that are said */
    size_t n_met;
};

/* Whether what stands at AT is told as where something is: "cạnh trường", "trong chợ". Without
 * marks these words are too many things. */
static bool is_where(const struct normalised *in, size_t at)
{
    static const char *const words[] = {"cạnh",  "trước", "sau", "gần", "quanh",
                                        "trong", "giữa",  "sát", "qua", "diện"};
    bool before = at > 0 && in->marked && !(in->tokens[at].flags & TOKEN_BREAK);
    for (size_t i = 0; before && i < sizeof words / sizeof *words; i++) {
        if (strcmp(in->tokens[at - 1].text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void note(const struct matter *self, const struct normalised *in,
                 const struct phrase *phrase, struct hits *hits, struct said *said, size_t at,
                 size_t n)
{
    if (phrase->kind == AGAIN) {
        hits->again = phrase->line > hits->again ? phrase->line : hits->again;
    } else if (phrase->kind == OPENING) {
        for (size_t i = at; i < at + n && i < said->n_tokens; i++) {
            if (said->role[i] == SAID_WORD || said->role[i] == SAID_REQUEST) {
                said->role[i] = SAID_FORMULA;
            }
        }
    } else if (self->lines[phrase->line].n_says || phrase->kind == REQUEST) {
        bool in_place = said->role[at] == SAID_PLACE, is_name = in_place && in->marked;
        for (size_t i = at; i < at + n; i++) {
            is_name = is_name && in->tokens[i].flags & TOKEN_CAPITAL;
        }
        if (is_name) {
            return; /* "Bến Cát" is a ward and not a place for sand */
        }
        float weight = (in_place ? IN_A_NAME : 1) *
                       (phrase->kind == OBJECT && is_where(in, at) ? AS_A_PLACE : 1) *
                       (1 + FIRST_SAID / (float)(1 + hits->n));
        if (hits->line[phrase->line] <= 0) {
            hits->n += phrase->kind != REQUEST;
            hits->met[hits->n_met++] = phrase->line;
        }
        hits->line[phrase->line] =
            weight > hits->line[phrase->line] ? weight : hits->line[phrase->line];
        for (size_t i = at; i < at + n && i < said->n_tokens; i++) {
            if (said->role[i] != SAID_PLACE) {
                said->role[i] = phrase->kind == REQUEST ? SAID_REQUEST : SAID_MATTER;
            }
        }
    }
}

/* Of the phrases that begin at a token the longest of each kind, and of these the last added. */
struct longest {
    int32_t phrase[AGAIN + 1];
    size_t length[AGAIN + 1]; /* 0: none */
};

/* Takes the phrases at AT that begin with its word and, unless it is 0, with SECOND. UNTIL: what a
 * longer phrase of the kind covers that began before. */
static void look_up(const struct matter *self, const struct normalised *in, size_t at,
                    uint64_t second, const size_t until[AGAIN + 1], struct longest *out)
{
    for (int32_t i = self->bucket[bucket_of(in->keys[at], second)]; i >= 0;
         i = self->starts[i].next) {
        const struct start *start = &self->starts[i];
        const struct phrase *phrase = &self->phrases[i];
        if (start->first != in->keys[at] || start->second != second ||
            (phrase->marked_only && !in->marked)) {
            continue;
        }
        size_t n = covers(phrase, in, at), *length = &out->length[phrase->kind];
        if (n > 0 && at + n > until[phrase->kind] &&
            (n > *length || (n == *length && i > out->phrase[phrase->kind]))) {
            *length = n;
            out->phrase[phrase->kind] = i;
        }
    }
}

static void scan(const struct matter *self, const struct normalised *in, struct hits *hits,
                 struct said *said)
{
    size_t until[AGAIN + 1] = {0};
    for (size_t at = 0; at < in->n_tokens; at++) {
        uint64_t first = in->keys[at], second = at + 1 < in->n_tokens ? in->keys[at + 1] : 0;
        bool alone = may_begin(self, first, 0), pair = second && may_begin(self, first, second);
        if (!alone && !pair) {
            continue;
        }
        struct longest longest = {.length = {0}};
        if (alone) {
            look_up(self, in, at, 0, until, &longest);
        }
        if (pair) {
            look_up(self, in, at, second, until, &longest);
        }
        for (int kind = 0; kind <= AGAIN; kind++) {
            size_t n = longest.length[kind];
            if (n > 0) {
                note(self, in, &self->phrases[longest.phrase[kind]], hits, said, at, n);
                until[kind] = at + n;
            }
        }
    }
}

/* Lines in the order of the lexicon: sums and choices follow it. */
static void sort_lines(struct hits *hits)
{
    for (size_t i = 1; i < hits->n_met; i++) {
        uint16_t line = hits->met[i];
        size_t at = i;
        for (; at > 0 && hits->met[at - 1] > line; at--) {
            hits->met[at] = hits->met[at - 1];
        }
        hits->met[at] = line;
    }
}

static void weigh(const struct matter *self, const struct hits *hits, struct said *said,
                  float *fields)
{
    float weight[MAX_MATTERS];
    uint16_t met[MAX_MATTERS]; /* matters that weigh something */
    size_t n_met = 0;
    memset(weight, 0, self->n_matters * sizeof *weight);
    for (size_t i = 0; i < hits->n_met; i++) {
        const struct line *line = &self->lines[hits->met[i]];
        for (uint8_t s = 0; s < line->n_says; s++) {
            weight[line->says[s].matter] += hits->line[hits->met[i]] * line->says[s].weight;
        }
    }
    for (size_t i = 0; i < self->n_matters; i++) {
        if (weight[i] > 0) {
            fields[self->matters[i].field] += weight[i];
            met[n_met++] = (uint16_t)i;
        }
    }
    while (said->n_matters < SAID_MATTERS && said->n_matters < n_met) { /* the heaviest, in order */
        size_t best = met[0];
        for (size_t i = 1; i < n_met; i++) {
            best = weight[met[i]] > weight[best] ? met[i] : best;
        }
        said->matters[said->n_matters].row = &self->matters[best];
        said->matters[said->n_matters++].weight = weight[best];
        weight[best] = 0;
    }
}

static const char *head_of(const struct matter *self, const struct hits *hits, enum kind kind,
                           uint16_t field)
{
    const char *head = NULL;
    float most = 0;
    for (size_t i = 0; i < hits->n_met; i++) {
        const struct line *line = &self->lines[hits->met[i]];
        if (line->kind != kind) {
            continue;
        }
        float weight = 0.1f;
        for (uint8_t s = 0; s < line->n_says; s++) {
            bool fits = self->matters[line->says[s].matter].field == field;
            weight += fits ? line->says[s].weight : 0;
        }
        if (weight > most) {
            most = weight;
            head = line->head;
        }
    }
    return head;
}

/* The words that match.c compares: formulae left out, names flagged. Two capitals in a row make a
 * name where the text is not written in capitals throughout. */
static void keep_words(const struct normalised *in, struct said *said, struct arena *arena)
{
    uint16_t *words = arena_room(arena, (in->n_tokens + 1) * sizeof *words);
    const struct token *tokens = in->tokens;
    for (size_t i = 0; words && i < in->n_tokens && said->n_words < SAID_MAX_WORDS; i++) {
        uint8_t role = said->role[i];
        bool capital = tokens[i].flags & TOKEN_CAPITAL && !(tokens[i].flags & TOKEN_UPPER);
        bool after = i + 1 < in->n_tokens && tokens[i + 1].flags & TOKEN_CAPITAL &&
                     !(tokens[i + 1].flags & TOKEN_BREAK);
        bool before = i && tokens[i - 1].flags & TOKEN_CAPITAL && !(tokens[i].flags & TOKEN_BREAK);
        if (role == SAID_FORMULA) {
            continue;
        }
        bool number = tokens[i].flags & TOKEN_NUMBER &&
                      !(i && tokens[i - 1].flags & TOKEN_NUMBER); /* "3 4 m" is no name */
        bool name = number || (capital && (role == SAID_PLACE || after || before));
        said_see(said, said_of(in->keys[i]));
        words[said->n_words++] =
            (uint16_t)(said_of(in->keys[i]) | (role == SAID_PLACE ? 0 : WORD_COUNTS) |
                       (name ? WORD_NAME : 0));
    }
    said->words = words;
}

/* The first token that stands at AT or behind it. */
static size_t find_token(const struct normalised *in, size_t at)
{
    size_t from = 0, to = in->n_tokens;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (in->tokens[middle].at < at) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

void matter_read(const matter_t *self, const struct normalised *in, struct reading *reading,
                 struct arena *arena)
{
    struct hits hits;
    float fields[64] = {0}, sum = 0;
    struct said *said = arena_take(arena, sizeof *said);
    uint8_t *role = arena_take(arena, in->n_tokens + 1);
    if (!said || !role || self->fields.n_rows > 64) {
        return;
    }
    hits.again = 0;
    hits.n = hits.n_met = 0;
    memset(hits.line, 0, self->n_lines * sizeof *hits.line);
    said->n_tokens = in->n_tokens;
    said->role = role;
    for (size_t i = 0; i < reading->n_places; i++) { /* names of places are not words */
        const struct place *place = &reading->places[i];
        size_t end = place->at + place->length;
        for (size_t t = find_token(in, place->at); t < in->n_tokens && in->tokens[t].at < end;
             t++) {
            role[t] = SAID_PLACE;
        }
    }
    scan(self, in, &hits, said);
    sort_lines(&hits);
    weigh(self, &hits, said, fields);
    keep_words(in, said, arena);
    for (size_t i = 0; i < self->fields.n_rows; i++) {
        sum += fields[i];
    }
    while (reading->n_fields < TEXT_MAX_FIELDS && sum > 0) {
        size_t best = 0;
        for (size_t i = 1; i < self->fields.n_rows; i++) {
            best = fields[i] > fields[best] ? i : best;
        }
        if (fields[best] <= 0) {
            break;
        }
        reading->fields[reading->n_fields].code = self->fields.rows[best][0];
        reading->fields[reading->n_fields].score = fields[best] / (sum + 1);
        if (reading->n_fields++ == 0) {
            reading->object = head_of(self, &hits, OBJECT, (uint16_t)best);
            reading->problem = head_of(self, &hits, PROBLEM, (uint16_t)best);
            reading->request = head_of(self, &hits, REQUEST, (uint16_t)best);
        }
        fields[best] = 0;
    }
    reading->says_again = hits.again > 0;
    said->again = hits.again;
    reading->matter = said;
}
