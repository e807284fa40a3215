/* press.h - what the files of kiennghi-press share.
 *
 *   press.c         main; a feed is fetched, its items are judged and sent
 *   press_rules.c   which items are petitions: registers/press_rules.tsv
 *   press_review.c  the doubtful ones, kept in files until a person decides
 */
#ifndef AGENTS_PRESS_H
#define AGENTS_PRESS_H

#include "agents/read/read.h"
#include "kiennghi/agent.h"

struct press_rules;

/* What is known of an item, whether it stands in a feed or waits for a person. */
struct press_item {
    const char *url; /* of the feed */
    const char *container;
    const char *outlet, *id, *title, *link, *text;
    int64_t number, published_at;
    bool doubt;
};

/* ---- press_rules.c -------------------------------------------------------------------------- */

enum press_verdict { PRESS_LEAVE, PRESS_DOUBT, PRESS_TAKE };

int press_rules_read(struct press_rules **out, kn_agent_t *agent);
void press_rules_free(struct press_rules **self_p);
/* What ITEM of FEED (address URL) is; WHY are the words that decided, with their points. */
enum press_verdict press_rules_judge(const struct press_rules *self, const struct read_feed *feed,
                                     const char *url, const struct read_item *item, char *why,
                                     size_t size);

/* ---- press_review.c ------------------------------------------------------------------------- */

/* Keeps ITEM for a person, unless one has decided: *DECIDED is then what. */
int press_review_keep(kn_agent_t *agent, enum press_verdict *decided, const struct press_item *item,
                      const char *why);
/* Calls FN for each item that was accepted and not yet sent; when it gives KN_OK the item is put
 * away. */
int press_review_each(kn_agent_t *agent, int (*fn)(void *arg, const struct press_item *item),
                      void *arg);

/* The commands (kn_agent_command). */
int press_review_list(kn_agent_t *agent, int argc, char **argv);
int press_review_show(kn_agent_t *agent, int argc, char **argv);
int press_review_accept(kn_agent_t *agent, int argc, char **argv);
int press_review_reject(kn_agent_t *agent, int argc, char **argv);

#endif
