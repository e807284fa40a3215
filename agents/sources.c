/* sources.c - what a table may be read as, from the registers: sources and forms. A new source or a
 * new form is a row in a file.
 */
#include "agents/sources.h"

#include "agents/read/read.h"
#include "agents/tsv.h"
#include "kiennghi/kiennghi.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sources {
    struct source *at;
    size_t n;
};

static const char *path_of(char out[PATH_MAX], const char *folder, const char *file)
{
    if (folder) {
        (void)snprintf(out, PATH_MAX, "%s/%s", folder, file);
    }
    return folder ? out : NULL;
}

/* ---- sources ------------------------------------------------------------------------------- */

/* The columns that PROPERTIES (apart by commas) name; false when one is no column. */
static bool read_required(uint32_t *out, const char *properties)
{
    char name[64];
    *out = 0;
    while (*properties) {
        size_t n = strcspn(properties, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : 0), properties);
        int column = read_column_of(name);
        if (column < 0) {
            return false;
        }
        *out |= 1U << column;
        properties += n + (properties[n] == ',');
        properties += strspn(properties, " ");
    }
    return true;
}

/* code channel name name_en required profile valid_from valid_to basis */
static const char *take_source(void *arg, kn_agent_t *agent, char *const *cell)
{
    sources_t *self = arg;
    int channel = kn_enum_value(KN_ENUM_CHANNEL, cell[1]);
    struct source *grown = realloc(self->at, (self->n + 1) * sizeof *grown);
    if (!grown) {
        return kn_agent_status_words(agent, KN_E_NOMEM);
    }
    self->at = grown;
    struct source *source = &self->at[self->n];
    if (!cell[0][0] || strlen(cell[0]) >= sizeof source->code || sources_find(self, cell[0])) {
        return KN_TR(agent, "mã nguồn trống, quá dài hoặc trùng – sửa cột code",
                     "the code is empty, too long or there twice - mend the column code");
    }
    if (channel < 0) {
        return KN_TR(agent, "không có loại nguồn này – xem schemas/channel.json",
                     "there is no such channel - see schemas/channel.json");
    }
    if (!read_required(&source->required, cell[4])) {
        return KN_TR(agent, "cột required nêu thuộc tính mà bảng không có – xem forms.tsv",
                     "the column required names a property that no table has - see forms.tsv");
    }
    strcpy(source->code, cell[0]);
    source->channel = (enum kn_channel)channel;
    if (!(source->name = strdup(cell[2]))) {
        return kn_agent_status_words(agent, KN_E_NOMEM);
    }
    self->n++;
    return NULL;
}

int sources_open(sources_t **out, kn_agent_t *agent, const char *folder)
{
    static const char *const names[] = {"code",    "channel",    "name",     "name_en", "required",
                                        "profile", "valid_from", "valid_to", "basis",   NULL};
    char path[PATH_MAX];
    sources_t *self = calloc(1, sizeof *self);
    int rc = self ? tsv_read(agent, path_of(path, folder, "sources.tsv"), "sources.tsv", names,
                             take_source, self)
                  : KN_E_NOMEM;
    *out = self;
    if (rc != KN_OK) {
        sources_close(out);
    }
    return rc;
}

void sources_close(sources_t **self_p)
{
    sources_t *self = *self_p;
    if (self) {
        for (size_t i = 0; i < self->n; i++) {
            free(self->at[i].name);
        }
        free(self->at);
        free(self);
        *self_p = NULL;
    }
}

const struct source *sources_find(const sources_t *self, const char *text)
{
    char key[128], name[128];
    (void)read_key(key, sizeof key, text);
    for (size_t i = 0; i < self->n; i++) {
        (void)read_key(name, sizeof name, self->at[i].name);
        if (strcmp(self->at[i].code, text) == 0 || (key[0] && strcmp(key, name) == 0)) {
            return &self->at[i];
        }
    }
    return NULL;
}

void sources_list(const sources_t *self, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < self->n && used + strlen(self->at[i].code) + 3 < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", self->at[i].code);
    }
}

/* ---- forms --------------------------------------------------------------------------------- */

static const char *take_form(void *arg, kn_agent_t *agent, char *const *cell)
{
    switch (read_forms_add(arg, cell[0], cell[1], cell[2], cell[3], cell[4])) {
    case READ_FORMS_OK: return NULL;
    case READ_FORMS_FORM:
        return KN_TR(agent, "tên mẫu trống, quá dài hoặc quá nhiều mẫu; dòng (line) dùng \"*\"",
                     "no name of a form, a long one or too many forms; lines go with \"*\"");
    case READ_FORMS_PART:
        return KN_TR(agent, "cột part phải là column hoặc line", "part must be column or line");
    case READ_FORMS_PROPERTY:
        return KN_TR(agent, "không có thuộc tính này – chép một thuộc tính đã có trong tệp mẫu",
                     "there is no such property - copy one of the default file");
    case READ_FORMS_NAME:
        return KN_TR(agent, "thiếu tên cột – ghi tên như trong bảng", "the name is missing");
    case READ_FORMS_MEMORY: break;
    }
    return kn_agent_status_words(agent, KN_E_NOMEM);
}

int sources_forms(struct read_forms **out, kn_agent_t *agent, const char *folder)
{
    static const char *const names[] = {"form", "part", "property", "name", "spellings", NULL};
    char path[PATH_MAX];
    *out = read_forms_new();
    int rc = *out ? tsv_read(agent, path_of(path, folder, "forms.tsv"), "forms.tsv", names,
                             take_form, *out)
                  : KN_E_NOMEM;
    if (rc != KN_OK) {
        read_forms_destroy(out);
    }
    return rc;
}
