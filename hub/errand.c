/* errand.c - see the header. */
#include "hub/errand.h"

#include <stdio.h>
#include <stdlib.h>

struct errand *errand_new(enum errand_from from)
{
    struct errand *errand = calloc(1, sizeof *errand);
    if (errand) {
        errand->from = from;
    }
    return errand;
}

void errand_destroy(struct errand **errand_p)
{
    struct errand *errand = *errand_p;
    *errand_p = NULL;
    if (errand) {
        kn_message_destroy(&errand->message);
        kn_record_destroy((void **)&errand->head);
        if (errand->from == FROM_READING || errand->from == FROM_REGISTERS) {
            kn_record_destroy((void **)&errand->body); /* a record of our own */
        }
        free(errand->frame);
        free((void *)(uintptr_t)errand->reading.packed.bytes);
        free(errand->denials);
        free(errand->prepared);
        free(errand);
    }
}

void errand_end(struct errand *errand, enum kn_verdict verdict, enum kn_code code,
                const char *field, const char *reason)
{
    errand->has_outcome = true;
    errand->verdict = verdict;
    errand->code = code;
    snprintf(errand->field, sizeof errand->field, "%s", field ? field : "");
    if (reason != errand->reason) { /* it may be the one that admit gave */
        snprintf(errand->reason, sizeof errand->reason, "%s", reason ? reason : "");
    }
}

void errand_defer(struct errand *errand, enum kn_code code, int64_t retry_after_ms)
{
    errand_end(errand, KN_VERDICT_DEFERRED, code, NULL, NULL);
    errand->retry_after_ms = retry_after_ms;
}
