/* replay.c - runs a fuzz target over its corpus without libFuzzer, under any compiler.
 *
 *     fuzz_message FILE-OR-FOLDER...
 *
 * Every regular file is fed once to LLVMFuzzerTestOneInput; folders are read one level deep. The
 * input lies in a block of exactly its size, so a sanitizer sees a read one byte beyond it. Exits
 * with 1 when a file cannot be read or when there was nothing to replay.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_replayed;

static int feed(const char *path, size_t size)
{
    uint8_t *data = malloc(size ? size : 1);
    FILE *file = fopen(path, "rb");
    int rc = 1;
    if (data && file && fread(data, 1, size, file) == size) {
        LLVMFuzzerTestOneInput(data, size);
        n_replayed++;
        rc = 0;
    } else {
        perror(path);
    }
    if (file)
        fclose(file);
    free(data);
    return rc;
}

static int replay(const char *path, int depth)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        perror(path);
        return 1;
    }
    if (S_ISREG(st.st_mode))
        return feed(path, (size_t)st.st_size);
    if (!S_ISDIR(st.st_mode) || depth > 0)
        return 0;

    DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        return 1;
    }
    int rc = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        rc |= replay(name, depth + 1);
    }
    closedir(folder);
    return rc;
}

int main(int argc, char **argv)
{
    int rc = 0;
    for (int i = 1; i < argc; i++)
        rc |= replay(argv[i], 0);
    printf("replayed %zu inputs\n", n_replayed);
    return rc || n_replayed == 0;
}
