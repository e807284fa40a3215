/* press.c - kiennghi-press: the items of newspapers' feeds become petitions.
 *
 * A feed's address is the container; a run that finds something new is a batch. An item is known by
 * its guid, else its link, else its content; what the outbox has is declared again only when it
 * changed. ETag and Last-Modified are kept when the items are safe. */
#include "agents/intake.h"
#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    kn_agent_t *agent;
    const char *url;
    char container[33];
};

/* The key under which an item is remembered, and its content; whether it is new or changed. */
static bool is_fresh(const struct run *run, const struct read_item *item, char key[80],
                     char content[33])
{
    char id[33];
    const void *value;
    size_t size;
    kn_hash_hex32(content, 3, (const char *[]){item->title, item->text, item->link});
    kn_hash_hex32(id, 1, (const char *[]){*item->id ? item->id : content});
    (void)snprintf(key, 80, "press:%s:%s", run->container, id);
    return kn_client_get(kn_agent_client(run->agent), &value, &size, key) != KN_OK || size != 32 ||
           memcmp(value, content, 32) != 0;
}

static int send_item(const struct run *run, const struct read_item *item, const char *outlet)
{
    const char *number = *item->id ? item->id : NULL;
    if (item->faulty) {
        struct read_fault fault = {.kind = READ_ITEM_EMPTY, .field = "text"};
        return intake_refuse(run->agent, (int64_t)item->number, number, item->link,
                             strlen(item->link), &fault);
    }
    struct kn_petition petition = {.text = *item->text ? item->text : item->title,
                                   .has_received_at = item->published_at >= 0,
                                   .received_at = item->published_at >= 0 ? item->published_at : 0,
                                   .outlet = *outlet ? outlet : NULL,
                                   .url = *item->link ? item->link : NULL,
                                   .headline = *item->title ? item->title : NULL};
    return kn_agent_row(run->agent, (int64_t)item->number, number, &petition);
}

/* Declares what is new; the batch is named by what is in it, so a crash and a second try make one.
 */
static int send_feed(struct run *run, const struct read_feed *feed)
{
    char key[80], content[33], batch[33], outlet[301];
    const char *given = kn_agent_text(run->agent, "outlet");
    int64_t n = 0;
    int rc = KN_OK;
    (void)snprintf(outlet, sizeof outlet, "%.100s", given ? given : feed->title);
    (void)snprintf(batch, sizeof batch, "%s", run->container);
    while (!read_is_text(outlet, strlen(outlet))) { /* never half a character */
        outlet[strlen(outlet) - 1] = '\0';
    }
    for (size_t i = 0; i < feed->n_items; i++) {
        if (is_fresh(run, &feed->items[i], key, content)) {
            kn_hash_hex32(batch, 3, (const char *[]){batch, key, content});
            n++;
        }
    }
    if (n == 0) {
        return KN_OK;
    }
    struct kn_batch_declare declare = {.batch = batch,
                                       .container = run->container,
                                       .source = kn_agent_text(run->agent, "source"),
                                       .channel = KN_CHANNEL_PRESS,
                                       .title = *feed->title ? outlet : NULL,
                                       .file = strlen(run->url) <= 200 ? run->url : NULL};
    rc = kn_agent_batch(run->agent, &declare);
    for (size_t i = 0; rc == KN_OK && i < feed->n_items; i++) {
        if (is_fresh(run, &feed->items[i], key, content)) {
            rc = send_item(run, &feed->items[i], outlet);
            rc = rc == KN_OK ? kn_client_put(kn_agent_client(run->agent), key, content, 32) : rc;
        }
    }
    return rc == KN_OK ? kn_agent_batch_end(run->agent, -1) : rc;
}

static int read_url(kn_agent_t *agent, const char *url)
{
    struct run run = {.agent = agent, .url = url};
    char state[4096] = "";
    struct read_fetched got;
    struct read_feed *feed = NULL;
    struct read_fault fault;
    kn_hash_hex32(run.container, 2, (const char *[]){"feed", url});
    (void)snprintf(state, sizeof state, "%s/feed-%s", kn_agent_text(agent, "state"), run.container);
    struct read_fetch options = {.max_bytes = (size_t)kn_agent_integer(agent, "max-kib") * 1024,
                                 .timeout_ms =
                                     (long)kn_agent_integer(agent, "fetch-timeout") * 1000,
                                 .allow_file = true, /* the operator named it; no redirect may */
                                 .state = state};
    int rc = read_fetch(&got, url, &options, &fault);
    if (rc == 1 &&
        (rc = read_feed(&feed, got.bytes, got.length, url, intake_warn, agent, &fault)) == KN_OK) {
        rc = send_feed(&run, feed);
        /* what was cut is asked for again, whole, even when the server says that nothing changed */
        if (rc == KN_OK && !feed->degraded && read_fetch_save(&got, url, state) != KN_OK) {
            kn_agent_log(agent, "%s: cannot be written, the feed is fetched whole again", state);
        }
    } else if (rc < 0) {
        rc = intake_fault(agent, url, &fault, KN_E_INVALID);
    }
    read_feed_destroy(&feed);
    free(got.bytes);
    return rc;
}

static int read_feeds(kn_agent_t *agent)
{
    int worst = KN_OK;
    const char *url;
    for (size_t i = 0; (url = kn_agent_list(agent, "feed", i)) && !kn_agent_is_stopping(agent);
         i++) {
        int rc = read_url(agent, url);
        worst = worst == KN_OK ? rc : worst;
    }
    return worst;
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"feed", KN_OPTION_LIST, "URL", NULL, 0, 0, "địa chỉ RSS hoặc Atom (http, https, file)", "address of RSS or Atom (http, https, file)"},
        {"outlet", KN_OPTION_TEXT, "NAME", NULL, 0, 0, "tên báo; mặc định là tên của nguồn tin", "the newspaper; by default the feed's title"},
        {"source", KN_OPTION_TEXT, "CODE", "bao_chi", 0, 0, "mã nguồn", "code of the source"},
        {"max-kib", KN_OPTION_INTEGER, "N", "4096", 1, 65536, "dung lượng tối đa của một nguồn tin, KiB", "largest feed, KiB"},
        {"fetch-timeout", KN_OPTION_INTEGER, "SECONDS", "20", 1, 600, "thời gian tải tối đa, giây", "longest fetch"},
        {0}};
    // clang-format on
    static const struct kn_agent_spec spec = {
        .name = "press",
        .about_vi = "chuyển thư bạn đọc của các báo (RSS, Atom) vào trung tâm",
        .about_en = "takes readers' letters of newspapers (RSS, Atom) to the hub",
        .options = options,
        .has_identities = true,
        .every_ms = 300000,
        .on_tick = read_feeds};
    return kn_agent_main(argc, argv, &spec);
}
