/* GET _cluster/state: the cluster state as the reference shows it. */
#include "coordinator/cluster_state_api.h"

#include <stdio.h>

#include "base/date.h"
#include "base/number.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/operations.h"
#include "coordinator/voting_exclusions.h"

/* The parts that can be asked for; a bit each. */
enum part {
    PART_VERSION = 1,
    PART_MASTER = 2,
    PART_MANAGER = 4,
    PART_BLOCKS = 8,
    PART_NODES = 16,
    PART_METADATA = 32,
    PART_ROUTING_TABLE = 64,
    PART_ROUTING_NODES = 128,
    PART_ALL = 255
};

static const struct {
    const char *metric;
    unsigned parts;
} metrics[] = {
    { "_all", PART_ALL },
    { "version", PART_VERSION },
    { "master_node", PART_MASTER },
    { "cluster_manager_node", PART_MANAGER },
    { "blocks", PART_BLOCKS },
    { "nodes", PART_NODES },
    { "metadata", PART_METADATA },
    { "routing_table", PART_ROUTING_TABLE | PART_ROUTING_NODES },
    { "routing_nodes", PART_ROUTING_TABLE | PART_ROUTING_NODES },
};

/* ---- metadata ---- */

static struct qd_slice number_name(uint32_t number, struct qd_arena *arena)
{
    return qd_arena_format(arena, "%u", number);
}

static void write_alias_names(const struct qd_index_metadata *index, struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "aliases");
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        if (!index->aliases.entries[i].removed) qd_json_string(writer, index->aliases.entries[i].key);
    }
    qd_json_end_array(writer);
}

static void write_terms(const struct qd_index_metadata *index, const char *name, struct qd_arena *arena,
                        struct qd_json_writer *writer)
{
    qd_json_member_object(writer, name);
    for (uint32_t i = 0; i < index->shard_count; i++) {
        qd_json_name_slice(writer, number_name(i, arena));
        qd_json_int(writer, index->primary_terms[i]);
    }
    qd_json_end_object(writer);
}

static void write_in_sync(const struct qd_index_metadata *index, struct qd_arena *arena,
                          struct qd_json_writer *writer)
{
    uint32_t copies = 1 + index->replica_count;
    qd_json_member_object(writer, "in_sync_allocations");
    for (uint32_t i = 0; i < index->shard_count; i++) {
        qd_json_name_slice(writer, number_name(i, arena));
        qd_json_begin_array(writer);
        for (uint32_t c = 0; c < copies; c++) {
            const struct qd_shard_routing *copy = &index->routing[i * copies + c];
            bool started = copy->state == QD_SHARD_STARTED || copy->primary;
            if (started && copy->allocation_id.data != NULL) qd_json_string(writer, copy->allocation_id);
        }
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
}

static void write_split(const struct qd_index_metadata *index, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "split_shards_metadata");
    qd_json_member_int(writer, "num_of_root_shards", index->shard_count);
    qd_json_member_int(writer, "max_shard_id", (int64_t)index->shard_count - 1);
    qd_json_member_array(writer, "active_shard_ids");
    for (uint32_t i = 0; i < index->shard_count; i++) qd_json_int(writer, i);
    qd_json_end_array(writer);
    qd_json_name(writer, "root_shards_to_all_children");
    qd_json_raw(writer, QD_SLICE("{}"));
    qd_json_name(writer, "parent_to_child_shards");
    qd_json_raw(writer, QD_SLICE("{}"));
    qd_json_end_object(writer);
}

static void write_index(const struct qd_state_view *view, const struct qd_index_metadata *index,
                        struct qd_json_writer *writer)
{
    struct qd_arena *arena = view->arena;
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "version", index->version);
    qd_json_member_int(writer, "mapping_version", index->mapping_version);
    qd_json_member_int(writer, "settings_version", index->settings_version);
    qd_json_member_int(writer, "aliases_version", index->aliases_version);
    qd_json_member_int(writer, "routing_num_shards", index->routing_shard_count);
    qd_json_member_text(writer, "state", index->closed ? "close" : "open");
    qd_json_name(writer, "settings");
    qd_settings_write(&index->settings, view->flat, writer);
    qd_json_member_object(writer, "mappings");
    if (index->mapping.size > 2) {
        qd_json_name(writer, "_doc");
        qd_json_raw(writer, index->mapping);
    }
    qd_json_end_object(writer);
    write_alias_names(index, writer);
    write_terms(index, "primary_terms", arena, writer);
    write_terms(index, "primary_terms_map", arena, writer);
    write_in_sync(index, arena, writer);
    qd_json_name(writer, "rollover_info");
    qd_json_raw(writer, QD_SLICE("{}"));
    qd_json_member_bool(writer, "system", false);
    qd_json_name(writer, "ingestion_status");
    qd_json_raw(writer, QD_SLICE("{\"is_paused\":false}"));
    write_split(index, writer);
    qd_json_end_object(writer);
}

/* Customs of one kind as an object of their names; written only when there are some, unless `always`. */
static void write_customs(const struct qd_state_view *view, const char *kind, const char *name, bool always,
                          struct qd_json_writer *writer)
{
    const struct qd_map *customs = &view->state->customs;
    struct qd_slice prefix = qd_arena_format(view->arena, "%s/", kind);
    bool open = always;
    if (always) qd_json_member_object(writer, name);
    for (size_t i = 0; i < customs->entry_count; i++) {
        if (customs->entries[i].removed || !qd_slice_starts_with(customs->entries[i].key, prefix)) continue;
        if (!open) qd_json_member_object(writer, name);
        open = true;
        qd_json_name_slice(writer, qd_slice_from(customs->entries[i].key, prefix.size));
        qd_json_raw(writer, *(const struct qd_slice *)customs->entries[i].value);
    }
    if (open) qd_json_end_object(writer);
}

static void write_metadata(const struct qd_state_view *view, struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = view->state;
    qd_json_member_object(writer, "metadata");
    qd_json_member_string(writer, "cluster_uuid", state->cluster_uuid);
    qd_json_member_bool(writer, "cluster_uuid_committed", true);
    qd_json_member_object(writer, "cluster_coordination");
    qd_json_member_int(writer, "term", state->term);
    for (int i = 0; i < 2; i++) {
        qd_json_member_array(writer, i == 0 ? "last_committed_config" : "last_accepted_config");
        if (state->master_node_id.data != NULL) qd_json_string(writer, state->master_node_id);
        qd_json_end_array(writer);
    }
    qd_json_name(writer, "voting_config_exclusions");
    qd_voting_exclusions_write(state, writer);
    qd_json_end_object(writer);
    if (state->persistent_settings.live_count > 0) {
        qd_json_name(writer, "persistent_settings");
        qd_settings_write(&state->persistent_settings, true, writer);
    }
    write_customs(view, "template", "templates", true, writer);
    qd_json_member_object(writer, "indices");
    for (size_t i = 0; i < view->count; i++) write_index(view, view->indices[i].index, writer);
    qd_json_end_object(writer);
    write_customs(view, "index_template", "index_template", false, writer);
    write_customs(view, "component_template", "component_template", false, writer);
    write_customs(view, "stored_script", "stored_scripts", false, writer);
    qd_json_name(writer, "index-graveyard");
    qd_json_raw(writer, QD_SLICE("{\"tombstones\":[]}"));
    qd_json_end_object(writer);
}

/* ---- routing ---- */

static void write_unassigned(const struct qd_shard_routing *shard, struct qd_json_writer *writer)
{
    bool fresh = shard->unassigned_reason != NULL && strcmp(shard->unassigned_reason, "INDEX_CREATED") == 0;
    bool no_room = qd_shard_found_no_room(shard);
    struct qd_buffer at = { 0 };
    qd_json_member_object(writer, "recovery_source");
    qd_json_member_text(writer, "type", !shard->primary ? "PEER" : fresh ? "EMPTY_STORE" : "EXISTING_STORE");
    qd_json_end_object(writer);
    if (shard->unassigned_reason == NULL) return;
    qd_date_print_iso_millis(shard->unassigned_at_ms, &at);
    qd_json_member_object(writer, "unassigned_info");
    qd_json_member_text(writer, "reason", shard->unassigned_reason);
    qd_json_member_string(writer, "at", qd_buffer_view(&at));
    if (shard->failed_allocations > 0) {
        qd_json_member_int(writer, "failed_attempts", shard->failed_allocations);
    }
    qd_json_member_bool(writer, "delayed", false);
    if (shard->unassigned_details.data != NULL) {
        qd_json_member_string(writer, "details", shard->unassigned_details);
    }
    qd_json_member_text(writer, "allocation_status", no_room ? "deciders_no" : "no_attempt");
    qd_json_end_object(writer);
    qd_buffer_deinit(&at);
}

void qd_state_write_copy(const struct qd_index_metadata *index, const struct qd_shard_routing *shard,
                         struct qd_json_writer *writer)
{
    static const char *const states[] = { "UNASSIGNED", "INITIALIZING", "STARTED", "RELOCATING" };
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "state", states[shard->state]);
    qd_json_member_bool(writer, "primary", shard->primary);
    qd_json_member_bool(writer, "searchOnly", false);
    qd_json_name(writer, "node");
    if (shard->node_id.data == NULL) {
        qd_json_null(writer);
    } else {
        qd_json_string(writer, shard->node_id);
    }
    qd_json_name(writer, "relocating_node");
    qd_json_null(writer);
    qd_json_member_int(writer, "shard", shard->shard);
    qd_json_member_string(writer, "index", index->name);
    if (shard->state == QD_SHARD_UNASSIGNED || shard->state == QD_SHARD_INITIALIZING) {
        write_unassigned(shard, writer);
    }
    if (shard->node_id.data != NULL) {
        qd_json_member_object(writer, "allocation_id");
        qd_json_member_string(writer, "id", shard->allocation_id);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_routing_table(const struct qd_state_view *view, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "routing_table");
    qd_json_member_object(writer, "indices");
    for (size_t i = 0; i < view->count; i++) {
        const struct qd_index_metadata *index = view->indices[i].index;
        uint32_t copies = 1 + index->replica_count;
        qd_json_name_slice(writer, index->name);
        qd_json_begin_object(writer);
        qd_json_member_object(writer, "shards");
        for (uint32_t s = 0; s < index->shard_count; s++) {
            qd_json_name_slice(writer, number_name(s, view->arena));
            qd_json_begin_array(writer);
            for (uint32_t c = 0; c < copies; c++) {
                qd_state_write_copy(index, &index->routing[s * copies + c], writer);
            }
            qd_json_end_array(writer);
        }
        qd_json_end_object(writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* All copies on a node; data NULL: those that are nowhere. */
static void write_copies(const struct qd_state_view *view, struct qd_slice node_id,
                         struct qd_json_writer *writer)
{
    qd_json_begin_array(writer);
    for (size_t i = 0; i < view->count; i++) {
        const struct qd_index_metadata *index = view->indices[i].index;
        size_t count = (size_t)index->shard_count * (1 + index->replica_count);
        for (size_t s = 0; s < count; s++) {
            struct qd_slice at = index->routing[s].node_id;
            bool here = node_id.data == NULL ? at.data == NULL
                                             : at.data != NULL && qd_slice_equal(at, node_id);
            if (here) qd_state_write_copy(index, &index->routing[s], writer);
        }
    }
    qd_json_end_array(writer);
}

static void write_routing_nodes(const struct qd_state_view *view, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "routing_nodes");
    qd_json_name(writer, "unassigned");
    write_copies(view, (struct qd_slice){ 0 }, writer);
    qd_json_member_object(writer, "nodes");
    for (size_t i = 0; i < view->state->node_count; i++) {
        if (!view->state->nodes[i].data) continue;
        qd_json_name_slice(writer, view->state->nodes[i].id);
        write_copies(view, view->state->nodes[i].id, writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* ---- nodes, blocks ---- */

void qd_state_write_attributes(const struct qd_node_info *node, const char *name,
                               struct qd_json_writer *writer)
{
    qd_json_member_object(writer, name);
    for (size_t a = 0; a < node->attribute_count; a++) {
        qd_json_name_slice(writer, node->attributes[2 * a]);
        qd_json_string(writer, node->attributes[2 * a + 1]);
    }
    qd_json_end_object(writer);
}

void qd_state_write_node(const struct qd_node_info *node, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, node->id);
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", node->name);
    qd_json_member_string(writer, "ephemeral_id", node->ephemeral_id);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_state_write_attributes(node, "attributes", writer);
    qd_json_end_object(writer);
}

static void write_nodes(const struct qd_cluster_state *state, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "nodes");
    for (size_t i = 0; i < state->node_count; i++) qd_state_write_node(&state->nodes[i], writer);
    qd_json_end_object(writer);
}

static void write_levels(const struct qd_block *block, struct qd_json_writer *writer)
{
    static const char *const names[] = { [QD_BLOCK_READ] = "read",
                                         [QD_BLOCK_WRITE] = "write",
                                         [QD_BLOCK_METADATA_READ] = "metadata_read",
                                         [QD_BLOCK_METADATA_WRITE] = "metadata_write" };
    qd_json_member_array(writer, "levels");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (block->levels[i]) qd_json_text_value(writer, names[i]);
    }
    qd_json_end_array(writer);
}

static void write_block(const struct qd_block *block, struct qd_json_writer *writer)
{
    char id[16];
    snprintf(id, sizeof(id), "%d", block->id);
    qd_json_member_object(writer, id);
    qd_json_member_text(writer, "description", block->description);
    qd_json_member_bool(writer, "retryable", false);
    write_levels(block, writer);
    qd_json_end_object(writer);
}

/* The blocks that settings put on an index, and the one of a closed index. */
static void write_index_blocks(const struct qd_index_metadata *index, bool *open,
                               struct qd_json_writer *writer)
{
    static const struct qd_block closed = {
        NULL, NULL, 4, "index closed", { true, true, false, false }, false, QD_CLUSTER_BLOCK_READ
    };
    const struct qd_block *rows;
    size_t count = qd_blocks(&rows);
    bool own = false;
    for (size_t b = 0; b <= count; b++) {
        const struct qd_block *block = b == count ? &closed : &rows[b];
        bool is_set = block == &closed ? index->closed
                                       : qd_settings_bool(&index->settings, block->setting, false);
        if (!is_set) continue;
        if (!*open) qd_json_member_object(writer, "indices");
        *open = true;
        if (!own) {
            qd_json_name_slice(writer, index->name);
            qd_json_begin_object(writer);
            own = true;
        }
        write_block(block, writer);
    }
    if (own) qd_json_end_object(writer);
}

/* Of all indices: those that a request names choose other parts only. */
static void write_blocks(const struct qd_cluster_state *state, struct qd_json_writer *writer)
{
    bool open = false;
    qd_json_member_object(writer, "blocks");
    for (size_t i = 0; i < state->index_count; i++) write_index_blocks(state->indices[i], &open, writer);
    if (open) qd_json_end_object(writer);
    qd_json_end_object(writer);
}

void qd_state_view_write(const struct qd_state_view *view, struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = view->state;
    if ((view->parts & PART_VERSION) != 0) {
        qd_json_member_int(writer, "version", state->version);
        qd_json_member_string(writer, "state_uuid", state->state_uuid);
    }
    if ((view->parts & PART_MASTER) != 0) {
        qd_json_member_string(writer, "master_node", state->master_node_id);
    }
    if ((view->parts & PART_MANAGER) != 0) {
        qd_json_member_string(writer, "cluster_manager_node", state->master_node_id);
    }
    if ((view->parts & PART_BLOCKS) != 0) write_blocks(state, writer);
    if ((view->parts & PART_NODES) != 0) write_nodes(state, writer);
    if ((view->parts & PART_METADATA) != 0) write_metadata(view, writer);
    if ((view->parts & PART_ROUTING_TABLE) != 0) write_routing_table(view, writer);
    if ((view->parts & PART_ROUTING_NODES) != 0) write_routing_nodes(view, writer);
}

unsigned qd_state_parts(const struct qd_slice *names, size_t count)
{
    unsigned parts = 0;
    bool table = false, nodes = false;
    for (size_t i = 0; i < count; i++) {
        for (size_t m = 0; m < sizeof(metrics) / sizeof(metrics[0]); m++) {
            if (qd_slice_is(names[i], metrics[m].metric)) parts |= metrics[m].parts;
        }
        /* routing_nodes alone and routing_table alone are told apart. */
        table = table || qd_slice_is(names[i], "routing_table") || qd_slice_is(names[i], "_all");
        nodes = nodes || qd_slice_is(names[i], "routing_nodes") || qd_slice_is(names[i], "_all");
    }
    if (!table) parts &= ~(unsigned)PART_ROUTING_TABLE;
    if (!nodes) parts &= ~(unsigned)PART_ROUTING_NODES;
    return parts;
}

/* ---- the request ---- */

static enum qd_status read_request(struct qd_call *call, struct qd_state_view *view)
{
    struct qd_indices_options options = qd_options_lenient();
    struct qd_slice *names, version = qd_call_parameter(call, "wait_for_metadata_version");
    struct qd_resolved *indices;
    struct qd_slice all = QD_SLICE("_all");
    size_t count = qd_call_list(call, "metric", &names);
    struct qd_slice *expression = qd_map_get(&call->parameters, QD_SLICE("indices"));
    if (expression != NULL) qd_map_put(&call->parameters, QD_SLICE("index"), expression);
    int64_t timeout = 0, number;
    bool local = false;
    options.expand_closed = options.expand_hidden = true;
    QD_TRY(qd_manager_timeout_of_call(call, &timeout, &call->error));
    QD_TRY(qd_call_bool(call, "local", &local, &call->error));
    QD_TRY(qd_call_bool(call, "flat_settings", &view->flat, &call->error));
    QD_TRY(qd_call_time(call, "wait_for_timeout", &timeout, &call->error));
    if (version.data != NULL && qd_parse_int64(version, &number) && number < 1) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                            "provided waitForMetadataVersion should be >= 1, but instead is [%lld]",
                            (long long)number);
    }
    view->parts = count == 0 ? qd_state_parts(&all, 1) : qd_state_parts(names, count);
    QD_TRY(qd_resolve_call(call, view->state, options, &indices, &view->count));
    view->indices = indices;
    return QD_OK;
}

void qd_coordinator_cluster_state(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_state_view view = { .arena = call->arena, .state = state };
    if (read_request(call, &view) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "cluster_name", state->cluster_name);
    qd_json_member_string(&writer, "cluster_uuid", state->cluster_uuid);
    qd_state_view_write(&view, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
