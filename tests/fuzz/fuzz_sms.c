/* fuzz_sms.c - any bytes as a file of gammu-smsd's inbox: a message in UTF-8, or a told fault. */
#include "agents/read/read.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct read_sms *sms = NULL;
    struct read_fault fault;
    int rc = read_sms_bytes(&sms, (const char *)data, size, "fuzz", NULL, NULL, &fault);
    assert((rc == 1) == (sms != NULL));
    if (sms) {
        assert(sms->text[0] && read_is_text(sms->text, strlen(sms->text)));
        assert(sms->n_parts >= 1 && sms->n_parts <= sms->of_parts);
    }
    read_sms_destroy(&sms);
    return 0;
}
