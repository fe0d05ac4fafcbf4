/* Types and bounds of settings that are fixed when a node starts, where their defaults do not tell them.
 *
 * Used when the file and the command line of a node are checked. Source: OpenSearch
 * ClusterSettings.BUILT_IN_CLUSTER_SETTINGS.
 */
#ifndef QD_COORDINATOR_STATIC_SETTINGS_H
#define QD_COORDINATOR_STATIC_SETTINGS_H

#include "base/slice.h"
#include "coordinator/cluster_settings_table.h"

/* The row of a number, or of a time with a bound; NULL: the setting is neither. `fallback` is not set. */
const struct qd_cluster_setting_row *qd_static_setting_find(struct qd_slice key);

#endif
