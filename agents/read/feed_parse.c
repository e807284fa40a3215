/* feed_parse.c - the bytes of a feed as a tree of XML, whatever its server says they are.
 *
 * Servers and documents often name a character set that is not theirs. In this order:
 *
 *     the mark of UTF-32 or UTF-16, or its pattern  -> that
 *     valid UTF-8, though another set is named      -> UTF-8: no other text looks like it by chance
 *     what the document names, else the server      -> that
 *     mostly UTF-8                                  -> UTF-8, U+FFFD for what is not; in doubt
 *     anything else                                 -> windows-1252; in doubt
 *
 * Names of HTML such as &nbsp; are written as numbers first, since the DTD that would declare them
 * is never fetched; a bare "&" and control characters, which many papers write, are mended. What is
 * not well-formed after all is read once more as far as it goes.
 */
#include "agents/read/parts.h"

#include <ctype.h>
#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT |
              XML_PARSE_BIG_LINES,
    PROLOG = 400 /* where an encoding is looked for */
};

/* ---- what the bytes are --------------------------------------------------------------------- */

/* The value of encoding="…" in the prolog; "" when there is none. */
static void named_encoding(char out[40], const char *bytes, size_t length)
{
    char head[PROLOG + 1];
    size_t n = length < PROLOG ? length : PROLOG;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        head[i] = bytes[i] ? bytes[i] : ' ';
    }
    head[n] = '\0';
    const char *end = strstr(head, "?>"), *at = strstr(head, "encoding");
    if (!end || !at || at > end) {
        return;
    }
    at += strlen("encoding");
    at += strspn(at, " \t\r\n=");
    if (*at == '"' || *at == '\'') {
        (void)snprintf(out, 40, "%.*s", (int)strcspn(at + 1, "\"'"), at + 1);
    }
}

static bool is_utf8(const char *name)
{
    return strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0;
}

/* How many characters beyond ASCII BYTES have as UTF-8, and how many bytes are none of it. */
static void weigh(const char *bytes, size_t length, size_t *good, size_t *bad)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)bytes;
    *good = *bad = 0;
    while (length > 0) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate(at, (utf8proc_ssize_t)length, &point);
        *good += n > 1;
        *bad += n <= 0;
        at += n > 0 ? n : 1;
        length -= n > 0 ? (size_t)n : 1;
    }
}

/* UTF-32 and UTF-16 by their mark or by the first "<"; NULL when it is neither. */
static const char *wide_set_of(const char *bytes, size_t length)
{
    static const struct {
        const char *name, *begins;
        size_t n;
    } forms[] = {{"UTF-32BE", "\0\0\xFE\xFF", 4}, {"UTF-32LE", "\xFF\xFE\0\0", 4},
                 {"UTF-32BE", "\0\0\0<", 4},      {"UTF-32LE", "<\0\0\0", 4},
                 {"UTF-16BE", "\xFE\xFF", 2},     {"UTF-16LE", "\xFF\xFE", 2},
                 {"UTF-16BE", "\0<", 2},          {"UTF-16LE", "<\0", 2}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (length >= forms[i].n && memcmp(bytes, forms[i].begins, forms[i].n) == 0) {
            return forms[i].name;
        }
    }
    return NULL;
}

/* ---- turning bytes -------------------------------------------------------------------------- */

static int recode(struct read_bytes *out, const char *bytes, size_t length, const char *charset)
{
    iconv_t cd = iconv_open("UTF-8", charset);
    char *from = (char *)(uintptr_t)bytes, room[4096];
    int rc = cd == (iconv_t)-1 ? KN_E_INVALID : KN_OK;
    while (rc == KN_OK && length > 0) {
        char *to = room;
        size_t n_to = sizeof room, before = length;
        size_t done = iconv(cd, &from, &length, &to, &n_to);
        rc = read_put(out, room, sizeof room - n_to);
        if (done == (size_t)-1 && length == before && n_to == sizeof room) { /* it cannot go on */
            rc = rc == KN_OK ? read_put(out, "\xEF\xBF\xBD", 3) : rc;
            from++;
            length--;
        }
    }
    if (cd != (iconv_t)-1) {
        iconv_close(cd);
    }
    return rc;
}

static int mend(struct read_bytes *out, const char *bytes, size_t length)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)bytes;
    int rc = KN_OK;
    while (length > 0 && rc == KN_OK) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate(at, (utf8proc_ssize_t)length, &point);
        rc = n > 0 ? read_put(out, (const char *)at, (size_t)n) : read_put(out, "\xEF\xBF\xBD", 3);
        at += n > 0 ? n : 1;
        length -= n > 0 ? (size_t)n : 1;
    }
    return rc;
}

/* What stands behind an "&" of AT, N bytes at most: the length of "&…;", 0 when it is a bare one;
 * POINT is what &name; of HTML stands for, 0 for other references. */
static size_t reference(unsigned *point, const char *at, size_t n)
{
    static const char *const of_xml[] = {"amp", "lt", "gt", "quot", "apos"};
    char name[16];
    size_t length = 1;
    *point = 0;
    while (length < n && length < sizeof name &&
           (isalnum((unsigned char)at[length]) || (length == 1 && at[length] == '#'))) {
        name[length - 1] = at[length];
        length++;
    }
    name[length - 1] = '\0';
    if (length < 2 || length >= n || at[length] != ';') {
        return 0;
    }
    if (name[0] == '#') {
        unsigned long value =
            name[1] == 'x' ? strtoul(name + 2, NULL, 16) : strtoul(name + 1, NULL, 10);
        bool is_text = value >= 0x20 || value == '\t' || value == '\n' || value == '\r';
        *point = is_text ? 0 : ' '; /* XML has no word for it */
        return length + 1;
    }
    for (size_t i = 0; i < sizeof of_xml / sizeof *of_xml; i++) {
        if (strcmp(name, of_xml[i]) == 0) {
            return length + 1;
        }
    }
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
    *point = entity ? entity->value : 0;
    return length + 1;
}

/* What papers write and XML does not allow, mended outside CDATA: names of HTML as numbers, a bare
 * "&" as &amp;, control characters left out. */
static int tidy(struct read_bytes *out, const char *bytes, size_t length)
{
    static const char open[] = "<![CDATA[", close[] = "]]>";
    const char *end = bytes + length, *plain = NULL;
    bool inside = false;
    int rc = read_put(out, "", 0);
    for (const char *at = bytes; rc == KN_OK && at < end; at++) {
        size_t left = (size_t)(end - at), n = 0;
        unsigned point = 0;
        char number[20] = "";
        bool control = (unsigned char)*at < 0x20 && *at != '\t' && *at != '\n' && *at != '\r';
        if (*at == '&' && !inside) {
            n = reference(&point, at, left);
            if (point || n == 0) {
                (void)snprintf(number, sizeof number, n ? "&#%u;" : "&amp;", point);
            }
            n = n ? n : 1;
        } else if (!inside && left >= sizeof open - 1 && memcmp(at, open, sizeof open - 1) == 0) {
            inside = true;
        } else if (inside && left >= sizeof close - 1 && memcmp(at, close, sizeof close - 1) == 0) {
            inside = false;
        }
        if (!number[0] && !control) {
            plain = plain ? plain : at;
            at += n ? n - 1 : 0;
            continue;
        }
        rc = plain ? read_put(out, plain, (size_t)(at - plain)) : KN_OK;
        rc = rc == KN_OK ? read_put(out, number, strlen(number)) : rc;
        plain = NULL;
        at += n ? n - 1 : 0;
    }
    return rc == KN_OK && plain ? read_put(out, plain, (size_t)(end - plain)) : rc;
}

/* ---- parsing -------------------------------------------------------------------------------- */

/* Whether the document ends before its root does: no more than blanks behind the closing tag. */
static bool is_cut(const char *bytes, size_t length, const xmlDoc *doc)
{
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    size_t n = root ? strlen((const char *)root->name) : 0;
    while (length > 0 && strchr(" \t\r\n", bytes[length - 1])) { /* also NUL */
        length--;
    }
    return root && (length < n + 1 || bytes[length - 1] != '>' ||
                    memcmp(bytes + length - n - 1, root->name, n) != 0);
}

static bool is_about_characters(const xmlError *error)
{
    static const int codes[] = {XML_ERR_INVALID_CHAR,
                                XML_ERR_INVALID_ENCODING,
                                XML_ERR_UNSUPPORTED_ENCODING,
                                XML_ERR_UNKNOWN_ENCODING,
                                XML_I18N_CONV_FAILED,
                                XML_I18N_NO_HANDLER,
                                XML_IO_ENCODER};
    for (size_t i = 0; error && i < sizeof codes / sizeof *codes; i++) {
        if (error->code == codes[i]) {
            return true;
        }
    }
    return false;
}

/* What we say of the characters goes before what the document says. */
static int options_for(const char *charset)
{
    return OPTIONS | (charset ? XML_PARSE_IGNORE_ENC : 0);
}

/* Parses bytes of one more character set; what came before is forgotten. */
static bool try_whole(struct feed_parsed *out, const char *bytes, size_t length, const char *url,
                      const char *charset)
{
    xmlResetLastError();
    out->doc = xmlReadMemory(bytes, (int)length, url, charset, options_for(charset));
    return out->doc != NULL;
}

static void remember_why(struct feed_parsed *out)
{
    const xmlError *error = xmlGetLastError();
    const char *said = error && error->message ? error->message : "empty";
    char text[160];
    (void)snprintf(text, sizeof text, "%.*s, line %d", (int)strcspn(said, "\n"), said,
                   error ? error->line : 0);
    read_copy(out->why, sizeof out->why, text);
}

static void take_as(struct feed_parsed *out, const char *said, const char *taken, bool doubt)
{
    read_copy(out->said, sizeof out->said, *said ? said : "-");
    out->taken = taken;
    out->doubt = doubt;
}

/* What is not well-formed, in the set that most of it is in. */
static void recover(struct feed_parsed *out, const char *bytes, size_t length, const char *url,
                    const char *charset)
{
    out->doc =
        xmlReadMemory(bytes, (int)length, url, charset, options_for(charset) | XML_PARSE_RECOVER);
    out->whole = is_cut(bytes, length, out->doc) ? FEED_CUT : FEED_DEGRADED;
}

/* Bytes of one octet a character, or of UTF-8. */
static void parse(struct feed_parsed *out, const char *bytes, size_t length, const char *url,
                  const char *charset)
{
    char named[40];
    struct read_bytes turned = {0};
    size_t good, bad;
    named_encoding(named, bytes, length);
    weigh(bytes, length, &good, &bad);
    const char *said = *named ? named : charset;
    bool utf8 = bad == 0 && good > 0, mostly = good > 4 * bad;
    const char *first = utf8 ? "UTF-8" : *named || !*charset ? NULL : charset;
    if (utf8 && *said && !is_utf8(said)) {
        take_as(out, said, "UTF-8", false);
    }
    if (try_whole(out, bytes, length, url, first)) {
        return;
    }
    remember_why(out);
    bool lost = is_about_characters(xmlGetLastError());
    if (lost && bad == 0 && try_whole(out, bytes, length, url, "UTF-8")) {
        return; /* ASCII that names what it is not */
    }
    if (lost && *charset && try_whole(out, bytes, length, url, charset)) {
        take_as(out, said, "server", false);
        return;
    }
    if (lost && bad > 0 &&
        (mostly ? mend(&turned, bytes, length) : recode(&turned, bytes, length, "WINDOWS-1252")) ==
            KN_OK) {
        take_as(out, said, mostly ? "UTF-8" : "windows-1252", true);
        bytes = turned.at;
        length = turned.length;
        first = "UTF-8";
        if (try_whole(out, bytes, length, url, first)) {
            goto done;
        }
    }
    recover(out, bytes, length, url, first);
done:
    free(turned.at);
}

void feed_parse(struct feed_parsed *out, const char *bytes, size_t length, const char *url,
                const char *charset)
{
    struct read_bytes narrow = {0}, tidied = {0};
    const char *wide = wide_set_of(bytes, length);
    *out = (struct feed_parsed){0};
    if (length > INT32_MAX / 8) {
        return;
    }
    if (wide && recode(&narrow, bytes, length, wide) == KN_OK && narrow.at) {
        bytes = narrow.at;
        length = narrow.length;
    }
    while (length > 0 && *bytes && strchr(" \t\r\n", *bytes)) { /* blanks before the prolog */
        bytes++;
        length--;
    }
    if (tidy(&tidied, bytes, length) == KN_OK) {
        parse(out, tidied.at, tidied.length, url, wide ? "UTF-8" : charset);
        if (wide && !out->doubt) {
            out->taken = NULL; /* the prolog names what it was */
        }
    }
    free(narrow.at);
    free(tidied.at);
}
