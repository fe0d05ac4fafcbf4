/* The query phase on one shard: matches, counts, the best documents, collectors. Source: OpenSearch
 * QueryPhase, TopDocsCollectorContext. */
#include <math.h>
#include <string.h>

#include "search/highlight.h"
#include "search/phase_query_points.h"
#include "search/phase_query_slice.h"
#include "search/phase_query_top.h"
#include "search/phase_request.h"
#include "search/query_node.h"
#include "search/scorer.h"
#include "search/search.h"

/* Fewer matches than one in so many documents are collected as a list, not as bits. */
#define WINDOW_SPARSE 256

/* What the walk over all segments keeps. */
struct query_phase {
    const struct qd_shard_view *view;
    const struct qd_search_request *request;
    const struct qd_hit_collector *collector;
    struct qd_arena *arena;
    struct qd_prepared *query, *post_filter;
    struct qd_sort_plan sorts;
    struct qd_slice_plan slice;
    struct qd_top_docs top;
    uint64_t total; /* counted */
    uint64_t seen;  /* of them, those in segments whose number was not known beforehand */
    int64_t track;  /* track_total_hits */
    bool counted;   /* total is known beforehand */
    bool segment_counted; /* that of the current segment is known: it is in `total` already */
    bool needs_scores;
    bool shows_scores; /* sorted hits have a score */
    bool by_score;     /* no sort: score, then document */
    bool in_doc_order; /* sorted by _doc alone: the first documents are the best */
    float max_score;
    int64_t accepted; /* for terminate_after */
    bool terminated;
    bool timed_out;
    bool shortcut;        /* `known_total` is told, whatever is found */
    uint64_t known_total; /* of a search that ends early and shows no hits; 0: what was counted */
};

/* Matches of the current segment and what post_filter lets through. */
struct segment_walk {
    uint32_t segment;
    qd_doc_id doc_base;
    const uint64_t *live;        /* NULL: everything */
    const uint64_t *post_filter; /* NULL: everything */
    struct qd_scorer *scorer;
    /* documents of the sort column that still compete; see qd_sort_bounds */
    bool bounded, missing_competes;
    int64_t lower, upper;
    uint64_t *competing; /* bits of the segment's documents; filled window by window, NULL: not yet needed */
    struct qd_arena *scratch;
};

/* A window of matches. */
struct batch {
    qd_doc_id docs[QD_SCORER_WINDOW];
    float scores[QD_SCORER_WINDOW];
    int64_t numbers[QD_SCORER_WINDOW];
    bool has[QD_SCORER_WINDOW];
    size_t count;
};

static bool passes(const struct segment_walk *walk, qd_doc_id doc)
{
    return walk->post_filter == NULL || (walk->post_filter[doc / 64] >> (doc % 64) & 1) != 0;
}

/* True when the count has gone beyond what is reported, so that documents may be left out. */
static bool may_skip(const struct query_phase *phase)
{
    return phase->collector == NULL && phase->request->terminate_after == 0 &&
           !phase->request->track_scores &&
           (phase->counted || phase->segment_counted || phase->track < 0 ||
            (phase->track != QD_TRACK_TOTAL_HITS_ACCURATE && phase->total > (uint64_t)phase->track));
}

/* From the limit of counting on, only documents that beat the worst kept one matter. */
static void raise_min_score(struct query_phase *phase, struct segment_walk *walk)
{
    const struct qd_top_doc *worst = qd_top_docs_worst(&phase->top);
    if (!phase->by_score || !phase->needs_scores || worst == NULL || walk->post_filter != NULL) {
        return;
    }
    if (may_skip(phase)) {
        qd_scorer_set_min_score(walk->scorer, nextafterf(worst->score, INFINITY));
    }
}

/* Takes the bounds that the worst kept document sets for the first sort key. */
static void find_bounds(struct query_phase *phase, struct segment_walk *walk)
{
    const struct qd_top_doc *worst = qd_top_docs_worst(&phase->top);
    const struct qd_numeric_column *column = phase->by_score ? NULL : qd_sort_first_column(&phase->sorts);
    walk->bounded = false;
    if (worst == NULL || column == NULL || worst->sort_values == NULL || !qd_numeric_facts(column).single) {
        return;
    }
    bool strict = phase->sorts.count == 1;
    walk->bounded = qd_sort_bounds(&phase->sorts, &worst->sort_values[0], strict, &walk->lower, &walk->upper);
    walk->missing_competes = qd_sort_missing_competes(&phase->sorts, &worst->sort_values[0], strict);
}

/* Jumps over groups of documents of which none competes. */
static qd_doc_id skip_groups(const struct query_phase *phase, const struct segment_walk *walk, qd_doc_id at,
                             uint32_t doc_count)
{
    if (!walk->bounded || !may_skip(phase)) {
        return at;
    }
    const struct qd_numeric_column *column = qd_sort_first_column(&phase->sorts);
    while (at < doc_count) {
        struct qd_skip_entry entry = qd_numeric_skip(column, at);
        bool full = entry.doc_count == entry.last - entry.first + 1;
        bool outside = entry.doc_count == 0 || entry.max < walk->lower || entry.min > walk->upper;
        if (!outside || (!full && walk->missing_competes)) {
            break;
        }
        at = entry.last + 1;
    }
    return at;
}

/* Fills `competing` for the window at `from`, which ends at *to: live documents that still compete by the
 * first sort key. False when nothing is known of them. Only where counting is over and documents without a
 * value do not compete. */
static bool find_competing(const struct query_phase *phase, struct segment_walk *walk, qd_doc_id from,
                           qd_doc_id *to, bool *any)
{
    if (!walk->bounded || !may_skip(phase)) {
        return false;
    }
    const struct qd_numeric_column *column = qd_sort_first_column(&phase->sorts);
    if (!qd_numeric_facts(column).dense && walk->missing_competes) {
        return false;
    }
    if (walk->competing == NULL) {
        walk->competing = QD_NEW_ARRAY(walk->scratch, uint64_t, *to / 64 + 1);
    }
    qd_doc_id base = from - from % QD_SCORER_WINDOW;
    if (*to - base > QD_SCORER_WINDOW) {
        *to = base + QD_SCORER_WINDOW;
    }
    uint64_t *window = walk->competing + base / 64;
    size_t count = (*to - base + 63) / 64;
    memset(window, 0, count * sizeof(uint64_t));
    qd_numeric_match_range(column, walk->lower, walk->upper, base, *to, window);
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++) {
        if (walk->live != NULL) {
            window[i] &= walk->live[base / 64 + i];
        }
        all |= window[i];
    }
    *any = all != 0;
    return true;
}

static void keep_sorted(struct query_phase *phase, const struct segment_walk *walk, struct batch *batch)
{
    const struct qd_numeric_column *column = qd_sort_first_column(&phase->sorts);
    if (walk->bounded) {
        qd_numeric_gather(column, batch->docs, batch->count, batch->numbers, batch->has);
    }
    for (size_t i = 0; i < batch->count; i++) {
        qd_doc_id doc = batch->docs[i];
        if (!passes(walk, doc)) {
            continue;
        }
        if (!phase->counted) {
            phase->total++;
        }
        float score = phase->needs_scores ? batch->scores[i] : NAN;
        if (phase->needs_scores && !(score <= phase->max_score)) {
            phase->max_score = score;
        }
        if (walk->bounded) {
            bool inside = batch->has[i] ? batch->numbers[i] >= walk->lower && batch->numbers[i] <= walk->upper
                                        : walk->missing_competes;
            if (!inside) {
                continue;
            }
        }
        qd_top_docs_offer_sorted(&phase->top, walk->segment, doc, walk->doc_base + doc,
                                 phase->shows_scores ? score : NAN);
    }
}

/* Offers what post_filter lets through. A score that is not above the worst kept one of a full heap loses:
 * its document comes later. */
static void keep_scored(struct query_phase *phase, const struct segment_walk *walk, struct batch *batch)
{
    bool plain = walk->post_filter == NULL;
    bool ordered = phase->request->scroll_after == NULL;
    bool counted = phase->counted || phase->segment_counted;
    if (plain && !counted) {
        phase->total += batch->count;
    }
    if (phase->top.capacity == 0 && plain) {
        return;
    }
    const struct qd_top_doc *worst = ordered ? qd_top_docs_worst(&phase->top) : NULL;
    for (size_t i = 0; i < batch->count; i++) {
        if (!plain && !passes(walk, batch->docs[i])) {
            continue;
        }
        if (!plain && !counted) {
            phase->total++;
        }
        float score = phase->needs_scores ? batch->scores[i] : 1.0f;
        if (worst != NULL && score <= worst->score) {
            continue;
        }
        if (!(score <= phase->max_score)) {
            phase->max_score = score;
        }
        qd_top_docs_offer_scored(&phase->top, walk->segment, batch->docs[i], score);
        worst = ordered ? qd_top_docs_worst(&phase->top) : NULL;
    }
}

static void keep_min_score(float min_score, struct batch *batch)
{
    size_t kept = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (!(batch->scores[i] >= min_score)) {
            continue;
        }
        batch->docs[kept] = batch->docs[i];
        batch->scores[kept++] = batch->scores[i];
    }
    batch->count = kept;
}

/* Cuts the batch before the first document that is one too many for terminate_after. */
static void cut_batch(struct query_phase *phase, const struct segment_walk *walk, struct batch *batch)
{
    int64_t limit = phase->request->terminate_after;
    if (limit == 0) {
        return;
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (!passes(walk, batch->docs[i])) {
            continue;
        }
        if (phase->accepted >= limit) {
            batch->count = i;
            phase->terminated = true;
            return;
        }
        phase->accepted++;
    }
}

static enum qd_status handle_batch(struct query_phase *phase, const struct segment_walk *walk,
                                   struct batch *batch, struct qd_error *error)
{
    const struct qd_hit_collector *collector = phase->collector;
    if (phase->request->has_min_score) {
        keep_min_score(phase->request->min_score, batch);
    }
    cut_batch(phase, walk, batch);
    if (batch->count == 0) {
        return QD_OK;
    }
    if (collector != NULL) {
        QD_TRY(collector->collect(collector->context, batch->docs,
                                  collector->needs_scores ? batch->scores : NULL, batch->count, error));
    }
    if (phase->by_score) {
        keep_scored(phase, walk, batch);
    } else {
        keep_sorted(phase, walk, batch);
    }
    return QD_OK;
}

/* In order of documents, a full page ends the walk. */
static bool page_is_full(const struct query_phase *phase)
{
    return phase->in_doc_order && may_skip(phase) && qd_top_docs_worst(&phase->top) != NULL;
}

/* Once per window: an error when the search was cancelled, timed_out when its time is over. */
static enum qd_status ask_to_stop(struct query_phase *phase, struct qd_error *error)
{
    const struct qd_shard_view *view = phase->view;
    if (view->cancelled != NULL && atomic_load(view->cancelled)) {
        return qd_error_set(error, QD_TASK_CANCELLED, "task cancelled");
    }
    phase->timed_out = view->expired != NULL && view->expired(view->expired_context);
    return QD_OK;
}

static enum qd_status walk_segment(struct query_phase *phase, struct segment_walk *walk, struct batch *batch,
                                   struct qd_error *error)
{
    const struct qd_snapshot_segment *segment = &phase->view->snapshot->segments[walk->segment];
    uint32_t doc_count = qd_segment_doc_count(segment->segment);
    struct qd_scorer_batch wanted = { batch->docs, phase->needs_scores ? batch->scores : NULL,
                                      QD_SCORER_WINDOW, walk->live, 0, NULL };
    if (phase->in_doc_order && may_skip(phase) && phase->top.capacity < QD_SCORER_WINDOW &&
        phase->top.capacity > 0) {
        wanted.capacity = phase->top.capacity;
    }
    const struct qd_top_doc *last = phase->request->scroll_after;
    qd_doc_id at = 0;
    if (last != NULL && phase->in_doc_order && may_skip(phase) && last->segment == walk->segment) {
        at = last->doc + 1;
    }
    while (at < doc_count && !phase->terminated && !page_is_full(phase)) {
        QD_TRY(ask_to_stop(phase, error));
        if (phase->timed_out) {
            return QD_OK;
        }
        raise_min_score(phase, walk);
        find_bounds(phase, walk);
        at = skip_groups(phase, walk, at, doc_count);
        if (at >= doc_count) {
            break;
        }
        qd_arena_reset(phase->top.scratch);
        qd_doc_id to = doc_count;
        bool any = true;
        wanted.live = find_competing(phase, walk, at, &to, &any) ? walk->competing : walk->live;
        if (!any) {
            at = to;
            continue;
        }
        batch->count = qd_scorer_collect(walk->scorer, &at, to, &wanted);
        if (error != NULL && error->status != QD_OK) return error->status;
        QD_TRY(handle_batch(phase, walk, batch, error));
    }
    return QD_OK;
}

/* Fewer matches are counted while they are scored. */
#define COUNT_APART_MIN 2048

/* Counts the matches of the window at *at, which begins at a whole word. */
static uint64_t count_bits(const struct segment_walk *walk, qd_doc_id *at, uint32_t doc_count)
{
    uint64_t words[QD_SCORER_WINDOW / 64] = { 0 };
    uint64_t count = 0;
    qd_doc_id from = *at, end = doc_count - from < QD_SCORER_WINDOW ? doc_count : from + QD_SCORER_WINDOW;
    qd_scorer_into_bits(walk->scorer, from, end, words);
    for (size_t i = 0; walk->live != NULL && i < (end - from + 63) / 64; i++) {
        words[i] &= walk->live[from / 64 + i];
    }
    for (size_t i = 0; i < QD_SCORER_WINDOW / 64; i++) {
        count += (uint64_t)__builtin_popcountll(words[i]);
    }
    *at = end;
    return count;
}

/* Counts the matches of a segment by themselves, up to the limit of counting, so that few of them need a
 * score. */
static enum qd_status count_apart(struct query_phase *phase, struct segment_walk *walk, struct batch *batch,
                                  struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    uint32_t doc_count = qd_segment_doc_count(phase->view->snapshot->segments[walk->segment].segment);
    struct qd_scorer *scorer = walk->scorer;
    struct qd_scorer_batch wanted = { batch->docs, NULL, QD_SCORER_WINDOW, walk->live, 0, NULL };
    qd_doc_id at = 0;
    if (!phase->by_score || !phase->needs_scores || phase->collector != NULL || may_skip(phase) ||
        phase->top.capacity == 0 || phase->post_filter != NULL || request->terminate_after != 0 ||
        request->track_scores || request->has_min_score || scorer->operations->matches != NULL ||
        scorer->operations->rewind == NULL || scorer->cost < COUNT_APART_MIN) {
        return QD_OK;
    }
    bool bits = scorer->operations->into_bits != NULL && scorer->cost >= doc_count / WINDOW_SPARSE;
    while (at < doc_count && !may_skip(phase)) {
        QD_TRY(ask_to_stop(phase, error));
        if (phase->timed_out) {
            return QD_OK;
        }
        phase->total += bits ? count_bits(walk, &at, doc_count)
                             : qd_scorer_collect(scorer, &at, doc_count, &wanted);
        if (error != NULL && error->status != QD_OK) return error->status;
    }
    phase->segment_counted = true;
    if (qd_scorer_rewind(scorer)) {
        return QD_OK;
    }
    return qd_prepared_scorer(phase->query, walk->segment, walk->scratch, &walk->scorer, error);
}

/* Counts the matches of a segment until there are more than are reported. */
static enum qd_status count_segment(struct query_phase *phase, const struct segment_walk *walk,
                                    struct qd_error *error)
{
    uint32_t doc_count = qd_segment_doc_count(phase->view->snapshot->segments[walk->segment].segment);
    struct qd_scorer *scorer;
    qd_doc_id at = 0;
    if (phase->counted || may_skip(phase)) {
        return QD_OK;
    }
    QD_TRY(qd_prepared_scorer(phase->query, walk->segment, walk->scratch, &scorer, error));
    qd_doc_id *docs = qd_arena_alloc(walk->scratch, sizeof(qd_doc_id) * QD_SCORER_WINDOW);
    struct qd_scorer_batch batch = { docs, NULL, QD_SCORER_WINDOW, walk->live, 0, NULL };
    while (scorer != NULL && at < doc_count && !may_skip(phase)) {
        QD_TRY(ask_to_stop(phase, error));
        if (phase->timed_out) {
            return QD_OK;
        }
        phase->total += qd_scorer_collect(scorer, &at, doc_count, &batch);
        if (error != NULL && error->status != QD_OK) return error->status;
    }
    return QD_OK;
}

/* Where only the number of hits and the collector matter, matches stay bits. */
static bool walks_windows(const struct query_phase *phase, const struct qd_scorer *scorer,
                          uint32_t doc_count)
{
    const struct qd_search_request *request = phase->request;
    return phase->collector != NULL && phase->collector->collect_window != NULL && !phase->needs_scores &&
           phase->top.capacity == 0 && request->terminate_after == 0 && !request->has_min_score &&
           scorer->operations->into_bits != NULL && scorer->cost >= doc_count / WINDOW_SPARSE;
}

/* The bits of a window that count as hits: those that the post filter lets through. */
static uint64_t count_window(const struct segment_walk *walk, const struct qd_hit_window *window)
{
    uint64_t count = 0;
    if (walk->post_filter == NULL) {
        return window->count;
    }
    for (size_t i = 0; i < (window->size + 63) / 64; i++) {
        count += (uint64_t)__builtin_popcountll(window->words[i] & walk->post_filter[window->base / 64 + i]);
    }
    return count;
}

static enum qd_status walk_windows(struct query_phase *phase, struct segment_walk *walk, uint32_t doc_count,
                                   struct qd_error *error)
{
    uint64_t words[QD_SCORER_WINDOW / 64];
    struct qd_hit_window window = { .words = words };
    for (qd_doc_id base = 0; base < doc_count; base += QD_SCORER_WINDOW) {
        QD_TRY(ask_to_stop(phase, error));
        if (phase->timed_out) {
            return QD_OK;
        }
        window.base = base;
        window.size = doc_count - base < QD_SCORER_WINDOW ? doc_count - base : QD_SCORER_WINDOW;
        window.count = 0;
        memset(words, 0, sizeof(words));
        qd_scorer_into_bits(walk->scorer, base, base + window.size, words);
        for (size_t i = 0; i < (window.size + 63) / 64; i++) {
            if (walk->live != NULL) {
                words[i] &= walk->live[base / 64 + i];
            }
            window.count += (uint32_t)__builtin_popcountll(words[i]);
        }
        if (window.count == 0) {
            continue;
        }
        QD_TRY(phase->collector->collect_window(phase->collector->context, &window, error));
        if (!phase->counted) {
            phase->total += count_window(walk, &window);
        }
    }
    return QD_OK;
}

/* Finds the best documents of a segment by the points of the first sort key, where that is possible. */
static enum qd_status search_points(struct query_phase *phase, const struct segment_walk *walk, bool *done,
                                    struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    struct qd_points_search search = { .view = phase->view,
                                       .query = phase->query,
                                       .sorts = &phase->sorts,
                                       .top = &phase->top,
                                       .segment = walk->segment,
                                       .scratch = walk->scratch };
    *done = false;
    if (phase->by_score || phase->needs_scores || phase->collector != NULL || phase->post_filter != NULL ||
        request->terminate_after != 0 || !phase->slice.all) {
        return QD_OK;
    }
    QD_TRY(qd_points_search_run(&search, done, error));
    return *done ? count_segment(phase, walk, error) : QD_OK;
}

/* Every document of the segment, where that is what the query matches; *done tells. */
static enum qd_status take_segment(struct query_phase *phase, const struct segment_walk *walk,
                                   uint32_t doc_count, bool *done, struct qd_error *error)
{
    *done = walk->live == NULL && walk->post_filter == NULL && qd_prepared_is_all(phase->query);
    if (!*done) {
        return QD_OK;
    }
    if (!phase->counted) {
        phase->total += doc_count;
    }
    return phase->collector->collect_segment(phase->collector->context, error);
}

static enum qd_status search_segment(struct query_phase *phase, uint32_t number, struct qd_arena *scratch,
                                     struct qd_error *error)
{
    const struct qd_snapshot_segment *segment = &phase->view->snapshot->segments[number];
    struct segment_walk walk = {
        .segment = number, .doc_base = segment->doc_base, .live = segment->live, .scratch = scratch
    };
    const struct qd_top_doc *last = phase->request->scroll_after;
    if (last != NULL && phase->in_doc_order && may_skip(phase) && number < last->segment) {
        return QD_OK;
    }
    if (phase->request->terminate_after > 0 && phase->accepted >= phase->request->terminate_after) {
        phase->terminated = true;
        return QD_OK;
    }
    if (phase->collector != NULL) {
        QD_TRY(phase->collector->begin_segment(phase->collector->context, number, error));
    }
    QD_TRY(qd_sort_plan_segment(&phase->sorts, segment->segment, error));
    bool done;
    QD_TRY(search_points(phase, &walk, &done, error));
    if (done) {
        return QD_OK;
    }
    QD_TRY(qd_prepared_scorer(phase->query, number, scratch, &walk.scorer, error));
    if (walk.scorer == NULL) {
        return QD_OK;
    }
    uint64_t *words;
    if (phase->post_filter != NULL) {
        QD_TRY(qd_prepared_bits(phase->post_filter, number, scratch, &words, error));
        walk.post_filter = words;
    }
    if (!phase->slice.all) {
        QD_TRY(qd_slice_plan_bits(&phase->slice, segment, scratch, &words, error));
        walk.live = words;
    }
    uint32_t doc_count = qd_segment_doc_count(segment->segment);
    if (walks_windows(phase, walk.scorer, doc_count)) {
        QD_TRY(take_segment(phase, &walk, doc_count, &done, error));
        return done ? QD_OK : walk_windows(phase, &walk, doc_count, error);
    }
    struct batch *batch = qd_arena_alloc(scratch, sizeof(*batch));
    QD_TRY(count_apart(phase, &walk, batch, error));
    enum qd_status status = walk_segment(phase, &walk, batch, error);
    phase->segment_counted = false;
    return status;
}

/* Query, post filter and sort, in the order in which the reference finds errors in them. The sort is planned
 * first, because whether it needs scores matters to the query, but its error comes last. */
static enum qd_status prepare_parts(struct query_phase *phase, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    const struct qd_query *query;
    struct qd_error sort_error;
    qd_error_init(&sort_error, phase->arena);
    enum qd_status sorted =
        qd_sort_plan_make(phase->view, request, phase->arena, &phase->sorts, &sort_error);
    phase->by_score = request->sort_count == 0;
    phase->needs_scores = (phase->by_score && qd_phase_from(request) + qd_phase_size(request) > 0) ||
                          phase->sorts.needs_scores || request->track_scores || request->has_min_score ||
                          (phase->collector != NULL && phase->collector->needs_scores);
    phase->shows_scores = phase->sorts.needs_scores || request->track_scores;
    QD_TRY(qd_phase_query_of(phase->view, request, phase->arena, &query, error));
    QD_TRY(qd_query_prepare(query, phase->view, phase->needs_scores, phase->arena, &phase->query, error));
    if (request->post_filter != NULL)
        QD_TRY(qd_query_prepare(request->post_filter, phase->view, false, phase->arena, &phase->post_filter,
                                error));
    if (sorted != QD_OK && error != NULL) qd_error_copy(error, phase->arena, &sort_error);
    return sorted;
}

enum qd_status qd_search_query_check(const struct qd_shard_view *view,
                                     const struct qd_search_request *request, struct qd_arena *arena,
                                     struct qd_error *error)
{
    struct query_phase phase = { .view = view, .request = request, .arena = arena };
    return prepare_parts(&phase, error);
}

static enum qd_status prepare_phase(struct query_phase *phase, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    struct qd_sort_value *after = NULL;
    QD_TRY(prepare_parts(phase, error));
    QD_TRY(qd_phase_check(phase->view, request, error));
    if (request->highlight != NULL)
        QD_TRY(qd_highlight_check_shard(request->document, request->highlight, phase->view, phase->arena,
                                        error));
    if (request->search_after != NULL) {
        QD_TRY(qd_sort_after(phase->view, &phase->sorts, request->search_after, phase->arena, &after, error));
    }
    QD_TRY(qd_phase_check_window(phase->view, request, error));
    QD_TRY(qd_slice_plan_make(phase->view, request, &phase->slice, error));
    int64_t size = qd_phase_from(request) + qd_phase_size(request);
    size_t capacity = (size_t)size < phase->view->snapshot->live_count ? (size_t)size
                                                                       : phase->view->snapshot->live_count;
    qd_top_docs_init(&phase->top, request, &phase->sorts, capacity, phase->arena);
    phase->top.after = after;
    QD_TRY(qd_sort_plan_late(&phase->sorts, phase->arena, error));
    phase->in_doc_order = request->sort_count == 1 && request->sorts[0].kind == QD_SORT_DOC &&
                          !request->sorts[0].descending && after == NULL;
    return QD_OK;
}

/* The reference counts hits of a search for aggregations alone with a collector that ends early: at the
 * first segment when the number is known or not wanted, else beyond the limit of counting. It then says so,
 * although the aggregations see everything. Source: OpenSearch EmptyTopDocsCollectorContext,
 * EarlyTerminatingCollectorManager. */
static bool counting_ended_early(const struct query_phase *phase)
{
    const struct qd_search_request *request = phase->request;
    if (phase->collector == NULL || request->terminate_after != 0 || qd_phase_size(request) != 0 ||
        phase->view->snapshot->segment_count == 0) {
        return false;
    }
    bool filtered = phase->post_filter != NULL || request->has_min_score;
    if (phase->track < 0 || (!filtered && qd_prepared_is_counted(phase->query))) {
        return true;
    }
    return phase->track != QD_TRACK_TOTAL_HITS_ACCURATE && phase->seen > (uint64_t)phase->track;
}

/* Without hits, a walk that terminate_after ends still counts as the reference does: what is known of the
 * segments that it has seen, whole. */
static void count_seen(struct query_phase *phase, uint32_t segment, uint64_t before)
{
    uint64_t known = 0;
    bool filtered = phase->post_filter != NULL || phase->request->has_min_score;
    if (filtered || !qd_prepared_counts_segment(phase->query, segment, &known)) {
        phase->seen += phase->total - before;
    } else if (phase->request->terminate_after != 0 && qd_phase_size(phase->request) == 0) {
        phase->total = before + known;
    }
}

/* Counts without walking where that is known beforehand, or where nothing but the number or the first
 * documents are wanted. A number that is certainly beyond what is reported is as good as the number itself.
 */
static enum qd_status count_first(struct query_phase *phase, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    bool countable = phase->post_filter == NULL && !request->has_min_score && phase->slice.all &&
                     !phase->slice.none && phase->track >= 0;
    bool exact;
    if (countable && request->terminate_after == 0) {
        phase->shortcut = qd_prepared_shortcut(phase->query, &phase->known_total);
    }
    if (countable && request->terminate_after > 0 && qd_phase_size(request) + qd_phase_from(request) == 0) {
        uint64_t known = qd_prepared_count_least(phase->query, phase->arena, &exact);
        if (exact) phase->known_total = known;
    }
    if (!countable || phase->collector != NULL || request->terminate_after != 0) {
        return QD_OK;
    }
    uint64_t least = qd_prepared_count_least(phase->query, phase->arena, &exact);
    bool enough = phase->track != QD_TRACK_TOTAL_HITS_ACCURATE && least > (uint64_t)phase->track;
    if (exact || enough) {
        phase->counted = true;
        phase->total = least;
        return QD_OK;
    }
    if (phase->top.capacity > 0 && !phase->in_doc_order) {
        return QD_OK;
    }
    phase->counted = true;
    uint64_t limit = phase->track == QD_TRACK_TOTAL_HITS_ACCURATE ? UINT64_MAX : (uint64_t)phase->track;
    return qd_prepared_count(phase->query, phase->arena, limit, &phase->total, error);
}

static bool is_over(const struct query_phase *phase)
{
    return phase->terminated || phase->timed_out || page_is_full(phase);
}

static enum qd_status walk_segments(struct query_phase *phase, struct qd_error *error)
{
    if (phase->slice.none || (phase->counted && phase->top.capacity == 0)) {
        return QD_OK;
    }
    uint32_t count = phase->view->snapshot->segment_count;
    enum qd_status status = QD_OK;
    phase->top.scratch = qd_arena_create(4096);
    for (uint32_t i = 0; i < count && status == QD_OK && !is_over(phase); i++) {
        struct qd_arena *scratch = qd_arena_create(16384);
        uint64_t before = phase->total;
        status = search_segment(phase, i, scratch, error);
        qd_arena_destroy(scratch);
        count_seen(phase, i, before);
    }
    qd_arena_destroy(phase->top.scratch);
    phase->top.scratch = phase->arena;
    return status;
}

/* The maximum is known for free when the best score comes first; else only track_scores pays for it. */
static float max_score_of(const struct query_phase *phase, const struct qd_query_result *result)
{
    const struct qd_search_request *request = phase->request;
    if (qd_phase_size(request) + qd_phase_from(request) == 0) {
        return NAN;
    }
    bool best_first = phase->by_score ||
                      (request->sorts[0].kind == QD_SORT_SCORE && request->sorts[0].descending);
    if (request->track_scores || (best_first && request->scroll_after != NULL)) {
        return phase->max_score;
    }
    return best_first && result->doc_count > 0 ? result->docs[0].score : NAN;
}

enum qd_status qd_search_query_phase(const struct qd_shard_view *view,
                                     const struct qd_search_request *request,
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
    QD_TRY(count_first(&phase, error));
    QD_TRY(walk_segments(&phase, error));
    QD_TRY(qd_sort_plan_check(&phase.sorts, error));
    result->doc_count = (uint32_t)phase.top.count;
    result->docs = qd_top_docs_take(&phase.top);
    bool known = phase.shortcut || phase.known_total > phase.total;
    result->total = known ? phase.known_total : phase.total;
    result->terminated_early = phase.terminated || counting_ended_early(&phase);
    result->timed_out = phase.timed_out;
    if (phase.track >= 0 && phase.track != QD_TRACK_TOTAL_HITS_ACCURATE &&
        result->total > (uint64_t)phase.track) {
        result->total = (uint64_t)phase.track;
        result->total_is_lower_bound = true;
    }
    /* Without hits to collect, a limit of none is reached before the first document is looked at. */
    bool filtered = phase.post_filter != NULL || request->has_min_score;
    bool counted = !filtered && qd_prepared_is_counted(phase.query);
    bool reached = phase.track == 0 && qd_phase_size(request) == 0 && !counted;
    if (reached && view->snapshot->segment_count > 0) result->total_is_lower_bound = true;
    result->max_score = max_score_of(&phase, result);
    return QD_OK;
}
