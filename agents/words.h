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

/* A field of a petition or a message that is at fault; a figure of the status: NAME itself when it
 * has no words. */
const char *words_field(const char *name, bool is_vi);
/* "số 8–12, từ 20/11/2026 15:03". */
void words_gap(char out[64], const struct kn_gap *gap, bool is_vi);
/* An alarm of the status in words. */
const char *words_alarm(const char *alarm, bool is_vi);

const char *words_figure(const char *name, bool is_vi);
/* "311.296" (vi) or "311,296"; a figure of bytes in its own unit: "64,0 GiB". */
void words_count(char out[32], const char *figure, int64_t value, bool is_vi);

/* The first words of TEXT in one line, whole letters; NULL gives "". */
void words_cut(char *out, size_t size, const char *text);
/* What happened, as one sentence without its date. */
void words_event(char *out, size_t size, const struct kn_event *event, bool is_vi);

#endif
