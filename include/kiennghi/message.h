/** message.h - structures to bytes and back: messages on the wire, records on disk.
 *
 * A frame is 'K' 'N', the major version (1), the type, four bytes of flags (zero) and one
 * MessagePack map with the property names of the schema as keys; a record is the map alone. What
 * is decoded was checked against its schema in full: required fields, bounds, enums, UTF-8. Unknown
 * keys are ignored. What is encoded is checked in the same way, and is canonical: fields in the
 * order of the schema, absent ones left out (so is a false or an empty array that is not required),
 * every value in its shortest form. Equal structures give equal bytes.
 *
 * A decoded structure is one block: it borrows nothing from the input and is freed as a whole.
 * Nothing here keeps state, so all of it may be called from any thread.
 */
#ifndef KIENNGHI_MESSAGE_H
#define KIENNGHI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "kiennghi/api.h"
#include "kiennghi/types.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    KN_FRAME_HEAD = 8,    /**< bytes before the map */
    KN_FRAME_MAX = 65503, /**< the largest frame: 64 KiB less what CURVE adds */
    KN_FRAME_MAJOR = 1    /**< the major version that we speak */
};

/** What was wrong with a message or record, fit for a `refused` receipt: no content, only ASCII.
 * Every function below fills it when it fails; NULL says that nobody wants to know. */
struct kn_fault {
    char field[96];   /**< path of the field, "items[3].text"; "frame" for the head; may be empty */
    char reason[120]; /**< in words */
    enum kn_code code; /**< the same for machines */
};

/** A decoded message. BODY points to the structure of kn_type_schema(type). */
struct kn_message {
    enum kn_type type;
    const void *body;
};

/** Decodes one frame. Gives KN_OK and *OUT, which the caller destroys; or, with *OUT NULL:
 * KN_E_TOO_LARGE over KN_FRAME_MAX, KN_E_VERSION for another major version, KN_E_NOT_FOUND for an
 * unknown type, KN_E_INVALID for anything else that the peer did wrong, KN_E_NOMEM. */
KN_API int kn_message_decode(struct kn_message **out, const void *frame, size_t size,
                             struct kn_fault *fault);

/** Encodes BODY as one frame into OUT of SIZE bytes. Gives the bytes written; KN_E_INVALID when
 * BODY breaks its schema; KN_E_TOO_LARGE when it does not fit SIZE or KN_FRAME_MAX. */
KN_API long kn_message_encode(void *out, size_t size, enum kn_type type, const void *body,
                              struct kn_fault *fault);

/** Frees the block and nulls the pointer; NULL is fine. */
KN_API void kn_message_destroy(struct kn_message **message_p);

/** Decodes one record. *OUT_BLOCK is the structure of SCHEMA; the caller destroys it. */
KN_API int kn_record_decode(void **out_block, enum kn_schema schema, const void *bytes, size_t size,
                            struct kn_fault *fault);

/** Encodes BODY as one record; see kn_message_encode. Has no limit but SIZE. */
KN_API long kn_record_encode(void *out, size_t size, enum kn_schema schema, const void *body,
                             struct kn_fault *fault);

/** The same without personal data: x-private fields are left out at every depth, required or not.
 * Only kn_record_decode_public reads it back. */
KN_API long kn_record_encode_public(void *out, size_t size, enum kn_schema schema, const void *body,
                                    struct kn_fault *fault);

/** Decodes a public encoding: x-private fields are absent, and are ignored if they are there. */
KN_API int kn_record_decode_public(void **out_block, enum kn_schema schema, const void *bytes,
                                   size_t size, struct kn_fault *fault);

/** Frees a block of kn_record_decode and nulls the pointer; NULL is fine. */
KN_API void kn_record_destroy(void **block_p);

/** Prints BODY as one line of JSON, always ended by NUL when SIZE is not 0. MASKED prints x-private
 * fields as "***". Gives the length the whole text has, as snprintf does. BODY is not checked. */
KN_API int kn_record_print(char *out, size_t size, enum kn_schema schema, const void *body,
                           bool masked);

/** Name of a message, "petition.submit"; NULL for a number that is none. */
KN_API const char *kn_type_name(enum kn_type type);

/** The message of that name; KN_TYPE_NONE if there is none. */
KN_API enum kn_type kn_type_value(const char *name);

/** Schema of a message's body; KN_SCHEMA_NONE for a number that is no message. */
KN_API enum kn_schema kn_type_schema(enum kn_type type);

/** Whether the contract names SENDER ("client", "hub", "control", "journal") in x-from of TYPE. */
KN_API bool kn_type_from(enum kn_type type, const char *sender);

/** Name of a schema, "case"; NULL for a number that is none. */
KN_API const char *kn_schema_name(enum kn_schema schema);

/** The schema of that name; KN_SCHEMA_NONE if there is none. */
KN_API enum kn_schema kn_schema_value(const char *name);

/** Text of a value of an enum, as on the wire: kn_enum_text(KN_ENUM_FLOW, KN_FLOW_CLOSED) is
 * "closed". NULL for 0 and for anything that is no value. */
KN_API const char *kn_enum_text(enum kn_enum which, int value);

/** Value of a text; 0 when the enum does not know it or TEXT is NULL. */
KN_API int kn_enum_value(enum kn_enum which, const char *text);

#ifdef __cplusplus
}
#endif
#endif
