/* The data role of a node: the shards that the cluster state puts here.
 *
 * Used by node (wiring) and coordinator (schemas, what the node holds back). Creates, opens, closes and
 * removes shards as the state says, answers the transport's shard actions (data/actions.h). Loop only.
 */
#ifndef QD_DATA_DATA_H
#define QD_DATA_DATA_H

#include "base/breaker.h"
#include "data/gates.h"
#include "data/indexing_pressure.h"
#include "data/schema.h"
#include "platform/env.h"
#include "transport/transport.h"

struct qd_data;
struct qd_shard;           /* data/shard.h */
struct qd_reader_contexts; /* data/contexts.h */

/* What the data role tells the outside. */
struct qd_data_events {
    void *context;
    /* A shard has been opened, or has failed: to be reported to the master, and qd_data_report_later to be
     * called when that could not be done. `message` data NULL: started. */
    void (*shard_opened)(void *context, const struct qd_shard *shard, struct qd_slice message);
    /* A document needs a mapping update. done(done_context, error or NULL) must be called once the new
     * mapping was applied here. */
    void (*update_mapping)(void *context, struct qd_slice index, struct qd_slice index_uuid,
                           struct qd_slice update,
                           void (*done)(void *done_context, const struct qd_error *error),
                           void *done_context);
};

/* Creates the role and registers its actions. Memory: qd_data_destroy after qd_data_close has called back. */
struct qd_data_options {
    struct qd_env *env;
    struct qd_transport *transport;
    struct qd_breakers *breakers;
    struct qd_slice node_id;
    int64_t indexing_bytes_max; /* indexing_pressure.memory.limit */
    const struct qd_map *settings; /* the node's own settings: key -> struct qd_slice *; NULL: none */
    int64_t request_cache_bytes_max; /* indices.requests.cache.size */
    int64_t documents_bytes_max; /* quidditch.documents.cache.size */
    struct qd_gates gates;      /* nothing inside yet */
    struct qd_data_events events;
};

/* What the cluster's settings allow on this node now. */
struct qd_data_limits {
    int64_t scroll_contexts;       /* search.max_open_scroll_context */
    int64_t pit_contexts;          /* search.max_open_pit_context */
    int64_t default_keep_alive_ms; /* search.default_keep_alive */
    int64_t max_keep_alive_ms;     /* search.max_keep_alive, of scrolls */
    int64_t pit_max_keep_alive_ms; /* point_in_time.max_keep_alive */
    int64_t search_timeout_ms;     /* search.default_search_timeout; -1: none */
};
struct qd_data *qd_data_create(const struct qd_data_options *options);
void qd_data_destroy(struct qd_data *data);

/* Applies a cluster state: opens, updates, closes and deletes shards. */
void qd_data_apply_state(struct qd_data *data, const struct qd_cluster_state *old,
                         struct qd_cluster_state *state);

/* The master could not take a report: after a pause everything is reported that the state does not say yet.
 */
void qd_data_report_later(struct qd_data *data);

/* Closes all shards (syncing what async durability left); closed(context) when all are. */
void qd_data_close(struct qd_data *data, void (*closed)(void *context), void *context);

/* The schema of an index that has a shard here, or NULL. Valid until the next state unless retained. */
struct qd_schema *qd_data_schema(const struct qd_data *data, struct qd_slice index_uuid);

/* The limits of the newest state that was applied. */
const struct qd_data_limits *qd_data_limits(const struct qd_data *data);

/* The rest of what actions need. */
struct qd_env *qd_data_env(const struct qd_data *data);
struct qd_breakers *qd_data_breakers(const struct qd_data *data);
const struct qd_map *qd_data_settings(const struct qd_data *data); /* the node's own; NULL: none */
struct qd_slice qd_data_node_id(const struct qd_data *data);
struct qd_reader_contexts *qd_data_contexts(const struct qd_data *data);
const struct qd_data_events *qd_data_events(const struct qd_data *data);

/* Answers that are kept. */
struct qd_request_cache *qd_data_request_cache(const struct qd_data *data);

/* Stored records that pages of hits have shown; NULL: none are kept. */
struct qd_document_cache *qd_data_documents(const struct qd_data *data);

/* Bytes of the writes that are under way. */
struct qd_indexing_pressure *qd_data_pressure(struct qd_data *data);

/* What bounds the requests that wait for the pool. */
struct qd_gates *qd_data_gates(struct qd_data *data);

#endif
