#include "search/phase_query_slice.h"

#include "base/murmur3.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "search/id_bytes.h"
#include "search/query_node_bits.h"
#include "search/query_tree.h"

/* Where the hash of an identifier begins. */
#define ID_SEED 7919

/* Murmur's finalizer with other constants. Source: OpenSearch BitMixer.mix64. */
static int32_t mixed(uint64_t value)
{
    value = (value ^ value >> 32) * UINT64_C(0x4cd6944c5cc20b6d);
    value = (value ^ value >> 29) * UINT64_C(0xfc12c5b19d3259e9);
    return (int32_t)(uint32_t)(value ^ value >> 32);
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
    uint64_t target = id % shards;
    plan->none = max < shards ? view->shard % max != id : target != view->shard;
    if (plan->none) return QD_OK;
    QD_TRY(resolve_field(view, request->slice_field, plan, error));
    if (max < shards) return QD_OK;
    plan->count = max / shards + (max % shards > target);
    plan->number = id / shards;
    plan->all = plan->count == 1;
    return QD_OK;
}

static bool contains(const struct qd_slice_plan *plan, int32_t hash)
{
    int64_t rest = hash % (int64_t)plan->count;
    return (uint64_t)(rest < 0 ? rest + (int64_t)plan->count : rest) == plan->number;
}

static bool has_id(const struct qd_slice_plan *plan, struct qd_slice id, struct qd_buffer *scratch)
{
    return contains(plan, (int32_t)qd_murmur3_32(qd_id_bytes(id, scratch), ID_SEED));
}

/* One of its values decides for the document; without any, zero does. */
static bool has_number(const struct qd_slice_plan *plan, const struct qd_numeric_column *numbers,
                       qd_doc_id doc)
{
    uint32_t count = numbers == NULL ? 0 : qd_numeric_count(numbers, doc);
    uint64_t flip = plan->field->type == QD_FIELD_UNSIGNED_LONG ? UINT64_C(1) << 63 : 0;
    if (count == 0) return contains(plan, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (contains(plan, mixed((uint64_t)qd_numeric_at(numbers, doc, i) ^ flip))) return true;
    }
    return false;
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
    struct qd_buffer id = { 0 };
    for (qd_doc_id doc = 0; doc < doc_count; doc++) {
        bool live = segment->live == NULL || (segment->live[doc / 64] >> (doc % 64) & 1) != 0;
        bool inside = live && (ids != NULL ? has_id(plan, qd_ids_at(ids, doc), &id)
                                           : has_number(plan, numbers, doc));
        if (inside) (*words)[doc / 64] |= (uint64_t)1 << (doc % 64);
    }
    qd_buffer_deinit(&id);
    return QD_OK;
}

/* ---- a slice as a query, for explanations ---- */
struct slice_query {
    struct qd_query query;
    const struct qd_shard_view *view;
    struct qd_slice_plan plan;
};

struct slice_node {
    struct qd_node node;
    const struct slice_query *query;
};

static void slice_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct qd_slice_plan *plan = &((const struct slice_node *)node)->query->plan;
    struct qd_slice name = plan->field == NULL ? QD_SLICE("_id") : plan->field->name;
    qd_buffer_format(out, "%s[field=%.*s, id=%llu, max=%llu]",
                     plan->field == NULL ? "TermsSliceQuery" : "DocValuesSliceQuery", QD_SLICE_ARG(name),
                     (unsigned long long)plan->number, (unsigned long long)plan->count);
}

static enum qd_status slice_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                 uint64_t *words, struct qd_error *error)
{
    const struct slice_query *self = ((const struct slice_node *)node)->query;
    uint64_t *inside;
    QD_TRY(qd_slice_plan_bits(&self->plan, &self->view->snapshot->segments[segment->number], segment->arena,
                              &inside, error));
    for (size_t i = 0; i < ((size_t)segment->doc_count + 63) / 64; i++) words[i] |= inside[i];
    return QD_OK;
}

static enum qd_status slice_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                   struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_bits_scorer(node, segment, slice_fill, scorer, error);
}

static const struct qd_node_kind slice_node_kind = { .name = "SliceQuery",
                                                     .text = slice_text,
                                                     .scorer = slice_scorer };

static enum qd_status slice_build(const struct qd_query *query, struct qd_query_context *context,
                                  struct qd_node **node, struct qd_error *error)
{
    (void)error;
    struct slice_node *self = QD_NEW(context->arena, struct slice_node);
    self->node.kind = &slice_node_kind;
    self->query = (const struct slice_query *)query;
    *node = &self->node;
    return QD_OK;
}

static const struct qd_query_kind slice_query_kind = { .name = "slice", .build = slice_build };

enum qd_status qd_slice_query(const struct qd_query *query, const struct qd_shard_view *view,
                              const struct qd_search_request *request, struct qd_arena *arena,
                              const struct qd_query **sliced, struct qd_error *error)
{
    struct slice_query *self = QD_QUERY_NEW(arena, struct slice_query, &slice_query_kind);
    *sliced = query;
    QD_TRY(qd_slice_plan_make(view, request, &self->plan, error));
    if (self->plan.all || self->plan.none) return QD_OK;
    self->view = view;
    *sliced = qd_query_with_filter(query, &self->query, arena);
    return QD_OK;
}
