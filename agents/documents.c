/* documents.c - documents that are replaced or withdrawn by their sender.
 *
 * The rows of a replacing document have the container of the first one, so that every row is found
 * again by its content or number (items.c); what is gone is withdrawn row by row. A withdrawn
 * document withdraws all of its rows. Each withdrawal is a message of its own, in one commit of the
 * outbox: nothing is half done after a crash.
 */
#include "agents/items.h"

#include <assert.h>
#include <string.h>

struct withdrawing {
    kn_agent_t *self;
    const char *batch, *container, *reason;
    struct kn_fault *fault;
    size_t n;
};

static int withdraw_item(void *arg, const char *item)
{
    struct withdrawing *withdrawing = arg;
    struct kn_petition_withdraw body = {.batch = withdrawing->batch,
                                        .container = withdrawing->container,
                                        .item = item,
                                        .reason = withdrawing->reason};
    withdrawing->n++;
    return kn_client_submit(withdrawing->self->client, 0, KN_TYPE_PETITION_WITHDRAW, &body,
                            withdrawing->fault);
}

void kn_agent_batch_revises(kn_agent_t *self, const char *replaces, const char *reason)
{
    struct batch *batch = self->batch;
    assert(batch);
    batch->is_revision = true;
    snprintf(batch->replaces, sizeof batch->replaces, "%s", replaces ? replaces : "");
    free(batch->reason);
    batch->reason = reason && *reason ? agent_copy(reason) : NULL;
}

int documents_replace(kn_agent_t *self, struct kn_fault *fault)
{
    const struct batch *batch = self->batch;
    const struct kn_batch_declare *declare = items_declared(batch);
    struct withdrawing withdrawing = {.self = self,
                                      .batch = declare->batch,
                                      .container = declare->container,
                                      .reason = batch->reason,
                                      .fault = fault};
    struct kn_document_replace body = {
        .batch = declare->batch, .replaces = batch->replaces, .reason = batch->reason};
    int rc = KN_OK;
    if (strcmp(batch->replaces, declare->batch) != 0) /* else it was issued again as it was */
        rc = kn_client_submit(self->client, 0, KN_TYPE_DOCUMENT_REPLACE, &body, fault);
    return rc == KN_OK ? items_each_gone(self, withdraw_item, &withdrawing) : rc;
}

/* ---- withdrawn whole ----------------------------------------------------------------------- */

struct names {
    char (*item)[ITEM_MAX];
    size_t n, room;
};

static void add_name(struct names *names, const char *item)
{
    if (names->n == names->room) {
        names->room = names->room ? 2 * names->room : 64;
        names->item = realloc(names->item, names->room * sizeof *names->item);
        assert(names->item);
    }
    snprintf(names->item[names->n++], ITEM_MAX, "%s", item);
}

static int add_known(void *arg, const char *key, const void *value, size_t size)
{
    (void)value;
    (void)size;
    add_name(arg, strrchr(key, ':') + 1);
    return KN_OK;
}

int kn_agent_learn_document(kn_agent_t *self, const char *batch, const char *container)
{
    char after[ITEM_MAX] = "", key[80];
    struct names names = {0};
    bool more = true;
    if (!kn_agent_client(self))
        return KN_E_IO;
    snprintf(key, sizeof key, "i:%s:", container);
    int rc = kn_client_each(self->client, key, add_known, &names);
    while (rc == KN_OK && more && names.n == 0) {
        struct kn_message *answer = NULL;
        struct kn_batch_get ask = {.batch = batch, .after = after[0] ? after : NULL};
        rc = kn_agent_request(self, &answer, KN_TYPE_BATCH_GET, &ask);
        const struct kn_batch_view *view =
            rc == KN_OK && answer->type == KN_TYPE_BATCH_VIEW ? answer->body : NULL;
        for (size_t i = 0; view && rc == KN_OK && i < view->n_rows; i++)
            if (view->rows[i].case_)
                rc = items_learn(self, container, view->rows[i].item, batch);
        more = view && view->more_after;
        snprintf(after, sizeof after, "%s", more ? view->more_after : "");
        kn_message_destroy(&answer);
    }
    free(names.item);
    return rc == KN_E_TIMEOUT ? KN_E_BUSY : rc; /* the hub is away: again, later */
}

int kn_agent_withdraw_document(kn_agent_t *self, const char *batch, const char *container,
                               const char *reason)
{
    char key[80];
    struct kn_fault fault = {0};
    struct names names = {0};
    struct withdrawing withdrawing = {.self = self,
                                      .batch = batch,
                                      .container = container,
                                      .reason = reason && *reason ? reason : NULL,
                                      .fault = &fault};
    struct kn_document_withdraw body = {.batch = batch, .reason = withdrawing.reason};
    if (!kn_agent_client(self))
        return KN_E_IO;
    snprintf(key, sizeof key, "i:%s:", container);
    int rc = kn_client_each(self->client, key, add_known, &names);
    if (rc == KN_OK)
        rc = kn_client_submit(self->client, 0, KN_TYPE_DOCUMENT_WITHDRAW, &body, &fault);
    for (size_t i = 0; rc == KN_OK && i < names.n; i++)
        rc = withdraw_item(&withdrawing, names.item[i]);
    if (rc == KN_OK)
        rc = kn_client_flush(self->client);
    if (rc != KN_OK && fault.reason[0])
        kn_agent_fault(self, NULL, fault.code, fault.field, fault.reason);
    free(names.item);
    return rc;
}
