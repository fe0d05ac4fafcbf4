/* Typed reads of the cluster's settings as they hold on a node: transient before persistent before its file.
 *
 * Used by coordinator/cluster_settings.c and by data/ for the limits that a dynamic setting names. A text
 * that cannot be read gives the default; it was checked when it was set. Source: OpenSearch ClusterSettings.
 */
#ifndef QD_MASTER_EFFECTIVE_SETTINGS_H
#define QD_MASTER_EFFECTIVE_SETTINGS_H

#include "master/cluster_state.h"

/* A whole number, or `fallback` when nobody has set it. */
int64_t qd_effective_settings_int(const struct qd_effective_settings *settings, const char *key,
                                  int64_t fallback);

/* A truth, or `fallback` when nobody has set it. */
bool qd_effective_settings_bool(const struct qd_effective_settings *settings, const char *key, bool fallback);

/* A length of time in milliseconds, or `fallback` when nobody has set it. */
int64_t qd_effective_settings_ms(const struct qd_effective_settings *settings, const char *key,
                                 int64_t fallback);

#endif
