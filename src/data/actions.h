/* The transport actions that shards answer; one file each. Registered by data.c.
 *
 * Source of the names: OpenSearch's shard-level actions.
 */
#ifndef QD_DATA_ACTIONS_H
#define QD_DATA_ACTIONS_H

#include "data/data.h"
#include "transport/transport.h"

#define QD_ACTION_GET "indices:data/read/get[s]"
#define QD_ACTION_QUERY "indices:data/read/search[phase/query]"
#define QD_ACTION_FETCH "indices:data/read/search[phase/fetch/id]"
#define QD_ACTION_FREE_CONTEXT "indices:data/read/search[free_context]"
#define QD_ACTION_MAINTAIN "indices:admin/maintain[s]"
#define QD_ACTION_REPORT "indices:monitor/stats[n]"

/* Handlers; context is the struct qd_data. */
void qd_action_write(void *context, struct qd_transport_call *call);
void qd_action_get(void *context, struct qd_transport_call *call);
void qd_action_query(void *context, struct qd_transport_call *call);
void qd_action_fetch(void *context, struct qd_transport_call *call);
void qd_action_free_context(void *context, struct qd_transport_call *call);
void qd_action_maintain(void *context, struct qd_transport_call *call);
void qd_action_report(void *context, struct qd_transport_call *call);

/* The started shard that a request names, or NULL after the call was failed (shard_not_found_exception,
 * index_closed_exception). */
struct qd_shard *qd_action_shard(struct qd_data *data, struct qd_transport_call *call,
                                 struct qd_slice index_uuid, uint32_t shard);

/* Fails all write requests that wait when a shard is closed. */
void qd_write_queue_fail(struct qd_shard *shard);

/* A refresh has ended that shows the operations of the first `covers` write jobs (see struct qd_shard): the
 * requests that wait for it are answered. With `error` it has failed, and so have all that wait. */
void qd_write_refreshed(struct qd_shard *shard, uint64_t covers, const struct qd_error *error);

/* Answers all requests that wait for a refresh: there will be none. */
void qd_write_waiters_end(struct qd_shard *shard);

#endif
