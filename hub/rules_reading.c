/* rules_reading.c - has it been raised before? What a proposal's candidates and a person's word on
 * a pair lead to. Pure: the record alone decides, never the memory of who made it.
 *
 * A reader proposes; here is what the house makes of it. The thresholds are a floor under the
 * reader: one that grows bold links nothing below them. Vetoes: places in conflict, areas that do
 * not meet, parts of one petition, and what a person called different before.
 *
 *     same, and the earlier case runs           -> linked to it (rules.c)
 *     same, and the earlier case has ended      -> case.related, recurrence
 *     says itself that it came back, and sure   -> case.related, recurrence
 *     possible                                  -> case.candidate, for a person to decide
 */
#include "hub/rules_parts.h"

#include <string.h>

enum {
    SAME_SCORE = 600, /* thousandths, as those of the record */
    SAME_PLACE = 500,
    POSSIBLE_SCORE = 200,
    RECURS_SCORE = 450, /* a recurrence is scored lower: the texts are of two times */
    MAX_PAIRS = 3,      /* of one petition that wait for a person */
    MAX_RELATIONS = 16, /* maxItems of case.relations */
};

/* ---- vetoes ---------------------------------------------------------------------------------- */

/* Is ID among SUCCESSORS ("ID:how;ID:how")? */
static bool succeeds(const char *successors, const char *id)
{
    size_t length = strlen(id);
    for (const char *at = successors; (at = strstr(at, id)); at += length) {
        bool starts = at == successors || at[-1] == ';' || at[-1] == ' ';
        if (starts && (!at[length] || strchr(":; ", at[length]))) {
            return true;
        }
    }
    return false;
}

/* Is B the area A, one around it, or what became of it? */
static bool leads_to(const registers_t *registers, const char *a, const char *b)
{
    for (int depth = 0; a && *a && depth < 8; depth++) {
        const struct area_row *row = registers_area(registers, a);
        if (strcmp(a, b) == 0 || (row && succeeds(row->successors, b))) {
            return true;
        }
        a = row ? row->parent : NULL;
    }
    return false;
}

static bool areas_meet(const struct facts *facts, const char *a, const char *b)
{
    return !a || !b || leads_to(facts->registers, a, b) || leads_to(facts->registers, b, a);
}

static const char *split_from(const struct kn_case *kase)
{
    for (size_t i = 0; i < kase->n_relations; i++) {
        if (kase->relations[i].link == KN_LINK_KIND_SPLIT_FROM) {
            return kase->relations[i].case_;
        }
    }
    return NULL;
}

/* Parts of one petition, or a part and its petition. */
static bool is_kin(const struct kn_case *a, const struct kn_case *b)
{
    const char *of_a = split_from(a), *of_b = split_from(b);
    return (of_a && strcmp(of_a, b->code) == 0) || (of_b && strcmp(of_b, a->code) == 0) ||
           (of_a && of_b && strcmp(of_a, of_b) == 0);
}

static const struct kn_relation *relation_to(const struct kn_case *kase, const char *other)
{
    for (size_t i = 0; other && i < kase->n_relations; i++) {
        if (strcmp(kase->relations[i].case_, other) == 0) {
            return &kase->relations[i];
        }
    }
    return NULL;
}

static bool is_open(const struct kn_case *kase)
{
    return (1u << kase->flow & RULES_OPEN) != 0;
}

/* ---- weighing candidates --------------------------------------------------------------------- */

/* Candidate I is linked: does what it is linked to stand among the candidates too, and not as
 * another matter? Else two that each resemble a third would be called one. */
static bool root_agrees(const struct facts *facts, const struct kn_reading_propose *reading,
                        size_t i)
{
    const char *root = facts->candidates[i].root->code;
    for (size_t k = 0; k < reading->n_candidates; k++) {
        const struct kn_candidate *other = &reading->candidates[k];
        if (strcmp(other->case_, root) == 0) {
            return other->verdict != KN_MATCH_VERDICT_NEW && other->place >= 0;
        }
    }
    return false;
}

/* What the house makes of candidate I, for itself. */
static enum kn_match_verdict weigh_alone(const struct facts *facts,
                                         const struct kn_reading_propose *reading, size_t i)
{
    const struct kn_candidate *candidate = &reading->candidates[i];
    const struct kn_case *root = facts->candidates[i].root, *subject = facts->subject;
    const char *area = reading->area ? reading->area : subject->area;
    if (!root || root->number == subject->number || candidate->place < 0 ||
        facts->candidates[i].pair == KN_CANDIDATE_STATE_DIFFERENT || is_kin(subject, root)) {
        return KN_MATCH_VERDICT_NEW;
    }
    bool meet = areas_meet(facts, area, root->area), placed = area && root->area;
    if (candidate->exact && meet && (placed || candidate->place > 0)) {
        return KN_MATCH_VERDICT_SAME;
    }
    if (candidate->verdict == KN_MATCH_VERDICT_SAME && candidate->score >= SAME_SCORE &&
        candidate->place >= SAME_PLACE) {
        return meet && root_agrees(facts, reading, i) ? KN_MATCH_VERDICT_SAME
                                                      : KN_MATCH_VERDICT_POSSIBLE;
    }
    bool may_be = candidate->verdict != KN_MATCH_VERDICT_NEW && candidate->score >= POSSIBLE_SCORE;
    return (may_be || candidate->exact) && meet ? KN_MATCH_VERDICT_POSSIBLE : KN_MATCH_VERDICT_NEW;
}

/* The same, where linked cases stand for their root once: the surest of them, the first of equals.
 */
static enum kn_match_verdict weigh(const struct facts *facts,
                                   const struct kn_reading_propose *reading, size_t i)
{
    enum kn_match_verdict verdict = weigh_alone(facts, reading, i); /* the surer, the less */
    const struct kn_case *root = facts->candidates[i].root;
    for (size_t k = 0; verdict != KN_MATCH_VERDICT_NEW && k < reading->n_candidates; k++) {
        const struct kn_case *other = facts->candidates[k].root;
        if (k != i && other && other->number == root->number) {
            enum kn_match_verdict beside = weigh_alone(facts, reading, k);
            if (beside < verdict || (beside == verdict && k < i)) {
                return KN_MATCH_VERDICT_NEW;
            }
        }
    }
    return verdict;
}

/* Does candidate I, weighed as VERDICT, say that an earlier matter came back? */
static bool recurs(const struct facts *facts, const struct kn_reading_propose *reading, size_t i,
                   enum kn_match_verdict verdict)
{
    const struct kn_candidate *candidate = &reading->candidates[i];
    return (verdict == KN_MATCH_VERDICT_SAME &&
            facts->candidates[i].root->flow == KN_FLOW_CLOSED) ||
           (verdict == KN_MATCH_VERDICT_POSSIBLE && reading->says_again &&
            candidate->relation == KN_LINK_KIND_RECURRENCE && candidate->score >= RECURS_SCORE &&
            candidate->place >= SAME_PLACE);
}

/* The first candidate that the petition is linked to; n_candidates: there is none. */
static size_t find_same(const struct facts *facts, const struct kn_reading_propose *reading)
{
    for (size_t i = 0; i < reading->n_candidates; i++) {
        if (weigh(facts, reading, i) == KN_MATCH_VERDICT_SAME &&
            is_open(facts->candidates[i].root)) {
            return i;
        }
    }
    return reading->n_candidates;
}

const struct objection *guard_same(const struct facts *facts, const void *message)
{
    const struct kn_reading_propose *reading = message;
    if (find_same(facts, reading) == reading->n_candidates) {
        OBJECT(KN_CODE_INVALID, "candidates", "no open case says the same");
    }
    return NULL;
}

void effect_link_by_reading(struct decision *out, const struct facts *facts, const void *message,
                            struct kn_event *event)
{
    const struct kn_reading_propose *reading = message;
    size_t i = find_same(facts, reading);
    (void)out;
    event->field = reading->field;
    event->area = reading->area;
    event->parent = facts->candidates[i].root->code;
    event->link = KN_LINK_KIND_DUPLICATE;
    event->why = reading->candidates[i].why;
    event->batch = facts->subject->batch;
}

/* A revised text was read again: what the case is stays, what it may be one with is told. */
void effect_read_again(struct decision *out, const struct facts *facts, const void *message,
                       struct kn_event *event)
{
    (void)event;
    rules_tell_candidates(out, facts, message);
}

static struct kn_event *tell_of(struct decision *out, const struct facts *facts,
                                enum kn_event_kind kind, const char *other, enum kn_link_kind link,
                                const char *why)
{
    struct kn_event *event = rules_tell(out, kind);
    event->case_ = facts->subject->code;
    event->parent = other;
    event->link = link;
    event->why = why;
    return event;
}

static void tell_candidate(struct decision *out, const struct facts *facts,
                           const struct kn_candidate *candidate, const struct kn_case *root,
                           bool says_again)
{
    bool again = root->flow == KN_FLOW_CLOSED ||
                 (says_again && candidate->relation == KN_LINK_KIND_RECURRENCE);
    struct kn_event *event =
        tell_of(out, facts, KN_EVENT_KIND_CASE_CANDIDATE, root->code,
                again ? KN_LINK_KIND_RECURRENCE : KN_LINK_KIND_DUPLICATE, candidate->why);
    struct kn_detail *detail = rules_detail(out, event);
    rules_count(&detail->score, &detail->has_score, candidate->score);
    rules_count(&detail->place_score, &detail->has_place_score, candidate->place);
    rules_count(&detail->matter_score, &detail->has_matter_score, candidate->matter);
    rules_count(&detail->words_score, &detail->has_words_score, candidate->words);
}

void rules_tell_candidates(struct decision *out, const struct facts *facts,
                           const struct kn_reading_propose *reading)
{
    bool related = false;
    int n_pairs = 0;
    for (size_t i = 0; i < reading->n_candidates; i++) {
        const struct kn_candidate *candidate = &reading->candidates[i];
        const struct kn_case *root = facts->candidates[i].root;
        enum kn_match_verdict verdict = weigh(facts, reading, i);
        if (verdict == KN_MATCH_VERDICT_NEW || relation_to(facts->subject, root->code)) {
            continue;
        }
        if (recurs(facts, reading, i, verdict)) {
            if (!related && facts->subject->n_relations < MAX_RELATIONS) {
                tell_of(out, facts, KN_EVENT_KIND_CASE_RELATED, root->code, KN_LINK_KIND_RECURRENCE,
                        candidate->why);
            }
            related = true;
        } else if (!facts->candidates[i].pair && n_pairs++ < MAX_PAIRS) {
            tell_candidate(out, facts, candidate, root, reading->says_again);
        }
    }
}

/* ---- a person's word on a pair --------------------------------------------------------------- */

void rules_tell_compared(struct decision *out, const struct facts *facts, const char *other,
                         enum kn_candidate_state decision)
{
    struct kn_event *event = tell_of(out, facts, KN_EVENT_KIND_CASE_COMPARED, other, 0, NULL);
    rules_detail(out, event)->decision = decision;
}

/* The other case of the pair. */
static const char *other_of(const struct facts *facts)
{
    const struct kn_candidate_pair *pair = facts->pair;
    return strcmp(pair->case_, facts->subject->code) == 0 ? pair->earlier : pair->case_;
}

void rules_settle_pair(struct decision *out, const struct facts *facts)
{
    if (facts->pair && facts->pair->state == KN_CANDIDATE_STATE_OPEN) {
        rules_tell_compared(out, facts, other_of(facts), KN_CANDIDATE_STATE_SAME);
    }
}

/* Would "same" make the pair a recurrence? */
static bool pair_recurs(const struct facts *facts)
{
    return facts->pair->link == KN_LINK_KIND_RECURRENCE ||
           (facts->parent && facts->parent->flow == KN_FLOW_CLOSED);
}

/* Why a decision on the pair cannot be taken as it is. */
static const struct objection *object(const struct facts *facts,
                                      const struct kn_candidate_decide *act)
{
    if (!facts->pair) {
        OBJECT(KN_CODE_UNKNOWN_VALUE, "earlier", "these two were never proposed as one");
    }
    if (act->decision == facts->pair->state) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "decision", "that is what was decided already");
    }
    if (facts->pair->state != KN_CANDIDATE_STATE_OPEN && act->decision != KN_CANDIDATE_STATE_OPEN) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "decision", "it was decided: take that back first (open)");
    }
    if (facts->subject->flow == KN_FLOW_LINKED) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case",
               "this case is linked to another one: decide on that one");
    }
    OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "the case has ended, or the other one is linked to it");
}

static bool decides(const struct facts *facts, const struct kn_candidate_decide *act,
                    enum kn_candidate_state decision)
{
    bool undoes = decision == KN_CANDIDATE_STATE_OPEN;
    return facts->pair && act->decision == decision &&
           (facts->pair->state != KN_CANDIDATE_STATE_OPEN) == undoes;
}

const struct objection *guard_pair_links(const struct facts *facts, const void *message)
{
    bool links = decides(facts, message, KN_CANDIDATE_STATE_SAME) && !pair_recurs(facts) &&
                 !guard_parent_fits(facts, message);
    return links ? NULL : object(facts, message);
}

const struct objection *guard_pair_recurs(const struct facts *facts, const void *message)
{
    bool recurs = decides(facts, message, KN_CANDIDATE_STATE_SAME) && pair_recurs(facts) &&
                  facts->subject->n_relations < MAX_RELATIONS;
    return recurs ? NULL : object(facts, message);
}

const struct objection *guard_pair_differs(const struct facts *facts, const void *message)
{
    return decides(facts, message, KN_CANDIDATE_STATE_DIFFERENT) ? NULL : object(facts, message);
}

/* Both are linked to one case by now: only the pair is settled. */
const struct objection *guard_pair_is_one(const struct facts *facts, const void *message)
{
    bool is_one = decides(facts, message, KN_CANDIDATE_STATE_SAME) && facts->parent &&
                  strcmp(facts->subject->parent, facts->parent->code) == 0;
    return is_one ? NULL : object(facts, message);
}

const struct objection *guard_pair_unlinks(const struct facts *facts, const void *message)
{
    bool unlinks = decides(facts, message, KN_CANDIDATE_STATE_OPEN) &&
                   facts->pair->state == KN_CANDIDATE_STATE_SAME &&
                   !relation_to(facts->subject, other_of(facts));
    return unlinks ? NULL : object(facts, message);
}

const struct objection *guard_pair_reopens(const struct facts *facts, const void *message)
{
    return decides(facts, message, KN_CANDIDATE_STATE_OPEN) ? NULL : object(facts, message);
}

void effect_link_pair(struct decision *out, const struct facts *facts, const void *message,
                      struct kn_event *event)
{
    const struct kn_candidate_decide *act = message;
    const struct kn_case_link link = {.link = KN_LINK_KIND_DUPLICATE, .on_behalf = act->on_behalf};
    event->why = facts->pair->why;
    effect_link(out, facts, &link, event); /* settles the pair */
}

void effect_unlink_pair(struct decision *out, const struct facts *facts, const void *message,
                        struct kn_event *event)
{
    const struct kn_candidate_decide *act = message;
    const struct kn_case_unlink unlink = {.on_behalf = act->on_behalf};
    effect_unlink(out, facts, &unlink, event);
    rules_tell_compared(out, facts, other_of(facts), KN_CANDIDATE_STATE_OPEN);
}

void effect_relate_pair(struct decision *out, const struct facts *facts, const void *message,
                        struct kn_event *event)
{
    const struct kn_candidate_decide *act = message;
    event->on_behalf = act->on_behalf;
    event->parent = other_of(facts);
    event->link = KN_LINK_KIND_RECURRENCE;
    event->why = facts->pair->why;
    rules_settle_pair(out, facts);
}

void effect_compare(struct decision *out, const struct facts *facts, const void *message,
                    struct kn_event *event)
{
    const struct kn_candidate_decide *act = message;
    event->on_behalf = act->on_behalf;
    event->parent = other_of(facts);
    rules_detail(out, event)->decision = act->decision;
}

/* ---- relations by hand, and parts of a petition ---------------------------------------------- */

const struct objection *guard_relates(const struct facts *facts, const void *message)
{
    const struct kn_case_link *act = message;
    if (act->link != KN_LINK_KIND_RECURRENCE && act->link != KN_LINK_KIND_RELATED) {
        OBJECT(KN_CODE_INVALID, "link", "say recurrence or related");
    }
    if (!facts->parent) {
        OBJECT(KN_CODE_UNKNOWN_CASE, "parent", "no such case");
    }
    if (facts->parent->number == facts->subject->number ||
        relation_to(facts->subject, facts->parent->code)) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "parent", "the two are related already");
    }
    if (facts->subject->n_relations == MAX_RELATIONS) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "case", "the case has sixteen relations: take one back first");
    }
    return NULL;
}

void effect_relate(struct decision *out, const struct facts *facts, const void *message,
                   struct kn_event *event)
{
    const struct kn_case_link *act = message;
    event->on_behalf = act->on_behalf;
    event->parent = facts->parent->code;
    event->link = act->link;
    rules_settle_pair(out, facts);
}

const struct objection *guard_unrelates(const struct facts *facts, const void *message)
{
    const struct kn_case_unlink *act = message;
    if (!relation_to(facts->subject, act->parent)) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "parent", "the two are neither linked nor related");
    }
    return NULL;
}

const struct objection *guard_unlinks(const struct facts *facts, const void *message)
{
    const struct kn_case_unlink *act = message;
    if (act->parent && strcmp(act->parent, facts->subject->parent) != 0) {
        OBJECT(KN_CODE_ILLEGAL_MOVE, "parent", "the two are neither linked nor related");
    }
    return NULL;
}

void effect_unrelate(struct decision *out, const struct facts *facts, const void *message,
                     struct kn_event *event)
{
    const struct kn_case_unlink *act = message;
    event->on_behalf = act->on_behalf;
    event->parent = act->parent;
    event->link = relation_to(facts->subject, act->parent)->link;
    rules_tell_compared(out, facts, act->parent, KN_CANDIDATE_STATE_DIFFERENT);
}

const struct objection *guard_quotes(const struct facts *facts, const void *message)
{
    (void)message;
    if (!facts->is_quoted) {
        OBJECT(KN_CODE_INVALID, "text",
               "not the words of the petition: quote the demand as it stands there");
    }
    return NULL;
}

/* The event is the part's: its first. */
void effect_split(struct decision *out, const struct facts *facts, const void *message,
                  struct kn_event *event)
{
    const struct kn_case_split *act = message;
    const struct kn_case *whole = facts->subject;
    event->case_ = out->subject = facts->new_case;
    event->has_previous = false;
    event->flow = KN_FLOW_RECEIVED;
    event->on_behalf = act->on_behalf;
    event->parent = whole->code;
    event->link = KN_LINK_KIND_SPLIT_FROM;
    event->agent = whole->agent;
    event->source = whole->source;
    event->channel = whole->channel;
    rules_count(&event->received_at, &event->has_received_at, whole->received_at);
}
