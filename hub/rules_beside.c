/* rules_beside.c - effects beside the way of a case: pauses, reminders, directions, oversight,
 * publication; and units that end. As rules_effects.c. Pure.
 */
#include "hub/calendar.h"
#include "hub/rules_parts.h"

#include <string.h>

/* ---- pauses ---------------------------------------------------------------------------------- */

static void fill_pause(struct decision *out, const struct facts *facts,
                       const struct kn_case_pause *act, struct kn_event *event)
{
    struct kn_detail *detail = rules_detail(out, event);
    event->on_behalf = act->on_behalf;
    event->basis = act->basis;
    event->unit = facts->subject->unit;
    detail->pause_ground = act->ground;
    detail->until = act->until;
}

void effect_ask_pause(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    fill_pause(out, facts, message, event);
}

void effect_pause(struct decision *out, const struct facts *facts, const void *message,
                  struct kn_event *event)
{
    const struct kn_case_pause *act = message;
    int32_t until;
    fill_pause(out, facts, act, event);
    if (!day_parse(act->until, &until)) {
        rules_pause_clock(out, facts, event, until);
    }
}

void effect_resume(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    event->on_behalf = ((const struct kn_case_resume *)message)->on_behalf;
    event->unit = facts->subject->unit;
    rules_end_pause(out, facts, facts->subject, event);
}

/* ---- reminders, directions, oversight ---------------------------------------------------------
 */

void effect_remind(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_remind *act = message;
    struct kn_detail *detail = rules_detail(out, event);
    event->on_behalf = act->on_behalf;
    event->document = act->document;
    event->unit = facts->subject->unit;
    detail->reminder = facts->subject->reminders + 1;
    detail->has_reminder = true;
}

void effect_direct(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_direct *act = message;
    event->on_behalf = act->on_behalf;
    event->document = act->document;
    event->unit = facts->subject->unit;
    rules_detail(out, event)->body = act->body;
    if (act->due_on) {
        rules_promise(out, facts, act->due_on);
    }
}

void effect_erase(struct decision *out, const struct facts *facts, const void *message,
                  struct kn_event *event)
{
    const struct kn_case_erase *act = message;
    event->basis = act->basis;
    event->on_behalf = act->on_behalf;
    for (size_t i = 0; i < facts->n_parts; i++) { /* what was split off has the same words */
        struct kn_event *part = rules_tell_of(out, KN_EVENT_KIND_PERSON_ERASED, facts->parts[i]);
        part->basis = act->basis;
        part->on_behalf = act->on_behalf;
    }
}

void effect_select(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_select *act = message;
    event->on_behalf = act->on_behalf;
    event->oversight = act->oversight;
    event->unit = facts->subject->unit;
    event->field = facts->subject->field;
    event->area = facts->subject->area;
    rules_detail(out, event)->docket = act->docket;
}

/* ---- publication ----------------------------------------------------------------------------- */

static void fill_publication(const struct facts *facts, const struct kn_case_publish *act,
                             struct kn_event *event)
{
    event->on_behalf = act->on_behalf;
    event->publication = act->publication;
    event->result = facts->subject->result;
    event->field = facts->subject->field;
    event->area = facts->subject->area;
    event->unit = facts->subject->unit;
}

void effect_propose_text(struct decision *out, const struct facts *facts, const void *message,
                         struct kn_event *event)
{
    (void)out;
    fill_publication(facts, message, event);
}

void effect_publish(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    const struct kn_case_publish *act = message;
    fill_publication(facts, act, event);
    event->flow = facts->subject->flow; /* what the public is told of where it stands */
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_PUBLISH, 0);
    if (act->publication == KN_PUBLICATION_POSTED) {
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_POSTING, 0, facts->now);
    }
}

void effect_withdraw(struct decision *out, const struct facts *facts, const void *message,
                     struct kn_event *event)
{
    fill_publication(facts, message, event);
    event->flow = facts->subject->flow;
    rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_POSTING, 0);
}

/* ---- units that end ---------------------------------------------------------------------------
 */

/* The unit in force today that came after UNIT: the only one, or the one that the competence
 * register names among several. NULL: nobody knows. */
static const char *successor_of(const struct facts *facts, const struct kn_case *kase,
                                const char *unit)
{
    const char *heirs[ROUTE_CANDIDATES];
    size_t n = registers_successors(facts->registers, unit, day_of_instant(facts->now), heirs,
                                    ROUTE_CANDIDATES);
    struct route route;
    if (n == 1) {
        return heirs[0];
    }
    if (rules_route(facts, kase->field, kase->area, &route)) {
        for (size_t i = 0; i < n; i++) {
            if (strcmp(heirs[i], route.unit) == 0) {
                return heirs[i];
            }
        }
    }
    return NULL;
}

static void hand_to(struct decision *out, const struct facts *facts, struct kn_event *event,
                    const struct kn_assignment *ended, const char *heir, int64_t number)
{
    event->unit = rules_keep(out, heir);
    event->role = ended->role;
    event->assignment = number;
    event->has_assignment = true;
    event->basis = "danh mục đơn vị";
    rules_start_clock(out, facts, event, KN_CLOCK_KIND_ACKNOWLEDGE, number, facts->now);
    if (ended->role == KN_ASSIGNMENT_ROLE_PARTNER) {
        rules_stop_clock(out, facts->subject, event, KN_CLOCK_KIND_PARTNER, ended->number);
        rules_start_clock(out, facts, event, KN_CLOCK_KIND_PARTNER, number, ended->offered_at);
    }
}

void rules_hand_over(struct decision *out, const struct facts *facts, const struct kn_case *kase,
                     size_t before)
{
    struct facts of = *facts;
    int64_t number = rules_next_assignment(kase);
    of.subject = kase;
    for (size_t i = 0; i < kase->n_assignments; i++) {
        const struct kn_assignment *ended = &kase->assignments[i];
        if (!rules_runs(ended) ||
            registers_unit(facts->registers, ended->unit, day_of_instant(facts->now)) ||
            out->n_events - before >= RULES_MAX_CASE_EVENTS || number > RULES_MAX_PARTS) {
            continue;
        }
        const char *heir = successor_of(facts, kase, ended->unit);
        bool leads = ended->role == KN_ASSIGNMENT_ROLE_LEAD;
        if (!heir && !leads) {
            continue; /* the lead goes on without this partner */
        }
        struct kn_event *event = rules_tell_of(
            out, heir ? KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER : KN_EVENT_KIND_CASE_UNROUTED, kase);
        rules_detail(out, event)->predecessor = ended->unit;
        rules_stop_clock(out, kase, event, KN_CLOCK_KIND_ACKNOWLEDGE, ended->number);
        if (heir) {
            hand_to(out, &of, event, ended, heir, number++);
        } else {
            event->flow = KN_FLOW_TO_CLASSIFY;
            event->why = "đơn vị đã kết thúc, danh mục chưa có đơn vị kế thừa duy nhất";
            if (kase->flow == KN_FLOW_PAUSED) {
                rules_end_pause(out, &of, kase, event);
            }
            rules_stop_clock(out, kase, event, KN_CLOCK_KIND_VERIFY, 0);
            rules_start_clock(out, &of, event, KN_CLOCK_KIND_CLASSIFY, 0, facts->now);
        }
    }
}
