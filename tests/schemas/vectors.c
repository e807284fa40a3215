/* vectors.c - writes the example frames: NAME.hex beside each NAME.json of a folder.
 *
 *     vectors schemas/examples            writes what is missing or differs, says which
 *     vectors --check schemas/examples    writes nothing; exits with 1 if anything would be written
 *
 * NAME is the name of a message. The .hex file is the frame in lower-case hexadecimal, 64 digits a
 * line, as a client in another language would send it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "schemas/json.h"

enum { MAX_JSON = 1 << 20, MAX_HEX = 3 * KN_FRAME_MAX };

/* Reads at most SIZE-1 bytes; -1 if there is no such file. */
static long read_file(char *to, size_t size, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    size_t n = fread(to, 1, size - 1, file);
    to[n] = '\0';
    fclose(file);
    return (long)n;
}

static void spell_hex(char *to, const unsigned char *frame, long n)
{
    for (long i = 0; i < n; i++)
        to += sprintf(to, "%02x%s", frame[i], i % 32 == 31 || i + 1 == n ? "\n" : "");
}

/* 0 = the vector stands, 1 = it differs (and was written unless CHECK), 2 = fault. */
static int treat(const char *folder, const char *name, bool check)
{
    static char json[MAX_JSON], hex[MAX_HEX], old[MAX_HEX];
    static unsigned char frame[KN_FRAME_MAX];
    char path[4096];
    struct kn_fault fault;
    void *body = NULL;
    enum kn_type type = kn_type_value(name);
    int rc = 2;

    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    long size = read_file(json, sizeof json, path);
    if (size < 0 || type == KN_TYPE_NONE) {
        fprintf(stderr, "%s: %s\n", path, size < 0 ? "cannot be read" : "no such message");
        goto done;
    }
    if (kn_record_parse(&body, kn_type_schema(type), json, (size_t)size, &fault) != KN_OK) {
        fprintf(stderr, "%s: %s: %s\n", path, fault.field, fault.reason);
        goto done;
    }
    long n = kn_message_encode(frame, sizeof frame, type, body, &fault);
    if (n < 0) {
        fprintf(stderr, "%s: %s: %s\n", path, fault.field, fault.reason);
        goto done;
    }
    spell_hex(hex, frame, n);
    snprintf(path, sizeof path, "%s/%s.hex", folder, name);
    if (read_file(old, sizeof old, path) >= 0 && strcmp(old, hex) == 0) {
        rc = 0;
        goto done;
    }
    rc = 1;
    printf("%s: %s\n", path, check ? "differs" : "written");
    if (!check) {
        FILE *file = fopen(path, "wb");
        if (!file || fputs(hex, file) < 0 || fclose(file) != 0) {
            perror(path);
            rc = 2;
        }
    }
done:
    kn_record_destroy(&body);
    return rc;
}

int main(int argc, char **argv)
{
    bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc != (check ? 3 : 2)) {
        fprintf(stderr, "usage: vectors [--check] FOLDER\n");
        return KN_EXIT_USAGE;
    }
    const char *folder = argv[argc - 1];
    DIR *dir = opendir(folder);
    if (!dir) {
        perror(folder);
        return 2;
    }
    int worst = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char name[256];
        size_t n = strlen(entry->d_name);
        if (n < 6 || strcmp(entry->d_name + n - 5, ".json") != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(n - 5), entry->d_name);
        int rc = treat(folder, name, check);
        worst = rc > worst ? rc : worst;
    }
    closedir(dir);
    return worst == 1 && !check ? 0 : worst;
}
