/* How shard copies came to be, as _recovery and _cat/recovery tell it.
 *
 * Used by recovery.c and rest/cat_recovery.c. Source: OpenSearch RecoveryState.
 */
#ifndef QD_COORDINATOR_RECOVERY_H
#define QD_COORDINATOR_RECOVERY_H

#include "coordinator/shard_reports.h"

/* Numbers of one shard that are derived from its record. */
struct qd_recovery_figures {
    const char *type;            /* "EMPTY_STORE" or "EXISTING_STORE" */
    bool done;                   /* the shard is open */
    const char *files_percent;   /* "100.0%": files that need not be copied count as done */
    const char *translog_percent; /* likewise, of operations */
};

/* Reads them. */
void qd_recovery_figures(const struct qd_report_recovery *recovery, struct qd_recovery_figures *figures);

#endif
