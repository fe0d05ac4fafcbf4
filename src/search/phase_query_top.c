#include "search/phase_query_top.h"

#include <math.h>
#include <string.h>

void qd_top_docs_init(struct qd_top_docs *top, const struct qd_search_request *request,
                      struct qd_sort_plan *sorts, size_t capacity, struct qd_arena *arena)
{
    *top = (struct qd_top_docs){ .request = request,
                                 .sorts = sorts,
                                 .arena = arena,
                                 .scratch = arena,
                                 .scroll_after = request->scroll_after,
                                 .values = QD_NEW_ARRAY(arena, struct qd_sort_value, sorts->count + 1),
                                 .heap = QD_NEW_ARRAY(arena, struct qd_top_doc, capacity + 1),
                                 .capacity = capacity };
}

/* Order of the request, then segment and doc; positive when left is worse. Shards play no part here. */
static int compare(const struct qd_top_docs *top, const struct qd_top_doc *left,
                   const struct qd_top_doc *right)
{
    if (left->sort_values != NULL && right->sort_values != NULL) {
        for (size_t i = 0; i < top->sorts->count; i++) {
            int order = qd_sort_compare(&top->request->sorts[i], &left->sort_values[i],
                                        &right->sort_values[i]);
            if (order != 0) {
                return order;
            }
        }
    } else if (left->score != right->score) {
        return left->score > right->score ? -1 : 1;
    } else if (signbit(left->score) != signbit(right->score)) {
        return signbit(left->score) ? 1 : -1; /* -0.0 is less than 0.0 */
    }
    if (left->segment != right->segment) {
        return left->segment < right->segment ? -1 : 1;
    }
    return left->doc < right->doc ? -1 : left->doc > right->doc;
}

static void heap_down(struct qd_top_docs *top, size_t at)
{
    struct qd_top_doc moved = top->heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= top->count) {
            break;
        }
        if (child + 1 < top->count && compare(top, &top->heap[child + 1], &top->heap[child]) > 0) {
            child++;
        }
        if (compare(top, &moved, &top->heap[child]) >= 0) {
            break;
        }
        top->heap[at] = top->heap[child];
        at = child;
    }
    top->heap[at] = moved;
}

static void heap_up(struct qd_top_docs *top)
{
    size_t at = top->count - 1;
    struct qd_top_doc moved = top->heap[at];
    while (at > 0 && compare(top, &moved, &top->heap[(at - 1) / 2]) > 0) {
        top->heap[at] = top->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    top->heap[at] = moved;
}

static bool competes(const struct qd_top_docs *top, const struct qd_top_doc *doc)
{
    if (top->scroll_after != NULL && compare(top, doc, top->scroll_after) <= 0) {
        return false;
    }
    return top->count < top->capacity || (top->capacity > 0 && compare(top, doc, &top->heap[0]) < 0);
}

static void keep(struct qd_top_docs *top, const struct qd_top_doc *doc)
{
    if (top->count < top->capacity) {
        top->heap[top->count++] = *doc;
        heap_up(top);
    } else {
        top->heap[0] = *doc;
        heap_down(top, 0);
    }
}

void qd_top_docs_offer_scored(struct qd_top_docs *top, uint32_t segment, qd_doc_id doc, float score)
{
    struct qd_top_doc offered = { .segment = segment, .doc = doc, .score = score };
    if (competes(top, &offered)) {
        keep(top, &offered);
    }
}

/* True when the document comes after search_after's values. */
static bool is_after(const struct qd_top_docs *top, const struct qd_sort_value *values)
{
    for (size_t i = 0; i < top->sorts->count; i++) {
        int order = qd_sort_compare(&top->request->sorts[i], &values[i], &top->after[i]);
        if (order != 0) {
            return order > 0;
        }
    }
    return false;
}

void qd_top_docs_offer_sorted(struct qd_top_docs *top, uint32_t segment, qd_doc_id doc, qd_doc_id global_doc,
                              float score)
{
    struct qd_sort_value *values = top->values;
    size_t count = top->sorts->count;
    struct qd_top_doc offered = { .segment = segment, .doc = doc, .score = score, .sort_values = values };
    for (size_t i = 0; i < count; i++) {
        values[i] = qd_sort_value_of(top->sorts, i, doc, global_doc, score, top->scratch);
    }
    if (top->after != NULL && !is_after(top, values)) {
        return;
    }
    if (!competes(top, &offered)) {
        return;
    }
    struct qd_sort_value *kept;
    if (top->count == top->capacity) {
        /* The worst one's values make room for the new ones. */
        kept = (struct qd_sort_value *)(uintptr_t)top->heap[0].sort_values;
    } else {
        kept = QD_NEW_ARRAY(top->arena, struct qd_sort_value, count);
    }
    memcpy(kept, values, sizeof(*kept) * count);
    for (size_t i = 0; i < count; i++) {
        if (kept[i].kind == QD_SORT_VALUE_BYTES) {
            kept[i].bytes = qd_arena_copy(top->arena, kept[i].bytes);
        }
    }
    offered.sort_values = kept;
    keep(top, &offered);
}

void qd_top_docs_forget(struct qd_top_docs *top, uint32_t segment)
{
    size_t kept = 0;
    for (size_t i = 0; i < top->count; i++) {
        if (top->heap[i].segment != segment) top->heap[kept++] = top->heap[i];
    }
    top->count = kept;
    for (size_t i = kept / 2; i-- > 0;) heap_down(top, i);
}

const struct qd_top_doc *qd_top_docs_worst(const struct qd_top_docs *top)
{
    return top->capacity > 0 && top->count == top->capacity ? &top->heap[0] : NULL;
}

struct qd_top_doc *qd_top_docs_take(struct qd_top_docs *top)
{
    size_t left = top->count;
    struct qd_top_doc *docs = QD_NEW_ARRAY(top->arena, struct qd_top_doc, left + 1);
    while (top->count > 0) {
        docs[top->count - 1] = top->heap[0];
        top->heap[0] = top->heap[--top->count];
        if (top->count > 0) {
            heap_down(top, 0);
        }
    }
    return docs;
}
