/* fuzz_places.c - any bytes through the place grammar, twice, and compared with themselves. */
#include "hub/text/places.h"
#include "hub/text/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static text_t *text;
    char why[512];
    struct reading *a = NULL, *b = NULL;
    if (text == NULL && text_open(&text, KN_SOURCE_DIR "/schemas/registers", why, sizeof why) != 0)
        abort();
    size_t half = size / 2;
    int rc = text_read(text, (const char *)data, half, 0, &a);
    if (rc == 0)
        rc = text_read(text, (const char *)data + half, size - half, INT64_C(1760000000000), &b);
    if (rc == 0) {
        struct place_comparison one, two;
        size_t length = strlen(a->text);
        assert(a->n_places <= TEXT_MAX_PLACES);
        for (size_t i = 0; i < a->n_places; i++) {
            const struct place *place = &a->places[i];
            assert(place->name != NULL && place->key != NULL && place->surface != NULL);
            assert(length < place->at || place->at + place->length >= place->at);
        }
        place_compare(text, a, b, &one);
        place_compare(text, b, a, &two);
        assert(one.relation == two.relation && one.score == two.score);
    }
    text_reading_destroy(&a);
    text_reading_destroy(&b);
    return 0;
}
