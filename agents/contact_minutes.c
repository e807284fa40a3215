/* contact_minutes.c - minutes in paragraphs (DOCX, ODT) into a batch.
 *
 * One paragraph is one petition, word for word. Where it may hold several demands, that is said;
 * with --split each is sent as a petition of its own, again word for word.
 */
#include "agents/contact.h"

#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void warn_several(kn_agent_t *agent, const char *path, uint64_t row, size_t n)
{
    const char *slash = strrchr(path, '/');
    struct read_fault fault = {.kind = READ_SEVERAL, .row = row};
    (void)snprintf(fault.file, sizeof fault.file, "%.255s", slash ? slash + 1 : path);
    (void)snprintf(fault.value, sizeof fault.value, "%zu", n);
    intake_warn(agent, &fault);
}

/* Part I of N of a paragraph, or all of it. */
static int send_part(kn_agent_t *agent, const struct read_row *row, const size_t *part, size_t n,
                     size_t i, int64_t received_at)
{
    char number[80];
    const char *text = row->cell[READ_TEXT];
    size_t end = i + 1 < n ? part[i + 1] : strlen(text);
    char *own = n > 1 ? read_clean(text + part[i], end - part[i]) : NULL;
    if (n > 1 && !own) {
        return KN_E_NOMEM;
    }
    if (n > 1 && row->cell[READ_NUMBER]) {
        (void)snprintf(number, sizeof number, "%s-%zu", row->cell[READ_NUMBER], i + 1);
    }
    struct kn_petition petition = {.text = own ? own : text,
                                   .area = row->cell[READ_AREA],
                                   .field = row->cell[READ_FIELD],
                                   .has_received_at = received_at >= 0,
                                   .received_at = received_at >= 0 ? received_at : 0};
    int rc =
        kn_agent_row(agent, (int64_t)row->number,
                     n > 1 && row->cell[READ_NUMBER] ? number : row->cell[READ_NUMBER], &petition);
    free(own);
    return rc;
}

static int send_rows(kn_agent_t *agent, read_minutes_t *minutes, const char *path, const char *day)
{
    struct read_row row;
    struct read_fault fault;
    size_t part[READ_MAX_PARTS], n_parts;
    int64_t at = -1;
    int rc, sent = KN_OK;
    if (!day || read_time(&at, day) != KN_OK) {
        at = -1;
    }
    while (sent == KN_OK && (rc = read_minutes_next(minutes, &row, part, &n_parts, &fault)) != 0) {
        if (rc == KN_E_INVALID) {
            sent = intake_refuse(agent, (int64_t)row.number, row.cell[READ_NUMBER],
                                 row.cell[READ_TEXT], strlen(row.cell[READ_TEXT]), &fault);
        } else if (rc < 0) {
            return intake_fault(agent, path, &fault, rc);
        } else {
            bool is_split = n_parts > 1 && kn_agent_flag(agent, "split");
            if (n_parts > 1 && !is_split) {
                warn_several(agent, path, row.number, n_parts);
            }
            n_parts = is_split ? n_parts : 1;
            for (size_t i = 0; sent == KN_OK && i < n_parts; i++) {
                sent = send_part(agent, &row, part, n_parts, i, at);
            }
        }
    }
    return sent;
}

int contact_minutes(kn_agent_t *agent, const char *path)
{
    const struct contact *contact = kn_agent_own(agent);
    const struct read_form form = {.forms = contact->forms};
    read_minutes_t *minutes = NULL;
    struct read_fault fault;
    int rc = read_minutes_open(&minutes, path, &form, intake_warn, agent, &fault);
    if (rc != KN_OK) {
        return intake_fault(agent, path, &fault, rc);
    }
    const struct read_headers *top = read_minutes_headers(minutes);
    struct occasion occasion = {.source = contact_source(agent, top, path), .top = top};
    const char *day = contact_line(agent, top, READ_DATE);
    const char *declared = top->value[READ_DECLARED];
    rc = !occasion.source ? KN_E_INVALID : day ? KN_OK : contact_no_day(agent, path);
    rc = rc == KN_OK ? contact_batch(agent, &occasion) : rc;
    rc = rc == KN_OK ? send_rows(agent, minutes, path, day) : rc;
    rc = rc == KN_OK ? kn_agent_batch_end(agent, declared ? atoll(declared) : -1) : rc;
    read_minutes_close(&minutes);
    return rc;
}
