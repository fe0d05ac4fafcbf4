/* How the shard copies of this node came to be, as _recovery and _cat/recovery tell it.
 *
 * Used by recovery.c and rest/cat_recovery.c. Source: OpenSearch RecoveryState.
 */
#ifndef QD_COORDINATOR_RECOVERY_H
#define QD_COORDINATOR_RECOVERY_H

#include "coordinator/coordinator.h"
#include "data/shard.h"

/* Numbers of one shard that are derived from its record. */
struct qd_recovery_figures {
    const char *type;            /* "EMPTY_STORE" or "EXISTING_STORE" */
    bool done;                   /* the shard is open */
    int64_t time_ms;             /* that it took; until now when it is not done */
    const char *files_percent;   /* "100.0%": files that need not be copied count as done */
    const char *translog_percent; /* likewise, of operations */
};

/* Reads them. `now_ms`: wall clock. */
void qd_recovery_figures(const struct qd_shard *shard, int64_t now_ms, struct qd_recovery_figures *figures);

#endif
