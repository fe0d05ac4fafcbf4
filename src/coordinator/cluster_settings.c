#include "coordinator/cluster_settings.h"

#include "base/number.h"
#include "base/units.h"
#include "coordinator/cluster_service.h"

struct qd_slice qd_cluster_setting(const struct qd_coordinator *coordinator, const char *key)
{
    struct qd_effective_settings settings = { qd_cluster_service_state(coordinator->cluster),
                                              coordinator->node_settings };
    return qd_effective_setting(&settings, key);
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
