/* GET _cat/segments: one row for each segment of each shard. */
#include "base/product.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/nodes_select.h"
#include "coordinator/resolve.h"
#include "coordinator/shard_reports.h"
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

/* A table that waits for the shards. */
struct request {
    struct qd_cat cat;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
};

static void add_row(struct qd_cat *cat, const struct qd_reported_shard *shard,
                    const struct qd_report_segment *segment)
{
    struct qd_cat_cell *cell = qd_cat_row(cat);
    *cell++ = qd_cat_text(shard->index->name);
    *cell++ = qd_cat_number(shard->report.number);
    *cell++ = qd_cat_string(shard->report.primary ? "p" : "r");
    *cell++ = qd_cat_text(shard->node->ip);
    *cell++ = qd_cat_text(shard->node->id);
    *cell++ = qd_cat_text(segment_name(segment->generation, cat->call->arena));
    *cell++ = qd_cat_number((int64_t)segment->generation);
    *cell++ = qd_cat_number(segment->live);
    *cell++ = qd_cat_number(segment->docs - segment->live);
    *cell++ = qd_cat_bytes((int64_t)segment->size);
    *cell++ = qd_cat_number(0);
    *cell++ = qd_cat_string(segment->committed ? "true" : "false");
    *cell++ = qd_cat_string("true");
    *cell++ = qd_cat_string(QD_LUCENE_VERSION);
    *cell++ = qd_cat_string("true"); /* a segment is one file */
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    for (size_t i = 0; i < request->count; i++) {
        const struct qd_reported_shard *shards;
        size_t count = qd_shard_reports_of(reports, request->indices[i].index, &shards);
        for (size_t s = 0; s < count; s++) {
            const struct qd_report_segments *segments = shards[s].report.segments;
            if (!shards[s].report.started || segments == NULL) continue;
            for (size_t n = 0; n < segments->count; n++) {
                add_row(&request->cat, &shards[s], &segments->list[n]);
            }
        }
    }
    qd_cat_finish(&request->cat);
}

void qd_cat_segments(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct request *request = QD_NEW(call->arena, struct request);
    if (!qd_cat_begin(&request->cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    enum qd_status status = qd_resolve_metadata(call, state, qd_options_search(), &request->indices,
                                            &request->count);
    if (status == QD_OK) {
        status = qd_cat_check_limit(coordinator, "cat.segments.response.limit.number_of_indices",
                                    request->count, "indices", &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_SEGMENTS,
                                   .indices = request->indices,
                                   .index_count = request->count };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}
