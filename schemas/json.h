/* json.h - JSON text to structures: for configuration of tests, tools and imports.
 *
 * The other way is kn_record_print. JSON takes the way of all bytes: it becomes MessagePack and is
 * decoded against its schema, so a file is checked as strictly as a frame.
 */
#ifndef SCHEMAS_JSON_H
#define SCHEMAS_JSON_H

#include "kiennghi/message.h"

/* Parses one JSON object as the structure of SCHEMA; the caller frees *OUT_BLOCK with
 * kn_record_destroy. KN_E_INVALID with field and reason (line and column when it is no JSON);
 * unknown keys are ignored, a key that occurs twice is refused. */
int kn_record_parse(void **out_block, enum kn_schema schema, const char *json, size_t size,
                    struct kn_fault *fault);

#endif
