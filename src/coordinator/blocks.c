#include "coordinator/blocks.h"

#include "base/java_order.h"
#include "data/data.h"

/* In the order in which the reference's set of them iterates. */
static const struct qd_block blocks[] = {
    { "index.blocks.read_only_allow_delete",
      "read_only_allow_delete",
      12,
      "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
      { false, true, false, true },
      true,
      QD_CLUSTER_BLOCK_RETRY },
    { "index.blocks.metadata",
      "metadata",
      9,
      "index metadata (api)",
      { false, false, true, true },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.write",
      "write",
      8,
      "index write (api)",
      { false, true, false, false },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.read",
      "read",
      7,
      "index read (api)",
      { true, false, false, false },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.read_only",
      "read_only",
      5,
      "index read-only (api)",
      { false, true, false, true },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.search_only",
      "search_only",
      20,
      "index scaled down",
      { false, true, false, false },
      false,
      QD_CLUSTER_BLOCK_READ },
};

size_t qd_blocks(const struct qd_block **rows)
{
    *rows = blocks;
    return sizeof(blocks) / sizeof(blocks[0]);
}

static const char *kind_of(enum qd_status status)
{
    return status == QD_CLUSTER_BLOCK_RETRY ? "TOO_MANY_REQUESTS" : "FORBIDDEN";
}

/* A check under way. */
struct check {
    enum qd_block_level level;
    bool deleting;
    enum qd_status status; /* of all blocks that are in the way */
    struct qd_buffer text; /* about them */
};

static void check_index(struct check *check, const struct qd_index_metadata *index)
{
    bool first = true;
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        const struct qd_block *block = &blocks[i];
        bool passes = !block->levels[check->level] || (check->deleting && block->allows_delete);
        if (passes || !qd_settings_bool(&index->settings, block->setting, false)) continue;
        if (first) qd_buffer_format(&check->text, "index [%.*s] blocked by: [", QD_SLICE_ARG(index->name));
        else qd_buffer_text(&check->text, ", ");
        first = false;
        qd_buffer_format(&check->text, "%s/%d/%s", kind_of(block->status), block->id, block->description);
        /* To come again later helps only when nothing else is in the way. */
        if (check->status != QD_CLUSTER_BLOCK_READ) check->status = block->status;
    }
    if (!first) qd_buffer_text(&check->text, "];");
}

static enum qd_status end_check(struct check *check, struct qd_error *error)
{
    if (check->status != QD_OK) {
        (void)qd_error_set(error, check->status, "%.*s", (int)check->text.size, check->text.data);
    }
    qd_buffer_deinit(&check->text);
    return check->status;
}

enum qd_status qd_check_blocks(const struct qd_index_metadata *index, enum qd_block_level level,
                               struct qd_error *error)
{
    struct check check = { .level = level };
    check_index(&check, index);
    return end_check(&check, error);
}

enum qd_status qd_check_all_blocks(const struct qd_resolved *indices, size_t count,
                                   enum qd_block_level level, struct qd_arena *arena, struct qd_error *error)
{
    struct check check = { .level = level };
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count);
    for (size_t i = 0; i < count; i++) names[i] = indices[i].index->name;
    const size_t *order = qd_java_map_order(arena, names, count, 16);
    for (size_t i = 0; i < count; i++) check_index(&check, indices[order[i]].index);
    return end_check(&check, error);
}

enum qd_status qd_resolve_metadata(struct qd_call *call, const struct qd_cluster_state *state,
                                   struct qd_indices_options options, struct qd_resolved **indices,
                                   size_t *count)
{
    QD_TRY(qd_resolve_call(call, state, options, indices, count));
    return qd_check_all_blocks(*indices, *count, QD_BLOCK_METADATA_READ, call->arena, &call->error);
}

enum qd_status qd_check_delete_block(const struct qd_index_metadata *index, struct qd_error *error)
{
    struct check check = { .level = QD_BLOCK_METADATA_WRITE, .deleting = true };
    check_index(&check, index);
    return end_check(&check, error);
}

enum qd_status qd_check_routing_required(const struct qd_coordinator *coordinator,
                                         const struct qd_index_metadata *index, struct qd_slice id,
                                         struct qd_slice routing, struct qd_error *error)
{
    const struct qd_schema *schema = qd_data_schema(coordinator->data, index->uuid);
    if (routing.data != NULL || schema == NULL || !qd_mapping_routing_required(schema->mapping)) return QD_OK;
    enum qd_status status = qd_error_set(error, QD_ROUTING_MISSING, "routing is required for [%.*s]/[%.*s]",
                                         QD_SLICE_ARG(index->name),
                                         QD_SLICE_ARG(id.size == 0 ? QD_SLICE("null") : id));
    qd_error_add(error, "index", index->name);
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}
