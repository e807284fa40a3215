/* fuzz_skim.c - skim on any bytes; what it passes, msgpack-c reads to the last byte. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "kiennghi/status.h"
#include "schemas/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kn_fault fault = {.code = KN_CODE_NONE};
    int rc = codec_skim(data, size, &fault);
    assert(rc == KN_OK || rc == KN_E_INVALID);
    assert((rc == KN_OK) == (fault.code == KN_CODE_NONE));
    if (rc == KN_OK)
        for (size_t i = 1; i < codec_n_schemas; i++) {
            void *block;
            kn_record_decode(&block, (enum kn_schema)i, data, size, &fault);
            kn_record_destroy(&block);
        }
    return 0;
}
