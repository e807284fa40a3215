/* syllable.c - what a folded word must look like to be a Vietnamese syllable.
 *
 * The consonants before the first vowel, a vowel with what follows it. Both tables are sorted. In
 * "gi" and "qu" the vowel belongs to the consonants or to what follows ("giêng", "gì").
 */
#include "hub/text/normalise.h"

enum { PART_MAX = 4 };
static const char onsets[][PART_MAX + 1] = {
    "b",  "c",   "ch", "d", "g",  "gh", "gi", "h", "k", "kh", "l",  "m", "n",
    "ng", "ngh", "nh", "p", "ph", "qu", "r",  "s", "t", "th", "tr", "v", "x",
};
static const char rhymes[][PART_MAX + 1] = {
    "a",    "ac",   "ach",  "ai",   "ak",  "am",  "an",   "ang",  "anh", "ao",  "ap",
    "at",   "au",   "ay",   "e",    "ec",  "ech", "ek",   "em",   "en",  "eng", "enh",
    "eo",   "ep",   "et",   "eu",   "i",   "ia",  "ich",  "iec",  "iem", "ien", "ieng",
    "iep",  "iet",  "ieu",  "ih",   "im",  "in",  "inh",  "ip",   "it",  "iu",  "o",
    "oa",   "oac",  "oach", "oai",  "oam", "oan", "oang", "oanh", "oao", "oat", "oay",
    "oc",   "oe",   "oen",  "oeo",  "oet", "oi",  "ok",   "om",   "on",  "ong", "ooc",
    "oong", "op",   "ot",   "u",    "ua",  "uan", "uang", "uat",  "uau", "uay", "uc",
    "ue",   "uech", "uenh", "ui",   "uk",  "um",  "un",   "ung",  "uo",  "uoc", "uoi",
    "uom",  "uon",  "uong", "uop",  "uot", "uou", "up",   "ut",   "uu",  "uy",  "uya",
    "uych", "uyen", "uyet", "uynh", "uyt", "uyu", "y",    "yem",  "yen", "yet", "yeu",
};

/* Up to four letters as a number that sorts as they do. */
static uint32_t letters_as_number(const char part[PART_MAX])
{
    return (uint32_t)(uint8_t)part[0] << 24 | (uint32_t)(uint8_t)part[1] << 16 |
           (uint32_t)(uint8_t)part[2] << 8 | (uint8_t)part[3];
}

static bool has(const char (*table)[PART_MAX + 1], size_t n, const char *part, size_t length)
{
    char padded[PART_MAX] = {0};
    if (length > PART_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        padded[i] = part[i];
    uint32_t want = letters_as_number(padded);
    size_t from = 0;
    for (size_t to = n; from < to;) {
        size_t middle = (from + to) / 2;
        if (letters_as_number(table[middle]) < want)
            from = middle + 1;
        else
            to = middle;
    }
    return from < n && letters_as_number(table[from]) == want;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static bool is_rhyme(const char *part, size_t length)
{
    return has(rhymes, sizeof rhymes / sizeof *rhymes, part, length);
}

bool normalise_is_syllable(const char *word, size_t length)
{
    size_t onset = 0;
    if (length == 0 || length > 7)
        return false;
    while (onset < length && !is_vowel(word[onset]))
        onset++;
    if (onset > 0 && !has(onsets, sizeof onsets / sizeof *onsets, word, onset))
        return length > 2 && word[0] == 'q' && word[1] == 'u' && is_rhyme(word + 2, length - 2);
    if (is_rhyme(word + onset, length - onset))
        return true;
    bool glide = onset == 1 && word[0] == 'g' && length > 1 && word[1] == 'i';
    return glide && (length == 2 || is_rhyme(word + 2, length - 2));
}
