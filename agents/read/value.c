/* value.c - the small things forms are made of: texts, heading keys, days and times.
 *
 * Pure. Texts are UTF-8; what is not is never repaired here, only reported by read_is_text.
 */
#include "agents/read/parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { ZONE_MINUTES = 7 * 60 }; /* Viet Nam: no summer time */

int read_room(struct read_bytes *bytes, size_t length)
{
    if (bytes->size - bytes->length <= length) {
        size_t size = (bytes->size ? bytes->size * 2 : 256);
        while (size - bytes->length <= length) {
            size *= 2;
        }
        char *grown = realloc(bytes->at, size);
        if (!grown) {
            return KN_E_NOMEM;
        }
        bytes->at = grown;
        bytes->size = size;
    }
    return KN_OK;
}

int read_put(struct read_bytes *bytes, const char *text, size_t length)
{
    if (read_room(bytes, length) != KN_OK) {
        return KN_E_NOMEM;
    }
    if (length > 0) {
        memcpy(bytes->at + bytes->length, text, length);
    }
    bytes->length += length;
    bytes->at[bytes->length] = '\0';
    return KN_OK;
}

bool read_is_text(const char *bytes, size_t length)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)bytes;
    while (length > 0) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate(at, (utf8proc_ssize_t)length, &point);
        if (n <= 0 || point == 0) {
            return false;
        }
        at += n;
        length -= (size_t)n;
    }
    return true;
}

/* The length of the blank (also U+00A0, U+FEFF, U+200B) at AT, 0 when there is none. */
static size_t blank(const char *at, const char *end)
{
    static const char *const wide[] = {"\xC2\xA0", "\xEF\xBB\xBF", "\xE2\x80\x8B"};
    if (at < end && (*at == ' ' || (*at >= '\t' && *at <= '\r'))) {
        return 1;
    }
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        size_t n = strlen(wide[i]);
        if ((size_t)(end - at) >= n && memcmp(at, wide[i], n) == 0) {
            return n;
        }
    }
    return 0;
}

char *read_clean(const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    for (size_t n; (n = blank(at, end)) > 0;) {
        at += n;
    }
    while (end > at) { /* a blank ends at END: of one, two or three bytes */
        size_t n = 1;
        while (n <= 3 && (size_t)(end - at) >= n && blank(end - n, end) != n) {
            n++;
        }
        if (n > 3 || (size_t)(end - at) < n) {
            break;
        }
        end -= n;
    }
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)at, end - at, &composed,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0) {
        return NULL;
    }
    char *out = (char *)composed, *put = out;
    for (const char *get = out; *get; get++) {
        if (*get != '\r') {
            *put++ = *get;
        } else if (get[1] != '\n') {
            *put++ = '\n';
        }
    }
    *put = '\0';
    return out;
}

size_t read_characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

size_t read_key(char *out, size_t size, const char *text)
{
    size_t length = 0;
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                                      UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                                          UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        char c = (char)folded[i];
        if (folded[i] == 0xC4 && i + 1 < n && folded[i + 1] == 0x91) { /* đ has no decomposition */
            c = 'd';
            i++;
        }
        if (((unsigned char)c < 0x80) && isalnum((unsigned char)c)) {
            if (length + 1 < size) {
                out[length] = c;
            }
            length++;
        }
    }
    free(folded);
    if (size > 0) {
        out[length < size ? length : size - 1] = '\0';
    }
    return length;
}

char *read_unmark(const char *text)
{
    utf8proc_uint8_t *bare = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &bare,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK);
    if (n < 0) {
        return NULL;
    }
    char *out = (char *)bare, *put = out;
    for (const utf8proc_uint8_t *get = bare; *get;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t size = utf8proc_iterate(get, -1, &point);
        *put++ = point < 0x80      ? (char)point
                 : point == 0x110  ? 'D'
                 : point == 0x111  ? 'd'
                 : point == 0x2013 ? '-'
                                   : '?';
        get += size > 0 ? size : 1;
    }
    *put = '\0';
    return out;
}

char *read_words(const char *text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    char *out = n >= 0 ? malloc((size_t)n + 3) : NULL;
    size_t length = 0;
    if (out) {
        out[length++] = ' ';
    }
    for (utf8proc_ssize_t i = 0; out && i < n; i++) {
        bool is_word = folded[i] >= 0x80 || isalnum(folded[i]);
        if (is_word || out[length - 1] != ' ') {
            out[length++] = is_word ? (char)folded[i] : ' ';
        }
    }
    if (out && out[length - 1] != ' ') {
        out[length++] = ' ';
    }
    if (out) {
        out[length] = '\0';
    }
    free(folded);
    return out;
}

size_t read_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t row[LONGEST + 1], n = strnlen(b, LONGEST);
    for (size_t j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i] && i < LONGEST; i++) {
        size_t before = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= n; j++) {
            size_t swap = before + (a[i] != b[j - 1]);
            before = row[j];
            size_t least = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
            row[j] = swap < least ? swap : least;
        }
    }
    return row[n];
}

/* ---- days and times ----------------------------------------------------------------------- */

/* Days from 1970-01-01 to the day Y-M-D of the Gregorian calendar; false when there is none. */
static bool count_days(int64_t *days, int y, int m, int d)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (y < 1970 || y > 9999 || m < 1 || m > 12 || d < 1 || d > lengths[m - 1] + (m == 2 && leap)) {
        return false;
    }
    int64_t n = (int64_t)(y - 1970) * 365 + (y - 1969) / 4 - (y - 1901) / 100 + (y - 1601) / 400;
    for (int i = 1; i < m; i++) {
        n += lengths[i - 1] + (i == 2 && leap);
    }
    *days = n + d - 1;
    return true;
}

void read_day(char out[11], int64_t at)
{
    int64_t days = (at + ZONE_MINUTES * 60000LL) / 86400000, first;
    int y = (int)(1970 + days / 366), m = 12, d;
    while (count_days(&first, y + 1, 1, 1) && first <= days) {
        y++;
    }
    while (m > 1 && count_days(&first, y, m, 1) && first > days) {
        m--;
    }
    count_days(&first, y, m, 1);
    d = (int)(days - first) + 1;
    (void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100,
                   (unsigned)d % 100);
}

static const char *skip(const char *at)
{
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    return at;
}

/* Reads MIN to MAX digits; NULL when there are fewer. */
static const char *digits(int *out, const char *at, int min, int max)
{
    int n = 0, value = 0;
    while (n < max && isdigit((unsigned char)at[n])) {
        value = value * 10 + (at[n++] - '0');
    }
    *out = value;
    return n < min || isdigit((unsigned char)at[n]) ? NULL : at + n;
}

/* Reads "HH:MM[:SS[.fff]] [AM]" into milliseconds of the day. */
static const char *clock_time(int64_t *ms, const char *at)
{
    int h, m, s = 0;
    if (!(at = digits(&h, at, 1, 2)) || (*at != ':' && *at != 'h') ||
        !(at = digits(&m, at + 1, 2, 2))) {
        return NULL;
    }
    if (*at == ':' && !(at = digits(&s, at + 1, 2, 2))) {
        return NULL;
    }
    if (*at == '.' || *at == ',') {
        do {
            at++;
        } while (isdigit((unsigned char)*at));
    }
    const char *half = skip(at);
    if ((*half | 0x20) == 'a' || (*half | 0x20) == 'p') {
        if ((half[1] | 0x20) != 'm' || h < 1 || h > 12) {
            return NULL;
        }
        h = h % 12 + ((*half | 0x20) == 'p' ? 12 : 0);
        at = half + 2;
    }
    *ms = ((int64_t)h * 60 + m) * 60000 + (int64_t)s * 1000;
    return h <= 23 && m <= 59 && s <= 60 ? at : NULL;
}

/* Reads "Z", "+07:00", "+0700", "(GMT+7)", "EST"… into minutes east; nothing leaves MINUTES alone.
 */
static const char *zone(int *minutes, const char *at)
{
    static const struct {
        const char *name;
        int hours;
    } names[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"Z", 0},    {"EST", -5},
                 {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6},
                 {"PST", -8}, {"PDT", -7}, {"ICT", 7}};
    int h, m = 0;
    at += *at == '(';
    if (strncasecmp(at, "gmt", 3) == 0 && (at[3] == '+' || at[3] == '-')) {
        at += 3;
    }
    int sign = *at == '-' ? -1 : 1;
    if (*at == '+' || *at == '-') {
        const char *end = digits(&h, at + 1, 4, 4);
        if (end) {
            m = h % 100;
            h /= 100;
        } else if (!(end = digits(&h, at + 1, 1, 2)) ||
                   (*end == ':' && !(end = digits(&m, end + 1, 2, 2)))) {
            return NULL;
        }
        *minutes = sign * (h * 60 + m);
        return h <= 14 && m <= 59 ? end + (*end == ')') : NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i].name);
        if (strncasecmp(at, names[i].name, n) == 0 && !isalpha((unsigned char)at[n])) {
            *minutes = names[i].hours * 60;
            return at + n;
        }
    }
    return at;
}

/* What stands behind a day: a time and a zone, both optional, and nothing else. */
static int finish(int64_t *at_ms, int64_t days, const char *at, int minutes)
{
    int64_t ms = 0;
    at = skip(*at == 'T' || *at == 't' || *at == ',' ? at + 1 : at);
    if (*at) {
        if (!(at = clock_time(&ms, at)) || !(at = zone(&minutes, skip(at)))) {
            return KN_E_INVALID;
        }
    }
    int64_t result = days * 86400000 + ms - (int64_t)minutes * 60000;
    if (*skip(at) || result < 0) {
        return KN_E_INVALID;
    }
    *at_ms = result;
    return KN_OK;
}

int read_time(int64_t *at_ms, const char *text)
{
    int y, m, d;
    int64_t days;
    const char *at = skip(text), *end;
    if ((end = digits(&y, at, 4, 4)) != NULL) { /* 2026-11-24, 2026/11/24 */
        const char mark = *end;
        if ((mark != '-' && mark != '/') || !(end = digits(&m, end + 1, 2, 2)) || *end != mark ||
            !(end = digits(&d, end + 1, 2, 2))) {
            return KN_E_INVALID;
        }
    } else { /* 24/11/2026, 24-11-2026, 24.11.2026 */
        char mark;
        if (!(end = digits(&d, at, 1, 2)) || !strchr("/-.", mark = *end) || !mark ||
            !(end = digits(&m, end + 1, 1, 2)) || *end != mark ||
            !(end = digits(&y, end + 1, 4, 4))) {
            return KN_E_INVALID;
        }
    }
    return count_days(&days, y, m, d) ? finish(at_ms, days, end, ZONE_MINUTES) : KN_E_INVALID;
}

/* The month that a word begins, 1 to 12; 0: none. */
static int month_of(const char *word)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++) {
        if (strncasecmp(word, months + 3 * i, 3) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* Over words, such as the name of the day, to the first digit; *MONTH when one of them is it. */
static const char *skip_words(int *month, const char *at)
{
    while (*at && !isdigit((unsigned char)*at)) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n]) || (unsigned char)at[n] >= 0x80) {
            n++;
        }
        *month = n >= 3 && month_of(at) ? month_of(at) : *month;
        at += n ? n : 1;
    }
    return at;
}

/* A year of four digits, or of two as in the last century's mail. */
static const char *year(int *y, const char *at)
{
    const char *end = digits(y, at, 4, 4);
    if (!end && (end = digits(y, at, 2, 2))) {
        *y += *y < 70 ? 2000 : 1900;
    }
    return end;
}

/* "24 Nov 2026 08:30:00 +0700", "24-Nov-26 …" */
static int day_first(int64_t *at_ms, const char *at)
{
    int y, d, m = 0;
    int64_t days;
    if (!(at = digits(&d, at, 1, 2)) || (*at != ' ' && *at != '-')) {
        return KN_E_INVALID;
    }
    at = skip(*at == '-' ? at + 1 : at);
    m = month_of(at);
    while (isalpha((unsigned char)*at)) {
        at++;
    }
    at = skip(*at == '-' || *at == '.' ? at + 1 : at);
    if (!m || !(at = year(&y, at)) || !count_days(&days, y, m, d)) {
        return KN_E_INVALID;
    }
    return finish(at_ms, days, at, 0);
}

/* "24, 2026 08:30:00 +0700", "24 08:30:00 2026" behind the name of month M. */
static int month_first(int64_t *at_ms, int m, const char *at)
{
    int y, d;
    int64_t days, ms = 0;
    const char *end;
    if (!(at = digits(&d, at, 1, 2))) {
        return KN_E_INVALID;
    }
    at = skip(*at == ',' ? at + 1 : at);
    if ((end = digits(&y, at, 4, 4))) {
        return count_days(&days, y, m, d) ? finish(at_ms, days, end, 0) : KN_E_INVALID;
    }
    if (!(at = clock_time(&ms, at)) || !(at = digits(&y, skip(at), 4, 4)) || *skip(at) ||
        !count_days(&days, y, m, d)) {
        return KN_E_INVALID;
    }
    *at_ms = days * 86400000 + ms;
    return KN_OK;
}

/* "20261124T083000+0700"; "11/24/2026 8:30:00 AM", month first where there is AM or PM. */
static int of_numbers(int64_t *at_ms, const char *at)
{
    char form[64];
    int d, m, y;
    const char *end = digits(&m, at, 1, 2);
    bool halves = strcasestr(at, "am") || strcasestr(at, "pm");
    if (strspn(at, "0123456789") == 8 && at[8] == 'T' && strspn(at + 9, "0123456789") == 6) {
        (void)snprintf(form, sizeof form, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.20s", at, at + 4, at + 6,
                       at + 9, at + 11, at + 13, at + 15);
        return read_time(at_ms, form);
    }
    if (halves && end && *end == '/' && (end = digits(&d, end + 1, 1, 2)) && *end == '/' &&
        (end = digits(&y, end + 1, 4, 4))) {
        (void)snprintf(form, sizeof form, "%04d-%02d-%02d%.40s", y, m, d, end);
        return read_time(at_ms, form);
    }
    return read_time(at_ms, at);
}

/* RFC 822 and what is written instead of it; the day's name, commas and the seconds may be absent.
 */
int read_feed_time(int64_t *at_ms, const char *text)
{
    int m = 0;
    const char *at = skip_words(&m, text);
    if (!*at) {
        return KN_E_INVALID;
    }
    if (m) {
        return month_first(at_ms, m, at);
    }
    return of_numbers(at_ms, at) == KN_OK ? KN_OK : day_first(at_ms, at);
}
