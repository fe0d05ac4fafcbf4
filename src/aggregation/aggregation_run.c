/* A run: collecting on one shard, from the tree to the partial result. */
#include <stdio.h>

#include "aggregation/aggregation_collector.h"

/* Errors that are told when nothing worse is found. */
struct making {
    struct qd_aggregation_run *run;
    struct qd_error late; /* the first one of a collector; no status: there is none */
};

static enum qd_status make_level(struct making *making, const struct qd_aggregations *aggregations,
                                 const struct qd_aggregation *parent, struct qd_collector ***collectors,
                                 struct qd_error *error);

static void set_late(struct making *making, const struct qd_error *found)
{
    if (making->late.status == QD_OK) qd_error_copy(&making->late, making->run->arena, found);
}

static void check_root(struct making *making, const struct qd_aggregation *aggregation,
                       const struct qd_aggregation *parent)
{
    struct qd_error found;
    qd_error_init(&found, making->run->arena);
    if (parent == NULL || !aggregation->kind->needs_root) return;
    (void)qd_aggregation_execution_error(&found,
                                         "Aggregation [%.*s] cannot have a global sub-aggregation [%.*s]. "
                                         "Global aggregations can only be defined as top level aggregations",
                                         QD_SLICE_ARG(parent->name), QD_SLICE_ARG(aggregation->name));
    set_late(making, &found);
}

/* Makes a collector and those below it. What may be wrong with it is told at its turn. */
static enum qd_status make_one(struct making *making, const struct qd_aggregation *aggregation,
                               const struct qd_aggregation *parent, struct qd_collector **made,
                               struct qd_error *error)
{
    struct qd_aggregation_run *run = making->run;
    struct qd_collector **children = NULL;
    struct qd_error found;
    qd_error_init(&found, run->arena);
    run->turn = QD_TURN_FIELD;
    enum qd_status status = aggregation->kind->create(run, aggregation, made, &found);
    enum qd_create_turn turn = run->turn;
    bool at_once = status != QD_OK && turn == QD_TURN_FIELD;
    if (!at_once) check_root(making, aggregation, parent);
    if (status != QD_OK && turn == QD_TURN_COLLECTOR) set_late(making, &found);
    if (!at_once) QD_TRY(make_level(making, &aggregation->children, aggregation, &children, error));
    if (status != QD_OK && turn == QD_TURN_ORDER) set_late(making, &found);
    if (status != QD_OK) {
        if (turn >= QD_TURN_COLLECTOR) return QD_OK;
        if (error != NULL) qd_error_copy(error, error->arena, &found);
        return status;
    }
    (*made)->aggregation = aggregation;
    (*made)->run = run;
    (*made)->children = children;
    for (size_t i = 0; i < aggregation->children.count && making->late.status == QD_OK; i++) {
        (*made)->rewritten = (*made)->rewritten || children[i]->rewritten;
    }
    return QD_OK;
}

static enum qd_status make_level(struct making *making, const struct qd_aggregations *aggregations,
                                 const struct qd_aggregation *parent, struct qd_collector ***collectors,
                                 struct qd_error *error)
{
    struct qd_collector **made = QD_NEW_ARRAY(making->run->arena, struct qd_collector *, aggregations->count);
    *collectors = made;
    for (size_t i = 0; i < aggregations->count; i++) {
        QD_TRY(make_one(making, aggregations->items[i], parent, &made[i], error));
    }
    return QD_OK;
}

enum qd_status qd_collectors_create(struct qd_aggregation_run *run,
                                    const struct qd_aggregations *aggregations,
                                    struct qd_collector ***collectors, struct qd_error *error)
{
    struct making making = { .run = run };
    QD_TRY(make_level(&making, aggregations, NULL, collectors, error));
    if (making.late.status == QD_OK) return QD_OK;
    if (error != NULL) qd_error_copy(error, error->arena, &making.late);
    return making.late.status;
}

enum qd_status qd_aggregation_run_create(const struct qd_aggregations *aggregations,
                                         const struct qd_shard_view *view, struct qd_arena *arena,
                                         struct qd_aggregation_run **run, struct qd_error *error)
{
    struct qd_aggregation_run *made = QD_NEW(arena, struct qd_aggregation_run);
    made->aggregations = aggregations;
    made->view = view;
    made->arena = arena;
    QD_TRY(qd_collectors_create(made, aggregations, &made->roots, error));
    *run = made;
    return QD_OK;
}

void qd_aggregation_run_release(struct qd_aggregation_run *run)
{
    if (run == NULL || run->ended) return;
    run->ended = true;
    if (run->view->breaker != NULL) qd_breaker_release(run->view->breaker, run->reserved);
    run->reserved = 0;
}

/* ---- collecting ---- */

static enum qd_status set_segment(struct qd_aggregation_run *run, uint32_t number, struct qd_error *error)
{
    struct qd_numeric_column *weights = NULL;
    run->segment = number;
    run->reader = run->view->snapshot->segments[number].segment;
    run->segment_docs = qd_segment_doc_count(run->reader);
    QD_TRY(qd_segment_numeric(run->reader, QD_SLICE("_doc_count"), &weights, error));
    run->weights = weights;
    return QD_OK;
}

static enum qd_status begin_collectors(struct qd_collector **collectors,
                                       const struct qd_aggregations *aggregations, uint32_t segment,
                                       struct qd_error *error)
{
    for (size_t i = 0; i < aggregations->count; i++) {
        struct qd_collector *collector = collectors[i];
        if (collector->operations->begin_segment != NULL) {
            QD_TRY(collector->operations->begin_segment(collector, segment, error));
        }
        QD_TRY(begin_collectors(collector->children, &aggregations->items[i]->children, segment, error));
    }
    return QD_OK;
}

static enum qd_status run_begin_segment(void *context, uint32_t segment, struct qd_error *error)
{
    struct qd_aggregation_run *run = context;
    enum qd_status status = set_segment(run, segment, error);
    if (status == QD_OK) status = begin_collectors(run->roots, run->aggregations, segment, error);
    if (status != QD_OK) qd_aggregation_run_release(run);
    return status;
}

static enum qd_status run_collect(void *context, const qd_doc_id *docs, const float *scores, size_t count,
                                  struct qd_error *error)
{
    struct qd_aggregation_run *run = context;
    struct qd_collect_batch batch = { .docs = docs, .count = count };
    (void)scores;
    for (size_t i = 0; i < run->aggregations->count; i++) {
        if (run->aggregations->items[i]->kind->needs_root) continue;
        enum qd_status status = run->roots[i]->operations->collect(run->roots[i], &batch, error);
        if (status == QD_OK) continue;
        qd_aggregation_run_release(run);
        return status;
    }
    return QD_OK;
}

static enum qd_status run_collect_window(void *context, const struct qd_hit_window *window,
                                         struct qd_error *error)
{
    struct qd_aggregation_run *run = context;
    run->listed = false;
    for (size_t i = 0; i < run->aggregations->count; i++) {
        if (run->aggregations->items[i]->kind->needs_root) continue;
        enum qd_status status = qd_collect_window(run->roots[i], window, error);
        if (status == QD_OK) continue;
        qd_aggregation_run_release(run);
        return status;
    }
    return QD_OK;
}

static enum qd_status run_collect_segment(void *context, struct qd_error *error)
{
    struct qd_aggregation_run *run = context;
    for (size_t i = 0; i < run->aggregations->count; i++) {
        if (run->aggregations->items[i]->kind->needs_root) continue;
        enum qd_status status = qd_collect_segment(run->roots[i], error);
        if (status == QD_OK) continue;
        qd_aggregation_run_release(run);
        return status;
    }
    return QD_OK;
}

struct qd_hit_collector qd_aggregation_run_collector(struct qd_aggregation_run *run)
{
    return (struct qd_hit_collector){
        .context = run,
        .needs_scores = qd_aggregations_need_scores(run->aggregations),
        .begin_segment = run_begin_segment,
        .collect = run_collect,
        .collect_window = run_collect_window,
        .collect_segment = run_collect_segment,
    };
}

/* Shows every live document of the current segment to a collector that ignores the query. */
static enum qd_status collect_segment(struct qd_aggregation_run *run, struct qd_collector *collector,
                                      struct qd_error *error)
{
    qd_doc_id docs[QD_COLLECT_MAX];
    const uint64_t *live = run->view->snapshot->segments[run->segment].live;
    uint64_t *allowed = NULL;
    if (live == NULL && run->limit == NULL) return qd_collect_segment(collector, error);
    if (run->limit != NULL) {
        QD_TRY(qd_prepared_bits(run->limit, run->segment, run->arena, &allowed, error));
    }
    struct qd_collect_batch batch = { .docs = docs };
    for (qd_doc_id doc = 0; doc < run->segment_docs;) {
        batch.count = 0;
        for (; doc < run->segment_docs && batch.count < QD_COLLECT_MAX; doc++) {
            bool out = live != NULL && (live[doc >> 6] >> (doc & 63) & 1) == 0;
            if (allowed != NULL && (allowed[doc >> 6] >> (doc & 63) & 1) == 0) out = true;
            if (!out) docs[batch.count++] = doc;
        }
        if (run->view->cancelled != NULL && atomic_load(run->view->cancelled)) {
            return qd_error_set(error, QD_TASK_CANCELLED, "task cancelled");
        }
        if (batch.count > 0) QD_TRY(collector->operations->collect(collector, &batch, error));
    }
    return QD_OK;
}

static enum qd_status collect_globals(struct qd_aggregation_run *run, struct qd_error *error)
{
    for (size_t i = 0; i < run->aggregations->count; i++) {
        struct qd_aggregation *aggregation = run->aggregations->items[i];
        if (!aggregation->kind->needs_root) continue;
        struct qd_aggregations alone = { .items = &aggregation, .count = 1 };
        for (uint32_t segment = 0; segment < run->view->snapshot->segment_count; segment++) {
            QD_TRY(set_segment(run, segment, error));
            QD_TRY(begin_collectors(&run->roots[i], &alone, segment, error));
            QD_TRY(collect_segment(run, run->roots[i], error));
        }
    }
    return QD_OK;
}

enum qd_status qd_aggregation_run_limit(struct qd_aggregation_run *run, const struct qd_query *filter,
                                        struct qd_error *error)
{
    return qd_query_prepare(filter, run->view, false, run->arena, &run->limit, error);
}

/* ---- results ---- */

static enum qd_status end_collectors(struct qd_collector **collectors,
                                     const struct qd_aggregations *aggregations, struct qd_error *error)
{
    for (size_t i = 0; i < aggregations->count; i++) {
        if (collectors[i]->operations->end != NULL) {
            QD_TRY(collectors[i]->operations->end(collectors[i], error));
        }
        QD_TRY(end_collectors(collectors[i]->children, &aggregations->items[i]->children, error));
    }
    return QD_OK;
}

static enum qd_status build_level(struct qd_aggregation_run *run, struct qd_collector **collectors,
                                  const struct qd_aggregations *aggregations, uint32_t bucket,
                                  struct qd_aggregation_result **results, struct qd_error *error)
{
    *results = QD_NEW_ARRAY(run->arena, struct qd_aggregation_result, aggregations->count);
    for (size_t i = 0; i < aggregations->count; i++) {
        (*results)[i].aggregation = aggregations->items[i];
        (*results)[i].rewritten = collectors[i]->rewritten;
        QD_TRY(collectors[i]->operations->build(collectors[i], bucket, &(*results)[i], error));
    }
    return QD_OK;
}

enum qd_status qd_build_children(struct qd_collector *collector, uint32_t bucket,
                                 struct qd_aggregation_result **results, struct qd_error *error)
{
    *results = NULL;
    if (collector->aggregation->children.count == 0) return QD_OK;
    return build_level(collector->run, collector->children, &collector->aggregation->children, bucket,
                       results, error);
}

static enum qd_status finish(struct qd_aggregation_run *run, struct qd_buffer *partial,
                             struct qd_error *error)
{
    struct qd_aggregation_result *results;
    QD_TRY(collect_globals(run, error));
    QD_TRY(end_collectors(run->roots, run->aggregations, error));
    QD_TRY(build_level(run, run->roots, run->aggregations, 0, &results, error));
    qd_results_write(run->aggregations, results, partial);
    return QD_OK;
}

enum qd_status qd_aggregation_run_finish(struct qd_aggregation_run *run, struct qd_buffer *partial,
                                         struct qd_error *error)
{
    enum qd_status status = finish(run, partial, error);
    qd_aggregation_run_release(run);
    return status;
}

enum qd_status qd_collect_children(struct qd_collector *collector, const struct qd_collect_batch *batch,
                                   struct qd_error *error)
{
    for (size_t i = 0; i < collector->aggregation->children.count; i++) {
        struct qd_collector *child = collector->children[i];
        QD_TRY(child->operations->collect(child, batch, error));
    }
    return QD_OK;
}

enum qd_status qd_run_reserve(struct qd_collector *collector, size_t bytes, struct qd_error *error)
{
    struct qd_aggregation_run *run = collector->run;
    if (run->view->breaker == NULL) return QD_OK;
    char label[128];
    struct qd_slice name = collector->aggregation->name;
    if (name.size > 100) name.size = 100;
    (void)snprintf(label, sizeof(label), "<agg [%.*s]>", QD_SLICE_ARG(name));
    QD_TRY(qd_breaker_reserve(run->view->breaker, (int64_t)bytes, label, error));
    run->reserved += (int64_t)bytes;
    return QD_OK;
}

enum qd_status qd_run_consume_buckets(struct qd_aggregation_run *run, int64_t count, struct qd_error *error)
{
    struct qd_reduce_context context = { .bucket_count = run->bucket_count,
                                         .bucket_max = run->view->limits.max_buckets };
    enum qd_status status = qd_buckets_consume(&context, count, error);
    run->bucket_count = context.bucket_count;
    return status;
}
