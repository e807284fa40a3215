/* html.c - the plain text of HTML: what a reader sees, nothing else.
 *
 * libxml2 parses, we walk: text nodes in order, scripts and styles left out, a line end at block
 * tags, blanks made single. No network, no entities of the document's own.
 */
#include "agents/read/parts.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const char *list, const xmlChar *name)
{
    size_t n = strlen((const char *)name);
    for (const char *at = list; (at = strcasestr(at, (const char *)name)) != NULL; at++) {
        if (at[-1] == ' ' && at[n] == ' ') {
            return true;
        }
    }
    return false;
}

/* What windows-1252 means by the bytes 80-9F: pages that say &#146; mean it. */
static const char *of_windows(unsigned char byte)
{
    static const char *const letters[32] = {
        "€",  NULL, "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", NULL, "Ž", NULL,
        NULL, "‘",  "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", NULL, "ž", "Ÿ"};
    return byte >= 0x80 && byte < 0xA0 ? letters[byte - 0x80] : NULL;
}

/* Puts TEXT with its blanks single; a line end that stands already swallows them. */
static int put_words(struct read_bytes *out, const char *text)
{
    int rc = KN_OK;
    for (const char *at = text; *at && rc == KN_OK; at++) {
        char last = out->length ? out->at[out->length - 1] : '\n';
        bool nbsp = at[0] == '\xC2' && at[1] == '\xA0';
        const char *letter = at[0] == '\xC2' ? of_windows((unsigned char)at[1]) : NULL;
        if (letter) {
            rc = read_put(out, letter, strlen(letter));
            at++;
        } else if (nbsp || *at == ' ' || (*at >= '\t' && *at <= '\r')) {
            rc = last == ' ' || last == '\n' ? KN_OK : read_put(out, " ", 1);
            at += nbsp;
        } else {
            rc = read_put(out, at, 1);
        }
    }
    return rc;
}

static int put_line_end(struct read_bytes *out)
{
    while (out->length && out->at[out->length - 1] == ' ') {
        out->at[--out->length] = '\0';
    }
    return out->length && out->at[out->length - 1] != '\n' ? read_put(out, "\n", 1) : KN_OK;
}

/* Depth first without recursion: a page may nest deeper than our stack. */
int read_node_text(struct read_bytes *out, const xmlNode *top)
{
    static const char silent[] = " script style head noscript template iframe ";
    static const char blocks[] = " p div br li ul ol table tr h1 h2 h3 h4 h5 h6 blockquote section "
                                 "article header footer figure figcaption hr dt dd pre td th ";
    const xmlNode *node = top->children;
    int rc = KN_OK;
    while (node && rc == KN_OK) {
        bool element = node->type == XML_ELEMENT_NODE, down = false;
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
            rc = node->content ? put_words(out, (const char *)node->content) : KN_OK;
        } else if (element && !is_one_of(silent, node->name)) {
            rc = is_one_of(blocks, node->name) ? put_line_end(out) : KN_OK;
            down = node->children != NULL;
        }
        if (down) {
            node = node->children;
            continue;
        }
        while (node && !node->next) {
            node = node->parent == top ? NULL : node->parent;
            if (node && rc == KN_OK && is_one_of(blocks, node->name)) {
                rc = put_line_end(out);
            }
        }
        node = node ? node->next : NULL;
    }
    return rc;
}

char *read_html_text(const char *html, size_t length)
{
    struct read_bytes text = {0};
    char *clean = NULL;
    htmlDocPtr doc =
        length > INT32_MAX
            ? NULL
            : htmlReadMemory(html, (int)length, NULL, "UTF-8",
                             HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                 HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    if (doc == NULL) {
        return strdup("");
    }
    if (read_node_text(&text, (const xmlNode *)doc) == KN_OK && read_put(&text, "", 0) == KN_OK) {
        clean = read_is_text(text.at, text.length) ? read_clean(text.at, text.length) : strdup("");
    }
    xmlFreeDoc(doc);
    free(text.at);
    return clean;
}
