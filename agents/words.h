/* words.h - what the contract's values and events are called by people: Vietnamese and English. */
#ifndef AGENTS_WORDS_H
#define AGENTS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiennghi/types.h"

/* The words of a value of an enum; "" when absent. Never NULL. */
const char *words_of(enum kn_enum which, int value, bool is_vi);

/* dd/mm/yyyy and dd/mm/yyyy hh:mm in Ha Noi. */
void words_day(char out[11], int64_t at_ms);
void words_time(char out[17], int64_t at_ms);
/* The end of a due day belongs to the day that it ends. */
void words_due(char out[11], int64_t due_at_ms);

/* What happened, as one sentence without its date. */
void words_event(char *out, size_t size, const struct kn_event *event, bool is_vi);

#endif
