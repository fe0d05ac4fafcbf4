/* Operations that number sets or pairs of states: determinizing, intersection, complement. */
#include <stdlib.h>

#include "base/map.h"
#include "codec/automaton_graph.h"

typedef const struct qd_automaton_graph graph;

/* Lucene's limit counts work; ten units stand for one state of the limit that users give. */
#define WORK_PER_STATE 10

static enum qd_status too_complex(graph *from, int64_t work_max, struct qd_error *error)
{
    return qd_error_set(error, QD_TOO_COMPLEX_TO_DETERMINIZE,
                        "Determinizing automaton with %u states and %u transitions would require more "
                        "than %lld effort.",
                        from->state_count, from->edge_count, (long long)work_max);
}

/* ---- numbered keys ---- */

/* Gives the same number to the same array of states; new ones are added to the list in order. */
struct numbering {
    struct qd_arena *arena;
    struct qd_map numbers;
};

static uint32_t number_of(struct numbering *numbering, const uint32_t *states, size_t count)
{
    struct qd_slice key = qd_slice_make(states, count * sizeof(*states));
    struct qd_map_entry *entry = qd_map_find(&numbering->numbers, key);
    if (entry == NULL) {
        uint32_t *number = QD_NEW(numbering->arena, uint32_t);
        *number = (uint32_t)numbering->numbers.entry_count;
        entry = qd_map_put(&numbering->numbers, key, number);
    }
    return *(const uint32_t *)entry->value;
}

/* ---- determinizing ---- */

static bool deterministic(graph *from)
{
    for (uint32_t i = 1; i < from->edge_count; i++) {
        const struct qd_automaton_edge *edge = &from->edges[i];
        if (edge->from == edge[-1].from && edge->min <= edge[-1].max) return false;
    }
    return true;
}

struct subset {
    struct qd_automaton_build *build;
    graph *from;
    struct numbering numbering;
    struct qd_automaton_open open;
    uint32_t *borders; /* where the set of reachable states can change */
    uint32_t *targets;
    const struct qd_automaton_edge **edges;
    size_t capacity;
};

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static size_t sort_unique(uint32_t *values, size_t count)
{
    size_t kept = 0;
    qsort(values, count, sizeof(*values), by_number);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || values[kept - 1] != values[i]) values[kept++] = values[i];
    }
    return kept;
}

static int by_min(const void *left, const void *right)
{
    const struct qd_automaton_edge *a = *(const struct qd_automaton_edge *const *)left;
    const struct qd_automaton_edge *b = *(const struct qd_automaton_edge *const *)right;
    if (a->min != b->min) return a->min < b->min ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void reserve(struct subset *subset, size_t count)
{
    if (count <= subset->capacity) return;
    struct qd_arena *arena = subset->build->arena;
    subset->capacity = count * 2;
    subset->borders = QD_NEW_ARRAY(arena, uint32_t, subset->capacity * 2);
    subset->targets = QD_NEW_ARRAY(arena, uint32_t, subset->capacity);
    subset->edges = QD_NEW_ARRAY(arena, const struct qd_automaton_edge *, subset->capacity);
}

/* Gathers the edges of a set's states, ascending by their least code point. */
static size_t gather(struct subset *subset, const uint32_t *states, size_t count)
{
    size_t edge_count = 0;
    for (size_t i = 0; i < count; i++) {
        edge_count += subset->from->starts[states[i] + 1] - subset->from->starts[states[i]];
    }
    reserve(subset, edge_count);
    edge_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t end = subset->from->starts[states[i] + 1];
        for (uint32_t k = subset->from->starts[states[i]]; k < end; k++) {
            subset->edges[edge_count++] = &subset->from->edges[k];
        }
    }
    if (edge_count > 1) qsort(subset->edges, edge_count, sizeof(*subset->edges), by_min);
    return edge_count;
}

/* Adds the edges of set number `number`, which makes the sets that they lead to known. */
static void expand(struct subset *subset, uint32_t number, const uint32_t *states, size_t count)
{
    size_t edge_count = gather(subset, states, count), border_count = 0, first = 0, kept;
    for (size_t i = 0; i < edge_count; i++) {
        subset->borders[border_count++] = subset->edges[i]->min;
        subset->borders[border_count++] = subset->edges[i]->max + 1;
    }
    border_count = sort_unique(subset->borders, border_count);
    for (size_t i = 0; i + 1 < border_count; i++) {
        uint32_t at = subset->borders[i];
        size_t target_count = 0;
        /* Edges that end before `at` leave the window [first, ...) for good. */
        kept = first;
        for (size_t k = first; k < edge_count; k++) {
            if (k == kept && subset->edges[k]->max < at) kept++;
            if (subset->edges[k]->min > at) break;
            if (subset->edges[k]->max >= at) subset->targets[target_count++] = subset->edges[k]->to;
        }
        first = kept;
        target_count = sort_unique(subset->targets, target_count);
        if (target_count == 0) continue;
        uint32_t to = number_of(&subset->numbering, subset->targets, target_count);
        qd_automaton_graph_edge(&subset->open,
                                (struct qd_automaton_edge){ number, to, at, subset->borders[i + 1] - 1 });
    }
}

static bool any_accepts(graph *from, const uint32_t *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (from->accept[states[i]]) return true;
    }
    return false;
}

enum qd_status qd_automaton_graph_determinize(struct qd_automaton_build *build, graph *from, int64_t work_max,
                                              graph **result, struct qd_error *error)
{
    *result = from;
    if (build->exhausted) return too_complex(from, work_max, error);
    if (from->state_count == 0 || deterministic(from)) return QD_OK;
    struct subset subset = { .build = build, .from = from, .open = qd_automaton_graph_open(build) };
    subset.numbering.arena = build->arena;
    qd_map_init(&subset.numbering.numbers, build->arena);
    uint32_t start = 0;
    int64_t work = 0;
    (void)number_of(&subset.numbering, &start, 1);
    for (uint32_t i = 0; i < subset.numbering.numbers.entry_count; i++) {
        struct qd_slice key = subset.numbering.numbers.entries[i].key;
        size_t count = key.size / sizeof(uint32_t);
        uint32_t *states = QD_NEW_ARRAY(build->arena, uint32_t, count);
        memcpy(states, key.data, key.size);
        work += (int64_t)count;
        if (work / WORK_PER_STATE >= work_max) return too_complex(from, work_max, error);
        qd_automaton_graph_state(&subset.open, any_accepts(from, states, count));
        expand(&subset, i, states, count);
        if (build->exhausted) return too_complex(from, work_max, error);
    }
    *result = qd_automaton_graph_close(&subset.open);
    return build->exhausted ? too_complex(from, work_max, error) : QD_OK;
}

/* ---- complement ---- */

/* Adds what no edge of `state` covers as edges to `sink`. */
static void fill_gaps(struct qd_automaton_open *open, graph *from, uint32_t state, uint32_t sink)
{
    uint32_t next = 0;
    for (uint32_t i = from->starts[state]; i < from->starts[state + 1]; i++) {
        const struct qd_automaton_edge *edge = &from->edges[i];
        if (edge->min > next) {
            qd_automaton_graph_edge(open, (struct qd_automaton_edge){ state, sink, next, edge->min - 1 });
        }
        next = edge->max + 1;
        qd_automaton_graph_edge(open, *edge);
    }
    if (next <= QD_CODE_POINT_MAX) {
        qd_automaton_graph_edge(open, (struct qd_automaton_edge){ state, sink, next, QD_CODE_POINT_MAX });
    }
}

enum qd_status qd_automaton_graph_complement(struct qd_automaton_build *build, graph *from, int64_t work_max,
                                             graph **result, struct qd_error *error)
{
    graph *plain;
    QD_TRY(qd_automaton_graph_determinize(build, from, work_max, &plain, error));
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    for (uint32_t i = 0; i < plain->state_count; i++) qd_automaton_graph_state(&open, !plain->accept[i]);
    uint32_t sink = qd_automaton_graph_state(&open, true);
    for (uint32_t i = 0; i < plain->state_count; i++) fill_gaps(&open, plain, i, sink);
    qd_automaton_graph_edge(&open, (struct qd_automaton_edge){ sink, sink, 0, QD_CODE_POINT_MAX });
    *result = qd_automaton_graph_trim(build, qd_automaton_graph_close(&open));
    return build->exhausted ? too_complex(from, work_max, error) : QD_OK;
}

/* ---- intersection ---- */

/* Adds the edges of a pair of states, which makes the pairs that they lead to known. */
static void expand_pair(struct qd_automaton_open *open, struct numbering *pairs, uint32_t number,
                        graph *const *sides,
                        const uint32_t *pair)
{
    graph *left = sides[0], *right = sides[1];
    for (uint32_t i = left->starts[pair[0]]; i < left->starts[pair[0] + 1]; i++) {
        const struct qd_automaton_edge *a = &left->edges[i];
        for (uint32_t k = right->starts[pair[1]]; k < right->starts[pair[1] + 1]; k++) {
            const struct qd_automaton_edge *b = &right->edges[k];
            uint32_t min = a->min > b->min ? a->min : b->min, max = a->max < b->max ? a->max : b->max;
            if (min > max) continue;
            uint32_t to = number_of(pairs, (uint32_t[]){ a->to, b->to }, 2);
            qd_automaton_graph_edge(open, (struct qd_automaton_edge){ number, to, min, max });
        }
    }
}

graph *qd_automaton_graph_intersect(struct qd_automaton_build *build, graph *left, graph *right)
{
    if (left->state_count == 0 || right->state_count == 0) return qd_automaton_graph_nothing(build);
    graph *sides[2] = { left, right };
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    struct numbering pairs = { .arena = build->arena };
    qd_map_init(&pairs.numbers, build->arena);
    (void)number_of(&pairs, (uint32_t[]){ 0, 0 }, 2);
    for (uint32_t i = 0; i < pairs.numbers.entry_count && !build->exhausted; i++) {
        uint32_t pair[2];
        memcpy(pair, pairs.numbers.entries[i].key.data, sizeof(pair));
        qd_automaton_graph_state(&open, left->accept[pair[0]] && right->accept[pair[1]]);
        expand_pair(&open, &pairs, i, sides, pair);
    }
    return qd_automaton_graph_trim(build, qd_automaton_graph_close(&open));
}
