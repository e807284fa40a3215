/* fuzz_registers.c - any bytes as one file of the registers, the others as shipped. The first line
 * names the file; what follows is its content. A fault must name the file. */
#include "hub/registers.h"
#include "kiennghi/status.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct registers_file *files;
    static size_t n_files;
    char why[1024] = "";
    registers_t *registers = NULL;
    if (!files && registers_read_folder(&files, &n_files, KN_SOURCE_DIR "/schemas/registers", why,
                                        sizeof why) != KN_OK) {
        abort();
    }
    const uint8_t *end = memchr(data, '\n', size);
    size_t n_name = end ? (size_t)(end - data) : size, pick = 0;
    for (size_t i = 0; i < n_files; i++) {
        if (strlen(files[i].name) == n_name && memcmp(files[i].name, data, n_name) == 0) {
            pick = i;
        }
    }
    struct registers_file shipped = files[pick];
    size_t at = end ? n_name + 1 : size;
    char *bytes = malloc(size - at + 1);
    assert(bytes);
    memcpy(bytes, data + at, size - at);
    bytes[size - at] = '\0';
    files[pick].bytes = bytes;
    files[pick].size = size - at;
    int rc = registers_load(&registers, files, n_files, why, sizeof why);
    assert(rc == KN_OK ? registers != NULL : why[0] != '\0');
    registers_close(&registers);
    free(bytes);
    files[pick] = shipped;
    return 0;
}
