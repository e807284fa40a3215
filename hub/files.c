/* files.c - see the header.
 *
 *     FOLDER/ab/abcdef…          a whole file
 *     FOLDER/open/AGENT.abcdef…  what AGENT has put of a file so far
 */
#include "hub/files.h"

#include "hub/digest.h"
#include "hub/folder.h"
#include "kiennghi/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
    HEX = 64,
    HEAD = 8192, /* bytes looked at from both ends of a file */
    TAIL = 65536,
    BLOCK = 65536, /* read at once for the digest */
    WEEK_S = 7 * 24 * 3600
};

struct files {
    struct files_options options;
    pthread_mutex_t lock; /* a file is made young, or removed for its age: never both */
    char folder[PATH_MAX - 512];
};

/* ---- what a file is ----------------------------------------------------------------------------
 */

static bool begins(const uint8_t *bytes, size_t n, const char *magic, size_t size)
{
    return n >= size && memcmp(bytes, magic, size) == 0;
}

/* Text is UTF-8 without control characters; a character cut at the end of HEAD does not count. */
static bool is_text(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint8_t c = bytes[i];
        size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : 3;
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F ||
            (c >= 0x80 && c < 0xC2) || c > 0xF4) {
            return false;
        }
        for (size_t j = 1; j <= more && i + j < n; j++) {
            if ((bytes[i + j] & 0xC0) != 0x80) {
                return false;
            }
        }
        i += more + 1;
    }
    return n > 0;
}

/* A packed office document says what it is in its directory, at the end; an ODF file in front. */
static const char *packed_type(const uint8_t *head, size_t n_head, const uint8_t *tail,
                               size_t n_tail)
{
    static const struct {
        const char *sign;
        bool in_front;
        const char *type;
    } kinds[] = {
        {"word/document.xml", false,
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"xl/workbook.xml", false,
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"opendocument.text", true, "application/vnd.oasis.opendocument.text"},
        {"opendocument.spreadsheet", true, "application/vnd.oasis.opendocument.spreadsheet"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const uint8_t *in = kinds[i].in_front ? head : tail;
        if (memmem(in, kinds[i].in_front ? n_head : n_tail, kinds[i].sign, strlen(kinds[i].sign))) {
            return kinds[i].type;
        }
    }
    return NULL;
}

const char *files_media_type(const uint8_t *head, size_t n_head, const uint8_t *tail, size_t n_tail)
{
    static const struct {
        const char *magic;
        size_t size, at;
        const char *type;
    } kinds[] = {
        {"%PDF-", 5, 0, "application/pdf"},
        {"\xFF\xD8\xFF", 3, 0, "image/jpeg"},
        {"\x89PNG\r\n\x1A\n", 8, 0, "image/png"},
        {"II*\0", 4, 0, "image/tiff"},
        {"MM\0*", 4, 0, "image/tiff"},
        {"WEBP", 4, 8, "image/webp"},
        {"ftyphei", 7, 4, "image/heic"},
        {"ftypmif1", 8, 4, "image/heic"},
        {"ftyp", 4, 4, "video/mp4"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (n_head > kinds[i].at &&
            begins(head + kinds[i].at, n_head - kinds[i].at, kinds[i].magic, kinds[i].size)) {
            return kinds[i].type;
        }
    }
    if (begins(head, n_head, "PK\3\4", 4)) {
        return packed_type(head, n_head, tail, n_tail);
    }
    return is_text(head, n_head) ? "text/plain" : NULL;
}

/* ---- places ------------------------------------------------------------------------------------
 */

static bool is_digest(const char *digest)
{
    return strlen(digest) == HEX && strspn(digest, "0123456789abcdef") == HEX;
}

static void place(const files_t *self, char out[PATH_MAX], const char *digest)
{
    (void)snprintf(out, PATH_MAX, "%s/%.2s/%s", self->folder, digest, digest);
}

static int world(void)
{
    return errno == ENOSPC || errno == EDQUOT ? KN_E_FULL : KN_E_IO;
}

int files_open(files_t **out, const struct files_options *options, char *why, size_t why_size)
{
    char open_folder[PATH_MAX];
    files_t *self = calloc(1, sizeof *self);
    *out = self;
    if (!self) {
        return KN_E_NOMEM;
    }
    pthread_mutex_init(&self->lock, NULL);
    self->options = *options;
    (void)snprintf(self->folder, sizeof self->folder, "%s", options->folder);
    self->options.folder = self->folder;
    (void)snprintf(open_folder, sizeof open_folder, "%s/open", self->folder);
    if ((mkdir(self->folder, 0700) && errno != EEXIST) ||
        (mkdir(open_folder, 0700) && errno != EEXIST)) {
        (void)snprintf(why, why_size, "%s: %s; the hub keeps attachments there", open_folder,
                       strerror(errno));
        files_close(out);
        return KN_E_IO;
    }
    return KN_OK;
}

void files_close(files_t **self_p)
{
    if (*self_p) {
        pthread_mutex_destroy(&(*self_p)->lock);
        free(*self_p);
        *self_p = NULL;
    }
}

/* ---- whole files -------------------------------------------------------------------------------
 */

/* The size of the file, -1: it is not there. */
static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

static int digest_of(char hex[HEX + 1], int fd)
{
    uint8_t block[BLOCK], digest[DIGEST_SIZE];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    ssize_t n = -1;
    if (hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL)) {
        for (off_t at = 0; (n = pread(fd, block, sizeof block, at)) > 0; at += n) {
            EVP_DigestUpdate(hash, block, (size_t)n);
        }
        EVP_DigestFinal_ex(hash, digest, NULL);
        digest_hex(hex, digest, sizeof digest);
    }
    EVP_MD_CTX_free(hash);
    return n == 0 ? KN_OK : KN_E_IO;
}

static const char *type_of(int fd, int64_t size)
{
    uint8_t head[HEAD], tail[TAIL];
    ssize_t n_head = pread(fd, head, sizeof head, 0);
    ssize_t n_tail = pread(fd, tail, sizeof tail, size > TAIL ? size - TAIL : 0);
    return n_head > 0 && n_tail > 0 ? files_media_type(head, (size_t)n_head, tail, (size_t)n_tail)
                                    : NULL;
}

bool files_holds(files_t *self, const struct kn_attachment *named)
{
    char path[PATH_MAX];
    bool holds = false;
    if (!is_digest(named->digest)) {
        return false;
    }
    place(self, path, named->digest);
    pthread_mutex_lock(&self->lock);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && size_of(path) == named->size) {
        const char *type = type_of(fd, named->size);
        holds = type && strcmp(type, named->media_type) == 0;
        (void)futimens(fd, NULL); /* young again: it is being named */
    }
    if (fd >= 0) {
        close(fd);
    }
    pthread_mutex_unlock(&self->lock);
    return holds;
}

long files_read(files_t *self, const char *digest, int64_t offset, void *out, size_t size,
                int64_t *total)
{
    char path[PATH_MAX];
    if (!is_digest(digest)) {
        return KN_E_NOT_FOUND;
    }
    place(self, path, digest);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? KN_E_NOT_FOUND : KN_E_IO;
    }
    ssize_t n = pread(fd, out, size, offset);
    *total = size_of(path);
    close(fd);
    return n >= 0 && *total >= 0 ? n : KN_E_IO;
}

int files_remove(files_t *self, const char *digest)
{
    char path[PATH_MAX];
    place(self, path, digest);
    if (unlink(path) != 0) {
        return errno == ENOENT ? KN_OK : KN_E_IO;
    }
    *strrchr(path, '/') = '\0';
    return folder_sync(path);
}

int files_remove_old(files_t *self, const char *digest)
{
    char path[PATH_MAX];
    struct stat st;
    place(self, path, digest);
    pthread_mutex_lock(&self->lock);
    bool is_old = stat(path, &st) == 0 && time(NULL) - st.st_mtime > WEEK_S;
    int rc = is_old ? files_remove(self, digest) : KN_OK;
    pthread_mutex_unlock(&self->lock);
    return rc;
}

int files_check(files_t *self, const char *digest)
{
    char path[PATH_MAX], hex[HEX + 1];
    place(self, path, digest);
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = KN_E_IO;
    if (fd >= 0) {
        rc = digest_of(hex, fd);
        rc = rc == KN_OK && strcmp(hex, digest) != 0 ? KN_E_CORRUPT : rc;
        close(fd);
    }
    return rc;
}

int files_each(files_t *self,
               int (*fn)(void *arg, const char *digest, int64_t size, bool is_week_old), void *arg)
{
    char path[PATH_MAX];
    time_t now = time(NULL);
    int rc = KN_OK;
    for (int i = 0; rc == KN_OK && i < 256; i++) {
        (void)snprintf(path, sizeof path, "%s/%02x", self->folder, i);
        DIR *folder = opendir(path);
        const struct dirent *entry;
        while (rc == KN_OK && folder && (entry = readdir(folder))) {
            char file[PATH_MAX];
            struct stat st;
            (void)snprintf(file, sizeof file, "%s/%02x/%.255s", self->folder, i, entry->d_name);
            if (is_digest(entry->d_name) && stat(file, &st) == 0) {
                rc = fn(arg, entry->d_name, st.st_size, now - st.st_mtime > WEEK_S);
            }
        }
        if (folder) {
            closedir(folder);
        }
    }
    return rc;
}

/* ---- files that come in pieces -----------------------------------------------------------------
 */

static int refuse(struct files_state *out, enum kn_code code, const char *field, const char *reason)
{
    out->code = code;
    out->field = field;
    out->reason = reason;
    return KN_E_INVALID;
}

static int complete(struct files_state *out, int64_t size, const char *type)
{
    out->received = size;
    out->is_complete = true;
    (void)snprintf(out->media_type, sizeof out->media_type, "%s", type);
    return KN_OK;
}

/* The bytes of unfinished files of AGENT, but for the one at PATH. */
static int64_t open_bytes(files_t *self, const char *agent, const char *path)
{
    char folder[PATH_MAX], file[PATH_MAX];
    int64_t sum = 0, size;
    (void)snprintf(folder, sizeof folder, "%s/open", self->folder);
    DIR *opened = opendir(folder);
    const struct dirent *entry;
    size_t n = strlen(agent);
    while (opened && (entry = readdir(opened))) {
        (void)snprintf(file, sizeof file, "%s/open/%.255s", self->folder, entry->d_name);
        if (strncmp(entry->d_name, agent, n) == 0 && entry->d_name[n] == '.' &&
            strcmp(file, path) != 0 && (size = size_of(file)) > 0) {
            sum += size;
        }
    }
    if (opened) {
        closedir(opened);
    }
    return sum;
}

static bool is_disk_full(files_t *self)
{
    struct statvfs disk;
    return statvfs(self->folder, &disk) == 0 &&
           (int64_t)(disk.f_bavail * disk.f_frsize) < self->options.min_free;
}

/* Base64, strictly; the number of bytes, or -1. */
static long decode(uint8_t out[FILES_PIECE + 3], const char *text)
{
    size_t n = strlen(text), pad = 0;
    if (n % 4 || n / 4 * 3 > FILES_PIECE) {
        return -1;
    }
    while (pad < 2 && n > pad && text[n - 1 - pad] == '=') {
        pad++;
    }
    if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") !=
        n - pad) {
        return -1;
    }
    int length = EVP_DecodeBlock(out, (const unsigned char *)text, (int)n);
    return length < 0 ? -1 : length - (long)pad;
}

/* The file at PATH is as long as it should be: it goes to its place, or away. */
static int finish(files_t *self, int fd, const char *path, const struct kn_file_put *piece,
                  struct files_state *out)
{
    char hex[HEX + 1], target[PATH_MAX], folder[PATH_MAX];
    int rc = digest_of(hex, fd);
    const char *type = rc == KN_OK ? type_of(fd, piece->size) : NULL;
    if (rc != KN_OK) {
        return rc;
    }
    if (strcmp(hex, piece->digest) != 0 || !type) {
        (void)unlink(path);
        return strcmp(hex, piece->digest) != 0
                   ? refuse(out, KN_CODE_INVALID, "digest",
                            "the bytes have another digest: put the file again from the start")
                   : refuse(out, KN_CODE_UNKNOWN_VALUE, "data",
                            "taken are PDF, JPEG, PNG, TIFF, WebP, HEIC, MP4, DOCX, XLSX, ODT, ODS "
                            "and text in UTF-8");
    }
    place(self, target, piece->digest);
    (void)snprintf(folder, sizeof folder, "%s/%.2s", self->folder, piece->digest);
    if (fsync(fd) != 0 || (mkdir(folder, 0700) != 0 && errno != EEXIST) ||
        rename(path, target) != 0) {
        return world();
    }
    rc = folder_sync(folder);
    rc = rc == KN_OK ? folder_sync(self->folder) : rc;
    return rc == KN_OK ? complete(out, piece->size, type) : rc;
}

/* Appends the piece to what is at PATH. */
static int append(files_t *self, const char *path, const struct kn_file_put *piece,
                  struct files_state *out)
{
    uint8_t bytes[FILES_PIECE + 3];
    int rc = KN_OK;
    long n = piece->data ? decode(bytes, piece->data) : 0;
    if (n < 0 || out->received + n > piece->size) {
        return refuse(out, KN_CODE_INVALID, "data", "Base64 of at most 45,000 bytes, within size");
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || pwrite(fd, bytes, (size_t)n, out->received) != n) {
        rc = world();
    } else if ((out->received += n) == piece->size) {
        rc = finish(self, fd, path, piece, out);
    }
    if (fd >= 0) {
        close(fd);
    }
    return rc;
}

int files_put(files_t *self, const char *agent, const struct kn_file_put *piece,
              struct files_state *out)
{
    char path[PATH_MAX];
    *out = (struct files_state){.received = 0};
    if (!is_digest(piece->digest) || piece->size <= 0) {
        return refuse(out, KN_CODE_INVALID, "size", "an empty file says nothing");
    }
    if (piece->size > self->options.max_size) {
        return refuse(out, KN_CODE_TOO_LARGE, "size", "the file is larger than the hub takes");
    }
    place(self, path, piece->digest);
    pthread_mutex_lock(&self->lock);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) { /* somebody put it before: it stays for another week */
        (void)futimens(fd, NULL);
    }
    pthread_mutex_unlock(&self->lock);
    if (fd >= 0) {
        const char *type = size_of(path) == piece->size ? type_of(fd, piece->size) : NULL;
        close(fd);
        return type
                   ? complete(out, piece->size, type)
                   : refuse(out, KN_CODE_INVALID, "size", "the file of this digest is not as long");
    }
    (void)snprintf(path, sizeof path, "%s/open/%s.%s", self->folder, agent, piece->digest);
    out->received = size_of(path);
    out->received = out->received < 0 ? 0 : out->received;
    if (out->received > piece->size) {
        (void)unlink(path);
        out->received = 0;
    }
    if (piece->data && piece->offset != out->received) {
        return KN_OK; /* the answer says where to go on */
    }
    if (is_disk_full(self)) {
        return KN_E_FULL;
    }
    if (out->received == 0 && open_bytes(self, agent, path) > self->options.max_open) {
        return refuse(out, KN_CODE_QUOTA, "digest", "too many unfinished files: finish them first");
    }
    return piece->data || out->received == piece->size ? append(self, path, piece, out) : KN_OK;
}
