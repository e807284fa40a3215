/* subscription.c - follows one stream: contiguous, with credit, saving the cursor at the hub.
 *
 * The cursor is saved behind the commit of what the callbacks wrote (subscription_save): else a
 * crash between the two would leave the events behind it without effect. Credit is topped up when
 * half of it is used, so that the hub neither stops for us nor drowns us.
 */
#include "agents/subscription.h"

#include <string.h>

enum { CREDIT_EVENTS = 512, CREDIT_BYTES = 1 << 20 };

static int64_t credit_events(const struct subscription *self)
{
    return self->options.credit_events ? self->options.credit_events : CREDIT_EVENTS;
}

static int64_t credit_bytes(const struct subscription *self)
{
    return self->options.credit_bytes ? self->options.credit_bytes : CREDIT_BYTES;
}

bool subscription_open(struct subscription *self, int64_t number, subscription_send_fn *send,
                       void *arg)
{
    bool has_after = self->has_position || self->options.has_after;
    struct kn_stream_open open = {
        .subscription = number,
        .stream = self->stream,
        .consumer = self->consumer,
        .has_after = has_after,
        .has_since = self->options.has_since && !self->has_position,
        .since = self->options.since,
        .after = (int64_t)(self->has_position ? self->position : self->options.after),
        .credit_events = credit_events(self),
        .credit_bytes = credit_bytes(self),
    };
    if (!send(arg, KN_TYPE_STREAM_OPEN, &open))
        return false;
    self->number = number;
    self->state = SUBSCRIPTION_OPENING;
    self->n_events = self->n_bytes = 0;
    return true;
}

/* ---- events that are not taken --------------------------------------------------------------- */

static void say(const struct subscription *self, const struct refusal *refusal,
                subscription_send_fn *send, void *arg)
{
    if (refusal->taken) {
        struct kn_event_take take = {.subscription = self->number,
                                     .position = (int64_t)refusal->position};
        send(arg, KN_TYPE_EVENT_TAKE, &take);
    } else {
        struct kn_event_refuse refuse = {.subscription = self->number,
                                         .position = (int64_t)refusal->position,
                                         .code = refusal->code,
                                         .reason = refusal->reason[0] ? refusal->reason : NULL};
        send(arg, KN_TYPE_EVENT_REFUSE, &refuse);
    }
}

/* Says it, and keeps it until the hub has it. False: too many are under way. */
static bool settle(struct subscription *self, uint64_t position, bool taken,
                   subscription_send_fn *send, void *arg)
{
    if (self->n_refusals == SUBSCRIPTION_REFUSALS)
        return false;
    struct refusal *refusal = &self->refusals[self->n_refusals++];
    *refusal = (struct refusal){
        .position = position,
        .taken = taken,
        .code = self->refused ? self->refused : KN_CODE_INVALID,
    };
    memcpy(refusal->reason, self->reason, sizeof refusal->reason);
    say(self, refusal, send, arg);
    return true;
}

void subscription_kept(struct subscription *self, uint64_t position)
{
    for (int i = 0; i < self->n_refusals; i++)
        if (self->refusals[i].position == position) {
            self->n_refusals--;
            memmove(&self->refusals[i], &self->refusals[i + 1],
                    (size_t)(self->n_refusals - i) * sizeof self->refusals[0]);
            return;
        }
}

void subscription_opened(struct subscription *self, const struct kn_stream_opened *opened,
                         subscription_send_fn *send, void *arg)
{
    self->state = SUBSCRIPTION_OPEN;
    if (!self->has_position)
        self->saved = (uint64_t)opened->after; /* else the hub may have missed the last one */
    self->position = (uint64_t)opened->after;
    self->last = (uint64_t)opened->last;
    self->has_position = true;
    for (int i = 0; i < self->n_refusals; i++)
        say(self, &self->refusals[i], send, arg);
}

/* Gives one event to the callback. An event that cannot be taken goes to quarantine at the hub: the
 * callback said kn_client_refuse, or that its content is invalid. */
static int take_event(struct subscription *self, uint64_t position, const struct kn_event *event,
                      bool again, subscription_send_fn *send, void *arg)
{
    self->refused = KN_CODE_NONE;
    self->reason[0] = '\0';
    int rc = self->on_event(self->arg, position, event);
    if (rc == KN_E_INVALID && !self->refused)
        self->refused = KN_CODE_INVALID;
    if (self->refused)
        rc = settle(self, position, false, send, arg) ? KN_OK : KN_E_BUSY;
    else if (rc == KN_OK && again)
        rc = settle(self, position, true, send, arg) ? KN_OK : KN_E_BUSY;
    return rc;
}

int subscription_take(struct subscription *self, const struct kn_events *events, size_t size,
                      subscription_send_fn *send, void *arg)
{
    uint64_t before = self->position;
    int rc = KN_OK;
    if (events->again) /* one that was refused before; its place in the stream is behind us */
        return events->n_events == 1
                   ? take_event(self, (uint64_t)events->first, &events->events[0], true, send, arg)
                   : KN_E_CORRUPT;
    if ((uint64_t)events->first != self->position + 1)
        rc = KN_E_CORRUPT;
    for (size_t i = 0; rc == KN_OK && i < events->n_events; i++) {
        rc = take_event(self, self->position + 1, &events->events[i], false, send, arg);
        if (rc == KN_OK)
            self->position++;
    }
    if (self->position > before && self->options.on_frame) {
        int taken = self->options.on_frame(self->arg, self->position);
        if (taken != KN_OK) {
            self->position = before;
            rc = taken;
        }
    }
    if (self->position > self->last)
        self->last = self->position;
    if (rc != KN_OK) {
        self->state = SUBSCRIPTION_CLOSED;
        return rc;
    }
    self->n_events += (int64_t)events->n_events;
    self->n_bytes += (int64_t)size;
    return KN_OK;
}

void subscription_save(struct subscription *self, subscription_send_fn *send, void *arg)
{
    if (self->state != SUBSCRIPTION_OPEN)
        return;
    struct kn_stream_save save = {.subscription = self->number,
                                  .position = (int64_t)self->position};
    if (self->position > self->saved &&
        (self->options.keeps_own_cursor || send(arg, KN_TYPE_STREAM_SAVE, &save)))
        self->saved = self->position;
    struct kn_stream_credit credit = {
        .subscription = self->number,
        .has_events = true,
        .events = self->n_events,
        .has_bytes = true,
        .bytes = self->n_bytes,
    };
    if (self->n_events * 2 < credit_events(self) && self->n_bytes * 2 < credit_bytes(self))
        return;
    if (send(arg, KN_TYPE_STREAM_CREDIT, &credit))
        self->n_events = self->n_bytes = 0;
}

void subscription_go_back(struct subscription *self, int64_t reopen_at)
{
    if (self->position <= self->saved)
        return;
    self->position = self->saved;
    self->reopen_at = reopen_at;
    if (self->state != SUBSCRIPTION_ENDED)
        self->state = SUBSCRIPTION_CLOSED;
}
