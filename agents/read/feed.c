/* feed.c - RSS 0.9x, 1.0, 2.0 and Atom into items.
 *
 * The bytes come from strangers: no network, no entity is expanded, a document that declares
 * entities is refused, what is not well-formed is read as far as it goes and marked; an item in
 * which the bytes end is left for the next time. Text is gathered from text nodes alone.
 */
#include "agents/read/parts.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ITEMS = 10000,
    MAX_TEXT = 16000, /* characters, as petition.json */
    MAX_TITLE = 300,
    OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT |
              XML_PARSE_BIG_LINES
};

/* The dialects: what the parts of an item are called, best first. */
struct dialect {
    const char *root, *item;
    bool in_channel;                     /* where the items are */
    const char *id, *link, *date, *text; /* names in blanks */
};
static const struct dialect dialects[] = {
    {"rss", "item", true, "guid", "link", "pubDate date", "description encoded"},
    {"RDF", "item", false, "identifier", "link", "date pubDate", "description encoded"},
    {"feed", "entry", false, "id", "link", "published updated issued modified", "summary content"},
};

enum wholeness { WHOLE, DEGRADED, CUT };

struct feed {
    struct read_feed feed; /* first: what the caller holds */
    struct read_item items[];
};

struct reading {
    const struct dialect *dialect;
    const char *name;
    read_warn_fn *warn;
    void *told;
};

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* Modules bring names such as media:title; only these of theirs are meant. */
static bool is_ours(const xmlNode *node)
{
    static const char *const modules[] = {"encoded", "date", "identifier"};
    if (!node->ns || (node->parent->ns && xmlStrEqual(node->ns->href, node->parent->ns->href))) {
        return true;
    }
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        if (is_named(node, modules[i])) {
            return true;
        }
    }
    return false;
}

static const xmlNode *child(const xmlNode *parent, const char *name, size_t length)
{
    for (const xmlNode *node = parent->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && strlen((const char *)node->name) == length &&
            strncmp((const char *)node->name, name, length) == 0 && is_ours(node)) {
            return node;
        }
    }
    return NULL;
}

/* Text and CDATA below NODE as they stand. */
static int gather(struct read_bytes *out, const xmlNode *node)
{
    int rc = read_put(out, "", 0);
    for (const xmlNode *at = node->children; at && rc == KN_OK; at = at->next) {
        if ((at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE) && at->content) {
            rc = read_put(out, (const char *)at->content, strlen((const char *)at->content));
        }
    }
    return rc;
}

/* The plain text of an element that holds text, escaped HTML or XHTML. NULL: out of memory. */
static char *plain(const xmlNode *node)
{
    struct read_bytes raw = {0};
    char *text = NULL;
    if (!node) {
        return strdup("");
    }
    xmlChar *type = xmlGetNoNsProp(node, (const xmlChar *)"type");
    bool xhtml = type && xmlStrEqual(type, (const xmlChar *)"xhtml");
    bool literal = type && xmlStrEqual(type, (const xmlChar *)"text");
    xmlFree(type);
    int rc = xhtml ? read_node_text(&raw, node) : gather(&raw, node);
    if (rc == KN_OK && read_put(&raw, "", 0) == KN_OK) {
        text = !xhtml && !literal && strpbrk(raw.at, "<&") ? read_html_text(raw.at, raw.length)
                                                           : read_clean(raw.at, raw.length);
    }
    free(raw.at);
    return text;
}

/* The first of NAMES (in blanks) that says something. NULL: out of memory. */
static char *first_of(const xmlNode *item, const char *names)
{
    char *text = strdup("");
    for (const char *at = names; text && !*text && *at;) {
        size_t n = strcspn(at, " ");
        free(text);
        text = plain(child(item, at, n));
        at += n + (at[n] == ' ');
    }
    return text;
}

/* The link: text in RSS; in Atom the href of the alternate one. */
static char *link_of(const xmlNode *item)
{
    char *found = NULL;
    for (const xmlNode *node = item->children; node && !found; node = node->next) {
        if (!is_named(node, "link") || !is_ours(node)) {
            continue;
        }
        xmlChar *href = xmlGetNoNsProp(node, (const xmlChar *)"href");
        xmlChar *rel = xmlGetNoNsProp(node, (const xmlChar *)"rel");
        if (href && (!rel || xmlStrEqual(rel, (const xmlChar *)"alternate"))) {
            found = read_clean((const char *)href, strlen((const char *)href));
        } else if (!href) {
            struct read_bytes raw = {0};
            found = gather(&raw, node) == KN_OK ? read_clean(raw.at, raw.length) : NULL;
            free(raw.at);
        }
        xmlFree(href);
        xmlFree(rel);
    }
    return found ? found : strdup("");
}

static void tell(const struct reading *self, enum read_kind kind, uint64_t item, const char *column,
                 const char *value)
{
    struct read_fault fault;
    read_fault_set(&fault, kind, self->name, item);
    read_copy(fault.column, sizeof fault.column, column);
    read_copy(fault.value, sizeof fault.value, value);
    (void)snprintf(fault.expected, sizeof fault.expected, "%d", MAX_TEXT);
    fault.field = kind == READ_ITEM_DATE ? "received_at" : "text";
    if (self->warn) {
        self->warn(self->told, &fault);
    }
}

/* Cuts TEXT after MAX characters; whether it was longer. */
static bool cut(char *text, size_t max)
{
    size_t n = 0;
    for (char *at = text; *at; at++) {
        if (((unsigned char)*at & 0xC0) != 0x80 && n++ == max) {
            *at = '\0';
            return true;
        }
    }
    return false;
}

static int take(const struct reading *self, struct read_item *out, uint64_t number,
                const xmlNode *node)
{
    char *id = first_of(node, self->dialect->id), *title = first_of(node, "title");
    char *link = link_of(node), *text = first_of(node, self->dialect->text);
    char *date = first_of(node, self->dialect->date);
    *out = (struct read_item){.number = number, .title = title, .link = link, .text = text};
    out->published_at = -1;
    out->id = id && !*id && link ? strdup(link) : id;
    if (out->id != id) {
        free(id);
    }
    if (!out->id || !title || !link || !text || !date) {
        free(date);
        return KN_E_NOMEM;
    }
    if (*date && read_feed_time(&out->published_at, date) != KN_OK) {
        out->published_at = -1;
        tell(self, READ_ITEM_DATE, number, "date", date);
    }
    free(date);
    (void)cut(title, MAX_TITLE);
    if (cut(text, MAX_TEXT)) {
        tell(self, READ_ITEM_LARGE, number, "", "");
    }
    out->faulty = !*title && !*text;
    return KN_OK;
}

/* Whether the bytes end within NODE or what is in it: the last of everything on the way to it. */
static bool holds_end(const xmlNode *node)
{
    for (; node && node->parent; node = node->parent) {
        for (const xmlNode *next = node->next; next; next = next->next) {
            if (next->type == XML_ELEMENT_NODE) {
                return false;
            }
        }
    }
    return true;
}

static int take_all(const struct reading *self, struct read_feed **out, const xmlNode *root,
                    enum wholeness whole)
{
    const xmlNode *channel = root->children;
    size_t n = 0;
    while (channel &&
           !is_named(channel, "channel")) { /* in RDF of another namespace than the root */
        channel = channel->next;
    }
    const xmlNode *in = self->dialect->in_channel ? channel : root;
    for (const xmlNode *node = in ? in->children : NULL; node; node = node->next) {
        n += is_named(node, self->dialect->item) && n < MAX_ITEMS &&
             !(whole == CUT && holds_end(node));
    }
    struct feed *feed = calloc(1, sizeof *feed + n * sizeof *feed->items);
    if (!feed) {
        return KN_E_NOMEM;
    }
    feed->feed.items = feed->items;
    feed->feed.degraded = whole != WHOLE;
    feed->feed.title = first_of(channel ? channel : root, "title");
    int rc = feed->feed.title ? KN_OK : KN_E_NOMEM;
    for (const xmlNode *node = in ? in->children : NULL; node && rc == KN_OK; node = node->next) {
        if (is_named(node, self->dialect->item) && feed->feed.n_items < n) {
            struct read_item *item = &feed->items[feed->feed.n_items++];
            rc = take(self, item, feed->feed.n_items, node);
        }
    }
    *out = &feed->feed;
    if (rc != KN_OK) {
        read_feed_destroy(out);
    }
    return rc;
}

/* Whether the document ends before its root does: no more than blanks behind the closing tag. */
static bool is_cut(const char *bytes, size_t length, const xmlDoc *doc)
{
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    size_t n = root ? strlen((const char *)root->name) : 0;
    while (length > 0 && strchr(" \t\r\n", bytes[length - 1])) { /* also NUL, of UTF-16 */
        length--;
    }
    return root && (length < n + 1 || bytes[length - 1] != '>' ||
                    memcmp(bytes + length - n - 1, root->name, n) != 0);
}

/* Parses; what is not well-formed once more as far as it goes, with the first complaint in WHY. */
static xmlDoc *parse(const char *bytes, size_t length, enum wholeness *whole, char *why,
                     size_t size)
{
    xmlDoc *doc = xmlReadMemory(bytes, (int)length, NULL, NULL, OPTIONS);
    *whole = WHOLE;
    if (!doc) {
        const xmlError *error = xmlGetLastError();
        const char *said = error && error->message ? error->message : "empty";
        char text[160];
        (void)snprintf(text, sizeof text, "%.*s, line %d", (int)strcspn(said, "\n"), said,
                       error ? error->line : 0);
        read_copy(why, size, text);
        doc = xmlReadMemory(bytes, (int)length, NULL, NULL, OPTIONS | XML_PARSE_RECOVER);
        *whole = is_cut(bytes, length, doc) ? CUT : DEGRADED;
    }
    return doc;
}

int read_feed(struct read_feed **out, const char *bytes, size_t length, const char *name,
              read_warn_fn *warn, void *told, struct read_fault *fault)
{
    struct reading self = {NULL, name, warn, told};
    enum wholeness whole = WHOLE;
    char why[96] = "";
    *out = NULL;
    read_fault_set(fault, READ_FEED_XML, name, 0);
    while (length > 0 &&
           strchr(" \t\r\n", *bytes)) { /* blanks before the prolog: seen in the wild */
        bytes++;
        length--;
    }
    xmlDoc *doc = length > INT32_MAX ? NULL : parse(bytes, length, &whole, why, sizeof why);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    int rc = KN_E_INVALID;
    read_copy(fault->value, sizeof fault->value, why);
    if (doc && doc->intSubset && doc->intSubset->entities) {
        fault->kind = READ_FEED_ENTITY;
        goto done;
    }
    for (size_t i = 0; root && i < sizeof dialects / sizeof *dialects; i++) {
        if (is_named(root, dialects[i].root)) {
            self.dialect = &dialects[i];
        }
    }
    if (!self.dialect) {
        if (root && whole == WHOLE) {
            fault->kind = READ_FEED_KIND;
            read_copy(fault->value, sizeof fault->value, (const char *)root->name);
        }
        goto done;
    }
    if ((rc = take_all(&self, out, root, whole)) != KN_OK) {
        fault->kind = READ_MEMORY;
    } else if (whole != WHOLE && (*out)->n_items == 0) {
        read_feed_destroy(out);
        rc = KN_E_INVALID;
    } else if (whole != WHOLE) {
        tell(&self, READ_FEED_DEGRADED, 0, "", why);
    }
done:
    xmlFreeDoc(doc);
    return rc;
}

void read_feed_destroy(struct read_feed **feed_p)
{
    struct read_feed *feed = *feed_p;
    if (feed) {
        for (size_t i = 0; i < feed->n_items; i++) {
            free((char *)(uintptr_t)feed->items[i].id);
            free((char *)(uintptr_t)feed->items[i].title);
            free((char *)(uintptr_t)feed->items[i].link);
            free((char *)(uintptr_t)feed->items[i].text);
        }
        free((char *)(uintptr_t)feed->title);
        free(feed);
        *feed_p = NULL;
    }
}
