/* upkeep.c - see the header. */
#include "hub/upkeep.h"

#include "hub/desk.h"
#include "hub/digest.h"
#include "hub/erasure.h"
#include "hub/hub_parts.h"
#include "kiennghi/status.h"

unsigned hub_alarms(const struct hub *hub)
{
    return hub->vitals.alarms | (atomic_load(&hub->is_full) ? 1u << ALARM_STORAGE : 0) |
           (atomic_load(&hub->clock_is_held) ? 1u << ALARM_CLOCK : 0) |
           (hub->has_quarantine ? 1u << ALARM_QUARANTINE : 0) |
           (hub->has_gaps ? 1u << ALARM_GAP : 0) | (hub->quota_is_near ? 1u << ALARM_QUOTA : 0);
}

bool hub_has_room(const struct hub *hub)
{
    return !atomic_load(&hub->is_full) &&
           vitals_has_room(&hub->vitals, (uint64_t)hub->options.min_free_mib << 20);
}

bool hub_is_ready(struct hub *hub)
{
    return !atomic_load(&hub->draining) && !atomic_load(&hub->stopping) && hub_has_room(hub);
}

void upkeep_look(struct hub *hub)
{
    int64_t now = hub_monotonic_ms();
    desk_keep_denials(hub, false);
    if (now - hub->vitals_at < VITALS_MS) {
        return;
    }
    hub->vitals_at = now;
    vitals_read(&hub->vitals, hub->store, hub->options.max_memory);
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    hub->has_quarantine = store_number(txn, "in_quarantine") > 0;
    hub->has_gaps = store_number(txn, "gaps") > 0;
    store_abort(&txn);
    hub->quota_is_near = quotas_alarm(hub->quotas, hub_wall_ms(hub));
    unsigned alarms = hub_alarms(hub), changed = alarms ^ hub->told_alarms;
    for (int alarm = 0; alarm < N_ALARMS; alarm++) {
        if (changed & 1u << alarm) {
            bool rings = alarms >> alarm & 1u;
            logger_line(hub->options.logger, rings ? LOGGER_WARNING : LOGGER_NOTICE,
                        rings ? "hub.alarm" : "hub.alarm_over", "of=%s", alarm_words[alarm]);
        }
    }
    hub->told_alarms = alarms;
}

void hub_end_erasure(struct hub *hub)
{
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    for (size_t i = 0; i < hub->n_freed; i++) {
        char hex[2 * DIGEST_SIZE + 1];
        digest_hex(hex, hub->freed[i], DIGEST_SIZE);
        if (!store_file_is_named(txn, hub->freed[i]) && !store_error(txn)) {
            (void)files_remove(hub->files, hex);
        }
    }
    int rc = erasure_keep_list(txn, hub->options.store);
    store_abort(&txn);
    if (rc) {
        logger_line(hub->options.logger, LOGGER_ERROR, "erasure.list", "why=\"%s\"",
                    kn_status_text(rc));
    }
}

void upkeep_compact(struct hub *hub)
{
    enum { HOUR_MS = 3600000, HA_NOI_HOURS = 7 };
    int64_t hours = hub_wall_ms(hub) / HOUR_MS + HA_NOI_HOURS, day = hours / 24;
    bool asked = atomic_exchange(&hub->compact_asked, false);
    if (!asked && (hours % 24 != hub->options.compact_hour || day == hub->compacted_on)) {
        return;
    }
    hub->compacted_on = asked ? hub->compacted_on : day;
    store_txn_t *txn = store_begin(hub->store, STORE_READ);
    bool is_due = asked || store_number(txn, "to_compact");
    store_abort(&txn);
    if (!is_due) {
        return;
    }
    int64_t from_ms = hub_monotonic_ms();
    int rc = store_compact(hub->store);
    if (!rc) {
        txn = store_begin(hub->store, STORE_WRITE);
        store_put_number(txn, "to_compact", 0);
        store_put_number(txn, "compactions", store_number(txn, "compactions") + 1);
        rc = store_commit(&txn);
    }
    logger_line(hub->options.logger, rc ? LOGGER_ERROR : LOGGER_NOTICE,
                rc ? "store.compact_failed" : "store.compacted", "ms=%lld why=\"%s\"",
                (long long)(hub_monotonic_ms() - from_ms), kn_status_text(rc));
    if (rc == KN_E_CORRUPT) { /* closed half-way: the start opens it again */
        atomic_store(&hub->rc, KN_E_IO);
        atomic_store(&hub->stopping, true);
    }
}
