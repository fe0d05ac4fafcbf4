/* Settings of the cluster as they hold now: transient before persistent before the node's file.
 *
 * Used by operations that obey a dynamic setting. Source: OpenSearch ClusterSettings.
 */
#ifndef QD_COORDINATOR_CLUSTER_SETTINGS_H
#define QD_COORDINATOR_CLUSTER_SETTINGS_H

#include "coordinator/coordinator.h"

/* The text of a setting; data NULL when nobody has set it. */
struct qd_slice qd_cluster_setting(const struct qd_coordinator *coordinator, const char *key);

/* Typed reads with a default; a text that cannot be read gives the default (it was checked when it was set).
 */
int64_t qd_cluster_setting_int(const struct qd_coordinator *coordinator, const char *key, int64_t fallback);
bool qd_cluster_setting_bool(const struct qd_coordinator *coordinator, const char *key, bool fallback);
int64_t qd_cluster_setting_ms(const struct qd_coordinator *coordinator, const char *key, int64_t fallback);

#endif
