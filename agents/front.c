/* front.c - kiennghi-front: a transfer of the Fatherland Front, covering document and annex.
 *
 * The document's number, day, sender, subject and count stand in lines "key;value" above the annex
 * table, in a file of their own (--header), or in one beside the annex (ANNEX.head). The document
 * (sender, number, day) is the container and the batch. The count is what the document says: when
 * the annex has fewer rows the batch stays open, and says so, until the missing ones come.
 */
#include "agents/intake.h"
#include "kiennghi/kiennghi.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static int read_transfer(kn_agent_t *agent, const char *path)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    read_table_t *table = NULL;
    struct read_headers apart = {0};
    const struct read_headers *top = NULL;
    struct read_fault fault;
    char id[33], number[128], sender[256], title[300];
    int rc = read_table_open(&table, path, &form, intake_warn, agent, &fault);
    if (rc != KN_OK || (rc = find_header(agent, &top, &apart, table, path, &fault)) != KN_OK) {
        rc = intake_fault(agent, path, &fault, rc);
        goto done;
    }
    struct kn_document document = {.number = top->value[READ_DOCUMENT_NUMBER],
                                   .date = top->value[READ_DATE],
                                   .sender = top->value[READ_SENDER],
                                   .subject = top->value[READ_SUBJECT]};
    (void)read_key(number, sizeof number, document.number);
    (void)read_key(sender, sizeof sender, document.sender);
    kn_hash_hex32(id, 4, (const char *[]){"document", sender, number, document.date});
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

int main(int argc, char **argv)
{
    static const struct kn_agent_option options[] = {
        {.name = "header",
         .kind = KN_OPTION_TEXT,
         .arg = "FILE",
         .help_vi = "tệp ghi số/ký hiệu, ngày, cơ quan gửi, trích yếu, số lượng",
         .help_en = "file with number, day, sender, subject and count of the document"},
        {.name = "source",
         .kind = KN_OPTION_TEXT,
         .arg = "CODE",
         .standard = "mttq",
         .help_vi = "mã nguồn khi văn bản không có dòng \"Nguồn\"",
         .help_en = "code of the source when the document has no line \"Nguồn\""},
        {0}};
    static const struct kn_agent_spec spec = {
        .name = "front",
        .about_vi = "chuyển kiến nghị của Mặt trận (văn bản kèm phụ lục CSV) vào trung tâm",
        .about_en = "takes transfers of the Fatherland Front with their annex (CSV) to the hub",
        .args = "FILE…",
        .options = options,
        .read = read_transfer,
        .is_mine = intake_is_table};
    return kn_agent_main(argc, argv, &spec);
}
