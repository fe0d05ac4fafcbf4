#include "search/phase_query_points.h"

#include <math.h>
#include <stdlib.h>

#include "codec/points.h"
#include "search/scorer.h"

/* Points that are offered one by one before the search goes back to a walk over all documents: documents with
 * equal values all have to be looked at. */
#define OFFERED_MAX 16384
/* Of the documents that are probed this many times as many are taken as should be needed. */
#define SPARE 3

/* The walk over the points. */
struct walk {
    const struct qd_points_search *search;
    const struct qd_points *points;
    const uint64_t *live; /* NULL: all live */
    qd_doc_id doc_base;
    int64_t lower, upper; /* only numbers in there compete and match */
    bool exact;           /* every document with such a number matches */
    bool bounded;         /* the query asks for a number: documents without one do not match */
    bool ended;           /* every point in there was seen */
    uint32_t seen;
    /* what is to be probed */
    qd_doc_id *docs;    /* docs[count], at most QD_SCORER_WINDOW */
    size_t count;
    size_t wanted;      /* enough, when the number changes */
    size_t run;         /* where the documents with `last` begin */
    int64_t last;       /* the number seen last */
    int64_t complete;   /* the last number of which every document was seen; valid when count > 0 */
};

static int64_t number_of(const uint8_t *value)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) number = number << 8 | value[i];
    return (int64_t)(number ^ (uint64_t)1 << 63);
}

static void bytes_of(int64_t number, uint8_t *bytes)
{
    uint64_t value = (uint64_t)number ^ (uint64_t)1 << 63;
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}

static bool is_live(const struct walk *walk, qd_doc_id doc)
{
    return walk->live == NULL || (walk->live[doc / 64] >> (doc % 64) & 1) != 0;
}

static void offer(const struct walk *walk, qd_doc_id doc)
{
    qd_top_docs_offer_sorted(walk->search->top, walk->search->segment, doc, walk->doc_base + doc, NAN);
}

/* Narrows the numbers to those that can still beat the worst kept document. False: that is not known. */
static bool narrow(struct walk *walk)
{
    const struct qd_top_doc *worst = qd_top_docs_worst(walk->search->top);
    int64_t lower, upper;
    if (worst == NULL) return true;
    /* Ascending, an equal document that is yet to come is a later one. */
    const struct qd_sort_plan *sorts = walk->search->sorts;
    bool strict = walk->exact && sorts->count == 1 && !sorts->keys[0].sort.descending;
    if (!qd_sort_bounds(sorts, &worst->sort_values[0], strict, &lower, &upper)) return false;
    if (lower > walk->lower) walk->lower = lower;
    if (upper < walk->upper) walk->upper = upper;
    return true;
}

/* The same for what search_after leaves out. */
static bool narrow_after(struct walk *walk)
{
    const struct qd_sort_value *after = walk->search->top->after;
    int64_t lower, upper;
    if (after == NULL) return true;
    if (!qd_sort_bounds(walk->search->sorts, after, false, &lower, &upper)) return false;
    if (walk->search->sorts->keys[0].sort.descending) {
        if (lower < walk->upper) walk->upper = lower;
    } else if (upper > walk->lower) {
        walk->lower = upper;
    }
    return true;
}

/* ---- every document matches ---- */

static bool offer_point(void *context, const uint8_t *value, qd_doc_id doc)
{
    struct walk *walk = context;
    int64_t number = number_of(value);
    if (number < walk->lower || number > walk->upper || ++walk->seen > OFFERED_MAX) {
        walk->ended = walk->seen <= OFFERED_MAX;
        return false;
    }
    if (!is_live(walk, doc)) return true;
    offer(walk, doc);
    walk->ended = narrow(walk);
    return walk->ended;
}

/* ---- documents are asked ---- */

static bool take_point(void *context, const uint8_t *value, qd_doc_id doc)
{
    struct walk *walk = context;
    int64_t number = number_of(value);
    if (walk->seen++ == 0 || number != walk->last) {
        walk->complete = walk->last;
        walk->run = walk->count;
        walk->last = number;
        if (walk->count >= walk->wanted) {
            walk->ended = false;
            return false;
        }
    }
    if (!is_live(walk, doc)) return true;
    if (walk->count == QD_SCORER_WINDOW) {
        walk->ended = false;
        walk->count = walk->run;
        return false;
    }
    walk->docs[walk->count++] = doc;
    return true;
}

static int compare_docs(const void *left, const void *right)
{
    qd_doc_id a = *(const qd_doc_id *)left;
    qd_doc_id b = *(const qd_doc_id *)right;
    return a < b ? -1 : a > b;
}

/* Whether no document beyond those taken can be among the best. */
static bool is_enough(struct walk *walk)
{
    if (walk->ended) return true;
    if (qd_top_docs_worst(walk->search->top) == NULL || walk->count == 0 || !narrow(walk)) return false;
    return walk->search->sorts->keys[0].sort.descending ? walk->lower >= walk->complete
                                                        : walk->upper <= walk->complete;
}

static void go(struct walk *walk, bool (*visit)(void *context, const uint8_t *value, qd_doc_id doc))
{
    uint8_t lower[8];
    uint8_t upper[8];
    bytes_of(walk->lower, lower);
    bytes_of(walk->upper, upper);
    walk->ended = true;
    qd_points_in_order(walk->points, &(struct qd_points_walk){ lower, upper,
                                                               walk->search->sorts->keys[0].sort.descending,
                                                               visit, walk });
}

/* Takes the `wanted` points that come first and asks the scorer, which is used up, which of them match. */
static void probe_points(struct walk *walk, struct qd_scorer *scorer, size_t wanted)
{
    struct qd_arena *scratch = walk->search->scratch;
    if (walk->docs == NULL) walk->docs = qd_arena_alloc(scratch, sizeof(qd_doc_id) * QD_SCORER_WINDOW);
    walk->wanted = wanted;
    walk->seen = 0;
    walk->count = 0;
    go(walk, take_point);
    bool *hits = QD_NEW_ARRAY(scratch, bool, walk->count + 1);
    if (walk->count > 0) qsort(walk->docs, walk->count, sizeof(*walk->docs), compare_docs);
    qd_scorer_probe(scorer, &(struct qd_scorer_candidates){ walk->docs, walk->count, NULL, hits });
    for (size_t i = 0; i < walk->count; i++) {
        if (hits[i]) offer(walk, walk->docs[i]);
    }
}

/* Asks about as many points as should do; when they do not, about as many as are asked at once. */
static enum qd_status probe(struct walk *walk, uint32_t doc_count, bool *done, struct qd_error *error)
{
    const struct qd_points_search *search = walk->search;
    const size_t most = QD_SCORER_WINDOW - 1;
    struct qd_scorer *scorer;
    QD_TRY(qd_prepared_scorer(search->query, search->segment, search->scratch, &scorer, error));
    *done = scorer == NULL;
    /* Few matches are looked at one after another sooner. */
    if (scorer == NULL || scorer->cost < QD_SCORER_WINDOW) return QD_OK;
    uint64_t needed = (uint64_t)search->top->capacity * doc_count / scorer->cost;
    if (needed > most / 2) return QD_OK;
    size_t wanted = (size_t)needed * SPARE + 32;
    probe_points(walk, scorer, wanted < most ? wanted : most);
    *done = is_enough(walk);
    if (*done || wanted >= most) return QD_OK;
    qd_top_docs_forget(search->top, search->segment);
    QD_TRY(qd_prepared_scorer(search->query, search->segment, search->scratch, &scorer, error));
    if (scorer == NULL) return QD_OK;
    probe_points(walk, scorer, most);
    *done = is_enough(walk);
    return QD_OK;
}

/* Finds the points of the first key, NULL when they cannot be used. */
static enum qd_status find_points(const struct qd_points_search *search, struct qd_points **points,
                                  struct qd_error *error)
{
    const struct qd_sort_key *key = &search->sorts->keys[0];
    struct qd_segment *segment = search->view->snapshot->segments[search->segment].segment;
    *points = NULL;
    if (key->sort.kind != QD_SORT_FIELD || key->numbers == NULL || !key->field->indexed) return QD_OK;
    struct qd_column_facts facts = qd_numeric_facts(key->numbers);
    if (!facts.single || key->field->point_bytes != 8) return QD_OK;
    QD_TRY(qd_segment_points(segment, key->field->name, points, error));
    if (*points != NULL && qd_points_count(*points) != facts.value_count) *points = NULL;
    return QD_OK;
}

/* True when documents without a number cannot be among the best. */
static bool missing_lose(const struct walk *walk)
{
    const struct qd_points_search *search = walk->search;
    const struct qd_top_doc *worst = qd_top_docs_worst(search->top);
    if (walk->bounded || qd_numeric_facts(search->sorts->keys[0].numbers).dense) return true;
    return worst != NULL && !qd_sort_missing_competes(search->sorts, &worst->sort_values[0], false);
}

enum qd_status qd_points_search_run(const struct qd_points_search *search, bool *done, struct qd_error *error)
{
    const struct qd_snapshot_segment *segment = &search->view->snapshot->segments[search->segment];
    struct walk walk = { .search = search,
                         .live = segment->live,
                         .doc_base = segment->doc_base,
                         .lower = INT64_MIN,
                         .upper = INT64_MAX };
    struct qd_points *points;
    *done = false;
    if (search->top->capacity == 0 || search->top->scroll_after != NULL) return QD_OK;
    QD_TRY(find_points(search, &points, error));
    if (points == NULL) return QD_OK;
    walk.points = points;
    walk.exact = qd_prepared_bounds(search->query, search->sorts->keys[0].field->name, &walk.lower,
                                    &walk.upper);
    walk.bounded = walk.lower != INT64_MIN || walk.upper != INT64_MAX;
    if (!narrow(&walk) || !narrow_after(&walk)) return QD_OK;
    if (walk.exact) {
        go(&walk, offer_point);
        *done = walk.ended;
    } else {
        QD_TRY(probe(&walk, qd_segment_doc_count(segment->segment), done, error));
    }
    *done = *done && missing_lose(&walk);
    if (!*done) qd_top_docs_forget(search->top, search->segment);
    return QD_OK;
}
