/* front.c - kiennghi-front: a transfer of the Fatherland Front or a central body, covering document
 * and annex: an edXML document (front_edxml.c), or the annex with header lines.
 *
 * The document's number, day, sender, subject and count stand in lines "key;value" above the annex
 * table, in a file of their own (--header), or in one beside the annex (ANNEX.head). The document
 * (sender, number, day) is the container and the batch. The count is what the document says: when
 * the annex has fewer rows the batch stays open, and says so, until the missing ones come.
 */
#include "agents/front.h"
#include "agents/intake.h"
#include "kiennghi/keys.h"
#include "kiennghi/kiennghi.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { EVERY_MS = 10000 /* how often the hub is asked what became of documents */ };

enum { REQUIRED = 1U << READ_DOCUMENT_NUMBER | 1U << READ_DATE | 1U << READ_SENDER };

/* The header lines: of their own file, when there is one, else those above the table. */
static int find_header(kn_agent_t *agent, const struct read_headers **out,
                       struct read_headers *apart, read_table_t *table, const char *annex,
                       struct read_fault *fault)
{
    char beside[PATH_MAX];
    const char *path = kn_agent_text(agent, "header");
    int n = snprintf(beside, sizeof beside, "%s.head", annex);
    if (!path && n > 0 && (size_t)n < sizeof beside && access(beside, R_OK) == 0) {
        path = beside;
    }
    *out = path ? apart : read_table_headers(table);
    int rc = path ? read_headers_open(apart, path, fault) : KN_OK;
    return rc == KN_OK ? read_headers_check(*out, REQUIRED, path ? path : annex, fault) : rc;
}

void front_identity(char id[33], const char *sender, const char *number, const char *date)
{
    char number_key[128], sender_key[256];
    (void)read_key(number_key, sizeof number_key, number);
    (void)read_key(sender_key, sizeof sender_key, sender);
    kn_hash_hex32(id, 4, (const char *[]){"document", sender_key, number_key, date});
}

static int read_annex(kn_agent_t *agent, const char *path)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    read_table_t *table = NULL;
    struct read_headers apart = {0};
    const struct read_headers *top = NULL;
    struct read_fault fault;
    char id[33], title[300];
    int rc = read_table_open(&table, path, &form, intake_warn, agent, &fault);
    if (rc != KN_OK || (rc = find_header(agent, &top, &apart, table, path, &fault)) != KN_OK) {
        rc = intake_fault(agent, path, &fault, rc);
        goto done;
    }
    struct kn_document document = {.number = top->value[READ_DOCUMENT_NUMBER],
                                   .date = top->value[READ_DATE],
                                   .sender = top->value[READ_SENDER],
                                   .subject = top->value[READ_SUBJECT]};
    front_identity(id, document.sender, document.number, document.date);
    (void)snprintf(title, sizeof title, "%s, %s", document.number, document.date);
    struct kn_batch_declare declare = {
        .batch = id,
        .container = id,
        .source =
            top->value[READ_SOURCE] ? top->value[READ_SOURCE] : kn_agent_text(agent, "source"),
        .channel = KN_CHANNEL_FRONT,
        .title = top->value[READ_TITLE] ? top->value[READ_TITLE] : title,
        .document = &document};
    rc = kn_agent_batch(agent, &declare);
    if (rc == KN_OK) {
        rc = intake_rows(agent, table, path, document.date, top->value[READ_DECLARED]);
    }
done:
    read_headers_clear(&apart);
    read_table_close(&table);
    return rc;
}

static int read_transfer(kn_agent_t *agent, const char *path)
{
    return read_is_edxml(path) ? front_read_edxml(agent, path) : read_annex(agent, path);
}

static bool is_mine(const char *name)
{
    const char *dot = strrchr(name, '.');
    return intake_is_table(name) ||
           (dot && (strcasecmp(dot, ".edxml") == 0 || strcasecmp(dot, ".xml") == 0));
}

/* Senders hear what became of their documents: while it runs for long whenever nothing waits in the
 * outbox, with --once at the start, else at the end. */
static int tick(kn_agent_t *agent)
{
    kn_client_t *client = kn_agent_client(agent);
    if (!client || !kn_agent_text(agent, "status")) {
        return KN_OK;
    }
    kn_agent_set_own(agent, client);
    bool waits = kn_client_backlog(client) > 0 ||
                 (kn_agent_text(agent, "watch") && kn_client_state(client) != KN_CLIENT_READY);
    if (!waits) {
        (void)front_tell(agent); /* it said why, and is tried again */
    }
    return KN_OK;
}

static void stop(kn_agent_t *agent)
{
    kn_client_t *client = kn_agent_own(agent);
    if (client && kn_client_state(client) == KN_CLIENT_READY && kn_client_backlog(client) == 0 &&
        !kn_agent_is_stopping(agent)) {
        (void)front_tell(agent);
    }
}

int main(int argc, char **argv)
{
    static const struct kn_agent_option options[] = {
        {.name = "header",
         .kind = KN_OPTION_TEXT,
         .arg = "FILE",
         .help_vi = "tệp ghi số/ký hiệu, ngày, cơ quan gửi, trích yếu, số lượng",
         .help_en = "file with number, day, sender, subject and count of the document"},
        {.name = "status",
         .kind = KN_OPTION_TEXT,
         .arg = "DIR",
         .help_vi = "thư mục ghi thông điệp trạng thái edXML trả cho nơi gửi",
         .help_en = "where edXML status messages for the senders are written"},
        {.name = "source",
         .kind = KN_OPTION_TEXT,
         .arg = "CODE",
         .standard = "mttq",
         .help_vi = "mã nguồn khi văn bản không có dòng \"Nguồn\"",
         .help_en = "code of the source when the document has no line \"Nguồn\""},
        {0}};
    static const struct kn_agent_spec spec = {
        .name = "front",
        .about_vi =
            "chuyển kiến nghị của Mặt trận, cơ quan Trung ương (edXML, phụ lục) vào trung tâm",
        .about_en = "takes transfers of the Front and central bodies (edXML, annexes) to the hub",
        .args = "FILE…",
        .options = options,
        .read = read_transfer,
        .is_mine = is_mine,
        .on_stop = stop,
        .every_ms = EVERY_MS,
        .on_tick = tick,
        .on_receipt = front_receipt};
    return kn_agent_main(argc, argv, &spec);
}
