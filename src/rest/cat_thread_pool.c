/* GET _cat/thread_pool: one row for each pool of each node. */
#include "base/wildcard.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/thread_pools.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "node_name", "nn", "node name", QD_CAT_LEFT, 0 },
    { "node_id", "id", "persistent node id", QD_CAT_HIDDEN, 0 },
    { "ephemeral_node_id", "eid", "ephemeral node id", QD_CAT_HIDDEN, 0 },
    { "pid", "p", "process id", QD_CAT_HIDDEN, 0 },
    { "host", "h", "host name", QD_CAT_HIDDEN, 0 },
    { "ip", "i", "ip address", QD_CAT_HIDDEN, 0 },
    { "port", "po", "bound transport port", QD_CAT_HIDDEN, 0 },
    { "name", "n", "thread pool name", QD_CAT_LEFT, 0 },
    { "type", "t", "thread pool type", QD_CAT_HIDDEN, 0 },
    { "active", "a", "number of active threads", QD_CAT_RIGHT, 0 },
    { "pool_size", "psz", "number of threads", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "queue", "q", "number of tasks currently in queue", QD_CAT_RIGHT, 0 },
    { "queue_size", "qs", "maximum number of tasks permitted in queue", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "rejected", "r", "number of rejected tasks", QD_CAT_RIGHT, 0 },
    { "largest", "l", "highest number of seen active threads", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "completed", "c", "number of completed tasks", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "total_wait_time", "twt",
      "total time tasks spent waiting in thread_pool queue", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "core", "cr", "core number of threads in a scaling thread pool", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "max", "mx", "maximum number of threads in a scaling thread pool", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "size", "sz", "number of threads in a fixed thread pool", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "keep_alive", "ka", "thread keep alive time", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
    { "parallelism", "pl",
      "number of worker threads in a fork_join thread pool", QD_CAT_RIGHT | QD_CAT_HIDDEN, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* A number, or nothing when it is not part of the pool's kind. */
static struct qd_cat_cell size_cell(int size)
{
    return size < 0 ? (struct qd_cat_cell){ 0 } : qd_cat_number(size);
}

static void add_row(struct qd_cat *cat, const struct qd_node_info *node, const struct qd_node_facts *facts,
                    const struct qd_thread_pool *pool)
{
    struct qd_thread_pool_counts counts = qd_thread_pools_counts(pool, facts);
    struct qd_cat_cell *cell = qd_cat_row(cat);
    *cell++ = qd_cat_text(node->name);
    *cell++ = qd_cat_text(node->id);
    *cell++ = qd_cat_text(node->ephemeral_id);
    *cell++ = qd_cat_number(facts->machine.process_id);
    *cell++ = qd_cat_text(node->host);
    *cell++ = qd_cat_text(node->ip);
    *cell++ = qd_cat_text(qd_nodes_port(node->transport_address));
    *cell++ = qd_cat_string(pool->name);
    *cell++ = qd_cat_string(pool->type);
    *cell++ = qd_cat_number((int64_t)counts.work.active);
    *cell++ = qd_cat_number((int64_t)counts.threads);
    *cell++ = qd_cat_number((int64_t)counts.work.queued);
    *cell++ = qd_cat_number(pool->queue_size);
    *cell++ = qd_cat_number((int64_t)counts.rejected);
    *cell++ = qd_cat_number((int64_t)counts.work.largest);
    *cell++ = qd_cat_number((int64_t)counts.work.completed);
    *cell++ = pool->measured ? qd_cat_nanos((int64_t)counts.work.wait_ns) : qd_cat_string("-1");
    *cell++ = size_cell(pool->core);
    *cell++ = size_cell(pool->max);
    *cell++ = size_cell(pool->size);
    *cell++ = qd_cat_text(pool->keep_alive);
    *cell++ = (struct qd_cat_cell){ 0 };
}

static void answer(struct qd_coordinator *coordinator, struct qd_call *call,
                   const struct qd_nodes_facts *facts)
{
    const struct qd_cluster_state *state = facts->state;
    struct qd_slice *patterns;
    struct qd_cat cat;
    (void)coordinator;
    if (!qd_cat_begin(&cat, call, &table)) return;
    size_t count = qd_call_list(call, "thread_pool_patterns", &patterns);
    for (size_t n = 0; n < state->node_count; n++) {
        const struct qd_node_facts *node = facts->facts[n];
        for (size_t i = 0; node != NULL && i < node->pools.count; i++) {
            const struct qd_thread_pool *pool = &node->pools.pools[i];
            struct qd_slice name = qd_slice_from_string(pool->name);
            if (count > 0 && !qd_simple_match_any(patterns, count, name)) continue;
            add_row(&cat, &state->nodes[n], node, pool);
        }
    }
    qd_cat_finish(&cat);
}

void qd_cat_thread_pool(struct qd_coordinator *coordinator, struct qd_call *call)
{
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_nodes_facts_gather(coordinator, call, NULL, answer);
}
