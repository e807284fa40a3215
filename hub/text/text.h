/* text.h - what a petition says: the one door of the library kn_text.
 *
 * Pure: no store, no socket, no clock, no locale. The lexicons and the gazetteer are read once from
 * a folder of data files (text_open) and never change; one text_t serves all threads. A reading
 * (text_read) is one block of memory that the caller destroys. Comparing two readings depends on
 * that pair alone and is symmetric. The index (index_new) is a memory index of earlier readings.
 *
 * The walk:  bytes -> normalise.c -> tokens -> places.c (where) -> matter.c (what) -> match.c
 * (again?)
 */
#ifndef KN_TEXT_H
#define KN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TEXT_MAX_TOKENS = 4096, /* longer texts are read up to here and say so (truncated) */
    TEXT_MAX_PLACES = 32,
    TEXT_MAX_FIELDS = 4,
    TEXT_MAX_WHY = 240, /* bytes of a reason, with its NUL */
};

/* ---- the lexicons and the gazetteer ------------------------------------------------------- */

typedef struct text text_t;

/* Reads the data files of FOLDER (schemas/registers of this repository, or its installed copy).
 * 0, or a negative KN_E*; then WHY (of WHY_SIZE bytes) names file, line and fault. */
int text_open(text_t **out, const char *folder, char *why, size_t why_size);
void text_close(text_t **self_p);

/* The version of all data files together: 16 lower-case hex digits, borrowed from SELF. */
const char *text_version(const text_t *self);

/* ---- one text read ------------------------------------------------------------------------ */

/* A word or a number of the text. Strings are borrowed from the reading. */
struct token {
    const char *text; /* NFC, lower case, tone marks placed one way */
    const char *key;  /* the folded key: no marks, đ as d */
    uint32_t at;      /* byte offset in the decoded original */
    uint16_t length;  /* bytes there */
    uint8_t flags;    /* TOKEN_* */
};
enum {
    TOKEN_NUMBER = 1,   /* digits, perhaps with letters or slashes: 12, 12A, 99/110/65, 3.2 */
    TOKEN_CAPITAL = 2,  /* began with a capital in the original */
    TOKEN_UPPER = 4,    /* all capitals, two letters or more: UBND */
    TOKEN_BREAK = 8,    /* punctuation that ends a phrase stands before it */
    TOKEN_MARKED = 16,  /* carries a Vietnamese mark in the original */
    TOKEN_EXPANDED = 32 /* put in by the abbreviation lexicon */
};

enum text_encoding {
    TEXT_UTF8,
    TEXT_UTF8_NFD, /* decomposed input, composed by us */
    TEXT_TCVN3,
    TEXT_VNI,
    TEXT_VISCII,
    TEXT_CP1258,
    TEXT_UNKNOWN /* not valid UTF-8 and no legacy encoding fits: bytes kept, doubt stated */
};

enum place_type {
    PLACE_PROVINCE,
    PLACE_DISTRICT,
    PLACE_WARD, /* ward, commune or township */
    PLACE_STREET,
    PLACE_ALLEY, /* ngõ, ngách, hẻm, kiệt: name is the number chain */
    PLACE_HOUSE,
    PLACE_GROUP, /* số nhà; tổ dân phố, khu phố */
    PLACE_VILLAGE,
    PLACE_ROUTE, /* thôn, xóm, ấp; quốc lộ, tỉnh lộ, vành đai */
    PLACE_PROJECT,
    PLACE_RIVER,
    PLACE_LAKE,
    PLACE_MARKET,
    PLACE_SCHOOL,
    PLACE_ESTATE,
    PLACE_BUILDING,
    PLACE_BUS_LINE,
    PLACE_KM,
    PLACE_BRIDGE,
    PLACE_PARK,
    PLACE_HOSPITAL,
    PLACE_OTHER,
    PLACE_TYPES
};

/* A place that the text names. Strings are borrowed from the reading or from the text_t. */
struct place {
    enum place_type type;
    const char *name;          /* NFC without the type word: "Tây Mỗ", "99/110", "21B" */
    const char *key;           /* folded name, blanks single */
    const char *surface;       /* the words of the text, as written */
    const char *code;          /* gazetteer id ("2025:00070") or NULL when unknown or ambiguous */
    const char *candidates[8]; /* gazetteer ids when ambiguous, NULL-terminated when fewer than 8 */
    uint32_t at, length;       /* of the surface, in the decoded original */
    bool named;                /* the type word or an unambiguous context stands in the text */
    bool former; /* the text calls it an old name: "xã Ỷ La cũ", "trước là P.13" */
    /* Private to hub/text, for comparing (places.h): */
    const struct place_parts *parts; /* of the key */
    const uint32_t *areas;           /* what it may mean, as numbers of the gazetteer */
    uint32_t n_areas;
};

struct field_guess {
    const char *code; /* of fields.tsv; lives as long as the text_t */
    float score;      /* 0..1, the guesses of one text sum to at most 1 */
};

/* What one text says. One block; text_reading_destroy frees all of it. */
struct reading {
    enum text_encoding encoding;
    bool doubt;  /* the decoding may be wrong: a person should look at the bytes */
    bool marked; /* the text carries tone marks (false: SMS style, compare folded keys) */
    bool truncated;
    const char *text; /* the decoded original, NFC, otherwise as written */
    size_t n_tokens;
    const struct token *tokens;
    size_t n_places;
    const struct place *places;
    size_t n_fields;
    struct field_guess fields[TEXT_MAX_FIELDS]; /* best first */
    const char *object;  /* the thing, by the lexicon's head word: "đèn đường"; or NULL */
    const char *problem; /* what is wrong with it: "không sáng"; or NULL */
    const char *request; /* the verb asked for: "lắp", "sửa"; or NULL */
    bool says_again;     /* the text itself says that it was raised before ("tái kiến nghị") */
    const void *matter;  /* private to matter.c and match.c */
};

/* Reads LENGTH bytes at BYTES as received at RECEIVED_AT (ms since the epoch, 0 unknown: it decides
 * which names of wards were in force). Never fails on content; KN_E_NOMEM only. */
int text_read(const text_t *self, const char *bytes, size_t length, int64_t received_at,
              struct reading **out);
void text_reading_destroy(struct reading **reading_p);

/* ---- two readings compared ---------------------------------------------------------------- */

enum text_verdict { TEXT_DIFFERENT, TEXT_POSSIBLE, TEXT_SAME };
enum text_relation { TEXT_DUPLICATE, TEXT_RECURRENCE };

struct comparison {
    enum text_verdict verdict;
    enum text_relation relation;
    float score;                /* 0..1: orders pairs by how likely they are one petition */
    float place, matter, words; /* the three scores, each 0..1; place is -1 in conflict */
    char why[TEXT_MAX_WHY]; /* Vietnamese, for a clerk: "cùng ngõ 99 Thụy Khuê, cùng việc: …" */
};
/* Pure and symmetric; rarity weights come from the shipped table only. */
void text_compare(const text_t *self, const struct reading *a, const struct reading *b,
                  struct comparison *out);

/* ---- the index of earlier readings -------------------------------------------------------- */

typedef struct text_index text_index_t;

/* A reading packed for the append-only table: what the index and text_compare need, no prose. The
 * most that is kept of a long text are its first names and words, so a packed reading always fits.
 */
enum { TEXT_MAX_SIGNATURE = 2048 };
size_t text_pack(const text_t *self, const struct reading *reading,
                 uint8_t out[TEXT_MAX_SIGNATURE]);

text_index_t *text_index_new(const text_t *text);
void text_index_destroy(text_index_t **self_p);
/* Adds a packed reading under ID (ids ascend, from 1). 0, KN_E_NOMEM or KN_E_INVALID (bytes damaged
 * or of another version of the format). */
int text_index_add(text_index_t *self, uint64_t id, const uint8_t *packed, size_t length);
/* Forgets every reading of ID: none is found again, and what was kept of it is overwritten. Looks
 * at all that is kept. Returns how many there were. */
size_t text_index_remove(text_index_t *self, uint64_t id);

struct match {
    uint64_t id;
    struct comparison comparison;
};
/* The up to MAX most likely earlier petitions for one that is PACKED, best first; returns how many,
 * none for damaged bytes. What is asked is what would be kept, so equals are compared. */
size_t text_index_find(const text_index_t *self, const uint8_t *packed, size_t length,
                       struct match *out, size_t max);
size_t text_index_bytes(const text_index_t *self); /* memory it holds */

/* ---- parts used by other code ------------------------------------------------------------- */

/* The folded key of UTF-8 text: NFC, lower case, no marks, đ as d, blanks single. Writes at most
 * SIZE bytes with the NUL; returns the length it would have. */
size_t text_fold(const char *text, size_t length, char *out, size_t size);

/* NFC of bytes that are UTF-8; copies when nothing changes. Returns length or KN_E_INVALID. */
long text_nfc(const char *text, size_t length, char *out, size_t size);

/* LENGTH bytes in a legacy encoding (or what such bytes become when they are taken for Latin-1, as
 * office files of old fonts have them) into UTF-8, NFC; the caller frees *OUT. *OUT is NULL when
 * they are UTF-8 as they stand, or fit no encoding (TEXT_UNKNOWN). 0 or KN_E_NOMEM. */
int text_decode(char **out, enum text_encoding *encoding, bool *doubt, const char *bytes,
                size_t length);

const char *text_place_type_name(enum place_type type);  /* "ward", "alley", … for machines */
const char *text_encoding_name(enum text_encoding code); /* "utf-8", "tcvn3", … */

#endif
