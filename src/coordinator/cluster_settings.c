#include "coordinator/cluster_settings.h"

#include "coordinator/cluster_service.h"
#include "master/effective_settings.h"

static struct qd_effective_settings effective(const struct qd_coordinator *coordinator)
{
    return (struct qd_effective_settings){ qd_cluster_service_state(coordinator->cluster),
                                           coordinator->node_settings };
}

struct qd_slice qd_cluster_setting(const struct qd_coordinator *coordinator, const char *key)
{
    struct qd_effective_settings settings = effective(coordinator);
    return qd_effective_setting(&settings, key);
}

int64_t qd_cluster_setting_int(const struct qd_coordinator *coordinator, const char *key, int64_t fallback)
{
    struct qd_effective_settings settings = effective(coordinator);
    return qd_effective_settings_int(&settings, key, fallback);
}

bool qd_cluster_setting_bool(const struct qd_coordinator *coordinator, const char *key, bool fallback)
{
    struct qd_effective_settings settings = effective(coordinator);
    return qd_effective_settings_bool(&settings, key, fallback);
}

int64_t qd_cluster_setting_ms(const struct qd_coordinator *coordinator, const char *key, int64_t fallback)
{
    struct qd_effective_settings settings = effective(coordinator);
    return qd_effective_settings_ms(&settings, key, fallback);
}
