/* vitals.c - see the header. Reads /proc; what cannot be read counts as nothing used. */
#include "hub/vitals.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ALARM_PERCENT = 80 };

const char *const alarm_words[N_ALARMS] = {
    [ALARM_MAP] = "map",       [ALARM_DISK] = "disk",       [ALARM_DESCRIPTORS] = "descriptors",
    [ALARM_MEMORY] = "memory", [ALARM_STORAGE] = "storage", [ALARM_QUARANTINE] = "quarantine",
    [ALARM_CLOCK] = "clock",   [ALARM_GAP] = "gap",         [ALARM_QUOTA] = "quota",
};

static uint64_t count_descriptors(void)
{
    uint64_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        n += entry->d_name[0] != '.';
    }
    if (folder) {
        closedir(folder);
    }
    return n;
}

/* Anonymous memory: pages of the map come and go with the kernel's cache. */
static uint64_t own_memory(void)
{
    char line[128];
    unsigned long long kib = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "RssAnon: %llu", &kib) == 1) {
            break;
        }
    }
    if (file) {
        fclose(file);
    }
    return (uint64_t)kib << 10;
}

static uint64_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

static unsigned alarm_of(enum alarm alarm, uint64_t used, uint64_t max)
{
    return max && used >= max / 100 * ALARM_PERCENT ? 1u << alarm : 0;
}

void vitals_read(struct vitals *out, store_t *store, uint64_t max_memory)
{
    struct rlimit limit = {0};
    *out = (struct vitals){.max_memory = max_memory};
    out->descriptors = count_descriptors();
    out->memory = own_memory();
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        out->max_descriptors = limit.rlim_cur;
    }
    store_usage(store, &out->store);
    out->alarms =
        alarm_of(ALARM_MAP, out->store.map_used, out->store.map_size) |
        alarm_of(ALARM_DISK, out->store.disk_size - out->store.disk_free, out->store.disk_size) |
        alarm_of(ALARM_DESCRIPTORS, out->descriptors, out->max_descriptors) |
        alarm_of(ALARM_MEMORY, out->memory, max_memory ? max_memory : machine_memory());
}

bool vitals_has_room(const struct vitals *self, uint64_t min_free)
{
    return !(self->alarms & 1u << ALARM_MAP) && self->store.disk_free >= min_free &&
           (!self->max_memory || self->memory < self->max_memory);
}
