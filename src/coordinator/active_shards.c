#include "coordinator/active_shards.h"

#include "base/number.h"

enum qd_status qd_active_wait_parse(struct qd_active_wait *wait, struct qd_slice text, struct qd_error *error)
{
    int64_t value;
    wait->wanted = QD_ACTIVE_SHARDS_DEFAULT;
    if (text.data == NULL) return QD_OK;
    if (qd_slice_is(text, "all") || qd_slice_is(text, "-1")) {
        wait->wanted = QD_ACTIVE_SHARDS_ALL;
        return QD_OK;
    }
    if (!qd_parse_int64(text, &value) || value < 0 || value > INT32_MAX) {
        (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "cannot parse ActiveShardCount[%.*s]",
                             QD_SLICE_ARG(text));
    }
    wait->wanted = value;
    return QD_OK;
}

int64_t qd_active_asked(int64_t wanted, const struct qd_index_metadata *index)
{
    if (wanted != QD_ACTIVE_SHARDS_DEFAULT) return wanted;
    struct qd_slice text = qd_settings_get(&index->settings, "index.write.wait_for_active_shards");
    struct qd_active_wait own = { 0 };
    return text.data != NULL && qd_active_wait_parse(&own, text, NULL) == QD_OK ? own.wanted : 1;
}

int64_t qd_active_needed(int64_t wanted, const struct qd_index_metadata *index)
{
    int64_t asked = qd_active_asked(wanted, index);
    return asked == QD_ACTIVE_SHARDS_ALL ? 1 + (int64_t)index->replica_count : asked;
}

int64_t qd_active_copies(const struct qd_index_metadata *index, uint32_t shard)
{
    int64_t active = 0;
    uint32_t copies = 1 + index->replica_count;
    for (uint32_t copy = 0; copy < copies; copy++) {
        enum qd_shard_state at = index->routing[shard * copies + copy].state;
        if (at == QD_SHARD_STARTED || at == QD_SHARD_RELOCATING) active++;
    }
    return active;
}

static bool holds(void *context, const struct qd_cluster_state *state)
{
    const struct qd_active_wait *wait = context;
    const struct qd_index_metadata *index = qd_cluster_state_index(state, wait->index);
    if (index == NULL || index->closed) return true;
    int64_t needed = qd_active_needed(wait->wanted, index);
    for (uint32_t shard = 0; shard < index->shard_count; shard++) {
        if (qd_active_copies(index, shard) < needed) return false;
    }
    return true;
}

static void ended(void *context, bool timed_out)
{
    struct qd_active_wait *wait = context;
    wait->done(wait, !timed_out);
}

void qd_active_wait_start(struct qd_active_wait *wait)
{
    struct qd_state_wait state = { holds, ended, wait, wait->timeout_ms };
    qd_cluster_service_wait(wait->coordinator->cluster, &state);
}
