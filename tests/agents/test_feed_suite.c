/* test_feed_suite.c - feeds as the test suites of public parsers have them, made here: each dialect
 * in each character set, with each way to write a text, and around it what the wild adds. Every
 * item must come out with its own words: agents/read/feed.c, feed_parse.c, html.c.
 */
#include "tests/agents/readers.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is said, by what can be written --------------------------------------------------- */

static const struct {
    const char *name, *words, *mark; /* MARK: bytes before the document, four at most */
    size_t n_mark;
} charsets[] = {
    {"UTF-8", "Đèn ngõ 12 hỏng – “gấp” 🙏", "", 0},
    {"utf-8", "Đèn ngõ 12 hỏng", "\xEF\xBB\xBF", 3},
    {"UTF-16LE", "Đèn ngõ 12 hỏng 🙏", "\xFF\xFE", 2},
    {"UTF-16BE", "Đèn ngõ 12 hỏng", "\xFE\xFF", 2},
    {"UTF-32LE", "Đèn ngõ 12 hỏng", "\xFF\xFE\0\0", 4},
    {"UTF-32BE", "Đèn ngõ 12 hỏng", "\0\0\xFE\xFF", 4},
    {"US-ASCII", "Den ngo 12 hong", "", 0},
    {"ISO-8859-1", "Café déjà", "", 0},
    {"iso-8859-2", "Łódź żółw", "", 0},
    {"ISO-8859-3", "Ĉu ŝi", "", 0},
    {"ISO-8859-4", "Ķeizars", "", 0},
    {"ISO-8859-5", "Привет", "", 0},
    {"ISO-8859-6", "مرحبا", "", 0},
    {"ISO-8859-7", "Γειά σου", "", 0},
    {"ISO-8859-8", "שלום", "", 0},
    {"ISO-8859-9", "Işık ğ", "", 0},
    {"ISO-8859-10", "Ðađ ŋ", "", 0},
    {"ISO-8859-13", "Žąsis", "", 0},
    {"ISO-8859-14", "Ŵyŷ", "", 0},
    {"ISO-8859-15", "10 € œuf", "", 0},
    {"ISO-8859-16", "Știință", "", 0},
    {"windows-1250", "Příliš žluťoučký", "", 0},
    {"windows-1251", "Здравствуй", "", 0},
    {"windows-1252", "“Café” – 5 €", "", 0},
    {"windows-1253", "Καλημέρα", "", 0},
    {"windows-1254", "Işık “ğ”", "", 0},
    {"windows-1255", "שלום", "", 0},
    {"windows-1256", "مرحبا", "", 0},
    {"windows-1257", "Žąsis", "", 0},
    {"windows-1258", "Đường ngõ", "", 0},
    {"KOI8-R", "Здравствуй", "", 0},
    {"KOI8-U", "Їжак", "", 0},
    {"TIS-620", "สวัสดี", "", 0},
    {"Big5", "中文字", "", 0},
    {"GB2312", "中文字", "", 0},
    {"GBK", "中文字", "", 0},
    {"GB18030", "Đèn 中文", "", 0},
    {"Shift_JIS", "日本語テスト", "", 0},
    {"EUC-JP", "日本語テスト", "", 0},
    {"EUC-KR", "한국어", "", 0},
};

/* ---- how a text is written; %s is what is said ---------------------------------------------- */

struct form {
    const char *text, *rss, *atom, *atom03; /* the element in each family; NULL: not there */
    const char *reads;                      /* what is read behind the words, lines after %s */
};
static const struct form forms[] = {
    {"plain", "<description>%s</description>", "<summary>%s</summary>", "<summary>%s</summary>",
     "%s"},
    {"escaped", "<description>&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;b &amp;amp; c&lt;/p&gt;</description>",
     "<content type='html'>&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;b &amp;amp; c&lt;/p&gt;</content>",
     "<content type='text/html' mode='escaped'>&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;b &amp;amp; "
     "c&lt;/p&gt;</content>",
     "%s\nb & c"},
    {"cdata",
     "<description><![CDATA[<div>%s</div><script>x()</script><p>b &amp; c</p>]]></description>",
     "<content type='html'><![CDATA[<div>%s</div><script>x()</script><p>b &amp; c</p>]]></content>",
     "<content type='text/html' mode='escaped'><![CDATA[<div>%s</div><style>x</style><p>b &amp; "
     "c</p>]]></content>",
     "%s\nb & c"},
    {"xhtml", "<body xmlns='http://www.w3.org/1999/xhtml'><p>%s</p><p>b &amp; c</p></body>",
     "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>%s</p><p>b &amp; "
     "c</p></div></content>",
     "<content type='application/xhtml+xml' mode='xml'><div "
     "xmlns='http://www.w3.org/1999/xhtml'><p>%s</p><p>b &amp; c</p></div></content>",
     "%s\nb & c"},
    {"inline", "<description><p>%s</p><p>b</p></description>",
     "<content><p>%s</p><p>b</p></content>", "<content><p>%s</p><p>b</p></content>", "%s\nb"},
    {"encoded",
     "<description>short</description><content:encoded "
     "xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[<p>%s</p>]]>"
     "</content:encoded>",
     "<summary>short</summary><content type='html'>%s</content>",
     "<summary>short</summary><content type='text/html' mode='escaped'>%s</content>", "%s"},
    {"comment", "<description>%s<!-- not this --> b<?php no ?></description>",
     "<summary>%s<!-- not this --> b<?php no ?></summary>",
     "<summary>%s<!-- not this --> b<?php no ?></summary>", "%s b"},
    {"names", "<description>%s &eacute;&nbsp;&#233;&#x111;</description>",
     "<summary>%s &eacute;&nbsp;&#233;&#x111;</summary>",
     "<summary>%s &eacute;&nbsp;&#233;&#x111;</summary>", NULL},
    {"windows", "<description><![CDATA[%s <b>it&#146;s</b>]]></description>",
     "<summary type='html'><![CDATA[%s <b>it&#146;s</b>]]></summary>",
     "<summary type='text/html' mode='escaped'><![CDATA[%s <b>it&#146;s</b>]]></summary>",
     "%s it’s"},
    {"dublin", "<dc:description xmlns:dc='http://purl.org/dc/elements/1.1/'>%s</dc:description>",
     "<dc:description xmlns:dc='http://purl.org/dc/elements/1.1/'>%s</dc:description>",
     "<dc:description xmlns:dc='http://purl.org/dc/elements/1.1/'>%s</dc:description>", "%s"},
};

/* ---- the dialects: %s words, %s text element ------------------------------------------------ */

enum family { RSS, ATOM, ATOM03 };
static const struct {
    const char *name, *head, *item, *tail;
    enum family family;
} dialects[] = {
    {"rss 0.90",
     "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
     "xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>T</title><link>http://e/"
     "</link></channel>",
     "<item><title>%s</title><link>http://e/1</link>%s</item>", "</rdf:RDF>", RSS},
    {"rss 0.91",
     "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
     "'http://my.netscape.com/publish/formats/rss-0.91.dtd'><rss version='0.91'><channel>"
     "<title>T</title>",
     "<item><title>%s</title><link>http://e/1</link>%s<pubDate>Tue, 24 Nov 26 01:30:00 "
     "GMT</pubDate></item>",
     "</channel></rss>", RSS},
    {"rss 0.92", "<rss version='0.92'><channel><title>T</title>",
     "<item><title>%s</title><guid>http://e/1</guid>%s<category>c</category></item>",
     "</channel></rss>", RSS},
    {"rss 1.0",
     "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
     "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns='http://purl.org/rss/1.0/'><channel "
     "rdf:about='http://e/'><title>T</title><items><rdf:Seq><rdf:li "
     "resource='http://e/1'/></rdf:Seq></items></channel>",
     "<item rdf:about='http://e/1'><title>%s</title><link>http://e/1</link>%s"
     "<dc:date>2026-11-24T01:30:00Z</dc:date></item>",
     "</rdf:RDF>", RSS},
    {"rss 1.0, prefixed",
     "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
     "xmlns='http://purl.org/rss/1.0/'><channel><title>T</title></channel>",
     "<item><title>%s</title><link>http://e/1</link>%s</item>", "</r:RDF>", RSS},
    {"rss 2.0",
     "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' "
     "xmlns:media='http://search.yahoo.com/mrss/'><channel><atom:link rel='self' "
     "href='http://e/self'/><title>T</title>",
     "<item><media:title>no</media:title><title>%s</title><atom:link rel='enclosure' "
     "href='http://e/no'/><link>http://e/1</link>%s<pubDate>Tue, 24 Nov 2026 08:30:00 "
     "+0700</pubDate></item>",
     "</channel></rss>", RSS},
    {"rss 2.0, own namespace",
     "<rss version='2.0' xmlns='http://backend.userland.com/rss2'><channel><title>T</title>",
     "<item><title>%s</title><link>http://e/1</link>%s</item>", "</channel></rss>", RSS},
    {"rss 2.0, relative", "<rss version='2.0' xml:base='http://e/x/'><channel><title>T</title>",
     "<item><title>%s</title><link>../1</link>%s</item>", "</channel></rss>", RSS},
    {"rss, items beside the channel", "<rss version='0.9'><channel><title>T</title></channel>",
     "<item><title>%s</title><link>http://e/1</link>%s</item>", "</rss>", RSS},
    {"atom 1.0",
     "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><link rel='self' "
     "href='http://e/self'/>",
     "<entry><id>tag:e,1</id><title>%s</title><link rel='edit' href='http://e/no'/><link "
     "href='http://e/1'/>%s<updated>2026-11-24T01:30:00Z</updated></entry>",
     "</feed>", ATOM},
    {"atom 1.0, prefixed", "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>T</a:title>",
     "<a:entry xmlns='http://www.w3.org/2005/Atom'><id>tag:e,1</id><title>%s</title><link "
     "href='http://e/1' rel='alternate'/>%s</a:entry>",
     "</a:feed>", ATOM},
    {"atom 1.0, relative",
     "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://e/x/y'><title>T</title>",
     "<entry xml:base='../'><id>tag:e,1</id><title>%s</title><link href='1'/>%s</entry>", "</feed>",
     ATOM},
    {"atom 0.3", "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>T</title>",
     "<entry><id>tag:e,1</id><title>%s</title><link rel='alternate' type='text/html' "
     "href='http://e/1'/>%s<issued>2026-11-24T01:30:00Z</issued></entry>",
     "</feed>", ATOM03},
};

/* ---- what the wild adds before the root; %s is the encoding --------------------------------- */

static const char *const prologs[] = {
    "<?xml version=\"1.0\" encoding=\"%s\"?>\n",
    "<?xml version='1.0' encoding='%s' standalone='yes'?><!-- a comment --><?style type='x'?>\n",
    "<?xml   version=\"1.0\"\tencoding = '%s' ?>\r\n<!-- -->\r\n",
};

enum { ROOM = 16384 };

/* DOCUMENT in the character set, its mark before it; the length, 0 when it cannot be written. */
static size_t write_in(char *out, size_t i, const char *document)
{
    iconv_t cd = iconv_open(charsets[i].name, "UTF-8");
    char *from = (char *)(uintptr_t)document, *to = out + charsets[i].n_mark;
    size_t n_from = strlen(document), n_to = ROOM;
    assert_true(cd != (iconv_t)-1);
    memcpy(out, charsets[i].mark, charsets[i].n_mark);
    size_t rc = iconv(cd, &from, &n_from, &to, &n_to);
    iconv_close(cd);
    return rc == (size_t)-1 ? 0 : (size_t)(to - out);
}

static void fill(char *out, const char *pattern, const char *a, const char *b)
{
    for (int n = 0; *pattern; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 's') {
            const char *what = n++ ? b : a;
            out = stpcpy(out, what);
            pattern++;
        } else {
            *out++ = *pattern;
        }
    }
    *out = '\0';
}

static size_t check(size_t charset, size_t dialect, size_t form, size_t prolog)
{
    static char document[ROOM], part[ROOM], bytes[2 * ROOM], item[ROOM], reads[ROOM];
    const char *words = charsets[charset].words;
    const char *how = dialects[dialect].family == RSS    ? forms[form].rss
                      : dialects[dialect].family == ATOM ? forms[form].atom
                                                         : forms[form].atom03;
    struct read_feed *feed = NULL;
    struct read_fault fault;
    struct warned warned = {0};
    fill(document, prologs[prolog], charsets[charset].name, "");
    strcat(document, dialects[dialect].head);
    fill(part, how, words, "");
    fill(item, dialects[dialect].item, words, part);
    strcat(document, item);
    strcat(document, item);
    strcat(document, dialects[dialect].tail);
    size_t length = write_in(bytes, charset, document);
    if (length == 0) {
        return 0; /* the form has letters that this set has not */
    }
    int rc = read_feed(&feed, bytes, length, "http://e/feed.xml", "", warn, &warned, &fault);
    if (rc != KN_OK || feed->n_items != 2) {
        fail_msg("%s, %s, %s, %zu: %s", charsets[charset].name, dialects[dialect].name,
                 forms[form].text, prolog, fault.value);
    }
    fill(reads,
         forms[form].reads ? forms[form].reads
                           : "%s é\xC2\xA0"
                             "éđ",
         words, "");
    for (size_t i = 0; i < 2; i++) {
        const struct read_item *got = &feed->items[i];
        if (strcmp(got->title, words) != 0 || strcmp(got->text, reads) != 0 ||
            strcmp(got->link, "http://e/1") != 0 ||
            (got->published_at != -1 && got->published_at != 1795483800000)) {
            fail_msg("%s, %s, %s, %zu: title “%s” text “%s” link %s", charsets[charset].name,
                     dialects[dialect].name, forms[form].text, prolog, got->title, got->text,
                     got->link);
        }
    }
    assert_int_equal(warned.n, 0);
    assert_false(feed->doubt);
    assert_string_equal(feed->title, "T");
    read_feed_destroy(&feed);
    return 1;
}

static void reads_every_dialect_in_every_charset(void **state)
{
    size_t n = 0;
    (void)state;
    for (size_t c = 0; c < sizeof charsets / sizeof *charsets; c++) {
        for (size_t d = 0; d < sizeof dialects / sizeof *dialects; d++) {
            for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
                for (size_t p = 0; p < sizeof prologs / sizeof *prologs; p++) {
                    n += check(c, d, f, p);
                }
            }
        }
    }
    print_message("%zu feeds\n", n);
    assert_true(n > 15000);
}

/* What a server or document says of its characters is wrong. */
static void finds_the_charset(void **state)
{
    static const struct {
        const char *bytes, *server, *text;
        bool doubt, warns;
    } cases[] = {
        {"<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>Cống hỏng</title>"
         "</item></channel></rss>",
         "", "Cống hỏng", false, true},
        {"<rss><channel><item><title>Cống hỏng</title></item></channel></rss>", "windows-1252",
         "Cống hỏng", false, true},
        {"<rss><channel><item><title>Caf\xE9</title></item></channel></rss>", "iso-8859-1", "Café",
         false, false},
        {"<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Caf\xE9</title></item>"
         "</channel></rss>",
         "", "Café", true, true},
        {"<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Cống hỏng \xFF đèn tắt"
         "</title></item></channel></rss>",
         "", "Cống hỏng � đèn tắt", true, true},
        {"<?xml version='1.0' encoding='utf-16'?><rss><channel><item><title>abc</title></item>"
         "</channel></rss>",
         "", "abc", false, false},
        {"<?xml version='1.0' encoding='x-none'?><rss><channel><item><title>abc</title></item>"
         "</channel></rss>",
         "", "abc", false, false},
        {"<?xml version='1.0' encoding='x-none'?><rss><channel><item><title>Đèn</title></item>"
         "</channel></rss>",
         "", "Đèn", false, true},
        {"\xEF\xBB\xBF<?xml version='1.0' encoding='windows-1252'?><rss><channel><item><title>Đèn"
         "</title></item></channel></rss>",
         "", "Đèn", false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct read_feed *feed = NULL;
        struct read_fault fault;
        struct warned warned = {0};
        int rc = read_feed(&feed, cases[i].bytes, strlen(cases[i].bytes), "f", cases[i].server,
                           warn, &warned, &fault);
        if (rc != KN_OK) {
            fail_msg("case %zu: %s", i, fault.value);
        }
        assert_int_equal(feed->n_items, 1);
        assert_string_equal(feed->items[0].title, cases[i].text);
        assert_int_equal(feed->doubt, cases[i].doubt);
        if (cases[i].warns) {
            assert_int_equal(warned.last.kind, READ_FEED_CHARSET);
        }
        read_feed_destroy(&feed);
    }
}

/* Short names for letters are no attack; what grows or comes from outside is. */
static void takes_harmless_declarations(void **state)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"<!DOCTYPE rss [<!ENTITY nbsp '&#160;'><!ENTITY bao 'Báo thử'>]><rss><channel><item>"
         "<title>&bao;&nbsp;x</title></item></channel></rss>",
         "Báo thử\xC2\xA0x"},
        {"<!DOCTYPE rss [<!ELEMENT rss ANY><!ATTLIST rss version CDATA #IMPLIED>]><rss><channel>"
         "<item><title>x</title></item></channel></rss>",
         "x"},
        {"<!DOCTYPE rss SYSTEM 'file:///etc/passwd'><rss><channel><item><title>x</title></item>"
         "</channel></rss>",
         "x"},
    };
    static const char *const hostile[] = {
        "<!DOCTYPE rss [<!ENTITY % a SYSTEM 'http://e/x'>%a;]><rss><channel><item><title>x</title>"
        "</item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY a '<b>x</b>'>]><rss><channel><item><title>&a;</title></item>"
        "</channel></rss>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct read_feed *feed = NULL;
        struct read_fault fault;
        assert_int_equal(
            read_feed(&feed, cases[i].bytes, strlen(cases[i].bytes), "f", NULL, NULL, NULL, &fault),
            KN_OK);
        assert_string_equal(feed->items[0].title, cases[i].text);
        read_feed_destroy(&feed);
    }
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct read_feed *feed = NULL;
        struct read_fault fault;
        assert_int_equal(
            read_feed(&feed, hostile[i], strlen(hostile[i]), "f", NULL, NULL, NULL, &fault),
            KN_E_INVALID);
    }
}

/* What is no XML, or no usual feed, but said by many. */
static void reads_what_papers_write(void **state)
{
    static const struct {
        const char *bytes, *title, *link, *text;
    } cases[] = {
        {"<rss><channel><item><title>A & B</title><link>http://e/?a=1&b=2</link><description>x "
         "&lt; "
         "y</description></item></channel></rss>",
         "A & B", "http://e/?a=1&b=2", "x < y"},
        {"<rss><channel><item><title>a\x0B\x1F b&#0;&#11;c</title><description><![CDATA[1 & 2 \x01"
         "]]></description></item></channel></rss>",
         "a b  c", "", "1 & 2"},
        {"<rss><channel><item><title>&unknown; x</title></item></channel></rss>", "x", "", ""},
        {"<RSS><CHANNEL><ITEM><TITLE>x</TITLE><LINK>http://e/1</LINK><Description>y</Description>"
         "</ITEM></CHANNEL></RSS>",
         "x", "http://e/1", "y"},
        {"<CHANNEL HREF='http://e/'><TITLE>T</TITLE><ITEM HREF='http://e/1'><TITLE>x</TITLE>"
         "<ABSTRACT>y</ABSTRACT></ITEM></CHANNEL>",
         "x", "http://e/1", "y"},
        {"<entry xmlns='http://www.w3.org/2005/Atom'><title>x</title><link href='http://e/1'/>"
         "<summary>y</summary></entry>",
         "x", "http://e/1", "y"},
        {"<rss><channel><item><title>x</title><link>javascript:alert(1)</link><description>y"
         "</description></item></channel></rss>",
         "x", "", "y"},
        {"<rss><channel><item><description>&lt;table>&lt;tr>&lt;td>a&lt;/td>&lt;td>b&lt;/td>&lt;/"
         "tr>"
         "&lt;/table></description></item></channel></rss>",
         "", "", "a\nb"},
        {"<rss><channel><item><title><b>bold</b> text</title><description/></item></channel></rss>",
         "bold text", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct read_feed *feed = NULL;
        struct read_fault fault;
        struct warned warned = {0};
        int rc = read_feed(&feed, cases[i].bytes, strlen(cases[i].bytes), "http://e/f", "", warn,
                           &warned, &fault);
        if (rc != KN_OK || feed->n_items != 1) {
            fail_msg("case %zu: %s", i, fault.value);
        }
        if (strcmp(feed->items[0].title, cases[i].title) != 0 ||
            strcmp(feed->items[0].text, cases[i].text) != 0 ||
            strcmp(feed->items[0].link, cases[i].link) != 0) {
            fail_msg("case %zu: “%s” “%s” %s", i, feed->items[0].title, feed->items[0].text,
                     feed->items[0].link);
        }
        read_feed_destroy(&feed);
    }
}

static void reads_dates_as_papers_write_them(void **state)
{
    static const char *const same[] = {
        "Tue, 24 Nov 2026 08:30:00 +0700",
        "Tue, 24 Nov 2026 01:30:00 GMT",
        "24 Nov 2026 01:30 UT",
        "Tuesday, 24-Nov-26 01:30:00 GMT",
        "Tue Nov 24 01:30:00 2026",
        "Mon, 23 Nov 2026 20:30:00 EST",
        "2026-11-24T01:30:00Z",
        "2026-11-24T08:30:00+07:00",
        "2026-11-24T08:30:00.000+07:00",
        "2026-11-24 08:30:00",
        "2026-11-24T08:30+07:00",
        "2026-11-24T08:30:00+0700",
        "24/11/2026 08:30:00",
        "24/11/2026 08:30",
        "11/24/2026 8:30:00 AM",
        "Thứ ba, 24/11/2026, 08:30 (GMT+7)",
        "Thứ Ba, 24/11/2026 08:30 GMT+7",
        "Tue, 24 Nov 2026 08:30:00 GMT+7",
        "Tue, 24 Nov 2026 08:30:00 GMT+0700",
        "20261124T083000+0700",
        "Tue,24 Nov 2026 08:30:00 +07:00",
        "24 November 2026 08:30:00 +0700",
        "Nov 24, 2026 08:30:00 +0700",
        "Tue, 24 Nov 2026 08:30:00 ICT",
    };
    static const char *const none[] = {
        "hôm qua",    "32/11/2026",       "Tue, 24 Foo 2026 08:30:00 GMT",
        "2026-13-01", "24/11/2026 25:00", "0"};
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        int64_t at = -1;
        if (read_feed_time(&at, same[i]) != KN_OK || at != 1795483800000) {
            fail_msg("%s: %lld", same[i], (long long)at);
        }
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        int64_t at = -1;
        if (read_feed_time(&at, none[i]) == KN_OK) {
            fail_msg("%s: %lld", none[i], (long long)at);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_dialect_in_every_charset),
        cmocka_unit_test(finds_the_charset),
        cmocka_unit_test(takes_harmless_declarations),
        cmocka_unit_test(reads_what_papers_write),
        cmocka_unit_test(reads_dates_as_papers_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
