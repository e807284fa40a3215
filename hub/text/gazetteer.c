/* gazetteer.c - reads areas.tsv, text/units.tsv and text/place_types.tsv into hashes. */
#include "hub/text/gazetteer.h"

#include "hub/text/table.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>

const struct name *gazetteer_find(const places_t *self, const char *key)
{
    const struct name *name = self->names[hash_bytes(key, strlen(key)) % NAME_SLOTS];
    while (name != NULL && strcmp(name->key, key) != 0)
        name = name->next;
    return name;
}

const struct name *gazetteer_next(const struct name *name)
{
    const char *key = name->key;
    do
        name = name->next;
    while (name != NULL && strcmp(name->key, key) != 0);
    return name;
}

/* NFC, small letters, tone marks placed one way. */
static char *lower_of(struct arena *arena, const char *name)
{
    char *placed = normalise_name(name, 0, strlen(name), arena);
    return placed == NULL ? NULL : normalise_lower(placed, arena);
}

static char *fold_of(struct arena *arena, const char *name)
{
    size_t size = strlen(name) + 1;
    char *key = arena_take(arena, size);
    if (key != NULL)
        text_fold(name, size - 1, key, size);
    for (char *p = key; p != NULL && *p; p++)
        if (*p == '-' || *p == '.') /* as the tokens stand: words alone */
            *p = ' ';
    if (key != NULL) {
        char *to = key;
        for (char *p = key; *p; p++)
            if (*p != '\'' && (*p != ' ' || (to > key && to[-1] != ' ')))
                *to++ = *p;
        *to = 0;
    }
    return key;
}

static const char *add_name(places_t *self, const char *display, int type, bool is_city,
                            const struct area *area)
{
    struct name *name = arena_take(&self->arena, sizeof *name);
    if (name == NULL)
        return "out of memory";
    *name = (struct name){.key = fold_of(&self->arena, display),
                          .lower = lower_of(&self->arena, display),
                          .display = normalise_name(display, 0, strlen(display), &self->arena),
                          .type = type,
                          .is_city = is_city,
                          .area = area};
    if (self->arena.failed)
        return "out of memory";
    const struct name **slot = &self->names[hash_bytes(name->key, strlen(name->key)) % NAME_SLOTS];
    name->next = *slot;
    *slot = name;
    return NULL;
}

static const char *add_area(places_t *self, const char *const row[])
{
    static const struct {
        const char *name;
        enum place_type type;
    } types[] = {{"thành phố", PLACE_PROVINCE}, {"quận", PLACE_DISTRICT}, {"huyện", PLACE_DISTRICT},
                 {"thị xã", PLACE_DISTRICT},    {"phường", PLACE_WARD},   {"xã", PLACE_WARD},
                 {"thị trấn", PLACE_WARD}};
    struct area *area = &self->areas[self->n_areas++];
    int type = -1;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(row[2], types[i].name) == 0)
            type = (int)types[i].type;
    if (type < 0)
        return "the type is one of thành phố, quận, huyện, thị xã, phường, xã, thị trấn";
    if (row[1][0] == 0 || strlen(row[4]) != 10 || (row[5][0] != 0 && strlen(row[5]) != 10))
        return "wants a name, and dates as YYYY-MM-DD";
    *area = (struct area){.id = arena_copy(&self->arena, row[0], strlen(row[0])),
                          .name = normalise_name(row[1], 0, strlen(row[1]), &self->arena),
                          .key = fold_of(&self->arena, row[1]),
                          .lower = lower_of(&self->arena, row[1]),
                          .kind = arena_copy(&self->arena, row[2], strlen(row[2])),
                          .type = (enum place_type)type,
                          .parent = arena_copy(&self->arena, row[3], strlen(row[3])),
                          .successors = arena_copy(&self->arena, row[6], strlen(row[6])),
                          .is_old = row[5][0] != 0 && strcmp(row[5], "2025-07-01") < 0};
    const char *fault = add_name(self, row[1], type, type == PLACE_PROVINCE, area);
    for (const char *alias = row[7]; fault == NULL && *alias;) {
        size_t n = strcspn(alias, ";");
        char *copy = arena_copy(&self->arena, alias, n);
        if (copy == NULL)
            fault = "out of memory";
        else if (strchr(copy, '.') == NULL &&
                 strchr(copy, ':') == NULL) /* the grammar cuts "q." off */
            fault = add_name(self, copy, type, type == PLACE_PROVINCE, area);
        alias += n + (alias[n] == ';');
    }
    return fault;
}

uint32_t places_pack_id(const char *id)
{
    enum { WARD_DIGITS = 5, LEVEL_SHIFT = 18 }; /* 2 * 99999 + 1 is below the level */
    size_t n_digits = strlen(id + 5);
    uint32_t level = n_digits < WARD_DIGITS ? (uint32_t)(WARD_DIGITS - n_digits) : 0;
    return (uint32_t)(strtoul(id + 5, NULL, 10) << 1 | (strncmp(id, "2025:", 5) == 0)) |
           level << LEVEL_SHIFT;
}

static size_t slot_of_packed(const places_t *self, uint32_t packed)
{
    size_t slot = (packed * 2654435761u >> 16) % AREA_SLOTS;
    while (self->by_packed[slot] != NULL && self->by_packed[slot]->packed != packed)
        slot = (slot + 1) % AREA_SLOTS;
    return slot;
}

/* The numbers of "2025:00008:all;…" that are areas. */
static bool link_successors(places_t *self, struct area *area)
{
    size_t n = 1;
    for (const char *p = area->successors; *p; p++)
        n += *p == ';';
    uint32_t *numbers = arena_take(&self->arena, n * sizeof *numbers);
    for (const char *p = area->successors; numbers != NULL && *p;) {
        size_t length = strcspn(p, ";"), n_id = length > 5 ? 5 + strcspn(p + 5, ":;") : length;
        char id[16] = "";
        memcpy(id, p, n_id < sizeof id ? n_id : sizeof id - 1);
        uint32_t number = places_number(self, id);
        if (number < PLACES_STRANGE)
            numbers[area->n_successors++] = number;
        p += length + (p[length] == ';');
    }
    area->successor_numbers = numbers;
    area->parent_number = places_number(self, area->parent);
    return numbers != NULL;
}

/* Once all areas are there: finds them by id and by key, and the wards of each district. */
static bool link_areas(places_t *self)
{
    bool good = true;
    for (size_t i = self->n_areas; i-- > 0;) { /* the first one ends up in the slot */
        struct area *area = &self->areas[i];
        size_t slot = hash_bytes(area->key, strlen(area->key)) % AREA_SLOTS;
        while (self->by_key[slot] != NULL && strcmp(self->by_key[slot]->key, area->key) != 0)
            slot = (slot + 1) % AREA_SLOTS;
        area->namesake = self->by_key[slot];
        self->by_key[slot] = area;
    }
    for (size_t i = 0; i < self->n_areas; i++) {
        struct area *area = &self->areas[i];
        const struct area **slot =
            &self->by_id[hash_bytes(area->id, strlen(area->id)) % AREA_SLOTS];
        area->next = *slot;
        *slot = area;
        area->packed = places_pack_id(area->id);
        self->by_packed[slot_of_packed(self, area->packed)] = area;
    }
    for (size_t i = 0; i < self->n_areas; i++) {
        struct area *area = &self->areas[i];
        const struct area *found = places_area(self, area->parent);
        good = good && link_successors(self, area);
        if (area->type == PLACE_WARD && found != NULL) {
            struct area *parent = &self->areas[found - self->areas];
            area->sibling = parent->wards;
            parent->wards = area;
        }
    }
    return good;
}

static const char *add_unit(places_t *self, const char *const row[])
{
    static const struct {
        const char *name;
        enum place_type type;
        bool is_city;
    } types[] = {{"municipality", PLACE_PROVINCE, true},
                 {"province", PLACE_PROVINCE, false},
                 {"district", PLACE_DISTRICT, false},
                 {"ward", PLACE_WARD, false},
                 {"street", PLACE_STREET, false}};
    if (row[1][0] == 0)
        return "the name is empty";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(row[0], types[i].name) == 0)
            return add_name(self, row[1], (int)types[i].type, types[i].is_city, NULL);
    return "the type is one of municipality, province, district, ward, street";
}

static const char *add_word(places_t *self, const char *const row[])
{
    static const char *const grammars[] = {"name",  "number", "either", "house",
                                           "known", "strong", "weak"};
    struct type_word *word = arena_take(&self->arena, sizeof *word);
    if (word == NULL)
        return "out of memory";
    word->type = -1;
    for (int t = 0; t < PLACE_TYPES; t++)
        if (strcmp(row[1], text_place_type_name((enum place_type)t)) == 0)
            word->type = t;
    if (strcmp(row[1], "city") == 0)
        word->type = TYPE_CITY;
    if (strcmp(row[1], "context") == 0)
        word->type = TYPE_CONTEXT;
    if (word->type < 0)
        return "no such place type";
    for (word->grammar = 0; word->grammar < GRAMMARS; word->grammar++)
        if (strcmp(row[2], grammars[word->grammar]) == 0)
            break;
    if (word->grammar == GRAMMARS)
        return "the grammar is one of name, number, either, house, known, strong, weak";
    if (strcmp(row[3], "yes") != 0 && strcmp(row[3], "capital") != 0 && strcmp(row[3], "no") != 0)
        return "folded is one of yes, capital, no";
    word->folded = row[3][0];
    for (const char *p = row[0]; *p;) {
        size_t n = strcspn(p, " ");
        if (word->n_words == NAME_WORDS)
            return "a type word has at most eight words";
        char *copy = arena_copy(&self->arena, p, n);
        if (copy == NULL)
            return "out of memory";
        const char *text = lower_of(&self->arena, copy), *key = fold_of(&self->arena, copy);
        if (text == NULL || key == NULL)
            return "out of memory";
        word->text[word->n_words] = hash_bytes(text, strlen(text));
        word->key[word->n_words++] = hash_bytes(key, strlen(key));
        p += n + (p[n] == ' ');
    }
    if (self->arena.failed)
        return "out of memory";
    const struct type_word **at = &self->words[word->key[0] % WORD_SLOTS];
    while (*at != NULL &&
           ((*at)->n_words > word->n_words ||
            ((*at)->n_words == word->n_words && word->type == TYPE_CONTEXT))) /* types first */
        at = (const struct type_word **)&(*at)->next;
    word->next = *at;
    *at = word;
    return NULL;
}

int places_open(places_t **out, const char *folder, uint64_t *version, char *why, size_t why_size)
{
    static const struct {
        const char *file, *header;
        const char *(*add)(places_t *, const char *const[]);
    } files[] = {{"areas.tsv",
                  "id\tname\ttype\tparent\tvalid_from\tvalid_to\tsuccessors\taliases\tnote",
                  add_area},
                 {"text/units.tsv", "type\tname\tprovince", add_unit},
                 {"text/place_types.tsv", "word\ttype\tgrammar\tfolded", add_word}};
    int rc = 0;
    *out = NULL;
    places_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return KN_E_NOMEM;
    for (size_t f = 0; rc == 0 && f < 3; f++) {
        struct table table;
        rc = table_read(&table, folder, files[f].file, files[f].header, why, why_size);
        if (rc == 0 && f == 0) {
            self->areas = calloc(table.n_rows + 1, sizeof *self->areas);
            rc = self->areas == NULL ? KN_E_NOMEM
                 : table.n_rows < AREA_SLOTS
                     ? 0
                     : table_fault(&table, 0, "too many rows", why, why_size);
        }
        for (size_t i = 0; rc == 0 && i < table.n_rows; i++) {
            const char *fault = files[f].add(self, table.rows[i]);
            if (fault != NULL)
                rc = table_fault(&table, i, fault, why, why_size);
        }
        *version = *version * 31 + table.hash;
        table_clear(&table);
    }
    if (rc == 0 && !link_areas(self))
        rc = KN_E_NOMEM;
    if (rc != 0)
        places_close(&self);
    *out = self;
    return rc;
}

void places_close(places_t **self_p)
{
    if (*self_p == NULL)
        return;
    arena_free(&(*self_p)->arena);
    free((*self_p)->areas);
    free(*self_p);
    *self_p = NULL;
}

const struct area *places_area(const places_t *self, const char *id)
{
    const struct area *area = self->by_id[hash_bytes(id, strlen(id)) % AREA_SLOTS];
    while (area != NULL && strcmp(area->id, id) != 0)
        area = area->next;
    return area;
}

const struct area *gazetteer_areas(const places_t *self, const char *key)
{
    size_t slot = hash_bytes(key, strlen(key)) % AREA_SLOTS;
    while (self->by_key[slot] != NULL && strcmp(self->by_key[slot]->key, key) != 0)
        slot = (slot + 1) % AREA_SLOTS;
    return self->by_key[slot];
}

uint32_t places_number(const places_t *self, const char *id)
{
    const struct area *area = places_area(self, id);
    if (area != NULL)
        return (uint32_t)(area - self->areas);
    return PLACES_STRANGE | (strlen(id) > 5 ? places_pack_id(id) : 0);
}

uint32_t places_number_of_packed(const places_t *self, uint32_t packed)
{
    const struct area *area = self->by_packed[slot_of_packed(self, packed)];
    return area != NULL ? (uint32_t)(area - self->areas) : PLACES_STRANGE | packed;
}

const struct area *places_numbered(const places_t *self, uint32_t number)
{
    return number < self->n_areas ? &self->areas[number] : NULL;
}

bool places_passes_to(const struct area *district, uint32_t ward)
{
    for (const struct area *area = district->wards; area != NULL; area = area->sibling)
        for (size_t i = 0; i < area->n_successors; i++)
            if (area->successor_numbers[i] == ward)
                return true;
    return false;
}
