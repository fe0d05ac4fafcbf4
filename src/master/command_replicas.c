/* How many copies of each shard there are, and where they stand when that changes. */
#include "base/number.h"
#include "master/commands.h"

void qd_reset_routing(struct qd_index_metadata *index, const char *reason, int64_t now_ms)
{
    uint32_t copies = 1 + index->replica_count;
    index->routing = QD_NEW_ARRAY(index->arena, struct qd_shard_routing, (size_t)index->shard_count * copies);
    for (uint32_t i = 0; i < index->shard_count * copies; i++) {
        index->routing[i].shard = i / copies;
        index->routing[i].primary = i % copies == 0;
        index->routing[i].unassigned_reason = reason;
        index->routing[i].unassigned_at_ms = now_ms;
    }
}

/* The bounds of "0-1" or "0-all"; false when the setting is off. */
static bool expand_range(const struct qd_map *settings, int64_t *min, int64_t *max)
{
    struct qd_slice text = qd_settings_get(settings, "index.auto_expand_replicas");
    size_t dash = qd_slice_find_byte(text, '-');
    if (text.data == NULL || dash == SIZE_MAX) return false;
    struct qd_slice high = qd_slice_from(text, dash + 1);
    *max = INT32_MAX;
    if (!qd_parse_int64(qd_slice_sub(text, 0, dash), min)) return false;
    return qd_slice_is(high, "all") || qd_parse_int64(high, max);
}

static void set_replicas(struct qd_index_metadata *index, int64_t replicas)
{
    qd_state_map_put(&index->settings, index->arena, QD_SLICE("index.number_of_replicas"),
                     qd_arena_format(index->arena, "\"%lld\"", (long long)replicas));
}

bool qd_auto_expand_replicas(struct qd_command *command, struct qd_index_metadata *index)
{
    int64_t min, max;
    int64_t nodes = 0;
    if (!expand_range(&index->settings, &min, &max)) return false;
    for (size_t i = 0; i < command->state->node_count; i++) nodes += command->state->nodes[i].data ? 1 : 0;
    if (nodes == 0) return false;
    /* Too few nodes for the minimum: everything stays as it is. */
    if (max > nodes - 1) max = nodes - 1;
    if (min > max) return false;
    int64_t replicas = max;
    if (replicas == (int64_t)index->replica_count) return false;
    set_replicas(index, replicas);
    index->replica_count = (uint32_t)replicas;
    return true;
}

void qd_resize_routing(struct qd_command *command, struct qd_index_metadata *index)
{
    uint32_t old_copies = 1 + index->replica_count;
    struct qd_shard_routing *old = index->routing;
    index->replica_count = (uint32_t)qd_settings_int(&index->settings, "index.number_of_replicas", 1);
    (void)qd_auto_expand_replicas(command, index);
    uint32_t copies = 1 + index->replica_count;
    if (copies == old_copies) return;
    qd_reset_routing(index, "REPLICA_ADDED", command->event->now_ms);
    for (uint32_t shard = 0; shard < index->shard_count; shard++) {
        for (uint32_t copy = 0; copy < copies && copy < old_copies; copy++) {
            index->routing[shard * copies + copy] = old[shard * old_copies + copy];
        }
    }
    qd_allocate(command, index);
}
