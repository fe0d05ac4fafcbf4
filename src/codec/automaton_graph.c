#include "codec/automaton_graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

typedef const struct qd_automaton_graph graph;

/* ---- building ---- */

struct qd_automaton_open qd_automaton_graph_open(struct qd_automaton_build *build)
{
    return (struct qd_automaton_open){ .build = build };
}

static bool spend(struct qd_automaton_build *build)
{
    if (build->spent < QD_AUTOMATON_BUDGET) build->spent++;
    else build->exhausted = true;
    return !build->exhausted;
}

uint32_t qd_automaton_graph_state(struct qd_automaton_open *open, bool accept)
{
    if (!spend(open->build)) return 0;
    *QD_PUSH(open->build->arena, &open->accept) = accept;
    return (uint32_t)open->accept.count - 1;
}

void qd_automaton_graph_edge(struct qd_automaton_open *open, struct qd_automaton_edge edge)
{
    if (!spend(open->build)) return;
    *QD_PUSH(open->build->arena, &open->edges) = edge;
}

static int order(uint32_t left, uint32_t right)
{
    return left < right ? -1 : left > right;
}

static int by_target(const void *left, const void *right)
{
    const struct qd_automaton_edge *a = left, *b = right;
    if (a->from != b->from) return order(a->from, b->from);
    if (a->to != b->to) return order(a->to, b->to);
    if (a->min != b->min) return order(a->min, b->min);
    return order(a->max, b->max);
}

static int by_code_point(const void *left, const void *right)
{
    const struct qd_automaton_edge *a = left, *b = right;
    if (a->from != b->from) return order(a->from, b->from);
    if (a->min != b->min) return order(a->min, b->min);
    if (a->max != b->max) return order(a->max, b->max);
    return order(a->to, b->to);
}

/* Joins edges between the same states that overlap or touch; returns how many are left. */
static size_t merge_edges(struct qd_automaton_edge *edges, size_t count)
{
    size_t kept = 0;
    qsort(edges, count, sizeof(*edges), by_target);
    for (size_t i = 0; i < count; i++) {
        struct qd_automaton_edge *last = kept == 0 ? NULL : &edges[kept - 1];
        bool same = last != NULL && last->from == edges[i].from && last->to == edges[i].to;
        if (same && edges[i].min <= last->max + 1) {
            if (edges[i].max > last->max) last->max = edges[i].max;
        } else {
            edges[kept++] = edges[i];
        }
    }
    qsort(edges, kept, sizeof(*edges), by_code_point);
    return kept;
}

graph *qd_automaton_graph_close(struct qd_automaton_open *open)
{
    struct qd_arena *arena = open->build->arena;
    struct qd_automaton_graph *closed = QD_NEW(arena, struct qd_automaton_graph);
    if (open->build->exhausted) {
        closed->starts = QD_NEW_ARRAY(arena, uint32_t, 1);
        return closed;
    }
    closed->state_count = (uint32_t)open->accept.count;
    closed->accept = open->accept.data;
    closed->edges = open->edges.data;
    if (open->edges.count > 0) {
        closed->edge_count = (uint32_t)merge_edges(open->edges.data, open->edges.count);
    }
    closed->starts = QD_NEW_ARRAY(arena, uint32_t, closed->state_count + 1);
    for (uint32_t i = 0; i < closed->edge_count; i++) closed->starts[closed->edges[i].from + 1]++;
    for (uint32_t i = 0; i < closed->state_count; i++) closed->starts[i + 1] += closed->starts[i];
    return closed;
}

static void add_edge(struct qd_automaton_open *open, uint32_t from, uint32_t to,
                     const struct qd_automaton_edge *like)
{
    qd_automaton_graph_edge(open, (struct qd_automaton_edge){ from, to, like->min, like->max });
}

/* Adds the states and edges of `part`; its state i becomes i + the result. `accepting`: accepting states stay
 * so. */
static uint32_t add_copy(struct qd_automaton_open *open, graph *part, bool accepting)
{
    uint32_t offset = (uint32_t)open->accept.count;
    for (uint32_t i = 0; i < part->state_count; i++) {
        qd_automaton_graph_state(open, accepting && part->accept[i]);
    }
    for (uint32_t i = 0; i < part->edge_count; i++) {
        const struct qd_automaton_edge *edge = &part->edges[i];
        add_edge(open, offset + edge->from, offset + edge->to, edge);
    }
    return offset;
}

/* Lets `from` do what the start of `part`, copied to `offset`, does; accepting is left alone. */
static void add_start_edges(struct qd_automaton_open *open, uint32_t from, graph *part, uint32_t offset)
{
    if (part->state_count == 0) return;
    for (uint32_t i = part->starts[0]; i < part->starts[1]; i++) {
        add_edge(open, from, offset + part->edges[i].to, &part->edges[i]);
    }
}

static void set_accept(struct qd_automaton_open *open, uint32_t state)
{
    if (!open->build->exhausted) open->accept.data[state] = 1;
}

static bool accepts_empty(graph *part)
{
    return part->state_count > 0 && part->accept[0];
}

/* ---- trimming ---- */

/* Marks what can be reached from the start, or with `backwards` what can reach an accepting state. */
static uint8_t *mark(struct qd_automaton_build *build, graph *from, bool backwards)
{
    uint32_t count = from->state_count;
    uint8_t *marked = QD_NEW_ARRAY(build->arena, uint8_t, count + 1);
    uint32_t *heads = QD_NEW_ARRAY(build->arena, uint32_t, count + 2), *list = NULL;
    uint32_t *stack = QD_NEW_ARRAY(build->arena, uint32_t, count + 1), depth = 0;
    list = QD_NEW_ARRAY(build->arena, uint32_t, from->edge_count + 1);
    for (uint32_t i = 0; i < from->edge_count; i++) {
        heads[(backwards ? from->edges[i].to : from->edges[i].from) + 2]++;
    }
    for (uint32_t i = 2; i < count + 2; i++) heads[i] += heads[i - 1];
    for (uint32_t i = 0; i < from->edge_count; i++) {
        const struct qd_automaton_edge *edge = &from->edges[i];
        list[heads[(backwards ? edge->to : edge->from) + 1]++] = backwards ? edge->from : edge->to;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (backwards ? from->accept[i] : i == 0) {
            marked[i] = 1;
            stack[depth++] = i;
        }
    }
    while (depth > 0) {
        uint32_t state = stack[--depth];
        for (uint32_t i = heads[state]; i < heads[state + 1]; i++) {
            if (marked[list[i]]) continue;
            marked[list[i]] = 1;
            stack[depth++] = list[i];
        }
    }
    return marked;
}

graph *qd_automaton_graph_trim(struct qd_automaton_build *build, graph *from)
{
    if (from->state_count == 0) return from;
    const uint8_t *reached = mark(build, from, false), *live = mark(build, from, true);
    uint32_t *numbers = QD_NEW_ARRAY(build->arena, uint32_t, from->state_count);
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    for (uint32_t i = 0; i < from->state_count; i++) {
        if (reached[i] && live[i]) numbers[i] = qd_automaton_graph_state(&open, from->accept[i]);
    }
    for (uint32_t i = 0; i < from->edge_count; i++) {
        const struct qd_automaton_edge *edge = &from->edges[i];
        bool kept = reached[edge->from] && live[edge->from] && reached[edge->to] && live[edge->to];
        if (kept) add_edge(&open, numbers[edge->from], numbers[edge->to], edge);
    }
    return qd_automaton_graph_close(&open);
}

/* ---- leaves ---- */

graph *qd_automaton_graph_nothing(struct qd_automaton_build *build)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    return qd_automaton_graph_close(&open);
}

graph *qd_automaton_graph_empty_string(struct qd_automaton_build *build)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    qd_automaton_graph_state(&open, true);
    return qd_automaton_graph_close(&open);
}

graph *qd_automaton_graph_one_of(struct qd_automaton_build *build, const struct qd_code_point_range *ranges,
                                 size_t count)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    qd_automaton_graph_state(&open, false);
    qd_automaton_graph_state(&open, true);
    for (size_t i = 0; i < count; i++) {
        qd_automaton_graph_edge(&open, (struct qd_automaton_edge){ 0, 1, ranges[i].min, ranges[i].max });
    }
    return qd_automaton_graph_close(&open);
}

graph *qd_automaton_graph_any(struct qd_automaton_build *build)
{
    return qd_automaton_graph_one_of(build, &(struct qd_code_point_range){ 0, QD_CODE_POINT_MAX }, 1);
}

graph *qd_automaton_graph_any_string(struct qd_automaton_build *build)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    qd_automaton_graph_state(&open, true);
    qd_automaton_graph_edge(&open, (struct qd_automaton_edge){ 0, 0, 0, QD_CODE_POINT_MAX });
    return qd_automaton_graph_close(&open);
}

/* ---- operations ---- */

/* Lets accepting states of parts[i] go on with what follows, through parts that accept the empty string. */
static void chain(struct qd_automaton_open *open, graph *const *parts, size_t count, size_t i,
                  const uint32_t *offsets)
{
    for (uint32_t state = 0; state < parts[i]->state_count; state++) {
        if (!parts[i]->accept[state]) continue;
        size_t next = i + 1;
        for (; next < count; next++) {
            add_start_edges(open, offsets[i] + state, parts[next], offsets[next]);
            if (!accepts_empty(parts[next])) break;
        }
        if (next == count) set_accept(open, offsets[i] + state);
    }
}

graph *qd_automaton_graph_concatenate(struct qd_automaton_build *build, graph *const *parts, size_t count)
{
    if (count == 0) return qd_automaton_graph_empty_string(build);
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    uint32_t *offsets = QD_NEW_ARRAY(build->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        if (parts[i]->state_count == 0) return qd_automaton_graph_nothing(build);
        offsets[i] = add_copy(&open, parts[i], false);
        if (build->exhausted) return qd_automaton_graph_nothing(build);
    }
    for (size_t i = 0; i < count; i++) chain(&open, parts, count, i, offsets);
    return qd_automaton_graph_trim(build, qd_automaton_graph_close(&open));
}

/* Makes one of all accepting states that nothing leaves. */
static graph *merge_ends(struct qd_automaton_build *build, graph *from)
{
    uint32_t *numbers = QD_NEW_ARRAY(build->arena, uint32_t, from->state_count + 1), end = UINT32_MAX;
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    for (uint32_t i = 0; i < from->state_count; i++) {
        bool is_end = from->accept[i] && from->starts[i] == from->starts[i + 1];
        numbers[i] = is_end && end != UINT32_MAX ? end : qd_automaton_graph_state(&open, from->accept[i]);
        if (is_end) end = numbers[i];
    }
    for (uint32_t i = 0; i < from->edge_count; i++) {
        const struct qd_automaton_edge *edge = &from->edges[i];
        add_edge(&open, numbers[edge->from], numbers[edge->to], edge);
    }
    return qd_automaton_graph_close(&open);
}

graph *qd_automaton_graph_union(struct qd_automaton_build *build, graph *const *parts, size_t count)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    qd_automaton_graph_state(&open, false);
    for (size_t i = 0; i < count; i++) {
        uint32_t offset = add_copy(&open, parts[i], true);
        add_start_edges(&open, 0, parts[i], offset);
        if (accepts_empty(parts[i])) set_accept(&open, 0);
    }
    return merge_ends(build, qd_automaton_graph_trim(build, qd_automaton_graph_close(&open)));
}

static bool start_is_entered(graph *from)
{
    for (uint32_t i = 0; i < from->edge_count; i++) {
        if (from->edges[i].to == 0) return true;
    }
    return false;
}

graph *qd_automaton_graph_optional(struct qd_automaton_build *build, graph *part)
{
    if (accepts_empty(part)) return part;
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    if (part->state_count > 0 && !start_is_entered(part)) {
        add_copy(&open, part, true);
    } else {
        qd_automaton_graph_state(&open, true);
        uint32_t offset = add_copy(&open, part, true);
        add_start_edges(&open, 0, part, offset);
    }
    set_accept(&open, 0);
    return qd_automaton_graph_close(&open);
}

/* True when the start is the only accepting state: repeating changes nothing then. */
static bool repeats_already(graph *part)
{
    for (uint32_t i = 1; i < part->state_count; i++) {
        if (part->accept[i]) return false;
    }
    return accepts_empty(part);
}

graph *qd_automaton_graph_repeat(struct qd_automaton_build *build, graph *part)
{
    if (part->state_count == 0 || repeats_already(part)) return part;
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    uint32_t *numbers = QD_NEW_ARRAY(build->arena, uint32_t, part->state_count);
    qd_automaton_graph_state(&open, true);
    for (uint32_t i = 0; i < part->state_count; i++) {
        bool is_end = part->accept[i] && part->starts[i] == part->starts[i + 1];
        numbers[i] = is_end ? 0 : qd_automaton_graph_state(&open, part->accept[i]);
    }
    for (uint32_t i = 0; i < part->edge_count; i++) {
        const struct qd_automaton_edge *edge = &part->edges[i];
        add_edge(&open, numbers[edge->from], numbers[edge->to], edge);
    }
    for (uint32_t i = part->starts[0]; i < part->starts[1]; i++) {
        add_edge(&open, 0, numbers[part->edges[i].to], &part->edges[i]);
        for (uint32_t k = 0; k < part->state_count; k++) {
            if (part->accept[k] && numbers[k] != 0) {
                add_edge(&open, numbers[k], numbers[part->edges[i].to], &part->edges[i]);
            }
        }
    }
    return qd_automaton_graph_trim(build, qd_automaton_graph_close(&open));
}

/* `first`, then up to `more` times `part`. */
static graph *repeat_up_to(struct qd_automaton_build *build, graph *first, graph *part, int32_t more)
{
    struct qd_automaton_open open = qd_automaton_graph_open(build);
    graph *last = first;
    uint32_t last_offset = add_copy(&open, first, true);
    for (; more > 0 && !build->exhausted; more--) {
        uint32_t offset = add_copy(&open, part, true);
        for (uint32_t i = 0; i < last->state_count; i++) {
            if (last->accept[i]) add_start_edges(&open, last_offset + i, part, offset);
        }
        last = part;
        last_offset = offset;
    }
    return qd_automaton_graph_trim(build, qd_automaton_graph_close(&open));
}

/* `count` times `part`, then `end` unless that is NULL. */
static graph *repeat_exactly(struct qd_automaton_build *build, graph *part, int32_t count, graph *end)
{
    if ((uint32_t)count > QD_AUTOMATON_BUDGET) {
        build->exhausted = true;
        return qd_automaton_graph_nothing(build);
    }
    graph **parts = QD_NEW_ARRAY(build->arena, graph *, (size_t)count + 1);
    for (int32_t i = 0; i < count; i++) parts[i] = part;
    parts[count] = end;
    return qd_automaton_graph_concatenate(build, parts, (size_t)count + (end != NULL));
}

graph *qd_automaton_graph_repeat_range(struct qd_automaton_build *build, graph *part, int32_t min,
                                       int32_t max)
{
    if (max < 0) {
        graph *end = qd_automaton_graph_repeat(build, part);
        return min == 0 ? end : repeat_exactly(build, part, min, end);
    }
    if (min > max || (part->state_count == 0 && min > 0)) return qd_automaton_graph_nothing(build);
    graph *first = min == 1 ? part : repeat_exactly(build, part, min, NULL);
    return repeat_up_to(build, first, part, max - min);
}
