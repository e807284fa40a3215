/* feed_text.c - what an element of a feed says: text, escaped HTML, XHTML, Base64. */
#include "agents/read/parts.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RAW = 1024 * 1024 /* of one element */ };

/* Text, CDATA and the document's own short names below NODE as they stand. */
int feed_gather(struct read_bytes *out, const xmlNode *node)
{
    int rc = read_put(out, "", 0);
    for (const xmlNode *at = node->children; at && rc == KN_OK && out->length < MAX_RAW;
         at = at->next) {
        const xmlChar *text = at->content;
        if (at->type == XML_ENTITY_REF_NODE) {
            const xmlEntity *entity = xmlGetDocEntity(node->doc, at->name);
            text = entity ? entity->content : NULL;
        } else if (at->type != XML_TEXT_NODE && at->type != XML_CDATA_SECTION_NODE) {
            text = NULL;
        }
        rc = text ? read_put(out, (const char *)text, strlen((const char *)text)) : KN_OK;
    }
    return rc;
}

static bool has_elements(const xmlNode *node)
{
    const xmlNode *at = node->children;
    while (at && at->type != XML_ELEMENT_NODE) {
        at = at->next;
    }
    return at != NULL;
}

/* Base64 of Atom 0.3 in place; what is no digit of it is passed over. */
static void decode_base64(struct read_bytes *raw)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, n_bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < raw->length; i++) {
        const char *digit = raw->at[i] ? strchr(digits, raw->at[i]) : NULL;
        if (digit) {
            bits = bits << 6 | (unsigned)(digit - digits);
            n_bits += 6;
        }
        if (n_bits >= 8) {
            n_bits -= 8;
            raw->at[n++] = (char)(bits >> n_bits & 0xFF);
        }
    }
    raw->at[n] = '\0';
    raw->length = n;
}

/* The value of an attribute, in either case; NULL: there is none. xmlFree. */
xmlChar *feed_attribute(const xmlNode *node, const char *name)
{
    const xmlAttr *at = node->properties;
    while (at && (at->ns || strcasecmp((const char *)at->name, name) != 0)) {
        at = at->next;
    }
    return at ? xmlNodeListGetString(node->doc, at->children, 1) : NULL;
}

bool feed_has_value(const xmlNode *node, const char *name, const char *value)
{
    xmlChar *has = feed_attribute(node, name);
    bool same = has && xmlStrcasecmp(has, (const xmlChar *)value) == 0;
    xmlFree(has);
    return same;
}

/* The plain text of an element that holds text, escaped HTML or XHTML. NULL: out of memory. */
char *feed_plain(const xmlNode *node)
{
    struct read_bytes raw = {0};
    char *text = NULL;
    if (!node) {
        return strdup("");
    }
    bool tree = has_elements(node);
    bool literal =
        feed_has_value(node, "type", "text") || feed_has_value(node, "type", "text/plain");
    int rc = tree ? read_node_text(&raw, node) : feed_gather(&raw, node);
    if (rc == KN_OK && !tree && feed_has_value(node, "mode", "base64")) {
        decode_base64(&raw);
    }
    if (rc == KN_OK && read_put(&raw, "", 0) == KN_OK) {
        text = !read_is_text(raw.at, raw.length)            ? strdup("")
               : !tree && !literal && strpbrk(raw.at, "<&") ? read_html_text(raw.at, raw.length)
                                                            : read_clean(raw.at, raw.length);
    }
    free(raw.at);
    return text;
}
