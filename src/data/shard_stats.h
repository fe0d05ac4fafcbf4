/* Reads what a shard of this node has counted.
 *
 * Used by data/report_action.c. Loop only. */
#ifndef QD_DATA_SHARD_STATS_H
#define QD_DATA_SHARD_STATS_H

#include "data/shard.h"
#include "data/stats.h"

/* Adds what a shard has counted. A shard that is not started adds nothing. `now_ms`: wall clock. */
void qd_shard_stats_add(struct qd_stats *stats, const struct qd_shard *shard, int64_t now_ms);

#endif
