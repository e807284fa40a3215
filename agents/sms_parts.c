/* sms_parts.c - long messages whose parts come one by one: kept until all are there, or for a time.
 *
 * "sms:j:JOIN" (struct sms_join) is a message that waits, JOIN the hash of its sender, its number
 * of parts and their common reference; "sms:p:JOIN:HASH" the bytes of each file that belongs to
 * it; "sms:i:ITEM" is the JOIN of a petition that is on its way. Parts are forgotten when the hub
 * has the whole message, not before: whatever is killed, the file that is read again finds them.
 *
 * After the time a message is given as far as it goes, "[…]" in the place of what is missing, and
 * stays known for a week: a part that comes late makes it a new version of the same petition.
 */
#include "agents/sms.h"

#include "kiennghi/kiennghi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LATE_DAYS = 7, DAY_MS = 86400000 };

struct pieces {
    char *at;
    size_t length;
};

static void join_name(char out[33], const struct read_sms *sms)
{
    char number[SMS_NUMBER], of[16], reference[16];
    sms_number(number, sms->number);
    (void)snprintf(of, sizeof of, "%u", sms->of_parts);
    (void)snprintf(reference, sizeof reference, "%u", sms->reference);
    kn_hash_hex32(out, 3, (const char *[]){number, of, reference});
}

static int add_piece(void *arg, const char *key, const void *value, size_t size)
{
    struct pieces *pieces = arg;
    char *grown = realloc(pieces->at, pieces->length + size + 1);
    (void)key;
    if (!grown) {
        return KN_E_NOMEM;
    }
    memcpy(grown + pieces->length, value, size);
    pieces->at = grown;
    pieces->length += size;
    grown[pieces->length++] = '\n';
    return KN_OK;
}

/* All that is there of JOIN as one message: 1, or negative. */
static int put_together(struct sms *self, struct read_sms **out, const char *join)
{
    char prefix[64];
    struct pieces pieces = {0};
    struct read_fault fault;
    *out = NULL;
    (void)snprintf(prefix, sizeof prefix, "sms:p:%s:", join);
    int rc = kn_client_each(kn_agent_client(self->agent), prefix, add_piece, &pieces);
    if (rc == KN_OK) {
        rc = read_sms_bytes(out, pieces.at ? pieces.at : "", pieces.length, "SMS", NULL, NULL,
                            &fault);
    }
    free(pieces.at);
    return rc;
}

static int keep(struct sms *self, const char *join, const struct sms_join *state)
{
    char key[64];
    (void)snprintf(key, sizeof key, "sms:j:%s", join);
    return kn_client_put(kn_agent_client(self->agent), key, state, sizeof *state);
}

struct names {
    char (*name)[33];
    size_t n;
};

static int add_name(void *arg, const char *key, const void *value, size_t size)
{
    struct names *names = arg;
    char(*grown)[33] = realloc(names->name, (names->n + 1) * sizeof *grown);
    (void)value;
    (void)size;
    if (!grown) {
        return KN_E_NOMEM;
    }
    names->name = grown;
    (void)snprintf(grown[names->n++], sizeof *grown, "%s", strrchr(key, ':') + 1);
    return KN_OK;
}

static int forget(struct sms *self, const char *join)
{
    char prefix[64], key[100];
    struct names names = {0};
    kn_client_t *client = kn_agent_client(self->agent);
    (void)snprintf(prefix, sizeof prefix, "sms:p:%s:", join);
    int rc = kn_client_each(client, prefix, add_name, &names);
    for (size_t i = 0; rc == KN_OK && i < names.n; i++) {
        (void)snprintf(key, sizeof key, "%s%s", prefix, names.name[i]);
        rc = kn_client_put(client, key, NULL, 0);
    }
    free(names.name);
    (void)snprintf(key, sizeof key, "sms:j:%s", join);
    return rc == KN_OK ? kn_client_put(client, key, NULL, 0) : rc;
}

static int put_piece(struct sms *self, const char *key, const char *bytes, size_t length)
{
    return kn_client_put(kn_agent_client(self->agent), key, bytes, length);
}

/* Whether WHOLE says already what PIECE says beside its marks of what is missing. */
static bool says(const struct read_sms *whole, const struct read_sms *piece)
{
    static const char mark[] = "[…]";
    const char *from = piece->text, *end;
    from += strncmp(from, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
    end = strstr(from, mark);
    char *core = strndup(from, end ? (size_t)(end - from) : strlen(from));
    bool same = core && strstr(whole->text, core) != NULL;
    free(core);
    return same;
}

/* PIECE brings no part that was not there: it came twice, or its sender used the reference again,
 * for another message. Then the older one makes room, or, while that still waits, PIECE goes alone.
 */
static int take_again(struct sms *self, struct read_sms **piece_p, struct sms_join *known,
                      const struct read_sms *whole, const char *join, const char *key,
                      const char *bytes, size_t length)
{
    int rc = put_piece(self, key, NULL, 0);
    if (rc == KN_OK && says(whole, *piece_p)) {
        read_sms_destroy(piece_p);
    } else if (rc == KN_OK && known->is_given) {
        struct sms_join fresh = {.since = sms_now(), .n_parts = (*piece_p)->n_parts};
        rc = forget(self, join);
        rc = rc == KN_OK ? put_piece(self, key, bytes, length) : rc;
        rc = rc == KN_OK ? keep(self, join, &fresh) : rc;
        read_sms_destroy(piece_p);
    } else {
        (*piece_p)->reference |= 1u << 16; /* beyond those of the network */
        *known = (struct sms_join){.since = sms_now()};
    }
    return rc;
}

int sms_parts_take(struct sms *self, struct read_sms **sms_p, struct sms_join *known,
                   const char *bytes, size_t length)
{
    char join[33], key[100], hash[33];
    char *text = strndup(bytes, length);
    const void *value;
    size_t size;
    struct read_sms *whole = NULL;
    kn_client_t *client = kn_agent_client(self->agent);
    if (!text) {
        return KN_E_NOMEM;
    }
    kn_hash_hex32(hash, 1, (const char *[]){text});
    free(text);
    join_name(join, *sms_p);
    *known = (struct sms_join){.since = sms_now()};
    (void)snprintf(key, sizeof key, "sms:j:%s", join);
    (void)sms_recall(self, known, sizeof *known, key);
    (void)snprintf(key, sizeof key, "sms:p:%s:%s", join, hash);
    bool is_again = kn_client_get(client, &value, &size, key) == KN_OK; /* the same file */
    int rc = is_again ? KN_OK : put_piece(self, key, bytes, length);
    rc = rc == KN_OK ? put_together(self, &whole, join) : rc;
    if (rc < 0) {
        goto done;
    }
    rc = KN_OK;
    bool is_whole = whole->n_parts == whole->of_parts;
    bool is_more = whole->n_parts > known->n_parts;
    if (!is_more && !is_again) {
        rc = take_again(self, sms_p, known, whole, join, key, bytes, length);
        goto done;
    }
    read_sms_destroy(sms_p);
    if (is_whole || (known->is_given && is_more)) {
        *sms_p = whole;
        whole = NULL;
    } else if (!known->is_given) {
        known->n_parts = whole->n_parts;
        rc = keep(self, join, known);
    }
done:
    read_sms_destroy(&whole);
    return rc == KN_OK ? kn_client_flush(client) : rc;
}

/* ---- on its way ----------------------------------------------------------------------------- */

static bool is_flying(const struct sms *self, const char *join)
{
    for (size_t i = 0; i < self->n_flying; i++) {
        if (strcmp(self->flying[i], join) == 0) {
            return true;
        }
    }
    return false;
}

int sms_parts_sent(struct sms *self, const struct read_sms *sms, const char *item)
{
    char join[33], key[64];
    struct sms_join state = {.since = sms_now()};
    join_name(join, sms);
    (void)snprintf(key, sizeof key, "sms:j:%s", join);
    (void)sms_recall(self, &state, sizeof state, key);
    state.n_sent = sms->n_parts;
    state.of_parts = sms->of_parts;
    (void)snprintf(state.item, sizeof state.item, "%s", item);
    if (!state.day[0]) {
        (void)snprintf(state.day, sizeof state.day, "%s", sms->day);
    }
    if (!is_flying(self, join)) {
        char(*grown)[33] = realloc(self->flying, (self->n_flying + 1) * sizeof *grown);
        if (!grown) {
            return KN_E_NOMEM;
        }
        self->flying = grown;
        (void)snprintf(grown[self->n_flying++], sizeof *grown, "%s", join);
    }
    int rc = keep(self, join, &state);
    (void)snprintf(key, sizeof key, "sms:i:%s", item);
    return rc == KN_OK ? kn_client_put(kn_agent_client(self->agent), key, join, sizeof join) : rc;
}

int sms_parts_answered(struct sms *self, const char *item)
{
    char join[33], key[64];
    struct sms_join state;
    (void)snprintf(key, sizeof key, "sms:i:%s", item);
    if (!sms_recall(self, join, sizeof join, key)) {
        return KN_OK;
    }
    for (size_t i = 0; i < self->n_flying; i++) {
        if (strcmp(self->flying[i], join) == 0) {
            memcpy(self->flying[i], self->flying[--self->n_flying], sizeof *self->flying);
        }
    }
    int rc = kn_client_put(kn_agent_client(self->agent), key, NULL, 0);
    (void)snprintf(key, sizeof key, "sms:j:%s", join);
    if (rc != KN_OK || !sms_recall(self, &state, sizeof state, key)) {
        return rc;
    }
    if (state.n_sent == state.of_parts) {
        return forget(self, join);
    }
    state.is_given = true;
    state.n_parts = state.n_sent;
    return keep(self, join, &state);
}

int sms_parts_forget(struct sms *self, const struct read_sms *sms)
{
    char join[33];
    join_name(join, sms);
    return forget(self, join);
}

/* ---- waiting -------------------------------------------------------------------------------- */

struct oldest {
    const struct sms *sms;
    char join[33];
    struct sms_join state;
    int64_t before;
};

static int find_overdue(void *arg, const char *key, const void *value, size_t size)
{
    struct oldest *oldest = arg;
    struct sms_join state;
    if (size != sizeof state) {
        return KN_E_CORRUPT;
    }
    memcpy(&state, value, size);
    if (state.is_given || state.since > oldest->before ||
        is_flying(oldest->sms, strrchr(key, ':') + 1)) {
        return KN_OK;
    }
    oldest->state = state;
    (void)snprintf(oldest->join, sizeof oldest->join, "%s", strrchr(key, ':') + 1);
    return 1;
}

int sms_parts_overdue(struct sms *self, struct read_sms **out, struct sms_join *known,
                      int64_t wait_ms)
{
    struct oldest oldest = {.sms = self, .before = sms_now() - wait_ms};
    *out = NULL;
    int rc = kn_client_each(kn_agent_client(self->agent), "sms:j:", find_overdue, &oldest);
    *known = oldest.state;
    return rc == 1 ? put_together(self, out, oldest.join) : rc;
}

static int find_old(void *arg, const char *key, const void *value, size_t size)
{
    struct oldest *oldest = arg;
    memcpy(&oldest->state, value, size < sizeof oldest->state ? size : sizeof oldest->state);
    (void)snprintf(oldest->join, sizeof oldest->join, "%s", strrchr(key, ':') + 1);
    return oldest->state.is_given && oldest->state.since < oldest->before ? 1 : KN_OK;
}

int sms_parts_sweep(struct sms *self)
{
    struct oldest oldest = {.sms = self, .before = sms_now() - (int64_t)LATE_DAYS * DAY_MS};
    int rc;
    while ((rc = kn_client_each(kn_agent_client(self->agent), "sms:j:", find_old, &oldest)) == 1) {
        rc = forget(self, oldest.join);
        if (rc != KN_OK) {
            break;
        }
    }
    return rc;
}

bool sms_parts_wait(struct sms *self)
{
    struct oldest oldest = {.sms = self, .before = INT64_MAX};
    return kn_client_each(kn_agent_client(self->agent), "sms:j:", find_overdue, &oldest) == 1;
}
