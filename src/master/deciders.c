#include "master/deciders.h"

#include "base/date.h"

#define MAX_RETRIES_DEFAULT 5

/* A question while the rules are asked. */
struct question {
    const struct qd_placement *placement;
    struct qd_arena *arena;
    struct qd_slice shard_text; /* the copy as the reference prints it */
};

struct qd_slice qd_decider_node_text(const struct qd_node_info *node, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_buffer_format(&text, "{%.*s}{%.*s}{%.*s}{%.*s}{%.*s}{%s%s%s%s}{", QD_SLICE_ARG(node->name),
                     QD_SLICE_ARG(node->id), QD_SLICE_ARG(node->ephemeral_id), QD_SLICE_ARG(node->host),
                     QD_SLICE_ARG(node->transport_address), node->data ? "d" : "", node->ingest ? "i" : "",
                     node->cluster_manager ? "m" : "", node->remote_cluster_client ? "r" : "");
    for (size_t i = 0; i < node->attribute_count; i++) {
        qd_buffer_format(&text, "%s%.*s=%.*s", i > 0 ? ", " : "", QD_SLICE_ARG(node->attributes[2 * i]),
                         QD_SLICE_ARG(node->attributes[2 * i + 1]));
    }
    qd_buffer_byte(&text, '}');
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

static struct qd_slice copy_text(const struct qd_index_metadata *index, const struct qd_shard_routing *shard,
                                 struct qd_arena *arena)
{
    static const char *const states[] = { "UNASSIGNED", "INITIALIZING", "STARTED", "RELOCATING" };
    const char *kind = shard->primary ? "P" : "R";
    if (shard->state != QD_SHARD_UNASSIGNED) {
        return qd_arena_format(arena, "[%.*s][%u], node[%.*s], [%s], s[%s], a[id=%.*s]",
                               QD_SLICE_ARG(index->name), shard->shard, QD_SLICE_ARG(shard->node_id), kind,
                               states[shard->state], QD_SLICE_ARG(shard->allocation_id));
    }
    struct qd_buffer at = { 0 };
    qd_date_print_iso_millis(shard->unassigned_at_ms, &at);
    struct qd_slice time = qd_arena_copy(arena, qd_buffer_view(&at));
    qd_buffer_deinit(&at);
    return qd_arena_format(arena,
                           "[%.*s][%u], node[null], [%s], recovery_source[%s], s[UNASSIGNED], "
                           "unassigned_info[[reason=%s], at[%.*s], delayed=false, "
                           "allocation_status[no_attempt]]",
                           QD_SLICE_ARG(index->name), shard->shard, kind,
                           shard->primary ? "existing store recovery" : "peer recovery",
                           shard->unassigned_reason, QD_SLICE_ARG(time));
}

/* The first copy of each shard is its primary. */
static const struct qd_shard_routing *primary_of(const struct qd_placement *placement)
{
    return &placement->index->routing[placement->shard->shard * (1 + placement->index->replica_count)];
}

static bool retries(const struct question *question, struct qd_slice *text)
{
    const struct qd_placement *placement = question->placement;
    uint32_t failed = placement->shard->failed_allocations;
    int64_t most = qd_settings_int(&placement->index->settings, "index.allocation.max_retries",
                                   MAX_RETRIES_DEFAULT);
    *text = QD_SLICE("shard has no previous failures");
    if (failed == 0) return true;
    if (failed < most) {
        *text = qd_arena_format(question->arena,
                                "shard has failed allocating [%u] times but [%lld] retries are allowed",
                                failed, (long long)most);
        return true;
    }
    *text = qd_arena_format(question->arena,
                            "shard has exceeded the maximum number of retries [%lld] on failed allocation "
                            "attempts - manually call [/_cluster/reroute?retry_failed=true] to retry",
                            (long long)most);
    return false;
}

static bool after_primary(const struct question *question, struct qd_slice *text)
{
    bool active = primary_of(question->placement)->state == QD_SHARD_STARTED;
    if (question->placement->shard->primary) {
        *text = QD_SLICE("shard is primary and can be allocated");
        return true;
    }
    *text = active ? QD_SLICE("primary shard for this replica is already active")
                   : QD_SLICE("primary shard for this replica is not yet active");
    return active;
}

static bool node_version(const struct question *question, struct qd_slice *text)
{
    const struct qd_shard_routing *shard = question->placement->shard;
    *text = !shard->primary ? QD_SLICE("can allocate replica shard to a node with version [3.8.0] since this "
                                       "is equal-or-newer than the primary version [3.8.0]")
          : shard->state == QD_SHARD_STARTED
                ? QD_SLICE("can relocate primary shard from a node with version [3.8.0] to a node with "
                           "equal-or-newer version [3.8.0]")
                : QD_SLICE("the primary shard is new or already existed on the node");
    return true;
}

static bool enabled(const struct question *question, struct qd_slice *text)
{
    *text = question->placement->by_hand
                ? QD_SLICE("explicitly ignoring any disabling of allocation due to manual allocation "
                           "commands via the reroute API")
                : QD_SLICE("all allocations are allowed");
    return true;
}

static bool snapshots(const struct question *question, struct qd_slice *text)
{
    *text = question->placement->shard->primary ? QD_SLICE("no snapshots are currently running")
                                                : QD_SLICE("the shard is not being snapshotted");
    return true;
}

static bool search_replica(const struct question *question, struct qd_slice *text)
{
    *text = qd_arena_format(question->arena,
                            "node and shard are compatible. node: [%.*s], is search node: [false], "
                            "shard: [%.*s]",
                            QD_SLICE_ARG(question->placement->node->id), QD_SLICE_ARG(question->shard_text));
    return true;
}

static bool same_shard(const struct question *question, struct qd_slice *text)
{
    const struct qd_placement *placement = question->placement;
    const struct qd_shard_routing *first = primary_of(placement);
    for (uint32_t c = 0; c <= placement->index->replica_count; c++) {
        if (first[c].node_id.data == NULL) continue;
        if (!qd_slice_equal(first[c].node_id, placement->node->id)) continue;
        bool itself = &first[c] == placement->shard;
        struct qd_slice copy = copy_text(placement->index, &first[c], question->arena);
        *text = qd_arena_format(question->arena, "%s already allocated to this node [%.*s]",
                                itself ? "this shard is" : "a copy of this shard is", QD_SLICE_ARG(copy));
        return false;
    }
    *text = QD_SLICE("this node does not hold a copy of this shard");
    return true;
}

static bool disk_room(const struct question *question, struct qd_slice *text)
{
    const struct qd_node_info *node = question->placement->node;
    bool room = qd_room_for(node, question->placement->shard);
    *text = room ? QD_SLICE("there is only a single data node present") : node->room_reason;
    if (room && node->room == QD_DISK_ROOM_LOW) {
        *text = QD_SLICE("the node is above the low watermark, but less than the high watermark, and this "
                         "primary shard has never been allocated before");
    }
    return room;
}

static bool throttling(const struct question *question, struct qd_slice *text)
{
    *text = question->placement->shard->state == QD_SHARD_UNASSIGNED
                ? QD_SLICE("below shard recovery limit of outgoing: [0 < 4] incoming: [0 < 4]")
                : QD_SLICE("below shard recovery limit of outgoing: [0 < 2] incoming: [0 < 2]");
    return true;
}

static bool migration(const struct question *question, struct qd_slice *text)
{
    const struct qd_shard_routing *shard = question->placement->shard;
    *text = qd_arena_format(question->arena,
                            "[none migration_direction]: %s shard copy can be %s to a non-remote node for "
                            "strict compatibility mode",
                            shard->primary ? "primary" : "replica",
                            shard->state == QD_SHARD_UNASSIGNED ? "allocated" : "relocated");
    return true;
}

/* A rule: what asks it, or the text of a rule that nothing here can turn. */
static const struct {
    const char *name;
    bool (*ask)(const struct question *question, struct qd_slice *text);
    const char *text;
} rules[QD_DECIDER_COUNT] = {
    { "max_retry", retries, NULL },
    { "replica_after_primary_active", after_primary, NULL },
    { "cluster_concurrent_recoveries", NULL, "undefined cluster concurrent recoveries" },
    { "enable", enabled, NULL },
    { "node_version", node_version, NULL },
    { "snapshot_in_progress", snapshots, NULL },
    { "restore_in_progress", NULL, "ignored as shard is not being recovered from a snapshot" },
    { "filter", NULL, "node passes include/exclude/require filters" },
    { "search_replica_allocation", search_replica, NULL },
    { "same_shard", same_shard, NULL },
    { "disk_threshold", disk_room, NULL },
    { "throttling", throttling, NULL },
    { "shards_limit", NULL,
      "total shard limits are disabled: [index: -1, index primary: -1, cluster: -1, cluster primary: -1] "
      "<= 0" },
    { "awareness", NULL,
      "allocation awareness is not enabled, set cluster setting "
      "[cluster.routing.allocation.awareness.attributes] to enable it" },
    { "load_awareness", NULL,
      "overload awareness allocation is not enabled, set cluster setting "
      "[cluster.routing.allocation.load_awareness.skew_factor] and cluster setting "
      "[cluster.routing.allocation.load_awareness.provisioned_capacity] to enable it" },
    { "target_pool", NULL,
      "Routing pools are compatible. Shard pool: [LOCAL_ONLY], node pool: [LOCAL_ONLY]" },
    { "remote_store_migration", migration, NULL },
};

bool qd_decide(const struct qd_placement *placement, struct qd_arena *arena, struct qd_decision *decisions)
{
    struct question question = { placement, arena,
                                 copy_text(placement->index, placement->shard, arena) };
    bool all = true;
    for (size_t i = 0; i < QD_DECIDER_COUNT; i++) {
        decisions[i] = (struct qd_decision){ .decider = rules[i].name, .yes = true };
        if (rules[i].ask == NULL) {
            decisions[i].explanation = qd_slice_from_string(rules[i].text);
        } else {
            decisions[i].yes = rules[i].ask(&question, &decisions[i].explanation);
        }
        all = all && decisions[i].yes;
    }
    return all;
}

void qd_decisions_write(const struct qd_decision *decisions, bool all, struct qd_json_writer *writer)
{
    qd_json_begin_array(writer);
    for (size_t i = 0; i < QD_DECIDER_COUNT; i++) {
        if (decisions[i].yes && !all) continue;
        qd_json_begin_object(writer);
        qd_json_member_text(writer, "decider", decisions[i].decider);
        qd_json_member_text(writer, "decision", decisions[i].yes ? "YES" : "NO");
        qd_json_member_string(writer, "explanation", decisions[i].explanation);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
}

struct qd_slice qd_decisions_text(const struct qd_decision *decisions, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < QD_DECIDER_COUNT; i++) {
        qd_buffer_format(&text, "[%s(%.*s)]", decisions[i].yes ? "YES" : "NO",
                         QD_SLICE_ARG(decisions[i].explanation));
    }
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}
