/* feed.c - RSS 0.9x, 1.0, 2.0, Atom 0.3 and 1.0, CDF into items.
 *
 * The bytes come from strangers: no network, no entity is expanded by the parser, a document that
 * declares entities made of others, or from outside, is refused; what is not well-formed is read as
 * far as it goes and marked; an item in which the bytes end is left for the next time. Names are
 * compared without their prefixes and in either case. Text is gathered from text nodes alone.
 */
#include "agents/read/parts.h"

#include <libxml/hash.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ITEMS = 10000,
    MAX_TEXT = 16000, /* characters, as petition.json */
    MAX_TITLE = 300,
    MAX_ENTITY = 200 /* bytes that a name of the document's own may stand for */
};

/* The dialects: what the parts of an item are called, best first. */
struct dialect {
    const char *root, *item;
    const char *id, *date, *text; /* names in blanks */
};
static const struct dialect dialects[] = {
    {"rss", "item", "guid id", "pubDate date published created issued updated modified",
     "encoded description content summary abstract body"},
    {"RDF", "item", "identifier", "date pubDate created issued modified",
     "encoded description content summary abstract body"},
    {"feed", "entry", "id guid", "published updated issued created modified date pubDate",
     "content encoded summary description abstract"},
    {"entry", "entry", "id guid", "published updated issued created modified date pubDate",
     "content encoded summary description abstract"},
    {"channel", "item", "guid", "pubDate date", "abstract description"},
};

/* Modules whose names are meant where an item does not say it in its own. */
static const char *const modules[] = {"purl.org/dc/",          "purl.org/rss/1.0/modules/content",
                                      "www.w3.org/2005/Atom",  "purl.org/atom",
                                      "www.w3.org/1999/xhtml", "purl.org/rss/1.0/"};

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

/* ---- names ---------------------------------------------------------------------------------- */

static bool is_named(const xmlNode *node, const char *name, size_t length)
{
    return node->type == XML_ELEMENT_NODE && strlen((const char *)node->name) == length &&
           strncasecmp((const char *)node->name, name, length) == 0;
}

static bool is_called(const xmlNode *node, const char *name)
{
    return is_named(node, name, strlen(name));
}

/* Whether NODE speaks for its parent: in its namespace, or (not MINE) of a module that we know.
 * Modules bring names such as media:title, which mean something else. */
static bool speaks(const xmlNode *node, bool mine)
{
    const xmlNs *parent = node->parent->ns;
    if (mine) {
        return !node->ns || (parent && xmlStrEqual(node->ns->href, parent->href));
    }
    for (size_t i = 0; node->ns && i < sizeof modules / sizeof *modules; i++) {
        if (xmlStrcasestr(node->ns->href, (const xmlChar *)modules[i])) {
            return true;
        }
    }
    return false;
}

static const xmlNode *child(const xmlNode *parent, const char *name, size_t length)
{
    for (int pass = 0; pass < 2; pass++) {
        for (const xmlNode *node = parent->children; node; node = node->next) {
            if (is_named(node, name, length) && speaks(node, pass == 0)) {
                return node;
            }
        }
    }
    return NULL;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* The first of NAMES (in blanks) that says something. NULL: out of memory. */
static char *first_of(const xmlNode *item, const char *names)
{
    char *text = strdup("");
    for (const char *at = names; text && !*text && *at;) {
        size_t n = strcspn(at, " ");
        free(text);
        text = feed_plain(child(item, at, n));
        at += n + (at[n] == ' ');
    }
    return text;
}

/* ---- links and categories ------------------------------------------------------------------- */

/* HREF, written at NODE, as an address of the web; "" when it is none. */
static char *resolve(const xmlNode *node, const xmlChar *href)
{
    xmlChar *base = xmlNodeGetBase(node->doc, node), *whole = xmlBuildURI(href, base);
    const char *found = whole ? (const char *)whole : (const char *)href;
    bool web = strncasecmp(found, "http://", 7) == 0 || strncasecmp(found, "https://", 8) == 0;
    char *link =
        web && read_is_text(found, strlen(found)) ? read_clean(found, strlen(found)) : strdup("");
    xmlFree(base);
    xmlFree(whole);
    return link;
}

/* The text of NODE as an address. */
static char *link_in(const xmlNode *node)
{
    struct read_bytes raw = {0};
    char *clean = feed_gather(&raw, node) == KN_OK ? read_clean(raw.at, raw.length) : NULL;
    char *link = clean && *clean ? resolve(node, (const xmlChar *)clean)
                 : clean         ? strdup("")
                                 : NULL;
    free(raw.at);
    free(clean);
    return link;
}

static char *link_of_node(const xmlNode *node)
{
    xmlChar *href = feed_attribute(node, "href");
    xmlChar *rel = feed_attribute(node, "rel");
    bool other = rel && xmlStrcasecmp(rel, (const xmlChar *)"alternate") != 0;
    char *link = other ? strdup("") : href ? resolve(node, href) : link_in(node);
    xmlFree(href);
    xmlFree(rel);
    return link;
}

/* The link: text in RSS; in Atom the href of the alternate one; else a guid that is one, or the
 * item's own href. */
static char *link_of(const xmlNode *item)
{
    char *found = strdup("");
    for (int pass = 0; pass < 2; pass++) {
        for (const xmlNode *node = item->children; node && found && !*found; node = node->next) {
            if (is_called(node, "link") && speaks(node, pass == 0)) {
                free(found);
                found = link_of_node(node);
            }
        }
    }
    const xmlNode *guid = child(item, "guid", strlen("guid"));
    if (found && !*found && guid && !feed_has_value(guid, "isPermaLink", "false")) {
        free(found);
        found = link_in(guid);
    }
    xmlChar *href = feed_attribute(item, "href");
    if (found && !*found && href) {
        free(found);
        found = resolve(item, href);
    }
    xmlFree(href);
    return found;
}

/* All categories, ";" between; of Atom the label, else the term. */
static char *categories_of(const xmlNode *item)
{
    static const char *const names[] = {"category", "subject"};
    static const char *const attributes[] = {"label", "term"};
    struct read_bytes all = {0};
    int rc = read_put(&all, "", 0);
    for (const xmlNode *node = item->children; node && rc == KN_OK; node = node->next) {
        if (!is_called(node, names[0]) && !is_called(node, names[1])) {
            continue;
        }
        char *text = feed_plain(node);
        for (size_t i = 0; text && !*text && i < sizeof attributes / sizeof *attributes; i++) {
            xmlChar *value = feed_attribute(node, attributes[i]);
            if (value) {
                free(text);
                text = read_clean((const char *)value, strlen((const char *)value));
            }
            xmlFree(value);
        }
        rc = !text ? KN_E_NOMEM : all.length && *text ? read_put(&all, ";", 1) : KN_OK;
        rc = rc == KN_OK && text ? read_put(&all, text, strlen(text)) : rc;
        free(text);
    }
    if (rc != KN_OK) {
        free(all.at);
        return NULL;
    }
    return all.at;
}

/* ---- items ---------------------------------------------------------------------------------- */

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
    char *category = categories_of(node), *date = first_of(node, self->dialect->date);
    *out = (struct read_item){
        .number = number, .title = title, .link = link, .text = text, .category = category};
    out->published_at = -1;
    out->id = id && !*id && link ? strdup(link) : id;
    if (out->id != id) {
        free(id);
    }
    if (!out->id || !title || !link || !text || !category || !date) {
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

/* The item behind NODE (NULL: the first): of the root or of one of its channels; depth two. */
static const xmlNode *next_item(const struct reading *self, const xmlNode *root,
                                const xmlNode *node)
{
    const xmlNode *at = node ? node : root;
    bool down = !node;
    if (!node && strcmp(self->dialect->item, self->dialect->root) == 0) {
        return root; /* an entry that stands alone */
    }
    for (;;) {
        if (down && at->children) {
            at = at->children;
        } else {
            while (at != root && !at->next) {
                at = at->parent;
            }
            if (at == root) {
                return NULL;
            }
            at = at->next;
        }
        down = is_called(at, "channel") || is_called(at, "items");
        if (is_called(at, self->dialect->item)) {
            return at;
        }
    }
}

static int by_id(const void *a, const void *b)
{
    const struct read_item *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

/* An id that two items have is none: then the link, then nothing. */
static int part_ids(struct feed *feed)
{
    const size_t n = feed->feed.n_items;
    const struct read_item **order = calloc(n + 1, sizeof(struct read_item *));
    bool *shared = calloc(n + 1, sizeof *shared);
    int rc = order && shared ? KN_OK : KN_E_NOMEM;
    for (int round = 0; rc == KN_OK && round < 2; round++) {
        for (size_t i = 0; i < n; i++) {
            order[i] = &feed->items[i];
        }
        qsort(order, n, sizeof(struct read_item *), by_id);
        for (size_t i = 0; i < n; i++) {
            shared[order[i] - feed->items] =
                (i > 0 && strcmp(order[i - 1]->id, order[i]->id) == 0) ||
                (i + 1 < n && strcmp(order[i + 1]->id, order[i]->id) == 0);
        }
        for (size_t i = 0; rc == KN_OK && i < n; i++) {
            char *other = shared[i] ? strdup(round == 0 ? feed->items[i].link : "") : NULL;
            if (other) {
                free((char *)(uintptr_t)feed->items[i].id);
                feed->items[i].id = other;
            }
            rc = shared[i] && !other ? KN_E_NOMEM : KN_OK;
        }
    }
    free(order);
    free(shared);
    return rc;
}

static int take_all(const struct reading *self, struct read_feed **out, const xmlNode *root,
                    const struct feed_parsed *parsed)
{
    const xmlNode *channel = root->children, *node = NULL;
    size_t n = 0;
    while (channel && !is_called(channel, "channel")) {
        channel = channel->next;
    }
    while ((node = next_item(self, root, node)) && n < MAX_ITEMS &&
           !(parsed->whole == FEED_CUT && holds_end(node))) {
        n++;
    }
    struct feed *feed = calloc(1, sizeof *feed + n * sizeof *feed->items);
    if (!feed) {
        return KN_E_NOMEM;
    }
    feed->feed.items = feed->items;
    feed->feed.degraded = parsed->whole != FEED_WHOLE;
    feed->feed.doubt = parsed->doubt;
    feed->feed.title = first_of(channel ? channel : root, "title");
    int rc = feed->feed.title ? KN_OK : KN_E_NOMEM;
    node = NULL;
    while (rc == KN_OK && feed->feed.n_items < n && (node = next_item(self, root, node))) {
        struct read_item *item = &feed->items[feed->feed.n_items++];
        rc = take(self, item, feed->feed.n_items, node);
    }
    rc = rc == KN_OK ? part_ids(feed) : rc;
    *out = &feed->feed;
    if (rc != KN_OK) {
        read_feed_destroy(out);
    }
    return rc;
}

/* ---- the feed ------------------------------------------------------------------------------- */

static void judge_entity(void *payload, void *data, const xmlChar *name)
{
    const xmlEntity *entity = payload;
    (void)name;
    if (entity->etype != XML_INTERNAL_GENERAL_ENTITY || !entity->content ||
        strpbrk((const char *)entity->content, "&<") ||
        strlen((const char *)entity->content) > MAX_ENTITY) {
        *(bool *)data = true;
    }
}

/* Whether the document declares what could grow or come from outside. A short name for a letter is
 * no attack. */
static bool is_hostile(const xmlDoc *doc)
{
    bool hostile = false;
    if (doc && doc->intSubset && doc->intSubset->pentities) {
        return true;
    }
    if (doc && doc->intSubset && doc->intSubset->entities) {
        xmlHashScan(doc->intSubset->entities, judge_entity, &hostile);
    }
    return hostile;
}

static void tell_characters(const struct reading *self, const struct feed_parsed *parsed)
{
    struct read_fault fault;
    read_fault_set(&fault, READ_FEED_CHARSET, self->name, 0);
    read_copy(fault.value, sizeof fault.value, parsed->said);
    read_copy(fault.expected, sizeof fault.expected, parsed->taken);
    if (self->warn) {
        self->warn(self->told, &fault);
    }
}

int read_feed(struct read_feed **out, const char *bytes, size_t length, const char *name,
              const char *charset, read_warn_fn *warn, void *told, struct read_fault *fault)
{
    struct reading self = {NULL, name, warn, told};
    struct feed_parsed parsed;
    *out = NULL;
    read_fault_set(fault, READ_FEED_XML, name, 0);
    feed_parse(&parsed, bytes, length, name, charset ? charset : "");
    const xmlNode *root = parsed.doc ? xmlDocGetRootElement(parsed.doc) : NULL;
    int rc = KN_E_INVALID;
    read_copy(fault->value, sizeof fault->value, parsed.why);
    if (is_hostile(parsed.doc)) {
        fault->kind = READ_FEED_ENTITY;
        goto done;
    }
    for (size_t i = 0; root && i < sizeof dialects / sizeof *dialects; i++) {
        if (is_called(root, dialects[i].root)) {
            self.dialect = &dialects[i];
        }
    }
    if (!self.dialect) {
        if (root && parsed.whole == FEED_WHOLE) {
            fault->kind = READ_FEED_KIND;
            read_copy(fault->value, sizeof fault->value, (const char *)root->name);
        }
        goto done;
    }
    if ((rc = take_all(&self, out, root, &parsed)) != KN_OK) {
        fault->kind = READ_MEMORY;
    } else if (parsed.whole != FEED_WHOLE && (*out)->n_items == 0) {
        read_feed_destroy(out);
        rc = KN_E_INVALID;
    } else if (parsed.whole != FEED_WHOLE) {
        tell(&self, READ_FEED_DEGRADED, 0, "", parsed.why);
    }
    if (rc == KN_OK && parsed.taken) {
        tell_characters(&self, &parsed);
    }
done:
    xmlFreeDoc(parsed.doc);
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
            free((char *)(uintptr_t)feed->items[i].category);
        }
        free((char *)(uintptr_t)feed->title);
        free(feed);
        *feed_p = NULL;
    }
}
