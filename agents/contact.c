/* contact.c - kiennghi-contact: petitions that somebody wrote down become batches.
 *
 * Voters' meetings, the reception desk, letters to a Board, supervision, working sessions: every
 * source of the register, told by --source or by the table itself. Tables in any form (XLSX, ODS,
 * CSV, DOCX) are known by their headings (forms.tsv). What a batch is (its source, day, what people
 * call it, place) is hashed: the same minutes imported again, corrected or with a row more, are the
 * same batch.
 */
#include "agents/contact.h"
#include "agents/marked.h"

#include "kiennghi/kiennghi.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define STANDARD_SOURCE "txct_dinh_ky"

const char *contact_line(kn_agent_t *agent, const struct read_headers *top, enum read_header line)
{
    const char *given = line == READ_DATE    ? kn_agent_text(agent, "date")
                        : line == READ_TITLE ? kn_agent_text(agent, "title")
                                             : NULL;
    return top->value[line] ? top->value[line] : given;
}

const struct source *contact_source(kn_agent_t *agent, const struct read_headers *top,
                                    const char *path)
{
    const struct contact *self = kn_agent_own(agent);
    const char *text = top->value[READ_SOURCE];
    text = text ? text : kn_agent_text(agent, "source");
    const struct source *source = sources_find(self->sources, text);
    if (!source) {
        struct read_fault fault = {.kind = READ_SOURCE_UNKNOWN, .field = "source"};
        (void)snprintf(fault.value, sizeof fault.value, "%.95s", text);
        sources_list(self->sources, fault.expected, sizeof fault.expected);
        (void)intake_fault(agent, path, &fault, KN_E_INVALID);
    }
    return source;
}

int contact_no_day(kn_agent_t *agent, const char *path)
{
    struct read_fault fault;
    struct read_headers none = {0};
    int rc = read_headers_check(&none, 1U << READ_DATE, path, &fault);
    return intake_fault(agent, path, &fault, rc);
}

/* "Hội nghị A – Kỳ họp thứ 20": what people call it. */
static const char *name_occasion(char out[300], const char *title, const struct occasion *occasion)
{
    const char *parts[] = {title, occasion->document, occasion->session};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i] && *parts[i] && used + strlen(parts[i]) + 6 < 300) {
            used += (size_t)snprintf(out + used, 300 - used, "%s%s", used ? " – " : "", parts[i]);
        }
    }
    return used ? out : NULL;
}

int contact_batch(kn_agent_t *agent, const struct occasion *occasion)
{
    const struct read_headers *top = occasion->top;
    char id[33], title_key[256] = "", place_key[256] = "", name[300];
    const char *date = contact_line(agent, top, READ_DATE), *place = top->value[READ_PLACE];
    const char *title = contact_line(agent, top, READ_TITLE);
    title = title ? title : place;
    (void)read_key(title_key, sizeof title_key, title ? title : "");
    (void)read_key(place_key, sizeof place_key, place ? place : "");
    const char *session = occasion->session, *document = occasion->document;
    kn_hash_hex32(id, session || document ? 7 : 5,
                  (const char *[]){"meeting", occasion->source->code, date ? date : "", title_key,
                                   place_key, session ? session : "", document ? document : ""});
    struct kn_meeting meeting = {.date = date,
                                 .place = place,
                                 .group = top->value[READ_GROUP],
                                 .session =
                                     session && *session ? session : top->value[READ_SESSION],
                                 .electoral_unit = top->value[READ_ELECTORAL_UNIT]};
    struct kn_batch_declare declare = {.batch = id,
                                       .container = id,
                                       .source = occasion->source->code,
                                       .channel = occasion->source->channel,
                                       .title = name_occasion(name, title, occasion),
                                       .meeting = date ? &meeting : NULL};
    return kn_agent_batch(agent, &declare);
}

static int start(kn_agent_t *agent)
{
    static struct contact self;
    const char *folder = kn_agent_text(agent, "registers");
    kn_agent_set_own(agent, &self);
    int rc = sources_open(&self.sources, agent, folder);
    return rc == KN_OK ? sources_forms(&self.forms, agent, folder) : rc;
}

static void stop(kn_agent_t *agent)
{
    struct contact *self = kn_agent_own(agent);
    sources_close(&self->sources);
    read_forms_destroy(&self->forms);
}

/* The options that say of a table what it does not say itself: with others its error file would be
 * another batch. */
static const char *given_options(kn_agent_t *agent, char *out, size_t size)
{
    static const char *const names[] = {"source", "date", "title", "form"};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = kn_agent_text(agent, names[i]);
        if (value && used < size && strcmp(value, STANDARD_SOURCE) != 0) {
            used += (size_t)snprintf(out + used, size - used, "--%s '%s' ", names[i], value);
        }
    }
    return out;
}

/* The error file of a table of which some rows were not taken. */
static void finish(kn_agent_t *agent, const char *path, const struct kn_agent_refusal *refusals,
                   size_t n)
{
    const struct contact *self = kn_agent_own(agent);
    const char *folder = kn_agent_text(agent, "errors");
    struct read_form form = {.forms = self->forms, .name = kn_agent_text(agent, "form")};
    struct read_fault fault = {.kind = READ_MEMORY};
    char out[PATH_MAX], options[1024];
    if (!folder || n == 0) {
        return;
    }
    int rc = marked_write(out, sizeof out, path, folder, &form, refusals, n, &fault);
    if (rc != KN_OK) {
        (void)intake_fault(agent, folder, &fault, rc);
        return;
    }
    kn_agent_log(agent,
                 KN_TR(agent,
                       "%zu dòng chưa nhận, xem cột \"Lỗi\" trong %s – sửa rồi nhập lại: "
                       "kiennghi-contact %s%s (dòng đã nhận có thể để lại hoặc xóa)",
                       "%zu rows were not taken, see the column \"Lỗi\" of %s - mend it, then: "
                       "kiennghi-contact %s%s (rows that were taken may stay or go)"),
                 n, out, given_options(agent, options, sizeof options), out);
}

static int read_file(kn_agent_t *agent, const char *path)
{
    return kn_agent_flag(agent, "type") ? contact_type(agent, path) : contact_table(agent, path);
}

int main(int argc, char **argv)
{
    static const struct kn_agent_option options[] = {
        {.name = "source",
         .kind = KN_OPTION_TEXT,
         .arg = "CODE",
         .standard = STANDARD_SOURCE,
         .help_vi = "nguồn (mã hoặc tên trong danh mục) khi tệp không ghi \"Nguồn\"",
         .help_en = "source (code or name of the register) when the file does not say it"},
        {.name = "date",
         .kind = KN_OPTION_TEXT,
         .arg = "YYYY-MM-DD",
         .help_vi = "ngày của cuộc tiếp xúc, của văn bản khi tệp không ghi \"Ngày\"",
         .help_en = "day of the meeting or document when the file does not say it"},
        {.name = "title",
         .kind = KN_OPTION_TEXT,
         .arg = "TEXT",
         .help_vi = "tên cuộc tiếp xúc hoặc tên sổ khi tệp không ghi",
         .help_en = "what people call it when the file does not say it"},
        {.name = "form",
         .kind = KN_OPTION_TEXT,
         .arg = "NAME",
         .help_vi = "mẫu bảng trong forms.tsv; để trống: mẫu nhận ra nhiều cột nhất",
         .help_en = "form of forms.tsv; else the one that knows most headings"},
        {.name = "type",
         .kind = KN_OPTION_FLAG,
         .help_vi = "gõ kiến nghị tại bàn tiếp dân; FILE là sổ (CSV), tạo mới nếu chưa có",
         .help_en =
             "type petitions at the reception desk; FILE is its register (CSV), made if new"},
        {.name = "split",
         .kind = KN_OPTION_FLAG,
         .help_vi = "tách đoạn của biên bản gồm nhiều kiến nghị thành từng kiến nghị",
         .help_en = "part paragraphs of minutes that hold several petitions"},
        {.name = "errors",
         .kind = KN_OPTION_TEXT,
         .arg = "DIR",
         .help_vi = "ghi tệp lỗi (bảng gốc thêm cột \"Lỗi\") vào thư mục này",
         .help_en = "write the error file (the table with a column \"Lỗi\") into this folder"},
        {.name = "registers",
         .kind = KN_OPTION_TEXT,
         .arg = "DIR",
         .help_vi = "thư mục danh mục (sources.tsv, forms.tsv)",
         .help_en = "folder of registers (sources.tsv, forms.tsv)"},
        {0}};
    static const struct kn_agent_spec spec = {
        .name = "contact",
        .about_vi = "chuyển kiến nghị ghi trong bảng (XLSX, ODS, CSV, DOCX) hoặc biên bản (DOCX, "
                    "ODT) vào trung tâm",
        .about_en =
            "takes petitions in tables (XLSX, ODS, CSV, DOCX) or minutes (DOCX, ODT) to the hub",
        .args = "FILE…",
        .options = options,
        .on_start = start,
        .on_stop = stop,
        .read = read_file,
        .on_finished = finish,
        .has_preview = true,
        .is_mine = intake_is_table};
    return kn_agent_main(argc, argv, &spec);
}
