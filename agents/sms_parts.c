/* sms_parts.c - long messages whose parts come one by one: kept until all are there, or for a time.
 *
 * "sms:j:JOIN" (struct sms_join) is a message that waits, JOIN the hash of its sender, its number
 * of parts and their common reference; "sms:p:JOIN:HASH" the bytes of each file that belongs to
 * it. After the time it is given as far as it goes, "[…]" in the place of what is missing, and
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
static int put_together(struct sms *self, struct read_sms **out, const char *join,
                        read_warn_fn *warn)
{
    char prefix[64];
    struct pieces pieces = {0};
    struct read_fault fault;
    *out = NULL;
    (void)snprintf(prefix, sizeof prefix, "sms:p:%s:", join);
    int rc = kn_client_each(kn_agent_client(self->agent), prefix, add_piece, &pieces);
    if (rc == KN_OK) {
        rc = read_sms_bytes(out, pieces.at ? pieces.at : "", pieces.length, "SMS", warn,
                            self->agent, &fault);
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
    struct read_sms *whole = NULL;
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
    int rc = put_piece(self, key, bytes, length);
    rc = rc == KN_OK ? put_together(self, &whole, join, NULL) : rc;
    if (rc < 0) {
        goto done;
    }
    if (whole->n_parts <= known->n_parts) {
        rc = take_again(self, sms_p, known, whole, join, key, bytes, length);
        goto done;
    }
    read_sms_destroy(sms_p);
    if (whole->n_parts == whole->of_parts) {
        rc = forget(self, join);
    } else if (!known->is_given) {
        known->n_parts = whole->n_parts;
        rc = keep(self, join, known);
        goto done;
    } else {
        rc = KN_OK;
    }
    *sms_p = whole;
    whole = NULL;
done:
    read_sms_destroy(&whole);
    return rc == KN_OK ? kn_client_flush(kn_agent_client(self->agent)) : rc;
}

struct oldest {
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
    if (state.is_given || state.since > oldest->before) {
        return KN_OK;
    }
    oldest->state = state;
    (void)snprintf(oldest->join, sizeof oldest->join, "%s", strrchr(key, ':') + 1);
    return 1;
}

int sms_parts_overdue(struct sms *self, struct read_sms **out, int64_t wait_ms)
{
    struct oldest oldest = {.before = sms_now() - wait_ms};
    *out = NULL;
    int rc = kn_client_each(kn_agent_client(self->agent), "sms:j:", find_overdue, &oldest);
    return rc == 1 ? put_together(self, out, oldest.join, NULL) : rc;
}

int sms_parts_given(struct sms *self, const struct read_sms *sms, const char *item)
{
    char join[33], key[64];
    struct sms_join state = {.since = sms_now()};
    join_name(join, sms);
    (void)snprintf(key, sizeof key, "sms:j:%s", join);
    (void)sms_recall(self, &state, sizeof state, key);
    state.is_given = true;
    state.n_parts = sms->n_parts;
    (void)snprintf(state.item, sizeof state.item, "%s", item);
    (void)snprintf(state.day, sizeof state.day, "%s", sms->day);
    return keep(self, join, &state);
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
    struct oldest oldest = {.before = sms_now() - (int64_t)LATE_DAYS * DAY_MS};
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
    struct oldest oldest = {.before = INT64_MAX};
    return kn_client_each(kn_agent_client(self->agent), "sms:j:", find_overdue, &oldest) == 1;
}
