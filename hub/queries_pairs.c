/* queries_pairs.c - candidate pairs as a person looks at them: the pair and both of its cases, with
 * their words where the role may see them. Long texts are cut: a page is one frame.
 */
#include "hub/code.h"
#include "hub/join.h"
#include "hub/queries.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PAIRS = 200, /* maxItems of candidate.list */
    DEFAULT_PAIRS = 20,
    MAX_TEXT = 12000,  /* bytes of one side's words: two of them fit into a frame */
    MAX_SCAN = 100000, /* pairs looked at for one page: then "more" */
    MARK_SIZE = 64,
};

/* One side, with what it points to. */
struct side {
    struct kn_case *kase;
    struct kn_content *content;
    char *text; /* cut */
};

struct row {
    struct kn_candidate_pair *pair;
    struct side later, earlier;
};

static void clear_side(struct side *side)
{
    free(side->text);
    kn_record_destroy((void **)&side->content);
    kn_record_destroy((void **)&side->kase);
}

/* The beginning of TEXT, at most MAX_TEXT bytes and never half a letter. NULL: no memory. */
static char *cut(const char *text)
{
    size_t length = MAX_TEXT;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
        length--;
    }
    return strndup(text, length);
}

static void look_at_side(store_txn_t *txn, const char *code, bool sees_persons, struct side *side,
                         struct kn_candidate_side *out)
{
    const struct kn_case *kase = side->kase = store_case(txn, code_parse(code));
    out->case_ = code;
    out->flow = KN_FLOW_RECEIVED;
    out->content_state = KN_CONTENT_STATE_WITHHELD;
    if (!kase) {
        store_fail(txn, KN_E_CORRUPT); /* a pair of a case that does not exist */
        return;
    }
    out->flow = kase->flow;
    out->received_at = kase->received_at;
    out->source = kase->source;
    out->field = kase->field;
    out->area = kase->area;
    out->unit = kase->unit;
    out->linked = kase->linked;
    out->has_linked = kase->has_linked;
    if (!sees_persons) {
        return;
    }
    side->content = join_content(txn, (uint64_t)kase->submission);
    const struct kn_petition *petition = side->content ? side->content->petition : NULL;
    out->content_state = petition ? KN_CONTENT_STATE_PRESENT : KN_CONTENT_STATE_ERASED;
    out->text = petition ? petition->text : NULL;
    if (petition && strlen(petition->text) > MAX_TEXT) {
        out->text = side->text = cut(petition->text);
        out->cut = true;
    }
}

static bool wanted(const struct kn_candidate_find *request, const struct kn_candidate_pair *pair)
{
    return !request->case_ || code_parse(request->case_) == code_parse(pair->case_) ||
           code_parse(request->case_) == code_parse(pair->earlier);
}

/* Where a page ends: "LATER/EARLIER". */
static void read_mark(const char *mark, uint64_t *later, uint64_t *earlier)
{
    char code[CODE_SIZE];
    const char *slash = mark ? strchr(mark, '/') : NULL;
    if (slash && slash - mark < CODE_SIZE) {
        snprintf(code, sizeof code, "%.*s", (int)(slash - mark), mark);
        *later = code_parse(code);
        *earlier = code_parse(slash + 1);
    }
}

static size_t collect(store_txn_t *txn, const struct kn_candidate_find *request, size_t limit,
                      struct row *rows, bool *more)
{
    enum kn_candidate_state state = request->state ? request->state : KN_CANDIDATE_STATE_OPEN;
    uint64_t later = 0, earlier = 0;
    size_t n = 0;
    int n_scanned = 0;
    struct kn_candidate_pair *pair;
    *more = false;
    read_mark(request->after, &later, &earlier);
    while ((pair = store_next_pair(txn, state, &later, &earlier))) {
        if (!wanted(request, pair)) {
            kn_record_destroy((void **)&pair);
            *more = n && ++n_scanned == MAX_SCAN;
        } else if (n == limit) {
            kn_record_destroy((void **)&pair);
            *more = true;
        } else {
            rows[n++].pair = pair;
        }
        if (*more) {
            break;
        }
    }
    return n;
}

long query_pairs(store_txn_t *txn, const struct query_asker *asker,
                 const struct kn_candidate_find *request, uint8_t *frame, size_t size)
{
    size_t limit = request->has_limit ? (size_t)request->limit : DEFAULT_PAIRS;
    struct row *rows = calloc(MAX_PAIRS, sizeof *rows);
    struct kn_candidate_view *views = calloc(MAX_PAIRS, sizeof *views);
    struct kn_candidate_side *sides = calloc(MAX_PAIRS, 2 * sizeof *sides);
    struct kn_fault fault;
    char mark[MARK_SIZE];
    long length = KN_E_NOMEM;
    size_t n = 0;
    if (rows && views && sides) {
        bool more;
        n = collect(txn, request, limit, rows, &more);
        for (size_t i = 0; i < n; i++) {
            struct row *row = &rows[i];
            look_at_side(txn, row->pair->case_, asker->sees_persons, &row->later, &sides[2 * i]);
            look_at_side(txn, row->pair->earlier, asker->sees_persons, &row->earlier,
                         &sides[2 * i + 1]);
            views[i] = (struct kn_candidate_view){
                .pair = row->pair, .later = &sides[2 * i], .earlier = &sides[2 * i + 1]};
        }
        struct kn_candidate_list list = {.request = request->request, .n_pairs = n, .pairs = views};
        do { /* as many as a frame holds */
            if (list.n_pairs) {
                const struct kn_candidate_pair *last = rows[list.n_pairs - 1].pair;
                snprintf(mark, sizeof mark, "%s/%s", last->case_, last->earlier);
            }
            list.more_after = more && list.n_pairs ? mark : NULL;
            length = kn_message_encode(frame, size, KN_TYPE_CANDIDATE_LIST, &list, &fault);
            more = true;
            list.n_pairs /= 2;
        } while (length == KN_E_TOO_LARGE && list.n_pairs);
    }
    for (size_t i = 0; i < n; i++) {
        clear_side(&rows[i].later);
        clear_side(&rows[i].earlier);
        kn_record_destroy((void **)&rows[i].pair);
    }
    free(sides);
    free(views);
    free(rows);
    return length;
}
