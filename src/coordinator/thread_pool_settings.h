/* The dynamic settings cluster.thread_pool.<pool>.<what>: checked together whenever one of them changes.
 *
 * Used by put cluster settings. What bounds requests takes the sizes from the cluster's state (data/data.c).
 * Source: OpenSearch ThreadPool.validateSetting, AbstractScopedSettings' group settings.
 */
#ifndef QD_COORDINATOR_THREAD_POOL_SETTINGS_H
#define QD_COORDINATOR_THREAD_POOL_SETTINGS_H

#include "base/map.h"
#include "base/status.h"
#include "coordinator/thread_pools.h"

/* What the keys of these settings begin with. */
#define QD_THREAD_POOL_SETTINGS "cluster.thread_pool."

/* A change of all of them; keys without their beginning -> struct qd_slice * (text). */
struct qd_thread_pool_change {
    const struct qd_thread_pools *pools; /* of this node: what holds where nothing is set */
    struct qd_map before;                /* what is set now */
    struct qd_map after;                 /* what would be set */
};

/* Nothing is checked when nothing changes. Errors: QD_ILLEGAL_ARGUMENT with the reference's text, which shows
 * both sides. Scratch: `arena`. */
QD_CHECKED enum qd_status qd_thread_pool_settings_check(const struct qd_thread_pool_change *change,
                                                        struct qd_arena *arena, struct qd_error *error);

#endif
