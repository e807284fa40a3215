/* fuzz_normalise.c - any bytes through the normaliser: offsets inside, keys folded, NFC stable. */
#include "hub/text/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static text_t *text;
    char why[512];
    struct reading *reading = NULL;
    if (text == NULL && text_open(&text, KN_SOURCE_DIR "/schemas/registers", why, sizeof why) != 0)
        abort();
    if (text_read(text, (const char *)data, size, 0, &reading) != 0)
        return 0;
    size_t length = strlen(reading->text);
    assert(text_nfc(reading->text, length, NULL, 0) >= 0);
    for (size_t i = 0; i < reading->n_tokens; i++) {
        const struct token *token = &reading->tokens[i];
        assert(token->text[0] != 0);
        assert(text_nfc(token->text, strlen(token->text), NULL, 0) >= 0);
    }
    text_reading_destroy(&reading);
    return 0;
}
