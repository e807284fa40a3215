/* subscription.c - follows one stream: contiguous, with credit, saving the cursor after each frame.
 *
 * Credit is topped up when half of it is used, so that the hub neither stops for us nor drowns us.
 */
#include "agents/subscription.h"

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

void subscription_opened(struct subscription *self, const struct kn_stream_opened *opened)
{
    self->state = SUBSCRIPTION_OPEN;
    self->position = (uint64_t)opened->after;
    self->last = (uint64_t)opened->last;
    self->has_position = true;
}

void subscription_credit(struct subscription *self, subscription_send_fn *send, void *arg)
{
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

int subscription_take(struct subscription *self, const struct kn_events *events, size_t size,
                      subscription_send_fn *send, void *arg)
{
    uint64_t before = self->position;
    int rc = KN_OK;
    if ((uint64_t)events->first != self->position + 1)
        rc = KN_E_CORRUPT;
    for (size_t i = 0; rc == KN_OK && i < events->n_events; i++) {
        rc = self->on_event(self->arg, self->position + 1, &events->events[i]);
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
    if (self->position > before && !self->options.keeps_own_cursor) {
        struct kn_stream_save save = {.subscription = self->number,
                                      .position = (int64_t)self->position};
        send(arg, KN_TYPE_STREAM_SAVE, &save); /* unsent: the next one says more */
    }
    if (rc != KN_OK) {
        self->state = SUBSCRIPTION_CLOSED;
        return rc;
    }
    self->n_events += (int64_t)events->n_events;
    self->n_bytes += (int64_t)size;
    subscription_credit(self, send, arg);
    return KN_OK;
}
