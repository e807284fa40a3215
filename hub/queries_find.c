/* queries_find.c - case.find: cases by their axes, by who has them, and by words of the petition.
 *
 * The newest first, page by page. One request looks at a bounded number of cases, fewer when it
 * reads their texts, and says where to go on: the net thread is nobody's for long.
 */
#include "hub/digest.h"
#include "hub/join.h"
#include "hub/queries_parts.h"
#include "hub/text/text.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    MAX_CASES = 200,   /* of one case.list */
    MAX_SCAN = 100000, /* cases looked at for one request: then "more" */
    MAX_READ = 500,    /* texts read for one request */
    MAX_TEXT = 64 * 1024,
};

/* What is looked for, made ready once. */
struct wanted {
    const struct kn_case_find *by;
    char folded[1024]; /* of the text; "" for none */
    char *marked;      /* the text with its marks, where it has any; NULL */
    char *room;        /* for folding a petition */
    size_t n_read;
};

static bool equal(const char *want, const char *has)
{
    return !want || (has && strcmp(want, has) == 0);
}

static enum kn_tier tier_of(const struct kn_case *kase)
{
    for (size_t i = 0; i < kase->n_clocks; i++) {
        if (kase->clocks[i].kind == KN_CLOCK_KIND_ANSWER) {
            return kase->clocks[i].tier;
        }
    }
    return KN_TIER_NONE;
}

static bool in_docket(const struct kn_case *kase, const char *docket)
{
    for (size_t i = 0; docket && i < kase->n_selections; i++) {
        if (strcmp(kase->selections[i].docket, docket) == 0) {
            return true;
        }
    }
    return !docket;
}

static bool of_group(store_txn_t *txn, const struct kn_case *kase, const char *group)
{
    uint8_t id[16];
    const struct kn_batch *batch =
        group && kase->batch && !digest_from_hex(id, 16, kase->batch) ? store_batch(txn, id) : NULL;
    return !group || (batch && batch->meeting && equal(group, batch->meeting->group));
}

static bool fits(store_txn_t *txn, const struct kn_case_find *want, const struct kn_case *kase)
{
    return (!want->flow || want->flow == kase->flow) &&
           (!want->tier || want->tier == tier_of(kase)) &&
           (!want->verification || want->verification == kase->verification) &&
           (!want->satisfaction || want->satisfaction == kase->satisfaction) &&
           (!want->oversight || want->oversight == kase->oversight) &&
           (!want->publication || want->publication == kase->publication) &&
           (!want->has_received_from || kase->received_at >= want->received_from) &&
           (!want->has_received_to || kase->received_at < want->received_to) &&
           equal(want->unit, kase->unit) && equal(want->field, kase->field) &&
           equal(want->area, kase->area) && equal(want->batch, kase->batch) &&
           equal(want->source, kase->source) && in_docket(kase, want->docket) &&
           of_group(txn, kase, want->group);
}

/* Lower case with marks, composed. The caller frees; NULL: no memory, or no text. */
static char *lower(const char *text)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
                 UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    return (char *)out;
}

static bool has_marks(const char *text)
{
    while (*text && !((unsigned char)*text & 0x80)) {
        text++;
    }
    return *text != '\0';
}

static int prepare(struct wanted *out, const struct kn_case_find *request)
{
    *out = (struct wanted){.by = request};
    if (request->text) {
        text_fold(request->text, strlen(request->text), out->folded, sizeof out->folded);
        out->room = malloc(MAX_TEXT);
        out->marked = has_marks(request->text) ? lower(request->text) : NULL;
    }
    return request->text && !out->room ? KN_E_NOMEM : KN_OK;
}

static bool is_letter(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte >= 0x80 || (byte >= '0' && byte <= '9') ||
           ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* Stands WORD, SIZE bytes, in TEXT, and not as a part of another word? */
static bool has_word(const char *text, const char *word, size_t size)
{
    for (const char *at = text; (at = strstr(at, word)); at++) {
        if ((at == text || !is_letter(at[-1])) && !is_letter(at[size])) {
            return true;
        }
    }
    return false;
}

/* Stand all of WORDS in TEXT, wherever? What is between "…" stands together. */
static bool has_words(const char *text, const char *words)
{
    char word[1024];
    bool found = true;
    for (const char *at = words; found && *at;) {
        const char *ends = *at == '"' ? "\"" : " ";
        at += *at == '"';
        size_t size = strcspn(at, ends);
        snprintf(word, sizeof word, "%.*s", (int)size, at);
        found = !word[0] || has_word(text, word, strlen(word));
        at += size + (at[size] != '\0');
    }
    return found;
}

/* Are the words in the petition? Without marks every spelling is found, with marks that one. */
static bool says(store_txn_t *txn, struct wanted *want, const struct kn_case *kase)
{
    if (!want->by->text) {
        return true;
    }
    want->n_read++;
    struct kn_content *content = join_content(txn, (uint64_t)kase->submission);
    const char *text = content && content->petition ? content->petition->text : NULL;
    bool found = false;
    if (text) {
        text_fold(text, strlen(text), want->room, MAX_TEXT);
        found = has_words(want->room, want->folded);
    }
    if (found && want->marked) {
        char *marked = lower(text);
        found = marked && has_words(marked, want->marked);
        free(marked);
    }
    kn_record_destroy((void **)&content);
    return found;
}

long query_find(store_txn_t *txn, const struct query_asker *asker,
                const struct kn_case_find *request, uint8_t *frame, size_t size)
{
    struct kn_case *found[MAX_CASES], *kase = NULL;
    struct kn_case *cases = calloc(MAX_CASES, sizeof *cases);
    size_t n = 0, limit = request->has_limit ? (size_t)request->limit : 50, scanned = 0;
    uint64_t below = request->has_before ? (uint64_t)request->before : 0;
    struct wanted want;
    int rc = prepare(&want, request);
    long length = rc || !cases ? KN_E_NOMEM : KN_E_TOO_LARGE;
    bool more = false;
    if (request->text && !asker->sees_persons) {
        length = KN_E_DENIED; /* who may not read a text may not ask what stands in it */
        goto done;
    }
    while (!rc && cases && (kase = store_case_below(txn, below))) {
        if (n == limit || scanned++ == MAX_SCAN || want.n_read == MAX_READ) {
            more = true;
            break;
        }
        below = (uint64_t)kase->number;
        if (fits(txn, request, kase) && query_concerns(asker, kase) && says(txn, &want, kase)) {
            cases[n] = *kase;
            found[n++] = kase;
        } else {
            kn_record_destroy((void **)&kase);
        }
        kase = NULL;
    }
    kn_record_destroy((void **)&kase);
    struct kn_case_list list = {.request = request->request,
                                .n_cases = n,
                                .cases = cases,
                                .more_before = (int64_t)below,
                                .has_more_before = more};
    while (!rc && cases &&
           (length = query_encode(frame, size, KN_TYPE_CASE_LIST, &list)) == KN_E_TOO_LARGE) {
        list.n_cases /= 2;
        list.has_more_before = true;
        list.more_before = list.n_cases ? cases[list.n_cases - 1].number : 0;
    }
done:
    for (size_t i = 0; i < n; i++) {
        kn_record_destroy((void **)&found[i]);
    }
    free(want.marked);
    free(want.room);
    free(cases);
    return length;
}
