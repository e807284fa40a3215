/* sms.c - kiennghi-sms: the inbox of gammu-smsd becomes petitions, one file a message.
 *
 * The inbox is the container, a day of it (by the messages' own clock, UTC+7) the batch. A message
 * is known by its number, time, header and text, since there is no other name. How many messages a
 * day has is kept in the outbox; files that wait together are declared together. Delivery reports
 * are put away.
 */
#include "agents/intake.h"
#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <string.h>

static bool recall(kn_client_t *client, int64_t *n, const char *key)
{
    const void *value;
    size_t size;
    if (kn_client_get(client, &value, &size, key) != KN_OK || size != sizeof *n) {
        return false;
    }
    memcpy(n, value, size);
    return true;
}

/* Counts message ITEM of DAY once; *ROW becomes its place in the day, *N the messages of that day.
 */
static int count(kn_agent_t *agent, int64_t *row, int64_t *n, const char *container,
                 const char *day, const char *item)
{
    kn_client_t *client = kn_agent_client(agent);
    char item_key[100], day_key[100];
    (void)snprintf(item_key, sizeof item_key, "sms:%s:%s", container, item);
    (void)snprintf(day_key, sizeof day_key, "sms:%s:day:%s", container, day);
    *n = 0;
    (void)recall(client, n, day_key);
    if (recall(client, row, item_key)) {
        return KN_OK;
    }
    *row = ++*n;
    int rc = kn_client_put(client, item_key, row, sizeof *row);
    return rc == KN_OK ? kn_client_put(client, day_key, n, sizeof *n) : rc;
}

static int send_message(kn_agent_t *agent, const struct read_sms *sms)
{
    char container[33], batch[33], item[33], at[24], title[64];
    const char *inbox = kn_agent_text(agent, "inbox"), *day = sms->day[0] ? sms->day : "?";
    int64_t row = 0, n = 0;
    (void)snprintf(at, sizeof at, "%lld", (long long)sms->sent_at);
    (void)snprintf(title, sizeof title, "%s, %s", inbox, day);
    kn_hash_hex32(container, 2, (const char *[]){"sms", inbox});
    kn_hash_hex32(batch, 3, (const char *[]){"sms", inbox, day});
    kn_hash_hex32(item, 4, (const char *[]){sms->number, at, sms->udh, sms->text});
    struct kn_batch_declare declare = {.batch = batch,
                                       .container = container,
                                       .source = kn_agent_text(agent, "source"),
                                       .channel = KN_CHANNEL_SMS,
                                       .title = title};
    struct kn_person person = {.phone = sms->number};
    struct kn_petition petition = {.text = sms->text,
                                   .has_received_at = sms->sent_at >= 0,
                                   .received_at = sms->sent_at >= 0 ? sms->sent_at : 0,
                                   .person = *sms->number ? &person : NULL,
                                   .doubt = sms->n_parts < sms->of_parts};
    int rc = kn_agent_batch(agent, &declare);
    if (rc == KN_OK) {
        rc = count(agent, &row, &n, container, day, item);
    }
    if (rc == KN_OK) {
        rc = kn_agent_row(agent, row, item, &petition);
    }
    return rc == KN_OK ? kn_agent_batch_pause(agent, n) : rc;
}

static int read_message(kn_agent_t *agent, const char *path)
{
    struct read_sms *sms = NULL;
    struct read_fault fault;
    int rc = read_sms_file(&sms, path, intake_warn, agent, &fault);
    if (rc < 0) {
        return intake_fault(agent, path, &fault, rc);
    }
    rc = sms ? send_message(agent, sms) : KN_OK;
    read_sms_destroy(&sms);
    return rc;
}

/* gammu-smsd names what came in IN…; anything else in the folder is not ours. */
static bool is_mine(const char *name)
{
    const char *dot = strrchr(name, '.');
    return strncmp(name, "IN", 2) == 0 && dot && strcmp(dot, ".txt") == 0;
}

int main(int argc, char **argv)
{
    static const struct kn_agent_option options[] = {
        {.name = "inbox",
         .kind = KN_OPTION_TEXT,
         .arg = "NAME",
         .standard = "SMS",
         .help_vi = "tên hộp thư hoặc đầu số; đổi tên là một hộp thư khác",
         .help_en = "name or short number of the inbox; another name is another inbox"},
        {.name = "source",
         .kind = KN_OPTION_TEXT,
         .arg = "CODE",
         .standard = "tin_nhan",
         .help_vi = "mã nguồn",
         .help_en = "code of the source"},
        {0}};
    static const struct kn_agent_spec spec = {
        .name = "sms",
        .about_vi = "chuyển tin nhắn của gammu-smsd (inboxformat = detail) vào trung tâm",
        .about_en = "takes text messages of gammu-smsd (inboxformat = detail) to the hub",
        .args = "FILE…",
        .options = options,
        .has_identities = true,
        .read = read_message,
        .is_mine = is_mine};
    return kn_agent_main(argc, argv, &spec);
}
