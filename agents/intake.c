/* intake.c - what the intake agents share. Rows are read one by one; none of their text is logged.
 */
#include "agents/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORDS = 768 };

static enum kn_code code_of(const struct read_fault *fault)
{
    return (enum kn_code)kn_enum_value(KN_ENUM_CODE, read_fault_code(fault));
}

int intake_fault(kn_agent_t *agent, const char *path, const struct read_fault *fault, int rc)
{
    char words[WORDS];
    (void)read_fault_words(words, sizeof words, fault, true, !kn_agent_is_vi(agent));
    kn_agent_fault(agent, path, code_of(fault), fault->field, words);
    return rc == KN_E_IO || rc == KN_E_NOMEM ? rc : KN_E_INVALID;
}

void intake_warn(void *told, const struct read_fault *fault)
{
    char words[WORDS];
    kn_agent_t *agent = told;
    (void)read_fault_print(words, sizeof words, fault, !kn_agent_is_vi(agent));
    kn_agent_log(agent, "%s", words);
}

int intake_refuse(kn_agent_t *agent, int64_t row, const char *number, const void *raw,
                  size_t raw_size, const struct read_fault *fault)
{
    char words[WORDS];
    (void)read_fault_words(words, sizeof words, fault, false, !kn_agent_is_vi(agent));
    return kn_agent_refuse(agent, row, number, raw, raw_size, code_of(fault), fault->field, words);
}

static int take_row(kn_agent_t *agent, const struct read_row *row, int64_t day_at)
{
    struct kn_person person = {.name = row->cell[READ_PERSON],
                               .phone = row->cell[READ_PHONE],
                               .address = row->cell[READ_ADDRESS]};
    struct kn_petition petition = {.text = row->cell[READ_TEXT],
                                   .encoding = row->encoding,
                                   .area = row->cell[READ_AREA],
                                   .field = row->cell[READ_FIELD],
                                   .url = row->cell[READ_URL],
                                   .outlet = row->cell[READ_OUTLET],
                                   .headline = row->cell[READ_HEADLINE]};
    int64_t at = row->received_at >= 0 ? row->received_at : day_at;
    if (person.name || person.phone || person.address) {
        petition.person = &person;
    }
    if (at >= 0) {
        petition.has_received_at = true;
        petition.received_at = at;
    }
    return kn_agent_row(agent, (int64_t)row->number, row->cell[READ_NUMBER], &petition);
}

int intake_take_some(kn_agent_t *agent, read_table_t *table, const char *path, const char *day,
                     intake_judge_fn *judge, void *arg)
{
    struct read_row row;
    struct read_fault fault;
    int64_t day_at = -1;
    int rc, taken = KN_OK;
    if (day && read_time(&day_at, day) != KN_OK) {
        day_at = -1;
    }
    while (taken == KN_OK && (rc = read_table_next(table, &row, &fault)) != 0) {
        if (rc != 1 && rc != KN_E_INVALID) {
            return intake_fault(agent, path, &fault, rc);
        }
        struct read_fault other = {0};
        kn_agent_sheet(agent, row.sheet);
        int verdict = judge ? judge(arg, &row, &other) : 1;
        if (verdict == 0) {
            continue;
        }
        if (rc == 1 && verdict == 1) {
            taken = take_row(agent, &row, day_at);
        } else {
            taken = intake_refuse(agent, (int64_t)row.number, row.cell[READ_NUMBER],
                                  row.mark ? &row.mark : NULL, sizeof row.mark,
                                  rc == 1 ? &other : &fault);
        }
    }
    return taken;
}

int intake_take(kn_agent_t *agent, read_table_t *table, const char *path, const char *day)
{
    return intake_take_some(agent, table, path, day, NULL, NULL);
}

int intake_rows(kn_agent_t *agent, read_table_t *table, const char *path, const char *day,
                const char *declared)
{
    int rc = intake_take(agent, table, path, day);
    return rc == KN_OK ? kn_agent_batch_end(agent, declared ? atoll(declared) : -1) : rc;
}

bool intake_is_table(const char *name)
{
    /* .xls and .doc are not read: the operator is told so */
    static const char *const forms[] = {".csv",  ".tsv", ".xlsx", ".xlsm", ".ods",
                                        ".docx", ".odt", ".xls",  ".doc"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof forms / sizeof *forms; i++) {
        if (strcasecmp(dot, forms[i]) == 0) {
            return true;
        }
    }
    return false;
}
