/* Blocks: what settings forbid to do with an index.
 *
 * Used by every operation before it reads, writes or changes an index. Source: OpenSearch ClusterBlocks,
 * IndexMetadata's blocks.
 */
#ifndef QD_COORDINATOR_BLOCKS_H
#define QD_COORDINATOR_BLOCKS_H

#include "coordinator/coordinator.h"
#include "coordinator/resolve.h"

enum qd_block_level { QD_BLOCK_READ, QD_BLOCK_WRITE, QD_BLOCK_METADATA_READ, QD_BLOCK_METADATA_WRITE };

/* Fails with cluster_block_exception "index [x] blocked by: [FORBIDDEN/8/index write (api)];" when a block
 * forbids the level. */
QD_CHECKED enum qd_status qd_check_blocks(const struct qd_index_metadata *index, enum qd_block_level level,
                                          struct qd_error *error);

/* The same for several indices at once: all that are blocked are told. */
QD_CHECKED enum qd_status qd_check_all_blocks(const struct qd_resolved *indices, size_t count,
                                              enum qd_block_level level, struct qd_arena *arena,
                                              struct qd_error *error);

/* qd_resolve_call() for operations that read metadata, which blocks may forbid. */
QD_CHECKED enum qd_status qd_resolve_metadata(struct qd_call *call, const struct qd_cluster_state *state,
                                              struct qd_indices_options options, struct qd_resolved **indices,
                                              size_t *count);

/* Fails with routing_missing_exception when the index's mapping requires a routing and none is given. */
QD_CHECKED enum qd_status qd_check_routing_required(const struct qd_coordinator *coordinator,
                                                    const struct qd_index_metadata *index, struct qd_slice id,
                                                    struct qd_slice routing, struct qd_error *error);

/* True when metadata changes may pass a read-only block: deleting with read_only_allow_delete. */
QD_CHECKED enum qd_status qd_check_delete_block(const struct qd_index_metadata *index,
                                                struct qd_error *error);

/* A row of the block table. */
struct qd_block {
    const char *setting;      /* "index.blocks.write" */
    const char *name;         /* of the _block call: "write" */
    int id;                   /* 8 */
    const char *description;  /* "index write (api)" */
    bool levels[4];           /* by enum qd_block_level */
    bool allows_delete;
    enum qd_status status;
};

/* The table; the number of rows. */
size_t qd_blocks(const struct qd_block **rows);

#endif
