/* registers_folder.c - the register files of a folder, read whole. */
#include "hub/registers_parts.h"

#include "kiennghi/status.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files of a folder ----------------------------------------------------------------------- */

static int is_register(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".tsv") == 0;
}

static int read_file(struct registers_file *out, const char *folder, const char *name)
{
    char path[1024];
    long size = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    int rc = KN_E_IO;
    if (file && !fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0 &&
        !fseek(file, 0, SEEK_SET)) {
        bytes = malloc((size_t)size + 1);
        rc = !bytes                                                ? KN_E_NOMEM
             : fread(bytes, 1, (size_t)size, file) == (size_t)size ? KN_OK
                                                                   : KN_E_IO;
    }
    if (file) {
        fclose(file);
    }
    *out = (struct registers_file){
        .name = rc ? NULL : strdup(name), .bytes = bytes, .size = (size_t)size};
    return rc;
}

int registers_read_folder(struct registers_file **out, size_t *n, const char *folder, char *why,
                          size_t why_size)
{
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_register, alphasort), rc = KN_OK;
    *n = 0;
    *out = found > 0 ? calloc((size_t)found, sizeof **out) : NULL;
    if (found <= 0 || !*out) {
        snprintf(why, why_size, "%s: %s", folder,
                 found < 0 ? strerror(errno) : "no register files (*.tsv) in this folder");
        rc = found > 0 ? KN_E_NOMEM : KN_E_NOT_FOUND;
    }
    for (int i = 0; i < found; i++) {
        if (!rc && (rc = read_file(&(*out)[(*n)++], folder, entries[i]->d_name))) {
            snprintf(why, why_size, "%s/%s cannot be read: %s", folder, entries[i]->d_name,
                     strerror(errno));
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

void registers_files_free(struct registers_file **files_p, size_t n)
{
    struct registers_file *files = *files_p;
    *files_p = NULL;
    for (size_t i = 0; files && i < n; i++) {
        free((void *)(uintptr_t)files[i].name);
        free((void *)(uintptr_t)files[i].bytes);
    }
    free(files);
}
