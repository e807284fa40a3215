/* sidebyside.c - see the header. Each side is laid out word by word into lines of its column; a
 * word is marked when the other side does not have it. Columns are counted as the terminal does
 * (wcwidth), so that decomposed letters do no harm.
 */
#include "agents/sidebyside.h"
#include "agents/names.h"
#include "agents/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

enum {
    HEAD_ROWS = 6,    /* head, reason, two rows of each case, rule; the last is the keys' */
    GAP = 3,          /* columns between the sides */
    MAX_WORDS = 4000, /* of a side that are compared; the rest is shown unmarked */
    MAX_WORD = 64
};

struct word {
    const char *at; /* in the text */
    size_t length;
    int width;
    bool is_other; /* the other side does not say it */
    bool breaks;   /* a new line of the text begins here */
    wchar_t key[MAX_WORD];
};

struct side {
    struct word *words;
    size_t n;
};

/* ---- words ----------------------------------------------------------------------------------- */

/* Columns of LENGTH bytes at TEXT. */
static int width_of(const char *text, size_t length)
{
    mbstate_t state = {0};
    int width = 0;
    while (length > 0) {
        wchar_t letter;
        size_t n = mbrtowc(&letter, text, length, &state);
        if (n == (size_t)-1 || n == (size_t)-2 || n == 0)
            return width + (int)length;
        int columns = wcwidth(letter);
        width += columns > 0 ? columns : 0;
        text += n;
        length -= n;
    }
    return width;
}

/* The word without case and punctuation. */
static void make_key(struct word *word)
{
    mbstate_t state = {0};
    const char *at = word->at;
    size_t left = word->length, n_key = 0;
    while (left > 0 && n_key + 1 < MAX_WORD) {
        wchar_t letter;
        size_t n = mbrtowc(&letter, at, left, &state);
        if (n == (size_t)-1 || n == (size_t)-2 || n == 0)
            break;
        if (iswalnum((wint_t)letter) || letter == L'/')
            word->key[n_key++] = (wchar_t)towlower((wint_t)letter);
        at += n;
        left -= n;
    }
    word->key[n_key] = L'\0';
}

static struct side read_words(const char *text)
{
    struct side side = {.words = calloc(MAX_WORDS, sizeof(struct word))};
    bool breaks = false;
    for (const char *at = text ? text : ""; side.words && *at && side.n < MAX_WORDS;) {
        size_t blank = strspn(at, " \t\r\n");
        breaks |= side.n > 0 && memchr(at, '\n', blank) != NULL;
        at += blank;
        size_t length = strcspn(at, " \t\r\n");
        if (length > 0) {
            struct word *word = &side.words[side.n++];
            *word = (struct word){.at = at, .length = length, .breaks = breaks};
            word->width = width_of(at, length);
            make_key(word);
            breaks = false;
        }
        at += length;
    }
    return side;
}

static int by_key(const void *a, const void *b)
{
    return wcscmp(((const struct word *)a)->key, ((const struct word *)b)->key);
}

/* Marks the words of SIDE that OTHER does not have. */
static void mark(struct side *side, const struct side *other)
{
    struct word *sorted = malloc((other->n ? other->n : 1) * sizeof *sorted);
    if (!sorted || !other->n) { /* nothing to compare with: nothing stands out */
        free(sorted);
        return;
    }
    memcpy(sorted, other->words, other->n * sizeof *sorted);
    qsort(sorted, other->n, sizeof *sorted, by_key);
    for (size_t i = 0; i < side->n; i++) {
        struct word *word = &side->words[i];
        word->is_other = *word->key && !bsearch(word, sorted, other->n, sizeof *sorted, by_key);
    }
    free(sorted);
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* Prints TEXT in exactly WIDTH columns; "…" stands for what is cut. */
static void put_cell(const char *text, int width)
{
    mbstate_t state = {0};
    int used = 0;
    while (*text) {
        wchar_t letter;
        size_t n = mbrtowc(&letter, text, strlen(text), &state);
        int columns = n == (size_t)-1 || n == (size_t)-2 ? -1 : wcwidth(letter);
        if (columns < 0 || used + columns + (text[n] != '\0') > width) {
            if (used < width) {
                fputs("…", stdout);
                used++;
            }
            break;
        }
        fwrite(text, 1, n, stdout);
        text += n;
        used += columns;
    }
    printf("%*s", width > used ? width - used : 0, "");
}

/* The index behind the last word of the line that begins with word FROM. */
static size_t end_of_line(const struct side *side, size_t from, int width)
{
    size_t to = from;
    int used = 0;
    while (to < side->n && (to == from || !side->words[to].breaks)) {
        int wanted = side->words[to].width + (to > from);
        if (to > from && used + wanted > width)
            break;
        used += wanted;
        to++;
    }
    return to;
}

static int count_lines(const struct side *side, int width)
{
    int n = 0;
    for (size_t at = 0; at < side->n; at = end_of_line(side, at, width))
        n++;
    return n;
}

/* Prints the line that begins at *AT, padded to WIDTH, and moves *AT behind it. */
static void put_line(const struct side *side, size_t *at, int width, bool has_colour)
{
    size_t to = end_of_line(side, *at, width);
    int used = 0;
    for (size_t i = *at; i < to; i++) {
        const struct word *word = &side->words[i];
        bool stands_out = word->is_other;
        used += (i > *at) + word->width;
        printf("%s%s%.*s%s", i > *at ? " " : "",
               !stands_out  ? ""
               : has_colour ? "\033[1;33m"
                            : "\033[4m",
               (int)word->length, word->at, stands_out ? "\033[0m" : "");
    }
    printf("%*s", width > used ? width - used : 0, "");
    *at = to;
}

static void put_both(const char *left, const char *right, int width)
{
    put_cell(left, width);
    printf("%*s", GAP, "");
    put_cell(right, width);
    putchar('\n');
}

static void describe(kn_agent_t *agent, const struct kn_candidate_side *side, char first[256],
                     char second[256])
{
    const bool vi = kn_agent_is_vi(agent);
    char day[11];
    words_day(day, side->received_at);
    snprintf(first, 256, "%s  %s  %s", side->case_, day,
             words_of(KN_ENUM_FLOW, (int)side->flow, vi));
    snprintf(second, 256, "%s · %s · %s%s", names_of(NAMES_SOURCE, side->source, vi),
             side->field ? names_of(NAMES_FIELD, side->field, vi) : "–",
             side->area ? names_of(NAMES_AREA, side->area, vi) : "–",
             side->has_linked && side->linked
                 ? KN_TR(agent, " · có kiến nghị gộp theo", " · others are linked to it")
                 : "");
}

/* A side's words, or why they are not there. */
static const char *text_of(kn_agent_t *agent, const struct kn_candidate_side *side)
{
    return side->text
               ? side->text
               : words_of(KN_ENUM_CONTENT_STATE, (int)side->content_state, kn_agent_is_vi(agent));
}

int sidebyside_draw(const struct sidebyside *self, kn_agent_t *agent,
                    const struct kn_candidate_view *pair, const char *head, const char *keys)
{
    const int width = (self->n_columns - GAP) / 2 > 10 ? (self->n_columns - GAP) / 2 : 10;
    const int room = self->n_rows > HEAD_ROWS + 2 ? self->n_rows - HEAD_ROWS : 2;
    char lines[4][256];
    struct side earlier = read_words(text_of(agent, pair->earlier)),
                later = read_words(text_of(agent, pair->later));
    mark(&earlier, &later);
    mark(&later, &earlier);
    describe(agent, pair->earlier, lines[0], lines[1]);
    describe(agent, pair->later, lines[2], lines[3]);
    fputs("\033[H\033[2J\033[7m", stdout);
    put_cell(head, self->n_columns);
    fputs("\033[0m\n", stdout);
    put_cell(pair->pair->why ? pair->pair->why : "", self->n_columns);
    fputs("\n\033[1m", stdout);
    put_both(lines[0], lines[2], width);
    fputs("\033[0m", stdout);
    put_both(lines[1], lines[3], width);
    for (int i = 0; i < self->n_columns; i++)
        fputs("─", stdout);
    putchar('\n');
    int n_left = count_lines(&earlier, width), n_right = count_lines(&later, width);
    int n = n_left > n_right ? n_left : n_right;
    size_t at_left = 0, at_right = 0;
    for (int row = 0; row < n && row < self->top + room; row++) {
        if (row < self->top) {
            at_left = end_of_line(&earlier, at_left, width);
            at_right = end_of_line(&later, at_right, width);
            continue;
        }
        put_line(&earlier, &at_left, width, self->has_colour);
        printf("%*s", GAP, "");
        put_line(&later, &at_right, width, self->has_colour);
        putchar('\n');
    }
    printf("\033[%d;1H", self->n_rows);
    put_cell(keys, self->n_columns - 1);
    fflush(stdout);
    free(earlier.words);
    free(later.words);
    return n > self->top + room ? n - self->top - room : 0;
}
