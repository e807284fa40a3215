/* sms.c - the inbox of gammu-smsd (service files, inboxformat = detail): one file, one message.
 *
 * A file holds the parts of a message as sections [SMSBackup000], [SMSBackup001] …, their text as
 * hex UCS-2 in lines Text00, Text01 … (emoji as surrogate pairs), the user data header in hex.
 * Parts are put in the order of their headers; where one is missing "[…]" stands in its place and a
 * warning is given. Parts that came in files of their own are read as one when their bytes are put
 * together. Delivery reports are no messages. The bytes are bounded: a file is a few KiB.
 *
 * A message that came over HTTP is written in the same form (agents/sms_http.c), with two lines
 * more: Id, the gateway's own name for it, and Doubt, when its characters had to be guessed.
 */
#include "agents/read/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE = 1024 * 1024, MAX_LINE = 1024 };

struct part {
    unsigned index, of, reference; /* of the header; 1, 1, 0 without one */
    struct read_bytes hex;         /* of the text */
    char udh[64], number[64], when[24], id[64];
    bool deliver, doubt;
};

struct inbox {
    struct part *parts; /* as they stand in the file */
    size_t n;
};

static int nibble(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;
    return at && (c >= '0' && c <= '9') ? (int)(at - digits)
           : at && (c | 0x20) >= 'a'    ? (int)(at - digits)
                                        : -1;
}

/* Byte I of a hex text, -1 where there is none. */
static int byte_at(const char *hex, size_t length, size_t i)
{
    int high = 2 * i + 1 < length ? nibble(hex[2 * i]) : -1;
    int low = high >= 0 ? nibble(hex[2 * i + 1]) : -1;
    return low < 0 ? -1 : high << 4 | low;
}

/* Finds the concatenation element of a header: 00 03 RR NN SS, or 08 04 RRRR NN SS. */
static void read_udh(struct part *part)
{
    size_t length = strlen(part->udh);
    int total = byte_at(part->udh, length, 0);
    for (int i = 1; i + 1 <= total;) {
        int id = byte_at(part->udh, length, (size_t)i);
        int size = byte_at(part->udh, length, (size_t)i + 1);
        int wide = id == 0x08 && size == 4;
        if (id < 0 || size < 0) {
            return;
        }
        if (wide || (id == 0 && size == 3)) {
            int of = byte_at(part->udh, length, (size_t)(i + 3 + wide));
            int index = byte_at(part->udh, length, (size_t)(i + 4 + wide));
            int low = byte_at(part->udh, length, (size_t)(i + 2 + wide));
            if (of > 0 && index > 0 && index <= of && low >= 0) {
                part->of = (unsigned)of;
                part->index = (unsigned)index;
                part->reference = (unsigned)low;
            }
            return;
        }
        i += 2 + size;
    }
}

/* One line "Key = value" of a section. */
static int take_line(struct part *part, const char *line)
{
    const char *mark = strstr(line, " = ");
    if (!mark) {
        return KN_OK;
    }
    char value[MAX_LINE];
    const char *at = mark + 3;
    size_t n = strlen(at), key = (size_t)(mark - line);
    if (n >= 2 && at[0] == '"' && at[n - 1] == '"') {
        at++;
        n -= 2;
    }
    (void)snprintf(value, sizeof value, "%.*s", (int)n, at);
    if (key == 6 && strncmp(line, "Text", 4) == 0) {
        return read_put(&part->hex, value, strlen(value));
    }
    if (key == 6 && strncmp(line, "Number", 6) == 0) {
        read_copy(part->number, sizeof part->number, value);
    } else if (key == 8 && strncmp(line, "DateTime", 8) == 0) {
        read_copy(part->when, sizeof part->when, value);
    } else if (key == 3 && strncmp(line, "UDH", 3) == 0) {
        read_copy(part->udh, sizeof part->udh, value);
        read_udh(part);
    } else if (key == 3 && strncmp(line, "PDU", 3) == 0) {
        part->deliver = strcmp(value, "Deliver") == 0;
    } else if (key == 2 && strncmp(line, "Id", 2) == 0) {
        read_copy(part->id, sizeof part->id, value);
    } else if (key == 5 && strncmp(line, "Doubt", 5) == 0) {
        part->doubt = strcmp(value, "True") == 0;
    }
    return KN_OK;
}

static int split(struct inbox *inbox, const char *bytes, size_t length)
{
    int rc = KN_OK;
    for (size_t at = 0, n; at < length && rc == KN_OK; at += n + 1) {
        char line[MAX_LINE];
        const char *end = memchr(bytes + at, '\n', length - at);
        n = end ? (size_t)(end - bytes) - at : length - at;
        (void)snprintf(line, sizeof line, "%.*s", (int)n, bytes + at);
        line[strcspn(line, "\r")] = '\0';
        if (strncmp(line, "[SMSBackup", 10) == 0) {
            struct part *grown = inbox->n < READ_SMS_MAX_PARTS
                                     ? realloc(inbox->parts, (inbox->n + 1) * sizeof *grown)
                                     : NULL;
            if (!grown) {
                return KN_E_NOMEM;
            }
            inbox->parts = grown;
            inbox->parts[inbox->n] = (struct part){.index = 1, .of = 1};
            inbox->n++;
        } else if (inbox->n > 0) {
            rc = take_line(&inbox->parts[inbox->n - 1], line);
        }
    }
    return rc;
}

/* UCS-2 in hex (with surrogate pairs) as UTF-8. */
static int put_text(struct read_bytes *out, const struct read_bytes *hex)
{
    size_t n = hex->length / 4;
    if (hex->length % 4 != 0) {
        return KN_E_INVALID;
    }
    for (size_t i = 0; i < n; i++) {
        int high = byte_at(hex->at, hex->length, 2 * i);
        int low = byte_at(hex->at, hex->length, 2 * i + 1);
        unsigned long point = (unsigned long)high << 8 | (unsigned long)low;
        if (high < 0 || low < 0) {
            return KN_E_INVALID;
        }
        if (point >= 0xD800 && point < 0xDC00 && i + 1 < n) {
            int next_high = byte_at(hex->at, hex->length, 2 * i + 2);
            int next_low = byte_at(hex->at, hex->length, 2 * i + 3);
            unsigned long next = (unsigned long)next_high << 8 | (unsigned long)next_low;
            if (next_high >= 0 && next_low >= 0 && next >= 0xDC00 && next < 0xE000) {
                point = 0x10000 + ((point - 0xD800) << 10) + (next - 0xDC00);
                i++;
            }
        }
        if (point == 0 || (point >= 0xD800 && point < 0xE000)) {
            point = 0xFFFD; /* a half of a pair that was cut apart between two parts */
        }
        char utf8[4];
        size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
        for (size_t j = length; j-- > 1; point >>= 6) {
            utf8[j] = (char)(0x80 | (point & 0x3F));
        }
        utf8[0] = (char)(lead[length] | point);
        if (read_put(out, utf8, length) != KN_OK) {
            return KN_E_NOMEM;
        }
    }
    return KN_OK;
}

/* The part of that index, the first of those that claim it. */
static const struct part *part_at(const struct inbox *inbox, unsigned index)
{
    for (size_t i = 0; i < inbox->n; i++) {
        if (inbox->parts[i].index == index) {
            return &inbox->parts[i];
        }
    }
    return NULL;
}

/* Parts in order. A surrogate pair may be cut apart between two, so the hex is joined first. */
static int join(struct read_sms *sms, const struct inbox *inbox, struct read_bytes *text)
{
    struct read_bytes hex = {0};
    int rc = read_put(text, "", 0);
    bool hole = false;
    for (unsigned i = 1; rc == KN_OK && i <= sms->of_parts; i++) {
        const struct part *part = part_at(inbox, i);
        if (part) {
            hole = false;
            sms->n_parts++;
            rc = part->hex.at ? read_put(&hex, part->hex.at, part->hex.length) : KN_OK;
        } else if (!hole) {
            hole = true;
            rc = hex.at ? put_text(text, &hex) : KN_OK;
            hex.length = 0;
            rc = rc == KN_OK ? read_put(text, "[…]", strlen("[…]")) : rc;
        }
    }
    rc = rc == KN_OK && hex.at ? put_text(text, &hex) : rc;
    free(hex.at);
    return rc;
}

/* "20261122T061205Z" as ms: with Z of UTC, as gammu writes a message without a zone of its own;
 * else of UTC+7. */
static int64_t when(const char *text)
{
    char form[40];
    int64_t at;
    if (strlen(text) < 15 || text[8] != 'T') {
        return -1;
    }
    (void)snprintf(form, sizeof form, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", text, text + 4, text + 6,
                   text + 9, text + 11, text + 13, text[15] == 'Z' ? "Z" : "");
    return read_time(&at, form) == KN_OK ? at : -1;
}

static int refuse(struct read_fault *fault, enum read_kind kind, const char *value)
{
    fault->kind = kind;
    fault->field = "text";
    read_copy(fault->value, sizeof fault->value, value);
    return KN_E_INVALID;
}

/* The message of INBOX: 1, or negative with FAULT. */
static int make(struct read_sms *sms, const struct inbox *inbox, struct read_fault *fault)
{
    const struct part *first = &inbox->parts[0];
    struct read_bytes text = {0};
    for (size_t i = 1; i < inbox->n; i++) {
        if (inbox->parts[i].of != first->of || inbox->parts[i].reference != first->reference ||
            strcmp(inbox->parts[i].number, first->number) != 0) {
            return refuse(fault, READ_SMS_FORM, "[SMSBackup]: parts of two messages");
        }
        first = inbox->parts[i].index < first->index ? &inbox->parts[i] : first;
    }
    sms->of_parts = first->of;
    sms->reference = first->reference;
    sms->doubt = first->doubt;
    sms->sent_at = when(first->when);
    if (sms->sent_at >= 0) {
        read_day(sms->day, sms->sent_at);
    }
    int rc = join(sms, inbox, &text);
    sms->number = strdup(first->number);
    sms->udh = strdup(first->udh);
    sms->id = strdup(first->id);
    if (rc == KN_OK) {
        sms->text = read_clean(text.at, text.length);
    }
    free(text.at);
    if (rc == KN_E_INVALID) {
        return refuse(fault, READ_SMS_TEXT, "Text");
    }
    if (rc != KN_OK || !sms->number || !sms->udh || !sms->id || !sms->text) {
        fault->kind = READ_MEMORY;
        return KN_E_NOMEM;
    }
    return *sms->text ? 1 : refuse(fault, READ_SMS_EMPTY, "");
}

int read_sms_bytes(struct read_sms **out, const char *bytes, size_t length, const char *name,
                   read_warn_fn *warn, void *told, struct read_fault *fault)
{
    struct inbox inbox = {0};
    struct read_sms *sms = calloc(1, sizeof *sms);
    *out = NULL;
    read_fault_set(fault, READ_MEMORY, name, 0);
    int rc = sms ? split(&inbox, bytes, length) : KN_E_NOMEM;
    if (rc != KN_OK) {
        goto done;
    }
    if (inbox.n == 0) {
        rc = refuse(fault, READ_SMS_FORM, "[SMSBackup000]");
    } else if (!inbox.parts[0].deliver) {
        rc = 0;
    } else if ((rc = make(sms, &inbox, fault)) == 1) {
        if (sms->n_parts < sms->of_parts && warn) {
            struct read_fault missing;
            read_fault_set(&missing, READ_SMS_PARTS, name, 0);
            (void)snprintf(missing.value, sizeof missing.value, "%u", sms->n_parts);
            (void)snprintf(missing.expected, sizeof missing.expected, "%u", sms->of_parts);
            warn(told, &missing);
        }
        *out = sms;
        sms = NULL;
    }
done:
    for (size_t i = 0; i < inbox.n; i++) {
        free(inbox.parts[i].hex.at);
    }
    free(inbox.parts);
    read_sms_destroy(&sms);
    return rc;
}

int read_sms_load(char **bytes, size_t *length, const char *path, struct read_fault *fault)
{
    FILE *file = fopen(path, "rb");
    int rc = KN_E_IO;
    *bytes = file ? malloc(MAX_FILE + 1) : NULL;
    *length = *bytes ? fread(*bytes, 1, MAX_FILE + 1, file) : 0;
    if (!*bytes || ferror(file)) {
        read_fault_set(fault, READ_OPEN, path, 0);
        read_copy(fault->value, sizeof fault->value, strerror(errno));
    } else if (*length > MAX_FILE) {
        read_fault_set(fault, READ_FETCH_LARGE, path, 0);
        read_copy(fault->expected, sizeof fault->expected, "1 MiB");
        rc = KN_E_TOO_LARGE;
    } else {
        rc = KN_OK;
    }
    if (file) {
        fclose(file);
    }
    if (rc != KN_OK) {
        free(*bytes);
        *bytes = NULL;
    }
    return rc;
}

int read_sms_file(struct read_sms **out, const char *path, read_warn_fn *warn, void *told,
                  struct read_fault *fault)
{
    char *bytes;
    size_t length;
    *out = NULL;
    int rc = read_sms_load(&bytes, &length, path, fault);
    if (rc == KN_OK) {
        rc = read_sms_bytes(out, bytes, length, path, warn, told, fault);
        free(bytes);
    }
    return rc;
}

void read_sms_destroy(struct read_sms **sms_p)
{
    if (*sms_p) {
        free((*sms_p)->number);
        free((*sms_p)->text);
        free((*sms_p)->udh);
        free((*sms_p)->id);
        free(*sms_p);
        *sms_p = NULL;
    }
}
