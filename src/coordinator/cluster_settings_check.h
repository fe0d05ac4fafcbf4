/* Which settings of the cluster there are, and whether a value is one of theirs.
 *
 * Used by put cluster settings and, when a node starts, by node/config.c. A value is checked alone first,
 * then what has to fit together (keep-alives, watermarks). Source: OpenSearch ClusterSettings.
 */
#ifndef QD_COORDINATOR_CLUSTER_SETTINGS_CHECK_H
#define QD_COORDINATOR_CLUSTER_SETTINGS_CHECK_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/status.h"
#include "coordinator/cluster_settings_table.h"

/* Who sets a setting: a request, or the file and command line of a node. */
enum qd_setting_place { QD_SETTING_OF_REQUEST = 1, QD_SETTING_OF_FILE = 2 };

/* The text that holds for a setting; data NULL: its default. */
typedef struct qd_slice qd_setting_lookup(const void *context, const char *key);

/* The row of a setting, or NULL. Binary search. */
const struct qd_cluster_setting_row *qd_cluster_setting_find(struct qd_slice key);

/* True for a key without a row whose end the user makes up ("logger.x") and that `place` may set. */
bool qd_cluster_setting_in_family(struct qd_slice key, enum qd_setting_place place);

/* Checks that `text` is a value of the setting. Errors: QD_ILLEGAL_ARGUMENT or QD_PARSE with the reference's
 * text. */
QD_CHECKED enum qd_status qd_cluster_setting_check(const struct qd_cluster_setting_row *row,
                                                   struct qd_slice text, struct qd_error *error);

/* Checks the values that have to fit together, as `lookup` tells them with `context`; each was checked alone.
 * Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_cluster_settings_check_together(qd_setting_lookup *lookup, const void *context,
                                                             enum qd_setting_place place,
                                                             struct qd_error *error);

#endif
