/* fuzz_config.c - any bytes as the hub's configuration: a fault that names its line, or a
 * configuration that prints and reads back the same. */
#include "hub/config.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *print(const struct config *config, size_t *size)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    assert(file);
    config_print(config, file);
    assert(fclose(file) == 0);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config one, two;
    char why[1024] = "";
    size_t n_first, n_second;
    config_init(&one);
    int rc = config_parse(&one, (const char *)data, size, "fuzz", why, sizeof why);
    if (rc != KN_OK) {
        assert(why[0]);
        return 0;
    }
    char *first = print(&one, &n_first), *second;
    config_init(&two);
    assert(config_parse(&two, first, n_first, "printed", why, sizeof why) == KN_OK);
    second = print(&two, &n_second);
    assert(n_first == n_second && memcmp(first, second, n_first) == 0);
    free(first);
    free(second);
    return 0;
}
