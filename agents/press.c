/* press.c - kiennghi-press: the items of newspapers' feeds that are petitions become petitions.
 *
 *     feed ─▶ fetch, read ─▶ rules: is it a petition? ─┬─ yes ──────────▶ hub
 *                            press_rules               ├─ perhaps ─▶ review/ ─▶ a person ─▶ hub
 *                                                      └─ no: left alone
 *
 * A feed's address is the container; a run that finds something new is a batch. An item is known by
 * its guid, else its link, else its content: "press:CONTAINER:HASH" keeps the hash of what was
 * sent, so it is sent again only when it was edited, as a new version of the same petition.
 * "press:link:HASH" keeps whose an article is: under another guid, or in another feed of the paper,
 * it is the same. ETag and Last-Modified are kept when the items are safe.
 *
 * A feed that was read in part only is told by the exit code of --once (65), also under --quiet.
 */
#include "agents/press.h"

#include "agents/intake.h"
#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OUTLET = 100, MAX_URL = 500, MAX_WHY = 600, MAX_OWNER = 33 + 400 };

struct press {
    kn_agent_t *agent;
    struct press_rules *rules;
};

struct run {
    struct press *press;
    const char *url;
    const struct read_feed *feed;
    char container[33], outlet[2 * MAX_OUTLET];
    size_t n_waiting, n_left;
};

/* ---- what is known of an item --------------------------------------------------------------- */

/* LINK without what only counts its readers. */
static void name_link(char key[64], const char *link)
{
    char plain[MAX_URL + 1], hash[33];
    (void)snprintf(plain, sizeof plain, "%s", link);
    plain[strcspn(plain, "#")] = '\0';
    char *query = strchr(plain, '?');
    if (query && strncmp(query, "?utm_", 5) == 0) {
        *query = '\0';
    }
    kn_hash_hex32(hash, 1, (const char *[]){plain});
    (void)snprintf(key, 64, "press:link:%s", hash);
}

/* Whether the article is one of another feed. Under another id of this feed ID becomes the first.
 */
static bool is_anothers(const struct run *run, const struct press_item *item, char id[400])
{
    char key[64];
    const void *value;
    size_t size;
    if (strlen(item->id) < 400) {
        (void)snprintf(id, 400, "%s", item->id);
    } else {
        kn_hash_hex32(id, 1, (const char *[]){item->id});
    }
    name_link(key, item->link);
    if (!*item->link ||
        kn_client_get(kn_agent_client(run->press->agent), &value, &size, key) != KN_OK ||
        size < sizeof run->container || size > MAX_OWNER) {
        return false;
    }
    if (memcmp(value, item->container, 32) != 0) {
        return true;
    }
    (void)snprintf(id, 400, "%.*s", (int)(size - 33), (const char *)value + 33);
    return false;
}

static int own(const struct run *run, const struct press_item *item, const char *id)
{
    char key[64], value[MAX_OWNER];
    int n = snprintf(value, sizeof value, "%s%c%s", item->container, 0, id);
    name_link(key, item->link);
    return *item->link ? kn_client_put(kn_agent_client(run->press->agent), key, value,
                                       (size_t)(n < (int)sizeof value ? n : MAX_OWNER))
                       : KN_OK;
}

/* The key under which an item is remembered, and its content; whether it is new or edited. */
static bool is_fresh(const struct run *run, const struct press_item *item, const char *id,
                     char key[80], char content[33])
{
    char hash[33];
    const void *value;
    size_t size;
    kn_hash_hex32(content, 3, (const char *[]){item->title, item->text, item->link});
    kn_hash_hex32(hash, 1, (const char *[]){*id ? id : content});
    (void)snprintf(key, 80, "press:%s:%s", item->container, hash);
    return kn_client_get(kn_agent_client(run->press->agent), &value, &size, key) != KN_OK ||
           size != 32 || memcmp(value, content, 32) != 0;
}

/* ---- sending -------------------------------------------------------------------------------- */

static int send_row(const struct run *run, const struct press_item *item, const char *id)
{
    kn_agent_t *agent = run->press->agent;
    const char *number = *id ? id : NULL;
    if (!*item->title && !*item->text) {
        struct read_fault fault = {.kind = READ_ITEM_EMPTY, .field = "text"};
        return intake_refuse(agent, item->number, number, item->link, strlen(item->link), &fault);
    }
    struct kn_petition petition = {
        .text = *item->text ? item->text : item->title,
        .has_received_at = item->published_at >= 0,
        .received_at = item->published_at >= 0 ? item->published_at : 0,
        .outlet = *item->outlet ? item->outlet : NULL,
        .url = *item->link && read_characters(item->link) <= MAX_URL ? item->link : NULL,
        .headline = *item->title ? item->title : NULL,
        .doubt = item->doubt};
    return kn_agent_row(agent, item->number, number, &petition);
}

/* ITEMS as one batch, named by what is in it, so that a crash and a second try make one. Edited
 * ones are new versions. */
static int send_items(const struct run *run, const struct press_item *items, size_t n,
                      const char *container)
{
    kn_agent_t *agent = run->press->agent;
    char key[80], content[33], id[400], batch[33];
    size_t n_fresh = 0;
    (void)snprintf(batch, sizeof batch, "%s", container);
    for (size_t i = 0; i < n; i++) {
        if (!is_anothers(run, &items[i], id) && is_fresh(run, &items[i], id, key, content)) {
            kn_hash_hex32(batch, 3, (const char *[]){batch, key, content});
            n_fresh++;
        }
    }
    if (n_fresh == 0) {
        return KN_OK;
    }
    struct kn_batch_declare declare = {.batch = batch,
                                       .container = container,
                                       .source = kn_agent_text(agent, "source"),
                                       .channel = KN_CHANNEL_PRESS,
                                       .title = *items[0].outlet ? items[0].outlet : NULL,
                                       .file = strlen(items[0].url) <= 200 ? items[0].url : NULL};
    int rc = kn_agent_batch(agent, &declare);
    if (rc == KN_OK) {
        kn_agent_batch_revises(agent, NULL, NULL);
    }
    for (size_t i = 0; rc == KN_OK && i < n; i++) {
        if (!is_anothers(run, &items[i], id) && is_fresh(run, &items[i], id, key, content)) {
            rc = send_row(run, &items[i], id);
            rc = rc == KN_OK ? kn_client_put(kn_agent_client(agent), key, content, 32) : rc;
            rc = rc == KN_OK ? own(run, &items[i], id) : rc;
        }
    }
    return rc == KN_OK ? kn_agent_batch_end(agent, -1) : rc;
}

/* ---- judging -------------------------------------------------------------------------------- */

/* Whether ITEM is to be sent; a doubtful one is kept for a person. */
static int judge(struct run *run, enum press_verdict *verdict, const struct read_item *item,
                 const struct press_item *known)
{
    char why[MAX_WHY], id[400], key[80], content[33];
    const void *value;
    size_t size;
    if (is_anothers(run, known, id)) {
        *verdict = PRESS_LEAVE;
        return KN_OK;
    }
    (void)is_fresh(run, known, id, key, content);
    if (kn_client_get(kn_agent_client(run->press->agent), &value, &size, key) == KN_OK) {
        *verdict = PRESS_TAKE; /* it was taken once: what is edited is its new version */
        return KN_OK;
    }
    *verdict = press_rules_judge(run->press->rules, run->feed, run->url, item, why, sizeof why);
    if (*verdict != PRESS_DOUBT) {
        return KN_OK;
    }
    return press_review_keep(run->press->agent, verdict, known, why);
}

static int send_feed(struct run *run)
{
    const struct read_feed *feed = run->feed;
    const char *given = kn_agent_text(run->press->agent, "outlet");
    struct press_item *items = calloc(feed->n_items ? feed->n_items : 1, sizeof *items);
    size_t n = 0;
    int rc = items ? KN_OK : KN_E_NOMEM;
    (void)snprintf(run->outlet, sizeof run->outlet, "%.*s", MAX_OUTLET,
                   given ? given : feed->title);
    while (!read_is_text(run->outlet, strlen(run->outlet))) { /* never half a character */
        run->outlet[strlen(run->outlet) - 1] = '\0';
    }
    for (size_t i = 0; rc == KN_OK && i < feed->n_items; i++) {
        const struct read_item *item = &feed->items[i];
        enum press_verdict verdict;
        items[n] = (struct press_item){.url = run->url,
                                       .container = run->container,
                                       .outlet = run->outlet,
                                       .id = item->id,
                                       .title = item->title,
                                       .link = item->link,
                                       .text = item->text,
                                       .number = (int64_t)item->number,
                                       .published_at = item->published_at,
                                       .doubt = feed->doubt};
        rc = judge(run, &verdict, item, &items[n]);
        n += verdict == PRESS_TAKE;
        run->n_waiting += verdict == PRESS_DOUBT;
        run->n_left += verdict == PRESS_LEAVE;
    }
    rc = rc == KN_OK ? send_items(run, items, n, run->container) : rc;
    free(items);
    if (rc == KN_OK && run->n_waiting + run->n_left > 0) {
        kn_agent_log(run->press->agent,
                     KN_TR(run->press->agent,
                           "%s: %zu tin; %zu là kiến nghị, %zu chờ xem (kiennghi-press review "
                           "list), %zu không phải",
                           "%s: %zu items; %zu are petitions, %zu wait for a person "
                           "(kiennghi-press review list), %zu are none"),
                     run->url, feed->n_items, n, run->n_waiting, run->n_left);
    }
    return rc;
}

/* ---- feeds ---------------------------------------------------------------------------------- */

static int read_url(struct press *press, const char *url)
{
    kn_agent_t *agent = press->agent;
    struct run run = {.press = press, .url = url};
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
    if (rc == 1 && (rc = read_feed(&feed, got.bytes, got.length, url, got.charset, intake_warn,
                                   agent, &fault)) == KN_OK) {
        run.feed = feed;
        rc = send_feed(&run);
        /* what was cut is asked for again, whole, even when the server says that nothing changed */
        if (rc == KN_OK && !feed->degraded && read_fetch_save(&got, url, state) != KN_OK) {
            kn_agent_log(agent,
                         KN_TR(agent, "%s: không ghi được, lần sau sẽ tải lại cả nguồn tin",
                               "%s: cannot be written, the feed is fetched whole again"),
                         state);
        }
        rc = rc == KN_OK && feed->degraded ? KN_E_INVALID : rc;
    } else if (rc < 0) {
        rc = intake_fault(agent, url, &fault, KN_E_INVALID);
    }
    read_feed_destroy(&feed);
    free(got.bytes);
    return rc;
}

static int send_accepted(void *arg, const struct press_item *item)
{
    struct run run = {.press = arg, .url = item->url};
    return send_items(&run, item, 1, item->container);
}

static int tick(kn_agent_t *agent)
{
    struct press *press = kn_agent_own(agent);
    int worst = press_review_each(agent, send_accepted, press);
    const char *url;
    for (size_t i = 0; (url = kn_agent_list(agent, "feed", i)) && !kn_agent_is_stopping(agent);
         i++) {
        int rc = read_url(press, url);
        worst = worst == KN_OK ? rc : worst;
    }
    return worst;
}

/* ---- main ----------------------------------------------------------------------------------- */

static int start(kn_agent_t *agent)
{
    struct press *press = calloc(1, sizeof *press);
    if (!press) {
        return KN_E_NOMEM;
    }
    press->agent = agent;
    kn_agent_set_own(agent, press);
    return press_rules_read(&press->rules, agent);
}

static void stop(kn_agent_t *agent)
{
    struct press *press = kn_agent_own(agent);
    if (press) {
        press_rules_free(&press->rules);
        free(press);
    }
}

int main(int argc, char **argv)
{
    // clang-format off
    static const struct kn_agent_option options[] = {
        {"feed", KN_OPTION_LIST, "URL", NULL, 0, 0, "địa chỉ RSS hoặc Atom (http, https, file)", "address of RSS or Atom (http, https, file)"},
        {"outlet", KN_OPTION_TEXT, "NAME", NULL, 0, 0, "tên báo; mặc định là tên của nguồn tin", "the newspaper; by default the feed's title"},
        {"source", KN_OPTION_TEXT, "CODE", "bao_chi", 0, 0, "mã nguồn", "code of the source"},
        {"rules", KN_OPTION_TEXT, "FILE", NULL, 0, 0, "tin nào là kiến nghị; mặc định registers/press_rules.tsv", "which items are petitions; by default registers/press_rules.tsv"},
        {"take-at", KN_OPTION_INTEGER, "POINTS", "3", 1, 99, "từ bao nhiêu điểm là kiến nghị", "from how many points on an item is a petition"},
        {"doubt-at", KN_OPTION_INTEGER, "POINTS", "1", 1, 99, "từ bao nhiêu điểm thì người xem quyết định", "from how many points on a person decides"},
        {"all", KN_OPTION_FLAG, NULL, NULL, 0, 0, "nhận mọi tin, không theo quy tắc", "take every item, without rules"},
        {"max-kib", KN_OPTION_INTEGER, "N", "4096", 1, 65536, "dung lượng tối đa của một nguồn tin, KiB", "largest feed, KiB"},
        {"fetch-timeout", KN_OPTION_INTEGER, "SECONDS", "20", 1, 600, "thời gian tải tối đa, giây", "longest fetch"},
        {0}};
    static const struct kn_agent_command commands[] = {
        {"review list", "", 0, 0, press_review_list, "xem các tin chờ quyết định", "items that wait for a decision"},
        {"review show", "ID…", 1, 50, press_review_show, "đọc toàn văn", "read them in full"},
        {"review accept", "ID…", 1, 500, press_review_accept, "là kiến nghị: gửi vào trung tâm", "they are petitions: send them"},
        {"review reject", "ID…", 1, 500, press_review_reject, "không phải kiến nghị", "they are none"},
        {0}};
    // clang-format on
    static const struct kn_agent_spec spec = {
        .name = "press",
        .about_vi = "chuyển thư bạn đọc của các báo (RSS, Atom) vào trung tâm",
        .about_en = "takes readers' letters of newspapers (RSS, Atom) to the hub",
        .options = options,
        .commands = commands,
        .has_identities = true,
        .on_start = start,
        .on_stop = stop,
        .every_ms = 300000,
        .on_tick = tick};
    return kn_agent_main(argc, argv, &spec);
}
