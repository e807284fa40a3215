/* crc32c.h - CRC-32C (Castagnoli), by the processor's instruction where it has one. */
#ifndef KN_CRC32C_H
#define KN_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues CRC (0 at first) over SIZE bytes. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t size);

#endif
