/* keeper.c - an agent as its library makes it, for test_power.py: the outbox at work.
 *
 *     keeper ENDPOINT HUB-KEY PUBLIC SECRET OUTBOX STREAM N SEED
 *
 * Declares a batch of N petitions and submits it in bursts, each made durable at once, while
 * receipts come; keeps of each final receipt the note `receipt:SEQUENCE` and, following STREAM, of
 * each event the note `event:POSITION`. Ends with 0 when all is receipted and read.
 */
#include "kiennghi/kiennghi.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BURST_MAX = 60, BACKLOG_MAX = 150 };

static int keep(kn_client_t *client, const char *kind, uint64_t number, const char *value)
{
    char key[40];
    snprintf(key, sizeof key, "%s:%" PRIu64, kind, number);
    return kn_client_put(client, key, value, strlen(value));
}

static void on_receipt(void *arg, uint64_t tag, const struct kn_message *sent,
                       const struct kn_receipt *receipt)
{
    kn_client_t **client = arg;
    (void)sent;
    keep(*client, "receipt", tag, receipt->case_ ? receipt->case_ : "-"); /* shows at the commit */
}

static int on_event(void *arg, uint64_t position, const struct kn_event *event)
{
    kn_client_t **client = arg;
    return keep(*client, "event", position, event->case_ ? event->case_ : "-");
}

static int submit(kn_client_t *client, const char *batch, int n, int row)
{
    char item[20], text[400];
    if (row == 0) {
        struct kn_batch_declare declare = {.batch = batch,
                                           .container = batch,
                                           .source = "txct_dinh_ky",
                                           .channel = KN_CHANNEL_CONTACT,
                                           .title = "Tiếp xúc cử tri",
                                           .declared = n};
        return kn_client_submit(client, 1, KN_TYPE_BATCH_DECLARE, &declare, NULL);
    }
    snprintf(item, sizeof item, "%08d", row);
    snprintf(
        text, sizeof text, "Ngõ %d: %.*s", row, 60 + row * 7 % 240,
        "cống thoát nước bị tắc, mưa nửa giờ là ngập; bà con đã phản ánh nhiều lần mà chưa có ai "
        "đến xem, đề nghị sớm nạo vét cống và sửa nắp cống đã vỡ, có người đã ngã xe ở đây");
    size_t size = strlen(text);
    while (size && ((unsigned char)text[size - 1] & 0x80)) {
        text[--size] = '\0'; /* no half letter at the end */
    }
    struct kn_petition_submit body = {.batch = batch,
                                      .container = batch,
                                      .item = item,
                                      .has_row = true,
                                      .row = row,
                                      .source = "txct_dinh_ky",
                                      .channel = KN_CHANNEL_CONTACT,
                                      .petition = &(struct kn_petition){.text = text}};
    return kn_client_submit(client, (uint64_t)row + 1, KN_TYPE_PETITION_SUBMIT, &body, NULL);
}

int main(int argc, char **argv)
{
    kn_client_t *client = NULL;
    if (argc != 9) {
        fprintf(stderr, "keeper ENDPOINT HUB-KEY PUBLIC SECRET OUTBOX STREAM N SEED\n");
        return KN_EXIT_USAGE;
    }
    int n = atoi(argv[7]), next = 0;
    unsigned seed = (unsigned)strtoul(argv[8], NULL, 10);
    char batch[33];
    kn_hash_hex32(batch, 1, (const char *[]){argv[8]});
    const struct kn_client_options options = {.endpoint = argv[1],
                                              .hub_key = argv[2],
                                              .public_key = argv[3],
                                              .secret_key = argv[4],
                                              .outbox = argv[5],
                                              .program = "keeper",
                                              .on_receipt = on_receipt,
                                              .arg = &client};
    int rc = kn_client_new(&client, &options);
    if (rc == KN_OK) {
        rc = kn_client_subscribe(client, argv[6], "keeper", NULL, on_event, &client);
    }
    while (rc == KN_OK &&
           (next <= n || kn_client_backlog(client) > 0 || !kn_client_is_caught_up(client, 1))) {
        int burst = 1 + rand_r(&seed) % BURST_MAX;
        for (; next <= n && rc == KN_OK && burst > 0 && kn_client_backlog(client) < BACKLOG_MAX;
             burst--) {
            rc = submit(client, batch, n, next++);
        }
        rc = rc == KN_OK ? kn_client_flush(client) : rc;
        rc = rc == KN_OK ? kn_client_poll(client, 20) : rc;
    }
    if (rc != KN_OK) {
        fprintf(stderr, "keeper: %s\n", kn_status_text(rc));
    }
    kn_client_destroy(&client);
    return rc == KN_OK ? KN_EXIT_OK : KN_EXIT_LATER;
}
