/* show.h - what the hub answers, for people: a case's history, tables, the account of a batch. */
#ifndef AGENTS_SHOW_H
#define AGENTS_SHOW_H

#include "kiennghi/agent.h"

void show_case(kn_agent_t *agent, const struct kn_case_view *view, bool with_persons);
void show_cases(kn_agent_t *agent, const struct kn_case_list *list);
void show_batches(kn_agent_t *agent, const struct kn_batch_view *view);
void show_status(kn_agent_t *agent, const struct kn_status_view *view);
void show_event(kn_agent_t *agent, uint64_t position, const struct kn_event *event);

/* What the rows of a batch add up to, page after page. */
struct tally {
    int64_t n_stored, n_linked, n_refused;
};
void show_rows(kn_agent_t *agent, struct tally *tally, const struct kn_batch_view *page);

/* Prints the account and its proof. False when the figures do not agree: a fault of the hub. */
/* Files by name, with the digest that fetches them: kiennghi fetch CODE DIGEST FILE. */
void show_files(kn_agent_t *agent, size_t n, const struct kn_attachment *files);
bool show_account(kn_agent_t *agent, const struct kn_batch *batch, const struct tally *tally);

#endif
