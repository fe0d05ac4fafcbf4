/* The query phase on one shard: matches, counts, the best documents, collectors. */
#include <math.h>
#include <string.h>

#include "search/query_node.h"
#include "search/scorer.h"
#include "search/search.h"
#include "search/sort.h"

/* What the walk over all segments keeps. */
struct query_phase {
    const struct qd_shard_view *view;
    const struct qd_search_request *request;
    const struct qd_hit_collector *collector;
    struct qd_arena *arena;
    struct qd_prepared *query, *post_filter;
    struct qd_sort_plan sorts;
    struct qd_sort_value *after;   /* search_after, or NULL */
    struct qd_sort_value *values;  /* values[sorts.count] of the document at hand */
    struct qd_top_doc *heap;       /* heap[heap_count]; heap[0] is the worst kept */
    size_t heap_count, heap_max;
    uint64_t total;                /* counted */
    int64_t track;                 /* track_total_hits */
    bool needs_scores;
    bool by_score;                 /* no sort: score, then document */
    bool pruned;                   /* documents that cannot compete were left out: total is a lower bound */
    float max_score;
    uint64_t collected;            /* for terminate_after */
    bool terminated;
};

/* Orders kept documents: positive when left is worse. */
static int worse(const struct query_phase *phase, const struct qd_top_doc *left, const struct qd_top_doc *right)
{
    return qd_top_doc_compare(phase->request, left, right);
}

static void heap_down(struct query_phase *phase, size_t at)
{
    struct qd_top_doc moved = phase->heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= phase->heap_count) break;
        if (child + 1 < phase->heap_count && worse(phase, &phase->heap[child + 1], &phase->heap[child]) > 0) child++;
        if (worse(phase, &moved, &phase->heap[child]) >= 0) break;
        phase->heap[at] = phase->heap[child];
        at = child;
    }
    phase->heap[at] = moved;
}

static void heap_up(struct query_phase *phase, size_t at)
{
    struct qd_top_doc moved = phase->heap[at];
    while (at > 0 && worse(phase, &moved, &phase->heap[(at - 1) / 2]) > 0) {
        phase->heap[at] = phase->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    phase->heap[at] = moved;
}

static void offer(struct query_phase *phase, const struct qd_top_doc *doc)
{
    if (phase->heap_max == 0) return;
    if (phase->heap_count < phase->heap_max) {
        phase->heap[phase->heap_count++] = *doc;
        heap_up(phase, phase->heap_count - 1);
    } else if (worse(phase, doc, &phase->heap[0]) < 0) {
        phase->heap[0] = *doc;
        heap_down(phase, 0);
    }
}

/* True when the document comes after search_after's values. */
static bool is_after(const struct query_phase *phase, const struct qd_sort_value *values)
{
    for (size_t i = 0; i < phase->sorts.count; i++) {
        int order = qd_sort_compare(&phase->request->sorts[i], &values[i], &phase->after[i]);
        if (order != 0) return order > 0;
    }
    return false;
}

static void offer_sorted(struct query_phase *phase, uint32_t segment, qd_doc_id doc, float score)
{
    struct qd_sort_value *values = phase->values;
    size_t count = phase->sorts.count;
    qd_doc_id global = phase->view->snapshot->segments[segment].doc_base + doc;
    struct qd_top_doc top = { .segment = segment,
                              .doc = doc,
                              .score = phase->needs_scores ? score : NAN,
                              .sort_values = values };
    for (size_t i = 0; i < count; i++)
        values[i] = qd_sort_value_of(&phase->sorts, i, doc, global, score, phase->arena);
    if (phase->after != NULL && !is_after(phase, values)) return;
    bool wanted = phase->heap_count < phase->heap_max ||
                  (phase->heap_max > 0 && worse(phase, &top, &phase->heap[0]) < 0);
    if (!wanted) return;
    struct qd_sort_value *kept = QD_NEW_ARRAY(phase->arena, struct qd_sort_value, count);
    memcpy(kept, values, sizeof(*kept) * count);
    top.sort_values = kept;
    offer(phase, &top);
}

/* Matches of the current segment and what post_filter lets through. */
struct segment_walk {
    uint32_t segment;
    const uint64_t *post_filter; /* NULL: everything */
    struct qd_scorer *scorer;
};

static void count_and_keep(struct query_phase *phase, const struct segment_walk *walk, const qd_doc_id *docs,
                           const float *scores, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        qd_doc_id doc = docs[i];
        if (walk->post_filter != NULL && (walk->post_filter[doc / 64] >> (doc % 64) & 1) == 0) continue;
        float score = scores == NULL ? NAN : scores[i];
        phase->total++;
        if (scores != NULL && !(score <= phase->max_score)) phase->max_score = score;
        if (!phase->by_score) {
            offer_sorted(phase, walk->segment, doc, score);
            continue;
        }
        struct qd_top_doc top = { .segment = walk->segment, .doc = doc, .score = scores == NULL ? 1.0f : score };
        offer(phase, &top);
    }
}

/* From the limit of counting on, only documents that beat the worst kept one matter. */
static void raise_min_score(struct query_phase *phase, struct qd_scorer *scorer)
{
    bool may_skip = phase->by_score && phase->collector == NULL && phase->heap_max > 0 &&
                    phase->heap_count == phase->heap_max && phase->post_filter == NULL &&
                    phase->track != QD_TRACK_TOTAL_HITS_ACCURATE &&
                    (phase->track < 0 || phase->total > (uint64_t)phase->track);
    if (!may_skip || !phase->needs_scores) return;
    phase->pruned = true;
    qd_scorer_set_min_score(scorer, nextafterf(phase->heap[0].score, INFINITY));
}

static size_t keep_min_score(float min_score, qd_doc_id *docs, float *scores, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (scores[i] < min_score) continue;
        docs[kept] = docs[i];
        scores[kept++] = scores[i];
    }
    return kept;
}

static enum qd_status walk_segment(struct query_phase *phase, struct segment_walk *walk, struct qd_error *error)
{
    qd_doc_id docs[QD_SCORER_WINDOW];
    float scores[QD_SCORER_WINDOW];
    const struct qd_snapshot_segment *segment = &phase->view->snapshot->segments[walk->segment];
    uint32_t doc_count = qd_segment_doc_count(segment->segment);
    struct qd_scorer_batch batch = { docs, phase->needs_scores ? scores : NULL, QD_SCORER_WINDOW, segment->live };
    if (phase->request->terminate_after > 0 && phase->request->terminate_after < QD_SCORER_WINDOW)
        batch.capacity = (size_t)phase->request->terminate_after;
    qd_doc_id at = 0;
    while (at < doc_count && !phase->terminated) {
        if (phase->view->cancelled != NULL && atomic_load(phase->view->cancelled))
            return qd_error_set(error, QD_TASK_CANCELLED, "task cancelled");
        raise_min_score(phase, walk->scorer);
        size_t count = qd_scorer_collect(walk->scorer, &at, doc_count, &batch);
        if (phase->request->has_min_score)
            count = keep_min_score(phase->request->min_score, docs, scores, count);
        if (phase->request->terminate_after > 0 &&
            phase->collected + count >= (uint64_t)phase->request->terminate_after) {
            count = (size_t)((uint64_t)phase->request->terminate_after - phase->collected);
            phase->terminated = true;
        }
        phase->collected += count;
        if (count == 0) continue;
        const struct qd_hit_collector *collector = phase->collector;
        if (collector != NULL)
            QD_TRY(collector->collect(collector->context, docs, collector->needs_scores ? scores : NULL, count, error));
        count_and_keep(phase, walk, docs, phase->needs_scores ? scores : NULL, count);
    }
    return QD_OK;
}

static enum qd_status search_segment(struct query_phase *phase, uint32_t number, struct qd_arena *scratch,
                                     struct qd_error *error)
{
    struct segment_walk walk = { .segment = number };
    if (phase->collector != NULL)
        QD_TRY(phase->collector->begin_segment(phase->collector->context, number, error));
    QD_TRY(qd_sort_plan_segment(&phase->sorts, phase->view->snapshot->segments[number].segment, error));
    QD_TRY(qd_prepared_scorer(phase->query, number, scratch, &walk.scorer, error));
    if (walk.scorer == NULL) return QD_OK;
    if (phase->post_filter != NULL) {
        uint64_t *words;
        QD_TRY(qd_prepared_bits(phase->post_filter, number, scratch, &words, error));
        walk.post_filter = words;
    }
    return walk_segment(phase, &walk, error);
}

static enum qd_status check_window(const struct query_phase *phase, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    int64_t from = request->from < 0 ? 0 : request->from;
    int64_t size = request->size < 0 ? 10 : request->size;
    int64_t max = phase->view->limits.max_result_window;
    if (max <= 0 || from + size <= max) return QD_OK;
    if (request->scroll)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Batch size is too large, size must be less than or equal to: [%lld] but was [%lld]. "
                            "Scroll batch sizes cost as much memory as result windows so they are controlled by the "
                            "[index.max_result_window] index level setting.",
                            (long long)max, (long long)(from + size));
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Result window is too large, from + size must be less than or equal to: [%lld] but was "
                        "[%lld]. See the scroll api for a more efficient way to request large data sets. This limit "
                        "can be set by changing the [index.max_result_window] index level setting.",
                        (long long)max, (long long)(from + size));
}

static enum qd_status prepare_phase(struct query_phase *phase, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    QD_TRY(check_window(phase, error));
    QD_TRY(qd_sort_plan_make(phase->view, request, phase->arena, &phase->sorts, error));
    if (request->search_after != NULL)
        QD_TRY(qd_sort_after(phase->view, &phase->sorts, request->search_after, phase->arena, &phase->after, error));
    phase->values = QD_NEW_ARRAY(phase->arena, struct qd_sort_value, request->sort_count + 1);
    phase->by_score = request->sort_count == 0;
    int64_t size = (request->from < 0 ? 0 : request->from) + (request->size < 0 ? 10 : request->size);
    phase->heap_max = (size_t)size;
    if (phase->heap_max > phase->view->snapshot->live_count) phase->heap_max = phase->view->snapshot->live_count;
    phase->heap = QD_NEW_ARRAY(phase->arena, struct qd_top_doc, phase->heap_max + 1);
    phase->needs_scores = (phase->by_score && size > 0) || phase->sorts.needs_scores || request->track_scores ||
                          request->has_min_score || (phase->collector != NULL && phase->collector->needs_scores);
    const struct qd_query *query = request->query == NULL ? qd_query_match_all(phase->arena) : request->query;
    QD_TRY(qd_query_prepare(query, phase->view, phase->needs_scores, phase->arena, &phase->query, error));
    if (request->post_filter == NULL) return QD_OK;
    return qd_query_prepare(request->post_filter, phase->view, false, phase->arena, &phase->post_filter, error);
}

/* Takes the heap apart, worst first. */
static void take_docs(struct query_phase *phase, struct qd_query_result *result)
{
    size_t count = phase->heap_count;
    result->doc_count = (uint32_t)count;
    result->docs = QD_NEW_ARRAY(phase->arena, struct qd_top_doc, count + 1);
    while (phase->heap_count > 0) {
        result->docs[phase->heap_count - 1] = phase->heap[0];
        phase->heap[0] = phase->heap[--phase->heap_count];
        if (phase->heap_count > 0) heap_down(phase, 0);
    }
}

enum qd_status qd_search_query_phase(const struct qd_shard_view *view, const struct qd_search_request *request,
                                     const struct qd_hit_collector *collector, struct qd_arena *arena,
                                     struct qd_query_result *result, struct qd_error *error)
{
    struct query_phase phase = { .view = view,
                                 .request = request,
                                 .collector = collector,
                                 .arena = arena,
                                 .track = request->track_total_hits,
                                 .max_score = NAN };
    *result = (struct qd_query_result){ .max_score = NAN, .sort_count = request->sort_count };
    QD_TRY(prepare_phase(&phase, error));
    for (uint32_t i = 0; i < view->snapshot->segment_count && !phase.terminated; i++) {
        struct qd_arena *scratch = qd_arena_create(16384);
        enum qd_status status = search_segment(&phase, i, scratch, error);
        qd_arena_destroy(scratch);
        QD_TRY(status);
    }
    take_docs(&phase, result);
    result->total = phase.total;
    result->terminated_early = phase.terminated;
    if (phase.track >= 0 && phase.track != QD_TRACK_TOTAL_HITS_ACCURATE && phase.total > (uint64_t)phase.track) {
        result->total = (uint64_t)phase.track;
        result->total_is_lower_bound = true;
    }
    bool scored = phase.by_score || request->track_scores || phase.sorts.needs_scores;
    if (scored && phase.by_score && result->doc_count > 0) result->max_score = result->docs[0].score;
    else if (scored && phase.needs_scores) result->max_score = phase.max_score;
    return QD_OK;
}
