/* GET _cat/segment_replication: replication by segments. Replicas get documents here: no rows. */
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/resolve.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "shardId", "s", " shard Id", QD_CAT_LEFT, 0 },
    { "target_node", "tnode", "target node name", QD_CAT_LEFT, 0 },
    { "target_host", "thost", "target host", QD_CAT_LEFT, 0 },
    { "checkpoints_behind", "cpb", "checkpoints behind primary", QD_CAT_LEFT, 0 },
    { "bytes_behind", "bb", "bytes behind primary", QD_CAT_LEFT, 0 },
    { "current_lag", "clag", "ongoing time elapsed waiting for replica to catch up to primary", QD_CAT_LEFT,
      0 },
    { "last_completed_lag", "lcl", "time taken for replica to catch up to latest primary refresh",
      QD_CAT_LEFT, 0 },
    { "rejected_requests", "rr", "count of rejected requests for the replication group", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_segment_replication(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    struct qd_cat cat;
    size_t count;
    if (!qd_cat_begin(&cat, call, &table)) {
        return;
    }
    if (qd_resolve_metadata(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(), &indices,
                            &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_cat_finish(&cat);
}
