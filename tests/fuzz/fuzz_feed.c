/* fuzz_feed.c - any bytes as a feed: no fault but a told one, all texts UTF-8 within their bounds.
 */
#include "agents/read/read.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct read_feed *feed = NULL;
    struct read_fault fault;
    int rc = read_feed(&feed, (const char *)data, size, "fuzz", NULL, NULL, NULL, &fault);
    assert((rc == KN_OK) == (feed != NULL));
    for (size_t i = 0; feed && i < feed->n_items; i++) {
        const struct read_item *item = &feed->items[i];
        assert(read_is_text(item->text, strlen(item->text)));
        assert(read_is_text(item->title, strlen(item->title)));
        assert(read_characters(item->text) <= 16000 && read_characters(item->title) <= 300);
    }
    read_feed_destroy(&feed);
    return 0;
}
