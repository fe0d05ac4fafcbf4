#include "coordinator/blocks.h"

#include "data/data.h"

static const struct qd_block blocks[] = {
    { "index.blocks.read_only",
      "read_only",
      5,
      "index read-only (api)",
      { false, true, false, true },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.read",
      "read",
      7,
      "index read (api)",
      { true, false, false, false },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.write",
      "write",
      8,
      "index write (api)",
      { false, true, false, false },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.metadata",
      "metadata",
      9,
      "index metadata (api)",
      { false, false, true, true },
      false,
      QD_CLUSTER_BLOCK_READ },
    { "index.blocks.read_only_allow_delete",
      "read_only_allow_delete",
      12,
      "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
      { false, true, false, true },
      true,
      QD_CLUSTER_BLOCK_RETRY },
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

static enum qd_status check(const struct qd_index_metadata *index, enum qd_block_level level, bool deleting,
                            struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (!blocks[i].levels[level] || !qd_settings_bool(&index->settings, blocks[i].setting, false)) {
            continue;
        }
        if (deleting && blocks[i].allows_delete) continue;
        qd_buffer_format(&text, "[%s/%d/%s];", kind_of(blocks[i].status), blocks[i].id,
                         blocks[i].description);
        if (status == QD_OK || blocks[i].status == QD_CLUSTER_BLOCK_READ) status = blocks[i].status;
    }
    if (status != QD_OK) {
        (void)qd_error_set(error, status, "index [%.*s] blocked by: %.*s", QD_SLICE_ARG(index->name),
                           (int)text.size, text.data);
    }
    qd_buffer_deinit(&text);
    return status;
}

enum qd_status qd_check_blocks(const struct qd_index_metadata *index, enum qd_block_level level,
                               struct qd_error *error)
{
    return check(index, level, false, error);
}

enum qd_status qd_check_delete_block(const struct qd_index_metadata *index, struct qd_error *error)
{
    return check(index, QD_BLOCK_METADATA_WRITE, true, error);
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
