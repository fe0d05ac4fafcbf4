#include "coordinator/cluster_settings.h"

#include "base/number.h"
#include "base/units.h"
#include "coordinator/cluster_service.h"

struct qd_slice qd_cluster_setting(const struct qd_coordinator *coordinator, const char *key)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_slice text = qd_settings_get(&state->transient_settings, key);
    if (text.data == NULL) text = qd_settings_get(&state->persistent_settings, key);
    if (text.data != NULL || coordinator->node_settings == NULL) return text;
    const struct qd_slice *own = qd_map_get(coordinator->node_settings, qd_slice_from_string(key));
    return own == NULL ? text : *own;
}

int64_t qd_cluster_setting_int(const struct qd_coordinator *coordinator, const char *key, int64_t fallback)
{
    int64_t value;
    return qd_parse_int64(qd_cluster_setting(coordinator, key), &value) ? value : fallback;
}

bool qd_cluster_setting_bool(const struct qd_coordinator *coordinator, const char *key, bool fallback)
{
    struct qd_slice text = qd_cluster_setting(coordinator, key);
    return text.data == NULL ? fallback : qd_slice_is(text, "true");
}

int64_t qd_cluster_setting_ms(const struct qd_coordinator *coordinator, const char *key, int64_t fallback)
{
    struct qd_slice text = qd_cluster_setting(coordinator, key);
    int64_t value;
    if (text.data == NULL || qd_time_parse_millis(text, key, &value, NULL) != QD_OK) return fallback;
    return value;
}
