/* preview.c - --dry-run: what a batch would send, row by row, for the one who made the file.
 *
 * The beginning of each text is shown, so that a person sees whether the columns were understood.
 * Nothing is kept and the hub is not asked: what it has already, it says when the file is sent.
 */
#include "agents/items.h"

#include <inttypes.h>
#include <string.h>

enum { EXCERPT = 60, SHORT = 22 };

/* At most WIDTH characters of TEXT (may be NULL) on one line, padded to WIDTH. */
static void put(const char *text, int width)
{
    int n = 0;
    const char *at = text ? text : "";
    for (; *at && n < width; at++) {
        unsigned char c = (unsigned char)*at;
        putchar(c < 0x20 ? ' ' : c);
        n += (at[1] & 0xc0) != 0x80;
    }
    while (n++ < width)
        putchar(' ');
    putchar(' ');
}

static void put_json(const char *key, const char *text, int max)
{
    if (!text || !*text)
        return;
    printf(",\"%s\":\"", key);
    int n = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at && n < max; at++) {
        if (*at < 0x20 || *at == '"' || *at == '\\')
            printf("\\u%04x", *at);
        else
            putchar(*at);
        n += (at[1] & 0xc0) != 0x80;
    }
    putchar('"');
}

/* What is wrong with a row: the agent's own words, or those of the code. */
static const char *words_of(const kn_agent_t *self, const struct gathered *row)
{
    return row->refused->words ? row->refused->words
                               : kn_agent_code_words(self, row->refused->code);
}

static void tell_json(const kn_agent_t *self, const struct gathered *row,
                      const struct kn_petition *petition)
{
    printf("{\"row\":%" PRId32 ",\"verdict\":\"%s\"", row->row,
           petition ? "would_send" : "refused");
    put_json("file", row->stand->import->name, INT32_MAX);
    put_json("sheet", row->stand->sheet, INT32_MAX);
    put_json("number", row->number, INT32_MAX);
    if (petition) {
        put_json("area", petition->area, INT32_MAX);
        put_json("field", petition->field, INT32_MAX);
        put_json("text", petition->text, EXCERPT);
    } else {
        put_json("code", kn_enum_text(KN_ENUM_CODE, (int)row->refused->code), INT32_MAX);
        put_json("field", row->refused->field, INT32_MAX);
        put_json("reason", words_of(self, row), INT32_MAX);
    }
    puts("}");
}

static void tell(const kn_agent_t *self, const struct gathered *row,
                 const struct kn_petition *petition)
{
    char place[160];
    snprintf(place, sizeof place, "%.60s:%s%s%" PRId32, row->stand->import->name,
             row->stand->sheet ? row->stand->sheet : "", row->stand->sheet ? ":" : "", row->row);
    put(place, 28);
    if (petition) {
        put(KN_TR(self, "sẽ gửi", "would send"), 10);
        put(petition->area, SHORT);
        put(petition->field, SHORT);
        put(petition->text, EXCERPT);
        putchar('\n');
    } else {
        put(KN_TR(self, "từ chối", "refused"), 10);
        puts(words_of(self, row));
    }
}

int preview_batch(kn_agent_t *self)
{
    struct batch *batch = self->batch;
    const struct kn_batch_declare *declare = items_declared(batch);
    uint64_t refused = 0;
    int rc = batch_rewind(batch);
    for (size_t i = 0; rc == KN_OK && i < batch->n_rows; i++) {
        const struct gathered *row = &batch->rows[i];
        void *petition = NULL;
        struct kn_fault fault;
        if (!row->refused && (rc = batch_next(batch, &petition, row, &fault)) != KN_OK)
            break;
        (self->is_json ? tell_json : tell)(self, row, petition);
        refused += row->refused != NULL;
        kn_record_destroy(&petition);
    }
    if (rc != KN_OK)
        return rc;
    self->total.refused += refused;
    uint64_t declared = batch->n_declared >= 0 ? (uint64_t)batch->n_declared : batch->n_rows;
    if (self->is_json) {
        printf("{\"batch\":\"%s\",\"source\":\"%s\"", declare->batch, declare->source);
        put_json("title", declare->title, INT32_MAX);
        printf(",\"declared\":%" PRIu64 ",\"would_send\":%" PRIu64 ",\"refused\":%" PRIu64 "}\n",
               declared, batch->n_rows - refused, refused);
    } else {
        printf(KN_TR(self,
                     "= %s (%s): khai báo %" PRIu64 " · sẽ gửi %" PRIu64 " · từ chối %" PRIu64
                     " · xem trước, chưa gửi gì\n",
                     "= %s (%s): declared %" PRIu64 " · would send %" PRIu64 " · refused %" PRIu64
                     " · a preview, nothing was sent\n"),
               declare->title ? declare->title : self->current->name, declare->source, declared,
               batch->n_rows - refused, refused);
    }
    return KN_OK;
}
