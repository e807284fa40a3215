/* test_feed.c - feeds of every dialect, broken and hostile ones: agents/read/feed.c, html.c,
 * fetch.c. */
#include "tests/agents/readers.h"

static struct read_feed *read_text(const char *text, struct warned *warned)
{
    struct read_feed *feed = NULL;
    struct read_fault fault;
    assert_int_equal(read_feed(&feed, text, strlen(text), "f.xml", NULL, warn, warned, &fault),
                     KN_OK);
    return feed;
}

static struct read_fault refused(const char *text)
{
    struct read_feed *feed = NULL;
    struct read_fault fault;
    assert_int_equal(read_feed(&feed, text, strlen(text), "f.xml", NULL, NULL, NULL, &fault),
                     KN_E_INVALID);
    assert_null(feed);
    return fault;
}

static void reads_dialects(void **state)
{
    static const char *const feeds[] = {
        "<rss version='0.91'><channel><title>T</title><item><title>a &amp;amp; b</title>"
        "<link> http://e/1 </link><description>&lt;p&gt;x&lt;/p&gt;y</description>"
        "<guid>http://e/1</guid><pubDate>Tue, 24 Nov 2026 08:30:00 "
        "+0700</pubDate></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>T</title></channel><item>"
        "<title>a &amp;amp; "
        "b</title><link>http://e/1</link><description>x&lt;br/&gt;y</description>"
        "<dc:date>2026-11-24T08:30:00+07:00</dc:date></item></rdf:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>http://e/1</id>"
        "<title type='text'>a &amp; b</title><link rel='self' href='http://e/s'/><link "
        "href='http://e/1'/>"
        "<updated>2026-11-24T01:30:00Z</updated><content type='xhtml'>"
        "<div "
        "xmlns='http://www.w3.org/1999/xhtml'><p>x</p><script>no</script><p>y</p></div></content>"
        "</entry></feed>",
        " \n<?xml version='1.0'?><rss version='2.0' "
        "xmlns:media='http://m/'><channel><title>T</title><item>"
        "<media:title>no</media:title><title><![CDATA[a & b]]></title><link>http://e/1</link>"
        "<description><![CDATA[<div>x</div><style>.a{}</style><p> y </p>]]></description>"
        "<pubDate>24 Nov 2026 01:30 GMT</pubDate></item></channel></rss>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        struct warned warned = {0};
        struct read_feed *feed = read_text(feeds[i], &warned);
        assert_int_equal(warned.n, 0);
        assert_string_equal(feed->title, "T");
        assert_int_equal(feed->n_items, 1);
        assert_string_equal(feed->items[0].id, "http://e/1");
        assert_string_equal(feed->items[0].link, "http://e/1");
        assert_string_equal(feed->items[0].title, "a & b");
        assert_string_equal(feed->items[0].text, "x\ny");
        assert_true(feed->items[0].published_at == 1795483800000);
        read_feed_destroy(&feed);
    }
}

static void warns_and_goes_on(void **state)
{
    struct warned warned = {0};
    (void)state;
    struct read_feed *feed =
        read_text("<rss><channel><item><title>a</title><pubDate>hôm qua</pubDate>"
                  "</item><item/><item><title>c &nbsp; d</title></item><item>",
                  &warned);
    assert_true(feed->degraded);
    assert_true(feed->n_items >= 2);
    assert_int_equal(warned.n, 2); /* the date, the XML */
    assert_int_equal(warned.last.kind, READ_FEED_DEGRADED);
    assert_true(feed->items[0].published_at == -1);
    assert_true(feed->items[1].faulty);
    read_feed_destroy(&feed);
}

/* Wherever a download ends: what is taken is whole. Half a petition is never a voter's words. */
static void takes_no_item_that_is_cut(void **state)
{
    static const char whole[] =
        "<rss><channel><title>T</title>"
        "<item><title>đèn</title><guid>1</guid><description>Đèn tắt ba tháng.</description></item>"
        "<item><title>cống</title><guid>2</guid><description><![CDATA[<p>Cống bị bịt,</p><p>mưa là "
        "ngập.</p>]]></description></item></channel></rss>\n";
    static const char *const ids[] = {"1", "2"}, *const titles[] = {"đèn", "cống"},
                             *const texts[] = {"Đèn tắt ba tháng.", "Cống bị bịt,\nmưa là ngập."};
    size_t n_taken = 0;
    (void)state;
    for (size_t length = 0; length < sizeof whole; length++) {
        struct read_feed *feed = NULL;
        struct read_fault fault;
        if (read_feed(&feed, whole, length, "f.xml", NULL, NULL, NULL, &fault) != KN_OK) {
            continue;
        }
        for (size_t i = 0; i < feed->n_items; i++) {
            assert_string_equal(feed->items[i].id, ids[i]);
            assert_string_equal(feed->items[i].title, titles[i]);
            assert_string_equal(feed->items[i].text, texts[i]);
        }
        assert_true(feed->n_items == 2 || feed->degraded);
        n_taken += feed->n_items == 1;
        read_feed_destroy(&feed);
    }
    assert_true(n_taken > 50); /* the first item is had while the second comes */
}

static void refuses_what_is_no_feed(void **state)
{
    (void)state;
    struct read_fault fault = refused("<html><body>404</body></html>");
    assert_int_equal(fault.kind, READ_FEED_KIND);
    assert_says(&fault, "<html>");
    assert_int_equal(refused("").kind, READ_FEED_XML);
    fault = refused("không phải XML");
    assert_int_equal(fault.kind, READ_FEED_XML);
    assert_string_equal(read_fault_code(&fault), "malformed");
}

/* Neither a bomb nor an outside file comes in. */
static void refuses_entities(void **state)
{
    (void)state;
    assert_int_equal(refused("<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
                             "<rss><channel><item><title>&a;</title></item></channel></rss>")
                         .kind,
                     READ_FEED_ENTITY);
    assert_int_equal(refused("<!DOCTYPE rss [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;'>"
                             "<!ENTITY c '&b;&b;&b;&b;&b;'>]><rss><channel><item><title>&c;</title>"
                             "</item></channel></rss>")
                         .kind,
                     READ_FEED_ENTITY);
}

static void fetches_files_within_limits(void **state)
{
    char url[1200], cwd[1024];
    struct read_fetched got;
    struct read_fault fault;
    struct read_fetch options = {.allow_file = true};
    (void)state;
    assert_non_null(getcwd(cwd, sizeof cwd));
    file_of("f.xml", "<rss/>", 6);
    (void)snprintf(url, sizeof url, "file://%s/f.xml", cwd);
    assert_int_equal(read_fetch(&got, url, &options, &fault), 1);
    assert_int_equal(got.length, 6);
    free(got.bytes);
    options.max_bytes = 5;
    assert_int_equal(read_fetch(&got, url, &options, &fault), KN_E_TOO_LARGE);
    assert_int_equal(fault.kind, READ_FETCH_LARGE);
    options = (struct read_fetch){0};
    assert_int_equal(read_fetch(&got, url, &options, &fault), KN_E_IO);
    assert_int_equal(fault.kind, READ_FETCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_dialects),
        cmocka_unit_test(warns_and_goes_on),
        cmocka_unit_test(takes_no_item_that_is_cut),
        cmocka_unit_test(refuses_what_is_no_feed),
        cmocka_unit_test(refuses_entities),
        cmocka_unit_test(fetches_files_within_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
