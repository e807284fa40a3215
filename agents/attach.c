/* attach.c - files to the hub and from it, in pieces.
 *
 * The hub says how much of a file it has; the agent goes on from there, so a broken line costs one
 * piece. What is got is written beside, checked by its digest, synced and renamed.
 */
#include "agents/agent_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 45000, TEXT = PIECE / 3 * 4 + 4, BLOCK = 65536 };

static int fail(kn_agent_t *self, const char *path, enum kn_code code, const char *words)
{
    kn_agent_fault(self, path, code, NULL, words);
    return code == KN_CODE_UNREADABLE ? KN_E_IO : KN_E_INVALID;
}

static int digest_of(char hex[65], int fd)
{
    unsigned char block[BLOCK], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    ssize_t n;
    crypto_hash_sha256_init(&state);
    for (off_t at = 0; (n = pread(fd, block, sizeof block, at)) > 0; at += n)
        crypto_hash_sha256_update(&state, block, (unsigned long long)n);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    return n == 0 ? KN_OK : KN_E_IO;
}

/* Asks; why the hub says no is told of PATH. */
static int ask(kn_agent_t *self, struct kn_message **answer, const char *path, enum kn_type type,
               void *body)
{
    static const struct {
        enum kn_code code;
        const char *vi, *en;
    } words[] = {
        {KN_CODE_UNKNOWN_VALUE,
         "không nhận loại tệp này – lưu lại thành PDF, JPEG, PNG, TIFF, DOCX, XLSX, ODT, ODS hoặc "
         "văn "
         "bản UTF-8",
         "files of this type are not taken - save it as PDF, JPEG, PNG, TIFF, DOCX, XLSX, ODT, ODS "
         "or "
         "text in UTF-8"},
        {KN_CODE_TOO_LARGE, "tệp quá lớn – giảm độ phân giải hoặc tách tệp",
         "the file is too large - scan it coarser or split it"},
        {KN_CODE_UNKNOWN_FILE, "kiến nghị này không có tệp như vậy – xem mã tệp trong sự kiện",
         "this case has no such file - see its digest in the event"},
        {KN_CODE_NOT_ALLOWED, "không có quyền với tệp của kiến nghị này",
         "files of this case are not yours to get"},
    };
    if (!kn_agent_client(self))
        return KN_E_IO;
    int rc = kn_client_request(self->client, answer, type, body,
                               (int)(1000 * kn_agent_integer(self, "timeout")));
    if (rc == KN_OK)
        return KN_OK;
    enum kn_code code = *answer ? ((const struct kn_deny *)(*answer)->body)->code : KN_CODE_NONE;
    const char *why = *answer ? kn_agent_code_words(self, code) : kn_agent_status_words(self, rc);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (code != KN_CODE_NONE && words[i].code == code)
            why = KN_TR(self, words[i].vi, words[i].en);
    kn_agent_fault(self, path, code, NULL, why);
    kn_message_destroy(answer);
    return rc;
}

/* Asks how much of the file the hub has, or puts the piece at OFFSET. */
static int put_piece(kn_agent_t *self, struct kn_message **answer, const char *path,
                     const struct kn_agent_file *file, int fd, int64_t offset)
{
    unsigned char bytes[PIECE];
    char text[TEXT];
    struct kn_file_put body = {.digest = file->digest, .size = file->attachment.size};
    if (offset >= 0) {
        ssize_t n = pread(fd, bytes, sizeof bytes, offset);
        if (n <= 0) /* shorter than it was */
            return KN_E_IO;
        sodium_bin2base64(text, sizeof text, bytes, (size_t)n, sodium_base64_VARIANT_ORIGINAL);
        body.has_offset = true;
        body.offset = offset;
        body.data = text;
    }
    return ask(self, answer, path, KN_TYPE_FILE_PUT, &body);
}

int kn_agent_put_file(kn_agent_t *self, struct kn_agent_file *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct kn_message *answer = NULL;
    struct stat st;
    bool is_complete = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = KN_OK;
    *out = (struct kn_agent_file){0};
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        digest_of(out->digest, fd) != KN_OK) {
        rc = fail(self, path, KN_CODE_UNREADABLE, strerror(errno));
        goto done;
    }
    snprintf(out->name, sizeof out->name, "%s", slash ? slash + 1 : path);
    out->attachment = (struct kn_attachment){.digest = out->digest,
                                             .size = st.st_size,
                                             .media_type = out->media_type,
                                             .name = out->name};
    for (int64_t at = -1; rc == KN_OK && !is_complete;) {
        rc = put_piece(self, &answer, path, out, fd, at);
        if (rc == KN_OK && answer->type != KN_TYPE_FILE_STATE)
            rc = KN_E_INVALID;
        if (rc == KN_OK) {
            const struct kn_file_state *state = answer->body;
            at = state->received;
            is_complete = state->complete;
            snprintf(out->media_type, sizeof out->media_type, "%s",
                     state->media_type ? state->media_type : "");
        }
        kn_message_destroy(&answer);
    }
done:
    if (fd >= 0)
        close(fd);
    return rc;
}

/* The piece at OFFSET, written to FD; *TOTAL is the size of the whole. */
static int get_piece(kn_agent_t *self, const char *path, int fd, const struct kn_file_get *from,
                     int64_t *total)
{
    struct kn_message *answer = NULL;
    struct kn_file_get body = *from;
    unsigned char bytes[PIECE];
    size_t n = 0;
    int rc = ask(self, &answer, path, KN_TYPE_FILE_GET, &body);
    if (rc == KN_OK && answer->type != KN_TYPE_FILE_PART)
        rc = KN_E_INVALID;
    if (rc == KN_OK) {
        const struct kn_file_part *part = answer->body;
        *total = part->size;
        if (sodium_base642bin(bytes, sizeof bytes, part->data, strlen(part->data), NULL, &n, NULL,
                              sodium_base64_VARIANT_ORIGINAL) != 0 ||
            (n == 0 && from->offset < *total))
            rc = KN_E_CORRUPT;
        else if (pwrite(fd, bytes, n, from->offset) != (ssize_t)n)
            rc = KN_E_IO;
    }
    kn_message_destroy(&answer);
    return rc == KN_OK ? (int)n : rc;
}

int kn_agent_get_file(kn_agent_t *self, const char *code, const char *digest, const char *path)
{
    char fresh[PATH_MAX], hex[65];
    struct kn_file_get from = {.case_ = code, .digest = digest, .has_offset = true};
    int64_t total = 1;
    int n = snprintf(fresh, sizeof fresh, "%s.part", path), rc = KN_OK;
    int fd = n > 0 && n < PATH_MAX ? open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return fail(self, path, KN_CODE_UNREADABLE, strerror(errno));
    while (rc >= 0 && from.offset < total) {
        rc = get_piece(self, path, fd, &from, &total);
        from.offset += rc > 0 ? rc : 0;
    }
    rc = rc < 0 ? rc : digest_of(hex, fd);
    if (rc == KN_OK && strcmp(hex, digest) != 0)
        rc = KN_E_CORRUPT;
    if (rc == KN_OK && (fsync(fd) != 0 || rename(fresh, path) != 0))
        rc = KN_E_IO;
    if (rc != KN_OK) {
        unlink(fresh);
    }
    close(fd);
    return rc;
}
