/* cluster.max_shards_per_node: how many shards the cluster may have open. */
#include "master/commands.h"

#define SHARDS_PER_NODE_DEFAULT 1000

int64_t qd_open_shards(const struct qd_index_metadata *index)
{
    return index->closed ? 0 : (int64_t)index->shard_count * (1 + (int64_t)index->replica_count);
}

enum qd_status qd_command_check_shard_limit(const struct qd_command *command, int64_t added,
                                            struct qd_error *error)
{
    const struct qd_cluster_state *state = command->state;
    const struct qd_json *given = qd_json_get(command->body, "max_shards_per_node");
    int64_t limit = SHARDS_PER_NODE_DEFAULT;
    int64_t open = 0, nodes = 0;
    if (given != NULL && !qd_json_int64(given, &limit)) limit = SHARDS_PER_NODE_DEFAULT;
    for (size_t i = 0; i < state->node_count; i++) nodes += state->nodes[i].data ? 1 : 0;
    for (size_t i = 0; i < state->index_count; i++) open += qd_open_shards(state->indices[i]);
    if (added <= 0 || nodes == 0 || open + added <= limit * nodes) return QD_OK;
    return qd_error_set(
        error, QD_VALIDATION,
        "Validation Failed: 1: this action would add [%lld] total LOCAL_ONLY shards, but this "
        "cluster currently has [%lld]/[%lld] maximum LOCAL_ONLY shards open;",
        (long long)added, (long long)open, (long long)(limit * nodes));
}
