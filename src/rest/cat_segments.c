/* GET _cat/segments: one row for each segment of each shard. */
#include "base/product.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/nodes_select.h"
#include "coordinator/resolve.h"
#include "data/data.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "index", "i,idx", "index name", QD_CAT_LEFT, 0 },
    { "shard", "s,sh", "shard name", QD_CAT_LEFT, 0 },
    { "prirep", "p,pr,primaryOrReplica", "primary or replica", QD_CAT_LEFT, 0 },
    { "ip", NULL, "ip of node where it lives", QD_CAT_LEFT, 0 },
    { "id", NULL, "unique id of node where it lives", QD_CAT_HIDDEN, 0 },
    { "segment", "seg", "segment name", QD_CAT_LEFT, 0 },
    { "generation", "g,gen", "segment generation", QD_CAT_RIGHT, 0 },
    { "docs.count", "dc,docsCount", "number of docs in segment", QD_CAT_RIGHT, 0 },
    { "docs.deleted", "dd,docsDeleted", "number of deleted docs in segment", QD_CAT_RIGHT, 0 },
    { "size", "si", "segment size in bytes", QD_CAT_RIGHT, 0 },
    { "size.memory", "sm,sizeMemory", "segment memory in bytes", QD_CAT_RIGHT, 0 },
    { "committed", "ic,isCommitted", "is segment committed", QD_CAT_LEFT, 0 },
    { "searchable", "is,isSearchable", "is segment searched", QD_CAT_LEFT, 0 },
    { "version", "v,ver", "version", QD_CAT_LEFT, 0 },
    { "compound", "ico,isCompound", "is segment compound", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* "_" and the number to base 36. */
static struct qd_slice segment_name(uint64_t generation, struct qd_arena *arena)
{
    char digits[16];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[generation % 36];
        generation /= 36;
    } while (generation > 0);
    return qd_arena_format(arena, "_%.*s", (int)(sizeof(digits) - at), digits + at);
}

static void add_row(struct qd_cat *cat, const struct qd_shard *shard, const struct qd_node_info *node,
                    const struct qd_snapshot_segment *segment)
{
    struct qd_cat_cell *cell = qd_cat_row(cat);
    uint32_t docs = qd_segment_doc_count(segment->segment);
    *cell++ = qd_cat_text(qd_arena_copy(cat->call->arena, shard->index_name));
    *cell++ = qd_cat_number(shard->number);
    *cell++ = qd_cat_string(shard->primary ? "p" : "r");
    *cell++ = qd_cat_text(node->ip);
    *cell++ = qd_cat_text(node->id);
    *cell++ = qd_cat_text(segment_name(segment->generation, cat->call->arena));
    *cell++ = qd_cat_number((int64_t)segment->generation);
    *cell++ = qd_cat_number(segment->live_count);
    *cell++ = qd_cat_number(docs - segment->live_count);
    *cell++ = qd_cat_bytes((int64_t)qd_segment_size(segment->segment));
    *cell++ = qd_cat_number(0);
    *cell++ = qd_cat_string(segment->committed ? "true" : "false");
    *cell++ = qd_cat_string("true");
    *cell++ = qd_cat_string(QD_LUCENE_VERSION);
    *cell++ = qd_cat_string("true"); /* a segment is one file */
}

static void add_index(struct qd_cat *cat, struct qd_coordinator *coordinator,
                      const struct qd_index_metadata *index)
{
    size_t count = qd_data_shard_count(coordinator->data);
    for (size_t i = 0; i < count; i++) {
        struct qd_shard *shard = qd_data_shard_at(coordinator->data, i);
        if (!qd_slice_equal(shard->index_uuid, index->uuid) || shard->engine == NULL) continue;
        if (shard->phase != QD_SHARD_PHASE_STARTED) continue;
        struct qd_snapshot *snapshot = qd_engine_acquire(shard->engine);
        for (uint32_t s = 0; s < snapshot->segment_count; s++) {
            add_row(cat, shard, coordinator->local_node, &snapshot->segments[s]);
        }
        qd_snapshot_release(snapshot);
    }
}

void qd_cat_segments(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_resolved *indices;
    struct qd_cat cat;
    size_t count;
    if (!qd_cat_begin(&cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    enum qd_status status = qd_resolve_call(call, state, qd_options_search(), &indices, &count);
    if (status == QD_OK) {
        status = qd_cat_check_limit(coordinator, "cat.segments.response.limit.number_of_indices", count,
                                    "indices", &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    for (size_t i = 0; i < count; i++) add_index(&cat, coordinator, indices[i].index);
    qd_cat_finish(&cat);
}
