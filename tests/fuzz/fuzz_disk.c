/* fuzz_disk.c - any bytes as what lies on the disk: a record of every schema, an entry of the log
 * with all its events. Checksums do not help here: what they cover may be of another version or a
 * fault of ours. */
#include "hub/log.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/codec.h"
#include "schemas/stored.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct log_entry entry;
    for (size_t schema = 1; schema < codec_n_schemas; schema++) {
        void *record = NULL;
        int rc = stored_decode(&record, (enum kn_schema)schema, data, size);
        assert((rc == KN_OK) == (record != NULL));
        kn_record_destroy(&record);
    }
    if (log_read(&entry, (struct slice){data, size}) == KN_OK) {
        for (uint64_t i = 0; i < entry.n_events && i < LOG_MAX_EVENTS; i++) {
            struct kn_event *event = NULL;
            log_event(&event, &entry, entry.sequence + i);
            kn_record_destroy((void **)&event);
        }
    }
    return 0;
}
