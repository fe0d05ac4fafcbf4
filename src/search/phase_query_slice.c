#include "search/phase_query_slice.h"

#include "codec/columns.h"
#include "codec/ids.h"

static uint64_t mixed(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdu;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 33;
}

/* FNV-1a */
static uint64_t text_hash(struct qd_slice text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < text.size; i++) {
        hash = (hash ^ (uint8_t)text.data[i]) * 0x100000001b3u;
    }
    return mixed(hash);
}

static enum qd_status resolve_field(const struct qd_shard_view *view, struct qd_slice name,
                                    struct qd_slice_plan *plan, struct qd_error *error)
{
    if (qd_slice_is(name, "_id")) {
        return QD_OK;
    }
    plan->field = qd_mapping_field(view->mapping, name);
    if (plan->field == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field %.*s not found", QD_SLICE_ARG(name));
    }
    if (plan->field->type == QD_FIELD_ID) {
        plan->field = NULL;
    } else if (plan->field->column != QD_COLUMN_NUMERIC) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "cannot load numeric doc values on %.*s",
                            QD_SLICE_ARG(name));
    }
    return QD_OK;
}

static enum qd_status search_error(struct qd_error *error, struct qd_slice reason)
{
    (void)qd_error_set(error, QD_ILLEGAL_STATE, "%.*s", QD_SLICE_ARG(reason));
    if (error != NULL) {
        error->type_override = "search_exception";
    }
    return QD_ILLEGAL_STATE;
}

enum qd_status qd_slice_plan_make(const struct qd_shard_view *view, const struct qd_search_request *request,
                                  struct qd_slice_plan *plan, struct qd_error *error)
{
    *plan = (struct qd_slice_plan){ .all = true };
    if (!request->has_slice) {
        return QD_OK;
    }
    uint64_t max = (uint64_t)request->slice_max;
    uint64_t id = (uint64_t)request->slice_id;
    uint64_t shards = view->shard_count == 0 ? 1 : view->shard_count;
    if (!request->scroll && request->pit == NULL) {
        return search_error(error,
                            QD_SLICE("`slice` cannot be used outside of a scroll context or PIT context"));
    }
    if (view->limits.max_slices > 0 && request->slice_max > view->limits.max_slices) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The number of slices [%lld] is too large. It must be less than [%lld]. This limit can be set "
            "by changing the [%s] index level setting.",
            (long long)max, (long long)view->limits.max_slices,
            request->scroll ? "index.max_slices_per_scroll" : "index.max_slices_per_pit");
    }
    QD_TRY(resolve_field(view, request->slice_field, plan, error));
    if (max < shards) {
        plan->none = view->shard % max != id;
        return QD_OK;
    }
    uint64_t target = id % shards;
    plan->none = target != view->shard;
    plan->count = max / shards + (max % shards > target);
    plan->number = id / shards;
    plan->all = plan->count == 1;
    return QD_OK;
}

enum qd_status qd_slice_plan_bits(const struct qd_slice_plan *plan, const struct qd_snapshot_segment *segment,
                                  struct qd_arena *arena, uint64_t **words, struct qd_error *error)
{
    uint32_t doc_count = qd_segment_doc_count(segment->segment);
    struct qd_ids *ids = NULL;
    struct qd_numeric_column *numbers = NULL;
    *words = QD_NEW_ARRAY(arena, uint64_t, doc_count / 64 + 1);
    if (plan->field == NULL) {
        QD_TRY(qd_segment_ids(segment->segment, &ids, error));
    } else {
        QD_TRY(qd_segment_numeric(segment->segment, plan->field->name, &numbers, error));
    }
    for (qd_doc_id doc = 0; doc < doc_count; doc++) {
        uint64_t hash = 0;
        int64_t number;
        if (segment->live != NULL && (segment->live[doc / 64] >> (doc % 64) & 1) == 0) {
            continue;
        }
        if (ids != NULL) {
            hash = text_hash(qd_ids_at(ids, doc));
        } else if (numbers != NULL && qd_numeric_first(numbers, doc, &number)) {
            hash = mixed((uint64_t)number);
        }
        if (hash % plan->count == plan->number) {
            (*words)[doc / 64] |= (uint64_t)1 << (doc % 64);
        }
    }
    return QD_OK;
}
