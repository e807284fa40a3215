/* stored.h - records as they lie on the disk: the same structures as on the wire, a third as long
 * and read without doubt. Only for bytes that the hub itself wrote and a checksum covers.
 *
 *     record   field*
 *     field    tag (varint): number of the property in words.txt * 4 + kind of the value; value
 *     value    0  number    varint, zigzag; true and false as 1 and 0; an enum as its word's number
 *              1  text      length (varint), bytes
 *              2  hex       length of the bytes (varint), bytes: the text is twice as long
 *              3  parts     length (3, big-endian), then a record, or the items of an array: a
 *                           number, a length and text, or a length (3) and a record each
 *
 * What is absent is left out. A property or a value that this program does not know is passed over,
 * so that stores survive both older and newer contracts; words.txt is only ever added to.
 */
#ifndef SCHEMAS_STORED_H
#define SCHEMAS_STORED_H

#include "kiennghi/types.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes BODY, which has been checked when it was decoded or is the hub's own; PUBLIC_ONLY leaves
 * x-private fields out at every depth. Gives the length, or KN_E_TOO_LARGE: some bytes of
 * SIZE may stay unused. */
long stored_encode(void *out, size_t size, enum kn_schema schema, const void *body,
                   bool public_only);

/* Reads a record into one block, destroyed with kn_record_destroy. KN_OK, KN_E_NOMEM, or
 * KN_E_CORRUPT: also when a required field is absent that is not x-private. */
int stored_decode(void **out_block, enum kn_schema schema, const void *bytes, size_t size);

#endif
