/* contact.c - kiennghi-contact: the minutes of a voters' meeting, as a table, become a batch.
 *
 * Lines "key;value" above the table say which meeting it was; below the headings one row is one
 * petition. The meeting (source, day, what people call it, place) is the container and the batch:
 * the same minutes imported again, corrected or with a row more, are the same batch.
 */
#include "agents/intake.h"
#include "kiennghi/kiennghi.h"

static int read_minutes(kn_agent_t *agent, const char *path)
{
    static const struct read_form form = {.columns = 1U << READ_TEXT};
    read_table_t *table = NULL;
    struct read_fault fault;
    char id[33], title_key[256] = "", place_key[256] = "";
    int rc = read_table_open(&table, path, &form, intake_warn, agent, &fault);
    const struct read_headers *top = rc == KN_OK ? read_table_headers(table) : NULL;
    if (rc != KN_OK || (rc = read_headers_check(top, 1U << READ_DATE, path, &fault)) != KN_OK) {
        rc = intake_fault(agent, path, &fault, rc);
        goto done;
    }
    const char *source =
        top->value[READ_SOURCE] ? top->value[READ_SOURCE] : kn_agent_text(agent, "source");
    const char *title = top->value[READ_TITLE] ? top->value[READ_TITLE] : top->value[READ_PLACE];
    (void)read_key(title_key, sizeof title_key, title ? title : "");
    (void)read_key(place_key, sizeof place_key,
                   top->value[READ_PLACE] ? top->value[READ_PLACE] : "");
    kn_hash_hex32(id, 5,
                  (const char *[]){"meeting", source, top->value[READ_DATE], title_key, place_key});
    struct kn_meeting meeting = {.date = top->value[READ_DATE],
                                 .place = top->value[READ_PLACE],
                                 .group = top->value[READ_GROUP],
                                 .session = top->value[READ_SESSION],
                                 .electoral_unit = top->value[READ_ELECTORAL_UNIT]};
    struct kn_batch_declare declare = {.batch = id,
                                       .container = id,
                                       .source = source,
                                       .channel = KN_CHANNEL_CONTACT,
                                       .title = title,
                                       .meeting = &meeting};
    rc = kn_agent_batch(agent, &declare);
    if (rc == KN_OK) {
        rc = intake_rows(agent, table, path, meeting.date, top->value[READ_DECLARED]);
    }
done:
    read_table_close(&table);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct kn_agent_option options[] = {
        {.name = "source",
         .kind = KN_OPTION_TEXT,
         .arg = "CODE",
         .standard = "txct_dinh_ky",
         .help_vi = "mã nguồn khi biên bản không có dòng \"Nguồn\"",
         .help_en = "code of the source when the minutes have no line \"Nguồn\""},
        {0}};
    static const struct kn_agent_spec spec = {
        .name = "contact",
        .about_vi = "chuyển biên bản tiếp xúc cử tri (CSV) vào trung tâm",
        .about_en = "takes minutes of voters' meetings (CSV) to the hub",
        .args = "FILE…",
        .options = options,
        .read = read_minutes,
        .is_mine = intake_is_table};
    return kn_agent_main(argc, argv, &spec);
}
